//! `/api/v1/account/sessions` and `/api/v1/account/tokens`: one's own sessions, one's own tokens for programs.
//!
//! Comes in: whoever signed in by `POST /api/v1/session`, or in a browser. Goes out: own types; a new token once. Absent on purpose: what no page shows of a
//! session (its token, where it came from), passwords and second factors; and tokens for programs: none of these doors opens to one.

use super::Answer;
use super::accounts::{Secret, secret};
use super::codes;
use super::take::{Json, within};
use crate::store::account;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::own::{self, MAX_TOKENS, NAME, SESSIONS};
use crate::web::visitor::{Signed, token_hash};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An open session.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenSession)]
pub(super) struct Session {
    /// Since when it is open.
    #[schema(format = DateTime)]
    since: String,
    /// When it was used last, to within five minutes.
    #[schema(format = DateTime)]
    seen: String,
    /// It is the one that asks.
    this: bool,
}

/// Sessions of the account that are open, the last used first; 20 at most.
#[utoipa::path(get, operation_id = "listSessions", path = "/api/v1/account/sessions", responses((status = 200, body = Vec<Session>), (status = 403, body = Problem)))]
pub(super) async fn sessions(State(web): State<Web>, signed: Signed) -> Answer<Vec<Session>> {
    let (id, now) = (signed.account.id, web.now());
    let own = signed.visitor.token.as_deref().map(token_hash);
    let open = web.read(move |tx| Ok(account::sessions_of(tx, id, now, SESSIONS)?)).await?;
    let shown = |(hash, since, seen): (Vec<u8>, rollcall_shared::Timestamp, rollcall_shared::Timestamp)| Session {
        since: since.to_string(),
        seen: seen.to_string(),
        this: own.is_some_and(|own| own[..] == hash[..]),
    };
    Ok(Json(open.into_iter().map(shown).collect()))
}

/// What was ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub(super) struct Ended {
    /// How many sessions.
    ended: u64,
}

/// Ends every session of the account but the one that asks.
#[utoipa::path(delete, operation_id = "endOtherSessions", path = "/api/v1/account/sessions", responses((status = 200, body = Ended), (status = 403, body = Problem)))]
pub(super) async fn end(State(web): State<Web>, signed: Signed) -> Answer<Ended> {
    Ok(Json(Ended { ended: own::others_ended(&web, &signed).await? }))
}

/// A token for programs, without the token itself: only its hash is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = ProgramToken)]
pub(super) struct Token {
    /// Its number.
    id: i64,
    /// What its owner calls it.
    name: String,
    /// It changes nothing.
    reads_only: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    made: String,
    /// Until when it opens anything.
    #[schema(format = DateTime)]
    until: String,
    /// When it was used last, to within five minutes; null: never.
    #[schema(format = DateTime)]
    used: Option<String>,
}

/// Tokens of the account; 20 at most.
#[utoipa::path(get, operation_id = "listTokens", path = "/api/v1/account/tokens", responses((status = 200, body = Vec<Token>), (status = 403, body = Problem)))]
pub(super) async fn tokens(State(web): State<Web>, signed: Signed) -> Answer<Vec<Token>> {
    let id = signed.account.id;
    let kept = web.read(move |tx| Ok(account::tokens_of(tx, id, MAX_TOKENS)?)).await?;
    let shown = |token: account::ApiToken| Token {
        id: token.id,
        name: token.name,
        reads_only: token.reads_only,
        made: token.made_at.to_string(),
        until: token.expires_at.to_string(),
        used: token.used_at.map(|at| at.to_string()),
    };
    Ok(Json(kept.into_iter().map(shown).collect()))
}

/// A token that shall be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewProgramToken)]
pub(super) struct New {
    /// What its owner calls it: the program that has it.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// For how many days it opens what the account may open: from 1 to 366.
    #[schema(schema_with = codes::token_days, required = true)]
    #[serde(deserialize_with = "super::take::whole")]
    days: i64,
    /// It changes nothing.
    #[serde(default)]
    reads_only: bool,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeProgramToken)]
pub(super) struct Made {
    /// Its number.
    id: i64,
    /// Goes into `Authorization: Bearer`; it is told this once.
    token: String,
    /// Until when it opens anything.
    #[schema(format = DateTime)]
    until: String,
}

/// Makes a token for programs. It opens what the account may open, but nothing of accounts. 409: there are 20 already.
#[utoipa::path(post, operation_id = "makeToken", path = "/api/v1/account/tokens", request_body = New, responses((status = 201, body = Made), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn make(State(web): State<Web>, signed: Signed, Json(new): Json<New>) -> Secret<Made> {
    within("name", &new.name, NAME)?;
    let words = &signed.visitor.words;
    match own::token_made(&web, &signed, &new.name, new.days, new.reads_only).await? {
        Ok(made) => secret(Made { id: made.id, token: made.token, until: made.until.to_string() }),
        Err((key @ "token-many", most)) => Err(Failure::Refused(words.n(key, most))),
        Err((key, bound)) => Err(Failure::Unfit(words.n(key, bound))),
    }
}

/// Ends a token: from now on it opens nothing.
#[utoipa::path(delete, operation_id = "dropToken", path = "/api/v1/account/tokens/{id}", params(("id" = i64, Path, description = "Number of the token")), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn drop(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    own::token_dropped(&web, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
