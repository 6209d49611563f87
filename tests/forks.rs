//! Servers that are cloned, restored, or hold a report that nobody can take: each ends in one true state, told, nothing doubled, nothing blocked.
//!
//! Comes in: a real agent with a school of the test's own making, a collector that is put back to an earlier day. Goes out: pass, or what
//! was lost, doubled or blocked. Absent on purpose: the judgement itself, which `domain/stream` has a test for line by line.

use rollcall_agent::agent::{Agent, Scope};
use rollcall_agent::config;
use rollcall_agent::probes::{Finding, Look, Outcome, Probe, Running};
use rollcall_agent::spool::Spool;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::{backup, store};
use rollcall_shared::evidence::Holds;
use rollcall_shared::{AgentId, Batch, Content, Fact, PictureHash, Report, SchoolId, Subject, wire};
use rollcall_tests::collector::{Clock, Collector, MONDAY, folder, wait};
use rollcall_tests::database;
use rollcall_tests::line::{Exchange, Line};
use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Between two rounds.
const ROUND_S: i64 = 300;

thread_local! {
    /// Last octets of the devices that stand in the school, and the name that each bears.
    static SCHOOL: RefCell<Vec<(u8, String)>> = const { RefCell::new(Vec::new()) };
}

static PROBES: [Probe; 1] = [Probe { name: "neighbours", every_s: 0, of_server: false, stage: rollcall_agent::probes::Stage::Find, run: neighbours }];

fn neighbours<'a>(_: &'a Look<'a>) -> Running<'a> {
    let things = SCHOOL.with_borrow(Vec::clone);
    let facts = |(last, name): &(u8, String)| {
        let mac = format!("00:1b:3f:00:00:{last:02x}").parse().unwrap();
        vec![Fact::Holds(Holds { key: mac }), Fact::said("sysName", name.clone())]
    };
    let finding = |last: u8| {
        let facts = things.iter().find(|(other, _)| *other == last).map(facts).unwrap_or_default();
        Finding::of(Subject::Address([10, 0, 0, last].into()), facts)
    };
    let findings = (1..=20).map(finding).collect();
    Box::pin(async move { Outcome { finished: true, asked: 20, findings, troubles: vec![] } })
}

fn stands(names: &[(u8, &str)]) {
    SCHOOL.set(names.iter().map(|(last, name)| (*last, (*name).to_owned())).collect());
}

struct Stage {
    clock: Clock,
    collector: Collector,
    line: Line,
    id: AgentId,
    school: SchoolId,
    folder: tempfile::TempDir,
    database: database::Database,
}

impl Stage {
    fn on(database: database::Database) -> Stage {
        let clock = Clock::at(MONDAY);
        let collector = Collector::start(&database.location, &clock);
        let school = collector.school("camus");
        let line = Line::to(&collector.url);
        let folder = folder();
        let id = collector.enrol(&folder.path().join("state"), "camus", &line.url).agent;
        stands(&[(2, "sw01"), (3, "pr01")]);
        Stage { clock, collector, line, id, school, folder, database }
    }

    /// An agent on a state folder.
    fn agent(&self, state: &str) -> Agent {
        let text = format!(
            "state_folder = \"{state}\"\nround_s = {ROUND_S}\ntime_zone = \"UTC\"\n[[networks]]\nname = \"camus\"\ncidrs = [\"10.0.0.0/24\"]\n[server]\nhere = false\n"
        );
        Agent::open_with(config::parse(&text, self.folder.path()).unwrap(), &PROBES).unwrap()
    }

    fn round(&self, agent: &Agent) -> Report {
        self.clock.pass(ROUND_S);
        wait(agent.round(Scope::Everything, &|| self.clock.now())).unwrap()
    }

    fn send(&self, agent: &Agent) {
        wait(agent.drain(&|| self.clock.now())).unwrap();
        self.collector.settle();
    }

    fn turn(&self, agent: &Agent) -> Report {
        let report = self.round(agent);
        self.send(agent);
        report
    }

    fn names(&self) -> Vec<String> {
        let present = self.collector.devices(self.school).into_iter().filter(|device| device.present);
        let mut names: Vec<String> = present.map(|device| device.name.unwrap_or_default()).collect();
        names.sort();
        names
    }

    /// One true state: what stands in the school, each once, and the agent's own picture.
    fn agree(&self, agent: &Agent, names: &[&str]) {
        let last = self.turn(agent);
        assert_eq!(agent.waiting(), 0, "nothing is blocked");
        assert_eq!(self.collector.picture(self.id).map(|picture| picture.hash()), Some(last.hash), "both sides hold the same picture");
        assert_eq!(self.names(), names);
        let devices = self.collector.devices(self.school);
        let mut keys: Vec<_> = devices.iter().flat_map(|device| &device.keys).filter(|key| key.text.len() == 12).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "no key names two devices");
        assert!(!self.collector.is_due(self.school));
    }
}

fn kind(report: &Report) -> &'static str {
    match report.content {
        Content::Full(_) => "full",
        Content::Difference { .. } => "difference",
        Content::Heartbeat => "heartbeat",
    }
}

fn on_both(story: impl Fn(Stage)) {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        story(Stage::on(database));
    }
}

/// Copies a folder as an image of a disk does.
fn image(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            image(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_cloned_server_is_told_and_the_state_stays_one() {
    on_both(|stage| {
        let agent = stage.agent("state");
        for _ in 0..4 {
            stage.turn(&agent);
        }
        image(&stage.folder.path().join("state"), &stage.folder.path().join("clone"));
        let clone = stage.agent("clone");
        stage.turn(&agent);
        stage.turn(&clone); // the same number with a later round: asked for a new stream
        assert_eq!(stage.collector.faults(stage.school), [""; 0], "one new stream may be a server made anew");
        stage.turn(&agent);
        stage.turn(&clone);
        assert_eq!(stage.collector.faults(stage.school), ["cloned_server"]);
        for _ in 0..6 {
            stands(&[(2, "sw01"), (3, "pr01"), (4, "pr02")]);
            stage.turn(&agent);
            stage.turn(&clone);
            stands(&[(2, "sw01"), (3, "pr01")]);
            stage.turn(&clone);
            stage.turn(&agent);
        }
        assert_eq!(stage.collector.devices(stage.school).len(), 3, "two voices, the same devices");
        assert_eq!(stage.collector.faults(stage.school), ["cloned_server"], "told once, however long they talk");
        drop(clone);
        for _ in 0..24 {
            stage.turn(&agent);
        }
        assert_eq!(stage.collector.faults(stage.school), [""; 0], "the clone is switched off");
        stage.agree(&agent, &["pr01", "sw01"]);
    });
}

#[test]
fn a_server_restored_to_last_week_begins_a_new_stream() {
    on_both(|stage| {
        let agent = stage.agent("state");
        stage.turn(&agent);
        stage.turn(&agent);
        let last_week = stage.round(&agent); // still in the spool when the image is made
        image(&stage.folder.path().join("state"), &stage.folder.path().join("image"));
        stands(&[(2, "switch-01"), (3, "pr01"), (4, "pr02")]);
        for _ in 0..20 {
            stage.turn(&agent);
        }
        let before = stage.collector.agent(stage.id);
        drop(agent);
        fs::remove_dir_all(stage.folder.path().join("state")).unwrap();
        fs::rename(stage.folder.path().join("image"), stage.folder.path().join("state")).unwrap();
        stands(&[(2, "switch-01"), (3, "pr01"), (5, "pr03")]);
        let agent = stage.agent("state");
        assert_eq!(agent.waiting(), 1, "last week's report lies in the spool again");
        let first = stage.turn(&agent);
        let after = stage.collector.agent(stage.id);
        assert_eq!(first.stream, last_week.stream);
        assert!(after.position.stream != before.position.stream, "a new stream, asked for");
        assert_eq!(after.round_count, before.round_count + 1, "last week's report did not count twice");
        stage.agree(&agent, &["pr01", "pr03", "switch-01"]);
        assert_eq!(stage.collector.devices(stage.school).len(), 4);
        for _ in 0..24 {
            stage.turn(&agent);
        }
        assert_eq!(stage.collector.faults(stage.school), [""; 0], "a restored server is no clone");
    });
}

#[test]
fn a_collector_restored_to_yesterday_asks_and_learns_anew() {
    let mut stage = Stage::on(database::sqlite());
    let agent = stage.agent("state");
    for _ in 0..4 {
        stage.turn(&agent);
    }
    // The backup is made while reports come in.
    let stop = Arc::new(AtomicBool::new(false));
    let (db, folder, done) = (stage.collector.web.db.clone(), stage.folder.path().join("backup"), stop.clone());
    let now = stage.clock.now();
    let copying = std::thread::spawn(move || {
        let made = backup::backup(&db, &folder, &[], now);
        done.store(true, Ordering::SeqCst);
        made
    });
    let mut rounds = 0;
    while !stop.load(Ordering::SeqCst) || rounds < 10 {
        let name = format!("sw{rounds}");
        stands(&[(2, &name), (3, "pr01")]);
        stage.turn(&agent);
        rounds += 1;
        assert!(rounds < 2_000, "the backup never ends");
    }
    copying.join().unwrap().unwrap();
    for round in 0..50 {
        let name = format!("switch-{round}");
        stands(&[(2, &name), (3, "pr01"), (4, "pr02")]);
        stage.turn(&agent);
    }
    let told = stage.collector.agent(stage.id).position.number;

    // The line is down while the collector is put back: two rounds wait.
    stage.line.cut();
    stage.round(&agent);
    stands(&[(2, "switch"), (3, "pr01"), (5, "pr03")]);
    stage.round(&agent);
    let Stage { clock, collector, .. } = stage;
    collector.stop();
    backup::restore(&stage.folder.path().join("backup"), Path::new(&stage.database.location), &[], clock.now()).unwrap();
    let collector = Collector::start(&stage.database.location, &clock);
    stage.line.mend(&collector.url);
    stage = Stage { clock, collector, ..stage };
    let back = stage.collector.agent(stage.id);
    assert!(back.position.number < told, "the collector is at {}, the agent was at {told}", back.position.number);

    stage.send(&agent);
    let after = stage.collector.agent(stage.id);
    assert_eq!(after.position.stream, back.position.stream, "no new stream is needed");
    assert_eq!(after.round_count, back.round_count + 3, "two rounds with their times, and the full picture that was asked for");
    stage.agree(&agent, &["pr01", "pr03", "switch"]);
    assert_eq!(stage.collector.faults(stage.school), [""; 0]);
}

#[test]
fn a_week_with_reports_that_nobody_can_take_is_not_blocked_by_them() {
    on_both(|stage| {
        let agent = stage.agent("state");
        stage.turn(&agent);
        stage.line.cut();
        for round in 0..60 {
            let name = format!("sw{round}");
            stands(&[(2, &name), (3, "pr01")]);
            stage.round(&agent);
        }
        drop(agent);
        spoil(&stage.folder.path().join("state/spool"));
        stage.line.mend(&stage.collector.url);

        let agent = stage.agent("state");
        for _ in 0..3 {
            // Each request that could not be taken ends a drain at most; the next goes on.
            drop(wait(agent.drain(&|| stage.clock.now())));
        }
        assert_eq!(agent.waiting(), 0, "nothing is blocked");
        let told: usize = stage.line.noted().iter().filter(|exchange| exchange.status == 200).map(refusals_told).sum();
        assert_eq!(told, 2, "each is told, by a report that was taken");
        let refused = fs::read_dir(stage.folder.path().join("state/spool/refused")).unwrap().count();
        assert_eq!(refused, 2, "set aside, for people");
        let of_agent = stage.collector.agent(stage.id);
        assert_eq!(of_agent.refused_count, 1, "counted: the one whose hash lies");
        let kept: i64 = stage.collector.read(|tx| {
            let mut row = tx.query_one("select count(*) from set_aside", &[])?.unwrap();
            row.take()
        });
        assert!(kept >= 1, "the one over the bounds is kept by the collector as well");
        let events = stage.collector.read(|tx| store::view::device::events(&mut Eyes::ALL.on(tx), stage.school, None, 1_000));
        let said = stage.line.noted().iter().filter(|exchange| exchange.status == 413).count();
        assert!(said > 0 && !events.is_empty());
        stage.agree(&agent, &["pr01", "sw59"]);
    });
}

/// How many set-aside reports the reports of one request tell of.
fn refusals_told(exchange: &Exchange) -> usize {
    let Ok(batch) = wire::decode::<Batch>(&exchange.request) else { return 0 }; // the enrolment
    batch.reports.iter().flat_map(|report| &report.troubles).filter(|trouble| trouble.code == "report_refused").count()
}

/// Makes one waiting report a full picture whose hash lies, and another one larger than any bound.
fn spoil(folder: &Path) {
    let spool = Spool::open(folder, u64::MAX).unwrap();
    let reports: Vec<Report> = spool.entries().map(|entry| spool.read(*entry).unwrap()).collect();
    fs::remove_dir_all(folder).unwrap();
    let mut spool = Spool::open(folder, u64::MAX).unwrap();
    for (index, mut report) in reports.into_iter().enumerate() {
        match index {
            20 => (report.content, report.hash) = (Content::Full(vec![]), PictureHash(7)),
            40 => report.agent_version = "x".repeat(1_000),
            _ => {}
        }
        spool.put(&report).unwrap();
    }
    assert_eq!(kind(&spool.read(*spool.entries().nth(20).unwrap()).unwrap()), "full");
}
