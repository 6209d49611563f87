//! `/api/v1/plan/budget`, `/api/v1/plan/grants`, `/api/v1/plan/grants/{grant}`, `/api/v1/plan/spares`, `/api/v1/inventory`: money and its proof.
//!
//! Comes in: a grant, a school. Goes out: own types; amounts are texts in euros, exact. Money is shown to those who may see it. Absent on
//! purpose: judgement ([`crate::domain::proof`]).

use super::take::Json;
use super::{Answer, List, codes, limit};
use crate::domain::kind::Kind;
use crate::domain::plan::Decimal;
use crate::domain::proof::budget::{Amounts, Budget};
use crate::domain::proof::evidence::{Evidence, Missing};
use crate::domain::proof::grant::{Check, Statement, checks, checks_of_all, funding};
use crate::domain::proof::pool::pool;
use crate::domain::proof::thing::Thing;
use crate::domain::right::Right;
use crate::store::progress;
use crate::web::error::{Failure, Problem};
use crate::web::pages::inventory::{Owned, sees_prices};
use crate::web::pages::spares as page;
use crate::web::proof::{Proving, Whole};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

/// One budget line.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetLine)]
pub(super) struct Line {
    /// Code of the line.
    line: String,
    /// What the plan provides.
    planned: Money,
    /// What invoices say.
    invoiced: Money,
    /// What was paid.
    paid: Money,
    /// Numbers of its invoices.
    invoices: Vec<String>,
}

/// An amount before tax and with it.
#[derive(Serialize, ToSchema)]
pub(super) struct Money {
    /// Euros before tax; null: not known.
    ht: Option<String>,
    /// Euros with tax; null: not known.
    ttc: Option<String>,
}

fn money(amounts: Amounts) -> Money {
    Money { ht: text(amounts.ht), ttc: text(amounts.ttc) }
}

/// Budget lines with what was planned, invoiced and paid.
#[utoipa::path(get, operation_id = "getBudget", path = "/api/v1/plan/budget", responses((status = 200, body = Vec<Line>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn budget(State(web): State<Web>, signed: Signed) -> Answer<Vec<Line>> {
    signed.must(Right::SeeMoney)?;
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let lines = Budget::of(&planned.plan, &planned.register).lines.into_iter().map(|spent| Line {
        line: spent.line.line.clone(),
        planned: money(spent.planned),
        invoiced: money(spent.invoiced),
        paid: money(spent.paid),
        invoices: spent.invoices.iter().map(|invoice| invoice.invoice.clone()).collect(),
    });
    Ok(Json(lines.collect()))
}

/// All grants.
#[derive(Serialize, ToSchema)]
#[schema(as = Funding)]
pub(super) struct Grants {
    /// Spending of the lines that grants name.
    spending: String,
    /// What others than the town give.
    granted: String,
    /// What is left to the town.
    left_to_town: String,
    /// Each grant.
    grants: Vec<Grant>,
    /// Sums that must come out.
    checks: Vec<Sum>,
}

/// One grant.
#[derive(Serialize, ToSchema)]
pub(super) struct Grant {
    /// Its code.
    grant: String,
    /// Who gives it.
    funder: String,
    /// The town's own share.
    own: bool,
    /// Euros that it may be given for.
    eligible: String,
    /// Euros that its rules give of what the plan provides; null: its rules give no sum.
    by_rules: Option<String>,
    /// Euros that its rules give of what invoices say; null: its rules give no sum.
    by_invoices: Option<String>,
    /// Euros that were awarded; null: not known yet.
    awarded: Option<String>,
    /// Euros that were called.
    called: String,
    /// Euros that came.
    paid: String,
}

/// A sum that must come out.
#[derive(Serialize, ToSchema)]
pub(super) struct Sum {
    /// Code of the check.
    check: &'static str,
    /// What it is a check of.
    of: String,
    /// What it should come to.
    expected: String,
    /// What it comes to.
    found: String,
    /// It comes out.
    holds: bool,
}

fn sum(check: &Check) -> Sum {
    Sum { check: check.code, of: check.of.clone(), expected: check.expected.to_string(), found: check.found.to_string(), holds: check.holds() }
}

fn grant(statement: &Statement<'_>) -> Grant {
    Grant {
        grant: statement.grant.grant.clone(),
        funder: statement.grant.funder.clone(),
        own: statement.own,
        eligible: statement.sum(|share| share.eligible_planned).to_string(),
        by_rules: text(statement.by_plan),
        by_invoices: text(statement.by_invoices),
        awarded: text(statement.grant.awarded),
        called: statement.called.to_string(),
        paid: statement.paid.to_string(),
    }
}

/// Grants with what they give, and the sums that must come out.
#[utoipa::path(get, operation_id = "getGrants", path = "/api/v1/plan/grants", responses((status = 200, body = Grants), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn grants(State(web): State<Web>, signed: Signed) -> Answer<Grants> {
    signed.must(Right::SeeMoney)?;
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let proving = Proving::new(&planned, signed.visitor.words.today());
    let funding = funding(&planned.plan, &planned.register, &proving.unfolding);
    let checked: Vec<Check> = funding.grants.iter().flat_map(checks).chain(checks_of_all(&funding)).collect();
    Ok(Json(Grants {
        spending: funding.spending.to_string(),
        granted: funding.granted.to_string(),
        left_to_town: funding.left.to_string(),
        grants: funding.grants.iter().map(grant).collect(),
        checks: checked.iter().map(sum).collect(),
    }))
}

/// The evidence file of a grant.
#[derive(Serialize, ToSchema)]
pub(super) struct EvidenceFile {
    /// The grant.
    grant: Grant,
    /// What cannot be proved yet.
    missing: Vec<Gap>,
    /// What proves the spending.
    proof: Vec<Proved>,
    /// Sums that must come out.
    checks: Vec<Sum>,
}

/// What cannot be proved yet.
#[derive(Serialize, ToSchema)]
pub(super) struct Gap {
    /// Code of the budget line.
    line: String,
    /// not_seen, no_date, outside_time, outside_schools, outside_kinds, seen_elsewhere, legacy, without_paper, too_few, no_invoice, invoices_outside, not_done.
    why: &'static str,
    /// Label of the thing; null: it is about none in particular.
    label: Option<String>,
    /// Code of the school; null: whichever.
    school: Option<String>,
    /// Code of the kind; null: whichever.
    kind: Option<&'static str>,
    /// How many; null: it is about one thing.
    count: Option<u32>,
}

/// One thing.
#[derive(Serialize, ToSchema)]
pub(super) struct Proved {
    /// Code of the budget line that it proves; null: of none in particular.
    line: Option<String>,
    /// Its label.
    label: String,
    /// Its serial number; empty: not known.
    serial: String,
    /// Code of its kind; null: not known.
    kind: Option<&'static str>,
    /// Code of its school; null: it is at none.
    school: Option<String>,
    /// Its room; null: none is named.
    room: Option<String>,
    /// Number of its invoice; null: none.
    invoice: Option<String>,
    /// As written.
    bought_on: Option<String>,
    /// seen, listed, attested; null: nobody saw it.
    proof: Option<&'static str>,
    /// Number of the device that it is; null: none is known.
    device: Option<i64>,
    /// The day on which it was seen first; null: never.
    #[schema(format = Date)]
    first_seen: Option<String>,
    /// The day on which it was seen last; null: never.
    #[schema(format = Date)]
    last_seen: Option<String>,
    /// When it was accepted, as written; null: nothing says so.
    accepted_on: Option<String>,
    /// Euros before tax; null as well for a role that sees no money.
    price_ht: Option<String>,
}

pub(super) fn proved(line: Option<&str>, thing: &Thing<'_>, prices: bool) -> Proved {
    let asset = thing.asset;
    Proved {
        line: line.map(str::to_owned),
        label: asset.label.clone(),
        serial: thing.serial().to_owned(),
        kind: thing.kind().map(|kind| kind.code()),
        school: asset.school.clone(),
        room: asset.room.clone(),
        invoice: asset.invoice.clone(),
        bought_on: thing.bought().map(|(_, date)| date.text.clone()),
        proof: thing.proof().map(|proof| proof.code()),
        device: thing.live.map(|live| live.device.0),
        first_seen: thing.seen().map(|(first, _)| first.to_string()),
        last_seen: thing.seen().map(|(_, last)| last.to_string()),
        accepted_on: asset.accepted_on.as_ref().map(|date| date.text.clone()),
        price_ht: text(asset.price_ht.filter(|_| prices)),
    }
}

fn gap(line: &str, missing: &Missing<'_>) -> Gap {
    let plain = Gap { line: line.to_owned(), why: missing.code(), label: None, school: None, kind: None, count: None };
    match missing {
        Missing::Thing(thing, _) => {
            Gap { label: Some(thing.asset.label.clone()), school: thing.asset.school.clone(), kind: thing.kind().map(|kind| kind.code()), ..plain }
        }
        Missing::WithoutPaper(school, kind, count) => {
            Gap { school: Some((*school).to_owned()), kind: Some(kind.code()), count: Some(*count), ..plain }
        }
        Missing::TooFew(kind, wanted, found) => Gap { kind: Some(kind.code()), count: Some(wanted - found), ..plain },
        Missing::NoInvoice | Missing::InvoicesOutside(_) | Missing::NotDone => plain,
    }
}

/// What proves the spending of one grant, and what cannot be proved yet.
#[utoipa::path(get, operation_id = "getGrantEvidence", path = "/api/v1/plan/grants/{grant}", params(("grant" = String, Path, description = "Code of the grant")), responses((status = 200, body = EvidenceFile), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn evidence(State(web): State<Web>, signed: Signed, Path(code): Path<String>) -> Answer<EvidenceFile> {
    signed.must(Right::SeeMoney)?;
    let whole = Whole::load(&web, None, Some(code)).await?;
    let answer = whole.with(&signed.visitor.words, |file: &Evidence<'_>| EvidenceFile {
        grant: grant(&file.statement),
        missing: file.lines.iter().flat_map(|line| line.missing.iter().map(|missing| gap(&line.share.line.line, missing))).collect(),
        proof: file.lines.iter().flat_map(|line| line.things.iter().map(|thing| proved(Some(&line.share.line.line), thing, true))).collect(),
        checks: file.checks.iter().map(sum).collect(),
    });
    Ok(Json(answer.ok_or(Failure::NotFound)?))
}

/// Spares of one kind.
#[derive(Serialize, ToSchema)]
pub(super) struct Spare {
    /// Code of the kind.
    kind: &'static str,
    /// How many spares there are.
    spare: u32,
    /// How many spares there shall be.
    minimum: u32,
    /// How many are ordered.
    ordered: u32,
    /// How many are to be ordered.
    to_order: u32,
    /// How many are in repair.
    repair: u32,
    /// How many are in service.
    in_service: u32,
}

/// Spares by kind.
#[utoipa::path(get, operation_id = "listSpares", path = "/api/v1/plan/spares", responses((status = 200, body = Vec<Spare>), (status = 401, body = Problem)))]
pub(super) async fn spares(State(web): State<Web>, _: Signed) -> Answer<Vec<Spare>> {
    let state = web.clone();
    let (planned, minimums) = web.read(move |tx| -> Result<_, Stop> { Ok((state.planned.whole(tx)?, progress::spare_minimums(tx)?)) }).await?;
    let spares = pool(&planned.register, &minimums).into_iter().map(|(kind, stock)| Spare {
        kind: kind.code(),
        spare: stock.spare,
        minimum: stock.minimum,
        ordered: stock.ordered,
        to_order: stock.to_order(),
        repair: stock.repair,
        in_service: stock.in_service,
    });
    Ok(Json(spares.collect()))
}

/// How many spares of a kind there shall be.
#[derive(Deserialize, ToSchema)]
#[schema(as = SpareMinimum)]
pub(super) struct Wanted {
    /// 0: none is wanted; 10000 at most.
    #[schema(schema_with = codes::minimum, required = true)]
    #[serde(deserialize_with = "super::take::whole")]
    minimum: i64,
}

/// Says how many spares of a kind there shall be; spares as they stand then.
#[utoipa::path(put, operation_id = "setSpareMinimum", path = "/api/v1/plan/spares/{kind}", params(("kind" = String, Path, description = "Code of a kind")), request_body = Wanted, responses((status = 200, body = Vec<Spare>), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn want_spares(State(web): State<Web>, signed: Signed, Path(kind): Path<String>, Json(wanted): Json<Wanted>) -> Answer<Vec<Spare>> {
    let kind = Kind::from_code(&kind).ok_or(Failure::NotFound)?;
    let minimum = u32::try_from(wanted.minimum).ok().filter(|minimum| *minimum <= page::MOST);
    let minimum = minimum.ok_or_else(|| Failure::Unfit(format!("minimum: found {}, expected from 0 to {}", wanted.minimum, page::MOST)))?;
    page::wanted(&web, &signed, kind, minimum).await?;
    spares(State(web), signed).await
}

/// Whose inventory.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Of {
    /// Code of a school; none: all.
    school: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before: a label.
    after: Option<String>,
}

/// What is owned, by label, with its proof: what is ordered only, or retired, is not.
#[utoipa::path(get, operation_id = "listInventory", path = "/api/v1/inventory", params(Of), responses((status = 200, body = List<Proved>), (status = 401, body = Problem)))]
pub(super) async fn inventory(State(web): State<Web>, signed: Signed, Query(of): Query<Of>) -> Answer<List<Proved>> {
    let limit = limit(of.limit);
    let prices = sees_prices(&signed);
    let owned = Owned::load(&web, &signed, of.school).await?;
    let rows = owned.with(|things| {
        let after = |thing: &Thing<'_>| of.after.as_ref().is_none_or(|after| thing.asset.label > *after);
        let mut rows: Vec<Thing<'_>> = things.into_iter().filter(after).collect();
        rows.sort_by(|one, other| one.asset.label.cmp(&other.asset.label));
        rows.iter().take(usize::try_from(limit + 1).unwrap_or(0)).map(|thing| proved(None, thing, prices)).collect()
    });
    Ok(Json(List::of(rows, limit, |thing: &Proved| thing.label.clone(), |thing| thing)))
}
