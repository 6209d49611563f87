//! What is asked and answered: M-SEARCH, its answer (UPnP Device Architecture 1.1, sections 1.3.2 and 1.3.3), the description (section 2.3).
//!
//! Comes in: where to ask; octets. Goes out: a datagram; an [`Answer`]; what a description says. Absent on purpose: everything that a device
//! only needs to be controlled.

use crate::probes::describe::Said;
use crate::probes::{said_text, xml};

/// What is searched for.
const TARGET: &str = "upnp:rootdevice";
/// Seconds over which the answers to a multicast are spread.
const MX: u32 = 1;
/// Lines of one answer that are read.
const MAX_LINES: usize = 64;
/// Elements of a device that pass on; the keys are theirs with `upnp.` before.
const TOLD: &[&str] = &["deviceType", "friendlyName", "manufacturer", "modelName", "modelNumber", "modelDescription", "serialNumber"];

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// SERVER.
    pub server: String,
    /// ST, unless it is what was searched for.
    pub target: String,
    /// LOCATION.
    pub location: String,
    /// BOOTID.UPNP.ORG and CONFIGID.UPNP.ORG: they change when the device restarts or is set up anew.
    pub mark: String,
}

/// A search; one to a single device asks for no delay.
pub fn question(to: std::net::SocketAddr, to_all: bool) -> Vec<u8> {
    let delay = if to_all { format!("MX: {MX}\r\n") } else { String::new() };
    let agent = format!("Linux UPnP/1.1 rollcall/{}", env!("CARGO_PKG_VERSION"));
    format!("M-SEARCH * HTTP/1.1\r\nHOST: {to}\r\nMAN: \"ssdp:discover\"\r\n{delay}ST: {TARGET}\r\nUSER-AGENT: {agent}\r\n\r\n").into_bytes()
}

/// Reads an answer; nothing where it is none.
pub fn parse(octets: &[u8]) -> Option<Answer> {
    let mut lines = octets.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii).take(MAX_LINES);
    let mut status = lines.next()?.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    if !(status.next()?.to_ascii_uppercase().starts_with(b"HTTP/") && status.next()? == b"200") {
        return None;
    }
    let (mut answer, mut marks) = (Answer::default(), Vec::new());
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some(at) = line.iter().position(|octet| *octet == b':') else { continue };
        let (name, value) = (line[..at].trim_ascii().to_ascii_uppercase(), said_text(line[at + 1..].trim_ascii()));
        match name.as_slice() {
            b"SERVER" => answer.server = value,
            b"ST" if value != TARGET => answer.target = value,
            b"LOCATION" => answer.location = value,
            b"BOOTID.UPNP.ORG" | b"CONFIGID.UPNP.ORG" => marks.push(value),
            _ => {}
        }
    }
    answer.mark = marks.join("/");
    Some(answer)
}

/// Reads a description: what the root device says of itself. Devices within it are not asked for.
pub fn described(octets: &[u8]) -> Said {
    let document = xml::parse(octets);
    let device = document.child("root").and_then(|root| root.child("device"));
    let said = TOLD.iter().filter_map(|name| Some((format!("upnp.{name}"), device?.said(name)?)));
    said.collect()
}
