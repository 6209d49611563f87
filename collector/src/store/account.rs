//! People who sign in: accounts, their sessions, links that work once, and the trail of what people changed.
//!
//! Comes in: hashes (of passwords, of tokens) and times. Goes out: accounts and sessions that are good now. Absent on
//! purpose: passwords and tokens themselves, how they are hashed, who may do what.

use super::{Param, Result, Row, Tx, factor};
use crate::domain::kind::Kind;
pub use crate::domain::right::Role;
pub use crate::domain::sight::Bounds;
use rollcall_shared::Timestamp;

/// What [`account_of`] reads, in its order.
macro_rules! account_columns {
    () => {
        "account_id, login, account.name, role, password_hash, language, account.made_at, disabled_at, must_change, actor, schools, kinds, sight_of"
    };
}
pub(super) use account_columns;

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Folded login.
    pub login: String,
    /// As shown.
    pub name: String,
    /// What it may do; a role that this program does not know may read.
    pub role: Role,
    /// PHC text.
    pub password_hash: String,
    /// `fr`, `en`; empty: the browser's.
    pub language: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub disabled_at: Option<Timestamp>,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// What it sees, as its administrator wrote it.
    pub bounds: Bounds,
    /// The state from which its sight was worked out last; empty: not yet.
    pub sight_of: String,
}

/// One signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: Account,
    /// When it began.
    pub made_at: Timestamp,
    /// Last use, as far as it was noted.
    pub seen_at: Timestamp,
    /// Its end.
    pub expires_at: Timestamp,
    /// What each form carries.
    pub csrf: String,
    /// Roles that must have a second factor just now.
    pub strict: Vec<Role>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Login; `console` for commands.
    pub who: String,
    /// Verb: `agent.revoke`, `plan.import`, …
    pub what: String,
    /// Of what.
    pub subject: String,
    /// Before.
    pub was: String,
    /// After.
    pub becomes: String,
}

/// How many accounts there are, disabled ones included.
pub fn count(tx: &mut Tx<'_>) -> Result<u64> {
    let row = tx.query_one("select count(*) from account", &[])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Makes an account; `None` when the login is taken.
pub fn add_new(tx: &mut Tx<'_>, login: &str, name: &str, role: Role, password_hash: &str, must_change: bool, now: Timestamp) -> Result<Option<i64>> {
    let sql = "
        insert into account (account_id, login, name, role, password_hash, language, made_at, must_change)
        values ($1, $2, $3, $4, $5, '', $6, $7)
        on conflict (login) do nothing";
    let id = tx.next_id("account")?;
    let params: [Param<'_>; 7] = [id.into(), login.into(), name.into(), role.code().into(), password_hash.into(), now.into(), must_change.into()];
    Ok((tx.changed(sql, &params)? > 0).then_some(id))
}

/// Makes an account named by its login; where the login is taken, that account gets the password and the role.
pub fn add(tx: &mut Tx<'_>, login: &str, role: Role, password_hash: &str, now: Timestamp) -> Result<i64> {
    if let Some(id) = add_new(tx, login, login, role, password_hash, false, now)? {
        return Ok(id);
    }
    let sql = "update account set role = $2, password_hash = $3, disabled_at = null where login = $1 returning account_id";
    let row = tx.query_one(sql, &[login.into(), role.code().into(), password_hash.into()])?;
    row.map_or_else(|| Err(super::missing("account")), |mut row| row.take())
}

/// The account of a login, folded; disabled ones as well.
pub fn by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<Account>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        "
        from account
        where login = $1"
    );
    tx.query_one(sql, &[login.into()])?.as_mut().map(account_of).transpose()
}

/// The account of an id; a disabled one as well.
pub fn by_id(tx: &mut Tx<'_>, account: i64) -> Result<Option<Account>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        "
        from account
        where account_id = $1"
    );
    tx.query_one(sql, &[account.into()])?.as_mut().map(account_of).transpose()
}

/// Accounts by login: those after `after`, at most `limit`.
pub fn accounts(tx: &mut Tx<'_>, after: &str, limit: u32) -> Result<Vec<Account>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        "
        from account
        where login > $1
        order by login
        limit $2"
    );
    tx.query(sql, &[after.into(), limit.into()])?.iter_mut().map(account_of).collect()
}

/// Sets a password, and signs the account out everywhere.
pub fn set_password(tx: &mut Tx<'_>, account: i64, password_hash: &str, must_change: bool) -> Result<()> {
    let sql = "update account set password_hash = $2, must_change = $3 where account_id = $1";
    tx.execute(sql, &[account.into(), password_hash.into(), must_change.into()])?;
    close_sessions(tx, account)
}

/// Sets role and bounds of an account; what it sees is worked out again at its next request. Whether there is such an account.
pub fn set_bounds(tx: &mut Tx<'_>, login: &str, role: Role, bounds: &Bounds) -> Result<bool> {
    // Those that it leads, and those that they lead, see no more than it does, from now on.
    let sql = "
        with recursive led (account_id, depth) as (
            select account_id, cast(0 as bigint) from account where login = $1
            union all
            select account.account_id, led.depth + 1
            from account join led on account.under_id = led.account_id
            where led.depth < $2)
        update account set sight_of = '' where account_id in (select account_id from led)";
    tx.execute(sql, &[login.into(), super::lead::MOST_LEADS.into()])?;
    // Whoever is a contractor's no more has no lead any more, who could open the account.
    let sql = "
        update account
        set role = $2, actor = $3, schools = $4, kinds = $5, under_id = case when $2 = 'contractor' then under_id end
        where login = $1";
    let kinds: Vec<&str> = bounds.kinds.iter().map(|kind| kind.code()).collect();
    let kinds = kinds.join(" ");
    let params: [Param<'_>; 5] = [login.into(), role.code().into(), (&bounds.actor).into(), (&bounds.schools).into(), (&kinds).into()];
    Ok(tx.changed(sql, &params)? > 0)
}

/// Sets the language of an account; empty: the browser's.
pub fn set_language(tx: &mut Tx<'_>, account: i64, language: &str) -> Result<()> {
    tx.execute("update account set language = $2 where account_id = $1", &[account.into(), language.into()])
}

/// Refuses an account from now on, and signs it out everywhere.
pub fn disable(tx: &mut Tx<'_>, account: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "update account set disabled_at = coalesce(disabled_at, $2), refused_by_lead = false where account_id = $1",
        &[account.into(), now.into()],
    )?;
    tx.execute("delete from api_token where account_id = $1", &[account.into()])?;
    close_sessions(tx, account)
}

/// Opens a session.
pub fn open_session(tx: &mut Tx<'_>, token_hash: &[u8], account: i64, now: Timestamp, expires_at: Timestamp, csrf: &str) -> Result<()> {
    let sql = "insert into session (token_hash, account_id, made_at, seen_at, expires_at, csrf) values ($1, $2, $3, $3, $4, $5)";
    tx.execute(sql, &[token_hash.into(), account.into(), now.into(), expires_at.into(), csrf.into()])
}

/// Whether the town's own sign-in opened a session.
pub fn is_outside(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool> {
    let row = tx.query_one("select outside from session where token_hash = $1", &[token_hash.into()])?;
    row.map_or(Ok(false), |mut row| row.take())
}

/// Says of a session that the town's own sign-in opened it.
pub fn set_outside(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    tx.execute("update session set outside = true where token_hash = $1", &[token_hash.into()])
}

/// The session of a token, if it is good now: not over, its account not disabled.
pub fn session(tx: &mut Tx<'_>, token_hash: &[u8], now: Timestamp) -> Result<Option<Session>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        ",
            session.made_at, session.seen_at, session.expires_at, session.csrf,
            coalesce((select value from meta where name = $3), '')
        from session
        join account using (account_id)
        where token_hash = $1 and expires_at > $2 and disabled_at is null"
    );
    let Some(mut row) = tx.query_one(sql, &[token_hash.into(), now.into(), factor::ROLES.into()])? else { return Ok(None) };
    let account = account_of(&mut row)?;
    let (made_at, seen_at, expires_at, csrf) = (row.take()?, row.take()?, row.take()?, row.take()?);
    Ok(Some(Session { account, made_at, seen_at, expires_at, csrf, strict: factor::roles_of(&row.take::<String>()?) }))
}

/// Notes that a session was used.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &[u8], now: Timestamp) -> Result<()> {
    tx.execute("update session set seen_at = $2 where token_hash = $1 and seen_at < $2", &[token_hash.into(), now.into()])
}

/// Open sessions of an account, the newest first: token's hash, begin, last use.
pub fn sessions_of(tx: &mut Tx<'_>, account: i64, now: Timestamp, limit: u32) -> Result<Vec<(Vec<u8>, Timestamp, Timestamp)>> {
    let sql = "
        select token_hash, made_at, seen_at
        from session
        where account_id = $1 and expires_at > $2
        order by seen_at desc, token_hash
        limit $3";
    let rows = tx.query(sql, &[account.into(), now.into(), limit.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// Ends the sessions of an account but one.
pub fn close_other_sessions(tx: &mut Tx<'_>, account: i64, kept: &[u8]) -> Result<u64> {
    tx.changed("delete from session where account_id = $1 and token_hash <> $2", &[account.into(), kept.into()])
}

/// Ends a session.
pub fn close_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    tx.execute("delete from session where token_hash = $1", &[token_hash.into()])
}

/// Ends all sessions of an account.
pub fn close_sessions(tx: &mut Tx<'_>, account: i64) -> Result<()> {
    tx.execute("delete from session where account_id = $1", &[account.into()])
}

/// Keeps a link that works once.
pub fn add_link(tx: &mut Tx<'_>, token_hash: &[u8], purpose: &str, account: Option<i64>, expires_at: Timestamp) -> Result<()> {
    let sql = "insert into once_link (token_hash, purpose, account_id, expires_at) values ($1, $2, $3, $4)";
    tx.execute(sql, &[token_hash.into(), purpose.into(), account.into(), expires_at.into()])
}

/// Whether a link could be used now.
pub fn link_is_open(tx: &mut Tx<'_>, token_hash: &[u8], purpose: &str, now: Timestamp) -> Result<bool> {
    let sql = "select 1 from once_link where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3";
    Ok(tx.query_one(sql, &[token_hash.into(), purpose.into(), now.into()])?.is_some())
}

/// Uses a link that was made for an account; which, if it was still good.
pub fn use_link_of(tx: &mut Tx<'_>, token_hash: &[u8], purpose: &str, now: Timestamp) -> Result<Option<i64>> {
    if !use_link(tx, token_hash, purpose, now)? {
        return Ok(None);
    }
    let row = tx.query_one("select account_id from once_link where token_hash = $1", &[token_hash.into()])?;
    row.map_or(Ok(None), |mut row| row.take())
}

/// Ends the links of an account that were not used: the newest alone works.
pub fn drop_links_of(tx: &mut Tx<'_>, account: i64, purpose: &str) -> Result<()> {
    let sql = "delete from once_link where account_id = $1 and purpose = $2 and used_at is null";
    tx.execute(sql, &[account.into(), purpose.into()])
}

/// Uses a link; whether it was still good. Of two that try at once one gets it.
pub fn use_link(tx: &mut Tx<'_>, token_hash: &[u8], purpose: &str, now: Timestamp) -> Result<bool> {
    let sql = "
        update once_link
        set used_at = $3
        where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3";
    Ok(tx.changed(sql, &[token_hash.into(), purpose.into(), now.into()])? > 0)
}

/// A token for programs, as its owner sees it; the token itself is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Id.
    pub id: i64,
    /// What for.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its end.
    pub expires_at: Timestamp,
    /// It changes nothing.
    pub reads_only: bool,
    /// Last use, as far as it was noted.
    pub used_at: Option<Timestamp>,
}

/// Keeps a token; its id.
pub fn add_token(tx: &mut Tx<'_>, token_hash: &[u8], account: i64, token: &ApiToken) -> Result<i64> {
    let sql = "
        insert into api_token (token_id, token_hash, account_id, name, made_at, expires_at, reads_only)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let id = tx.next_id("api_token")?;
    let params: [Param<'_>; 7] =
        [id.into(), token_hash.into(), account.into(), (&token.name).into(), token.made_at.into(), token.expires_at.into(), token.reads_only.into()];
    tx.execute(sql, &params)?;
    Ok(id)
}

/// Tokens of an account, the newest first; those that are over as well.
pub fn tokens_of(tx: &mut Tx<'_>, account: i64, limit: u32) -> Result<Vec<ApiToken>> {
    let sql = "
        select token_id, name, made_at, expires_at, reads_only, used_at
        from api_token
        where account_id = $1
        order by token_id desc
        limit $2";
    let rows = tx.query(sql, &[account.into(), limit.into()])?;
    rows.into_iter().map(|mut row| token_of(&mut row)).collect()
}

/// Ends a token of an account; its name, if there was one.
pub fn drop_token(tx: &mut Tx<'_>, account: i64, token: i64) -> Result<Option<String>> {
    let sql = "delete from api_token where account_id = $1 and token_id = $2 returning name";
    tx.query_one(sql, &[account.into(), token.into()])?.map(|mut row| row.take()).transpose()
}

/// Whose a token is, if it is good now.
pub fn token(tx: &mut Tx<'_>, token_hash: &[u8], now: Timestamp) -> Result<Option<(Account, ApiToken)>> {
    let sql = concat!(
        "select ",
        account_columns!(),
        ", token_id, api_token.name, api_token.made_at, expires_at, reads_only, used_at
        from api_token
        join account using (account_id)
        where token_hash = $1 and expires_at > $2 and disabled_at is null"
    );
    let Some(mut row) = tx.query_one(sql, &[token_hash.into(), now.into()])? else { return Ok(None) };
    Ok(Some((account_of(&mut row)?, token_of(&mut row)?)))
}

/// Notes that a token was used.
pub fn touch_token(tx: &mut Tx<'_>, token: i64, now: Timestamp) -> Result<()> {
    tx.execute("update api_token set used_at = $2 where token_id = $1", &[token.into(), now.into()])
}

/// Lets a refused account in again.
pub fn enable(tx: &mut Tx<'_>, account: i64) -> Result<()> {
    tx.execute("update account set disabled_at = null, refused_by_lead = false where account_id = $1", &[account.into()])
}

/// How many administrators can sign in.
pub fn administrators(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.query_one("select count(*) from account where role = 'admin' and disabled_at is null", &[])?;
    row.map_or(Ok(0), |mut row| row.take())
}

fn token_of(row: &mut Row) -> Result<ApiToken> {
    Ok(ApiToken { id: row.take()?, name: row.take()?, made_at: row.take()?, expires_at: row.take()?, reads_only: row.take()?, used_at: row.take()? })
}

/// Adds a line to the audit trail.
pub fn audit(tx: &mut Tx<'_>, line: &AuditLine) -> Result<()> {
    let sql = "insert into audit (audit_id, at, who, what, subject, was, becomes) values ($1, $2, $3, $4, $5, $6, $7)";
    let id = tx.next_id("audit")?;
    let params: [Param<'_>; 7] =
        [id.into(), line.at.into(), (&line.who).into(), (&line.what).into(), (&line.subject).into(), (&line.was).into(), (&line.becomes).into()];
    tx.execute(sql, &params)
}

/// Lines of the audit trail, newest first, before one: with the id that continues.
pub fn audit_lines(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<Vec<(i64, AuditLine)>> {
    let sql = "
        select audit_id, at, who, what, subject, was, becomes
        from audit
        where audit_id < $1
        order by audit_id desc
        limit $2";
    tx.query(sql, &[before.into(), limit.into()])?
        .into_iter()
        .map(|mut row| {
            let id = row.take()?;
            let (at, who, what) = (row.take()?, row.take()?, row.take()?);
            Ok((id, AuditLine { at, who, what, subject: row.take()?, was: row.take()?, becomes: row.take()? }))
        })
        .collect()
}

pub(super) fn account_of(row: &mut Row) -> Result<Account> {
    Ok(Account {
        id: row.take()?,
        login: row.take()?,
        name: row.take()?,
        role: Role::from_code(&row.take::<String>()?).unwrap_or(Role::Reader),
        password_hash: row.take()?,
        language: row.take()?,
        made_at: row.take()?,
        disabled_at: row.take()?,
        must_change: row.take()?,
        bounds: Bounds {
            actor: row.take()?,
            schools: row.take()?,
            kinds: row.take::<String>()?.split_whitespace().filter_map(Kind::from_code).collect(),
        },
        sight_of: row.take()?,
    })
}
