//! Rooms that are called otherwise, classes that are closed in September.
//!
//! Comes in: a school, a room, a year. Goes out: rows of rooms and headcounts. Absent on purpose: the kit of a closed class; its places
//! are over from that September on, and what stands there waits for another (`places`).

use super::schools::joined;
use super::{Editing, Refusal, name_of};
use crate::domain::plan::note::Words;
use crate::domain::plan::places::Unfolding;
use crate::domain::register::Register;
use jiff::civil::Date;

impl Editing {
    pub(super) fn rename_room(&mut self, school: &str, room: &str, name: &str) -> Result<Words, Refusal> {
        let (of, name) = (self.open_school("school", school)?, name_of("name", name)?);
        self.known_room(school, room)?;
        if self.plan.rooms.iter().any(|other| other.school == school && other.room == name) {
            let why = (
                format!("{of} a déjà une salle « {name} » ; attendu : un nom libre"),
                format!("{of} has a room “{name}” already; expected a free name"),
            );
            return Err(Refusal::new("name", why.0, why.1));
        }
        let former = joined(&self.cell("rooms", &[school, room], "was"), room);
        self.write("rooms", &[school, room], &[("was", &former), ("room", name)]);
        Ok(Words::made(format!("{of} : salle {room} renommée {name}"), format!("{of}: room {room} renamed {name}")))
    }

    pub(super) fn close_class(&mut self, school: &str, year: i16, room: Option<&str>, register: &Register, today: Date) -> Result<Words, Refusal> {
        let of = self.open_school("school", school)?;
        if let Some(room) = room {
            self.known_room(school, room)?;
        }
        let plan = self.plan.clone();
        let count = Unfolding::new(&plan, register, today).count(school, "class", "all", Some(year));
        let Some(left) = count.checked_sub(1) else {
            let why = (
                format!("{of} n'a pas de classe à fermer ; attendu : un effectif de classes dans headcounts"),
                format!("{of} has no class to close; expected a count of classes in headcounts"),
            );
            return Err(Refusal::new("school", why.0, why.1));
        };
        self.write("headcounts", &[school, &year.to_string(), "class", "all"], &[("count", &left.to_string())]);
        if let Some(room) = room {
            // The last day of August is its last: in September nothing is asked for there.
            self.write("rooms", &[school, room], &[("closed_on", &format!("{year}-08-31"))]);
        }
        let which = room.map(|room| format!(" ({room})")).unwrap_or_default();
        Ok(Words::made(
            format!("{of} : une classe fermée à la rentrée {year}{which}, il en reste {left}"),
            format!("{of}: a class closed in September {year}{which}, {left} left"),
        ))
    }

    fn known_room(&self, school: &str, room: &str) -> Result<(), Refusal> {
        if self.plan.rooms.iter().any(|known| known.school == school && known.room == room) {
            return Ok(());
        }
        let mut rooms: Vec<&str> = self.plan.rooms.iter().filter(|known| known.school == school).map(|known| known.room.as_str()).collect();
        rooms.sort_unstable();
        let list = crate::domain::plan::check::listed(&rooms);
        Err(Refusal::new(
            "room",
            format!("aucune salle ne s'appelle « {room} » ; attendu : {list}"),
            format!("no room is called “{room}”; expected {list}"),
        ))
    }
}
