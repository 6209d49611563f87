//! Recognising: applies every table to what one thing said, and casts the votes.
//!
//! Comes in: a [`Thing`]. Goes out: its [`Ballot`]. Absent on purpose: who wins (`weigh`), and any maker's name: those stand in the tables.

use super::gather::Thing;
use super::tables::enterprises::enterprise;
use super::tables::families::family;
use super::tables::grammars::{self, Grammar};
use super::tables::items::{BY_MIB, DOES, ENDINGS, ITEMS, MAKERS};
use super::tables::{controllers, junk, makes, models, oui, products, register, screens, vendors, words};
use super::weigh::{Ballot, Field, Ground};
use super::{able, entity, told, tongues, wording};
use crate::domain::kind::Kind;
use regex_lite::Regex;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// What devices below this hang under: the IANA's private enterprises.
const ENTERPRISES: &str = "1.3.6.1.4.1.";

/// How surely an enterprise number names the maker, and what that maker makes.
const BY_NUMBER: (u8, u8) = (70, 54);

/// How surely the register of numbers names the maker, where no row of ours does: a number may be a former owner's, or a reseller's.
const BY_REGISTER: u8 = 58;

/// How surely an identifier tells the model: less than any word of the device itself.
const BY_PRODUCT: u8 = 40;

/// How surely a MAC's registrant names the maker: its network chip may be somebody else's.
const BY_PREFIX: u8 = 34;

/// The IANA types of a device that is nothing in particular (HOST-RESOURCES-TYPES hrDeviceOther, hrDeviceUnknown).
const NO_TYPES: [&str; 2] = ["1.3.6.1.2.1.25.3.1.1", "1.3.6.1.2.1.25.3.1.2"];

/// The IANA type of a printer in hrDeviceType (HOST-RESOURCES-TYPES hrDevicePrinter).
const PRINTER_TYPE: &str = "1.3.6.1.2.1.25.3.1.5";

/// Casts every vote that the evidence about a thing gives.
pub fn recognise<'a>(thing: &Thing<'a>) -> Ballot<'a> {
    let mut ballot = Ballot::default();
    let number = by_object_id(thing, &mut ballot);
    by_items(thing, &mut ballot);
    by_grammars(thing, number, &mut ballot);
    by_printer(thing, number, &mut ballot);
    entity::vote(thing, number, &mut ballot);
    able::vote(thing, &mut ballot);
    wording::vote(thing, &mut ballot);
    tongues::vote(thing, &mut ballot);
    told::vote(thing, &mut ballot);
    by_lease(thing, &mut ballot);
    by_prefix(thing, &mut ballot);
    by_model(&mut ballot);
    ballot
}

/// The enterprise number, and what it and the branch below it tell.
fn by_object_id<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) -> u32 {
    let Some(word) = thing.word("sysObjectID") else { return 0 };
    let Some(below) = word.value.trim_start_matches('.').strip_prefix(ENTERPRISES) else { return 0 };
    let number = enterprise_of(word.value).unwrap_or(0);
    let ground = Ground { probe: word.probe, item: word.key, value: word.value };
    if let Some(row) = enterprise(number) {
        ballot.cast(Field::Vendor, row.vendor, BY_NUMBER.0, ground);
        ballot.cast_kind(row.kind, BY_NUMBER.1, ground);
    } else if let Some(holder) = register::holder(number) {
        ballot.cast(Field::Vendor, vendors::canonical(holder), BY_REGISTER, ground);
        if let Some((kind, confidence)) = words::by_trade(&holder.to_lowercase()) {
            ballot.cast_kind(kind, confidence, ground);
        }
    }
    ballot.cast(Field::Model, products::product(below).unwrap_or_default(), BY_PRODUCT, ground);
    if let Some(row) = family(below) {
        ballot.cast(Field::Vendor, row.vendor, BY_NUMBER.0 + 6, ground);
        ballot.cast_kind(row.kind, row.confidence, ground);
    }
    number
}

/// The enterprise number that an identifier lies under.
pub fn enterprise_of(identifier: &str) -> Option<u32> {
    identifier.trim_start_matches('.').strip_prefix(ENTERPRISES)?.split('.').next()?.parse().ok()
}

/// What one item tells by its name, or by the ending of its name.
fn item_row(item: &str) -> Option<(Field, u8)> {
    static BY_NAME: LazyLock<HashMap<&'static str, (Field, u8)>> =
        LazyLock::new(|| ITEMS.iter().map(|row| (row.name, (row.field, row.confidence))).collect());
    let by_ending = || ENDINGS.iter().find(|(ending, ..)| item.ends_with(ending)).map(|(_, field, confidence)| (*field, *confidence));
    BY_NAME.get(item).copied().or_else(by_ending).filter(|(_, confidence)| *confidence > 0)
}

fn by_items<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    static DOERS: LazyLock<HashMap<&'static str, (Kind, u8)>> =
        LazyLock::new(|| DOES.iter().map(|(item, kind, confidence)| (*item, (*kind, *confidence))).collect());
    let mut before = "";
    for word in &thing.said {
        // Of a table's rows the first is the device's own (a stack's first unit, a controller's first access point).
        if word.item == before {
            continue;
        }
        before = word.item;
        let ground = Ground { probe: word.probe, item: word.key, value: word.value };
        if let Some((kind, confidence)) = DOERS.get(word.item).filter(|_| word.value != "0") {
            ballot.cast_kind(*kind, *confidence, ground);
        }
        if controllers::is_column(word.item) {
            continue;
        }
        if let Some((_, maker)) = MAKERS.iter().find(|(begin, _)| word.item.starts_with(begin)) {
            ballot.cast(Field::Vendor, *maker, BY_MIB, ground);
        }
        if let Some((field, confidence)) = item_row(word.item) {
            cast(ballot, field, word.value, confidence, ground);
        }
    }
}

/// The longest text that is a model, a serial, a firmware version or a name, in characters.
const LONGEST: usize = 80;

/// Casts a vote for a text as its field wants it: makers by their one name, serials and names only where they are worth something.
pub fn cast<'a>(ballot: &mut Ballot<'a>, field: Field, text: &str, confidence: u8, ground: Ground<'a>) {
    let text = text.trim().trim_end_matches([',', ';', '.']).trim();
    if text.is_empty() || text.len() > LONGEST || text.starts_with("0x") || junk::says_nothing(text) {
        return;
    }
    match field {
        Field::Vendor if oui::is_component_maker(text) && vendors::known(text).is_none() => {}
        Field::Vendor => ballot.cast(field, vendors::canonical(text), confidence, ground),
        Field::Serial if !junk::is_serial(text) => {}
        Field::Name if !junk::is_name(text) => ballot.cast(field, text, confidence / 2, ground),
        // A number alone, such as a row's index, is no model and no version.
        Field::Model if text.len() < 2 || is_version(text) => {}
        Field::Model if text.parse::<u32>().is_ok() => ballot.cast(field, text, confidence / 2, ground),
        // What a model comes with is no part of its name: "A5500-24G EI Switch with 2 Interface Slots".
        Field::Model => {
            let name = text.split(" with ").next().unwrap_or(text);
            ballot.cast(field, name.replace(" Switch ", " ").trim_end_matches(" Switch"), confidence, ground);
        }
        _ => ballot.cast(field, text, confidence, ground),
    }
}

/// Numbers with dots only, such as `4.4.2`.
fn is_version(text: &str) -> bool {
    text.contains('.') && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()))
}

fn by_grammars<'a>(thing: &Thing<'a>, number: u32, ballot: &mut Ballot<'a>) {
    for word in &thing.said {
        let ground = Ground { probe: word.probe, item: word.key, value: word.value };
        let item = grammars::kin(word.item);
        if !grammars::reads(item) || controllers::is_column(item) {
            continue;
        }
        read(ballot, item, number, word.value, 0, ground);
        if item == "sysDescr" {
            if !grammars::anyone::is_system(word.value) {
                read(ballot, grammars::anyone::PLAIN, number, word.value, 0, ground);
            }
            by_first_words(ballot, word.value, ground);
            for (_, kind, confidence) in words::kinds(&word.value.to_lowercase()) {
                ballot.cast_kind(kind, confidence, ground);
            }
        }
    }
}

/// How surely the first words of a description name the maker, and the next the model, where no grammar knows the form.
const BY_FIRST_WORDS: (u8, u8) = (44, 40);

/// How surely the version of an operating system is the firmware of a device that tells no other.
const BY_SYSTEM: u8 = 20;

/// A description that begins with a maker's name, whoever's agent writes it.
fn by_first_words<'a>(ballot: &mut Ballot<'a>, text: &str, ground: Ground<'a>) {
    if let Some((make, number)) = makes::first(text).filter(|(_, number)| text.starts_with(number)) {
        ballot.cast(Field::Vendor, make.vendor, BY_FIRST_WORDS.1, ground);
        ballot.cast_kind(make.kind, BY_FIRST_WORDS.1, ground);
        cast(ballot, Field::Model, number, BY_FIRST_WORDS.1, ground);
    }
    let Some(vendor) = vendors::known(text) else { return };
    ballot.cast(Field::Vendor, vendor, BY_FIRST_WORDS.0, ground);
    ballot.cast_kind(vendors::mainly(vendor), BY_FIRST_WORDS.1, ground);
    let rest = vendors::without_vendor(text, vendor);
    let word = rest.split([' ', ',', ';', '(', '\r', '\n']).next().unwrap_or_default();
    let both = word.bytes().any(|c| c.is_ascii_digit()) && word.bytes().any(|c| c.is_ascii_alphabetic());
    if rest.len() < text.trim().len() && both {
        cast(ballot, Field::Model, word, BY_FIRST_WORDS.1, ground);
    } else if let Some(named) = vendors::named(text).filter(|named| named.start == 0)
        && let Some(model) = wording::model_after(&text[named.end..])
    {
        cast(ballot, Field::Model, model, BY_FIRST_WORDS.1, ground);
    }
}

/// Reads a text by all grammars of an item; `less` is taken off every confidence, for texts that stand in a lesser place.
pub fn read<'a>(ballot: &mut Ballot<'a>, item: &str, number: u32, text: &str, less: u8, ground: Ground<'a>) {
    let text = one_line(text);
    for (row, regex) in grammars::fitting(item, number, &text) {
        apply(ballot, row, regex, &text, less, ground);
    }
}

/// Line breaks and runs of blanks as one blank, for patterns to step over.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains("  ") || text.chars().any(char::is_control) {
        Cow::Owned(text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    }
}

fn apply<'a>(ballot: &mut Ballot<'a>, row: &Grammar, regex: &Regex, text: &str, less: u8, ground: Ground<'a>) {
    let Some(found) = regex.captures(text) else { return };
    let confidence = row.confidence.saturating_sub(less);
    if !row.vendor.is_empty() {
        ballot.cast(Field::Vendor, row.vendor, confidence, ground);
    }
    ballot.cast_kind(row.kind, confidence, ground);
    for (piece, field) in [
        ("vendor", Field::Vendor),
        ("model", Field::Model),
        ("firmware", Field::Firmware),
        ("serial", Field::Serial),
        ("name", Field::Name),
        ("os", Field::Os),
        ("osv", Field::OsVersion),
    ] {
        let is_word = |text: &str| row.item == grammars::anyone::PLAIN && field == Field::Model && !text.bytes().any(|c| c.is_ascii_digit());
        if let Some(piece) = found.name(piece).filter(|piece| !is_word(piece.as_str())) {
            cast(ballot, field, piece.as_str(), confidence, ground);
        }
    }
    for (text, field) in [(row.model, Field::Model), (row.os, Field::Os), (row.os_version, Field::OsVersion)] {
        ballot.cast(field, text, confidence, ground);
    }
    // What runs a device that tells of no firmware is its operating system's kernel or release.
    if let Some(version) = found.name("osv").filter(|_| row.item == "sysDescr") {
        cast(ballot, Field::Firmware, version.as_str(), confidence.min(BY_SYSTEM), ground);
    }
}

/// How surely the only part of a device is the device.
const BY_ONLY_PART: u8 = 34;

/// The row of the host resources table that is the printer; with a Printer-MIB and no types told, the first row.
fn by_printer<'a>(thing: &Thing<'a>, number: u32, ballot: &mut Ballot<'a>) {
    let instance = |key: &'a str| key.rsplit_once('.').map(|(_, instance)| instance);
    let typed = thing.words("hrDeviceType").find(|word| word.value.trim_start_matches('.') == PRINTER_TYPE).and_then(|word| instance(word.key));
    let is_printer = !thing.supplies.is_empty() || thing.said.iter().any(|word| word.item.starts_with("prt"));
    let no_types = thing.word("hrDeviceType").is_none();
    let row = thing.words("hrDeviceDescr").find(|word| match typed {
        Some(typed) => instance(word.key) == Some(typed),
        None => is_printer && no_types,
    });
    // A device that lists one part only, without its type, is that part.
    let mut parts = thing.words("hrDeviceDescr");
    let untyped = thing.words("hrDeviceType").all(|word| NO_TYPES.contains(&word.value.trim_start_matches('.')));
    if let (None, true, Some(word), None) = (row, untyped, parts.next(), parts.next()) {
        cast(ballot, Field::Model, word.value, BY_ONLY_PART, Ground { probe: word.probe, item: word.key, value: word.value });
    }
    if let Some(word) = row {
        let ground = Ground { probe: word.probe, item: word.key, value: word.value };
        // A computer lists the printers it can print to; only a printer has the tables of the Printer-MIB.
        let (sure, less) = if is_printer { (70, 0) } else { (34, 40) };
        ballot.cast_kind(Kind::Printer, sure, ground);
        read(ballot, "hrPrinter", number, word.value, less, ground);
    }
}

fn by_lease<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    for (probe, _, lease) in &thing.leases {
        if let Some(name) = lease.name.as_deref() {
            cast(
                ballot,
                Field::Name,
                without_copy(name),
                if lease.reserved { 62 } else { 60 },
                Ground { probe, item: if lease.reserved { "reservation" } else { "lease" }, value: name },
            );
        }
        if let Some(name) = lease.name.as_deref() {
            tongues::by_given_name(without_copy(name), ballot, Ground { probe, item: "lease", value: name });
        }
        let Some(class) = lease.vendor_class.as_deref() else { continue };
        tongues::by_class(class, ballot, Ground { probe, item: "vendor class", value: class });
    }
}

/// DHCP servers tell two clients of one name apart by a number that says nothing of the device: `pc-12_2`.
fn without_copy(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((head, tail)) if !head.is_empty() && !tail.is_empty() && tail.len() <= 2 && tail.bytes().all(|c| c.is_ascii_digit()) => head,
        _ => name,
    }
}

/// The registrant of the MAC by which it was heard, else of its interfaces'.
fn by_prefix<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    let registrants = thing.burnt_in();
    let named = registrants.iter().take(4).filter_map(|mac| oui::registrant(*mac)).find(|name| !oui::is_component_maker(name));
    if let Some(name) = named {
        ballot.cast(
            Field::Vendor,
            vendors::canonical(name),
            BY_PREFIX,
            Ground { probe: thing.probes.first().copied().unwrap_or("dhcp"), item: "MAC prefix", value: name },
        );
    }
}

/// A scheme of naming, with its pattern made ready at its first use.
type Ready = (&'static models::Scheme, OnceLock<Option<Regex>>);

/// The first scheme that a model fits: its maker's own before those of whoever.
fn scheme(vendor: &str, model: &str) -> Option<&'static models::Scheme> {
    static BY_VENDOR: LazyLock<HashMap<&'static str, Vec<Ready>>> = LazyLock::new(|| {
        let mut by_vendor: HashMap<&'static str, Vec<Ready>> = HashMap::new();
        for row in models::SCHEMES.iter().chain(screens::SCHEMES) {
            by_vendor.entry(row.vendor).or_default().push((row, OnceLock::new()));
        }
        by_vendor
    });
    let of = |vendor: &str| BY_VENDOR.get(vendor).map(Vec::as_slice).unwrap_or_default();
    let own = if vendor.is_empty() { &[] } else { of(vendor) };
    let fits = |(row, regex): &&Ready| regex.get_or_init(|| Regex::new(row.pattern).ok()).as_ref().is_some_and(|regex| regex.is_match(model));
    own.iter().chain(of("")).find(fits).map(|(row, _)| *row)
}

/// What the winning model is by its maker's scheme of naming.
fn by_model(ballot: &mut Ballot<'_>) {
    let Some((vote, weight)) = ballot.best(Field::Model) else { return };
    let ground = vote.ground;
    let vendor = ballot.value(Field::Vendor).unwrap_or_default().to_owned();
    let model = vendors::without_vendor(&vote.value, &vendor).to_owned();
    if let Some(row) = scheme(&vendor, &model) {
        // The scheme can be no surer than the model; a model known for sure leaves the scheme its own confidence.
        ballot.cast_kind(row.kind, row.confidence.min(weight.saturating_add(14)), ground);
    }
    for (_, kind, confidence) in words::kinds(&model.to_lowercase()) {
        ballot.cast_kind(kind, confidence.saturating_sub(6), ground);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_that_tells_copies_apart_is_no_part_of_the_name() {
        for (name, expected) in [("pc-12_2", "pc-12"), ("pc_salle", "pc_salle"), ("_2", "_2"), ("a_123", "a_123")] {
            assert_eq!(without_copy(name), expected);
        }
    }

    #[test]
    fn a_version_is_numbers_and_dots_alone() {
        for (text, expected) in [("4.4.2", true), ("4", false), ("4.x", false), ("TL.SG", false), ("4..2", false), ("4.2.", false)] {
            assert_eq!(is_version(text), expected, "{text}");
        }
    }

    #[test]
    fn items_are_known_by_name_and_by_ending() {
        assert_eq!(item_row("sysName"), Some((Field::Name, 80)));
        assert_eq!(item_row("fooSerialNumber"), Some((Field::Serial, 86)));
        assert_eq!(item_row("chassisVersion"), None);
        assert_eq!(item_row("upsBatteryStatus"), None);
    }

    #[test]
    fn every_scheme_of_models_is_a_pattern() {
        for row in models::SCHEMES.iter().chain(screens::SCHEMES) {
            Regex::new(row.pattern).unwrap();
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_no_version() {
        for (length, expected) in [(1, true), (LONGEST, true), (LONGEST + 1, false)] {
            let (mut ballot, text) = (Ballot::default(), "7".repeat(length));
            cast(&mut ballot, Field::Firmware, &text, 60, Ground { probe: "snmp", item: "version", value: "" });
            assert_eq!(ballot.value(Field::Firmware).is_some(), expected, "{length}");
        }
    }
}
