//! What is expected, in sentences. Lists are exact: what is not named must not be there.
//!
//! Comes in: the words of a line, the world. Goes out: nothing, or what was expected and what was found.

use super::moment::date;
use super::run::{Run, plainly};
use super::sentence::{Act, Sentence, Words};
use super::who::Known;
use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::fault::{REPORTED, fault_row};
use rollcall_collector::domain::folded::fold;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::place::Outcome;
use rollcall_collector::store::fault::severity_of;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view::fault::FaultRow;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

const fn sentence(pattern: &'static str, make: fn(&Words<'_>, &mut Known) -> Result<Act, String>) -> Sentence {
    Sentence { pattern, make }
}

/// Every expectation.
pub const SENTENCES: &[Sentence] = &[
    sentence("pannes à {école} : {liste}", |words, known| faults(words, known, false)),
    sentence("pannes closes à {école} : {liste}", |words, known| faults(words, known, true)),
    sentence("la panne {panne} à {école} date du {date}", |words, known| {
        let date = date(&words.get("date"))?;
        told(words, known, move |run, fault| same(&date.to_string(), &day(run, fault.opened_at).to_string()))
    }),
    sentence("la panne {panne} à {école} porte le numéro d'avant", |words, known| {
        told(words, known, |run, fault| {
            let before = run.faults.get(&fault.code).ok_or("« on retient la panne » n'a pas été dit avant")?;
            same(&format!("numéro {before}"), &format!("numéro {}", fault.id))
        })
    }),
    sentence("la panne {panne} à {école} porte un autre numéro", |words, known| {
        told(words, known, |run, fault| {
            let before = run.faults.get(&fault.code).ok_or("« on retient la panne » n'a pas été dit avant")?;
            if *before == fault.id { differs(&format!("un autre numéro que {before}"), "le même") } else { Ok(()) }
        })
    }),
    sentence("la panne {panne} à {école} est {état}", |words, known| {
        let wanted = words.get("état");
        told(words, known, move |run, fault| {
            let severity = severity_of(fault.severity).map_or("inconnue", |severity| SEVERITIES[severity as usize]);
            let (life, unstable) = run.world.life(fault.id).map_err(plainly)?;
            let state = STATES[life as usize];
            if [severity, state].contains(&wanted.as_str()) || (wanted == "instable" && unstable) {
                return Ok(());
            }
            differs(&wanted, &format!("{severity}, {state}{}", if unstable { ", instable" } else { "" }))
        })
    }),
    sentence("la panne {panne} à {école} compte {n} (signalement|signalements)", |words, known| {
        let count: u64 = words.number("n")?;
        told(words, known, move |run, fault| same(&count.to_string(), &run.world.reports(fault.id).map_err(plainly)?.to_string()))
    }),
    sentence("la dernière panne close à {école} l'est par {comment}", |words, _| {
        let (school, wanted) = (words.get("école"), words.get("comment"));
        Act::of(move |run| {
            let last = run.world.faults(&school, true).map_err(plainly)?.into_iter().next().ok_or("aucune panne n'est close")?;
            let found = ENDS.iter().find(|(code, _)| *code == last.how_cleared).map_or(last.how_cleared.as_str(), |(_, word)| word);
            same(&wanted, found)
        })
    }),
    sentence("avis : {liste}", notices),
    sentence("{qui} est (absent|absente) depuis le {date}", |words, known| {
        let date = date(&words.get("date"))?;
        every(words, known, move |run, name, device| {
            let state = if device.present { "présent" } else { "absent" };
            same(&format!("{name} absent depuis le {date}"), &format!("{name} {state} depuis le {}", day(run, device.turned_at)))
        })
    }),
    sentence("l'horloge du serveur de {école} est dite en (retard|avance) de {durée}", |words, _| {
        let (school, ahead) = (words.get("école"), words.line().contains("avance"));
        let days: f64 = super::moment::span(&words.get("durée"))
            .ok_or("une durée s'écrit « 2 ans »")??
            .total((jiff::Unit::Day, jiff::civil::date(2024, 9, 7)))
            .map_err(plainly)?;
        Act::of(move |run| {
            let id = run.world.agents.iter().find(|agent| agent.looks.iter().any(|(_, site)| *site == school)).ok_or("aucun agent")?.id;
            let row = run.world.db.read(move |tx| rollcall_collector::store::view::agent::one(tx, id)).map_err(plainly)?.ok_or("aucun agent")?;
            let found = row.skew_s as f64 / 86_400.0 * if ahead { 1.0 } else { -1.0 };
            same(&format!("{days:.0} jours"), &format!("{found:.0} jours"))
        })
    }),
    sentence("{qui} (est|sont) (présent|présente|présents|présentes)", |words, known| presence(words, known, true)),
    sentence("{qui} (est|sont) (absent|absente|absents|absentes)", |words, known| presence(words, known, false)),
    sentence("{qui} (est vu|est vue|sont vus|sont vues) à {école}", |words, known| {
        let school = words.get("école");
        every(words, known, move |run, name, device| {
            let wanted = run.world.school(&school).map_err(plainly)?;
            let found = if device.school == wanted { school.clone() } else { format!("l'école numéro {}", device.school) };
            same(&format!("{name} à {school}"), &format!("{name} à {found}"))
        })
    }),
    sentence("{qui} (n'a|n'ont) qu'une fiche", |words, known| every(words, known, |_, _, _| Ok(()))),
    sentence("{qui} (est inconnu|est inconnue|sont inconnus|sont inconnues)", |words, known| {
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| {
            for name in &names {
                let found = run.world.devices_of(&run.world.things[name]).map_err(plainly)?;
                same(&format!("{name} : aucune fiche"), &format!("{name} : {}", if found.is_empty() { "aucune fiche" } else { "une fiche" }))?;
            }
            Ok(())
        })
    }),
    sentence("{qui} (est|sont) (l'appareil|les appareils) d'avant", |words, known| {
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| {
            for name in &names {
                let device = device(run, name)?.id;
                let before = run.devices.get(name).copied().ok_or("« on retient » n'a pas été dit avant")?;
                same(&format!("{name} : fiche {before}"), &format!("{name} : fiche {device}"))?;
            }
            Ok(())
        })
    }),
    sentence("{école} compte {n} {sorte}", counts),
    sentence("places de {sorte} à {école} : {liste}", places),
    sentence("{qui} (ne tient|ne tiennent) aucune place", |words, known| {
        let names = known.who(&words.get("qui"))?;
        Act::of(move |run| {
            for name in &names {
                let held = held(run, name)?;
                same(&format!("{name} : aucune place"), &format!("{name} : {}", held.map_or("aucune place".to_owned(), |place| place.0)))?;
            }
            Ok(())
        })
    }),
    sentence("{qui} tient {place}", holds),
    sentence("le plan a {n} (version|versions)", |words, _| {
        let count: usize = words.number("n")?;
        Act::of(move |run| same(&format!("{count} versions"), &format!("{} versions", run.world.version_count().map_err(plainly)?)))
    }),
    sentence("l'import ne change rien", |_, _| {
        Act::of(|run| match &run.imported {
            Some((Some(imported), _)) if imported.is_empty() => Ok(()),
            other => differs("rien ne change", &format!("{other:?}")),
        })
    }),
    sentence("le registre dit de {qui} : {colonne} {valeur}", |words, _| {
        let (label, column, wanted) = (words.get("qui"), words.get("colonne"), words.get("valeur"));
        Act::of(move |run| {
            let tables = run.world.tables().map_err(plainly)?;
            let table = tables.get("assets").ok_or("le registre n'a pas de table assets")?;
            let row = table.rows.iter().find(|row| table.cell(row, "label_or_serial") == label).ok_or_else(|| format!("aucune rangée {label}"))?;
            same(&wanted, table.cell(row, &column))
        })
    }),
    sentence("l'import est en conflit : {conflit}", |words, _| {
        let wanted = words.get("conflit");
        Act::of(move |run| same(&wanted, &run.conflicts.join(" ; ")))
    }),
    sentence("{qui} et {autre} (ont|sont) la même fiche", |words, known| {
        let (one, other) = (known.one(&words.get("qui"))?, known.one(&words.get("autre"))?);
        Act::of(move |run| same(&format!("fiche {}", device(run, &one)?.id), &format!("fiche {}", device(run, &other)?.id)))
    }),
    sentence("l'import est refusé : {raison}", |words, _| {
        let wanted = words.get("raison");
        Act::of(move |run| {
            let Some((None, notes)) = &run.imported else { return differs("un refus", "un import réussi") };
            let told: Vec<String> = notes.iter().map(|note| note.text(rollcall_collector::domain::language::Language::Fr)).collect();
            if told.iter().any(|text| fold(text).contains(&fold(&wanted))) { Ok(()) } else { differs(&wanted, &told.join("\n")) }
        })
    }),
    sentence("{n} visiteurs à {école}", |words, _| {
        let (count, school): (i64, String) = (words.number("n")?, words.get("école"));
        Act::of(move |run| {
            let code = school.clone();
            let row = run.world.db.read(move |tx| rollcall_collector::store::view::school::one(&mut Eyes::ALL.on(tx), &code)).map_err(plainly)?;
            same(&format!("{count} visiteurs"), &format!("{} visiteurs", row.map_or(0, |row| row.counts.visitors)))
        })
    }),
];

/// Expected and found, which differ.
pub fn differs(expected: &str, found: &str) -> Result<(), String> {
    Err(format!("attendu : {expected}\ntrouvé : {found}"))
}

/// Compares two texts.
pub fn same(expected: &str, found: &str) -> Result<(), String> {
    if expected == found { Ok(()) } else { differs(expected, found) }
}

/// The one device that a thing is.
pub fn device(run: &Run, name: &str) -> Result<Device, String> {
    let thing = run.world.things.get(name).ok_or_else(|| format!("{name} n'est nulle part"))?;
    let mut found = run.world.devices_of(thing).map_err(plainly)?;
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(format!("attendu : une fiche pour {name}\ntrouvé : aucune")),
        (Some(_), more) => Err(format!("attendu : une fiche pour {name}\ntrouvé : {}", more + 1)),
    }
}

fn every(words: &Words<'_>, known: &Known, is: impl Fn(&Run, &str, &Device) -> Result<(), String> + Send + 'static) -> Result<Act, String> {
    let names = known.who(&words.get("qui"))?;
    Act::of(move |run| names.iter().try_for_each(|name| is(run, name, &device(run, name)?)))
}

fn presence(words: &Words<'_>, known: &Known, present: bool) -> Result<Act, String> {
    let word = |present: bool| if present { "présent" } else { "absent" };
    every(words, known, move |_, name, device| same(&format!("{name} {}", word(present)), &format!("{name} {}", word(device.present))))
}

fn counts(words: &Words<'_>, _: &mut Known) -> Result<Act, String> {
    let (school, count): (String, usize) = (words.get("école"), words.number("n")?);
    let kind = kind(&words.get("sorte"))?;
    Act::of(move |run| {
        let devices = run.world.devices(&school).map_err(plainly)?;
        let found = devices.iter().filter(|device| device.kind == Some(kind)).count();
        same(&format!("{count} {}", kind.row().fr[1]), &format!("{found} {}", kind.row().fr[1]))
    })
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_word(word).ok_or_else(|| format!("« {word} » n'est pas une sorte d'appareil"))
}

/// One fault as a scenario names it: « Titre » de NOM (3 tablettes).
#[derive(Debug, Clone)]
pub struct Named {
    code: String,
    device: Option<String>,
    count: Option<(i64, Option<Kind>)>,
    text: String,
}

fn faults(words: &Words<'_>, known: &Known, closed: bool) -> Result<Act, String> {
    let (school, expected) = (words.get("école"), list(&words.get("liste"), |item| named(item, known))?);
    Act::of(move |run| {
        let found = run.world.faults(&school, closed).map_err(plainly)?;
        let mut left = expected.clone();
        // Those that name a device first, so that a bare title takes what is left.
        left.sort_by_key(|named| (named.device.is_none(), named.count.is_none()));
        let mut extra = Vec::new();
        for fault in &found {
            match left.iter().position(|named| is_named(run, named, fault)) {
                Some(at) => drop(left.remove(at)),
                None => extra.push(shown(run, fault)),
            }
        }
        if left.is_empty() && extra.is_empty() {
            return Ok(());
        }
        let all: Vec<String> = found.iter().map(|fault| shown(run, fault)).collect();
        let missing: Vec<&str> = left.iter().map(|named| named.text.as_str()).collect();
        let or_none = |text: String| if text.is_empty() { "aucune".to_owned() } else { text };
        Err(format!("trouvé : {}\nmanque : {}\nde trop : {}", or_none(all.join(" ; ")), or_none(missing.join(" ; ")), or_none(extra.join(" ; "))))
    })
}

/// The one open fault of this name.
fn told(words: &Words<'_>, known: &Known, is: impl Fn(&Run, &FaultRow) -> Result<(), String> + Send + 'static) -> Result<Act, String> {
    let (wanted, school) = (named(&words.get("panne"), known)?, words.get("école"));
    Act::of(move |run| is(run, &the_fault(run, &wanted, &school)?))
}

/// The one open fault of this name.
pub fn the_fault(run: &Run, wanted: &Named, school: &str) -> Result<FaultRow, String> {
    let mut found = run.world.faults(school, false).map_err(plainly)?;
    found.retain(|fault| is_named(run, wanted, fault));
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (only, more) => Err(format!("attendu : {}\ntrouvé : {} pannes ouvertes de ce nom", wanted.text, usize::from(only.is_some()) + more)),
    }
}

/// Words of severities, the gravest first.
const SEVERITIES: [&str; 3] = ["critique", "majeure", "mineure"];

/// Words of states, in the order of a life.
const STATES: [&str; 7] = ["ouverte", "prise en compte", "confiée", "en cours", "suspendue", "dite réparée", "close"];

/// How a fault ends, in people's words.
const ENDS: &[(&str, &str)] = &[
    ("look", "le regard suivant"),
    ("person", "une personne"),
    ("time", "le temps"),
    ("not_a_fault", "ce n'était pas une panne"),
    ("accepted", "elle est acceptée"),
];

/// The day of an instant, by the town's clock.
fn day(run: &Run, at: Timestamp) -> jiff::civil::Date {
    jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(run.world.zone.clone()).date()
}

/// Items of a list, or none.
fn list<T>(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    if matches!(text, "aucune" | "aucun") {
        return Ok(Vec::new());
    }
    text.split(" ; ").map(|item| one(item.trim())).collect()
}

/// Reads a fault's name.
pub fn named(item: &str, known: &Known) -> Result<Named, String> {
    let form = "une panne s'écrit « Titre », « Titre » de NOM ou « Titre » (3 tablettes)";
    let (title, rest) = item.strip_prefix('«').and_then(|rest| rest.split_once('»')).ok_or_else(|| format!("{form}, pas {item}"))?;
    let code = code(title)?;
    let (rest, count) = match rest.trim().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((rest, counted)) => {
            let (number, word) = counted.split_once(' ').unwrap_or((counted, ""));
            let number = number.parse().map_err(|_| format!("« {counted} » ne commence pas par un nombre"))?;
            (rest.trim(), Some((number, Kind::from_word(word))))
        }
        None => (rest.trim(), None),
    };
    let device = match rest {
        "" => None,
        rest => Some(known.one(rest.strip_prefix("de ").ok_or(form)?)?),
    };
    Ok(Named { code, device, count, text: item.to_owned() })
}

fn is_named(run: &Run, named: &Named, fault: &FaultRow) -> bool {
    let is_device = |name: &String| {
        let devices = run.world.devices_of(&run.world.things[name]).unwrap_or_default();
        devices.iter().any(|device| Some(device.id) == fault.device)
    };
    let is_counted =
        |(count, kind): &(i64, Option<Kind>)| *count == fault.count && kind.is_none_or(|kind| fact(fault, "kind").as_deref() == Some(kind.code()));
    named.code == fault.code && named.device.as_ref().is_none_or(is_device) && named.count.as_ref().is_none_or(is_counted)
}

fn fact(fault: &FaultRow, name: &str) -> Option<String> {
    serde_json::from_str::<BTreeMap<String, String>>(&fault.facts).ok()?.remove(name)
}

fn shown(run: &Run, fault: &FaultRow) -> String {
    let is_it = |devices: Vec<Device>| devices.iter().any(|device| Some(device.id) == fault.device);
    let name = run.world.things.values().find(|thing| run.world.devices_of(thing).is_ok_and(is_it)).map(|thing| format!(" de {}", thing.name));
    let kind = fact(fault, "kind").and_then(|code| Kind::from_code(&code)).map_or("", |kind| kind.row().fr[1]);
    let count = if name.is_none() && fault.count > 0 { format!(" ({} {kind})", fault.count).replace(" )", ")") } else { String::new() };
    format!("« {} »{}{count}", title(&fault.code), name.unwrap_or_default())
}

/// Titles of faults as the French pages have them, by code.
fn titles() -> &'static BTreeMap<String, String> {
    static TITLES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    TITLES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../collector/locales/fr");
        let mut titles = BTreeMap::new();
        for entry in std::fs::read_dir(folder).expect("the French words").flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            for (key, title) in text.lines().filter_map(|line| line.strip_prefix("fault-")?.split_once(" = ")) {
                titles.insert(key.replace('-', "_"), title.replace('’', "'"));
            }
        }
        titles.retain(|code, _| code == REPORTED || fault_row(code).is_some());
        titles
    })
}

fn title(code: &str) -> String {
    titles().get(code).cloned().unwrap_or_else(|| code.to_owned())
}

/// The code of a title, or of itself.
fn code(title: &str) -> Result<String, String> {
    let wanted = fold(title);
    let found = titles().iter().find(|(code, known)| fold(known) == wanted || fold(code) == wanted).map(|(code, _)| code.clone());
    let all = || titles().values().map(|title| format!("« {title} »")).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("aucune sorte de panne ne s'intitule « {} » ; il y a {}", title.trim(), all()))
}

/// What notices are about, in people's words.
const TOPICS: &[(&str, &str)] = &[
    ("ouverte", "fault_opened"),
    ("close", "fault_cleared"),
    ("revenue", "fault_reopened"),
    ("démentie", "fault_contradicted"),
    ("reprise", "fault_resumed"),
];

/// « ouverte « Titre » à camus ; close : … »: every notice since the last time somebody looked.
fn notices(words: &Words<'_>, _: &mut Known) -> Result<Act, String> {
    let expected = list(&words.get("liste"), |item| {
        let kinds = || TOPICS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let form = || format!("un avis s'écrit « ouverte « Titre » à ÉCOLE » ; il commence par {}", kinds());
        let (what, rest) = item.split_once('«').ok_or_else(form)?;
        let (title, school) = rest.split_once('»').ok_or_else(form)?;
        let topic = TOPICS.iter().find(|(word, _)| *word == what.trim()).map(|(_, topic)| *topic).ok_or_else(form)?;
        let school = school.trim().strip_prefix("à ").ok_or_else(form)?;
        Ok((topic.to_owned(), code(title)?, school.trim().to_owned()))
    })?;
    Act::of(move |run| {
        let mut found = run.world.take_notices().map_err(plainly)?;
        let mut expected = expected.clone();
        found.sort();
        expected.sort();
        let text = |all: &[(String, String, String)]| {
            let word = |topic: &str| TOPICS.iter().find(|(_, known)| *known == topic).map_or(topic.to_owned(), |(word, _)| (*word).to_owned());
            let all: Vec<String> = all.iter().map(|(topic, code, school)| format!("{} « {} » à {school}", word(topic), title(code))).collect();
            if all.is_empty() { "aucun".to_owned() } else { all.join(" ; ") }
        };
        same(&text(&expected), &text(&found))
    })
}

/// Outcomes of places, in people's words.
const OUTCOMES: &[(&str, Outcome)] = &[
    ("en place", Outcome::Installed),
    ("en place et en panne", Outcome::InstalledFaulty),
    ("autre modèle", Outcome::OtherModel),
    ("livré et jamais vu", Outcome::DeliveredNotSeen),
    ("en réparation", Outcome::InRepair),
    ("prêté", Outcome::Lent),
    ("dû et absent", Outcome::DueMissing),
    ("pas encore dû", Outcome::NotYetDue),
    ("à compter", Outcome::ToBeCounted),
    ("pas suivi", Outcome::NotFollowed),
    ("existant", Outcome::Legacy),
    ("existant disparu", Outcome::LegacyGone),
    ("vu ailleurs", Outcome::SeenElsewhere),
    ("à réaffecter", Outcome::ToReassign),
];

fn outcome_word(code: &str) -> String {
    let known = OUTCOMES.iter().find(|(_, outcome)| outcome.code() == code);
    known.map_or_else(|| code.to_owned(), |(word, _)| (*word).to_owned())
}

/// « 14 en place, 2 dû et absent »: every place of the kind, by what became of it.
fn places(words: &Words<'_>, _: &mut Known) -> Result<Act, String> {
    let (kind, school) = (kind(&words.get("sorte"))?, words.get("école"));
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    if words.get("liste") != "aucune" {
        for item in words.get("liste").split(',') {
            let (count, word) = item.trim().split_once(' ').ok_or("on attend « 14 en place, 2 dû et absent »")?;
            let count = count.parse().map_err(|_| format!("« {count} » n'est pas un nombre"))?;
            let known = OUTCOMES.iter().find(|(known, _)| fold(known) == fold(word)).map(|(word, _)| *word);
            let all = || OUTCOMES.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            let word = known.ok_or_else(|| format!("« {word} » n'est pas un état de place ; il y a {}", all()))?;
            expected.insert(word.to_owned(), count);
        }
    }
    Act::of(move |run| {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for place in run.world.places(&school).map_err(plainly)?.iter().filter(|place| place.kind == kind.code()) {
            *found.entry(outcome_word(&place.outcome)).or_default() += 1;
        }
        let text = |all: &BTreeMap<String, usize>| all.iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
        same(&text(&expected), &text(&found))
    })
}

/// Why a device has its place, in people's words.
const REASONS: &[(&str, &str)] = &[
    ("pinned", "épinglée"),
    ("kept", "gardée"),
    ("room", "par la salle"),
    ("model", "par le modèle"),
    ("kind", "par la sorte"),
    ("chosen", "choisie"),
    ("through", "par son contenu"),
];

/// The place that a thing holds: where, what became of it, why.
fn held(run: &Run, name: &str) -> Result<Option<(String, String, String)>, String> {
    let device = device(run, name)?;
    let code = run.world.db.read(move |tx| rollcall_collector::store::school::school_by_id(tx, device.school)).map_err(plainly)?;
    let code = code.map(|known| known.school.code).unwrap_or_default();
    let places = run.world.places(&code).map_err(plainly)?;
    let place = places.into_iter().find(|place| place.device == Some(device.id.0));
    Ok(place.map(|place| {
        let kind = Kind::from_code(&place.kind).map_or("", |kind| kind.row().fr[0]);
        let room = if place.room.is_empty() { String::new() } else { format!(", salle {}", place.room) };
        let reason = REASONS.iter().find(|(code, _)| *code == place.reason).map_or(place.reason.as_str(), |(_, word)| word);
        (format!("une place de {kind}{room}"), outcome_word(&place.outcome), reason.to_owned())
    }))
}

/// « une place de vidéoprojecteur, salle CM2, en place, gardée »: as much of it as is told.
fn holds(words: &Words<'_>, known: &mut Known) -> Result<Act, String> {
    let (name, wanted) = (known.one(&words.get("qui"))?, words.get("place"));
    Act::of(move |run| {
        let found = held(run, &name)?.map_or("aucune place".to_owned(), |(place, outcome, reason)| format!("{place}, {outcome}, {reason}"));
        let parts = |text: &str| text.split(',').map(|part| fold(part.trim())).collect::<Vec<_>>();
        let there = parts(&found);
        if parts(&wanted).iter().all(|part| there.contains(part)) { Ok(()) } else { differs(&wanted, &found) }
    })
}
