//! What a contractor's day reads, on both engines: the queue and its figures, a number of its own, photos and their end, lives of a period, leads.

use super::schools::found;
use super::*;
use rollcall_collector::act::{self, Doer};
use rollcall_collector::domain::fault::Cause;
use rollcall_collector::photo::Photo;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view::fault::{Filter, NEVER, Queue, list, queue};
use rollcall_collector::store::{lead, retention, view};

fn open(db: &Db, at: SchoolId, key: &str) -> i64 {
    let laid = Laid { opened: vec![found(key, Severity::Major, 1)], ..Laid::default() };
    write(db, move |tx| fault::save_laid(tx, at, &laid, NOW));
    read(db, |tx| fault::open_faults(tx, at)).into_iter().find(|known| known.key == key).unwrap().fault_id
}

fn acts(db: &Db, number: i64, action: Action, now: Timestamp) {
    let doer = Doer { login: "anne".into(), hand: Hand::Town };
    write(db, move |tx| act::act(tx, number, &action, "vu", &doer, &jiff::tz::TimeZone::UTC, now));
}

fn town(db: &Db) -> (SchoolId, [i64; 5]) {
    let at = write(db, |tx| Ok(school::save_school(tx, &school_named("e01"))?.0));
    let numbers = ["a", "b", "c", "d", "e"].map(|key| open(db, at, key));
    // The first is late, the second due within the hour, the third in two days; the others have no clock.
    let contract = move |known: &Known| {
        let ends = [-60, 3_600, 172_800].iter().zip(numbers).find(|(_, number)| *number == known.fault_id).map(|(after, _)| NOW + *after);
        ("M1".to_owned(), "Sonovision".to_owned(), ends)
    };
    write(db, move |tx| fault::save_contracts(tx, at, contract));
    (at, numbers)
}

#[test]
fn a_queue_counts_what_its_lists_hold() {
    on_both(|db| {
        let (_, numbers) = town(db);
        acts(db, numbers[3], Action::Claim, NOW + 5);
        let counts = read(db, |tx| queue(&mut Eyes::ALL.on(tx), NOW, NOW + 86_400, true));
        assert_eq!(counts, Queue { overdue: 1, today: 1, later: 1, undated: 1, suspended: 0, claimed: 1 });
        let midnight = NOW.0 + 86_400;
        for (breaks, expected) in
            [((0, NOW.0 - 1), numbers[0]), ((NOW.0, midnight - 1), numbers[1]), ((midnight, NEVER - 1), numbers[2]), ((NEVER, NEVER), numbers[4])]
        {
            let filter = Filter { breaks: Some(breaks), ..Filter::default() };
            let ids: Vec<i64> = read(db, |tx| list(&mut Eyes::ALL.on(tx), &filter, None, 10)).iter().map(|row| row.id).collect();
            assert_eq!(ids, [expected], "{breaks:?}");
        }
    });
}

#[test]
fn a_fault_is_found_by_the_contractor_s_own_number() {
    on_both(|db| {
        let (_, numbers) = town(db);
        acts(db, numbers[1], Action::Refer { number: "INC-2026/42".into() }, NOW + 5);
        let find = |cleared: bool, text: &str| {
            let filter = Filter { cleared, external: Some(text.to_owned()), ..Filter::default() };
            read(db, |tx| list(&mut Eyes::ALL.on(tx), &filter, None, 10)).iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!((find(false, "inc 2026"), find(false, "2026"), find(true, "inc")), (vec![numbers[1]], vec![], vec![]));
        acts(db, numbers[1], Action::Mend, NOW + 9);
        assert_eq!((find(false, "inc"), find(true, "inc 2026 42")), (vec![], vec![numbers[1]]));
    });
}

#[test]
fn photos_go_some_time_after_their_fault() {
    on_both(|db| {
        let (at, numbers) = town(db);
        let photo = Photo { body: vec![1, 2, 3], small: vec![4], width: 64, height: 48, small_width: 32, small_height: 24 };
        let doer = Doer { login: "paul".into(), hand: Hand::Contractor };
        let (_, id) = write(db, move |tx| act::add_photo(tx, numbers[0], &photo, " vu ", &doer, NOW)).unwrap();
        let bytes = |small: bool| read(db, |tx| view::photo::bytes(&mut Eyes::ALL.on(tx), numbers[0], id, small, true));
        assert_eq!((bytes(false), bytes(true)), (Some(vec![1, 2, 3]), Some(vec![4])));
        let rows = read(db, |tx| view::photo::of_fault(&mut Eyes::ALL.on(tx), numbers[0], true));
        assert_eq!((rows.len(), rows[0].said.as_str(), rows[0].by.as_str(), rows[0].width), (1, "vu", "paul", 64));
        assert_eq!(read(db, |tx| view::photo::bytes(&mut Eyes::ALL.on(tx), numbers[1], id, false, true)), None, "of another fault there is none");
        assert_eq!(read(db, |tx| view::photo::bytes(&mut Eyes::of(9).on(tx), numbers[0], id, false, true)), None, "nobody's eyes see none");
        // Somebody else of a contractor's hand does not take it away; retention does, when its fault is long over.
        let other = Doer { login: "remi".into(), hand: Hand::Contractor };
        assert_eq!(write(db, move |tx| act::remove_photo(tx, numbers[0], id, &other, NOW + 1)), None);
        let keep = retention::Keep::default();
        let far = NOW + keep.sightings_s;
        write(db, move |tx| retention::delete_of_school(tx, at, &keep, far + 86_400));
        assert!(bytes(true).is_some(), "its fault is open");
        acts(db, numbers[0], Action::Mend, NOW + 60);
        write(db, move |tx| retention::delete_of_school(tx, at, &keep, far));
        assert!(bytes(true).is_some());
        write(db, move |tx| retention::delete_of_school(tx, at, &keep, far + 61));
        assert_eq!(bytes(true), None);
    });
}

#[test]
fn lives_of_a_period_come_with_what_they_waited_for() {
    on_both(|db| {
        let (_, numbers) = town(db);
        acts(db, numbers[0], Action::Suspend { cause: Cause::Part, until: None }, NOW + 60);
        acts(db, numbers[1], Action::Mend, NOW + 120);
        let of = |from: i64, until: i64, lot: Option<&str>| {
            let rows = read(db, |tx| view::punctuality::faults(&mut Eyes::ALL.on(tx), NOW + from, NOW + until, lot, true));
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(of(0, 1_000, Some("M1")), numbers);
        assert_eq!(of(121, 1_000, None), [numbers[0], numbers[2], numbers[3], numbers[4]], "over before it began");
        assert!(of(-1_000, 0, None).is_empty() && of(0, 1_000, Some("M2")).is_empty());
        let waits = read(db, |tx| view::punctuality::waits(&mut Eyes::ALL.on(tx), NOW, NOW + 1_000, None));
        assert_eq!(waits[&numbers[0]], [(NOW + 60, Cause::Part)]);
    });
}

#[test]
fn whom_a_lead_made_is_bound_by_it() {
    on_both(|db| {
        let add = |login: &'static str| write(db, move |tx| account::add_new(tx, login, login, Role::Contractor, "", false, NOW)).unwrap();
        let (paul, pia) = (add("paul"), add("pia"));
        write(db, move |tx| lead::set(tx, "paul", true));
        write(db, move |tx| lead::put_under(tx, pia, paul));
        assert!(read(db, |tx| lead::leads(tx, paul)) && !read(db, |tx| lead::leads(tx, pia)));
        assert_eq!(read(db, |tx| lead::people(tx, paul)).iter().map(|account| account.id).collect::<Vec<_>>(), [pia]);
        assert_eq!(read(db, |tx| lead::above(tx, pia)).map(|above| above.0), Some(paul));
        assert_eq!(read(db, |tx| lead::above(tx, paul)), None);
        // The sight of whom it made is worked out again when the lead's bounds change.
        write(db, move |tx| rollcall_collector::store::sight::save(tx, pia, &rollcall_collector::domain::sight::Sight::Of(vec![]), "state"));
        let bounds = account::Bounds { actor: "video".into(), ..Default::default() };
        write(db, move |tx| account::set_bounds(tx, "paul", Role::Contractor, &bounds));
        assert_eq!(read(db, |tx| account::by_id(tx, pia)).unwrap().sight_of, "");
        // Another's change is nothing to them.
        add("remi");
        write(db, move |tx| rollcall_collector::store::sight::save(tx, pia, &rollcall_collector::domain::sight::Sight::Of(vec![]), "state"));
        write(db, move |tx| account::set_bounds(tx, "remi", Role::Contractor, &account::Bounds::default()));
        assert_eq!(read(db, |tx| account::by_id(tx, pia)).unwrap().sight_of, "state");
    });
}
