//! One school from June to October, over a summer: what the long play of two years judges, short enough for every run of the tests.
//!
//! Comes in: the made-up town's first school. Goes out: pass, or what was false, missed or never closed. Absent on purpose: the whole town
//! (`tests/two-years`).

use jiff::civil::date;
use rollcall_tests::years::{Setup, play, town};

#[test]
fn a_summer_is_no_silence_and_every_trouble_is_found_and_closed() {
    let schools = town::SCHOOLS[..1].to_vec();
    let setup = Setup { schools, first: date(2026, 6, 1), last: date(2026, 10, 14), seed: 3, troubles: 40, file: None };
    let verdict = play(setup).unwrap();
    println!("{}", verdict.table);
    assert!(verdict.wrong.is_empty(), "{}\n{}", verdict.table, verdict.wrong.join("\n"));
    assert!(verdict.injected >= 12, "{}", verdict.table);
}
