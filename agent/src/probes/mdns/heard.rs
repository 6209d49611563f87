//! What was heard by mDNS, sorted by whom it is about (RFC 6762, DNS-SD: RFC 6763).
//!
//! Comes in: records by the address that sent them. Goes out: facts by address, and what is still to be asked to know them whole. A record is
//! about the address that its host name has in the same sender's records; so what a gateway reflects out of another network, or a sleep
//! proxy says for a sleeper, is not taken for its own. What a host says of itself counts before what others say of it.
//!
//! Absent on purpose: sockets, and judgement. Of TXT records only what `shared/said` names passes on.

use super::message::{A, Answer, Data, Name, PTR, Question, Record, SRV, TXT};
use crate::probes::{ordinal, said_text};
use rollcall_shared::Fact;
use rollcall_shared::said::TXT as TOLD;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Services that are asked for: what equipment of schools offers. The names stand in IANA's register of service names; those marked * are
/// their makers' own.
pub const SERVICES: &[&str] = &[
    "_afpovertcp._tcp",       // file sharing of older Macs and of NAS
    "_airplay._tcp",          // Apple TV, Macs, displays with AirPlay
    "_amzn-wplay._tcp",       // * Fire TV
    "_androidtvremote2._tcp", // * Android and Google TV
    "_apple-mobdev2._tcp",    // iPads and iPhones that synchronise by Wi-Fi
    "_axis-video._tcp",       // cameras of Axis
    "_companion-link._tcp",   // * Apple devices among themselves
    "_googlecast._tcp",       // * Chromecast, and displays that know it
    "_hap._tcp",              // HomeKit
    "_http._tcp",             // pages: printers, cameras, NAS, access points
    "_https._tcp",            // *
    "_ipp._tcp",              // printers
    "_ipps._tcp",             // printers
    "_onvif._tcp",            // * cameras
    "_pdl-datastream._tcp",   // printers, port 9100
    "_printer._tcp",          // printers, LPR
    "_psia._tcp",             // cameras
    "_qdiscover._tcp",        // * NAS of QNAP
    "_raop._tcp",             // sound by AirPlay
    "_rdlink._tcp",           // * Apple devices
    "_rfb._tcp",              // shared screens
    "_scanner._tcp",          // scanners
    "_sftp-ssh._tcp",         // servers, Macs
    "_sleep-proxy._udp",      // Apple devices that answer for sleepers
    "_smb._tcp",              // file sharing
    "_spotify-connect._tcp",  // * loudspeakers, displays
    "_ssh._tcp",              // servers, Macs
    "_touch-able._tcp",       // Apple TV
    "_uscan._tcp",            // scanners (eSCL)
    "_uscans._tcp",           // scanners (eSCL)
    "_workstation._tcp",      // Linux
];

/// Its TXT record names the model; it is no service and answers only to its own name (what Apple's and others' systems do; no RFC).
const DEVICE_INFO: &str = "_device-info._tcp";
/// The list of all services (RFC 6763 section 9).
const ALL_SERVICES: &str = "_services._dns-sd._udp.local";
/// Records kept of one sender.
const MAX_RECORDS: usize = 256;
/// Instances of one service at one address that are told.
const MAX_INSTANCES: usize = 8;
/// Host names of one address that are told.
const MAX_HOSTS: usize = 4;

/// Records by sender.
#[derive(Debug, Default)]
pub struct Heard(BTreeMap<IpAddr, Vec<Record>>);

/// The texts of a TXT record.
type Texts = Vec<Vec<u8>>;

/// What is known of one address.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct About {
    /// Its names under `.local`.
    hosts: BTreeSet<Name>,
    /// Service and instance; the texts of its TXT record where they were heard.
    instances: BTreeMap<(String, Vec<u8>), Option<Texts>>,
    /// What is not known whole.
    missing: BTreeSet<Question>,
}

impl Heard {
    /// Takes the records of one datagram that are of use.
    pub fn take(&mut self, from: IpAddr, answer: Answer) {
        let records = self.0.entry(from).or_default();
        for record in answer.records {
            if records.len() < MAX_RECORDS && is_of_use(&record) && !records.contains(&record) {
                records.push(record);
            }
        }
    }

    /// Who sent anything.
    pub fn senders(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.0.keys().copied()
    }

    /// The services of the table that this sender listed; nothing where it gave no list.
    pub fn listed(&self, sender: IpAddr) -> Option<Vec<&'static str>> {
        let list = Name::of(ALL_SERVICES);
        let pointers = self.0.get(&sender).into_iter().flatten().filter(|record| record.name == list);
        let names: Vec<&Name> = pointers.filter_map(|record| if let Data::Pointer(to) = &record.data { Some(to) } else { None }).collect();
        (!names.is_empty()).then(|| SERVICES.iter().copied().filter(|service| names.contains(&&type_of(service))).collect())
    }

    /// What is known of those addresses that count.
    pub fn about(&self, known: &BTreeSet<IpAddr>) -> BTreeMap<IpAddr, About> {
        let (mut own, mut by_others) = (BTreeMap::new(), BTreeMap::new());
        for (sender, records) in &self.0 {
            for (subject, about) in sort(*sender, records, known) {
                let all = if subject == *sender { &mut own } else { &mut by_others };
                let merged: &mut About = all.entry(subject).or_default();
                merged.hosts.extend(about.hosts);
                merged.instances.extend(about.instances);
                merged.missing.extend(about.missing);
            }
        }
        by_others.into_iter().for_each(|(subject, about)| {
            own.entry(subject).or_insert(about);
        });
        own.retain(|subject, _| known.contains(subject));
        own
    }
}

/// Questions by which everybody on a link is found.
pub fn first_questions() -> Vec<Question> {
    SERVICES.iter().map(|service| service_question(service)).collect()
}

/// Who offers this service.
pub fn service_question(service: &str) -> Question {
    Question { name: type_of(service), kind: PTR }
}

/// Questions that one host alone is asked first: the name of its address, and which services it offers.
pub fn questions_to(ip: IpAddr) -> Vec<Question> {
    let list = Question { name: Name::of(ALL_SERVICES), kind: PTR };
    reverse(ip).into_iter().map(|name| Question { name, kind: PTR }).chain([list]).collect()
}

/// What would make this address known whole: TXT and SRV records that did not come along, its model record, its name.
pub fn missing(ip: IpAddr, about: Option<&About>) -> BTreeSet<Question> {
    let mut missing = about.map(|about| about.missing.clone()).unwrap_or_default();
    if about.is_none_or(|about| about.hosts.is_empty()) {
        missing.extend(reverse(ip).map(|name| Question { name, kind: PTR }));
    }
    missing
}

/// The name under which an IPv4 address names its host (RFC 1035 section 3.5). IPv6 is not asked for: its name has 34 labels.
fn reverse(ip: IpAddr) -> Option<Name> {
    let IpAddr::V4(ip) = ip else { return None };
    let [a, b, c, d] = ip.octets();
    Some(Name::of(&format!("{d}.{c}.{b}.{a}.in-addr.arpa")))
}

fn address_of(reverse_name: &Name) -> Option<IpAddr> {
    let labels = reverse_name.0.get(..4)?.iter().rev().map(|label| std::str::from_utf8(label).ok()?.parse::<u8>().ok());
    let octets: Vec<u8> = labels.collect::<Option<_>>()?;
    let ip = IpAddr::from(<[u8; 4]>::try_from(octets).ok()?);
    (reverse(ip).as_ref() == Some(reverse_name)).then_some(ip)
}

fn type_of(service: &str) -> Name {
    Name::of(&format!("{service}.local"))
}

/// Service (in the spelling of the table) and instance of a name such as `Room 4._ipp._tcp.local`.
fn instance_of(name: &Name) -> Option<(&'static str, Vec<u8>)> {
    let (label, service) = name.0.split_first()?;
    let known = SERVICES.iter().chain([&DEVICE_INFO]).find(|known| is_type(service, known))?;
    Some((known, label.to_vec()))
}

/// Whether the labels are those of `SERVICE.local`.
fn is_type(labels: &[Vec<u8>], service: &str) -> bool {
    labels.len() == 3 && labels.iter().zip(service.split('.').chain(["local"])).all(|(label, known)| label.eq_ignore_ascii_case(known.as_bytes()))
}

fn is_of_use(record: &Record) -> bool {
    match &record.data {
        Data::Pointer(to) => instance_of(to).is_some() || address_of(&record.name).is_some() || record.name == Name::of(ALL_SERVICES),
        Data::Host(_) | Data::Texts(_) => instance_of(&record.name).is_some(),
        Data::Address(_) => is_host(&record.name),
    }
}

/// `NAME.local`.
fn is_host(name: &Name) -> bool {
    matches!(&name.0[..], [_, last] if last.eq_ignore_ascii_case(b"local"))
}

/// One sender's records by whom they are about.
fn sort(sender: IpAddr, records: &[Record], known: &BTreeSet<IpAddr>) -> BTreeMap<IpAddr, About> {
    let mut addresses: BTreeMap<&Name, BTreeSet<IpAddr>> = BTreeMap::new();
    let (mut hosts, mut texts, mut instances) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for record in records {
        match &record.data {
            // An IPv6 address says nothing of who sends by IPv4.
            Data::Address(ip) if ip.is_ipv4() == sender.is_ipv4() => {
                addresses.entry(&record.name).or_default().insert(*ip);
            }
            Data::Address(_) => {}
            Data::Host(host) => {
                hosts.insert(&record.name, host);
                instances.insert(&record.name);
            }
            Data::Texts(all) => {
                texts.insert(&record.name, all);
                instances.insert(&record.name);
            }
            Data::Pointer(to) => match address_of(&record.name) {
                Some(ip) if is_host(to) => {
                    addresses.entry(to).or_default().insert(ip);
                }
                _ if instance_of(to).is_some() => {
                    instances.insert(to);
                }
                _ => {}
            },
        }
    }
    let subjects = |host: Option<&Name>| match host.and_then(|host| addresses.get(host)) {
        None => vec![sender],
        Some(all) if all.contains(&sender) => vec![sender],
        Some(all) => all.intersection(known).copied().collect(),
    };
    let mut sorted: BTreeMap<IpAddr, About> = BTreeMap::new();
    for host in addresses.keys() {
        for subject in subjects(Some(host)) {
            sorted.entry(subject).or_default().hosts.insert((*host).clone());
        }
    }
    for name in instances {
        let Some((service, label)) = instance_of(name) else { continue };
        let host = hosts.get(name).copied().or_else(|| host_of_model(service, &label, &hosts, &addresses));
        for subject in subjects(host) {
            let about = sorted.entry(subject).or_default();
            about.instances.insert((service.to_owned(), label.clone()), texts.get(name).map(|texts| (*texts).clone()));
            about.missing.extend(still_missing(name, host, texts.contains_key(name), host.is_some_and(|host| addresses.contains_key(host))));
        }
    }
    sorted.values_mut().for_each(ask_model);
    sorted
}

/// A model record has no SRV record of its own: it bears the label of another instance, or of the host.
fn host_of_model<'a>(
    service: &str,
    label: &[u8],
    hosts: &BTreeMap<&'a Name, &'a Name>,
    addresses: &BTreeMap<&'a Name, BTreeSet<IpAddr>>,
) -> Option<&'a Name> {
    let is_labelled = |name: &Name| name.0.first().is_some_and(|first| first.eq_ignore_ascii_case(label));
    if service != DEVICE_INFO {
        return None;
    }
    let of_instance = hosts.iter().find(|(name, _)| is_labelled(name)).map(|(_, host)| *host);
    of_instance.or_else(|| addresses.keys().find(|host| is_labelled(host)).copied())
}

fn still_missing(name: &Name, host: Option<&Name>, has_texts: bool, has_address: bool) -> impl Iterator<Item = Question> {
    let ask = |name: &Name, kind: u16| Question { name: name.clone(), kind };
    let is_model = instance_of(name).is_some_and(|(service, _)| service == DEVICE_INFO);
    let texts = (!has_texts).then(|| ask(name, TXT));
    let host_name = (host.is_none() && !is_model).then(|| ask(name, SRV));
    let address = host.filter(|_| !has_address).map(|host| ask(host, A));
    [texts, host_name, address].into_iter().flatten()
}

/// Whoever has a name may have a model record: under the name of an instance, or of the host.
fn ask_model(about: &mut About) {
    if about.instances.keys().any(|(service, _)| service == DEVICE_INFO) {
        return;
    }
    // AirPlay's sound puts a number and "@" before the name.
    let labels = about.instances.keys().map(|(_, label)| label).filter(|label| !label.contains(&b'@'));
    let label = labels.chain(about.hosts.iter().filter_map(|host| host.0.first())).next().cloned();
    about.missing.extend(label.map(|label| Question { name: type_of(DEVICE_INFO).child(&label), kind: TXT }));
}

/// What is told of one address.
pub fn facts(about: &About) -> Vec<Fact> {
    let mut facts = vec![Fact::answers("mdns")];
    for (number, host) in about.hosts.iter().take(MAX_HOSTS).enumerate() {
        facts.push(Fact::said(format!("mdns.host{}", ordinal(number)), said_text(&host.0[0])));
    }
    let mut last = ("", 0);
    for ((service, label), texts) in &about.instances {
        last = if last.0 == service { (last.0, last.1 + 1) } else { (service, 0) };
        if last.1 >= MAX_INSTANCES {
            continue;
        }
        let number = ordinal(last.1);
        if service != DEVICE_INFO {
            facts.push(Fact::said(format!("{service}{number}"), said_text(label)));
        }
        let mut told = BTreeSet::new();
        for (key, value) in texts.iter().flatten().filter_map(|text| split_text(text)) {
            // Of a key that stands twice the first counts (RFC 6763 section 6.4).
            if told.insert(key) && !value.is_empty() {
                facts.push(Fact::said(format!("{service}/{key}{number}"), said_text(value)));
            }
        }
    }
    facts
}

/// Key (as `shared/said` spells it) and value of `key=value`; nothing where the key may not pass on.
fn split_text(text: &[u8]) -> Option<(&'static str, &[u8])> {
    let equals = text.iter().position(|octet| *octet == b'=')?;
    let (key, value) = (&text[..equals], &text[equals + 1..]);
    let (known, _) = TOLD.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(key))?;
    Some((known, value))
}
