//! What pages read: each view on a small town, the same rows on both engines.

use super::schools::{found, standing};
use super::*;
use rollcall_collector::store::personal;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view::{self, device, fault as faults, programme, school as schools};
use std::collections::BTreeSet;

/// A school with an agent, a switch with a fault and a place, and a timeline.
fn town(db: &Db) -> SchoolId {
    let (school, _) = write(db, |tx| {
        let school = School { phase: "1".into(), followed_from: "2025-09-01".into(), kind: "elementaire".into(), ..school_named("e01") };
        school::save_school(tx, &school)
    });
    let agent = enrolled(db);
    write(db, move |tx| {
        fleet::save_changes(tx, &[arrival(&super::device(5, school))], agent, NOW)?;
        let opened = vec![found("a", Severity::Major, 1)];
        fault::save_laid(tx, school, &Laid { opened, ..Laid::default() }, NOW)?;
        let places = [standing("p1", Outcome::InstalledFaulty, Some(5)), standing("p2", Outcome::DueMissing, None)];
        place::save_places(tx, school, &places, NOW)?;
        place::save_counts(tx, school, &places, jiff::civil::date(2026, 11, 22), false, NOW)
    });
    school
}

#[test]
fn lists_of_schools_filter_page_and_count() {
    on_both(|db| {
        town(db);
        write(db, |tx| school::save_school(tx, &school_named("e02")));
        let all = read(db, |tx| schools::list(&mut Eyes::ALL.on(tx), &schools::Filter::default(), None, 10));
        assert_eq!(all.iter().map(|row| (row.code.as_str(), row.state.as_str())).collect::<Vec<_>>(), [("e01", "fault"), ("e02", "unfollowed")]);
        let second = read(db, |tx| schools::list(&mut Eyes::ALL.on(tx), &schools::Filter::default(), Some((&all[0].folded, all[0].id.0)), 10));
        assert_eq!(second.len(), 1);
        let filter = schools::Filter {
            state: Some("fault".into()),
            phase: Some("1".into()),
            kind: Some("elementaire".into()),
            text: view::pattern("École E0"),
            ..Default::default()
        };
        assert_eq!(read(db, |tx| schools::list(&mut Eyes::ALL.on(tx), &filter, None, 10)).len(), 1);
        let total = read(db, |tx| schools::total(&mut Eyes::ALL.on(tx)));
        assert_eq!((total.planned, total.missing, total.faulty, total.devices, total.major), (2, 1, 1, 1, 1));
        assert_eq!(read(db, |tx| schools::by_state(&mut Eyes::ALL.on(tx))).len(), 2);
        assert_eq!(read(db, programme::phases)[0].planned, 2);
        assert_eq!(read(db, |tx| programme::kinds(tx, "1")).len(), 1);
    });
}

#[test]
fn a_device_is_found_by_name_serial_and_mac_and_shows_its_fault() {
    on_both(|db| {
        let school = town(db);
        for text in ["elysee", "CN-5", "00:11:22:33:44:05"] {
            let mut filter = device::Filter { school: Some("e01".into()), kind: Some("switch".into()), present: Some(true), ..Default::default() };
            filter.search(text);
            let rows = read(db, |tx| device::list(&mut Eyes::ALL.on(tx), &filter, 0, 10));
            assert_eq!(rows.iter().map(|row| (row.room.as_str(), row.fault)).collect::<Vec<_>>(), [("A", 2)], "{text}");
        }
        // Where there are many schools, what begins so is found down an index, and the other filters hold all the same.
        for (text, present, found) in [("CN-5", None, 1), ("CN-5", Some(false), 0), ("N-5", None, 0), ("00:11:22:33:44:05", Some(true), 1)] {
            let mut filter = device::Filter { begins: true, kind: Some("switch".into()), present, ..Default::default() };
            filter.search(text);
            assert_eq!(read(db, |tx| device::list(&mut Eyes::ALL.on(tx), &filter, 0, 10)).len(), found, "{text} {present:?}");
            assert_eq!(read(db, |tx| device::list(&mut Eyes::ALL.on(tx), &filter, 5, 10)).len(), 0, "{text}");
        }
        // What is somebody's own keeps no hours.
        write(db, move |tx| personal::save(tx, school, &BTreeSet::from([DeviceId(5)]), NOW));
        let row = read(db, |tx| device::one(&mut Eyes::ALL.on(tx), 5)).unwrap();
        assert!(row.personal && row.since(&jiff::tz::TimeZone::UTC).0 % 86_400 == 0);
        assert!(read(db, |tx| device::events(&mut Eyes::ALL.on(tx), school, None, 10)).is_empty());
        assert!(!write(db, move |tx| personal::save(tx, school, &BTreeSet::from([DeviceId(5)]), NOW)), "nothing changed");
        // Nor does its presence, when it is nobody's again, begin in the time when it was.
        assert!(write(db, move |tx| personal::save(tx, school, &BTreeSet::new(), NOW + 500)));
        assert_eq!(read(db, |tx| device::one(&mut Eyes::ALL.on(tx), 5)).unwrap().since(&jiff::tz::TimeZone::UTC), NOW + 500);
        assert!(!read(db, |tx| device::one(&mut Eyes::ALL.on(tx), 5)).unwrap().personal);
        assert_eq!(read(db, |tx| device::list(&mut Eyes::ALL.on(tx), &device::Filter::default(), 5, 10)).len(), 0);
        assert_eq!(read(db, |tx| device::by_kind(&mut Eyes::ALL.on(tx), None)), [("switch".to_owned(), 1)]);
        assert_eq!(read(db, |tx| device::events(&mut Eyes::ALL.on(tx), school, None, 10)).len(), 1);
        assert_eq!(read(db, |tx| device::events(&mut Eyes::ALL.on(tx), school, Some(DeviceId(5)), 10))[0].what, "first_seen");
        assert!(read(db, |tx| device::presence(&mut Eyes::ALL.on(tx), school, DeviceId(5), 10)).is_empty());
        assert_eq!(read(db, |tx| device::place_of(&mut Eyes::ALL.on(tx), DeviceId(5))).unwrap().room, "A");
        assert_eq!(read(db, |tx| schools::places(&mut Eyes::ALL.on(tx), school, "", 10)).len(), 2);
    });
}

#[test]
fn lists_of_faults_page_by_key_open_and_cleared() {
    on_both(|db| {
        let school = town(db);
        let filter = faults::Filter { school: Some("e01".into()), severity: Some(2), device: Some(5), ..Default::default() };
        let open = read(db, |tx| faults::list(&mut Eyes::ALL.on(tx), &filter, None, 10));
        assert_eq!(open.len(), 1);
        let (id, after) = (open[0].id, open[0].key());
        assert!(read(db, |tx| faults::list(&mut Eyes::ALL.on(tx), &faults::Filter::default(), Some(after), 10)).is_empty());
        assert_eq!(read(db, |tx| faults::by_code(&mut Eyes::ALL.on(tx), Some("e01"), false)), [("agent_silent".to_owned(), 2, 1)]);
        let deed = Deed { by: "anne", hand: Hand::Town, at: NOW + 5, text: "", reopens_from: NOW };
        let (mended, event) = read(db, |tx| fault::by_id(tx, id)).unwrap().1.life.act(&Action::Mend, &deed).unwrap();
        write(db, move |tx| {
            fault::save_life(tx, school, id, &mended)?;
            fault::add_said(tx, id, NOW + 5, event.what, "anne", &event.said)
        });
        let cleared = faults::Filter { cleared: true, ..Default::default() };
        assert_eq!(read(db, |tx| faults::list(&mut Eyes::ALL.on(tx), &cleared, None, 10))[0].how_cleared, "person");
        assert!(read(db, |tx| faults::list(&mut Eyes::ALL.on(tx), &cleared, Some((NOW.0 + 5, 0, 0, id)), 10)).is_empty());
        assert_eq!(read(db, |tx| faults::one(&mut Eyes::ALL.on(tx), id, true)).unwrap().cleared_at, Some(NOW + 5));
        assert_eq!(read(db, |tx| faults::life(&mut Eyes::ALL.on(tx), id, 10)).len(), 2);
        assert_eq!(read(db, |tx| view::agent::list(tx, 0, 10)).len(), 1);
        assert_eq!(read(db, |tx| view::agent::reporting(tx, NOW)), (1, 0), "it has not yet spoken");
    });
}
