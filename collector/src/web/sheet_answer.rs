//! A book of sheets as an answer: a workbook, or its sheets as CSV.
//!
//! Comes in: a [`Book`], the form asked for. Goes out: a download. Absent on purpose: what the sheets hold.

use super::error::Failure;
use crate::domain::language::Language;
use crate::workbook::{Book, Cell, ODS_TYPE, Sheet, XLSX_TYPE};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A form of download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Excel.
    Xlsx,
    /// OpenDocument.
    Ods,
    /// Text: sheets one after the other, each under its name.
    Csv,
}

impl Form {
    /// From the ending of a file's name.
    pub fn of(ending: &str) -> Option<Form> {
        match ending {
            "xlsx" => Some(Form::Xlsx),
            "ods" => Some(Form::Ods),
            "csv" => Some(Form::Csv),
            _ => None,
        }
    }
}

/// The book in a form, as a file of this name (its ending is the form's).
pub fn answer(book: &Book, form: Form, name: &str) -> Result<Response, Failure> {
    let (bytes, content_type, ending) = match form {
        Form::Xlsx => (book.xlsx()?, XLSX_TYPE, "xlsx"),
        Form::Ods => (book.ods()?, ODS_TYPE, "ods"),
        Form::Csv => (csv(book).into_bytes(), "text/csv; charset=utf-8", "csv"),
    };
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' }).take(80).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{plain}.{ending}\"")).map_err(anyhow::Error::from)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(content_type)), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// Sheets as text, as French or English spreadsheets open it: a mark of its encoding, `;` or `,`, decimals with comma or point.
pub fn csv(book: &Book) -> String {
    let separator = book.language.pick(';', ',');
    let mut text = String::from("\u{feff}");
    for (index, sheet) in book.sheets.iter().enumerate() {
        if book.sheets.len() > 1 {
            text.push_str(if index > 0 { "\r\n" } else { "" });
            line(&mut text, separator, std::iter::once(sheet.name.clone()));
        }
        lines(&mut text, separator, sheet, book.language);
    }
    text
}

fn lines(text: &mut String, separator: char, sheet: &Sheet, language: Language) {
    line(text, separator, sheet.headings.iter().cloned());
    for row in &sheet.rows {
        line(text, separator, row.iter().map(|cell| plain(cell, language)));
    }
}

fn line(text: &mut String, separator: char, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(separator);
        }
        // A text that a spreadsheet would take for a formula is told as text.
        let cell = if cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && cell.parse::<f64>().is_err() && !is_amount(&cell)) {
            format!("'{cell}")
        } else {
            cell
        };
        if cell.contains([separator, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

fn is_amount(cell: &str) -> bool {
    cell.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | ',' | '.'))
}

fn plain(cell: &Cell, language: Language) -> String {
    let number = |number: f64| number.to_string().replace('.', language.pick(",", "."));
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(value) | Cell::Percent(value) => number(*value),
        Cell::Money(value) => format!("{value:.2}").replace('.', language.pick(",", ".")),
        Cell::Date(date) => date.to_string(),
        Cell::Formula(_, value) => plain(value, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_shared::Timestamp;

    fn check(language: Language, cells: Vec<Cell>, expected: &str) {
        let mut book = Book::new("x", Timestamp(0), language);
        let mut sheet = Sheet::new("s", ["a"]);
        sheet.row(cells);
        book.sheets.push(sheet);
        assert_eq!(csv(&book), format!("\u{feff}a\r\n{expected}\r\n"));
    }

    #[test]
    fn numbers_are_written_as_each_language_does() {
        let cells = || vec![Cell::Money(-25_593.5), Cell::Number(3.0), Cell::text("a;b")];
        check(Language::Fr, cells(), "-25593,50;3;\"a;b\"");
        check(Language::En, cells(), "-25593.50,3,a;b");
    }

    #[test]
    fn a_text_is_never_a_formula() {
        check(Language::En, vec![Cell::text("=1+1"), Cell::text("-cmd"), Cell::text("@x")], "'=1+1,'-cmd,'@x");
    }
}
