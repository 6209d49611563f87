//! Which station was learnt behind which port: Q-BRIDGE-MIB dot1qTpFdbTable (RFC 4363), else BRIDGE-MIB dot1dTpFdbTable (RFC 4188).
//!
//! Only learnt entries are told: the switch's own and static ones say nothing of who is there.

use crate::probes::snmp::value::{Row, Rows};
use rollcall_shared::Mac;
use rollcall_shared::evidence::{Forwarding, MacVlan};
use std::collections::BTreeMap;

/// dot1qTpFdbEntry: dot1qTpFdbPort, dot1qTpFdbStatus; index: FDB id, six octets of the MAC.
pub const TABLE_Q: &str = "1.3.6.1.2.1.17.7.1.2.2.1";
/// dot1dTpFdbEntry: dot1dTpFdbPort, dot1dTpFdbStatus; index: six octets of the MAC.
pub const TABLE_D: &str = "1.3.6.1.2.1.17.4.3.1";
/// Port and status, in both tables.
pub const COLUMNS: &[&str] = &["2", "3"];
/// dot1qVlanFdbId; index: time mark, VLAN.
pub const VLAN_FDB: &str = "1.3.6.1.2.1.17.7.1.4.2.1.3";
/// dot1dBasePortIfIndex; index: bridge port.
pub const PORT_INDEX: &str = "1.3.6.1.2.1.17.1.4.1.2";
/// Stations of one switch at most: the tables of school switches hold 8 192 to 16 384.
pub const MAX_ROWS: usize = 16_384;

/// dot1qTpFdbStatus and dot1dTpFdbStatus: learned(3).
const LEARNED: i64 = 3;

/// Bridge port → ifIndex.
pub fn ports(rows: &Rows) -> BTreeMap<u32, u32> {
    rows.iter().filter_map(|(index, row)| Some((*index.first()?, row.value(0).index()?))).filter(|(_, index)| *index != 0).collect()
}

/// FDB id → VLAN. An FDB that several VLANs share belongs to none of them: 0.
pub fn vlans(rows: &Rows) -> BTreeMap<u32, u16> {
    let mut vlans = BTreeMap::new();
    for (index, row) in rows.iter() {
        let (Some(vlan), Some(fdb)) = (index.last().and_then(|vlan| u16::try_from(*vlan).ok()), row.value(0).index()) else { continue };
        vlans.entry(fdb).and_modify(|known| *known = if *known == vlan { vlan } else { 0 }).or_insert(vlan);
    }
    vlans
}

/// Entries of the Q-BRIDGE table. Without a table of FDB ids (many agents) an id in the range of VLANs is taken for the VLAN, as those agents mean it.
pub fn by_vlan(rows: &Rows, ports: &BTreeMap<u32, u32>, vlans: &BTreeMap<u32, u16>) -> Vec<Forwarding> {
    let entry = |(index, row): (&[u32], Row<'_>)| {
        let (fdb, mac) = index.split_first()?;
        let vlan = match vlans.get(fdb) {
            Some(vlan) => *vlan,
            None if vlans.is_empty() => u16::try_from(*fdb).ok().filter(|vlan| (1..=4094).contains(vlan)).unwrap_or(0),
            None => 0,
        };
        learnt(mac, row, ports, vlan)
    };
    rows.iter().filter_map(entry).collect()
}

/// Entries of the BRIDGE-MIB table, which knows no VLAN (`vlan` is 0, or the one whose context was asked).
pub fn of_bridge(rows: &Rows, ports: &BTreeMap<u32, u32>, vlan: u16) -> Vec<Forwarding> {
    rows.iter().filter_map(|(index, row)| learnt(index, row, ports, vlan)).collect()
}

fn learnt(mac: &[u32], row: Row<'_>, ports: &BTreeMap<u32, u32>, vlan: u16) -> Option<Forwarding> {
    // Some agents write the index as a string of variable length: 6, then the six octets.
    let mac = if let [6, octets @ ..] = mac
        && octets.len() == 6
    {
        octets
    } else {
        mac
    };
    let octets: Vec<u8> = mac.iter().map(|octet| u8::try_from(*octet)).collect::<Result<_, _>>().ok()?;
    let mac = Mac::from_slice(&octets).filter(|mac| !mac.is_void() && !mac.is_group())?;
    let port = row.value(0).index().filter(|port| *port != 0)?;
    let learnt = row.value(1).number().is_none_or(|status| status == LEARNED);
    learnt.then(|| Forwarding { key: MacVlan { mac, vlan }, port: ports.get(&port).copied().unwrap_or(port) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::snmp::value::Value;

    fn rows(cells: &[(&[u32], i64, i64)]) -> Rows {
        let mut rows = Rows::default();
        for (index, port, status) in cells {
            rows.0.insert(index.to_vec(), vec![Value::Number(*port), Value::Number(*status)]);
        }
        rows
    }

    fn check(found: Vec<Forwarding>, expected: &[(&str, u32)]) {
        let found: Vec<(String, u32)> = found.iter().map(|entry| (entry.key.to_string(), entry.port)).collect();
        let expected: Vec<(String, u32)> = expected.iter().map(|(key, port)| ((*key).to_owned(), *port)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn learnt_stations_with_vlan_and_interface() {
        let table = rows(&[
            (&[7, 0, 0x1a, 0x2b, 0, 0, 1], 1, 3),
            (&[7, 0, 0x1a, 0x2b, 0, 0, 2], 2, 4),
            (&[8, 0, 0x1a, 0x2b, 0, 0, 3], 0, 3),
            (&[9, 1, 0, 0x5e, 0, 0, 1], 1, 3),
            (&[9, 0, 0x1a, 0x2b, 0, 0], 1, 3),
            (&[9, 0, 0x1a, 0x2b, 0, 0, 300], 1, 3),
        ]);
        let ports = BTreeMap::from([(1, 10_101)]);
        check(by_vlan(&table, &ports, &BTreeMap::from([(7, 12)])), &[("00:1a:2b:00:00:01@12", 10_101)]);
        check(by_vlan(&table, &ports, &BTreeMap::new()), &[("00:1a:2b:00:00:01@7", 10_101)]);
        check(of_bridge(&rows(&[(&[6, 0, 0x1a, 0x2b, 0, 0, 1], 3, 3)]), &ports, 0), &[("00:1a:2b:00:00:01", 3)]);
        check(of_bridge(&rows(&[(&[0, 0x1a, 0x2b, 0, 0, 1], 3, 3)]), &ports, 0), &[("00:1a:2b:00:00:01", 3)]);
    }

    #[test]
    fn a_shared_table_belongs_to_no_vlan() {
        let table = rows(&[(&[0, 10], 1, 0), (&[0, 20], 1, 0), (&[0, 30], 3, 0)]);
        assert_eq!(vlans(&table), BTreeMap::from([(1, 0), (3, 30)]));
    }
}
