//! What stands of the last fold, so that the next one costs what changed.
//!
//! Comes in: which sightings came and went, the fleet, the round. Goes out: what [`fold`](super::fold) would give. Absent on purpose: any rule of
//! folding (they are the reference's own), and whether the fleet is still as it was: whoever cannot say so has all folded anew.
//!
//! A sighting's outcome rests on its keys, on who owns them, and on who else bears them. So what came and went draws in the devices that own
//! their keys, these draw in all who bear a key of theirs, and so on until nobody is drawn in any more: the rest stands.

use super::{Assigned, Conflict, Device, Fleet, Fold, Folded, Key, Round, Sighting, Spotted};
use crate::domain::identify::{self, Known, Moved, SightingId};
use rollcall_shared::{DeviceId, SchoolId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What stands of the last fold.
#[derive(Debug, Default)]
pub struct Standing {
    /// Who bears a key.
    bearers: HashMap<Key, Vec<SightingId>>,
    of: BTreeMap<SightingId, Borne>,
    /// Keys that several bear.
    shared: BTreeSet<Key>,
    seats: BTreeMap<String, u64>,
    /// Sightings that are looked at again whatever happens: what becomes of them rests on other schools, or on a device that changed its keys.
    restless: BTreeSet<SightingId>,
    /// The networks at that fold.
    networks: BTreeMap<String, SchoolId>,
}

/// One sighting: its keys, and what became of it.
#[derive(Debug, Default)]
struct Borne {
    keys: Vec<Key>,
    made: Outcome,
}

/// What became of one sighting.
#[derive(Debug, Default)]
struct Outcome {
    /// The device, and whether it is this school's.
    assigned: Option<(DeviceId, bool)>,
    conflict: Option<Conflict>,
    /// It is a seat on this network.
    seat: Option<String>,
}

impl Standing {
    /// Whether the rest may stand: the networks are the same, and nobody was looked at alone.
    pub fn holds(&self, round: &Round<'_>) -> bool {
        self.networks == *round.networks && round.runs.iter().all(|run| run.only.is_empty())
    }

    /// The device of a sighting that is this school's.
    pub fn device_of(&self, sighting: SightingId) -> Option<DeviceId> {
        self.of.get(&sighting)?.made.assigned.filter(|(_, here)| *here).map(|(device, _)| device)
    }

    /// What the next fold will look at whatever came and went: their keys must be known to the fleet as well.
    pub fn restless(&self) -> impl Iterator<Item = SightingId> + '_ {
        self.restless.iter().copied()
    }

    /// Folds everything anew.
    pub fn fold_all(
        &mut self,
        known: &Known,
        fleet: &Fleet,
        round: &Round<'_>,
        touched: impl Fn(&Sighting) -> bool,
        fresh: impl FnMut() -> DeviceId,
    ) -> Folded {
        *self = Standing { networks: round.networks.clone(), ..Standing::default() };
        let all: BTreeSet<SightingId> = known.sightings().map(|(id, _)| id).collect();
        all.iter().for_each(|id| self.bear(*id, known));
        self.fold(&all, &BTreeSet::new(), None, known, fleet, round, touched, fresh)
    }

    /// Folds what came and went, and whoever is drawn in. The fleet is what the last fold left.
    pub fn fold_moved(
        &mut self,
        moved: &Moved,
        known: &Known,
        fleet: &Fleet,
        round: &Round<'_>,
        touched: impl Fn(&Sighting) -> bool,
        fresh: impl FnMut() -> DeviceId,
    ) -> Folded {
        let mut devices: BTreeSet<DeviceId> = BTreeSet::new();
        let mut keys: Vec<Key> = Vec::new();
        for gone in &moved.gone {
            let Some(borne) = self.take(*gone) else { continue };
            devices.extend(borne.made.assigned.map(|(device, _)| device));
            keys.extend(borne.keys);
        }
        for come in &moved.come {
            self.bear(*come, known);
        }
        let mut drawn: BTreeSet<SightingId> = std::mem::take(&mut self.restless);
        drawn.extend(&moved.come);
        let missed = devices.clone();
        self.draw_in(&mut drawn, devices, keys, fleet);
        let came: BTreeSet<SightingId> = moved.come.iter().copied().collect();
        self.fold(&drawn, &missed, Some(&came), known, fleet, round, touched, fresh)
    }

    /// Draws in whoever may be touched, until nobody is any more.
    fn draw_in(&self, drawn: &mut BTreeSet<SightingId>, mut devices: BTreeSet<DeviceId>, keys: Vec<Key>, fleet: &Fleet) {
        let mut open: Vec<DeviceId> = devices.iter().copied().collect();
        let mut next: Vec<SightingId> = drawn.iter().copied().collect();
        next.extend(keys.iter().filter_map(|key| self.bearers.get(key)).flatten());
        let owners = |keys: &[Key]| keys.iter().flat_map(|key| fleet.bearers(key)).map(|device| device.id).collect::<Vec<_>>();
        open.extend(owners(&keys).into_iter().filter(|device| devices.insert(*device)));
        loop {
            for sighting in std::mem::take(&mut next) {
                drawn.insert(sighting);
                let Some(borne) = self.of.get(&sighting) else { continue };
                next.extend(borne.keys.iter().filter_map(|key| self.bearers.get(key)).flatten().filter(|other| !drawn.contains(other)));
                open.extend(owners(&borne.keys).into_iter().filter(|device| devices.insert(*device)));
            }
            for device in std::mem::take(&mut open) {
                let keys = fleet.get(device).map(|device| device.keys.as_slice()).unwrap_or_default();
                next.extend(keys.iter().filter_map(|key| self.bearers.get(key)).flatten().filter(|other| !drawn.contains(other)));
            }
            if next.is_empty() {
                return;
            }
        }
    }

    /// Takes a sighting's keys in.
    fn bear(&mut self, id: SightingId, known: &Known) {
        let Some((_, sighting)) = known.sighting(id) else { return };
        for key in &sighting.keys {
            let bearers = match self.bearers.get_mut(key) {
                Some(bearers) => bearers,
                None => self.bearers.entry(key.clone()).or_default(),
            };
            bearers.push(id);
            if bearers.len() > 1 {
                self.shared.insert(key.clone());
            }
        }
        self.of.insert(id, Borne { keys: sighting.keys.clone(), made: Outcome::default() });
    }

    /// Lets go of a sighting.
    fn take(&mut self, id: SightingId) -> Option<Borne> {
        let borne = self.of.remove(&id)?;
        self.restless.remove(&id);
        for key in &borne.keys {
            let Some(bearers) = self.bearers.get_mut(key) else { continue };
            bearers.retain(|bearer| *bearer != id);
            if bearers.len() < 2 {
                self.shared.remove(key);
            }
            if bearers.is_empty() {
                self.bearers.remove(key);
            }
        }
        leave_seat(&mut self.seats, &borne.made);
        Some(borne)
    }

    /// Folds those drawn in, in the order of the reference. `came`: those that are new; nothing: whatever was made of any of them counts no more.
    #[expect(clippy::too_many_arguments, reason = "what a fold needs, and which part of it")]
    fn fold(
        &mut self,
        drawn: &BTreeSet<SightingId>,
        missed: &BTreeSet<DeviceId>,
        came: Option<&BTreeSet<SightingId>>,
        known: &Known,
        fleet: &Fleet,
        round: &Round<'_>,
        touched: impl Fn(&Sighting) -> bool,
        mut fresh: impl FnMut() -> DeviceId,
    ) -> Folded {
        let mut in_order: Vec<(SightingId, usize, &Sighting)> =
            drawn.iter().filter_map(|id| known.sighting(*id).map(|(words, sighting)| (*id, words, sighting))).collect();
        in_order.sort_by(|(_, words, one), (_, other_words, other)| identify::before(*words, one, *other_words, other));
        let mut missed: BTreeSet<DeviceId> = missed.clone();
        let mut spotted: Vec<Spotted<'_>> = Vec::with_capacity(in_order.len());
        for (id, _, sighting) in &in_order {
            let before = self.of.get_mut(id).map(|borne| std::mem::take(&mut borne.made)).unwrap_or_default();
            missed.extend(before.assigned.map(|(device, _)| device));
            leave_seat(&mut self.seats, &before);
            let stands = came.is_some_and(|came| !came.contains(id));
            let folded_into = before.assigned.filter(|(_, here)| stands && *here).map(|(device, _)| device);
            spotted.push(Spotted { sighting, folded_into });
        }
        let mut fold = Fold::new(fleet, round, touched);
        fold.all(&spotted, |key| self.shared.contains(key), &mut fresh);
        let ids: Vec<SightingId> = in_order.iter().map(|(id, ..)| *id).collect();
        self.note(&ids, &spotted, &fold.folded, &fold.conflicts_at, &fold.seats_at);
        fold.folded.conflicts = self.of.values().filter_map(|borne| borne.made.conflict.clone()).collect();
        fold.set_aside(&self.shared);
        match came {
            Some(_) => fold.miss(missed.iter().filter_map(|device| fleet.get(*device))),
            None => fold.miss(fleet.devices()),
        }
        let mut folded = fold.folded;
        folded.seats = self
            .seats
            .iter()
            .filter(|(network, _)| round.networks.contains_key(*network))
            .map(|(network, count)| (network.clone(), *count))
            .collect();
        folded.conflicts.sort_by(|one, other| (one.device, one.other, &one.key).cmp(&(other.device, other.other, &other.key)));
        self.stir(&folded);
        folded
    }

    /// Notes what became of the sightings that were folded.
    fn note(&mut self, ids: &[SightingId], spotted: &[Spotted<'_>], folded: &Folded, conflicts_at: &[usize], seats_at: &[usize]) {
        for Assigned { at, device, here } in &folded.assigned {
            if let Some(borne) = self.of.get_mut(&ids[*at]) {
                borne.made.assigned = Some((*device, *here));
            }
        }
        for (at, conflict) in conflicts_at.iter().zip(&folded.conflicts) {
            if let Some(borne) = self.of.get_mut(&ids[*at]) {
                borne.made.conflict = Some(conflict.clone());
            }
        }
        for at in seats_at {
            if let Some(borne) = self.of.get_mut(&ids[*at]) {
                borne.made.seat = Some(spotted[*at].sighting.network.clone());
            }
            *self.seats.entry(spotted[*at].sighting.network.clone()).or_default() += 1;
        }
        for id in ids {
            let Some(Borne { keys, made }) = self.of.get(id) else { continue };
            let is_settled =
                made.conflict.is_none() && made.assigned.is_none_or(|(_, here)| here) && keys.iter().all(|key| !self.shared.contains(key));
            if !is_settled {
                self.restless.insert(*id);
            }
        }
    }

    /// Whoever bears a key of a device that gained or lost keys, or moved, is looked at again next time.
    fn stir(&mut self, folded: &Folded) {
        let none: &[Key] = &[];
        for change in &folded.changes {
            let keys = |device: Option<&Device>| device.map_or(none.to_vec(), |device| device.keys.clone());
            let (before, after) = (keys(change.before.as_ref()), &change.after.keys);
            let moves = change.before.as_ref().is_some_and(|before| before.school != change.after.school);
            if moves || (change.before.is_some() && before != *after) {
                let bearers = before.iter().chain(after).filter_map(|key| self.bearers.get(key)).flatten();
                self.restless.extend(bearers);
            }
        }
    }
}

fn leave_seat(seats: &mut BTreeMap<String, u64>, made: &Outcome) {
    if let Some(count) = made.seat.as_ref().and_then(|network| seats.get_mut(network)) {
        *count = count.saturating_sub(1);
    }
}
