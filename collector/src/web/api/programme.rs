//! `/api/v1/agents` and `/api/v1/plan`: who reports, and what the plan comes to.
//!
//! Comes in: paging. Goes out: own types. Absent on purpose: the plan's tables (exports give those).

use super::take::Json;
use super::{Answer, List, Paging, limit};
use crate::store::view;
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// One agent.
#[derive(Serialize, ToSchema)]
pub(super) struct Agent {
    /// Its number.
    id: i64,
    /// Name of the computer that it runs on.
    host: String,
    /// Its version.
    version: String,
    /// Names of the networks that it looks at.
    networks: Vec<String>,
    /// Rounds told.
    rounds: i64,
    /// It reported in time.
    reporting: bool,
    /// It is refused.
    revoked: bool,
    /// When it reported last; null: never.
    #[schema(format = DateTime)]
    last_contact: Option<String>,
    /// Seconds by which its clock is ahead of ours; below 0: behind.
    clock_skew_s: i64,
    /// Reports of it that were refused.
    refused_reports: i64,
}

/// Agents, with when they were last heard of.
#[utoipa::path(get, operation_id = "listAgents", path = "/api/v1/agents", params(Paging), responses((status = 200, body = List<Agent>), (status = 401, body = Problem)))]
pub(super) async fn agents(State(web): State<Web>, _: Signed, Query(paging): Query<Paging>) -> Answer<List<Agent>> {
    let (limit, now) = (limit(paging.limit), web.now());
    let after = paging.after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let rows = web.read(move |tx| Ok(view::agent::list(tx, after, limit + 1)?)).await?;
    let shown = move |row: view::agent::AgentRow| Agent {
        reporting: row.revoked_at.is_none() && row.contact_at.0 > 0 && !pages::is_silent(&row, now),
        id: row.id.0,
        host: row.host,
        version: row.version,
        networks: serde_json::from_str(&row.networks).unwrap_or_default(),
        rounds: row.round_count,
        revoked: row.revoked_at.is_some(),
        last_contact: (row.contact_at.0 > 0).then(|| row.contact_at.to_string()),
        clock_skew_s: row.skew_s,
        refused_reports: row.refused_count,
    };
    Ok(Json(List::of(rows, limit, |row| row.id.to_string(), shown)))
}

/// Refuses an agent from now on; what it has not told yet stays with it.
#[utoipa::path(post, operation_id = "revokeAgent", path = "/api/v1/agents/{id}/revoke", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn revoke(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    pages::agents::revoked(&web, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The plan in force, in counts.
#[derive(Serialize, ToSchema)]
pub(super) struct Plan {
    /// Version in force; null: none imported.
    version: Option<i64>,
    /// Name of the programme.
    programme: String,
    /// Its phases.
    phases: Vec<Phase>,
}

/// One phase.
#[derive(Serialize, ToSchema)]
pub(super) struct Phase {
    /// Code of the phase.
    phase: String,
    /// Its schools.
    schools: i64,
    /// Schools where everything is due, nothing due is missing, and something was seen.
    equipped: i64,
    /// Places that it unfolds into.
    places: i64,
    /// Places that are due by now.
    due: i64,
    /// Places that are filled.
    installed: i64,
    /// Places that are due and empty.
    missing: i64,
    /// Places that are filled by something with a fault.
    faulty: i64,
}

/// The plan in force, in counts.
#[utoipa::path(get, operation_id = "getPlan", path = "/api/v1/plan", responses((status = 200, body = Plan), (status = 401, body = Problem)))]
pub(super) async fn plan(State(web): State<Web>, _: Signed) -> Answer<Plan> {
    let state = web.clone();
    let (versions, phases) =
        web.read(move |tx| -> Result<_, Stop> { Ok((crate::store::plan::versions(tx, 1)?, state.sums(tx)?.phases(tx)?)) }).await?;
    let phase = |row: view::programme::PhaseRow| Phase {
        phase: row.phase,
        schools: row.schools,
        equipped: row.equipped,
        places: row.planned,
        due: row.due,
        installed: row.installed,
        missing: row.missing,
        faulty: row.faulty,
    };
    let newest = versions.into_iter().next();
    Ok(Json(Plan {
        version: newest.as_ref().map(|version| version.id),
        programme: newest.map(|version| version.programme).unwrap_or_default(),
        phases: phases.into_iter().map(phase).collect(),
    }))
}
