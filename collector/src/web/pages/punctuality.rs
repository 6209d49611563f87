//! `/punctuality`: whether deadlines were kept in a period, lot by lot, with every late fault; and the same as a file.
//!
//! Comes in: a period and a lot in the address. Goes out: the page, a workbook. Absent on purpose: the report itself (`web/punctuality`).

use super::{Frame, Page, render};
use crate::domain::fault::punctuality::Tally;
use crate::web::Web;
use crate::web::error::Failure;
use crate::web::punctuality::{Asked, Late, LotLine, Report, explained, report, waited, worked};
use crate::web::sheet_answer::{Form, answer};
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::Words;
use crate::workbook::{Book, Cell, Sheet};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

/// Late faults that the page lists; the file has all.
const LINES: usize = 200;

#[derive(Template)]
#[template(path = "pages/punctuality.html")]
struct Service {
    frame: Frame,
    sentence: String,
    from: String,
    to: String,
    lots: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    late: Vec<LateLine>,
    more: i64,
    cut: bool,
    money: bool,
    files: Vec<(&'static str, String)>,
}

struct Line {
    lot: String,
    name: String,
    clocks: [Counted; 2],
    waited: Vec<(String, String)>,
    penalties: String,
}

/// A tally in words.
struct Counted {
    name: String,
    kept: u32,
    late: u32,
    open: u32,
    overdue: u32,
    percent: String,
    median: String,
}

struct LateLine {
    id: i64,
    title: String,
    school: String,
    device: String,
    external: String,
    lot: String,
    clock: String,
    late: String,
    why: String,
    penalty: String,
}

fn counted(words: &Words, key: &str, tally: &Tally) -> Counted {
    Counted {
        name: words.t(key),
        kept: tally.kept,
        late: tally.late,
        open: tally.open,
        overdue: tally.overdue,
        percent: tally.kept_percent().map(|percent| format!("{percent}\u{a0}%")).unwrap_or_default(),
        median: tally.median_s().map(worked).unwrap_or_default(),
    }
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let report = report(&web, &signed, &asked).await?;
    let state = web.clone();
    let (planned, seen) = signed.read(&web, move |tx| Ok((state.planned.get(tx)?, crate::store::sight::lots(tx)?))).await?;
    let words = &signed.visitor.words;
    let query = format!("from={}&to={}&lot={}", report.from, report.to, form_encoded(&asked.lot));
    let lots = planned.plan.lots.iter().filter(|lot| seen.as_ref().is_none_or(|seen| seen.contains(&lot.lot)));
    render(&Service {
        frame: Frame::new(&web, &signed.visitor, "service-title", "/punctuality"),
        sentence: sentence(words, &report),
        from: report.from.to_string(),
        to: report.to.to_string(),
        lots: lots.map(|lot| (lot.lot.clone(), lot.name.clone(), lot.lot == asked.lot)).collect(),
        lines: report.lots.iter().map(|line| line_of(words, line)).collect(),
        late: report.late.iter().take(LINES).map(|late| late_of(words, late)).collect(),
        more: report.late.len().saturating_sub(LINES) as i64,
        cut: report.cut,
        money: report.shows_money,
        files: [("Excel", "xlsx"), ("OpenDocument", "ods"), ("CSV", "csv")]
            .map(|(name, ending)| (name, format!("/punctuality/service.{ending}?{query}")))
            .into(),
    })
}

fn sentence(words: &Words, report: &Report) -> String {
    let kept: u32 = report.lots.iter().map(|line| line.repair.kept).sum();
    let stopped: u32 = report.lots.iter().map(|line| line.repair.stopped()).sum();
    match stopped {
        0 => words.t("service-none"),
        stopped => words.n_of("service-sentence", i64::from(kept), i64::from(stopped)),
    }
}

fn line_of(words: &Words, line: &LotLine) -> Line {
    Line {
        lot: line.lot.clone(),
        name: [line.name.as_str(), &line.contractor].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        clocks: [counted(words, "clock-respond", &line.respond), counted(words, "clock-repair", &line.repair)],
        waited: waited(words, &line.waited),
        penalties: if line.penalties.0 == 0 { String::new() } else { words.euros(line.penalties) },
    }
}

fn late_of(words: &Words, late: &Late) -> LateLine {
    let amount = late.amount.map(|amount| words.euros(amount)).unwrap_or_default();
    LateLine {
        id: late.row.id,
        title: words.coded("fault-", &late.row.code),
        school: late.row.school_name.clone(),
        device: late.row.device_name.clone(),
        external: late.row.life.external_ref.clone(),
        lot: late.row.life.lot.clone(),
        clock: words.t(if late.clock == "respond" { "clock-respond" } else { "clock-repair" }),
        late: worked(late.judged.late_s),
        why: explained(words, late),
        penalty: [amount, late.penalty.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
    }
}

/// The file.
pub async fn file(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let form = name.rsplit_once('.').and_then(|(_, ending)| Form::of(ending)).ok_or(Failure::NotFound)?;
    let report = report(&web, &signed, &asked).await?;
    answer(&book(&signed.visitor.words, &report), form, "punctuality")
}

fn book(words: &Words, report: &Report) -> Book {
    let number = |count: u32| Cell::Number(f64::from(count));
    let hours = |seconds: i64| Cell::Number((seconds as f64 / 360.0).round() / 10.0);
    let title = words.t("service-title");
    let mut book = Book::new(title.clone(), words.now, words.language);
    let clock = |key: &str, what: &str| format!("{} : {}", words.t(key), words.t(what));
    let mut headings = vec![words.t("fault-lot"), words.t("col-name"), words.t("nav-faults")];
    for key in ["clock-respond", "clock-repair"] {
        headings.extend(["service-kept", "service-late", "service-open", "service-overdue", "service-median"].map(|what| clock(key, what)));
    }
    headings.extend([words.t("service-waited"), words.t("service-penalties")]);
    let mut sheet = Sheet::new(title, headings);
    for line in &report.lots {
        let mut cells = vec![Cell::text(&line.lot), Cell::text(&line.name), number(line.faults)];
        for tally in [&line.respond, &line.repair] {
            cells.extend([tally.kept, tally.late, tally.open, tally.overdue].map(number));
            cells.push(tally.median_s().map_or(Cell::Empty, hours));
        }
        cells.push(hours(line.waited.values().sum()));
        cells.push(if report.shows_money { euros(line.penalties) } else { Cell::Empty });
        sheet.row(cells);
    }
    book.sheets.push(sheet);
    let headings = [
        "col-number",
        "life-referred",
        "col-fault",
        "col-school",
        "col-device",
        "fault-lot",
        "service-clock",
        "service-late-by",
        "service-why",
        "service-penalties",
        "service-penalty",
    ];
    let mut sheet = Sheet::new(words.t("service-all-late"), headings.map(|key| words.t(key)));
    for late in &report.late {
        let line = late_of(words, late);
        sheet.row([
            Cell::Number(late.row.id as f64),
            Cell::text(line.external),
            Cell::text(line.title),
            Cell::text(line.school),
            Cell::text(line.device),
            Cell::text(line.lot),
            Cell::text(line.clock),
            hours(late.judged.late_s),
            Cell::text(line.why),
            late.amount.map_or(Cell::Empty, euros),
            Cell::text(&late.penalty),
        ]);
    }
    book.sheets.push(sheet);
    book
}

fn euros(amount: crate::domain::plan::Decimal) -> Cell {
    Cell::Money(amount.0 as f64 / 1_000_000.0)
}
