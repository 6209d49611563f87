//! The plan as typed values: one struct a table, in the tables' words.
//!
//! Comes in: tables that were read. Goes out: [`Plan`]. A row whose key cannot be read is left out (its note says so). Absent on
//! purpose: the register's columns of these tables ([`crate::domain::register`]), and what the rows together mean (`places`, `check`).

use super::date::PlanDate;
use super::decimal::Decimal;
use super::fields::rows;
use super::from_rows;
use super::money::{Deliverable, Figure, Grant, GrantRule, Limit, Line};
use super::selector::{Facts, Per, Selector};
use super::table::Tables;
use crate::domain::folded::fold;
use crate::domain::kind::{Kind, KnownBy};
use jiff::civil::Date;
use std::collections::HashMap;

/// What shall be, by when, for what money.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The programme itself, if it is named.
    pub programme: Option<Programme>,
    /// Who takes part.
    pub actors: Vec<Actor>,
    /// Lots of the procurement.
    pub lots: Vec<Lot>,
    /// Contractors' deadlines.
    pub deadlines: Vec<Deadline>,
    /// Phases, in rank order.
    pub phases: Vec<Phase>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Schools.
    pub schools: Vec<School>,
    /// Networks.
    pub networks: Vec<Network>,
    /// Lines of operators into sites.
    pub circuits: Vec<Circuit>,
    /// Traits of schools.
    pub traits: Vec<Trait>,
    /// Classes, teachers and pupils.
    pub headcounts: Vec<Headcount>,
    /// Rooms, in the order in which one walks.
    pub rooms: Vec<Room>,
    /// What wall outlets lead to.
    pub patch: Vec<Patch>,
    /// Items of kits.
    pub kits: Vec<KitItem>,
    /// Who gets which kit.
    pub allotments: Vec<Allotment>,
    /// Milestones.
    pub milestones: Vec<Milestone>,
    /// Deliverables that are no device.
    pub deliverables: Vec<Deliverable>,
    /// Yearly limits.
    pub limits: Vec<Limit>,
    /// Figures that the source states.
    pub figures: Vec<Figure>,
    /// Budget lines.
    pub lines: Vec<Line>,
    /// Grants.
    pub grants: Vec<Grant>,
    /// Rules of grants.
    pub grant_rules: Vec<GrantRule>,
}

/// The programme.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// The owner's SIREN.
    pub siren: Option<String>,
    /// Begins.
    pub starts_on: Option<PlanDate>,
    /// Ends.
    pub ends_on: Option<PlanDate>,
}

/// Somebody who takes part: never a person, always a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Code.
    pub actor: String,
    /// owner, operator, contractor, subcontractor, trainer, funder.
    pub role: String,
    /// For whom it works.
    pub of: Option<String>,
    /// Its lots.
    pub lots: Vec<String>,
    /// Mailbox of the function.
    pub mailbox: Option<String>,
}

/// A lot of the procurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Lot {
    /// Code.
    pub lot: String,
    /// Name.
    pub name: String,
    /// supply, deploy, cabling, maintenance, support.
    pub scope: Vec<String>,
    /// Who holds it.
    pub contractor: Option<String>,
    /// Days of visits, as written.
    pub weekdays: Vec<String>,
    /// Visits a week.
    pub visits_per_week: Option<u32>,
    /// Working hours, as written.
    pub hours: Option<String>,
}

/// How soon a contractor answers and repairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// The lot.
    pub lot: String,
    /// The kind; none means any.
    pub kind: Option<Kind>,
    /// The severity's code.
    pub severity: String,
    /// Hours to respond.
    pub respond_h: Option<Decimal>,
    /// Hours to repair.
    pub repair_h: Option<Decimal>,
    /// Penalty, as written.
    pub penalty: Option<String>,
}

/// A wave with a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// Line of the file.
    pub row: u64,
    /// Code.
    pub phase: String,
    /// Name, else the code.
    pub name: String,
    /// Order; phases without one come last, in the order written.
    pub rank: u32,
    /// It settles scope and choice before the phases proper.
    pub pilot: bool,
    /// Begins.
    pub starts_on: Option<PlanDate>,
    /// Ends.
    pub ends_on: Option<PlanDate>,
    /// Traits that a school must have to be in it.
    pub needs: Vec<String>,
    /// Traits whose schools come first, the weightiest first.
    pub prefers: Vec<String>,
}

/// A building or yard.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Code.
    pub site: String,
    /// Name.
    pub name: String,
    /// school, data_centre, store, workshop, other.
    pub kind: String,
    /// Address.
    pub address: String,
    /// Degrees north.
    pub latitude: Option<Decimal>,
    /// Degrees east.
    pub longitude: Option<Decimal>,
}

/// A school.
#[derive(Debug, Clone, PartialEq)]
pub struct School {
    /// Line of the file.
    pub row: u64,
    /// The town's own code.
    pub school: String,
    /// Name, else the code.
    pub name: String,
    /// maternelle, elementaire, primaire; empty where not told.
    pub kind: String,
    /// National number.
    pub uai: Option<String>,
    /// Its site; none: one of its own.
    pub site: Option<String>,
    /// Its group.
    pub group: String,
    /// Its phases.
    pub phases: Vec<String>,
    /// Holiday zone.
    pub zone: Option<String>,
    /// Timetable, as written.
    pub timetable: Option<String>,
    /// Somebody looks at it from this day on; none: not followed.
    pub followed_from: Option<PlanDate>,
    /// Opened.
    pub opened_on: Option<PlanDate>,
    /// Closed.
    pub closed_on: Option<PlanDate>,
    /// The school that carries its history on.
    pub successor: Option<String>,
    /// What it was called before, the oldest name first.
    pub was: Vec<String>,
    /// The note.
    pub note: String,
}

impl School {
    /// Whether it is no more on a day.
    pub fn is_closed(&self, on: Date) -> bool {
        self.closed_on.as_ref().is_some_and(|closed| closed.is_past(on))
    }
}

/// A network of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Site (or school, where no sites are told).
    pub site: String,
    /// Its addresses.
    pub cidr: String,
    /// Name, as the agent's configuration calls it.
    pub name: String,
    /// VLAN.
    pub vlan: Option<u32>,
    /// What it is for.
    pub usage: String,
    /// Which agent looks at it.
    pub agent: Option<String>,
    /// The school, if only one uses it.
    pub school: Option<String>,
}

/// An operator's line into a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Circuit {
    /// Site.
    pub site: String,
    /// Operator.
    pub operator: String,
    /// The operator's reference.
    pub reference: String,
    /// Technology.
    pub technology: String,
    /// Whom to ring.
    pub phone: String,
}

/// A trait of a school.
#[derive(Debug, Clone, PartialEq)]
pub struct Trait {
    /// School.
    pub school: String,
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Known as of.
    pub as_of: Option<PlanDate>,
}

/// How many classes, teachers or pupils.
#[derive(Debug, Clone, PartialEq)]
pub struct Headcount {
    /// School.
    pub school: String,
    /// School year, by the year in which it begins.
    pub year: i16,
    /// class, teacher, pupil.
    pub what: String,
    /// Level, or all.
    pub level: String,
    /// How many.
    pub count: u32,
}

/// A room.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// School.
    pub school: String,
    /// Name.
    pub room: String,
    /// class, computer_room, library, head_office, staff, cabinet, other.
    pub kind: String,
    /// Levels taught there.
    pub levels: Vec<String>,
    /// What it was called before, the oldest name first.
    pub was: Vec<String>,
    /// No class is taught there any more after this day.
    pub closed_on: Option<PlanDate>,
}

/// What a wall outlet leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// The switch: its label or name.
    pub device: String,
    /// Its port.
    pub port: String,
    /// The room.
    pub room: String,
}

/// One item of a kit.
#[derive(Debug, Clone, PartialEq)]
pub struct KitItem {
    /// Line of the file.
    pub row: u64,
    /// The kit.
    pub kit: String,
    /// What.
    pub kind: Kind,
    /// Which of several of that kind in the kit: fixed, portable; empty where there is one sort.
    pub variant: String,
    /// How many for each `per`.
    pub quantity: u32,
    /// For each what.
    pub per: Per,
    /// Model: a pattern with `*`.
    pub model: Option<String>,
    /// In colour (printers).
    pub colour: bool,
    /// How it can be known, where the plan says otherwise than the kind.
    pub known_by: KnownBy,
    /// The lot that supplies or mends it.
    pub lot: Option<String>,
    /// Price of one, before tax.
    pub price_ht: Option<Decimal>,
}

/// Kits that schools get in a phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Allotment {
    /// Line of the file.
    pub row: u64,
    /// The phase.
    pub phase: String,
    /// Which schools.
    pub schools: Selector,
    /// The kit.
    pub kit: String,
    /// How many kits.
    pub quantity: u32,
    /// The quantity is for all these schools together; otherwise each gets it.
    pub is_total: bool,
    /// School year whose headcounts count; none: the current one.
    pub year: Option<i16>,
    /// The cohort that carries it, by the year in which it entered.
    pub cohort: Option<i16>,
    /// Not before.
    pub due_from: Option<PlanDate>,
    /// Due.
    pub due_on: Option<PlanDate>,
    /// What was there before goes when it comes.
    pub replaces_legacy: bool,
    /// It is what was there before the programme: it counts until it is replaced, and nobody misses it.
    pub legacy: bool,
}

/// Something that shall have happened by a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestone {
    /// Line of the file.
    pub row: u64,
    /// The phase or the school.
    pub of: String,
    /// Its name.
    pub milestone: String,
    /// Promised for; never moved.
    pub promised_on: Option<PlanDate>,
    /// Planned for.
    pub planned_on: Option<PlanDate>,
    /// Names of the milestones it comes after: of the same phase or school (or its phases), or `PHASE/MILESTONE` of another.
    pub after: Vec<String>,
}

impl Milestone {
    /// A name of `after` that tells another phase or school: its code and the milestone's name.
    pub fn elsewhere(name: &str) -> Option<(&str, &str)> {
        name.split_once('/').filter(|(of, name)| !of.is_empty() && !name.is_empty())
    }
}

impl Plan {
    /// The plan that these tables tell.
    pub fn from_tables(tables: &Tables) -> Plan {
        let mut phases = rows(tables, "phases", from_rows::phase);
        phases.sort_by_key(|phase| phase.rank);
        Plan {
            programme: rows(tables, "programme", from_rows::programme).into_iter().next(),
            actors: rows(tables, "actors", from_rows::actor),
            lots: rows(tables, "lots", from_rows::lot),
            deadlines: rows(tables, "deadlines", from_rows::deadline),
            phases,
            sites: rows(tables, "sites", from_rows::site),
            schools: rows(tables, "schools", from_rows::school),
            networks: rows(tables, "networks", from_rows::network),
            circuits: rows(tables, "circuits", from_rows::circuit),
            traits: rows(tables, "traits", from_rows::school_trait),
            headcounts: rows(tables, "headcounts", from_rows::headcount),
            rooms: rows(tables, "rooms", from_rows::room),
            patch: rows(tables, "patch", from_rows::patch),
            kits: rows(tables, "kits", from_rows::kit_item),
            allotments: rows(tables, "allotments", from_rows::allotment),
            milestones: rows(tables, "milestones", from_rows::milestone),
            deliverables: rows(tables, "deliverables", Deliverable::from_fields),
            limits: rows(tables, "limits", Limit::from_fields),
            figures: rows(tables, "figures", Figure::from_fields),
            lines: rows(tables, "lines", Line::from_fields),
            grants: rows(tables, "grants", Grant::from_fields),
            grant_rules: rows(tables, "grant_rules", GrantRule::from_fields),
        }
    }

    /// The phase of this code.
    pub fn phase(&self, code: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.phase == code)
    }

    /// Who chooses among the schools: an index made once, asked often.
    pub fn choosing(&self) -> Choosing<'_> {
        let mut traits: HashMap<&str, Vec<String>> = HashMap::new();
        for row in &self.traits {
            traits.entry(&row.school).or_default().push(fold(&row.name));
        }
        let by_code = self.schools.iter().enumerate().map(|(index, school)| (school.school.as_str(), index)).collect();
        Choosing { plan: self, by_code, traits }
    }
}

/// Answers which schools a selector chooses.
#[derive(Debug)]
pub struct Choosing<'a> {
    plan: &'a Plan,
    by_code: HashMap<&'a str, usize>,
    traits: HashMap<&'a str, Vec<String>>,
}

impl<'a> Choosing<'a> {
    /// Positions of the chosen schools in [`Plan::schools`], ascending. A school named by its code costs one look-up.
    pub fn chosen(&self, selector: &Selector) -> Vec<usize> {
        match selector.school() {
            Some(code) => self.by_code.get(code).copied().into_iter().collect(),
            None => (0..self.plan.schools.len()).filter(|index| selector.chooses(self.facts(*index))).collect(),
        }
    }

    /// The position of the school of this code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The school that carries a school's history on: itself while it is open, else its successor (and that one's).
    pub fn heir(&self, code: &str, on: Date) -> Option<&'a str> {
        let mut school = &self.plan.schools[self.position(code)?];
        // Schools that name each other as successors end before the chain comes round: by what it holds, never by how many other schools there are.
        let mut passed = vec![school.school.as_str()];
        while let Some(next) = school.successor.as_deref().filter(|_| school.is_closed(on)).and_then(|next| self.position(next)) {
            if passed.contains(&self.plan.schools[next].school.as_str()) {
                break;
            }
            school = &self.plan.schools[next];
            passed.push(&school.school);
        }
        Some(&school.school)
    }

    fn facts(&self, index: usize) -> Facts<'_> {
        let school = &self.plan.schools[index];
        let traits = self.traits.get(school.school.as_str()).map_or(&[][..], Vec::as_slice);
        Facts { school: &school.school, kind: &school.kind, group: &school.group, phases: &school.phases, traits }
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
