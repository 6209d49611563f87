//! Kill -9 of real processes at random moments: no acknowledged report is lost, none is applied twice.
//!
//! Comes in: the programs as `cargo build --bins` made them, a seed, how often to kill (`ROLLCALL_KILLS`, 5 of each by default). Goes out:
//! pass, or the report that is missing or stands twice; numbers on standard error. Absent on purpose: power cuts (what the kernel has
//! taken is kept here), other faults than death.
//!
//! A line of ours stands between agent and collector and notes every answer that came whole: that is what "acknowledged" means.

use rollcall_agent::state::Folder;
use rollcall_collector::import::import;
use rollcall_collector::plan_folder::read_files;
use rollcall_collector::store::{Db, report};
use rollcall_collector::web::agents;
use rollcall_shared::report::Outcome;
use rollcall_shared::{AgentId, Batch, Content, Difference, Receipt, Report, Timestamp, wire};
use rollcall_tests::collector::trust;
use rollcall_tests::line::Line;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Moments by a seed: the same seed gives the same waits, though never the same race.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn moment(&mut self, most_ms: u64) -> Duration {
        Duration::from_millis(self.below(most_ms))
    }
}

/// A program, killed at the latest when the test ends.
struct Running {
    child: Child,
    /// The pipe into which it speaks: who speaks into a closed one dies of it.
    _said: Option<Lines<BufReader<ChildStdout>>>,
}

impl Running {
    fn kill(&mut self) {
        self.child.kill().unwrap(); // SIGKILL
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Scene {
    folder: tempfile::TempDir,
    agent: PathBuf,
    collector: PathBuf,
}

impl Scene {
    /// The programs beside this test, and a school; `None` where they were not built.
    fn new() -> Option<Scene> {
        let beside = std::env::current_exe().unwrap().parent()?.parent()?.to_owned();
        let (agent, collector) = (beside.join("rollcall-agent"), beside.join("rollcall-collector"));
        if !agent.exists() || !collector.exists() {
            eprintln!("skipped: no programs in {} (cargo build --bins makes them)", beside.display());
            return None;
        }
        let scene = Scene { folder: tempfile::tempdir().unwrap(), agent, collector };
        scene.lease(0);
        let config = "state_folder = \"state\"\nround_s = 5\ntime_zone = \"UTC\"\n[[networks]]\nname = \"camus\"\ncidrs = [\"127.90.0.1/32\"]\n\
                      [networks.ports]\nsnmp = 9\npjlink = 9\n[server]\nroot = \"root\"\ndhcp_files = [\"leases\"]\nservices = []\nnut = false\n";
        fs::create_dir(scene.path("root")).unwrap();
        fs::write(scene.path("agent.toml"), config).unwrap();
        Some(scene)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> String {
        self.path("collector/rollcall.db").display().to_string()
    }

    /// Where the programs say how they fare.
    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.path("log")).unwrap()
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// What the school's DHCP server says now: something else every time.
    fn lease(&self, turn: u64) {
        let line = |last: u64| format!("4102444800 00:1b:3f:00:{:02x}:{last:02x} 127.90.0.{} pc-{} *\n", turn % 7, last + 1, turn);
        fs::write(self.path("leases.new"), (1..=5).map(line).collect::<String>()).unwrap();
        fs::rename(self.path("leases.new"), self.path("leases")).unwrap();
    }

    fn collector(&self) -> (Running, String) {
        let mut command = Command::new(&self.collector);
        command.args(["--folder", &self.path("collector").display().to_string(), "--database", &self.database()]);
        command.args(["serve", "--plain", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(self.log());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = said.next().expect("the collector says where it listens").unwrap();
            if let Some(url) = line.strip_prefix("rollcall-collector listens on ") {
                break url.trim().to_owned();
            }
        };
        (Running { child, _said: Some(said) }, url)
    }

    fn agent(&self, arguments: &[&str]) -> Running {
        let config = self.path("agent.toml").display().to_string();
        let mut command = Command::new(&self.agent);
        command.args(["--config", &config]).args(arguments).stdout(Stdio::null()).stderr(self.log());
        Running { child: command.spawn().unwrap(), _said: None }
    }

    /// Makes school and code, with the collector's own library, before it runs.
    fn prepare(&self) -> String {
        fs::create_dir(self.path("collector")).unwrap();
        let now = now();
        let db = Db::open(&self.database(), now).unwrap();
        let (tables, notes) = read_files([
            ("schools.csv", &b"school,name,kind,followed_from\ncamus,Camus,elementaire,2021-09-01\n"[..]),
            ("networks.csv", &b"site,name,cidr\ncamus,camus,127.90.0.0/24\n"[..]),
        ]);
        assert_eq!(notes, []);
        import(&db, tables, "test", "", now).unwrap();
        db.write(move |tx| agents::make_code(tx, &["camus".to_owned()], "test", None, now)).unwrap()
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_secs()).unwrap())
}

fn body_hash(report: &Report) -> [u8; 32] {
    Sha256::digest(serde_json::to_vec(report).unwrap()).into()
}

/// What the line noted of one report.
struct Acknowledged {
    report: Report,
    hash: [u8; 32],
    accepted: usize,
    repeated: usize,
    asked_full: bool,
}

/// Every report that was acknowledged, by stream and number.
fn acknowledged(line: &Line) -> BTreeMap<(u64, u64), Acknowledged> {
    let mut all: BTreeMap<(u64, u64), Acknowledged> = BTreeMap::new();
    for exchange in line.noted().iter().filter(|exchange| exchange.status == 200) {
        let Ok(batch) = wire::decode::<Batch>(&exchange.request) else { continue }; // the enrolment
        let receipt: Receipt = serde_json::from_slice(&exchange.answer).unwrap();
        for (report, answer) in batch.reports.into_iter().zip(receipt.answers) {
            let hash = body_hash(&report);
            let known = all.entry((report.stream.0, report.number)).or_insert_with(|| Acknowledged {
                report,
                hash,
                accepted: 0,
                repeated: 0,
                asked_full: false,
            });
            assert_eq!(known.hash, hash, "one number has two contents: {}", known.report.number);
            match answer.outcome {
                Outcome::Accepted => known.accepted += 1,
                Outcome::FullPlease { .. } => (known.accepted, known.asked_full) = (known.accepted + 1, true),
                Outcome::Duplicate => known.repeated += 1,
                other => panic!("report {} met {other:?}", known.report.number),
            }
        }
    }
    all
}

#[test]
fn no_acknowledged_report_is_lost_and_none_is_applied_twice() {
    let Some(scene) = Scene::new() else { return };
    trust();
    let kills: u64 = std::env::var("ROLLCALL_KILLS").ok().map_or(5, |text| text.parse().expect("ROLLCALL_KILLS is a number"));
    let seed: u64 =
        std::env::var("ROLLCALL_SEED").ok().map_or_else(|| now().0.unsigned_abs(), |text| text.parse().expect("ROLLCALL_SEED is a number"));
    eprintln!("{kills} kills of each; ROLLCALL_SEED={seed}");
    let mut dice = Dice(seed);
    let code = scene.prepare();
    let (mut collector, url) = scene.collector();
    let line = Line::to(&url);
    let enrolled = scene.agent(&["enrol", &line.url, "--code", &code]).child.wait().unwrap();
    assert!(enrolled.success());
    let id = Folder::new(&scene.path("state")).identity().unwrap().unwrap().agent;

    let (mut agents, mut collectors, mut turn) = (0, 0, 0);
    let began = Instant::now();
    while agents < kills || collectors < kills {
        turn += 1;
        scene.lease(turn);
        // Mostly single rounds, one after the other, so that something is always under way; now and then the daemon.
        let mut agent = scene.agent(if dice.below(8) == 0 { &["run"] } else { &["once"] });
        let life = dice.moment(150);
        std::thread::sleep(life); // the random moment itself
        if collectors < kills && (agents >= kills || dice.below(2) == 0) {
            collector.kill();
            collectors += 1;
            let (next, url) = scene.collector();
            line.mend(&url);
            collector = next;
            if dice.below(2) == 0 {
                drop(agent);
            } else {
                std::thread::sleep(dice.moment(300));
            }
        } else if agents < kills && agent.child.try_wait().unwrap().is_none() {
            agent.kill();
            agents += 1;
        }
    }
    finish(&scene);
    collector.kill();
    let took = began.elapsed().as_secs_f64();
    let (reports, repeated, unheard) = examine(&scene, &line, id);
    eprintln!(
        "{agents} agents and {collectors} collectors killed in {took:.0} s: {reports} reports acknowledged, {repeated} of them more than once \
         (and applied once), {unheard} whose first answer died with the collector"
    );
}

/// Lets the agent send what waits.
fn finish(scene: &Scene) {
    let until = Instant::now() + PATIENCE;
    for turn in 1_000.. {
        scene.lease(turn);
        if scene.agent(&["once"]).child.wait().unwrap().success() {
            return;
        }
        assert!(Instant::now() < until, "what waits is not taken:\n{}", scene.last_words());
    }
}

/// Holds what the line noted against what the store holds.
fn examine(scene: &Scene, line: &Line, id: AgentId) -> (usize, usize, usize) {
    let noted = acknowledged(line);
    let db = Db::open(&scene.database(), now()).unwrap();
    let agent = db.read(|tx| report::agent_by_id(tx, id)).unwrap().unwrap();
    for ((_, number), known) in &noted {
        assert!(known.accepted <= 1, "report {number} was applied {} times", known.accepted);
    }
    // An answer may have died with its collector: then the report came again and was a duplicate. So each counts once, heard or not.
    assert_eq!(agent.round_count, noted.len() as u64, "rounds in the store, reports acknowledged");
    let numbers: Vec<u64> = noted.keys().map(|(_, number)| *number).collect();
    let finished: u64 = agent.rounds.get(&("camus".to_owned(), "dhcp".to_owned())).copied().unwrap_or(0);
    let told = noted.values().flat_map(|known| &known.report.probes).filter(|run| run.probe == "dhcp" && run.finished).count();
    assert_eq!(finished, told as u64, "rounds of the probe");
    let stored: Vec<(i64, u64, Vec<u8>)> = db
        .read(|tx| {
            let rows = tx.query("select stream, number, body from difference", &[])?;
            rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect::<rollcall_collector::store::Result<_>>()
        })
        .unwrap();
    let differences: Vec<_> = noted.iter().filter_map(|(key, known)| difference(known).map(|change| (key, change))).collect();
    assert_eq!(stored.len(), differences.len(), "differences in the store, differences acknowledged");
    for ((stream, number), change) in differences {
        let (.., body) = stored.iter().find(|row| (row.0.cast_unsigned(), row.1) == (*stream, *number)).unwrap_or_else(|| panic!("{number} is lost"));
        let kept: Difference = serde_json::from_slice(&zstd::stream::decode_all(body.as_slice()).unwrap()).unwrap();
        assert_eq!(&kept, change, "report {number} is stored as it was sent");
    }
    let ours = Folder::new(&scene.path("state")).load_state().unwrap().unwrap();
    let theirs = db.read(|tx| report::load_picture(tx, &agent)).unwrap().expect("a picture is kept");
    assert_eq!(theirs, ours.standing.picture, "both sides hold the same picture");
    assert_eq!(agent.position.number, ours.number);
    assert!(numbers.iter().max() == Some(&ours.number) && waiting(&scene.path("state/spool")) == 0);
    let repeated = noted.values().filter(|known| known.repeated > 0).count();
    let unheard = noted.values().filter(|known| known.accepted == 0).count();
    (noted.len(), repeated, unheard)
}

fn difference(known: &Acknowledged) -> Option<&Difference> {
    match &known.report.content {
        Content::Difference { change, .. } if !known.asked_full => Some(change),
        _ => None,
    }
}

fn waiting(spool: &Path) -> usize {
    fs::read_dir(spool).unwrap().flatten().filter(|entry| entry.path().extension().is_some_and(|ending| ending == "report")).count()
}
