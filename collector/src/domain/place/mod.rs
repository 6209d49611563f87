//! A place: one thing that the plan says shall stand somewhere, and which device stands there.
//!
//! Comes in: the unfolded plan, assets of the register, the fleet. Goes out: an assignment that is stable (a device keeps
//! its place while it fits), deterministic and explained, and the outcome of each place. Absent on purpose: how the plan
//! unfolds ([`super::plan`]), faults ([`super::reconcile`]).

mod lay;

use super::device::{Device, KeyRank};
use super::folded::fold;
use super::kind::{Kind, KnownBy};
use jiff::civil::Date;
use rollcall_shared::{DeviceId, Mac};
use std::collections::{BTreeMap, BTreeSet};

pub use lay::{Aside, aside, lay};

/// One thing that shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its stable name within the school: phase, kit, item, room or ordinal.
    pub key: String,
    /// What shall stand there.
    pub kind: Kind,
    /// In which room, where the plan knows it.
    pub room: Option<String>,
    /// Of which kit.
    pub kit: String,
    /// In which phase.
    pub phase: String,
    /// Which model: a pattern with `*`; none means any.
    pub model: Option<String>,
    /// First and last day of its due date; none means not dated.
    pub due: Option<(Date, Date)>,
    /// Label or serial that a person pinned to it.
    pub pinned: Option<String>,
    /// How such a thing can be known.
    pub known_by: KnownBy,
    /// Key of the place of the case that it is in.
    pub inside: Option<String>,
    /// Whether it is asked for, was there before, or is over.
    pub life: Life,
}

/// Whether a place is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Life {
    /// The plan asks for it.
    #[default]
    Open,
    /// The plan asks for it; when it is filled, what was there before goes.
    Replaces,
    /// It was there before the programme: it counts while something stands there, and nobody misses it.
    Legacy,
    /// It is asked for no more: what still stands there waits for another place.
    Over(Over),
}

/// Why a place is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// The class or its room was closed.
    ClassClosed,
    /// Fewer teachers or pupils are counted than in an earlier year.
    FewerCounted,
    /// The school is no more.
    SchoolClosed,
    /// The cohort that carried it has left.
    CohortLeft,
}

/// What the register says of one asset, as far as places need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Label or serial: its key in the register.
    pub label: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Kind as declared.
    pub kind: Kind,
    /// Model as declared.
    pub model: Option<String>,
    /// MACs as declared (delivery list, management export).
    pub macs: Vec<Mac>,
    /// Room as declared.
    pub room: Option<String>,
    /// Its state.
    pub state: AssetState,
    /// Delivered on.
    pub delivered: bool,
    /// Bought before the programme: it counts until replaced.
    pub legacy: bool,
    /// On which day it came back from its last loan.
    pub back_on: Option<Date>,
}

/// State of an asset in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words are those of the plan's table of assets")]
pub enum AssetState {
    Ordered,
    Stock,
    Spare,
    InService,
    Repair,
    Lost,
    Stolen,
    Retired,
    Lent,
}

/// What became of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A fitting device stands there.
    Installed,
    /// It stands there and something is wrong with it.
    InstalledFaulty,
    /// A device of the kind stands there, of another model.
    OtherModel,
    /// The register knows the asset as delivered; nobody has seen it yet.
    DeliveredNotSeen,
    /// In repair, by the register.
    InRepair,
    /// Lent, by the register.
    Lent,
    /// Due, and nothing is there.
    DueMissing,
    /// Not due yet.
    NotYetDue,
    /// Only people can see such a thing.
    ToBeCounted,
    /// The school is not followed: nobody looks there.
    NotFollowed,
    /// What stood there before the programme still does: it counts until it is replaced.
    Legacy,
    /// What stood there before the programme is gone.
    LegacyGone,
    /// The register's device for it is at another school.
    SeenElsewhere,
    /// The place is over, and a device stands there that waits for another.
    ToReassign,
    /// The place is over and empty.
    Closed,
}

impl Outcome {
    /// Every outcome with its code in tables, addresses and the API.
    pub const ALL: [(Outcome, &'static str); 15] = [
        (Outcome::Installed, "installed"),
        (Outcome::InstalledFaulty, "installed_faulty"),
        (Outcome::OtherModel, "other_model"),
        (Outcome::DeliveredNotSeen, "delivered_not_seen"),
        (Outcome::InRepair, "in_repair"),
        (Outcome::Lent, "lent"),
        (Outcome::DueMissing, "due_missing"),
        (Outcome::NotYetDue, "not_yet_due"),
        (Outcome::ToBeCounted, "to_be_counted"),
        (Outcome::NotFollowed, "not_followed"),
        (Outcome::Legacy, "legacy"),
        (Outcome::LegacyGone, "legacy_gone"),
        (Outcome::SeenElsewhere, "seen_elsewhere"),
        (Outcome::ToReassign, "to_reassign"),
        (Outcome::Closed, "closed"),
    ];

    /// Its code in tables, addresses and the API.
    pub fn code(self) -> &'static str {
        Outcome::ALL.iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, code)| code)
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Outcome> {
        Outcome::ALL.iter().find(|(_, known)| *known == code).map(|(outcome, _)| *outcome)
    }

    /// Whether a device of the programme stands there.
    pub fn is_filled(self) -> bool {
        matches!(self, Outcome::Installed | Outcome::InstalledFaulty | Outcome::OtherModel)
    }

    /// Whether the plan asks for the place: those that are over, and what was there before it, are counted by nobody.
    pub fn is_asked_for(self) -> bool {
        !matches!(self, Outcome::Legacy | Outcome::LegacyGone | Outcome::ToReassign | Outcome::Closed)
    }
}

/// Why a device has a place: shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A person put this device there.
    Chosen,
    /// The register pins this label, serial or MAC to this place.
    Pinned,
    /// It stood here and still fits.
    Kept,
    /// Kind, model and room agree.
    Room,
    /// Kind and model agree, somewhere in the school.
    Model,
    /// The kind agrees.
    Kind,
    /// What it holds is seen.
    Through,
    /// A person counted it.
    Counted,
}

impl Reason {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Chosen => "chosen",
            Reason::Pinned => "pinned",
            Reason::Kept => "kept",
            Reason::Room => "room",
            Reason::Model => "model",
            Reason::Kind => "kind",
            Reason::Through => "through",
            Reason::Counted => "counted",
        }
    }
}

/// A place with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Key of the place.
    pub key: String,
    /// The device that stands there.
    pub device: Option<DeviceId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why this device.
    pub reason: Option<Reason>,
}

/// What people decided about a school's places, and what other schools' fleets say of its assets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Devices that a person put to a place, by its key.
    pub chosen: BTreeMap<String, DeviceId>,
    /// Models accepted as equivalent: (kit, model).
    pub accepted: BTreeSet<(String, String)>,
    /// Labels of this school's assets whose device was last seen at another school, with that school.
    pub elsewhere: BTreeMap<String, String>,
    /// Code of the school, by which its places are counted.
    pub school: String,
    /// Things, or places of things without a label, that a person counted not so long ago: squeezed names.
    pub counted: BTreeSet<String>,
}

/// What is laid side by side for one school.
#[derive(Debug, Clone, Copy)]
pub struct Laying<'a> {
    /// The places, in the order of the plan.
    pub places: &'a [Place],
    /// Who stood where at the last laying.
    pub before: &'a BTreeMap<String, DeviceId>,
    /// The school's fleet.
    pub devices: &'a [Device],
    /// The school's assets.
    pub assets: &'a [Registered],
    /// Rooms behind switch ports: (switch name, port) → room.
    pub patch: &'a BTreeMap<(String, String), String>,
    /// Devices with an open fault.
    pub faulty: &'a BTreeSet<DeviceId>,
    /// What people decided.
    pub decided: &'a Decided,
    /// Somebody looks at this school.
    pub followed: bool,
    /// Today, at the school.
    pub today: Date,
}

/// Which asset of the register each device is: by serial, else by a declared MAC.
pub fn declared<'a>(devices: &[Device], assets: &'a [Registered]) -> BTreeMap<DeviceId, &'a Registered> {
    let mut by_serial: BTreeMap<String, &Registered> = BTreeMap::new();
    let mut by_mac: BTreeMap<Mac, &Registered> = BTreeMap::new();
    for asset in assets {
        for text in asset.serial.iter().chain(std::iter::once(&asset.label)) {
            by_serial.entry(squeezed(text)).or_insert(asset);
        }
        for mac in &asset.macs {
            by_mac.entry(*mac).or_insert(asset);
        }
    }
    let macs =
        |device: &Device| -> Vec<Mac> { device.keys.iter().filter(|key| key.rank == KeyRank::Mac).filter_map(|key| key.text.parse().ok()).collect() };
    let find = |device: &Device| {
        let serial = device.serial.as_deref().map(squeezed).filter(|serial| !serial.is_empty());
        serial.and_then(|serial| by_serial.get(&serial)).or_else(|| macs(device).iter().find_map(|mac| by_mac.get(mac))).copied()
    };
    devices.iter().filter_map(|device| Some((device.id, find(device)?))).collect()
}

/// Assets that should be here and are no device of this fleet: label and serial, for who looks for them at other schools.
pub fn unseen(devices: &[Device], assets: &[Registered]) -> Vec<(String, String)> {
    let seen: BTreeSet<&str> = declared(devices, assets).values().map(|asset| asset.label.as_str()).collect();
    let here = assets.iter().filter(|asset| asset.state == AssetState::InService && !seen.contains(asset.label.as_str()));
    here.map(|asset| (asset.label.clone(), asset.serial.clone().unwrap_or_else(|| asset.label.clone()))).collect()
}

/// Letters and digits in lower case: how serials and labels are compared.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The kind that a device counts as: as seen, else as the register declares it.
pub fn kind_of(device: &Device, declared: &BTreeMap<DeviceId, &Registered>) -> Option<Kind> {
    device.kind.filter(|kind| *kind != Kind::Unknown).or_else(|| declared.get(&device.id).map(|asset| asset.kind))
}

/// The room of a device: behind its switch port by the patch table, else as declared.
pub fn room_of<'a>(device: &Device, patch: &'a BTreeMap<(String, String), String>, declared: &BTreeMap<DeviceId, &'a Registered>) -> Option<&'a str> {
    let patched = device.place.as_ref().and_then(|place| patch.get(&(place.device.clone(), place.port.clone())));
    patched.map(String::as_str).or_else(|| declared.get(&device.id).and_then(|asset| asset.room.as_deref()))
}

/// Whether a model answers a pattern: folded, `*` stands for anything, and a pattern without `*` may be a part of the model.
pub fn matches(pattern: &str, model: &str) -> bool {
    let (pattern, model) = (fold(pattern), fold(model));
    let mut rest = model.as_str();
    for part in pattern.split('*').map(str::trim).filter(|part| !part.is_empty()) {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
