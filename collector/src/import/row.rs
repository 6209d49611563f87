//! The register's way in, row by row: what a person or a program changes, checked as an import would be, signed, dated, undone.
//!
//! Comes in: cells as people write them, who, why, when. Goes out: a row written with its change and a line of the audit trail, and the
//! schools that it concerns marked due; or the notes that stand against it. Absent on purpose: who may (`domain::right`).

use super::in_force;
use crate::domain::plan::note::{Note, Words};
use crate::domain::plan::read::read_rows;
use crate::domain::plan::schema::{self, Half, Schema, TABLES};
use crate::domain::plan::{Severity, Table, Tables, check, has_error, problem};
use crate::store::account::{self, AuditLine};
use crate::store::register::{self, Cells, Signed};
use crate::store::school;
use crate::store::{self, Db, Tx};
use jiff::civil::Date;
use rollcall_shared::Timestamp;

/// Who changes a row, why and when.
#[derive(Debug, Clone)]
pub struct Hand {
    /// Login.
    pub who: String,
    /// In their words; may be empty.
    pub why: String,
    /// When.
    pub now: Timestamp,
    /// The day where the programme is.
    pub today: Date,
    /// Newest changes of the row that its writer may know; empty: whatever it is now.
    pub knows: Vec<i64>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Edited {
    /// It is written; the row's key.
    Written(Vec<String>),
    /// It was so already.
    Same(Vec<String>),
    /// It is not: why.
    Refused(Vec<Note>),
    /// It is not: somebody has changed the row since its writer read it.
    Meanwhile,
}

/// Tables whose rows, or some of their columns, are the register's.
pub fn tables() -> impl Iterator<Item = &'static Schema> {
    TABLES.iter().filter(|schema| holds(schema))
}

/// The table of this name, if the register holds it.
pub fn table(name: &str) -> Option<&'static Schema> {
    schema::table(name).filter(|schema| holds(schema))
}

fn holds(schema: &Schema) -> bool {
    schema.half == Half::Register || schema.columns.iter().any(|column| column.half == Half::Register)
}

/// The columns of a row that an edit may fill: all of the register's own tables, and of the plan's the key and what the register adds.
pub fn columns(schema: &'static Schema) -> impl Iterator<Item = &'static schema::Column> {
    schema.columns.iter().filter(|column| schema.half == Half::Register || column.key || column.half == Half::Register)
}

/// Changes some cells of a row, or makes it; cells that are not named stay. An empty cell empties it.
pub fn change(db: &Db, schema: &'static Schema, key: Option<&[String]>, cells: &Cells, hand: &Hand) -> store::Result<Edited> {
    let (mut row, force) = db.read(|tx| -> store::Result<_> {
        let row = key.map(|key| register::row(tx, schema.name, key)).transpose()?.flatten();
        Ok((row.unwrap_or_default(), in_force(tx)?))
    })?;
    if let Some(key) = key {
        row.extend(keyed(schema, key));
    }
    row.extend(cells.iter().map(|(column, cell)| (column.clone(), cell.clone())));
    replace(db, schema, key, row, &force, hand)
}

/// Takes a row out.
pub fn take_out(db: &Db, schema: &'static Schema, key: &[String], hand: &Hand) -> store::Result<Edited> {
    write(db, schema, key, None, None, hand)
}

/// Undoes a change: writes the row as it was before it. `None`: no such change.
pub fn undo(db: &Db, change: i64, hand: &Hand) -> store::Result<Option<Edited>> {
    let found = db.read(|tx| -> store::Result<_> { Ok((register::change(tx, change)?, in_force(tx)?)) })?;
    let (Some(change), force) = found else { return Ok(None) };
    let Some(schema) = table(&change.table) else { return Ok(None) };
    match change.was {
        Some(cells) => replace(db, schema, Some(&change.key), cells, &force, hand).map(Some),
        None => take_out(db, schema, &change.key, hand).map(Some),
    }
}

/// Makes a row these cells, if nothing stands against it.
fn replace(db: &Db, schema: &'static Schema, key: Option<&[String]>, cells: Cells, force: &Tables, hand: &Hand) -> store::Result<Edited> {
    let (headings, texts): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
    let (read, mut notes) = read_rows(schema, schema.name, [(1, headings), (2, texts)]);
    let Some(row) = read.filter(|table| table.rows.len() == 1 && !has_error(&notes)) else {
        if !has_error(&notes) {
            notes.push(Note::new(&problem::EMPTY_FILE, schema.name, schema.name).expected(Words::fixed("au moins une cellule", "at least one cell")));
        }
        return Ok(Edited::Refused(errors(notes)));
    };
    let new_key: Vec<String> = row.key(&row.rows[0]).into_iter().map(str::to_owned).collect();
    let notes = errors(against(schema, &row, force, hand.today));
    if !notes.is_empty() {
        return Ok(Edited::Refused(notes));
    }
    let old = key.filter(|key| *key != new_key.as_slice());
    let mine = |name: &str| columns(schema).any(|column| column.name == name) || schema.position(name).is_none();
    let cells: Cells = row
        .heading_names()
        .into_iter()
        .zip(&row.rows[0].cells)
        .filter(|(name, cell)| !cell.is_empty() && mine(name))
        .map(|(name, cell)| (name.to_owned(), cell.clone()))
        .collect();
    write(db, schema, &new_key, Some(cells), old, hand)
}

/// What the rest of the tables says against this row.
fn against(schema: &'static Schema, row: &Table, force: &Tables, today: Date) -> Vec<Note> {
    let key = row.key(&row.rows[0]);
    let mut tables = force.clone();
    if schema.half == Half::Plan {
        // The register only adds to a row that the plan has.
        let known = force.get(schema.name).is_some_and(|table| table.rows.iter().any(|row| table.key(row) == key));
        let expected = Words::fixed("une ligne que le plan contient", "a row that the plan has");
        let column = schema.columns[0].name;
        return if known {
            Vec::new()
        } else {
            vec![Note::new(&problem::DANGLING, schema.name, schema.name).at_column(column).found(key.join(", ")).expected(expected)]
        };
    }
    tables.put(row.clone());
    check(&tables, today).into_iter().filter(|note| note.table == schema.name).collect()
}

fn errors(notes: Vec<Note>) -> Vec<Note> {
    notes.into_iter().filter(|note| note.severity == Severity::Error).collect()
}

fn keyed(schema: &'static Schema, key: &[String]) -> Vec<(String, String)> {
    schema.keys().map(|column| schema.columns[column].name.to_owned()).zip(key.iter().cloned()).collect()
}

/// Writes the row, its change and the audit's line; a row whose key changed leaves its old place.
fn write(db: &Db, schema: &'static Schema, key: &[String], cells: Option<Cells>, old: Option<&[String]>, hand: &Hand) -> store::Result<Edited> {
    let (key, old, hand, name) = (key.to_vec(), old.map(<[String]>::to_vec), hand.clone(), schema.name);
    db.write(move |tx| written(tx, name, &key, cells.as_ref(), old.as_deref(), &hand))
}

/// Writes a row whose cells are known to be good, its change and the audit's line: many of them in one transaction.
pub fn written(tx: &mut Tx<'_>, name: &str, key: &[String], cells: Option<&Cells>, old: Option<&[String]>, hand: &Hand) -> store::Result<Edited> {
    let signed = Signed { by_whom: &hand.who, why: &hand.why, at: hand.now };
    let place = old.unwrap_or(key);
    let newest = if hand.knows.is_empty() { None } else { register::history(tx, name, place, 1)?.first().map(|change| change.id) };
    if !hand.knows.is_empty() && newest.is_none_or(|newest| !hand.knows.contains(&newest)) {
        return Ok(Edited::Meanwhile);
    }
    let was = register::row(tx, name, place)?;
    let mut changed = register::write(tx, name, key, cells, signed)?;
    if let Some(old) = old {
        changed |= register::write(tx, name, old, None, signed)?;
    }
    if !changed {
        return Ok(Edited::Same(key.to_vec()));
    }
    mark(tx, name, key, [was.as_ref(), cells], hand.now)?;
    let text = |cells: Option<&Cells>| cells.map(told).unwrap_or_default();
    let line = AuditLine {
        at: hand.now,
        who: hand.who.clone(),
        what: if cells.is_some() { "register.write" } else { "register.remove" }.to_owned(),
        subject: format!("{name} {}", key.join(", ")),
        was: text(was.as_ref()),
        becomes: text(cells),
    };
    account::audit(tx, &line)?;
    Ok(Edited::Written(key.to_vec()))
}

/// Cells as one line.
fn told(cells: &Cells) -> String {
    cells.iter().map(|(column, cell)| format!("{column} {cell}")).collect::<Vec<_>>().join(", ")
}

/// Marks the schools due that a row speaks of; where it names none, all.
fn mark(tx: &mut Tx<'_>, table: &str, key: &[String], rows: [Option<&Cells>; 2], now: Timestamp) -> store::Result<()> {
    let mut codes: Vec<String> = rows.into_iter().flatten().filter_map(|cells| cells.get("school").cloned()).collect();
    if table == "loans" {
        let asset = register::row(tx, "assets", &key[..1])?;
        codes.extend(asset.and_then(|cells| cells.get("school").cloned()));
    }
    codes.extend(key.first().filter(|_| matches!(table, "milestones" | "closures")).cloned());
    let mut found = false;
    for code in codes {
        if let Some(known) = school::school_by_code(tx, &code)? {
            school::mark_due(tx, known.id, now)?;
            found = true;
        }
    }
    if found { Ok(()) } else { school::mark_all_due(tx, now) }
}
