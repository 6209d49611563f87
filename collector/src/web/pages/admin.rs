//! `/admin`: accounts of people, enrolment codes for agents, how letters go, who changed what.
//!
//! Comes in: forms of administrators. Goes out: the page; a new code is shown once and kept only as its hash. Absent on
//! purpose: scopes and contractors.

use super::hear::{Sent, sent};
use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::domain::right::Right;
use crate::store::account::{self, AuditLine, Bounds, Role};
use crate::store::{delivery, factor};
use crate::web::agents;
use crate::web::error::Failure;
use crate::web::hear;
use crate::web::password;
use crate::web::people::{self, May};
use crate::web::session::{blocking, check_new};
use crate::web::visitor::{Admin, Signed};
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most networks of one code.
pub const MAX_NETWORKS: usize = 64;
/// Longest name of a network, in characters.
pub const NETWORK: usize = 80;
/// Lines of the audit trail shown.
const AUDIT: u32 = 30;
/// Deliveries that failed, shown.
const FAILING: u32 = 20;
const DAY_S: i64 = 86_400;
/// Roles of people, who can have a second factor; a school is a mailbox.
const PERSONS: [Role; 5] = [Role::Admin, Role::Manager, Role::Technician, Role::Contractor, Role::Reader];

#[derive(Template)]
#[template(path = "pages/admin.html")]
struct AdminPage {
    frame: Frame,
    trouble: Option<String>,
    made: Option<Made>,
    accounts: Vec<(String, String, When, bool)>,
    roles: Vec<(&'static str, String)>,
    networks: Vec<(String, String)>,
    audit: Vec<(When, String, String, String)>,
    done: Option<String>,
    mail: Option<(String, String)>,
    figures: String,
    failing: Vec<(String, Sent)>,
    second: Vec<(&'static str, String, bool)>,
}

/// A code, shown once.
struct Made {
    code: String,
    networks: String,
    url: String,
    until: String,
}

/// The page.
pub async fn show(State(web): State<Web>, Admin(signed): Admin) -> Page {
    page(&web, &signed, None, None).await
}

async fn page(web: &Web, signed: &Signed, trouble: Option<String>, made: Option<Made>) -> Page {
    page_with(web, signed, trouble, made, None).await
}

async fn page_with(web: &Web, signed: &Signed, trouble: Option<String>, made: Option<Made>, done: Option<String>) -> Page {
    let (state, day_ago) = (web.clone(), web.now() - DAY_S);
    let (accounts, planned, audit, figures, failing, second) = web
        .read(move |tx| -> Result<_, Stop> {
            let (figures, failing) = (delivery::figures(tx, day_ago)?, delivery::in_trouble(tx, day_ago - 6 * DAY_S, FAILING)?);
            Ok((
                account::accounts(tx, "", 200)?,
                state.planned.get(tx)?,
                account::audit_lines(tx, i64::MAX, AUDIT)?,
                figures,
                failing,
                factor::roles(tx)?,
            ))
        })
        .await?;
    let words = &signed.visitor.words;
    let mut response = render(&AdminPage {
        frame: Frame::new(web, &signed.visitor, "nav-admin", "/admin"),
        trouble,
        made,
        accounts: accounts
            .into_iter()
            .map(|account| (account.login, words.coded("role-", account.role.code()), words.when(account.made_at), account.disabled_at.is_some()))
            .collect(),
        // Who is made most often comes first.
        roles: [Role::Technician, Role::Manager, Role::Contractor, Role::School, Role::Reader, Role::Admin]
            .map(|role| (role.code(), words.coded("role-", role.code())))
            .into(),
        second: PERSONS.map(|role| (role.code(), words.coded("role-", role.code()), second.contains(&role))).into(),
        networks: planned.networks(),
        done,
        mail: web.config.mail.is_on().then(|| (format!("{}:{}", web.config.mail.host, web.config.mail.port), web.config.mail.sender.clone())),
        figures: hear::figures(words, figures),
        failing: failing.into_iter().map(|standing| (standing.login.clone(), sent(words, standing))).collect(),
        audit: audit.into_iter().map(|(_, line)| (words.when(line.at), line.who, line.what, line.subject)).collect(),
    })?;
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where a test letter goes.
#[derive(Deserialize)]
pub struct TestMail {
    to: String,
    #[serde(default)]
    csrf: String,
}

/// Sends a test letter and says what came of it.
pub async fn test_mail(State(web): State<Web>, Admin(signed): Admin, Form(form): Form<TestMail>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let (good, sentence) = hear::test(&web, &signed.visitor.words, &form.to).await;
    let (trouble, done) = if good { (None, Some(sentence)) } else { (Some(sentence), None) };
    page_with(&web, &signed, trouble, None, done).await
}

/// The form for a new account.
#[derive(Deserialize)]
pub struct NewAccount {
    login: String,
    password: String,
    role: String,
    #[serde(default)]
    csrf: String,
}

/// Makes an account.
pub async fn add_account(State(web): State<Web>, Admin(signed): Admin, Form(form): Form<NewAccount>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let words = &signed.visitor.words;
    let login = fold(&form.login);
    let role = people::role_of(&form.role)?;
    // Without a password the account waits for its link.
    let later = form.password.is_empty();
    if let Err(key) = check_new(&login, if later { "chosen by a link" } else { &form.password }, None) {
        let trouble = Some(words.n(key, password::MIN_CHARS as i64));
        return page(&web, &signed, trouble, None).await;
    }
    let hash = if later { String::new() } else { blocking(move || password::hash(&form.password)).await?? };
    let made = login.clone();
    let (now, who) = (web.now(), signed.account.login.clone());
    let may = May { role, bounds: Bounds::default(), leads: false };
    let added = web.write(move |tx| -> Result<_, Stop> { Ok(people::add(tx, &login, &may, &hash, &who, now)?) }).await?;
    if added.is_none() {
        return page(&web, &signed, Some(words.t("login-taken")), None).await;
    }
    // What it sees is said on its own page.
    Ok(Redirect::to(&format!("/admin/accounts/{}", crate::web::visitor::form_encoded(&made))).into_response())
}

/// Says which roles must have a second factor; each is a field `role-…`.
pub async fn factor_roles(State(web): State<Web>, Admin(signed): Admin, Form(form): Form<BTreeMap<String, String>>) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    let roles: Vec<Role> = PERSONS.into_iter().filter(|role| form.contains_key(&format!("role-{}", role.code()))).collect();
    let (now, who) = (web.now(), signed.account.login.clone());
    web.write(move |tx| -> Result<_, Stop> {
        let text = |roles: &[Role]| roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" ");
        let (was, becomes) = (text(&factor::roles(tx)?), text(&roles));
        factor::set_roles(tx, &roles)?;
        let what = "account.factor_roles".to_owned();
        Ok(account::audit(tx, &AuditLine { at: now, who: who.clone(), what, subject: becomes.clone(), was, becomes })?)
    })
    .await?;
    let done = Some(signed.visitor.words.t("second-roles-done"));
    page_with(&web, &signed, None, None, done).await
}

/// The form for an enrolment code.
#[derive(Deserialize)]
pub struct NewCode {
    networks: String,
    #[serde(default)]
    csrf: String,
}

/// Makes a code and shows it, this once.
pub async fn make_code(State(web): State<Web>, Admin(signed): Admin, Form(form): Form<NewCode>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let words = &signed.visitor.words;
    let names = form.networks.split([',', '\n', ';']).map(str::trim).filter(|name| !name.is_empty());
    let networks: Vec<String> = names.take(MAX_NETWORKS).map(|name| name.chars().take(NETWORK).collect()).collect();
    if networks.is_empty() {
        return page(&web, &signed, Some(words.t("code-no-network")), None).await;
    }
    let shown = networks.join(", ");
    let (code, until) = code_made(&web, &signed, networks).await?;
    let made = Made { code, networks: shown, url: web.public_url(), until: words.exact(until) };
    page(&web, &signed, None, Some(made)).await
}

/// Makes a code for these networks, from a form or for a program: itself, and until when it is good.
pub async fn code_made(web: &Web, signed: &Signed, networks: Vec<String>) -> Result<(String, Timestamp), Failure> {
    signed.must(Right::Administer)?;
    let (pin, now, who) = (web.pin, web.now(), signed.account.login.clone());
    let code = web
        .write(move |tx| -> Result<_, Stop> {
            let code = agents::make_code(tx, &networks, &who, pin.as_ref(), now)?;
            let line = AuditLine {
                at: now,
                who: who.clone(),
                what: "agent.code".to_owned(),
                subject: networks.join(", "),
                was: String::new(),
                becomes: String::new(),
            };
            account::audit(tx, &line)?;
            Ok(code)
        })
        .await?;
    Ok((code, now + agents::CODE_LIFE_S))
}
