//! Makers' names: many spellings in, one out.
//!
//! Comes in: a name as a device, a register or a list spells it. Goes out: the name under which we show the maker. Absent on purpose:
//! how the name was found. A brand that a school knows (Aruba, Meraki, Brocade) stays a maker of its own.

use super::brands::{BRANDS, MAINLY};
use crate::domain::kind::Kind;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Beginnings of spellings, folded to lower-case words, with the maker's name. The longest beginning wins, so order does not matter.
const SPELLINGS: &[(&str, &str)] = &[
    ("hewlett packard enterprise", "HPE"),
    ("hewlett packard", "HP"),
    ("hewlettpackard", "HP"),
    ("hp", "HP"),
    ("hp inc", "HP"),
    ("hpe", "HPE"),
    ("hpn", "HPE"),
    ("compaq", "HP"),
    ("aruba", "Aruba"),
    ("procurve", "HP"),
    ("h3c", "H3C"),
    ("hangzhou h3c", "H3C"),
    ("new h3c", "H3C"),
    ("3com", "3Com"),
    ("cisco", "Cisco"),
    ("cisco linksys", "Linksys"),
    ("linksys", "Linksys"),
    ("meraki", "Meraki"),
    ("cisco meraki", "Meraki"),
    ("dell", "Dell"),
    ("dell emc", "Dell"),
    ("emc", "Dell EMC"),
    ("force10", "Dell"),
    ("lenovo", "Lenovo"),
    ("lcfc", "Lenovo"),
    ("ibm", "IBM"),
    ("blade network", "Lenovo"),
    ("acer", "Acer"),
    ("asus", "ASUS"),
    ("asustek", "ASUS"),
    ("msi", "MSI"),
    ("micro star", "MSI"),
    ("gigabyte", "Gigabyte"),
    ("giga byte", "Gigabyte"),
    ("asrock", "ASRock"),
    ("supermicro", "Supermicro"),
    ("super micro", "Supermicro"),
    ("shuttle", "Shuttle"),
    ("apple", "Apple"),
    ("apple computer", "Apple"),
    ("microsoft", "Microsoft"),
    ("intel", "Intel"),
    ("google", "Google"),
    ("fujitsu", "Fujitsu"),
    ("fujitsu siemens", "Fujitsu"),
    ("fts", "Fujitsu"),
    ("toshiba", "Toshiba"),
    ("tec corporation", "Toshiba"),
    ("dynabook", "Dynabook"),
    ("sony", "Sony"),
    ("lg electronics", "LG"),
    ("lg", "LG"),
    ("samsung", "Samsung"),
    ("samsung techwin", "Hanwha"),
    ("hanwha", "Hanwha"),
    ("huawei", "Huawei"),
    ("quidway", "Huawei"),
    ("xiaomi", "Xiaomi"),
    ("tcl", "TCL"),
    ("oppo", "Oppo"),
    ("thomson computing", "Thomson"),
    ("thomson", "Technicolor"),
    ("archos", "Archos"),
    ("alcatel lucent", "Alcatel-Lucent Enterprise"),
    ("ale international", "Alcatel-Lucent Enterprise"),
    ("ale", "Alcatel-Lucent Enterprise"),
    ("alcatel", "Alcatel"),
    ("epson", "Epson"),
    ("seiko epson", "Epson"),
    ("benq", "BenQ"),
    ("optoma", "Optoma"),
    ("nec", "NEC"),
    ("sharp nec", "NEC"),
    ("panasonic", "Panasonic"),
    ("matsushita", "Panasonic"),
    ("hitachi", "Hitachi"),
    ("casio", "Casio"),
    ("viewsonic", "ViewSonic"),
    ("infocus", "InFocus"),
    ("vivitek", "Vivitek"),
    ("christie", "Christie"),
    ("barco", "Barco"),
    ("maxell", "Maxell"),
    ("ricoh", "Ricoh"),
    ("mitsubishi", "Mitsubishi"),
    ("sanyo", "Sanyo"),
    ("sharp", "Sharp"),
    ("philips", "Philips"),
    ("iiyama", "iiyama"),
    ("promethean", "Promethean"),
    ("smart technologies", "SMART Technologies"),
    ("clevertouch", "Clevertouch"),
    ("speechi", "Speechi"),
    ("ctouch", "CTOUCH"),
    ("vestel", "Vestel"),
    ("newline", "Newline"),
    ("acer projector", "Acer"),
    ("delta", "Delta"),
    ("brother", "Brother"),
    ("canon", "Canon"),
    ("oce", "Canon"),
    ("kyocera", "Kyocera"),
    ("lexmark", "Lexmark"),
    ("xerox", "Xerox"),
    ("fuji xerox", "Xerox"),
    ("fujifilm", "Fujifilm"),
    ("fuji film", "Fujifilm"),
    ("konica minolta", "Konica Minolta"),
    ("konica", "Konica Minolta"),
    ("minolta", "Konica Minolta"),
    ("oki", "OKI"),
    ("oki data", "OKI"),
    ("zebra", "Zebra"),
    ("lanier", "Lanier"),
    ("savin", "Savin"),
    ("nrg", "NRG"),
    ("gestetner", "Gestetner"),
    ("nashuatec", "Nashuatec"),
    ("develop", "Develop"),
    ("utax", "UTAX"),
    ("triumph adler", "Triumph-Adler"),
    ("olivetti", "Olivetti"),
    ("pantum", "Pantum"),
    ("sindoh", "Sindoh"),
    ("riso", "Riso"),
    ("dymo", "Dymo"),
    ("sato", "Sato"),
    ("tsc", "TSC"),
    ("apc", "APC"),
    ("american power", "APC"),
    ("schneider", "Schneider Electric"),
    ("eaton", "Eaton"),
    ("powerware", "Eaton"),
    ("mge", "Eaton"),
    ("merlin gerin", "Eaton"),
    ("vertiv", "Vertiv"),
    ("liebert", "Vertiv"),
    ("emerson network", "Vertiv"),
    ("chloride", "Vertiv"),
    ("riello", "Riello"),
    ("aros", "Riello"),
    ("ups manufacturing", "Riello"),
    ("cyber power", "CyberPower"),
    ("cyberpower", "CyberPower"),
    ("cps", "CyberPower"),
    ("socomec", "Socomec"),
    ("salicru", "Salicru"),
    ("infosec", "Infosec"),
    ("tripp", "Tripp Lite"),
    ("tripplite", "Tripp Lite"),
    ("powerwalker", "PowerWalker"),
    ("bluewalker", "PowerWalker"),
    ("legrand", "Legrand"),
    ("general electric", "GE"),
    ("nitram", "Nitram"),
    ("megatec", "MegaTec"),
    ("phoenixtec", "MegaTec"),
    ("abb", "ABB"),
    ("borri", "Borri"),
    ("benning", "Benning"),
    ("aeg", "AEG"),
    ("ubiquiti", "Ubiquiti"),
    ("ubnt", "Ubiquiti"),
    ("mikrotik", "MikroTik"),
    ("routerboard", "MikroTik"),
    ("mikrotikls", "MikroTik"),
    ("tp link", "TP-Link"),
    ("tplink", "TP-Link"),
    ("d link", "D-Link"),
    ("dlink", "D-Link"),
    ("netgear", "Netgear"),
    ("zyxel", "Zyxel"),
    ("juniper", "Juniper"),
    ("mist", "Juniper"),
    ("netscreen", "Juniper"),
    ("trapeze", "Juniper"),
    ("extreme networks", "Extreme Networks"),
    ("enterasys", "Enterasys"),
    ("avaya", "Avaya"),
    ("nortel", "Nortel"),
    ("allied telesis", "Allied Telesis"),
    ("allied telesyn", "Allied Telesis"),
    ("ruckus", "Ruckus"),
    ("brocade", "Brocade"),
    ("foundry", "Brocade"),
    ("aerohive", "Aerohive"),
    ("cambium", "Cambium Networks"),
    ("xirrus", "Xirrus"),
    ("engenius", "EnGenius"),
    ("senao", "EnGenius"),
    ("lancom", "LANCOM"),
    ("bintec", "bintec elmeg"),
    ("fortinet", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("check point", "Check Point"),
    ("checkpoint", "Check Point"),
    ("sonicwall", "SonicWall"),
    ("watchguard", "WatchGuard"),
    ("stormshield", "Stormshield"),
    ("netasq", "Stormshield"),
    ("sophos", "Sophos"),
    ("draytek", "DrayTek"),
    ("sagemcom", "Sagemcom"),
    ("sagem", "Sagemcom"),
    ("freebox", "Free"),
    ("freebox sas", "Free"),
    ("netopia", "Netopia"),
    ("technicolor", "Technicolor"),
    ("arris", "Arris"),
    ("teltonika", "Teltonika"),
    ("oneaccess", "OneAccess"),
    ("edge core", "Edgecore"),
    ("edgecore", "Edgecore"),
    ("accton", "Edgecore"),
    ("planet", "PLANET"),
    ("trendnet", "TRENDnet"),
    ("moxa", "Moxa"),
    ("siemens", "Siemens"),
    ("arista", "Arista"),
    ("ruijie", "Ruijie"),
    ("fs com", "FS"),
    ("zte", "ZTE"),
    ("zhongxing", "ZTE"),
    ("nokia", "Nokia"),
    ("eltex", "Eltex"),
    ("mellanox", "Mellanox"),
    ("tenda", "Tenda"),
    ("asrock rack", "ASRock"),
    ("buffalo", "Buffalo"),
    ("melco", "Buffalo"),
    ("synology", "Synology"),
    ("qnap", "QNAP"),
    ("netapp", "NetApp"),
    ("network appliance", "NetApp"),
    ("western digital", "Western Digital"),
    ("seagate", "Seagate"),
    ("asustor", "Asustor"),
    ("ixsystems", "TrueNAS"),
    ("axis", "Axis"),
    ("hikvision", "Hikvision"),
    ("hangzhou hikvision", "Hikvision"),
    ("dahua", "Dahua"),
    ("zhejiang dahua", "Dahua"),
    ("mobotix", "Mobotix"),
    ("vivotek", "Vivotek"),
    ("bosch", "Bosch"),
    ("uniview", "Uniview"),
    ("zhejiang uniview", "Uniview"),
    ("avigilon", "Avigilon"),
    ("arecont", "Arecont"),
    ("yealink", "Yealink"),
    ("snom", "Snom"),
    ("polycom", "Poly"),
    ("poly", "Poly"),
    ("plantronics", "Poly"),
    ("mitel", "Mitel"),
    ("aastra", "Aastra"),
    ("gigaset", "Gigaset"),
    ("grandstream", "Grandstream"),
    ("audiocodes", "AudioCodes"),
    ("ascom", "Ascom"),
    ("innovaphone", "innovaphone"),
    ("unify", "Unify"),
    ("spectralink", "Spectralink"),
    ("raspberry pi", "Raspberry Pi"),
    ("vmware", "VMware"),
    ("qemu", "QEMU"),
    ("innotek", "Oracle"),
    ("oracle", "Oracle"),
    ("sun microsystems", "Oracle"),
    ("nutanix", "Nutanix"),
    ("quanta", "Quanta"),
    ("wyse", "Dell Wyse"),
    ("igel", "IGEL"),
    ("10zig", "10ZiG"),
    ("atrust", "Atrust"),
    ("crestron", "Crestron"),
    ("extron", "Extron"),
    ("kramer", "Kramer"),
    ("amx", "AMX"),
    ("lightware", "Lightware"),
    ("aver", "AVer"),
    ("logitech", "Logitech"),
    ("sonos", "Sonos"),
    ("amazon", "Amazon"),
    ("roku", "Roku"),
];

/// Words of legal form and the like, which fall away from the end of a name that has no row.
const LEGAL: &[&str] = &[
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "sa",
    "sas",
    "sarl",
    "co",
    "company",
    "llc",
    "bv",
    "nv",
    "ab",
    "oy",
    "kg",
    "spa",
    "srl",
    "plc",
    "pty",
    "kk",
    "as",
    "international",
    "technologies",
    "technology",
];

fn words(text: &str) -> String {
    let cleaned: String = text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All spellings by their first word, the longest first.
static BY_FIRST_WORD: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut all: HashMap<&'static str, Vec<(&'static str, &'static str)>> = HashMap::new();
    for (spelling, name) in SPELLINGS.iter().chain(BRANDS) {
        all.entry(spelling.split(' ').next().unwrap_or_default()).or_default().push((spelling, name));
    }
    for rows in all.values_mut() {
        rows.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
    }
    all
});

/// The longest spelling with which a text in lower-case words begins.
fn longest(folded: &str) -> Option<(&'static str, &'static str)> {
    let rows = BY_FIRST_WORD.get(folded.split(' ').next()?)?;
    let begins = |spelling: &str| folded.strip_prefix(spelling).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    rows.iter().copied().find(|(spelling, _)| begins(spelling))
}

/// The maker's name for a spelling that has a row.
pub fn known(text: &str) -> Option<&'static str> {
    longest(&words(text)).map(|(_, name)| name)
}

/// A maker that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The maker's name.
    pub name: &'static str,
    /// Where in the text its spelling ends.
    pub end: usize,
    /// Where it starts.
    pub start: usize,
}

/// The first maker that a text for people names. Spellings that are also words of the language count only at its beginning, alone or
/// before a number or a device; makers of software name what runs on a device, not the device.
pub fn named(text: &str) -> Option<Named> {
    let spans = spans(text);
    let folded: Vec<String> = spans.iter().map(|(start, end)| text[*start..*end].to_ascii_lowercase()).collect();
    (0..spans.len()).find_map(|at| {
        let rows = BY_FIRST_WORD.get(folded[at].as_str())?;
        let fits = |spelling: &str| spelling.split(' ').zip(folded[at..].iter()).filter(|(word, found)| word == found).count();
        let (spelling, name) = rows.iter().find(|(spelling, _)| fits(spelling) == spelling.split(' ').count())?;
        let after = at + spelling.split(' ').count();
        let next = || folded[after..].iter().take(2);
        let is_followed = after == folded.len() || next().any(|word| word.bytes().any(|c| c.is_ascii_digit()) || DEVICES.contains(&word.as_str()));
        // What is a part of a host's name (`ftp.canon.example`) is its owner's.
        let is_host = text[spans[after - 1].1..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        let counts = !is_host && !SOFTWARE.contains(name) && (!ORDINARY.contains(spelling) || (at == 0 && is_followed));
        counts.then(|| Named { name, start: spans[at].0, end: spans[after - 1].1 })
    })
}

/// The words of a text, as where they start and end.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            let end = at + c.len_utf8();
            match spans.last_mut() {
                Some(span) if inside => span.1 = end,
                _ => spans.push((at, end)),
            }
        }
        inside = c.is_alphanumeric();
    }
    spans
}

/// Makers whose programs and certificates are found on everybody's devices.
const SOFTWARE: &[&str] =
    &["Microsoft", "Google", "Oracle", "VMware", "Amazon", "Intel", "QEMU", "Apple", "IBM", "Citrix", "Kerio", "BroadSoft", "Metaswitch"];

/// Spellings that are words of the language, names of people, or beginnings of other things.
const ORDINARY: &[&str] = &[
    "ale",
    "delta",
    "planet",
    "develop",
    "sharp",
    "poly",
    "mist",
    "tsc",
    "cps",
    "fts",
    "mge",
    "msi",
    "aver",
    "christie",
    "brother",
    "nec",
    "emc",
    "foundry",
    "quanta",
    "borri",
    "general electric",
    "prestige",
    "pioneer",
    "perle",
    "bose",
    "kemp",
    "patton",
    "paxton",
    "geist",
    "allot",
    "endian",
    "calix",
    "swann",
    "lorex",
    "fritz",
    "algo",
    "gira",
    "billion",
    "askey",
    "omada",
    "genua",
    "solstice",
    "commend",
    "castel",
    "nimble",
    "exacq",
    "milestone",
    "rtx",
    "suprema",
    "sauter",
    "tado",
    "trane",
    "datapath",
    "sfr",
    "humax",
    "amino",
    "telesis",
    "snr",
    "ribbon",
    "sonus",
    "shuttle",
];

/// Words for devices that follow a maker's name.
const DEVICES: &[&str] =
    &["projector", "printer", "display", "monitor", "mfp", "multifunction", "ups", "switch", "router", "phone", "camera", "network", "wireless"];

/// What a maker mostly makes, if it is one thing.
pub fn mainly(vendor: &str) -> Kind {
    MAINLY.iter().find(|(_, makers)| makers.contains(&vendor)).map_or(Kind::Unknown, |(kind, _)| *kind)
}

/// The maker's name for any spelling: its row, else the spelling without its legal form.
pub fn canonical(text: &str) -> String {
    if let Some(name) = known(text) {
        return name.to_owned();
    }
    let mut rest = text.trim();
    while let Some((head, tail)) = rest.rsplit_once([' ', ',']) {
        if !LEGAL.contains(&words(tail).replace(' ', "").as_str()) && !words(tail).is_empty() {
            break;
        }
        rest = head.trim_end_matches([' ', ',']);
    }
    rest.to_owned()
}

/// Products whose own name begins with their maker's.
const NAMED_AFTER_MAKER: &[&str] = &["Apple TV", "Apple Vision", "Apple Watch", "Freebox", "Google Home", "Google Nest", "Google TV", "Sonos"];

/// Takes the maker's name off the front of a model's (`HP LaserJet` → `LaserJet`), if something that can be a model is left.
pub fn without_vendor<'m>(model: &'m str, vendor: &str) -> &'m str {
    let model = model.trim();
    if NAMED_AFTER_MAKER.iter().any(|name| model.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))) {
        return model;
    }
    let Some(first_end) = model.find(|c: char| !c.is_alphanumeric() && c != '-') else { return model };
    for end in [model.match_indices(' ').nth(1).map(|(at, _)| at), Some(first_end)].into_iter().flatten() {
        let (head, tail) = model.split_at(end);
        let tail = tail.trim_start_matches([' ', '-', ':', ',']);
        if known(head) == Some(vendor)
            && tail.chars().filter(char::is_ascii_alphanumeric).count() >= 2
            && words(head).split(' ').count() <= 2
            && is_only_name(head, vendor)
        {
            return tail;
        }
    }
    model
}

/// Whether a text is nothing but a spelling of this maker's name; a line of products (`brands`) is none.
pub fn is_only_name(text: &str, vendor: &str) -> bool {
    let folded = words(text);
    SPELLINGS.iter().any(|(spelling, name)| *name == vendor && *spelling == folded) || folded == words(vendor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_one_name() {
        for (text, expected) in [
            ("Hewlett-Packard", "HP"),
            ("Hewlett Packard Enterprise", "HPE"),
            ("HP", "HP"),
            ("cisco Systems, Inc.", "Cisco"),
            ("SEIKO EPSON CORPORATION", "Epson"),
            ("Dell Inc.", "Dell"),
            ("American Power Conversion Corp.", "APC"),
            ("Foo Widgets GmbH & Co. KG", "Foo Widgets"),
            ("Acme Corp.", "Acme"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn every_spelling_stands_once_and_every_list_names_known_makers() {
        let mut seen = std::collections::HashSet::new();
        for (spelling, name) in SPELLINGS.iter().chain(BRANDS) {
            assert!(seen.insert(*spelling), "{spelling} stands twice");
            assert!(!name.is_empty() && *spelling == words(spelling), "{spelling} in words");
        }
        assert!(ORDINARY.iter().all(|spelling| seen.contains(spelling)), "{:?}", ORDINARY.iter().find(|spelling| !seen.contains(*spelling)));
        let names: Vec<&str> = SPELLINGS.iter().chain(BRANDS).map(|(_, name)| *name).collect();
        let unknown = MAINLY.iter().flat_map(|(_, makers)| *makers).find(|maker| !names.contains(maker));
        assert_eq!(unknown, None, "a maker without a spelling");
    }

    #[test]
    fn makers_are_found_where_they_are_named() {
        for (text, expected) in [
            ("Welcome to the MikroTik router", Some("MikroTik")),
            ("Login - TP-LINK", Some("TP-Link")),
            ("Sharp MX-2640N", Some("Sharp")),
            ("Sharp as a tack", None),
            ("NEC Projector", Some("NEC")),
            ("The Planet", None),
            ("Microsoft Corporation", None),
            ("ExtronElectronics", Some("Extron")),
        ] {
            assert_eq!(named(text).map(|named| named.name), expected, "{text}");
        }
    }

    #[test]
    fn the_makers_name_is_no_part_of_the_model() {
        for (model, vendor, expected) in [
            ("HP LaserJet 400 M401dn", "HP", "LaserJet 400 M401dn"),
            ("KONICA MINOLTA bizhub C3110", "Konica Minolta", "bizhub C3110"),
            ("HP", "HP", "HP"),
            ("hpux", "HP", "hpux"),
            ("AP130", "Aerohive", "AP130"),
            ("Apple TV 4K", "Apple", "Apple TV 4K"),
            ("Freebox Pop", "Free", "Freebox Pop"),
            ("Dell EMC Networking N1124T-ON", "Dell", "Networking N1124T-ON"),
        ] {
            assert_eq!(without_vendor(model, vendor), expected, "{model}");
        }
    }
}
