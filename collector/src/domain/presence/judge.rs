//! Whether a device's absence means anything.
//!
//! Comes in: devices, what is expected of each, the school's days and shadows, the newest moment of which its agent has told. Goes out: a [`State`] for
//! each, and when the answer may change though nothing is reported. Absent on purpose: words, faults.

use super::{Caster, Expected, Shadow, Usage, Watched};
use crate::domain::calendar::{Calendar, Day, Why};
use crate::domain::device::Device;
use jiff::civil::Weekday;
use rollcall_shared::{AgentId, DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Farthest back that expected days are sought: two summers.
const FARTHEST_DAYS: usize = 500;

/// So long after the end of class its agent has told of it.
const TOLD_WITHIN_S: i64 = 900;

/// What a device's presence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Present,
    /// It is not, and that means nothing yet: so many expected days without it.
    Quiet(u32),
    /// It has been missed for as many expected days as its kind may be.
    Silent {
        /// Expected days without it.
        days: u32,
        /// Its mates were seen meanwhile.
        alone: bool,
    },
    /// Nobody can know.
    Unknown(Unclear),
    /// It is expected at no time.
    NotExpected,
}

/// Why nobody can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unclear {
    /// No agent tells of its network, or it is silent or paused.
    Agent,
    /// The switch or access point on which it hangs is gone itself.
    Shadow,
    /// The school's zone or school year is missing.
    Calendar,
}

/// One device to be judged.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The device.
    pub device: &'a Device,
    /// What is expected of it.
    pub expected: Expected,
    /// Those with which it is compared: its case-mates, the school's other access points.
    pub mates: Vec<DeviceId>,
    /// Days without it count from here on: it turned then, or came back from a loan.
    pub since: Timestamp,
    /// Its agent and how far that has told, where it tells.
    pub told: Option<(AgentId, Timestamp)>,
    /// The device on which it hangs, where known, and whether that is there.
    pub above: Option<(DeviceId, bool)>,
}

/// Expected days of a school, newest first: from the first to the last moment of each, which have wholly passed.
struct Days {
    windows: Vec<(Timestamp, Timestamp)>,
    /// The calendar fails between these windows.
    gap: Option<Timestamp>,
}

/// Judges every device; the states in the order of the devices, and the next moment at which one may change by itself.
pub fn judge(devices: &[Judged<'_>], watched: &Watched, now: Timestamp) -> (Vec<State>, Option<Timestamp>) {
    let Some(calendar) = &watched.calendar else {
        return (devices.iter().map(|judged| without_calendar(judged)).collect(), None);
    };
    let by_id: BTreeMap<DeviceId, &Device> = devices.iter().map(|judged| (judged.device.id, judged.device)).collect();
    let needed = devices.iter().filter_map(|judged| days_of(judged.expected)).map(|(days, _)| days).max().unwrap_or(0);
    let mut kept: BTreeMap<(Usage, Timestamp), Days> = BTreeMap::new();
    let mut waits = false;
    let states = devices
        .iter()
        .map(|judged| {
            let state = state(judged, watched, calendar, &by_id, needed, &mut kept);
            waits |= matches!(state, State::Quiet(_));
            state
        })
        .collect();
    (states, waits.then(|| next_change(calendar, now)).flatten())
}

fn without_calendar(judged: &Judged<'_>) -> State {
    match judged.expected {
        _ if judged.device.present => State::Present,
        Expected::Not => State::NotExpected,
        _ => State::Unknown(Unclear::Calendar),
    }
}

fn days_of(expected: Expected) -> Option<(u32, Usage)> {
    match expected {
        Expected::Daily { days, usage } | Expected::NowAndThen { days, usage, .. } => Some((days, usage)),
        Expected::AsOthers { days } => Some((days, Usage::Term)),
        Expected::Always | Expected::Not => None,
    }
}

fn state(
    judged: &Judged<'_>,
    watched: &Watched,
    calendar: &Calendar,
    by_id: &BTreeMap<DeviceId, &Device>,
    needed: u32,
    kept: &mut BTreeMap<(Usage, Timestamp), Days>,
) -> State {
    let device = judged.device;
    if device.present {
        return State::Present;
    }
    let Some((threshold, usage)) = days_of(judged.expected) else { return State::NotExpected };
    let Some((agent, told_until)) = judged.told else { return State::Unknown(Unclear::Agent) };
    if judged.above.is_some_and(|(_, there)| !there) {
        return State::Unknown(Unclear::Shadow);
    }
    // Days in a shadow and days without mates do not count, so that more must be looked at.
    let most = needed as usize * 4 + watched.shadows.len() * 10;
    let days = kept.entry((usage, told_until)).or_insert_with(|| Days::before(told_until, calendar, usage, most));
    let shadows: Vec<&Shadow> = watched.shadows.iter().filter(|shadow| shadow.hides(agent, judged.above.map(|(id, _)| id))).collect();
    let missed = |(from, until): &&(Timestamp, Timestamp)| *from >= judged.since && !shadows.iter().any(|shadow| shadow.touches(*from, *until));
    let unseen = days.windows.iter().filter(missed);
    let with_mates = || {
        let seen: Vec<(Timestamp, Timestamp)> =
            judged.mates.iter().filter(|mate| **mate != device.id).flat_map(|mate| watched.seen_of(*mate, by_id, told_until)).collect();
        let missed = days.windows.iter().filter(missed);
        missed.filter(|(from, until)| seen.iter().any(|(came, left)| came < until && left > from)).count() as u32
    };
    let count = unseen.count() as u32;
    let (count, silent, alone) = match judged.expected {
        // Where nothing tells whether radios were on, an access point's absence is the school's own affair.
        Expected::AsOthers { .. } => {
            let count = with_mates();
            (count, count >= threshold, true)
        }
        Expected::NowAndThen { alone: least, .. } => {
            let alone = count >= least && with_mates() >= least;
            (count, alone || count >= threshold, alone)
        }
        _ => (count, count >= threshold, false),
    };
    match days.gap {
        _ if silent => State::Silent { days: count, alone },
        // Somewhere since it was last seen the calendar is missing: what it might count is not known.
        Some(gap) if gap >= judged.since => State::Unknown(Unclear::Calendar),
        _ => State::Quiet(count),
    }
}

impl Shadow {
    fn hides(&self, agent: AgentId, above: Option<DeviceId>) -> bool {
        match self.of {
            Caster::Agent(id) => id == agent,
            Caster::Device(id) => above == Some(id),
        }
    }

    fn touches(&self, from: Timestamp, until: Timestamp) -> bool {
        self.from < until && self.until.is_none_or(|end| end > from)
    }
}

impl Watched {
    /// When a device was seen: what was loaded of it, and the interval that is open.
    fn seen_of(&self, id: DeviceId, by_id: &BTreeMap<DeviceId, &Device>, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut seen = self.seen.get(&id).cloned().unwrap_or_default();
        seen.extend(by_id.get(&id).filter(|device| device.present).map(|device| (device.turned_at, until)));
        seen
    }

    /// Devices whose intervals of presence must be known, and since when: mates of those that have been missed for long enough to matter.
    pub fn wanted(&self, devices: &[Judged<'_>]) -> BTreeMap<DeviceId, Timestamp> {
        let Some(calendar) = &self.calendar else { return BTreeMap::new() };
        let mut wanted: BTreeMap<DeviceId, Timestamp> = BTreeMap::new();
        let known: BTreeSet<DeviceId> = devices.iter().map(|judged| judged.device.id).collect();
        for judged in devices.iter().filter(|judged| !judged.device.present && !judged.mates.is_empty()) {
            let alone = match judged.expected {
                Expected::AsOthers { days } => days,
                Expected::NowAndThen { alone, .. } => alone,
                _ => continue,
            };
            let Some((_, until)) = judged.told else { continue };
            let usage = days_of(judged.expected).map_or(Usage::Term, |(_, usage)| usage);
            let days = Days::before(until, calendar, usage, alone as usize);
            if days.windows.len() < alone as usize || days.windows.last().is_none_or(|(from, _)| *from < judged.since) {
                continue;
            }
            for mate in judged.mates.iter().filter(|mate| known.contains(mate)) {
                let since = wanted.entry(*mate).or_insert(judged.since);
                *since = judged.since.min(*since);
            }
        }
        wanted
    }
}

impl Days {
    /// The newest `most` expected days that have ended by `until`.
    fn before(until: Timestamp, calendar: &Calendar, usage: Usage, most: usize) -> Days {
        let mut days = Days { windows: Vec::with_capacity(most.min(64)), gap: None };
        let mut date = calendar.date_at(until);
        for _ in 0..FARTHEST_DAYS {
            if days.windows.len() >= most {
                break;
            }
            match is_expected(calendar, date, usage) {
                Some(true) => days.windows.extend(calendar.usual_day(date).filter(|(_, end)| *end <= until)),
                Some(false) => {}
                None => days.gap = days.gap.or_else(|| calendar.instant(date, 0)),
            }
            let Ok(before) = date.yesterday() else { break };
            date = before;
        }
        days
    }
}

/// Whether things are expected to be used on a date; none: nobody knows.
fn is_expected(calendar: &Calendar, date: jiff::civil::Date, usage: Usage) -> Option<bool> {
    match calendar.day(date) {
        Day::Unknown => None,
        Day::School => Some(usage != Usage::Holidays),
        Day::Off(Why::Holiday(_)) => {
            let workday = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && calendar.is_public_holiday(date).is_none();
            Some(usage != Usage::Term && workday)
        }
        Day::Off(_) => Some(false),
    }
}

/// The next moment at which one more expected day has passed, or at which what has been missed may be told: the next begin or end of class.
fn next_change(calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    let today = calendar.date_at(now);
    let days = today.series(jiff::Span::new().days(1)).take(FARTHEST_DAYS).filter(|date| calendar.is_school_day(*date));
    days.filter_map(|date| calendar.class_day(date)).find_map(|(from, until)| [from, until + TOLD_WITHIN_S].into_iter().find(|at| *at > now))
}
