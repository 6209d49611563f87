//! Tongues: applies the tables to what devices say outside SNMP to be understood by machines: DHCP, DNS-SD, UPnP, WS-Discovery, SMB, NTP, IPP, PJL.
//!
//! Comes in: a thing's words. Goes out: votes. Absent on purpose: texts for people (`wording`), and facts of the world (`tables`).

mod dnssd;
mod leases;
mod products;
mod upnp;

pub use self::leases::by_class;

use super::gather::{Thing, Word};
use super::recognise::{cast, read};
use super::tables::{android, hosts, windows, words};
use super::weigh::{Ballot, Field, Ground};
use crate::domain::kind::Kind;

/// How surely a name that its maker's set-up gave says who bears it.
const BY_HOST: u8 = 56;

/// Reads every word by its probe.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    dnssd::vote(thing, ballot);
    upnp::vote(thing, ballot);
    for word in &thing.said {
        let ground = ground(word);
        match word.item {
            "opt55" => leases::by_request(word.value, ballot, ground),
            "opt60" => leases::by_class(word.value, ballot, ground),
            "opt12" | "mdns.host" | "netbios.name" => by_host(word.value, ballot, ground),
            "netbios.services" => by_suffixes(word.value, ballot, ground),
            "smb.native_os" | "smb.native_lm" => by_share(word.value, ballot, ground),
            "smb.version" => by_release(windows::built(word.value), 56, ballot, ground),
            "ntp.variables" => read(ballot, "ntp", 0, word.value, 0, ground),
            "pjl.id" => {
                ballot.cast_kind(Kind::Printer, 66, ground);
                products::by_name(word.value, 78, ballot, ground);
            }
            "ipp.printer-make-and-model" => {
                ballot.cast_kind(Kind::Printer, 74, ground);
                products::by_name(word.value, 84, ballot, ground);
            }
            "ipp.printer-device-id" => read(ballot, "IEEE1284", 0, word.value, 0, ground),
            "ipp.printer-firmware-string-version" => cast(ballot, Field::Firmware, word.value, 70, ground),
            "android.model" => {
                by_code(word.value, 0, ballot, ground);
            }
            _ => {}
        }
    }
}

/// Where a word stands.
fn ground<'a>(word: &Word<'a>) -> Ground<'a> {
    Ground { probe: word.probe, item: word.key, value: word.value }
}

/// A model code; `less` is taken off where it stands in a lesser place. Whether it was one.
fn by_code<'a>(text: &str, less: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) -> bool {
    let Some(coded) = android::coded(text) else { return false };
    let confidence = coded.confidence.saturating_sub(less);
    ballot.cast(Field::Vendor, coded.vendor.as_ref(), confidence, ground);
    ballot.cast(Field::Model, coded.model.as_ref(), confidence, ground);
    ballot.cast(Field::Os, coded.os, confidence.saturating_sub(10), ground);
    ballot.cast_kind(coded.kind, confidence, ground);
    true
}

/// A host's name: what it is called, and what that tells.
fn by_host<'a>(name: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let name = name.split('.').next().unwrap_or(name);
    cast(ballot, Field::Name, name, 62, ground);
    by_given_name(name, ballot, ground);
}

/// What a name tells: its maker's own says more than one that people gave.
pub fn by_given_name<'a>(name: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    if let Some(row) = hosts::host_row(name) {
        ballot.cast(Field::Vendor, row.vendor, row.confidence.min(BY_HOST), ground);
        ballot.cast(Field::Os, row.os, row.confidence.min(BY_HOST), ground);
        ballot.cast_kind(row.kind, row.confidence, ground);
    } else if let Some((kind, confidence)) = words::by_name(name) {
        ballot.cast_kind(kind, confidence, ground);
    }
}

/// Suffixes of NetBIOS names (MS-BRWS): 1B is the domain's master browser, which only its primary controller is.
fn by_suffixes<'a>(suffixes: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    if suffixes.split(',').any(|suffix| suffix.trim().eq_ignore_ascii_case("1b")) {
        ballot.cast_kind(Kind::Server, 60, ground);
    }
}

/// NativeOS and NativeLanMan: Windows by its names, whoever else by its form.
fn by_share<'a>(text: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    by_release(windows::named(text), 60, ballot, ground);
    read(ballot, "smb", 0, text, 0, ground);
}

fn by_release<'a>(release: Option<windows::Release>, confidence: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let Some(release) = release else { return };
    ballot.cast(Field::Os, release.os, confidence + 16, ground);
    ballot.cast(Field::OsVersion, release.version, confidence + 16, ground);
    // That it runs Windows says what it is less surely than that it is a server's.
    ballot.cast_kind(release.kind, if release.kind == Kind::Server { confidence + 10 } else { confidence.saturating_sub(12) }, ground);
}
