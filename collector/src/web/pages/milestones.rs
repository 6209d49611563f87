//! `/plan/milestones`: promised, planned, reached; what slips, and what slips with it.
//!
//! Comes in: plan and register in force. Goes out: the page. Absent on purpose: judgement ([`crate::domain::progress::milestone`]),
//! and editing (the register's pages note what was reached, an edit of the plan moves a date).

use super::{Frame, Page, render};
use crate::domain::plan::PlanDate;
use crate::domain::progress::milestone::{State as How, Step, steps};
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::words::{State, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State as Shared;
use fluent_templates::fluent_bundle::FluentValue;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Width of the drawing of a phase's milestones, in its own units.
const WIDTH: f64 = 640.0;
/// Height of one milestone's row there.
const ROW: f64 = 24.0;

#[derive(Template)]
#[template(path = "pages/milestones.html")]
struct MilestonesPage {
    frame: Frame,
    lead: String,
    groups: Vec<Group>,
}

/// The milestones of a phase or a school.
struct Group {
    name: String,
    lines: Vec<Line>,
    picture: Picture,
}

/// Each milestone as a row: planned as a frame, reached or expected as a bar.
struct Picture {
    label: String,
    height: f64,
    today: String,
    bars: Vec<Bar>,
    first: String,
    last: String,
}

struct Bar {
    y: f64,
    planned: Option<(f64, f64)>,
    shown: Option<(f64, f64)>,
    class: &'static str,
}

pub(in crate::web) struct Line {
    pub name: String,
    promised: String,
    planned: String,
    actual: String,
    pub expected: String,
    pub state: State,
    pub cause: String,
    pushed: String,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let words = &signed.visitor.words;
    let today = words.today();
    let all = steps(&planned.plan, &planned.register, today);
    let slipping = all.iter().filter(|step| matches!(step.state, How::Late(_) | How::Pushed(_))).count();
    render(&MilestonesPage {
        frame: Frame::new(&web, &signed.visitor, "milestones-title", "/plan").listening("overview"),
        lead: if all.is_empty() { words.t("milestones-empty") } else { words.n("milestones-lead", slipping as i64) },
        groups: groups(words, &planned, &all, today),
    })
}

fn groups(words: &Words, planned: &InForce, all: &[Step], today: Date) -> Vec<Group> {
    let mut order: Vec<&str> = Vec::new();
    let mut by_owner: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in all {
        if !by_owner.contains_key(step.of.as_str()) {
            order.push(&step.of);
        }
        by_owner.entry(&step.of).or_default().push(step);
    }
    let rank = |of: &str| planned.plan.phases.iter().position(|phase| phase.phase == of).unwrap_or(usize::MAX);
    order.sort_by_key(|of| rank(of));
    let group = |of: &str| {
        let steps = by_owner.remove(of).unwrap_or_default();
        let name = planned.owner(words, of);
        let picture = picture(words, &name, &steps, today);
        Group { lines: steps.iter().map(|step| line(words, step, all)).collect(), picture, name }
    };
    order.into_iter().map(group).collect()
}

/// One milestone in words.
pub(in crate::web) fn line(words: &Words, step: &Step, all: &[Step]) -> Line {
    let date = |date: &Option<PlanDate>| date.as_ref().map(|date| words.date(&date.text)).unwrap_or_default();
    let pushed = step.pushed_by.and_then(|index| all.get(index));
    let (mark, how) = match step.state {
        How::Reached => ("installed", words.t("milestones-reached")),
        How::ReachedLate(days) => ("installed", words.n("milestones-reached-late", i64::from(days))),
        How::Late(days) => ("late", words.n("milestones-late", i64::from(days))),
        How::Pushed(days) => ("late", words.n("milestones-pushed", i64::from(days))),
        How::Ahead => ("planned", words.t("milestones-ahead")),
        How::Undated => ("planned", words.t("milestones-undated")),
    };
    Line {
        name: words.coded("milestone-", &step.milestone),
        promised: date(&step.promised),
        planned: date(&step.planned),
        actual: date(&step.actual),
        expected: expected(words, step),
        state: State { code: mark, word: how },
        cause: step.reason(all).unwrap_or_default().to_owned(),
        pushed: pushed.map(|other| words.named("milestones-pushed-by", &words.coded("milestone-", &other.milestone))).unwrap_or_default(),
    }
}

fn expected(words: &Words, step: &Step) -> String {
    let day = |date: Date| FluentValue::from(words.date(&date.to_string()));
    match step.expected {
        Some((first, Some(last))) if first == last => words.with("milestones-on", [("day", day(first))]),
        Some((first, Some(last))) => words.with("milestones-between", [("low", day(first)), ("high", day(last))]),
        Some((first, None)) => words.with("milestones-not-before", [("day", day(first))]),
        None => String::new(),
    }
}

fn picture(words: &Words, name: &str, steps: &[&Step], today: Date) -> Picture {
    let planned = |step: &Step| step.planned.as_ref().map(|date| (date.first, date.last));
    let shown = |step: &Step| match (&step.actual, step.expected) {
        (Some(actual), _) => Some((actual.first, actual.last)),
        (None, Some((first, last))) => Some((first, last.unwrap_or(first))),
        (None, None) => None,
    };
    let spans: Vec<(Date, Date)> = steps.iter().flat_map(|step| [planned(step), shown(step)]).flatten().chain([(today, today)]).collect();
    let first = spans.iter().map(|span| span.0).min().unwrap_or(today);
    let last = spans.iter().map(|span| span.1).max().unwrap_or(today);
    let whole = f64::from((last - first).get_days().max(1));
    let x = |day: Date| (f64::from((day - first).get_days()) / whole * (WIDTH - 8.0) + 4.0).round();
    let bar = |(from, to): (Date, Date)| (x(from) - 2.0, (x(to) - x(from) + 4.0).max(4.0));
    let row = |(index, step): (usize, &&Step)| Bar {
        y: index as f64 * ROW + 4.0,
        planned: planned(step).map(bar),
        shown: shown(step).map(bar),
        class: match step.state {
            How::Reached | How::ReachedLate(_) => "reached",
            How::Late(_) | How::Pushed(_) => "slips",
            How::Ahead | How::Undated => "ahead",
        },
    };
    let height = steps.len() as f64 * ROW;
    Picture {
        label: format!("{}, {name}", words.t("milestones-picture")),
        height,
        today: format!("M{} 0V{height}", x(today)),
        bars: steps.iter().enumerate().map(row).collect(),
        first: words.short_date(first),
        last: words.short_date(last),
    }
}
