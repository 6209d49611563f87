//! Versions of the plan, the register, imports.

use super::*;

#[test]
fn the_same_plan_is_the_same_version_and_comes_back_equal() {
    on_both(|db| {
        let mut tables = Tables::default();
        tables.put(table("phases", &["phase", "name"], &[&["1", "Pilote"], &["2", "Généralisation"]]));
        let save = |tables: Tables| write(db, move |tx| plan::save_version(tx, "ville", "anne", "import", &tables, NOW));
        assert_eq!(save(tables.clone()), Some(1));
        assert_eq!(save(tables.clone()), None);
        assert_eq!(read(db, |tx| plan::version(tx, 1)), Some(tables.clone()));
        tables.put(table("phases", &["phase", "name"], &[&["1", "Pilote"]]));
        assert_eq!(save(tables), Some(2));
        let versions = read(db, |tx| plan::versions(tx, 10));
        assert_eq!(versions.iter().map(|version| (version.id, version.parent)).collect::<Vec<_>>(), [(2, Some(1)), (1, None)]);
    });
}

#[test]
fn the_register_changes_row_by_row_and_keeps_its_order() {
    on_both(|db| {
        let save = |rows: &[&[&str]], at: Timestamp| {
            let mut tables = Tables::default();
            tables.put(table("assets", &["label_or_serial", "kind", "room"], rows));
            write(db, move |tx| plan::save_register(tx, &tables, "anne", at))
        };
        assert_eq!(save(&[&["b", "tablet", ""], &["a", "projector", "R1"]], NOW), 2);
        assert_eq!(save(&[&["b", "tablet", ""], &["a", "projector", "R1"]], NOW + 1), 0);
        let mut expected = Tables::default();
        expected.put(table("assets", &["label_or_serial", "kind", "room"], &[&["b", "tablet", ""], &["a", "projector", "R1"]]));
        assert_eq!(read(db, plan::register), expected);
        assert_eq!(save(&[&["a", "projector", "R2"]], NOW + 2), 2, "one changed, one taken out");
        assert_eq!(read(db, plan::stamp), (0, 4));
    });
}

#[test]
fn an_import_is_a_version_its_schools_and_networks_and_makes_all_due() {
    on_both(|db| {
        let tables = |second: &[&str]| {
            let mut tables = Tables::default();
            tables.put(table("programme", &["code", "name"], &[&["ville", "Ville"]]));
            tables.put(table("phases", &["phase", "name", "pilot"], &[&["P", "Pilotes", "yes"], &["2", "Deuxième", ""]]));
            tables.put(table("schools", &["school", "name", "phase"], &[&["E01", "Élémentaire 01", "P|2"], second]));
            let networks: &[&[&str]] = &[&["E01", "10.1.0.0/24", "e01"], &["E02", "10.2.0.0/24", "pedago"], &["E01", "10.3.0.0/24", "pedago"]];
            tables.put(table("networks", &["site", "cidr", "name"], networks));
            tables.put(table("assets", &["label_or_serial", "kind", "school"], &[&["T1", "tablet", "E01"]]));
            tables
        };
        let first = import::import(db, tables(&["E02", "Maternelle 02", ""]), "anne", "start", NOW).unwrap();
        assert_eq!((first.version, first.schools, first.networks, first.register_rows), (Some(1), 2, 3, 1));
        let known = read(db, |tx| school::school_by_code(tx, "E01")).unwrap();
        assert_eq!((known.school.phase.as_str(), known.due_at), ("2", Some(NOW)));
        let agent = enrolled_for(db, &["e01", "E01/pedago", "E02/pedago"]);
        let schools = read(db, |tx| school::networks_of_agent(tx, agent));
        assert_eq!((schools.len(), schools["E01/pedago"]), (3, known.id));
        let again = import::import(db, tables(&["E02", "Maternelle 02", ""]), "anne", "again", NOW + 1).unwrap();
        assert!(again.is_empty(), "{again:?}");
        let third = import::import(db, tables(&["E03", "Maternelle 03", ""]), "anne", "E02 closed", NOW + 2).unwrap();
        assert_eq!((third.version, third.schools, third.left), (Some(2), 1, 1));
        assert!(!read(db, |tx| school::school_by_code(tx, "E02")).unwrap().in_plan);
        assert_eq!(read(db, |tx| school::school_by_code(tx, "E01")).unwrap().id, known.id, "ids stay");
    });
}

#[test]
fn one_school_s_change_makes_that_school_due() {
    on_both(|db| {
        let import = |label: &'static str, at: Timestamp| {
            let mut tables = Tables::default();
            tables.put(table("programme", &["code", "name"], &[&["ville", "Ville"]]));
            tables.put(table("schools", &["school", "name"], &[&["E01", "Élémentaire 01"], &["E02", "Maternelle 02"]]));
            tables.put(table("assets", &["label_or_serial", "kind", "school"], &[&[label, "tablet", "E01"]]));
            import::import(db, tables, "anne", "", at).unwrap()
        };
        import("T1", NOW);
        let taken = write(db, |tx| school::take_due(tx, NOW, 10));
        assert_eq!(taken.len(), 2, "whoever is new is due");
        write(db, move |tx| taken.iter().try_for_each(|taken| school::finish_settle(tx, *taken, NOW, None, false)));
        assert_eq!(import("T2", NOW + 5).register_rows, 2);
        let due = |code: &str| read(db, |tx| school::school_by_code(tx, code)).unwrap().due_at;
        assert_eq!((due("E01"), due("E02")), (Some(NOW + 5), None));
    });
}
