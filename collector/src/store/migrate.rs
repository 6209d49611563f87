//! Brings the tables up to date: every migration not yet applied, upward in order, all in one transaction.
//!
//! Comes in: a connection and the time. Goes out: a database that this program understands, or a refusal. Absent on purpose:
//! a way down; a backup is the way back.

use super::connection::Connection;
use super::{Error, Result, dialect};
use rollcall_shared::Timestamp;

/// All migrations, oldest first; the number of one is its place here, from 1, and opens its file name.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_first", include_str!("migrations/0001_first.sql")),
    ("0002_reading_day", include_str!("migrations/0002_reading_day.sql")),
    ("0003_decision", include_str!("migrations/0003_decision.sql")),
    ("0004_fault_life", include_str!("migrations/0004_fault_life.sql")),
    ("0005_register_life", include_str!("migrations/0005_register_life.sql")),
    ("0006_identity", include_str!("migrations/0006_identity.sql")),
    ("0007_progress", include_str!("migrations/0007_progress.sql")),
    ("0008_aside", include_str!("migrations/0008_aside.sql")),
    ("0009_calendar", include_str!("migrations/0009_calendar.sql")),
    ("0010_list", include_str!("migrations/0010_list.sql")),
    ("0011_fault_verdict", include_str!("migrations/0011_fault_verdict.sql")),
    ("0012_list_item", include_str!("migrations/0012_list_item.sql")),
    ("0013_access", include_str!("migrations/0013_access.sql")),
    ("0014_portion", include_str!("migrations/0014_portion.sql")),
    ("0015_token", include_str!("migrations/0015_token.sql")),
    ("0016_notice", include_str!("migrations/0016_notice.sql")),
    ("0017_external", include_str!("migrations/0017_external.sql")),
    ("0018_photo", include_str!("migrations/0018_photo.sql")),
    ("0019_lead", include_str!("migrations/0019_lead.sql")),
    ("0020_find", include_str!("migrations/0020_find.sql")),
    ("0021_saved_view", include_str!("migrations/0021_saved_view.sql")),
    ("0022_factor", include_str!("migrations/0022_factor.sql")),
    ("0023_personal", include_str!("migrations/0023_personal.sql")),
    ("0024_reading_was", include_str!("migrations/0024_reading_was.sql")),
    ("0025_refused", include_str!("migrations/0025_refused.sql")),
    ("0026_room", include_str!("migrations/0026_room.sql")),
];
/// The table that remembers them; it stands here, for it must be there before the first.
const REMEMBERED: &str = "
    create table if not exists migration (
        number bigint not null primary key, -- place in the order, from 1
        name text not null, -- file name
        applied_at bigint not null -- UTC seconds
    ) /* strict */";

/// Applies what is missing; nothing of it when one fails.
pub(super) fn up(connection: &mut Connection, now: Timestamp) -> Result<()> {
    connection.begin_write()?;
    match apply(connection, now).and_then(|()| connection.batch("commit")) {
        Ok(()) => Ok(()),
        Err(error) => {
            connection.roll_back();
            Err(error)
        }
    }
}

fn apply(connection: &mut Connection, now: Timestamp) -> Result<()> {
    if connection.is_postgres() {
        connection.batch("select pg_advisory_xact_lock(0, 1)")?; // collectors that start together come one after the other
    }
    let dialect = connection.dialect();
    connection.batch(&dialect::migration(REMEMBERED, dialect))?;
    let found = last(connection)?;
    for (number, (name, sql)) in (1i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        connection.batch(&dialect::migration(sql, dialect))?;
        let sql = "insert into migration (number, name, applied_at) values ($1, $2, $3)";
        connection.execute(sql, &[number.into(), (*name).into(), now.into()])?;
    }
    Ok(())
}

/// The last migration of a database; refused when this program does not know it.
pub(super) fn last(connection: &mut Connection) -> Result<i64> {
    let mut rows = connection.query("select coalesce(max(number), 0) from migration", &[])?;
    let found: i64 = rows.pop().map_or(Ok(0), |mut row| row.take())?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known { Err(Error::Newer { found, known }) } else { Ok(found) }
}
