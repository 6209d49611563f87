//! `/my-people`: a contractor's lead makes accounts for its own people and its subcontractors, refuses them and lets them in again.
//!
//! Comes in: forms of a lead. Goes out: the page; a link is shown once. Absent on purpose: roles (it makes contractors alone), and seeing more than one sees
//! oneself: that is kept each time an account looks (`domain/sight`), not only when it is made.

use super::account::SET_PASSWORD;
use super::accounts::{LINK_S, NAMED_SCHOOLS, SELECTOR, new_link, sees, set_state};
use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::plan::Plan;
use crate::domain::plan::selector::{self, Selector};
use crate::domain::sight;
use crate::store::account::{self, Account, AuditLine, Bounds, Role};
use crate::store::lead;
use crate::web::error::Failure;
use crate::web::session::check_new;
use crate::web::visitor::{self, By, Signed, fresh_token, token_hash};
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Template)]
#[template(path = "pages/people.html")]
struct People {
    frame: Frame,
    trouble: Option<String>,
    link: Option<(String, String)>,
    link_until: String,
    people: Vec<Person>,
    actors: Vec<String>,
    known: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
}

struct Person {
    login: String,
    actor: String,
    sees: Vec<String>,
    disabled: bool,
}

/// Whoever leads, by a session of its own: a token makes no accounts. An administrator has a page for all accounts.
async fn must_lead(web: &Web, signed: &Signed) -> Result<(), Failure> {
    let id = signed.account.id;
    let by_person = signed.account.by == By::Session && signed.account.role == Role::Contractor;
    let leads = by_person && web.read(move |tx| Ok(lead::leads(tx, id)?)).await?;
    if leads { Ok(()) } else { Err(Failure::Forbidden) }
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    if signed.account.role == Role::Admin {
        return Ok(Redirect::to("/admin").into_response());
    }
    must_lead(&web, &signed).await?;
    page(&web, &signed, None, None).await
}

async fn page(web: &Web, signed: &Signed, trouble: Option<String>, link: Option<(String, String)>) -> Page {
    let (state, id) = (web.clone(), signed.account.id);
    let (own, people, planned, scopes) = signed
        .read(web, move |tx| -> Result<_, Stop> {
            let own = own(tx, id)?;
            Ok((own, lead::people(tx, id)?, state.planned.get(tx)?, visitor::scopes(tx)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let mine = sight::sight(own.role, &own.bounds, &planned.plan, &scopes);
    let person = |account: Account| {
        let seen = sight::narrowed(sight::sight(account.role, &account.bounds, &planned.plan, &scopes), &mine);
        Person { sees: sees(words, &seen), actor: account.bounds.actor, disabled: account.disabled_at.is_some(), login: account.login }
    };
    let seen: BTreeSet<&str> =
        if let sight::Sight::Of(rows) = &mine { rows.iter().map(|row| row.school.as_str()).collect() } else { BTreeSet::new() };
    let schools = planned.plan.schools.iter().filter(|school| seen.contains(school.school.as_str())).take(NAMED_SCHOOLS);
    let mut response = render(&People {
        frame: Frame::new(web, &signed.visitor, "people-title", "/my-queue"),
        trouble,
        link,
        link_until: words.exact(words.now + LINK_S),
        people: people.into_iter().map(person).collect(),
        actors: actors(&planned.plan, &own.bounds.actor),
        known: schools.map(|school| (school.school.clone(), school.name.clone())).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned())).collect(),
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn own(tx: &mut crate::store::Tx<'_>, id: i64) -> Result<Account, Stop> {
    account::by_id(tx, id)?.ok_or(Stop(Failure::NotFound))
}

/// For whom its people may work: itself, and those that work for it.
fn actors(plan: &Plan, own: &str) -> Vec<String> {
    let mine = |actor: &&crate::domain::plan::model::Actor| actor.actor == own || (actor.role == "subcontractor" && actor.of.as_deref() == Some(own));
    plan.actors.iter().filter(mine).map(|actor| actor.actor.clone()).collect()
}

/// Makes an account, with the link by which its owner chooses a password; each chosen kind is a field `kind-…`.
pub async fn add(State(web): State<Web>, signed: Signed, Form(form): Form<BTreeMap<String, String>>) -> Page {
    if signed.account.role == Role::Admin {
        return Ok(Redirect::to("/admin").into_response());
    }
    must_lead(&web, &signed).await?;
    let field = |name: &str| form.get(name).map_or("", |value| value.trim());
    signed.visitor.check_form(field("csrf"))?;
    let words = signed.visitor.words.clone();
    let login = fold(field("login"));
    if let Err(key) = check_new(&login, "chosen by a link", None) {
        return page(&web, &signed, Some(words.n(key, 0)), None).await;
    }
    let schools: String = field("schools").chars().take(SELECTOR).collect();
    if !schools.is_empty() && Selector::parse(&schools).is_none() {
        return page(&web, &signed, Some(bad_selector(&words, &schools)), None).await;
    }
    let kinds = form.keys().filter_map(|name| name.strip_prefix("kind-")).filter_map(Kind::from_code).collect();
    let bounds = Bounds { actor: field("actor").to_owned(), schools, kinds };
    let token = fresh_token()?;
    let (state, id, who, now, hash, made) =
        (web.clone(), signed.account.id, signed.account.login.clone(), web.now(), token_hash(&token), login.clone());
    let done = web
        .write(move |tx| -> Result<Result<(), &'static str>, Stop> {
            let own = own(tx, id)?;
            if !actors(&state.planned.get(tx)?.plan, &own.bounds.actor).contains(&bounds.actor) {
                return Ok(Err("people-not-yours"));
            }
            if lead::people(tx, id)?.len() as i64 >= lead::MOST {
                return Ok(Err("people-most"));
            }
            let Some(account) = account::add_new(tx, &made, &made, Role::Contractor, "", false, now)? else { return Ok(Err("login-taken")) };
            account::set_bounds(tx, &made, Role::Contractor, &bounds)?;
            lead::put_under(tx, account, id)?;
            account::add_link(tx, &hash, SET_PASSWORD, Some(account), now + LINK_S)?;
            let becomes = super::accounts::said(Role::Contractor, &bounds);
            let line = AuditLine { at: now, who: who.clone(), what: "account.add".to_owned(), subject: made.clone(), was: String::new(), becomes };
            account::audit(tx, &line)?;
            Ok(Ok(()))
        })
        .await?;
    match done {
        Err(key) => page(&web, &signed, Some(words.t(key)), None).await,
        Ok(()) => page(&web, &signed, None, Some((login, format!("{}/password/{token}", web.public_url())))).await,
    }
}

fn bad_selector(words: &Words, found: &str) -> String {
    format!("{} « {found} », {} {}", words.t("asked-found"), words.t("asked-expected"), selector::EXPECTED.text(words.language))
}

/// What is to be done with an account: `link`, `disable`, `enable`.
#[derive(Deserialize)]
pub struct Deed {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    deed: String,
}

/// Makes a new link, refuses an account, or lets it in again: one of its own people, nobody else.
pub async fn change(State(web): State<Web>, signed: Signed, Path(login): Path<String>, Form(form): Form<Deed>) -> Page {
    if signed.account.role == Role::Admin {
        return Ok(Redirect::to("/admin").into_response());
    }
    must_lead(&web, &signed).await?;
    signed.visitor.check_form(&form.csrf)?;
    let token = fresh_token()?;
    let (id, who, now, hash, login) = (signed.account.id, signed.account.login.clone(), web.now(), token_hash(&token), fold(&login));
    let (asked, deed) = (login.clone(), form.deed.clone());
    web.write(move |tx| -> Result<_, Stop> {
        let known = lead::people(tx, id)?.into_iter().find(|account| account.login == asked).ok_or(Failure::NotFound)?;
        match deed.as_str() {
            "link" => new_link(tx, &known, &hash, &who, now)?,
            "disable" | "enable" => set_state(tx, &known, deed == "enable", &who, now)?,
            _ => return Err(Failure::Bad(format!("deed: found {:?}, expected link, disable, enable", rollcall_shared::wire::clip(&deed, 40))).into()),
        }
        Ok(())
    })
    .await?;
    if form.deed == "link" {
        return page(&web, &signed, None, Some((login, format!("{}/password/{token}", web.public_url())))).await;
    }
    Ok(Redirect::to("/my-people").into_response())
}
