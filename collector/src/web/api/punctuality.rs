//! `/api/v1/punctuality`: whether deadlines were kept in a period, as JSON.
//!
//! Comes in: a period, a lot. Goes out: own types. Absent on purpose: the report itself (`web/punctuality`).

use super::Answer;
use super::take::Json;
use crate::domain::fault::punctuality::{Judged, Tally};
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::punctuality::{self, Asked, Late, LotLine};
use crate::web::visitor::Signed;
use axum::extract::{Query, State};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The service of a period.
#[derive(Serialize, ToSchema)]
pub(super) struct Service {
    /// First day.
    from: String,
    /// Last day.
    to: String,
    /// Each lot.
    lots: Vec<ServiceLot>,
    /// Every clock that was late, the latest first.
    late: Vec<ServiceLate>,
    /// There are more faults than one report holds: ask for a shorter period.
    cut: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ServiceLot {
    /// Code of the lot.
    lot: String,
    /// Its name.
    name: String,
    /// Its contractor; empty: the town itself.
    contractor: String,
    /// Faults of the period.
    faults: u32,
    /// How the clock of response fared.
    respond: ServiceTally,
    /// How the clock of repair fared.
    repair: ServiceTally,
    /// Working seconds that were waited, by cause; `came_back`: closed, and back.
    waited_s: BTreeMap<String, i64>,
    /// Euros, as far as the plan says how to work them out; null: not for this account.
    penalties: Option<String>,
}

/// A clock belongs to the period in which it was stopped.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceTally {
    /// Stopped in time.
    kept: u32,
    /// Stopped late.
    late: u32,
    /// Still running at the period's end.
    open: u32,
    /// Still running, its end passed.
    overdue: u32,
    /// Median of what those stopped ran, working seconds.
    median_s: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ServiceLate {
    /// Number of the fault.
    fault: i64,
    /// The contractor's own number; empty: none.
    external_ref: String,
    /// Code of the fault's sort.
    code: String,
    /// Code of the school.
    school: String,
    /// Code of the lot.
    lot: String,
    /// respond, repair.
    clock: &'static str,
    /// late, overdue.
    stand: &'static str,
    /// When the clock began.
    began: String,
    /// Working seconds.
    allowed_s: i64,
    /// Working seconds in which it was held.
    held_s: i64,
    /// Working seconds that it ran.
    ran_s: i64,
    /// Working seconds by which it is late.
    late_s: i64,
    /// Its end; null: held before it came to it.
    ends: Option<String>,
    /// Null: it runs on.
    stopped: Option<String>,
    /// As the plan writes it.
    penalty: Option<String>,
    /// Euros.
    amount: Option<String>,
}

fn tally(tally: &Tally) -> ServiceTally {
    ServiceTally { kept: tally.kept, late: tally.late, open: tally.open, overdue: tally.overdue, median_s: tally.median_s() }
}

fn lot(line: LotLine, shows_money: bool) -> ServiceLot {
    let cause = |cause: Option<crate::domain::fault::Cause>| cause.map_or("came_back", crate::domain::fault::Cause::code).to_owned();
    ServiceLot {
        respond: tally(&line.respond),
        repair: tally(&line.repair),
        waited_s: line.waited.into_iter().map(|(why, seconds)| (cause(why), seconds)).collect(),
        penalties: shows_money.then(|| line.penalties.to_string()),
        lot: line.lot,
        name: line.name,
        contractor: line.contractor,
        faults: line.faults,
    }
}

fn late(late: Late) -> ServiceLate {
    let Judged { stand, began_at, allowed_s, end_at, stopped_at, ran_s, held_s, late_s } = late.judged;
    ServiceLate {
        fault: late.row.id,
        external_ref: late.row.life.external_ref,
        code: late.row.code,
        school: late.row.school_name,
        lot: late.row.life.lot,
        clock: late.clock,
        stand: stand.code(),
        began: began_at.to_string(),
        allowed_s,
        held_s,
        ran_s,
        late_s,
        ends: end_at.map(|at| at.to_string()),
        stopped: stopped_at.map(|at| at.to_string()),
        penalty: Some(late.penalty).filter(|text| !text.is_empty()),
        amount: late.amount.map(|amount| amount.to_string()),
    }
}

/// Whether deadlines were kept in a period, lot by lot, with every clock that was late.
#[utoipa::path(get, operation_id = "getPunctuality", path = "/api/v1/punctuality", params(Asked), responses((status = 200, body = Service), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub(super) async fn report(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Answer<Service> {
    let report = punctuality::report(&web, &signed, &asked).await.map_err(Failure::unfit)?;
    let shows_money = report.shows_money;
    Ok(Json(Service {
        from: report.from.to_string(),
        to: report.to.to_string(),
        lots: report.lots.into_iter().map(|line| lot(line, shows_money)).collect(),
        late: report.late.into_iter().map(late).collect(),
        cut: report.cut,
    }))
}
