//! Test cases as folders: `tests/data/probes/<probe>/<case>/` with the input as files and `expected.json`.
//!
//! Comes in: a probe's name and its parser. Goes out: an assertion. With the variable `ROLLCALL_WRITE_EXPECTED` set, the
//! expected files are written anew, to be read in the difference before they are committed. Absent on purpose: anything but tests.

use super::arrivals::Progress;
use super::met::Met;
use super::pace::Pace;
use super::{Finding, Look, Memory, ServerPlace};
use crate::network::{Credentials, Network, Never, Ports};
use rollcall_shared::{Mac, Timestamp};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Runs `parse` on every case folder of a probe and compares with its `expected.json`.
pub fn check_cases(probe: &str, parse: impl Fn(&Path) -> Value) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/probes").join(probe);
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {}", root.display());
    for case in cases {
        let (found, file) = (parse(&case), case.join("expected.json"));
        if std::env::var_os("ROLLCALL_WRITE_EXPECTED").is_some() {
            std::fs::write(&file, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&std::fs::read(&file).unwrap_or_default()).unwrap_or_default();
        assert_eq!(found, expected, "case {}:\n{}", case.display(), serde_json::to_string_pretty(&found).unwrap());
    }
}

/// Findings as JSON: subject, facts, readings.
pub fn findings_json(findings: &[Finding]) -> Value {
    let one =
        |finding: &Finding| json!({ "subject": finding.subject, "facts": finding.facts, "readings": finding.readings, "finished": finding.finished });
    Value::Array(findings.iter().map(one).collect())
}

/// A place to look at in tests: owns what a [`Look`] borrows.
pub struct Place {
    /// The network.
    pub network: Network,
    /// The server, which is here.
    pub server: ServerPlace,
    /// Known hosts.
    pub hosts: RefCell<BTreeMap<IpAddr, Option<Mac>>>,
    /// Addresses that nobody holds.
    pub empty: RefCell<BTreeSet<IpAddr>>,
    /// Whom the round met.
    pub met: RefCell<Met>,
    /// How far the round has come: to its end, so that nobody waits.
    pub progress: Progress,
    /// The rate of a sweep.
    pub pace: Pace,
    /// Remembered.
    pub memory: RefCell<Memory>,
    /// The time.
    pub now: Timestamp,
}

impl Place {
    /// One network without credentials, a server without files.
    pub fn new(cidr: &str, now: i64) -> Place {
        let network = Network {
            name: "school".into(),
            cidrs: vec![cidr.parse().unwrap()],
            allow: vec![],
            never: Never::default(),
            max_pps: 200,
            max_arp_pps: 1_000,
            ports: Ports::default(),
            credentials: Credentials::default(),
        };
        let services_at = IpAddr::from([127, 0, 0, 1]);
        let (pace, progress) = (Pace::of(&network, true), Progress::default());
        progress.all_found();
        progress.all_asked();
        let server = ServerPlace::bare(true, "/".into(), services_at);
        Place {
            network,
            server,
            hosts: RefCell::default(),
            empty: RefCell::default(),
            met: RefCell::default(),
            progress,
            pace,
            memory: RefCell::default(),
            now: Timestamp(now),
        }
    }

    /// One round's look, a sweep.
    pub fn look(&self) -> Look<'_> {
        Look {
            network: &self.network,
            server: &self.server,
            hosts: &self.hosts,
            empty: &self.empty,
            met: &self.met,
            progress: &self.progress,
            pace: &self.pace,
            memory: &self.memory,
            sweep: true,
            thorough: false,
            now: self.now,
        }
    }
}
