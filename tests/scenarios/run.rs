//! Runs a scenario: the town is built, then line after line happens.
//!
//! Comes in: a [`Script`]. Goes out: nothing, or the line that failed with what was expected and what was found.

use super::book::Book;
use super::script::{Script, Wrong};
use super::sentence::{Act, Import};
use jiff::civil::DateTime;
use rollcall_collector::domain::plan::merge::{Conflict, Spot};
use rollcall_collector::domain::plan::origin::Origin;
use rollcall_collector::domain::plan::{Note, check, has_error};
use rollcall_collector::import::{Imported, Refused};
use rollcall_collector::plan_folder::read_files;
use rollcall_shared::{DeviceId, Timestamp};
use rollcall_tests::world::{Habit, World};
use std::collections::BTreeMap;

/// A scenario under way.
pub struct Run {
    /// The town.
    pub world: World,
    /// Its tables.
    pub book: Book,
    /// What the last import did, and its notes.
    pub imported: Option<(Option<Imported>, Vec<Note>)>,
    /// What the last import of an export collides with: table, key, column, here, file.
    pub conflicts: Vec<String>,
    /// The last export: where it came from, and its tables.
    exported: Option<(Origin, Book)>,
    /// The device that each thing was when somebody last asked.
    pub devices: BTreeMap<String, DeviceId>,
    /// The number of the fault that somebody asked to remember, by its code.
    pub faults: BTreeMap<String, i64>,
}

/// Runs it.
pub fn run(script: &Script) -> Result<(), Wrong> {
    let begins = Wrong { line: 1, text: script.title.clone(), why: String::new() };
    let mut run = Run::begin(script).map_err(|why| Wrong { why, ..begins })?;
    for step in &script.steps {
        let done = match &step.act {
            Act::Until(at) => run.until(*at),
            Act::Do(doing) => doing(&mut run),
            Act::Import(import) => run.import(import),
        };
        done.map_err(|why| {
            let why = why.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n");
            Wrong { line: step.line, text: step.text.clone(), why: format!("{why}\n      (le {})", run.world.local()) }
        })?;
    }
    Ok(())
}

/// An error of the world as a sentence.
pub fn plainly(error: impl std::fmt::Display) -> String {
    format!("{error:#}")
}

impl Run {
    fn begin(script: &Script) -> Result<Run, String> {
        let begins = script.begins.ok_or("aucun moment")?;
        let zone = jiff::tz::TimeZone::get("Europe/Paris").map_err(plainly)?;
        let now = Timestamp(begins.to_zoned(zone).map_err(plainly)?.timestamp().as_second());
        let world = World::new(now, script.period_s).map_err(plainly)?;
        let mut run = Run {
            world,
            book: script.book.clone(),
            imported: None,
            conflicts: Vec::new(),
            exported: None,
            devices: BTreeMap::new(),
            faults: BTreeMap::new(),
        };
        for place in &script.places {
            run.world.add_site(&place.name).map_err(plainly)?;
        }
        for thing in &script.things {
            run.world.add_thing(thing.clone()).map_err(plainly)?;
        }
        for (things, days, on_at, off_at) in script.habits.clone() {
            run.world.habits.push(Habit { things, days, on_at, off_at });
        }
        run.world.away.clone_from(&script.away);
        run.networks(script);
        run.import(&Import { author: "ville".to_owned(), ..Import::default() })?;
        if let Some((None, notes)) = &run.imported {
            let told: Vec<String> = notes.iter().map(|note| note.text(rollcall_collector::domain::language::Language::Fr)).collect();
            return Err(format!("le plan du début est refusé :\n{}", told.join("\n")));
        }
        run.agents(script)?;
        Ok(run)
    }

    /// What every plan needs and no story wants to tell: the programme's name, a network for each building.
    fn networks(&mut self, script: &Script) {
        if !self.book.has("programme") {
            self.book.add("programme", &[("code", "essai".to_owned()), ("name", "Essai".to_owned())]);
        }
        for place in &script.places {
            let number = self.world.sites.get(&place.name).map_or(0, |site| site.number);
            if !self.book.has("schools") || (!self.book.mentions("schools", "school", &place.name) && !self.book.has("sites")) {
                self.book.add("schools", &[("school", place.name.clone()), ("name", place.name.clone()), ("followed_from", "2020-01-01".to_owned())]);
            }
            if !self.book.mentions("networks", "site", &place.name) {
                let row = [("site", place.name.clone()), ("cidr", format!("10.{number}.0.0/16")), ("name", place.name.clone())];
                self.book.add("networks", &row);
            }
        }
    }

    fn agents(&mut self, script: &Script) -> Result<(), String> {
        for place in script.places.iter().filter(|place| place.seen_from.is_none()) {
            let beside = script.places.iter().filter(|other| other.seen_from.as_ref() == Some(&place.name));
            let looks = [place].into_iter().chain(beside).map(|place| (place.name.clone(), place.name.clone())).collect();
            self.world.add_agent(&format!("kwartz-{}", place.name), looks).map_err(plainly)?;
        }
        for place in script.places.iter().filter(|place| !place.learning) {
            self.world.accept_school(&place.name).map_err(plainly)?;
        }
        self.world.tick().map_err(plainly)
    }

    fn until(&mut self, at: DateTime) -> Result<(), String> {
        let at = at.to_zoned(self.world.zone.clone()).map_err(plainly)?.timestamp().as_second();
        self.world.advance(Timestamp(at)).map_err(plainly)
    }

    /// `mac:NAME` in a cell is the address of that thing: nobody writes those by hand.
    fn address(&self, cell: &mut String) -> Result<(), String> {
        if let Some(name) = cell.strip_prefix("mac:") {
            let thing = self.world.things.get(name).ok_or_else(|| format!("aucun appareil ne s'appelle « {name} »"))?;
            *cell = thing.mac().to_string();
        }
        Ok(())
    }

    /// The tables as they are, with where they come from.
    pub fn export(&mut self) -> Result<(), String> {
        let origin = self.world.origin().map_err(plainly)?.ok_or("aucun plan n'est en vigueur")?;
        self.exported = Some((origin, Book::of(&self.world.tables().map_err(plainly)?)));
        Ok(())
    }

    /// Imports tables, changed by these: the scenario's own, or the last export's, merged with what happened since.
    pub fn import(&mut self, import: &Import) -> Result<(), String> {
        let (origin, mut book) = match &self.exported {
            Some((origin, book)) if import.exported => (Some(origin.clone()), book.clone()),
            None if import.exported => return Err("« on exporte le plan » n'a pas été dit avant".to_owned()),
            _ => (None, self.book.clone()),
        };
        for written in &import.written {
            book.write(written.clone())?;
        }
        book.cells_mut().try_for_each(|cell| self.address(cell))?;
        let files = book.files();
        let (tables, mut notes) = read_files(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        notes.extend(check(&tables, self.world.today()));
        let imported = match has_error(&notes) {
            true => None,
            false => match self.world.propose(tables, origin, &import.author) {
                Ok(imported) => Some(imported),
                Err(Refused::Conflicts(prepared)) => {
                    self.conflicts = prepared.merged.open.iter().map(conflict).collect();
                    None
                }
                Err(error) => return Err(plainly(error)),
            },
        };
        if imported.is_some() {
            self.conflicts.clear();
            self.book = Book::of(&self.world.tables().map_err(plainly)?);
        }
        self.imported = Some((imported, notes));
        self.world.tick().map_err(plainly)
    }
}

fn conflict(conflict: &Conflict) -> String {
    let said = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "rangée retirée".to_owned());
    let Spot { table, key, column } = &conflict.at;
    format!("{column} de {} {} : ici {}, fichier {}", table, key.join(" "), said(&conflict.ours), said(&conflict.theirs))
}
