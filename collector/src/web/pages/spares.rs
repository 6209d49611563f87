//! `/plan/spares`: how many spares there are of a kind, how many are to be held, how many to order.
//!
//! Comes in: the register in force, minimums. Goes out: the page; whoever changes the register sets a minimum. Absent on purpose: ordering.

use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::proof::pool::{Stock, pool};
use crate::domain::right::Right;
use crate::store::account::{self, AuditLine};
use crate::store::progress;
use crate::web::error::Failure;
use crate::web::visitor::Signed;
use crate::web::words::KindMark;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// The greatest minimum: beyond it, a slip of the hand.
pub const MOST: u32 = 10_000;

#[derive(Template)]
#[template(path = "pages/spares.html")]
struct SparesPage {
    frame: Frame,
    lead: String,
    rows: Vec<Row>,
    kinds: Vec<(&'static str, String)>,
}

struct Row {
    kind: KindMark,
    stock: Stock,
    to_order: u32,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let (planned, minimums) = web.read(move |tx| -> Result<_, Stop> { Ok((state.planned.whole(tx)?, progress::spare_minimums(tx)?)) }).await?;
    let words = &signed.visitor.words;
    let rows: Vec<Row> = pool(&planned.register, &minimums)
        .into_iter()
        .map(|(kind, stock)| Row { kind: words.kind(Some(kind)), stock, to_order: stock.to_order() })
        .collect();
    let short = rows.iter().filter(|row| row.to_order > 0).count();
    let mut kinds: Vec<(&'static str, String)> =
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::Unknown).map(|kind| (kind.code(), words.kind(Some(kind)).word.to_owned())).collect();
    kinds.sort_by_key(|(_, word)| crate::domain::folded::fold(word));
    render(&SparesPage { frame: Frame::new(&web, &signed.visitor, "spares-title", "/plan"), lead: words.n("spares-lead", short as i64), rows, kinds })
}

/// A minimum that somebody sets.
#[derive(Deserialize)]
pub struct Minimum {
    csrf: String,
    kind: String,
    minimum: u32,
}

/// Sets a minimum.
pub async fn set(State(web): State<Web>, signed: Signed, Form(form): Form<Minimum>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let kind = Kind::from_code(&form.kind).ok_or(Failure::NotFound)?;
    wanted(&web, &signed, kind, form.minimum).await?;
    Ok(Redirect::to("/plan/spares").into_response())
}

/// Sets a minimum, for a form or for a program.
pub async fn wanted(web: &Web, signed: &Signed, kind: Kind, minimum: u32) -> Result<(), Failure> {
    signed.must(Right::ChangeRegister)?;
    let (minimum, who, now) = (minimum.min(MOST), signed.account.login.clone(), web.now());
    let job = move |tx: &mut crate::store::Tx<'_>| -> Result<(), Stop> {
        let was = progress::set_spare_minimum(tx, kind, minimum)?.to_string();
        let becomes = minimum.to_string();
        Ok(account::audit(
            tx,
            &AuditLine { at: now, who: who.clone(), what: "spares.minimum".to_owned(), subject: kind.code().to_owned(), was, becomes },
        )?)
    };
    web.write(job).await
}
