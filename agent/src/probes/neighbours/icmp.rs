//! ICMP echo (RFC 792) to addresses beyond the own links.
//!
//! Comes in: addresses. Goes out: those that answered. A raw socket where CAP_NET_RAW is there, else the kernel's ping socket where
//! `net.ipv4.ping_group_range` allows it (icmp(7)). Absent on purpose: routes, times, errors of routers.

use crate::probes::pace::Pacer;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

/// Waits after each pass; the number of waits is the number of passes.
const WAITS: [Duration; 2] = [Duration::from_millis(1_000), Duration::from_millis(1_500)];
/// Echo reply and echo request.
const REPLY: u8 = 0;
const REQUEST: u8 = 8;

/// A socket that can ping.
pub struct Pinger {
    socket: UdpSocket,
    /// What our requests carry, so that nobody else's answers are taken for ours (the kernel overwrites the identifier).
    token: [u8; 8],
}

impl Pinger {
    /// Opens it; where neither way is allowed the error is of kind `PermissionDenied`.
    pub fn open() -> io::Result<Pinger> {
        let open = |kind| Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4));
        let socket = open(Type::RAW).or_else(|_| open(Type::DGRAM))?;
        socket.set_nonblocking(true)?;
        let mut token = [0; 8];
        getrandom::fill(&mut token).map_err(io::Error::other)?;
        Ok(Pinger { socket: UdpSocket::from_std(socket.into())?, token })
    }

    /// Asks each address, the silent ones twice. Gives the number of packets sent.
    pub async fn sweep(&self, targets: &[Ipv4Addr], pacer: &Pacer, answered: &mut BTreeSet<Ipv4Addr>) -> io::Result<u32> {
        let (asked, mut sent) = (BTreeSet::from_iter(targets.iter().copied()), 0);
        for (pass, wait) in (1..).zip(WAITS) {
            for target in targets {
                if answered.contains(target) {
                    continue;
                }
                pacer.take().await;
                // An unreachable network is silence, not an error of ours.
                sent += u32::from(self.socket.send_to(&request(self.token, pass), (*target, 0)).await.is_ok());
                let mut packet = [0; 256];
                while let Ok((length, from)) = self.socket.try_recv_from(&mut packet) {
                    self.hear(&packet[..length], from.ip(), &asked, answered);
                }
            }
            let until = Instant::now() + wait;
            while answered.len() < asked.len() {
                let mut packet = [0; 256];
                match timeout_at(until, self.socket.recv_from(&mut packet)).await {
                    Ok(Ok((length, from))) => self.hear(&packet[..length], from.ip(), &asked, answered),
                    // News of an unreachable address; the next answer is waited for.
                    Ok(Err(_)) => {}
                    Err(_) => break,
                }
            }
        }
        Ok(sent)
    }

    fn hear(&self, packet: &[u8], from: IpAddr, asked: &BTreeSet<Ipv4Addr>, answered: &mut BTreeSet<Ipv4Addr>) {
        if let IpAddr::V4(from) = from
            && asked.contains(&from)
            && parse(packet, self.token)
        {
            answered.insert(from);
        }
    }
}

/// An echo request: type, code, checksum, identifier, sequence, token.
fn request(token: [u8; 8], pass: u16) -> [u8; 16] {
    let mut packet = [0; 16];
    packet[0] = REQUEST;
    packet[4..6].copy_from_slice(&token[..2]);
    packet[6..8].copy_from_slice(&pass.to_be_bytes());
    packet[8..].copy_from_slice(&token);
    let sum: u32 = packet.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !((folded & 0xffff) + (folded >> 16));
    packet[2..4].copy_from_slice(&checksum.to_be_bytes()[2..]);
    packet
}

/// Whether this is the answer to one of our requests. A raw socket gives the IP header as well (version 4 in its first octet;
/// an echo reply begins with 0), a ping socket does not.
pub fn parse(packet: &[u8], token: [u8; 8]) -> bool {
    let icmp = match packet.first() {
        Some(first) if first >> 4 == 4 => packet.get(usize::from(first & 0x0f) * 4..),
        _ => Some(packet),
    };
    icmp.is_some_and(|icmp| icmp.len() >= 16 && icmp[..2] == [REPLY, 0] && icmp[8..16] == token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: [u8; 8] = *b"rollcall";

    #[test]
    fn the_checksum_holds() {
        let packet = request(TOKEN, 1);
        let sum: u32 = packet.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
    }

    #[test]
    fn only_answers_to_our_own_requests_count() {
        let mut reply = request(TOKEN, 1);
        assert!(!parse(&reply, TOKEN), "our own request");
        reply[0] = REPLY;
        let with_header = [&[0x45; 20][..], &reply].concat();
        for (packet, token, expected) in
            [(&reply[..], TOKEN, true), (&with_header[..], TOKEN, true), (&reply[..], *b"somebody", false), (&reply[..15], TOKEN, false)]
        {
            assert_eq!(parse(packet, token), expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>) {
            parse(&octets, TOKEN);
        }
    }
}
