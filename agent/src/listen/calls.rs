//! Devices that called: whom to look at, and when.
//!
//! Comes in: notifications as they are heard, moments. Goes out: devices whose look is due. Absent on purpose: sockets, looks, belief: that a
//! device calls says where to look, never what is so.
//!
//! Gentle: the first call is answered after [`GATHER`], a device is looked at at most once in [`SPACING`], a call that repeats itself less and less
//! often, and all devices together no faster than a bucket of [`LOOKS_AT_ONCE`] refills. What ails is looked at again after [`AGAIN`], so that it is
//! confirmed (or gone) within minutes; so is who called and does not answer.

use super::bucket::Bucket;
use super::notifications::{Notification, Then};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::Instant;

/// Calls of one device that come together are one, and its tables have followed what it announces.
pub const GATHER: Duration = Duration::from_millis(300);
/// A device is looked at at most once in this time.
pub const SPACING: Duration = Duration::from_secs(30);
/// After a look at what ails, looks again.
pub const AGAIN: [Duration; 3] = [Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(121)];
/// Looks at once; then one each [`LOOK_EVERY`].
pub const LOOKS_AT_ONCE: u32 = 16;
/// See [`LOOKS_AT_ONCE`].
pub const LOOK_EVERY: Duration = Duration::from_secs(4);
/// Most devices whose calls are remembered; calls of further ones are counted.
pub const MAX_CALLERS: usize = 256;
/// Most different calls of one device that are remembered.
const MAX_SAID: usize = 32;
/// A call that is repeated is answered less often, down to this: rounds see the device as often.
const RAREST: Duration = Duration::from_secs(300);
/// A call that comes again after so many times its rest is a new one.
const STALE: u32 = 4;
/// After so long without a call a device is a stranger again.
const FORGET: Duration = Duration::from_secs(900);

/// A device that called: its network and address.
pub type Caller = (String, IpAddr);

/// What it called: which notification, about which port.
pub type Said = (&'static str, Option<u32>);

/// All devices that called lately.
#[derive(Debug)]
pub struct Calls {
    callers: BTreeMap<Caller, Line>,
    bucket: Bucket,
    /// Calls of devices for whom there was no room.
    pub left_out: u64,
}

/// What is known of one device.
#[derive(Debug)]
struct Line {
    /// When it called last.
    called_at: Instant,
    /// When it was looked at last.
    looked_at: Option<Instant>,
    /// Looks to come.
    due: BTreeSet<Instant>,
    /// The next look is followed by others.
    watch: bool,
    /// What it said, and how that is answered.
    said: BTreeMap<Said, Answer>,
}

/// How a call is answered.
#[derive(Debug, Clone, Copy)]
struct Answer {
    /// By a look at this time.
    at: Instant,
    /// The same call is worth another look so long after it.
    rest: Duration,
}

impl Default for Calls {
    fn default() -> Calls {
        Calls { callers: BTreeMap::new(), bucket: Bucket::new(LOOKS_AT_ONCE, LOOK_EVERY), left_out: 0 }
    }
}

impl Calls {
    /// Takes in one call.
    pub fn hear(&mut self, caller: Caller, what: &'static Notification, port: Option<u32>, now: Instant) {
        if what.then == Then::Ignore {
            return;
        }
        self.callers.retain(|_, line| !line.due.is_empty() || now < line.called_at + FORGET);
        if self.callers.len() >= MAX_CALLERS && !self.callers.contains_key(&caller) {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let new = Line { called_at: now, looked_at: None, due: BTreeSet::new(), watch: false, said: BTreeMap::new() };
        let line = self.callers.entry(caller).or_insert(new);
        line.called_at = now;
        let (at, is_new) = line.answer((what.name, port), now);
        // A call that only repeats itself was followed up already.
        line.watch |= is_new && what.then == Then::Watch;
        // One look answers all calls before it.
        if line.due.first().is_none_or(|due| at < *due) {
            line.due.insert(at);
        }
    }

    /// When there is something to do next.
    pub fn next_at(&self, now: Instant) -> Option<Instant> {
        let due = self.callers.values().filter_map(|line| line.due.first()).min()?;
        Some((*due).max(self.bucket.ready_at(now)))
    }

    /// The devices that are due now, by network.
    pub fn take(&mut self, now: Instant) -> BTreeMap<String, BTreeSet<IpAddr>> {
        let mut due: Vec<(Instant, Caller)> =
            self.callers.iter().filter_map(|(caller, line)| Some((*line.due.first()?, caller.clone()))).filter(|(at, _)| *at <= now).collect();
        due.sort();
        let mut taken: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
        for (_, (network, ip)) in due {
            if !self.bucket.take(now) {
                break;
            }
            if let Some(line) = self.callers.get_mut(&(network.clone(), ip)) {
                line.looked_at = Some(now);
                line.due = match std::mem::take(&mut line.watch) {
                    true => AGAIN.map(|after| now + after).into(),
                    false => line.due.iter().filter(|at| **at > now).map(|at| (*at).max(now + SPACING)).collect(),
                };
                taken.entry(network).or_default().insert(ip);
            }
        }
        taken
    }

    /// What came of a look: who called and does not answer is looked at again.
    pub fn silent(&mut self, caller: &Caller, now: Instant) {
        if let Some(line) = self.callers.get_mut(caller).filter(|line| line.due.is_empty() && now < line.called_at + SPACING) {
            line.due = AGAIN.map(|after| now + after).into();
        }
    }
}

impl Line {
    /// When a call is to be answered, and whether it is new.
    fn answer(&mut self, said: Said, now: Instant) -> (Instant, bool) {
        let free = self.looked_at.map_or(now + GATHER, |at| (at + SPACING).max(now + GATHER));
        let before = self.said.get(&said).filter(|before| now < before.at + before.rest * STALE);
        let next = match before {
            // It is being answered already.
            Some(before) if now < before.at => return (before.at, false),
            Some(before) => Answer { at: free.max(before.at + before.rest), rest: (before.rest * 2).min(RAREST) },
            None => Answer { at: free, rest: SPACING },
        };
        let is_new = before.is_none();
        if self.said.len() >= MAX_SAID {
            self.said.retain(|_, answer| now < answer.at + answer.rest);
        }
        if self.said.len() < MAX_SAID || self.said.contains_key(&said) {
            self.said.insert(said, next);
        }
        (next.at, is_new)
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
