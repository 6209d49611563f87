//! What stands around the API: how often one may ask, which form an answer may have, whether anything changed since the last one; every refusal as a problem.
//!
//! Comes in: requests to `/api/v1` that a door let in. Goes out: the same; 304, 406, 429; answers with their tag. Absent on purpose: who may ask
//! (`access`), what a request must look like (`contract`), agents' doors.

use crate::web::Web;
use crate::web::error;
use crate::web::error::{Failure, Problem};
use crate::web::visitor::{Visitor, peer, peer_key};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Largest answer that is given a tag. Lists of 500 rows are far below; files go out as they are.
const MOST_TAGGED_BYTES: usize = 16 << 20;
/// Longest text of somebody else's refusal that is passed on.
const REFUSAL_BYTES: usize = 2_000;

/// The layer.
pub(super) async fn around(State(web): State<Web>, request: Request, next: Next) -> Response {
    let who = match request.extensions().get::<Visitor>().and_then(|visitor| visitor.account.as_ref()) {
        Some(account) => format!("account {}", account.id),
        None => format!("peer {}", peer_key(peer(request.headers(), request.extensions(), &web))),
    };
    let standing = web.quota.take(&who, web.config.api.requests_per_minute, web.now());
    let mut response = if standing.over {
        Failure::TooMany(u64::from(standing.wait_s)).into_response()
    } else if let Some(refused) = unacceptable(&request) {
        refused.into_response()
    } else {
        let known = request.headers().get(header::IF_NONE_MATCH).cloned().filter(|_| *request.method() == Method::GET);
        let answer = next.run(request).await;
        let answer = problem(answer).await;
        tagged(answer, known.as_ref()).await
    };
    standing.tell(response.headers_mut());
    response
}

/// 406 for whoever takes no JSON where there is nothing else (RFC 9110, 12.5.1). Files have types of their own.
fn unacceptable(request: &Request) -> Option<Failure> {
    let accept = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    let takes = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let never = parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.parse::<f32>() == Ok(0.0)));
        matches!(range.as_str(), "*/*" | "application/*" | "application/json") && !never
    };
    let is_file = request.uri().path().starts_with("/api/v1/plan/export/");
    let fits = is_file || accept.trim().is_empty() || accept.split(',').any(takes);
    (!fits).then(|| Failure::Protocol(StatusCode::NOT_ACCEPTABLE, format!("Accept: expected application/json, found {:?}", error::clipped(accept))))
}

/// A refusal that somebody below us wrote as plain text becomes a problem with the same words.
async fn problem(response: Response) -> Response {
    let status = response.status();
    let is_text = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || !is_text {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, REFUSAL_BYTES).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let said = if text.is_empty() { status.canonical_reason().unwrap_or("refused").to_owned() } else { text };
    let mut answer = Problem::new(status, said).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// An answer of JSON with its tag; where the asker has it already, only that. The tag is weak: it is of what is said, however it is compressed on its way.
async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if response.status() != StatusCode::OK || !is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_TAGGED_BYTES).await else {
        return Failure::Internal(anyhow::anyhow!("an answer of the API is larger than {MOST_TAGGED_BYTES} bytes")).into_response();
    };
    if !parts.headers.contains_key(header::ETAG)
        && let Ok(tag) = HeaderValue::from_str(&format!("W/\"{}\"", hash(&bytes)))
    {
        parts.headers.insert(header::ETAG, tag);
    }
    let same = known.zip(parts.headers.get(header::ETAG)).is_some_and(|(known, tag)| names(known, tag));
    if same {
        let mut answer = StatusCode::NOT_MODIFIED.into_response();
        for name in [header::ETAG, header::VARY, header::CACHE_CONTROL] {
            if let Some(value) = parts.headers.get(&name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
        return answer;
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// What stands for an answer in its tag.
pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..12].iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Whether a list of tags names this one, weakly compared (RFC 9110, 8.8.3.2): a proxy that compresses makes strong tags weak.
pub(super) fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.trim() == "*" || list.split(',').any(|known| opaque(known) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_again() {
        let names = |list: &'static str, tag: &'static str| names(&HeaderValue::from_static(list), &HeaderValue::from_static(tag));
        assert!(names("\"a\", W/\"b\"", "W/\"b\"") && names("W/\"b\"", "\"b\"") && names("*", "\"x\""));
        assert!(!names("\"a\"", "\"b\"") && !names("", "\"b\""));
    }
}
