//! What must not leave the school: names outside the town's naming, addresses that phones invent, devices that must never be told of.
//!
//! Comes in: what probes found. Goes out: the same without it: names (of leases, and every value that `shared/said` marks as one) as keyed
//! hashes (`masked:1f3a9c02`, the key never leaves the school, so nobody outside can try names against them), locally administered MACs as
//! a count. Absent on purpose: any judgement of what a device is; infrastructure is told apart from phones only by having answered a
//! question that phones do not answer.

use crate::assemble::{Looked, Standing};
use crate::network::Network;
use crate::probes::{Finding, Outcome};
use rollcall_shared::evidence::Count;
use rollcall_shared::said::holds_name;
use rollcall_shared::{Fact, Mac, Subject};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Name under which the counts stand in the picture.
pub const PROBE: &str = "mask";
/// Key of the count of invented addresses.
pub const PRIVATE_MAC: &str = "private_mac";

/// Answers that anything with a network card gives; they do not make a device known.
const ANYBODYS_ANSWERS: &[&str] = &["arp", "icmp", "ndp"];
/// Probes that any phone and any visitor's laptop answers, with a model or a name of its own choosing; neither do these. What is left (SNMP,
/// PJLink, IPP, a web server …) only equipment answers: such a one keeps its address, though software invented it.
const ANYBODYS_PROBES: &[&str] = &["banner", "dhcp_heard", "mdns", "netbios", "smb", "ssdp", "wsd"];

/// Keys of the names in certificates; only in part do people choose them, so they are masked in part ([`Mask::distinguished`]).
const CERTIFICATE: &str = "x509.";
/// Attributes by which a certificate names people: user id (RFC 4519 section 2.39), e-mail address (RFC 2985 section 5.2.1).
const PERSONAL: &[&str] = &["UID", "1.2.840.113549.1.9.1"];
/// How a masked name begins.
const MASKED: &str = "masked:";

/// What is needed to mask.
pub struct Mask {
    /// Key of the hashes: random, made with the state folder.
    key: [u8; 32],
    /// Host names that may leave, with `*` and `?`.
    patterns: Vec<String>,
}

/// Keyed hashes of the invented MACs that each probe met on each network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateMacs(BTreeMap<String, BTreeMap<String, BTreeSet<u64>>>);

/// Devices of one network that are known by more than their MAC.
#[derive(Default)]
struct Known {
    macs: BTreeSet<Mac>,
    holders: BTreeMap<IpAddr, BTreeSet<Mac>>,
}

impl Mask {
    /// With a key of this school and the town's naming.
    pub fn new(key: [u8; 32], patterns: Vec<String>) -> Mask {
        Mask { key, patterns }
    }

    /// A name as it may leave. One in which an invented address stands never does: `AABB…@Room`, `pc-12 [da:a1:19:…]`.
    pub fn name(&self, name: &str) -> String {
        if self.patterns.iter().any(|pattern| matches(pattern, name)) && !holds_invented_mac(name) {
            return name.to_owned();
        }
        format!("{MASKED}{:08x}", self.hash("name", name.to_lowercase().as_bytes()) >> 32)
    }

    /// A certificate's subject or issuer (RFC 4514) as it may leave: without what names people, and without a host's name that is `masked` where the
    /// network hears it otherwise. The rest says whose make the device is.
    fn distinguished(&self, text: &str, masked: &BTreeSet<String>) -> String {
        let part = |part: &str| match part.split_once('=') {
            Some((kind, value)) if PERSONAL.contains(&kind) => format!("{kind}={}", self.name(value)),
            Some(("CN", value)) => {
                let label = value.split('.').next().unwrap_or(value);
                let name = [value, label].into_iter().map(|name| self.name(name)).find(|name| masked.contains(name));
                name.map_or_else(|| part.to_owned(), |name| format!("CN={name}"))
            }
            _ => part.to_owned(),
        };
        let is_escaped = |at: usize| text[..at].bytes().rev().take_while(|octet| *octet == b'\\').count() % 2 == 1;
        let (mut out, mut from) = (String::new(), 0);
        for (at, separator) in text.match_indices([',', '+']).filter(|(at, _)| !is_escaped(*at)) {
            out += &part(&text[from..at]);
            out += separator;
            from = at + separator.len();
        }
        out + &part(&text[from..])
    }

    /// Masks everything of a round, and adds the counts as findings of [`PROBE`].
    pub fn apply(&self, looked: &mut Vec<Looked>, standing: &Standing, private: &mut PrivateMacs) {
        let networks: BTreeSet<String> = looked.iter().map(|look| look.network.clone()).collect();
        for network in networks {
            let known = known(&network, looked, standing);
            let met = private.0.entry(network.clone()).or_default();
            for look in looked.iter_mut().filter(|look| look.network == network) {
                let mut macs = BTreeSet::new();
                for finding in &mut look.outcome.findings {
                    self.mask_finding(look.probe, finding, &known, &mut macs);
                }
                look.outcome.findings.retain(|finding| !matches!(finding.subject, Subject::Mac(mac) if known.is_private(mac)));
                look.outcome.troubles.iter_mut().for_each(|trouble| {
                    trouble.subject.take_if(|subject| matches!(subject, Subject::Mac(mac) if known.is_private(*mac)));
                });
                let hashes = macs.iter().map(|mac| self.hash("mac", &mac.octets())).collect();
                let before = met.entry(look.probe.to_owned()).or_default();
                if look.outcome.finished && look.whole { *before = hashes } else { before.extend(hashes) }
            }
            let masked = masked_names(&network, looked, standing);
            for look in looked.iter_mut().filter(|look| look.network == network) {
                for fact in look.outcome.findings.iter_mut().flat_map(|finding| &mut finding.facts) {
                    if let Fact::Said(said) = fact
                        && said.key.starts_with(CERTIFICATE)
                    {
                        said.value = self.distinguished(&said.value, &masked);
                    }
                }
            }
            let count = met.values().flatten().collect::<BTreeSet<_>>().len();
            looked.push(counted(network, count));
        }
    }

    fn mask_finding(&self, probe: &str, finding: &mut Finding, known: &Known, macs: &mut BTreeSet<Mac>) {
        let private_holders = |ip: &IpAddr| known.holders.get(ip).is_some_and(|holders| holders.iter().all(|mac| known.is_private(*mac)));
        let nobody_known = match &finding.subject {
            Subject::Mac(mac) => known.is_private(*mac),
            Subject::Address(ip) => private_holders(ip),
            Subject::Server | Subject::Attached(_) => false,
        };
        if let Subject::Mac(mac) = finding.subject
            && nobody_known
        {
            macs.insert(mac);
        }
        finding.facts.retain_mut(|fact| match fact {
            Fact::Holds(holds) => !(known.is_private(holds.key) && macs_note(macs, holds.key)),
            Fact::Forwarding(entry) => !(known.is_private(entry.key.mac) && macs_note(macs, entry.key.mac)),
            Fact::Lease(lease) => {
                lease.name = lease.name.as_deref().map(|name| self.name(name));
                !nobody_known
            }
            Fact::Said(said) => {
                if holds_name(probe, &said.key) && !said.value.is_empty() {
                    said.value = self.name(&said.value);
                }
                !nobody_known
            }
            _ => !nobody_known,
        });
    }

    fn hash(&self, what: &str, octets: &[u8]) -> u64 {
        let mut hasher = Sha256::new();
        hasher.update(self.key);
        hasher.update(what.as_bytes());
        hasher.update([0]);
        hasher.update(octets);
        hasher.finalize().iter().take(8).fold(0, |all, octet| all << 8 | u64::from(*octet))
    }
}

/// The names that were masked on one network, now and before.
fn masked_names(network: &str, looked: &[Looked], standing: &Standing) -> BTreeSet<String> {
    let found = looked.iter().filter(|look| look.network == network).flat_map(|look| &look.outcome.findings).flat_map(|finding| &finding.facts);
    let stood = standing.picture.entries().filter(|(entry, _)| *entry.network == *network).flat_map(|(_, facts)| facts);
    let name = |fact: &Fact| match fact {
        Fact::Said(said) => Some(said.value.clone()),
        Fact::Lease(lease) => lease.name.clone(),
        _ => None,
    };
    found.chain(stood).filter_map(name).filter(|name| name.starts_with(MASKED)).collect()
}

/// Whether a locally administered MAC stands in a text, with colons, hyphens or nothing between its octets.
fn holds_invented_mac(text: &str) -> bool {
    let invented = |word: &str| word.parse::<Mac>().is_ok_and(|mac| mac.is_local() && !mac.is_group());
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '-'));
    words.flat_map(|word| std::iter::once(word).chain(word.split('-'))).any(invented)
}

/// Notes a private MAC that leaves the facts; always true.
fn macs_note(macs: &mut BTreeSet<Mac>, mac: Mac) -> bool {
    macs.insert(mac);
    true
}

impl Known {
    /// An invented address of which nothing else is known.
    fn is_private(&self, mac: Mac) -> bool {
        mac.is_local() && !mac.is_group() && !self.macs.contains(&mac)
    }
}

/// Who is known otherwise on one network: the holder of an address that answered a question (SNMP, PJLink …), and the interfaces it told of.
fn known(network: &str, looked: &[Looked], standing: &Standing) -> Known {
    let mut known = Known::default();
    let (mut answered, mut leased) = (BTreeSet::new(), BTreeMap::<IpAddr, BTreeSet<Mac>>::new());
    let found = looked.iter().filter(|look| look.network == network);
    let found = found.flat_map(|look| look.outcome.findings.iter().map(|finding| (look.probe, finding)));
    let found = found.flat_map(|(probe, finding)| finding.facts.iter().map(move |fact| (probe, &finding.subject, fact)));
    let stood = standing.picture.entries().filter(|(entry, _)| *entry.network == *network);
    let stood = stood.flat_map(|(entry, facts)| facts.map(|fact| (&*entry.probe, &entry.subject, fact)));
    for (probe, subject, fact) in found.chain(stood) {
        let of_equipment = !ANYBODYS_PROBES.contains(&probe);
        match (subject, fact) {
            (Subject::Address(ip), Fact::Holds(holds)) => {
                known.holders.entry(*ip).or_default().insert(holds.key);
            }
            (Subject::Mac(mac), Fact::Lease(lease)) if lease.reserved => {
                known.macs.insert(*mac); // the school itself wrote this address down
            }
            (Subject::Mac(mac), Fact::Lease(lease)) if lease.active => {
                leased.entry(lease.key).or_default().insert(*mac);
            }
            (_, Fact::Interface(interface)) => known.macs.extend(interface.mac),
            (Subject::Address(ip), Fact::Said(_)) if of_equipment => {
                answered.insert(*ip);
            }
            (Subject::Address(ip), Fact::Answers(answers)) if of_equipment && !ANYBODYS_ANSWERS.contains(&answers.key.as_str()) => {
                answered.insert(*ip);
            }
            _ => {}
        }
    }
    // Beyond a router nobody else tells who holds an address.
    leased.into_iter().for_each(|(ip, macs)| {
        known.holders.entry(ip).or_insert(macs);
    });
    known.macs.extend(answered.iter().filter_map(|ip| known.holders.get(ip)).flatten());
    known
}

fn counted(network: String, count: usize) -> Looked {
    let facts = match count {
        0 => Vec::new(),
        count => vec![Fact::Count(Count { key: PRIVATE_MAC.to_owned(), count: count as u64 })],
    };
    let findings = vec![Finding::of(Subject::Server, facts)];
    let outcome = Outcome { finished: true, asked: u32::try_from(count).unwrap_or(u32::MAX), findings, troubles: Vec::new() };
    Looked { probe: PROBE, network, whole: true, outcome, took_ms: 0 }
}

/// Takes out what belongs to a device that must never be told of.
pub fn drop_never(network: &Network, outcome: &mut Outcome) {
    let never_ip = |ip: &IpAddr| network.never.addresses.iter().any(|net| net.contains(ip));
    let never_mac = |mac: Mac| !network.may_ask_mac(mac);
    outcome.findings.retain_mut(|finding| {
        let never = match &finding.subject {
            Subject::Address(ip) => never_ip(ip),
            Subject::Mac(mac) => never_mac(*mac),
            Subject::Server | Subject::Attached(_) => false,
        };
        let held_by_never = finding.facts.iter().any(|fact| matches!(fact, Fact::Holds(holds) if never_mac(holds.key)));
        finding.facts.retain(|fact| match fact {
            Fact::Forwarding(entry) => !never_mac(entry.key.mac),
            Fact::Lease(lease) => !never_ip(&lease.key),
            _ => !held_by_never,
        });
        !never
    });
}

/// Whether a name fits a pattern of `*` (any characters, also none) and `?` (one), without regard to case.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.to_lowercase().chars().collect(), name.to_lowercase().chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None; // the last `*` and how far it reaches in the name
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, reach)) => {
                    star = Some((at, reach + 1));
                    (p, n) = (at + 1, reach + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
