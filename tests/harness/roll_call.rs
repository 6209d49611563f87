//! A town after its first roll calls, in this process: a collector on port 0 with a fleet that real probes saw.
//!
//! Comes in: an empty folder. Goes out: [`RollCall`]: the phased town's plan moved to today, some of its schools looked at by the
//! agent's own `look` (simulated devices, real sockets), their reports taken in over enough rounds to confirm what is amiss, one
//! agent fallen silent, the other schools never heard of; and one fault more when the test asks for it. Absent on purpose: agent
//! processes, enrolment, the uplink (the stories walk those), and waiting: time passes when this file says so.

use crate::sim::control::{Command, apply};
use crate::sim::town::{School, build};
use crate::sim::world::{Ports, World, now_s};
use crate::sim::{agent_config, planned};
use jiff::tz::TimeZone;
use rollcall_agent::config;
use rollcall_agent::look::{Place, look};
use rollcall_collector::cli_serve::settle_and_tell;
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::import::import;
use rollcall_collector::plan_folder::read_folder;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::account::{Role, add_new};
use rollcall_collector::store::report::NewAgent;
use rollcall_collector::store::retention::Keep;
use rollcall_collector::store::{Db, fault, fleet, reading, report, school};
use rollcall_collector::web::{Web, password, serve};
use rollcall_collector::{store, watch};
use rollcall_shared::reading::Reading;
use rollcall_shared::{AgentId, Batch, Content, Fact, Picture, Report, SchoolId, StreamId, Subject, Timestamp};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Who signs in.
pub const LOGIN: &str = "camille";
/// With which password.
pub const PASSWORD: &str = "onze-tablettes-bleues";

/// Ports of this town alone: a demo or another test may play one at the same time.
const PORTS: Ports = Ports { snmp: 36161, pjlink: 34352, nut: 33493, services: 38000 };
/// Schools that have an agent (their places in the plan), and what ails whom there from the start.
const LOOKED_AT: &[(usize, &str, &str)] = &[
    (0, "projector", "lamp on"),
    (2, "printer", "toner 0 on"),
    (5, "ups", "battery on"),
    (9, "printer", "jam on"),
    (10, "server", "disk on"),
    (11, "server", "service dns on"),
    (17, "", ""),
    (HEALTHY, "", ""),
];
/// The school whose agent falls silent: its place in the plan.
const SILENT: usize = 13;
/// The school that is well until the test says otherwise: its place in the plan.
const HEALTHY: usize = 3;
/// How far back readings of the healthy school go, hours.
const HOURS: i64 = 14 * 24;
/// Between two rounds.
const ROUND_S: i64 = 300;
/// Rounds before the pages are looked at: more than confirmation needs, so that faults have a little history.
const ROUNDS: u64 = 4;
/// Between two rounds that follow what people did: nobody else falls silent meanwhile.
const BETWEEN_S: i64 = 25;
/// How long ago the silent agent was heard of.
const SILENT_FOR_S: i64 = 3 * 3_600;
/// ERST of a projector that is well, and of one whose lamp has failed (PJLink class 1, 4.7: the second digit is the lamp, 2 = error).
const WELL: &str = "000000";
const LAMP_FAILED: &str = "020000";

/// The collector and what it knows.
pub struct RollCall {
    /// What its handlers share.
    pub web: Web,
    settle: Settle,
    clock: Arc<AtomicI64>,
    healthy: Looked,
    others: Vec<Looked>,
    /// Rounds that the healthy school was told of.
    told: u64,
    unheard: Vec<String>,
    /// Projectors whose lamp has failed once: each fails once, or its fault would be told as unstable.
    failed: Vec<String>,
}

/// One school that was looked at.
struct Looked {
    code: String,
    agent: AgentId,
    report: Report,
}

/// What a browser is told of the town.
#[derive(Debug, serde::Serialize)]
pub struct Sights {
    /// Code of a school with a fault.
    pub school: String,
    /// Number of the device that has it.
    pub device: i64,
    /// Number of the fault.
    pub fault: i64,
    /// Code of a school without a fault, which gets one later.
    pub healthy: String,
    /// Numbers of that school's server, UPS, printer and switch, whose readings have a past.
    pub measured: [i64; 4],
    /// A tablet of that school: its number, its MAC.
    pub tablet: (i64, String),
    /// Networks that no agent serves yet.
    pub unheard: Vec<String>,
}

impl RollCall {
    /// Takes the roll calls.
    pub fn take(folder: &Path) -> RollCall {
        RollCall::take_with(folder, |_| {})
    }

    /// The same with other settings of the collector.
    pub fn take_with(folder: &Path, set: impl FnOnce(&mut Config)) -> RollCall {
        let now = now_s();
        let today = jiff::Timestamp::from_second(now).unwrap().to_zoned(TimeZone::get("Europe/Paris").unwrap()).date();
        let plan = planned::prepare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/programmes/phased-town"), today).unwrap();
        let world = World::new(build(&plan.specs), &folder.join("town"), PORTS);
        planned::write(&plan, &world, &folder.join("plan"), today).unwrap();

        let clock = Arc::new(AtomicI64::new(now - SILENT_FOR_S));
        let web = web(folder, &clock, set);
        let (tables, _) = read_folder(&folder.join("plan")).unwrap();
        import(&web.db, tables, LOGIN, "rentrée", web.now()).unwrap();
        let mut looked = look_around(&world, folder, &web.db);
        let silent = looked.pop().unwrap();
        let healthy = looked.pop().unwrap();
        let has_agent = |at: usize| at == SILENT || LOOKED_AT.iter().any(|(known, ..)| *known == at);
        let unheard = world.see(|town| {
            let schools = town.schools.iter().enumerate().filter(|(at, _)| !has_agent(*at));
            schools.map(|(_, school)| agent_config::network_name(school)).collect()
        });
        let settle = Settle::new(web.db.clone(), web.zone.clone());
        let mut town = RollCall { settle, web, clock, healthy, others: Vec::new(), told: ROUNDS, unheard, failed: Vec::new() };

        town.round(&silent, 1);
        clock_to(&town.clock, now - ROUNDS as i64 * ROUND_S);
        for number in 1..=ROUNDS {
            town.clock.fetch_add(ROUND_S, Ordering::SeqCst);
            looked.iter().chain([&town.healthy]).for_each(|school| town.round(school, number));
            town.settled();
        }
        town.others = looked;
        town.remember(&town.healthy.code.clone());
        town
    }

    /// The schools that were looked at and report: agent, and its newest report, a full picture.
    pub fn reports(&self) -> Vec<(AgentId, &Report)> {
        self.others.iter().chain([&self.healthy]).map(|school| (school.agent, &school.report)).collect()
    }

    /// Its database.
    pub fn db(&self) -> &Db {
        &self.web.db
    }

    /// Gives the readings of a school two weeks of the past: levels that fall, temperatures of day and night, a power cut on the fifth day.
    fn remember(&self, code: &str) {
        let (code, now) = (code.to_owned(), self.web.now());
        let remembered = self.web.db.write(move |tx| -> store::Result<()> {
            let known = school::school_by_code(tx, &code)?.expect("the plan names the school");
            for latest in reading::of_school(tx, known.id)? {
                for hours_ago in 1..HOURS {
                    let Some(value) = past(&latest.name, latest.value, hours_ago) else { break };
                    let (name, instance, at) = (latest.name.clone(), latest.instance.clone(), now - hours_ago * 3_600);
                    let told = Reading { network: String::new(), subject: Subject::Server, name, instance, value, at };
                    reading::save(tx, known.id, latest.device, &told)?;
                }
            }
            Ok(())
        });
        remembered.unwrap();
    }

    /// Schools, devices, faults to look at.
    pub fn sights(&self) -> Sights {
        let read = |tx: &mut store::Tx<'_>| -> store::Result<Option<Sights>> {
            for known in school::schools(tx, SchoolId(0), 100)? {
                let lamp = fault::open_faults(tx, known.id)?.into_iter().find(|open| open.code == "projector_lamp");
                if let Some((fault, device)) = lamp.and_then(|open| Some((open.fault_id, open.device?))) {
                    let (school, healthy) = (known.school.code, self.healthy.code.clone());
                    let well = school::school_by_code(tx, &healthy)?.expect("the healthy school is known");
                    let devices = fleet::devices_of_school(tx, well.id)?;
                    // Of two switches only the one that feeds others has something to draw.
                    let readings = reading::of_school(tx, well.id)?;
                    let drawn = |device: &Device| readings.iter().any(|latest| latest.device == device.id && past(&latest.name, 0.0, 1).is_some());
                    let first = |kind: Kind| devices.iter().find(|device| device.kind == Some(kind) && drawn(device)).map_or(0, |device| device.id.0);
                    let measured = [Kind::Server, Kind::Ups, Kind::Printer, Kind::Switch].map(first);
                    let mac = |device: &Device| device.addresses.iter().find_map(|address| address.mac);
                    let tablets = devices.iter().filter(|device| device.kind == Some(Kind::Tablet));
                    let tablet = tablets.filter_map(|device| Some((device.id.0, mac(device)?.to_string()))).next();
                    let tablet = tablet.expect("the healthy school has a tablet that was seen");
                    let unheard = self.unheard.clone();
                    return Ok(Some(Sights { school, device: device.0, fault, healthy, measured, tablet, unheard }));
                }
            }
            Ok(None)
        };
        self.web.db.read(read).unwrap().expect("the lamp of the first school's projector is known to have failed")
    }

    /// Two more rounds of the healthy school, in which one projector says that its lamp has failed; the device's number.
    pub fn fail_a_lamp(&mut self) -> i64 {
        let subject = say_erst(&mut self.healthy.report, LAMP_FAILED, |subject, said| said == WELL && !self.failed.contains(&subject.to_owned()));
        self.failed.push(subject.clone());
        self.two_rounds();
        let is_it = |device: &&Device| subjects(device).contains(&subject);
        self.healthy_devices().iter().find(is_it).expect("the projector is a device").id.0
    }

    /// Two more rounds of the healthy school, in which that projector is well again.
    pub fn mend_a_lamp(&mut self, device: i64) {
        let devices = self.healthy_devices();
        let known = devices.iter().find(|known| known.id.0 == device).expect("the projector is a device");
        let at = subjects(known);
        say_erst(&mut self.healthy.report, WELL, |subject, said| said == LAMP_FAILED && at.contains(&subject.to_owned()));
        self.two_rounds();
    }

    /// Number of the open fault of a device of the healthy school.
    pub fn fault_of(&self, device: i64) -> i64 {
        let code = self.healthy.code.clone();
        let find = |tx: &mut store::Tx<'_>| -> store::Result<Option<i64>> {
            let known = school::school_by_code(tx, &code)?.expect("the healthy school is known");
            let open = fault::open_faults(tx, known.id)?.into_iter().find(|open| open.device.is_some_and(|its| its.0 == device));
            Ok(open.map(|open| open.fault_id))
        };
        self.web.db.read(find).unwrap().expect("the device has a fault")
    }

    fn two_rounds(&mut self) {
        for _ in 0..2 {
            // A round begins after what people did, and so can judge it.
            self.clock.fetch_add(BETWEEN_S, Ordering::SeqCst);
            self.told += 1;
            self.round(&self.healthy, self.told);
        }
        self.settled();
    }

    fn healthy_devices(&self) -> Vec<Device> {
        let code = self.healthy.code.clone();
        let find = |tx: &mut store::Tx<'_>| -> store::Result<Vec<Device>> {
            let known = school::school_by_code(tx, &code)?.expect("the healthy school is known");
            fleet::devices_of_school(tx, known.id)
        };
        self.web.db.read(find).unwrap()
    }

    /// Serves until `stop` ends.
    pub async fn serve(web: Web, listener: std::net::TcpListener, stop: impl Future<Output = ()>) {
        listener.set_nonblocking(true).unwrap();
        serve(tokio::net::TcpListener::from_std(listener).unwrap(), web, stop).await.unwrap();
    }

    /// Takes one report in as a whole picture: what stands is said again.
    fn round(&self, school: &Looked, number: u64) {
        let now = self.web.now();
        let report = Report { number, began_at: now - 20, ended_at: now - 2, ..school.report.clone() };
        let batch = Batch { agent: school.agent, sent_at: now, reports: vec![report] };
        let receipt = self.web.ingest.accept(school.agent, batch, now).unwrap().receipt;
        assert!(format!("{:?}", receipt.answers).contains("Accepted"), "{:?}", receipt.answers);
    }

    fn settled(&self) {
        watch::tick(&self.web.db, &Keep::default(), self.web.now()).unwrap();
        settle_and_tell(&self.web, &self.settle).unwrap();
    }
}

/// What a reading was so many hours ago, given what it is now; `None` for readings that nobody draws.
fn past(name: &str, now: f64, hours_ago: i64) -> Option<f64> {
    let (hours, hour_of_day) = (hours_ago as f64, (hours_ago % 24) as f64);
    let wave = (hour_of_day / 24.0 * std::f64::consts::TAU).sin();
    Some(match name {
        "temperature" => now + 3.0 * wave,
        // Too little in one day to have burnt through a night, at whatever hour this runs.
        "lamp_hours" => (now - (hours / 24.0).floor() * 4.0).max(0.0),
        "supply_level" => now + (hours / 12.0).floor(),
        "page_count" => now - 11.0 * hours,
        "volume_used" => now - hours * 4e7,
        "ups_charge" => {
            if (115..122).contains(&hours_ago) {
                40.0 + 8.0 * (hours - 115.0)
            } else {
                now
            }
        }
        "ups_runtime" => {
            if (115..122).contains(&hours_ago) {
                now / 2.0
            } else {
                now - 60.0 * wave
            }
        }
        "ups_load" | "poe_used" => now * (1.0 + 0.1 * wave),
        "wireless_clients" => (now + 8.0 * wave).max(0.0).round(),
        "backup_age" => (23.0 - hour_of_day) * 3_600.0,
        "updates_pending" => (now - (hours / 72.0).floor()).max(0.0),
        _ => return None,
    })
}

fn clock_to(clock: &AtomicI64, now: i64) {
    clock.store(now, Ordering::SeqCst);
}

/// The collector on an empty database, with one account.
fn web(folder: &Path, clock: &Arc<AtomicI64>, set: impl FnOnce(&mut Config)) -> Web {
    let hands = clock.clone();
    let now = Timestamp(clock.load(Ordering::SeqCst));
    let db = Db::open(&folder.join("rollcall.sqlite").display().to_string(), now).unwrap();
    let hash = password::hash(PASSWORD).unwrap();
    db.write(move |tx| add_new(tx, LOGIN, LOGIN, Role::Admin, &hash, false, now)).unwrap();
    let mut config = Config::default();
    config.server.tls = Tls::Off;
    config.store.folder = folder.to_owned();
    set(&mut config);
    Web::new(db, config, Arc::new(move || Timestamp(hands.load(Ordering::SeqCst)))).unwrap()
}

/// Plays the town, enrols an agent in each chosen school and looks once: the sick ones, then the healthy, then the silent one.
fn look_around(world: &Arc<World>, folder: &Path, db: &Db) -> Vec<Looked> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let tasks = world.speak().await.unwrap();
        let mut under_way = Vec::new();
        for (at, kind, what) in LOOKED_AT.iter().chain(&[(SILENT, "", "")]) {
            let school = world.see(|town| town.schools[*at].clone());
            if let Some(device) = school.devices.iter().rfind(|device| device.make.kind == *kind) {
                let what = what.split(' ').map(str::to_owned).collect();
                apply(world, &Command { school: school.code.clone(), device: device.name.clone(), what }).unwrap();
            }
            let (agent, world, folder) = (enrol(db, &school, *at as u8), world.clone(), folder.to_owned());
            under_way.push(tokio::task::spawn_local(async move {
                let report = look_at(&world, &school, &folder).await;
                Looked { code: school.code, agent, report }
            }));
        }
        let mut looked = Vec::new();
        for look in under_way {
            looked.push(look.await.unwrap());
        }
        drop(tasks);
        looked
    })
}

/// What the agent of one school would report.
async fn look_at(world: &World, school: &School, folder: &Path) -> Report {
    let file = agent_config::write(world, school, &folder.join(format!("agent-{}", school.number)), ROUND_S as u32).unwrap();
    let mut config = config::load(&file).unwrap();
    // Addresses that hold nobody are left out: waiting for their silence is another test's matter.
    config.networks[0].allow = school.devices.iter().filter_map(|device| Some(std::net::IpAddr::V4(device.ip?).into())).collect();
    let place = Place { server: config.server.clone(), network: &config.server_network };
    let report = look(&config.networks, place, None, &|| Timestamp(now_s())).await.unwrap();
    Report { stream: StreamId(u64::from(school.number)), every_s: ROUND_S as u32, ..report }
}

/// An agent of this school, its learning time over.
fn enrol(db: &Db, school: &School, seed: u8) -> AgentId {
    let new = NewAgent {
        public_key: vec![seed; 32],
        host: format!("kwartz-{}", school.code),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        networks: vec![agent_config::network_name(school)],
    };
    let (code, now) = (school.code.clone(), Timestamp(now_s() - SILENT_FOR_S));
    let enrolled = db.write(move |tx| -> store::Result<AgentId> {
        let known = school::school_by_code(tx, &code)?.expect("the plan names the school");
        school::accept_school(tx, known.id, now)?;
        report::insert_agent(tx, &new, now)
    });
    enrolled.unwrap()
}

/// How reports call a device's addresses.
fn subjects(device: &Device) -> Vec<String> {
    device.addresses.iter().filter_map(|address| Some(format!("ip:{}", address.ip?))).collect()
}

/// The first projector whose subject and ERST are so says another ERST from now on; which one.
fn say_erst(report: &mut Report, becomes: &str, which: impl Fn(&str, &str) -> bool) -> String {
    let Content::Full(groups) = &mut report.content else { panic!("`look` tells a full picture") };
    let said = groups.iter_mut().flat_map(|group| {
        let subject = group.subject.to_string();
        group.facts.iter_mut().map(move |fact| (subject.clone(), fact))
    });
    let (subject, fact) = said
        .filter_map(|(subject, fact)| if let Fact::Said(said) = fact { Some((subject, said)) } else { None })
        .find(|(subject, said)| said.key == "ERST" && which(subject, &said.value))
        .expect("the healthy school has such a projector");
    fact.value = becomes.to_owned();
    report.hash = Picture::from_groups(groups.clone()).hash();
    subject
}
