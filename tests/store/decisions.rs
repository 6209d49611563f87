//! What people decided about places, and where assets of a school were seen.

use super::*;
use rollcall_collector::store::decision;
use rollcall_collector::store::sight::Eyes;

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
        write(db, |tx| decision::follow_merge(tx, DeviceId(9), DeviceId(6)));
        assert_eq!(chosen(), [("p2".to_owned(), DeviceId(9))], "two devices that become one keep their place");
        write(db, |tx| decision::follow_merge(tx, DeviceId(6), DeviceId(9)));
        assert!(write(db, |tx| decision::unchoose(tx, DeviceId(6))));
        assert!(!write(db, |tx| decision::unchoose(tx, DeviceId(6))));
        assert_eq!(chosen(), []);
        assert!(write(db, |tx| decision::accept_model(tx, "classe", "Épson EB-685", "anne", NOW)));
        assert!(!write(db, |tx| decision::accept_model(tx, "classe", "epson eb-685", "anne", NOW)));
        assert_eq!(read(db, |tx| decision::of_school(tx, school)).accepted.len(), 1);
        assert_eq!(read(db, |tx| decision::elsewhere(tx, school, &[("P1".into(), "X-1".into())])), []);
    });
}

#[test]
fn what_waits_for_another_place_is_counted_by_school_and_kind() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let places = vec![
            schools::standing("p1", Outcome::ToReassign, Some(5)),
            schools::standing("p2", Outcome::ToReassign, Some(6)),
            schools::standing("p3", Outcome::Installed, Some(7)),
        ];
        write(db, move |tx| place::save_places(tx, school, &places, NOW));
        let rows = read(db, |tx| store::view::school::to_reassign(&mut Eyes::ALL.on(tx), 10));
        let told: Vec<(&str, &str, i64)> = rows.iter().map(|row| (row.code.as_str(), row.kind.as_str(), row.count)).collect();
        assert_eq!(told, [("a", "projector", 2)]);
        assert!(read(db, |tx| decision::has_place(tx, school, "p1")) && !read(db, |tx| decision::has_place(tx, school, "p9")));
        assert_eq!(read(db, |tx| decision::schools_of_kit(tx, "classe")), [school]);
    });
}

#[test]
fn devices_without_a_place_are_told_by_what_they_are() {
    use rollcall_collector::domain::place::Aside;
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        let save = |aside: Vec<(i64, Aside)>| {
            let aside: std::collections::BTreeMap<DeviceId, Aside> = aside.into_iter().map(|(id, aside)| (DeviceId(id), aside)).collect();
            write(db, move |tx| place::save_aside(tx, school, &aside, NOW))
        };
        assert!(save(vec![(5, Aside::Surplus), (6, Aside::NotPlanned), (7, Aside::Legacy)]));
        assert!(!save(vec![(5, Aside::Surplus), (7, Aside::Legacy)]), "what no place asks for is not kept");
        assert!(save(vec![(5, Aside::Kept)]));
        assert_eq!(read(db, |tx| store::view::school::aside(&mut Eyes::ALL.on(tx), "surplus", 10)), [], "and only devices that are known are listed");
    });
}
