//! Shell: a plan's way in: a new version, the schools and networks it names, the register's rows; then every school is due.
//!
//! Comes in: tables that were read and checked without an error. Goes out: what changed. The same tables again change nothing.
//! Absent on purpose: reading and checking (`plan_folder`, `domain::plan`), unfolding into places (settle), pages.

use crate::domain::plan::model::{self, Plan};
use crate::domain::plan::schema::Half;
use crate::domain::plan::{PlanDate, Tables};
use crate::store::school::{self, Network, School};
use crate::store::{self, Db, Tx, plan};
use rollcall_shared::{SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What an import changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The new version; `None`: the plan said this already.
    pub version: Option<i64>,
    /// Schools that are new or changed.
    pub schools: u64,
    /// Schools that the plan no longer names.
    pub left: u64,
    /// Networks that are new or changed.
    pub networks: u64,
    /// Rows of the register that changed.
    pub register_rows: u64,
}

impl Imported {
    /// Whether anything changed.
    pub fn is_empty(&self) -> bool {
        *self == Imported::default()
    }
}

/// Takes tables in, all or nothing.
pub fn import(db: &Db, tables: Tables, author: &str, note: &str, now: Timestamp) -> store::Result<Imported> {
    let (author, note) = (author.to_owned(), note.to_owned());
    let parsed = Plan::from_tables(&tables);
    let (plan_half, register_half) = (tables.half(Half::Plan), tables.half(Half::Register));
    db.write(move |tx| {
        let programme = parsed.programme.as_ref().map_or("", |programme| &programme.code);
        let mut imported = Imported { version: plan::save_version(tx, programme, &author, &note, &plan_half, now)?, ..Imported::default() };
        let ids = save_schools(tx, &parsed, &mut imported)?;
        save_networks(tx, &parsed, &ids, &mut imported)?;
        imported.register_rows = plan::save_register(tx, &register_half, &author, now)?;
        if !imported.is_empty() {
            // Phases, kits and the calendar reach every school: what is due is cheaper to look at than to guess.
            school::mark_all_due(tx, now)?;
        }
        Ok(imported)
    })
}

fn save_schools(tx: &mut Tx<'_>, plan: &Plan, imported: &mut Imported) -> store::Result<BTreeMap<String, SchoolId>> {
    let mut ids = BTreeMap::new();
    for row in &plan.schools {
        let (id, changed) = school::save_school(tx, &school_of(plan, row))?;
        imported.schools += u64::from(changed);
        ids.insert(row.school.clone(), id);
    }
    let named: BTreeSet<SchoolId> = ids.values().copied().collect();
    for known in school::all_in_plan(tx)? {
        if !named.contains(&known) {
            school::leave_plan(tx, known)?;
            imported.left += 1;
        }
    }
    Ok(ids)
}

fn school_of(plan: &Plan, row: &model::School) -> School {
    let written = |date: &Option<PlanDate>| date.as_ref().map(|date| date.text.clone()).unwrap_or_default();
    // A pilot school that is equipped again with its phase is listed under that phase.
    let is_pilot = |phase: &&String| plan.phase(phase).is_some_and(|phase| phase.pilot);
    let phase = row.phases.iter().rev().find(|phase| !is_pilot(phase)).or(row.phases.last());
    School {
        code: row.school.clone(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        zone: row.zone.clone().unwrap_or_default(),
        timetable: row.timetable.clone().unwrap_or_default(),
        phase: phase.cloned().unwrap_or_default(),
        site: site_of(row).to_owned(),
        group: row.group.clone(),
        uai: row.uai.clone().unwrap_or_default(),
        followed_from: written(&row.followed_from),
        closed_on: written(&row.closed_on),
    }
}

/// A school without a site is one of its own, by its code.
fn site_of(row: &model::School) -> &str {
    row.site.as_deref().unwrap_or(&row.school)
}

fn save_networks(tx: &mut Tx<'_>, plan: &Plan, ids: &BTreeMap<String, SchoolId>, imported: &mut Imported) -> store::Result<()> {
    let mut by_site: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &plan.schools {
        by_site.entry(site_of(row)).or_default().push(&row.school);
    }
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &plan.networks {
        *count.entry(row.name.as_str()).or_default() += 1;
    }
    for row in &plan.networks {
        // A network may stand under a school's code where no sites are told.
        let site = plan.schools.iter().find(|school| school.school == row.site).map_or(row.site.as_str(), site_of);
        let only = match by_site.get(site).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        };
        let own = plan.schools.iter().find(|school| school.school == row.site).map(|school| school.school.as_str());
        let school = row.school.as_deref().or(own).or(only).and_then(|code| ids.get(code)).copied();
        // Names tell networks apart all over the town; one that stands twice is told with its site.
        let name = if count.get(row.name.as_str()) == Some(&1) { row.name.clone() } else { format!("{}/{}", row.site, row.name) };
        let network = Network { name, site: site.to_owned(), cidr: row.cidr.clone(), agent: row.agent.clone().unwrap_or_default(), school };
        imported.networks += u64::from(school::save_network(tx, &network)?);
    }
    Ok(())
}
