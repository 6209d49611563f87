//! Versions of the plan, never edited.
//!
//! Comes in: tables of an import. Goes out: tables as they were. Absent on purpose: what tables mean, checks, the register
//! (`register`), and places (unfolded by the core, kept by `place`).

use super::connection::Stamp;
use super::report::{json, pack, unpack};
use super::{Param, Result, Tx};
use crate::domain::plan::{Table, Tables};
use rollcall_shared::Timestamp;
use sha2::{Digest, Sha256};

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
    name_installation(tx)?;
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
    versions_before(tx, i64::MAX, limit)
}

/// Versions older than the one of this number, newest first.
pub fn versions_before(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<Vec<Version>> {
    let sql = "
        select version_id, parent_id, programme, author, note, made_at
        from plan_version
        where version_id < $1
        order by version_id desc
        limit $2";
    tx.query(sql, &[before.into(), limit.into()])?
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
    Ok(Some(tables_of(unpack("plan version", &row.take::<Vec<u8>>()?)?)))
}

/// Tables as they are kept.
pub(super) fn tables_of(written: Vec<Written>) -> Tables {
    let mut tables = Tables::default();
    for (name, headings, rows) in written {
        if let Some(table) = Table::from_cells(&name, &headings, rows) {
            tables.put(table);
        }
    }
    tables
}

/// What plan and register are now: (version in force, 0 if none; count of register changes). Equal stamps: nothing changed.
pub fn stamp(tx: &mut Tx<'_>) -> Result<(i64, u64)> {
    if let Stamp::Known(stamp) = tx.connection.stamp {
        return Ok(stamp);
    }
    let sql = "
        select coalesce((select max(version_id) from plan_version), 0),
            coalesce((select value from counter where name = 'register_changes'), 0)";
    let stamp = tx.query_one(sql, &[])?.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))?;
    if let Stamp::Unknown = tx.connection.stamp {
        tx.connection.stamp = Stamp::Known(stamp);
    }
    Ok(stamp)
}

/// Name, headings, rows of cells.
pub(super) type Written = (String, Vec<String>, Vec<Vec<String>>);

pub(super) fn written(tables: &Tables) -> Vec<Written> {
    let headings = |table: &Table| table.heading_names().into_iter().map(str::to_owned).collect();
    tables.iter().map(|table| (table.schema.name.to_owned(), headings(table), table.rows.iter().map(|row| row.cells.clone()).collect())).collect()
}

/// This installation's random name; empty before its first plan.
pub fn installation(tx: &mut Tx<'_>) -> Result<String> {
    Ok(super::meta::get(tx, "installation")?.unwrap_or_default())
}

/// Names the installation once, so that an export finds back to the store it came from and to no other.
fn name_installation(tx: &mut Tx<'_>) -> Result<()> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| super::Error::Content { what: "a random name".to_owned(), reason: error.to_string() })?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = "insert into meta (name, value) values ('installation', $1) on conflict (name) do nothing";
    tx.execute(sql, &[(&name).into()])
}

/// The whole register, as tables.
pub fn register(tx: &mut Tx<'_>) -> Result<Tables> {
    super::register::all(tx)
}

/// Lays the register's half of an import over the register. How many rows changed.
pub fn save_register(tx: &mut Tx<'_>, register: &Tables, by_whom: &str, now: Timestamp) -> Result<u64> {
    super::register::save(tx, register, super::register::Signed { by_whom, why: "", at: now })
}

/// Keeps a file that somebody brought until they confirm what it would do. Files left lying for `keep_s` are thrown away.
pub fn keep_upload(tx: &mut Tx<'_>, upload: &Upload, token_hash: &[u8; 32], keep_s: i64) -> Result<()> {
    tx.execute("delete from plan_upload where at < $1", &[(upload.at + -keep_s).into()])?;
    let sql = "
        insert into plan_upload (token_hash, by_whom, at, name, body)
        values ($1, $2, $3, $4, $5)
        on conflict (token_hash) do nothing";
    let params: [Param<'_>; 5] = [token_hash.into(), (&upload.by_whom).into(), upload.at.into(), (&upload.name).into(), (&upload.body).into()];
    tx.execute(sql, &params)
}

/// A file that somebody brought.
pub fn upload(tx: &mut Tx<'_>, token_hash: &[u8; 32], by_whom: &str) -> Result<Option<Upload>> {
    let sql = "select by_whom, at, name, body from plan_upload where token_hash = $1 and by_whom = $2";
    let row = tx.query_one(sql, &[token_hash.into(), by_whom.into()])?;
    row.map(|mut row| Ok(Upload { by_whom: row.take()?, at: row.take()?, name: row.take()?, body: row.take()? })).transpose()
}

/// Throws a file away: it was taken in.
pub fn forget_upload(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<()> {
    tx.execute("delete from plan_upload where token_hash = $1", &[token_hash.into()])
}

/// A file that waits for its import to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Who brought it.
    pub by_whom: String,
    /// When.
    pub at: Timestamp,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub body: Vec<u8>,
}
