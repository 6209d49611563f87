//! `/api/v1/plan/progress` and `/api/v1/plan/milestones`: curves, pace and forecast; what slips with what.
//!
//! Comes in: nothing. Goes out: own types. Absent on purpose: judgement ([`crate::domain::progress`]).

use super::Answer;
use super::take::Json;
use crate::domain::progress::course::{Course, Courses, Steps};
use crate::domain::progress::forecast::{Forecast, forecast, works};
use crate::domain::progress::milestone::{State as How, Step, steps};
use crate::store::progress;
use crate::web::error::Problem;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Curves of the programme.
#[derive(Serialize, ToSchema)]
pub(super) struct Progress {
    /// Day of the answer.
    #[schema(format = Date)]
    as_of: String,
    /// All phases together.
    programme: Curve,
    /// Each phase.
    phases: Vec<Phase>,
}

/// Curves of one phase.
#[derive(Serialize, ToSchema)]
#[schema(as = PhaseCurves)]
pub(super) struct Phase {
    /// Code of the phase.
    phase: String,
    /// Of all kinds together.
    curve: Curve,
    /// Of each kind.
    kinds: Vec<KindCurve>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KindCurve {
    /// Code of the kind.
    kind: &'static str,
    /// Its curve.
    curve: Curve,
}

/// Curves as steps: from this day on, so many.
#[derive(Serialize, ToSchema)]
pub(super) struct Curve {
    /// Places that the plan unfolds into.
    planned: u32,
    /// Of them without a due date.
    undated: u32,
    /// Places that are filled.
    in_place: u32,
    /// Places that are due and empty.
    late: u32,
    /// Delivered and not in place yet.
    waiting: u32,
    /// By the last day of the due dates.
    due: Vec<StepOn>,
    /// By their first day.
    due_from: Vec<StepOn>,
    /// What was delivered, from each day on.
    delivered: Vec<StepOn>,
    /// Places that were filled, from each day on.
    installed: Vec<StepOn>,
    /// When it will be done at this pace.
    forecast: Foreseen,
}

/// A step of a curve.
#[derive(Serialize, ToSchema)]
pub(super) struct StepOn {
    /// From this day on.
    #[schema(format = Date)]
    on: String,
    /// So many.
    count: u32,
}

/// When it will end.
#[derive(Serialize, ToSchema)]
pub(super) struct Foreseen {
    /// nothing, not_begun, too_early, stopped, done, ends.
    state: &'static str,
    /// Done on, or at a stop since.
    #[schema(format = Date)]
    on: Option<String>,
    /// A tenth of the courses end before it.
    #[schema(format = Date)]
    early: Option<String>,
    /// Half of them.
    #[schema(format = Date)]
    middle: Option<String>,
    /// A tenth end after it; null: not within ten years.
    #[schema(format = Date)]
    late: Option<String>,
    /// Pieces a week of work.
    per_week: Option<f64>,
    /// Weeks of work that the pace rests on.
    weeks: Option<usize>,
}

/// Curves of the programme and of each phase, with the forecast.
#[utoipa::path(get, operation_id = "getProgress", path = "/api/v1/plan/progress", responses((status = 200, body = Progress), (status = 401, body = Problem)))]
pub(super) async fn progress(State(web): State<Web>, signed: Signed) -> Answer<Progress> {
    let marks = web.read(|tx| -> Result<_, Stop> { Ok(progress::all(tx)?) }).await?;
    let today = signed.visitor.words.today();
    let courses = Courses::of(marks);
    let shown = |course: &Course| curve(course, today);
    let phase = |(phase, of): (&String, &crate::domain::progress::course::OfPhase)| Phase {
        phase: phase.clone(),
        curve: shown(&of.all),
        kinds: of.kinds.iter().map(|(kind, course)| KindCurve { kind: kind.code(), curve: shown(course) }).collect(),
    };
    Ok(Json(Progress { as_of: today.to_string(), programme: shown(&courses.all), phases: courses.phases.iter().map(phase).collect() }))
}

fn curve(course: &Course, today: jiff::civil::Date) -> Curve {
    let steps = |steps: &Steps| steps.iter().map(|(on, count)| StepOn { on: on.to_string(), count: *count }).collect();
    Curve {
        planned: course.planned,
        undated: course.undated,
        in_place: course.in_place(),
        late: course.late(today),
        waiting: course.waiting(),
        due: steps(&course.due),
        due_from: steps(&course.due_from),
        delivered: steps(&course.delivered),
        installed: steps(&course.installed),
        forecast: foreseen(&forecast(&course.arrivals(), course.planned, today, works)),
    }
}

fn foreseen(forecast: &Forecast) -> Foreseen {
    let plain = |state| Foreseen { state, on: None, early: None, middle: None, late: None, per_week: None, weeks: None };
    match forecast {
        Forecast::Nothing => plain("nothing"),
        Forecast::NotBegun => plain("not_begun"),
        Forecast::TooEarly { weeks } => Foreseen { weeks: Some(*weeks), ..plain("too_early") },
        Forecast::Stopped { since } => Foreseen { on: Some(since.to_string()), ..plain("stopped") },
        Forecast::Done(on) => Foreseen { on: Some(on.to_string()), ..plain("done") },
        Forecast::Ends(ends) => Foreseen {
            early: Some(ends.early.to_string()),
            middle: ends.middle.map(|day| day.to_string()),
            late: ends.late.map(|day| day.to_string()),
            per_week: Some(f64::from(ends.tenths_a_week) / 10.0),
            weeks: Some(ends.weeks),
            ..plain("ends")
        },
    }
}

/// One milestone.
#[derive(Serialize, ToSchema)]
pub(super) struct Milestone {
    /// A phase's or a school's code.
    of: String,
    /// Its code.
    milestone: String,
    /// As written.
    promised_on: Option<String>,
    /// When it is planned now, as written; null: it is not.
    planned_on: Option<String>,
    /// When it was reached, as written; null: it is not.
    actual_on: Option<String>,
    /// reached, reached_late, late, pushed, ahead, undated.
    state: &'static str,
    /// Days late, or pushed back at most.
    days: Option<i32>,
    /// Expected not before.
    #[schema(format = Date)]
    expected_from: Option<String>,
    /// Expected not after; null: not known.
    #[schema(format = Date)]
    expected_to: Option<String>,
    /// What pushes it.
    pushed_by: Option<String>,
    /// Why it is late, as written; null: nothing is.
    cause: Option<String>,
}

/// Milestones: promised, planned, reached, and what pushes them.
#[utoipa::path(get, operation_id = "listMilestones", path = "/api/v1/plan/milestones", responses((status = 200, body = Vec<Milestone>), (status = 401, body = Problem)))]
pub(super) async fn milestones(State(web): State<Web>, signed: Signed) -> Answer<Vec<Milestone>> {
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let all = steps(&planned.plan, &planned.register, signed.visitor.words.today());
    Ok(Json(all.iter().map(|step| milestone(step, &all)).collect()))
}

fn milestone(step: &Step, all: &[Step]) -> Milestone {
    let (state, days) = match step.state {
        How::Reached => ("reached", None),
        How::ReachedLate(days) => ("reached_late", Some(days)),
        How::Late(days) => ("late", Some(days)),
        How::Pushed(days) => ("pushed", Some(days)),
        How::Ahead => ("ahead", None),
        How::Undated => ("undated", None),
    };
    let text = |date: &Option<crate::domain::plan::PlanDate>| date.as_ref().map(|date| date.text.clone());
    Milestone {
        of: step.of.clone(),
        milestone: step.milestone.clone(),
        promised_on: text(&step.promised),
        planned_on: text(&step.planned),
        actual_on: text(&step.actual),
        state,
        days,
        expected_from: step.expected.map(|(first, _)| first.to_string()),
        expected_to: step.expected.and_then(|(_, last)| last).map(|last| last.to_string()),
        pushed_by: step.pushed_by.and_then(|index| all.get(index)).map(|other| format!("{} {}", other.of, other.milestone)),
        cause: step.reason(all).map(str::to_owned),
    }
}
