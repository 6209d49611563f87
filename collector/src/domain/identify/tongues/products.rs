//! Names of products as machines tell them: `HP LaserJet Pro M404dn`, `(Canon TS3300 series)`, `Xerox(R) B235 MFP`.
//!
//! Comes in: a name with or without its maker's. Goes out: votes for maker, model and kind. Absent on purpose: where it stands, which says
//! how surely it is this device's.

use crate::domain::identify::recognise::{cast, read};
use crate::domain::identify::tables::{junk, makes, services, vendors};
use crate::domain::identify::weigh::{Ballot, Field, Ground};
use std::borrow::Cow;

/// How much less surely a line or a number tells the kind than the name tells the model.
const LESS: u8 = 14;

/// Reads a name that should hold its maker's; `sure` is how surely it is this device's model. Without a maker a word alone (`Generic`,
/// `Raw queue`) is none.
pub fn by_name<'a>(text: &str, sure: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let is_told = vendors::known(text).is_some() || text.bytes().any(|c| c.is_ascii_digit());
    read_name(text, sure, is_told, ballot, ground);
}

/// Reads the name of a model, whose maker may be told elsewhere.
pub fn by_model<'a>(text: &str, sure: u8, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    read_name(text, sure, true, ballot, ground);
}

fn read_name<'a>(text: &str, sure: u8, is_model: bool, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let text = without_marks(text);
    let vendor = vendors::known(&text);
    if let Some(vendor) = vendor {
        ballot.cast(Field::Vendor, vendor, sure, ground);
        ballot.cast_kind(vendors::mainly(vendor), sure.min(44), ground);
    }
    read(ballot, "product", 0, &text, LESS.saturating_sub(sure.saturating_sub(70)), ground);
    if let Some((make, _)) = makes::first(&text).filter(|(make, _)| vendor.is_none_or(|vendor| makes::is_of(make, vendor))) {
        ballot.cast(Field::Vendor, make.vendor, sure.saturating_sub(LESS), ground);
        ballot.cast_kind(make.kind, sure.saturating_sub(LESS), ground);
    }
    let model = model(&text, vendor.unwrap_or_default());
    if is_model && !is_generic(model) {
        cast(ballot, Field::Model, model, sure, ground);
    }
}

/// Whether a name is one that says no model.
pub fn is_generic(model: &str) -> bool {
    let folded = junk::bare(model);
    folded.len() < 2 || services::GENERIC_MODELS.contains(&folded.as_str())
}

/// Outer parentheses, registration marks, numbers in brackets that tell copies apart, and what follows a comma or semicolon fall away.
fn without_marks(text: &str) -> Cow<'_, str> {
    let mut text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        text = inner.trim();
    }
    for end in [" [", ";", ", ", " (USB)", ":"] {
        text = text.split(end).next().unwrap_or(text).trim();
    }
    text = without_mac(text);
    if text.contains(['®', '™']) || text.contains("(R)") || text.contains("(TM)") {
        return Cow::Owned(text.replace(['®', '™'], "").replace("(R)", "").replace("(TM)", ""));
    }
    Cow::Borrowed(text)
}

/// Cameras hang their MAC at their name: `AXIS M1065-LW - ACCC8E123456`.
fn without_mac(text: &str) -> &str {
    let mac = |tail: &str| tail.len() == 12 && tail.bytes().all(|c| c.is_ascii_hexdigit());
    text.rsplit_once(" - ").filter(|(_, tail)| mac(tail)).map_or(text, |(head, _)| head)
}

/// Words that stand before or after a model and are no part of it.
const AFTER: &[&str] = &[" series", " laser printer", " color printer", " colour printer", " inkjet printer", " printer"];
const BEFORE: &[&str] = &["laser printer ", "color printer ", "colour printer ", "printer "];

fn model<'t>(text: &'t str, vendor: &str) -> &'t str {
    let mut model = vendors::without_vendor(text, vendor);
    // `Hewlett-Packard HP LaserJet`: some tell their maker twice.
    model = vendors::without_vendor(model, vendor);
    let ends = |model: &str, words: &str| {
        model.len() > words.len()
            && model.is_char_boundary(model.len() - words.len())
            && model[model.len() - words.len()..].eq_ignore_ascii_case(words)
    };
    for words in AFTER {
        if ends(model, words) {
            model = model[..model.len() - words.len()].trim_end();
        }
    }
    for words in BEFORE {
        if model.get(..words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words)) {
            model = model[words.len()..].trim_start();
        }
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_without_what_stands_around_them() {
        for (text, vendor, expected) in [
            ("HP LaserJet Pro M404dn", "HP", "LaserJet Pro M404dn"),
            ("(Canon TS3300 series)", "Canon", "TS3300"),
            ("Xerox(R) B235 MFP", "Xerox", "B235 MFP"),
            ("Hewlett-Packard HP LaserJet CP 1025nw", "HP", "LaserJet CP 1025nw"),
            ("HP OfficeJet Pro 8730 [47D657]", "HP", "OfficeJet Pro 8730"),
            ("Dell 2330dn Laser Printer", "Dell", "2330dn"),
            ("Dell Laser Printer 1710n", "Dell", "1710n"),
            ("AXIS M1065-LW - ACCC8E123456", "Axis", "M1065-LW"),
            ("é series", "", "é"),
            ("", "", ""),
        ] {
            assert_eq!(model(&without_marks(text), vendor), expected, "{text}");
        }
    }
}
