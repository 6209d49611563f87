//! `/schools/{code}/year`: a school's year, one cell a day: how many of its devices were seen.
//!
//! Comes in: its code. Goes out: the page. Absent on purpose: the year of one device (its own page shows it), hours.

use super::{Frame, Page, render};
use crate::store::view;
use crate::web::error::Failure;
use crate::web::visitor::Signed;
use crate::web::year::{self, Month};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Path, State as Shared};

#[derive(Template)]
#[template(path = "pages/year.html")]
struct YearPage {
    frame: Frame,
    code: String,
    name: String,
    sentence: String,
    months: Vec<Month>,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Path(code): Path<String>) -> Page {
    let state = web.clone();
    let (row, told) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let Some(row) = view::school::one(tx, &code)? else { return Ok(None) };
            let told = year::of_school(&state, tx, row.id)?;
            Ok(Some((row, told)))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    let words = &signed.visitor.words;
    let school: Vec<_> = told.iter().filter(|told| told.day.is_school() && !told.unknown).collect();
    let seen = school.iter().filter(|told| told.seen > 0).count() as i64;
    render(&YearPage {
        frame: Frame::titled(&web, &signed.visitor, format!("{} · {}", words.t("year-title"), row.name), "/schools"),
        sentence: if school.is_empty() { words.t("year-nothing") } else { words.n_of("year-sentence", seen, school.len() as i64) },
        months: year::months(words, &told),
        code: row.code,
        name: row.name,
    })
}
