//! The same knowledge for programs: JSON under `/api/v1`, described by `/api/v1/openapi.json`.
//!
//! Comes in: a session cookie or `Authorization: Bearer` with the token of `POST /api/v1/session`. Goes out: own types, so
//! that no derive freezes the core; lists page by key (`limit`, `after` = the last answer's `next`); errors are RFC 9457
//! problems. Absent on purpose: the doors of agents (`agents.rs`), anything that pages do not show.

use super::error::{Failure, Problem};
use super::fault_line;
use super::session;
use super::visitor::{Signed, Visitor};
use super::{Stop, Web};
use crate::domain::fault::FAULTS;
use crate::store::view::{self, given};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Rows of a list where none is asked for.
const ROWS: i64 = 100;
/// Most rows that one answer gives.
const MAX_ROWS: i64 = 500;

#[derive(OpenApi)]
#[openapi(info(title = "Rollcall", version = "1", description = "Schools, devices, faults, agents and plan of one programme."))]
struct Description;

/// Routes of the API with their description.
pub fn routes() -> Router<Web> {
    let (router, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(sign_in))
        .routes(routes!(overview))
        .routes(routes!(schools))
        .routes(routes!(school))
        .routes(routes!(places))
        .routes(routes!(devices))
        .routes(routes!(device))
        .routes(routes!(faults))
        .routes(routes!(agents))
        .routes(routes!(plan))
        .split_for_parts();
    let text = description.to_json().unwrap_or_else(|_| "{}".to_owned());
    let description = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
    router.route("/api/v1/openapi.json", axum::routing::get(description)).route("/api/{*rest}", axum::routing::any(|| async { Failure::NotFound }))
}

type Answer<T> = Result<Json<T>, Failure>;

/// What to sign in with.
#[derive(Deserialize, ToSchema)]
struct Credentials {
    login: String,
    password: String,
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
#[utoipa::path(post, path = "/api/v1/session", responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn sign_in(State(web): State<Web>, visitor: Visitor, Json(credentials): Json<Credentials>) -> Answer<Session> {
    let (token, account) = session::open(&web, &visitor, &credentials.login, credentials.password).await?;
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
    as_of: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Agents {
    reporting: i64,
    total: i64,
}

#[utoipa::path(get, path = "/api/v1/overview", responses((status = 200, body = Overview), (status = 401, body = Problem)))]
async fn overview(State(web): State<Web>, _: Signed) -> Answer<Overview> {
    let now = web.now();
    let answer = web.read(move |tx| -> Result<_, Stop> {
        let total = view::school::total(tx)?;
        let states = view::school::by_state(tx)?;
        let (agents, reporting) = view::agent::reporting(tx, now)?;
        let faults = view::fault::by_code(tx, None)?;
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

/// Which schools.
#[derive(Deserialize, IntoParams)]
struct SchoolsAsked {
    /// fault, check, shadow, learning, calm, unfollowed.
    state: Option<String>,
    /// Code of a phase.
    phase: Option<String>,
    /// Part of the name.
    q: Option<String>,
    /// Rows, 500 at most.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One school with its counts.
#[derive(Serialize, ToSchema)]
struct School {
    code: String,
    name: String,
    kind: String,
    phase: String,
    state: String,
    followed: bool,
    learning: bool,
    places: i64,
    due: i64,
    installed: i64,
    missing: i64,
    faulty: i64,
    devices: i64,
    present: i64,
    faults: i64,
    as_of: Option<String>,
}

fn school_of(row: view::school::SchoolRow) -> School {
    School {
        followed: row.state != "unfollowed",
        learning: !row.accepted,
        places: row.counts.planned,
        due: row.counts.due,
        installed: row.counts.installed,
        missing: row.counts.missing,
        faulty: row.counts.faulty,
        devices: row.counts.devices,
        present: row.counts.present,
        faults: row.counts.faults(),
        as_of: (row.counts.newest_at.0 > 0).then(|| row.counts.newest_at.to_string()),
        code: row.code,
        name: row.name,
        kind: row.kind,
        phase: row.phase,
        state: row.state,
    }
}

#[utoipa::path(get, path = "/api/v1/schools", params(SchoolsAsked), responses((status = 200, body = List<School>), (status = 401, body = Problem)))]
async fn schools(State(web): State<Web>, _: Signed, Query(asked): Query<SchoolsAsked>) -> Answer<List<School>> {
    let limit = limit(asked.limit);
    let rows = web.read(move |tx| -> Result<_, Stop> {
        let text = asked.q.as_deref().and_then(view::pattern);
        let filter = view::school::Filter { state: asked.state, phase: asked.phase, text, ..Default::default() };
        let after = asked.after.as_deref().and_then(|after| after.rsplit_once('.')).and_then(|(name, id)| Some((name, id.parse().ok()?)));
        Ok(view::school::list(tx, &filter, after, limit + 1)?)
    });
    Ok(Json(List::of(rows.await?, limit, |row| format!("{}.{}", row.folded, row.id), school_of)))
}

#[utoipa::path(get, path = "/api/v1/schools/{code}", params(("code" = String, Path)), responses((status = 200, body = School), (status = 404, body = Problem)))]
async fn school(State(web): State<Web>, _: Signed, Path(code): Path<String>) -> Answer<School> {
    let row = web.read(move |tx| Ok(view::school::one(tx, &code)?)).await?;
    row.map(school_of).map(Json).ok_or(Failure::NotFound)
}

/// Where to go on in a list.
#[derive(Deserialize, IntoParams)]
struct Paging {
    /// Rows, 500 at most.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One place of a school.
#[derive(Serialize, ToSchema)]
struct Place {
    key: String,
    kind: String,
    room: String,
    kit: String,
    phase: String,
    model: String,
    /// The due date as the plan writes it.
    due: String,
    /// seen, through, hand.
    known_by: String,
    /// installed, installed_faulty, other_model, delivered_not_seen, in_repair, lent, due_missing, not_yet_due, to_be_counted, not_followed.
    outcome: String,
    /// The device that stands there.
    device: Option<i64>,
    /// Since when, RFC 3339.
    since: String,
}

#[utoipa::path(get, path = "/api/v1/schools/{code}/places", params(("code" = String, Path), Paging), responses((status = 200, body = List<Place>), (status = 404, body = Problem)))]
async fn places(State(web): State<Web>, _: Signed, Path(code): Path<String>, Query(paging): Query<Paging>) -> Answer<List<Place>> {
    let limit = limit(paging.limit);
    let rows = web.read(move |tx| -> Result<_, Stop> {
        let school = view::school::one(tx, &code)?.ok_or(Failure::NotFound)?;
        Ok(view::school::places(tx, school.id, &paging.after.unwrap_or_default(), limit + 1)?)
    });
    let shown = |row: view::school::PlaceRow| Place {
        key: row.key,
        kind: row.kind,
        room: row.room,
        kit: row.kit,
        phase: row.phase,
        model: row.model,
        due: row.due,
        known_by: row.known_by,
        outcome: row.outcome,
        device: row.device,
        since: row.since_at.to_string(),
    };
    Ok(Json(List::of(rows.await?, limit, |row| row.key.clone(), shown)))
}

/// Which devices.
#[derive(Deserialize, IntoParams)]
struct DevicesAsked {
    /// Code of a school.
    school: Option<String>,
    /// Code of a kind; `unknown`: not known.
    kind: Option<String>,
    /// Present now, or not.
    present: Option<bool>,
    /// Part of name or serial, or a MAC in any spelling.
    q: Option<String>,
    /// Rows, 500 at most.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<i64>,
}

/// One device.
#[derive(Serialize, ToSchema)]
struct Device {
    id: i64,
    school: String,
    kind: Option<String>,
    vendor: Option<String>,
    model: Option<String>,
    serial: Option<String>,
    name: Option<String>,
    addresses: Vec<Address>,
    /// Where it hangs: switch or access point, and port.
    place: Option<Attached>,
    /// Room of the place that it fills.
    room: Option<String>,
    present: bool,
    /// Since when present or absent, RFC 3339.
    since: String,
}

#[derive(Serialize, ToSchema)]
struct Address {
    mac: Option<String>,
    ip: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Attached {
    device: String,
    port: String,
}

fn addresses(all: &[crate::domain::device::Address]) -> Vec<Address> {
    all.iter().map(|address| Address { mac: address.mac.map(|mac| mac.to_string()), ip: address.ip.map(|ip| ip.to_string()) }).collect()
}

fn device_of(row: view::device::DeviceRow) -> Device {
    let place = row.place_device.map(|device| Attached { device, port: row.place_port.unwrap_or_default() });
    Device {
        id: row.id.0,
        school: row.school_code,
        kind: row.kind,
        vendor: row.vendor,
        model: row.model,
        serial: row.serial,
        name: row.name,
        addresses: addresses(&row.addresses),
        place,
        room: given(&row.room),
        present: row.present,
        since: row.turned_at.to_string(),
    }
}

#[utoipa::path(get, path = "/api/v1/devices", params(DevicesAsked), responses((status = 200, body = List<Device>), (status = 401, body = Problem)))]
async fn devices(State(web): State<Web>, _: Signed, Query(asked): Query<DevicesAsked>) -> Answer<List<Device>> {
    let limit = limit(asked.limit);
    let rows = web.read(move |tx| -> Result<_, Stop> {
        let mut filter = view::device::Filter { school: asked.school, kind: asked.kind, present: asked.present, ..Default::default() };
        filter.search(asked.q.as_deref().unwrap_or_default());
        Ok(view::device::list(tx, &filter, asked.after.unwrap_or(0), limit + 1)?)
    });
    Ok(Json(List::of(rows.await?, limit, |row| row.id.to_string(), device_of)))
}

/// One device with all that is known of it.
#[derive(Serialize, ToSchema)]
struct DeviceInFull {
    #[serde(flatten)]
    device: Device,
    os: Option<String>,
    os_version: Option<String>,
    firmware: Option<String>,
    confidence: u8,
    first_seen: String,
    why: Vec<Why>,
}

/// One conclusion and its ground.
#[derive(Serialize, ToSchema)]
struct Why {
    about: String,
    value: String,
    probe: String,
    ground: String,
    confidence: u8,
}

#[utoipa::path(get, path = "/api/v1/devices/{id}", params(("id" = i64, Path)), responses((status = 200, body = DeviceInFull), (status = 404, body = Problem)))]
async fn device(State(web): State<Web>, _: Signed, Path(id): Path<i64>) -> Answer<DeviceInFull> {
    let found = web.read(move |tx| -> Result<_, Stop> {
        let Some(row) = view::device::one(tx, id)? else { return Ok(None) };
        Ok(crate::store::fleet::device(tx, row.id)?.map(|whole| (row, whole)))
    });
    let (row, whole) = found.await?.ok_or(Failure::NotFound)?;
    let why = |why: crate::domain::device::Why| Why {
        about: why.about.to_owned(),
        value: why.value,
        probe: why.probe,
        ground: why.ground,
        confidence: why.confidence,
    };
    Ok(Json(DeviceInFull {
        device: device_of(row),
        os: whole.os,
        os_version: whole.os_version,
        firmware: whole.firmware,
        confidence: whole.confidence,
        first_seen: whole.first_seen_at.to_string(),
        why: whole.why.into_iter().map(why).collect(),
    }))
}

/// Which faults.
#[derive(Deserialize, IntoParams)]
struct FaultsAsked {
    /// Code of a school.
    school: Option<String>,
    /// Code of a fault.
    code: Option<String>,
    /// Closed ones instead of open ones.
    #[serde(default)]
    cleared: bool,
    /// Rows, 500 at most.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// One fault.
#[derive(Serialize, ToSchema)]
struct Fault {
    id: i64,
    school: String,
    code: String,
    /// critical, major, minor.
    severity: &'static str,
    device: Option<i64>,
    /// How many things it stands for.
    count: i64,
    facts: BTreeMap<String, String>,
    opened: String,
    cleared: Option<String>,
    /// Its school is still learning: nobody is notified.
    learning: bool,
}

#[utoipa::path(get, path = "/api/v1/faults", params(FaultsAsked), responses((status = 200, body = List<Fault>), (status = 400, body = Problem)))]
async fn faults(State(web): State<Web>, _: Signed, Query(asked): Query<FaultsAsked>) -> Answer<List<Fault>> {
    if let Some(code) = asked.code.as_deref().filter(|code| !FAULTS.iter().any(|row| row.code == *code)) {
        let codes: Vec<&str> = FAULTS.iter().map(|row| row.code).collect();
        return Err(Failure::Bad(format!("code: found {:?}, expected one of {}", rollcall_shared::wire::clip(code, 60), codes.join(", "))));
    }
    let (limit, cleared) = (limit(asked.limit), asked.cleared);
    let rows = web.read(move |tx| -> Result<_, Stop> {
        let filter = view::fault::Filter { cleared, school: asked.school, code: asked.code, severity: None, device: None };
        let after = asked.after.as_deref().and_then(super::pages::parse_after);
        Ok(view::fault::list(tx, &filter, after, limit + 1)?)
    });
    let key = move |row: &view::fault::FaultRow| {
        let at = row.cleared_at.filter(|_| cleared).unwrap_or(row.opened_at);
        format!("{}.{}.{}", row.severity, at.0, row.id)
    };
    let shown = |row: view::fault::FaultRow| Fault {
        facts: fault_line::facts(&row),
        id: row.id,
        school: row.school_code,
        code: row.code,
        severity: ["minor", "major", "critical"][usize::try_from(row.severity.clamp(1, 3) - 1).unwrap_or(0)],
        device: row.device.map(|device| device.0),
        count: row.count,
        opened: row.opened_at.to_string(),
        cleared: row.cleared_at.map(|at| at.to_string()),
        learning: row.learning,
    };
    Ok(Json(List::of(rows.await?, limit, key, shown)))
}

/// One agent.
#[derive(Serialize, ToSchema)]
struct Agent {
    id: i64,
    host: String,
    version: String,
    networks: Vec<String>,
    /// Rounds told.
    rounds: i64,
    /// It reported in time.
    reporting: bool,
    revoked: bool,
    last_contact: Option<String>,
    clock_skew_s: i64,
    refused_reports: i64,
}

#[utoipa::path(get, path = "/api/v1/agents", params(Paging), responses((status = 200, body = List<Agent>), (status = 401, body = Problem)))]
async fn agents(State(web): State<Web>, _: Signed, Query(paging): Query<Paging>) -> Answer<List<Agent>> {
    let (limit, now) = (limit(paging.limit), web.now());
    let after = paging.after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let rows = web.read(move |tx| Ok(view::agent::list(tx, after, limit + 1)?)).await?;
    let shown = move |row: view::agent::AgentRow| Agent {
        reporting: row.revoked_at.is_none() && row.contact_at.0 > 0 && !super::pages::is_silent(&row, now),
        id: row.id.0,
        host: row.host,
        version: row.version,
        networks: serde_json::from_str(&row.networks).unwrap_or_default(),
        rounds: row.round_count,
        revoked: row.revoked_at.is_some(),
        last_contact: (row.contact_at.0 > 0).then(|| row.contact_at.to_string()),
        clock_skew_s: row.skew_s,
        refused_reports: row.refused_count,
    };
    Ok(Json(List::of(rows, limit, |row| row.id.to_string(), shown)))
}

/// The plan in force, in counts.
#[derive(Serialize, ToSchema)]
struct Plan {
    /// Version in force; null: none imported.
    version: Option<i64>,
    programme: String,
    phases: Vec<Phase>,
}

/// One phase.
#[derive(Serialize, ToSchema)]
struct Phase {
    phase: String,
    schools: i64,
    equipped: i64,
    places: i64,
    due: i64,
    installed: i64,
    missing: i64,
    faulty: i64,
}

#[utoipa::path(get, path = "/api/v1/plan", responses((status = 200, body = Plan), (status = 401, body = Problem)))]
async fn plan(State(web): State<Web>, _: Signed) -> Answer<Plan> {
    let (versions, phases) = web.read(|tx| -> Result<_, Stop> { Ok((crate::store::plan::versions(tx, 1)?, view::programme::phases(tx)?)) }).await?;
    let phase = |row: view::programme::PhaseRow| Phase {
        phase: row.phase,
        schools: row.schools,
        equipped: row.equipped,
        places: row.planned,
        due: row.due,
        installed: row.installed,
        missing: row.missing,
        faulty: row.faulty,
    };
    let newest = versions.into_iter().next();
    Ok(Json(Plan {
        version: newest.as_ref().map(|version| version.id),
        programme: newest.map(|version| version.programme).unwrap_or_default(),
        phases: phases.into_iter().map(phase).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_whether_there_are_more() {
        let page = |rows: Vec<i64>| List::of(rows, 2, |row| row.to_string(), |row| row);
        assert_eq!((page(vec![1, 2, 3]).items, page(vec![1, 2, 3]).next), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(page(vec![1, 2]).next, None);
        assert!(page(vec![]).items.is_empty());
    }
}
