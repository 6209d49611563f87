//! `/account/second`: one's second factor: set up with an app's first code, recovery codes shown once, taken away again.
//!
//! Comes in: forms. Goes out: the page. Absent on purpose: codes themselves (`web/second`), asking for one (`session`), other people's (`accounts`).

use super::{Frame, Page, render};
use crate::domain::right::Role;
use crate::store::factor;
use crate::web::error::Failure;
use crate::web::second::{self, Fresh};
use crate::web::session::is_own_password;
use crate::web::visitor::{By, Signed};
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, State};
use axum::http::{HeaderValue, header};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/second.html")]
struct SecondPage {
    frame: Frame,
    trouble: Option<String>,
    done: Option<String>,
    /// It must have one: the rest waits for it.
    wanting: bool,
    must: bool,
    since: Option<When>,
    left: String,
    codes: Vec<String>,
    fresh: Option<Fresh>,
}

#[derive(Default)]
struct Said {
    trouble: Option<String>,
    done: Option<String>,
    codes: Vec<String>,
    half: String,
}

/// A person with a password of their own: programs have none, and a school's mailbox is nobody's telephone.
fn must_be_person(signed: &Signed) -> Result<(), Failure> {
    if signed.account.by == By::Session && signed.account.role != Role::School { Ok(()) } else { Err(Failure::Forbidden) }
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    must_be_person(&signed)?;
    page(&web, &signed, Said::default()).await
}

async fn page(web: &Web, signed: &Signed, said: Said) -> Page {
    let (id, role) = (signed.account.id, signed.account.role);
    let (known, left, must) =
        web.read(move |tx| -> Result<_, Stop> { Ok((factor::of(tx, id)?, factor::codes_left(tx, id)?, factor::roles(tx)?.contains(&role))) }).await?;
    let words = &signed.visitor.words;
    let fresh = if known.is_some() { None } else { Some(second::again(web, id, &signed.account.login, &said.half)?) };
    let mut response = render(&SecondPage {
        frame: Frame::new(web, &signed.visitor, "second-title", "/account"),
        trouble: said.trouble,
        done: said.done,
        wanting: must && known.is_none(),
        must,
        since: known.map(|known| words.when(known.since_at)),
        left: words.n("second-left", left),
        codes: said.codes,
        fresh,
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The secret that the page made, and the app's first code.
#[derive(Deserialize)]
pub struct First {
    #[serde(default)]
    half: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    csrf: String,
}

/// Sets it up.
pub async fn set_up(State(web): State<Web>, signed: Signed, Form(form): Form<First>) -> Page {
    must_be_person(&signed)?;
    signed.visitor.check_form(&form.csrf)?;
    let words = signed.visitor.words.clone();
    match second::set_up(&web, signed.account.id, &signed.account.login, &form.half, &form.code).await? {
        Some(codes) => page(&web, &signed, Said { done: Some(words.t("second-on")), codes, ..Said::default() }).await,
        None => page(&web, &signed, Said { trouble: Some(words.t("second-wrong")), half: form.half, ..Said::default() }).await,
    }
}

/// The password, before anything is taken away or shown anew.
#[derive(Deserialize)]
pub struct Own {
    #[serde(default)]
    password: String,
    #[serde(default)]
    csrf: String,
}

/// Gives other recovery codes.
pub async fn codes(State(web): State<Web>, signed: Signed, Form(form): Form<Own>) -> Page {
    must_be_person(&signed)?;
    signed.visitor.check_form(&form.csrf)?;
    let words = signed.visitor.words.clone();
    if !is_own_password(&web, &signed.account.login, form.password).await? {
        return page(&web, &signed, Said { trouble: Some(words.t("account-old-wrong")), ..Said::default() }).await;
    }
    let codes = second::other_codes(&web, signed.account.id, &signed.account.login).await?;
    page(&web, &signed, Said { codes, ..Said::default() }).await
}

/// Takes it away, where the role need not have one.
pub async fn remove(State(web): State<Web>, signed: Signed, Form(form): Form<Own>) -> Page {
    must_be_person(&signed)?;
    signed.visitor.check_form(&form.csrf)?;
    let (words, role) = (signed.visitor.words.clone(), signed.account.role);
    if web.read(move |tx| Ok(factor::roles(tx)?.contains(&role))).await? {
        return page(&web, &signed, Said { trouble: Some(words.t("second-must")), ..Said::default() }).await;
    }
    if !is_own_password(&web, &signed.account.login, form.password).await? {
        return page(&web, &signed, Said { trouble: Some(words.t("account-old-wrong")), ..Said::default() }).await;
    }
    let login = &signed.account.login;
    second::remove(&web, signed.account.id, login, login).await?;
    page(&web, &signed, Said { done: Some(words.t("second-off")), ..Said::default() }).await
}
