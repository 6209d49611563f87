//! One played device: what it is, where it is plugged in, what ails it.
//!
//! Comes in: a make, a number, commands. Goes out: the state that responders tell of. Absent on purpose: protocols.

use super::catalogue::Make;
use rollcall_shared::Mac;
use std::net::Ipv4Addr;

/// A switch's port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plug {
    /// Name of the switch.
    pub switch: String,
    /// Its port number (= ifIndex).
    pub port: u32,
}

/// One way of being broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ail {
    /// A PJLink error: place in the answer of ERST (0 fan, 1 lamp, 2 temperature, 3 cover, 4 filter, 5 other).
    Projector(usize),
    /// Toner is at this percentage.
    Toner(u8),
    /// Paper is jammed.
    Jam,
    /// Mains are gone.
    Battery,
    /// A disk of the server is nearly full.
    Disk,
    /// A disk of the server has left its array.
    Raid,
    /// A disk of the server says that it fails.
    Smart,
    /// Nobody has made the server's backup for days.
    Backup,
    /// This service of the server does not answer.
    Service(String),
    /// It answers nothing.
    Silent,
    /// It is plugged in elsewhere than planned; where it was before.
    Moved(Option<Plug>),
}

/// PJLink's errors in the order of ERST (PJLink class 1 specification, 4.7).
pub const ERRORS: [&str; 6] = ["fan", "lamp", "temperature", "cover", "filter", "other"];

/// A fault in course.
#[derive(Debug, Clone)]
pub struct Ailment {
    /// What it is.
    pub ail: Ail,
    /// Since when, UTC seconds.
    pub since_s: i64,
}

/// One device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Name in commands and truth; unknown to the network.
    pub name: String,
    /// Its make.
    pub make: &'static Make,
    /// Number among those of its kind in the school.
    pub number: u32,
    /// Serial number on its label.
    pub serial: String,
    /// Burnt-in address, where it has one.
    pub mac: Option<Mac>,
    /// Address, where it has one.
    pub ip: Option<Ipv4Addr>,
    /// Room, by the plan's code; empty where the plan has none.
    pub room: String,
    /// Where it is plugged in (of a tablet: where its access point is).
    pub plug: Option<Plug>,
    /// What ails it.
    pub ailments: Vec<Ailment>,
}

impl Device {
    /// Whether it ails from this.
    pub fn ails(&self, ail: &Ail) -> bool {
        self.ailments.iter().any(|ailment| ailment.ail == *ail)
    }

    /// Whether nothing comes from it.
    pub fn is_silent(&self) -> bool {
        self.ails(&Ail::Silent)
    }

    /// What it calls itself on the network: a name that an engineer gave to a switch, else the maker's default.
    pub fn system_name(&self, school: u8) -> String {
        let tail = self.mac.map_or(0, |mac| mac.to_i64() & 0xff_ffff);
        match self.make.kind {
            "server" => format!("kwartz-{school:02}"),
            "switch" => format!("baie-{school:02}-{}", self.number),
            "access_point" => format!("{}-{tail:06x}", self.make.model),
            "printer" => format!("NPI{tail:06X}"),
            "ups" => "apc".to_owned(),
            _ => String::new(),
        }
    }

    /// The level of its toner, per cent.
    pub fn toner(&self) -> u8 {
        let standing = 40 + (self.number * 17 + self.serial.len() as u32 * 5) % 50;
        let injected = self.ailments.iter().find_map(|ailment| if let Ail::Toner(level) = ailment.ail { Some(level) } else { None });
        injected.unwrap_or(standing as u8)
    }

    /// The answer of PJLink's ERST: 0 well, 2 error.
    pub fn pjlink_errors(&self) -> String {
        (0..ERRORS.len()).map(|at| if self.ails(&Ail::Projector(at)) { '2' } else { '0' }).collect()
    }
}
