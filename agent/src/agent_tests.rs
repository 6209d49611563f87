//! An agent's life with scripted probes and a scripted collector: streams, restarts, power cuts, receipts.

use super::*;
use crate::config;
use crate::probes::{Finding, Look, Outcome as Found, Running, Stage};
use proptest::prelude::*;
use rollcall_shared::{AgentId, Fact, Picture, StreamId, wire};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

thread_local! {
    /// What the scripted probes say now: about each last octet of 10.0.0.x a text; and which probes ran with which sweep.
    static WORLD: RefCell<Vec<(u8, &'static str)>> = const { RefCell::new(Vec::new()) };
    static RAN: RefCell<Vec<(&'static str, bool)>> = const { RefCell::new(Vec::new()) };
    static CLOCK: Cell<i64> = const { Cell::new(1_795_336_200) }; // 2026-11-22T08:30:00Z, a Sunday
}

static SCRIPTED: [Probe; 2] = [
    Probe { name: "active", every_s: 0, of_server: false, stage: Stage::Ask, run: active },
    Probe { name: "leases", every_s: 900, of_server: true, stage: Stage::Find, run: leases },
];

fn active<'a>(look: &'a Look<'a>) -> Running<'a> {
    RAN.with_borrow_mut(|ran| ran.push(("active", look.sweep)));
    let finding = |(last, text): &(u8, &'static str)| Finding::of(Subject::Address([10, 0, 0, *last].into()), vec![Fact::said("name", *text)]);
    let findings: Vec<Finding> = WORLD.with_borrow(|world| world.iter().map(finding).collect());
    Box::pin(async move { Found { finished: true, asked: 254, findings, troubles: vec![] } })
}

fn leases<'a>(look: &'a Look<'a>) -> Running<'a> {
    RAN.with_borrow_mut(|ran| ran.push(("leases", look.sweep)));
    Box::pin(async { Found { finished: true, ..Found::default() } })
}

fn clock() -> Timestamp {
    Timestamp(CLOCK.get())
}

fn pass(seconds: i64) {
    CLOCK.set(CLOCK.get() + seconds);
}

fn set(world: &[(u8, &'static str)]) {
    WORLD.set(world.to_vec());
}

const NETWORK: &str = "[[networks]]\nname = \"school\"\ncidrs = [\"10.0.0.0/24\"]\n";

fn open(folder: &Path, keys: &str) -> Agent {
    let config = config::parse(&format!("state_folder = \"state\"\ntime_zone = \"UTC\"\n{keys}\n{NETWORK}"), folder).unwrap();
    Agent::open_with(config, &SCRIPTED).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

async fn round(agent: &Agent) -> Report {
    pass(300);
    agent.round(Scope::Due, &clock).await.unwrap()
}

fn kind(report: &Report) -> &'static str {
    match report.content {
        Content::Full(_) => "full",
        Content::Difference { .. } => "difference",
        Content::Heartbeat => "heartbeat",
    }
}

#[test]
fn full_then_heartbeats_then_differences_and_a_restart_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01"), (2, "pr01")]);
        let agent = open(folder.path(), "");
        let first = round(&agent).await;
        let second = round(&agent).await;
        set(&[(1, "sw01"), (2, "printer")]);
        let third = round(&agent).await;
        drop(agent);
        let agent = open(folder.path(), "");
        let fourth = round(&agent).await;
        let all = [&first, &second, &third, &fourth];
        assert_eq!(all.map(kind), ["full", "heartbeat", "difference", "heartbeat"]);
        assert_eq!(all.map(|report| report.number), [1, 2, 3, 4]);
        assert!(all.iter().all(|report| report.stream == first.stream));
        assert!(matches!(&third.content, Content::Difference { from, .. } if *from == second.hash));
    });
}

#[test]
fn power_lost_between_a_report_and_its_state_gives_a_full_picture_next() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01")]);
        let agent = open(folder.path(), "");
        round(&agent).await;
        let kept = std::fs::read(folder.path().join("state/state")).unwrap();
        set(&[(1, "sw02")]);
        round(&agent).await;
        drop(agent);
        std::fs::write(folder.path().join("state/state"), kept).unwrap(); // the state of report 1, while the spool holds 2
        let report = round(&open(folder.path(), "")).await;
        assert_eq!((kind(&report), report.number), ("full", 3));
    });
}

#[test]
fn a_damaged_state_begins_a_new_stream_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01")]);
        let before = round(&open(folder.path(), "")).await;
        std::fs::write(folder.path().join("state/state"), b"garbage").unwrap();
        let after = round(&open(folder.path(), "")).await;
        assert!(after.stream != before.stream && kind(&after) == "full" && after.number == 1);
        assert_eq!(after.troubles[0].code, "state_lost");
    });
}

#[test]
fn two_agents_never_share_a_state_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path(), "");
    let config = config::parse(&format!("state_folder = \"state\"\n{NETWORK}"), folder.path()).unwrap();
    assert!(Agent::open_with(config, &SCRIPTED).is_err());
}

#[test]
fn sweeps_hourly_in_school_hours_and_four_times_a_day_else() {
    let folder = tempfile::tempdir().unwrap();
    CLOCK.set(1_795_420_800); // Monday 2026-11-23T08:00:00Z
    wait(async {
        let agent = open(folder.path(), "");
        let sweeps_in = async |rounds: usize| {
            RAN.take();
            for _ in 0..rounds {
                round(&agent).await;
            }
            RAN.take().into_iter().filter(|(probe, sweep)| *probe == "active" && *sweep).count()
        };
        assert_eq!(sweeps_in(24).await, 2); // 08:00 to 10:00
        pass(14 * 3_600); // until midnight
        assert_eq!(sweeps_in(72).await, 1); // 00:00 to 06:00
    });
}

#[test]
fn probes_have_their_own_periods_and_quiet_hours_stop_active_ones_only() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = open(folder.path(), "quiet_hours = [\"00:00-24:00\"]");
        RAN.take();
        let report = round(&agent).await;
        assert_eq!(RAN.take(), [("leases", false)]);
        assert_eq!(report.probes.iter().map(|run| run.probe.as_str()).collect::<Vec<_>>(), ["leases", "mask"]);
        drop(agent);
        let agent = open(folder.path(), "");
        for _ in 0..6 {
            round(&agent).await;
        }
        assert_eq!(RAN.take().iter().filter(|(probe, _)| *probe == "leases").count(), 2); // every 900 s of 1 800
    });
}

#[test]
fn a_pause_stops_all_looking_and_nothing_leaves_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01")]);
        let agent = open(folder.path(), "");
        let before = round(&agent).await;
        std::fs::write(folder.path().join("state/pause"), b"").unwrap();
        let report = round(&agent).await;
        assert!(report.paused && report.probes.is_empty() && kind(&report) == "heartbeat" && report.hash == before.hash);
    });
}

#[test]
fn what_is_no_longer_configured_leaves_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01"), (2, "alarm")]);
        round(&open(folder.path(), "")).await;
        let config = format!("state_folder = \"state\"\n{NETWORK}never = {{ addresses = [\"10.0.0.2\"] }}\n");
        let agent = Agent::open_with(config::parse(&config, folder.path()).unwrap(), &SCRIPTED).unwrap();
        let report = round(&agent).await;
        let Content::Difference { change, .. } = report.content else { panic!("{}", kind(&report)) };
        assert_eq!(change.gone.iter().map(|gone| gone.subject.to_string()).collect::<Vec<_>>(), ["ip:10.0.0.2"]);
    });
}

/// What the scripted collector does with one request: status and body.
type Script = dyn FnMut(Batch) -> (u16, &'static str, String);

/// An enrolled agent, and a collector that answers by the script.
async fn enrolled(folder: &Path, mut script: Box<Script>) -> Agent {
    rustls::crypto::ring::default_provider().install_default().ok(); // another test of this process may have
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let state = Folder::new(&folder.join("state"));
    state.make().unwrap();
    let identity = Identity { agent: AgentId(3), collector, pin: None, networks: vec![], enrolled_at: Timestamp(0) };
    state.save_identity(&identity, &ed25519_dalek::SigningKey::from_bytes(&[7; 32])).unwrap();
    tokio::task::spawn_local(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let body = loop {
                socket.read_buf(&mut request).await.unwrap();
                if let Some(body) = whole_body(&request) {
                    break body.to_vec();
                }
            };
            let (status, header, answer) = script(wire::decode(&body).unwrap());
            let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{header}content-length: {}\r\n\r\n", answer.len());
            socket.write_all((head + &answer).as_bytes()).await.unwrap();
        }
    });
    open(folder, "")
}

fn whole_body(request: &[u8]) -> Option<&[u8]> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    assert!(head.contains("content-encoding: zstd") && head.contains("signature-input: rollcall=") && head.contains("keyid=\"agent:3\""), "{head}");
    let length: usize = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    (request.len() >= end + length).then_some(&request[end..])
}

fn receipt(batch: &Batch, outcome: impl Fn(&Report) -> Outcome) -> (u16, &'static str, String) {
    let answer = |report: &Report| Answer { stream: report.stream, number: report.number, outcome: outcome(report) };
    let receipt = Receipt { now: batch.sent_at, answers: batch.reports.iter().map(answer).collect(), pause: false };
    (200, "", serde_json::to_string(&receipt).unwrap())
}

const PROBLEM: &str = "content-type: application/problem+json\r\n";

#[test]
fn waiting_reports_travel_together_and_are_forgotten_on_receipt() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = enrolled(folder.path(), Box::new(|batch| receipt(&batch, |_| Outcome::Accepted))).await;
        for _ in 0..5 {
            round(&agent).await;
        }
        assert_eq!(agent.send(&clock).await, Ok(Sent { reports: 5, left: 0 }));
        assert_eq!(agent.waiting(), 0);
    });
}

#[test]
fn a_collector_that_lost_the_picture_gets_it_whole_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let full_please = |report: &Report| match report.content {
        Content::Full(_) => Outcome::Accepted,
        _ => Outcome::FullPlease { reason: "restored".into() },
    };
    wait(async {
        set(&[(1, "sw01")]);
        let agent = enrolled(folder.path(), Box::new(move |batch| receipt(&batch, full_please))).await;
        round(&agent).await;
        agent.drain(&clock).await.unwrap();
        let heartbeat = round(&agent).await;
        assert_eq!((kind(&heartbeat), agent.drain(&clock).await), ("heartbeat", Ok(2)));
        assert!(agent.waiting() == 0 && !agent.owes_full());
        assert_eq!(round(&agent).await.number, 4);
    });
}

#[test]
fn asked_to_restart_it_begins_one_new_stream_with_a_full_picture() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        set(&[(1, "sw01")]);
        let mut old: Option<StreamId> = None;
        let script = move |batch: Batch| {
            let old = *old.get_or_insert(batch.reports[0].stream);
            receipt(&batch, |report| if report.stream == old { Outcome::Restart { reason: "cloned".into() } } else { Outcome::Accepted })
        };
        let agent = enrolled(folder.path(), Box::new(script)).await;
        let (first, second) = (round(&agent).await, round(&agent).await);
        assert_eq!(agent.drain(&clock).await, Ok(3));
        let next = round(&agent).await;
        assert!(next.stream != first.stream && first.stream == second.stream);
        assert_eq!((kind(&next), next.number), ("heartbeat", 2));
    });
}

#[test]
fn a_refused_report_is_set_aside_told_and_followed_by_a_full_picture() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let refuse = |report: &Report| if report.number == 2 { Outcome::Refused { reason: "no".into() } } else { Outcome::Accepted };
        let agent = enrolled(folder.path(), Box::new(move |batch| receipt(&batch, refuse))).await;
        for _ in 0..3 {
            round(&agent).await;
        }
        agent.send(&clock).await.unwrap();
        assert!(agent.waiting() == 0 && agent.owes_full());
        let report = round(&agent).await;
        assert_eq!((kind(&report), report.troubles[0].code.as_str()), ("full", "report_refused"));
        assert_eq!(std::fs::read_dir(folder.path().join("state/spool/refused")).unwrap().count(), 1);
    });
}

#[test]
fn a_request_too_large_is_split_until_the_one_report_is_found() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let script = |batch: Batch| match batch.reports.iter().any(|report| report.number == 3) {
            true => (413, "", String::new()),
            false => receipt(&batch, |_| Outcome::Accepted),
        };
        let agent = enrolled(folder.path(), Box::new(script)).await;
        for _ in 0..8 {
            round(&agent).await;
        }
        agent.drain(&clock).await.unwrap();
        assert_eq!(agent.waiting(), 0);
        assert!(std::fs::read_dir(folder.path().join("state/spool/refused")).unwrap().next().is_some());
    });
}

#[test]
fn a_collector_that_finds_everything_malformed_does_not_empty_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = enrolled(folder.path(), Box::new(|_| (400, PROBLEM, r#"{"title":"malformed"}"#.to_owned()))).await;
        for _ in 0..9 {
            round(&agent).await;
        }
        let aside = MAX_SET_ASIDE_IN_ROW as usize;
        assert_eq!(agent.drain(&clock).await, Err(Failure::TooLarge("malformed".into())));
        assert_eq!(agent.waiting(), 9 - aside);
    });
}

#[test]
fn the_configured_proxy_carries_the_request() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = enrolled(folder.path(), Box::new(|batch| receipt(&batch, |_| Outcome::Accepted))).await;
        let proxy = agent.identity().unwrap().collector.clone();
        drop(agent);
        let agent = open(folder.path(), &format!("proxy = \"{proxy}\"\ncollector = \"http://collector.invalid\""));
        round(&agent).await;
        assert_eq!(agent.drain(&clock).await, Ok(1));
    });
}

#[test]
fn busy_revoked_and_strange_collectors_leave_the_spool_alone() {
    let revoked = r#"{"type":"https://rollcall.example/problems/revoked","title":"revoked"}"#;
    let not_ready = |seconds| Failure::NotReady { reason: "503 Service Unavailable".into(), retry_after_s: seconds };
    for (status, header, body, expected) in [
        (503, "retry-after: 17\r\n", "", not_ready(Some(17))),
        (503, "", "", not_ready(None)),
        (403, PROBLEM, revoked, Failure::Revoked("revoked".into())),
        (404, "", "<html>", Failure::Answer("404 Not Found: 404 Not Found".into())),
    ] {
        let folder = tempfile::tempdir().unwrap();
        wait(async {
            let agent = enrolled(folder.path(), Box::new(move |_| (status, header, body.to_owned()))).await;
            round(&agent).await;
            assert_eq!(agent.drain(&clock).await, Err(expected));
            assert_eq!(agent.waiting(), 1);
            let contact = Folder::new(&folder.path().join("state")).contact();
            assert_eq!((contact.revoked, contact.failed_at), (status == 403, Some(clock())));
        });
    }
}

#[test]
fn a_clock_far_off_is_told_and_a_pause_from_afar_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let script = |batch: Batch| {
            let answers = batch.reports.iter().map(|report| Answer { stream: report.stream, number: report.number, outcome: Outcome::Accepted });
            let receipt = Receipt { now: batch.sent_at + 86_400, answers: answers.collect(), pause: true };
            (200, "", serde_json::to_string(&receipt).unwrap())
        };
        let agent = enrolled(folder.path(), Box::new(script)).await;
        round(&agent).await;
        agent.drain(&clock).await.unwrap();
        let report = round(&agent).await;
        assert!(report.paused && report.troubles.iter().any(|trouble| trouble.code == "clock" && trouble.text.contains("86400")), "{report:?}");
    });
}

#[test]
fn every_report_leads_the_collector_to_the_same_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut picture = Picture::default();
    wait(async {
        for world in [&[(1, "a"), (2, "b")][..], &[(1, "a")], &[], &[(7, "c"), (1, "d")]] {
            set(world);
            let agent = open(folder.path(), "");
            pass(86_400);
            let report = agent.round(Scope::Everything, &clock).await.unwrap();
            match report.content {
                Content::Full(groups) => picture = Picture::from_groups(groups),
                Content::Difference { from, change } => {
                    assert_eq!(from, picture.hash());
                    picture.apply(&change);
                }
                Content::Heartbeat => {}
            }
            assert_eq!((picture.hash(), picture.fact_count()), (report.hash, world.len()));
        }
    });
}

#[test]
fn a_report_that_cannot_be_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("state/spool");
    wait(async {
        set(&[(1, "a")]);
        let agent = open(folder.path(), "");
        let first = round(&agent).await;
        set(&[(1, "b")]);
        std::fs::rename(&spool, folder.path().join("elsewhere")).unwrap();
        assert!(agent.round(Scope::Due, &clock).await.is_err());
        std::fs::rename(folder.path().join("elsewhere"), &spool).unwrap();
        let next = round(&agent).await;
        assert_eq!((next.number, kind(&next)), (2, "difference"));
        assert!(matches!(next.content, Content::Difference { from, .. } if from == first.hash));
    });
}

/// Regression: the power went between report and state, the report was sent, and the agent ended before another round. Its number
/// was given to the next report as well, which the collector took for one that it had.
#[test]
fn a_number_taken_before_a_power_cut_stays_taken_when_its_report_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state/state");
    wait(async {
        let mut model = Model::default();
        set(&[(1, "a")]);
        let agent = open(folder.path(), "");
        round(&agent).await;
        let kept = std::fs::read(&state).unwrap();
        set(&[]);
        let lost = round(&agent).await;
        drop(agent);
        std::fs::write(&state, kept).unwrap();
        let agent = open(folder.path(), "");
        model.take(&agent, false);
        drop(agent);
        let agent = open(folder.path(), "");
        assert_eq!(round(&agent).await.number, lost.number + 1);
    });
}

/// A collector of a few lines: what it knows of the agent, and how it answers.
#[derive(Default)]
struct Model {
    picture: Picture,
    known: std::collections::BTreeMap<StreamId, u64>,
}

impl Model {
    fn answer(&mut self, report: &Report) -> Outcome {
        let last = self.known.entry(report.stream).or_default();
        if report.number <= *last {
            return Outcome::Duplicate;
        }
        *last = report.number;
        match &report.content {
            Content::Full(groups) => self.picture = Picture::from_groups(groups.clone()),
            Content::Difference { from, change } if *from == self.picture.hash() => self.picture.apply(change),
            Content::Heartbeat if report.hash == self.picture.hash() => {}
            _ => return Outcome::FullPlease { reason: "another picture is here".into() },
        }
        assert_eq!(self.picture.hash(), report.hash);
        Outcome::Accepted
    }

    /// One request; the answer may be lost on the way.
    fn take(&mut self, agent: &Agent, answer_lost: bool) {
        let store = &mut *agent.store.borrow_mut();
        let batch = store.spool.oldest(3);
        store.spool.landed();
        let answers: Vec<Answer> =
            batch.iter().map(|(_, report)| Answer { stream: report.stream, number: report.number, outcome: self.answer(report) }).collect();
        if !answer_lost {
            let entries: Vec<Entry> = batch.into_iter().map(|(entry, _)| entry).collect();
            agent.settle(store, &entries, Receipt { now: clock(), answers, pause: false }, clock());
        }
    }
}

/// What may befall an agent.
#[derive(Debug, Clone)]
enum Blow {
    Round(Vec<(u8, bool)>),
    Request,
    LostAnswer,
    Restart,
    /// The power goes after the report was written and before the state was.
    OldState(Vec<(u8, bool)>),
    DamagedState,
    DamagedReport,
    /// The collector goes back to an earlier day.
    CollectorForgets,
}

fn blow() -> impl Strategy<Value = Blow> {
    let world = || prop::collection::vec((0u8..5, any::<bool>()), 0..5);
    prop_oneof![
        6 => world().prop_map(Blow::Round),
        4 => Just(Blow::Request),
        1 => Just(Blow::LostAnswer),
        1 => Just(Blow::Restart),
        1 => world().prop_map(Blow::OldState),
        1 => Just(Blow::DamagedState),
        1 => Just(Blow::DamagedReport),
        1 => Just(Blow::CollectorForgets),
    ]
}

fn live(world: &[(u8, bool)]) {
    let by_address: std::collections::BTreeMap<u8, &str> = world.iter().map(|(last, text)| (*last, if *text { "a" } else { "b" })).collect();
    WORLD.set(by_address.into_iter().collect());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_befalls_them_agent_and_collector_agree_in_the_end(blows in prop::collection::vec(blow(), 1..25), bound in prop::sample::select(vec!["", "spool_max_bytes = 65536"])) {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/state");
        wait(async {
            let mut model = Model::default();
            let mut agent = open(folder.path(), bound);
            for blow in blows {
                match blow {
                    Blow::Round(world) => {
                        live(&world);
                        round(&agent).await;
                    }
                    Blow::Request => model.take(&agent, false),
                    Blow::LostAnswer => model.take(&agent, true),
                    Blow::Restart => {
                        drop(agent);
                        agent = open(folder.path(), bound);
                    }
                    Blow::OldState(world) => {
                        let kept = std::fs::read(&state).ok();
                        live(&world);
                        round(&agent).await;
                        drop(agent);
                        kept.map_or_else(|| std::fs::remove_file(&state), |kept| std::fs::write(&state, kept)).unwrap();
                        agent = open(folder.path(), bound);
                    }
                    Blow::DamagedState => {
                        drop(agent);
                        std::fs::write(&state, b"damaged").unwrap();
                        agent = open(folder.path(), bound);
                    }
                    Blow::DamagedReport => {
                        let file = std::fs::read_dir(folder.path().join("state/spool")).unwrap().flatten().map(|file| file.path()).find(|path| path.is_file());
                        if let Some(file) = file {
                            std::fs::write(file, b"damaged").unwrap();
                        }
                    }
                    Blow::CollectorForgets => model.picture = Picture::default(),
                }
            }
            for _ in 0..3 {
                pass(86_400);
                agent.round(Scope::Everything, &clock).await.unwrap();
                while agent.waiting() > 0 {
                    model.take(&agent, false);
                }
            }
            assert_eq!(model.picture, agent.store.borrow().state.standing.picture);
            assert_eq!(model.picture.fact_count(), WORLD.with_borrow(Vec::len));
        });
    }
}
