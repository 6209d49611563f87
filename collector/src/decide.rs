//! Shell: a person's decision about who is who: saved, noted in the trail, and the pictures of the schools concerned looked at again.
//!
//! Comes in: numbers of devices, who decides and why, the clock. Goes out: the decision's number, or why it cannot be. Absent on purpose: whether
//! a decision can be (`domain/identity`), tables (`store/identity`), who may decide (`web`).

use crate::domain::device::Key;
use crate::domain::identity::{self, Refused, What};
use crate::ingest::{Ingest, IngestError};
use crate::store::account::{AuditLine, audit};
use crate::store::identity::{self as stored, Decision, New};
use crate::store::{self, Db, Tx, fleet, report, school};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeSet;

/// Longest reason that is kept, characters.
pub const MAX_REASON: usize = 500;

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// There is no such device or decision.
    #[error("there is no such device or decision")]
    Unknown,
    /// It cannot be.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store's failure.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Looking again failed; what was decided stands.
    #[error(transparent)]
    Again(#[from] IngestError),
}

/// Who decides, why, and when.
#[derive(Debug, Clone)]
pub struct By {
    /// Login.
    pub whom: String,
    /// Why, in a sentence.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What a decision did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Its number.
    pub decision: i64,
    /// The device that went on.
    pub kept: DeviceId,
    /// The one put aside, or the new one.
    pub other: DeviceId,
    /// Schools of which something else is known now.
    pub schools: BTreeSet<SchoolId>,
}

/// `other` is `kept`. `confirmed`: the person has read the serial number on the device.
pub fn merge(db: &Db, ingest: &Ingest, kept: DeviceId, other: DeviceId, confirmed: bool, by: &By) -> Result<Decided, DecideError> {
    let said = by.clone();
    let decided = db.write(move |tx| -> Result<Decided, DecideError> {
        let (kept, other) = (device(tx, kept)?, device(tx, other)?);
        let one = identity::merged(&kept, &other, confirmed)?;
        let decision = stored::save_merge(tx, &new(What::Merge, &said), &kept, &other, &one)?;
        stored::resolve_between(tx, kept.id, other.id, said.at)?;
        note(tx, &said, "device.merge", kept.id, other.id)?;
        Ok(Decided { decision, kept: kept.id, other: other.id, schools: [kept.school, other.school].into() })
    })?;
    look_again(db, ingest, decided, by.at)
}

/// Some keys of a device are another's.
pub fn split(db: &Db, ingest: &Ingest, from: DeviceId, keys: BTreeSet<Key>, by: &By) -> Result<Decided, DecideError> {
    let said = by.clone();
    let decided = db.write(move |tx| -> Result<Decided, DecideError> {
        let before = device(tx, from)?;
        // Refused before a number is taken.
        identity::split(&before, &keys, before.id, said.at)?;
        let id = DeviceId(tx.next_id("device")?);
        let (first, second) = identity::split(&before, &keys, id, said.at)?;
        let decision = stored::save_split(tx, &new(What::Split, &said), &before, &first, &second)?;
        note(tx, &said, "device.split", first.id, second.id)?;
        Ok(Decided { decision, kept: first.id, other: second.id, schools: [before.school].into() })
    })?;
    look_again(db, ingest, decided, by.at)
}

/// A decision is taken back.
pub fn undo(db: &Db, ingest: &Ingest, decision: i64, by: &By) -> Result<Decided, DecideError> {
    let said = by.clone();
    let decided = db.write(move |tx| -> Result<Decided, DecideError> {
        let decision = stored::decision(tx, decision)?.ok_or(DecideError::Unknown)?;
        if decision.undone_at.is_some() {
            return Err(Refused::Undone.into());
        }
        if stored::is_built_upon(tx, &decision)? {
            return Err(Refused::BuiltUpon.into());
        }
        let schools = match decision.what {
            What::Merge => unmerge(tx, &decision, &said)?,
            What::Split => unsplit(tx, &decision, &said)?,
        };
        note(tx, &said, "device.undo", decision.kept, decision.other)?;
        Ok(Decided { decision: decision.id, kept: decision.kept, other: decision.other, schools })
    })?;
    look_again(db, ingest, decided, by.at)
}

fn unmerge(tx: &mut Tx<'_>, decision: &Decision, by: &By) -> Result<BTreeSet<SchoolId>, DecideError> {
    let now = device(tx, decision.kept)?;
    let (kept, _) = stored::aside(tx, decision.id, decision.kept)?.ok_or(DecideError::Unknown)?;
    let (other, agent) = stored::aside(tx, decision.id, decision.other)?.ok_or(DecideError::Unknown)?;
    let (first, second) = identity::unmerged(&now, &kept, &other, by.at);
    stored::save_unmerge(tx, decision, &by.whom, &now, &first, (&second, agent), by.at)?;
    Ok([now.school, second.school].into())
}

fn unsplit(tx: &mut Tx<'_>, decision: &Decision, by: &By) -> Result<BTreeSet<SchoolId>, DecideError> {
    let (first, second) = (device(tx, decision.kept)?, device(tx, decision.other)?);
    let one = identity::merged(&first, &second, true)?;
    stored::save_unsplit(tx, decision, &by.whom, &first, &second, &one, by.at)?;
    Ok([first.school, second.school, one.school].into())
}

fn device(tx: &mut Tx<'_>, id: DeviceId) -> Result<crate::domain::device::Device, DecideError> {
    fleet::device(tx, id)?.ok_or(DecideError::Unknown)
}

fn new(what: What, by: &By) -> New<'_> {
    New { what, by_whom: &by.whom, reason: &by.reason, at: by.at }
}

fn note(tx: &mut Tx<'_>, by: &By, what: &str, kept: DeviceId, other: DeviceId) -> Result<(), DecideError> {
    let line = AuditLine {
        at: by.at,
        who: by.whom.clone(),
        what: what.to_owned(),
        subject: format!("{kept}, {other}"),
        was: String::new(),
        becomes: by.reason.clone(),
    };
    Ok(audit(tx, &line)?)
}

/// The pictures of all who look at these schools show the devices as they now are.
fn look_again(db: &Db, ingest: &Ingest, mut decided: Decided, now: Timestamp) -> Result<Decided, DecideError> {
    let schools = decided.schools.clone();
    let agents = db.read(move |tx| -> Result<BTreeSet<_>, store::Error> {
        let mut agents = BTreeSet::new();
        for school in schools {
            agents.extend(school::agents_of_school(tx, school)?);
        }
        Ok(agents)
    })?;
    for agent in agents {
        decided.schools.extend(ingest.reread(agent, now)?);
    }
    Ok(decided)
}

/// Every kept picture is recognised again, a few agents at a time: better tables change conclusions, and lose no history. How many were.
pub fn reread_all(db: &Db, ingest: &Ingest, now: Timestamp, go_on: impl Fn() -> bool) -> Result<u64, DecideError> {
    let (mut after, mut count) = (rollcall_shared::AgentId(0), 0);
    loop {
        let agents = db.read(move |tx| report::agents(tx, after, AGENTS_A_READ))?;
        let Some(last) = agents.last() else { return Ok(count) };
        after = last.id;
        for agent in agents.iter().filter(|agent| agent.revoked_at.is_none() && agent.position.hash.is_some()) {
            if !go_on() {
                return Ok(count);
            }
            ingest.reread(agent.id, now)?;
            count += 1;
        }
    }
}

/// Agents read at once.
const AGENTS_A_READ: u32 = 100;
