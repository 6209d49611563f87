//! Who stands behind whom: what cannot be seen because an agent is silent or a switch is gone.
//!
//! Comes in: agents, devices with the port on which each hangs. Goes out: the shadow, and how many stand in that of one switch. Absent
//! on purpose: what hides in it ([`crate::domain::fault::Shadow`]), access points: a tablet that loses one goes to the next.

use super::{AgentState, Judge};
use crate::domain::device::Device;
use crate::domain::fault::{Found, Shadow};
use crate::domain::kind::Presence;
use rollcall_shared::DeviceId;
use std::collections::BTreeSet;

impl Judge<'_> {
    /// What cannot be seen now.
    pub(super) fn shadow(&self) -> Shadow {
        let rests = |agent: &AgentState| agent.is_silent(self.now) || agent.paused;
        let devices = self.school.laying.devices;
        let unseen = devices.iter().filter(|device| self.agent_of(device).is_none_or(rests)).map(|device| device.id);
        let dark = devices.iter().filter(|device| is_gone(device)).flat_map(|device| self.behind(device));
        Shadow { devices: unseen.chain(dark).collect(), blind: self.school.agents.iter().all(rests) }
    }

    /// What is not seen and hangs on this device, or on what hangs on it, as last known.
    pub(super) fn behind(&self, device: &Device) -> BTreeSet<DeviceId> {
        let mut behind = BTreeSet::new();
        let mut names: Vec<&str> = device.name.as_deref().into_iter().collect();
        while let Some(name) = names.pop() {
            for other in self.school.laying.devices.iter().filter(|other| other.id != device.id && !other.present) {
                if other.place.as_ref().is_some_and(|place| place.device == name) && behind.insert(other.id) {
                    names.extend(other.name.as_deref());
                }
            }
        }
        behind
    }
}

/// What others hang on and what is always on, and is not seen.
fn is_gone(device: &Device) -> bool {
    !device.present && !device.probes.is_empty() && device.kind.is_some_and(|kind| kind.row().presence == Presence::Always)
}

/// What is in the shadow opens nothing.
pub fn darkened(found: Vec<Found>, shadow: &Shadow) -> Vec<Found> {
    let darken = |found: Found| if shadow.hides(found.code, found.device) { Found { confirmed: false, ..found } } else { found };
    found.into_iter().map(darken).collect()
}
