//! Tables in which controllers tell of their access points: which column names what.
//!
//! Sources: the MIBs that `shared/objects/wireless.rs` names. Comes in: items. Goes out: rows. Absent on purpose: what becomes of a row (`told`).

/// Where a row tells the access point's MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacAt {
    /// The row's index: six numbers, by some agents with their length before them.
    Index,
    /// A column of octets; where it is not told, the index.
    Column(&'static str),
}

/// One such table.
#[derive(Debug)]
pub struct Told {
    /// Who makes such access points.
    pub vendor: &'static str,
    /// Name, model, serial number, firmware version, address: items, empty where the table has no such column.
    pub name: &'static str,
    /// Model.
    pub model: &'static str,
    /// Serial number; `@` where the index ends with it as a string.
    pub serial: &'static str,
    /// Firmware version.
    pub firmware: &'static str,
    /// Its IPv4 address.
    pub address: &'static str,
    /// Its MAC.
    pub mac: MacAt,
    /// A column whose instances are those of the row and the number of a radio, and its value where the radio is on (empty: not told).
    pub radios: (&'static str, &'static str),
}

/// A serial number that is the index.
pub const BY_INDEX: &str = "@";

/// All tables.
pub const TOLD: &[Told] = &[
    Told {
        vendor: "Cisco",
        name: "bsnAPName",
        model: "bsnAPModel",
        serial: "bsnAPSerialNumber",
        firmware: "bsnAPSoftwareVersion",
        address: "bsnApIpAddress",
        mac: MacAt::Column("bsnAPEthernetMacAddress"),
        radios: ("bsnAPIfOperStatus", "2"),
    },
    Told {
        vendor: "Aruba",
        name: "wlanAPName",
        model: "wlanAPModelName",
        serial: "wlanAPSerialNumber",
        firmware: "",
        address: "wlanAPIpAddress",
        mac: MacAt::Index,
        radios: ("wlanAPRadioType", ""),
    },
    Told {
        vendor: "Aruba",
        name: "aiAPName",
        model: "aiAPModelName",
        serial: "aiAPSerialNum",
        firmware: "",
        address: "aiAPIPAddress",
        mac: MacAt::Index,
        radios: ("aiRadioStatus", "1"),
    },
    Told {
        vendor: "Huawei",
        name: "hwWlanApName",
        model: "hwWlanApTypeInfo",
        serial: "hwWlanApSn",
        firmware: "hwWlanApSoftwareVersion",
        address: "hwWlanApIpAddress",
        mac: MacAt::Index,
        radios: ("", ""),
    },
    Told {
        vendor: "Ruckus",
        name: "ruckusZDAPDescription",
        model: "ruckusZDAPModel",
        serial: "ruckusZDAPSerialNumber",
        firmware: "ruckusZDAPSWversion",
        address: "ruckusZDAPIPAddr",
        mac: MacAt::Index,
        radios: ("", ""),
    },
    Told {
        vendor: "Ruckus",
        name: "ruckusUnleashedAPDescription",
        model: "ruckusUnleashedAPModel",
        serial: "ruckusUnleashedAPSerialNumber",
        firmware: "ruckusUnleashedAPSWversion",
        address: "ruckusUnleashedAPIPAddr",
        mac: MacAt::Index,
        radios: ("", ""),
    },
    Told {
        vendor: "Ruckus",
        name: "ruckusSZAPName",
        model: "ruckusSZAPModel",
        serial: "ruckusSZAPSerial",
        firmware: "",
        address: "ruckusSZAPIp",
        mac: MacAt::Index,
        radios: ("", ""),
    },
    Told {
        vendor: "",
        name: "hh3cDot11CurrAPName",
        model: "hh3cDot11CurrAPModelName",
        serial: BY_INDEX,
        firmware: "hh3cDot11CurrAPSoftwareVersion",
        address: "hh3cDot11CurrAPIPAddress",
        mac: MacAt::Column("hh3cDot11CurrAPMacAddress"),
        radios: ("", ""),
    },
    Told {
        vendor: "Fortinet",
        name: "fgWcWtpConfigWtpName",
        model: "fgWcWtpSessionWtpModelNumber",
        serial: BY_INDEX,
        firmware: "fgWcWtpSessionWtpSwVersion",
        address: "fgWcWtpSessionWtpIpAddress",
        mac: MacAt::Column("fgWcWtpSessionWtpBaseMacAddress"),
        radios: ("", ""),
    },
];

/// Columns that say how an access point is, and nothing of what it is.
const STATES: &[&str] = &[
    "bsnAPOperationStatus",
    "wlanAPStatus",
    "aiAPStatus",
    "hwWlanApRunState",
    "ruckusZDAPStatus",
    "ruckusUnleashedAPStatus",
    "ruckusSZAPConnStatus",
    "hh3cDot11APOperationStatus",
    "fgWcWtpSessionConnectionState",
];

/// Whether an item tells of access points, not of the device that told it.
pub fn is_column(item: &str) -> bool {
    let of_row = |row: &Told| {
        let columns = [row.name, row.model, row.serial, row.firmware, row.address, row.radios.0];
        columns.contains(&item) || matches!(row.mac, MacAt::Column(column) if column == item)
    };
    !item.is_empty() && (STATES.contains(&item) || TOLD.iter().any(of_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_apart_from_the_controllers_own_items() {
        for (item, expected) in [
            ("bsnAPModel", true),
            ("bsnAPEthernetMacAddress", true),
            ("aiAPStatus", true),
            ("aiRadioStatus", true),
            ("agentInventorySerialNumber", false),
            ("", false),
        ] {
            assert_eq!(is_column(item), expected, "{item}");
        }
    }
}
