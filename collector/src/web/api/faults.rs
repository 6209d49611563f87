//! `/api/v1/faults`: what is amiss, what was, each with its life; what people do with it.
//!
//! Comes in: filters and paging, deeds, reports. Goes out: own types. Absent on purpose: what is possible (`domain/fault/life`).

use super::take::Json;
use super::{Answer, List, codes, limit};
use crate::domain::fault::{Known, Verb};
use crate::domain::folded::fold;
use crate::domain::right::Right;
use crate::store::{self, view};
use crate::web::deed::{self, Asked};
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, fault_line, pages};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rollcall_shared::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Lines of a history that one answer gives.
const LIFE: i64 = 200;

/// Which faults.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FaultsAsked {
    /// Code of a school.
    school: Option<String>,
    /// Code of a fault.
    #[param(schema_with = codes::faults)]
    code: Option<String>,
    /// Where they stand.
    #[param(schema_with = codes::states)]
    state: Option<String>,
    /// Code of a lot.
    lot: Option<String>,
    /// Code of a kind.
    #[param(schema_with = codes::kinds)]
    kind: Option<String>,
    /// How grave.
    #[param(schema_with = codes::severities)]
    severity: Option<String>,
    /// Number of a device.
    device: Option<i64>,
    /// Of those that wait for somebody's hand: overdue, today (by the programme's clock), later, undated.
    #[param(schema_with = codes::dues)]
    due: Option<String>,
    /// Beginning of the contractor's own number.
    number: Option<String>,
    /// Closed ones instead of open ones.
    #[serde(default)]
    cleared: bool,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One fault.
#[derive(Serialize, ToSchema)]
pub(super) struct Fault {
    /// Its number.
    id: i64,
    /// Code of its school.
    school: String,
    /// Code of its sort.
    code: String,
    #[schema(schema_with = codes::severities)]
    severity: &'static str,
    /// Where it stands: open, acknowledged, assigned, in_progress, suspended, claimed, closed.
    #[schema(schema_with = codes::states)]
    state: String,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    state_since: String,
    /// Who told of it first: look, town, school.
    origin: String,
    /// Number of the device; null: no device is meant.
    device: Option<i64>,
    /// Kind of the device, or of what the place wants.
    kind: Option<String>,
    /// Its room; empty: none is known.
    room: String,
    /// How many things it stands for.
    count: i64,
    /// What is known of it, by name.
    facts: BTreeMap<String, String>,
    /// When it was opened.
    #[schema(format = DateTime)]
    opened: String,
    /// When it was closed; null: it is open.
    #[schema(format = DateTime)]
    cleared: Option<String>,
    /// look, person, time, not_a_fault, accepted.
    how_cleared: Option<String>,
    /// Code of the lot that mends it.
    lot: Option<String>,
    /// The first deadline that runs out; null: no clock runs.
    #[schema(format = DateTime)]
    breaks: Option<String>,
    /// The contractor's own number.
    external_ref: Option<String>,
    /// Reports that joined it.
    reports: i64,
    /// Number of the first fault of its incident of several schools.
    incident: Option<i64>,
    /// Its school is still learning: nobody is notified.
    learning: bool,
}

pub(super) fn shown(row: view::fault::FaultRow) -> Fault {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Fault {
        facts: fault_line::facts(&row),
        id: row.id,
        school: row.school_code,
        code: row.code,
        severity: severity_word(row.severity),
        state: row.state,
        state_since: row.state_at.to_string(),
        origin: row.origin,
        device: row.device.map(|device| device.0),
        kind: row.kind,
        room: row.room,
        count: row.count,
        opened: row.opened_at.to_string(),
        cleared: row.cleared_at.map(|at| at.to_string()),
        how_cleared: given(row.how_cleared),
        lot: given(row.lot),
        breaks: row.breaks_at.map(|at| at.to_string()),
        external_ref: given(row.external_ref),
        reports: row.reports,
        incident: row.incident,
        learning: row.learning,
    }
}

fn severity_word(rank: i64) -> &'static str {
    store::fault::severity_of(rank.clamp(1, 3)).map_or("minor", crate::domain::fault::Severity::code)
}

/// Faults: what breaks its deadline first, then the gravest and oldest; closed ones newest first.
#[utoipa::path(get, operation_id = "listFaults", path = "/api/v1/faults", params(FaultsAsked), responses((status = 200, body = List<Fault>), (status = 400, body = Problem)))]
pub(super) async fn faults(State(web): State<Web>, signed: Signed, Query(asked): Query<FaultsAsked>) -> Answer<List<Fault>> {
    let (limit, secret) = (limit(asked.limit), signed.account.role.may(Right::WorkOnFaults));
    let severity = asked.severity.as_deref().and_then(crate::domain::fault::Severity::from_code).map(store::fault::severity_code);
    let breaks = asked.due.as_deref().and_then(|code| fault_line::due(&signed.visitor.words, code));
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let filter = view::fault::Filter {
            cleared: asked.cleared || asked.state.as_deref() == Some("closed"),
            school: asked.school,
            code: asked.code,
            severity,
            device: asked.device,
            state: asked.state,
            lot: asked.lot,
            kind: asked.kind,
            secret,
            breaks,
            external: asked.number.as_deref().map(fold).filter(|number| !number.is_empty()),
        };
        let after = asked.after.as_deref().and_then(pages::parse_after);
        Ok(view::fault::list(tx, &filter, after, limit + 1)?)
    });
    let key = |row: &view::fault::FaultRow| pages::written_after(row.key());
    Ok(Json(List::of(rows.await?, limit, key, shown)))
}

/// One fault with its life.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeFault {
    #[serde(flatten)]
    fault: Fault,
    /// What it waits for.
    suspended: Option<Suspended>,
    /// When somebody said that it is mended.
    #[schema(format = DateTime)]
    claimed: Option<String>,
    /// It comes and goes.
    unstable: bool,
    /// Spans in which no clock ran.
    held: Vec<Held>,
    /// What the signed-in account can do with it now.
    possible: Vec<&'static str>,
    /// Its history, the newest line first.
    history: Vec<Line>,
    /// Its photos, the oldest first.
    photos: Vec<Photo>,
}

/// A photo of a fault.
#[derive(Serialize, ToSchema)]
pub(super) struct Photo {
    /// Its number.
    id: i64,
    /// When it was added.
    at: String,
    /// By whom.
    by: String,
    /// What was said with it.
    text: String,
    /// Pixels.
    width: i64,
    /// Pixels.
    height: i64,
    /// Where it is, as JPEG; with `/small` after it, small.
    href: String,
}

/// A span in which no clock ran.
#[derive(Serialize, ToSchema)]
pub(super) struct Held {
    /// From when.
    #[schema(format = DateTime)]
    from: String,
    /// Until when.
    #[schema(format = DateTime)]
    until: String,
}

/// What a fault waits for.
#[derive(Serialize, ToSchema)]
pub(super) struct Suspended {
    /// part, school_closed, no_access, quote, town, line_operator, plan.
    cause: &'static str,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// When the wait ends; null: until somebody says so.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// By whom.
    by: String,
}

/// One line of a history.
#[derive(Serialize, ToSchema)]
#[schema(as = FaultLine)]
pub(super) struct Line {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What happened: code of a deed or of a turn of its life.
    what: String,
    /// By whom: a login; look: what was seen.
    by: String,
    /// What was said.
    text: String,
}

/// One fault with its life.
#[utoipa::path(get, operation_id = "getFault", path = "/api/v1/faults/{id}", params(("id" = i64, Path)), responses((status = 200, body = WholeFault), (status = 404, body = Problem)))]
pub(super) async fn fault(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Answer<WholeFault> {
    whole(&web, &signed, id).await.map(Json)
}

pub(super) async fn whole(web: &Web, signed: &Signed, id: i64) -> Result<WholeFault, Failure> {
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let found = signed
        .read(web, move |tx| -> Result<_, Stop> {
            let (Some(row), Some((_, known))) = (view::fault::one(tx, id, secret)?, store::fault::by_id(tx, id)?) else { return Ok(None) };
            Ok(Some((row, known, view::fault::life(tx, id, LIFE)?, view::photo::of_fault(tx, id, secret)?)))
        })
        .await?;
    let doer = deed::doer(signed).ok();
    let (row, Known { life, .. }, history, photos) = found.ok_or(Failure::NotFound)?;
    let text = |at: Timestamp| at.to_string();
    Ok(WholeFault {
        fault: shown(row),
        suspended: life.suspension.as_ref().map(|wait| Suspended {
            cause: wait.cause.code(),
            since: text(wait.from),
            until: wait.until.map(text),
            by: wait.by.clone(),
        }),
        claimed: life.claim.as_ref().map(|claim| text(claim.at)),
        unstable: life.unstable,
        held: life.held.iter().map(|(from, until)| Held { from: text(*from), until: text(*until) }).collect(),
        possible: doer.map(|doer| life.possible(doer.hand).into_iter().map(Verb::code).collect()).unwrap_or_default(),
        history: history.into_iter().map(|(at, what, by, said)| Line { at: text(at), what, by, text: said }).collect(),
        photos: photos.into_iter().map(|photo| photo_of(id, photo)).collect(),
    })
}

/// Does something with a fault; the fault as it is then. 409 says why it cannot be done.
#[utoipa::path(post, operation_id = "actOnFault", path = "/api/v1/faults/{id}/act", params(("id" = i64, Path)), request_body = Asked, responses((status = 200, body = WholeFault), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn act(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(asked): Json<Asked>) -> Answer<WholeFault> {
    deed::done(&web, &signed, id, asked).await.map_err(Failure::unfit)?;
    whole(&web, &signed, id).await.map(Json)
}

fn photo_of(fault: i64, row: view::photo::PhotoRow) -> Photo {
    let href = format!("/faults/{fault}/photos/{}", row.id);
    Photo { id: row.id, at: row.at.to_string(), by: row.by, text: row.said, width: row.width, height: row.height, href }
}

/// Takes a photo away: whoever sent it, or the town.
#[utoipa::path(delete, operation_id = "dropPhoto", path = "/api/v1/faults/{id}/photos/{photo}", params(("id" = i64, Path), ("photo" = i64, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn drop_photo(State(web): State<Web>, signed: Signed, Path((id, photo)): Path<(i64, i64)>) -> Result<StatusCode, Failure> {
    pages::photo_gone(&web, &signed, id, photo).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Words that come with a photo.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PhotoAsked {
    /// What is said with it.
    #[param(max_length = 2000)]
    #[serde(default)]
    text: String,
}

/// Adds a photo: the body is the file, JPEG, PNG or WebP, of 12 MiB and 26 million pixels at most. It is drawn anew: place, time and camera are erased.
#[utoipa::path(post, operation_id = "addPhoto", path = "/api/v1/faults/{id}/photos", params(("id" = i64, Path), PhotoAsked), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = Photo), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn add_photo(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(asked): Query<PhotoAsked>,
    body: Bytes,
) -> Result<(StatusCode, Json<Photo>), Failure> {
    let photo = pages::photo_taken(&web, &signed, id, body.into(), asked.text).await.map_err(Failure::unfit)?;
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let all = signed.read(&web, move |tx| Ok(view::photo::of_fault(tx, id, secret)?)).await?;
    let row = all.into_iter().find(|row| row.id == photo).ok_or(Failure::NotFound)?;
    Ok((StatusCode::CREATED, Json(photo_of(id, row))))
}

/// What became of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct Filed {
    /// The fault's number.
    id: i64,
    /// It joined a fault that was open already.
    joined: bool,
}

/// Files a report: it joins the open fault that it is about, else it opens one.
#[utoipa::path(post, operation_id = "reportFault", path = "/api/v1/faults", request_body = pages::Reported, responses((status = 201, body = Filed), (status = 400, body = Problem)))]
pub(super) async fn file(State(web): State<Web>, signed: Signed, Json(asked): Json<pages::Reported>) -> Result<(StatusCode, Json<Filed>), Failure> {
    let (filed, _) = pages::filed(&web, &signed, asked).await.map_err(Failure::unfit)?;
    Ok((StatusCode::CREATED, Json(Filed { id: filed.number, joined: filed.joined })))
}

/// What became of a decision.
#[derive(Serialize, ToSchema)]
pub(super) struct Noted {
    /// Its id.
    id: i64,
}

/// Remembers a decision about deviations: a silence for planned work, what is accepted, no fault, or not ours.
#[utoipa::path(post, operation_id = "decideOnDeviation", path = "/api/v1/verdicts", request_body = pages::Decided, responses((status = 201, body = Noted), (status = 400, body = Problem)))]
pub(super) async fn decide(State(web): State<Web>, signed: Signed, Json(asked): Json<pages::Decided>) -> Result<(StatusCode, Json<Noted>), Failure> {
    let id = pages::verdict_given(&web, &signed, asked).await.map_err(Failure::unfit)?;
    Ok((StatusCode::CREATED, Json(Noted { id })))
}
