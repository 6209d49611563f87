//! A school's places as counts by day: planned for, delivered, in place since.
//!
//! Comes in: places as laid, devices, papers, today. Goes out: how many of a phase and kind on which day. The counts say what
//! *is*: laid again after a new plan they are made anew from the same first days, so the curve before today is that of the plan
//! in force. Absent on purpose: sums over schools (the store's).
//!
//! In place means proved by somebody: first seen by an agent, attested by a person, or accepted. What stood there when the
//! agents began to look came before: then the delivery, if a paper dates it, is nearer to the truth than the first look.

use super::papers::{Paper, Papers, by};
use crate::domain::device::Device;
use crate::domain::kind::{Kind, KnownBy};
use crate::domain::place::{Outcome, Place};
use crate::domain::register::counted_as;
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Days in which agents who begin to look get to know a school: as long as a school is learning.
const FIRST_LOOK_DAYS: i64 = 14;

/// The day of what has none.
const NO_DAY: Date = Date::constant(1970, 1, 1);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Due: on the first day of the due date.
    DueFrom,
    /// Due: on the last day of the due date, after which it is late.
    Due,
    /// Planned without a date: the day says nothing.
    Undated,
    /// Delivered at the latest.
    Delivered,
    /// In place.
    Installed,
}

impl What {
    /// All of them.
    pub const ALL: [What; 5] = [What::DueFrom, What::Due, What::Undated, What::Delivered, What::Installed];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            What::DueFrom => "due_from",
            What::Due => "due",
            What::Undated => "undated",
            What::Delivered => "delivered",
            What::Installed => "installed",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.code() == code)
    }
}

/// What a count is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Code of the phase; empty: none.
    pub phase: String,
    /// Kind.
    pub kind: Kind,
    /// What.
    pub what: What,
    /// The day.
    pub on: Date,
}

/// Counts by day.
pub type Tally = BTreeMap<Mark, u32>;

/// A place with who stands there and what became of it.
pub type Stood<'a> = (&'a Place, Option<DeviceId>, Outcome);

/// Counts the school of this code.
pub fn tally<'a>(
    school: &str,
    places: impl Iterator<Item = Stood<'a>>,
    devices: &[Device],
    papers: &Papers,
    today: Date,
    day: impl Fn(Timestamp) -> Date,
) -> Tally {
    let by_id: HashMap<DeviceId, &Device> = devices.iter().map(|device| (device.id, device)).collect();
    // Whoever was met in the first weeks of looking was there before them.
    let looked_until = devices.iter().map(|device| day(device.first_seen_at)).min().and_then(|first| first.checked_add(FIRST_LOOK_DAYS.days()).ok());
    let mut counts = Tally::new();
    // What was there before the plan, or is asked for no more, is on no curve.
    for (place, stands, outcome) in places.filter(|(_, _, outcome)| outcome.is_asked_for()) {
        let device = stands.and_then(|id| by_id.get(&id).copied());
        let paper = place.pinned.as_deref().and_then(|label| papers.labelled(label)).or_else(|| papers.of_device(device?));
        // What bears no label is counted by its place.
        let paper = paper.or_else(|| papers.labelled(&counted_as(school, &place.key)).filter(|_| place.known_by != KnownBy::Seen));
        let seen = device.map(|device| day(device.first_seen_at).min(today));
        let first_look = seen.is_some_and(|seen| looked_until.is_some_and(|until| seen <= until));
        let dates = Dates::of(outcome, seen, first_look, paper, today);
        let mut count = |what: What, on: Date| *counts.entry(Mark { phase: place.phase.clone(), kind: place.kind, what, on }).or_default() += 1;
        match place.due {
            Some((first, last)) => {
                count(What::DueFrom, first);
                count(What::Due, last);
            }
            None => count(What::Undated, NO_DAY),
        }
        if let Some(on) = dates.delivered {
            count(What::Delivered, on);
        }
        if let Some(on) = dates.installed {
            count(What::Installed, on);
        }
    }
    counts
}

/// Since when one place is equipped.
struct Dates {
    delivered: Option<Date>,
    installed: Option<Date>,
}

impl Dates {
    fn of(outcome: Outcome, seen: Option<Date>, first_look: bool, paper: Option<&Paper>, today: Date) -> Dates {
        let dated = |date: fn(&Paper) -> Option<&_>| by(paper.and_then(date), today);
        let delivered = dated(|paper| paper.delivered_on.as_ref());
        let signed = earliest([dated(|paper| paper.accepted_on.as_ref()), dated(|paper| paper.attested_on.as_ref())]);
        // What is away for a while stood there, on paper since its delivery. A signature is nearer to the truth than a delivery note.
        let away = matches!(outcome, Outcome::InRepair | Outcome::Lent);
        let came = if (first_look || away) && signed.is_none() { delivered } else { None };
        let installed = if seen.is_some() || away || signed.is_some() { earliest([seen, signed, came]) } else { None };
        Dates { delivered: earliest([delivered, installed]), installed }
    }
}

fn earliest<const N: usize>(dates: [Option<Date>; N]) -> Option<Date> {
    dates.into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fleet::tests::blank;
    use crate::domain::kind::KnownBy;
    use crate::domain::place::Life;
    use jiff::civil::date;

    fn dates(outcome: Outcome, seen: Option<Date>, first_look: bool, delivered: &str, accepted: &str) -> [String; 2] {
        let paper_date = |text: &str| crate::domain::plan::date::parse(text).ok();
        let paper = Paper { delivered_on: paper_date(delivered), accepted_on: paper_date(accepted), attested_on: None };
        let dates = Dates::of(outcome, seen, first_look, Some(&paper), date(2026, 11, 28));
        [dates.delivered, dates.installed].map(|date| date.map_or_else(|| "-".to_owned(), |date| date.to_string()))
    }

    #[test]
    fn a_projector_seen_for_the_first_time_is_in_place_since_that_day() {
        let seen = Some(date(2026, 10, 5));
        assert_eq!(dates(Outcome::Installed, seen, false, "", ""), ["2026-10-05", "2026-10-05"]);
        assert_eq!(dates(Outcome::Installed, seen, false, "2026-09-20", ""), ["2026-09-20", "2026-10-05"]);
    }

    #[test]
    fn what_stood_there_when_looking_began_came_with_its_delivery() {
        let seen = Some(date(2026, 10, 5));
        assert_eq!(dates(Outcome::Installed, seen, true, "2019-11-04", ""), ["2019-11-04", "2019-11-04"]);
        assert_eq!(dates(Outcome::Installed, seen, true, "2019-11-04", "2020-01-15"), ["2019-11-04", "2020-01-15"]);
        assert_eq!(dates(Outcome::Installed, seen, true, "", ""), ["2026-10-05", "2026-10-05"]);
    }

    #[test]
    fn boxes_that_nobody_opened_are_delivered_and_no_more() {
        assert_eq!(dates(Outcome::DeliveredNotSeen, None, false, "2026-11-02", ""), ["2026-11-02", "-"]);
        assert_eq!(dates(Outcome::DeliveredNotSeen, None, false, "2026-11-02", "2026-11-20"), ["2026-11-02", "2026-11-20"]);
        assert_eq!(dates(Outcome::DueMissing, None, false, "", ""), ["-", "-"]);
        assert_eq!(dates(Outcome::NotYetDue, None, false, "2027-02-01", ""), ["-", "-"]);
    }

    #[test]
    fn what_is_in_repair_or_lent_does_not_leave_the_curve() {
        assert_eq!(dates(Outcome::Lent, None, false, "2025-09-01", ""), ["2025-09-01", "2025-09-01"]);
    }

    #[test]
    fn places_alike_are_counted_together() {
        let place = |due| Place {
            key: String::new(),
            kind: Kind::Projector,
            room: None,
            kit: "classe".into(),
            phase: "1".into(),
            model: None,
            due,
            pinned: None,
            known_by: KnownBy::Seen,
            inside: None,
            life: Life::Open,
        };
        let (dated, undated) = (place(Some((date(2026, 9, 1), date(2026, 9, 30)))), place(None));
        let devices = [1, 2].map(blank);
        let stood = [
            (&dated, Some(DeviceId(1)), Outcome::Installed),
            (&dated, Some(DeviceId(2)), Outcome::Installed),
            (&dated, None, Outcome::DueMissing),
            (&undated, None, Outcome::NotYetDue),
            (&undated, Some(DeviceId(2)), Outcome::Legacy),
        ];
        let counts = tally("a", stood.into_iter(), &devices, &Papers::default(), date(2026, 11, 28), |_| date(2026, 10, 5));
        let told: Vec<String> = counts.iter().map(|(mark, count)| format!("{} {} {count}", mark.what.code(), mark.on)).collect();
        assert_eq!(told, ["due_from 2026-09-01 3", "due 2026-09-30 3", "undated 1970-01-01 1", "delivered 2026-10-05 2", "installed 2026-10-05 2"]);
    }
}
