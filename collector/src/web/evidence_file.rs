//! The evidence file of a grant in words: what cannot be proved yet first, then what proves, the money by line, and the sums checked.
//!
//! Comes in: [`Evidence`]. Goes out: lines for the page, and a [`Book`] whose sums are formulas beside what we counted: a reader who
//! recalculates it sees both. Absent on purpose: judgement.

use super::planned::InForce;
use super::words::{How, Words};
use crate::domain::kind::Kind;
use crate::domain::plan::Decimal;
use crate::domain::proof::assign::Gap;
use crate::domain::proof::evidence::{Evidence, Missing};
use crate::domain::proof::grant::{Check, Statement};
use crate::domain::proof::thing::{DatedBy, Proof, Thing};
use crate::workbook::{Book, Cell, Sheet};
use jiff::civil::Date;

/// A sum and whether it comes out.
pub struct CheckLine {
    /// What must come out.
    pub what: String,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
    /// In one word.
    pub verdict: String,
    /// It does.
    pub holds: bool,
}

/// What cannot be proved yet.
pub struct GapLine {
    /// Budget line.
    pub line: String,
    /// What: the thing, or how many of what.
    pub what: String,
    /// Where.
    pub school: String,
    /// Why it proves nothing.
    pub why: String,
    /// What to do.
    pub todo: String,
    label: String,
    serial: String,
}

/// One thing that proves a line.
pub struct ThingLine {
    /// Budget line.
    pub line: String,
    /// School's name.
    pub school: String,
    /// Kind.
    pub kind: String,
    /// Label.
    pub label: String,
    /// Serial.
    pub serial: String,
    /// Its live device.
    pub device: Option<i64>,
    /// Invoice and its date, or the delivery.
    pub bought: String,
    /// How it is proved.
    pub proof: How,
    /// By whom, where a person saw it.
    pub by: String,
    /// First and last seen.
    pub seen: [String; 2],
    /// Accepted.
    pub accepted: String,
    cells: Vec<Cell>,
}

/// A line's money in words.
pub struct LineHead {
    /// Its code.
    pub code: String,
    /// Planned, invoiced, what counts of both.
    pub amounts: [String; 4],
    /// How many things prove it.
    pub things: String,
}

/// Sums in words.
pub fn check_lines(words: &Words, checks: &[Check]) -> Vec<CheckLine> {
    checks.iter().map(|check| check_line(words, check)).collect()
}

fn check_line(words: &Words, check: &Check) -> CheckLine {
    let what = words.coded("check-", check.code);
    let is_count = check.code.starts_with("each_");
    let text = |amount: Decimal| if is_count { words.figure(amount.0 / 1_000_000) } else { words.euros(amount) };
    CheckLine {
        what: if check.of.is_empty() { what } else { format!("{} : {what}", check.of) },
        expected: text(check.expected),
        found: text(check.found),
        verdict: words.t(if check.holds() { "check-holds" } else { "check-broken" }),
        holds: check.holds(),
    }
}

/// The figures at the head of a grant.
pub fn heads(words: &Words, statement: &Statement<'_>) -> Vec<(String, String)> {
    let euros = |amount: Option<Decimal>| amount.map_or_else(|| "—".to_owned(), |amount| words.euros(amount));
    vec![
        (words.t("grants-spending"), words.euros(statement.sum(|share| share.eligible_planned))),
        (words.t("evidence-rate"), rates(words, statement)),
        (words.t("grants-by-plan"), euros(statement.by_plan)),
        (words.t("evidence-by-invoices"), euros(statement.by_invoices)),
        (words.t("grants-awarded"), euros(statement.grant.awarded)),
        (words.t("grants-called"), words.euros(statement.called)),
        (words.t("grants-paid"), words.euros(statement.paid)),
    ]
}

fn rates(words: &Words, statement: &Statement<'_>) -> String {
    let rates: Vec<String> = statement.rules.iter().filter_map(|rule| rule.rate).map(|rate| words.percent(rate)).collect();
    if rates.is_empty() { "—".to_owned() } else { rates.join(", ") }
}

/// The lines' money in words.
pub fn line_heads(words: &Words, file: &Evidence<'_>) -> Vec<LineHead> {
    let head = |line: &crate::domain::proof::evidence::Proved<'_>| {
        let share = &line.share;
        let done = line.done.iter().filter_map(|done| done.done).map(|done| words.decimal(done.0 as f64 / 1e6)).collect::<Vec<_>>().join(", ");
        LineHead {
            code: share.line.line.clone(),
            amounts: [share.planned, share.invoiced, share.eligible_planned, share.eligible_invoiced].map(|amount| words.euros(amount)),
            things: if line.no_device {
                words.named("evidence-done", if done.is_empty() { "—" } else { &done })
            } else {
                words.figure(line.things.len() as i64)
            },
        }
    };
    file.lines.iter().map(head).collect()
}

/// What cannot be proved yet, line by line.
pub fn gap_lines(words: &Words, planned: &InForce, file: &Evidence<'_>) -> Vec<GapLine> {
    let lines = file.lines.iter().flat_map(|line| line.missing.iter().map(|missing| (line.share.line.line.as_str(), missing)));
    lines.map(|(line, missing)| gap_line(words, planned, line, missing)).collect()
}

fn gap_line(words: &Words, planned: &InForce, line: &str, missing: &Missing<'_>) -> GapLine {
    let code = missing.code();
    let empty = || (String::new(), String::new(), String::new(), String::new());
    let counted = |kind: Kind, count: u32| format!("{} {}", words.figure(i64::from(count)), kind.row().label(words.language, u64::from(count)));
    let (what, school, label, serial) = match missing {
        Missing::Thing(thing, gap) => {
            let asset = thing.asset;
            let seen_at = thing.live.filter(|_| *gap == Gap::SeenElsewhere).map(|live| live.school.as_str());
            let school = seen_at.or(asset.school.as_deref()).map(|code| planned.owner(words, code)).unwrap_or_default();
            let kind = thing.kind().map(|kind| words.kind(Some(kind)).word).unwrap_or_default();
            (format!("{kind} {}", asset.label).trim().to_owned(), school, asset.label.clone(), thing.serial().to_owned())
        }
        Missing::WithoutPaper(school, kind, count) => (counted(*kind, *count), planned.owner(words, school), String::new(), String::new()),
        Missing::TooFew(kind, wanted, found) => (
            words.n_of("evidence-too-few", i64::from(*found), i64::from(*wanted)) + " " + kind.row().label(words.language, 2),
            String::new(),
            String::new(),
            String::new(),
        ),
        Missing::InvoicesOutside(amount) => (words.euros(*amount), String::new(), String::new(), String::new()),
        Missing::NoInvoice | Missing::NotDone => empty(),
    };
    GapLine { line: line.to_owned(), what, school, why: words.coded("gap-", code), todo: words.coded("gap-todo-", code), label, serial }
}

/// What proves, line by line.
pub fn thing_lines(words: &Words, planned: &InForce, file: &Evidence<'_>) -> Vec<ThingLine> {
    let lines = file.lines.iter().flat_map(|line| line.things.iter().map(|thing| (line.share.line.line.as_str(), thing)));
    lines.map(|(line, thing)| thing_line(words, planned, line, thing)).collect()
}

fn thing_line(words: &Words, planned: &InForce, line: &str, thing: &Thing<'_>) -> ThingLine {
    let asset = thing.asset;
    let school = asset.school.as_deref().map(|code| planned.owner(words, code)).unwrap_or_default();
    let kind = words.kind(thing.kind()).word.to_owned();
    let bought = thing.bought().map(|(by, date)| match by {
        DatedBy::Invoice => format!("{} · {}", asset.invoice.as_deref().unwrap_or_default(), words.date(&date.text)),
        DatedBy::Delivery => words.named("evidence-delivered", &words.date(&date.text)),
    });
    let by = match (thing.proof(), thing.attested) {
        (Some(Proof::Attested), Some(seen)) => {
            [words.coded("attested-", &seen.how), seen.role.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        _ => String::new(),
    };
    let proof = thing.proof().map_or("unknown", proof_code);
    let day = |date: Date| words.date(&date.to_string());
    let accepted = asset.accepted_on.as_ref();
    let dated = |date: Option<&crate::domain::plan::PlanDate>| {
        date.map_or(Cell::Empty, |date| if date.first == date.last { Cell::Date(date.first) } else { Cell::text(&date.text) })
    };
    let seen = thing.seen();
    let cells = vec![
        Cell::text(line),
        Cell::text(&school),
        Cell::text(&kind),
        Cell::text(&asset.label),
        Cell::text(thing.serial()),
        Cell::text(asset.model.as_deref().or(thing.live.map(|live| live.model.as_str())).unwrap_or_default()),
        Cell::text(asset.invoice.as_deref().unwrap_or_default()),
        dated(thing.invoice.and_then(|invoice| invoice.dated_on.as_ref())),
        dated(asset.delivered_on.as_ref()),
        Cell::text(words.coded("how-", proof)),
        Cell::text(&by),
        seen.map_or(Cell::Empty, |(first, _)| Cell::Date(first)),
        seen.map_or(Cell::Empty, |(_, last)| Cell::Date(last)),
        dated(accepted),
        asset.price_ht.map_or(Cell::Empty, money),
    ];
    ThingLine {
        line: line.to_owned(),
        school,
        kind,
        label: asset.label.clone(),
        serial: thing.serial().to_owned(),
        device: thing.live.map(|live| live.device.0),
        bought: bought.unwrap_or_default(),
        proof: words.how(proof),
        by,
        seen: seen.map_or_else(Default::default, |(first, last)| [day(first), day(last)]),
        accepted: accepted.map(|date| words.date(&date.text)).unwrap_or_default(),
        cells,
    }
}

/// The four words for knowledge: seen by an agent, declared by a person.
fn proof_code(proof: Proof) -> &'static str {
    match proof {
        Proof::Seen => "seen",
        Proof::Listed => "listed",
        Proof::Attested => "declared",
    }
}

fn money(amount: Decimal) -> Cell {
    Cell::Money(amount.0 as f64 / 1e6)
}

/// The whole file as a book.
pub fn book(words: &Words, planned: &InForce, file: &Evidence<'_>) -> Book {
    let mut book = Book::new(words.named("evidence-title", &file.statement.grant.grant), words.now, words.language);
    let gaps = gap_lines(words, planned, file);
    let mut sheet = Sheet::new(
        words.t("sheet-gaps"),
        ["evidence-line", "col-school", "evidence-what", "evidence-label", "col-serial", "evidence-why", "evidence-todo"].map(|key| words.t(key)),
    );
    for gap in &gaps {
        sheet.row([&gap.line, &gap.school, &gap.what, &gap.label, &gap.serial, &gap.why, &gap.todo].map(Cell::text));
    }
    book.sheets.push(sheet);
    let headings = [
        "evidence-line",
        "col-school",
        "col-kind",
        "evidence-label",
        "col-serial",
        "col-model",
        "evidence-invoice",
        "evidence-invoice-date",
        "evidence-delivery-date",
        "evidence-proof",
        "evidence-by",
        "evidence-first",
        "evidence-last",
        "evidence-accepted",
        "evidence-price",
    ];
    let mut sheet = Sheet::new(words.t("sheet-proof"), headings.map(|key| words.t(key)));
    let things = thing_lines(words, planned, file);
    let proofs = sheet.name.clone();
    for thing in &things {
        sheet.row(thing.cells.iter().cloned());
    }
    book.sheets.push(sheet);
    book.sheets.push(money_sheet(words, file, &proofs));
    book.sheets.push(check_sheet(words, file, things.len(), &proofs));
    book
}

/// Lines with their money; the last row adds them up by formulas.
fn money_sheet(words: &Words, file: &Evidence<'_>, proofs: &str) -> Sheet {
    let headings = [
        "evidence-line",
        "evidence-planned",
        "evidence-invoiced",
        "evidence-eligible-planned",
        "evidence-eligible-invoiced",
        "evidence-outside",
        "evidence-things",
    ];
    let mut sheet = Sheet::new(words.t("sheet-lines"), headings.map(|key| words.t(key)));
    for (row, line) in (2..).zip(&file.lines) {
        let share = &line.share;
        let amounts = [share.planned, share.invoiced, share.eligible_planned, share.eligible_invoiced, share.outside].map(money);
        let counted = Cell::formula(format!("COUNTIF('{}'!A:A,A{row})", proofs.replace('\'', "''")), Cell::Number(line.things.len() as f64));
        sheet.row([Cell::text(&share.line.line)].into_iter().chain(amounts).chain([counted]));
    }
    let last = file.lines.len() + 1;
    let statement = &file.statement;
    let sums = [
        statement.sum(|share| share.planned),
        statement.sum(|share| share.invoiced),
        statement.sum(|share| share.eligible_planned),
        statement.sum(|share| share.eligible_invoiced),
        statement.sum(|share| share.outside),
    ];
    let sum = |(column, sum): (char, Decimal)| Cell::formula(format!("SUM({column}2:{column}{last})"), money(sum));
    let things: usize = file.lines.iter().map(|line| line.things.len()).sum();
    let total = Cell::formula(format!("SUM(G2:G{last})"), Cell::Number(things as f64));
    sheet.row([Cell::text(words.t("budget-total"))].into_iter().chain(('B'..='F').zip(sums).map(sum)).chain([total]));
    sheet
}

/// The sums that must come out: what we counted, what the sheets say when they are calculated again, and the verdict as a formula.
fn check_sheet(words: &Words, file: &Evidence<'_>, things: usize, proofs: &str) -> Sheet {
    let mut sheet = Sheet::new(words.t("sheet-checks"), ["check-what", "check-expected", "check-found", "check-verdict"].map(|key| words.t(key)));
    let (lines, proofs) = (words.t("sheet-lines").replace('\'', "''"), proofs.replace('\'', "''"));
    let total = file.lines.len() + 2;
    let mut row = 1;
    let mut add = |what: String, expected: Cell, found: Cell, holds: bool| {
        row += 1;
        let (yes, no) = (words.t("check-holds"), words.t("check-broken"));
        let verdict = Cell::formula(format!("IF(ROUND(B{row}-C{row},2)=0,\"{yes}\",\"{no}\")"), Cell::text(if holds { &yes } else { &no }));
        sheet.row([Cell::text(what), expected, found, verdict]);
    };
    let statement = &file.statement;
    // One rate and no ceiling on the total: the grant is a product that a spreadsheet makes again.
    let rates: Vec<Decimal> = statement.rules.iter().filter_map(|rule| rule.rate).collect();
    let capped = statement.rules.iter().any(|rule| rule.cap.is_some() && matches!(rule.cap_per.as_str(), "" | "total"));
    if let (&[rate], Some(by_plan), false) = (&rates[..], statement.by_plan, capped) {
        let product = Cell::formula(format!("ROUNDDOWN('{lines}'!D{total}*{rate}/100,0)"), money(by_plan));
        let awarded = statement.grant.awarded.unwrap_or(by_plan);
        add(words.with("check-rate-down", [("value", words.percent(rate).into())]), product, money(awarded), awarded == by_plan);
    }
    let eligible = statement.sum(|share| share.eligible_planned);
    add(words.t("check-lines-sum"), Cell::formula(format!("'{lines}'!D{total}"), money(eligible)), money(eligible), true);
    let rows = Cell::formula(format!("COUNTA('{proofs}'!D:D)-1"), Cell::Number(things as f64));
    add(words.t("check-rows"), rows, Cell::Number(things as f64), true);
    for check in &file.checks {
        let cell = |amount: Decimal| if check.code.starts_with("each_") { Cell::Number((amount.0 / 1_000_000) as f64) } else { money(amount) };
        add(words.coded("check-", check.code), cell(check.expected), cell(check.found), check.holds());
    }
    sheet
}
