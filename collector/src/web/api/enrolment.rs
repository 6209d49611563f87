//! `/api/v1/enrolment-codes`: one-time codes by which agents come in.
//!
//! Comes in: names of networks. Goes out: own types; a code is told once. Absent on purpose: enrolling (agents' own door), agents that are in (`programme`),
//! withdrawing a code (it is good for a week and once; an agent that came in by it can be refused).

use super::accounts::{Secret, secret};
use super::codes;
use super::take::{Json, within};
use super::{Answer, MAX_ROWS};
use crate::store::report;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::pages::admin::{self, MAX_NETWORKS, NETWORK};
use crate::web::visitor::Signed;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A one-time code, without the code itself: only its hash is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = EnrolmentCode)]
pub(super) struct Code {
    /// Networks that it is for.
    networks: Vec<String>,
    /// Login of who made it.
    by: String,
    /// When it was made.
    #[schema(format = DateTime)]
    made: String,
    /// Until when it is good.
    #[schema(format = DateTime)]
    until: String,
    /// When an agent came in by it; null: none did.
    #[schema(format = DateTime)]
    used: Option<String>,
    /// The agent that came in by it; null: none did.
    agent: Option<i64>,
}

/// Codes that were made, the newest first, 500 at most.
#[utoipa::path(get, operation_id = "listEnrolmentCodes", path = "/api/v1/enrolment-codes", responses((status = 200, body = Vec<Code>), (status = 403, body = Problem)))]
pub(super) async fn made(State(web): State<Web>, _: Signed) -> Answer<Vec<Code>> {
    let known = web.read(move |tx| Ok(report::codes(tx, MAX_ROWS)?)).await?;
    let shown = |code: report::EnrolCode| Code {
        networks: code.networks,
        by: code.made_by,
        made: code.made_at.to_string(),
        until: code.expires_at.to_string(),
        used: code.used_at.map(|at| at.to_string()),
        agent: code.agent.map(|agent| agent.0),
    };
    Ok(Json(known.into_iter().map(shown).collect()))
}

/// For which networks a code shall be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewEnrolmentCode)]
pub(super) struct New {
    /// Names of networks, 1 to 64 of them, each of 1 to 80 characters.
    #[schema(schema_with = codes::networks, required = true)]
    networks: Vec<String>,
}

/// A code that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeEnrolmentCode)]
pub(super) struct Made {
    /// The code: it works once, and is told this once.
    code: String,
    /// Where the agent finds this collector: `rollcall-agent enrol URL --code CODE`.
    url: String,
    /// Networks that it is for.
    networks: Vec<String>,
    /// Until when it is good.
    #[schema(format = DateTime)]
    until: String,
}

/// Makes a code by which one agent comes in.
#[utoipa::path(post, operation_id = "makeEnrolmentCode", path = "/api/v1/enrolment-codes", request_body = New, responses((status = 201, body = Made), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn make(State(web): State<Web>, signed: Signed, Json(new): Json<New>) -> Secret<Made> {
    let found = new.networks.len();
    if found == 0 || found > MAX_NETWORKS {
        return Err(Failure::Unfit(format!("networks: found {found}, expected from 1 to {MAX_NETWORKS}")));
    }
    new.networks.iter().try_for_each(|name| within("networks", name, NETWORK))?;
    let networks: Vec<String> = new.networks.iter().map(|name| name.trim().to_owned()).collect();
    if networks.iter().any(String::is_empty) {
        return Err(Failure::Unfit("networks: found an empty name, expected the name of a network".to_owned()));
    }
    let (code, until) = admin::code_made(&web, &signed, networks.clone()).await?;
    secret(Made { code, url: web.public_url(), networks, until: until.to_string() })
}
