//! Shell: people's visits to schools: planned for faults, done, and what was swapped there.
//!
//! Comes in: an account, a fault or a visit, what was done. Goes out: visits, claims, rows of the register; each with its audit line. Absent on
//! purpose: what a claim does to a fault (`domain/fault/life`), who takes over a place (`domain/place`).

use crate::act::{self, Acted, Doer, SHORT, TEXT};
use crate::domain::fault::{Action, Event};
use crate::domain::place::squeezed;
use crate::store::account::{self, AuditLine};
use crate::store::intervention::{self, Intervention};
use crate::store::register::{self, Cells, Signed};
use crate::store::sight::{Seen, scope};
use crate::store::{self, Tx, fault, school};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;

/// Plans a visit for a fault: its number, unless no open fault has this number.
pub fn plan(tx: &mut Tx<'_>, number: i64, on: Date, doer: &Doer, now: Timestamp) -> store::Result<Option<i64>> {
    let Some((school, known)) = fault::by_id(tx, number)?.filter(|(_, known)| known.life.is_open()) else { return Ok(None) };
    let id = intervention::plan(tx, school, &known.life.lot, on, &doer.login, now)?;
    intervention::add_fault(tx, id, number)?;
    fault::add_said(tx, number, now, "visit", &doer.login, &on.to_string())?;
    audit(tx, "intervention.plan", &id.to_string(), "", &format!("{on}: fault {number}"), doer, now)?;
    Ok(Some(id))
}

/// Says that a visit was done: its faults are claimed mended. Or that it will not be. `None`: no visit of this number is planned.
pub fn end(tx: &mut Tx<'_>, id: i64, done: bool, text: &str, doer: &Doer, zone: &TimeZone, now: Timestamp) -> store::Result<Option<Intervention>> {
    let text: String = text.trim().chars().take(TEXT).collect();
    let state = if done { "done" } else { "cancelled" };
    let numbers = intervention::faults(tx, id)?;
    if !intervention::end(tx, id, state, &text, now)? {
        return Ok(None);
    }
    for number in numbers.into_iter().filter(|_| done) {
        // What was claimed or closed meanwhile stays as it is.
        let _: Acted = act::act(tx, number, &Action::Claim, &text, doer, zone, now)?;
    }
    audit(tx, "intervention.end", &id.to_string(), "planned", &format!("{state}: {text}"), doer, now)?;
    intervention::one(tx, id)
}

/// Assets of a town that a swap looks through, at most.
const ASSETS: u32 = 500_000;

/// A device that was put in the place of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swap {
    /// Label or serial of what was taken out.
    pub old: String,
    /// Label or serial of what was put in.
    pub new: String,
    /// The serial of what was put in, where the label is another.
    pub serial: String,
    /// What becomes of the old one: repair, retired.
    pub becomes: String,
}

/// What became of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swapped {
    /// No asset has the label or serial of what was taken out.
    UnknownOld,
    /// An asset has the label of what was put in already, at work elsewhere.
    TakenNew,
    /// Both rows are written.
    Done,
}

/// Notes a swap in the register: the new one stands where the old one stood (school, room, case, lot) and names it; the old one leaves. The old one is at a
/// school that is seen, the new one there, in the town's stock, or new.
pub fn swap(tx: &mut Seen<'_, '_>, number: i64, swap: &Swap, doer: &Doer, now: Timestamp) -> store::Result<Swapped> {
    let scope = scope(tx)?;
    let seen = |cells: &Cells| scope.holds(cells.get("school").map(String::as_str), cells.get("kind").map(String::as_str));
    let clip = |text: &str| text.trim().chars().take(SHORT).collect::<String>();
    let (old, new, serial) = (clip(&swap.old), clip(&swap.new), clip(&swap.serial));
    let rows: Vec<Cells> = register::page(tx, "assets", "", ASSETS)?.into_iter().map(|(_, _, cells)| cells).collect();
    let named = |cells: &Cells, text: &str| {
        let wanted = squeezed(text);
        ["label_or_serial", "serial"].iter().any(|column| cells.get(*column).is_some_and(|cell| squeezed(cell) == wanted))
    };
    let Some(was) = rows.iter().find(|cells| named(cells, &old) && seen(cells)) else { return Ok(Swapped::UnknownOld) };
    let known = rows.iter().find(|cells| named(cells, &new));
    let free = |cells: &Cells| matches!(cells.get("state").map(String::as_str), Some("stock" | "spare" | "ordered"));
    if known.is_some_and(|cells| !free(cells) || (cells.contains_key("school") && !seen(cells))) {
        return Ok(Swapped::TakenNew);
    }
    let label = was.get("label_or_serial").cloned().unwrap_or_default();
    let mut becomes = known.cloned().unwrap_or_default();
    becomes.entry("label_or_serial".to_owned()).or_insert_with(|| new.clone());
    for column in ["kind", "school", "room", "case", "lot", "owner"] {
        if let Some(cell) = was.get(column) {
            becomes.insert(column.to_owned(), cell.clone());
        }
    }
    becomes.extend([("state".to_owned(), "in_service".to_owned()), ("replaces".to_owned(), label.clone())]);
    if !serial.is_empty() {
        becomes.insert("serial".to_owned(), serial);
    }
    let mut out = was.clone();
    let state = if swap.becomes == "retired" { "retired" } else { "repair" };
    out.insert("state".to_owned(), state.to_owned());
    let why = format!("fault {number}");
    let signed = Signed { by_whom: &doer.login, why: &why, at: now };
    for cells in [&out, &becomes] {
        let key = cells.get("label_or_serial").cloned().unwrap_or_default();
        register::write(tx, "assets", &[key], Some(cells), signed)?;
    }
    let event = Event { what: "swapped", said: format!("{label} → {new}") };
    fault::add_said(tx, number, now, event.what, &doer.login, &event.said)?;
    audit(tx, "asset.swap", &label, "in_service", &format!("{state}, {new}"), doer, now)?;
    if let Some((at, _)) = fault::by_id(tx, number)? {
        school::mark_due(tx, at, now)?;
    }
    Ok(Swapped::Done)
}

fn audit(tx: &mut Tx<'_>, what: &str, subject: &str, was: &str, becomes: &str, doer: &Doer, now: Timestamp) -> store::Result<()> {
    let [what, subject, was, becomes] = [what, subject, was, becomes].map(str::to_owned);
    account::audit(tx, &AuditLine { at: now, who: doer.login.clone(), what, subject, was, becomes })
}
