//! Bad requests to a running collector: each gets a clear answer, harms nothing, and the service goes on.
//!
//! Comes in: requests that no honest agent sends, and facts that a hostile device may say. Goes out: pass, or what slipped through.
//! Absent on purpose: the bounds themselves (`shared/wire` tests each), password guessing (the collector's own tests).

use rollcall_collector::store;
use rollcall_collector::store::account::{self, Role};
use rollcall_collector::web::{agents, visitor};
use rollcall_shared::evidence::{Entity, Holds, Interface, Lease, Neighbour, Service, Supply, Volume};
use rollcall_shared::reading::Reading;
use rollcall_shared::report::{Answer, Outcome, ProbeRun, Trouble};
use rollcall_shared::sign::sign;
use rollcall_shared::{Batch, Content, Fact, Picture, Report, SchoolId, Timestamp, wire};
use rollcall_tests::collector::{Clock, Collector, Hand, MONDAY, difference, full, post, report, trust, wait};
use rollcall_tests::database;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A collector with a school and an agent that has told a picture.
struct Scene {
    collector: Collector,
    clock: Clock,
    school: SchoolId,
    hand: Hand,
    picture: Picture,
    number: u64,
    _database: database::Database,
}

impl Scene {
    fn on(database: database::Database) -> Scene {
        let clock = Clock::at(MONDAY);
        let collector = Collector::start(&database.location, &clock);
        let school = collector.school("camus");
        let hand = Hand::enrol(&collector, "camus", 1);
        let picture = hand.picture(switch());
        assert_eq!(hand.tell(&collector, full(1, 1, clock.now(), &picture)), Outcome::Accepted);
        Scene { collector, clock, school, hand, picture, number: 1, _database: database }
    }

    /// A good report, as the next round would tell it.
    fn heartbeat(&mut self) -> Report {
        self.clock.pass(300);
        self.number += 1;
        report(1, self.number, self.clock.now(), Content::Heartbeat, &self.picture)
    }

    /// The service goes on: a probe of it answers, and a good report is taken.
    fn goes_on(&mut self) {
        let good = self.heartbeat();
        assert_eq!(self.hand.tell(&self.collector, good), Outcome::Accepted);
        let url = format!("{}/healthz", self.collector.url);
        trust();
        assert_eq!(wait(async { reqwest::get(url).await.unwrap().status().as_u16() }), 200);
    }
}

fn switch() -> Vec<(&'static str, &'static str, Fact)> {
    vec![
        ("ip:10.0.0.2", "neighbours", Fact::Holds(Holds { key: "00:1b:3f:00:00:02".parse().unwrap() })),
        ("ip:10.0.0.2", "snmp", Fact::answers("snmp")),
        ("ip:10.0.0.2", "snmp", Fact::said("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140")),
        ("ip:10.0.0.2", "snmp", Fact::said("sysDescr", "HP J9776A 2530-24G Switch, revision YA.16.04.0008, ROM YA.15.20")),
        ("ip:10.0.0.2", "snmp", Fact::said("sysName", "sw01")),
    ]
}

#[test]
fn what_is_no_batch_is_refused_with_a_reason() {
    let mut scene = Scene::on(database::sqlite());
    let good = wire::encode(&Batch { agent: scene.hand.id, sent_at: scene.clock.now(), reports: vec![] }).unwrap();
    let bomb = zstd::bulk::compress(&vec![b' '; wire::MAX_PLAIN_BYTES + 1], 3).unwrap();
    let foreign = wire::encode(&Batch { agent: rollcall_shared::AgentId(999), sent_at: scene.clock.now(), reports: vec![] }).unwrap();
    let later = Report { wire: 99, ..scene.heartbeat() };
    scene.number -= 1;
    let later = wire::encode(&Batch { agent: scene.hand.id, sent_at: scene.clock.now(), reports: vec![later] }).unwrap();
    let many = Report { probes: vec![run(); wire::MAX_PROBE_RUNS + 1], ..report(1, 2, scene.clock.now(), Content::Heartbeat, &scene.picture) };
    let many = wire::encode(&Batch { agent: scene.hand.id, sent_at: scene.clock.now(), reports: vec![many] }).unwrap();
    for (what, body, status) in [
        ("cut in the middle", good[..good.len() / 2].to_vec(), 400),
        ("not zstd", b"{\"agent\":1}".to_vec(), 400),
        ("not a batch", wire::encode(&"hello").unwrap(), 400),
        ("empty", vec![], 400),
        ("a zip bomb", bomb, 413),
        ("over a bound", many, 413),
        ("of a later version", later, 422),
        ("of another agent", foreign, 403),
    ] {
        let answer = scene.hand.post(&scene.collector, body);
        assert!(answer.is_problem(status), "{what}: {answer:?}");
    }
    let aside = scene.collector.read(|tx| tx.query("select reason from set_aside", &[])).len();
    assert!(aside > 0, "what could not be understood is kept for people");
    scene.goes_on();
}

fn run() -> ProbeRun {
    ProbeRun { probe: "snmp".into(), network: "camus".into(), finished: true, asked: 1, answered: 1, took_ms: 1, only: vec![] }
}

#[test]
fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let mut scene = Scene::on(database::sqlite());
    let signed = scene.hand.sign(agents::REPORTS, b"", scene.clock.now());
    let mut socket = TcpStream::connect(scene.collector.url.trim_start_matches("http://")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\ncontent-digest: {}\r\nsignature-input: {}\r\nsignature: {}\r\n\r\n",
        agents::REPORTS,
        100 << 20,
        signed.content_digest,
        signed.signature_input,
        signed.signature
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    scene.goes_on();
}

#[test]
fn a_signature_is_of_this_agent_this_path_this_body() {
    let mut scene = Scene::on(database::sqlite());
    let (hand, now) = (&scene.hand, scene.clock.now());
    let body = wire::encode(&Batch { agent: hand.id, sent_at: now, reports: vec![] }).unwrap();
    let good = hand.sign(agents::REPORTS, &body, now);
    let other = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let mut digest = good.clone();
    digest.content_digest = hand.sign(agents::REPORTS, b"other", now).content_digest;
    let mut none = good.clone();
    none.signature = String::new();
    for (what, signed) in [
        ("another key", sign(&other, &format!("agent:{}", hand.id), "POST", agents::REPORTS, &body, now)),
        ("another path", hand.sign(agents::ENROL, &body, now)),
        ("another method", sign(&hand.key, &format!("agent:{}", hand.id), "PUT", agents::REPORTS, &body, now)),
        ("another body", hand.sign(agents::REPORTS, b"other", now)),
        ("a wrong digest", digest),
        ("no signature", none),
        ("an agent that is not there", sign(&hand.key, "agent:999", "POST", agents::REPORTS, &body, now)),
        ("a key id of nobody", sign(&hand.key, "enrol", "POST", agents::REPORTS, &body, now)),
    ] {
        let answer = post(&scene.collector.url, agents::REPORTS, &signed, body.clone());
        assert!(answer.is_problem(401), "{what}: {answer:?}");
    }
    let metrics = wait(async { reqwest::get(format!("{}/metrics", scene.collector.url)).await.unwrap().text().await.unwrap() });
    let counted = metrics.lines().any(|line| line.contains("signature") && !line.starts_with('#') && line.ends_with(" 8"));
    assert!(counted, "refused signatures are counted:\n{metrics}");
    scene.goes_on();
}

#[test]
fn a_replayed_request_changes_nothing() {
    let mut scene = Scene::on(database::sqlite());
    let next = scene.heartbeat();
    let body = wire::encode(&Batch { agent: scene.hand.id, sent_at: scene.clock.now(), reports: vec![next] }).unwrap();
    let outcome = |scene: &Scene| {
        let Answer { outcome, .. } = scene.hand.post(&scene.collector, body.clone()).receipt().answers.remove(0);
        outcome
    };
    assert_eq!(outcome(&scene), Outcome::Accepted);
    let before = scene.collector.agent(scene.hand.id);
    scene.clock.pass(86_400);
    assert_eq!(outcome(&scene), Outcome::Duplicate);
    assert_eq!(scene.collector.agent(scene.hand.id), before, "not even the last contact moves: somebody else may be replaying");
    scene.goes_on();
}

#[test]
fn a_revoked_agent_is_told_so() {
    let mut scene = Scene::on(database::sqlite());
    let (id, now) = (scene.hand.id, scene.clock.now());
    assert!(scene.collector.write(move |tx| store::report::revoke_agent(tx, id, now)));
    let next = scene.heartbeat();
    let answer = scene.hand.send(&scene.collector, vec![next]);
    assert!(answer.is_problem(403) && answer.body.contains("urn:rollcall:problem:revoked"), "{answer:?}");
    assert_eq!(scene.collector.agent(id).position.number, 1);
}

#[test]
fn of_two_collectors_one_takes_a_code_and_the_other_leaves_no_trace() {
    for database in database::both() {
        let clock = Clock::at(MONDAY);
        let collectors = [Collector::start(&database.location, &clock), Collector::start(&database.location, &clock)];
        for turn in 0..5u8 {
            let network = format!("school{turn}");
            collectors[0].school(&network);
            let code = collectors[0].code(&[&network]);
            let ask = |which: usize| {
                let key = ed25519_dalek::SigningKey::from_bytes(&[turn * 2 + which as u8 + 1; 32]);
                Hand::ask(&collectors[which], &code, &network, &key).status
            };
            let mut answers = std::thread::scope(|scope| [0, 1].map(|which| scope.spawn(move || ask(which))).map(|thread| thread.join().unwrap()));
            answers.sort_unstable();
            assert_eq!(answers, [200, 403], "{} on {}", network, database.engine);
            let rows = collectors[0].read(|tx| tx.query("select agent_id from agent", &[]));
            assert_eq!(rows.len(), usize::from(turn) + 1, "on {}", database.engine);
        }
    }
}

#[test]
fn a_clock_a_year_off_is_taken_and_told() {
    let mut scene = Scene::on(database::sqlite());
    for years in [1, -1] {
        let ahead = years * 365 * 86_400;
        scene.clock.pass(300);
        scene.number += 1;
        let sent_at = scene.clock.now() + ahead;
        let report = report(1, scene.number, sent_at, Content::Heartbeat, &scene.picture);
        let body = wire::encode(&Batch { agent: scene.hand.id, sent_at, reports: vec![report] }).unwrap();
        let signed = scene.hand.sign(agents::REPORTS, &body, sent_at);
        let receipt = post(&scene.collector.url, agents::REPORTS, &signed, body).receipt();
        assert_eq!((receipt.answers[0].outcome.clone(), receipt.now), (Outcome::Accepted, scene.clock.now()), "{years} years");
        assert_eq!(scene.collector.agent(scene.hand.id).skew_s, ahead);
    }
    scene.collector.settle();
    scene.goes_on();
}

#[test]
fn numbers_at_the_ends_of_their_range_end_nothing() {
    for database in database::both() {
        let engine = database.engine;
        let mut scene = Scene::on(database);
        for at in [i64::MAX, i64::MIN, 0] {
            scene.number += 1;
            let mut report = report(1, scene.number, Timestamp(at), Content::Heartbeat, &scene.picture);
            (report.began_at, report.every_s, report.folded) = (Timestamp(at), u32::MAX, u32::MAX);
            report.readings = vec![Reading {
                network: "camus".into(),
                subject: "ip:10.0.0.2".parse().unwrap(),
                name: "volume_used".into(),
                instance: "/".into(),
                value: f64::MAX,
                at: Timestamp(at),
            }];
            let batch = Batch { agent: scene.hand.id, sent_at: Timestamp(at), reports: vec![report] };
            let answer = scene.hand.post(&scene.collector, wire::encode(&batch).unwrap());
            assert!(answer.status < 500, "{engine}, {at}: {answer:?}");
            scene.collector.settle();
            page(&scene, "/agents");
        }
        scene.number = 9_000_000_000;
        scene.goes_on();
        let last = Report { number: u64::MAX, ..scene.heartbeat() };
        let answer = scene.hand.send(&scene.collector, vec![last]);
        assert!(answer.status < 500, "{engine}: {answer:?}");
    }
}

#[test]
fn unknown_facts_are_kept_word_for_word_and_judged_by_nobody() {
    for database in database::both() {
        let mut scene = Scene::on(database);
        let odd: Fact = serde_json::from_str(r#"{"radio":{"key":7,"channel":36,  "more":{"a":[1,2],"b":"é\u0000"}}}"#).unwrap();
        let mut lines = switch();
        lines.push(("ip:10.0.0.2", "wifi", odd.clone()));
        lines.push(("ip:10.0.0.99", "wifi", odd));
        let after = scene.hand.picture(lines);
        scene.clock.pass(300);
        scene.number += 1;
        let report = difference(1, scene.number, scene.clock.now(), &scene.picture, &after);
        assert_eq!(scene.hand.tell(&scene.collector, report), Outcome::Accepted);
        assert_eq!(scene.collector.picture(scene.hand.id), Some(after.clone()));
        assert_eq!(scene.collector.devices(scene.school).len(), 1, "an unknown fact makes no device");
        scene.picture = after;
        scene.goes_on();
    }
}

/// Texts that have broken programs.
fn texts() -> Vec<(&'static str, String)> {
    // Letters that do not compress: an index's bound is met by them, not by a row of x.
    let mut noise = String::new();
    let mut state = 1u64;
    while noise.len() < 8_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        noise.push(char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(state >> 33) as usize % 36]));
    }
    vec![
        ("script", "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>".into()),
        ("quotes", "Robert'); drop table device; -- $1 %s {{7*7}}".into()),
        ("nul", "before\0after".into()),
        ("marks", "\u{202e}txt.exe\u{200f}\u{feff}\u{2028}\u{7}\u{1b}[31m".into()),
        ("long", noise),
    ]
}

/// Every fact that carries texts, with this one in each.
fn lines_saying(text: &str) -> Vec<(String, &'static str, Fact)> {
    let said = |keys: &[&str]| keys.iter().map(|key| Fact::said(*key, text)).collect::<Vec<_>>();
    let short = wire::clip(text, 200).to_owned();
    let text = text.to_owned();
    let mut lines = Vec::new();
    let mut all =
        |subject: &str, probe: &'static str, facts: Vec<Fact>| lines.extend(facts.into_iter().map(|fact| (subject.to_owned(), probe, fact)));
    let holds = |last: u8| Fact::Holds(Holds { key: format!("00:1b:3f:00:01:{last:02x}").parse().unwrap() });
    for last in [1, 2, 3, 4] {
        all(&format!("ip:10.0.1.{last}"), "neighbours", vec![holds(last)]);
    }
    all("ip:10.0.1.1", "snmp", vec![Fact::answers("snmp"), Fact::said("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140")]);
    all("ip:10.0.1.1", "snmp", said(&["sysDescr", "sysName", "sysContact", "sysLocation"]));
    let entity = Entity {
        key: 1,
        class: 3,
        name: text.clone(),
        descr: text.clone(),
        hardware: text.clone(),
        firmware: text.clone(),
        software: text.clone(),
        serial: text.clone(),
        maker: text.clone(),
        model: text.clone(),
        ..Entity::default()
    };
    let port = Interface { key: 3, name: text.clone(), descr: text.clone(), alias: text.clone(), if_type: 6, up: Some(true), ..Interface::default() };
    let heard = Neighbour {
        key: "lldp:3.1".into(),
        local_port: text.clone(),
        chassis: text.clone(),
        port: text.clone(),
        port_descr: text.clone(),
        name: text.clone(),
        descr: text.clone(),
        ..Neighbour::default()
    };
    all("ip:10.0.1.1", "snmp", vec![Fact::Entity(entity), Fact::Interface(port), Fact::Neighbour(heard)]);
    all("ip:10.0.1.2", "snmp", said(&["sysDescr", "sysName", "hrDeviceDescr.1", "prtGeneralSerialNumber.1", "hrPrinterDetectedErrorState.1"]));
    all("ip:10.0.1.2", "snmp", vec![Fact::said("hrDeviceType.1", "1.3.6.1.2.1.25.3.1.5")]);
    let toner = Supply { key: "1.1".into(), supply_type: 3, class: 3, descr: text.clone(), colour: text.clone(), capacity: 100 };
    all("ip:10.0.1.2", "snmp", vec![Fact::Supply(toner)]);
    all("ip:10.0.1.3", "pjlink", said(&["INF1", "INF2", "INFO", "NAME", "SNUM", "SVER", "CLSS", "POWR", "INPT"]));
    all("ip:10.0.1.3", "pjlink", vec![Fact::said("ERST", "020000")]);
    all("attached:ups@server", "ups", said(&["ups.model", "ups.mfr", "ups.serial", "device.serial", "ups.firmware", "ups.status"]));
    all(
        "server",
        "server",
        said(&["dmi.product_name", "dmi.sys_vendor", "dmi.product_serial", "dmi.product_uuid", "os.name", "os.version", "host.name"]),
    );
    let volume = Volume { key: short.clone(), file_system: text.clone(), size_bytes: 1 << 40 };
    let service = Service { key: short.clone(), up: false, detail: text.clone() };
    all("server", "server", vec![Fact::Volume(volume), Fact::Service(service), Fact::said(short.clone(), text.clone())]);
    let lease = Lease { key: "10.0.1.4".parse().unwrap(), name: Some(text.clone()), vendor_class: Some(text.clone()), reserved: true, active: true };
    all("mac:00:1b:3f:00:01:04", "dhcp", vec![Fact::Lease(lease)]);
    if !short.is_empty() && !short.contains('\0') {
        all(&format!("attached:{short}"), "ups", vec![Fact::answers("nut")]);
    }
    lines
}

/// The page at a path, as a signed-in administrator sees it.
fn page(scene: &Scene, path: &str) -> String {
    let token = signed_in(scene);
    trust();
    wait(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request =
            client.get(format!("{}{path}", scene.collector.url)).header("accept", "text/html").header("cookie", format!("rollcall={token}"));
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        text
    })
}

/// The token of a new session. Passwords are the sign-in tests' business, and argon2 takes its time.
fn signed_in(scene: &Scene) -> String {
    static SESSIONS: AtomicU32 = AtomicU32::new(0);
    let token = format!("no-secret-{}", SESSIONS.fetch_add(1, Ordering::Relaxed));
    let (hash, now) = (visitor::token_hash(&token), scene.clock.now());
    scene.collector.write(move |tx| {
        let account = account::add(tx, "admin", Role::Admin, "", now)?;
        account::open_session(tx, &hash, account, now, now + 86_400, "")
    });
    token
}

#[test]
fn hostile_texts_are_kept_and_reach_no_page_unescaped() {
    for database in database::both() {
        let engine = database.engine;
        let mut scene = Scene::on(database);
        for (what, text) in texts() {
            let said = lines_saying(&text);
            let lines = switch().into_iter().chain(said.iter().map(|(subject, probe, fact)| (subject.as_str(), *probe, fact.clone()))).collect();
            let after = scene.hand.picture(lines);
            for _ in 0..2 {
                scene.clock.pass(300);
                scene.number += 1;
                let mut report = difference(1, scene.number, scene.clock.now(), &scene.picture, &after);
                if scene.picture == after {
                    report.content = Content::Heartbeat;
                }
                report.troubles = vec![Trouble {
                    probe: wire::clip(&text, 60).into(),
                    network: wire::clip(&text, 60).into(),
                    subject: None,
                    code: wire::clip(&text, 60).into(),
                    text: text.clone(),
                }];
                report.agent_version = wire::clip(&text, 60).into();
                report.probes = vec![run(), ProbeRun { probe: wire::clip(&text, 60).into(), ..run() }];
                assert_eq!(scene.hand.tell(&scene.collector, report), Outcome::Accepted, "{what} on {engine}");
                scene.picture = after.clone();
                scene.collector.settle();
            }
            assert_eq!(scene.collector.picture(scene.hand.id).as_ref(), Some(&scene.picture), "{what} on {engine}: kept word for word");
            look_at_pages(&scene, what);
        }
        scene.goes_on();
    }
}

fn look_at_pages(scene: &Scene, what: &str) {
    let mut paths: Vec<String> = ["/", "/schools", "/schools/camus", "/devices", "/faults", "/agents", "/plan"].map(str::to_owned).to_vec();
    let devices = scene.collector.devices(scene.school);
    assert!(devices.len() >= 4, "{what}: {} devices", devices.len());
    paths.extend(devices.iter().map(|device| format!("/devices/{}", device.id)));
    let faults = scene.collector.read(|tx| store::fault::open_faults(tx, scene.school));
    paths.extend(faults.iter().map(|open| format!("/faults/{}", open.fault_id)));
    for path in paths {
        let text = page(scene, &path).to_lowercase();
        let inline = text.match_indices("<script").filter(|(at, _)| !text[*at..].starts_with("<script type=\"module\" src=\"/"));
        assert_eq!(inline.count(), 0, "{what}: {path} holds a script that is not ours:\n{text}");
        assert!(!text.contains("<img src=x"), "{what}: {path} holds markup that a device said");
    }
}
