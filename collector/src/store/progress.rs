//! Counts by day, of each school and of all together; and how many spares of a kind are to be held.
//!
//! Comes in: a school's tally. Goes out: counts by day for curves. Absent on purpose: the counting
//! ([`crate::domain::progress::tally`]), and any write for a count that is as it was.

use super::{Param, Result, Row, Tx};
use crate::domain::kind::Kind;
use crate::domain::progress::tally::{Mark, Tally, What};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::SchoolId;
use std::collections::BTreeMap;

/// Rows of counts read for one page at most: thirty years of days would not fill it.
const MAX_ROWS: i64 = 100_000;

/// Saves a school's counts and moves those of all schools by the difference.
pub fn save(tx: &mut Tx<'_>, school: SchoolId, tally: &Tally) -> Result<()> {
    let mut known = stored(tx, school)?;
    // In the order of the key: collectors that settle two schools at once take the rows of all schools in the same order.
    let mut moved: BTreeMap<Mark, i64> = BTreeMap::new();
    for (mark, count) in tally {
        let was = known.remove(mark).unwrap_or(0);
        if was != i64::from(*count) {
            moved.insert(mark.clone(), i64::from(*count) - was);
        }
    }
    moved.extend(known.into_iter().map(|(mark, was)| (mark, -was)));
    for (mark, by) in moved {
        move_school(tx, school, &mark, by)?;
        move_all(tx, &mark, by)?;
    }
    Ok(())
}

fn stored(tx: &mut Tx<'_>, school: SchoolId) -> Result<BTreeMap<Mark, i64>> {
    let sql = "select phase, kind, what, on_day, count from school_progress where school_id = $1";
    Ok(read(tx.query(sql, &[school.into()])?)?.into_iter().collect())
}

fn move_school(tx: &mut Tx<'_>, school: SchoolId, mark: &Mark, by: i64) -> Result<()> {
    let sql = "
        insert into school_progress (school_id, phase, kind, what, on_day, count)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (school_id, phase, kind, what, on_day) do update
        set count = school_progress.count + excluded.count";
    let params: [Param<'_>; 6] =
        [school.into(), (&mark.phase).into(), mark.kind.code().into(), mark.what.code().into(), days(mark.on).into(), by.into()];
    tx.execute(sql, &params)?;
    if by < 0 {
        let sql = "
            delete from school_progress
            where school_id = $1 and phase = $2 and kind = $3 and what = $4 and on_day = $5 and count <= 0";
        tx.execute(sql, &params[..5])?;
    }
    Ok(())
}

fn move_all(tx: &mut Tx<'_>, mark: &Mark, by: i64) -> Result<()> {
    let sql = "
        insert into progress (phase, kind, what, on_day, count)
        values ($1, $2, $3, $4, $5)
        on conflict (phase, kind, what, on_day) do update
        set count = progress.count + excluded.count";
    let params: [Param<'_>; 5] = [(&mark.phase).into(), mark.kind.code().into(), mark.what.code().into(), days(mark.on).into(), by.into()];
    tx.execute(sql, &params)?;
    if by < 0 {
        let sql = "
            delete from progress
            where phase = $1 and kind = $2 and what = $3 and on_day = $4 and count <= 0";
        tx.execute(sql, &params[..4])?;
    }
    Ok(())
}

/// Counts of all schools.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<(Mark, i64)>> {
    let sql = "
        select phase, kind, what, on_day, count
        from progress
        order by phase, kind, what, on_day
        limit $1";
    read(tx.query(sql, &[MAX_ROWS.into()])?)
}

/// Counts of one school.
pub fn of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<(Mark, i64)>> {
    Ok(stored(tx, school)?.into_iter().collect())
}

/// Rows with the kinds and counts that this program knows; those of a newer one are left out.
fn read(rows: Vec<Row>) -> Result<Vec<(Mark, i64)>> {
    let mut marks = Vec::with_capacity(rows.len());
    for mut row in rows {
        let (phase, kind, what): (String, String, String) = (row.take()?, row.take()?, row.take()?);
        let (on, count): (i64, i64) = (row.take()?, row.take()?);
        let on = Date::constant(1970, 1, 1).checked_add(on.days()).unwrap_or(Date::constant(1970, 1, 1));
        if let (Some(kind), Some(what)) = (Kind::from_code(&kind), What::from_code(&what)) {
            marks.push((Mark { phase, kind, what, on }, count));
        }
    }
    Ok(marks)
}

/// Days since 1970-01-01.
fn days(date: Date) -> i64 {
    i64::from((date - Date::constant(1970, 1, 1)).get_days())
}

/// How many spares of each kind are to be held.
pub fn spare_minimums(tx: &mut Tx<'_>) -> Result<BTreeMap<Kind, u32>> {
    let mut minimums = BTreeMap::new();
    for mut row in tx.query("select kind, minimum from spare_minimum", &[])? {
        let (kind, minimum): (String, i64) = (row.take()?, row.take()?);
        if let Some(kind) = Kind::from_code(&kind) {
            minimums.insert(kind, u32::try_from(minimum).unwrap_or(0));
        }
    }
    Ok(minimums)
}

/// Sets how many spares of a kind are to be held; the number before. None: no more is asked.
pub fn set_spare_minimum(tx: &mut Tx<'_>, kind: Kind, minimum: u32) -> Result<u32> {
    let before = spare_minimums(tx)?.get(&kind).copied().unwrap_or(0);
    if minimum == 0 {
        tx.execute("delete from spare_minimum where kind = $1", &[kind.code().into()])?;
    } else {
        let sql = "
            insert into spare_minimum (kind, minimum)
            values ($1, $2)
            on conflict (kind) do update
            set minimum = excluded.minimum";
        tx.execute(sql, &[kind.code().into(), i64::from(minimum).into()])?;
    }
    Ok(before)
}
