//! `/api/v1/schools/{code}/days`: what each day is at a school, and how many of its devices were seen on it; `/api/v1/calendar`: which school years are
//! known, and the ministry's file with them.
//!
//! Comes in: a school, a span of dates; a file. Goes out: own types. Absent on purpose: closures (rows of the register), settings of presence.

use super::Answer;
use super::take::{Json, must_be_file};
use crate::domain::calendar::{Day, Why};
use crate::store::view;
use crate::web::error::{Failure, Problem};
use crate::web::pages::calendar as page;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, year};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most days of one answer: a school year and its summer.
const MOST_DAYS: usize = 400;
/// Days where no end is asked for.
const USUAL_DAYS: i32 = 30;
/// Rows that were not taken, told.
const REFUSED: usize = 500;

/// From when until when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysAsked {
    /// First date, 2026-11-28; today where none is asked for.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date, 400 days further at most; 30 days where none is asked for.
    #[param(format = Date)]
    to: Option<String>,
}

/// One date.
#[derive(Serialize, ToSchema)]
pub(super) struct DayLine {
    /// The date.
    #[schema(format = Date)]
    date: String,
    /// school, closed, holiday, public_holiday, weekday, unknown.
    day: &'static str,
    /// The holiday's name, the reason of a closure, the code of a public holiday.
    why: Option<String>,
    /// Devices seen on it, of a year back until today; null: of that day nothing is known.
    seen: Option<u32>,
    /// Devices known by then.
    known: Option<u32>,
}

/// What each day is at a school, and how many of its devices were seen on it.
#[utoipa::path(get, operation_id = "listSchoolDays", path = "/api/v1/schools/{code}/days", params(("code" = String, Path), DaysAsked), responses((status = 200, body = Vec<DayLine>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn days(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(asked): Query<DaysAsked>) -> Answer<Vec<DayLine>> {
    let state = web.clone();
    let (calendar, year) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let known = view::school::one(tx, &code)?;
            known.map(|known| Ok((state.calendar(tx, known.id)?, year::of_school(&state, tx, known.id)?))).transpose()
        })
        .await?
        .ok_or(Failure::NotFound)?;
    let read = |name: &str, text: Option<String>, usual: Date| match text {
        None => Ok(usual),
        Some(text) => text
            .parse()
            .map_err(|_| Failure::Bad(format!("{name}: expected a date such as 2026-11-28, found {:?}", rollcall_shared::wire::clip(&text, 40)))),
    };
    let from: Date = read("from", asked.from, calendar.date_at(web.now()))?;
    let to: Date = read("to", asked.to, from.saturating_add(USUAL_DAYS.days()))?;
    let line = |date: Date| {
        let day = calendar.day(date);
        let why = match &day {
            Day::Off(Why::Closed(why) | Why::Holiday(why)) => Some(why.clone()),
            Day::Off(Why::PublicHoliday(code)) => Some((*code).to_owned()),
            _ => None,
        };
        let told = year.binary_search_by_key(&date, |told| told.date).ok().map(|at| &year[at]).filter(|told| !told.unknown);
        let (seen, known) = told.map(|told| (told.seen, told.known)).unzip();
        DayLine { date: date.to_string(), day: day.code(), why, seen, known }
    };
    Ok(Json(from.series(1.day()).take_while(|date| *date <= to).take(MOST_DAYS).map(line).collect()))
}

/// One school year of one zone.
#[derive(Serialize, ToSchema)]
pub(super) struct SchoolYear {
    /// Code of the zone.
    zone: String,
    /// 2026-2027.
    year: String,
    /// All of its holidays are known.
    whole: bool,
}

/// School years that are known, by zone.
#[utoipa::path(get, operation_id = "listSchoolYears", path = "/api/v1/calendar", responses((status = 200, body = Vec<SchoolYear>), (status = 403, body = Problem)))]
pub(super) async fn years(State(web): State<Web>, _: Signed) -> Answer<Vec<SchoolYear>> {
    let state = web.clone();
    let calendars = web.read(move |tx| -> Result<_, Stop> { Ok(state.calendars.get(tx)?) }).await?;
    let years = calendars.holidays.years().into_iter().map(|(zone, year, whole)| SchoolYear { zone, year, whole });
    Ok(Json(years.collect()))
}

/// What the file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Called {
    /// Its name, for the audit trail.
    #[param(max_length = 120)]
    name: Option<String>,
}

/// What an import did.
#[derive(Serialize, ToSchema)]
pub(super) struct CalendarImported {
    /// School years of zones that the file holds.
    years: u64,
    /// Of them new or changed.
    changed: u64,
    /// Rows that were not taken, each in a sentence; 500 at most.
    refused: Vec<String>,
}

/// Takes the ministry's school calendar in: the body is the file as it is published, CSV or JSON, of 8 MiB at most; all of it or nothing. 422: it is another file.
#[utoipa::path(post, operation_id = "importCalendar", path = "/api/v1/calendar/import", params(Called), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = CalendarImported), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn import(
    State(web): State<Web>,
    signed: Signed,
    Query(called): Query<Called>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<CalendarImported> {
    must_be_file(&headers)?;
    let language = signed.visitor.words.language;
    let name = called.name.filter(|name| !name.is_empty()).unwrap_or_else(|| "calendar".to_owned());
    let imported = page::taken(&web, &signed, name, body).await?;
    let imported = imported.map_err(|refusal| Failure::Unfit(refusal.text(language).to_owned()))?;
    let refused = imported.refused.iter().take(REFUSED).map(|line| line.text(language).to_owned()).collect();
    Ok(Json(CalendarImported { years: imported.years, changed: imported.changed, refused }))
}
