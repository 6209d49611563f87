//! E: infrastructure first, servers in the town's data centre, a source whose own sums do not add up.
//!
//! Comes in: `deploy/programmes/lorient`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: figures of ours.

use super::*;
use rollcall_collector::domain::plan::money::{GrantRule, granted};
use rollcall_collector::domain::plan::{Severity, has_error};

const TOWN: Town = Town {
    folder: "lorient",
    today: date(2021, 11, 22),
    told: &[
        "figures.csv, row 5, column value: the figure stated is amount_ht 1826000 M€, the tables give 1826000",
        "figures.csv, row 9, column value: the figure stated is amount_ttc 1106000 €, the tables give 1327200",
    ],
};

#[test]
fn what_ships_is_written_strictly() {
    TOWN.is_written_strictly();
}

#[test]
fn sums_that_the_source_prints_wrongly_are_warnings() {
    let (tables, _) = read_folder(&TOWN.path()).unwrap();
    let notes = check(&tables, TOWN.today);
    assert!(!has_error(&notes) && notes.len() == 2);
    assert!(notes.iter().all(|note| note.severity == Severity::Warning));
    let told = notes[1].text(Language::Fr);
    assert_eq!(told, "figures.csv, ligne 9, colonne value : le chiffre annoncé est amount_ttc 1106000 €, les tables donnent 1327200");
}

#[test]
fn sites_groups_dates() {
    let (_, plan, ..) = read(TOWN);
    let schools: BTreeSet<&str> = plan.sites.iter().filter(|site| site.kind == "school").map(|site| site.site.as_str()).collect();
    let groups: BTreeSet<&str> = plan.schools.iter().map(|school| school.group.as_str()).collect();
    assert_eq!((schools.len(), groups.len()), (28, 13));
    assert_eq!(figure(&plan, "programme", "sites"), "28 about");
    let programme = plan.programme.as_ref().unwrap();
    let span = [&programme.starts_on, &programme.ends_on].map(|date| date.as_ref().unwrap().text.as_str());
    assert_eq!(span, ["2021-09", "fin 2023"]);
}

#[test]
fn one_agent_in_the_data_centre_serves_every_school() {
    let (_, plan, ..) = read(TOWN);
    let centre = plan.sites.iter().find(|site| site.kind == "data_centre").unwrap();
    assert!(plan.networks.iter().any(|network| network.site == centre.site && network.school.is_none()));
    let agents: BTreeSet<_> = plan.networks.iter().map(|network| network.agent.as_deref()).collect();
    assert_eq!(agents.len(), 1, "one central agent");
    let networks: BTreeSet<_> = plan.networks.iter().filter_map(|network| network.school.as_deref()).collect();
    assert_eq!(networks.len(), plan.schools.len(), "every school has a network that it looks at");
    assert_eq!(plan.circuits.iter().filter(|circuit| circuit.technology == "fibre municipale (MAN)").count(), 28);
    assert_eq!(target(&plan, "serveurs virtualisés au centre de données"), None);
}

#[test]
fn infrastructure_comes_first() {
    let (_, plan, ..) = read(TOWN);
    let after = |of: &str, name: &str| plan.milestones.iter().find(|row| row.of == of && row.milestone == name).unwrap().after.clone();
    assert_eq!(after("infrastructure", "installation"), ["fibre", "cabling", "electrical"]);
    assert!(after("equipement", "installation").contains(&"infrastructure/installation".to_owned()));
}

#[test]
fn budget_line_by_line() {
    let (_, plan, ..) = read(TOWN);
    let lines = |axis: &str| -> Vec<(&str, i64, i64)> {
        let of_axis = plan.lines.iter().filter(|line| line.axis == axis);
        of_axis.map(|line| (line.action.as_str(), line.amount_ht.unwrap().floor().0 / euros(1).0, line.amount_ttc.unwrap().0 / euros(1).0)).collect()
    };
    let axis_1 = lines("1");
    assert_eq!(
        axis_1.iter().map(|(name, ht, _)| (*name, *ht)).collect::<Vec<_>>(),
        [
            ("Fibre", 335_000),
            ("Câblage", 17_000),
            ("Électricité", 10_000),
            ("Onduleurs", 8_000),
            ("Commutateurs administrables", 120_000),
            ("Wi-Fi des écoles", 30_000),
            ("VDI : licences", 120_000),
            ("VDI : matériel", 63_000),
            ("VDI : installation", 17_000),
        ]
    );
    let axis_2 = lines("2");
    assert_eq!(
        axis_2.iter().map(|(name, ht, _)| (*name, *ht)).collect::<Vec<_>>(),
        [
            ("Ordinateurs portables et écrans", 128_000),
            ("Valises de 9 tablettes", 86_000),
            ("Clients légers et écrans", 330_000),
            ("Déploiement des clients légers", 25_000),
            ("Logiciel UEM", 90_000),
            ("Installation UEM", 40_000),
            ("Écrans numériques interactifs (ENI)", 365_000),
            ("Déploiement des ENI", 42_000),
        ]
    );
    let sum = |lines: &[(&str, i64, i64)]| lines.iter().fold((0, 0), |sum, line| (sum.0 + line.1, sum.1 + line.2));
    assert_eq!((sum(&axis_1), sum(&axis_2)), ((720_000, 864_000), (1_106_000, 1_327_200)));
    assert_eq!(figure(&plan, "2", "amount_ttc"), "1106000 € exact", "as printed, though its lines sum to 1 327 200");
    assert_eq!(figure(&plan, "programme", "amount_ht"), "1826000 M€ exact", "as printed");
    for (what, expected) in [("raccordement à la fibre municipale", 12), ("prises de câblage", 80)] {
        assert_eq!(target(&plan, what), Some(euros(expected)));
    }
}

#[test]
fn forty_per_cent_town_sixty_react_eu() {
    let (_, plan, ..) = read(TOWN);
    for (grant, rate, amount) in [("react-eu", 60, 1_095_600), ("ville", 40, 730_400)] {
        let rules: Vec<&GrantRule> = plan.grant_rules.iter().filter(|rule| rule.grant == grant).collect();
        assert_eq!(rules[0].rate, Some(euros(rate)));
        assert_eq!(granted(euros(1_826_000), &rules), Some(euros(amount)));
        assert_eq!(plan.grants.iter().find(|row| row.grant == grant).unwrap().awarded, Some(euros(amount)));
    }
}

#[test]
fn what_is_bought() {
    let (_, plan, _, unfolded) = read(TOWN);
    let held = |kit: &str| -> Vec<(String, u32, u32)> {
        let held = unfolded.held.iter().filter(|held| held.kit == kit);
        held.map(|held| (held.schools.to_string(), held.kits, held.total)).collect()
    };
    assert_eq!(held("portable-windows"), [("kind=elementaire".to_owned(), 90, 90), ("kind=maternelle".to_owned(), 60, 60)]);
    assert_eq!(held("valise-de-9"), [("*".to_owned(), 14, 20)], "14 of 20 cases have no school");
    assert_eq!((count(&unfolded, Kind::Case, |_| true), count(&unfolded, Kind::Tablet, |_| true)), (6, 54), "6 cases of 9 are given out");
    for school in &plan.schools {
        let classes = plan.headcounts.iter().find(|row| row.school == school.school).unwrap().count as usize;
        let of = |variant: &str| count(&unfolded, Kind::ThinClient, |planned| planned.school == school.school && planned.place.key.contains(variant));
        assert_eq!((of("/thin_client fixe/"), of("/thin_client portable/")), (2 * classes, 2 * classes), "4 a class: 2 fixed, 2 portable");
    }
    let kinds: BTreeSet<&str> = plan.kits.iter().map(|item| item.kind.code()).collect();
    for kind in ["ups", "switch", "access_point", "laptop", "screen", "case", "tablet", "thin_client", "display"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    for deliverable in ["logiciel UEM", "installation UEM", "licences VDI", "ENT", "outils bureautiques et messagerie", "cloud privé de partage"] {
        assert!(plan.deliverables.iter().any(|row| row.deliverable == deliverable), "{deliverable}");
    }
}
