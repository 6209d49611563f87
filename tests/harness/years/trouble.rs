//! What goes wrong in Villedemo: every sort, how it begins, what the collector is to say of it, and how it ends.
//!
//! Comes in: the world, a sort, the things that it befalls. Goes out: a [`Trouble`] under way, and its end. Absent on purpose: when and where
//! (`super::Years`), whether it was found (`super::judge`).

use crate::world::World;
use crate::world::thing::{Ail, Plug, Thing};
use anyhow::{Context, Result};
use jiff::civil::Date;
use rollcall_collector::domain::kind::Kind;
use rollcall_shared::Timestamp;
use std::net::Ipv4Addr;

/// One sort of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A digit of a projector's ERST.
    Erst(usize),
    /// A UPS feeds from its battery.
    OnBattery,
    /// Its battery is worn.
    Battery,
    /// No paper.
    Paper,
    /// A jam.
    Jam,
    /// A cartridge is empty.
    Toner,
    /// A disk is full.
    Disk,
    /// A service of the server does not answer.
    Service(&'static str),
    /// Something of this kind is dead.
    Dead(Kind),
    /// Projector and PC of a class are dead.
    Room,
    /// Nobody opens the case any more.
    Case,
    /// The agent's program does not run.
    Agent,
    /// The line to the town is down.
    Line,
    /// The school has no power.
    Power,
    /// A projector hangs in another room.
    Misplaced,
    /// A PC has taken the printer's address.
    Address,
    /// A loan does not come back in time.
    Loan,
    /// A stolen tablet is seen again.
    Stolen,
    /// The supplier put up another model.
    Model,
    /// Things do not come by their due date.
    Missing,
}

/// What chance draws from. What is scripted stands apart: [`What::Loan`] and those after it.
pub const DRAWN: &[What] = &[
    What::Erst(0),
    What::Erst(1),
    What::Erst(1),
    What::Erst(2),
    What::Erst(3),
    What::Erst(4),
    What::Erst(5),
    What::OnBattery,
    What::Battery,
    What::Paper,
    What::Jam,
    What::Toner,
    What::Disk,
    What::Service("dhcp"),
    What::Service("dns"),
    What::Service("proxy"),
    What::Service("smb"),
    What::Dead(Kind::Projector),
    What::Dead(Kind::Projector),
    What::Dead(Kind::Desktop),
    What::Dead(Kind::Printer),
    What::Dead(Kind::Tablet),
    What::Dead(Kind::AccessPoint),
    What::Dead(Kind::Switch),
    What::Room,
    What::Case,
    What::Agent,
    What::Line,
    What::Power,
    What::Misplaced,
    What::Address,
];

impl What {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            What::Erst(0) => "projector: fan",
            What::Erst(1) => "projector: lamp",
            What::Erst(2) => "projector: temperature",
            What::Erst(3) => "projector: cover",
            What::Erst(4) => "projector: filter",
            What::Erst(_) => "projector: other error",
            What::OnBattery => "UPS on battery",
            What::Battery => "UPS battery worn",
            What::Paper => "printer: no paper",
            What::Jam => "printer: jam",
            What::Toner => "printer: toner empty",
            What::Disk => "server: disk full",
            What::Service(_) => "server: service down",
            What::Dead(Kind::Projector) => "dead: projector",
            What::Dead(Kind::Desktop) => "dead: PC",
            What::Dead(Kind::Printer) => "dead: printer",
            What::Dead(Kind::Tablet) => "dead: tablet",
            What::Dead(Kind::AccessPoint) => "dead: access point",
            What::Dead(_) => "dead: switch",
            What::Room => "dead: a whole room",
            What::Case => "case never opened",
            What::Agent => "agent stopped",
            What::Line => "line down",
            What::Power => "power cut",
            What::Misplaced => "in another room",
            What::Address => "one address for two",
            What::Loan => "loan overdue",
            What::Stolen => "stolen, seen again",
            What::Model => "another model",
            What::Missing => "due and missing",
        }
    }

    /// Codes of faults that tell it.
    pub fn codes(self) -> &'static [&'static str] {
        match self {
            What::Erst(0) => &["projector_fan"],
            What::Erst(1) => &["projector_lamp"],
            What::Erst(2) => &["projector_temperature"],
            What::Erst(3) => &["projector_cover"],
            What::Erst(4) => &["projector_filter"],
            What::Erst(_) => &["projector_other"],
            What::OnBattery => &["ups_on_battery"],
            What::Battery => &["ups_replace_battery"],
            What::Paper => &["printer_no_paper"],
            What::Jam => &["printer_jam"],
            What::Toner => &["printer_toner"],
            What::Disk => &["server_disk"],
            What::Service(_) => &["server_service"],
            What::Dead(Kind::Switch) => &["infrastructure_silent"],
            What::Dead(_) => &["device_silent"],
            What::Room => &["room_silent"],
            What::Case => &["case_silent"],
            What::Agent | What::Line | What::Power => &["agent_silent"],
            What::Misplaced => &["misplaced"],
            What::Address => &["duplicate_address"],
            What::Loan => &["loan_overdue"],
            What::Stolen => &["stolen_seen"],
            What::Model => &["other_model"],
            What::Missing => &["due_missing"],
        }
    }

    /// Days of class after its first within which it must be told: what the kind's threshold says, and a day for the look.
    pub fn within(self) -> u32 {
        match self {
            What::Dead(Kind::Switch) => 1,
            What::Dead(Kind::Tablet | Kind::AccessPoint) => 7,
            What::Dead(_) | What::Room => 4,
            What::Case => 11,
            _ => 1,
        }
    }

    /// It befalls all of a school, so that nothing else can be told meanwhile.
    pub fn is_whole_school(self) -> bool {
        matches!(self, What::Agent | What::Line | What::Power | What::Dead(Kind::Switch))
    }

    /// Days of class until it is mended once it is told: bounds.
    pub fn mended_after(self) -> (u32, u32) {
        match self {
            What::Power | What::OnBattery => (0, 0),
            What::Agent | What::Line | What::Paper | What::Jam | What::Case | What::Dead(Kind::Switch) => (0, 2),
            What::Erst(1) | What::Dead(_) => (2, 12),
            _ => (1, 6),
        }
    }

    /// Kinds of the things that it befalls, all in one room where they are two.
    pub fn befalls(self) -> &'static [Kind] {
        match self {
            What::Erst(_) | What::Misplaced | What::Model => &[Kind::Projector],
            What::OnBattery | What::Battery => &[Kind::Ups],
            What::Paper | What::Jam | What::Toner => &[Kind::Printer],
            What::Disk | What::Service(_) => &[Kind::Server],
            What::Dead(Kind::Projector) => &[Kind::Projector],
            What::Dead(Kind::Desktop) => &[Kind::Desktop],
            What::Dead(Kind::Printer) => &[Kind::Printer],
            What::Dead(Kind::Tablet) => &[Kind::Tablet],
            What::Dead(Kind::AccessPoint) => &[Kind::AccessPoint],
            What::Dead(_) => &[Kind::Switch],
            What::Room => &[Kind::Projector, Kind::Desktop],
            What::Address => &[Kind::Desktop, Kind::Printer],
            What::Case | What::Agent | What::Line | What::Power | What::Loan | What::Stolen | What::Missing => &[],
        }
    }
}

/// One trouble, from its begin to its end.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// Its sort.
    pub what: What,
    /// Where.
    pub school: usize,
    /// What it befalls; none: the school.
    pub things: Vec<String>,
    /// Since when.
    pub began_at: Timestamp,
    /// On which day.
    pub began_on: Date,
    /// When the collector told it first.
    pub told_at: Option<Timestamp>,
    /// On which day.
    pub told_on: Option<Date>,
    /// On which day people mend it.
    pub mend_on: Option<Date>,
    /// When they did.
    pub mended_at: Option<Timestamp>,
    /// When the collector saw that.
    pub closed_at: Option<Timestamp>,
    /// What was there before, to be put back.
    pub undo: Undo,
}

/// What is put back at the end.
#[derive(Debug, Clone, Default)]
pub struct Undo {
    /// Things and where they were plugged in.
    pub plugs: Vec<(String, Option<Plug>)>,
    /// The address of the first thing.
    pub ip: Option<Ipv4Addr>,
}

fn ail(what: What) -> Option<Ail> {
    Some(match what {
        What::Erst(digit) => Ail::Erst(digit),
        What::OnBattery => Ail::OnBattery,
        What::Battery => Ail::ReplaceBattery,
        What::Paper => Ail::NoPaper,
        What::Jam => Ail::Jam,
        What::Service(name) => Ail::Service(name.to_owned()),
        _ => return None,
    })
}

/// Lets it begin, or ends it (`on`: it begins).
pub fn turn(world: &mut World, trouble: &mut Trouble, site: &str, on: bool) -> Result<()> {
    let what = trouble.what;
    for name in trouble.things.clone() {
        world.change(&name, |thing| set(thing, what, on))?;
    }
    match what {
        What::Agent | What::Line => {
            let looks = |(_, at): &(String, String)| at == site;
            let agent = world.agents.iter_mut().find(|agent| agent.looks.iter().any(looks)).context("no agent looks there")?;
            if what == What::Agent {
                agent.running = !on;
            } else {
                agent.line_up = !on;
            }
        }
        What::Power => {
            world.site(site)?.power = !on;
            world.touch(site);
        }
        What::Address => {
            let (first, second) = (trouble.things[0].clone(), trouble.things[1].clone());
            let ip = if on { world.things[&second].ip } else { trouble.undo.ip.context("it had an address")? };
            trouble.undo.ip = Some(world.things[&first].ip);
            world.change(&first, |thing| thing.ip = ip)?;
        }
        // Clients of a radio that dies take the other one.
        What::Dead(Kind::AccessPoint) if on => {
            let dead = trouble.things[0].clone();
            let other = if let Some(stem) = dead.strip_suffix('1') { format!("{stem}2") } else { format!("{}1", &dead[..dead.len() - 1]) };
            let clients: Vec<String> = world
                .things
                .values()
                .filter(|thing| thing.plug.as_ref().is_some_and(|plug| plug.to == dead))
                .map(|thing| thing.name.clone())
                .collect();
            for name in clients {
                replug(world, trouble, &name, Plug { to: other.clone(), port: 0 })?;
            }
        }
        What::Misplaced if on => {
            let name = trouble.things[0].clone();
            let to = world.things[&name].plug.clone().context("it was plugged in")?.to;
            replug(world, trouble, &name, Plug { to, port: 20 })?;
        }
        _ => {}
    }
    if !on {
        for (name, plug) in std::mem::take(&mut trouble.undo.plugs) {
            world.change(&name, |thing| thing.plug = plug)?;
        }
    }
    Ok(())
}

fn replug(world: &mut World, trouble: &mut Trouble, name: &str, to: Plug) -> Result<()> {
    trouble.undo.plugs.push((name.to_owned(), world.things[name].plug.clone()));
    world.change(name, |thing| thing.plug = Some(to))
}

fn set(thing: &mut Thing, what: What, on: bool) {
    if let Some(ail) = ail(what) {
        if on {
            thing.ails.insert(ail);
        } else {
            thing.ails.remove(&ail);
        }
    }
    match what {
        What::Dead(_) | What::Room => thing.broken = on,
        What::Toner => thing.toner = if on { 0 } else { 95 },
        What::Disk => thing.disk = if on { 98 } else { 45 },
        _ => {}
    }
}
