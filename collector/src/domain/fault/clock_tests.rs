//! Clocks, as a contractor and a town would argue about them.

use super::*;
use crate::domain::calendar::zone::Whereabouts;
use crate::domain::fault::life::{Action, Deed, Hand};
use crate::domain::fault::state::Cause;
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn paris(text: &str) -> Timestamp {
    let local: jiff::civil::DateTime = text.parse().unwrap();
    Timestamp(local.to_zoned(zone()).unwrap().timestamp().as_second())
}

/// Monday to Friday, 8:00 to 18:00.
fn usual() -> WorkingHours {
    WorkingHours::read(&[], "8h-18h", Whereabouts::read("A"), zone())
}

const TERMS: Terms = Terms { respond_s: Some(4 * 3_600), repair_s: Some(20 * 3_600) };

fn does(life: &Life, action: Action, at: Timestamp) -> Life {
    life.act(&action, &Deed { by: "anne", hand: Hand::Town, at, text: "vu", reopens_from: Timestamp(0) }).unwrap().0
}

fn told(text: &str) -> Life {
    Life::new(Origin::Look, paris(text))
}

fn of(life: &Life) -> Clocks {
    clocks(life, Some(Timestamp(0)), TERMS, &usual())
}

#[test]
fn what_is_told_on_thursday_afternoon() {
    let life = told("2026-11-26T16:00");
    assert_eq!(of(&life).respond, Some(Clock::Runs(paris("2026-11-27T10:00"))));
    assert_eq!(of(&life).repair, Some(Clock::Runs(paris("2026-11-30T16:00"))));
    assert_eq!(of(&life).breaks_at(), Some(paris("2026-11-27T10:00")), "the answer is due first");
    let noted = does(&life, Action::Acknowledge, paris("2026-11-26T17:00"));
    assert_eq!(of(&noted).breaks_at(), Some(paris("2026-11-30T16:00")));
}

#[test]
fn claimed_on_friday_evening_the_clock_stands_still_over_the_weekend() {
    let life = does(&told("2026-11-26T16:00"), Action::Claim, paris("2026-11-27T17:30"));
    let stopped = Some(Clock::Stopped(paris("2026-11-27T17:30"), Some(paris("2026-11-30T16:00"))));
    assert_eq!((of(&life).repair, of(&life).breaks_at()), (stopped, None));
    let verified = does(&life, Action::Verify, paris("2026-11-30T17:00"));
    assert_eq!(of(&verified).repair, stopped, "the claim is what counts, though it was verified after the deadline");
    assert!(!of(&verified).repair.unwrap().is_broken(paris("2026-12-24T08:00")));
    let refused = does(&life, Action::Refuse, paris("2026-11-30T17:00"));
    assert_eq!(of(&refused).repair, Some(Clock::Runs(paris("2026-11-30T16:00"))), "as if nobody had claimed anything");
    assert!(of(&refused).repair.unwrap().is_broken(paris("2026-11-30T17:00")));
}

#[test]
fn while_it_waits_for_a_part_no_hour_passes() {
    let waits = does(&told("2026-11-23T08:00"), Action::Suspend { cause: Cause::Part, until: None }, paris("2026-11-23T12:00"));
    assert_eq!(of(&waits).repair, Some(Clock::Held(16 * 3_600)));
    assert_eq!(of(&waits).breaks_at(), None);
    let resumed = does(&waits, Action::Resume, paris("2026-11-30T09:00"));
    assert_eq!(of(&resumed).repair, Some(Clock::Runs(paris("2026-12-01T15:00"))));
}

#[test]
fn a_wait_that_begins_after_the_deadline_saves_nothing() {
    let late = does(&told("2026-11-23T08:00"), Action::Suspend { cause: Cause::Quote, until: None }, paris("2026-11-27T12:00"));
    assert_eq!(of(&late).repair, Some(Clock::Runs(paris("2026-11-24T18:00"))));
    assert!(of(&late).repair.unwrap().is_broken(paris("2026-11-27T12:00")));
}

#[test]
fn nothing_runs_in_a_school_that_is_learning() {
    let life = told("2026-11-23T08:00");
    assert_eq!(clocks(&life, None, TERMS, &usual()), Clocks::default());
    let accepted = clocks(&life, Some(paris("2026-11-26T08:00")), TERMS, &usual());
    assert_eq!(accepted.respond, Some(Clock::Runs(paris("2026-11-26T12:00"))), "it begins when the first picture is accepted");
}

#[test]
fn what_a_school_reports_runs_when_the_town_confirms() {
    let report = Life::new(Origin::School, paris("2026-11-23T08:00"));
    assert_eq!(of(&report), Clocks::default());
    let confirmed = does(&report, Action::Confirm, paris("2026-11-24T08:00"));
    assert_eq!(of(&confirmed).repair, Some(Clock::Runs(paris("2026-11-25T18:00"))));
}

#[test]
fn what_comes_back_did_not_count_while_it_was_mended() {
    let mended = does(&Life::new(Origin::Town, paris("2026-11-23T08:00")), Action::Mend, paris("2026-11-23T10:00"));
    let back = does(&mended, Action::Reopen, paris("2026-11-26T08:00"));
    assert_eq!(of(&back).repair, Some(Clock::Runs(paris("2026-11-27T16:00"))), "two hours had run");
}

#[test]
fn armistice_day_is_no_working_day() {
    let life = told("2026-11-10T12:00");
    assert_eq!(of(&life).respond, Some(Clock::Runs(paris("2026-11-10T16:00"))));
    assert_eq!(of(&life).repair, Some(Clock::Runs(paris("2026-11-13T12:00"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However long it waits, and however often: a clock that is held never runs, and what is left after a wait is what was left before it.
    #[test]
    fn the_clock_never_runs_while_it_waits(spans in prop::collection::vec((0i64..40, 0i64..400), 1..6), hours in 1i64..60) {
        let terms = Terms { respond_s: None, repair_s: Some(hours * 3_600) };
        let lot = usual();
        let mut now = paris("2026-09-01T07:00");
        let mut life = Life::new(Origin::Town, now);
        let left = |life: &Life, now: Timestamp| match clocks(life, Some(Timestamp(0)), terms, &lot).repair.unwrap() {
            Clock::Runs(end) => lot.working_seconds(now, end) - lot.working_seconds(end, now),
            Clock::Held(left) => left,
            Clock::Stopped(..) => unreachable!("nobody claims"),
        };
        let mut ran = 0;
        for (work_h, wait_h) in spans {
            ran += lot.working_seconds(now, now + work_h * 3_600);
            now = now + work_h * 3_600;
            if ran >= hours * 3_600 {
                break; // Its end has passed: no wait moves it.
            }
            prop_assert_eq!(left(&life, now), hours * 3_600 - ran);
            life = does(&life, Action::Suspend { cause: Cause::Part, until: None }, now);
            prop_assert_eq!(left(&life, now), hours * 3_600 - ran);
            now = now + wait_h * 3_600;
            life = does(&life, Action::Resume, now);
            prop_assert_eq!(left(&life, now), hours * 3_600 - ran, "after a wait of {} h", wait_h);
            prop_assert_eq!(clocks(&life, None, terms, &lot), Clocks::default(), "a school that learns has no clock");
        }
    }
}
