//! A: one server a school, three phases after a pilot, delays with their causes, a state grant.
//!
//! Comes in: `deploy/programmes/phased-town`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: figures of ours.

use super::*;
use rollcall_collector::domain::plan::money::{GrantRule, granted};

const TOWN: Town = Town { folder: "phased-town", today: date(2021, 11, 22), told: &[] };

#[test]
fn what_ships_is_written_strictly() {
    TOWN.is_written_strictly();
}

#[test]
fn schools_and_phases() {
    let (_, plan, ..) = read(TOWN);
    let names = |phase: &str| {
        let schools = plan.schools.iter().filter(|school| school.phases.iter().any(|of| of == phase));
        schools.map(|school| school.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(names("1"), "Camus, Cézanne, Chateaubriand, La Fontaine, Prévert, Toulouse Lautrec, Verhaeren, Verlaine");
    assert_eq!(names("2"), "Anatole France, Calmette, Chopin, Louise de Bettignies, Mermoz, Picasso, Pierre et Marie Curie, René Clair, Taine");
    assert_eq!(names("3"), "Claude Bernard, Rameau, Bossuet");
    assert_eq!(names("pilote"), "Verlaine, Boris Vian, Paul Fort");
    assert_eq!(plan.schools.len(), 22);
    let followed = plan.schools.iter().filter(|school| school.followed_from.is_some()).count();
    assert_eq!(followed, 20, "Boris Vian and Paul Fort are in no phase and not followed");
    let phases: Vec<(&str, bool, i16)> =
        plan.phases.iter().map(|phase| (phase.phase.as_str(), phase.pilot, phase.ends_on.as_ref().unwrap().first.year())).collect();
    assert_eq!(phases, [("pilote", true, 2017), ("1", false, 2019), ("2", false, 2020), ("3", false, 2021)]);
}

#[test]
fn allotment_of_each_school() {
    let (_, plan, _, unfolded) = read(TOWN);
    assert_eq!(unfolded.held, []);
    let mut counts: BTreeMap<&str, BTreeMap<Kind, u32>> = BTreeMap::new();
    for planned in &unfolded.places {
        *counts.entry(&planned.school).or_default().entry(planned.place.kind).or_default() += 1;
    }
    assert_eq!(counts.len(), 20);
    for (school, counts) in counts {
        let classes = plan.headcounts.iter().find(|row| row.school == school).unwrap().count;
        let count = |kind| counts.get(&kind).copied().unwrap_or(0);
        assert_eq!((count(Kind::Server), count(Kind::Case), count(Kind::Tablet)), (1, 1, 16), "{school}");
        assert_eq!((count(Kind::Desktop), count(Kind::Projector)), (classes, classes), "{school}: a teacher PC and a projector a class");
    }
    // Verlaine, in the pilot and in phase 1, gets its kit once.
    let verlaine: Vec<_> = unfolded.places.iter().filter(|planned| planned.school == "verlaine").collect();
    assert!(verlaine.iter().all(|planned| planned.place.phase == "1"));
    let seen = unfolded.places.iter().filter(|planned| planned.place.known_by == rollcall_collector::domain::kind::KnownBy::Seen).count();
    assert!(seen >= 700, "{seen} devices to be seen");
}

#[test]
fn lots_and_what_happened() {
    let (_, plan, register, _) = read(TOWN);
    let lots: Vec<String> = plan.lots.iter().map(|lot| format!("{} {}", lot.lot, lot.scope.join("+"))).collect();
    assert_eq!(lots, ["1 supply+deploy", "2 maintenance+support"]);
    let when = |of: &str, name: &str| {
        let planned = plan.milestones.iter().find(|row| row.of == of && row.milestone == name).unwrap();
        let reached = register.milestones.iter().find(|row| row.of == of && row.milestone == name);
        let text = |date: Option<&rollcall_collector::domain::plan::PlanDate>| date.map_or("-", |date| date.text.as_str()).to_owned();
        let (actual, cause) = (reached.and_then(|row| row.actual_on.as_ref()), reached.and_then(|row| row.cause.clone()).unwrap_or_default());
        format!("{} {} {cause}", text(planned.planned_on.as_ref()), text(actual)).trim_end().to_owned()
    };
    assert_eq!(when("1", "procurement"), "2018 2018");
    assert_eq!(when("1", "cabling"), "2018 2018");
    assert_eq!(when("1", "installation"), "2019 2019");
    assert_eq!(when("2", "cabling"), "été 2019 été 2019");
    assert_eq!(when("2", "installation"), "2020 2020 crise sanitaire");
    assert_eq!(when("3", "cabling"), "2020 2021 crise sanitaire");
    assert_eq!(when("3", "installation"), "2021 - crise sanitaire : livraison tardive du matériel");
    for phase in ["1", "2", "3"] {
        let installation = plan.milestones.iter().find(|row| row.of == phase && row.milestone == "installation").unwrap();
        assert!(installation.after.iter().any(|name| name == "cabling"), "cabling comes before equipment");
    }
    assert!(plan.actors.iter().any(|actor| actor.actor == "erun" && actor.role == "trainer"));
}

#[test]
fn funding() {
    let (_, plan, ..) = read(TOWN);
    let euros = Decimal::whole;
    let line = |code: &str| plan.lines.iter().find(|line| line.line == code).unwrap().amount_ttc.unwrap();
    let grant = |code: &str| plan.grants.iter().find(|grant| grant.grant == code).unwrap().awarded.unwrap();
    let by_rule = |code: &str, spending| {
        let rules: Vec<&GrantRule> = plan.grant_rules.iter().filter(|rule| rule.grant == code).collect();
        granted(spending, &rules).unwrap()
    };
    assert_eq!((line("socle-equipement"), grant("etat-equipement")), (euros(36_562), euros(25_593)));
    assert_eq!((line("socle-services"), grant("etat-services")), (euros(1_500), euros(750)));
    assert_eq!(by_rule("etat-equipement", euros(36_562)), euros(25_593), "70 % TTC, rounded down to the euro");
    assert_eq!(by_rule("etat-services", euros(1_500)), euros(750), "50 %");
    assert_eq!(grant("etat-equipement").plus(grant("etat-services")), euros(26_343));
    assert_eq!(line("socle-equipement").plus(line("socle-services")).minus(euros(26_343)), grant("ville"));
    assert_eq!(grant("ville"), euros(11_719));
}
