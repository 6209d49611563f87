//! Shell: people's door to faults: what somebody does with one, what somebody reports. One function for every deed, with its audit line.
//!
//! Comes in: an account, a deed, the time. Goes out: the life after it, or a refusal in the core's words; the school is marked due, so
//! that deadlines and counts follow a moment later. Absent on purpose: what is possible (`domain/fault/life`), what looks see (`settle`).

use crate::domain::fault::{Action, Deed, Event, Hand, Known, Life, Origin, REPORTED, Refusal, Severity};
use crate::store::account::{self, AuditLine};
use crate::store::{self, Tx, fault, school};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeMap;

/// Longest text that goes with a deed, in characters.
pub const TEXT: usize = 2_000;
/// Longest code, number or room, in characters.
pub const SHORT: usize = 80;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// Login.
    pub login: String,
    /// With which right.
    pub hand: Hand,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// No fault has this number.
    Unknown,
    /// The core says why not.
    Refused(Refusal),
    /// Done: its school, and the fault as it is now.
    Done(SchoolId, Box<Known>),
}

/// Does something with a fault.
pub fn act(tx: &mut Tx<'_>, number: i64, action: &Action, text: &str, doer: &Doer, reopens_from: Timestamp, now: Timestamp) -> store::Result<Acted> {
    let Some((school, _)) = fault::by_id(tx, number)? else { return Ok(Acted::Unknown) };
    tx.lock_school(school)?;
    let Some((school, known)) = fault::by_id(tx, number)? else { return Ok(Acted::Unknown) };
    let text: String = text.trim().chars().take(TEXT).collect();
    let deed = Deed { by: &doer.login, hand: doer.hand, at: now, text: &text, reopens_from };
    let (life, event) = match known.life.act(action, &deed) {
        Ok(done) => done,
        Err(refusal) => return Ok(Acted::Refused(refusal)),
    };
    fault::save_life(tx, school, number, &life)?;
    note(tx, number, &event, &format!("fault.{}", action.verb().code()), known.life.state.code(), &life, doer, now)?;
    school::mark_due(tx, school, now)?;
    Ok(Acted::Done(school, Box::new(Known { life, ..known })))
}

#[expect(clippy::too_many_arguments, reason = "one line of the history and one of the audit trail, each from these")]
fn note(tx: &mut Tx<'_>, number: i64, event: &Event, what: &str, was: &str, life: &Life, doer: &Doer, now: Timestamp) -> store::Result<()> {
    fault::add_said(tx, number, now, event.what, &doer.login, &event.said)?;
    let becomes = [life.state.code(), event.said.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let line = AuditLine { at: now, who: doer.login.clone(), what: what.to_owned(), subject: number.to_string(), was: was.to_owned(), becomes };
    account::audit(tx, &line)
}

/// What somebody reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where.
    pub school: SchoolId,
    /// Which device, if it is known.
    pub device: Option<DeviceId>,
    /// In which room; empty: not said.
    pub room: String,
    /// What sort of thing: a kind's code; empty: not said.
    pub kind: String,
    /// In whose words.
    pub text: String,
    /// How much it matters.
    pub severity: Severity,
    /// A school, or the town itself.
    pub origin: Origin,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// The fault's number.
    pub number: i64,
    /// It joined one that was open already.
    pub joined: bool,
}

/// Files a report: it joins the open fault that it is about, else it opens one.
pub fn file(tx: &mut Tx<'_>, report: &Report, doer: &Doer, now: Timestamp) -> store::Result<Filed> {
    tx.lock_school(report.school)?;
    let text: String = report.text.trim().chars().take(TEXT).collect();
    if let Some(open) = fault::open_faults(tx, report.school)?.into_iter().find(|open| is_about(open, report)) {
        let life = Life { reports: open.life.reports + 1, ..open.life.clone() };
        fault::save_life(tx, report.school, open.fault_id, &life)?;
        let event = Event { what: "joined", said: text };
        note(tx, open.fault_id, &event, "fault.report", life.state.code(), &life, doer, now)?;
        school::mark_due(tx, report.school, now)?;
        return Ok(Filed { number: open.fault_id, joined: true });
    }
    let short = |text: &str| text.trim().chars().take(SHORT).collect::<String>();
    let mut facts = BTreeMap::from([("said", text.clone()), ("room", short(&report.room)), ("kind", short(&report.kind))]);
    facts.retain(|_, fact| !fact.is_empty());
    let life = Life::new(report.origin, now);
    let event = Event { what: "reported", said: text };
    let new = fault::New {
        code: REPORTED,
        key: "",
        severity: report.severity,
        device: report.device,
        place: "",
        opened_at: now,
        count: 1,
        facts: &facts,
        life: &life,
        event: &event,
        by: &doer.login,
    };
    let number = fault::open(tx, report.school, &new)?.unwrap_or_default();
    let line = AuditLine {
        at: now,
        who: doer.login.clone(),
        what: "fault.report".to_owned(),
        subject: number.to_string(),
        was: String::new(),
        becomes: event.said.clone(),
    };
    account::audit(tx, &line)?;
    school::mark_due(tx, report.school, now)?;
    Ok(Filed { number, joined: false })
}

/// Whether an open fault is what a report is about: the same device, else the same sort of thing in the same room.
fn is_about(open: &Known, report: &Report) -> bool {
    match report.device {
        Some(device) => open.device == Some(device),
        None => {
            let fact = |name: &str| open.facts.get(name).map_or("", String::as_str);
            let named = !report.room.trim().is_empty() && !report.kind.is_empty();
            named && open.code == REPORTED && fact("room") == report.room.trim() && fact("kind") == report.kind
        }
    }
}
