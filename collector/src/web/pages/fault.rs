//! `/faults/{id}`: one fault, how we know, its life, and what can be done with it.
//!
//! Comes in: its number; forms. Goes out: the page. Absent on purpose: what is possible (`domain/fault/life`), the doing (`act`).

use super::{Frame, Page, render};
use crate::domain::fault::Life;
use crate::domain::plan::Plan;
use crate::store::{self, view};
use crate::web::deed::{self, Asked, Offers};
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, fact, facts, line};
use crate::web::visitor::Signed;
use crate::web::words::{When, Words};
use crate::web::{Stop, Web, live::Topic};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};

/// Lines of a fault's life that are shown.
const LIFE: i64 = 100;
/// Other faults of its incident that are shown.
const OTHERS: i64 = 50;

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
    stands: String,
    unstable: bool,
    origin: String,
    reports: i64,
    lot: String,
    external_ref: String,
    offers: Offers,
    others: Vec<FaultLine>,
    waits: Option<Waits>,
}

/// What a suspended fault waits for.
struct Waits {
    cause: String,
    since: When,
    until: Option<String>,
    by: String,
}

struct LifeLine {
    when: When,
    what: String,
    by: String,
    text: String,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Page {
    let state = web.clone();
    let found = web
        .read(move |tx| -> Result<_, Stop> {
            let Some(row) = view::fault::one(tx, id)? else { return Ok(None) };
            let Some((_, known)) = store::fault::by_id(tx, id)? else { return Ok(None) };
            let others = row.incident.map_or_else(|| Ok(Vec::new()), |incident| view::fault::of_incident(tx, incident, OTHERS))?;
            Ok(Some((row, view::fault::life(tx, id, LIFE)?, known, others, state.planned.get(tx)?)))
        })
        .await?;
    let (row, life, known, others, planned) = found.ok_or(Failure::NotFound)?;
    let words = &signed.visitor.words;
    let fault = line(words, &row);
    let title = format!("{} · {}", fault.title, fault.school_name);
    let life = life.into_iter().map(|(at, what, by, text)| LifeLine {
        text: said(words, &what, text),
        when: words.when(at),
        what: words.coded("life-", &what),
        by,
    });
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
        stands: words.coded("fault-state-", &row.state),
        unstable: known.life.unstable,
        origin: words.coded("origin-", &row.origin),
        reports: row.reports,
        lot: lot_name(&planned.plan, &known.life),
        external_ref: row.external_ref.clone(),
        offers: deed::offers(words, &planned.plan, &known.life),
        others: others.iter().filter(|other| other.id != row.id).map(|other| line(words, other)).collect(),
        waits: known.life.suspension.as_ref().map(|wait| Waits {
            cause: words.coded("cause-", wait.cause.code()),
            since: words.when(wait.from),
            until: wait.until.map(|until| words.day(until)),
            by: wait.by.clone(),
        }),
        device,
        fault,
    })
}

/// The lot that mends it, with its name and contractor.
fn lot_name(plan: &Plan, life: &Life) -> String {
    let lot = plan.lots.iter().find(|lot| lot.lot == life.lot);
    let contractor = lot.and_then(|lot| lot.contractor.as_deref()).unwrap_or(&life.contractor);
    let parts = [life.lot.as_str(), lot.map_or("", |lot| lot.name.as_str()), contractor];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What a line of the history says: the cause of a wait is a code of ours.
fn said(words: &Words, what: &str, text: String) -> String {
    if what != "suspended" {
        return text;
    }
    let (cause, rest) = text.split_once(" · ").unwrap_or((&text, ""));
    [words.coded("cause-", cause), rest.to_owned()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Does what a form asks.
pub async fn act(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(asked): Form<Asked>) -> Page {
    signed.visitor.check_form(&asked.csrf)?;
    deed::done(&web, &signed, id, asked).await?;
    Ok(Redirect::to(&format!("/faults/{id}")).into_response())
}

/// Leaves a comment.
pub async fn comment(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(asked): Form<Asked>) -> Page {
    act(State(web), signed, Path(id), Form(Asked { verb: "comment".to_owned(), ..asked })).await
}
