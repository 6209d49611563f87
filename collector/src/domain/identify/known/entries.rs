//! What is kept of each entry of a picture: its ties, its forwarding table, its ports.
//!
//! Comes in: an entry's facts once, then what changed of them. Goes out: [`Kept`]. Absent on purpose:
//! the facts themselves, which stay in the picture.

use super::super::gather::item_of;
use super::super::tables::controllers;
use super::super::ties::{Node, Nodes, Ties};
use rollcall_shared::evidence::{Fact, Interface, MacVlan};
use rollcall_shared::picture::EntryKey;
use std::collections::{BTreeMap, HashMap};

/// One entry as it is kept.
#[derive(Debug)]
pub struct Kept {
    /// Another number whenever something changes that conclusions rest on.
    pub version: u64,
    /// Who is one thing with whom.
    pub ties: Ties,
    /// Stations that it has learnt.
    pub table: Forwarding,
    /// Its ports, by ifIndex, without what changes with each cable.
    pub ports: HashMap<u32, Interface>,
    /// It tells of access points, as controllers do.
    pub tells: bool,
    /// One of its ports has a MAC.
    pub has_macs: bool,
    /// The thing to which it belongs.
    pub slot: usize,
}

/// What a table makes of a station that it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// It stood there already.
    Known,
    /// It stood at another port.
    Moved,
    /// It stood nowhere.
    New,
}

/// A forwarding table: stations by their ports.
#[derive(Debug, Default)]
pub struct Forwarding {
    ports: HashMap<MacVlan, (u32, Node)>,
    /// Each station of a port, with in how many VLANs.
    rows: BTreeMap<(u32, Node), u32>,
}

impl Forwarding {
    /// How many stations it tells, one a VLAN.
    pub fn len(&self) -> usize {
        self.ports.len()
    }

    /// Whether it tells none.
    pub fn is_empty(&self) -> bool {
        self.ports.is_empty()
    }

    /// All stations, one a VLAN.
    pub fn stations(&self) -> impl Iterator<Item = Node> + '_ {
        self.ports.values().map(|(_, node)| *node)
    }

    /// Each station of a port once, in the order of the ports.
    pub fn rows(&self) -> impl Iterator<Item = (u32, Node)> + '_ {
        self.rows.keys().copied()
    }

    /// Learns a station.
    pub fn learn(&mut self, key: MacVlan, port: u32, node: Node) -> Learnt {
        let before = self.ports.insert(key, (port, node));
        if before == Some((port, node)) {
            return Learnt::Known;
        }
        if let Some((old, _)) = before {
            self.leave(old, node);
        }
        *self.rows.entry((port, node)).or_default() += 1;
        if before.is_some() { Learnt::Moved } else { Learnt::New }
    }

    /// Forgets a station; who it was.
    pub fn forget(&mut self, key: MacVlan) -> Option<Node> {
        let (port, node) = self.ports.remove(&key)?;
        self.leave(port, node);
        Some(node)
    }

    fn leave(&mut self, port: u32, node: Node) {
        if let Some(count) = self.rows.get_mut(&(port, node)) {
            *count -= 1;
            if *count == 0 {
                self.rows.remove(&(port, node));
            }
        }
    }
}

/// A port without what changes with each cable: no conclusion rests on that but what is shown of the port itself.
fn calm(row: &Interface) -> Interface {
    Interface { alias: String::new(), up: None, admin_down: false, speed_bps: 0, ..row.clone() }
}

impl Kept {
    /// Of an entry's facts.
    pub fn of<'a>(entry: &EntryKey, facts: impl Iterator<Item = &'a Fact> + Clone, nodes: &mut Nodes, version: u64) -> Kept {
        let ties = Ties::of(entry, facts.clone(), nodes);
        let mut kept = Kept {
            version,
            ties,
            table: Forwarding::default(),
            ports: HashMap::new(),
            tells: false,
            has_macs: false,
            slot: super::super::cluster::NONE,
        };
        for fact in facts {
            match fact {
                Fact::Forwarding(row) => {
                    kept.table.learn(row.key, row.port, nodes.mac(row.key.mac));
                }
                Fact::Interface(row) => {
                    kept.has_macs |= row.mac.is_some();
                    kept.ports.insert(row.key, calm(row));
                }
                Fact::Said(said) => kept.tells |= controllers::is_column(item_of(&said.key)),
                _ => {}
            }
        }
        kept
    }

    /// Whether a port told anew is the same but for its cable, so that only what is shown of it changes.
    pub fn is_same_port(&self, row: &Interface) -> bool {
        !row.half_duplex && self.ports.get(&row.key).is_some_and(|known| *known == calm(row))
    }
}
