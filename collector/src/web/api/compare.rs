//! `/api/v1/compare/lists`: lists that others keep of the same devices, brought in and taken out.
//!
//! Comes in: files with their source and date. Goes out: own types. Absent on purpose: which things meet (`domain/list`), what headings mean.

use super::take::{Json, must_be_file};
use super::{Answer, codes};
use crate::domain::list::Odd;
use crate::domain::right::Right;
use crate::store::list;
use crate::web::error::{Failure, Problem};
use crate::web::pages::compare as page;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Oddities that an answer tells.
const ODD: usize = 500;

/// One list.
#[derive(Serialize, ToSchema)]
pub(super) struct OutsideList {
    id: i64,
    #[schema(schema_with = codes::sources)]
    source: String,
    name: String,
    /// The day of what it says.
    #[schema(format = Date)]
    as_of: String,
    /// Rows that name a device.
    rows: u64,
    /// When it was brought in.
    #[schema(format = DateTime)]
    at: String,
    by: String,
}

/// Lists that were brought in, the newest first.
#[utoipa::path(get, operation_id = "listOutsideLists", path = "/api/v1/compare/lists", responses((status = 200, body = Vec<OutsideList>), (status = 403, body = Problem)))]
pub(super) async fn lists(State(web): State<Web>, _: Signed) -> Answer<Vec<OutsideList>> {
    let lists = web.read(move |tx| -> Result<_, Stop> { Ok(list::lists(tx)?) }).await?;
    let shown = |list: list::List| OutsideList {
        id: list.id,
        source: list.source,
        name: list.name,
        as_of: list.as_of.to_string(),
        rows: list.rows,
        at: list.at.to_string(),
        by: list.by_whom,
    };
    Ok(Json(lists.into_iter().map(shown).collect()))
}

/// Where a list comes from.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whence {
    /// The management that wrote it.
    #[param(schema_with = codes::sources, required = true)]
    source: String,
    /// What people call it: a list of the same name is replaced; none: the source's name.
    #[serde(default)]
    #[param(max_length = 80)]
    name: String,
    /// The day of what it says, 2026-11-28.
    #[param(format = Date)]
    as_of: String,
}

/// What was taken in.
#[derive(Serialize, ToSchema)]
pub(super) struct Brought {
    /// The list's number.
    id: i64,
    /// Rows that name a device.
    rows: usize,
    /// What was odd, 500 at most.
    odd: Vec<Oddity>,
}

/// Something odd in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Oddity {
    /// Line of the file; 0: the headings.
    line: u64,
    found: String,
    expected: String,
}

fn oddity(words: &Words, odd: &Odd) -> Oddity {
    Oddity { line: odd.line, found: odd.found.clone(), expected: odd.expected.text(words.language).to_owned() }
}

/// Brings a list in: the body is the file as the management exports it, `.csv`, `.xlsx` or `.ods`. 422: nothing in it can be read as a list of devices.
#[utoipa::path(post, operation_id = "bringOutsideList", path = "/api/v1/compare/lists", params(Whence), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Brought), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn bring(
    State(web): State<Web>,
    signed: Signed,
    Query(from): Query<Whence>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Brought>), Failure> {
    signed.must(Right::DecideIdentity)?;
    must_be_file(&headers)?;
    let words = &signed.visitor.words;
    let as_of = from.as_of.parse().map_err(|_| Failure::Bad(words.t("compare-no-date")))?;
    let (id, rows, odd) =
        page::brought(&web, &signed, &from.source, &from.name, as_of, body.into()).await?.map_err(|odd| Failure::Unfit(page::told(words, &odd)))?;
    Ok((StatusCode::CREATED, Json(Brought { id, rows, odd: odd.iter().take(ODD).map(|odd| oddity(words, odd)).collect() })))
}

/// Takes a list out.
#[utoipa::path(delete, operation_id = "dropOutsideList", path = "/api/v1/compare/lists/{id}", params(("id" = i64, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Result<StatusCode, Failure> {
    page::removed(&web, &signed, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
