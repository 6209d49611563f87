//! Shell: the calendars of schools, kept until something of them changes: holidays, closures of the register, settings of presence.
//!
//! Comes in: a school as the plan has it. Goes out: its calendar, and what presence there is judged by. Absent on purpose: what a day is and what absence
//! means (`domain/calendar`, `domain/presence`), devices.

use crate::domain::calendar::holiday::{Holidays, PlaceHolidays};
use crate::domain::calendar::zone::Whereabouts;
use crate::domain::calendar::{Calendar, Closed, Told};
use crate::domain::presence::{InCase, Shadow, Usage, Watched};
use crate::domain::register::Register;
use crate::store::presence::AllSettings;
use crate::store::school::School;
use crate::store::{self, Tx, holiday, plan, presence, register};
use jiff::tz::TimeZone;
use rollcall_shared::SchoolId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What calendars of all schools are made of.
#[derive(Debug, Default)]
pub struct Calendars {
    /// School holidays, shipped and imported.
    pub holidays: Holidays,
    /// Settings of presence.
    pub settings: AllSettings,
    /// Closures of single schools, by code.
    of_school: BTreeMap<String, Vec<Closed>>,
    /// Closures of zones and académies.
    of_zone: Vec<(Whereabouts, Closed)>,
    /// Holidays by the text of the zone: made once for all its schools.
    places: Mutex<BTreeMap<String, Arc<PlaceHolidays>>>,
}

/// Stamp of the register, stamp of holidays and settings.
type Stamp = (u64, u64);

/// Keeps them until their stamp moves. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Option<Held>>>);

/// Calendars with what they were made from.
type Held = (Stamp, Arc<Calendars>);

impl Kept {
    /// Those of now.
    pub fn get(&self, tx: &mut Tx<'_>) -> store::Result<Arc<Calendars>> {
        let stamp = (plan::stamp(tx)?.1, holiday::stamp(tx)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, calendars)) = kept.as_ref().filter(|(known, _)| *known == stamp) {
            return Ok(calendars.clone());
        }
        let fresh = Arc::new(Calendars::load(tx)?);
        *kept = Some((stamp, fresh.clone()));
        Ok(fresh)
    }
}

impl Calendars {
    /// Those of the store, as it is now.
    pub fn load(tx: &mut Tx<'_>) -> store::Result<Calendars> {
        let tables = register::one_table(tx, "closures")?;
        let mut fresh = Calendars { holidays: Holidays::new(holiday::all(tx)?), settings: presence::settings(tx)?, ..Calendars::default() };
        for closure in Register::from_tables(&tables).closures {
            let closed =
                Closed { from: closure.from.first, to: closure.to.as_ref().map_or(closure.from.last, |to| to.last), why: closure.why.clone() };
            // A school may bear a zone's name as its code: then both are meant.
            fresh.of_zone.extend(Whereabouts::read(&closure.of).map(|at| (at, closed.clone())));
            fresh.of_school.entry(closure.of).or_default().push(closed);
        }
        Ok(fresh)
    }

    /// The calendar of a school; `clock` holds where its zone is not told.
    pub fn calendar(&self, school: &School, clock: &TimeZone) -> Calendar {
        let told = Told { zone: &school.zone, timetable: &school.timetable, uai: &school.uai };
        let at = Whereabouts::read(&school.zone);
        let own = self.of_school.get(&school.code).into_iter().flatten();
        let shared = self.of_zone.iter().filter(|(of, _)| at.is_some_and(|at| lies_in(at, *of))).map(|(_, closed)| closed);
        Calendar::of_place(told, self.place(&school.zone, at), own.chain(shared).cloned().collect(), clock)
    }

    fn place(&self, zone: &str, at: Option<Whereabouts>) -> Arc<PlaceHolidays> {
        let Some(at) = at else { return Arc::default() };
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry(zone.to_owned()).or_insert_with(|| Arc::new(self.holidays.of(at))).clone()
    }

    /// What presence at a school is judged by; `cases` are the register's.
    pub fn watched(&self, id: SchoolId, calendar: Calendar, cases: BTreeMap<String, InCase>, shadows: Vec<Shadow>) -> Watched {
        let (settings, rooms) = self.settings.of(id);
        Watched { calendar: Some(calendar), settings, shadows, cases, rooms, seen: BTreeMap::new() }
    }
}

/// Whether a school lies in a zone or académie that is closed.
fn lies_in(at: Whereabouts, of: Whereabouts) -> bool {
    of.zone == at.zone && of.academy.is_none_or(|academy| at.academy == Some(academy))
}

/// Cases of assets: by school, by label.
pub fn cases(register: &Register) -> BTreeMap<String, BTreeMap<String, InCase>> {
    let usage: BTreeMap<&str, Usage> = register.cases.iter().map(|case| (case.case.as_str(), Usage::from_code(&case.usage))).collect();
    let mut by_school: BTreeMap<String, BTreeMap<String, InCase>> = BTreeMap::new();
    for asset in &register.assets {
        let (Some(school), Some(case)) = (&asset.school, &asset.case) else { continue };
        let inside = InCase { case: case.clone(), usage: usage.get(case.as_str()).copied().unwrap_or_default() };
        by_school.entry(school.clone()).or_default().insert(asset.label.clone(), inside);
    }
    by_school
}
