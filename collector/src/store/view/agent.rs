//! Agents as people see them.
//!
//! Comes in: the id to go on after. Goes out: one row an agent. Absent on purpose: pictures and streams (`report`).

use crate::store::{Result, Row, Tx};
use rollcall_shared::{AgentId, Timestamp};

/// One agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// Id.
    pub id: AgentId,
    /// Host name at enrolment.
    pub host: String,
    /// Program's version.
    pub version: String,
    /// Names of its networks, JSON.
    pub networks: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// From when on it is refused.
    pub revoked_at: Option<Timestamp>,
    /// People asked that looking rests.
    pub paused: bool,
    /// Newest stream.
    pub stream: Option<i64>,
    /// Number of its newest report.
    pub number: i64,
    /// End of its newest round; 0: none.
    pub reported_at: Timestamp,
    /// Last contact; 0: none.
    pub contact_at: Timestamp,
    /// How soon it means to report again.
    pub every_s: i64,
    /// Its clock minus ours.
    pub skew_s: i64,
    /// Rounds told.
    pub round_count: i64,
    /// Probe runs of the newest round, JSON.
    pub probes: String,
    /// Troubles of the newest round, JSON.
    pub troubles: String,
    /// Reports refused.
    pub refused_count: i64,
}

/// What [`agent_row`] reads.
macro_rules! agents {
    () => {
        "select agent_id, host, version, networks, enrolled_at, revoked_at, paused, stream, coalesce(number, 0), reported_at, contact_at, every_s,
            skew_s, round_count, probes, troubles, refused_count
        from agent"
    };
}

/// Agents by id, after one.
pub fn list(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<AgentRow>> {
    let sql = concat!(agents!(), " where agent_id > $1 order by agent_id limit $2");
    tx.query(sql, &[after.into(), limit.clamp(1, super::MAX_ROWS).into()])?.into_iter().map(agent_row).collect()
}

/// One agent.
pub fn one(tx: &mut Tx<'_>, agent: AgentId) -> Result<Option<AgentRow>> {
    let before = agent.0.saturating_sub(1);
    Ok(list(tx, before, 1)?.into_iter().find(|row| row.id == agent))
}

/// The first of the welcome agents that did not speak in time, by id: as [`reporting`] counts.
pub fn silent(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<AgentRow>> {
    let sql = concat!(
        agents!(),
        " where revoked_at is null and replaced_by is null
            and (contact_at <= 0 or contact_at + case when 3 * every_s > 45 then 3 * every_s else 45 end <= $1)
        order by agent_id
        limit $2"
    );
    tx.query(sql, &[now.into(), limit.clamp(1, super::MAX_ROWS).into()])?.into_iter().map(agent_row).collect()
}

fn agent_row(mut row: Row) -> Result<AgentRow> {
    Ok(AgentRow {
        id: row.take()?,
        host: row.take()?,
        version: row.take()?,
        networks: row.take()?,
        enrolled_at: row.take()?,
        revoked_at: row.take()?,
        paused: row.take()?,
        stream: row.take()?,
        number: row.take()?,
        reported_at: row.take()?,
        contact_at: row.take()?,
        every_s: row.take()?,
        skew_s: row.take()?,
        round_count: row.take()?,
        probes: row.take()?,
        troubles: row.take()?,
        refused_count: row.take()?,
    })
}

/// How many agents are welcome, and how many of them spoke in time (three of their periods, 45 s at least: as
/// `domain::reconcile` judges silence).
pub fn reporting(tx: &mut Tx<'_>, now: Timestamp) -> Result<(i64, i64)> {
    let sql = "
        select count(*),
            count(*) filter (where contact_at > 0
                and contact_at + case when 3 * every_s > 45 then 3 * every_s else 45 end > $1)
        from agent
        where revoked_at is null and replaced_by is null";
    let row = tx.query_one(sql, &[now.into()])?;
    row.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))
}
