//! A month's service, worked out by hand beside a calendar of November 2026: the 11th is a public holiday, the 14th and 15th a weekend.

use super::*;
use crate::domain::calendar::zone::Whereabouts;
use crate::domain::fault::life::{Action, Deed, Hand};
use crate::domain::fault::state::{How, Origin};
use jiff::tz::TimeZone;

fn paris(text: &str) -> Timestamp {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let local: jiff::civil::DateTime = format!("2026-{text}").parse().unwrap();
    Timestamp(local.to_zoned(zone).unwrap().timestamp().as_second())
}

/// Monday to Friday, 8:00 to 18:00: ten hours a day.
fn hours() -> WorkingHours {
    WorkingHours::read(&[], "8h-18h", Whereabouts::read("A"), TimeZone::get("Europe/Paris").unwrap())
}

const TERMS: Terms = Terms { respond_s: Some(4 * 3_600), repair_s: Some(20 * 3_600) };

fn november() -> Period {
    Period { from: paris("11-01T00:00"), until: paris("12-01T00:00") }
}

fn told(text: &str) -> Life {
    Life::new(Origin::Look, paris(text))
}

fn does(life: &Life, action: Action, at: &str) -> Life {
    life.act(&action, &Deed { by: "anne", hand: Hand::Town, at: paris(at), text: "vu", reopens_from: Timestamp(0) }).unwrap().0
}

fn waits(life: &Life, from: &str, until: &str) -> Life {
    does(&does(life, Action::Suspend { cause: Cause::Part, until: None }, from), Action::Resume, until)
}

/// Stand, hours run, hours held, hours late.
fn repair(life: &Life, period: Period) -> Option<(&'static str, i64, i64, i64)> {
    let judged = service(life, Some(Timestamp(0)), TERMS, &hours(), period).repair?;
    Some((judged.stand.code(), judged.ran_s / 3_600, judged.held_s / 3_600, judged.late_s / 3_600))
}

#[test]
fn over_a_public_holiday_the_clock_stands_still() {
    // Tuesday the 10th, 16:00: 2 h; the 11th is Armistice day; the 12th 10 h; the 13th until 16:00, 8 h: 20 h, to the second.
    let life = does(&told("11-10T16:00"), Action::Mend, "11-13T16:00");
    assert_eq!(repair(&life, november()), Some(("kept", 20, 0, 0)));
    // An hour more, and over the weekend: Monday the 16th, 9:00 is 2 h more on Friday and 1 h on Monday.
    let life = does(&told("11-10T16:00"), Action::Mend, "11-16T09:00");
    assert_eq!(repair(&life, november()), Some(("late", 23, 0, 3)));
}

#[test]
fn what_waited_does_not_count_before_the_deadline_nor_after() {
    // Monday the 2nd, 8:00; waits on the 3rd from 8:00 to the 5th, 8:00 (20 h); mended on the 5th, 18:00: 10 + 10 h.
    let life = does(&waits(&told("11-02T08:00"), "11-03T08:00", "11-05T08:00"), Action::Mend, "11-05T18:00");
    assert_eq!(repair(&life, november()), Some(("kept", 20, 20, 0)));
    // Late by 5 h when it begins to wait on the 4th at 13:00; it waits for a day; mended on the 5th, 14:00: 6 h late, not 16.
    let life = does(&waits(&told("11-02T08:00"), "11-04T13:00", "11-05T13:00"), Action::Mend, "11-05T14:00");
    assert_eq!(repair(&life, november()), Some(("late", 26, 10, 6)));
    let judged = service(&life, Some(Timestamp(0)), TERMS, &hours(), november()).repair.unwrap();
    assert_eq!((judged.end_at, judged.stopped_at), (Some(paris("11-03T18:00")), Some(paris("11-05T14:00"))));
}

#[test]
fn a_clock_counts_in_the_period_in_which_it_was_stopped_and_is_open_before() {
    let october = Period { from: paris("10-01T00:00"), until: paris("11-01T00:00") };
    let december = Period { from: paris("12-01T00:00"), until: paris("12-31T00:00") };
    // Wednesday the 28th of October, 8:00: due on Thursday, 18:00; Friday is 10 h late.
    let life = does(&told("10-28T08:00"), Action::Mend, "11-02T10:00");
    assert_eq!(repair(&life, october), Some(("overdue", 30, 0, 10)));
    assert_eq!(repair(&life, november()), Some(("late", 32, 0, 12)));
    assert_eq!(repair(&life, december), None);
    assert_eq!(repair(&told("11-30T08:00"), november()), Some(("open", 10, 0, 0)));
    assert_eq!(repair(&told("12-02T08:00"), november()), None);
}

#[test]
fn waits_that_touch_or_overlap_are_counted_once() {
    let at = Timestamp;
    let life = Life { held: vec![(at(50), at(60)), (at(10), at(30)), (at(20), at(40)), (at(40), at(45)), (at(12), at(14))], ..told("11-02T08:00") };
    assert_eq!(held(&life, at(0), at(100)), [(at(10), at(45)), (at(50), at(60))]);
    assert_eq!(held(&life, at(35), at(55)), [(at(35), at(45)), (at(50), at(55))]);
}

#[test]
fn held_at_the_end_of_the_period_it_is_open_and_late_by_what_it_was() {
    let held = does(&told("11-02T08:00"), Action::Suspend { cause: Cause::Quote, until: None }, "11-03T08:00");
    assert_eq!(repair(&held, november()).map(|(stand, ran, _, late)| (stand, ran, late)), Some(("open", 10, 0)));
    let held = does(&told("11-02T08:00"), Action::Suspend { cause: Cause::Quote, until: None }, "11-04T10:00");
    assert_eq!(repair(&held, november()).map(|(stand, ran, _, late)| (stand, ran, late)), Some(("overdue", 22, 2)));
}

#[test]
fn what_nobody_had_to_mend_is_in_no_tally() {
    for action in [Action::Dismiss, Action::Accept] {
        let life = does(&told("11-02T08:00"), action, "11-20T08:00");
        assert_eq!(service(&life, Some(Timestamp(0)), TERMS, &hours(), november()), Service::default());
    }
    assert_eq!(service(&told("11-02T08:00"), None, TERMS, &hours(), november()), Service::default(), "a school that learns");
    let respond_only = Terms { repair_s: None, ..TERMS };
    let one = service(&told("11-02T08:00"), Some(Timestamp(0)), respond_only, &hours(), november());
    assert_eq!((one.repair, one.respond.map(|judged| judged.stand)), (None, Some(Stand::Overdue)));
}

#[test]
fn suspended_time_is_told_by_cause_and_cut_at_the_period() {
    let life = waits(&told("10-29T08:00"), "10-30T08:00", "11-03T08:00");
    let life = does(&life, Action::Suspend { cause: Cause::NoAccess, until: None }, "11-30T08:00");
    let history = [(paris("10-30T08:00"), Cause::Part), (paris("11-30T08:00"), Cause::NoAccess)];
    let sums = suspended(&life, &history, &hours(), november());
    // The part: Monday the 2nd of November alone lies in it. No access: the 30th.
    assert_eq!(sums, BTreeMap::from([(Some(Cause::Part), 36_000), (Some(Cause::NoAccess), 36_000)]));
    // Closed by a look and back: the days between belong to no cause.
    let mut back = does(&told("11-02T08:00"), Action::Mend, "11-02T10:00");
    assert_eq!(back.closing.map(|closing| closing.how), Some(How::Person));
    back = does(&back, Action::Reopen, "11-02T12:00");
    assert_eq!(suspended(&back, &[], &hours(), november()), BTreeMap::from([(None, 7_200)]));
}

#[test]
fn a_median_is_the_middle_one() {
    let one = |ran_h: i64, stand| Judged {
        stand,
        began_at: Timestamp(0),
        allowed_s: 0,
        end_at: None,
        stopped_at: (stand != Stand::Open).then_some(Timestamp(1)),
        ran_s: ran_h * 3_600,
        held_s: 0,
        late_s: 0,
    };
    let mut tally = Tally::default();
    assert_eq!((tally.median_s(), tally.kept_percent()), (None, None));
    for (ran, stand) in [(9, Stand::Late), (1, Stand::Kept), (4, Stand::Kept), (99, Stand::Open)] {
        tally.add(&one(ran, stand));
    }
    assert_eq!((tally.median_s(), tally.kept_percent(), tally.stopped(), tally.open), (Some(4 * 3_600), Some(66), 3, 1));
    tally.add(&one(6, Stand::Kept));
    assert_eq!(tally.median_s(), Some(5 * 3_600));
}

#[test]
fn penalties_are_worked_out_where_the_plan_says_how() {
    // Due on Tuesday the 3rd, 18:00; mended on Friday the 6th, 9:00: 21 h late, on Wednesday, Thursday and Friday.
    let life = does(&told("11-02T08:00"), Action::Mend, "11-06T09:00");
    let judged = service(&life, Some(Timestamp(0)), TERMS, &hours(), november()).repair.unwrap();
    assert_eq!(judged.late_s, 21 * 3_600);
    let due = |text: &str| Penalty::read(text)?.due(&life, &judged, &hours(), november()).map(|amount| amount.to_string());
    for (text, expected) in [
        ("50 €", Some("50")),
        ("10,50 € par heure", Some("220.5")),
        ("50 € par jour ouvré", Some("150")),
        ("50 €/jour", Some("150")),
        ("1 % du marché", None),
        ("50 € par semaine", None),
        ("", None),
    ] {
        assert_eq!(due(text).as_deref(), expected, "{text}");
    }
    // Wednesday it waited, the whole day.
    let life = does(&waits(&told("11-02T08:00"), "11-04T08:00", "11-05T08:00"), Action::Mend, "11-06T09:00");
    let judged = service(&life, Some(Timestamp(0)), TERMS, &hours(), november()).repair.unwrap();
    assert_eq!(Penalty::read("50 € par jour").unwrap().due(&life, &judged, &hours(), november()).unwrap().to_string(), "100");
    let kept = service(&does(&told("11-02T08:00"), Action::Mend, "11-02T09:00"), Some(Timestamp(0)), TERMS, &hours(), november()).repair.unwrap();
    assert_eq!(Penalty::read("50 €").unwrap().due(&life, &kept, &hours(), november()), None);
}
