//! The same knowledge for programs: JSON under `/api/v1`, described by `/api/v1/openapi.json`.

use super::Web;
use axum::Router;

/// Routes of the API.
pub fn routes() -> Router<Web> {
    Router::new()
}
