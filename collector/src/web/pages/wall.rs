//! `/wall`: for a screen on the office wall: how it stands in one sentence that one reads from across the room, then what is newest and gravest.
//!
//! Comes in: sums, the first faults, schools without news. Goes out: a page without navigation that keeps itself fresh, with script and without. Absent
//! on purpose: anything to be clicked but the way out and the faults themselves.

use super::{AsOf, Frame, Page, render};
use crate::domain::right::Right;
use crate::store::view;
use crate::web::fault_line::{FaultLine, line};
use crate::web::visitor::Signed;
use crate::web::words::{State, When};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State as Shared;

/// Faults and schools that fit on a screen.
const FIRST: usize = 8;
/// Faults of one severity among which the newest are sought.
const AMONG: i64 = 200;
/// Without script the page asks anew after so many seconds.
const REFRESH_S: u32 = 60;

#[derive(Template)]
#[template(path = "pages/wall.html")]
struct Wall {
    frame: Frame,
    refresh_s: u32,
    faults: String,
    grave: String,
    alarm: bool,
    schools: String,
    states: Vec<(State, i64)>,
    first: Vec<FaultLine>,
    silent: Vec<(String, Option<When>)>,
    more_silent: i64,
    as_of: AsOf,
}

impl Wall {
    /// A wall is dark unless somebody chose otherwise.
    fn theme(&self) -> &'static str {
        self.frame.theme.unwrap_or("dark")
    }
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed) -> Page {
    let (state, secret) = (web.clone(), signed.account.role.may(Right::WorkOnFaults));
    let (total, states, faults, silent) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let sums = state.sums(tx)?;
            let mut faults = Vec::new();
            for severity in [3, 2, 1] {
                let filter = view::fault::Filter { severity: Some(severity), secret, ..Default::default() };
                let mut rows = if faults.len() < FIRST { view::fault::list(tx, &filter, None, AMONG)? } else { Vec::new() };
                rows.sort_by_key(|fault| std::cmp::Reverse((fault.opened_at, fault.id)));
                faults.extend(rows);
            }
            let silent = view::school::Filter { state: Some("shadow".to_owned()), ..Default::default() };
            Ok((sums.total(tx)?, sums.states(tx)?, faults, view::school::list(tx, &silent, None, FIRST as i64)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let count = |code: &str| states.iter().find(|(state, _)| state == code).map_or(0, |(_, count)| *count);
    render(&Wall {
        frame: Frame::new(&web, &signed.visitor, "wall", "").listening("overview faults"),
        refresh_s: REFRESH_S,
        faults: words.n("wall-faults", total.faults()),
        grave: if total.faults() > 0 { words.n("wall-grave", total.critical) } else { String::new() },
        alarm: total.critical + total.major > 0,
        schools: words.n("schools-count", states.iter().map(|(_, count)| count).sum::<i64>()),
        first: faults.iter().take(FIRST).map(|fault| line(words, fault)).collect(),
        more_silent: count("shadow") - silent.len() as i64,
        silent: silent
            .into_iter()
            .map(|school| (school.name, (school.counts.newest_at.0 > 0).then(|| words.when(school.counts.newest_at))))
            .collect(),
        states: states.iter().map(|(code, count)| (words.school_state(code), *count)).collect(),
        as_of: AsOf::new(words, total.newest_at),
    })
}
