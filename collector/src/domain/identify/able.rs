//! What a thing is by what it can do: the tables it fills tell a kind, less surely than its own words.
//!
//! Comes in: a thing's tables. Goes out: votes for a kind. Absent on purpose: makers.

use super::gather::Thing;
use super::tables::enterprises;
use super::weigh::{Ballot, Ground};
use crate::domain::kind::Kind;

/// ifType of an Ethernet port and of a radio (IANAifType-MIB ethernetCsmacd, ieee80211).
const ETHERNET: u32 = 6;
const RADIO: u32 = 71;

/// A bridge with this many Ethernet ports is a switch.
const MANY_PORTS: usize = 5;

/// sysServices (RFC 3418): bit 1 (value 2) bridges, bit 2 (4) routes, bits 3 and 6 (8, 64) serve applications.
const BRIDGES: u32 = 2;
const ROUTES: u32 = 4;
const SERVES: u32 = 72;

/// How surely a thing is none of the kinds that we follow when it shows no work of any of them.
const BY_LITTLE: u8 = 16;

/// Something that speaks with a maker's own agent through one or two Ethernet ports, without bridging, radio, printing or power: switches, access
/// points, printers, UPSes and servers show what they do, so it is a gauge, a controller, a converter.
fn is_appliance(thing: &Thing<'_>, ports: usize, radios: usize, bridge_ports: usize) -> bool {
    let own_agent =
        thing.word("sysObjectID").and_then(|word| super::recognise::enterprise_of(word.value)).is_some_and(|number| !enterprises::is_toolkit(number));
    let silent = thing.supplies.is_empty() && thing.learnt_count == 0 && thing.entities.len() < MANY_PORTS;
    own_agent && silent && (1..=2).contains(&ports) && radios == 0 && bridge_ports < MANY_PORTS
}

/// Votes for the kinds of which it does the work.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    let ground = |item: &'a str| Ground { probe: "snmp", item, value: "" };
    if !thing.supplies.is_empty() {
        ballot.cast_kind(Kind::Printer, 80, ground("prtMarkerSuppliesTable"));
    }
    if !thing.volumes.is_empty() || !thing.services.is_empty() {
        let probe = thing.services.first().map_or("server", |(probe, _)| probe);
        ballot.cast_kind(Kind::Server, 90, Ground { probe, item: "file systems and services", value: "" });
    }
    let ports = thing.interfaces.iter().filter(|row| row.if_type == ETHERNET || row.if_type == 117).count();
    let radios = thing.interfaces.iter().filter(|row| row.if_type == RADIO).count();
    let bridge_ports = thing.word("dot1dBaseNumPorts").and_then(|word| word.value.parse::<usize>().ok()).unwrap_or(0);
    if ports >= MANY_PORTS && (thing.learnt_count > 0 || bridge_ports >= MANY_PORTS) {
        ballot.cast_kind(Kind::Switch, 48, ground("dot1dBridge"));
    } else if ports >= 3 * MANY_PORTS {
        ballot.cast_kind(Kind::Switch, 42, ground("ifTable"));
    }
    if radios > 0 && ports < MANY_PORTS {
        ballot.cast_kind(Kind::AccessPoint, 44, ground("ifType ieee80211"));
    }
    if is_appliance(thing, ports, radios, bridge_ports) {
        ballot.cast_kind(Kind::Other, BY_LITTLE, ground("ifTable"));
    }
    let Some(word) = thing.word("sysServices") else { return };
    let Ok(services) = word.value.parse::<u32>() else { return };
    let ground = Ground { probe: word.probe, item: word.key, value: word.value };
    if services & BRIDGES != 0 && services & ROUTES == 0 {
        ballot.cast_kind(Kind::Switch, 30, ground);
    } else if services & ROUTES != 0 && services & SERVES != SERVES {
        ballot.cast_kind(Kind::Router, 26, ground);
    }
}
