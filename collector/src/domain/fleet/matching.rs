//! Matching: which known device a sighting is, by keys alone.
//!
//! Comes in: the keys of a sighting, strongest first. Goes out: the device, the keys that it may carry, a contradiction. Absent on purpose:
//! addresses, which never name a device.

use super::super::device::{Device, Key, KeyRank};
use super::Fleet;
use rollcall_shared::{DeviceId, SchoolId};
use std::collections::BTreeSet;

/// What matching gave.
pub(super) struct Matched<'a> {
    /// The known device that it is.
    pub(super) device: Option<&'a Device>,
    /// Keys that the device may carry from now on.
    pub(super) keys: Vec<&'a Key>,
    /// A key that contradicts, its owner, and why in a sentence.
    pub(super) conflict: Option<(Key, DeviceId, String)>,
}

/// Finds the device of a sighting by its keys, strongest first. A device that was `seen` already is another thing's.
pub(super) fn match_device<'a>(keys: &[&'a Key], school: SchoolId, fleet: &'a Fleet, seen: &BTreeSet<DeviceId>) -> Matched<'a> {
    let mut matched = Matched { device: None, keys: Vec::with_capacity(keys.len()), conflict: None };
    let own_serial = keys.iter().copied().find(|key| key.rank == KeyRank::Serial);
    for key in keys.iter().copied() {
        let Some(owner) = fleet.owner(key) else {
            matched.keys.push(key);
            continue;
        };
        if let Some(device) = matched.device {
            if device.keys.contains(key) {
                matched.keys.push(key);
            } else if key.rank != KeyRank::Name {
                matched.conflict = Some(conflict(key, owner));
            }
            continue;
        }
        let usable = |owner: &&Device| match key.rank {
            KeyRank::Name => owner.school == school && only_named(keys, owner),
            _ => !contradicts(own_serial, owner),
        };
        // Of several that bear the key (a network card that was moved) the owner may be another thing of this picture.
        match fleet.bearers(key).find(|bearer| usable(bearer) && !seen.contains(&bearer.id)) {
            Some(bearer) => {
                matched.device = Some(bearer);
                matched.keys.push(key);
            }
            None if key.rank == KeyRank::Name => {}
            None => matched.conflict = Some(conflict(key, owner)),
        }
    }
    matched
}

/// A key that contradicts, its owner, and why.
fn conflict(key: &Key, owner: &Device) -> (Key, DeviceId, String) {
    let reason = format!("the {} {} belongs to device {}, but a stronger key says another", rank_word(key.rank), key.text, owner.id);
    (key.clone(), owner.id, reason)
}

/// A name alone matches only a device that has nothing stronger, or a sighting that has nothing stronger.
fn only_named(keys: &[&Key], owner: &Device) -> bool {
    let weak = |key: &Key| key.rank == KeyRank::Name;
    keys.iter().all(|key| weak(key)) || owner.keys.iter().all(weak)
}

/// The sighting says a serial of its own, and the owner of another of its keys has a different one: two things.
fn contradicts(own_serial: Option<&Key>, owner: &Device) -> bool {
    own_serial.is_some_and(|own| owner.keys.iter().any(|key| key.rank == KeyRank::Serial) && !owner.keys.contains(own))
}

fn rank_word(rank: KeyRank) -> &'static str {
    match rank {
        KeyRank::Serial => "serial number",
        KeyRank::Mac => "MAC address",
        KeyRank::Uuid => "system UUID",
        KeyRank::Uem => "management id",
        KeyRank::Name => "name",
    }
}
