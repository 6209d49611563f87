//! Who is who at the town's own sign-in: the provider's name for a person, and their account here.
//!
//! Comes in: issuer, subject. Goes out: accounts. Absent on purpose: tokens, and whether they are true (`web/provider`).

use super::{Param, Result, Tx};
use rollcall_shared::Timestamp;

/// The account of a subject.
pub fn account(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<i64>> {
    let sql = "select account_id from outside_identity where issuer = $1 and subject = $2";
    tx.query_one(sql, &[issuer.into(), subject.into()])?.map(|mut row| row.take()).transpose()
}

/// Whether an account is somebody's at this issuer already.
pub fn is_bound(tx: &mut Tx<'_>, issuer: &str, account: i64) -> Result<bool> {
    let sql = "select 1 from outside_identity where issuer = $1 and account_id = $2";
    Ok(tx.query_one(sql, &[issuer.into(), account.into()])?.is_some())
}

/// Says whose account it is.
pub fn bind(tx: &mut Tx<'_>, issuer: &str, subject: &str, account: i64, now: Timestamp) -> Result<()> {
    let sql = "
        insert into outside_identity (issuer, subject, account_id, since_at)
        values ($1, $2, $3, $4)
        on conflict (issuer, subject) do nothing";
    let params: [Param<'_>; 4] = [issuer.into(), subject.into(), account.into(), now.into()];
    tx.execute(sql, &params)
}
