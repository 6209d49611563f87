//! `/api/v1/account`: what the account hears, its webhooks, its last deliveries.
//!
//! Comes in: choices, addresses of programs. Goes out: own types; the secret of a new webhook once. Absent on purpose: the address of the mailbox
//! (it opens the account: it is changed on `/account` with the password, or by the administrator), tokens and passwords.

use super::Answer;
use super::take::Json;
use crate::domain::notice::{Choice, Matter};
use crate::store::delivery::Standing;
use crate::web::error::{Failure, Problem};
use crate::web::hear::{self, Hears, Wished};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What an account hears.
#[derive(Serialize, ToSchema)]
pub(super) struct Notices {
    /// Where letters go; null: nowhere.
    email: Option<String>,
    /// By matter (new, back, mended, word): never, at_once, digest, weekly.
    choices: BTreeMap<&'static str, &'static str>,
    /// HH:MM-HH:MM, or none; null: the town's.
    quiet: Option<String>,
    /// Urgent news come in quiet hours as well.
    urgent_at_night: bool,
    /// IANA name; null: the programme's.
    zone: Option<String>,
    /// fr, en; null: not chosen.
    language: Option<String>,
    /// Its webhooks.
    webhooks: Vec<Hook>,
    /// The last ones, the newest first.
    deliveries: Vec<Sent>,
}

/// One webhook.
#[derive(Serialize, ToSchema)]
struct Hook {
    /// Its number.
    id: i64,
    /// Where it is called.
    url: String,
    /// What it is told of: new, back, mended, word.
    matters: Vec<&'static str>,
}

/// One delivery.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
struct Sent {
    /// Where it goes.
    to: String,
    /// When it was made.
    made: String,
    /// How often it was tried.
    attempts: i64,
    /// When it went; null: it has not.
    sent: Option<String>,
    /// When it was given up; null: it was not.
    given_up: Option<String>,
    /// Why the last attempt failed.
    error: Option<String>,
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn shown(hears: Hears) -> Notices {
    let sent = |standing: Standing| Sent {
        to: standing.to,
        made: standing.made_at.to_string(),
        attempts: standing.attempts,
        sent: standing.sent_at.map(|at| at.to_string()),
        given_up: standing.given_up_at.map(|at| at.to_string()),
        error: given(standing.error),
    };
    Notices {
        email: given(hears.hearing.email),
        choices: hears.choices.iter().map(|(matter, choice)| (matter.code(), choice.code())).collect(),
        quiet: given(hears.hearing.quiet),
        urgent_at_night: hears.hearing.urgent_at_night,
        zone: given(hears.hearing.zone),
        language: given(hears.language),
        webhooks: hears
            .webhooks
            .into_iter()
            .map(|hook| Hook { id: hook.id, url: hook.url, matters: hook.matters.iter().map(|matter| matter.code()).collect() })
            .collect(),
        deliveries: hears.deliveries.into_iter().map(sent).collect(),
    }
}

/// What the account hears, its webhooks, its last deliveries.
#[utoipa::path(get, operation_id = "getNotices", path = "/api/v1/account/notices", responses((status = 200, body = Notices), (status = 401, body = Problem)))]
pub(super) async fn notices(State(web): State<Web>, signed: Signed) -> Answer<Notices> {
    let id = signed.account.id;
    let hears = web.read(move |tx| -> Result<_, Stop> { Ok(hear::load(tx, id)?.ok_or(Failure::NotSignedIn)?) }).await?;
    Ok(Json(shown(hears)))
}

/// What somebody asks for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NoticeChoices)]
pub(super) struct Asked {
    /// By matter (new, back, mended, word): never, at_once, digest, weekly. What is left out stays as it is.
    #[serde(default)]
    choices: BTreeMap<String, String>,
    /// HH:MM-HH:MM, or none; null: the town's.
    quiet: Option<String>,
    /// Urgent news come in quiet hours as well.
    #[serde(default)]
    urgent_at_night: bool,
    /// IANA name; null: the programme's.
    zone: Option<String>,
    /// fr, en; null: not chosen.
    language: Option<String>,
}

/// Keeps what the account wants to hear.
#[utoipa::path(put, operation_id = "chooseNotices", path = "/api/v1/account/notices", request_body = Asked,
    responses((status = 200, body = Notices), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(super) async fn choose(State(web): State<Web>, signed: Signed, Json(asked): Json<Asked>) -> Answer<Notices> {
    let mut choices = BTreeMap::new();
    for (matter, choice) in &asked.choices {
        let known = Matter::from_code(matter).zip(Choice::from_code(choice));
        let (matter, choice) = known
            .ok_or_else(|| Failure::Unfit("choices: expected new, back, mended or word, each with never, at_once, digest or weekly".to_owned()))?;
        choices.insert(matter, choice);
    }
    let wished = Wished {
        choices,
        quiet: asked.quiet.unwrap_or_default(),
        urgent_at_night: asked.urgent_at_night,
        zone: asked.zone.unwrap_or_default(),
        language: asked.language.unwrap_or_default(),
    };
    match hear::choose(&web, &signed.visitor.words, &signed.account, wished).await? {
        Some(trouble) => Err(Failure::Unfit(trouble)),
        None => notices(State(web), signed).await,
    }
}

/// A webhook to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewHook {
    /// https, at a host that the administrator allows.
    url: String,
    /// new, back, mended, word.
    matters: Vec<String>,
}

/// A webhook that was added.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedHook {
    /// Its number.
    id: i64,
    /// What signs each call; it is told this once.
    secret: String,
}

/// Adds a webhook.
#[utoipa::path(post, operation_id = "addWebhook", path = "/api/v1/account/webhooks", request_body = NewHook,
    responses((status = 201, body = AddedHook), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(super) async fn add_webhook(
    State(web): State<Web>,
    signed: Signed,
    Json(asked): Json<NewHook>,
) -> Result<(StatusCode, Json<AddedHook>), Failure> {
    let matters: Option<_> = asked.matters.iter().map(|matter| Matter::from_code(matter)).collect();
    let matters = matters.ok_or_else(|| Failure::Unfit("matters: expected new, back, mended, word".to_owned()))?;
    match hear::add_webhook(&web, &signed.visitor.words, &signed.account, &asked.url, matters).await? {
        Ok((id, secret)) => Ok((StatusCode::CREATED, Json(AddedHook { id, secret }))),
        Err(trouble) => Err(Failure::Unfit(trouble)),
    }
}

/// Ends a webhook.
#[utoipa::path(delete, operation_id = "dropWebhook", path = "/api/v1/account/webhooks/{id}", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn drop_webhook(State(web): State<Web>, signed: Signed, Path(webhook): Path<i64>) -> Result<StatusCode, Failure> {
    if hear::drop_webhook(&web, &signed.account, webhook).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::NotFound) }
}
