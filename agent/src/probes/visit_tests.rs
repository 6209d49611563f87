//! Who is visited when, and what becomes of what was told.

use super::*;
use crate::assemble::{Looked, Standing, assemble};
use crate::probes::cases::Place;
use futures_util::stream;
use tokio::net::TcpListener;

const NOW: i64 = 10_000_000;
const HABIT: Habit = Habit { probe: "http", again_s: DAY_S };

fn ip(last: u8) -> IpAddr {
    [10, 0, 0, last].into()
}

fn mac(last: u8) -> Mac {
    Mac::new([0, 0x1a, 0x2b, 0, 0, last])
}

/// A place where 10.0.0.1 is held by this MAC and remembered so.
fn remembering(holder: Option<Mac>, memory: VisitMemory) -> Place {
    let place = Place::new("10.0.0.0/24", NOW);
    place.hosts.borrow_mut().insert(ip(1), holder);
    place.memory.borrow_mut().visits.entry("http".into()).or_default().insert(ip(1), memory);
    place
}

fn remembered(place: &Place) -> VisitMemory {
    place.memory.borrow().visits["http"][&ip(1)].clone()
}

#[test]
fn one_look_a_day_and_sooner_only_for_another_or_a_returned_one() {
    let ago = |seconds: i64| VisitMemory { at: Timestamp(NOW - seconds), mac: Some(mac(1)), ..VisitMemory::default() };
    let check = |holder: Option<Mac>, memory: VisitMemory, expected: bool| {
        let place = remembering(holder, memory.clone());
        assert_eq!(HABIT.is_due(&place.look(), ip(1)), expected, "{holder:?} {memory:?}");
    };
    check(Some(mac(1)), ago(300), false);
    check(None, ago(300), false);
    check(Some(mac(1)), ago(DAY_S), true);
    check(Some(mac(2)), ago(300), true);
    check(Some(mac(1)), VisitMemory { away: true, ..ago(300) }, true);
    check(Some(mac(1)), ago(-500), true); // a clock that went back
    let place = remembering(None, ago(300));
    assert!(HABIT.is_due(&place.look(), ip(2)), "never looked at");
    // A habit of its own for those that told something.
    let hourly = Habit { again_s: 3_600, ..HABIT };
    for (told, expected) in [(true, true), (false, false)] {
        let place = remembering(Some(mac(1)), VisitMemory { told, ..ago(4_000) });
        assert_eq!(hourly.is_due(&place.look(), ip(1)), expected);
    }
}

#[test]
fn a_port_that_keeps_silent_is_left_alone_for_a_week() {
    let silent = |days: i64| VisitMemory {
        at: Timestamp(NOW - DAY_S),
        mac: Some(mac(1)),
        silent: [(80, Timestamp(NOW - days * DAY_S))].into(),
        ..VisitMemory::default()
    };
    let spared = |holder: Mac, memory: VisitMemory, thorough: bool| {
        let place = remembering(Some(holder), memory);
        let look = Look { thorough, ..place.look() };
        HABIT.begin(&look, ip(1)).silent.borrow().contains_key(&80)
    };
    assert!(spared(mac(1), silent(1), false) && spared(mac(1), silent(6), false));
    assert!(!spared(mac(1), silent(7), false));
    assert!(!spared(mac(2), silent(1), false), "another device");
    assert!(!spared(mac(1), silent(1), true), "a person asks");
}

#[test]
fn what_was_told_stands_until_its_device_is_gone_or_named() {
    let told = |ago_s: i64| VisitMemory { at: Timestamp(NOW - ago_s), mac: Some(mac(1)), told: true, ..VisitMemory::default() };
    // What is the matter with 10.0.0.1 → whether its facts leave; nothing where none stand.
    let check = |memory: VisitMemory, holder: Mac, matter: fn(&Place), expected: Option<bool>| {
        let place = remembering(Some(holder), memory);
        matter(&place);
        let mut outcome = Outcome::default();
        HABIT.stand(&place.look(), &[], &mut outcome);
        assert!(outcome.findings.iter().all(|finding| finding.facts.is_empty()));
        assert_eq!(outcome.findings.first().map(|finding| finding.finished), expected);
        assert_eq!(remembered(&place).told, expected == Some(false));
        remembered(&place)
    };
    let named = |place: &Place| place.look().named(ip(1));
    check(told(300), mac(1), |_| (), Some(false));
    check(told(300), mac(1), named, Some(false)); // not before the day is over
    check(told(DAY_S), mac(1), named, Some(true));
    check(told(300), mac(2), named, Some(true));
    check(VisitMemory { told: false, ..told(300) }, mac(1), |_| (), None);
    let away = check(told(300), mac(1), |place| place.empty.borrow_mut().extend([ip(1)]), Some(true));
    assert!(away.away, "looked at when it is back");
    let silent = check(VisitMemory { told: false, ..told(300) }, mac(1), |place| place.empty.borrow_mut().extend([ip(1)]), None);
    assert!(!silent.away, "one that told nothing waits for its day");
    let unknown = check(told(300), mac(1), |place| place.hosts.borrow_mut().clear(), Some(true));
    assert!(!unknown.away);
}

#[test]
fn what_was_not_looked_at_for_a_month_is_forgotten() {
    let place = remembering(None, VisitMemory { at: Timestamp(NOW - FORGET_S), told: true, ..VisitMemory::default() });
    let mut outcome = Outcome::default();
    HABIT.stand(&place.look(), &[], &mut outcome);
    assert!(outcome.findings.is_empty() && place.memory.borrow().visits["http"].is_empty());
}

#[test]
fn a_cut_look_leaves_what_stood_of_the_same_device() {
    let told = VisitMemory { at: Timestamp(NOW - DAY_S), mac: Some(mac(1)), told: true, ..VisitMemory::default() };
    let check = |holder: Mac, heard: Heard, finished: bool, stands: bool| {
        let place = remembering(Some(holder), told.clone());
        let look = place.look();
        let finding = HABIT.end(HABIT.begin(&look, ip(1)), heard);
        assert_eq!((finding.finished, remembered(&place).told), (finished, stands));
        assert_eq!((remembered(&place).at, remembered(&place).mac), (place.now, Some(holder)));
    };
    check(mac(1), Heard { cut: true, ..Heard::default() }, false, true);
    check(mac(2), Heard { cut: true, ..Heard::default() }, true, false);
    check(mac(1), Heard::default(), true, false);
    check(mac(1), Heard { facts: vec![Fact::answers("http")], cut: false }, true, true);
}

/// Visits 127.0.0.1 as a probe does that opens this port, one that is switched off and one that refuses. How often it was let in, and what was found.
async fn visit_loopback(place: &Place, listener: &TcpListener, at: i64) -> (u32, Outcome) {
    let (port, let_in) = (listener.local_addr().unwrap().port(), Cell::new(0));
    let look = Look { now: Timestamp(at), ..place.look() };
    let talk = async |visit: &Visit<'_>| {
        assert!(visit.connect(0).await.is_none() && visit.connect(1).await.is_none());
        let opened = visit.connect(port).await.is_some();
        Heard { facts: opened.then(|| Fact::answers("http")).into_iter().collect(), cut: false }
    };
    let visiting = visit(&look, HABIT, stream::iter([[127, 0, 0, 1].into()]), talk);
    let accepting = async {
        loop {
            drop(listener.accept().await);
            let_in.set(let_in.get() + 1);
        }
    };
    tokio::select! {
        biased;
        () = accepting => unreachable!("it accepts for ever"),
        outcome = visiting => (let_in.get(), outcome),
    }
}

#[test]
fn a_device_is_met_once_a_day_and_its_facts_stand_meanwhile() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (place, mut standing) = (Place::new("127.0.0.1/32", NOW), Standing::default());
        // When, asked or not, whether the facts stand after it; every round is a sweep.
        for (at, asked, stands) in [(NOW, 1, true), (NOW + 300, 0, true), (NOW + DAY_S, 1, true)] {
            let (let_in, outcome) = visit_loopback(&place, &listener, at).await;
            assert_eq!((outcome.asked, outcome.finished), (asked, true));
            assert!(let_in <= asked);
            assert_eq!(lay(&mut standing, outcome, at), stands, "after {} s", at - NOW);
        }
        // Nobody holds the address; then somebody does again.
        place.empty.borrow_mut().insert([127, 0, 0, 1].into());
        let mut outcome = Outcome { finished: true, ..Outcome::default() };
        HABIT.stand(&place.look(), &[], &mut outcome);
        assert!(!lay(&mut standing, outcome, NOW + DAY_S + 300));
        place.empty.borrow_mut().clear();
        let (_, outcome) = visit_loopback(&place, &listener, NOW + DAY_S + 600).await;
        assert_eq!(outcome.asked, 1, "it is back");
        assert!(lay(&mut standing, outcome, NOW + DAY_S + 600));
        assert!(place.memory.borrow().visits["http"].values().all(|memory| memory.silent.is_empty()), "a port that refuses is not silent");
    });
}

/// Lays a sweep's outcome over what stood; whether facts of the probe stand then.
fn lay(standing: &mut Standing, outcome: Outcome, at: i64) -> bool {
    let looked = Looked { probe: "http", network: "school".into(), whole: true, outcome, took_ms: 0 };
    assemble(standing, vec![looked], Timestamp(at));
    standing.picture.fact_count() > 0
}
