//! `/schools`: every school of the plan with how it stands, and its counts.
//!
//! Comes in: a filter in the address. Goes out: the list. Absent on purpose: the map (`map`).

use super::saved::{Views, views};
use super::{Frame, Page, ROWS, list_files, render};
use crate::store::view::{self, given};
use crate::web::picture::Progress;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{State, When};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/schools.html")]
struct Schools {
    frame: Frame,
    title: String,
    query: Asked,
    states: Vec<(String, State, i64, bool)>,
    total: i64,
    phases: Vec<(String, String)>,
    schools: Vec<SchoolLine>,
    files: Vec<(&'static str, String)>,
    next: Option<String>,
    views: Views,
}

struct SchoolLine {
    code: String,
    name: String,
    kind: String,
    phase: String,
    state: State,
    progress: Progress,
    installed: i64,
    planned: i64,
    missing: i64,
    faults: i64,
    devices: i64,
    newest: Option<When>,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    phase: String,
    q: String,
    after: String,
}

impl Asked {
    /// The filter of the list.
    pub fn filter(&self) -> view::school::Filter {
        view::school::Filter { state: given(&self.state), phase: given(&self.phase), text: view::pattern(&self.q), ..Default::default() }
    }

    fn address(&self, state: &str) -> String {
        let pairs = [("state", state), ("phase", &self.phase), ("q", &self.q)];
        let given: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
        format!("/schools?{}", given.join("&"))
    }
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let filter = asked.filter();
    let after = asked.after.rsplit_once('.').and_then(|(folded, id)| Some((folded.to_owned(), id.parse::<i64>().ok()?)));
    let state = web.clone();
    let (id, path) = (signed.account.id, signed.visitor.path.clone());
    let (planned, rows, states, phases, views) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let sums = state.sums(tx)?;
            let after = after.as_ref().map(|(folded, id)| (folded.as_str(), *id));
            Ok((state.planned.get(tx)?, view::school::list(tx, &filter, after, ROWS + 1)?, sums.states(tx)?, sums.phases(tx)?, views(tx, id, &path)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let next = (rows.len() > shown.len())
        .then(|| shown.last())
        .flatten()
        .map(|last| format!("{}&after={}.{}", asked.address(&asked.state), form_encoded(&last.folded), last.id));
    let line = |row: &view::school::SchoolRow| SchoolLine {
        code: row.code.clone(),
        name: row.name.clone(),
        kind: if row.kind.is_empty() { String::new() } else { words.coded("school-kind-", &row.kind) },
        phase: if row.phase.is_empty() { String::new() } else { planned.phase(words, &row.phase) },
        state: words.school_state(&row.state),
        progress: Progress::new(words, row.counts.planned, row.counts.due, row.counts.installed, row.counts.missing, row.counts.faulty),
        installed: row.counts.installed,
        planned: row.counts.planned,
        missing: row.counts.missing,
        faults: row.counts.faults(),
        devices: row.counts.devices,
        newest: (row.counts.newest_at.0 > 0).then(|| words.when(row.counts.newest_at)),
    };
    let total: i64 = states.iter().map(|(_, count)| count).sum();
    render(&Schools {
        frame: Frame::new(&web, &signed.visitor, "schools-title", "/schools").listening("overview"),
        title: words.n("schools-count", total),
        states: states.iter().map(|(code, count)| (code.clone(), words.school_state(code), *count, *code == asked.state)).collect(),
        total,
        phases: phases
            .iter()
            .filter(|phase| !phase.phase.is_empty())
            .map(|phase| (phase.phase.clone(), planned.phase(words, &phase.phase)))
            .collect(),
        schools: shown.iter().map(line).collect(),
        files: list_files::links("schools/schools", &asked.address(&asked.state)),
        query: asked,
        next,
        views,
    })
}
