//! What it costs to know: devices recognised a second on one core, and what a report costs the collector, signature included.
//!
//! `cargo run --release -p rollcall-tests --bin bench-recognise`. Comes in: schools played on loopback, looked at once by the agent's own
//! probes. Goes out: CPU time, not wall time: of recognising whole pictures; of taking in a heartbeat and a difference that moves three
//! stations (signature, zstd, JSON, picture, recognition, fleet, durable commit in groups). Absent on purpose: HTTP, which costs the same
//! whatever a report says, and judgement.

use clap::Parser;
use ed25519_dalek::SigningKey;
use rollcall_collector::domain::identify::identify;
use rollcall_collector::ingest::Ingest;
use rollcall_shared::evidence::Forwarding;
use rollcall_shared::picture::EntryKey;
use rollcall_shared::report::Outcome;
use rollcall_shared::{AgentId, Batch, Content, Fact, Picture, Report, Timestamp, sign, wire};
use rollcall_tests::roll_call::RollCall;
use std::time::Instant;

/// Measures recognition and the way in of reports.
#[derive(Parser)]
struct Arguments {
    /// How often each picture is recognised.
    #[arg(long, default_value_t = 200)]
    times: u32,
    /// Reports of each sort that each agent sends.
    #[arg(long, default_value_t = 300)]
    reports: u64,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().unwrap();
    let town = RollCall::take(folder.path());
    let schools: Vec<(AgentId, Report, Picture)> = town
        .reports()
        .into_iter()
        .map(|(agent, report)| {
            let Content::Full(groups) = &report.content else { panic!("a full picture") };
            (agent, report.clone(), Picture::from_groups(groups.clone()))
        })
        .collect();
    recognise(&schools, arguments.times);
    let ingest = Ingest::new(town.db().clone());
    let mut senders: Vec<Sender> = schools.into_iter().map(|(agent, report, picture)| Sender::new(agent, &report, picture)).collect();
    taken("full picture", &ingest, &mut senders, 20, Sender::full);
    taken("heartbeat", &ingest, &mut senders, arguments.reports, Sender::heartbeat);
    taken("difference, three stations moved", &ingest, &mut senders, arguments.reports, Sender::difference);
}

/// CPU seconds of this process so far.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let own = stat.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    // schedstat is of the first thread; its siblings are counted one by one.
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let all: f64 = tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    all.max(own) / 1e9
}

fn recognise(schools: &[(AgentId, Report, Picture)], times: u32) {
    let (began, cpu) = (Instant::now(), cpu_s());
    let mut devices = 0;
    for _ in 0..times {
        devices += schools.iter().map(|(_, report, picture)| identify(picture, &report.readings).len()).sum::<usize>();
    }
    let (cpu, wall) = (cpu_s() - cpu, began.elapsed().as_secs_f64());
    let whole = f64::from(times) * schools.len() as f64;
    println!(
        "recognise: {:.0} devices a second of one core; {:.0} µs a picture of {:.0} devices ({wall:.1} s)",
        devices as f64 / cpu,
        cpu * 1e6 / whole,
        devices as f64 / whole
    );
}

/// One agent that speaks.
struct Sender {
    agent: AgentId,
    key: SigningKey,
    report: Report,
    picture: Picture,
    moved: Vec<(EntryKey, Forwarding)>,
    turns: u64,
}

impl Sender {
    fn new(agent: AgentId, report: &Report, picture: Picture) -> Sender {
        let stations = picture.entries().flat_map(|(entry, facts)| facts.map(move |fact| (entry, fact)));
        let moved =
            stations.filter_map(|(entry, fact)| if let Fact::Forwarding(row) = fact { Some((entry.clone(), row.clone())) } else { None }).take(3);
        let key = SigningKey::from_bytes(&[u8::try_from(agent.0 % 250).unwrap() + 1; 32]);
        // The town's roll call has told four rounds in this stream.
        Sender { agent, key, report: Report { number: 100, ..report.clone() }, moved: moved.collect(), picture, turns: 0 }
    }

    fn next(&mut self, content: Content) -> Report {
        self.report.number += 1;
        self.report.began_at = self.report.began_at + 300;
        self.report.ended_at = self.report.ended_at + 300;
        Report { content, hash: self.picture.hash(), readings: Vec::new(), ..self.report.clone() }
    }

    fn full(&mut self) -> Report {
        self.next(Content::Full(self.picture.to_groups()))
    }

    fn heartbeat(&mut self) -> Report {
        self.next(Content::Heartbeat)
    }

    fn difference(&mut self) -> Report {
        let before = self.picture.clone();
        self.turns += 1;
        for (entry, row) in &self.moved {
            let port = row.port + u32::try_from(self.turns % 2).unwrap();
            self.picture.put(entry, Fact::Forwarding(Forwarding { port, ..row.clone() }));
        }
        let content = Content::Difference { from: before.hash(), change: before.difference_to(&self.picture) };
        self.next(content)
    }
}

/// Prepares what each agent sends, then takes it all in, agents at the same time, each in its own order.
fn taken(what: &str, ingest: &Ingest, senders: &mut [Sender], reports: u64, make: fn(&mut Sender) -> Report) {
    struct Request {
        agent: AgentId,
        body: Vec<u8>,
        signed: sign::SignedHeaders,
    }
    let prepared: Vec<(ed25519_dalek::VerifyingKey, Vec<Request>)> = senders
        .iter_mut()
        .map(|sender| {
            let requests = (0..reports).map(|_| {
                let report = make(sender);
                let sent_at = report.ended_at;
                let body = wire::encode(&Batch { agent: sender.agent, sent_at, reports: vec![report] }).unwrap();
                let signed = sign::sign(&sender.key, &format!("agent:{}", sender.agent), "POST", "/api/v1/reports", &body, sent_at);
                Request { agent: sender.agent, body, signed }
            });
            let requests = requests.collect();
            (sender.key.verifying_key(), requests)
        })
        .collect();
    let (count, bytes) =
        prepared.iter().flat_map(|(_, requests)| requests).fold((0u64, 0), |(count, bytes), request| (count + 1, bytes + request.body.len()));
    let began = Instant::now();
    let cpu_of_writer = cpu_s();
    let cpu: f64 = std::thread::scope(|scope| {
        let threads: Vec<_> = prepared
            .iter()
            .map(|(key, requests)| {
                scope.spawn(move || {
                    let cpu = thread_cpu_s();
                    for request in requests {
                        sign::verify(key, "POST", "/api/v1/reports", &request.body, &request.signed).unwrap();
                        let batch: Batch = wire::decode(&request.body).unwrap();
                        wire::check_batch(&batch).unwrap();
                        let now = batch.sent_at;
                        let taken = ingest.accept(request.agent, batch, Timestamp(now.0)).unwrap();
                        let outcome = &taken.receipt.answers[0].outcome;
                        assert!(matches!(outcome, Outcome::Accepted), "{outcome:?}");
                    }
                    thread_cpu_s() - cpu
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let writer = cpu_s() - cpu_of_writer;
    let each = |seconds: f64| seconds * 1e6 / count as f64;
    println!(
        "{what}: {:.0} µs of CPU each ({:.0} of it before the writer), {:.0} bytes on the wire; {:.0} a second",
        each(cpu + writer),
        each(cpu),
        bytes as f64 / count as f64,
        count as f64 / began.elapsed().as_secs_f64()
    );
}

/// CPU seconds of the calling thread so far.
fn thread_cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default() / 1e9
}
