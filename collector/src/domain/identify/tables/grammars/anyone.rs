//! Forms that many makers use: what can be read of a description whose maker has no form of its own here.
//!
//! Comes in: descriptions of devices whose software is their maker's own ([`is_system`] tells those of a general operating system apart: there the
//! second word is a host's name). Goes out: model (only with a digit in it: words alone name systems and sorts), firmware, serial, less surely than
//! by any maker's own form. Absent on purpose: makers.

use super::{Grammar, of};
use crate::domain::kind::Kind::*;

/// The item under which plain descriptions are read, besides their own.
pub const PLAIN: &str = "plain";

/// How general operating systems begin: net-snmp's default description is `uname -a`; Microsoft's tells the hardware first.
const SYSTEMS: &[&str] = &[
    "Linux ",
    "FreeBSD ",
    "NetBSD ",
    "OpenBSD ",
    "DragonFly ",
    "SunOS ",
    "Darwin ",
    "AIX ",
    "HP-UX ",
    "Hardware: ",
    "Hardware:",
    "Windows ",
    "VMware ",
    "Linux release:",
];

/// Whether a description is that of a general operating system.
pub fn is_system(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '\\', ' ']);
    SYSTEMS.iter().any(|begin| text.starts_with(begin))
}

const fn plain(needle: &'static str, pattern: &'static str, confidence: u8) -> Grammar {
    of(PLAIN, needle, pattern, Unknown, "", confidence)
}

/// By what they tell.
#[rustfmt::skip]
pub const GRAMMARS: &[Grammar] = &[
    // Only the model: one word with a digit in it.
    plain("", r"^(?<model>[A-Za-z][A-Za-z0-9+./_-]*[0-9][A-Za-z0-9+./_-]*)$", 46),
    // Only the model: few words with a number among them.
    plain(" ", r"^(?<model>[A-Z0-9][A-Za-z0-9+./-]*(?: [A-Za-z+./-]+){0,3} [A-Za-z+./-]{0,4}[0-9][\w+./-]*(?: [\w+./()-]+){0,2})$", 33),
    // The model, a comma or a blank, and then what it is.
    plain(" ", r"^(?<model>[A-Z]{1,5}-?[0-9]{2,}[A-Za-z0-9+/-]*)[ ,;]", 38),
    // The model, a comma, and a version; further on often the kernel's.
    plain(",", r"^(?<model>[A-Z0-9][^,;:=]{2,39}), ?[Vv]?(?<firmware>[A-Z]{0,2}\.?[0-9]+\.[0-9]+[\w.-]*)(?:[,; ]|$)", 37),
    // The model, and a version to its end: "X 4.3.3-R4", "X-Y v2.11", "X Version 1.2, …".
    plain(" ", r"^(?<model>[A-Z0-9][\w+/.-]*(?: [\w+/.()-]+){0,4}?)[ ,;:(-]+(?:[Vv]|[Vv]er\.? ?|[Vv]ersion:? |[Ff]irmware:? |[Ss]oftware:? |[Rr]elease:? |[Rr]ev\.? )?(?<firmware>[A-Z]{0,2}\.?[0-9]+\.[0-9]+[\w.-]*)\)?(?: [^,;]{0,40})?$", 35),
    // Behind a label.
    plain("odel", r"[Mm]odel(?: ?(?:[Nn]ame|[Nn]o\.?|[Nn]umber))? ?[:=#]? ?(?<model>[A-Z0-9][^,;:()\[\]]{1,39}?)(?:[,;()\[\]]| -|$)", 42),
    plain("MODEL", r"MODEL ?[:=#] ?(?<model>[^,;:()\[\]]{2,40})", 42),
    plain("MN:", r"\bMN: ?(?<model>[A-Z0-9][\w-]+)", 34),
    plain("roduct", r"[Pp]roduct(?: ?[Nn]ame)?[:=] ?(?<model>[^,;()\[\]]{2,40})", 38),
    plain("eries:", r"[Ss]eries: ?(?<model>[A-Z0-9][\w-]+)", 36),
    // In brackets, as words of capitals and digits.
    plain("[", r"\[(?<model>[A-Z]{1,6}[/-]?[0-9][\w/+.-]{2,})\]", 30),
    plain("(", r"\((?<model>[A-Z]{1,6}[0-9][A-Z0-9]*-[0-9][\w+]*(?:-[\w+]+)*)\)", 28),
    // Versions: behind "software" or "firmware" for sure, behind "version" unless the hardware's, behind v and its kin.
    plain("oftware", r"[Ss]oftware[ ,:]*(?:[Vv]er(?:sion|\.)?|[Rr]el(?:ease|\.)?|[Rr]ev(?:ision|\.)?)[ :]*v?(?<firmware>[A-Z]{0,3}[0-9][\w.()-]*)", 40),
    plain("irmware", r"[Ff]irmware(?: [Vv]er(?:sion|\.)?| [Rr]ev(?:ision|\.)?)?:? *[Vv]?(?<firmware>[0-9]+\.[0-9][0-9A-Za-z.()_-]*)", 40),
    plain("W", r"\b(?:SW|FW|S/W|F/W)(?: ?[Vv]er(?:sion|\.)?| ?[Rr]ev(?:ision|\.)?)?[ :=]+[Vv]?(?<firmware>[0-9][\w.()-]*)", 38),
    plain("ersion", r"(?:^|[^w] ?)[Vv]ersion:? *(?<firmware>[Vv]?[A-Z]{0,2}\.?[0-9][\w.()-]*)", 36),
    plain("elease", r"\b[Rr]elease:? (?<firmware>[A-Z]{0,2}\.?[0-9][\w.()-]*)", 34),
    plain("ev", r"\b[Rr]ev(?:ision|\.)?:? ?(?<firmware>[A-Z]{0,2}\.?[0-9][\w.-]*)", 34),
    plain("er", r"\b[Vv]er[.: ]+(?<firmware>[0-9][\w.-]*)", 34),
    plain(".", r"(?:^|[ ,;:/_(-])[vV](?<firmware>[0-9]+\.[0-9][\w.-]*)", 33),
    plain(";", r"; ?(?<firmware>[0-9]+\.[0-9]+(?:\.[0-9]+)+) ?(?:;|$)", 34),
    plain(".", r" (?<firmware>[A-Z]{0,2}\.?[0-9]+\.[0-9]+[\w.-]*)$", 30),
    // Serial numbers behind a label.
    plain("/N", r"S/N:? *(?<serial>[A-Z0-9][A-Z0-9/-]{5,})", 40),
    plain("SN", r"\bSN[:# ] ?(?<serial>[A-Z0-9][A-Z0-9-]{6,})\b", 38),
    plain("erial", r"[Ss]erial ?(?:[Nn]umber|[Nn]o\.?|[Nn]um|#)?[:#= ] *(?<serial>[A-Z0-9][A-Z0-9/-]{5,})\b", 40),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identify::tables::grammars::fitting;

    /// The surest model and firmware that any form reads.
    fn read(text: &str) -> (String, String) {
        let best = |piece: &str| {
            let found = fitting(PLAIN, 0, text)
                .into_iter()
                .filter_map(|(row, regex)| Some((row.confidence, regex.captures(text)?.name(piece)?.as_str().to_owned())));
            found.max_by_key(|(confidence, _)| *confidence).map_or_else(String::new, |(_, value)| value)
        };
        (best("model"), best("firmware"))
    }

    #[test]
    fn descriptions_of_makers_nobody_knows() {
        for (text, model, firmware) in [
            ("ZX-24P", "ZX-24P", ""),
            ("Smart Bridge 4002", "Smart Bridge 4002", ""),
            ("WidgetSwitch 24-Port 250W, 1.0.1.4720839, Linux 3.6.5", "WidgetSwitch 24-Port 250W", "1.0.1.4720839"),
            ("Widget R201 4.3.3-R4", "Widget R201", "4.3.3-R4"),
            ("WX106-1G-4P-1S WidOS v2.11", "WX106-1G-4P-1S", "2.11"),
            ("WidgetOS (MODEL: W225), Version 8.4.0.0-8.4.0.0", "W225", "8.4.0.0-8.4.0.0"),
            ("S5800 FOO USP (R) Software, Version V210R240,Hw Version 2.0", "S5800", "V210R240"),
            ("; WIDGET P1375; Network Camera; 10.1.0; Sep 22 2020 12:38; 795; 1;", "", "10.1.0"),
            ("Application Software Version: 9.14(1.7) Series: S4048T-ON Copyright", "S4048T-ON", "9.14(1.7)"),
            ("24-port Gigabit Smart Switch", "", ""),
        ] {
            assert_eq!(read(text), (model.to_owned(), firmware.to_owned()), "{text}");
        }
    }

    #[test]
    fn systems_are_told_apart() {
        for (text, expected) in [("Linux host 5.10.0 #1 SMP", true), ("Hardware: x86 - Software: Windows", true), ("LinuxSwitch 24", false)] {
            assert_eq!(is_system(text), expected, "{text}");
        }
    }
}
