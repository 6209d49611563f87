//! What the plan and the register say shall stand where, against what is seen.
//!
//! Comes in: places as they were filled, devices with their rooms. Goes out: faults, and what fills no place. Absent on purpose: filling (`place`).

use super::{Judge, about, found};
use crate::domain::fault::Found;
use crate::domain::kind::Kind;
use crate::domain::place::{Filled, Life, Outcome, Over, Place, declared, kind_of};
use std::collections::{BTreeMap, BTreeSet};

impl Judge<'_> {
    /// A fixed device stands in another room than the register says.
    pub(super) fn misplaced(&self) -> Vec<Found> {
        let laying = &self.school.laying;
        let declared = declared(laying.devices, laying.assets);
        let mut all = Vec::new();
        for device in laying.devices.iter().filter(|device| device.present) {
            let fixed = kind_of(device, &declared).is_some_and(|kind| kind.row().fixed);
            let wanted = declared.get(&device.id).and_then(|asset| asset.room.as_deref());
            let seen = device.place.as_ref().and_then(|place| laying.patch.get(&(place.device.clone(), place.port.clone())));
            let (Some(wanted), Some(seen), true) = (wanted, seen, fixed) else { continue };
            if wanted != seen {
                let since = self.agent_of(device).map_or(self.now, |agent| agent.reported_at);
                let mut fault = about("misplaced", device, since, false, true);
                fault.facts.insert("room", wanted.to_owned());
                fault.facts.insert("seen", seen.clone());
                all.push(fault);
            }
        }
        all
    }

    /// Places that are due and empty: one fault for each kind of a kit in a phase, which is what one orders or installs.
    pub(super) fn due_missing(&self, filled: &[Filled]) -> Vec<Found> {
        let places: BTreeMap<&str, &Place> = self.school.laying.places.iter().map(|place| (place.key.as_str(), place)).collect();
        let mut groups: BTreeMap<(&str, &str, Kind), (Vec<&Place>, u64)> = BTreeMap::new();
        for filled in filled.iter().filter(|filled| filled.outcome.is_asked_for()) {
            let Some(place) = places.get(filled.key.as_str()) else { continue };
            let group = groups.entry((&place.phase, &place.kit, place.kind)).or_default();
            group.1 += 1;
            if filled.outcome == Outcome::DueMissing {
                group.0.push(place);
            }
        }
        // What nobody could have seen is not missing: an agent must have told rounds of the school, and must speak now.
        let seen = self.school.agents.iter().any(|agent| agent.rounds > 0 && !agent.paused);
        let missing = groups.into_iter().filter(|(_, (places, _))| seen && !places.is_empty());
        missing
            .map(|((phase, kit, kind), (places, all))| {
                let confirmed = self.school.agents.iter().any(|agent| agent.rounds >= 2);
                let facts = BTreeMap::from([
                    ("phase", phase.to_owned()),
                    ("kit", kit.to_owned()),
                    ("kind", kind.row().code.to_owned()),
                    ("of", all.to_string()),
                    ("due", places.iter().filter_map(|place| place.due).map(|(_, last)| last).min().map(|day| day.to_string()).unwrap_or_default()),
                    (
                        "rooms",
                        places.iter().filter_map(|place| place.room.as_deref()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "),
                    ),
                ]);
                Found {
                    place: places.first().map(|place| place.key.clone()),
                    count: places.len() as u64,
                    facts,
                    ..found("due_missing", format!("due_missing/{phase}/{kit}/{}", kind.row().code), false, self.now, confirmed)
                }
            })
            .collect()
    }

    /// A cohort has left, and what it carried is still here: one fault for each kit and cohort, not one a tablet.
    pub(super) fn return_due(&self, filled: &[Filled]) -> Vec<Found> {
        let places: BTreeMap<&str, &Place> = self.school.laying.places.iter().map(|place| (place.key.as_str(), place)).collect();
        let mut groups: BTreeMap<&str, (&Place, u64)> = BTreeMap::new();
        for filled in filled.iter().filter(|filled| filled.outcome == Outcome::ToReassign) {
            let Some(place) = places.get(filled.key.as_str()).filter(|place| place.life == Life::Over(Over::CohortLeft)) else { continue };
            // Keys begin with KIT@COHORT.
            groups.entry(place.key.split('/').next().unwrap_or_default()).or_insert((place, 0)).1 += 1;
        }
        let fault = |(of, (place, count)): (&str, (&Place, u64))| {
            let cohort = of.rsplit('@').next().unwrap_or_default();
            let facts = BTreeMap::from([("kit", place.kit.clone()), ("kind", place.kind.code().to_owned()), ("cohort", cohort.to_owned())]);
            Found { place: Some(place.key.clone()), count, facts, ..found("return_due", format!("return_due/{of}"), false, self.now, true) }
        };
        groups.into_iter().map(fault).collect()
    }
}
