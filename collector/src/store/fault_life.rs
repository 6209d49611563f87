//! How the life of a fault lies in its row: what is searched and sorted in columns of their own, the rest as one JSON text.
//!
//! Comes in: [`Life`] of the core. Goes out: the same, whole. Absent on purpose: what a life is and who moves it (`domain::fault`).

use super::report::{from_json, json};
use super::{Result, Row};
use crate::domain::fault::{Cause, Claim, Closing, How, Life, Origin, State, Suspension};
use rollcall_shared::Timestamp;
use serde::{Deserialize, Serialize};

/// What of a life stands in no column.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    contractor: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    assigned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<i64>,
    /// When, by whom, at which look.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<(i64, String, Option<u64>)>,
    /// Cause, from, until, by whom, back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspension: Option<(String, i64, Option<i64>, String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<(i64, i64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turns: Vec<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unstable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    gone_at: Option<i64>,
}

/// The text of the column `life`.
pub(super) fn to_text(life: &Life) -> Result<String> {
    json(&Rest {
        confirmed_at: life.confirmed_at.map(|at| at.0),
        contractor: life.contractor.clone(),
        assigned: life.assigned,
        acknowledged_at: life.acknowledged_at.map(|at| at.0),
        claim: life.claim.as_ref().map(|claim| (claim.at.0, claim.by.clone(), claim.mark)),
        suspension: life.suspension.as_ref().map(|wait| {
            let until = wait.until.map(|until| until.0);
            (wait.cause.code().to_owned(), wait.from.0, until, wait.by.clone(), wait.back_to.code().to_owned())
        }),
        held: life.held.iter().map(|(from, until)| (from.0, until.0)).collect(),
        turns: life.turns.iter().map(|turn| turn.0).collect(),
        unstable: life.unstable,
        gone_at: life.gone_at.map(|at| at.0),
    })
}

/// A life from its columns, in this order: state, state_at, origin, confirmed_at, lot, reports, external_ref, cleared_at, how_cleared, life.
pub fn take(row: &mut Row) -> Result<Life> {
    let (state, state_at, origin): (String, _, String) = (row.take()?, row.take()?, row.take()?);
    let (told_at, lot, reports, external_ref): (Option<Timestamp>, _, _, _) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (cleared_at, how): (Option<Timestamp>, String) = (row.take()?, row.take()?);
    let rest: Rest = from_json("life of a fault", &row.take::<String>()?)?;
    Ok(Life {
        state: State::from_code(&state).unwrap_or(State::Open),
        state_at,
        origin: Origin::from_code(&origin).unwrap_or(Origin::Look),
        told_at: told_at.unwrap_or(state_at),
        confirmed_at: rest.confirmed_at.map(Timestamp),
        lot,
        contractor: rest.contractor,
        assigned: rest.assigned,
        acknowledged_at: rest.acknowledged_at.map(Timestamp),
        claim: rest.claim.map(|(at, by, mark)| Claim { at: Timestamp(at), by, mark }),
        suspension: rest.suspension.map(|(cause, from, until, by, back_to)| Suspension {
            cause: Cause::from_code(&cause).unwrap_or(Cause::Town),
            from: Timestamp(from),
            until: until.map(Timestamp),
            by,
            back_to: State::from_code(&back_to).unwrap_or(State::Open),
        }),
        held: rest.held.into_iter().map(|(from, until)| (Timestamp(from), Timestamp(until))).collect(),
        closing: cleared_at.map(|at| Closing { at, how: How::from_code(&how).unwrap_or(How::Look) }),
        turns: rest.turns.into_iter().map(Timestamp).collect(),
        unstable: rest.unstable,
        gone_at: rest.gone_at.map(Timestamp),
        reports,
        external_ref,
    })
}
