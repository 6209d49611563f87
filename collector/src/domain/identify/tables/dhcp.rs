//! What a DHCP client asks for (option 55), in which order: every client program has its own list, and phones, access points and thin
//! clients ask for options that only their makers' servers fill.
//!
//! Comes in: the numbers of a parameter request list. Goes out: the first row that fits. Sources: RFC 2132 and the IANA's register of options for what a
//! number means; the makers' installation guides for numbers of their own (Cisco 150, Polycom 160, Avaya 176 and 242, Mitel 128 to 135,
//! Wyse 161 to 192, Aerohive 225 to 231, ShoreTel 156); the sources and default configurations of dhclient, dhcpcd, udhcpc, systemd and Android for their
//! orders; what Windows and macOS send. Absent on purpose: vendor classes (`grammars/leases`), and lists so short that anything may send them.

use crate::domain::kind::Kind::{self, *};

/// One sort of list.
pub struct Request {
    /// How the list begins; the whole list where `is_whole`.
    pub begins: &'static [u8],
    /// Nothing follows the beginning.
    pub is_whole: bool,
    /// Options that are asked for, wherever in the list.
    pub has: &'static [u8],
    /// Options that are not.
    pub lacks: &'static [u8],
    /// What asks so.
    pub kind: Kind,
    /// Maker, where only one asks so.
    pub vendor: &'static str,
    /// System, where only one asks so.
    pub os: &'static str,
    /// Its version.
    pub os_version: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

impl Request {
    const fn is(list: &'static [u8]) -> Request {
        Request { is_whole: true, ..Request::begins(list) }
    }

    const fn begins(begins: &'static [u8]) -> Request {
        Request { begins, is_whole: false, has: &[], lacks: &[], kind: Unknown, vendor: "", os: "", os_version: "", confidence: 0 }
    }

    const fn has(has: &'static [u8]) -> Request {
        Request { has, ..Request::begins(&[]) }
    }

    const fn and(mut self, has: &'static [u8]) -> Request {
        self.has = has;
        self
    }

    const fn lacks(mut self, lacks: &'static [u8]) -> Request {
        self.lacks = lacks;
        self
    }

    const fn tells(mut self, kind: Kind, vendor: &'static str, os: &'static str, confidence: u8) -> Request {
        (self.kind, self.vendor, self.os, self.confidence) = (kind, vendor, os, confidence);
        self
    }

    const fn version(mut self, version: &'static str) -> Request {
        self.os_version = version;
        self
    }

    fn fits(&self, list: &[u8]) -> bool {
        let begins = if self.is_whole { list == self.begins } else { list.starts_with(self.begins) };
        begins && self.has.iter().all(|option| list.contains(option)) && !self.lacks.iter().any(|option| list.contains(option))
    }
}

/// All sorts, the telling ones first.
#[rustfmt::skip]
const REQUESTS: &[Request] = &[
    // Apple: BSDP (network start) asks for 43 and 60 alone; DNS-SD clients ask for 119, proxies by 252, captive portals by 114 (RFC 8910), IPv6-only
    // by 108 (RFC 8925). Macs ask for LDAP (95) and NetBIOS (44, 46) besides; old ones for NetInfo (112, 113) and SLP (78, 79).
    Request::is(&[43, 60]).tells(Unknown, "Apple", "macOS", 60), Request::is(&[1, 3, 43, 60]).tells(Unknown, "Apple", "macOS", 60),
    Request::begins(&[1, 121, 3, 6, 15]).and(&[119, 252, 95]).tells(Desktop, "Apple", "macOS", 76), Request::begins(&[1, 3, 6, 15, 119]).and(&[252, 95]).lacks(&[78]).tells(Desktop, "Apple", "macOS", 76), Request::has(&[112, 113, 78, 79, 95]).tells(Desktop, "Apple", "macOS", 72), Request::has(&[95, 252, 44, 119]).lacks(&[31, 249]).tells(Desktop, "Apple", "macOS", 66),
    Request::begins(&[1, 121, 3, 6, 15]).and(&[119, 252]).lacks(&[44]).tells(Tablet, "Apple", "iOS", 62), Request::begins(&[1, 3, 6, 15, 119, 252]).lacks(&[44]).tells(Tablet, "Apple", "iOS", 62), Request::begins(&[1, 3, 6, 15, 119, 78, 79, 95, 252]).tells(Tablet, "Apple", "iOS", 60),
    // Windows: NetBIOS and router discovery (44, 46, 47, 31, 33) after the domain; Microsoft's own classless routes are 249. A 0 after the list is Server 2008's.
    Request::begins(&[1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 43, 0]).tells(Server, "", "Windows Server", 60), Request::begins(&[1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249]).tells(Desktop, "", "Windows", 66),
    Request::begins(&[1, 15, 3, 6, 44, 46, 47, 31, 33, 249]).tells(Desktop, "", "Windows", 62).version("XP"), Request::begins(&[15, 3, 6, 44, 46, 47, 31, 33, 249]).tells(Desktop, "", "Windows", 62).version("XP"), Request::has(&[44, 46, 47, 31, 33, 43, 77]).lacks(&[121, 249]).tells(Unknown, "", "Windows", 50), Request::begins(&[1, 15, 3, 6, 44, 46, 47, 31, 33]).tells(Desktop, "", "Windows", 60).version("2000"), Request::begins(&[15, 3, 6, 44, 46, 47, 31, 33]).tells(Desktop, "", "Windows", 60).version("2000"),
    Request::begins(&[1, 3, 6, 15, 31, 33, 43, 44, 46, 47]).and(&[121, 249, 252]).tells(Desktop, "", "Windows", 64), Request::is(&[1, 15, 3, 6, 44, 46, 47, 43, 77]).tells(Desktop, "", "Windows", 50), Request::is(&[1, 15, 3, 6, 44, 46, 47, 43, 77, 252]).tells(Desktop, "", "Windows", 50), Request::begins(&[1, 3, 6, 15, 43, 44, 46, 47, 33, 121, 249]).tells(Phone, "", "Windows", 50),
    // Android: its own client since 6 (43 for metered networks, 114 since 11, 108 since 10), dhcpcd before.
    Request::begins(&[1, 3, 6, 15, 26, 28, 51, 58, 59, 43, 114]).tells(Tablet, "", "Android", 64), Request::is(&[1, 3, 6, 15, 26, 28, 51, 58, 59, 43, 108]).tells(Tablet, "", "Android", 64).version("10"), Request::begins(&[1, 3, 6, 15, 26, 28, 51, 58, 59]).tells(Tablet, "", "Android", 64),
    Request::is(&[1, 121, 33, 3, 6, 28, 51, 58, 59]).tells(Tablet, "", "Android", 58), Request::is(&[1, 121, 33, 3, 6, 28, 42, 51, 58, 59]).tells(Tablet, "", "Android", 58), Request::is(&[1, 121, 33, 3, 6, 15, 28, 51, 58, 59]).tells(Tablet, "", "Android", 60), Request::is(&[1, 121, 33, 3, 28, 51, 58, 59]).tells(Tablet, "", "Android", 56), Request::begins(&[1, 33, 3, 6, 15, 26, 28, 51, 58, 59]).tells(Tablet, "", "Android", 60), Request::begins(&[1, 33, 3, 6, 15, 28, 51, 58, 59]).tells(Tablet, "", "Android", 60), Request::is(&[1, 33, 3, 6, 28, 51, 58, 59]).tells(Tablet, "", "Android", 56),
    Request::is(&[1, 3, 6, 28, 33, 51, 58, 59, 121]).tells(Tablet, "", "Android", 54), Request::is(&[1, 3, 6, 15, 28, 33, 51, 58, 59, 121]).tells(Tablet, "", "Android", 54), Request::is(&[1, 121, 33, 3, 6, 12, 15, 28, 51, 58, 59, 119]).tells(Tablet, "", "Android", 46), Request::is(&[1, 33, 3, 6, 12, 15, 28, 51, 58, 59, 119]).tells(Tablet, "", "Android", 46), Request::is(&[1, 33, 3, 6, 12, 15, 28, 42, 51, 58, 59, 119]).tells(Tablet, "", "Android", 44), Request::is(&[1, 3, 6, 12, 15, 28, 33, 51, 58, 59, 119, 121]).tells(Tablet, "", "Android", 44),
    // ChromeOS: dhcpcd that asks for a proxy.
    Request::begins(&[1, 121, 33, 3, 6, 12, 15, 26, 28]).and(&[51, 54, 119, 252]).tells(Laptop, "", "ChromeOS", 64),
    // Linux: dhclient (1, 28, 2, 3, 15, 6 …) asks for NIS (40, 41) in Red Hat's default, for the search list (119) in Debian's; SUSE asks for Novell's directory (85 to 87).
    Request::has(&[85, 86, 87, 40, 41]).tells(Unknown, "", "SUSE", 60), Request::begins(&[1, 28, 2, 3, 15, 6, 119, 12]).lacks(&[43]).tells(Unknown, "", "Linux", 50), Request::begins(&[1, 28, 2, 3, 15, 6, 12, 40, 41, 42]).tells(Unknown, "", "Red Hat", 50), Request::begins(&[1, 28, 2, 121, 15, 6, 12, 40, 41, 42]).tells(Unknown, "", "Linux", 54), Request::begins(&[1, 28, 2, 121, 3, 15, 6, 12]).tells(Unknown, "", "FreeBSD", 50), Request::begins(&[1, 2, 6, 12, 15, 26, 28, 121, 3, 33, 40, 41, 42]).tells(Unknown, "", "Linux", 60), Request::begins(&[1, 121, 33, 3, 6, 12, 15]).and(&[51, 54, 58, 59, 119]).lacks(&[252]).tells(Unknown, "", "Linux", 46), Request::is(&[1, 3, 12, 15, 6, 26, 33, 121, 42]).tells(Unknown, "", "Linux", 50), Request::begins(&[1, 3, 12, 15, 6, 33, 121, 42]).tells(Unknown, "", "Linux", 54), Request::has(&[64, 65, 40, 41]).tells(Unknown, "", "Solaris", 56),
    // Telephones, by the options of their makers' provisioning.
    Request::begins(&[1, 66, 6, 3, 15, 150, 35]).tells(Phone, "Cisco", "", 74), Request::has(&[66, 150, 35]).lacks(&[43, 67]).tells(Phone, "Cisco", "", 72), Request::has(&[66, 150]).lacks(&[43, 67, 33, 44, 18]).tells(Phone, "Cisco", "", 66),
    Request::has(&[66, 160, 4, 42]).tells(Phone, "Poly", "", 70), Request::has(&[1, 28, 66, 4, 42]).lacks(&[156, 67, 17, 33, 43]).tells(Phone, "Poly", "", 60), Request::has(&[66, 160]).lacks(&[159]).tells(Phone, "Poly", "", 60), Request::has(&[66, 159, 160]).tells(Phone, "Aastra", "", 72), Request::begins(&[1, 3, 6, 42, 43, 2, 66]).tells(Phone, "Aastra", "", 60), Request::begins(&[1, 28, 1, 3, 6, 42, 66]).tells(Phone, "Aastra", "", 60),
    Request::has(&[128, 129, 130, 131, 132, 133, 134, 135, 125]).tells(Phone, "Mitel", "", 76), Request::has(&[156, 66, 42]).tells(Phone, "ShoreTel", "", 70), Request::has(&[242, 120]).tells(Other, "Tandberg", "", 62), Request::has(&[242]).lacks(&[120, 4]).tells(Phone, "Avaya", "", 66), Request::has(&[176, 66]).lacks(&[28]).tells(Phone, "Avaya", "", 62), Request::has(&[66, 120, 125, 43]).tells(Phone, "Grandstream", "", 64), Request::is(&[1, 3, 6, 12, 15, 28, 66]).tells(Phone, "Grandstream", "", 50), Request::has(&[2, 42, 43, 120]).lacks(&[66, 125]).tells(Phone, "Siemens", "", 62), Request::begins(&[1, 28, 3, 6, 15, 33, 42, 2, 43]).tells(Phone, "Siemens", "", 60),
    Request::begins(&[1, 3, 42, 6, 7, 15, 58, 59, 44, 66]).tells(Phone, "Cisco", "", 56), Request::has(&[13, 17, 23, 42, 50, 51, 53, 54, 56, 66, 67]).tells(Phone, "Samsung", "", 50),
    // Thin clients.
    Request::has(&[161, 162, 184, 185, 186]).tells(ThinClient, "Dell Wyse", "", 76), Request::has(&[161, 162, 184, 185]).tells(ThinClient, "Dell Wyse", "", 70), Request::has(&[137, 215]).tells(ThinClient, "Neoware", "", 60),
    // Switches and access points: Cisco IOS asks for the file server (66, 150) and the log server (7), access points for their controller (43); HP's switches ask for time (4),
    // time to live (23) and a file (67); Aruba's access points have their class echoed (60).
    Request::begins(&[1, 66, 6, 3, 67]).and(&[43]).tells(AccessPoint, "Cisco", "Cisco IOS", 60), Request::begins(&[1, 66, 6, 3, 67]).lacks(&[43]).tells(Switch, "Cisco", "Cisco IOS", 62), Request::begins(&[1, 66, 6, 15, 44, 3, 67]).and(&[150, 43]).tells(AccessPoint, "Cisco", "", 66), Request::begins(&[1, 6, 15, 44, 3]).and(&[33, 150, 43]).tells(AccessPoint, "Cisco", "", 70), Request::begins(&[1, 6, 15, 44, 3]).and(&[33]).lacks(&[43]).tells(Switch, "Cisco", "Cisco IOS", 60), Request::begins(&[1, 15, 3, 28, 12, 6, 7, 26]).and(&[43]).tells(AccessPoint, "Cisco", "", 66), Request::begins(&[1, 28, 3, 43, 6, 15]).tells(AccessPoint, "Cisco", "", 50), Request::begins(&[1, 28, 3, 6, 15, 67, 4]).tells(AccessPoint, "Cisco", "", 50),
    Request::begins(&[1, 3, 4, 23, 67]).tells(Switch, "HP", "", 70), Request::is(&[1, 3, 6, 15, 43, 60]).tells(AccessPoint, "Aruba", "", 64), Request::has(&[28, 42, 43, 60, 12]).tells(AccessPoint, "Aruba", "", 60), Request::is(&[1, 28, 2, 3, 15, 6, 43]).tells(AccessPoint, "Aruba", "", 56), Request::has(&[225, 226, 227, 228, 7]).tells(AccessPoint, "Aerohive", "", 74), Request::has(&[234, 42]).tells(AccessPoint, "Sophos", "", 60), Request::has(&[43, 66, 67, 128, 129, 130, 131]).lacks(&[125, 42]).tells(AccessPoint, "Symbol", "", 56), Request::is(&[1, 2, 3, 6, 12, 15, 28, 42, 43, 44]).tells(AccessPoint, "Ruckus", "", 56), Request::is(&[1, 28, 2, 3, 15, 6, 12, 43]).tells(AccessPoint, "HP", "", 50), Request::is(&[1, 3, 6, 12, 15, 26, 28, 40, 41, 42]).tells(AccessPoint, "Meraki", "", 48),
    Request::begins(&[1, 121, 3, 33, 6, 42]).tells(Router, "MikroTik", "RouterOS", 64), Request::is(&[1, 3, 33, 6, 42, 121, 138]).tells(Router, "MikroTik", "RouterOS", 64), Request::begins(&[1, 3, 43, 44, 46, 47, 6]).tells(Router, "TP-Link", "", 46), Request::is(&[1, 3, 6, 15, 33, 43, 44, 46, 47, 121]).tells(Router, "TP-Link", "", 44),
    // Printers: JetDirect asks for mail (69), logs (7), NetBIOS (44) and its old extensions (18, 22, 81, 144); APC's cards are kin of it without mail; Xerox asks for SLP (78, 79).
    Request::has(&[6, 3, 44, 69, 7, 18]).tells(Printer, "HP", "", 72), Request::has(&[44, 69, 7, 54, 58, 59, 81]).tells(Printer, "HP", "", 70), Request::has(&[44, 69, 7, 54, 58, 59, 22]).tells(Printer, "HP", "", 70), Request::has(&[44, 7, 51, 54, 58, 59, 144, 18]).tells(Printer, "HP", "", 70), Request::has(&[7, 44, 51, 54, 58, 59, 12, 69, 42]).lacks(&[43, 66]).tells(Printer, "SEH", "", 54), Request::begins(&[6, 3, 1, 15, 66, 67, 13, 44, 43, 58, 59, 42, 2]).tells(Ups, "APC", "", 64), Request::begins(&[6, 3, 1, 15, 66, 67, 13, 43, 58, 59, 42, 2]).tells(Ups, "APC", "", 64), Request::is(&[6, 3, 1, 15, 66, 67, 13, 12]).tells(Printer, "HP", "", 56), Request::is(&[6, 3, 1, 15, 66, 67, 13, 44]).tells(Printer, "HP", "", 50), Request::is(&[6, 3, 1, 15, 44, 12]).tells(Printer, "HP", "", 46),
    Request::has(&[88, 70, 69, 78, 79]).tells(Printer, "", "", 56), Request::begins(&[1, 28, 3]).and(&[44, 78, 79]).lacks(&[95]).tells(Printer, "Xerox", "", 62), Request::begins(&[1, 3, 28]).and(&[44, 78, 79]).lacks(&[95]).tells(Printer, "Xerox", "", 62), Request::is(&[1, 3, 12, 23, 6, 15, 44, 47]).tells(Printer, "Kyocera", "", 58), Request::is(&[1, 3, 12, 6, 15, 23, 44, 47]).tells(Printer, "Kyocera", "", 58), Request::begins(&[1, 3, 6, 12, 15, 28, 44, 47]).lacks(&[121, 119]).tells(Printer, "Ricoh", "", 58), Request::is(&[3, 6, 15, 44, 47]).tells(Printer, "Canon", "", 52), Request::is(&[1, 3, 6, 15, 44, 47]).tells(Printer, "Canon", "", 52), Request::is(&[1, 3, 6, 44, 46]).tells(Printer, "Konica Minolta", "", 48), Request::is(&[1, 3, 6, 12, 15, 28, 42, 40, 44, 46]).tells(Printer, "Brother", "", 50),
    // Panasonic's devices ask for the lease times first.
    Request::begins(&[58, 59, 6, 15, 44, 51, 54, 1, 3]).tells(Printer, "Panasonic", "", 50), Request::begins(&[58, 59, 6, 15, 66, 67, 51, 54, 1, 3]).tells(Phone, "Panasonic", "", 50), Request::begins(&[58, 59, 6, 15, 51, 54, 1, 3]).tells(Unknown, "Panasonic", "", 46),
    // Whatever asks for a SIP server (120, RFC 3361), or for a file server and the time without NetBIOS, is a telephone of some maker; 6rd (212, RFC 5969) is for routers at the
    // end of a line; OpenRG's routers ask for options that a server sends unasked; routers that take Windows' list sort it and leave the proxy out.
    Request::has(&[120]).lacks(&[121, 44, 40, 242]).tells(Phone, "", "", 50), Request::has(&[66, 42]).lacks(&[44, 67, 69, 31, 121, 249]).tells(Phone, "", "", 48), Request::has(&[212]).lacks(&[249, 60]).tells(Router, "", "", 56), Request::has(&[50, 51, 54, 55, 60, 61]).lacks(&[66]).tells(Router, "", "", 54), Request::begins(&[1, 3, 6, 15, 31, 33, 43, 44, 46, 47]).lacks(&[252]).tells(Router, "", "", 44), Request::begins(&[1, 3, 6, 15, 33, 43, 44, 46, 47]).lacks(&[252]).tells(Router, "", "", 44), Request::is(&[1, 3, 6, 15, 43, 44, 46, 47]).tells(Router, "", "", 44),
    // Consoles.
    Request::is(&[1, 3, 15, 6]).tells(Other, "Sony", "", 50), Request::is(&[1, 3, 6, 15, 28, 33]).tells(Other, "Nintendo", "", 48),
    // udhcpc of small Linux systems, whatever they are.
    Request::is(&[1, 3, 6, 12, 15, 28, 40, 41, 42]).tells(Unknown, "", "Linux", 30), Request::is(&[1, 3, 6, 12, 15, 28, 42]).tells(Unknown, "", "Linux", 30), Request::is(&[1, 3, 6, 12, 15, 28, 42, 43]).tells(Unknown, "", "Linux", 30), Request::is(&[1, 3, 6, 12, 15, 28, 42, 121]).tells(Unknown, "", "Linux", 30),
];

/// Most options of a list that are looked at.
const MAX_OPTIONS: usize = 128;

/// The sort of a list written as numbers with commas; nothing where it is no list or of no known sort.
pub fn request(text: &str) -> Option<&'static Request> {
    let list: Vec<u8> = text.split(',').take(MAX_OPTIONS).map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    REQUESTS.iter().find(|row| row.fits(&list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_tell_the_client() {
        for (text, expected) in [
            ("1,121,3,6,15,114,119,252,95,44,46", Some((Desktop, "Apple", "macOS"))),
            ("1,121,3,6,15,114,119,252", Some((Tablet, "Apple", "iOS"))),
            ("1,3,6,15,31,33,43,44,46,47,119,121,249,252", Some((Desktop, "", "Windows"))),
            ("1,15,3,6,44,46,47,31,33,121,249,43,252", Some((Desktop, "", "Windows"))),
            ("1,3,6,15,26,28,51,58,59,43,114,108", Some((Tablet, "", "Android"))),
            ("1,28,2,3,15,6,119,12,44,47,26,121,42", Some((Unknown, "", "Linux"))),
            ("1, 66, 6, 3, 15, 150, 35", Some((Phone, "Cisco", ""))),
            ("1,3,6,15", None),
            ("1,3,x", None),
            ("", None),
            ("1,300", None),
        ] {
            assert_eq!(request(text).map(|row| (row.kind, row.vendor, row.os)), expected, "{text}");
        }
    }

    #[test]
    fn every_row_tells_something_and_can_be_reached() {
        for (at, row) in REQUESTS.iter().enumerate() {
            assert!(row.kind != Unknown || !row.vendor.is_empty() || !row.os.is_empty(), "row {at}");
            let mut list = row.begins.to_vec();
            let more = row.has.iter().filter(|option| !list.contains(option)).copied().collect::<Vec<u8>>();
            list.extend(more);
            let first = REQUESTS.iter().position(|other| other.fits(&list));
            assert_eq!(first, Some(at), "{list:?} is read by an earlier row");
        }
    }
}
