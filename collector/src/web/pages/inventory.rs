//! `/schools/{code}/inventory`, `/inventory` and `/schools/{code}/theft`: what the insurer and the police ask for, on paper or as a file.
//!
//! Comes in: the register in force, devices as last seen, what was chosen. Goes out: pages and files. Absent on purpose: who holds a
//! thing: neither insurer nor police need a code that stands for a child.

use super::{Frame, Page, render};
use crate::domain::kind::Kind;
use crate::domain::place::AssetState;
use crate::domain::plan::{Decimal, PlanDate};
use crate::domain::proof::thing::{Proof, Thing, Things};
use crate::domain::right::Right;
use crate::store::sight::{Scope, scope};
use crate::web::error::Failure;
use crate::web::proof::Whole;
use crate::web::sheet_answer::{self, Form};
use crate::web::visitor::Signed;
use crate::web::words::{KindMark, Words};
use crate::web::{Stop, Web};
use crate::workbook::{Book, Cell, Sheet};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Things on one printed page; the file holds all.
const THINGS: usize = 2_000;
/// Things of one theft statement.
pub const STOLEN: usize = 500;

#[derive(Template)]
#[template(path = "pages/inventory.html")]
struct InventoryPage {
    frame: Frame,
    title: String,
    back: Option<(String, String)>,
    address: String,
    lead: String,
    /// What it is worth; `None`: prices are not told.
    total: Option<String>,
    made_on: String,
    rows: Vec<Row>,
    more: usize,
    files: String,
    theft: Option<String>,
}

struct Row {
    label: String,
    serial: String,
    macs: String,
    kind: KindMark,
    model: String,
    school: String,
    room: String,
    price: String,
    bought: String,
    invoice: String,
    state: String,
    proof: String,
    last: String,
    cells: Vec<Cell>,
}

/// The inventory of one school.
pub async fn of_school(State(web): State<Web>, signed: Signed, Path(code): Path<String>) -> Page {
    let name = school_name(&web, &signed, &code).await?;
    page(&web, &signed, Some((code, name))).await
}

/// The inventory of all.
pub async fn of_all(State(web): State<Web>, signed: Signed) -> Page {
    page(&web, &signed, None).await
}

/// The inventory of one school as a file.
pub async fn file_of_school(State(web): State<Web>, signed: Signed, Path((code, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let form = name.strip_prefix("inventory.").and_then(Form::of).ok_or(Failure::NotFound)?;
    school_name(&web, &signed, &code).await?;
    file(&web, &signed, Some(code), form).await
}

/// Which form of file.
#[derive(Deserialize)]
pub struct Wanted {
    form: String,
}

/// The inventory of all as a file.
pub async fn file_of_all(State(web): State<Web>, signed: Signed, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    file(&web, &signed, None, Form::of(&wanted.form).ok_or(Failure::NotFound)?).await
}

async fn school_name(web: &Web, signed: &Signed, code: &str) -> Result<String, Failure> {
    let code = code.to_owned();
    let row = signed.read(web, move |tx| -> Result<_, Stop> { Ok(crate::store::view::school::one(tx, &code)?) }).await?;
    Ok(row.ok_or(Failure::NotFound)?.name)
}

async fn scope_of(web: &Web, signed: &Signed) -> Result<Scope, Failure> {
    signed.read(web, |tx| -> Result<_, Stop> { Ok(scope(tx)?) }).await
}

/// What is owned at a school, or everywhere, as far as an account sees it.
pub struct Owned {
    whole: Whole,
    scope: Scope,
    school: Option<String>,
}

impl Owned {
    /// Of the register in force.
    pub async fn load(web: &Web, signed: &Signed, school: Option<String>) -> Result<Owned, Failure> {
        Ok(Owned { whole: Whole::load(web, school.clone(), None).await?, scope: scope_of(web, signed).await?, school })
    }

    /// Its things.
    pub fn with<T>(&self, look: impl FnOnce(Vec<Thing<'_>>) -> T) -> T {
        owned(&self.whole, self.school.as_deref(), &self.scope, look)
    }
}

async fn page(web: &Web, signed: &Signed, school: Option<(String, String)>) -> Page {
    let words = &signed.visitor.words;
    let code = school.as_ref().map(|(code, _)| code.clone());
    let (whole, scope) = (Whole::load(web, code.clone(), None).await?, scope_of(web, signed).await?);
    let rows = rows(words, &whole, code.as_deref(), &scope, sees_prices(signed));
    let worth: Decimal = owned(&whole, code.as_deref(), &scope, |things| things.iter().filter_map(|thing| thing.asset.price_ht).sum());
    let title = match &school {
        Some((_, name)) => words.named("inventory-title", name),
        None => words.t("inventory-title-all"),
    };
    let address = code.as_deref().map(|code| address(&whole, code)).unwrap_or_default();
    let encoded = code.as_deref().map(crate::web::visitor::form_encoded);
    render(&InventoryPage {
        frame: Frame::titled(web, &signed.visitor, title.clone(), "/schools"),
        title,
        back: school.map(|(_, name)| (format!("/schools/{}", encoded.clone().unwrap_or_default()), name)),
        address,
        lead: words.n("inventory-lead", rows.len() as i64),
        total: sees_prices(signed).then(|| words.named("inventory-worth", &words.euros(worth))),
        made_on: words.exact(words.now),
        more: rows.len().saturating_sub(THINGS),
        rows: rows.into_iter().take(THINGS).collect(),
        files: encoded.as_ref().map_or_else(|| "/inventory/file?form=".to_owned(), |code| format!("/schools/{code}/inventory/inventory.")),
        theft: encoded.map(|code| format!("/schools/{code}/theft")),
    })
}

async fn file(web: &Web, signed: &Signed, school: Option<String>, form: Form) -> Result<Response, Failure> {
    let words = &signed.visitor.words;
    let (whole, scope) = (Whole::load(web, school.clone(), None).await?, scope_of(web, signed).await?);
    let mut book = Book::new(words.t("inventory-title-all"), words.now, words.language);
    let prices = sees_prices(signed);
    book.sheets.push(sheet(words, rows(words, &whole, school.as_deref(), &scope, prices), prices));
    let name = words.t("inventory-file-name");
    sheet_answer::answer(&book, form, &school.map_or(name.clone(), |school| format!("{name}-{school}")))
}

/// The heading of what a thing cost.
const PRICE: &str = "evidence-price";
const HEADINGS: [&str; 13] = [
    "evidence-label",
    "col-serial",
    "col-kind",
    "col-model",
    "col-school",
    "col-room",
    PRICE,
    "evidence-invoice",
    "evidence-delivery-date",
    "inventory-state",
    "inventory-macs",
    "evidence-proof",
    "evidence-last",
];

fn sheet(words: &Words, rows: Vec<Row>, prices: bool) -> Sheet {
    let headings = HEADINGS.into_iter().filter(|key| prices || *key != PRICE).map(|key| words.t(key));
    let mut sheet = Sheet::new(words.t("progress-inventory"), headings);
    rows.into_iter().for_each(|row| sheet.row(row.cells));
    sheet
}

fn address(whole: &Whole, code: &str) -> String {
    let school = whole.planned.school(code);
    let site = school.and_then(|school| whole.planned.plan.sites.iter().find(|site| Some(&site.site) == school.site.as_ref()));
    site.map(|site| site.address.clone()).unwrap_or_default()
}

/// What is owned at a school, or everywhere; what the register took out of service is no more owned.
fn owned<T>(whole: &Whole, school: Option<&str>, scope: &Scope, look: impl FnOnce(Vec<Thing<'_>>) -> T) -> T {
    let things = Things::of(&whole.planned.register, &whole.lives);
    let seen = |thing: &Thing<'_>| scope.holds(thing.asset.school.as_deref(), thing.kind().map(Kind::code));
    let here = |thing: &Thing<'_>| seen(thing) && school.is_none_or(|code| thing.asset.school.as_deref() == Some(code));
    let kept = |thing: &Thing<'_>| !matches!(thing.asset.state, AssetState::Retired | AssetState::Ordered);
    look(things.owned.into_iter().filter(|thing| here(thing) && kept(thing)).collect())
}

/// Whether somebody is told what things cost: a price is no less a price on a statement than in the register, where it is told to few.
pub fn sees_prices(signed: &Signed) -> bool {
    signed.account.role.may(Right::SeeMoney)
}

fn rows(words: &Words, whole: &Whole, school: Option<&str>, scope: &Scope, prices: bool) -> Vec<Row> {
    owned(whole, school, scope, |mut things| {
        things.sort_by_key(|thing| (thing.asset.school.as_deref(), thing.asset.room.as_deref(), thing.kind(), thing.asset.label.as_str()));
        things.iter().map(|thing| row(words, whole, thing, prices)).collect()
    })
}

fn row(words: &Words, whole: &Whole, thing: &Thing<'_>, prices: bool) -> Row {
    let asset = thing.asset;
    let school = asset.school.as_deref().map(|code| whole.planned.owner(words, code)).unwrap_or_default();
    let text = |date: Option<&PlanDate>| date.map(|date| words.date(&date.text)).unwrap_or_default();
    let bought = thing.bought().map(|(_, date)| date);
    let model = match (&asset.vendor, &asset.model) {
        (None, None) => thing.live.map(|live| live.model.clone()).unwrap_or_default(),
        (vendor, model) => vendor.iter().chain(model).cloned().collect::<Vec<_>>().join(" "),
    };
    let macs: Vec<String> = asset.macs.iter().map(ToString::to_string).chain(thing.live.into_iter().flat_map(|live| live.macs.clone())).collect();
    let mut macs: Vec<String> = macs.into_iter().map(|mac| mac.to_lowercase()).collect();
    macs.sort();
    macs.dedup();
    let macs = macs.join(", ");
    let state = words.coded("asset-state-", state_code(asset.state));
    let proof = thing
        .proof()
        .map(|proof| words.coded("how-", if proof == Proof::Seen { "seen" } else { "declared" }))
        .unwrap_or_else(|| words.coded("how-", "unknown"));
    let last = thing.seen().map(|(_, last)| last);
    let kind = thing.kind().unwrap_or(Kind::Unknown);
    let price = prices.then(|| asset.price_ht.map_or(Cell::Empty, |price| Cell::Money(price.0 as f64 / 1e6)));
    let what = [
        Cell::text(&asset.label),
        Cell::text(thing.serial()),
        Cell::text(words.kind(Some(kind)).word),
        Cell::text(&model),
        Cell::text(&school),
        Cell::text(asset.room.as_deref().unwrap_or_default()),
    ];
    let more = [
        Cell::text(asset.invoice.as_deref().unwrap_or_default()),
        bought.map_or(Cell::Empty, |date| if date.first == date.last { Cell::Date(date.first) } else { Cell::text(&date.text) }),
        Cell::text(&state),
        Cell::text(&macs),
        Cell::text(&proof),
        last.map_or(Cell::Empty, Cell::Date),
    ];
    Row {
        label: asset.label.clone(),
        serial: thing.serial().to_owned(),
        kind: words.kind(Some(kind)),
        model,
        school,
        room: asset.room.clone().unwrap_or_default(),
        price: asset.price_ht.filter(|_| prices).map(|price| words.euros(price)).unwrap_or_default(),
        bought: text(bought),
        invoice: asset.invoice.clone().unwrap_or_default(),
        state,
        proof,
        last: last.map(|last: Date| words.date(&last.to_string())).unwrap_or_default(),
        macs,
        cells: what.into_iter().chain(price).chain(more).collect(),
    }
}

fn state_code(state: AssetState) -> &'static str {
    match state {
        AssetState::Ordered => "ordered",
        AssetState::Stock => "stock",
        AssetState::Spare => "spare",
        AssetState::InService => "in_service",
        AssetState::Repair => "repair",
        AssetState::Lost => "lost",
        AssetState::Stolen => "stolen",
        AssetState::Retired => "retired",
        AssetState::Lent => "lent",
    }
}

#[derive(Template)]
#[template(path = "pages/theft.html")]
struct TheftPage {
    frame: Frame,
    code: String,
    name: String,
    address: String,
    owner: String,
    made_on: String,
    chosen: Vec<Row>,
    others: Vec<Row>,
    /// What was taken is worth; `None`: prices are not told.
    worth: Option<String>,
}

/// What a theft statement is made from, for the page and for programs.
pub struct Theft {
    /// The school's name.
    pub name: String,
    code: String,
    whole: Whole,
    scope: Scope,
    wanted: BTreeSet<String>,
}

impl Theft {
    /// Of a school that the account sees, and what was chosen by its labels.
    pub async fn load(web: &Web, signed: &Signed, code: &str, wanted: Vec<String>) -> Result<Theft, Failure> {
        let name = school_name(web, signed, code).await?;
        let (whole, scope) = (Whole::load(web, Some(code.to_owned()), None).await?, scope_of(web, signed).await?);
        Ok(Theft { name, code: code.to_owned(), whole, scope, wanted: wanted.into_iter().take(STOLEN).collect() })
    }

    /// Things that were taken: those that were chosen; what the register already calls stolen until somebody chooses otherwise.
    pub fn of<T>(&self, look: impl FnOnce(Vec<Thing<'_>>) -> T) -> T {
        let is_chosen = |thing: &Thing<'_>| {
            if self.wanted.is_empty() { thing.asset.state == AssetState::Stolen } else { self.wanted.contains(&thing.asset.label) }
        };
        owned(&self.whole, Some(&self.code), &self.scope, |things| look(things.into_iter().filter(is_chosen).collect()))
    }

    /// Who owns what the programme bought.
    pub fn owner(&self) -> String {
        self.whole.planned.plan.programme.as_ref().map(|programme| programme.owner.clone()).unwrap_or_default()
    }

    /// Where it happened.
    pub fn address(&self) -> String {
        address(&self.whole, &self.code)
    }
}

/// The theft statement of chosen things (`?label=A&label=B`); without a choice, the things to choose from.
pub async fn theft(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(chosen): Query<Vec<(String, String)>>) -> Page {
    let words = &signed.visitor.words;
    let wanted = chosen.into_iter().filter(|(name, _)| name == "label").map(|(_, label)| label).collect();
    let theft = Theft::load(&web, &signed, &code, wanted).await?;
    let (labels, worth): (BTreeSet<String>, Decimal) = theft.of(|things| {
        let worth = things.iter().filter_map(|thing| thing.asset.price_ht).sum();
        (things.iter().map(|thing| thing.asset.label.clone()).collect(), worth)
    });
    let all = rows(words, &theft.whole, Some(&code), &theft.scope, sees_prices(&signed)).into_iter();
    let (chosen, others): (Vec<Row>, Vec<Row>) = all.partition(|row| labels.contains(&row.label));
    let (owner, address, name) = (theft.owner(), theft.address(), theft.name);
    render(&TheftPage {
        frame: Frame::titled(&web, &signed.visitor, words.named("theft-title", &name), "/schools"),
        owner,
        address,
        made_on: words.exact(words.now),
        worth: sees_prices(&signed).then(|| words.euros(worth)),
        others: others.into_iter().take(THINGS).collect(),
        chosen,
        code,
        name,
    })
}
