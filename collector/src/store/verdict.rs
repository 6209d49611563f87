//! Decisions about deviations: what people accepted, silenced, called no fault or not ours.
//!
//! Comes in: new decisions, and those taken back. Goes out: those in force for a school, lists for people. Absent on purpose: what a decision
//! covers (`domain::fault::verdict`).

use super::sight::{Seen, sees_school};
use super::{Param, Result, Row, Tx};
use crate::domain::fault::{About, Decision, Verdict};
use crate::domain::kind::Kind;
use rollcall_shared::{SchoolId, Timestamp};

/// Decisions that one school is laid with, at most.
const MOST: i64 = 2_000;

/// A decision with its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its id; 0 before it is saved.
    pub id: i64,
    /// What was decided.
    pub decision: Decision,
    /// In whose words.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The fault on whose page it was decided.
    pub fault: Option<i64>,
}

/// Remembers a decision; its id.
pub fn add(tx: &mut Tx<'_>, noted: &Noted) -> Result<i64> {
    let sql = "
        insert into verdict (verdict_id, verdict, school_id, fault_key, code, device_id, kind, kit, phase, model, from_at, until_at,
            reason, by_whom, at, fault_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let id = tx.next_id("verdict")?;
    let about = &noted.decision.about;
    let params: [Param<'_>; 16] = [
        id.into(),
        noted.decision.verdict.code().into(),
        about.school.into(),
        (&about.key).into(),
        (&about.code).into(),
        about.device.into(),
        about.kind.map(Kind::code).into(),
        (&about.kit).into(),
        (&about.phase).into(),
        (&about.model).into(),
        noted.decision.from_at.into(),
        noted.decision.until_at.into(),
        (&noted.reason).into(),
        (&noted.by).into(),
        noted.at.into(),
        noted.fault.into(),
    ];
    tx.execute(sql, &params)?;
    Ok(id)
}

/// Decisions that hold at a school now or later: its own and the town's.
pub fn of_school(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Vec<Decision>> {
    let sql = "
        select verdict_id, verdict, school_id, fault_key, code, device_id, kind, kit, phase, model, from_at, until_at, reason, by_whom, at, fault_id
        from verdict
        where revoked_at is null and (school_id is null or school_id = $1) and (until_at is null or until_at > $2)
        order by verdict_id
        limit $3";
    let rows = tx.query(sql, &[school.into(), now.into(), MOST.into()])?;
    rows.into_iter().map(|row| Ok(noted(row)?.decision)).collect()
}

/// Decisions in force about schools that are seen, the newest first; those before `before`.
pub fn list(seen: &mut Seen<'_, '_>, before: i64, now: Timestamp, limit: i64) -> Result<Vec<Noted>> {
    // What holds for the whole town is told to whoever sees the whole town: it may name a device of any school.
    let sql = concat!(
        "
        select verdict_id, verdict, school_id, fault_key, code, device_id, kind, kit, phase, model, from_at, until_at, reason, by_whom, at, fault_id
        from verdict
        where revoked_at is null and verdict_id < $1 and (until_at is null or until_at > $2)
            and ",
        sees_school!("$4", "verdict.school_id"),
        "
        order by verdict_id desc
        limit $3"
    );
    let by = seen.by();
    seen.query(sql, &[before.into(), now.into(), limit.into(), by.into()])?.into_iter().map(noted).collect()
}

/// One decision in force.
pub fn one(tx: &mut Tx<'_>, id: i64) -> Result<Option<Noted>> {
    let sql = "
        select verdict_id, verdict, school_id, fault_key, code, device_id, kind, kit, phase, model, from_at, until_at, reason, by_whom, at, fault_id
        from verdict
        where revoked_at is null and verdict_id = $1";
    tx.query_one(sql, &[id.into()])?.map(noted).transpose()
}

/// Takes a decision back; whether it was in force.
pub fn revoke(tx: &mut Tx<'_>, id: i64, by: &str, now: Timestamp) -> Result<bool> {
    let sql = "update verdict set revoked_at = $2, revoked_by = $3 where verdict_id = $1 and revoked_at is null";
    Ok(tx.changed(sql, &[id.into(), now.into(), by.into()])? > 0)
}

/// Takes back what was decided on the page of a fault.
pub fn revoke_of_fault(tx: &mut Tx<'_>, fault: i64, by: &str, now: Timestamp) -> Result<()> {
    let sql = "update verdict set revoked_at = $2, revoked_by = $3 where fault_id = $1 and revoked_at is null";
    tx.execute(sql, &[fault.into(), now.into(), by.into()])
}

fn noted(mut row: Row) -> Result<Noted> {
    let (id, verdict) = (row.take()?, row.take::<String>()?);
    let about = About {
        school: row.take()?,
        key: row.take()?,
        code: row.take()?,
        device: row.take()?,
        kind: row.take::<Option<String>>()?.as_deref().and_then(Kind::from_code),
        kit: row.take()?,
        phase: row.take()?,
        model: row.take()?,
    };
    let verdict = Verdict::from_code(&verdict).unwrap_or(Verdict::Silence);
    let decision = Decision { verdict, about, from_at: row.take()?, until_at: row.take()? };
    Ok(Noted { id, decision, reason: row.take()?, by: row.take()?, at: row.take()?, fault: row.take()? })
}
