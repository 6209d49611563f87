//! Sums over everything that somebody sees, kept for a moment where there are many schools.
//!
//! Comes in: somebody's eyes, the clock. Goes out: totals, states, phases, choices of lists with their counts. A town's are added up anew each time;
//! a country's cost tens of milliseconds and change with every report, so they may be ten seconds old, those of phases thirty, counts of devices a
//! minute: pages say as of when they speak. Once they are older whoever asks still gets them, and a thread that stands back adds up fresh ones: nobody
//! waits for it. Absent on purpose: adding up (`store::view`).

use super::Web;
use crate::store::sight::{Eyes, Seen};
use crate::store::view::{agent, device, fault, programme, school};
use crate::store::{self, Db, Tx};
use rollcall_shared::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// With no more schools than this nothing is kept.
const FEW: usize = 500;
/// Seconds for which sums hold: adding them up anew takes less than a hundredth of that time, so that of the people who wait for a page meanwhile fewer
/// than one in a hundred shares the processor with it.
const KEPT_S: i64 = 10;
/// Seconds for which sums of phases hold: every count of every school is read for them, and they move by the day.
const PHASES_KEPT_S: i64 = 30;
/// Seconds for which counts over all devices hold: every device is read for them.
const DEVICES_KEPT_S: i64 = 60;
/// Seconds for which sums that hold no more are shown while fresh ones are added up; what nobody asked for so long is added up while they wait.
const WAITS_S: i64 = 15;
/// With no more devices than this, names may be looked into: every row is read, a few milliseconds.
const SCANNED: i64 = 50_000;
/// Most sums of one sort that are kept, one for each account and filter; beyond it all are added up anew.
const MOST: usize = 2_000;
/// How often the thread that adds up looks whether the server stops.
const LOOKS_UP: Duration = Duration::from_millis(500);

/// Whose eyes, and whether secret faults are among what is counted.
type Whose = (i64, bool);

/// Sums of one sort, by whose eyes they were seen with.
#[derive(Debug)]
struct Kept<T>(Mutex<HashMap<Whose, (Timestamp, T)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    fn known(&self, whose: Whose) -> Option<(Timestamp, T)> {
        lock(&self.0).get(&whose).cloned()
    }

    fn put(&self, whose: Whose, now: Timestamp, fresh: T) {
        let mut kept = lock(&self.0);
        if kept.len() >= MOST && !kept.contains_key(&whose) {
            kept.clear();
        }
        kept.insert(whose, (now, fresh));
    }

    /// What is known, or fresh sums; `ask` asks for those beside the work, and tells whether somebody will add them up.
    fn get(
        &self,
        whose: Whose,
        now: Timestamp,
        kept_s: i64,
        ask: impl FnOnce() -> bool,
        make: impl FnOnce() -> store::Result<T>,
    ) -> store::Result<T> {
        if kept_s == 0 {
            return make();
        }
        // A clock that was set back makes nothing last longer.
        match self.known(whose).map(|(at, sums)| (now.0 - at.0, sums)) {
            Some((age, sums)) if (0..kept_s).contains(&age) => return Ok(sums),
            Some((age, sums)) if (0..kept_s + WAITS_S).contains(&age) && ask() => return Ok(sums),
            _ => {}
        }
        let fresh = make()?;
        self.put(whose, now, fresh.clone());
        Ok(fresh)
    }
}

/// The sorts of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Total,
    States,
    Phases,
    Reporting,
    Silent,
    Codes,
    Kinds,
}

/// All that is kept.
#[derive(Debug, Default)]
pub struct Sums {
    total: Kept<school::Counts>,
    states: Kept<Vec<(String, i64)>>,
    phases: Kept<Vec<programme::PhaseRow>>,
    reporting: Kept<(i64, i64)>,
    silent: Kept<Vec<agent::AgentRow>>,
    codes: Kept<Vec<(String, i64, i64)>>,
    kinds: Kept<Vec<(String, i64)>>,
    /// What is to be added up anew; `None`: nobody does.
    asked: Mutex<Option<BTreeSet<(Sort, Whose)>>>,
    bell: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sums {
    /// Adds up what is asked for, until `stopped`; on the thread of whoever calls.
    pub fn keep_fresh(&self, db: &Db, now: impl Fn() -> Timestamp, stopped: impl Fn() -> bool) {
        *lock(&self.asked) = Some(BTreeSet::new());
        while !stopped() {
            let asked = lock(&self.asked);
            let nothing = |asked: &mut Option<BTreeSet<(Sort, Whose)>>| asked.as_ref().is_none_or(BTreeSet::is_empty);
            let (mut asked, _) = self.bell.wait_timeout_while(asked, LOOKS_UP, nothing).unwrap_or_else(PoisonError::into_inner);
            let sorts = asked.as_mut().map(std::mem::take).unwrap_or_default();
            drop(asked);
            for (sort, whose) in sorts {
                db.let_guests_through();
                if let Err(error) = db.read(|tx| self.add_up(tx, sort, whose, now())) {
                    // What is known goes out of date, and whoever asks then adds up for themselves.
                    tracing::warn!(%error, ?sort, "sums could not be added up");
                }
            }
        }
        *lock(&self.asked) = None;
    }

    fn add_up(&self, tx: &mut Tx<'_>, sort: Sort, whose: Whose, now: Timestamp) -> store::Result<()> {
        let eyes = if whose.0 == 0 { Eyes::ALL } else { Eyes::of(whose.0) };
        let seen = &mut eyes.on(tx);
        match sort {
            Sort::Total => self.total.put(whose, now, school::total(seen)?),
            Sort::States => self.states.put(whose, now, school::by_state(seen)?),
            Sort::Phases => self.phases.put(whose, now, programme::phases(seen)?),
            Sort::Reporting => self.reporting.put(whose, now, agent::reporting(seen, now)?),
            Sort::Silent => self.silent.put(whose, now, agent::silent(seen, now, SILENT)?),
            Sort::Codes => self.codes.put(whose, now, fault::by_code(seen, None, whose.1)?),
            Sort::Kinds => self.kinds.put(whose, now, device::by_kind(seen, None)?),
        }
        Ok(())
    }

    /// Asks for fresh sums; whether somebody will add them up.
    fn ask(&self, sort: Sort, whose: Whose) -> bool {
        let mut asked = lock(&self.asked);
        let known = asked.as_mut().map(|asked| asked.insert((sort, whose)));
        self.bell.notify_one();
        known.is_some()
    }
}

/// Silent agents that are told of.
const SILENT: i64 = 6;

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
    fn get<T: Clone>(&self, sort: Sort, kept: &Kept<T>, whose: Whose, make: impl FnOnce() -> store::Result<T>) -> store::Result<T> {
        let kept_s = match (self.many, sort) {
            (false, _) => 0,
            (true, Sort::Kinds) => DEVICES_KEPT_S,
            (true, Sort::Phases) => PHASES_KEPT_S,
            (true, _) => KEPT_S,
        };
        kept.get(whose, self.now, kept_s, || self.sums.ask(sort, whose), make)
    }

    /// Of the whole programme.
    pub fn total(&self, seen: &mut Seen<'_, '_>) -> store::Result<school::Counts> {
        self.get(Sort::Total, &self.sums.total, (seen.by(), false), || school::total(seen))
    }

    /// Whether there are too many devices to look inside every name.
    pub fn only_begins(&self, seen: &mut Seen<'_, '_>) -> store::Result<bool> {
        Ok(self.total(seen)?.devices > SCANNED)
    }

    /// How many schools stand how.
    pub fn states(&self, seen: &mut Seen<'_, '_>) -> store::Result<Vec<(String, i64)>> {
        self.get(Sort::States, &self.sums.states, (seen.by(), false), || school::by_state(seen))
    }

    /// Phases; they are everybody's alike.
    pub fn phases(&self, tx: &mut Tx<'_>) -> store::Result<Vec<programme::PhaseRow>> {
        self.get(Sort::Phases, &self.sums.phases, (0, false), || programme::phases(tx))
    }

    /// Agents, and those of them that report; everybody's alike.
    pub fn reporting(&self, tx: &mut Tx<'_>) -> store::Result<(i64, i64)> {
        self.get(Sort::Reporting, &self.sums.reporting, (0, false), || agent::reporting(tx, self.now))
    }

    /// The first agents that are silent; everybody's alike.
    pub fn silent(&self, tx: &mut Tx<'_>) -> store::Result<Vec<agent::AgentRow>> {
        self.get(Sort::Silent, &self.sums.silent, (0, false), || agent::silent(tx, self.now, SILENT))
    }

    /// Open faults by their sort; of one school they are counted anew.
    pub fn codes(&self, seen: &mut Seen<'_, '_>, school: Option<&str>, secret: bool) -> store::Result<Vec<(String, i64, i64)>> {
        if school.is_some() {
            return fault::by_code(seen, school, secret);
        }
        self.get(Sort::Codes, &self.sums.codes, (seen.by(), secret), || fault::by_code(seen, None, secret))
    }

    /// Devices by kind; of one school they are counted anew.
    pub fn kinds(&self, seen: &mut Seen<'_, '_>, school: Option<&str>) -> store::Result<Vec<(String, i64)>> {
        if school.is_some() {
            return device::by_kind(seen, school);
        }
        self.get(Sort::Kinds, &self.sums.kinds, (seen.by(), false), || device::by_kind(seen, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_one_accounts_and_for_a_moment() {
        let kept = Kept::default();
        let ask = |whose: i64, at: i64, kept_s: i64, fresh: i64| kept.get((whose, false), Timestamp(at), kept_s, || false, || Ok(fresh)).unwrap();
        assert_eq!(ask(1, 100, 5, 7), 7);
        assert_eq!(ask(1, 104, 5, 8), 7);
        assert_eq!(ask(2, 104, 5, 9), 9, "another account sees its own");
        assert_eq!(ask(1, 105, 5, 10), 10);
        assert_eq!(ask(1, 99, 5, 11), 11, "the clock was set back");
        assert_eq!(ask(1, 99, 0, 12), 12, "nothing is kept in a town");
    }

    #[test]
    fn what_holds_no_more_is_shown_while_fresh_sums_are_added_up_but_not_for_long() {
        let kept = Kept::default();
        let asked = std::cell::Cell::new(0);
        let ask = |at: i64, fresh: i64| {
            let count = || {
                asked.set(asked.get() + 1);
                true
            };
            kept.get((1, false), Timestamp(at), 5, count, || Ok(fresh)).unwrap()
        };
        assert_eq!((ask(100, 7), asked.get()), (7, 0));
        assert_eq!((ask(106, 8), asked.get()), (7, 1), "older ones, and fresh ones are asked for");
        kept.put((1, false), Timestamp(106), 9);
        assert_eq!((ask(107, 8), asked.get()), (9, 1));
        assert_eq!((ask(106 + 5 + WAITS_S, 10), asked.get()), (10, 1), "nobody asked for so long: they are added up now");
    }

    #[test]
    fn whoever_keeps_sums_fresh_adds_up_what_is_asked_for_with_the_eyes_of_whoever_asked() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path().join("sums.db").to_str().unwrap(), Timestamp(1_790_000_000)).unwrap();
        let sums = Sums::default();
        assert!(!sums.ask(Sort::Total, (0, false)), "nobody is there");
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| sums.keep_fresh(&db, || Timestamp(1_790_000_007), || stop.load(std::sync::atomic::Ordering::Relaxed)));
            let until = std::time::Instant::now() + Duration::from_secs(20);
            let wait = |done: &dyn Fn() -> bool| {
                while !done() && std::time::Instant::now() < until {
                    std::thread::yield_now();
                }
            };
            wait(&|| sums.ask(Sort::Total, (3, true)));
            for sort in [Sort::States, Sort::Phases, Sort::Reporting, Sort::Silent, Sort::Codes, Sort::Kinds] {
                sums.ask(sort, (3, true));
            }
            wait(&|| sums.kinds.known((3, true)).is_some());
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(sums.kinds.known((3, true)), Some((Timestamp(1_790_000_007), Vec::new())));
        assert!(sums.codes.known((3, true)).is_some() && sums.total.known((3, true)).is_some());
        assert!(sums.total.known((0, false)).is_none(), "of others nothing was asked for");
        assert!(!sums.ask(Sort::Total, (0, false)), "whoever added up has gone");
    }
}
