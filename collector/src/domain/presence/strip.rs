//! A year of presence by the day, for a picture.
//!
//! Comes in: intervals of presence, the calendar. Goes out: one [`StripDay`] a date. Absent on purpose: drawing; devices with a holder or on loan, of
//! which only the last day seen is kept (their pages ask for no strip).

use crate::domain::calendar::{Calendar, Day};
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::collections::BTreeSet;

/// One date of a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripDay {
    /// The date.
    pub date: Date,
    /// What it is at the school.
    pub day: Day,
    /// It was seen.
    pub seen: bool,
}

/// The dates from `first` to `last` with what was seen on each.
pub fn strip(calendar: &Calendar, seen: &[(Timestamp, Timestamp)], first: Date, last: Date) -> Vec<StripDay> {
    let mut dates: BTreeSet<Date> = BTreeSet::new();
    for (from, until) in seen {
        let (from, until) = (calendar.date_at(*from).max(first), calendar.date_at(*until).min(last));
        dates.extend(from.series(jiff::Span::new().days(1)).take_while(|date| *date <= until));
    }
    first
        .series(jiff::Span::new().days(1))
        .take_while(|date| *date <= last)
        .map(|date| StripDay { date, day: calendar.day(date), seen: dates.contains(&date) })
        .collect()
}
