//! A report's way in: where it stands, what it shows, what changed; made durable; then acknowledged.
//!
//! Comes in: a batch whose signature held, and the collector's clock. Goes out: a receipt, after the commit. Absent on
//! purpose: HTTP and signatures (`web/agents`), judgement (`domain`), and settling: a school is only marked due here, for
//! laying it side by side inside the report's transaction would eat the single writer.

mod look;
mod pictures;

use self::pictures::{Pictures, Seen};
use crate::domain::fleet::Rounds;
use crate::domain::reading::{is_judged, may_turn};
use crate::domain::stream::{Verdict, judge};
use crate::store::report::{Accepted, Agent};
use crate::store::{self, Db, Tx};
use rollcall_shared::report::{Answer, Outcome};
use rollcall_shared::{AgentId, Batch, Content, Picture, Receipt, Report, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::pictures::CACHE_BYTES;

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
    rests_s: i64,
}

impl Ingest {
    /// On a database.
    pub fn new(db: Db) -> Ingest {
        Ingest { db, pictures: Arc::default(), rests_s: 0 }
    }

    /// Where reports come in all the time, a school is settled for them no more often than each so many seconds.
    pub fn resting(self, rests_s: i64) -> Ingest {
        Ingest { rests_s, ..self }
    }

    /// Takes a batch in. Blocks until it is durable. Taking it in twice changes nothing the second time.
    pub fn accept(&self, agent: AgentId, batch: Batch, now: Timestamp) -> Result<Taken, IngestError> {
        // Out of the writer's way: what reports say of whole pictures is put together here.
        let wholes = batch.reports.iter().map(|report| match &report.content {
            Content::Full(groups) => Some(Picture::from_groups(groups.clone())),
            _ => None,
        });
        let known = Known { seen: lock(&self.pictures).take(agent), wholes: wholes.collect() };
        let known = Arc::new(Mutex::new(known));
        let (brought, rests_s) = (known.clone(), self.rests_s);
        let done = self.db.write(move |tx| take_in(tx, &mut lock(&brought), agent, &batch, (now, rests_s)));
        // What the transaction made of it is true once it is durable, and only then; what it never touched stays so.
        let (taken, seen) = match done {
            Ok((taken, seen)) => (Ok(taken), seen),
            Err(error) => (Err(error), lock(&known).seen.take()),
        };
        if let Some(seen) = seen {
            lock(&self.pictures).keep(agent, seen);
        }
        taken
    }
}

impl Ingest {
    /// An agent's picture as a reading finds it: out of memory if that is at the same picture, put together out of the store otherwise.
    pub fn picture(&self, tx: &mut Tx<'_>, agent: &Agent) -> Result<Option<Arc<Picture>>, store::Error> {
        let remembered = agent.position.hash.and_then(|hash| lock(&self.pictures).picture(agent.id, hash));
        match remembered {
            Some(picture) => Ok(Some(picture)),
            None => Ok(store::report::load_picture(tx, agent)?.map(Arc::new)),
        }
    }

    /// Looks once more at the picture that an agent told last; nothing is concluded of time. Schools of which something else is known now.
    pub fn reread(&self, agent: AgentId, now: Timestamp) -> Result<BTreeSet<SchoolId>, IngestError> {
        let known = Arc::new(Mutex::new(lock(&self.pictures).take(agent)));
        let brought = known.clone();
        let done = self.db.write(move |tx| again(tx, lock(&brought).take(), agent, now));
        let (changed, seen) = match done {
            Ok((changed, seen)) => (Ok(changed), seen),
            Err(error) => (Err(error), lock(&known).take()),
        };
        if let Some(seen) = seen {
            lock(&self.pictures).keep(agent, seen);
        }
        changed
    }
}

/// The last picture of an agent, looked at once more.
fn again(tx: &mut Tx<'_>, seen: Remembered, id: AgentId, now: Timestamp) -> Result<(BTreeSet<SchoolId>, Remembered), IngestError> {
    tx.lock_agent(id)?;
    let agent = store::report::agent_by_id(tx, id)?.ok_or(IngestError::Unknown)?;
    let (Some(stream), Some(hash), None) = (agent.position.stream, agent.position.hash, agent.revoked_at) else {
        return Ok((BTreeSet::new(), seen));
    };
    let seen = match seen.filter(|seen| seen.picture.hash() == hash) {
        Some(seen) => Some(seen),
        None => store::report::load_picture(tx, &agent)?.map(Seen::of),
    };
    let Some(mut after) = seen else { return Ok((BTreeSet::new(), None)) };
    let report = Report {
        wire: rollcall_shared::report::WIRE_VERSION,
        agent_version: String::new(),
        stream,
        number: agent.position.number,
        began_at: agent.began_at,
        ended_at: agent.position.ended_at,
        content: Content::Heartbeat,
        hash,
        probes: Vec::new(),
        readings: Vec::new(),
        troubles: Vec::new(),
        every_s: agent.every_s,
        folded: 0,
        paused: false,
    };
    // No round was made: the count stays what it was.
    let agent = Agent { round_count: agent.round_count.saturating_sub(1), ..agent };
    let networks = store::school::networks_of_agent(tx, id)?;
    let told = Told { agent: &agent, report: &report, skew_s: agent.skew_s, now, rests_s: 0 };
    let mut changed = BTreeSet::new();
    if look::again(tx, &mut after, &told, &agent.rounds, &networks)? {
        changed.extend(networks.values());
        for school in &changed {
            store::school::mark_due(tx, *school, now)?;
        }
    }
    Ok((changed, Some(after)))
}

/// What is known before a batch is looked at; each part is used once: if the job runs a second time, it does without.
struct Known {
    seen: Option<Box<Seen>>,
    wholes: Vec<Option<Picture>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Remembered = Option<Box<Seen>>;

fn take_in(
    tx: &mut Tx<'_>,
    known: &mut Known,
    id: AgentId,
    batch: &Batch,
    (now, rests_s): (Timestamp, i64),
) -> Result<(Taken, Remembered), IngestError> {
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.reports.len());
    let mut pause = false;
    let mut changed = BTreeSet::new();
    let mut seen = known.seen.take();
    tx.lock_agent(id)?;
    if batch.reports.is_empty() {
        pause = welcome(tx, id)?.paused;
    }
    for (at, report) in batch.reports.iter().enumerate() {
        let agent = welcome(tx, id)?;
        pause = agent.paused;
        let forked = answers.iter().any(|answer| answer.stream == report.stream && matches!(answer.outcome, Outcome::Restart { .. }));
        let whole = known.wholes.get_mut(at).and_then(Option::take);
        let told = Told { agent: &agent, report, skew_s: batch.sent_at.since_s(now), now, rests_s };
        let outcome = match forked {
            true => Outcome::Restart { reason: "an earlier report of this stream forked".to_owned() },
            false => one(tx, &mut seen, whole, &mut changed, &told)?,
        };
        answers.push(Answer { stream: report.stream, number: report.number, outcome });
    }
    Ok((Taken { receipt: Receipt { now, answers, pause }, changed }, seen))
}

/// The agent as it stands now, unless it is no longer welcome.
fn welcome(tx: &mut Tx<'_>, id: AgentId) -> Result<Agent, IngestError> {
    let agent = store::report::agent_by_id(tx, id)?.ok_or(IngestError::Unknown)?;
    if agent.revoked_at.is_some() { Err(IngestError::Revoked) } else { Ok(agent) }
}

/// A report, and who told it when.
struct Told<'a> {
    agent: &'a Agent,
    report: &'a Report,
    skew_s: i64,
    now: Timestamp,
    /// How long a school rests that was settled.
    rests_s: i64,
}

impl Told<'_> {
    /// How many rounds the agent has told, this one included. A look at one device alone is none.
    fn round_count(&self) -> u64 {
        self.agent.round_count + u64::from(!self.report.is_between_rounds())
    }

    /// Rounds told so far, this one included: what confirmation counts. A folded report stands for several rounds but one look.
    fn next_rounds(&self) -> Rounds {
        let mut rounds = self.agent.rounds.clone();
        for run in self.report.probes.iter().filter(|run| run.finished && run.only.is_empty()) {
            *rounds.entry((run.network.clone(), run.probe.clone())).or_default() += 1;
        }
        rounds
    }

    /// Nothing is to be looked at: the picture stands, nothing moved, no device was looked at alone.
    fn is_bare(&self) -> bool {
        matches!(self.report.content, Content::Heartbeat)
            && self.report.readings.is_empty()
            && self.report.probes.iter().all(|run| run.only.is_empty())
    }
}

fn one(
    tx: &mut Tx<'_>,
    seen: &mut Remembered,
    whole: Option<Picture>,
    changed: &mut BTreeSet<SchoolId>,
    told: &Told<'_>,
) -> Result<Outcome, IngestError> {
    // Of the stream in which the agent speaks its own row tells all.
    let streams = match told.agent.position.stream == Some(told.report.stream) {
        true => Vec::new(),
        false => store::report::streams(tx, told.agent)?,
    };
    match judge(told.report, &told.agent.position, &streams) {
        Verdict::Duplicate => Ok(Outcome::Duplicate),
        Verdict::Restart(reason) => Ok(Outcome::Restart { reason: reason.to_owned() }),
        Verdict::FullPlease(reason) => {
            record(tx, told, &told.next_rounds(), false)?;
            Ok(Outcome::FullPlease { reason: reason.to_owned() })
        }
        Verdict::Accept { .. } => accept(tx, seen, whole, changed, told),
    }
}

/// Makes a report durable. What settling says of the agent itself (silent, cloned) may change with any report, also one whose picture
/// cannot be placed: then its schools are due.
fn record(tx: &mut Tx<'_>, told: &Told<'_>, rounds: &Rounds, placed: bool) -> Result<(), store::Error> {
    let Told { agent, report, skew_s, now, .. } = *told;
    let accepted = Accepted { now, skew_s, round_count: told.round_count(), rounds, placed };
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
    seen: &mut Remembered,
    whole: Option<Picture>,
    changed: &mut BTreeSet<SchoolId>,
    told: &Told<'_>,
) -> Result<Outcome, IngestError> {
    let Told { agent, report, now, .. } = *told;
    let rounds = told.next_rounds();
    // In its first rounds an agent makes its school due each time.
    if told.is_bare() && agent.round_count >= FIRST_ROUNDS {
        record(tx, told, &rounds, true)?;
        return Ok(Outcome::Accepted);
    }
    let Some(mut after) = apply(tx, seen.take(), whole, told)? else {
        record(tx, told, &rounds, false)?;
        return Ok(Outcome::FullPlease { reason: "the kept picture could not be put together".to_owned() });
    };
    if after.picture.hash() != report.hash {
        if matches!(report.content, Content::Full(_)) {
            store::report::count_refused(tx, agent.id)?;
            return Ok(Outcome::Refused { reason: "the picture does not have the hash that the report names".to_owned() });
        }
        record(tx, told, &rounds, false)?;
        return Ok(Outcome::FullPlease { reason: "after the difference the picture does not have the hash that the report names".to_owned() });
    }
    record(tx, told, &rounds, true)?;
    // Only the networks of its code: an agent cannot speak for another school.
    let networks = store::school::networks_of_agent(tx, agent.id)?;
    let fleet = look::look(tx, &mut after, told, &rounds, &networks)?;
    let turned = save_readings(tx, &mut after, report, &networks)?;
    if !matches!(report.content, Content::Heartbeat) || fleet {
        changed.extend(networks.values());
    }
    let is_new = agent.round_count < FIRST_ROUNDS;
    if fleet || turned || is_new {
        for school in networks.values().copied().collect::<BTreeSet<_>>() {
            store::school::mark_reported(tx, school, now, if is_new { 0 } else { told.rests_s })?;
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
fn apply(tx: &mut Tx<'_>, seen: Remembered, whole: Option<Picture>, told: &Told<'_>) -> Result<Remembered, store::Error> {
    let wanted = told.agent.position.hash;
    let seen = seen.filter(|seen| Some(seen.picture.hash()) == wanted);
    if let Content::Full(groups) = &told.report.content {
        let picture = whole.unwrap_or_else(|| Picture::from_groups(groups.clone()));
        return Ok(Some(match seen {
            Some(mut seen) => {
                seen.picture = Arc::new(picture);
                seen
            }
            None => Seen::of(picture),
        }));
    }
    let before = match seen {
        Some(seen) => Some(seen),
        None => store::report::load_picture(tx, told.agent)?.map(Seen::of),
    };
    Ok(before.map(|mut seen| {
        if let Content::Difference { change, .. } = &told.report.content {
            Arc::make_mut(&mut seen.picture).apply(change);
        }
        seen
    }))
}

/// Keeps the readings; whether one of them may turn what rules judge.
fn save_readings(tx: &mut Tx<'_>, after: &mut Seen, report: &Report, networks: &BTreeMap<String, SchoolId>) -> Result<bool, store::Error> {
    let mut turned = false;
    for reading in &report.readings {
        let Some(device) = after.device_of(&reading.network, &reading.subject) else { continue };
        let Some(school) = networks.get(&reading.network) else { continue };
        store::reading::save(tx, *school, device, reading)?;
        if is_judged(&reading.name) {
            let key = (device, reading.name.clone(), reading.instance.clone());
            turned |= may_turn(&reading.name, after.values.insert(key, reading.value), reading.value);
        }
    }
    Ok(turned)
}
