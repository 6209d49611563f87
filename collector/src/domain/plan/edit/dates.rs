//! Dates that move: for some schools or a whole phase, with a cause; what was promised stays promised.
//!
//! Comes in: which schools, which milestone, the new day, why. Goes out: rows of milestones, and due dates that follow. Absent on
//! purpose: what else is knocked on by it (the plan's check and progress tell).

use super::{Editing, Refusal};
use crate::domain::plan::note::Words;
use crate::domain::plan::schema::{self, MILESTONES};
use crate::domain::plan::selector::Term;
use crate::domain::plan::{PlanDate, Selector};

impl Editing {
    pub(super) fn move_dates(&mut self, schools: &Selector, milestone: &str, to: &PlanDate, cause: &str) -> Result<Words, Refusal> {
        let milestone = schema::choose(MILESTONES, milestone).unwrap_or(milestone.trim()).to_owned();
        if milestone.is_empty() {
            let (fr, en) = ("aucun jalon n'est nommé ; attendu : le nom d'un jalon", "no milestone is named; expected the name of a milestone");
            return Err(Refusal::new("milestone", fr.to_owned(), en.to_owned()));
        }
        if cause.trim().is_empty() {
            let (fr, en) = ("il manque la cause ; attendu : pourquoi la date change", "the cause is missing; expected why the date moves");
            return Err(Refusal::new("cause", fr.to_owned(), en.to_owned()));
        }
        let scopes = self.scopes(schools, &milestone)?;
        for of in &scopes {
            self.move_one(of, &milestone, to, cause.trim());
        }
        if milestone == "installation" {
            self.move_allotments(schools, &scopes, to);
        }
        let (whom, when) = (schools.to_string(), &to.text);
        Ok(Words::made(
            format!("jalon {milestone} de {whom} reporté à {when} : {}", cause.trim()),
            format!("milestone {milestone} of {whom} moved to {when}: {}", cause.trim()),
        ))
    }

    /// Whose rows move: the phase itself with those of its schools that have a row of their own, or each school.
    fn scopes(&self, selector: &Selector, milestone: &str) -> Result<Vec<String>, Refusal> {
        let chosen = self.plan.choosing().chosen(selector);
        let codes: Vec<String> = chosen.iter().map(|index| self.plan.schools[*index].school.clone()).collect();
        let nobody = || {
            Refusal::new(
                "schools",
                format!("« {selector} » ne désigne aucune école ; attendu : une école, une phase ou d'autres termes qui en désignent"),
                format!("“{selector}” selects no school; expected a school, a phase or other terms that select some"),
            )
        };
        match &selector.terms[..] {
            [Term::Phase(phase)] if self.plan.phase(phase).is_some() => {
                let own = codes.into_iter().filter(|code| self.plan.milestones.iter().any(|row| row.of == *code && row.milestone == milestone));
                Ok(std::iter::once(phase.clone()).chain(own).collect())
            }
            _ if codes.is_empty() => Err(nobody()),
            _ => Ok(codes),
        }
    }

    fn move_one(&mut self, of: &str, milestone: &str, to: &PlanDate, cause: &str) {
        let own = self.plan.milestones.iter().find(|row| row.of == of && row.milestone == milestone);
        // A school's first date of its own comes from its phase: what was promised there was promised to it.
        let phases = self.plan.schools.iter().find(|school| school.school == of).map(|school| school.phases.clone()).unwrap_or_default();
        let of_phase = self.plan.milestones.iter().rev().find(|row| phases.contains(&row.of) && row.milestone == milestone);
        let told = own.or(of_phase);
        let promised = told.and_then(|row| row.promised_on.as_ref().or(row.planned_on.as_ref())).map(|date| date.text.clone());
        let after = told.map(|row| row.after.join("|")).unwrap_or_default();
        let mut cells = vec![("planned_on", to.text.as_str()), ("cause", cause)];
        if let Some(promised) = &promised {
            cells.push(("promised_on", promised));
        }
        if own.is_none() && !after.is_empty() {
            cells.push(("after", &after));
        }
        self.write("milestones", &[of, milestone], &cells);
    }

    /// Due dates that allotments tell themselves would hide the new day.
    fn move_allotments(&mut self, selector: &Selector, scopes: &[String], to: &PlanDate) {
        let phase = match &selector.terms[..] {
            [Term::Phase(phase)] => Some(phase.clone()),
            _ => None,
        };
        let Some(table) = self.tables.get_mut("allotments") else { return };
        for at in 0..table.rows.len() {
            let row = &table.rows[at];
            if table.cell(row, "due_on").is_empty() {
                continue;
            }
            let school = table.cell(row, "school_or_selector");
            // A day that was told for one school by its code is that school's own.
            let is_own = Selector::parse(school).is_some_and(|selector| selector.school().is_some());
            if (phase.as_deref() == Some(table.cell(row, "phase")) && !is_own) || scopes.iter().any(|code| code == school) {
                table.set(at, "due_on", &to.text);
            }
        }
    }
}
