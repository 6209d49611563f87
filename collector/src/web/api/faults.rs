//! `/api/v1/faults`: what is amiss, and what was.
//!
//! Comes in: filters and paging. Goes out: own types. Absent on purpose: changing a fault (people do, on its page).

use super::{Answer, List, limit};
use crate::domain::fault::FAULTS;
use crate::store::view;
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, fault_line, pages};
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which faults.
#[derive(Deserialize, IntoParams)]
pub(super) struct FaultsAsked {
    /// Code of a school.
    school: Option<String>,
    /// Code of a fault.
    code: Option<String>,
    /// Closed ones instead of open ones.
    #[serde(default)]
    cleared: bool,
    /// Rows, 500 at most.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One fault.
#[derive(Serialize, ToSchema)]
pub(super) struct Fault {
    id: i64,
    school: String,
    code: String,
    /// critical, major, minor.
    severity: &'static str,
    device: Option<i64>,
    /// How many things it stands for.
    count: i64,
    facts: BTreeMap<String, String>,
    opened: String,
    cleared: Option<String>,
    /// Its school is still learning: nobody is notified.
    learning: bool,
}

#[utoipa::path(get, path = "/api/v1/faults", params(FaultsAsked), responses((status = 200, body = List<Fault>), (status = 400, body = Problem)))]
pub(super) async fn faults(State(web): State<Web>, _: Signed, Query(asked): Query<FaultsAsked>) -> Answer<List<Fault>> {
    if let Some(code) = asked.code.as_deref().filter(|code| !FAULTS.iter().any(|row| row.code == *code)) {
        let codes: Vec<&str> = FAULTS.iter().map(|row| row.code).collect();
        return Err(Failure::Bad(format!("code: found {:?}, expected one of {}", rollcall_shared::wire::clip(code, 60), codes.join(", "))));
    }
    let (limit, cleared) = (limit(asked.limit), asked.cleared);
    let rows = web.read(move |tx| -> Result<_, Stop> {
        let filter = view::fault::Filter { cleared, school: asked.school, code: asked.code, ..Default::default() };
        let after = asked.after.as_deref().and_then(pages::parse_after);
        Ok(view::fault::list(tx, &filter, after, limit + 1)?)
    });
    let key = |row: &view::fault::FaultRow| pages::written_after(row.key());
    let shown = |row: view::fault::FaultRow| Fault {
        facts: fault_line::facts(&row),
        id: row.id,
        school: row.school_code,
        code: row.code,
        severity: ["minor", "major", "critical"][usize::try_from(row.severity.clamp(1, 3) - 1).unwrap_or(0)],
        device: row.device.map(|device| device.0),
        count: row.count,
        opened: row.opened_at.to_string(),
        cleared: row.cleared_at.map(|at| at.to_string()),
        learning: row.learning,
    };
    Ok(Json(List::of(rows.await?, limit, key, shown)))
}
