//! How far somebody reaches into the register: the rows that say they are at a school which is seen, and no others.
//!
//! Comes in: whose eyes, the plan's phases, rows and their changes. Goes out: yes or no. Absent on purpose: what a role may do (`domain::right`), writing
//! (`row`).
//!
//! Loans, invoices, scopes and deliverables name no school: they are for those who see the whole programme.

use crate::domain::plan::cell::is_zone;
use crate::store;
use crate::store::register::{Cells, Change};
use crate::store::sight::{Scope, Seen, scope};
use std::collections::BTreeSet;

/// Tables whose rows say at which school they are, each with the column that does.
const WHERE: &[(&str, &str)] =
    &[("assets", "school"), ("cases", "school"), ("attestations", "school"), ("milestones", "phase_or_school"), ("closures", "school_or_zone")];

/// The column of a table that says at which school a row is; of other tables none does.
pub fn column(table: &str) -> Option<&'static str> {
    WHERE.iter().find(|(name, _)| *name == table).map(|(_, column)| *column)
}

/// The school that a row says it is at; of a row of a phase or a holiday zone, that phase or zone.
pub fn place<'a>(table: &str, cells: &'a Cells) -> Option<&'a str> {
    cells.get(column(table)?).map(String::as_str)
}

/// What is reached.
#[derive(Debug, Clone)]
pub struct Reach {
    scope: Scope,
    /// A phase's milestone is not a school's, whatever the school's code.
    phases: BTreeSet<String>,
}

impl Reach {
    /// Of these eyes; the phases are asked for where there are bounds.
    pub fn of<E: From<store::Error>>(
        seen: &mut Seen<'_, '_>,
        phases: impl FnOnce(&mut Seen<'_, '_>) -> Result<BTreeSet<String>, E>,
    ) -> Result<Reach, E> {
        let scope = scope(seen)?;
        let phases = if scope.is_all() { BTreeSet::new() } else { phases(seen)? };
        Ok(Reach { scope, phases })
    }

    /// Whether it is everything.
    pub fn is_all(&self) -> bool {
        self.scope.is_all()
    }

    /// Whether rows of this table can be reached at all.
    pub fn knows(&self, table: &str) -> bool {
        self.is_all() || column(table).is_some()
    }

    /// Whether it holds a row.
    pub fn holds(&self, table: &str, cells: &Cells) -> bool {
        if self.is_all() {
            return true;
        }
        let Some(place) = place(table, cells) else { return false };
        let is_school = match table {
            "milestones" => !self.phases.contains(place),
            "closures" => !is_zone(place),
            _ => true,
        };
        is_school && self.scope.holds(Some(place), cells.get("kind").map(String::as_str))
    }

    /// Whether it holds a change: what the row was, and what it became.
    pub fn holds_change(&self, change: &Change) -> bool {
        self.knows(&change.table) && [&change.was, &change.becomes].into_iter().flatten().all(|cells| self.holds(&change.table, cells))
    }

    /// Whether it holds a row that may have been taken out: then its last change says where it was.
    pub fn holds_past(&self, table: &str, row: Option<&Cells>, newest: Option<&Change>) -> bool {
        match row {
            Some(cells) => self.holds(table, cells),
            None => self.is_all() || newest.is_some_and(|change| self.holds_change(change)),
        }
    }
}
