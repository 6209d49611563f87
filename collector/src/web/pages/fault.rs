//! `/faults/{id}`: one fault, how we know, its life, and what can be done with it.
//!
//! Comes in: its number; forms. Goes out: the page. Absent on purpose: what is possible (`domain/fault/life`), the doing (`act`).

use super::{Frame, Page, render};
use crate::domain::calendar::Calendar;
use crate::domain::calendar::working::WorkingHours;
use crate::domain::fault::contract::clocks_of;
use crate::domain::fault::{Clock, Clocks, Known, Life, Origin, Severity, Site};
use crate::domain::intervention;
use crate::domain::kind::Kind;
use crate::domain::plan::Plan;
use crate::domain::reading::Latest;
use crate::domain::register::Asset;
use crate::domain::right::Right;
use crate::store::school::KnownSchool;
use crate::store::sight::Seen;
use crate::store::view::fault::FaultRow;
use crate::store::view::photo::PhotoRow;
use crate::store::{self, view};
use crate::web::deed::{self, Asked, Offers};
use crate::web::errand::{self, Thing, Way};
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, fact, facts, line};
use crate::web::planned::InForce;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web, live::Topic};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines of a fault's life that are shown.
const LIFE: i64 = 100;
/// Other faults of its incident that are shown.
const OTHERS: i64 = 50;
/// Earlier faults of its device, and twins elsewhere, that are shown.
const PAST: i64 = 5;

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
    next_visit_words: String,
    serial: String,
    way: Way,
    takes: Vec<Thing>,
    spares: Vec<String>,
    model: String,
    past: Vec<FaultLine>,
    twins: Vec<FaultLine>,
    check: Option<String>,
    photos: Vec<Shown>,
}

/// One photo on the page.
struct Shown {
    row: PhotoRow,
    when: When,
    may_remove: bool,
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

/// What the page is made from.
struct Loaded {
    row: FaultRow,
    known: Known,
    life: Vec<(Timestamp, String, String, String)>,
    others: Vec<FaultRow>,
    past: Vec<FaultRow>,
    twins: Vec<FaultRow>,
    latest: Vec<Latest>,
    photos: Vec<PhotoRow>,
    calendar: Calendar,
    planned: Arc<InForce>,
    in_store: Vec<Asset>,
    school: Option<KnownSchool>,
}

fn load(tx: &mut Seen<'_, '_>, web: &Web, id: i64, secret: bool) -> Result<Option<Loaded>, Stop> {
    let Some(row) = view::fault::one(tx, id, secret)? else { return Ok(None) };
    let Some((_, known)) = store::fault::by_id(tx, id)? else { return Ok(None) };
    let (mut past, mut twins, mut latest) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(device) = row.device {
        for cleared in [false, true] {
            let filter = view::fault::Filter { cleared, device: Some(device.0), secret, ..Default::default() };
            past.extend(view::fault::list(tx, &filter, None, PAST)?.into_iter().filter(|other| other.id != id));
        }
        if !row.device_model.is_empty() {
            twins = view::fault::twins(tx, &row.code, &row.device_model, device, PAST)?;
        }
        latest = store::reading::of_device(tx, row.school, device)?;
    }
    Ok(Some(Loaded {
        others: row.incident.map_or_else(|| Ok(Vec::new()), |incident| view::fault::of_incident(tx, incident, OTHERS))?,
        life: view::fault::life(tx, id, LIFE)?,
        photos: view::photo::of_fault(tx, id, secret)?,
        calendar: web.calendar(tx, row.school)?,
        planned: web.planned.get(tx)?,
        in_store: errand::in_store(tx, &row)?,
        school: store::school::school_by_id(tx, row.school)?,
        row,
        known,
        past,
        twins,
        latest,
    }))
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Page {
    let (state, secret) = (web.clone(), signed.account.role.may(Right::WorkOnFaults));
    let loaded = signed.read(&web, move |tx| load(tx, &state, id, secret)).await?.ok_or(Failure::NotFound)?;
    render(&built(&web, &signed, loaded))
}

fn built(web: &Web, signed: &Signed, loaded: Loaded) -> Fault {
    let Loaded { row, known, life, others, past, twins, latest, photos, calendar, planned, in_store, school } = loaded;
    let words = &signed.visitor.words;
    let fault = line(words, &row);
    let site = Site { at: calendar.whereabouts(), clock: calendar.clock().clone(), accepted_at: school.and_then(|known| known.accepted_at) };
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
    let next_visit = next_visit(&planned.plan, &row.lot, &calendar, words.now).map(|day| day.to_string()).unwrap_or_default();
    Fault {
        frame: Frame::titled(web, &signed.visitor, title, "/faults").listening(topic),
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
        offers: deed::doer(signed).map(|doer| deed::offers(words, &planned.plan, &known.life, doer.hand)).unwrap_or_default(),
        others: others.iter().filter(|other| other.id != row.id).map(|other| line(words, other)).collect(),
        next_visit_words: words.date(&next_visit),
        next_visit,
        serial: if row.device.is_some() { row.device_name.clone() } else { String::new() },
        wider: wider(words, &row, &facts(&row)),
        clocks: clock_lines(words, &clocks),
        waits: known.life.suspension.as_ref().map(|wait| Waits {
            cause: words.coded("cause-", wait.cause.code()),
            since: words.when(wait.from),
            until: wait.until.map(|until| words.day(until)),
            by: wait.by.clone(),
        }),
        way: errand::way(words, &planned, &row, &calendar),
        takes: errand::things(words, &row, &latest),
        spares: errand::spares(words, &in_store, &row),
        model: errand::model_of(&row),
        past: past.iter().take(PAST as usize).map(|other| ended(words, other)).collect(),
        twins: twins.iter().map(|other| ended(words, other)).collect(),
        check: check(words, &known.life),
        photos: photos.into_iter().map(|row| Shown { when: words.when(row.at), may_remove: may_remove(signed, &row), row }).collect(),
        device,
        fault,
    }
}

/// An earlier fault as a line: what is over is calm, and says how long it took.
fn ended(words: &Words, row: &FaultRow) -> FaultLine {
    let mut line = line(words, row);
    if let Some(cleared) = row.cleared_at {
        line.mark = "present";
        line.more.push(words.named("past-mended", &words.lasting(cleared.since_s(row.opened_at))));
    }
    line
}

/// Whether somebody may take a photo away: the town any, others their own.
fn may_remove(signed: &Signed, photo: &PhotoRow) -> bool {
    let role = signed.account.role;
    role.may(Right::WorkOnFaults) || (role.may(Right::MendFaults) && photo.by == signed.account.login)
}

/// What became of the claim that it is mended, in a sentence; none was made: nothing.
fn check(words: &Words, life: &Life) -> Option<String> {
    let claim = life.claim.as_ref()?;
    match life.closing {
        None => {
            let key = if life.origin == Origin::Look { "check-waits" } else { "check-waits-person" };
            Some(words.named(key, &words.when(claim.at).near))
        }
        Some(closing) => {
            let how = words.coded("cleared-by-", closing.how.code());
            Some(words.with("check-done", [("what", words.when(closing.at).near.into()), ("how", how.into())]))
        }
    }
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

/// The next day on which the lot comes and the school is open; none: none is known.
fn next_visit(plan: &Plan, lot: &str, calendar: &Calendar, now: Timestamp) -> Option<jiff::civil::Date> {
    let row = plan.lots.iter().find(|row| row.lot == lot);
    let (weekdays, hours) = row.map_or((&[][..], ""), |row| (&row.weekdays[..], row.hours.as_deref().unwrap_or("")));
    let hours = WorkingHours::read(weekdays, hours, calendar.whereabouts(), calendar.clock().clone());
    intervention::next_visit(&hours, calendar, calendar.date_at(now))
}

fn clock_lines(words: &Words, clocks: &Clocks) -> Vec<ClockLine> {
    let line = |(name, clock): (&str, Option<Clock>)| {
        let clock = clock?;
        let text = match clock {
            Clock::Runs(end) => words.named(if end < words.now { "clock-broken" } else { "clock-runs" }, &words.moment(end)),
            Clock::Held(left) => words.named(if left < 0 { "clock-held-late" } else { "clock-held" }, &words.lasting(left.abs())),
            Clock::Stopped(at, _) => words.named(if clock.is_broken(words.now) { "clock-late" } else { "clock-kept" }, &words.moment(at)),
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
