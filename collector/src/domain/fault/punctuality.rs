//! What a contract's service was in a period: which faults were answered and mended in time, which late and by how much, what waited for what.
//!
//! Comes in: lives with the terms and working hours that hold for them, a period. Goes out: a [`Judged`] for each clock, [`Tally`] over many.
//! Absent on purpose: which faults, words, the clock's own arithmetic ([`super::clock`]).
//!
//! A clock belongs to the period in which it was stopped: so each fault is counted once, however many periods it lasted. What still runs at the
//! period's end is counted apart, as open, or as overdue where its end has passed: it comes again in the next. Late is counted in working hours, and what
//! waited does not count, not after the deadline either.

use super::clock::{Clock, Terms, clocks, runs_from};
use super::life::Life;
use super::state::{Cause, State};
use crate::domain::calendar::working::WorkingHours;
use crate::domain::folded::fold;
use crate::domain::plan::Decimal;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;

/// From this moment on, and before the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it; not later than now.
    pub until: Timestamp,
}

impl Period {
    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// How one clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// Stopped in the period, in time.
    Kept,
    /// Stopped in the period, after its end.
    Late,
    /// It runs on at the period's end, or is held.
    Open,
    /// It runs on, and its end has passed.
    Overdue,
}

impl Stand {
    /// Its code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Stand::Kept => "kept",
            Stand::Late => "late",
            Stand::Open => "open",
            Stand::Overdue => "overdue",
        }
    }

    /// Its end passed before it was stopped.
    pub fn is_late(self) -> bool {
        matches!(self, Stand::Late | Stand::Overdue)
    }
}

/// One clock, judged, with all that explains it; spans in working seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// How it stands.
    pub stand: Stand,
    /// When it began.
    pub began_at: Timestamp,
    /// What the contract grants.
    pub allowed_s: i64,
    /// Its end; `None`: held before it came to it.
    pub end_at: Option<Timestamp>,
    /// When it was stopped; `None`: not in this period.
    pub stopped_at: Option<Timestamp>,
    /// What it ran, without what was held.
    pub ran_s: i64,
    /// What was held.
    pub held_s: i64,
    /// By how much it ran beyond what is allowed; 0: it did not.
    pub late_s: i64,
}

/// Both clocks of a fault; `None`: the contract says nothing, no clock began before the period's end, or it was stopped before its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Service {
    /// Of answering.
    pub respond: Option<Judged>,
    /// Of mending.
    pub repair: Option<Judged>,
}

/// Judges a life. `accepted_at`: when the school's first picture was accepted.
pub fn service(life: &Life, accepted_at: Option<Timestamp>, terms: Terms, hours: &WorkingHours, period: Period) -> Service {
    let Some(began_at) = runs_from(life, accepted_at).filter(|began| *began < period.until) else { return Service::default() };
    let clocks = clocks(life, accepted_at, terms, hours);
    let judged = |clock: Option<Clock>, allowed_s: Option<i64>| {
        let (clock, allowed_s) = (clock?, allowed_s?);
        let stopped = if let Clock::Stopped(at, _) = clock { Some(at) } else { None };
        if stopped.is_some_and(|at| at < period.from) {
            return None;
        }
        let stopped_at = stopped.filter(|at| period.holds(*at));
        let until = stopped_at.unwrap_or(period.until);
        let held_s = held(life, began_at, until).iter().map(|(from, until)| hours.working_seconds(*from, *until)).sum::<i64>();
        let ran_s = hours.working_seconds(began_at, until) - held_s;
        let late_s = (ran_s - allowed_s).max(0);
        let stand = match (stopped_at, late_s > 0) {
            (Some(_), false) => Stand::Kept,
            (Some(_), true) => Stand::Late,
            (None, false) => Stand::Open,
            (None, true) => Stand::Overdue,
        };
        Some(Judged { stand, began_at, allowed_s, end_at: clock.end(), stopped_at, ran_s, held_s, late_s })
    };
    // What is no fault, or is to stay as it is, was neither answered nor mended late: nobody had to.
    let none = life.closing.is_some_and(|closing| matches!(closing.how, super::How::NotAFault | super::How::Accepted));
    if none {
        Service::default()
    } else {
        Service { respond: judged(clocks.respond, terms.respond_s), repair: judged(clocks.repair, terms.repair_s) }
    }
}

/// Spans in which no clock ran, within two moments, joined where they touch.
fn held(life: &Life, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let now = life.suspension.as_ref().map(|wait| (wait.from, until));
    let mut spans: Vec<_> =
        life.held.iter().copied().chain(now).map(|(begin, end)| (begin.max(from), end.min(until))).filter(|(begin, end)| begin < end).collect();
    spans.sort_unstable();
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (begin, end) in spans {
        match joined.last_mut() {
            Some(last) if begin <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((begin, end)),
        }
    }
    joined
}

/// A wait that began at a moment, as its history tells it.
pub type Waited = (Timestamp, Cause);

/// Working seconds of the period that a fault waited, by cause; `None`: it was closed, and came back.
pub fn suspended(life: &Life, waits: &[Waited], hours: &WorkingHours, period: Period) -> BTreeMap<Option<Cause>, i64> {
    let now = life.suspension.as_ref().map(|wait| (wait.from, period.until, Some(wait.cause)));
    // The line of the history may stand some seconds after the deed, where several fell into one.
    let cause = |from: Timestamp| {
        waits.iter().filter(|(at, _)| *at >= from).min_by_key(|(at, _)| *at).filter(|(at, _)| at.since_s(from) <= 60).map(|wait| wait.1)
    };
    let past = life.held.iter().map(|(from, until)| (*from, *until, cause(*from)));
    let mut sums = BTreeMap::new();
    for (from, until, cause) in past.chain(now) {
        let seconds = hours.working_seconds(from.max(period.from), until.min(period.until));
        if seconds > 0 {
            *sums.entry(cause).or_insert(0) += seconds;
        }
    }
    sums
}

/// One clock over many faults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stopped in time.
    pub kept: u32,
    /// Stopped late.
    pub late: u32,
    /// They run on.
    pub open: u32,
    /// They run on, and their end has passed.
    pub overdue: u32,
    /// What those that were stopped ran, working seconds, in order.
    ran_s: Vec<i64>,
}

impl Tally {
    /// Adds one.
    pub fn add(&mut self, judged: &Judged) {
        match judged.stand {
            Stand::Kept => self.kept += 1,
            Stand::Late => self.late += 1,
            Stand::Open => self.open += 1,
            Stand::Overdue => self.overdue += 1,
        }
        if judged.stopped_at.is_some() {
            let at = self.ran_s.partition_point(|ran| *ran <= judged.ran_s);
            self.ran_s.insert(at, judged.ran_s);
        }
    }

    /// How many were stopped in the period.
    pub fn stopped(&self) -> u32 {
        self.kept + self.late
    }

    /// The share kept of those stopped, per cent, rounded down: 100 means all.
    pub fn kept_percent(&self) -> Option<u32> {
        (self.stopped() > 0).then(|| self.kept * 100 / self.stopped())
    }

    /// The median of what those ran that were stopped; of an even number, the middle between the two.
    pub fn median_s(&self) -> Option<i64> {
        let middle = self.ran_s.len() / 2;
        match self.ran_s.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(self.ran_s[middle]),
            _ => Some((self.ran_s[middle - 1] + self.ran_s[middle]) / 2),
        }
    }
}

/// What a contract takes for being late, as plans write it: an amount, once, for each hour or each working day begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Penalty {
    /// How much, euros.
    pub amount: Decimal,
    /// For each what.
    pub per: PenaltyPer,
}

/// For each what a penalty is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PenaltyPer {
    /// Once for a fault.
    Fault,
    /// For each working hour begun.
    Hour,
    /// For each working day begun.
    Day,
}

impl Penalty {
    /// Reads « 50 € », « 25,50 € par heure », « 50 € / jour ouvré »; anything else is shown as written, and nothing is worked out of it.
    pub fn read(text: &str) -> Option<Penalty> {
        let (amount, rest) = text.split_once('€').or_else(|| text.split_once("EUR"))?;
        let amount = crate::domain::plan::decimal::parse(amount.trim()).filter(|amount| amount.0 >= 0)?;
        let per = match fold(rest).as_str() {
            "" | "ht" | "par panne" => PenaltyPer::Fault,
            "par heure" | "heure" | "h" | "par heure ouvree" | "par heure de retard" => PenaltyPer::Hour,
            "par jour" | "jour" | "j" | "par jour ouvre" | "jour ouvre" | "par jour de retard" => PenaltyPer::Day,
            _ => return None,
        };
        Some(Penalty { amount, per })
    }

    /// What is due for a clock that is late; `None`: it is not.
    pub fn due(self, life: &Life, judged: &Judged, hours: &WorkingHours, period: Period) -> Option<Decimal> {
        let count = match self.per {
            _ if !judged.stand.is_late() => return None,
            PenaltyPer::Fault => 1,
            PenaltyPer::Hour => (judged.late_s + 3_599) / 3_600,
            PenaltyPer::Day => late_days(life, judged, hours, period),
        };
        Some(self.amount.times(Decimal::whole(count)))
    }
}

/// Days on which the lot worked, the fault did not wait, and the deadline had passed.
fn late_days(life: &Life, judged: &Judged, hours: &WorkingHours, period: Period) -> i64 {
    let until = judged.stopped_at.unwrap_or(period.until);
    // Where it was held at its end, what is late lies before that: one day at least.
    let Some(mut at) = judged.end_at.filter(|end| *end < until) else { return 1 };
    let held = held(life, at, until);
    let mut days = 0;
    while at < until {
        let next = hours.midnight_after(at).min(until);
        let waited = held.iter().map(|(from, to)| hours.working_seconds((*from).max(at), (*to).min(next))).sum::<i64>();
        days += i64::from(hours.working_seconds(at, next) > waited);
        if next <= at {
            break;
        }
        at = next;
    }
    days.max(1)
}

/// Whether a fault is a matter of the period at all: some clock of it is, or it waited.
pub fn is_of(life: &Life, service: &Service) -> bool {
    service.respond.is_some() || service.repair.is_some() || life.state == State::Suspended
}

#[cfg(test)]
#[path = "punctuality_tests.rs"]
mod tests;
