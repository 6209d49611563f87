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
///
/// First what is exact (a person's choice, a label, serial or MAC of the register), then who stood there, then likeness, the closest
/// first. What was there before the programme comes last: a place is its own only as long as nothing better came.
pub fn lay(laying: &Laying<'_>) -> Vec<Filled> {
    let declared = declared(laying.devices, laying.assets);
    let mut hall = Hall::new(laying, &declared);
    let asked = |place: &&Place| matches!(place.life, Life::Open | Life::Replaces);
    let legacy = |place: &&Place| place.life == Life::Legacy;
    let over = |place: &&Place| matches!(place.life, Life::Over(_));
    let places = || laying.places.iter();
    for reason in [Reason::Chosen, Reason::Pinned] {
        places().for_each(|place| hall.seat(place, reason, Whose::Any));
    }
    for place in places().filter(over) {
        hall.seat(place, Reason::Kept, Whose::Any);
    }
    for place in places().filter(|place| !over(place)) {
        hall.seat(place, Reason::Kept, Whose::Programme);
    }
    for reason in [Reason::Room, Reason::Model, Reason::Kind] {
        places().filter(asked).chain(places().filter(legacy)).for_each(|place| hall.seat(place, reason, Whose::Programme));
    }
    for reason in [Reason::Kept, Reason::Room, Reason::Kind] {
        places().filter(legacy).chain(places().filter(asked)).for_each(|place| hall.seat(place, reason, Whose::Legacy));
    }
    let replaced = hall.replaced();
    places().map(|place| hall.filled(place, &replaced)).collect()
}

/// Whose devices may take a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Any,
    /// Bought by the programme, or nobody said otherwise.
    Programme,
    /// There before it, by the register.
    Legacy,
}

/// A device, with what places ask of it worked out once.
struct Guest<'a> {
    id: DeviceId,
    kind: Option<Kind>,
    room: Option<&'a str>,
    model: Option<String>,
    /// Label, serial and MACs, squeezed.
    names: Vec<String>,
    legacy: bool,
    /// It stands at a place that is over: only what is exact, or its room, takes it away.
    held: bool,
    seated: bool,
}

/// The devices, and who has been given which place.
struct Hall<'a> {
    laying: &'a Laying<'a>,
    /// Present devices first, then the longest known: a place prefers who is there.
    guests: Vec<Guest<'a>>,
    by_id: BTreeMap<DeviceId, usize>,
    by_kind: BTreeMap<Kind, Vec<usize>>,
    by_name: BTreeMap<String, usize>,
    taken: BTreeMap<&'a str, (usize, Reason)>,
    labels: BTreeMap<String, &'a Registered>,
}

impl<'a> Hall<'a> {
    fn new(laying: &'a Laying<'a>, declared: &BTreeMap<DeviceId, &'a Registered>) -> Self {
        let mut devices: Vec<&Device> = laying.devices.iter().filter(|device| may_stand(device, declared)).collect();
        devices.sort_by_key(|device| (!device.present, device.first_seen_at, device.id));
        let over: BTreeSet<DeviceId> = (laying.places.iter())
            .filter(|place| matches!(place.life, Life::Over(_)))
            .filter_map(|place| laying.before.get(&place.key).copied())
            .collect();
        let guests: Vec<Guest<'_>> = devices.into_iter().map(|device| guest(device, laying, declared, over.contains(&device.id))).collect();
        let (mut by_kind, mut by_name): (BTreeMap<Kind, Vec<usize>>, BTreeMap<String, usize>) = Default::default();
        for (at, guest) in guests.iter().enumerate() {
            if let Some(kind) = guest.kind {
                by_kind.entry(kind).or_default().push(at);
            }
            for name in &guest.names {
                by_name.entry(name.clone()).or_insert(at);
            }
        }
        let by_id = guests.iter().enumerate().map(|(at, guest)| (guest.id, at)).collect();
        let labels = laying.assets.iter().map(|asset| (squeezed(&asset.label), asset)).collect();
        Hall { laying, guests, by_id, by_kind, by_name, taken: BTreeMap::new(), labels }
    }

    /// Gives a place that is still empty to the first device that fits for this reason.
    fn seat(&mut self, place: &'a Place, reason: Reason, whose: Whose) {
        if self.taken.contains_key(place.key.as_str()) {
            return;
        }
        let fits = |at: &usize| self.fits(place, *at, reason, whose);
        let known = |id: Option<&DeviceId>| id.and_then(|id| self.by_id.get(id)).copied().filter(fits);
        let best = match reason {
            Reason::Chosen => known(self.laying.decided.chosen.get(&place.key)),
            Reason::Kept => known(self.laying.before.get(&place.key)),
            Reason::Pinned => place.pinned.as_deref().and_then(|pinned| self.by_name.get(&squeezed(pinned))).copied().filter(fits),
            Reason::Room | Reason::Model | Reason::Kind => self.by_kind.get(&place.kind).and_then(|guests| guests.iter().copied().find(fits)),
        };
        if let Some(at) = best {
            self.guests[at].seated = true;
            self.taken.insert(&place.key, (at, reason));
        }
    }

    fn fits(&self, place: &Place, at: usize, reason: Reason, whose: Whose) -> bool {
        let guest = &self.guests[at];
        if guest.seated || (whose != Whose::Any && guest.legacy != (whose == Whose::Legacy)) {
            return false;
        }
        let same_room = || place.room.is_some() && guest.room == place.room.as_deref();
        match reason {
            // What is exact needs no likeness: a projector may be registered where the plan wants a display.
            Reason::Chosen | Reason::Pinned => true,
            Reason::Kept => guest.kind == Some(place.kind) && (place.room.is_none() || guest.room.is_none() || same_room()),
            Reason::Room => same_room() && is_model(place, guest),
            Reason::Model => !guest.held && is_model(place, guest),
            Reason::Kind => !guest.held,
        }
    }

    /// Kinds, by room, whose legacy goes because what replaces it has come.
    fn replaced(&self) -> BTreeSet<(Kind, Option<&'a str>)> {
        let came = |place: &&Place| self.taken.get(place.key.as_str()).is_some_and(|(at, _)| !self.guests[*at].legacy);
        let replacing = self.laying.places.iter().filter(|place| place.life == Life::Replaces).filter(came);
        replacing.map(|place| (place.kind, place.room.as_deref())).collect()
    }

    fn filled(&self, place: &Place, replaced: &BTreeSet<(Kind, Option<&str>)>) -> Filled {
        let taken = self.taken.get(place.key.as_str()).map(|(at, reason)| (&self.guests[*at], *reason));
        let outcome = match (taken, place.life) {
            (Some(_), Life::Over(_)) => Outcome::ToReassign,
            (None, Life::Over(_)) => Outcome::Closed,
            (Some(_), Life::Legacy) if replaced.contains(&(place.kind, place.room.as_deref())) => Outcome::ToReassign,
            (Some((guest, _)), life) if guest.legacy || life == Life::Legacy => Outcome::Legacy,
            (Some((guest, _)), _) if self.laying.faulty.contains(&guest.id) => Outcome::InstalledFaulty,
            (Some((guest, _)), _) if self.is_other(place, guest) => Outcome::OtherModel,
            (Some(_), _) => Outcome::Installed,
            (None, _) => self.unfilled(place),
        };
        Filled { key: place.key.clone(), device: taken.map(|(guest, _)| guest.id), outcome, reason: taken.map(|(_, reason)| reason) }
    }

    /// Whether the device's model is another than the plan's, and nobody has accepted it for the kit.
    fn is_other(&self, place: &Place, guest: &Guest<'_>) -> bool {
        let (Some(pattern), Some(model)) = (place.model.as_deref(), guest.model.as_deref()) else { return false };
        !matches(pattern, model) && !self.laying.decided.accepted.contains(&(place.kit.clone(), fold(model)))
    }

    fn unfilled(&self, place: &Place) -> Outcome {
        let asset = place.pinned.as_deref().and_then(|pinned| self.labels.get(&squeezed(pinned)));
        let due = place.due.is_some_and(|(_, last)| last < self.laying.today);
        match asset {
            Some(asset) if asset.state == AssetState::Repair => Outcome::InRepair,
            Some(asset) if asset.state == AssetState::Lent => Outcome::Lent,
            Some(asset) if self.laying.decided.elsewhere.contains_key(&asset.label) => Outcome::SeenElsewhere,
            Some(asset) if asset.delivered => Outcome::DeliveredNotSeen,
            _ if !self.laying.followed => Outcome::NotFollowed,
            _ if place.life == Life::Legacy => Outcome::LegacyGone,
            _ if !due => Outcome::NotYetDue,
            _ if place.known_by != KnownBy::Seen => Outcome::ToBeCounted,
            _ => Outcome::DueMissing,
        }
    }
}

fn guest<'a>(device: &'a Device, laying: &Laying<'a>, declared: &BTreeMap<DeviceId, &'a Registered>, held: bool) -> Guest<'a> {
    let asset = declared.get(&device.id);
    let macs = device.keys.iter().filter(|key| key.rank == KeyRank::Mac).map(|key| key.text.as_str());
    let names = asset.map(|asset| asset.label.as_str()).into_iter().chain(device.serial.as_deref()).chain(macs);
    Guest {
        id: device.id,
        kind: kind_of(device, declared),
        room: room_of(device, laying.patch, declared),
        model: device.model.clone().or_else(|| asset.and_then(|asset| asset.model.clone())),
        names: names.map(squeezed).filter(|name| !name.is_empty()).collect(),
        legacy: asset.is_some_and(|asset| asset.legacy),
        held,
        seated: false,
    }
}

/// A device that was never there itself (a reservation) fills no place; nor one that the register took out of service.
fn may_stand(device: &Device, declared: &BTreeMap<DeviceId, &Registered>) -> bool {
    let out = |asset: &&Registered| matches!(asset.state, AssetState::Retired | AssetState::Lost | AssetState::Stolen);
    !device.probes.is_empty() && !declared.get(&device.id).is_some_and(out)
}

fn is_model(place: &Place, guest: &Guest<'_>) -> bool {
    place.model.as_deref().is_none_or(|pattern| guest.model.as_deref().is_some_and(|model| matches(pattern, model)))
}

/// What a device is that fills no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aside {
    /// Of a planned kind, and more than the plan asks for.
    Surplus,
    /// It was there before the programme, and nothing stands for it in the plan.
    Legacy,
    /// The register has it in stock, as a spare, or in repair.
    Kept,
    /// The register took it out of service: lost, stolen, retired.
    Out,
    /// No place asks for its kind, or nobody knows what it is.
    NotPlanned,
}

/// Every device of the fleet that fills no place, and what it is instead: with the filled places these are all devices.
pub fn aside(laying: &Laying<'_>, filled: &[Filled]) -> BTreeMap<DeviceId, Aside> {
    let declared = declared(laying.devices, laying.assets);
    let planned: BTreeSet<Kind> = laying.places.iter().filter(|place| !matches!(place.life, Life::Over(_))).map(|place| place.kind).collect();
    let placed: BTreeSet<DeviceId> = filled.iter().filter_map(|filled| filled.device).collect();
    let what = |device: &Device| match declared.get(&device.id) {
        Some(asset) if matches!(asset.state, AssetState::Retired | AssetState::Lost | AssetState::Stolen) => Aside::Out,
        Some(asset) if matches!(asset.state, AssetState::Stock | AssetState::Spare | AssetState::Repair) => Aside::Kept,
        Some(asset) if asset.legacy => Aside::Legacy,
        _ if !device.probes.is_empty() && kind_of(device, &declared).is_some_and(|kind| planned.contains(&kind)) => Aside::Surplus,
        _ => Aside::NotPlanned,
    };
    laying.devices.iter().filter(|device| !placed.contains(&device.id)).map(|device| (device.id, what(device))).collect()
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
            life: Life::Open,
        }
    }

    /// Lays with rooms A and B behind ports 1 and 2, and writes `place=device:outcome:reason` in one line.
    fn check(places: &[Place], devices: &[Device], assets: &[Registered], before: &[(&str, i64)], expected: &str) {
        let before = before.iter().map(|(key, id)| (key.to_string(), DeviceId(*id))).collect();
        let patch = [("1", "A"), ("2", "B")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
        let today = jiff::civil::date(2026, 11, 22);
        let laying = Laying {
            places,
            before: &before,
            devices,
            assets,
            patch: &patch,
            faulty: &BTreeSet::new(),
            decided: &Decided::default(),
            followed: true,
            today,
        };
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
