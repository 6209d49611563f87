//! The programmes that ship with Rollcall, held fact by fact against what their towns published.
//!
//! Comes in: the tables in `deploy/programmes/`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: any
//! figure of ours; every number here stands in the town's public document.

use jiff::civil::{Date, date};
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::language::Language;
use rollcall_collector::domain::plan::model::Plan;
use rollcall_collector::domain::plan::money::{GrantRule, granted};
use rollcall_collector::domain::plan::places::{Unfolded, unfold};
use rollcall_collector::domain::plan::{Decimal, Tables, check, read_tables, write_table};
use rollcall_collector::domain::register::Register;
use rollcall_collector::plan_folder::read_folder;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TODAY: Date = date(2021, 11, 22);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/programmes").join(name)
}

fn read(name: &str) -> (Tables, Plan, Register, Unfolded) {
    let (tables, mut notes) = read_folder(&folder(name)).unwrap();
    notes.extend(check(&tables, TODAY));
    assert_eq!(notes, [], "the plan that ships is without a note");
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let unfolded = unfold(&plan, &register, TODAY);
    (tables, plan, register, unfolded)
}

#[test]
fn what_ships_is_written_strictly() {
    let (tables, ..) = read("phased-town");
    for table in tables.iter() {
        let text = std::fs::read_to_string(folder("phased-town").join(&table.file)).unwrap();
        assert_eq!(write_table(table), text, "{}", table.file);
    }
}

#[test]
fn phased_town_schools_and_phases() {
    let (_, plan, ..) = read("phased-town");
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
fn phased_town_allotment_of_each_school() {
    let (_, plan, _, unfolded) = read("phased-town");
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
fn phased_town_lots_and_what_happened() {
    let (_, plan, register, _) = read("phased-town");
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
fn phased_town_funding() {
    let (_, plan, ..) = read("phased-town");
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

/// A town with its servers in a data centre: 28 sites, two axes, sums that its own document prints wrongly.
#[test]
fn a_source_that_contradicts_itself_is_told_not_hidden() {
    let axis_1 = [335_000, 17_000, 10_000, 8_000, 120_000, 30_000, 120_000, 63_000, 17_000];
    let axis_2 = [128_000, 86_000, 330_000, 25_000, 90_000, 40_000, 365_000, 42_000];
    let mut lines = "line,axis,amount_ht,amount_ttc\n".to_owned();
    for (axis, amounts) in [("1", &axis_1[..]), ("2", &axis_2)] {
        for (number, amount) in amounts.iter().enumerate() {
            lines.push_str(&format!("{axis}.{number},{axis},{amount},{}\n", amount * 12 / 10));
        }
    }
    let figures = "portée;mesure;valeur;unité;précision\n\
        1;montant HT;720 000;€;exact\n1;montant TTC;864 000;€;exact\n\
        2;montant HT;1 106 000;€;exact\n2;montant TTC;1 106 000;€;exact\n\
        programme;montant HT;1 826 000;M€;exact\nprogramme;case;20;;exact\nprogramme;tablet;180;;exact\n";
    let files = [
        ("lignes.csv", lines.as_str()),
        ("chiffres.csv", figures),
        ("schools.csv", "school,kind\nelementaire-01,elementaire\nmaternelle-01,maternelle\n"),
        ("phases.csv", "phase,starts_on,ends_on\n1,2021-09,fin 2023\n"),
        ("kits.csv", "kit,item,quantity,per\nvalise,valise,1,école\nvalise,tablette,9,valise\n"),
        ("allotments.csv", "phase,school,kit,quantity,counts\n1,*,valise,20,total\n1,elementaire-01,valise,6,each\n"),
    ];
    let (tables, notes) = read_tables(files);
    assert_eq!(notes, []);
    let told: Vec<String> = check(&tables, TODAY).iter().map(|note| note.text(Language::En)).collect();
    let expected = [
        "chiffres.csv, row 5, column valeur: the figure stated is montant TTC 1106000 €, the tables give 1327200",
        "chiffres.csv, row 6, column valeur: the figure stated is montant HT 1826000 M€, the tables give 1826000",
    ];
    assert_eq!(told, expected);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let held = unfold(&plan, &register, TODAY).held;
    assert_eq!((held[0].kits, held[0].total), (14, 20), "14 of 20 cases have no school");
}
