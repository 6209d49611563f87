//! `/api/v1/schools…`: schools with their counts, and their places.
//!
//! Comes in: filters and paging. Goes out: own types. Absent on purpose: what a school holds beyond its places (`devices`).

use super::take::Json;
use super::{Answer, List, Paging, codes, limit};
use crate::store::view;
use crate::web::errand::position;
use crate::web::error::{Failure, Problem};
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which schools.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SchoolsAsked {
    /// fault, check, shadow, learning, calm, unfollowed.
    #[param(schema_with = codes::school_states)]
    state: Option<String>,
    /// Code of a phase.
    phase: Option<String>,
    /// Part of the name.
    q: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One school with its counts.
#[derive(Serialize, ToSchema)]
pub(super) struct School {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// What sort of school it is, as the plan says.
    kind: String,
    /// Code of its phase; empty: none.
    phase: String,
    /// How it stands: fault, check, shadow, learning, calm, unfollowed.
    state: String,
    /// An agent looks there.
    followed: bool,
    /// Its first picture is not accepted yet: nobody is notified.
    learning: bool,
    /// Places that the plan unfolds into.
    places: i64,
    /// Places that are due by now.
    due: i64,
    /// Places that are filled.
    installed: i64,
    /// Places that are due and empty.
    missing: i64,
    /// Places that are filled by something with a fault.
    faulty: i64,
    /// Devices known.
    devices: i64,
    /// Devices that are there now.
    present: i64,
    /// Open faults.
    faults: i64,
    /// End of the newest round told; null: none yet.
    #[schema(format = DateTime)]
    as_of: Option<String>,
    /// Degrees north, where the plan tells where it lies.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
}

pub(super) fn school_of(planned: &InForce, row: view::school::SchoolRow) -> School {
    let (latitude, longitude) = planned.site_of(&row.code).and_then(position).unzip();
    School {
        latitude,
        longitude,
        followed: row.state != "unfollowed",
        learning: !row.accepted,
        places: row.counts.planned,
        due: row.counts.due,
        installed: row.counts.installed,
        missing: row.counts.missing,
        faulty: row.counts.faulty,
        devices: row.counts.devices,
        present: row.counts.present,
        faults: row.counts.faults(),
        as_of: (row.counts.newest_at.0 > 0).then(|| row.counts.newest_at.to_string()),
        code: row.code,
        name: row.name,
        kind: row.kind,
        phase: row.phase,
        state: row.state,
    }
}

/// Schools by name, with their counts.
#[utoipa::path(get, operation_id = "listSchools", path = "/api/v1/schools", params(SchoolsAsked), responses((status = 200, body = List<School>), (status = 401, body = Problem)))]
pub(super) async fn schools(State(web): State<Web>, signed: Signed, Query(asked): Query<SchoolsAsked>) -> Answer<List<School>> {
    let limit = limit(asked.limit);
    let state = web.clone();
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let text = asked.q.as_deref().and_then(view::pattern);
        let filter = view::school::Filter { state: asked.state, phase: asked.phase, text, ..Default::default() };
        let after = asked.after.as_deref().and_then(|after| after.rsplit_once('.')).and_then(|(name, id)| Some((name, id.parse().ok()?)));
        Ok((state.planned.get(tx)?, view::school::list(tx, &filter, after, limit + 1)?))
    });
    let (planned, rows) = rows.await?;
    Ok(Json(List::of(rows, limit, |row| format!("{}.{}", row.folded, row.id), |row| school_of(&planned, row))))
}

/// One school with its counts.
#[utoipa::path(get, operation_id = "getSchool", path = "/api/v1/schools/{code}", params(("code" = String, Path)), responses((status = 200, body = School), (status = 404, body = Problem)))]
pub(super) async fn school(State(web): State<Web>, signed: Signed, Path(code): Path<String>) -> Answer<School> {
    let state = web.clone();
    let (planned, row) = signed.read(&web, move |tx| -> Result<_, Stop> { Ok((state.planned.get(tx)?, view::school::one(tx, &code)?)) }).await?;
    row.map(|row| school_of(&planned, row)).map(Json).ok_or(Failure::NotFound)
}

/// Ends a school's learning time: its first picture is accepted, and from now on its faults are told; the school as it is then.
#[utoipa::path(post, operation_id = "acceptSchool", path = "/api/v1/schools/{code}/accept", params(("code" = String, Path)), responses((status = 200, body = School), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn accept(State(web): State<Web>, signed: Signed, Path(code): Path<String>) -> Answer<School> {
    pages::school_accepted(&web, &signed, &code).await?;
    school(State(web), signed, Path(code)).await
}

/// One place of a school.
#[derive(Serialize, ToSchema)]
pub(super) struct Place {
    /// Its key.
    key: String,
    /// Code of the kind that it wants.
    kind: String,
    /// Its room; empty: none is named.
    room: String,
    /// Code of its kit.
    kit: String,
    /// Code of its phase.
    phase: String,
    /// The model that it wants; empty: any.
    model: String,
    /// The due date as the plan writes it.
    due: String,
    /// seen, through, hand.
    known_by: String,
    /// installed, installed_faulty, other_model, delivered_not_seen, in_repair, lent, due_missing, not_yet_due, to_be_counted, not_followed, legacy,
    /// legacy_gone, seen_elsewhere, to_reassign.
    outcome: String,
    /// The device that stands there.
    device: Option<i64>,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
}

/// Places of a school, each with what stands there.
#[utoipa::path(get, operation_id = "listSchoolPlaces", path = "/api/v1/schools/{code}/places", params(("code" = String, Path), Paging), responses((status = 200, body = List<Place>), (status = 404, body = Problem)))]
pub(super) async fn places(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(paging): Query<Paging>) -> Answer<List<Place>> {
    let limit = limit(paging.limit);
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let school = view::school::one(tx, &code)?.ok_or(Failure::NotFound)?;
        Ok(view::school::places(tx, school.id, &paging.after.unwrap_or_default(), limit + 1)?)
    });
    let shown = |row: view::school::PlaceRow| Place {
        key: row.key,
        kind: row.kind,
        room: row.room,
        kit: row.kit,
        phase: row.phase,
        model: row.model,
        due: row.due,
        known_by: row.known_by,
        outcome: row.outcome,
        device: row.device,
        since: row.since_at.to_string(),
    };
    Ok(Json(List::of(rows.await?, limit, |row| row.key.clone(), shown)))
}
