//! The same knowledge for programs: JSON under `/api/v1`, described by `/api/v1/openapi.json`.
//!
//! Comes in: a session cookie or `Authorization: Bearer` with the token of `POST /api/v1/session`. Goes out: own types, so
//! that no derive freezes the core; lists page by key (`limit`, `after` = the last answer's `next`); errors are RFC 9457
//! problems. Absent on purpose: the doors of agents (`agents.rs`), anything that pages do not show.

mod account;
mod accounts;
mod around;
mod audit;
mod calendar;
pub(in crate::web) mod codes;
mod compare;
mod contract;
mod deeds;
mod describe;
mod devices;
mod edits;
mod enrolment;
mod faults;
mod held;
mod identity;
mod lists;
mod own;
mod people;
mod presence;
mod programme;
mod progress;
mod proof;
mod punctuality;
mod register;
mod round;
mod saved;
mod schools;
mod search;
mod stocktake;
mod take;
mod theft;
mod told;
mod verdicts;
mod versions;
mod visits;

use super::error::{Failure, Problem};
use super::visitor::{Signed, Visitor};
use super::{Stop, Web};
use super::{pages, session};
use crate::domain::right::Right;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use take::Json;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

pub use told::told;

/// Rows of a list where none is asked for.
const ROWS: i64 = 100;
/// Most rows that one answer gives.
const MAX_ROWS: i64 = 500;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        version = "1",
        description = "Schools, devices, faults, agents and plan of one programme.\n\nLists page by key: `after` is the `next` of the page before. Answers carry a weak ETag; `If-None-Match` is answered by 304. Errors are RFC 9457 problems.\n\nA token of `/account` opens what its account may open, but nothing that makes a way in: not what stands under `account` (kept views, sessions, tokens, notices), `accounts`, `people`, `enrolment-codes` and `audit`. Those want the token of `openSession`.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    components(schemas(told::Told))
)]
struct Description;

/// Every route with what its handler says of it.
fn described() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(sign_in))
        .routes(routes!(account::notices, account::choose))
        .routes(routes!(account::add_webhook))
        .routes(routes!(account::drop_webhook))
        .routes(routes!(own::sessions, own::end))
        .routes(routes!(own::tokens, own::make))
        .routes(routes!(own::drop))
        .routes(routes!(saved::views))
        .routes(routes!(saved::keep, saved::forget))
        .routes(routes!(accounts::accounts, accounts::add))
        .routes(routes!(accounts::account, accounts::bound))
        .routes(routes!(accounts::admit))
        .routes(routes!(accounts::email))
        .routes(routes!(accounts::link))
        .routes(routes!(accounts::drop_second))
        .routes(routes!(audit::lines))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::admit))
        .routes(routes!(people::link))
        .routes(routes!(overview))
        .routes(routes!(search::search))
        .routes(routes!(schools::schools))
        .routes(routes!(schools::school))
        .routes(routes!(schools::places))
        .routes(routes!(schools::accept))
        .routes(routes!(stocktake::show, stocktake::note))
        .routes(routes!(theft::theft))
        .routes(routes!(calendar::days))
        .routes(routes!(calendar::years))
        .routes(routes!(presence::settings, presence::set))
        .routes(routes!(calendar::import).layer(DefaultBodyLimit::max(pages::calendar::MAX_UPLOAD_BYTES)))
        .routes(routes!(compare::lines))
        .routes(routes!(compare::lists, compare::bring).layer(DefaultBodyLimit::max(crate::web::upload::UPLOAD_BYTES)))
        .routes(routes!(compare::remove))
        .routes(routes!(devices::devices))
        .routes(routes!(devices::device))
        .routes(routes!(faults::faults, faults::file))
        .routes(routes!(faults::fault))
        .routes(routes!(faults::act))
        .routes(routes!(deeds::act))
        .routes(routes!(visits::visits, visits::plan))
        .routes(routes!(visits::end))
        .routes(routes!(visits::swap))
        .routes(routes!(faults::add_photo).layer(DefaultBodyLimit::max(crate::web::upload::UPLOAD_BYTES)))
        .routes(routes!(faults::drop_photo))
        .routes(routes!(identity::conflicts))
        .routes(routes!(identity::resolve))
        .routes(routes!(identity::merge))
        .routes(routes!(identity::split))
        .routes(routes!(identity::undo))
        .routes(routes!(verdicts::verdicts, faults::decide))
        .routes(routes!(verdicts::revoke))
        .routes(routes!(round::round))
        .routes(routes!(punctuality::report))
        .routes(routes!(lists::lines))
        .routes(routes!(programme::agents))
        .routes(routes!(programme::revoke))
        .routes(routes!(enrolment::made, enrolment::make))
        .routes(routes!(programme::plan))
        .routes(routes!(held::held))
        .routes(routes!(held::aside))
        .routes(routes!(edits::edit_plan))
        .routes(routes!(edits::choose_place))
        .routes(routes!(edits::accept_model))
        .routes(routes!(progress::progress))
        .routes(routes!(progress::milestones))
        .routes(routes!(proof::budget))
        .routes(routes!(proof::grants))
        .routes(routes!(proof::evidence))
        .routes(routes!(proof::spares))
        .routes(routes!(proof::want_spares))
        .routes(routes!(proof::inventory))
        .routes(routes!(versions::versions))
        .routes(routes!(versions::changes))
        .routes(routes!(versions::back))
        .routes(routes!(versions::import).layer(DefaultBodyLimit::max(pages::MAX_UPLOAD_BYTES)))
        .routes(routes!(versions::export))
        .routes(routes!(register::changes))
        .routes(routes!(register::rows))
        .routes(routes!(register::one, register::put, register::delete))
        .routes(routes!(register::undo))
}

/// Routes of the API with their description.
pub fn routes(web: &Web) -> Router<Web> {
    let (router, description) = described().split_for_parts();
    let description = describe::complete(serde_json::to_value(description).unwrap_or_default(), web.session_cookie());
    let (text, contract) = (description.to_string(), contract::Contract::of(&description));
    let description = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
    router
        .route("/api/v1/openapi.json", axum::routing::get(description))
        .layer(from_fn(move |request, next| contract::kept(contract.clone(), request, next)))
        .layer(from_fn_with_state(web.clone(), around::around))
        .route("/api/{*rest}", axum::routing::any(|| async { Failure::NotFound }))
}

type Answer<T> = Result<Json<T>, Failure>;

/// What to sign in with.
#[derive(Deserialize, ToSchema)]
struct Credentials {
    /// Login of the account.
    login: String,
    /// Its password.
    password: String,
    /// Where the account has a second factor: the code of its app, or a recovery code.
    #[serde(default)]
    code: String,
}

/// A session for programs.
#[derive(Serialize, ToSchema)]
struct Session {
    /// Goes into `Authorization: Bearer`.
    token: String,
    /// admin, technician.
    role: &'static str,
}

/// Opens a session; its token works like the cookie of a browser.
#[utoipa::path(post, operation_id = "openSession", path = "/api/v1/session", request_body = Credentials, responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn sign_in(State(web): State<Web>, visitor: Visitor, Json(credentials): Json<Credentials>) -> Answer<Session> {
    let (token, account) = session::open(&web, &visitor, &credentials.login, credentials.password, &credentials.code).await?;
    Ok(Json(Session { token, role: account.role.code() }))
}

/// The programme in figures.
#[derive(Serialize, ToSchema)]
struct Overview {
    /// Schools of the plan.
    schools: i64,
    /// Schools by how they stand: fault, check, shadow, learning, calm, unfollowed.
    schools_by_state: BTreeMap<String, i64>,
    /// Agents that reported in time, and all that are welcome.
    agents: Agents,
    /// Places that the plan unfolds into.
    places: i64,
    /// Of them due by now.
    due: i64,
    /// Of them filled.
    installed: i64,
    /// Of them due and empty.
    missing: i64,
    /// Devices known.
    devices: i64,
    /// Of them present.
    present: i64,
    /// Open faults by code.
    faults: BTreeMap<String, i64>,
    /// End of the newest round told, RFC 3339; null: none yet.
    #[schema(format = DateTime)]
    as_of: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Agents {
    /// Those that reported in time.
    reporting: i64,
    /// All that are welcome.
    total: i64,
}

/// The programme in figures.
#[utoipa::path(get, operation_id = "getOverview", path = "/api/v1/overview", responses((status = 200, body = Overview), (status = 401, body = Problem)))]
async fn overview(State(web): State<Web>, signed: Signed) -> Answer<Overview> {
    let (state, secret) = (web.clone(), signed.account.role.may(Right::WorkOnFaults));
    let answer = signed.read(&web, move |tx| -> Result<_, Stop> {
        let sums = state.sums(tx)?;
        let total = sums.total(tx)?;
        let states = sums.states(tx)?;
        let (agents, reporting) = sums.reporting(tx)?;
        let faults = sums.codes(tx, None, secret)?;
        Ok(Overview {
            schools: states.iter().map(|(_, count)| count).sum(),
            schools_by_state: states.into_iter().collect(),
            agents: Agents { reporting, total: agents },
            places: total.planned,
            due: total.due,
            installed: total.installed,
            missing: total.missing,
            devices: total.devices,
            present: total.present,
            faults: faults.into_iter().map(|(code, _, count)| (code, count)).collect(),
            as_of: (total.newest_at.0 > 0).then(|| total.newest_at.to_string()),
        })
    });
    answer.await.map(Json)
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
struct List<T> {
    /// Its rows.
    items: Vec<T>,
    /// Goes into `after` for the next page; null: this is the last.
    next: Option<String>,
}

impl<T> List<T> {
    /// From rows of which one more than `limit` was asked for.
    fn of<R>(mut rows: Vec<R>, limit: i64, key: impl Fn(&R) -> String, shown: impl Fn(R) -> T) -> List<T> {
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        let next = rows.last().filter(|_| more).map(key);
        List { items: rows.into_iter().map(shown).collect(), next }
    }
}

fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(ROWS).clamp(1, MAX_ROWS)
}

/// Where to go on in a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Paging {
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Whether something says what it is: itself, or one of the forms that it may have.
    fn tells(value: &Value) -> bool {
        let forms = ["oneOf", "anyOf", "allOf"].iter().filter_map(|form| value[form].as_array()).flatten();
        std::iter::once(value).chain(forms).any(|value| value["description"].as_str().is_some_and(|text| !text.is_empty()))
    }

    /// Members of a description that say nothing of themselves, each by where it stands.
    fn silent(value: &Value, at: &str, told: &mut Vec<String>) {
        let members = value["properties"].as_object().into_iter().flatten();
        told.extend(members.filter(|(_, member)| !tells(member)).map(|(name, _)| format!("{at}.{name}")));
        match value {
            Value::Object(parts) => parts.iter().for_each(|(name, part)| silent(part, &format!("{at}/{name}"), told)),
            Value::Array(parts) => parts.iter().enumerate().for_each(|(number, part)| silent(part, &format!("{at}/{number}"), told)),
            _ => {}
        }
    }

    #[test]
    fn the_description_says_of_each_field_and_parameter_what_it_is() {
        let description = serde_json::to_value(described().split_for_parts().1).unwrap();
        let description = describe::complete(description, "session");
        let mut told = Vec::new();
        silent(&description["components"]["schemas"], "", &mut told);
        silent(&description["webhooks"], "webhooks", &mut told);
        for (path, operations) in description["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let bare = parameters.filter(|parameter| !tells(parameter));
                told.extend(bare.map(|parameter| format!("{method} {path}: {}", parameter["name"])));
                assert!(operation["summary"].is_string(), "{method} {path}");
                let shut = operation["description"].as_str().is_some_and(|said| said.contains("No token of /account opens this"));
                assert_eq!(shut, crate::web::access::by_signing_in(path), "{method} {path}");
            }
        }
        assert!(told.is_empty(), "no description:\n{}", told.join("\n"));
    }

    #[test]
    fn a_page_tells_whether_there_are_more() {
        let page = |rows: Vec<i64>| List::of(rows, 2, |row| row.to_string(), |row| row);
        assert_eq!((page(vec![1, 2, 3]).items, page(vec![1, 2, 3]).next), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(page(vec![1, 2]).next, None);
        assert!(page(vec![]).items.is_empty());
    }
}
