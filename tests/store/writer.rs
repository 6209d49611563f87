//! The writer: jobs, groups, ids, two collectors on one database.

use super::*;

#[test]
fn a_job_that_fails_takes_back_its_own_writes_alone() {
    on_both(|db| {
        let kept = write(db, |tx| school::save_school(tx, &school_named("a")).map(|(id, _)| id));
        let failed: Result<()> = db.write(|tx| {
            school::save_school(tx, &school_named("b"))?;
            tx.execute("insert into school (school_id) values (1)", &[])
        });
        assert!(matches!(failed, Err(Error::Database { .. })), "{failed:?}");
        let after = write(db, |tx| school::save_school(tx, &school_named("c")).map(|(id, _)| id));
        assert!(after > kept, "ids are never handed out twice");
        let codes: Vec<String> = read(db, |tx| school::schools(tx, SchoolId(0), 10)).into_iter().map(|known| known.school.code).collect();
        assert_eq!(codes, ["a", "c"]);
    });
}

#[test]
fn jobs_of_a_group_that_fail_take_nothing_of_the_others() {
    on_both(|db| {
        let jobs = |thread: i64| {
            move || {
                for turn in 0..30 {
                    let counted: Result<()> = db.write(move |tx| {
                        report::count(tx, "counted", 1)?;
                        // Nobody asks what becomes of this.
                        if (thread + turn) % 3 == 0 { tx.execute("insert into school (school_id) values (1)", &[]) } else { Ok(()) }
                    });
                    assert_eq!(counted.is_err(), (thread + turn) % 3 == 0, "{counted:?}");
                }
            }
        };
        std::thread::scope(|scope| (0..8).for_each(|thread| drop(scope.spawn(jobs(thread)))));
        assert_eq!(read(db, report::counters), [("counted".to_owned(), 160)]);
    });
}

#[test]
fn a_job_that_takes_no_notice_of_a_failure_is_not_said_to_be_done_where_nothing_was_kept() {
    on_both(|db| {
        let counted: Result<()> = db.write(|tx| {
            report::count(tx, "counted", 1)?;
            let refused = tx.query("insert into school (school_id) values (1) returning 1", &[]);
            assert!(refused.is_err());
            Ok(())
        });
        let kept = read(db, report::counters).len();
        assert_eq!(counted.is_ok(), kept == 1, "{counted:?}");
    });
}

#[test]
fn a_reading_that_is_over_holds_no_moment_of_the_database() {
    let Some(database) = database::postgres() else { return };
    let db = Db::open(&database.location, NOW).unwrap();
    assert_eq!(read(&db, school::all_in_plan).len(), 0);
    let mut other = postgres::Client::connect(&database.location, postgres::NoTls).unwrap();
    let held = "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
    let mut tries = 0..500;
    assert!(
        tries.any(|_| (std::thread::sleep(std::time::Duration::from_millis(10)), other.query(held, &[]).unwrap().is_empty()).1),
        "it was rolled back"
    );
}

#[test]
fn many_writers_are_all_answered_and_ids_are_theirs_alone() {
    on_both(|db| {
        let ids: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| (0..50).map(|_| write(db, |tx| tx.next_id("device"))).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let distinct: std::collections::BTreeSet<i64> = ids.iter().copied().collect();
        assert_eq!((ids.len(), distinct.len()), (400, 400));
    });
}

#[test]
fn ids_of_a_job_that_the_disk_had_no_room_for_are_not_given_twice() {
    let database = database::sqlite();
    let db = Db::open(&database.location, NOW).unwrap();
    write(&db, |tx| tx.query("pragma max_page_count = 1", &[]).map(drop)); // what there is, then
    let failed: Result<()> = db.write(|tx| {
        tx.next_id("device")?;
        (0..100_000).try_for_each(|number: i64| tx.execute("insert into counter (name, value) values ($1, 1)", &[(&number.to_string()).into()]))
    });
    assert!(failed.unwrap_err().to_string().contains("full"));
    write(&db, |tx| tx.query("pragma max_page_count = 1000000", &[]).map(drop));
    let id = write(&db, |tx| tx.next_id("device"));
    let next: i64 = read(&db, |tx| tx.query_one("select next_id from id_block where name = 'device'", &[])?.unwrap().take());
    assert!(next > id, "{id} is out of a block that stands in the database, whose next begins at {next}");
}

#[test]
fn a_database_of_a_later_program_is_refused() {
    for database in database::both() {
        let db = Db::open(&database.location, NOW).unwrap();
        write(&db, |tx| tx.execute("insert into migration (number, name, applied_at) values (9999, 'later', 0)", &[]));
        drop(db);
        assert!(matches!(Db::open(&database.location, NOW), Err(Error::Newer { found: 9999, .. })));
    }
}

#[test]
fn a_reading_is_of_one_moment_while_writing_goes_on() {
    on_both(|db| {
        let counts = db.read(|tx| -> Result<_> {
            let before = school::all_in_plan(tx)?.len();
            write(db, |tx| school::save_school(tx, &school_named("a")));
            Ok((before, school::all_in_plan(tx)?.len()))
        });
        assert_eq!(counts.unwrap(), (0, 0));
        assert_eq!(read(db, school::all_in_plan).len(), 1);
    });
}

#[test]
fn two_collectors_on_one_database_share_ids_and_schools_that_are_due() {
    for database in database::both() {
        let both = [Db::open(&database.location, NOW).unwrap(), Db::open(&database.location, NOW).unwrap()];
        for code in 0..40 {
            write(&both[code % 2], move |tx| {
                let (id, _) = school::save_school(tx, &school_named(&code.to_string()))?;
                school::mark_due(tx, id, NOW)
            });
        }
        let take =
            |db: &Db| -> Vec<SchoolId> { (0..10).flat_map(|_| write(db, |tx| school::take_due(tx, NOW, 3))).map(|taken| taken.school).collect() };
        let mut taken: Vec<SchoolId> = std::thread::scope(|scope| {
            let threads = [scope.spawn(|| take(&both[0])), scope.spawn(|| take(&both[1]))];
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        // Where both reached for the same school one went without: the next call has it.
        taken.extend(take(&both[0]));
        let distinct: std::collections::BTreeSet<SchoolId> = taken.iter().copied().collect();
        assert_eq!(taken.len(), distinct.len(), "no school is settled twice at the same time");
        assert_eq!(distinct.len(), 40, "on {}", database.engine);
    }
}

#[test]
fn two_collectors_that_lock_crosswise_both_come_through() {
    let Some(database) = database::postgres() else { return };
    let both = [Db::open(&database.location, NOW).unwrap(), Db::open(&database.location, NOW).unwrap()];
    let meeting = std::sync::Arc::new(std::sync::Barrier::new(2));
    std::thread::scope(|scope| {
        for (db, schools) in [(&both[0], [1, 2]), (&both[1], [2, 1])] {
            let meeting = meeting.clone();
            scope.spawn(move || {
                let mut first_time = true;
                let job = move |tx: &mut Tx<'_>| -> Result<()> {
                    tx.lock_school(SchoolId(schools[0]))?;
                    // What is asked for an answer comes after the lock.
                    school::fleet_seq(tx, SchoolId(schools[0]))?;
                    if std::mem::take(&mut first_time) {
                        meeting.wait();
                    }
                    tx.lock_school(SchoolId(schools[1]))?;
                    report::count(tx, "crossed", 1)
                };
                db.write(job).unwrap();
            });
        }
    });
    assert_eq!(read(&both[0], report::counters), [("crossed".to_owned(), 2)], "one of them was tried again, and each counted once");
}

#[test]
fn jobs_in_whose_midst_the_server_ends_the_connection_are_done_once() {
    let Some(database) = database::postgres() else { return };
    let db = Db::open(&database.location, NOW).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| write(&db, |tx| report::count(tx, "counted", 1))));
        }
        for _ in 0..5 {
            let mut first_time = true;
            let job = move |tx: &mut Tx<'_>| -> Result<()> {
                report::count(tx, "counted", 1)?;
                if std::mem::take(&mut first_time) {
                    tx.query("select pg_terminate_backend(pg_backend_pid())", &[])?;
                }
                Ok(())
            };
            db.write(job).unwrap();
        }
    });
    assert_eq!(read(&db, report::counters), [("counted".to_owned(), 205)]);
}

#[test]
fn connections_that_the_server_ended_are_replaced() {
    let Some(database) = database::postgres() else { return };
    let db = Db::open(&database.location, NOW).unwrap();
    write(&db, |tx| report::count(tx, "kept", 1));
    assert_eq!(read(&db, report::counters).len(), 1);
    let mut other = postgres::Client::connect(&database.location, postgres::NoTls).unwrap();
    let ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    assert_eq!(other.query(ended, &[]).unwrap().len(), 2, "the writer and one reader");
    // They are told to end, and do so a moment later; whoever speaks in between is refused once.
    let left = "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let waits = std::iter::repeat_n(std::time::Duration::from_millis(10), 500);
    assert!(waits.into_iter().any(|wait| other.query(left, &[]).unwrap().is_empty() || (std::thread::sleep(wait), false).1), "they have ended");
    assert_eq!(read(&db, report::counters).len(), 1);
    write(&db, |tx| report::count(tx, "kept", 1));
    assert_eq!(read(&db, report::counters), [("kept".to_owned(), 2)]);
}
