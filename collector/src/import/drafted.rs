//! A draft of rooms and assets out of the live fleet, beside what is in force.
//!
//! Comes in: schools' codes; none: all. Goes out: the tables with the version that they rest on, so that the corrected draft merges like any
//! export. Absent on purpose: what is drafted of a device (`domain::plan::draft`).

use super::{in_force, origin};
use crate::domain::plan::draft::{Drafted, draft_beside};
use crate::domain::plan::{Origin, Plan, Tables};
use crate::store::{self, Tx, fleet, school};
use rollcall_shared::{SchoolId, Timestamp};
use std::collections::HashMap;

/// Rooms and assets, and how many schools they come from; `None`: no school has one of these codes.
pub fn drafted(tx: &mut Tx<'_>, codes: &[String], now: Timestamp) -> store::Result<Option<(Tables, Option<Origin>, usize)>> {
    let schools = school::schools(tx, SchoolId(0), u32::MAX >> 1)?;
    let wanted: Vec<_> = schools.into_iter().filter(|known| codes.is_empty() || codes.contains(&known.school.code)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let force = in_force(tx)?;
    let plan = Plan::from_tables(&force);
    let patch: HashMap<(&str, &str), &str> = plan.patch.iter().map(|row| ((row.device.as_str(), row.port.as_str()), row.room.as_str())).collect();
    let mut devices = Vec::new();
    for known in &wanted {
        devices.extend(fleet::devices_of_school(tx, known.id)?.into_iter().map(|device| (known.school.code.as_str(), device)));
    }
    let drafted: Vec<Drafted<'_>> = devices
        .iter()
        .map(|(school, device)| {
            let room = device.place.as_ref().and_then(|place| patch.get(&(place.device.as_str(), place.port.as_str())).copied());
            Drafted { device, school, room }
        })
        .collect();
    Ok(Some((draft_beside(&force, &drafted), origin(tx, now)?, wanted.len())))
}
