//! A workbook's sheets as rows of text, whichever format it has.
//!
//! Comes in: bytes. Goes out: each sheet's rows that say something, with their numbers, every cell as a person would have written it:
//! days as `2021-09-01`, shares as `70 %`, numbers without the dust of floating point, formulas as what they last came to. Or why
//! it cannot be read. Absent on purpose: what a sheet is for.

use super::Cell;
use super::measure::{MAX_CELLS, MAX_COLUMNS, MAX_PACKED_BYTES, MAX_SHEETS, measure};
use super::{ods_read, xlsx_read};
use crate::domain::plan::note::Words;

/// One sheet as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadSheet {
    /// Its name.
    pub name: String,
    /// Rows that say something: their number as the spreadsheet shows it, and their cells.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Why a file is not read: what was found, and what was expected, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was found.
    pub found: Words,
    /// What was expected, and what to do.
    pub expected: Words,
}

impl Refused {
    pub(crate) fn broken(what: impl Into<String>) -> Refused {
        let what = what.into();
        Refused {
            found: Words::made(format!("un classeur illisible ({what})"), format!("an unreadable workbook ({what})")),
            expected: Words::fixed(
                "un classeur .xlsx ou .ods : l'ouvrir et l'enregistrer à nouveau",
                "an .xlsx or .ods workbook: open it and save it again",
            ),
        }
    }

    pub(super) fn too_big(found: u64, most: u64) -> Refused {
        Refused {
            found: Words::made(format!("au moins {found} octets"), format!("at least {found} bytes")),
            expected: Words::made(format!("au plus {most} octets : partager le classeur"), format!("at most {most} bytes: part the workbook")),
        }
    }

    pub(super) fn locked() -> Refused {
        Refused {
            found: Words::fixed("un classeur protégé par un mot de passe", "a workbook locked with a password"),
            expected: Words::fixed("un classeur sans mot de passe", "a workbook without a password"),
        }
    }

    fn old() -> Refused {
        Refused {
            found: Words::fixed(
                "un classeur de l'ancien format .xls, ou protégé par un mot de passe",
                "a workbook of the old format .xls, or locked with a password",
            ),
            expected: Words::fixed(
                "un classeur .xlsx ou .ods sans mot de passe : l'enregistrer ainsi",
                "an .xlsx or .ods workbook without a password: save it so",
            ),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "found {}; expected {}", self.found.en, self.expected.en)
    }
}

impl std::error::Error for Refused {}

/// Every sheet of a workbook, in its order, hidden ones too.
pub fn read(bytes: &[u8]) -> Result<Vec<ReadSheet>, Refused> {
    if bytes.len() > MAX_PACKED_BYTES {
        return Err(Refused::too_big(bytes.len() as u64, MAX_PACKED_BYTES as u64));
    }
    // The compound files of old Office: .xls, and .xlsx behind a password.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Refused::old());
    }
    measure(bytes)?;
    if ods_read::is_ods(bytes) { ods_read::read(bytes) } else { xlsx_read::read(bytes) }
}

/// Takes cells in as they are met, within the bounds of a workbook.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    sheets: Vec<ReadSheet>,
    cells: usize,
}

impl Gathering {
    /// A new sheet begins.
    pub(super) fn sheet(&mut self, name: &str) -> Result<(), Refused> {
        if self.sheets.len() == MAX_SHEETS {
            return Err(Refused {
                found: Words::fixed("trop de feuilles", "too many sheets"),
                expected: Words::made(format!("au plus {MAX_SHEETS} feuilles"), format!("at most {MAX_SHEETS} sheets")),
            });
        }
        self.sheets.push(ReadSheet { name: name.to_owned(), rows: Vec::new() });
        Ok(())
    }

    /// A cell that says something, at a row and a column counted from 0.
    pub(super) fn cell(&mut self, row: u64, column: usize, text: String) -> Result<(), Refused> {
        if text.is_empty() {
            return Ok(());
        }
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        self.cells += 1;
        if column >= MAX_COLUMNS || self.cells > MAX_CELLS {
            return Err(Refused {
                found: Words::made(
                    format!("feuille « {} », ligne {}, {}e colonne : « {} »", sheet.name, row + 1, column + 1, clip(&text)),
                    format!("sheet “{}”, row {}, column number {}: “{}”", sheet.name, row + 1, column + 1, clip(&text)),
                ),
                expected: Words::made(
                    format!("au plus {MAX_COLUMNS} colonnes et {MAX_CELLS} cellules remplies"),
                    format!("at most {MAX_COLUMNS} columns and {MAX_CELLS} filled cells"),
                ),
            });
        }
        match sheet.rows.last_mut() {
            Some((number, cells)) if *number == row + 1 => put(cells, column, text),
            _ => {
                let mut cells = Vec::with_capacity(column + 8);
                put(&mut cells, column, text);
                sheet.rows.push((row + 1, cells));
            }
        }
        Ok(())
    }

    /// The sheets.
    pub(super) fn done(mut self) -> Vec<ReadSheet> {
        for sheet in &mut self.sheets {
            // Nearly always in order already; a file may write its rows as it likes.
            sheet.rows.sort_by_key(|(number, _)| *number);
        }
        self.sheets
    }
}

fn put(cells: &mut Vec<String>, column: usize, text: String) {
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    cells[column] = text;
}

fn clip(text: &str) -> &str {
    rollcall_shared::wire::clip(text, 40)
}

/// A number as one writes it: fifteen digits, as spreadsheets keep them, so that 0.1 + 0.2 is 0.3.
pub(super) fn number(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    rounded.to_string()
}

/// A share of one as per cent: `70 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// What reading a typed cell back gives.
pub fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(value) | Cell::Money(value) => number(*value),
        Cell::Percent(share) => percent(*share),
        Cell::Date(day) => day.to_string(),
        Cell::Formula(_, gives) => written(gives),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_without_dust() {
        for (found, expected) in
            [(0.1 + 0.2, "0.3"), (1.0, "1"), (-0.0, "0"), (36562.0, "36562"), (1234.565, "1234.565"), (1e15, "1000000000000000"), (f64::NAN, "")]
        {
            assert_eq!(number(found), expected);
        }
        assert_eq!((percent(0.7), percent(0.575), percent(1.0)), ("70 %".to_owned(), "57.5 %".to_owned(), "100 %".to_owned()));
    }

    #[test]
    fn other_files_are_told_apart() {
        assert!(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").unwrap_err().found.en.contains(".xls"));
        assert!(read(b"school,room\n").unwrap_err().found.en.contains("unreadable"));
        assert!(read(&vec![0; MAX_PACKED_BYTES + 1]).unwrap_err().found.en.contains("bytes"));
    }
}
