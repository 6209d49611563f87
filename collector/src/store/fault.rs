//! Faults: open ones for the next laying, what laying opened, changed and cleared, and each fault's life.
//!
//! Comes in: [`Laid`] of the core. Goes out: open faults. Absent on purpose: finding, and lists for people (`view`).

use super::report::{from_json, json};
use super::{Param, Result, Tx};
use crate::domain::fault::{Found, Laid, Open, Severity};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeSet;

/// Faults whose count is the devices in their shadow.
const SHADOWING: [&str; 2] = ["agent_silent", "infrastructure_silent"];

/// Open faults of a school.
pub fn open_faults(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Open>> {
    let sql = "
        select fault_id, code, fault_key, severity, count, opened_at, device_id, facts
        from fault
        where school_id = $1 and cleared_at is null
        order by fault_id";
    tx.query(sql, &[school.into()])?
        .into_iter()
        .map(|mut row| {
            Ok(Open {
                fault_id: row.take()?,
                code: row.take()?,
                key: row.take()?,
                severity: severity_of(row.take()?),
                count: row.take()?,
                opened_at: row.take()?,
                device: row.take()?,
                facts: from_json("facts of a fault", &row.take::<String>()?)?,
            })
        })
        .collect()
}

/// Keys of the open faults of a school.
pub fn open_keys(tx: &mut Tx<'_>, school: SchoolId) -> Result<BTreeSet<String>> {
    let rows = tx.query("select fault_key from fault where school_id = $1 and cleared_at is null", &[school.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Opens, changes and clears what laying said. Whether anything changed. Saying it twice changes nothing the second time.
pub fn save_laid(tx: &mut Tx<'_>, school: SchoolId, laid: &Laid, now: Timestamp) -> Result<bool> {
    for found in &laid.opened {
        open(tx, school, found, now)?;
    }
    for (fault, found) in &laid.changed {
        change(tx, school, *fault, found)?;
    }
    for gone in &laid.cleared {
        clear(tx, school, gone.fault_id, "look", "", now)?;
    }
    Ok(!(laid.opened.is_empty() && laid.changed.is_empty() && laid.cleared.is_empty()))
}

fn open(tx: &mut Tx<'_>, school: SchoolId, found: &Found, now: Timestamp) -> Result<()> {
    let sql = "
        insert into fault (school_id, fault_id, fault_key, code, severity, device_id, place_key, opened_at, confirmed_at, how_cleared,
            count, facts, shadow)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12)
        on conflict (school_id, fault_key) where cleared_at is null do nothing";
    let id = tx.next_id("fault")?;
    let facts = json(&found.facts)?;
    let params: [Param<'_>; 12] = [
        school.into(),
        id.into(),
        (&found.key).into(),
        found.code.into(),
        severity_code(found.severity).into(),
        found.device.into(),
        found.place.as_deref().unwrap_or("").into(),
        found.since_at.into(),
        now.into(),
        found.count.into(),
        (&facts).into(),
        shadow(found).into(),
    ];
    if tx.execute(sql, &params)? > 0 {
        add_event(tx, id, now, "opened", "", "")?;
    }
    Ok(())
}

fn change(tx: &mut Tx<'_>, school: SchoolId, fault: i64, found: &Found) -> Result<()> {
    let sql = "
        update fault
        set count = $3, facts = $4, shadow = $5, place_key = $6
        where school_id = $1 and fault_id = $2";
    let facts = json(&found.facts)?;
    let place = found.place.as_deref().unwrap_or("");
    tx.execute(sql, &[school.into(), fault.into(), found.count.into(), (&facts).into(), shadow(found).into(), place.into()])?;
    // These two stand in indexes: named only where they change.
    let sql = "update fault set severity = $3 where school_id = $1 and fault_id = $2 and severity <> $3";
    tx.execute(sql, &[school.into(), fault.into(), severity_code(found.severity).into()])?;
    let sql = "update fault set device_id = $3 where school_id = $1 and fault_id = $2 and coalesce(device_id, 0) <> coalesce($3, 0)";
    tx.execute(sql, &[school.into(), fault.into(), found.device.into()]).map(drop)
}

/// Clears a fault: `how` is `look` or `person`. Whether it was open.
pub fn clear(tx: &mut Tx<'_>, school: SchoolId, fault: i64, how: &str, by_whom: &str, now: Timestamp) -> Result<bool> {
    let sql = "
        update fault
        set cleared_at = $3, how_cleared = $4
        where school_id = $1 and fault_id = $2 and cleared_at is null";
    let cleared = tx.execute(sql, &[school.into(), fault.into(), now.into(), how.into()])? > 0;
    if cleared {
        add_event(tx, fault, now, "cleared", by_whom, "")?;
    }
    Ok(cleared)
}

/// Adds a line to a fault's life.
pub fn add_event(tx: &mut Tx<'_>, fault: i64, at: Timestamp, what: &str, by_whom: &str, said: &str) -> Result<()> {
    let sql = "
        insert into fault_event (fault_id, at, what, by_whom, said)
        values ($1, $2, $3, $4, $5)
        on conflict (fault_id, at, what) do nothing";
    tx.execute(sql, &[fault.into(), at.into(), what.into(), by_whom.into(), said.into()]).map(drop)
}

/// Open faults of one device, by number.
pub fn open_of_device(tx: &mut Tx<'_>, device: DeviceId) -> Result<Vec<i64>> {
    let rows = tx.query("select fault_id from fault where device_id = $1 and cleared_at is null order by fault_id", &[device.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

fn shadow(found: &Found) -> u64 {
    if SHADOWING.contains(&found.code) { found.count } else { 0 }
}

/// Severities as tables hold them: the greater the graver, so that a maximum is the gravest.
const SEVERITIES: &[(i64, Severity)] = &[(3, Severity::Critical), (2, Severity::Major), (1, Severity::Minor)];

/// The number of a severity in tables.
pub fn severity_code(severity: Severity) -> i64 {
    SEVERITIES.iter().find(|(_, known)| *known == severity).map_or(0, |(code, _)| *code)
}

/// The severity of a number in tables.
pub fn severity_of(code: i64) -> Option<Severity> {
    SEVERITIES.iter().find(|(known, _)| *known == code).map(|(_, severity)| *severity)
}
