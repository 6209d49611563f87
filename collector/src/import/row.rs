//! The register's way in, row by row: what a person or a program changes, checked as an import would be, signed, dated, undone.
//!
//! Comes in: cells as people write them, who, why, when. Goes out: a row written with its change and a line of the audit trail, and the
//! schools that it concerns marked due; or the notes that stand against it. Absent on purpose: who may (`domain::right`), which rows are at a school that
//! somebody sees ([`super::reach`]).

use super::in_force;
use super::reach::{self, Reach};
use crate::domain::plan::discreet::PRICES;
use crate::domain::plan::note::{Note, Words};
use crate::domain::plan::read::read_rows;
use crate::domain::plan::schema::{self, Half, Schema, TABLES};
use crate::domain::plan::table::Row;
use crate::domain::plan::{Severity, Table, Tables, check, has_error, problem};
use crate::store::account::{self, AuditLine};
use crate::store::register::{self, Cells, Signed};
use crate::store::school;
use crate::store::sight::Eyes;
use crate::store::{self, Db, Tx};
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::collections::BTreeSet;

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
    /// Whose eyes: of rows that they do not see none is changed, and none is brought where they see none.
    pub eyes: Eyes,
    /// Whether they see prices; whoever does not leaves them as they are.
    pub sees_prices: bool,
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
    /// It is not: another row stands under this key, perhaps where its writer sees none.
    Taken,
    /// It is not: the row would be where its writer sees nothing.
    Elsewhere,
    /// It is not: no such row is there for its writer.
    Unseen,
}

/// Where a row stands that is written.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// Nowhere yet: it takes no other's key.
    New,
    /// Under its key, if it stands at all.
    Here,
    /// Under another key, which it leaves.
    At(&'a [String]),
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
    let (row, reach, force) = db.read(|tx| -> store::Result<_> {
        let row = key.map(|key| register::row(tx, schema.name, key)).transpose()?.flatten();
        let force = in_force(tx)?;
        Ok((row, reached(tx, hand, schema.name, Some(&force))?, force))
    })?;
    // What is not seen is not read either: notes about the row would tell of it.
    if row.as_ref().is_some_and(|row| !reach.holds(schema.name, row)) {
        return Ok(Edited::Taken);
    }
    let mut becomes = row.clone().unwrap_or_default();
    if let Some(key) = key {
        becomes.extend(keyed(schema, key));
    }
    becomes.extend(cells.iter().map(|(column, cell)| (column.clone(), cell.clone())));
    replace(db, schema, key, becomes, &Beside { force, reach, was: row }, hand)
}

/// Takes a row out.
pub fn take_out(db: &Db, schema: &'static Schema, key: &[String], hand: &Hand) -> store::Result<Edited> {
    write(db, schema, key, None, Standing::Here, hand)
}

/// Undoes a change: writes the row as it was before it. `None`: no such change, for whoever undoes it.
pub fn undo(db: &Db, change: i64, hand: &Hand) -> store::Result<Option<Edited>> {
    let found = db.read(|tx| -> store::Result<_> {
        let Some(change) = register::change(tx, change)? else { return Ok(None) };
        let force = in_force(tx)?;
        let (was, reach) = (register::row(tx, &change.table, &change.key)?, reached(tx, hand, &change.table, Some(&force))?);
        let seen = reach.holds_change(&change) && was.as_ref().is_none_or(|row| reach.holds(&change.table, row));
        Ok(seen.then_some((change, Beside { force, reach, was })))
    })?;
    let Some((change, beside)) = found else { return Ok(None) };
    let Some(schema) = table(&change.table) else { return Ok(None) };
    match change.was {
        Some(cells) => replace(db, schema, Some(&change.key), cells, &beside, hand).map(Some),
        None => take_out(db, schema, &change.key, hand).map(Some),
    }
}

/// What a row is held against before it is written.
struct Beside {
    /// Plan and register as they are.
    force: Tables,
    /// How far its writer reaches.
    reach: Reach,
    /// What it is so far.
    was: Option<Cells>,
}

/// How far a hand reaches into a table; what is in force is read where nobody has it yet.
fn reached(tx: &mut Tx<'_>, hand: &Hand, table: &str, force: Option<&Tables>) -> store::Result<Reach> {
    let phases = |force: &Tables| -> BTreeSet<String> {
        let table = force.get("phases");
        table.into_iter().flat_map(|table| table.rows.iter().flat_map(|row| table.key(row)).map(str::to_owned)).collect()
    };
    Reach::of(&mut hand.eyes.on(tx), |tx| match force {
        _ if table != "milestones" => Ok(BTreeSet::new()),
        Some(force) => Ok(phases(force)),
        None => in_force(tx).map(|force| phases(&force)),
    })
}

/// Makes a row these cells, if nothing stands against it.
fn replace(db: &Db, schema: &'static Schema, key: Option<&[String]>, cells: Cells, beside: &Beside, hand: &Hand) -> store::Result<Edited> {
    let (headings, texts): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
    let (read, mut notes) = read_rows(schema, schema.name, [(1, headings), (2, texts)]);
    let Some(row) = read.filter(|table| table.rows.len() == 1 && !has_error(&notes)) else {
        if !has_error(&notes) {
            notes.push(Note::new(&problem::EMPTY_FILE, schema.name, schema.name).expected(Words::fixed("au moins une cellule", "at least one cell")));
        }
        return Ok(Edited::Refused(errors(notes)));
    };
    let new_key: Vec<String> = row.key(&row.rows[0]).into_iter().map(str::to_owned).collect();
    let mine = |name: &str| columns(schema).any(|column| column.name == name) || schema.position(name).is_none();
    let cells: Cells = row
        .heading_names()
        .into_iter()
        .zip(&row.rows[0].cells)
        .filter(|(name, cell)| !cell.is_empty() && mine(name))
        .map(|(name, cell)| (name.to_owned(), cell.clone()))
        .collect();
    // Before anything is looked up elsewhere: whether a school is there is not told to whoever does not see it.
    if !beside.reach.holds(schema.name, &cells) {
        return Ok(Edited::Elsewhere);
    }
    let notes = errors(against(schema, &row, beside, hand.today));
    if !notes.is_empty() {
        return Ok(Edited::Refused(notes));
    }
    let standing = match key {
        None => Standing::New,
        Some(key) if key == new_key.as_slice() => Standing::Here,
        Some(key) => Standing::At(key),
    };
    write(db, schema, &new_key, Some(cells), standing, hand)
}

/// What the rest of the tables says against this row.
fn against(schema: &'static Schema, row: &Table, beside: &Beside, today: Date) -> Vec<Note> {
    let key = row.key(&row.rows[0]);
    let (force, mut tables) = (&beside.force, beside.force.clone());
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
    if let Some(cases) = tables.get("cases").filter(|_| !beside.reach.is_all()) {
        let seen = seen_cases(cases, beside);
        tables.put(seen);
    }
    tables.put(row.clone());
    check(&tables, today).into_iter().filter(|note| note.table == schema.name).collect()
}

/// The cases that a row may name: a note would tell of others. One that it names already stays.
fn seen_cases(cases: &Table, beside: &Beside) -> Table {
    let named = beside.was.as_ref().and_then(|was| was.get("case"));
    let mut seen = cases.clone();
    seen.rows.retain(|row| named.is_some_and(|named| named == cases.cell(row, "case")) || beside.reach.holds("cases", &cells_of(cases, row)));
    seen
}

/// A row of a table, by the names of its columns; empty cells are left out.
pub fn cells_of(table: &Table, row: &Row) -> Cells {
    let cells = table.heading_names().into_iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
    cells.map(|(name, cell)| (name.to_owned(), cell.clone())).collect()
}

fn errors(notes: Vec<Note>) -> Vec<Note> {
    notes.into_iter().filter(|note| note.severity == Severity::Error).collect()
}

fn keyed(schema: &'static Schema, key: &[String]) -> Vec<(String, String)> {
    schema.keys().map(|column| schema.columns[column].name.to_owned()).zip(key.iter().cloned()).collect()
}

/// Writes the row, its change and the audit's line; a row whose key changed leaves its old place.
fn write(db: &Db, schema: &'static Schema, key: &[String], cells: Option<Cells>, standing: Standing<'_>, hand: &Hand) -> store::Result<Edited> {
    let (key, name, hand) = (key.to_vec(), schema.name, hand.clone());
    let (old, is_new) = match standing {
        Standing::At(old) => (Some(old.to_vec()), false),
        standing => (None, matches!(standing, Standing::New)),
    };
    db.write(move |tx| {
        let standing = old.as_deref().map_or(if is_new { Standing::New } else { Standing::Here }, Standing::At);
        written(tx, name, &key, cells.as_ref(), standing, &hand)
    })
}

/// Writes a row whose cells are known to be good, its change and the audit's line: many of them in one transaction.
pub fn written(tx: &mut Tx<'_>, name: &str, key: &[String], cells: Option<&Cells>, standing: Standing<'_>, hand: &Hand) -> store::Result<Edited> {
    let signed = Signed { by_whom: &hand.who, why: &hand.why, at: hand.now };
    tx.lock_register()?;
    let there = register::row(tx, name, key)?;
    let was = match standing {
        Standing::New => None,
        Standing::Here => there.clone(),
        Standing::At(old) => register::row(tx, name, old)?,
    };
    let cells = cells.map(|cells| kept(cells, was.as_ref(), hand));
    let reach = reached(tx, hand, name, None)?;
    let unseen = |row: &Cells| !reach.holds(name, row);
    let takes = !matches!(standing, Standing::Here) && there.is_some() && there != cells;
    if takes || (cells.is_some() && [&there, &was].into_iter().flatten().any(unseen)) {
        return Ok(Edited::Taken);
    }
    if cells.as_ref().is_some_and(unseen) {
        return Ok(Edited::Elsewhere);
    }
    if was.as_ref().is_some_and(unseen) {
        return Ok(Edited::Unseen);
    }
    let old = match standing {
        Standing::At(old) => Some(old),
        _ => None,
    };
    let newest = if hand.knows.is_empty() { None } else { register::history(tx, name, old.unwrap_or(key), 1)?.first().map(|change| change.id) };
    if !hand.knows.is_empty() && newest.is_none_or(|newest| !hand.knows.contains(&newest)) {
        return Ok(Edited::Meanwhile);
    }
    let cells = cells.as_ref();
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

/// The cells of a row with the prices that it had, where its writer does not see them.
fn kept(cells: &Cells, was: Option<&Cells>, hand: &Hand) -> Cells {
    let mut cells = cells.clone();
    for column in PRICES.iter().filter(|_| !hand.sees_prices) {
        match was.map(|was| was.get(*column)) {
            // A row that is written anew is as it is given: it was not there to be kept.
            None => {}
            Some(Some(price)) => drop(cells.insert((*column).to_owned(), price.clone())),
            Some(None) => drop(cells.remove(*column)),
        }
    }
    cells
}

/// Cells as one line.
fn told(cells: &Cells) -> String {
    cells.iter().map(|(column, cell)| format!("{column} {cell}")).collect::<Vec<_>>().join(", ")
}

/// Marks the schools due that a row speaks of; where it names none, all.
fn mark(tx: &mut Tx<'_>, table: &str, key: &[String], rows: [Option<&Cells>; 2], now: Timestamp) -> store::Result<()> {
    let mut codes: Vec<String> = rows.into_iter().flatten().filter_map(|cells| reach::place(table, cells).map(str::to_owned)).collect();
    if table == "loans" {
        let asset = register::row(tx, "assets", &key[..1])?;
        codes.extend(asset.and_then(|cells| cells.get("school").cloned()));
    }
    // What is a phase's or a zone's concerns whoever is in it.
    let mut all = codes.is_empty();
    for code in codes {
        match school::school_by_code(tx, &code)? {
            Some(known) => school::mark_due(tx, known.id, now)?,
            None => all = true,
        }
    }
    if all { school::mark_all_due(tx, now) } else { Ok(()) }
}
