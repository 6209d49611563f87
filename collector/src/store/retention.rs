//! What is kept for how long, and the deleting of what is older: the only place that deletes by age, and it counts.
//!
//! Comes in: spans and the time. Goes out: how many rows went; counters `deleted_TABLE` keep the sums. Absent on purpose: what
//! stays for the programme's life (first seen, moves, faults, plan, register, audit).

use super::{Result, Tx, reading, report};
use crate::domain::reading::DAY_S;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// How long things are kept, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Intervals of presence, comings and goings, addresses, readings by the day; photos, from the end of their fault on.
    pub sightings_s: i64,
    /// Readings by the hour; then they become days, which are kept as long as sightings.
    pub hours_s: i64,
    /// Differences for re-reading, what was set aside, used or lapsed codes and links, sent messages, notices and letters.
    pub re_reading_s: i64,
}

impl Default for Keep {
    /// 13 months and 30 days, as the product's rules of privacy say; hours for two weeks that a page shows whole, and the day on which they began.
    fn default() -> Keep {
        Keep { sightings_s: 396 * DAY_S, hours_s: 15 * DAY_S, re_reading_s: 30 * DAY_S }
    }
}

/// Whether the last retention is long enough ago; if so, this one is noted.
pub fn is_due(tx: &mut Tx<'_>, every_s: i64, now: Timestamp) -> Result<bool> {
    let sql = "
        insert into counter (name, value)
        values ('retention_at', $1)
        on conflict (name) do update
        set value = excluded.value
        where counter.value <= excluded.value - $2";
    Ok(tx.changed(sql, &[now.into(), every_s.into()])? > 0)
}

/// Deletes a school's old rows.
pub fn delete_of_school(tx: &mut Tx<'_>, school: SchoolId, keep: &Keep, now: Timestamp) -> Result<u64> {
    let before = now - keep.sightings_s;
    let mut deleted = 0;
    let sql = "delete from presence where school_id = $1 and until_at < $2";
    deleted += counted(tx, "deleted_presence", sql, &[school.into(), before.into()])?;
    let sql = "delete from device_event where school_id = $1 and at < $2 and what in ('back', 'left', 'address')";
    deleted += counted(tx, "deleted_device_event", sql, &[school.into(), before.into()])?;
    let whole_days = now - keep.hours_s;
    let whole_days = Timestamp(whole_days.0 - whole_days.0.rem_euclid(DAY_S));
    reading::fold_hours(tx, school, whole_days)?;
    let sql = "delete from reading_hour where school_id = $1 and hour_at < $2";
    deleted += counted(tx, "deleted_reading_hour", sql, &[school.into(), whole_days.into()])?;
    let sql = "delete from reading_day where school_id = $1 and day_at < $2";
    deleted += counted(tx, "deleted_reading_day", sql, &[school.into(), before.into()])?;
    let sql = "
        delete from fault_photo
        where fault_id in (select fault_id from fault where school_id = $1 and cleared_at < $2)";
    deleted += counted(tx, "deleted_fault_photo", sql, &[school.into(), before.into()])?;
    Ok(deleted)
}

/// What of a device's timeline says when it came and went, and where it was.
pub(super) const COMES_AND_GOES: [&str; 5] = ["back", "left", "address", "place", "moved_school"];

/// Deletes what a school keeps of the comings and goings of a device that is somebody's own, or was merged into one.
pub(super) fn forget_personal(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId) -> Result<()> {
    let events = "
        delete from device_event
        where school_id = $1 and device_id = $2 and what in ('back', 'left', 'address', 'place', 'moved_school')";
    for (counter, sql) in [
        ("deleted_presence", "delete from presence where school_id = $1 and device_id = $2"),
        ("deleted_device_event", events),
        ("deleted_reading_hour", "delete from reading_hour where school_id = $1 and device_id = $2"),
        ("deleted_reading_day", "delete from reading_day where school_id = $1 and device_id = $2"),
    ] {
        counted(tx, counter, sql, &[school.into(), device.into()])?;
    }
    Ok(())
}

/// Deletes what is old and belongs to no school.
pub fn delete_of_town(tx: &mut Tx<'_>, keep: &Keep, now: Timestamp) -> Result<u64> {
    let before = now - keep.re_reading_s;
    let mut deleted = 0;
    // A difference on which the present picture rests stays, however old: without it the picture is lost.
    let sql = "
        delete from difference
        where at < $1
            and not exists (
                select 1
                from picture
                where picture.agent_id = difference.agent_id
                    and picture.stream = difference.stream
                    and picture.number < difference.number
            )";
    deleted += counted(tx, "deleted_difference", sql, &[before.into()])?;
    deleted += counted(tx, "deleted_set_aside", "delete from set_aside where at < $1", &[before.into()])?;
    deleted += counted(tx, "deleted_session", "delete from session where expires_at < $1", &[now.into()])?;
    deleted += counted(tx, "deleted_once_link", "delete from once_link where expires_at < $1", &[before.into()])?;
    deleted += counted(tx, "deleted_enrol_code", "delete from enrol_code where expires_at < $1", &[before.into()])?;
    deleted += counted(tx, "deleted_outbox", "delete from outbox where sent_at < $1", &[before.into()])?;
    deleted += counted(tx, "deleted_notice", "delete from notice where at < $1", &[before.into()])?;
    // Given up long since, or never tried: mail was switched off while they waited.
    deleted += counted(tx, "deleted_delivery", "delete from delivery where made_at < $1", &[before.into()])?;
    Ok(deleted)
}

fn counted(tx: &mut Tx<'_>, counter: &str, sql: &'static str, params: &[super::Param<'_>]) -> Result<u64> {
    let deleted = tx.changed(sql, params)?;
    if deleted > 0 {
        report::count(tx, counter, deleted)?;
    }
    Ok(deleted)
}
