//! `/plan/versions`: every version with its author and note, what it changed, the way back, and the plan as a file.
//!
//! Comes in: versions, two of them side by side. Goes out: pages, files. Going back is a new version that says what the old one said.
//! Absent on purpose: deleting; versions stay.

use super::{Frame, Page, render, today};
use crate::domain::language::Language;
use crate::domain::plan::diff::diff;
use crate::domain::plan::discreet::{MONEY, without_money};
use crate::domain::plan::effect::effects;
use crate::domain::plan::{Origin, Tables};
use crate::domain::right::Right;
use crate::import::{drafted, go_back, in_force, origin};
use crate::plan_folder::{Container, Export, pack};
use crate::store::plan::{self, Version};
use crate::store::register;
use crate::store::{self, Tx};
use crate::web::error::Failure;
use crate::web::session::blocking;
use crate::web::visitor::Signed;
use crate::web::words::When;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// Versions listed.
const VERSIONS: u32 = 500;
/// Changed rows shown.
const ROWS: usize = 300;

#[derive(Template)]
#[template(path = "pages/plan_versions.html")]
struct VersionsPage {
    frame: Frame,
    versions: Vec<Line>,
    may_change: bool,
}

struct Line {
    id: i64,
    when: When,
    author: String,
    note: String,
    in_force: bool,
}

/// The list.
pub async fn list(State(web): State<Web>, signed: Signed) -> Page {
    let versions = web.read(|tx| Ok(plan::versions(tx, VERSIONS)?)).await?;
    let words = &signed.visitor.words;
    let newest = versions.first().map(|version| version.id);
    let line = |version: Version| Line {
        in_force: Some(version.id) == newest,
        id: version.id,
        when: words.when(version.made_at),
        author: version.author,
        note: version.note,
    };
    let may_change = signed.account.role.may(Right::ChangePlan);
    render(&VersionsPage {
        frame: Frame::new(&web, &signed.visitor, "plan-versions", "/plan"),
        versions: versions.into_iter().map(line).collect(),
        may_change,
    })
}

#[derive(Template)]
#[template(path = "pages/plan_version.html")]
struct VersionPage {
    frame: Frame,
    id: i64,
    when: When,
    author: String,
    note: String,
    from: Option<i64>,
    /// Number, and whether it is the one beside.
    others: Vec<(i64, bool)>,
    effects: Vec<String>,
    changes: Vec<String>,
    more: usize,
    in_force: bool,
    may_change: bool,
    back_note: String,
}

/// Beside which version.
#[derive(Deserialize)]
pub struct Beside {
    from: Option<i64>,
}

/// One version beside another: the one before it, or any.
pub async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Query(beside): Query<Beside>) -> Page {
    let found = web
        .read(move |tx| -> Result<_, Stop> {
            let versions = plan::versions(tx, VERSIONS)?;
            let Some(version) = versions.iter().find(|version| version.id == id).cloned() else { return Ok(None) };
            let from = beside.from.or(version.parent);
            let before = from.map(|from| plan::version(tx, from)).transpose()?.flatten();
            let after = plan::version(tx, id)?.unwrap_or_default();
            Ok(Some((versions, version, from.filter(|_| before.is_some()), before.unwrap_or_default(), after)))
        })
        .await?;
    let (versions, version, from, before, after) = found.ok_or(Failure::NotFound)?;
    let (words, today) = (&signed.visitor.words, today(&signed.visitor.words));
    let money = signed.account.role.may(Right::SeeMoney);
    let (changes, effects) = blocking(move || {
        let (before, after) = if money { (before, after) } else { (without_money(&before), without_money(&after)) };
        (diff(&before, &after), effects(&before, &after, today))
    })
    .await?;
    render(&VersionPage {
        frame: Frame::titled(&web, &signed.visitor, words.named("version-title", &id.to_string()), "/plan"),
        id,
        when: words.when(version.made_at),
        author: version.author,
        note: version.note,
        from,
        others: versions.iter().map(|version| version.id).filter(|other| *other != id).map(|other| (other, Some(other) == from)).collect(),
        effects: effects.iter().map(|effect| effect.text(words.language)).collect(),
        more: changes.len().saturating_sub(ROWS),
        changes: changes.iter().take(ROWS).map(|change| change.text(words.language)).collect(),
        in_force: versions.first().is_some_and(|newest| newest.id == id),
        may_change: signed.account.role.may(Right::ChangePlan),
        back_note: words.named("version-back-note", &id.to_string()),
    })
}

/// The form that goes back.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    note: String,
    #[serde(default)]
    csrf: String,
}

/// Imports an older version again.
pub async fn back(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Back>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    signed.must(Right::ChangePlan)?;
    let note: String = form.note.trim().chars().take(500).collect();
    let version = go_back_to(&web, id, &signed.account.login, note).await?;
    Ok(Redirect::to(&format!("/plan/versions/{}", version.unwrap_or(id))).into_response())
}

/// Goes back; the new version, `None` where that version says what is in force already.
pub(in crate::web) async fn go_back_to(web: &Web, id: i64, who: &str, note: String) -> Result<Option<i64>, Failure> {
    let (db, who, now) = (web.db.clone(), who.to_owned(), web.now());
    let imported = blocking(move || go_back(&db, id, &who, &note, now)).await??;
    web.live.tell(crate::web::live::Topic::Overview);
    Ok(imported.ok_or(Failure::NotFound)?.version)
}

/// What to export.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Which version; without: what is in force.
    pub version: Option<i64>,
    /// `fr` for French headings, `codes` for the canonical ones; without: as the visitor's language is.
    #[param(schema_with = crate::web::api::codes::headings)]
    pub headings: Option<String>,
}

/// The plan and the register as a file.
pub async fn export(State(web): State<Web>, signed: Signed, Path(file): Path<String>, Query(asked): Query<Asked>) -> Page {
    let container = Container::of(&file);
    if container == Container::Folder {
        return Err(Failure::NotFound);
    }
    exported(&web, &signed, container, asked).await
}

/// The file of an export, without money for those who may not see it.
pub(in crate::web) async fn exported(web: &Web, signed: &Signed, container: Container, asked: Asked) -> Result<Response, Failure> {
    let now = web.now();
    let version = asked.version;
    let found = web.read(move |tx| -> Result<_, Stop> { Ok(as_of(tx, version, now)?) }).await?;
    let (tables, origin) = found.ok_or(Failure::NotFound)?;
    sent(web, signed, container, tables, origin, asked.headings.as_deref()).await
}

/// Which schools are drafted, in which headings.
#[derive(Deserialize)]
pub struct Drafting {
    school: Option<String>,
    headings: Option<String>,
}

/// Rooms and assets out of the live fleet, beside what is in force, as a file.
pub async fn draft(State(web): State<Web>, signed: Signed, Path(file): Path<String>, Query(asked): Query<Drafting>) -> Page {
    signed.must(Right::ChangeRegister)?;
    let container = Container::of(&file);
    let (now, schools) = (web.now(), asked.school.into_iter().collect::<Vec<String>>());
    let found = web.read(move |tx| -> Result<_, Stop> { Ok(drafted(tx, &schools, now)?) }).await?;
    let (tables, origin) = found.and_then(|(tables, origin, _)| Some((tables, origin?))).ok_or(Failure::NotFound)?;
    match container {
        Container::Folder => Err(Failure::NotFound),
        container => sent(&web, &signed, container, tables, origin, asked.headings.as_deref()).await,
    }
}

/// Tables as a file to keep, without money for those who may not see it.
async fn sent(web: &Web, signed: &Signed, container: Container, tables: Tables, origin: Origin, headings: Option<&str>) -> Result<Response, Failure> {
    let now = web.now();
    let language = match headings {
        Some("codes") => None,
        Some(code) => Language::from_code(code),
        None => Some(signed.visitor.words.language).filter(|language| *language == Language::Fr),
    };
    let money = signed.account.role.may(Right::SeeMoney);
    let ending = match container {
        Container::Xlsx => "xlsx",
        Container::Ods => "ods",
        Container::Zip | Container::Folder => "zip",
    };
    let code: String = origin.programme.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    let name = format!("{}-v{}-{}.{ending}", if code.is_empty() { "plan" } else { &code }, origin.version, today(&signed.visitor.words));
    let bytes = blocking(move || {
        let tables = if money { tables } else { without_money(&tables) };
        pack(container, &Export { tables: &tables, origin: Some(&origin), language, made_at: now })
    })
    .await??;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(container.media_type());
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// Tables of a version with the register as it is, and where they come from.
fn as_of(tx: &mut Tx<'_>, version: Option<i64>, now: rollcall_shared::Timestamp) -> store::Result<Option<(Tables, Origin)>> {
    let Some(mut origin) = origin(tx, now)? else { return Ok(None) };
    let Some(version) = version else { return Ok(Some((in_force(tx)?, origin))) };
    let Some(tables) = plan::version(tx, version)? else { return Ok(None) };
    origin.version = version;
    Ok(Some((tables.join(&register::all(tx)?), origin)))
}

/// Whether a table is only for those who may see money.
pub(in crate::web) fn is_money(table: &str) -> bool {
    MONEY.contains(&table)
}
