//! What a played device tells over SNMP: the objects of its kind, filled in from its present state.
//!
//! Comes in: a school and one of its devices. Goes out: a [`Mib`]. Absent on purpose: the protocol, and moving times (the uptime is
//! set at building).

mod access_point;
mod printer;
mod switch;
mod ups;

use super::ber::Value;
use super::catalogue::Says;
use super::device::Device;
use super::snmp::{Mib, parse_oid};
use super::town::School;

/// All that this device tells now; `uptime_s` since it was switched on.
pub fn build(school: &School, device: &Device, uptime_s: u32) -> Mib {
    let mut mib = Mib::default();
    let name = device.system_name(school.number);
    match &device.make.says {
        Says::Switch { object_id, part, brand, ports, poe_w } => {
            let model = device.make.model;
            let firmware = device.make.firmware;
            let descr = format!("{brand} {part} {model} Switch, revision {firmware}, ROM YA.15.20 (/ws/swbuildm/rel_build/code/build/lakes)");
            system(&mut mib, &descr, object_id, &name, uptime_s, 2);
            switch::tell(&mut mib, school, device, &switch::Chassis { part, brand, ports: *ports, poe_w: *poe_w, descr: &descr });
        }
        Says::AccessPoint { object_id, descr, instant } => {
            system(&mut mib, descr, object_id, &name, uptime_s, 2);
            single_interface(&mut mib, device, "eth0");
            access_point::tell(&mut mib, school, device, *instant);
        }
        Says::Printer { object_id, descr, device: described, toners } => {
            let descr = descr.replace("{serial}", &device.serial);
            system(&mut mib, &descr, object_id, &name, uptime_s, 64);
            single_interface(&mut mib, device, "Ethernet");
            printer::tell(&mut mib, device, described, toners);
        }
        Says::PowerCard { object_id, descr } => {
            system(&mut mib, &descr.replace("{serial}", &device.serial[2..]), object_id, &name, uptime_s, 72);
            single_interface(&mut mib, device, "veya");
            ups::tell(&mut mib, device);
        }
        Says::Server | Says::PowerUsb { .. } | Says::Projector { .. } | Says::Client { .. } => {}
    }
    mib
}

/// SNMPv2-MIB system group (RFC 3418).
fn system(mib: &mut Mib, descr: &str, object_id: &str, name: &str, uptime_s: u32, services: i64) {
    mib.text("1.3.6.1.2.1.1.1.0", descr);
    mib.put("1.3.6.1.2.1.1.2.0", Value::Oid(parse_oid(object_id)));
    mib.put("1.3.6.1.2.1.1.3.0", Value::Ticks(uptime_s.wrapping_mul(100)));
    mib.text("1.3.6.1.2.1.1.4.0", "");
    mib.text("1.3.6.1.2.1.1.5.0", name);
    mib.text("1.3.6.1.2.1.1.6.0", "");
    mib.put("1.3.6.1.2.1.1.7.0", Value::Int(services));
}

/// One interface as a row of IF-MIB (RFC 2863).
struct Port<'a> {
    index: u32,
    name: &'a str,
    descr: &'a str,
    alias: &'a str,
    up: bool,
    octets: &'a [u8],
}

fn interface(mib: &mut Mib, port: &Port<'_>) {
    let at = &[port.index];
    let mut row = |column: u32, value: Value| mib.cell(&format!("1.3.6.1.2.1.2.2.1.{column}"), at, value);
    row(1, Value::Int(i64::from(port.index)));
    row(2, Value::Octets(port.descr.into()));
    row(3, Value::Int(6)); // ethernetCsmacd
    row(4, Value::Int(1500));
    row(5, Value::Gauge(1_000_000_000));
    row(6, Value::Octets(port.octets.to_vec()));
    row(7, Value::Int(1));
    row(8, Value::Int(if port.up { 1 } else { 2 }));
    row(14, Value::Counter(0));
    row(20, Value::Counter(0));
    let mut extended = |column: u32, value: Value| mib.cell(&format!("1.3.6.1.2.1.31.1.1.1.{column}"), at, value);
    extended(1, Value::Octets(port.name.into()));
    extended(6, Value::Counter64(u64::from(port.index) * 1_234_567));
    extended(10, Value::Counter64(u64::from(port.index) * 2_345_678));
    extended(15, Value::Gauge(if port.up { 1000 } else { 0 }));
    extended(18, Value::Octets(port.alias.into()));
}

/// The one interface of a device that hangs on the network, with its address (IF-MIB; ipAddrTable of RFC 4293).
fn single_interface(mib: &mut Mib, device: &Device, name: &str) {
    let octets = device.mac.map_or([0; 6], |mac| mac.octets());
    mib.put("1.3.6.1.2.1.2.1.0", Value::Int(1));
    interface(mib, &Port { index: 1, name, descr: name, alias: "", up: true, octets: &octets });
    own_address(mib, device);
}

fn own_address(mib: &mut Mib, device: &Device) {
    let Some(ip) = device.ip else { return };
    let index = ip.octets().map(u32::from);
    mib.cell("1.3.6.1.2.1.4.20.1.1", &index, Value::Ip(ip));
    mib.cell("1.3.6.1.2.1.4.20.1.2", &index, Value::Int(1));
    mib.cell("1.3.6.1.2.1.4.20.1.3", &index, Value::Ip([255, 255, 255, 0].into()));
}
