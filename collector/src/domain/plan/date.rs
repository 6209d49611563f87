//! Dates as plans give them: a day, or only a month, a season, a quarter, a year; the cell as written is kept.
//!
//! Comes in: the text of a cell. Goes out: [`PlanDate`] with its first and last day, or why it is none. Absent on purpose: today.

use super::note::Words;
use crate::domain::folded::fold;
use jiff::civil::Date;

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The day.
    Day,
    /// The month.
    Month,
    /// The quarter, the season, or a part of the year such as « fin 2023 ».
    Quarter,
    /// The year.
    Year,
}

/// A date with its precision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlanDate {
    /// The cell, as it was written (a full day: in its ISO form).
    pub text: String,
    /// Its first day.
    pub first: Date,
    /// Its last day: only after it is anything late.
    pub last: Date,
    /// How exactly it is known.
    pub precision: Precision,
}

impl PlanDate {
    /// One whole day.
    pub fn day(day: Date) -> Self {
        PlanDate { text: day.to_string(), first: day, last: day, precision: Precision::Day }
    }

    /// Whether `on` lies after its last day.
    pub fn is_past(&self, on: Date) -> bool {
        on > self.last
    }

    /// Whether it lies wholly before another.
    pub fn is_before(&self, other: &PlanDate) -> bool {
        self.last < other.first
    }
}

/// Why a cell is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateError {
    /// It has the shape of a date, but there is no such day, month or quarter.
    NoSuchDay(Words),
    /// It has not the shape of a date.
    NoDate,
}

/// Earliest and latest year that a plan may name: beyond them, a slip of the hand.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2150;

/// What a date looks like, for notes.
pub const EXPECTED: Words = Words::fixed(
    "une date : 2021-09-01, 01/09/2021, 2022-09, 2021-Q3, été 2021, fin 2023 ou 2019",
    "a date: 2021-09-01, 01/09/2021, 2022-09, 2021-Q3, summer 2021, end 2023 or 2019",
);

/// Words for a span of months: folded word, first month, months, first month's year later by one (never). Seasons are the
/// meteorological ones (whole months; winter begins in December of the year named), so that « été » ends before the new school year.
const SPANS: &[(&str, i8, i8)] = &[
    ("printemps", 3, 3),
    ("spring", 3, 3),
    ("ete", 6, 3),
    ("summer", 6, 3),
    ("automne", 9, 3),
    ("autumn", 9, 3),
    ("fall", 9, 3),
    ("hiver", 12, 3),
    ("winter", 12, 3),
    ("debut", 1, 3),
    ("early", 1, 3),
    ("start", 1, 3),
    ("mi", 4, 6),
    ("milieu", 4, 6),
    ("mid", 4, 6),
    ("fin", 10, 3),
    ("end", 10, 3),
    ("late", 10, 3),
    ("rentree", 9, 1),
    ("q1", 1, 3),
    ("q2", 4, 3),
    ("q3", 7, 3),
    ("q4", 10, 3),
    ("t1", 1, 3),
    ("t2", 4, 3),
    ("t3", 7, 3),
    ("t4", 10, 3),
    ("s1", 1, 6),
    ("s2", 7, 6),
    ("janvier", 1, 1),
    ("janv", 1, 1),
    ("january", 1, 1),
    ("jan", 1, 1),
    ("fevrier", 2, 1),
    ("fevr", 2, 1),
    ("fev", 2, 1),
    ("february", 2, 1),
    ("feb", 2, 1),
    ("mars", 3, 1),
    ("march", 3, 1),
    ("mar", 3, 1),
    ("avril", 4, 1),
    ("avr", 4, 1),
    ("april", 4, 1),
    ("apr", 4, 1),
    ("mai", 5, 1),
    ("may", 5, 1),
    ("juin", 6, 1),
    ("june", 6, 1),
    ("jun", 6, 1),
    ("juillet", 7, 1),
    ("juil", 7, 1),
    ("july", 7, 1),
    ("jul", 7, 1),
    ("aout", 8, 1),
    ("august", 8, 1),
    ("aug", 8, 1),
    ("septembre", 9, 1),
    ("sept", 9, 1),
    ("sep", 9, 1),
    ("september", 9, 1),
    ("octobre", 10, 1),
    ("oct", 10, 1),
    ("october", 10, 1),
    ("novembre", 11, 1),
    ("nov", 11, 1),
    ("november", 11, 1),
    ("decembre", 12, 1),
    ("dec", 12, 1),
    ("december", 12, 1),
];

/// Reads a date.
pub fn parse(text: &str) -> Result<PlanDate, DateError> {
    let text = text.trim();
    if text.len() > 60 {
        return Err(DateError::NoDate);
    }
    // A time of day behind an ISO day, as spreadsheets export it, is dropped.
    let day_text = text.split_once(['T', ' ']).filter(|(day, time)| day.len() == 10 && time.contains(':')).map_or(text, |(day, _)| day);
    let numbers: Option<Vec<i16>> = day_text.split(['-', '/', '.']).map(|part| part.trim().parse().ok().filter(|_| is_digits(part))).collect();
    match numbers.as_deref() {
        Some(&[year]) if day_text.len() == 4 => span(text, year, 1, 12, Precision::Year),
        Some(&[year, month]) if year > 31 => month_of(text, year, month),
        Some(&[month, year]) if year > 31 => month_of(text, year, month),
        Some(&[year, month, day]) if year > 31 => day_of(year, month, day),
        Some(&[day, month, year]) if year >= 1000 => day_of(year, month, day),
        Some(_) => Err(DateError::NoDate),
        None => worded(text),
    }
}

fn is_digits(part: &str) -> bool {
    let part = part.trim();
    !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn day_of(year: i16, month: i16, day: i16) -> Result<PlanDate, DateError> {
    within_years(year)?;
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(DateError::NoDate) };
    match Date::new(year, month, day) {
        Ok(day) => Ok(PlanDate::day(day)),
        Err(_) => Err(DateError::NoSuchDay(match Date::new(year, month, 1) {
            Ok(first) => {
                let days = first.days_in_month();
                Words::made(
                    format!("un jour de 1 à {days} pour le mois {year:04}-{month:02}"),
                    format!("a day from 1 to {days} in the month {year:04}-{month:02}"),
                )
            }
            Err(_) => Words::fixed("un mois de 1 à 12", "a month from 1 to 12"),
        })),
    }
}

fn month_of(text: &str, year: i16, month: i16) -> Result<PlanDate, DateError> {
    match i8::try_from(month) {
        Ok(month @ 1..=12) => span(text, year, month, 1, Precision::Month),
        _ => Err(DateError::NoSuchDay(Words::fixed("un mois de 1 à 12", "a month from 1 to 12"))),
    }
}

/// « été 2021 », « 2021-Q3 », « T3 2021 », « fin 2023 », « 12 septembre 2021 », "3e trimestre 2021".
fn worded(text: &str) -> Result<PlanDate, DateError> {
    let folded = fold(text);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "de" | "l" | "d" | "of" | "en" | "the" | "a" | "la")).collect();
    if let [number, "trimestre" | "quarter" | "semestre", _] = words[..] {
        let letter = if words[1] == "semestre" { "s" } else { "q" };
        let quarter = format!("{letter}{}", number.chars().next().unwrap_or('0'));
        words.remove(1);
        return named(text, &quarter, words[1]);
    }
    match words[..] {
        [day, month, year] if is_day_number(day) => {
            let number = day.trim_end_matches("er").parse().map_err(|_| DateError::NoDate)?;
            let (_, first, _) = SPANS.iter().find(|(name, _, months)| *name == month && *months == 1).ok_or(DateError::NoDate)?;
            day_of(year.parse().map_err(|_| DateError::NoDate)?, i16::from(*first), number)
        }
        [one, other] if other.parse::<i16>().is_ok() => named(text, one, other),
        [one, other] => named(text, other, one),
        _ => Err(DateError::NoDate),
    }
}

fn is_day_number(word: &str) -> bool {
    let digits = word.trim_end_matches("er");
    (1..=2).contains(&digits.len()) && is_digits(digits)
}

fn named(text: &str, name: &str, year: &str) -> Result<PlanDate, DateError> {
    if year.len() != 4 {
        return Err(DateError::NoDate);
    }
    let year = year.parse().map_err(|_| DateError::NoDate)?;
    match SPANS.iter().find(|(word, ..)| *word == name) {
        Some(&(_, first, months)) => span(text, year, first, months, if months == 1 { Precision::Month } else { Precision::Quarter }),
        None if name.len() == 2 && name.starts_with(['q', 't']) => {
            Err(DateError::NoSuchDay(Words::fixed("un trimestre de Q1 à Q4", "a quarter from Q1 to Q4")))
        }
        None => Err(DateError::NoDate),
    }
}

fn span(text: &str, year: i16, month: i8, months: i8, precision: Precision) -> Result<PlanDate, DateError> {
    within_years(year)?;
    let last_month = i16::from(month) - 1 + i16::from(months) - 1;
    let (last_year, last_month) = (year + last_month / 12, (last_month % 12 + 1) as i8);
    let first = Date::new(year, month, 1).map_err(|_| DateError::NoDate)?;
    let last = Date::new(last_year, last_month, 1).map_err(|_| DateError::NoDate)?.last_of_month();
    Ok(PlanDate { text: text.to_owned(), first, last, precision })
}

fn within_years(year: i16) -> Result<(), DateError> {
    if YEARS.contains(&year) {
        return Ok(());
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    Err(DateError::NoSuchDay(Words::made(format!("une année de {first} à {last}"), format!("a year from {first} to {last}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let told = match parse(text) {
            Ok(date) => format!("{}..{}", date.first, date.last),
            Err(DateError::NoSuchDay(words)) => format!("no: {}", words.en),
            Err(DateError::NoDate) => "no date".to_owned(),
        };
        assert_eq!(told, expected, "{text:?}");
    }

    #[test]
    fn what_lies_wholly_before() {
        let is_before = |one: &str, other: &str| parse(one).unwrap().is_before(&parse(other).unwrap());
        assert!(is_before("2021-09-01", "2021-09-02") && is_before("2020", "2021-01-01"));
        assert!(!is_before("2021-09-01", "2021-09-01") && !is_before("2021-09-02", "2021-09-01"));
        assert!(!is_before("2021", "2021-09-01"), "part of it lies after");
    }

    #[test]
    fn dates_of_every_precision() {
        check("2021-09-01", "2021-09-01..2021-09-01");
        check("01/09/2021", "2021-09-01..2021-09-01");
        check("1.9.2021", "2021-09-01..2021-09-01");
        check("2021-09-01T00:00:00", "2021-09-01..2021-09-01");
        check("2021-09-01 00:00", "2021-09-01..2021-09-01");
        check("1er septembre 2021", "2021-09-01..2021-09-01");
        check("2019", "2019-01-01..2019-12-31");
        check("2022-09", "2022-09-01..2022-09-30");
        check("09/2022", "2022-09-01..2022-09-30");
        check("sept. 2022", "2022-09-01..2022-09-30");
        check("2021-Q3", "2021-07-01..2021-09-30");
        check("T3 2021", "2021-07-01..2021-09-30");
        check("3e trimestre 2021", "2021-07-01..2021-09-30");
        check("été 2021", "2021-06-01..2021-08-31");
        check("ÉTÉ 2021", "2021-06-01..2021-08-31");
        check("hiver 2021", "2021-12-01..2022-02-28");
        check("fin 2023", "2023-10-01..2023-12-31");
        check("mi-2023", "2023-04-01..2023-09-30");
        check("rentrée 2021", "2021-09-01..2021-09-30");
        check("2024-02", "2024-02-01..2024-02-29");
    }

    #[test]
    fn dates_that_do_not_exist() {
        check("2021-02-30", "no: a day from 1 to 28 in the month 2021-02");
        check("30/02/2021", "no: a day from 1 to 28 in the month 2021-02");
        check("30 février 2024", "no: a day from 1 to 29 in the month 2024-02");
        check("2021-13", "no: a month from 1 to 12");
        check("2021-13-01", "no: a month from 1 to 12");
        check("2021-Q5", "no: a quarter from Q1 to Q4");
        check("9021-01-01", "no: a year from 1950 to 2150");
        check("soon", "no date");
        check("12/11/21", "no date");
        check("été", "no date");
        check("", "no date");
        check("20 21", "no date");
        // Signs and long rows of digits are no parts of a date, and no day has three digits.
        check("+1/9/2021", "no date");
        check("00001/09/2021", "no date");
        check("012 septembre 2021", "no date");
        check("123 septembre 2021", "no date");
    }

    #[test]
    fn a_date_is_late_only_after_its_last_day() {
        let summer = parse("été 2021").unwrap();
        assert!(!summer.is_past(jiff::civil::date(2021, 8, 31)));
        assert!(summer.is_past(jiff::civil::date(2021, 9, 1)));
        assert_eq!(summer.text, "été 2021");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_was_read_reads_again(text in "(é|[0-9./Q -]|fin|mars){0,6}") {
            if let Ok(date) = parse(&text) {
                prop_assert_eq!(parse(&date.text), Ok(date.clone()));
            }
        }
    }
}
