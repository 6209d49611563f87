//! What the register knows, by what it finds. Today is Monday 23 November 2026, the school is e01.

use super::*;
use crate::domain::plan::PlanDate;
use crate::domain::plan::model::Milestone;
use crate::domain::reconcile::tests::device;
use crate::domain::register::{Loan, Reached};
use jiff::civil::date;

const MIDNIGHT: Timestamp = Timestamp(1_795_388_400);

fn asset(label: &str, kind: Kind, school: &str, state: AssetState) -> Asset {
    Asset {
        row: 1,
        label: label.into(),
        serial: Some(format!("SN-{label}")),
        kind: Some(kind),
        vendor: None,
        model: None,
        macs: vec![],
        uem_id: None,
        host_name: None,
        school: Some(school.into()),
        room: None,
        case: None,
        lot: None,
        owner: String::new(),
        state,
        legacy: false,
        replaces: None,
        ordered_on: None,
        delivered_on: None,
        accepted_on: None,
        warranty_until: None,
        invoice: None,
        price_ht: None,
        holder: None,
    }
}

fn seen(id: i64, kind: Kind, serial: &str) -> Device {
    Device { serial: Some(serial.into()), model: Some("NP-M403H".into()), ..device(id, kind) }
}

fn day(text: &str) -> Option<PlanDate> {
    crate::domain::plan::date::parse(text).ok()
}

/// What is found beside what was found, as `key:count`.
fn check(devices: &[Device], places: &[Place], filled: &[Filled], plan: &Plan, register: &Register, before: Vec<Found>, expected: &[&str]) {
    let here = Here { school: "e01", devices, places, filled, today: date(2026, 11, 23), midnight: MIDNIGHT };
    let all = owned_here(before, &here, plan, register, &Town::of(register));
    assert_eq!(all.iter().map(|found| format!("{}:{}", found.key, found.count)).collect::<Vec<_>>(), expected);
}

#[test]
fn a_stolen_tablet_is_seen_at_another_school() {
    let register = Register { assets: vec![asset("T-07", Kind::Tablet, "e09", AssetState::Stolen)], ..Register::default() };
    check(&[seen(1, Kind::Tablet, "sn t07")], &[], &[], &Plan::default(), &register, vec![], &["stolen_seen/1:1"]);
    let gone = Device { present: false, ..seen(1, Kind::Tablet, "SN-T-07") };
    check(&[gone], &[], &[], &Plan::default(), &register, vec![], &[]);
}

#[test]
fn a_projector_that_belongs_elsewhere_has_moved_and_a_tablet_has_not() {
    let assets = vec![asset("P-1", Kind::Projector, "e09", AssetState::InService), asset("T-1", Kind::Tablet, "e09", AssetState::InService)];
    let register = Register { assets, ..Register::default() };
    let devices = [seen(1, Kind::Projector, "SN-P-1"), seen(2, Kind::Tablet, "SN-T-1")];
    check(&devices, &[], &[], &Plan::default(), &register, vec![], &["moved/1:1"]);
}

#[test]
fn a_loan_that_should_be_back() {
    let loan = |label: &str, due: &str, back: Option<PlanDate>| Loan {
        label: label.into(),
        lent_on: day("2026-09-01"),
        due_back_on: day(due),
        returned_on: back,
    };
    let assets = vec![asset("T-1", Kind::Tablet, "e01", AssetState::InService), asset("T-2", Kind::Tablet, "e02", AssetState::InService)];
    let loans = vec![
        loan("T-1", "2026-11-20", None),
        loan("T-2", "2026-11-20", None),
        loan("T-1", "2026-11-20", day("2026-11-21")),
        loan("T-1", "2026-11", None),
    ];
    let register = Register { assets, loans, ..Register::default() };
    check(&[], &[], &[], &Plan::default(), &register, vec![], &["loan_overdue/T-1:1"]);
}

fn missing(phase: &str, kit: &str, count: u64) -> Found {
    Found {
        count,
        facts: BTreeMap::from([("phase", phase.to_owned())]),
        ..found("due_missing", format!("due_missing/{phase}/{kit}"), false, MIDNIGHT, true)
    }
}

#[test]
fn a_phase_whose_delivery_is_late_is_one_fault() {
    let delivery =
        |planned: &str| Milestone { row: 1, of: "2".into(), milestone: DELIVERY.into(), promised_on: None, planned_on: day(planned), after: vec![] };
    let plan = |planned: &str| Plan { milestones: vec![delivery(planned)], ..Plan::default() };
    let all = || vec![missing("2", "classe", 12), missing("2", "valise", 28), missing("1", "classe", 1)];
    let late = ["due_missing/1/classe:1", "late_milestone/2/delivery:40"];
    check(&[], &[], &[], &plan("2026-11-15"), &Register::default(), all(), &late);
    let each = ["due_missing/2/classe:12", "due_missing/2/valise:28", "due_missing/1/classe:1"];
    check(&[], &[], &[], &plan("2026-11-30"), &Register::default(), all(), &each);
    let here = Here { school: "e01", devices: &[], places: &[], filled: &[], today: date(2026, 11, 23), midnight: MIDNIGHT };
    let found = owned_here(all(), &here, &plan("2026-11-15"), &Register::default(), &Town::of(&Register::default()));
    // Monday the 23rd less seven days: the midnight after Sunday the 15th.
    assert_eq!(found[1].since_at, MIDNIGHT + -7 * 86_400);
    let reached = Reached { row: 1, of: "2".into(), milestone: DELIVERY.into(), actual_on: day("2026-11-18"), cause: None };
    check(&[], &[], &[], &plan("2026-11-15"), &Register { milestones: vec![reached], ..Register::default() }, all(), &each);
}
