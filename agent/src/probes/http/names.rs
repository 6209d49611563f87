//! Subject and issuer of a certificate, written as RFC 4514 writes distinguished names.
//!
//! Comes in: DER. Goes out: text. Absent on purpose: keys, dates, extensions, signatures: who it is, is asked, not whether it is true.

use crate::probes::x509::{Parts, SEQUENCE, element, expect};
use std::fmt::Write;

/// Relative names and attributes that one name may have.
const MAX_ATTRIBUTES: usize = 32;
/// Octets of one value that are written.
const MAX_VALUE_BYTES: usize = 256;

/// Tags of DER (X.690, X.680 section 8).
const OID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const T61_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const BMP_STRING: u8 = 0x1e;
const SET: u8 = 0x31;

/// Short names of attribute types, by the octets of their identifier: RFC 4514 section 3, RFC 4519 (serialNumber) and RFC 2985
/// (emailAddress, as certificates' tools write it).
const TYPES: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 5], "SERIALNUMBER"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

/// Issuer and subject; nothing where it is no certificate.
pub fn issuer_and_subject(der: &[u8]) -> Option<(String, String)> {
    let parts = Parts::of(der)?;
    Some((name(parts.issuer)?, name(parts.subject)?))
}

/// A distinguished name: relative names last first, separated by commas, their attributes by plus signs (RFC 4514 section 2).
fn name(mut octets: &[u8]) -> Option<String> {
    let mut relative = Vec::new();
    while !octets.is_empty() && relative.len() < MAX_ATTRIBUTES {
        let (mut set, rest) = expect(SET, octets)?;
        octets = rest;
        let mut attributes = Vec::new();
        while !set.is_empty() && attributes.len() < MAX_ATTRIBUTES {
            let (pair, rest) = expect(SEQUENCE, set)?;
            set = rest;
            let (kind, whole) = expect(OID, pair)?;
            let (tag, value, _) = element(whole)?;
            attributes.push(attribute(kind, tag, value, whole));
        }
        relative.push(attributes.join("+"));
    }
    relative.reverse();
    Some(relative.join(","))
}

/// `CN=value`, or `1.2.840.113549.1.9.1=#…` with the element's octets where the type has no short name (RFC 4514 section 2.4).
fn attribute(kind: &[u8], tag: u8, value: &[u8], element: &[u8]) -> String {
    let short = TYPES.iter().find(|(octets, _)| *octets == kind).map(|(_, name)| *name);
    match (short, text(tag, value)) {
        (Some(name), Some(text)) => format!("{name}={}", escape(&text)),
        _ => {
            let octets = &element[..element.len().min(MAX_VALUE_BYTES)];
            octets.iter().fold(format!("{}=#", short.map_or_else(|| dotted(kind), str::to_owned)), |mut all, octet| {
                let _ = write!(all, "{octet:02x}");
                all
            })
        }
    }
}

/// A string of one of the types that names are made of (RFC 5280 section 4.1.2.4: DirectoryString, and IA5String).
fn text(tag: u8, value: &[u8]) -> Option<String> {
    let value = &value[..value.len().min(MAX_VALUE_BYTES)];
    match tag {
        UTF8_STRING => Some(String::from_utf8_lossy(value).into_owned()),
        // Tools write Latin-1 into T61String, and not only there.
        NUMERIC_STRING | PRINTABLE_STRING | IA5_STRING | T61_STRING => Some(value.iter().map(|octet| char::from(*octet)).collect()),
        BMP_STRING => {
            let units: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// Escapes as RFC 4514 section 2.4 demands; control characters go in hexadecimal.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let last = text.chars().count().saturating_sub(1);
    for (at, c) in text.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', c]),
            ' ' if at == 0 || at == last => out.extend(['\\', c]),
            '#' if at == 0 => out.extend(['\\', c]),
            c if c.is_control() => {
                let mut octets = [0; 4];
                for octet in c.encode_utf8(&mut octets).bytes() {
                    let _ = write!(out, "\\{octet:02x}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// An object identifier in numbers (X.690 section 8.19).
fn dotted(octets: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for octet in octets {
        arc = arc.saturating_mul(128).saturating_add(u64::from(octet & 0x7f));
        if octet & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.extend([first, arc - first * 40]);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    arcs.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn relative(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        tlv(SET, &tlv(SEQUENCE, &[tlv(OID, kind), tlv(tag, value)].concat()))
    }

    #[test]
    fn names_are_written_last_first_and_escaped() {
        let octets = [
            relative(&[0x55, 4, 6], PRINTABLE_STRING, b"FR"),
            relative(&[0x55, 4, 10], UTF8_STRING, b"Hubitat, Inc."),
            relative(&[0x55, 4, 11], BMP_STRING, &[0, b'#', 0, 0xe9]),
            relative(&[0x55, 4, 3], T61_STRING, b" a+\xe9\n "),
            relative(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], IA5_STRING, b"a@b"),
        ]
        .concat();
        assert_eq!(name(&octets).unwrap(), "1.2.840.113549.1.9.1=#1603614062,CN=\\ a\\+é\\0a\\ ,OU=\\#é,O=Hubitat\\, Inc.,C=FR");
    }

    #[test]
    fn attributes_of_one_relative_name_stand_together() {
        let pair = |kind: &[u8], value: &[u8]| tlv(SEQUENCE, &[tlv(OID, kind), tlv(PRINTABLE_STRING, value)].concat());
        let octets = tlv(SET, &[pair(&[0x55, 4, 3], b"a"), pair(&[0x55, 4, 5], b"1")].concat());
        assert_eq!(name(&octets).unwrap(), "CN=a+SERIALNUMBER=1");
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, content: Vec<u8>) {
            issuer_and_subject(&octets);
            name(&octets);
            dotted(&octets);
            if content.len() < 100 {
                let inner = tlv(SEQUENCE, &content);
                issuer_and_subject(&tlv(SEQUENCE, &inner));
            }
        }
    }
}
