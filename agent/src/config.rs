//! `agent.toml`: what may be looked at, how often, and where reports go.
//!
//! Comes in: the file, and the secrets that it names by their files. Goes out: [`Config`], or every problem at once, each with
//! file, key and what was expected. Absent on purpose: what enrolment made (identity and key lie in the state folder), the
//! clock. The sample is `deploy/agent/agent.toml`; a test holds it and the defaults below equal.

use crate::checked::{Problems, Table};
use crate::cli::address_or_network;
use crate::credentials::read_credentials;
use crate::hours::Hours;
use crate::listen::{Listen, is_interface};
use crate::network::{MAX_ADDRESSES, Network, Never, Ports, SnmpCredential};
use crate::pin::Pin;
use crate::probes::upkeep::{Backup, Certificate};
use crate::probes::{SMART_FOLDER, SMARTCTL, ServerPlace, server::services};
use ipnet::IpNet;
use jiff::tz::TimeZone;
use reqwest::Url;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// Where the agent keeps its state unless told otherwise.
pub const STATE_FOLDER: &str = "/var/lib/rollcall-agent";
/// Time between rounds unless told otherwise, seconds.
pub const ROUND_S: u32 = 300;
/// Hours of a school day: silent addresses are swept at most hourly within them, four times a day else.
pub const SCHOOL_HOURS: &str = "07:30-18:00";
/// Most octets of waiting reports unless told otherwise: years of a quiet school, weeks of a lively one.
pub const SPOOL_BYTES: u64 = 64 << 20;
/// Most networks of one agent (a town of 500 schools served by one).
pub const MAX_NETWORKS: usize = 1_000;
/// The port whose certificate is told where the configuration names none.
const HTTPS: u16 = 443;
/// Most backups and certificates whose age and last day are told.
const MAX_BACKUPS: usize = 16;
/// See [`MAX_BACKUPS`].
const MAX_CERTIFICATES: usize = 32;
/// Largest configuration or secrets file, octets.
pub const MAX_FILE_BYTES: u64 = 4 << 20;

/// Where DHCP servers keep their leases and reservations; those that exist are read where `dhcp_files` is not set.
pub const DHCP_FILES: &[&str] = &[
    "var/lib/dhcp/dhcpd.leases",   // ISC dhcpd, Debian and Kwartz
    "etc/dhcp/dhcpd.conf",         // its reservations
    "var/lib/misc/dnsmasq.leases", // dnsmasq, Debian
    "var/lib/kea/kea-leases4.csv", // Kea memfile, Debian
];

/// The whole configuration, checked.
#[derive(Debug)]
pub struct Config {
    /// Where reports go; absent: where the agent was enrolled.
    pub collector: Option<Url>,
    /// Where spool, key and memory lie.
    pub state_folder: PathBuf,
    /// Certificates (PEM) of the authority that signed the collector's, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the public key of the collector's authority; absent: as enrolled.
    pub pin: Option<Pin>,
    /// HTTP proxy; absent: as the environment says (HTTPS_PROXY).
    pub proxy: Option<Url>,
    /// Time between rounds.
    pub round_s: u32,
    /// No active probe in these hours.
    pub quiet_hours: Vec<Hours>,
    /// See [`SCHOOL_HOURS`].
    pub school_hours: Hours,
    /// The school's clock.
    pub zone: TimeZone,
    /// Nothing is looked at.
    pub pause: bool,
    /// Host names that may leave the school.
    pub naming_patterns: Vec<String>,
    /// Bound of the spool.
    pub spool_max_bytes: u64,
    /// What is listened to.
    pub listen: Listen,
    /// What may be looked at.
    pub networks: Vec<Network>,
    /// The server's own place.
    pub server: ServerPlace,
    /// The network that carries the server's own facts.
    pub server_network: String,
    /// What works, but should be looked at.
    pub notes: Vec<String>,
}

/// Reads a configuration file.
pub fn load(file: &Path) -> Result<Config, Vec<String>> {
    let said = |problem: String| format!("{}: {problem}", file.display());
    let text = read_bounded(file).map_err(|error| vec![said(error)])?;
    let folder = file.parent().unwrap_or(Path::new("."));
    parse(&text, folder).map_err(|problems| problems.into_iter().map(said).collect())
}

/// Reads a configuration; files that it names are sought from `folder`.
pub fn parse(text: &str, folder: &Path) -> Result<Config, Vec<String>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![error.to_string().trim_end().to_owned()])?;
    let problems = Problems::default();
    let mut config = read(Table::root(table, &problems), folder);
    config.notes = problems.take_notes();
    let problems = problems.into_vec();
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn read(mut root: Table<'_>, folder: &Path) -> Config {
    let state_folder = root.text("state_folder").unwrap_or_else(|| STATE_FOLDER.to_owned());
    let collector: Option<Url> = root.parsed("collector");
    if collector.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
        root.problem("collector", "expected a URL that begins with https:// (or http:// within one machine)");
    }
    let zone = root.text("time_zone").map(|name| TimeZone::get(&name).map_err(|_| name));
    let zone = zone.transpose().unwrap_or_else(|name| {
        root.problem("time_zone", format!("expected a zone such as Europe/Paris, found {name:?}"));
        None
    });
    let networks: Vec<Network> = root.tables("networks").into_iter().map(|table| network(table, folder)).collect();
    check_networks(&root, &networks);
    let listen = listen(root.table("listen"), &networks);
    let (server, server_network) = server(root.table("server"), &networks, folder);
    Config {
        collector,
        state_folder: folder.join(state_folder),
        ca_file: root.text("ca_file").map(|file| folder.join(file)),
        pin: root.parsed("pin"),
        proxy: root.parsed("proxy"),
        round_s: root.number("round_s", 5..=86_400, ROUND_S),
        quiet_hours: root.list("quiet_hours", str::parse),
        school_hours: root.parsed("school_hours").or_else(|| SCHOOL_HOURS.parse().ok()).expect("the default hours are well formed"),
        zone: zone.unwrap_or_else(TimeZone::system),
        pause: root.flag("pause", false),
        naming_patterns: root.list("naming_patterns", |text| Ok(text.to_owned())),
        spool_max_bytes: root.number("spool_max_bytes", 65_536..=1 << 40, SPOOL_BYTES),
        listen,
        networks,
        server,
        server_network,
        notes: Vec::new(),
    }
}

fn check_networks(root: &Table<'_>, networks: &[Network]) {
    if networks.is_empty() {
        root.problem("networks", "expected at least one [[networks]] table: nothing is looked at that is not named");
    }
    if networks.len() > MAX_NETWORKS {
        root.problem("networks", format!("expected at most {MAX_NETWORKS}, found {}", networks.len()));
    }
    let mut names = BTreeSet::new();
    for (number, network) in networks.iter().enumerate() {
        if !network.name.is_empty() && !names.insert(&network.name) {
            root.problem(&format!("networks[{number}].name"), format!("{:?} is the name of another network already", network.name));
        }
    }
}

fn network(mut table: Table<'_>, folder: &Path) -> Network {
    let name = table.text("name").unwrap_or_default();
    if name.trim().is_empty() || name.len() > rollcall_shared::wire::MAX_NAME_BYTES {
        table.problem("name", "expected a name of 1 to 256 octets: the one that the collector maps to a school");
    }
    let cidrs: Vec<IpNet> = table.list("cidrs", |text| {
        let net = text.parse::<IpNet>().map_err(|_| format!("expected a network such as 10.0.0.0/24, found {text:?}"))?;
        if net.hosts().take(MAX_ADDRESSES + 1).count() > MAX_ADDRESSES {
            return Err(format!("expected a /16 at most, found {text}: sweep smaller networks, each named"));
        }
        Ok(net.trunc())
    });
    if cidrs.is_empty() {
        table.problem("cidrs", "expected at least one network such as [\"10.0.0.0/24\"]");
    }
    let allow = table.list("allow", |text| {
        let net = address_or_network(text).map_err(|error| error.to_string())?;
        let inside = cidrs.iter().any(|cidr| cidr.contains(&net));
        if inside { Ok(net) } else { Err(format!("{text} lies in none of this network's cidrs")) }
    });
    let never = never(table.table("never"));
    let (max_pps, max_arp_pps) = (table.number("max_pps", 1..=10_000, 200), table.number("max_arp_pps", 1..=10_000, 1_000));
    let ports = ports(table.table("ports"), Ports::of(&cidrs));
    let credentials = read_credentials(&mut table, folder, false);
    Network { name, cidrs, allow, never, max_pps, max_arp_pps, ports, credentials }
}

fn never(mut table: Table<'_>) -> Never {
    Never {
        addresses: table.list("addresses", |text| address_or_network(text).map_err(|error| error.to_string())),
        mac_prefixes: table.list("mac_prefixes", |text| {
            let expected = || format!("expected the first octets of a MAC such as 00:1a:2b, found {text:?}");
            let octets: Option<Vec<u8>> = text.split([':', '-']).map(|part| u8::from_str_radix(part, 16).ok()).collect();
            octets.filter(|octets| (1..=6).contains(&octets.len())).ok_or_else(expected)
        }),
    }
}

fn ports(mut table: Table<'_>, usual: Ports) -> Ports {
    Ports {
        snmp: table.number("snmp", 1..=u16::MAX, usual.snmp),
        pjlink: table.number("pjlink", 1..=u16::MAX, usual.pjlink),
        nut: table.number("nut", 1..=u16::MAX, usual.nut),
        mdns: table.number("mdns", 0..=u16::MAX, usual.mdns),
        ssdp: table.number("ssdp", 0..=u16::MAX, usual.ssdp),
        wsd: table.number("wsd", 0..=u16::MAX, usual.wsd),
        netbios: table.number("netbios", 0..=u16::MAX, usual.netbios),
        http: table.number("http", 0..=u16::MAX, usual.http),
        https: table.number("https", 0..=u16::MAX, usual.https),
        http_other: table.number("http_other", 0..=u16::MAX, usual.http_other),
        https_other: table.number("https_other", 0..=u16::MAX, usual.https_other),
        ipp: table.number("ipp", 0..=u16::MAX, usual.ipp),
        ssh: table.number("ssh", 0..=u16::MAX, usual.ssh),
        telnet: table.number("telnet", 0..=u16::MAX, usual.telnet),
        ftp: table.number("ftp", 0..=u16::MAX, usual.ftp),
        smb: table.number("smb", 0..=u16::MAX, usual.smb),
    }
}

fn listen(mut table: Table<'_>, networks: &[Network]) -> Listen {
    let mut dhcp: Vec<String> = table.list("dhcp", |text| match is_interface(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("expected the name of an interface such as \"eth1\", found {text:?}")),
    });
    dhcp.dedup();
    let traps = table.parsed("traps");
    if let Some(name) = traps.is_some().then(|| contested_user(networks)).flatten() {
        let text = format!("networks give SNMP user {name:?} different passwords: of notifications only those of the first are understood");
        table.note("traps", text);
    }
    Listen { dhcp, traps }
}

/// A user of SNMPv3 whom two networks know by different passwords or protocols: a receiver knows users by name alone.
fn contested_user(networks: &[Network]) -> Option<&str> {
    let mut users = BTreeMap::new();
    let all = networks.iter().flat_map(|network| &network.credentials.snmp);
    let known =
        all.filter_map(|credential| if let SnmpCredential::User { name, auth, privacy } = credential { Some((name, (auth, privacy))) } else { None });
    known.into_iter().find_map(|(name, keys)| (*users.entry(name).or_insert(keys) != keys).then_some(name.as_str()))
}

fn server(mut table: Table<'_>, networks: &[Network], folder: &Path) -> (ServerPlace, String) {
    let root = folder.join(table.text("root").unwrap_or_else(|| "/".to_owned()));
    let named = table.has("dhcp_files");
    let dhcp_files: Vec<PathBuf> = table.list("dhcp_files", |text| Ok(folder.join(text)));
    let network = table.text("network");
    if let Some(name) = network.as_ref().filter(|name| !networks.iter().any(|network| network.name == **name)) {
        table.problem("network", format!("expected the name of one of the networks above, found {name:?}"));
    }
    let (smartctl, smart_folder) = (table.text("smartctl"), table.text("smart_folder"));
    let place = ServerPlace {
        here: table.flag("here", true),
        smartctl: smartctl.map_or_else(|| root.join(SMARTCTL), |file| folder.join(file)),
        smart_folder: smart_folder.map_or_else(|| root.join(SMART_FOLDER), |file| folder.join(file)),
        updates_file: table.text("updates_file").map(|file| folder.join(file)),
        backups: backups(&mut table, folder),
        certificates: certificates(&mut table, folder),
        dhcp_files: if named { dhcp_files } else { usual_dhcp_files(&root) },
        root,
        services_at: table.parsed("services_at").unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        services: table.list("services", service),
        nut: table.flag("nut", false),
    };
    (place, network.or_else(|| networks.first().map(|network| network.name.clone())).unwrap_or_default())
}

/// Backups: each a name that goes into a key, a path, a period.
fn backups(table: &mut Table<'_>, folder: &Path) -> Vec<Backup> {
    let mut all: Vec<Backup> = Vec::new();
    for mut backup in table.tables("backups") {
        let (name, path) = (backup.text("name").unwrap_or_default(), backup.text("path").unwrap_or_default());
        let is_word =
            |name: &str| (1..=40).contains(&name.len()) && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet));
        if !is_word(&name) || all.iter().any(|other| other.name == name) {
            backup.problem("name", format!("expected a name of its own of 1 to 40 letters, digits, - or _, found {name:?}"));
        }
        if path.is_empty() {
            backup.problem("path", "expected a file that each backup writes, or the folder in which backups land");
        }
        let every_h = backup.number("every_h", 1..=8_784, 24);
        all.push(Backup { name, path: folder.join(path), every_h });
    }
    if all.len() > MAX_BACKUPS {
        table.problem("backups", format!("expected at most {MAX_BACKUPS}, found {}", all.len()));
    }
    all
}

/// Certificates: files, and ports as `:443`. Not named: what the usual port shows.
fn certificates(table: &mut Table<'_>, folder: &Path) -> Vec<Certificate> {
    if !table.has("certificates") {
        return vec![Certificate::UsualPort(HTTPS)];
    }
    let all = table.list("certificates", |text| match text.strip_prefix(':') {
        Some(port) => port.parse().map(Certificate::Port).map_err(|_| format!("expected a file, or a port such as \":443\", found {text:?}")),
        None => Ok(Certificate::File(folder.join(text))),
    });
    if all.len() > MAX_CERTIFICATES {
        table.problem("certificates", format!("expected at most {MAX_CERTIFICATES}, found {}", all.len()));
    }
    let files = all.iter().filter_map(|certificate| if let Certificate::File(file) = certificate { Some(file) } else { None });
    for file in files.filter(|file| !file.exists()) {
        table.note("certificates", format!("{} is not there, or this user may not see it", file.display()));
    }
    all
}

/// Those of [`DHCP_FILES`] that exist.
pub fn usual_dhcp_files(root: &Path) -> Vec<PathBuf> {
    DHCP_FILES.iter().map(|file| root.join(file)).filter(|file| file.exists()).collect()
}

/// `dns`, or `dns:5353` where it listens elsewhere.
fn service(text: &str) -> Result<(String, Option<u16>), String> {
    let expected = || format!("expected a service such as \"dns\" or \"admin:9999\", found {text:?}");
    let known = |name: &str| if services::is_known(name) { Ok(()) } else { Err(format!("expected one of {}, found {name:?}", services::names())) };
    match text.split_once(':') {
        None => known(text).map(|()| (text.to_owned(), None)),
        Some((name, port)) => known(name).and_then(|()| Ok((name.to_owned(), Some(port.parse().map_err(|_| expected())?)))),
    }
}

/// A text file within [`MAX_FILE_BYTES`].
pub fn read_bounded(file: &Path) -> Result<String, String> {
    let size = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE_BYTES {
        return Err(format!("expected at most {MAX_FILE_BYTES} octets, found {size}"));
    }
    std::fs::read_to_string(file).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
