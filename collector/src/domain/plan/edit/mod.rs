//! One-action edits of the plan: what people do on a page instead of sending a workbook round.
//!
//! Comes in: the tables in force, one [`Edit`], the day. Goes out: the tables as they become, for a new version, with the sentence that
//! it bears; or why not. Nothing is deleted: a school that closes, a room that is renamed, a class that is no more stay in the tables with
//! their day or their former name, so that history follows. Absent on purpose: keeping versions (`import`), who may (`web`).

mod dates;
mod rooms;
mod schools;

use super::note::Words;
use super::places::school_year;
use super::table::{Table, Tables};
use super::{Plan, PlanDate, Selector};
use crate::domain::register::Register;
use jiff::civil::Date;

/// One thing that people do to a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A milestone of some schools, or of a whole phase, comes on another day, for a cause.
    MoveDates {
        /// Which schools; `phase=2` alone is the phase itself.
        schools: Selector,
        /// Which milestone.
        milestone: String,
        /// The new day.
        to: PlanDate,
        /// Why.
        cause: String,
    },
    /// A school is no more.
    CloseSchool {
        /// Its code.
        school: String,
        /// Its last day.
        on: PlanDate,
    },
    /// A school becomes part of another.
    MergeSchool {
        /// Its code.
        school: String,
        /// The school that carries it on.
        into: String,
        /// Its last day.
        on: PlanDate,
    },
    /// A school is called otherwise.
    RenameSchool {
        /// Its code, which stays.
        school: String,
        /// Its new name.
        name: String,
    },
    /// A room is called otherwise.
    RenameRoom {
        /// The school's code.
        school: String,
        /// What it is called.
        room: String,
        /// What it shall be called.
        name: String,
    },
    /// A class is closed in September.
    CloseClass {
        /// The school's code.
        school: String,
        /// The year of that September.
        year: i16,
        /// Its room, if it goes with it.
        room: Option<String>,
    },
}

/// The tables after an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// As they become.
    pub tables: Tables,
    /// What was done, for the version's note.
    pub done: Words,
}

/// Why an edit is not done: what was found, what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field that is the matter: `school`, `into`, `room`, `name`, `to` …
    pub field: &'static str,
    /// In a sentence.
    pub why: Words,
}

impl Refusal {
    fn new(field: &'static str, fr: String, en: String) -> Self {
        Refusal { field, why: Words::made(fr, en) }
    }
}

/// What an edit works on: the tables, and what they say.
struct Editing {
    tables: Tables,
    plan: Plan,
}

/// Does one edit, as of a day.
pub fn apply(tables: &Tables, edit: &Edit, today: Date) -> Result<Edited, Refusal> {
    let mut editing = Editing { tables: tables.clone(), plan: Plan::from_tables(tables) };
    let done = match edit {
        Edit::MoveDates { schools, milestone, to, cause } => editing.move_dates(schools, milestone, to, cause)?,
        Edit::CloseSchool { school, on } => editing.close_school(school, on)?,
        Edit::MergeSchool { school, into, on } => editing.merge_school(school, into, on, &Register::from_tables(tables), today)?,
        Edit::RenameSchool { school, name } => editing.rename_school(school, name)?,
        Edit::RenameRoom { school, room, name } => editing.rename_room(school, room, name)?,
        Edit::CloseClass { school, year, room } => editing.close_class(school, *year, room.as_deref(), &Register::from_tables(tables), today)?,
    };
    Ok(Edited { tables: editing.tables, done })
}

impl Editing {
    /// The name of a school that is open.
    fn open_school(&self, field: &'static str, code: &str) -> Result<String, Refusal> {
        let school = self.plan.schools.iter().find(|school| school.school == code);
        let school = school.ok_or_else(|| {
            Refusal::new(
                field,
                format!("aucune école n'a le code « {code} » ; attendu : le code d'une école du plan"),
                format!("no school has the code “{code}”; expected the code of a school of the plan"),
            )
        })?;
        match &school.closed_on {
            Some(closed) => Err(Refusal::new(
                field,
                format!("l'école « {} » est déjà fermée ({}) ; attendu : une école ouverte", school.name, closed.text),
                format!("school “{}” is closed already ({}); expected an open school", school.name, closed.text),
            )),
            None => Ok(school.name.clone()),
        }
    }

    /// Writes cells of the row with this key, which is made where there is none.
    fn write(&mut self, table: &str, key: &[&str], cells: &[(&str, &str)]) {
        let Some(table) = self.tables.get_or_new(table) else { return };
        let at = table.find(key).unwrap_or_else(|| table.add(key));
        for (column, text) in cells {
            table.set(at, column, text);
        }
    }

    /// The cell of the row with this key; empty where there is none.
    fn cell(&self, table: &str, key: &[&str], column: &str) -> String {
        let found = |table: &Table| table.find(key).map(|at| table.cell(&table.rows[at], column).to_owned());
        self.tables.get(table).and_then(found).unwrap_or_default()
    }
}

/// A name as people type it, refused when it is empty or cannot be a code.
fn name_of<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 || text.contains(|letter: char| letter.is_control() || matches!(letter, '|' | '&' | '=')) {
        return Err(Refusal::new(
            field,
            format!("« {text} » ne peut pas être un nom ; attendu : un nom court, sans « | », « & », « = »"),
            format!("“{text}” cannot be a name; expected a short name without “|”, “&”, “=”"),
        ));
    }
    Ok(text)
}

/// The school year that counts from a school's last day on: one that closes in summer is counted with its heir from September.
fn year_after(on: &PlanDate) -> i16 {
    if on.last.month() >= 6 { on.last.year() } else { school_year(on.last) }
}

#[cfg(test)]
mod tests;
