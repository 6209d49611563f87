//! C: a base that every school must reach, and mobile equipment that is lent to families.
//!
//! Comes in: `deploy/programmes/le-mans`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: figures of ours.

use super::*;
use rollcall_collector::domain::place::{Decided, Laying, Outcome, Place, lay};
use rollcall_collector::domain::plan::places::Unfolding;

const TOWN: Town = Town { folder: "le-mans", today: date(2021, 11, 22), told: &[] };

#[test]
fn what_ships_is_written_strictly() {
    TOWN.is_written_strictly();
}

#[test]
fn dates_and_money() {
    let (_, plan, ..) = read(TOWN);
    let programme = plan.programme.as_ref().unwrap();
    let span = [&programme.starts_on, &programme.ends_on].map(|date| date.as_ref().unwrap().text.as_str());
    assert_eq!(span, ["2020-02-01", "2023-04-30"]);
    assert_eq!(figure(&plan, "programme", "amount_ht"), "1.491 M€ exact");
    assert_eq!(figure(&plan, "programme", "grants"), "1.173 M€ exact");
    assert_eq!(figure(&plan, "programme", "own_share"), "317666 € exact");
    let awarded = |grant: &str| plan.grants.iter().find(|row| row.grant == grant).unwrap().awarded;
    assert_eq!((awarded("feder"), awarded("ville")), (Some(euros(1_173_000)), Some(euros(317_666))));
    assert_eq!(plan.lines.iter().filter_map(|line| line.amount_ht).sum::<Decimal>(), euros(1_490_666));
    let kinds: BTreeSet<&str> = plan.schools.iter().map(|school| school.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["elementaire", "maternelle"]));
}

#[test]
fn every_school_must_reach_the_base() {
    let (_, plan, _, unfolded) = read(TOWN);
    for school in &plan.schools {
        for kind in [Kind::Server, Kind::AccessPoint, Kind::Desktop] {
            assert!(count(&unfolded, kind, |planned| planned.school == school.school) > 0, "{}: {}", school.school, kind.code());
        }
    }
    // Infrastructure and equipment are kits; cabling, resources and services are no devices.
    for deliverable in ["câblage", "socle : ressources", "socle : services"] {
        let row = plan.deliverables.iter().find(|row| row.deliverable == deliverable).unwrap();
        assert_eq!(row.of, "*", "{deliverable} in each school");
    }
    assert!(plan.milestones.iter().any(|row| row.milestone == "socle de base atteint" && row.after == ["cabling"]));
}

#[test]
fn what_is_lent_is_not_missing() {
    let (_, plan, register, _) = read(TOWN);
    let on = date(2021, 12, 6);
    let unfolding = Unfolding::new(&plan, &register, on);
    let places: Vec<Place> =
        unfolding.school("elementaire-01").into_iter().map(|planned| planned.place).filter(|place| place.kind == Kind::Tablet).collect();
    let assets = unfolding.registered("elementaire-01");
    let (before, patch, faulty, decided) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new(), Decided::default());
    let laying = Laying {
        places: &places,
        before: &before,
        devices: &[],
        assets: &assets,
        patch: &patch,
        faulty: &faulty,
        decided: &decided,
        followed: true,
        today: on,
    };
    let lent: Vec<&str> = lay(&laying)
        .into_iter()
        .zip(&places)
        .filter(|(filled, _)| filled.outcome == Outcome::Lent)
        .filter_map(|(_, place)| place.pinned.as_deref())
        .collect();
    assert_eq!(lent, ["MOB-002", "MOB-003"], "the first came back a year before");
    let reached = lay(&laying).into_iter().all(|filled| filled.outcome != Outcome::DueMissing);
    assert!(reached, "what is delivered and not on the network is told so, not missed");
}
