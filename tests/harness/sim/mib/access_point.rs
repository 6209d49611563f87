//! An access point: UBNT-UniFi-MIB and IEEE802dot11-MIB, or AI-AP-MIB of Aruba Instant.
//!
//! Comes in: the school, for the tablets that are near. Goes out: rows.

use super::{Mib, Value, parse_oid};
use crate::sim::device::Device;
use crate::sim::town::School;

/// Fills in all that an access point tells.
pub(super) fn tell(mib: &mut Mib, school: &School, point: &Device, instant: bool) {
    let clients: Vec<&Device> =
        school.devices.iter().filter(|device| device.make.kind == "tablet" && !device.is_silent() && device.plug == point.plug).collect();
    if instant { tell_instant(mib, point, &clients) } else { tell_unifi(mib, point, clients.len()) }
}

fn tell_unifi(mib: &mut Mib, point: &Device, clients: usize) {
    mib.text("1.3.6.1.4.1.41112.1.6.3.3.0", point.make.model); // unifiApSystemModel
    mib.text("1.3.6.1.4.1.41112.1.6.3.6.0", point.make.firmware); // unifiApSystemVersion
    mib.put("1.3.6.1.4.1.41112.1.6.3.5.0", Value::Counter(86_400)); // unifiApSystemUptime
    let stations = [clients / 2, clients - clients / 2];
    for (count, at) in stations.iter().zip(1..) {
        mib.cell("1.3.6.1.4.1.41112.1.6.1.2.1.6", &[at], Value::Octets(b"ecole".to_vec())); // unifiVapEssId
        mib.cell("1.3.6.1.4.1.41112.1.6.1.2.1.8", &[at], Value::Gauge(*count as u32)); // unifiVapNumStations
        mib.cell("1.2.840.10036.3.1.2.1.2", &[at], Value::Octets(b"Ubiquiti Networks, Inc.".to_vec())); // dot11manufacturerName
        mib.cell("1.2.840.10036.3.1.2.1.3", &[at], Value::Octets(point.make.model.into())); // dot11manufacturerProductName
    }
}

fn tell_instant(mib: &mut Mib, point: &Device, clients: &[&Device]) {
    let (Some(mac), Some(ip)) = (point.mac, point.ip) else { return };
    let index = mac.octets().map(u32::from);
    mib.text("1.3.6.1.4.1.14823.2.3.3.1.1.2.0", "ecole-vc"); // aiVirtualControllerName
    mib.text("1.3.6.1.4.1.14823.2.3.3.1.1.4.0", point.make.firmware); // aiVirtualControllerVersion
    let mut row = |column: u32, value: Value| mib.cell(&format!("1.3.6.1.4.1.14823.2.3.3.1.2.1.1.{column}"), &index, value);
    row(1, Value::Octets(mac.octets().to_vec())); // aiAPMACAddress
    row(2, Value::Octets(point.make.model.into())); // aiAPName
    row(3, Value::Ip(ip)); // aiAPIPAddress
    row(4, Value::Octets(point.serial.clone().into())); // aiAPSerialNum
    row(5, Value::Oid(parse_oid("1.3.6.1.4.1.14823.1.2.86"))); // aiAPModel
    row(6, Value::Octets(b"305".to_vec())); // aiAPModelName
    for client in clients {
        let Some(mac) = client.mac else { continue };
        let index = mac.octets().map(u32::from);
        mib.cell("1.3.6.1.4.1.14823.2.3.3.1.2.4.1.1", &index, Value::Octets(mac.octets().to_vec())); // aiClientMACAddress
    }
}
