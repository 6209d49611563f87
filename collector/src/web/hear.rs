//! What an account wants to hear, asked for by forms and JSON alike: choices, quiet hours, address, webhooks.
//!
//! Comes in: what was asked. Goes out: kept, with a line of the audit trail; or a sentence that says what was found and expected. Absent on
//! purpose: who hears what when (`domain/notice`), the pages.

use super::Web;
use super::error::Failure;
use super::session::{blocking, is_own_password};
use super::visitor::{Account, fresh_token};
use super::words::Words;
use crate::domain::language::Language;
use crate::domain::notice::{Choice, Matter, Quiet};
use crate::hook::{self, Key};
use crate::mail;
use crate::store::account::{self, AuditLine, Role};
use crate::store::delivery::{self, Standing};
use crate::store::notice::{self, Hearing, NO_QUIET};
use crate::store::webhook::{self, Webhook};
use crate::store::{Result as Stored, Tx};
use fluent_templates::fluent_bundle::FluentValue;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use rollcall_shared::wire::clip;
use std::collections::{BTreeMap, BTreeSet};

/// Most webhooks of one account.
pub const MAX_WEBHOOKS: u32 = 5;
/// Deliveries that are shown.
const SHOWN: u32 = 10;
/// Longest name of a zone, in characters; so much of what was typed a sentence repeats.
const SHORT: usize = 60;

/// How an account is told, and what came of it lately.
pub struct Hears {
    /// As it was written.
    pub hearing: Hearing,
    /// `fr`, `en`; empty: not chosen.
    pub language: String,
    /// What was chosen, or what its role hears.
    pub choices: BTreeMap<Matter, Choice>,
    /// Its webhooks.
    pub webhooks: Vec<Webhook>,
    /// The last deliveries.
    pub deliveries: Vec<Standing>,
    /// Notices that wait for their letter, and when it comes.
    pub waiting: (i64, Option<Timestamp>),
    /// It has a password of its own.
    pub has_password: bool,
}

/// How an account is told.
pub fn load(tx: &mut Tx<'_>, id: i64) -> Stored<Option<Hears>> {
    let Some((account, hearing)) = notice::recipient(tx, id)? else { return Ok(None) };
    let chosen = notice::choices(tx, id)?;
    let choice = |matter: Matter| chosen.get(&matter).copied().unwrap_or_else(|| Choice::unless_told(account.role, matter));
    Ok(Some(Hears {
        choices: Matter::ALL.map(|matter| (matter, choice(matter))).into(),
        webhooks: webhook::of_account(tx, id, MAX_WEBHOOKS)?,
        deliveries: delivery::of_account(tx, id, SHOWN)?,
        waiting: notice::waiting(tx, id)?,
        has_password: !account.password_hash.is_empty(),
        language: account.language,
        hearing,
    }))
}

/// What somebody asks for.
pub struct Wished {
    /// Matters with their choices; of the others nothing changes.
    pub choices: BTreeMap<Matter, Choice>,
    /// Quiet hours: `HH:MM-HH:MM`, [`NO_QUIET`], or empty for the town's.
    pub quiet: String,
    /// Urgent news come in quiet hours as well.
    pub urgent_at_night: bool,
    /// Zone; empty: the programme's.
    pub zone: String,
    /// Language of letters; empty: not chosen.
    pub language: String,
}

/// Keeps what somebody asks for; else the sentence that says why not.
pub async fn choose(web: &Web, words: &Words, account: &Account, wished: Wished) -> Result<Option<String>, Failure> {
    let zone = wished.zone.trim().to_owned();
    if !zone.is_empty() && (zone.len() > SHORT || TimeZone::get(&zone).is_err()) {
        return Ok(Some(words.named("notice-zone-bad", clip(&zone, SHORT))));
    }
    let quiet = match wished.quiet.as_str() {
        "" | NO_QUIET => wished.quiet.clone(),
        own => match Quiet::parse(own) {
            Some(quiet) => quiet.to_string(),
            None => return Ok(Some(words.t("notice-quiet-bad"))),
        },
    };
    let hearing = Hearing { email: String::new(), zone, quiet, urgent_at_night: wished.urgent_at_night };
    let language = Language::from_code(&wished.language).map_or("", Language::code);
    let (id, now, login, choices) = (account.id, web.now(), account.login.clone(), wished.choices);
    web.write(move |tx| {
        let was = (notice::choices(tx, id)?, notice::hearing(tx, id)?);
        notice::set_hours(tx, id, &hearing)?;
        account::set_language(tx, id, language)?;
        for (matter, choice) in &choices {
            notice::set_choice(tx, id, *matter, *choice)?;
        }
        let text = |choices: &BTreeMap<Matter, Choice>, hours: &Hearing| {
            let choices = choices.iter().map(|(matter, choice)| format!("{}={} ", matter.code(), choice.code())).collect::<String>();
            format!("{choices}quiet={} zone={}", hours.quiet, hours.zone)
        };
        let (was, becomes) = (text(&was.0, &was.1), text(&choices, &hearing));
        Ok(account::audit(tx, &line(now, &login, "account.notices", &login, &was, &becomes))?)
    })
    .await?;
    Ok(None)
}

/// Sets the address of an account by its own hand: with its password, for who reads its letters opens it. A school's is its administrator's to say.
pub async fn choose_email(web: &Web, words: &Words, account: &Account, email: &str, own: String) -> Result<Option<String>, Failure> {
    if account.role == Role::School {
        return Ok(Some(words.t("notice-email-admin")));
    }
    if !is_own_password(web, &account.login, own).await? {
        return Ok(Some(words.t("account-old-wrong")));
    }
    set_email(web, words, &account.login, &account.login, email).await
}

/// Sets the address of the account of a login, on behalf of `who`.
pub async fn set_email(web: &Web, words: &Words, who: &str, login: &str, email: &str) -> Result<Option<String>, Failure> {
    let email = email.trim();
    let clean = if email.is_empty() { Some(String::new()) } else { mail::bare_address(email) };
    let Some(email) = clean else { return Ok(Some(words.named("notice-email-bad", clip(email, SHORT)))) };
    let (now, who, login) = (web.now(), who.to_owned(), login.to_owned());
    web.write(move |tx| {
        let known = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?;
        let was = notice::hearing(tx, known.id)?.email;
        notice::set_email(tx, known.id, &email)?;
        Ok(account::audit(tx, &line(now, &who, "account.email", &login, &was, &email))?)
    })
    .await?;
    Ok(None)
}

/// Adds a webhook; its secret, which is shown this once, with its number; else the sentence that says why not.
pub async fn add_webhook(
    web: &Web,
    words: &Words,
    account: &Account,
    url: &str,
    matters: BTreeSet<Matter>,
) -> Result<Result<(i64, String), String>, Failure> {
    if matters.is_empty() {
        return Ok(Err(words.t("webhook-no-matter")));
    }
    let url = match hook::allowed(url.trim(), &web.config.notices.webhook_hosts) {
        Ok(url) => url.to_string(),
        Err(barred) => return Ok(Err(words.named(&format!("webhook-{}", barred.code()), clip(url.trim(), SHORT)))),
    };
    let (salt, folder) = (fresh_token()?, web.config.store.folder.clone());
    let key = blocking(move || Key::load(&folder)).await??;
    let secret = key.secret(&salt);
    let (id, now, login) = (account.id, web.now(), account.login.clone());
    let added = web
        .write(move |tx| {
            if webhook::of_account(tx, id, MAX_WEBHOOKS)?.len() >= MAX_WEBHOOKS as usize {
                return Ok(None);
            }
            let made = Webhook { id: 0, account: id, url: url.clone(), salt: salt.clone(), matters: matters.clone(), made_at: now };
            let number = webhook::add(tx, &made)?;
            account::audit(tx, &line(now, &login, "webhook.add", &login, "", &url))?;
            Ok(Some(number))
        })
        .await?;
    Ok(added.map(|number| (number, secret)).ok_or_else(|| words.n("webhook-many", i64::from(MAX_WEBHOOKS))))
}

/// Ends a webhook of an account; whether there was one.
pub async fn drop_webhook(web: &Web, account: &Account, webhook: i64) -> Result<bool, Failure> {
    let (id, now, login) = (account.id, web.now(), account.login.clone());
    web.write(move |tx| {
        let Some(url) = webhook::drop_one(tx, id, webhook)? else { return Ok(false) };
        account::audit(tx, &line(now, &login, "webhook.drop", &login, &url, ""))?;
        Ok(true)
    })
    .await
}

/// « 3 envois partis, 1 en attente ».
pub fn figures(words: &Words, (sent, open): (i64, i64)) -> String {
    words.with("mail-figures", [("n", FluentValue::from(sent)), ("of", FluentValue::from(open))])
}

/// Sends a test letter: the sentence that says what came of it, and whether it is good.
pub async fn test(web: &Web, words: &Words, to: &str) -> (bool, String) {
    match tried(web, words, to).await {
        Ok(()) => (true, words.named("mail-test-done", to.trim())),
        Err(why) => (false, words.named("mail-test-failed", &why)),
    }
}

async fn tried(web: &Web, words: &Words, to: &str) -> Result<(), String> {
    let to = mail::bare_address(to).ok_or_else(|| words.named("notice-email-bad", clip(to.trim(), SHORT)))?;
    mail::send_test(&web.config.mail, &to, (&words.t("letter-test-subject"), &words.t("letter-test-text")), web.now()).await
}

fn line(at: Timestamp, who: &str, what: &str, subject: &str, was: &str, becomes: &str) -> AuditLine {
    let [who, what, subject, was, becomes] = [who, what, subject, was, becomes].map(str::to_owned);
    AuditLine { at, who, what, subject, was, becomes }
}
