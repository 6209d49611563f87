//! What the register knows of what is seen, and of what is not back: stolen devices seen again, fixed ones at another school, overdue loans,
//! other models, deliveries that are late.
//!
//! Comes in: the town's assets by serial and MAC, a school's devices and filled places, loans, milestones. Goes out: faults. Absent on purpose: who
//! may see that a stolen device was seen (`web`), rooms within a school (`places`).

use super::{about, found};
use crate::domain::device::{Device, KeyRank};
use crate::domain::fault::Found;
use crate::domain::kind::Kind;
use crate::domain::place::{AssetState, Filled, Outcome, Place, squeezed};
use crate::domain::plan::model::Plan;
use crate::domain::register::{Asset, Register};
use jiff::civil::Date;
use rollcall_shared::{Mac, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// The milestone that says when things arrive.
const DELIVERY: &str = "delivery";

/// An asset, as far as these rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owned {
    label: String,
    school: String,
    stolen: bool,
    fixed: bool,
}

/// The town's stolen and fixed assets, to be looked up by what a device says of itself. Made once for a register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Town {
    by_serial: HashMap<String, Owned>,
    by_mac: HashMap<Mac, Owned>,
    /// Overdue loans are asked for by school: labels with their school.
    school_of: HashMap<String, String>,
}

impl Town {
    /// Of a register.
    pub fn of(register: &Register) -> Town {
        let mut town = Town::default();
        for asset in &register.assets {
            let owned = owned(asset);
            town.school_of.insert(asset.label.clone(), owned.school.clone());
            if owned.stolen || owned.fixed {
                for text in asset.serial.iter().chain([&asset.label]) {
                    town.by_serial.entry(squeezed(text)).or_insert_with(|| owned.clone());
                }
                for mac in &asset.macs {
                    town.by_mac.entry(*mac).or_insert_with(|| owned.clone());
                }
            }
        }
        town
    }

    fn asset(&self, device: &Device) -> Option<&Owned> {
        let serial = device.serial.as_deref().map(squeezed).filter(|serial| !serial.is_empty());
        let macs = device.keys.iter().filter(|key| key.rank == KeyRank::Mac).filter_map(|key| key.text.parse::<Mac>().ok());
        serial.and_then(|serial| self.by_serial.get(&serial)).or_else(|| macs.into_iter().find_map(|mac| self.by_mac.get(&mac)))
    }
}

fn owned(asset: &Asset) -> Owned {
    Owned {
        label: asset.label.clone(),
        school: asset.school.clone().unwrap_or_default(),
        stolen: asset.state == AssetState::Stolen,
        fixed: asset.kind.is_some_and(|kind| kind.row().fixed) && asset.state == AssetState::InService,
    }
}

/// One school, as far as the register goes.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Its code.
    pub school: &'a str,
    /// Its devices.
    pub devices: &'a [Device],
    /// Its places.
    pub places: &'a [Place],
    /// What became of them.
    pub filled: &'a [Filled],
    /// Today, at the school.
    pub today: Date,
    /// Midnight with which today began.
    pub midnight: Timestamp,
}

/// Lays the register over what is found at a school: what it adds, and what one late delivery says for many missing places.
pub fn owned_here(found: Vec<Found>, here: &Here<'_>, plan: &Plan, register: &Register, town: &Town) -> Vec<Found> {
    let mut all = late_deliveries(found, here, plan, register);
    all.extend(seen_again(here, town));
    all.extend(overdue(here, register, town));
    all.extend(other_models(here));
    all
}

/// A stolen device is seen; a fixed one stands at another school than the register says.
fn seen_again(here: &Here<'_>, town: &Town) -> Vec<Found> {
    let mut all = Vec::new();
    for device in here.devices.iter().filter(|device| device.present) {
        let Some(asset) = town.asset(device) else { continue };
        let code = match asset {
            Owned { stolen: true, .. } => "stolen_seen",
            Owned { fixed: true, school, .. } if !school.is_empty() && school != here.school => "moved",
            _ => continue,
        };
        let mut fault = about(code, device, device.turned_at, true, true);
        fault.facts.insert("label", asset.label.clone());
        fault.facts.insert("home", asset.school.clone());
        all.push(fault);
    }
    all
}

/// Loans that should be back: one fault a loan, at the school to which the device belongs.
fn overdue(here: &Here<'_>, register: &Register, town: &Town) -> Vec<Found> {
    let late =
        register.loans.iter().filter(|loan| loan.is_out(here.today) && town.school_of.get(&loan.label).is_some_and(|school| school == here.school));
    let late = late.filter_map(|loan| Some((loan, loan.due_back_on.as_ref().filter(|due| due.last < here.today)?)));
    late.map(|(loan, due)| Found {
        facts: BTreeMap::from([("label", loan.label.clone()), ("due", due.last.to_string())]),
        ..found("loan_overdue", format!("loan_overdue/{}", loan.label), false, here.midnight, true)
    })
    .collect()
}

/// Devices of another model than the kit asks for: one fault for each kit, kind and model.
fn other_models(here: &Here<'_>) -> Vec<Found> {
    let places: HashMap<&str, &Place> = here.places.iter().map(|place| (place.key.as_str(), place)).collect();
    let devices: HashMap<_, &Device> = here.devices.iter().map(|device| (device.id, device)).collect();
    let mut groups: BTreeMap<(&str, Kind, &str), (&Place, u64, Timestamp)> = BTreeMap::new();
    for filled in here.filled.iter().filter(|filled| filled.outcome == Outcome::OtherModel) {
        let device = filled.device.and_then(|device| devices.get(&device));
        let (Some(place), Some(device)) = (places.get(filled.key.as_str()), device) else { continue };
        let Some(model) = device.model.as_deref() else { continue };
        let group = groups.entry((&place.kit, place.kind, model)).or_insert((place, 0, device.first_seen_at));
        (group.1, group.2) = (group.1 + 1, group.2.min(device.first_seen_at));
    }
    let fault = |((kit, kind, model), (place, count, since_at)): ((&str, Kind, &str), (&Place, u64, Timestamp))| Found {
        place: Some(place.key.clone()),
        count,
        facts: BTreeMap::from([
            ("kit", kit.to_owned()),
            ("kind", kind.row().code.to_owned()),
            ("model", model.to_owned()),
            ("wanted", place.model.clone().unwrap_or_default()),
        ]),
        ..found("other_model", format!("other_model/{kit}/{}/{model}", kind.row().code), false, since_at, true)
    };
    groups.into_iter().map(fault).collect()
}

/// What was never delivered is not missing in each room: its phase's delivery is late, once.
fn late_deliveries(found: Vec<Found>, here: &Here<'_>, plan: &Plan, register: &Register) -> Vec<Found> {
    let mut late: BTreeMap<&str, (Found, u64)> = BTreeMap::new();
    let mut kept = Vec::new();
    for missing in found {
        let phase = missing.facts.get("phase").filter(|_| missing.code == "due_missing");
        match phase.and_then(|phase| late_delivery(phase, here, plan, register)) {
            Some((of, due)) => {
                let (_, count) = late.entry(of).or_insert_with(|| (milestone(of, due, &missing, here), 0));
                *count += missing.count;
            }
            None => kept.push(missing),
        }
    }
    kept.extend(late.into_values().map(|(fault, count)| Found { count, ..fault }));
    kept
}

/// The delivery of a phase (or of this school alone) that should have been and has not: of what, and its last day.
fn late_delivery<'a>(phase: &str, here: &Here<'_>, plan: &'a Plan, register: &Register) -> Option<(&'a str, Date)> {
    let reached = |of: &str| register.milestones.iter().any(|row| row.of == of && row.milestone == DELIVERY && row.actual_on.is_some());
    let planned = |of: &str| plan.milestones.iter().find(|row| row.of == of && row.milestone == DELIVERY);
    // A school's own delivery goes before its phase's.
    let row = planned(here.school).or_else(|| planned(phase))?;
    let due = row.planned_on.as_ref().or(row.promised_on.as_ref())?.last;
    (due < here.today && !reached(&row.of)).then_some((row.of.as_str(), due))
}

fn milestone(of: &str, due: Date, missing: &Found, here: &Here<'_>) -> Found {
    let days = i64::from((here.today - due).get_days());
    Found {
        facts: BTreeMap::from([("milestone", DELIVERY.to_owned()), ("phase", of.to_owned()), ("due", due.to_string())]),
        // The midnight after its last day: the same at every school of the phase, so that they are one.
        ..found("late_milestone", format!("late_milestone/{of}/{DELIVERY}"), false, here.midnight - (days - 1) * 86_400, missing.confirmed)
    }
}

#[cfg(test)]
#[path = "tests_owned.rs"]
mod tests;
