//! `/api/v1/plan/edits`, `/api/v1/devices/{id}/place`, `/api/v1/accepted-models`: what people change in one action.
//!
//! Comes in: the same fields as the forms. Goes out: what would change or has changed; a refused edit is a 400 that says which field and
//! what was expected. Absent on purpose: imports.

use super::Answer;
use super::take::Json;
use crate::domain::language::Language;
use crate::domain::plan::edit::Refusal;
use crate::domain::right::Right;
use crate::edit::{self, Asked, Proposal};
use crate::placing;
use crate::web::error::{Failure, Problem};
use crate::web::live::Topic;
use crate::web::pages;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use rollcall_shared::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rows that an answer lists.
const ROWS: usize = 500;

/// How an edit is meant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
}

/// What an edit comes to.
#[derive(Serialize, ToSchema)]
pub(super) struct EditAnswer {
    /// The new version; null: nothing was changed (a dry run, or the plan said so already).
    version: Option<i64>,
    /// In a sentence.
    done: String,
    /// What it means for schools, lots and grants, in words.
    effects: Vec<String>,
    /// Rows that change, in words.
    changes: Vec<String>,
    /// How many rows change.
    count: usize,
    /// Schools that it concerns; null: all.
    schools: Option<usize>,
    /// What the check newly says.
    notes: Vec<String>,
}

impl EditAnswer {
    fn of(proposal: &Proposal, version: Option<i64>, language: Language) -> Self {
        EditAnswer {
            version,
            done: proposal.edited.done.text(language).to_owned(),
            effects: proposal.effects.iter().take(ROWS).map(|effect| effect.text(language)).collect(),
            changes: proposal.changes.iter().take(ROWS).map(|change| change.text(language)).collect(),
            count: proposal.changes.len(),
            schools: proposal.schools,
            notes: proposal.notes.iter().take(ROWS).map(|note| note.text(language)).collect(),
        }
    }
}

fn refused(refusal: &Refusal, language: Language) -> Failure {
    Failure::Unfit(format!("{}: {}", refusal.field, refusal.why.text(language)))
}

/// Changes the plan in one action; a new version comes of it.
#[utoipa::path(post, operation_id = "editPlan", path = "/api/v1/plan/edits", params(How), request_body = Asked,
    responses((status = 200, body = EditAnswer), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn edit_plan(State(web): State<Web>, signed: Signed, Query(how): Query<How>, Json(asked): Json<Asked>) -> Answer<EditAnswer> {
    signed.must(Right::ChangePlan)?;
    let words = &signed.visitor.words;
    let (today, now, language, who) = (pages::today(words), web.now(), words.language, signed.account.login.clone());
    let edit = asked.edit().map_err(|refusal| refused(&refusal, language))?;
    let looked = edit.clone();
    let proposal = web.read(move |tx| Ok(edit::propose(tx, &looked, today)?)).await?.map_err(|refusal| refused(&refusal, language))?;
    if how.dry_run {
        return Ok(Json(EditAnswer::of(&proposal, None, language)));
    }
    let imported = web.write(move |tx| -> Result<_, Stop> { Ok(edit::commit(tx, &edit, &who, language, today, now)?) }).await?;
    let imported = imported.map_err(|refusal| refused(&refusal, language))?;
    Ok(Json(EditAnswer::of(&proposal, imported.version, language)))
}

/// A device's place.
#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct Choice {
    /// Key of a place of its school; null takes the decision back.
    place: Option<String>,
}

/// Puts a device to a place of its school; the decision outlasts imports.
#[utoipa::path(put, operation_id = "placeDevice", path = "/api/v1/devices/{id}/place", params(("id" = i64, Path)), request_body = Choice,
    responses((status = 200, body = Choice), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn choose_place(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Json(choice): Json<Choice>) -> Answer<Choice> {
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    let (now, language, who, place) = (web.now(), signed.visitor.words.language, signed.account.login.clone(), choice.place.clone());
    let done = web.write(move |tx| -> Result<_, Stop> { Ok(placing::choose(tx, DeviceId(id), place.as_deref(), &who, now)?) }).await?;
    web.live.tell(Topic::School(done.map_err(|refusal| refused(&refusal, language))?));
    Ok(Json(choice))
}

/// A model that is as good.
#[derive(Deserialize, ToSchema)]
pub(super) struct Equivalent {
    /// Kit code.
    kit: String,
    /// The model, as devices say it.
    model: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Accepted {
    /// It was not accepted before.
    new: bool,
}

/// Accepts a model as equivalent to what a kit asks for, all over the town.
#[utoipa::path(post, operation_id = "acceptModel", path = "/api/v1/accepted-models", request_body = Equivalent,
    responses((status = 200, body = Accepted), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn accept_model(State(web): State<Web>, signed: Signed, Json(equivalent): Json<Equivalent>) -> Answer<Accepted> {
    signed.must(Right::DecideIdentity)?;
    let (now, who) = (web.now(), signed.account.login.clone());
    if equivalent.kit.trim().is_empty() || equivalent.model.trim().is_empty() {
        return Err(Failure::Unfit("kit, model: expected both".to_owned()));
    }
    let new = web.write(move |tx| -> Result<_, Stop> { Ok(placing::accept_model(tx, &equivalent.kit, &equivalent.model, &who, now)?) }).await?;
    Ok(Json(Accepted { new }))
}
