//! The doors, each with who may open it: one table, asked before any handler runs.
//!
//! Comes in: a request's method and route. Goes out: the request, let in; or no: the sign-in page, 403, 405. Absent on purpose: rights of roles
//! (`domain/right`), what of a list is shown ([`crate::store::sight`]).
//!
//! A route that has no row here is shut for everybody: whoever adds one decides here who may open it.

use super::Web;
use super::error::Failure;
use super::visitor::{By, Signed, Visitor, wants_page};
use crate::domain::right::{Right, Role};
use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};

/// The one page of an account that must have a second factor and has none.
const FACTOR: &str = "/account/second";

/// What no token for programs opens, by the beginnings of routes: what a token may do ends where accounts begin, its owner's and all others. It makes no
/// further tokens, and no way in for anybody, agents among them.
const BY_SIGNING_IN: [&str; 7] =
    ["/account", "/admin", "/my-people", "/api/v1/account", "/api/v1/people", "/api/v1/enrolment-codes", "/api/v1/audit"];

/// Who may open a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks: signing in, agents with their signatures, files of the pages, probes of life.
    Anybody,
    /// Accounts with this right; the handler looks with their eyes alone.
    May(Right),
    /// Accounts with this right that see everything: what is shown knows no bounds.
    MayAll(Right),
}

/// One door: method, route, who.
pub type Door = (&'static str, &'static str, Who);

use Right::*;
use Who::{Anybody, May, MayAll};

/// Every door.
#[rustfmt::skip]
pub const DOORS: &[Door] = &[
    // For machines.
    ("GET", "/healthz", Anybody),
    ("GET", "/readyz", Anybody),
    ("GET", "/metrics", Anybody),
    ("GET", "/assets/rollcall.css", Anybody),
    ("GET", "/assets/live.js", Anybody),
    ("GET", "/assets/icon.svg", Anybody),
    ("POST", "/api/v1/reports", Anybody),
    ("POST", "/api/v1/enrol", Anybody),
    // Signing in and out.
    ("GET", "/sign-in", Anybody),
    ("POST", "/sign-in", Anybody),
    ("POST", "/sign-in/code", Anybody),
    ("GET", "/sign-in/provider", Anybody),
    ("GET", "/sign-in/provider/back", Anybody),
    ("GET", "/sign-in/link", Anybody),
    ("POST", "/sign-in/link", Anybody),
    ("GET", "/sign-in/link/{token}", Anybody),
    ("POST", "/sign-in/link/{token}", Anybody),
    ("POST", "/sign-out", Anybody),
    ("GET", "/welcome/{token}", Anybody),
    ("POST", "/welcome/{token}", Anybody),
    ("POST", "/preferences", Anybody),
    ("GET", "/privacy", Anybody),
    ("GET", "/live", May(SignedIn)),
    ("GET", "/search", May(SeeFaults)),
    ("GET", "/account", May(SignedIn)),
    ("POST", "/account/password", May(SignedIn)),
    ("POST", "/account/sessions", May(SignedIn)),
    ("GET", "/account/second", May(SignedIn)),
    ("POST", "/account/second", May(SignedIn)),
    ("POST", "/account/second/codes", May(SignedIn)),
    ("POST", "/account/second/remove", May(SignedIn)),
    ("POST", "/account/tokens", May(SignedIn)),
    ("POST", "/account/tokens/{id}/drop", May(SignedIn)),
    ("POST", "/account/views", May(SignedIn)),
    ("POST", "/account/views/forget", May(SignedIn)),
    ("POST", "/account/email", May(SignedIn)),
    ("POST", "/account/notices", May(SignedIn)),
    ("POST", "/account/webhooks", May(SignedIn)),
    ("POST", "/account/webhooks/{id}/drop", May(SignedIn)),
    ("GET", "/password/{token}", Anybody),
    ("POST", "/password/{token}", Anybody),
    // The fleet.
    ("GET", "/", May(SignedIn)),
    ("GET", "/schools", May(SeeProgramme)),
    ("GET", "/schools/{code}", May(SeeProgramme)),
    ("GET", "/schools/{code}/stocktake", May(ChangeRegister)),
    ("POST", "/schools/{code}/stocktake", May(ChangeRegister)),
    ("GET", "/schools/{code}/year", May(SeePresence)),
    ("GET", "/map", May(SeeProgramme)),
    ("GET", "/wall", May(SeeProgramme)),
    ("POST", "/schools/{code}/accept", May(WorkOnFaults)),
    ("GET", "/schools/{code}/inventory", May(SeeProgramme)),
    ("GET", "/schools/{code}/inventory/{file}", May(SeeProgramme)),
    ("GET", "/schools/{code}/theft", May(SeeProgramme)),
    ("GET", "/devices", May(SeeProgramme)),
    ("GET", "/devices/{id}", May(SeeFaults)),
    ("POST", "/devices/{id}/merge", May(DecideIdentity)),
    ("POST", "/devices/{id}/split", May(DecideIdentity)),
    ("GET", "/devices/{id}/place", May(DecideIdentity)),
    ("POST", "/devices/{id}/place", May(DecideIdentity)),
    ("POST", "/devices/{id}/accept-model", MayAll(DecideIdentity)),
    ("POST", "/decisions/{id}/undo", May(DecideIdentity)),
    ("GET", "/conflicts", May(SeeProgramme)),
    ("POST", "/conflicts/{id}/resolve", May(DecideIdentity)),
    ("GET", "/compare", May(SeeProgramme)),
    ("POST", "/compare", MayAll(DecideIdentity)),
    ("POST", "/compare/{id}/remove", MayAll(DecideIdentity)),
    ("GET", "/inventory", May(SeeProgramme)),
    ("GET", "/inventory/file", May(SeeProgramme)),
    ("GET", "/agents", MayAll(SeeProgramme)),
    ("POST", "/agents/{id}/revoke", MayAll(Administer)),
    // Faults.
    ("GET", "/faults", May(SeeFaults)),
    ("POST", "/faults/act", May(MendFaults)),
    ("GET", "/faults/{id}", May(SeeFaults)),
    ("GET", "/faults/export/{file}", May(SeeFaults)),
    ("POST", "/faults/{id}/comment", May(MendFaults)),
    ("POST", "/faults/{id}/act", May(MendFaults)),
    ("POST", "/faults/{id}/photos", May(MendFaults)),
    ("GET", "/faults/{id}/photos/{photo}", May(SeeFaults)),
    ("GET", "/faults/{id}/photos/{photo}/small", May(SeeFaults)),
    ("POST", "/faults/{id}/photos/{photo}/remove", May(MendFaults)),
    ("POST", "/faults/{id}/visit", May(WorkOnFaults)),
    ("POST", "/faults/{id}/swap", May(ChangeRegister)),
    ("GET", "/export/devices/{file}", May(SeeProgramme)),
    ("GET", "/export/schools/{file}", May(SeeProgramme)),
    ("GET", "/export/visits/{file}", May(SeeFaults)),
    ("GET", "/export/register/{table}/{file}", May(SeeProgramme)),
    ("GET", "/my-queue", May(MendFaults)),
    // Of those, whoever leads.
    ("GET", "/my-people", May(MendFaults)),
    ("POST", "/my-people", May(MendFaults)),
    ("POST", "/my-people/{login}", May(MendFaults)),
    ("GET", "/round", May(SeeFaults)),
    ("GET", "/round/{file}", May(SeeFaults)),
    ("GET", "/punctuality", May(SeeFaults)),
    ("GET", "/punctuality/{file}", May(SeeFaults)),
    ("GET", "/my-school", May(Report)),
    ("GET", "/l/{label}/{check}", Anybody),
    ("POST", "/l/{label}/{check}", Anybody),
    ("GET", "/schools/{code}/labels", May(ChangeRegister)),
    ("GET", "/faults/new", May(Report)),
    ("POST", "/faults/new", May(Report)),
    ("GET", "/visits", May(SeeFaults)),
    ("POST", "/visits/{id}/end", May(WorkOnFaults)),
    ("GET", "/lists", May(SeeProgramme)),
    ("GET", "/verdicts", May(SeeProgramme)),
    ("POST", "/verdicts", May(WorkOnFaults)),
    ("POST", "/verdicts/{id}/revoke", May(WorkOnFaults)),
    // The programme.
    ("GET", "/calendar", May(SeeProgramme)),
    ("POST", "/calendar/import", MayAll(Administer)),
    ("POST", "/calendar/settings", MayAll(Administer)),
    ("GET", "/plan", MayAll(SeeProgramme)),
    ("GET", "/plan/held", MayAll(SeeProgramme)),
    ("GET", "/plan/edit", MayAll(ChangePlan)),
    ("POST", "/plan/edit", MayAll(ChangePlan)),
    ("GET", "/plan/milestones", MayAll(SeeProgramme)),
    ("GET", "/plan/budget", MayAll(SeeMoney)),
    ("GET", "/plan/grants", MayAll(SeeMoney)),
    ("GET", "/plan/grants/{grant}", MayAll(SeeMoney)),
    ("GET", "/plan/grants/{grant}/{file}", MayAll(SeeMoney)),
    ("GET", "/plan/spares", MayAll(SeeProgramme)),
    ("POST", "/plan/spares", MayAll(ChangeRegister)),
    ("GET", "/plan/import", MayAll(ChangePlan)),
    ("POST", "/plan/import", MayAll(ChangePlan)),
    ("GET", "/plan/import/{token}", MayAll(ChangePlan)),
    ("POST", "/plan/import/{token}", MayAll(ChangePlan)),
    ("GET", "/plan/versions", MayAll(SeeProgramme)),
    ("GET", "/plan/versions/{id}", MayAll(SeeProgramme)),
    ("POST", "/plan/versions/{id}/back", MayAll(ChangePlan)),
    ("GET", "/plan/export/{file}", MayAll(SeeProgramme)),
    ("GET", "/plan/draft/{file}", MayAll(ChangeRegister)),
    ("GET", "/register", May(SeeProgramme)),
    ("GET", "/register/{table}", May(SeeProgramme)),
    ("GET", "/register/{table}/new", May(ChangeRegister)),
    ("POST", "/register/{table}/new", May(ChangeRegister)),
    ("GET", "/register/{table}/{key}", May(SeeProgramme)),
    ("POST", "/register/{table}/{key}", May(ChangeRegister)),
    ("POST", "/register/{table}/{key}/remove", May(ChangeRegister)),
    ("POST", "/register/changes/{id}/undo", May(ChangeRegister)),
    ("GET", "/admin", MayAll(Administer)),
    ("POST", "/admin/accounts", MayAll(Administer)),
    ("POST", "/admin/codes", MayAll(Administer)),
    ("POST", "/admin/test-mail", MayAll(Administer)),
    ("POST", "/admin/accounts/{login}/email", MayAll(Administer)),
    ("GET", "/admin/accounts/{login}", MayAll(Administer)),
    ("POST", "/admin/accounts/{login}", MayAll(Administer)),
    ("POST", "/admin/accounts/{login}/link", MayAll(Administer)),
    ("POST", "/admin/accounts/{login}/state", MayAll(Administer)),
    ("POST", "/admin/accounts/{login}/second", MayAll(Administer)),
    ("POST", "/admin/second", MayAll(Administer)),
    // The same for programs.
    ("GET", "/api/v1/openapi.json", Anybody),
    ("POST", "/api/v1/session", Anybody),
    ("GET", "/api/v1/account/notices", May(SignedIn)),
    ("PUT", "/api/v1/account/notices", May(SignedIn)),
    ("POST", "/api/v1/account/webhooks", May(SignedIn)),
    ("DELETE", "/api/v1/account/webhooks/{id}", May(SignedIn)),
    ("GET", "/api/v1/account/sessions", May(SignedIn)),
    ("DELETE", "/api/v1/account/sessions", May(SignedIn)),
    ("GET", "/api/v1/account/tokens", May(SignedIn)),
    ("POST", "/api/v1/account/tokens", May(SignedIn)),
    ("DELETE", "/api/v1/account/tokens/{id}", May(SignedIn)),
    ("GET", "/api/v1/account/views", May(SignedIn)),
    ("PUT", "/api/v1/account/views/{name}", May(SignedIn)),
    ("DELETE", "/api/v1/account/views/{name}", May(SignedIn)),
    ("GET", "/api/v1/accounts", MayAll(Administer)),
    ("POST", "/api/v1/accounts", MayAll(Administer)),
    ("GET", "/api/v1/accounts/{login}", MayAll(Administer)),
    ("PUT", "/api/v1/accounts/{login}", MayAll(Administer)),
    ("PUT", "/api/v1/accounts/{login}/state", MayAll(Administer)),
    ("PUT", "/api/v1/accounts/{login}/email", MayAll(Administer)),
    ("POST", "/api/v1/accounts/{login}/link", MayAll(Administer)),
    ("DELETE", "/api/v1/accounts/{login}/second", MayAll(Administer)),
    // Of those, whoever leads.
    ("GET", "/api/v1/people", May(MendFaults)),
    ("POST", "/api/v1/people", May(MendFaults)),
    ("PUT", "/api/v1/people/{login}/state", May(MendFaults)),
    ("POST", "/api/v1/people/{login}/link", May(MendFaults)),
    ("GET", "/api/v1/overview", May(SeeProgramme)),
    ("GET", "/api/v1/search", May(SeeFaults)),
    ("GET", "/api/v1/schools", May(SeeProgramme)),
    ("GET", "/api/v1/schools/{code}", May(SeeProgramme)),
    ("GET", "/api/v1/schools/{code}/places", May(SeeProgramme)),
    ("GET", "/api/v1/schools/{code}/days", May(SeeProgramme)),
    ("POST", "/api/v1/schools/{code}/accept", May(WorkOnFaults)),
    ("GET", "/api/v1/schools/{code}/stocktake", May(ChangeRegister)),
    ("POST", "/api/v1/schools/{code}/stocktake", May(ChangeRegister)),
    ("GET", "/api/v1/schools/{code}/theft", May(SeeProgramme)),
    ("GET", "/api/v1/calendar", May(SeeProgramme)),
    ("POST", "/api/v1/calendar/import", MayAll(Administer)),
    ("GET", "/api/v1/calendar/settings", May(SeeProgramme)),
    ("PUT", "/api/v1/calendar/settings", MayAll(Administer)),
    ("GET", "/api/v1/devices", May(SeeFaults)),
    ("GET", "/api/v1/devices/{id}", May(SeeFaults)),
    ("POST", "/api/v1/devices/{id}/merge", May(DecideIdentity)),
    ("POST", "/api/v1/devices/{id}/split", May(DecideIdentity)),
    ("PUT", "/api/v1/devices/{id}/place", May(DecideIdentity)),
    ("POST", "/api/v1/accepted-models", MayAll(DecideIdentity)),
    ("POST", "/api/v1/decisions/{id}/undo", May(DecideIdentity)),
    ("GET", "/api/v1/conflicts", May(SeeProgramme)),
    ("POST", "/api/v1/conflicts/{id}/resolve", May(DecideIdentity)),
    ("GET", "/api/v1/compare", May(SeeProgramme)),
    ("GET", "/api/v1/compare/lists", MayAll(SeeProgramme)),
    ("POST", "/api/v1/compare/lists", MayAll(DecideIdentity)),
    ("DELETE", "/api/v1/compare/lists/{id}", MayAll(DecideIdentity)),
    ("GET", "/api/v1/faults", May(SeeFaults)),
    ("POST", "/api/v1/faults", May(Report)),
    ("GET", "/api/v1/faults/{id}", May(SeeFaults)),
    ("POST", "/api/v1/faults/{id}/act", May(MendFaults)),
    ("POST", "/api/v1/faults/deeds", May(MendFaults)),
    ("POST", "/api/v1/faults/{id}/photos", May(MendFaults)),
    ("DELETE", "/api/v1/faults/{id}/photos/{photo}", May(MendFaults)),
    ("POST", "/api/v1/faults/{id}/swap", May(WorkOnFaults)),
    ("GET", "/api/v1/visits", May(SeeFaults)),
    ("POST", "/api/v1/visits", May(WorkOnFaults)),
    ("POST", "/api/v1/visits/{id}/end", May(WorkOnFaults)),
    ("GET", "/api/v1/verdicts", May(SeeProgramme)),
    ("POST", "/api/v1/verdicts", May(WorkOnFaults)),
    ("POST", "/api/v1/verdicts/{id}/revoke", May(WorkOnFaults)),
    ("GET", "/api/v1/round", May(SeeFaults)),
    ("GET", "/api/v1/punctuality", May(SeeFaults)),
    ("GET", "/api/v1/lists", May(SeeProgramme)),
    ("GET", "/api/v1/agents", MayAll(SeeProgramme)),
    ("POST", "/api/v1/agents/{id}/revoke", MayAll(Administer)),
    ("GET", "/api/v1/audit", MayAll(Administer)),
    ("GET", "/api/v1/enrolment-codes", MayAll(Administer)),
    ("POST", "/api/v1/enrolment-codes", MayAll(Administer)),
    ("GET", "/api/v1/aside", MayAll(SeeProgramme)),
    ("GET", "/api/v1/inventory", May(SeeProgramme)),
    ("GET", "/api/v1/plan", MayAll(SeeProgramme)),
    ("GET", "/api/v1/plan/held", MayAll(SeeProgramme)),
    ("POST", "/api/v1/plan/edits", MayAll(ChangePlan)),
    ("GET", "/api/v1/plan/progress", MayAll(SeeProgramme)),
    ("GET", "/api/v1/plan/milestones", MayAll(SeeProgramme)),
    ("GET", "/api/v1/plan/budget", MayAll(SeeMoney)),
    ("GET", "/api/v1/plan/grants", MayAll(SeeMoney)),
    ("GET", "/api/v1/plan/grants/{grant}", MayAll(SeeMoney)),
    ("GET", "/api/v1/plan/spares", MayAll(SeeProgramme)),
    ("PUT", "/api/v1/plan/spares/{kind}", MayAll(ChangeRegister)),
    ("GET", "/api/v1/plan/versions", MayAll(SeeProgramme)),
    ("GET", "/api/v1/plan/versions/{id}/changes", MayAll(SeeProgramme)),
    ("POST", "/api/v1/plan/versions/{id}/back", MayAll(ChangePlan)),
    ("POST", "/api/v1/plan/import", MayAll(ChangePlan)),
    ("GET", "/api/v1/plan/export/{file}", MayAll(SeeProgramme)),
    ("GET", "/api/v1/register/changes", May(SeeProgramme)),
    ("GET", "/api/v1/register/{table}", May(SeeProgramme)),
    ("GET", "/api/v1/register/{table}/{key}", May(SeeProgramme)),
    ("PUT", "/api/v1/register/{table}/{key}", May(ChangeRegister)),
    ("DELETE", "/api/v1/register/{table}/{key}", May(ChangeRegister)),
    ("POST", "/api/v1/register/changes/{id}/undo", May(ChangeRegister)),
    // Nothing is there, said by whoever asks for it.
    ("*", "/api/{*rest}", Anybody),
];

/// Whether no token for programs opens a route, whatever its account may do.
pub fn by_signing_in(route: &str) -> bool {
    BY_SIGNING_IN.iter().any(|part| route.starts_with(part))
}

/// Whether an account of this role, seeing everything or not, may open a door. Anybody may open what is open to anybody.
pub fn opens(who: Who, role: Role, sees_all: bool) -> bool {
    match who {
        Who::Anybody => true,
        Who::May(right) => role.may(right),
        Who::MayAll(right) => role.may(right) && sees_all,
    }
}

/// Puts the table before a router's handlers.
pub fn kept(router: Router<Web>, web: &Web) -> Router<Web> {
    router.layer(from_fn_with_state(web.clone(), ask))
}

async fn ask(State(web): State<Web>, request: Request, next: Next) -> Response {
    // Where no route is, nothing is shut.
    let Some(route) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else { return next.run(request).await };
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let Some((.., who)) = DOORS.iter().find(|(verb, path, _)| *path == route && (*verb == "*" || *verb == method.as_str())) else {
        let known = DOORS.iter().any(|(_, path, _)| *path == route);
        if !known {
            tracing::error!(%method, route, "no decision about who may open this door: it stays shut");
        }
        return if known { wrong_method(&method, &route) } else { Failure::Forbidden.into_response() };
    };
    let writes = !matches!(method, Method::GET | Method::OPTIONS);
    if writes && from_elsewhere(request.headers()) {
        return Failure::WrongForm.into_response();
    }
    if *who == Who::Anybody {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let signed = match <Signed as FromRequestParts<Web>>::from_request_parts(&mut parts, &web).await {
        Ok(signed) => signed,
        Err(response) => return response,
    };
    let held_back = match signed.account.by {
        By::Session => false,
        By::Token { reads_only } => (reads_only && writes) || by_signing_in(&route),
    };
    if held_back || !opens(*who, signed.account.role, signed.account.eyes.see_all()) {
        return Failure::Forbidden.into_response();
    }
    if signed.account.wanting && !route.starts_with(FACTOR) {
        return if wants_page(&parts) { Redirect::to(FACTOR).into_response() } else { Failure::FactorWanting.into_response() };
    }
    parts.extensions.insert::<Visitor>(signed.visitor);
    next.run(Request::from_parts(parts, body)).await
}

/// A browser says that another site's page makes it ask (Fetch Metadata, 2.3): nobody's program says so. Forms carry their token all the same.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

/// 405, and which methods there are (RFC 9110, 15.5.6).
fn wrong_method(method: &Method, route: &str) -> Response {
    let mut verbs: Vec<&str> = DOORS.iter().filter(|(_, path, _)| *path == route).map(|(verb, ..)| *verb).collect();
    if verbs.contains(&"GET") {
        verbs.push("HEAD");
    }
    let verbs = verbs.join(", ");
    let said = format!("found {}, expected one of {verbs}", super::error::clipped(method.as_str()));
    let mut response = Failure::Protocol(StatusCode::METHOD_NOT_ALLOWED, said).into_response();
    if let Ok(allow) = HeaderValue::from_str(&verbs) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_stands_once() {
        let mut doors: Vec<(&str, &str)> = DOORS.iter().map(|(method, route, _)| (*method, *route)).collect();
        doors.sort_unstable();
        let count = doors.len();
        doors.dedup();
        assert_eq!(doors.len(), count);
    }

    #[test]
    fn what_writes_is_open_to_nobody_who_only_reads() {
        let writes = DOORS.iter().filter(|(method, ..)| !matches!(*method, "GET" | "*"));
        for (method, route, who) in writes.filter(|(.., who)| *who != Who::Anybody) {
            assert!(!opens(*who, Role::Reader, true) || *who == May(SignedIn), "{method} {route}");
        }
    }

    #[test]
    fn bounded_accounts_do_not_open_what_knows_no_bounds() {
        assert!(opens(MayAll(SeeProgramme), Role::Technician, true) && !opens(MayAll(SeeProgramme), Role::Technician, false));
        assert!(opens(May(SeeFaults), Role::Contractor, false) && !opens(May(SeeProgramme), Role::Contractor, false));
    }
}
