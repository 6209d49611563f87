//! `/round`: a day's round by school: in which order, what is to be mended at each, what to take along in all; on paper and as a calendar.
//!
//! Comes in: a day and a lot in the address. Goes out: the page, iCalendar, and the same for the API. Absent on purpose: the order itself
//! (`domain/round`), roads.

use super::faults_file::{escaped, folded, instant};
use super::{Frame, Page, render};
use crate::domain::calendar::working::WorkingHours;
use crate::domain::calendar::{Day, Why};
use crate::domain::folded::fold;
use crate::domain::right::Right;
use crate::domain::round::{Stop as At, order};
use crate::store::sight::{Seen, lots};
use crate::store::view::fault::{FaultRow, Filter, NEVER, list};
use crate::store::{reading, view};
use crate::web::errand::{self, Thing};
use crate::web::error::Failure;
use crate::web::fault_line::{FaultLine, detail, line, title};
use crate::web::planned::InForce;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::Words;
use crate::web::{Stop, Web, deed};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// Faults that one round looks at, the most pressing first.
const ROWS: i64 = 500;
/// Days ahead that are looked through for the lot's next one.
const AHEAD: usize = 60;

/// Which round.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Asked {
    /// The day, as 2026-11-30; empty: the next on which the lot works.
    pub on: String,
    /// Code of a lot; empty: all that one sees.
    pub lot: String,
    /// `yes`: only what is due by the end of that day.
    pub due: String,
}

/// A round.
pub struct Round {
    /// The day.
    pub on: Date,
    /// Schools in order.
    pub stops: Vec<Place>,
    /// What to take along in all: how many of what.
    pub packed: Vec<(Thing, usize)>,
    /// Lots that the asker sees: code, name.
    pub lots: Vec<(String, String)>,
    /// More faults than one round looks at.
    pub cut: bool,
}

/// One school of a round.
pub struct Place {
    /// Code of the school.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its address; empty: not told.
    pub address: String,
    /// Degrees north and east.
    pub at: Option<(f64, f64)>,
    /// Hours of that day, or why it is closed.
    pub open: String,
    /// It is closed that day.
    pub closed: bool,
    /// Its faults, the most pressing first.
    pub faults: Vec<FaultRow>,
    /// What to take along for each of them.
    pub things: Vec<Vec<Thing>>,
}

/// Puts a round together for what the asker sees.
pub async fn round(web: &Web, signed: &Signed, asked: &Asked) -> Result<Round, Failure> {
    let words = signed.visitor.words.clone();
    deed::day(&words, &asked.on)?; // says what a day looks like
    let (state, asked, secret) = (web.clone(), asked.clone(), signed.account.role.may(Right::WorkOnFaults));
    signed.read(web, move |tx| together(tx, &state, &words, &asked, secret)).await
}

fn together(tx: &mut Seen<'_, '_>, web: &Web, words: &Words, asked: &Asked, secret: bool) -> Result<Round, Stop> {
    let planned = web.planned.get(tx)?;
    let seen = lots(tx)?;
    let lots: Vec<_> = planned.plan.lots.iter().filter(|lot| seen.as_ref().is_none_or(|seen| seen.contains(&lot.lot))).collect();
    let chosen = lots.iter().find(|lot| lot.lot == asked.lot).or(lots.first());
    let (weekdays, hours) = chosen.map_or((&[][..], ""), |lot| (&lot.weekdays[..], lot.hours.as_deref().unwrap_or("")));
    let hours = WorkingHours::read(weekdays, hours, None, words.zone.clone());
    let on = asked.on.trim().parse().unwrap_or_else(|_| next_day(&hours, words));
    let end = on.tomorrow().ok().and_then(|next| next.to_zoned(words.zone.clone()).ok()).map_or(NEVER, |at| at.timestamp().as_second());
    let filter =
        Filter { lot: view::given(&asked.lot), breaks: Some((0, if asked.due == "yes" { end - 1 } else { NEVER })), secret, ..Filter::default() };
    let rows = list(tx, &filter, None, ROWS + 1)?;
    let cut = rows.len() as i64 > ROWS;
    let mut by_school: BTreeMap<i64, Vec<FaultRow>> = BTreeMap::new();
    for row in rows.into_iter().take(ROWS as usize).filter(|row| !row.learning) {
        by_school.entry(row.school.0).or_default().push(row);
    }
    let mut places = Vec::new();
    for faults in by_school.into_values() {
        places.push(place(tx, web, words, &planned, faults, on)?);
    }
    let stop = |place: &Place| At {
        name: fold(&place.name),
        at: place.at,
        pressing: place.faults.first().and_then(|row| row.breaks_at).map_or(NEVER, |at| at.0),
    };
    let stops: Vec<At> = places.iter().map(stop).collect();
    let mut places: Vec<Option<Place>> = places.into_iter().map(Some).collect();
    let mut stops: Vec<Place> = order(&stops).into_iter().filter_map(|index| places[index].take()).collect();
    // Before a closed door one stands last.
    stops.sort_by_key(|place| place.closed);
    let packed = packed(stops.iter().filter(|place| !place.closed));
    let lots = lots.iter().map(|lot| (lot.lot.clone(), lot.name.clone())).collect();
    Ok(Round { on, stops, packed, lots, cut })
}

fn place(tx: &mut Seen<'_, '_>, web: &Web, words: &Words, planned: &InForce, faults: Vec<FaultRow>, on: Date) -> Result<Place, Stop> {
    let first = &faults[0];
    let (calendar, site) = (web.calendar(tx, first.school)?, planned.site_of(&first.school_code));
    let spans: Vec<String> =
        calendar.class_hours(on).into_iter().map(|(from, until)| format!("{}–{}", words.time(from), words.time(until))).collect();
    let (closed, open) = match calendar.day(on) {
        Day::Off(Why::Closed(why)) | Day::Off(Why::Holiday(why)) if !why.is_empty() => (true, why),
        Day::Off(Why::PublicHoliday(code)) => (true, words.coded("feast-", code)),
        Day::Off(_) => (true, String::new()),
        Day::School | Day::Unknown => (false, spans.join(", ")),
    };
    let mut things = Vec::new();
    for row in &faults {
        let latest = row.device.map_or_else(|| Ok(Vec::new()), |device| reading::of_device(tx, row.school, device))?;
        things.push(errand::things(words, row, &latest));
    }
    Ok(Place {
        code: first.school_code.clone(),
        name: first.school_name.clone(),
        address: site.map(|site| site.address.clone()).unwrap_or_default(),
        at: site.and_then(errand::position),
        open,
        closed,
        things,
        faults,
    })
}

/// The first day, today included, on which the lot still works.
fn next_day(hours: &WorkingHours, words: &Words) -> Date {
    let works = |day: &Date| hours.works_on(*day) && (*day != words.today() || hours.working_seconds(words.now, words.midnight()) > 0);
    words.today().series(1.day()).take(AHEAD).find(works).unwrap_or(words.today())
}

/// Each part as often as it is wanted, each tool once; parts first.
fn packed<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<(Thing, usize)> {
    let mut counts: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for thing in places.flat_map(|place| place.things.iter().flatten()) {
        let count = counts.entry((!thing.is_part, thing.what.clone())).or_default();
        *count = if thing.is_part { *count + 1 } else { 1 };
    }
    counts.into_iter().map(|((tool, what), count)| (Thing { what, detail: String::new(), is_part: !tool }, count)).collect()
}

#[derive(Template)]
#[template(path = "pages/round.html")]
struct RoundPage {
    frame: Frame,
    day: String,
    on: String,
    due: bool,
    lots: Vec<(String, String, bool)>,
    sentence: String,
    stops: Vec<Shown>,
    packed: Vec<(Thing, usize)>,
    calendar: String,
    cut: bool,
}

struct Shown {
    name: String,
    address: String,
    geo: Option<String>,
    open: String,
    closed: bool,
    faults: Vec<(FaultLine, String)>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let round = round(&web, &signed, &asked).await?;
    let words = &signed.visitor.words;
    let faults: usize = round.stops.iter().map(|place| place.faults.len()).sum();
    let shown = |place: &Place| Shown {
        name: place.name.clone(),
        address: place.address.clone(),
        geo: place.at.map(|(north, east)| format!("geo:{north},{east}?q={north},{east}")),
        open: place.open.clone(),
        closed: place.closed,
        faults: place.faults.iter().zip(&place.things).map(|(row, things)| (line(words, row), said(things))).collect(),
    };
    render(&RoundPage {
        frame: Frame::new(&web, &signed.visitor, "round-title", "/my-queue"),
        day: words.date(&round.on.to_string()),
        due: asked.due == "yes",
        lots: round.lots.iter().map(|(code, name)| (code.clone(), name.clone(), *code == asked.lot)).collect(),
        sentence: format!("{} {}", words.n("round-schools", round.stops.len() as i64), words.n("round-faults", faults as i64)),
        stops: round.stops.iter().map(shown).collect(),
        calendar: format!("/round/round.ics?on={}&lot={}&due={}", round.on, form_encoded(&asked.lot), form_encoded(&asked.due)),
        packed: round.packed,
        cut: round.cut,
        on: round.on.to_string(),
    })
}

fn said(things: &[Thing]) -> String {
    let said = |thing: &Thing| if thing.detail.is_empty() { thing.what.clone() } else { format!("{} ({})", thing.what, thing.detail) };
    things.iter().map(said).collect::<Vec<_>>().join(", ")
}

/// The round as a calendar: a whole day's event for each school, in their order.
pub async fn file(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    if name != "round.ics" {
        return Err(Failure::NotFound);
    }
    let round = round(&web, &signed, &asked).await?;
    let text = ics(&signed.visitor.words, &round, &asked.lot, &web.public_url());
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

fn ics(words: &Words, round: &Round, lot: &str, url: &str) -> String {
    let mut text = String::new();
    let mut line = |line: &str| folded(&mut text, line);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Rollcall//round//");
    for (at, place) in round.stops.iter().enumerate().filter(|(_, place)| !place.closed) {
        let of = |row: &FaultRow| format!("{} {} · {}", row.id, title(words, row), detail(words, row));
        line("BEGIN:VEVENT");
        line(&format!("UID:round-{}-{}-{}@rollcall", round.on, fold(lot).replace(' ', "-"), fold(&place.code).replace(' ', "-")));
        line(&format!("DTSTAMP:{}", instant(words.now)));
        line(&format!("DTSTART;VALUE=DATE:{}", round.on.strftime("%Y%m%d")));
        line(&format!("SUMMARY:{}", escaped(&format!("{}. {} ({})", at + 1, place.name, words.n("round-faults", place.faults.len() as i64)))));
        line(&format!("DESCRIPTION:{}", escaped(&place.faults.iter().map(of).collect::<Vec<_>>().join("\n"))));
        line(&format!("LOCATION:{}", escaped(&place.address)));
        if let Some((north, east)) = place.at {
            line(&format!("GEO:{north};{east}"));
        }
        line(&format!("URL:{url}/round?on={}&lot={}", round.on, form_encoded(lot)));
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}
