//! What stands around every request: security headers, bounds, time limits, a net under panics, one log line, figures.
//!
//! Comes in: a router. Goes out: the same, guarded. Absent on purpose: who may do what (extractors), and TLS.

use super::error::{Failure, Problem};
use super::metrics::Route;
use super::pages::problem_page;
use super::visitor::{Visitor, wants_page};
use super::{Peer, Web};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest form that a person sends. Agents' bodies have their own bound, on their own routes.
const FORM_BYTES: usize = 64 << 10;

/// Nothing but our own files, no frames, no inline script or style (CSP Level 3).
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                   base-uri 'none'; frame-ancestors 'none'";

/// Bounds in time and size for routes that end by themselves.
pub fn timed(router: Router<Web>, web: &Web) -> Router<Web> {
    let limit = Duration::from_secs(web.config.server.request_timeout_s);
    router.layer(DefaultBodyLimit::max(FORM_BYTES)).layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit))
}

/// Headers, compression, panic net, log and figures for all routes.
pub fn guarded(router: Router<Web>, web: &Web) -> Router<Web> {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(web.clone(), for_people))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(web.clone(), headers))
        .layer(from_fn_with_state(web.clone(), told))
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no text");
    Failure::Internal(anyhow::anyhow!("a handler panicked: {text}")).into_response()
}

/// Says problems as a page where a person asked for one.
async fn for_people(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if !wants_page(&parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let head = (parts.method.clone(), parts.uri.clone(), parts.headers.clone());
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    (parts.method, parts.uri, parts.headers) = head;
    match Visitor::from_request_parts(&mut parts, &web).await {
        Ok(visitor) => problem_page(&web, &visitor, &problem),
        Err(_) => response,
    }
}

async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if web.secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// One log line and one observation a request; the number of the request goes back in `x-request-id`.
async fn told(State(web): State<Web>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_string());
    // A page that somebody waits for goes before what reports bring; a stream of events is answered as soon as it begins.
    let guest = (method == Method::GET).then(|| web.db.guest());
    let mut response = next.run(request).await;
    drop(guest);
    let (status, duration) = (response.status(), began.elapsed());
    let class = status.as_u16() / 100;
    web.metrics.request_s.get_or_create(&Route { route: route.clone(), class }).observe(duration.as_secs_f64());
    tracing::debug!(request = number, %method, route, status = status.as_u16(), peer, duration_ms = duration.as_millis() as u64, "answered");
    response.headers_mut().insert(HeaderName::from_static("x-request-id"), HeaderValue::from(number));
    response
}
