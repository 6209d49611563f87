//! What is broken in the town: at the start, and after the first roll call.
//!
//! Comes in: the town. Goes out: commands to it, one of each sort with `--once`, a few otherwise. What falls silent does so after the
//! first roll call: of a device that nobody ever saw nobody can say that it is gone.

use anyhow::Result;
use rollcall_tests::sim::control::{Command, apply};
use rollcall_tests::sim::register::{is_listed, is_well_documented, room_behind, spare_outlets};
use rollcall_tests::sim::town::School;
use rollcall_tests::sim::world::World;

/// Place of the school in the town, kind of the device, what happens, and whether only a judged roll call has it.
const BREAKAGES: &[(usize, &str, &str, bool)] = &[
    (0, "projector", "lamp", false),
    (2, "printer", "toner 0", false),
    (5, "ups", "battery", false),
    (3, "projector", "fan", true),
    (4, "projector", "temperature", true),
    (6, "projector", "cover", true),
    (7, "projector", "filter", true),
    (8, "projector", "other", true),
    (9, "printer", "jam", true),
    (10, "server", "disk", true),
    (11, "server", "service dns", true),
    (14, "printer", "toner 3", true),
    (16, "server", "service ipp", true),
];

/// The same, after the first roll call.
const LATER: &[(usize, &str, &str, bool)] = &[(13, "switch", "silent", true)];

/// Breaks things at the start, and returns how many.
pub fn inject(world: &World, all: bool) -> Result<usize> {
    let mut commands = commands(world, BREAKAGES, all);
    commands.extend(world.see(|town| town.schools.iter().find(|school| is_well_documented(school)).and_then(|school| moved(school).filter(|_| all))));
    commands.iter().try_for_each(|command| apply(world, command))?;
    Ok(commands.len())
}

/// Silences things that were seen.
pub fn inject_later(world: &World, all: bool) -> Result<()> {
    commands(world, LATER, all).iter().try_for_each(|command| apply(world, command))
}

fn commands(world: &World, table: &[(usize, &str, &str, bool)], all: bool) -> Vec<Command> {
    let chosen = table.iter().filter(|(.., judged)| all || !judged);
    world.see(|town| {
        let command = |(at, kind, what, _): &(usize, &str, &str, bool)| {
            let school = town.schools.get(*at)?;
            // The last of its kind: a switch that is not the first, a UPS with a network card where there is one.
            let device = school.devices.iter().rfind(|device| device.make.kind == *kind)?;
            Some(command(school, &device.name, what))
        };
        chosen.filter_map(command).collect()
    })
}

fn command(school: &School, device: &str, what: &str) -> Command {
    let words = what.split(' ').chain(["on"]).map(str::to_owned).collect();
    Command { school: school.code.clone(), device: device.to_owned(), what: words }
}

/// A listed projector that somebody plugs in at a spare outlet of another room.
fn moved(school: &School) -> Option<Command> {
    let projector =
        school.devices.iter().find(|device| device.make.kind == "projector" && is_listed(school, device) && device.ailments.is_empty())?;
    let (plug, _) = spare_outlets(school).into_iter().find(|(plug, _)| room_behind(school, plug).is_some_and(|room| room != projector.room))?;
    Some(command(school, &projector.name, &format!("move {}:{}", plug.switch, plug.port)))
}
