//! Dates in their order: beginnings before ends, milestones after those they come after.
//!
//! Comes in: the plan, the register's actual dates. Goes out: notes. Two dates are out of order only when one lies wholly before the
//! other: « été 2021 » is not before « 2021 ». Absent on purpose: whether something is late; that is no mistake of the plan.

use super::PlanDate;
use super::check::Checked;
use super::note::{Note, Words};
use super::{date, problem};
use crate::domain::plan::model::Milestone;
use std::collections::{HashMap, HashSet};

/// Columns of which the second must not lie before the first.
const PAIRS: &[(&str, &str, &str)] = &[
    ("programme", "starts_on", "ends_on"),
    ("phases", "starts_on", "ends_on"),
    ("schools", "opened_on", "closed_on"),
    ("allotments", "due_from", "due_on"),
    ("grant_rules", "spent_from", "spent_to"),
    ("invoices", "dated_on", "paid_on"),
    ("assets", "ordered_on", "delivered_on"),
    ("assets", "delivered_on", "accepted_on"),
    ("loans", "lent_on", "due_back_on"),
    ("loans", "lent_on", "returned_on"),
    ("closures", "from", "to"),
];

/// Every date out of order.
pub(super) fn check(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = pairs(checked);
    let dates = dates(checked);
    for milestone in &checked.plan.milestones {
        for before in waited_for(checked, milestone) {
            notes.extend(misplaced(checked, milestone, before, &dates));
        }
    }
    notes.extend(circle(checked));
    notes
}

fn pairs(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for &(name, first, last) in PAIRS {
        let Some(table) = checked.tables.get(name) else { continue };
        for row in &table.rows {
            let (Ok(first_on), Ok(last_on)) = (date::parse(table.cell(row, first)), date::parse(table.cell(row, last))) else { continue };
            if last_on.is_before(&first_on) {
                let expected = Words::made(format!("pas avant le {}", first_on.text), format!("not before {}", first_on.text));
                let note = Note::new(&problem::ENDS_BEFORE, &table.file, table.schema.name).at_row(row.line).at_column(last);
                notes.push(note.found(&last_on.text).expected(expected));
            }
        }
    }
    notes
}

/// Planned and actual date of a milestone.
type Dates<'a> = HashMap<(&'a str, &'a str), (Option<&'a PlanDate>, Option<&'a PlanDate>)>;

fn dates<'a>(checked: &'a Checked<'_>) -> Dates<'a> {
    let mut dates: Dates<'a> = HashMap::new();
    for row in &checked.plan.milestones {
        dates.entry((&row.of, &row.milestone)).or_default().0 = row.planned_on.as_ref();
    }
    for row in &checked.register.milestones {
        dates.entry((&row.of, &row.milestone)).or_default().1 = row.actual_on.as_ref();
    }
    dates
}

/// The milestones that one comes after, each as (phase or school, name), wherever it may be planned.
fn waited_for<'a>(checked: &'a Checked<'_>, milestone: &'a Milestone) -> Vec<(&'a str, &'a str)> {
    let scopes: Vec<&str> = scopes(checked, milestone).collect();
    let here = |name: &'a str| scopes.iter().map(move |of| (*of, name));
    milestone.after.iter().flat_map(|name| here(name).chain(Milestone::elsewhere(name))).collect()
}

/// Where the milestones that one comes after are found: beside it, or (for a school) in the school's phases.
fn scopes<'a>(checked: &'a Checked<'_>, milestone: &'a Milestone) -> impl Iterator<Item = &'a str> {
    let school = checked.unfolding.choosing().position(&milestone.of).map(|index| &checked.plan.schools[index]);
    std::iter::once(milestone.of.as_str()).chain(school.into_iter().flat_map(|school| school.phases.iter().map(String::as_str)))
}

fn misplaced(checked: &Checked<'_>, milestone: &Milestone, before: (&str, &str), dates: &Dates<'_>) -> Vec<Note> {
    let (Some(own), Some(other)) = (dates.get(&(milestone.of.as_str(), milestone.milestone.as_str())), dates.get(&before)) else { return Vec::new() };
    let mut notes = Vec::new();
    for (column, own, other) in [("planned_on", own.0, other.0), ("actual_on", own.1, other.1)] {
        let (Some(own), Some(other)) = (own, other) else { continue };
        if own.is_before(other) {
            let expected = Words::made(format!("après « {} » ({})", before.1, other.text), format!("after “{}” ({})", before.1, other.text));
            let found = format!("{} {} ({})", milestone.of, milestone.milestone, own.text);
            notes.push(checked.note(&problem::MILESTONE_ORDER, "milestones").at_row(milestone.row).at_column(column).found(found).expected(expected));
        }
    }
    notes
}

/// Milestones of one phase or school that wait for each other in a circle: each circle told once.
fn circle(checked: &Checked<'_>) -> Vec<Note> {
    let after: HashMap<(&str, &str), &Milestone> =
        checked.plan.milestones.iter().map(|milestone| ((milestone.of.as_str(), milestone.milestone.as_str()), milestone)).collect();
    let mut done: HashSet<(&str, &str)> = HashSet::new();
    let mut notes = Vec::new();
    for start in &checked.plan.milestones {
        // Each milestone is left for good once: the walk is linear, and a way that meets itself is a circle.
        let mut way: Vec<(&str, &str)> = Vec::new();
        let mut next = vec![((start.of.as_str(), start.milestone.as_str()), 0)];
        while let Some((at, depth)) = next.pop() {
            done.extend(way.drain(depth.min(way.len())..));
            if let Some(from) = way.iter().position(|passed| *passed == at) {
                let names: Vec<&str> = way[from..].iter().map(|(_, name)| *name).chain([at.1]).collect();
                let expected = Words::fixed("un ordre sans boucle", "an order without a circle");
                let note = checked.note(&problem::MILESTONE_CIRCLE, "milestones").at_row(start.row).at_column("after");
                notes.push(note.found(format!("{} : {}", at.0, names.join(" → "))).expected(expected));
                continue;
            }
            let Some(milestone) = after.get(&at).filter(|_| !done.contains(&at)) else { continue };
            way.push(at);
            let names = milestone.after.iter().map(String::as_str);
            next.extend(names.flat_map(|name| std::iter::once((at.0, name)).chain(Milestone::elsewhere(name))).map(|before| (before, way.len())));
        }
        done.extend(way);
    }
    notes
}
