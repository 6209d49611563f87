//! Every store function on both engines, by the same test.
//!
//! Comes in: fresh databases of the harness. Goes out: pass, or the engine and what differed. Absent on purpose: judgement
//! (the core's own tests), the engines' own promises.

use rollcall_collector::domain::device::{Address, Attachment, Device, Key, KeyRank, Part, PartSort, Sign, StandingSign, Why};
use rollcall_collector::domain::fault::{Action, Deed, Found, Hand, How, Known, Laid, Moment, Severity, Shadow, lay};
use rollcall_collector::domain::fleet::{Change, Conflict, Event, Rounds};
use rollcall_collector::domain::kind::{Kind, KnownBy};
use rollcall_collector::domain::place::{Outcome, Place, Reason};
use rollcall_collector::domain::plan::{Table, Tables};
use rollcall_collector::store::account::{self, AuditLine, Role};
use rollcall_collector::store::outbox::{self, Message};
use rollcall_collector::store::place::{self, Standing};
use rollcall_collector::store::report::{self, Accepted, NewAgent};
use rollcall_collector::store::retention::Keep;
use rollcall_collector::store::school::{self, Network, School};
use rollcall_collector::store::{self, Db, Error, Result, Tx, fault, fleet, plan, reading, settle};
use rollcall_collector::{backup, import, watch};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::reading::Reading;
use rollcall_shared::{AgentId, Content, DeviceId, Fact, Picture, Report, SchoolId, StreamId, Subject, Timestamp};
use rollcall_tests::database;

mod agents;
mod clock;
mod compiled;
mod decisions;
mod devices;
mod faults;
mod measure;
mod merges;
mod notice;
mod people;
mod plans;
mod progress;
mod queue;
mod readings;
mod schools;
mod views;
mod writer;

const NOW: Timestamp = Timestamp(1_795_336_200);

/// Runs a test on both engines.
fn on_both(test: impl Fn(&Db)) {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        test(&Db::open(&database.location, NOW).unwrap());
    }
}

fn write<T: Send + 'static>(db: &Db, job: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
    db.write(job).unwrap()
}

fn read<T>(db: &Db, look: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
    db.read(look).unwrap()
}

fn school_named(code: &str) -> School {
    School { code: code.into(), name: format!("École {code}"), site: format!("site-{code}"), ..School::default() }
}

fn enrolled(db: &Db) -> AgentId {
    enrolled_for(db, &["school"])
}

fn enrolled_for(db: &Db, networks: &[&str]) -> AgentId {
    let networks = networks.iter().map(|name| (*name).to_owned()).collect();
    let new = NewAgent { public_key: vec![7; 32], host: "kwartz".into(), version: "1".into(), networks };
    write(db, move |tx| report::insert_agent(tx, &new, NOW))
}

fn device(id: i64, school: SchoolId) -> Device {
    let why = Why { about: "kind", value: "switch".into(), probe: "snmp".into(), ground: "sysObjectID 1.3.6".into(), confidence: 95 };
    let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
    Device {
        id: DeviceId(id),
        school,
        network: "school".into(),
        keys: vec![
            Key { rank: KeyRank::Serial, text: format!("hp:cn{id}") },
            Key { rank: KeyRank::Mac, text: format!("0011223344{id:02x}") },
            Key { rank: KeyRank::Name, text: "sw01".into() },
        ],
        kind: Some(Kind::Switch),
        vendor: Some("HP".into()),
        model: Some("J9776A".into()),
        os: None,
        os_version: None,
        serial: Some(format!("CN-{id}")),
        firmware: Some("YA.16".into()),
        name: Some("SW01 Élysée".into()),
        addresses: vec![Address { mac: Some("00:11:22:33:44:05".parse().unwrap()), ip: Some("10.0.0.7".parse().unwrap()) }],
        place: Some(Attachment { at: Subject::Address("10.0.0.1".parse().unwrap()), device: "core".into(), port: "24".into() }),
        parts: vec![Part { sort: PartSort::Supply, key: "1.1".into(), label: "Black".into(), capacity: 100.0 }],
        signs: vec![StandingSign { sign, since_at: NOW, since_round: 3 }],
        probes: vec!["neighbours".into(), "snmp".into()],
        confidence: 95,
        why: vec![why],
        first_seen_at: NOW,
        present: true,
        turned_at: NOW,
        turned_round: 4,
    }
}

fn arrival(device: &Device) -> Change {
    let event = Event { what: "first_seen", was: String::new(), becomes: "SW01".into() };
    Change { before: None, after: device.clone(), events: vec![event] }
}

fn picture(values: &[&str]) -> Picture {
    let mut picture = Picture::default();
    let entry = EntryKey::new("school", Subject::Server, "server");
    for (index, value) in values.iter().enumerate() {
        picture.put(&entry, Fact::said(format!("k{index}"), *value));
    }
    picture
}

fn report_of(number: u64, content: Content, after: &Picture) -> Report {
    Report {
        wire: 1,
        agent_version: "1.0".into(),
        stream: StreamId(u64::MAX - 1),
        number,
        began_at: NOW,
        ended_at: NOW + number as i64,
        content,
        hash: after.hash(),
        probes: vec![],
        readings: vec![],
        troubles: vec![],
        every_s: 300,
        folded: 0,
        paused: false,
    }
}

fn record(db: &Db, agent: AgentId, report: Report, placed: bool) {
    write(db, move |tx| {
        let before = report::agent_by_id(tx, agent)?.unwrap();
        let rounds = Rounds::from([(("school".into(), "snmp".into()), report.number)]);
        let accepted = Accepted { now: NOW + 10, skew_s: -3, round_count: report.number, rounds: &rounds, placed };
        report::record_report(tx, &before, &report, &accepted)
    });
}

fn table(name: &str, headings: &[&str], rows: &[&[&str]]) -> Table {
    let headings: Vec<String> = headings.iter().map(|text| text.to_string()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
    Table::from_cells(name, &headings, rows).unwrap()
}
