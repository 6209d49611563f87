//! A report's way in: where it stands, what it shows, what changed; made durable; then acknowledged.
//!
//! Comes in: a batch whose signature held, and the collector's clock. Goes out: a receipt, after the commit. Absent on
//! purpose: HTTP and signatures (`web/agents`), judgement (`domain`), and settling: a school is only marked due here, for
//! laying it side by side inside the report's transaction would eat the single writer.

use crate::domain::device::Sighting;
use crate::domain::fleet::{self, Folded, Round, Rounds};
use crate::domain::identify::identify;
use crate::domain::reading::{is_judged, may_turn};
use crate::domain::stream::{Verdict, judge};
use crate::store::report::{Accepted, Agent};
use crate::store::{self, Db, Tx};
use rollcall_shared::picture::Group;
use rollcall_shared::report::{Answer, Outcome};
use rollcall_shared::{AgentId, Batch, Content, DeviceId, Fact, Mac, Picture, Receipt, Report, SchoolId, Subject, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most facts that the pictures kept in memory may hold together (about 200 bytes each); the longest unused go first.
pub const CACHE_FACTS: usize = 2_000_000;
/// In its first rounds an agent makes its school due each time: what is missing is confirmed by looking twice.
const FIRST_ROUNDS: u64 = 3;

/// Why a batch was not taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No such agent.
    #[error("no agent has this id: enrol it")]
    Unknown,
    /// The agent's key is no longer welcome.
    #[error("this agent was revoked or replaced: enrol it anew if that was a mistake")]
    Revoked,
    /// The store's failure.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// For the agent.
    pub receipt: Receipt,
    /// Schools of which something else is known now: open pages are to look again.
    pub changed: BTreeSet<SchoolId>,
}

/// The way in.
#[derive(Clone)]
pub struct Ingest {
    db: Db,
    pictures: Arc<Mutex<Pictures>>,
}

impl Ingest {
    /// On a database.
    pub fn new(db: Db) -> Ingest {
        Ingest { db, pictures: Arc::default() }
    }

    /// Takes a batch in. Blocks until it is durable. Taking it in twice changes nothing the second time.
    pub fn accept(&self, agent: AgentId, batch: Batch, now: Timestamp) -> Result<Taken, IngestError> {
        let pictures = self.pictures.clone();
        self.db.write(move |tx| take_in(tx, &pictures, agent, &batch, now))
    }
}

/// Pictures of agents that spoke lately, so that a difference need not put one together from the store. A picture is used only if
/// its hash is the one that the store names: after a rollback or another collector's turn it is simply loaded again.
#[derive(Default)]
struct Pictures {
    kept: BTreeMap<AgentId, Kept>,
    facts: usize,
    clock: u64,
}

struct Kept {
    used: u64,
    seen: Seen,
}

/// A picture, which device each of its subjects is, and the values by which rules judged last.
#[derive(Clone, Default)]
struct Seen {
    picture: Picture,
    devices: BTreeMap<(String, Subject), (SchoolId, DeviceId)>,
    values: BTreeMap<(DeviceId, String, String), f64>,
    /// Number of the report whose values these are: told again (its transaction failed), they are new.
    values_of: u64,
}

impl Pictures {
    fn take(&mut self, agent: AgentId) -> Option<Seen> {
        let kept = self.kept.remove(&agent)?;
        self.facts = self.facts.saturating_sub(kept.seen.picture.fact_count());
        Some(kept.seen)
    }

    fn keep(&mut self, agent: AgentId, seen: Seen) {
        self.clock += 1;
        self.facts += seen.picture.fact_count();
        self.kept.insert(agent, Kept { used: self.clock, seen });
        while self.facts > CACHE_FACTS {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(agent, _)| *agent) else { break };
            self.take(oldest);
        }
    }
}

fn lock(pictures: &Mutex<Pictures>) -> MutexGuard<'_, Pictures> {
    pictures.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_in(tx: &mut Tx<'_>, pictures: &Mutex<Pictures>, id: AgentId, batch: &Batch, now: Timestamp) -> Result<Taken, IngestError> {
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.reports.len());
    let mut pause = false;
    let mut changed = BTreeSet::new();
    let mut seen = lock(pictures).take(id);
    tx.lock_agent(id)?;
    for report in &batch.reports {
        let agent = store::report::agent_by_id(tx, id)?.ok_or(IngestError::Unknown)?;
        if agent.revoked_at.is_some() {
            return Err(IngestError::Revoked);
        }
        pause = agent.paused;
        let forked = answers.iter().any(|answer| answer.stream == report.stream && matches!(answer.outcome, Outcome::Restart { .. }));
        let outcome = match forked {
            true => Outcome::Restart { reason: "an earlier report of this stream forked".to_owned() },
            false => one(tx, &mut seen, &mut changed, &agent, report, batch.sent_at.since_s(now), now)?,
        };
        answers.push(Answer { stream: report.stream, number: report.number, outcome });
    }
    if let Some(seen) = seen {
        lock(pictures).keep(id, seen);
    }
    Ok(Taken { receipt: Receipt { now, answers, pause }, changed })
}

fn one(
    tx: &mut Tx<'_>,
    seen: &mut Option<Seen>,
    changed: &mut BTreeSet<SchoolId>,
    agent: &Agent,
    report: &Report,
    skew_s: i64,
    now: Timestamp,
) -> Result<Outcome, IngestError> {
    let streams = store::report::streams(tx, agent)?;
    let verdict = judge(report, &agent.position, &streams);
    match verdict {
        Verdict::Duplicate => Ok(Outcome::Duplicate),
        Verdict::Restart(reason) => Ok(Outcome::Restart { reason: reason.to_owned() }),
        Verdict::FullPlease(reason) => {
            record(tx, agent, report, &next_rounds(agent, report), skew_s, now, false)?;
            Ok(Outcome::FullPlease { reason: reason.to_owned() })
        }
        Verdict::Accept { .. } => accept(tx, seen, changed, agent, report, skew_s, now),
    }
}

/// How many rounds the agent has told, this one included. A look at one device alone is none.
fn round_count(agent: &Agent, report: &Report) -> u64 {
    agent.round_count + u64::from(!report.is_between_rounds())
}

/// Rounds told so far, this one included: what confirmation counts. A folded report stands for several rounds but one look.
fn next_rounds(agent: &Agent, report: &Report) -> Rounds {
    let mut rounds = agent.rounds.clone();
    for run in report.probes.iter().filter(|run| run.finished && run.only.is_empty()) {
        *rounds.entry((run.network.clone(), run.probe.clone())).or_default() += 1;
    }
    rounds
}

/// Makes a report durable. What settling says of the agent itself (silent, cloned) may change with any report, also one whose picture
/// cannot be placed: then its schools are due.
fn record(tx: &mut Tx<'_>, agent: &Agent, report: &Report, rounds: &Rounds, skew_s: i64, now: Timestamp, placed: bool) -> Result<(), store::Error> {
    let accepted = Accepted { now, skew_s, round_count: round_count(agent, report), rounds, placed };
    store::report::record_report(tx, agent, report, &accepted)?;
    if agent.silent_marked_at.is_some() || agent.position.stream.is_some_and(|stream| stream != report.stream) {
        for school in store::school::schools_of_agent(tx, agent.id)? {
            store::school::mark_due(tx, school, now)?;
        }
    }
    Ok(())
}

/// Applies a report that stands where it should.
fn accept(
    tx: &mut Tx<'_>,
    seen: &mut Option<Seen>,
    changed: &mut BTreeSet<SchoolId>,
    agent: &Agent,
    report: &Report,
    skew_s: i64,
    now: Timestamp,
) -> Result<Outcome, IngestError> {
    let rounds = next_rounds(agent, report);
    let Some(mut after) = apply(tx, seen.take(), agent, report)? else {
        record(tx, agent, report, &rounds, skew_s, now, false)?;
        return Ok(Outcome::FullPlease { reason: "the kept picture could not be put together".to_owned() });
    };
    if after.picture.hash() != report.hash {
        if matches!(report.content, Content::Full(_)) {
            store::report::count_refused(tx, agent.id)?;
            return Ok(Outcome::Refused { reason: "the picture does not have the hash that the report names".to_owned() });
        }
        record(tx, agent, report, &rounds, skew_s, now, false)?;
        return Ok(Outcome::FullPlease { reason: "after the difference the picture does not have the hash that the report names".to_owned() });
    }
    record(tx, agent, report, &rounds, skew_s, now, true)?;
    // Only the networks of its code: an agent cannot speak for another school.
    let networks = store::school::schools_of_networks(tx, &agent.networks)?;
    let fleet = look(tx, &mut after, agent, report, &rounds, &networks)?;
    let turned = save_readings(tx, &mut after, report)?;
    if !matches!(report.content, Content::Heartbeat) || fleet {
        changed.extend(networks.values());
    }
    if fleet || turned || agent.round_count < FIRST_ROUNDS {
        for school in networks.values().copied().collect::<BTreeSet<_>>() {
            store::school::mark_due(tx, school, now)?;
        }
    }
    if agent.chain_count + 1 >= store::report::CHAIN_MOST
        && let Some(agent) = store::report::agent_by_id(tx, agent.id)?
    {
        store::report::rebase_picture(tx, &agent, &after.picture)?;
    }
    *seen = Some(after);
    Ok(Outcome::Accepted)
}

/// The picture after the report; `None` where the one before it cannot be had.
fn apply(tx: &mut Tx<'_>, seen: Option<Seen>, agent: &Agent, report: &Report) -> Result<Option<Seen>, store::Error> {
    if let Content::Full(groups) = &report.content {
        return Ok(Some(Seen { picture: Picture::from_groups(groups.clone()), ..Seen::default() }));
    }
    let wanted = agent.position.hash;
    let before = match seen.filter(|seen| Some(seen.picture.hash()) == wanted) {
        Some(seen) => Some(seen),
        None => store::report::load_picture(tx, agent)?.map(|picture| Seen { picture, ..Seen::default() }),
    };
    Ok(before.map(|mut seen| {
        if let Content::Difference { change, .. } = &report.content {
            seen.picture.apply(change);
        }
        seen
    }))
}

/// Recognises and folds where the report says something; whether anything changed.
fn look(
    tx: &mut Tx<'_>,
    after: &mut Seen,
    agent: &Agent,
    report: &Report,
    rounds: &Rounds,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<bool, store::Error> {
    let mut changed = false;
    let known = !after.devices.is_empty() || report.readings.is_empty();
    // A look at a device alone counts for it, also where it found nothing new.
    let alone = report.probes.iter().any(|run| !run.only.is_empty());
    if alone || !(matches!(report.content, Content::Heartbeat) && known) {
        let sightings = identify(&after.picture, &report.readings);
        let folded = fold(tx, &sightings, agent, report, rounds, networks)?;
        after.devices = devices(&sightings, &folded, networks);
        changed = save(tx, &folded, &after.picture, agent, report, networks)?;
    }
    Ok(changed)
}

/// Keeps the readings; whether one of them may turn what rules judge.
fn save_readings(tx: &mut Tx<'_>, after: &mut Seen, report: &Report) -> Result<bool, store::Error> {
    if report.number <= after.values_of {
        after.values.clear();
    }
    after.values_of = report.number;
    let mut turned = false;
    for reading in &report.readings {
        let Some((school, device)) = after.devices.get(&(reading.network.clone(), reading.subject.clone())) else { continue };
        store::reading::save(tx, *school, *device, reading)?;
        if is_judged(&reading.name) {
            let key = (*device, reading.name.clone(), reading.instance.clone());
            turned |= may_turn(&reading.name, after.values.insert(key, reading.value), reading.value);
        }
    }
    Ok(turned)
}

fn fold(
    tx: &mut Tx<'_>,
    sightings: &[Sighting],
    agent: &Agent,
    report: &Report,
    rounds: &Rounds,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<Folded, store::Error> {
    let mut known = BTreeMap::new();
    for school in networks.values().collect::<BTreeSet<_>>() {
        tx.lock_school(*school)?;
        known.extend(store::fleet::devices_of_school(tx, *school)?.into_iter().map(|device| (device.id, device)));
    }
    let here: BTreeSet<_> = known.values().flat_map(|device| device.keys.iter().cloned()).collect();
    let foreign: Vec<_> = sightings.iter().flat_map(|sighting| &sighting.keys).filter(|key| !here.contains(*key)).cloned().collect();
    known.extend(store::fleet::devices_by_keys(tx, &foreign)?.into_iter().map(|device| (device.id, device)));
    let known: Vec<_> = known.into_values().collect();
    let spoken = Spoken::of(report);
    let round = Round { ended_at: report.ended_at, number: round_count(agent, report), finished: rounds, runs: &report.probes, networks };
    let mut failed = None;
    let folded = fleet::fold(
        sightings,
        &known,
        &round,
        |sighting| spoken.touches(sighting),
        || match tx.next_id("device") {
            Ok(id) => DeviceId(id),
            Err(error) => {
                failed = Some(error);
                DeviceId(0)
            }
        },
    );
    failed.map_or(Ok(folded), Err)
}

fn devices(sightings: &[Sighting], folded: &Folded, networks: &BTreeMap<String, SchoolId>) -> BTreeMap<(String, Subject), (SchoolId, DeviceId)> {
    let mut devices = BTreeMap::new();
    for (at, device) in &folded.assigned {
        let sighting = &sightings[*at];
        let Some(school) = networks.get(&sighting.network) else { continue };
        for subject in &sighting.subjects {
            devices.insert((sighting.network.clone(), subject.clone()), (*school, *device));
        }
    }
    devices
}

fn save(
    tx: &mut Tx<'_>,
    folded: &Folded,
    picture: &Picture,
    agent: &Agent,
    report: &Report,
    networks: &BTreeMap<String, SchoolId>,
) -> Result<bool, store::Error> {
    for change in &folded.changes {
        store::fleet::save_change(tx, change, agent.id, report.ended_at)?;
        // A device that came from another school leaves something to settle there as well.
        if let Some(before) = change.before.as_ref().filter(|before| before.school != change.after.school) {
            store::school::mark_due(tx, before.school, report.ended_at)?;
        }
    }
    for (network, school) in networks {
        let conflicts: Vec<_> =
            folded.conflicts.iter().filter(|conflict| school_of(folded, conflict.device).is_none_or(|at| at == *school)).cloned().collect();
        store::fleet::save_conflicts(tx, *school, &conflicts, report.ended_at)?;
        store::fleet::save_seats(tx, *school, network, "seat", folded.seats.get(network).copied().unwrap_or(0), report.ended_at)?;
        store::fleet::save_seats(tx, *school, network, "private_mac", visitors(picture, network), report.ended_at)?;
    }
    Ok(!folded.changes.is_empty() || !folded.conflicts.is_empty())
}

fn school_of(folded: &Folded, device: DeviceId) -> Option<SchoolId> {
    folded.changes.iter().find(|change| change.after.id == device).map(|change| change.after.school)
}

/// Clients with invented addresses, as the agent counted them.
fn visitors(picture: &Picture, network: &str) -> u64 {
    let counts = picture.entries().filter(|(entry, _)| &*entry.network == network).flat_map(|(_, facts)| facts);
    let counts = counts.filter_map(|fact| if let Fact::Count(count) = fact { (count.key == "private_mac").then_some(count.count) } else { None });
    counts.fold(0, u64::saturating_add)
}

/// What a report itself spoke of: subjects, and stations in forwarding tables.
struct Spoken<'a> {
    everything: bool,
    subjects: BTreeSet<(&'a str, &'a Subject)>,
    macs: BTreeSet<Mac>,
}

impl<'a> Spoken<'a> {
    fn of(report: &'a Report) -> Spoken<'a> {
        let mut spoken = Spoken { everything: false, subjects: BTreeSet::new(), macs: BTreeSet::new() };
        match &report.content {
            Content::Full(_) => spoken.everything = true,
            Content::Heartbeat => {}
            Content::Difference { change, .. } => {
                spoken.subjects.extend(change.put.iter().map(|group| (group.network.as_str(), &group.subject)));
                spoken.macs.extend(change.put.iter().flat_map(stations));
            }
        }
        spoken
    }

    fn touches(&self, sighting: &Sighting) -> bool {
        self.everything
            || sighting.subjects.iter().any(|subject| self.subjects.contains(&(sighting.network.as_str(), subject)))
            || sighting.addresses.iter().filter_map(|address| address.mac).any(|mac| self.macs.contains(&mac))
    }
}

fn stations(group: &Group) -> impl Iterator<Item = Mac> + '_ {
    group.facts.iter().filter_map(|fact| match fact {
        Fact::Forwarding(row) => Some(row.key.mac),
        Fact::Holds(row) => Some(row.key),
        _ => None,
    })
}
