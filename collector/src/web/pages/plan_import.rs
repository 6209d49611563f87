//! `/plan/import`: a workbook in, what it would do shown first, conflicts settled one by one, then confirmed with a note.
//!
//! Comes in: a file that a person brings; their choices. Goes out: notes with their place in the file, what changes for whom, conflicts with
//! both values and their authors; a new version. Absent on purpose: the rules of checking and merging (`domain::plan`).

use super::{Frame, Page, render, today};
use crate::cli_store::against_text;
use crate::domain::language::Language;
use crate::domain::plan::effect::effects;
use crate::domain::plan::merge::{Conflict, Pick, Picks, Spot};
use crate::domain::plan::read::{count_of, sort_notes};
use crate::domain::plan::{Note, Severity, check, has_error};
use crate::domain::right::Right;
use crate::import::{By, Imported, Prepared, Proposal, Refused, prepare, propose};
use crate::plan_folder::read_upload;
use crate::store::plan::{self, Upload};
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::upload::broken;
use crate::web::visitor::{Signed, fresh_token, token_hash};
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Multipart, Path, State};
use axum::response::{IntoResponse, Redirect};
use std::collections::BTreeMap;

/// Largest file that is taken in through a page.
pub const MAX_UPLOAD_BYTES: usize = crate::workbook::MAX_PACKED_BYTES;
/// A file waits so long for its confirmation.
const KEEP_S: i64 = 86_400;
/// Notes shown; the count tells of more.
const NOTES: usize = 200;
/// Changed rows shown.
const ROWS: usize = 300;
/// Effects shown.
const EFFECTS: usize = 200;

#[derive(Template)]
#[template(path = "pages/plan_import.html")]
struct ImportPage {
    frame: Frame,
    trouble: Option<String>,
}

/// The form.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    signed.must(Right::ChangePlan)?;
    render(&ImportPage { frame: Frame::new(&web, &signed.visitor, "import-title", "/plan"), trouble: None })
}

/// A file comes in; its page follows.
pub async fn upload(State(web): State<Web>, signed: Signed, mut form: Multipart) -> Page {
    signed.must(Right::ChangePlan)?;
    let (mut csrf, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("csrf") => csrf = field.text().await.map_err(broken)?,
            Some("file") => {
                let name: String = field.file_name().unwrap_or("plan").chars().take(120).collect();
                file = Some((name, field.bytes().await.map_err(broken)?));
            }
            _ => {}
        }
    }
    signed.visitor.check_form(&csrf)?;
    let Some((name, bytes)) = file.filter(|(_, bytes)| !bytes.is_empty()) else {
        let trouble = Some(signed.visitor.words.t("import-no-file"));
        return render(&ImportPage { frame: Frame::new(&web, &signed.visitor, "import-title", "/plan"), trouble });
    };
    let token = fresh_token()?;
    let upload = Upload { by_whom: signed.account.login.clone(), at: web.now(), name, body: bytes.to_vec() };
    let hash = token_hash(&token);
    web.write(move |tx| Ok(plan::keep_upload(tx, &upload, &hash, KEEP_S)?)).await?;
    Ok(Redirect::to(&format!("/plan/import/{token}")).into_response())
}

/// A note as a row: severity, its word, sheet or file, row, column, sentence.
type NoteRow = (&'static str, &'static str, String, String, String, String);

#[derive(Template)]
#[template(path = "pages/plan_proposal.html")]
struct ProposalPage {
    frame: Frame,
    token: String,
    file: String,
    trouble: Option<String>,
    refused: bool,
    notes: Vec<NoteRow>,
    counts: [usize; 3],
    more_notes: usize,
    against: String,
    meanwhile: Vec<String>,
    effects: Vec<String>,
    more_effects: usize,
    changes: Vec<String>,
    more_changes: usize,
    conflicts: Vec<ConflictRow>,
    button: String,
    note: String,
}

struct ConflictRow {
    /// Name of the choice in the form.
    field: String,
    place: String,
    base: String,
    ours: String,
    ours_by: String,
    theirs: String,
    theirs_by: String,
    chosen: Option<Pick>,
}

/// Everything that a page needs of a proposal.
struct Weighed {
    /// With every conflict open, for choosing.
    prepared: Prepared,
    /// What is wrong or odd with the file, and with what would be in force as chosen.
    notes: Vec<Note>,
    /// Conflicts that no choice settles.
    unsettled: usize,
    file: String,
    proposal: Proposal,
}

type Chosen = BTreeMap<String, Pick>;

async fn weigh(web: &Web, signed: &Signed, token: &str, chosen: &Chosen) -> Result<Weighed, Failure> {
    let (hash, who) = (token_hash(token), signed.account.login.clone());
    let upload = web.read(move |tx| Ok(plan::upload(tx, &hash, &who)?)).await?.ok_or(Failure::NotFound)?;
    let brought = {
        let (name, body) = (upload.name.clone(), upload.body);
        blocking(move || read_upload(&name, &body)).await?
    };
    let mut proposal = Proposal { tables: brought.tables, origin: brought.origin, picks: Picks::default() };
    let (today, chosen) = (today(&signed.visitor.words), chosen.clone());
    web.read(move |tx| -> Result<_, Stop> {
        let prepared = prepare(tx, &proposal)?;
        let each = prepared.merged.open.iter().filter_map(|conflict| Some((conflict.at.clone(), *chosen.get(&field(&conflict.at))?)));
        proposal.picks = Picks { all: None, each: each.collect() };
        let settled = if proposal.picks.each.is_empty() { None } else { Some(prepare(tx, &proposal)?) };
        // Two sides may be right each and wrong together: what would be in force is checked as well.
        let becomes = settled.as_ref().map_or(&prepared.merged, |settled| &settled.merged);
        let mut notes = brought.notes;
        notes.extend(check(&becomes.tables, today));
        sort_notes(&mut notes);
        Ok(Weighed { unsettled: becomes.open.len(), prepared, notes, file: upload.name, proposal })
    })
    .await
}

/// What the file would do.
pub async fn review(State(web): State<Web>, signed: Signed, Path(token): Path<String>) -> Page {
    signed.must(Right::ChangePlan)?;
    let weighed = weigh(&web, &signed, &token, &Chosen::new()).await?;
    page(&web, &signed, &token, &weighed, None, "", &Chosen::new()).await
}

async fn page(web: &Web, signed: &Signed, token: &str, weighed: &Weighed, trouble: Option<String>, note: &str, chosen: &Chosen) -> Page {
    let (words, language) = (&signed.visitor.words, signed.visitor.words.language);
    let prepared = &weighed.prepared;
    let (before, after, today) = (prepared.in_force.clone(), prepared.merged.tables.clone(), today(&signed.visitor.words));
    let effects = blocking(move || effects(&before, &after, today)).await?;
    let schools = effects.iter().filter(|effect| effect.whom.sort() == "school").count();
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| count_of(&weighed.notes, severity));
    let changes = prepared.changes.len();
    render(&ProposalPage {
        frame: Frame::new(web, &signed.visitor, "import-title", "/plan"),
        token: token.to_owned(),
        file: weighed.file.clone(),
        trouble,
        refused: has_error(&weighed.notes),
        notes: weighed.notes.iter().take(NOTES).map(|note| note_row(note, language)).collect(),
        counts,
        more_notes: weighed.notes.len().saturating_sub(NOTES),
        against: against_text(prepared, language),
        meanwhile: prepared.meanwhile.iter().take(ROWS).map(|change| change.text(language)).collect(),
        more_effects: effects.len().saturating_sub(EFFECTS),
        effects: effects.iter().take(EFFECTS).map(|effect| effect.text(language)).collect(),
        changes: prepared.changes.iter().take(ROWS).map(|change| change.text(language)).collect(),
        more_changes: changes.saturating_sub(ROWS),
        conflicts: prepared
            .merged
            .open
            .iter()
            .zip(&prepared.authors)
            .map(|(conflict, by)| conflict_row(words, conflict, by, signed, chosen))
            .collect(),
        button: words.n_of("import-confirm", schools as i64, changes as i64),
        note: note.to_owned(),
    })
}

fn note_row(note: &Note, language: Language) -> NoteRow {
    let row = note.row.map(|row| row.to_string()).unwrap_or_default();
    let column = note.column.clone().unwrap_or_default();
    (note.severity.code(), note.severity.label(language), note.file.clone(), row, column, note.sentence(language))
}

/// The name of a conflict's choice: the same for the same cell, whatever else changes meanwhile.
fn field(spot: &Spot) -> String {
    let text = format!("{}\u{1f}{}\u{1f}{}", spot.table, spot.key.join("\u{1e}"), spot.column);
    let hash = token_hash(&text);
    format!("pick-{}", hash[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn conflict_row(words: &Words, conflict: &Conflict, by: &By, signed: &Signed, chosen: &Chosen) -> ConflictRow {
    let value = |side: &Option<String>| match side.as_deref() {
        None => words.t("import-row-gone"),
        Some("") => words.t("import-empty"),
        Some(text) => text.to_owned(),
    };
    let column = if conflict.at.column.is_empty() { String::new() } else { format!(" · {}", conflict.at.column) };
    let field = field(&conflict.at);
    ConflictRow {
        place: format!("{} {}{column}", conflict.at.table, conflict.at.key.join(", ")),
        base: value(&conflict.base),
        ours: value(&conflict.ours),
        ours_by: if by.who.is_empty() { String::new() } else { format!("{}, {}", by.who, words.exact(by.at)) },
        theirs: value(&conflict.theirs),
        theirs_by: signed.account.login.clone(),
        chosen: chosen.get(&field).copied(),
        field,
    }
}

/// Takes the file in as chosen.
pub async fn confirm(State(web): State<Web>, signed: Signed, Path(token): Path<String>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    signed.must(Right::ChangePlan)?;
    let words = &signed.visitor.words;
    let note: String = form.get("note").map_or("", String::as_str).trim().chars().take(500).collect();
    let chosen: Chosen = form.iter().filter_map(|(name, value)| Some((name.clone(), Pick::from_code(value)?))).collect();
    let weighed = weigh(&web, &signed, &token, &chosen).await?;
    let trouble = if note.is_empty() {
        Some(words.t("import-note-missing"))
    } else if has_error(&weighed.notes) {
        Some(words.t("import-refused"))
    } else if weighed.unsettled > 0 {
        Some(words.n("import-unsettled", weighed.unsettled as i64))
    } else {
        None
    };
    if trouble.is_some() {
        return page(&web, &signed, &token, &weighed, trouble, &note, &chosen).await;
    }
    match take_in(&web, &signed.account.login, weighed.proposal.clone(), note.clone()).await? {
        Ok(imported) => {
            let hash = token_hash(&token);
            web.write(move |tx| Ok(plan::forget_upload(tx, &hash)?)).await?;
            let to = imported.version.map_or("/plan/versions".to_owned(), |version| format!("/plan/versions/{version}"));
            Ok(Redirect::to(&to).into_response())
        }
        // Somebody changed the same cells while this page was open: they are shown again.
        Err(Refused::Conflicts(prepared)) => {
            let trouble = Some(words.n("import-unsettled", prepared.merged.open.len() as i64));
            let weighed = weigh(&web, &signed, &token, &chosen).await?;
            page(&web, &signed, &token, &weighed, trouble, &note, &chosen).await
        }
        Err(Refused::Changing) => Err(Failure::Busy),
        Err(Refused::Store(error)) => Err(error.into()),
    }
}

/// Imports.
pub(in crate::web) async fn take_in(web: &Web, who: &str, proposal: Proposal, note: String) -> Result<Result<Imported, Refused>, Failure> {
    let (db, who, now) = (web.db.clone(), who.to_owned(), web.now());
    let outcome = blocking(move || propose(&db, &proposal, &who, &note, now)).await?;
    if outcome.is_ok() {
        web.live.tell(Topic::Overview);
    }
    Ok(outcome)
}
