//! Shell: a list's way in: a file of any spreadsheet's format, read by its headings, dated, kept.
//!
//! Comes in: bytes, where they come from, the list's own date, columns that were named by hand. Goes out: what was taken in and what was odd,
//! or why nothing was. Absent on purpose: what headings mean (`domain/list`), pages.

use crate::domain::list::{Field, Odd, Row, map, rows, source};
use crate::domain::plan::note::Words;
use crate::plan_folder::decode;
use crate::store::account::{AuditLine, audit};
use crate::store::{self, Db};
use crate::workbook;
use jiff::civil::Date;
use rollcall_shared::Timestamp;

/// What is brought in.
#[derive(Debug, Clone)]
pub struct Bringing {
    /// Code of the source.
    pub source: String,
    /// What people call it; a list of the same name is replaced.
    pub name: String,
    /// Its own date.
    pub as_of: Date,
    /// Columns named by hand.
    pub chosen: Vec<(Field, String)>,
    /// By whom.
    pub by_whom: String,
    /// When.
    pub at: Timestamp,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brought {
    /// Rows that name a device.
    pub rows: Vec<Row>,
    /// What was odd.
    pub odd: Vec<Odd>,
}

/// Reads a file.
pub fn read(bytes: &[u8], chosen: &[(Field, String)]) -> Result<Brought, Odd> {
    let mut lines = lines(bytes)?.into_iter();
    let Some((_, headings)) = lines.next() else {
        let expected = Words::fixed("un fichier .csv, .xlsx ou .ods avec une ligne de titres", "a .csv, .xlsx or .ods file with a line of headings");
        return Err(Odd { line: 0, found: "—".to_owned(), expected });
    };
    let mapping = map(&headings, chosen)?;
    let lines: Vec<(u64, Vec<String>)> = lines.collect();
    let (rows, odd) = rows(&lines, &mapping);
    Ok(Brought { rows, odd })
}

/// Lines that say something, with their numbers.
fn lines(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Odd> {
    if bytes.starts_with(b"PK") {
        let sheets = workbook::read(bytes).map_err(|refused| Odd { line: 0, found: refused.found.fr.to_string(), expected: refused.expected })?;
        return Ok(sheets.into_iter().find(|sheet| sheet.rows.len() > 1).map(|sheet| sheet.rows).unwrap_or_default());
    }
    let text = decode(bytes);
    let head = text.lines().next().unwrap_or_default();
    let by = [b';', b',', b'\t'].into_iter().max_by_key(|by| head.bytes().filter(|byte| byte == by).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(by).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Odd {
            line: error.position().map_or(0, csv::Position::line),
            found: error.to_string(),
            expected: Words::fixed("une ligne de tableau CSV", "a line of a CSV table"),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            lines.push((line, cells));
        }
    }
    Ok(lines)
}

/// Keeps what was read; its number.
pub fn keep(db: &Db, bringing: &Bringing, rows: Vec<Row>) -> store::Result<i64> {
    let bringing = bringing.clone();
    db.write(move |tx| {
        let source = source(&bringing.source).map_or("other", |source| source.code);
        let id = store::list::save(tx, source, &bringing.name, bringing.as_of, &rows, &bringing.by_whom, bringing.at)?;
        let line = AuditLine {
            at: bringing.at,
            who: bringing.by_whom.clone(),
            what: "list.bring".to_owned(),
            subject: bringing.name.clone(),
            was: String::new(),
            becomes: format!("{} · {}", bringing.as_of, rows.len()),
        };
        audit(tx, &line)?;
        Ok(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_from_csv_in_the_encodings_of_spreadsheets() {
        let text = "Nom;Numéro de série;Adresse MAC\nPC 1;ABCD1;001b21010101\n;;\n";
        let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        for bytes in [text.as_bytes(), windows.as_ref()] {
            let brought = read(bytes, &[]).unwrap();
            assert_eq!((brought.rows.len(), brought.rows[0].serial.as_deref(), brought.rows[0].line), (1, Some("ABCD1"), 2));
        }
    }

    #[test]
    fn an_empty_or_broken_file_is_refused_in_words() {
        assert!(read(b"", &[]).is_err());
        assert!(read(b"PK\x03\x04broken", &[]).is_err());
    }
}
