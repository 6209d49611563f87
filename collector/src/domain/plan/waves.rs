//! Waves by criteria: which school comes when, by what it has and by how many teachers can be trained in a year.
//!
//! Comes in: phases that name criteria (`needs`, `prefers`), traits, teachers, the yearly limit. Goes out: the waves that follow from
//! them, for a manager to take over; schools that stand in a wave whose needs they do not meet. Absent on purpose: deciding; the plan says
//! which phase a school is in, and an order that people changed is not put right by a program.

use super::check::Checked;
use super::decimal::Decimal;
use super::model::{Phase, Plan};
use super::note::{Note, Words};
use super::places::Unfolding;
use super::problem;
use crate::domain::folded::fold;
use std::collections::{HashMap, HashSet};

/// Words by which a limit speaks of teachers.
const TEACHERS: &[&str] = &["enseignants", "enseignants formes", "teachers", "teachers trained", "formation des enseignants"];

/// One wave as the criteria give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// The phase.
    pub phase: String,
    /// Its schools, the first to come first.
    pub schools: Vec<String>,
    /// Their teachers together.
    pub teachers: u32,
}

/// Traits of each school, folded.
fn traits(plan: &Plan) -> HashMap<&str, HashSet<String>> {
    let mut traits: HashMap<&str, HashSet<String>> = HashMap::new();
    for row in &plan.traits {
        traits.entry(&row.school).or_default().insert(fold(&row.name));
    }
    traits
}

fn has_criteria(phase: &Phase) -> bool {
    !phase.needs.is_empty() || !phase.prefers.is_empty()
}

/// The waves that criteria and limit give: phase by phase in rank order, schools that meet its needs, those it prefers first (the
/// weightiest trait first), then by code, as many as the year can train. Phases of one year share the limit; a school without phases of
/// criteria left stays out.
pub fn proposed(plan: &Plan, unfolding: &Unfolding<'_>) -> Vec<Wave> {
    let traits = traits(plan);
    let nothing = HashSet::new();
    let of = |code: &str| traits.get(code).unwrap_or(&nothing);
    let most = plan.limits.iter().find(|limit| TEACHERS.contains(&fold(&limit.measure).as_str())).and_then(|limit| limit.most);
    let mut left: Vec<&str> = plan.schools.iter().filter(|school| school.closed_on.is_none()).map(|school| school.school.as_str()).collect();
    let mut spent: HashMap<i16, u32> = HashMap::new();
    let mut waves = Vec::new();
    for phase in plan.phases.iter().filter(|phase| has_criteria(phase)) {
        let needs: Vec<String> = phase.needs.iter().map(|name| fold(name)).collect();
        let prefers: Vec<String> = phase.prefers.iter().map(|name| fold(name)).collect();
        let mut candidates: Vec<&str> = left.iter().copied().filter(|code| needs.iter().all(|name| of(code).contains(name))).collect();
        candidates.sort_by_cached_key(|code| (prefers.iter().map(|name| !of(code).contains(name)).collect::<Vec<bool>>(), *code));
        let year = phase.starts_on.as_ref().or(phase.ends_on.as_ref()).map_or(0, |date| date.first.year());
        let spent = spent.entry(year).or_default();
        let mut wave = Wave { phase: phase.phase.clone(), schools: Vec::new(), teachers: 0 };
        for code in candidates {
            let teachers = unfolding.count(code, "teacher", "all", None);
            if most.is_none_or(|most| Decimal::whole(i64::from(*spent + teachers)) <= most) {
                *spent += teachers;
                wave.teachers += teachers;
                wave.schools.push(code.to_owned());
            }
        }
        left.retain(|code| !wave.schools.iter().any(|taken| taken == code));
        waves.push(wave);
    }
    waves
}

/// Schools in a phase whose needs they do not meet.
pub(super) fn check(checked: &Checked<'_>) -> Vec<Note> {
    let traits = traits(checked.plan);
    let mut notes = Vec::new();
    for school in checked.plan.schools.iter().filter(|school| school.closed_on.is_none()) {
        let has = |name: &String| traits.get(school.school.as_str()).is_some_and(|traits| traits.contains(&fold(name)));
        for phase in school.phases.iter().filter_map(|code| checked.plan.phase(code)) {
            for need in phase.needs.iter().filter(|need| !has(need)) {
                let expected = Words::made(format!("le critère « {need} » dans traits"), format!("the trait “{need}” in traits"));
                let note = checked.note(&problem::NEED_UNMET, "schools").at_row(school.row).at_column("phase");
                notes.push(note.found(format!("{} ({})", school.school, phase.phase)).expected(expected));
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;
    use crate::domain::register::Register;

    #[test]
    fn priority_first_within_what_can_be_trained() {
        let files = [
            ("schools.csv", "school\na\nb\nc\nd\n"),
            ("phases.csv", "phase,rank,starts_on,ends_on,needs,prefers\n1,1,2022,2022,fibre,REP+|rep\n2,2,2022,2022,,rep\n3,3,2023,2023,,rep\n"),
            ("traits.csv", "school,trait\na,fibre\nb,fibre\nb,rep\nc,fibre\nc,rep+\nd,rep+\n"),
            (
                "headcounts.csv",
                "school,year,what,level,count\na,2021,teacher,all,3\nb,2021,teacher,all,4\nc,2021,teacher,all,5\nd,2021,teacher,all,4\n",
            ),
            ("limits.csv", "measure,per,most\nenseignants formés,an,8\n"),
        ];
        let (tables, notes) = read_tables(files);
        assert_eq!(notes, []);
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let waves = proposed(&plan, &Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22)));
        let told: Vec<String> = waves.iter().map(|wave| format!("{}: {} ({})", wave.phase, wave.schools.join(" "), wave.teachers)).collect();
        // c (REP+) first; b does not fit beside it, a does; d has no fibre; the second wave shares the year.
        assert_eq!(told, ["1: c a (8)", "2:  (0)", "3: b d (8)"]);
    }

    #[test]
    fn a_phase_without_criteria_takes_nobody_and_a_closed_school_comes_in_none() {
        let files = [
            ("schools.csv", "school,closed_on\na,\nb,2020\nc,\n"),
            ("phases.csv", "phase,rank,starts_on,needs,prefers\n1,1,2022,,\n2,2,2022,fibre,\n3,3,2023,,rep\n"),
            ("traits.csv", "school,trait\na,Fibre\nb,fibre\n"),
        ];
        let (tables, notes) = read_tables(files);
        assert_eq!(notes, []);
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let waves = proposed(&plan, &Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22)));
        let told: Vec<String> = waves.iter().map(|wave| format!("{}: {}", wave.phase, wave.schools.join(" "))).collect();
        assert_eq!(told, ["2: a", "3: c"], "without a limit a year takes all");
    }
}
