//! What devices themselves say is wrong with them.
//!
//! Comes in: signs that stand ([`crate::domain::device::SIGNS`]). Goes out: a fault each. Absent on purpose: readings (`levels` and its siblings judge them).

use super::{Judge, about};
use crate::domain::fault::{Found, Look, fault_row, key_of_sign};
use crate::domain::fleet::finished;

impl Judge<'_> {
    /// What devices say is wrong with them, seen often enough by the probe that sees it.
    pub(super) fn signs(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for device in self.school.laying.devices {
            for standing in &device.signs {
                let Some(row) = fault_row(standing.sign.code) else { continue };
                let Some(agent) = self.agent_of(device) else { continue };
                let rounds = finished(&agent.finished, &device.network, &standing.sign.probe);
                let seen = rounds.saturating_sub(standing.since_round) + 1;
                let rounds_s = agent.every_s.saturating_mul(row.rounds.saturating_sub(1).cast_signed());
                let lasts = agent.reported_at.since_s(standing.since_at) >= row.after_s.min(rounds_s);
                let mut fault = about(row.code, device, standing.since_at, standing.sign.grave, seen >= row.rounds && lasts);
                // While its probe does not meet the device, its rounds say nothing of the sign: no claim is contradicted by them.
                let met = device.present && device.probes.contains(&standing.sign.probe);
                fault.look = Some(Look::Rounds(if met { rounds } else { standing.since_round }));
                fault.key = key_of_sign(device.id, &standing.sign);
                if !standing.sign.instance.is_empty() {
                    fault.facts.insert("instance", standing.sign.instance.clone());
                }
                fault.facts.insert("ground", standing.sign.ground.clone());
                all.push(fault);
            }
        }
        all
    }
}
