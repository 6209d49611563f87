//! The days of Villedemo: when there is class, holidays, a strike. Written by hand, so that it does not believe what it is to judge.
//!
//! Comes in: dates. Goes out: what sort of day each is. Absent on purpose: the collector's calendar.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// What sort of day it is, in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// There is class.
    Class,
    /// A Saturday or Sunday, or a public holiday by itself.
    Free,
    /// Holidays, or a bridge: the power may be cut.
    Holiday,
    /// A strike: nobody comes, and the town says so days later.
    Strike,
}

/// Holidays of zone B, first and last day off, with the bridges of Ascension. As the ministry's calendars of 2024 to 2026 have them.
const HOLIDAYS: &[(Date, Date)] = &[
    (date(2024, 12, 21), date(2025, 1, 5)),
    (date(2025, 2, 8), date(2025, 2, 23)),
    (date(2025, 4, 5), date(2025, 4, 21)),
    (date(2025, 5, 29), date(2025, 6, 1)),
    (date(2025, 7, 5), date(2025, 8, 31)),
    (date(2025, 10, 18), date(2025, 11, 2)),
    (date(2025, 12, 20), date(2026, 1, 4)),
    (date(2026, 2, 14), date(2026, 3, 1)),
    (date(2026, 4, 11), date(2026, 4, 26)),
    (date(2026, 5, 14), date(2026, 5, 17)),
    (date(2026, 7, 4), date(2026, 8, 31)),
    (date(2026, 10, 17), date(2026, 11, 1)),
];

/// Public holidays on days that would be class.
const FEASTS: &[Date] = &[
    date(2025, 5, 1),
    date(2025, 5, 8),
    date(2025, 6, 9),
    date(2025, 11, 11),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 8),
    date(2026, 5, 25),
    date(2026, 11, 11),
];

/// Days on which the town closes all schools, told beforehand.
pub const BRIDGES: &[Date] = &[date(2025, 5, 2), date(2025, 11, 10)];
/// Strikes, each of one day.
pub const STRIKES: &[Date] = &[date(2025, 3, 27), date(2025, 12, 2), date(2026, 3, 19), date(2026, 10, 6)];

/// What a day is.
pub fn sort(day: Date) -> Sort {
    match () {
        () if HOLIDAYS.iter().any(|(first, last)| (*first..=*last).contains(&day)) || BRIDGES.contains(&day) => Sort::Holiday,
        () if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || FEASTS.contains(&day) => Sort::Free,
        () if STRIKES.contains(&day) => Sort::Strike,
        () => Sort::Class,
    }
}

/// A number of days later.
pub fn add_days(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// Days of class after `from`, up to and with `until`.
pub fn class_days(from: Date, until: Date) -> u32 {
    let mut count = 0;
    let mut day = from;
    while day < until {
        day = add_days(day, 1);
        count += u32::from(sort(day) == Sort::Class);
    }
    count
}

/// The `n`th day of class after a day.
pub fn nth_class_day(from: Date, n: u32) -> Date {
    let mut day = from;
    let mut left = n;
    while left > 0 {
        day = add_days(day, 1);
        left -= u32::from(sort(day) == Sort::Class);
    }
    day
}
