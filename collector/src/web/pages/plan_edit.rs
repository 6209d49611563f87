//! `/plan/edit`: what people do to the plan in one action: a form each, what it would change, and the version that came of it.
//!
//! Comes in: the fields of one action. Goes out: forms; before anything changes, the rows that would; then the new version. Absent on
//! purpose: what an action does (`domain/plan/edit`), imports.

use super::{Frame, Page, render};
use crate::domain::plan::Severity;
use crate::domain::plan::edit::Refusal;
use crate::domain::right::Right;
use crate::edit::{self, ACTIONS, Asked, Proposal};
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::words::{State as Mark, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Rows that the page lists before it only counts them.
const ROWS: usize = 200;
/// Longest value of a field, in bytes.
const FIELD_BYTES: usize = 1_000;

#[derive(Template)]
#[template(path = "pages/plan_edit.html")]
struct EditPage {
    frame: Frame,
    actions: Vec<Action>,
    schools: Vec<(String, String)>,
    milestones: Vec<(String, String)>,
    done: Option<(i64, String)>,
}

/// One action with its form.
struct Action {
    code: &'static str,
    open: bool,
    fields: Vec<Field>,
    trouble: String,
}

struct Field {
    id: String,
    name: &'static str,
    /// school, schools, milestone, year or text.
    sort: &'static str,
    value: String,
    wrong: bool,
    needed: bool,
}

#[derive(Template)]
#[template(path = "pages/plan_edit_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    done: String,
    button: String,
    fields: Vec<(&'static str, String)>,
    effects: Vec<String>,
    changes: Vec<String>,
    count: i64,
    notes: Vec<(Mark, String)>,
}

/// What the address may say: which action is open, for which school, which version was just made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    action: String,
    school: String,
    version: Option<i64>,
}

/// The forms.
pub async fn show(State(web): State<Web>, signed: Signed, Query(wanted): Query<Wanted>) -> Page {
    signed.must(Right::ChangePlan)?;
    let asked = Asked { action: wanted.action, school: wanted.school.clone(), schools: wanted.school, ..Asked::default() };
    forms(&web, &signed, &asked, wanted.version, None).await
}

/// A form that was sent: first what it would change, then doing it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    #[serde(flatten)]
    asked: Asked,
    /// `do` does it; anything else shows what would be done.
    step: String,
    csrf: String,
}

/// Shows or does an edit.
pub async fn send(State(web): State<Web>, signed: Signed, Form(sent): Form<Sent>) -> Page {
    signed.visitor.check_form(&sent.csrf)?;
    signed.must(Right::ChangePlan)?;
    let words = &signed.visitor.words;
    let (today, now, language) = (today(words), web.now(), words.language);
    let Sent { asked, step, .. } = sent;
    let edit = match asked.edit() {
        Ok(edit) => edit,
        Err(refusal) => return forms(&web, &signed, &asked, None, Some(refusal)).await,
    };
    if step != "do" {
        return match web.read(move |tx| Ok(edit::propose(tx, &edit, today)?)).await? {
            Ok(proposal) => confirm(&web, &signed, &asked, &proposal),
            Err(refusal) => forms(&web, &signed, &asked, None, Some(refusal)).await,
        };
    }
    let who = signed.account.login.clone();
    match web.write(move |tx| -> Result<_, Stop> { Ok(edit::commit(tx, &edit, &who, language, today, now)?) }).await? {
        Ok(imported) => Ok(Redirect::to(&format!("/plan/edit?version={}", imported.version.unwrap_or_default())).into_response()),
        Err(refusal) => forms(&web, &signed, &asked, None, Some(refusal)).await,
    }
}

/// Today in the programme's zone.
pub(in crate::web) fn today(words: &Words) -> Date {
    jiff::Timestamp::from_second(words.now.0).unwrap_or_default().to_zoned(words.zone.clone()).date()
}

async fn forms(web: &Web, signed: &Signed, asked: &Asked, version: Option<i64>, refusal: Option<Refusal>) -> Page {
    let state = web.clone();
    let (planned, done) = web
        .read(move |tx| -> Result<_, Stop> {
            let planned = state.planned.get(tx)?;
            let done = planned.version.as_ref().filter(|known| Some(known.id) == version).map(|version| (version.id, version.note.clone()));
            Ok((planned, done))
        })
        .await?;
    let words = &signed.visitor.words;
    let refused = refusal.is_some();
    let mut response = render(&EditPage {
        frame: Frame::new(web, &signed.visitor, "edit-title", "/plan"),
        actions: ACTIONS.iter().map(|(code, fields)| action(words, code, fields, asked, refusal.as_ref())).collect(),
        schools: open_schools(&planned),
        milestones: milestones(words, &planned),
        done,
    })?;
    if refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

fn action(words: &Words, code: &'static str, fields: &[&'static str], asked: &Asked, refusal: Option<&Refusal>) -> Action {
    let here = asked.action == code;
    let refusal = refusal.filter(|_| here);
    let field = |name: &&'static str| Field {
        id: format!("{code}-{name}"),
        name,
        sort: match *name {
            "school" | "into" => "school",
            "schools" | "milestone" | "year" => name,
            _ => "text",
        },
        // A school that the address names is that of every form.
        value: if here || matches!(*name, "school" | "schools") { asked.field(name).to_owned() } else { String::new() },
        wrong: refusal.is_some_and(|refusal| refusal.field == *name),
        needed: !(code == "close_class" && *name == "room"),
    };
    Action {
        code,
        open: here,
        fields: fields.iter().map(field).collect(),
        trouble: refusal.map(|refusal| refusal.why.text(words.language).to_owned()).unwrap_or_default(),
    }
}

fn open_schools(planned: &InForce) -> Vec<(String, String)> {
    let open = planned.plan.schools.iter().filter(|school| school.closed_on.is_none());
    open.map(|school| (school.school.clone(), school.name.clone())).collect()
}

/// Milestones that the plan names, with their words.
fn milestones(words: &Words, planned: &InForce) -> Vec<(String, String)> {
    let names: BTreeSet<&str> = planned.plan.milestones.iter().map(|row| row.milestone.as_str()).collect();
    names.into_iter().map(|name| (name.to_owned(), words.coded("milestone-", name))).collect()
}

fn confirm(web: &Web, signed: &Signed, asked: &Asked, proposal: &Proposal) -> Page {
    let words = &signed.visitor.words;
    let fields = ACTIONS.iter().find(|(code, _)| *code == asked.action).map_or(&[][..], |(_, fields)| fields);
    let mark = |severity: Severity| words.state(if severity == Severity::Warning { "check" } else { "quiet" });
    render(&ConfirmPage {
        frame: Frame::new(web, &signed.visitor, "edit-confirm-title", "/plan"),
        done: proposal.edited.done.text(words.language).to_owned(),
        button: proposal.schools.map_or_else(|| words.t("edit-confirm-all"), |schools| words.n("edit-confirm", schools as i64)),
        fields: std::iter::once(("action", asked.action.clone()))
            .chain(fields.iter().map(|name| (*name, asked.field(name).chars().take(FIELD_BYTES).collect())))
            .collect(),
        effects: proposal.effects.iter().take(ROWS).map(|effect| effect.text(words.language)).collect(),
        changes: proposal.changes.iter().take(ROWS).map(|change| change.text(words.language)).collect(),
        count: proposal.changes.len() as i64,
        notes: proposal.notes.iter().take(ROWS).map(|note| (mark(note.severity), note.sentence(words.language))).collect(),
    })
}
