//! What goes wrong between a request and its answer, as one shape: an RFC 9457 problem, or a page that says the same.
//!
//! Comes in: failures of handlers. Goes out: `application/problem+json`, or the error page for people (the middleware in
//! `mod.rs` chooses by what was asked for). Absent on purpose: details of our own failures; those go to the log alone.

use super::words::Words;
use crate::store;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing is there, or nothing that this visitor may know of.
    #[error("nothing is at this address")]
    NotFound,
    /// Known, signed in, but not allowed.
    #[error("your role does not allow this")]
    Forbidden,
    /// Not signed in (API; pages redirect to the sign-in page).
    #[error("sign in first: a session cookie, or Authorization: Bearer with the token of POST /api/v1/session")]
    NotSignedIn,
    /// The password is right, and the account asks for a code besides (API; people see a page that asks for it).
    #[error("this account asks for a second factor: send the code of its app, or a recovery code, as `code`")]
    CodeWanted,
    /// The account must have a second factor and has none yet.
    #[error("this account's role must have a second factor: set it up on /account/second first")]
    FactorWanting,
    /// The form's token is not of this session: it was open for too long, or came from elsewhere.
    #[error("this form is too old or was not sent from our page: open the page again and repeat")]
    WrongForm,
    /// The request itself is wrong; the text says what was found and expected.
    #[error("{0}")]
    Bad(String),
    /// What the protocol has a status of its own for: a wrong method, type, size or form.
    #[error("{1}")]
    Protocol(StatusCode, String),
    /// The request can be read, and what it says does not hold here; the text says what was found and expected.
    #[error("{0}")]
    Unfit(String),
    /// The request is right and cannot be done now; the text says why, in the visitor's words.
    #[error("{0}")]
    Refused(String),
    /// Too many attempts; seconds until the next may be made.
    #[error("too many attempts: wait {0} s")]
    TooMany(u64),
    /// The database has too much to do just now.
    #[error("too much to do just now: try again in a few seconds")]
    Busy,
    /// Our own failure.
    #[error("something went wrong on our side; it is in the log")]
    Internal(#[from] anyhow::Error),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Failure::Busy,
            error => Failure::Internal(error.into()),
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Failure::Internal(error.into())
    }
}

/// RFC 9457, section 3.1. The type is `about:blank` where the status says it all.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// What sort of problem: an address that names it, else `about:blank`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was found, where, what was expected, what to do.
    pub detail: String,
    /// What this sort of problem tells besides (RFC 9457, 3.2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem of a status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Problem { type_: "about:blank".to_owned(), title, status: status.as_u16(), detail: detail.into(), more: serde_json::Map::new() }
    }

    /// The same, telling these members of an object besides.
    pub fn with(mut self, more: serde_json::Value) -> Problem {
        if let serde_json::Value::Object(more) = more {
            self.more = more;
        }
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.extensions_mut().insert(self);
        response
    }
}

/// A text of somebody else, short enough to be said back.
pub fn clipped(text: &str) -> &str {
    rollcall_shared::wire::clip(text, 60)
}

/// What a status means, for people.
pub fn sentence(words: &Words, status: u16) -> String {
    let known = words.knows("problem-", &status.to_string());
    words.t(&if known { format!("problem-{status}") } else { "problem-other".to_owned() })
}

impl Failure {
    /// Why, in somebody's words: what a handler says it says in them; of the rest the status has a sentence.
    pub fn said(&self, words: &Words) -> String {
        match self {
            Failure::Bad(text) | Failure::Unfit(text) | Failure::Refused(text) => text.clone(),
            other => sentence(words, other.status().as_u16()),
        }
    }

    /// What a handler found wrong in what it had read is 422; 400 is for what could not be read.
    pub fn unfit(self) -> Failure {
        match self {
            Failure::Bad(text) => Failure::Unfit(text),
            other => other,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Forbidden | Failure::WrongForm | Failure::FactorWanting => StatusCode::FORBIDDEN,
            Failure::NotSignedIn | Failure::CodeWanted => StatusCode::UNAUTHORIZED,
            Failure::Bad(_) => StatusCode::BAD_REQUEST,
            Failure::Protocol(status, _) => *status,
            Failure::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Refused(_) => StatusCode::CONFLICT,
            Failure::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::Internal(error) = &self {
            tracing::error!(error = format!("{error:#}"), "a request failed");
        }
        let wait_s = match self {
            Failure::TooMany(seconds) => Some(seconds),
            Failure::Busy => Some(2),
            _ => None,
        };
        let mut response = Problem::new(self.status(), self.to_string()).into_response();
        if let Some(seconds) = wait_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Failure::NotSignedIn | Failure::CodeWanted) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn a_failure_is_told_in_the_words_of_whoever_asks() {
        let words = Words { language: Language::Fr, now: rollcall_shared::Timestamp(0), zone: jiff::tz::TimeZone::UTC };
        let failed = Failure::Internal(anyhow::anyhow!("disk"));
        assert!(failed.said(&words).contains("chez nous"), "{}", failed.said(&words));
        assert!(Failure::NotFound.said(&words).contains("rien") && Failure::NotSignedIn.said(&words).contains("demande"));
        assert_eq!(Failure::Refused("fermée".to_owned()).said(&words), "fermée");
    }
}
