//! The title of a page, as a person would read it.
//!
//! Comes in: an answer with a body of HTML, perhaps cut. Goes out: one line of text. Absent on purpose: all else of HTML; encodings beside
//! UTF-8 and Latin-1 (told in octets, so that the collector can know better).

use crate::probes::http_answer::Answer;
use crate::probes::said_text;

/// A title.
#[derive(Debug, PartialEq, Eq)]
pub struct Title(pub String);

/// Octets between the tags of a title that are read.
const MAX_TITLE_BYTES: usize = 2_000;
/// Octets of a page in which its encoding is sought (HTML section 4.2.5: it stands within the first 1024).
const PRESCAN_BYTES: usize = 1_024;

/// Names of the characters 160 to 255 (HTML 4.01 section 24.2.1): what French pages are made of.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave \
Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc \
atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
ugrave uacute ucirc uuml yacute thorn yuml";
/// Names of others that stand in titles (the same, sections 24.3 and 24.4).
const OTHERS: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("trade", '™'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("bull", '•'),
    ("rsquo", '’'),
    ("lsquo", '‘'),
    ("oelig", 'œ'),
    ("OElig", 'Œ'),
];
/// Characters 128 to 159 of windows-1252; those that are none stand for themselves.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
/// Characters of the longest name above.
const MAX_ENTITY_CHARS: usize = 8;

/// Whether a title has come to its end.
pub fn has_title(octets: &[u8]) -> bool {
    find(octets, b"</title").is_some()
}

/// The title, decoded and folded to one line; nothing where there is none.
pub fn title(answer: &Answer) -> Option<Title> {
    let start = find(&answer.body, b"<title")?;
    let rest = &answer.body[start..];
    let rest = &rest[rest.iter().position(|octet| *octet == b'>')? + 1..];
    let octets = &rest[..find(rest, b"</title")?.min(MAX_TITLE_BYTES)];
    let text = entities(&decode(octets, charset(answer)));
    let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(Title(line))
}

/// Where octets stand, without regard to the case of letters.
fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))
}

/// How octets stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8OrLatin1,
    Other,
}

/// The encoding that header or page name: what is neither named nor known is taken for UTF-8 or, failing that, Latin-1.
fn charset(answer: &Answer) -> Charset {
    let head = &answer.body[..answer.body.len().min(PRESCAN_BYTES)];
    let in_header = answer.field("content-type").and_then(charset_name);
    match in_header.or_else(|| charset_name(head)) {
        Some(name) if !["utf-8", "utf8", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "us-ascii", "ascii"].contains(&name.as_str()) => {
            Charset::Other
        }
        _ => Charset::Utf8OrLatin1,
    }
}

/// `charset=NAME`, in quotation marks or not, in lower case.
fn charset_name(octets: &[u8]) -> Option<String> {
    let rest = &octets[find(octets, b"charset=")? + 8..];
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let name: String =
        rest.iter().take(32).take_while(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(octet)).map(|octet| char::from(*octet)).collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

fn decode(octets: &[u8], charset: Charset) -> String {
    match (std::str::from_utf8(octets), charset) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Charset::Utf8OrLatin1) => octets.iter().map(|octet| latin_1(*octet)).collect(),
        (Err(_), Charset::Other) => said_text(octets),
    }
}

/// What is called Latin-1 is windows-1252 (WHATWG Encoding, labels of windows-1252): controls 128 to 159 are characters.
fn latin_1(octet: u8) -> char {
    let known = usize::from(octet).checked_sub(0x80).and_then(|at| WINDOWS_1252.chars().nth(at));
    known.unwrap_or(char::from(octet))
}

/// `&eacute;` and `&#233;` as the character; what is no entity stays as it is.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(MAX_ENTITY_CHARS + 3).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((end, entity(&rest[1..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number);
    }
    let latin = || LATIN_1.split(' ').position(|known| known == name).and_then(|at| char::from_u32(160 + u32::try_from(at).ok()?));
    OTHERS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c).or_else(latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(content_type: &str, body: &[u8], expected: Option<&str>) {
        let answer = Answer { status: 200, fields: vec![("content-type".into(), content_type.into())], body: body.into() };
        assert_eq!(title(&answer).map(|title| title.0).as_deref(), expected, "{}", String::from_utf8_lossy(body));
    }

    #[test]
    fn titles_in_the_wild() {
        check("text/html", b"<html><head><TITLE>EPSON\n  XP-412 Series </TITLE>", Some("EPSON XP-412 Series"));
        check("text/html", b"<title lang='fr'>Salle des ma\xeetres</title>", Some("Salle des maîtres"));
        check("text/html; charset=UTF-8", "<title>Salle des maîtres</title>".as_bytes(), Some("Salle des maîtres"));
        check(
            "text/html",
            b"<title>Entr&eacute;e &amp; couloir &#8212; &#xE9;tage&nbsp;2 &bogus; R&D</title>",
            Some("Entrée & couloir — étage 2 &bogus; R&D"),
        );
        check("text/html", b"<meta charset=\"gb2312\"><title>\xb4\xf2\xd3\xa1</title>", Some("0xb4f2d3a1"));
        check("text/html; charset=iso-8859-1", b"<title>Vid\xe9o \x96 5 \x80</title>", Some("Vidéo – 5 €"));
        check("text/html", b"<title></title>", None);
        check("text/html", b"<title>cut", None);
        check("text/html", b"<p>no title</p>", None);
        assert_eq!(LATIN_1.split(' ').count(), 96);
        assert_eq!((entity("yuml"), entity("Agrave"), entity("nbsp")), (Some('ÿ'), Some('À'), Some('\u{a0}')));
    }

    proptest! {
        #[test]
        fn never_panics(head in "(<title>)?[&#;x0-9a-z]{0,40}", body: Vec<u8>) {
            let answer = Answer { status: 200, fields: vec![], body: [head.as_bytes(), &body, b"</title>"].concat() };
            title(&answer);
        }
    }
}
