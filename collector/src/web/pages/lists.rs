//! `/lists`: what is to be seen to in time: lamps, toner, warranties, what is beyond the plan, what is to be counted or given back.
//!
//! Comes in: which list. Goes out: its lines, school by school. Absent on purpose: faults; nothing here stops anybody's work.

use super::{Frame, Page, ROWS, render};
use crate::store::weekly::{self, Line};
use crate::web::fault_line::list_detail;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/lists.html")]
struct Lists {
    frame: Frame,
    lists: Vec<(String, String, i64, bool)>,
    title: String,
    lines: Vec<Shown>,
    next: Option<String>,
}

struct Shown {
    school_code: String,
    school_name: String,
    device: Option<i64>,
    detail: String,
    count: i64,
    since: When,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    code: String,
    after: String,
}

/// Reads `12.surplus/7`: a school's id and a key.
pub(in crate::web) fn parse_list_after(text: &str) -> Option<(i64, String)> {
    let (school, key) = text.split_once('.')?;
    Some((school.parse().ok()?, key.to_owned()))
}

/// Writes it.
pub(in crate::web) fn list_after(line: &Line) -> String {
    format!("{}.{}", line.school.0, line.key)
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let wanted = asked.clone();
    let (counts, code, rows) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let counts = weekly::counts(tx)?;
            let first = counts.first().map(|(code, _)| code.clone()).unwrap_or_default();
            let code = if wanted.code.is_empty() { first } else { wanted.code.clone() };
            let after = parse_list_after(&wanted.after);
            let rows = weekly::lines(tx, &code, after.as_ref().map(|(school, key)| (*school, key.as_str())), ROWS + 1)?;
            Ok((counts, code, rows))
        })
        .await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let last = (rows.len() > shown.len()).then(|| shown.last()).flatten();
    let line = |line: &Line| Shown {
        school_code: line.school_code.clone(),
        school_name: line.school_name.clone(),
        device: line.device.map(|device| device.0),
        detail: list_detail(words, line),
        count: line.count,
        since: words.when(line.since_at),
    };
    render(&Lists {
        frame: Frame::new(&web, &signed.visitor, "lists", "/faults"),
        lists: counts.iter().map(|(of, count)| (of.clone(), words.coded("fault-", of), *count, *of == code)).collect(),
        title: if code.is_empty() { words.t("lists-none") } else { words.coded("fault-", &code) },
        next: last.map(|last| format!("/lists?code={}&after={}", form_encoded(&code), form_encoded(&list_after(last)))),
        lines: shown.iter().map(line).collect(),
    })
}
