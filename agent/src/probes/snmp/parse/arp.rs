//! Who holds which address beyond a router: its ARP table, ipNetToPhysicalTable (RFC 4293) or the older ipNetToMediaTable (RFC 1213).
//!
//! Only what the router learnt counts (type dynamic): its own addresses and those that somebody wrote down prove nobody's presence. IPv4 alone.

use crate::probes::snmp::value::Rows;
use rollcall_shared::Mac;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// ipForwarding: 1 where the device forwards what is not for itself.
pub const FORWARDING: &str = "1.3.6.1.2.1.4.1";
/// The value of [`FORWARDING`] that a router has.
pub const FORWARDS: i64 = 1;
/// ipNetToMediaEntry; index: ifIndex, address.
pub const MEDIA: &str = "1.3.6.1.2.1.4.22.1";
/// ipNetToMediaPhysAddress, Type.
pub const MEDIA_COLUMNS: &[&str] = &["2", "4"];
/// ipNetToPhysicalEntry; index: ifIndex, kind of address, length, address.
pub const PHYSICAL: &str = "1.3.6.1.2.1.4.35.1";
/// ipNetToPhysicalPhysAddress, Type.
pub const PHYSICAL_COLUMNS: &[&str] = &["4", "6"];
/// Entries of one router at most.
pub const MAX_ROWS: usize = 8_192;

/// dynamic, of ipNetToMediaType and of ipNetToPhysicalType.
const LEARNT: u32 = 3;
/// ipv4 and the length of its address (INET-ADDRESS-MIB).
const IPV4: [u32; 2] = [1, 4];

/// Addresses with their holders, by rows of either table. An address that stands at two interfaces counts once, at the first.
pub fn holders(rows: &Rows) -> BTreeMap<Ipv4Addr, Mac> {
    let mut all = BTreeMap::new();
    for (index, row) in rows.iter().filter(|(_, row)| row.index(1) == LEARNT) {
        let Some((_, rest)) = index.split_first() else { continue };
        let octets = rest.strip_prefix(IPV4.as_slice()).unwrap_or(rest);
        let octets: Vec<u8> = octets.iter().filter_map(|octet| u8::try_from(*octet).ok()).collect();
        let (Ok(octets), Some(mac)) = (<[u8; 4]>::try_from(octets), Mac::from_slice(row.value(0).octets())) else { continue };
        if !mac.is_group() && !mac.is_void() {
            all.entry(Ipv4Addr::from(octets)).or_insert(mac);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::snmp::value::Value;

    #[test]
    fn what_was_learnt_is_told_of_either_table() {
        let mac = |last: u8| Value::Octets(vec![0, 0x1a, 0x2b, 0, 0, last]);
        let mut rows = Rows::default();
        let mut row = |index: &[u32], mac: Value, kind: i64| rows.0.insert(index.to_vec(), vec![mac, Value::Number(kind)]);
        row(&[3, 10, 0, 9, 5], mac(5), 3);
        row(&[3, 10, 0, 9, 1], mac(1), 4);
        row(&[4, 1, 4, 10, 0, 9, 6], mac(6), 3);
        row(&[4, 1, 4, 10, 0, 9, 7], Value::Octets(vec![0xff; 6]), 3);
        row(&[4, 1, 4, 10, 0, 9, 8], Value::Octets(vec![1, 2]), 3);
        row(&[4, 1, 4, 10, 0, 9, 900], mac(9), 3);
        row(&[4, 2, 16, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], mac(9), 3);
        row(&[], mac(9), 3);
        let told: Vec<String> = holders(&rows).iter().map(|(ip, mac)| format!("{ip} {mac}")).collect();
        assert_eq!(told, ["10.0.9.5 00:1a:2b:00:00:05", "10.0.9.6 00:1a:2b:00:00:06"]);
    }
}
