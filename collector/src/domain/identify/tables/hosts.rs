//! Names that devices give themselves before anybody names them: `DESKTOP-1A2B3C4`, `NPI8D2F3C`, `SEP001122334455`.
//!
//! Comes in: a host name, as DHCP, mDNS and NetBIOS tell it. Goes out: kind, maker, system. Sources: the makers' manuals on default host
//! names; Microsoft's on names that its set-up makes up. Absent on purpose: names that people give (`words::by_name` reads what little they tell).

use super::shape::has_shape;
use crate::domain::kind::Kind::{self, *};

/// What a name of the factory's tells.
#[derive(Debug)]
pub struct Host {
    /// Its shape.
    pub shape: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Maker.
    pub vendor: &'static str,
    /// System.
    pub os: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

const fn host(shape: &'static str, kind: Kind, vendor: &'static str, os: &'static str, confidence: u8) -> Host {
    Host { shape, kind, vendor, os, confidence }
}

#[rustfmt::skip]
static HOSTS: &[Host] = &[
    host("DESKTOP-???????", Desktop, "", "Windows", 52), host("LAPTOP-????????", Laptop, "", "Windows", 56), host("WIN-???????????", Server, "", "Windows Server", 46), host("MINWINPC", Other, "", "Windows", 40), host("MacBook-Pro*", Laptop, "Apple", "macOS", 60), host("MacBook-Air*", Laptop, "Apple", "macOS", 60), host("MacBookPro*", Laptop, "Apple", "macOS", 60), host("MacBookAir*", Laptop, "Apple", "macOS", 60), host("iMac-*", Desktop, "Apple", "macOS", 56), host("Mac-mini*", Desktop, "Apple", "macOS", 58), host("Mac-Studio*", Desktop, "Apple", "macOS", 58), host("iPad-*", Tablet, "Apple", "iPadOS", 58), host("iPad", Tablet, "Apple", "iPadOS", 58), host("iPhone-*", Phone, "Apple", "iOS", 58), host("iPhone", Phone, "Apple", "iOS", 58), host("Apple-TV*", Other, "Apple", "tvOS", 56), host("HomePod*", Other, "Apple", "", 56),
    host("android-%%%%%%%%%%%%%%%%", Tablet, "", "Android", 44), host("Galaxy-Book*", Laptop, "Samsung", "", 56), host("Galaxy-Tab-*", Tablet, "Samsung", "Android", 60), host("Galaxy-*", Phone, "Samsung", "Android", 54), host("Redmi-*", Phone, "Xiaomi", "Android", 56), host("Pixel-*", Phone, "Google", "Android", 50), host("OnePlus-*", Phone, "OnePlus", "Android", 56), host("HUAWEI_*", Unknown, "Huawei", "Android", 50), host("HUAWEI-MatePad*", Tablet, "Huawei", "", 60), host("Chromecast*", Other, "Google", "", 58), host("Google-Home*", Other, "Google", "", 60), host("Google-Nest*", Other, "Google", "", 60), host("amazon-%%%%%%%%%", Other, "Amazon", "", 52),
    host("BRN%%%%%%%%%%%%", Printer, "Brother", "", 64), host("BRW%%%%%%%%%%%%", Printer, "Brother", "", 64), host("BRN%%%%%%", Printer, "Brother", "", 50), host("BRW%%%%%%", Printer, "Brother", "", 50), host("NPI%%%%%%", Printer, "HP", "", 60), host("HP%%%%%%", Printer, "HP", "", 54), host("HP%%%%%%%%%%%%", Printer, "HP", "", 56), host("EPSON%%%%%%", Printer, "Epson", "", 54), host("KM%%%%%%", Printer, "Kyocera", "", 56), host("RNP%%%%%%%%%%%%", Printer, "Ricoh", "", 66), host("XRX%%%%%%%%%%%%", Printer, "Xerox", "", 66), host("ET%%%%%%%%%%%%", Printer, "Lexmark", "", 60), host("LXK%%%%%%", Printer, "Lexmark", "", 50), host("Canon%%%%%%", Printer, "Canon", "", 56), host("SEC%%%%%%%%%%%%", Printer, "Samsung", "", 56), host("OKI-*-%%%%%%", Printer, "OKI", "", 50), host("TOSHIBA-MFP*", Printer, "Toshiba", "", 60),
    host("EB%%%%%%", Projector, "Epson", "", 56), host("PRJ_%%%%%%%%%%%%", Projector, "Hitachi", "", 60), host("SEP%%%%%%%%%%%%", Phone, "Cisco", "", 70), host("Polycom_%%%%%%%%%%%%", Phone, "Poly", "", 70), host("snom###*", Phone, "Snom", "", 60), host("axis-%%%%%%%%%%%%", Camera, "Axis", "", 62), host("LGwebOSTV", Display, "LG", "webOS", 62), host("BRAVIA-*", Display, "Sony", "Android", 58), host("DiskStation*", Nas, "Synology", "DSM", 60), host("NAS%%%%%%", Nas, "QNAP", "", 56), host("TrueNAS", Nas, "TrueNAS", "", 54), host("raspberrypi", Unknown, "Raspberry Pi", "Linux", 46), host("ubnt", Unknown, "Ubiquiti", "", 44), host("UAP-*", AccessPoint, "Ubiquiti", "", 58), host("U6-*", AccessPoint, "Ubiquiti", "", 52), host("apc%%%%%%", Ups, "APC", "", 46), host("idrac-*", Server, "Dell", "", 60), host("ILO@@#???????", Server, "HP", "", 56), host("PlayStation-*", Other, "Sony", "", 60), host("XboxOne", Other, "Microsoft", "", 60), host("Nintendo-Switch*", Other, "Nintendo", "", 60),
];

/// The first row that a name fits.
pub fn host_row(name: &str) -> Option<&'static Host> {
    HOSTS.iter().find(|row| has_shape(name, row.shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factory_names_are_known_and_peoples_are_not() {
        for (name, expected) in [
            ("DESKTOP-1A2B3C4", Some((Desktop, ""))),
            ("desktop-cdi", None),
            ("NPI8D2F3C", Some((Printer, "HP"))),
            ("SEP001122334455", Some((Phone, "Cisco"))),
            ("EB8D2F3C", Some((Projector, "Epson"))),
            ("ebooks", None),
            ("ilovecats", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(host_row(name).map(|row| (row.kind, row.vendor)), expected, "{name}");
        }
    }
}
