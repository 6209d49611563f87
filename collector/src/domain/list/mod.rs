//! Lists that others keep of the same devices: exports of device managements, host lists of school servers, inventories.
//!
//! Comes in: headings and rows of such a file, its date. Goes out: rows with a meaning, and what is known to whom: in the list only, live
//! only, in the register only. Absent on purpose: files (`cli_list`), who brought a list in (the store's), and any claim that a list is
//! right: it is evidence with a date of its own, never plan.
//!
//! Reading order: `field` (which heading means what), here (rows), `compare` (three sides of one page).

mod compare;
mod field;

pub use compare::{Completing, LISTED, Line, Listed, Live, Side, compare, complete};
pub use field::{FIELDS, Field, SOURCES, Source, source};

use crate::domain::folded::fold;
use crate::domain::plan::note::Words;
use jiff::civil::Date;
use rollcall_shared::Mac;
use std::collections::BTreeMap;

/// Most rows of one list.
pub const MAX_ROWS: usize = 100_000;
/// Longest cell that is kept, characters.
const MAX_CELL: usize = 200;

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// Serial number.
    pub serial: Option<String>,
    /// The device's id in the management.
    pub uem_id: Option<String>,
    /// Network cards.
    pub macs: Vec<Mac>,
    /// What it is called there.
    pub name: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Operating system and version.
    pub os: Option<String>,
    /// Last time that the management heard of it.
    pub seen_on: Option<Date>,
    /// Where it belongs, as written.
    pub school: Option<String>,
    /// Its group, as written.
    pub group: Option<String>,
}

impl Row {
    /// Whether it names a device at all.
    fn names_something(&self) -> bool {
        self.serial.is_some() || self.uem_id.is_some() || !self.macs.is_empty() || self.name.is_some()
    }
}

/// What was odd in a list: the line, what was found, what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Line of the file; 0: the headings.
    pub line: u64,
    /// What was found.
    pub found: String,
    /// What was expected, and what to do.
    pub expected: Words,
}

/// Which column holds which field.
pub type Mapping = BTreeMap<Field, usize>;

/// Finds the columns by their headings; `chosen` says of some fields which heading is theirs. What cannot be found is told.
pub fn map(headings: &[String], chosen: &[(Field, String)]) -> Result<Mapping, Odd> {
    let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
    let mut mapping = Mapping::new();
    for (field, heading) in chosen {
        let Some(at) = folded.iter().position(|folded| *folded == fold(heading)) else {
            let found = headings.join(", ");
            let expected =
                Words::made(format!("une colonne « {heading} » pour {}", field.code()), format!("a column \"{heading}\" for {}", field.code()));
            return Err(Odd { line: 0, found, expected });
        };
        mapping.insert(*field, at);
    }
    for row in FIELDS {
        let free = |at: &usize| !mapping.values().any(|taken| taken == at);
        let at = row.headings.iter().find_map(|heading| folded.iter().position(|folded| folded == heading).filter(free));
        if let Some(at) = at.filter(|_| !mapping.contains_key(&row.field)) {
            mapping.insert(row.field, at);
        }
    }
    let names = [Field::Serial, Field::UemId, Field::Mac, Field::Name];
    if names.iter().any(|field| mapping.contains_key(field)) {
        return Ok(mapping);
    }
    Err(Odd {
        line: 0,
        found: headings.join(", "),
        expected: Words::fixed(
            "une colonne au moins qui nomme l'appareil (numéro de série, identifiant, adresse MAC, nom) : la désigner (serial=Titre de la colonne)",
            "at least one column that names the device (serial number, id, MAC address, name): say which (serial=Heading of the column)",
        ),
    })
}

/// Rows with their meaning; what cannot be read in a cell is told, and the rest of its row stands.
pub fn rows(lines: &[(u64, Vec<String>)], mapping: &Mapping) -> (Vec<Row>, Vec<Odd>) {
    let (mut rows, mut odd) = (Vec::new(), Vec::new());
    for (line, cells) in lines.iter().take(MAX_ROWS) {
        let cell = |field: Field| {
            let text = cells.get(*mapping.get(&field)?)?.trim();
            (!text.is_empty() && !is_nothing(text)).then(|| text.chars().take(MAX_CELL).collect::<String>())
        };
        let mut row = Row {
            line: *line,
            serial: cell(Field::Serial),
            uem_id: cell(Field::UemId),
            name: cell(Field::Name),
            model: cell(Field::Model),
            os: os(cell(Field::Os), cell(Field::OsVersion)),
            school: cell(Field::School),
            group: cell(Field::Group),
            ..Row::default()
        };
        for text in cell(Field::Mac).unwrap_or_default().split(['|', ',', ';', ' ', '\n']).filter(|text| !text.is_empty()) {
            match text.parse::<Mac>() {
                Ok(mac) if !mac.is_void() && !mac.is_group() => row.macs.push(mac),
                _ => odd.push(Odd {
                    line: *line,
                    found: text.to_owned(),
                    expected: Words::fixed("une adresse MAC (aa:bb:cc:dd:ee:ff)", "a MAC address (aa:bb:cc:dd:ee:ff)"),
                }),
            }
        }
        if let Some(text) = cell(Field::SeenOn) {
            row.seen_on = day(&text);
            if row.seen_on.is_none() {
                let expected = Words::fixed("une date (2026-11-20, 20/11/2026)", "a date (2026-11-20, 20/11/2026)");
                odd.push(Odd { line: *line, found: text, expected });
            }
        }
        if row.names_something() {
            rows.push(row);
        }
    }
    if lines.len() > MAX_ROWS {
        let expected = Words::made(format!("au plus {MAX_ROWS} lignes : partager la liste"), format!("at most {MAX_ROWS} rows: part the list"));
        odd.push(Odd { line: lines[MAX_ROWS].0, found: lines.len().to_string(), expected });
    }
    (rows, odd)
}

fn os(name: Option<String>, version: Option<String>) -> Option<String> {
    match (name, version) {
        (Some(name), Some(version)) if !name.contains(&version) => Some(format!("{name} {version}")),
        (name, version) => name.or(version),
    }
}

/// What managements write where they know nothing.
fn is_nothing(text: &str) -> bool {
    const NOTHING: &[&str] = &["n a", "na", "none", "null", "unknown", "inconnu", "inconnue", "not available", "never", "jamais", "0"];
    let folded = fold(text);
    folded.is_empty() || NOTHING.contains(&folded.as_str())
}

/// A day in the spellings of exports: ISO with or without time, French, and English months first only where it cannot be a day.
fn day(text: &str) -> Option<Date> {
    let head = text.split(['T', ' ']).next()?;
    if let Ok(date) = head.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = head.split(['/', '.', '-']).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    let (a, b, year): (i8, i8, i16) = (a.parse().ok()?, b.parse().ok()?, year.parse().ok()?);
    let year = if year < 100 { 2_000 + year } else { year };
    if a > 31 {
        return None;
    }
    Date::new(year, b, a).or_else(|_| Date::new(year, a, b)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn texts(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn an_export_of_a_device_management_is_read_by_its_headings() {
        let headings = texts(&["Device Name", "Serial Number", "UDID", "Wi-Fi MAC Address", "OS Version", "Last Check-in", "Location"]);
        let mapping = map(&headings, &[]).unwrap();
        let line = texts(&["iPad-CAMUS-03", "DMPX1234", "0000-1", "A4:83:E7:00:00:03", "17.6", "2026-11-20T08:15:00Z", "Camus"]);
        let (rows, odd) = rows(&[(2, line)], &mapping);
        assert_eq!(odd, []);
        assert_eq!(rows[0].serial.as_deref(), Some("DMPX1234"));
        assert_eq!(rows[0].macs, ["a4:83:e7:00:00:03".parse().unwrap()]);
        assert_eq!((rows[0].seen_on, rows[0].school.as_deref()), (Some(date(2026, 11, 20)), Some("Camus")));
    }

    #[test]
    fn a_french_inventory_and_a_host_list_are_read_too() {
        let mapping = map(&texts(&["Nom", "Numéro de série", "Adresse MAC", "Lieu", "Dernier contact"]), &[]).unwrap();
        let (found, odd) = rows(&[(2, texts(&["PC-DIR", "Inconnu", "00-1b-21-01-01-01", "École Camus", "20/11/2026 08:00"]))], &mapping);
        assert!(odd.is_empty());
        assert_eq!((found[0].serial.clone(), found[0].macs.len(), found[0].seen_on), (None, 1, Some(date(2026, 11, 20))));
        let mapping = map(&texts(&["hote", "mac", "ip"]), &[]).unwrap();
        assert_eq!(rows(&[(2, texts(&["poste01", "001b21010101", "10.0.0.5"]))], &mapping).0[0].name.as_deref(), Some("poste01"));
    }

    #[test]
    fn a_column_may_be_named_and_one_that_names_the_device_is_needed() {
        let headings = texts(&["Kennung", "Ort"]);
        let refused = map(&headings, &[]).unwrap_err();
        assert!(refused.found.contains("Kennung") && refused.expected.fr.contains("numéro de série"));
        assert_eq!(map(&headings, &[(Field::Serial, "kennung".into())]).unwrap()[&Field::Serial], 0);
        assert!(map(&headings, &[(Field::Serial, "Nummer".into())]).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_row_stands() {
        let mapping = map(&texts(&["Serial", "MAC", "Last seen"]), &[]).unwrap();
        let (rows, odd) = rows(&[(7, texts(&["S1", "zz:zz", "soon"])), (8, texts(&["", "", ""]))], &mapping);
        assert_eq!((rows.len(), odd.len()), (1, 2));
        assert!(odd.iter().all(|odd| odd.line == 7));
    }

    #[test]
    fn managements_write_nothing_in_many_words_and_systems_in_two_columns() {
        for nothing in ["", "N/A", "None", "null", "Unknown", "inconnue", "Not available", "jamais", "0"] {
            assert!(is_nothing(nothing), "{nothing}");
        }
        assert!(!is_nothing("iPad") && !is_nothing("00"));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(os(some("iPadOS"), some("17.6")), some("iPadOS 17.6"));
        assert_eq!(os(some("Windows 11"), some("11")), some("Windows 11"), "a version is said once");
        assert_eq!((os(None, some("17.6")), os(some("iPadOS"), None), os(None, None)), (some("17.6"), some("iPadOS"), None));
    }

    #[test]
    fn days_are_read_as_exports_spell_them() {
        for (text, expected) in [
            ("2026-11-20", Some(date(2026, 11, 20))),
            ("2026-11-20T08:15:00Z", Some(date(2026, 11, 20))),
            ("20/11/2026 08:00", Some(date(2026, 11, 20))),
            ("20.11.26", Some(date(2026, 11, 20))),
            ("5-6-2026", Some(date(2026, 6, 5))),
            ("11/20/2026", Some(date(2026, 11, 20))),
            ("31/12/99", Some(date(2099, 12, 31))),
            ("1/1/100", Some(date(100, 1, 1))),
            ("32/1/2026", None),
            ("30/2/2026", None),
            ("soon", None),
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
    }

    #[test]
    fn a_list_beyond_its_bound_is_told_and_one_within_it_is_not() {
        let mapping = map(&texts(&["serial"]), &[]).unwrap();
        let lines: Vec<(u64, Vec<String>)> = (0..=MAX_ROWS as u64).map(|line| (line + 2, vec![format!("S{line}")])).collect();
        let (within, odd) = rows(&lines[..MAX_ROWS], &mapping);
        assert_eq!((within.len(), odd.len()), (MAX_ROWS, 0));
        let (cut, odd) = rows(&lines, &mapping);
        assert_eq!((cut.len(), odd[0].line, odd[0].found.as_str()), (MAX_ROWS, MAX_ROWS as u64 + 2, "100001"));
    }

    #[test]
    fn macs_that_name_nobody_are_told() {
        let mapping = map(&texts(&["mac"]), &[]).unwrap();
        let (found, odd) = rows(&[(2, texts(&["00:00:00:00:00:00 ff:ff:ff:ff:ff:ff,a4:83:e7:00:00:03"]))], &mapping);
        assert_eq!((found[0].macs.len(), odd.len()), (1, 2));
    }

    proptest::proptest! {
        #[test]
        fn no_list_breaks_the_reader(cells in proptest::collection::vec(".{0,40}", 0..12), headings in proptest::collection::vec(".{0,20}", 0..12)) {
            if let Ok(mapping) = map(&headings, &[]) {
                let (rows, _) = rows(&[(2, cells)], &mapping);
                proptest::prop_assert!(rows.len() <= 1);
            }
        }
    }
}
