//! Grammars: how makers write several things into one text, and how to take them apart.
//!
//! Comes in: texts. Goes out: named pieces: `model`, `firmware`, `serial`, `vendor`, `os`, `osv` (version of the system), `name`. Absent on
//! purpose: texts that are one thing only (`items`). Sources: the makers' documents and the forms their devices have been sending for
//! years; a row is for a maker's form, never for one device.

pub mod anyone;
mod certificates;
mod computing;
mod descriptions;
mod greetings;
mod leases;
mod lines;
mod logins;
mod networking;
mod printing;
mod servers;
mod systems;
mod titles;
mod voice;

use crate::domain::kind::Kind;
use regex_lite::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// One form of text.
pub struct Grammar {
    /// Items in which it stands: `sysDescr` (with its kin, see [`kin`]) or an item's own name.
    pub item: &'static str,
    /// Enterprise number that sysObjectID must have; 0 for any.
    pub enterprise: u32,
    /// A piece of the text that must be there, or several with strokes between them of which one must, so that the pattern is not tried
    /// in vain. In lower case for items of `FOLDED`.
    pub needle: &'static str,
    /// Regular expression with named pieces; empty where the needle says it all.
    pub pattern: &'static str,
    /// What it tells of the kind.
    pub kind: Kind,
    /// Whose form it is; empty where several makers use it.
    pub vendor: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
    /// The model, where the form tells it without naming it so.
    pub model: &'static str,
    /// The operating system, likewise.
    pub os: &'static str,
    /// Its version, likewise.
    pub os_version: &'static str,
}

impl Grammar {
    /// With a model that the text does not spell.
    const fn model(mut self, model: &'static str) -> Grammar {
        self.model = model;
        self
    }

    /// With an operating system that the text does not spell.
    const fn os(mut self, os: &'static str) -> Grammar {
        self.os = os;
        self
    }

    /// With a version of the operating system that the text does not spell.
    const fn version(mut self, version: &'static str) -> Grammar {
        self.os_version = version;
        self
    }
}

const fn row(enterprise: u32, needle: &'static str, pattern: &'static str, kind: Kind, vendor: &'static str, confidence: u8) -> Grammar {
    Grammar { item: "sysDescr", enterprise, needle, pattern, kind, vendor, confidence, model: "", os: "", os_version: "" }
}

const fn of(item: &'static str, needle: &'static str, pattern: &'static str, kind: Kind, vendor: &'static str, confidence: u8) -> Grammar {
    Grammar { item, enterprise: 0, needle, pattern, kind, vendor, confidence, model: "", os: "", os_version: "" }
}

/// Items whose spelling nobody minds (`NETGEAR`, `Netgear`): needles stand in lower case, and patterns fit either case.
const FOLDED: &[&str] = &[
    "title",
    "realm",
    "server",
    "certificate",
    "ssh.software",
    "telnet.banner",
    "ftp.banner",
    "sip",
    "opt60",
    "product",
    "cast",
    "smb",
    "ntp",
    "ssdp.server",
];

/// The item under whose grammars a text is read: descriptions of the whole device are written alike wherever they stand.
pub fn kin(item: &str) -> &str {
    match item {
        "lldpLocSysDesc" | "entPhysicalDescr" => "sysDescr",
        "gdStatusId" | "brDeviceId" | "ppmPrinterIEEE1284DeviceId" | "scmDeviceId" => "IEEE1284",
        "http.title" => "title",
        "http.www_authenticate" => "realm",
        "http.server" | "rtsp.server" => "server",
        "x509.subject" | "x509.issuer" => "certificate",
        "sip.server" | "sip.user_agent" => "sip",
        other => other,
    }
}

/// A grammar, with its pattern made ready at its first use (`None` where it is no pattern, which a test rules out).
type Ready = (&'static Grammar, OnceLock<Option<Regex>>);

/// All grammars of one item, found by their needles.
#[derive(Default)]
struct Shelf {
    rows: Vec<Ready>,
    /// By the first letters of the needle.
    by_start: HashMap<[u8; START], Vec<usize>>,
    /// Those whose needle is shorter.
    short: Vec<usize>,
    is_folded: bool,
}

/// As many letters of a needle lead to its rows.
const START: usize = 3;

static SHELVES: LazyLock<HashMap<&'static str, Shelf>> = LazyLock::new(|| {
    let mut shelves: HashMap<&'static str, Shelf> = HashMap::new();
    for grammar in TABLES.iter().copied().flatten() {
        let shelf = shelves.entry(grammar.item).or_default();
        shelf.is_folded = FOLDED.contains(&grammar.item);
        let place = shelf.rows.len();
        for needle in grammar.needle.split('|') {
            match needle.as_bytes().first_chunk::<START>() {
                Some(start) => shelf.by_start.entry(*start).or_default().push(place),
                None => shelf.short.push(place),
            }
        }
        shelf.rows.push((grammar, OnceLock::new()));
    }
    shelves
});

const TABLES: &[&[Grammar]] = &[
    networking::GRAMMARS,
    computing::GRAMMARS,
    printing::GRAMMARS,
    descriptions::GRAMMARS,
    anyone::GRAMMARS,
    titles::GRAMMARS,
    servers::GRAMMARS,
    certificates::GRAMMARS,
    logins::GRAMMARS,
    greetings::GRAMMARS,
    voice::GRAMMARS,
    leases::GRAMMARS,
    lines::GRAMMARS,
    systems::GRAMMARS,
];

/// Whether any grammar reads this item as it stands; texts for people are read by `wording`.
pub fn reads(item: &str) -> bool {
    SHELVES.get(item).is_some_and(|shelf| !shelf.is_folded)
}

/// Every grammar whose text this may be, in the order of the tables, with its pattern made ready (at its first use, once).
pub fn fitting(item: &str, enterprise: u32, text: &str) -> Vec<(&'static Grammar, &'static Regex)> {
    let Some(shelf) = SHELVES.get(item) else { return Vec::new() };
    let text = if shelf.is_folded { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) };
    let starts = text.as_bytes().windows(START).filter_map(|window| shelf.by_start.get(window.first_chunk::<START>()?));
    let mut places: Vec<usize> = starts.flatten().chain(&shelf.short).copied().collect();
    places.sort_unstable();
    places.dedup();
    let rows = places.into_iter().map(|place| &shelf.rows[place]);
    rows.filter(|(row, _)| (row.enterprise == 0 || row.enterprise == enterprise) && row.needle.split('|').any(|needle| text.contains(needle)))
        .filter_map(|(row, regex)| Some((*row, regex.get_or_init(|| ready(row, shelf.is_folded)).as_ref()?)))
        .collect()
}

fn ready(row: &Grammar, is_folded: bool) -> Option<Regex> {
    RegexBuilder::new(row.pattern).case_insensitive(is_folded).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one_and_names_only_known_pieces() {
        for row in TABLES.iter().copied().flatten() {
            assert!(!FOLDED.contains(&row.item) || row.needle == row.needle.to_lowercase(), "{} in lower case", row.needle);
            let regex = Regex::new(row.pattern).unwrap_or_else(|error| panic!("{}: {error}", row.pattern));
            for piece in regex.capture_names().flatten() {
                assert!(["model", "firmware", "serial", "vendor", "os", "osv", "name"].contains(&piece), "{piece} in {}", row.pattern);
            }
        }
    }
}
