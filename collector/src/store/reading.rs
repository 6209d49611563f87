//! Readings: the newest value of each, and its course by the hour for some days, by the day for as long as sightings are kept.
//!
//! Comes in: readings of reports. Goes out: newest values, courses for pages and rules. An hour costs one row, however often it was
//! told; hours that are some days old become days. Absent on purpose: deleting by age (`retention`), judgement.

use super::{Param, Result, Row, Tx};
use crate::domain::reading::{DAY_S, JUDGED, Latest, Point, Series, by_day};
use rollcall_shared::reading::Reading;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// Most hours or days that one course of a page reads: a device of 32 instances over two weeks.
const POINTS_MOST: i64 = 12_000;

/// Keeps one reading: the newest value, and its hour (of what is somebody's own, no hours). An older reading that arrives late changes its hour only.
pub fn save(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId, reading: &Reading) -> Result<()> {
    let sql = "
        insert into reading (school_id, device_id, name, instance, value, at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (school_id, device_id, name, instance) do update
        set was = reading.value, value = excluded.value, at = excluded.at
        where reading.at < excluded.at";
    let (name, instance): (Param<'_>, Param<'_>) = ((&reading.name).into(), (&reading.instance).into());
    tx.execute(sql, &[school.into(), device.into(), name, instance, reading.value.into(), reading.at.into()])?;
    let sql = "
        insert into reading_hour (school_id, device_id, name, instance, hour_at, low, high, last, last_at)
        select $1, $2, $3, $4, $5, $6, $6, $6, $7
        where not exists (select 1 from personal where personal.device_id = $2)
        on conflict (school_id, device_id, name, instance, hour_at) do update
        set low = case when excluded.low < reading_hour.low then excluded.low else reading_hour.low end,
            high = case when excluded.high > reading_hour.high then excluded.high else reading_hour.high end,
            last = case when excluded.last_at >= reading_hour.last_at then excluded.last else reading_hour.last end,
            last_at = case when excluded.last_at >= reading_hour.last_at then excluded.last_at else reading_hour.last_at end";
    let hour = Timestamp(reading.at.0 - reading.at.0.rem_euclid(3600));
    tx.execute(sql, &[school.into(), device.into(), name, instance, hour.into(), reading.value.into(), reading.at.into()])
}

/// Newest readings of all devices of a school.
pub fn of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Latest>> {
    let sql = "
        select device_id, name, instance, value, at, was
        from reading
        where school_id = $1
        order by device_id, name, instance";
    tx.query(sql, &[school.into()])?.into_iter().map(latest).collect()
}

/// Newest readings of one device.
pub fn of_device(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId) -> Result<Vec<Latest>> {
    let sql = "
        select device_id, name, instance, value, at, was
        from reading
        where school_id = $1 and device_id = $2
        order by name, instance";
    tx.query(sql, &[school.into(), device.into()])?.into_iter().map(latest).collect()
}

fn latest(mut row: Row) -> Result<Latest> {
    Ok(Latest { device: row.take()?, name: row.take()?, instance: row.take()?, value: row.take()?, at: row.take()?, was: row.take()? })
}

/// The hours that rules look back on, of all devices of a school.
pub fn looked_back_on(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Vec<Series>> {
    // The newest readings say which courses there are, so that only their last hours are touched, out of many months of them:
    // `cross join` keeps SQLite from turning the two around.
    let sql = "
        select reading.device_id, reading.name, reading.instance, hour_at, low, high, last
        from reading
        cross join reading_hour
        where reading.school_id = $1
            and reading.name = $2
            and reading_hour.school_id = reading.school_id
            and reading_hour.device_id = reading.device_id
            and reading_hour.name = reading.name
            and reading_hour.instance = reading.instance
            and reading_hour.hour_at >= $3
        order by reading.device_id, reading.instance, hour_at";
    let mut all = Vec::new();
    for judged in JUDGED.iter().filter(|judged| judged.look_back_s > 0) {
        let from = now - judged.look_back_s;
        all.extend(series(tx.query(sql, &[school.into(), judged.name.into(), from.into()])?)?);
    }
    Ok(all)
}

/// The course of one reading of a device (all its instances) by the hour since `from`.
pub fn hours(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId, name: &str, from: Timestamp) -> Result<Vec<Series>> {
    let sql = "
        select device_id, name, instance, hour_at, low, high, last
        from reading_hour
        where school_id = $1 and device_id = $2 and name = $3 and hour_at >= $4
        order by instance, hour_at
        limit $5";
    series(tx.query(sql, &[school.into(), device.into(), name.into(), from.into(), POINTS_MOST.into()])?)
}

/// The same by the day: days that were folded, and the hours that are not yet.
pub fn days(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId, name: &str, from: Timestamp) -> Result<Vec<Series>> {
    let sql = "
        select device_id, name, instance, day_at, low, high, last
        from reading_day
        where school_id = $1 and device_id = $2 and name = $3 and day_at >= $4
        order by instance, day_at
        limit $5";
    let mut all = series(tx.query(sql, &[school.into(), device.into(), name.into(), from.into(), POINTS_MOST.into()])?)?;
    for recent in hours(tx, school, device, name, from)? {
        let days = by_day(&recent.points);
        match all.iter_mut().find(|series| series.instance == recent.instance) {
            // A day whose hours came late stands among both until it is folded: the hours know less of it.
            Some(series) => {
                let new: Vec<Point> = days.into_iter().filter(|day| series.points.iter().all(|known| known.at != day.at)).collect();
                series.points.extend(new);
                series.points.sort_by_key(|point| point.at);
            }
            None => all.push(Series { points: days, ..recent }),
        }
    }
    all.sort_by(|one, other| one.instance.cmp(&other.instance));
    Ok(all)
}

/// Rows in the order of their series become series.
fn series(rows: Vec<Row>) -> Result<Vec<Series>> {
    let mut all: Vec<Series> = Vec::new();
    for mut row in rows {
        let (device, name, instance): (DeviceId, String, String) = (row.take()?, row.take()?, row.take()?);
        let point = Point { at: row.take()?, low: row.take()?, high: row.take()?, last: row.take()? };
        match all.last_mut().filter(|last| last.device == device && last.name == name && last.instance == instance) {
            Some(last) => last.points.push(point),
            None => all.push(Series { device, name, instance, points: vec![point] }),
        }
    }
    Ok(all)
}

/// Folds a school's hours before a moment into days. The hours themselves are deleted by whoever calls, in the same transaction;
/// hours of a day that was folded already (told late) join it.
pub(super) fn fold_hours(tx: &mut Tx<'_>, school: SchoolId, before: Timestamp) -> Result<()> {
    let sql = "
        with hour as (
            select device_id, name, instance, hour_at - hour_at % $3 as day_at, low, high, last, last_at
            from reading_hour
            where school_id = $1 and hour_at < $2
        ),
        day as (
            select device_id, name, instance, day_at, min(low) as low, max(high) as high, max(last_at) as last_at
            from hour
            group by device_id, name, instance, day_at
        )
        insert into reading_day (school_id, device_id, name, instance, day_at, low, high, last, last_at)
        select $1, day.device_id, day.name, day.instance, day.day_at, day.low, day.high, hour.last, day.last_at
        from day
        join hour on hour.device_id = day.device_id
            and hour.name = day.name
            and hour.instance = day.instance
            and hour.day_at = day.day_at
            and hour.last_at = day.last_at
        where true
        on conflict (school_id, device_id, name, instance, day_at) do update
        set low = case when excluded.low < reading_day.low then excluded.low else reading_day.low end,
            high = case when excluded.high > reading_day.high then excluded.high else reading_day.high end,
            last = case when excluded.last_at >= reading_day.last_at then excluded.last else reading_day.last end,
            last_at = case when excluded.last_at >= reading_day.last_at then excluded.last_at else reading_day.last_at end";
    tx.execute(sql, &[school.into(), before.into(), DAY_S.into()])
}

/// A device's readings go along with it to another school.
pub(super) fn move_device(tx: &mut Tx<'_>, device: DeviceId, from: SchoolId, to: SchoolId) -> Result<()> {
    let params: [Param<'_>; 3] = [from.into(), device.into(), to.into()];
    for sql in [
        "update reading set school_id = $3 where school_id = $1 and device_id = $2",
        "update reading_hour set school_id = $3 where school_id = $1 and device_id = $2",
        "update reading_day set school_id = $3 where school_id = $1 and device_id = $2",
    ] {
        tx.execute(sql, &params)?;
    }
    Ok(())
}
