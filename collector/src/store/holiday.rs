//! School holidays that were imported, by zone and school year.
//!
//! Comes in: rows of the ministry's file. Goes out: all of them. Absent on purpose: the years that come with the program and what a day is
//! (`domain/calendar`), reading files.

use super::{Error, Param, Result, Tx, report};
use crate::domain::calendar::holiday::Holiday;
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::collections::BTreeSet;

/// What moves when holidays or settings of presence change: whoever keeps them looks again.
pub(super) const CHANGES: &str = "calendar_changes";

/// Takes rows in: every school year of a zone that they name is replaced whole. How many of these (zone, year) changed.
pub fn import(tx: &mut Tx<'_>, rows: &[Holiday], source: &str, now: Timestamp) -> Result<u64> {
    let years: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.zone.as_str(), row.year.as_str())).collect();
    let mut known = all(tx)?;
    known.sort();
    let mut changed = 0;
    for (zone, year) in years {
        let of_year = |row: &&Holiday| row.zone == zone && row.year == year;
        let mut new: Vec<&Holiday> = rows.iter().filter(of_year).collect();
        new.sort();
        new.dedup();
        if known.iter().filter(of_year).eq(new.iter().copied()) {
            continue;
        }
        tx.execute("delete from school_holiday where zone = $1 and school_year = $2", &[zone.into(), year.into()])?;
        for row in new {
            add(tx, row, source, now)?;
        }
        changed += 1;
    }
    if changed > 0 {
        report::count(tx, CHANGES, 1)?;
    }
    Ok(changed)
}

fn add(tx: &mut Tx<'_>, row: &Holiday, source: &str, now: Timestamp) -> Result<()> {
    let sql = "
        insert into school_holiday (zone, school_year, academy, from_on, until_on, what, source, imported_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (zone, school_year, academy, from_on, until_on) do nothing";
    let (from, until) = (row.from.to_string(), row.until.to_string());
    let params: [Param<'_>; 8] = [
        (&row.zone).into(),
        (&row.year).into(),
        (&row.academy).into(),
        (&from).into(),
        (&until).into(),
        (&row.what).into(),
        source.into(),
        now.into(),
    ];
    tx.execute(sql, &params)
}

/// All that was imported.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Holiday>> {
    let sql = "
        select school_year, zone, academy, from_on, until_on, what
        from school_holiday
        order by zone, school_year, academy, from_on";
    tx.query(sql, &[])?
        .into_iter()
        .map(|mut row| {
            let (year, zone, academy) = (row.take()?, row.take()?, row.take()?);
            let (from, until) = (date(&row.take::<String>()?)?, date(&row.take::<String>()?)?);
            Ok(Holiday { year, zone, academy, from, until, what: row.take()? })
        })
        .collect()
}

fn date(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::Content { what: "date of a school holiday".to_owned(), reason: text.to_owned() })
}

/// Moves whenever holidays or settings of presence change.
pub fn stamp(tx: &mut Tx<'_>) -> Result<u64> {
    let row = tx.query_one("select value from counter where name = $1", &[CHANGES.into()])?;
    row.map_or(Ok(0), |mut row| row.take())
}
