//! `/api/v1/compare`: lists that others keep, beside what agents see and what the register holds; `/api/v1/compare/lists`: lists brought in and taken out.
//!
//! Comes in: a side, a school; files with their source and date. Goes out: own types. Absent on purpose: which things meet (`domain/list`), what headings
//! mean.

use super::take::{Json, must_be_file};
use super::{Answer, List, codes, limit};
use crate::domain::list::{Line as Met, Odd};
use crate::domain::right::Right;
use crate::store::list;
use crate::web::error::{Failure, Problem, clipped};
use crate::web::pages::compare::{self as page, Compared};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;
use utoipa::{IntoParams, ToSchema};

/// Oddities that an answer tells.
const ODD: usize = 500;

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinesAsked {
    /// Of what only one side knows: list, live (an agent has seen it), register; differ: what not every side knows, as where nothing is said; all.
    #[param(schema_with = codes::compared)]
    side: Option<String>,
    /// Code of a school; none: all.
    school: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One thing, as each side knows it.
#[derive(Serialize, ToSchema)]
pub(super) struct ComparedLine {
    /// Rows of lists that mean it, those of the newest list first.
    listed: Vec<ListedRow>,
    /// Numbers of devices that are it.
    devices: Vec<i64>,
    /// Labels under which the register holds it.
    labels: Vec<String>,
}

/// A row of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedRow {
    /// Number of the list.
    list: i64,
    /// Line of its file.
    line: u64,
    /// Serial number; null: the row says none.
    serial: Option<String>,
    /// What the list calls it; null: nothing.
    name: Option<String>,
    /// Its model, as the list says it; null: it says none.
    model: Option<String>,
    /// Its school, as the list says it; null: it says none.
    school: Option<String>,
    /// The last day on which the management heard of it; null: it only writes down.
    #[schema(format = Date)]
    seen_on: Option<String>,
}

/// Where a line stands: what lists know comes first, the newest list ahead, then what the register holds, then devices. What comes or goes between two
/// pages moves no other line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    List(Reverse<Date>, Reverse<i64>, u64),
    Register(String),
    Live(i64),
}

impl Key {
    fn of(compared: &Compared, line: &Met) -> Key {
        let listed = line.listed.iter().map(|at| &compared.listed[*at]);
        let listed = listed.map(|listed| Key::List(Reverse(listed.as_of), Reverse(listed.list), listed.row.line));
        let assets = line.assets.iter().map(|at| Key::Register(compared.register.assets[*at].label.clone()));
        let devices = line.devices.iter().map(|device| Key::Live(device.0));
        listed.chain(assets).chain(devices).min().unwrap_or(Key::Live(0))
    }

    fn parse(text: &str) -> Option<Key> {
        let (side, rest) = text.split_once('/')?;
        match side {
            "list" => {
                let mut parts = rest.split('/');
                let key = Key::List(Reverse(parts.next()?.parse().ok()?), Reverse(parts.next()?.parse().ok()?), parts.next()?.parse().ok()?);
                parts.next().is_none().then_some(key)
            }
            "register" => Some(Key::Register(rest.to_owned())),
            "live" => Some(Key::Live(rest.parse().ok()?)),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::List(Reverse(as_of), Reverse(list), line) => write!(to, "list/{as_of}/{list}/{line}"),
            Key::Register(label) => write!(to, "register/{label}"),
            Key::Live(device) => write!(to, "live/{device}"),
        }
    }
}

fn met(compared: &Compared, line: &Met) -> ComparedLine {
    let listed = |at: &usize| {
        let listed = &compared.listed[*at];
        ListedRow {
            list: listed.list,
            line: listed.row.line,
            serial: listed.row.serial.clone(),
            name: listed.row.name.clone(),
            model: listed.row.model.clone(),
            school: listed.row.school.clone(),
            seen_on: listed.seen_on().map(|day| day.to_string()),
        }
    };
    ComparedLine {
        listed: line.listed.iter().map(listed).collect(),
        devices: line.devices.iter().map(|device| device.0).collect(),
        labels: line.assets.iter().map(|at| compared.register.assets[*at].label.clone()).collect(),
    }
}

/// What lists, agents and register say of the same things, a line a thing: first what stands in lists, then what only the register holds, then what only
/// agents see.
#[utoipa::path(get, operation_id = "compareLists", path = "/api/v1/compare", params(LinesAsked), responses((status = 200, body = List<ComparedLine>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn lines(State(web): State<Web>, signed: Signed, Query(asked): Query<LinesAsked>) -> Answer<List<ComparedLine>> {
    let wanted = asked.side.as_deref().unwrap_or(page::WANTED[0]);
    let unfit = |text: &str| Failure::Unfit(format!("after: found {:?}, expected the `next` of a page of this list", clipped(text)));
    let after = asked.after.as_deref().filter(|text| !text.is_empty());
    let after = after.map(|text| Key::parse(text).ok_or_else(|| unfit(text))).transpose()?;
    let limit = limit(asked.limit);
    let compared = Compared::load(&web, &signed, asked.school.as_deref().filter(|school| !school.is_empty())).await?;
    let wanted = compared.lines.iter().filter(|line| compared.shows(line, wanted)).map(|line| (Key::of(&compared, line), line));
    let mut rows: Vec<(Key, &Met)> = wanted.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.truncate(usize::try_from(limit + 1).unwrap_or(0));
    Ok(Json(List::of(rows, limit, |(key, _)| key.to_string(), |(_, line)| met(&compared, line))))
}

/// One list.
#[derive(Serialize, ToSchema)]
pub(super) struct OutsideList {
    /// Its number.
    id: i64,
    #[schema(schema_with = codes::sources)]
    source: String,
    /// What people call it.
    name: String,
    /// The day of what it says.
    #[schema(format = Date)]
    as_of: String,
    /// Rows that name a device.
    rows: u64,
    /// When it was brought in.
    #[schema(format = DateTime)]
    at: String,
    /// Login of who brought it in.
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
    /// What stands there.
    found: String,
    /// What was expected, in words.
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_key_is_read_as_it_was_told_and_lists_come_first_the_newest_ahead() {
        let list = |day, list, line| Key::List(Reverse(date(2026, 11, day)), Reverse(list), line);
        let keys = [list(20, 3, 2), list(20, 3, 17), list(20, 1, 2), list(9, 4, 2), Key::Register("D/1".to_owned()), Key::Live(7), Key::Live(12)];
        assert!(keys.is_sorted(), "{keys:?}");
        for key in keys {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
        for text in ["", "list/2026-11-20/3", "list/2026-11-20/3/2/1", "list/soon/3/2", "live/x", "other/1"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
