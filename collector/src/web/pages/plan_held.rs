//! `/plan/held`: what no school has yet, what cohorts give back, what waits for another place, and the order that criteria give.
//!
//! Comes in: plan and register in force, places. Goes out: the page. Absent on purpose: giving out (an edit of the plan, never a guess).

use super::plan_edit::today;
use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::plan::places::{Held, Unfolding};
use crate::domain::plan::waves::{Wave, proposed};
use crate::domain::register::Register;
use crate::store::{plan as versions, view};
use crate::web::planned::InForce;
use crate::web::visitor::Signed;
use crate::web::words::{KindMark, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State;

/// Rows of each list.
const ROWS: usize = 500;
/// Schools named in a cell before they are only counted.
const NAMED: usize = 12;

#[derive(Template)]
#[template(path = "pages/plan_held.html")]
struct HeldPage {
    frame: Frame,
    totals: Vec<Total>,
    returns: Vec<ReturnLine>,
    reassign: Vec<(String, String, KindMark, i64)>,
    surplus: Vec<SurplusLine>,
    waves: Vec<(String, usize, u32, String)>,
}

struct Total {
    kit: String,
    sentence: String,
    things: Vec<(KindMark, u32)>,
    schools: String,
    phase: String,
}

struct SurplusLine {
    code: String,
    school: String,
    device: i64,
    name: String,
    kind: KindMark,
    since: When,
}

struct ReturnLine {
    code: String,
    name: String,
    kit: String,
    cohort: i16,
    count: u64,
    due: String,
    left: bool,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let (planned, register, reassign, surplus) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let planned = state.planned.get(tx)?;
            let register = Register::from_tables(&versions::register(tx)?);
            Ok((planned, register, view::school::to_reassign(tx, ROWS as i64)?, view::school::aside(tx, "surplus", ROWS as i64)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let unfolding = Unfolding::new(&planned.plan, &register, today(words));
    let reassign = reassign.into_iter().map(|row| (row.code, row.name, words.kind(Kind::from_code(&row.kind)), row.count));
    render(&HeldPage {
        frame: Frame::new(&web, &signed.visitor, "held-title", "/plan"),
        totals: unfolding.held().iter().filter(|held| held.kits > 0).take(ROWS).map(|held| total(words, &planned, held)).collect(),
        returns: returns(words, &planned, &unfolding),
        reassign: reassign.collect(),
        surplus: surplus.into_iter().map(|row| surplus_line(words, row)).collect(),
        waves: proposed(&planned.plan, &unfolding).iter().map(|wave| wave_line(words, &planned, wave)).collect(),
    })
}

fn total(words: &Words, planned: &InForce, held: &Held) -> Total {
    Total {
        kit: held.kit.clone(),
        sentence: words.n_of("held-of", i64::from(held.kits), i64::from(held.total)),
        things: held.items.iter().map(|(kind, count)| (words.kind(Some(*kind)), *count)).collect(),
        schools: words.n("schools-count", planned.plan.choosing().chosen(&held.schools).len() as i64),
        phase: planned.phase(words, &held.phase),
    }
}

fn name_of(planned: &InForce, code: &str) -> String {
    planned.school(code).map_or_else(|| code.to_owned(), |school| school.name.clone())
}

fn returns(words: &Words, planned: &InForce, unfolding: &Unfolding<'_>) -> Vec<ReturnLine> {
    let line = |row: crate::domain::plan::places::cohort::Return| ReturnLine {
        name: name_of(planned, &row.school),
        code: row.school,
        kit: row.kit,
        cohort: row.cohort,
        count: row.count,
        due: words.date(&row.due_on.text),
        left: row.left,
    };
    unfolding.returns().into_iter().take(ROWS).map(line).collect()
}

fn surplus_line(words: &Words, row: view::school::AsideRow) -> SurplusLine {
    SurplusLine {
        name: row.name.or(row.model).unwrap_or_else(|| format!("n° {}", row.device)),
        kind: words.kind(row.kind.as_deref().and_then(Kind::from_code)),
        since: words.when(row.since_at),
        code: row.code,
        school: row.school,
        device: row.device,
    }
}

/// A wave with the schools that the plan puts elsewhere.
fn wave_line(words: &Words, planned: &InForce, wave: &Wave) -> (String, usize, u32, String) {
    let is_planned = |code: &String| planned.school(code).is_some_and(|school| school.phases.contains(&wave.phase));
    let others: Vec<String> = wave.schools.iter().filter(|code| !is_planned(code)).map(|code| name_of(planned, code)).collect();
    let told = match others.len() {
        0 => words.t("held-as-planned"),
        1..=NAMED => others.join(", "),
        many => format!("{} … ({many})", others[..NAMED].join(", ")),
    };
    (planned.phase(words, &wave.phase), wave.schools.len(), wave.teachers, told)
}
