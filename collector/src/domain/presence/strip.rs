//! A year of presence by the day, for a picture.
//!
//! Comes in: intervals of presence, the calendar. Goes out: one [`StripDay`] a date; of many devices, how many were seen on each. Absent on purpose: drawing; devices with a holder or on loan, of
//! which only the last day seen is kept (their pages ask for no strip).

use crate::domain::calendar::{Calendar, Day};
use jiff::civil::Date;
use rollcall_shared::{DeviceId, Timestamp};
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

/// How many devices were seen on each date from `first` to `last`. Intervals of one device stand together, the oldest first.
pub fn counts(calendar: &Calendar, seen: &[(DeviceId, Timestamp, Timestamp)], first: Date, last: Date) -> Vec<u32> {
    let days = usize::try_from((last - first).get_days()).map_or(0, |days| days + 1);
    let mut counts = vec![0; days];
    // Dates of the device at hand that are counted already: before this one.
    let (mut whose, mut next) = (None, 0);
    for (device, from, until) in seen {
        if whose != Some(*device) {
            (whose, next) = (Some(*device), 0);
        }
        let (from, until) = (calendar.date_at(*from).max(first), calendar.date_at(*until).min(last));
        if from > until {
            continue;
        }
        let at = |date: Date| (date - first).get_days() as usize;
        let (from, until) = (at(from).max(next), at(until) + 1);
        counts[from.min(until)..until].iter_mut().for_each(|count| *count += 1);
        next = next.max(until);
    }
    counts
}
