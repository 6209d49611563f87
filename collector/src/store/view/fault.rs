//! Faults as lists show them, gravest and oldest first, and one fault's life.
//!
//! Comes in: a filter, the key to go on after. Goes out: one row a fault. Absent on purpose: opening and clearing.

use crate::store::{Param, Result, Row, Tx};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRow {
    /// The number that people quote.
    pub id: i64,
    /// Row of the table of faults.
    pub code: String,
    /// 3 critical, 2 major, 1 minor.
    pub severity: i64,
    /// When the cause began.
    pub opened_at: Timestamp,
    /// When it was seen mended.
    pub cleared_at: Option<Timestamp>,
    /// By the next look, by a person; empty: open.
    pub how_cleared: String,
    /// How many things it stands for.
    pub count: i64,
    /// Parameters of its sentence, JSON.
    pub facts: String,
    /// Devices that cannot be seen because of it.
    pub shadow: i64,
    /// Its school.
    pub school: SchoolId,
    /// Code of its school.
    pub school_code: String,
    /// Name of its school.
    pub school_name: String,
    /// Its school is still learning: nobody is notified.
    pub learning: bool,
    /// The device that ails.
    pub device: Option<DeviceId>,
    /// That one's kind.
    pub kind: Option<String>,
    /// And its name or serial.
    pub device_name: String,
    /// And its model.
    pub device_model: String,
    /// Room of the place concerned; empty: none known.
    pub room: String,
}

/// What to show of the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Cleared ones instead of open ones.
    pub cleared: bool,
    /// Code of a school.
    pub school: Option<String>,
    /// Row of the table of faults.
    pub code: Option<String>,
    /// 3 critical, 2 major, 1 minor.
    pub severity: Option<i64>,
    /// One device.
    pub device: Option<i64>,
}

/// Where a page of the list ends: severity, opened at, id (open ones); cleared at, id (cleared ones, severity unused).
pub type After = (i64, i64, i64);

/// Faults after a key.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, after: Option<After>, limit: i64) -> Result<Vec<FaultRow>> {
    let open = "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, device.kind,
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place where place.device_id = fault.device_id), '')
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        where cleared_at is null
            and ($1 is null or school.code = $1)
            and ($2 is null or fault.code = $2)
            and ($3 is null or severity = $3)
            and ($4 is null or fault.device_id = $4)
            and ($5 is null or severity < $5 or (severity = $5 and (opened_at > $6 or (opened_at = $6 and fault.fault_id > $7))))
        order by severity desc, opened_at, fault.fault_id
        limit $8";
    let cleared = "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, device.kind,
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place where place.device_id = fault.device_id), '')
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        where cleared_at is not null
            and ($1 is null or school.code = $1)
            and ($2 is null or fault.code = $2)
            and ($3 is null or severity = $3)
            and ($4 is null or fault.device_id = $4)
            and ($5 is null or cast($5 as bigint) >= 0)
            and ($6 is null or cleared_at < $6 or (cleared_at = $6 and fault.fault_id < $7))
        order by cleared_at desc, fault.fault_id desc
        limit $8";
    let params: [Param<'_>; 8] = [
        (&filter.school).into(),
        (&filter.code).into(),
        filter.severity.into(),
        filter.device.into(),
        after.map(|after| after.0).into(),
        after.map(|after| after.1).into(),
        after.map(|after| after.2).into(),
        limit.clamp(1, super::MAX_ROWS).into(),
    ];
    let sql = if filter.cleared { cleared } else { open };
    tx.query(sql, &params)?.into_iter().map(fault_row).collect()
}

/// One fault by its number.
pub fn one(tx: &mut Tx<'_>, fault: i64) -> Result<Option<FaultRow>> {
    let sql = "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, device.kind,
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place where place.device_id = fault.device_id), '')
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        where fault.fault_id = $1";
    tx.query_one(sql, &[fault.into()])?.map(fault_row).transpose()
}

fn fault_row(mut row: Row) -> Result<FaultRow> {
    Ok(FaultRow {
        id: row.take()?,
        code: row.take()?,
        severity: row.take()?,
        opened_at: row.take()?,
        cleared_at: row.take()?,
        how_cleared: row.take()?,
        count: row.take()?,
        facts: row.take()?,
        shadow: row.take()?,
        school: row.take()?,
        school_code: row.take()?,
        school_name: row.take()?,
        learning: row.take::<Option<Timestamp>>()?.is_none(),
        device: row.take()?,
        kind: row.take()?,
        device_name: row.take()?,
        device_model: row.take()?,
        room: row.take()?,
    })
}

/// Open faults by code with their gravest severity.
pub fn by_code(tx: &mut Tx<'_>, school: Option<&str>) -> Result<Vec<(String, i64, i64)>> {
    let sql = "
        select fault.code, max(severity), count(*)
        from fault
        join school on school.school_id = fault.school_id
        where cleared_at is null and ($1 is null or school.code = $1)
        group by fault.code
        order by max(severity) desc, fault.code";
    tx.query(sql, &[school.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// One line of a fault's life: when, what, by whom, text.
pub fn life(tx: &mut Tx<'_>, fault: i64, limit: i64) -> Result<Vec<(Timestamp, String, String, String)>> {
    let sql = "
        select at, what, by_whom, said
        from fault_event
        where fault_id = $1
        order by at desc, what
        limit $2";
    let rows = tx.query(sql, &[fault.into(), limit.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?, row.take()?))).collect()
}
