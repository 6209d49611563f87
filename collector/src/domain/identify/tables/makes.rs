//! Model numbers that tell their maker: `RT-AC68U` is an ASUS router, `DCS-932L` a D-Link camera, whoever writes it where.
//!
//! Comes in: a text. Goes out: the first model number of a known make in it. Absent on purpose: numbers that several makers use for
//! unlike things, and what a model is once its maker is known (`models`). Sources: the makers' catalogues.

use crate::domain::kind::Kind::{self, *};
use std::collections::HashMap;
use std::sync::LazyLock;

/// One maker's way of numbering one sort of thing.
#[derive(Debug)]
pub struct Make {
    /// The maker's name of `vendors`; empty where several makers number the same sort of thing so.
    pub vendor: &'static str,
    /// What they are.
    pub kind: Kind,
    /// How many digits follow, at least and at most.
    pub digits: (usize, usize),
    /// What comes before the digits, in lower case. After one that ends in a dash up to three letters may stand before the digits.
    pub begins: &'static [&'static str],
}

const fn make(vendor: &'static str, kind: Kind, least: usize, most: usize, begins: &'static [&'static str]) -> Make {
    Make { vendor, kind, digits: (least, most), begins }
}

/// All makes. The longest beginning wins.
#[rustfmt::skip]
static MAKES: &[Make] = &[
    // Routers, access points and switches of homes and offices.
    make("ASUS", Router, 2, 4, &["rt-", "dsl-ac", "dsl-ax", "dsl-n", "gt-ac", "gt-ax", "gt-be", "tuf-ax", "4g-ac"]), make("ASUS", AccessPoint, 2, 4, &["rp-ac", "rp-ax", "rp-n", "ea-n", "ea-ac"]),
    make("Netgear", Router, 3, 4, &["wnr", "wndr", "wgr", "wgt", "dgn", "dgnd", "dgnb", "dm111", "cg3", "jnr", "jwnr", "evg", "mbr", "wnb", "lbr"]), make("Netgear", Router, 3, 3, &["dg"]), make("Netgear", AccessPoint, 3, 4, &["wnap", "wndap", "wnce", "wn", "wg", "rbr", "rbs", "rbk", "srr", "srs", "srk"]), make("Netgear", AccessPoint, 3, 3, &["wac"]), make("Netgear", Firewall, 3, 3, &["fvs", "fvx", "fvg", "srxn", "fwg", "utm"]),
    make("Netgear", Switch, 3, 3, &["gs", "fs", "jgs", "jfs", "xs", "gc", "gss"]), make("Netgear", Switch, 4, 4, &["gsm", "fsm", "xsm", "xsmx", "gsx"]), make("Netgear", Switch, 2, 2, &["m41", "m42", "m43", "m45", "m53", "m61", "s33", "s35"]), make("Netgear", Nas, 3, 5, &["rn", "rnd", "rndp", "rndu", "rnrx", "rndx"]),
    make("D-Link", Router, 2, 4, &["dir-", "dsr-", "dwr-", "dva-", "di-", "dsl-", "dwm-", "dhn-"]), make("D-Link", AccessPoint, 3, 4, &["dap-", "dwl-", "dra-", "dba-", "covr-"]), make("D-Link", WifiController, 3, 4, &["dwc-", "dws-", "dnh-"]), make("D-Link", Switch, 3, 4, &["dgs-", "des-", "dxs-", "dqs-", "dis-", "dms-"]), make("D-Link", Camera, 3, 4, &["dcs-"]), make("D-Link", Nas, 3, 4, &["dns-"]), make("D-Link", Other, 3, 4, &["dnr-", "dhp-", "dvg-", "dkvm-", "dpr-"]), make("D-Link", Firewall, 3, 4, &["dfl-"]), make("D-Link", Phone, 3, 4, &["dph-"]),
    make("TP-Link", Router, 3, 4, &["tl-wr", "tl-wdr", "tl-mr", "tl-r", "tl-er", "tl-wvr", "tl-xdr", "wr", "er"]), make("TP-Link", Router, 3, 4, &["td-w", "td-", "td-vg", "td-g"]), make("TP-Link", Router, 3, 3, &["td"]), make("TP-Link", AccessPoint, 3, 4, &["tl-wa", "wa", "re", "cpe", "wbs"]), make("TP-Link", Switch, 3, 4, &["tl-sg", "tl-sf", "tl-sl", "tl-st", "tl-sx", "tl-se"]), make("TP-Link", Camera, 3, 4, &["tl-sc", "tl-ipc", "nc"]), make("TP-Link", Other, 2, 4, &["tl-pa", "tl-wpa", "tl-ps"]),
    make("", AccessPoint, 3, 4, &["eap", "wax", "ews", "ap"]), make("", Switch, 4, 4, &["mes"]), make("", Router, 4, 4, &["dpc", "epc"]),
    make("Zyxel", Firewall, 2, 4, &["usg", "usg-", "zywall", "zywall-", "uag"]), make("Zyxel", Firewall, 3, 3, &["atp"]), make("Zyxel", AccessPoint, 3, 5, &["nwa", "nwa-", "nap", "wac6", "wac5"]), make("Zyxel", WifiController, 3, 4, &["nxc"]), make("Zyxel", Switch, 4, 4, &["gs", "es", "xgs", "xmg", "mgs", "xs"]), make("Zyxel", Switch, 4, 4, &["es-", "gs-"]), make("Zyxel", Router, 3, 4, &["p-", "vmg", "nbg", "nbg-", "amg", "emg", "pmg", "lte", "nbg6", "sbg"]), make("Zyxel", Nas, 3, 3, &["nsa", "nas"]),
    make("Linksys", Router, 2, 4, &["wrt", "ea", "wag", "befsr", "befw", "befvp", "x3", "wrvs"]), make("Linksys", AccessPoint, 2, 2, &["wap"]), make("Linksys", AccessPoint, 3, 4, &["lapac", "lapn", "lapax", "wre"]), make("Linksys", Switch, 3, 4, &["lgs"]), make("Linksys", Phone, 1, 3, &["pap", "rtp"]), make("Linksys", Camera, 2, 4, &["wvc"]),
    make("Cisco", Router, 3, 3, &["wrp", "srp", "wrv"]), make("Cisco", Router, 2, 3, &["rv"]), make("Cisco", Router, 3, 4, &["isr", "asr", "csr"]), make("Cisco", AccessPoint, 3, 3, &["wap"]), make("Cisco", AccessPoint, 3, 4, &["air-ap", "air-cap", "air-lap", "air-sap", "air-oap"]), make("Cisco", WifiController, 2, 4, &["air-ct", "air-wlc", "c98"]), make("Cisco", Switch, 3, 4, &["ws-c", "sg", "sf", "cbs", "srw", "slm", "sge", "sfe"]), make("Cisco", Switch, 2, 2, &["c92", "c93", "c94", "c95", "c96"]), make("Cisco", Switch, 3, 5, &["n5k-c", "n7k-c", "n9k-c", "n3k-c"]), make("Cisco", Firewall, 4, 4, &["asa", "fpr", "fpr-"]), make("Cisco", Phone, 3, 4, &["spa"]), make("Cisco", Phone, 4, 4, &["cp-"]), make("Cisco", Phone, 3, 3, &["ata"]), make("Cisco", Camera, 4, 4, &["pvc", "civs-ipc-"]),
    make("TRENDnet", Router, 3, 3, &["tew-"]), make("TRENDnet", Switch, 2, 4, &["teg-", "tpe-", "ti-"]), make("TRENDnet", Camera, 2, 4, &["tv-ip"]), make("Edimax", Router, 4, 4, &["br-"]), make("Edimax", AccessPoint, 4, 4, &["ew-"]), make("Edimax", Camera, 4, 4, &["ic-"]), make("Buffalo", Router, 2, 4, &["whr-", "wzr-", "wsr-", "wxr-", "bhr-", "wbmr-"]), make("Buffalo", AccessPoint, 2, 4, &["wapm-", "waps-", "wla-", "wlae-"]), make("Buffalo", Nas, 3, 5, &["ls-", "ws-"]), make("EnGenius", AccessPoint, 3, 4, &["ecb", "enh", "ens", "ecw", "enstation"]), make("Belkin", Router, 4, 4, &["f5d", "f7d", "f9k"]),
    make("Huawei", Router, 3, 4, &["hg", "echolife-hg", "eg"]), make("Huawei", Firewall, 3, 3, &["usg6", "usg9"]), make("ZTE", Router, 2, 2, &["f6"]), make("ZTE", Router, 3, 4, &["zxhn-", "h3", "mc80"]), make("Technicolor", Router, 3, 3, &["tg"]), make("Technicolor", Router, 4, 4, &["tc", "cga", "mediaaccess-tg"]), make("Arris", Router, 4, 4, &["tg", "dg", "sb", "tm"]), make("DrayTek", Router, 3, 4, &["vigor"]), make("DrayTek", AccessPoint, 3, 4, &["vigorap"]), make("DrayTek", Switch, 3, 4, &["vigorswitch"]), make("Teltonika", Router, 2, 3, &["rut", "rutx", "trb", "rutm"]), make("AVM", Router, 4, 4, &["fritz!box", "fritzbox"]),
    make("MikroTik", Router, 3, 4, &["rb", "rbm", "rbd", "ccr", "rbsxt"]), make("MikroTik", Switch, 3, 3, &["crs", "css"]), make("Ubiquiti", AccessPoint, 1, 3, &["uap-"]), make("Ubiquiti", Switch, 1, 2, &["usw-", "us-"]), make("Ubiquiti", Camera, 1, 2, &["uvc-"]), make("Ubiquiti", Router, 1, 2, &["er-"]),
    make("Aruba", AccessPoint, 3, 3, &["iap-", "apin0"]), make("Ruckus", AccessPoint, 4, 4, &["zf"]), make("Ruckus", WifiController, 4, 4, &["zd"]), make("Ruckus", Switch, 4, 4, &["icx"]), make("HP", AccessPoint, 3, 3, &["msm3", "msm4"]), make("HP", AccessPoint, 3, 3, &["msm"]), make("HPE", Server, 3, 3, &["dl", "ml"]), make("Juniper", Firewall, 3, 4, &["srx"]), make("Juniper", Firewall, 1, 3, &["ssg", "ssg-", "netscreen-", "ns-"]), make("Juniper", Switch, 4, 4, &["qfx"]), make("Juniper", Router, 4, 4, &["acx"]), make("WatchGuard", Firewall, 1, 4, &["xtm"]), make("SonicWall", Firewall, 3, 3, &["tz", "tz-", "nsv"]), make("SonicWall", Firewall, 4, 4, &["nsa", "nsa-"]), make("Palo Alto Networks", Firewall, 3, 4, &["pa-"]), make("Fortinet", Firewall, 2, 4, &["fgt", "fgt-", "fortigate-", "fortiwifi-"]), make("Extreme Networks", Switch, 3, 4, &["vsp-"]),
    make("Moxa", Switch, 3, 3, &["eds-"]), make("Siemens", Switch, 3, 3, &["xc-", "xb-"]), make("Phoenix Contact", AccessPoint, 3, 4, &["fl-wlan-"]), make("Eltex", Other, 1, 4, &["tau-", "smg-"]), make("Eltex", Router, 1, 4, &["ntu-", "ntp-", "esr-", "rg-"]), make("Eltex", Router, 4, 4, &["rg-"]),
    // Telephony.
    make("Grandstream", Phone, 3, 4, &["gxp", "grp", "ghp"]), make("Grandstream", Phone, 2, 2, &["gxv30", "gxv31", "gxv32", "gxv33", "gxv34"]), make("Grandstream", Camera, 2, 2, &["gxv35", "gxv36"]), make("Grandstream", Other, 3, 4, &["ht", "ht-", "gxw", "gxw-", "ucm", "gds", "gvc", "gac", "handytone-"]), make("Grandstream", AccessPoint, 4, 4, &["gwn"]), make("Yealink", Phone, 2, 2, &["sip-t", "sip-cp", "sip-vp"]), make("Snom", Phone, 3, 3, &["snom", "snom-", "snomd"]), make("Poly", Phone, 3, 4, &["vvx", "vvx-", "spip", "ssip"]), make("Gigaset", Phone, 3, 3, &["dx"]), make("Poly", Phone, 3, 4, &["obi"]), make("Panasonic", Phone, 2, 4, &["kx-hdv", "kx-ut", "kx-tgp", "kx-nt", "kx-tpa"]), make("Panasonic", Other, 2, 4, &["kx-ns", "kx-nsx", "kx-ncp", "kx-tde", "kx-tda"]), make("AudioCodes", Other, 3, 3, &["mp-", "mp"]), make("Mitel", Phone, 4, 4, &["mitel"]), make("Unify", Phone, 2, 2, &["openstage"]),
    // Printers.
    make("Kyocera", Printer, 3, 4, &["fs-", "fs-c", "km-", "km-c", "cs-"]), make("Brother", Printer, 2, 5, &["hl-", "mfc-", "dcp-", "fax-", "ql-"]), make("Canon", Printer, 3, 4, &["mf", "lbp", "lbp-", "ir", "irc", "ipf", "mg", "gp-", "ir-adv"]), make("Epson", Printer, 2, 5, &["et-", "wf-", "xp-", "al-m", "al-c", "lq-", "sc-t", "sc-p", "sc-f", "tm-t", "tm-m", "tm-l", "tm-c", "tm-h", "tm-u", "px-", "ep-", "am-c"]), make("Sharp", Printer, 2, 4, &["mx-", "ar-", "bp-", "mx-m", "mx-c", "mx-b"]), make("Samsung", Printer, 3, 4, &["clp-", "clx-", "scx-", "ml-", "sl-m", "sl-c", "sl-k", "sl-x"]), make("Zebra", Printer, 3, 5, &["zt", "zd", "zm", "zq", "qln", "zbr-", "gk", "lp-z"]), make("Toshiba", Printer, 1, 3, &["b-fv", "b-ev", "b-ex", "b-sx", "b-sa", "b-fp"]),
    // Cameras, recorders, screens, what stands in meeting rooms.
    make("Hikvision", Camera, 1, 5, &["ds-2cd", "ds-2de", "ds-2df", "ds-2td", "ds-2cv", "ds-2dc", "ids-2cd"]), make("Hikvision", Other, 3, 3, &["ds-7", "ds-8", "ds-9", "ds-6", "ids-7", "ids-9"]), make("Dahua", Camera, 3, 5, &["ipc-", "ipc-hfw", "ipc-hdw", "ipc-hdbw", "ipc-ebw", "dh-ipc-", "dh-sd"]), make("Dahua", Other, 4, 5, &["nvr", "xvr", "hcvr", "dhi-nvr", "dh-nvr", "dh-xvr"]), make("Panasonic", Camera, 2, 4, &["wv-", "bl-c", "bb-h", "bl-vp", "bb-hcm", "bb-sw", "bb-sc"]), make("Sony", Camera, 2, 4, &["snc-", "snc-rz"]), make("Hanwha", Camera, 3, 5, &["snv-", "snd-", "sno-", "snb-", "snp-", "snf-", "xnv-", "xnd-", "xno-", "xnb-", "xnp-", "xnf-", "qnv-", "qnd-", "qno-", "qnb-", "qne-", "pnm-", "pnv-", "pno-", "pnd-", "pnp-", "tno-", "tnv-", "lnv-", "lno-", "anv-", "ano-"]), make("Hanwha", Other, 3, 5, &["xrn-", "qrn-", "srn-", "prn-", "lrn-"]), make("Bosch", Camera, 2, 5, &["ndc-", "nbn-", "ndn-", "ndi-", "nde-", "nbe-", "nin-", "nti-", "nbc-", "nwc-"]), make("Vivotek", Camera, 4, 4, &["fd", "ib", "pz", "md"]), make("ACTi", Camera, 4, 4, &["acm-", "tcm-", "kcm-"]), make("Foscam", Camera, 4, 4, &["fi"]), make("Reolink", Camera, 3, 4, &["rlc-"]), make("Reolink", Other, 1, 3, &["rln"]), make("Amcrest", Camera, 1, 5, &["ip8m-", "ip5m-", "ip4m-", "ip3m-", "ip2m-", "asc-"]), make("Uniview", Camera, 2, 4, &["ipc3", "ipc2", "ipc6"]), make("Canon", Camera, 2, 3, &["vb-"]), make("JVC", Camera, 2, 3, &["vn-"]),
    make("Panasonic", Projector, 2, 4, &["pt-"]), make("Epson", Projector, 2, 4, &["eb-", "eh-tw", "eh-ls", "emp-", "cb-"]), make("Sony", Projector, 2, 4, &["vpl-", "vpl-phz", "vpl-fhz"]), make("NEC", Projector, 2, 4, &["np-"]), make("Hitachi", Projector, 2, 4, &["cp-x", "cp-wx", "cp-aw", "cp-ax", "cp-ew", "cp-ex", "cp-wu", "cp-tw", "cp-cw", "cp-bw", "ed-x", "ipj-aw"]), make("Sanyo", Projector, 2, 4, &["plc-", "plv-", "pdg-"]), make("Sharp", Display, 2, 4, &["pn-"]), make("Samsung", Tablet, 3, 3, &["sm-t", "sm-p", "sm-x"]), make("Samsung", Phone, 3, 3, &["sm-a", "sm-g", "sm-s", "sm-n", "sm-m"]),
    make("Crestron", Other, 2, 4, &["am-", "tsw-", "tss-", "tst-", "dmps3-", "dm-", "cen-", "din-ap"]), make("AMX", Other, 3, 4, &["ni-", "nx-", "dvx-", "nxd-", "mvp-"]), make("Barco", Other, 2, 4, &["cse-", "csc-", "csm-"]), make("Extron", Other, 1, 4, &["ipcp-", "ipl-", "tlp-", "smp-"]), make("Sonos", Other, 1, 3, &["zps", "zp"]), make("Yamaha", Other, 3, 3, &["rx-v", "rx-a", "rx-s", "rx-"]), make("Yamaha", Router, 3, 4, &["rtx", "nvr5", "nvr7"]), make("Denon", Other, 4, 4, &["avr-", "avr-x"]),
    // Storage, power, racks.
    make("QNAP", Nas, 3, 4, &["ts-", "tvs-", "tbs-", "tes-", "tds-", "ts-h"]), make("Synology", Nas, 3, 4, &["ds", "rs", "fs3", "sa3", "dva"]), make("Asustor", Nas, 4, 4, &["as"]), make("APC", Other, 2, 2, &["ap77", "ap78", "ap79", "ap84", "ap86", "ap88", "ap89"]), make("APC", Unknown, 2, 2, &["ap92", "ap95", "ap96"]), make("APC", Other, 2, 3, &["acrc", "acrd", "acsc", "acrp"]), make("APC", Ups, 3, 5, &["smt", "smx", "srt", "surt", "sua", "surtd", "sumx"]),
    make("ATEN", Other, 4, 4, &["kn", "kl", "kh", "cn"]), make("Raritan", Other, 3, 3, &["dkx2-", "dkx3-", "dkx4-", "dsx2-", "dlx-"]), make("Avocent", Other, 3, 4, &["dsr", "mpu", "acs", "acs8", "av3"]), make("Lantronix", Other, 2, 5, &["slc", "uds", "eds", "ets", "nts", "scs", "slb", "uds-", "sls"]), make("HW group", Other, 1, 4, &["hwg-"]), make("Gude", Other, 4, 4, &["epc-net"]),
];

/// Beginnings with their make, by the first two letters, the longest first.
type ByStart = HashMap<[u8; 2], Vec<(&'static [u8], &'static Make)>>;

static BY_START: LazyLock<ByStart> = LazyLock::new(|| {
    let mut all = ByStart::new();
    for make in MAKES {
        for begin in make.begins {
            if let Some(start) = begin.as_bytes().first_chunk::<2>() {
                all.entry(*start).or_default().push((begin.as_bytes(), make));
            }
        }
    }
    for makes in all.values_mut() {
        makes.sort_by_key(|(begin, _)| std::cmp::Reverse(begin.len()));
    }
    all
});

/// The first model number of a known make: the make, and the number as it is written.
pub fn first(text: &str) -> Option<(&'static Make, &str)> {
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    // What follows a dash is a part of a longer name (`pc-mf210`).
    let starts = (0..bytes.len()).filter(|at| *at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'-'));
    starts.filter(|at| bytes[*at].is_ascii_alphabetic()).find_map(|at| {
        let makes = BY_START.get(bytes[at..].first_chunk::<2>()?)?;
        let (_, make) = makes.iter().find(|(begin, make)| fits(&bytes[at..], begin, make))?;
        Some((*make, number(&text[at..])))
    })
}

/// Whether a make can be this maker's: its own, one of nobody's, or one that goes under two names.
pub fn is_of(make: &Make, vendor: &str) -> bool {
    const SAME: &[(&str, &str)] = &[
        ("Cisco", "Linksys"),
        ("Cisco", "Sipura"),
        ("HPE", "HP"),
        ("HP", "HPE"),
        ("Technicolor", "Thomson"),
        ("Unify", "Siemens"),
        ("Poly", "HP"),
        ("Dahua", "Amcrest"),
    ];
    make.vendor.is_empty() || make.vendor == vendor || SAME.contains(&(make.vendor, vendor))
}

/// Letters that may stand between a dash and the digits (`WV-NS202A`).
const LETTERS: usize = 3;

/// Letters that may follow the digits (`GS108PEv3`); more make it a word.
const TAIL: usize = 6;

fn fits(text: &[u8], begin: &[u8], make: &Make) -> bool {
    let Some(rest) = text.strip_prefix(begin) else { return false };
    let letters = if begin.ends_with(b"-") { count(rest, u8::is_ascii_alphabetic).min(LETTERS) } else { 0 };
    let digits = count(&rest[letters..], u8::is_ascii_digit);
    let tail = count(&rest[letters + digits..], u8::is_ascii_alphabetic);
    // People number their own from nought (`ap012`).
    let is_own = make.vendor.is_empty() && rest.get(letters) == Some(&b'0');
    (make.digits.0..=make.digits.1).contains(&digits) && tail <= TAIL && !is_own
}

fn count(text: &[u8], is: impl Fn(&u8) -> bool) -> usize {
    text.iter().take_while(|byte| is(byte)).count()
}

/// A model number from the beginning of a text: up to a blank or a sign that ends it, without a version that hangs on it.
pub fn number(text: &str) -> &str {
    let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '/' | '!' | '*'));
    let word = &text[..text.find(ends).unwrap_or(text.len())];
    let bytes = word.as_bytes();
    // `SPA922-6.1.5`, `R7000/V1.0.9`, `UCM6202V1.4A`: digits with a dot after a dash, a slash or a V are a version.
    let version = |at: usize| {
        let mut rest = &bytes[at + 1..];
        rest = rest.strip_prefix(b"v").or_else(|| rest.strip_prefix(b"V")).unwrap_or(rest);
        let digits = count(rest, u8::is_ascii_digit);
        digits > 0 && rest.get(digits) == Some(&b'.') && rest.get(digits + 1).is_some_and(u8::is_ascii_digit)
    };
    let cut = (1..bytes.len()).find(|at| {
        let after_digit = bytes[at - 1].is_ascii_digit();
        (matches!(bytes[*at], b'-' | b'/') && version(*at)) || (bytes[*at].eq_ignore_ascii_case(&b'v') && after_digit && version(*at))
    });
    word[..cut.unwrap_or(word.len())].trim_end_matches(['-', '.', '/', '!', '*'].as_slice()).trim_start_matches(['-', '.', '/'].as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tell_their_maker() {
        for (text, expected) in [
            ("RT-AX88U login:", Some(("ASUS", Router, "RT-AX88U"))),
            ("welcome to DCS-932LB1", Some(("D-Link", Camera, "DCS-932LB1"))),
            ("USG60W", Some(("Zyxel", Firewall, "USG60W"))),
            ("USG6350 of Huawei", Some(("Huawei", Firewall, "USG6350"))),
            ("GS1920-24HP", Some(("Zyxel", Switch, "GS1920-24HP"))),
            ("GS716Tv3", Some(("Netgear", Switch, "GS716Tv3"))),
            ("Linksys/SPA942-6.1.5(a)", Some(("Cisco", Phone, "SPA942"))),
            ("WV-SPN531 Network Camera", Some(("Panasonic", Camera, "WV-SPN531"))),
            ("GXV3275", Some(("Grandstream", Phone, "GXV3275"))),
            ("GXV3611IR_HD", Some(("Grandstream", Camera, "GXV3611IR"))),
            ("AP9631 Network Management Card", Some(("APC", Unknown, "AP9631"))),
            ("cups 2.4", None),
            ("ap012 login:", None),
            ("pc-mf210 login:", None),
            ("Fishersville", None),
            ("server-01.2 login:", None),
            ("http://er123456", None),
        ] {
            assert_eq!(first(text).map(|(make, number)| (make.vendor, make.kind, number)), expected, "{text}");
        }
    }

    #[test]
    fn versions_are_no_part_of_a_number() {
        for (text, expected) in
            [("UCM6302V1.2B 1.0", "UCM6302"), ("F668/V2.3", "F668"), ("MF632C/634C: x", "MF632C/634C"), ("GS108Tv2", "GS108Tv2"), ("(x", "")]
        {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
