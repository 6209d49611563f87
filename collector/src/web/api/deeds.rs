//! `/api/v1/faults/deeds`: one deed for several faults at once.
//!
//! Comes in: numbers of faults, the deed with its words. Goes out: what became of each. Absent on purpose: the deed itself: each fault goes the way that it
//! would go alone (`deed`).

use super::take::{EXACT, Json};
use super::{Answer, codes};
use crate::domain::fault::Known;
use crate::web::Web;
use crate::web::deed::{self, Asked, MOST};
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A deed for several faults.
#[derive(Deserialize, ToSchema)]
#[schema(as = FaultDeeds)]
pub(super) struct Several {
    /// Numbers of faults, 1 to 50; one that stands twice counts once.
    #[schema(schema_with = codes::numbers::<MOST>, required = true)]
    #[serde(deserialize_with = "super::take::wholes")]
    faults: Vec<i64>,
    /// What is done to each.
    deed: Asked,
}

/// What became of a deed.
#[derive(Serialize, ToSchema)]
#[schema(as = FaultOutcomes)]
pub(super) struct Outcomes {
    /// How many faults it was done to.
    done: usize,
    /// Each fault, by number.
    outcomes: Vec<Outcome>,
}

/// What became of one fault.
#[derive(Serialize, ToSchema)]
#[schema(as = FaultOutcome)]
pub(super) struct Outcome {
    /// Number of the fault.
    fault: i64,
    /// It was done.
    done: bool,
    /// Where the fault stands then, as its `state` says; null: it was not done.
    state: Option<&'static str>,
    /// Why it was not done, with the status that the fault alone would have been answered with; null: it was done.
    problem: Option<Problem>,
}

/// Does something with several faults: each goes the way that it would go alone, and one that refuses holds up no other. The answer is 200 even if none
/// was changed: `outcomes` tells. 422: the deed itself is none, and nothing was changed.
#[utoipa::path(post, operation_id = "actOnFaults", path = "/api/v1/faults/deeds", request_body = Several, responses((status = 200, body = Outcomes), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn act(State(web): State<Web>, signed: Signed, Json(several): Json<Several>) -> Answer<Outcomes> {
    let found = several.faults.len();
    if found == 0 || found > MOST || several.faults.iter().any(|number| !(0..=EXACT as i64).contains(number)) {
        return Err(Failure::Unfit(format!("faults: found {found} numbers, expected from 1 to {MOST}, each from 0 to {EXACT}")));
    }
    let numbers: BTreeSet<i64> = several.faults.into_iter().collect();
    let outcomes = deed::each(&web, &signed, numbers, &several.deed).await.map_err(Failure::unfit)?;
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(fault, outcome)| shown(&signed.visitor.words, fault, outcome)).collect();
    Ok(Json(Outcomes { done: outcomes.iter().filter(|outcome| outcome.done).count(), outcomes }))
}

fn shown(words: &Words, fault: i64, outcome: Result<Known, Failure>) -> Outcome {
    match outcome {
        Ok(known) => Outcome { fault, done: true, state: Some(known.life.state.code()), problem: None },
        Err(failure) => {
            let failure = failure.unfit();
            Outcome { fault, done: false, state: None, problem: Some(Problem::new(failure.status(), failure.said(words))) }
        }
    }
}
