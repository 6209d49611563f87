//! Shell: the ministry's school calendar comes in, by a page or the command line; then every school is looked at again.
//!
//! Comes in: the file as it is published, CSV or JSON. Goes out: how many school years changed, and what was not taken. Absent on purpose: reading its rows
//! (`domain/calendar/ministry`), keeping them (`store/holiday`).

use crate::domain::calendar::ministry;
use crate::domain::plan::note::Words;
use crate::store::account::{self, AuditLine};
use crate::store::{self, Db, holiday, school};
use rollcall_shared::Timestamp;
use std::collections::BTreeSet;

/// Most bytes of a file: the ministry's whole CSV has a quarter of one million, its JSON three times that.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// School years of zones that the file holds.
    pub years: u64,
    /// Of them new or changed.
    pub changed: u64,
    /// Rows that were not taken, with their number and why.
    pub refused: Vec<Words>,
}

/// Takes a file in, all or nothing; the inner error says what it is instead of the ministry's file.
pub fn import(db: &Db, bytes: &[u8], name: &str, by_whom: &str, now: Timestamp) -> store::Result<Result<Imported, Words>> {
    if bytes.len() > MAX_FILE_BYTES {
        let most = MAX_FILE_BYTES >> 20;
        return Ok(Err(Words::made(
            format!("le fichier fait {} Mo ; {most} Mo au plus sont attendus", bytes.len() >> 20),
            format!("the file has {} MB; at most {most} MB are expected", bytes.len() >> 20),
        )));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        // A spreadsheet that saved it again wrote its own letters.
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    };
    let read = match ministry::read(&text) {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let years: BTreeSet<(&str, &str)> = read.rows.iter().map(|row| (row.zone.as_str(), row.year.as_str())).collect();
    let (years, name, by_whom, rows) = (years.len() as u64, name.to_owned(), by_whom.to_owned(), read.rows);
    let changed = db.write(move |tx| -> store::Result<u64> {
        let changed = holiday::import(tx, &rows, &name, now)?;
        if changed > 0 {
            let what = "calendar.import".to_owned();
            account::audit(
                tx,
                &AuditLine { at: now, who: by_whom.clone(), what, subject: name.clone(), was: String::new(), becomes: changed.to_string() },
            )?;
            school::mark_all_due(tx, now)?;
        }
        Ok(changed)
    })?;
    let refused = read
        .refused
        .into_iter()
        .map(|line| Words::made(format!("ligne {} : {}", line.row, line.words.fr), format!("row {}: {}", line.row, line.words.en)))
        .collect();
    Ok(Ok(Imported { years, changed, refused }))
}
