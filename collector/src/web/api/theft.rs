//! `/api/v1/schools/{code}/theft`: what the police ask for after a theft.
//!
//! Comes in: a school, labels. Goes out: own types. Absent on purpose: the page to print (`pages/inventory`), who holds a thing.

use super::Answer;
use super::proof::{Proved, proved};
use super::take::Json;
use crate::domain::plan::Decimal;
use crate::domain::proof::thing::Thing;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::pages::inventory;
use crate::web::visitor::Signed;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What was taken.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Taken {
    /// Labels, `|` between them, 500 at most; none: what the register calls stolen.
    #[serde(default)]
    #[param(max_length = 10000)]
    labels: String,
}

/// A theft statement.
#[derive(Serialize, ToSchema)]
pub(super) struct TheftStatement {
    /// Name of the school.
    school: String,
    /// Where the school is; empty: not known.
    address: String,
    /// Who owns what the programme bought.
    owner: String,
    /// Euros before tax of what has a price; null for a role that sees no money.
    worth_ht: Option<String>,
    /// What was taken, by label.
    things: Vec<Proved>,
}

/// What the police ask for after a theft: each thing with its serial number, when it was bought and when it was seen last.
#[utoipa::path(get, operation_id = "getTheftStatement", path = "/api/v1/schools/{code}/theft", params(("code" = String, Path), Taken), responses((status = 200, body = TheftStatement), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn theft(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(taken): Query<Taken>) -> Answer<TheftStatement> {
    let wanted: Vec<String> = taken.labels.split('|').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect();
    if wanted.len() > inventory::STOLEN {
        return Err(Failure::Unfit(format!("labels: found {}, expected {} at most", wanted.len(), inventory::STOLEN)));
    }
    let theft = inventory::Theft::load(&web, &signed, &code, wanted).await?;
    let prices = inventory::sees_prices(&signed);
    let (things, worth): (Vec<Proved>, Decimal) = theft.of(|mut things: Vec<Thing<'_>>| {
        things.sort_by(|one, other| one.asset.label.cmp(&other.asset.label));
        let worth = things.iter().filter_map(|thing| thing.asset.price_ht).sum();
        (things.iter().map(|thing| proved(None, thing, prices)).collect(), worth)
    });
    Ok(Json(TheftStatement {
        owner: theft.owner(),
        address: theft.address(),
        school: theft.name,
        worth_ht: prices.then(|| worth.to_string()),
        things,
    }))
}
