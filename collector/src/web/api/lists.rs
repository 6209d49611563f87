//! `/api/v1/lists`: the weekly lists.
//!
//! Comes in: which list, paging. Goes out: own types. Absent on purpose: faults.

use super::take::Json;
use super::{Answer, List, codes, limit};
use crate::store::weekly::{self, Line};
use crate::web::error::Problem;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAsked {
    /// projector_lamp_worn, projector_left_on, toner_low, warranty_ending, surplus, to_be_counted, to_reassign.
    #[param(schema_with = codes::lists, required = true)]
    code: String,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One line of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListLine {
    /// Code of its school.
    school: String,
    /// Its key.
    key: String,
    /// Number of the device; null: no device is meant.
    device: Option<i64>,
    /// Its room; empty: none is known.
    room: String,
    /// How many things it stands for.
    count: i64,
    /// Since when it stands in the list.
    #[schema(format = DateTime)]
    since: String,
    /// What is known of it, by name.
    facts: BTreeMap<String, String>,
}

/// Lines of one weekly list, school by school.
#[utoipa::path(get, operation_id = "listWeeklyLines", path = "/api/v1/lists", params(ListAsked), responses((status = 200, body = List<ListLine>), (status = 400, body = Problem)))]
pub(super) async fn lines(State(web): State<Web>, signed: Signed, Query(asked): Query<ListAsked>) -> Answer<List<ListLine>> {
    let limit = limit(asked.limit);
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let after = asked.after.as_deref().and_then(pages::parse_list_after);
        Ok(weekly::lines(tx, &asked.code, after.as_ref().map(|(school, key)| (*school, key.as_str())), limit + 1)?)
    });
    let shown = |line: Line| ListLine {
        school: line.school_code,
        key: line.key,
        device: line.device.map(|device| device.0),
        room: line.room,
        count: line.count,
        since: line.since_at.to_string(),
        facts: line.facts,
    };
    Ok(Json(List::of(rows.await?, limit, pages::list_after, shown)))
}
