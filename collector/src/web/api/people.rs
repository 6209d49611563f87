//! `/api/v1/people`: a contractor's lead makes accounts for its own people, refuses them and lets them in again.
//!
//! Comes in: logins, bounds. Goes out: own types; a link is told once. Absent on purpose: roles (a lead makes contractors alone), accounts of others
//! (`accounts`), seeing more than one sees oneself.

use super::Answer;
use super::accounts::{Account, Admitted, MadeAccount, PasswordLink, Sees, bounds, login, made, secret, seen, shown};
use super::codes;
use super::take::Json;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::people::{self, Lead, Team};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A lead's people.
#[derive(Serialize, ToSchema)]
#[schema(as = Team)]
pub(super) struct Shown {
    /// Codes of the actors for whom they may work: the lead's own, and its subcontractors.
    actors: Vec<String>,
    /// By login.
    people: Vec<Person>,
}

/// One of a lead's people.
#[derive(Serialize, ToSchema)]
pub(super) struct Person {
    #[serde(flatten)]
    account: Account,
    /// What it sees, which is no more than the lead does; null: everything.
    sees: Option<Vec<Sees>>,
}

/// The people of whoever asks, 200 at most. Contractors' leads alone have some.
#[utoipa::path(get, operation_id = "listPeople", path = "/api/v1/people", responses((status = 200, body = Shown), (status = 403, body = Problem)))]
pub(super) async fn list(State(web): State<Web>, Lead(signed): Lead) -> Answer<Shown> {
    let Team { actors, people, .. } = people::team(&web, &signed).await?;
    let people = people.into_iter().map(|(account, sight)| Person { sees: seen(&sight), account: shown(account) }).collect();
    Ok(Json(Shown { actors, people }))
}

/// A new account for somebody.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPerson {
    /// Letters and digits: capitals, accents and what stands between do not tell logins apart.
    #[schema(min_length = 1, max_length = 60)]
    login: String,
    /// The actor for whom it works: one of `actors`.
    #[schema(max_length = 80)]
    actor: String,
    /// The code of a school, or a selector; empty: all that the lead sees.
    #[serde(default)]
    #[schema(max_length = 200)]
    schools: String,
    /// Kinds of devices; empty: all that the lead sees.
    #[serde(default)]
    #[schema(schema_with = codes::several_kinds)]
    kinds: Vec<String>,
}

/// Makes an account of a contractor, which never sees more than the lead. Its owner chooses the password by the link. 409: the login is taken, the actor is
/// none of `actors`, or there are 200 already.
#[utoipa::path(post, operation_id = "addPerson", path = "/api/v1/people", request_body = NewPerson, responses((status = 201, body = MadeAccount), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn add(State(web): State<Web>, Lead(signed): Lead, Json(new): Json<NewPerson>) -> Result<impl IntoResponse, Failure> {
    let words = &signed.visitor.words;
    let login = login(words, &new.login)?;
    let bounds = bounds(words, &new.actor, &new.schools, &new.kinds)?;
    made(words, login.clone(), people::made_under(&web, &signed, &login, bounds).await?)
}

/// Refuses one of the lead's people, or lets it in again. 409: the town refused it.
#[utoipa::path(put, operation_id = "admitPerson", path = "/api/v1/people/{login}/state", params(("login" = String, Path)), request_body = Admitted, responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn admit(
    State(web): State<Web>,
    Lead(signed): Lead,
    Path(login): Path<String>,
    Json(asked): Json<Admitted>,
) -> Result<StatusCode, Failure> {
    people::admitted_under(&web, &signed, &login, asked.enabled).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new link by which one of the lead's people chooses a password; earlier ones work no more.
#[utoipa::path(post, operation_id = "linkPerson", path = "/api/v1/people/{login}/link", params(("login" = String, Path)), responses((status = 201, body = PasswordLink), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn link(State(web): State<Web>, Lead(signed): Lead, Path(login): Path<String>) -> Result<impl IntoResponse, Failure> {
    secret(PasswordLink::from(people::linked_under(&web, &signed, &login).await?))
}
