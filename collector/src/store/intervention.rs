//! Visits to schools, planned and done, and which faults each means to mend.
//!
//! Comes in: what people plan and do. Goes out: visits. Absent on purpose: the faults' lives (`fault`), days on which a lot comes (`domain`).

use super::sight::{Seen, sees_fault};
use super::{Param, Result, Row, Tx};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::{SchoolId, Timestamp};

/// Days are counted from here.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervention {
    /// Its id.
    pub id: i64,
    /// Where.
    pub school: SchoolId,
    /// Code of the school.
    pub school_code: String,
    /// Name of the school.
    pub school_name: String,
    /// The lot that comes; empty: the town itself.
    pub lot: String,
    /// The day.
    pub on: Date,
    /// planned, done, cancelled.
    pub state: String,
    /// What was done, or why not.
    pub said: String,
    /// Who planned it.
    pub by: String,
    /// How many faults it means to mend.
    pub faults: i64,
}

fn days(date: Date) -> i64 {
    i64::from((date - EPOCH).get_days())
}

/// Plans a visit, or joins the one that is planned for that lot, school and day; its id.
pub fn plan(tx: &mut Tx<'_>, school: SchoolId, lot: &str, on: Date, by: &str, now: Timestamp) -> Result<i64> {
    let sql = "
        insert into intervention (intervention_id, school_id, lot, planned_on, state, said, by_whom, at)
        values ($1, $2, $3, $4, 'planned', '', $5, $6)
        on conflict (school_id, lot, planned_on) where state = 'planned' do nothing";
    let id = tx.next_id("intervention")?;
    tx.execute(sql, &[id.into(), school.into(), lot.into(), days(on).into(), by.into(), now.into()])?;
    let sql = "select intervention_id from intervention where school_id = $1 and lot = $2 and planned_on = $3 and state = 'planned'";
    let row = tx.query_one(sql, &[school.into(), lot.into(), days(on).into()])?;
    row.map_or_else(|| Err(super::missing("intervention")), |mut row| row.take())
}

/// Adds a fault to a visit; it leaves the other visits that are still planned.
pub fn add_fault(tx: &mut Tx<'_>, intervention: i64, fault: i64) -> Result<()> {
    let sql = "
        delete from intervention_fault
        where fault_id = $1
            and intervention_id in (select intervention_id from intervention where state = 'planned' and intervention_id <> $2)";
    tx.execute(sql, &[fault.into(), intervention.into()])?;
    let sql = "insert into intervention_fault (intervention_id, fault_id) values ($1, $2) on conflict (intervention_id, fault_id) do nothing";
    tx.execute(sql, &[intervention.into(), fault.into()])
}

/// Says that a planned visit is done, or will not be; whether it was planned.
pub fn end(tx: &mut Tx<'_>, id: i64, state: &str, said: &str, now: Timestamp) -> Result<bool> {
    let sql = "update intervention set state = $2, said = $3, done_at = $4 where intervention_id = $1 and state = 'planned'";
    Ok(tx.changed(sql, &[id.into(), state.into(), said.into(), now.into()])? > 0)
}

/// Numbers of the open faults of a visit.
pub fn faults(tx: &mut Tx<'_>, id: i64) -> Result<Vec<i64>> {
    let sql = "
        select fault.fault_id
        from intervention_fault
        join fault on fault.fault_id = intervention_fault.fault_id
        where intervention_id = $1 and cleared_at is null
        order by fault.fault_id";
    tx.query(sql, &[id.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// Planned visits, the next first, after a day and an id; or those of one lot. A visit of which no open fault is seen is somebody else's; `secret`:
/// also where only people who work on faults may know of it.
pub fn planned(seen: &mut Seen<'_, '_>, lot: Option<&str>, after: Option<(i64, i64)>, secret: bool, limit: i64) -> Result<Vec<Intervention>> {
    let sql = concat!(
        "
        select intervention_id, school.school_id, school.code, school.name, lot, planned_on, state, said, by_whom,
            (select count(*) from intervention_fault where intervention_fault.intervention_id = intervention.intervention_id)
        from intervention
        join school on school.school_id = intervention.school_id
        where state = 'planned'
            and ($1 is null or lot = $1)
            and ($2 is null or planned_on > $2 or (planned_on = $2 and intervention_id > $3))
            and ($6 or not exists (
                    select 1
                    from intervention_fault
                    join fault on fault.fault_id = intervention_fault.fault_id
                    where intervention_fault.intervention_id = intervention.intervention_id and fault.code = 'stolen_seen')
                or exists (
                    select 1
                    from intervention_fault
                    join fault on fault.fault_id = intervention_fault.fault_id
                    where intervention_fault.intervention_id = intervention.intervention_id and fault.code <> 'stolen_seen'))
            and (cast($5 as bigint) = 0 or exists (
                select 1
                from intervention_fault
                join fault on fault.fault_id = intervention_fault.fault_id
                left join device on device.device_id = fault.device_id
                left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
                where intervention_fault.intervention_id = intervention.intervention_id and fault.cleared_at is null
                    and ($6 or fault.code <> 'stolen_seen')
                    and ",
        sees_fault!("$5", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
            ))
        order by planned_on, intervention_id
        limit $4"
    );
    let by = seen.by();
    let (day, id) = (after.map(|after| after.0), after.map(|after| after.1));
    let params: [Param<'_>; 6] = [lot.into(), day.into(), id.into(), limit.clamp(1, super::view::MAX_ROWS).into(), by.into(), secret.into()];
    seen.query(sql, &params)?.into_iter().map(visit).collect()
}

/// One visit.
pub fn one(tx: &mut Tx<'_>, id: i64) -> Result<Option<Intervention>> {
    let sql = "
        select intervention_id, school.school_id, school.code, school.name, lot, planned_on, state, said, by_whom,
            (select count(*) from intervention_fault where intervention_fault.intervention_id = intervention.intervention_id)
        from intervention
        join school on school.school_id = intervention.school_id
        where intervention_id = $1";
    tx.query_one(sql, &[id.into()])?.map(visit).transpose()
}

/// Visits that mean or meant to mend a fault, the newest first.
pub fn of_fault(tx: &mut Tx<'_>, fault: i64) -> Result<Vec<Intervention>> {
    let sql = "
        select intervention.intervention_id, school.school_id, school.code, school.name, lot, planned_on, state, said, by_whom, 1
        from intervention_fault
        join intervention on intervention.intervention_id = intervention_fault.intervention_id
        join school on school.school_id = intervention.school_id
        where intervention_fault.fault_id = $1
        order by planned_on desc
        limit 20";
    tx.query(sql, &[fault.into()])?.into_iter().map(visit).collect()
}

fn visit(mut row: Row) -> Result<Intervention> {
    let (id, school, school_code, school_name, lot) = (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
    let on = EPOCH.checked_add(row.take::<i64>()?.days()).unwrap_or(EPOCH);
    Ok(Intervention { id, school, school_code, school_name, lot, on, state: row.take()?, said: row.take()?, by: row.take()?, faults: row.take()? })
}

/// Where a list of visits goes on.
pub fn key(visit: &Intervention) -> (i64, i64) {
    (days(visit.on), visit.id)
}
