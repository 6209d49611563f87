//! `/api/v1/schools/{code}/stocktake`: what no network sees, to be counted room by room, and what somebody found there.
//!
//! Comes in: a school, what was found in one room. Goes out: own types. Absent on purpose: what lies in which room and how it is written
//! ([`crate::stocktake`]), undoing (the register's changes).

use super::take::{Json, within};
use super::{Answer, codes};
use crate::domain::kind::Kind;
use crate::stocktake::{Found, Thing};
use crate::web::Web;
use crate::web::error::{Failure, Problem, clipped};
use crate::web::pages::stocktake::{self as page, Counting, FIELDS, LABEL, bare, counted, fresh};
use crate::web::visitor::Signed;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A school's stocktake.
#[derive(Serialize, ToSchema)]
pub(super) struct Stocktake {
    /// The first day of this school year's stocktake: who looked before it is to look again.
    #[schema(format = Date)]
    since: String,
    /// Rooms in the order in which one walks; what stands in no room comes last.
    rooms: Vec<Room>,
}

/// A room with what is to be counted there.
#[derive(Serialize, ToSchema)]
#[schema(as = StocktakeRoom)]
pub(super) struct Room {
    /// Name of the room; empty: what stands in none.
    room: String,
    /// Somebody has looked for each thing in this stocktake.
    counted: bool,
    /// Things with a label: each is there, or not.
    labelled: Vec<Labelled>,
    /// Things without one: they are counted.
    unlabelled: Vec<Unlabelled>,
}

/// A thing with a label.
#[derive(Serialize, ToSchema)]
#[schema(as = StocktakeThing)]
pub(super) struct Labelled {
    /// The label.
    label: String,
    /// Code of its kind.
    kind: &'static str,
    /// When somebody looked for it last; null: nobody ever did.
    #[schema(format = Date)]
    looked: Option<String>,
    /// It was there in this stocktake; null: nobody has looked yet.
    there: Option<bool>,
}

/// Things of one kind without a label.
#[derive(Serialize, ToSchema)]
#[schema(as = StocktakeCount)]
pub(super) struct Unlabelled {
    /// Code of the kind.
    kind: &'static str,
    /// How many there should be.
    expected: usize,
    /// When somebody counted them last; null: nobody ever did.
    #[schema(format = Date)]
    looked: Option<String>,
    /// How many were there in this stocktake; null: not all are counted yet.
    there: Option<usize>,
}

fn room((room, things): (String, Vec<Thing>), since: Date) -> Room {
    let day = |looked: Option<(Date, bool)>| looked.map(|(on, _)| on.to_string());
    let labelled = |thing: &Thing| Labelled {
        label: thing.name.clone(),
        kind: thing.kind.code(),
        looked: day(thing.looked),
        there: fresh(thing, since).map(|(_, here)| here),
    };
    let unlabelled = |(kind, things): (Kind, Vec<&Thing>)| Unlabelled {
        kind: kind.code(),
        expected: things.len(),
        looked: day(things.iter().filter_map(|thing| thing.looked).max()),
        there: counted(&things, since),
    };
    Room {
        counted: things.iter().all(|thing| fresh(thing, since).is_some()),
        labelled: things.iter().filter(|thing| thing.labelled).map(labelled).collect(),
        unlabelled: bare(&things).into_iter().map(unlabelled).collect(),
        room,
    }
}

/// What is to be counted by hand at a school, room by room, and what was counted since the school year began.
#[utoipa::path(get, operation_id = "getStocktake", path = "/api/v1/schools/{code}/stocktake", params(("code" = String, Path, description = "Code of the school")), responses((status = 200, body = Stocktake), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn show(State(web): State<Web>, signed: Signed, Path(code): Path<String>) -> Answer<Stocktake> {
    let Counting { since, rooms, .. } = Counting::load(&web, &signed, &code).await?;
    Ok(Json(Stocktake { since: since.to_string(), rooms: rooms.into_iter().map(|one| room(one, since)).collect() }))
}

/// What somebody found in a room.
#[derive(Deserialize, ToSchema)]
#[schema(as = StocktakeFound)]
pub(super) struct Seen {
    /// Name of the room as the stocktake gives it; empty: what stands in none.
    #[serde(default)]
    #[schema(max_length = 200)]
    room: String,
    /// Things with a label, 1000 at most: it is there, or it is not. What is not named, nobody looked for.
    #[serde(default)]
    labelled: BTreeMap<String, bool>,
    /// By code of the kind: how many without a label are there.
    #[serde(default)]
    #[schema(schema_with = codes::counts)]
    unlabelled: BTreeMap<String, Number>,
    /// A label that was read there, of a thing that stands elsewhere in the register; also the address that its square holds. Empty: none.
    #[serde(default)]
    #[schema(max_length = 200)]
    read: String,
}

/// A whole number however JSON writes it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Number(#[serde(deserialize_with = "super::take::whole")] i64);

fn found(seen: Seen) -> Result<Found, Failure> {
    within("read", &seen.read, LABEL)?;
    let said = seen.labelled.len() + seen.unlabelled.len();
    if said > FIELDS {
        return Err(Failure::Unfit(format!("labelled, unlabelled: found {said}, expected {FIELDS} at most")));
    }
    let count = |(code, Number(count)): (String, Number)| {
        let kind =
            Kind::from_code(&code).ok_or_else(|| Failure::Unfit(format!("unlabelled: found {:?}, expected codes of kinds", clipped(&code))))?;
        let count = u16::try_from(count).map_err(|_| Failure::Unfit(format!("unlabelled: found {count}, expected from 0 to {}", u16::MAX)))?;
        Ok((kind, count.into()))
    };
    Ok(Found {
        labelled: seen.labelled,
        counted: seen.unlabelled.into_iter().map(count).collect::<Result<_, Failure>>()?,
        read: Some(page::label_of(&seen.read)).filter(|label| !label.is_empty()),
    })
}

/// Notes what somebody found in a room, signed and dated, all of it or nothing; the stocktake as it is then. 422: the room holds no such thing, more were
/// counted than there are places, the register knows no such label, or nothing was said.
#[utoipa::path(post, operation_id = "noteStocktake", path = "/api/v1/schools/{code}/stocktake", params(("code" = String, Path, description = "Code of the school")), request_body = Seen, responses((status = 200, body = Stocktake), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn note(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Json(seen): Json<Seen>) -> Answer<Stocktake> {
    within("room", &seen.room, LABEL)?;
    let room = seen.room.clone();
    page::noted(&web, &signed, &code, &room, found(seen)?).await?.map_err(Failure::Unfit)?;
    show(State(web), signed, Path(code)).await
}
