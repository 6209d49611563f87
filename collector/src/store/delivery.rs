//! Letters and calls of webhooks on their way: claimed by one collector at a time, tried again until they arrive or it was long enough.
//!
//! Comes in: what is to be sent, what came of an attempt. Goes out: what somebody is to send now. Absent on purpose: sending, what a letter
//! says, and how long one waits between attempts (`notify`).

use super::{Param, Result, Row, Tx};
use rollcall_shared::Timestamp;

/// One letter, or one call of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// To whom.
    pub account: i64,
    /// Through which webhook; 0: by e-mail.
    pub webhook: i64,
    /// `notices`, `sign_in`, `set_password`.
    pub sort: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// So many times it was tried, this one included.
    pub attempts: i64,
}

/// How a letter stands, for its reader and the administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Login of the account.
    pub login: String,
    /// Where to: address of the webhook, or the mailbox.
    pub to: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it is tried again.
    pub next_at: Timestamp,
    /// So many times it was tried.
    pub attempts: i64,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was given up.
    pub given_up_at: Option<Timestamp>,
    /// Why the last attempt failed; empty: it did not.
    pub error: String,
}

/// A new id.
pub fn fresh(tx: &mut Tx<'_>) -> Result<i64> {
    tx.next_id("delivery")
}

/// Puts a delivery on its way.
pub fn add(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<()> {
    let sql = "
        insert into delivery (delivery_id, account_id, webhook_id, sort, made_at, next_at, attempts, error)
        values ($1, $2, $3, $4, $5, $5, 0, '')";
    let params: [Param<'_>; 5] =
        [delivery.id.into(), delivery.account.into(), delivery.webhook.into(), (&delivery.sort).into(), delivery.made_at.into()];
    tx.execute(sql, &params)
}

/// Takes what is to be sent now, letters or calls of webhooks, links that somebody waits for first, then the oldest: until `until` nobody else takes it. Whoever dies with it has lost nothing.
pub fn claim(tx: &mut Tx<'_>, webhooks: bool, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Delivery>> {
    // The conditions stand twice: of two collectors that chose the same rows, the second finds them taken.
    let sql = "
        update delivery
        set next_at = $2, attempts = attempts + 1
        where delivery_id in (
                select delivery_id
                from delivery
                where sent_at is null and given_up_at is null and next_at <= $1 and (webhook_id <> 0) = $4
                order by sort = 'notices', next_at, delivery_id
                limit $3
            )
            and sent_at is null and given_up_at is null and next_at <= $1
        returning delivery_id, account_id, webhook_id, sort, made_at, attempts";
    let taken = |mut row: Row| {
        let (id, account, webhook) = (row.take()?, row.take()?, row.take()?);
        Ok(Delivery { id, account, webhook, sort: row.take()?, made_at: row.take()?, attempts: row.take()? })
    };
    tx.query(sql, &[now.into(), until.into(), limit.into(), webhooks.into()])?.into_iter().map(taken).collect()
}

/// Whether anything is to be sent now; letters only where there is mail (`by_mail`).
pub fn any_open(tx: &mut Tx<'_>, by_mail: bool, now: Timestamp) -> Result<bool> {
    let sql = "
        select 1
        from delivery
        where sent_at is null and given_up_at is null and next_at <= $1 and ($2 or webhook_id <> 0)
        limit 1";
    Ok(tx.query_one(sql, &[now.into(), by_mail.into()])?.is_some())
}

/// Nothing more goes to a webhook before this moment.
pub fn hold_back(tx: &mut Tx<'_>, webhook: i64, until: Timestamp) -> Result<()> {
    let sql = "
        update delivery
        set next_at = $2
        where webhook_id = $1 and sent_at is null and given_up_at is null and next_at < $2";
    tx.execute(sql, &[webhook.into(), until.into()])
}

/// It arrived.
pub fn sent(tx: &mut Tx<'_>, delivery: i64, now: Timestamp) -> Result<()> {
    let sql = "update delivery set sent_at = $2, error = '' where delivery_id = $1 and sent_at is null";
    tx.execute(sql, &[delivery.into(), now.into()])
}

/// It did not; when it is tried again, or never.
pub fn failed(tx: &mut Tx<'_>, delivery: i64, error: &str, again_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let sql = "
        update delivery
        set error = $2, next_at = coalesce($3, next_at), given_up_at = $4
        where delivery_id = $1 and sent_at is null";
    let given_up_at = again_at.is_none().then_some(now);
    tx.execute(sql, &[delivery.into(), error.into(), again_at.into(), given_up_at.into()])
}

/// How many letters of news were made for an account since a moment.
pub fn count_since(tx: &mut Tx<'_>, account: i64, since: Timestamp) -> Result<i64> {
    let sql = "select count(*) from delivery where account_id = $1 and webhook_id = 0 and sort = 'notices' and made_at > $2";
    tx.query_one(sql, &[account.into(), since.into()])?.map_or(Ok(0), |mut row| row.take())
}

/// How many letters with a link were made for an account since a moment.
pub fn links_since(tx: &mut Tx<'_>, account: i64, since: Timestamp) -> Result<i64> {
    let sql = "select count(*) from delivery where account_id = $1 and webhook_id = 0 and sort <> 'notices' and made_at > $2";
    tx.query_one(sql, &[account.into(), since.into()])?.map_or(Ok(0), |mut row| row.take())
}

/// The last deliveries of an account, the newest first.
pub fn of_account(tx: &mut Tx<'_>, account: i64, limit: u32) -> Result<Vec<Standing>> {
    let sql = "
        select login, coalesce(webhook.url, email), delivery.made_at, next_at, attempts, sent_at, given_up_at, error
        from delivery
        join account on account.account_id = delivery.account_id
        left join webhook on webhook.webhook_id = delivery.webhook_id
        where delivery.account_id = $1
        order by delivery_id desc
        limit $2";
    tx.query(sql, &[account.into(), limit.into()])?.into_iter().map(standing).collect()
}

/// Deliveries that failed and are not done, and those given up lately, the newest first.
pub fn in_trouble(tx: &mut Tx<'_>, since: Timestamp, limit: u32) -> Result<Vec<Standing>> {
    let sql = "
        select login, coalesce(webhook.url, email), delivery.made_at, next_at, attempts, sent_at, given_up_at, error
        from delivery
        join account on account.account_id = delivery.account_id
        left join webhook on webhook.webhook_id = delivery.webhook_id
        where error <> '' and sent_at is null and delivery.made_at >= $1
        order by delivery_id desc
        limit $2";
    tx.query(sql, &[since.into(), limit.into()])?.into_iter().map(standing).collect()
}

/// How many were sent since a moment, and how many wait.
pub fn figures(tx: &mut Tx<'_>, since: Timestamp) -> Result<(i64, i64)> {
    let sql = "
        select count(*) filter (where sent_at is not null), count(*) filter (where sent_at is null and given_up_at is null)
        from delivery
        where made_at >= $1";
    let mut row = tx.query_one(sql, &[since.into()])?.ok_or_else(|| super::missing("count"))?;
    Ok((row.take()?, row.take()?))
}

fn standing(mut row: Row) -> Result<Standing> {
    let (login, to, made_at, next_at) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (attempts, sent_at, given_up_at) = (row.take()?, row.take()?, row.take()?);
    Ok(Standing { login, to, made_at, next_at, attempts, sent_at, given_up_at, error: row.take()? })
}
