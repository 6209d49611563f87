//! What a DHCP client asks a server for: one packet, taken apart (RFC 2131, RFC 2132).
//!
//! Comes in: octets of anybody, from the IPv4 header on. Goes out: a [`Request`], or nothing where it is none. Absent on purpose: sockets, memory,
//! and any sense of the words (the collector knows which system asks in which order).
//!
//! Bounds: a packet is at most one Ethernet frame; only the options named in `KEPT` are kept, and of the order at most [`MAX_ORDER`] numbers.

use crate::probes::said_text;
use rollcall_shared::{Fact, Mac};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Port of DHCP servers (RFC 2131 section 4.1).
pub const SERVER_PORT: u16 = 67;
/// Most numbers of the order of options that are kept: clients send 6 to 20.
pub const MAX_ORDER: usize = 64;
/// Longest host name kept, in characters (RFC 1123 section 2.1).
const MAX_NAME_CHARS: usize = 255;

/// Host name (RFC 2132 section 3.14).
const HOST_NAME: u8 = 12;
/// More options stand in the fields `file` and `sname` (section 9.3).
const OVERLOAD: u8 = 52;
/// Message type (section 9.6).
const MESSAGE: u8 = 53;
/// Parameter request list (section 9.8).
const WANTED: u8 = 55;
/// Vendor class identifier (section 9.13).
const VENDOR_CLASS: u8 = 60;
/// User class (RFC 3004).
const USER_CLASS: u8 = 77;
/// Client system architecture (RFC 4578 section 2.1): sent by firmware that boots over the network.
const ARCHITECTURE: u8 = 93;
/// The options whose content is kept.
const KEPT: [u8; 7] = [HOST_NAME, OVERLOAD, MESSAGE, WANTED, VENDOR_CLASS, USER_CLASS, ARCHITECTURE];
/// Fills up; says nothing (RFC 2132 section 3.1).
const PAD: u8 = 0;
/// Ends a field of options (section 3.2).
const END: u8 = 255;

/// Where the fields of a BOOTP message begin (RFC 2131 section 2), and the cookie before its options (RFC 2132 section 2).
const RELAY: usize = 24;
const HARDWARE: usize = 28;
const SERVER_NAME: std::ops::Range<usize> = 44..108;
const FILE: std::ops::Range<usize> = 108..236;
const COOKIE: [u8; 4] = [99, 130, 83, 99];
const OPTIONS: usize = 240;

/// How much a message tells of the system that sends it: a client that asks anew says most, one that asks for more (a browser that seeks a proxy)
/// says something else, firmware that boots over the network says nothing of the system that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Weight {
    /// Firmware (it tells its architecture).
    Firmware,
    /// DHCPINFORM.
    Inform,
    /// DHCPREQUEST.
    Request,
    /// DHCPDISCOVER.
    Discover,
}

/// What one client said in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub mac: Mac,
    /// The relay that passed it on, if one: an address of the client's own network.
    pub relay: Option<Ipv4Addr>,
    /// How much it tells.
    pub weight: Weight,
    /// The options' numbers in their order, the end included.
    order: Vec<u8>,
    /// Content of the options kept; parts of one option stand together (RFC 3396).
    options: BTreeMap<u8, Vec<u8>>,
}

/// Takes a packet apart.
pub fn parse(packet: &[u8]) -> Option<Request> {
    let message = payload(packet)?;
    let [1, 1, 6, ..] = message else { return None }; // BOOTREQUEST, Ethernet, six octets of address
    let mac = Mac::from_slice(message.get(HARDWARE..HARDWARE + 6)?)?;
    if mac.is_void() || mac.is_group() || message.get(OPTIONS - 4..OPTIONS)? != COOKIE {
        return None;
    }
    let (mut order, mut options) = (Vec::new(), BTreeMap::new());
    walk(&message[OPTIONS..], &mut order, &mut options);
    let overload = options.get(&OVERLOAD).and_then(|value: &Vec<u8>| value.first().copied()).unwrap_or(0);
    for (bit, field) in [(1, FILE), (2, SERVER_NAME)] {
        if overload & bit != 0 {
            walk(&message[field], &mut order, &mut options);
        }
    }
    let weight = match options.get(&MESSAGE).map(Vec::as_slice) {
        Some([1 | 3]) if options.contains_key(&ARCHITECTURE) => Weight::Firmware,
        Some([1]) => Weight::Discover,
        Some([3]) => Weight::Request,
        Some([8]) => Weight::Inform,
        _ => return None, // a refusal or a farewell, or no DHCP at all
    };
    let relay = Ipv4Addr::from(<[u8; 4]>::try_from(message.get(RELAY..RELAY + 4)?).ok()?);
    Some(Request { mac, relay: (!relay.is_unspecified()).then_some(relay), weight, order, options })
}

/// What an IPv4 packet carries to the port of DHCP servers, if it is whole.
fn payload(packet: &[u8]) -> Option<&[u8]> {
    let (version, header) = (packet.first()? >> 4, usize::from(packet.first()? & 0x0f) * 4);
    let number = |octets: &[u8], at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
    let is_udp = *packet.get(9)? == 17;
    let is_whole = number(packet, 6)? & 0x3fff == 0; // neither more fragments nor an offset
    if version != 4 || header < 20 || !is_udp || !is_whole {
        return None;
    }
    let datagram = packet.get(header..usize::from(number(packet, 2)?).max(header))?;
    let length = usize::from(number(datagram, 4)?);
    (number(datagram, 2)? == SERVER_PORT).then(|| datagram.get(8..length)).flatten()
}

/// Reads one field of options; what is cut off at its end is left out.
fn walk(field: &[u8], order: &mut Vec<u8>, options: &mut BTreeMap<u8, Vec<u8>>) {
    let mut rest = field;
    while let [code, after @ ..] = rest {
        if *code == PAD {
            rest = after;
            continue;
        }
        let value = match after {
            _ if *code == END => &[][..],
            [length, content @ ..] if content.len() >= usize::from(*length) => &content[..usize::from(*length)],
            _ => return,
        };
        if order.len() < MAX_ORDER {
            order.push(*code);
        }
        if *code == END {
            return;
        }
        if KEPT.contains(code) {
            options.entry(*code).or_default().extend_from_slice(value);
        }
        rest = &after[1 + value.len()..];
    }
}

impl Request {
    /// Its words as facts, under the keys of `shared/said`; order and architecture apart.
    pub fn facts(&self) -> Vec<Fact> {
        let text = |code: u8| self.options.get(&code).map(|value| said_text(trimmed(value)));
        let words = [
            ("opt12", text(HOST_NAME).map(|name| name.chars().take(MAX_NAME_CHARS).collect())),
            ("opt55", self.options.get(&WANTED).map(|codes| numbers(codes))),
            ("opt60", text(VENDOR_CLASS)),
            ("opt77", self.options.get(&USER_CLASS).map(|value| user_class(value))),
        ];
        let said = words.into_iter().filter_map(|(key, value)| Some((key, value.filter(|value: &String| !value.is_empty())?)));
        said.map(|(key, value)| Fact::said(key, value)).collect()
    }

    /// The options' numbers in their order.
    pub fn order(&self) -> String {
        numbers(&self.order)
    }

    /// The architecture that firmware tells: one number, or several separated by commas.
    pub fn architecture(&self) -> Option<String> {
        let value = self.options.get(&ARCHITECTURE)?;
        let numbers: Vec<String> = value.chunks_exact(2).take(8).map(|pair| u16::from_be_bytes([pair[0], pair[1]]).to_string()).collect();
        (!numbers.is_empty()).then(|| numbers.join(","))
    }
}

fn numbers(codes: &[u8]) -> String {
    codes.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// Without the zero octets at the end, which some clients count in.
fn trimmed(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    &value[..end]
}

/// The classes of RFC 3004, each with its length before it, separated by commas; or the text that many clients put there plainly.
fn user_class(value: &[u8]) -> String {
    let mut classes = Vec::new();
    let mut rest = value;
    while let [length, after @ ..] = rest {
        let length = usize::from(*length);
        if length == 0 || after.len() < length {
            return said_text(trimmed(value));
        }
        classes.push(said_text(&after[..length]));
        rest = &after[length..];
    }
    classes.join(",")
}

#[cfg(test)]
#[path = "packet_tests.rs"]
pub(super) mod tests;
