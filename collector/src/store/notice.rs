//! What people are to hear, and how they want to: addresses, choices, quiet hours; notices that wait for their letter.
//!
//! Comes in: settings of an account, notices worked out by the core. Goes out: who may hear at all, who sees a fault, what a letter tells.
//! Absent on purpose: who hears what when (`domain/notice`), letters on their way (`delivery`), webhooks (`webhook`).

use super::account::{self, Account, account_columns};
use super::{Param, Result, Row, Tx};
use crate::domain::notice::{Choice, Matter};
use rollcall_shared::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// How an account is reached, as it was written; empty: the town's way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hearing {
    /// Where letters go; empty: nowhere.
    pub email: String,
    /// IANA name of its clock.
    pub zone: String,
    /// `HH:MM-HH:MM`; [`NO_QUIET`]: no quiet hours.
    pub quiet: String,
    /// Urgent news come in quiet hours as well.
    pub urgent_at_night: bool,
}

/// Quiet hours of somebody who wants none.
pub const NO_QUIET: &str = "none";

/// How an account is reached.
pub fn hearing(tx: &mut Tx<'_>, account: i64) -> Result<Hearing> {
    let sql = "select email, zone, quiet, urgent_at_night from account where account_id = $1";
    let mut row = tx.query_one(sql, &[account.into()])?.ok_or_else(|| super::missing("account"))?;
    hearing_of(&mut row)
}

fn hearing_of(row: &mut Row) -> Result<Hearing> {
    Ok(Hearing { email: row.take()?, zone: row.take()?, quiet: row.take()?, urgent_at_night: row.take()? })
}

/// Sets clock and quiet hours; the address stays.
pub fn set_hours(tx: &mut Tx<'_>, account: i64, hearing: &Hearing) -> Result<()> {
    let sql = "update account set zone = $2, quiet = $3, urgent_at_night = $4 where account_id = $1";
    tx.execute(sql, &[account.into(), (&hearing.zone).into(), (&hearing.quiet).into(), hearing.urgent_at_night.into()])
}

/// Sets the address; empty: none.
pub fn set_email(tx: &mut Tx<'_>, account: i64, email: &str) -> Result<()> {
    tx.execute("update account set email = $2 where account_id = $1", &[account.into(), email.into()])
}

/// What an account has chosen.
pub fn choices(tx: &mut Tx<'_>, account: i64) -> Result<BTreeMap<Matter, Choice>> {
    let rows = tx.query("select matter, choice from notice_choice where account_id = $1", &[account.into()])?;
    let mut choices = BTreeMap::new();
    for mut row in rows {
        let (matter, choice): (String, String) = (row.take()?, row.take()?);
        choices.extend(Matter::from_code(&matter).zip(Choice::from_code(&choice)));
    }
    Ok(choices)
}

/// Keeps a choice.
pub fn set_choice(tx: &mut Tx<'_>, account: i64, matter: Matter, choice: Choice) -> Result<()> {
    let sql = "
        insert into notice_choice (account_id, matter, choice)
        values ($1, $2, $3)
        on conflict (account_id, matter) do update
        set choice = excluded.choice";
    tx.execute(sql, &[account.into(), matter.code().into(), choice.code().into()])
}

/// Accounts that could be told something: they may sign in, and have an address or a webhook.
pub fn listeners(tx: &mut Tx<'_>) -> Result<Vec<(Account, Hearing)>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        ",
            email, zone, quiet, urgent_at_night
        from account
        where disabled_at is null
            and (email <> '' or exists (select 1 from webhook where webhook.account_id = account.account_id))
        order by account_id"
    );
    tx.query(sql, &[])?.iter_mut().map(|row| Ok((account::account_of(row)?, hearing_of(row)?))).collect()
}

/// Accounts to which a link may go that somebody asks for by this name: a login, or the code of a school.
pub fn asked_by_name(tx: &mut Tx<'_>, login: &str, school: &str) -> Result<Vec<Account>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        "
        from account
        where disabled_at is null and email <> '' and (login = $1 or (role = 'school' and schools = $2))
        order by account_id
        limit 5"
    );
    tx.query(sql, &[login.into(), school.into()])?.iter_mut().map(account::account_of).collect()
}

/// One account by its number, unless it is refused, with how it is reached.
pub fn recipient(tx: &mut Tx<'_>, account: i64) -> Result<Option<(Account, Hearing)>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        ",
            email, zone, quiet, urgent_at_night
        from account
        where account_id = $1 and disabled_at is null"
    );
    tx.query_one(sql, &[account.into()])?.map(|mut row| Ok((account::account_of(&mut row)?, hearing_of(&mut row)?))).transpose()
}

/// Accounts with bounds that see a fault, or one of its incident.
pub fn seen_by(tx: &mut Tx<'_>, fault: i64, incident: bool) -> Result<BTreeSet<i64>> {
    let sql = "
        select distinct sight.account_id
        from fault
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        join sight on sight.school_id = fault.school_id and sight.lot in ('*', fault.lot)
            and sight.kind in ('*', coalesce(device.kind, place.kind, ''))
        where fault.fault_id = $1 or ($2 and fault.incident_id = $1)";
    tx.query(sql, &[fault.into(), incident.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// The newest fault of a key.
pub fn fault_of_key(tx: &mut Tx<'_>, school: rollcall_shared::SchoolId, key: &str) -> Result<Option<i64>> {
    let sql = "
        select fault_id
        from fault
        where school_id = $1 and fault_key = $2
        order by fault_id desc
        limit 1";
    tx.query_one(sql, &[school.into(), key.into()])?.map(|mut row| row.take()).transpose()
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who is to hear.
    pub account: i64,
    /// Through which webhook; 0: by e-mail.
    pub webhook: i64,
    /// What nobody is told twice.
    pub subject: String,
    /// Number of the fault.
    pub fault: i64,
    /// Sort of line of the outbox.
    pub topic: String,
    /// What it is about.
    pub matter: Matter,
    /// Code of its pace.
    pub pace: String,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it; empty: a look.
    pub by: String,
    /// In their words.
    pub said: String,
    /// Not before.
    pub due_at: Timestamp,
}

/// Keeps a notice; the same subject once.
pub fn add(tx: &mut Tx<'_>, notice: &Kept) -> Result<()> {
    let sql = "
        insert into notice (notice_id, account_id, webhook_id, subject, fault_id, topic, matter, pace, at, by_whom, said, due_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (account_id, webhook_id, subject) do nothing";
    let id = tx.next_id("notice")?;
    let params: [Param<'_>; 12] = [
        id.into(),
        notice.account.into(),
        notice.webhook.into(),
        (&notice.subject).into(),
        notice.fault.into(),
        (&notice.topic).into(),
        notice.matter.code().into(),
        (&notice.pace).into(),
        notice.at.into(),
        (&notice.by).into(),
        (&notice.said).into(),
        notice.due_at.into(),
    ];
    tx.execute(sql, &params)
}

/// Accounts whose mail is due: whether urgent news are, whether a digest is.
pub fn due_by_mail(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<(i64, bool, bool)>> {
    let sql = "
        select account_id, max(case when pace = 'at_once' then 1 else 0 end), max(case when pace = 'at_once' then 0 else 1 end)
        from notice
        where delivery_id is null and webhook_id = 0 and due_at <= $1
        group by account_id
        order by account_id
        limit $2";
    let flag = |row: &mut Row| Ok::<bool, super::Error>(row.take::<i64>()? > 0);
    tx.query(sql, &[now.into(), limit.into()])?.into_iter().map(|mut row| Ok((row.take()?, flag(&mut row)?, flag(&mut row)?))).collect()
}

/// Notices for programs that wait: notice, account, webhook.
pub fn due_by_webhook(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<(i64, i64, i64)>> {
    let sql = "
        select notice_id, account_id, webhook_id
        from notice
        where delivery_id is null and webhook_id <> 0 and due_at <= $1
        order by due_at, notice_id
        limit $2";
    tx.query(sql, &[now.into(), limit.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// Lays what waits for an account into a letter: what is due, and of urgent news all. How much that is.
pub fn gather(tx: &mut Tx<'_>, account: i64, urgent: bool, delivery: i64, now: Timestamp) -> Result<u64> {
    let sql = "
        update notice
        set delivery_id = $4
        where account_id = $1 and webhook_id = 0 and delivery_id is null and (due_at <= $2 or ($3 and pace = 'at_once'))";
    tx.changed(sql, &[account.into(), now.into(), urgent.into(), delivery.into()])
}

/// Lays one notice into a call of its own; whether it was still waiting.
pub fn give(tx: &mut Tx<'_>, notice: i64, delivery: i64) -> Result<bool> {
    let sql = "update notice set delivery_id = $2 where notice_id = $1 and delivery_id is null";
    Ok(tx.changed(sql, &[notice.into(), delivery.into()])? > 0)
}

/// What a letter tells, oldest first.
pub fn told_by(tx: &mut Tx<'_>, delivery: i64) -> Result<Vec<Kept>> {
    let sql = "
        select account_id, webhook_id, subject, fault_id, topic, matter, pace, at, by_whom, said, due_at
        from notice
        where delivery_id = $1
        order by notice_id";
    let kept = |mut row: Row| {
        let (account, webhook, subject, fault, topic) = (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
        let matter = Matter::from_code(&row.take::<String>()?).unwrap_or(Matter::Word);
        let (pace, at, by, said) = (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Kept { account, webhook, subject, fault, topic, matter, pace, at, by, said, due_at: row.take()? })
    };
    tx.query(sql, &[delivery.into()])?.into_iter().map(kept).collect()
}

/// How much waits for its letter, of one account.
pub fn waiting(tx: &mut Tx<'_>, account: i64) -> Result<(i64, Option<Timestamp>)> {
    let sql = "select count(*), min(due_at) from notice where account_id = $1 and webhook_id = 0 and delivery_id is null";
    let mut row = tx.query_one(sql, &[account.into()])?.ok_or_else(|| super::missing("count"))?;
    Ok((row.take()?, row.take()?))
}
