//! School holidays: dated rows by zone and school year, those that come with the program and those that were imported.
//!
//! Comes in: rows ([`shipped`], [`super::ministry`]). Goes out: what a day is in a zone, and which years are known. Absent on purpose: weekdays, public
//! holidays, closures ([`super::Calendar`]); where imported rows are kept (the store).

use super::zone::{Whereabouts, zone_row};
use crate::domain::folded::fold;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// One holiday of one place in one school year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// School year as the ministry names it: `2025-2026`; in the Pacific `2026`.
    pub year: String,
    /// Code of the zone.
    pub zone: String,
    /// Académie, where it is not the whole zone's; else empty.
    pub academy: String,
    /// First day without class.
    pub from: Date,
    /// The day on which classes begin again.
    pub until: Date,
    /// What: « Vacances de Noël ».
    pub what: String,
}

/// The table that comes with the program.
const SHIPPED: &str = include_str!("holidays.tsv");

/// Where nobody has said yet when pupils come back after the summer: in no year since 2010 later than on 5 September (a day too many alarms nobody).
const BACK_UNSAID: (i8, i8) = (9, 5);

/// When classes begin again after a summer whose end is not decreed yet.
pub fn back_unsaid(summer: Date) -> Option<Date> {
    Date::new(summer.year(), BACK_UNSAID.0, BACK_UNSAID.1).ok()
}

/// A holiday of at least so many days counts when a year is judged whole …
const LONG_DAYS: i32 = 6;
/// … of which a whole year has at least so many, the days after Christmas among them. A year with fewer is a file cut short: unknown, never term.
const LONG_HOLIDAYS: usize = 4;
/// No holiday lasts longer (overseas summers reach ten weeks): a row beyond is an error of its file.
pub const LONGEST_DAYS: i32 = 90;

/// The rows that come with the program.
pub fn shipped() -> Vec<Holiday> {
    SHIPPED.lines().filter(|line| !line.starts_with('#') && !line.starts_with("year\t")).flat_map(shipped_line).collect()
}

fn shipped_line(line: &str) -> Vec<Holiday> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [year, zone, location, what, left_on, back_on] = cells[..] else { return Vec::new() };
    let Ok(left) = left_on.parse::<Date>() else { return Vec::new() };
    let (Some(from), Some(until)) = (left.tomorrow().ok(), back_on.parse().ok().or_else(|| back_unsaid(left))) else { return Vec::new() };
    let row =
        |academy: &str| Holiday { year: year.to_owned(), zone: zone.to_owned(), academy: academy.to_owned(), what: what.to_owned(), from, until };
    location.split('|').map(row).collect()
}

/// All holidays known, by zone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holidays {
    by_zone: BTreeMap<String, Vec<Holiday>>,
}

/// The holidays of one place, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlaceHolidays {
    rows: Vec<Holiday>,
    /// Spans of days of which everything is known: first day, and the day after the last; in order, apart.
    known: Vec<(Date, Date)>,
}

impl Holidays {
    /// Those that come with the program, and imported ones: a school year of a zone that was imported replaces the shipped one.
    pub fn new(imported: Vec<Holiday>) -> Holidays {
        let replaced: BTreeSet<(String, String)> = imported.iter().map(|row| (row.zone.clone(), row.year.clone())).collect();
        let kept = shipped().into_iter().filter(|row| !replaced.contains(&(row.zone.clone(), row.year.clone())));
        let mut by_zone: BTreeMap<String, Vec<Holiday>> = BTreeMap::new();
        for row in kept.chain(imported) {
            by_zone.entry(row.zone.clone()).or_default().push(row);
        }
        Holidays { by_zone }
    }

    /// Zones with the school years of which anything is known, and whether all is.
    pub fn years(&self) -> Vec<(String, String, bool)> {
        let mut years = Vec::new();
        for (zone, rows) in &self.by_zone {
            let labels: BTreeSet<&str> = rows.iter().map(|row| row.year.as_str()).collect();
            years.extend(labels.into_iter().map(|year| {
                let of_year: Vec<&Holiday> = rows.iter().filter(|row| row.year == year).collect();
                (zone.clone(), year.to_owned(), is_whole(&of_year))
            }));
        }
        years
    }

    /// The holidays of one place: its académie's where told, else every holiday of any académie of its zone (a day of holidays for some is a day on
    /// which nobody need be at school).
    pub fn of(&self, at: Whereabouts) -> PlaceHolidays {
        let zone = at.zone.part_of.and_then(zone_row).unwrap_or(at.zone);
        let mine = |row: &&Holiday| row.academy.is_empty() || at.academy.is_none_or(|academy| fold(&row.academy) == fold(academy));
        let mut rows: Vec<Holiday> = self.by_zone.get(zone.code).into_iter().flatten().filter(mine).cloned().collect();
        rows.sort_by(|a, b| (a.from, a.until, &a.what).cmp(&(b.from, b.until, &b.what)));
        rows.dedup_by(|a, b| (a.from, a.until) == (b.from, b.until));
        let known = known(&rows);
        PlaceHolidays { rows, known }
    }
}

/// Enough of a school year is there to call its other days term.
fn is_whole(rows: &[&Holiday]) -> bool {
    let long: BTreeSet<(Date, Date)> = rows.iter().filter(|row| days(row.from, row.until) >= LONG_DAYS).map(|row| (row.from, row.until)).collect();
    let christmas = |(from, until): &(Date, Date)| Date::new(from.year(), 12, 27).is_ok_and(|day| *from <= day && day < *until);
    long.len() >= LONG_HOLIDAYS && long.iter().any(christmas)
}

fn days(from: Date, until: Date) -> i32 {
    from.until(until).map_or(0, |span| span.get_days())
}

/// From the return out of the summer before (or the latest day on which schools return) until the last day of which each whole year speaks.
fn known(rows: &[Holiday]) -> Vec<(Date, Date)> {
    let mut by_year: BTreeMap<&str, Vec<&Holiday>> = BTreeMap::new();
    for row in rows {
        by_year.entry(row.year.as_str()).or_default().push(row);
    }
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for of_year in by_year.values().filter(|rows| is_whole(rows)) {
        let (Some(first), Some(last)) = (of_year.iter().map(|row| row.from).min(), of_year.iter().map(|row| row.until).max()) else { continue };
        // Ten weeks before the first holiday some school year has begun: the last return in that time is this year's.
        let earliest = first.checked_sub(100.days()).unwrap_or(first);
        let returns = rows.iter().filter(|row| row.from < first && row.until >= earliest && row.until <= first).map(|row| row.until).max();
        let begin = returns.or_else(|| back_unsaid(first).filter(|day| *day >= earliest && *day <= first)).unwrap_or(first);
        match spans.last_mut() {
            Some(before) if begin <= before.1 => before.1 = before.1.max(last),
            _ => spans.push((begin, last)),
        }
    }
    spans
}

impl PlaceHolidays {
    /// The holiday in which a day lies.
    pub fn holiday(&self, date: Date) -> Option<&Holiday> {
        // Rows are in order of their begin, and none is longer than LONGEST_DAYS: few stand behind the last that has begun.
        let begun = self.rows.partition_point(|row| row.from <= date);
        self.rows[..begun].iter().rev().take_while(|row| days(row.from, date) <= LONGEST_DAYS).find(|row| date < row.until)
    }

    /// Whether everything is known of this day.
    pub fn knows(&self, date: Date) -> bool {
        let begun = self.known.partition_point(|(from, _)| *from <= date);
        begun > 0 && date < self.known[begun - 1].1
    }

    /// The last day of which everything is known, if any lies ahead or behind.
    pub fn known_until(&self) -> Option<Date> {
        self.known.last().and_then(|(_, until)| until.yesterday().ok())
    }

    /// All of them, in order.
    pub fn rows(&self) -> &[Holiday] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn check(zone: &str, date: &str, expected: &str) {
        let place = Holidays::new(Vec::new()).of(Whereabouts::read(zone).unwrap());
        let told = match (place.holiday(day(date)), place.knows(day(date))) {
            (Some(holiday), _) => holiday.what.as_str(),
            (None, true) => "term",
            (None, false) => "unknown",
        };
        assert_eq!(told, expected, "zone {zone}, {date}");
    }

    #[test]
    fn the_shipped_years_say_what_the_ministry_says() {
        for (zone, date, expected) in [
            ("A", "2025-10-17", "term"),
            ("A", "2025-10-19", "Vacances de la Toussaint"),
            ("A", "2025-11-02", "Vacances de la Toussaint"),
            ("A", "2025-11-03", "term"),
            ("A", "2026-02-09", "Vacances d'Hiver"),
            ("B", "2026-02-09", "term"),
            ("C", "2026-02-23", "Vacances d'Hiver"),
            ("C", "2027-04-05", "Vacances de Printemps"),
            ("B", "2026-05-15", "Pont de l'Ascension"),
            ("B", "2026-08-31", "Vacances d'Été"),
            ("B", "2026-09-01", "term"),
            ("B", "2027-06-30", "term"),
            ("B", "2027-08-15", "Vacances d'Été"),
            ("B", "2027-09-06", "unknown"),
            ("B", "2017-09-06", "term"),
            ("B", "2017-06-06", "unknown"),
            ("B", "2040-06-06", "unknown"),
        ] {
            check(zone, date, expected);
        }
    }

    #[test]
    fn the_last_day_of_class_is_a_day_of_class() {
        check("A", "2022-07-07", "term"); // summer began on a Thursday, after class
        check("A", "2022-07-08", "Vacances d'Été");
        check("C", "2019-05-29", "term"); // the Wednesday before Ascension
    }

    #[test]
    fn in_the_spring_of_2018_five_academies_of_zone_b_had_other_holidays() {
        check("Rennes", "2018-04-23", "term");
        check("Rennes", "2018-05-09", "Vacances de Printemps");
        check("Lille", "2018-04-23", "Vacances de Printemps");
        check("Lille", "2018-05-09", "term");
        // Where only the zone is told, nobody need be there on either.
        check("B", "2018-04-23", "Vacances de Printemps");
        check("B", "2018-05-09", "Vacances de Printemps");
    }

    #[test]
    fn an_imported_year_replaces_the_shipped_one_of_its_zone() {
        let row = |what: &str, from: &str, until: &str| Holiday {
            year: "2026-2027".into(),
            zone: "B".into(),
            academy: String::new(),
            what: what.into(),
            from: day(from),
            until: day(until),
        };
        let whole = vec![
            row("Toussaint", "2026-10-24", "2026-11-09"),
            row("Noël", "2026-12-19", "2027-01-04"),
            row("Hiver", "2027-02-20", "2027-03-08"),
            row("Printemps", "2027-04-17", "2027-05-03"),
            row("Été", "2027-07-03", "2027-09-01"),
        ];
        let place = Holidays::new(whole.clone()).of(Whereabouts::read("B").unwrap());
        assert!(place.holiday(day("2026-10-20")).is_none() && place.knows(day("2026-10-20")));
        assert!(place.holiday(day("2026-11-08")).is_some());
        assert!(place.knows(day("2026-09-02")));
        // A file cut short: the days that it does not cover are unknown, not term.
        let cut = Holidays::new(whole[..1].to_vec()).of(Whereabouts::read("B").unwrap());
        assert!(cut.holiday(day("2026-10-25")).is_some() && !cut.knows(day("2026-12-25")) && !cut.knows(day("2026-10-20")));
        assert!(cut.knows(day("2026-06-10")));
    }

    #[test]
    fn a_year_that_is_missing_between_two_is_unknown() {
        let year = |begin: i16| {
            let row = |what: &str, from: (i16, i8, i8), until: (i16, i8, i8)| Holiday {
                year: format!("{begin}-{}", begin + 1),
                zone: "B".into(),
                academy: String::new(),
                what: what.into(),
                from: Date::constant(from.0, from.1, from.2),
                until: Date::constant(until.0, until.1, until.2),
            };
            let next = begin + 1;
            vec![
                row("Toussaint", (begin, 10, 24), (begin, 11, 9)),
                row("Noël", (begin, 12, 19), (next, 1, 4)),
                row("Hiver", (next, 2, 20), (next, 3, 8)),
                row("Printemps", (next, 4, 17), (next, 5, 3)),
                row("Été", (next, 7, 3), (next, 9, 1)),
            ]
        };
        let place = Holidays::new([year(2040), year(2042), year(2043)].concat()).of(Whereabouts::read("B").unwrap());
        let knows = |text: &str| place.knows(day(text));
        assert!(knows("2041-06-10") && !knows("2041-11-20") && !knows("2042-06-10") && knows("2042-11-20"));
        assert!(knows("2043-09-20") && knows("2044-06-10"), "two years that follow each other are one stretch");
        assert!(!knows("2044-09-10"));
        // From the last return before it, or the day on which all schools have returned.
        assert!(knows("2040-09-06") && !knows("2040-09-04"));
        assert_eq!(place.rows().iter().filter(|row| row.year == "2040-2041").count(), 5);
        // Four long holidays are a year only with Christmas among them.
        let rows = year(2040);
        let all = |rows: &[Holiday]| is_whole(&rows.iter().collect::<Vec<_>>());
        assert!(all(&rows) && all(&rows[..4]) && !all(&rows[..3]) && !all(&[&rows[..1], &rows[2..]].concat()));
        assert_eq!(place.known_until(), Some(day("2044-08-31")));
    }

    #[test]
    fn every_shipped_year_is_whole() {
        let years = Holidays::new(Vec::new()).years();
        assert_eq!(years.len(), 30);
        assert!(years.iter().all(|(_, _, whole)| *whole), "{years:?}");
        assert!(shipped().iter().all(|row| row.from < row.until && days(row.from, row.until) <= LONGEST_DAYS));
    }
}
