//! The finish of the API's description: what holds for every operation is said once here, and stands with each.
//!
//! Comes in: what the handlers say of themselves. Goes out: OpenAPI 3.1, complete enough to generate clients from: who may ask, every refusal as a
//! problem, tags of answers, how often one may ask, bounds of every parameter. Absent on purpose: what one operation means (beside its handler).

use crate::plan_folder::Container;
use crate::web::access::{DOORS, Who, by_signing_in};
use crate::workbook::{ODS_TYPE, XLSX_TYPE};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Longest text in an address, characters: the longest name that plan and register take is shorter.
const LONGEST: u64 = 200;
/// Longest key of a list: several names in one.
const LONGEST_KEY: u64 = 1_000;

/// Completes a description.
pub(super) fn complete(mut description: Value, cookie: &str) -> Value {
    // The library that makes the description knows no webhooks.
    description["webhooks"] = super::told::described();
    description["servers"] = json!([{ "url": "/" }]);
    description["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "A token of openSession, or one of /account, which opens nothing under account, accounts, people, enrolment-codes and audit." },
        "session": { "type": "apiKey", "in": "cookie", "name": cookie, "description": "The session of a browser." },
    });
    let problem = &mut description["components"]["schemas"]["Problem"];
    problem["properties"]["type"]["format"] = json!("uri-reference");
    problem["properties"]["status"] = json!({ "type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "HTTP status." });
    problem["examples"] = json!([{ "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "limit: found \"0\", expected a whole number from 1 to 500" }]);
    description["components"]["responses"] = refusals();
    let header = |what: &str| json!({ "description": what, "schema": { "type": "string" } });
    description["components"]["headers"] = json!({
        "RateLimit-Policy": header("Requests a window: q requests in w seconds."),
        "RateLimit": header("What is left: r requests, for t seconds."),
        "ETag": header("Tag of this answer, for If-None-Match."),
        "Retry-After": header("Seconds until the next request may come."),
    });
    let Some(paths) = description["paths"].as_object_mut() else { return description };
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            operation_of(path, method, operation);
        }
    }
    description
}

fn operation_of(path: &str, method: &str, operation: &mut Value) {
    let open = DOORS.iter().any(|(verb, route, who)| *route == path && verb.eq_ignore_ascii_case(method) && *who == Who::Anybody);
    operation["tags"] = json!([path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default()]);
    if !open {
        operation["security"] = json!([{ "token": [] }, { "session": [] }]);
    }
    if by_signing_in(path) {
        let said = operation["description"].as_str().filter(|said| !said.is_empty()).map(|said| format!("{said}\n\n")).unwrap_or_default();
        operation["description"] = json!(format!("{said}No token of /account opens this: sign in by openSession."));
    }
    bound(path, operation);
    let (reads, has_body) = (method == "get", operation.get("requestBody").is_some());
    let is_file = path.ends_with("{file}");
    let addressed = operation.get("parameters").is_some();
    if has_body && operation["requestBody"]["content"].get("application/octet-stream").is_some() {
        operation["requestBody"]["content"]["application/octet-stream"]["schema"] = json!({ "type": "string", "format": "binary" });
    }
    if is_file {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        let types = [XLSX_TYPE, ODS_TYPE, Container::Zip.media_type()].map(|kind| (kind.to_owned(), file.clone()));
        operation["responses"]["200"]["content"] = Value::Object(types.into_iter().collect());
    }
    if reads && !is_file {
        push(
            operation,
            json!({ "name": "If-None-Match", "in": "header", "description": "Tags of answers that are known already: 304 if the answer is one of them.", "schema": { "type": "string" } }),
        );
    }
    let guarded =
        ["put", "delete"].contains(&method) && path.starts_with("/api/v1/register/") || (method, path) == ("put", "/api/v1/accounts/{login}");
    if guarded {
        push(
            operation,
            json!({ "name": "If-Match", "in": "header", "description": "The ETag of the row, or account, as it was read: 412 if somebody has changed it since.", "schema": { "type": "string" } }),
        );
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let told: Vec<String> = responses.keys().cloned().collect();
    responses.retain(|status, _| status.starts_with('2'));
    for response in responses.values_mut() {
        if response["description"].as_str().unwrap_or_default().is_empty() {
            response["description"] = json!("As asked.");
        }
        response["headers"] = headers(reads && !is_file);
    }
    for (status, name, _) in REFUSALS {
        let is_possible = match *status {
            StatusCode::NOT_MODIFIED => reads && !is_file,
            StatusCode::FORBIDDEN => !open,
            StatusCode::NOT_FOUND => addressed,
            StatusCode::NOT_ACCEPTABLE => !is_file,
            StatusCode::CONFLICT => !reads,
            StatusCode::PRECONDITION_FAILED => guarded,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => has_body,
            _ => true,
        };
        // What the handler tells besides it knows better.
        if is_possible || told.iter().any(|told| told == status.as_str()) {
            responses.insert(status.as_str().to_owned(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
}

/// What every operation may answer besides what was asked for.
const REFUSALS: &[(StatusCode, &str, &str)] = &[
    (StatusCode::NOT_MODIFIED, "NotModified", "Nothing has changed since the answer with this tag."),
    (StatusCode::BAD_REQUEST, "BadRequest", "The request cannot be read: what was found, and what was expected."),
    (StatusCode::UNAUTHORIZED, "Unauthorized", "Nobody is signed in, or not with this password."),
    (StatusCode::FORBIDDEN, "Forbidden", "The account's role does not allow this."),
    (StatusCode::NOT_FOUND, "NotFound", "Nothing is there that this account may see."),
    (StatusCode::NOT_ACCEPTABLE, "NotAcceptable", "The answer is JSON, and the request takes none."),
    (StatusCode::CONFLICT, "Conflict", "It cannot be done now: the detail says why."),
    (StatusCode::PRECONDITION_FAILED, "PreconditionFailed", "Somebody has changed it since."),
    (StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "The body is too large."),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "WrongType", "The body is of another type than this one."),
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        "Unprocessable",
        "The request can be read, and what it says does not hold here; rows and plans tell `notes` besides.",
    ),
    (StatusCode::TOO_MANY_REQUESTS, "TooMany", "Too many requests: Retry-After says when the next may come."),
    (StatusCode::INTERNAL_SERVER_ERROR, "Failed", "Our own failure; it is in the log."),
    (StatusCode::SERVICE_UNAVAILABLE, "Busy", "Too much to do just now."),
];

/// The refusals, each a problem.
fn refusals() -> Value {
    let one = |(status, name, why): &(StatusCode, &str, &str)| {
        let mut response = json!({ "description": why, "headers": headers(*status == StatusCode::NOT_MODIFIED) });
        if *status != StatusCode::NOT_MODIFIED {
            response["content"] = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        }
        if matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response["headers"]["Retry-After"] = json!({ "$ref": "#/components/headers/Retry-After" });
        }
        ((*name).to_owned(), response)
    };
    Value::Object(REFUSALS.iter().map(one).collect())
}

/// Headers of an answer.
fn headers(tagged: bool) -> Value {
    let names = ["RateLimit-Policy", "RateLimit", "ETag"];
    let one = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
    Value::Object(names.iter().filter(|name| tagged || **name != "ETag").map(one).collect())
}

fn push(operation: &mut Value, parameter: Value) {
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

/// What the hole of an address after a word is filled with.
const HOLES: &[(&str, &str)] = &[
    ("accounts", "Login of the account."),
    ("agents", "Number of the agent."),
    ("changes", "Number of the change."),
    ("conflicts", "Number of the contradiction."),
    ("decisions", "Number of the decision."),
    ("devices", "Number of the device."),
    ("export", "Name of the file."),
    ("faults", "Number of the fault."),
    ("grants", "Code of the grant."),
    ("lists", "Number of the list."),
    ("people", "Login of one of the lead's people."),
    ("photos", "Number of the photo."),
    ("register", "Name of the table."),
    ("schools", "Code of the school."),
    ("spares", "Code of the kind."),
    ("tokens", "Number of the token."),
    ("verdicts", "Number of the verdict."),
    ("versions", "Number of the version."),
    ("views", "Name of the view."),
    ("visits", "Number of the visit."),
    ("webhooks", "Number of the webhook."),
    ("{table}", "Key of the row: its cells, with `|` between them."),
];

/// What a parameter is, where it does not say so itself.
fn meaning(path: &str, place: &str, name: &str, schema: &mut Value) -> Value {
    let own = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let before = path.split('/').zip(path.split('/').skip(1)).find(|(_, hole)| *hole == format!("{{{name}}}")).map(|(word, _)| word);
    let hole = HOLES.iter().find(|(word, _)| place == "path" && before == Some(word)).map(|(_, text)| json!(text));
    own.or(hole).unwrap_or(Value::Null)
}

/// Every parameter has its bounds, and says what it is.
fn bound(path: &str, operation: &mut Value) {
    let asked = operation["operationId"].as_str().unwrap_or_default().to_owned();
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let (place, name) = (parameter["in"].as_str().unwrap_or_default().to_owned(), parameter["name"].as_str().unwrap_or_default().to_owned());
        // A parameter whose schema is a list of codes does not tell by itself that it must be there.
        if matches!((asked.as_str(), name.as_str()), ("listDevicesAside", "what") | ("listWeeklyLines", "code") | ("bringOutsideList", "source")) {
            parameter["required"] = json!(true);
        }
        if parameter.get("description").is_none() {
            parameter["description"] = meaning(path, &place, &name, &mut parameter["schema"]);
        }
        let schema = &mut parameter["schema"];
        // An address has no null: what is not given is left out.
        if let Some(sorts) = schema["type"].as_array() {
            let sort = sorts.iter().find(|sort| **sort != "null").cloned();
            schema["type"] = sort.unwrap_or_else(|| json!("string"));
        }
        match (place.as_str(), name.as_str()) {
            ("path", "table") => schema["enum"] = json!(crate::import::row::tables().map(|schema| schema.name).collect::<Vec<_>>()),
            ("path", "file") => schema["enum"] = json!(["plan.xlsx", "plan.ods", "plan.zip"]),
            _ => {}
        }
        if schema["type"] == "integer" && schema.get("minimum").is_none() {
            schema["minimum"] = json!(0);
        }
        if schema["type"] == "integer" && schema.get("maximum").is_none() {
            schema["maximum"] = json!(i64::MAX);
        }
        if schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none() {
            if place == "path" {
                schema["minLength"] = json!(1);
            }
            if schema.get("maxLength").is_none() {
                schema["maxLength"] = json!(if name == "after" { LONGEST_KEY } else { LONGEST });
            }
            // PostgreSQL's texts hold no zero byte.
            schema["pattern"] = json!("^[^\\u0000]*$");
        }
    }
}
