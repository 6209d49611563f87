//! `/faults/export/{file}`: the list of faults as a file, with the list's own filters: Excel, OpenDocument, CSV, and deadlines as a calendar.
//!
//! Comes in: the file's name, the filters. Goes out: a download of what the account sees. Absent on purpose: what faults are in words (`fault_line`).

use super::faults::Asked;
use crate::domain::right::Right;
use crate::store::view::{self, fault::FaultRow};
use crate::web::error::Failure;
use crate::web::fault_line;
use crate::web::sheet_answer::{Form, answer};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use crate::workbook::{Book, Cell, Sheet};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rollcall_shared::Timestamp;

/// Most faults of one file: a contract's year of a large town.
const ROWS: usize = 20_000;
/// Rows of one reading.
const PART: i64 = 500;
/// Octets of a line of a calendar (RFC 5545, section 3.1).
const FOLD: usize = 74;

/// The file.
pub async fn file(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let calendar = ending == "ics";
    let form = Form::of(ending);
    if form.is_none() && !calendar {
        return Err(Failure::NotFound);
    }
    let rows = rows(&web, &signed, &asked).await?;
    let words = &signed.visitor.words;
    match form {
        Some(form) => answer(&book(words, &rows), form, "faults"),
        None => Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], ics(words, &rows, &web.public_url())).into_response()),
    }
}

async fn rows(web: &Web, signed: &Signed, asked: &Asked) -> Result<Vec<FaultRow>, Failure> {
    let filter = asked.filter(&signed.visitor.words, signed.account.role.may(Right::WorkOnFaults));
    signed
        .read(web, move |tx| -> Result<_, Stop> {
            let mut rows: Vec<FaultRow> = Vec::new();
            loop {
                let more = view::fault::list(tx, &filter, rows.last().map(FaultRow::key), PART)?;
                let done = (more.len() as i64) < PART;
                rows.extend(more);
                if done || rows.len() >= ROWS {
                    return Ok(rows);
                }
            }
        })
        .await
}

fn book(words: &Words, rows: &[FaultRow]) -> Book {
    let headings = [
        "col-number",
        "col-severity",
        "col-fault",
        "col-school",
        "col-room",
        "col-device",
        "col-model",
        "col-state",
        "fault-lot",
        "life-referred",
        "col-since",
        "col-deadline",
        "fault-cleared-at",
        "col-where",
    ];
    let mut sheet = Sheet::new(words.t("faults-title"), headings.map(|key| words.t(key)));
    let at = |at: Option<Timestamp>| at.map_or(Cell::Empty, |at| Cell::text(words.exact(at)));
    for row in rows {
        sheet.row([
            Cell::Number(row.id as f64),
            Cell::text(fault_line::severity(words, row.severity)),
            Cell::text(fault_line::title(words, row)),
            Cell::text(&row.school_name),
            Cell::text(&row.room),
            Cell::text(&row.device_name),
            Cell::text(&row.device_model),
            Cell::text(words.coded("fault-state-", &row.state)),
            Cell::text(&row.lot),
            Cell::text(&row.external_ref),
            at(Some(row.opened_at)),
            at(row.breaks_at),
            at(row.cleared_at),
            Cell::text(fault_line::detail(words, row)),
        ]);
    }
    let mut book = Book::new(words.t("faults-title"), words.now, words.language);
    book.sheets.push(sheet);
    book
}

/// Deadlines as events (RFC 5545): what is to be mended, where, until when.
fn ics(words: &Words, rows: &[FaultRow], url: &str) -> String {
    let mut text = String::new();
    let mut line = |line: &str| folded(&mut text, line);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Rollcall//faults//");
    for row in rows.iter().filter(|row| row.cleared_at.is_none()) {
        let Some(until) = row.breaks_at else { continue };
        line("BEGIN:VEVENT");
        line(&format!("UID:fault-{}@rollcall", row.id));
        line(&format!("DTSTAMP:{}", instant(words.now)));
        line(&format!("DTSTART:{}", instant(until)));
        line("DURATION:PT0S");
        line(&format!("SUMMARY:{}", escaped(&format!("{} {} · {}", row.id, fault_line::title(words, row), row.school_name))));
        line(&format!("DESCRIPTION:{}", escaped(&fault_line::detail(words, row))));
        line(&format!("LOCATION:{}", escaped([row.school_name.as_str(), &row.room].join(" ").trim())));
        line(&format!("URL:{url}/faults/{}", row.id));
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

pub(super) fn instant(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545, section 3.3.11).
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A line, folded where it is too long, never within a letter.
pub(super) fn folded(text: &mut String, line: &str) {
    let mut width = 0;
    for letter in line.chars() {
        if width + letter.len_utf8() > FOLD {
            text.push_str("\r\n ");
            width = 1;
        }
        width += letter.len_utf8();
        text.push(letter);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_between_letters() {
        let mut text = String::new();
        folded(&mut text, &format!("SUMMARY:{}", "é".repeat(60)));
        assert!(text.split("\r\n").all(|line| line.len() <= 75) && text.ends_with("\r\n"));
        assert_eq!(text.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "é".repeat(60)));
    }

    #[test]
    fn what_people_and_devices_say_begins_no_line_of_its_own() {
        assert_eq!(escaped("a;b,c\\d\nEND:VEVENT\r"), "a\\;b\\,c\\\\d\\nEND:VEVENT");
    }
}
