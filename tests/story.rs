//! A school's year in small: a real agent, a line that drops, a real collector over real HTTP; the same text on both engines.
//!
//! Comes in: a clock of the test, probes that find what the test says. Goes out: pass, or where the story went wrong. At the end of
//! every story nothing waits: no report in the spool, no school that is due, and for every fault told one message, once.
//! Absent on purpose: the probes' own sockets (`town`, the demo and the lab meet those), processes that die (`kill`).

use rollcall_agent::agent::{Agent, Scope};
use rollcall_agent::config;
use rollcall_agent::probes::{Finding, Look, Outcome, Probe, Running};
use rollcall_collector::domain::device::Device;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::{self, outbox, view};
use rollcall_shared::evidence::Holds;
use rollcall_shared::{AgentId, Batch, Content, Fact, Receipt, Report, SchoolId, Subject, Timestamp, wire};
use rollcall_tests::collector::{Clock, Collector, MONDAY, folder, wait};
use rollcall_tests::database;
use rollcall_tests::line::Line;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Between two rounds: half an hour, so that a week is 336 of them.
const ROUND_S: i64 = 1_800;
const WEEK_ROUNDS: usize = 7 * 48;

thread_local! {
    /// What stands in the school now.
    static SCHOOL: RefCell<Vec<Thing>> = const { RefCell::new(Vec::new()) };
}

/// One device of the school.
#[derive(Clone)]
struct Thing {
    last: u8,
    mac: &'static str,
    probe: &'static str,
    says: Vec<(&'static str, String)>,
}

static PROBES: [Probe; 3] = [
    Probe { name: "neighbours", every_s: 0, of_server: false, stage: rollcall_agent::probes::Stage::Find, run: neighbours },
    Probe { name: "pjlink", every_s: 0, of_server: false, stage: rollcall_agent::probes::Stage::Ask, run: |look| said_by("pjlink", look) },
    Probe { name: "snmp", every_s: 0, of_server: false, stage: rollcall_agent::probes::Stage::Ask, run: |look| said_by("snmp", look) },
];

/// Who is asked: everything that ever stood there, so that what is gone is not met.
fn neighbours<'a>(_: &'a Look<'a>) -> Running<'a> {
    let things = SCHOOL.with_borrow(Vec::clone);
    let finding = |last: u8| {
        let holder = things.iter().find(|thing| thing.last == last);
        Finding::of(address(last), holder.map(|thing| Fact::Holds(Holds { key: thing.mac.parse().unwrap() })).into_iter().collect())
    };
    let findings = (1..=9).map(finding).collect();
    Box::pin(async move { Outcome { finished: true, asked: 9, findings, troubles: vec![] } })
}

fn said_by<'a>(probe: &'static str, _: &'a Look<'a>) -> Running<'a> {
    let things = SCHOOL.with_borrow(Vec::clone);
    let facts = |thing: &Thing| {
        let said = thing.says.iter().map(|(key, value)| Fact::said(*key, value.clone()));
        said.chain([Fact::answers(probe)]).collect()
    };
    let finding = |last: u8| {
        let thing = things.iter().find(|thing| thing.last == last && thing.probe == probe);
        Finding::of(address(last), thing.map(facts).unwrap_or_default())
    };
    let findings = (1..=9).map(finding).collect();
    Box::pin(async move { Outcome { finished: true, asked: 9, findings, troubles: vec![] } })
}

fn address(last: u8) -> Subject {
    Subject::Address([10, 0, 0, last].into())
}

fn switch() -> Thing {
    let says =
        [("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140"), ("sysDescr", "HP J9776A 2530-24G Switch, revision YA.16.04.0008"), ("sysName", "sw01")];
    Thing { last: 2, mac: "00:1b:3f:00:00:02", probe: "snmp", says: says.map(|(key, value)| (key, value.to_owned())).to_vec() }
}

/// A projector; `errors` is its ERST: fan, lamp, temperature, cover, filter, other.
fn projector(last: u8, mac: &'static str, serial: &str, errors: &str) -> Thing {
    let says = [("INF1", "EPSON"), ("INF2", "EB-685Wi"), ("SNUM", serial), ("ERST", errors), ("POWR", "1")];
    Thing { last, mac, probe: "pjlink", says: says.map(|(key, value)| (key, value.to_owned())).to_vec() }
}

/// The school as it is on most days.
fn usual() -> Vec<Thing> {
    vec![switch(), projector(3, "00:26:ab:00:00:03", "X4HP8900003", "000000"), projector(4, "00:26:ab:00:00:04", "X4HP8900004", "000000")]
}

/// All that the story is played with.
struct Stage {
    clock: Clock,
    collector: Collector,
    line: Line,
    agent: Agent,
    id: AgentId,
    school: SchoolId,
    _folder: tempfile::TempDir,
    _database: database::Database,
}

impl Stage {
    fn on(database: database::Database) -> Stage {
        let clock = Clock::at(MONDAY);
        let collector = Collector::start(&database.location, &clock);
        let school = collector.school("camus");
        collector.settle();
        let line = Line::to(&collector.url);
        let folder = folder();
        let id = collector.enrol(&folder.path().join("state"), "camus", &line.url).agent;
        let text = format!(
            "state_folder = \"state\"\nround_s = {ROUND_S}\ntime_zone = \"UTC\"\n[[networks]]\nname = \"camus\"\ncidrs = [\"10.0.0.0/24\"]\n[server]\nhere = false\n"
        );
        let config = config::parse(&text, folder.path()).unwrap();
        let agent = Agent::open_with(config, &PROBES).unwrap();
        SCHOOL.set(usual());
        Stage { clock, collector, line, agent, id, school, _folder: folder, _database: database }
    }

    /// One round at its time, into the spool.
    fn round(&self) -> Report {
        self.clock.pass(ROUND_S);
        wait(self.agent.round(Scope::Due, &|| self.clock.now())).unwrap()
    }

    /// One round, sent, settled.
    fn turn(&self) -> Report {
        let report = self.round();
        wait(self.agent.drain(&|| self.clock.now())).unwrap();
        self.collector.settle();
        report
    }

    fn device(&self, serial: &str) -> Device {
        let mut found: Vec<Device> = self.collector.devices(self.school);
        found.retain(|device| device.serial.as_deref() == Some(serial));
        assert_eq!(found.len(), 1, "one device has the serial {serial}");
        found.remove(0)
    }

    fn presence(&self, device: &Device) -> Vec<(Timestamp, Timestamp)> {
        self.collector.read(|tx| view::device::presence(&mut Eyes::ALL.on(tx), self.school, device.id, 1_000))
    }

    /// Topics of the messages that wait, each with the code of its fault.
    fn messages(&self) -> Vec<String> {
        let waiting = self.collector.read(|tx| outbox::waiting(tx, 1_000));
        let keys: BTreeSet<&str> = waiting.iter().map(|message| message.key.as_str()).collect();
        assert_eq!(keys.len(), waiting.len(), "a message waits twice");
        let code = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap()["code"].as_str().unwrap().to_owned();
        waiting.iter().map(|message| format!("{} {}", message.topic, code(&message.body))).collect()
    }

    /// Nothing waits anywhere, and both sides say the same.
    fn ends_well(&self) {
        assert_eq!(self.agent.waiting(), 0, "the spool is empty");
        assert!(!self.collector.is_due(self.school), "no school waits to be settled");
        let agent = self.collector.agent(self.id);
        let last = self.turn();
        let theirs = self.collector.picture(self.id).expect("a picture is kept");
        assert_eq!(theirs.hash(), last.hash, "both sides hold the same picture");
        assert!(!agent.want_full && agent.refused_count == 0);
        let sent = self.messages();
        let opened = sent.iter().filter(|topic| topic.starts_with("fault_opened")).count();
        let faults: i64 = self.collector.read(|tx| {
            let mut row = tx.query_one("select count(*) from fault", &[])?.unwrap();
            row.take()
        });
        assert_eq!(i64::try_from(opened), Ok(faults), "for every fault one message: {sent:?}");
        // No sender exists yet: the test takes the messages out as one would.
        let now = self.clock.now();
        self.collector.write(move |tx| outbox::waiting(tx, 1_000)?.iter().try_for_each(|message| outbox::mark_sent(tx, message.id, now).map(drop)));
        assert_eq!(self.messages(), [""; 0]);
    }

    /// Every (stream, number) that the collector accepted, as it passed on the line.
    fn accepted(&self) -> Vec<(Report, bool)> {
        let mut all = Vec::new();
        for exchange in self.line.noted().iter().filter(|exchange| exchange.status == 200) {
            let Ok(batch) = wire::decode::<Batch>(&exchange.request) else { continue }; // the enrolment
            let receipt: Receipt = serde_json::from_slice(&exchange.answer).unwrap();
            let fate = receipt.answers.into_iter().map(|answer| matches!(answer.outcome, rollcall_shared::report::Outcome::Accepted));
            all.extend(batch.reports.into_iter().zip(fate));
        }
        all
    }
}

fn kind(report: &Report) -> &'static str {
    match report.content {
        Content::Full(_) => "full",
        Content::Difference { .. } => "difference",
        Content::Heartbeat => "heartbeat",
    }
}

/// Plays a story on both engines.
fn on_both(story: impl Fn(Stage)) {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        story(Stage::on(database));
    }
}

#[test]
fn first_days_of_a_school() {
    on_both(|stage| {
        assert_eq!(kind(&stage.turn()), "full");
        assert_eq!(stage.collector.devices(stage.school).len(), 3, "devices appear with the first picture");
        assert_eq!(stage.device("X4HP8900003").kind.map(|kind| kind.code()), Some("projector"));
        for _ in 0..3 {
            assert_eq!(kind(&stage.turn()), "heartbeat");
        }

        // A heartbeat marks nothing due: what stands unchanged costs no settle.
        let report = stage.round();
        wait(stage.agent.drain(&|| stage.clock.now())).unwrap();
        assert_eq!((kind(&report), stage.collector.is_due(stage.school), stage.collector.settle()), ("heartbeat", false, 0));

        // A new projector is a difference, and appears.
        SCHOOL.with_borrow_mut(|school| school.push(projector(5, "00:26:ab:00:00:05", "X4HP8900005", "000000")));
        assert_eq!(kind(&stage.turn()), "difference");
        assert!(stage.device("X4HP8900005").present);

        // A lamp fails: told after two rounds of the probe that sees it, once, and cleared by the round that sees it mended.
        SCHOOL.with_borrow_mut(|school| school[1] = projector(3, "00:26:ab:00:00:03", "X4HP8900003", "020000"));
        assert_eq!(kind(&stage.turn()), "difference");
        assert_eq!(stage.collector.faults(stage.school), [""; 0], "one round confirms nothing");
        assert_eq!(kind(&stage.turn()), "heartbeat");
        assert_eq!(stage.collector.faults(stage.school), ["projector_lamp"]);
        stage.turn();
        SCHOOL.set(usual());
        stage.turn();
        assert_eq!(stage.collector.faults(stage.school), [""; 0]);
        assert_eq!(stage.messages(), ["fault_opened projector_lamp", "fault_cleared projector_lamp"]);
        stage.ends_well();
    });
}

#[test]
fn a_week_without_a_line_leaves_no_hole() {
    on_both(|stage| {
        for _ in 0..4 {
            stage.turn();
        }
        let before = stage.collector.agent(stage.id);
        stage.line.cut();
        let mut told = Vec::new();
        for round in 0..WEEK_ROUNDS {
            // On the third day a projector is taken away; on the fifth it comes back.
            match round {
                96 => SCHOOL.with_borrow_mut(|school| drop(school.pop())),
                192 => SCHOOL.set(usual()),
                _ => {}
            }
            told.push(stage.round());
            if round % 48 == 0 {
                assert!(wait(stage.agent.drain(&|| stage.clock.now())).is_err(), "the line is down");
                stage.collector.settle();
            }
        }
        assert_eq!(stage.agent.waiting(), WEEK_ROUNDS);
        assert_eq!(stage.collector.faults(stage.school), ["agent_silent"], "one incident, its devices in the shadow");
        assert!(stage.collector.devices(stage.school).iter().all(|device| device.present), "in the shadow is unknown, not gone");

        stage.line.mend(&stage.collector.url);
        wait(stage.agent.drain(&|| stage.clock.now())).unwrap();
        stage.collector.settle();
        assert_eq!(stage.collector.faults(stage.school), [""; 0], "it speaks again");
        let after = stage.collector.agent(stage.id);
        assert_eq!(after.round_count - before.round_count, WEEK_ROUNDS as u64, "every round counts once");
        let arrived: Vec<Report> = stage.accepted().into_iter().filter(|(_, accepted)| *accepted).map(|(report, _)| report).collect();
        assert_eq!(arrived[arrived.len() - WEEK_ROUNDS..], told[..], "the rounds keep their own times");

        // The history says when, not when it arrived: taken away on the third day, back on the fifth, by the rounds that saw it.
        let gone = stage.device("X4HP8900004");
        let came = stage.presence(&gone);
        assert_eq!((came.len(), came[0].1, gone.turned_at), (1, told[96].ended_at, told[192].ended_at));
        let stayed = stage.device("X4HP8900003");
        assert!(stage.presence(&stayed).is_empty() && stayed.present, "who was there all week was there all week");
        stage.ends_well();
    });
}

#[test]
fn a_silent_agent_is_told_once_and_cleared_by_a_heartbeat() {
    on_both(|stage| {
        for _ in 0..5 {
            stage.turn();
        }
        for _ in 0..6 {
            stage.clock.pass(ROUND_S);
            stage.collector.settle();
        }
        assert_eq!(stage.collector.faults(stage.school), ["agent_silent"]);
        assert_eq!(kind(&stage.turn()), "heartbeat");
        assert_eq!(stage.collector.faults(stage.school), [""; 0]);
        stage.ends_well();
    });
}

#[test]
fn agent_silent_clears_when_the_first_word_after_silence_asks_for_a_full_picture() {
    on_both(|stage| {
        for _ in 0..5 {
            stage.turn();
        }
        for _ in 0..6 {
            stage.clock.pass(ROUND_S);
            stage.collector.settle();
        }
        assert_eq!(stage.collector.faults(stage.school), ["agent_silent"]);
        // The collector lost the picture meanwhile: the heartbeat cannot be placed, the full picture shows nothing new.
        let id = stage.id;
        stage.collector.write(move |tx| tx.execute("update agent set picture_hash = null where agent_id = $1", &[id.into()]));
        stage.turn();
        assert_eq!(stage.collector.faults(stage.school), [""; 0]);
        stage.ends_well();
    });
}

#[test]
fn a_restart_of_either_side_is_no_event() {
    on_both(|mut stage| {
        stage.turn();
        stage.turn();
        let text = format!(
            "state_folder = \"state\"\nround_s = {ROUND_S}\ntime_zone = \"UTC\"\n[[networks]]\nname = \"camus\"\ncidrs = [\"10.0.0.0/24\"]\n[server]\nhere = false\n"
        );
        drop(stage.agent);
        stage.agent = Agent::open_with(config::parse(&text, stage._folder.path()).unwrap(), &PROBES).unwrap();
        assert_eq!(kind(&stage.turn()), "heartbeat");
        stage.collector.stop();
        stage.collector = Collector::start(&stage._database.location, &stage.clock);
        stage.line.mend(&stage.collector.url);
        SCHOOL.with_borrow_mut(|school| school.push(projector(5, "00:26:ab:00:00:05", "X4HP8900005", "000000")));
        assert_eq!(kind(&stage.turn()), "difference");
        assert_eq!(stage.collector.devices(stage.school).len(), 4);
        let events: Vec<String> = stage.collector.read(|tx| {
            let rows = store::view::device::events(&mut Eyes::ALL.on(tx), stage.school, None, 100)?;
            Ok(rows.into_iter().map(|row| row.what).collect())
        });
        assert_eq!(events, ["first_seen"; 4]);
        stage.ends_well();
    });
}
