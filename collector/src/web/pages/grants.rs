//! `/plan/grants` and `/plan/grants/{grant}`: who pays what, and the evidence file of a grant with its downloads.
//!
//! Comes in: plan and register in force, devices as last seen. Goes out: pages and files, to those who may see money. Absent on purpose:
//! judgement ([`crate::domain::proof`]); what a file holds (`evidence_file`).

use super::{Frame, Page, render};
use crate::domain::proof::grant::{Check, Funding, Statement, checks, checks_of_all, funding};
use crate::domain::right::Right;
use crate::web::error::Failure;
use crate::web::evidence_file::{CheckLine, GapLine, LineHead, ThingLine, check_lines, gap_lines, heads, thing_lines};
use crate::web::proof::{Proving, Whole};
use crate::web::sheet_answer::{self, Form};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

/// Things shown on the page; the files hold all.
const THINGS: usize = 150;
/// Of what cannot be proved yet.
const GAPS: usize = 150;

#[derive(Template)]
#[template(path = "pages/grants.html")]
struct GrantsPage {
    frame: Frame,
    lead: String,
    figures: Vec<(String, String)>,
    grants: Vec<GrantLine>,
    checks: Vec<CheckLine>,
}

struct GrantLine {
    code: String,
    funder: String,
    own: bool,
    spending: String,
    rate: String,
    by_plan: String,
    awarded: String,
    called: String,
    paid: String,
    due: String,
}

/// The list.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    signed.must(Right::SeeMoney)?;
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let words = &signed.visitor.words;
    let proving = Proving::new(&planned, words.today());
    let funding = funding(&planned.plan, &planned.register, &proving.unfolding);
    let all: Vec<Check> = funding.grants.iter().flat_map(checks).chain(checks_of_all(&funding)).collect();
    render(&GrantsPage {
        frame: Frame::new(&web, &signed.visitor, "grants-title", "/plan"),
        lead: lead(words, &funding, &all),
        figures: vec![
            (words.t("grants-spending"), words.euros(funding.spending)),
            (words.t("grants-granted"), words.euros(funding.granted)),
            (words.t("grants-left"), words.euros(funding.left)),
        ],
        grants: funding.grants.iter().map(|statement| grant_line(words, statement)).collect(),
        checks: check_lines(words, &all),
    })
}

fn lead(words: &Words, funding: &Funding<'_>, checks: &[Check]) -> String {
    let broken = checks.iter().filter(|check| !check.holds()).count();
    match (funding.grants.is_empty(), broken) {
        (true, _) => words.t("grants-empty"),
        (_, 0) => words.t("grants-sums-hold"),
        (_, broken) => words.n("grants-sums-broken", broken as i64),
    }
}

fn grant_line(words: &Words, statement: &Statement<'_>) -> GrantLine {
    let text = |amount: Option<_>| amount.map_or_else(|| "—".to_owned(), |amount| words.euros(amount));
    let rates: Vec<String> = statement.rules.iter().filter_map(|rule| rule.rate).map(|rate| words.percent(rate)).collect();
    GrantLine {
        code: statement.grant.grant.clone(),
        funder: statement.grant.funder.clone(),
        own: statement.own,
        spending: words.euros(statement.sum(|share| share.eligible_planned)),
        rate: if rates.is_empty() { "—".to_owned() } else { rates.join(", ") },
        by_plan: text(statement.by_plan),
        awarded: text(statement.grant.awarded),
        called: words.euros(statement.called),
        paid: words.euros(statement.paid),
        due: statement.grant.due_on.as_ref().map(|date| words.date(&date.text)).unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(path = "pages/grant.html")]
struct GrantPage {
    frame: Frame,
    code: String,
    funder: String,
    lead: String,
    figures: Vec<(String, String)>,
    gaps: Vec<GapLine>,
    more_gaps: usize,
    lines: Vec<LineHead>,
    things: Vec<ThingLine>,
    more_things: usize,
    checks: Vec<CheckLine>,
}

/// The evidence of one grant.
pub async fn show_one(State(web): State<Web>, signed: Signed, Path(grant): Path<String>) -> Page {
    let whole = load(&web, &signed, &grant).await?;
    let words = &signed.visitor.words;
    let page = whole.with(words, |file| {
        let (gaps, things) = (gap_lines(words, &whole.planned, file), thing_lines(words, &whole.planned, file));
        let (more_gaps, more_things) = (gaps.len().saturating_sub(GAPS), things.len().saturating_sub(THINGS));
        let broken = file.checks.iter().filter(|check| !check.holds()).count();
        let proved = words.n("evidence-proved", things.len() as i64);
        GrantPage {
            frame: Frame::titled(&web, &signed.visitor, words.named("evidence-title", &grant), "/plan"),
            code: grant.clone(),
            funder: file.statement.grant.funder.clone(),
            lead: match broken {
                0 => format!("{proved} {} {}", words.n("evidence-gaps", gaps.len() as i64), words.t("grants-sums-hold")),
                broken => format!("{proved} {} {}", words.n("evidence-gaps", gaps.len() as i64), words.n("grants-sums-broken", broken as i64)),
            },
            figures: heads(words, &file.statement),
            lines: crate::web::evidence_file::line_heads(words, file),
            gaps: gaps.into_iter().take(GAPS).collect(),
            things: things.into_iter().take(THINGS).collect(),
            checks: check_lines(words, &file.checks),
            more_gaps,
            more_things,
        }
    });
    render(&page.ok_or(Failure::NotFound)?)
}

/// The evidence of one grant as a file: `evidence.xlsx`, `evidence.csv`, `evidence.ods`.
pub async fn file(State(web): State<Web>, signed: Signed, Path((grant, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let form = name.strip_prefix("evidence.").and_then(Form::of).ok_or(Failure::NotFound)?;
    let whole = load(&web, &signed, &grant).await?;
    let words = &signed.visitor.words;
    let book = whole.with(words, |file| crate::web::evidence_file::book(words, &whole.planned, file)).ok_or(Failure::NotFound)?;
    sheet_answer::answer(&book, form, &format!("{}-{grant}", words.t("evidence-file-name")))
}

async fn load(web: &Web, signed: &Signed, grant: &str) -> Result<Whole, Failure> {
    signed.must(Right::SeeMoney)?;
    Whole::load(web, None, Some(grant.to_owned())).await
}
