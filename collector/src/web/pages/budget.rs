//! `/plan/budget`: lines before tax and with it, beside their invoices.
//!
//! Comes in: plan and register in force. Goes out: the page, to those who may see money. Absent on purpose: who pays (`grants`).

use super::{Frame, Page, render};
use crate::domain::plan::Decimal;
use crate::domain::plan::money::Base;
use crate::domain::proof::budget::{Amounts, Budget, Spent};
use crate::domain::right::Right;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::State;

#[derive(Template)]
#[template(path = "pages/budget.html")]
struct BudgetPage {
    frame: Frame,
    lead: String,
    lines: Vec<Line>,
    total: [String; 4],
    stray: Vec<(String, String, String)>,
}

struct Line {
    code: String,
    what: String,
    planned: [String; 2],
    invoiced: [String; 2],
    paid: String,
    left: String,
    overspent: bool,
    invoices: Vec<(String, String)>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    signed.must(Right::SeeMoney)?;
    let state = web.clone();
    let planned = web.read(move |tx| -> Result<_, Stop> { Ok(state.planned.whole(tx)?) }).await?;
    let words = &signed.visitor.words;
    let budget = Budget::of(&planned.plan, &planned.register);
    let [whole, invoiced, _] = budget.total();
    let text = |amount: Option<Decimal>| amount.map(|amount| words.euros(amount)).unwrap_or_else(|| "—".to_owned());
    let over = budget.lines.iter().filter(|line| line.left().is_some_and(|(_, left)| left < Decimal(0))).count();
    render(&BudgetPage {
        frame: Frame::new(&web, &signed.visitor, "budget-title", "/plan"),
        lead: if budget.lines.is_empty() { words.t("budget-empty") } else { words.n("budget-lead", over as i64) },
        total: [text(whole.ht), text(whole.ttc), text(invoiced.ht), text(invoiced.ttc)],
        stray: budget.stray.iter().map(|invoice| stray(words, invoice)).collect(),
        lines: budget.lines.iter().map(|spent| line(words, spent)).collect(),
    })
}

fn stray(words: &Words, invoice: &crate::domain::register::Invoice) -> (String, String, String) {
    let amounts = crate::domain::proof::budget::amounts(invoice);
    let date = invoice.dated_on.as_ref().map(|date| words.date(&date.text)).unwrap_or_default();
    (invoice.invoice.clone(), date, amounts.on(Base::Ttc).map(|amount| words.euros(amount)).unwrap_or_default())
}

fn line(words: &Words, spent: &Spent<'_>) -> Line {
    let text = |amount: Option<Decimal>| amount.map(|amount| words.euros(amount)).unwrap_or_else(|| "—".to_owned());
    let both = |amounts: Amounts| [text(amounts.ht), text(amounts.ttc)];
    let left = spent.left();
    let what = [&spent.line.axis, &spent.line.objective, &spent.line.action].into_iter().filter(|part| !part.is_empty());
    Line {
        code: spent.line.line.clone(),
        what: what.cloned().collect::<Vec<_>>().join(" · "),
        planned: both(spent.planned),
        invoiced: both(spent.invoiced),
        paid: text(spent.paid.on(Base::Ttc)),
        left: left.map_or_else(
            || "—".to_owned(),
            |(base, left)| words.named(if base == Base::Ht { "budget-ht" } else { "budget-ttc" }, &words.euros(left)),
        ),
        overspent: left.is_some_and(|(_, left)| left < Decimal(0)),
        invoices: spent
            .invoices
            .iter()
            .map(|invoice| (invoice.invoice.clone(), invoice.dated_on.as_ref().map(|date| words.date(&date.text)).unwrap_or_default()))
            .collect(),
    }
}
