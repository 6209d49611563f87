//! Plan and register in force, kept while they are in force: names of phases, rooms and kits for pages, money, dates, assets.
//!
//! Comes in: the store's stamp of both. Goes out: plan and register parsed, shared. Absent on purpose: places (`store::view`).

use super::words::Words;
use crate::domain::folded::fold;
use crate::domain::list::complete;
use crate::domain::plan::Plan;
use crate::domain::plan::model::{Room, School, Site};
use crate::domain::register::Register;
use crate::store::list;
use crate::store::plan::{self, Version};
use crate::store::{Result, Tx};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The plan of one version.
#[derive(Debug, Default)]
pub struct InForce {
    /// Its version; none: nothing imported yet.
    pub version: Option<Version>,
    /// Its tables.
    pub plan: Plan,
    /// Made when somebody first looks something up.
    index: OnceLock<Index>,
}

/// Where things stand in the plan's tables: a country has half a million rooms, and a page asks for one school's.
#[derive(Debug, Default)]
struct Index {
    /// Rows of schools, by code.
    schools: HashMap<String, usize>,
    /// Rows of sites, by code.
    sites: HashMap<String, usize>,
    /// Rows of rooms, by school, in the plan's order.
    rooms: HashMap<String, Vec<usize>>,
    /// Rows of rooms by their folded names, in the order of these.
    by_name: Vec<(Box<str>, usize)>,
}

/// Plan and register of one moment.
#[derive(Debug)]
pub struct Whole {
    in_force: Arc<InForce>,
    /// The register as it is now.
    pub register: Arc<Register>,
}

impl std::ops::Deref for Whole {
    type Target = InForce;

    fn deref(&self) -> &InForce {
        &self.in_force
    }
}

/// What the register hangs on: count of its changes, the lists that complete it.
type RegisterStamp = (u64, (i64, i64));

/// Keeps the newest. Plan and register apart: the register changes with every swap, and most pages ask nothing of it.
#[derive(Debug, Default)]
pub struct Kept {
    plan: Mutex<Option<(i64, Arc<InForce>)>>,
    register: Mutex<Option<(RegisterStamp, Arc<Register>)>>,
}

impl Kept {
    /// The plan in force; read again only when there is a newer version.
    pub fn get(&self, tx: &mut Tx<'_>) -> Result<Arc<InForce>> {
        let version = plan::stamp(tx)?.0;
        self.of(tx, version)
    }

    /// Plan and register in force; each half is read again only when it has changed.
    pub fn whole(&self, tx: &mut Tx<'_>) -> Result<Arc<Whole>> {
        let (version, changes) = plan::stamp(tx)?;
        let in_force = self.of(tx, version)?;
        let stamp = (changes, list::stamp(tx)?);
        let known = held(&self.register).as_ref().filter(|(known, _)| *known == stamp).map(|(_, register)| register.clone());
        let register = match known {
            Some(register) => register,
            None => {
                let register = register(tx)?;
                *held(&self.register) = Some((stamp, register.clone()));
                register
            }
        };
        Ok(Arc::new(Whole { in_force, register }))
    }

    fn of(&self, tx: &mut Tx<'_>, version: i64) -> Result<Arc<InForce>> {
        if let Some((_, known)) = held(&self.plan).as_ref().filter(|(known, _)| *known == version) {
            return Ok(known.clone());
        }
        let fresh = Arc::new(InForce {
            plan: plan::version(tx, version)?.as_ref().map(Plan::from_tables).unwrap_or_default(),
            version: plan::versions(tx, 1)?.into_iter().next(),
            index: OnceLock::new(),
        });
        *held(&self.plan) = Some((version, fresh.clone()));
        Ok(fresh)
    }

    /// The programme's name as last read; empty before.
    pub fn programme(&self) -> String {
        held(&self.plan).as_ref().map(|(_, plan)| plan.programme()).unwrap_or_default()
    }
}

fn held<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn register(tx: &mut Tx<'_>) -> Result<Arc<Register>> {
    let mut register = Register::from_tables(&plan::register(tx)?);
    complete(&mut register, &list::listed(tx)?);
    Ok(Arc::new(register))
}

impl Index {
    fn of(plan: &Plan) -> Index {
        let schools = plan.schools.iter().enumerate().map(|(row, school)| (school.school.clone(), row)).collect();
        let sites = plan.sites.iter().enumerate().map(|(row, site)| (site.site.clone(), row)).collect();
        let mut rooms: HashMap<String, Vec<usize>> = HashMap::new();
        for (row, room) in plan.rooms.iter().enumerate() {
            rooms.entry(room.school.clone()).or_default().push(row);
        }
        let mut by_name: Vec<(Box<str>, usize)> = plan.rooms.iter().enumerate().map(|(row, room)| (fold(&room.room).into(), row)).collect();
        by_name.sort();
        Index { schools, sites, rooms, by_name }
    }
}

impl InForce {
    /// The programme's name.
    pub fn programme(&self) -> String {
        self.plan.programme.as_ref().map(|programme| programme.name.clone()).unwrap_or_default()
    }

    /// A phase in words: its own name, else its number.
    pub fn phase(&self, words: &Words, code: &str) -> String {
        self.phase_name(code).map_or_else(|| words.phase_name(code), str::to_owned)
    }

    /// A phase's own name, if it has one.
    pub fn phase_name(&self, code: &str) -> Option<&str> {
        self.plan.phase(code).map(|phase| phase.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Whose a milestone or a limit is: the phase's name, else the school's.
    pub fn owner(&self, words: &Words, code: &str) -> String {
        let school = || self.school(code).map(|school| school.name.clone());
        if self.plan.phase(code).is_some() { self.phase(words, code) } else { school().unwrap_or_else(|| code.to_owned()) }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.plan))
    }

    /// A school of the plan.
    pub fn school(&self, code: &str) -> Option<&School> {
        self.index().schools.get(code).map(|row| &self.plan.schools[*row])
    }

    /// The site of a school, by the code of the school: its own, where the plan names none.
    pub fn site_of(&self, school: &str) -> Option<&Site> {
        let site = self.school(school)?.site.as_deref().unwrap_or(school);
        self.index().sites.get(site).map(|row| &self.plan.sites[*row])
    }

    /// Rooms of a school: code and kind, in the plan's order (the order in which one walks).
    pub fn rooms(&self, school: &str) -> BTreeMap<String, (usize, String)> {
        let rows = self.index().rooms.get(school).into_iter().flatten();
        rows.map(|row| &self.plan.rooms[*row]).enumerate().map(|(at, room)| (room.room.clone(), (at, room.kind.clone()))).collect()
    }

    /// Rooms whose folded name begins so, by name.
    pub fn rooms_named(&self, beginning: &str) -> impl Iterator<Item = &Room> {
        let by_name = &self.index().by_name;
        let first = by_name.partition_point(|(name, _)| &**name < beginning);
        by_name[first..].iter().take_while(move |(name, _)| name.starts_with(beginning)).map(|(_, row)| &self.plan.rooms[*row])
    }

    /// Names of the networks of the plan, for enrolment codes: name, school or site, agent's host.
    pub fn networks(&self) -> Vec<(String, String)> {
        let place = |network: &crate::domain::plan::model::Network| {
            let school = network.school.as_deref().and_then(|code| self.school(code));
            school.map_or_else(|| network.site.clone(), |school| school.name.clone())
        };
        self.plan.networks.iter().filter(|network| !network.name.is_empty()).map(|network| (network.name.clone(), place(network))).collect()
    }
}
