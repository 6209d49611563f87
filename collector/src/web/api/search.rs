//! `/api/v1/search`: the search over everything, as JSON.
//!
//! Comes in: `q`. Goes out: a handful of each sort. Absent on purpose: the looking itself (`pages/search`).

use super::Answer;
use super::devices::{Device, device_of};
use super::take::Json;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::pages;
use crate::web::visitor::Signed;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Beginning of a name or serial number, MAC in any spelling, IP address, label, part of a school's name, room, number of a fault, the contractor's own number.
    q: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    /// Devices.
    devices: Vec<Device>,
    /// Schools.
    schools: Vec<FoundSchool>,
    /// Rooms.
    rooms: Vec<FoundRoom>,
    /// Labels of the register.
    labels: Vec<String>,
    /// The fault of this number.
    fault: Option<i64>,
    /// Faults of this number, ours or the contractor's own.
    faults: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FoundSchool {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FoundRoom {
    /// Code of its school.
    school: String,
    /// Its name.
    room: String,
}

/// Looks over everything that the account sees.
#[utoipa::path(get, operation_id = "search", path = "/api/v1/search", params(Asked), responses((status = 200, body = Found), (status = 401, body = Problem)))]
pub(super) async fn search(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Answer<Found> {
    let found = pages::find(&web, &signed, &asked.q).await?;
    Ok(Json(Found {
        devices: found.devices.into_iter().map(|row| device_of(row, &web.zone)).collect(),
        schools: found.schools.into_iter().map(|(code, name)| FoundSchool { code, name }).collect(),
        rooms: found.rooms.into_iter().map(|(school, _, room)| FoundRoom { school, room }).collect(),
        labels: found.assets.into_iter().map(|(label, ..)| label).collect(),
        fault: found.faults.iter().map(|row| row.id).find(|id| asked.q.trim().trim_start_matches('#') == id.to_string()),
        faults: found.faults.iter().map(|row| row.id).collect(),
    }))
}
