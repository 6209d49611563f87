//! Faults of a period with their whole lives, for judging a contract's service.
//!
//! Comes in: the period, a lot. Goes out: lives and what they waited for. Absent on purpose: judging (`domain/fault/punctuality`).

use crate::domain::fault::punctuality::Waited;
use crate::domain::fault::{Cause, Life};
use crate::store::sight::{Seen, sees_fault};
use crate::store::{Result, fault_life};
use rollcall_shared::{SchoolId, Timestamp};
use std::collections::BTreeMap;

/// Most faults of one report: a contract's year of a large town.
pub const MOST: i64 = 20_000;

/// One fault.
#[derive(Debug, Clone)]
pub struct ServiceRow {
    /// Number.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// 3 critical, 2 major, 1 minor.
    pub severity: i64,
    /// Its school.
    pub school: SchoolId,
    /// Name of its school.
    pub school_name: String,
    /// Kind of what ails.
    pub kind: Option<String>,
    /// Its name or serial; empty: none.
    pub device_name: String,
    /// Its life, with lot and the contractor's own number.
    pub life: Life,
}

/// Faults of lots that were told before the period's end and not over before its beginning, in order of their numbers.
pub fn faults(seen: &mut Seen<'_, '_>, from: Timestamp, until: Timestamp, lot: Option<&str>, secret: bool) -> Result<Vec<ServiceRow>> {
    let sql = concat!(
        "
        select fault.fault_id, fault.code, severity, school.school_id, school.name, coalesce(device.kind, place.kind),
            coalesce(device.name, device.serial, ''),
            state, state_at, origin, confirmed_at, fault.lot, reports, external_ref, cleared_at, how_cleared, life
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where (cleared_at is null or cleared_at >= $1) and confirmed_at < $2 and fault.lot <> '' and ($3 is null or fault.lot = $3)
            and ($4 or fault.code <> 'stolen_seen')
            and ",
        sees_fault!("$5", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
        order by fault.fault_id
        limit $6"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[from.into(), until.into(), lot.into(), secret.into(), by.into(), MOST.into()])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ServiceRow {
                id: row.take()?,
                code: row.take()?,
                severity: row.take()?,
                school: row.take()?,
                school_name: row.take()?,
                kind: row.take()?,
                device_name: row.take()?,
                life: fault_life::take(&mut row)?,
            })
        })
        .collect()
}

/// What the same faults waited for: by number, when each wait began and its cause.
pub fn waits(seen: &mut Seen<'_, '_>, from: Timestamp, until: Timestamp, lot: Option<&str>) -> Result<BTreeMap<i64, Vec<Waited>>> {
    let sql = concat!(
        "
        select fault_event.fault_id, fault_event.at, fault_event.said
        from fault_event
        join fault on fault.fault_id = fault_event.fault_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where fault_event.what = 'suspended' and (cleared_at is null or cleared_at >= $1) and confirmed_at < $2
            and fault.lot <> '' and ($3 is null or fault.lot = $3)
            and ",
        sees_fault!("$4", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
        order by fault_event.fault_id, fault_event.at"
    );
    let by = seen.by();
    let mut waits: BTreeMap<i64, Vec<Waited>> = BTreeMap::new();
    for mut row in seen.query(sql, &[from.into(), until.into(), lot.into(), by.into()])? {
        let (fault, at, said): (i64, Timestamp, String) = (row.take()?, row.take()?, row.take()?);
        let code = said.split(" · ").next().unwrap_or_default();
        waits.entry(fault).or_default().extend(Cause::from_code(code).map(|cause| (at, cause)));
    }
    Ok(waits)
}
