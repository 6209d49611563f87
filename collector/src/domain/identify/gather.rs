//! Gathering: everything that the picture holds about one thing, sorted by what can be read from it.
//!
//! Comes in: the entries of the subjects that turned out to be one thing. Goes out: a [`Thing`]. Absent on purpose: which subjects
//! belong together (`cluster`), and what the words mean (`recognise`).

use rollcall_shared::Mac;
use rollcall_shared::evidence::{Entity, Fact, Interface, Lease, Neighbour, Service, Subject, Supply, Volume};
use rollcall_shared::picture::EntryKey;

use super::tables::junk;
use super::told::Row;

/// Something said: the item split from its instance, the value trimmed.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Which probe heard it.
    pub probe: &'a str,
    /// The whole key (`hrDeviceDescr.1`).
    pub key: &'a str,
    /// The item without its instance (`hrDeviceDescr`).
    pub item: &'a str,
    /// What was said, without outer blanks and quotation marks.
    pub value: &'a str,
}

/// All evidence about one thing.
#[derive(Debug, Default)]
pub struct Thing<'a> {
    /// The first network on which it was seen.
    pub network: &'a str,
    /// Its subjects, in the order of the picture.
    pub subjects: Vec<&'a Subject>,
    /// Probes that heard it now.
    pub probes: Vec<&'a str>,
    /// What it said.
    pub said: Vec<Word<'a>>,
    /// Its interfaces.
    pub interfaces: Vec<&'a Interface>,
    /// Its neighbours.
    pub neighbours: Vec<&'a Neighbour>,
    /// Its physical entities.
    pub entities: Vec<(&'a str, &'a Entity)>,
    /// Its supplies.
    pub supplies: Vec<&'a Supply>,
    /// Its file systems.
    pub volumes: Vec<&'a Volume>,
    /// Its services, with the probe.
    pub services: Vec<(&'a str, &'a Service)>,
    /// Leases and reservations of its MACs.
    pub leases: Vec<(&'a str, Mac, &'a Lease)>,
    /// What controllers tell of it.
    pub told: Vec<Row<'a>>,
    /// MACs by which it was heard: its subjects, and the holders of its addresses.
    pub heard: Vec<Mac>,
    /// Stations that it has learnt.
    pub learnt_count: u32,
    /// It answers or holds an address.
    pub present: bool,
    /// A switch has it in its forwarding table. Behind an uplink that is no sign of presence: a switch further up remembers a
    /// station for minutes after the one at whose port it hung has forgotten it.
    pub learnt: bool,
}

/// The probe that passes on what clients said when they last asked for an address: it stands for weeks and says nothing of now.
const SPOKE_ONCE: &str = "dhcp_heard";

/// How a thing is heard that only a switch's forwarding table tells of, and one that a controller tells of.
pub const FORWARDING: &str = "forwarding";
const CONTROLLER: &str = "controller";

/// The probe that reads routers' ARP tables.
const SNMP: &str = "snmp";

impl<'a> Thing<'a> {
    /// Adds one entry of the picture.
    pub fn take(&mut self, entry: &'a EntryKey, facts: impl Iterator<Item = &'a Fact>) {
        let probe: &'a str = &entry.probe;
        if self.network.is_empty() {
            self.network = &entry.network;
        }
        if !self.subjects.contains(&&entry.subject) {
            self.subjects.push(&entry.subject);
        }
        let mut heard = false;
        for fact in facts {
            heard |= match fact {
                Fact::Lease(_) | Fact::Unknown(_) | Fact::Count(_) => false,
                // A router's ARP table keeps an entry for hours after its holder left.
                Fact::Holds(_) if probe == SNMP => false,
                _ => probe != SPOKE_ONCE,
            };
            self.take_fact(probe, &entry.subject, fact);
        }
        if heard {
            self.heard_by(&entry.network, probe);
        }
    }

    /// Some probe heard it now.
    pub fn heard_by(&mut self, network: &'a str, probe: &'a str) {
        self.present = true;
        if self.network.is_empty() {
            self.network = network;
        }
        if !self.probes.contains(&probe) {
            self.probes.push(probe);
        }
    }

    /// A switch tells of it. That is no look of the SNMP probe at the thing itself, so it has a name of its own.
    pub fn learnt_by_switch(&mut self, network: &'a str) {
        self.learnt = true;
        if self.network.is_empty() {
            self.network = network;
        }
        if !self.probes.contains(&FORWARDING) {
            self.probes.push(FORWARDING);
        }
    }

    /// A controller tells of it; that makes it known, not present.
    pub fn told_by_controller(&mut self) {
        if !self.probes.contains(&CONTROLLER) {
            self.probes.push(CONTROLLER);
        }
    }

    fn take_fact(&mut self, probe: &'a str, subject: &'a Subject, fact: &'a Fact) {
        match fact {
            Fact::Said(said) => self.said.extend(word(probe, &said.key, &said.value)),
            Fact::Interface(row) => self.interfaces.push(row),
            Fact::Neighbour(row) => self.neighbours.push(row),
            Fact::Entity(row) => self.entities.push((probe, row)),
            Fact::Supply(row) => self.supplies.push(row),
            Fact::Volume(row) => self.volumes.push(row),
            Fact::Service(row) => self.services.push((probe, row)),
            Fact::Forwarding(_) => self.learnt_count = self.learnt_count.saturating_add(1),
            Fact::Lease(row) => {
                if let Subject::Mac(mac) = subject {
                    self.leases.push((probe, *mac, row));
                }
            }
            // Who holds an address is for `cluster` to say: one of two holders may be another thing.
            Fact::Answers(_) | Fact::Holds(_) | Fact::Count(_) | Fact::Unknown(_) => {}
        }
    }

    /// Adds a MAC by which it was heard.
    pub fn hear(&mut self, mac: Mac) {
        if !self.heard.contains(&mac) {
            self.heard.push(mac);
        }
    }

    /// Words of one item, in the order of the picture.
    pub fn words<'t>(&'t self, item: &'t str) -> impl Iterator<Item = &'t Word<'a>> + 't {
        self.said.iter().filter(move |word| word.item == item)
    }

    /// The first word of an item.
    pub fn word(&self, item: &str) -> Option<&Word<'a>> {
        self.said.iter().find(|word| word.item == item)
    }

    /// Everything that it was heard by and its own burnt-in interface MACs that are worth something, without doubles.
    pub fn burnt_in(&self) -> Vec<Mac> {
        let own = self.interfaces.iter().filter_map(|row| row.mac);
        let mut macs: Vec<Mac> = self.heard.iter().copied().chain(own).filter(|mac| junk::is_burnt_in(*mac)).collect();
        let mut seen = std::collections::HashSet::new();
        macs.retain(|mac| seen.insert(*mac));
        macs
    }
}

/// Items whose values are codes: `na` is a radio of 5 GHz (UBNT-UniFi-MIB, unifiVapRadio), and not « n/a ».
const CODES: [&str; 1] = ["unifiVapRadio"];

/// Splits a key from its instance and cleans the value; a value that says nothing is no word.
fn word<'a>(probe: &'a str, key: &'a str, value: &'a str) -> Option<Word<'a>> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\0' || c == '\\');
    // A count of none says something, though no name and no serial number is "0".
    let item = item_of(key);
    if value.is_empty() || (junk::says_nothing(value) && value != "0" && !CODES.contains(&item)) {
        return None;
    }
    Some(Word { probe, key, item, value })
}

/// The item of a key: without the trailing numbers that are its instance.
pub fn item_of(key: &str) -> &str {
    let mut item = key;
    while let Some((head, tail)) = item.rsplit_once('.') {
        if head.is_empty() || tail.is_empty() || !tail.bytes().all(|c| c.is_ascii_digit()) {
            break;
        }
        item = head;
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instance_is_no_part_of_the_item() {
        for (key, item) in
            [("sysDescr", "sysDescr"), ("hrDeviceDescr.1", "hrDeviceDescr"), ("a.1.2.3", "a"), ("ups.model", "ups.model"), (".1", ".1"), ("", "")]
        {
            assert_eq!(item_of(key), item);
        }
    }

    #[test]
    fn what_says_nothing_is_no_word() {
        for (value, expected) in [("  \"HP J9776A\" ", Some("HP J9776A")), ("<private>", None), ("", None), ("N/A", None), ("0", Some("0"))] {
            assert_eq!(word("snmp", "sysDescr", value).map(|word| word.value), expected, "{value:?}");
        }
    }
}
