//! Days of schools as situations of the field: holidays, public holidays, strikes declared afterwards, a year that is missing.

use super::*;
use jiff::ToSpan;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn school(zone: &str, timetable: &str, closed: &[(&str, &str, &str)]) -> Calendar {
    let closed = closed.iter().map(|(from, to, why)| Closed { from: day(from), to: day(to), why: (*why).to_owned() }).collect();
    Calendar::new(Told { zone, timetable, uai: "" }, &Holidays::new(Vec::new()), closed, &TimeZone::UTC)
}

fn instant(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_second())
}

#[test]
fn what_a_day_is() {
    let school = school("B", "4,5 jours", &[("2026-11-26", "2026-11-26", "grève")]);
    for (date, expected) in [
        ("2026-11-24", Day::School),
        ("2026-11-25", Day::School), // a Wednesday of a week of four and a half days
        ("2026-11-26", Day::Off(Why::Closed("grève".into()))),
        ("2026-11-28", Day::Off(Why::Weekday)),
        ("2026-11-11", Day::Off(Why::PublicHoliday("armistice"))),
        ("2026-10-20", Day::Off(Why::Holiday("Vacances de la Toussaint".into()))),
        ("2026-07-14", Day::Off(Why::Holiday("Vacances d'Été".into()))),
        ("2031-03-04", Day::Unknown), // nobody has told that year yet
        ("2031-03-02", Day::Off(Why::Weekday)),
        ("2031-05-01", Day::Off(Why::PublicHoliday("labour"))),
    ] {
        assert_eq!(school.day(day(date)), expected, "{date}");
        assert_eq!(school.is_school_day(day(date)), expected == Day::School, "{date}");
    }
}

#[test]
fn a_week_of_four_days_has_no_wednesday() {
    assert_eq!(school("B", "lu ma je ve", &[]).day(day("2026-11-25")), Day::Off(Why::Weekday));
    assert_eq!(school("B", "", &[]).day(day("2026-11-25")), Day::Off(Why::Weekday));
}

#[test]
fn a_strike_declared_afterwards_takes_its_day_back() {
    let before = school("A", "4 jours", &[]);
    let after = school("A", "4 jours", &[("2026-11-24", "2026-11-24", "grève")]);
    let count = |school: &Calendar| school.school_days_between(day("2026-11-23"), day("2026-11-28"));
    assert_eq!((count(&before).school, count(&after).school), (4, 3));
}

#[test]
fn school_days_are_counted_over_a_whole_year() {
    // 36 weeks of class, less public holidays: some 140 days in a week of four days, some 175 in one of four and a half.
    for (zone, timetable, expected) in [("A", "4 jours", 136..=144), ("B", "4,5 jours", 168..=180), ("C", "4 jours", 136..=144)] {
        let counted = school(zone, timetable, &[]).school_days_between(day("2025-09-01"), day("2026-09-01"));
        assert!(expected.contains(&counted.school) && counted.unknown == 0, "{zone}: {counted:?}");
    }
}

#[test]
fn a_school_without_a_zone_is_unknown_on_weekdays() {
    let nowhere = school("", "4 jours", &[]);
    assert_eq!(nowhere.day(day("2026-11-24")), Day::Unknown);
    assert_eq!(nowhere.day(day("2026-11-28")), Day::Off(Why::Weekday));
    assert_eq!(nowhere.school_days_between(day("2026-11-23"), day("2026-11-30")), Counted { school: 0, unknown: 4 });
}

#[test]
fn overseas_has_its_own_clock_and_its_years_are_missing_until_they_are_imported() {
    let reunion = school("La Réunion", "4 jours", &[]);
    assert_eq!(reunion.date_at(instant("2026-11-23T21:00:00Z")), day("2026-11-24"));
    assert_eq!(reunion.day(day("2026-11-24")), Day::Unknown);
    assert_eq!(school("B", "", &[]).date_at(instant("2026-11-23T23:30:00Z")), day("2026-11-24"));
}

#[test]
fn alsace_by_its_national_number() {
    let told = Told { zone: "B", timetable: "", uai: "0671234A" };
    let school = Calendar::new(told, &Holidays::new(Vec::new()), Vec::new(), &TimeZone::UTC);
    assert_eq!(school.is_public_holiday(day("2026-12-26")), Some("saint-stephen"));
}

#[test]
fn hours_of_class_move_with_the_clock_on_the_wall() {
    let school = school("B", "lu ma je ve 8:30-11:30 13:30-16:30", &[]);
    assert_eq!(school.class_day(day("2026-03-27")), Some((instant("2026-03-27T07:30:00Z"), instant("2026-03-27T15:30:00Z"))));
    assert_eq!(school.class_day(day("2026-03-30")), Some((instant("2026-03-30T06:30:00Z"), instant("2026-03-30T14:30:00Z"))));
    assert_eq!(school.class_day(day("2026-03-28")), None);
}

#[test]
fn the_nth_school_day_passes_over_holidays() {
    let school = school("B", "4 jours", &[]);
    assert_eq!(school.nth_school_day_after(day("2026-10-15"), 1), Some(day("2026-10-16")));
    assert_eq!(school.nth_school_day_after(day("2026-10-16"), 1), Some(day("2026-11-02")));
    assert_eq!(school.nth_school_day_after(day("2027-06-30"), 40), None);
}

#[test]
fn so_many_school_days_ago_passes_over_holidays_and_keeps_the_hour() {
    let school = school("B", "4 jours", &[]);
    assert_eq!(school.school_days_ago(instant("2026-11-03T09:00:00Z"), 2), instant("2026-10-16T08:00:00Z")); // over the end of summer time
    assert_eq!(school.school_days_ago(instant("2026-11-24T09:00:00Z"), 7), instant("2026-11-12T09:00:00Z"));
}

fn some_school() -> impl Strategy<Value = Calendar> {
    let zone = prop_oneof![Just("A"), Just("B"), Just("C"), Just("Rennes"), Just("Guadeloupe"), Just("")];
    let timetable = prop_oneof![Just("4 jours"), Just("4,5 jours"), Just("lundi-samedi 9h-12h")];
    let closed = proptest::collection::vec((0i32..3_000, 0i32..20), 0..4);
    (zone, timetable, closed).prop_map(|(zone, timetable, closed)| {
        let first = day("2018-01-01");
        let closed = closed
            .into_iter()
            .map(|(start, length)| Closed { from: first + start.days(), to: first + (start + length).days(), why: String::new() })
            .collect();
        Calendar::new(Told { zone, timetable, uai: "" }, &Holidays::new(Vec::new()), closed, &TimeZone::UTC)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_two_ways_of_asking_agree_and_counts_add_up(school in some_school(), start in 0i32..3_600, a in 0i32..200, b in 0i32..200) {
        let from = day("2017-01-01") + start.days();
        let (middle, until) = (from + a.days(), from + (a + b).days());
        prop_assert_eq!(school.is_school_day(from), school.day(from).is_school());
        let (one, two, both) = (school.school_days_between(from, middle), school.school_days_between(middle, until), school.school_days_between(from, until));
        prop_assert_eq!((one.school + two.school, one.unknown + two.unknown), (both.school, both.unknown));
    }

    #[test]
    fn a_closure_never_adds_a_school_day(school in some_school(), start in 0i32..3_600, from in 0i32..3_600, length in 0i32..30) {
        let date = day("2017-01-01") + start.days();
        let closed = Closed { from: day("2017-01-01") + from.days(), to: day("2017-01-01") + (from + length).days(), why: "grève".into() };
        let after = Calendar { closed: school.closed.iter().cloned().chain([closed]).collect(), ..school.clone() };
        prop_assert!(!after.is_school_day(date) || school.is_school_day(date));
        prop_assert_eq!(after.clock(), school.clock());
    }
}

#[test]
fn closures_hold_from_their_first_to_their_last_day_and_counts_end_before_the_last() {
    let school = school("B", "4 jours", &[("2026-11-23", "2026-11-24", "canicule")]);
    let off = |date: &str| matches!(school.day(day(date)), Day::Off(Why::Closed(_)));
    assert_eq!(["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-26"].map(off), [false, true, true, false]);
    assert!(!school.is_school_day(day("2026-11-23")) && school.is_school_day(day("2026-11-26")));
    assert_eq!(school.school_days_between(day("2026-11-26"), day("2026-11-27")).school, 1);
    assert_eq!(school.school_days_between(day("2026-11-26"), day("2026-11-26")).school, 0);
    assert_eq!(
        (school.nth_school_day_after(day("2026-11-20"), 0), school.nth_school_day_after(day("2026-11-20"), 2)),
        (Some(day("2026-11-20")), Some(day("2026-11-27")))
    );
    assert_eq!(school.known_until(), Holidays::new(Vec::new()).of(Whereabouts::read("B").unwrap()).known_until());
    assert_eq!(school.whereabouts().map(|at| at.zone.code), Some("B"));
}

#[test]
fn the_hours_of_a_day_are_instants_by_the_clock_on_its_wall() {
    let school = school("B", "lu ma je ve 8:30-11:30 13:30-16:30", &[]);
    let monday = day("2026-11-23");
    assert_eq!(school.class_hours(monday).len(), 2);
    assert_eq!(school.class_hours(day("2026-11-25")), []);
    assert_eq!(
        school.usual_day(day("2026-11-25")),
        Some((instant("2026-11-25T07:30:00Z"), instant("2026-11-25T15:30:00Z"))),
        "a Wednesday has Monday's hours"
    );
    assert_eq!(
        (school.instant(monday, 0), school.instant(monday, 7)),
        (Some(instant("2026-11-22T23:00:00Z")), Some(instant("2026-11-23T06:00:00Z")))
    );
    assert_eq!(school.instant_of(monday, 7 * 60 + 45), Some(instant("2026-11-23T06:45:00Z")));
    assert_eq!(school.instant_of(monday, 1440), Some(instant("2026-11-23T23:00:00Z")), "midnight is the next day's");
    assert_eq!(school.date_at(instant("2026-11-23T22:59:59Z")), monday);
}
