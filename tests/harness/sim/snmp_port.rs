//! The SNMP port of a played device.
//!
//! Comes in: datagrams. Goes out: answers of `snmp.rs` from what `mib` tells, built anew when the town changed.

use super::catalogue::Says;
use super::device::Device;
use super::usm::Engine;
use super::world::{COMMUNITY, Place};
use super::{mib, snmp};
use anyhow::Result;
use std::net::Ipv4Addr;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// Largest request that is read; managers' requests are far smaller.
const MOST_REQUEST_OCTETS: usize = 4096;

/// Opens the port if the device speaks SNMP. Switches of every other school speak version 3 alone.
pub async fn open(tasks: &mut JoinSet<()>, place: &Place, device: &Device, ip: Ipv4Addr) -> Result<()> {
    let speaks = matches!(device.make.says, Says::Switch { .. } | Says::AccessPoint { .. } | Says::Printer { .. } | Says::PowerCard { .. });
    if !speaks {
        return Ok(());
    }
    let secure = speaks_version_3(place.see(|school, _| school.number), device);
    let engine = device.mac.filter(|_| secure).map(|mac| Engine::new(mac.octets()));
    let community = Some(COMMUNITY.to_owned()).filter(|_| engine.is_none());
    let socket = UdpSocket::bind((ip, place.world.ports.snmp)).await?;
    tasks.spawn(serve(socket, place.clone(), snmp::Speaker { community, engine, mib: snmp::Mib::default() }));
    Ok(())
}

/// Which devices are opened by version 3.
pub fn speaks_version_3(school: u8, device: &Device) -> bool {
    matches!(device.make.says, Says::Switch { .. }) && school.is_multiple_of(2)
}

async fn serve(socket: UdpSocket, place: Place, mut speaker: snmp::Speaker) {
    let mut buffer = [0; MOST_REQUEST_OCTETS];
    let mut built = 0;
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if place.see(|_, device| device.is_silent()) {
            continue;
        }
        let (version, uptime_s) = (place.world.version(), place.world.uptime_s());
        if built != version {
            speaker.mib = place.see(|school, device| mib::build(school, device, uptime_s));
            built = version;
        }
        if let Some(reply) = snmp::answer(&speaker, &buffer[..length], uptime_s) {
            // A lost answer is a lost datagram: the manager asks again.
            let _ = socket.send_to(&reply, from).await;
        }
    }
}
