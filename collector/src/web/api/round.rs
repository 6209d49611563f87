//! `/api/v1/round`: a day's round by school, as JSON.
//!
//! Comes in: a day, a lot. Goes out: own types. Absent on purpose: the round itself (`pages/round`).

use super::Answer;
use super::take::Json;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::pages::{RoundAsked, round_of};
use crate::web::visitor::Signed;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

/// A day's round.
#[derive(Serialize, ToSchema)]
pub(super) struct Round {
    /// The day.
    on: String,
    /// Schools in the order in which one visits them.
    stops: Vec<RoundStop>,
    /// What to take along in all.
    things: Vec<RoundThing>,
    /// There are more faults than one round looks at.
    cut: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RoundStop {
    /// Code of the school.
    school: String,
    /// Name of the school.
    name: String,
    /// Where it is; empty: not known.
    address: String,
    /// Degrees north; null: not known.
    latitude: Option<f64>,
    /// Degrees east; null: not known.
    longitude: Option<f64>,
    /// The school is closed that day.
    closed: bool,
    /// Numbers of its faults, the most pressing first.
    faults: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RoundThing {
    /// What, in words.
    what: String,
    /// How many.
    count: usize,
}

/// A day's round by school: what presses most first, then each time the nearest.
#[utoipa::path(get, operation_id = "getRound", path = "/api/v1/round", params(RoundAsked), responses((status = 200, body = Round), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(super) async fn round(State(web): State<Web>, signed: Signed, Query(asked): Query<RoundAsked>) -> Answer<Round> {
    let round = round_of(&web, &signed, &asked).await.map_err(Failure::unfit)?;
    let stop = |place: crate::web::pages::RoundPlace| RoundStop {
        faults: place.faults.iter().map(|row| row.id).collect(),
        school: place.code,
        name: place.name,
        address: place.address,
        latitude: place.at.map(|at| at.0),
        longitude: place.at.map(|at| at.1),
        closed: place.closed,
    };
    Ok(Json(Round {
        on: round.on.to_string(),
        stops: round.stops.into_iter().map(stop).collect(),
        things: round.packed.into_iter().map(|(thing, count)| RoundThing { what: thing.what, count }).collect(),
        cut: round.cut,
    }))
}
