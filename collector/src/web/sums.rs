//! Sums over everything that somebody sees, kept for a moment where there are many schools.
//!
//! Comes in: somebody's eyes, the clock. Goes out: totals, states, phases, choices of lists with their counts. A town's are added up anew each time;
//! a country's cost tens of milliseconds and change with every report, so they may be some seconds old, counts of devices a minute: pages say as of when they speak. Absent on
//! purpose: adding up (`store::view`).

use super::Web;
use crate::store::sight::Seen;
use crate::store::view::{agent, device, fault, programme, school};
use crate::store::{self, Tx};
use rollcall_shared::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// With no more schools than this nothing is kept.
const FEW: usize = 500;
/// Seconds for which sums hold.
const KEPT_S: i64 = 5;
/// Seconds for which counts over all devices hold: every device is read for them.
const DEVICES_KEPT_S: i64 = 60;
/// With no more devices than this, names may be looked into: every row is read, a few milliseconds.
const SCANNED: i64 = 50_000;
/// Most sums of one sort that are kept, one for each account and filter; beyond it all are added up anew.
const MOST: usize = 2_000;

/// Sums of one sort, by whose eyes they were seen with.
#[derive(Debug)]
struct Kept<T>(Mutex<HashMap<(i64, bool), (Timestamp, T)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    fn get(&self, whose: (i64, bool), now: Timestamp, kept_s: i64, make: impl FnOnce() -> store::Result<T>) -> store::Result<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&whose).cloned();
        // A clock that was set back makes nothing last longer.
        if let Some((_, sums)) = known.filter(|(at, _)| (at.0..at.0 + kept_s).contains(&now.0)) {
            return Ok(sums);
        }
        let fresh = make()?;
        if kept_s == 0 {
            return Ok(fresh);
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(whose, (now, fresh.clone()));
        Ok(fresh)
    }
}

/// All that is kept.
#[derive(Debug, Default)]
pub struct Sums {
    total: Kept<school::Counts>,
    states: Kept<Vec<(String, i64)>>,
    phases: Kept<Vec<programme::PhaseRow>>,
    reporting: Kept<(i64, i64)>,
    codes: Kept<Vec<(String, i64, i64)>>,
    kinds: Kept<Vec<(String, i64)>>,
}

/// Sums as of now, or of a moment ago.
pub struct Summing<'a> {
    sums: &'a Sums,
    now: Timestamp,
    /// Kept at all.
    many: bool,
}

impl Web {
    /// Sums, for a request.
    pub fn sums(&self, tx: &mut Tx<'_>) -> store::Result<Summing<'_>> {
        Ok(Summing { sums: &self.sums, now: self.now(), many: self.planned.get(tx)?.plan.schools.len() > FEW })
    }
}

impl Summing<'_> {
    fn kept_s(&self, kept_s: i64) -> i64 {
        if self.many { kept_s } else { 0 }
    }

    /// Of the whole programme.
    pub fn total(&self, seen: &mut Seen<'_, '_>) -> store::Result<school::Counts> {
        self.sums.total.get((seen.by(), false), self.now, self.kept_s(KEPT_S), || school::total(seen))
    }

    /// Whether there are too many devices to look inside every name.
    pub fn only_begins(&self, seen: &mut Seen<'_, '_>) -> store::Result<bool> {
        Ok(self.total(seen)?.devices > SCANNED)
    }

    /// How many schools stand how.
    pub fn states(&self, seen: &mut Seen<'_, '_>) -> store::Result<Vec<(String, i64)>> {
        self.sums.states.get((seen.by(), false), self.now, self.kept_s(KEPT_S), || school::by_state(seen))
    }

    /// Phases; they are everybody's alike.
    pub fn phases(&self, tx: &mut Tx<'_>) -> store::Result<Vec<programme::PhaseRow>> {
        self.sums.phases.get((0, false), self.now, self.kept_s(KEPT_S), || programme::phases(tx))
    }

    /// Agents, and those of them that report; everybody's alike.
    pub fn reporting(&self, tx: &mut Tx<'_>) -> store::Result<(i64, i64)> {
        self.sums.reporting.get((0, false), self.now, self.kept_s(KEPT_S), || agent::reporting(tx, self.now))
    }

    /// Open faults by their sort; of one school they are counted anew.
    pub fn codes(&self, seen: &mut Seen<'_, '_>, school: Option<&str>, secret: bool) -> store::Result<Vec<(String, i64, i64)>> {
        if school.is_some() {
            return fault::by_code(seen, school, secret);
        }
        self.sums.codes.get((seen.by(), secret), self.now, self.kept_s(KEPT_S), || fault::by_code(seen, None, secret))
    }

    /// Devices by kind; of one school they are counted anew.
    pub fn kinds(&self, seen: &mut Seen<'_, '_>, school: Option<&str>) -> store::Result<Vec<(String, i64)>> {
        if school.is_some() {
            return device::by_kind(seen, school);
        }
        self.sums.kinds.get((seen.by(), false), self.now, self.kept_s(DEVICES_KEPT_S), || device::by_kind(seen, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_one_accounts_and_for_a_moment() {
        let kept = Kept::default();
        let ask = |whose: i64, at: i64, kept_s: i64, fresh: i64| kept.get((whose, false), Timestamp(at), kept_s, || Ok(fresh)).unwrap();
        assert_eq!(ask(1, 100, 5, 7), 7);
        assert_eq!(ask(1, 104, 5, 8), 7);
        assert_eq!(ask(2, 104, 5, 9), 9, "another account sees its own");
        assert_eq!(ask(1, 105, 5, 10), 10);
        assert_eq!(ask(1, 99, 5, 11), 11, "the clock was set back");
        assert_eq!(ask(1, 99, 0, 12), 12, "nothing is kept in a town");
    }
}
