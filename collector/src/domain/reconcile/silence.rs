//! Silence of what others depend on.
//!
//! Comes in: devices that are no longer seen. Goes out: faults, one for each cause. Absent on purpose: kinds that may be off, and calendars.

use super::{Judge, about};
use crate::domain::device::Device;
use crate::domain::fault::{Found, fault_row};
use crate::domain::kind::Presence;
use std::collections::BTreeSet;

impl Judge<'_> {
    /// A device on which others depend is gone for some rounds. What hangs behind a silent switch is in its shadow. Two servers that speak
    /// under one name tell two schools in turn: what one does not see is not gone.
    pub(super) fn infrastructure_silent(&self) -> Vec<Found> {
        let rounds = fault_row("infrastructure_silent").map_or(3, |row| row.rounds);
        let gone = |device: &&Device| !device.present && is_always_on(device) && !device.probes.is_empty();
        let devices: Vec<&Device> = self.school.laying.devices.iter().filter(gone).collect();
        let names: BTreeSet<&str> = devices.iter().filter_map(|device| device.name.as_deref()).collect();
        let mut all = Vec::new();
        for device in &devices {
            let Some(agent) = self.agent_of(device).filter(|agent| !agent.is_silent(self.now) && !agent.paused && !agent.cloned) else { continue };
            let behind_silent =
                device.place.as_ref().is_some_and(|place| names.contains(place.device.as_str()) && device.name.as_deref() != Some(&place.device));
            if behind_silent {
                continue;
            }
            let shadow = self
                .school
                .laying
                .devices
                .iter()
                .filter(|other| other.place.as_ref().is_some_and(|place| device.name.as_deref() == Some(&place.device)));
            let rounds_s = agent.every_s.max(60) * rounds as i64;
            // A school that cuts its power in holidays or at night: what is off then is not silent, and needs some rounds to come back.
            let powered = !self.school.watched.power_may_be_off(self.now) && !self.school.watched.power_came_on_within(self.now, rounds_s);
            let confirmed = powered && agent.rounds.saturating_sub(device.turned_round) + 1 >= rounds;
            all.push(Found { count: shadow.count() as u64, ..about("infrastructure_silent", device, device.turned_at, true, confirmed) });
        }
        all
    }
}

fn is_always_on(device: &Device) -> bool {
    device.kind.is_some_and(|kind| kind.row().presence == Presence::Always)
}
