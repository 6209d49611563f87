//! JSON in and out of the API, and files in: what cannot be read is refused as a problem that says what was found where.
//!
//! Comes in: bodies. Goes out: values, or 400, 413, 415. Absent on purpose: parameters of addresses (`contract` holds them against the description).

use crate::web::error::Failure;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A body as JSON. One that cannot be read at all and one that reads as something else are the same 400: 422 is for what was understood and does not hold.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match axum::Json::<Value>::from_request(request, state).await {
            // A derived type would take its fields from a list as well, in an order that nobody described.
            Ok(axum::Json(value)) if !value.is_object() => Err(Failure::Bad("the body: expected a JSON object".to_owned())),
            // PostgreSQL's texts hold none, so no text of ours does.
            Ok(axum::Json(value)) if holds_zero(&value) => Err(Failure::Unfit("the body: found a zero byte in a text, expected none".to_owned())),
            Ok(axum::Json(value)) => serde_json::from_value(value).map(Json).map_err(|error| Failure::Bad(format!("the body: {error}"))),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(Failure::Protocol(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type: expected application/json".to_owned()))
            }
            Err(rejection) => Err(Failure::Protocol(rejection.status(), rejection.body_text())),
        }
    }
}

/// Whether a text of a value holds a zero byte. Values are as deep as the parser allows (128).
fn holds_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_zero),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_zero(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Refuses a body that says it is no file: a form of another site can send only these three sorts without asking first.
pub(super) fn must_be_file(headers: &HeaderMap) -> Result<(), Failure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.is_empty() || ["text/plain", "multipart/", "application/x-www-form-urlencoded"].iter().any(|form| kind.starts_with(form)) {
        let said = "Content-Type: expected application/octet-stream, or the type of the file".to_owned();
        return Err(Failure::Protocol(StatusCode::UNSUPPORTED_MEDIA_TYPE, said));
    }
    Ok(())
}

/// Refuses a text that is longer than its description says, before it is trimmed or folded.
pub(super) fn within(name: &str, text: &str, most: usize) -> Result<(), Failure> {
    let found = text.chars().count();
    if found <= most { Ok(()) } else { Err(Failure::Unfit(format!("{name}: found {found} characters, expected {most} at most"))) }
}

/// Largest whole number that a JSON number holds exactly (RFC 8259, section 6).
pub(super) const EXACT: f64 = 9_007_199_254_740_991.0;

/// A whole number however JSON writes it: `7` and `7.0` are one number.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    exact(&serde_json::Number::deserialize(from)?)
}

/// The same, or null.
pub(super) fn whole_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Option::<serde_json::Number>::deserialize(from)?.map(|number| exact(&number)).transpose()
}

/// A list of whole numbers, each however JSON writes it.
pub(super) fn wholes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<i64>, D::Error> {
    Vec::<serde_json::Number>::deserialize(from)?.iter().map(exact).collect()
}

fn exact<E: serde::de::Error>(number: &serde_json::Number) -> Result<i64, E> {
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
    number.as_i64().or(float.map(|float| float as i64)).ok_or_else(|| E::custom(format!("expected a whole number, found {number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_byte_is_found_wherever_it_hides() {
        for (text, expected) in [(r#"{"a":["b","c\u0000"]}"#, true), (r#"{"a\u0000":1}"#, true), (r#"{"a":{"b":[1,null,"\\u0000"]}}"#, false)] {
            assert_eq!(holds_zero(&serde_json::from_str(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let read = |text: &str| whole(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!([read("7"), read("7.0"), read("7e2"), read("-7")], [Some(7), Some(7), Some(700), Some(-7)]);
        assert_eq!([read("7.5"), read("1e300"), read("\"7\"")], [None; 3]);
        let or_none = |text: &str| whole_or_none(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!([or_none("7.0"), or_none("null"), or_none("7.5")], [Some(Some(7)), Some(None), None]);
        let all = |text: &str| wholes(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!([all("[7, 8.0]"), all("[]"), all("[7.5]"), all("7")], [Some(vec![7, 8]), Some(vec![]), None, None]);
    }
}
