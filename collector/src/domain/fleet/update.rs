//! What a sighting makes of a device, and the absence of any.
//!
//! Comes in: a device as it was, a sighting, the round. Goes out: the device as it is, lines of its timeline. Absent on purpose: which
//! device a sighting is (`matching`).

use super::super::device::{Address, Attachment, Device, Key, KeyRank, Sighting, Sign, StandingSign, Why};
use super::{Change, Event, Round, Rounds};
use rollcall_shared::{DeviceId, SchoolId, Subject};
use std::collections::BTreeSet;

/// A device that is seen for the first time.
pub(super) fn arrived(id: DeviceId, sighting: &Sighting, keys: &[&Key], school: SchoolId, round: &Round<'_>) -> Change {
    let blank = Device {
        id,
        school,
        network: sighting.network.clone(),
        keys: Vec::new(),
        kind: None,
        vendor: None,
        model: None,
        os: None,
        os_version: None,
        serial: None,
        firmware: None,
        name: None,
        addresses: Vec::new(),
        place: None,
        parts: Vec::new(),
        signs: Vec::new(),
        probes: Vec::new(),
        confidence: 0,
        why: Vec::new(),
        first_seen_at: round.ended_at,
        present: sighting.present,
        turned_at: round.ended_at,
        turned_round: round.number,
    };
    let after = updated(&blank, sighting, keys, school, round);
    let becomes = after.name.clone().or_else(|| after.serial.clone()).unwrap_or_default();
    Change { before: None, after, events: vec![Event { what: "first_seen", was: String::new(), becomes }] }
}

/// What a sighting makes of a device. What this look did not tell stays: absence of evidence is not evidence of absence.
pub(super) fn updated(before: &Device, sighting: &Sighting, keys: &[&Key], school: SchoolId, round: &Round<'_>) -> Device {
    let mut after = before.clone();
    after.school = school;
    after.network = sighting.network.clone();
    for key in keys.iter().copied() {
        // A name is of now; the strong keys of a device are a set that only grows.
        if key.rank == KeyRank::Name {
            after.keys.retain(|known| known.rank != KeyRank::Name);
        }
        if !after.keys.contains(key) {
            after.keys.push(key.clone());
        }
    }
    after.keys.sort();
    keep_told(&mut after.kind, sighting.kind);
    keep_told(&mut after.vendor, sighting.vendor.clone());
    keep_told(&mut after.model, sighting.model.clone());
    keep_told(&mut after.os, sighting.os.clone());
    keep_told(&mut after.os_version, sighting.os_version.clone());
    keep_told(&mut after.serial, sighting.serial.clone());
    keep_told(&mut after.firmware, sighting.firmware.clone());
    keep_told(&mut after.name, sighting.name.clone());
    keep_told(&mut after.place, sighting.place.clone());
    if !sighting.addresses.is_empty() {
        after.addresses = sighting.addresses.clone();
    }
    if !sighting.parts.is_empty() {
        after.parts = sighting.parts.clone();
    }
    if sighting.present {
        after.probes = sighting.probes.clone();
    }
    after.why = merged_why(&before.why, &sighting.why);
    after.confidence = if sighting.kind.is_some() { sighting.confidence } else { before.confidence };
    after.signs = standing(&before.signs, sighting, round);
    if after.present != sighting.present || before.school != school {
        after.present = sighting.present;
        after.turned_at = round.ended_at;
        after.turned_round = round.number;
    } else if !after.present && round.looked_alone_at_any(&after.probes, &sighting.network, &sighting.subjects) {
        after.turned_round = after.turned_round.saturating_sub(1);
    }
    after
}

fn keep_told<T>(known: &mut Option<T>, told: Option<T>) {
    if told.is_some() {
        *known = told;
    }
}

/// Grounds of now replace grounds about the same conclusion.
fn merged_why(before: &[Why], now: &[Why]) -> Vec<Why> {
    let told: BTreeSet<&str> = now.iter().map(|why| why.about).collect();
    let mut all: Vec<Why> = before.iter().filter(|why| !told.contains(why.about)).cloned().collect();
    all.extend(now.iter().cloned());
    all
}

/// Signs of probes that saw the device now are as they say; signs of probes that did not see it stand as they were.
fn standing(before: &[StandingSign], sighting: &Sighting, round: &Round<'_>) -> Vec<StandingSign> {
    let same = |known: &Sign, sign: &Sign| known.code == sign.code && known.instance == sign.instance && known.probe == sign.probe;
    // Some are told of it by a probe that did not hear it (who holds its address, says a router): told again they stand once.
    let stands = |known: &&StandingSign| !sighting.probes.contains(&known.sign.probe) && !sighting.signs.iter().any(|sign| same(&known.sign, sign));
    let mut signs: Vec<StandingSign> = before.iter().filter(stands).cloned().collect();
    for sign in &sighting.signs {
        let (since_at, since_round) = match before.iter().find(|known| same(&known.sign, sign)) {
            // Seen again by a look at it alone is seen once more, as if it had stood one round longer.
            Some(known) => {
                let again = round.runs.iter().any(|run| run.looked_alone_at(&sign.probe, &sighting.network, &sighting.subjects));
                (known.since_at, known.since_round.saturating_sub(u64::from(again)))
            }
            None => (round.ended_at, finished(round.finished, &sighting.network, &sign.probe)),
        };
        signs.push(StandingSign { sign: sign.clone(), since_at, since_round });
    }
    signs.sort_by(|a, b| a.sign.cmp(&b.sign));
    signs
}

/// How often a probe finished on a network.
pub fn finished(rounds: &Rounds, network: &str, probe: &str) -> u64 {
    rounds.get(&(network.to_owned(), probe.to_owned())).copied().unwrap_or(0)
}

/// A device that nobody met.
pub(super) fn left(device: &Device, round: &Round<'_>) -> Device {
    Device { present: false, turned_at: round.ended_at, turned_round: round.number, ..device.clone() }
}

/// A look at it alone did not meet an absent device either: it is absent one round longer.
pub(super) fn was_missed_alone(device: &Device, round: &Round<'_>) -> bool {
    let at = |address: &Address| address.ip.is_some_and(|ip| round.looked_alone_at_any(&device.probes, &device.network, &[Subject::Address(ip)]));
    device.addresses.iter().any(at)
}

/// What of a change belongs to the device's timeline.
pub(super) fn events(before: &Device, after: &Device) -> Vec<Event> {
    let mut events = Vec::new();
    let mut told = |what, was: &Option<String>, becomes: &Option<String>| {
        if was != becomes {
            events.push(Event { what, was: was.clone().unwrap_or_default(), becomes: becomes.clone().unwrap_or_default() });
        }
    };
    let code = |device: &Device| device.kind.map(|kind| kind.row().code.to_owned());
    let place = |device: &Device| device.place.as_ref().map(Attachment::text);
    let addresses = |device: &Device| {
        let ips: Vec<String> = device.addresses.iter().filter_map(|address| address.ip).map(|ip| ip.to_string()).collect();
        (!ips.is_empty()).then(|| ips.join(", "))
    };
    let school = |device: &Device| Some(device.school.to_string());
    told("moved_school", &school(before), &school(after));
    told("place", &place(before), &place(after));
    told("address", &addresses(before), &addresses(after));
    told("kind", &code(before), &code(after));
    told("vendor", &before.vendor, &after.vendor);
    told("model", &before.model, &after.model);
    told("serial", &before.serial, &after.serial);
    told("firmware", &before.firmware, &after.firmware);
    told("name", &before.name, &after.name);
    told("os", &before.os, &after.os);
    if before.present != after.present {
        events.push(Event { what: if after.present { "back" } else { "left" }, was: String::new(), becomes: String::new() });
    }
    events
}
