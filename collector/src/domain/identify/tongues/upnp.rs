//! What things tell by UPnP and by WS-Discovery (printers, computers, ONVIF's cameras).
//!
//! Comes in: words of the SSDP and WSD probes. Goes out: votes. Absent on purpose: names that people gave, beyond that they are names.

use super::{by_code, ground, products};
use crate::domain::identify::gather::{Thing, Word};
use crate::domain::identify::recognise::{cast, read};
use crate::domain::identify::tables::services::{self, Offer};
use crate::domain::identify::tables::{junk, makes, vendors, words};
use crate::domain::identify::weigh::{Ballot, Field, Ground};
use crate::domain::kind::Kind;

/// Makers of programs that play media and share the line, on whatever device; folded.
const SOFTWARE: &[&str] = &[
    "microsoftcorporation",
    "microsoft",
    "plexinc",
    "plex",
    "kodi",
    "xbmcfoundation",
    "justinmaggard",
    "minidlna",
    "linux",
    "debian",
    "ubuntu",
    "opensource",
    "miniupnp",
    "miniupnpd",
    "jriver",
    "serviio",
    "universalmediaserver",
    "emby",
    "jellyfin",
    "openwrt",
    "unknown",
];

/// Reads every word of both probes.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    let mut offered: Vec<&str> = Vec::new();
    for word in thing.said.iter().filter(|word| matches!(word.probe, "ssdp" | "wsd")) {
        let ground = ground(word);
        match word.item {
            "upnp.deviceType" | "ssdp.st" => services::upnp(word.value).for_each(|row| by_offer(row, &mut offered, ballot, ground)),
            "wsd.types" => word.value.split_whitespace().filter_map(services::wsd).for_each(|row| by_offer(row, &mut offered, ballot, ground)),
            "upnp.manufacturer" | "wsd.manufacturer" => by_manufacturer(word, ballot),
            // Windows shares media under a name of its own.
            "upnp.modelName" if word.value.starts_with("Windows Media") => {
                ballot.cast(Field::Os, "Windows", 60, ground);
                ballot.cast_kind(Kind::Desktop, 44, ground);
            }
            "upnp.modelName" | "wsd.modelName" => by_model(word.value, 82, ballot, ground),
            "upnp.modelNumber" | "wsd.modelNumber" => by_number(thing, word, ballot),
            "upnp.modelDescription" => by_description(word.value, ballot, ground),
            "upnp.friendlyName" | "wsd.friendlyName" => by_friendly_name(thing, word, ballot),
            "upnp.serialNumber" | "wsd.serial" => cast(ballot, Field::Serial, word.value, 74, ground),
            "wsd.firmware" => cast(ballot, Field::Firmware, word.value, 70, ground),
            "ssdp.server" => by_server(word.value, ballot, ground),
            "wsd.scopes" => by_scopes(word.value, ballot, ground),
            _ => {}
        }
    }
}

/// Each part once, for one device answers under several types.
fn by_offer<'a>(row: &'static Offer, offered: &mut Vec<&str>, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    if !offered.contains(&row.name) {
        offered.push(row.name);
        ballot.cast_kind(row.kind, row.confidence, ground);
        ballot.cast(Field::Vendor, row.vendor, row.confidence, ground);
        ballot.cast(Field::Os, row.os, row.confidence, ground);
    }
}

fn by_manufacturer<'a>(word: &Word<'a>, ballot: &mut Ballot<'a>) {
    if !SOFTWARE.contains(&junk::bare(word.value).as_str()) {
        cast(ballot, Field::Vendor, word.value, 84, ground(word));
    }
}

fn by_model<'a>(text: &str, sure: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    if is_television(text) {
        ballot.cast_kind(Kind::Display, 60, ground);
    }
    if !says_no_model(text) {
        by_code(text, 12, ballot, ground);
        products::by_model(text, sure, ballot, ground);
    }
}

/// Whether a name is one that all of a maker's devices bear.
fn says_no_model(name: &str) -> bool {
    products::is_generic(name) || products::is_generic(vendors::without_vendor(name, vendors::known(name).unwrap_or_default()))
}

fn is_television(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("tv") || word.eq_ignore_ascii_case("television"))
}

/// The model's name, unless it is one that says nothing.
fn told_model<'a>(thing: &Thing<'a>) -> Option<&'a str> {
    let names = thing.said.iter().filter(|word| matches!(word.item, "upnp.modelName" | "wsd.modelName"));
    names.map(|word| word.value).find(|name| !says_no_model(name))
}

/// A number is the model where the name says none, or goes on from the name; some makers tell their system's version here.
fn by_number<'a>(thing: &Thing<'a>, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    let ground = ground(word);
    let (number, rest) = word.value.split_once(' ').unwrap_or((word.value, ""));
    if number.eq_ignore_ascii_case("webos1") || number.to_ascii_lowercase().starts_with("webos") {
        ballot.cast(Field::Os, "webOS", 76, ground);
        return;
    }
    match told_model(thing) {
        None if is_number(number) => cast(ballot, Field::Model, number, 66, ground),
        Some(name) if number.len() > name.len() && number.starts_with(name) => cast(ballot, Field::Model, number, 84, ground),
        Some(name) if number == name && rest.starts_with(|c: char| c.is_ascii_digit()) => {
            let version = rest.split('-').next().unwrap_or(rest);
            if thing.said.iter().any(|word| word.item == "upnp.manufacturer" && word.value.starts_with("Synology")) {
                ballot.cast(Field::Os, "DSM", 80, ground);
            }
            cast(ballot, Field::OsVersion, version, 70, ground);
        }
        _ => {}
    }
}

/// A word with letters and digits, long enough for a model's number.
fn is_number(text: &str) -> bool {
    text.len() >= 4 && text.bytes().any(|c| c.is_ascii_digit()) && text.bytes().any(|c| c.is_ascii_alphabetic()) && !text.contains('.')
}

fn by_description<'a>(text: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let lower = text.to_lowercase();
    for (_, kind, confidence) in words::kinds(&lower).chain(words::said(&lower)) {
        ballot.cast_kind(kind, confidence.saturating_sub(8), ground);
    }
}

/// Its name; where no model is told, makers put the model here until people change it.
fn by_friendly_name<'a>(thing: &Thing<'a>, word: &Word<'a>, ballot: &mut Ballot<'a>) {
    let ground = ground(word);
    cast(ballot, Field::Name, word.value, 52, ground);
    let lower = word.value.to_lowercase();
    if lower.contains("webos tv") || lower.starts_with("[lg]") {
        ballot.cast(Field::Os, "webOS", 60, ground);
    }
    let maker = thing.said.iter().find(|word| word.item == "upnp.manufacturer").and_then(|word| vendors::known(word.value));
    if is_television(word.value) && maker.is_some() {
        ballot.cast_kind(Kind::Display, 54, ground);
    }
    if told_model(thing).is_some() {
        return;
    }
    if let Some((make, number)) = makes::first(word.value).filter(|(make, _)| maker.is_some_and(|maker| makes::is_of(make, maker))) {
        cast(ballot, Field::Model, number, 58, ground);
        ballot.cast_kind(make.kind, 58, ground);
    } else if maker.is_some() && !word.value.contains(' ') && is_number(word.value) {
        cast(ballot, Field::Model, word.value, 56, ground);
    }
}

/// SERVER: system, UPnP, product; makers' own names for their products are read like any text.
fn by_server<'a>(text: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let text = text.replace('_', " ");
    read(ballot, "ssdp.server", 0, &text, 0, ground);
    if let Some(named) = vendors::named(&text) {
        ballot.cast(Field::Vendor, named.name, 54, ground);
        ballot.cast_kind(vendors::mainly(named.name), 42, ground);
        by_description(&text, ballot, ground);
    }
}

/// ONVIF's scopes (core specification, section 7.3.2.2): what a camera is called, and its hardware.
fn by_scopes<'a>(scopes: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    for scope in scopes.split_whitespace() {
        let lower = scope.to_ascii_lowercase();
        let value = |part: &str| lower.find(part).map(|at| unescaped(&scope[at + part.len()..]));
        if let Some(hardware) = value("onvif.org/hardware/") {
            by_model(&hardware, 78, ballot, ground);
        }
        if let Some(name) = value("onvif.org/name/") {
            let name = name.replace('_', " ");
            if let Some(vendor) = vendors::known(&name) {
                ballot.cast(Field::Vendor, vendor, 70, ground);
                if is_number(vendors::without_vendor(&name, vendor)) {
                    by_model(&name, 74, ballot, ground);
                }
            } else if let Some((make, number)) = makes::first(&name) {
                ballot.cast(Field::Vendor, make.vendor, 60, ground);
                cast(ballot, Field::Model, number, 60, ground);
            }
        }
    }
}

/// `%20` and its kin as what they stand for (RFC 3986 section 2.1).
fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_unescaped() {
        for (text, expected) in [("Salle%204", "Salle 4"), ("a%", "a%"), ("%zz", "%zz"), ("%C3%A9", "é"), ("é%2", "é%2")] {
            assert_eq!(unescaped(text), expected);
        }
    }
}
