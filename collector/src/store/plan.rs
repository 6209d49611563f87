//! Versions of the plan, never edited, and the register, row by row with every change.
//!
//! Comes in: tables of an import. Goes out: tables as they were. Absent on purpose: what tables mean, checks, and places
//! (unfolded by the core, kept by `place`).

use super::report::{from_json, json, pack, unpack};
use super::{Param, Result, Tx};
use crate::domain::plan::{Table, Tables};
use rollcall_shared::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One version of the plan, without its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id; the highest is in force.
    pub id: i64,
    /// The version before.
    pub parent: Option<i64>,
    /// Programme code.
    pub programme: String,
    /// Who made it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub made_at: Timestamp,
}

/// Makes a version of the plan's half; `None` where the version in force says the same already.
pub fn save_version(tx: &mut Tx<'_>, programme: &str, author: &str, note: &str, plan: &Tables, now: Timestamp) -> Result<Option<i64>> {
    let plain = json(&written(plan))?;
    let digest: [u8; 32] = Sha256::digest(plain.as_bytes()).into();
    let newest = tx.query_one("select version_id, digest from plan_version order by version_id desc limit 1", &[])?;
    let parent: Option<i64> = match newest {
        None => None,
        Some(mut row) => {
            let (id, known): (i64, Vec<u8>) = (row.take()?, row.take()?);
            if known == digest {
                return Ok(None);
            }
            Some(id)
        }
    };
    let sql = "
        insert into plan_version (version_id, parent_id, programme, author, note, made_at, digest, body)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    // Versions are few and people quote them: numbered one by one, in the order in which they were made.
    let id = parent.unwrap_or(0) + 1;
    let body = pack(&written(plan))?;
    let params: [Param<'_>; 8] =
        [id.into(), parent.into(), programme.into(), author.into(), note.into(), now.into(), (&digest).into(), (&body).into()];
    tx.execute(sql, &params)?;
    Ok(Some(id))
}

/// Versions, newest first.
pub fn versions(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Version>> {
    let sql = "
        select version_id, parent_id, programme, author, note, made_at
        from plan_version
        order by version_id desc
        limit $1";
    tx.query(sql, &[limit.into()])?
        .into_iter()
        .map(|mut row| {
            let (id, parent, programme) = (row.take()?, row.take()?, row.take()?);
            Ok(Version { id, parent, programme, author: row.take()?, note: row.take()?, made_at: row.take()? })
        })
        .collect()
}

/// The plan's tables of a version.
pub fn version(tx: &mut Tx<'_>, id: i64) -> Result<Option<Tables>> {
    let row = tx.query_one("select body from plan_version where version_id = $1", &[id.into()])?;
    let Some(mut row) = row else { return Ok(None) };
    let written: Vec<Written> = unpack("plan version", &row.take::<Vec<u8>>()?)?;
    let mut tables = Tables::default();
    for (name, headings, rows) in written {
        if let Some(table) = Table::from_cells(&name, &headings, rows) {
            tables.put(table);
        }
    }
    Ok(Some(tables))
}

/// What plan and register are now: (version in force, 0 if none; count of register changes). Equal stamps: nothing changed.
pub fn stamp(tx: &mut Tx<'_>) -> Result<(i64, u64)> {
    let sql = "
        select coalesce((select max(version_id) from plan_version), 0),
            coalesce((select value from counter where name = 'register_changes'), 0)";
    tx.query_one(sql, &[])?.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))
}

/// Name, headings, rows of cells.
type Written = (String, Vec<String>, Vec<Vec<String>>);

fn written(tables: &Tables) -> Vec<Written> {
    let headings = |table: &Table| table.heading_names().into_iter().map(str::to_owned).collect();
    tables.iter().map(|table| (table.schema.name.to_owned(), headings(table), table.rows.iter().map(|row| row.cells.clone()).collect())).collect()
}

/// Cells by heading; empty ones left out.
type Cells = BTreeMap<String, String>;

/// Lays the register's half of an import over the register: in the tables that it brings, rows become as it says, and rows
/// that it does not name are taken out. Every change is kept. How many rows changed.
pub fn save_register(tx: &mut Tx<'_>, register: &Tables, by_whom: &str, now: Timestamp) -> Result<u64> {
    let mut changes = 0;
    for table in register.iter() {
        let mut known = stored_rows(tx, table.schema.name)?;
        for (position, row) in table.rows.iter().enumerate() {
            let key = json(&table.key(row))?;
            let cells: Cells = table
                .heading_names()
                .into_iter()
                .zip(&row.cells)
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(heading, cell)| (heading.to_owned(), cell.clone()))
                .collect();
            let (was, text) = (known.remove(&key), json(&cells)?);
            match &was {
                Some((at, old)) if *old == text && *at == position as u64 => {}
                Some((_, old)) if *old == text => write_row(tx, table.schema.name, &key, position as u64, &text, by_whom, now)?,
                was => {
                    write_row(tx, table.schema.name, &key, position as u64, &text, by_whom, now)?;
                    let old = was.as_ref().map_or("", |(_, old)| old);
                    note_change(tx, table.schema.name, &key, old, &text, by_whom, now)?;
                    changes += 1;
                }
            }
        }
        for (key, (_, old)) in known {
            let sql = "delete from register_row where table_name = $1 and row_key = $2";
            tx.execute(sql, &[table.schema.name.into(), (&key).into()])?;
            note_change(tx, table.schema.name, &key, &old, "", by_whom, now)?;
            changes += 1;
        }
    }
    if changes > 0 {
        super::report::count(tx, "register_changes", changes)?;
    }
    Ok(changes)
}

/// The whole register.
pub fn register(tx: &mut Tx<'_>) -> Result<Tables> {
    let mut by_table: BTreeMap<String, Vec<Cells>> = BTreeMap::new();
    for mut row in tx.query("select table_name, cells from register_row order by table_name, position, row_key", &[])? {
        let name = row.take()?;
        by_table.entry(name).or_default().push(from_json("row of the register", &row.take::<String>()?)?);
    }
    let mut tables = Tables::default();
    for (name, rows) in by_table {
        let mut headings: Vec<String> = rows.iter().flat_map(BTreeMap::keys).cloned().collect();
        headings.sort_by_key(|heading| {
            (crate::domain::plan::schema::table(&name).and_then(|schema| schema.position(heading)).unwrap_or(usize::MAX), heading.clone())
        });
        headings.dedup();
        let rows =
            rows.into_iter().map(|mut cells| headings.iter().map(|heading| cells.remove(heading).unwrap_or_default()).collect::<Vec<String>>());
        if let Some(table) = Table::from_cells(&name, &headings, rows.collect::<Vec<_>>()) {
            tables.put(table);
        }
    }
    Ok(tables)
}

fn stored_rows(tx: &mut Tx<'_>, table: &str) -> Result<BTreeMap<String, (u64, String)>> {
    let rows = tx.query("select row_key, position, cells from register_row where table_name = $1", &[table.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, (row.take()?, row.take()?)))).collect()
}

fn write_row(tx: &mut Tx<'_>, table: &str, key: &str, position: u64, cells: &str, by_whom: &str, now: Timestamp) -> Result<()> {
    let sql = "
        insert into register_row (table_name, row_key, position, cells, by_whom, at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (table_name, row_key) do update
        set position = excluded.position, cells = excluded.cells, by_whom = excluded.by_whom, at = excluded.at";
    tx.execute(sql, &[table.into(), key.into(), position.into(), cells.into(), by_whom.into(), now.into()]).map(drop)
}

fn note_change(tx: &mut Tx<'_>, table: &str, key: &str, was: &str, becomes: &str, by_whom: &str, now: Timestamp) -> Result<()> {
    let sql = "
        insert into register_change (table_name, row_key, at, by_whom, was, becomes)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (table_name, row_key, at) do update
        set by_whom = excluded.by_whom, becomes = excluded.becomes";
    tx.execute(sql, &[table.into(), key.into(), now.into(), by_whom.into(), was.into(), becomes.into()]).map(drop)
}
