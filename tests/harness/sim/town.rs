//! The town: which devices each school has, the same at every start.
//!
//! Comes in: what each school shall have ([`Spec`]). Goes out: schools with devices, addresses, ports. Absent on purpose: sockets;
//! the plan's tables (`planned.rs` makes specs of them).

use super::catalogue::{MAKES, Make, Says, makes};
use super::device::{Device, Plug};
use rollcall_shared::Mac;
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// One thing that a school has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// Kind, by the product's name.
    pub kind: String,
    /// Room, where the plan tells it.
    pub room: String,
}

/// A place of the plan that has no device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The plan's code of the school.
    pub school: String,
    /// Kind.
    pub kind: String,
    /// Room, where the plan tells it.
    pub room: String,
    /// Its day has come: the collector is to complain of it.
    pub due: bool,
}

/// What one school has.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The plan's code of the school.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Things beyond the network itself, in the order of the plan.
    pub wants: Vec<Want>,
    /// What it is to have, and has not.
    pub left_out: Vec<LeftOut>,
}

/// One school.
#[derive(Debug, Clone)]
pub struct School {
    /// The plan's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its number in the town, from 1: addresses and ports follow from it.
    pub number: u8,
    /// Its devices; the server is the first.
    pub devices: Vec<Device>,
    /// Visitors' telephones with invented addresses: counted, never devices.
    pub visitors: Vec<(Mac, Ipv4Addr)>,
    /// Places of the plan without a device.
    pub left_out: Vec<LeftOut>,
}

/// The whole town.
#[derive(Debug, Clone, Default)]
pub struct Town {
    /// Its schools.
    pub schools: Vec<School>,
}

/// First octet but one of the first school's network, less one.
const FIRST_NETWORK: u8 = 40;

impl School {
    /// Its network, as the agent's configuration names it.
    pub fn cidr(&self) -> String {
        format!("127.{}.0.0/24", FIRST_NETWORK + self.number)
    }

    /// The half of it in which devices have fixed addresses; PCs and tablets have theirs by lease in the other.
    pub fn fixed_half(&self) -> String {
        format!("127.{}.0.0/25", FIRST_NETWORK + self.number)
    }

    /// One address of its network.
    pub fn address(&self, host: u32) -> Ipv4Addr {
        Ipv4Addr::new(127, FIRST_NETWORK + self.number, 0, host as u8)
    }

    /// A device by its name.
    pub fn device(&self, name: &str) -> Option<&Device> {
        self.devices.iter().find(|device| device.name == name)
    }

    /// Its switches, the one at the server first.
    pub fn switches(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter(|device| matches!(device.make.says, Says::Switch { .. }))
    }
}

/// A school for tests: `classes` classes with a projector and a PC each, and a case of 16 tablets.
pub fn sample_spec(number: u8, classes: u32) -> Spec {
    let want = |kind: &str, room: String| Want { kind: kind.to_owned(), room };
    let mut wants = vec![want("server", String::new())];
    for class in 1..=classes {
        wants.push(want("projector", format!("class-{class:02}")));
        wants.push(want("desktop", format!("class-{class:02}")));
    }
    wants.extend((0..16).map(|_| want("tablet", String::new())));
    Spec { code: format!("{number:02}"), name: format!("École {number:02}"), wants, left_out: Vec::new() }
}

/// Builds the town.
pub fn build(specs: &[Spec]) -> Town {
    let schools = specs.iter().zip(1..).map(|(spec, number)| build_school(spec, number)).collect();
    Town { schools }
}

/// What kinds are named, and where their addresses begin.
struct Family {
    kind: &'static str,
    prefix: &'static str,
    first_host: u32,
}

const FAMILIES: &[Family] = &[
    Family { kind: "server", prefix: "srv", first_host: 1 },
    Family { kind: "switch", prefix: "sw", first_host: 2 },
    Family { kind: "access_point", prefix: "ap", first_host: 10 },
    Family { kind: "printer", prefix: "prn", first_host: 30 },
    Family { kind: "ups", prefix: "ups", first_host: 40 },
    Family { kind: "projector", prefix: "vp", first_host: 60 },
    Family { kind: "desktop", prefix: "pc", first_host: 130 },
    Family { kind: "tablet", prefix: "tab", first_host: 180 },
];

/// Kinds that make up the network of a school.
const NETWORK: &[&str] = &["server", "switch", "access_point", "printer", "ups"];
/// Schools whose number leaves this when divided by seven got iPads.
const IPAD_SCHOOLS: u8 = 3;
/// Access points: one for so many classes.
const CLASSES_AN_ACCESS_POINT: usize = 4;

fn build_school(spec: &Spec, number: u8) -> School {
    let mut school = School {
        code: spec.code.clone(),
        name: spec.name.clone(),
        number,
        devices: Vec::new(),
        visitors: Vec::new(),
        left_out: spec.left_out.clone(),
    };
    let classes = spec.wants.iter().filter(|want| want.kind == "projector" || want.kind == "desktop").count();
    let mut rooms = Rooms::of(spec);
    let mut put = |school: &mut School, make: &'static Make| {
        let room = rooms.next(make.kind);
        add(school, make, &room);
    };
    let (switches, ups, servers) = (makes("switch"), makes("ups"), makes("server"));
    // The network is there in every school, equipped or not: no agent could look around without it.
    put(&mut school, servers[usize::from(number) % servers.len()]);
    put(&mut school, switches[0]);
    for at in 0..classes.div_ceil(24).max(1) {
        put(&mut school, switches[1 + (usize::from(number) + at) % 2]);
    }
    for _ in 0..classes.div_ceil(2 * CLASSES_AN_ACCESS_POINT).max(2) {
        put(&mut school, pick("access_point", number));
    }
    put(&mut school, pick("printer", number));
    put(&mut school, ups[1]);
    if number % 3 == 1 {
        put(&mut school, ups[0]);
    }
    for want in spec.wants.iter().filter(|want| !NETWORK.contains(&want.kind.as_str())) {
        let at = school.devices.len() as u8;
        let make = if want.kind == "tablet" { pick("tablet", u8::from(number % 7 == IPAD_SCHOOLS)) } else { pick(&want.kind, at) };
        add(&mut school, make, &want.room);
    }
    plug_in(&mut school);
    school.visitors = (0..2 + u32::from(number) % 4).map(|at| visitor(&school, at)).collect();
    school
}

/// Rooms that the plan tells of the network's own devices, kind by kind.
struct Rooms<'a> {
    left: Vec<&'a Want>,
}

impl Rooms<'_> {
    fn of(spec: &Spec) -> Rooms<'_> {
        Rooms { left: spec.wants.iter().collect() }
    }

    fn next(&mut self, kind: &str) -> String {
        let at = self.left.iter().position(|want| want.kind == kind);
        at.map_or(String::new(), |at| self.left.remove(at).room.clone())
    }
}

/// One make of a kind, in turn.
fn pick(kind: &str, turn: u8) -> &'static Make {
    let found = makes(kind);
    match found.len() {
        0 => makes("desktop")[0],
        length => found[usize::from(turn) % length],
    }
}

fn add(school: &mut School, make: &'static Make, room: &str) {
    let at = FAMILIES.iter().position(|family| family.kind == make.kind).unwrap_or(FAMILIES.len() - 1);
    let family = &FAMILIES[at];
    let number = 1 + school.devices.iter().filter(|device| device.make.kind == make.kind).count() as u32;
    let unit = at as u32 * 1000 + number;
    let mac = Mac::new([make.oui[0], make.oui[1], make.oui[2], school.number, (unit >> 8) as u8, unit as u8]);
    let wired = !matches!(make.says, Says::PowerUsb { .. });
    school.devices.push(Device {
        name: format!("{}{number:02}", family.prefix),
        make,
        number,
        serial: serial(make.serial, mac, u64::from(school.number) * 10_000 + u64::from(unit)),
        mac: Some(mac).filter(|_| wired),
        ip: Some(school.address(family.first_host + number - 1)).filter(|_| wired),
        room: room.to_owned(),
        plug: None,
        ailments: Vec::new(),
    });
}

/// A serial number of the maker's form; its digits follow from the unit, so no two are alike.
fn serial(form: &str, mac: Mac, unit: u64) -> String {
    let mut draw = unit.wrapping_mul(0x9e37_79b9_7f4a_7c15); // golden-ratio hashing spreads neighbouring numbers
    let mut take = |most: u64| {
        let drawn = (draw >> 32) % most;
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        drawn as u8
    };
    let mut text = String::new();
    for letter in form.chars() {
        match letter {
            '#' => text.push(char::from(b'0' + take(10))),
            '@' => text.push(char::from(b'A' + take(26))),
            '*' => text.push_str(&mac.to_string().replace(':', "").to_uppercase()),
            other => text.push(other),
        }
    }
    text
}

/// Gives every wired device a port: the server on port 1, other switches on the first switch's next ports, the rest in turn.
fn plug_in(school: &mut School) {
    let switches: Vec<String> = school.switches().map(|switch| switch.name.clone()).collect();
    let mut next: Vec<u32> = switches.iter().enumerate().map(|(at, _)| if at == 0 { 1 } else { 2 }).collect();
    let mut turn = 0;
    let mut access_points: Vec<Plug> = Vec::new();
    for device in &mut school.devices {
        let at = match device.make.kind {
            "server" | "switch" => 0,
            _ => turn % switches.len(),
        };
        if device.mac.is_none() || device.name == switches[0] {
            continue;
        }
        if device.make.kind == "tablet" {
            device.plug = access_points.get(device.number as usize % access_points.len().max(1)).cloned();
            continue;
        }
        let plug = Plug { switch: switches[at].clone(), port: next[at] };
        next[at] += 1;
        turn += usize::from(!matches!(device.make.kind, "server" | "switch"));
        if device.make.kind == "access_point" {
            access_points.push(plug.clone());
        }
        device.plug = Some(plug);
    }
}

fn visitor(school: &School, at: u32) -> (Mac, Ipv4Addr) {
    (Mac::new([0x5a, 0x31, school.number, 0xc4, 0x77, at as u8]), school.address(240 + at))
}

/// The row of a make that holds this device's kind and vendor: for tests that ask for one.
pub fn make_of(kind: &str, vendor: &str) -> Option<&'static Make> {
    MAKES.iter().find(|make| make.kind == kind && make.vendor == vendor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_town_each_time_and_no_two_devices_alike() {
        let specs: Vec<Spec> = (1..=20).map(|number| sample_spec(number, 10)).collect();
        let (one, two) = (build(&specs), build(&specs));
        let devices: Vec<&Device> = one.schools.iter().flat_map(|school| &school.devices).collect();
        let again: Vec<&Device> = two.schools.iter().flat_map(|school| &school.devices).collect();
        assert!(devices.iter().zip(&again).all(|(a, b)| a.serial == b.serial && a.mac == b.mac && a.plug == b.plug));
        let serials: BTreeSet<&str> = devices.iter().map(|device| device.serial.as_str()).collect();
        assert_eq!(serials.len(), devices.len());
        let addresses: BTreeSet<_> = devices.iter().filter_map(|device| device.ip).collect();
        assert_eq!(addresses.len(), devices.iter().filter(|device| device.ip.is_some()).count());
    }

    #[test]
    fn no_port_is_given_twice_except_to_the_tablets_of_an_access_point() {
        let town = build(&[sample_spec(1, 25)]);
        let wired: Vec<String> = town.schools[0]
            .devices
            .iter()
            .filter(|device| device.make.kind != "tablet")
            .filter_map(|device| Some(format!("{:?}", device.plug.as_ref()?)))
            .collect();
        let distinct: BTreeSet<&String> = wired.iter().collect();
        assert_eq!(distinct.len(), wired.len());
    }
}
