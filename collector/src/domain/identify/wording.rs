//! Wording: what texts for people tell whose form no grammar knows: titles of pages, realms, greetings, certificates, agents' names.
//!
//! Comes in: a thing's words outside SNMP. Goes out: votes for maker, model and kind. Absent on purpose: makers' own forms (`grammars`),
//! which say more; and texts of the device's owner: a word alone that may be anybody's is no vote.

use super::gather::{Thing, Word};
use super::recognise::{cast, read};
use super::tables::{grammars, makes, vendors, words};
use super::weigh::{Ballot, Field, Ground};
use std::borrow::Cow;

/// How surely a maker's name in a text names the maker of the device.
const BY_NAME: u8 = 52;

/// How surely a word with digits after the maker's name is the model.
const BY_NEXT: u8 = 48;

/// How surely a model number tells its maker, and what such models are.
const BY_NUMBER: (u8, u8) = (54, 60);

/// How surely it is what its maker mostly makes.
const BY_MAKER: u8 = 44;

/// Words that name a kind less surely than this stand in too many texts (`Web server`, `display`).
const TELLING: u8 = 58;

/// How much less sure a kind is that a text for people names than one in a description of the device.
const LESS: u8 = 8;

/// In a longer text without a maker, a word for a kind may be about anything (`Switch to the mobile version`).
const FEW: usize = 4;

/// As much of a text is read: what follows is terms of use.
const LONGEST: usize = 400;

/// Reads every word outside SNMP that people are meant to read.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    for word in &thing.said {
        let ground = Ground { probe: word.probe, item: word.key, value: word.value };
        match grammars::kin(word.item) {
            "certificate" => by_certificate(word, ballot, ground),
            "realm" => realms(clipped(word.value)).for_each(|realm| by_text("realm", realm, ballot, ground)),
            "title" => by_text("title", &plain(clipped(word.value)), ballot, ground),
            kin @ ("server" | "ssh.software" | "telnet.banner" | "ftp.banner" | "sip") => by_text(kin, clipped(word.value), ballot, ground),
            _ => {}
        }
    }
}

fn clipped(text: &str) -> &str {
    rollcall_shared::wire::clip(text, LONGEST)
}

fn by_text<'a>(item: &str, text: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    read(ballot, item, 0, text, 0, ground);
    let named = vendors::named(text);
    let make = makes::first(text).filter(|(make, _)| named.is_none_or(|named| makes::is_of(make, named.name)));
    if let Some((make, number)) = make {
        by_make(make, number, ballot, ground);
    }
    if let Some(named) = named {
        by_maker(named.name, ballot, ground);
        if make.is_none()
            && let Some(model) = model_of(text, &named)
        {
            cast(ballot, Field::Model, model, BY_NEXT, ground);
        }
    }
    if make.is_some() || named.is_some() || text.split_whitespace().count() <= FEW {
        by_kind_words(text, ballot, ground);
    }
}

fn by_make<'a>(make: &makes::Make, number: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    ballot.cast(Field::Vendor, make.vendor, BY_NUMBER.0, ground);
    ballot.cast_kind(make.kind, BY_NUMBER.1, ground);
    cast(ballot, Field::Model, number, BY_NUMBER.0, ground);
}

fn by_maker<'a>(name: &'static str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    ballot.cast(Field::Vendor, name, BY_NAME, ground);
    ballot.cast_kind(vendors::mainly(name), BY_MAKER, ground);
}

fn by_kind_words<'a>(text: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    for (_, kind, confidence) in words::kinds(&text.to_lowercase()).chain(words::said(&text.to_lowercase())) {
        if confidence >= TELLING {
            ballot.cast_kind(kind, confidence - LESS, ground);
        }
    }
}

/// A certificate's maker stands in its organisation, the model in its unit or common name.
fn by_certificate<'a>(word: &Word<'a>, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    read(ballot, "certificate", 0, clipped(word.value), 0, ground);
    let parts = names(clipped(word.value));
    let of = |wanted: &'static str| parts.iter().filter(move |(key, _)| *key == wanted).map(|(_, value)| value.as_str());
    let maker = of("O").find_map(vendors::named);
    // The certificate of a host's name is its owner's, whoever hosts it.
    let own: Vec<&str> = of("OU").chain(of("CN").filter(|name| !is_host(name))).collect();
    let makes = || own.iter().filter_map(|text| makes::first(text));
    let make = makes().find(|(make, _)| maker.is_none_or(|named| makes::is_of(make, named.name)));
    if let Some((make, number)) = make {
        by_make(make, without_mac(number), ballot, ground);
    }
    if let Some(named) = maker.or_else(|| of("CN").filter(|name| !is_host(name)).find_map(vendors::named)) {
        by_maker(named.name, ballot, ground);
        let models = || own.iter().filter(|text| !is_authority(text)).filter_map(|text| model_after(vendors::without_vendor(text, named.name)));
        if let (None, Some(model)) = (make, models().find(|model| !is_serial(model))) {
            cast(ballot, Field::Model, model, BY_NEXT, ground);
        }
    }
    own.iter().for_each(|text| by_kind_words(text, ballot, ground));
}

/// A MAC or a part of one that a maker hangs at the model (`AIR-CAP3702I-E-K9-aabbccddeeff`) taken off.
fn without_mac(number: &str) -> &str {
    match number.rsplit_once('-') {
        Some((model, mac)) if mac.len() >= 6 && mac.bytes().all(|c| c.is_ascii_hexdigit()) => model,
        _ => number,
    }
}

/// Whether a name is one device's: a host's that people number (`server-12`), one that ends in a part of its MAC (`NPI1A2B3C`), a serial
/// number (`FG100D3G12345678`).
fn is_serial(name: &str) -> bool {
    let hex = name.bytes().rev().take_while(u8::is_ascii_hexdigit).count();
    name.contains(['-', '_']) || hex >= 6 || name.len() > 12
}

/// Whether a name is a certifying authority's.
fn is_authority(name: &str) -> bool {
    name.split_whitespace().any(|word| word.eq_ignore_ascii_case("CA") || word.eq_ignore_ascii_case("Authority"))
}

/// Whether a common name is a host's (`www.example.org`, `*.example.org`) or an address.
fn is_host(name: &str) -> bool {
    !name.contains(' ') && name.split('.').filter(|label| !label.is_empty()).count() >= 2
}

/// The parts of a name as RFC 4514 writes it: attribute and value, escapes undone.
fn names(text: &str) -> Vec<(&str, String)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for at in 0..=bytes.len() {
        let ends = at == bytes.len() || (matches!(bytes[at], b',' | b'+') && (at == 0 || bytes[at - 1] != b'\\'));
        if ends {
            if let Some((key, value)) = text[start..at].split_once('=') {
                parts.push((key.trim(), value.replace('\\', "")));
            }
            start = at + 1;
        }
    }
    parts
}

/// The realms of a WWW-Authenticate.
fn realms(text: &str) -> impl Iterator<Item = &str> {
    const KEY: &str = "realm=";
    let lower = text.to_ascii_lowercase();
    let starts: Vec<usize> = lower.match_indices(KEY).map(|(at, _)| at + KEY.len()).collect();
    starts.into_iter().filter_map(move |start| {
        let rest = &text[start..];
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split(',').next(),
        }
    })
}

/// Signs that HTML spells out, as they are read.
const ENTITIES: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&reg;", ""),
    ("&trade;", ""),
    ("&copy;", ""),
    ("&#174;", ""),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&ndash;", "-"),
    ("&amp;", "&"),
];

/// A title with its entities undone.
fn plain(title: &str) -> Cow<'_, str> {
    let signs = |c| matches!(c, '®' | '™' | '©' | '\u{a0}');
    if !title.contains('&') && !title.contains(signs) {
        return Cow::Borrowed(title);
    }
    let undone = ENTITIES.iter().fold(title.to_owned(), |text, (entity, sign)| text.replace(entity, sign));
    Cow::Owned(undone.replace('\u{a0}', " ").replace(signs, ""))
}

/// Words that stand between a maker and a model without being part of its name.
const FILLERS: &[&str] = &[
    "wireless",
    "network",
    "networks",
    "router",
    "switch",
    "printer",
    "camera",
    "phone",
    "gigabit",
    "broadband",
    "vpn",
    "adsl",
    "dsl",
    "modem",
    "smart",
    "managed",
    "web",
    "series",
    "model",
    "technologies",
    "technology",
    "corporation",
    "communications",
    "systems",
    "inc",
    "co",
    "ltd",
    "gmbh",
    "the",
    "sip",
    "ip",
    "lite",
    "n",
    "ac",
    "dual",
    "band",
    "wifi",
    "access",
    "point",
    "ap",
    "firewall",
    "gateway",
    "home",
    "range",
    "extender",
    "corp",
    "company",
    "configuration",
    "prosafe",
    "login",
    "welcome",
    "to",
    "for",
    "of",
    "on",
    "at",
    "and",
    "server",
    "ftp",
    "device",
    "product",
    "embedded",
    "video",
];

/// Words after which the number is a version.
const VERSIONS: &[&str] = &["version", "release", "firmware", "ver", "rev", "revision", "build", "copyright", "software", "codec", "since"];

/// How many words after the maker's name the model may stand.
const REACH: usize = 6;

/// The model in a text that names its maker. A line of products (`FortiSwitch-124E`) is a part of the model's name.
fn model_of<'t>(text: &'t str, named: &vendors::Named) -> Option<&'t str> {
    let rest = &text[named.end..];
    let model = model_after(rest)?;
    let from = rest.find(model)?;
    let is_line = from <= 1 && !vendors::is_only_name(&text[named.start..named.end], named.name);
    Some(if is_line { &text[named.start..named.end + from + model.len()] } else { model })
}

/// The model in what follows a maker's name: words up to the first with digits that is no version, date or address.
pub fn model_after(rest: &str) -> Option<&str> {
    let mut start = None;
    let (mut at, mut follows) = (0, false);
    for word in rest.split_inclusive([' ', '\t', '\r', '\n', '_']).take(REACH) {
        let from = at;
        at += word.len();
        let token = makes::number(word.trim_start_matches(|c: char| !c.is_alphanumeric()));
        if token.is_empty() {
            // A dash between maker and model is none of either; any other sign ends the name.
            if !word.trim().is_empty() && !matches!(word.trim(), "-" | "–" | ":") {
                return None;
            }
            continue;
        }
        let begins = from + word.find(token)?;
        if is_model(token, follows) {
            return Some(&rest[start.unwrap_or(begins)..begins + token.len()]);
        }
        if VERSIONS.contains(&token.to_lowercase().as_str()) {
            return None;
        }
        let is_filler = FILLERS.contains(&token.to_lowercase().as_str());
        if token.bytes().any(|c| c.is_ascii_digit()) || word.trim_end().ends_with([',', ';', '|', ')']) {
            return None;
        }
        follows = true;
        start = if is_filler { None } else { start.or(Some(begins)) };
    }
    None
}

/// Whether a word can be a model: letters and digits; or a number of three to five digits where it `follows` a word, years excepted.
fn is_model(token: &str, follows: bool) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_year = token.parse::<u32>().is_ok_and(|number| (1_990..2_040).contains(&number));
    let is_hex = token.len() >= 8 && token.bytes().all(|c| c.is_ascii_hexdigit() || matches!(c, b'-' | b'.'));
    let is_version = token.trim_start_matches(['v', 'V']).split('.').filter(|part| !part.is_empty()).count() > 1
        && token.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit());
    let is_speed = token.starts_with("10/") || token.starts_with("802.") || token.contains("://");
    if is_year || is_hex || is_version || is_speed || token.len() > 20 {
        return false;
    }
    if letters == 0 { (3..=5).contains(&digits) && follows } else { digits > 0 && !is_release(token) }
}

/// Words of versions and standards: `V100R001`, `v2`, `IPv6`, `4G`, `1000M`, `TR-069`.
fn is_release(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    let is = |head: &str, tail: &str| {
        lower
            .strip_prefix(head)
            .and_then(|rest| rest.strip_suffix(tail))
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()))
    };
    is("v", "")
        || is("ipv", "")
        || is("", "g")
        || is("", "m")
        || is("", "mbps")
        || is("tr-", "")
        || is("", "-port")
        || is("r", "")
        || lower.starts_with("v100r")
        || lower.starts_with("v200r")
        || lower.starts_with("v300r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_follow_their_maker() {
        for (rest, expected) in [
            (" Wireless N Router WR841N", Some("WR841N")),
            (" Color 570 - 10.0.0.1", Some("Color 570")),
            (" LASER CLASS 700", Some("LASER CLASS 700")),
            (" - NTU-2V", Some("NTU-2V")),
            (" 216FD Network Fixed Dome Camera 4.47", Some("216FD")),
            (" web server 1.0 ZTE corp 2015.", None),
            (" HTTPD/1.0", None),
            (" SIP Stack V1.0.0", None),
            (" Login", None),
            (", all rights reserved 2016", None),
        ] {
            assert_eq!(model_after(rest), expected, "{rest}");
        }
    }

    #[test]
    fn a_model_is_letters_and_digits_and_neither_year_version_nor_speed() {
        for (token, follows, expected) in [
            ("WR841N", false, true),
            ("570", true, true),
            ("570", false, false),
            ("57", true, false),
            ("570000", true, false),
            ("2016", true, false),
            ("1989", true, true),
            ("2040", true, true),
            ("Login", true, false),
            ("00a1b2c3", true, false),
            ("00-a1-b2", true, false),
            ("a1b2c3d", true, true),
            ("1.0.2", true, false),
            ("v2.1a", true, false),
            ("2.", true, false),
            ("10/100TX", true, false),
            ("802.11ac", true, false),
            ("http://a1", true, false),
            ("ABCDEFGHIJ1234567890", true, true),
            ("ABCDEFGHIJ1234567890K", true, false),
            ("V100R001", true, false),
            ("v2", true, false),
            ("IPv6", true, false),
            ("4G", true, false),
            ("1000M", true, false),
            ("100Mbps", true, false),
            ("TR-069", true, false),
            ("24-port", true, false),
            ("R12", true, false),
        ] {
            assert_eq!(is_model(token, follows), expected, "{token} {follows}");
        }
    }

    #[test]
    fn names_and_realms_are_taken_apart() {
        assert_eq!(names(r"CN=a\, b,O=C+OU=D"), [("CN", "a, b".to_owned()), ("O", "C".to_owned()), ("OU", "D".to_owned())]);
        assert_eq!(realms(r#"Digest qop="auth", realm="x y", nonce="1", Basic realm=z"#).collect::<Vec<_>>(), ["x y", "z"]);
        for (name, expected) in
            [("R190V", false), ("NPI1A2B3C", true), ("central-01", true), ("FG100D3G12345678", true), ("1590", false), ("bizhub C364e", false)]
        {
            assert_eq!(is_serial(name), expected, "{name}");
        }
        assert_eq!(plain("A&reg;&nbsp;B &amp; C"), "A B & C");
        for (name, expected) in
            [("www.example.org", true), ("*.example.org", true), ("10.0.0.1", true), ("Canon Imaging Product", false), ("unifi", false)]
        {
            assert_eq!(is_host(name), expected, "{name}");
        }
    }
}
