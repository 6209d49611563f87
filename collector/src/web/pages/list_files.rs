//! `/export/…`: lists as files, with the filters that stand in the address of their pages: Excel, OpenDocument, CSV.
//!
//! Comes in: a list, the file's name, its page's filters. Goes out: a download of what the account sees. Absent on purpose: faults (`faults_file`: their
//! deadlines are a calendar as well), the inventory (a page of its own), the plan (its tables come back).

use super::{devices, register, schools, visits};
use crate::domain::right::Right;
use crate::import::row;
use crate::store::intervention;
use crate::store::view;
use crate::web::error::Failure;
use crate::web::fault_line;
use crate::web::sheet_answer::{Form, answer};
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::Words;
use crate::web::{Stop, Web};
use crate::workbook::{Book, Cell, Sheet};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use rollcall_shared::Timestamp;

/// Most rows of one file: the devices of a large town. A file that ends earlier than its list says so in its last row.
pub(super) const ROWS: usize = 50_000;
/// Rows of one reading.
const PART: i64 = 500;

type File = Result<Response, Failure>;

/// Links to the files of a list: name of the form, address.
pub fn links(list: &str, query: &str) -> Vec<(&'static str, String)> {
    let query = query.split_once('?').map_or("", |(_, query)| query);
    [("Excel", "xlsx"), ("OpenDocument", "ods"), ("CSV", "csv")].map(|(name, ending)| (name, format!("/export/{list}.{ending}?{query}"))).into()
}

fn form(name: &str) -> Result<Form, Failure> {
    name.rsplit_once('.').and_then(|(_, ending)| Form::of(ending)).ok_or(Failure::NotFound)
}

/// All parts of a list, as far as a file goes.
fn all<R, E>(mut part: impl FnMut(Option<&R>) -> Result<Vec<R>, E>) -> Result<Vec<R>, E> {
    let mut rows: Vec<R> = Vec::new();
    loop {
        let more = part(rows.last())?;
        let done = (more.len() as i64) < PART;
        rows.extend(more);
        if done || rows.len() > ROWS {
            return Ok(rows);
        }
    }
}

/// A book of one sheet.
fn book<R>(words: &Words, title: &str, headings: Vec<String>, rows: &[R], cells: impl Fn(&R) -> Vec<Cell>) -> Book {
    let mut sheet = Sheet::new(title, headings);
    rows.iter().take(ROWS).for_each(|row| sheet.row(cells(row)));
    if rows.len() > ROWS {
        sheet.row([Cell::text(words.n("export-cut", ROWS as i64))]);
    }
    let mut book = Book::new(title, words.now, words.language);
    book.sheets.push(sheet);
    book
}

fn headings<const N: usize>(words: &Words, keys: [&str; N]) -> Vec<String> {
    keys.map(|key| words.t(key)).into()
}

/// Devices.
pub async fn of_devices(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<devices::Asked>) -> File {
    let (form, filter) = (form(&name)?, asked.filter());
    let part = |last: Option<&view::device::DeviceRow>| last.map_or(0, |row| row.id.0);
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> { Ok(all(|last| view::device::list(tx, &filter, part(last), PART))?) }).await?;
    let words = &signed.visitor.words;
    let keys = [
        "col-number",
        "col-kind",
        "col-name",
        "col-model",
        "col-serial",
        "col-addresses",
        "col-school",
        "col-room",
        "col-place",
        "col-state",
        "col-since",
    ];
    let cells = |row: &view::device::DeviceRow| {
        let line = devices::line(words, row);
        let addresses = row.addresses.iter().flat_map(|address| [address.mac.map(|mac| mac.to_string()), address.ip.map(|ip| ip.to_string())]);
        vec![
            Cell::Number(line.id as f64),
            Cell::text(line.kind.word),
            Cell::text(line.name),
            Cell::text(line.model),
            Cell::text(line.serial),
            Cell::text(addresses.flatten().collect::<Vec<_>>().join(", ")),
            Cell::text(line.school_name),
            Cell::text(line.room),
            Cell::text(line.place),
            Cell::text(line.state.word),
            Cell::text(if row.personal { words.day(row.since(&words.zone)) } else { words.exact(row.since(&words.zone)) }),
        ]
    };
    answer(&book(words, &words.t("devices-title"), headings(words, keys), &rows, cells), form, &words.t("export-devices"))
}

/// Schools.
pub async fn of_schools(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<schools::Asked>) -> File {
    let (form, filter, state) = (form(&name)?, asked.filter(), web.clone());
    let (planned, rows) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let planned = state.planned.get(tx)?;
            let after = |last: Option<&view::school::SchoolRow>| last.map(|row| (row.folded.clone(), row.id.0));
            let rows = all(|last| {
                let after = after(last);
                view::school::list(tx, &filter, after.as_ref().map(|(folded, id)| (folded.as_str(), *id)), PART)
            })?;
            Ok((planned, rows))
        })
        .await?;
    let words = &signed.visitor.words;
    let keys = [
        "col-code",
        "col-school",
        "phase",
        "col-state",
        "col-planned",
        "col-due",
        "col-installed",
        "col-missing",
        "nav-faults",
        "col-devices",
        "asof",
    ];
    let cells = |row: &view::school::SchoolRow| {
        let count = |count: i64| Cell::Number(count as f64);
        vec![
            Cell::text(&row.code),
            Cell::text(&row.name),
            Cell::text(if row.phase.is_empty() { String::new() } else { planned.phase(words, &row.phase) }),
            Cell::text(words.school_state(&row.state).word),
            count(row.counts.planned),
            count(row.counts.due),
            count(row.counts.installed),
            count(row.counts.missing),
            count(row.counts.faults()),
            count(row.counts.devices),
            if row.counts.newest_at > Timestamp(0) { Cell::text(words.exact(row.counts.newest_at)) } else { Cell::Empty },
        ]
    };
    answer(&book(words, &words.t("schools-title"), headings(words, keys), &rows, cells), form, &words.t("export-schools"))
}

/// Planned visits: a row for each fault that they are to mend.
pub async fn of_visits(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(asked): Query<visits::Asked>) -> File {
    let (form, lot, secret) = (form(&name)?, view::given(asked.lot()), signed.account.role.may(Right::WorkOnFaults));
    let rows = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let visits = all(|last| intervention::planned(tx, lot.as_deref(), last.map(intervention::key), secret, PART))?;
            let mut rows = Vec::new();
            for visit in visits {
                if rows.len() <= ROWS {
                    rows.extend(visits::faults(tx, visit.id, secret)?.into_iter().map(|fault| (visit.clone(), fault)));
                }
            }
            Ok(rows)
        })
        .await?;
    let words = &signed.visitor.words;
    let keys = ["col-day", "col-school", "fault-lot", "col-number", "col-severity", "col-fault", "col-room", "col-device", "col-deadline"];
    let cells = |(visit, fault): &(intervention::Intervention, view::fault::FaultRow)| {
        vec![
            Cell::Date(visit.on),
            Cell::text(&visit.school_name),
            Cell::text(&visit.lot),
            Cell::Number(fault.id as f64),
            Cell::text(fault_line::severity(words, fault.severity)),
            Cell::text(fault_line::title(words, fault)),
            Cell::text(&fault.room),
            Cell::text(&fault.device_name),
            fault.breaks_at.map_or(Cell::Empty, |at| Cell::text(words.exact(at))),
        ]
    };
    answer(&book(words, &words.t("visits"), headings(words, keys), &rows, cells), form, &words.t("export-visits"))
}

/// The rows of one table of the register that hold a word, every column that the account may see.
pub async fn of_register(
    State(web): State<Web>,
    signed: Signed,
    Path((table, name)): Path<(String, String)>,
    Query(wanted): Query<register::Wanted>,
) -> File {
    let form = form(&name)?;
    let schema = row::table(&table).filter(|schema| register::may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    let state = web.clone();
    let rows = signed.read(&web, move |tx| Ok(register::matching(tx, &state, schema, &wanted.needle(), "", ROWS + 1)?.0)).await?;
    let words = &signed.visitor.words;
    let columns: Vec<_> = row::columns(schema).filter(|column| register::may_see_column(&signed, column.name)).collect();
    let names = columns.iter().map(|column| register::column_word(words, schema, column)).collect();
    let cells = |(_, cells): &register::Row| columns.iter().map(|column| Cell::text(cells.get(column.name).map_or("", String::as_str))).collect();
    answer(&book(words, &register::table_word(words, schema), names, &rows, cells), form, schema.name)
}

/// Links to the files of a table of the register.
pub fn links_of_table(table: &str, q: &str) -> Vec<(&'static str, String)> {
    links(&format!("register/{table}/{table}"), &format!("?q={}", form_encoded(q)))
}
