//! The plan in force laid out by school, and the names under which rows of the register are found.
//!
//! Comes in: parts of a version, rows of the register as they are written. Goes out: one part; the rows that names lead to. Absent on purpose: what is
//! in a part and which names a row bears (`domain/portion`), whole plans (`plan`), whole registers (`register`).

use super::register::{Cells, Rows, gathered};
use super::report::{from_json, json, pack, unpack};
use super::{Result, Tx, meta, plan};
use crate::domain::plan::Tables;
use crate::domain::portion::{Aliases, found_by, leads_to};
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

/// Steps from row to row (a unit that took another's place, a serial that two rows bear); beyond it, a circle or a mistake.
const MOST_STEPS: usize = 24;
/// Rows of the register that one school is settled with, at most: a mistake of one cell in all rows must not fill the memory.
const MOST_ROWS: usize = 50_000;
/// The version whose parts are all there, in `meta`.
const LAID_OUT: &str = "plan_part_version";
/// Whether the rows that were there before their names are named, in `meta`.
const NAMED: &str = "register_named";

/// The version that was laid out last; 0: none.
pub fn laid_out(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(meta::get(tx, LAID_OUT)?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// A part as it is kept.
pub fn packed(part: &Tables) -> Result<Vec<u8>> {
    pack(&plan::written(part))
}

/// Keeps parts of a version.
pub fn save_parts(tx: &mut Tx<'_>, version: i64, parts: &[(String, Vec<u8>)]) -> Result<()> {
    let sql = "insert into plan_part (version_id, part, body) values ($1, $2, $3) on conflict (version_id, part) do nothing";
    parts.iter().try_for_each(|(name, body)| tx.execute(sql, &[version.into(), name.into(), body.into()]))
}

/// All parts of a version are there: those of older ones go.
pub fn finish_parts(tx: &mut Tx<'_>, version: i64) -> Result<()> {
    if laid_out(tx)? < version {
        meta::set(tx, LAID_OUT, &version.to_string())?;
        tx.execute("delete from plan_part where version_id < $1", &[version.into()])?;
    }
    Ok(())
}

/// One part of a version; empty where the plan says nothing of it.
pub fn part(tx: &mut Tx<'_>, version: i64, name: &str) -> Result<Tables> {
    let row = tx.query_one("select body from plan_part where version_id = $1 and part = $2", &[version.into(), name.into()])?;
    row.map_or_else(|| Ok(Tables::default()), |mut row| Ok(plan::tables_of(unpack("part of a plan", &row.take::<Vec<u8>>()?)?)))
}

/// Names a row of the register by what it becomes instead of what it was.
pub(super) fn rename(tx: &mut Tx<'_>, table: &str, key: &str, was: &str, becomes: &str) -> Result<()> {
    let (was, becomes) = (names_of(table, was)?, names_of(table, becomes)?);
    for name in was.difference(&becomes) {
        let sql = "delete from register_name where name = $1 and table_name = $2 and row_key = $3";
        tx.execute(sql, &[name.into(), table.into(), key.into()])?;
    }
    becomes.difference(&was).try_for_each(|name| add_name(tx, name, table, key))
}

fn add_name(tx: &mut Tx<'_>, name: &str, table: &str, key: &str) -> Result<()> {
    let sql = "insert into register_name (name, table_name, row_key) values ($1, $2, $3) on conflict (name, table_name, row_key) do nothing";
    tx.execute(sql, &[name.into(), table.into(), key.into()])
}

fn names_of(table: &str, cells: &str) -> Result<BTreeSet<String>> {
    if cells.is_empty() {
        return Ok(BTreeSet::new());
    }
    let cells: Cells = from_json("row of the register", cells)?;
    Ok(found_by(table, |column| cells.get(column).map(String::as_str)))
}

/// Whether the rows that were there before their names are named.
pub fn is_named(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(meta::get(tx, NAMED)?.is_some())
}

/// Names the rows of a register that was written by a program that named none: so many after this table and key. Where to go on.
pub fn name_rows(tx: &mut Tx<'_>, (table, key): (&str, &str), limit: u32) -> Result<Option<(String, String)>> {
    let sql = "
        select table_name, row_key, cells
        from register_row
        where table_name > $1 or (table_name = $1 and row_key > $2)
        order by table_name, row_key
        limit $3";
    let mut last = None;
    for mut row in tx.query(sql, &[table.into(), key.into(), limit.into()])? {
        let (table, key, cells): (String, String, String) = (row.take()?, row.take()?, row.take()?);
        for name in names_of(&table, &cells)? {
            add_name(tx, &name, &table, &key)?;
        }
        last = Some((table, key));
    }
    if last.is_none() {
        meta::set(tx, NAMED, "1")?;
    }
    Ok(last)
}

/// The rows that these names lead to, step by step, in the register's order.
pub fn register(tx: &mut Tx<'_>, first: BTreeSet<String>, aliases: &Aliases) -> Result<Tables> {
    let (mut rows, mut asked, mut next) = (Rows::new(), BTreeSet::new(), first);
    for _ in 0..MOST_STEPS {
        let fresh: Vec<String> = aliases.with(std::mem::take(&mut next)).difference(&asked).cloned().collect();
        if fresh.is_empty() || rows.len() > MOST_ROWS {
            break;
        }
        for (key, row) in named(tx, &fresh)? {
            if rows.contains_key(&key) {
                continue;
            }
            next.extend(leads_to(&key.0, |column| row.1.get(column).map(String::as_str)));
            rows.insert(key, row);
        }
        asked.extend(fresh);
    }
    Ok(gathered(rows))
}

/// The rows of one name, and nothing that they lead to.
pub fn named_so(tx: &mut Tx<'_>, name: String) -> Result<Tables> {
    Ok(gathered(named(tx, &[name])?))
}

fn named(tx: &mut Tx<'_>, names: &[String]) -> Result<Rows> {
    let sql = "
        select register_row.table_name, register_row.row_key, position, cells
        from json_array_elements_text(json($1)) as asked
        join register_name on register_name.name = asked.value
        join register_row on register_row.table_name = register_name.table_name and register_row.row_key = register_name.row_key
        limit $2";
    // No text of PostgreSQL holds a NUL: no row bears such a name.
    let names: Vec<&String> = names.iter().filter(|name| !name.contains('\0')).collect();
    let mut rows = Rows::new();
    for mut row in tx.query(sql, &[(&json(&names)?).into(), (MOST_ROWS as i64).into()])? {
        if let Entry::Vacant(free) = rows.entry((row.take()?, row.take()?)) {
            free.insert((row.take()?, from_json("row of the register", &row.take::<String>()?)?));
        }
    }
    Ok(rows)
}
