//! Clustering: which subjects of one picture are one physical thing.
//!
//! Comes in: the picture. Goes out: [`Thing`]s with all their evidence. Absent on purpose: the past. An address links only to who holds it
//! now; a MAC is one thing wherever it appears; a device owns its burnt-in interface MACs.

use super::gather::Thing;
use super::keys::mac_of;
use super::tables::junk;
use rollcall_shared::evidence::{Fact, Subject};
use rollcall_shared::{Mac, Picture};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A MAC that holds more addresses than this answers for others (proxy ARP, RFC 1027): its addresses are not one thing.
const MOST_ADDRESSES: usize = 16;

/// An address that two MACs hold.
pub struct Duplicate<'a> {
    /// On which network.
    pub network: &'a str,
    /// Which address.
    pub subject: &'a Subject,
    /// Who hold it.
    pub holders: Vec<Mac>,
    /// Which probe saw both.
    pub probe: &'a str,
}

/// What clustering found.
pub struct Clusters<'a> {
    /// The things, in the order of the picture.
    pub things: Vec<Thing<'a>>,
    /// Which thing a subject of a network became.
    pub of_subject: HashMap<(&'a str, &'a Subject), usize>,
    /// Which thing a MAC belongs to.
    pub of_mac: HashMap<Mac, usize>,
    /// Addresses held twice.
    pub duplicates: Vec<Duplicate<'a>>,
}

#[derive(Default)]
struct Nodes<'a> {
    parent: Vec<usize>,
    subjects: HashMap<(&'a str, &'a Subject), usize>,
    macs: BTreeMap<Mac, usize>,
}

impl<'a> Nodes<'a> {
    fn add(&mut self) -> usize {
        self.parent.push(self.parent.len());
        self.parent.len() - 1
    }

    fn subject(&mut self, network: &'a str, subject: &'a Subject) -> usize {
        if let Subject::Mac(mac) = subject {
            let node = self.mac(*mac);
            self.subjects.insert((network, subject), node);
            return node;
        }
        if let Some(node) = self.subjects.get(&(network, subject)) {
            return *node;
        }
        let node = self.add();
        self.subjects.insert((network, subject), node);
        node
    }

    fn mac(&mut self, mac: Mac) -> usize {
        if let Some(node) = self.macs.get(&mac) {
            return *node;
        }
        let node = self.add();
        self.macs.insert(mac, node);
        node
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    /// The lower root stays, so that the outcome does not depend on the order of links.
    fn link(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parent[one.max(other)] = one.min(other);
    }
}

/// What links subjects, gathered in one pass.
#[derive(Default)]
struct Links<'a> {
    /// Address → its holders, with the probe that saw them.
    holders: BTreeMap<(&'a str, &'a Subject), (Vec<Mac>, &'a str)>,
    /// MAC → how many addresses it holds.
    held: HashMap<Mac, usize>,
    /// Leases: network, MAC, address as a subject.
    leases: Vec<(&'a str, Mac, Subject)>,
    /// Own MACs that a talking subject named.
    own: BTreeMap<(&'a str, &'a Subject), Vec<Mac>>,
    /// Serial numbers of chassis, by subject: two subjects that tell different ones are two things.
    serials: HashMap<(&'a str, &'a Subject), HashSet<&'a str>>,
    /// Stations learnt by switches, with the network and the probe of the first table that has them.
    learnt: BTreeMap<Mac, (&'a str, &'a str)>,
}

fn links(picture: &Picture) -> Links<'_> {
    let mut links = Links::default();
    for (entry, facts) in picture.entries() {
        let at = (&*entry.network, &entry.subject);
        for fact in facts {
            match fact {
                Fact::Holds(row) => {
                    let holders = links.holders.entry(at).or_insert_with(|| (Vec::new(), &entry.probe));
                    if !row.key.is_void() && !row.key.is_group() && !holders.0.contains(&row.key) {
                        holders.0.push(row.key);
                        *links.held.entry(row.key).or_default() += 1;
                    }
                }
                Fact::Lease(row) => {
                    if let Subject::Mac(mac) = &entry.subject
                        && (row.active || row.reserved)
                    {
                        links.leases.push((at.0, *mac, Subject::Address(row.key)));
                    }
                }
                Fact::Interface(row) => links.own.entry(at).or_default().extend(row.mac.filter(|mac| junk::is_burnt_in(*mac))),
                Fact::Said(said) if said.key.starts_with("net.") && said.key.ends_with(".mac") => {
                    links.own.entry(at).or_default().extend(said.value.parse::<Mac>().ok().filter(|mac| junk::is_burnt_in(*mac)));
                }
                // A bridge speaks to its neighbours from this address, so they learn it though no interface of its own has it.
                Fact::Said(said) if matches!(&*said.key, "dot1dBaseBridgeAddress" | "lldpLocChassisId") => {
                    links.own.entry(at).or_default().extend(mac_of(&said.value).filter(|mac| junk::is_burnt_in(*mac)));
                }
                Fact::Entity(row) if row.class == 3 && junk::is_serial(&row.serial) => {
                    links.serials.entry(at).or_default().insert(row.serial.trim());
                }
                Fact::Forwarding(row) if junk::is_burnt_in(row.key.mac) => {
                    links.learnt.entry(row.key.mac).or_insert((at.0, &entry.probe));
                }
                _ => {}
            }
        }
    }
    links
}

/// Finds the things of a picture.
pub fn cluster(picture: &Picture) -> Clusters<'_> {
    let links = links(picture);
    let mut nodes = Nodes::default();
    for (entry, _) in picture.entries() {
        nodes.subject(&entry.network, &entry.subject);
    }
    let duplicates = link_holders(&links, &mut nodes);
    for mac in links.learnt.keys() {
        nodes.mac(*mac);
    }
    link_own(&links, &mut nodes);
    link_leases(&links, &mut nodes);
    let mut clusters = Clusters { things: Vec::new(), of_subject: HashMap::new(), of_mac: HashMap::new(), duplicates };
    collect(picture, &links, &mut nodes, &mut clusters);
    clusters
}

/// Address and holder are one thing; of two holders none is, unless the device at the address names one as its own.
fn link_holders<'a>(links: &Links<'a>, nodes: &mut Nodes<'a>) -> Vec<Duplicate<'a>> {
    let mut duplicates = Vec::new();
    for (at, (macs, probe)) in &links.holders {
        let node = nodes.subject(at.0, at.1);
        let own = links.own.get(at);
        match macs.as_slice() {
            [mac] if links.held.get(mac).is_none_or(|count| *count <= MOST_ADDRESSES) && !junk::is_shared(*mac) => {
                let holder = nodes.mac(*mac);
                nodes.link(node, holder);
            }
            [_, _, ..] => {
                for mac in macs {
                    let holder = nodes.mac(*mac);
                    if own.is_some_and(|own| own.contains(mac)) {
                        nodes.link(node, holder);
                    }
                }
                duplicates.push(Duplicate { network: at.0, subject: at.1, holders: macs.clone(), probe });
            }
            _ => {}
        }
    }
    duplicates
}

/// A device owns its burnt-in interface MACs; two subjects that own the same one are one device, unless their serial numbers differ.
fn link_own<'a>(links: &Links<'a>, nodes: &mut Nodes<'a>) {
    let mut owner: BTreeMap<Mac, (&'a str, &'a Subject)> = BTreeMap::new();
    for (at, macs) in &links.own {
        let node = nodes.subject(at.0, at.1);
        for mac in macs {
            let first = *owner.entry(*mac).or_insert(*at);
            let differ = match (links.serials.get(at), links.serials.get(&first)) {
                (Some(mine), Some(theirs)) => mine.is_disjoint(theirs),
                _ => false,
            };
            if differ {
                continue;
            }
            if let Some(known) = nodes.macs.get(mac).copied() {
                nodes.link(node, known);
            } else if first != *at {
                let other = nodes.subject(first.0, first.1);
                nodes.link(node, other);
            }
        }
    }
}

/// A lease in force, or a reservation, tells who is at an address that nobody is seen to hold and whose device names no other MAC.
fn link_leases<'a>(links: &Links<'a>, nodes: &mut Nodes<'a>) {
    for (network, mac, address) in &links.leases {
        let Some((at, node)) = nodes.subjects.get_key_value(&(*network, address)).map(|(at, node)| (*at, *node)) else { continue };
        let held = links.holders.get(&at).is_some_and(|(macs, _)| !macs.is_empty());
        let named = links.own.get(&at).is_some_and(|own| !own.is_empty() && !own.contains(mac));
        if !held && !named {
            let holder = nodes.mac(*mac);
            nodes.link(node, holder);
        }
    }
}

/// Fills the things, in the order of the picture; learnt MACs that nothing else speaks of come last.
fn collect<'a>(picture: &'a Picture, links: &Links<'a>, nodes: &mut Nodes<'a>, clusters: &mut Clusters<'a>) {
    let mut of_root: HashMap<usize, usize> = HashMap::new();
    for (entry, facts) in picture.entries() {
        let node = nodes.subject(&entry.network, &entry.subject);
        let thing = *of_root.entry(nodes.root(node)).or_insert_with(|| {
            clusters.things.push(Thing::default());
            clusters.things.len() - 1
        });
        clusters.of_subject.insert((&entry.network, &entry.subject), thing);
        clusters.things[thing].take(entry, facts);
    }
    let macs: Vec<(Mac, usize)> = nodes.macs.iter().map(|(mac, node)| (*mac, *node)).collect();
    for (mac, node) in macs {
        let thing = *of_root.entry(nodes.root(node)).or_insert_with(|| {
            clusters.things.push(Thing::default());
            clusters.things.len() - 1
        });
        clusters.of_mac.insert(mac, thing);
        clusters.things[thing].hear(mac);
    }
    for duplicate in &clusters.duplicates {
        for thing in duplicate.holders.iter().filter_map(|mac| clusters.of_mac.get(mac)) {
            clusters.things[*thing].heard_by(duplicate.network, duplicate.probe);
        }
    }
    for (mac, (network, _)) in &links.learnt {
        if let Some(thing) = clusters.of_mac.get(mac) {
            clusters.things[*thing].learnt_by_switch(network);
        }
    }
    for (at, own) in &links.own {
        let Some(thing) = clusters.of_subject.get(at) else { continue };
        for mac in own {
            clusters.of_mac.entry(*mac).or_insert(*thing);
        }
    }
}
