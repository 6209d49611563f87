//! The plan unfolds into places: this school, this room if known, this kind, this model, due then.
//!
//! Comes in: plan, register, today. Goes out: [`Planned`] places school by school, in the order of the tables, and what is held by the
//! programme because no school was named yet. Absent on purpose: devices; who stands where is [`crate::domain::place::lay`]'s.
//!
//! An allotment says what a school shall *have*, not what is delivered: a kit that two phases allot to one school (a pilot school
//! that is equipped again with its phase) is there once, as often as the greater of the quantities, and belongs to the earlier phase by
//! rank. Whoever means two deliveries says a quantity of two. Keys name neither phase nor date, so a place keeps its device when
//! its phase is moved. Cohorts are apart: each carries its own, as many as it had pupils when it got them, and climbs with them.
//!
//! A place that is over (a class closed, a cohort that has left, a school that is no more) is told by [`Unfolding::standing`] alone, so
//! that what still stands there is seen to wait for another place; it is no part of what the plan asks for.

pub mod cohort;
mod filling;

use super::date::PlanDate;
use super::model::{Allotment, Choosing, Headcount, KitItem, Patch, Plan, Room};
use super::selector::{Per, Selector};
use crate::domain::kind::Kind;
use crate::domain::place::{Life, Place, Registered};
use crate::domain::register::{Asset, Case, Register};
use cohort::Return;
use filling::{Filling, pin};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Most places of one kit item in one school: a slip of the hand must not fill the memory.
const MAX_COUNT: u32 = 5_000;

/// A place with what only the plan knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The school's code.
    pub school: String,
    /// The place, as it is laid beside the fleet.
    pub place: Place,
    /// Not before.
    pub due_from: Option<PlanDate>,
    /// Due, with its precision and as it was written.
    pub due_on: Option<PlanDate>,
    /// The case that it belongs to: its code, else the key of the case's place.
    pub case: Option<String>,
    /// The lot that supplies or mends it.
    pub lot: Option<String>,
    /// The cohort that carries it.
    pub cohort: Option<i16>,
    /// The level at which that cohort is now.
    pub level: Option<&'static str>,
    /// What was there before goes when it comes.
    pub replaces_legacy: bool,
}

/// Kits of a total that no school was given yet: held by the programme.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The phase.
    pub phase: String,
    /// The schools that it is for.
    pub schools: Selector,
    /// The kit.
    pub kit: String,
    /// Kits without a school.
    pub kits: u32,
    /// Kits in all.
    pub total: u32,
    /// Kits given beyond the total (a mistake; then none is held).
    pub beyond: u32,
    /// Line of the allotment.
    pub row: u64,
    /// How many things of each kind are held with them, as far as that does not depend on the school.
    pub items: Vec<(Kind, u32)>,
}

/// The whole plan, unfolded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unfolded {
    /// Places, school by school.
    pub places: Vec<Planned>,
    /// What no school has yet.
    pub held: Vec<Held>,
}

/// Unfolds the whole plan on a day.
pub fn unfold(plan: &Plan, register: &Register, on: Date) -> Unfolded {
    let unfolding = Unfolding::new(plan, register, on);
    Unfolded { places: unfolding.places(), held: unfolding.held() }
}

/// Plan and register, ready to unfold school by school.
#[derive(Debug)]
pub struct Unfolding<'a> {
    plan: &'a Plan,
    on: Date,
    choosing: Choosing<'a>,
    kits: HashMap<&'a str, Vec<&'a KitItem>>,
    /// For each school, the allotments that reach it, by rank of phase, then in the order written.
    allotments: Vec<Vec<&'a Allotment>>,
    headcounts: HashMap<&'a str, Vec<&'a Headcount>>,
    rooms: HashMap<&'a str, Vec<&'a Room>>,
    cases: HashMap<&'a str, Vec<&'a Case>>,
    /// Each school's own assets, and those of schools whose history it carries on.
    assets: HashMap<&'a str, Vec<&'a Asset>>,
    /// What wall outlets lead to, by switch.
    patch: HashMap<&'a str, Vec<&'a Patch>>,
    /// Labels that are lent on this day.
    lent: HashSet<&'a str>,
    /// Days on which a loan begins or has ended.
    loan_days: BTreeSet<Date>,
    /// Labels that came back, with the day of the last time.
    back: HashMap<&'a str, Date>,
    /// Planned day of installation of phases and schools.
    installed: HashMap<&'a str, &'a PlanDate>,
}

/// Rows by the school, kit or switch that they name.
fn by_name<'a, T>(rows: &'a [T], name: impl Fn(&'a T) -> Option<&'a str>) -> HashMap<&'a str, Vec<&'a T>> {
    let mut grouped: HashMap<&str, Vec<&T>> = HashMap::new();
    for row in rows {
        if let Some(name) = name(row) {
            grouped.entry(name).or_default().push(row);
        }
    }
    grouped
}

/// Labels that came back from a loan, with the day of the last time.
fn came_back(register: &Register) -> HashMap<&str, Date> {
    let mut back: HashMap<&str, Date> = HashMap::new();
    for loan in &register.loans {
        let Some(on) = loan.returned_on.as_ref().map(|on| on.last) else { continue };
        let last = back.entry(loan.label.as_str()).or_insert(on);
        *last = on.max(*last);
    }
    back
}

impl<'a> Unfolding<'a> {
    /// Makes the indexes: linear in the plan's size.
    pub fn new(plan: &'a Plan, register: &'a Register, on: Date) -> Self {
        let choosing = plan.choosing();
        let ranks: HashMap<&str, u32> = plan.phases.iter().map(|phase| (phase.phase.as_str(), phase.rank)).collect();
        let mut ordered: Vec<&Allotment> = plan.allotments.iter().collect();
        ordered.sort_by_key(|allotment| ranks.get(allotment.phase.as_str()).copied().unwrap_or(u32::MAX));
        let mut allotments = vec![Vec::new(); plan.schools.len()];
        for allotment in ordered.into_iter().filter(|allotment| !is_held(allotment)) {
            for school in choosing.chosen(&allotment.schools) {
                allotments[school].push(allotment);
            }
        }
        let mut assets = by_name(&register.assets, |row| row.school.as_deref());
        for asset in &register.assets {
            let heir = asset.school.as_deref().and_then(|school| Some((school, choosing.heir(school, on)?)));
            if let Some((_, heir)) = heir.filter(|(school, heir)| school != heir) {
                assets.entry(heir).or_default().push(asset);
            }
        }
        let installation = plan.milestones.iter().filter(|milestone| milestone.milestone == "installation");
        Unfolding {
            plan,
            on,
            choosing,
            kits: by_name(&plan.kits, |item| Some(item.kit.as_str())),
            allotments,
            headcounts: by_name(&plan.headcounts, |row| Some(row.school.as_str())),
            rooms: by_name(&plan.rooms, |row| Some(row.school.as_str())),
            cases: by_name(&register.cases, |row| row.school.as_deref()),
            assets,
            patch: by_name(&plan.patch, |row| Some(row.device.as_str())),
            loan_days: register
                .loans
                .iter()
                .flat_map(|loan| [&loan.lent_on, &loan.returned_on])
                .flatten()
                .flat_map(|on| [on.first, on.last])
                .collect(),
            back: came_back(register),
            lent: register.loans.iter().filter(|loan| loan.is_out(on)).map(|loan| loan.label.as_str()).collect(),
            installed: installation.filter_map(|milestone| Some((milestone.of.as_str(), milestone.planned_on.as_ref()?))).collect(),
        }
    }

    /// Who chooses among the schools.
    pub fn choosing(&self) -> &Choosing<'a> {
        &self.choosing
    }

    /// Codes of the plan's schools.
    pub fn codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.plan.schools.iter().map(|school| school.school.as_str())
    }

    /// Whether a school is no more on this day.
    pub fn is_closed(&self, code: &str) -> bool {
        self.choosing.position(code).is_some_and(|index| self.plan.schools[index].is_closed(self.on))
    }

    /// Whether a school has a room of this kind.
    pub fn has_room(&self, school: &str, kind: &str) -> bool {
        self.rooms.get(school).is_some_and(|rooms| rooms.iter().any(|room| room.kind == kind))
    }

    /// All places, school by school in the plan's order.
    pub fn places(&self) -> Vec<Planned> {
        (0..self.plan.schools.len()).flat_map(|index| self.at(index)).filter(is_asked_for).collect()
    }

    /// The places of the school of this code.
    pub fn school(&self, code: &str) -> Vec<Planned> {
        self.standing(code).into_iter().filter(is_asked_for).collect()
    }

    /// The same with those that are over, where something may still stand.
    pub fn standing(&self, code: &str) -> Vec<Planned> {
        self.choosing.position(code).map_or_else(Vec::new, |index| self.at(index))
    }

    /// The assets that the register has at a school, as places need them: in rooms by the names that they have now.
    pub fn registered(&self, code: &str) -> Vec<Registered> {
        let here = self.assets.get(code).map_or(&[][..], Vec::as_slice);
        let registered = here.iter().filter_map(|asset| {
            let back_on = self.back.get(asset.label.as_str()).copied();
            Some(Registered { back_on, ..asset.registered(self.lent.contains(asset.label.as_str()), self.on)? })
        });
        registered.map(|asset| Registered { room: asset.room.map(|room| self.room_now(code, &room).to_owned()), ..asset }).collect()
    }

    /// The rooms behind the ports of a school's switches: (switch, port) → room, by the name that it has now.
    pub fn patch<'s>(&self, school: &str, switches: impl IntoIterator<Item = &'s str>) -> BTreeMap<(String, String), String> {
        let rows = switches.into_iter().filter_map(|switch| self.patch.get(switch)).flatten();
        rows.map(|row| ((row.device.clone(), row.port.clone()), self.room_now(school, &row.room).to_owned())).collect()
    }

    /// What a room of a school is called now, by any name that it ever had.
    pub fn room_now<'s>(&'s self, school: &str, name: &'s str) -> &'s str {
        let rooms = self.rooms.get(school).map_or(&[][..], Vec::as_slice);
        let now = || rooms.iter().find(|room| room.was.iter().any(|was| was == name));
        if rooms.iter().any(|room| room.room == name) { name } else { now().map_or(name, |room| &room.room) }
    }

    /// The next day on which a school's places may be others, or missing, though nobody changes anything: a due date has passed, a room
    /// or the school closes, a loan begins or ends, a school year begins.
    pub fn next_change(&self, code: &str, places: &[Planned]) -> Option<Date> {
        let school = &self.plan.schools[self.choosing.position(code)?];
        let rooms = self.rooms.get(code).map_or(&[][..], Vec::as_slice);
        let dues = places.iter().filter_map(|planned| planned.place.due).map(|(_, last)| last);
        let closings = school.closed_on.iter().chain(rooms.iter().filter_map(|room| room.closed_on.as_ref())).map(|date| date.last);
        let passed = dues.chain(closings).filter_map(|last| last.tomorrow().ok());
        // August: from there on `school_year` counts the new one.
        let year = Date::new(school_year(self.on) + 1, 8, 1).ok();
        passed.chain(self.loan_days.iter().copied()).filter(|day| *day > self.on).chain(year).min()
    }

    /// What cohorts in their last year, or beyond it, have to give back: one line a school, kit and cohort.
    pub fn returns(&self) -> Vec<Return> {
        let mut returns = Vec::new();
        let year = school_year(self.on);
        for (index, school) in self.plan.schools.iter().enumerate().filter(|(_, school)| !school.is_closed(self.on)) {
            for allotment in &self.allotments[index] {
                let Some(cohort) = allotment.cohort else { continue };
                let items = self.kits.get(allotment.kit.as_str()).map_or(&[][..], Vec::as_slice);
                for item in items {
                    let Per::Pupil(entry) = &item.per else { continue };
                    let (Some(due_on), Some(standing)) = (cohort::return_due(entry, cohort), cohort::standing(entry, cohort, year)) else { continue };
                    let left = standing == cohort::Standing::Left;
                    let pupils = self.cohort_size(&school.school, allotment, cohort, entry);
                    let count = u64::from(pupils) * u64::from(item.quantity) * u64::from(allotment.quantity);
                    if count > 0 && (left || due_on.first.year() == year + 1) {
                        returns.push(Return { school: school.school.clone(), kit: allotment.kit.clone(), cohort, due_on, count, left });
                    }
                }
            }
        }
        returns
    }

    /// How many pupils a cohort had in a school when it got its devices: in the year told, else when it entered.
    fn cohort_size(&self, school: &str, allotment: &Allotment, cohort: i16, entry: &str) -> u32 {
        let given = allotment.year.unwrap_or(cohort);
        match cohort::standing(entry, cohort, given) {
            Some(cohort::Standing::At(level)) => self.count(school, "pupil", level, Some(given)),
            Some(cohort::Standing::ToCome) => self.count(school, "pupil", entry, Some(given)),
            Some(cohort::Standing::Left) | None => 0,
        }
    }

    /// The places of the school at this position of the plan. Those of a closed school are all over.
    fn at(&self, index: usize) -> Vec<Planned> {
        let school = &self.plan.schools[index];
        let closed = school.is_closed(self.on);
        let mut filling = Filling { unfolding: self, school: &school.school, closed, places: Vec::new(), taken: HashMap::new() };
        for allotment in &self.allotments[index] {
            filling.allot(allotment);
        }
        let mut places = filling.places;
        let room_of = |asset: &Asset| asset.room.as_deref().map(|room| self.room_now(&school.school, room).to_owned());
        pin(&mut places, self.assets.get(school.school.as_str()).map_or(&[], Vec::as_slice), room_of);
        places
    }

    /// How many classes, teachers or pupils a school has: of the year asked, else of the latest year up to this school year,
    /// else of the first one told. All levels: the row `all`, else the sum of the others.
    pub fn count(&self, school: &str, what: &str, level: &str, year: Option<i16>) -> u32 {
        let rows = self.headcounts.get(school).map_or(&[][..], Vec::as_slice);
        let of_what = || rows.iter().filter(|row| row.what == what);
        let wanted = year.unwrap_or_else(|| school_year(self.on));
        let told = of_what().map(|row| row.year).filter(|told| *told <= wanted).max();
        let Some(year) = told.or_else(|| of_what().map(|row| row.year).min()) else { return 0 };
        let of_year = || of_what().filter(|row| row.year == year);
        match of_year().find(|row| row.level == level) {
            Some(row) => row.count,
            None if level == "all" => of_year().map(|row| row.count).fold(0, u32::saturating_add),
            None => 0,
        }
    }

    /// The most that a school ever counted, up to this school year.
    fn ever(&self, school: &str, what: &str, level: &str) -> u32 {
        let rows = self.headcounts.get(school).map_or(&[][..], Vec::as_slice);
        let now = school_year(self.on);
        let years = rows.iter().filter(|row| row.what == what && row.year <= now).map(|row| row.year);
        let years: HashSet<i16> = years.collect();
        years.into_iter().map(|year| self.count(school, what, level, Some(year))).max().unwrap_or(0)
    }

    /// Allotments of a total to several schools, with what of it no school was given yet.
    pub fn held(&self) -> Vec<Held> {
        self.plan.allotments.iter().filter(|allotment| is_held(allotment)).map(|allotment| self.held_of(allotment)).collect()
    }

    fn held_of(&self, total: &Allotment) -> Held {
        let chosen: HashSet<usize> = self.choosing.chosen(&total.schools).into_iter().collect();
        let same = |other: &&Allotment| other.kit == total.kit && other.phase == total.phase && !is_held(other);
        let named = self.plan.allotments.iter().filter(same);
        let given = named
            .filter(|other| other.schools.school().and_then(|code| self.choosing.position(code)).is_some_and(|index| chosen.contains(&index)))
            .map(|other| other.quantity)
            .fold(0, u32::saturating_add);
        let kits = total.quantity.saturating_sub(given);
        let items = self.kits.get(total.kit.as_str()).map_or(&[][..], Vec::as_slice);
        let cases: u32 = items.iter().filter(|item| item.kind == Kind::Case && item.per == Per::School).map(|item| item.quantity).sum();
        let things = items.iter().filter_map(|item| match item.per {
            Per::School => Some((item.kind, kits.saturating_mul(item.quantity))),
            Per::Case => Some((item.kind, kits.saturating_mul(cases.max(1)).saturating_mul(item.quantity))),
            _ => None,
        });
        let beyond = given.saturating_sub(total.quantity);
        Held {
            phase: total.phase.clone(),
            schools: total.schools.clone(),
            kit: total.kit.clone(),
            kits,
            total: total.quantity,
            beyond,
            row: total.row,
            items: things.collect(),
        }
    }

    /// When an allotment is due in a school: what was said of this very school comes first, then of the allotment, then of the phase.
    fn due(&self, allotment: &Allotment, school: &str) -> Option<PlanDate> {
        let own = allotment.due_on.as_ref().filter(|_| allotment.schools.school().is_some());
        let phase = || self.plan.phase(&allotment.phase).and_then(|phase| phase.ends_on.as_ref());
        own.or_else(|| self.installed.get(school).copied())
            .or(allotment.due_on.as_ref())
            .or_else(|| self.installed.get(allotment.phase.as_str()).copied())
            .or_else(phase)
            .cloned()
    }
}

/// What is over is told, but not asked for.
fn is_asked_for(planned: &Planned) -> bool {
    !matches!(planned.place.life, Life::Over(_))
}

/// A total over several schools is held until rows that name a school give it out.
fn is_held(allotment: &Allotment) -> bool {
    allotment.is_total && allotment.schools.school().is_none()
}

/// The school year of a day, by the year in which it begins: from 1 August on it is the new one (schools order for September in summer).
pub fn school_year(on: Date) -> i16 {
    if on.month() >= 8 { on.year() } else { on.year() - 1 }
}

#[cfg(test)]
mod tests;
