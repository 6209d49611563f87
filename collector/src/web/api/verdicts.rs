//! `/api/v1/verdicts`: what people decided of deviations, and those decisions taken back.
//!
//! Comes in: paging, numbers. Goes out: own types. Absent on purpose: deciding (`faults`), what a decision covers (`domain/fault/verdict`).

use super::take::Json;
use super::{Answer, List, Paging, codes, limit};
use crate::domain::kind::Kind;
use crate::store::school;
use crate::store::verdict::{self, Noted};
use crate::web::error::{Failure, Problem};
use crate::web::pages::verdicts as page;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// One decision in force.
#[derive(Serialize, ToSchema)]
#[schema(as = VerdictInForce)]
pub(super) struct Verdict {
    /// Its number.
    id: i64,
    #[schema(schema_with = codes::verdicts)]
    verdict: &'static str,
    /// Code of the school; null: the whole town.
    school: Option<String>,
    /// Number of the device; null: whichever.
    device: Option<i64>,
    /// Code of the sort of fault; null: whichever.
    code: Option<String>,
    /// Code of the kind; null: whichever.
    kind: Option<&'static str>,
    /// Code of the kit; null: whichever.
    kit: Option<String>,
    /// Code of the phase; null: whichever.
    phase: Option<String>,
    /// A model, a pattern with `*`.
    model: Option<String>,
    /// From when on it holds.
    #[schema(format = DateTime)]
    from: String,
    /// Null: until it is taken back.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Why.
    reason: String,
    /// By whom.
    by: String,
    /// When it was decided.
    #[schema(format = DateTime)]
    at: String,
    /// Number of the fault on whose page it was decided.
    fault: Option<i64>,
}

fn shown((noted, school): (Noted, Option<String>)) -> Verdict {
    let about = noted.decision.about;
    Verdict {
        id: noted.id,
        verdict: noted.decision.verdict.code(),
        school,
        device: about.device.map(|device| device.0),
        code: about.code,
        kind: about.kind.map(Kind::code),
        kit: about.kit,
        phase: about.phase,
        model: about.model,
        from: noted.decision.from_at.to_string(),
        until: noted.decision.until_at.map(|at| at.to_string()),
        reason: noted.reason,
        by: noted.by,
        at: noted.at.to_string(),
        fault: noted.fault,
    }
}

/// Decisions in force about what the account sees, the newest first.
#[utoipa::path(get, operation_id = "listVerdicts", path = "/api/v1/verdicts", params(Paging), responses((status = 200, body = List<Verdict>), (status = 403, body = Problem)))]
pub(super) async fn verdicts(State(web): State<Web>, signed: Signed, Query(asked): Query<Paging>) -> Answer<List<Verdict>> {
    let (limit, now) = (limit(asked.limit), web.now());
    let before = asked.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(i64::MAX);
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let mut rows = Vec::new();
        for noted in verdict::list(tx, before, now, limit + 1)? {
            let school = noted.decision.about.school.map_or(Ok(None), |id| school::school_by_id(tx, id))?;
            rows.push((noted, school.map(|known| known.school.code)));
        }
        Ok(rows)
    });
    Ok(Json(List::of(rows.await?, limit, |(noted, _)| noted.id.to_string(), shown)))
}

/// Takes a decision back: what it covered is a fault again. 404: no decision that the account may take back is in force under this number.
#[utoipa::path(post, operation_id = "revokeVerdict", path = "/api/v1/verdicts/{id}/revoke", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn revoke(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    page::revoked(&web, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
