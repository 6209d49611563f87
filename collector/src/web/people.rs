//! Accounts of people, from forms and JSON alike: made, bounded, refused and let in again, with the link by which their owners choose a password.
//!
//! Comes in: an administrator, or a contractor's lead, and what is to be. Goes out: it, done, with its audit line; a link, told once. Absent on purpose:
//! passwords (their owners choose them), sessions, what an account sees (`domain/sight`; [`visitor`] keeps it).
//!
//! A lead makes contractors alone, and sees to its own people alone; that they see no more than it does is kept each time an account looks.

use super::error::Failure;
use super::pages::SET_PASSWORD;
use super::session::check_new;
use super::visitor::{self, By, Signed, fresh_token, token_hash};
use super::words::Words;
use super::{Stop, Web, password};
use crate::act::SHORT;
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::plan::Plan;
use crate::domain::plan::selector::{self, Selector};
use crate::domain::sight::{self, Sight};
use crate::store::account::{self, Account, AuditLine, Bounds, Role};
use crate::store::{self, Tx, factor, lead, notice};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use rollcall_shared::Timestamp;
use rollcall_shared::wire::clip;
use std::collections::{BTreeMap, BTreeSet};

/// How long a link for a password works.
pub const LINK_S: i64 = 48 * 3_600;
/// Longest selector, in characters.
pub const SELECTOR: usize = 200;

/// A link by which an account's owner chooses a password: it is told once, and works once.
#[derive(Debug)]
pub struct Link {
    /// Its address.
    pub url: String,
    /// Until when it works.
    pub until: Timestamp,
}

/// A link that is being made: what is told, and what is kept.
struct Making {
    link: Link,
    hash: [u8; 32],
}

fn making(web: &Web) -> Result<Making, Failure> {
    let token = fresh_token()?;
    let link = Link { url: format!("{}/password/{token}", web.public_url()), until: web.now() + LINK_S };
    Ok(Making { link, hash: token_hash(&token) })
}

/// A role by its code.
pub fn role_of(code: &str) -> Result<Role, Failure> {
    let all = || Role::ALL.map(Role::code).join(", ");
    Role::from_code(code).ok_or_else(|| Failure::Bad(format!("role: found {:?}, expected {}", clip(code, 40), all())))
}

/// A login as accounts have it; else the sentence that says what is wrong with it.
pub fn login_of(words: &Words, text: &str) -> Result<String, String> {
    let login = fold(text);
    // The password comes later, by its link.
    check_new(&login, "chosen by a link", None).map(|()| login).map_err(|key| words.n(key, password::MIN_CHARS as i64))
}

/// Bounds of an account; else the sentence that says what is wrong with them.
pub fn bounds_of(words: &Words, actor: &str, schools: &str, kinds: Vec<Kind>) -> Result<Bounds, String> {
    let wrong = |found: &str, expected: &str| format!("{} « {} », {} {expected}", words.t("asked-found"), clip(found, 60), words.t("asked-expected"));
    let (actor, schools) = (actor.trim(), schools.trim());
    if actor.chars().count() > SHORT {
        return Err(wrong(actor, &words.n("account-actor-long", SHORT as i64)));
    }
    let chooses = schools.is_empty() || (schools.chars().count() <= SELECTOR && Selector::parse(schools).is_some());
    if !chooses {
        return Err(wrong(schools, selector::EXPECTED.text(words.language)));
    }
    Ok(Bounds { actor: actor.to_owned(), schools: schools.to_owned(), kinds })
}

/// Role and bounds as the audit trail keeps them.
fn said(role: Role, bounds: &Bounds, leads: bool) -> String {
    let kinds: Vec<&str> = bounds.kinds.iter().map(|kind| kind.code()).collect();
    let parts = [("actor", bounds.actor.as_str()), ("schools", bounds.schools.as_str()), ("kinds", &kinds.join(" "))];
    let parts = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!(" {name}={value}"));
    let leads = leads.then(|| " lead".to_owned());
    std::iter::once(role.code().to_owned()).chain(parts).chain(leads).collect()
}

fn audit(tx: &mut Tx<'_>, what: &str, login: &str, (was, becomes): (String, String), who: &str, now: Timestamp) -> store::Result<()> {
    account::audit(tx, &AuditLine { at: now, who: who.to_owned(), what: what.to_owned(), subject: login.to_owned(), was, becomes })
}

/// What an account may do and see, as its administrator says.
#[derive(Debug, Clone)]
pub struct May {
    /// Its role.
    pub role: Role,
    /// Its bounds.
    pub bounds: Bounds,
    /// It makes accounts for its own people; of contractors alone.
    pub leads: bool,
}

/// Makes an account; its id, unless the login is taken. An empty hash fits no password.
pub fn add(tx: &mut Tx<'_>, login: &str, may: &May, hash: &str, who: &str, now: Timestamp) -> store::Result<Option<i64>> {
    let Some(id) = account::add_new(tx, login, login, may.role, hash, false, now)? else { return Ok(None) };
    let becomes = set(tx, login, may)?;
    audit(tx, "account.add", login, (String::new(), becomes), who, now)?;
    Ok(Some(id))
}

/// Sets what an account may do and see, and says it in words.
fn set(tx: &mut Tx<'_>, login: &str, may: &May) -> store::Result<String> {
    let leads = may.role == Role::Contractor && may.leads;
    account::set_bounds(tx, login, may.role, &may.bounds)?;
    lead::set(tx, login, leads)?;
    Ok(said(may.role, &may.bounds, leads))
}

/// Makes an account that waits for its owner to choose a password, and the link for it; else the key of the sentence that says why not.
pub async fn made(web: &Web, signed: &Signed, login: &str, may: May) -> Result<Result<Link, &'static str>, Failure> {
    let Making { link, hash } = making(web)?;
    let (login, who, now) = (login.to_owned(), signed.account.login.clone(), web.now());
    let added = web
        .write(move |tx| -> Result<_, Stop> {
            let Some(id) = add(tx, &login, &may, "", &who, now)? else { return Ok(false) };
            account::add_link(tx, &hash, SET_PASSWORD, Some(id), now + LINK_S)?;
            Ok(true)
        })
        .await?;
    Ok(if added { Ok(link) } else { Err("login-taken") })
}

/// Whether an account is still as somebody read it.
pub type Still = Box<dyn Fn(&Whole) -> bool + Send>;

/// Says what an account may do and see; else the key of the sentence that says why not. 412: it is no longer as it was read.
pub async fn changed(web: &Web, signed: &Signed, login: &str, may: May, still: Option<Still>) -> Result<Result<(), &'static str>, Failure> {
    let (state, login, who, now) = (web.clone(), fold(login), signed.account.login.clone(), web.now());
    if login == who && may.role != Role::Admin {
        return Ok(Err("account-own-role"));
    }
    web.write(move |tx| -> Result<_, Stop> {
        let id = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?.id;
        tx.lock_account(id)?;
        // As it is now that nobody else changes it.
        let known = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?;
        if let Some(still) = &still
            && !still(&whole_now(&state, tx, known.clone())?)
        {
            let said = "the account is no longer the one that If-Match names: read it again and repeat the change";
            return Err(Failure::Protocol(StatusCode::PRECONDITION_FAILED, said.to_owned()).into());
        }
        let was = said(known.role, &known.bounds, lead::leads(tx, known.id)?);
        let becomes = set(tx, &login, &may)?;
        // A link that was made for what it was opens nothing of what it is now.
        if known.role != may.role {
            account::drop_links_of(tx, known.id, SET_PASSWORD)?;
        }
        Ok(audit(tx, "account.change", &login, (was, becomes), &who, now)?)
    })
    .await
    .map(Ok)
}

/// Keeps a link for an account's password; earlier ones work no more.
fn keep_link(tx: &mut Tx<'_>, known: &Account, hash: &[u8], who: &str, now: Timestamp) -> store::Result<()> {
    account::drop_links_of(tx, known.id, SET_PASSWORD)?;
    account::add_link(tx, hash, SET_PASSWORD, Some(known.id), now + LINK_S)?;
    audit(tx, "account.link", &known.login, (String::new(), String::new()), who, now)
}

/// Makes a link for an account's password.
pub async fn linked(web: &Web, signed: &Signed, login: &str) -> Result<Link, Failure> {
    let Making { link, hash } = making(web)?;
    let (login, who, now) = (fold(login), signed.account.login.clone(), web.now());
    web.write(move |tx| -> Result<_, Stop> {
        let known = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?;
        Ok(keep_link(tx, &known, &hash, &who, now)?)
    })
    .await?;
    Ok(link)
}

/// Notes that an account was refused, or let in again.
fn note_state(tx: &mut Tx<'_>, known: &Account, on: bool, who: &str, now: Timestamp) -> store::Result<()> {
    let word = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
    audit(tx, "account.state", &known.login, (word(known.disabled_at.is_none()), word(on)), who, now)
}

/// Refuses an account, or lets it in again; else the key of the sentence that says why not: one's own and the last administrator's stay.
pub async fn admitted(web: &Web, signed: &Signed, login: &str, on: bool) -> Result<Result<(), &'static str>, Failure> {
    let (login, who, now) = (fold(login), signed.account.login.clone(), web.now());
    web.write(move |tx| -> Result<_, Stop> {
        let known = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?;
        if !on && (known.login == who || (known.role == Role::Admin && account::administrators(tx)? <= 1)) {
            return Ok(Err("account-own-state"));
        }
        if on {
            account::enable(tx, known.id)?
        } else {
            account::disable(tx, known.id, now)?
        }
        note_state(tx, &known, on, &who, now)?;
        Ok(Ok(()))
    })
    .await
}

/// One account as its administrator sees it.
#[derive(Debug)]
pub struct Whole {
    /// The account.
    pub account: Account,
    /// It makes accounts for its own people.
    pub leads: bool,
    /// Login of the lead that made it.
    pub above: Option<String>,
    /// Where its letters go; empty: nowhere.
    pub email: String,
    /// Since when it has a second factor.
    pub second_at: Option<Timestamp>,
    /// What it sees.
    pub sight: Sight,
}

/// The account of a login.
pub async fn whole(web: &Web, login: &str) -> Result<Whole, Failure> {
    let (state, login) = (web.clone(), fold(login));
    web.read(move |tx| -> Result<_, Stop> {
        let known = account::by_login(tx, &login)?.ok_or(Failure::NotFound)?;
        Ok(whole_now(&state, tx, known)?)
    })
    .await
}

fn whole_now(web: &Web, tx: &mut Tx<'_>, known: Account) -> store::Result<Whole> {
    let above = lead::above(tx, known.id)?;
    let above = above.map_or(Ok(None), |(id, ..)| account::by_id(tx, id))?;
    let (planned, scopes) = (web.planned.get(tx)?, visitor::scopes(tx)?);
    Ok(Whole {
        leads: lead::leads(tx, known.id)?,
        above: above.map(|above| above.login),
        email: notice::hearing(tx, known.id)?.email,
        second_at: factor::of(tx, known.id)?.map(|factor| factor.since_at),
        sight: visitor::sight_of(tx, &known, &planned.plan, &scopes)?,
        account: known,
    })
}

/// What is seen of each lot and kind: schools.
pub fn by_lot_and_kind(rows: &[sight::Seen]) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut lines: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        lines.entry((&row.lot, &row.kind)).or_default().insert(&row.school);
    }
    lines
}

/// A contractor's lead, by a session of its own: a token makes no accounts. An administrator sees to all accounts elsewhere.
#[derive(Debug, Clone)]
pub struct Lead(pub Signed);

impl FromRequestParts<Web> for Lead {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Lead, Response> {
        let signed = <Signed as FromRequestParts<Web>>::from_request_parts(parts, web).await?;
        match must_lead(web, &signed).await {
            Ok(()) => Ok(Lead(signed)),
            Err(failure) => Err(failure.into_response()),
        }
    }
}

/// Refuses whoever does not lead.
pub async fn must_lead(web: &Web, signed: &Signed) -> Result<(), Failure> {
    let id = signed.account.id;
    let by_person = signed.account.by == By::Session && signed.account.role == Role::Contractor;
    let leads = by_person && web.read(move |tx| Ok(lead::leads(tx, id)?)).await?;
    if leads { Ok(()) } else { Err(Failure::Forbidden) }
}

/// A lead, and its people, each with what it sees.
#[derive(Debug)]
pub struct Team {
    /// The actors for whom its people may work.
    pub actors: Vec<String>,
    /// What the lead sees itself.
    pub sight: Sight,
    /// Its people, by login.
    pub people: Vec<(Account, Sight)>,
}

/// The people of a lead.
pub async fn team(web: &Web, signed: &Signed) -> Result<Team, Failure> {
    let (state, id) = (web.clone(), signed.account.id);
    web.read(move |tx| -> Result<_, Stop> {
        let own = own(tx, id)?;
        let (planned, scopes) = (state.planned.get(tx)?, visitor::scopes(tx)?);
        let mine = visitor::sight_of(tx, &own, &planned.plan, &scopes)?;
        let seen = |account: &Account| sight::narrowed(sight::sight(account.role, &account.bounds, &planned.plan, &scopes), &mine);
        let people = lead::people(tx, id)?.into_iter().map(|account| (seen(&account), account)).map(|(seen, account)| (account, seen)).collect();
        Ok(Team { actors: actors(&planned.plan, &own.bounds.actor), people, sight: mine })
    })
    .await
}

fn own(tx: &mut Tx<'_>, id: i64) -> Result<Account, Stop> {
    account::by_id(tx, id)?.ok_or(Stop(Failure::NotFound))
}

/// For whom its people may work: itself, and those that work for it.
fn actors(plan: &Plan, own: &str) -> Vec<String> {
    let mine = |actor: &&crate::domain::plan::model::Actor| actor.actor == own || (actor.role == "subcontractor" && actor.of.as_deref() == Some(own));
    plan.actors.iter().filter(mine).map(|actor| actor.actor.clone()).collect()
}

/// Makes an account for one of a lead's people, and its link; else the key of the sentence that says why not.
pub async fn made_under(web: &Web, signed: &Signed, login: &str, bounds: Bounds) -> Result<Result<Link, &'static str>, Failure> {
    let Making { link, hash } = making(web)?;
    let (state, id, login, who, now) = (web.clone(), signed.account.id, login.to_owned(), signed.account.login.clone(), web.now());
    let may = May { role: Role::Contractor, bounds, leads: false };
    let done = web
        .write(move |tx| -> Result<Result<(), &'static str>, Stop> {
            let own = own(tx, id)?;
            if !actors(&state.planned.get(tx)?.plan, &own.bounds.actor).contains(&may.bounds.actor) {
                return Ok(Err("people-not-yours"));
            }
            if lead::people(tx, id)?.len() as i64 >= lead::MOST {
                return Ok(Err("people-most"));
            }
            let Some(account) = add(tx, &login, &may, "", &who, now)? else { return Ok(Err("login-taken")) };
            lead::put_under(tx, account, id)?;
            account::add_link(tx, &hash, SET_PASSWORD, Some(account), now + LINK_S)?;
            Ok(Ok(()))
        })
        .await?;
    Ok(done.map(|()| link))
}

/// One of a lead's own people; nobody else is there.
fn of_team(tx: &mut Tx<'_>, lead: i64, login: &str) -> Result<Account, Stop> {
    let found = lead::people(tx, lead)?.into_iter().find(|account| account.login == login);
    found.ok_or(Stop(Failure::NotFound))
}

/// Makes a link for one of a lead's people.
pub async fn linked_under(web: &Web, signed: &Signed, login: &str) -> Result<Link, Failure> {
    let Making { link, hash } = making(web)?;
    let (id, who, now, login) = (signed.account.id, signed.account.login.clone(), web.now(), fold(login));
    web.write(move |tx| -> Result<_, Stop> {
        let known = of_team(tx, id, &login)?;
        Ok(keep_link(tx, &known, &hash, &who, now)?)
    })
    .await?;
    Ok(link)
}

/// Refuses one of a lead's people, or lets it in again: not whom the town refused.
pub async fn admitted_under(web: &Web, signed: &Signed, login: &str, on: bool) -> Result<(), Failure> {
    let (id, who, now, login) = (signed.account.id, signed.account.login.clone(), web.now(), fold(login));
    let told = signed.visitor.words.t("people-refused-above");
    web.write(move |tx| -> Result<_, Stop> {
        let known = of_team(tx, id, &login)?;
        if on && known.disabled_at.is_some() && !lead::refused(tx, known.id)? {
            return Err(Stop(Failure::Refused(told.clone())));
        }
        if on {
            account::enable(tx, known.id)?
        } else {
            lead::refuse(tx, known.id, now)?
        }
        Ok(note_state(tx, &known, on, &who, now)?)
    })
    .await
}
