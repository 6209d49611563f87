//! A collector in this process: on a database of either engine, on a port of its own, by the clock of the test.
//!
//! Comes in: a database, a [`Clock`]. Goes out: a collector that answers over real HTTP; settling and watching happen when the test
//! says so ([`Collector::settle`]); agents that are enrolled, in the real way or by hand ([`Hand`]: reports crafted word for word).
//! Absent on purpose: TLS (the agent's own tests meet it), the plan's import (schools are written as an import would).

use ed25519_dalek::SigningKey;
use rollcall_agent::enrol::{Wish, enrol};
use rollcall_agent::state::{Folder, Identity};
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::domain::device::Device;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::report::Agent;
use rollcall_collector::store::retention::Keep;
use rollcall_collector::store::school::{self, Network, School};
use rollcall_collector::store::{self, Db, Tx};
use rollcall_collector::web::{Web, agents, serve};
use rollcall_collector::{store::fault, store::report, watch};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::report::{Content, Enrolled, Enrolment, Outcome, Receipt, Report, WIRE_VERSION};
use rollcall_shared::sign::{SignedHeaders, public_key_text, sign};
use rollcall_shared::{AgentId, Batch, Fact, Picture, SchoolId, StreamId, Subject, Timestamp, wire};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// 2026-11-23T08:00:00Z, a Monday of school.
pub const MONDAY: i64 = 1_795_420_800;

/// The test's own clock, shared by all that it runs.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Standing at an instant.
    pub fn at(now: i64) -> Clock {
        Clock(Arc::new(AtomicI64::new(now)))
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// A running collector.
pub struct Collector {
    /// What its handlers share.
    pub web: Web,
    /// Where it answers.
    pub url: String,
    clock: Clock,
    settle: Settle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Collector {
    /// Starts one on a database, which it brings up to date.
    pub fn start(location: &str, clock: &Clock) -> Collector {
        trust();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.tls = Tls::Off;
        config.store.folder = folder.path().to_owned();
        let db = Db::open(location, clock.now()).unwrap();
        let hands = clock.clone();
        let web = Web::new(db, config, Arc::new(move || hands.now())).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel();
        let served = web.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                serve(listener, served, async { drop(stopped.await) }).await.unwrap();
            });
        });
        let url = format!("http://{}", address.recv().unwrap());
        let settle = Settle::new(web.db.clone(), web.zone.clone());
        Collector { web, url, clock: clock.clone(), settle, stop: Some(stop), thread: Some(thread), _folder: folder }
    }

    /// Writes a school that is followed, with one network of the same name, and ends its learning time; its id.
    pub fn school(&self, code: &str) -> SchoolId {
        let row =
            School { code: code.into(), name: format!("École {code}"), site: code.into(), followed_from: "2026-09-01".into(), ..School::default() };
        let now = self.clock.now();
        self.write(move |tx| {
            let (id, _) = school::save_school(tx, &row)?;
            school::save_network(tx, &Network { name: row.code.clone(), site: row.site.clone(), school: Some(id), ..Network::default() })?;
            school::accept_school(tx, id, now)?;
            Ok(id)
        })
    }

    /// One turn of the clock's work: who fell silent, then every school that is due. How many schools were settled.
    pub fn settle(&self) -> usize {
        let now = self.clock.now();
        watch::tick(&self.web.db, &Keep::default(), now).unwrap();
        let mut all = 0;
        for _ in 0..20 {
            let settled = self.settle.drain(now).unwrap();
            if settled.is_empty() {
                return all;
            }
            all += settled.len();
        }
        panic!("settling never ends: a school is due again at once");
    }

    /// A one-time code.
    pub fn code(&self, networks: &[&str]) -> String {
        let networks: Vec<String> = networks.iter().map(|name| (*name).to_owned()).collect();
        let now = self.clock.now();
        self.web.db.write(move |tx| agents::make_code(tx, &networks, "test", None, now)).unwrap()
    }

    /// Enrols a real agent over HTTP: its state folder holds its identity afterwards.
    pub fn enrol(&self, state: &Path, network: &str, url: &str) -> Identity {
        let wish =
            Wish { url: url.parse().unwrap(), code: self.code(&[network]), replace: false, insecure_http: false, host: format!("srv-{network}") };
        wait(enrol(&Folder::new(state), None, wish, self.clock.now())).unwrap()
    }

    /// Reads from its database.
    pub fn read<T>(&self, look: impl FnOnce(&mut Tx<'_>) -> store::Result<T>) -> T {
        self.web.db.read(look).unwrap()
    }

    /// Writes to its database.
    pub fn write<T: Send + 'static>(&self, job: impl FnMut(&mut Tx<'_>) -> store::Result<T> + Send + 'static) -> T {
        self.web.db.write(job).unwrap()
    }

    /// An agent as it stands.
    pub fn agent(&self, agent: AgentId) -> Agent {
        self.read(|tx| report::agent_by_id(tx, agent)).expect("the agent is enrolled")
    }

    /// Its picture, put together from what is stored.
    pub fn picture(&self, agent: AgentId) -> Option<Picture> {
        self.read(|tx| {
            let agent = report::agent_by_id(tx, agent)?.expect("the agent is enrolled");
            report::load_picture(tx, &agent)
        })
    }

    /// Devices of a school.
    pub fn devices(&self, school: SchoolId) -> Vec<Device> {
        self.read(|tx| store::fleet::devices_of_school(tx, school))
    }

    /// Codes of the open faults of a school, in order.
    pub fn faults(&self, school: SchoolId) -> Vec<String> {
        let mut codes: Vec<String> = self.read(|tx| fault::open_faults(tx, school)).into_iter().map(|open| open.code).collect();
        codes.sort();
        codes
    }

    /// Whether a school waits to be settled now.
    pub fn is_due(&self, school: SchoolId) -> bool {
        let known = self.read(|tx| school::school_by_id(tx, school)).expect("the school is known");
        known.due_at.is_some_and(|due| due <= self.clock.now())
    }

    /// Ends it, as a good restart does: what is under way is finished, the database is closed.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there has failed the test already
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.end();
    }
}

/// A folder of the agent in memory where the machine has such: flushing to disk is not what these tests are about (`kill` is).
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

/// Runs asynchronous work to its end, as the agent's program does: on one thread.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

/// Chooses who does cryptography for TLS, which clients ask for even where they speak plain HTTP.
pub fn trust() {
    rustls::crypto::ring::default_provider().install_default().ok(); // another test of this process may have
}

/// What came back.
#[derive(Debug)]
pub struct Answered {
    /// Status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// The body as text.
    pub body: String,
}

impl Answered {
    /// Whether it is a refusal that says why, as RFC 9457 has it, with this status.
    pub fn is_problem(&self, status: u16) -> bool {
        self.status == status && self.content_type.starts_with("application/problem+json") && self.body.contains("\"detail\"")
    }

    /// The receipt that it must be.
    pub fn receipt(&self) -> Receipt {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

/// One signed request.
pub fn post(url: &str, path: &str, signed: &SignedHeaders, body: Vec<u8>) -> Answered {
    trust();
    wait(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{url}{path}")).header("content-type", "application/json");
        let answer = rollcall_agent::uplink::with_signature(request, signed.clone()).body(body).send().await.unwrap();
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
        Answered { status: answer.status().as_u16(), content_type, body: answer.text().await.unwrap() }
    })
}

/// An agent that is nobody's program: the test writes every word of its reports.
pub struct Hand {
    /// Its number.
    pub id: AgentId,
    /// Its key.
    pub key: SigningKey,
    /// The network of its code.
    pub network: String,
}

impl Hand {
    /// Enrols over HTTP with a key made of `seed`.
    pub fn enrol(collector: &Collector, network: &str, seed: u8) -> Hand {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let answer = Hand::ask(collector, &collector.code(&[network]), network, &key);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let enrolled: Enrolled = serde_json::from_str(&answer.body).unwrap();
        Hand { id: enrolled.agent, key, network: network.to_owned() }
    }

    /// Asks to be enrolled with a code.
    pub fn ask(collector: &Collector, code: &str, network: &str, key: &SigningKey) -> Answered {
        let enrolment = Enrolment {
            code: code.to_owned(),
            public_key: public_key_text(&key.verifying_key()),
            host: format!("hand-{network}"),
            agent_version: "hand".into(),
            replace: false,
        };
        let body = serde_json::to_vec(&enrolment).unwrap();
        let signed = sign(key, "enrol", "POST", agents::ENROL, &body, collector.clock.now());
        post(&collector.url, agents::ENROL, &signed, body)
    }

    /// The headers of a request of its own.
    pub fn sign(&self, path: &str, body: &[u8], at: Timestamp) -> SignedHeaders {
        sign(&self.key, &format!("agent:{}", self.id), "POST", path, body, at)
    }

    /// Sends a body as it is, well signed.
    pub fn post(&self, collector: &Collector, body: Vec<u8>) -> Answered {
        let signed = self.sign(agents::REPORTS, &body, collector.clock.now());
        post(&collector.url, agents::REPORTS, &signed, body)
    }

    /// Sends reports, well signed.
    pub fn send(&self, collector: &Collector, reports: Vec<Report>) -> Answered {
        let batch = Batch { agent: self.id, sent_at: collector.clock.now(), reports };
        self.post(collector, wire::encode(&batch).unwrap())
    }

    /// Sends one report and tells what became of it.
    pub fn tell(&self, collector: &Collector, report: Report) -> Outcome {
        self.send(collector, vec![report]).receipt().answers.remove(0).outcome
    }

    /// A picture of lines: subject, probe, fact.
    pub fn picture(&self, lines: Vec<(&str, &str, Fact)>) -> Picture {
        let mut picture = Picture::default();
        for (subject, probe, fact) in lines {
            let subject: Subject = subject.parse().unwrap();
            picture.put(&EntryKey::new(&self.network, subject, probe), fact);
        }
        picture
    }
}

/// A report of a round that ended now.
pub fn report(stream: u64, number: u64, now: Timestamp, content: Content, after: &Picture) -> Report {
    Report {
        wire: WIRE_VERSION,
        agent_version: "hand".into(),
        stream: StreamId(stream),
        number,
        began_at: now - 10,
        ended_at: now,
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

/// A full picture.
pub fn full(stream: u64, number: u64, now: Timestamp, picture: &Picture) -> Report {
    report(stream, number, now, Content::Full(picture.to_groups()), picture)
}

/// What changed between two pictures.
pub fn difference(stream: u64, number: u64, now: Timestamp, before: &Picture, after: &Picture) -> Report {
    report(stream, number, now, Content::Difference { from: before.hash(), change: before.difference_to(after) }, after)
}
