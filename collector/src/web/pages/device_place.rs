//! `/devices/{id}/place`: a person puts a device to a place of its school, or accepts its model as equivalent.
//!
//! Comes in: its number, a place. Goes out: the places that ask for its kind; back to the device's page. Absent on purpose: what follows
//! (`domain/place`), and what the device is.

use super::{Frame, Page, render};
use crate::domain::right::Right;
use crate::placing;
use crate::store::{decision, fleet, view};
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::picture::outcome_state;
use crate::web::visitor::Signed;
use crate::web::words::{State as Mark, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::DeviceId;
use serde::Deserialize;

/// Places of a school that are looked through.
const PLACES: i64 = 1_500;

#[derive(Template)]
#[template(path = "pages/device_place.html")]
struct PlacePage {
    frame: Frame,
    id: i64,
    name: String,
    chosen: bool,
    places: Vec<(String, String, Mark, bool)>,
    /// Kit and model, where the model is another than the plan's and whoever asks may accept it.
    other: Option<(String, String)>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Page {
    signed.must(Right::DecideIdentity)?;
    let device = DeviceId(id);
    let (row, chosen, places, model) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let row = view::device::one(tx, id)?.ok_or(Failure::NotFound)?;
            let model = fleet::device(tx, device)?.and_then(|device| device.model);
            Ok((row, decision::place_of(tx, device)?, placing::candidates(tx, device, PLACES)?, model))
        })
        .await?;
    let words = &signed.visitor.words;
    // Accepted is a model at every school: by whoever sees them all.
    let other = places.iter().find(|place| place.device == Some(id) && place.outcome == "other_model").filter(|_| signed.account.eyes.see_all());
    render(&PlacePage {
        frame: Frame::new(&web, &signed.visitor, "choose-title", "/devices"),
        id,
        name: row.name.clone().unwrap_or_else(|| format!("n° {id}")),
        chosen: chosen.is_some(),
        other: other.map(|place| place.kit.clone()).zip(model),
        places: places
            .iter()
            .map(|place| (place.key.clone(), label(words, place), outcome_state(words, &place.outcome), Some(&place.key) == chosen.as_ref()))
            .collect(),
    })
}

fn label(words: &Words, place: &view::school::PlaceRow) -> String {
    let holder = place.device_name.clone().unwrap_or_default();
    let room = if place.room.is_empty() { String::new() } else { words.in_room(&place.room) };
    [place.kit.clone(), room, place.key.clone(), holder].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What was chosen.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    /// The place; empty takes the decision back.
    #[serde(default)]
    place: String,
    #[serde(default)]
    csrf: String,
}

/// Puts it there.
pub async fn choose(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Chosen>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    let (now, who, language) = (web.now(), signed.account.login.clone(), signed.visitor.words.language);
    let done = web
        .write(move |tx| -> Result<_, Stop> {
            Ok(placing::choose(tx, DeviceId(id), Some(form.place.as_str()).filter(|place| !place.is_empty()), &who, now)?)
        })
        .await?;
    let school = done.map_err(|refusal| Failure::Bad(refusal.why.text(language).to_owned()))?;
    web.live.tell(Topic::School(school));
    Ok(Redirect::to(&format!("/devices/{id}")).into_response())
}

/// A model that is accepted.
#[derive(Debug, Deserialize)]
pub struct Accepted {
    kit: String,
    model: String,
    #[serde(default)]
    csrf: String,
}

/// Accepts a model as equivalent.
pub async fn accept_model(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Accepted>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    let (now, who) = (web.now(), signed.account.login.clone());
    web.write(move |tx| -> Result<_, Stop> { Ok(placing::accept_model(tx, &form.kit, &form.model, &who, now)?) }).await?;
    Ok(Redirect::to(&format!("/devices/{id}")).into_response())
}
