//! Power: what a switch may give, and what a UPS may bear.
//!
//! Comes in: newest readings against their limits. Goes out: faults. Absent on purpose: what the devices say themselves (`signs`).

use super::levels::Filling;
use super::{Judge, read};
use crate::domain::device::PartSort;
use crate::domain::fault::Found;

/// Part of a PoE budget in use from which the next access point that is plugged stays dark.
pub const POE_EXHAUSTED: f64 = 0.95;
/// Load of a UPS, in per cent of what it is made for, from which it cannot bear a failure of the mains.
pub const UPS_OVERLOAD: f64 = 100.0;

impl Judge<'_> {
    /// A switch gives nearly all the power that it has.
    pub(super) fn poe_exhausted(&self) -> Vec<Found> {
        let full = self.parts(PartSort::PoeBudget, "poe_used", |used, budget| {
            let part = used / budget;
            (part >= POE_EXHAUSTED).then_some((false, part))
        });
        let full = full.into_iter().map(|Filling { device, latest, grave, part, again, .. }| {
            let mut fault = read("poe_exhausted", device, latest, grave, again);
            fault.facts.insert("percent", format!("{:.0}", part * 100.0));
            fault
        });
        full.collect()
    }

    /// A UPS bears more than it is made for.
    pub(super) fn ups_overload(&self) -> Vec<Found> {
        let devices = self.school.laying.devices.iter();
        let loads = devices.flat_map(|device| self.readings_of(device, "ups_load").map(move |latest| (device, latest)));
        let over = loads.filter(|(_, latest)| latest.value >= UPS_OVERLOAD).map(|(device, latest)| {
            let mut fault = read("ups_overload", device, latest, true, self.told_again(device, latest, |was| was >= UPS_OVERLOAD));
            fault.facts.insert("percent", format!("{:.0}", latest.value));
            fault
        });
        over.collect()
    }
}
