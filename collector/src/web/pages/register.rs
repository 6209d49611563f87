//! `/register`: assets, cases, loans, attestations, actual dates, closures: each row with its history, changed by hand, undone by hand.
//!
//! Comes in: forms. Goes out: lists of rows, a row with its form and its history. Every change is signed and dated; undoing one writes
//! the row as it was before it. Absent on purpose: the rules of a row (`import::row`), the plan's own columns (an import changes those).

use super::plan_versions::is_money;
use super::{Frame, Page, ROWS, render, today};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::plan::discreet::PRICES;
use crate::domain::plan::headings;
use crate::domain::plan::schema::{self, Cell, Column, Schema};
use crate::domain::right::Right;
use crate::import::reach::{self, Reach};
use crate::import::row::{self, Edited, Hand, cells_of};
use crate::store::register::{self, Cells, Change};
use crate::store::sight::Seen;
use crate::store::view;
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::session::blocking;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Changes shown on the first page.
const CHANGES: usize = 30;
/// Changes read at once, and how often, until there are so many that are seen.
const PART: u32 = 200;
const LOOKS: usize = 20;
/// Changes of a row shown.
const HISTORY: u32 = 50;
/// Rows looked through for a word.
const SEARCHED: usize = 100_000;

#[derive(Template)]
#[template(path = "pages/register.html")]
struct RegisterPage {
    frame: Frame,
    tables: Vec<(&'static str, String)>,
    changes: Vec<ChangeLine>,
}

struct ChangeLine {
    id: i64,
    table: String,
    row: String,
    address: String,
    when: When,
    who: String,
    why: String,
    what: String,
}

/// Tables, and what was changed last.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    let state = web.clone();
    let money = signed.account.role.may(Right::SeeMoney);
    let (changes, _) = signed.read(&web, move |tx| -> Result<_, Stop> { newest(tx, &state, money, i64::MAX, CHANGES) }).await?;
    let words = &signed.visitor.words;
    let tables = row::tables().filter(|schema| may_see(&signed, schema));
    render(&RegisterPage {
        frame: Frame::new(&web, &signed.visitor, "register-title", "/plan"),
        tables: tables.map(|schema| (schema.name, table_word(words, schema))).collect(),
        changes: changes.into_iter().map(|change| line(words, &signed, change)).collect(),
    })
}

/// Whether somebody may see a table: money is not everybody's, and whoever sees some schools sees the tables whose rows name theirs.
pub(in crate::web) fn may_see(signed: &Signed, schema: &Schema) -> bool {
    (!is_money(schema.name) || signed.account.role.may(Right::SeeMoney)) && (signed.account.eyes.see_all() || reach::column(schema.name).is_some())
}

/// The rows that the eyes see.
pub(in crate::web) fn reach(seen: &mut Seen<'_, '_>, web: &Web) -> Result<Reach, Stop> {
    let planned = web.planned.get(seen)?;
    Reach::of(seen, |_| Ok(planned.plan.phases.iter().map(|phase| phase.phase.clone()).collect()))
}

/// The newest changes that are seen, of those before this number, so many at most; before which number to go on. What others change does not take their
/// place.
pub(in crate::web) fn newest(tx: &mut Seen<'_, '_>, web: &Web, money: bool, before: i64, most: usize) -> Result<(Vec<Change>, Option<i64>), Stop> {
    let (reach, mut found, mut before) = (reach(tx, web)?, Vec::new(), before);
    for _ in 0..LOOKS {
        let part = register::newest(tx, None, before, PART)?;
        if part.is_empty() {
            return Ok((found, None));
        }
        for change in part {
            if found.len() >= most {
                return Ok((found, Some(before)));
            }
            before = change.id;
            if reach.holds_change(&change) && (money || !is_money(&change.table)) {
                found.push(change);
            }
        }
    }
    Ok((found, Some(before)))
}

/// Whether somebody may see a column.
pub(in crate::web) fn may_see_column(signed: &Signed, column: &str) -> bool {
    !PRICES.contains(&column) || signed.account.role.may(Right::SeeMoney)
}

pub(super) fn table_word(words: &Words, schema: &Schema) -> String {
    match words.language {
        Language::Fr => headings::table_name(schema, Language::Fr).to_owned(),
        Language::En => {
            let name = schema.name.replace('_', " ");
            let mut letters = name.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

pub(super) fn column_word(words: &Words, schema: &Schema, column: &Column) -> String {
    words.language.pick(headings::french(schema, column).to_owned(), column.name.replace('_', " "))
}

/// A key as it stands in an address; the cells of a key hold no `|`.
fn address(table: &str, key: &[String]) -> String {
    format!("/register/{table}/{}", form_encoded(&key.join("|")).replace('/', "%2F"))
}

/// The key of an address.
pub(in crate::web) fn key_of(text: &str) -> Vec<String> {
    text.split('|').map(str::to_owned).collect()
}

fn line(words: &Words, signed: &Signed, change: Change) -> ChangeLine {
    ChangeLine {
        id: change.id,
        row: change.key.join(", "),
        address: address(&change.table, &change.key),
        when: words.when(change.at),
        what: told(words, signed, &change),
        table: schema::table(&change.table).map_or(change.table, |schema| table_word(words, schema)),
        who: change.by_whom,
        why: change.why,
    }
}

/// What a change changed, cell by cell.
fn told(words: &Words, signed: &Signed, change: &Change) -> String {
    let (was, is) = match (&change.was, &change.becomes) {
        (None, _) => return words.t("register-new"),
        (_, None) => return words.t("register-removed"),
        (Some(was), Some(is)) => (was, is),
    };
    let schema = schema::table(&change.table);
    let known = |column: &str| schema.and_then(|schema| Some((schema, schema.columns.get(schema.position(column)?)?)));
    let name = |column: &str| known(column).map_or_else(|| column.to_owned(), |(schema, column)| column_word(words, schema, column));
    let shown = |cells: &Cells, column: &str| match (cells.get(column), known(column)) {
        (None, _) => words.t("import-empty"),
        (Some(cell), None) => cell.clone(),
        (Some(cell), Some((_, column))) => cell_word(&choices(words, column), cell),
    };
    let columns: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let changed = columns.into_iter().filter(|column| was.get(*column) != is.get(*column) && may_see_column(signed, column));
    changed.map(|column| format!("{} : {} → {}", name(column), shown(was, column), shown(is, column))).collect::<Vec<_>>().join(" · ")
}

/// What of a list is wanted.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

impl Wanted {
    /// The word that rows must hold, as they are compared.
    pub fn needle(&self) -> String {
        fold(&self.q)
    }
}

#[derive(Template)]
#[template(path = "pages/register_table.html")]
struct TablePage {
    frame: Frame,
    table: &'static str,
    q: String,
    headings: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    files: Vec<(&'static str, String)>,
    next: Option<String>,
    may_add: bool,
}

/// The rows of one table, by key.
pub async fn table(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Query(wanted): Query<Wanted>) -> Page {
    let schema = row::table(&name).filter(|schema| may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    let needle = wanted.needle();
    let (state, after) = (web.clone(), wanted.after.clone());
    let look = move |tx: &mut Seen<'_, '_>| -> Result<_, Stop> { matching(tx, &state, schema, &needle, &after, ROWS as usize) };
    let (rows, next) = signed.read(&web, look).await?;
    let words = &signed.visitor.words;
    // What most rows say, within the width of a screen.
    let columns: Vec<&Column> = row::columns(schema).filter(|column| may_see_column(&signed, column.name)).take(9).collect();
    let choices: Vec<_> = columns.iter().map(|column| choices(words, column)).collect();
    let cells = |(key, cells): (Vec<String>, Cells)| {
        let word = |(column, choices): (&&Column, &Vec<_>)| cells.get(column.name).map(|cell| cell_word(choices, cell)).unwrap_or_default();
        (address(schema.name, &key), columns.iter().zip(&choices).map(word).collect())
    };
    let next = next.map(|after| format!("/register/{}?q={}&after={}", schema.name, form_encoded(&wanted.q), form_encoded(&after)));
    let may_change = signed.account.role.may(Right::ChangeRegister);
    render(&TablePage {
        frame: Frame::titled(&web, &signed.visitor, table_word(words, schema), "/plan"),
        table: schema.name,
        files: super::list_files::links_of_table(schema.name, &wanted.q),
        q: wanted.q,
        headings: columns.iter().map(|column| column_word(words, schema, column)).collect(),
        rows: rows.into_iter().map(cells).collect(),
        next,
        may_add: may_change && schema.half == schema::Half::Register,
    })
}

/// A row: its key, its cells.
pub type Row = (Vec<String>, Cells);
type Rows = Vec<Row>;

/// Rows that are seen and hold a word, after a key; where to go on. Of a table of the plan every row that it has, with what the register adds.
pub(in crate::web) fn matching(
    tx: &mut Seen<'_, '_>,
    web: &Web,
    schema: &'static Schema,
    needle: &str,
    after: &str,
    limit: usize,
) -> Result<(Rows, Option<String>), Stop> {
    let reach = reach(tx, web)?;
    let mut found: Vec<(String, Row)> = Vec::new();
    // Where the list goes on is told by a row that is seen.
    let full = |found: &[(String, Row)]| (found.len() >= limit).then(|| found.last().map(|(text, _)| text.clone()).unwrap_or_default());
    let rows = |found: Vec<(String, Row)>| found.into_iter().map(|(_, row)| row).collect();
    let holds = |cells: &Cells| reach.holds(schema.name, cells) && (needle.is_empty() || cells.values().any(|cell| fold(cell).contains(needle)));
    if schema.half == schema::Half::Plan {
        let force = crate::import::in_force(tx)?;
        let all = force.get(schema.name).into_iter().flat_map(|table| table.rows.iter().map(move |row| (table.key(row).join("|"), table, row)));
        let mut all: Vec<_> = all.filter(|(key, ..)| key.as_str() > after).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        for (text, table, row) in all {
            let cells = cells_of(table, row);
            if !holds(&cells) {
                continue;
            }
            if let Some(next) = full(&found) {
                return Ok((rows(found), Some(next)));
            }
            found.push((text, (table.key(row).into_iter().map(str::to_owned).collect(), cells)));
        }
        return Ok((rows(found), None));
    }
    let (mut looked, mut after) = (0, after.to_owned());
    loop {
        let part = register::page(tx, schema.name, &after, 500)?;
        let last = part.len() < 500;
        looked += part.len();
        for (text, key, cells) in part {
            after.clone_from(&text);
            if !holds(&cells) {
                continue;
            }
            if let Some(next) = full(&found) {
                return Ok((rows(found), Some(next)));
            }
            found.push((text, (key, cells)));
        }
        if last || looked >= SEARCHED {
            return Ok((rows(found), None));
        }
    }
}

/// One row as it is seen.
#[derive(Debug)]
pub(in crate::web) struct Shown {
    /// Its cells; `None`: it was taken out, or is a plan's row of which the register says nothing.
    pub cells: Option<Cells>,
    /// Its changes that are seen, the newest first.
    pub history: Vec<Change>,
    /// Its newest change, seen or not: what stands for its state.
    pub newest: i64,
}

/// Reads a row; that one of another school exists, or did, is not told. A row of the plan needs none in the register.
pub(in crate::web) fn shown(tx: &mut Seen<'_, '_>, web: &Web, schema: &'static Schema, key: &[String], most: u32) -> Result<Option<Shown>, Stop> {
    let (reach, cells) = (reach(tx, web)?, register::row(tx, schema.name, key)?);
    let mut history = register::history(tx, schema.name, key, most)?;
    let newest = history.first().map_or(0, |change| change.id);
    let of_plan = schema.half == schema::Half::Plan && cells.is_none() && reach.holds(schema.name, &keyed(schema, key));
    if !of_plan && !reach.holds_past(schema.name, cells.as_ref(), history.first()) {
        return Ok(None);
    }
    history.retain(|change| reach.holds_change(change));
    Ok(Some(Shown { cells, history, newest }))
}

fn keyed(schema: &'static Schema, key: &[String]) -> Cells {
    schema.keys().map(|column| schema.columns[column].name.to_owned()).zip(key.iter().cloned()).collect()
}

#[derive(Template)]
#[template(path = "pages/register_row.html")]
struct RowPage {
    frame: Frame,
    table: &'static str,
    table_word: String,
    /// Address of the row; empty: a new one.
    address: String,
    fields: Vec<Field>,
    schools: Vec<(String, String)>,
    history: Vec<ChangeLine>,
    /// The row's newest change, which its form knows; 0: none.
    newest: i64,
    trouble: Vec<String>,
    why: String,
    exists: bool,
    may_change: bool,
}

struct Field {
    name: &'static str,
    label: String,
    value: String,
    /// Words to choose from: code, word.
    options: Vec<(&'static str, String)>,
    required: bool,
    fixed: bool,
    of_schools: bool,
    hint: String,
}

/// A new row's form.
pub async fn new(State(web): State<Web>, signed: Signed, Path(name): Path<String>) -> Page {
    signed.must(Right::ChangeRegister)?;
    let schema = row::table(&name).filter(|schema| may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    row_page(&web, &signed, schema, None, &Cells::new(), Vec::new(), "").await
}

/// One row.
pub async fn one(State(web): State<Web>, signed: Signed, Path((name, key)): Path<(String, String)>) -> Page {
    let schema = row::table(&name).filter(|schema| may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    let key = key_of(&key);
    row_page(&web, &signed, schema, Some(&key), &Cells::new(), Vec::new(), "").await
}

async fn row_page(
    web: &Web,
    signed: &Signed,
    schema: &'static Schema,
    key: Option<&[String]>,
    typed: &Cells,
    trouble: Vec<String>,
    why: &str,
) -> Page {
    let (asked, state) = (key.map(<[String]>::to_vec), web.clone());
    let (row, schools) = signed
        .read(web, move |tx| -> Result<_, Stop> {
            let schools = view::school::names(tx)?;
            let Some(key) = &asked else { return Ok((Shown { cells: None, history: Vec::new(), newest: 0 }, schools)) };
            Ok((shown(tx, &state, schema, key, HISTORY)?.ok_or(Failure::NotFound)?, schools))
        })
        .await?;
    let Shown { cells, history, newest } = row;
    let words = &signed.visitor.words;
    // A row of the plan may have nothing in the register yet; a row that was taken out still has its history.
    if key.is_some() && cells.is_none() && history.is_empty() && schema.half == schema::Half::Register {
        return Err(Failure::NotFound);
    }
    let exists = cells.is_some();
    let mut cells = cells.unwrap_or_default();
    cells.extend(keyed(schema, key.unwrap_or_default()));
    // Whoever has one school writes of no other.
    if let (None, [(school, _)], Some(column)) = (key, schools.as_slice(), reach::column(schema.name)) {
        cells.insert(column.to_owned(), school.clone());
    }
    cells.extend(typed.iter().map(|(column, cell)| (column.clone(), cell.clone())));
    let may_change = signed.account.role.may(Right::ChangeRegister);
    let fixed = |column: &Column| schema.half == schema::Half::Plan && column.key;
    let fields =
        row::columns(schema).filter(|column| may_see_column(signed, column.name)).map(|column| field(words, schema, column, &cells, fixed(column)));
    let title = key
        .map_or_else(|| words.named("register-add", &table_word(words, schema)), |key| format!("{} {}", table_word(words, schema), key.join(", ")));
    render(&RowPage {
        frame: Frame::titled(web, &signed.visitor, title, "/plan"),
        table: schema.name,
        table_word: table_word(words, schema),
        address: key.map(|key| address(schema.name, key)).unwrap_or_default(),
        fields: fields.collect(),
        schools,
        newest,
        history: history.into_iter().map(|change| line(words, signed, change)).collect(),
        trouble,
        why: why.to_owned(),
        exists,
        may_change,
    })
}

/// What a cell may be, code and word, where it is one of a few; empty: anything.
fn choices(words: &Words, column: &Column) -> Vec<(&'static str, String)> {
    match column.cell {
        Cell::Choice(list) if !column.many => list.iter().map(|(code, _)| (*code, words.coded("word-", code))).collect(),
        Cell::YesNo => vec![("yes", words.coded("word-", "yes")), ("no", words.coded("word-", "no"))],
        Cell::Kind if !column.many => Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned())).collect(),
        _ => Vec::new(),
    }
}

/// A cell as people read it: a code is its word.
fn cell_word(choices: &[(&'static str, String)], cell: &str) -> String {
    choices.iter().find(|(code, _)| *code == cell).map_or_else(|| cell.to_owned(), |(_, word)| word.clone())
}

fn field(words: &Words, schema: &'static Schema, column: &'static Column, cells: &Cells, fixed: bool) -> Field {
    let options = choices(words, column);
    let hint = match column.cell {
        Cell::Date => words.t("register-hint-date"),
        _ if column.many => words.t("register-hint-many"),
        _ => String::new(),
    };
    Field {
        name: column.name,
        label: column_word(words, schema, column),
        value: cells.get(column.name).cloned().unwrap_or_default(),
        options,
        required: column.key,
        fixed,
        of_schools: matches!(column.cell, Cell::Ref(tables) if tables.contains(&"schools")) || column.cell == Cell::SchoolOrZone,
        hint,
    }
}

/// Who writes, as the form says.
fn hand(web: &Web, signed: &Signed, form: &BTreeMap<String, String>) -> Hand {
    let why = form.get("why").map_or("", String::as_str).trim().chars().take(500).collect();
    let knows = form.get("knows").and_then(|change| change.parse().ok()).into_iter().collect();
    signed_by(web, signed, why, knows)
}

/// Who writes, from a form or a program: within what they see.
pub(in crate::web) fn signed_by(web: &Web, signed: &Signed, why: String, knows: Vec<i64>) -> Hand {
    let sees_prices = signed.account.role.may(Right::SeeMoney);
    Hand {
        who: signed.account.login.clone(),
        why,
        now: web.now(),
        today: today(&signed.visitor.words),
        knows,
        eyes: signed.account.eyes,
        sees_prices,
    }
}

/// The sentence for a row that was not written because of what its writer does not see, or because another bears its key.
pub(in crate::web) fn kept_out(words: &Words, edited: &Edited) -> Option<String> {
    match edited {
        Edited::Taken => Some(words.t("register-taken")),
        Edited::Elsewhere => Some(words.t("register-elsewhere")),
        _ => None,
    }
}

/// Makes a row.
pub async fn create(State(web): State<Web>, signed: Signed, Path(name): Path<String>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    write(&web, &signed, &name, None, form).await
}

/// Changes a row.
pub async fn change(
    State(web): State<Web>,
    signed: Signed,
    Path((name, key)): Path<(String, String)>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Page {
    write(&web, &signed, &name, Some(key_of(&key)), form).await
}

async fn write(web: &Web, signed: &Signed, name: &str, key: Option<Vec<String>>, form: BTreeMap<String, String>) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    signed.must(Right::ChangeRegister)?;
    let schema = row::table(name).filter(|schema| may_see(signed, schema)).ok_or(Failure::NotFound)?;
    let hand = hand(web, signed, &form);
    let mine = |column: &str| row::columns(schema).any(|known| known.name == column) && may_see_column(signed, column);
    let cells: Cells = form.into_iter().filter(|(column, _)| mine(column)).collect();
    let (db, typed, place, why) = (web.db.clone(), cells.clone(), key.clone(), hand.why.clone());
    let edited = blocking(move || row::change(&db, schema, place.as_deref(), &typed, &hand)).await??;
    if let Some(told) = kept_out(&signed.visitor.words, &edited) {
        return row_page(web, signed, schema, key.as_deref(), &cells, vec![told], &why).await;
    }
    match edited {
        Edited::Written(key) | Edited::Same(key) => {
            web.live.tell(Topic::Overview);
            Ok(Redirect::to(&address(schema.name, &key)).into_response())
        }
        Edited::Meanwhile => {
            let told = signed.visitor.words.t("register-meanwhile");
            row_page(web, signed, schema, key.as_deref(), &cells, vec![told], &why).await
        }
        Edited::Refused(notes) => {
            let language = signed.visitor.words.language;
            let told = notes.iter().map(|note| match &note.column {
                Some(column) => format!("{column}{}{}", language.pick(" : ", ": "), note.sentence(language)),
                None => note.sentence(language),
            });
            row_page(web, signed, schema, key.as_deref(), &cells, told.collect(), &why).await
        }
        Edited::Taken | Edited::Elsewhere | Edited::Unseen => Err(Failure::NotFound),
    }
}

/// Takes a row out.
pub async fn remove(
    State(web): State<Web>,
    signed: Signed,
    Path((name, key)): Path<(String, String)>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    signed.must(Right::ChangeRegister)?;
    let schema = row::table(&name).filter(|schema| may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    let (db, key, hand) = (web.db.clone(), key_of(&key), hand(&web, &signed, &form));
    let to = address(schema.name, &key);
    match blocking(move || row::take_out(&db, schema, &key, &hand)).await?? {
        Edited::Unseen => return Err(Failure::NotFound),
        Edited::Meanwhile => return Err(Failure::Refused(signed.visitor.words.t("register-meanwhile"))),
        _ => web.live.tell(Topic::Overview),
    }
    Ok(Redirect::to(&to).into_response())
}

/// Undoes a change: the row is written as it was before it.
pub async fn undo(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<BTreeMap<String, String>>) -> Page {
    signed.visitor.check_form(form.get("csrf").map_or("", String::as_str))?;
    signed.must(Right::ChangeRegister)?;
    let found = web.read(move |tx| Ok(register::change(tx, id)?)).await?.ok_or(Failure::NotFound)?;
    row::table(&found.table).filter(|schema| may_see(&signed, schema)).ok_or(Failure::NotFound)?;
    let mut hand = hand(&web, &signed, &form);
    if hand.why.is_empty() {
        hand.why = signed.visitor.words.named("register-undone", &id.to_string());
    }
    let db = web.db.clone();
    let edited = blocking(move || row::undo(&db, id, &hand)).await??;
    web.live.tell(Topic::Overview);
    let edited = edited.ok_or(Failure::NotFound)?;
    if let Some(told) = kept_out(&signed.visitor.words, &edited) {
        return Err(Failure::Refused(told));
    }
    match edited {
        Edited::Taken | Edited::Elsewhere | Edited::Unseen => Err(Failure::NotFound),
        Edited::Refused(notes) => {
            let language = signed.visitor.words.language;
            Err(Failure::Bad(notes.iter().map(|note| note.text(language)).collect::<Vec<_>>().join("; ")))
        }
        Edited::Meanwhile => Err(Failure::Refused(signed.visitor.words.t("register-meanwhile"))),
        Edited::Written(_) | Edited::Same(_) => Ok(Redirect::to(&address(&found.table, &found.key)).into_response()),
    }
}
