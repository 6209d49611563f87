//! Every store function on both engines, by the same test.
//!
//! Comes in: fresh databases of the harness. Goes out: pass, or the engine and what differed. Absent on purpose: judgement
//! (the core's own tests), the engines' own promises.

use rollcall_collector::domain::device::{Address, Attachment, Device, Key, KeyRank, Part, PartSort, Sign, StandingSign, Why};
use rollcall_collector::domain::fault::{Found, Laid, Severity};
use rollcall_collector::domain::fleet::{Change, Conflict, Event, Rounds};
use rollcall_collector::domain::kind::{Kind, KnownBy};
use rollcall_collector::domain::place::{Outcome, Place, Reason};
use rollcall_collector::domain::plan::{Table, Tables};
use rollcall_collector::store::account::{self, AuditLine, Role};
use rollcall_collector::store::outbox::{self, Message};
use rollcall_collector::store::place::{self, Standing};
use rollcall_collector::store::report::{self, Accepted, NewAgent};
use rollcall_collector::store::retention::Keep;
use rollcall_collector::store::school::{self, Network, School};
use rollcall_collector::store::{self, Db, Error, Result, Tx, fault, fleet, plan, settle};
use rollcall_collector::{backup, import, watch};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::reading::Reading;
use rollcall_shared::{AgentId, Content, DeviceId, Fact, Picture, Report, SchoolId, StreamId, Subject, Timestamp};
use rollcall_tests::database;

const NOW: Timestamp = Timestamp(1_795_336_200);

/// Runs a test on both engines.
fn on_both(test: impl Fn(&Db)) {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        test(&Db::open(&database.location, NOW).unwrap());
    }
}

fn write<T: Send + 'static>(db: &Db, job: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
    db.write(job).unwrap()
}

fn read<T>(db: &Db, look: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> T {
    db.read(look).unwrap()
}

fn school_named(code: &str) -> School {
    School { code: code.into(), name: format!("École {code}"), site: format!("site-{code}"), ..School::default() }
}

fn enrolled(db: &Db) -> AgentId {
    let new = NewAgent { public_key: vec![7; 32], host: "kwartz".into(), version: "1".into(), networks: vec!["school".into()] };
    write(db, move |tx| report::insert_agent(tx, &new, NOW))
}

fn device(id: i64, school: SchoolId) -> Device {
    let why = Why { about: "kind", value: "switch".into(), probe: "snmp".into(), ground: "sysObjectID 1.3.6".into(), confidence: 95 };
    let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
    Device {
        id: DeviceId(id),
        school,
        network: "school".into(),
        keys: vec![
            Key { rank: KeyRank::Serial, text: format!("hp:cn{id}") },
            Key { rank: KeyRank::Mac, text: format!("0011223344{id:02x}") },
            Key { rank: KeyRank::Name, text: "sw01".into() },
        ],
        kind: Some(Kind::Switch),
        vendor: Some("HP".into()),
        model: Some("J9776A".into()),
        os: None,
        os_version: None,
        serial: Some(format!("CN-{id}")),
        firmware: Some("YA.16".into()),
        name: Some("SW01 Élysée".into()),
        addresses: vec![Address { mac: Some("00:11:22:33:44:05".parse().unwrap()), ip: Some("10.0.0.7".parse().unwrap()) }],
        place: Some(Attachment { at: Subject::Address("10.0.0.1".parse().unwrap()), device: "core".into(), port: "24".into() }),
        parts: vec![Part { sort: PartSort::Supply, key: "1.1".into(), label: "Black".into(), capacity: 100.0 }],
        signs: vec![StandingSign { sign, since_at: NOW, since_round: 3 }],
        probes: vec!["neighbours".into(), "snmp".into()],
        confidence: 95,
        why: vec![why],
        first_seen_at: NOW,
        present: true,
        turned_at: NOW,
        turned_round: 4,
    }
}

fn arrival(device: &Device) -> Change {
    let event = Event { what: "first_seen", was: String::new(), becomes: "SW01".into() };
    Change { before: None, after: device.clone(), events: vec![event] }
}

#[test]
fn a_job_that_fails_takes_back_its_own_writes_alone() {
    on_both(|db| {
        let kept = write(db, |tx| school::save_school(tx, &school_named("a")).map(|(id, _)| id));
        let failed: Result<()> = db.write(|tx| {
            school::save_school(tx, &school_named("b"))?;
            tx.execute("insert into school (school_id) values (1)", &[]).map(drop)
        });
        assert!(matches!(failed, Err(Error::Database { .. })), "{failed:?}");
        let after = write(db, |tx| school::save_school(tx, &school_named("c")).map(|(id, _)| id));
        assert!(after > kept, "ids are never handed out twice");
        let codes: Vec<String> = read(db, |tx| school::schools(tx, SchoolId(0), 10)).into_iter().map(|known| known.school.code).collect();
        assert_eq!(codes, ["a", "c"]);
    });
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
fn a_database_of_a_later_program_is_refused() {
    for database in database::both() {
        let db = Db::open(&database.location, NOW).unwrap();
        write(&db, |tx| tx.execute("insert into migration (number, name, applied_at) values (9999, 'later', 0)", &[]));
        drop(db);
        assert!(matches!(Db::open(&database.location, NOW), Err(Error::Newer { found: 9999, .. })));
    }
}

#[test]
fn an_agent_enrols_once_with_a_code_and_can_be_revoked() {
    on_both(|db| {
        let later = NOW + 3600;
        write(db, move |tx| report::make_code(tx, b"hash", &["school".into()], "admin", NOW, later));
        let agent = enrolled(db);
        assert!(write(db, move |tx| report::take_code(tx, b"hash", agent, NOW + 1)));
        assert!(!write(db, move |tx| report::take_code(tx, b"hash", agent, NOW + 2)), "a code works once");
        let code = read(db, |tx| report::code(tx, b"hash")).unwrap();
        assert_eq!((code.networks, code.agent, code.used_at), (vec!["school".to_owned()], Some(agent), Some(NOW + 1)));
        assert_eq!(read(db, |tx| report::agent_by_key(tx, &[7; 32])).unwrap().id, agent);
        assert_eq!(read(db, |tx| report::agents_of_network(tx, "school")), [agent]);
        assert!(write(db, move |tx| report::revoke_agent(tx, agent, NOW + 5)));
        assert_eq!(read(db, |tx| report::agent_by_id(tx, agent)).unwrap().revoked_at, Some(NOW + 5));
        assert!(read(db, |tx| report::agents_of_network(tx, "school")).is_empty());
    });
}

fn picture(values: &[&str]) -> Picture {
    let mut picture = Picture::default();
    let entry = EntryKey::new("school", Subject::Server, "server");
    for (index, value) in values.iter().enumerate() {
        picture.put(&entry, Fact::said(format!("k{index}"), *value));
    }
    picture
}

fn report_of(number: u64, content: Content, after: &Picture) -> Report {
    Report {
        wire: 1,
        agent_version: "1.0".into(),
        stream: StreamId(u64::MAX - 1),
        number,
        began_at: NOW,
        ended_at: NOW + number as i64,
        content,
        hash: after.hash(),
        probes: vec![],
        readings: vec![],
        troubles: vec![],
        every_s: 300,
        folded: 0,
        paused: false,
    }
}

fn record(db: &Db, agent: AgentId, report: Report, placed: bool) {
    write(db, move |tx| {
        let before = report::agent_by_id(tx, agent)?.unwrap();
        let rounds = Rounds::from([(("school".into(), "snmp".into()), report.number)]);
        let accepted = Accepted { now: NOW + 10, skew_s: -3, round_count: report.number, rounds: &rounds, placed };
        report::record_report(tx, &before, &report, &accepted)
    });
}

#[test]
fn a_picture_is_put_together_from_its_base_and_its_differences() {
    on_both(|db| {
        let agent = enrolled(db);
        let (first, second, third) = (picture(&["a"]), picture(&["a", "b"]), picture(&["x"]));
        record(db, agent, report_of(1, Content::Full(first.to_groups()), &first), true);
        record(db, agent, report_of(2, Content::Difference { from: first.hash(), change: first.difference_to(&second) }, &second), true);
        record(db, agent, report_of(3, Content::Heartbeat, &second), true);
        record(db, agent, report_of(4, Content::Difference { from: second.hash(), change: second.difference_to(&third) }, &third), true);
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert_eq!(known.position.stream, Some(StreamId(u64::MAX - 1)));
        assert_eq!((known.chain_count, known.round_count, known.skew_s), (2, 4, -3));
        assert_eq!(read(db, |tx| report::load_picture(tx, &known)), Some(third.clone()));
        let whole = third.clone();
        write(db, move |tx| {
            let known = report::agent_by_id(tx, agent)?.unwrap();
            report::rebase_picture(tx, &known, &whole)
        });
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert_eq!((known.chain_count, read(db, |tx| report::load_picture(tx, &known))), (0, Some(third.clone())));
        record(db, agent, report_of(6, Content::Difference { from: first.hash(), change: Default::default() }, &first), false);
        let known = read(db, |tx| report::agent_by_id(tx, agent)).unwrap();
        assert!(known.want_full);
        assert_eq!(read(db, |tx| report::load_picture(tx, &known)), None, "a difference that rests on nothing leaves no picture");
        let streams = read(db, |tx| report::streams(tx, &known));
        assert_eq!(streams.iter().map(|stream| stream.number).collect::<Vec<_>>(), [6]);
    });
}

#[test]
fn what_is_set_aside_is_bounded() {
    on_both(|db| {
        for second in 0..60 {
            write(db, move |tx| report::set_aside(tx, AgentId(1), NOW + second, "no zstd", &[1; 100_000]));
        }
        let kept = read(db, |tx| {
            let mut row = tx.query_one("select count(*), max(body_bytes), min(at) from set_aside", &[])?.unwrap();
            Ok((row.take::<i64>()?, row.take::<i64>()?, row.take::<i64>()?))
        });
        assert_eq!(kept, (50, 100_000, NOW.0 + 10));
    });
}

#[test]
fn a_device_comes_back_as_it_was_saved() {
    on_both(|db| {
        let school = SchoolId(1);
        let first = device(5, school);
        let change = arrival(&first);
        write(db, move |tx| fleet::save_change(tx, &change, AgentId(1), NOW));
        assert_eq!(read(db, |tx| fleet::devices_of_school(tx, school)), std::slice::from_ref(&first));
        let unknown = Key { rank: KeyRank::Uuid, text: "u".into() };
        let keys = [first.keys[2].clone(), unknown, first.keys[1].clone(), first.keys[0].clone()];
        assert_eq!(read(db, |tx| fleet::devices_by_keys(tx, &keys)), std::slice::from_ref(&first));
        assert!(read(db, |tx| fleet::devices_by_keys(tx, &keys[..1])).is_empty(), "a name is no key beyond a school");

        let gone = Device { present: false, turned_at: NOW + 60, serial: Some("CN-X".into()), place: None, ..first.clone() };
        let left = Change { before: Some(first.clone()), after: gone.clone(), events: vec![] };
        write(db, move |tx| fleet::save_change(tx, &left, AgentId(1), NOW + 60));
        assert_eq!(read(db, |tx| fleet::device(tx, DeviceId(5))), Some(gone.clone()));

        let moved = Device { school: SchoolId(2), present: true, turned_at: NOW + 90, network: "annex".into(), ..gone.clone() };
        let event = Event { what: "moved_school", was: "1".into(), becomes: "2".into() };
        let change = Change { before: Some(gone), after: moved.clone(), events: vec![event] };
        write(db, move |tx| fleet::save_change(tx, &change, AgentId(2), NOW + 90));
        assert!(read(db, |tx| fleet::devices_of_school(tx, school)).is_empty());
        assert_eq!(read(db, |tx| fleet::devices_of_school(tx, SchoolId(2))), [moved]);
    });
}

#[test]
fn conflicts_are_kept_once_and_seats_only_when_they_change() {
    on_both(|db| {
        let key = Key { rank: KeyRank::Mac, text: "001122334455".into() };
        let conflict = Conflict { device: DeviceId(1), other: None, key, reason: "twice".into() };
        for second in 0..3 {
            let conflict = conflict.clone();
            write(db, move |tx| {
                fleet::save_conflicts(tx, SchoolId(1), std::slice::from_ref(&conflict), NOW + second)?;
                fleet::save_seats(tx, SchoolId(1), "school", "private_mac", 9, NOW + second)
            });
        }
        let counts = read(db, |tx| {
            let mut row = tx.query_one("select (select count(*) from conflict), at from seat_count", &[])?.unwrap();
            Ok((row.take::<i64>()?, row.take::<i64>()?))
        });
        assert_eq!(counts, (1, NOW.0));
    });
}

#[test]
fn a_reading_is_newest_by_its_own_time_and_kept_by_the_hour() {
    on_both(|db| {
        let hour = Timestamp(NOW.0 - NOW.0.rem_euclid(3600));
        for (value, second) in [(20.0, 0), (30.0, 60), (10.0, 30)] {
            let reading = Reading {
                network: "school".into(),
                subject: Subject::Server,
                name: "temperature".into(),
                instance: String::new(),
                value,
                at: hour + second,
            };
            write(db, move |tx| fleet::save_reading(tx, SchoolId(1), DeviceId(1), &reading));
        }
        let newest = read(db, |tx| fleet::readings_of_school(tx, SchoolId(1)));
        assert_eq!(newest.iter().map(|reading| (reading.value, reading.at)).collect::<Vec<_>>(), [(30.0, hour + 60)]);
        let bounds = read(db, |tx| {
            let mut row = tx.query_one("select low, high, last from reading_hour", &[])?.unwrap();
            Ok((row.take::<f64>()?, row.take::<f64>()?, row.take::<f64>()?))
        });
        assert_eq!(bounds, (10.0, 30.0, 30.0));
    });
}

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
        let names: Vec<String> = vec!["own".into(), "shared".into(), "nobody's".into()];
        let map = read(db, |tx| school::schools_of_networks(tx, &names));
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [("own".to_owned(), a), ("shared".to_owned(), a)]);
        assert_eq!(read(db, |tx| school::networks_of_school(tx, a)).len(), 2);
        write(db, |tx| school::save_school(tx, &School { site: "site-a".into(), ..school_named("b") }));
        let names: Vec<String> = vec!["shared".into()];
        assert!(read(db, |tx| school::schools_of_networks(tx, &names)).is_empty(), "two schools share it: it is nobody's");
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
fn an_account_signs_in_and_out_and_can_be_disabled() {
    on_both(|db| {
        let id = write(db, |tx| account::add(tx, "anne", Role::Admin, "hash", NOW));
        assert_eq!(write(db, |tx| account::add(tx, "anne", Role::Technician, "other", NOW)), id, "a login is one account");
        assert_eq!(write(db, |tx| account::add_new(tx, "anne", "Anne", Role::Admin, "x", false, NOW)), None);
        let known = read(db, |tx| account::by_login(tx, "anne")).unwrap();
        assert_eq!((known.role, known.password_hash.as_str()), (Role::Technician, "other"));
        write(db, move |tx| account::open_session(tx, b"token", id, NOW, NOW + 100, "form"));
        write(db, |tx| account::touch_session(tx, b"token", NOW + 50));
        assert_eq!(read(db, |tx| account::session(tx, b"token", NOW + 99)).unwrap().seen_at, NOW + 50);
        assert!(read(db, |tx| account::session(tx, b"token", NOW + 100)).is_none(), "it is over");
        write(db, move |tx| account::disable(tx, id, NOW));
        assert!(read(db, |tx| account::session(tx, b"token", NOW + 99)).is_none());
        assert_eq!((read(db, account::count), read(db, |tx| account::accounts(tx, "", 10)).len()), (1, 1));
    });
}

#[test]
fn a_link_works_once_and_the_trail_tells_who_did_what() {
    on_both(|db| {
        write(db, |tx| account::add_link(tx, b"link", "first_admin", None, NOW + 10));
        assert!(!read(db, |tx| account::link_is_open(tx, b"link", "set_password", NOW)));
        assert!(read(db, |tx| account::link_is_open(tx, b"link", "first_admin", NOW)));
        assert!(write(db, |tx| account::use_link(tx, b"link", "first_admin", NOW + 1)));
        assert!(!write(db, |tx| account::use_link(tx, b"link", "first_admin", NOW + 2)));
        for who in ["anne", "console"] {
            let line = AuditLine { at: NOW, who: who.into(), what: "agent.revoke".into(), subject: "1".into(), was: "".into(), becomes: "".into() };
            write(db, move |tx| account::audit(tx, &line));
        }
        let lines = read(db, |tx| account::audit_lines(tx, i64::MAX, 10));
        assert_eq!(lines.iter().map(|(_, line)| line.who.as_str()).collect::<Vec<_>>(), ["console", "anne"]);
        write(db, store::probe);
    });
}

fn found(key: &str, severity: Severity, count: u64) -> Found {
    Found {
        code: "agent_silent",
        key: key.into(),
        severity,
        device: Some(DeviceId(5)),
        place: None,
        since_at: NOW - 60,
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
        let laid = Laid { cleared: open.clone(), ..Laid::default() };
        assert!(write(db, move |tx| fault::save_laid(tx, school, &laid, NOW + 2)));
        assert!(read(db, |tx| fault::open_faults(tx, school)).is_empty());
        let again = Laid { opened: vec![found("a", Severity::Major, 3)], ..Laid::default() };
        write(db, move |tx| fault::save_laid(tx, school, &again, NOW + 3));
        assert_eq!(read(db, |tx| fault::open_of_device(tx, DeviceId(5))).len(), 1, "the same cause later is a new fault");
    });
}

fn standing(key: &str, outcome: Outcome, device: Option<i64>) -> Standing {
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

fn table(name: &str, headings: &[&str], rows: &[&[&str]]) -> Table {
    let headings: Vec<String> = headings.iter().map(|text| text.to_string()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
    Table::from_cells(name, &headings, rows).unwrap()
}

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
fn a_message_is_queued_once_and_sent_once() {
    on_both(|db| {
        let message = Message { id: 0, at: NOW, school: None, topic: "fault".into(), key: "f1".into(), body: "{}".into() };
        for expected in [true, false] {
            let message = message.clone();
            assert_eq!(write(db, move |tx| outbox::add(tx, &message)), expected);
        }
        let waiting = read(db, |tx| outbox::waiting(tx, 10));
        assert_eq!(waiting.len(), 1);
        let id = waiting[0].id;
        write(db, move |tx| outbox::mark_sent(tx, id, NOW));
        assert!(read(db, |tx| outbox::waiting(tx, 10)).is_empty());
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
        write(db, move |tx| fleet::save_change(tx, &change, agent, NOW));
        let loaded = read(db, |tx| settle::load(tx, school, NOW)).unwrap();
        assert_eq!((loaded.agents.len(), loaded.devices.len(), loaded.school.id), (1, 1, school));
        assert_eq!((loaded.agents[0].networks.as_slice(), loaded.agents[0].contact_at), (&["school".to_owned()][..], NOW));
        assert!(read(db, |tx| settle::load(tx, SchoolId(99), NOW)).is_none());
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
        let names: Vec<String> = ["e01", "E01/pedago", "E02/pedago"].map(str::to_owned).into();
        let schools = read(db, |tx| school::schools_of_networks(tx, &names));
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
            fleet::save_change(tx, &arrived, AgentId(1), NOW)?;
            fleet::save_change(tx, &change, AgentId(1), NOW + 60)
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
