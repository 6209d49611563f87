//! Photos of a fault: sent from its page or by a program, shown to whoever sees the fault.
//!
//! Comes in: a form with a file; numbers. Goes out: a fault with one photo more; JPEG. Absent on purpose: decoding ([`crate::photo`]), whose eyes see
//! what (`store::view::photo`).

use super::Page;
use crate::act;
use crate::domain::right::Right;
use crate::photo::{self, Refused};
use crate::store::photo as stored;
use crate::store::view;
use crate::web::deed;
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::upload::Upload;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;

/// Photos that are decoded at a time: each may take [`photo`]'s whole bound of memory.
const AT_ONCE: usize = 2;
static DECODING: Semaphore = Semaphore::const_new(AT_ONCE);

/// Takes a photo in, from a form or from a program; its id.
pub async fn taken(web: &Web, signed: &Signed, fault: i64, bytes: Vec<u8>, text: String) -> Result<i64, Failure> {
    let doer = deed::doer(signed)?;
    signed.must_see_fault(web, fault).await?;
    let words = signed.visitor.words.clone();
    let made = {
        let turn = DECODING.acquire().await.map_err(anyhow::Error::from)?;
        // The turn ends with the work: whoever hangs up meanwhile frees no memory.
        blocking(move || {
            let _turn = turn;
            photo::made(&bytes)
        })
        .await?
    };
    let made = made.map_err(|refused| Failure::Bad(sentence(&words, &refused)))?;
    let now = web.now();
    let added = web.write(move |tx| -> Result<_, Stop> { Ok(act::add_photo(tx, fault, &made, &text, &doer, now)?) }).await?;
    let (school, id) = added.ok_or_else(|| Failure::Refused(words.n("photo-most", stored::MOST)))?;
    web.live.tell(Topic::School(school));
    Ok(id)
}

/// What was found, what was expected, what to do.
fn sentence(words: &Words, refused: &Refused) -> String {
    words.named(&format!("photo-{}", refused.code().replace('_', "-")), &refused.found())
}

/// The form.
pub async fn send(State(web): State<Web>, signed: Signed, Path(fault): Path<i64>, mut upload: Upload) -> Page {
    signed.visitor.check_form(upload.field("csrf"))?;
    let (text, bytes) = (upload.field("text").to_owned(), std::mem::take(&mut upload.bytes));
    taken(&web, &signed, fault, bytes, text).await?;
    Ok(Redirect::to(&format!("/faults/{fault}#fault-photos")).into_response())
}

/// The photo.
pub async fn show(State(web): State<Web>, signed: Signed, Path((fault, id)): Path<(i64, i64)>) -> Result<Response, Failure> {
    picture(&web, &signed, fault, id, false).await
}

/// The small one.
pub async fn small(State(web): State<Web>, signed: Signed, Path((fault, id)): Path<(i64, i64)>) -> Result<Response, Failure> {
    picture(&web, &signed, fault, id, true).await
}

async fn picture(web: &Web, signed: &Signed, fault: i64, id: i64, small: bool) -> Result<Response, Failure> {
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let bytes = signed.read(web, move |tx| Ok(view::photo::bytes(tx, fault, id, small, secret)?)).await?.ok_or(Failure::NotFound)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))], bytes).into_response())
}

/// A form that only says yes.
#[derive(Deserialize)]
pub struct Bare {
    csrf: String,
}

/// Takes a photo away: whoever sent it, or the town.
pub async fn remove(State(web): State<Web>, signed: Signed, Path((fault, id)): Path<(i64, i64)>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    gone(&web, &signed, fault, id).await?;
    Ok(Redirect::to(&format!("/faults/{fault}")).into_response())
}

/// Takes a photo away, for a form or for a program.
pub async fn gone(web: &Web, signed: &Signed, fault: i64, id: i64) -> Result<(), Failure> {
    let doer = deed::doer(signed)?;
    signed.must_see_fault(web, fault).await?;
    let now = web.now();
    let gone = web.write(move |tx| -> Result<_, Stop> { Ok(act::remove_photo(tx, fault, id, &doer, now)?) }).await?;
    gone.ok_or(Failure::NotFound)
}
