//! Projectors that wear: lamps near the hours that they are made for, and those that burn at night.
//!
//! Comes in: lamp hours, newest and by the hour. Goes out: minor faults, for the weekly list. Absent on purpose: what a projector says itself
//! (`signs`), models whose rated hours nobody publishes.

use super::{Judge, about, read};
use crate::domain::fault::{Found, Look};
use crate::domain::lamp::rated_hours;
use crate::domain::reading::{HOUR_S, Series};

/// Part of its rated hours from which a lamp is to be ordered.
pub const LAMP_WORN: f64 = 0.9;
/// Hours of one night in which a lamp burnt from which it was left on: the counters count whole hours, and somebody may have worked late.
pub const NIGHT_HOURS: f64 = 3.0;

impl Judge<'_> {
    /// A lamp has burnt nearly as long as its maker promises.
    pub(super) fn projector_lamp_worn(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for device in self.school.laying.devices {
            let (Some(vendor), Some(model)) = (device.vendor.as_deref(), device.model.as_deref()) else { continue };
            let Some(rated) = rated_hours(vendor, model) else { continue };
            let burnt = self.readings_of(device, "lamp_hours").filter(|latest| latest.value >= LAMP_WORN * f64::from(rated));
            all.extend(burnt.map(|latest| {
                let mut fault = read("projector_lamp_worn", device, latest, false, true);
                // To the hundred: the list is read by the week.
                fault.facts.insert("hours", format!("{:.0}", (latest.value / 100.0).floor() * 100.0));
                fault.facts.insert("rated", rated.to_string());
                fault
            }));
        }
        all
    }

    /// A lamp burnt through the last night.
    pub(super) fn projector_left_on(&self) -> Vec<Found> {
        self.school.courses.iter().filter(|series| series.name == "lamp_hours").filter_map(|series| self.burnt_at_night(series)).collect()
    }

    fn burnt_at_night(&self, series: &Series) -> Option<Found> {
        let (from, until) = self.school.night?;
        let before = series.points.iter().rev().find(|point| point.at + HOUR_S <= from)?;
        let after = series.points.iter().find(|point| point.at >= until)?;
        // What it can have burnt at most before the night and after it did not burn in the night.
        let beside_s = from.since_s(before.at) + (after.at + HOUR_S).since_s(until);
        let burnt = after.low - before.last - beside_s as f64 / HOUR_S as f64;
        let device = self.school.laying.devices.iter().find(|device| device.id == series.device)?;
        (burnt >= NIGHT_HOURS).then(|| Found { look: Some(Look::At(until)), ..about("projector_left_on", device, from, false, true) })
    }
}
