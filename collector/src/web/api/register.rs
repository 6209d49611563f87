//! `/api/v1/register/…`: the register's rows, their history, their changes.
//!
//! Comes in: cells by column, why. Goes out: own types. Absent on purpose: the rules of a row (`import::row`).

use super::take::Json;
use super::{Answer, List, Paging, limit};
use crate::cli_plan::note_json;
use crate::domain::folded::fold;
use crate::domain::plan::schema::Schema;
use crate::domain::right::Right;
use crate::import::row::{self, Edited, Hand};
use crate::store::register::{self, Cells, Change};
use crate::web::error::{Failure, Problem};
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Changes of a row that an answer gives.
const HISTORY: u32 = 100;

/// One row.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisterRow)]
pub(super) struct Row {
    /// Its key, in the order of the key's columns.
    key: Vec<String>,
    /// Its cells by column; empty ones left out.
    cells: BTreeMap<String, String>,
}

/// One row with its changes, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = WholeRow)]
pub(super) struct Whole {
    /// Its newest change, whether it is told or not.
    #[serde(skip)]
    newest: i64,
    /// Its key, in the order of the key's columns.
    key: Vec<String>,
    /// Its cells by column; null: it was taken out.
    cells: Option<BTreeMap<String, String>>,
    /// What was changed when, by whom, why.
    history: Vec<Past>,
}

/// One change.
#[derive(Serialize, ToSchema)]
pub(super) struct Past {
    /// Its number; goes into `…/changes/{id}/undo`.
    change: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By whom.
    by: String,
    /// Why, as it was said.
    why: String,
    /// Cells before; null: the row is new.
    was: Option<BTreeMap<String, String>>,
    /// Cells after; null: the row was taken out.
    becomes: Option<BTreeMap<String, String>>,
}

fn past(signed: &Signed, change: Change) -> Past {
    Past {
        change: change.id,
        at: change.at.to_string(),
        by: change.by_whom,
        why: change.why,
        was: change.was.map(|cells| shown(signed, cells)),
        becomes: change.becomes.map(|cells| shown(signed, cells)),
    }
}

/// A change, and of which row.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisterChange)]
pub(super) struct Changed {
    /// Name of the table.
    table: String,
    /// Key of the row, in the order of the key's columns.
    key: Vec<String>,
    /// What was changed.
    #[serde(flatten)]
    past: Past,
}

/// What was changed last in any table, the newest first, as far as the account sees its rows.
#[utoipa::path(get, operation_id = "listRegisterChanges", path = "/api/v1/register/changes", params(Paging), responses((status = 200, body = List<Changed>)))]
pub(super) async fn changes(State(web): State<Web>, signed: Signed, Query(asked): Query<Paging>) -> Answer<List<Changed>> {
    let (most, before) = (limit(asked.limit), asked.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(i64::MAX));
    let (most, money, state) = (usize::try_from(most).unwrap_or(0), signed.account.role.may(Right::SeeMoney), web.clone());
    let (rows, next) = signed.read(&web, move |tx| pages::newest_changes(tx, &state, money, before, most)).await?;
    let items = rows.into_iter().map(|change| Changed { table: change.table.clone(), key: change.key.clone(), past: past(&signed, change) });
    Ok(Json(List { items: items.collect(), next: next.map(|next| next.to_string()) }))
}

fn seen(signed: &Signed, name: &str) -> Result<&'static Schema, Failure> {
    row::table(name).filter(|schema| pages::may_see(signed, schema)).ok_or(Failure::NotFound)
}

fn shown(signed: &Signed, cells: Cells) -> Cells {
    cells.into_iter().filter(|(column, _)| pages::may_see_column(signed, column)).collect()
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RowsAsked {
    /// A word that a cell holds.
    q: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Rows of a table (assets, cases, loans, attestations, closures, milestones …) by key.
#[utoipa::path(get, operation_id = "listRegisterRows", path = "/api/v1/register/{table}", params(("table" = String, Path), RowsAsked), responses((status = 200, body = List<Row>), (status = 404, body = Problem)))]
pub(super) async fn rows(State(web): State<Web>, signed: Signed, Path(table): Path<String>, Query(asked): Query<RowsAsked>) -> Answer<List<Row>> {
    let (schema, limit) = (seen(&signed, &table)?, limit(asked.limit));
    let (needle, after) = (fold(&asked.q.unwrap_or_default()), asked.after.unwrap_or_default());
    let (most, state) = (usize::try_from(limit).unwrap_or(0), web.clone());
    let (rows, next) = signed.read(&web, move |tx| pages::matching(tx, &state, schema, &needle, &after, most)).await?;
    Ok(Json(List { items: rows.into_iter().map(|(key, cells)| Row { key, cells: shown(&signed, cells) }).collect(), next }))
}

/// One row; of several cells in a key, `|` stands between them.
#[utoipa::path(get, operation_id = "getRegisterRow", path = "/api/v1/register/{table}/{key}", params(("table" = String, Path), ("key" = String, Path)), responses((status = 200, body = Whole), (status = 404, body = Problem)))]
pub(super) async fn one(State(web): State<Web>, signed: Signed, Path((table, key)): Path<(String, String)>) -> Told {
    let schema = seen(&signed, &table)?;
    Ok(told(whole(&web, &signed, schema, pages::row_key(&key)).await?))
}

async fn whole(web: &Web, signed: &Signed, schema: &'static Schema, key: Vec<String>) -> Result<Whole, Failure> {
    let (state, asked) = (web.clone(), key.clone());
    let row = signed.read(web, move |tx| pages::shown(tx, &state, schema, &asked, HISTORY)).await?.ok_or(Failure::NotFound)?;
    let pages::Shown { cells, history, newest } = row;
    if cells.is_none() && history.is_empty() {
        return Err(Failure::NotFound);
    }
    let history = history.into_iter().map(|change| past(signed, change)).collect();
    Ok(Whole { newest, key, cells: cells.map(|cells| shown(signed, cells)), history })
}

/// What a row shall become.
#[derive(Deserialize, ToSchema)]
pub(super) struct Becoming {
    /// Cells by column; those not named stay, an empty one is emptied.
    #[serde(default)]
    cells: BTreeMap<String, String>,
    /// Why, in a sentence.
    #[serde(default)]
    why: String,
}

fn hand(web: &Web, signed: &Signed, why: String) -> Hand {
    pages::signed_by(web, signed, why.chars().take(500).collect(), Vec::new())
}

/// What stands for the state of a row: its newest change.
fn tag(whole: &Whole) -> String {
    format!("\"{}\"", whole.newest)
}

/// A row with its tag.
fn told(whole: Whole) -> Response {
    ([(header::ETAG, tag(&whole))], Json(whole)).into_response()
}

fn meanwhile() -> Failure {
    let said = "the row is no longer the one that If-Match names: read it again and repeat the change";
    Failure::Protocol(StatusCode::PRECONDITION_FAILED, said.to_owned())
}

/// The changes that `If-Match` names: the row's newest must be among them when it is written. `*`: any, if the row is there.
async fn known(web: &Web, signed: &Signed, schema: &'static Schema, key: &str, headers: &HeaderMap) -> Result<Vec<i64>, Failure> {
    let Some(list) = headers.get(header::IF_MATCH) else { return Ok(Vec::new()) };
    let list = list.to_str().map_err(|_| meanwhile())?;
    if list.trim() == "*" {
        let there = whole(web, signed, schema, pages::row_key(key)).await.is_ok_and(|whole| whole.cells.is_some());
        return if there { Ok(Vec::new()) } else { Err(meanwhile()) };
    }
    // A proxy that compresses makes strong tags weak. What is no tag of ours names no change.
    let change = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').parse().unwrap_or(-1);
    Ok(list.split(',').map(change).collect())
}

type Told = Result<Response, Failure>;

/// The row as it is then, or the notes that stand against it.
async fn answered(web: &Web, signed: &Signed, schema: &'static Schema, edited: Edited) -> Told {
    match edited {
        Edited::Written(key) | Edited::Same(key) => {
            web.live.tell(Topic::Overview);
            Ok(told(whole(web, signed, schema, key).await?))
        }
        Edited::Refused(notes) => {
            let language = signed.visitor.words.language;
            let notes: Vec<_> = notes.iter().map(|note| note_json(note, language)).collect();
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the row would not be as the tables want it: the notes say why");
            Ok(problem.with(serde_json::json!({ "notes": notes })).into_response())
        }
        Edited::Meanwhile => Err(meanwhile()),
        Edited::Unseen => Err(Failure::NotFound),
        Edited::Taken => Err(Failure::Refused(signed.visitor.words.t("register-taken"))),
        Edited::Elsewhere => Err(Failure::Unfit(signed.visitor.words.t("register-elsewhere"))),
    }
}

/// Changes cells of a row, or makes it. 422: the notes that stand against it.
#[utoipa::path(put, operation_id = "putRegisterRow", path = "/api/v1/register/{table}/{key}", params(("table" = String, Path), ("key" = String, Path)), request_body = Becoming, responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn put(
    State(web): State<Web>,
    signed: Signed,
    Path((table, key)): Path<(String, String)>,
    headers: HeaderMap,
    Json(becoming): Json<Becoming>,
) -> Told {
    signed.must(Right::ChangeRegister)?;
    let schema = seen(&signed, &table)?;
    if let Some(strange) = becoming.cells.keys().find(|column| !pages::may_see_column(&signed, column)) {
        return Err(Failure::Unfit(format!("{strange}: your role does not allow this column")));
    }
    let knows = known(&web, &signed, schema, &key, &headers).await?;
    let (db, hand, key) = (web.db.clone(), Hand { knows, ..hand(&web, &signed, becoming.why) }, pages::row_key(&key));
    let edited = blocking(move || row::change(&db, schema, Some(&key), &becoming.cells, &hand)).await??;
    answered(&web, &signed, schema, edited).await
}

/// Takes a row out.
#[utoipa::path(delete, operation_id = "deleteRegisterRow", path = "/api/v1/register/{table}/{key}", params(("table" = String, Path), ("key" = String, Path)), responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn delete(State(web): State<Web>, signed: Signed, Path((table, key)): Path<(String, String)>, headers: HeaderMap) -> Told {
    signed.must(Right::ChangeRegister)?;
    let schema = seen(&signed, &table)?;
    let knows = known(&web, &signed, schema, &key, &headers).await?;
    let (db, hand, key) = (web.db.clone(), Hand { knows, ..hand(&web, &signed, String::new()) }, pages::row_key(&key));
    let edited = blocking(move || row::take_out(&db, schema, &key, &hand)).await??;
    answered(&web, &signed, schema, edited).await
}

/// Why a change is undone.
#[derive(Deserialize, ToSchema)]
pub(super) struct Undoing {
    /// Why, in a sentence; 500 characters are kept.
    #[serde(default)]
    why: String,
}

/// Undoes a change: the row is written as it was before it.
#[utoipa::path(post, operation_id = "undoRegisterChange", path = "/api/v1/register/changes/{id}/undo", params(("id" = i64, Path)), request_body = Undoing, responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn undo(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(undoing): Json<Undoing>) -> Told {
    signed.must(Right::ChangeRegister)?;
    let change = web.read(move |tx| -> Result<_, Stop> { Ok(register::change(tx, id)?) }).await?.ok_or(Failure::NotFound)?;
    let schema = seen(&signed, &change.table)?;
    let (db, hand) = (web.db.clone(), hand(&web, &signed, undoing.why));
    let edited = blocking(move || row::undo(&db, id, &hand)).await??;
    answered(&web, &signed, schema, edited.ok_or(Failure::NotFound)?).await
}
