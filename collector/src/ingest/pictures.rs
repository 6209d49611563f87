//! What is remembered of agents that spoke lately, so that a difference costs what it changes and not what stands.
//!
//! Comes in: what a report left behind, once it is durable. Goes out: the same for the agent's next report. Absent on purpose: any claim to be
//! right: a picture is used only if its hash is the one that the store names, devices only while the store counts no other write of them.

use crate::domain::device::Sighting;
use crate::domain::fleet::{Conflict, Fleet, Spotted};
use rollcall_shared::{AgentId, DeviceId, Picture, SchoolId, Subject};
use std::collections::BTreeMap;

/// Most facts that the pictures kept in memory may hold together (about 200 bytes each); the longest unused go first.
pub const CACHE_FACTS: usize = 2_000_000;

/// Memories of agents.
#[derive(Default)]
pub(super) struct Pictures {
    kept: BTreeMap<AgentId, Kept>,
    by_use: BTreeMap<u64, AgentId>,
    facts: usize,
    clock: u64,
}

struct Kept {
    used: u64,
    seen: Box<Seen>,
}

/// What is remembered of one agent: its picture, and what became of it.
#[derive(Default)]
pub(super) struct Seen {
    /// The picture.
    pub(super) picture: Picture,
    /// What was recognised in it, with the device that each sighting turned out to be; `None` where nobody has looked yet.
    pub(super) sightings: Option<Vec<Marked>>,
    /// The devices of its schools, with the store's count of writes of them.
    pub(super) fleet: Option<(BTreeMap<SchoolId, u64>, Fleet)>,
    /// Contradictions as they were saved last.
    pub(super) conflicts: Vec<Conflict>,
    /// Counts without identity as they were saved last, by network and what is counted.
    pub(super) seats: BTreeMap<(String, &'static str), u64>,
    /// The values by which rules judged last.
    pub(super) values: BTreeMap<(DeviceId, String, String), f64>,
}

/// A sighting with what was made of it.
pub(super) struct Marked {
    /// As recognised.
    pub(super) sighting: Sighting,
    /// The device that it was folded into; `None` since it changed.
    pub(super) device: Option<DeviceId>,
}

impl Marked {
    /// As it is folded.
    pub(super) fn spotted(&self) -> Spotted<'_> {
        Spotted { sighting: &self.sighting, folded_into: self.device }
    }
}

impl Seen {
    /// Of a picture of which nothing else is known.
    pub(super) fn of(picture: Picture) -> Box<Seen> {
        Box::new(Seen { picture, ..Seen::default() })
    }

    /// The device that a subject turned out to be, with the network on which it was recognised.
    pub(super) fn device_of(&self, network: &str, subject: &Subject) -> Option<DeviceId> {
        let is_it = |marked: &&Marked| marked.sighting.network == network && marked.sighting.subjects.contains(subject);
        self.sightings.as_ref()?.iter().find(is_it)?.device
    }
}

impl Pictures {
    /// What is remembered of an agent; it is for the caller to bring back.
    pub(super) fn take(&mut self, agent: AgentId) -> Option<Box<Seen>> {
        let kept = self.kept.remove(&agent)?;
        self.by_use.remove(&kept.used);
        self.facts = self.facts.saturating_sub(kept.seen.picture.fact_count());
        Some(kept.seen)
    }

    /// Remembers.
    pub(super) fn keep(&mut self, agent: AgentId, seen: Box<Seen>) {
        self.take(agent);
        self.clock += 1;
        self.facts += seen.picture.fact_count();
        self.by_use.insert(self.clock, agent);
        self.kept.insert(agent, Kept { used: self.clock, seen });
        while self.facts > CACHE_FACTS {
            let Some(oldest) = self.by_use.first_key_value().map(|(_, agent)| *agent) else { break };
            self.take(oldest);
        }
    }
}
