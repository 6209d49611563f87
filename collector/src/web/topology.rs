//! Which port leads to what: each switch of a school with its ports, and the device on each.
//!
//! Comes in: a school's devices, the pictures of its agents. Goes out: switches with ports in plate order. Absent on
//! purpose: guessing (a port without evidence is shown without a device).

use super::picture::{Plate, PortFacts, port_order};
use super::words::Words;
use crate::domain::device::Device;
use crate::domain::kind::Kind;
use rollcall_shared::evidence::{Interface, Neighbour};
use rollcall_shared::{DeviceId, Fact, Picture, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// IANAifType-MIB: ethernetCsmacd and its gigabit elder; what stands on a plate.
const ON_THE_PLATE: [u32; 2] = [6, 117];
/// More ports than any plate or stack of plates that a school has.
const MAX_PORTS: usize = 256;

/// One switch.
pub struct SwitchFront {
    /// Its device.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its model.
    pub model: String,
    /// The drawing.
    pub plate: Plate,
    /// The list beside.
    pub ports: Vec<PortLine>,
    /// Ports without link, by name: the list names them in one line.
    pub dark: String,
}

/// One port in the list beside the drawing.
pub struct PortLine {
    /// Anchor that the drawing leads to.
    pub anchor: String,
    /// Its name.
    pub name: String,
    /// What the network engineer wrote on it.
    pub alias: String,
    /// 1 Gb/s and so on; empty: not told.
    pub speed: String,
    /// Another switch, the server, the way out.
    pub uplink: bool,
    /// Devices that hang there and have a name: id, kind and name.
    pub devices: Vec<(i64, String)>,
    /// Those without a name, counted by kind: « 6 tablettes ».
    pub nameless: String,
    /// Name of the neighbour that speaks LLDP there.
    pub neighbour: String,
}

#[derive(Default)]
struct Ports {
    interfaces: Vec<Interface>,
    neighbours: Vec<Neighbour>,
}

/// The switches of a school. `faulty` are devices with an open fault.
pub fn switches(words: &Words, devices: &[Device], pictures: &[Arc<Picture>], faulty: &BTreeSet<DeviceId>) -> Vec<SwitchFront> {
    let switches = devices.iter().filter(|device| device.kind == Some(Kind::Switch));
    switches.map(|switch| front(words, switch, devices, pictures, faulty)).collect()
}

fn front(words: &Words, switch: &Device, devices: &[Device], pictures: &[Arc<Picture>], faulty: &BTreeSet<DeviceId>) -> SwitchFront {
    let told = told(switch, pictures);
    let mut hanging: BTreeMap<String, Vec<&Device>> = BTreeMap::new();
    let port_of =
        |device: &Device, on: &Device| device.place.as_ref().filter(|place| is_at(on, &place.at, &place.device)).map(|place| place.port.clone());
    let radios: Vec<(&Device, String)> = devices
        .iter()
        .filter_map(|device| Some((device, port_of(device, switch)?)))
        .filter(|(device, _)| device.kind == Some(Kind::AccessPoint))
        .collect();
    for device in devices {
        // What hangs on an access point hangs, for its switch, on the port of that.
        let by_radio = || radios.iter().find(|(radio, _)| radio.id != device.id && port_of(device, radio).is_some()).map(|(_, port)| port.clone());
        if let Some(port) = port_of(device, switch).or_else(by_radio) {
            hanging.entry(port).or_default().push(device);
        }
    }
    let mut names: Vec<&str> = hanging.keys().map(String::as_str).collect();
    names.extend(told.interfaces.iter().filter(|port| ON_THE_PLATE.contains(&port.if_type)).map(|port| port.name.as_str()));
    names.sort_by_key(|name| port_order(name));
    names.dedup();
    names.truncate(MAX_PORTS);
    let mut facts = Vec::new();
    let mut lines = Vec::new();
    let mut dark = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let interface = told.interfaces.iter().find(|port| port.name == *name);
        let neighbour = told.neighbours.iter().find(|neighbour| neighbour.local_port == *name);
        let here = hanging.get(*name).map(Vec::as_slice).unwrap_or_default();
        let up = interface.and_then(|port| port.up).or(if here.iter().any(|device| device.present) { Some(true) } else { None });
        let line = port_line(words, switch, index, name, interface, neighbour, here);
        facts.push(PortFacts {
            name: (*name).to_owned(),
            up,
            uplink: line.uplink,
            bad: here.iter().any(|device| faulty.contains(&device.id)),
            title: title(words, &line, up),
            anchor: line.anchor.clone(),
        });
        if up == Some(false) && here.is_empty() && line.alias.is_empty() {
            dark.push((*name).to_owned());
        } else {
            lines.push(line);
        }
    }
    let model = [&switch.vendor, &switch.model].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let name = switch.name.clone().or_else(|| switch.serial.clone()).unwrap_or_else(|| format!("#{}", switch.id));
    SwitchFront { id: switch.id.0, name, model, plate: Plate::new(&facts), ports: lines, dark: ranges(&dark) }
}

/// The place of a device names the switch by its subject in the picture, and by name.
fn is_at(switch: &Device, at: &Subject, name: &str) -> bool {
    let by_subject = match at {
        Subject::Address(ip) => switch.addresses.iter().any(|address| address.ip == Some(*ip)),
        Subject::Mac(mac) => switch.addresses.iter().any(|address| address.mac == Some(*mac)),
        Subject::Server | Subject::Attached(_) => false,
    };
    by_subject || switch.name.as_deref() == Some(name)
}

/// What the switch told of its interfaces and neighbours.
fn told(switch: &Device, pictures: &[Arc<Picture>]) -> Ports {
    let mut ports = Ports::default();
    for picture in pictures {
        for ip in switch.addresses.iter().filter_map(|address| address.ip) {
            for (_, facts) in picture.about(&switch.network, &Subject::Address(ip)) {
                for fact in facts {
                    match fact {
                        Fact::Interface(interface) if ports.interfaces.len() < MAX_PORTS => ports.interfaces.push(interface.clone()),
                        Fact::Neighbour(neighbour) if ports.neighbours.len() < MAX_PORTS => ports.neighbours.push(neighbour.clone()),
                        _ => {}
                    }
                }
            }
        }
    }
    ports
}

fn port_line(
    words: &Words,
    switch: &Device,
    index: usize,
    name: &str,
    interface: Option<&Interface>,
    neighbour: Option<&Neighbour>,
    here: &[&Device],
) -> PortLine {
    let called = |device: &&Device| {
        let kind = device.kind.unwrap_or(Kind::Unknown).label(words.language);
        let name = device.name.clone().or_else(|| device.model.clone()).or_else(|| device.serial.clone())?;
        Some((device.id.0, format!("{kind} {name}")))
    };
    let mut nameless: BTreeMap<Kind, u64> = BTreeMap::new();
    for device in here.iter().filter(|device| called(device).is_none()) {
        *nameless.entry(device.kind.unwrap_or(Kind::Unknown)).or_default() += 1;
    }
    let nameless: Vec<String> = nameless.into_iter().map(|(kind, count)| format!("{count} {}", kind.row().label(words.language, count))).collect();
    let links = |device: &&Device| matches!(device.kind, Some(Kind::Switch | Kind::Router | Kind::Firewall | Kind::Server));
    PortLine {
        anchor: format!("port-{}-{index}", switch.id),
        name: name.to_owned(),
        alias: interface.map(|port| port.alias.clone()).unwrap_or_default(),
        speed: interface.filter(|port| port.up == Some(true)).map(|port| speed(port.speed_bps)).unwrap_or_default(),
        uplink: here.iter().any(links),
        devices: here.iter().filter_map(called).collect(),
        nameless: nameless.join(", "),
        neighbour: neighbour
            .map(|neighbour| if neighbour.name.is_empty() { neighbour.chassis.clone() } else { neighbour.name.clone() })
            .unwrap_or_default(),
    }
}

/// « 17–24, 26, uplink »: runs of numbered ports are told by their ends.
fn ranges(names: &[String]) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut run: Option<(u64, u64)> = None;
    let close = |run: &mut Option<(u64, u64)>, told: &mut Vec<String>| match run.take() {
        Some((from, to)) if to > from.saturating_add(1) => told.push(format!("{from}–{to}")),
        Some((from, to)) if to > from => told.extend([from.to_string(), to.to_string()]),
        Some((from, _)) => told.push(from.to_string()),
        None => {}
    };
    for name in names {
        match (name.parse::<u64>().ok(), run) {
            (Some(number), Some((from, to))) if to.checked_add(1) == Some(number) => run = Some((from, number)),
            (Some(number), _) => {
                close(&mut run, &mut told);
                run = Some((number, number));
            }
            (None, _) => {
                close(&mut run, &mut told);
                told.push(name.clone());
            }
        }
    }
    close(&mut run, &mut told);
    told.join(", ")
}

fn speed(bps: u64) -> String {
    match bps / 1_000_000 {
        0 => String::new(),
        mega if mega >= 1_000 && mega % 1_000 >= 100 => format!("{}.{} Gb/s", mega / 1_000, mega % 1_000 / 100),
        mega if mega >= 1_000 => format!("{} Gb/s", mega / 1_000),
        mega => format!("{mega} Mb/s"),
    }
}

fn title(words: &Words, line: &PortLine, up: Option<bool>) -> String {
    let link = words.t(match up {
        Some(true) => "port-up",
        Some(false) => "port-down",
        None => "port-unknown",
    });
    let mut devices: Vec<&str> = line.devices.iter().map(|(_, name)| name.as_str()).take(4).collect();
    devices.extend((!line.nameless.is_empty()).then_some(line.nameless.as_str()));
    let mut parts = vec![format!("{} {}", words.t("col-port"), line.name), link];
    parts.extend((!line.speed.is_empty()).then(|| line.speed.clone()));
    parts.extend((!devices.is_empty()).then(|| devices.join(", ")));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_ports_are_told_by_their_ends() {
        let check = |names: &[&str], expected: &str| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(ranges(&names), expected);
        };
        check(&["1", "2", "3", "5", "6", "9", "Te1/1/1"], "1–3, 5, 6, 9, Te1/1/1");
        check(&[], "");
        check(&["18446744073709551615", "18446744073709551615"], "18446744073709551615, 18446744073709551615");
    }

    #[test]
    fn speeds_read_as_on_a_label() {
        for (bps, expected) in
            [(0, ""), (100_000_000, "100 Mb/s"), (1_000_000_000, "1 Gb/s"), (2_500_000_000, "2.5 Gb/s"), (u64::MAX, "18446744073.7 Gb/s")]
        {
            assert_eq!(speed(bps), expected);
        }
    }
}
