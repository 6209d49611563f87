//! Signing in and out, the one-time link of the first administrator, and a visitor's preferences.
//!
//! Comes in: forms. Goes out: cookies, redirects, the sign-in pages. Absent on purpose: who may see what (extractors in
//! `visitor.rs`), and any password that we chose.
//!
//! A session is a random token of 256 bits in a cookie; the table keeps its SHA-256. It is new at every sign-in. Before
//! sign-in a visit cookie carries the form token, so that nobody can be signed in by somebody else's page.

use super::Web;
use super::error::Failure;
use super::metrics::Outcome;
use super::pages::{Frame, Page, render};
use super::password::{self, MAX_BYTES, MIN_CHARS, PEER};
use super::second;
use super::visitor::{self, Account, By, Visitor, csrf_of, fresh_token, token_hash};
use crate::domain::folded::fold;
use crate::store::account::{self, Role};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use rollcall_shared::Timestamp;
use serde::Deserialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// How long the one-time link of the first administrator works.
const FIRST_ADMIN_S: i64 = 24 * 3_600;
/// How long a visitor may leave the sign-in page open.
const VISIT_S: i64 = 3_600;
/// How long a right password waits for its code, and for what that is sealed.
const HALF_S: i64 = 300;
const HALF: &str = "half signed in";
const YEAR_S: i64 = 365 * 86_400;
/// What the mark of a known browser is for.
const KNOWN: &str = "known browser";

/// `/sign-in`
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn {
    frame: Frame,
    next: String,
    login: String,
    trouble: Option<String>,
    provider: Option<(String, String)>,
    out: Option<(String, Option<String>)>,
}

/// `/welcome/{token}`: the first administrator chooses a login and a password.
#[derive(Template)]
#[template(path = "pages/welcome.html")]
struct Welcome {
    frame: Frame,
    token: String,
    login: String,
    trouble: Option<String>,
}

/// The second step of signing in.
#[derive(Template)]
#[template(path = "pages/sign_in_code.html")]
struct SignInCode {
    frame: Frame,
    half: String,
    trouble: Option<String>,
}

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
    /// `provider`: signed out here, after a session that the town's own sign-in opened.
    #[serde(default)]
    out: String,
}

/// The form of `/sign-in`.
#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
}

/// The sign-in page.
pub async fn sign_in(State(web): State<Web>, visitor: Visitor, Query(next): Query<Next>) -> Page {
    if visitor.account.is_some() {
        return Ok(Redirect::to(own_path(&next.next)).into_response());
    }
    let out = match web.provider.as_ref().filter(|_| next.out == "provider") {
        Some(provider) => Some((visitor.words.named("provider-way-out", provider.name()), provider.way_out().await)),
        None => None,
    };
    sign_in_page_with(&web, visitor, next.next, String::new(), None, out)
}

fn sign_in_page(web: &Web, visitor: Visitor, next: String, login: String, trouble: Option<String>) -> Page {
    sign_in_page_with(web, visitor, next, login, trouble, None)
}

fn sign_in_page_with(
    web: &Web,
    mut visitor: Visitor,
    next: String,
    login: String,
    trouble: Option<String>,
    out: Option<(String, Option<String>)>,
) -> Page {
    let visit = visiting(&mut visitor)?;
    let frame = Frame::new(web, &visitor, "sign-in-title", "");
    let address = format!("/sign-in/provider?next={}", visitor::form_encoded(own_path(&next)));
    let provider = web.provider.as_ref().map(|provider| (visitor.words.named("provider-sign-in", provider.name()), address));
    let mut response = render(&SignIn { frame, next, login, trouble, provider, out })?;
    visit.keep(&mut response, web);
    Ok(response)
}

/// The visit cookie of a page with a form for whoever is not signed in.
pub(super) struct Visit(String);

/// Gives a visitor the form token of such a page.
pub(super) fn visiting(visitor: &mut Visitor) -> Result<Visit, Failure> {
    let token = match visitor.token.clone() {
        Some(token) => token,
        None => fresh_token()?,
    };
    visitor.csrf = csrf_of(&token);
    Ok(Visit(token))
}

impl Visit {
    /// Sets the cookie. (A signed-in visitor's forms hang on their session.)
    pub(super) fn keep(&self, response: &mut Response, web: &Web) {
        set_cookie(response, web, web.visit_cookie(), &self.0, VISIT_S, true);
    }
}

/// The cookies of somebody who has just signed in.
pub(super) fn sign_in_cookies(response: &mut Response, web: &Web, session: &str) {
    set_cookie(response, web, web.session_cookie(), session, web.session_absolute_s, true);
    set_cookie(response, web, web.visit_cookie(), "", 0, true);
}

/// Takes the form of the sign-in page.
pub async fn sign_in_form(State(web): State<Web>, visitor: Visitor, Form(mut form): Form<Credentials>) -> Page {
    if visitor.check_form(&form.csrf).is_err() {
        let trouble = Some(visitor.words.t("sign-in-form-old"));
        return sign_in_page(&web, visitor, form.next, form.login, trouble);
    }
    let password = std::mem::take(&mut form.password);
    let step = async {
        let found = proved(&web, &visitor, &form.login, password).await?;
        Ok(if second::has(&web, found.id).await? { Step::Code(found) } else { Step::Open(found) })
    };
    let step = step.await;
    match step {
        Ok(Step::Code(found)) => {
            let half = web.seal.seal_text(HALF, &format!("{} {} {}", found.id, (web.now() + HALF_S).0, own_path(&form.next)))?;
            code_page(&web, visitor, half, None)
        }
        Ok(Step::Open(found)) => enter(&web, &visitor, &found, Entry::Here, &form.next).await,
        Err(Failure::NotSignedIn) => {
            let trouble = Some(visitor.words.t("sign-in-wrong"));
            sign_in_page(&web, visitor, form.next, form.login, trouble)
        }
        Err(Failure::TooMany(seconds)) => {
            let trouble = Some(visitor.words.n("sign-in-wait", seconds as i64));
            sign_in_page(&web, visitor, form.next, form.login, trouble)
        }
        Err(failure) => Err(failure),
    }
}

/// How far a login and a password lead.
enum Step {
    /// To the code of a second factor.
    Code(account::Account),
    /// All the way.
    Open(account::Account),
}

/// Who said that it is they.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// We: a password, a code, a link of ours.
    Here,
    /// The OpenID provider.
    Provider,
}

/// Opens a session in a browser, and leads on. Every way in ends here.
pub(super) async fn enter(web: &Web, visitor: &Visitor, account: &account::Account, entry: Entry, next: &str) -> Page {
    let (token, now, id) = (fresh_token()?, web.now(), account.id);
    let (hash, until, csrf) = (token_hash(&token), now + web.session_absolute_s, csrf_of(&token));
    // Who signs in anew in the same browser leaves no session behind.
    let left = visitor.account.as_ref().and(visitor.token.as_deref()).map(token_hash);
    web.write(move |tx| {
        if let Some(left) = &left {
            account::close_session(tx, left)?;
        }
        account::open_session(tx, &hash, id, now, until, &csrf)?;
        if entry == Entry::Provider { Ok(account::set_outside(tx, &hash)?) } else { Ok(()) }
    })
    .await?;
    web.metrics.sign_ins.get_or_create(&Outcome { outcome: "opened" }).inc();
    let mut response = Redirect::to(own_path(next)).into_response();
    sign_in_cookies(&mut response, web, &token);
    mark_known(&mut response, web, &account.login)?;
    Ok(response)
}

fn code_page(web: &Web, mut visitor: Visitor, half: String, trouble: Option<String>) -> Page {
    let visit = visiting(&mut visitor)?;
    let mut response = render(&SignInCode { frame: Frame::new(web, &visitor, "second-ask", ""), half, trouble })?;
    visit.keep(&mut response, web);
    Ok(response)
}

/// The form of the second step.
#[derive(Deserialize)]
pub struct Code {
    #[serde(default)]
    half: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    csrf: String,
}

/// Takes the code of somebody whose password was right a moment ago.
pub async fn code_form(State(web): State<Web>, visitor: Visitor, Form(form): Form<Code>) -> Page {
    let half = web.seal.open_text(HALF, &form.half);
    let half = half.as_deref().and_then(|half| {
        let mut parts = half.splitn(3, ' ');
        Some((parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?, parts.next()?.to_owned()))
    });
    let known = match half.filter(|(_, until, _)| *until > web.now().0 && visitor.check_form(&form.csrf).is_ok()) {
        Some((id, _, next)) => web.read(move |tx| Ok(account::by_id(tx, id)?)).await?.map(|found| (found, next)),
        None => None,
    };
    let Some((found, next)) = known.filter(|(found, _)| found.disabled_at.is_none()) else {
        let trouble = Some(visitor.words.t("sign-in-form-old"));
        return sign_in_page(&web, visitor, String::new(), String::new(), trouble);
    };
    match second::take(&web, found.id, &found.login, &form.code).await {
        Ok(()) => enter(&web, &visitor, &found, Entry::Here, &next).await,
        Err(Failure::NotSignedIn) => {
            let trouble = Some(visitor.words.t("second-wrong"));
            code_page(&web, visitor, form.half, trouble)
        }
        Err(Failure::TooMany(seconds)) => {
            let trouble = Some(visitor.words.n("sign-in-wait", seconds as i64));
            code_page(&web, visitor, form.half, trouble)
        }
        Err(failure) => Err(failure),
    }
}

/// Opens a session for a login, a password, and the code of the account's second factor where it has one (else empty); its token.
pub async fn open(web: &Web, visitor: &Visitor, login: &str, password: String, code: &str) -> Result<(String, Account), Failure> {
    let found = proved(web, visitor, login, password).await?;
    if second::has(web, found.id).await? {
        if code.is_empty() {
            return Err(Failure::CodeWanted);
        }
        second::take(web, found.id, &found.login, code).await?;
    }
    opened(web, found).await
}

/// Opens a session, of a program, of an account that has proved itself; its token.
async fn opened(web: &Web, found: account::Account) -> Result<(String, Account), Failure> {
    let (token, now, id) = (fresh_token()?, web.now(), found.id);
    let (hash, until, csrf) = (token_hash(&token), now + web.session_absolute_s, csrf_of(&token));
    web.write(move |tx| Ok(account::open_session(tx, &hash, id, now, until, &csrf)?)).await?;
    web.metrics.sign_ins.get_or_create(&Outcome { outcome: "opened" }).inc();
    let eyes = visitor::eyes(web, &found).await?;
    Ok((token, Account { id: found.id, login: found.login, role: found.role, eyes, by: By::Session, wanting: false }))
}

/// Whether this is the password of an account that is signed in. Who is signed in does not wait for strangers who try the name.
pub async fn is_own_password(web: &Web, login: &str, password: String) -> Result<bool, Failure> {
    let key = format!("own {login}");
    if let Some(wait_s) = web.throttle.wait_s(&key, web.now()) {
        return Err(Failure::TooMany(wait_s));
    }
    let asked = login.to_owned();
    let known = web.read(move |tx| Ok(account::by_login(tx, &asked)?)).await?.ok_or(Failure::NotSignedIn)?;
    let fits = {
        let _turn = web.hashing.turn().await.ok_or(Failure::Busy)?;
        blocking(move || password::fits(&password, Some(&known.password_hash))).await?
    };
    if fits {
        web.throttle.succeeded(&key);
    } else {
        web.throttle.failed(&key, web.now());
    }
    Ok(fits)
}

/// The account of a login and a password.
async fn proved(web: &Web, visitor: &Visitor, login: &str, password: String) -> Result<account::Account, Failure> {
    let now = web.now();
    let login = fold(login);
    let keys = throttled_by(web, visitor, &login);
    if let Some(wait_s) = keys.iter().filter_map(|key| web.throttle.wait_s(key, now)).max() {
        web.metrics.sign_ins.get_or_create(&Outcome { outcome: "throttled" }).inc();
        return Err(Failure::TooMany(wait_s));
    }
    let asked = login.clone();
    let found = web.read(move |tx| Ok(account::by_login(tx, &asked)?)).await?.filter(|account| account.disabled_at.is_none());
    let hash = found.as_ref().map(|account| account.password_hash.clone());
    let fits = {
        let _turn = web.hashing.turn().await.ok_or(Failure::Busy)?;
        blocking(move || password::fits(&password, hash.as_deref())).await?
    };
    let Some(found) = found.filter(|_| fits) else {
        keys.iter().for_each(|key| web.throttle.failed(key, now));
        web.metrics.sign_ins.get_or_create(&Outcome { outcome: "refused" }).inc();
        tracing::warn!(login, peer = visitor::peer_key(visitor.peer), "sign-in refused");
        return Err(Failure::NotSignedIn);
    };
    // The address's own failures stay: one account of somebody's does not open the way to others.
    keys.iter().filter(|key| !key.starts_with(PEER)).for_each(|key| web.throttle.succeeded(key));
    Ok(found)
}

/// What an attempt counts against: the name and the address; in a browser in which this account has signed in before, that browser alone. So
/// strangers who try a name make only strangers wait.
fn throttled_by(web: &Web, visitor: &Visitor, login: &str) -> Vec<String> {
    let nonce = visitor.known.as_deref().and_then(|known| known.split_once('.'));
    match nonce.filter(|(nonce, mark)| web.seal.is_mark(KNOWN, &format!("{login} {nonce}"), mark)) {
        Some((nonce, _)) => vec![format!("browser {nonce}")],
        None => std::iter::once(by_name(login)).chain(visitor.peer.map(|peer| format!("{PEER}{}", visitor::peer_key(Some(peer))))).collect(),
    }
}

/// The key of a name, for throttles.
pub(super) fn by_name(login: &str) -> String {
    format!("name {}", login.chars().take(60).collect::<String>())
}

/// Marks a browser as one in which this account has signed in.
pub(super) fn mark_known(response: &mut Response, web: &Web, login: &str) -> Result<(), Failure> {
    let nonce = fresh_token()?;
    let mark = web.seal.mark(KNOWN, &format!("{login} {nonce}"));
    set_cookie(response, web, web.known_cookie(), &format!("{nonce}.{mark}"), YEAR_S, true);
    Ok(())
}

/// The form token alone.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// Ends the session.
pub async fn sign_out(State(web): State<Web>, visitor: Visitor, Form(form): Form<Bare>) -> Page {
    visitor.check_form(&form.csrf)?;
    let mut outside = false;
    if let Some(token) = &visitor.token {
        let hash = token_hash(token);
        outside = web
            .write(move |tx| {
                let outside = account::is_outside(tx, &hash)?;
                account::close_session(tx, &hash)?;
                Ok(outside)
            })
            .await?;
    }
    let mut response = Redirect::to(if outside { "/sign-in?out=provider" } else { "/sign-in" }).into_response();
    set_cookie(&mut response, &web, web.session_cookie(), "", 0, true);
    Ok(response)
}

/// The form in the foot of every page.
#[derive(Deserialize)]
pub struct Preferences {
    theme: Option<String>,
    language: Option<String>,
    #[serde(default)]
    back: String,
}

/// Remembers theme and language in cookies (they hold nothing that needs a form token) and goes back.
pub async fn preferences(State(web): State<Web>, Form(form): Form<Preferences>) -> Page {
    let mut response = Redirect::to(own_path(&form.back)).into_response();
    if let Some(theme) = ["auto", "light", "dark"].into_iter().find(|theme| form.theme.as_deref() == Some(theme)) {
        set_cookie(&mut response, &web, "rollcall-theme", theme, YEAR_S, false);
    }
    if let Some(language) = ["fr", "en"].into_iter().find(|language| form.language.as_deref() == Some(language)) {
        set_cookie(&mut response, &web, "rollcall-language", language, YEAR_S, false);
    }
    Ok(response)
}

/// Makes the one-time link of the first administrator, while there is no account; its path.
pub fn first_admin_link(db: &crate::store::Db, now: Timestamp) -> anyhow::Result<Option<String>> {
    let token = fresh_token().map_err(|failure| anyhow::anyhow!("{failure}"))?;
    let hash = token_hash(&token);
    let made = db.write(move |tx| -> anyhow::Result<bool> {
        let needed = account::count(tx)? == 0;
        if needed {
            account::add_link(tx, &hash, "first_admin", None, now + FIRST_ADMIN_S)?;
        }
        Ok(needed)
    })?;
    Ok(made.then(|| format!("/welcome/{token}")))
}

/// The page behind that link.
pub async fn welcome(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>) -> Page {
    let (hash, now) = (token_hash(&token), web.now());
    if !web.read(move |tx| Ok(account::link_is_open(tx, &hash, "first_admin", now)?)).await? {
        return Err(Failure::NotFound);
    }
    welcome_page(&web, &visitor, token, "admin".to_owned(), None)
}

fn welcome_page(web: &Web, visitor: &Visitor, token: String, login: String, trouble: Option<String>) -> Page {
    let frame = Frame::new(web, visitor, "welcome-title", "");
    render(&Welcome { frame, token, login, trouble })
}

/// The form of the first administrator. The link itself is the secret that a form token would be.
#[derive(Deserialize)]
pub struct FirstAdmin {
    login: String,
    password: String,
    again: String,
}

/// Makes the first administrator and signs them in.
pub async fn welcome_form(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>, Form(form): Form<FirstAdmin>) -> Page {
    let login = fold(&form.login);
    if let Err(key) = check_new(&login, &form.password, Some(&form.again)) {
        let trouble = Some(visitor.words.n(key, MIN_CHARS as i64));
        return welcome_page(&web, &visitor, token, form.login, trouble);
    }
    let (link, now) = (token_hash(&token), web.now());
    // Whoever has no link makes nobody hash.
    if !web.read(move |tx| Ok(account::link_is_open(tx, &link, "first_admin", now)?)).await? {
        return Err(Failure::NotFound);
    }
    let hash = {
        let _turn = web.hashing.turn().await.ok_or(Failure::Busy)?;
        blocking(move || password::hash(&form.password)).await??
    };
    let made = web
        .write(move |tx| {
            if !account::use_link(tx, &link, "first_admin", now)? {
                return Ok(None);
            }
            let id = account::add(tx, &login, Role::Admin, &hash, now)?;
            Ok(account::by_id(tx, id)?)
        })
        .await?;
    enter(&web, &visitor, &made.ok_or(Failure::NotFound)?, Entry::Here, "/").await
}

/// Whether a login and password may be used; else the key of the sentence that says why not.
pub fn check_new(login: &str, password: &str, again: Option<&str>) -> Result<(), &'static str> {
    if login.is_empty() || login.len() > 60 {
        return Err("login-bad");
    }
    if password.chars().count() < MIN_CHARS || password.len() > MAX_BYTES {
        return Err("password-short");
    }
    if again.is_some_and(|again| again != password) {
        return Err("password-differs");
    }
    Ok(())
}

/// Runs work that takes processor time away from the threads that serve.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(anyhow::Error::new(error).context("blocking work")))
}

/// Runs such work on the thread that serves, if there are others that go on with what it leaves: a page is answered without a change of threads.
pub async fn here<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    if Handle::current().runtime_flavor() != RuntimeFlavor::MultiThread {
        return blocking(work).await;
    }
    let done = catch_unwind(AssertUnwindSafe(|| block_in_place(work)));
    done.map_err(|_| Failure::Internal(anyhow::anyhow!("blocking work panicked")))
}

/// A path of ours, or the first page: never another site (`//host`, `/\host`).
pub(super) fn own_path(path: &str) -> &str {
    // Browsers leave out tabs and line breaks of an address before they read it (WHATWG URL, 4.4): `/<tab>/host` is another site.
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    if ours { path } else { "/" }
}

/// A cookie that a request brings.
pub(super) fn kept_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

pub(super) fn set_cookie(response: &mut Response, web: &Web, name: &str, value: &str, age_s: i64, hidden: bool) {
    let mut cookie = format!("{name}={value}; Path=/; Max-Age={age_s}; SameSite=Lax");
    if hidden {
        cookie.push_str("; HttpOnly");
    }
    if web.secure {
        cookie.push_str("; Secure");
    }
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response.headers_mut().insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_back_to() {
        for (path, expected) in [
            ("/faults?kind=ups", "/faults?kind=ups"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("", "/"),
            ("/\t/evil.example", "/"),
            ("/\u{0}x", "/"),
            ("/a\r\nSet-Cookie: x=y", "/"),
        ] {
            assert_eq!(own_path(path), expected);
        }
    }
}
