//! The ear for DHCP: a packet socket beside whatever serves DHCP on this machine; needs CAP_NET_RAW.
//!
//! Comes in: IPv4 packets to UDP port 67 on one interface, sorted out by the kernel (a filter in its own language, attached before anything can
//! arrive). Goes out: requests for [`super::heard`]. Absent on purpose: any answer, promiscuous mode (a server hears what clients broadcast), port
//! 67 itself, which belongs to the DHCP server.
//!
//! A flood costs at most `READ_AT_ONCE` packets each `PAUSE`: what the kernel's buffer does not hold meanwhile is lost.

use super::bucket::Bucket;
use super::packet::{self, SERVER_PORT};
use super::{Ears, heard};
use crate::network::Network;
use crate::probes::neighbours::arp::packet_address;
use crate::probes::neighbours::netlink;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use std::cell::RefCell;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep};

/// How long an interface that cannot be listened to is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Requests taken apart at once …
const PARSED_AT_ONCE: u32 = 1_000;
/// … and then one each: a lycée's thousand clients after a power cut are heard in full.
const PARSED_EVERY: Duration = Duration::from_millis(5);
/// Packets read in one go …
const READ_AT_ONCE: usize = 64;
/// … before a pause, where there are too many.
const PAUSE: Duration = Duration::from_millis(50);
/// Octets that the kernel keeps for us.
const BUFFER_BYTES: usize = 1 << 18;
/// Largest packet: one Ethernet frame; DHCP messages have some 300 to 600 octets.
const MAX_PACKET_BYTES: usize = 1_500;

/// Hears on one interface for ever.
pub async fn hear(interface: &str, networks: &[Network], ears: &RefCell<Ears>) {
    loop {
        let error = match open(interface, networks) {
            Ok((socket, network)) => {
                ears.borrow_mut().opened(heard::PROBE, interface, network.clone());
                listen(&socket, network.as_deref(), networks, ears).await
            }
            Err(error) => error,
        };
        let (code, text) = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                let advice = "Give the agent CAP_NET_RAW (its systemd unit does)";
                ("no_permission", format!("no CAP_NET_RAW: DHCP clients on {interface} are not heard. {advice}"))
            }
            _ => ("not_listening", format!("DHCP clients on {interface} are not heard: {error}")),
        };
        ears.borrow_mut().ails(heard::PROBE, interface, code, text);
        sleep(AGAIN_AFTER).await;
    }
}

/// The socket, and the network of the clients there: the one that holds an address of the interface.
fn open(interface: &str, networks: &[Network]) -> io::Result<(UdpSocket, Option<String>)> {
    let link = netlink::links()?.into_iter().find(|link| link.name == interface);
    let link = link.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "this machine has no such interface"))?;
    let own: Vec<IpAddr> = netlink::addresses()?.into_iter().filter(|own| own.index == link.index).map(|own| IpAddr::V4(own.ip)).collect();
    let network = networks.iter().find(|network| own.iter().any(|ip| network.cidrs.iter().any(|cidr| cidr.contains(ip))));
    // Of protocol 0 nothing arrives: the filter is in place before the first packet. DGRAM: packets come without the header of their link.
    let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(Protocol::from(0)))?;
    socket.set_recv_buffer_size(BUFFER_BYTES)?;
    socket.attach_filter(&requests_to_servers())?;
    socket.bind(&packet_address(link.index, libc::ETH_P_IP as u16))?;
    socket.set_nonblocking(true)?;
    Ok((UdpSocket::from_std(socket.into())?, network.map(|network| network.name.clone())))
}

/// The kernel's filter: not what this machine sends; UDP; no later fragment; port 67. Offsets count from the IPv4 header.
fn requests_to_servers() -> [SockFilter; 11] {
    let line = |code: u32, jt: u8, jf: u8, k: u32| SockFilter::new(code as u16, jt, jf, k);
    let (load, jump) = (libc::BPF_LD | libc::BPF_ABS, libc::BPF_JMP | libc::BPF_K);
    let kind = (libc::SKF_AD_OFF + libc::SKF_AD_PKTTYPE).cast_unsigned();
    [
        line(load | libc::BPF_B, 0, 0, kind),
        line(jump | libc::BPF_JEQ, 8, 0, u32::from(libc::PACKET_OUTGOING)),
        line(load | libc::BPF_B, 0, 0, 9), // protocol
        line(jump | libc::BPF_JEQ, 0, 6, libc::IPPROTO_UDP.cast_unsigned()),
        line(load | libc::BPF_H, 0, 0, 6), // flags and offset of the fragment
        line(jump | libc::BPF_JSET, 4, 0, 0x1fff),
        line(libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH, 0, 0, 0), // length of the header
        line(libc::BPF_LD | libc::BPF_H | libc::BPF_IND, 0, 0, 2),  // port
        line(jump | libc::BPF_JEQ, 0, 1, u32::from(SERVER_PORT)),
        line(libc::BPF_RET | libc::BPF_K, 0, 0, MAX_PACKET_BYTES as u32),
        line(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
    ]
}

/// Reads until the socket breaks.
async fn listen(socket: &UdpSocket, network: Option<&str>, networks: &[Network], ears: &RefCell<Ears>) -> io::Error {
    let mut bucket = Bucket::new(PARSED_AT_ONCE, PARSED_EVERY);
    let mut packet = [0; MAX_PACKET_BYTES];
    loop {
        if let Err(error) = socket.readable().await {
            return error;
        }
        for _ in 0..READ_AT_ONCE {
            match socket.try_recv(&mut packet) {
                Ok(length) if bucket.take(Instant::now()) => take(&packet[..length], network, networks, &mut ears.borrow_mut()),
                Ok(_) => ears.borrow_mut().heard.unread += 1,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return error,
            }
        }
        if bucket.ready_at(Instant::now()) > Instant::now() {
            sleep(PAUSE).await;
        }
    }
}

/// One packet: whose it is, and of which network. A relay stands in the network of its clients.
fn take(packet: &[u8], network: Option<&str>, networks: &[Network], ears: &mut Ears) {
    let Some(request) = packet::parse(packet) else { return };
    let by_relay = |relay: IpAddr| networks.iter().find(|network| network.cidrs.iter().any(|cidr| cidr.contains(&relay)));
    let network = match request.relay {
        Some(relay) => by_relay(IpAddr::V4(relay)),
        None => networks.iter().find(|known| Some(known.name.as_str()) == network),
    };
    match network {
        Some(network) if network.may_ask_mac(request.mac) => ears.heard.hear(&network.name, &request),
        Some(_) => {} // must never be told of
        None => ears.count(heard::PROBE, "no_network"),
    }
}

#[cfg(test)]
#[path = "dhcp_tests.rs"]
mod tests;
