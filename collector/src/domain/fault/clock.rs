//! The clocks of a contract: until when a lot must answer, until when it must have mended.
//!
//! Comes in: a life, the terms of its lot, the lot's working hours. Goes out: deadlines, and which breaks first. Absent on purpose: now. A
//! deadline is a moment that follows from what happened and moves only when something happens; whether it has passed is for who reads it.
//!
//! The clock starts when the fault is told; in a school that is still learning, when its first picture is accepted; for what a school
//! reports, when the town confirms it. It runs in working hours, and not while the fault waits. Of answering it stops when somebody takes
//! note, of mending when somebody claims, and that moment stands if it is verified.

use super::life::Life;
use super::state::{Origin, State};
use crate::domain::calendar::working::WorkingHours;
use rollcall_shared::Timestamp;

/// What a contract grants, in working seconds; `None`: it says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// To answer.
    pub respond_s: Option<i64>,
    /// To mend.
    pub repair_s: Option<i64>,
}

/// One clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It runs, and is at its end at this moment.
    Runs(Timestamp),
    /// It is held: so many working seconds are left.
    Held(i64),
    /// It was stopped at a moment; its end would have been the other one, unless it was held.
    Stopped(Timestamp, Option<Timestamp>),
}

impl Clock {
    /// Its end, where it has one.
    pub fn end(self) -> Option<Timestamp> {
        match self {
            Clock::Runs(end) => Some(end),
            Clock::Held(_) => None,
            Clock::Stopped(_, end) => end,
        }
    }

    /// Whether its end passed before it was stopped, or before `now`.
    pub fn is_broken(self, now: Timestamp) -> bool {
        match self {
            Clock::Runs(end) => end < now,
            Clock::Held(_) => false,
            Clock::Stopped(at, end) => end.is_some_and(|end| end < at),
        }
    }
}

/// Both clocks of a fault; none where the contract says nothing, or where no clock runs yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Of answering.
    pub respond: Option<Clock>,
    /// Of mending.
    pub repair: Option<Clock>,
}

impl Clocks {
    /// The first deadline that runs out: what a list is sorted by.
    pub fn breaks_at(&self) -> Option<Timestamp> {
        let running = |clock: Clock| if let Clock::Runs(end) = clock { Some(end) } else { None };
        [self.respond, self.repair].into_iter().flatten().filter_map(running).min()
    }
}

/// From when its clock runs; `None`: not yet. `accepted_at`: when the school's first picture was accepted.
pub fn runs_from(life: &Life, accepted_at: Option<Timestamp>) -> Option<Timestamp> {
    let confirmed_at = if life.origin == Origin::School { life.confirmed_at? } else { life.told_at };
    Some(life.told_at.max(accepted_at?).max(confirmed_at))
}

/// The clocks of a life.
pub fn clocks(life: &Life, accepted_at: Option<Timestamp>, terms: Terms, hours: &WorkingHours) -> Clocks {
    let Some(from) = runs_from(life, accepted_at) else { return Clocks::default() };
    let clock = |allowed: Option<i64>, stopped_at: Option<Timestamp>| {
        let end = reached(life, from, allowed?, hours);
        Some(match (stopped_at, end) {
            (Some(at), end) => Clock::Stopped(at.max(from), end.ok()),
            (None, Ok(end)) => Clock::Runs(end),
            (None, Err(left)) => Clock::Held(left),
        })
    };
    let mended_at = match life.state {
        State::Claimed => life.claim.as_ref().map(|claim| claim.at),
        State::Closed => life.mended_at(),
        _ => None,
    };
    Clocks { respond: clock(terms.respond_s, life.acknowledged_at.or(mended_at)), repair: clock(terms.repair_s, mended_at) }
}

/// When so many working seconds had passed outside of what was held; or how many are left while it is held now.
fn reached(life: &Life, from: Timestamp, allowed_s: i64, hours: &WorkingHours) -> Result<Timestamp, i64> {
    let (mut at, mut left) = (from, allowed_s);
    let held_now = life.suspension.as_ref().map(|wait| (wait.from, None));
    let mut held: Vec<(Timestamp, Option<Timestamp>)> = life.held.iter().map(|(from, until)| (*from, Some(*until))).chain(held_now).collect();
    held.sort_unstable();
    for (begin, end) in held {
        let ran = hours.working_seconds(at, begin);
        if ran >= left && begin > at {
            break;
        }
        left -= ran;
        at = at.max(end.ok_or(left)?);
    }
    // A lot that never works has no end.
    hours.add_working(at, left).ok_or(left)
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
