//! `/api/v1/plan/held` and `/api/v1/aside`: what no school has yet, what is to come back, what waits for another place, what is beyond the plan.
//!
//! Comes in: nothing, or a sort of device. Goes out: own types. Absent on purpose: giving out (an edit of the plan, never a guess).

use super::take::Json;
use super::{Answer, codes};
use crate::domain::plan::places::Unfolding;
use crate::domain::plan::waves::proposed;
use crate::domain::register::Register;
use crate::store::{plan as versions, view};
use crate::web::error::Problem;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Devices that fill no place: what they are.
pub(super) const ASIDE: [&str; 4] = ["surplus", "legacy", "kept", "out"];
/// Rows of each list.
const ROWS: usize = 500;

/// What the programme holds.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldAnswer {
    /// What no school has yet.
    totals: Vec<Total>,
    /// What cohorts give back.
    returns: Vec<Return>,
    /// What waits for another place.
    to_reassign: Vec<ToReassign>,
    /// The order that criteria give.
    waves: Vec<Wave>,
}

/// Kits of a total, some of which no school has yet.
#[derive(Serialize, ToSchema)]
struct Total {
    /// Code of the phase.
    phase: String,
    /// Code of the kit.
    kit: String,
    /// For these schools: a selector.
    schools: String,
    /// Kits without a school.
    kits: u32,
    /// Kits in all.
    total: u32,
}

/// What a cohort gives back in one school.
#[derive(Serialize, ToSchema)]
struct Return {
    /// Code of the school.
    school: String,
    /// Code of the kit.
    kit: String,
    /// Year in which the cohort entered.
    cohort: i16,
    /// As the plan's calendar has it: `2026-07`.
    due: String,
    /// How many devices.
    count: u64,
    /// The cohort has left already.
    left: bool,
}

/// Devices at places that are over.
#[derive(Serialize, ToSchema)]
struct ToReassign {
    /// Code of the school.
    school: String,
    /// Code of the kind.
    kind: String,
    /// How many.
    count: i64,
}

/// A wave as criteria and yearly limit give it.
#[derive(Serialize, ToSchema)]
struct Wave {
    /// Code of the phase.
    phase: String,
    /// Codes of its schools.
    schools: Vec<String>,
    /// How many teachers they have.
    teachers: u32,
}

/// What no school has yet, what cohorts give back, what waits for another place, and the order that criteria give.
#[utoipa::path(get, operation_id = "getHeld", path = "/api/v1/plan/held", responses((status = 200, body = HeldAnswer), (status = 401, body = Problem)))]
pub(super) async fn held(State(web): State<Web>, signed: Signed) -> Answer<HeldAnswer> {
    let state = web.clone();
    let (planned, register, reassign) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let register = Register::from_tables(&versions::register(tx)?);
            Ok((state.planned.get(tx)?, register, view::school::to_reassign(tx, ROWS as i64)?))
        })
        .await?;
    let unfolding = Unfolding::new(&planned.plan, &register, pages::today(&signed.visitor.words));
    let totals = unfolding.held().into_iter().filter(|held| held.kits > 0).take(ROWS);
    let returns = unfolding.returns().into_iter().take(ROWS);
    Ok(Json(HeldAnswer {
        totals: totals
            .map(|held| Total { phase: held.phase, kit: held.kit, schools: held.schools.to_string(), kits: held.kits, total: held.total })
            .collect(),
        returns: returns
            .map(|row| Return { school: row.school, kit: row.kit, cohort: row.cohort, due: row.due_on.text, count: row.count, left: row.left })
            .collect(),
        to_reassign: reassign.into_iter().map(|row| ToReassign { school: row.code, kind: row.kind, count: row.count }).collect(),
        waves: proposed(&planned.plan, &unfolding)
            .into_iter()
            .map(|wave| Wave { phase: wave.phase, schools: wave.schools, teachers: wave.teachers })
            .collect(),
    }))
}

/// Which devices are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// surplus, legacy, kept (in stock, spare, in repair), out (lost, stolen, retired).
    #[param(schema_with = codes::asides, required = true)]
    what: String,
}

/// A device that fills no place.
#[derive(Serialize, ToSchema)]
pub(super) struct AsideDevice {
    /// Code of its school.
    school: String,
    /// Number of the device.
    device: i64,
    /// Its name; null: it says none.
    name: Option<String>,
    /// Code of its kind; null: not known.
    kind: Option<String>,
    /// Its model; null: not known.
    model: Option<String>,
    /// What it is: surplus, legacy, kept, out.
    what: String,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
}

/// Devices of one sort that fill no place.
#[utoipa::path(get, operation_id = "listDevicesAside", path = "/api/v1/aside", params(Wanted), responses((status = 200, body = Vec<AsideDevice>), (status = 400, body = Problem)))]
pub(super) async fn aside(State(web): State<Web>, signed: Signed, Query(wanted): Query<Wanted>) -> Answer<Vec<AsideDevice>> {
    let rows = signed.read(&web, move |tx| Ok(view::school::aside(tx, &wanted.what, ROWS as i64)?)).await?;
    let shown = |row: view::school::AsideRow| AsideDevice {
        school: row.code,
        device: row.device,
        name: row.name,
        kind: row.kind,
        model: row.model,
        what: row.what,
        since: row.since_at.to_string(),
    };
    Ok(Json(rows.into_iter().map(shown).collect()))
}
