//! Presence: when a device is expected to be on, and how long it has been missed in that time alone.
//!
//! Comes in: the school's calendar, its settings, stretches in the shadow, when devices were seen. Goes out: whether a device's absence means anything
//! ([`State`]). Absent on purpose: faults and their grouping ([`super::reconcile`]), how presence is recorded (intervals, by the fleet).
//!
//! Not seen is not broken. Only expected time counts: whole days of class that have ended, as the agent that looks there has told them, outside any
//! shadow. Everything is worked out from what is known now, so that a strike declared afterwards takes its day out of every count.

mod expected;
mod judge;
mod power;
mod strip;

pub use expected::{Expected, LONGEST_THRESHOLD, Settings, Usage, expected_of};
pub use judge::{Judged, State, Unclear, judge};
pub use strip::{StripDay, counts, strip};

use super::calendar::Calendar;
use rollcall_shared::{AgentId, DeviceId, Timestamp};
use std::collections::BTreeMap;

/// A stretch of time in which nothing could be seen behind something that was itself gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadow {
    /// What was gone.
    pub of: Caster,
    /// From when.
    pub from: Timestamp,
    /// Until when; none: still.
    pub until: Option<Timestamp>,
}

/// What casts a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caster {
    /// An agent, or its line: everything on its networks.
    Agent(AgentId),
    /// A switch or access point: what hangs there.
    Device(DeviceId),
}

/// A case (or trolley) to which a device belongs by the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InCase {
    /// The case's code.
    pub case: String,
    /// When it is used.
    pub usage: Usage,
}

/// Everything of one school by which presence is judged, beside its devices.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    /// Its days; none: not told, so that no absence means anything.
    pub calendar: Option<Calendar>,
    /// Thresholds, power.
    pub settings: Settings,
    /// Shadows of the past and of now.
    pub shadows: Vec<Shadow>,
    /// Cases by label of the asset.
    pub cases: BTreeMap<String, InCase>,
    /// Rooms that are used otherwise than in term, by code.
    pub rooms: BTreeMap<String, Usage>,
    /// When single devices were seen: loaded for those whose mates' absence hangs on it.
    pub seen: BTreeMap<DeviceId, Vec<(Timestamp, Timestamp)>>,
}

#[cfg(test)]
mod tests;
