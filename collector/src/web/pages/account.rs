//! `/account`: one's own password, open sessions, tokens for programs, and what one hears (`hear`). And `/password/{token}`: the link by which one chooses a password.
//!
//! Comes in: forms. Goes out: the pages; a new token is shown once and kept as its hash. Absent on purpose: other people's accounts
//! (`accounts`), signing in (`session`).

use super::hear::{Part, ZONES, part};
use super::{Frame, Page, render};
use crate::store::account::{self, ApiToken, Role};
use crate::store::factor;
use crate::web::error::Failure;
use crate::web::hear;
use crate::web::own::{self, MAX_TOKENS, SESSIONS, line};
use crate::web::password;
use crate::web::session::{blocking, by_name, check_new, is_own_password, mark_known, sign_in_cookies};
use crate::web::visitor::{Signed, Visitor, csrf_of, fresh_token, token_hash};
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// For what a link is made by which one chooses a password.
pub const SET_PASSWORD: &str = "set_password";

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    frame: Frame,
    login: String,
    role: String,
    trouble: Option<String>,
    done: Option<String>,
    token: Option<String>,
    secret: Option<String>,
    hear: Part,
    zones: [&'static str; 10],
    second: Option<Option<When>>,
    sessions: Vec<(When, When, bool)>,
    tokens: Vec<TokenLine>,
}

struct TokenLine {
    id: i64,
    name: String,
    made: When,
    until: String,
    over: bool,
    reads_only: bool,
    used: Option<When>,
}

/// What the page says on top.
#[derive(Default)]
pub(super) struct Said {
    pub(super) trouble: Option<String>,
    pub(super) done: Option<String>,
    pub(super) token: Option<String>,
    pub(super) secret: Option<String>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    page(&web, &signed, Said::default()).await
}

pub(super) async fn page(web: &Web, signed: &Signed, said: Said) -> Page {
    let (id, now) = (signed.account.id, web.now());
    let own = signed.visitor.token.as_deref().map(token_hash);
    let (sessions, tokens, hears, second) = web
        .read(move |tx| -> Result<_, Stop> {
            let hears = hear::load(tx, id)?.ok_or(Failure::NotSignedIn)?;
            Ok((account::sessions_of(tx, id, now, SESSIONS)?, account::tokens_of(tx, id, MAX_TOKENS)?, hears, factor::of(tx, id)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let line = |token: ApiToken| TokenLine {
        id: token.id,
        made: words.when(token.made_at),
        until: words.day(token.expires_at),
        over: token.expires_at <= now,
        reads_only: token.reads_only,
        used: token.used_at.map(|used| words.when(used)),
        name: token.name,
    };
    let mut response = render(&AccountPage {
        frame: Frame::new(web, &signed.visitor, "account-title", "/account"),
        login: signed.account.login.clone(),
        role: words.coded("role-", signed.account.role.code()),
        trouble: said.trouble,
        done: said.done,
        token: said.token,
        secret: said.secret,
        hear: part(web, signed, hears),
        zones: ZONES,
        second: (signed.account.role != Role::School).then(|| second.map(|known| words.when(known.since_at))),
        sessions: sessions
            .iter()
            .map(|(hash, made, seen)| (words.when(*made), words.when(*seen), own.is_some_and(|own| own[..] == hash[..])))
            .collect(),
        tokens: tokens.into_iter().map(line).collect(),
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The form for another password.
#[derive(Deserialize)]
pub struct NewPassword {
    #[serde(default)]
    old: String,
    password: String,
    again: String,
    #[serde(default)]
    csrf: String,
}

/// Takes another password; other sessions end.
pub async fn change_password(State(web): State<Web>, signed: Signed, Form(form): Form<NewPassword>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let words = signed.visitor.words.clone();
    let login = signed.account.login.clone();
    if let Err(key) = check_new(&login, &form.password, Some(&form.again)) {
        return page(&web, &signed, Said { trouble: Some(words.n(key, password::MIN_CHARS as i64)), ..Said::default() }).await;
    }
    let NewPassword { old, password: new, .. } = form;
    if !is_own_password(&web, &login, old).await? {
        return page(&web, &signed, Said { trouble: Some(words.t("account-old-wrong")), ..Said::default() }).await;
    }
    let hash = {
        let _turn = web.hashing.turn().await.ok_or(Failure::Busy)?;
        blocking(move || password::hash(&new)).await?
    };
    let (id, now, hash) = (signed.account.id, web.now(), hash?);
    // This browser goes on, with a token that nobody can have learnt before.
    let token = fresh_token()?;
    let mut signed = signed;
    (signed.visitor.csrf, signed.visitor.token) = (csrf_of(&token), Some(token.clone()));
    let (kept, csrf) = (token_hash(&token), signed.visitor.csrf.clone());
    let absolute = web.session_absolute_s;
    web.write(move |tx| -> Result<_, Stop> {
        account::set_password(tx, id, &hash, false)?;
        account::open_session(tx, &kept, id, now, now + absolute, &csrf)?;
        Ok(account::audit(tx, &line(now, &login, "account.password", &login))?)
    })
    .await?;
    let mut response = page(&web, &signed, Said { done: Some(words.t("account-password-done")), ..Said::default() }).await?;
    sign_in_cookies(&mut response, &web, &token);
    Ok(response)
}

/// A form that only says yes.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    pub(super) csrf: String,
}

/// Ends all sessions but this.
pub async fn end_sessions(State(web): State<Web>, signed: Signed, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let ended = own::others_ended(&web, &signed).await?;
    let done = Some(signed.visitor.words.n("account-sessions-ended", i64::try_from(ended).unwrap_or(i64::MAX)));
    page(&web, &signed, Said { done, ..Said::default() }).await
}

/// The form for a token.
#[derive(Deserialize)]
pub struct NewToken {
    name: String,
    days: String,
    #[serde(default)]
    reads_only: String,
    #[serde(default)]
    csrf: String,
}

/// Makes a token and shows it, this once.
pub async fn add_token(State(web): State<Web>, signed: Signed, Form(form): Form<NewToken>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let days = form.days.trim().parse().unwrap_or(0);
    let said = match own::token_made(&web, &signed, &form.name, days, form.reads_only == "yes").await? {
        Ok(made) => Said { token: Some(made.token), ..Said::default() },
        Err((key, bound)) => Said { trouble: Some(signed.visitor.words.n(key, bound)), ..Said::default() },
    };
    page(&web, &signed, said).await
}

/// Ends a token.
pub async fn drop_token(State(web): State<Web>, signed: Signed, Path(token): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    own::token_dropped(&web, &signed, token).await?;
    Ok(Redirect::to("/account").into_response())
}

/// `/password/{token}`
#[derive(Template)]
#[template(path = "pages/password.html")]
struct PasswordPage {
    frame: Frame,
    token: String,
    trouble: Option<String>,
}

/// The page behind the link by which one chooses a password.
pub async fn choose(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>) -> Page {
    let (hash, now) = (token_hash(&token), web.now());
    if !web.read(move |tx| Ok(account::link_is_open(tx, &hash, SET_PASSWORD, now)?)).await? {
        return Err(Failure::NotFound);
    }
    choose_page(&web, &visitor, token, None)
}

fn choose_page(web: &Web, visitor: &Visitor, token: String, trouble: Option<String>) -> Page {
    let mut response = render(&PasswordPage { frame: Frame::new(web, visitor, "password-choose", ""), token, trouble })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Takes the password; the link is used up, and whoever was signed in is signed out. (The link itself is the secret: it needs no form token.)
pub async fn chosen(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>, Form(form): Form<NewPassword>) -> Page {
    if let Err(key) = check_new("login", &form.password, Some(&form.again)) {
        let trouble = Some(visitor.words.n(key, password::MIN_CHARS as i64));
        return choose_page(&web, &visitor, token, trouble);
    }
    let (link, now) = (token_hash(&token), web.now());
    if !web.read(move |tx| Ok(account::link_is_open(tx, &link, SET_PASSWORD, now)?)).await? {
        return Err(Failure::NotFound);
    }
    let hash = {
        let _turn = web.hashing.turn().await.ok_or(Failure::Busy)?;
        blocking(move || password::hash(&form.password)).await??
    };
    let used = web
        .write(move |tx| -> Result<_, Stop> {
            let Some(id) = account::use_link_of(tx, &link, SET_PASSWORD, now)? else { return Ok(None) };
            account::set_password(tx, id, &hash, false)?;
            account::audit(tx, &line(now, "link", "account.password", &id.to_string()))?;
            Ok(account::by_id(tx, id)?)
        })
        .await?;
    let login = used.ok_or(Failure::NotFound)?.login;
    // Whoever holds the link is no stranger: they do not wait for those who tried the name.
    web.throttle.succeeded(&by_name(&login));
    let mut response = Redirect::to("/sign-in").into_response();
    mark_known(&mut response, &web, &login)?;
    Ok(response)
}
