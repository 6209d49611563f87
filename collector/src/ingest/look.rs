//! Looking at what a report shows: things recognised, folded into the fleet, what changed saved.
//!
//! Comes in: a picture after a report, with what is remembered of it. Goes out: rows of devices, conflicts, counts; whether anything changed.
//! Absent on purpose: how things are recognised and who they are (`domain`).
//!
//! What is remembered makes a look cost what changed. Where anything is in doubt (nothing remembered, another picture, somebody else wrote, other
//! networks, a device looked at alone) everything is looked at anew.

use super::Told;
use super::pictures::Seen;
use crate::domain::device::Sighting;
use crate::domain::fleet::{Fleet, Folded, Round, Rounds};
use crate::domain::identify::{Known, Moved};
use crate::store::{self, Tx};
use rollcall_shared::picture::Group;
use rollcall_shared::{Content, DeviceId, Fact, Mac, Picture, Report, SchoolId, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// Recognises and folds where the report says something; whether anything changed.
pub(super) fn look(
    tx: &mut Tx<'_>,
    after: &mut Seen,
    told: &Told<'_>,
    rounds: &Rounds,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<bool, store::Error> {
    let report = told.report;
    let known = after.known.as_ref().is_some_and(|known| known.hash() == after.picture.hash()) || report.readings.is_empty();
    // A look at a device alone counts for it, also where it found nothing new.
    let alone = report.probes.iter().any(|run| !run.only.is_empty());
    if !alone && matches!(report.content, Content::Heartbeat) && known {
        return Ok(false);
    }
    let moved = recognise(after, report);
    let folded = fold(tx, after, moved, told, rounds, networks)?;
    save(tx, after, &folded, told, networks)
}

/// Recognises and folds the picture as it stands, though no report came: tables are better, or a person decided who is who.
pub(super) fn again(
    tx: &mut Tx<'_>,
    after: &mut Seen,
    told: &Told<'_>,
    rounds: &Rounds,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<bool, store::Error> {
    after.known = None;
    let moved = recognise(after, told.report);
    let folded = fold(tx, after, moved, told, rounds, networks)?;
    save(tx, after, &folded, told, networks)
}

/// What the picture shows now. What came and went since it was last folded; nothing, where that cannot be said.
fn recognise(after: &mut Seen, report: &Report) -> Option<Moved> {
    let known = match (&report.content, after.known.take()) {
        (Content::Difference { from, change }, Some(mut known)) if known.hash() == *from => {
            let moved = known.follow(&after.picture, change);
            after.known = Some(known);
            return Some(moved);
        }
        (Content::Heartbeat, Some(known)) if known.hash() == after.picture.hash() => {
            after.known = Some(known);
            return Some(Moved::default());
        }
        (_, known) => known,
    };
    drop(known);
    after.known = Some(Box::new(Known::of(&after.picture)));
    None
}

fn fold(
    tx: &mut Tx<'_>,
    after: &mut Seen,
    moved: Option<Moved>,
    told: &Told<'_>,
    rounds: &Rounds,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<Folded, store::Error> {
    let schools: BTreeSet<SchoolId> = networks.values().copied().collect();
    let round = Round { ended_at: told.report.ended_at, number: told.round_count(), finished: rounds, runs: &told.report.probes, networks };
    let is_as_left = hold_fleet(tx, after, &schools)?;
    let moved = moved.filter(|_| is_as_left && after.standing.holds(&round));
    let foreign = add_foreign(tx, after, moved.as_ref())?;
    let Seen { known: Some(known), fleet: Some((_, fleet)), standing, .. } = after else { return Ok(Folded::default()) };
    let spoken = Spoken::of(told.report);
    let touched = |sighting: &Sighting| spoken.touches(sighting);
    let mut failed = None;
    let fresh = || match tx.next_id("device") {
        Ok(id) => DeviceId(id),
        Err(error) => {
            failed = Some(error);
            DeviceId(0)
        }
    };
    let folded = match &moved {
        Some(moved) => standing.fold_moved(moved, known, fleet, &round, touched, fresh),
        None => standing.fold_all(known, fleet, &round, touched, fresh),
    };
    if let Some(error) = failed {
        return Err(error);
    }
    folded.changes.iter().for_each(|change| fleet.put(change.after.clone()));
    let left: Vec<DeviceId> = foreign.into_iter().filter(|id| fleet.get(*id).is_none_or(|device| !schools.contains(&device.school))).collect();
    left.into_iter().for_each(|id| fleet.remove(id));
    Ok(folded)
}

/// Sees to it that the devices of the schools are those of the store; whether they are as the last fold left them.
fn hold_fleet(tx: &mut Tx<'_>, after: &mut Seen, schools: &BTreeSet<SchoolId>) -> Result<bool, store::Error> {
    let mut stamps = BTreeMap::new();
    for school in schools {
        tx.lock_school(*school)?;
        stamps.insert(*school, store::school::fleet_seq(tx, *school)?);
    }
    if after.fleet.as_ref().is_some_and(|(of, _)| *of == stamps) {
        return Ok(true);
    }
    let mut devices = Vec::new();
    for school in schools {
        devices.extend(store::fleet::devices_of_school(tx, *school)?);
    }
    let mut fleet = Fleet::of(devices);
    for school in schools {
        fleet.join(store::identity::joined_of_school(tx, *school)?);
    }
    after.fleet = Some((stamps, fleet));
    Ok(false)
}

/// Sees to it that whoever else owns a key of a sighting that will be folded is in the fleet; gives back who that is.
fn add_foreign(tx: &mut Tx<'_>, after: &mut Seen, moved: Option<&Moved>) -> Result<Vec<DeviceId>, store::Error> {
    let Seen { known: Some(known), fleet: Some((_, fleet)), standing, .. } = after else { return Ok(Vec::new()) };
    let sightings: Vec<&Sighting> = match moved {
        Some(moved) => moved.come.iter().copied().chain(standing.restless()).filter_map(|id| Some(known.sighting(id)?.1)).collect(),
        None => known.sightings().map(|(_, sighting)| sighting).collect(),
    };
    let keys = sightings.iter().flat_map(|sighting| &sighting.keys);
    let unknown: Vec<_> = keys.filter(|key| fleet.owner(key).is_none()).cloned().collect();
    let foreign = store::fleet::devices_by_keys(tx, &unknown)?;
    let ids = foreign.iter().map(|device| device.id).collect();
    foreign.into_iter().for_each(|device| fleet.put(device));
    Ok(ids)
}

fn save(tx: &mut Tx<'_>, after: &mut Seen, folded: &Folded, told: &Told<'_>, networks: &BTreeMap<String, SchoolId>) -> Result<bool, store::Error> {
    let at = told.report.ended_at;
    let written = store::fleet::save_changes(tx, &folded.changes, told.agent.id, at)?;
    if let Some((stamps, _)) = &mut after.fleet {
        stamps.iter_mut().for_each(|(school, stamp)| *stamp += u64::from(written.contains(school)));
    }
    for change in &folded.changes {
        // A device that came from another school leaves something to settle there as well.
        if let Some(before) = change.before.as_ref().filter(|before| before.school != change.after.school) {
            store::school::mark_due(tx, before.school, at)?;
        }
    }
    let contradicts = folded.conflicts != after.conflicts;
    for (network, school) in networks {
        if contradicts {
            let of_school = |device| school_of(folded, device).is_none_or(|at| at == *school);
            let conflicts: Vec<_> = folded.conflicts.iter().filter(|conflict| of_school(conflict.device)).cloned().collect();
            store::fleet::save_conflicts(tx, *school, &conflicts, at)?;
        }
        let anew = counts_anew(&told.report.content) || !after.seats.contains_key(&(network.clone(), "private_mac"));
        let visitors = anew.then(|| visitors(&after.picture, network));
        let counts = [("seat", Some(folded.seats.get(network).copied().unwrap_or(0))), ("private_mac", visitors)];
        for (what, count) in counts.into_iter().filter_map(|(what, count)| Some((what, count?))) {
            if after.seats.insert((network.clone(), what), count) != Some(count) {
                store::fleet::save_seats(tx, *school, network, what, count, at)?;
            }
        }
    }
    after.conflicts.clone_from(&folded.conflicts);
    Ok(!folded.changes.is_empty() || contradicts)
}

fn school_of(folded: &Folded, device: DeviceId) -> Option<SchoolId> {
    folded.changes.iter().find(|change| change.after.id == device).map(|change| change.after.school)
}

/// Whether a report may change what the agent counts.
fn counts_anew(content: &Content) -> bool {
    match content {
        Content::Full(_) => true,
        Content::Heartbeat => false,
        Content::Difference { change, .. } => {
            let mut gone = change.gone.iter().flat_map(|gone| &gone.keys);
            change.put.iter().flat_map(|group| &group.facts).any(|fact| matches!(fact, Fact::Count(_))) || gone.any(|key| key.starts_with("count:"))
        }
    }
}

/// Clients with invented addresses, as the agent counted them.
fn visitors(picture: &Picture, network: &str) -> u64 {
    let counts = picture.entries().filter(|(entry, _)| &*entry.network == network).flat_map(|(_, facts)| facts);
    let counts = counts.filter_map(|fact| if let Fact::Count(count) = fact { (count.key == "private_mac").then_some(count.count) } else { None });
    counts.fold(0, u64::saturating_add)
}

/// What a report itself spoke of: subjects, and stations in forwarding tables.
struct Spoken<'a> {
    everything: bool,
    subjects: BTreeSet<(&'a str, &'a Subject)>,
    macs: BTreeSet<Mac>,
}

impl<'a> Spoken<'a> {
    fn of(report: &'a Report) -> Spoken<'a> {
        let mut spoken = Spoken { everything: false, subjects: BTreeSet::new(), macs: BTreeSet::new() };
        match &report.content {
            Content::Full(_) => spoken.everything = true,
            Content::Heartbeat => {}
            Content::Difference { change, .. } => {
                spoken.subjects.extend(change.put.iter().map(|group| (group.network.as_str(), &group.subject)));
                spoken.macs.extend(change.put.iter().flat_map(stations));
            }
        }
        spoken
    }

    fn touches(&self, sighting: &Sighting) -> bool {
        self.everything
            || sighting.subjects.iter().any(|subject| self.subjects.contains(&(sighting.network.as_str(), subject)))
            || sighting.addresses.iter().filter_map(|address| address.mac).any(|mac| self.macs.contains(&mac))
    }
}

fn stations(group: &Group) -> impl Iterator<Item = Mac> + '_ {
    group.facts.iter().filter_map(|fact| match fact {
        Fact::Forwarding(row) => Some(row.key.mac),
        Fact::Holds(row) => Some(row.key),
        _ => None,
    })
}
