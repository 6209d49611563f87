//! SOAP messages of WS-Discovery (April 2005) and of the Devices Profile for Web Services (February 2006).
//!
//! Comes in: random octets, an endpoint; octets. Goes out: Probe and Get; the matches of ProbeMatches; what Metadata tells. Elements are known by
//! their local names, so that the OASIS standards of 2009 are read as well. Absent on purpose: the prefix of a type, which each sender
//! chooses as it likes, and everything that a client needs to print.

use crate::probes::describe::Said;
use crate::probes::xml::{self, Element};
use rollcall_shared::wire::clip;

const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const DISCOVERY: &str = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
/// Types that are searched for: prefix (some compare the text with what Windows writes), name space, name. Devices of the Devices Profile
/// (section 2.6), and network cameras (ONVIF Core Specification, section 7.3).
const SEARCHED: &[(&str, &str, &str)] = &[
    ("wsdp", "http://schemas.xmlsoap.org/ws/2006/02/devprof", "Device"),
    ("dn", "http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter"),
];
/// Elements of ThisModel and ThisDevice that pass on, with their keys (Devices Profile section 5.1).
const TOLD: &[(&str, &str, &str)] = &[
    ("ThisModel", "Manufacturer", "wsd.manufacturer"),
    ("ThisModel", "ModelName", "wsd.modelName"),
    ("ThisModel", "ModelNumber", "wsd.modelNumber"),
    ("ThisDevice", "FriendlyName", "wsd.friendlyName"),
    ("ThisDevice", "FirmwareVersion", "wsd.firmware"),
    ("ThisDevice", "SerialNumber", "wsd.serial"),
];
/// Matches read of one message.
const MAX_MATCHES: usize = 8;
/// Addresses read of one match, and characters of what it says.
const MAX_ADDRESSES: usize = 8;
const MAX_CHARS: usize = 1_000;

/// One device that matches.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// Types, without their prefixes, separated by spaces.
    pub types: String,
    /// Scopes, separated by spaces.
    pub scopes: String,
    /// Its endpoint: a name that lasts.
    pub endpoint: String,
    /// Where it may be asked.
    pub addresses: Vec<String>,
    /// Version of what it tells.
    pub version: String,
}

/// The searches, each with its identifier.
pub fn probes(seed: [u8; 16]) -> Vec<(String, Vec<u8>)> {
    let numbered = SEARCHED.iter().zip(0u8..);
    numbered
        .map(|((prefix, space, name), number)| {
            let mut octets = seed;
            octets[15] = octets[15].wrapping_add(number);
            let id = uuid(octets);
            let body = format!(r#"<d:Probe xmlns:{prefix}="{space}"><d:Types>{prefix}:{name}</d:Types></d:Probe>"#);
            let to = "urn:schemas-xmlsoap-org:ws:2005:04:discovery";
            (id.clone(), envelope(&format!("{DISCOVERY}/Probe"), &id, to, &body).into_bytes())
        })
        .collect()
}

/// Asks an endpoint what it is (WS-Transfer Get, as the Devices Profile section 5.1 wants it). A number that came before is not answered.
pub fn get(endpoint: &str, mut seed: [u8; 16]) -> String {
    seed[15] = !seed[15];
    let id = uuid(seed);
    let to: String = endpoint.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '&' | '"')).collect();
    envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", &id, &to, "")
}

fn envelope(action: &str, id: &str, to: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{ENVELOPE}" xmlns:a="{ADDRESSING}" xmlns:d="{DISCOVERY}"><s:Header><a:To>{to}</a:To><a:Action>{action}</a:Action><a:MessageID>{id}</a:MessageID><a:ReplyTo><a:Address>{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

/// A UUID as a URN, marked as random (RFC 9562 section 5.4).
fn uuid(mut octets: [u8; 16]) -> String {
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex[range].concat();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0..4), part(4..6), part(6..8), part(8..10), part(10..16))
}

/// Reads ProbeMatches: what they answer to, and the matches; nothing where it is another message.
pub fn parse(octets: &[u8]) -> Option<(String, Vec<Match>)> {
    let document = xml::parse(octets);
    let envelope = document.child("Envelope")?;
    let matches = envelope.child("Body")?.child("ProbeMatches")?;
    let relates_to = envelope.child("Header").and_then(|header| header.said("RelatesTo")).unwrap_or_default();
    let matches = matches.children.iter().filter(|element| element.name == "ProbeMatch").take(MAX_MATCHES);
    Some((relates_to, matches.map(one).collect()))
}

fn one(element: &Element) -> Match {
    let words = |name: &str| element.said(name).unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let bare = |word: String| word.rsplit_once(':').map_or_else(|| word.clone(), |(_, name)| name.to_owned());
    let types: Vec<String> = words("Types").into_iter().map(bare).collect();
    Match {
        types: clip(&types.join(" "), MAX_CHARS).to_owned(),
        scopes: clip(&words("Scopes").join(" "), MAX_CHARS).to_owned(),
        endpoint: element.child("EndpointReference").and_then(|endpoint| endpoint.said("Address")).unwrap_or_default(),
        addresses: words("XAddrs").into_iter().take(MAX_ADDRESSES).collect(),
        version: element.said("MetadataVersion").unwrap_or_default(),
    }
}

/// Reads the answer to Get.
pub fn described(octets: &[u8]) -> Said {
    let document = xml::parse(octets);
    let first = |section: &str| document.all(section).into_iter().next();
    TOLD.iter().filter_map(|(section, name, key)| Some(((*key).to_owned(), first(section)?.said(name)?))).collect()
}
