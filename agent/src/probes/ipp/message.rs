//! IPP messages (RFC 8010 section 3): the one request, and attributes out of an answer.
//!
//! Comes in: a printer's address, octets of an answer. Goes out: octets of the request; the printer's attributes by name. Absent on purpose:
//! values that are no text.

use std::collections::BTreeMap;

/// Get-Printer-Attributes (RFC 8011 section 5.4.15).
const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;
/// Version 1.1: what every printer answers.
const VERSION: [u8; 2] = [1, 1];
/// Values of one attribute that are read, attributes of one answer, and octets of one value.
const MAX_VALUES: usize = 32;
const MAX_ATTRIBUTES: usize = 64;
const MAX_VALUE_BYTES: usize = 1_023;

/// Tags (RFC 8010 section 3.5).
const OPERATION: u8 = 0x01;
const END: u8 = 0x03;
const PRINTER: u8 = 0x04;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME_WITH_LANGUAGE: u8 = 0x36;
const TEXT: u8 = 0x41;
const NAME: u8 = 0x42;
const KEYWORD: u8 = 0x44;
const URI: u8 = 0x45;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;

/// Values by attribute.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// The request for some attributes of a printer.
pub fn request(uri: &str, wanted: &[&str]) -> Vec<u8> {
    let mut octets = VERSION.to_vec();
    octets.extend(GET_PRINTER_ATTRIBUTES.to_be_bytes());
    octets.extend(1_u32.to_be_bytes());
    octets.push(OPERATION);
    attribute(&mut octets, CHARSET, "attributes-charset", "utf-8");
    attribute(&mut octets, LANGUAGE, "attributes-natural-language", "en");
    attribute(&mut octets, URI, "printer-uri", uri);
    for (number, name) in wanted.iter().enumerate() {
        attribute(&mut octets, KEYWORD, if number == 0 { "requested-attributes" } else { "" }, name);
    }
    octets.push(END);
    octets
}

/// One attribute; a further value of the one before has no name.
fn attribute(octets: &mut Vec<u8>, tag: u8, name: &str, value: &str) {
    octets.push(tag);
    for text in [name, value] {
        octets.extend(u16::try_from(text.len()).unwrap_or(0).to_be_bytes());
        octets.extend(text.as_bytes());
    }
}

/// The printer's attributes as far as the answer can be read; nothing where it is no answer, or tells of an error.
pub fn attributes(octets: &[u8]) -> Option<Attributes> {
    let (head, mut rest) = octets.split_at_checked(8)?;
    // Success is 0x0000 to 0x00ff (RFC 8011 section 4.1.6.1); the request's number comes back.
    if !(1..=2).contains(&head[0]) || head[2] != 0 || head[4..8] != [0, 0, 0, 1] {
        return None;
    }
    let (mut all, mut group, mut name) = (Attributes::new(), 0, String::new());
    while let Some((tag, after)) = rest.split_first() {
        rest = after;
        if *tag < 0x10 {
            if *tag == END {
                break;
            }
            (group, name) = (*tag, String::new());
            continue;
        }
        let (Some(new_name), Some(value)) = (piece(&mut rest), piece(&mut rest)) else { break };
        if !new_name.is_empty() {
            name = String::from_utf8_lossy(new_name).into_owned();
        }
        let known = all.len() < MAX_ATTRIBUTES || all.contains_key(&name);
        if let Some(text) = text(*tag, value).filter(|_| group == PRINTER && !name.is_empty() && known) {
            let values = all.entry(name.clone()).or_default();
            if values.len() < MAX_VALUES {
                values.push(text);
            }
        }
    }
    Some(all)
}

/// Length in two octets, and so many.
fn piece<'a>(octets: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = octets.split_at_checked(2)?;
    let (value, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
    *octets = rest;
    Some(value)
}

/// A value that is text, folded to one line.
fn text(tag: u8, value: &[u8]) -> Option<String> {
    let value = match tag {
        TEXT | NAME | KEYWORD | URI => value,
        TEXT_WITH_LANGUAGE | NAME_WITH_LANGUAGE => {
            let rest = &mut { value };
            piece(rest)?;
            piece(rest)?
        }
        _ => return None,
    };
    let text = String::from_utf8_lossy(&value[..value.len().min(MAX_VALUE_BYTES)]);
    Some(text.split(|c: char| c.is_control()).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_request_names_what_is_wanted() {
        let octets = request("ipp://10.0.0.7:631/ipp/print", &["printer-name", "printer-info"]);
        let text = String::from_utf8_lossy(&octets);
        assert!(octets.starts_with(&[1, 1, 0, 0x0b, 0, 0, 0, 1, OPERATION, CHARSET, 0, 18]));
        assert!(text.contains("requested-attributes\0\u{c}printer-name") && text.contains("printer-info") && octets.ends_with(&[END]));
    }

    #[test]
    fn values_in_their_group_and_with_language() {
        let mut octets = vec![2, 0, 0, 0, 0, 0, 0, 1, OPERATION];
        attribute(&mut octets, TEXT, "printer-name", "not of the printer");
        octets.push(PRINTER);
        attribute(&mut octets, NAME, "printer-name", "Salle des maîtres\r\n");
        attribute(&mut octets, KEYWORD, "printer-state-reasons", "toner-low-warning");
        attribute(&mut octets, KEYWORD, "", "media-empty-error");
        attribute(&mut octets, 0x21, "printer-state", "\0\0\0\u{3}");
        octets.extend([TEXT_WITH_LANGUAGE, 0, 12]);
        octets.extend(b"printer-info");
        octets.extend([0, 8, 0, 2]);
        octets.extend(b"fr\0\x02\xc3\xa9");
        octets.extend([TEXT, 0, 200]);
        let told = attributes(&octets).unwrap();
        let expected = [
            ("printer-info", vec!["é"]),
            ("printer-name", vec!["Salle des maîtres"]),
            ("printer-state-reasons", vec!["toner-low-warning", "media-empty-error"]),
        ];
        assert_eq!(told, expected.map(|(name, values)| (name.to_owned(), values.into_iter().map(str::to_owned).collect())).into());
        octets[2] = 4; // client-error-bad-request
        assert_eq!(attributes(&octets), None);
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_bounded(tail: Vec<u8>, repeats in 0_usize..2_000) {
            let mut octets = vec![1, 1, 0, 0, 0, 0, 0, 1, PRINTER];
            (0..repeats).for_each(|number| attribute(&mut octets, TEXT, &format!("a{}", number % 100), "x"));
            octets.extend(tail);
            let told = attributes(&octets).unwrap();
            prop_assert!(told.len() <= MAX_ATTRIBUTES && told.values().all(|values| values.len() <= MAX_VALUES));
        }
    }
}
