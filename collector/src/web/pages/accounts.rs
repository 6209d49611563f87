//! `/admin/accounts/{login}`: one account as its administrator sees it: role, what it sees, whether it may sign in, the link for a password.
//!
//! Comes in: forms of administrators. Goes out: the page; a link is shown once. Absent on purpose: passwords (their owners choose them).

use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::sight::{self, Sight};
use crate::store::account::{self, Role};
use crate::web::error::Failure;
use crate::web::hear;
use crate::web::people::{self, LINK_S, May};
use crate::web::second;
use crate::web::visitor::{Admin, Signed};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Schools that are named; the rest is counted.
const NAMED: usize = 12;
/// Schools that a form offers.
pub(super) const NAMED_SCHOOLS: usize = 1_000;

#[derive(Template)]
#[template(path = "pages/account_admin.html")]
struct OneAccount {
    frame: Frame,
    login: String,
    made: When,
    disabled: bool,
    own: bool,
    trouble: Option<String>,
    link: Option<String>,
    link_until: String,
    roles: Vec<(&'static str, String, bool)>,
    actors: Vec<(String, String, bool)>,
    schools: String,
    known: Vec<(String, String)>,
    kinds: Vec<(&'static str, String, bool)>,
    sees: Vec<String>,
    email: String,
    leads: bool,
    above: Option<String>,
    second: Option<When>,
}

/// The page.
pub async fn show(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>) -> Page {
    page(&web, &signed, &login, None, None).await
}

async fn page(web: &Web, signed: &Signed, login: &str, trouble: Option<String>, link: Option<String>) -> Page {
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.get(tx)?) }).await?;
    let people::Whole { account: known, leads, above, email, second_at, sight } = people::whole(web, login).await?;
    let words = &signed.visitor.words;
    let bounds = &known.bounds;
    let mut response = render(&OneAccount {
        frame: Frame::titled(web, &signed.visitor, known.login.clone(), "/admin"),
        made: words.when(known.made_at),
        disabled: known.disabled_at.is_some(),
        own: known.id == signed.account.id,
        trouble,
        link,
        link_until: words.exact(words.now + LINK_S),
        roles: Role::ALL.map(|role| (role.code(), words.coded("role-", role.code()), role == known.role)).into(),
        actors: planned.plan.actors.iter().map(|actor| (actor.actor.clone(), actor.role.clone(), actor.actor == bounds.actor)).collect(),
        schools: bounds.schools.clone(),
        known: planned.plan.schools.iter().map(|school| (school.school.clone(), school.name.clone())).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned(), bounds.kinds.contains(kind))).collect(),
        sees: sees(words, &sight),
        leads,
        above,
        second: second_at.map(|at| words.when(at)),
        login: known.login,
        email,
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What an account sees, in words: lot and kind, with the schools.
pub(super) fn sees(words: &Words, sight: &Sight) -> Vec<String> {
    let rows = match sight {
        Sight::All => return vec![words.t("sees-all")],
        Sight::Of(rows) if rows.is_empty() => return vec![words.t("sees-nothing")],
        Sight::Of(rows) => rows,
    };
    let line = |((lot, kind), schools): (&(&str, &str), &BTreeSet<&str>)| {
        let lot = if *lot == sight::ANY { words.t("sees-any-lot") } else { format!("{} {lot}", words.t("fault-lot")) };
        let kind = Kind::from_code(kind).map_or_else(|| words.t("sees-any-kind"), |kind| kind.label(words.language).to_owned());
        let named: Vec<&str> = schools.iter().take(NAMED).copied().collect();
        let more = if schools.len() > NAMED { "…" } else { "" };
        format!("{lot} · {kind} · {} : {}{more}", words.n("sees-schools", schools.len() as i64), named.join(", "))
    };
    people::by_lot_and_kind(rows).iter().map(line).collect()
}

/// The form for role and bounds; each chosen kind is a field `kind-…`.
pub async fn change(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    let field = |name: &str| form.get(name).map_or("", |value| value.trim());
    signed.visitor.check_form(field("csrf"))?;
    let words = signed.visitor.words.clone();
    let login = fold(&login);
    let role = people::role_of(field("role"))?;
    let bounds = match people::bounds_of(&words, field("actor"), field("schools"), kinds_of(&form)) {
        Ok(bounds) => bounds,
        Err(trouble) => return page(&web, &signed, &login, Some(trouble), None).await,
    };
    match people::changed(&web, &signed, &login, May { role, bounds, leads: field("lead") == "yes" }, None).await? {
        Ok(()) => Ok(Redirect::to(&address(&login)).into_response()),
        Err(key) => page(&web, &signed, &login, Some(words.t(key)), None).await,
    }
}

/// The kinds that a form names, each by a field of its own.
pub(super) fn kinds_of(form: &BTreeMap<String, String>) -> Vec<Kind> {
    form.keys().filter_map(|name| name.strip_prefix("kind-")).filter_map(Kind::from_code).collect()
}

fn address(login: &str) -> String {
    format!("/admin/accounts/{}", crate::web::visitor::form_encoded(login))
}

/// A form that only says yes; `on`: whether the account may sign in.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    on: String,
    #[serde(default)]
    csrf: String,
}

/// Makes a link by which the account's owner chooses a password; earlier ones work no more.
pub async fn link(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let link = people::linked(&web, &signed, &login).await?;
    page(&web, &signed, &login, None, Some(link.url)).await
}

/// The form for an address.
#[derive(Deserialize)]
pub struct NewEmail {
    email: String,
    #[serde(default)]
    csrf: String,
}

/// Sets where an account's letters go.
pub async fn email(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<NewEmail>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    match hear::set_email(&web, &signed.visitor.words, &signed.account.login, &fold(&login), &form.email).await? {
        None => Ok(Redirect::to(&address(&login)).into_response()),
        trouble => page(&web, &signed, &login, trouble, None).await,
    }
}

/// Takes the second factor of an account away: its owner has lost the telephone.
pub async fn reset_factor(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let asked = fold(&login);
    let known = web.read(move |tx| Ok(account::by_login(tx, &asked)?)).await?.ok_or(Failure::NotFound)?;
    second::remove(&web, known.id, &known.login, &signed.account.login).await?;
    Ok(Redirect::to(&address(&known.login)).into_response())
}

/// Refuses an account, or lets it in again. The last administrator stays.
pub async fn state(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    match people::admitted(&web, &signed, &login, form.on == "yes").await? {
        Ok(()) => Ok(Redirect::to(&address(&login)).into_response()),
        Err(key) => page(&web, &signed, &login, Some(signed.visitor.words.t(key)), None).await,
    }
}
