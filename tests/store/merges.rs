//! Exports that were edited come back: merged with what happened since, at the store's own versions and changes.

use super::*;
use rollcall_collector::domain::language::Language;
use rollcall_collector::domain::plan::merge::{Pick, Picks};
use rollcall_collector::domain::plan::{Origin, read_tables};
use rollcall_collector::import::{Against, Imported, Prepared, Proposal, Refused, go_back, in_force, origin, prepare, propose};
use rollcall_collector::plan_folder::{Container, Export, pack, read_upload};
use rollcall_collector::store::register::{self, Cells, Signed};

const PLAN: &[(&str, &str)] = &[
    ("programme.csv", "code,name\nville,Ville\n"),
    ("phases.csv", "phase,name\n1,Un\n"),
    ("schools.csv", "school,name,phase\nE01,Camus,1\nE02,Zola,1\n"),
    ("milestones.csv", "phase_or_school,milestone,planned_on,actual_on,cause\n1,cabling,2026-09-01,,\n"),
    ("assets.csv", "label,kind,school,state\nT1,tablet,E01,in_service\nT2,tablet,E01,in_service\nT3,tablet,E02,in_service\n"),
];

fn with(change: &[(&'static str, &'static str)]) -> Tables {
    let text = |file: &'static str, text: &'static str| change.iter().find(|(name, _)| *name == file).copied().unwrap_or((file, text));
    read_tables(PLAN.iter().map(|(file, own)| text(file, own))).0
}

fn start(db: &Db) {
    import::import(db, with(&[]), "anne", "start", NOW).unwrap();
}

/// An export as a workbook, read back as somebody brings it.
fn exported(db: &Db) -> (Tables, Option<Origin>) {
    let (tables, of) = read(db, |tx| -> rollcall_collector::store::Result<_> { Ok((in_force(tx)?, origin(tx, NOW + 10)?)) });
    let export = Export { tables: &tables, origin: of.as_ref(), language: Some(Language::Fr), made_at: NOW + 10 };
    let brought = read_upload("plan.xlsx", &pack(Container::Xlsx, &export).unwrap());
    assert_eq!(brought.notes, []);
    assert_eq!(brought.tables, tables);
    (brought.tables, brought.origin)
}

fn replaced(tables: &Tables, file: &str, text: &str) -> Tables {
    let mut tables = tables.clone();
    for table in read_tables([(file, text)]).0.iter() {
        tables.put(table.clone());
    }
    tables
}

fn bring(db: &Db, tables: Tables, origin: Option<Origin>, picks: Picks) -> std::result::Result<Imported, Refused> {
    propose(db, &Proposal { tables, origin, picks }, "bruno", "retour", NOW + 100)
}

fn refused(outcome: std::result::Result<Imported, Refused>) -> Box<Prepared> {
    match outcome {
        Err(Refused::Conflicts(prepared)) => prepared,
        other => panic!("expected conflicts, found {other:?}"),
    }
}

fn state(db: &Db, label: &str) -> Option<String> {
    let key = vec![label.to_owned()];
    read(db, move |tx| register::row(tx, "assets", &key)).map(|cells| cells["state"].clone())
}

fn set_state(db: &Db, label: &str, state: &str, at: Timestamp) {
    let (key, cells) = (
        vec![label.to_owned()],
        Cells::from([("label_or_serial", label), ("kind", "tablet"), ("school", "E01"), ("state", state)].map(|(a, b)| (a.to_owned(), b.to_owned()))),
    );
    assert!(write(db, move |tx| register::write(tx, "assets", &key, Some(&cells), Signed { by_whom: "chloe", why: "vue en atelier", at })));
}

#[test]
fn an_export_read_back_changes_nothing() {
    on_both(|db| {
        start(db);
        let (tables, origin) = exported(db);
        assert!(bring(db, tables, origin, Picks::default()).unwrap().is_empty());
    });
}

#[test]
fn what_happened_since_an_export_is_kept_plan_and_register() {
    on_both(|db| {
        start(db);
        let (tables, origin) = exported(db);
        // Meanwhile, within the second of the export even: a tablet is repaired, a school is renamed.
        set_state(db, "T1", "repair", NOW + 10);
        import::import(
            db,
            replaced(&read(db, in_force), "schools.csv", "school,name,phase\nE01,Camus,1\nE02,Zola (rénovée),1\n"),
            "anne",
            "",
            NOW + 20,
        )
        .unwrap();
        let edited = replaced(&tables, "assets.csv", "label,kind,school,state\nT1,tablet,E01,in_service\nT2,tablet,E01,stolen\n");
        let proposal = Proposal { tables: edited.clone(), origin: origin.clone(), picks: Picks::default() };
        let prepared = read(db, move |tx| prepare(tx, &proposal));
        assert_eq!((prepared.against, prepared.changes.len(), prepared.meanwhile.len()), (Against::Version(1), 2, 2));
        let imported = bring(db, edited, origin, Picks::default()).unwrap();
        assert_eq!((imported.version, imported.register_rows), (None, 2));
        assert_eq!((state(db, "T1"), state(db, "T2"), state(db, "T3")), (Some("repair".into()), Some("stolen".into()), None));
        let names = read(db, in_force).get("schools").map(|table| table.rows[1].cells[1].clone());
        assert_eq!(names.as_deref(), Some("Zola (rénovée)"));
    });
}

#[test]
fn a_cell_changed_on_both_sides_is_shown_with_its_author_and_never_overwritten() {
    on_both(|db| {
        start(db);
        let (tables, origin) = exported(db);
        set_state(db, "T1", "repair", NOW + 10);
        import::import(db, replaced(&read(db, in_force), "schools.csv", "school,name,phase\nE01,Albert-Camus,1\nE02,Zola,1\n"), "anne", "", NOW + 20)
            .unwrap();
        let edited =
            replaced(&tables, "assets.csv", "label,kind,school,state\nT1,tablet,E01,lost\nT2,tablet,E01,in_service\nT3,tablet,E02,in_service\n");
        let edited = replaced(&edited, "schools.csv", "school,name,phase\nE01,A. Camus,1\nE02,Zola,1\n");
        let prepared = refused(bring(db, edited.clone(), origin.clone(), Picks::default()));
        let told: Vec<_> = prepared
            .merged
            .open
            .iter()
            .zip(&prepared.authors)
            .map(|(conflict, by)| (conflict.at.column.as_str(), conflict.ours.as_deref(), conflict.theirs.as_deref(), by.who.as_str(), by.at))
            .collect();
        assert_eq!(
            told,
            [("name", Some("Albert-Camus"), Some("A. Camus"), "anne", NOW + 20), ("state", Some("repair"), Some("lost"), "chloe", NOW + 10)]
        );
        assert_eq!(state(db, "T1").as_deref(), Some("repair"), "nothing was taken in");
        // One by one: the name as it is here, the state as brought.
        let each =
            prepared.merged.open.iter().map(|conflict| (conflict.at.clone(), if conflict.at.column == "name" { Pick::Ours } else { Pick::Theirs }));
        let imported = bring(db, edited, origin, Picks { all: None, each: each.collect() }).unwrap();
        assert_eq!((imported.version, imported.register_rows, state(db, "T1").as_deref()), (None, 1, Some("lost")));
    });
}

#[test]
fn tables_that_are_not_brought_stay_and_another_programme_replaces_all() {
    on_both(|db| {
        start(db);
        let only = read_tables([("rooms.csv", "school,room\nE01,Salle 1\n")]).0;
        let imported = import::import(db, only, "anne", "salles", NOW + 1).unwrap();
        assert_eq!((imported.version, imported.register_rows), (Some(2), 0));
        let names: Vec<&str> = read(db, in_force).iter().map(|table| table.schema.name).collect();
        assert_eq!(names, ["programme", "phases", "schools", "rooms", "milestones", "assets"]);
        let other = read_tables([("programme.csv", "code,name\nautre,Autre\n"), ("schools.csv", "school,name\nX1,Un\n")]).0;
        assert_eq!(import::import(db, other.clone(), "anne", "", NOW + 2).unwrap().register_rows, 3);
        assert_eq!(read(db, in_force), other);
    });
}

#[test]
fn an_actual_date_is_the_register_s_and_going_back_is_a_version_that_leaves_it() {
    on_both(|db| {
        start(db);
        let (tables, origin) = exported(db);
        let text = "phase_or_school,milestone,planned_on,actual_on,cause\n1,cabling,2026-10-01,2026-10-12,fournisseur en retard\n";
        let imported = bring(db, replaced(&tables, "milestones.csv", text), origin, Picks::default()).unwrap();
        assert_eq!((imported.version, imported.register_rows), (Some(2), 1));
        let back = go_back(db, 1, "anne", "retour à la version 1", NOW + 200).unwrap().unwrap();
        assert_eq!((back.version, back.register_rows), (Some(3), 0));
        let trail = read(db, |tx| account::audit_lines(tx, i64::MAX, 10)).into_iter().map(|(_, line)| (line.what, line.subject, line.becomes));
        let line = |what: &str, with: &str, version: &str| (what.to_owned(), with.to_owned(), version.to_owned());
        let first = trail.take(2).collect::<Vec<_>>();
        assert_eq!(first[0], line("plan.back", "1", "3"), "what a command does is in the audit trail as what a page does is");
        assert_eq!((&*first[1].0, &*first[1].2), ("plan.import", "2"));
        let table = read(db, in_force).get("milestones").cloned().unwrap();
        let cell = |column| table.cell(&table.rows[0], column);
        assert_eq!((cell("planned_on"), cell("actual_on"), cell("cause")), ("2026-09-01", "2026-10-12", "fournisseur en retard"));
        // Its date taken out again, in a workbook that says so.
        let (tables, origin) = exported(db);
        let text = "phase_or_school,milestone,planned_on,actual_on,cause\n1,cabling,2026-09-01,,\n";
        assert_eq!(bring(db, replaced(&tables, "milestones.csv", text), origin, Picks::default()).unwrap().register_rows, 1);
        assert!(go_back(db, 99, "anne", "", NOW).unwrap().is_none());
    });
}

#[test]
fn an_export_of_another_installation_is_no_version_of_this_one() {
    on_both(|db| {
        start(db);
        let (tables, origin) = exported(db);
        let elsewhere = origin.map(|origin| Origin { installation: "elsewhere".into(), ..origin });
        let proposal = Proposal { tables, origin: elsewhere, picks: Picks::default() };
        assert_eq!(read(db, move |tx| prepare(tx, &proposal)).against, Against::InForce);
    });
}

#[test]
fn a_row_tells_its_history_and_the_register_what_it_was() {
    on_both(|db| {
        start(db);
        let before = read(db, in_force);
        let mark = read(db, register::changes_so_far);
        set_state(db, "T1", "repair", NOW + 10);
        set_state(db, "T1", "retired", NOW + 10);
        let key = vec!["T2".to_owned()];
        assert!(write(db, move |tx| register::write(tx, "assets", &key, None, Signed { by_whom: "chloe", why: "", at: NOW + 11 })));
        set_state(db, "T9", "stock", NOW + 12);
        let told = read(db, |tx| register::history(tx, "assets", &["T1".to_owned()], 10));
        let states: Vec<_> = told.iter().map(|change| change.becomes.as_ref().map(|cells| cells["state"].as_str())).collect();
        assert_eq!(states, [Some("retired"), Some("repair"), Some("in_service")]);
        assert_eq!((told[0].why.as_str(), told[2].was.is_none()), ("vue en atelier", true));
        let then = read(db, move |tx| register::as_of(tx, mark));
        assert!(
            rollcall_collector::domain::plan::diff::diff(&then, &before.half(rollcall_collector::domain::plan::schema::Half::Register)).is_empty()
        );
        assert_eq!(read(db, |tx| register::newest(tx, Some("assets"), i64::MAX, 2)).len(), 2);
        assert_eq!(read(db, |tx| register::page(tx, "assets", "", 10)).len(), 3);
    });
}
