//! Sightings of devices that a person said are one thing: a picture may show each of their parts by itself.
//!
//! Comes in: the sightings of a picture, the fleet. Goes out: one sighting for each such device that is seen in several. Absent on purpose:
//! the decision ([`crate::domain::identity`]); without one nothing is put together here.

use super::super::device::Sighting;
use super::{Fleet, Spotted};
use rollcall_shared::DeviceId;
use std::collections::BTreeMap;

/// Places of the sightings that are one joined device, with what they show together.
pub(super) fn joined(spotted: &[Spotted<'_>], fleet: &Fleet) -> Vec<(Vec<usize>, Sighting)> {
    if !fleet.has_joined() {
        return Vec::new();
    }
    let mut by_device: BTreeMap<DeviceId, Vec<usize>> = BTreeMap::new();
    for (at, Spotted { sighting, .. }) in spotted.iter().enumerate() {
        let owner = sighting.keys.iter().find_map(|key| fleet.owner(key)).filter(|owner| fleet.is_joined(owner.id));
        if let Some(owner) = owner {
            by_device.entry(owner.id).or_default().push(at);
        }
    }
    let several = by_device.into_values().filter(|places| places.len() > 1);
    several.map(|places| (together(&places.iter().map(|at| spotted[*at].sighting).collect::<Vec<_>>()), places)).map(|(one, at)| (at, one)).collect()
}

/// What several sightings of one thing show together: the one with the strongest key speaks, the others complete it.
fn together(parts: &[&Sighting]) -> Sighting {
    let mut ordered: Vec<&Sighting> = parts.to_vec();
    ordered.sort_by(|a, b| a.keys.cmp(&b.keys));
    let mut all = ordered[0].clone();
    for part in &ordered[1..] {
        extend(&mut all.keys, &part.keys);
        extend(&mut all.subjects, &part.subjects);
        extend(&mut all.probes, &part.probes);
        extend(&mut all.addresses, &part.addresses);
        extend(&mut all.parts, &part.parts);
        extend(&mut all.signs, &part.signs);
        all.present |= part.present;
        all.kind = all.kind.or(part.kind);
        all.place = all.place.take().or_else(|| part.place.clone());
        for (mine, theirs) in [
            (&mut all.vendor, &part.vendor),
            (&mut all.model, &part.model),
            (&mut all.serial, &part.serial),
            (&mut all.name, &part.name),
            (&mut all.os, &part.os),
            (&mut all.os_version, &part.os_version),
            (&mut all.firmware, &part.firmware),
        ] {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        let told: Vec<&str> = all.why.iter().map(|why| why.about).collect();
        let more: Vec<_> = part.why.iter().filter(|why| !told.contains(&why.about)).cloned().collect();
        all.why.extend(more);
    }
    all.keys.sort();
    all.probes.sort();
    all.addresses.sort();
    all
}

fn extend<T: Clone + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    let new: Vec<T> = more.iter().filter(|one| !all.contains(one)).cloned().collect();
    all.extend(new);
}
