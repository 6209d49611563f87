//! Shell: a one-action edit of the plan, from the fields of a form or of JSON to a new version.
//!
//! Comes in: fields as people typed them. Goes out: what would change, or the version that came of it; or the field that is the matter,
//! with what was expected. Absent on purpose: what an edit does to the tables (`domain::plan::edit`), pages and JSON (`web`).

use crate::domain::language::Language;
use crate::domain::plan::diff::{Change, diff};
use crate::domain::plan::edit::{Edit, Edited, Refusal, apply};
use crate::domain::plan::effect::{Effect, effects};
use crate::domain::plan::note::Words;
use crate::domain::plan::touched::{Touched, touched};
use crate::domain::plan::{Note, PlanDate, Selector, Severity, check, date, has_error};
use crate::import::{Imported, in_force, lay_in};
use crate::store::account::{self, AuditLine};
use crate::store::{self, Tx};
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use serde::Deserialize;

/// What was asked for, field by field; which fields an action reads stands in [`ACTIONS`].
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Asked {
    /// move_dates, close_school, merge_school, rename_school, rename_room or close_class.
    pub action: String,
    /// Code of the school.
    pub school: String,
    /// Code of the school that carries it on.
    pub into: String,
    /// Schools: a code, `phase=2`, `kind=elementaire&trait=rep+`, `*`.
    pub schools: String,
    /// Room, as it is called now.
    pub room: String,
    /// New name.
    pub name: String,
    /// Last day: a day, month, season or year.
    pub on: String,
    /// Milestone.
    pub milestone: String,
    /// New date of the milestone.
    pub to: String,
    /// Why the date moves.
    pub cause: String,
    /// Year of the September in which a class closes.
    pub year: String,
}

/// Actions with the fields that they read, in the order in which a form asks for them.
pub const ACTIONS: &[(&str, &[&str])] = &[
    ("move_dates", &["schools", "milestone", "to", "cause"]),
    ("close_school", &["school", "on"]),
    ("merge_school", &["school", "into", "on"]),
    ("rename_school", &["school", "name"]),
    ("rename_room", &["school", "room", "name"]),
    ("close_class", &["school", "year", "room"]),
];

/// What an edit comes to, before anybody does it.
#[derive(Debug)]
pub struct Proposal {
    /// The tables after it.
    pub edited: Edited,
    /// Row by row.
    pub changes: Vec<Change>,
    /// What that means for schools, lots and grants.
    pub effects: Vec<Effect>,
    /// Schools that it concerns; none: all.
    pub schools: Option<usize>,
    /// What the check says that it did not say before.
    pub notes: Vec<Note>,
}

impl Asked {
    /// A field by its name.
    pub fn field(&self, name: &str) -> &str {
        match name {
            "school" => &self.school,
            "into" => &self.into,
            "schools" => &self.schools,
            "room" => &self.room,
            "name" => &self.name,
            "on" => &self.on,
            "milestone" => &self.milestone,
            "to" => &self.to,
            "cause" => &self.cause,
            "year" => &self.year,
            _ => "",
        }
    }

    /// The edit that is meant.
    pub fn edit(&self) -> Result<Edit, Refusal> {
        let text = |field: &str| self.field(field).trim().to_owned();
        Ok(match self.action.as_str() {
            "move_dates" => {
                Edit::MoveDates { schools: selector(&self.schools)?, milestone: text("milestone"), to: day("to", &self.to)?, cause: text("cause") }
            }
            "close_school" => Edit::CloseSchool { school: text("school"), on: day("on", &self.on)? },
            "merge_school" => Edit::MergeSchool { school: text("school"), into: text("into"), on: day("on", &self.on)? },
            "rename_school" => Edit::RenameSchool { school: text("school"), name: text("name") },
            "rename_room" => Edit::RenameRoom { school: text("school"), room: text("room"), name: text("name") },
            "close_class" => {
                Edit::CloseClass { school: text("school"), year: year(&self.year)?, room: Some(text("room")).filter(|room| !room.is_empty()) }
            }
            other => return Err(unknown_action(other)),
        })
    }
}

fn unknown_action(action: &str) -> Refusal {
    let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let why = Words::made(format!("action « {action} » inconnue ; attendu : {names}"), format!("unknown action “{action}”; expected {names}"));
    Refusal { field: "action", why }
}

fn selector(text: &str) -> Result<Selector, Refusal> {
    let expected = crate::domain::plan::selector::EXPECTED;
    let why = || {
        Words::made(
            format!("« {text} » ne désigne pas d'écoles ; attendu : {}", expected.fr),
            format!("“{text}” names no schools; expected {}", expected.en),
        )
    };
    Selector::parse(text).ok_or_else(|| Refusal { field: "schools", why: why() })
}

fn day(field: &'static str, text: &str) -> Result<PlanDate, Refusal> {
    date::parse(text.trim()).map_err(|error| {
        let expected = match error {
            date::DateError::NoSuchDay(expected) => expected,
            date::DateError::NoDate => date::EXPECTED,
        };
        let why = Words::made(
            format!("« {text} » n'est pas une date ; attendu : {}", expected.fr),
            format!("“{text}” is not a date; expected {}", expected.en),
        );
        Refusal { field, why }
    })
}

fn year(text: &str) -> Result<i16, Refusal> {
    let year = text.trim().parse().ok().filter(|year| (1950..=2150).contains(year));
    let why = || Words::made(format!("« {text} » n'est pas une année ; attendu : 2025"), format!("“{text}” is not a year; expected 2025"));
    year.ok_or_else(|| Refusal { field: "year", why: why() })
}

/// What an edit would change of what is in force. An edit after which the plan has an error that it did not have is refused.
pub fn propose(tx: &mut Tx<'_>, edit: &Edit, today: Date) -> store::Result<Result<Proposal, Refusal>> {
    let before = in_force(tx)?;
    let edited = match apply(&before, edit, today) {
        Ok(edited) => edited,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let known = check(&before, today);
    let is_new = |note: &Note| !known.iter().any(|old| (old.problem.key, &old.found) == (note.problem.key, &note.found));
    let notes: Vec<Note> = check(&edited.tables, today).into_iter().filter(is_new).collect();
    if has_error(&notes) {
        let errors: Vec<&Note> = notes.iter().filter(|note| note.severity == Severity::Error).collect();
        let told = |language| errors.iter().map(|note| note.text(language)).collect::<Vec<_>>().join(" · ");
        return Ok(Err(Refusal { field: "action", why: Words::made(told(Language::Fr), told(Language::En)) }));
    }
    let schools = match touched(&before, &edited.tables, today) {
        Touched::All => None,
        Touched::Schools(schools) => Some(schools.len()),
    };
    let effects = effects(&before, &edited.tables, today);
    Ok(Ok(Proposal { changes: diff(&before, &edited.tables), effects, schools, edited, notes }))
}

/// Does an edit: a new version, in one transaction with what it rests on.
pub fn commit(tx: &mut Tx<'_>, edit: &Edit, who: &str, language: Language, today: Date, now: Timestamp) -> store::Result<Result<Imported, Refusal>> {
    let proposal = match propose(tx, edit, today)? {
        Ok(proposal) => proposal,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (was, _) = store::plan::stamp(tx)?;
    let done = proposal.edited.done.text(language).to_owned();
    let imported = lay_in(tx, &proposal.edited.tables, who, &done, now)?;
    let (becomes, _) = store::plan::stamp(tx)?;
    let line =
        AuditLine { at: now, who: who.to_owned(), what: "plan.edit".to_owned(), subject: done, was: was.to_string(), becomes: becomes.to_string() };
    account::audit(tx, &line)?;
    Ok(Ok(imported))
}
