//! A place: one thing that the plan says shall stand somewhere, and which device stands there.
//!
//! Comes in: the unfolded plan, assets of the register, the fleet. Goes out: an assignment that is stable (a device keeps
//! its place while it fits), deterministic and explained, and the outcome of each place. Absent on purpose: how the plan
//! unfolds ([`super::plan`]), faults ([`super::reconcile`]).

use super::device::{Device, KeyRank};
use super::folded::fold;
use super::kind::{Kind, KnownBy};
use jiff::civil::Date;
use rollcall_shared::{DeviceId, Mac};
use std::collections::{BTreeMap, BTreeSet};

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
}

impl Outcome {
    /// Its code in tables, addresses and the API.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::Installed => "installed",
            Outcome::InstalledFaulty => "installed_faulty",
            Outcome::OtherModel => "other_model",
            Outcome::DeliveredNotSeen => "delivered_not_seen",
            Outcome::InRepair => "in_repair",
            Outcome::Lent => "lent",
            Outcome::DueMissing => "due_missing",
            Outcome::NotYetDue => "not_yet_due",
            Outcome::ToBeCounted => "to_be_counted",
            Outcome::NotFollowed => "not_followed",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Outcome> {
        use Outcome::*;
        [Installed, InstalledFaulty, OtherModel, DeliveredNotSeen, InRepair, Lent, DueMissing, NotYetDue, ToBeCounted, NotFollowed]
            .into_iter()
            .find(|outcome| outcome.code() == code)
    }

    /// Whether a device stands there.
    pub fn is_filled(self) -> bool {
        matches!(self, Outcome::Installed | Outcome::InstalledFaulty | Outcome::OtherModel)
    }
}

/// Why a device has a place: shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
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
}

impl Reason {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Pinned => "pinned",
            Reason::Kept => "kept",
            Reason::Room => "room",
            Reason::Model => "model",
            Reason::Kind => "kind",
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

/// Letters and digits in lower case: how serials and labels are compared.
fn squeezed(text: &str) -> String {
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

/// Lays the fleet beside the places.
pub fn lay(laying: &Laying<'_>) -> Vec<Filled> {
    let declared = declared(laying.devices, laying.assets);
    let mut free: BTreeMap<DeviceId, &Device> =
        laying.devices.iter().filter(|device| may_stand(device, &declared)).map(|device| (device.id, device)).collect();
    let mut taken: BTreeMap<&str, (DeviceId, Reason)> = BTreeMap::new();
    for reason in [Reason::Pinned, Reason::Kept, Reason::Room, Reason::Model, Reason::Kind] {
        for place in laying.places {
            if taken.contains_key(place.key.as_str()) {
                continue;
            }
            let fits = |device: &&&Device| fits(place, device, reason, laying, &declared);
            // Present devices first, then the longest known: a place prefers who is there.
            let best = free.values().filter(fits).min_by_key(|device| (!device.present, device.first_seen_at, device.id)).map(|device| device.id);
            if let Some(id) = best {
                free.remove(&id);
                taken.insert(&place.key, (id, reason));
            }
        }
    }
    laying.places.iter().map(|place| filled(place, taken.get(place.key.as_str()).copied(), laying, &declared)).collect()
}

/// A device that was never there itself (a reservation) fills no place; nor one that the register took out of service.
fn may_stand(device: &Device, declared: &BTreeMap<DeviceId, &Registered>) -> bool {
    let out = |asset: &&Registered| matches!(asset.state, AssetState::Retired | AssetState::Lost | AssetState::Stolen);
    !device.probes.is_empty() && !declared.get(&device.id).is_some_and(out)
}

fn fits(place: &Place, device: &Device, reason: Reason, laying: &Laying<'_>, declared: &BTreeMap<DeviceId, &Registered>) -> bool {
    if reason == Reason::Pinned {
        return place.pinned.as_deref().is_some_and(|pinned| is_labelled(device, pinned, declared));
    }
    // A device that the register pins elsewhere waits for its own place.
    if kind_of(device, declared) != Some(place.kind) {
        return false;
    }
    let model_fits = || place.model.as_deref().is_none_or(|pattern| model_of(device, declared).is_some_and(|model| matches(pattern, model)));
    let room = || room_of(device, laying.patch, declared);
    match reason {
        Reason::Pinned => false,
        Reason::Kept => {
            laying.before.get(&place.key) == Some(&device.id) && (place.room.is_none() || room().is_none() || room() == place.room.as_deref())
        }
        Reason::Room => place.room.is_some() && room() == place.room.as_deref() && model_fits(),
        Reason::Model => model_fits(),
        Reason::Kind => true,
    }
}

fn is_labelled(device: &Device, pinned: &str, declared: &BTreeMap<DeviceId, &Registered>) -> bool {
    let pinned = squeezed(pinned);
    let by_asset = declared.get(&device.id).is_some_and(|asset| squeezed(&asset.label) == pinned);
    by_asset || device.serial.as_deref().is_some_and(|serial| squeezed(serial) == pinned)
}

fn model_of<'a>(device: &'a Device, declared: &BTreeMap<DeviceId, &'a Registered>) -> Option<&'a str> {
    device.model.as_deref().or_else(|| declared.get(&device.id).and_then(|asset| asset.model.as_deref()))
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

fn filled(place: &Place, taken: Option<(DeviceId, Reason)>, laying: &Laying<'_>, declared: &BTreeMap<DeviceId, &Registered>) -> Filled {
    let outcome = match taken {
        Some((id, _)) if laying.faulty.contains(&id) => Outcome::InstalledFaulty,
        Some((id, _)) => {
            let device = laying.devices.iter().find(|device| device.id == id);
            let other = |pattern: &str| device.and_then(|device| model_of(device, declared)).is_some_and(|model| !matches(pattern, model));
            if place.model.as_deref().is_some_and(other) { Outcome::OtherModel } else { Outcome::Installed }
        }
        None => unfilled(place, laying),
    };
    Filled { key: place.key.clone(), device: taken.map(|(id, _)| id), outcome, reason: taken.map(|(_, reason)| reason) }
}

fn unfilled(place: &Place, laying: &Laying<'_>) -> Outcome {
    let asset = place.pinned.as_deref().and_then(|pinned| laying.assets.iter().find(|asset| squeezed(&asset.label) == squeezed(pinned)));
    let due = place.due.is_some_and(|(_, last)| last < laying.today);
    match asset {
        Some(asset) if asset.state == AssetState::Repair => Outcome::InRepair,
        Some(asset) if asset.state == AssetState::Lent => Outcome::Lent,
        Some(asset) if asset.delivered => Outcome::DeliveredNotSeen,
        _ if !laying.followed => Outcome::NotFollowed,
        _ if !due => Outcome::NotYetDue,
        _ if place.known_by != KnownBy::Seen => Outcome::ToBeCounted,
        _ => Outcome::DueMissing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{Attachment, Key};
    use rollcall_shared::{SchoolId, Subject, Timestamp};

    fn device(id: i64, kind: Kind, model: &str, port: &str) -> Device {
        Device {
            id: DeviceId(id),
            school: SchoolId(1),
            network: "school".into(),
            keys: vec![Key { rank: KeyRank::Mac, text: format!("0000000000{id:02x}") }],
            kind: Some(kind),
            vendor: None,
            model: (!model.is_empty()).then(|| model.to_owned()),
            os: None,
            os_version: None,
            serial: Some(format!("SN-{id}")),
            firmware: None,
            name: None,
            addresses: vec![],
            place: (!port.is_empty()).then(|| Attachment { at: Subject::Server, device: "sw01".into(), port: port.into() }),
            parts: vec![],
            signs: vec![],
            probes: vec!["snmp".into()],
            confidence: 90,
            why: vec![],
            first_seen_at: Timestamp(id),
            present: true,
            turned_at: Timestamp(id),
            turned_round: 1,
        }
    }

    fn place(key: &str, kind: Kind, room: &str, model: &str) -> Place {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let day = jiff::civil::date(2026, 9, 1);
        Place {
            key: key.into(),
            kind,
            room: some(room),
            kit: "classe".into(),
            phase: "1".into(),
            model: some(model),
            due: Some((day, day)),
            pinned: None,
            known_by: KnownBy::Seen,
        }
    }

    /// Lays with rooms A and B behind ports 1 and 2, and writes `place=device:outcome:reason` in one line.
    fn check(places: &[Place], devices: &[Device], assets: &[Registered], before: &[(&str, i64)], expected: &str) {
        let before = before.iter().map(|(key, id)| (key.to_string(), DeviceId(*id))).collect();
        let patch = [("1", "A"), ("2", "B")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
        let today = jiff::civil::date(2026, 11, 22);
        let laying = Laying { places, before: &before, devices, assets, patch: &patch, faulty: &BTreeSet::new(), followed: true, today };
        let told: Vec<String> = lay(&laying)
            .iter()
            .map(|filled| match (filled.device, filled.reason) {
                (Some(id), Some(reason)) => format!("{}={id}:{}:{}", filled.key, filled.outcome.code(), reason.code()),
                _ => format!("{}:{}", filled.key, filled.outcome.code()),
            })
            .collect();
        assert_eq!(told.join(" "), expected);
    }

    #[test]
    fn by_room_then_model_then_kind() {
        let places = [place("p1", Kind::Projector, "A", ""), place("p2", Kind::Projector, "B", ""), place("p3", Kind::Projector, "C", "")];
        let devices = [device(1, Kind::Projector, "", "2"), device(2, Kind::Projector, "", "1")];
        check(&places, &devices, &[], &[], "p1=2:installed:room p2=1:installed:room p3:due_missing");
    }

    #[test]
    fn a_device_keeps_its_place_while_it_fits() {
        let places = [place("p1", Kind::Tablet, "", ""), place("p2", Kind::Tablet, "", "")];
        let devices = [device(1, Kind::Tablet, "", ""), device(2, Kind::Tablet, "", "")];
        check(&places, &devices, &[], &[("p1", 2)], "p1=2:installed:kept p2=1:installed:model");
        let moved = [place("p1", Kind::Projector, "A", ""), place("p2", Kind::Projector, "B", "")];
        check(&moved, &[device(1, Kind::Projector, "", "2")], &[], &[("p1", 1)], "p1:due_missing p2=1:installed:room");
    }

    #[test]
    fn another_model_fills_the_place_and_is_said() {
        let places = [place("p1", Kind::Projector, "", "EB-685*")];
        check(&places, &[device(1, Kind::Projector, "NP-M403H", "")], &[], &[], "p1=1:other_model:kind");
        check(&places, &[device(1, Kind::Projector, "EB-685Wi", "")], &[], &[], "p1=1:installed:model");
    }

    #[test]
    fn a_declared_mac_gives_the_kind_that_nothing_else_tells() {
        let silent = Device { kind: None, serial: None, ..device(7, Kind::Unknown, "", "") };
        let asset = Registered {
            label: "T-07".into(),
            serial: None,
            kind: Kind::Tablet,
            model: Some("iPad".into()),
            macs: vec!["00:00:00:00:00:07".parse().unwrap()],
            room: None,
            state: AssetState::InService,
            delivered: true,
            legacy: false,
        };
        check(&[place("p1", Kind::Tablet, "", "")], std::slice::from_ref(&silent), std::slice::from_ref(&asset), &[], "p1=7:installed:model");
        let pinned = Place { pinned: Some("T-08".into()), ..place("p1", Kind::Tablet, "", "") };
        let lent = Registered { label: "T-08".into(), macs: vec![], state: AssetState::Lent, ..asset };
        check(&[pinned], &[], &[lent], &[], "p1:lent");
    }
}
