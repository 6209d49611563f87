//! What an import would do, before it does it: merged with what happened since, cell by cell, and every conflict with its authors.
//!
//! Comes in: tables that somebody brings, perhaps with the version they came from; the store. Goes out: the tables that would be in
//! force, what changes, who wants what where two want different things. Absent on purpose: writing (`mod`), the rules of merging
//! (`domain::plan::merge`).

use crate::domain::plan::diff::{Change, diff};
use crate::domain::plan::merge::{Conflict, Merged, Picks, Spot, merge, spoken_out};
use crate::domain::plan::schema::{self, Half};
use crate::domain::plan::{Origin, Tables};
use crate::store::plan::{self, Version};
use crate::store::register;
use crate::store::{self, Tx};
use rollcall_shared::Timestamp;

/// Versions that are looked through for the author of a cell.
const MAX_VERSIONS: u32 = 200;

/// What somebody brings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// The tables.
    pub tables: Tables,
    /// Where they came from, if they say so.
    pub origin: Option<Origin>,
    /// How conflicts are to be settled.
    pub picks: Picks,
}

/// Against what the tables are laid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Nothing is in force here.
    Nothing,
    /// They come from elsewhere: what they bring stands for what is in force, and what they do not bring stays.
    InForce,
    /// They are another programme's: they stand for the whole.
    OtherProgramme,
    /// They came from this version: what changed on either side since is kept.
    Version(i64),
}

/// Who changed a cell last, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct By {
    /// Login; empty: not known.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// What an import would do.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Against what.
    pub against: Against,
    /// The tables that would be in force, with conflicts.
    pub merged: Merged,
    /// For each open conflict, who changed it here.
    pub authors: Vec<By>,
    /// What is in force.
    pub in_force: Tables,
    /// What would change of it.
    pub changes: Vec<Change>,
    /// What happened here since the export; it stays.
    pub meanwhile: Vec<Change>,
    /// The store's stamp that all this rests on.
    pub stamp: (i64, u64),
}

/// Plan and register as they are, one set of tables; empty where nothing is in force.
pub fn in_force(tx: &mut Tx<'_>) -> store::Result<Tables> {
    let (version, _) = plan::stamp(tx)?;
    let plan = plan::version(tx, version)?.unwrap_or_default();
    Ok(plan.join(&register::all(tx)?))
}

/// The origin of an export made now; `None`: nothing is in force.
pub fn origin(tx: &mut Tx<'_>, now: Timestamp) -> store::Result<Option<Origin>> {
    let Some(version) = plan::versions(tx, 1)?.into_iter().next() else { return Ok(None) };
    let (installation, register) = (plan::installation(tx)?, register::changes_so_far(tx)?);
    Ok(Some(Origin { installation, programme: version.programme, version: version.id, register, exported_at: now }))
}

/// Lays the tables beside what is in force.
pub fn prepare(tx: &mut Tx<'_>, proposal: &Proposal) -> store::Result<Prepared> {
    let stamp = plan::stamp(tx)?;
    let ours = in_force(tx)?;
    let (against, base) = base(tx, proposal, &ours)?;
    let (ours_whole, merged) = match against {
        Against::OtherProgramme => (ours.clone(), Merged { tables: proposal.tables.clone(), ..Merged::default() }),
        _ => {
            let whole = spoken_out(&ours, &base);
            let merged = merge(&base, &whole, &proposal.tables, &proposal.picks);
            (whole, merged)
        }
    };
    let authors = merged.open.iter().map(|conflict| author(tx, proposal, conflict)).collect::<store::Result<Vec<By>>>()?;
    let changes = diff(&ours, &merged.tables);
    let meanwhile = if matches!(against, Against::Version(_)) { diff(&base, &ours_whole) } else { Vec::new() };
    Ok(Prepared { against, merged, authors, in_force: ours, changes, meanwhile, stamp })
}

/// Plan and register as they were when the tables were exported; else as they are.
fn base(tx: &mut Tx<'_>, proposal: &Proposal, ours: &Tables) -> store::Result<(Against, Tables)> {
    if plan::stamp(tx)?.0 == 0 {
        return Ok((Against::Nothing, ours.clone()));
    }
    if let Some(origin) = &proposal.origin
        && origin.installation == plan::installation(tx)?
        && let Some(version) = plan::version(tx, origin.version)?
    {
        let is_as_it_was = plan::stamp(tx)?.0 == origin.version && register::changes_so_far(tx)? == origin.register;
        let base = if is_as_it_was { ours.clone() } else { version.join(&register::as_of(tx, origin.register)?) };
        return Ok((Against::Version(origin.version), base));
    }
    let code = |tables: &Tables| tables.get("programme").and_then(|table| table.rows.first().map(|row| table.cell(row, "code").to_owned()));
    match (code(&proposal.tables), code(ours)) {
        (Some(theirs), Some(here)) if theirs != here && !theirs.is_empty() => Ok((Against::OtherProgramme, ours.clone())),
        _ => Ok((Against::InForce, ours.clone())),
    }
}

/// Who changed here what is in conflict, since the export.
fn author(tx: &mut Tx<'_>, proposal: &Proposal, conflict: &Conflict) -> store::Result<By> {
    let Some(origin) = &proposal.origin else { return Ok(By::default()) };
    let spot = &conflict.at;
    let half = schema::table(spot.table).map_or(Half::Plan, |table| {
        table
            .position(&spot.column)
            .map_or(table.half, |column| if table.half == Half::Register { Half::Register } else { table.columns[column].half })
    });
    if half == Half::Register {
        let changes = register::history(tx, spot.table, &spot.key, MAX_VERSIONS)?;
        let cell = |cells: &Option<register::Cells>| cells.as_ref().map(|cells| cells.get(&spot.column).cloned().unwrap_or_default());
        let touches =
            |change: &&register::Change| change.id > origin.register && (spot.column.is_empty() || cell(&change.was) != cell(&change.becomes));
        return Ok(changes.iter().find(touches).map(|change| By { who: change.by_whom.clone(), at: change.at }).unwrap_or_default());
    }
    let versions = plan::versions(tx, MAX_VERSIONS)?;
    let since: Vec<&Version> = versions.iter().filter(|version| version.id > origin.version).collect();
    let mut newest: Option<(Option<String>, &Version)> = None;
    for version in since {
        let here = plan::version(tx, version.id)?.and_then(|tables| found(&tables, spot));
        // Going back in time: the first version in which it read otherwise was followed by the one that changed it.
        match newest {
            Some((ref now, changed)) if *now != here => return Ok(By { who: changed.author.clone(), at: changed.made_at }),
            _ => newest = Some((here, version)),
        }
    }
    Ok(newest.map(|(_, version)| By { who: version.author.clone(), at: version.made_at }).unwrap_or_default())
}

/// A cell, or all cells of a row, as a text that tells a change.
fn found(tables: &Tables, spot: &Spot) -> Option<String> {
    let table = tables.get(spot.table)?;
    let row = table.rows.iter().find(|row| table.key(row) == spot.key)?;
    if spot.column.is_empty() {
        return Some(row.cells.join("\u{1f}"));
    }
    let at = table.heading_names().iter().position(|name| *name == spot.column)?;
    row.cells.get(at).cloned()
}
