//! What an installation keeps of itself: a value a name (`meta`).
//!
//! Comes in: names that their users chose. Goes out: texts. Absent on purpose: settings (a file of the system holds those), whatever a table has a place
//! for.

use super::{Result, Tx};

/// A value by its name.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.query_one("select value from meta where name = $1", &[name.into()])?.map(|mut row| row.take()).transpose()
}

/// Keeps a value.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    let sql = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    tx.execute(sql, &[name.into(), value.into()])
}
