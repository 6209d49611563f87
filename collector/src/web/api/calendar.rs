//! `/api/v1/schools/{code}/days`: what each day is at a school, and how many of its devices were seen on it.
//!
//! Comes in: a school, a span of dates. Goes out: own types. Absent on purpose: the import of school years (a page and the command line), closures (rows of
//! the register).

use super::Answer;
use super::take::Json;
use crate::domain::calendar::{Day, Why};
use crate::store::view;
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web, year};
use axum::extract::{Path, Query, State};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most days of one answer: a school year and its summer.
const MOST_DAYS: usize = 400;
/// Days where no end is asked for.
const USUAL_DAYS: i32 = 30;

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
