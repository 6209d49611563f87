//! The register, row by row, with every change that it has had: who, when, why, from what to what.
//!
//! Comes in: rows of an import, of a page, of a program. Goes out: the tables as they are, or as they were at any change; a row's
//! history. Changes are numbered in the order in which they happened, town-wide. Absent on purpose: what rows mean
//! (`domain::register`), who may write, and the plan's half (`plan`).

use super::report::{from_json, json};
use super::{Param, Result, Tx};
use crate::domain::plan::{Table, Tables};
use rollcall_shared::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Cells by heading; empty ones left out.
pub type Cells = BTreeMap<String, String>;

/// Who changes the register, why and when.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Login; `console` for commands.
    pub by_whom: &'a str,
    /// In their words; empty: not said.
    pub why: &'a str,
    /// When.
    pub at: Timestamp,
}

/// One change of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub id: i64,
    /// The table.
    pub table: String,
    /// The row's key, in the order of the key's columns.
    pub key: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by_whom: String,
    /// Why.
    pub why: String,
    /// Cells before; `None`: the row is new.
    pub was: Option<Cells>,
    /// Cells after; `None`: the row was taken out.
    pub becomes: Option<Cells>,
}

/// A row that shall become something else: table, key (JSON), cells before and after (JSON; empty: no row).
struct Becoming<'a> {
    table: &'a str,
    key: String,
    was: String,
    becomes: String,
    position: u64,
}

/// Lays the register's half of an import over the register: in the tables that it brings, rows become as it says, and rows
/// that it does not name are taken out. Every change is kept. How many rows changed.
pub fn save(tx: &mut Tx<'_>, register: &Tables, signed: Signed<'_>) -> Result<u64> {
    tx.lock_register()?;
    let (mut changes, mut moved) = (Vec::new(), Vec::new());
    for table in register.iter() {
        let name = table.schema.name;
        let (mut known, headings) = (stored_rows(tx, name)?, table.heading_names());
        for (position, row) in (0u64..).zip(&table.rows) {
            let key = json(&table.key(row))?;
            // The text of `Cells`, of borrowed ones: most rows are as they were.
            let told = headings.iter().copied().zip(row.cells.iter().map(String::as_str));
            let cells: BTreeMap<&str, &str> = told.filter(|(_, cell)| !cell.is_empty()).collect();
            let (was, becomes) = (known.remove(&key), json(&cells)?);
            match was {
                Some((at, old)) if old == becomes => {
                    if at != position {
                        moved.push((name, key, position));
                    }
                }
                was => changes.push(Becoming { table: name, key, was: was.map(|(_, old)| old).unwrap_or_default(), becomes, position }),
            }
        }
        let gone = known.into_iter().map(|(key, (_, was))| Becoming { table: name, key, was, becomes: String::new(), position: 0 });
        changes.extend(gone);
    }
    for (table, key, position) in moved {
        let sql = "update register_row set position = $3 where table_name = $1 and row_key = $2";
        tx.execute(sql, &[table.into(), (&key).into(), position.into()])?;
    }
    write_all(tx, &changes, signed)
}

/// Makes one row what it shall be; `None` takes it out. False where it is so already.
pub fn write(tx: &mut Tx<'_>, table: &str, key: &[String], becomes: Option<&Cells>, signed: Signed<'_>) -> Result<bool> {
    let key = json(&key)?;
    let becomes = becomes.map(json).transpose()?.unwrap_or_default();
    let sql = "select position, cells from register_row where table_name = $1 and row_key = $2";
    let (position, was) = match tx.query_one(sql, &[table.into(), (&key).into()])? {
        Some(mut row) => (row.take()?, row.take::<String>()?),
        None => {
            let sql = "select coalesce(max(position) + 1, 0) from register_row where table_name = $1";
            (tx.query_one(sql, &[table.into()])?.map_or(Ok(0), |mut row| row.take())?, String::new())
        }
    };
    if was == becomes {
        return Ok(false);
    }
    write_all(tx, &[Becoming { table, key, was, becomes, position }], signed)?;
    Ok(true)
}

/// Writes rows and their changes, numbered on from the last. How many.
fn write_all(tx: &mut Tx<'_>, changes: &[Becoming<'_>], signed: Signed<'_>) -> Result<u64> {
    let count = changes.len() as u64;
    if count == 0 {
        return Ok(0);
    }
    // The counter's row is held until the commit, so numbers follow the order of commits, whoever writes.
    super::report::count(tx, "register_changes", count)?;
    let last = changes_so_far(tx)?;
    for (id, change) in (last - count as i64 + 1..).zip(changes) {
        write_row(tx, change, signed)?;
        note_change(tx, id, change, signed)?;
    }
    Ok(count)
}

fn write_row(tx: &mut Tx<'_>, change: &Becoming<'_>, signed: Signed<'_>) -> Result<()> {
    super::portion::rename(tx, change.table, &change.key, &change.was, &change.becomes)?;
    if change.becomes.is_empty() {
        let sql = "delete from register_row where table_name = $1 and row_key = $2";
        return tx.execute(sql, &[change.table.into(), (&change.key).into()]);
    }
    let sql = "
        insert into register_row (table_name, row_key, position, cells, by_whom, at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (table_name, row_key) do update
        set position = excluded.position, cells = excluded.cells, by_whom = excluded.by_whom, at = excluded.at";
    let params: [Param<'_>; 6] =
        [change.table.into(), (&change.key).into(), change.position.into(), (&change.becomes).into(), signed.by_whom.into(), signed.at.into()];
    tx.execute(sql, &params)
}

fn note_change(tx: &mut Tx<'_>, id: i64, change: &Becoming<'_>, signed: Signed<'_>) -> Result<()> {
    let sql = "
        insert into register_change (change_id, table_name, row_key, at, by_whom, why, was, becomes)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params: [Param<'_>; 8] = [
        id.into(),
        change.table.into(),
        (&change.key).into(),
        signed.at.into(),
        signed.by_whom.into(),
        signed.why.into(),
        (&change.was).into(),
        (&change.becomes).into(),
    ];
    tx.execute(sql, &params)
}

/// How many changes there have been: the number of the last.
pub fn changes_so_far(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.query_one("select value from counter where name = 'register_changes'", &[])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// The newest change of a table; 0: none.
pub fn last_change(tx: &mut Tx<'_>, table: &str) -> Result<i64> {
    let sql = "select coalesce(max(change_id), 0) from register_change where table_name = $1";
    tx.query_one(sql, &[table.into()])?.map_or(Ok(0), |mut row| row.take())
}

/// The whole register.
pub fn all(tx: &mut Tx<'_>) -> Result<Tables> {
    Ok(gathered(rows(tx)?))
}

/// One table of it alone; empty where it has no row.
pub fn one_table(tx: &mut Tx<'_>, table: &str) -> Result<Tables> {
    let mut rows = Rows::new();
    for mut row in tx.query("select row_key, position, cells from register_row where table_name = $1", &[table.into()])? {
        let key = (table.to_owned(), row.take()?);
        rows.insert(key, (row.take()?, from_json("row of the register", &row.take::<String>()?)?));
    }
    Ok(gathered(rows))
}

/// The register as it was after the change of this number.
pub fn as_of(tx: &mut Tx<'_>, change: i64) -> Result<Tables> {
    let mut rows = rows(tx)?;
    let mut undone = BTreeSet::new();
    // Of a row's later changes the first tells what it was.
    for later in since(tx, change)? {
        let key = (later.table.clone(), json(&later.key)?);
        if !undone.insert(key.clone()) {
            continue;
        }
        match later.was {
            Some(cells) => {
                let position = rows.get(&key).map_or(u64::MAX, |(position, _)| *position);
                rows.insert(key, (position, cells));
            }
            None => drop(rows.remove(&key)),
        }
    }
    Ok(gathered(rows))
}

/// Changes after the one of this number, oldest first.
pub fn since(tx: &mut Tx<'_>, change: i64) -> Result<Vec<Change>> {
    let sql = "
        select change_id, table_name, row_key, at, by_whom, why, was, becomes
        from register_change
        where change_id > $1
        order by change_id";
    tx.query(sql, &[change.into()])?.into_iter().map(change_of).collect()
}

/// The changes of one row, newest first.
pub fn history(tx: &mut Tx<'_>, table: &str, key: &[String], limit: u32) -> Result<Vec<Change>> {
    let sql = "
        select change_id, table_name, row_key, at, by_whom, why, was, becomes
        from register_change
        where table_name = $1 and row_key = $2
        order by change_id desc
        limit $3";
    tx.query(sql, &[table.into(), (&json(&key)?).into(), limit.into()])?.into_iter().map(change_of).collect()
}

/// One change.
pub fn change(tx: &mut Tx<'_>, id: i64) -> Result<Option<Change>> {
    let sql = "
        select change_id, table_name, row_key, at, by_whom, why, was, becomes
        from register_change
        where change_id = $1";
    tx.query_one(sql, &[id.into()])?.map(change_of).transpose()
}

/// The newest changes of the whole register, or of one table, before the one of this number.
pub fn newest(tx: &mut Tx<'_>, table: Option<&str>, before: i64, limit: u32) -> Result<Vec<Change>> {
    let sql = "
        select change_id, table_name, row_key, at, by_whom, why, was, becomes
        from register_change
        where change_id < $1 and ($2 is null or table_name = $2)
        order by change_id desc
        limit $3";
    tx.query(sql, &[before.into(), table.into(), limit.into()])?.into_iter().map(change_of).collect()
}

/// One row as it is.
pub fn row(tx: &mut Tx<'_>, table: &str, key: &[String]) -> Result<Option<Cells>> {
    let sql = "select cells from register_row where table_name = $1 and row_key = $2";
    let row = tx.query_one(sql, &[table.into(), (&json(&key)?).into()])?;
    row.map(|mut row| from_json("row of the register", &row.take::<String>()?)).transpose()
}

/// The rows of one table after this key (its text), by key: the key's text, the key, the cells.
pub fn page(tx: &mut Tx<'_>, table: &str, after: &str, limit: u32) -> Result<Vec<(String, Vec<String>, Cells)>> {
    let sql = "
        select row_key, cells
        from register_row
        where table_name = $1 and row_key > $2
        order by row_key
        limit $3";
    let rows = tx.query(sql, &[table.into(), after.into(), limit.into()])?;
    let read = |mut row: super::Row| {
        let text: String = row.take()?;
        let key = from_json("key of the register", &text)?;
        Ok((text, key, from_json("row of the register", &row.take::<String>()?)?))
    };
    rows.into_iter().map(read).collect()
}

fn change_of(mut row: super::Row) -> Result<Change> {
    let (id, table) = (row.take()?, row.take()?);
    let key = from_json("key of the register", &row.take::<String>()?)?;
    let (at, by_whom, why) = (row.take()?, row.take()?, row.take()?);
    let mut cells = || -> Result<Option<Cells>> {
        let text: String = row.take()?;
        if text.is_empty() { Ok(None) } else { from_json("row of the register", &text).map(Some) }
    };
    Ok(Change { id, table, key, at, by_whom, why, was: cells()?, becomes: cells()? })
}

/// Rows by table and key, each with its position.
pub(super) type Rows = BTreeMap<(String, String), (u64, Cells)>;

fn rows(tx: &mut Tx<'_>) -> Result<Rows> {
    let mut rows = Rows::new();
    for mut row in tx.query("select table_name, row_key, position, cells from register_row", &[])? {
        let key = (row.take()?, row.take()?);
        rows.insert(key, (row.take()?, from_json("row of the register", &row.take::<String>()?)?));
    }
    Ok(rows)
}

/// Rows as tables, in their order, under the headings that any of them fills.
pub(super) fn gathered(rows: Rows) -> Tables {
    let mut by_table: BTreeMap<String, Vec<(u64, String, Cells)>> = BTreeMap::new();
    for ((table, key), (position, cells)) in rows {
        by_table.entry(table).or_default().push((position, key, cells));
    }
    let mut tables = Tables::default();
    for (name, mut rows) in by_table {
        rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let schema = crate::domain::plan::schema::table(&name);
        let headings: BTreeSet<&String> = rows.iter().flat_map(|(_, _, cells)| cells.keys()).collect();
        let mut headings: Vec<String> = headings.into_iter().cloned().collect();
        headings.sort_by_key(|heading| (schema.and_then(|schema| schema.position(heading)).unwrap_or(usize::MAX), heading.clone()));
        let rows: Vec<Vec<String>> =
            rows.into_iter().map(|(_, _, mut cells)| headings.iter().map(|heading| cells.remove(heading).unwrap_or_default()).collect()).collect();
        if let Some(table) = Table::from_cells(&name, &headings, rows) {
            tables.put(table);
        }
    }
    tables
}

fn stored_rows(tx: &mut Tx<'_>, table: &str) -> Result<BTreeMap<String, (u64, String)>> {
    let rows = tx.query("select row_key, position, cells from register_row where table_name = $1", &[table.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, (row.take()?, row.take()?)))).collect()
}
