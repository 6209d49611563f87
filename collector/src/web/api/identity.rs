//! `/api/v1/conflicts`, and the decisions about who is who.
//!
//! Comes in: numbers of devices, keys. Goes out: own types; a decision that cannot be is a problem that says why. Absent on purpose: whether it
//! can be (`domain/identity`).

use super::take::Json;
use super::{Answer, List, Paging, limit};
use crate::decide::{self, DecideError, Decided};
use crate::domain::device::KeyRank;
use crate::domain::identity::Refused;
use crate::domain::right::Right;
use crate::store::identity as stored;
use crate::web::error::{Failure, Problem};
use crate::web::pages;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rollcall_shared::DeviceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A contradiction that waits for a person.
#[derive(Serialize, ToSchema)]
pub(super) struct Conflict {
    /// Its number.
    id: i64,
    /// Code of the school.
    school: String,
    /// First seen, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// The device that the strongest key names.
    device: i64,
    /// The other one; null: the key was seen on two devices at once and is set aside, or the account does not see the other.
    other: Option<i64>,
    /// serial, mac, uuid, uem.
    rank: Option<&'static str>,
    /// The key on which they meet.
    key: String,
}

fn rank_code(rank: KeyRank) -> &'static str {
    match rank {
        KeyRank::Serial => "serial",
        KeyRank::Mac => "mac",
        KeyRank::Uuid => "uuid",
        KeyRank::Uem => "uem",
        KeyRank::Name => "name",
    }
}

/// Contradictions of identity that wait for a person, oldest first.
#[utoipa::path(get, operation_id = "listConflicts", path = "/api/v1/conflicts", params(Paging), responses((status = 200, body = List<Conflict>), (status = 401, body = Problem)))]
pub(super) async fn conflicts(State(web): State<Web>, signed: Signed, Query(asked): Query<Paging>) -> Answer<List<Conflict>> {
    let limit = limit(asked.limit);
    let after = asked.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> { Ok(stored::contradictions_seen(tx, after, limit + 1)?) }).await?;
    let shown = |row: stored::Contradiction| Conflict {
        id: row.id,
        school: row.school_name.0,
        since: row.at.to_string(),
        device: row.device.0,
        other: row.other.map(|other| other.0),
        rank: row.key.0.map(rank_code),
        key: row.key.1,
    };
    Ok(Json(List::of(rows, limit, |row| row.id.to_string(), shown)))
}

/// They are two, as they are: the contradiction is decided.
#[utoipa::path(post, operation_id = "resolveConflict", path = "/api/v1/conflicts/{id}/resolve", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn resolve(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    pages::conflict_resolved(&web, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct Decision {
    /// Its number: what `undo` is given.
    decision: i64,
    /// The device that went on.
    kept: i64,
    /// The one put aside, or the new one.
    other: i64,
}

fn decision(done: Result<Decided, Refused>) -> Answer<Decision> {
    let done = done.map_err(|refused| Failure::Unfit(refused.to_string()))?;
    Ok(Json(Decision { decision: done.decision, kept: done.kept.0, other: done.other.0 }))
}

/// Which device is the same.
#[derive(Deserialize, ToSchema)]
pub(super) struct Merge {
    /// The device that is put aside.
    #[serde(deserialize_with = "super::take::whole")]
    other: i64,
    /// Somebody has read the serial number on the device.
    #[serde(default)]
    confirmed: bool,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Makes one device of two.
#[utoipa::path(post, operation_id = "mergeDevices", path = "/api/v1/devices/{id}/merge", params(("id" = i64, Path)), request_body = Merge,
    responses((status = 200, body = Decision), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn merge(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(asked): Json<Merge>) -> Answer<Decision> {
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    signed.must_see_device(&web, asked.other).await?;
    let by = pages::decided_by(&web, &signed, &asked.reason);
    let decide = move |web: &Web| -> Result<Decided, DecideError> {
        decide::merge(&web.db, &web.ingest, DeviceId(id), DeviceId(asked.other), asked.confirmed, &by)
    };
    decision(pages::decided(&web, decide).await?)
}

/// Which keys are another device's.
#[derive(Deserialize, ToSchema)]
pub(super) struct Split {
    /// `serial:…`, `mac:001122334455`, `uuid:…`, `uem:…`, as the device's keys are told.
    keys: Vec<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Makes two devices of one.
#[utoipa::path(post, operation_id = "splitDevice", path = "/api/v1/devices/{id}/split", params(("id" = i64, Path)), request_body = Split,
    responses((status = 200, body = Decision), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn split(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(asked): Json<Split>) -> Answer<Decision> {
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    let by = pages::decided_by(&web, &signed, &asked.reason);
    let keys: BTreeSet<_> = asked.keys.iter().filter_map(|text| pages::key_of(text)).collect();
    if keys.len() < asked.keys.len() {
        return Err(Failure::Unfit("keys: expected serial:…, mac:…, uuid:… or uem:…, each once".to_owned()));
    }
    decision(pages::decided(&web, move |web: &Web| decide::split(&web.db, &web.ingest, DeviceId(id), keys, &by)).await?)
}

/// Takes a decision about who is who back.
#[utoipa::path(post, operation_id = "undoIdentityDecision", path = "/api/v1/decisions/{id}/undo", params(("id" = i64, Path)),
    responses((status = 200, body = Decision), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn undo(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Answer<Decision> {
    signed.must(Right::DecideIdentity)?;
    pages::must_see_decision(&web, &signed, id).await?;
    let by = pages::decided_by(&web, &signed, "");
    decision(pages::decided(&web, move |web: &Web| decide::undo(&web.db, &web.ingest, id, &by)).await?)
}
