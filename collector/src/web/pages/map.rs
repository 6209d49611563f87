//! `/map`: schools where they lie, by state and by size.
//!
//! Comes in: a filter and a part of the map in the address. Goes out: the drawing, the same as a table, schools of which nobody told where they lie.
//! Absent on purpose: where marks stand ([`crate::web::map`]), streets.

use super::saved::{Views, views};
use super::{Frame, Page, render};
use crate::store::view::{self, given};
use crate::web::errand::position;
use crate::web::map::{self, Point, Within};
use crate::web::planned::InForce;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::State;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;

/// Schools without a position that are named; the list of schools holds the rest.
const NAMED: usize = 100;
/// Farthest that a position can be from the equator and from Greenwich.
const WORLD: (f64, f64) = (90.0, 180.0);

#[derive(Template)]
#[template(path = "pages/map.html")]
struct MapPage {
    frame: Frame,
    title: String,
    sentence: String,
    query: Asked,
    states: Vec<(String, State, i64, bool)>,
    total: i64,
    phases: Vec<(String, String, bool)>,
    width: i64,
    height: i64,
    marks: Vec<MarkLine>,
    gathered: bool,
    nowhere: Vec<(String, String)>,
    more_nowhere: i64,
    views: Views,
}

struct MarkLine {
    x: i64,
    y: i64,
    corner: (i64, i64),
    size: i64,
    state: State,
    /// What stands beside it.
    label: String,
    labelled: bool,
    /// Where the name begins, and to which side it runs.
    text: (i64, &'static str),
    /// In words.
    said: String,
    href: String,
    phase: String,
    schools: i64,
    planned: i64,
    faults: i64,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    phase: String,
    within: String,
}

impl Asked {
    fn with(&self, state: &str, phase: &str, within: &str) -> String {
        let pairs = [("state", state), ("phase", phase), ("within", within)];
        let given: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
        if given.is_empty() { "/map".to_owned() } else { format!("/map?{}", given.join("&")) }
    }

    fn of_state(&self, state: &str) -> String {
        self.with(state, &self.phase, &self.within)
    }

    fn of_phase(&self, phase: &str) -> String {
        self.with(&self.state, phase, &self.within)
    }

    /// The same without a bound.
    fn whole(&self) -> String {
        self.with(&self.state, &self.phase, "")
    }
}

/// Where a school lies, where the plan tells it.
fn place(planned: &InForce, code: &str) -> Option<(f64, f64)> {
    let at = planned.site_of(code).and_then(position)?;
    (at.0.abs() <= WORLD.0 && at.1.abs() <= WORLD.1).then_some(at)
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let state = web.clone();
    let filter = view::school::Filter { state: given(&asked.state), phase: given(&asked.phase), ..Default::default() };
    let (id, path) = (signed.account.id, signed.visitor.path.clone());
    let (planned, marks, states, phases, views) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let sums = state.sums(tx)?;
            Ok((state.planned.get(tx)?, view::school::marks(tx, &filter)?, sums.states(tx)?, sums.phases(tx)?, views(tx, id, &path)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let within = Within::parse(&asked.within);
    let (mut shown, mut points, mut nowhere) = (Vec::new(), Vec::new(), Vec::new());
    for mark in marks {
        match place(&planned, &mark.code) {
            Some(at) if within.is_none_or(|within| within.holds(at)) => {
                points.push(Point { at, size: mark.planned, state: mark.state.clone(), name: mark.name.clone() });
                shown.push(mark);
            }
            Some(_) => {}
            None => nowhere.push((mark.code, mark.name)),
        }
    }
    let drawing = map::draw(&points);
    let line = |placed: &map::Placed| {
        let (mark, state) = (&shown[placed.of], words.school_state(&shown[placed.of].state));
        let half = placed.size / 2;
        let (schools, phase) = (placed.count as i64, if mark.phase.is_empty() { String::new() } else { planned.phase(words, &mark.phase) });
        let href = match placed.within {
            Some(within) => asked.with(&asked.state, &asked.phase, &within.text()),
            None => format!("/schools/{}", form_encoded(&mark.code)),
        };
        let said = match placed.within {
            Some(_) => words.with("map-cell", [("n", schools.into()), ("state", state.word.clone().into())]),
            None => words.with(
                "map-school",
                [
                    ("name", mark.name.clone().into()),
                    ("state", state.word.clone().into()),
                    ("planned", mark.planned.into()),
                    ("faults", mark.faults.into()),
                ],
            ),
        };
        MarkLine {
            x: placed.x,
            y: placed.y,
            corner: (placed.x - half, placed.y - half),
            size: placed.size,
            label: if placed.within.is_some() { words.figure(schools) } else { mark.name.clone() },
            labelled: placed.labelled,
            text: if placed.left { (placed.x - half - 4, "end") } else { (placed.x + half + 4, "start") },
            planned: if placed.within.is_some() { 0 } else { mark.planned },
            faults: if placed.within.is_some() { 0 } else { mark.faults },
            state,
            said,
            href,
            phase,
            schools,
        }
    };
    let total: i64 = states.iter().map(|(_, count)| count).sum();
    let gravely = shown.iter().filter(|mark| mark.state == "fault").count() as i64;
    render(&MapPage {
        frame: Frame::new(&web, &signed.visitor, "map-title", "/schools").listening("overview"),
        title: words.n("map-schools", shown.len() as i64),
        sentence: words.n("map-sentence", gravely),
        states: states.iter().map(|(code, count)| (code.clone(), words.school_state(code), *count, *code == asked.state)).collect(),
        total,
        phases: phases
            .iter()
            .filter(|phase| !phase.phase.is_empty())
            .map(|phase| (phase.phase.clone(), planned.phase(words, &phase.phase), phase.phase == asked.phase))
            .collect(),
        width: map::WIDTH as i64,
        height: drawing.as_ref().map_or(0, |drawing| drawing.height),
        marks: drawing.iter().flat_map(|drawing| &drawing.marks).map(line).collect(),
        gathered: drawing.as_ref().is_some_and(|drawing| drawing.gathered),
        more_nowhere: nowhere.len().saturating_sub(NAMED) as i64,
        nowhere: nowhere.into_iter().take(NAMED).collect(),
        query: asked,
        views,
    })
}
