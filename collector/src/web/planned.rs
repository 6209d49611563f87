//! Plan and register in force, kept while they are in force: names of phases, rooms and kits for pages, money, dates, assets.
//!
//! Comes in: the store's stamp of both. Goes out: plan and register parsed, shared. Absent on purpose: places (`store::view`).

use super::words::Words;
use crate::domain::list::complete;
use crate::domain::plan::Plan;
use crate::domain::register::Register;
use crate::store::list;
use crate::store::plan::{self, Version};
use crate::store::{Result, Tx};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The plan of one version.
#[derive(Debug, Default)]
pub struct InForce {
    /// Its version; none: nothing imported yet.
    pub version: Option<Version>,
    /// Its tables.
    pub plan: Arc<Plan>,
    /// The register as it is now.
    pub register: Arc<Register>,
}

/// Version of the plan, count of the register's changes, the lists that complete it.
type Stamp = (i64, u64, (i64, i64));

/// Keeps the newest.
#[derive(Debug, Default)]
pub struct Kept {
    kept: Mutex<Option<(Stamp, Arc<InForce>)>>,
}

impl Kept {
    /// What is in force; each half is read again only when it has changed.
    pub fn get(&self, tx: &mut Tx<'_>) -> Result<Arc<InForce>> {
        let (version, changes) = plan::stamp(tx)?;
        let stamp = (version, changes, list::stamp(tx)?);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = match kept {
            Some((known, in_force)) if known == stamp => return Ok(in_force),
            known => known,
        };
        let same_version = known.as_ref().filter(|(known, _)| known.0 == stamp.0);
        let fresh = match same_version {
            Some((_, known)) => InForce { version: known.version.clone(), plan: known.plan.clone(), register: register(tx)? },
            None => InForce {
                plan: Arc::new(plan::version(tx, stamp.0)?.as_ref().map(Plan::from_tables).unwrap_or_default()),
                version: plan::versions(tx, 1)?.into_iter().next(),
                register: register(tx)?,
            },
        };
        let fresh = Arc::new(fresh);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, fresh.clone()));
        Ok(fresh)
    }

    /// The programme's name as last read; empty before.
    pub fn programme(&self) -> String {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, plan)| plan.programme()).unwrap_or_default()
    }
}

fn register(tx: &mut Tx<'_>) -> Result<Arc<Register>> {
    let mut register = Register::from_tables(&plan::register(tx)?);
    complete(&mut register, &list::listed(tx)?);
    Ok(Arc::new(register))
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
        let school = || self.plan.schools.iter().find(|school| school.school == code).map(|school| school.name.clone());
        if self.plan.phase(code).is_some() { self.phase(words, code) } else { school().unwrap_or_else(|| code.to_owned()) }
    }

    /// Rooms of a school: code and kind, in the plan's order (the order in which one walks).
    pub fn rooms(&self, school: &str) -> BTreeMap<String, (usize, String)> {
        let rooms = self.plan.rooms.iter().filter(|room| room.school == school).enumerate();
        rooms.map(|(index, room)| (room.room.clone(), (index, room.kind.clone()))).collect()
    }

    /// Names of the networks of the plan, for enrolment codes: name, school or site, agent's host.
    pub fn networks(&self) -> Vec<(String, String)> {
        let place = |network: &crate::domain::plan::model::Network| {
            let school = network.school.as_deref().and_then(|code| self.plan.schools.iter().find(|school| school.school == code));
            school.map_or_else(|| network.site.clone(), |school| school.name.clone())
        };
        self.plan.networks.iter().filter(|network| !network.name.is_empty()).map(|network| (network.name.clone(), place(network))).collect()
    }
}
