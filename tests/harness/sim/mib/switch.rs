//! A managed switch: IF-MIB, BRIDGE-MIB, Q-BRIDGE-MIB, LLDP-MIB, ENTITY-MIB, POWER-ETHERNET-MIB, and the ARP table of the first one.
//!
//! Comes in: the school's wiring. Goes out: rows. A silent or absent device is in no table and its port is dark.

use super::{Mib, Port, Value, interface, own_address};
use crate::sim::device::Device;
use crate::sim::town::School;
use rollcall_shared::Mac;

/// What is the same for all units of a make.
pub(super) struct Chassis<'a> {
    pub(super) part: &'a str,
    pub(super) brand: &'a str,
    pub(super) ports: u32,
    pub(super) poe_w: u32,
    pub(super) descr: &'a str,
}

/// One VLAN, as in most schools.
const VLAN: u32 = 1;

/// Fills in all that a switch tells.
pub(super) fn tell(mib: &mut Mib, school: &School, switch: &Device, chassis: &Chassis<'_>) {
    let Some(own) = switch.mac else { return };
    let stations = stations(school, switch);
    let lit = |port: u32| stations.iter().any(|(_, at)| *at == port) || uplink(switch) == Some(port) || linked(school, switch, port).is_some();
    mib.put("1.3.6.1.2.1.2.1.0", Value::Int(i64::from(chassis.ports)));
    for port in 1..=chassis.ports {
        // Ports carry the chassis' first octets and a last part of their own that no device of the town has.
        let octets = Mac::from_i64(own.to_i64() + 0x40_00 + i64::from(port)).octets();
        let alias = linked(school, switch, port).map_or(String::new(), |far| format!("vers {}", far.make.kind));
        interface(mib, &Port { index: port, name: &port.to_string(), descr: &port.to_string(), alias: &alias, up: lit(port), octets: &octets });
        mib.cell("1.3.6.1.2.1.17.1.4.1.1", &[port], Value::Int(i64::from(port)));
        mib.cell("1.3.6.1.2.1.17.1.4.1.2", &[port], Value::Int(i64::from(port)));
    }
    own_address(mib, switch);
    bridge(mib, own, chassis.ports, &stations);
    entities(mib, switch, chassis);
    lldp(mib, school, switch, chassis);
    if chassis.poe_w > 0 {
        let draw = 7 * school.devices.iter().filter(|device| device.make.kind == "access_point" && !device.is_silent()).count();
        mib.put("1.3.6.1.2.1.105.1.3.1.1.2.1", Value::Gauge(chassis.poe_w)); // pethMainPsePower
        mib.put("1.3.6.1.2.1.105.1.3.1.1.3.1", Value::Int(1));
        mib.put("1.3.6.1.2.1.105.1.3.1.1.4.1", Value::Gauge(draw as u32)); // pethMainPseConsumptionPower
    }
    if uplink(switch).is_none() {
        arp(mib, school);
    }
}

/// The port by which a switch that is not the first hangs on the first.
fn uplink(switch: &Device) -> Option<u32> {
    switch.plug.as_ref().map(|_| 1)
}

/// The switch, access point or server that is plugged into this port.
fn linked<'a>(school: &'a School, switch: &Device, port: u32) -> Option<&'a Device> {
    school.devices.iter().find(|device| {
        matches!(device.make.kind, "switch" | "access_point" | "server")
            && !device.is_silent()
            && device.plug.as_ref().is_some_and(|plug| plug.switch == switch.name && plug.port == port)
    })
}

/// Every station that this switch has learnt, and behind which of its ports.
fn stations(school: &School, switch: &Device) -> Vec<(Mac, u32)> {
    let own = school.devices.iter().filter(|device| device.name != switch.name && !device.is_silent());
    let devices = own.filter_map(|device| Some((device.mac?, port_towards(school, switch, device)?)));
    let first_access_point = school.devices.iter().find(|device| device.make.kind == "access_point");
    let visitors = first_access_point.and_then(|point| port_towards(school, switch, point));
    let visiting = visitors.into_iter().flat_map(|port| school.visitors.iter().map(move |(mac, _)| (*mac, port)));
    devices.chain(visiting).collect()
}

/// Behind which port of `switch` a device lies: its own plug, the plug of the switch it hangs on, or the uplink.
fn port_towards(school: &School, switch: &Device, device: &Device) -> Option<u32> {
    let Some(plug) = &device.plug else { return uplink(switch) }; // the first switch lies behind every uplink
    if plug.switch == switch.name {
        return Some(plug.port);
    }
    let between = school.device(&plug.switch)?;
    match &between.plug {
        Some(link) if link.switch == switch.name => Some(link.port),
        _ => uplink(switch),
    }
}

/// BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363).
fn bridge(mib: &mut Mib, own: Mac, ports: u32, stations: &[(Mac, u32)]) {
    mib.put("1.3.6.1.2.1.17.1.1.0", Value::Octets(own.octets().to_vec()));
    mib.put("1.3.6.1.2.1.17.1.2.0", Value::Int(i64::from(ports)));
    mib.put("1.3.6.1.2.1.17.1.3.0", Value::Int(2)); // transparent-only
    for (mac, port) in stations {
        let octets = mac.octets();
        let index = octets.map(u32::from);
        mib.cell("1.3.6.1.2.1.17.4.3.1.1", &index, Value::Octets(octets.to_vec()));
        mib.cell("1.3.6.1.2.1.17.4.3.1.2", &index, Value::Int(i64::from(*port)));
        mib.cell("1.3.6.1.2.1.17.4.3.1.3", &index, Value::Int(3)); // learned
        let tagged = [&[VLAN][..], &index].concat();
        mib.cell("1.3.6.1.2.1.17.7.1.2.2.1.2", &tagged, Value::Int(i64::from(*port)));
        mib.cell("1.3.6.1.2.1.17.7.1.2.2.1.3", &tagged, Value::Int(3));
    }
    mib.cell("1.3.6.1.2.1.17.7.1.4.3.1.1", &[VLAN], Value::Octets(b"DEFAULT_VLAN".to_vec()));
}

/// ENTITY-MIB (RFC 6933): a chassis and its ports.
fn entities(mib: &mut Mib, switch: &Device, chassis: &Chassis<'_>) {
    let descr = format!("{} {} {} Switch", chassis.brand, chassis.part, switch.make.model);
    let mut row = |index: u32, column: u32, value: Value| mib.cell(&format!("1.3.6.1.2.1.47.1.1.1.1.{column}"), &[index], value);
    let texts = [
        (2, descr.as_str()),
        (7, "Chassis"),
        (8, ""),
        (9, "YA.15.20"),
        (10, switch.make.firmware),
        (11, &switch.serial),
        (12, "HP"),
        (13, chassis.part),
    ];
    for (column, text) in texts {
        row(1, column, Value::Octets(text.into()));
    }
    row(1, 4, Value::Int(0));
    row(1, 5, Value::Int(3));
    row(1, 6, Value::Int(-1));
    for port in 1..=chassis.ports {
        row(100 + port, 2, Value::Octets(format!("Ethernet port {port}").into()));
        row(100 + port, 4, Value::Int(1));
        row(100 + port, 5, Value::Int(10));
        row(100 + port, 6, Value::Int(i64::from(port)));
        row(100 + port, 7, Value::Octets(port.to_string().into()));
    }
}

/// LLDP-MIB (IEEE 802.1AB): itself, its ports, and the neighbours that speak LLDP: switches, access points, the server.
fn lldp(mib: &mut Mib, school: &School, switch: &Device, chassis: &Chassis<'_>) {
    let own = switch.mac.map_or([0; 6], |mac| mac.octets());
    mib.put("1.0.8802.1.1.2.1.3.1.0", Value::Int(4));
    mib.put("1.0.8802.1.1.2.1.3.2.0", Value::Octets(own.to_vec()));
    mib.text("1.0.8802.1.1.2.1.3.3.0", &switch.system_name(school.number));
    mib.text("1.0.8802.1.1.2.1.3.4.0", chassis.descr);
    for port in 1..=chassis.ports {
        mib.cell("1.0.8802.1.1.2.1.3.7.1.2", &[port], Value::Int(7));
        mib.cell("1.0.8802.1.1.2.1.3.7.1.3", &[port], Value::Octets(port.to_string().into()));
        mib.cell("1.0.8802.1.1.2.1.3.7.1.4", &[port], Value::Octets(port.to_string().into()));
    }
    for port in 1..=chassis.ports {
        if let Some(far) = linked(school, switch, port) {
            neighbour(mib, school, port, far, if far.make.kind == "switch" { "1" } else { "eth0" });
        }
    }
    let far = switch.plug.as_ref().and_then(|plug| Some((school.device(&plug.switch)?, plug.port)));
    if let Some((first, port)) = far.filter(|(first, _)| !first.is_silent()) {
        neighbour(mib, school, 1, first, &port.to_string());
    }
}

fn neighbour(mib: &mut Mib, school: &School, port: u32, far: &Device, far_port: &str) {
    let index = [0, port, 1];
    let chassis = far.mac.map_or([0; 6], |mac| mac.octets());
    let mut row = |column: u32, value: Value| mib.cell(&format!("1.0.8802.1.1.2.1.4.1.1.{column}"), &index, value);
    row(4, Value::Int(4));
    row(5, Value::Octets(chassis.to_vec()));
    row(6, Value::Int(7));
    row(7, Value::Octets(far_port.into()));
    row(8, Value::Octets(far_port.into()));
    row(9, Value::Octets(far.system_name(school.number).into()));
    row(10, Value::Octets(far.make.model.into()));
    row(11, Value::Octets(vec![0x28, 0]));
    row(12, Value::Octets(vec![0x20, 0]));
    if let Some(ip) = far.ip {
        let address = [&index[..], &[1, 4], &ip.octets().map(u32::from)].concat();
        mib.cell("1.0.8802.1.1.2.1.4.2.1.3", &address, Value::Int(2));
        mib.cell("1.0.8802.1.1.2.1.4.2.1.4", &address, Value::Int(1));
    }
}

/// ipNetToMediaTable (RFC 4293): the first switch routes between the school's VLANs, so it knows who holds which address.
fn arp(mib: &mut Mib, school: &School) {
    for device in school.devices.iter().filter(|device| !device.is_silent()) {
        let (Some(mac), Some(ip)) = (device.mac, device.ip) else { continue };
        let index = [&[1][..], &ip.octets().map(u32::from)].concat();
        mib.cell("1.3.6.1.2.1.4.22.1.1", &index, Value::Int(1));
        mib.cell("1.3.6.1.2.1.4.22.1.2", &index, Value::Octets(mac.octets().to_vec()));
        mib.cell("1.3.6.1.2.1.4.22.1.3", &index, Value::Ip(ip));
        mib.cell("1.3.6.1.2.1.4.22.1.4", &index, Value::Int(3)); // dynamic
    }
}
