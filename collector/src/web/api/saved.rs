//! `/api/v1/account/views`: lists that the account keeps under names of its own.
//!
//! Comes in: names, addresses. Goes out: own types. Absent on purpose: what an address may be (`pages/saved`), views of others.

use super::Answer;
use super::take::{Json, within};
use crate::store::saved_view;
use crate::web::Web;
use crate::web::error::{Failure, Problem};
use crate::web::pages::saved;
use crate::web::visitor::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One view.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedView)]
pub(super) struct View {
    /// Its name.
    name: String,
    /// Path and query of a list: `/faults?kind=projector`.
    address: String,
}

/// Views that the account keeps, by name; 30 at most.
#[utoipa::path(get, operation_id = "listViews", path = "/api/v1/account/views", responses((status = 200, body = Vec<View>), (status = 401, body = Problem)))]
pub(super) async fn views(State(web): State<Web>, signed: Signed) -> Answer<Vec<View>> {
    let id = signed.account.id;
    let kept = web.read(move |tx| Ok(saved_view::of_account(tx, id)?)).await?;
    Ok(Json(kept.into_iter().map(|(name, address)| View { name, address }).collect()))
}

/// Where a view leads.
#[derive(Deserialize, ToSchema)]
#[schema(as = ViewAddress)]
pub(super) struct Leads {
    /// Path and query of /faults, /schools, /devices, /map, /visits or /round, of 1000 bytes at most; where a page of it begins is left out.
    #[schema(max_length = 1000)]
    address: String,
}

/// Keeps a list under a name of 1 to 60 characters; what was kept under it before is forgotten. 409: there are 30 already.
#[utoipa::path(put, operation_id = "keepView", path = "/api/v1/account/views/{name}", params(("name" = String, Path, max_length = 60)), request_body = Leads, responses((status = 200, body = View), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn keep(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Json(leads): Json<Leads>) -> Answer<View> {
    within("address", &leads.address, saved::ADDRESS)?;
    let (name, address) = saved::kept(&web, &signed, &name, &leads.address).await.map_err(Failure::unfit)?;
    Ok(Json(View { name, address }))
}

/// Forgets a view.
#[utoipa::path(delete, operation_id = "forgetView", path = "/api/v1/account/views/{name}", params(("name" = String, Path, max_length = 60)), responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn forget(State(web): State<Web>, signed: Signed, Path(name): Path<String>) -> Result<StatusCode, Failure> {
    saved::forgotten(&web, &signed, name).await?;
    Ok(StatusCode::NO_CONTENT)
}
