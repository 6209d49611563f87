//! What the town's own lists say of its devices: a delivery list, the patch panel, the networks; as tables of the plan.
//!
//! Comes in: the town, what papers say. Goes out: CSV text of `assets`, `patch`, `networks`. The delivery list names what no probe can tell apart: PCs
//! with a reserved address (the server's files keep no vendor class of these) and iPads; and the projectors of some schools with
//! their rooms. Absent on purpose: schools, rooms, kits (the plan's own).

use super::agent_config::network_name;
use super::catalogue::Says;
use super::device::{Ail, Device, Plug};
use super::dhcp::{Known, known};
use super::town::{School, Town};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// In these schools the delivery list names projectors, and the patch panel is written down.
pub fn is_well_documented(school: &School) -> bool {
    school.number % 4 == 1
}

/// Whether the delivery list names this device.
pub fn is_listed(school: &School, device: &Device) -> bool {
    match device.make.says {
        Says::Client { vendor_class: None, .. } => true,
        Says::Client { .. } => known(device) == Known::Reservation,
        Says::Projector { .. } => is_well_documented(school),
        _ => false,
    }
}

/// What papers say of one device.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// Delivered, an ISO day.
    pub delivered_on: String,
    /// Accepted, an ISO day; empty: not signed yet.
    pub accepted_on: String,
    /// Its invoice; empty: none.
    pub invoice: String,
    /// Price before tax.
    pub price_ht: String,
}

/// The delivery list; `paper` tells what papers say of the so-manieth listed device of a school.
pub fn assets(town: &Town, paper: impl Fn(&School, &Device, usize) -> Paper) -> String {
    let mut text = "label;serial;kind;vendor;model;macs;school;room;owner;state;delivered_on;accepted_on;invoice;price_ht\n".to_owned();
    let (mut number, mut of) = (0, 0);
    for (school, device) in all(town).filter(|(school, device)| is_listed(school, device)) {
        number = if of == school.number { number + 1 } else { 0 };
        of = school.number;
        let paper = paper(school, device, number);
        let mac = device.mac.map_or(String::new(), |mac| mac.to_string());
        let label = format!("V{:02}-{}", school.number, device.name.to_uppercase());
        let (make, serial) = (device.make, &device.serial);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{label};{serial};{};{};{};{mac};{};{};town;in_service;{};{};{};{}",
            make.kind, make.vendor, make.model, school.code, device.room, paper.delivered_on, paper.accepted_on, paper.invoice, paper.price_ht
        );
    }
    text
}

/// What the ports of the switches lead to.
pub fn patch(town: &Town) -> String {
    let mut text = "device;port;room\n".to_owned();
    for school in town.schools.iter().filter(|school| is_well_documented(school)) {
        for (device, plug) in school.devices.iter().filter_map(|device| Some((device, home(device)?))) {
            let Some(switch) = school.device(&plug.switch).filter(|_| !device.room.is_empty() && in_classroom(device)) else { continue };
            let _ = writeln!(text, "{};{};{}", switch.system_name(school.number), plug.port, device.room);
        }
        for (plug, room) in spare_outlets(school) {
            let switch = school.device(&plug.switch).map_or(String::new(), |switch| switch.system_name(school.number));
            let _ = writeln!(text, "{switch};{};{room}", plug.port);
        }
    }
    text
}

/// The networks, by the names that the agents use.
pub fn networks(town: &Town) -> String {
    let mut text = "site;cidr;name;agent;school\n".to_owned();
    for school in &town.schools {
        let _ = writeln!(
            text,
            "{};{};{};{};{}",
            school.code,
            school.cidr(),
            network_name(school),
            school.devices[0].system_name(school.number),
            school.code
        );
    }
    text
}

/// Outlets at which nothing is plugged in: one in each of the first classrooms, on the last but four ports of the first switch.
pub fn spare_outlets(school: &School) -> Vec<(Plug, &str)> {
    const ROOMS: usize = 4;
    let Some(switch) = school.switches().next() else { return Vec::new() };
    let Says::Switch { ports, .. } = switch.make.says else { return Vec::new() };
    let rooms: BTreeSet<&str> =
        school.devices.iter().filter(|device| in_classroom(device)).map(|device| device.room.as_str()).filter(|room| !room.is_empty()).collect();
    rooms
        .into_iter()
        .take(ROOMS)
        .zip(ports.saturating_sub(4 + ROOMS as u32)..)
        .map(|(room, port)| (Plug { switch: switch.name.clone(), port }, room))
        .collect()
}

/// The room to which a port leads, by the patch panel.
pub fn room_behind<'a>(school: &'a School, plug: &Plug) -> Option<&'a str> {
    let spare = spare_outlets(school).into_iter().find(|(spare, _)| spare == plug).map(|(_, room)| room);
    if let Some(room) = spare.filter(|_| is_well_documented(school)) {
        return Some(room);
    }
    let there = school.devices.iter().find(|device| home(device) == Some(plug) && in_classroom(device) && !device.room.is_empty());
    there.filter(|_| is_well_documented(school)).map(|device| device.room.as_str())
}

fn in_classroom(device: &Device) -> bool {
    matches!(device.make.kind, "projector" | "desktop")
}

/// Where a device was plugged in when the panel was written down.
fn home(device: &Device) -> Option<&Plug> {
    let before = device.ailments.iter().find_map(|ailment| if let Ail::Moved(before) = &ailment.ail { Some(before.as_ref()) } else { None });
    before.unwrap_or(device.plug.as_ref())
}

fn all(town: &Town) -> impl Iterator<Item = (&School, &Device)> {
    town.schools.iter().flat_map(|school| school.devices.iter().map(move |device| (school, device)))
}
