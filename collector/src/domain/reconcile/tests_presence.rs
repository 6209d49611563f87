//! Silence by days of class, as situations of the field. Zone B, four days a week, November 2026.

use super::tests::{agent, device};
use super::*;
use crate::domain::calendar::holiday::Holidays;
use crate::domain::calendar::{Calendar, Closed, Told};
use crate::domain::device::{Attachment, Key, KeyRank};
use crate::domain::kind::Kind;
use crate::domain::place::{AssetState, Registered};
use crate::domain::presence::{Caster, InCase, Settings, Shadow, Usage};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rollcall_shared::Subject;

fn at(local: &str) -> Timestamp {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    Timestamp(local.to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp().as_second())
}

fn calendar(closed: &[(&str, &str)]) -> Calendar {
    let closed = closed.iter().map(|(from, to)| Closed { from: from.parse().unwrap(), to: to.parse().unwrap(), why: "grève".into() }).collect();
    let told = Told { zone: "B", timetable: "lu ma je ve 8:30-11:30 13:30-16:30", uai: "" };
    Calendar::new(told, &Holidays::new(Vec::new()), closed, &TimeZone::UTC)
}

/// A school on one day.
#[derive(Debug)]
struct School {
    devices: Vec<Device>,
    assets: Vec<Registered>,
    watched: Watched,
    agent: AgentState,
    followed: bool,
}

impl School {
    fn new(devices: Vec<Device>) -> School {
        School {
            devices,
            assets: Vec::new(),
            watched: Watched { calendar: Some(calendar(&[])), ..Watched::default() },
            agent: agent(500),
            followed: true,
        }
    }

    /// These devices are tablets of one case.
    fn in_case(mut self, ids: std::ops::RangeInclusive<i64>, usage: Usage) -> School {
        for id in ids {
            let label = format!("T-{id}");
            self.watched.cases.insert(label.clone(), InCase { case: "V1".into(), usage });
            self.assets.push(asset(&label, id, AssetState::InService));
        }
        self
    }

    fn on(&self, now: &str) -> Reconciled {
        let now = at(now);
        let agents = [AgentState { contact_at: now, reported_at: now, ..self.agent.clone() }];
        let agents = if self.agent.contact_at == Timestamp(1000) { &agents[..] } else { std::slice::from_ref(&self.agent) };
        let laying = Laying { assets: &self.assets, followed: self.followed, ..super::tests::laying(&self.devices, &[]) };
        let state = SchoolState { agents, readings: &[], courses: &[], night: None, watched: &self.watched, laying };
        reconcile(&state, now)
    }

    /// Faults of silence at an instant: `key[?]:count`.
    fn check(&self, now: &str, expected: &[&str]) {
        let line = |found: &Found| format!("{}{}:{}", found.key, if found.confirmed { "" } else { "?" }, found.count);
        let told: Vec<String> = self.on(now).found.iter().filter(|found| found.code.ends_with("_silent")).map(line).collect();
        assert_eq!(told, expected, "{now}");
    }
}

fn asset(label: &str, id: i64, state: AssetState) -> Registered {
    Registered {
        label: label.to_owned(),
        serial: Some(format!("SN{id}")),
        kind: Kind::Tablet,
        model: None,
        macs: vec![],
        room: None,
        state,
        delivered: true,
        legacy: false,
        back_on: None,
    }
}

/// A device that was last seen then.
fn gone(id: i64, kind: Kind, last: &str) -> Device {
    Device {
        present: false,
        turned_at: at(last),
        serial: Some(format!("SN{id}")),
        keys: vec![Key { rank: KeyRank::Serial, text: format!("sn{id}") }],
        ..device(id, kind)
    }
}

fn here(id: i64, kind: Kind, since: &str) -> Device {
    Device { present: true, ..gone(id, kind, since) }
}

fn at_switch(device: Device, switch: &str, port: &str) -> Device {
    Device { place: Some(Attachment { at: Subject::Server, device: switch.into(), port: port.into() }), ..device }
}

#[test]
fn a_projector_is_silent_after_three_days_of_class() {
    let school = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]); // a Thursday evening
    school.check("2026-11-24T10:00", &[]); // Friday and Monday have passed
    school.check("2026-11-24T17:00", &["device_silent/1:1"]); // and Tuesday
    // On a Wednesday without class nothing opens; what is open stays.
    school.check("2026-11-25T10:00", &["device_silent/1?:1"]);
    school.check("2026-11-26T08:00", &["device_silent/1?:1"]);
    school.check("2026-11-26T08:30", &["device_silent/1:1"]);
}

#[test]
fn it_is_looked_at_again_when_class_begins_or_has_ended() {
    let school = School::new(vec![gone(1, Kind::Projector, "2026-11-20T17:00")]);
    let soonest = |reconciled: Reconciled| reconciled.again_at.map(|next| next.0 - at("2026-11-21T12:00").0);
    // The agent is asked for its silence sooner; without it, Monday's class is next.
    assert!(soonest(school.on("2026-11-21T12:00")).is_some_and(|seconds| seconds <= 900));
    let judged = Judge::new(
        &SchoolState {
            agents: &[],
            readings: &[],
            courses: &[],
            night: None,
            watched: &school.watched,
            laying: super::tests::laying(&school.devices, &[]),
        },
        at("2026-11-21T12:00"),
    )
    .silent_by_days();
    assert_eq!(judged.1, None, "nobody tells of it: unknown, and time changes nothing");
    let next = |now: &str| {
        let agents = [AgentState { contact_at: at(now), reported_at: at(now), ..agent(500) }];
        let laying = super::tests::laying(&school.devices, &[]);
        let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &school.watched, laying };
        Judge::new(&state, at(now)).silent_by_days().1
    };
    assert_eq!(next("2026-11-21T12:00"), Some(at("2026-11-23T08:30")), "on Saturday Monday's class is next");
    assert_eq!(next("2026-11-23T08:30"), Some(at("2026-11-23T16:45")), "and then its end, when the agent has told of it");
    assert_eq!(next("2026-11-23T16:45"), Some(at("2026-11-24T08:30")));
    let silent = School::new(vec![gone(1, Kind::Projector, "2026-11-09T17:00")]);
    assert!(silent.on("2026-11-24T10:00").again_at.is_some_and(|again| again == at("2026-11-24T10:15")), "what is silent waits for nothing");
}

#[test]
fn no_holiday_makes_anything_silent() {
    let school = School::new(vec![
        gone(1, Kind::Projector, "2026-07-03T17:00"),
        gone(2, Kind::Desktop, "2026-07-03T17:00"),
        gone(3, Kind::Printer, "2026-07-03T17:00"),
    ]);
    for day in ["2026-07-10T10:00", "2026-08-20T10:00", "2026-09-01T08:00", "2026-09-03T17:00"] {
        school.check(day, &[]);
    }
    school.check("2026-09-04T17:00", &["device_silent/1:1", "device_silent/2:1", "device_silent/3:1"]);
}

#[test]
fn a_strike_declared_afterwards_takes_its_silence_back() {
    let mut school = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]);
    school.check("2026-11-24T17:00", &["device_silent/1:1"]);
    school.watched.calendar = Some(calendar(&[("2026-11-23", "2026-11-23")]));
    school.check("2026-11-24T17:00", &[]);
    school.check("2026-11-26T17:00", &["device_silent/1:1"]);
}

#[test]
fn a_year_that_is_missing_makes_nothing_silent() {
    let school = School::new(vec![gone(1, Kind::Projector, "2030-11-19T17:00")]);
    school.check("2030-12-19T10:00", &[]);
    let nowhere = School { watched: Watched::default(), ..School::new(vec![gone(1, Kind::Projector, "2026-11-05T17:00")]) };
    nowhere.check("2026-11-27T10:00", &[]);
}

#[test]
fn a_room_all_dark_is_one_line() {
    let patch: BTreeMap<(String, String), String> =
        [("1", "A"), ("2", "A"), ("3", "B")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
    let now = at("2026-11-24T10:00");
    let agents = [AgentState { contact_at: now, reported_at: now, ..agent(500) }];
    let watched = Watched { calendar: Some(calendar(&[])), ..Watched::default() };
    let check = |devices: &[Device], expected: &str| {
        let laying = Laying { patch: &patch, ..super::tests::laying(devices, &[]) };
        let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &watched, laying };
        let keys: Vec<String> = reconcile(&state, now).found.iter().map(|found| format!("{}:{}", found.key, found.count)).collect();
        assert_eq!(keys, [expected]);
    };
    let dark = at_switch(gone(1, Kind::Projector, "2026-11-16T17:00"), "sw01", "1");
    let elsewhere = at_switch(here(3, Kind::Desktop, "2026-11-16T17:00"), "sw01", "3");
    check(&[dark.clone(), at_switch(gone(2, Kind::Desktop, "2026-11-16T17:00"), "sw01", "2"), elsewhere.clone()], "room_silent/A:2");
    check(&[dark.clone(), at_switch(here(2, Kind::Desktop, "2026-11-16T17:00"), "sw01", "2"), elsewhere], "device_silent/1:1");
    // Alone in its room it is a device, and not a room.
    check(&[dark, at_switch(here(3, Kind::Desktop, "2026-11-16T17:00"), "sw01", "3")], "device_silent/1:1");
}

#[test]
fn a_line_says_for_how_many_days_and_where() {
    let facts = |found: &Found| found.facts.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    let told = |school: &School, now: &str| school.on(now).found.iter().map(|found| format!("{}: {}", found.key, facts(found))).collect::<Vec<_>>();
    let projector = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]);
    assert_eq!(told(&projector, "2026-11-26T17:00"), ["device_silent/1: days=4 device=d1 kind=projector"]);
    let tablets: Vec<Device> = [(1, "2026-11-02T11:00"), (2, "2026-11-03T11:00")].map(|(id, last)| gone(id, Kind::Tablet, last)).into();
    let school = School::new(tablets).in_case(1..=2, Usage::Term);
    let found = school.on("2026-11-24T17:00").found;
    assert_eq!(found.iter().map(|found| format!("{}: {}", found.key, facts(found))).collect::<Vec<_>>(), ["case_silent/V1: case=V1 days=12"]);
    assert_eq!((found[0].count, found[0].since_at), (2, at("2026-11-03T11:00")), "since the last of them was seen");
    let whole: Vec<Device> = (1..=5).map(|id| gone(id, Kind::Desktop, "2026-11-19T17:00")).collect();
    assert_eq!(told(&School::new(whole), "2026-11-24T17:00"), ["school_silent: days=3"]);
    let four: Vec<Device> = (1..=4).map(|id| gone(id, Kind::Desktop, "2026-11-19T17:00")).collect();
    assert_eq!(told(&School::new(four), "2026-11-24T17:00").len(), 4, "four computers are not yet the school");
}

#[test]
fn a_room_s_line_says_which_room_and_leaves_what_is_not_daily_apart() {
    let patch: BTreeMap<(String, String), String> = ["1", "2", "3"].map(|port| (("sw01".to_owned(), port.to_owned()), "A".to_owned())).into();
    let now = at("2026-11-24T17:00");
    let agents = [AgentState { contact_at: now, reported_at: now, ..agent(500) }];
    let watched = Watched { calendar: Some(calendar(&[])), ..Watched::default() };
    let dark = |id, kind| at_switch(gone(id, kind, "2026-11-02T17:00"), "sw01", &id.to_string());
    let devices = [dark(1, Kind::Projector), dark(2, Kind::Desktop), dark(3, Kind::Tablet)];
    let assets = [asset("T-3", 3, AssetState::InService)];
    let laying = Laying { patch: &patch, assets: &assets, ..super::tests::laying(&devices, &[]) };
    let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &watched, laying };
    let told: Vec<String> = reconcile(&state, now)
        .found
        .iter()
        .map(|found| format!("{}#{} {} {}", found.key, found.count, found.facts.get("seen").map_or("", String::as_str), found.facts["days"]))
        .collect();
    assert_eq!(told, ["device_silent/3#1 A 13", "room_silent/A#2 A 13"]);
}

#[test]
fn a_school_where_nothing_answers_any_more_is_one_line() {
    let mut devices: Vec<Device> = (1..=6).map(|id| gone(id, Kind::Desktop, "2026-11-16T17:00")).collect();
    School::new(devices.clone()).check("2026-11-24T10:00", &["school_silent:6"]);
    devices[0] = here(1, Kind::Desktop, "2026-11-24T09:00");
    School::new(devices)
        .check("2026-11-24T10:00", &["device_silent/2:1", "device_silent/3:1", "device_silent/4:1", "device_silent/5:1", "device_silent/6:1"]);
}

#[test]
fn an_unopened_case_is_one_line_after_ten_days() {
    let tablets: Vec<Device> = (1..=4).map(|id| gone(id, Kind::Tablet, "2026-11-02T11:00")).collect();
    let school = School::new(tablets).in_case(1..=4, Usage::Term);
    school.check("2026-11-19T12:00", &[]); // nine days: 3, 5, 6, 9, 10, 12, 13, 16 and 17 November
    school.check("2026-11-19T17:00", &["case_silent/V1:4"]);
}

#[test]
fn a_case_that_was_emptied_over_two_days_or_is_half_opened_is_no_line_a_tablet() {
    let mut tablets: Vec<Device> = (1..=4).map(|id| gone(id, Kind::Tablet, "2026-11-02T11:00")).collect();
    tablets[3] = gone(4, Kind::Tablet, "2026-11-03T11:00");
    let mut school = School::new(tablets).in_case(1..=4, Usage::Term);
    school.check("2026-11-19T17:00", &[]);
    school.check("2026-11-20T17:00", &["case_silent/V1:4"]);
    // Two of the four are taken out: the others were missed only while all were.
    for tablet in &mut school.devices[..2] {
        (tablet.present, tablet.turned_at) = (true, at("2026-11-23T09:00"));
    }
    school.check("2026-11-23T10:00", &[]);
}

#[test]
fn a_tablet_that_was_lent_is_not_missed_for_the_days_of_its_loan() {
    let mut devices: Vec<Device> = vec![gone(1, Kind::Tablet, "2026-09-07T11:00")];
    devices.extend((2..=3).map(|id| gone(id, Kind::Tablet, "2026-11-20T11:00")));
    let mut school = School::new(devices).in_case(1..=3, Usage::Term);
    let lesson = |day: &str| (at(&format!("{day}T09:00")), at(&format!("{day}T10:00")));
    let days = ["2026-11-05", "2026-11-06", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-13", "2026-11-16", "2026-11-17"];
    school.watched.seen.insert(DeviceId(2), days.map(lesson).to_vec());
    school.check("2026-11-19T10:00", &["device_silent/1:1"]);
    school.assets[0].back_on = Some(jiff::civil::date(2026, 11, 12));
    school.check("2026-11-19T10:00", &[]);
}

#[test]
fn a_tablet_alone_is_silent_when_its_mates_were_seen_on_five_days() {
    let mut devices: Vec<Device> = vec![gone(1, Kind::Tablet, "2026-11-09T11:00"), gone(2, Kind::Tablet, "2026-11-20T11:00")];
    devices.push(gone(3, Kind::Tablet, "2026-11-20T11:00"));
    let mut school = School::new(devices).in_case(1..=3, Usage::Term);
    // Seven days of class without it; which of them the case was open is asked for.
    let laying = Laying { assets: &school.assets, ..super::tests::laying(&school.devices, &[]) };
    let now = at("2026-11-23T10:00");
    let agents = [AgentState { contact_at: now, reported_at: now, ..agent(500) }];
    let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &school.watched, laying };
    let asked = wanted(&state, now);
    assert_eq!(asked.keys().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(asked[&DeviceId(2)], at("2026-11-09T11:00"));
    school.check("2026-11-23T10:00", &[]);
    let lesson = |day: &str| (at(&format!("{day}T09:00")), at(&format!("{day}T10:00")));
    school.watched.seen.insert(DeviceId(2), ["2026-11-10", "2026-11-12", "2026-11-13", "2026-11-16"].map(lesson).to_vec());
    school.check("2026-11-23T10:00", &[]);
    school.watched.seen.insert(DeviceId(3), ["2026-11-16", "2026-11-17"].map(lesson).to_vec());
    school.check("2026-11-23T10:00", &["device_silent/1:1"]);
}

#[test]
fn what_is_lent_or_in_repair_is_not_expected() {
    for state in [AssetState::Lent, AssetState::Repair, AssetState::Stock, AssetState::Spare, AssetState::Stolen, AssetState::Retired] {
        let mut school = School::new(vec![gone(1, Kind::Tablet, "2026-09-07T11:00")]);
        school.assets = vec![asset("T-1", 1, state)];
        school.check("2026-11-24T10:00", &[]);
    }
    let mut school = School::new(vec![gone(1, Kind::Tablet, "2026-09-07T11:00")]);
    school.assets = vec![asset("T-1", 1, AssetState::InService)];
    school.check("2026-11-24T10:00", &["device_silent/1:1"]);
    // A teacher's own laptop that leaves is no business of ours.
    School::new(vec![gone(1, Kind::Laptop, "2026-09-07T11:00")]).check("2026-11-24T10:00", &[]);
}

#[test]
fn tablets_of_a_holiday_centre_are_expected_in_holidays_only() {
    let tablets = || (1..=2).map(|id| gone(id, Kind::Tablet, "2026-10-16T11:00")).collect::<Vec<_>>();
    // Ten weekdays of the autumn holidays without them, told on the first day of class.
    let centre = School::new(tablets()).in_case(1..=2, Usage::Holidays);
    centre.check("2026-10-29T17:00", &[]);
    centre.check("2026-11-02T09:00", &["case_silent/V1:2"]);
    School::new(tablets()).in_case(1..=2, Usage::Term).check("2026-11-02T09:00", &[]);
    let term_only: Vec<Device> = (1..=2).map(|id| gone(id, Kind::Tablet, "2026-11-02T11:00")).collect();
    School::new(term_only).in_case(1..=2, Usage::Holidays).check("2026-12-10T09:00", &[]);
}

#[test]
fn an_access_point_is_silent_only_beside_another_that_was_seen() {
    let switch = || Device { name: Some("sw01".into()), ..here(9, Kind::Switch, "2026-09-01T08:00") };
    let mut school = School::new(vec![
        switch(),
        at_switch(gone(1, Kind::AccessPoint, "2026-11-09T11:00"), "sw01", "4"),
        at_switch(gone(2, Kind::AccessPoint, "2026-11-09T11:00"), "sw01", "5"),
    ]);
    school.check("2026-11-24T10:00", &[]); // all radios off: as the law wants it
    let lesson = |day: &str| (at(&format!("{day}T09:00")), at(&format!("{day}T10:00")));
    school.watched.seen.insert(DeviceId(2), ["2026-11-10", "2026-11-12", "2026-11-13", "2026-11-16", "2026-11-17"].map(lesson).to_vec());
    school.devices[2].turned_at = at("2026-11-17T10:00");
    school.check("2026-11-24T10:00", &["device_silent/1:1"]);
    // Its switch is gone: unknown.
    school.devices[0].present = false;
    let told: Vec<String> = school.on("2026-11-24T10:00").found.iter().map(|found| found.key.clone()).collect();
    assert_eq!(told, ["infrastructure_silent/9"]);
}

#[test]
fn time_in_the_shadow_is_not_time_unseen() {
    let mut school = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]);
    school.check("2026-11-24T17:00", &["device_silent/1:1"]);
    school.watched.shadows = vec![Shadow { of: Caster::Agent(AgentId(1)), from: at("2026-11-20T07:00"), until: Some(at("2026-11-20T12:00")) }];
    school.check("2026-11-24T17:00", &[]);
    school.check("2026-11-26T17:00", &["device_silent/1:1"]);
    school.watched.shadows[0].of = Caster::Agent(AgentId(2));
    school.check("2026-11-24T17:00", &["device_silent/1:1"]);
}

#[test]
fn behind_a_silent_agent_nothing_is_silent() {
    let mut school = School::new(vec![gone(1, Kind::Projector, "2026-11-09T17:00")]);
    school.agent = AgentState { contact_at: at("2026-11-23T09:00"), reported_at: at("2026-11-23T09:00"), ..agent(500) };
    school.check("2026-11-24T10:00", &["agent_silent/1:1"]);
    // The line was dead and its rounds come in late: days of which they have not told do not count yet.
    let mut late = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]);
    late.agent = AgentState { contact_at: at("2026-11-24T17:00"), reported_at: at("2026-11-23T09:00"), ..agent(500) };
    late.check("2026-11-24T17:00", &[]);
}

#[test]
fn what_was_only_reserved_or_has_but_a_name_is_not_missed() {
    let projector = || gone(1, Kind::Projector, "2026-11-09T17:00");
    School::new(vec![projector()]).check("2026-11-24T10:00", &["device_silent/1:1"]);
    School::new(vec![Device { probes: vec![], ..projector() }]).check("2026-11-24T10:00", &[]);
    School::new(vec![Device { keys: vec![Key { rank: KeyRank::Name, text: "vp-1".into() }], ..projector() }]).check("2026-11-24T10:00", &[]);
}

#[test]
fn a_school_that_nobody_follows_is_never_silent() {
    School { followed: false, ..School::new(vec![gone(1, Kind::Projector, "2026-11-09T17:00")]) }.check("2026-11-24T10:00", &[]);
}

#[test]
fn thresholds_are_the_school_s_own() {
    let mut school = School::new(vec![gone(1, Kind::Projector, "2026-11-19T17:00")]);
    school.watched.settings.thresholds.insert(Kind::Projector, 4);
    school.check("2026-11-24T17:00", &[]);
    school.check("2026-11-26T17:00", &["device_silent/1:1"]);
    school.watched.settings.thresholds.insert(Kind::Projector, 0);
    school.check("2027-01-26T17:00", &[]);
}

#[test]
fn a_school_that_cuts_its_power_in_holidays_is_dark_and_nobody_is_called() {
    let server =
        School { agent: AgentState { contact_at: at("2026-10-16T18:00"), reported_at: at("2026-10-16T18:00"), ..agent(500) }, ..School::new(vec![]) };
    server.check("2026-10-20T10:00", &["agent_silent/1:0"]);
    let mut cuts = server;
    cuts.watched.settings.cuts_power_in_holidays = true;
    for day in ["2026-10-16T19:00", "2026-10-20T10:00", "2026-11-01T23:00", "2026-11-02T08:00", "2026-11-02T08:40"] {
        cuts.check(day, &["agent_silent/1?:0"]);
    }
    // Class began at 8:30; an hour later it should have been up.
    cuts.check("2026-11-02T09:30", &["agent_silent/1:0"]);
    assert!(cuts.on("2026-10-20T10:00").again_at.is_some_and(|again| again == at("2026-11-02T08:30")));
    // An ordinary weekend is no holiday.
    cuts.check("2026-11-21T10:00", &["agent_silent/1:0"]);
}

#[test]
fn a_school_that_cuts_its_power_at_night() {
    let mut school =
        School { agent: AgentState { contact_at: at("2026-11-23T19:05"), reported_at: at("2026-11-23T19:05"), ..agent(500) }, ..School::new(vec![]) };
    school.watched.settings = Settings { night_cut: Some((19 * 60, 7 * 60)), ..Settings::default() };
    school.check("2026-11-23T23:00", &["agent_silent/1?:0"]);
    school.check("2026-11-24T06:59", &["agent_silent/1?:0"]);
    school.check("2026-11-24T07:20", &["agent_silent/1?:0"]);
    school.check("2026-11-24T08:00", &["agent_silent/1:0"]);
    // The night in which the clock goes forward ends at seven all the same.
    school.agent.contact_at = at("2027-03-27T19:05");
    school.check("2027-03-28T06:30", &["agent_silent/1?:0"]);
    school.check("2027-03-28T08:00", &["agent_silent/1:0"]);
}

fn some_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Projector), Just(Kind::Desktop), Just(Kind::Tablet), Just(Kind::Printer), Just(Kind::AccessPoint), Just(Kind::Laptop)]
}

prop_compose! {
    /// A school with some devices gone for some time, some day of two years.
    fn some_school()(
        gone_for in proptest::collection::vec((some_kind(), 0i64..60), 1..8),
        now in 1_759_300_000i64..1_822_300_000,
        closed in proptest::collection::vec((0i64..60, 0i64..4), 0..3),
        threshold in 1u32..12,
    ) -> (School, Timestamp, Vec<Closed>, u32) {
        let devices: Vec<Device> = gone_for
            .iter()
            .enumerate()
            .map(|(index, (kind, days))| Device { turned_at: Timestamp(now - days * 86_400), ..gone(index as i64 + 1, *kind, "2026-11-09T11:00") })
            .collect();
        let day = |back: i64| crate::domain::calendar::date_of(Timestamp(now - back * 86_400), &TimeZone::UTC).unwrap();
        let closed = closed.iter().map(|(back, length)| Closed { from: day(*back + *length), to: day(*back), why: "grève".into() }).collect();
        let count = devices.len() as i64;
        (School::new(devices).in_case(1..=count, Usage::Term), Timestamp(now), closed, threshold)
    }
}

fn keys(school: &School, now: Timestamp, confirmed: bool) -> BTreeSet<DeviceId> {
    let agents = [AgentState { contact_at: now, reported_at: now, ..agent(500) }];
    let laying = Laying { assets: &school.assets, ..super::tests::laying(&school.devices, &[]) };
    let state = SchoolState { agents: &agents, readings: &[], courses: &[], night: None, watched: &school.watched, laying };
    let judge = Judge::new(&state, now);
    let (found, _) = judge.silent_by_days();
    // Which lines devices stand in may change (room, case, school); that they are silent is what is compared.
    let all: u64 = found.iter().filter(|found| found.confirmed || !confirmed).map(|found| found.count).sum();
    (0..all as i64).map(DeviceId).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_silence_opens_on_a_day_without_class((mut school, now, closed, _) in some_school()) {
        let calendar = Calendar::new(Told { zone: "B", timetable: "4 jours", uai: "" }, &Holidays::new(Vec::new()), closed, &TimeZone::UTC);
        let today = calendar.date_at(now);
        let is_school_day = calendar.is_school_day(today);
        school.watched.calendar = Some(calendar);
        prop_assert!(is_school_day || keys(&school, now, true).is_empty(), "{today}");
    }

    #[test]
    fn a_closure_declared_afterwards_never_makes_a_silence((mut school, now, closed, _) in some_school()) {
        let before = keys(&school, now, false).len();
        school.watched.calendar = Some(Calendar::new(Told { zone: "B", timetable: "lu ma je ve 8:30-11:30 13:30-16:30", uai: "" }, &Holidays::new(Vec::new()), closed, &TimeZone::UTC));
        prop_assert!(keys(&school, now, false).len() <= before);
    }

    #[test]
    fn a_higher_threshold_never_makes_a_silence((mut school, now, _, threshold) in some_school(), more in 1u32..10) {
        for kind in Kind::ALL {
            school.watched.settings.thresholds.insert(kind, threshold);
        }
        let before = keys(&school, now, false).len();
        for kind in Kind::ALL {
            school.watched.settings.thresholds.insert(kind, threshold + more);
        }
        prop_assert!(keys(&school, now, false).len() <= before);
    }
}
