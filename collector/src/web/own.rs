//! What an account keeps for itself, from forms and JSON alike: its sessions, its tokens for programs.
//!
//! Comes in: whoever is signed in. Goes out: sessions ended, a token made (told once, kept as its hash) or ended, each with its audit line. Absent on
//! purpose: passwords and second factors (pages alone), what somebody hears (`hear`), other people's accounts (`people`).

use super::error::Failure;
use super::visitor::{Signed, fresh_token, token_hash};
use super::{Stop, Web};
use crate::store::account::{self, ApiToken, AuditLine};
use rollcall_shared::Timestamp;

/// Most tokens of one account.
pub const MAX_TOKENS: u32 = 20;
/// Sessions that are shown.
pub const SESSIONS: u32 = 20;
/// Longest name of a token, in characters.
pub const NAME: usize = 60;
/// Longest life of a token, in days.
pub const MAX_DAYS: i64 = 366;
const DAY_S: i64 = 86_400;

/// A line of the audit trail about an account.
pub fn line(at: Timestamp, who: &str, what: &str, subject: &str) -> AuditLine {
    AuditLine { at, who: who.to_owned(), what: what.to_owned(), subject: subject.to_owned(), was: String::new(), becomes: String::new() }
}

/// Ends all sessions but the one that asks; how many there were.
pub async fn others_ended(web: &Web, signed: &Signed) -> Result<u64, Failure> {
    let (id, now, login) = (signed.account.id, web.now(), signed.account.login.clone());
    let kept = signed.visitor.token.as_deref().map(token_hash).unwrap_or_default();
    web.write(move |tx| -> Result<_, Stop> {
        let ended = account::close_other_sessions(tx, id, &kept)?;
        account::audit(tx, &line(now, &login, "account.sessions_end", &login))?;
        Ok(ended)
    })
    .await
}

/// A token as it was just made.
#[derive(Debug)]
pub struct Made {
    /// Its number.
    pub id: i64,
    /// Itself, told this once.
    pub token: String,
    /// Until when it opens anything.
    pub until: Timestamp,
}

/// Makes a token; else the key of the sentence that says why not, with the bound that it names.
pub async fn token_made(web: &Web, signed: &Signed, name: &str, days: i64, reads_only: bool) -> Result<Result<Made, (&'static str, i64)>, Failure> {
    let name: String = name.trim().chars().take(NAME).collect();
    if name.is_empty() || !(1..=MAX_DAYS).contains(&days) {
        return Ok(Err(("token-bad", MAX_DAYS)));
    }
    let (account, now, login, token) = (signed.account.id, web.now(), signed.account.login.clone(), fresh_token()?);
    let (hash, until) = (token_hash(&token), now + days * DAY_S);
    let made = web
        .write(move |tx| -> Result<_, Stop> {
            if account::tokens_of(tx, account, MAX_TOKENS)?.len() >= MAX_TOKENS as usize {
                return Ok(None);
            }
            let kept = ApiToken { id: 0, name: name.clone(), made_at: now, expires_at: until, reads_only, used_at: None };
            let id = account::add_token(tx, &hash, account, &kept)?;
            account::audit(tx, &AuditLine { becomes: name.clone(), ..line(now, &login, "token.add", &login) })?;
            Ok(Some(id))
        })
        .await?;
    Ok(made.map(|id| Made { id, token, until }).ok_or(("token-many", i64::from(MAX_TOKENS))))
}

/// Ends a token of one's own.
pub async fn token_dropped(web: &Web, signed: &Signed, token: i64) -> Result<(), Failure> {
    let (id, now, login) = (signed.account.id, web.now(), signed.account.login.clone());
    let dropped = web.write(move |tx| -> Result<_, Stop> {
        let Some(name) = account::drop_token(tx, id, token)? else { return Ok(false) };
        account::audit(tx, &AuditLine { was: name, ..line(now, &login, "token.drop", &login) })?;
        Ok(true)
    });
    if dropped.await? { Ok(()) } else { Err(Failure::NotFound) }
}
