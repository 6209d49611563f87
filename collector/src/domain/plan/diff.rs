//! Two sets of tables side by side: rows added, removed, changed, cell by cell.
//!
//! Comes in: the tables before and after. Goes out: changes in the order of the tables, as data and in words. Rows meet by their key; the
//! order of rows is no change. Absent on purpose: who is right. A three-way merge is two of these against the common ancestor.

use super::table::{Heading, Row, Table, Tables};
use crate::domain::language::Language;
use std::collections::{BTreeSet, HashMap};

/// One row's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: &'static str,
    /// The row's key, in the order of the key's columns.
    pub key: Vec<String>,
    /// What became of it.
    pub what: What,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is new, with these cells (column, value), empty ones left out.
    Added(Vec<(String, String)>),
    /// It is gone, with these cells.
    Removed(Vec<(String, String)>),
    /// These cells changed.
    Changed(Vec<CellChange>),
}

/// One cell's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The column.
    pub column: String,
    /// Before; empty where there was nothing.
    pub before: String,
    /// After; empty where there is nothing.
    pub after: String,
}

/// Every change from one set of tables to another.
pub fn diff(before: &Tables, after: &Tables) -> Vec<Change> {
    let names: Vec<&'static str> = super::schema::TABLES.iter().map(|schema| schema.name).collect();
    names.into_iter().flat_map(|name| diff_table(before.get(name), after.get(name))).collect()
}

/// A row's key, and which of the rows with it: a double key is an error, but must not hide a row here.
type Key<'a> = (Vec<&'a str>, usize);

fn keyed(table: Option<&Table>) -> Vec<(Key<'_>, &Row)> {
    let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
    let rows = table.into_iter().flat_map(|table| table.rows.iter().map(move |row| (table.key(row), row)));
    let mut keyed = Vec::new();
    for (key, row) in rows {
        let nth = seen.entry(key.clone()).or_default();
        keyed.push(((key, *nth), row));
        *nth += 1;
    }
    keyed
}

fn diff_table(before: Option<&Table>, after: Option<&Table>) -> Vec<Change> {
    let Some(any) = before.or(after) else { return Vec::new() };
    let (old, new) = (keyed(before), keyed(after));
    let old_by_key: HashMap<&Key<'_>, &Row> = old.iter().map(|(key, row)| (key, *row)).collect();
    let new_keys: BTreeSet<&Key<'_>> = new.iter().map(|(key, _)| key).collect();
    let change = |key: &Key<'_>, what| Change { table: any.schema.name, key: key.0.iter().map(|part| (*part).to_owned()).collect(), what };
    let columns = before.zip(after).map_or_else(Vec::new, |(before, after)| columns(before, after));
    let mut changes = Vec::new();
    for (key, row) in old.iter().filter(|(key, _)| !new_keys.contains(key)) {
        changes.push(change(key, What::Removed(cells(before, row))));
    }
    for (key, row) in &new {
        match old_by_key.get(key) {
            None => changes.push(change(key, What::Added(cells(after, row)))),
            Some(old) => {
                let cells = after.map_or_else(Vec::new, |after| cell_changes(&columns, after, old, row));
                if !cells.is_empty() {
                    changes.push(change(key, What::Changed(cells)));
                }
            }
        }
    }
    changes
}

fn cells(table: Option<&Table>, row: &Row) -> Vec<(String, String)> {
    let Some(table) = table else { return Vec::new() };
    let named = table.headings.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
    named.map(|(heading, cell)| (table.heading_name(heading).to_owned(), cell.clone())).collect()
}

/// Where each column stands before and after, in the order in which changes are told: a table's, made once for all its rows.
fn columns<'a>(before: &'a Table, after: &'a Table) -> Vec<(&'a Heading, Option<usize>, Option<usize>)> {
    let at = |table: &Table, heading: &Heading| table.headings.iter().position(|own| own == heading);
    let gone = before.headings.iter().filter(|heading| !after.headings.contains(heading));
    after.headings.iter().chain(gone).map(|heading| (heading, at(before, heading), at(after, heading))).collect()
}

fn cell_changes(columns: &[(&Heading, Option<usize>, Option<usize>)], after: &Table, old: &Row, new: &Row) -> Vec<CellChange> {
    let cell = |row: &'_ Row, at: Option<usize>| -> String { at.and_then(|at| row.cells.get(at)).cloned().unwrap_or_default() };
    let is_other = |(_, was, is): &&(&Heading, Option<usize>, Option<usize>)| {
        was.and_then(|at| old.cells.get(at)).map_or("", String::as_str) != is.and_then(|at| new.cells.get(at)).map_or("", String::as_str)
    };
    let told = columns.iter().filter(is_other);
    told.map(|(heading, was, is)| CellChange { column: after.heading_name(heading).to_owned(), before: cell(old, *was), after: cell(new, *is) })
        .collect()
}

impl Change {
    /// The change in words: « rooms camus, Salle 3 : kind class → library ».
    pub fn text(&self, language: Language) -> String {
        let shown = |cell: &str| if cell.is_empty() { language.pick("(vide)", "(empty)").to_owned() } else { cell.to_owned() };
        let listed = |cells: &[(String, String)]| cells.iter().map(|(column, cell)| format!("{column} {cell}")).collect::<Vec<_>>().join(", ");
        let what = match &self.what {
            What::Added(cells) => format!("{} ({})", language.pick("ajouté", "added"), listed(cells)),
            What::Removed(cells) => format!("{} ({})", language.pick("retiré", "removed"), listed(cells)),
            What::Changed(cells) => {
                let cells = cells.iter().map(|cell| format!("{} {} → {}", cell.column, shown(&cell.before), shown(&cell.after)));
                cells.collect::<Vec<_>>().join(", ")
            }
        };
        let key: Vec<&str> = self.key.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("{} {}{}{what}", self.table, key.join(", "), language.pick(" : ", ": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
        let (before, after) = (read_tables(before.iter().copied()).0, read_tables(after.iter().copied()).0);
        let told: Vec<String> = diff(&before, &after).iter().map(|change| change.text(Language::En)).collect();
        assert_eq!(told, expected);
        assert!(diff(&after, &after).is_empty());
    }

    #[test]
    fn rows_meet_by_key_and_cells_by_column() {
        check(
            &[("rooms.csv", "school,room,kind\ncamus,1,class\ncamus,2,class\ncamus,3,class\n")],
            &[("rooms.csv", "room;school;type;niveau\n3;camus;BCD;\n1;camus;classe;CP\n4;camus;;\n")],
            &[
                "rooms camus, 2: removed (school camus, room 2, kind class)",
                "rooms camus, 3: kind class → library",
                "rooms camus, 1: level (empty) → cp",
                "rooms camus, 4: added (school camus, room 4)",
            ],
        );
    }

    #[test]
    fn a_table_that_comes_or_goes_is_its_rows() {
        check(&[], &[("lots.csv", "lot\n1\n")], &["lots 1: added (lot 1)"]);
        check(&[("lots.csv", "lot\n1\n")], &[], &["lots 1: removed (lot 1)"]);
    }
}
