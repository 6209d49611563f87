//! Schools that close, become part of another, or are called otherwise.
//!
//! Comes in: a school, the day, its heir. Goes out: rows of schools, headcounts, rooms, networks, allotments. Absent on purpose: the
//! register's rows, which follow by the heir (`places`), and devices, which wait for another place.

use super::{Editing, Refusal, name_of, year_after};
use crate::domain::plan::PlanDate;
use crate::domain::plan::note::Words;
use crate::domain::plan::places::Unfolding;
use crate::domain::register::Register;
use jiff::civil::Date;
use std::collections::BTreeSet;

impl Editing {
    pub(super) fn close_school(&mut self, school: &str, on: &PlanDate) -> Result<Words, Refusal> {
        let name = self.open_school("school", school)?;
        self.write("schools", &[school], &[("closed_on", &on.text)]);
        Ok(Words::made(format!("école {name} fermée : {}", on.text), format!("school {name} closed: {}", on.text)))
    }

    pub(super) fn rename_school(&mut self, school: &str, name: &str) -> Result<Words, Refusal> {
        let (was, name) = (self.open_school("school", school)?, name_of("name", name)?);
        if was == name {
            let why = (
                format!("l'école s'appelle déjà « {name} » ; attendu : un autre nom"),
                format!("the school is called “{name}” already; expected another name"),
            );
            return Err(Refusal::new("name", why.0, why.1));
        }
        let former = joined(&self.cell("schools", &[school], "was"), &was);
        self.write("schools", &[school], &[("name", name), ("was", &former)]);
        Ok(Words::made(format!("école {was} renommée {name}"), format!("school {was} renamed {name}")))
    }

    pub(super) fn merge_school(&mut self, school: &str, into: &str, on: &PlanDate, register: &Register, today: Date) -> Result<Words, Refusal> {
        let (name, heir) = (self.open_school("school", school)?, self.open_school("into", into)?);
        if school == into {
            let why =
                ("une école ne peut pas rejoindre elle-même ; attendu : une autre école", "a school cannot join itself; expected another school");
            return Err(Refusal::new("into", why.0.to_owned(), why.1.to_owned()));
        }
        self.write("schools", &[school], &[("closed_on", &on.text), ("successor", into)]);
        self.become_whole(school, into);
        self.add_headcounts(school, into, on, register, today);
        self.add_rooms(school, into, &name);
        self.hand_over("networks", school, into);
        self.hand_over_allotments(school, into);
        Ok(Words::made(format!("école {name} réunie à {heir} : {}", on.text), format!("school {name} merged into {heir}: {}", on.text)))
    }

    /// The heir is in the phases of both, and of the kind that both make together.
    fn become_whole(&mut self, school: &str, into: &str) {
        let cell = |column| [school, into].map(|code| self.cell("schools", &[code], column));
        let ([from_kind, kind], [from_phases, phases]) = (cell("kind"), cell("phase"));
        let mut all: Vec<&str> = phases.split('|').filter(|phase| !phase.is_empty()).collect();
        let more: Vec<&str> = from_phases.split('|').filter(|phase| !phase.is_empty() && !all.contains(phase)).collect();
        all.extend(more);
        let kind = if kind == from_kind || from_kind.is_empty() || kind.is_empty() { kind } else { "primaire".to_owned() };
        self.write("schools", &[into], &[("kind", &kind), ("phase", &all.join("|"))]);
    }

    /// From the school year after the last day on, the heir counts both.
    fn add_headcounts(&mut self, school: &str, into: &str, on: &PlanDate, register: &Register, today: Date) {
        let plan = self.plan.clone();
        let unfolding = Unfolding::new(&plan, register, today);
        let year = year_after(on);
        let told: BTreeSet<(&str, &str)> = plan
            .headcounts
            .iter()
            .filter(|row| row.school == school || row.school == into)
            .map(|row| (row.what.as_str(), row.level.as_str()))
            .collect();
        for (what, level) in told {
            let count = unfolding.count(school, what, level, Some(year)) + unfolding.count(into, what, level, Some(year));
            self.write("headcounts", &[into, &year.to_string(), what, level], &[("count", &count.to_string())]);
        }
    }

    /// The rooms come along; one whose name the heir has already is told by the school that it was in.
    fn add_rooms(&mut self, school: &str, into: &str, name: &str) {
        let rooms: Vec<_> = self.plan.rooms.iter().filter(|room| room.school == school && room.closed_on.is_none()).cloned().collect();
        for room in rooms {
            let taken = self.plan.rooms.iter().any(|other| other.school == into && other.room == room.room);
            let new = if taken { format!("{} ({name})", room.room) } else { room.room.clone() };
            let levels = room.levels.join("|");
            self.write("rooms", &[into, &new], &[("kind", &room.kind), ("level", &levels)]);
        }
    }

    /// Rows that name the school in their column `school` name its heir.
    fn hand_over(&mut self, table: &str, school: &str, into: &str) {
        let Some(table) = self.tables.get_mut(table) else { return };
        for at in 0..table.rows.len() {
            if table.cell(&table.rows[at], "school") == school {
                table.set(at, "school", into);
            }
        }
    }

    /// What was given out to the school by its code is the heir's.
    fn hand_over_allotments(&mut self, school: &str, into: &str) {
        let own: Vec<_> = self.plan.allotments.iter().filter(|row| row.schools.school() == Some(school)).cloned().collect();
        for row in own {
            let cohort = row.cohort.map(|year| year.to_string()).unwrap_or_default();
            let (mine, theirs) = ([row.phase.as_str(), school, &row.kit, &cohort], [row.phase.as_str(), into, &row.kit, &cohort]);
            let Some(table) = self.tables.get_mut("allotments") else { return };
            match (table.find(&mine), table.find(&theirs)) {
                (Some(_), Some(at)) => {
                    let had: u32 = table.cell(&table.rows[at], "quantity").parse().unwrap_or(1);
                    table.set(at, "quantity", &(had + row.quantity).to_string());
                    table.remove(&mine);
                }
                (Some(at), None) => table.set(at, "school_or_selector", into),
                (None, _) => {}
            }
        }
    }
}

/// Former names, the oldest first.
pub(super) fn joined(former: &str, name: &str) -> String {
    if former.is_empty() { name.to_owned() } else { format!("{former}|{name}") }
}
