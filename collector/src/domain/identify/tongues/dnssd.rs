//! What things announce by DNS-SD: services, instances, TXT records.
//!
//! Comes in: words of the mDNS probe: `_ipp._tcp` (an instance's name), `_ipp._tcp/ty` (a TXT record). Goes out: votes. Absent on purpose:
//! what the records of one service mean beyond these (they cross as evidence and are shown).

use super::{by_code, by_host, ground, products};
use crate::domain::identify::gather::{Thing, Word};
use crate::domain::identify::recognise::{cast, read};
use crate::domain::identify::tables::{apple, junk, services, vendors, words};
use crate::domain::identify::weigh::{Ballot, Field, Ground};

/// Services whose instances bear the name of the host.
const BY_HOST: &[&str] = &[
    "_device-info._tcp",
    "_smb._tcp",
    "_afpovertcp._tcp",
    "_airplay._tcp",
    "_companion-link._tcp",
    "_sftp-ssh._tcp",
    "_ssh._tcp",
    "_rfb._tcp",
    "_workstation._tcp",
];

/// Models that file servers tell so that Macs show a fitting icon (Samba's `fruit:model`, netatalk's `mimic model`), folded.
const MASKS: &[&str] = &["macsamba", "xserve", "rackmac", "macintosh", "mac", "imac", "macpro", "macmini", "windows", "pc"];

/// What CUPS' queues are announced under: the printer is another device behind this one.
const QUEUES: &str = "printers/";

/// How much less surely a queue's printer is the device that announces it.
const LESS_OF_QUEUES: u8 = 26;

/// Reads every word of the mDNS probe.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    let mut seen: Vec<&str> = Vec::new();
    for word in thing.said.iter().filter(|word| word.probe == "mdns" && word.item.starts_with('_')) {
        let (service, record) = word.item.split_once('/').map_or((word.item, None), |(service, record)| (service, Some(record)));
        let less = if is_queue(thing, service) { LESS_OF_QUEUES } else { 0 };
        if !seen.contains(&service) {
            seen.push(service);
            by_service(service, less, ballot, ground(word));
        }
        match record {
            None => by_instance(service, word, ballot),
            Some(record) => by_record(thing, service, record, less, word, ballot),
        }
    }
}

fn is_queue(thing: &Thing<'_>, service: &str) -> bool {
    let rp = |word: &Word<'_>| word.item.strip_prefix(service).is_some_and(|rest| rest == "/rp");
    thing.said.iter().any(|word| rp(word) && word.value.starts_with(QUEUES))
}

fn by_service<'a>(service: &str, less: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let Some(offer) = services::dns_sd(service) else { return };
    let confidence = offer.confidence.saturating_sub(less);
    ballot.cast_kind(offer.kind, confidence, ground);
    ballot.cast(Field::Vendor, offer.vendor, confidence, ground);
    ballot.cast(Field::Os, offer.os, confidence, ground);
}

/// An instance's name: the host's, or of printers what the maker called the product.
fn by_instance<'a>(service: &str, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    // `pc12 [00:11:22:33:44:55]`: avahi's workstations tell their MAC.
    let name = word.value.split(" [").next().unwrap_or(word.value);
    if BY_HOST.contains(&service) {
        by_host(name, ballot, ground(word));
    } else if service == "_googlecast._tcp" {
        read(ballot, "cast", 0, &name.replace('-', " "), 20, ground(word));
    } else if services::dns_sd(service).is_some() && vendors::known(name).is_some() && name.bytes().any(|c| c.is_ascii_digit()) {
        products::by_name(name, 56, ballot, ground(word));
    }
}

fn by_record<'a>(thing: &Thing<'a>, service: &str, record: &str, less: u8, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    let ground = ground(word);
    let sure = |confidence: u8| confidence.saturating_sub(less);
    match record {
        "model" | "am" | "rpmd" | "md" => by_identifier(service, word, ballot),
        "ty" => products::by_name(word.value, sure(84), ballot, ground),
        "usb_mdl" | "mdl" => products::by_model(word.value, sure(80), ballot, ground),
        "product" => products::by_name(word.value, sure(70), ballot, ground),
        "manufacturer" | "vendor" | "usb_mfg" | "mfg" => cast(ballot, Field::Vendor, word.value, sure(82), ground),
        "osxvers" => {
            if let Some(version) = apple::macos(word.value) {
                ballot.cast(Field::Vendor, "Apple", 70, ground);
                ballot.cast(Field::Os, "macOS", 84, ground);
                ballot.cast(Field::OsVersion, version, 84, ground);
            }
        }
        "osvers" | "ov" if word.value.starts_with(|c: char| c.is_ascii_digit()) => cast(ballot, Field::OsVersion, word.value, 76, ground),
        "version_major" => by_version(thing, service, word, ballot),
        "serialnumber" | "serial" => cast(ballot, Field::Serial, word.value, sure(80), ground),
        "fv" | "fw" if word.value.starts_with(|c: char| c.is_ascii_digit()) => cast(ballot, Field::Firmware, word.value, 66, ground),
        "fn" => cast(ballot, Field::Name, word.value, 52, ground),
        _ => {}
    }
}

/// A model: Apple's identifier, a model code, or the maker's own words.
fn by_identifier<'a>(service: &str, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    let ground = ground(word);
    if let Some(product) = apple::product(word.value) {
        ballot.cast(Field::Vendor, "Apple", product.confidence, ground);
        ballot.cast(Field::Model, product.model, product.confidence, ground);
        ballot.cast(Field::Os, product.os, product.confidence, ground);
        ballot.cast_kind(product.kind, product.confidence, ground);
    } else if MASKS.contains(&junk::bare(word.value).as_str()) {
    } else if service == "_googlecast._tcp" {
        read(ballot, "cast", 0, word.value, 0, ground);
        if !by_code(word.value, 6, ballot, ground) {
            products::by_model(word.value, 60, ballot, ground);
        }
    } else {
        by_code(word.value, 16, ballot, ground);
        products::by_model(word.value, 74, ballot, ground);
        for (_, kind, confidence) in words::kinds(&word.value.to_lowercase()) {
            ballot.cast_kind(kind, confidence.saturating_sub(10), ground);
        }
    }
}

/// DSM's version stands in two records beside the maker's name.
fn by_version<'a>(thing: &Thing<'a>, service: &str, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    let beside = |record: &str| thing.said.iter().find(|other| other.item.strip_prefix(service) == Some(record)).map(|other| other.value);
    if beside("/vendor").is_some_and(|vendor| vendor.eq_ignore_ascii_case("Synology")) {
        let minor = beside("/version_minor").unwrap_or("0");
        ballot.cast(Field::Os, "DSM", 80, ground(word));
        cast(ballot, Field::OsVersion, &format!("{}.{minor}", word.value), 80, ground(word));
    }
}
