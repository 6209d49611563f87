//! What people decided about places, and where assets of a school were seen.

use super::*;
use rollcall_collector::store::decision;

#[test]
fn decisions_about_places_are_kept_and_taken_back() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let choose = |place: &'static str, device: i64| write(db, move |tx| decision::choose(tx, school, place, DeviceId(device), "anne", NOW));
        choose("p1", 5);
        choose("p1", 6);
        choose("p2", 6);
        let chosen = || read(db, |tx| decision::of_school(tx, school)).chosen.into_iter().collect::<Vec<_>>();
        assert_eq!(chosen(), [("p2".to_owned(), DeviceId(6))], "a device has one place, a place one device");
        assert_eq!(read(db, |tx| decision::place_of(tx, DeviceId(6))).as_deref(), Some("p2"));
        assert!(write(db, |tx| decision::unchoose(tx, DeviceId(6))));
        assert!(!write(db, |tx| decision::unchoose(tx, DeviceId(6))));
        assert_eq!(chosen(), []);
        assert!(write(db, |tx| decision::accept_model(tx, "classe", "Épson EB-685", "anne", NOW)));
        assert!(!write(db, |tx| decision::accept_model(tx, "classe", "epson eb-685", "anne", NOW)));
        assert_eq!(read(db, |tx| decision::of_school(tx, school)).accepted.len(), 1);
        assert_eq!(read(db, |tx| decision::elsewhere(tx, school, &[("P1".into(), "X-1".into())])), []);
    });
}
