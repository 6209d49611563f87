//! Whole looks at pretend devices: what is heard of a calm one, and of those that are not.

use super::fake::{CALM, Oddity, Temper, start, start_at};
use super::read_within;
use crate::network::SnmpCredential;
use crate::probes::cases::{Place, check_cases, findings_json};
use crate::probes::pace::Pace;
use crate::probes::{Finding, Outcome, SnmpMemory};
use rollcall_shared::{Fact, Subject};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// A question to a device on this machine is answered in a millisecond; those that never are cost this long.
const WITHIN: Duration = Duration::from_millis(120);

/// Addresses that only a router knows.
const BEYOND: [Ipv4Addr; 1] = [Ipv4Addr::new(10, 0, 9, 5)];

/// A switch of some ports: system group, ifTable, ifXTable with one index, and as many stations.
fn switch(ports: u32) -> String {
    let mut lines = vec!["1.3.6.1.2.1.1.1.0|4|A switch".to_owned(), "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.7.11.84".to_owned()];
    for port in 1..=ports {
        lines.push(format!("1.3.6.1.2.1.2.2.1.2.{port}|4|Port {port}"));
        lines.push(format!("1.3.6.1.2.1.2.2.1.3.{port}|2|6"));
        lines.push(format!("1.3.6.1.2.1.2.2.1.8.{port}|2|1"));
        lines.push(format!("1.3.6.1.2.1.31.1.1.1.1.{port}|4|{port}"));
        lines.push(format!("1.3.6.1.2.1.17.4.3.1.2.0.26.43.0.0.{port}|2|{port}"));
        lines.push(format!("1.3.6.1.2.1.17.4.3.1.3.0.26.43.0.0.{port}|2|3"));
    }
    lines.join("\n")
}

async fn look_at(address: SocketAddr, place: &mut Place, within: Duration) -> Outcome {
    place.network.ports.snmp = address.port();
    place.network.credentials.snmp =
        vec![SnmpCredential::Community("wrong".into()), SnmpCredential::Community("public".into()), SnmpCredential::CommunityV1("public".into())];
    // Answered before, by the second way: the first is tried only when that fails.
    place.memory.borrow_mut().snmp.entry(address.ip()).or_insert_with(|| SnmpMemory { credential: Some(1), ..Default::default() });
    read_within(&place.look(), within, &BEYOND.into()).await
}

fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

fn meet(recording: &str, temper: Temper) -> (Outcome, Place, usize) {
    alone(async {
        let (address, asked) = start(recording, temper).await;
        let mut place = Place::new("127.0.0.1/32", 1_000_000);
        let outcome = look_at(address, &mut place, WITHIN).await;
        (outcome, place, asked.get())
    })
}

fn count(outcome: &Outcome, of: impl Fn(&Fact) -> bool) -> usize {
    outcome.findings.iter().flat_map(|finding| &finding.facts).filter(|fact| of(fact)).count()
}

fn interfaces(outcome: &Outcome) -> usize {
    count(outcome, |fact| matches!(fact, Fact::Interface(_)))
}

#[test]
fn a_calm_switch_is_heard_whole_in_few_questions() {
    let (outcome, place, asked) = meet(&switch(48), CALM);
    assert!(outcome.finished && outcome.findings[0].finished, "{outcome:?}");
    assert_eq!(outcome.troubles, []);
    assert_eq!(interfaces(&outcome), 48);
    assert_eq!(count(&outcome, |fact| matches!(fact, Fact::Forwarding(_))), 48);
    assert!(asked < 16, "{asked} questions");
    assert_eq!(place.memory.borrow().snmp.values().next().unwrap().repetitions, None);
}

#[test]
fn a_switch_that_chokes_on_large_answers_is_heard_whole_and_remembered() {
    let (outcome, place, _) = meet(&switch(48), Temper { stands: 7, ..CALM });
    assert!(outcome.findings[0].finished, "{:?}", outcome.troubles);
    assert_eq!(interfaces(&outcome), 48);
    let stands = place.memory.borrow().snmp.values().next().unwrap().repetitions;
    assert!(stands.is_some_and(|stands| stands < 8), "{stands:?}");
}

#[test]
fn an_old_switch_is_heard_whole_by_version_1() {
    let (outcome, place, asked) = meet(&switch(24), Temper { is_old: true, ..CALM });
    assert!(outcome.findings[0].finished, "{:?}", outcome.troubles);
    assert_eq!(outcome.troubles, []);
    assert_eq!(interfaces(&outcome), 24);
    assert_eq!(count(&outcome, |fact| matches!(fact, Fact::Forwarding(_))), 24);
    assert!(asked < 120, "{asked} questions");
    let remembered = place.memory.borrow().snmp.values().next().unwrap().clone();
    assert_eq!((remembered.credential, remembered.repetitions), (Some(2), None));
}

#[test]
fn a_router_tells_who_holds_addresses_beyond_it() {
    let arp = |forwards: u8| {
        let rows = [5, 6].map(|last| format!("1.3.6.1.2.1.4.22.1.2.3.10.0.9.{last}|4x|001a2b00000{last}\n1.3.6.1.2.1.4.22.1.4.3.10.0.9.{last}|2|3"));
        format!("{}\n1.3.6.1.2.1.4.1.0|2|{forwards}\n{}", switch(2), rows.join("\n"))
    };
    let held = |recording: &str| {
        let (outcome, ..) = meet(recording, CALM);
        let about = outcome.findings.iter().filter(|finding| finding.facts.iter().any(|fact| matches!(fact, Fact::Holds(_))));
        about.map(|finding| finding.subject.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(held(&arp(1)), ["ip:10.0.9.5"]);
    assert_eq!(held(&arp(2)), [""; 0], "it does not forward");
}

#[test]
fn a_switch_that_dies_in_mid_walk_leaves_what_it_said_and_a_trouble() {
    let (outcome, ..) = meet(&switch(200), Temper { dies_after: 8, ..CALM });
    assert!(!outcome.findings[0].finished);
    assert!((1..200).contains(&interfaces(&outcome)), "{}", interfaces(&outcome));
    assert_eq!(outcome.troubles.len(), 1, "{:?}", outcome.troubles);
    assert_eq!(outcome.troubles[0].code, "walk_cut");
    assert!(outcome.troubles[0].text.contains("ifTable"), "{}", outcome.troubles[0].text);
}

#[test]
fn lost_datagrams_are_asked_again() {
    let (outcome, ..) = meet(&switch(48), Temper { loses_each: 5, ..CALM });
    assert!(outcome.findings[0].finished, "{:?}", outcome.troubles);
    assert_eq!(interfaces(&outcome), 48);
}

#[test]
fn a_device_that_answers_in_circles_is_left() {
    let (outcome, _, asked) = meet(&switch(48), Temper { loops: true, ..CALM });
    assert!(interfaces(&outcome) > 0 && asked < 60, "{asked}");
}

#[test]
fn ravings_are_no_answer_and_a_known_device_that_is_silent_is_found_silent() {
    for raves in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01\x01", &[0xff; 900]] {
        let (outcome, ..) = meet("", Temper { raves: Some(raves), ..CALM });
        assert!(outcome.finished);
        let told: Vec<usize> = outcome.findings.iter().map(|finding| finding.facts.len()).collect();
        assert_eq!(told, [0], "one finding without facts");
    }
}

/// A device that misbehaves in each way, beside a calm one: what it costs is bounded, and of the calm one all is heard as if it were alone.
#[test]
fn who_misbehaves_costs_little_and_nobody_else_anything() {
    const MINUTE: Duration = Duration::from_secs(60);
    let late = Oddity::Late(Duration::from_millis(1_700), Duration::from_millis(80));
    let alone = meet(&switch(24), CALM).0.findings[0].facts.clone();
    // Who answers nothing right is finished: it is known not to answer. Who answers in part is not, so what was heard of it before stands.
    // The oddity; how many questions and octets of text it may cost at most; whether all is heard of it.
    for (oddity, questions, text_bytes, whole) in [
        (Oddity::Endless, 1_510, 1 << 20, false),
        (Oddity::Backwards, 1_510, 1 << 20, false),
        (Oddity::Fat(60_000), 100, 64 << 10, false),
        (Oddity::EndlessFat(60_000), 100, 1 << 18, false),
        (Oddity::WrongId, 12, 0, false),
        (Oddity::Cut(50), 12, 0, false),
        (Oddity::Cut(99), 12, 0, false),
        (Oddity::OneIn(3), 250, 64 << 10, false),
        (late, 20, 64 << 10, true),
    ] {
        let (odd, calm, asked, took) = meet_beside(&switch(24), oddity);
        let text: usize = odd.facts.iter().map(|fact| serde_json::to_string(fact).unwrap().len()).sum();
        println!("{oddity:?}: {asked} questions, {} facts of {text} octets, {took:?}, finished {}", odd.facts.len(), odd.finished);
        assert_eq!(calm.facts, alone, "beside {oddity:?}");
        assert!(calm.finished, "beside {oddity:?}");
        assert!(asked <= questions, "{oddity:?}: {asked} questions");
        assert!(text <= text_bytes, "{oddity:?}: {text} octets");
        assert!(took < MINUTE, "{oddity:?}: {took:?}");
        assert!(odd.finished == (whole || odd.facts.is_empty()), "{oddity:?}: finished {}", odd.finished);
        assert!(!whole || (odd.finished && odd.facts.len() == alone.len()), "{oddity:?}: {} facts", odd.facts.len());
    }
}

/// A switch with an oddity and, at another address, a calm one: what was found of each, how many questions the odd one was asked, and the time.
fn meet_beside(recording: &str, oddity: Oddity) -> (Finding, Finding, usize, Duration) {
    alone(async {
        let (odd, asked) = start(recording, Temper { oddity, ..CALM }).await;
        let calm = SocketAddr::from(([127, 0, 0, 2], odd.port()));
        start_at(calm, recording, CALM).await;
        let mut place = Place::new("127.0.0.0/30", 1_000_000);
        place.network.max_pps = 100_000;
        place.pace = Pace::of(&place.network, true);
        let known = SnmpMemory { credential: Some(1), ..Default::default() };
        place.memory.borrow_mut().snmp.insert(calm.ip(), known);
        let began = std::time::Instant::now();
        let within = match oddity {
            Oddity::Late(..) => super::ANSWER_WITHIN, // as real devices
            Oddity::OneIn(_) => WITHIN / 4,           // most of the time is spent in waiting
            _ => WITHIN,
        };
        let outcome = look_at(odd, &mut place, within).await;
        let of = |at: SocketAddr| outcome.findings.iter().find(|finding| finding.subject == Subject::Address(at.ip())).unwrap().clone();
        (of(odd), of(calm), asked.get(), began.elapsed())
    })
}

/// What daemons that we ran have said, as recordings, against what is made of it.
#[test]
fn recordings_of_daemons() {
    check_cases("snmp", |case| {
        let (outcome, _, asked) = meet(&std::fs::read_to_string(case.join("walk.snmprec")).unwrap(), CALM);
        assert!(asked < 14, "{asked} questions");
        assert_eq!(outcome.troubles, []);
        findings_json(&outcome.findings)
    });
}
