//! Who asks: language, theme, and the signed-in account, read from cookies and headers.
//!
//! Comes in: a request's head. Goes out: [`Visitor`] (anybody), [`Signed`] (an account; else the sign-in page or 401),
//! [`Admin`]. Absent on purpose: passwords and the making of sessions (`session.rs`).

use super::error::Failure;
use super::words::Words;
use super::{Peer, Stop, Web};
use crate::domain::language::Language;
use crate::domain::plan::Plan;
use crate::domain::register::{Register, Scope};
use crate::domain::right::Right;
use crate::domain::sight::{self, Sight};
use crate::store::account::{self, Role};
use crate::store::sight::{Eyes, Seen};
use crate::store::{self, Tx, factor, lead, plan, register, sight as stored, view};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, HeaderName};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_shared::Timestamp;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// `seen_at` of a session moves at most so often: reading pages does not become writing.
const SEEN_EVERY_S: i64 = 300;

/// Somebody with a browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their words.
    pub words: Words,
    /// `light` or `dark`, if chosen.
    pub theme: Option<&'static str>,
    /// Path and query asked for.
    pub path: String,
    /// Where the request came from.
    pub peer: Option<IpAddr>,
    /// Their account, if signed in.
    pub account: Option<Account>,
    /// What each of their forms carries.
    pub csrf: String,
    /// The token of the cookie that `csrf` is made from, if there is one.
    pub token: Option<String>,
    /// The mark of a browser in which somebody has signed in before.
    pub known: Option<String>,
}

/// A signed-in account as pages see it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its login.
    pub login: String,
    /// What it may do.
    pub role: Role,
    /// What it sees.
    pub eyes: Eyes,
    /// How it came.
    pub by: By,
    /// It must have a second factor and has none: the rest waits for it.
    pub wanting: bool,
}

/// How an account came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Signed in: a person, or a program that behaves like one.
    Session,
    /// With a token for programs; it may be one that changes nothing.
    Token {
        /// It changes nothing.
        reads_only: bool,
    },
}

/// A random token of 256 bits, as text.
pub fn fresh_token() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What the table keeps of a token.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The form token that belongs to a cookie's token: known to our pages alone.
pub fn csrf_of(token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"form ");
    hash.update(token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

impl Visitor {
    /// Refuses a form whose token is not of this visitor.
    pub fn check_form(&self, csrf: &str) -> Result<(), Failure> {
        let same = self.csrf.len() == csrf.len() && self.csrf.bytes().zip(csrf.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0;
        if same && self.token.is_some() { Ok(()) } else { Err(Failure::WrongForm) }
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Visitor, Failure> {
        // The door has asked already.
        if let Some(known) = parts.extensions.get::<Visitor>() {
            return Ok(known.clone());
        }
        let now = web.now();
        let bearer = header(parts, AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
        let session = bearer.or_else(|| cookie(parts, web.session_cookie()).map(str::to_owned));
        let mut account = None;
        let mut language = None;
        if let Some(token) = session.as_deref().filter(|token| token.len() <= 64)
            && let Some(found) = session_of(web, token, now).await?
        {
            let (found, by, wanting) = found;
            language = Language::from_code(&found.language);
            let eyes = eyes(web, &found).await?;
            account = Some(Account { id: found.id, login: found.login, role: found.role, eyes, by, wanting });
        }
        let token = if account.is_some() { session } else { cookie(parts, web.visit_cookie()).map(str::to_owned) };
        let chosen = cookie(parts, "rollcall-language").and_then(Language::from_code);
        let language = chosen.or(language).unwrap_or_else(|| accepted(header(parts, ACCEPT_LANGUAGE).unwrap_or_default()));
        let theme = match cookie(parts, "rollcall-theme") {
            Some("light") => Some("light"),
            Some("dark") => Some("dark"),
            _ => None,
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let peer = peer(&parts.headers, &parts.extensions, web);
        let known = cookie(parts, web.known_cookie()).map(str::to_owned);
        let csrf = token.as_deref().map(csrf_of).unwrap_or_default();
        Ok(Visitor { words: web.words(language), theme, path, peer, account, csrf, token, known })
    }
}

/// The account of a session, or of a token for programs.
async fn session_of(web: &Web, token: &str, now: Timestamp) -> Result<Option<(account::Account, By, bool)>, Failure> {
    let hash = token_hash(token);
    let found = web.read(move |tx| -> Result<_, Stop> {
        let session = account::session(tx, &hash, now)?;
        let wanting = session.as_ref().map_or(Ok(false), |session| factor::is_wanting(tx, &hash, session))?;
        let token = if session.is_none() { account::token(tx, &hash, now)? } else { None };
        Ok((session.map(|session| (session, wanting)), token))
    });
    let (session, wanting) = match found.await? {
        (Some(found), _) => found,
        (None, Some((account, token))) => {
            if token.used_at.is_none_or(|used| now.since_s(used) >= SEEN_EVERY_S) {
                web.write(move |tx| Ok(account::touch_token(tx, token.id, now)?)).await?;
            }
            return Ok(Some((account, By::Token { reads_only: token.reads_only }, false)));
        }
        (None, None) => return Ok(None),
    };
    if now.since_s(session.seen_at) >= web.session_idle_s {
        return Ok(None);
    }
    if now.since_s(session.seen_at) >= SEEN_EVERY_S {
        web.write(move |tx| Ok(account::touch_session(tx, &hash, now)?)).await?;
    }
    Ok(Some((session.account, By::Session, wanting)))
}

/// The table of the register that says who sees what.
const SCOPES: &str = "scopes";

/// The register's scopes as they are now.
pub fn scopes(tx: &mut Tx<'_>) -> store::Result<Vec<Scope>> {
    Ok(Register::from_tables(&register::one_table(tx, SCOPES)?).scopes)
}

/// The eyes of an account. What a bounded one sees is worked out again when its bounds, the plan or the scopes changed.
pub async fn eyes(web: &Web, account: &account::Account) -> Result<Eyes, Failure> {
    if sees_all(account) {
        return Ok(Eyes::ALL);
    }
    let (web, account) = (web.clone(), account.clone());
    Ok(super::session::blocking(move || eyes_now(&web, &account)).await??)
}

/// Whether an account sees everything.
pub fn sees_all(account: &account::Account) -> bool {
    let unbounded = account.role.sees_all_unless_told() && account.bounds == account::Bounds::default();
    !account.role.can_be_bounded() || unbounded
}

/// The same as [`eyes`], on a thread that may wait.
pub fn eyes_now(web: &Web, account: &account::Account) -> Result<Eyes, store::Error> {
    if sees_all(account) {
        return Ok(Eyes::ALL);
    }
    let id = account.id;
    let stamp = |tx: &mut Tx<'_>, role: Role| -> store::Result<_> {
        Ok(format!("{} {} {}", plan::stamp(tx)?.0, register::last_change(tx, SCOPES)?, role.code()))
    };
    if web.db.read(|tx| stamp(tx, account.role))? != account.sight_of {
        let state = web.clone();
        web.db.write(move |tx| {
            // Its bounds as they are now: they may have been narrowed since the account was read.
            let Some(known) = account::by_id(tx, id)? else { return Ok(()) };
            let (of, planned, scopes) = (stamp(tx, known.role)?, state.planned.get(tx)?, scopes(tx)?);
            let seen = sight_of(tx, &known, &planned.plan, &scopes)?;
            // Bounds that leave nothing out are bounds all the same: the rows say what they say.
            stored::save(tx, id, &seen, &of)
        })?;
    }
    Ok(Eyes::of(id))
}

/// What an account sees by plan and scopes. Who was made by a lead sees no more than the lead does now.
pub fn sight_of(tx: &mut Tx<'_>, account: &account::Account, plan: &Plan, scopes: &[Scope]) -> store::Result<Sight> {
    let mut seen = sight::sight(account.role, &account.bounds, plan, scopes);
    let mut below = account.id;
    for _ in 0..lead::MOST_LEADS {
        let Some((above, role, bounds)) = lead::above(tx, below)? else { break };
        seen = sight::narrowed(seen, &sight::sight(role, &bounds, plan, scopes));
        below = above;
    }
    Ok(seen)
}

/// A signed-in visitor.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The visitor.
    pub visitor: Visitor,
    /// Their account.
    pub account: Account,
}

impl Signed {
    /// Refuses what the account's role does not allow.
    pub fn must(&self, right: Right) -> Result<(), Failure> {
        if self.account.role.may(right) { Ok(()) } else { Err(Failure::Forbidden) }
    }

    /// Refuses a device that the account does not see, as if it were not there.
    pub async fn must_see_device(&self, web: &Web, device: i64) -> Result<(), Failure> {
        self.read(web, move |seen| Ok(view::device::one(seen, device)?.map(drop))).await?.ok_or(Failure::NotFound)
    }

    /// Refuses a fault that the account does not see, as if it were not there.
    pub async fn must_see_fault(&self, web: &Web, fault: i64) -> Result<(), Failure> {
        let secret = self.account.role.may(Right::WorkOnFaults);
        self.read(web, move |seen| Ok(view::fault::one(seen, fault, secret)?.map(drop))).await?.ok_or(Failure::NotFound)
    }

    /// Reads with the account's eyes.
    pub async fn read<T, F>(&self, web: &Web, look: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Seen<'_, '_>) -> Result<T, Stop> + Send + 'static,
    {
        let eyes = self.account.eyes;
        web.read(move |tx| look(&mut eyes.on(tx))).await
    }

    /// Writes with the account's eyes: what is to be changed is looked for with them first.
    pub async fn write<T, F>(&self, web: &Web, mut job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Seen<'_, '_>) -> Result<T, Stop> + Send + 'static,
    {
        let eyes = self.account.eyes;
        web.write(move |tx| job(&mut eyes.on(tx))).await
    }
}

impl FromRequestParts<Web> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Signed, Response> {
        let visitor = <Visitor as FromRequestParts<Web>>::from_request_parts(parts, web).await.map_err(IntoResponse::into_response)?;
        match visitor.account.clone() {
            Some(account) => Ok(Signed { visitor, account }),
            None if wants_page(parts) => {
                let next = form_encoded(&visitor.path);
                Err(Redirect::to(&format!("/sign-in?next={next}")).into_response())
            }
            None => Err(Failure::NotSignedIn.into_response()),
        }
    }
}

/// A signed-in administrator.
#[derive(Debug, Clone)]
pub struct Admin(pub Signed);

impl FromRequestParts<Web> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Admin, Response> {
        let signed = <Signed as FromRequestParts<Web>>::from_request_parts(parts, web).await?;
        match signed.account.role {
            Role::Admin => Ok(Admin(signed)),
            _ => Err(Failure::Forbidden.into_response()),
        }
    }
}

impl OptionalFromRequestParts<Web> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Visitor>, Failure> {
        <Visitor as FromRequestParts<Web>>::from_request_parts(parts, web).await.map(Some)
    }
}

/// A person's browser asks for a page (and not a script for JSON).
pub fn wants_page(parts: &Parts) -> bool {
    !parts.uri.path().starts_with("/api/") && header(parts, ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// Where a request comes from. Behind a proxy that is what the proxy says: the last of the list, which it added itself.
pub(super) fn peer(headers: &HeaderMap, extensions: &Extensions, web: &Web) -> Option<IpAddr> {
    if web.config.server.tls == crate::config::Tls::Proxy {
        let list = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        return list.rsplit(',').next()?.trim().parse().ok();
    }
    extensions.get::<Peer>().map(|peer| peer.0.ip().to_canonical())
}

/// An address as throttles know it: of IPv6 the network, for one house has as many addresses there as it likes (RFC 6177).
pub fn peer_key(peer: Option<IpAddr>) -> String {
    match peer.map(|peer| peer.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => std::net::Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

fn header(parts: &Parts, name: HeaderName) -> Option<&str> {
    parts.headers.get(name)?.to_str().ok()
}

fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    super::session::kept_cookie(&parts.headers, name)
}

/// A path as the value of a query parameter (RFC 3986: all but unreserved characters and `/` is escaped).
pub fn form_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The first of a browser's languages that we speak (RFC 9110, 12.5.4; weights in order of appearance are enough for two).
fn accepted(header: &str) -> Language {
    let weight = |range: &str| range.split_once(";q=").and_then(|(_, weight)| weight.trim().parse::<f32>().ok()).unwrap_or(1.0);
    let mut best = (0.0, Language::Fr);
    for range in header.split(',').take(20) {
        if let Some(language) = Language::from_code(range.trim()).filter(|_| weight(range) > best.0) {
            best = (weight(range), language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_choice_is_heard() {
        for (header, expected) in [
            ("", Language::Fr),
            ("en-GB,en;q=0.9,fr;q=0.8", Language::En),
            ("de,en;q=0.5,fr;q=0.9", Language::Fr),
            ("de", Language::Fr),
            ("é;;;q=,,", Language::Fr),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }

    #[test]
    fn a_house_is_one_address() {
        for (one, other, same) in [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            assert_eq!(peer_key(one.parse().ok()) == peer_key(other.parse().ok()), same, "{one} {other}");
        }
    }

    #[test]
    fn a_path_survives_as_a_parameter() {
        assert_eq!(form_encoded("/faults?kind=ups&q=a b"), "/faults%3Fkind%3Dups%26q%3Da%20b");
    }
}
