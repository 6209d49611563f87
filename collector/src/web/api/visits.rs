//! `/api/v1/visits`: who goes where next, and what for; visits planned, done and called off; what was swapped there.
//!
//! Comes in: a lot, paging; a fault and a day; what was done. Goes out: own types. Absent on purpose: routes and maps, what a visit or a swap does
//! (`visit`).

use super::faults::{self, WholeFault};
use super::take::{Json, within};
use super::{Answer, List, codes, limit};
use crate::act::SHORT;
use crate::domain::right::Right;
use crate::store::intervention::{self, Intervention};
use crate::store::view::fault::FaultRow;
use crate::visit::Swap;
use crate::web::error::{Failure, Problem, clipped};
use crate::web::pages::visits as page;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which visits.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VisitsAsked {
    /// Code of a lot.
    lot: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One visit.
#[derive(Serialize, ToSchema)]
pub(super) struct Visit {
    /// Its number.
    id: i64,
    /// Code of the school.
    school: String,
    /// Code of the lot that comes; null: the town itself.
    lot: Option<String>,
    /// The day.
    #[schema(format = Date)]
    on: String,
    /// planned, done, cancelled.
    state: String,
    /// What was done, or why not; null: nothing was said.
    said: Option<String>,
    /// Numbers of the open faults that it is to mend, as far as the account sees them.
    faults: Vec<i64>,
}

fn shown(visit: Intervention, faults: &[FaultRow]) -> Visit {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Visit {
        id: visit.id,
        school: visit.school_code,
        lot: given(visit.lot),
        on: visit.on.to_string(),
        state: visit.state,
        said: given(visit.said),
        faults: faults.iter().map(|fault| fault.id).collect(),
    }
}

/// Planned visits, the next first; of those that mend no fault that the account sees nothing is told.
#[utoipa::path(get, operation_id = "listVisits", path = "/api/v1/visits", params(VisitsAsked), responses((status = 200, body = List<Visit>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn visits(State(web): State<Web>, signed: Signed, Query(asked): Query<VisitsAsked>) -> Answer<List<Visit>> {
    let (limit, secret) = (limit(asked.limit), signed.account.role.may(Right::WorkOnFaults));
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let after = asked.after.as_deref().and_then(page::parse_after);
        Ok(page::planned(tx, asked.lot.as_deref(), after, secret, limit + 1)?)
    });
    let key = |(visit, _): &page::Planned| page::written_after(visit);
    Ok(Json(List::of(rows.await?, limit, key, |(visit, faults)| shown(visit, &faults))))
}

/// What shall be mended, and when.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewVisit)]
pub(super) struct Wished {
    /// Number of an open fault.
    #[schema(schema_with = codes::number, required = true)]
    #[serde(deserialize_with = "super::take::whole")]
    fault: i64,
    /// The day, today or later.
    #[schema(format = Date)]
    on: String,
}

/// Plans a visit for a fault. Of one lot, school and day there is one visit: the fault joins it, and leaves the one that it was planned for before.
/// 404: no open fault that the account sees has this number; 409: the day is over; 422: it is no day.
#[utoipa::path(post, operation_id = "planVisit", path = "/api/v1/visits", request_body = Wished, responses((status = 201, body = Visit), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn plan(State(web): State<Web>, signed: Signed, Json(wished): Json<Wished>) -> Result<(StatusCode, Json<Visit>), Failure> {
    let id = page::planned_for(&web, &signed, wished.fault, &wished.on).await.map_err(Failure::unfit)?;
    Ok((StatusCode::CREATED, Json(whole(&web, &signed, id).await?)))
}

/// What became of a visit.
#[derive(Deserialize, ToSchema)]
#[schema(as = VisitEnd)]
pub(super) struct End {
    /// It was done: its open faults are claimed mended. Else it is called off.
    done: bool,
    /// What was done, or why not; at most 2000 characters are kept.
    #[serde(default)]
    text: String,
}

/// Ends a planned visit; the visit as it is then. 404: no visit that the account sees is planned under this number.
#[utoipa::path(post, operation_id = "endVisit", path = "/api/v1/visits/{id}/end", params(("id" = i64, Path)), request_body = End, responses((status = 200, body = Visit), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn end(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(end): Json<End>) -> Answer<Visit> {
    page::ended(&web, &signed, id, end.done, end.text).await.map_err(Failure::unfit)?;
    whole(&web, &signed, id).await.map(Json)
}

async fn whole(web: &Web, signed: &Signed, id: i64) -> Result<Visit, Failure> {
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let found = signed.read(web, move |tx| -> Result<_, Stop> { Ok((intervention::one(tx, id)?, page::faults(tx, id, secret)?)) }).await?;
    let (Some(visit), faults) = found else { return Err(Failure::NotFound) };
    Ok(shown(visit, &faults))
}

/// A device that was put in the place of another.
#[derive(Deserialize, ToSchema)]
#[schema(as = FaultSwap)]
pub(super) struct Swapping {
    /// Label or serial number of what was taken out.
    #[schema(min_length = 1, max_length = 80)]
    old: String,
    /// Label or serial number of what was put in.
    #[schema(min_length = 1, max_length = 80)]
    new: String,
    /// The serial number of what was put in, where `new` is another; empty: it is the same.
    #[serde(default)]
    #[schema(max_length = 80)]
    serial: String,
    /// What becomes of the old one.
    #[schema(schema_with = codes::fates, required = true)]
    becomes: String,
}

/// Notes in the register that a device was put in the place of the one that ails; the fault as it is then. 409: no asset is called `old`, or `new` is at
/// work elsewhere.
#[utoipa::path(post, operation_id = "swapDevice", path = "/api/v1/faults/{id}/swap", params(("id" = i64, Path)), request_body = Swapping, responses((status = 200, body = WholeFault), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn swap(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(asked): Json<Swapping>) -> Answer<WholeFault> {
    if !["repair", "retired"].contains(&asked.becomes.as_str()) {
        return Err(Failure::Unfit(format!("becomes: found {:?}, expected repair or retired", clipped(&asked.becomes))));
    }
    for (name, text) in [("old", &asked.old), ("new", &asked.new), ("serial", &asked.serial)] {
        within(name, text, SHORT)?;
    }
    let swap = Swap { old: asked.old, new: asked.new, serial: asked.serial, becomes: asked.becomes };
    page::swapped(&web, &signed, id, swap).await.map_err(Failure::unfit)?;
    faults::whole(&web, &signed, id).await.map(Json)
}
