//! What the clock does, and backups.

use super::*;

#[test]
fn the_clock_marks_a_silent_agent_once_and_what_it_looks_at() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let network = Network { name: "school".into(), site: "site-a".into(), ..Network::default() };
        write(db, move |tx| school::save_network(tx, &network));
        let agent = enrolled(db);
        let picture = picture(&["a"]);
        record(db, agent, report_of(1, Content::Full(picture.to_groups()), &picture), true);
        let silent = |at: Timestamp| watch::tick(db, &Keep::default(), at).unwrap().silent;
        // The last word came at NOW + 10, the next was meant 300 s later: silent after three times that.
        assert_eq!([silent(NOW + 909), silent(NOW + 910), silent(NOW + 911)], [0, 1, 0]);
        assert_eq!(read(db, |tx| school::school_by_id(tx, school)).unwrap().due_at, Some(NOW + 910));
        record(db, agent, report_of(2, Content::Heartbeat, &picture), true);
        assert_eq!(silent(NOW + 920), 1, "it spoke, and fell silent again");
    });
}

#[test]
fn retention_deletes_what_is_old_and_counts_it() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let before = device(5, school);
        let (arrived, left) = (arrival(&before), Event { what: "left", was: "".into(), becomes: "".into() });
        let gone = Device { present: false, turned_at: NOW + 60, ..before.clone() };
        let change = Change { before: Some(before), after: gone, events: vec![left] };
        write(db, move |tx| {
            fleet::save_changes(tx, std::slice::from_ref(&arrived), AgentId(1), NOW)?;
            fleet::save_changes(tx, std::slice::from_ref(&change), AgentId(1), NOW + 60).map(drop)
        });
        let agent = enrolled(db);
        let (first, second) = (picture(&["a"]), picture(&["b"]));
        let difference = |number, from: &Picture, to: &Picture| {
            record(db, agent, report_of(number, Content::Difference { from: from.hash(), change: from.difference_to(to) }, to), true);
        };
        record(db, agent, report_of(1, Content::Full(first.to_groups()), &first), true);
        difference(2, &first, &second);
        record(db, agent, report_of(3, Content::Full(first.to_groups()), &first), true);
        difference(4, &first, &second);
        let year = NOW + 400 * 86_400;
        // The interval, its end in the timeline, and the difference before the present base; never what the picture rests on.
        assert_eq!(watch::tick(db, &Keep::default(), year).unwrap().deleted, 3);
        assert_eq!(watch::tick(db, &Keep::default(), year + 60).unwrap().deleted, 0, "once a day");
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert_eq!(read(db, |tx| report::load_picture(tx, &known)), Some(second));
        let counters = read(db, report::counters);
        assert!(counters.contains(&("deleted_presence".to_owned(), 1)), "{counters:?}");
    });
}

#[test]
fn a_backup_made_while_writing_goes_on_comes_back_whole() {
    let database = database::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let (key, copy) = (folder.path().join("collector.key"), folder.path().join("backup"));
    std::fs::write(&key, "secret").unwrap();
    let db = Db::open(&database.location, NOW).unwrap();
    for code in 0..50 {
        write(&db, move |tx| school::save_school(tx, &school_named(&format!("before {code}"))));
    }
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for code in 0..200 {
                write(&db, move |tx| school::save_school(tx, &school_named(&format!("during {code}"))));
            }
        });
        backup::backup(&db, &copy, std::slice::from_ref(&key), NOW).unwrap();
        writing.join().unwrap();
    });
    assert!(backup::backup(&db, &copy, &[], NOW).is_err(), "an older backup is never overwritten");
    let (target, restored_key) = (folder.path().join("again.sqlite"), folder.path().join("sub").join("collector.key"));
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(&target, "an older database").unwrap();
    backup::restore(&copy, &target, std::slice::from_ref(&restored_key), NOW).unwrap();
    assert_eq!(std::fs::read_to_string(restored_key).unwrap(), "secret");
    assert!(folder.path().join(format!("again.sqlite.before-restore-{}", NOW.0)).exists());
    let again = Db::open(&target.display().to_string(), NOW).unwrap();
    let count = read(&again, school::all_in_plan).len();
    assert!((50..=250).contains(&count), "{count}");
    write(&again, |tx| school::save_school(tx, &school_named("after")));

    let bytes = std::fs::read(copy.join(backup::DATABASE)).unwrap();
    std::fs::write(copy.join(backup::DATABASE), &bytes[..bytes.len() - 100]).unwrap();
    let refused = backup::restore(&copy, &folder.path().join("third.sqlite"), &[], NOW).unwrap_err();
    assert!(refused.to_string().contains("not as it was"), "{refused:#}");
    assert!(!folder.path().join("third.sqlite").exists());
}
