//! Lays one school's fleet beside its plan at one moment: what is amiss, what is installed, when to look again.
//!
//! Comes in: everything about one school as it is, and `now`. Goes out: faults found, places filled, the next moment at
//! which the answer may change by itself. Absent on purpose: opening and closing ([`super::fault`]), storage, notices.
//!
//! One function a rule, the rules of one matter a file. A rule looks at what *is* and may be asked twice. While an agent is silent the devices behind it
//! stay as they were last known: they are in its shadow, unknown rather than silent, so nothing opens or clears for them.

mod agents;
mod identity;
mod levels;
mod listed;
mod owned;
mod places;
mod ports;
mod power;
mod projection;
mod server;
mod shadow;
mod signs;
mod silence;
mod silence_days;

use super::device::Device;
use super::fault::{Found, Look, Severity, Shadow, fault_row};
use super::fleet::Rounds;
use super::place::{Aside, Filled, Laying, declared, room_of};
use super::presence::Watched;
use super::reading::{Latest, Series};
use rollcall_shared::{AgentId, DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

pub use identity::{OpenConflict, identity_conflicts};
pub use levels::{DISK_AT_LEAST_BYTES, DISK_FULL, DISK_NEARLY_FULL, SUPPLY_LOW, SUPPLY_OUT};
pub use listed::{WARRANTY_DAYS, listed};
pub use owned::{Here, Town, owned_here};
pub use shadow::darkened;

/// An agent is silent after this many of its own reporting periods …
pub const SILENT_AFTER_PERIODS: i64 = 3;
/// … but never before this many seconds, so that a slow line is no alarm.
pub const SILENT_AT_LEAST_S: i64 = 45;
/// While a server is cloned its school is looked at again after this time.
const CLONED_AGAIN_S: i64 = 900;

/// One agent that looks at the school.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentState {
    /// Which.
    pub id: AgentId,
    /// Host name, for people.
    pub host: String,
    /// When the collector last heard of it (or enrolled it), by the collector's clock.
    pub contact_at: Timestamp,
    /// End of its newest round, by its own clock.
    pub reported_at: Timestamp,
    /// How often it means to report; 0 unknown.
    pub every_s: i64,
    /// How many rounds it told.
    pub rounds: u64,
    /// Finished rounds by network and probe.
    pub finished: Rounds,
    /// Its networks.
    pub networks: Vec<String>,
    /// Two streams of its key are alive: a cloned server.
    pub cloned: bool,
    /// Looking is paused: nothing may be concluded from what is not seen.
    pub paused: bool,
}

impl AgentState {
    /// From this moment without a word it is silent.
    pub fn silent_at(&self) -> Timestamp {
        self.contact_at + (SILENT_AFTER_PERIODS * self.every_s).max(SILENT_AT_LEAST_S)
    }

    /// Whether it is silent now.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        now >= self.silent_at()
    }
}

/// Everything about one school.
#[derive(Debug, Clone, Copy)]
pub struct SchoolState<'a> {
    /// The agents that look at it.
    pub agents: &'a [AgentState],
    /// Its readings.
    pub readings: &'a [Latest],
    /// The last hours of those on which rules look back.
    pub courses: &'a [Series],
    /// The last night that has ended, by the school's clock: when hardly anybody is there.
    pub night: Option<(Timestamp, Timestamp)>,
    /// Its days, thresholds and shadows: by what presence is judged.
    pub watched: &'a Watched,
    /// Its places, fleet, assets and rooms. `faulty` is filled in here.
    pub laying: Laying<'a>,
}

/// What reconciling gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reconciled {
    /// Faults found.
    pub found: Vec<Found>,
    /// What became of each place.
    pub filled: Vec<Filled>,
    /// Devices that fill no place, and what they are instead.
    pub aside: BTreeMap<DeviceId, Aside>,
    /// What cannot be seen now.
    pub shadow: Shadow,
    /// The answer may change by itself at this moment (silence, confirmation, a due date).
    pub again_at: Option<Timestamp>,
}

/// Lays one school side by side.
pub fn reconcile(school: &SchoolState<'_>, now: Timestamp) -> Reconciled {
    let judge = Judge::new(school, now);
    let mut found = Vec::new();
    found.extend(judge.agent_silent());
    found.extend(judge.cloned_server());
    found.extend(judge.infrastructure_silent());
    let (silent, presence_at) = judge.silent_by_days();
    found.extend(silent);
    found.extend(judge.signs());
    found.extend(judge.server_disk());
    found.extend(judge.printer_toner());
    found.extend(judge.server_smart());
    found.extend(judge.server_backup());
    found.extend(judge.server_certificate());
    found.extend(judge.server_hot());
    found.extend(judge.server_updates());
    found.extend(judge.port_errors());
    found.extend(judge.poe_exhausted());
    found.extend(judge.ups_overload());
    found.extend(judge.projector_lamp_worn());
    found.extend(judge.projector_left_on());
    found.extend(judge.misplaced());
    let found = one_by_key(found);
    let faulty: BTreeSet<DeviceId> = found.iter().filter(|found| found.confirmed).filter_map(|found| found.device).collect();
    let filled = super::place::lay(&Laying { faulty: &faulty, ..school.laying });
    let mut all = found;
    all.extend(judge.due_missing(&filled));
    all.extend(judge.return_due(&filled));
    let aside = super::place::aside(&school.laying, &filled);
    let again_at = [judge.again_at(&all), presence_at, school.watched.power_on_at(now)].into_iter().flatten().min();
    let shadow = judge.shadow();
    Reconciled { found: shadow::darkened(all, &shadow), filled, aside, shadow, again_at }
}

/// Devices whose intervals of presence `watched.seen` is to hold before [`reconcile`], and since when: few, and mostly none.
pub fn wanted(school: &SchoolState<'_>, now: Timestamp) -> BTreeMap<DeviceId, Timestamp> {
    Judge::new(school, now).wanted()
}

/// The same key by two ways of seeing is one fault: the graver, the earlier, the surer.
fn one_by_key(found: Vec<Found>) -> Vec<Found> {
    let mut by_key: BTreeMap<String, Found> = BTreeMap::new();
    for new in found {
        match by_key.get_mut(&new.key) {
            None => {
                by_key.insert(new.key.clone(), new);
            }
            Some(known) => {
                known.severity = known.severity.min(new.severity);
                known.since_at = known.since_at.min(new.since_at);
                known.confirmed |= new.confirmed;
                known.facts.extend(new.facts);
            }
        }
    }
    by_key.into_values().collect()
}

struct Judge<'a> {
    school: &'a SchoolState<'a>,
    now: Timestamp,
    by_network: BTreeMap<&'a str, &'a AgentState>,
}

impl<'a> Judge<'a> {
    fn new(school: &'a SchoolState<'a>, now: Timestamp) -> Judge<'a> {
        let mut by_network = BTreeMap::new();
        for agent in school.agents {
            for network in &agent.networks {
                by_network.insert(network.as_str(), agent);
            }
        }
        Judge { school, now, by_network }
    }

    fn agent_of(&self, device: &Device) -> Option<&'a AgentState> {
        self.by_network.get(device.network.as_str()).copied()
    }

    /// The next moment at which the answer may change though nothing is reported.
    fn again_at(&self, found: &[Found]) -> Option<Timestamp> {
        let silence = self.school.agents.iter().filter(|agent| !agent.is_silent(self.now)).map(AgentState::silent_at);
        // What may open only on a day of class waits for that day, not for a round.
        let by_day = |found: &&Found| fault_row(found.code).is_some_and(|row| row.by_day);
        // Nor does what is off with the school's power: that moment is known.
        let unpowered = self.school.watched.power_may_be_off(self.now);
        let off = |found: &&Found| unpowered && matches!(found.code, "agent_silent" | "infrastructure_silent");
        let waiting = found.iter().filter(|found| !by_day(found) && !off(found)).any(|found| !found.confirmed);
        let next_round = self.school.agents.iter().filter(|_| waiting).map(|agent| self.now + agent.every_s.clamp(1, 300));
        // A clone that is switched off says nothing: only time tells that it is gone.
        let cloned = self.school.agents.iter().filter(|agent| agent.cloned).map(|_| self.now + CLONED_AGAIN_S);
        let losing = found.iter().any(|found| found.code == "port_errors").then(|| self.next_hour());
        silence.chain(next_round).chain(cloned).chain(losing).chain(self.ages_at()).min()
    }
}

fn found(code: &'static str, key: String, grave: bool, since_at: Timestamp, confirmed: bool) -> Found {
    let row = fault_row(code);
    let severity = row.map_or(Severity::Minor, |row| if grave { row.grave } else { row.mild });
    Found { code, key, severity, device: None, place: None, since_at, look: None, confirmed, count: 1, facts: BTreeMap::new() }
}

/// A fault of one device: its key is code and device, its facts name it.
fn about(code: &'static str, device: &Device, since_at: Timestamp, grave: bool, confirmed: bool) -> Found {
    let mut facts = BTreeMap::new();
    let label = device
        .name
        .clone()
        .or_else(|| device.serial.clone())
        .or_else(|| device.addresses.iter().find_map(|address| address.ip).map(|ip| ip.to_string()));
    facts.insert("device", label.unwrap_or_else(|| format!("#{}", device.id)));
    if let Some(kind) = device.kind {
        facts.insert("kind", kind.row().code.to_owned());
    }
    if let Some(place) = &device.place {
        facts.insert("port", place.text());
    }
    Found { device: Some(device.id), facts, ..found(code, format!("{code}/{}", device.id), grave, since_at, confirmed) }
}

/// A fault that a reading shows.
fn read(code: &'static str, device: &Device, latest: &Latest, grave: bool, confirmed: bool) -> Found {
    Found { look: Some(Look::At(latest.at)), ..about(code, device, latest.at, grave, confirmed) }
}

/// The room that a page shows for a device.
pub fn shown_room<'a>(device: &Device, laying: &Laying<'a>) -> Option<&'a str> {
    room_of(device, laying.patch, &declared(laying.devices, laying.assets))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_health;
#[cfg(test)]
mod tests_presence;
#[cfg(test)]
mod tests_told;
