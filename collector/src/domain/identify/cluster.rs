//! Clustering: which subjects of one picture are one physical thing.
//!
//! Comes in: ties of all entries. Goes out: a [`Partition`] of numbers, and [`Thing`]s with all their evidence. Absent on purpose: the past. An
//! address links only to who holds it now; a MAC is one thing wherever it appears; a device owns its burnt-in interface MACs.

use super::gather::Thing;
use super::tables::junk;
use super::ties::{self, Node, Nodes, Ties};
use rollcall_shared::evidence::{Fact, Subject};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Mac, Picture};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A MAC that holds more addresses than this answers for others (proxy ARP, RFC 1027): its addresses are not one thing.
const MOST_ADDRESSES: usize = 16;

/// No thing, no group.
pub const NONE: usize = usize::MAX;

/// An address that two MACs hold.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Which things there are, in numbers. Things are numbered in the order of the picture; those of which only a MAC is known come last, by MAC.
#[derive(Debug)]
pub struct Partition<'a> {
    /// How many things.
    pub count: usize,
    /// The thing of each entry.
    pub of_entry: Vec<usize>,
    /// The thing of each MAC by its number; [`NONE`]: of none.
    pub of_mac: Vec<usize>,
    /// MACs by which things were heard, in the order of the MACs, each with its number.
    pub heard: Vec<(Mac, Node)>,
    /// Addresses held twice.
    pub duplicates: Vec<Duplicate<'a>>,
}

/// Entries about one subject of one network: they stand side by side.
struct Group<'a> {
    key: &'a EntryKey,
    at: Node,
    entry: usize,
    /// The probe of the first entry that tells of holders.
    probe: &'a str,
    holders: Range<usize>,
    own: Range<usize>,
    serials: Range<usize>,
}

/// What is put together of a picture's ties on the way to a partition.
struct Work<'a, 't> {
    groups: Vec<Group<'a>>,
    /// The group of a subject that is no MAC.
    of_node: Vec<usize>,
    holders: Vec<(Mac, Node)>,
    own: Vec<Node>,
    serials: Vec<&'t str>,
    /// MAC → how many addresses it holds.
    held: Vec<u32>,
    /// MACs that are somebody: a subject, a holder, a station learnt.
    known: Vec<bool>,
    parent: Vec<Node>,
}

impl<'a, 't> Work<'a, 't> {
    fn new(nodes: &Nodes) -> Work<'a, 't> {
        let count = nodes.count();
        Work {
            groups: Vec::new(),
            of_node: vec![NONE; count],
            holders: Vec::new(),
            own: Vec::new(),
            serials: Vec::new(),
            held: vec![0; count],
            known: vec![false; count],
            parent: (0..count).collect(),
        }
    }

    fn group(&mut self, entries: &[(&'a EntryKey, &'t Ties)]) {
        for (at, (key, ties)) in entries.iter().enumerate() {
            let goes_on = self.groups.last().is_some_and(|group| group.at == ties.at && group.key.network == key.network);
            if !goes_on {
                let (h, o, s) = (self.holders.len(), self.own.len(), self.serials.len());
                match key.subject {
                    Subject::Mac(_) => self.known[ties.at] = true,
                    _ => self.of_node[ties.at] = self.groups.len(),
                }
                self.groups.push(Group { key, at: ties.at, entry: at, probe: "", holders: h..h, own: o..o, serials: s..s });
            }
            let Some(group) = self.groups.last_mut() else { continue };
            if let Some(holders) = &ties.holders {
                if group.probe.is_empty() {
                    group.probe = &key.probe;
                }
                for holder in holders {
                    if !self.holders[group.holders.clone()].contains(holder) {
                        self.holders.push(*holder);
                        group.holders.end += 1;
                        self.held[holder.1] += 1;
                    }
                }
            }
            self.own.extend(&ties.own);
            group.own.end = self.own.len();
            self.serials.extend(ties.serials.iter().map(String::as_str));
            group.serials.end = self.serials.len();
        }
    }

    fn root(&mut self, mut node: Node) -> Node {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    fn link(&mut self, one: Node, other: Node) {
        let (one, other) = (self.root(one), self.root(other));
        self.parent[one.max(other)] = one.min(other);
    }

    /// Address and holder are one thing; of two holders none is, unless the device at the address names one as its own.
    fn link_holders(&mut self, nodes: &Nodes) -> Vec<Duplicate<'a>> {
        let mut duplicates = Vec::new();
        for at in 0..self.groups.len() {
            let Group { key, at: node, probe, ref holders, ref own, .. } = self.groups[at];
            let (holders, own) = (holders.clone(), own.clone());
            if holders.len() == 1 {
                let (_, mac) = self.holders[holders.start];
                if self.held[mac] as usize <= MOST_ADDRESSES && !nodes.is_shared(mac) {
                    self.known[mac] = true;
                    self.link(node, mac);
                }
            } else if holders.len() > 1 {
                for holder in holders.clone() {
                    let (_, mac) = self.holders[holder];
                    self.known[mac] = true;
                    if self.own[own.clone()].contains(&mac) {
                        self.link(node, mac);
                    }
                }
                let macs = self.holders[holders].iter().map(|(mac, _)| *mac).collect();
                duplicates.push(Duplicate { network: &key.network, subject: &key.subject, holders: macs, probe });
            }
        }
        duplicates
    }

    /// A device owns its burnt-in interface MACs; two subjects that own the same one are one device, unless their serial numbers differ.
    fn link_own(&mut self) {
        let mut owner = vec![NONE; self.parent.len()];
        for at in 0..self.groups.len() {
            for own in self.groups[at].own.clone() {
                let mac = self.own[own];
                if owner[mac] == NONE {
                    owner[mac] = at;
                }
                let first = owner[mac];
                if self.differ(at, first) {
                    continue;
                }
                if self.known[mac] {
                    self.link(self.groups[at].at, mac);
                } else if first != at {
                    self.link(self.groups[at].at, self.groups[first].at);
                }
            }
        }
    }

    /// Whether two subjects tell serial numbers, and none in common: two things.
    fn differ(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|at| &self.serials[self.groups[at].serials.clone()]);
        !one.is_empty() && !other.is_empty() && one.iter().all(|serial| !other.contains(serial))
    }

    /// A lease in force, or a reservation, tells who is at an address that nobody is seen to hold and whose device names no other MAC.
    fn link_leases(&mut self, entries: &[(&'a EntryKey, &'t Ties)]) {
        for (_, ties) in entries {
            for address in &ties.leased {
                let Some(group) = self.groups.get(self.of_node[*address]) else { continue };
                let own = &self.own[group.own.clone()];
                if group.holders.is_empty() && (own.is_empty() || own.contains(&ties.at)) {
                    self.link(*address, ties.at);
                }
            }
        }
    }

    fn collect(mut self, nodes: &Nodes, entries: &[(&'a EntryKey, &'t Ties)], duplicates: Vec<Duplicate<'a>>) -> Partition<'a> {
        let mut of_root = vec![NONE; self.parent.len()];
        let mut count = 0;
        let mut thing_of = |work: &mut Work<'_, '_>, node: Node| {
            let root = work.root(node);
            if of_root[root] == NONE {
                of_root[root] = count;
                count += 1;
            }
            of_root[root]
        };
        let of_entry: Vec<usize> = entries.iter().map(|(_, ties)| thing_of(&mut self, ties.at)).collect();
        let mut of_mac = vec![NONE; self.parent.len()];
        let mut heard = Vec::new();
        for (mac, node) in nodes.macs() {
            if self.known[node] {
                of_mac[node] = thing_of(&mut self, node);
                heard.push((mac, node));
            }
        }
        for group in &self.groups {
            for mac in &self.own[group.own.clone()] {
                if of_mac[*mac] == NONE {
                    of_mac[*mac] = of_entry[group.entry];
                }
            }
        }
        Partition { count, of_entry, of_mac, heard, duplicates }
    }
}

/// Finds the things: `entries` in the order of the picture, `learnt` the numbers of the stations that switches have learnt.
pub fn partition<'a>(nodes: &Nodes, entries: &[(&'a EntryKey, &Ties)], learnt: impl Iterator<Item = Node>) -> Partition<'a> {
    let mut work = Work::new(nodes);
    work.group(entries);
    let duplicates = work.link_holders(nodes);
    learnt.for_each(|mac| work.known[mac] = true);
    work.link_own();
    work.link_leases(entries);
    work.collect(nodes, entries, duplicates)
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

/// Finds the things of a picture.
pub fn cluster(picture: &Picture) -> Clusters<'_> {
    let mut nodes = Nodes::default();
    let ties = ties::all(picture, &mut nodes);
    let learnt = learnt(picture);
    let stations: Vec<Node> = learnt.keys().map(|mac| nodes.mac(*mac)).collect();
    let entries: Vec<(&EntryKey, &Ties)> = ties.iter().map(|(entry, ties)| (*entry, ties)).collect();
    let partition = partition(&nodes, &entries, stations.into_iter());
    let mut things: Vec<Thing<'_>> = (0..partition.count).map(|_| Thing::default()).collect();
    let mut of_subject = HashMap::new();
    for ((entry, facts), thing) in picture.entries().zip(&partition.of_entry) {
        of_subject.insert((&*entry.network, &entry.subject), *thing);
        things[*thing].take(entry, facts);
    }
    for (mac, node) in &partition.heard {
        things[partition.of_mac[*node]].hear(*mac);
    }
    let of_mac: HashMap<Mac, usize> = nodes.macs().map(|(mac, node)| (mac, partition.of_mac[node])).filter(|(_, thing)| *thing != NONE).collect();
    for duplicate in &partition.duplicates {
        for thing in duplicate.holders.iter().filter_map(|mac| of_mac.get(mac)) {
            things[*thing].heard_by(duplicate.network, duplicate.probe);
        }
    }
    for (mac, network) in &learnt {
        if let Some(thing) = of_mac.get(mac) {
            things[*thing].learnt_by_switch(network);
        }
    }
    Clusters { things, of_subject, of_mac, duplicates: partition.duplicates }
}

/// Stations learnt by switches, with the network of the first table that has them.
fn learnt(picture: &Picture) -> BTreeMap<Mac, &str> {
    let mut learnt = BTreeMap::new();
    for (entry, facts) in picture.entries() {
        for fact in facts {
            if let Fact::Forwarding(row) = fact
                && junk::is_burnt_in(row.key.mac)
            {
                learnt.entry(row.key.mac).or_insert(&*entry.network);
            }
        }
    }
    learnt
}
