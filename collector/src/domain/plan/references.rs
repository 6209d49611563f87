//! Names that point to rows which are not there.
//!
//! Comes in: the tables, driven by the schema. Goes out: a note for each dangling name, with the nearest that exists. Absent on
//! purpose: what the rows that are pointed to say.

use super::check::Checked;
use super::model::Milestone;
use super::nearest::nearest;
use super::note::{Note, Severity, Words};
use super::problem;
use super::schema::{self, Column, TABLES};
use super::selector::{Selector, Term};
use super::table::{Row, Table, Tables};
use crate::domain::plan::cell::is_zone;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// Most names that a note lists as what was expected.
const FEW: usize = 8;

/// Most names for which the nearest is looked for: a table that is wholly wrong must not take minutes.
const MOST_NEAREST: usize = 500;

/// The first key of every row, table by table.
struct Names<'a> {
    keys: HashMap<&'static str, HashSet<&'a str>>,
    /// Tables whose key column is missing: that is told, and everything that points there would be noise.
    keyless: HashSet<&'static str>,
    looked: Cell<usize>,
}

impl<'a> Names<'a> {
    fn of(tables: &'a Tables) -> Self {
        Names {
            keys: tables.iter().map(|table| (table.schema.name, table.rows.iter().map(|row| table.cell_at(row, 0)).collect())).collect(),
            keyless: tables.iter().filter(|table| !table.has_column(0)).map(|table| table.schema.name).collect(),
            looked: Cell::new(0),
        }
    }

    fn has(&self, table: &str, name: &str) -> bool {
        self.keyless.contains(table) || self.keys.get(table).is_some_and(|names| names.contains(name))
    }

    /// What could have been meant: the nearest, else all if they are few, else where to look.
    fn expected(&self, tables: &[&'static str], name: &str) -> Words {
        let mut known: Vec<&str> =
            tables.iter().filter_map(|table| self.keys.get(table)).flatten().copied().filter(|name| !name.is_empty()).collect();
        known.sort_unstable();
        let of = tables.join(", ");
        self.looked.set(self.looked.get() + 1);
        let near = if self.looked.get() <= MOST_NEAREST { nearest(name, known.iter().copied()) } else { None };
        match near {
            Some(near) => Words::made(format!("« {near} » ? (table {of})"), format!("“{near}”? (table {of})")),
            None if known.len() <= FEW => Words::made(format!("{} (table {of})", known.join(", ")), format!("{} (table {of})", known.join(", "))),
            None => Words::made(format!("un code de la table {of}"), format!("a code of table {of}")),
        }
    }
}

/// Every dangling name of every table.
pub(super) fn check(checked: &Checked<'_>) -> Vec<Note> {
    let names = Names::of(checked.tables);
    let mut notes = Vec::new();
    for table in checked.tables.iter() {
        for (at, column) in table.schema.columns.iter().enumerate().filter(|(at, _)| table.has_column(*at)) {
            match column.cell {
                schema::Cell::Ref(to) => refs(table, at, to, Severity::Error, &names, &mut notes),
                schema::Cell::SoftRef(to) => refs(table, at, to, Severity::Note, &names, &mut notes),
                schema::Cell::Selector | schema::Cell::PhaseOrSelector | schema::Cell::Scope | schema::Cell::SchoolOrZone => {
                    selectors(checked, table, at, column, &names, &mut notes)
                }
                _ => {}
            }
        }
    }
    rooms(checked, &mut notes);
    after(checked, &mut notes);
    notes
}

fn note(table: &Table, row: &Row, problem: &'static problem::Problem, column: &str, found: &str) -> Note {
    Note::new(problem, &table.file, table.schema.name).at_row(row.line).at_column(column).found(found)
}

fn refs(table: &Table, at: usize, to: &'static [&'static str], severity: Severity, names: &Names<'_>, notes: &mut Vec<Note>) {
    let column = table.schema.columns[at].name;
    let absent = to.iter().all(|table| !names.keys.contains_key(table));
    for row in &table.rows {
        for name in table.cell_at(row, at).split('|').filter(|name| !name.is_empty()) {
            if absent {
                let (of, severity) = (to.join(", "), severity.max(problem::ABSENT_TABLE.severity));
                let expected = Words::made(format!("la table {of}, absente ici"), format!("table {of}, which is absent here"));
                notes.push(note(table, row, &problem::ABSENT_TABLE, column, name).expected(expected).weighing(severity));
                return;
            }
            if !to.iter().any(|table| names.has(table, name)) {
                notes.push(note(table, row, &problem::DANGLING, column, name).expected(names.expected(to, name)).weighing(severity));
            }
        }
    }
}

fn selectors(checked: &Checked<'_>, table: &Table, at: usize, column: &Column, names: &Names<'_>, notes: &mut Vec<Note>) {
    let axes: HashSet<&str> = checked.plan.lines.iter().map(|line| line.axis.as_str()).collect();
    for row in &table.rows {
        let text = table.cell_at(row, at);
        let known = match column.cell {
            schema::Cell::PhaseOrSelector => names.has("phases", text),
            schema::Cell::Scope => matches!(text, "programme" | "*") || axes.contains(text) || names.has("phases", text),
            schema::Cell::SchoolOrZone => is_zone(text),
            _ => false,
        };
        let Some(selector) = Selector::parse(text).filter(|_| !known) else { continue };
        let other = if matches!(column.cell, schema::Cell::PhaseOrSelector | schema::Cell::Scope) { "phases" } else { "schools" };
        let dangling = selector.terms.iter().find_map(|term| match term {
            Term::School(code) if !names.has("schools", code) => {
                Some((code, if other == "phases" { &["schools", "phases"][..] } else { &["schools"] }))
            }
            Term::Phase(code) if !names.has("phases", code) => Some((code, &["phases"][..])),
            _ => None,
        });
        if let Some((code, to)) = dangling {
            notes.push(note(table, row, &problem::DANGLING, column.name, code).expected(names.expected(to, code)));
        } else if names.keyless.is_empty() && checked.unfolding.choosing().chosen(&selector).is_empty() {
            let expected = Words::fixed("au moins une école", "at least one school");
            notes.push(note(table, row, &problem::EMPTY_SELECTOR, column.name, text).expected(expected));
        }
    }
}

/// Rooms named by the register, where the school's rooms are told at all. A room's former name is known too.
fn rooms(checked: &Checked<'_>, notes: &mut Vec<Note>) {
    let mut told: HashMap<&str, HashSet<&str>> = HashMap::new();
    for room in &checked.plan.rooms {
        told.entry(&room.school).or_default().extend([room.room.as_str()].into_iter().chain(room.was.iter().map(String::as_str)));
    }
    let place =
        |name: &str| TABLES.iter().find(|schema| schema.name == name).and_then(|schema| Some((schema.position("school")?, schema.position("room")?)));
    for name in ["assets", "cases", "attestations"] {
        let (Some(table), Some((school, room))) = (checked.tables.get(name), place(name)) else { continue };
        for row in &table.rows {
            let (school, room) = (table.cell_at(row, school), table.cell_at(row, room));
            let Some(known) = told.get(school).filter(|known| !room.is_empty() && !known.contains(room)) else { continue };
            let mut known: Vec<&str> = known.iter().copied().collect();
            known.sort_unstable();
            let list = super::check::listed(&known);
            let expected = match nearest(room, known.iter().copied()) {
                Some(near) => Words::made(format!("« {near} » ? (salles de {school})"), format!("“{near}”? (rooms of {school})")),
                None => Words::made(format!("une salle de {school} : {list}"), format!("a room of {school}: {list}")),
            };
            notes.push(note(table, row, &problem::DANGLING, "room", room).expected(expected).weighing(Severity::Warning));
        }
    }
}

/// Milestones that come after one which nobody plans, neither for the school nor for its phases.
fn after(checked: &Checked<'_>, notes: &mut Vec<Note>) {
    let planned: HashSet<(&str, &str)> = checked.plan.milestones.iter().map(|row| (row.of.as_str(), row.milestone.as_str())).collect();
    for milestone in &checked.plan.milestones {
        let phases = checked.unfolding.choosing().position(&milestone.of).map_or(&[][..], |index| &checked.plan.schools[index].phases);
        let scopes = || std::iter::once(milestone.of.as_str()).chain(phases.iter().map(String::as_str));
        let elsewhere = |name: &str| Milestone::elsewhere(name).is_some_and(|elsewhere| planned.contains(&elsewhere));
        let known = |name: &str| scopes().any(|of| planned.contains(&(of, name))) || elsewhere(name);
        for name in milestone.after.iter().filter(|name| !known(name)) {
            let expected = Words::made(format!("un jalon de {}", milestone.of), format!("a milestone of {}", milestone.of));
            notes.push(checked.note(&problem::DANGLING, "milestones").at_row(milestone.row).at_column("after").found(name).expected(expected));
        }
    }
}
