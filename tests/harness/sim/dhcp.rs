//! The files of a school's ISC dhcpd: leases, and a configuration with `host` declarations (which never reach the lease file).
//!
//! Comes in: a school, the time. Goes out: `dhcpd.leases` and `dhcpd.conf`. Clients hold leases; every other PC, the projectors and the
//! printer hold reservations.

use super::catalogue::Says;
use super::device::Device;
use super::town::School;
use anyhow::Result;
use rollcall_shared::{Mac, Timestamp};
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;

/// Leases last a school day.
const LEASE_S: i64 = 8 * 3600;

/// How a device's address is known to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// By a lease that it asked for.
    Lease,
    /// By a `host` declaration.
    Reservation,
    /// Not at all: its address is set on the device.
    Static,
}

/// How this device has its address.
pub fn known(device: &Device) -> Known {
    match device.make.says {
        Says::Client { .. } if device.make.kind == "desktop" && device.number.is_multiple_of(4) => Known::Reservation,
        Says::Client { .. } => Known::Lease,
        Says::Projector { .. } | Says::Printer { .. } => Known::Reservation,
        _ => Known::Static,
    }
}

/// Writes both files, each in one stroke.
pub fn write(school: &School, folder: &Path, now_s: i64) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    replace(&folder.join("dhcpd.leases"), &leases(school, now_s))?;
    replace(&folder.join("dhcpd.conf"), &configuration(school))
}

/// Writes a file so that a reader sees the old text or the new, never a part.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    let beside = path.with_extension("new");
    std::fs::write(&beside, text)?;
    Ok(std::fs::rename(beside, path)?)
}

fn leases(school: &School, now_s: i64) -> String {
    let mut text = "# The format of this file is documented in the dhcpd.leases(5) manual page.\n# This lease file was written by isc-dhcp-4.4.3\n\n\
                    authoring-byte-order little-endian;\n\n"
        .to_owned();
    for device in school.devices.iter().filter(|device| known(device) == Known::Lease && !device.is_silent()) {
        let (Says::Client { vendor_class, host_name }, Some(mac), Some(ip)) = (&device.make.says, device.mac, device.ip) else { continue };
        let name = host_name.map(|name| name.replace('#', &format!("{:02}", device.number)));
        // Each asked at a time of its own within the last hour.
        let asked_s = now_s - i64::from(device.number * 97 % 3600);
        lease(&mut text, (mac, ip), *vendor_class, name.as_deref(), asked_s);
    }
    for (mac, ip) in &school.visitors {
        lease(&mut text, (*mac, *ip), Some("android-dhcp-14"), None, now_s - 600);
    }
    text
}

fn lease(text: &mut String, (mac, ip): (Mac, Ipv4Addr), vendor_class: Option<&str>, name: Option<&str>, asked_s: i64) {
    let (from, until) = (isc_time(asked_s), isc_time(asked_s + LEASE_S));
    // Writing to a String cannot fail.
    let _ = write!(text, "lease {ip} {{\n  starts {from};\n  ends {until};\n  cltt {from};\n  binding state active;\n  next binding state free;\n");
    let _ = write!(text, "  rewind binding state free;\n  hardware ethernet {mac};\n");
    if let Some(class) = vendor_class {
        let _ = writeln!(text, "  set vendor-class-identifier = \"{class}\";");
    }
    if let Some(name) = name {
        let _ = writeln!(text, "  client-hostname \"{name}\";");
    }
    text.push_str("}\n");
}

/// `W YYYY/MM/DD HH:MM:SS`, UTC, W = day of the week from Sunday = 0 (dhcpd.leases(5)).
fn isc_time(at_s: i64) -> String {
    let text = Timestamp(at_s).to_string();
    let weekday = (at_s.div_euclid(86_400) + 4).rem_euclid(7); // 1970-01-01 was a Thursday
    format!("{weekday} {} {}", text[..10].replace('-', "/"), &text[11..19])
}

fn configuration(school: &School) -> String {
    let network = school.address(0);
    let mut text = format!(
        "authoritative;\ndefault-lease-time {LEASE_S};\n\nsubnet {network} netmask 255.255.255.0 {{\n  range {} {};\n  option routers {};\n}}\n\n",
        school.address(130),
        school.address(250),
        school.address(1)
    );
    for device in school.devices.iter().filter(|device| known(device) == Known::Reservation) {
        let (Some(mac), Some(ip)) = (device.mac, device.ip) else { continue };
        let _ = writeln!(text, "host reserve-{} {{\n  hardware ethernet {mac};\n  fixed-address {ip};\n}}", ip.octets()[3]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::town::{build, sample_spec};

    #[test]
    fn times_are_those_of_the_manual_page() {
        assert_eq!(isc_time(1_795_336_200), "0 2026/11/22 08:30:00"); // a Sunday
        assert_eq!(isc_time(0), "4 1970/01/01 00:00:00");
    }

    #[test]
    fn every_client_is_in_one_file_and_no_name_tells_a_kind() {
        let school = &build(&[sample_spec(1, 8)]).schools[0];
        let (leases, configuration) = (leases(school, 1_795_336_200), configuration(school));
        for device in school.devices.iter().filter(|device| known(device) != Known::Static) {
            let mac = device.mac.unwrap().to_string();
            assert_ne!(leases.contains(&mac), configuration.contains(&mac), "{}", device.name);
        }
        assert!(!configuration.contains("vp") && !configuration.contains("prn"));
    }
}
