//! `/admin`: accounts of people, enrolment codes for agents, who changed what.
//!
//! Comes in: forms of administrators. Goes out: the page; a new code is shown once and kept only as its hash. Absent on
//! purpose: scopes and contractors.

use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::store::account::{self, AuditLine, Role};
use crate::store::report;
use crate::web::error::Failure;
use crate::web::password;
use crate::web::session::{blocking, check_new};
use crate::web::visitor::{Admin, Signed};
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How long an enrolment code works.
const CODE_S: i64 = 7 * 86_400;
/// Most networks of one code.
const MAX_NETWORKS: usize = 64;
/// Lines of the audit trail shown.
const AUDIT: u32 = 30;
/// Crockford's base32: no I, L, O, U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// RFC 4648 base32, in which a pin is written.
const PIN_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[derive(Template)]
#[template(path = "pages/admin.html")]
struct AdminPage {
    frame: Frame,
    trouble: Option<String>,
    made: Option<Made>,
    accounts: Vec<(String, String, When, bool)>,
    networks: Vec<(String, String)>,
    audit: Vec<(When, String, String, String)>,
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
    let state = web.clone();
    let (accounts, planned, audit) = web
        .read(move |tx| -> Result<_, Stop> {
            Ok((account::accounts(tx, "", 200)?, state.planned.get(tx)?, account::audit_lines(tx, i64::MAX, AUDIT)?))
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
        networks: planned.networks(),
        audit: audit.into_iter().map(|(_, line)| (words.when(line.at), line.who, line.what, line.subject)).collect(),
    })?;
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
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
    let role = Role::from_code(&form.role).ok_or_else(|| Failure::Bad("role: expected admin or technician".to_owned()))?;
    if let Err(key) = check_new(&login, &form.password, None) {
        let trouble = Some(words.n(key, password::MIN_CHARS as i64));
        return page(&web, &signed, trouble, None).await;
    }
    let hash = blocking(move || password::hash(&form.password)).await??;
    let (now, who) = (web.now(), signed.account.login.clone());
    let added = web
        .write(move |tx| -> Result<_, Stop> {
            let added = account::add_new(tx, &login, &login, role, &hash, false, now)?.is_some();
            if added {
                let becomes = role.code().to_owned();
                account::audit(
                    tx,
                    &AuditLine { at: now, who: who.clone(), what: "account.add".to_owned(), subject: login.clone(), was: String::new(), becomes },
                )?;
            }
            Ok(added)
        })
        .await?;
    if !added {
        return page(&web, &signed, Some(words.t("login-taken")), None).await;
    }
    Ok(Redirect::to("/admin").into_response())
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
    let networks: Vec<String> = names.take(MAX_NETWORKS).map(|name| name.chars().take(80).collect()).collect();
    if networks.is_empty() {
        return page(&web, &signed, Some(words.t("code-no-network")), None).await;
    }
    let secret = secret()?;
    let (hash, now, who): ([u8; 32], _, _) = (Sha256::digest(secret.as_bytes()).into(), web.now(), signed.account.login.clone());
    let shown = networks.join(", ");
    web.write(move |tx| -> Result<_, Stop> {
        report::make_code(tx, &hash, &networks, &who, now, now + CODE_S)?;
        let line = AuditLine {
            at: now,
            who: who.clone(),
            what: "agent.code".to_owned(),
            subject: networks.join(", "),
            was: String::new(),
            becomes: String::new(),
        };
        Ok(account::audit(tx, &line)?)
    })
    .await?;
    let code = web.pin.map_or_else(|| secret.clone(), |pin| format!("{secret}.{}", pin_text(&pin)));
    let made = Made { code, networks: shown, url: web.public_url(), until: words.exact(now + CODE_S) };
    page(&web, &signed, None, Some(made)).await
}

/// Sixteen characters in groups of four: 80 random bits, which expire and work once.
fn secret() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// A pin as agents read it: base32 of its 32 octets, without padding.
pub fn pin_text(pin: &[u8; 32]) -> String {
    let bit = |at: usize| usize::from(pin.get(at / 8).map_or(0, |octet| octet >> (7 - at % 8) & 1));
    (0..52).map(|character| char::from(PIN_LETTERS[(0..5).fold(0, |value, offset| value << 1 | bit(character * 5 + offset))])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_readable_and_never_the_same() {
        let code = secret().unwrap();
        assert_eq!(code.len(), 19);
        assert!(code.chars().all(|letter| letter == '-' || LETTERS.contains(&(letter as u8))));
        assert_ne!(code, secret().unwrap());
    }

    #[test]
    fn a_pin_has_52_letters() {
        assert_eq!(pin_text(&[0; 32]), "A".repeat(52));
        assert!(pin_text(&[0xff; 32]).starts_with("777777"));
    }
}
