//! `/faults/{id}`: one fault, how we know, its life, and what can be done with it.
//!
//! Comes in: its number; forms. Goes out: the page. Absent on purpose: what is possible (`domain/fault/life`), the doing (`act`).

use super::{Frame, Page, render};
use crate::domain::calendar::holiday::Holidays;
use crate::domain::calendar::working::WorkingHours;
use crate::domain::calendar::{Calendar, Told};
use crate::domain::fault::contract::clocks_of;
use crate::domain::fault::{Clock, Clocks, Life, SECRET, Severity, Site};
use crate::domain::intervention;
use crate::domain::kind::Kind;
use crate::domain::plan::Plan;
use crate::domain::right::Right;
use crate::store::school::KnownSchool;
use crate::store::view::fault::FaultRow;
use crate::store::{self, view};
use crate::web::deed::{self, Asked, Offers};
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, fact, facts, line};
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web, live::Topic};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;

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
    clocks: Vec<ClockLine>,
    wider: Vec<(String, String)>,
    next_visit: String,
    serial: String,
}

/// One clock of the contract, in words.
struct ClockLine {
    name: String,
    text: String,
    broken: bool,
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
    let found = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let Some(row) = view::fault::one(tx, id)? else { return Ok(None) };
            let Some((_, known)) = store::fault::by_id(tx, id)? else { return Ok(None) };
            let others = row.incident.map_or_else(|| Ok(Vec::new()), |incident| view::fault::of_incident(tx, incident, OTHERS))?;
            let school = store::school::school_by_id(tx, row.school)?;
            Ok(Some((row, view::fault::life(tx, id, LIFE)?, known, others, state.planned.get(tx)?, school)))
        })
        .await?;
    let (row, life, known, others, planned, school) =
        found.filter(|(row, ..)| row.code != SECRET || signed.account.role.may(Right::WorkOnFaults)).ok_or(Failure::NotFound)?;
    let words = &signed.visitor.words;
    let fault = line(words, &row);
    let site = site(school.as_ref(), &web.zone);
    let kind = row.kind.as_deref().and_then(Kind::from_code);
    let clocks = clocks_of(&planned.plan, &row.lot, kind, known.severity.unwrap_or(Severity::Minor), &known.life, &site);
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
        offers: deed::doer(&signed).map(|doer| deed::offers(words, &planned.plan, &known.life, doer.hand)).unwrap_or_default(),
        others: others.iter().filter(|other| other.id != row.id).map(|other| line(words, other)).collect(),
        next_visit: next_visit(&planned.plan, &row.lot, school.as_ref(), &web.zone, words.now),
        serial: if row.device.is_some() { row.device_name.clone() } else { String::new() },
        wider: wider(words, &row, &facts(&row)),
        clocks: clock_lines(words, &clocks),
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

/// Verdicts that reach further than this fault: address and label.
fn wider(words: &Words, row: &FaultRow, facts: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let fact = |name: &str| facts.get(name).map_or("", String::as_str);
    let pairs = [("kit", fact("kit")), ("kind", fact("kind")), ("model", fact("model")), ("phase", fact("phase"))];
    let mut all = Vec::new();
    if !fact("kit").is_empty() {
        let named: String =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("&{name}={}", form_encoded(value))).collect();
        all.push((format!("/verdicts?verdict=accepted&code={}{named}#verdict", row.code), words.t("wider-kit")));
        all.push(("/plan".to_owned(), words.t("wider-plan")));
    }
    if let Some(device) = row.device {
        all.push((format!("/verdicts?verdict=not_ours&device={device}#verdict"), words.t("wider-not-ours")));
    }
    all
}

/// The next day on which the lot comes and the school is open, as a form wants it; empty: none is known.
fn next_visit(plan: &Plan, lot: &str, school: Option<&KnownSchool>, zone: &TimeZone, now: Timestamp) -> String {
    let calendar = calendar(school, zone);
    let row = plan.lots.iter().find(|row| row.lot == lot);
    let (weekdays, hours) = row.map_or((&[][..], ""), |row| (&row.weekdays[..], row.hours.as_deref().unwrap_or("")));
    let hours = WorkingHours::read(weekdays, hours, calendar.whereabouts(), calendar.clock().clone());
    intervention::next_visit(&hours, &calendar, calendar.date_at(now)).map(|day| day.to_string()).unwrap_or_default()
}

/// A school's calendar, as far as the plan tells it.
fn calendar(school: Option<&KnownSchool>, zone: &TimeZone) -> Calendar {
    let told = school.map(|known| &known.school);
    let told = told.map_or_else(Told::default, |school| Told { zone: &school.zone, timetable: &school.timetable, uai: &school.uai });
    Calendar::new(told, &Holidays::new(Vec::new()), Vec::new(), zone)
}

/// Where a school lies, as far as clocks go.
fn site(school: Option<&KnownSchool>, zone: &TimeZone) -> Site {
    let calendar = calendar(school, zone);
    Site { at: calendar.whereabouts(), clock: calendar.clock().clone(), accepted_at: school.and_then(|known| known.accepted_at) }
}

fn clock_lines(words: &Words, clocks: &Clocks) -> Vec<ClockLine> {
    let line = |(name, clock): (&str, Option<Clock>)| {
        let clock = clock?;
        let text = match clock {
            Clock::Runs(end) => words.named(if end < words.now { "clock-broken" } else { "clock-runs" }, &words.exact(end)),
            Clock::Held(left) => words.named(if left < 0 { "clock-held-late" } else { "clock-held" }, &words.lasting(left.abs())),
            Clock::Stopped(at, _) => words.named(if clock.is_broken(words.now) { "clock-late" } else { "clock-kept" }, &words.exact(at)),
        };
        Some(ClockLine { name: words.t(name), text, broken: clock.is_broken(words.now) })
    };
    [("clock-respond", clocks.respond), ("clock-repair", clocks.repair)].into_iter().filter_map(line).collect()
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
