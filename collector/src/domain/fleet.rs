//! Folds sightings into the fleet: which known device each is, what changed, who left.
//!
//! Comes in: all sightings of one agent's picture after a report, the devices known so far, the round. Goes out: the
//! changed devices with events for their timeline, and conflicts for a person. Absent on purpose: how a sighting was
//! recognised ([`super::identify`]), when absence is a fault ([`super::reconcile`]), storage.
//!
//! The fold looks at what *is*: folding the same sightings again changes nothing, and a device seen again unchanged is not
//! written. Identity is by keys alone, strongest first, never by address (product rules of identity):
//! a serial beats a MAC, a MAC a UUID, a UUID a list's id, that a name, which counts only within the school and only where
//! nothing stronger contradicts.

use super::device::{Address, Device, Key, KeyRank, Sighting, StandingSign, Why};
use rollcall_shared::report::ProbeRun;
use rollcall_shared::{DeviceId, SchoolId, Subject, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

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

/// What folding gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded {
    /// Devices that changed.
    pub changes: Vec<Change>,
    /// Contradictions.
    pub conflicts: Vec<Conflict>,
    /// Which device each sighting turned out to be, by its place in the list.
    pub assigned: Vec<(usize, DeviceId)>,
    /// Sightings without any key, by network: shown and counted, no identity.
    pub seats: BTreeMap<String, u64>,
}

/// Folds the sightings of one agent.
///
/// `known` must hold every device of the schools of this agent's networks, and every device anywhere that owns a key of a
/// sighting. `touched` says whether this report itself spoke of a sighting (only then may a device that another school
/// sees be claimed). `fresh` hands out ids for new devices.
pub fn fold(
    sightings: &[Sighting],
    known: &[Device],
    round: &Round<'_>,
    touched: impl Fn(&Sighting) -> bool,
    mut fresh: impl FnMut() -> DeviceId,
) -> Folded {
    let mut folded = Folded::default();
    let by_key = owners(known);
    let by_id: BTreeMap<DeviceId, &Device> = known.iter().map(|device| (device.id, device)).collect();
    let shared = shared_keys(sightings);
    let mut seen: BTreeSet<DeviceId> = BTreeSet::new();
    for (at, sighting) in sightings.iter().enumerate() {
        let Some(&school) = round.networks.get(&sighting.network) else { continue };
        let keys: Vec<Key> = sighting.keys.iter().filter(|key| !shared.contains(key)).cloned().collect();
        if keys.is_empty() {
            *folded.seats.entry(sighting.network.clone()).or_default() += u64::from(sighting.present);
            continue;
        }
        let matched = match_device(&keys, school, &by_key, &by_id, &seen);
        if let (Some(id), Some(conflict)) = (matched.device, matched.conflict) {
            folded.conflicts.push(Conflict { device: id, other: Some(conflict.1), key: conflict.0, reason: conflict.2 });
        }
        match matched.device.and_then(|id| by_id.get(&id)) {
            Some(before) => {
                seen.insert(before.id);
                folded.assigned.push((at, before.id));
                if !may_claim(before, school, sighting, round, &touched) {
                    continue;
                }
                let after = updated(before, sighting, &matched.keys, school, round);
                push_if_changed(&mut folded.changes, before, after);
            }
            None => {
                let id = fresh();
                seen.insert(id);
                folded.assigned.push((at, id));
                folded.changes.push(arrived(id, sighting, &keys, school, round));
            }
        }
    }
    for key in &shared {
        let holders: Vec<DeviceId> = by_key.get(key).into_iter().copied().collect();
        if let Some(&device) = holders.first() {
            folded.conflicts.push(Conflict {
                device,
                other: None,
                key: key.clone(),
                reason: "the same key is seen on two living devices; it is set aside until a person decides".to_owned(),
            });
        }
    }
    let schools: BTreeSet<SchoolId> = round.networks.values().copied().collect();
    for device in known.iter().filter(|device| schools.contains(&device.school) && !seen.contains(&device.id)) {
        if device.present {
            push_if_changed(&mut folded.changes, device, left(device, round));
        } else if was_missed_alone(device, round) {
            push_if_changed(&mut folded.changes, device, Device { turned_round: device.turned_round.saturating_sub(1), ..device.clone() });
        }
    }
    folded
}

fn owners(known: &[Device]) -> BTreeMap<&Key, DeviceId> {
    let mut owners = BTreeMap::new();
    for device in known {
        for key in &device.keys {
            owners.entry(key).or_insert(device.id);
        }
    }
    owners
}

/// Strong keys that two sightings of one picture carry: a serial that a maker gave twice, a cloned UUID.
fn shared_keys(sightings: &[Sighting]) -> BTreeSet<Key> {
    let mut once = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for key in sightings.iter().flat_map(|sighting| &sighting.keys) {
        if !once.insert(key) {
            twice.insert(key.clone());
        }
    }
    twice
}

struct Matched {
    device: Option<DeviceId>,
    /// Keys that the device may carry from now on.
    keys: Vec<Key>,
    conflict: Option<(Key, DeviceId, String)>,
}

fn match_device(
    keys: &[Key],
    school: SchoolId,
    by_key: &BTreeMap<&Key, DeviceId>,
    by_id: &BTreeMap<DeviceId, &Device>,
    seen: &BTreeSet<DeviceId>,
) -> Matched {
    let mut matched = Matched { device: None, keys: Vec::new(), conflict: None };
    let own_serial = keys.iter().find(|key| key.rank == KeyRank::Serial);
    for key in keys {
        let Some(owner) = by_key.get(key).and_then(|id| by_id.get(id)) else {
            matched.keys.push(key.clone());
            continue;
        };
        let usable = match key.rank {
            KeyRank::Name => owner.school == school && matched.device.is_none() && only_named(keys, owner),
            _ => !contradicts(own_serial, owner),
        };
        match matched.device {
            None if usable && !seen.contains(&owner.id) => {
                matched.device = Some(owner.id);
                matched.keys.push(key.clone());
            }
            Some(id) if id == owner.id => matched.keys.push(key.clone()),
            _ if key.rank == KeyRank::Name => {}
            _ => {
                let reason = format!("the {} {} belongs to device {}, but a stronger key says another", rank_word(key.rank), key.text, owner.id);
                matched.conflict = Some((key.clone(), owner.id, reason));
            }
        }
    }
    matched
}

/// A name alone matches only a device that has nothing stronger, or a sighting that has nothing stronger.
fn only_named(keys: &[Key], owner: &Device) -> bool {
    let weak = |keys: &[Key]| keys.iter().all(|key| key.rank == KeyRank::Name);
    weak(keys) || weak(&owner.keys)
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

/// Whether this report may speak for a device that another school saw last: by observation time, not by arrival.
fn may_claim(before: &Device, school: SchoolId, sighting: &Sighting, round: &Round<'_>, touched: &impl Fn(&Sighting) -> bool) -> bool {
    before.school == school || (sighting.present && round.ended_at >= before.turned_at && (!before.present || touched(sighting)))
}

fn arrived(id: DeviceId, sighting: &Sighting, keys: &[Key], school: SchoolId, round: &Round<'_>) -> Change {
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
fn updated(before: &Device, sighting: &Sighting, keys: &[Key], school: SchoolId, round: &Round<'_>) -> Device {
    let mut after = before.clone();
    after.school = school;
    after.network = sighting.network.clone();
    for key in keys {
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
    let mut signs: Vec<StandingSign> = before.iter().filter(|standing| !sighting.probes.contains(&standing.sign.probe)).cloned().collect();
    for sign in &sighting.signs {
        let same = |known: &&StandingSign| known.sign.code == sign.code && known.sign.instance == sign.instance && known.sign.probe == sign.probe;
        let (since_at, since_round) = match before.iter().find(same) {
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

fn left(device: &Device, round: &Round<'_>) -> Device {
    Device { present: false, turned_at: round.ended_at, turned_round: round.number, ..device.clone() }
}

/// A look at it alone did not meet an absent device either: it is absent one round longer.
fn was_missed_alone(device: &Device, round: &Round<'_>) -> bool {
    let at = |address: &Address| address.ip.is_some_and(|ip| round.looked_alone_at_any(&device.probes, &device.network, &[Subject::Address(ip)]));
    device.addresses.iter().any(at)
}

impl Round<'_> {
    /// One of these probes looked at one of these subjects alone.
    fn looked_alone_at_any(&self, probes: &[String], network: &str, subjects: &[Subject]) -> bool {
        self.runs.iter().any(|run| probes.iter().any(|probe| run.looked_alone_at(probe, network, subjects)))
    }
}

fn push_if_changed(changes: &mut Vec<Change>, before: &Device, after: Device) {
    if *before != after {
        let events = events(before, &after);
        changes.push(Change { before: Some(before.clone()), after, events });
    }
}

fn events(before: &Device, after: &Device) -> Vec<Event> {
    let mut events = Vec::new();
    let mut told = |what, was: &Option<String>, becomes: &Option<String>| {
        if was != becomes {
            events.push(Event { what, was: was.clone().unwrap_or_default(), becomes: becomes.clone().unwrap_or_default() });
        }
    };
    let code = |device: &Device| device.kind.map(|kind| kind.row().code.to_owned());
    let place = |device: &Device| device.place.as_ref().map(super::device::Attachment::text);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{Attachment, Sign};
    use crate::domain::kind::Kind;
    use rollcall_shared::Subject;

    const SCHOOL: SchoolId = SchoolId(1);
    const OTHER: SchoolId = SchoolId(2);

    fn key(rank: KeyRank, text: &str) -> Key {
        Key { rank, text: text.into() }
    }

    fn seen(keys: &[(KeyRank, &str)]) -> Sighting {
        Sighting {
            network: "school".into(),
            probes: vec!["snmp".into()],
            keys: keys.iter().map(|(rank, text)| key(*rank, text)).collect(),
            present: true,
            ..Sighting::default()
        }
    }

    fn run_at(last: u8) -> ProbeRun {
        let only = vec![address(last)];
        ProbeRun { probe: "snmp".into(), network: "school".into(), finished: true, asked: 1, answered: 1, took_ms: 1, only }
    }

    fn address(last: u8) -> Subject {
        Subject::Address([10, 0, 0, last].into())
    }

    /// Folds round after round into a fleet, as the shell does.
    struct Fleet {
        devices: Vec<Device>,
        rounds: Rounds,
        number: u64,
        /// The next look is at this address alone.
        alone: Option<u8>,
    }

    impl Fleet {
        fn new() -> Fleet {
            Fleet { devices: Vec::new(), rounds: Rounds::new(), number: 0, alone: None }
        }

        fn fold_at(&mut self, school: SchoolId, at: i64, sightings: &[Sighting]) -> Folded {
            let runs: Vec<ProbeRun> = self.alone.take().map(run_at).into_iter().collect();
            if runs.is_empty() {
                self.number += 1;
                *self.rounds.entry(("school".into(), "snmp".into())).or_default() += 1;
            }
            let networks = BTreeMap::from([("school".to_owned(), school)]);
            let round = Round { ended_at: Timestamp(at), number: self.number, finished: &self.rounds, runs: &runs, networks: &networks };
            let mut next = self.devices.len() as i64;
            let folded = fold(
                sightings,
                &self.devices,
                &round,
                |_| true,
                || {
                    next += 1;
                    DeviceId(next)
                },
            );
            for change in &folded.changes {
                self.devices.retain(|device| device.id != change.after.id);
                self.devices.push(change.after.clone());
            }
            self.devices.sort_by_key(|device| device.id);
            folded
        }

        fn fold(&mut self, sightings: &[Sighting]) -> Folded {
            self.fold_at(SCHOOL, 100 * (self.number as i64 + 1), sightings)
        }
    }

    #[test]
    fn seen_again_unchanged_changes_nothing() {
        let mut fleet = Fleet::new();
        let switch = seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "001122334455")]);
        assert_eq!(fleet.fold(std::slice::from_ref(&switch)).changes.len(), 1);
        let again = fleet.fold(&[switch]);
        assert_eq!((again.changes, again.conflicts), (vec![], vec![]));
    }

    #[test]
    fn a_device_known_by_mac_gains_its_serial_and_stays_one() {
        let mut fleet = Fleet::new();
        fleet.fold(&[seen(&[(KeyRank::Mac, "001122334455")])]);
        fleet.fold(&[seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "001122334455")])]);
        assert_eq!(fleet.devices.len(), 1);
        fleet.fold(&[seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "00aabbccddee")])]);
        assert_eq!(fleet.devices.len(), 1, "another network card, the same machine");
        assert_eq!(fleet.devices[0].keys.len(), 3);
    }

    #[test]
    fn a_replaced_unit_is_another_device_and_the_old_one_left() {
        let mut fleet = Fleet::new();
        fleet.fold(&[seen(&[(KeyRank::Serial, "epson:a"), (KeyRank::Mac, "001122334455")])]);
        fleet.fold(&[seen(&[(KeyRank::Serial, "epson:b"), (KeyRank::Mac, "00112233ee55")])]);
        assert_eq!(fleet.devices.iter().map(|device| device.present).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn strong_keys_that_contradict_are_a_conflict_and_never_a_merge() {
        let mut fleet = Fleet::new();
        fleet.fold(&[
            seen(&[(KeyRank::Serial, "hp:1"), (KeyRank::Mac, "000000000001")]),
            seen(&[(KeyRank::Serial, "hp:2"), (KeyRank::Mac, "000000000002")]),
        ]);
        let folded = fleet.fold(&[seen(&[(KeyRank::Serial, "hp:1"), (KeyRank::Mac, "000000000002")])]);
        assert_eq!(folded.conflicts.len(), 1);
        assert_eq!(fleet.devices.len(), 2);
        assert!(!fleet.devices[0].keys.contains(&key(KeyRank::Mac, "000000000002")));
    }

    #[test]
    fn a_serial_on_two_living_devices_is_set_aside() {
        let mut fleet = Fleet::new();
        fleet.fold(&[
            seen(&[(KeyRank::Serial, "x:same"), (KeyRank::Mac, "000000000001")]),
            seen(&[(KeyRank::Serial, "x:same"), (KeyRank::Mac, "000000000002")]),
        ]);
        assert_eq!(fleet.devices.len(), 2);
        assert!(fleet.devices.iter().all(|device| device.keys.iter().all(|key| key.rank == KeyRank::Mac)));
    }

    #[test]
    fn the_school_is_that_of_the_latest_sighting_by_observation_not_by_arrival() {
        let mut fleet = Fleet::new();
        let tablet = [seen(&[(KeyRank::Mac, "000000000001")])];
        fleet.fold_at(SCHOOL, 100, &tablet);
        fleet.fold_at(OTHER, 200, &tablet);
        assert_eq!(fleet.devices[0].school, OTHER);
        fleet.fold_at(SCHOOL, 150, &tablet);
        assert_eq!(fleet.devices[0].school, OTHER, "a report that comes late does not bring it back");
    }

    #[test]
    fn a_sign_stands_since_its_first_round_and_survives_a_look_that_could_not_see() {
        let mut fleet = Fleet::new();
        let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
        let lit = Sighting { probes: vec!["pjlink".into()], signs: vec![sign], ..seen(&[(KeyRank::Mac, "000000000001")]) };
        fleet.fold(std::slice::from_ref(&lit));
        fleet.fold(&[lit]);
        assert_eq!(fleet.devices[0].signs[0].since_at, Timestamp(100));
        fleet.fold(&[Sighting { probes: vec!["neighbours".into()], ..seen(&[(KeyRank::Mac, "000000000001")]) }]);
        assert_eq!(fleet.devices[0].signs.len(), 1, "ARP cannot see a lamp");
        fleet.fold(&[Sighting { probes: vec!["pjlink".into()], ..seen(&[(KeyRank::Mac, "000000000001")]) }]);
        assert!(fleet.devices[0].signs.is_empty());
    }

    #[test]
    fn a_look_at_a_device_alone_counts_for_it_and_for_nobody_else() {
        let mut fleet = Fleet::new();
        let at = |last: u8, mac: &str| Sighting {
            subjects: vec![address(last)],
            addresses: vec![Address { mac: None, ip: Some([10, 0, 0, last].into()) }],
            ..seen(&[(KeyRank::Mac, mac)])
        };
        let ails = |code| Sign { code, grave: true, instance: String::new(), probe: "snmp".into(), ground: String::new() };
        let (ups, printer) = (at(1, "000000000001"), at(2, "000000000002"));
        (0..5).for_each(|_| drop(fleet.fold(&[ups.clone(), printer.clone()])));
        let printer = Sighting { signs: vec![ails("printer_jam")], ..printer };
        fleet.fold(&[ups.clone(), printer.clone()]);
        let ups = Sighting { signs: vec![ails("ups_on_battery")], ..ups };
        let seen_in = |fleet: &Fleet, device: usize| finished(&fleet.rounds, "school", "snmp") - fleet.devices[device].signs[0].since_round + 1;
        for times in 1..=3 {
            fleet.alone = Some(1);
            fleet.fold(&[ups.clone(), printer.clone()]);
            assert_eq!((seen_in(&fleet, 0), seen_in(&fleet, 1)), (times, 1));
        }
        fleet.fold(&[ups, printer]);
        assert_eq!((seen_in(&fleet, 0), seen_in(&fleet, 1)), (4, 2));
        // Absence is counted in the same way: gone in a round, missed twice alone.
        fleet.fold(&[]);
        (0..2).for_each(|_| {
            fleet.alone = Some(1);
            fleet.fold(&[]);
        });
        let absent: Vec<u64> = fleet.devices.iter().map(|device| fleet.number - device.turned_round + 1).collect();
        assert_eq!(absent, [3, 1]);
    }

    #[test]
    fn what_a_look_did_not_tell_stays_and_a_move_is_told() {
        let mut fleet = Fleet::new();
        let place = |port: &str| Some(Attachment { at: Subject::Server, device: "sw01".into(), port: port.into() });
        let full = Sighting { kind: Some(Kind::Projector), place: place("3"), ..seen(&[(KeyRank::Mac, "000000000001")]) };
        fleet.fold(&[full]);
        let folded = fleet.fold(&[Sighting { place: place("7"), ..seen(&[(KeyRank::Mac, "000000000001")]) }]);
        assert_eq!(fleet.devices[0].kind, Some(Kind::Projector));
        assert_eq!(folded.changes[0].events, [Event { what: "place", was: "sw01 3".into(), becomes: "sw01 7".into() }]);
    }

    #[test]
    fn a_seat_is_counted_and_is_no_device() {
        let mut fleet = Fleet::new();
        let folded = fleet.fold(&[seen(&[])]);
        assert_eq!((folded.changes.len(), folded.seats["school"]), (0, 1));
    }
}
