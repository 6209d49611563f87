//! `/faults/{id}`: one fault, how we know, its life; a comment can be left.
//!
//! Comes in: its number. Goes out: the page. Absent on purpose: assigning and deadlines (they come with lots).

use super::{Frame, Page, render};
use crate::domain::right::Right;
use crate::store::{self, view};
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, fact, facts, line};
use crate::web::visitor::Signed;
use crate::web::words::When;
use crate::web::{Stop, Web, live::Topic};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// Lines of a fault's life that are shown.
const LIFE: i64 = 100;
/// Longest comment, in characters.
const COMMENT: usize = 2_000;

#[derive(Template)]
#[template(path = "pages/fault.html")]
struct Fault {
    frame: Frame,
    fault: FaultLine,
    code: String,
    lasted: String,
    facts: Vec<(String, String)>,
    device: Option<(i64, String)>,
    how_cleared: String,
    life: Vec<LifeLine>,
}

struct LifeLine {
    when: When,
    what: String,
    by: String,
    text: String,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Page {
    let found = web
        .read(move |tx| -> Result<_, Stop> {
            let Some(row) = view::fault::one(tx, id)? else { return Ok(None) };
            Ok(Some((row, view::fault::life(tx, id, LIFE)?)))
        })
        .await?;
    let (row, life) = found.ok_or(Failure::NotFound)?;
    let words = &signed.visitor.words;
    let fault = line(words, &row);
    let title = format!("{} · {}", fault.title, fault.school_name);
    let life = life.into_iter().map(|(at, what, by, text)| LifeLine { when: words.when(at), what: words.coded("life-", &what), by, text });
    let device = row.device.map(|device| {
        let name = if row.device_name.is_empty() { format!("#{device}") } else { row.device_name.clone() };
        (device.0, name)
    });
    let topic = format!("faults {}", Topic::School(row.school).text());
    render(&Fault {
        frame: Frame::titled(&web, &signed.visitor, title, "/faults").listening(topic),
        code: row.code.clone(),
        lasted: words.lasting(row.cleared_at.unwrap_or(words.now).since_s(row.opened_at)),
        facts: facts(&row)
            .iter()
            .filter(|(name, value)| !value.is_empty() && (row.device.is_none() || *name != "device"))
            .map(|(name, value)| fact(words, name, value))
            .collect(),
        how_cleared: if row.how_cleared.is_empty() { String::new() } else { words.coded("cleared-by-", &row.how_cleared) },
        life: life.collect(),
        device,
        fault,
    })
}

/// The form under a fault.
#[derive(Deserialize)]
pub struct Comment {
    text: String,
    #[serde(default)]
    csrf: String,
}

/// Leaves a comment.
pub async fn comment(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Comment>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::WorkOnFaults)?;
    let text: String = form.text.trim().chars().take(COMMENT).collect();
    if text.is_empty() {
        return Err(Failure::Bad(signed.visitor.words.t("comment-empty")));
    }
    let (now, who) = (web.now(), signed.account.login.clone());
    let known = web
        .write(move |tx| -> Result<_, Stop> {
            let row = view::fault::one(tx, id)?;
            if row.is_some() {
                store::fault::add_event(tx, id, now, "commented", &who, &text)?;
            }
            Ok(row)
        })
        .await?;
    let row = known.ok_or(Failure::NotFound)?;
    web.live.tell(Topic::School(row.school));
    Ok(Redirect::to(&format!("/faults/{id}")).into_response())
}
