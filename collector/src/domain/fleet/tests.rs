//! The fold, round after round: who is who, who left, what stands.

use super::*;
use crate::domain::device::{Address, Attachment, KeyRank, Sign, Why};
use crate::domain::kind::Kind;

const SCHOOL: SchoolId = SchoolId(1);
const OTHER: SchoolId = SchoolId(2);

pub(in crate::domain) fn key(rank: KeyRank, text: &str) -> Key {
    Key { rank, text: text.into() }
}

/// A device of which nothing is known.
pub(in crate::domain) fn blank(id: i64) -> Device {
    let round = Round { ended_at: Timestamp(0), number: 0, finished: &Rounds::new(), runs: &[], networks: &BTreeMap::new() };
    arrived(DeviceId(id), &Sighting::default(), &[], SCHOOL, &round).after
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
struct School {
    devices: Vec<Device>,
    rounds: Rounds,
    number: u64,
    /// The next look is at this address alone.
    alone: Option<u8>,
}

impl School {
    fn new() -> School {
        School { devices: Vec::new(), rounds: Rounds::new(), number: 0, alone: None }
    }

    fn fold_at(&mut self, school: SchoolId, at: i64, sightings: &[Sighting]) -> Folded {
        let runs: Vec<ProbeRun> = self.alone.take().map(run_at).into_iter().collect();
        if runs.is_empty() {
            self.number += 1;
            *self.rounds.entry(("school".into(), "snmp".into())).or_default() += 1;
        }
        let networks = BTreeMap::from([("school".to_owned(), school)]);
        let round = Round { ended_at: Timestamp(at), number: self.number, finished: &self.rounds, runs: &runs, networks: &networks };
        let fleet = Fleet::of(self.devices.iter().cloned());
        let spotted: Vec<Spotted<'_>> = sightings.iter().map(|sighting| Spotted { sighting, folded_into: None }).collect();
        let mut next = self.devices.len() as i64;
        let folded = fold(
            &spotted,
            &fleet,
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
    let mut fleet = School::new();
    let switch = seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "001122334455")]);
    assert_eq!(fleet.fold(std::slice::from_ref(&switch)).changes.len(), 1);
    let again = fleet.fold(&[switch]);
    assert_eq!((again.changes, again.conflicts), (vec![], vec![]));
}

#[test]
fn a_device_known_by_mac_gains_its_serial_and_stays_one() {
    let mut fleet = School::new();
    fleet.fold(&[seen(&[(KeyRank::Mac, "001122334455")])]);
    fleet.fold(&[seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "001122334455")])]);
    assert_eq!(fleet.devices.len(), 1);
    fleet.fold(&[seen(&[(KeyRank::Serial, "hp:cn1"), (KeyRank::Mac, "00aabbccddee")])]);
    assert_eq!(fleet.devices.len(), 1, "another network card, the same machine");
    assert_eq!(fleet.devices[0].keys.len(), 3);
}

#[test]
fn a_name_alone_makes_no_two_cards_one_device() {
    let mut fleet = School::new();
    fleet.fold(&[seen(&[(KeyRank::Mac, "001122334455"), (KeyRank::Name, "pc-1")])]);
    fleet.fold(&[seen(&[(KeyRank::Mac, "0011223344aa"), (KeyRank::Name, "pc-1")])]);
    assert_eq!(fleet.devices.iter().map(|device| device.present).collect::<Vec<_>>(), [false, true]);
    let mut named = School::new();
    named.fold(&[seen(&[(KeyRank::Name, "pc-1")])]);
    named.fold(&[seen(&[(KeyRank::Mac, "0011223344aa"), (KeyRank::Name, "pc-1")])]);
    assert_eq!(named.devices.len(), 1, "who had a name alone is found by it");
}

#[test]
fn a_replaced_unit_is_another_device_and_the_old_one_left() {
    let mut fleet = School::new();
    fleet.fold(&[seen(&[(KeyRank::Serial, "epson:a"), (KeyRank::Mac, "001122334455")])]);
    fleet.fold(&[seen(&[(KeyRank::Serial, "epson:b"), (KeyRank::Mac, "00112233ee55")])]);
    assert_eq!(fleet.devices.iter().map(|device| device.present).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn strong_keys_that_contradict_are_a_conflict_and_never_a_merge() {
    let mut fleet = School::new();
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
    let mut fleet = School::new();
    fleet.fold(&[
        seen(&[(KeyRank::Serial, "x:same"), (KeyRank::Mac, "000000000001")]),
        seen(&[(KeyRank::Serial, "x:same"), (KeyRank::Mac, "000000000002")]),
    ]);
    assert_eq!(fleet.devices.len(), 2);
    assert!(fleet.devices.iter().all(|device| device.keys.iter().all(|key| key.rank == KeyRank::Mac)));
}

#[test]
fn the_school_is_that_of_the_latest_sighting_by_observation_not_by_arrival() {
    let mut fleet = School::new();
    let tablet = [seen(&[(KeyRank::Mac, "000000000001")])];
    fleet.fold_at(SCHOOL, 100, &tablet);
    fleet.fold_at(OTHER, 200, &tablet);
    assert_eq!(fleet.devices[0].school, OTHER);
    fleet.fold_at(SCHOOL, 150, &tablet);
    assert_eq!(fleet.devices[0].school, OTHER, "a report that comes late does not bring it back");
}

#[test]
fn a_sign_stands_since_its_first_round_and_survives_a_look_that_could_not_see() {
    let mut fleet = School::new();
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
    let mut fleet = School::new();
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
    let seen_in = |fleet: &School, device: usize| finished(&fleet.rounds, "school", "snmp") - fleet.devices[device].signs[0].since_round + 1;
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
    let mut fleet = School::new();
    let place = |port: &str| Some(Attachment { at: Subject::Server, device: "sw01".into(), port: port.into() });
    let full = Sighting { kind: Some(Kind::Projector), place: place("3"), ..seen(&[(KeyRank::Mac, "000000000001")]) };
    fleet.fold(&[full]);
    let folded = fleet.fold(&[Sighting { place: place("7"), ..seen(&[(KeyRank::Mac, "000000000001")]) }]);
    assert_eq!(fleet.devices[0].kind, Some(Kind::Projector));
    assert_eq!(folded.changes[0].events, [Event { what: "place", was: "sw01 3".into(), becomes: "sw01 7".into() }]);
}

#[test]
fn a_seat_is_counted_and_is_no_device() {
    let mut fleet = School::new();
    let folded = fleet.fold(&[seen(&[])]);
    assert_eq!((folded.changes.len(), folded.seats["school"]), (0, 1));
}

#[test]
fn who_was_seen_on_another_agent_s_network_is_not_missed_here() {
    let mut fleet = School::new();
    let on = |network: &str, mac: &str| Sighting { network: network.into(), ..seen(&[(KeyRank::Mac, mac)]) };
    let networks = |name: &str| BTreeMap::from([(name.to_owned(), SCHOOL)]);
    for number in 1..3 {
        for (network, mac) in [("school", "000000000001"), ("annex", "000000000002")] {
            let (rounds, networks) = (Rounds::new(), networks(network));
            let round = Round { ended_at: Timestamp(number), number: 1, finished: &rounds, runs: &[], networks: &networks };
            let sighting = on(network, mac);
            let known = Fleet::of(fleet.devices.iter().cloned());
            let id = DeviceId(fleet.devices.len() as i64 + 1);
            let folded = fold(&[Spotted { sighting: &sighting, folded_into: None }], &known, &round, |_| true, || id);
            assert_eq!(folded.changes.len(), usize::from(number == 1), "{:?}", folded.changes);
            fleet.devices.extend(folded.changes.into_iter().map(|change| change.after));
        }
    }
}

#[test]
fn a_sign_of_a_probe_that_did_not_hear_the_device_stands_once() {
    let mut school = School::new();
    let sign = Sign { code: "duplicate_address", grave: true, instance: "10.0.0.7".into(), probe: "neighbours".into(), ground: String::new() };
    let mut sighting = Sighting { signs: vec![sign], ..seen(&[(KeyRank::Mac, "001ba9000001")]) };
    school.fold_at(SCHOOL, 1, std::slice::from_ref(&sighting));
    sighting.name = Some("pc-12".into());
    school.fold_at(SCHOOL, 2, &[sighting]);
    assert_eq!(school.devices[0].signs.len(), 1);
}

#[test]
fn a_network_card_in_another_computer_makes_one_new_device_and_not_one_a_round() {
    let mut school = School::new();
    let card = (KeyRank::Mac, "001ba9000001");
    let old = |keys: &[(KeyRank, &str)]| seen(&[&[(KeyRank::Serial, "hp:cn93fx1234")], keys].concat());
    school.fold_at(SCHOOL, 1, &[old(&[card])]);
    for at in 2..5 {
        school.fold_at(SCHOOL, at, &[old(&[]), seen(&[card])]);
        assert_eq!(school.devices.len(), 2, "at {at}");
    }
}

#[test]
fn what_is_known_is_folded_again_only_where_it_is_another_school_s_or_a_key_is_new() {
    let rounds = Rounds::new();
    let networks = BTreeMap::from([("school".to_owned(), SCHOOL)]);
    let round = Round { ended_at: Timestamp(500), number: 5, finished: &rounds, runs: &[], networks: &networks };
    let sighting = Sighting { name: Some("vp-cm2".into()), ..seen(&[(KeyRank::Serial, "epson:a"), (KeyRank::Mac, "001122334455")]) };
    let device = |school, keys: &[Key]| Device { school, network: "school".into(), keys: keys.to_vec(), present: true, ..blank(1) };
    let folds = |device: Device| {
        let spotted = Spotted { sighting: &sighting, folded_into: Some(DeviceId(1)) };
        fold(&[spotted], &Fleet::of([device]), &round, |_| true, || DeviceId(9)).changes.len()
    };
    assert_eq!(folds(device(SCHOOL, &sighting.keys)), 0, "nothing is to be learnt of it");
    assert_eq!(folds(device(OTHER, &sighting.keys)), 1, "another school has seen it meanwhile: it is back here");
    assert_eq!(folds(device(SCHOOL, &sighting.keys[..1])), 1, "its key was taken away meanwhile");
}

#[test]
fn another_school_keeps_what_it_sees_now_until_this_one_speaks_of_it() {
    let rounds = Rounds::new();
    let networks = BTreeMap::from([("school".to_owned(), SCHOOL)]);
    let sighting = seen(&[(KeyRank::Serial, "epson:a")]);
    let there = |present, turned_at| Device { school: OTHER, keys: sighting.keys.clone(), present, turned_at: Timestamp(turned_at), ..blank(1) };
    let claims = |device: Device, sighting: &Sighting, touched: bool| {
        let round = Round { ended_at: Timestamp(500), number: 5, finished: &rounds, runs: &[], networks: &networks };
        let folded = fold(&[Spotted { sighting, folded_into: None }], &Fleet::of([device]), &round, |_| touched, || DeviceId(9));
        folded.assigned[0].here
    };
    assert!(claims(there(true, 400), &sighting, true) && claims(there(false, 400), &sighting, false) && claims(there(true, 500), &sighting, true));
    assert!(!claims(there(true, 400), &sighting, false), "an old picture, told again, takes nothing away");
    assert!(!claims(there(true, 501), &sighting, true), "what was seen later elsewhere is there");
    assert!(!claims(there(false, 400), &Sighting { present: false, ..sighting.clone() }, true), "a reservation is no presence");
}

#[test]
fn a_timeline_tells_what_changed_from_what_to_what() {
    let ip = |last: u8| Address { mac: None, ip: Some([10, 0, 0, last].into()) };
    let some = |text: &str| Some(text.to_owned());
    let before = Device { name: some("pc-1"), vendor: some("HP"), addresses: vec![ip(5)], present: true, kind: Some(Kind::Desktop), ..blank(1) };
    let after = Device {
        school: OTHER,
        name: some("pc-2"),
        model: some("Z2"),
        vendor: some("Dell"),
        serial: some("S1"),
        firmware: some("2"),
        os: some("Windows"),
        addresses: vec![ip(6), ip(7)],
        kind: Some(Kind::Laptop),
        present: false,
        ..before.clone()
    };
    let told: Vec<String> = update::events(&before, &after).iter().map(|event| format!("{} {}>{}", event.what, event.was, event.becomes)).collect();
    let expected = [
        "moved_school 1>2",
        "address 10.0.0.5>10.0.0.6, 10.0.0.7",
        "kind desktop>laptop",
        "vendor HP>Dell",
        "model >Z2",
        "serial >S1",
        "firmware >2",
        "name pc-1>pc-2",
        "os >Windows",
        "left >",
    ];
    assert_eq!(told, expected);
    assert_eq!(update::events(&after, &Device { present: true, ..after.clone() })[0].what, "back");
    assert_eq!(update::events(&before, &before), []);
}

#[test]
fn what_a_look_tells_replaces_what_was_known_of_the_same() {
    let why = |about: &'static str, value: &str| Why { about, value: value.into(), probe: "snmp".into(), ground: String::new(), confidence: 50 };
    let mut school = School::new();
    let first = Sighting {
        why: vec![why("kind", "first"), why("vendor", "first")],
        confidence: 80,
        kind: Some(Kind::Desktop),
        addresses: vec![Address { mac: None, ip: Some([10, 0, 0, 5].into()) }],
        os: Some("Windows".into()),
        os_version: Some("10".into()),
        ..seen(&[(KeyRank::Serial, "hp:1")])
    };
    school.fold(&[first]);
    let second = Sighting { why: vec![why("kind", "second")], probes: vec!["http".into()], confidence: 30, ..seen(&[(KeyRank::Serial, "hp:1")]) };
    school.fold(&[second]);
    let device = &school.devices[0];
    let mut lines: Vec<String> = device.why.iter().map(|why| format!("{} {}", why.about, why.value)).collect();
    lines.sort();
    assert_eq!(lines, ["kind second", "vendor first"]);
    assert_eq!((device.confidence, device.addresses.len(), device.os_version.as_deref()), (80, 1, Some("10")), "what this look did not tell stays");
    assert_eq!(device.probes, ["http"]);
}

#[test]
fn a_name_is_of_now_and_strong_keys_stay() {
    let mut school = School::new();
    let named = |name: &str, mac: &str| seen(&[(KeyRank::Serial, "hp:1"), (KeyRank::Mac, mac), (KeyRank::Name, name)]);
    school.fold(&[named("pc-1", "000000000001")]);
    school.fold(&[named("pc-2", "000000000002")]);
    let keys: Vec<&str> = school.devices[0].keys.iter().map(|key| key.text.as_str()).collect();
    assert_eq!(keys, ["hp:1", "000000000001", "000000000002", "pc-2"]);
}

#[test]
fn who_is_known_and_absent_is_absent_for_longer_after_a_look_at_it_alone() {
    let mut school = School::new();
    let there = Sighting { subjects: vec![address(1)], ..seen(&[(KeyRank::Mac, "000000000001")]) };
    let absent = Sighting { present: false, ..there.clone() };
    // Looked at alone right after the round in which it turned: that makes only an absence one round older.
    for (round, sighting, expected) in [(1, &there, [1, 1]), (2, &absent, [2, 1]), (3, &there, [3, 3])] {
        let turned = [None, Some(1)].map(|alone| {
            school.alone = alone;
            school.fold(std::slice::from_ref(sighting));
            school.devices[0].turned_round
        });
        assert_eq!(turned, expected, "round {round}");
    }
}

#[test]
fn what_a_person_joined_is_seen_in_its_parts_and_stays_one() {
    let (one, other) = ((KeyRank::Mac, "000000000001"), (KeyRank::Mac, "000000000002"));
    let at = |last: u8| vec![Address { mac: None, ip: Some([10, 0, 0, last].into()) }];
    let parts = [
        Sighting { addresses: at(1), vendor: Some("Promethean".into()), ..seen(&[one]) },
        Sighting { addresses: at(2), vendor: Some("Intel".into()), name: Some("tbi-2".into()), ..seen(&[other]) },
    ];
    let keys = [one, other].map(|(rank, text)| key(rank, text)).to_vec();
    let mut fleet = Fleet::of([Device { keys, network: "school".into(), ..blank(1) }]);
    fleet.join([DeviceId(1)]);
    let (rounds, networks) = (Rounds::new(), BTreeMap::from([("school".to_owned(), SCHOOL)]));
    let round = Round { ended_at: Timestamp(500), number: 5, finished: &rounds, runs: &[], networks: &networks };
    let spotted: Vec<Spotted<'_>> = parts.iter().map(|sighting| Spotted { sighting, folded_into: None }).collect();
    let folded = fold(&spotted, &fleet, &round, |_| true, || DeviceId(2));
    assert_eq!(folded.assigned.iter().map(|assigned| (assigned.at, assigned.device)).collect::<Vec<_>>(), [(0, DeviceId(1)), (1, DeviceId(1))]);
    let [change] = &folded.changes[..] else { panic!("one device: {:?}", folded.changes) };
    assert_eq!((change.after.addresses.len(), change.after.vendor.as_deref(), change.after.name.as_deref()), (2, Some("Promethean"), Some("tbi-2")));
}
