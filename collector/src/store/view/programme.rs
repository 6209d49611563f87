//! The programme as a whole: phases with their counts.
//!
//! Comes in: nothing. Goes out: sums. Absent on purpose: dates and names of phases (the plan's tables hold them).

use crate::store::{Result, Tx};

/// One phase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseRow {
    /// Its code; empty: places of no phase.
    pub phase: String,
    /// Schools with places in it.
    pub schools: i64,
    /// Of them equipped: everything is due by now, and nothing due is missing, and somebody has seen something there.
    pub equipped: i64,
    /// Places.
    pub planned: i64,
    /// Places due by now.
    pub due: i64,
    /// Places filled.
    pub installed: i64,
    /// Due and not there.
    pub missing: i64,
    /// Filled by something that ails.
    pub faulty: i64,
}

/// Phases by code.
pub fn phases(tx: &mut Tx<'_>) -> Result<Vec<PhaseRow>> {
    let sql = "
        select phase, count(*), count(*) filter (where due >= planned and missing = 0 and installed > 0),
            cast(sum(planned) as bigint), cast(sum(due) as bigint), cast(sum(installed) as bigint),
            cast(sum(missing) as bigint), cast(sum(faulty) as bigint)
        from (
            select phase, school_id, sum(planned) as planned, sum(due) as due, sum(installed) as installed,
                sum(missing) as missing, sum(faulty) as faulty
            from phase_count
            group by phase, school_id
        ) as by_school
        group by phase
        order by phase";
    let rows = tx.query(sql, &[])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(PhaseRow {
                phase: row.take()?,
                schools: row.take()?,
                equipped: row.take()?,
                planned: row.take()?,
                due: row.take()?,
                installed: row.take()?,
                missing: row.take()?,
                faulty: row.take()?,
            })
        })
        .collect()
}

/// Places by kind within a phase: kind, planned, due, installed, missing, faulty.
pub fn kinds(tx: &mut Tx<'_>, phase: &str) -> Result<Vec<(String, [i64; 5])>> {
    let sql = "
        select kind, cast(sum(planned) as bigint), cast(sum(due) as bigint), cast(sum(installed) as bigint),
            cast(sum(missing) as bigint), cast(sum(faulty) as bigint)
        from phase_count
        where phase = $1
        group by kind
        order by kind";
    let rows = tx.query(sql, &[phase.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, [row.take()?, row.take()?, row.take()?, row.take()?, row.take()?]))).collect()
}
