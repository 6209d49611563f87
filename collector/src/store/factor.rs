//! Second factors of accounts: the sealed secret, which code was taken last, recovery codes, which roles must have one.
//!
//! Comes in: sealed bytes, hashes, steps. Goes out: the same. Absent on purpose: secrets in the clear (`seal`), what a code is (`web/second`).

use super::account::Session;
use super::{Param, Result, Tx, meta};
use crate::domain::right::Role;
use rollcall_shared::Timestamp;

/// Under which name the roles are kept that must have one.
pub(super) const ROLES: &str = "factor_roles";

/// An account's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Sealed.
    pub secret: Vec<u8>,
    /// When it was set up.
    pub since_at: Timestamp,
}

/// The factor of an account.
pub fn of(tx: &mut Tx<'_>, account: i64) -> Result<Option<Factor>> {
    let row = tx.query_one("select secret, since_at from factor where account_id = $1", &[account.into()])?;
    row.map(|mut row| Ok(Factor { secret: row.take()?, since_at: row.take()? })).transpose()
}

/// Sets the factor of an account up; the code of `step` is taken with it. Whether there was none.
pub fn set(tx: &mut Tx<'_>, account: i64, secret: &[u8], step: i64, now: Timestamp) -> Result<bool> {
    let sql = "insert into factor (account_id, secret, step, since_at) values ($1, $2, $3, $4) on conflict (account_id) do nothing";
    let params: [Param<'_>; 4] = [account.into(), secret.into(), step.into(), now.into()];
    Ok(tx.changed(sql, &params)? > 0)
}

/// Takes the factor of an account away, with its recovery codes; whether there was one.
pub fn remove(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    tx.execute("delete from recovery_code where account_id = $1", &[account.into()])?;
    Ok(tx.changed("delete from factor where account_id = $1", &[account.into()])? > 0)
}

/// Takes the code of a step; whether neither it nor a later one was taken before. Of two that try at once one gets it.
pub fn take_step(tx: &mut Tx<'_>, account: i64, step: i64) -> Result<bool> {
    Ok(tx.changed("update factor set step = $2 where account_id = $1 and step < $2", &[account.into(), step.into()])? > 0)
}

/// Gives an account other recovery codes: the earlier ones work no more.
pub fn set_codes(tx: &mut Tx<'_>, account: i64, hashes: &[[u8; 32]]) -> Result<()> {
    tx.execute("delete from recovery_code where account_id = $1", &[account.into()])?;
    for hash in hashes {
        tx.execute("insert into recovery_code (code_hash, account_id) values ($1, $2)", &[hash[..].into(), account.into()])?;
    }
    Ok(())
}

/// Takes a recovery code; whether it was good.
pub fn take_code(tx: &mut Tx<'_>, account: i64, hash: &[u8], now: Timestamp) -> Result<bool> {
    let sql = "update recovery_code set used_at = $3 where code_hash = $2 and account_id = $1 and used_at is null";
    Ok(tx.changed(sql, &[account.into(), hash.into(), now.into()])? > 0)
}

/// Recovery codes of an account that were not used.
pub fn codes_left(tx: &mut Tx<'_>, account: i64) -> Result<i64> {
    let row = tx.query_one("select count(*) from recovery_code where account_id = $1 and used_at is null", &[account.into()])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Roles that must have a factor.
pub fn roles(tx: &mut Tx<'_>) -> Result<Vec<Role>> {
    Ok(roles_of(&meta::get(tx, ROLES)?.unwrap_or_default()))
}

/// The same as they are kept.
pub(super) fn roles_of(kept: &str) -> Vec<Role> {
    kept.split_whitespace().filter_map(Role::from_code).collect()
}

/// Says which roles must have one.
pub fn set_roles(tx: &mut Tx<'_>, roles: &[Role]) -> Result<()> {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    meta::set(tx, ROLES, &codes.join(" "))
}

/// Whether a session's account must have a factor and has none. Who came by the town's own sign-in was asked there.
pub fn is_wanting(tx: &mut Tx<'_>, hash: &[u8], session: &Session) -> Result<bool> {
    if !session.strict.contains(&session.account.role) {
        return Ok(false);
    }
    let sql = "
        select 1
        from session
        where token_hash = $1 and not outside and not exists (select 1 from factor where account_id = $2)";
    Ok(tx.query_one(sql, &[hash.into(), session.account.id.into()])?.is_some())
}
