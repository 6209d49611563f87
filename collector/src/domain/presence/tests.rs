//! Expectations, power and the strip, each by itself.

use super::*;
use crate::domain::calendar::holiday::Holidays;
use crate::domain::calendar::{Closed, Day, Told};
use crate::domain::kind::Kind;
use crate::domain::place::AssetState;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::DeviceId;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn calendar() -> Calendar {
    let closed = vec![Closed { from: day("2026-11-26"), to: day("2026-11-26"), why: "canicule".into() }];
    Calendar::new(Told { zone: "B", timetable: "4 jours", uai: "" }, &Holidays::new(Vec::new()), closed, &TimeZone::UTC)
}

fn at(local: &str) -> Timestamp {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    Timestamp(local.to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp().as_second())
}

#[test]
fn what_is_expected_by_kind_and_register() {
    let settings = Settings::default();
    let of = |kind, state, known| expected_of(kind, state, known, Usage::Term, &settings);
    let serving = Some(AssetState::InService);
    assert_eq!(of(Kind::Switch, None, false), Expected::Always);
    assert_eq!(of(Kind::Projector, None, false), Expected::Daily { days: 3, usage: Usage::Term });
    assert_eq!(of(Kind::Tablet, serving, true), Expected::NowAndThen { days: 10, alone: 5, usage: Usage::Term });
    assert_eq!(of(Kind::Tablet, None, false), Expected::Not);
    assert_eq!(of(Kind::AccessPoint, None, false), Expected::AsOthers { days: 5 });
    assert_eq!(of(Kind::Camera, serving, true), Expected::Not);
    assert_eq!(of(Kind::DocumentCamera, serving, true), Expected::Not);
    assert_eq!(of(Kind::Projector, Some(AssetState::Repair), true), Expected::Not);
}

#[test]
fn a_setting_changes_a_threshold_and_never_makes_an_expectation() {
    let settings =
        Settings { thresholds: [(Kind::Tablet, 3), (Kind::Projector, 0), (Kind::Camera, 2), (Kind::Printer, 9_999)].into(), ..Settings::default() };
    assert_eq!((settings.days(Kind::Tablet), settings.days(Kind::Projector), settings.days(Kind::Camera)), (Some(3), None, None));
    assert_eq!((settings.days(Kind::Printer), settings.days(Kind::Desktop)), (Some(LONGEST_THRESHOLD), Some(3)));
    let few = expected_of(Kind::Tablet, Some(AssetState::InService), true, Usage::Term, &settings);
    assert_eq!(few, Expected::NowAndThen { days: 3, alone: 3, usage: Usage::Term });
}

#[test]
fn power_is_cut_from_the_last_class_to_the_next() {
    let settings = Settings { cuts_power_in_holidays: true, ..Settings::default() };
    let watched = Watched { calendar: Some(calendar()), settings, ..Watched::default() };
    for (time, off) in [
        ("2026-10-16T16:00", false),
        ("2026-10-16T16:30", true), // autumn holidays begin when class has ended
        ("2026-10-25T02:30", true), // the night in which the clock goes back
        ("2026-11-02T08:29", true),
        ("2026-11-02T08:30", false),
        ("2026-11-04T12:00", false), // a Wednesday of term
        ("2026-11-11T12:00", false), // a public holiday alone cuts no power
        ("2026-11-26T12:00", true),  // closed for the heat
        ("2031-03-03T12:00", true),  // a year that nobody has told: it may be off
    ] {
        assert_eq!(watched.power_may_be_off(at(time)), off, "{time}");
    }
    assert_eq!(watched.power_on_at(at("2026-10-20T12:00")), Some(at("2026-11-02T08:30")));
    assert!(watched.power_came_on_within(at("2026-11-02T08:40"), 900) && !watched.power_came_on_within(at("2026-11-02T12:00"), 900));
}

#[test]
fn a_strip_shades_holidays_and_marks_what_was_seen() {
    let seen = [(at("2026-11-23T23:30"), at("2026-11-24T00:30")), (at("2026-11-27T09:00"), at("2026-11-27T10:00"))];
    let days = strip(&calendar(), &seen, day("2026-11-22"), day("2026-11-28"));
    let told: String = days.iter().map(|one| if one.seen { '#' } else { '.' }).collect();
    assert_eq!(told, ".##..#.");
    assert_eq!(days.iter().map(|one| one.day.is_school()).collect::<Vec<_>>(), [false, true, true, false, false, true, false]);
    assert!(matches!(days[4].day, Day::Off(_)));
}

#[test]
fn without_a_calendar_only_what_is_there_is_known() {
    let gone = crate::domain::device::Device { present: false, ..crate::domain::fleet::tests::blank(1) };
    let here = crate::domain::device::Device { present: true, ..gone.clone() };
    let daily = Expected::Daily { days: 3, usage: Usage::Term };
    let judged = |device, expected| Judged {
        device,
        expected,
        mates: vec![],
        since: Timestamp::default(),
        told: Some((AgentId(1), at("2026-11-24T10:00"))),
        above: None,
    };
    let devices = [judged(&here, daily), judged(&gone, daily), judged(&gone, Expected::Not), judged(&here, Expected::Not)];
    let (states, next) = judge(&devices, &Watched::default(), at("2026-11-24T10:00"));
    assert_eq!(states, [State::Present, State::Unknown(Unclear::Calendar), State::NotExpected, State::Present]);
    assert_eq!(next, None, "no time tells a zone");
}

#[test]
fn what_is_not_seen_is_quiet_silent_or_unknown() {
    let last = at("2026-11-19T17:00"); // a Thursday evening
    let gone = crate::domain::device::Device { present: false, turned_at: last, ..crate::domain::fleet::tests::blank(1) };
    let watched = Watched { calendar: Some(calendar()), ..Watched::default() };
    let state = |expected, told: Option<&str>, above| {
        let told = told.map(|until| (AgentId(1), at(until)));
        let judged = Judged { device: &gone, expected, mates: vec![], since: gone.turned_at, told, above };
        judge(&[judged], &watched, at("2026-11-24T18:00")).0[0]
    };
    let daily = Expected::Daily { days: 3, usage: Usage::Term };
    assert_eq!(state(daily, Some("2026-11-24T16:29"), None), State::Quiet(2));
    assert_eq!(state(daily, Some("2026-11-24T16:30"), None), State::Silent { days: 3, alone: false });
    assert_eq!(state(daily, None, None), State::Unknown(Unclear::Agent));
    assert_eq!(state(daily, Some("2026-11-24T16:30"), Some((DeviceId(2), false))), State::Unknown(Unclear::Shadow));
    assert_eq!(state(daily, Some("2026-11-24T16:30"), Some((DeviceId(2), true))), State::Silent { days: 3, alone: false });
    assert_eq!((state(Expected::Not, Some("2026-11-24T16:30"), None), state(Expected::Always, None, None)), (State::NotExpected, State::NotExpected));
    let rarely = Expected::NowAndThen { days: 3, alone: 2, usage: Usage::Term };
    assert_eq!(state(rarely, Some("2026-11-24T16:30"), None), State::Silent { days: 3, alone: false });
    assert_eq!(state(Expected::AsOthers { days: 3 }, Some("2026-11-24T16:30"), None), State::Quiet(0), "no other was seen");
}

#[test]
fn mates_count_only_where_they_were_seen_in_class() {
    let gone = crate::domain::device::Device { present: false, ..crate::domain::fleet::tests::blank(1) };
    let state = |came: &str, left: &str| {
        let seen = BTreeMap::from([(DeviceId(2), vec![(at(came), at(left))])]);
        let watched = Watched { calendar: Some(calendar()), seen, ..Watched::default() };
        let told = Some((AgentId(1), at("2026-11-24T16:30")));
        let since = at("2026-11-19T17:00");
        let judged = Judged { device: &gone, expected: Expected::AsOthers { days: 1 }, mates: vec![DeviceId(2)], since, told, above: None };
        judge(&[judged], &watched, at("2026-11-24T18:00")).0[0]
    };
    let missed = State::Silent { days: 1, alone: true };
    // From the end of Monday's class to the begin of Tuesday's, to the second.
    for (came, left, expected) in [
        ("2026-11-23T16:30:00", "2026-11-24T08:30:00", State::Quiet(0)),
        ("2026-11-23T16:29:59", "2026-11-24T08:30:00", missed),
        ("2026-11-23T16:30:00", "2026-11-24T08:30:01", missed),
    ] {
        assert_eq!(state(came, left), expected, "{came} {left}");
    }
}

#[test]
fn devices_are_counted_once_a_date_however_often_they_came() {
    use rollcall_shared::DeviceId;
    let seen = [
        (DeviceId(1), at("2026-11-20T09:00"), at("2026-11-20T10:00")),
        (DeviceId(1), at("2026-11-21T09:00"), at("2026-11-23T10:00")),
        (DeviceId(1), at("2026-11-23T11:00"), at("2026-11-23T12:00")),
        (DeviceId(2), at("2026-11-23T09:00"), at("2026-11-23T10:00")),
        (DeviceId(2), at("2026-11-25T09:00"), at("2026-12-25T10:00")),
    ];
    assert_eq!(counts(&calendar(), &seen, day("2026-11-22"), day("2026-11-26")), [1, 2, 0, 1, 1]);
    assert_eq!(counts(&calendar(), &[], day("2026-11-22"), day("2026-11-23")), [0, 0]);
}
