//! Devices, conflicts, seats.

use super::*;

#[test]
fn a_device_comes_back_as_it_was_saved() {
    on_both(|db| {
        let school = SchoolId(1);
        let first = device(5, school);
        let change = arrival(&first);
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&change), AgentId(1), NOW));
        assert_eq!(read(db, |tx| fleet::devices_of_school(tx, school)), std::slice::from_ref(&first));
        let unknown = Key { rank: KeyRank::Uuid, text: "u".into() };
        let keys = [first.keys[2].clone(), unknown, first.keys[1].clone(), first.keys[0].clone()];
        assert_eq!(read(db, |tx| fleet::devices_by_keys(tx, &keys)), std::slice::from_ref(&first));
        assert!(read(db, |tx| fleet::devices_by_keys(tx, &keys[..1])).is_empty(), "a name is no key beyond a school");

        let gone = Device { present: false, turned_at: NOW + 60, serial: Some("CN-X".into()), place: None, ..first.clone() };
        let left = Change { before: Some(first.clone()), after: gone.clone(), events: vec![] };
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&left), AgentId(1), NOW + 60));
        assert_eq!(read(db, |tx| fleet::device(tx, DeviceId(5))), Some(gone.clone()));

        let moved = Device { school: SchoolId(2), present: true, turned_at: NOW + 90, network: "annex".into(), ..gone.clone() };
        let event = Event { what: "moved_school", was: "1".into(), becomes: "2".into() };
        let change = Change { before: Some(gone), after: moved.clone(), events: vec![event] };
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&change), AgentId(2), NOW + 90));
        assert!(read(db, |tx| fleet::devices_of_school(tx, school)).is_empty());
        assert_eq!(read(db, |tx| fleet::devices_of_school(tx, SchoolId(2))), [moved]);
    });
}

#[test]
fn every_write_of_devices_is_counted_at_the_schools_that_it_touches() {
    on_both(|db| {
        let [a, b] = ["a", "b"].map(|code| write(db, move |tx| school::save_school(tx, &school_named(code))).0);
        let seqs = || [a, b].map(|school| read(db, |tx| school::fleet_seq(tx, school)));
        let before = device(5, a);
        let arrived = [arrival(&before), arrival(&device(6, a))];
        assert_eq!(write(db, move |tx| fleet::save_changes(tx, &arrived, AgentId(1), NOW)).into_iter().collect::<Vec<_>>(), [a]);
        assert_eq!(seqs(), [1, 0]);
        let moved = Change { after: Device { school: b, ..before.clone() }, before: Some(before), events: vec![] };
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&moved), AgentId(1), NOW));
        assert_eq!(seqs(), [2, 1]);
        assert!(write(db, |tx| fleet::save_changes(tx, &[], AgentId(1), NOW)).is_empty());
        assert_eq!(seqs(), [2, 1]);
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
