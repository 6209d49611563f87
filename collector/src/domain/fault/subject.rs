//! What a fault is about, as far as lots and decisions go: the kind, the kit and phase of its place, the lots of asset and item.
//!
//! Comes in: a school's places as they were filled, its devices, the register. Goes out: the traits of any fault there. Absent on purpose: what
//! follows from them ([`super::lot`], [`super::verdict`]).

use crate::domain::device::Device;
use crate::domain::kind::Kind;
use crate::domain::place::{Filled, Registered, declared, kind_of};
use crate::domain::plan::places::Planned;
use crate::domain::register::Register;
use rollcall_shared::DeviceId;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Traits of what ails or lacks; empty where not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    /// Its kind.
    pub kind: Option<Kind>,
    /// The kit of its place.
    pub kit: String,
    /// The phase of its place.
    pub phase: String,
    /// Its model.
    pub model: String,
    /// The lot of the kit's item.
    pub item_lot: String,
    /// The lot of the asset.
    pub asset_lot: String,
}

/// Everything in a school that faults may be about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Subjects {
    devices: BTreeMap<DeviceId, Traits>,
    places: BTreeMap<String, Traits>,
}

impl Subjects {
    /// Of one school.
    pub fn of(planned: &[Planned], filled: &[Filled], devices: &[Device], assets: &[Registered], register: &Register) -> Subjects {
        let declared = declared(devices, assets);
        let mut subjects = Subjects::default();
        let labels: HashSet<&str> = assets.iter().map(|asset| asset.label.as_str()).collect();
        let its = register.assets.iter().filter(|row| labels.contains(row.label.as_str()));
        let lots: HashMap<&str, &str> = its.filter_map(|row| Some((row.label.as_str(), row.lot.as_deref()?))).collect();
        for device in devices {
            let asset = declared.get(&device.id);
            let lot = asset.and_then(|asset| lots.get(asset.label.as_str()));
            let model = device.model.clone().or_else(|| asset.and_then(|asset| asset.model.clone()));
            let traits = Traits {
                kind: kind_of(device, &declared),
                model: model.unwrap_or_default(),
                asset_lot: lot.map(|lot| (*lot).to_owned()).unwrap_or_default(),
                ..Traits::default()
            };
            subjects.devices.insert(device.id, traits);
        }
        for (planned, filled) in planned.iter().zip(filled) {
            let place = &planned.place;
            let (kit, phase, item_lot) = (place.kit.clone(), place.phase.clone(), planned.lot.clone().unwrap_or_default());
            if let Some(traits) = filled.device.and_then(|device| subjects.devices.get_mut(&device)) {
                (traits.kit, traits.phase, traits.item_lot) = (kit.clone(), phase.clone(), item_lot.clone());
            }
            let traits = Traits { kind: Some(place.kind), kit, phase, item_lot, ..Traits::default() };
            subjects.places.insert(place.key.clone(), traits);
        }
        subjects
    }

    /// Devices with their traits.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &Traits)> {
        self.devices.iter().map(|(device, traits)| (*device, traits))
    }

    /// The traits of a fault: of its device, else of its place; what its own facts say goes before.
    pub fn traits<'a>(&self, device: Option<DeviceId>, place: &str, fact: impl Fn(&str) -> Option<&'a str>) -> Traits {
        let known = device.and_then(|device| self.devices.get(&device)).or_else(|| self.places.get(place)).cloned().unwrap_or_default();
        let told = |name: &str, known: String| fact(name).map_or(known, str::to_owned);
        Traits {
            kind: fact("kind").and_then(Kind::from_code).or(known.kind),
            kit: told("kit", known.kit),
            phase: told("phase", known.phase),
            model: told("model", known.model),
            ..known
        }
    }
}
