//! Ties: what one entry of the picture says of who is one thing with whom, in numbers that are cheap to compare.
//!
//! Comes in: an entry with its facts. Goes out: its [`Ties`] over the numbers of [`Nodes`]. Absent on purpose: any conclusion (`cluster` draws
//! it out of all ties), and forwarding tables, which move all day and are kept apart.

use super::keys::mac_of;
use super::tables::junk;
use rollcall_shared::evidence::{Fact, Subject};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Mac, Picture};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A number for a subject of a network, or for a MAC wherever it appears.
pub type Node = usize;

/// Who has which number. A number stays while the whole stays.
#[derive(Debug, Default)]
pub struct Nodes {
    subjects: HashMap<Arc<str>, HashMap<Subject, Node>>,
    macs: BTreeMap<Mac, Node>,
    about: Vec<About>,
}

/// What is known of a number by itself.
#[derive(Debug, Clone, Copy, Default)]
struct About {
    mac: Option<Mac>,
    is_shared: bool,
    is_burnt_in: bool,
}

impl Nodes {
    /// The number of a subject.
    pub fn subject(&mut self, network: &Arc<str>, subject: &Subject) -> Node {
        if let Subject::Mac(mac) = subject {
            return self.mac(*mac);
        }
        let of_network = match self.subjects.get_mut(network) {
            Some(of_network) => of_network,
            None => self.subjects.entry(network.clone()).or_default(),
        };
        if let Some(node) = of_network.get(subject) {
            return *node;
        }
        let node = self.about.len();
        of_network.insert(subject.clone(), node);
        self.about.push(About::default());
        node
    }

    /// The number of a MAC.
    pub fn mac(&mut self, mac: Mac) -> Node {
        *self.macs.entry(mac).or_insert_with(|| {
            self.about.push(About { mac: Some(mac), is_shared: junk::is_shared(mac), is_burnt_in: junk::is_burnt_in(mac) });
            self.about.len() - 1
        })
    }

    /// The number of a MAC, if it has one.
    pub fn of_mac(&self, mac: Mac) -> Option<Node> {
        self.macs.get(&mac).copied()
    }

    /// Every MAC with its number, in the order of the MACs.
    pub fn macs(&self) -> impl Iterator<Item = (Mac, Node)> + '_ {
        self.macs.iter().map(|(mac, node)| (*mac, *node))
    }

    /// Whether many devices bear this MAC.
    pub fn is_shared(&self, node: Node) -> bool {
        self.about[node].is_shared
    }

    /// Whether it is a MAC that is a single device's own for good.
    pub fn is_burnt_in(&self, node: Node) -> bool {
        self.about[node].is_burnt_in
    }

    /// The MAC of a number, if it is one's.
    pub fn mac_of(&self, node: Node) -> Option<Mac> {
        self.about[node].mac
    }

    /// How many numbers are given.
    pub fn count(&self) -> usize {
        self.about.len()
    }
}

/// What one entry says of ties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// Its subject.
    pub at: Node,
    /// MACs that hold its subject; `None` where the entry says nothing of holders.
    pub holders: Option<Vec<(Mac, Node)>>,
    /// Addresses that its MAC has leased or reserved.
    pub leased: Vec<Node>,
    /// MACs that its subject names as its own.
    pub own: Vec<Node>,
    /// Serial numbers of its chassis.
    pub serials: Vec<String>,
}

impl Ties {
    /// Of one entry.
    pub fn of<'a>(entry: &EntryKey, facts: impl Iterator<Item = &'a Fact>, nodes: &mut Nodes) -> Ties {
        let mut ties = Ties { at: nodes.subject(&entry.network, &entry.subject), ..Ties::default() };
        for fact in facts {
            ties.take(entry, fact, nodes);
        }
        ties
    }

    fn take(&mut self, entry: &EntryKey, fact: &Fact, nodes: &mut Nodes) {
        let mut own = |mac: Option<Mac>| self.own.extend(mac.filter(|mac| junk::is_burnt_in(*mac)).map(|mac| nodes.mac(mac)));
        match fact {
            Fact::Holds(row) => {
                let holders = self.holders.get_or_insert_default();
                if !row.key.is_void() && !row.key.is_group() {
                    holders.push((row.key, nodes.mac(row.key)));
                }
            }
            Fact::Lease(row) if matches!(entry.subject, Subject::Mac(_)) && (row.active || row.reserved) => {
                self.leased.push(nodes.subject(&entry.network, &Subject::Address(row.key)));
            }
            Fact::Interface(row) => own(row.mac),
            Fact::Said(said) if said.key.starts_with("net.") && said.key.ends_with(".mac") => own(said.value.parse().ok()),
            // A bridge speaks to its neighbours from this address, so they learn it though no interface of its own has it.
            Fact::Said(said) if matches!(&*said.key, "dot1dBaseBridgeAddress" | "lldpLocChassisId") => own(mac_of(&said.value)),
            Fact::Entity(row) if row.class == 3 && junk::is_serial(&row.serial) => self.serials.push(row.serial.trim().to_owned()),
            _ => {}
        }
    }
}

/// Ties of every entry of a picture, in its order.
pub fn all<'a>(picture: &'a Picture, nodes: &mut Nodes) -> Vec<(&'a EntryKey, Ties)> {
    picture.entries().map(|(entry, facts)| (entry, Ties::of(entry, facts, nodes))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_shared::evidence::Entity;

    #[test]
    fn serials_are_those_of_chassis_where_they_can_name_one_device() {
        for (class, serial, expected) in [(3, " CN93FX1234 ", &["CN93FX1234"] as &[&str]), (9, "CN93FX1234", &[]), (3, "0000000000", &[])] {
            let part = Fact::Entity(Entity { key: 1, class, serial: serial.into(), ..Entity::default() });
            let ties = Ties::of(&EntryKey::new("school", Subject::Server, "snmp"), [part].iter(), &mut Nodes::default());
            assert_eq!(ties.serials, expected, "{class} {serial}");
        }
    }
}
