//! Rules of health by what they find: servers, ports, power, lamps. A day begins at second 0, the agent reports each five minutes.

use super::tests::{agent, device, found, laying};
use super::*;
use crate::domain::device::{Part, PartSort, Sign, StandingSign};
use crate::domain::kind::Kind;
use crate::domain::reading::{DAY_S, HOUR_S, Point};

/// Moments of these tests: the twelfth day, at noon.
const NOON: i64 = 12 * DAY_S + 12 * HOUR_S;

/// One school of one device.
struct Case {
    device: Device,
    readings: Vec<Latest>,
    courses: Vec<Series>,
    agent: AgentState,
    night: Option<(Timestamp, Timestamp)>,
}

impl Case {
    fn new(kind: Kind) -> Case {
        let agent = AgentState { contact_at: Timestamp(NOON), reported_at: Timestamp(NOON), ..agent(500) };
        Case { device: device(1, kind), readings: vec![], courses: vec![], agent, night: None }
    }

    fn part(mut self, sort: PartSort, key: &str, capacity: f64) -> Case {
        self.device.parts.push(Part { sort, key: key.into(), label: key.into(), capacity });
        self
    }

    fn read(mut self, name: &str, instance: &str, value: f64, at: i64) -> Case {
        self.readings.push(Latest { device: DeviceId(1), name: name.into(), instance: instance.into(), value, at: Timestamp(at), was: None });
        self.readings.sort_by(|one, other| (&one.name, &one.instance).cmp(&(&other.name, &other.instance)));
        self
    }

    /// A course by the hour that ends with the hour before `until`.
    fn course(mut self, name: &str, instance: &str, until: i64, values: &[f64]) -> Case {
        let begin = until - values.len() as i64 * HOUR_S;
        let point = |(hour, value): (usize, &f64)| Point { at: Timestamp(begin + hour as i64 * HOUR_S), low: *value, high: *value, last: *value };
        let points = values.iter().enumerate().map(point).collect();
        self.courses.push(Series { device: DeviceId(1), name: name.into(), instance: instance.into(), points });
        self
    }

    fn check(self, expected: &[&str]) -> Reconciled {
        let devices = [self.device];
        let state = SchoolState {
            agents: std::slice::from_ref(&self.agent),
            readings: &self.readings,
            courses: &self.courses,
            night: self.night,
            watched: &Watched::default(),
            laying: laying(&devices, &[]),
        };
        found(&state, NOON, expected)
    }
}

#[test]
fn a_backup_is_old_by_its_own_period() {
    let backup = |every_h: f64, age_h: i64, told_s_ago: i64| {
        let at = NOON - told_s_ago;
        Case::new(Kind::Server).part(PartSort::Backup, "nas", every_h * 3_600.0).read("backup_age", "nas", (age_h * HOUR_S) as f64, at)
    };
    let next = backup(24.0, 30, 600).check(&[]).again_at;
    assert_eq!(next, Some(Timestamp(NOON + 900)), "the agent's silence comes before the backup's age");
    backup(24.0, 36, 600).check(&["server_backup/1/nas:minor:1"]);
    backup(24.0, 36, 0).check(&["server_backup/1/nas?:minor:1"]);
    backup(24.0, 100, 600).check(&["server_backup/1/nas:major:1"]);
    backup(168.0, 100, 600).check(&[]);
    // Where rounds are rare the reading before says whether it was old then: at 20 hours it was not.
    for (was_h, key) in [(20, "server_backup/1/nas?"), (37, "server_backup/1/nas")] {
        let mut rare = backup(24.0, 38, 0);
        rare.readings[0].was = Some((was_h * HOUR_S) as f64);
        rare.check(&[&format!("{key}:minor:1")]);
    }
    // Told last when it was 35 hours old, and not again: nobody knows that none was made since.
    backup(24.0, 33, 20 * HOUR_S).check(&[]);
}

#[test]
fn a_certificate_ends_by_the_calendar() {
    let certificate = |days: i64| Case::new(Kind::Server).part(PartSort::Certificate, "/etc/kwartz.pem", (NOON + days * DAY_S) as f64);
    let mut calm = certificate(30);
    calm.agent.every_s = 10 * DAY_S;
    assert_eq!(calm.check(&[]).again_at, Some(Timestamp(NOON + 9 * DAY_S)), "it is looked at again when it is to be renewed");
    certificate(20).check(&["server_certificate/1//etc/kwartz.pem:minor:1"]);
    certificate(6).check(&["server_certificate/1//etc/kwartz.pem:major:1"]);
    let ended = certificate(-2).check(&["server_certificate/1//etc/kwartz.pem:major:1"]);
    assert_eq!(ended.found[0].facts["ends"], "1970-01-11T12:00:00Z");
}

#[test]
fn a_disk_fails_by_its_own_verdict_or_by_its_counters() {
    let sign = |grave| Sign { code: "server_smart", grave, instance: "sda".into(), probe: "disks".into(), ground: "smart.sda failed".into() };
    let disk = || Case::new(Kind::Server).part(PartSort::Disk, "sda", 0.0);
    let mut failing = disk();
    failing.agent.finished.insert(("school".into(), "disks".into()), 4);
    failing.device.signs = vec![StandingSign { sign: sign(true), since_at: Timestamp(NOON - 60), since_round: 4 }];
    failing.check(&["server_smart/1/sda:major:1"]);
    disk().read("smart_pending", "sda", 8.0, NOON - 60).check(&["server_smart/1/sda:minor:1"]);
    disk().read("smart_reallocated", "sda", 8.0, NOON - 60).check(&[]);
    disk().read("smart_wear", "sda", 103.0, NOON - 60).check(&["server_smart/1/sda:minor:1"]);
    // A disk that was taken out counts no more.
    Case::new(Kind::Server).read("smart_pending", "sda", 8.0, NOON - 60).check(&[]);
}

#[test]
fn a_server_is_hot_by_its_hottest_sensor_and_its_limits() {
    let server = |sensor: &str, celsius: f64| Case::new(Kind::Server).read("temperature", sensor, celsius, NOON - 60);
    server("coretemp Package id 0", 80.0).check(&[]);
    server("coretemp Package id 0", 90.0).check(&["server_hot/1:minor:1"]);
    server("disk sda", 62.0).check(&["server_hot/1:major:1"]);
    server("disk nvme0n1", 62.0).check(&[]);
    let both = server("disk sda", 56.0).read("temperature", "coretemp Package id 0", 96.0, NOON - 60).check(&["server_hot/1:major:1"]);
    assert_eq!(both.found[0].facts["sensor"], "coretemp Package id 0");
    Case::new(Kind::Server).read("temperature", "disk sda", 62.0, NOON - 20 * HOUR_S).check(&[]);
    Case::new(Kind::Ups).read("temperature", "battery", 99.0, NOON - 60).check(&[]);
}

#[test]
fn updates_that_wait_for_a_week() {
    let waiting = |hours: usize| Case::new(Kind::Server).course("updates_pending", "security", NOON, &vec![3.0; hours]);
    waiting(167).check(&[]);
    let week = waiting(168).read("updates_pending", "security", 3.0, NOON - 60).check(&["server_updates/1:minor:1"]);
    assert_eq!((week.found[0].facts["security"].as_str(), week.found[0].since_at), ("3", Timestamp(NOON - 7 * DAY_S)));
    let mut installed = vec![3.0; 200];
    installed[100] = 0.0;
    Case::new(Kind::Server).course("updates_pending", "security", NOON, &installed).check(&[]);
    Case::new(Kind::Server).course("restart_wanted", "", NOON, &vec![1.0; 170]).check(&["server_updates/1:minor:1"]);
}

#[test]
fn a_port_loses_frames_hour_after_hour() {
    // The hour that has not ended yet says nothing: it is told at its begin.
    let port = |errors: &[f64]| Case::new(Kind::Switch).course("if_errors", "7", NOON + HOUR_S, errors);
    port(&[0.0, 500.0, 500.0, 500.0, 500.0]).check(&[]);
    port(&[0.0, 500.0, 1_000.0, 1_000.0]).check(&["port_errors/1/7?:minor:1"]);
    let losing = port(&[0.0, 20.0, 500.0, 1_000.0, 1_700.0, 1_700.0]).part(PartSort::Port, "7", 0.0).check(&["port_errors/1/7:minor:1"]);
    let told = &losing.found[0];
    assert_eq!((told.facts["rate"].as_str(), told.since_at), ("700", Timestamp(NOON - 3 * HOUR_S)));
    assert_eq!(losing.again_at, Some(Timestamp(NOON + 900)));
    port(&[0.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0]).check(&["port_errors/1/7:major:1"]);
    // A switch that was started anew counts from nothing.
    port(&[900_000.0, 900_000.0, 0.0, 0.0, 0.0]).check(&[]);
}

#[test]
fn power_that_is_given_away() {
    let poe = |watts: f64| Case::new(Kind::Switch).part(PartSort::PoeBudget, "1", 370.0).read("poe_used", "1", watts, NOON - 60);
    poe(300.0).check(&[]);
    let full = poe(360.0).check(&["poe_exhausted/1:minor:1"]);
    assert_eq!(full.found[0].facts["percent"], "97");
    Case::new(Kind::Ups).read("ups_load", "", 80.0, NOON - 60).check(&[]);
    Case::new(Kind::Ups).read("ups_load", "", 104.0, NOON - 60).check(&["ups_overload/1:major:1"]);
}

#[test]
fn a_lamp_near_the_hours_that_its_maker_promises() {
    let projector = |model: &str, hours: f64| {
        let mut case = Case::new(Kind::Projector).read("lamp_hours", "1", hours, NOON - 60);
        (case.device.vendor, case.device.model) = (Some("Epson".into()), Some(model.into()));
        case
    };
    projector("EB-685Wi", 4_400.0).check(&[]);
    let worn = projector("EB-685Wi", 4_560.0).check(&["projector_lamp_worn/1:minor:1"]);
    assert_eq!((worn.found[0].facts["hours"].as_str(), worn.found[0].facts["rated"].as_str()), ("4500", "5000"));
    projector("EB-2250U", 9_000.0).check(&[]);
}

#[test]
fn a_lamp_that_burnt_through_the_night() {
    let (from, until) = (NOON - 14 * HOUR_S, NOON - 7 * HOUR_S);
    let night = |values: &[f64]| {
        let mut case = Case::new(Kind::Projector).course("lamp_hours", "1", NOON, values);
        case.night = Some((Timestamp(from), Timestamp(until)));
        case
    };
    // Sixteen hours until noon, from eight in the evening.
    let all_night: Vec<f64> = (0..16).map(|hour| 100.0 + f64::from(hour)).collect();
    let left_on = night(&all_night).check(&["projector_left_on/1:minor:1"]);
    assert_eq!(left_on.found[0].since_at, Timestamp(from));
    night(&[100.0; 16]).check(&[]);
    // On until ten in the evening and from five in the morning.
    let late: Vec<f64> = (0..16).map(|hour| 100.0 + f64::from(if hour < 2 { hour } else { 2 + (hour - 8).max(0) })).collect();
    night(&late).check(&[]);
    // Nothing was read in the night: seen at seven in the evening and at eight in the morning, it burnt at most outside of the night.
    let mut unseen = night(&[]);
    let point = |at: i64, hours: f64| Point { at: Timestamp(at), low: hours, high: hours, last: hours };
    unseen.courses[0].points = vec![point(NOON - 17 * HOUR_S, 100.0), point(NOON - 4 * HOUR_S, 107.0)];
    unseen.check(&[]);
}
