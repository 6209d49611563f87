//! Each rule by what it finds.

use super::*;
use crate::domain::device::{Attachment, Part, PartSort, Sign, StandingSign};
use crate::domain::kind::Kind;
use crate::domain::place::{Decided, Place};
use jiff::civil::date;
use rollcall_shared::{SchoolId, Subject};

pub(super) fn device(id: i64, kind: Kind) -> Device {
    Device {
        id: DeviceId(id),
        school: SchoolId(1),
        network: "school".into(),
        keys: vec![],
        kind: Some(kind),
        vendor: None,
        model: None,
        os: None,
        os_version: None,
        serial: None,
        firmware: None,
        name: Some(format!("d{id}")),
        addresses: vec![],
        place: None,
        parts: vec![],
        signs: vec![],
        probes: vec!["snmp".into()],
        confidence: 90,
        why: vec![],
        first_seen_at: Timestamp(0),
        present: true,
        turned_at: Timestamp(0),
        turned_round: 1,
    }
}

pub(super) fn agent(rounds: u64) -> AgentState {
    AgentState {
        id: AgentId(1),
        host: "kwartz".into(),
        contact_at: Timestamp(1000),
        reported_at: Timestamp(1000),
        every_s: 300,
        rounds,
        finished: BTreeMap::from([(("school".to_owned(), "pjlink".to_owned()), rounds), (("school".to_owned(), "snmp".to_owned()), rounds)]),
        networks: vec!["school".into()],
        cloned: false,
        paused: false,
    }
}

/// Reconciles at `now` and writes `key[?]:severity:count` of each fault; `?` where it waits for confirmation.
fn check(agents: &[AgentState], devices: &[Device], readings: &[Latest], places: &[Place], now: i64, expected: &[&str]) -> Reconciled {
    let state = SchoolState { agents, readings, courses: &[], night: None, watched: &Watched::default(), laying: laying(devices, places) };
    found(&state, now, expected)
}

pub(super) fn laying<'a>(devices: &'a [Device], places: &'a [Place]) -> Laying<'a> {
    static NOBODY: BTreeMap<String, DeviceId> = BTreeMap::new();
    static NO_PATCH: BTreeMap<(String, String), String> = BTreeMap::new();
    static NONE: BTreeSet<DeviceId> = BTreeSet::new();
    static NOTHING: Decided =
        Decided { chosen: BTreeMap::new(), accepted: BTreeSet::new(), elsewhere: BTreeMap::new(), school: String::new(), counted: BTreeSet::new() };
    let today = date(2026, 11, 22);
    Laying { places, before: &NOBODY, devices, assets: &[], patch: &NO_PATCH, faulty: &NONE, decided: &NOTHING, followed: true, today }
}

pub(super) fn found(state: &SchoolState<'_>, now: i64, expected: &[&str]) -> Reconciled {
    let reconciled = reconcile(state, Timestamp(now));
    let line = |found: &Found| format!("{}{}:{}:{}", found.key, if found.confirmed { "" } else { "?" }, found.severity.code(), found.count);
    assert_eq!(reconciled.found.iter().map(line).collect::<Vec<_>>(), expected);
    reconciled
}

#[test]
fn a_silent_agent_is_one_incident_with_its_shadow() {
    let mut gone = device(2, Kind::Switch);
    gone.present = false;
    check(&[agent(9)], &[device(1, Kind::Server), gone], &[], &[], 1000 + 900, &["agent_silent/1:critical:2"]);
}

#[test]
fn it_says_when_the_agent_would_be_silent() {
    let reconciled = check(&[agent(9)], &[], &[], &[], 1100, &[]);
    assert_eq!(reconciled.again_at, Some(Timestamp(1900)));
}

#[test]
fn a_silent_switch_takes_three_rounds_and_shadows_what_hangs_on_it() {
    let mut switch = device(1, Kind::Switch);
    switch.present = false;
    switch.turned_round = 5;
    let mut behind = device(2, Kind::Ups);
    behind.present = false;
    behind.place = Some(Attachment { at: Subject::Server, device: "d1".into(), port: "3".into() });
    let devices = [switch, behind];
    check(&[agent(6)], &devices, &[], &[], 1001, &["infrastructure_silent/1?:critical:1"]);
    check(&[agent(7)], &devices, &[], &[], 1001, &["infrastructure_silent/1:critical:1"]);
}

#[test]
fn behind_a_silent_switch_another_is_no_incident_of_its_own_unless_it_is_that_switch() {
    let gone = |id: i64, on: &str| Device {
        present: false,
        place: Some(Attachment { at: Subject::Server, device: on.into(), port: "1".into() }),
        ..device(id, Kind::Switch)
    };
    check(&[agent(9)], &[gone(1, "d9"), gone(2, "d1")], &[], &[], 1001, &["infrastructure_silent/1:critical:1"]);
    // One that is said to hang on its own name hangs on nothing.
    check(&[agent(9)], &[gone(1, "d1")], &[], &[], 1001, &["infrastructure_silent/1:critical:1"]);
    let unheard = Device { probes: vec![], ..gone(1, "d9") };
    check(&[agent(9)], &[unheard], &[], &[], 1001, &[]);
    check(&[AgentState { paused: true, ..agent(9) }], &[gone(1, "d9")], &[], &[], 1001, &[]);
    check(&[AgentState { cloned: true, ..agent(9) }], &[gone(1, "d9")], &[], &[], 1001, &["cloned_server/1:major:1"]);
}

#[test]
fn an_access_point_and_a_projector_may_be_off() {
    let mut off = device(1, Kind::AccessPoint);
    off.present = false;
    let mut dark = device(2, Kind::Projector);
    dark.present = false;
    check(&[agent(99)], &[off, dark], &[], &[], 1001, &[]);
}

#[test]
fn a_lamp_error_is_told_in_the_second_round_of_its_probe() {
    let mut projector = device(1, Kind::Projector);
    let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
    projector.signs = vec![StandingSign { sign, since_at: Timestamp(900), since_round: 4 }];
    let devices = [projector];
    check(&[agent(4)], &devices, &[], &[], 1001, &["projector_lamp/1?:major:1"]);
    check(&[agent(5)], &devices, &[], &[], 1001, &["projector_lamp/1:major:1"]);
}

#[test]
fn a_ups_is_on_battery_when_it_stood_so_for_two_minutes_however_often_it_was_looked_at() {
    let mut ups = device(1, Kind::Ups);
    let sign = Sign { code: "ups_on_battery", grave: true, instance: String::new(), probe: "snmp".into(), ground: "upsOutputSource 5".into() };
    ups.signs = vec![StandingSign { sign, since_at: Timestamp(900), since_round: 3 }];
    let devices = [ups];
    let told = |at| AgentState { reported_at: Timestamp(at), ..agent(5) };
    check(&[told(1019)], &devices, &[], &[], 1020, &["ups_on_battery/1?:critical:1"]);
    check(&[told(1020)], &devices, &[], &[], 1020, &["ups_on_battery/1:critical:1"]);
    // An agent that is told to look every five seconds is told to be quick.
    check(&[AgentState { every_s: 5, ..told(905) }], &devices, &[], &[], 906, &["ups_on_battery/1:critical:1"]);
}

#[test]
fn disk_and_toner_by_their_readings() {
    let mut server = device(1, Kind::Server);
    server.parts = vec![Part { sort: PartSort::Volume, key: "/".into(), label: "/".into(), capacity: 1e11 }];
    let mut printer = device(2, Kind::Printer);
    printer.parts = vec![Part { sort: PartSort::Supply, key: "1.1".into(), label: "Black Toner".into(), capacity: 100.0 }];
    let read = |device: i64, name: &str, instance: &str, value: f64| Latest {
        device: DeviceId(device),
        name: name.into(),
        instance: instance.into(),
        value,
        at: Timestamp(900),
        was: None,
    };
    let devices = [server, printer];
    let faulty = ["printer_toner/2:minor:1", "server_disk/1//:major:1"];
    check(&[agent(5)], &devices, &[read(1, "volume_used", "/", 0.92e11), read(2, "supply_level", "1.1", 4.0)], &[], 1001, &faulty);
    check(&[agent(5)], &devices, &[read(1, "volume_used", "/", 0.5e11), read(2, "supply_level", "1.1", -3.0)], &[], 1001, &[]);
    // Where rounds are rare each brings a new reading: two in a row say so.
    for (was, key) in [(None, "server_disk/1//?"), (Some(0.5e11), "server_disk/1//?"), (Some(0.91e11), "server_disk/1//")] {
        let newest = Latest { at: agent(5).reported_at, was, ..read(1, "volume_used", "/", 0.92e11) };
        check(&[agent(5)], &devices, &[newest], &[], 1001, &[&format!("{key}:major:1")]);
    }
}

#[test]
fn due_places_are_one_fault_for_each_kind_of_a_kit() {
    let place = |key: &str, due| Place {
        key: key.into(),
        kind: Kind::Projector,
        room: None,
        kit: "classe".into(),
        phase: "3".into(),
        model: None,
        due: Some((due, due)),
        pinned: None,
        known_by: crate::domain::kind::KnownBy::Seen,
        inside: None,
        life: crate::domain::place::Life::Open,
    };
    let places = [place("a", date(2026, 11, 1)), place("b", date(2026, 11, 1)), place("c", date(2027, 1, 1))];
    let reconciled = check(&[agent(5)], &[device(1, Kind::Projector)], &[], &places, 1001, &["due_missing/3/classe/projector:minor:1"]);
    let outcomes: Vec<&str> = reconciled.filled.iter().map(|filled| filled.outcome.code()).collect();
    assert_eq!(outcomes, ["installed", "due_missing", "not_yet_due"]);
    check(&[agent(0)], &[], &[], &places, 1001, &[]);
}

#[test]
fn a_cohort_that_left_gives_back_one_line_and_nothing_else_is_missed() {
    use crate::domain::place::{Life, Over};
    let place = |key: &str, life| Place {
        key: key.into(),
        kind: Kind::Tablet,
        room: None,
        kit: "tablette".into(),
        phase: "1".into(),
        model: None,
        due: Some((date(2021, 9, 1), date(2021, 9, 30))),
        pinned: None,
        known_by: crate::domain::kind::KnownBy::Seen,
        inside: None,
        life,
    };
    let left = Life::Over(Over::CohortLeft);
    let places = [place("tablette@2020/tablet/cp 1", left), place("tablette@2020/tablet/cp 2", left), place("tablette@2020/tablet/cp 3", left)];
    let devices = [device(1, Kind::Tablet), device(2, Kind::Tablet)];
    let before = BTreeMap::from([("tablette@2020/tablet/cp 1".to_owned(), DeviceId(1)), ("tablette@2020/tablet/cp 3".to_owned(), DeviceId(2))]);
    let agents = [agent(5)];
    let laying = Laying { before: &before, ..laying(&devices, &places) };
    let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &Watched::default(), laying };
    let reconciled = found(&state, 1001, &["return_due/tablette@2020:minor:2"]);
    let outcomes: Vec<&str> = reconciled.filled.iter().map(|filled| filled.outcome.code()).collect();
    assert_eq!(outcomes, ["to_reassign", "closed", "to_reassign"]);
    assert!(reconciled.aside.is_empty(), "what waits for another place is not surplus");
}
