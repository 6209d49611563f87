//! The ministry's open school calendar (`fr-en-calendrier-scolaire`), read as it is published: CSV or JSON.
//!
//! Comes in: the text of the file. Goes out: [`Holiday`] rows and notes on what was not taken. Absent on purpose: reading files, keeping rows.
//!
//! Columns: description, population, start_date, end_date, location, zones, annee_scolaire (or their French labels). Dates are midnights of Paris, written
//! with an offset or as instants of UTC (2025-10-17T22:00:00+00:00 is the 18th). `start_date` is the last day of class in A, B, C and Corsica (« après la
//! classe »), `end_date` the day on which classes begin again. Rows for teachers, and for secondary schools alone, say nothing of pupils here.

use super::holiday::{Holiday, LONGEST_DAYS, back_unsaid};
use super::zone::{Whereabouts, ZoneRow};
use crate::domain::folded::fold;
use crate::domain::plan::note::Words;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Most rows that a file may have (the ministry's has some 2 500).
pub const MOST_ROWS: usize = 100_000;

/// What reading gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ministry {
    /// Holidays, in order, each once.
    pub rows: Vec<Holiday>,
    /// What was not taken, and why: a row each.
    pub refused: Vec<Refused>,
    /// Rows for teachers and secondary schools, passed over.
    pub passed_over: usize,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Row of the file, the first after its head being 1.
    pub row: usize,
    /// What was found there, and what was expected.
    pub words: Words,
}

/// Columns: the name in the data set, then labels that its exports use, folded.
const COLUMNS: [(&str, &[&str]); 7] = [
    ("description", &["description"]),
    ("population", &["population"]),
    ("start_date", &["start date", "date de debut", "debut"]),
    ("end_date", &["end date", "date de fin", "fin"]),
    ("location", &["location", "academies", "academie", "lieu"]),
    ("zones", &["zones", "zone"]),
    ("annee_scolaire", &["annee scolaire"]),
];

/// The cells of one row, in the order of [`COLUMNS`].
type Row = [String; 7];

/// Reads a file. An error says what it is instead of the ministry's file.
pub fn read(text: &str) -> Result<Ministry, Words> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let rows = if text.starts_with(['{', '[']) { json(text)? } else { csv(text)? };
    if rows.is_empty() {
        return Err(Words::fixed("le fichier n'a pas de ligne de vacances", "the file has no row of holidays"));
    }
    if rows.len() > MOST_ROWS {
        return Err(Words::made(
            format!("{} lignes ; {MOST_ROWS} au plus sont attendues", rows.len()),
            format!("{} rows; at most {MOST_ROWS} are expected", rows.len()),
        ));
    }
    let mut read = Ministry::default();
    for (index, row) in rows.iter().enumerate() {
        match holiday(row) {
            Ok(Some(holiday)) => read.rows.push(holiday),
            Ok(None) => read.passed_over += 1,
            Err(words) => read.refused.push(Refused { row: index + 1, words }),
        }
    }
    leave_out_doubtful_years(&mut read, &rows);
    read.rows.sort();
    read.rows.dedup();
    Ok(read)
}

/// A year of a place with a row that cannot be right is not whole: its other rows alone would make term of what may be holidays.
fn leave_out_doubtful_years(read: &mut Ministry, rows: &[Row]) {
    let doubtful: BTreeSet<(String, String)> = read
        .refused
        .iter()
        .filter_map(|refused| rows.get(refused.row - 1))
        .filter_map(|[_, _, _, _, location, zones, year]| Some((place(location, zones)?.0.code.to_owned(), year.trim().to_owned())))
        .collect();
    read.rows.retain(|row| !doubtful.contains(&(row.zone.clone(), row.year.clone())));
}

fn csv(text: &str) -> Result<Vec<Row>, Words> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b',', b'\t'].into_iter().max_by_key(|sign| head.bytes().filter(|byte| byte == sign).count()).unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().map(|head| head.iter().map(fold).collect()).unwrap_or_default();
    let places = columns(|names| head.iter().position(|cell| names.contains(&cell.as_str())))?;
    let mut rows = Vec::new();
    for record in reader.records().take(MOST_ROWS + 1) {
        let record = record.map_err(|error| Words::same(error.to_string()))?;
        rows.push(places.map(|place| record.get(place).unwrap_or_default().to_owned()));
    }
    Ok(rows)
}

/// The place of every column, or which is missing.
fn columns(place: impl Fn(&[&str]) -> Option<usize>) -> Result<[usize; 7], Words> {
    let mut places = [0; 7];
    for (slot, (name, labels)) in places.iter_mut().zip(COLUMNS) {
        *slot = place(labels).ok_or_else(|| {
            Words::made(format!("colonne « {name} » absente ; attendues : {}", names()), format!("column “{name}” is missing; expected: {}", names()))
        })?;
    }
    Ok(places)
}

fn names() -> String {
    COLUMNS.map(|(name, _)| name).join(", ")
}

/// The data set's JSON: a list of records, an answer of the API (`results`), or records with `fields`.
fn json(text: &str) -> Result<Vec<Row>, Words> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Words::made(format!("JSON illisible : {error}"), format!("no JSON: {error}")))?;
    let list = value.as_array().or_else(|| value.get("results")?.as_array()).or_else(|| value.get("records")?.as_array());
    let Some(list) = list else {
        return Err(Words::fixed(
            "ce JSON n'est pas une liste de vacances (« results » attendu)",
            "this JSON is no list of holidays (“results” expected)",
        ));
    };
    let row = |record: &serde_json::Value| -> Result<Row, Words> {
        let fields = record.get("fields").unwrap_or(record);
        let cell = |name: &str| match fields.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Array(list)) => list.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join("|"),
            _ => String::new(),
        };
        let row = COLUMNS.map(|(name, _)| cell(name));
        if row[2].is_empty() && row[3].is_empty() {
            return Err(Words::made(format!("champs attendus : {}", names()), format!("expected fields: {}", names())));
        }
        Ok(row)
    };
    list.iter().take(MOST_ROWS + 1).map(row).collect()
}

/// One row. None: it says nothing of pupils of primary schools.
fn holiday(row: &Row) -> Result<Option<Holiday>, Words> {
    let [what, population, start, end, location, zones, year] = row;
    let folded = fold(population);
    if folded.contains("enseignant") || folded.ends_with("second degre") || folded.contains("college") || folded.contains("lycee") {
        return Ok(None);
    }
    let Some((zone, academy)) = place(location, zones) else {
        return Err(Words::made(
            format!("« {location} », « {zones} » : zone inconnue"),
            format!("“{location}”, “{zones}”: no zone is known by these names"),
        ));
    };
    // A day of one island (« Saint-Barthélemy » in Guadeloupe's rows) is that island's: its own row of the table of zones has it.
    if Whereabouts::read(population).is_some_and(|at| at.zone.code != zone.code) {
        return Ok(None);
    }
    let (start, end) = (date(start, zone)?, date(end, zone)?);
    let year = year_label(year, start);
    let opens_summer = fold(what).starts_with("debut des vacances d ete");
    let until = if opens_summer { back_unsaid(start).unwrap_or(end) } else { end };
    let first_off = if zone.leaves_after_class { start.tomorrow().unwrap_or(start) } else { start };
    // Rows of one day, or of two with nothing between, name the days themselves.
    let (from, until) = if first_off < until { (first_off, until) } else { (start, until.max(start.tomorrow().unwrap_or(start))) };
    let days = from.until(until).map_or(0, |span| span.get_days());
    if end < start || days > LONGEST_DAYS {
        return Err(Words::made(
            format!("« {what} », {location}, {year} : du {start} au {end} ; des vacances durent de 1 à {LONGEST_DAYS} jours"),
            format!("“{what}”, {location}, {year}: from {start} to {end}; holidays last from 1 to {LONGEST_DAYS} days"),
        ));
    }
    Ok(Some(Holiday { year, zone: zone.code.to_owned(), academy: academy.unwrap_or_default().to_owned(), what: what.trim().to_owned(), from, until }))
}

fn place(location: &str, zones: &str) -> Option<(&'static ZoneRow, Option<&'static str>)> {
    let at = Whereabouts::read(location);
    let zone = Whereabouts::read(zones).map(|at| at.zone).or(at.map(|at| at.zone))?;
    Some((zone, at.filter(|at| at.zone == zone).and_then(|at| at.academy)))
}

/// `2025-2026`, `2019`; a cell without one: the year in which it begins, from August on.
fn year_label(cell: &str, start: Date) -> String {
    let cell = cell.trim();
    if !cell.is_empty() {
        return cell.to_owned();
    }
    let first = if start.month() >= 8 { start.year() } else { start.year() - 1 };
    format!("{first}-{}", first + 1)
}

/// A date of the file: a midnight of Paris, or (where it is none of Paris) of the zone itself; or a bare date.
fn date(text: &str, zone: &ZoneRow) -> Result<Date, Words> {
    let text = text.trim();
    let refused = || {
        Words::made(
            format!("« {text} » n'est pas une date ; attendu : 2025-10-18 ou 2025-10-17T22:00:00+00:00"),
            format!("“{text}” is no date; expected: 2025-10-18 or 2025-10-17T22:00:00+00:00"),
        )
    };
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        let local = |clock: &str| TimeZone::get(clock).ok().map(|clock| at.to_zoned(clock));
        let paris = local("Europe/Paris").ok_or_else(refused)?;
        let own = local(zone.clock).filter(|own| paris.hour() != 0 && own.hour() == 0);
        return Ok(own.unwrap_or(paris).date());
    }
    let bare = if text.len() == 10 { text.parse::<Date>().ok() } else { None };
    let french = || {
        let [day, month, year] = text.splitn(3, '/').collect::<Vec<_>>()[..] else { return None };
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    bare.or_else(french).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows as the ministry's file has them.
    const CSV: &str = "\u{feff}description;population;start_date;end_date;location;zones;annee_scolaire
Vacances de la Toussaint;-;2025-10-17T22:00:00+00:00;2025-11-02T23:00:00+00:00;Rennes;Zone B;2025-2026
Vacances de la Toussaint;-;2025-10-17T22:00:00+00:00;2025-11-02T23:00:00+00:00;Lille;Zone B;2025-2026
Vacances d'Hiver;-;2026-02-14T00:00:00+01:00;2026-03-02T00:00:00+01:00;Reims;Zone B;2025-2026
Vacances d'Été;Enseignants;2026-07-04T00:00:00+02:00;2026-08-31T00:00:00+02:00;Reims;Zone B;2025-2026
Début des Vacances d'Été;-;2026-07-04T00:00:00+02:00;2026-07-04T00:00:00+02:00;Rennes;Zone B;2025-2026
Pont de l'Ascension;-;2020-05-22T00:00:00+02:00;2020-05-23T00:00:00+02:00;Guadeloupe;Guadeloupe;2019-2020
Abolition de l’esclavage;Saint-Barthélémy;2019-10-09T00:00:00+02:00;2019-10-09T00:00:00+02:00;Guadeloupe;Guadeloupe;2019-2020
Vacances d'Été austral;-;2018-11-12T00:00:00+01:00;2020-05-01T01:00:00+02:00;Réunion;Réunion;2017-2018
Vacances après 3ème période;-;2018-03-10T00:00:00+01:00;2018-03-26T00:00:00+02:00;Réunion;Réunion;2017-2018
Grandes Vacances;Élèves du second degré;2018-07-07T00:00:00+02:00;2018-08-17T00:00:00+02:00;Polynésie;Polynésie;2017-2018
";

    #[test]
    fn a_year_that_is_not_said_is_the_one_that_began_in_august() {
        for (cell, day, expected) in
            [(" 2019 ", "2025-09-01", "2019"), ("", "2025-08-01", "2025-2026"), ("", "2026-07-31", "2025-2026"), (" ", "2026-02-14", "2025-2026")]
        {
            assert_eq!(year_label(cell, day.parse().unwrap()), expected, "{cell} {day}");
        }
    }

    fn told(read: &Ministry) -> Vec<String> {
        read.rows.iter().map(|row| format!("{} {} {} {}..{}", row.year, row.zone, row.academy, row.from, row.until)).collect()
    }

    #[test]
    fn the_ministry_s_csv_as_it_is() {
        let read = read(CSV).unwrap();
        assert_eq!(
            told(&read),
            [
                "2019-2020 Guadeloupe  2020-05-22..2020-05-23",
                "2025-2026 B Lille 2025-10-19..2025-11-03",
                "2025-2026 B Reims 2026-02-15..2026-03-02",
                "2025-2026 B Rennes 2025-10-19..2025-11-03",
                "2025-2026 B Rennes 2026-07-05..2026-09-05",
            ]
        );
        assert_eq!(read.passed_over, 3);
        // A row that cannot be right is told, and its year left out for that place: what is left of it would make term of holidays.
        assert_eq!(read.refused.len(), 1);
        assert_eq!((read.refused[0].row, read.refused[0].words.en.contains("from 1 to 90 days")), (8, true));
    }

    #[test]
    fn the_same_by_its_labels_and_as_json() {
        let labels = "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\nVacances de Noël;-;2025-12-19T23:00:00+00:00;2026-01-04T23:00:00+00:00;Paris;Zone C;2025-2026\n";
        let record = r#"{"description":"Vacances de Noël","population":"-","start_date":"2025-12-19T23:00:00+00:00","end_date":"2026-01-04T23:00:00+00:00","location":"Paris","zones":"Zone C","annee_scolaire":"2025-2026"}"#;
        let expected = ["2025-2026 C Paris 2025-12-21..2026-01-05"];
        for text in [
            labels.to_owned(),
            format!("[{record}]"),
            format!("{{\"total_count\":1,\"results\":[{record}]}}"),
            format!("{{\"records\":[{{\"fields\":{record}}}]}}"),
        ] {
            assert_eq!(told(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn zones_and_places_may_be_told_as_lists() {
        let record = |location: &str, zones: &str| {
            format!(
                r#"[{{"description":"Vacances de Noël","population":"-","start_date":"2025-12-19T23:00:00+00:00","end_date":"2026-01-04T23:00:00+00:00","location":{location},"zones":{zones},"annee_scolaire":"2025-2026"}}]"#
            )
        };
        let expected = ["2025-2026 C Paris 2025-12-21..2026-01-05"];
        assert_eq!(told(&read(&record(r#"["Paris"]"#, r#"["Zone C"]"#)).unwrap()), expected);
        assert_eq!(told(&read(&record(r#""Paris""#, r#"["Zone C"]"#)).unwrap()), expected);
    }

    #[test]
    fn a_moment_is_the_day_of_paris_but_for_a_midnight_of_the_zone() {
        for (text, zone, expected) in [
            ("2018-07-07T00:00:00+02:00", "Polynésie", "2018-07-07"),
            ("2018-03-09T20:00:00+00:00", "Réunion", "2018-03-10"),
            // Neither's midnight, and still the day before in Tahiti.
            ("2018-07-07T02:00:00+02:00", "Polynésie", "2018-07-07"),
        ] {
            assert_eq!(date(text, Whereabouts::read(zone).unwrap().zone).unwrap().to_string(), expected, "{text} {zone}");
        }
    }

    #[test]
    fn another_file_is_refused_with_what_was_expected() {
        for (text, expected) in [
            ("", "column “description” is missing"),
            ("a;b;c\n1;2;3\n", "column “description” is missing; expected: description, population, start_date"),
            ("{\"x\":1}", "“results” expected"),
            ("[1]", "expected fields: description"),
            ("{", "no JSON"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.en.contains(expected), "{text:?}: {}", told.en);
        }
    }

    #[test]
    fn a_row_of_another_shape_is_told_and_the_others_are_taken() {
        let text = "description,population,start_date,end_date,location,zones,annee_scolaire\nX,-,hier,2026-01-05,Paris,Zone C,2024-2025\nY,-,2025-12-20,05/01/2026,Paris,Zone C,2025-2026\nZ,-,2025-12-20,2026-01-05,Atlantis,Zone Z,2025-2026\n";
        let read = read(text).unwrap();
        assert_eq!(told(&read), ["2025-2026 C Paris 2025-12-21..2026-01-05"]);
        assert_eq!(read.refused.iter().map(|refused| refused.row).collect::<Vec<_>>(), [1, 3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn no_text_breaks_it(text in "(\\PC|\n|;|,|2025-10-17T22:00:00\\+00:00|Zone B|\"|\\[|\\{){0,60}") {
            let _ = read(&text);
            let with_head = format!("description;population;start_date;end_date;location;zones;annee_scolaire\n{text}");
            if let Ok(read) = read(&with_head) {
                prop_assert!(read.rows.iter().all(|row| row.from < row.until));
            }
        }
    }
}
