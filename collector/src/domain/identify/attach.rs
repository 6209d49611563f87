//! Where things hang: which port of which switch or access point is theirs.
//!
//! Comes in: forwarding tables, neighbours, and what is known of each thing ([`Bearer`]). Goes out: one [`Attachment`] a thing. Absent on
//! purpose: rooms (the register knows where a port leads).
//!
//! A station is learnt on every switch on its way. Its own port is the one behind which no other forwarding device hangs: ports on which
//! another forwarding device's MAC is learnt, or that hear one by LLDP or CDP, are uplinks. What is learnt on the port of an access point, and
//! is not that access point, hangs on its radio: the switch cannot tell the air from the wire behind it.

use super::cluster::NONE;
use super::gather::Thing;
use super::keys::{mac_of, macs};
use super::weigh::{Ballot, Field};
use crate::domain::device::Attachment;
use crate::domain::kind::Kind;
use rollcall_shared::Mac;
use rollcall_shared::evidence::{Interface, Neighbour, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Port of a thing: the thing and ifIndex.
pub type PortAt = (usize, u32);

/// What hanging wants to know of one thing, whether it bears others or hangs itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bearer {
    /// Its first subject.
    subject: Option<Subject>,
    /// Its name, and the same in lower case.
    name: Option<(String, String)>,
    is_access_point: bool,
    /// MACs by which neighbours know it.
    macs: Vec<Mac>,
    /// Whom its ports hear.
    hears: Vec<Heard>,
    /// Names of its ports by ifIndex.
    ports: Vec<(u32, String)>,
}

/// A neighbour as a port hears it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Heard {
    port: u32,
    chassis: Option<Mac>,
    /// In lower case.
    name: String,
}

impl Bearer {
    /// Of a thing and what was voted on it.
    pub fn of(thing: &Thing<'_>, ballot: &Ballot<'_>) -> Bearer {
        let name = |row: &Interface| if row.name.is_empty() { row.descr.clone() } else { row.name.clone() };
        let hears = thing.neighbours.iter().filter_map(|row| {
            let port = port_index(row, &thing.interfaces)?;
            Some(Heard { port, chassis: mac_of(&row.chassis), name: row.name.to_lowercase() })
        });
        Bearer {
            subject: thing.subjects.first().map(|subject| (*subject).clone()),
            name: ballot.value(Field::Name).map(|name| (name.to_owned(), name.to_lowercase())),
            is_access_point: ballot.value(Field::Kind) == Some(Kind::AccessPoint.code()),
            macs: macs(thing),
            hears: hears.collect(),
            ports: thing.interfaces.iter().map(|row| (row.key, name(row))).collect(),
        }
    }

    /// How many ports it has.
    pub fn port_count(&self) -> usize {
        self.ports.len()
    }

    /// The place of a port in its list, where one alone has this index.
    pub fn port(&self, index: u32) -> Option<usize> {
        let mut at = (0..self.ports.len()).filter(|at| self.ports[*at].0 == index);
        at.next().filter(|_| at.next().is_none())
    }

    /// Its name where it may be shown, else its subject.
    fn called(&self, subject: &Subject) -> String {
        let name = self.name.as_ref().map(|(name, _)| name.as_str());
        name.filter(|name| !name.starts_with(super::MASKED)).map(str::to_owned).unwrap_or_else(|| match subject {
            Subject::Address(ip) => ip.to_string(),
            other => other.to_string(),
        })
    }
}

fn port_index(row: &Neighbour, interfaces: &[&Interface]) -> Option<u32> {
    if row.local_index != 0 {
        return Some(row.local_index);
    }
    interfaces.iter().find(|port| !row.local_port.is_empty() && (port.name == row.local_port || port.descr == row.local_port)).map(|port| port.key)
}

/// Who hears whom, in the order of the ports: neighbours that are things of this picture, by chassis MAC, else by name where only one thing
/// bears it.
pub fn hear(bearers: &[&Bearer], of_mac: impl Fn(Mac) -> Option<usize>) -> Vec<(PortAt, usize)> {
    let all = || bearers.iter().enumerate().flat_map(|(at, bearer)| bearer.hears.iter().map(move |heard| (at, heard)));
    let mut by_chassis: BTreeMap<Mac, usize> = all().filter_map(|(_, heard)| Some((heard.chassis?, NONE))).collect();
    let mut by_name: BTreeMap<&str, Vec<usize>> = all().map(|(_, heard)| (heard.name.as_str(), Vec::new())).collect();
    if by_name.is_empty() {
        return Vec::new();
    }
    for (at, bearer) in bearers.iter().enumerate() {
        for mac in &bearer.macs {
            by_chassis.entry(*mac).and_modify(|of| *of = at.min(*of));
        }
        if let Some((_, name)) = &bearer.name {
            by_name.entry(name).and_modify(|bearers| bearers.push(at));
        }
    }
    let mut heard: Vec<(PortAt, usize)> = Vec::new();
    for (at, row) in all() {
        let owner = |mac: Mac| by_chassis.get(&mac).copied().filter(|of| *of != NONE).or_else(|| of_mac(mac));
        let named = || by_name.get(row.name.as_str()).filter(|bearers| bearers.len() == 1).map(|bearers| bearers[0]);
        let neighbour = row.chassis.and_then(owner).or_else(named).filter(|neighbour| *neighbour != at);
        heard.extend(neighbour.map(|neighbour| ((at, row.port), neighbour)));
    }
    heard.sort_unstable();
    heard.dedup();
    heard
}

/// The forwarding table of one entry of the picture.
#[derive(Debug)]
pub struct Table<'a> {
    /// Whose it is.
    pub thing: usize,
    /// Which of its subjects said it.
    pub subject: &'a Subject,
    /// Port and the thing that is the station ([`NONE`]: nobody known), each station of a port once, in the order of the ports.
    pub rows: Vec<(u32, usize)>,
}

/// Where a thing hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hangs {
    /// On a port.
    Port(PortAt),
    /// On an access point's radio.
    Radio(usize),
}

/// One port with everything known of its link.
struct Port {
    at: PortAt,
    /// MACs behind it, of things or not.
    load: usize,
    /// Things behind it, in order.
    behind: Range<usize>,
    /// Things that it hears, in order.
    heard: Range<usize>,
}

/// Everything known of links.
struct Topology {
    ports: Vec<Port>,
    behind: Vec<usize>,
    heard: Vec<usize>,
    /// By thing: it has learnt stations.
    switches: Vec<bool>,
}

impl Topology {
    fn behind(&self, port: &Port) -> &[usize] {
        &self.behind[port.behind.clone()]
    }

    fn heard(&self, port: &Port) -> &[usize] {
        &self.heard[port.heard.clone()]
    }

    /// Behind it hangs another switch.
    fn is_uplink(&self, port: &Port) -> bool {
        self.behind(port).iter().chain(self.heard(port)).any(|thing| self.switches[*thing] && *thing != port.at.0)
    }
}

/// The place of every thing that has one, in the order of the things.
pub fn places(bearers: &[&Bearer], tables: &[Table<'_>], heard: &[(PortAt, usize)]) -> Vec<Option<Hangs>> {
    let topology = topology(bearers.len(), tables, heard);
    let mut own: Vec<Option<(usize, PortAt)>> = vec![None; bearers.len()];
    let mut announced: Vec<Option<PortAt>> = vec![None; bearers.len()];
    for port in &topology.ports {
        // A thing that announces itself hangs where it is heard; else where it is learnt on no uplink, with the fewest others.
        for thing in topology.heard(port) {
            announced[*thing].get_or_insert(port.at);
        }
        if !topology.is_uplink(port) {
            for thing in topology.behind(port) {
                let so_far = &mut own[*thing];
                if so_far.is_none_or(|so_far| (port.load, port.at) < so_far) {
                    *so_far = Some((port.load, port.at));
                }
            }
        }
    }
    let parents = parents(&topology);
    let place = |thing: usize| {
        if topology.switches[thing] {
            return parents.get(&thing).map(|port| Hangs::Port(*port));
        }
        let at = announced[thing].or(own[thing].map(|(_, port)| port))?;
        let radio = access_point_at(at, &topology, bearers).filter(|radio| *radio != thing);
        Some(radio.map_or(Hangs::Port(at), Hangs::Radio))
    };
    (0..bearers.len()).map(place).collect()
}

fn topology(things: usize, tables: &[Table<'_>], heard: &[(PortAt, usize)]) -> Topology {
    let mut topology =
        Topology { ports: Vec::new(), behind: Vec::new(), heard: heard.iter().map(|(_, thing)| *thing).collect(), switches: vec![false; things] };
    // Tables of one thing one after the other: two of its subjects may each have told a part.
    let mut in_order: Vec<&Table<'_>> = tables.iter().filter(|table| !table.rows.is_empty()).collect();
    in_order.sort_by_key(|table| table.thing);
    for of_thing in in_order.chunk_by(|one, other| one.thing == other.thing) {
        let thing = of_thing[0].thing;
        topology.switches[thing] = true;
        match of_thing {
            [table] => topology.learn(thing, &table.rows),
            several => {
                let mut rows: Vec<(u32, usize)> = several.iter().flat_map(|table| table.rows.iter().copied()).collect();
                rows.sort_by_key(|(port, _)| *port);
                topology.learn(thing, &rows);
            }
        }
    }
    let mut from = 0;
    let mut silent: Vec<Port> = Vec::new();
    for on_port in heard.chunk_by(|(one, _), (other, _)| one == other) {
        let (at, range) = (on_port[0].0, from..from + on_port.len());
        from = range.end;
        match topology.ports.binary_search_by_key(&at, |port| port.at) {
            Ok(known) => topology.ports[known].heard = range,
            Err(_) => silent.push(Port { at, load: 0, behind: 0..0, heard: range }),
        }
    }
    if !silent.is_empty() {
        topology.ports.append(&mut silent);
        topology.ports.sort_unstable_by_key(|port| port.at);
    }
    topology
}

impl Topology {
    /// Takes in what one thing has learnt, in the order of its ports.
    fn learn(&mut self, thing: usize, rows: &[(u32, usize)]) {
        for on_port in rows.chunk_by(|(one, _), (other, _)| one == other) {
            let from = self.behind.len();
            self.behind.extend(on_port.iter().map(|(_, station)| *station).filter(|station| *station != NONE && *station != thing));
            self.behind[from..].sort_unstable();
            let mut kept = from;
            for at in from..self.behind.len() {
                if at == from || self.behind[at] != self.behind[kept - 1] {
                    self.behind[kept] = self.behind[at];
                    kept += 1;
                }
            }
            self.behind.truncate(kept);
            self.ports.push(Port { at: (thing, on_port[0].0), load: on_port.len(), behind: from..kept, heard: 0..0 });
        }
    }
}

/// Switches hang on each other: the one with the most links to others is the root, and each other hangs on the port that leads to it.
fn parents(topology: &Topology) -> BTreeMap<usize, PortAt> {
    let mut links: BTreeMap<usize, BTreeMap<usize, PortAt>> = BTreeMap::new();
    // What is heard is a direct link; what is only learnt may be a switch further on, so it counts where nothing is heard on the port.
    for port in &topology.ports {
        for thing in topology.heard(port).iter().filter(|thing| topology.switches[**thing]) {
            links.entry(port.at.0).or_default().insert(*thing, port.at);
        }
    }
    for port in topology.ports.iter().filter(|port| port.heard.is_empty()) {
        let mut switches = topology.behind(port).iter().copied().filter(|thing| topology.switches[*thing]);
        if let (Some(only), None) = (switches.next(), switches.next()) {
            links.entry(port.at.0).or_default().entry(only).or_insert(port.at);
        }
    }
    let mut parents = BTreeMap::new();
    let Some(root) = links.iter().max_by_key(|(thing, others)| (others.len(), std::cmp::Reverse(**thing))).map(|(thing, _)| *thing) else {
        return parents;
    };
    let mut next = vec![root];
    let mut reached = BTreeSet::from([root]);
    while let Some(switch) = next.pop() {
        for (other, port) in links.get(&switch).into_iter().flatten() {
            if reached.insert(*other) {
                parents.insert(*other, *port);
                next.push(*other);
            }
        }
    }
    parents
}

/// The access point that hangs on a port, if one alone does: by what the port hears, else by what it has learnt.
fn access_point_at(at: PortAt, topology: &Topology, bearers: &[&Bearer]) -> Option<usize> {
    let port = topology.ports.binary_search_by_key(&at, |port| port.at).ok().map(|port| &topology.ports[port])?;
    let among = |things: &[usize]| {
        let mut found = things.iter().copied().filter(|thing| bearers[*thing].is_access_point);
        found.next().filter(|_| found.next().is_none())
    };
    among(topology.heard(port)).or_else(|| among(topology.behind(port)))
}

/// Which of its subjects told a thing's table first.
pub fn teller<'a>(thing: usize, tables: &[Table<'a>]) -> Option<&'a Subject> {
    tables.iter().find(|table| table.thing == thing && !table.rows.is_empty()).map(|table| table.subject)
}

impl Hangs {
    /// The thing on which it hangs.
    pub fn bearer(self) -> usize {
        match self {
            Hangs::Port((thing, _)) | Hangs::Radio(thing) => thing,
        }
    }
}

/// A place in words; `teller` is the subject of the bearer that told its table, if it has one.
pub fn attachment(hangs: Hangs, bearer: &Bearer, teller: Option<&Subject>) -> Option<Attachment> {
    match hangs {
        Hangs::Radio(_) => {
            let at = bearer.subject.clone()?;
            Some(Attachment { device: bearer.called(&at), at, port: String::new() })
        }
        Hangs::Port((_, index)) => {
            let subject = teller.or(bearer.subject.as_ref())?;
            let name = bearer.ports.iter().find(|(key, _)| *key == index).map(|(_, name)| name.clone()).filter(|name| !name.is_empty());
            Some(Attachment { at: subject.clone(), device: bearer.called(subject), port: name.unwrap_or_else(|| index.to_string()) })
        }
    }
}
