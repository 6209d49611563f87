//! `/api/v1/audit`: who changed what.
//!
//! Comes in: where to go on. Goes out: own types. Absent on purpose: what stood there before and after (the page does not show it either), which roles must
//! have a second factor (whoever says so must have one to go on: pages alone lead there).

use super::take::Json;
use super::{Answer, List, Paging, limit};
use crate::store::account::{self, AuditLine};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::visitor::Signed;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

/// One line of the audit trail.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub(super) struct Line {
    /// Its number.
    id: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By whom: a login.
    who: String,
    /// What was done: `account.add`, `register.change` …
    what: String,
    /// To what: a login, a number, a key.
    subject: String,
}

/// Who changed what, the newest first.
#[utoipa::path(get, operation_id = "listAudit", path = "/api/v1/audit", params(Paging), responses((status = 200, body = List<Line>), (status = 403, body = Problem)))]
pub(super) async fn lines(State(web): State<Web>, _: Signed, Query(asked): Query<Paging>) -> Answer<List<Line>> {
    let (limit, before) = (limit(asked.limit), asked.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(i64::MAX));
    let most = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let rows = web.read(move |tx| Ok(account::audit_lines(tx, before, most)?)).await?;
    let shown = |(id, line): (i64, AuditLine)| Line { id, at: line.at.to_string(), who: line.who, what: line.what, subject: line.subject };
    Ok(Json(List::of(rows, limit, |(id, _)| id.to_string(), shown)))
}
