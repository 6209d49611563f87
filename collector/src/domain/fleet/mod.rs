//! Folds sightings into the fleet: which known device each is, what changed, who left.
//!
//! Comes in: all sightings of one agent's picture after a report, the devices known so far, the round. Goes out: the
//! changed devices with events for their timeline, and conflicts for a person. Absent on purpose: how a sighting was
//! recognised ([`super::identify`]), when absence is a fault ([`super::reconcile`]), storage.
//!
//! Reading order: here, then `devices` (who owns which key), `matching` (which device a sighting is), `joined` (several that a person called
//! one), `update` (what it makes of it), `standing` (the same fold at the cost of what changed).
//!
//! The fold looks at what *is*: folding the same sightings again changes nothing, and a device seen again unchanged is not
//! written. Identity is by keys alone, strongest first, never by address (product rules of identity):
//! a serial beats a MAC, a MAC a UUID, a UUID a list's id, that a name, which counts only within the school and only where
//! nothing stronger contradicts.

mod devices;
mod joined;
mod matching;
mod standing;
mod update;

#[cfg(test)]
pub(in crate::domain) mod tests;
#[cfg(test)]
mod tests_standing;

pub use self::devices::Fleet;
pub use self::standing::Standing;
pub use self::update::finished;

use self::matching::match_device;
use self::update::{arrived, events, left, updated, was_missed_alone};
use super::device::{Device, Key, Sighting};
use rollcall_shared::report::ProbeRun;
use rollcall_shared::{DeviceId, SchoolId, Subject, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How often probes finished, by (network, probe): what confirmation counts.
pub type Rounds = BTreeMap<(String, String), u64>;

/// The round whose picture is folded.
#[derive(Debug, Clone)]
pub struct Round<'a> {
    /// Its end: the as-of of all that it says.
    pub ended_at: Timestamp,
    /// How many rounds this agent has told so far, this one included.
    pub number: u64,
    /// Finished rounds by network and probe, this one included.
    pub finished: &'a Rounds,
    /// Its probe runs: those that looked at single devices between two rounds count for these alone.
    pub runs: &'a [ProbeRun],
    /// Networks of this agent with the school that each belongs to.
    pub networks: &'a BTreeMap<String, SchoolId>,
}

/// One line of a device's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What: `first_seen`, `back`, `left`, `moved_school`, `place`, `address`, `kind`, `vendor`, `model`, `serial`, `firmware`, `name`, `os`.
    pub what: &'static str,
    /// Before, as shown; empty where nothing was.
    pub was: String,
    /// After.
    pub becomes: String,
}

/// What became of one device.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// As it was; `None` for a new one.
    pub before: Option<Device>,
    /// As it is.
    pub after: Device,
    /// Timeline lines.
    pub events: Vec<Event>,
}

/// Keys that contradict each other: for a person, never a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The device that the strongest key named.
    pub device: DeviceId,
    /// The other device whose key was seen on it.
    pub other: Option<DeviceId>,
    /// The key that contradicts.
    pub key: Key,
    /// In a sentence.
    pub reason: String,
}

/// Which device a sighting turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The sighting's place in the list.
    pub at: usize,
    /// The device.
    pub device: DeviceId,
    /// It is this school's now; not so where another school has seen it later.
    pub here: bool,
}

/// What folding gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded {
    /// Devices that changed.
    pub changes: Vec<Change>,
    /// Contradictions.
    pub conflicts: Vec<Conflict>,
    /// Which device each sighting turned out to be.
    pub assigned: Vec<Assigned>,
    /// Sightings without any key, by network: shown and counted, no identity.
    pub seats: BTreeMap<String, u64>,
}

/// A sighting as it is folded.
#[derive(Debug, Clone, Copy)]
pub struct Spotted<'a> {
    /// What was recognised.
    pub sighting: &'a Sighting,
    /// The device into which this very sighting was folded the last time, which has not changed since: there is nothing to be learnt of it.
    pub folded_into: Option<DeviceId>,
}

/// Folds the sightings of one agent.
///
/// `fleet` must hold every device of the schools of this agent's networks, and every device anywhere that owns a key of a
/// sighting. `touched` says whether this report itself spoke of a sighting (only then may a device that another school
/// sees be claimed). `fresh` hands out ids for new devices.
///
/// This is the reference: it looks at every sighting and every device. [`Standing`] gives the same, looking only at what changed.
pub fn fold(
    spotted: &[Spotted<'_>],
    fleet: &Fleet,
    round: &Round<'_>,
    touched: impl Fn(&Sighting) -> bool,
    mut fresh: impl FnMut() -> DeviceId,
) -> Folded {
    let shared = shared_keys(spotted);
    let mut fold = Fold::new(fleet, round, touched);
    fold.all(spotted, |key| shared.contains(key), &mut fresh);
    fold.set_aside(shared);
    fold.miss(fleet.devices());
    fold.folded
}

/// A fold on its way.
struct Fold<'a, T> {
    fleet: &'a Fleet,
    round: &'a Round<'a>,
    touched: T,
    seen: BTreeSet<DeviceId>,
    folded: Folded,
    /// Of which sighting each conflict is, and which are seats.
    conflicts_at: Vec<usize>,
    seats_at: Vec<usize>,
}

impl<'a, T: Fn(&Sighting) -> bool> Fold<'a, T> {
    fn new(fleet: &'a Fleet, round: &'a Round<'a>, touched: T) -> Fold<'a, T> {
        Fold { fleet, round, touched, seen: BTreeSet::new(), folded: Folded::default(), conflicts_at: Vec::new(), seats_at: Vec::new() }
    }

    /// Folds sightings, those first that are parts of one thing by a person's word.
    fn all(&mut self, spotted: &[Spotted<'_>], is_shared: impl Fn(&Key) -> bool, fresh: &mut impl FnMut() -> DeviceId) {
        let joined = joined::joined(spotted, self.fleet);
        let put_together: BTreeSet<usize> = joined.iter().flat_map(|(places, _)| places.iter().copied()).collect();
        for (places, sighting) in &joined {
            self.one(places, &Spotted { sighting, folded_into: None }, &is_shared, fresh);
        }
        for (at, spotted) in spotted.iter().enumerate().filter(|(at, _)| !put_together.contains(at)) {
            self.one(&[at], spotted, &is_shared, fresh);
        }
    }

    /// Folds one sighting, or several that are one.
    fn one(&mut self, places: &[usize], spotted: &Spotted<'_>, is_shared: &impl Fn(&Key) -> bool, fresh: &mut impl FnMut() -> DeviceId) {
        let Spotted { sighting, folded_into } = *spotted;
        let Some(&school) = self.round.networks.get(&sighting.network) else { return };
        let keys: Vec<&Key> = sighting.keys.iter().filter(|key| !is_shared(key)).collect();
        if keys.is_empty() {
            if sighting.present {
                *self.folded.seats.entry(sighting.network.clone()).or_default() += 1;
                self.seats_at.extend(places.first());
            }
            return;
        }
        let matched = match_device(&keys, school, self.fleet, &self.seen);
        if let (Some(device), Some(conflict)) = (matched.device, matched.conflict) {
            self.conflicts_at.extend(places.first());
            self.folded.conflicts.push(Conflict { device: device.id, other: Some(conflict.1), key: conflict.0, reason: conflict.2 });
        }
        let Some(before) = matched.device else {
            let id = fresh();
            self.seen.insert(id);
            self.folded.assigned.extend(places.iter().map(|at| Assigned { at: *at, device: id, here: true }));
            self.folded.changes.push(arrived(id, sighting, &keys, school, self.round));
            return;
        };
        self.seen.insert(before.id);
        let here = may_claim(before, school, sighting, self.round, &self.touched);
        self.folded.assigned.extend(places.iter().map(|at| Assigned { at: *at, device: before.id, here }));
        let is_known = folded_into == Some(before.id) && before.school == school && matched.keys.iter().all(|key| before.keys.contains(key));
        if here && (!is_known || self.round.looked_alone_at(sighting)) {
            push_if_changed(&mut self.folded.changes, before, updated(before, sighting, &matched.keys, school, self.round));
        }
    }

    /// Keys that two living devices bear are for a person.
    fn set_aside<'k>(&mut self, shared: impl IntoIterator<Item = &'k Key>) {
        for key in shared {
            if let Some(device) = self.fleet.owner(key) {
                let reason = "the same key is seen on two living devices; it is set aside until a person decides".to_owned();
                self.folded.conflicts.push(Conflict { device: device.id, other: None, key: key.clone(), reason });
            }
        }
    }

    /// Devices that nobody met. Another agent may look at another network of the same school: who was seen there last is its to miss.
    fn miss<'d>(&mut self, devices: impl Iterator<Item = &'d Device>) {
        let round = self.round;
        for device in devices.filter(|device| round.networks.get(&device.network) == Some(&device.school)) {
            if self.seen.contains(&device.id) {
                continue;
            }
            if device.present {
                push_if_changed(&mut self.folded.changes, device, left(device, round));
            } else if was_missed_alone(device, round) {
                push_if_changed(&mut self.folded.changes, device, Device { turned_round: device.turned_round.saturating_sub(1), ..device.clone() });
            }
        }
    }
}

/// Strong keys that two sightings of one picture carry: a serial that a maker gave twice, a cloned UUID.
fn shared_keys<'a>(spotted: &[Spotted<'a>]) -> BTreeSet<&'a Key> {
    let mut once = HashSet::new();
    spotted.iter().flat_map(|spotted| &spotted.sighting.keys).filter(|key| !once.insert(*key)).collect()
}

/// Whether this report may speak for a device that another school saw last: by observation time, not by arrival.
fn may_claim(before: &Device, school: SchoolId, sighting: &Sighting, round: &Round<'_>, touched: &impl Fn(&Sighting) -> bool) -> bool {
    before.school == school || (sighting.present && round.ended_at >= before.turned_at && (!before.present || touched(sighting)))
}

fn push_if_changed(changes: &mut Vec<Change>, before: &Device, after: Device) {
    if *before != after {
        let events = events(before, &after);
        changes.push(Change { before: Some(before.clone()), after, events });
    }
}

impl Round<'_> {
    /// Some probe looked at it alone.
    fn looked_alone_at(&self, sighting: &Sighting) -> bool {
        self.runs.iter().any(|run| run.network == sighting.network && run.only.iter().any(|only| sighting.subjects.contains(only)))
    }

    /// One of these probes looked at one of these subjects alone.
    fn looked_alone_at_any(&self, probes: &[String], network: &str, subjects: &[Subject]) -> bool {
        self.runs.iter().any(|run| probes.iter().any(|probe| run.looked_alone_at(probe, network, subjects)))
    }
}
