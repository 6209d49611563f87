//! `/admin/accounts/{login}`: one account as its administrator sees it: role, what it sees, whether it may sign in, the link for a password.
//!
//! Comes in: forms of administrators. Goes out: the page; a link is shown once. Absent on purpose: passwords (their owners choose them).

use super::account::SET_PASSWORD;
use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::plan::selector::{self, Selector};
use crate::domain::sight::{self, Sight};
use crate::store::account::{self, AuditLine, Bounds, Role};
use crate::store::{self, Tx, factor, lead, notice};
use crate::web::error::Failure;
use crate::web::hear;
use crate::web::second;
use crate::web::visitor::{self, Admin, Signed, fresh_token, token_hash};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How long a link for a password works.
pub(super) const LINK_S: i64 = 48 * 3_600;
/// Longest selector, in characters.
pub(super) const SELECTOR: usize = 200;
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
    let (state, asked) = (web.clone(), login.to_owned());
    let (known, planned, scopes, email, leads, above, second) = web
        .read(move |tx| -> Result<_, Stop> {
            let known = account::by_login(tx, &asked)?.ok_or(Failure::NotFound)?;
            let email = notice::hearing(tx, known.id)?.email;
            let above = lead::above(tx, known.id)?;
            let name = above.as_ref().map_or(Ok(None), |(id, ..)| account::by_id(tx, *id))?.map(|above| above.login);
            let leads = lead::leads(tx, known.id)?;
            let second = factor::of(tx, known.id)?;
            Ok((
                known,
                state.planned.get(tx)?,
                visitor::scopes(tx)?,
                email,
                leads,
                above.map(|(_, role, bounds)| (name.unwrap_or_default(), role, bounds)),
                second,
            ))
        })
        .await?;
    let mut seen = sight::sight(known.role, &known.bounds, &planned.plan, &scopes);
    if let Some((_, role, bounds)) = &above {
        seen = sight::narrowed(seen, &sight::sight(*role, bounds, &planned.plan, &scopes));
    }
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
        sees: sees(words, &seen),
        leads,
        above: above.map(|(login, ..)| login),
        second: second.map(|known| words.when(known.since_at)),
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
    let mut lines: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        lines.entry((&row.lot, &row.kind)).or_default().insert(&row.school);
    }
    let line = |((lot, kind), schools): (&(&str, &str), &BTreeSet<&str>)| {
        let lot = if *lot == sight::ANY { words.t("sees-any-lot") } else { format!("{} {lot}", words.t("fault-lot")) };
        let kind = Kind::from_code(kind).map_or_else(|| words.t("sees-any-kind"), |kind| kind.label(words.language).to_owned());
        let named: Vec<&str> = schools.iter().take(NAMED).copied().collect();
        let more = if schools.len() > NAMED { "…" } else { "" };
        format!("{lot} · {kind} · {} : {}{more}", words.n("sees-schools", schools.len() as i64), named.join(", "))
    };
    lines.iter().map(line).collect()
}

/// The form for role and bounds; each chosen kind is a field `kind-…`.
pub async fn change(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    let field = |name: &str| form.get(name).map_or("", |value| value.trim());
    signed.visitor.check_form(field("csrf"))?;
    let words = signed.visitor.words.clone();
    let login = fold(&login);
    let role = role_of(field("role"))?;
    let schools: String = field("schools").chars().take(SELECTOR).collect();
    if !schools.is_empty() && Selector::parse(&schools).is_none() {
        let expected = selector::EXPECTED.text(words.language).to_owned();
        let trouble = format!("{} « {schools} », {} {expected}", words.t("asked-found"), words.t("asked-expected"));
        return page(&web, &signed, &login, Some(trouble), None).await;
    }
    let kinds = form.keys().filter_map(|name| name.strip_prefix("kind-")).filter_map(Kind::from_code).collect();
    let bounds = Bounds { actor: field("actor").to_owned(), schools, kinds };
    if login == signed.account.login && role != Role::Admin {
        return page(&web, &signed, &login, Some(words.t("account-own-role")), None).await;
    }
    let leads = role == Role::Contractor && field("lead") == "yes";
    let (now, who, asked) = (web.now(), signed.account.login.clone(), login.clone());
    web.write(move |tx| -> Result<_, Stop> {
        let known = account::by_login(tx, &asked)?.ok_or(Failure::NotFound)?;
        account::set_bounds(tx, &asked, role, &bounds)?;
        lead::set(tx, &asked, leads)?;
        let (was, becomes) = (said(known.role, &known.bounds), format!("{}{}", said(role, &bounds), if leads { " lead" } else { "" }));
        let line = AuditLine { at: now, who: who.clone(), what: "account.change".to_owned(), subject: asked.clone(), was, becomes };
        Ok(account::audit(tx, &line)?)
    })
    .await?;
    Ok(Redirect::to(&address(&login)).into_response())
}

/// A role by its code.
pub(super) fn role_of(code: &str) -> Result<Role, Failure> {
    let all = || Role::ALL.map(Role::code).join(", ");
    Role::from_code(code).ok_or_else(|| Failure::Bad(format!("role: found {:?}, expected {}", rollcall_shared::wire::clip(code, 40), all())))
}

/// Role and bounds as the audit trail keeps them.
pub(super) fn said(role: Role, bounds: &Bounds) -> String {
    let kinds: Vec<&str> = bounds.kinds.iter().map(|kind| kind.code()).collect();
    let parts = [("actor", bounds.actor.as_str()), ("schools", bounds.schools.as_str()), ("kinds", &kinds.join(" "))];
    let parts = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!(" {name}={value}"));
    std::iter::once(role.code().to_owned()).chain(parts).collect()
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

/// Keeps a link for an account's password; earlier ones work no more.
pub(super) fn new_link(tx: &mut Tx<'_>, known: &account::Account, hash: &[u8], who: &str, now: Timestamp) -> store::Result<()> {
    account::drop_links_of(tx, known.id, SET_PASSWORD)?;
    account::add_link(tx, hash, SET_PASSWORD, Some(known.id), now + LINK_S)?;
    let (was, becomes) = (String::new(), String::new());
    account::audit(tx, &AuditLine { at: now, who: who.to_owned(), what: "account.link".to_owned(), subject: known.login.clone(), was, becomes })
}

/// Refuses an account, or lets it in again.
pub(super) fn set_state(tx: &mut Tx<'_>, known: &account::Account, on: bool, who: &str, now: Timestamp) -> store::Result<()> {
    if on {
        account::enable(tx, known.id)?;
    } else {
        account::disable(tx, known.id, now)?;
    }
    let word = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
    let (was, becomes) = (word(known.disabled_at.is_none()), word(on));
    account::audit(tx, &AuditLine { at: now, who: who.to_owned(), what: "account.state".to_owned(), subject: known.login.clone(), was, becomes })
}

/// Makes a link by which the account's owner chooses a password; earlier ones work no more.
pub async fn link(State(web): State<Web>, Admin(signed): Admin, Path(login): Path<String>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let (token, now, who, asked) = (fresh_token()?, web.now(), signed.account.login.clone(), login.clone());
    let hash = token_hash(&token);
    web.write(move |tx| -> Result<_, Stop> {
        let known = account::by_login(tx, &asked)?.ok_or(Failure::NotFound)?;
        Ok(new_link(tx, &known, &hash, &who, now)?)
    })
    .await?;
    let link = format!("{}/password/{token}", web.public_url());
    page(&web, &signed, &login, None, Some(link)).await
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
    let (on, now, who, asked) = (form.on == "yes", web.now(), signed.account.login.clone(), login.clone());
    let done = web
        .write(move |tx| -> Result<_, Stop> {
            let known = account::by_login(tx, &asked)?.ok_or(Failure::NotFound)?;
            if !on && (known.login == who || (known.role == Role::Admin && account::administrators(tx)? <= 1)) {
                return Ok(false);
            }
            set_state(tx, &known, on, &who, now)?;
            Ok(true)
        })
        .await?;
    if done {
        return Ok(Redirect::to(&address(&login)).into_response());
    }
    let trouble = Some(signed.visitor.words.t("account-own-state"));
    page(&web, &signed, &login, trouble, None).await
}
