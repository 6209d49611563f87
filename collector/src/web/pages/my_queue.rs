//! `/my-queue`: what is mine to mend, by deadline: the start page of whoever mends.
//!
//! Comes in: the account's eyes, the time. Goes out: the page. Absent on purpose: filters (each count leads to the list that has them).

use super::saved::{Views, views};
use super::{Frame, Page, render};
use crate::domain::right::Right;
use crate::store::view::fault::{Filter, Queue, list, queue};
use crate::web::fault_line::{FaultLine, due, line};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State;

/// Faults of each part that are shown here; the list has the rest.
const EACH: i64 = 25;

/// A part of the queue: its code, and the query of the list that holds it.
const PARTS: [(&str, &str); 6] = [
    ("overdue", "due=overdue"),
    ("today", "due=today"),
    ("later", "due=later"),
    ("undated", "due=undated"),
    ("claimed", "state=claimed"),
    ("suspended", "state=suspended"),
];

#[derive(Template)]
#[template(path = "pages/my_queue.html")]
struct MyQueue {
    frame: Frame,
    sentence: String,
    parts: Vec<Part>,
    leads: bool,
    views: Views,
}

struct Part {
    code: &'static str,
    title: String,
    count: i64,
    href: String,
    faults: Vec<FaultLine>,
    more: bool,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let words = signed.visitor.words.clone();
    let (asking, secret) = (words.clone(), signed.account.role.may(Right::WorkOnFaults));
    let id = signed.account.id;
    let (counts, lists, leads, views) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let counts = queue(tx, asking.now, asking.midnight(), secret)?;
            let mut lists = Vec::new();
            for (code, _) in PARTS {
                let state = matches!(code, "claimed" | "suspended").then(|| code.to_owned());
                let filter = Filter { breaks: due(&asking, code), state, secret, ..Filter::default() };
                lists.push(if count(&counts, code) > 0 { list(tx, &filter, None, EACH)? } else { Vec::new() });
            }
            Ok((counts, lists, crate::store::lead::leads(tx, id)?, views(tx, id, "")?))
        })
        .await?;
    let part = |((code, query), rows): ((&'static str, &str), Vec<_>)| Part {
        code,
        title: words.coded("queue-", code),
        count: count(&counts, code),
        href: format!("/faults?{query}"),
        more: count(&counts, code) > rows.len() as i64,
        faults: rows.iter().map(|row| line(&words, row)).collect(),
    };
    render(&MyQueue {
        frame: Frame::new(&web, &signed.visitor, "queue-title", "/my-queue").listening("faults"),
        sentence: sentence(&words, &counts),
        leads,
        views,
        parts: PARTS.into_iter().zip(lists).map(part).collect(),
    })
}

fn count(counts: &Queue, code: &str) -> i64 {
    match code {
        "overdue" => counts.overdue,
        "today" => counts.today,
        "later" => counts.later,
        "undated" => counts.undated,
        "claimed" => counts.claimed,
        _ => counts.suspended,
    }
}

/// What matters first, in one line.
fn sentence(words: &Words, counts: &Queue) -> String {
    let waiting = counts.later + counts.undated;
    let lines = [("queue-says-overdue", counts.overdue), ("queue-says-today", counts.today), ("queue-says-waiting", waiting)];
    let said: Vec<String> = lines.iter().filter(|(_, count)| *count > 0).map(|(key, count)| words.n(key, count)).collect();
    if said.is_empty() { words.t("queue-says-nothing") } else { said.join(" ") }
}
