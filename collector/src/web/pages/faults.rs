//! `/faults`: what is amiss: what breaks its deadline first, then the gravest and oldest.
//!
//! Comes in: a filter in the address. Goes out: the list. Absent on purpose: judgement (deadlines were laid by `settle`).

use super::bulk::{Offered, offered};
use super::saved::{Views, views};
use super::{Frame, Page, ROWS, render};
use crate::domain::fault::State;
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::right::Right;
use crate::store::view::{self, given};
use crate::web::fault_line::{DUES, FaultLine, due, line, severity};
use crate::web::picture::severity_mark;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/faults.html")]
struct Faults {
    frame: Frame,
    title: String,
    faults: Vec<FaultLine>,
    codes: Vec<Choice>,
    query: Asked,
    severities: Vec<(i64, &'static str, String)>,
    states: Vec<Offer>,
    lots: Vec<Offer>,
    kinds: Vec<Offer>,
    dues: Vec<Offer>,
    may_report: bool,
    files: Vec<(&'static str, String)>,
    next: Option<String>,
    total: i64,
    views: Views,
    bulk: Offered,
}

/// One choice of a filter.
struct Offer {
    code: String,
    word: String,
    chosen: bool,
}

fn options<'a>(chosen: &str, all: impl Iterator<Item = (&'a str, String)>) -> Vec<Offer> {
    all.map(|(code, word)| Offer { code: code.to_owned(), word, chosen: code == chosen }).collect()
}

struct Choice {
    code: String,
    title: String,
    mark: &'static str,
    count: i64,
    chosen: bool,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    school: String,
    code: String,
    severity: String,
    device: Option<i64>,
    state: String,
    lot: String,
    kind: String,
    due: String,
    number: String,
    after: String,
}

impl Asked {
    /// The filter of the list.
    pub fn filter(&self, words: &Words, secret: bool) -> view::fault::Filter {
        view::fault::Filter {
            cleared: matches!(self.state.as_str(), "cleared" | "closed"),
            school: given(&self.school),
            code: given(&self.code),
            severity: self.severity.parse().ok(),
            device: self.device,
            state: given(&self.state).filter(|state| state != "cleared"),
            lot: given(&self.lot),
            kind: given(&self.kind),
            secret,
            breaks: due(words, &self.due),
            external: given(&fold(&self.number)),
        }
    }

    /// Address of the same list with another code.
    fn address(&self, code: &str) -> String {
        let pairs = [
            ("code", code),
            ("school", &self.school),
            ("severity", &self.severity),
            ("state", &self.state),
            ("lot", &self.lot),
            ("kind", &self.kind),
            ("due", &self.due),
            ("number", &self.number),
        ];
        let given: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
        format!("/faults?{}", given.join("&"))
    }
}

/// Reads `1770300000.3.1770123909.12`.
pub(in crate::web) fn parse_after(text: &str) -> Option<view::fault::After> {
    let mut parts = text.splitn(4, '.').map(|part| part.parse::<i64>().ok());
    Some((parts.next()??, parts.next()??, parts.next()??, parts.next()??))
}

/// Writes it.
pub(in crate::web) fn written_after(after: view::fault::After) -> String {
    format!("{}.{}.{}.{}", after.0, after.1, after.2, after.3)
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let web_state = web.clone();
    let (filter, after, school) =
        (asked.filter(&signed.visitor.words, signed.account.role.may(Right::WorkOnFaults)), parse_after(&asked.after), given(&asked.school));
    let cleared = filter.cleared;
    let (id, path) = (signed.account.id, signed.visitor.path.clone());
    let (rows, codes, planned, views) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let rows = view::fault::list(tx, &filter, after, ROWS + 1)?;
            Ok((rows, web_state.sums(tx)?.codes(tx, school.as_deref(), filter.secret)?, web_state.planned.get(tx)?, views(tx, id, &path)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let last = (rows.len() > shown.len()).then(|| shown.last()).flatten();
    let next = last.map(|last| format!("{}&after={}", asked.address(&asked.code), written_after(last.key())));
    let total: i64 = codes.iter().map(|(_, _, count)| count).sum();
    let choice = |(code, severity, count): &(String, i64, i64)| Choice {
        code: code.clone(),
        title: words.coded("fault-", code),
        mark: severity_mark(*severity),
        count: *count,
        chosen: *code == asked.code,
    };
    render(&Faults {
        frame: Frame::new(&web, &signed.visitor, "faults-title", "/faults").listening("faults"),
        title: if cleared { words.t("faults-cleared-title") } else { words.n("faults-open-title", total) },
        faults: shown.iter().map(|row| line(words, row)).collect(),
        codes: codes.iter().map(choice).collect(),
        severities: [3, 2, 1].map(|rank| (rank, if asked.severity == rank.to_string() { "selected" } else { "" }, severity(words, rank))).into(),
        states: options(&asked.state, State::ALL[..6].iter().map(|state| (state.code(), words.coded("fault-state-", state.code())))),
        lots: options(&asked.lot, planned.plan.lots.iter().map(|lot| (lot.lot.as_str(), format!("{} {}", lot.lot, lot.name)))),
        kinds: options(&asked.kind, Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned()))),
        dues: options(&asked.due, DUES.iter().map(|code| (*code, words.coded("due-", code)))),
        may_report: signed.account.role.may(Right::WorkOnFaults),
        files: [("Excel", "xlsx"), ("OpenDocument", "ods"), ("CSV", "csv"), ("iCalendar", "ics")]
            .map(|(name, ending)| (name, asked.address(&asked.code).replacen("/faults?", &format!("/faults/export/faults.{ending}?"), 1)))
            .into(),
        query: asked,
        next,
        total,
        views,
        bulk: if cleared { Offered::default() } else { offered(words, &signed) },
    })
}
