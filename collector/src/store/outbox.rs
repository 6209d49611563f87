//! Messages that wait to be sent.
//!
//! Comes in: lines of settle, each with a natural key. Goes out: those that wait, oldest first. Absent on purpose: sending.

use super::{Param, Result, Tx};
use rollcall_shared::{SchoolId, Timestamp};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id; 0 before it is queued.
    pub id: i64,
    /// When it was queued.
    pub at: Timestamp,
    /// About which school.
    pub school: Option<SchoolId>,
    /// What sort of message.
    pub topic: String,
    /// The same message is never queued twice.
    pub key: String,
    /// JSON: what it says.
    pub body: String,
}

/// Queues a message; whether it was new.
pub fn add(tx: &mut Tx<'_>, message: &Message) -> Result<bool> {
    let sql = "
        insert into outbox (outbox_id, at, school_id, topic, natural_key, body)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (natural_key) do nothing";
    let id = tx.next_id("outbox")?;
    let params: [Param<'_>; 6] =
        [id.into(), message.at.into(), message.school.into(), (&message.topic).into(), (&message.key).into(), (&message.body).into()];
    Ok(tx.changed(sql, &params)? > 0)
}

/// Messages that wait, oldest first.
pub fn waiting(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Message>> {
    let sql = "
        select outbox_id, at, school_id, topic, natural_key, body
        from outbox
        where sent_at is null
        order by outbox_id
        limit $1";
    tx.query(sql, &[limit.into()])?
        .into_iter()
        .map(|mut row| {
            let (id, at, school) = (row.take()?, row.take()?, row.take()?);
            Ok(Message { id, at, school, topic: row.take()?, key: row.take()?, body: row.take()? })
        })
        .collect()
}

/// How many messages of a sort wait.
pub fn count_of(tx: &mut Tx<'_>, topic: &str) -> Result<i64> {
    let sql = "select count(*) from outbox where sent_at is null and topic = $1";
    tx.query_one(sql, &[topic.into()])?.map_or(Ok(0), |mut row| row.take())
}

/// How many messages wait, lines of the outbox and deliveries that did not arrive yet, and when the oldest of them was made.
pub fn backlog(tx: &mut Tx<'_>) -> Result<(i64, Option<Timestamp>)> {
    let sql = "
        select count(*), min(at)
        from (
            select at from outbox where sent_at is null
            union all
            select made_at as at from delivery where sent_at is null and given_up_at is null
        ) as waiting";
    let row = tx.query_one(sql, &[])?;
    row.map_or(Ok((0, None)), |mut row| Ok((row.take()?, row.take()?)))
}

/// Notes that a message was sent; whether it was not yet.
pub fn mark_sent(tx: &mut Tx<'_>, id: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.changed("update outbox set sent_at = $2 where outbox_id = $1 and sent_at is null", &[id.into(), now.into()])? > 0)
}
