//! `/visits`: who goes where next, and what for; said to be done from here.
//!
//! Comes in: a lot; forms. Goes out: the list; visits planned and ended, for pages and programs. Absent on purpose: routes and maps.

use super::{Frame, Page, ROWS, list_files, render};
use crate::domain::right::Right;
use crate::store::intervention::{self, Intervention};
use crate::store::sight::Seen;
use crate::store::view::fault::FaultRow;
use crate::store::{self, view};
use crate::visit::{self, Swap, Swapped};
use crate::web::deed;
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, line};
use crate::web::live::Topic;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use serde::Deserialize;

/// Visits on one page: each shows its faults.
const VISITS: i64 = 30;
/// Open faults of one visit that are looked at: more than ail in one school.
const FAULTS: i64 = 1_000;

#[derive(Template)]
#[template(path = "pages/visits.html")]
struct Visits {
    frame: Frame,
    lots: Vec<(String, String, bool)>,
    visits: Vec<Shown>,
    files: Vec<(&'static str, String)>,
    next: Option<String>,
}

struct Shown {
    id: i64,
    day: String,
    school_code: String,
    school_name: String,
    lot: String,
    faults: Vec<FaultLine>,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    lot: String,
    after: String,
}

impl Asked {
    /// The lot that was chosen.
    pub fn lot(&self) -> &str {
        &self.lot
    }
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let (wanted, state, secret) = (asked.clone(), web.clone(), signed.account.role.may(Right::WorkOnFaults));
    let (rows, planned) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let rows = planned(tx, view::given(&wanted.lot).as_deref(), parse_after(&wanted.after), secret, VISITS + 1)?;
            Ok((rows, state.planned.get(tx)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(VISITS as usize)];
    let last = (rows.len() > shown.len()).then(|| shown.last()).flatten();
    let one = |(visit, faults): &Planned| Shown {
        id: visit.id,
        day: words.date(&visit.on.to_string()),
        school_code: visit.school_code.clone(),
        school_name: visit.school_name.clone(),
        lot: visit.lot.clone(),
        faults: faults.iter().take(ROWS as usize).map(|fault| line(words, fault)).collect(),
    };
    render(&Visits {
        frame: Frame::new(&web, &signed.visitor, "visits", "/faults"),
        lots: planned.plan.lots.iter().map(|lot| (lot.lot.clone(), lot.name.clone(), lot.lot == asked.lot)).collect(),
        visits: shown.iter().map(one).collect(),
        files: list_files::links("visits/visits", &format!("?lot={}", form_encoded(&asked.lot))),
        next: last.map(|(visit, _)| format!("/visits?lot={}&after={}", form_encoded(&asked.lot), written_after(visit))),
    })
}

/// A visit, with those of its open faults that are seen.
pub type Planned = (Intervention, Vec<FaultRow>);

/// Planned visits as the account sees them, the next first.
pub fn planned(tx: &mut Seen<'_, '_>, lot: Option<&str>, after: Option<(i64, i64)>, secret: bool, limit: i64) -> store::Result<Vec<Planned>> {
    let mut all = Vec::new();
    for visit in intervention::planned(tx, lot, after, secret, limit)? {
        let faults = faults(tx, visit.id, secret)?;
        all.push((visit, faults));
    }
    Ok(all)
}

/// The open faults of a visit that are seen.
pub fn faults(tx: &mut Seen<'_, '_>, visit: i64, secret: bool) -> store::Result<Vec<FaultRow>> {
    view::fault::of_visit(tx, visit, secret, FAULTS)
}

/// Where the list of visits goes on, in an address.
pub fn written_after(visit: &Intervention) -> String {
    let (day, id) = intervention::key(visit);
    format!("{day}.{id}")
}

/// Reads it.
pub fn parse_after(text: &str) -> Option<(i64, i64)> {
    text.split_once('.').and_then(|(day, id)| Some((day.parse().ok()?, id.parse().ok()?)))
}

/// A form about a visit or a swap.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    on: String,
    text: String,
    done: String,
    old: String,
    new: String,
    serial: String,
    becomes: String,
    csrf: String,
}

/// Plans a visit for a fault.
pub async fn plan(State(web): State<Web>, signed: Signed, Path(number): Path<i64>, Form(wish): Form<Wish>) -> Page {
    signed.visitor.check_form(&wish.csrf)?;
    planned_for(&web, &signed, number, &wish.on).await?;
    Ok(Redirect::to(&format!("/faults/{number}")).into_response())
}

/// Plans a visit for a fault, or adds it to the one that is planned for its lot, school and day; its id.
pub async fn planned_for(web: &Web, signed: &Signed, number: i64, on: &str) -> Result<i64, Failure> {
    signed.must(Right::WorkOnFaults)?;
    signed.must_see_fault(web, number).await?;
    let (doer, now) = (deed::doer(signed)?, web.now());
    let words = &signed.visitor.words;
    let day = deed::day(words, on)?.ok_or_else(|| Failure::Bad(words.t("visit-no-day")))?;
    let on: Date = on.trim().parse().map_err(|_| Failure::Bad(words.t("visit-no-day")))?;
    if day + 86_400 <= now {
        return Err(Failure::Refused(words.t("visit-past")));
    }
    let planned = web.write(move |tx| Ok(visit::plan(tx, number, on, &doer, now)?)).await?;
    planned.ok_or(Failure::NotFound)
}

/// Says that a visit was done, or will not be.
pub async fn end(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(wish): Form<Wish>) -> Page {
    signed.visitor.check_form(&wish.csrf)?;
    ended(&web, &signed, id, wish.done == "yes", wish.text).await?;
    Ok(Redirect::to("/visits").into_response())
}

/// Ends a planned visit: done, or not to be; the visit as it is then.
pub async fn ended(web: &Web, signed: &Signed, id: i64, done: bool, text: String) -> Result<Intervention, Failure> {
    signed.must(Right::WorkOnFaults)?;
    let (doer, now, state) = (deed::doer(signed)?, web.now(), web.clone());
    let ended = signed
        .write(web, move |tx| {
            if !tx.see_all() && faults(tx, id, true)?.is_empty() {
                return Ok(None);
            }
            Ok(visit::end(tx, id, done, &text, &doer, &state.zone, now)?)
        })
        .await?
        .ok_or(Failure::NotFound)?;
    web.live.tell(Topic::School(ended.school));
    Ok(ended)
}

/// Notes that a device was swapped for another.
pub async fn swap(State(web): State<Web>, signed: Signed, Path(number): Path<i64>, Form(wish): Form<Wish>) -> Page {
    signed.visitor.check_form(&wish.csrf)?;
    let swap = Swap { old: wish.old, new: wish.new, serial: wish.serial, becomes: wish.becomes };
    swapped(&web, &signed, number, swap).await?;
    Ok(Redirect::to(&format!("/faults/{number}")).into_response())
}

/// Notes a swap, from a form or from a program.
pub async fn swapped(web: &Web, signed: &Signed, number: i64, swap: Swap) -> Result<(), Failure> {
    signed.must(Right::ChangeRegister)?;
    signed.must(Right::WorkOnFaults)?;
    signed.must_see_fault(web, number).await?;
    let (doer, now) = (deed::doer(signed)?, web.now());
    let words = &signed.visitor.words;
    if swap.old.trim().is_empty() || swap.new.trim().is_empty() {
        return Err(Failure::Bad(words.t("swap-names")));
    }
    let (old, new) = (swap.old.clone(), swap.new.clone());
    match signed.write(web, move |tx| Ok(visit::swap(tx, number, &swap, &doer, now)?)).await? {
        Swapped::UnknownOld => Err(Failure::Refused(words.named("swap-unknown", &old))),
        Swapped::TakenNew => Err(Failure::Refused(words.named("swap-taken", &new))),
        Swapped::Done => Ok(()),
    }
}
