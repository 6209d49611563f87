//! Families of sysObjectIDs: what a maker's branch says of the devices under it.
//!
//! Sources: the makers' product MIBs (CISCO-PRODUCTS-MIB, HP-ICF-OID, PowerNet-MIB, SNMP-PRODUCTS of Zyxel and others). Comes in: a
//! sysObjectID. Goes out: the row of its longest known beginning. Absent on purpose: one row a product; the product's own words
//! (`grammars`, `items`) are better, so a branch here tells the kind, and the maker only where the number's owner is another.

use crate::domain::kind::Kind::{self, *};

/// One branch.
#[derive(Debug)]
pub struct Family {
    /// Below 1.3.6.1.4.1.
    pub branch: &'static str,
    /// What devices under it are.
    pub kind: Kind,
    /// How surely, 0–100.
    pub confidence: u8,
    /// The maker, where it is not the number's owner.
    pub vendor: &'static str,
}

/// The longest branch that this identifier (below 1.3.6.1.4.1) lies under.
pub fn family(below: &str) -> Option<&'static Family> {
    let under = |row: &&Family| below.strip_prefix(row.branch).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    FAMILIES.iter().filter(under).max_by_key(|row| row.branch.len())
}

const fn row(branch: &'static str, kind: Kind, confidence: u8) -> Family {
    Family { branch, kind, confidence, vendor: "" }
}

const fn of(branch: &'static str, kind: Kind, confidence: u8, vendor: &'static str) -> Family {
    Family { branch, kind, confidence, vendor }
}

#[rustfmt::skip]
static FAMILIES: &[Family] = &[
    // Cisco: 9.6.1 is the Small Business range (CISCO-SMB-PRODUCTS), 9.12.3 NX-OS devices (CISCO-ENTITY-VENDORTYPE).
    row("9.6.1.72", Switch, 80), row("9.6.1.80", Switch, 80), row("9.6.1.81", Switch, 80), row("9.6.1.82", Switch, 80), row("9.6.1.83", Switch, 80), row("9.6.1.84", Switch, 80), row("9.6.1.85", Switch, 80), row("9.6.1.86", Switch, 80), row("9.6.1.87", Switch, 80), row("9.6.1.88", Switch, 80), row("9.6.1.89", Switch, 80),
    row("9.6.1.90", Switch, 80), row("9.6.1.91", Switch, 80), row("9.6.1.92", Switch, 80), row("9.6.1.93", Switch, 80), row("9.6.1.94", Switch, 80), row("9.6.1.95", Switch, 80), row("9.6.1.96", Switch, 80), row("9.6.1.97", Switch, 80), row("9.6.1.98", Switch, 80), row("9.6.1.99", Switch, 80),
    row("9.6.1.1000", Switch, 80), row("9.6.1.1001", Switch, 80), row("9.6.1.1002", Switch, 80), row("9.6.1.1003", Switch, 80), row("9.6.1.1004", Switch, 80), row("9.6.1.1005", Switch, 80), row("9.6.1.1006", Switch, 80), row("9.6.1.1007", Switch, 80), row("9.6.1.1008", Switch, 80),
    row("9.6.1.32", AccessPoint, 70), row("9.12.3.1.3", Switch, 66), row("9.1.3270", AccessPoint, 50),
    // HP, HPE, Aruba.
    row("11.2.3.7.11", Switch, 84), row("11.2.3.7.8", Switch, 84), row("11.2.3.9", Printer, 84), row("11.5.7", Server, 70), row("11.2.51", Other, 80), of("11.2.14.11.15", Switch, 60, ""), row("11.2.17", Switch, 50),
    row("232.9.4", Server, 84), row("232.165", Other, 70), row("232.165.3", Ups, 80), of("25506.11.1", Switch, 80, "HPE"), of("25506.1", Switch, 78, "H3C"), row("8744.1", AccessPoint, 50),
    row("14823.1.1", WifiController, 84), row("14823.1.2", AccessPoint, 86), row("14823.1.6", Other, 80), row("47196.4.1.1.1", Switch, 86), of("43.10.27", Switch, 80, ""), of("43.1.16", Switch, 70, ""),
    // Power.
    row("318.1.3.1", Ups, 84), row("318.1.3.2", Ups, 86), row("318.1.3.3", Ups, 60), row("318.1.3.4", Other, 86), row("318.1.3.5", Ups, 86), row("318.1.3.6", Ups, 60), row("318.1.3.7", Ups, 60), row("318.1.3.8", Other, 84), row("318.1.3.9", Ups, 60), row("318.1.3.10", Other, 60), row("318.1.3.11", Other, 70),
    row("318.1.3.13", Other, 70), row("318.1.3.14", Other, 84), row("318.1.3.15", Other, 84), row("318.1.3.16", Other, 70), row("318.1.3.17", Ups, 76), row("318.1.3.20", Other, 60), row("318.1.3.27", Ups, 86), row("318.1.3.28", Ups, 76), row("318.1.3.32", Other, 84), row("318.1.3.33", Ups, 84), row("318.1.3.35", Ups, 70),
    row("534.1", Ups, 84), row("534.2", Ups, 74), row("534.6.6", Other, 86), row("534.10", Other, 82), row("705.1", Ups, 84), row("705.2", Other, 84), row("476.1.42", Ups, 66), row("2011.6.174", Ups, 88), row("674.10902.2", Ups, 88), row("3808.1.1.1", Ups, 80), row("3808.1.1.3", Other, 80), row("4555.1.1.1", Ups, 84), row("4555.2", Other, 74), row("4555.1.1.7", Ups, 80), row("13400.2.1", Ups, 80), row("935.10", Ups, 84),
    of("935.10.1", Ups, 84, "PowerWalker"),
    // Dell, Fujitsu, Lenovo.
    row("674.10895", Switch, 80), row("674.10892", Server, 84), row("674.10898", Printer, 80), row("674.11000.5000", Switch, 78), row("231.1.28", Server, 84), row("6027.1", Switch, 86),
    // Printers and projectors of makers who make both and more.
    row("1248.1.1.2.1.3", Printer, 80), row("1248.1.1.2.1", Printer, 74), row("1248.4.1", Projector, 92), row("236.11.5", Printer, 84), row("258.406", Printer, 60), row("258.601", Other, 74), row("1602.4", Printer, 84), row("122.8", Projector, 50), row("119.2.3.123", Projector, 60), row("186.1.8", Printer, 70), of("1129.2.3", Printer, 84, "Toshiba"), of("1129.1.2", Printer, 84, "Toshiba"), of("297.1.11.93.1", Printer, 84, "Xerox"), of("388.11", WifiController, 60, ""), of("388.50", AccessPoint, 80, "Symbol"), of("388.14", WifiController, 80, "Symbol"),
    // Huawei, H3C and what is built like them.
    row("2011.2.23", Switch, 86), row("2011.2.224", Router, 86), row("2011.2.240", WifiController, 86), row("2011.2.62", Router, 84), row("2011.2.297", Router, 84), row("2011.2.360", Router, 84), row("2011.2.239", Switch, 84), row("2011.2.235", Server, 80), row("2011.2.321", Firewall, 80), row("2011.2.122", Firewall, 80), row("2011.2.142", Router, 60), row("2011.2.45", Router, 70), row("2011.2.28", Switch, 70), row("2011.2.115", Other, 70), row("2011.2.133", Other, 60),
    // Other network equipment.
    row("171.10", Switch, 56), row("171.10.37", AccessPoint, 84), row("171.10.30", AccessPoint, 50), row("171.10.128", WifiController, 60), row("890.1.5", Switch, 66), row("890.1.5.8", Switch, 84), row("890.1.6", Firewall, 76), row("890.1.2", Router, 70), row("890.1.5.13", Other, 70), row("890.1.9", AccessPoint, 60), row("890", Router, 40),
    row("1916.2", Switch, 82), row("2272", Switch, 84), row("45.3", Switch, 80), row("1991.1.3", Switch, 82), row("1588.3", Switch, 82), row("1588.2.1.1", Other, 84), row("2636.1.1.1.4", Switch, 84), row("2636.1.1.1.2", Router, 40), row("3224.1", Firewall, 86), row("14525.3", WifiController, 84),
    row("4526.100", Switch, 56), row("4526.100.1", Switch, 74), row("4526.100.2", Switch, 74), row("4526.100.4", Switch, 74), row("4526.100.7", AccessPoint, 74), row("4526.100.10", Switch, 74), row("4526.100.11", Switch, 74), row("4526.100.16", Nas, 60), row("4526.18", Nas, 60),
    row("4881.1.1.10.1", Switch, 80), row("52642.1.1.10.1", Switch, 84), row("6486.800", Switch, 84), row("6486.801", Switch, 84), row("6486.802", AccessPoint, 84), of("6486.800.1.1.2.2", WifiController, 86, "Aruba"), row("8691.2", Other, 84), row("8691.7", Switch, 82), row("8691.600", Switch, 82), row("8691.602", Switch, 82), row("8691.3", Router, 40), row("3902.15", Switch, 70), row("3902.3", Switch, 66), row("3902.1004", Other, 76),
    row("11863.1.1", Switch, 84), row("11863.5", Switch, 84), row("11863.10", AccessPoint, 70), row("11863.3", AccessPoint, 60), of("16972", Router, 60, ""), row("12356.101", Firewall, 88), row("12356.106", Switch, 84), row("12356.102", Other, 74), row("12356.103", Other, 74), row("12356.120", AccessPoint, 74),
    row("14988.1", Router, 64), row("14988.2", Switch, 84), row("17713.21", Other, 78), row("17713.22", AccessPoint, 84), row("17713.24", Switch, 70), row("17713.11", Other, 70), row("161.19.250", Other, 78), row("25053.3.1.4", AccessPoint, 84), row("25053.3.1.5", WifiController, 68), row("25053.3.1.10", WifiController, 86), row("25053.3.1.11", WifiController, 86), row("25053.3.1.13", WifiController, 70),
    row("41112.1.4", AccessPoint, 44), row("41112.1.5", Router, 78), row("41112.1.6", AccessPoint, 74), row("10002.1", AccessPoint, 46), row("2356.11.8", Router, 50), row("2356.13", AccessPoint, 82), row("2356.16", Switch, 84), row("2356.600.6", AccessPoint, 76), row("2356.600", Router, 50), row("2356.14", Switch, 70), row("2356.800", Switch, 70),
    row("3955.6", Switch, 80), row("3955.1000", Switch, 80), row("14179.1", WifiController, 84), row("35265.1.22", Other, 80), row("5651.1", Router, 50), row("207.1.4", Switch, 74), row("207.1.14", Switch, 76), row("207.1.1", Router, 50), row("10734.1", Firewall, 70), row("15983.1", WifiController, 74), row("388", AccessPoint, 30),
    row("789.1123", Nas, 70), row("789.2", Nas, 84), row("5596", Other, 80), row("6889.1.2", Other, 80), row("6889.1.69", Phone, 80), row("6889.1.45", Switch, 70), row("6889.1.8", Other, 60), row("572.16838", Other, 80), row("5624.2", Switch, 82), row("52.3", Switch, 66), row("9.1.1069", WifiController, 84), row("9.1.1279", WifiController, 84), row("9.1.1348", Other, 80),
    row("42397.1.1", AccessPoint, 40),
    // Computers: Microsoft tells a workstation from a server (311.1.1.3.1), net-snmp only the system (8072.3.2).
    row("311.1.1.3.1.1", Desktop, 46), row("311.1.1.3.1.2", Server, 86), row("311.1.1.3.1.3", Server, 86), row("8072.3.2.10", Server, 36), row("8072.3.2.8", Server, 44), row("8072.3.2.7", Server, 46), row("8072.3.2.12", Server, 46), of("8072.3.2.16", Unknown, 0, "Apple"), of("8072.3.2.255", Unknown, 0, ""), row("8072.3.2.3", Server, 50), row("30155.23.1", Server, 50), row("6876.4.1", Server, 84), row("12325.1.1.2.1.1", Server, 46),
    // IBM, Lenovo and others.
    of("2.6.158", Other, 40, ""), row("2.3.1", Server, 50), row("20301.1.18", Switch, 84), row("26543.1", Switch, 84), row("19046.11.1", Server, 86), row("10876.2", Server, 70), row("6302.2", Other, 60), row("2684", Other, 60), row("343.2.10", Server, 60),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_branch_wins_and_only_at_a_dot() {
        for (below, expected) in [
            ("318.1.3.2.7", Some(Ups)),
            ("318.1.3.27", Some(Ups)),
            ("318.1.3.4.5", Some(Other)),
            ("11.2.3.7.11.140", Some(Switch)),
            ("11.2.3.9.1", Some(Printer)),
            ("99999.1", None),
        ] {
            assert_eq!(family(below).map(|row| row.kind), expected, "{below}");
        }
    }
}
