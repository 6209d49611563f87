//! `/my-school`: what a school sees: what does not work, what becomes of it, and the form to say so. In plain words, without networks and contracts.
//!
//! Comes in: an account that sees one school. Goes out: the page. Absent on purpose: the filing (`fault_new`), pages of those who mend.

use super::{Frame, Page, render};
use crate::domain::fault::REPORTED;
use crate::domain::kind::Kind;
use crate::store::view::{self, fault::FaultRow};
use crate::web::fault_line;
use crate::web::live::Topic;
use crate::web::visitor::Signed;
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// Faults that are shown: open ones, and those closed lately.
const OPEN: i64 = 50;
const CLOSED: i64 = 12;

#[derive(Template)]
#[template(path = "pages/my_school.html")]
struct MySchool {
    frame: Frame,
    school: Option<(String, String)>,
    said: bool,
    open: Vec<Plain>,
    closed: Vec<Plain>,
    rooms: Vec<String>,
    kinds: Vec<(&'static str, &'static str)>,
}

/// A fault in plain words.
struct Plain {
    id: i64,
    title: String,
    text: String,
    room: String,
    stands: String,
    mark: &'static str,
    since: When,
}

/// The address's query.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    said: String,
}

/// The page; whoever sees many schools goes to the list of faults.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let state = web.clone();
    let (schools, open, closed, planned) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let schools = if tx.see_all() { Vec::new() } else { view::school::list(tx, &view::school::Filter::default(), None, 2)? };
            let [one] = schools.as_slice() else { return Ok((schools, Vec::new(), Vec::new(), state.planned.get(tx)?)) };
            let filter = |cleared| view::fault::Filter { cleared, school: Some(one.code.clone()), ..Default::default() };
            let (open, closed) = (view::fault::list(tx, &filter(false), None, OPEN)?, view::fault::list(tx, &filter(true), None, CLOSED)?);
            Ok((schools, open, closed, state.planned.get(tx)?))
        })
        .await?;
    if schools.len() > 1 || signed.account.eyes.see_all() {
        return Ok(Redirect::to("/faults").into_response());
    }
    let words = &signed.visitor.words;
    let school = schools.first();
    let rooms = school.map(|row| planned.rooms(&row.code)).unwrap_or_default();
    let mut rooms: Vec<(usize, String)> = rooms.into_iter().map(|(room, (at, _))| (at, room)).collect();
    rooms.sort();
    let title = school.map_or_else(|| words.t("my-school-none"), |row| row.name.clone());
    let frame = Frame::titled(&web, &signed.visitor, title, "/my-school");
    render(&MySchool {
        frame: match school {
            Some(row) => frame.listening(Topic::School(row.id).text()),
            None => frame,
        },
        school: school.map(|row| (row.code.clone(), row.name.clone())),
        said: asked.said == "yes",
        open: open.iter().map(|row| plain(words, row)).collect(),
        closed: closed.iter().map(|row| plain(words, row)).collect(),
        rooms: rooms.into_iter().map(|(_, room)| room).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language))).collect(),
    })
}

fn plain(words: &Words, row: &FaultRow) -> Plain {
    let facts = fault_line::facts(row);
    let kind = row.kind.as_deref().or_else(|| facts.get("kind").map(String::as_str)).and_then(Kind::from_code);
    let what = kind.map(|kind| kind.label(words.language).to_owned());
    let told = facts.get("said").cloned().unwrap_or_default();
    let room = if row.room.is_empty() { facts.get("room").cloned().unwrap_or_default() } else { row.room.clone() };
    let title = fault_line::title(words, row);
    // What somebody reported is best told by what it is about.
    let title = what.filter(|_| row.code == REPORTED).unwrap_or(title);
    let stands = if row.cleared_at.is_some() { "plain-closed".to_owned() } else { format!("plain-{}", row.state) };
    Plain {
        id: row.id,
        title,
        text: told,
        room: if room.is_empty() { String::new() } else { words.in_room(&room) },
        stands: words.t(&stands),
        mark: if row.cleared_at.is_some() { "present" } else { "check" },
        since: words.when(row.cleared_at.unwrap_or(row.opened_at)),
    }
}
