//! Where things hang: which port of which switch or access point is theirs.
//!
//! Comes in: forwarding tables, neighbours, and which MAC belongs to which thing. Goes out: one [`Attachment`] a thing. Absent on purpose:
//! rooms (the register knows where a port leads).
//!
//! A station is learnt on every switch on its way. Its own port is the one behind which no other forwarding device hangs: ports on which
//! another forwarding device's MAC is learnt, or that hear one by LLDP or CDP, are uplinks. What is learnt on the port of an access point, and
//! is not that access point, hangs on its radio: the switch cannot tell the air from the wire behind it.

use super::cluster::Clusters;
use super::keys::{mac_of, macs};
use crate::domain::device::Attachment;
use rollcall_shared::evidence::{Fact, Interface, Neighbour, Subject};
use rollcall_shared::{Mac, Picture};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Port of a thing: the thing and ifIndex.
type PortAt = (usize, u32);

/// Everything known of links.
struct Topology<'a> {
    /// Things that have learnt stations, with the subject that said so.
    switches: BTreeMap<usize, &'a Subject>,
    /// Things behind each port.
    behind: BTreeMap<PortAt, BTreeSet<usize>>,
    /// MACs behind each port, of things or not.
    load: HashMap<PortAt, usize>,
    /// Ports behind which another switch hangs.
    uplinks: BTreeSet<PortAt>,
    /// Things that a port hears by LLDP or CDP.
    heard: BTreeMap<PortAt, BTreeSet<usize>>,
}

/// The place of every thing that has one, in the order of the things. `names` are their names, for people; `radios` says which are access points.
pub fn places(picture: &Picture, clusters: &Clusters<'_>, names: &[Option<String>], radios: &[bool]) -> Vec<Option<Attachment>> {
    let topology = topology(picture, clusters, names);
    let parents = parents(&topology);
    let mut ports_of: HashMap<usize, Vec<PortAt>> = HashMap::new();
    for (port, things) in &topology.behind {
        for thing in things {
            ports_of.entry(*thing).or_default().push(*port);
        }
    }
    (0..clusters.things.len())
        .map(|thing| {
            let port = if topology.switches.contains_key(&thing) {
                parents.get(&thing).copied()
            } else {
                own_port(thing, &topology, ports_of.get(&thing).map_or(&[], Vec::as_slice))
            };
            let port = port?;
            match access_point_at(port, &topology, radios).filter(|radio| *radio != thing && !topology.switches.contains_key(&thing)) {
                Some(radio) => on_radio(radio, clusters, names),
                None => attachment(port, &topology, clusters, names),
            }
        })
        .collect()
}

/// A thing that announces itself hangs where it is heard; else where it is learnt on no uplink, with the fewest others.
fn own_port(thing: usize, topology: &Topology<'_>, learnt_on: &[PortAt]) -> Option<PortAt> {
    let heard_on = topology.heard.iter().find(|(port, things)| things.contains(&thing) && port.0 != thing).map(|(port, _)| *port);
    let quietest = || {
        let access = learnt_on.iter().filter(|port| !topology.uplinks.contains(port) && port.0 != thing);
        access.min_by_key(|port| (topology.load.get(port).copied().unwrap_or(0), **port)).copied()
    };
    heard_on.or_else(quietest)
}

fn topology<'a>(picture: &'a Picture, clusters: &Clusters<'a>, names: &[Option<String>]) -> Topology<'a> {
    let mut topology =
        Topology { switches: BTreeMap::new(), behind: BTreeMap::new(), load: HashMap::new(), uplinks: BTreeSet::new(), heard: BTreeMap::new() };
    for (entry, facts) in picture.entries() {
        let Some(switch) = clusters.of_subject.get(&(&*entry.network, &entry.subject)).copied() else { continue };
        let mut seen: BTreeSet<(u32, Mac)> = BTreeSet::new();
        for fact in facts {
            let Fact::Forwarding(row) = fact else { continue };
            topology.switches.entry(switch).or_insert(&entry.subject);
            if !seen.insert((row.port, row.key.mac)) {
                continue;
            }
            *topology.load.entry((switch, row.port)).or_default() += 1;
            if let Some(thing) = clusters.of_mac.get(&row.key.mac).filter(|thing| **thing != switch) {
                topology.behind.entry((switch, row.port)).or_default().insert(*thing);
            }
        }
    }
    hear(clusters, names, &mut topology);
    let is_switch = |thing: &usize| topology.switches.contains_key(thing);
    let learnt =
        topology.behind.iter().chain(&topology.heard).filter(|(port, things)| things.iter().any(|thing| is_switch(thing) && *thing != port.0));
    topology.uplinks = learnt.map(|(port, _)| *port).collect();
    topology
}

/// Neighbours that are things of this picture: by chassis MAC, else by name where only one thing bears it.
fn hear<'a>(clusters: &Clusters<'a>, names: &[Option<String>], topology: &mut Topology<'a>) {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (thing, name) in names.iter().enumerate() {
        if let Some(name) = name {
            by_name.entry(name.to_lowercase()).or_default().push(thing);
        }
    }
    let mut by_chassis: HashMap<Mac, usize> = HashMap::new();
    for (index, thing) in clusters.things.iter().enumerate() {
        for mac in macs(thing) {
            by_chassis.entry(mac).or_insert(index);
        }
    }
    for (index, thing) in clusters.things.iter().enumerate() {
        for row in &thing.neighbours {
            let by_mac = mac_of(&row.chassis).and_then(|mac| by_chassis.get(&mac).or_else(|| clusters.of_mac.get(&mac))).copied();
            let named = || by_name.get(&row.name.to_lowercase()).filter(|things| things.len() == 1).map(|things| things[0]);
            let Some(neighbour) = by_mac.or_else(named).filter(|neighbour| *neighbour != index) else { continue };
            if let Some(port) = port_index(row, &thing.interfaces) {
                topology.switches.entry(index).or_insert(thing.subjects[0]);
                topology.heard.entry((index, port)).or_default().insert(neighbour);
            }
        }
    }
    // Only what has ports is a switch here: a station with an LLDP table of its own (a server) has no station behind it.
    topology
        .switches
        .retain(|thing, _| topology.behind.range((*thing, 0)..=(*thing, u32::MAX)).next().is_some() || clusters.things[*thing].learnt_count > 0);
}

fn port_index(row: &Neighbour, interfaces: &[&Interface]) -> Option<u32> {
    if row.local_index != 0 {
        return Some(row.local_index);
    }
    interfaces.iter().find(|port| !row.local_port.is_empty() && (port.name == row.local_port || port.descr == row.local_port)).map(|port| port.key)
}

/// Switches hang on each other: the one with the most links to others is the root, and each other hangs on the port that leads to it.
fn parents(topology: &Topology<'_>) -> BTreeMap<usize, PortAt> {
    let mut links: BTreeMap<usize, BTreeMap<usize, PortAt>> = BTreeMap::new();
    // What is heard is a direct link; what is only learnt may be a switch further on, so it counts where nothing is heard on the port.
    for (port, things) in &topology.heard {
        for thing in things.iter().filter(|thing| topology.switches.contains_key(thing)) {
            links.entry(port.0).or_default().insert(*thing, *port);
        }
    }
    for (port, things) in topology.behind.iter().filter(|(port, _)| !topology.heard.contains_key(port)) {
        let switches: Vec<usize> = things.iter().copied().filter(|thing| topology.switches.contains_key(thing)).collect();
        if let [only] = switches.as_slice() {
            links.entry(port.0).or_default().entry(*only).or_insert(*port);
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
fn access_point_at(port: PortAt, topology: &Topology<'_>, radios: &[bool]) -> Option<usize> {
    let among = |things: Option<&BTreeSet<usize>>| {
        let mut found = things.into_iter().flatten().copied().filter(|thing| radios.get(*thing) == Some(&true));
        found.next().filter(|_| found.next().is_none())
    };
    among(topology.heard.get(&port)).or_else(|| among(topology.behind.get(&port)))
}

fn on_radio(radio: usize, clusters: &Clusters<'_>, names: &[Option<String>]) -> Option<Attachment> {
    let at = (*clusters.things[radio].subjects.first()?).clone();
    Some(Attachment { device: called(names[radio].as_deref(), &at), at, port: String::new() })
}

/// The name of what something hangs on: its own where it may be shown, else its subject.
fn called(name: Option<&str>, subject: &Subject) -> String {
    name.filter(|name| !name.starts_with(super::MASKED)).map(str::to_owned).unwrap_or_else(|| match subject {
        Subject::Address(ip) => ip.to_string(),
        other => other.to_string(),
    })
}

fn attachment(port: PortAt, topology: &Topology<'_>, clusters: &Clusters<'_>, names: &[Option<String>]) -> Option<Attachment> {
    let thing = &clusters.things[port.0];
    let subject = topology.switches.get(&port.0).copied().or_else(|| thing.subjects.first().copied())?;
    let row = thing.interfaces.iter().find(|row| row.key == port.1);
    let name = row.map(|row| if row.name.is_empty() { row.descr.clone() } else { row.name.clone() }).filter(|name| !name.is_empty());
    Some(Attachment { at: subject.clone(), device: called(names[port.0].as_deref(), subject), port: name.unwrap_or_else(|| port.1.to_string()) })
}
