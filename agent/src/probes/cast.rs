//! One question that many hear, and answers within bounds: the sockets of the probes that search by UDP.
//!
//! Comes in: a [`Look`], what to ask. Goes out: the links on which a multicast reaches the network ([`links`]), sockets there ([`Ear`]), datagrams
//! of addresses that may be asked. A multicast goes only to a link on which this machine itself is in the network, and only where the
//! whole network may be asked (no `allow`); all others are asked one by one. Loopback has no such link.
//!
//! Every ear is bounded by [`Tally`]: what one source may send in one look, and how much is read at all. A source that sends more is cut and told
//! as a `storm`; what it said before stands, and nobody else is touched. Absent on purpose: what is asked and what an answer means.

use super::neighbours::netlink::{self, Address, Link};
use super::{Look, Outcome};
use crate::network::Network;
use ipnet::Ipv4Net;
use rollcall_shared::Subject;
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

/// Datagrams of one source in one look. A server that offers fifty services answers with a dozen.
pub const MAX_SOURCE_DATAGRAMS: u32 = 64;
/// Octets of one source in one look.
pub const MAX_SOURCE_BYTES: usize = 96 << 10;
/// Sources heard in one look: more than the school's largest network has devices.
const MAX_SOURCES: usize = 4_096;
/// Datagrams read in one look, those of cut sources and strangers among them; after these the ear closes.
const MAX_READ: u32 = 20_000;
/// Octets that wait to be read, as far as the kernel allows: many answer at once.
const RECEIVE_BYTES: usize = 1 << 20;
/// Largest datagram read (RFC 6762 section 17: 9 000 octets with headers).
const MAX_DATAGRAM_BYTES: usize = 9_000;

/// A link of this machine on which one multicast reaches the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnLink {
    /// Index of the interface.
    pub index: u32,
    /// The own address there.
    pub own: Ipv4Addr,
    /// What it reaches: the own prefixes.
    pub reaches: Vec<Ipv4Net>,
}

impl OnLink {
    /// Whether a multicast here reaches this address.
    pub fn reaches(&self, ip: IpAddr) -> bool {
        matches!(ip, IpAddr::V4(ip) if self.reaches.iter().any(|net| net.contains(&ip)))
    }
}

/// The links of this machine on which the network can be asked at once.
pub fn links(network: &Network) -> Vec<OnLink> {
    if network.is_loopback() {
        return Vec::new();
    }
    match netlink::links().and_then(|links| Ok((links, netlink::addresses()?))) {
        Ok((links, addresses)) => links_of(network, &links, &addresses),
        Err(error) => {
            tracing::warn!(%error, network = network.name, "the kernel did not tell its own interfaces: every host is asked by itself");
            Vec::new()
        }
    }
}

fn links_of(network: &Network, links: &[Link], addresses: &[Address]) -> Vec<OnLink> {
    let is_in = |own: &Address| network.cidrs.iter().any(|cidr| cidr.contains(&IpAddr::V4(own.ip)) && cidr.hosts().nth(1).is_some());
    let mut found: BTreeMap<u32, OnLink> = BTreeMap::new();
    for own in addresses.iter().filter(|own| network.allow.is_empty() && is_in(own)) {
        let Ok(prefix) = Ipv4Net::new(own.ip, own.prefix) else { continue };
        if links.iter().any(|link| link.index == own.index && link.speaks_arp) {
            let link = found.entry(own.index).or_insert_with(|| OnLink { index: own.index, own: own.ip, reaches: Vec::new() });
            link.reaches.push(prefix.trunc());
        }
    }
    found.into_values().collect()
}

/// What each source has sent in one look.
#[derive(Debug, Default)]
pub struct Tally {
    sources: BTreeMap<IpAddr, (u32, usize)>,
    cut: BTreeSet<IpAddr>,
    read: u32,
}

impl Tally {
    /// Counts one datagram; whether it is heard.
    fn takes(&mut self, from: IpAddr, bytes: usize) -> bool {
        if self.cut.contains(&from) || (self.sources.len() >= MAX_SOURCES && !self.sources.contains_key(&from)) {
            return false;
        }
        let (datagrams, sum) = self.sources.entry(from).or_default();
        (*datagrams, *sum) = (*datagrams + 1, *sum + bytes);
        if *datagrams > MAX_SOURCE_DATAGRAMS || *sum > MAX_SOURCE_BYTES {
            self.cut.insert(from);
            return false;
        }
        true
    }

    /// It has read as much as one look may.
    pub fn is_full(&self) -> bool {
        self.read >= MAX_READ
    }

    /// What was heard of this source is not all.
    pub fn is_cut(&self, source: IpAddr) -> bool {
        self.cut.contains(&source)
    }

    /// Tells the storms.
    pub fn tell(&self, look: &Look<'_>, probe: &str, outcome: &mut Outcome) {
        for source in &self.cut {
            let text = format!(
                "it sent more than {MAX_SOURCE_DATAGRAMS} datagrams or {} KiB in answer to one search: what it said after that is not heard. \
                 A loop in the network, or a device that should be restarted",
                MAX_SOURCE_BYTES >> 10
            );
            outcome.troubles.push(look.trouble(probe, Some(Subject::Address(*source)), "storm", text));
        }
        if self.is_full() || self.sources.len() >= MAX_SOURCES {
            outcome.finished = false;
            let text = format!("more than {MAX_READ} datagrams or {MAX_SOURCES} senders in one search: it was ended before its time");
            outcome.troubles.push(look.trouble(probe, None, "storm", text));
        }
    }
}

/// A socket that asks and hears answers.
pub struct Ear<'a> {
    socket: UdpSocket,
    network: &'a Network,
    /// What each source has sent.
    pub tally: Tally,
}

impl<'a> Ear<'a> {
    /// On a link: multicasts leave there, answers come to a port of its own.
    pub fn on_link(network: &'a Network, link: &OnLink, hops: u32) -> io::Result<Ear<'a>> {
        let socket = udp(Domain::IPV4)?;
        socket.set_multicast_if_v4(&link.own)?;
        socket.set_multicast_ttl_v4(hops)?;
        Ear::bound(network, socket, SocketAddrV4::new(link.own, 0).into())
    }

    /// On a link, as a member of a group: hears what is sent to the group, and asks from its port. It is bound to the group's address, so
    /// that no datagram to this machine itself comes here: whatever else serves that port on it is not disturbed.
    pub fn on_group(network: &'a Network, link: &OnLink, group: SocketAddrV4, hops: u32) -> io::Result<Ear<'a>> {
        let socket = udp(Domain::IPV4)?;
        socket.set_reuse_address(true)?;
        socket.set_multicast_if_v4(&link.own)?;
        socket.set_multicast_ttl_v4(hops)?;
        // Only what comes to this membership, not what other programs of this machine have joined.
        socket.set_multicast_all_v4(false)?;
        socket.join_multicast_v4_n(group.ip(), &InterfaceIndexOrAddress::Index(link.index))?;
        Ear::bound(network, socket, group.into())
    }

    /// For questions to single hosts of one family.
    pub fn anywhere(network: &'a Network, v6: bool) -> io::Result<Ear<'a>> {
        let any = if v6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
        Ear::bound(network, udp(if v6 { Domain::IPV6 } else { Domain::IPV4 })?, SocketAddr::new(any, 0))
    }

    fn bound(network: &'a Network, socket: Socket, at: SocketAddr) -> io::Result<Ear<'a>> {
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(RECEIVE_BYTES)?;
        socket.bind(&at.into())?;
        Ok(Ear { socket: UdpSocket::from_std(socket.into())?, network, tally: Tally::default() })
    }

    /// Sends one datagram. That a host is unreachable, or the queue full, is silence and no error of ours.
    pub async fn ask(&self, octets: &[u8], to: SocketAddr) -> io::Result<()> {
        match self.socket.send_to(octets, to).await {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error), // a packet filter on this machine
            _ => Ok(()),
        }
    }

    /// Hears until the time is over, or `take` has heard enough.
    pub async fn hear(&mut self, until: Instant, mut take: impl FnMut(IpAddr, &[u8]) -> bool) {
        let mut datagram = vec![0; MAX_DATAGRAM_BYTES];
        while !self.tally.is_full() {
            let Ok(received) = timeout_at(until, self.socket.recv_from(&mut datagram)).await else { return };
            self.tally.read += 1;
            // An error is news of a host that cannot be reached.
            let Ok((length, from)) = received else { continue };
            let from = from.ip().to_canonical();
            if self.network.may_ask(from) && self.tally.takes(from, length) && take(from, &datagram[..length]) {
                return;
            }
        }
    }
}

fn udp(domain: Domain) -> io::Result<Socket> {
    Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::Place;
    use rollcall_shared::Mac;

    #[test]
    fn a_multicast_goes_where_this_machine_is_in_the_network() {
        let link = |index, speaks_arp| Link { index, name: format!("eth{index}"), mac: Some(Mac::new([0, 0x1a, 0x2b, 0, 0, 9])), speaks_arp };
        let own = |index, text: &str, prefix| Address { index, ip: text.parse().unwrap(), prefix };
        let links = [link(1, false), link(2, true), link(3, true)];
        let addresses = [own(1, "127.0.0.1", 8), own(2, "10.0.0.1", 16), own(3, "10.9.0.1", 24), own(3, "10.9.0.2", 24)];
        let check = |cidr: &str, allow: &[&str], expected: &[u32]| {
            let mut network = Place::new(cidr, 0).network;
            network.allow = allow.iter().map(|text| text.parse().unwrap()).collect();
            let found: Vec<u32> = links_of(&network, &links, &addresses).iter().map(|link| link.index).collect();
            assert_eq!(found, expected, "{cidr} {allow:?}");
        };
        check("10.0.0.0/24", &[], &[2]);
        check("10.0.7.0/24", &[], &[]); // on the link, but this machine is in another network there
        check("10.0.0.0/8", &[], &[2, 3]);
        check("10.0.0.0/24", &["10.0.0.7/32"], &[]); // not everybody may be asked
        check("10.0.0.1/32", &[], &[]); // one address is asked by itself
        check("127.0.0.0/8", &[], &[]);
        let network = Place::new("10.9.0.0/24", 0).network;
        let found = links_of(&network, &links, &addresses);
        assert!(found[0].reaches([10, 9, 0, 77].into()) && !found[0].reaches([10, 9, 1, 77].into()));
        assert_eq!((found.len(), found[0].own), (1, Ipv4Addr::new(10, 9, 0, 1)));
    }

    #[test]
    fn what_must_never_be_asked_is_not_heard() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut network = Place::new("127.96.4.0/28", 0).network;
        network.never.addresses = vec!["127.96.4.2/32".parse().unwrap()];
        let heard = runtime.block_on(async {
            let mut ear = Ear::anywhere(&network, false).unwrap();
            let to = (Ipv4Addr::LOCALHOST, ear.socket.local_addr().unwrap().port());
            for from in ["127.96.4.2:0", "127.96.5.1:0", "127.96.4.1:0"] {
                UdpSocket::bind(from).await.unwrap().send_to(b"x", to).await.unwrap();
            }
            let mut heard = Vec::new();
            let far = Instant::now() + std::time::Duration::from_secs(5);
            ear.hear(far, |from, _| {
                heard.push(from.to_string());
                from == IpAddr::from([127, 96, 4, 1])
            })
            .await;
            heard
        });
        assert_eq!(heard, ["127.96.4.1"]);
    }

    #[test]
    fn one_that_floods_is_cut_and_told() {
        let (place, mut tally) = (Place::new("10.0.0.0/24", 0), Tally::default());
        let (loud, fat, calm): (IpAddr, IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into(), [10, 0, 0, 3].into());
        let heard = (0..1_000).filter(|_| tally.takes(loud, 10)).count();
        assert_eq!(heard, 64);
        assert_eq!((0..1_000).filter(|_| tally.takes(fat, 9_000)).count(), 10);
        assert!(tally.takes(calm, 10) && tally.is_cut(loud) && tally.is_cut(fat) && !tally.is_cut(calm));
        let mut outcome = Outcome { finished: true, ..Outcome::default() };
        tally.tell(&place.look(), "mdns", &mut outcome);
        let told: Vec<String> = outcome.troubles.iter().map(|trouble| format!("{} {}", trouble.code, trouble.subject.as_ref().unwrap())).collect();
        assert_eq!(told, ["storm ip:10.0.0.1", "storm ip:10.0.0.2"]);
        assert!(outcome.finished, "the others were heard");
        tally.read = MAX_READ;
        tally.tell(&place.look(), "mdns", &mut outcome);
        assert!(!outcome.finished);
    }
}
