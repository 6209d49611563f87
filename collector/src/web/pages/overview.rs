//! `/`: how the programme stands, in a sentence, then in figures, each the door to its list.
//!
//! Comes in: sums and the first faults. Goes out: the page. Absent on purpose: a forecast (it needs a history of counts).

use super::saved::{Views, views};
use super::{AsOf, Frame, Page, render};
use crate::domain::right::Right;
use crate::store::view;
use crate::web::fault_line::{self, FaultLine};
use crate::web::picture::Progress;
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::words::{State, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::Timestamp;
use std::sync::Arc;

/// Faults shown here; the list holds the rest.
const FIRST: i64 = 6;

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct Overview {
    frame: Frame,
    sentence: String,
    faults_sentence: String,
    as_of: AsOf,
    schools: i64,
    installed: String,
    planned: String,
    missing: String,
    faults: i64,
    reporting: i64,
    agents: i64,
    phases: Vec<PhaseLine>,
    states: Vec<StateCount>,
    first: Vec<FaultLine>,
    silent: Vec<SilentAgent>,
    devices: String,
    present: String,
    views: Views,
}

struct PhaseLine {
    code: String,
    name: String,
    schools: i64,
    equipped: i64,
    progress: Progress,
    planned: String,
    due: String,
    installed: String,
    missing: i64,
}

struct StateCount {
    code: String,
    state: State,
    count: i64,
}

struct SilentAgent {
    host: String,
    last: Option<When>,
}

struct Loaded {
    planned: Arc<InForce>,
    total: view::school::Counts,
    states: Vec<(String, i64)>,
    phases: Vec<view::programme::PhaseRow>,
    faults: Vec<view::fault::FaultRow>,
    silent: Vec<view::agent::AgentRow>,
    reporting: (i64, i64),
    views: Views,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed) -> Page {
    // Whoever does not run the programme begins with what is theirs.
    if !signed.account.role.may(Right::SeeProgramme) {
        let theirs = if signed.account.role.may(Right::MendFaults) { "/my-queue" } else { "/my-school" };
        return Ok(Redirect::to(theirs).into_response());
    }
    let (state, id) = (web.clone(), signed.account.id);
    let loaded = signed
        .read(&web, move |tx| -> Result<Loaded, Stop> {
            let sums = state.sums(tx)?;
            Ok(Loaded {
                planned: state.planned.get(tx)?,
                total: sums.total(tx)?,
                states: sums.states(tx)?,
                phases: if tx.see_all() { sums.phases(tx)? } else { Vec::new() },
                faults: view::fault::list(tx, &view::fault::Filter::default(), None, FIRST)?,
                silent: if tx.see_all() { sums.silent(tx)? } else { Vec::new() },
                reporting: sums.reporting(tx)?,
                views: views(tx, id, "")?,
            })
        })
        .await?;
    render(&built(&web, &signed, loaded))
}

fn built(web: &Web, signed: &Signed, loaded: Loaded) -> Overview {
    let words = &signed.visitor.words;
    let total = loaded.total;
    let schools = loaded.states.iter().map(|(_, count)| count).sum();
    Overview {
        frame: Frame::new(web, &signed.visitor, "overview-title", "/").listening("overview faults agents"),
        sentence: sentence(words, &loaded),
        faults_sentence: faults_sentence(words, total.faults(), total.critical),
        as_of: AsOf::new(words, total.newest_at),
        schools,
        installed: words.figure(total.installed),
        planned: words.figure(total.planned),
        missing: words.figure(total.missing),
        faults: total.faults(),
        reporting: loaded.reporting.1,
        agents: loaded.reporting.0,
        phases: loaded.phases.iter().map(|phase| phase_line(words, &loaded.planned, phase)).collect(),
        states: loaded.states.iter().map(|(code, count)| StateCount { code: code.clone(), state: words.school_state(code), count: *count }).collect(),
        first: loaded.faults.iter().map(|fault| fault_line::line(words, fault)).collect(),
        silent: loaded
            .silent
            .iter()
            .map(|agent| SilentAgent { host: agent.host.clone(), last: (agent.contact_at.0 > 0).then(|| words.when(agent.contact_at)) })
            .collect(),
        devices: words.figure(total.devices),
        present: words.figure(total.present),
        views: loaded.views,
    }
}

/// Silent as `domain::reconcile` judges it.
pub(in crate::web) fn is_silent(agent: &view::agent::AgentRow, now: Timestamp) -> bool {
    use crate::domain::reconcile::{SILENT_AFTER_PERIODS, SILENT_AT_LEAST_S};
    now >= agent.contact_at + (SILENT_AFTER_PERIODS * agent.every_s).max(SILENT_AT_LEAST_S)
}

/// « Phase 3 : 1 école équipée sur 3… » of the phase under way, else of the first that lacks something, else that all are done.
fn sentence(words: &Words, loaded: &Loaded) -> String {
    if loaded.phases.is_empty() {
        return words.t("overview-no-plan");
    }
    let named = || loaded.phases.iter().filter(|phase| !phase.phase.is_empty());
    let current = named().find(|phase| phase.due < phase.planned).or_else(|| named().find(|phase| phase.missing > 0));
    match current {
        None => words.t("overview-all-done"),
        Some(phase) => words.with(
            "overview-sentence",
            [
                ("phase", loaded.planned.phase(words, &phase.phase).into()),
                ("n", phase.equipped.into()),
                ("of", phase.schools.into()),
                ("installed", phase.installed.into()),
                ("planned", phase.planned.into()),
            ],
        ),
    }
}

fn faults_sentence(words: &Words, faults: i64, grave: i64) -> String {
    match (faults, grave) {
        (0, _) => words.t("overview-no-fault"),
        (faults, 0) => words.n("overview-faults", faults),
        (faults, grave) => format!("{} {}", words.n("overview-faults", faults), words.n("overview-grave", grave)),
    }
}

fn phase_line(words: &Words, planned: &InForce, phase: &view::programme::PhaseRow) -> PhaseLine {
    PhaseLine {
        code: phase.phase.clone(),
        name: planned.phase(words, &phase.phase),
        schools: phase.schools,
        equipped: phase.equipped,
        progress: Progress::new(words, phase.planned, phase.due, phase.installed, phase.missing, phase.faulty),
        planned: words.figure(phase.planned),
        due: words.figure(phase.due),
        installed: words.figure(phase.installed),
        missing: phase.missing,
    }
}
