//! Shell: a plan's way in: a new version, the schools and networks it names, the register's rows; then the schools that it concerns are due.
//!
//! Comes in: tables that were read and checked without an error, perhaps with the version they came from. Goes out: what changed, or
//! the conflicts that a person must settle first. The same tables again change nothing. Absent on purpose: reading and checking
//! (`plan_folder`, `domain::plan`), unfolding into places (settle), pages.

mod drafted;
mod prepared;
pub mod reach;
pub mod row;

pub use drafted::drafted;
pub use prepared::{Against, By, Prepared, Proposal, in_force, origin, prepare};

use crate::domain::plan::model::{self, Plan};
use crate::domain::plan::schema::{Half, Schema, TABLES};
use crate::domain::plan::touched::{Touched, touched};
use crate::domain::plan::{PlanDate, Table, Tables};
use crate::portion;
use crate::store::account::{self, AuditLine};
use crate::store::register::{self, Signed};
use crate::store::school::{self, Network, School};
use crate::store::{self, Db, Tx, plan};
use rollcall_shared::{SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that an import changes from which on the engine should look at its tables anew.
const MANY_ROWS: u64 = 1_000;

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

/// How often an import looks again at what is in force because somebody changed it meanwhile.
const MAX_TRIES: usize = 5;

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Some cells were changed here and in the tables, differently.
    #[error("{} cells were changed here and in these tables, differently", .0.merged.open.len())]
    Conflicts(Box<Prepared>),
    /// What is in force changed again and again while the import was made ready.
    #[error("plan or register are being changed just now; try again")]
    Changing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Takes tables in that come from nowhere, all or nothing: what they bring stands for what is in force, what they do not bring stays.
pub fn import(db: &Db, tables: Tables, author: &str, note: &str, now: Timestamp) -> store::Result<Imported> {
    let proposal = Proposal { tables, ..Proposal::default() };
    match propose(db, &proposal, author, note, now) {
        Ok(imported) => Ok(imported),
        Err(Refused::Store(error)) => Err(error),
        // Without an origin nothing can be in conflict; a store that changes without end is too busy.
        Err(Refused::Conflicts(_) | Refused::Changing) => Err(store::Error::Busy),
    }
}

/// Merges what somebody brings with what happened since, and takes it in, all or nothing. Conflicts that nobody settled are given back.
pub fn propose(db: &Db, proposal: &Proposal, author: &str, note: &str, now: Timestamp) -> Result<Imported, Refused> {
    for _ in 0..MAX_TRIES {
        let prepared = db.read(|tx| prepare(tx, proposal))?;
        if !prepared.merged.open.is_empty() {
            return Err(Refused::Conflicts(Box::new(prepared)));
        }
        if let Some(imported) =
            take_in(db, prepared.merged.tables, Some((prepared.stamp, prepared.in_force)), ("plan.import", note), author, note, now)?
        {
            // Whoever imports holds the plan whole in any case: settling, which comes next, need not.
            if let Some(version) = imported.version {
                // It is in force already: what fails here is done when the first school is settled.
                if let Err(error) = portion::lay_out(db, version) {
                    tracing::warn!(version, %error, "the plan could not be laid out by school yet");
                }
            }
            return Ok(imported);
        }
    }
    Err(Refused::Changing)
}

/// Makes the plan's half what it was in an older version: a new version that says the same. The register stays. `None`: no such version.
pub fn go_back(db: &Db, to: i64, author: &str, note: &str, now: Timestamp) -> store::Result<Option<Imported>> {
    let read = |tx: &mut Tx<'_>| -> store::Result<Option<Tables>> {
        let Some(tables) = plan::version(tx, to)? else { return Ok(None) };
        Ok(Some(tables.join(&register::all(tx)?)))
    };
    match db.read(read)? {
        Some(tables) => take_in(db, tables, None, ("plan.back", &to.to_string()), author, note, now),
        None => Ok(None),
    }
}

/// What is in force, with its stamp.
type Resting = ((i64, u64), Tables);

/// Makes these tables what is in force: the plan's half as a version, the register's rows, schools and networks. `None`, and nothing
/// changed, where what is in force is no longer what the tables were made from. The audit's line says what was done, with what.
fn take_in(
    db: &Db,
    tables: Tables,
    on: Option<Resting>,
    (what, with): (&'static str, &str),
    author: &str,
    note: &str,
    now: Timestamp,
) -> store::Result<Option<Imported>> {
    let (author, note, with) = (author.to_owned(), note.to_owned(), with.to_owned());
    db.write(move |tx| {
        let imported = match &on {
            Some((stamp, _)) if plan::stamp(tx)? != *stamp => return Ok(None),
            // The stamp says that it is still what was read then.
            Some((_, before)) => lay_over(tx, before, &tables, &author, &note, now)?,
            None => lay_in(tx, &tables, &author, &note, now)?,
        };
        let becomes = imported.version.map(|version| version.to_string()).unwrap_or_default();
        let line = AuditLine { at: now, who: author.clone(), what: what.to_owned(), subject: with.clone(), was: String::new(), becomes };
        account::audit(tx, &line)?;
        Ok(Some(imported))
    })
}

/// The same within a transaction: whoever changes what is in force reads and writes in one.
pub fn lay_in(tx: &mut Tx<'_>, tables: &Tables, author: &str, note: &str, now: Timestamp) -> store::Result<Imported> {
    let before = in_force(tx)?;
    lay_over(tx, &before, tables, author, note, now)
}

/// The same over what is known to be in force.
fn lay_over(tx: &mut Tx<'_>, before: &Tables, tables: &Tables, author: &str, note: &str, now: Timestamp) -> store::Result<Imported> {
    let parsed = Plan::from_tables(tables);
    let programme = parsed.programme.as_ref().map_or("", |programme| &programme.code);
    let mut imported = Imported { version: plan::save_version(tx, programme, author, note, &tables.half(Half::Plan), now)?, ..Imported::default() };
    let ids = save_schools(tx, &parsed, &mut imported)?;
    save_networks(tx, &parsed, &ids, &mut imported)?;
    imported.register_rows = register::save(tx, &whole(&tables.half(Half::Register)), Signed { by_whom: author, why: note, at: now })?;
    if !imported.is_empty() {
        mark_due(tx, before, tables, now)?;
    }
    if imported.register_rows + imported.schools >= MANY_ROWS {
        tx.wrote_many()?;
    }
    Ok(imported)
}

/// Those whom the change concerns are due.
fn mark_due(tx: &mut Tx<'_>, before: &Tables, after: &Tables, now: Timestamp) -> store::Result<()> {
    let today = jiff::Timestamp::from_second(now.0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    match touched(before, after, today) {
        Touched::All => school::mark_all_due(tx, now)?,
        Touched::Schools(codes) => {
            for code in codes {
                if let Some(known) = school::school_by_code(tx, &code)? {
                    school::mark_due(tx, known.id, now)?;
                }
            }
        }
    }
    Ok(())
}

/// The register's half with every table that it can have: one that holds nothing any more is emptied, not forgotten.
fn whole(register: &Tables) -> Tables {
    let mut whole = register.clone();
    let holds = |schema: &&Schema| schema.half == Half::Register || schema.columns.iter().any(|column| column.half == Half::Register);
    for schema in TABLES.iter().filter(holds) {
        if register.get(schema.name).is_none()
            && let Some(empty) = Table::from_cells(schema.name, &[], [])
        {
            whole.put(empty);
        }
    }
    whole
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
