//! The register as typed values: what is really there and really happened, row by row, signed and dated elsewhere.
//!
//! Comes in: tables that were read. Goes out: [`Register`], with the register's columns of the plan's tables. Absent on purpose:
//! who wrote a row and when (the store's), and how it compares with the plan.

use super::kind::Kind;
use super::place::{AssetState, Registered};
use super::plan::fields::{Fields, rows};
use super::plan::{Decimal, PlanDate, Selector, Tables};
use jiff::civil::Date;
use rollcall_shared::Mac;

/// What is there, as people declared it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Register {
    /// Devices and things that are owned.
    pub assets: Vec<Asset>,
    /// Cases.
    pub cases: Vec<Case>,
    /// Loans.
    pub loans: Vec<Loan>,
    /// Dated seeings by people.
    pub attestations: Vec<Attestation>,
    /// Days on which schools are closed beyond the calendar.
    pub closures: Vec<Closure>,
    /// Invoices.
    pub invoices: Vec<Invoice>,
    /// What contractors may see.
    pub scopes: Vec<Scope>,
    /// When milestones were reached, and why late.
    pub milestones: Vec<Reached>,
    /// How much of deliverables is done.
    pub deliverables: Vec<Done>,
    /// What was called and paid of grants.
    pub grants: Vec<Drawn>,
}

/// One owned thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Line of the file.
    pub row: u64,
    /// Label or serial: its key.
    pub label: String,
    /// Serial number, where the key is a label.
    pub serial: Option<String>,
    /// Kind.
    pub kind: Option<Kind>,
    /// Vendor.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// MACs.
    pub macs: Vec<Mac>,
    /// Id in the device management.
    pub uem_id: Option<String>,
    /// Host name.
    pub host_name: Option<String>,
    /// School.
    pub school: Option<String>,
    /// Room.
    pub room: Option<String>,
    /// Case.
    pub case: Option<String>,
    /// Lot.
    pub lot: Option<String>,
    /// town, operator, state, leased, cooperative, other; empty: the town.
    pub owner: String,
    /// State; in service where not told.
    pub state: AssetState,
    /// Bought before the programme.
    pub legacy: bool,
    /// The asset whose place it took.
    pub replaces: Option<String>,
    /// Ordered.
    pub ordered_on: Option<PlanDate>,
    /// Delivered.
    pub delivered_on: Option<PlanDate>,
    /// Accepted.
    pub accepted_on: Option<PlanDate>,
    /// End of warranty.
    pub warranty_until: Option<PlanDate>,
    /// Invoice.
    pub invoice: Option<String>,
    /// Price before tax.
    pub price_ht: Option<Decimal>,
    /// Opaque code of who holds it.
    pub holder: Option<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Code.
    pub case: String,
    /// School.
    pub school: Option<String>,
    /// Room where it sleeps.
    pub room: Option<String>,
    /// How many it holds.
    pub capacity: Option<u32>,
    /// Of which kind.
    pub kind_inside: Option<Kind>,
    /// term, holidays, both; empty: term.
    pub usage: String,
    /// Classes or services that share it.
    pub shared_by: Vec<String>,
}

/// One loan.
#[derive(Debug, Clone, PartialEq)]
pub struct Loan {
    /// Label of the device, or the pool.
    pub label: String,
    /// Lent.
    pub lent_on: Option<PlanDate>,
    /// Due back.
    pub due_back_on: Option<PlanDate>,
    /// Back.
    pub returned_on: Option<PlanDate>,
}

impl Loan {
    /// Whether it is out on a day.
    pub fn is_out(&self, on: Date) -> bool {
        self.lent_on.as_ref().is_none_or(|lent| lent.first <= on) && self.returned_on.as_ref().is_none_or(|back| back.last > on)
    }
}

/// A person saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// Label or serial.
    pub label: String,
    /// When.
    pub on: PlanDate,
    /// School.
    pub school: Option<String>,
    /// Room.
    pub room: Option<String>,
    /// label_scan, photo, delivery_note, count.
    pub how: String,
    /// In which function.
    pub role: String,
}

/// Days on which a school or zone is closed beyond the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure {
    /// School or zone.
    pub of: String,
    /// First day.
    pub from: PlanDate,
    /// Last day; none: the same day.
    pub to: Option<PlanDate>,
    /// Why.
    pub why: String,
}

/// One invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    /// Number.
    pub invoice: String,
    /// Supplier.
    pub supplier: String,
    /// Dated.
    pub dated_on: Option<PlanDate>,
    /// Paid.
    pub paid_on: Option<PlanDate>,
    /// Before tax.
    pub amount_ht: Option<Decimal>,
    /// With tax.
    pub amount_ttc: Option<Decimal>,
    /// Budget line.
    pub line: Option<String>,
}

/// What an actor may see.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The actor.
    pub actor: String,
    /// Its lots; empty: all.
    pub lots: Vec<String>,
    /// Schools; none: all.
    pub schools: Option<Selector>,
    /// Kinds; empty: all.
    pub kinds: Vec<Kind>,
}

/// When a milestone was reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Line of the file.
    pub row: u64,
    /// The phase or the school.
    pub of: String,
    /// Its name.
    pub milestone: String,
    /// Reached.
    pub actual_on: Option<PlanDate>,
    /// Why late.
    pub cause: Option<String>,
}

/// How much of a deliverable is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Its name.
    pub deliverable: String,
    /// The phase, school or selector.
    pub of: String,
    /// So much.
    pub done: Option<Decimal>,
    /// As of.
    pub as_of: Option<PlanDate>,
}

/// What was drawn from a grant.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The grant.
    pub grant: String,
    /// Called.
    pub called: Option<Decimal>,
    /// Paid.
    pub paid: Option<Decimal>,
}

impl Register {
    /// The register that these tables tell.
    pub fn from_tables(tables: &Tables) -> Register {
        Register {
            assets: rows(tables, "assets", asset),
            cases: rows(tables, "cases", case),
            loans: rows(tables, "loans", loan),
            attestations: rows(tables, "attestations", attestation),
            closures: rows(tables, "closures", closure),
            invoices: rows(tables, "invoices", invoice),
            scopes: rows(tables, "scopes", scope),
            milestones: rows(tables, "milestones", reached),
            deliverables: rows(tables, "deliverables", done),
            grants: rows(tables, "grants", drawn),
        }
    }
}

impl Asset {
    /// As places need it; `None` where nobody told its kind.
    pub fn registered(&self, lent: bool, on: Date) -> Option<Registered> {
        let by = |date: &Option<PlanDate>| date.as_ref().is_some_and(|date| date.first <= on);
        let there = matches!(self.state, AssetState::InService | AssetState::Repair);
        Some(Registered {
            label: self.label.clone(),
            serial: self.serial.clone(),
            kind: self.kind?,
            model: self.model.clone(),
            macs: self.macs.clone(),
            room: self.room.clone(),
            state: if lent && there { AssetState::Lent } else { self.state },
            delivered: by(&self.delivered_on) || by(&self.accepted_on),
            legacy: self.legacy,
        })
    }
}

fn asset(row: Fields<'_>) -> Option<Asset> {
    Some(Asset {
        row: row.line(),
        label: row.key("label_or_serial")?,
        serial: row.some("serial"),
        kind: row.kind("kind"),
        vendor: row.some("vendor"),
        model: row.some("model"),
        macs: row.list("macs").iter().filter_map(|mac| mac.parse().ok()).collect(),
        uem_id: row.some("uem_id"),
        host_name: row.some("host_name"),
        school: row.some("school"),
        room: row.some("room"),
        case: row.some("case"),
        lot: row.some("lot"),
        owner: row.text("owner"),
        state: state(&row.text("state")),
        legacy: row.yes("legacy"),
        replaces: row.some("replaces"),
        ordered_on: row.date("ordered_on"),
        delivered_on: row.date("delivered_on"),
        accepted_on: row.date("accepted_on"),
        warranty_until: row.date("warranty_until"),
        invoice: row.some("invoice"),
        price_ht: row.amount("price_ht"),
        holder: row.some("holder"),
    })
}

fn state(code: &str) -> AssetState {
    match code {
        "ordered" => AssetState::Ordered,
        "stock" => AssetState::Stock,
        "spare" => AssetState::Spare,
        "repair" => AssetState::Repair,
        "lost" => AssetState::Lost,
        "stolen" => AssetState::Stolen,
        "retired" => AssetState::Retired,
        _ => AssetState::InService,
    }
}

fn case(row: Fields<'_>) -> Option<Case> {
    Some(Case {
        case: row.key("case")?,
        school: row.some("school"),
        room: row.some("room"),
        capacity: row.count("capacity"),
        kind_inside: row.kind("kind_inside"),
        usage: row.text("use"),
        shared_by: row.list("shared_by"),
    })
}

fn loan(row: Fields<'_>) -> Option<Loan> {
    let (lent_on, due_back_on) = (row.date("lent_on"), row.date("due_back_on"));
    Some(Loan { label: row.key("label_or_pool")?, lent_on, due_back_on, returned_on: row.date("returned_on") })
}

fn attestation(row: Fields<'_>) -> Option<Attestation> {
    Some(Attestation {
        label: row.key("label_or_serial")?,
        on: row.date("on")?,
        school: row.some("school"),
        room: row.some("room"),
        how: row.text("how"),
        role: row.text("role"),
    })
}

fn closure(row: Fields<'_>) -> Option<Closure> {
    Some(Closure { of: row.key("school_or_zone")?, from: row.date("from")?, to: row.date("to"), why: row.text("why") })
}

fn invoice(row: Fields<'_>) -> Option<Invoice> {
    Some(Invoice {
        invoice: row.key("invoice")?,
        supplier: row.text("supplier"),
        dated_on: row.date("dated_on"),
        paid_on: row.date("paid_on"),
        amount_ht: row.amount("amount_ht"),
        amount_ttc: row.amount("amount_ttc"),
        line: row.some("line"),
    })
}

fn scope(row: Fields<'_>) -> Option<Scope> {
    Some(Scope { actor: row.key("actor")?, lots: row.list("lots"), schools: row.selector("schools"), kinds: row.kinds("kinds") })
}

fn reached(row: Fields<'_>) -> Option<Reached> {
    let (actual_on, cause) = (row.date("actual_on"), row.some("cause"));
    if actual_on.is_none() && cause.is_none() {
        return None;
    }
    Some(Reached { row: row.line(), of: row.key("phase_or_school")?, milestone: row.key("milestone")?, actual_on, cause })
}

fn done(row: Fields<'_>) -> Option<Done> {
    let (done, as_of) = (row.amount("done"), row.date("as_of"));
    Some(Done { deliverable: row.key("deliverable")?, of: row.key("phase_school_or_selector")?, done, as_of }).filter(|row| row.done.is_some())
}

fn drawn(row: Fields<'_>) -> Option<Drawn> {
    let (called, paid) = (row.amount("called"), row.amount("paid"));
    Some(Drawn { grant: row.key("grant")?, called, paid }).filter(|row| row.called.is_some() || row.paid.is_some())
}
