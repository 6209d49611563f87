//! The IEEE register of MAC prefixes: who a burnt-in address was sold to.
//!
//! Comes in: a MAC. Goes out: the registered name, as the register spells it. Absent on purpose: short names (`vendors`); and makers of
//! network chips, whose prefix says nothing of the device around it ([`is_component_maker`]).
//!
//! The register is packed at build time from the `oui-data` crate (see `build.rs`): sorted 32-bit records, then the names.

use rollcall_shared::Mac;

static REGISTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/oui.bin"));

/// Prefix lengths that the IEEE sells, longest first: MA-S, MA-M, MA-L.
const LENGTHS: [u32; 3] = [36, 28, 24];

/// Octets of one record: prefix (8, left-aligned in 48 bits and followed by its length), offset of the name (4).
const RECORD: usize = 12;

fn number(at: usize, octets: usize) -> u64 {
    REGISTER.get(at..at + octets).map_or(0, |bytes| bytes.iter().fold(0, |all, octet| all << 8 | u64::from(*octet)))
}

/// Who bought the block that this MAC lies in.
pub fn registrant(mac: Mac) -> Option<&'static str> {
    let address = mac.octets().iter().fold(0u64, |all, octet| all << 8 | u64::from(*octet));
    LENGTHS.iter().find_map(|length| find((address >> (48 - length) << (48 - length)) << 8 | u64::from(*length)))
}

fn find(key: u64) -> Option<&'static str> {
    let count = usize::try_from(number(0, 4)).ok()?;
    let record = |index: usize| 4 + index * RECORD;
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        match number(record(middle), 8).cmp(&key) {
            std::cmp::Ordering::Equal => return name(4 + count * RECORD + usize::try_from(number(record(middle) + 8, 4)).ok()?),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

fn name(at: usize) -> Option<&'static str> {
    let length = usize::from(*REGISTER.get(at)?);
    std::str::from_utf8(REGISTER.get(at + 1..at + 1 + length)?).ok()
}

/// Makers of network chips and modules that others build in, and of virtual machines: beginnings of their registered names, lower case.
const COMPONENT_MAKERS: &[&str] = &[
    "intel",
    "realtek",
    "broadcom",
    "qualcomm",
    "atheros",
    "marvell",
    "mediatek",
    "ralink",
    "azurewave",
    "liteon",
    "lite-on",
    "hon hai",
    "foxconn",
    "murata",
    "texas instruments",
    "espressif",
    "asix",
    "vmware",
    "microsoft",
    "xensource",
    "pcs systemtechnik",
    "parallels",
    "private",
    "ieee",
    "rivet",
    "quanta",
    "compal",
    "wistron",
    "pegatron",
    "inventec",
    "chongqing fugui",
    "universal global scientific",
    "gemtek",
    "sichuan ai-link",
    "cloud network technology",
    "nxp",
    "stmicroelectronics",
    "microchip",
    "silicon laboratories",
    "mellanox",
    "chelsio",
    "solarflare",
    "emulex",
    "qlogic",
    "aquantia",
    "u-blox",
    "fn-link",
    "ampak",
    "shenzhen",
    "guangdong",
    "hangzhou silan",
    "nvidia",
    "cybertan",
    "arcadyan",
    "sercomm",
    "advantech",
    "lantronix",
    "digi ",
    "wiznet",
    "senao",
    "accton",
    "alpha networks",
    "delta electronics",
    "universal",
    "tp-link corporation pte",
];

/// Whether a registrant makes parts, so that its prefix says nothing of the device.
pub fn is_component_maker(registrant: &str) -> bool {
    let lower = registrant.to_ascii_lowercase();
    COMPONENT_MAKERS.iter().any(|maker| lower.starts_with(maker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_prefixes_are_found_and_others_are_not() {
        for (mac, expected) in
            [("00:00:0c:12:34:56", "cisco"), ("00:1b:a9:00:00:01", "brother"), ("00:26:ab:00:00:01", "seiko epson"), ("a4:5e:60:00:00:01", "apple")]
        {
            let found = registrant(mac.parse().unwrap()).unwrap_or_default().to_ascii_lowercase();
            assert!(found.starts_with(expected), "{mac}: {found}");
        }
        assert_eq!(registrant("02:00:00:00:00:01".parse().unwrap()), None);
        assert!(is_component_maker("Realtek Semiconductor Corp.") && !is_component_maker("Seiko Epson Corporation"));
    }
}
