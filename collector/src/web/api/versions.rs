//! `/api/v1/plan/…`: versions and what changed between two, import with its merge, going back, the plan as a file.
//!
//! Comes in: a workbook as the body, choices. Goes out: own types. Absent on purpose: the rules of checking and merging
//! (`domain::plan`), the pages for people.

use super::take::{Json, must_be_file};
use super::{Answer, List, Paging, codes, limit};
use crate::cli_plan::{changes_json, note_json};
use crate::cli_store::prepared_json;
use crate::domain::plan::diff::diff;
use crate::domain::plan::discreet::without_money;
use crate::domain::plan::effect::effects;
use crate::domain::plan::merge::{Pick, Picks};
use crate::domain::plan::read::sort_notes;
use crate::domain::plan::{check, has_error};
use crate::domain::right::Right;
use crate::import::{Proposal, Refused, prepare};
use crate::plan_folder::{Container, read_upload};
use crate::store::plan;
use crate::web::error::{Failure, Problem};
use crate::web::session::blocking;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One version of the plan.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// Its number.
    version: i64,
    /// The version that it comes from; null: it is the first.
    parent: Option<i64>,
    /// Name of the programme.
    programme: String,
    /// Who made it.
    author: String,
    /// Why, as it was said.
    note: String,
    /// When.
    #[schema(format = DateTime)]
    made_at: String,
}

/// Versions, newest first.
#[utoipa::path(get, operation_id = "listPlanVersions", path = "/api/v1/plan/versions", params(Paging), responses((status = 200, body = List<Version>), (status = 401, body = Problem)))]
pub(super) async fn versions(State(web): State<Web>, _: Signed, Query(paging): Query<Paging>) -> Answer<List<Version>> {
    let limit = limit(paging.limit);
    let after: i64 = paging.after.and_then(|after| after.parse().ok()).unwrap_or(i64::MAX);
    let rows = web.read(move |tx| Ok(plan::versions_before(tx, after, u32::try_from(limit + 1).unwrap_or(u32::MAX))?)).await?;
    let shown = |row: plan::Version| Version {
        version: row.id,
        parent: row.parent,
        programme: row.programme,
        author: row.author,
        note: row.note,
        made_at: row.made_at.to_string(),
    };
    Ok(Json(List::of(rows, limit, |row| row.id.to_string(), shown)))
}

/// Beside which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Beside {
    /// Another version; without: the one before.
    from: Option<i64>,
}

/// What a version changed: `rows` (table, key, what, cells) and `effects` (for whom, in words).
#[utoipa::path(get, operation_id = "getPlanVersionChanges", path = "/api/v1/plan/versions/{id}/changes", params(("id" = i64, Path), Beside), responses((status = 200, body = serde_json::Value), (status = 404, body = Problem)))]
pub(super) async fn changes(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Query(beside): Query<Beside>) -> Answer<serde_json::Value> {
    let found = web
        .read(move |tx| -> Result<_, Stop> {
            let Some(after) = plan::version(tx, id)? else { return Ok(None) };
            let parent = plan::versions_before(tx, id.saturating_add(1), 1)?.into_iter().next().and_then(|version| version.parent);
            let before = beside.from.or(parent).map(|from| plan::version(tx, from)).transpose()?.flatten();
            Ok(Some((before.unwrap_or_default(), after)))
        })
        .await?;
    let (mut before, mut after) = found.ok_or(Failure::NotFound)?;
    if !signed.account.role.may(Right::SeeMoney) {
        (before, after) = (without_money(&before), without_money(&after));
    }
    let (today, language) = (pages::today(&signed.visitor.words), signed.visitor.words.language);
    let told = blocking(move || changes_json(&diff(&before, &after), &effects(&before, &after, today), language)).await?;
    Ok(Json(told))
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[schema(as = WhyBack)]
pub(super) struct Why {
    /// Why, in a sentence.
    #[serde(default)]
    note: String,
}

/// What an import came to.
#[derive(Serialize, ToSchema)]
pub(super) struct Came {
    /// The new version; null: the plan says this already.
    version: Option<i64>,
}

/// Imports an older version again.
#[utoipa::path(post, operation_id = "restorePlanVersion", path = "/api/v1/plan/versions/{id}/back", params(("id" = i64, Path)), request_body = Why, responses((status = 200, body = Came), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn back(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(why): Json<Why>) -> Answer<Came> {
    signed.must(Right::ChangePlan)?;
    let version = pages::go_back_to(&web, id, &signed.account.login, why.note).await?;
    Ok(Json(Came { version }))
}

/// How to import.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// Name of the file: a `.csv` is the table of its name.
    #[serde(default)]
    name: String,
    /// Why, in a sentence.
    #[param(max_length = 2000)]
    #[serde(default)]
    note: String,
    /// Tell only what would happen.
    #[serde(default)]
    dry_run: bool,
    /// `ours` or `theirs`: whose value stands where a cell was changed on both sides.
    #[param(schema_with = codes::picks)]
    picks: Option<String>,
}

/// Imports the workbook in the body (`.xlsx`, `.ods`, `.zip`, `.csv`; `Content-Type: application/octet-stream` or its own type).
///
/// The answer holds `notes`, `changes`, `conflicts` and the new `version`. 422: notes that are errors; 409: conflicts that `picks`
/// does not settle. Then nothing was changed.
#[utoipa::path(post, operation_id = "importPlan", path = "/api/v1/plan/import", params(How), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = serde_json::Value), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn import(
    State(web): State<Web>,
    signed: Signed,
    Query(how): Query<How>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    signed.must(Right::ChangePlan)?;
    must_be_file(&headers)?;
    let all = match how.picks.as_deref() {
        None => None,
        Some(code) => Some(Pick::from_code(code).ok_or_else(|| Failure::Bad("picks: expected ours or theirs".to_owned()))?),
    };
    let (today, language) = (pages::today(&signed.visitor.words), signed.visitor.words.language);
    let brought = blocking(move || read_upload(&how.name, &body)).await?;
    let proposal = Proposal { tables: brought.tables, origin: brought.origin, picks: Picks { all, ..Picks::default() } };
    let asked = proposal.clone();
    let (prepared, notes) = web
        .read(move |tx| -> Result<_, Stop> {
            let prepared = prepare(tx, &asked)?;
            let mut notes = brought.notes;
            notes.extend(check(&prepared.merged.tables, today));
            sort_notes(&mut notes);
            Ok((prepared, notes))
        })
        .await?;
    let refused = has_error(&notes);
    let mut told = blocking(move || {
        let effects = effects(&prepared.in_force, &prepared.merged.tables, today);
        let mut told = prepared_json(&prepared, &effects, language);
        told["notes"] = notes.iter().map(|note| note_json(note, language)).collect();
        told
    })
    .await?;
    told["version"] = serde_json::Value::Null;
    if refused {
        return Ok(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the plan has errors: the notes say which").with(told).into_response());
    }
    if how.dry_run {
        return Ok(Json(told).into_response());
    }
    match pages::take_in(&web, &signed.account.login, proposal, how.note).await? {
        Ok(imported) => {
            told["version"] = imported.version.into();
            told["register_rows"] = imported.register_rows.into();
            Ok(Json(told).into_response())
        }
        Err(Refused::Conflicts(_)) => {
            Ok(Problem::new(StatusCode::CONFLICT, "cells were changed on both sides: settle the conflicts with picks").with(told).into_response())
        }
        Err(Refused::Changing) => Err(Failure::Busy),
        Err(Refused::Store(error)) => Err(error.into()),
    }
}

/// Plan and register as a file: `plan.xlsx`, `plan.ods`, `plan.zip`; without money for those who may not see it.
#[utoipa::path(get, operation_id = "exportPlan", path = "/api/v1/plan/export/{file}", params(("file" = String, Path), pages::ExportAsked), responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(super) async fn export(
    State(web): State<Web>,
    signed: Signed,
    Path(file): Path<String>,
    Query(asked): Query<pages::ExportAsked>,
) -> Result<Response, Failure> {
    match Container::of(&file) {
        Container::Folder => Err(Failure::NotFound),
        container => pages::exported(&web, &signed, container, asked).await,
    }
}
