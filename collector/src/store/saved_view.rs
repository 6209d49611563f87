//! Views that accounts keep: the address of a list under a name.
//!
//! Comes in: account, name, address. Goes out: the same. Absent on purpose: what an address may be (the page that takes it says).

use super::{Result, Tx};
use rollcall_shared::Timestamp;

/// Most views that one account keeps.
pub const MOST: i64 = 30;

/// Views of an account: name and address, by name.
pub fn of_account(tx: &mut Tx<'_>, account: i64) -> Result<Vec<(String, String)>> {
    let sql = "select name, address from saved_view where account_id = $1 order by name limit $2";
    tx.query(sql, &[account.into(), MOST.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Keeps one under its name; what the name led to before, empty where it is new. None: there are as many as there may be.
pub fn keep(tx: &mut Tx<'_>, account: i64, name: &str, address: &str, now: Timestamp) -> Result<Option<String>> {
    let known = of_account(tx, account)?;
    let was = known.iter().find(|(other, _)| other == name).map(|(_, address)| address.clone());
    if was.is_none() && known.len() as i64 >= MOST {
        return Ok(None);
    }
    let sql = "
        insert into saved_view (account_id, name, address, saved_at)
        values ($1, $2, $3, $4)
        on conflict (account_id, name) do update
        set address = excluded.address, saved_at = excluded.saved_at";
    tx.execute(sql, &[account.into(), name.into(), address.into(), now.into()])?;
    Ok(Some(was.unwrap_or_default()))
}

/// Forgets one; where it led to, if there was one.
pub fn forget(tx: &mut Tx<'_>, account: i64, name: &str) -> Result<Option<String>> {
    let sql = "delete from saved_view where account_id = $1 and name = $2 returning address";
    tx.query_one(sql, &[account.into(), name.into()])?.map(|mut row| row.take()).transpose()
}
