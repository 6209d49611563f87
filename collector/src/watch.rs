//! Shell: the clock's way in: who fell silent, and what has been kept long enough.
//!
//! Comes in: the time, every few seconds. Goes out: schools marked due, rows deleted and counted. Ticking twice is ticking once.
//! Absent on purpose: what silence means (`reconcile`), the settling of what is due (`settle`).

use crate::domain::reconcile::{SILENT_AFTER_PERIODS, SILENT_AT_LEAST_S};
use crate::store::retention::{self, Keep};
use crate::store::{self, Db, report, school};
use rollcall_shared::{SchoolId, Timestamp};

/// Between two retentions.
const RETENTION_EVERY_S: i64 = 86_400;
/// Schools whose old rows are deleted in one job: the writer is never held for long.
const SCHOOLS_A_JOB: u32 = 20;
/// Most silent agents marked in one tick; the next tick takes the others.
const SILENT_A_TICK: u32 = 500;

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Agents that fell silent since the last tick.
    pub silent: u64,
    /// Rows that retention deleted.
    pub deleted: u64,
}

/// One tick.
pub fn tick(db: &Db, keep: &Keep, now: Timestamp) -> store::Result<Ticked> {
    Ok(Ticked { silent: mark_silent(db, now)?, deleted: retain(db, keep, now)? })
}

/// Marks the schools of agents that fell silent, once for each silence.
fn mark_silent(db: &Db, now: Timestamp) -> store::Result<u64> {
    let silent = db.read(|tx| report::silent_agents(tx, SILENT_AFTER_PERIODS, SILENT_AT_LEAST_S, now, SILENT_A_TICK))?;
    let count = silent.len() as u64;
    if count > 0 {
        db.write(move |tx| -> store::Result<()> {
            for agent in &silent {
                report::mark_silent(tx, *agent, now)?;
                for school in school::schools_of_agent(tx, *agent)? {
                    school::mark_due(tx, school, now)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(count)
}

/// Deletes what has been kept long enough, once a day, school by school.
fn retain(db: &Db, keep: &Keep, now: Timestamp) -> store::Result<u64> {
    if !db.write(move |tx| retention::is_due(tx, RETENTION_EVERY_S, now))? {
        return Ok(0);
    }
    let keep = *keep;
    let mut deleted = db.write(move |tx| retention::delete_of_town(tx, &keep, now))?;
    let mut after = SchoolId(0);
    loop {
        let schools: Vec<SchoolId> = db.read(|tx| school::schools(tx, after, SCHOOLS_A_JOB))?.into_iter().map(|known| known.id).collect();
        let Some(last) = schools.last() else { break };
        after = *last;
        deleted +=
            db.write(move |tx| schools.iter().map(|school| retention::delete_of_school(tx, *school, &keep, now)).sum::<store::Result<u64>>())?;
    }
    tracing::info!(deleted, "retention done");
    Ok(deleted)
}
