//! Who calls is looked at, told and shown within seconds: real `snmptrap`, real agent process, simulated devices, a collector with its pages.
//!
//! Comes in: the agent's program, Net-SNMP's `snmptrap` and `snmpinform`. Goes out: pass, or what was not shown in time; the times on standard
//! error. Absent on purpose: when a device is looked at again (the agent's `listen/calls` is tested by its own clock), the look of pages.
//!
//! No round of the agent falls into these tests: it made one before, and the next is minutes away. What the collector shows comes from the look
//! at the device that called, and from nothing else.

use reqwest::Client;
use rollcall_collector::cli_serve::settle_and_tell;
use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::account::{self, Role};
use rollcall_collector::store::report;
use rollcall_collector::web::password;
use rollcall_shared::evidence::Holds;
use rollcall_shared::report::{Outcome, ProbeRun};
use rollcall_shared::{Content, Fact, Report, SchoolId, Subject, Timestamp};
use rollcall_tests::collector::{Clock, Collector, Hand, MONDAY, difference, full, report as told};
use rollcall_tests::sim::agent_config;
use rollcall_tests::sim::control::{Command as Order, apply};
use rollcall_tests::sim::town::{School, build, sample_spec};
use rollcall_tests::sim::usm;
use rollcall_tests::sim::world::{COMMUNITY, Ports, World, now_s};
use rollcall_tests::{database, sim};
use std::fs::{self, File};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// A trap must be on the pages within this time.
const IN_TIME: Duration = Duration::from_secs(5);
/// How long anything else may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// The school that is played: its switches speak SNMPv3 alone, its UPS v2c.
const SCHOOL: usize = 3;

const ON_BATTERY: &str = "1.3.6.1.4.1.318.0.5";
const PRINTER_ALERT: [&str; 2] = ["1.3.6.1.2.1.43.18.2", "1"];
const LINK_DOWN: &str = "1.3.6.1.6.3.1.1.5.3";
const IF_INDEX: &str = "1.3.6.1.2.1.2.2.1.1";

/// The agent's program and what sends notifications, where they are.
fn programs() -> Option<PathBuf> {
    let agent = std::env::current_exe().unwrap().parent()?.parent()?.join("rollcall-agent");
    if !agent.exists() {
        eprintln!("skipped: no {} (cargo build --bins makes it)", agent.display());
        return None;
    }
    let sends = |program: &str| Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !sends("snmptrap") || !sends("snmpinform") {
        eprintln!("skipped: snmptrap and snmpinform are not installed (Debian's package snmp; tests/run installs it)");
        return None;
    }
    Some(agent)
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended by itself
        let _ = self.0.wait();
    }
}

/// A school that is played, looked at and shown.
struct Scene {
    runtime: Runtime,
    world: Arc<World>,
    collector: Collector,
    school: SchoolId,
    client: Client,
    /// Where the agent listens.
    port: u16,
    folder: tempfile::TempDir,
    stop: Arc<AtomicBool>,
    settler: Option<std::thread::JoinHandle<()>>,
    _agent: Running,
    _database: database::Database,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(settler) = self.settler.take() {
            let _ = settler.join(); // a panic there shows in what is not settled
        }
    }
}

impl Scene {
    fn play(agent: &Path) -> Scene {
        let (folder, database, runtime) = (tempfile::tempdir().unwrap(), database::sqlite(), Runtime::new().unwrap());
        let specs: Vec<_> = (1..=SCHOOL as u8 + 1).map(|number| sample_spec(number, 1)).collect();
        let world = World::new(build(&specs), &folder.path().join("town"), Ports::free());
        runtime.block_on(world.speak()).unwrap().detach_all();
        let clock = Clock::at(now_s());
        let collector = Collector::start(&database.location, &clock);
        let played = world.see(|town| town.schools[SCHOOL].clone());
        let school = collector.school(&played.code);
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = configure(&world, &played, folder.path(), port);
        collector.enrol(&folder.path().join("agent/state"), &played.code, &collector.url);
        let log = || File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
        let run = |word: &str| Command::new(agent).arg("--config").arg(&config).arg(word).stdout(Stdio::null()).stderr(log()).spawn().unwrap();
        assert!(Running(run("once")).0.wait().unwrap().success(), "the first round: {}", fs::read_to_string(folder.path().join("log")).unwrap());
        let running = Running(run("run"));
        let stop = Arc::new(AtomicBool::new(false));
        let settler = settle_on(&collector, &clock, &stop);
        let hash = password::hash("onze-tablettes-bleues").unwrap();
        collector.write(move |tx| account::add(tx, "camille", Role::Admin, &hash, clock.now()));
        let client = Client::builder().cookie_store(true).no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (stop, settler) = (stop, Some(settler));
        let scene = Scene { runtime, world, collector, school, client, port, folder, stop, settler, _agent: running, _database: database };
        scene.sign_in();
        scene.until("the agent listens", PATIENCE, |scene| fs::read_to_string(scene.folder.path().join("log")).unwrap().contains("listening"));
        scene
    }

    fn get(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.collector.url)).header("accept-language", "fr");
        self.runtime.block_on(async { request.send().await.unwrap().text().await.unwrap() })
    }

    fn sign_in(&self) {
        let page = self.get("/sign-in");
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form with its token");
        let form = [("login", "camille"), ("password", "onze-tablettes-bleues"), ("csrf", csrf), ("next", "/")];
        let answer = self.runtime.block_on(self.client.post(format!("{}/sign-in", self.collector.url)).form(&form).send()).unwrap();
        assert_eq!(answer.status(), 303);
    }

    /// Looks again and again until something holds; how long that took.
    fn until(&self, what: &str, within: Duration, holds: impl Fn(&Scene) -> bool) -> Duration {
        let began = Instant::now();
        while !holds(self) {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(began.elapsed() < within, "not within {within:?}: {what}\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
        began.elapsed()
    }

    /// Breaks or mends a device.
    fn order(&self, device: &str, what: &str) {
        let school = self.world.see(|town| town.schools[SCHOOL].code.clone());
        let what = what.split(' ').map(str::to_owned).collect();
        apply(&self.world, &Order { school, device: device.into(), what }).unwrap();
    }

    /// A device of the simulation.
    fn played(&self, name: &str) -> sim::device::Device {
        self.world.see(|town| town.schools[SCHOOL].device(name).cloned()).unwrap_or_else(|| panic!("no {name} is played"))
    }

    /// What the collector knows of it.
    fn known(&self, played: &sim::device::Device) -> Device {
        let devices = self.collector.devices(self.school);
        devices.into_iter().find(|device| device.serial.as_deref() == Some(&played.serial)).expect("the first round told of it")
    }

    /// Sends a notification as a device does; whether the program was content (of an inform: it was acknowledged).
    fn send(&self, program: &str, from: &sim::device::Device, arguments: &[&str], what: &[&str]) -> bool {
        let own = format!("--clientaddr={}", from.ip.unwrap());
        let to = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new(program);
        command.arg(own).args(arguments).arg(to).arg("").args(what).env("MIBS", "");
        command.output().unwrap().status.success()
    }

    /// Sends an enterprise's own trap of version 1 (RFC 1157 section 4.1.6: generic-trap 6).
    fn send_v1(&self, from: &sim::device::Device, [enterprise, specific]: [&str; 2]) -> bool {
        let own = format!("--clientaddr={}", from.ip.unwrap());
        let to = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new("snmptrap");
        command.arg(own).args(["-v", "1", "-c", COMMUNITY]).arg(to).args([enterprise, &from.ip.unwrap().to_string(), "6", specific, ""]);
        command.env("MIBS", "").output().unwrap().status.success()
    }

    /// Counts what `/live` pushes about the school from now on.
    fn listen(&self) -> Arc<std::sync::Mutex<Vec<Instant>>> {
        let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (noted, request) = (heard.clone(), self.client.get(format!("{}/live?topics=school:{}", self.collector.url, self.school)));
        let mut answer = self.runtime.block_on(request.send()).unwrap();
        assert_eq!(answer.status(), 200);
        self.runtime.spawn(async move {
            while let Ok(Some(chunk)) = answer.chunk().await {
                if String::from_utf8_lossy(&chunk).contains("event: changed") {
                    noted.lock().unwrap().push(Instant::now());
                }
            }
        });
        heard
    }
}

/// The agent's file: every device that is played may be asked, nobody else, and notifications are heard.
fn configure(world: &World, school: &School, folder: &Path, port: u16) -> PathBuf {
    let file = agent_config::write(world, school, &folder.join("agent"), 300).unwrap();
    let devices: Vec<String> = school.devices.iter().filter_map(|device| Some(format!("\"{}\"", device.ip?))).collect();
    let allow = format!("allow = [\"{}\"]", school.fixed_half());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&allow));
    let text = text.replace(&allow, &format!("allow = [{}]", devices.join(", ")));
    fs::write(&file, format!("{text}\n[listen]\ntraps = \"127.0.0.1:{port}\"\n")).unwrap();
    file
}

/// Settles as the collector's program does, by the clock of the machine.
fn settle_on(collector: &Collector, clock: &Clock, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let (web, clock, stop) = (collector.web.clone(), clock.clone(), stop.clone());
    std::thread::spawn(move || {
        let settle = Settle::new(web.db.clone(), web.zone.clone());
        while !stop.load(Ordering::SeqCst) {
            clock.pass(now_s() - clock.now().0);
            settle_and_tell(&web, &settle).unwrap();
            std::thread::sleep(Duration::from_millis(200));
        }
    })
}

/// Whether the API says this of a device, and confirmed or not.
fn sign(scene: &Scene, device: &Device, code: &str) -> Option<bool> {
    let answer: serde_json::Value = serde_json::from_str(&scene.get(&format!("/api/v1/devices/{}", device.id))).unwrap();
    let signs = answer["signs"].as_array().expect("every device has a list of signs");
    signs.iter().find(|sign| sign["code"] == code).map(|sign| sign["confirmed"].as_bool().unwrap())
}

#[test]
fn a_power_cut_and_a_lost_link_are_on_the_pages_within_five_seconds() {
    let Some(agent) = programs() else { return };
    let scene = Scene::play(&agent);
    let rounds = |scene: &Scene| scene.collector.read(|tx| Ok(report::agents(tx, rollcall_shared::AgentId(0), 9)?.remove(0).round_count));
    let before = rounds(&scene);
    let pushed = scene.listen();

    // A UPS with a card that speaks v2c.
    let (ups, v2c) = (scene.played("ups02"), ["-v", "2c", "-c", COMMUNITY]);
    let known = scene.known(&ups);
    assert_eq!((known.kind, sign(&scene, &known, "ups_on_battery")), (Some(Kind::Ups), None));
    scene.order("ups02", "battery on");
    assert!(scene.send("snmptrap", &ups, &v2c, &[ON_BATTERY]));
    let took = scene.until("the API shows the UPS on battery", IN_TIME, |scene| sign(scene, &known, "ups_on_battery") == Some(false));
    let page = scene.get(&format!("/devices/{}", known.id));
    assert!(page.contains("Onduleur sur batterie") && page.contains("à confirmer"), "{page}");
    let page = scene.get(&format!("/schools/{}", scene.world.see(|town| town.schools[SCHOOL].code.clone())));
    assert!(page.contains("Onduleur sur batterie") && page.contains("à confirmer"), "{page}");
    scene.until("open pages are told", IN_TIME, |_| !pushed.lock().unwrap().is_empty());
    eprintln!("UPS on battery, v2c trap: shown after {took:?}");

    // A printer jams, and says so in the words of version 1: the number of a MIB, and that of a trap within it.
    let printer = scene.played("prn01");
    let jammed = scene.known(&printer);
    assert_eq!((jammed.kind, sign(&scene, &jammed, "printer_jam")), (Some(Kind::Printer), None));
    scene.order("prn01", "jam on");
    assert!(scene.send_v1(&printer, PRINTER_ALERT));
    let took = scene.until("the API shows the jam", IN_TIME, |scene| sign(scene, &jammed, "printer_jam") == Some(false));
    eprintln!("printer jam, v1 trap: shown after {took:?}");

    // A projector is unplugged; its switch, which speaks v3 alone, says so.
    let plug = scene.played("vp01").plug.unwrap();
    let (switch, port) = (scene.played(&plug.switch), plug.port.to_string());
    let v3 = ["-v", "3", "-u", usm::USER, "-l", "authPriv", "-a", "SHA-256", "-A", usm::AUTH_PASSWORD, "-x", "AES", "-X", usm::PRIVACY_PASSWORD];
    let engine = ["-e", "0x80001f8880aabbccdd01"];
    let index = format!("{IF_INDEX}.{port}");
    let down = |scene: &Scene| {
        let agent = scene.collector.read(|tx| Ok(report::agents(tx, rollcall_shared::AgentId(0), 9)?.remove(0).id));
        let picture = scene.collector.picture(agent).unwrap();
        let subject = Subject::Address(std::net::IpAddr::V4(switch.ip.unwrap()));
        let network = scene.known(&switch).network;
        let up = picture.about(&network, &subject).flat_map(|(_, facts)| facts).find_map(|fact| match fact {
            Fact::Interface(interface) if interface.key.to_string() == port => interface.up,
            _ => None,
        });
        up == Some(false)
    };
    assert!(!down(&scene), "the port leads to a projector that is on");
    pushed.lock().unwrap().clear();
    scene.order("vp01", "silent on");
    assert!(scene.send("snmptrap", &switch, &[&engine[..], &v3].concat(), &[LINK_DOWN, &index, "i", &port]));
    let took = scene.until("the picture holds the port down", IN_TIME, down);
    scene.until("open pages are told", IN_TIME, |_| !pushed.lock().unwrap().is_empty());
    eprintln!("port down, v3 trap: shown after {took:?}");

    // Informs are acknowledged; who does not know a password is not.
    assert!(scene.send("snmpinform", &printer, &["-v", "2c", "-c", COMMUNITY, "-r", "1", "-t", "2"], &[LINK_DOWN]));
    assert!(scene.send("snmpinform", &switch, &[&v3[..], &["-r", "1", "-t", "2"]].concat(), &[LINK_DOWN]));
    assert!(!scene.send("snmpinform", &printer, &["-v", "2c", "-c", "wrong", "-r", "0", "-t", "0.5"], &[LINK_DOWN]));
    assert_eq!(rounds(&scene), before, "all this was no round");
    assert_eq!(scene.collector.faults(scene.school), [""; 0], "nothing is confirmed by one look");
}

/// The picture of a UPS and a printer at one moment.
fn groups(on_battery: bool, jammed: bool) -> Vec<(&'static str, &'static str, Fact)> {
    let said = |key: &str, value: &str| Fact::said(key, value);
    let holds = |mac: &str| Fact::Holds(Holds { key: mac.parse().unwrap() });
    vec![
        ("ip:10.0.0.40", "neighbours", holds("00:c0:b7:00:00:40")),
        ("ip:10.0.0.40", "snmp", Fact::answers("snmp")),
        ("ip:10.0.0.40", "snmp", said("sysObjectID", "1.3.6.1.4.1.318.1.3.27")),
        ("ip:10.0.0.40", "snmp", said("upsOutputSource", if on_battery { "5" } else { "3" })),
        ("ip:10.0.0.30", "neighbours", holds("00:1b:3f:00:00:30")),
        ("ip:10.0.0.30", "snmp", Fact::answers("snmp")),
        ("ip:10.0.0.30", "snmp", said("sysObjectID", "1.3.6.1.4.1.11.2.3.9.1")),
        ("ip:10.0.0.30", "snmp", said("sysDescr", "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI23900005")),
        ("ip:10.0.0.30", "snmp", said("hrPrinterDetectedErrorState", if jammed { "0x04" } else { "0x00" })),
    ]
}

/// A report of one run of SNMP; of a look at the UPS alone where `alone`.
fn ran(report: Report, alone: bool) -> Report {
    let only = if alone { vec!["ip:10.0.0.40".parse().unwrap()] } else { vec![] };
    let run = ProbeRun { probe: "snmp".into(), network: "camus".into(), finished: true, asked: 2, answered: 2, took_ms: 9, only };
    Report { probes: vec![run], ..report }
}

#[test]
fn looks_at_a_device_alone_confirm_what_ails_it_after_two_minutes_and_nothing_else() {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        let clock = Clock::at(MONDAY);
        let collector = Collector::start(&database.location, &clock);
        let school = collector.school("camus");
        let hand = Hand::enrol(&collector, "camus", 7);
        let picture = |on_battery, jammed| hand.picture(groups(on_battery, jammed));
        let mut number = 0;
        let mut tell = |make: &dyn Fn(u64, Timestamp) -> Report, alone: bool, after_s: i64| {
            number += 1;
            clock.pass(after_s);
            assert_eq!(hand.tell(&collector, ran(make(number, clock.now()), alone)), Outcome::Accepted);
            collector.settle();
            collector.faults(school)
        };
        let (well, jam, both) = (picture(false, false), picture(false, true), picture(true, true));
        tell(&|number, now| full(5, number, now, &well), false, 0);
        tell(&|number, now| difference(5, number, now, &well, &jam), false, 300);
        let before = collector.agent(hand.id);
        // The UPS calls; it is looked at alone, again and again, and the printer's jam is seen no more often for that.
        assert_eq!(tell(&|number, now| difference(5, number, now, &jam, &both), true, 10), [""; 0]);
        let heartbeat = |number, now| told(5, number, now, Content::Heartbeat, &both);
        assert_eq!(tell(&heartbeat, true, 30), [""; 0]);
        assert_eq!(tell(&heartbeat, true, 30), [""; 0]);
        assert_eq!(tell(&heartbeat, true, 61), ["ups_on_battery"]);
        let after = collector.agent(hand.id);
        assert_eq!((after.round_count, &after.rounds), (before.round_count, &before.rounds), "looks between rounds are none");
        assert_eq!(tell(&heartbeat, false, 200), ["printer_jam", "ups_on_battery"], "the next round sees the jam again");
        // Back on mains: the look that sees it clears it.
        assert_eq!(tell(&|number, now| difference(5, number, now, &both, &jam), true, 60), ["printer_jam"]);
    }
}
