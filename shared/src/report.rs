//! What travels: reports (full picture, difference or heartbeat) in numbered streams, batches of them, and the receipt.
//!
//! Comes in: what a round found. Goes out: values ready for [`crate::wire`]. Absent on purpose: retries, disks, decisions.
//!
//! A report's natural key is (agent, stream, number). A difference holds against the picture whose hash it names (`from`);
//! every report names the hash of the picture after it, so that both sides notice at once when they disagree.

use crate::evidence::Subject;
use crate::id::{AgentId, StreamId};
use crate::picture::{Difference, Group, PictureHash};
use crate::reading::Reading;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the wire that this code speaks. It only grows: fields are added, never renamed or reused.
pub const WIRE_VERSION: u16 = 1;

/// One report: what one round saw, against what was known before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`WIRE_VERSION`] of the writer.
    pub wire: u16,
    /// Version of the agent program, for people.
    #[serde(default)]
    pub agent_version: String,
    /// Which stream.
    pub stream: StreamId,
    /// Number within the stream, from 1, without holes as the agent made them.
    pub number: u64,
    /// When the round began, by the agent's clock.
    pub began_at: Timestamp,
    /// When it ended: the as-of of everything in it.
    pub ended_at: Timestamp,
    /// What it says of the picture.
    pub content: Content,
    /// Hash of the picture after this report.
    pub hash: PictureHash,
    /// Every probe that ran, also those that found nothing.
    #[serde(default)]
    pub probes: Vec<ProbeRun>,
    /// Numbers that moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Trouble>,
    /// How soon the agent means to report again, seconds; 0 where it does not (a single look). Silence is judged by it.
    #[serde(default)]
    pub every_s: u32,
    /// How many further rounds were folded into this one because the spool was full.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub folded: u32,
    /// Looking is paused at the school; nothing was looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

impl Report {
    /// A look at single subjects between two rounds, not a round.
    pub fn is_between_rounds(&self) -> bool {
        !self.probes.is_empty() && self.probes.iter().all(|run| !run.only.is_empty())
    }
}

impl ProbeRun {
    /// Whether it got through, looking at one of these subjects alone.
    pub fn looked_alone_at(&self, probe: &str, network: &str, subjects: &[Subject]) -> bool {
        self.finished && self.probe == probe && self.network == network && self.only.iter().any(|only| subjects.contains(only))
    }
}

/// What a report says of the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// All that stands.
    Full(Vec<Group>),
    /// What changed against the picture of hash `from`.
    Difference {
        /// Hash of the picture before.
        from: PictureHash,
        /// The change.
        change: Difference,
    },
    /// Nothing changed; the picture of hash [`Report::hash`] still stands.
    Heartbeat,
}

/// One probe in one round, on one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// Which probe.
    pub probe: String,
    /// Which network.
    pub network: String,
    /// It got through everything that it set out to look at; only then may it say that something is no more.
    pub finished: bool,
    /// Subjects that it looked at.
    pub asked: u32,
    /// Subjects of which it learnt something.
    pub answered: u32,
    /// Duration.
    pub took_ms: u64,
    /// It set out to look at these subjects alone, between two rounds (a device called); empty: at all that it is for. Such a run is no
    /// round of its probe: it counts for its subjects and for nobody else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Subject>,
}

/// Something that went wrong, as data: it travels and is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Which probe met it.
    pub probe: String,
    /// On which network (empty: the agent as a whole).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network: String,
    /// About which subject, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Short constant name: `timeout`, `no_permission`, `walk_cut`, `bad_answer`, `refused`, `spool_full`, `report_refused`, `clock`.
    pub code: String,
    /// One sentence for a person: what was found, what was expected.
    pub text: String,
}

/// What one request carries: reports of one agent, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Who sends. The signature's key must be this agent's.
    pub agent: AgentId,
    /// The agent's clock when it sent (skew is measured by it, never a reason to refuse).
    pub sent_at: Timestamp,
    /// The reports.
    pub reports: Vec<Report>,
}

/// The collector's answer to a batch: sent after everything in it is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The collector's clock.
    pub now: Timestamp,
    /// One answer a report, in the order of the batch.
    pub answers: Vec<Answer>,
    /// The collector asks that all looking rests (heartbeats go on).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pause: bool,
}

/// What became of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its stream.
    pub stream: StreamId,
    /// Its number.
    pub number: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Durable; forget it.
    Accepted,
    /// It was durable already; forget it.
    Duplicate,
    /// Its times and probes are kept, but its difference rests on a picture that is not here: send a full one next. Forget it.
    FullPlease {
        /// Why, for people.
        reason: String,
    },
    /// Somebody went on under this stream since (a cloned server, or one restored from a backup): begin a new stream with a full
    /// picture. Forget this report, the full picture says it all.
    Restart {
        /// Why, for people.
        reason: String,
    },
    /// Never acceptable: set it aside, tell it, send a full picture next.
    Refused {
        /// Why, for people.
        reason: String,
    },
}

/// First contact: a one-time code and the key that the agent made. The request is signed with that key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The code as people typed it.
    pub code: String,
    /// Ed25519 public key, 32 octets, base64.
    pub public_key: String,
    /// Host name of the server, for the list of agents.
    pub host: String,
    /// Version of the agent program.
    pub agent_version: String,
    /// Replace the agent that already serves the networks of the code (its fleet, faults and decisions stay), rather than be refused.
    #[serde(default)]
    pub replace: bool,
}

/// The answer to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The agent's id from now on.
    pub agent: AgentId,
    /// The networks that the code was made for: names as the plan has them, for a check against the agent's own file.
    pub networks: Vec<String>,
    /// The collector's clock.
    pub now: Timestamp,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
