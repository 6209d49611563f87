//! ARP on one link (RFC 826), by a raw socket: needs CAP_NET_RAW.
//!
//! Comes in: a link, own address, addresses to ask. Goes out: who holds which address, out of replies and of what others ask
//! meanwhile. Absent on purpose: any answer to others, and any claim to an address (requests carry what this machine holds, or
//! nothing: RFC 5227 probes).

use super::Holders;
use super::netlink::Link;
use crate::probes::pace::Pacer;
use rollcall_shared::Mac;
use socket2::{Domain, Protocol, SockAddr, SockAddrStorage, Socket, Type};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep, timeout_at};

/// How long each pass lasts at least from its first request, and the last one from its last request: who sleeps between beacons (Wi-Fi
/// power save) answers late. The number of waits is the number of passes.
pub const WAITS: [Duration; 3] = [Duration::from_millis(400), Duration::from_millis(600), Duration::from_millis(1_000)];
/// For answers to the last requests of a pass before the next one begins: an Ethernet and a stack answer within a millisecond.
const ON_THE_WIRE: Duration = Duration::from_millis(50);
/// Times that a full queue of the interface is waited for, 5 ms each.
const MAX_FULL: u32 = 200;
/// Ethernet header and ARP packet for IPv4.
const FRAME: usize = 42;

/// A raw socket on one link. The runtime's UDP type serves any datagram socket: all it does is wait, send and receive.
pub struct Ear {
    socket: UdpSocket,
    mac: Mac,
}

impl Ear {
    /// Opens it; without CAP_NET_RAW the error is of kind `PermissionDenied`.
    pub fn open(link: &Link) -> io::Result<Ear> {
        let mac = link.mac.ok_or_else(|| io::Error::other("the interface has no MAC"))?;
        // The protocol of a packet socket stands in network order (packet(7)).
        let protocol = i32::from((libc::ETH_P_ARP as u16).to_be());
        let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(protocol)))?;
        socket.bind(&packet_address(link.index, libc::ETH_P_ARP as u16))?;
        socket.set_nonblocking(true)?;
        Ok(Ear { socket: UdpSocket::from_std(socket.into())?, mac })
    }

    /// Asks for each address once (as `from`, or as nobody for an address that is our own), and hears until `wait` after the first request,
    /// or after the last one where this is the last pass, or until all are there.
    pub async fn pass(
        &self,
        targets: &[Ipv4Addr],
        from: Ipv4Addr,
        (wait, last): (Duration, bool),
        pacer: &Pacer,
        heard: &mut Holders,
    ) -> io::Result<u32> {
        let (began, mut sent) = (Instant::now(), 0);
        for target in targets {
            pacer.take().await;
            let sender = if *target == from { Ipv4Addr::UNSPECIFIED } else { from };
            self.send(&request(self.mac, sender, *target)).await?;
            sent += 1;
            self.drain(heard)?;
        }
        // Who was asked first in a long pass has been waited for already when the last one is asked.
        let until = if last { Instant::now() + wait } else { (began + wait).max(Instant::now() + ON_THE_WIRE) };
        while !targets.iter().all(|target| heard.contains_key(target)) {
            let Ok(ready) = timeout_at(until, self.socket.readable()).await else { break };
            ready?;
            self.drain(heard)?;
        }
        Ok(sent)
    }

    async fn send(&self, frame: &[u8]) -> io::Result<()> {
        for _ in 0..MAX_FULL {
            match self.socket.send(frame).await {
                Ok(_) => return Ok(()),
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => sleep(Duration::from_millis(5)).await,
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the interface's queue stays full"))
    }

    /// Takes in what has arrived.
    fn drain(&self, heard: &mut Holders) -> io::Result<()> {
        let mut frame = [0; 128];
        loop {
            match self.socket.try_recv(&mut frame) {
                Ok(length) => {
                    if let Some((ip, mac)) = parse(&frame[..length]).filter(|(_, mac)| *mac != self.mac) {
                        heard.entry(ip).or_default().insert(mac);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// One request, broadcast: hardware type 1 (Ethernet), protocol 0x0800, lengths 6 and 4, operation 1.
fn request(mac: Mac, sender: Ipv4Addr, target: Ipv4Addr) -> [u8; FRAME] {
    let mut frame = [0; FRAME];
    frame[..6].fill(0xff);
    frame[6..12].copy_from_slice(&mac.octets());
    frame[12..22].copy_from_slice(&[0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
    frame[22..28].copy_from_slice(&mac.octets());
    frame[28..32].copy_from_slice(&sender.octets());
    frame[38..42].copy_from_slice(&target.octets());
    frame
}

/// The sender of an ARP packet, request or reply: an address and who holds it. RFC 5227 probes (sender 0.0.0.0) tell nothing.
pub fn parse(frame: &[u8]) -> Option<(Ipv4Addr, Mac)> {
    let head = frame.get(12..FRAME)?;
    let (is_arp, operation) = (head.starts_with(&[0x08, 0x06, 0, 1, 0x08, 0, 6, 4]), head.get(8..10)?);
    let mac = Mac::from_slice(head.get(10..16)?)?;
    let ip = Ipv4Addr::from(<[u8; 4]>::try_from(head.get(16..20)?).ok()?);
    let plausible = !ip.is_unspecified() && !ip.is_broadcast() && !ip.is_multicast() && !mac.is_void() && !mac.is_group();
    (is_arp && matches!(operation, [0, 1 | 2]) && plausible).then_some((ip, mac))
}

/// The address of a link for a packet socket that takes in one protocol (ETH_P_…): socket2 has no constructor for it.
#[expect(unsafe_code, reason = "a packet address can only be written into raw storage")]
pub fn packet_address(index: u32, protocol: u16) -> SockAddr {
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: sockaddr_ll is plain data of integers, smaller than the zeroed storage that it views; the length is its own.
    unsafe {
        let address = storage.view_as::<libc::sockaddr_ll>();
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_protocol = protocol.to_be();
        address.sll_ifindex = index.cast_signed();
        SockAddr::new(storage, size_of::<libc::sockaddr_ll>() as libc::socklen_t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_tells_who_asks() {
        let (mac, own) = (Mac::new([0, 0x1a, 0x2b, 0, 0, 1]), Ipv4Addr::new(10, 0, 0, 1));
        assert_eq!(parse(&request(mac, own, Ipv4Addr::new(10, 0, 0, 2))), Some((own, mac)));
        assert_eq!(parse(&request(mac, Ipv4Addr::UNSPECIFIED, own)), None);
        assert_eq!(parse(&request(Mac::new([0; 6]), own, own)), None);
    }

    #[test]
    fn a_reply_out_of_the_lab() {
        // 10.77.16.60 is at f8:d0:27:00:54:01, as the raw socket gave it.
        let text = "f8db88005ffff8d02700540108060001080006040002f8d0270054010a4d103cf8db88005fff0a4d1001";
        let frame: Vec<u8> = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        assert_eq!(parse(&frame), Some((Ipv4Addr::new(10, 77, 16, 60), "f8:d0:27:00:54:01".parse().unwrap())));
        assert_eq!(parse(&frame[..41]), None);
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>) {
            parse(&octets);
        }
    }
}
