//! `/api/v1/register/…`: the register's rows, their history, their changes.
//!
//! Comes in: cells by column, why. Goes out: own types. Absent on purpose: the rules of a row (`import::row`).

use super::{Answer, List, Paging, limit};
use crate::cli_plan::note_json;
use crate::domain::plan::schema::Schema;
use crate::domain::right::Right;
use crate::import::row::{self, Edited, Hand};
use crate::store::register::{self, Cells, Change};
use crate::web::error::{Failure, Problem};
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, pages};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Changes of a row that an answer gives.
const HISTORY: u32 = 100;

/// One row.
#[derive(Serialize, ToSchema)]
pub(super) struct Row {
    /// Its key, in the order of the key's columns.
    key: Vec<String>,
    /// Its cells by column; empty ones left out.
    cells: BTreeMap<String, String>,
}

/// One row with its changes, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
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
    at: String,
    by: String,
    why: String,
    /// Cells before; null: the row is new.
    was: Option<BTreeMap<String, String>>,
    /// Cells after; null: the row was taken out.
    becomes: Option<BTreeMap<String, String>>,
}

fn seen(signed: &Signed, name: &str) -> Result<&'static Schema, Failure> {
    row::table(name).filter(|schema| pages::may_see(signed, schema)).ok_or(Failure::NotFound)
}

fn shown(signed: &Signed, cells: Cells) -> Cells {
    cells.into_iter().filter(|(column, _)| pages::may_see_column(signed, column)).collect()
}

/// Rows of a table (assets, cases, loans, attestations, closures, milestones …) by key.
#[utoipa::path(get, path = "/api/v1/register/{table}", params(Paging), responses((status = 200, body = List<Row>), (status = 404, body = Problem)))]
pub(super) async fn rows(State(web): State<Web>, signed: Signed, Path(table): Path<String>, Query(paging): Query<Paging>) -> Answer<List<Row>> {
    let (schema, limit) = (seen(&signed, &table)?, limit(paging.limit));
    let after = paging.after.unwrap_or_default();
    let rows = web.read(move |tx| Ok(register::page(tx, schema.name, &after, u32::try_from(limit + 1).unwrap_or(u32::MAX))?)).await?;
    Ok(Json(List::of(rows, limit, |row| row.0.clone(), |(_, key, cells)| Row { key, cells: shown(&signed, cells) })))
}

/// One row; of several cells in a key, `|` stands between them.
#[utoipa::path(get, path = "/api/v1/register/{table}/{key}", responses((status = 200, body = Whole), (status = 404, body = Problem)))]
pub(super) async fn one(State(web): State<Web>, signed: Signed, Path((table, key)): Path<(String, String)>) -> Answer<Whole> {
    let schema = seen(&signed, &table)?;
    whole(&web, &signed, schema, pages::row_key(&key)).await.map(Json)
}

async fn whole(web: &Web, signed: &Signed, schema: &'static Schema, key: Vec<String>) -> Result<Whole, Failure> {
    let asked = key.clone();
    let (cells, history) = web
        .read(move |tx| -> Result<_, Stop> { Ok((register::row(tx, schema.name, &asked)?, register::history(tx, schema.name, &asked, HISTORY)?)) })
        .await?;
    if cells.is_none() && history.is_empty() {
        return Err(Failure::NotFound);
    }
    let past = |change: Change| Past {
        change: change.id,
        at: change.at.to_string(),
        by: change.by_whom,
        why: change.why,
        was: change.was.map(|cells| shown(signed, cells)),
        becomes: change.becomes.map(|cells| shown(signed, cells)),
    };
    Ok(Whole { key, cells: cells.map(|cells| shown(signed, cells)), history: history.into_iter().map(past).collect() })
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
    Hand { who: signed.account.login.clone(), why: why.chars().take(500).collect(), now: web.now(), today: pages::today(&signed.visitor.words) }
}

type Told = Result<(StatusCode, Json<serde_json::Value>), Failure>;

/// The row as it is then, or the notes that stand against it.
async fn answered(web: &Web, signed: &Signed, schema: &'static Schema, edited: Edited) -> Told {
    match edited {
        Edited::Written(key) | Edited::Same(key) => {
            web.live.tell(Topic::Overview);
            let whole = whole(web, signed, schema, key).await?;
            Ok((StatusCode::OK, Json(serde_json::to_value(whole).map_err(anyhow::Error::from)?)))
        }
        Edited::Refused(notes) => {
            let language = signed.visitor.words.language;
            let notes: Vec<_> = notes.iter().map(|note| note_json(note, language)).collect();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(serde_json::json!({ "notes": notes }))))
        }
    }
}

/// Changes cells of a row, or makes it. 422: the notes that stand against it.
#[utoipa::path(put, path = "/api/v1/register/{table}/{key}", request_body = Becoming, responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = serde_json::Value)))]
pub(super) async fn put(State(web): State<Web>, signed: Signed, Path((table, key)): Path<(String, String)>, Json(becoming): Json<Becoming>) -> Told {
    signed.must(Right::ChangeRegister)?;
    let schema = seen(&signed, &table)?;
    if let Some(strange) = becoming.cells.keys().find(|column| !pages::may_see_column(&signed, column)) {
        return Err(Failure::Bad(format!("{strange}: your role does not allow this column")));
    }
    let (db, hand, key) = (web.db.clone(), hand(&web, &signed, becoming.why), pages::row_key(&key));
    let edited = blocking(move || row::change(&db, schema, Some(&key), &becoming.cells, &hand)).await??;
    answered(&web, &signed, schema, edited).await
}

/// Takes a row out.
#[utoipa::path(delete, path = "/api/v1/register/{table}/{key}", responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn delete(State(web): State<Web>, signed: Signed, Path((table, key)): Path<(String, String)>) -> Told {
    signed.must(Right::ChangeRegister)?;
    let schema = seen(&signed, &table)?;
    let (db, hand, key) = (web.db.clone(), hand(&web, &signed, String::new()), pages::row_key(&key));
    let edited = blocking(move || row::take_out(&db, schema, &key, &hand)).await??;
    answered(&web, &signed, schema, edited).await
}

/// Why a change is undone.
#[derive(Deserialize, ToSchema)]
pub(super) struct Undoing {
    #[serde(default)]
    why: String,
}

/// Undoes a change: the row is written as it was before it.
#[utoipa::path(post, path = "/api/v1/register/changes/{id}/undo", request_body = Undoing, responses((status = 200, body = Whole), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = serde_json::Value)))]
pub(super) async fn undo(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(undoing): Json<Undoing>) -> Told {
    signed.must(Right::ChangeRegister)?;
    let change = web.read(move |tx| Ok(register::change(tx, id)?)).await?.ok_or(Failure::NotFound)?;
    let schema = seen(&signed, &change.table)?;
    let (db, hand) = (web.db.clone(), hand(&web, &signed, undoing.why));
    let edited = blocking(move || row::undo(&db, id, &hand)).await??;
    answered(&web, &signed, schema, edited.ok_or(Failure::NotFound)?).await
}
