//! XML that devices write of themselves, as a small tree: UPnP descriptions, SOAP messages of WS-Discovery.
//!
//! Comes in: octets. Goes out: elements by their local names, with their texts. Bounded in elements, depth and text; what is malformed is read
//! up to the fault, for many devices write a bare `&`. Absent on purpose: attributes, name spaces (a device that mixes two words of one name
//! is not known), document types, and any entity but the five of XML itself.

use super::said_text;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use std::borrow::Cow;

/// Elements read of one document: a description of a device with thirty services has 400.
const MAX_ELEMENTS: usize = 2_000;
/// Elements within each other.
const MAX_DEPTH: usize = 32;
/// Octets of one element's own text.
const MAX_TEXT_BYTES: usize = 4_096;

/// One element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// Its elements, in their order.
    pub children: Vec<Element>,
    text: String,
}

impl Element {
    /// Its own text.
    pub fn text(&self) -> String {
        said_text(self.text.trim().as_bytes())
    }

    /// The first element of this name right below it.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name right below it, unless it is empty.
    pub fn said(&self, name: &str) -> Option<String> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }

    /// Every element of this name below it, at any depth, those within such an element left out.
    pub fn all(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            } else {
                found.extend(child.all(name));
            }
        }
        found
    }
}

/// Reads a document. Its root is the child of a nameless element, which is empty where there is none.
pub fn parse(octets: &[u8]) -> Element {
    let text = decoded(octets);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let (mut open, mut count) = (vec![Element::default()], 0);
    while count < MAX_ELEMENTS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if open.len() > MAX_DEPTH {
                    break;
                }
                count += 1;
                open.push(Element { name: start.local_name().as_ref().to_owned(), ..Element::default() });
            }
            Ok(Event::Empty(start)) => {
                count += 1;
                let element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
                open.last_mut().expect("the nameless element is never closed").children.push(element);
            }
            Ok(Event::End(_)) => close(&mut open),
            Ok(Event::Text(text)) => add(&mut open, text.as_ref()),
            Ok(Event::CData(text)) => add(&mut open, text.as_ref()),
            Ok(Event::GeneralRef(reference)) => add(&mut open, &character(&reference)),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or_default()
}

/// Lays the innermost open element into the one around it.
fn close(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(element) = open.pop()
        && let Some(around) = open.last_mut()
    {
        around.children.push(element);
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        let room = MAX_TEXT_BYTES.saturating_sub(element.text.len());
        element.text.push_str(&text[..text.floor_char_boundary(room)]);
    }
}

/// UTF-8, of which the end may be cut within a character; else Latin-1, the other encoding that devices write.
fn decoded(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&octets[..error.valid_up_to()]),
        Err(_) => octets.iter().map(|octet| char::from(*octet)).collect(),
    }
}

/// What a reference stands for; nothing where it is none of XML's own.
fn character(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        Ok(None) => resolve_predefined_entity(reference.as_ref()).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_found_by_local_names() {
        let root = parse(b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><s:a xmlns:s='u'><b> x &amp; y &#233;&a; </b><n><b>deep</b></n><b/><c><![CDATA[<z>]]></c></s:a>");
        let a = root.child("a").unwrap();
        assert_eq!((a.said("b").as_deref(), a.said("c").as_deref(), a.said("n")), (Some("x & y é"), Some("<z>"), None));
        assert_eq!(root.all("b").iter().map(|b| b.text()).collect::<Vec<_>>(), ["x & y é", "deep", ""]);
    }

    #[test]
    fn what_is_malformed_is_read_up_to_the_fault() {
        for (text, expected) in [
            (&b"<a><b>x & y</b><c>1"[..], (Some("x & y"), Some("1"))),
            (b"<a><b>x</b></c></a><c", (Some("x"), None)),
            (b"<a><b>\xe9t\xe9</b></a>", (Some("été"), None)),
            (b"<a><b>\xc3\xa9</b><c>\xc3", (Some("é"), None)),
            (b"no markup", (None, None)),
            (b"", (None, None)),
        ] {
            let root = parse(text);
            let said = |name| root.child("a").and_then(|a| a.said(name));
            assert_eq!((said("b").as_deref(), said("c").as_deref()), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let depth = |element: &Element| std::iter::successors(Some(element), |element| element.children.first()).count();
        assert_eq!(depth(&parse("<a>".repeat(100_000).as_bytes())), MAX_DEPTH + 1);
        assert_eq!(parse("<a/>".repeat(100_000).as_bytes()).children.len(), MAX_ELEMENTS);
        assert_eq!(parse(format!("<a>{}</a>", "x".repeat(1 << 20)).as_bytes()).child("a").unwrap().text.len(), MAX_TEXT_BYTES);
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, text in "[<>/a-c&;#x0-9 ]{0,80}") {
            parse(&octets).all("a");
            parse(text.as_bytes()).all("a");
        }
    }
}
