//! What is remembered of agents that spoke lately, so that a difference costs what it changes and not what stands.
//!
//! Comes in: what a report left behind, once it is durable. Goes out: the same for the agent's next report. Absent on purpose: any claim to be
//! right: a picture is used only if its hash is the one that the store names, devices only while the store counts no other write of them.

use crate::domain::fleet::{Conflict, Fleet, Standing};
use crate::domain::identify::Known;
use rollcall_shared::{AgentId, DeviceId, Picture, PictureHash, SchoolId, Subject};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most bytes that memories may take up together, about; the longest unused go first.
pub const CACHE_BYTES: usize = 512 << 20;

/// About how many bytes a fact of a picture takes up, and a device with its keys and what became of its sighting: estimates on the safe side.
const FACT_BYTES: usize = 200;
const DEVICE_BYTES: usize = 4_000;

/// Memories of agents.
#[derive(Default)]
pub(super) struct Pictures {
    kept: BTreeMap<AgentId, Kept>,
    by_use: BTreeMap<u64, AgentId>,
    bytes: usize,
    clock: u64,
}

struct Kept {
    used: u64,
    bytes: usize,
    seen: Box<Seen>,
}

/// What is remembered of one agent: its picture, and what became of it.
#[derive(Default)]
pub(super) struct Seen {
    /// The picture.
    pub(super) picture: Arc<Picture>,
    /// What was recognised in it; `None` where nobody has looked yet. It stands for the picture whose hash it names, and for no other.
    pub(super) known: Option<Box<Known>>,
    /// What became of what was recognised: which device each sighting turned out to be.
    pub(super) standing: Standing,
    /// The devices of its schools, with the store's count of writes of them.
    pub(super) fleet: Option<(BTreeMap<SchoolId, u64>, Fleet)>,
    /// Contradictions as they were saved last.
    pub(super) conflicts: Vec<Conflict>,
    /// Counts without identity as they were saved last, by network and what is counted.
    pub(super) seats: BTreeMap<(String, &'static str), u64>,
    /// The values by which rules judged last.
    pub(super) values: BTreeMap<(DeviceId, String, String), f64>,
}

impl Seen {
    /// Of a picture of which nothing else is known.
    pub(super) fn of(picture: Picture) -> Box<Seen> {
        Box::new(Seen { picture: Arc::new(picture), ..Seen::default() })
    }

    /// The device that a subject turned out to be, with the network on which it was recognised.
    pub(super) fn device_of(&self, network: &str, subject: &Subject) -> Option<DeviceId> {
        self.standing.device_of(self.known.as_ref()?.of_subject(network, subject)?)
    }

    /// About how many bytes it takes up.
    fn bytes(&self) -> usize {
        let devices = self.fleet.as_ref().map_or(0, |(_, fleet)| fleet.count());
        self.picture.fact_count() * FACT_BYTES + devices * DEVICE_BYTES + self.known.as_ref().map_or(0, |known| known.bytes())
    }
}

impl Pictures {
    /// What is remembered of an agent; it is for the caller to bring back.
    pub(super) fn take(&mut self, agent: AgentId) -> Option<Box<Seen>> {
        let kept = self.kept.remove(&agent)?;
        self.by_use.remove(&kept.used);
        self.bytes = self.bytes.saturating_sub(kept.bytes);
        Some(kept.seen)
    }

    /// The picture of an agent, if it is the one of this hash and nobody has taken it.
    pub(super) fn picture(&self, agent: AgentId, hash: PictureHash) -> Option<Arc<Picture>> {
        self.kept.get(&agent).map(|kept| &kept.seen.picture).filter(|picture| picture.hash() == hash).cloned()
    }

    /// Remembers.
    pub(super) fn keep(&mut self, agent: AgentId, seen: Box<Seen>) {
        self.take(agent);
        self.clock += 1;
        let bytes = seen.bytes();
        self.bytes += bytes;
        self.by_use.insert(self.clock, agent);
        self.kept.insert(agent, Kept { used: self.clock, bytes, seen });
        while self.bytes > CACHE_BYTES {
            let Some(oldest) = self.by_use.first_key_value().map(|(_, agent)| *agent) else { break };
            self.take(oldest);
        }
    }
}
