//! What faults say: the words that fill their sentences, by which somebody knows where to go and what to bring.

use super::listed::listed;
use super::owned::{Here, Town as Owners, owned_here};
use super::tests::{agent, device, laying};
use super::*;
use crate::domain::device::{Address, Attachment, Key, KeyRank, Part, PartSort, Sign, StandingSign};
use crate::domain::kind::{Kind, KnownBy};
use crate::domain::place::{AssetState, Life, Outcome, Over, Place, Registered};
use crate::domain::plan::model::Plan;
use crate::domain::plan::read_tables;
use crate::domain::reading::{DAY_S, HOUR_S, Point};
use crate::domain::register::Register;
use jiff::civil::{Date, date};
use rollcall_shared::Subject;

/// Noon of the twelfth day.
const NOON: i64 = 12 * DAY_S + 12 * HOUR_S;

/// `key severity: name=value, …` with `?` where it waits for confirmation, `@` the device and `#` the count where it is more than one.
fn told(found: &Found) -> String {
    let facts: Vec<String> = found.facts.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let wait = if found.confirmed { "" } else { "?" };
    let about = found.device.map(|device| format!("@{device}")).unwrap_or_default();
    let count = if found.count == 1 { String::new() } else { format!("#{}", found.count) };
    format!("{}{wait}{about}{count}: {}", found.key, facts.join(", "))
}

/// What is found at a school of these devices at noon, reported just now.
#[derive(Default)]
struct Told {
    devices: Vec<Device>,
    readings: Vec<Latest>,
    courses: Vec<Series>,
    places: Vec<Place>,
    assets: Vec<Registered>,
    patch: BTreeMap<(String, String), String>,
    agents: Vec<AgentState>,
}

impl Told {
    fn of(devices: Vec<Device>) -> Told {
        let agent = AgentState { contact_at: Timestamp(NOON), reported_at: Timestamp(NOON), ..agent(500) };
        Told { devices, agents: vec![agent], ..Told::default() }
    }

    fn read(mut self, name: &str, instance: &str, value: f64) -> Told {
        let at = Timestamp(NOON - 60);
        self.readings.push(Latest { device: self.devices[0].id, name: name.into(), instance: instance.into(), value, at, was: None });
        self
    }

    fn hours(mut self, name: &str, instance: &str, values: &[f64]) -> Told {
        let begin = NOON - values.len() as i64 * HOUR_S;
        let point = |(hour, value): (usize, &f64)| Point { at: Timestamp(begin + hour as i64 * HOUR_S), low: *value, high: *value, last: *value };
        let points = values.iter().enumerate().map(point).collect();
        self.courses.push(Series { device: self.devices[0].id, name: name.into(), instance: instance.into(), points });
        self
    }

    fn reconciled(&self) -> Reconciled {
        let laying = Laying { assets: &self.assets, patch: &self.patch, ..laying(&self.devices, &self.places) };
        let (agents, readings, courses) = (&self.agents[..], &self.readings[..], &self.courses[..]);
        reconcile(&SchoolState { agents, readings, courses, night: None, watched: &Watched::default(), laying }, Timestamp(NOON))
    }

    fn check(&self, expected: &[&str]) -> Reconciled {
        let reconciled = self.reconciled();
        assert_eq!(reconciled.found.iter().map(told).collect::<Vec<_>>(), expected);
        reconciled
    }
}

fn at_port(device: Device, port: &str) -> Device {
    Device { place: Some(Attachment { at: Subject::Server, device: "sw01".into(), port: port.into() }), ..device }
}

fn part(sort: PartSort, key: &str, label: &str, capacity: f64) -> Part {
    Part { sort, key: key.into(), label: label.into(), capacity }
}

fn with(kind: Kind, parts: Vec<Part>) -> Told {
    Told::of(vec![Device { parts, ..device(1, kind) }])
}

fn asset(label: &str, kind: Kind, room: &str) -> Registered {
    Registered {
        label: label.into(),
        serial: None,
        kind,
        model: None,
        macs: vec![],
        room: Some(room.into()),
        state: AssetState::InService,
        delivered: true,
        legacy: false,
        back_on: None,
    }
}

fn place(key: &str, kind: Kind, room: &str, due: Date) -> Place {
    Place {
        key: key.into(),
        kind,
        room: (!room.is_empty()).then(|| room.into()),
        kit: "classe".into(),
        phase: "3".into(),
        model: None,
        due: Some((due, due)),
        pinned: None,
        known_by: KnownBy::Seen,
        inside: None,
        life: Life::Open,
    }
}

#[test]
fn a_fixed_thing_in_another_room_says_both_rooms() {
    let mut school = Told::of(vec![
        Device { serial: Some("VP-1".into()), ..at_port(device(1, Kind::Projector), "3") },
        Device { serial: Some("VP-2".into()), ..at_port(device(2, Kind::Projector), "4") },
        // Tablets wander; what is not seen now is nowhere.
        Device { serial: Some("T-1".into()), ..at_port(device(3, Kind::Tablet), "3") },
        Device { serial: Some("VP-3".into()), present: false, ..at_port(device(4, Kind::Projector), "3") },
    ]);
    school.patch = [("3", "CM1"), ("4", "CM2")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
    school.assets = vec![
        asset("VP-1", Kind::Projector, "CM2"),
        asset("VP-2", Kind::Projector, "CM2"),
        asset("T-1", Kind::Tablet, "CP"),
        asset("VP-3", Kind::Projector, "CP"),
    ];
    let found = school.check(&["misplaced/1@1: device=d1, kind=projector, port=sw01 3, room=CM2, seen=CM1"]).found;
    assert_eq!(found[0].since_at, Timestamp(NOON));
}

#[test]
fn what_is_due_says_how_many_of_how_many_since_when_and_where() {
    let due = [date(2026, 11, 9), date(2026, 11, 1), date(2027, 1, 1)];
    let mut school = Told::of(vec![device(1, Kind::Switch)]);
    school.places =
        [("a", "CM2"), ("b", "CM1"), ("c", "CP")].into_iter().zip(due).map(|((key, room), due)| place(key, Kind::Projector, room, due)).collect();
    let line = "due_missing/3/classe/projector#2: due=2026-11-01, kind=projector, kit=classe, of=3, phase=3, rooms=CM1, CM2";
    let found = school.check(&[line]).found;
    assert_eq!((found[0].place.as_deref(), found[0].severity), (Some("a"), Severity::Minor));
    school.agents[0].rounds = 1;
    school.check(&["due_missing/3/classe/projector?#2: due=2026-11-01, kind=projector, kit=classe, of=3, phase=3, rooms=CM1, CM2"]);
    school.agents[0].paused = true;
    school.agents[0].rounds = 500;
    school.check(&[]);
}

#[test]
fn what_a_cohort_gives_back_says_which() {
    let mut school = Told::of(vec![device(1, Kind::Tablet)]);
    let over = Place { life: Life::Over(Over::CohortLeft), ..place("tablette@2020/tablet/cp 1", Kind::Tablet, "", date(2021, 9, 1)) };
    school.places = vec![Place { kit: "tablette".into(), ..over }];
    let before = BTreeMap::from([("tablette@2020/tablet/cp 1".to_owned(), DeviceId(1))]);
    let laying = Laying { before: &before, ..laying(&school.devices, &school.places) };
    let state = SchoolState { agents: &school.agents, readings: &[], courses: &[], night: None, watched: &Watched::default(), laying };
    let found = reconcile(&state, Timestamp(NOON)).found;
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), ["return_due/tablette@2020: cohort=2020, kind=tablet, kit=tablette"]);
    assert_eq!(found[0].place.as_deref(), Some("tablette@2020/tablet/cp 1"));
}

#[test]
fn a_thing_is_called_by_its_name_else_its_serial_else_its_address_else_its_number() {
    let called = |device: &Device| about("surplus", device, Timestamp(5), false, true).facts["device"].clone();
    let mut unit = Device { serial: Some("SN17".into()), ..device(7, Kind::Projector) };
    unit.addresses = vec![Address { mac: None, ip: Some([10, 0, 0, 9].into()) }];
    assert_eq!(called(&unit), "d7");
    unit.name = None;
    assert_eq!(called(&unit), "SN17");
    unit.serial = None;
    assert_eq!(called(&unit), "10.0.0.9");
    unit.addresses.clear();
    assert_eq!(called(&unit), "#7");
}

#[test]
fn a_sign_says_its_ground_and_of_which_part() {
    let sign = |instance: &str| Sign {
        code: "server_service",
        grave: true,
        instance: instance.into(),
        probe: "server".into(),
        ground: "proxy stopped".into(),
    };
    let mut school = Told::of(vec![device(1, Kind::Server)]);
    school.agents[0].finished.insert(("school".into(), "server".into()), 9);
    school.devices[0].probes = vec!["server".into()];
    school.devices[0].signs = vec![StandingSign { sign: sign("proxy"), since_at: Timestamp(NOON - 600), since_round: 5 }];
    let found = school.check(&["server_service/1/proxy@1: device=d1, ground=proxy stopped, instance=proxy, kind=server"]).found;
    assert_eq!((found[0].look, found[0].since_at), (Some(Look::Rounds(9)), Timestamp(NOON - 600)));
    // While its probe does not meet it, its rounds are no look at the sign.
    school.devices[0].probes = vec!["snmp".into()];
    assert_eq!(school.reconciled().found[0].look, Some(Look::Rounds(5)));
    school.devices[0].probes = vec!["server".into()];
    school.devices[0].present = false;
    assert_eq!(school.reconciled().found.iter().find(|found| found.code == "server_service").and_then(|found| found.look), Some(Look::Rounds(5)));
    // What no row of the table knows, and what no agent looks at, is nobody's fault.
    school.devices[0].present = true;
    school.devices[0].signs[0].sign.code = "no_such_row";
    school.check(&[]);
}

#[test]
fn fillings_say_of_what_and_how_much() {
    let disk = |used: f64| with(Kind::Server, vec![part(PartSort::Volume, "/srv", "/srv", 1e11)]).read("volume_used", "/srv", used);
    let found = disk(0.9e11).check(&["server_disk/1//srv@1: device=d1, instance=/srv, kind=server, percent=90"]).found;
    assert_eq!((found[0].severity, found[0].look), (Severity::Major, Some(Look::At(Timestamp(NOON - 60)))));
    let full = disk(0.97e11).check(&["server_disk/1//srv@1: device=d1, instance=/srv, kind=server, percent=97"]).found;
    assert_eq!(full[0].severity, Severity::Critical);
    disk(0.89e11).check(&[]);
    // The smallest volume that is judged; a boot partition below it is full by nature.
    let small = |bytes: f64| with(Kind::Server, vec![part(PartSort::Volume, "/boot", "/boot", bytes)]).read("volume_used", "/boot", bytes);
    assert_eq!(small(1_073_741_824.0).reconciled().found.len(), 1);
    small(1_073_741_823.0).check(&[]);
    with(Kind::Server, vec![part(PartSort::Volume, "/", "/", 0.0)]).read("volume_used", "/", 5.0).check(&[]);

    let toner = |level: f64| with(Kind::Printer, vec![part(PartSort::Supply, "1.1", "Black Toner", 200.0)]).read("supply_level", "1.1", level);
    toner(10.0).check(&["printer_toner/1@1: device=d1, kind=printer, percent=5, supply=Black Toner"]);
    assert_eq!(toner(0.0).check(&["printer_toner/1@1: device=d1, kind=printer, percent=0, supply=Black Toner"]).found[0].severity, Severity::Major);
    toner(10.5).check(&[]);
    toner(-1.0).check(&[]);

    let poe = with(Kind::Switch, vec![part(PartSort::PoeBudget, "1", "1", 400.0)]).read("poe_used", "1", 380.0);
    poe.check(&["poe_exhausted/1@1: device=d1, kind=switch, percent=95"]);
    with(Kind::Ups, vec![]).read("ups_load", "", 100.0).check(&["ups_overload/1@1: device=d1, kind=ups, percent=100"]);
}

#[test]
fn a_server_that_is_not_looked_after_says_what_is_to_be_done() {
    let backup = with(Kind::Server, vec![part(PartSort::Backup, "nas", "Sauvegarde NAS", 86_400.0)]).read("backup_age", "nas", 129_600.0);
    let made = Timestamp(NOON - 60 - 129_600);
    backup.check(&[&format!("server_backup/1/nas@1: device=d1, instance=Sauvegarde NAS, kind=server, made={made}")]);
    let ends = Timestamp(NOON + 7 * DAY_S);
    let certificate = with(Kind::Server, vec![part(PartSort::Certificate, "/etc/web.pem", "web", ends.0 as f64)]);
    let found = certificate.check(&[&format!("server_certificate/1//etc/web.pem@1: device=d1, ends={ends}, instance=web, kind=server")]).found;
    assert_eq!((found[0].severity, found[0].since_at), (Severity::Minor, Timestamp(NOON - 14 * DAY_S)));
    let disk = |name: &str, value: f64| with(Kind::Server, vec![part(PartSort::Disk, "sda", "Disque 1", 0.0)]).read(name, "sda", value);
    disk("smart_pending", 1.0).check(&["server_smart/1/sda@1: device=d1, instance=Disque 1, kind=server, smart_pending=1"]);
    disk("smart_reallocated", 100.0).check(&["server_smart/1/sda@1: device=d1, instance=Disque 1, kind=server, smart_reallocated=100"]);
    let hot = |sensor: &str, celsius: f64| with(Kind::Server, vec![]).read("temperature", sensor, celsius);
    hot("disk sda", 55.0).check(&["server_hot/1@1: degrees=55, device=d1, kind=server, sensor=disk sda"]);
    assert_eq!(hot("disk sda", 60.0).reconciled().found[0].severity, Severity::Major);
    let week = with(Kind::Server, vec![]).hours("restart_wanted", "", &[1.0; 170]).read("updates_pending", "security", 12.0);
    let found = week.check(&["server_updates/1@1: device=d1, kind=server, restart=1"]).found;
    assert_eq!((found[0].look, found[0].since_at), (Some(Look::At(Timestamp(NOON - 60))), Timestamp(NOON - 170 * HOUR_S)));
    // What stands in another course says nothing of it.
    with(Kind::Server, vec![]).hours("updates_pending", "all", &[9.0; 170]).check(&[]);
}

#[test]
fn ports_and_lamps_say_how_much() {
    let port = with(Kind::Switch, vec![part(PartSort::Port, "7", "Gi1/0/7", 0.0)]).hours("if_errors", "7", &[0.0, 100.0, 200.0, 300.0, 434.0]);
    let found = port.check(&["port_errors/1/7@1: device=d1, instance=Gi1/0/7, kind=switch, rate=130"]).found;
    assert_eq!((found[0].severity, found[0].look), (Severity::Minor, Some(Look::At(Timestamp(NOON - HOUR_S)))));
    let mut lamp = with(Kind::Projector, vec![]).read("lamp_hours", "1", 4_500.0);
    (lamp.devices[0].vendor, lamp.devices[0].model) = (Some("Epson".into()), Some("EB-685Wi".into()));
    lamp.check(&["projector_lamp_worn/1@1: device=d1, hours=4500, kind=projector, rated=5000"]);
}

#[test]
fn agents_say_on_which_server_and_since_when() {
    let mut school = Told::of(vec![device(1, Kind::Server), Device { network: "elsewhere".into(), ..device(2, Kind::Switch) }]);
    school.agents[0].cloned = true;
    let found = school.check(&["cloned_server/1: host=kwartz"]).found;
    assert_eq!(found[0].since_at, Timestamp(NOON));
    school.agents[0].cloned = false;
    school.agents[0].contact_at = Timestamp(NOON - 900);
    let last = Timestamp(NOON - 900);
    let silent = school.check(&[&format!("agent_silent/1: host=kwartz, last={last}")]);
    assert_eq!(silent.found[0].since_at, Timestamp(NOON));
    assert_eq!((silent.shadow.blind, silent.shadow.devices), (true, [DeviceId(1), DeviceId(2)].into()));
}

#[test]
fn what_the_town_owns_says_which_and_whose() {
    let register = |assets: &str, loans: &str| {
        let (tables, _) = read_tables([("assets.csv", assets), ("loans.csv", loans)]);
        Register::from_tables(&tables)
    };
    let head = "label_or_serial,serial,kind,model,school,state,macs,warranty_until\n";
    let check = |register: &Register, devices: &[Device], expected: &[&str]| {
        let here = Here { school: "e01", devices, places: &[], filled: &[], today: date(2026, 11, 23), midnight: Timestamp(NOON) };
        let found = owned_here(vec![], &here, &Plan::default(), register, &Owners::of(register));
        let (faults, lines) = listed(found, &here, register, &[]);
        assert_eq!(faults.iter().chain(&lines).map(told).collect::<Vec<_>>(), expected);
    };
    let stolen = register(&format!("{head}T-7,SN 7,tablet,,e09,stolen,,\n"), "");
    let tablet = Device { serial: Some("sn7".into()), ..device(1, Kind::Tablet) };
    check(&stolen, std::slice::from_ref(&tablet), &["stolen_seen/1@1: device=d1, home=e09, kind=tablet, label=T-7"]);
    let fixed = register(&format!("{head}VP-1,SN 7,projector,,e09,in_service,02-00-00-00-00-01,\n"), "");
    let by_mac = Device { keys: vec![Key { rank: KeyRank::Mac, text: "020000000001".into() }], ..device(1, Kind::Projector) };
    check(&fixed, &[by_mac], &["moved/1@1: device=d1, home=e09, kind=projector, label=VP-1"]);
    // Whose school nobody told, and what is in repair, is at home everywhere.
    check(&register(&format!("{head}VP-1,SN 7,projector,,,in_service,,\n"), ""), std::slice::from_ref(&tablet), &[]);
    check(&register(&format!("{head}VP-1,SN 7,projector,,e09,repair,,\n"), ""), &[tablet], &[]);
    let loan = "label_or_pool,lent_on,due_back_on,returned_on\nT-7,2026-09-01,2026-11-22,\n";
    let lent = register(&format!("{head}T-7,SN 7,tablet,,e01,in_service,,\n"), loan);
    check(&lent, &[], &["loan_overdue/T-7: due=2026-11-22, label=T-7"]);
    let today = register(&format!("{head}T-7,SN 7,tablet,,e01,in_service,,\n"), &loan.replace("11-22", "11-23"));
    check(&today, &[], &[]);
    let elsewhere = "T-1,,tablet,,e02,in_service,,2026-12-01\nT-2,,tablet,,e01,retired,,2026-12-01\n";
    check(&register(&format!("{head}{elsewhere}"), ""), &[], &[]);
    let ends = |day: &str| register(&format!("{head}VP-1,SN 7,projector,EB-685Wi,e01,in_service,,{day}\n"), "");
    for (day, ending) in [("2026-11-22", false), ("2026-11-23", true), ("2027-01-22", true), ("2027-01-23", false)] {
        let line = format!("warranty_ending/VP-1: kind=projector, label=VP-1, model=EB-685Wi, until={day}");
        check(&ends(day), &[], if ending { std::slice::from_ref(&line) } else { &[] }.iter().map(String::as_str).collect::<Vec<_>>().as_slice());
    }
}

#[test]
fn lists_say_how_many_of_which_kind() {
    let places = ["a", "b", "c", "d"].map(|key| place(key, if key == "d" { Kind::Screen } else { Kind::DocumentCamera }, "", date(2026, 9, 1)));
    let outcomes = [Outcome::ToBeCounted, Outcome::ToBeCounted, Outcome::Installed, Outcome::ToReassign];
    let filled: Vec<Filled> =
        places.iter().zip(outcomes).map(|(place, outcome)| Filled { key: place.key.clone(), device: None, outcome, reason: None }).collect();
    let here = Here { school: "e01", devices: &[], places: &places, filled: &filled, today: date(2026, 11, 23), midnight: Timestamp(NOON) };
    let (_, lines) = listed(vec![], &here, &Register::default(), &[]);
    let screen = Kind::Screen.code();
    let expected = ["to_be_counted/document_camera#2: kind=document_camera".to_owned(), format!("to_reassign/{screen}: kind={screen}")];
    assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn another_model_says_which_was_wanted_and_since_when() {
    let model = |id: i64, model: &str, at: i64| Device { model: Some(model.into()), first_seen_at: Timestamp(at), ..device(id, Kind::Projector) };
    let devices = [model(1, "EB-X41", 50), model(2, "EB-X41", 40), model(3, "NP-M403H", 60)];
    let places: Vec<Place> =
        ["a", "b", "c"].map(|key| Place { model: Some("EB-685*".into()), ..place(key, Kind::Projector, "", date(2026, 9, 1)) }).into();
    let filled: Vec<Filled> = places
        .iter()
        .zip(1..)
        .map(|(place, id)| Filled { key: place.key.clone(), device: Some(DeviceId(id)), outcome: Outcome::OtherModel, reason: None })
        .collect();
    let here = Here { school: "e01", devices: &devices, places: &places, filled: &filled, today: date(2026, 11, 23), midnight: Timestamp(NOON) };
    let found = owned_here(vec![], &here, &Plan::default(), &Register::default(), &Owners::default());
    let expected = [
        "other_model/classe/projector/EB-X41#2: kind=projector, kit=classe, model=EB-X41, wanted=EB-685*",
        "other_model/classe/projector/NP-M403H: kind=projector, kit=classe, model=NP-M403H, wanted=EB-685*",
    ];
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!((found[0].place.as_deref(), found[0].since_at), (Some("a"), Timestamp(40)));
}

#[test]
fn one_key_by_two_ways_of_seeing_is_the_graver_the_earlier_and_the_surer() {
    let unit = device(1, Kind::Server);
    let one = |grave, at, confirmed, fact: &'static str| {
        let mut found = about("projector_lamp", &unit, Timestamp(at), grave, confirmed);
        found.facts.insert(fact, "1".into());
        found
    };
    for (first, second) in [(one(false, 5, true, "a"), one(true, 9, false, "b")), (one(true, 9, false, "b"), one(false, 5, true, "a"))] {
        let all = one_by_key(vec![first, second]);
        assert_eq!(all.iter().map(told).collect::<Vec<_>>(), ["projector_lamp/1@1: a=1, b=1, device=d1, kind=server"]);
        assert_eq!((all[0].severity, all[0].since_at), (Severity::Major, Timestamp(5)));
    }
}

#[test]
fn what_hangs_on_what_is_gone_is_in_its_shadow_and_so_on_down() {
    let gone = |id, kind, on: Option<&str>| Device {
        present: false,
        place: on.map(|on| Attachment { at: Subject::Server, device: on.into(), port: "1".into() }),
        ..device(id, kind)
    };
    let devices = vec![
        gone(1, Kind::Switch, None),
        gone(2, Kind::Switch, Some("d1")),
        gone(3, Kind::Projector, Some("d2")),
        at_port(device(4, Kind::Projector), "9"),
        gone(5, Kind::AccessPoint, None),
        gone(6, Kind::Tablet, Some("d5")),
    ];
    let school = Told { devices, ..Told::of(vec![]) };
    let shadow = school.reconciled().shadow;
    assert_eq!((shadow.devices, shadow.blind), ([DeviceId(2), DeviceId(3)].into(), false));
    let paused = Told { agents: vec![AgentState { paused: true, ..school.agents[0].clone() }], ..school };
    assert!(paused.reconciled().shadow.blind);
}

#[test]
fn it_is_looked_at_again_when_something_may_change_by_itself() {
    let again = |school: &Told| school.reconciled().again_at.map(|at| at.0 - NOON);
    let calm = Told::of(vec![]);
    assert_eq!(again(&calm), Some(900), "when its agent would be silent");
    let mut waiting = Told::of(vec![device(1, Kind::Projector)]);
    let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "snmp".into(), ground: String::new() };
    waiting.devices[0].signs = vec![StandingSign { sign, since_at: Timestamp(NOON), since_round: 500 }];
    assert_eq!(again(&waiting), Some(300), "with the next round");
    waiting.agents[0].every_s = 60;
    assert_eq!(again(&waiting), Some(60));
    let mut cloned = Told::of(vec![]);
    cloned.agents[0].cloned = true;
    assert_eq!(again(&cloned), Some(CLONED_AGAIN_S.min(900)));
    let mut silent = Told::of(vec![]);
    silent.agents[0].contact_at = Timestamp(NOON - 900);
    assert_eq!(again(&silent), None, "a silence lasts until somebody speaks");
}

#[test]
fn a_backup_or_certificate_is_looked_at_again_when_it_will_be_old() {
    let again = |part: Part, age: Option<f64>| {
        let mut school = with(Kind::Server, vec![part]);
        if let Some(age) = age {
            school = school.read("backup_age", "nas", age);
        }
        school.agents[0].every_s = 100 * DAY_S;
        school.reconciled().again_at.map(|at| at.0 - NOON)
    };
    let backup = part(PartSort::Backup, "nas", "nas", 86_400.0);
    assert_eq!(again(backup.clone(), Some(3_600.0)), Some(129_600 - 3_600 - 60), "one and a half times its period after it was made");
    assert_eq!(again(backup.clone(), Some(140_000.0)), Some(259_200 - 140_000 - 60), "and three times");
    assert_eq!(again(backup, None), Some(300 * DAY_S));
    let certificate = |days: i64| part(PartSort::Certificate, "web", "web", (NOON + days * DAY_S) as f64);
    assert_eq!((again(certificate(30), None), again(certificate(10), None)), (Some(9 * DAY_S), Some(3 * DAY_S)));
}

#[test]
fn a_school_of_two_networks_asks_each_for_its_own() {
    let mut school = Told::of(vec![device(1, Kind::Switch), Device { network: "annex".into(), present: false, ..device(2, Kind::Switch) }]);
    let annex = AgentState { id: AgentId(2), networks: vec!["annex".into()], contact_at: Timestamp(NOON - 7_200), ..school.agents[0].clone() };
    school.agents.push(annex);
    let reconciled = school.reconciled();
    assert_eq!(reconciled.found.iter().map(|found| (found.key.as_str(), found.count)).collect::<Vec<_>>(), [("agent_silent/2", 1)]);
    assert_eq!((reconciled.shadow.devices, reconciled.shadow.blind), ([DeviceId(2)].into(), false));
}

#[test]
fn what_is_in_the_shadow_is_found_and_opens_nothing() {
    let found = |device: Option<i64>| Found { device: device.map(DeviceId), ..found("due_missing", "k".into(), false, Timestamp(0), true) };
    let shadow = Shadow { devices: [DeviceId(1)].into(), blind: false };
    let opens = |device: Option<i64>, shadow: &Shadow| darkened(vec![found(device)], shadow)[0].confirmed;
    assert_eq!((opens(Some(1), &shadow), opens(Some(2), &shadow), opens(None, &shadow)), (false, true, true));
    let blind = Shadow { blind: true, ..Shadow::default() };
    assert_eq!((opens(Some(1), &blind), opens(None, &blind)), (true, false), "nobody looks: nothing is missing");
    assert!(!blind.hides("agent_silent", None) && !blind.hides("cloned_server", None), "agents are the cause of a shadow");
}
