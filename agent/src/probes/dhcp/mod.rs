//! What the school's DHCP server knows: leases in force, and reservations, out of its own files.
//!
//! Comes in: paths; each file is read as what its content shows it to be: ISC dhcpd leases or configuration (its `host`
//! declarations never reach the lease file; includes are followed), dnsmasq leases or configuration, Kea memfile or JSON
//! configuration. Goes out, about each MAC: `lease` facts of the network's addresses, names as they stand. Expired and freed
//! leases are not told: they say nothing of now.
//!
//! Every round reads all; a MAC that is in no finding of a finished run has no lease any more. Where one file could not be
//! read, neither the run nor its findings are finished, so that nothing leaves for want of a file. Absent on purpose: packets.

mod dnsmasq;
mod isc;
mod kea;

use super::{Finding, Look, Outcome};
use rollcall_shared::evidence::Lease;
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Largest file read: a lease file of a /16 that was not rewritten for a day is below it.
const MAX_FILE_BYTES: u64 = 32 << 20;
/// Files read in one round, includes counted.
const MAX_FILES: usize = 64;
/// Leases and reservations kept of one file.
const MAX_ENTRIES: usize = 131_072;

/// One lease or reservation, whatever server wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its holder.
    pub mac: Mac,
    /// Address leased or reserved.
    pub ip: IpAddr,
    /// Host name.
    pub name: Option<String>,
    /// Vendor class of the client.
    pub vendor_class: Option<String>,
    /// A reservation.
    pub reserved: bool,
    /// In force now; of reservations always false.
    pub active: bool,
}

/// What one file held.
#[derive(Debug, Default, PartialEq)]
pub struct Contents {
    /// Leases in force and reservations.
    pub entries: Vec<Entry>,
    /// Further files that it names.
    pub includes: Vec<String>,
    /// Why it could not be understood, if so.
    pub complaint: Option<String>,
}

/// Reads one format.
type Reader = fn(&str, Timestamp) -> Contents;

/// What shows a format, and who reads it.
struct Format {
    shows: fn(&str) -> bool,
    reader: Reader,
}

/// The formats that show themselves.
const FORMATS: &[Format] = &[
    Format { shows: kea::is_leases, reader: kea::leases },
    Format { shows: kea::is_config, reader: kea::config },
    Format { shows: dnsmasq::is_leases, reader: dnsmasq::leases },
    Format { shows: dnsmasq::is_config, reader: dnsmasq::config },
];

/// Understands one file; what is none of the other formats is ISC's.
pub fn parse(octets: &[u8], now: Timestamp) -> Contents {
    let text = String::from_utf8_lossy(octets);
    let reader = FORMATS.iter().find(|format| (format.shows)(&text)).map_or(isc::parse as Reader, |format| format.reader);
    let mut contents = reader(&text, now);
    contents.entries.truncate(MAX_ENTRIES);
    contents
}

/// Reads the files of the server, on its own network.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if !look.server.here {
        return outcome;
    }
    let mut waiting: VecDeque<PathBuf> = look.server.dhcp_files.iter().cloned().collect();
    let (mut seen, mut entries) = (Vec::new(), Vec::new());
    while let Some(path) = waiting.pop_front() {
        if seen.contains(&path) {
            continue;
        }
        let (contents, trouble) = if seen.len() < MAX_FILES {
            open(&path, look.now)
        } else {
            (Contents::default(), Some(("bad_answer", format!("more than {MAX_FILES} files of the DHCP server; {} was not read", path.display()))))
        };
        waiting.extend(contents.includes.iter().map(|named| included(&look.server.root, &path, named)));
        entries.extend(contents.entries);
        outcome.finished &= trouble.is_none();
        outcome.troubles.extend(trouble.map(|(code, text)| look.trouble("dhcp", Some(Subject::Server), code, text)));
        seen.push(path);
    }
    outcome.asked = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    remember_hosts(look, &entries);
    outcome.findings = findings(look, entries, outcome.finished);
    outcome
}

/// The known hosts grow by every address that is leased now or reserved.
fn remember_hosts(look: &Look<'_>, entries: &[Entry]) {
    let (mut hosts, mut memory) = (look.hosts.borrow_mut(), look.memory.borrow_mut());
    memory.only_leased.retain(|ip| !look.network.may_ask(*ip));
    for entry in entries.iter().filter(|entry| look.network.may_ask(entry.ip) && look.network.may_ask_mac(entry.mac)) {
        if !hosts.contains_key(&entry.ip) {
            memory.only_leased.insert(entry.ip);
        }
        hosts.entry(entry.ip).or_insert(None).get_or_insert(entry.mac);
    }
}

/// One finding a MAC, with what of it lies in the network and is not among the never.
fn findings(look: &Look<'_>, entries: Vec<Entry>, finished: bool) -> Vec<Finding> {
    let within = |nets: &[ipnet::IpNet], ip: IpAddr| nets.iter().any(|net| net.contains(&ip));
    let tellable = |entry: &Entry| {
        within(&look.network.cidrs, entry.ip) && !within(&look.network.never.addresses, entry.ip) && look.network.may_ask_mac(entry.mac)
    };
    let mut by_mac: BTreeMap<Mac, BTreeMap<IpAddr, Lease>> = BTreeMap::new();
    for entry in entries.into_iter().filter(tellable) {
        let lease = by_mac.entry(entry.mac).or_default().entry(entry.ip).or_insert_with(|| Lease {
            key: entry.ip,
            name: None,
            vendor_class: None,
            reserved: false,
            active: false,
        });
        // Kea keeps leases of reserved addresses as well: one fact tells both.
        lease.name = lease.name.take().or(entry.name);
        lease.vendor_class = lease.vendor_class.take().or(entry.vendor_class);
        lease.reserved |= entry.reserved;
        lease.active |= entry.active;
    }
    let finding = |(mac, leases): (Mac, BTreeMap<IpAddr, Lease>)| Finding {
        finished,
        ..Finding::of(Subject::Mac(mac), leases.into_values().map(Fact::Lease).collect())
    };
    by_mac.into_iter().map(finding).collect()
}

/// Where an included file lies: under the server's root, or beside the file that names it.
fn included(root: &Path, from: &Path, named: &str) -> PathBuf {
    match Path::new(named).strip_prefix("/") {
        Ok(below) if from.starts_with(root) => root.join(below),
        Ok(_) => PathBuf::from(named),
        Err(_) => from.with_file_name(named),
    }
}

/// Reads one file within its bound.
fn open(path: &Path, now: Timestamp) -> (Contents, Option<(&'static str, String)>) {
    let octets = match read_bounded(path) {
        Ok(octets) => octets,
        Err(error) => {
            let (code, hint) = match error.kind() {
                std::io::ErrorKind::PermissionDenied => ("no_permission", "let the agent's user read it"),
                std::io::ErrorKind::NotFound => ("no_file", "name the files that the DHCP server really writes in the agent's configuration"),
                _ => ("bad_answer", "expected a readable file of the DHCP server"),
            };
            return (Contents::default(), Some((code, format!("DHCP file {}: {error}; {hint}", path.display()))));
        }
    };
    let contents = parse(&octets, now);
    let trouble = contents.complaint.as_ref().map(|complaint| ("bad_answer", format!("DHCP file {}: {complaint}", path.display())));
    (contents, trouble)
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut octets = Vec::new();
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut octets)?;
    match octets.len() as u64 > MAX_FILE_BYTES {
        true => Err(std::io::Error::other(format!("it has more than {} MiB", MAX_FILE_BYTES >> 20))),
        false => Ok(octets),
    }
}

/// The text after white space and comments (`#` and `//` to the end of the line, `/* … */`), where formats show themselves.
fn first_sign(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match rest.as_bytes() {
            [b'#', ..] | [b'/', b'/', ..] => rest.split_once('\n').map_or("", |(_, after)| after),
            [b'/', b'*', ..] => rest.split_once("*/").map_or("", |(_, after)| after),
            _ => return rest,
        };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests;
