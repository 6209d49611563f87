//! Schools, who is due, places, faults, a school as settle wants it.

use super::*;

#[test]
fn schools_and_networks_keep_their_ids_and_know_each_other() {
    on_both(|db| {
        let (a, changed) = write(db, |tx| school::save_school(tx, &school_named("a")));
        assert!(changed);
        assert_eq!(write(db, |tx| school::save_school(tx, &school_named("a"))), (a, false));
        let renamed = School { name: "Jaurès".into(), ..school_named("a") };
        assert_eq!(write(db, move |tx| school::save_school(tx, &renamed)), (a, true));
        let own = Network { name: "own".into(), site: "site-a".into(), school: Some(a), ..Network::default() };
        let shared = Network { name: "shared".into(), site: "site-a".into(), ..Network::default() };
        for network in [own, shared] {
            let again = network.clone();
            assert!(write(db, move |tx| school::save_network(tx, &network)));
            assert!(!write(db, move |tx| school::save_network(tx, &again)));
        }
        let agent = enrolled_for(db, &["own", "shared", "nobody's"]);
        let map = read(db, |tx| school::networks_of_agent(tx, agent));
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [("own".to_owned(), a), ("shared".to_owned(), a)]);
        assert_eq!(read(db, |tx| school::networks_of_school(tx, a)).len(), 2);
        write(db, |tx| school::save_school(tx, &School { site: "site-a".into(), ..school_named("b") }));
        let map = read(db, |tx| school::networks_of_agent(tx, agent));
        assert_eq!(map.into_keys().collect::<Vec<_>>(), ["own"], "two schools share the other: it is nobody's");
    });
}

#[test]
fn a_mark_made_while_a_school_is_settled_is_not_lost() {
    on_both(|db| {
        let (id, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let due = |db: &Db| read(db, |tx| school::school_by_id(tx, id)).unwrap().due_at;
        write(db, move |tx| school::mark_due(tx, id, NOW));
        write(db, move |tx| school::mark_due(tx, id, NOW + 50));
        assert_eq!(due(db), Some(NOW), "a mark only comes earlier");
        assert!(write(db, |tx| school::take_due(tx, NOW - 1, 10)).is_empty());
        let taken = write(db, |tx| school::take_due(tx, NOW, 10));
        assert_eq!(taken.len(), 1);
        assert!(write(db, |tx| school::take_due(tx, NOW, 10)).is_empty(), "nobody else takes it meanwhile");
        write(db, move |tx| school::mark_due(tx, id, NOW + 1));
        let taken = taken[0];
        write(db, move |tx| school::finish_settle(tx, taken, NOW + 2, Some(NOW + 900), true));
        assert_eq!(due(db), Some(NOW + 1));
        let taken = write(db, |tx| school::take_due(tx, NOW + 3, 10))[0];
        write(db, move |tx| school::finish_settle(tx, taken, NOW + 3, None, false));
        assert_eq!(due(db), None);
        assert_eq!(read(db, school::settled_seq), 1);
    });
}

#[test]
fn a_school_that_was_settled_rests_while_reports_come_in_but_not_from_people() {
    on_both(|db| {
        let (id, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let due = |db: &Db| read(db, |tx| school::school_by_id(tx, id)).unwrap().due_at;
        let settle = |db: &Db, now: Timestamp| {
            let taken = write(db, move |tx| school::take_due(tx, now, 10))[0];
            write(db, move |tx| school::finish_settle(tx, taken, now, None, true));
        };
        write(db, move |tx| school::mark_reported(tx, id, NOW, 10));
        assert_eq!(due(db), Some(NOW), "nothing was settled yet");
        settle(db, NOW);
        write(db, move |tx| school::mark_reported(tx, id, NOW + 3, 10));
        assert_eq!(due(db), Some(NOW + 10));
        write(db, move |tx| school::mark_reported(tx, id, NOW + 7, 10));
        assert_eq!(due(db), Some(NOW + 10), "many reports are one settle");
        write(db, move |tx| school::mark_due(tx, id, NOW + 8));
        assert_eq!(due(db), Some(NOW + 8), "what somebody did is looked at at once");
        settle(db, NOW + 8);
        write(db, move |tx| school::mark_reported(tx, id, NOW + 18, 10));
        assert_eq!(due(db), Some(NOW + 18), "it has rested");
        settle(db, NOW + 18);
        write(db, move |tx| school::mark_reported(tx, id, NOW + -500, 10));
        assert_eq!(due(db), Some(NOW + -500), "the clock was set back");
    });
}

pub(super) fn found(key: &str, severity: Severity, count: u64) -> Found {
    Found {
        code: "agent_silent",
        key: key.into(),
        severity,
        device: Some(DeviceId(5)),
        place: None,
        since_at: NOW - 60,
        look: None,
        confirmed: true,
        count,
        facts: [("host", "kwartz".to_owned())].into(),
    }
}

#[test]
fn a_fault_is_opened_once_changed_and_cleared() {
    on_both(|db| {
        let school = SchoolId(1);
        let laid = Laid { opened: vec![found("a", Severity::Major, 3)], ..Laid::default() };
        for _ in 0..2 {
            let laid = laid.clone();
            write(db, move |tx| fault::save_laid(tx, school, &laid, NOW));
        }
        let open = read(db, |tx| fault::open_faults(tx, school));
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].severity, open[0].count, open[0].opened_at), (Some(Severity::Major), 3, NOW - 60));
        assert!(!open[0].differs(&found("a", Severity::Major, 3)), "it comes back as it was saved");
        let worse = Found { device: None, ..found("a", Severity::Critical, 4) };
        let laid = Laid { changed: vec![(open[0].fault_id, worse.clone())], ..Laid::default() };
        write(db, move |tx| fault::save_laid(tx, school, &laid, NOW + 1));
        let open = read(db, |tx| fault::open_faults(tx, school));
        assert!(!open[0].differs(&worse));
        let closed = move |known: &Known, at: Timestamp| {
            let (shadow, decided) = (Shadow::default(), std::collections::BTreeMap::new());
            let moment = Moment { now: at, reopens_from: NOW, lapses_from: NOW, looked_at: at, shadow: &shadow, decided: &decided };
            lay(&[], std::slice::from_ref(known), &moment)
        };
        let laid = closed(&open[0], NOW + 2);
        assert!(write(db, move |tx| fault::save_laid(tx, school, &laid, NOW + 2)));
        assert!(read(db, |tx| fault::open_faults(tx, school)).is_empty());
        let known = read(db, |tx| fault::known_faults(tx, school, NOW + 3));
        let how = known[0].life.closing.map(|closing| (closing.at, closing.how));
        assert_eq!((how, known[0].life.turns.len()), (Some((NOW + 2, How::Look)), 2), "closed lately, it is still known");
        let again = Laid { opened: vec![found("a", Severity::Major, 3)], ..Laid::default() };
        write(db, move |tx| fault::save_laid(tx, school, &again, NOW + 3));
        assert_eq!(read(db, |tx| fault::open_of_device(tx, DeviceId(5))).len(), 1, "the same cause later is a new fault");
    });
}

pub(super) fn standing(key: &str, outcome: Outcome, device: Option<i64>) -> Standing {
    let day = jiff::civil::date(2026, 9, 1);
    let place = Place {
        key: key.into(),
        kind: Kind::Projector,
        room: Some("A".into()),
        kit: "classe".into(),
        phase: "1".into(),
        model: None,
        due: Some((day, day)),
        pinned: None,
        known_by: KnownBy::Seen,
        inside: None,
        life: rollcall_collector::domain::place::Life::Open,
    };
    let reason = device.map(|_| Reason::Kind);
    Standing { place, due_text: "2026-09".into(), device: device.map(DeviceId), outcome, reason }
}

#[test]
fn places_are_written_when_they_change_and_counted() {
    on_both(|db| {
        let school = SchoolId(1);
        let save = |places: Vec<Standing>, at: Timestamp| {
            write(db, move |tx| {
                let changed = place::save_places(tx, school, &places, at)?;
                place::save_counts(tx, school, &places, jiff::civil::date(2026, 11, 22), false, at)?;
                Ok(changed)
            })
        };
        let first = vec![standing("p1", Outcome::Installed, Some(5)), standing("p2", Outcome::DueMissing, None)];
        assert!(save(first.clone(), NOW));
        assert!(!save(first, NOW + 1));
        assert_eq!(read(db, |tx| place::before(tx, school)).into_iter().collect::<Vec<_>>(), [("p1".to_owned(), DeviceId(5))]);
        assert!(save(vec![standing("p1", Outcome::InstalledFaulty, Some(5))], NOW + 2));
        let counts = read(db, |tx| {
            let sql = "
                select school_count.planned, school_count.faulty, phase_count.installed, since_at
                from school_count
                join phase_count using (school_id)
                join place using (school_id)";
            let mut row = tx.query_one(sql, &[])?.unwrap();
            Ok((row.take::<u64>()?, row.take::<u64>()?, row.take::<u64>()?, row.take::<Timestamp>()?))
        });
        assert_eq!(counts, (1, 1, 1, NOW + 2));
    });
}

#[test]
fn a_school_is_loaded_with_all_that_a_settle_wants() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let network = Network { name: "school".into(), site: "site-a".into(), school: Some(school), ..Network::default() };
        write(db, move |tx| school::save_network(tx, &network));
        let agent = enrolled(db);
        let change = arrival(&device(5, school));
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&change), agent, NOW));
        let loaded = read(db, |tx| settle::load(tx, school, NOW)).unwrap();
        assert_eq!((loaded.agents.len(), loaded.devices.len(), loaded.school.id), (1, 1, school));
        assert_eq!((loaded.agents[0].networks.as_slice(), loaded.agents[0].contact_at), (&["school".to_owned()][..], NOW));
        assert!(read(db, |tx| settle::load(tx, SchoolId(99), NOW)).is_none());
    });
}

#[test]
fn a_report_marks_its_school_due_and_settles_nothing() {
    on_both(|db| {
        let agent = rollcall_tests::filled::fill(db, "", NOW).unwrap();
        let school = |db: &Db| read(db, |tx| school::school_by_code(tx, rollcall_tests::filled::SCHOOL)).unwrap();
        let before = school(db);
        let mut picture = Picture::default();
        picture.put(&EntryKey::new(rollcall_tests::filled::NETWORK, Subject::Address([10, 199, 1, 77].into()), "snmp"), Fact::said("sysName", "neu"));
        let report = report_of(4, Content::Full(picture.to_groups()), &picture);
        let batch = rollcall_shared::Batch { agent, sent_at: NOW + 10, reports: vec![report] };
        rollcall_collector::ingest::Ingest::new(db.clone()).accept(agent, batch, NOW + 10).unwrap();
        let after = school(db);
        assert_eq!(after.due_at, Some(NOW + 10), "it is marked");
        assert_eq!((after.settled_at, after.settled_seq), (before.settled_at, before.settled_seq), "and not looked at");
        let settled = rollcall_collector::settle::Settle::new(db.clone(), jiff::tz::TimeZone::UTC).drain(NOW + 10).unwrap();
        assert_eq!((settled.len(), school(db).settled_at), (1, NOW + 10));
    });
}

#[test]
fn rows_of_a_register_are_found_by_name_also_those_that_were_there_before_names() {
    use rollcall_collector::domain::portion::Aliases;
    use rollcall_collector::store::portion;
    on_both(|db| {
        let rows: [&[&str]; 3] = [&["T1", "SN 1", "a", ""], &["T2", "SN 2", "b", "T1"], &["T3", "SN 3", "b", ""]];
        let mut register = Tables::default();
        register.put(table("assets", &["label_or_serial", "serial", "school", "replaces"], &rows));
        write(db, move |tx| plan::save_register(tx, &register, "anne", NOW));
        let found = |db: &Db, name: &str| -> Vec<String> {
            let name = name.to_owned();
            let tables = read(db, |tx| portion::register(tx, [name].into(), &Aliases::default()));
            tables.get("assets").map_or_else(Vec::new, |table| table.rows.iter().map(|row| row.cells[0].clone()).collect())
        };
        let all = |db: &Db| ["s a", "s b", "n sn3", "n sn9"].map(|name| found(db, name));
        let expected = [vec!["T1"], vec!["T1", "T2", "T3"], vec!["T3"], vec![]];
        assert!(read(db, portion::is_named), "an empty register has no row without a name");
        assert_eq!(all(db), expected, "a unit leads to the one whose place it took");

        let forgotten = |tx: &mut Tx<'_>| Ok((tx.execute("delete from register_name", &[])?, tx.execute("delete from meta", &[])?));
        write(db, forgotten);
        assert!(found(db, "s a").is_empty() && !read(db, portion::is_named));
        let mut after = (String::new(), String::new());
        while let Some(last) = write(db, move |tx| portion::name_rows(tx, (&after.0, &after.1), 2)) {
            after = last;
        }
        assert!(read(db, portion::is_named));
        assert_eq!(all(db), expected);

        write(db, |tx| {
            rollcall_collector::store::register::write(
                tx,
                "assets",
                &["T3".to_owned()],
                None,
                rollcall_collector::store::register::Signed { by_whom: "anne", why: "", at: NOW },
            )
        });
        assert_eq!((found(db, "n sn3"), found(db, "s b")), (vec![], vec!["T1".to_owned(), "T2".to_owned()]));
    });
}
