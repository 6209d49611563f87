//! Workbooks: typed sheets out as `.xlsx` and `.ods`, sheets of text in from either.
//!
//! For those who write: a [`Book`] of [`Sheet`]s, headings and rows of typed [`Cell`]s; [`Book::xlsx`] and [`Book::ods`] give the bytes,
//! with a header one recognises, the first row frozen, columns as wide as what they hold, and text that is never taken for a formula.
//! For those who read: [`read`] gives each sheet's rows as the text that a person would have written.
//!
//! Comes in: cells, or bytes. Goes out: bytes, or rows of text. Absent on purpose: what a sheet means (`domain::plan`), files
//! (`plan_folder`), and every bound that is about meaning; the bounds here keep a hostile file from filling the memory.

mod measure;
mod ods_read;
mod ods_write;
mod read;
mod xlsx_read;
mod xlsx_write;

pub(crate) use measure::measure;
pub use measure::{MAX_CELLS, MAX_COLUMNS, MAX_PACKED_BYTES, MAX_PLAIN_BYTES, MAX_SHEETS};
pub use read::{ReadSheet, Refused, read, written};

use crate::domain::language::Language;
use jiff::civil::Date;
use rollcall_shared::Timestamp;

/// Most octets of one cell's text: a spreadsheet takes 32 767 letters.
const CELL_BYTES: usize = 32_000;

/// One cell, typed, so that a spreadsheet sorts, adds and filters it rightly.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text: whatever it begins with, it is text, never a formula, and `01` stays `01`.
    Text(String),
    /// A number, shown as it is.
    Number(f64),
    /// An amount of money in euros, shown with two decimals.
    Money(f64),
    /// A share of one, shown as per cent.
    Percent(f64),
    /// A day.
    Date(Date),
    /// A formula of ours (never of anybody's text), with what it gives; where formulas are not written, that alone.
    Formula(String, Box<Cell>),
}

impl Cell {
    /// Text, or nothing where it is empty.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        let text = if text.len() > CELL_BYTES { rollcall_shared::wire::clip(&text, CELL_BYTES).to_owned() } else { text };
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// A formula, without the sign that opens it, with what it gives.
    pub fn formula(text: impl Into<String>, gives: Cell) -> Cell {
        Cell::Formula(text.into(), Box::new(gives))
    }

    /// About how many letters wide it is shown.
    fn width(&self) -> usize {
        match self {
            Cell::Empty => 0,
            Cell::Text(text) => text.lines().map(|line| line.chars().count()).max().unwrap_or(0),
            Cell::Number(number) => number.to_string().len(),
            Cell::Money(number) => format!("{number:.2}").len() + 4,
            Cell::Percent(_) => 8,
            Cell::Date(_) => 10,
            Cell::Formula(_, gives) => gives.width(),
        }
    }
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Its name; letters that spreadsheets refuse are left out, and it is cut at 31.
    pub name: String,
    /// The first row.
    pub headings: Vec<String>,
    /// The other rows.
    pub rows: Vec<Vec<Cell>>,
    /// Not shown unless asked for.
    pub hidden: bool,
    /// For a column, by its place: the words that its cells choose from, offered as a list.
    pub choices: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// A sheet with these headings, without rows.
    pub fn new(name: impl Into<String>, headings: impl IntoIterator<Item = impl Into<String>>) -> Sheet {
        Sheet { name: name.into(), headings: headings.into_iter().map(Into::into).collect(), ..Sheet::default() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The name as spreadsheets take it.
    fn safe_name(&self) -> String {
        let name: String = self.name.chars().filter(|letter| !matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\')).collect();
        name.trim_matches('\'').chars().take(31).collect()
    }

    /// How wide each column is, in letters: what it holds, within reason.
    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0).max(self.headings.len());
        let held = |at: usize| self.rows.iter().take(MEASURED_ROWS).filter_map(|row| row.get(at)).map(Cell::width).max().unwrap_or(0);
        let heading = |at: usize| self.headings.get(at).map_or(0, |heading| heading.chars().count());
        (0..columns).map(|at| (heading(at).max(held(at)) + 2).clamp(NARROWEST, WIDEST)).collect()
    }
}

/// Rows that are looked at for a column's width.
const MEASURED_ROWS: usize = 2_000;
/// A column's least width, in letters.
const NARROWEST: usize = 8;
/// A column's greatest width: longer texts are read in the cell.
const WIDEST: usize = 60;

/// Sheets with what is said of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Title among the file's properties.
    pub title: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whose way of writing dates and numbers.
    pub language: Language,
    /// The sheets, in their order.
    pub sheets: Vec<Sheet>,
}

/// Media type of `.xlsx`.
pub const XLSX_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Media type of `.ods`.
pub const ODS_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

impl Book {
    /// A book without sheets.
    pub fn new(title: impl Into<String>, made_at: Timestamp, language: Language) -> Book {
        Book { title: title.into(), made_at, language, sheets: Vec::new() }
    }

    /// The book as an Excel file.
    pub fn xlsx(&self) -> anyhow::Result<Vec<u8>> {
        xlsx_write::write(self)
    }

    /// The book as an OpenDocument spreadsheet.
    pub fn ods(&self) -> anyhow::Result<Vec<u8>> {
        ods_write::write(self)
    }
}

/// Whether a spreadsheet that meets this text in a CSV file, or whose user edits the cell, would take it for a formula.
pub fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

#[cfg(test)]
mod tests;
