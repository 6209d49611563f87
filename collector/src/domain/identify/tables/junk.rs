//! Values that say nothing: texts that makers forgot to fill in, serial numbers that many devices share, MACs that many machines bear.
//!
//! Comes in: values as said. Goes out: whether they are worth anything. Absent on purpose: locally administered addresses, which say of
//! themselves that they are invented ([`Mac::is_local`]).

use rollcall_shared::Mac;
use std::sync::LazyLock;

/// Texts that stand for "nothing was filled in", folded to letters and digits. Sources: DMI tables of board makers (`To Be Filled By
/// O.E.M.` is AMI's default), net-snmp's sample configuration, defaults of agents.
const NOTHING: &[&str] = &[
    "",
    "0",
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "undefined",
    "private",
    "notavailable",
    "notspecified",
    "notapplicable",
    "unspecified",
    "empty",
    "default",
    "defaultstring",
    "tobefilledbyoem",
    "oem",
    "systemserialnumber",
    "serialnumber",
    "systemproductname",
    "systemmanufacturer",
    "systemname",
    "systemversion",
    "baseboardserialnumber",
    "chassisserialnumber",
    "invalid",
    "noasset",
    "noassettag",
    "nosuchobject",
    "nosuchinstance",
    "notset",
    "unset",
    "test",
    "xxx",
    "xxxx",
    "xxxxxxxx",
    "productname",
    "noserial",
    "noserialnumber",
    "noserialno",
    "na0",
    "unavailable",
    "notdefined",
];

/// Serial numbers that are the same on many devices, folded.
const SHARED_SERIALS: &[&str] =
    &["0123456789", "123456789", "1234567890", "12345678", "1234567", "123456", "0123456789abcdef", "abcdefgh", "987654321", "deadbeef"];

/// Names that many devices bear, folded.
const SHARED_NAMES: &[&str] = &[
    "localhost",
    "switch",
    "router",
    "printer",
    "hostname",
    "sysname",
    "default",
    "noname",
    "unnamed",
    "raspberrypi",
    "debian",
    "ubuntu",
    "server",
    "linux",
    "android",
    "iphone",
    "ipad",
    "openwrt",
    "mikrotik",
    "system",
    "host",
    "device",
    "unassigned",
    "localdomain",
    "localhostlocaldomain",
    "pc",
    "desktop",
    "laptop",
    "wlan",
    "ap",
];

/// Beginnings of MACs that many devices bear at once or that no device bears for good, as hexadecimal digits, with their source.
const SHARED_MACS: &[(&str, &str)] = &[
    ("00005e0001", "VRRP for IPv4, RFC 5798 section 7.3"),
    ("00005e0002", "VRRP for IPv6, RFC 5798 section 7.3"),
    ("00000c07ac", "Cisco HSRP version 1"),
    ("00000c9ff", "Cisco HSRP version 2"),
    ("0005730", "Cisco HSRP for IPv6"),
    ("0007b4", "Cisco GLBP"),
    ("0242", "Docker's bridges and containers"),
    ("005056", "VMware virtual machines"),
    ("000c29", "VMware virtual machines, generated"),
    ("000569", "VMware virtual machines, old"),
    ("001c14", "VMware"),
    ("00155d", "Microsoft Hyper-V virtual machines"),
    ("080027", "Oracle VirtualBox virtual machines"),
    ("525400", "QEMU and KVM virtual machines"),
    ("00163e", "Xen virtual machines"),
    ("001c42", "Parallels virtual machines"),
    ("fe54", "libvirt's end of a virtual machine's link"),
    ("020054554e", "TUN and TAP devices of Windows"),
    ("00ff", "TAP adapters"),
    ("005043000", "Marvell sample addresses"),
    ("00e04c0", "Realtek's own number, on docks and adapters without one of their own"),
    ("00e04c680", "Realtek USB adapters without a number of their own"),
    ("001122334455", "an example"),
    ("000102030405", "an example"),
    ("123456789abc", "an example"),
    ("00904c", "Broadcom sample addresses"),
];

/// Letters and digits only, in lower case: how serials, keys and makers' names are compared.
pub fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a text says nothing at all. Texts in letters without any ASCII (a Japanese printer's name) say something.
pub fn says_nothing(text: &str) -> bool {
    // The longest entry has 24 letters; a longer text is never one of them.
    text.len() < 40 && text.is_ascii() && NOTHING.contains(&bare(text).as_str())
}

/// Whether a serial number can name one device.
pub fn is_serial(text: &str) -> bool {
    let folded = bare(text);
    let one_letter = folded.bytes().all(|c| Some(c) == folded.bytes().next());
    folded.len() >= 4
        && folded.len() <= 64
        && folded.bytes().any(|c| c.is_ascii_digit())
        && !one_letter
        && !says_nothing(text)
        && !SHARED_SERIALS.contains(&folded.as_str())
}

/// Whether a UUID can name one device: not all alike, not AMI's and others' sample (`03000200-0400-0500-0006-000700080009`).
pub fn is_uuid(text: &str) -> bool {
    let folded = bare(text);
    let varied = folded.bytes().collect::<std::collections::BTreeSet<u8>>().len() > 4;
    folded.len() == 32 && folded.bytes().all(|c| c.is_ascii_hexdigit()) && varied && folded != "03000200040005000006000700080009"
}

/// Whether a name can name one device within a school.
pub fn is_name(text: &str) -> bool {
    let folded = bare(text);
    folded.len() >= 2 && !says_nothing(text) && !SHARED_NAMES.contains(&folded.as_str())
}

/// Whether a MAC is a single device's own for good.
pub fn is_burnt_in(mac: Mac) -> bool {
    !mac.is_void() && !mac.is_group() && !mac.is_local() && !is_shared(mac)
}

/// Whether a MAC is on the list of those that many bear.
pub fn is_shared(mac: Mac) -> bool {
    // Made once: the beginnings as numbers, with the bits that come after them.
    static BEGINNINGS: LazyLock<Vec<(i64, u32)>> = LazyLock::new(|| {
        let bits = |digits: &str| u32::try_from(48usize.saturating_sub(4 * digits.len())).unwrap_or(0);
        SHARED_MACS.iter().filter_map(|(digits, _)| Some((i64::from_str_radix(digits, 16).ok()?, bits(digits)))).collect()
    });
    BEGINNINGS.iter().any(|(beginning, after)| mac.to_i64() >> after == *beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worthless_serials() {
        for text in [
            "To be filled by O.E.M.",
            "System Serial Number",
            "0000000000",
            "N/A",
            "none",
            "<private>",
            "0123456789",
            "",
            "Default string",
            "FFFFFFFFFFFF",
            "ABC",
        ] {
            assert!(!is_serial(text), "{text}");
        }
        for text in ["CN93FX1234", "FCW1929B68S", "819/01144", "48:A9:8A:00:11:22"] {
            assert!(is_serial(text), "{text}");
        }
    }

    #[test]
    fn worthless_macs() {
        for (text, expected) in [
            ("00:00:5e:00:01:0a", false),
            ("00:00:0c:07:ac:01", false),
            ("02:42:ac:11:00:02", false),
            ("00:50:56:aa:bb:cc", false),
            ("33:33:00:00:00:01", false),
            ("da:a1:19:00:00:01", false),
            ("00:1a:2b:3c:4d:5e", true),
        ] {
            assert_eq!(is_burnt_in(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn worthless_names_and_uuids() {
        // Shown, for the device does say so; a key of nobody.
        assert!(!says_nothing("sysName") && !is_name("sysName"));
        assert!(!is_name("localhost") && !is_name("<private>") && !is_name("?") && is_name("sw-01"));
        assert!(!is_uuid("03000200-0400-0500-0006-000700080009") && !is_uuid("00000000-0000-0000-0000-000000000000"));
        assert!(is_uuid("4c4c4544-0043-3510-8052-b4c04f564231"));
    }
}
