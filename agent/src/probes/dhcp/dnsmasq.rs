//! dnsmasq: its lease file (one line a lease) and the `dhcp-host` lines of its configuration (dnsmasq(8)).
//!
//! Comes in: text. Goes out: leases in force, reservations with a whole MAC and an address, the files that `conf-file` names.
//! Absent on purpose: everything else in the configuration, and IPv6 leases, which carry no MAC.

use super::{Contents, Entry, first_sign};
use rollcall_shared::{Mac, Timestamp};
use std::net::IpAddr;

/// `EXPIRY MAC ADDRESS NAME CLIENT-ID`; a file of IPv6 leases alone begins with `duid`.
pub fn is_leases(text: &str) -> bool {
    let mut words = first_sign(text).lines().next().unwrap_or_default().split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("duid"), Some(_), None) => true,
        (Some(expiry), Some(_), Some(ip)) => expiry.bytes().all(|octet| octet.is_ascii_digit()) && ip.parse::<IpAddr>().is_ok(),
        _ => false,
    }
}

/// Lines of words and `word=value`, without the braces and semicolons of ISC.
pub fn is_config(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).take(500).peekable();
    let is_word = |key: &str| !key.is_empty() && key.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-');
    lines.peek().is_some() && lines.all(|line| !line.ends_with([';', '{', '}']) && is_word(line.split('=').next().unwrap_or_default().trim()))
}

/// Leases whose expiry (seconds since 1970, 0 = never) lies ahead.
pub fn leases(text: &str, now: Timestamp) -> Contents {
    let lease = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let expiry: i64 = words.next()?.parse().ok()?;
        let (mac, ip, name) = (mac_of(words.next()?)?, words.next()?.parse().ok()?, words.next().filter(|name| *name != "*"));
        let active = expiry == 0 || Timestamp(expiry) > now;
        active.then(|| Entry { mac, ip, name: name.map(str::to_owned), vendor_class: None, reserved: false, active })
    };
    Contents { entries: text.lines().filter_map(lease).collect(), ..Contents::default() }
}

/// `dhcp-host=[MAC],[id:…],[set:…],[ADDRESS],[name],[lease time],[ignore]`, in any order.
pub fn config(text: &str, _now: Timestamp) -> Contents {
    let mut contents = Contents::default();
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        match key.trim() {
            "dhcp-host" => contents.entries.extend(hosts(value)),
            "conf-file" => contents.includes.push(value.trim().to_owned()),
            _ => {}
        }
    }
    contents
}

fn hosts(value: &str) -> Vec<Entry> {
    let value = value.split(" #").next().unwrap_or_default();
    let (mut macs, mut address, mut name): (Vec<Mac>, Option<IpAddr>, Option<&str>) = (Vec::new(), None, None);
    for field in value.split(',').map(str::trim) {
        if field == "ignore" {
            return Vec::new();
        } else if let Some(mac) = mac_of(field) {
            macs.push(mac);
        } else if let Ok(ip) = field.trim_matches(['[', ']']).parse() {
            address = address.or(Some(ip));
        } else if !field.is_empty() && !field.contains([':', '*']) && !is_duration(field) {
            name = name.or(Some(field));
        }
    }
    let entry =
        |ip| macs.iter().map(move |mac| Entry { mac: *mac, ip, name: name.map(str::to_owned), vendor_class: None, reserved: true, active: false });
    address.map(|ip| entry(ip).collect()).unwrap_or_default()
}

/// A MAC with its separators, perhaps after a hardware type (`1-00:1a:…`); 12 hexadecimal digits alone are a name.
fn mac_of(field: &str) -> Option<Mac> {
    let field = match field.split_once('-') {
        Some((kind, rest)) if kind.len() <= 2 && rest.contains(':') => rest,
        _ => field,
    };
    field.contains([':', '-']).then(|| field.parse().ok()).flatten()
}

/// `45`, `45m`, `12h`, `7d`, `infinite`.
fn is_duration(field: &str) -> bool {
    let digits = field.trim_end_matches(['s', 'm', 'h', 'd', 'w']);
    field == "infinite" || (field.len() - digits.len() <= 1 && !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit()))
}
