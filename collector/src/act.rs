//! Shell: people's door to faults: what somebody does with one, what somebody reports. One function for every deed, with its audit line.
//!
//! Comes in: an account, a deed, the time. Goes out: the life after it, or a refusal in the core's words; the school is marked due, so
//! that deadlines and counts follow a moment later. Absent on purpose: what is possible (`domain/fault/life`), what looks see (`settle`).

use crate::calendars::Calendars;
use crate::domain::fault::{
    About, Action, Decision, Deed, Event, Hand, Known, Life, Origin, REOPENS_DAYS, REPORTED, Refusal, Severity, Verdict, school_days_before,
};
use crate::notices;
use crate::photo::Photo;
use crate::store::account::{self, AuditLine};
use crate::store::verdict::Noted;
use crate::store::{self, Tx, decision, fault, outbox, photo, school, verdict};
use jiff::tz::TimeZone;
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
pub fn act(tx: &mut Tx<'_>, number: i64, action: &Action, text: &str, doer: &Doer, zone: &TimeZone, now: Timestamp) -> store::Result<Acted> {
    let Some((school, _)) = fault::by_id(tx, number)? else { return Ok(Acted::Unknown) };
    tx.lock_school(school)?;
    let Some((school, known)) = fault::by_id(tx, number)? else { return Ok(Acted::Unknown) };
    let text: String = text.trim().chars().take(TEXT).collect();
    let reopens_from = reopens_from(tx, school, zone, now)?;
    let deed = Deed { by: &doer.login, hand: doer.hand, at: now, text: &text, reopens_from };
    let (life, event) = match known.life.act(action, &deed) {
        Ok(done) => done,
        Err(refusal) => return Ok(Acted::Refused(refusal)),
    };
    fault::save_life(tx, school, number, &life)?;
    note(tx, number, &event, &format!("fault.{}", action.verb().code()), known.life.state.code(), &life, doer, now)?;
    let news = notices::of_deed(school, number, &known.code, action.verb().code(), (&doer.login, &event.said), now);
    outbox::add(tx, &news)?;
    remember(tx, school, &known, action, &text, doer, now)?;
    school::mark_due(tx, school, now)?;
    Ok(Acted::Done(school, Box::new(Known { life, ..known })))
}

/// What is dismissed or accepted is remembered, and what is reopened is forgotten again.
fn remember(tx: &mut Tx<'_>, school: SchoolId, known: &Known, action: &Action, text: &str, doer: &Doer, now: Timestamp) -> store::Result<()> {
    let verdict = match action {
        Action::Dismiss => Verdict::NotAFault,
        Action::Accept => Verdict::Accepted,
        Action::Reopen => return verdict::revoke_of_fault(tx, known.fault_id, &doer.login, now),
        _ => return Ok(()),
    };
    if known.life.origin != Origin::Look {
        return Ok(());
    }
    let about = About { school: Some(school), key: Some(known.key.clone()), ..About::default() };
    let decision = Decision { verdict, about, from_at: now, until_at: None };
    let noted = Noted { id: 0, decision, reason: text.to_owned(), by: doer.login.clone(), at: now, fault: Some(known.fault_id) };
    verdict::add(tx, &noted).map(drop)
}

/// A fault closed before this moment comes back as another one.
fn reopens_from(tx: &mut Tx<'_>, school: SchoolId, zone: &TimeZone, now: Timestamp) -> store::Result<Timestamp> {
    let known = school::school_by_id(tx, school)?.map(|known| known.school).unwrap_or_default();
    let calendar = Calendars::load(tx)?.calendar(&known, zone);
    Ok(school_days_before(&calendar, now, REOPENS_DAYS))
}

/// Remembers a decision that is about more than one fault: a whole kit, a device, a school, planned work. Its id.
pub fn decide(tx: &mut Tx<'_>, noted: &Noted, now: Timestamp) -> store::Result<i64> {
    let id = verdict::add(tx, noted)?;
    let about = &noted.decision.about;
    if let (Verdict::Accepted, Some("other_model"), Some(kit), Some(model)) =
        (noted.decision.verdict, about.code.as_deref(), &about.kit, &about.model)
    {
        // « ou équivalent »: the places that it fills count as filled with what the kit asks for.
        decision::accept_model(tx, kit, model, &noted.by, now)?;
    }
    let becomes = format!("{}: {}", noted.decision.verdict.code(), noted.reason);
    let line = AuditLine { at: now, who: noted.by.clone(), what: "decision.add".to_owned(), subject: id.to_string(), was: String::new(), becomes };
    account::audit(tx, &line)?;
    mark(tx, noted.decision.about.school, now)?;
    Ok(id)
}

/// Takes a decision back; whether it was in force.
pub fn take_back(tx: &mut Tx<'_>, id: i64, doer: &Doer, now: Timestamp) -> store::Result<bool> {
    let Some(noted) = verdict::one(tx, id)? else { return Ok(false) };
    verdict::revoke(tx, id, &doer.login, now)?;
    let was = format!("{}: {}", noted.decision.verdict.code(), noted.reason);
    let line =
        AuditLine { at: now, who: doer.login.clone(), what: "decision.revoke".to_owned(), subject: id.to_string(), was, becomes: String::new() };
    account::audit(tx, &line)?;
    mark(tx, noted.decision.about.school, now)?;
    Ok(true)
}

fn mark(tx: &mut Tx<'_>, school: Option<SchoolId>, now: Timestamp) -> store::Result<()> {
    match school {
        Some(school) => school::mark_due(tx, school, now),
        None => school::mark_all_due(tx, now),
    }
}

#[expect(clippy::too_many_arguments, reason = "one line of the history and one of the audit trail, each from these")]
fn note(tx: &mut Tx<'_>, number: i64, event: &Event, what: &str, was: &str, life: &Life, doer: &Doer, now: Timestamp) -> store::Result<()> {
    fault::add_said(tx, number, now, event.what, &doer.login, &event.said)?;
    let becomes = [life.state.code(), event.said.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let line = AuditLine { at: now, who: doer.login.clone(), what: what.to_owned(), subject: number.to_string(), was: was.to_owned(), becomes };
    account::audit(tx, &line)
}

/// Keeps a photo with a fault; its school and the photo's id. `None`: there is no such fault, or it has as many as it may have.
pub fn add_photo(tx: &mut Tx<'_>, number: i64, made: &Photo, text: &str, doer: &Doer, now: Timestamp) -> store::Result<Option<(SchoolId, i64)>> {
    let Some((school, known)) = fault::by_id(tx, number)? else { return Ok(None) };
    tx.lock_school(school)?;
    if photo::count(tx, number)? >= photo::MOST {
        return Ok(None);
    }
    let text: String = text.trim().chars().take(TEXT).collect();
    let id = photo::add(tx, number, made, &text, &doer.login, now)?;
    let event = Event { what: "photo", said: text };
    note(tx, number, &event, "fault.photo", known.life.state.code(), &known.life, doer, now)?;
    Ok(Some((school, id)))
}

/// Takes a photo away: the town any, a contractor its own. `None`: there is none that this hand may take away.
pub fn remove_photo(tx: &mut Tx<'_>, number: i64, id: i64, doer: &Doer, now: Timestamp) -> store::Result<Option<()>> {
    let Some((school, known)) = fault::by_id(tx, number)? else { return Ok(None) };
    tx.lock_school(school)?;
    match photo::owner(tx, number, id)? {
        Some(owner) if doer.hand == Hand::Town || owner == doer.login => {}
        _ => return Ok(None),
    }
    photo::remove(tx, number, id)?;
    note(tx, number, &Event::of("photo_gone"), "fault.photo_gone", known.life.state.code(), &known.life, doer, now)?;
    Ok(Some(()))
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
    if let Some(open) = fault::open_faults(tx, report.school)?.into_iter().find(|open| open.is_about(report.device, &report.room, &report.kind)) {
        let life = Life { reports: open.life.reports + 1, ..open.life.clone() };
        fault::save_life(tx, report.school, open.fault_id, &life)?;
        let event = Event { what: "joined", said: text };
        note(tx, open.fault_id, &event, "fault.report", life.state.code(), &life, doer, now)?;
        outbox::add(tx, &notices::of_deed(report.school, open.fault_id, &open.code, "join", (&doer.login, &event.said), now))?;
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
    outbox::add(tx, &notices::of_deed(report.school, number, REPORTED, "report", (&doer.login, &event.said), now))?;
    school::mark_due(tx, report.school, now)?;
    Ok(Filed { number, joined: false })
}
