//! The kernel's own knowledge over rtnetlink: interfaces, their addresses, the neighbour table (rtnetlink(7), linux/neighbour.h).
//!
//! Comes in: one dump request. Goes out: [`Link`], [`Address`], [`Neighbour`] rows. No privilege is needed. Absent on purpose: any
//! change (only RTM_GET… requests exist here), and IPv6.

use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rollcall_shared::Mac;
use std::io;
use std::net::Ipv4Addr;

/// Datagrams read for one dump: each has some 4 to 32 KiB; a table of 65 536 neighbours needs 2 000.
const MAX_DATAGRAMS: usize = 10_000;
/// Octets of a message header (struct nlmsghdr).
const HEADER: usize = 16;
/// Message types that end a dump (linux/netlink.h): NLMSG_ERROR with its code, NLMSG_DONE.
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// One interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Index of the interface.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Its MAC, where it has one.
    pub mac: Option<Mac>,
    /// It is up, of Ethernet's kind and does ARP.
    pub speaks_arp: bool,
}

/// One IPv4 address of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Index of the interface.
    pub index: u32,
    /// The address.
    pub ip: Ipv4Addr,
    /// Length of its network's prefix.
    pub prefix: u8,
}

/// One row of the neighbour table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// Index of the interface.
    pub index: u32,
    /// Whose.
    pub ip: Ipv4Addr,
    /// The MAC, where one is known.
    pub mac: Option<Mac>,
    /// NUD_… bits.
    pub state: u16,
}

/// States in which a MAC counts (linux/neighbour.h). PROBE is not among them: there the kernel doubts an old MAC and asks again.
const COUNTS: u16 = libc::NUD_REACHABLE | libc::NUD_STALE | libc::NUD_DELAY | libc::NUD_PERMANENT;
/// States in which the kernel still asks.
const PENDING: u16 = libc::NUD_INCOMPLETE | libc::NUD_DELAY | libc::NUD_PROBE;

impl Neighbour {
    /// The MAC, if the entry is one that counts.
    pub fn holder(&self) -> Option<Mac> {
        self.mac.filter(|mac| self.state & COUNTS != 0 && !mac.is_void() && !mac.is_group())
    }

    /// The kernel has not made up its mind yet.
    pub fn is_pending(&self) -> bool {
        self.state & PENDING != 0
    }
}

/// All interfaces.
pub fn links() -> io::Result<Vec<Link>> {
    Ok(parse_links(&dump(libc::RTM_GETLINK, 16)?))
}

/// All IPv4 addresses.
pub fn addresses() -> io::Result<Vec<Address>> {
    Ok(parse_addresses(&dump(libc::RTM_GETADDR, 8)?))
}

/// The IPv4 neighbour table.
pub fn neighbours() -> io::Result<Vec<Neighbour>> {
    Ok(parse_neighbours(&dump(libc::RTM_GETNEIGH, 12)?))
}

/// One dump: the payloads of all datagrams, one after another. `body` octets follow the header, of which the first is the family.
fn dump(kind: u16, body: usize) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut request = vec![0; HEADER + body];
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    let flags = u16::try_from(libc::NLM_F_REQUEST | libc::NLM_F_DUMP).map_err(io::Error::other)?;
    request[0..4].copy_from_slice(&length.to_ne_bytes());
    request[4..6].copy_from_slice(&kind.to_ne_bytes());
    request[6..8].copy_from_slice(&flags.to_ne_bytes());
    request[HEADER] = u8::try_from(libc::AF_INET).map_err(io::Error::other)?;
    socket.send(&request, 0)?;
    let mut all = Vec::new();
    for _ in 0..MAX_DATAGRAMS {
        let (datagram, _) = socket.recv_from_full()?;
        let last = messages(&datagram).last().map(|(kind, body)| (kind, read_i32(body, 0)));
        all.extend_from_slice(&datagram);
        match last {
            Some((DONE, _)) => return Ok(all),
            Some((ERROR, code)) => return Err(io::Error::from_raw_os_error(code.unwrap_or_default().saturating_neg())),
            _ => {}
        }
    }
    Err(io::Error::other("the kernel's dump has no end"))
}

/// Message type and body of each message; stops at the first that does not fit.
fn messages(octets: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let length = read_u32(rest, 0)? as usize;
        let (kind, body) = (read_u16(rest, 4)?, rest.get(HEADER..length)?);
        rest = rest.get(aligned(length)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// Attributes (struct rtattr) after the fixed part of a body.
fn attributes(body: &[u8], fixed: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = body.get(fixed..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = usize::from(read_u16(rest, 0)?);
        let (kind, value) = (read_u16(rest, 2)?, rest.get(4..length)?);
        rest = rest.get(aligned(length)..).unwrap_or_default();
        Some((kind, value))
    })
}

fn attribute(body: &[u8], fixed: usize, wanted: u16) -> Option<&[u8]> {
    attributes(body, fixed).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
}

/// Struct ifinfomsg: family, pad, type (u16), index (i32), flags (u32), change.
pub fn parse_links(octets: &[u8]) -> Vec<Link> {
    let row = |(kind, body): (u16, &[u8])| {
        let (hardware, index, flags) = (read_u16(body, 2)?, read_u32(body, 4)?, read_u32(body, 8)?);
        let name = attribute(body, 16, libc::IFLA_IFNAME).map(|name| String::from_utf8_lossy(name).trim_end_matches('\0').to_owned());
        let mac = attribute(body, 16, libc::IFLA_ADDRESS).and_then(Mac::from_slice).filter(|mac| !mac.is_void());
        let flag = |bit: i32| flags & bit.unsigned_abs() != 0;
        let speaks_arp = hardware == libc::ARPHRD_ETHER && flag(libc::IFF_UP) && !flag(libc::IFF_LOOPBACK) && !flag(libc::IFF_NOARP) && mac.is_some();
        (kind == libc::RTM_NEWLINK).then(|| Link { index, name: name.unwrap_or_default(), mac, speaks_arp })
    };
    messages(octets).filter_map(row).collect()
}

/// Struct ifaddrmsg: family, prefix length, flags, scope, index (u32). IFA_LOCAL is the own end, also on point-to-point links.
pub fn parse_addresses(octets: &[u8]) -> Vec<Address> {
    let row = |(kind, body): (u16, &[u8])| {
        let (prefix, index) = (*body.get(1)?, read_u32(body, 4)?);
        let own = attribute(body, 8, libc::IFA_LOCAL).or_else(|| attribute(body, 8, libc::IFA_ADDRESS))?;
        let ip = Ipv4Addr::from(<[u8; 4]>::try_from(own).ok()?);
        (kind == libc::RTM_NEWADDR && prefix <= 32).then_some(Address { index, ip, prefix })
    };
    messages(octets).filter_map(row).collect()
}

/// Struct ndmsg: family, pads, index (i32), state (u16), flags, type. NDA_DST 1, NDA_LLADDR 2.
pub fn parse_neighbours(octets: &[u8]) -> Vec<Neighbour> {
    let row = |(kind, body): (u16, &[u8])| {
        let (index, state) = (read_u32(body, 4)?, read_u16(body, 8)?);
        let ip = Ipv4Addr::from(<[u8; 4]>::try_from(attribute(body, 12, libc::NDA_DST)?).ok()?);
        let mac = attribute(body, 12, libc::NDA_LLADDR).and_then(Mac::from_slice);
        (kind == libc::RTM_NEWNEIGH).then_some(Neighbour { index, ip, mac, state })
    };
    messages(octets).filter_map(row).collect()
}

/// Messages and attributes begin at multiples of four; a length of nothing must not stand still.
fn aligned(length: usize) -> usize {
    length.max(4).next_multiple_of(4)
}

fn read_u16(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

fn read_u32(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

fn read_i32(octets: &[u8], at: usize) -> Option<i32> {
    octets.get(at..at + 4)?.try_into().ok().map(i32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_kernel_said() {
        crate::probes::cases::check_cases("neighbours", |case| {
            let octets = |name: &str| std::fs::read(case.join(name)).unwrap();
            let lines = |rows: Vec<String>| serde_json::Value::from(rows);
            let neighbour =
                |row: &Neighbour| format!("{} {} {:?} {}", row.index, row.ip, row.holder(), if row.is_pending() { "pending" } else { "" });
            serde_json::json!({
                "links": lines(parse_links(&octets("links.bin")).iter().map(|row| format!("{row:?}")).collect()),
                "addresses": lines(parse_addresses(&octets("addresses.bin")).iter().map(|row| format!("{row:?}")).collect()),
                "neighbours": lines(parse_neighbours(&octets("neighbours.bin")).iter().map(neighbour).collect()),
            })
        });
    }

    #[test]
    fn this_machine_has_its_loopback() {
        let loopback = links().unwrap().into_iter().find(|link| link.name == "lo").unwrap();
        assert!(!loopback.speaks_arp);
        assert!(addresses().unwrap().contains(&Address { index: loopback.index, ip: Ipv4Addr::LOCALHOST, prefix: 8 }));
        neighbours().unwrap();
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, length in 0u8..64, kind in prop_oneof![Just(16u8), Just(20), Just(28)]) {
            let message = [&[length, 0, 0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &octets].concat();
            for octets in [&octets, &message] {
                parse_links(octets);
                parse_addresses(octets);
                parse_neighbours(octets);
            }
        }
    }
}
