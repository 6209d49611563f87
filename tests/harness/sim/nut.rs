//! NUT's `upsd` on a school's server, for the UPS on its USB port (Network UPS Tools, RFC 9271).
//!
//! Comes in: lines. Goes out: the lists that RFC 9271 names. Absent on purpose: sign-in, instant commands, variables to set.

use super::catalogue::Says;
use super::device::{Ail, Device};
use super::town::School;
use super::world::Place;
use anyhow::Result;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Name of the UPS in `ups.conf`.
const UPS: &str = "ups";
const IDLE: Duration = Duration::from_secs(60);
const MOST_LINE_OCTETS: u64 = 512;

/// Opens the port if the device is a server.
pub async fn open(tasks: &mut JoinSet<()>, place: &Place, device: &Device, ip: Ipv4Addr) -> Result<()> {
    if matches!(device.make.says, Says::Server) {
        let listener = TcpListener::bind((ip, place.world.ports.nut)).await?;
        tasks.spawn(serve(listener, place.clone()));
    }
    Ok(())
}

async fn serve(listener: TcpListener, place: Place) {
    let mut talks = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        talks.spawn(talk(stream, place.clone()));
        while talks.try_join_next().is_some() {}
    }
}

async fn talk(mut stream: TcpStream, place: Place) {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = String::new();
        let mut bounded = (&mut reader).take(MOST_LINE_OCTETS);
        match tokio::time::timeout(IDLE, bounded.read_line(&mut line)).await {
            Ok(Ok(length)) if length > 0 => {}
            _ => return,
        }
        let reply = place.see(|school, _| reply(school, line.trim()));
        if writer.write_all(reply.as_bytes()).await.is_err() || line.trim() == "LOGOUT" {
            return;
        }
    }
}

/// The answer to one line.
fn reply(school: &School, line: &str) -> String {
    let ups = school.devices.iter().find(|device| matches!(device.make.says, Says::PowerUsb { .. }));
    let words: Vec<&str> = line.split_whitespace().collect();
    match (words.as_slice(), ups) {
        (["VER"], _) => "Network UPS Tools upsd 2.8.0 - https://www.networkupstools.org/\n".into(),
        (["NETVER"] | ["PROTVER"], _) => "1.3\n".into(),
        (["LOGOUT"], _) => "OK Goodbye\n".into(),
        (["LIST", "UPS"], Some(_)) => format!("BEGIN LIST UPS\nUPS {UPS} \"Onduleur du serveur\"\nEND LIST UPS\n"),
        (["LIST", "UPS"], None) => "BEGIN LIST UPS\nEND LIST UPS\n".into(),
        (["LIST", "VAR", UPS], Some(_)) if ups.is_some_and(Device::is_silent) => "ERR DATA-STALE\n".into(),
        (["LIST", "VAR", UPS], Some(device)) => {
            let rows: String = variables(device).iter().map(|(name, value)| format!("VAR {UPS} {name} \"{value}\"\n")).collect();
            format!("BEGIN LIST VAR {UPS}\n{rows}END LIST VAR {UPS}\n")
        }
        (["GET", "VAR", UPS, name], Some(device)) => match variables(device).iter().find(|(known, _)| known == name) {
            Some((_, value)) => format!("VAR {UPS} {name} \"{value}\"\n"),
            None => "ERR VAR-NOT-SUPPORTED\n".into(),
        },
        (["LIST" | "GET", "VAR", ..], _) => "ERR UNKNOWN-UPS\n".into(),
        _ => "ERR UNKNOWN-COMMAND\n".into(),
    }
}

/// What `usbhid-ups` tells of an APC Back-UPS.
fn variables(device: &Device) -> Vec<(&'static str, String)> {
    let Says::PowerUsb { maker } = device.make.says else { return Vec::new() };
    let battery = device.ails(&Ail::Battery);
    let pick = |on_battery: &str, on_line: &str| if battery { on_battery.to_owned() } else { on_line.to_owned() };
    vec![
        ("battery.charge", pick("62", "100")),
        ("battery.charge.low", "10".into()),
        ("battery.runtime", pick("840", "2190")),
        ("battery.type", "PbAc".into()),
        ("device.mfr", maker.into()),
        ("device.model", device.make.model.into()),
        ("device.serial", device.serial.clone()),
        ("device.type", "ups".into()),
        ("driver.name", "usbhid-ups".into()),
        ("driver.version", "2.8.0".into()),
        ("input.voltage", pick("0.0", "231.0")),
        ("ups.firmware", device.make.firmware.into()),
        ("ups.load", "21".into()),
        ("ups.mfr", maker.into()),
        ("ups.model", device.make.model.into()),
        ("ups.serial", device.serial.clone()),
        ("ups.status", pick("OB DISCHRG", "OL")),
        ("ups.vendorid", "051d".into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::town::{build, sample_spec};

    #[test]
    fn the_lists_of_the_protocol() {
        let school = &build(&[sample_spec(1, 1)]).schools[0];
        assert!(reply(school, "LIST UPS").contains("UPS ups \""));
        assert!(reply(school, "LIST VAR ups").contains("VAR ups ups.status \"OL\""));
        assert_eq!(reply(school, "GET VAR ups ups.mfr"), "VAR ups ups.mfr \"American Power Conversion\"\n");
        assert_eq!(reply(school, "LIST VAR other"), "ERR UNKNOWN-UPS\n");
        assert_eq!(reply(school, "SET VAR ups x y"), "ERR UNKNOWN-COMMAND\n");
    }
}
