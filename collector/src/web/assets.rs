//! The three files that pages refer to: one style sheet, one script, one icon, compiled in.
//!
//! Comes in: `/assets/NAME?v=HASH`. Goes out: the file, to be kept for a year (its address changes with its content).
//! Absent on purpose: anything made by others.

use super::Web;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const CSS: &str = include_str!("assets/rollcall.css");
const JS: &str = include_str!("assets/live.js");
const ICON: &str = include_str!("assets/icon.svg");

/// Addresses of the files with the hash of their content.
pub static CSS_PATH: LazyLock<String> = LazyLock::new(|| versioned("rollcall.css", CSS));
/// See [`CSS_PATH`].
pub static JS_PATH: LazyLock<String> = LazyLock::new(|| versioned("live.js", JS));
/// See [`CSS_PATH`].
pub static ICON_PATH: LazyLock<String> = LazyLock::new(|| versioned("icon.svg", ICON));

fn versioned(name: &str, content: &str) -> String {
    let mark: String = Sha256::digest(content.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{name}?v={mark}")
}

/// The files' routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/assets/rollcall.css", get(|| async { kept(CSS, "text/css; charset=utf-8") }))
        .route("/assets/live.js", get(|| async { kept(JS, "text/javascript; charset=utf-8") }))
        .route("/assets/icon.svg", get(|| async { kept(ICON, "image/svg+xml") }))
}

fn kept(content: &'static str, content_type: &'static str) -> Response {
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type)), (header::CACHE_CONTROL, keep)], content).into_response()
}
