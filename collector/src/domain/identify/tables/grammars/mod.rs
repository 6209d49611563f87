//! Grammars: how makers write several things into one text, and how to take them apart.
//!
//! Comes in: texts. Goes out: named pieces: `model`, `firmware`, `serial`, `vendor`, `os`, `osv` (version of the system), `name`. Absent on
//! purpose: texts that are one thing only (`items`). Sources: the makers' documents and the forms their devices have been sending for
//! years; a row is for a maker's form, never for one device.

mod computing;
mod networking;
mod printing;

use crate::domain::kind::Kind;
use regex_lite::Regex;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// One form of text.
pub struct Grammar {
    /// Items in which it stands: `sysDescr` (with its kin, see [`kin`]) or an item's own name.
    pub item: &'static str,
    /// Enterprise number that sysObjectID must have; 0 for any.
    pub enterprise: u32,
    /// A piece of the text that must be there, so that the pattern is not tried in vain.
    pub needle: &'static str,
    /// Regular expression with named pieces.
    pub pattern: &'static str,
    /// What it tells of the kind.
    pub kind: Kind,
    /// Whose form it is; empty where several makers use it.
    pub vendor: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

const fn row(enterprise: u32, needle: &'static str, pattern: &'static str, kind: Kind, vendor: &'static str, confidence: u8) -> Grammar {
    Grammar { item: "sysDescr", enterprise, needle, pattern, kind, vendor, confidence }
}

const fn of(item: &'static str, needle: &'static str, pattern: &'static str, kind: Kind, vendor: &'static str, confidence: u8) -> Grammar {
    Grammar { item, enterprise: 0, needle, pattern, kind, vendor, confidence }
}

/// The item under whose grammars a text is read: descriptions of the whole device are written alike wherever they stand.
pub fn kin(item: &str) -> &str {
    match item {
        "lldpLocSysDesc" | "entPhysicalDescr" => "sysDescr",
        "gdStatusId" | "brDeviceId" | "ppmPrinterIEEE1284DeviceId" | "scmDeviceId" => "IEEE1284",
        other => other,
    }
}

/// A grammar, with its pattern made ready at its first use (`None` where it is no pattern, which a test rules out).
type Ready = (&'static Grammar, OnceLock<Option<Regex>>);

/// Every table of forms.
const TABLES: &[&[Grammar]] = &[networking::GRAMMARS, computing::GRAMMARS, printing::GRAMMARS];

/// All grammars by their item, in the order of the tables.
static BY_ITEM: LazyLock<HashMap<&'static str, Vec<Ready>>> = LazyLock::new(|| {
    let mut by_item: HashMap<&'static str, Vec<Ready>> = HashMap::new();
    for grammar in TABLES.iter().copied().flatten() {
        by_item.entry(grammar.item).or_default().push((grammar, OnceLock::new()));
    }
    by_item
});

/// Whether any grammar reads this item.
pub fn reads(item: &str) -> bool {
    BY_ITEM.contains_key(item)
}

/// Every grammar whose text this may be, with its pattern made ready (at its first use, once).
pub fn fitting<'t>(item: &str, enterprise: u32, text: &'t str) -> impl Iterator<Item = (&'static Grammar, &'static Regex)> + 't {
    let of_item = BY_ITEM.get(item).map(Vec::as_slice).unwrap_or_default();
    of_item
        .iter()
        .filter(move |(row, _)| (row.enterprise == 0 || row.enterprise == enterprise) && text.contains(row.needle))
        .filter_map(|(row, regex)| Some((*row, regex.get_or_init(|| Regex::new(row.pattern).ok()).as_ref()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one_and_names_only_known_pieces() {
        for row in TABLES.iter().copied().flatten() {
            let regex = Regex::new(row.pattern).unwrap_or_else(|error| panic!("{}: {error}", row.pattern));
            for piece in regex.capture_names().flatten() {
                assert!(["model", "firmware", "serial", "vendor", "os", "osv", "name"].contains(&piece), "{piece} in {}", row.pattern);
            }
        }
    }
}
