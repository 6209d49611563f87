//! Leads of contractors: accounts that make accounts for their own people, which never see more than they do.
//!
//! Comes in: who leads, who was made by whom. Goes out: the same. Absent on purpose: what they see (`domain/sight`), accounts themselves (`account`).

use super::account::{Account, Bounds, Role, account_columns, account_of};
use super::{Result, Tx};
use crate::domain::kind::Kind;
use rollcall_shared::Timestamp;

/// Most people of one lead.
pub const MOST: i64 = 200;

/// Links from an account up to leads that are followed: as many as leads make leads, and one to spare.
pub const MOST_LEADS: i64 = 4;

/// Refuses one of a lead's people; whoever is refused already stays refused by whom it was.
pub fn refuse(tx: &mut Tx<'_>, account: i64, now: Timestamp) -> Result<()> {
    if tx.query_one("select 1 from account where account_id = $1 and disabled_at is null", &[account.into()])?.is_none() {
        return Ok(());
    }
    super::account::disable(tx, account, now)?;
    tx.execute("update account set refused_by_lead = true where account_id = $1", &[account.into()])
}

/// Whether a refused account was refused by its lead: then its lead may let it in again, and of an administrator's word nobody else.
pub fn refused(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    let row = tx.query_one("select refused_by_lead from account where account_id = $1", &[account.into()])?;
    row.map_or(Ok(false), |mut row| row.take())
}

/// Whether an account leads.
pub fn leads(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    let row = tx.query_one("select leads from account where account_id = $1", &[account.into()])?;
    row.map_or(Ok(false), |mut row| row.take())
}

/// Says whether an account leads.
pub fn set(tx: &mut Tx<'_>, login: &str, leads: bool) -> Result<()> {
    tx.execute("update account set leads = $2 where login = $1", &[login.into(), leads.into()])
}

/// Says who made an account, and whose eyes bound it from now on.
pub fn put_under(tx: &mut Tx<'_>, account: i64, lead: i64) -> Result<()> {
    tx.execute("update account set under_id = $2, sight_of = '' where account_id = $1", &[account.into(), lead.into()])
}

/// Role and bounds of the account that bounds another, with its id; `None`: nobody does.
pub fn above(tx: &mut Tx<'_>, account: i64) -> Result<Option<(i64, Role, Bounds)>> {
    let sql = "
        select above.account_id, above.role, above.actor, above.schools, above.kinds
        from account
        join account as above on above.account_id = account.under_id
        where account.account_id = $1";
    let Some(mut row) = tx.query_one(sql, &[account.into()])? else { return Ok(None) };
    let (id, role): (i64, String) = (row.take()?, row.take()?);
    let (actor, schools, kinds): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let kinds = kinds.split_whitespace().filter_map(Kind::from_code).collect();
    Ok(Some((id, Role::from_code(&role).unwrap_or(Role::Reader), Bounds { actor, schools, kinds })))
}

/// The people of a lead, by login.
pub fn people(tx: &mut Tx<'_>, lead: i64) -> Result<Vec<Account>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        "
        from account
        where under_id = $1 and role = 'contractor'
        order by login
        limit $2"
    );
    tx.query(sql, &[lead.into(), MOST.into()])?.iter_mut().map(account_of).collect()
}
