//! `/my-people`: a contractor's lead makes accounts for its own people and its subcontractors, refuses them and lets them in again.
//!
//! Comes in: forms of a lead. Goes out: the page; a link is shown once. Absent on purpose: roles (it makes contractors alone), and seeing more than one sees
//! oneself: that is kept each time an account looks (`domain/sight`), not only when it is made.

use super::accounts::{NAMED_SCHOOLS, kinds_of, sees};
use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::sight::Sight;
use crate::store::account::{Account, Role};
use crate::web::error::Failure;
use crate::web::people::{self, LINK_S, Team, must_lead};
use crate::web::visitor::Signed;
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

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    if signed.account.role == Role::Admin {
        return Ok(Redirect::to("/admin").into_response());
    }
    must_lead(&web, &signed).await?;
    page(&web, &signed, None, None).await
}

async fn page(web: &Web, signed: &Signed, trouble: Option<String>, link: Option<(String, String)>) -> Page {
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.get(tx)?) }).await?;
    let Team { actors, sight, people } = people::team(web, signed).await?;
    let words = &signed.visitor.words;
    let person = |(account, seen): (Account, Sight)| Person {
        sees: sees(words, &seen),
        actor: account.bounds.actor,
        disabled: account.disabled_at.is_some(),
        login: account.login,
    };
    let seen: BTreeSet<&str> = if let Sight::Of(rows) = &sight { rows.iter().map(|row| row.school.as_str()).collect() } else { BTreeSet::new() };
    let schools = planned.plan.schools.iter().filter(|school| seen.contains(school.school.as_str())).take(NAMED_SCHOOLS);
    let mut response = render(&People {
        frame: Frame::new(web, &signed.visitor, "people-title", "/my-queue"),
        trouble,
        link,
        link_until: words.exact(words.now + LINK_S),
        people: people.into_iter().map(person).collect(),
        actors,
        known: schools.map(|school| (school.school.clone(), school.name.clone())).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned())).collect(),
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
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
    let asked = people::login_of(&words, field("login"));
    let asked = asked.and_then(|login| people::bounds_of(&words, field("actor"), field("schools"), kinds_of(&form)).map(|bounds| (login, bounds)));
    let (login, bounds) = match asked {
        Ok(asked) => asked,
        Err(trouble) => return page(&web, &signed, Some(trouble), None).await,
    };
    match people::made_under(&web, &signed, &login, bounds).await? {
        Err(key) => page(&web, &signed, Some(words.t(key)), None).await,
        Ok(link) => page(&web, &signed, None, Some((login, link.url))).await,
    }
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
    match form.deed.as_str() {
        "link" => {
            let link = people::linked_under(&web, &signed, &login).await?;
            page(&web, &signed, None, Some((login, link.url))).await
        }
        deed @ ("disable" | "enable") => {
            people::admitted_under(&web, &signed, &login, deed == "enable").await?;
            Ok(Redirect::to("/my-people").into_response())
        }
        deed => Err(Failure::Bad(format!("deed: found {:?}, expected link, disable, enable", rollcall_shared::wire::clip(deed, 40)))),
    }
}
