//! D: 113 schools, much legacy equipment, waves by criteria and by how many teachers can be trained in a year.
//!
//! Comes in: `deploy/programmes/strasbourg`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: figures of ours.

use super::*;
use rollcall_collector::domain::place::Life;
use rollcall_collector::domain::plan::places::Unfolding;
use rollcall_collector::domain::plan::waves::{Wave, proposed};

const TOWN: Town = Town { folder: "strasbourg", today: date(2021, 11, 22), told: &[] };

#[test]
fn what_ships_is_written_strictly() {
    TOWN.is_written_strictly();
}

#[test]
fn aggregates_are_figures() {
    let (_, plan, ..) = read(TOWN);
    for (scope, measure, expected) in [
        ("programme", "schools", "113 exact"),
        ("kind=elementaire", "schools", "52 exact"),
        ("kind=elementaire", "classes", "771 exact"),
        ("kind=elementaire", "pupils", "16086 exact"),
        ("kind=maternelle", "schools", "61 exact"),
        ("kind=maternelle", "classes", "387 exact"),
        ("kind=maternelle", "pupils", "9379 exact"),
        ("programme", "teachers", "1600 at_least"),
        ("existant-2016", "dépensé", "1.5 M€ about"),
        ("programme", "autorisation de programme", "10 M€ exact"),
        ("programme", "classes avec ensemble interactif", "122 exact"),
        ("trait=fibre", "schools", "57 at_least"),
    ] {
        assert_eq!(figure(&plan, scope, measure), expected);
    }
    // The schools made up for it bear the figures out: a figure that differs would be a note.
    let kinds = |kind: &str| plan.schools.iter().filter(|school| school.kind == kind).count();
    assert_eq!((kinds("elementaire"), kinds("maternelle")), (52, 61));
}

#[test]
fn legacy_counts_and_nobody_misses_it() {
    let (_, plan, _, unfolded) = read(TOWN);
    let in_room = |kind: &str, room: &str| {
        let schools = plan.schools.iter().filter(|school| school.kind == kind);
        let each = |school: &str| {
            count(&unfolded, Kind::Desktop, |planned| {
                planned.school == school && planned.place.room.as_deref() == Some(room) && planned.place.life == Life::Legacy
            })
        };
        schools.map(|school| each(&school.school)).collect::<BTreeSet<_>>()
    };
    assert_eq!(in_room("elementaire", "Salle informatique"), BTreeSet::from([14]));
    assert_eq!(in_room("maternelle", "BCD"), BTreeSet::from([3]));
    assert_eq!((in_room("elementaire", "Direction"), in_room("maternelle", "Direction")), (BTreeSet::from([1]), BTreeSet::from([1])));
    let held = |kit: &str| unfolded.held.iter().filter(|held| held.kit == kit).map(|held| held.total).collect::<Vec<_>>();
    assert_eq!(held("ensemble-interactif-2016"), [107, 15], "122 classes: projector, teacher PC, document camera");
    let set: Vec<Kind> = plan.kits.iter().filter(|item| item.kit == "ensemble-interactif-2016").map(|item| item.kind).collect();
    assert_eq!(set, [Kind::Projector, Kind::Desktop, Kind::DocumentCamera]);
    assert_eq!(
        (held("classe-mobile-2016"), held("tablette-2016"), held("portable-2016"), held("ipad-2016")),
        (vec![35], vec![102], vec![202], vec![512])
    );
    assert_eq!(with_trait(&plan, "ipads", "elementaire"), 26, "512 iPads in 26 élémentaires");
    assert!(plan.allotments.iter().any(|row| row.replaces_legacy), "what is new replaces what was there");
}

fn with_trait(plan: &Plan, name: &str, kind: &str) -> usize {
    let has: BTreeSet<&str> = plan.traits.iter().filter(|row| row.name == name).map(|row| row.school.as_str()).collect();
    plan.schools.iter().filter(|school| has.contains(school.school.as_str()) && (kind.is_empty() || school.kind == kind)).count()
}

#[test]
fn what_is_decided() {
    let (_, plan, register, unfolded) = read(TOWN);
    assert_eq!(with_trait(&plan, "plan-de-relance", ""), 22, "22 schools in the state's relief plan");
    let relief = plan.phase("relance").unwrap();
    assert_eq!([&relief.starts_on, &relief.ends_on].map(|date| date.as_ref().unwrap().text.as_str()), ["2021-09", "2022-12"]);
    assert_eq!(plan.schools.iter().filter(|school| school.phases.contains(&"relance".to_owned())).count(), 22);
    assert_eq!(count(&unfolded, Kind::WebcamKit, |_| true), 113, "webcam and headset for each head");
    assert!(register.cases.iter().any(|case| case.case == "pret-visio" && case.kind_inside == Some(Kind::WebcamKit)));
    assert!(register.loans.iter().any(|loan| loan.label == "pret-visio"), "a loan pool of video-meeting kits");
    for tag in ["qpv", "rep", "rep+", "cite-educative"] {
        assert!(with_trait(&plan, tag, "") > 0, "{tag}");
    }
    let first: Vec<String> = plan.allotments.iter().filter(|row| row.kit == "ipads-prioritaires").map(|row| row.schools.to_string()).collect();
    assert_eq!(first, ["trait=rep+", "trait=rep"], "priority schools get iPads first");
}

#[test]
fn what_the_schools_want() {
    let (_, plan, _, unfolded) = read(TOWN);
    let item = |kit: &str, kind: Kind| plan.kits.iter().find(|item| item.kit == kit && item.kind == kind).unwrap();
    assert_eq!(item("portable-enseignant", Kind::Laptop).per.to_string(), "teacher");
    assert!(item("imprimante-couleur", Kind::Printer).colour, "colour printers");
    assert_eq!(item("classe-mobile", Kind::Tablet).per.to_string(), "case", "mobile classes of tablets rather than PCs");
    assert_eq!(count(&unfolded, Kind::Laptop, |_| true), 1_601, "a laptop for each teacher");
    assert!(plan.deliverables.iter().any(|row| row.deliverable == "ENT"));
    let kits = |kind: &str| -> BTreeSet<&str> {
        let of_kind = |school: &str| plan.schools.iter().any(|row| row.school == school && row.kind == kind);
        unfolded.places.iter().filter(|planned| of_kind(&planned.school)).map(|planned| planned.place.kit.as_str()).collect()
    };
    assert_ne!(kits("elementaire"), kits("maternelle"), "élémentaire and maternelle get different allotments");
    let limit = |measure: &str| plan.limits.iter().find(|limit| limit.measure == measure).and_then(|limit| limit.most);
    assert_eq!(limit("appareils individuels des personnels non enseignants"), Some(euros(0)), "out of scope");
}

#[test]
fn the_order_follows_traits_and_three_hundred_teachers_a_year() {
    let (_, plan, register, _) = read(TOWN);
    let limit = plan.limits.iter().find(|limit| limit.measure == "enseignants formés").unwrap();
    assert_eq!((limit.per.as_str(), limit.most), ("an", Some(euros(300))));
    let unfolding = Unfolding::new(&plan, &register, TOWN.today);
    let waves = proposed(&plan, &unfolding);
    for wave in &waves {
        let Wave { phase, schools, teachers } = wave;
        assert!(*teachers <= 300, "{phase}: {teachers} teachers");
        let planned: Vec<&str> = plan.schools.iter().filter(|school| school.phases.contains(phase)).map(|school| school.school.as_str()).collect();
        let mut proposed: Vec<&str> = schools.iter().map(String::as_str).collect();
        proposed.sort_by_key(|code| plan.schools.iter().position(|school| school.school == *code));
        assert_eq!(proposed, planned, "the plan's {phase} is what criteria and limit give");
    }
    assert_eq!(waves.iter().map(|wave| wave.schools.len()).sum::<usize>(), 113);
    // Priority and ready schools are in the first wave; those without fibre or without a ready team come at the end.
    let first = |code: &str| plan.traits.iter().any(|row| row.school == code && row.name == "rep+");
    assert!(waves[0].schools.iter().filter(|code| first(code)).count() >= waves[0].schools.len() / 2);
    let ready = |code: &String| ["fibre", "equipe-prete"].iter().all(|name| plan.traits.iter().any(|row| row.school == *code && row.name == *name));
    assert!(waves[..4].iter().all(|wave| wave.schools.iter().all(ready)));
}
