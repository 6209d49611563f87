//! `/plan`: phases with their milestones, kits, what each school gets; which version, by whom, why.
//!
//! Comes in: the plan in force, counts. Goes out: the page. Absent on purpose: editing (an import makes a new version).

use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::plan::model::{Allotment, Milestone};
use crate::domain::plan::{Per, PlanDate};
use crate::store::{plan as versions, view};
use crate::web::picture::Progress;
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::words::{KindMark, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State;

/// Versions shown.
const VERSIONS: u32 = 10;

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct PlanPage {
    frame: Frame,
    name: String,
    owner: String,
    span: String,
    phases: Vec<Phase>,
    kits: Vec<Kit>,
    versions: Vec<(i64, When, String, String)>,
}

struct Phase {
    code: String,
    name: String,
    pilot: bool,
    span: String,
    schools: i64,
    equipped: i64,
    progress: Progress,
    kinds: Vec<(KindMark, [i64; 5])>,
    milestones: Vec<(String, String, String)>,
    allotments: Vec<(String, String, String, String)>,
}

struct Kit {
    name: String,
    items: Vec<(KindMark, u32, String, String)>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let (planned, phases, kinds, history) = web
        .read(move |tx| -> Result<_, Stop> {
            let phases = view::programme::phases(tx)?;
            let mut kinds = Vec::new();
            for phase in &phases {
                kinds.push(view::programme::kinds(tx, &phase.phase)?);
            }
            Ok((state.planned.get(tx)?, phases, kinds, versions::versions(tx, VERSIONS)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let programme = planned.plan.programme.as_ref();
    let counted: Vec<_> = phases.into_iter().zip(kinds).collect();
    let mut codes: Vec<&str> = planned.plan.phases.iter().map(|phase| phase.phase.as_str()).collect();
    codes.extend(counted.iter().map(|(row, _)| row.phase.as_str()).filter(|code| planned.plan.phase(code).is_none()));
    render(&PlanPage {
        frame: Frame::new(&web, &signed.visitor, "plan-title", "/plan").listening("overview"),
        name: programme.map_or_else(|| words.t("overview-no-plan"), |programme| programme.name.clone()),
        owner: programme.map(|programme| programme.owner.clone()).unwrap_or_default(),
        span: programme.map(|programme| span(words, programme.starts_on.as_ref(), programme.ends_on.as_ref())).unwrap_or_default(),
        phases: codes.into_iter().map(|code| phase(words, &planned, code, &counted)).collect(),
        kits: kits(words, &planned),
        versions: history.into_iter().map(|version| (version.id, words.when(version.made_at), version.author, version.note)).collect(),
    })
}

fn date(words: &Words, date: Option<&PlanDate>) -> String {
    date.map(|date| words.date(&date.text)).unwrap_or_default()
}

fn span(words: &Words, from: Option<&PlanDate>, to: Option<&PlanDate>) -> String {
    match (from, to) {
        (None, None) => String::new(),
        _ => [date(words, from), date(words, to)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" → "),
    }
}

type Counted = (view::programme::PhaseRow, Vec<(String, [i64; 5])>);

fn phase(words: &Words, planned: &InForce, code: &str, counted: &[Counted]) -> Phase {
    let known = planned.plan.phase(code);
    let nothing = (view::programme::PhaseRow::default(), Vec::new());
    let (row, kinds) = counted.iter().find(|(row, _)| row.phase == code).unwrap_or(&nothing);
    let milestone = |milestone: &Milestone| {
        (words.coded("milestone-", &milestone.milestone), date(words, milestone.promised_on.as_ref()), date(words, milestone.planned_on.as_ref()))
    };
    let allotment = |allotment: &Allotment| {
        let quantity =
            if allotment.is_total { words.n("plan-total", i64::from(allotment.quantity)) } else { words.figure(i64::from(allotment.quantity)) };
        (allotment.kit.clone(), selector(words, planned, allotment), quantity, date(words, allotment.due_on.as_ref()))
    };
    Phase {
        code: code.to_owned(),
        name: planned.phase(words, code),
        pilot: known.is_some_and(|phase| phase.pilot),
        span: known.map(|phase| span(words, phase.starts_on.as_ref(), phase.ends_on.as_ref())).unwrap_or_default(),
        schools: row.schools,
        equipped: row.equipped,
        progress: Progress::new(words, row.planned, row.due, row.installed, row.missing, row.faulty),
        kinds: kinds.iter().map(|(kind, counts)| (words.kind(Kind::from_code(kind)), *counts)).collect(),
        milestones: planned.plan.milestones.iter().filter(|milestone| milestone.of == code).map(milestone).collect(),
        allotments: planned.plan.allotments.iter().filter(|allotment| allotment.phase == code).map(allotment).collect(),
    }
}

/// Which schools, in words: one by its name, several by their number.
fn selector(words: &Words, planned: &InForce, allotment: &Allotment) -> String {
    let chosen = planned.plan.choosing().chosen(&allotment.schools);
    match chosen.as_slice() {
        [one] => planned.plan.schools.get(*one).map(|school| school.name.clone()).unwrap_or_default(),
        many => words.n("schools-count", many.len() as i64),
    }
}

fn kits(words: &Words, planned: &InForce) -> Vec<Kit> {
    let mut kits: Vec<Kit> = Vec::new();
    for item in &planned.plan.kits {
        let line = (words.kind(Some(item.kind)), item.quantity, per(words, &item.per), item.model.clone().unwrap_or_default());
        match kits.iter_mut().find(|kit| kit.name == item.kit) {
            Some(kit) => kit.items.push(line),
            None => kits.push(Kit { name: item.kit.clone(), items: vec![line] }),
        }
    }
    kits
}

fn per(words: &Words, per: &Per) -> String {
    match per {
        Per::School => words.t("per-school"),
        Per::Class => words.t("per-class"),
        Per::Room(kind) => words.named("per-room", &words.coded("room-kind-", kind)),
        Per::Teacher => words.t("per-teacher"),
        Per::Pupil(level) => words.named("per-pupil", &level.to_uppercase()),
        Per::Case => words.t("per-case"),
    }
}
