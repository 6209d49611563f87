//! Readings: newest values, courses by the hour and by the day, what becomes of them with time and with a move.

use super::*;
use rollcall_collector::domain::reading::{DAY_S, HOUR_S, Point};

const SCHOOL: SchoolId = SchoolId(1);

fn told(name: &str, instance: &str, value: f64, at: Timestamp) -> Reading {
    Reading { network: "school".into(), subject: Subject::Server, name: name.into(), instance: instance.into(), value, at }
}

fn save(db: &Db, device: i64, readings: Vec<Reading>) {
    write(db, move |tx| readings.iter().try_for_each(|one| reading::save(tx, SCHOOL, DeviceId(device), one)));
}

/// Midnight of the day of [`NOW`].
fn midnight() -> Timestamp {
    Timestamp(NOW.0 - NOW.0.rem_euclid(DAY_S))
}

#[test]
fn a_reading_is_newest_by_its_own_time_and_kept_by_the_hour() {
    on_both(|db| {
        let hour = midnight();
        for (value, second) in [(20.0, 0), (30.0, 60), (10.0, 30)] {
            save(db, 1, vec![told("temperature", "", value, hour + second)]);
        }
        let newest = read(db, |tx| reading::of_school(tx, SCHOOL));
        assert_eq!(newest.iter().map(|reading| (reading.value, reading.at)).collect::<Vec<_>>(), [(30.0, hour + 60)]);
        assert_eq!(read(db, |tx| reading::of_device(tx, SCHOOL, DeviceId(1))), newest);
        assert!(read(db, |tx| reading::of_device(tx, SCHOOL, DeviceId(2))).is_empty());
        let course = read(db, |tx| reading::hours(tx, SCHOOL, DeviceId(1), "temperature", hour));
        assert_eq!(course[0].points, [Point { at: hour, low: 10.0, high: 30.0, last: 30.0 }]);
    });
}

#[test]
fn a_course_is_read_by_instance_since_a_moment() {
    on_both(|db| {
        for hour in 0..5 {
            let at = midnight() + hour * HOUR_S;
            save(db, 1, vec![told("supply_level", "1.1", 50.0 - hour as f64, at), told("supply_level", "1.2", 9.0, at), told("uptime", "", 1.0, at)]);
            save(db, 2, vec![told("supply_level", "1.1", 1.0, at)]);
        }
        let course = read(db, |tx| reading::hours(tx, SCHOOL, DeviceId(1), "supply_level", midnight() + 2 * HOUR_S));
        let shown: Vec<(&str, Vec<f64>)> =
            course.iter().map(|series| (series.instance.as_str(), series.points.iter().map(|point| point.last).collect())).collect();
        assert_eq!(shown, [("1.1", vec![48.0, 47.0, 46.0]), ("1.2", vec![9.0, 9.0, 9.0])]);
    });
}

#[test]
fn hours_become_days_and_what_comes_late_joins_them() {
    on_both(|db| {
        let (school, _) = write(db, |tx| school::save_school(tx, &school_named("a")));
        assert_eq!(school, SCHOOL);
        let keep = Keep::default();
        let old = midnight() - 20 * DAY_S;
        save(db, 1, (0..48).map(|hour| told("lamp_hours", "1", 100.0 + f64::from(hour), old + i64::from(hour) * HOUR_S)).collect());
        save(db, 1, vec![told("lamp_hours", "1", 200.0, midnight())]);
        let by_day = |db: &Db| read(db, |tx| reading::days(tx, SCHOOL, DeviceId(1), "lamp_hours", midnight() - 30 * DAY_S));
        let before = by_day(db);
        let point = |day: i64, low: f64, last: f64| Point { at: old + day * DAY_S, low, high: last, last };
        assert_eq!(before[0].points, [point(0, 100.0, 123.0), point(1, 124.0, 147.0), point(20, 200.0, 200.0)]);

        assert_eq!(watch::tick(db, &keep, NOW).unwrap().deleted, 48);
        assert_eq!(by_day(db), before, "days are the same, folded or not");
        assert_eq!(read(db, |tx| reading::hours(tx, SCHOOL, DeviceId(1), "lamp_hours", Timestamp(0)))[0].points.len(), 1);

        save(db, 1, vec![told("lamp_hours", "1", 90.0, old + 60), told("lamp_hours", "1", 150.0, old + DAY_S + 86_399)]);
        assert_eq!(watch::tick(db, &keep, NOW + DAY_S).unwrap().deleted, 2);
        let late = [Point { at: old, low: 90.0, high: 123.0, last: 123.0 }, point(1, 124.0, 150.0)];
        assert_eq!(by_day(db)[0].points[..2], late, "the newest of a day is the one that was read last");

        assert_eq!(watch::tick(db, &keep, NOW + 400 * DAY_S).unwrap().deleted, 4, "an hour of today and three days");
        assert!(by_day(db).is_empty());
    });
}

#[test]
fn readings_go_along_with_a_device_that_moves() {
    on_both(|db| {
        let before = device(5, SCHOOL);
        let arrived = arrival(&before);
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&arrived), AgentId(1), NOW));
        save(db, 5, vec![told("page_count", "", 7.0, NOW), told("page_count", "", 5.0, NOW - 20 * DAY_S)]);
        write(db, |tx| school::save_school(tx, &school_named("a")));
        watch::tick(db, &Keep::default(), NOW).unwrap();
        let moved = Change { after: Device { school: SchoolId(2), ..before.clone() }, before: Some(before), events: vec![] };
        write(db, move |tx| fleet::save_changes(tx, std::slice::from_ref(&moved), AgentId(1), NOW));
        assert!(read(db, |tx| reading::of_school(tx, SCHOOL)).is_empty());
        assert_eq!(read(db, |tx| reading::days(tx, SchoolId(2), DeviceId(5), "page_count", Timestamp(0)))[0].points.len(), 2);
    });
}
