//! Lists that others keep: the newest of each name, with their rows.
//!
//! Comes in: rows that were read. Goes out: lists, rows. Absent on purpose: reading files, comparing (`domain/list`).

use super::fleet::keys_of;
use super::report::{from_json, json};
use super::school::mark_all_due;
use super::sight::{Seen, sees_device};
use super::{Param, Result, Tx};
use crate::domain::list::{Listed, Live, Row, source};
use jiff::civil::Date;
use rollcall_shared::{Mac, Timestamp};

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its number.
    pub id: i64,
    /// Code of its source.
    pub source: String,
    /// What people call it.
    pub name: String,
    /// Its own date.
    pub as_of: Date,
    /// When it was brought in.
    pub at: Timestamp,
    /// By whom.
    pub by_whom: String,
    /// Rows that name a device.
    pub rows: u64,
}

fn day_of(date: Date) -> i64 {
    i64::from(date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()))
}

fn date_of(days: i64) -> Date {
    use jiff::ToSpan;
    Date::constant(1970, 1, 1).checked_add(days.clamp(-700_000, 2_900_000).days()).unwrap_or(Date::constant(1970, 1, 1))
}

/// Brings a list in: it takes the place of the one of its name. Every school is due: a list may say who is who anywhere.
pub fn save(tx: &mut Tx<'_>, source: &str, name: &str, as_of: Date, rows: &[Row], by_whom: &str, at: Timestamp) -> Result<i64> {
    tx.execute("delete from list_row where list_id in (select list_id from list where name = $1)", &[name.into()])?;
    tx.execute("delete from list where name = $1", &[name.into()])?;
    let id = tx.next_id("list")?;
    let sql = "insert into list (list_id, source, name, as_of, at, by_whom, row_count) values ($1, $2, $3, $4, $5, $6, $7)";
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    tx.execute(sql, &[id.into(), source.into(), name.into(), day_of(as_of).into(), at.into(), by_whom.into(), count.into()])?;
    for row in rows {
        save_row(tx, id, row)?;
    }
    mark_all_due(tx, at)?;
    Ok(id)
}

fn save_row(tx: &mut Tx<'_>, list: i64, row: &Row) -> Result<()> {
    let sql = "
        insert into list_row (list_id, line, serial, uem_id, macs, name, model, os, seen_on, school, school_group)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (list_id, line) do nothing";
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (serial, uem_id, name, model) = (text(&row.serial), text(&row.uem_id), text(&row.name), text(&row.model));
    let (os, school, group) = (text(&row.os), text(&row.school), text(&row.group));
    let macs = json(&row.macs)?;
    let params: [Param<'_>; 11] = [
        list.into(),
        row.line.into(),
        (&serial).into(),
        (&uem_id).into(),
        (&macs).into(),
        (&name).into(),
        (&model).into(),
        (&os).into(),
        row.seen_on.map(day_of).into(),
        (&school).into(),
        (&group).into(),
    ];
    tx.execute(sql, &params)
}

/// Takes a list out; whether it was there.
pub fn remove(tx: &mut Tx<'_>, id: i64, at: Timestamp) -> Result<bool> {
    tx.execute("delete from list_row where list_id = $1", &[id.into()])?;
    let was = tx.changed("delete from list where list_id = $1", &[id.into()])? > 0;
    if was {
        mark_all_due(tx, at)?;
    }
    Ok(was)
}

/// Every list, the newest first.
pub fn lists(tx: &mut Tx<'_>) -> Result<Vec<List>> {
    let rows = tx.query("select list_id, source, name, as_of, at, by_whom, row_count from list order by as_of desc, list_id desc", &[])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(List {
                id: row.take()?,
                source: row.take()?,
                name: row.take()?,
                as_of: date_of(row.take()?),
                at: row.take()?,
                by_whom: row.take()?,
                rows: row.take()?,
            })
        })
        .collect()
}

/// What changes when a list comes or goes: callers that keep rows compare it.
pub fn stamp(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let row = tx.query_one("select coalesce(max(list_id), 0), count(*) from list", &[])?;
    row.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))
}

/// Every row of every list, the newest list first.
pub fn listed(tx: &mut Tx<'_>) -> Result<Vec<Listed>> {
    let sql = "
        select list_row.list_id, list.source, list.as_of, line, serial, uem_id, macs, list_row.name, model, os, seen_on, school, school_group
        from list
        join list_row on list_row.list_id = list.list_id
        order by list.as_of desc, list.list_id desc, line";
    let given = |text: String| (!text.is_empty()).then_some(text);
    tx.query(sql, &[])?
        .into_iter()
        .map(|mut row| {
            let (list, from, as_of): (i64, String, i64) = (row.take()?, row.take()?, row.take()?);
            Ok(Listed {
                list,
                as_of: date_of(as_of),
                sees: source(&from).is_some_and(|source| source.sees),
                row: Row {
                    line: row.take()?,
                    serial: given(row.take()?),
                    uem_id: given(row.take()?),
                    macs: from_json::<Vec<Mac>>("cards of a list", &row.take::<String>()?)?,
                    name: given(row.take()?),
                    model: given(row.take()?),
                    os: given(row.take()?),
                    seen_on: row.take::<Option<i64>>()?.map(date_of),
                    school: given(row.take()?),
                    group: given(row.take()?),
                },
            })
        })
        .collect()
}

/// Devices that the eyes see, by what names them, with what people call each; of one school or all, at most so many.
pub fn live(seen: &mut Seen<'_, '_>, school: Option<&str>, limit: i64) -> Result<Vec<(Live, String)>> {
    let sql = concat!(
        "
        select device_id, keys, coalesce(device.name, device.serial, device.model, '')
        from device
        join school on school.school_id = device.school_id
        where ($1 is null or school.code = $1)
            and ",
        sees_device!("$3"),
        "
        order by device_id
        limit $2"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[school.into(), limit.into(), by.into()])?;
    rows.into_iter().map(|mut row| Ok((Live { id: row.take()?, keys: keys_of(&row.take::<String>()?)? }, row.take()?))).collect()
}
