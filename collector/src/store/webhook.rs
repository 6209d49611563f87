//! Webhooks of accounts: where their programs are told.
//!
//! Comes in: address and matters, with a salt. Goes out: the same. Absent on purpose: the secret that signs (made from the salt and a key
//! file: [`crate::hook`]), which addresses are allowed, calls.

use super::{Param, Result, Row, Tx};
use crate::domain::notice::Matter;
use rollcall_shared::Timestamp;
use std::collections::BTreeSet;

/// One webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account: i64,
    /// Where.
    pub url: String,
    /// What makes its secret from the key.
    pub salt: String,
    /// What it is told.
    pub matters: BTreeSet<Matter>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Keeps a webhook; its id.
pub fn add(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<i64> {
    let sql = "insert into webhook (webhook_id, account_id, url, salt, matters, made_at) values ($1, $2, $3, $4, $5, $6)";
    let id = tx.next_id("webhook")?;
    let matters: Vec<&str> = webhook.matters.iter().map(|matter| matter.code()).collect();
    let matters = matters.join(" ");
    let params: [Param<'_>; 6] =
        [id.into(), webhook.account.into(), (&webhook.url).into(), (&webhook.salt).into(), (&matters).into(), webhook.made_at.into()];
    tx.execute(sql, &params)?;
    Ok(id)
}

/// Webhooks of an account, by number.
pub fn of_account(tx: &mut Tx<'_>, account: i64, limit: u32) -> Result<Vec<Webhook>> {
    let sql = "
        select webhook_id, account_id, url, salt, matters, made_at
        from webhook
        where account_id = $1
        order by webhook_id
        limit $2";
    tx.query(sql, &[account.into(), limit.into()])?.into_iter().map(webhook_of).collect()
}

/// One webhook.
pub fn one(tx: &mut Tx<'_>, webhook: i64) -> Result<Option<Webhook>> {
    let sql = "select webhook_id, account_id, url, salt, matters, made_at from webhook where webhook_id = $1";
    tx.query_one(sql, &[webhook.into()])?.map(webhook_of).transpose()
}

/// Ends a webhook of an account, with all that still waits for it; its address, if there was one.
pub fn drop_one(tx: &mut Tx<'_>, account: i64, webhook: i64) -> Result<Option<String>> {
    let sql = "delete from webhook where account_id = $1 and webhook_id = $2 returning url";
    let url = tx.query_one(sql, &[account.into(), webhook.into()])?.map(|mut row| row.take()).transpose()?;
    if url.is_some() {
        tx.execute("delete from notice where webhook_id = $1 and delivery_id is null", &[webhook.into()])?;
        tx.execute("delete from delivery where webhook_id = $1 and sent_at is null", &[webhook.into()])?;
    }
    Ok(url)
}

fn webhook_of(mut row: Row) -> Result<Webhook> {
    let (id, account, url, salt) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let matters = row.take::<String>()?.split_whitespace().filter_map(Matter::from_code).collect();
    Ok(Webhook { id, account, url, salt, matters, made_at: row.take()? })
}
