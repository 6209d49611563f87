//! What cannot be seen now, because something before it is gone: it opens nothing and closes nothing.
//!
//! Comes in: devices behind a silent agent or switch. Goes out: whether a fault is hidden. Absent on purpose: finding out who stands
//! behind whom ([`crate::domain::reconcile`]).

use rollcall_shared::DeviceId;
use std::collections::BTreeSet;

/// Faults of the agents themselves: they are the cause of a shadow and never in it.
const OF_AGENTS: [&str; 2] = ["agent_silent", "cloned_server"];

/// What is in the shadow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shadow {
    /// Devices of which nothing is known now.
    pub devices: BTreeSet<DeviceId>,
    /// Nobody looks at the school at all: every agent is silent or rests.
    pub blind: bool,
}

impl Shadow {
    /// Whether nothing can be said now of a fault of this sort about this device (or about none).
    pub fn hides(&self, code: &str, device: Option<DeviceId>) -> bool {
        match device {
            Some(device) => self.devices.contains(&device),
            None => self.blind && !OF_AGENTS.contains(&code),
        }
    }
}
