//! What the tables say against each other: every note, never only the first.
//!
//! Comes in: tables that were read, and today. Goes out: notes. The parts: `references` (names that do not exist), `order` (dates and
//! milestones), `sums` (figures, limits), `funding` (lines, grants), and here what is left: phases, kits, national numbers.
//! Absent on purpose: what one cell may hold (`cell`).

use super::cell::is_siren_valid;
use super::model::Plan;
use super::note::{Note, Words};
use super::places::Unfolding;
use super::problem::{self, Problem};
use super::selector::Per;
use super::table::Tables;
use super::{funding, order, references, sums};
use crate::domain::register::Register;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashSet};

/// Most names that one note lists.
const MOST_NAMES: usize = 6;

/// What is checked, read once.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) tables: &'a Tables,
    pub(super) plan: &'a Plan,
    pub(super) register: &'a Register,
    pub(super) unfolding: Unfolding<'a>,
}

impl Checked<'_> {
    /// A note about a table that is there.
    pub(super) fn note(&self, problem: &'static Problem, table: &'static str) -> Note {
        let file = self.tables.get(table).map_or_else(|| format!("{table}.csv"), |table| table.file.clone());
        Note::new(problem, &file, table)
    }
}

/// Everything that the tables, taken together, have wrong or odd, as of a day.
pub fn check(tables: &Tables, on: Date) -> Vec<Note> {
    let (plan, register) = (Plan::from_tables(tables), Register::from_tables(tables));
    let unfolding = Unfolding::new(&plan, &register, on);
    let checked = Checked { tables, plan: &plan, register: &register, unfolding };
    let parts = [references::check, order::check, sums::check, funding::check, phaseless, unused_kits, uncounted, numbers];
    parts.into_iter().flat_map(|part| part(&checked)).collect()
}

/// `a, b, c … (12)`: names in a note, not more than fit.
pub(super) fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMES { format!("{shown} … ({})", names.len()) } else { shown }
}

/// Schools that are in no phase. A pilot is in its phase; a school that nothing but its own row and figures speaks of is only counted.
fn phaseless(checked: &Checked<'_>) -> Vec<Note> {
    let plan = checked.plan;
    let mut reached: HashSet<usize> = HashSet::new();
    for allotment in &plan.allotments {
        // An allotment to everybody puts nobody into a phase.
        if !allotment.schools.terms.is_empty() {
            reached.extend(checked.unfolding.choosing().chosen(&allotment.schools));
        }
    }
    let spoken: HashSet<&str> = (plan.headcounts.iter().map(|row| row.school.as_str()))
        .chain(plan.rooms.iter().map(|row| row.school.as_str()))
        .chain(plan.networks.iter().filter_map(|row| row.school.as_deref()))
        .chain(plan.milestones.iter().map(|row| row.of.as_str()))
        .chain(checked.register.assets.iter().filter_map(|row| row.school.as_deref()))
        .collect();
    let expected = || Words::fixed("une phase dans schools.phase, ou une dotation", "a phase in schools.phase, or an allotment");
    let note = |row: u64, school: &str| checked.note(&problem::NO_PHASE, "schools").at_row(row).at_column("phase").found(school).expected(expected());
    let schools = plan.schools.iter().enumerate();
    let left = schools.filter(|(index, school)| school.phases.is_empty() && school.closed_on.is_none() && !reached.contains(index));
    left.filter(|(_, school)| school.followed_from.is_some() || spoken.contains(school.school.as_str()))
        .map(|(_, school)| note(school.row, &school.school))
        .collect()
}

/// Kits that no allotment names.
fn unused_kits(checked: &Checked<'_>) -> Vec<Note> {
    let allotted: HashSet<&str> = checked.plan.allotments.iter().map(|allotment| allotment.kit.as_str()).collect();
    let mut first: BTreeMap<&str, u64> = BTreeMap::new();
    for item in checked.plan.kits.iter().filter(|item| !allotted.contains(item.kit.as_str())) {
        first.entry(&item.kit).or_insert(item.row);
    }
    let expected = || Words::fixed("une ligne d'allotments", "a row of allotments");
    first
        .into_iter()
        .map(|(kit, row)| checked.note(&problem::UNUSED_KIT, "kits").at_row(row).at_column("kit").found(kit).expected(expected()))
        .collect()
}

/// Items counted for classes, pupils, teachers or rooms in schools that tell none of them: no place comes of them.
fn uncounted(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for allotment in checked.plan.allotments.iter().filter(|allotment| !allotment.is_total) {
        let chosen = checked.unfolding.choosing().chosen(&allotment.schools);
        for item in checked.plan.kits.iter().filter(|item| item.kit == allotment.kit) {
            let code = |index: usize| checked.plan.schools[index].school.as_str();
            let empty: Vec<&str> = chosen.iter().map(|index| code(*index)).filter(|school| is_uncounted(checked, school, &item.per)).collect();
            if empty.is_empty() {
                continue;
            }
            let found = format!("{}, {} ({})", item.kind.code(), item.per, listed(&empty));
            let expected = match &item.per {
                Per::Room(kind) => Words::made(format!("des salles « {kind} » dans rooms"), format!("rooms of kind “{kind}” in rooms")),
                per => Words::made(format!("des effectifs « {per} » dans headcounts"), format!("counts of “{per}” in headcounts")),
            };
            notes.push(checked.note(&problem::NOTHING_TO_COUNT, "allotments").at_row(allotment.row).at_column("kit").found(found).expected(expected));
        }
    }
    notes
}

fn is_uncounted(checked: &Checked<'_>, school: &str, per: &Per) -> bool {
    let unfolding = &checked.unfolding;
    match per {
        Per::School | Per::Case => false,
        Per::Class => unfolding.count(school, "class", "all", None) == 0,
        Per::Teacher => unfolding.count(school, "teacher", "all", None) == 0,
        Per::Pupil(level) => unfolding.count(school, "pupil", level, None) == 0,
        Per::Room(kind) => !unfolding.has_room(school, kind),
    }
}

/// National numbers: a SIREN's key, one UAI for two schools.
fn numbers(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let siren = checked.plan.programme.as_ref().and_then(|programme| programme.siren.as_deref());
    if let Some(siren) = siren.filter(|siren| !is_siren_valid(siren)) {
        let expected = Words::fixed("neuf chiffres dont la clé est juste", "nine digits with a right check digit");
        notes.push(checked.note(&problem::BAD_SIREN, "programme").at_column("siren").found(siren).expected(expected));
    }
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for school in &checked.plan.schools {
        let Some(uai) = school.uai.as_deref() else { continue };
        let other = *first.entry(uai).or_insert(&school.school);
        if other != school.school {
            let expected = Words::made(format!("un UAI par école (déjà celui de {other})"), format!("one UAI a school (it is {other}'s)"));
            notes.push(checked.note(&problem::DOUBLE_KEY, "schools").at_row(school.row).at_column("uai").found(uai).expected(expected));
        }
    }
    notes
}
