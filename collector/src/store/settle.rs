//! One school as it is, read in one go for a settle.
//!
//! Comes in: a school and the time. Goes out: everything that `reconcile` wants of the store. Absent on purpose: plan and
//! register (the shell keeps them by their stamp, [`super::plan::stamp`]), judgement.

use super::report::{self, Agent};
use super::school::{self, KnownSchool};
use super::{Result, Tx, decision, fault, fleet, place, presence, reading, verdict};
use crate::domain::device::Device;
use crate::domain::fault::{Decision, Known};
use crate::domain::place::Decided;
use crate::domain::presence::Shadow;
use crate::domain::reading::{Latest, Series};
use crate::domain::reconcile::{AgentState, OpenConflict};
use crate::domain::stream::is_cloned;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Two streams of a key are a clone only if both spoke within this time: a server made anew leaves its old stream behind.
const CLONE_LATELY_S: i64 = 3_600;

/// A school as it is.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The school.
    pub school: KnownSchool,
    /// The agents that look at it.
    pub agents: Vec<AgentState>,
    /// Its devices, without the grounds of what is known of them.
    pub devices: Vec<Device>,
    /// Their newest readings.
    pub readings: Vec<Latest>,
    /// The last hours of those on which rules look back.
    pub courses: Vec<Series>,
    /// Who stood where.
    pub before: BTreeMap<String, DeviceId>,
    /// What people decided about its places.
    pub decided: Decided,
    /// Stretches in which something was gone behind which nothing could be seen.
    pub shadows: Vec<Shadow>,
    /// Open faults, and those closed lately.
    pub known: Vec<Known>,
    /// Keys that contradict each other.
    pub conflicts: Vec<OpenConflict>,
    /// What people decided that holds here.
    pub decisions: Vec<Decision>,
}

/// Loads a school.
pub fn load(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Option<Loaded>> {
    let Some(known) = school::school_by_id(tx, school)? else { return Ok(None) };
    Ok(Some(Loaded {
        agents: agents(tx, school, now)?,
        devices: fleet::devices_without_grounds(tx, school)?,
        readings: reading::of_school(tx, school)?,
        courses: reading::looked_back_on(tx, school, now)?,
        before: place::before(tx, school)?,
        decided: decision::of_school(tx, school)?,
        shadows: presence::shadows(tx, school, now)?,
        known: fault::known_faults(tx, school, now)?,
        conflicts: fleet::open_conflicts(tx, school)?,
        decisions: verdict::of_school(tx, school, now)?,
        school: known,
    }))
}

/// The agents that look at a school, with those of its networks that are its own.
pub fn agents(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Vec<AgentState>> {
    let mut networks = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for network in school::networks_of_school(tx, school)? {
        ids.extend(report::agents_of_network(tx, &network.name)?);
        networks.insert(network.name);
    }
    let mut states = Vec::new();
    for id in ids {
        let Some(agent) = report::agent_by_id(tx, id)? else { continue };
        let cloned = is_cloned(&report::streams(tx, &agent)?, now, CLONE_LATELY_S);
        states.push(state(agent, &networks, cloned));
    }
    Ok(states)
}

fn state(agent: Agent, networks: &BTreeSet<String>, cloned: bool) -> AgentState {
    AgentState {
        id: agent.id,
        host: agent.host,
        contact_at: agent.contact_at.max(agent.enrolled_at),
        reported_at: agent.position.ended_at,
        every_s: i64::from(agent.every_s),
        rounds: agent.round_count,
        finished: agent.rounds,
        networks: agent.networks.into_iter().filter(|network| networks.contains(network)).collect(),
        cloned,
        paused: agent.paused,
    }
}
