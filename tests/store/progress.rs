//! Counts by day: each school's and those of all, and the minimum of spares.

use super::*;
use jiff::civil::date;
use rollcall_collector::domain::progress::tally::{Mark, Tally, What};
use rollcall_collector::store::progress;

fn mark(kind: Kind, what: What, day: i8) -> Mark {
    Mark { phase: "1".into(), kind, what, on: date(2026, 9, day) }
}

#[test]
fn counts_of_all_schools_are_the_sum_of_each_school_s() {
    on_both(|db| {
        let (one, other) = (SchoolId(1), SchoolId(2));
        let first = Tally::from([(mark(Kind::Tablet, What::Installed, 1), 16), (mark(Kind::Projector, What::Installed, 3), 4)]);
        let second = Tally::from([(mark(Kind::Tablet, What::Installed, 1), 12)]);
        let save = |school: SchoolId, tally: &Tally| {
            let tally = tally.clone();
            write(db, move |tx| progress::save(tx, school, &tally));
        };
        save(one, &first);
        save(other, &second);
        save(one, &first);
        let expected = vec![(mark(Kind::Projector, What::Installed, 3), 4), (mark(Kind::Tablet, What::Installed, 1), 28)];
        assert_eq!(read(db, progress::all), expected);
        // A new plan moves the tablets to another day, and the projectors are no more.
        save(one, &Tally::from([(mark(Kind::Tablet, What::Installed, 2), 16)]));
        let expected = vec![(mark(Kind::Tablet, What::Installed, 1), 12), (mark(Kind::Tablet, What::Installed, 2), 16)];
        assert_eq!(read(db, progress::all), expected);
        assert_eq!(read(db, |tx| progress::of_school(tx, one)), expected[1..]);
        save(one, &Tally::new());
        save(other, &Tally::new());
        assert_eq!(read(db, progress::all), []);
    });
}

#[test]
fn the_minimum_of_spares_is_set_and_taken_back() {
    on_both(|db| {
        assert_eq!(write(db, |tx| progress::set_spare_minimum(tx, Kind::Tablet, 5)), 0);
        assert_eq!(write(db, |tx| progress::set_spare_minimum(tx, Kind::Tablet, 8)), 5);
        assert_eq!(read(db, progress::spare_minimums), [(Kind::Tablet, 8)].into());
        assert_eq!(write(db, |tx| progress::set_spare_minimum(tx, Kind::Tablet, 0)), 8);
        assert!(read(db, progress::spare_minimums).is_empty());
    });
}
