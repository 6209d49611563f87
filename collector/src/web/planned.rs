//! The plan in force, kept while it is in force: names of phases, rooms and kits for pages.
//!
//! Comes in: the store's stamp of the plan. Goes out: the parsed plan, shared. Absent on purpose: places (`store::view`).

use super::words::Words;
use crate::domain::plan::Plan;
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
    pub plan: Plan,
}

/// Keeps the newest.
#[derive(Debug, Default)]
pub struct Kept {
    kept: Mutex<Option<(i64, Arc<InForce>)>>,
}

impl Kept {
    /// The plan in force, read again only when its version has changed.
    pub fn get(&self, tx: &mut Tx<'_>) -> Result<Arc<InForce>> {
        let (version, _) = plan::stamp(tx)?;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, plan)) = kept.filter(|(known, _)| *known == version) {
            return Ok(plan);
        }
        let tables = plan::version(tx, version)?;
        let fresh = Arc::new(InForce {
            plan: tables.as_ref().map(Plan::from_tables).unwrap_or_default(),
            version: plan::versions(tx, 1)?.into_iter().next(),
        });
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, fresh.clone()));
        Ok(fresh)
    }

    /// The programme's name as last read; empty before.
    pub fn programme(&self) -> String {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, plan)| plan.programme()).unwrap_or_default()
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
