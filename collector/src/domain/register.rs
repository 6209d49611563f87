//! The register as typed values: what is really there and really happened, row by row, signed and dated elsewhere.
//!
//! Comes in: tables that were read. Goes out: [`Register`], with the register's columns of the plan's tables. Absent on purpose:
//! who wrote a row and when (the store's), and how it compares with the plan.

use super::folded::squeezed;
use super::kind::Kind;
use super::place::{AssetState, Registered};
use super::plan::fields::{Fields, rows};
use super::plan::{Decimal, PlanDate, Selector, Tables};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::Mac;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Days on which somebody looked for a thing and did not find it.
    pub absences: Vec<Attestation>,
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

/// How one says that a thing is not where it should be: such a row proves nothing.
pub const ABSENT: &str = "absent";
/// Ways of seeing in which somebody stood before the thing.
const STOOD_BEFORE: [&str; 3] = ["label_scan", "photo", "count"];
/// A count holds for so many days, a year and a summer: then it is time to count again.
const COUNT_HOLDS_DAYS: i32 = 400;

/// What a thing without a label is called where it is counted: its place, whose key says nothing beyond its school.
pub fn counted_as(school: &str, place: &str) -> String {
    // A key may hold letters that a label may not.
    format!("{school}/{place}").replace(['|', '&', '='], " ")
}

impl Register {
    /// The newest day on which somebody stood before each thing, or looked for it in vain (false), by its squeezed name.
    pub fn looked_at(&self) -> BTreeMap<String, (Date, bool)> {
        let seen = self.attestations.iter().filter(|seen| STOOD_BEFORE.contains(&seen.how.as_str())).map(|seen| (seen, true));
        let mut newest: BTreeMap<String, (Date, bool)> = BTreeMap::new();
        for (row, here) in seen.chain(self.absences.iter().map(|row| (row, false))) {
            let told = (row.on.last, here);
            let known = newest.entry(squeezed(&row.label)).or_insert(told);
            // Of one day, what was found counts: somebody found it in the end.
            *known = (*known).max(told);
        }
        newest
    }

    /// What was counted not so long ago, by its squeezed name.
    pub fn counted(&self, today: Date) -> BTreeSet<String> {
        let since = today.saturating_sub(COUNT_HOLDS_DAYS.days());
        self.looked_at().into_iter().filter(|(_, (on, here))| *here && *on > since).map(|(name, _)| name).collect()
    }
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
        let (absences, attestations) = rows(tables, "attestations", attestation).into_iter().partition(|row| row.how == ABSENT);
        Register {
            assets: rows(tables, "assets", asset),
            cases: rows(tables, "cases", case),
            loans: rows(tables, "loans", loan),
            attestations,
            absences,
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
            back_on: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;
    use jiff::civil::date;

    fn register(files: &[(&str, &str)]) -> Register {
        Register::from_tables(&read_tables(files.iter().copied()).0)
    }

    #[test]
    fn an_asset_is_what_its_row_says() {
        let row = "label_or_serial,serial,kind,vendor,model,macs,uem_id,host_name,school,room,case,lot,owner,state,legacy,replaces,ordered_on,delivered_on,\
                   accepted_on,warranty_until,invoice,price_ht,holder\n\
                   T-1,SN1,tablet,Apple,iPad,02-00-00-00-00-01|bad,u1,ipad-1,e01,CM2,V1,L1,town,spare,oui,T-0,2021-01-01,2021-02-01,2021-03-01,2024-03-01,F1,\
                   350,p17\n";
        let asset = register(&[("assets.csv", row)]).assets.remove(0);
        let texts =
            [&asset.serial, &asset.vendor, &asset.model, &asset.uem_id, &asset.host_name, &asset.school, &asset.room, &asset.case, &asset.lot];
        assert_eq!(texts.map(|text| text.as_deref().unwrap_or("")), ["SN1", "Apple", "iPad", "u1", "ipad-1", "e01", "CM2", "V1", "L1"]);
        let texts = [&asset.replaces, &asset.invoice, &asset.holder].map(|text| text.as_deref().unwrap_or(""));
        assert_eq!((asset.row, asset.label.as_str(), asset.owner.as_str(), texts), (2, "T-1", "town", ["T-0", "F1", "p17"]));
        let days = [&asset.ordered_on, &asset.delivered_on, &asset.accepted_on, &asset.warranty_until];
        assert_eq!(days.map(|day| day.as_ref().map_or("", |day| day.text.as_str())), ["2021-01-01", "2021-02-01", "2021-03-01", "2024-03-01"]);
        assert_eq!((asset.kind, asset.state, asset.legacy, asset.macs.len()), (Some(Kind::Tablet), AssetState::Spare, true, 1));
        assert_eq!(asset.price_ht, Some(Decimal::whole(350)));
    }

    #[test]
    fn a_state_is_read_by_its_code_and_in_service_where_it_is_not_told() {
        for (code, expected) in [
            ("ordered", AssetState::Ordered),
            ("stock", AssetState::Stock),
            ("spare", AssetState::Spare),
            ("in_service", AssetState::InService),
            ("repair", AssetState::Repair),
            ("lost", AssetState::Lost),
            ("stolen", AssetState::Stolen),
            ("retired", AssetState::Retired),
            ("", AssetState::InService),
        ] {
            assert_eq!(state(code), expected, "{code}");
        }
    }

    #[test]
    fn a_count_holds_until_somebody_looks_in_vain_or_it_is_old() {
        let rows = "label_or_serial,on,how\nD-1,2026-09-07,count\nD-2,2026-09-07,label_scan\nD-2,2026-10-01,absent\nD-3,2024-09-07,count\n\
                    D-4,2026-09-07,delivery_note\nD-5,2026-09-07,absent\nD-5,2026-09-08,count\n";
        let register = register(&[("attestations.csv", rows)]);
        assert_eq!(register.counted(date(2026, 11, 28)).into_iter().collect::<Vec<_>>(), ["d1", "d5"]);
        assert_eq!(register.looked_at()["d2"], (date(2026, 10, 1), false));
        assert_eq!((register.attestations.len(), register.absences.len()), (5, 2), "what was not found proves nothing");
    }

    #[test]
    fn a_loan_is_out_from_its_first_day_until_it_is_back() {
        let loans = "label_or_pool,lent_on,due_back_on,returned_on\nT-1,2026-09-07,2026-10-30,2026-10-02\nT-2,,,\n";
        let loans = register(&[("loans.csv", loans)]).loans;
        let out = |day: i8, month: i8| loans[0].is_out(date(2026, month, day));
        assert_eq!([out(6, 9), out(7, 9), out(1, 10), out(2, 10), out(3, 10)], [false, true, true, false, false]);
        assert!(loans[1].is_out(date(1999, 1, 1)), "nobody said when: it is out");
        assert_eq!(loans[0].due_back_on.as_ref().map(|due| due.text.as_str()), Some("2026-10-30"));
    }

    #[test]
    fn an_asset_is_lent_only_while_it_serves_and_delivered_from_its_day_on() {
        let head = "label_or_serial,kind,state,delivered_on,accepted_on,legacy\n";
        let asset = |row: &str| register(&[("assets.csv", &format!("{head}{row}\n"))]).assets.remove(0);
        let today = date(2026, 9, 7);
        let state = |row: &str, lent| asset(row).registered(lent, today).unwrap().state;
        assert_eq!(state("T-1,tablet,in_service,,,", true), AssetState::Lent);
        assert_eq!(state("T-1,tablet,repair,,,", true), AssetState::Lent);
        assert_eq!(state("T-1,tablet,stolen,,,", true), AssetState::Stolen);
        assert_eq!(state("T-1,tablet,repair,,,", false), AssetState::Repair);
        assert!(asset("T-1,,in_service,,,").registered(false, today).is_none(), "nobody told its kind");
        let delivered = |row: &str| asset(row).registered(false, today).unwrap().delivered;
        assert!(delivered("T-1,tablet,ordered,2026-09-07,,") && delivered("T-1,tablet,ordered,,2026-09-01,"));
        assert!(!delivered("T-1,tablet,ordered,2026-09-08,,") && !delivered("T-1,tablet,ordered,,,"));
        assert!(asset("T-1,tablet,,,,oui").registered(false, today).unwrap().legacy);
    }

    #[test]
    fn the_other_tables_hold_what_their_rows_say() {
        let register = register(&[
            ("cases.csv", "case,school,room,capacity,kind_inside,use,shared_by\nV1,e01,BCD,16,tablet,holidays,CP|CE1\n"),
            ("attestations.csv", "label_or_serial,on,school,room,how,role\nT-1,2026-09-07,e01,CM2,label_scan,directeur\nT-2,,e01,,count,\n"),
            ("closures.csv", "school_or_zone,from,to,why\ne01,2026-11-26,2026-11-27,grève\n"),
            ("invoices.csv", "invoice,supplier,dated_on,paid_on,amount_ht,amount_ttc,line\nF1,acme,2021-01-01,2021-02-01,100,120,vdi\n"),
            ("scopes.csv", "actor,lots,schools,kinds\nacme,L1|L2,kind=maternelle,tablet|projector\n"),
            (
                "milestones.csv",
                "phase_or_school,milestone,planned_on,actual_on,cause\n1,cabling,2021,2021-05-01,\n1,delivery,2021,,grève\n1,training,2021,,\n",
            ),
            ("deliverables.csv", "deliverable,phase_school_or_selector,target,done,as_of\ntrained,1,700,350,2021-06-01\nwired,1,4,,\n"),
            ("grants.csv", "grant,funder,called,paid\nfeder,Europe,1000,\ndsil,État,,\n"),
        ]);
        let case = &register.cases[0];
        assert_eq!((case.case.as_str(), case.school.as_deref(), case.room.as_deref(), case.capacity), ("V1", Some("e01"), Some("BCD"), Some(16)));
        assert_eq!((case.kind_inside, case.usage.as_str(), case.shared_by.len()), (Some(Kind::Tablet), "holidays", 2));
        let seen = &register.attestations[0];
        assert_eq!(register.attestations.len(), 1, "without its day it says nothing");
        assert_eq!(
            (seen.label.as_str(), seen.on.text.as_str(), seen.how.as_str(), seen.role.as_str()),
            ("T-1", "2026-09-07", "label_scan", "directeur")
        );
        assert_eq!((seen.school.as_deref(), seen.room.as_deref()), (Some("e01"), Some("CM2")));
        let closure = &register.closures[0];
        assert_eq!((closure.of.as_str(), closure.from.text.as_str(), closure.why.as_str()), ("e01", "2026-11-26", "grève"));
        assert_eq!(closure.to.as_ref().map(|to| to.text.as_str()), Some("2026-11-27"));
        let invoice = &register.invoices[0];
        assert_eq!((invoice.invoice.as_str(), invoice.supplier.as_str(), invoice.line.as_deref()), ("F1", "acme", Some("vdi")));
        assert_eq!((invoice.amount_ht, invoice.amount_ttc), (Some(Decimal::whole(100)), Some(Decimal::whole(120))));
        let text = |date: &Option<PlanDate>| date.as_ref().map_or(String::new(), |date| date.text.clone());
        assert_eq!((text(&invoice.dated_on), text(&invoice.paid_on)), ("2021-01-01".to_owned(), "2021-02-01".to_owned()));
        let scope = &register.scopes[0];
        assert_eq!((scope.actor.as_str(), scope.lots.len(), scope.schools.is_some(), scope.kinds.len()), ("acme", 2, true, 2));
        let reached: Vec<_> =
            register.milestones.iter().map(|row| (row.row, row.of.as_str(), row.milestone.as_str(), row.cause.as_deref())).collect();
        assert_eq!(reached, [(2, "1", "cabling", None), (3, "1", "delivery", Some("grève"))], "what is only planned was not reached");
        assert_eq!(text(&register.milestones[0].actual_on), "2021-05-01");
        let done: Vec<_> = register.deliverables.iter().map(|row| (row.deliverable.as_str(), row.of.as_str(), row.done)).collect();
        assert_eq!(done, [("trained", "1", Some(Decimal::whole(350)))]);
        let drawn: Vec<_> = register.grants.iter().map(|row| (row.grant.as_str(), row.called, row.paid)).collect();
        assert_eq!(drawn, [("feder", Some(Decimal::whole(1_000)), None)]);
    }
}
