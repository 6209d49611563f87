//! `/plan`: how far each phase has come, as curves with their forecast; milestones, kits, what each school gets; which version, by whom, why.
//!
//! Comes in: plan and register in force, counts by day. Goes out: the page. Absent on purpose: editing (an import makes a new version).

use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::plan::model::Allotment;
use crate::domain::plan::{Per, PlanDate};
use crate::domain::progress::course::{Course, Courses, OfPhase};
use crate::domain::progress::forecast::{forecast, works};
use crate::domain::progress::milestone::{Step, steps};
use crate::store::{plan as versions, progress, view};
use crate::web::picture::Progress;
use crate::web::planned::InForce;
use crate::web::rollout::{Rollout, Spark, rollout, spark};
use crate::web::visitor::Signed;
use crate::web::words::{KindMark, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State;
use jiff::civil::Date;

/// Versions shown.
const VERSIONS: u32 = 10;

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct PlanPage {
    frame: Frame,
    name: String,
    owner: String,
    span: String,
    whole: Option<Rollout>,
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
    rollout: Option<Rollout>,
    kinds: Vec<(KindMark, [i64; 5], Option<Spark>)>,
    milestones: Vec<super::milestones::Line>,
    allotments: Vec<(String, String, String, String)>,
}

struct Kit {
    name: String,
    items: Vec<(KindMark, u32, String, String)>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let (planned, phases, kinds, marks, history) = web
        .read(move |tx| -> Result<_, Stop> {
            let phases = state.sums(tx)?.phases(tx)?;
            let mut kinds = Vec::new();
            for phase in &phases {
                kinds.push(view::programme::kinds(tx, &phase.phase)?);
            }
            Ok((state.planned.whole(tx)?, phases, kinds, progress::all(tx)?, versions::versions(tx, VERSIONS)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let programme = planned.plan.programme.as_ref();
    let counted: Vec<_> = phases.into_iter().zip(kinds).collect();
    let courses = Courses::of(marks);
    let milestones = steps(&planned.plan, &planned.register, words.today());
    let mut codes: Vec<&str> = planned.plan.phases.iter().map(|phase| phase.phase.as_str()).collect();
    codes.extend(counted.iter().map(|(row, _)| row.phase.as_str()).filter(|code| planned.plan.phase(code).is_none()));
    render(&PlanPage {
        frame: Frame::new(&web, &signed.visitor, "plan-title", "/plan").listening("overview"),
        name: programme.map_or_else(|| words.t("overview-no-plan"), |programme| programme.name.clone()),
        owner: programme.map(|programme| programme.owner.clone()).unwrap_or_default(),
        span: programme.map(|programme| span(words, programme.starts_on.as_ref(), programme.ends_on.as_ref())).unwrap_or_default(),
        whole: (courses.phases.len() > 1).then(|| drawn(words, &words.t("progress-overall"), &courses.all, &[])),
        phases: codes.into_iter().map(|code| phase(words, &planned, code, &counted, courses.phases.get(code), &milestones)).collect(),
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

/// A course with its forecast.
fn drawn(words: &Words, name: &str, course: &Course, milestones: &[Date]) -> Rollout {
    let today = words.today();
    rollout(words, name, course, &forecast(&course.arrivals(), course.planned, today, works), milestones, today)
}

/// The day at which a milestone is drawn: as reached, else as planned, else as expected.
fn day(step: &Step) -> Option<Date> {
    let told = step.actual.as_ref().or(step.planned.as_ref()).map(|date| date.last);
    told.or(step.expected.map(|(first, _)| first))
}

fn phase(words: &Words, planned: &InForce, code: &str, counted: &[Counted], courses: Option<&OfPhase>, all: &[Step]) -> Phase {
    let known = planned.plan.phase(code);
    let nothing = (view::programme::PhaseRow::default(), Vec::new());
    let (row, kinds) = counted.iter().find(|(row, _)| row.phase == code).unwrap_or(&nothing);
    let mine: Vec<&Step> = all.iter().filter(|step| step.of == code).collect();
    let days: Vec<Date> = mine.iter().filter_map(|step| day(step)).collect();
    let span_of = courses.and_then(|courses| courses.all.span());
    let small = |kind: &str| {
        let course = courses?.kinds.get(&Kind::from_code(kind)?)?;
        span_of.map(|(first, last)| spark(course, first, last, words.today()))
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
        rollout: courses.filter(|courses| courses.all.planned > 0).map(|courses| drawn(words, &planned.phase(words, code), &courses.all, &days)),
        kinds: kinds.iter().map(|(kind, counts)| (words.kind(Kind::from_code(kind)), *counts, small(kind))).collect(),
        milestones: mine.iter().map(|step| super::milestones::line(words, step, all)).collect(),
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
