//! Reads a scenario: its head, its tables, its schools, then moments with what happens and what is expected.
//!
//! Comes in: the text of a file, the folder of plans that it may name. Goes out: a [`Script`], or the line that is wrong and why. Absent on
//! purpose: sentences ([`super::sentence`]) and doing.

use super::book::{Book, Sheet, Written, cells, schema};
use super::moment::{date, moment, time, weekday};
use super::sentence::{self, Act};
use super::who::{Declared, Known, bare, names_between};
use jiff::civil::{Date, DateTime, Time, Weekday};
use rollcall_collector::domain::kind::Kind;
use rollcall_tests::world::thing::{Plug, Thing};
use std::path::Path;

/// A line that could not be read, or that failed.
#[derive(Debug)]
pub struct Wrong {
    /// Its number.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Why.
    pub why: String,
}

/// One line of the story.
pub struct Step {
    /// Its number in the file.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What it means.
    pub act: Act,
}

/// A building with its things.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Its name: a school's code where it holds one.
    pub name: String,
    /// Its school is still learning.
    pub learning: bool,
    /// Whose agent looks at it, where it has none.
    pub seen_from: Option<String>,
}

/// A scenario as it is read.
#[derive(Default)]
pub struct Script {
    /// Its title.
    pub title: String,
    /// What it tells, and why.
    pub story: String,
    /// Rules that it holds: without them it is red.
    pub rules: String,
    /// Between two rounds, seconds.
    pub period_s: u32,
    /// Tables at the beginning.
    pub book: Book,
    /// Buildings.
    pub places: Vec<Place>,
    /// Things, in the order of their numbers.
    pub things: Vec<Thing>,
    /// Days on which nobody comes.
    pub away: Vec<(Date, Date)>,
    /// Habits: who, on which days, from when, until when.
    pub habits: Vec<(Vec<String>, Vec<Weekday>, Time, Time)>,
    /// When it begins.
    pub begins: Option<DateTime>,
    /// The story.
    pub steps: Vec<Step>,
    known: Known,
}

/// What the lines that follow belong to.
#[derive(Clone, PartialEq)]
enum Part {
    Head,
    Table(&'static str, bool),
    School(usize),
    Story,
}

/// Reads a file.
pub fn read(text: &str, plans: &Path) -> Result<Script, Wrong> {
    let mut script = Script { period_s: 300, ..Script::default() };
    script.lines(text, plans, "")?;
    let missing = [("Titre", script.title.is_empty()), ("Situation", script.story.is_empty()), ("Règle", script.rules.is_empty())];
    let why = missing.iter().find(|(_, missing)| *missing).map(|(name, _)| format!("il manque « {name} : » en tête du scénario"));
    let why = why.or_else(|| script.begins.is_none().then(|| "il manque un moment : « lundi 7 septembre 2026, 8:30 »".to_owned()));
    let why = why.or_else(|| {
        (!script.steps.iter().any(|step| step.text.starts_with('>'))).then(|| "rien n'est attendu : il manque des lignes « > … »".to_owned())
    });
    why.map_or(Ok(script), |why| Err(Wrong { line: 1, text: String::new(), why }))
}

impl Script {
    fn lines(&mut self, text: &str, plans: &Path, of: &str) -> Result<(), Wrong> {
        let mut part = Part::Head;
        let mut sheet = Sheet::default();
        let mut now = None;
        for (number, raw) in text.lines().enumerate() {
            let line = plain(raw);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |why: String| Wrong { line: number + 1, text: format!("{of}{line}"), why };
            let is_row = matches!(part, Part::Table(..)) && line.contains(';');
            if is_row {
                sheet.rows.push(cells(&line));
                continue;
            }
            self.close(&part, &mut sheet).map_err(wrong)?;
            self.line(&line, raw, number + 1, &mut part, &mut now, plans).map_err(wrong)?;
        }
        let last = Wrong { line: text.lines().count(), text: of.to_owned(), why: String::new() };
        self.close(&part, &mut sheet).map_err(|why| Wrong { why, ..last })
    }

    /// Lays the table that ends here over the others, or into the import that it belongs to.
    fn close(&mut self, part: &Part, sheet: &mut Sheet) -> Result<(), String> {
        let Part::Table(name, lines_only) = part else { return Ok(()) };
        if sheet.rows.is_empty() {
            return Ok(());
        }
        let schema = schema(name)?;
        let mut rows = std::mem::take(&mut sheet.rows);
        let headings = rows.remove(0);
        if let Some(row) = rows.iter().find(|row| row.len() != headings.len()) {
            return Err(format!("table {name} : « {} » a {} cellules, les titres en ont {}", row.join(" ; "), row.len(), headings.len()));
        }
        let written = Written { schema, lines_only: *lines_only, sheet: Sheet { headings, rows } };
        match self.steps.last_mut() {
            None => self.book.write(written),
            Some(step) => step.act.take_table(written),
        }
    }

    fn line(&mut self, line: &str, raw: &str, number: usize, part: &mut Part, now: &mut Option<DateTime>, plans: &Path) -> Result<(), String> {
        if let Some(rest) = line.strip_prefix("Table ") {
            let name = rest.trim_end_matches(':').trim();
            let (name, lines_only) = name.strip_suffix(", lignes").map_or((name, false), |name| (name, true));
            *part = Part::Table(schema(name)?.name, lines_only);
            return Ok(());
        }
        if !raw.starts_with([' ', '\t'])
            && let Some(at) = moment(line, *now)
        {
            let at = at?;
            if now.is_some_and(|now| at < now) {
                return Err("le temps ne recule pas : ce moment est avant le précédent".to_owned());
            }
            *now = Some(at);
            *part = Part::Story;
            match self.begins {
                None => self.begins = Some(at),
                Some(_) => self.steps.push(Step { line: number, text: line.to_owned(), act: Act::until(at) }),
            }
            return Ok(());
        }
        if now.is_some() {
            let act = sentence::read(line, &mut self.known)?;
            self.steps.push(Step { line: number, text: line.to_owned(), act });
            return Ok(());
        }
        match part {
            Part::School(at) if raw.starts_with([' ', '\t']) => {
                let place = self.places[*at].name.clone();
                self.declare(line, &place)
            }
            _ => self.head(line, part, plans),
        }
    }

    fn head(&mut self, line: &str, part: &mut Part, plans: &Path) -> Result<(), String> {
        let (key, value) = line.split_once(':').map_or((line, ""), |(key, value)| (key.trim(), value.trim()));
        match key {
            "Titre" => self.title = value.to_owned(),
            "Situation" => self.story = value.to_owned(),
            "Règle" => self.rules = value.to_owned(),
            "Tour" => {
                let span = super::moment::span(value).ok_or("« Tour : 5 minutes » dit l'intervalle entre deux tours de l'agent")??;
                self.period_s = u32::try_from(span.total(jiff::Unit::Second).map_err(|error| error.to_string())? as i64).map_err(|error| error.to_string())?;
            }
            "Absence" => {
                let (first, last) = value.strip_prefix("du ").and_then(|rest| rest.split_once(" au ")).ok_or("« Absence : du 18 octobre 2026 au 1 novembre 2026 »")?;
                self.away.push((date(first)?, date(last)?));
            }
            "Habitude" => self.habit(value)?,
            "Plan" => {
                let path = plans.join(format!("{value}.txt"));
                let text = std::fs::read_to_string(&path).map_err(|error| format!("le plan « {value} » ne se lit pas dans {} : {error}", path.display()))?;
                self.lines(&text, plans, &format!("(plan {value}) ")).map_err(|wrong| format!("ligne {} du plan {value} : {}", wrong.line, wrong.why))?;
            }
            _ if line.starts_with("École ") || line.starts_with("Bâtiment ") => {
                let mut words = key.split_once(' ').map_or("", |(_, rest)| rest).split(',').map(str::trim);
                let mut place = Place { name: words.next().unwrap_or_default().to_owned(), ..Place::default() };
                for word in words {
                    match word.strip_prefix("vue par le serveur de ") {
                        Some(other) => place.seen_from = Some(other.to_owned()),
                        None if word == "en apprentissage" => place.learning = true,
                        None => return Err(format!("« {word} » ne se dit pas d'une école ; on attend « en apprentissage » ou « vue par le serveur de … »")),
                    }
                }
                *part = Part::School(self.places.len());
                self.places.push(place);
            }
            _ if !self.story.is_empty() && self.rules.is_empty() => {
                self.story.push(' ');
                self.story.push_str(line);
            }
            _ => return Err("en tête d'un scénario on attend Titre, Situation, Règle, Tour, Absence, Habitude, Plan, Table, École ou Bâtiment, puis un premier moment".to_owned()),
        }
        Ok(())
    }

    /// « VP-1, PC-1 : lundi, mardi, jeudi, vendredi, de 8:20 à 16:30 ».
    fn habit(&mut self, text: &str) -> Result<(), String> {
        let form = "« Habitude : VP-1 et PC-1 : lundi, mardi, jeudi, vendredi, de 8:20 à 16:30 »";
        let (who, when) = text.split_once(" : ").ok_or(form)?;
        let (days, hours) = when.split_once(", de ").ok_or(form)?;
        let (from, until) = hours.split_once(" à ").ok_or(form)?;
        let days: Option<Vec<Weekday>> = days.split(',').map(weekday).collect();
        let (from, until) = (time(from).ok_or(form)?, time(until).ok_or(form)?);
        self.habits.push((self.known.who(who)?, days.ok_or(form)?, from, until));
        Ok(())
    }

    fn declare(&mut self, line: &str, place: &str) -> Result<(), String> {
        for new in declared(line, place, &mut self.known)? {
            new.register(&mut self.book);
            self.things.push(new.thing);
        }
        Ok(())
    }
}

/// A thing as it is declared, with what the register is to say of it.
#[derive(Debug, Clone)]
pub struct New {
    /// The thing.
    pub thing: Thing,
    /// Its room.
    pub room: String,
    /// Its case.
    pub case: String,
    /// The register names it.
    pub registered: bool,
}

impl New {
    /// Writes its row of the register, where it has one.
    pub fn register(&self, book: &mut Book) {
        if !self.registered {
            return;
        }
        // The register knows a serial number from the label, also of things that never tell it.
        let row = [
            ("label_or_serial", self.thing.name.clone()),
            ("serial", self.thing.serial()),
            ("kind", self.thing.kind.code().to_owned()),
            ("school", self.thing.site.clone().unwrap_or_default()),
            ("room", self.room.clone()),
            ("case", self.case.clone()),
        ];
        book.add("assets", &row);
    }
}

/// « vidéoprojecteur VP-1, série X1, salle CM2, port 5 de SW-1, au registre », « tablettes T-01 à T-16, valise V1, sur BORNE-1 ».
pub fn declared(line: &str, place: &str, known: &mut Known) -> Result<Vec<New>, String> {
    let mut parts = line.split(',').map(str::trim);
    let head = bare(parts.next().unwrap_or_default());
    let (words, names) = match head.split_once(" à ") {
        Some((first, last)) => {
            let (words, first) = first.rsplit_once(' ').ok_or("on attend une sorte d'appareil, puis un nom")?;
            (words, names_between(first, last)?)
        }
        None => {
            let (words, name) = head.rsplit_once(' ').ok_or("on attend une sorte d'appareil, puis un nom : « vidéoprojecteur VP-1 »")?;
            (words, vec![name.to_owned()])
        }
    };
    let words = words.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let kind = Kind::from_word(words).ok_or_else(|| format!("« {words} » n'est pas une sorte d'appareil"))?;
    let mut model = New { thing: Thing::new("", kind, Some(place)), room: String::new(), case: String::new(), registered: false };
    for part in parts {
        attribute(part, &mut model, known)?;
    }
    let mut all = Vec::new();
    for name in names {
        let case = Some(model.case.clone()).filter(|case| !case.is_empty());
        if known.0.insert(name.clone(), Declared { kind, case, site: Some(place.to_owned()) }).is_some() {
            return Err(format!("deux appareils s'appellent {name}"));
        }
        let number = known.0.len() as u32;
        all.push(New { thing: Thing { name, number, ..model.thing.clone() }, ..model.clone() });
    }
    Ok(all)
}

fn attribute(part: &str, new: &mut New, known: &Known) -> Result<(), String> {
    match part.split_once(' ').unwrap_or((part, "")) {
        ("série", serial) => new.thing.serial = serial.to_owned(),
        ("modèle", model) => new.thing.model = Some(model.to_owned()),
        ("salle", room) => new.room = room.to_owned(),
        ("valise", case) => new.case = case.to_owned(),
        ("port", rest) => new.thing.plug = Some(plug(rest, known)?),
        ("sur", radio) => new.thing.plug = Some(Plug { to: known.one(radio)?, port: 0 }),
        ("adresse", "privée") => new.thing.private = true,
        ("au", "registre") => new.registered = true,
        ("éteint" | "éteinte" | "éteints" | "éteintes", "") => new.thing.on = false,
        ("pas", "encore livré" | "encore livrée" | "encore livrés" | "encore livrées") => new.thing.site = None,
        _ => {
            return Err(format!(
                "« {part} » ne se dit pas d'un appareil ; on attend série …, modèle …, salle …, valise …, port N de …, sur …, adresse privée, au registre, éteint, pas encore livré"
            ));
        }
    }
    Ok(())
}

/// « 5 de SW-1 ».
pub fn plug(text: &str, known: &Known) -> Result<Plug, String> {
    let (port, switch) = text.split_once(" de ").ok_or("une prise s'écrit « port 5 de SW-1 »")?;
    let port = port.trim().parse().map_err(|_| format!("« {} » n'est pas un numéro de prise", port.trim()))?;
    Ok(Plug { to: known.one(switch)?, port })
}

/// A line with plain spaces and apostrophes, without indentation.
fn plain(raw: &str) -> String {
    let raw: String = raw.chars().map(|c| if matches!(c, '\u{a0}' | '\u{202f}' | '\t') { ' ' } else { c }).collect();
    raw.replace('’', "'").trim().to_owned()
}
