//! A collector and one real agent around the lab: rounds on demand, the fleet and the faults as the collector has them.
//!
//! Comes in: a running lab. Goes out: devices, fault codes, what the agent cost. The collector's listener is opened inside the
//! server's namespace (a socket belongs to the namespace in which it was made), so that nothing leaves it.

use super::cost::{Cost, binary, run};
use super::daemon::Daemon;
use super::school::{Lab, Truth};
use rollcall_agent::state::Folder;
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::fault::Known;
use rollcall_collector::domain::plan::Tables;
use rollcall_collector::import::import;
use rollcall_collector::plan_folder::read_files;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::{self, Db};
use rollcall_collector::web::{self, Web, agents};
use rollcall_shared::{SchoolId, Timestamp};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Collector and agent.
pub struct Town {
    db: Db,
    settle: Settle,
    school: SchoolId,
    server: String,
    config: PathBuf,
    _folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
    /// What each round cost.
    pub rounds: Vec<Cost>,
}

fn now() -> Timestamp {
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed())
}

/// The lab's server has the disks of the machine that runs it, however full they are.
const MACHINES_OWN: &str = "server_disk";

impl Town {
    /// A collector with a plan for the lab's school, and an enrolled agent in the server's namespace.
    pub fn start(lab: &Lab, rooms: &[(&str, &str)]) -> Town {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("rollcall.sqlite").display().to_string(), now()).unwrap();
        import(&db, plan(lab, rooms), "test", "the lab", now()).unwrap();
        let school = db.read(|tx| store::school::school_by_code(tx, "lab")).unwrap().unwrap().id;
        let mut config = Config::default();
        config.server.tls = Tls::Off;
        config.store.folder = folder.path().to_owned();
        let web = Web::new(db.clone(), config, Arc::new(now)).unwrap();
        let listener = listener_within(&lab.server());
        let url = format!("http://{}", listener.local_addr().unwrap());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            web::serve(listener, web, std::future::pending()).await.unwrap();
        });
        let code = db.write(|tx| agents::make_code(tx, &["lab".to_owned()], "test", None, now())).unwrap();
        let settings = agent_settings(lab, folder.path());
        let enrolled = Command::new("ip")
            .args(["netns", "exec", &lab.server()])
            .arg(binary("rollcall-agent"))
            .args(["enrol", &url, "--code", &code, "--config"])
            .arg(&settings)
            .output()
            .unwrap();
        assert!(enrolled.status.success(), "enrolment: {}", String::from_utf8_lossy(&enrolled.stderr));
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        let settle = Settle::new(db.clone(), zone);
        Town { db, settle, school, server: lab.server(), config: settings, _folder: folder, _runtime: runtime, rounds: Vec::new() }
    }

    /// The agent as a daemon, in the server's namespace, with the state that its rounds left.
    pub fn daemon(&self) -> Daemon {
        Daemon::start(&self.server, &self.config)
    }

    /// Makes the agent's memory of its last sweep an old one, so that its next round sweeps.
    pub fn forget_sweep(&self) {
        let folder = Folder::new(&self.config.with_file_name("agent"));
        let mut state = folder.load_state().unwrap().expect("the agent has made a round");
        state.swept_at.clear();
        folder.save_state(&state).unwrap();
    }

    /// One roll call: the agent looks and sends, the collector settles.
    pub fn round(&mut self) {
        let cost = run(&self.server, Command::new(binary("rollcall-agent")).args(["once", "--config"]).arg(&self.config));
        assert!(cost.status.success(), "rollcall-agent once: {}", cost.stderr);
        self.rounds.push(cost);
        // Until nothing is due: a settle may ask to look again within this second.
        for _ in 0..5 {
            if self.settle.drain(now()).unwrap().is_empty() {
                break;
            }
        }
    }

    /// Rounds until something holds; whether it does, and how many rounds that took.
    pub fn until(&mut self, most: usize, holds: impl Fn(&Town) -> bool) -> (bool, usize) {
        for rounds in 1..=most {
            self.round();
            // What was confirmed by this round's number is told when the clock asks again.
            self.db
                .write({
                    let school = self.school;
                    move |tx| store::school::mark_due(tx, school, now())
                })
                .unwrap();
            self.settle.drain(now()).unwrap();
            if holds(self) {
                return (true, rounds);
            }
        }
        (false, most)
    }

    /// The fleet.
    pub fn devices(&self) -> Vec<Device> {
        let school = self.school;
        self.db.read(move |tx| store::fleet::devices_of_school(tx, school)).unwrap()
    }

    /// Known faults.
    pub fn faults(&self) -> Vec<Known> {
        let school = self.school;
        let open = self.db.read(move |tx| store::fault::open_faults(tx, school)).unwrap();
        open.into_iter().filter(|open| open.code != MACHINES_OWN).collect()
    }

    /// Their codes.
    pub fn codes(&self) -> BTreeSet<String> {
        self.faults().into_iter().map(|open| open.code).collect()
    }
}

/// A listener on loopback inside a namespace: the thread that makes it goes there, and ends.
fn listener_within(namespace: &str) -> TcpListener {
    let path = format!("/run/netns/{namespace}");
    let thread = std::thread::spawn(move || {
        let file = std::fs::File::open(&path).expect("the server's namespace");
        enter(&file);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback of the namespace");
        listener.set_nonblocking(true).unwrap();
        listener
    });
    thread.join().unwrap()
}

#[expect(unsafe_code, reason = "setns(2) has no safe form in the libraries at hand; it moves this thread alone")]
fn enter(namespace: &std::fs::File) {
    use std::os::fd::AsRawFd;
    let entered = unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) };
    assert_eq!(entered, 0, "entering the namespace: {}", std::io::Error::last_os_error());
}

/// A plan that names the school, its network, two rooms, what is behind their ports, and what belongs into them.
fn plan(lab: &Lab, rooms: &[(&str, &str)]) -> Tables {
    let truth = lab.truth();
    let mut patch = String::from("device,port,room\nsw02,30,Grenier\n");
    let mut assets = String::from("label_or_serial,kind,macs,school,room,state\n");
    for (name, room) in rooms {
        let (switch, port) = lab.home(name);
        patch.push_str(&format!("{switch},{port},{room}\n"));
        let mac = truth.iter().find(|device| device.name == *name).and_then(Truth::mac).expect("a projector with a MAC");
        assets.push_str(&format!("L-{name},projector,{mac},lab,{room},in_service\n"));
    }
    let listed: String = rooms.iter().map(|(_, room)| format!("lab,{room},class\n")).collect();
    let files = [
        ("programme.csv", "code,name,owner\nlab,Le labo,Ville\n".to_owned()),
        ("phases.csv", "phase,name,rank\n1,Phase 1,1\n".to_owned()),
        ("sites.csv", "site,name,kind\nlab,Le labo,school\n".to_owned()),
        ("schools.csv", "school,name,kind,site,phase,followed_from\nlab,École du labo,elementaire,lab,1,2020-01-01\n".to_owned()),
        ("networks.csv", format!("site,cidr,name,school\nlab,{},lab,lab\n", lab.net)),
        ("rooms.csv", format!("school,room,kind\n{listed}lab,Grenier,other\n")),
        ("patch.csv", patch),
        ("assets.csv", assets),
    ];
    let (tables, notes) = read_files(files.iter().map(|(name, text)| (*name, text.as_bytes())));
    assert!(notes.is_empty(), "the lab's plan: {notes:?}");
    tables
}

/// Writes an agent's configuration for the lab's network, with its secrets, into a folder; the file.
pub fn agent_settings(lab: &Lab, folder: &Path) -> PathBuf {
    std::fs::write(folder.join("community"), "public\n").unwrap();
    std::fs::write(folder.join("pjlink"), "JBMIAProjectorLink\n").unwrap();
    let text = format!(
        r#"
state_folder = "{folder}/agent"
round_s = 5
naming_patterns = ["*"]
[[networks]]
name = "lab"
cidrs = ["{net}"]
pjlink_passwords_file = "{folder}/pjlink"
[[networks.snmp]]
version = 2
community_file = "{folder}/community"
[server]
dhcp_files = ["{run}/dhcpd.leases", "{run}/dhcpd.conf"]
nut = true
"#,
        folder = folder.display(),
        net = lab.net,
        run = lab.folder().display(),
    );
    let path = folder.join("agent.toml");
    std::fs::write(&path, text).unwrap();
    path
}
