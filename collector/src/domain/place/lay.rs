//! Who stands where: devices given to places, and what a device is that has none.
//!
//! Comes in: one school's places, devices, assets and decisions. Goes out: each place with its device, outcome and reason; every other
//! device with what it is instead. Absent on purpose: faults, and any memory but who stood where.

use super::{AssetState, Filled, Laying, Life, Outcome, Place, Reason, Registered, declared, kind_of, matches, room_of, squeezed};
use crate::domain::device::{Device, KeyRank};
use crate::domain::folded::fold;
use crate::domain::kind::{Kind, KnownBy};
use crate::domain::register::counted_as;
use rollcall_shared::DeviceId;
use std::collections::{BTreeMap, BTreeSet};

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
    // What stands at a place that is over stays there until it is seen elsewhere: likeness does not draw it next door.
    for place in places().filter(over) {
        hall.seat(place, Reason::Kept, Whose::Any);
    }
    for place in places().filter(|place| !over(place)) {
        hall.seat(place, Reason::Kept, Whose::Programme);
    }
    for reason in [Reason::Room, Reason::Model, Reason::Kind] {
        let places = || places().filter(asked).chain(places().filter(legacy));
        places().for_each(|place| hall.seat(place, reason, Whose::Programme));
        places().for_each(|place| hall.seat_shown_otherwise(place, reason, Whose::Programme));
    }
    for reason in [Reason::Kept, Reason::Room, Reason::Kind] {
        let places = || places().filter(legacy).chain(places().filter(asked));
        places().for_each(|place| hall.seat(place, reason, Whose::Legacy));
        places().for_each(|place| hall.seat_shown_otherwise(place, reason, Whose::Legacy));
    }
    let replaced = hall.replaced();
    let filled = places().map(|place| hall.filled(place, &replaced)).collect();
    known_through(laying.places, filled)
}

/// A case is there when something that it holds is: nobody sees the case itself.
fn known_through(places: &[Place], mut filled: Vec<Filled>) -> Vec<Filled> {
    let seen = places.iter().zip(&filled).filter(|(_, filled)| filled.outcome.is_filled());
    let seen: BTreeSet<&str> = seen.filter_map(|(place, _)| place.inside.as_deref()).collect();
    let open = |outcome| matches!(outcome, Outcome::NotYetDue | Outcome::ToBeCounted | Outcome::DeliveredNotSeen);
    for (place, filled) in places.iter().zip(&mut filled) {
        if place.known_by == KnownBy::Through && open(filled.outcome) && seen.contains(place.key.as_str()) {
            (filled.outcome, filled.reason) = (Outcome::Installed, Some(Reason::Through));
        }
    }
    filled
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
        let guests: Vec<Guest<'_>> = devices.into_iter().map(|device| guest(device, laying, declared)).collect();
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
            Reason::Through | Reason::Counted => None,
            Reason::Room | Reason::Model | Reason::Kind => self.alike(place.kind, place, reason, whose),
        };
        self.take(place, best, reason);
    }

    /// The same by likeness, with devices that the network cannot tell from the kind: an interactive projector says that it is a projector.
    fn seat_shown_otherwise(&mut self, place: &'a Place, reason: Reason, whose: Whose) {
        let Some(shown) = place.kind.row().shown_as.filter(|_| !self.taken.contains_key(place.key.as_str())) else { return };
        if matches!(reason, Reason::Room | Reason::Model | Reason::Kind) {
            let best = self.alike(shown, place, reason, whose);
            self.take(place, best, reason);
        }
    }

    /// The first device of a kind that fits a place.
    fn alike(&self, kind: Kind, place: &Place, reason: Reason, whose: Whose) -> Option<usize> {
        self.by_kind.get(&kind)?.iter().copied().find(|at| self.fits(place, *at, reason, whose))
    }

    fn take(&mut self, place: &'a Place, best: Option<usize>, reason: Reason) {
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
            Reason::Kept => stays(place, guest),
            Reason::Through | Reason::Counted => false,
            Reason::Room => same_room() && is_model(place, guest),
            Reason::Model => is_model(place, guest),
            Reason::Kind => true,
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
        let counted = (taken.is_none() && outcome == Outcome::Installed).then_some(Reason::Counted);
        Filled { key: place.key.clone(), device: taken.map(|(guest, _)| guest.id), outcome, reason: taken.map(|(_, reason)| reason).or(counted) }
    }

    /// Whether the device's model is another than the plan's, and nobody has accepted it for the kit.
    fn is_other(&self, place: &Place, guest: &Guest<'_>) -> bool {
        let (Some(pattern), Some(model)) = (place.model.as_deref(), guest.model.as_deref()) else { return false };
        !matches(pattern, model) && !self.laying.decided.accepted.contains(&(place.kit.clone(), fold(model)))
    }

    /// Whether somebody counted what no network sees, by its label or by its place.
    fn is_counted(&self, place: &Place) -> bool {
        let counted = |name: &str| self.laying.decided.counted.contains(&squeezed(name));
        place.known_by != KnownBy::Seen
            && (place.pinned.as_deref().is_some_and(counted) || counted(&counted_as(&self.laying.decided.school, &place.key)))
    }

    fn unfilled(&self, place: &Place) -> Outcome {
        let asset = place.pinned.as_deref().and_then(|pinned| self.labels.get(&squeezed(pinned)));
        let due = place.due.is_some_and(|(_, last)| last < self.laying.today);
        match asset {
            Some(asset) if asset.state == AssetState::Repair => Outcome::InRepair,
            Some(asset) if asset.state == AssetState::Lent => Outcome::Lent,
            Some(asset) if self.laying.decided.elsewhere.contains_key(&asset.label) => Outcome::SeenElsewhere,
            _ if self.is_counted(place) => Outcome::Installed,
            Some(asset) if asset.delivered => Outcome::DeliveredNotSeen,
            _ if !self.laying.followed => Outcome::NotFollowed,
            _ if place.life == Life::Legacy => Outcome::LegacyGone,
            _ if !due => Outcome::NotYetDue,
            _ if place.known_by != KnownBy::Seen => Outcome::ToBeCounted,
            _ => Outcome::DueMissing,
        }
    }
}

fn guest<'a>(device: &'a Device, laying: &Laying<'a>, declared: &BTreeMap<DeviceId, &'a Registered>) -> Guest<'a> {
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
        seated: false,
    }
}

/// A device that was never there itself (a reservation) fills no place; nor one that the register took out of service.
fn may_stand(device: &Device, declared: &BTreeMap<DeviceId, &Registered>) -> bool {
    let out = |asset: &&Registered| matches!(asset.state, AssetState::Retired | AssetState::Lost | AssetState::Stolen);
    !device.probes.is_empty() && !declared.get(&device.id).is_some_and(out)
}

/// Whether a device that stood at a place may still stand there: its kind is right, and no room speaks against it.
fn stays(place: &Place, guest: &Guest<'_>) -> bool {
    guest.kind.is_some_and(|kind| place.kind.may_show_as(kind))
        && (place.room.is_none() || guest.room.is_none() || guest.room == place.room.as_deref())
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

impl Aside {
    /// Every sort with its code.
    pub const ALL: [(Aside, &'static str); 5] =
        [(Aside::Surplus, "surplus"), (Aside::Legacy, "legacy"), (Aside::Kept, "kept"), (Aside::Out, "out"), (Aside::NotPlanned, "not_planned")];

    /// Its code in tables, addresses and the API.
    pub fn code(self) -> &'static str {
        Aside::ALL.iter().find(|(aside, _)| *aside == self).map_or("", |(_, code)| code)
    }
}

/// Every device of the fleet that fills no place, and what it is instead: with the filled places these are all devices.
pub fn aside(laying: &Laying<'_>, filled: &[Filled]) -> BTreeMap<DeviceId, Aside> {
    let declared = declared(laying.devices, laying.assets);
    let planned: BTreeSet<Kind> = laying.places.iter().filter(|place| !matches!(place.life, Life::Over(_))).map(|place| place.kind).collect();
    let is_planned = |seen: Kind| planned.iter().any(|kind| kind.may_show_as(seen));
    let placed: BTreeSet<DeviceId> = filled.iter().filter_map(|filled| filled.device).collect();
    let what = |device: &Device| match declared.get(&device.id) {
        Some(asset) if matches!(asset.state, AssetState::Retired | AssetState::Lost | AssetState::Stolen) => Aside::Out,
        Some(asset) if matches!(asset.state, AssetState::Stock | AssetState::Spare | AssetState::Repair) => Aside::Kept,
        Some(asset) if asset.legacy => Aside::Legacy,
        _ if !device.probes.is_empty() && kind_of(device, &declared).is_some_and(is_planned) => Aside::Surplus,
        _ => Aside::NotPlanned,
    };
    laying.devices.iter().filter(|device| !placed.contains(&device.id)).map(|device| (device.id, what(device))).collect()
}
