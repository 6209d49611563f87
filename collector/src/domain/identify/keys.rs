//! Keys: what of a thing's evidence names it for good.
//!
//! Comes in: a thing, its maker, serial and name. Goes out: [`Key`]s, strongest first. Absent on purpose: matching with known devices
//! (`fleet`), and addresses, which never name a device.

use super::gather::Thing;
use super::tables::junk;
use crate::domain::device::{Key, KeyRank, Member};
use crate::domain::folded::fold;
use rollcall_shared::Mac;

/// Most interface MACs that become keys beside those by which it was heard: a switch has one a port, and all are of one block.
const MOST_OWN_MACS: usize = 4;

/// The keys of a thing.
pub fn keys(thing: &Thing<'_>, vendor: Option<&str>, serial: Option<&str>, members: &[Member], name: Option<&str>) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut add = |rank: KeyRank, text: String| {
        let key = Key { rank, text };
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    if let Some(vendor) = vendor {
        for serial in serial.into_iter().chain(members.iter().map(|member| member.serial.as_str())) {
            if junk::is_serial(serial) {
                add(KeyRank::Serial, format!("{}:{}", junk::bare(vendor), junk::bare(serial)));
            }
        }
    }
    for mac in macs(thing) {
        add(KeyRank::Mac, digits(mac));
    }
    for word in thing.words("dmi.product_uuid") {
        if junk::is_uuid(word.value) {
            add(KeyRank::Uuid, junk::bare(word.value));
        }
    }
    if let Some(name) = name.filter(|name| junk::is_name(name)) {
        add(KeyRank::Name, fold(name));
    }
    keys.sort_by_key(|key| key.rank);
    keys
}

/// Burnt-in MACs: those by which it was heard, its bridge's own, and the lowest few of its interfaces.
pub fn macs(thing: &Thing<'_>) -> Vec<Mac> {
    let heard = thing.heard.iter().copied();
    let bridge = thing.words("dot1dBaseBridgeAddress").chain(thing.words("lldpLocChassisId")).filter_map(|word| mac_of(word.value));
    let mut own: Vec<Mac> = thing.interfaces.iter().filter_map(|row| row.mac).filter(|mac| junk::is_burnt_in(*mac)).collect();
    own.sort_unstable();
    own.dedup();
    let mut macs: Vec<Mac> = Vec::new();
    for mac in heard.chain(bridge).chain(own.into_iter().take(MOST_OWN_MACS)).chain(net_macs(thing)) {
        if junk::is_burnt_in(mac) && !macs.contains(&mac) {
            macs.push(mac);
        }
    }
    macs
}

/// MACs that the server names as its own (`net.eth0.mac`).
fn net_macs<'t>(thing: &'t Thing<'_>) -> impl Iterator<Item = Mac> + 't {
    thing.said.iter().filter(|word| word.item.starts_with("net.") && word.item.ends_with(".mac")).filter_map(|word| word.value.parse().ok())
}

/// A MAC out of octets written `0x…` or in any spelling.
pub fn mac_of(text: &str) -> Option<Mac> {
    text.strip_prefix("0x").unwrap_or(text).parse().ok()
}

/// Twelve hexadecimal digits.
fn digits(mac: Mac) -> String {
    junk::bare(&mac.to_string())
}
