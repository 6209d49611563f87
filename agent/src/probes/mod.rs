//! The ways of looking: one file a probe, each with a `read` (speaks with the world) and a pure `parse`.
//!
//! Comes in: a [`Look`] (which network, what is known of it so far, how fast). Goes out: an [`Outcome`]: findings, each about
//! one subject, and what went wrong. Absent on purpose: pictures and reports ([`crate::round`] makes them), conclusions.
//!
//! A new probe is a file here and a line in [`PROBES`].

pub mod answered;
pub mod arrivals;
pub mod banner;
pub mod cast;
pub mod describe;
pub mod dhcp;
pub mod disks;
pub mod hostile;
pub mod http;
pub mod http_answer;
pub mod ipp;
pub mod lines;
pub mod mdns;
pub mod met;
pub mod neighbours;
pub mod netbios;
pub mod pace;
pub mod pjlink;
pub mod search;
pub mod server;
pub mod smb;
pub mod snmp;
pub mod ssdp;
pub mod turn;
pub mod upkeep;
pub mod ups;
pub mod visit;
pub mod wsd;
pub mod x509;
pub mod xml;

#[cfg(test)]
pub(crate) mod cases;

use crate::network::Network;
use arrivals::Progress;
use describe::Described;
use met::Met;
use pace::{Pace, Pacer};
use rollcall_shared::report::Trouble;
use rollcall_shared::wire::{MAX_TEXT_BYTES, clip};
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::pin::Pin;
use visit::VisitMemory;

/// One way of looking.
pub struct Probe {
    /// Name in reports: the file's name.
    pub name: &'static str,
    /// Shortest time between two looks, seconds; 0 = every round.
    pub every_s: u32,
    /// It looks at the server itself (files, services), not at the network: it runs only where [`ServerPlace::here`], also in
    /// quiet hours, and a finished run has named every subject there is.
    pub of_server: bool,
    /// When in a round it runs.
    pub stage: Stage,
    /// Runs it on one network.
    pub run: for<'a> fn(&'a Look<'a>) -> Running<'a>,
}

/// When in a round a probe runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Finds addresses: one after the other, in the order of the table, for each goes by what the one before found.
    Find,
    /// Begins with those that find, and asks each address as it is found ([`Look::arrivals`]), or something that needs no address.
    AsFound,
    /// The same, for those only whom nothing else names ([`Look::unnamed`]).
    Unnamed,
    /// Begins with those that find, and asks many at once without knowing them; nobody waits for it.
    Search,
    /// Begins when all is found that can be.
    Ask,
}

/// Time between two searches: what devices announce of themselves changes with the seasons, and each search wakes all that sleep lightly.
pub const SEARCH_EVERY_S: u32 = 3_600;

/// A probe at work.
pub type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// The probes, by stage. Leases come before `neighbours`, which asks every leased address by ARP and takes out again those that are not
/// there; the order within the other stages is that of the report, for there all are at work at once.
pub const PROBES: &[Probe] = &[
    Probe { name: "dhcp", every_s: 0, of_server: true, stage: Stage::Find, run: |look| Box::pin(dhcp::read(look)) },
    Probe { name: "neighbours", every_s: 0, of_server: false, stage: Stage::Find, run: |look| Box::pin(neighbours::read(look)) },
    Probe { name: "pjlink", every_s: 0, of_server: false, stage: Stage::AsFound, run: |look| Box::pin(pjlink::read(look)) },
    Probe { name: "snmp", every_s: 0, of_server: false, stage: Stage::AsFound, run: |look| Box::pin(snmp::read(look)) },
    Probe { name: "server", every_s: 0, of_server: true, stage: Stage::AsFound, run: |look| Box::pin(server::read(look)) },
    Probe { name: "ups", every_s: 0, of_server: true, stage: Stage::AsFound, run: |look| Box::pin(ups::read(look)) },
    Probe { name: "disks", every_s: disks::EVERY_S, of_server: true, stage: Stage::AsFound, run: |look| Box::pin(disks::read(look)) },
    Probe { name: "upkeep", every_s: upkeep::EVERY_S, of_server: true, stage: Stage::AsFound, run: |look| Box::pin(upkeep::read(look)) },
    Probe { name: "http", every_s: 0, of_server: false, stage: Stage::Unnamed, run: |look| Box::pin(http::read(look)) },
    Probe { name: "ipp", every_s: 0, of_server: false, stage: Stage::Unnamed, run: |look| Box::pin(ipp::read(look)) },
    Probe { name: "banner", every_s: 0, of_server: false, stage: Stage::Unnamed, run: |look| Box::pin(banner::read(look)) },
    Probe { name: "smb", every_s: 0, of_server: false, stage: Stage::Unnamed, run: |look| Box::pin(smb::read(look)) },
    Probe { name: "netbios", every_s: 0, of_server: false, stage: Stage::Unnamed, run: |look| Box::pin(netbios::read(look)) },
    Probe { name: "mdns", every_s: SEARCH_EVERY_S, of_server: false, stage: Stage::Search, run: |look| Box::pin(mdns::read(look)) },
    Probe { name: "ssdp", every_s: SEARCH_EVERY_S, of_server: false, stage: Stage::Search, run: |look| Box::pin(ssdp::read(look)) },
    Probe { name: "wsd", every_s: SEARCH_EVERY_S, of_server: false, stage: Stage::Search, run: |look| Box::pin(wsd::read(look)) },
];

/// What a probe is given. Probes are at work at the same time on one thread: no borrow of a cell may last over an `await`.
pub struct Look<'a> {
    /// Where to look.
    pub network: &'a Network,
    /// The server's own files and services.
    pub server: &'a ServerPlace,
    /// Addresses known on this network so far, with the MAC where one is known: filled by `dhcp` and `neighbours`, complete after [`Look::all_found`].
    pub hosts: &'a RefCell<BTreeMap<IpAddr, Option<Mac>>>,
    /// Addresses that nobody holds: asked by ARP in this round, which nobody who is there can leave unanswered. Not worth a further packet.
    pub empty: &'a RefCell<BTreeSet<IpAddr>>,
    /// Whom this round has met so far.
    pub met: &'a RefCell<Met>,
    /// How far the round has come.
    pub progress: &'a Progress,
    /// The rate for all probes together: a slot a packet that opens or asks something.
    pub pace: &'a Pace,
    /// What is remembered between rounds.
    pub memory: &'a RefCell<Memory>,
    /// This round also asks addresses that were silent so far (a sweep), not only those known.
    pub sweep: bool,
    /// Somebody asks for this one address: what is usually spared is asked as well.
    pub thorough: bool,
    /// When the round began.
    pub now: Timestamp,
}

impl Look<'_> {
    /// A trouble of one probe on this network.
    pub fn trouble(&self, probe: &str, subject: Option<Subject>, code: &str, text: impl AsRef<str>) -> Trouble {
        let text = clip(text.as_ref(), 1_000).to_owned();
        Trouble { probe: probe.to_owned(), network: self.network.name.clone(), subject, code: code.to_owned(), text }
    }

    /// The rate at which this address may be asked.
    pub fn pace_to(&self, ip: IpAddr) -> &Pacer {
        self.pace.to(self.met.borrow().on_link.contains(&ip))
    }

    /// Addresses that a probe may ask this round: the known hosts, and all of a loopback network, whose hosts nobody can find for us.
    pub fn targets(&self) -> Vec<IpAddr> {
        let hosts = self.hosts.borrow();
        let known = hosts.iter().filter(|(_, mac)| mac.is_none_or(|mac| self.network.may_ask_mac(mac))).map(|(ip, _)| *ip);
        let known = known.filter(|ip| self.network.may_ask(*ip));
        let all: BTreeSet<IpAddr> = if self.network.is_loopback() { self.network.addresses().chain(known).collect() } else { known.collect() };
        all.into_iter().collect()
    }
}

/// What an instance's number adds to a key: nothing for the first, `.2` for the second.
pub fn ordinal(number: usize) -> String {
    if number == 0 { String::new() } else { format!(".{}", number + 1) }
}

/// What somebody said, as text: UTF-8 as it is, other octets as `0x…` (the form that [`rollcall_shared::evidence::Said`] prescribes).
pub fn said_text(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) => clip(text, MAX_TEXT_BYTES / 4).to_owned(),
        Err(_) => octets.iter().take(MAX_TEXT_BYTES / 4).fold(String::from("0x"), |all, octet| all + &format!("{octet:02x}")),
    }
}

/// Where the server's own facts lie; everything is configurable so that a simulated server can have a root of its own.
#[derive(Debug, Clone)]
pub struct ServerPlace {
    /// Look at the server itself in this network's rounds (one network an agent has this; others get no `server`, `dhcp`, `ups`).
    pub here: bool,
    /// Folder that stands for `/` when reading `/proc`, `/sys`, `/etc`.
    pub root: PathBuf,
    /// DHCP server files; each is read as what it turns out to be (ISC leases, ISC configuration, dnsmasq leases, Kea memfile).
    pub dhcp_files: Vec<PathBuf>,
    /// Address at which the server's own services are asked.
    pub services_at: IpAddr,
    /// Services to ask by name of the table in `server.rs`, with the port where it differs from the table's.
    pub services: Vec<(String, Option<u16>)>,
    /// NUT upsd is asked at `services_at`.
    pub nut: bool,
    /// `smartctl`, run where the agent may open disks.
    pub smartctl: PathBuf,
    /// Folder of `DISK.json` files that root's timer fills with what `smartctl` says.
    pub smart_folder: PathBuf,
    /// Where the number of waiting updates stands; absent: where Debian and Ubuntu note it.
    pub updates_file: Option<PathBuf>,
    /// Backups whose age is told.
    pub backups: Vec<upkeep::Backup>,
    /// Certificates whose last day is told.
    pub certificates: Vec<upkeep::Certificate>,
}

/// Below a server's root: where Debian has smartctl, and where root's timer writes.
pub const SMARTCTL: &str = "usr/sbin/smartctl";
/// See [`SMARTCTL`].
pub const SMART_FOLDER: &str = "run/rollcall-upkeep";

impl ServerPlace {
    /// With this root, nothing but the files that every server has, and its services asked at this address.
    pub fn bare(here: bool, root: PathBuf, services_at: IpAddr) -> ServerPlace {
        ServerPlace {
            here,
            dhcp_files: Vec::new(),
            services_at,
            services: Vec::new(),
            nut: false,
            smartctl: root.join(SMARTCTL),
            smart_folder: root.join(SMART_FOLDER),
            updates_file: None,
            backups: Vec::new(),
            certificates: Vec::new(),
            root,
        }
    }
}

/// What is remembered between rounds (and on disk).
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    /// SNMP: by address.
    #[serde(default)]
    pub snmp: BTreeMap<IpAddr, SnmpMemory>,
    /// What routers told of addresses beyond them, by router.
    #[serde(skip)]
    pub routers: BTreeMap<IpAddr, Told>,
    /// Addresses that only the DHCP server's files name so far; made anew by each `dhcp` run, for the probes after it.
    #[serde(skip)]
    pub only_leased: BTreeSet<IpAddr>,
    /// Searches: who answered them, by probe.
    #[serde(default)]
    pub answered: BTreeMap<String, BTreeMap<IpAddr, Answered>>,
    /// Devices with which somebody talks now ([`turn`]).
    #[serde(skip)]
    pub talking: BTreeSet<IpAddr>,
    /// Descriptions that devices point to, by probe.
    #[serde(default)]
    pub described: BTreeMap<String, BTreeMap<IpAddr, Vec<Described>>>,
    /// PJLink: the projectors that answered last time.
    #[serde(default)]
    pub pjlink: BTreeMap<IpAddr, PjlinkMemory>,
    /// Looks at TCP ports: by probe and address.
    #[serde(default)]
    pub visits: BTreeMap<String, BTreeMap<IpAddr, VisitMemory>>,
}

/// What a search remembers of one address that answered.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
pub struct Answered {
    /// Who held the address.
    #[serde(default)]
    pub mac: Option<Mac>,
    /// Searches since then that it did not answer.
    #[serde(default)]
    pub missed: u8,
}

/// What PJLink remembers of one address.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct PjlinkMemory {
    /// Number of the password (in the network's order) that opened it last.
    #[serde(default)]
    pub password: Option<usize>,
    /// When passwords were last tried in vain: they are tried again after a day at the earliest.
    #[serde(default)]
    pub refused_at: Option<Timestamp>,
}

/// The ARP table of one router.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// When it was read.
    pub at: Timestamp,
    /// Who holds which address.
    pub holders: BTreeMap<Ipv4Addr, Mac>,
}

/// What SNMP remembers of one address.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct SnmpMemory {
    /// Number of the way in (the credentials in the network's order, AES-256 counting twice for its two key extensions) that answered last.
    #[serde(default)]
    pub credential: Option<usize>,
    /// When credentials were last tried in vain: a new host gets each at most once a day.
    #[serde(default)]
    pub tried_at: Option<Timestamp>,
    /// A host was known at the address when they were tried; an address where nobody was known is new once somebody is.
    #[serde(default)]
    pub tried_known: bool,
    /// The MAC that held the address then, where known: another one is a new host.
    #[serde(default)]
    pub tried_mac: Option<Mac>,
    /// GETBULK repetitions that this device stands, where fewer than usual.
    #[serde(default)]
    pub repetitions: Option<u32>,
}

/// What one probe found on one network.
#[derive(Debug, Default)]
pub struct Outcome {
    /// It got through all that it set out to look at.
    pub finished: bool,
    /// How many subjects it asked.
    pub asked: u32,
    /// One finding a subject of which it learnt something or that it got through without learning anything.
    pub findings: Vec<Finding>,
    /// What went wrong.
    pub troubles: Vec<Trouble>,
}

/// Moving numbers: name (a row of the table of readings), instance, value.
pub type Readings = Vec<(&'static str, String, f64)>;

/// What one look at one subject gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// About what.
    pub subject: Subject,
    /// Standing facts.
    pub facts: Vec<Fact>,
    /// Moving numbers: name (a row of the table of readings), instance, value.
    pub readings: Readings,
    /// The look at this subject got to its end, so that facts of earlier rounds that are not among `facts` are no more.
    pub finished: bool,
}

impl Finding {
    /// A finished finding of facts alone.
    pub fn of(subject: Subject, facts: Vec<Fact>) -> Finding {
        Finding { subject, facts, readings: Vec::new(), finished: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_addresses_runs_before_who_asks_them() {
        let at = |name: &str| PROBES.iter().position(|probe| probe.name == name).unwrap();
        assert!(at("dhcp") < at("neighbours"));
        assert!(PROBES.is_sorted_by_key(|probe| probe.stage), "the table is in the order of the stages");
        assert!(PROBES.iter().all(|probe| (probe.stage == Stage::Find) == ["dhcp", "neighbours"].contains(&probe.name)));
        assert!(PROBES.iter().all(|probe| at(probe.name) == PROBES.iter().rposition(|other| other.name == probe.name).unwrap()), "names are unique");
    }

    #[test]
    fn what_is_no_text_is_told_in_octets() {
        for (octets, text) in [(&b"caf\xc3\xa9"[..], "café"), (b"\xff\x00", "0xff00"), (b"", "")] {
            assert_eq!(said_text(octets), text);
        }
    }
}
