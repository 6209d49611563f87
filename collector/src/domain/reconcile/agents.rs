//! The agents themselves: one that does not report, one that reports twice.
//!
//! Comes in: what is known of the school's agents. Goes out: faults. Absent on purpose: what they see.

use super::{AgentState, Judge, found};
use crate::domain::fault::Found;
use std::collections::BTreeMap;

/// A server that gets its power back is up within this time.
const STARTS_WITHIN_S: i64 = 900;

impl Judge<'_> {
    /// The agent does not report: everything behind it is in its shadow, one incident.
    pub(super) fn agent_silent(&self) -> Vec<Found> {
        let shadow = |agent: &AgentState| self.school.laying.devices.iter().filter(|device| agent.networks.contains(&device.network)).count() as u64;
        let silent = self.school.agents.iter().filter(|agent| agent.is_silent(self.now));
        silent
            .map(|agent| Found {
                count: shadow(agent),
                facts: BTreeMap::from([("host", agent.host.clone()), ("last", agent.contact_at.to_string())]),
                ..found("agent_silent", format!("agent_silent/{}", agent.id), true, agent.silent_at(), self.is_powered(agent))
            })
            .collect()
    }

    /// Its server has power, and has had it for long enough to start and report.
    fn is_powered(&self, agent: &AgentState) -> bool {
        let watched = self.school.watched;
        !watched.power_may_be_off(self.now) && !watched.power_came_on_within(self.now, agent.silent_at().since_s(agent.contact_at) + STARTS_WITHIN_S)
    }

    /// Two streams of one key are alive.
    pub(super) fn cloned_server(&self) -> Vec<Found> {
        let cloned = self.school.agents.iter().filter(|agent| agent.cloned);
        cloned
            .map(|agent| Found {
                facts: BTreeMap::from([("host", agent.host.clone())]),
                ..found("cloned_server", format!("cloned_server/{}", agent.id), true, agent.reported_at, true)
            })
            .collect()
    }
}
