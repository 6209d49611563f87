//! What the description says of a request's address is what is taken: names, sorts, bounds and codes of parameters, before a handler sees them.
//!
//! Comes in: the finished description, requests. Goes out: 400 with what was found and what was expected. Absent on purpose: bodies (their types
//! hold them), whether what is named exists.

use crate::web::error::{Failure, clipped};
use axum::RequestExt;
use axum::extract::{MatchedPath, RawPathParams, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One parameter as described.
#[derive(Debug, Clone, Default)]
struct Parameter {
    required: bool,
    kind: String,
    minimum: Option<i64>,
    maximum: Option<i64>,
    longest: Option<usize>,
    codes: Vec<String>,
    date: bool,
}

/// Parameters of an operation by place (`path`, `query`) and name.
type Parameters = BTreeMap<(String, String), Parameter>;

/// Operations by method and route.
#[derive(Debug, Clone, Default)]
pub(super) struct Contract(Arc<BTreeMap<(String, String), Parameters>>);

impl Contract {
    /// From a description.
    pub(super) fn of(description: &Value) -> Contract {
        let mut all = BTreeMap::new();
        let paths = description["paths"].as_object().into_iter().flatten();
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let parameters = parameters.map(|parameter| {
                    let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
                    ((text("in"), text("name")), Parameter::of(parameter))
                });
                all.insert((method.to_uppercase(), path.clone()), parameters.collect());
            }
        }
        Contract(Arc::new(all))
    }

    fn check(&self, method: &Method, route: &str, path: &[(String, String)], query: &str) -> Result<(), Failure> {
        let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let Some(known) = self.0.get(&(method.to_owned(), route.to_owned())) else { return Ok(()) };
        for (name, value) in path {
            if let Some(parameter) = known.get(&("path".to_owned(), name.clone())) {
                parameter.check(name, value)?;
            }
        }
        let pairs: Vec<(String, String)> = serde_urlencoded(query)?;
        for (index, (name, value)) in pairs.iter().enumerate() {
            let Some(parameter) = known.get(&("query".to_owned(), name.clone())) else {
                let names: Vec<&str> = known.keys().filter(|(place, _)| place == "query").map(|(_, name)| name.as_str()).collect();
                let expected = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(Failure::Bad(format!("{}: no such parameter here; expected {expected}", clipped(name))));
            };
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Failure::Bad(format!("{name}: found twice, expected once")));
            }
            parameter.check(name, value)?;
        }
        let missing = |(place, name): &&(String, String)| place == "query" && !pairs.iter().any(|(given, _)| given == name);
        let missing = known.iter().filter(|(_, parameter)| parameter.required).map(|(key, _)| key).find(missing);
        missing.map_or(Ok(()), |(_, name)| Err(Failure::Bad(format!("{name}: expected, and not found in the address"))))
    }
}

fn serde_urlencoded(query: &str) -> Result<Vec<(String, String)>, Failure> {
    let uri = format!("/?{query}").parse().map_err(|_| Failure::Bad("the query of the address cannot be read".to_owned()))?;
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
    pairs.map(|axum::extract::Query(pairs)| pairs).map_err(|error| Failure::Bad(error.body_text()))
}

impl Parameter {
    fn of(described: &Value) -> Parameter {
        let schema = &described["schema"];
        let sort = match &schema["type"] {
            Value::Array(sorts) => sorts.iter().filter_map(Value::as_str).find(|sort| *sort != "null"),
            sort => sort.as_str(),
        };
        Parameter {
            required: described["required"].as_bool().unwrap_or(false),
            kind: sort.unwrap_or("string").to_owned(),
            minimum: schema["minimum"].as_i64(),
            maximum: schema["maximum"].as_i64(),
            longest: schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()),
            codes: schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            date: schema["format"] == "date",
        }
    }

    fn check(&self, name: &str, value: &str) -> Result<(), Failure> {
        let wrong = |expected: &str| Err(Failure::Bad(format!("{name}: found {:?}, expected {expected}", clipped(value))));
        match self.kind.as_str() {
            "integer" => {
                let (least, most) = (self.minimum.unwrap_or(i64::MIN), self.maximum.unwrap_or(i64::MAX));
                let canonical = |number: &i64| number.to_string() == value;
                if value.parse::<i64>().ok().filter(canonical).is_none_or(|number| !(least..=most).contains(&number)) {
                    return wrong(&format!("a whole number from {least} to {most}"));
                }
            }
            "boolean" if !["true", "false"].contains(&value) => return wrong("true or false"),
            _ => {}
        }
        if !self.codes.is_empty() && !self.codes.iter().any(|code| code == value) {
            return wrong(&format!("one of {}", self.codes.join(", ")));
        }
        if self.date && value.parse::<jiff::civil::Date>().ok().is_none_or(|date| date.to_string() != value) {
            return wrong("a date such as 2026-11-28");
        }
        if let Some(most) = self.longest
            && value.chars().count() > most
        {
            return wrong(&format!("at most {most} characters"));
        }
        if value.contains('\0') { wrong("a text without a zero byte") } else { Ok(()) }
    }
}

/// The layer.
pub(super) async fn kept(contract: Contract, mut request: Request, next: Next) -> Response {
    let Some(route) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else { return next.run(request).await };
    let path = match request.extract_parts::<RawPathParams>().await {
        Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        Err(_) => return Failure::Bad("the path of the address is not UTF-8".to_owned()).into_response(),
    };
    let path: Vec<(String, String)> = path;
    let query = request.uri().query().unwrap_or_default();
    match contract.check(request.method(), &route, &path, query) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        Contract::of(&serde_json::json!({ "paths": { "/x/{id}": { "get": { "parameters": [
            { "in": "path", "name": "id", "required": true, "schema": { "type": "integer", "minimum": 0 } },
            { "in": "query", "name": "limit", "schema": { "type": ["integer", "null"], "minimum": 1, "maximum": 500 } },
            { "in": "query", "name": "what", "required": true, "schema": { "type": "string", "enum": ["a", "b"] } },
            { "in": "query", "name": "q", "schema": { "type": "string", "maxLength": 3 } },
            { "in": "query", "name": "on", "schema": { "type": "string", "format": "date" } },
        ] } } } }))
    }

    fn check(id: &str, query: &str, expected: Option<&str>) {
        let found = contract().check(&Method::GET, "/x/{id}", &[("id".to_owned(), id.to_owned())], query);
        let found = found.err().map(|failure| failure.to_string());
        assert!(found.as_deref().unwrap_or("").contains(expected.unwrap_or("")) && found.is_some() == expected.is_some(), "{id} {query}: {found:?}");
    }

    #[test]
    fn an_address_is_held_against_its_description() {
        check("7", "what=a", None);
        check("7", "what=a&limit=500&q=%C3%A9t%C3%A9&on=2026-11-28", None);
        check("x", "what=a", Some("id: found \"x\""));
        check("-1", "what=a", Some("id: found"));
        check("07", "what=a", Some("id: found"));
        check("7", "", Some("what: expected"));
        check("7", "what=c", Some("expected one of a, b"));
        check("7", "what=a&limit=501", Some("from 1 to 500"));
        check("7", "what=a&shool=camus", Some("shool: no such parameter"));
        check("7", "what=a&q=abcd", Some("at most 3"));
        check("7", "what=a&q=%00", Some("zero byte"));
        check("7", "what=a&what=a", Some("twice"));
        check("7", "what=a&on=20261128", Some("2026-11-28"));
    }
}
