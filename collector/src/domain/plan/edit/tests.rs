//! What people do to a plan in one action, and what becomes of the places.
//!
//! Comes in: a small town, an edit. Goes out: pass, or the table that says something else. Absent on purpose: pages.

use super::*;
use crate::domain::place::{Life, Over};
use crate::domain::plan::diff::{What, diff};
use crate::domain::plan::places::Unfolding;
use crate::domain::plan::{check, has_error, read_tables};
use crate::domain::register::Register;

const TODAY: Date = jiff::civil::date(2025, 5, 12);

fn town() -> Tables {
    let files = [
        ("phases.csv", "phase,rank,ends_on\n1,1,2024\n2,2,2026\n"),
        (
            "schools.csv",
            "school,name,kind,phase\nmat,Maternelle Hugo,maternelle,1\nelem,Élémentaire Hugo,elementaire,2\njaures,Jaurès,elementaire,2\n",
        ),
        ("networks.csv", "site,cidr,name,school\nmat,10.0.1.0/24,mat,mat\nelem,10.0.2.0/24,elem,elem\n"),
        (
            "headcounts.csv",
            "school,year,what,level,count\nmat,2024,class,all,2\nelem,2024,class,all,3\njaures,2024,class,cp,2\njaures,2024,class,ce1,1\n",
        ),
        (
            "rooms.csv",
            "school,room,kind\nmat,Salle 1,class\nmat,Salle 2,class\nelem,Salle 1,class\nelem,Salle 3,class\njaures,A,class\njaures,B,class\n",
        ),
        ("kits.csv", "kit,item,quantity,per\nclasse,projector,1,class\nvalise,case,1,school\n"),
        (
            "allotments.csv",
            "phase,school,kit,quantity,counts,due_on\n1,phase=1,classe,1,each,\n2,phase=2,classe,1,each,\n2,*,valise,10,total,\n2,mat,valise,2,each,2025-06\n",
        ),
        ("milestones.csv", "phase_or_school,milestone,promised_on,planned_on,after\n2,cabling,,2025,\n2,installation,2025-11,2026-01,cabling\n"),
        ("assets.csv", "label,kind,school,room\nP1,projector,mat,Salle 1\n"),
    ];
    let (tables, notes) = read_tables(files);
    assert_eq!(notes, []);
    tables
}

/// Applies an edit; expects these changes, each `table key column=value …`, and that the plan is still without an error.
fn check_edit(edit: &Edit, expected: &[&str]) -> Tables {
    let before = town();
    let edited = apply(&before, edit, TODAY).unwrap();
    let told: Vec<String> = diff(&before, &edited.tables)
        .into_iter()
        .map(|change| {
            let (sign, cells): (&str, Vec<String>) = match change.what {
                What::Added(cells) => ("+", cells.into_iter().map(|(column, text)| format!("{column}={text}")).collect()),
                What::Removed(_) => ("-", Vec::new()),
                What::Changed(cells) => ("", cells.into_iter().map(|cell| format!("{}={}", cell.column, cell.after)).collect()),
            };
            format!("{sign}{} {} {}", change.table, change.key.join("/"), cells.join(" ")).trim_end().to_owned()
        })
        .collect();
    assert_eq!(told, expected);
    let notes = check(&edited.tables, TODAY);
    assert!(!has_error(&notes), "{notes:?}");
    edited.tables
}

/// Places of a school on a day, each `key`, with `!` where it is over.
fn places(tables: &Tables, school: &str, on: Date) -> Vec<String> {
    let (plan, register) = (Plan::from_tables(tables), Register::from_tables(tables));
    let planned = Unfolding::new(&plan, &register, on).standing(school);
    planned.iter().map(|planned| format!("{}{}", planned.place.key, if matches!(planned.place.life, Life::Over(_)) { "!" } else { "" })).collect()
}

fn date(text: &str) -> PlanDate {
    crate::domain::plan::date::parse(text).unwrap()
}

fn refused(edit: &Edit, field: &str, fr: &str) {
    let refusal = apply(&town(), edit, TODAY).unwrap_err();
    assert_eq!((refusal.field, refusal.why.fr.as_ref()), (field, fr));
    assert!(refusal.why.en.contains("; expected ") || refusal.why.en.ends_with("; expected "), "{}", refusal.why.en);
}

#[test]
fn a_date_moves_for_some_schools_with_a_cause() {
    let edit = |schools: &str, to: &str, cause: &str| Edit::MoveDates {
        schools: Selector::parse(schools).unwrap(),
        milestone: "Pose".into(),
        to: date(to),
        cause: cause.into(),
    };
    let tables = check_edit(
        &edit("jaures", "printemps 2026", "livraison tardive"),
        &[
            "+milestones jaures/installation phase_or_school=jaures milestone=installation promised_on=2025-11 planned_on=printemps 2026 after=cabling cause=livraison tardive",
        ],
    );
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let unfolding = Unfolding::new(&plan, &register, TODAY);
    let due = |school: &str| unfolding.school(school)[0].due_on.as_ref().map(|due| due.text.clone());
    assert_eq!((due("jaures").as_deref(), due("elem").as_deref()), (Some("printemps 2026"), Some("2026-01")));
    // A whole phase moves with its own row; what was promised first stays.
    check_edit(&edit("phase=2", "2026-09", "marché relancé"), &["milestones 2/installation planned_on=2026-09 cause=marché relancé"]);
    refused(
        &edit("phase=7", "2026", "x"),
        "schools",
        "« phase=7 » ne désigne aucune école ; attendu : une école, une phase ou d'autres termes qui en désignent",
    );
    refused(&edit("jaures", "2026", " "), "cause", "il manque la cause ; attendu : pourquoi la date change");
}

#[test]
fn an_allotment_s_own_date_moves_with_the_installation() {
    let edit =
        Edit::MoveDates { schools: Selector::parse("mat").unwrap(), milestone: "installation".into(), to: date("2026-02"), cause: "travaux".into() };
    check_edit(
        &edit,
        &[
            "allotments 2/mat/valise/ due_on=2026-02",
            "+milestones mat/installation phase_or_school=mat milestone=installation planned_on=2026-02 cause=travaux",
        ],
    );
}

#[test]
fn a_school_closes_and_its_places_are_over() {
    let tables = check_edit(&Edit::CloseSchool { school: "mat".into(), on: date("2025-07-04") }, &["schools mat closed_on=2025-07-04"]);
    assert_eq!(places(&tables, "mat", TODAY)[0], "classe/projector/Salle 1");
    assert!(places(&tables, "mat", jiff::civil::date(2025, 7, 5)).iter().all(|place| place.ends_with('!')));
    let twice = apply(&tables, &Edit::CloseSchool { school: "mat".into(), on: date("2026") }, TODAY).unwrap_err();
    assert_eq!(twice.why.fr, "l'école « Maternelle Hugo » est déjà fermée (2025-07-04) ; attendu : une école ouverte");
    refused(
        &Edit::CloseSchool { school: "x".into(), on: date("2026") },
        "school",
        "aucune école n'a le code « x » ; attendu : le code d'une école du plan",
    );
}

#[test]
fn a_school_becomes_part_of_another() {
    let edit = Edit::MergeSchool { school: "mat".into(), into: "elem".into(), on: date("2025-07-04") };
    let tables = check_edit(
        &edit,
        &[
            "schools mat closed_on=2025-07-04 successor=elem",
            "schools elem kind=primaire phase=2|1",
            "networks mat/10.0.1.0/24 school=elem",
            "+headcounts elem/2025/class/all school=elem year=2025 what=class level=all count=5",
            "+rooms elem/Salle 1 (Maternelle Hugo) school=elem room=Salle 1 (Maternelle Hugo) kind=class",
            "+rooms elem/Salle 2 school=elem room=Salle 2 kind=class",
            "-allotments 2/mat/valise/",
            "+allotments 2/elem/valise/ phase=2 school_or_selector=elem kit=valise quantity=2 counts=each due_on=2025-06",
        ],
    );
    let september = jiff::civil::date(2025, 9, 15);
    assert_eq!(
        places(&tables, "elem", september),
        [
            "classe/projector/Salle 1",
            "classe/projector/Salle 3",
            "classe/projector/Salle 1 (Maternelle Hugo)",
            "classe/projector/Salle 2",
            "classe/projector/class 5",
            "valise/case/case 1",
            "valise 2/case/case 1",
        ]
    );
    // History follows: what the register has at the school that is no more counts for its heir.
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let labels = |school: &str, on| Unfolding::new(&plan, &register, on).registered(school).into_iter().map(|asset| asset.label).collect::<Vec<_>>();
    assert_eq!((labels("elem", TODAY), labels("elem", september)), (vec![], vec!["P1".to_owned()]));
    refused(
        &Edit::MergeSchool { school: "mat".into(), into: "mat".into(), on: date("2025") },
        "into",
        "une école ne peut pas rejoindre elle-même ; attendu : une autre école",
    );
}

#[test]
fn names_change_and_the_former_ones_are_known() {
    check_edit(&Edit::RenameSchool { school: "jaures".into(), name: " Jean Jaurès ".into() }, &["schools jaures name=Jean Jaurès was=Jaurès"]);
    let edit = Edit::RenameRoom { school: "mat".into(), room: "Salle 1".into(), name: "Salle des lutins".into() };
    let tables = check_edit(&edit, &["-rooms mat/Salle 1", "+rooms mat/Salle des lutins school=mat room=Salle des lutins kind=class was=Salle 1"]);
    // The place keeps its key, so that who stands there keeps it; the register may go on with the former name.
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let unfolding = Unfolding::new(&plan, &register, TODAY);
    let place = &unfolding.school("mat")[0].place;
    assert_eq!(
        (place.key.as_str(), place.room.as_deref(), place.pinned.as_deref()),
        ("classe/projector/Salle 1", Some("Salle des lutins"), Some("P1"))
    );
    refused(
        &Edit::RenameRoom { school: "mat".into(), room: "Salle 1".into(), name: "Salle 2".into() },
        "name",
        "Maternelle Hugo a déjà une salle « Salle 2 » ; attendu : un nom libre",
    );
    refused(
        &Edit::RenameRoom { school: "mat".into(), room: "Z".into(), name: "Y".into() },
        "room",
        "aucune salle ne s'appelle « Z » ; attendu : Salle 1, Salle 2",
    );
    refused(
        &Edit::RenameSchool { school: "mat".into(), name: "a|b".into() },
        "name",
        "« a|b » ne peut pas être un nom ; attendu : un nom court, sans « | », « & », « = »",
    );
}

#[test]
fn a_class_closed_in_september_leaves_its_kit_to_be_reassigned() {
    let with_room = Edit::CloseClass { school: "mat".into(), year: 2025, room: Some("Salle 1".into()) };
    let tables = check_edit(
        &with_room,
        &["+headcounts mat/2025/class/all school=mat year=2025 what=class level=all count=1", "rooms mat/Salle 1 closed_on=2025-08-31"],
    );
    let (before, after) = (jiff::civil::date(2025, 7, 1), jiff::civil::date(2025, 9, 1));
    assert_eq!(places(&tables, "mat", before)[..2], ["classe/projector/Salle 1", "classe/projector/Salle 2"]);
    assert_eq!(places(&tables, "mat", after)[..2], ["classe/projector/Salle 1!", "classe/projector/Salle 2"]);
    // Without a room the last one goes; classes told by level are told all together from then on.
    let tables = check_edit(
        &Edit::CloseClass { school: "jaures".into(), year: 2025, room: None },
        &["+headcounts jaures/2025/class/all school=jaures year=2025 what=class level=all count=2"],
    );
    assert_eq!(places(&tables, "jaures", after), ["classe/projector/A", "classe/projector/B", "classe/projector/class 3!"]);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let over = Unfolding::new(&plan, &register, after).standing("jaures")[2].place.life;
    assert_eq!(over, Life::Over(Over::ClassClosed));
}
