//! Neighbours heard on ports: LLDP-MIB lldpRemTable (IEEE 802.1AB-2005 annex 12), else LLDP-V2-MIB lldpV2RemTable (IEEE 802.1AB-2009 clause 11),
//! and CISCO-CDP-MIB cdpCacheTable.

use crate::probes::snmp::value::{Row, Rows, Value, octets_text};
use rollcall_shared::Mac;
use rollcall_shared::evidence::{Interface, Neighbour};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// lldpRemEntry; index: time mark, local port number, remote index.
pub const LLDP: &str = "1.0.8802.1.1.2.1.4.1.1";
/// lldpRemChassisIdSubtype, ChassisId, PortIdSubtype, PortId, PortDesc, SysName, SysDesc.
pub const LLDP_COLUMNS: &[&str] = &["4", "5", "6", "7", "8", "9", "10"];
/// lldpRemManAddrIfSubtype: the first readable column of a table whose addresses stand in its index.
pub const LLDP_ADDRESS: &str = "1.0.8802.1.1.2.1.4.2.1.3";
/// lldpV2RemEntry; index: time mark, ifIndex, destination address, remote index.
pub const LLDP_V2: &str = "1.3.111.2.802.1.1.13.1.4.1.1";
/// lldpV2RemChassisIdSubtype, ChassisId, PortIdSubtype, PortId, PortDesc, SysName, SysDesc.
pub const LLDP_V2_COLUMNS: &[&str] = &["5", "6", "7", "8", "9", "10", "11"];
/// lldpV2RemManAddrIfSubtype, whose index goes on with the address.
pub const LLDP_V2_ADDRESS: &str = "1.3.111.2.802.1.1.13.1.4.2.1.3";
/// lldpLocPortEntry; index: local port number.
pub const LLDP_PORT: &str = "1.0.8802.1.1.2.1.3.7.1";
/// lldpLocPortIdSubtype, lldpLocPortId, lldpLocPortDesc.
pub const LLDP_PORT_COLUMNS: &[&str] = &["2", "3", "4"];
/// cdpCacheEntry; index: ifIndex, device index.
pub const CDP: &str = "1.3.6.1.4.1.9.9.23.1.2.1.1";
/// cdpCacheAddressType, Address, Version, DeviceId, DevicePort, Platform.
pub const CDP_COLUMNS: &[&str] = &["3", "4", "5", "6", "7", "8"];
/// tpLldpNeighborEntry of TP-Link switches, which leave the standard table empty (TPLINK-LLDPINFO-MIB); index: ifIndex, neighbour.
pub const TP_LINK: &str = "1.3.6.1.4.1.11863.6.35.1.2.2.1";
/// Local port, chassis id, port id, port description, system name, system description.
pub const TP_LINK_COLUMNS: &[&str] = &["1", "4", "6", "8", "9", "10"];
/// Neighbours of one device at most.
pub const MAX_ROWS: usize = 512;

/// Chassis ids that are MACs: subtype macAddress(4) of LldpChassisIdSubtype, macAddress(3) of LldpPortIdSubtype.
const CHASSIS_MAC: u32 = 4;
const PORT_MAC: u32 = 3;
/// networkAddress: subtype 5 of a chassis id, 4 of a port id; an address family number, then the address.
const CHASSIS_ADDRESS: u32 = 5;
const PORT_ADDRESS: u32 = 4;
/// interfaceName(5) and local(7) of LldpPortIdSubtype.
const PORT_NAME: u32 = 5;

/// LLDP neighbours. `bridge` maps bridge ports to ifIndex: many agents number LLDP ports so.
pub fn lldp(rows: &Rows, addresses: &Rows, local: &Rows, interfaces: &[Interface], bridge: &BTreeMap<u32, u32>) -> Vec<Neighbour> {
    let addresses = lldp_addresses(addresses);
    let mut all = BTreeMap::new();
    for (index, row) in rows.iter() {
        // RouterOS before 7 leaves the time mark out, or the port too.
        let (port, remote) = match index {
            [_, port, remote] | [port, remote] => (port, remote),
            [remote] => (&0, remote),
            _ => continue,
        };
        let here = Row(local.0.get([*port].as_slice()).map_or(&[], Vec::as_slice));
        let (local_port, local_index) = local_port(*port, here, interfaces, bridge);
        let address = addresses.get(&(*port, *remote)).copied();
        let neighbour = Neighbour { key: format!("lldp:{port}.{remote}"), local_port, local_index, address, ..heard(row) };
        all.insert((*port, *remote), neighbour);
    }
    all.into_values().collect()
}

/// What a row of either version of the table says of the neighbour.
fn heard(row: Row<'_>) -> Neighbour {
    Neighbour {
        chassis: identifier(row.index(0), row.value(1), CHASSIS_MAC, CHASSIS_ADDRESS),
        port: identifier(row.index(2), row.value(3), PORT_MAC, PORT_ADDRESS),
        port_descr: row.text(4),
        name: row.text(5),
        descr: row.text(6),
        ..Default::default()
    }
}

/// LLDP neighbours by the second version of the table, whose ports are ifIndexes.
pub fn lldp_v2(rows: &Rows, addresses: &Rows, interfaces: &[Interface]) -> Vec<Neighbour> {
    let addresses = lldp_v2_addresses(addresses);
    let neighbour = |(index, row): (&[u32], Row<'_>)| {
        let [_, port, _, remote] = index else { return None };
        let known = interfaces.iter().find(|interface| interface.key == *port);
        let local_port = known.map_or_else(|| port.to_string(), |interface| interface.name.clone());
        let address = addresses.get(&(*port, *remote)).copied();
        Some(Neighbour { key: format!("lldp:{port}.{remote}"), local_port, local_index: *port, address, ..heard(row) })
    };
    rows.iter().filter_map(neighbour).collect()
}

/// CDP neighbours.
pub fn cdp(rows: &Rows, interfaces: &[Interface]) -> Vec<Neighbour> {
    let neighbour = |(index, row): (&[u32], Row<'_>)| {
        let [port, device] = index else { return None };
        let known = interfaces.iter().find(|interface| interface.key == *port);
        let address = (row.index(0) == 1).then(|| <[u8; 4]>::try_from(row.value(1).octets()).ok()).flatten();
        Some(Neighbour {
            key: format!("cdp:{port}.{device}"),
            local_port: known.map_or_else(|| port.to_string(), |interface| interface.name.clone()),
            local_index: *port,
            chassis: String::new(),
            port: row.text(4),
            port_descr: String::new(),
            name: row.text(3),
            descr: [row.text(5), row.text(2)].iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", "),
            address: address.map(|octets| IpAddr::V4(Ipv4Addr::from(octets))).filter(|ip| !ip.is_unspecified()),
        })
    };
    rows.iter().filter_map(neighbour).collect()
}

/// Neighbours as TP-Link tells them; MACs come as text in capitals.
pub fn tp_link(rows: &Rows, interfaces: &[Interface]) -> Vec<Neighbour> {
    let neighbour = |(index, row): (&[u32], Row<'_>)| {
        let [port, remote] = index else { return None };
        let known = interfaces.iter().find(|interface| interface.key == *port);
        let id = |column| row.text(column).parse().map_or_else(|_| row.text(column), |mac: Mac| mac.to_string());
        Some(Neighbour {
            key: format!("lldp:{port}.{remote}"),
            local_port: known.map_or_else(|| row.text(0), |interface| interface.name.clone()),
            local_index: *port,
            chassis: id(1),
            port: id(2),
            port_descr: row.text(3),
            name: row.text(4),
            descr: row.text(5),
            address: None,
        })
    };
    rows.iter().filter_map(neighbour).collect()
}

/// Management addresses by (local port, remote index); the first of several, IPv4 before IPv6.
fn lldp_addresses(rows: &Rows) -> BTreeMap<(u32, u32), IpAddr> {
    let mut addresses = BTreeMap::new();
    for (index, _) in rows.iter() {
        // Time mark, local port, remote index, then the address.
        let [_, port, remote, family, rest @ ..] = index else { continue };
        if let Some(ip) = indexed_address(*family, rest) {
            addresses.entry((*port, *remote)).or_insert(ip);
        }
    }
    addresses
}

/// The same of the second version: time mark, ifIndex, destination address, remote index, then the address.
fn lldp_v2_addresses(rows: &Rows) -> BTreeMap<(u32, u32), IpAddr> {
    let mut addresses = BTreeMap::new();
    for (index, _) in rows.iter() {
        let [_, port, _, remote, family, rest @ ..] = index else { continue };
        if let Some(ip) = indexed_address(*family, rest) {
            addresses.entry((*port, *remote)).or_insert(ip);
        }
    }
    addresses
}

/// An address in an index: family, length, octets; some agents leave the length out.
fn indexed_address(family: u32, rest: &[u32]) -> Option<IpAddr> {
    let octets = match rest.split_first() {
        Some((length, octets)) if usize::try_from(*length) == Ok(octets.len()) => octets,
        _ => rest,
    };
    let octets: Vec<u8> = octets.iter().filter_map(|octet| u8::try_from(*octet).ok()).collect();
    address(family, &octets)
}

/// An address of a family by its IANA number: 1 IPv4, 2 IPv6.
fn address(family: u32, octets: &[u8]) -> Option<IpAddr> {
    match family {
        1 => <[u8; 4]>::try_from(octets).ok().map(|octets| IpAddr::V4(Ipv4Addr::from(octets))),
        2 => <[u8; 16]>::try_from(octets).ok().map(|octets| IpAddr::V6(Ipv6Addr::from(octets))),
        _ => None,
    }
}

/// A chassis or port id as text; MACs and addresses in their one spelling. Some agents give a MAC as text, which stays as it is.
fn identifier(subtype: u32, value: &Value, mac: u32, network: u32) -> String {
    let octets = value.octets();
    match octets.split_first() {
        _ if subtype == mac && octets.len() == 6 => Mac::from_slice(octets).map_or_else(String::new, |mac| mac.to_string()),
        Some((family, rest)) if subtype == network => address((*family).into(), rest).map_or_else(|| octets_text(octets), |ip| ip.to_string()),
        _ => value.text(),
    }
}

/// Name and ifIndex of a local port. The MIB does not promise that port numbers are ifIndexes; the port's own id is believed first.
fn local_port(number: u32, here: Row<'_>, interfaces: &[Interface], bridge: &BTreeMap<u32, u32>) -> (String, u32) {
    let subtype = here.index(0);
    let id = identifier(subtype, here.value(1), PORT_MAC, PORT_ADDRESS);
    let descr = here.text(2);
    let named = |text: &str| interfaces.iter().find(|one| !text.is_empty() && (one.name == text || one.descr == text));
    let by_mac = |one: &&Interface| subtype == PORT_MAC && one.mac.is_some_and(|mac| mac.to_string() == id);
    let mut holders = interfaces.iter().filter(by_mac);
    let only_holder = holders.next().filter(|_| holders.next().is_none());
    let numbered = |key: u32| interfaces.iter().find(|one| one.key == key);
    let found = named(&id)
        .or_else(|| named(&descr))
        .or(only_holder)
        .or_else(|| bridge.get(&number).and_then(|index| numbered(*index)))
        .or_else(|| numbered(number));
    let own = if subtype == PORT_NAME || descr.is_empty() { id } else { descr };
    match found {
        Some(interface) => (interface.name.clone(), interface.key),
        None if own.is_empty() && number == 0 => (String::new(), 0),
        None if own.is_empty() => (number.to_string(), 0),
        None => (own, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Octets(text.as_bytes().to_vec())
    }

    fn interface(key: u32, name: &str) -> Interface {
        Interface { key, name: name.into(), ..Default::default() }
    }

    #[test]
    fn an_lldp_neighbour_with_its_local_port_and_address() {
        let (mut rows, mut addresses, mut local) = (Rows::default(), Rows::default(), Rows::default());
        let remote = [
            Value::Number(4),
            Value::Octets(vec![0, 0x1a, 0x2b, 0, 0, 9]),
            Value::Number(7),
            text("24"),
            text("Port 24"),
            text("sw2"),
            text("Switch"),
        ];
        rows.0.insert(vec![1200, 3, 1], remote.to_vec());
        addresses.0.insert(vec![1200, 3, 1, 1, 4, 10, 0, 0, 9], vec![Value::Number(2)]);
        local.0.insert(vec![3], vec![Value::Number(5), text("gi3"), text("Port 3")]);
        let found = lldp(&rows, &addresses, &local, &[interface(3, "gi1"), interface(51, "gi3")], &BTreeMap::new());
        let expected = Neighbour {
            key: "lldp:3.1".into(),
            local_port: "gi3".into(),
            local_index: 51,
            chassis: "00:1a:2b:00:00:09".into(),
            port: "24".into(),
            port_descr: "Port 24".into(),
            name: "sw2".into(),
            descr: "Switch".into(),
            address: Some("10.0.0.9".parse().unwrap()),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_neighbour_of_the_second_version_hangs_on_its_interface() {
        let (mut rows, mut addresses) = (Rows::default(), Rows::default());
        let remote =
            [Value::Number(4), text("20:28:3e:6e:e3:11"), Value::Number(5), text("10GE2/4"), text("to the school"), text("core"), text("A router")];
        rows.0.insert(vec![0, 17, 1, 1], remote.to_vec());
        addresses.0.insert(vec![0, 17, 1, 1, 1, 4, 10, 0, 0, 9], vec![Value::Number(2)]);
        let found = lldp_v2(&rows, &addresses, &[interface(17, "ethernet1/12")]);
        assert_eq!((found[0].key.as_str(), found[0].local_port.as_str(), found[0].local_index), ("lldp:17.1", "ethernet1/12", 17));
        assert_eq!((found[0].name.as_str(), found[0].port.as_str(), found[0].address), ("core", "10GE2/4", Some("10.0.0.9".parse().unwrap())));
    }

    #[test]
    fn a_local_port_is_found_by_name_by_bridge_port_or_by_number() {
        let interfaces = [interface(7, "A7"), interface(10_103, "Gi0/3")];
        let bridge = BTreeMap::from([(3, 10_103)]);
        let check = |number, cells: &[Value], expected: (&str, u32)| {
            assert_eq!(local_port(number, Row(cells), &interfaces, &bridge), (expected.0.to_owned(), expected.1));
        };
        check(3, &[], ("Gi0/3", 10_103));
        check(7, &[], ("A7", 7));
        check(9, &[], ("9", 0));
        check(9, &[Value::Number(7), text("x9"), text("Port 9")], ("Port 9", 0));
        check(9, &[Value::Number(5), text("Gi0/3"), text("")], ("Gi0/3", 10_103));
    }

    #[test]
    fn a_cdp_neighbour() {
        let mut rows = Rows::default();
        rows.0.insert(
            vec![7, 1],
            vec![Value::Number(1), Value::Octets(vec![10, 0, 0, 8]), text("IOS"), text("sw8.school"), text("Gi0/1"), text("WS-C2960")],
        );
        let found = cdp(&rows, &[interface(7, "A7")]);
        assert_eq!((found[0].key.as_str(), found[0].local_port.as_str(), found[0].address), ("cdp:7.1", "A7", Some("10.0.0.8".parse().unwrap())));
        assert_eq!((found[0].name.as_str(), found[0].descr.as_str()), ("sw8.school", "WS-C2960, IOS"));
    }
}
