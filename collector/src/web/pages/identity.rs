//! Who is who: `/conflicts`, and the forms of a device's page that merge, split, and take back.
//!
//! Comes in: forms of technicians. Goes out: the page of contradictions, a device's section on its identity, redirects. Absent on purpose:
//! whether a decision can be (`domain/identity`), the decision itself (`decide`).

use super::device::rank_word;
use super::{Frame, Page, render};
use crate::decide::{self, By, DecideError, Decided, MAX_REASON};
use crate::domain::device::{Device, Key, KeyRank};
use crate::domain::identity::{Refused, What};
use crate::domain::right::Right;
use crate::store::account::{AuditLine, audit};
use crate::store::identity::{self as stored, Contradiction, Decision};
use crate::store::sight::Seen;
use crate::store::view;
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::visitor::Signed;
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State as Shared};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::DeviceId;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Decisions shown on a device's page.
const DECISIONS: i64 = 10;
/// Contradictions shown on the page.
const CONTRADICTIONS: i64 = 200;

/// What the section of a device's page is made from.
pub struct Loaded {
    /// Decisions, each with whether all of its devices are seen.
    decisions: Vec<(Decision, bool)>,
    contradictions: Vec<Contradiction>,
}

/// The section of a device's page.
pub struct Section {
    /// Decisions about it, the newest first.
    pub decisions: Vec<DecisionLine>,
    /// Contradictions that wait.
    pub contradictions: Vec<Contradiction>,
    /// Keys that may be split off: number, rank, what the form sends, text.
    pub keys: Vec<(usize, String, String, String)>,
}

/// One decision.
pub struct DecisionLine {
    /// Its number.
    pub id: i64,
    /// In words.
    pub text: String,
    /// When.
    pub when: When,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// It was taken back.
    pub undone: bool,
    /// All of its devices are seen: it may be taken back from here.
    pub may_undo: bool,
}

/// Reads the section.
pub fn load(tx: &mut Seen<'_, '_>, device: &Device) -> Result<Loaded, Stop> {
    let mut decisions = Vec::new();
    for decision in stored::decisions_of(tx, device.id, DECISIONS)? {
        let seen = stored::sees_decision(tx, &decision)?;
        decisions.push((decision, seen));
    }
    Ok(Loaded { decisions, contradictions: stored::contradictions(tx, Some(device.id), 0, DECISIONS)? })
}

/// Puts the section together.
pub fn section(words: &Words, device: &Device, loaded: &Loaded) -> Section {
    let line = |(decision, seen): &(Decision, bool)| {
        let other = if decision.kept == device.id { decision.other } else { decision.kept };
        let key = match (decision.what, decision.kept == device.id) {
            (What::Merge, _) => "identity-merged",
            (What::Split, true) => "identity-split-off",
            (What::Split, false) => "identity-split-from",
        };
        DecisionLine {
            id: decision.id,
            text: words.named(key, &if *seen { format!("#{other}") } else { words.t("conflicts-elsewhere") }),
            when: words.when(decision.at),
            by: decision.by_whom.clone(),
            reason: decision.reason.clone(),
            undone: decision.undone_at.is_some(),
            may_undo: *seen,
        }
    };
    let strong = device.keys.iter().filter(|key| key.rank != KeyRank::Name).enumerate();
    Section {
        decisions: loaded.decisions.iter().map(line).collect(),
        contradictions: loaded.contradictions.clone(),
        keys: strong.map(|(number, key)| (number, words.t(rank_word(key.rank)), sent(key), key.text.clone())).collect(),
    }
}

const RANKS: &[(&str, KeyRank)] = &[("serial", KeyRank::Serial), ("mac", KeyRank::Mac), ("uuid", KeyRank::Uuid), ("uem", KeyRank::Uem)];

/// A key as a form sends it, `mac:001122334455`.
fn sent(key: &Key) -> String {
    let rank = RANKS.iter().find(|(_, rank)| *rank == key.rank).map_or("name", |(code, _)| *code);
    format!("{rank}:{}", key.text)
}

/// A key as forms and the API send it.
pub fn key_of(text: &str) -> Option<Key> {
    let (rank, text) = text.split_once(':')?;
    let rank = RANKS.iter().find(|(code, _)| *code == rank)?.1;
    Some(Key { rank, text: text.to_owned() })
}

/// The form that merges.
#[derive(Deserialize)]
pub struct MergeForm {
    other: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirmed: String,
    #[serde(default)]
    csrf: String,
}

/// Another device is this one.
pub async fn merge(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<MergeForm>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::DecideIdentity)?;
    let words = &signed.visitor.words;
    let asked = form.other.clone();
    signed.must_see_device(&web, id).await?;
    let found = signed.read(&web, move |tx| -> Result<_, Stop> { Ok(named(tx, &asked)?) }).await?;
    let [other] = found.as_slice() else {
        let key = if found.is_empty() { "identity-no-such" } else { "identity-several" };
        return trouble(&web, &signed, words.named(key, &form.other), id).await;
    };
    let (by, other, confirmed) = (by(&web, &signed, &form.reason), *other, form.confirmed == "yes");
    let done = decided(&web, move |web| decide::merge(&web.db, &web.ingest, DeviceId(id), other, confirmed, &by)).await?;
    answer(&web, &signed, done, id).await
}

/// Devices that somebody may mean: `#12`, a serial number, a MAC in any spelling, a name; two are enough to know that it is not clear.
fn named(tx: &mut Seen<'_, '_>, text: &str) -> crate::store::Result<Vec<DeviceId>> {
    if let Some(number) = text.trim().strip_prefix('#').and_then(|number| number.parse().ok()) {
        return Ok(view::device::one(tx, number)?.map(|device| device.id).into_iter().collect());
    }
    let mut filter = view::device::Filter::default();
    filter.search(text.trim());
    if filter.text.is_none() {
        return Ok(Vec::new());
    }
    Ok(view::device::list(tx, &filter, 0, 2)?.into_iter().map(|row| row.id).collect())
}

/// The form that splits: a box for each key, a reason.
pub async fn split(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    signed.must(Right::DecideIdentity)?;
    signed.must_see_device(&web, id).await?;
    let keys: BTreeSet<Key> = form.iter().filter(|(name, _)| name.starts_with("key-")).filter_map(|(_, value)| key_of(value)).collect();
    let by = by(&web, &signed, form.get("reason").map_or("", String::as_str));
    let done = decided(&web, move |web| decide::split(&web.db, &web.ingest, DeviceId(id), keys, &by)).await?;
    answer(&web, &signed, done, id).await
}

/// A form that only says yes.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// A decision is taken back.
pub async fn undo(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::DecideIdentity)?;
    let known = must_see_decision(&web, &signed, id).await?;
    let by = by(&web, &signed, "");
    let done = decided(&web, move |web| decide::undo(&web.db, &web.ingest, id, &by)).await?;
    answer(&web, &signed, done, known.kept.0).await
}

/// Refuses a decision about a device that the account does not see, as if there were none.
pub(in crate::web) async fn must_see_decision(web: &Web, signed: &Signed, id: i64) -> Result<Decision, Failure> {
    let look = move |tx: &mut Seen<'_, '_>| -> Result<_, Stop> {
        let Some(known) = stored::decision(tx, id)? else { return Ok(None) };
        Ok(stored::sees_decision(tx, &known)?.then_some(known))
    };
    signed.read(web, look).await?.ok_or(Failure::NotFound)
}

/// They are as they are: the contradiction is decided.
pub async fn resolve(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    resolved(&web, &signed, id).await?;
    Ok(Redirect::to("/conflicts").into_response())
}

/// Decides a contradiction, for a form or for a program.
pub(in crate::web) async fn resolved(web: &Web, signed: &Signed, id: i64) -> Result<(), Failure> {
    signed.must(Right::DecideIdentity)?;
    let (now, who) = (web.now(), signed.account.login.clone());
    let resolved = signed.write(web, move |tx| -> Result<_, Stop> {
        let Some(found) = stored::contradiction(tx, id)? else { return Ok(false) };
        let found = seen(tx, found)?.ok_or(Failure::NotFound)?;
        // Whose other device is of a school that is not seen decides nothing about it.
        if found.is_half {
            return Err(Stop(Failure::Forbidden));
        }
        let resolved = stored::resolve(tx, id, now)?;
        if resolved {
            let (was, becomes) = ("open".to_owned(), "two devices".to_owned());
            audit(tx, &AuditLine { at: now, who: who.clone(), what: "conflict.resolve".to_owned(), subject: id.to_string(), was, becomes })?;
        }
        Ok(resolved)
    });
    if resolved.await? { Ok(()) } else { Err(Failure::NotFound) }
}

/// A contradiction as somebody sees it.
pub(in crate::web) struct SeenContradiction {
    /// It, without a device that is not seen.
    pub of: Contradiction,
    /// One of its devices is not seen: it is another's to decide.
    pub is_half: bool,
}

/// What of a contradiction is seen; a device of a school that is not seen is not named.
pub(in crate::web) fn seen(tx: &mut Seen<'_, '_>, mut found: Contradiction) -> Result<Option<SeenContradiction>, Stop> {
    let mut sees = |id: DeviceId| -> Result<bool, Stop> { Ok(tx.see_all() || view::device::one(tx, id.0)?.is_some()) };
    if !sees(found.device)? {
        return Ok(None);
    }
    let other = match found.other {
        Some(other) if sees(other)? => Some(other),
        _ => None,
    };
    let is_half = other != found.other;
    found.other = other;
    Ok(Some(SeenContradiction { of: found, is_half }))
}

pub(in crate::web) fn by(web: &Web, signed: &Signed, reason: &str) -> By {
    By { whom: signed.account.login.clone(), reason: reason.trim().chars().take(MAX_REASON).collect(), at: web.now() }
}

/// Decides on a blocking thread and tells open pages; a refusal is the person's to read.
pub(in crate::web) async fn decided(
    web: &Web,
    decide: impl FnOnce(&Web) -> Result<Decided, DecideError> + Send + 'static,
) -> Result<Result<Decided, Refused>, Failure> {
    let state = web.clone();
    match blocking(move || decide(&state)).await? {
        Ok(decided) => {
            decided.schools.iter().for_each(|school| web.live.tell(Topic::School(*school)));
            Ok(Ok(decided))
        }
        Err(DecideError::Refused(refused)) => Ok(Err(refused)),
        Err(DecideError::Unknown) => Err(Failure::NotFound),
        Err(DecideError::Store(error)) => Err(error.into()),
        Err(error @ DecideError::Again(_)) => Err(Failure::Internal(error.into())),
    }
}

async fn answer(web: &Web, signed: &Signed, done: Result<Decided, Refused>, device: i64) -> Page {
    match done {
        Ok(decided) => Ok(Redirect::to(&format!("/devices/{}", decided.kept)).into_response()),
        Err(refused) => {
            let text = signed.visitor.words.coded("identity-refused-", refused_code(refused));
            trouble(web, signed, text, device).await
        }
    }
}

fn refused_code(refused: Refused) -> &'static str {
    match refused {
        Refused::Itself => "itself",
        Refused::BothSeen => "both-seen",
        Refused::TwoSerials => "two-serials",
        Refused::NoKey => "no-key",
        Refused::AllKeys => "all-keys",
        Refused::BuiltUpon => "built-upon",
        Refused::Undone => "undone",
    }
}

#[derive(Template)]
#[template(path = "pages/conflicts.html")]
struct ConflictsPage {
    frame: Frame,
    trouble: Option<String>,
    back: String,
    lines: Vec<Line>,
}

struct Line {
    id: i64,
    /// Its other device is not seen: nothing is decided here.
    is_half: bool,
    rank: String,
    key: String,
    device: (i64, String),
    other: Option<(i64, String)>,
    school: (String, String),
    when: When,
}

/// The page of contradictions.
pub async fn show(Shared(web): Shared<Web>, signed: Signed) -> Page {
    page(&web, &signed, None, String::new()).await
}

async fn trouble(web: &Web, signed: &Signed, text: String, device: i64) -> Page {
    page(web, signed, Some(text), format!("/devices/{device}")).await
}

async fn page(web: &Web, signed: &Signed, trouble: Option<String>, back: String) -> Page {
    let words = &signed.visitor.words;
    let speaking = words.clone();
    let lines = signed.read(web, move |tx| -> Result<_, Stop> {
        let found = stored::contradictions(tx, None, 0, CONTRADICTIONS)?;
        let mut lines = Vec::new();
        for contradiction in found {
            if let Some(seen) = seen(tx, contradiction)? {
                lines.push(line(tx, &speaking, seen)?);
            }
        }
        Ok(lines)
    });
    let lines = lines.await?;
    render(&ConflictsPage { frame: Frame::new(web, &signed.visitor, "conflicts-title", "/devices"), trouble, back, lines })
}

fn line(tx: &mut Seen<'_, '_>, words: &Words, SeenContradiction { of: contradiction, is_half }: SeenContradiction) -> Result<Line, Stop> {
    let mut called = |id: DeviceId| -> Result<(i64, String), Stop> {
        let row = view::device::one(tx, id.0)?;
        Ok((id.0, row.map_or_else(|| format!("#{id}"), |row| super::devices::line(words, &row).name)))
    };
    Ok(Line {
        id: contradiction.id,
        is_half,
        rank: contradiction.key.0.map(|rank| words.t(rank_word(rank))).unwrap_or_default(),
        key: contradiction.key.1,
        device: called(contradiction.device)?,
        other: contradiction.other.map(&mut called).transpose()?,
        school: contradiction.school_name,
        when: words.when(contradiction.at),
    })
}
