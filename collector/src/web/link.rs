//! Links that somebody asks for: a school's mailbox opens its account, others choose a new password.
//!
//! Comes in: the name that somebody types, the token of a link. Goes out: always the same sentence; a line for the outbox, which `notify` turns
//! into a letter if there is such an account; a session for whoever opens a school's link. Absent on purpose: whether the name is known. Asking
//! reads no account and takes as long whatever the name.

use super::Web;
use super::error::Failure;
use super::pages::{Frame, Page, render};
use super::session::{Entry, enter, visiting};
use super::visitor::{Visitor, peer_key, token_hash};
use crate::domain::folded::fold;
use crate::notices::LINK_ASKED;
use crate::store::account::{self, AuditLine};
use crate::store::outbox::{self, Message};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// For what a link is good that opens a school's account.
pub const SIGN_IN: &str = "sign_in";
/// How long a link works that somebody asked for.
pub const LINK_S: i64 = 1_800;
/// Longest name that is asked for, in characters.
const NAME: usize = 60;
/// Lines of this sort that may wait at once: beyond, somebody knocks at every door of the town.
const WAITING: i64 = 300;

#[derive(Template)]
#[template(path = "pages/link_ask.html")]
struct Ask {
    frame: Frame,
    by_mail: bool,
    asked: bool,
    trouble: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/link_open.html")]
struct Open {
    frame: Frame,
    token: String,
}

/// The form.
pub async fn ask(State(web): State<Web>, visitor: Visitor) -> Page {
    if visitor.account.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    ask_page(&web, visitor, false, None)
}

fn ask_page(web: &Web, mut visitor: Visitor, asked: bool, trouble: Option<String>) -> Page {
    let visit = visiting(&mut visitor)?;
    let frame = Frame::new(web, &visitor, "link-ask-title", "");
    let mut response = render(&Ask { frame, by_mail: web.config.mail.is_on(), asked, trouble })?;
    visit.keep(&mut response, web);
    Ok(response)
}

/// What somebody asks for.
#[derive(Deserialize)]
pub struct Asked {
    name: String,
    #[serde(default)]
    csrf: String,
}

/// Takes the name; the answer is the same whatever it is.
pub async fn asked(State(web): State<Web>, visitor: Visitor, Form(form): Form<Asked>) -> Page {
    if visitor.check_form(&form.csrf).is_err() {
        let trouble = Some(visitor.words.t("sign-in-form-old"));
        return ask_page(&web, visitor, false, trouble);
    }
    let now = web.now();
    let name: String = form.name.trim().chars().take(NAME).collect();
    let by_peer = visitor.peer.map(|peer| format!("link peer {}", peer_key(Some(peer))));
    let keys: Vec<String> = std::iter::once(format!("link {}", fold(&name))).chain(by_peer).collect();
    if let Some(wait_s) = keys.iter().filter_map(|key| web.throttle.wait_s(key, now)).max() {
        let trouble = Some(visitor.words.n("sign-in-wait", wait_s as i64));
        return ask_page(&web, visitor, false, trouble);
    }
    for key in &keys {
        web.throttle.failed(key, now);
    }
    let body = serde_json::json!({ "login": fold(&name), "school": name }).to_string();
    let message =
        Message { id: 0, at: now, school: None, topic: LINK_ASKED.to_owned(), key: format!("{LINK_ASKED}/{}/{}", fold(&name), now.0), body };
    web.write(move |tx| {
        if outbox::count_of(tx, LINK_ASKED)? < WAITING {
            outbox::add(tx, &message)?;
        }
        Ok(())
    })
    .await?;
    ask_page(&web, visitor, true, None)
}

/// The page behind a school's link. Opening it uses nothing up: mail servers look at links before people do.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>) -> Page {
    let (hash, now) = (token_hash(&token), web.now());
    if !web.read(move |tx| Ok(account::link_is_open(tx, &hash, SIGN_IN, now)?)).await? {
        return Err(Failure::NotFound);
    }
    let mut response = render(&Open { frame: Frame::new(&web, &visitor, "link-open-title", ""), token })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Opens the session; the link is used up. (The link itself is the secret: it needs no form token.)
pub async fn open(State(web): State<Web>, visitor: Visitor, Path(token): Path<String>) -> Page {
    let (hash, now) = (token_hash(&token), web.now());
    let opened = web
        .write(move |tx| {
            let Some(id) = account::use_link_of(tx, &hash, SIGN_IN, now)? else { return Ok(None) };
            // Refused meanwhile, or no school any more: the link opens nothing.
            let Some((known, _)) = crate::store::notice::recipient(tx, id)?.filter(|(known, _)| known.role == account::Role::School) else {
                return Ok(None);
            };
            let [who, what] = [known.login.clone(), "account.link_open".to_owned()];
            account::audit(tx, &AuditLine { at: now, subject: who.clone(), who, what, was: String::new(), becomes: String::new() })?;
            Ok(Some(known))
        })
        .await?;
    enter(&web, &visitor, &opened.ok_or(Failure::NotFound)?, Entry::Here, "/").await
}
