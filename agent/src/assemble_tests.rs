//! When a fact may leave the picture, and what a round tells beside it.

use super::*;
use rollcall_shared::evidence::{Forwarding, Holds, MacVlan};

const NOW: Timestamp = Timestamp(1_000_000);

fn ip(last: u8) -> Subject {
    Subject::Address([10, 0, 0, last].into())
}

fn looked(whole: bool, finished: bool, findings: Vec<Finding>) -> Looked {
    let outcome = Outcome { finished, asked: 9, findings, troubles: vec![] };
    Looked { probe: "snmp", network: "school".into(), whole, outcome, took_ms: 1 }
}

/// A look at one subject that told these facts.
fn told(last: u8, keys: &[&str], finished: bool) -> Finding {
    let facts = keys.iter().map(|key| Fact::said(*key, "x")).collect();
    Finding { subject: ip(last), facts, readings: vec![], finished }
}

/// Lays rounds one over the other; what stands at the end, as `10.0.0.1 said:a`.
fn check(rounds: Vec<Looked>, expected: &[&str]) {
    let mut standing = Standing::default();
    for round in rounds {
        assemble(&mut standing, vec![round], NOW);
    }
    let mut stands = Vec::new();
    for (entry, facts) in standing.picture.entries() {
        stands.extend(facts.map(|fact| format!("{} {}", entry.subject, fact.key())));
    }
    assert_eq!(stands, expected);
}

#[test]
fn a_fact_leaves_only_when_its_probe_finished_without_it() {
    let first = || looked(true, true, vec![told(1, &["a", "b"], true), told(2, &["a"], true)]);
    let all = &["ip:10.0.0.1 said:a", "ip:10.0.0.1 said:b", "ip:10.0.0.2 said:a"];
    check(vec![first()], all);
    check(vec![first(), looked(false, true, vec![told(1, &["a"], true)])], &["ip:10.0.0.1 said:a", "ip:10.0.0.2 said:a"]);
    check(vec![first(), looked(false, true, vec![told(1, &["a"], false)])], all);
    check(vec![first(), looked(false, false, vec![told(1, &["a"], true)])], &["ip:10.0.0.1 said:a", "ip:10.0.0.2 said:a"]);
}

#[test]
fn a_subject_leaves_when_it_was_looked_for_and_not_met() {
    let first = || looked(true, true, vec![told(1, &["a"], true), told(2, &["a"], true)]);
    let both = &["ip:10.0.0.1 said:a", "ip:10.0.0.2 said:a"];
    check(vec![first(), looked(true, true, vec![told(1, &["a"], true)])], &both[..1]);
    check(vec![first(), looked(false, true, vec![told(1, &["a"], true)])], both); // no sweep: nobody looked for it
    check(vec![first(), looked(true, false, vec![told(1, &["a"], true)])], both); // the sweep did not end
    check(vec![first(), looked(false, true, vec![told(2, &[], true)])], &both[..1]); // asked, silent to the end
    check(vec![first(), looked(true, true, vec![told(2, &[], false)])], &both[1..]); // met, but the look was cut
}

#[test]
fn two_looks_at_one_subject_are_finished_when_both_are() {
    let first = || looked(true, true, vec![told(1, &["a", "b", "c"], true)]);
    let second = looked(true, true, vec![told(1, &["a"], true), told(1, &["b"], false)]);
    check(vec![first(), second], &["ip:10.0.0.1 said:a", "ip:10.0.0.1 said:b", "ip:10.0.0.1 said:c"]);
    let second = looked(true, true, vec![told(1, &["a"], true), told(1, &["b"], true)]);
    check(vec![first(), second], &["ip:10.0.0.1 said:a", "ip:10.0.0.1 said:b"]);
}

#[test]
fn a_forwarding_entry_outlives_some_rounds_and_counts_anew_when_seen() {
    let entry = || Fact::Forwarding(Forwarding { key: MacVlan { mac: "00:1a:2b:3c:4d:5e".parse().unwrap(), vlan: 0 }, port: 7 });
    let with = || looked(false, true, vec![Finding::of(ip(1), vec![Fact::said("a", "x"), entry()])]);
    let without = || looked(false, true, vec![told(1, &["a"], true)]);
    let cut = || looked(false, true, vec![told(1, &["a"], false)]);
    let (stays, gone) = (&["ip:10.0.0.1 forwarding:00:1a:2b:3c:4d:5e", "ip:10.0.0.1 said:a"][..], &["ip:10.0.0.1 said:a"][..]);
    check(vec![with(), without(), without()], stays);
    check(vec![with(), without(), without(), without()], gone);
    check(vec![with(), without(), cut(), cut(), without()], stays);
    check(vec![with(), without(), without(), with(), without(), without()], stays);
}

#[test]
fn readings_are_told_when_they_pass_their_step_or_hourly() {
    let mut standing = Standing::default();
    let mut tell = |value: f64, after_s: i64| {
        let finding = Finding { subject: ip(1), facts: vec![], readings: vec![("temperature", String::new(), value)], finished: true };
        assemble(&mut standing, vec![looked(false, true, vec![finding])], NOW + after_s).readings.len()
    };
    for (value, after_s, expected) in
        [(20.0, 0, 1), (21.9, 300, 0), (22.0, 600, 1), (20.1, 900, 0), (20.1, 4_199, 0), (20.1, 4_200, 1), (f64::NAN, 9_000, 0), (20.1, 100, 1)]
    {
        assert_eq!(tell(value, after_s), expected, "{value} after {after_s} s");
    }
}

#[test]
fn texts_and_facts_are_brought_within_the_bounds_of_the_wire() {
    let findings = vec![Finding::of(ip(1), vec![Fact::said("long", "é".repeat(9_000)), Fact::said("k".repeat(300), "x")])];
    let mut standing = Standing::default();
    let told = assemble(&mut standing, vec![looked(true, true, findings)], NOW);
    assert_eq!(told.troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>(), ["too_large"]);
    let facts: Vec<&Fact> = standing.picture.entries().flat_map(|(_, facts)| facts).collect();
    assert!(matches!(facts[..], [Fact::Said(said)] if said.value.len() == rollcall_shared::wire::MAX_TEXT_BYTES), "{}", facts.len());
}

#[test]
fn many_troubles_are_folded_and_counted() {
    let trouble = |number: usize| Trouble {
        probe: "snmp".into(),
        network: "school".into(),
        subject: None,
        code: if number.is_multiple_of(2) { "timeout".into() } else { "walk_cut".into() },
        text: number.to_string(),
    };
    let folded = fold_troubles((0..5_000).map(trouble).collect());
    assert!(folded.len() <= MAX_TOLD_TROUBLES, "{}", folded.len());
    let counted: usize = folded.iter().map(|t| t.text.strip_prefix("and ").map_or(1, |rest| rest.split(' ').next().unwrap().parse().unwrap())).sum();
    assert_eq!(counted, 5_000);
}

#[test]
fn what_the_configuration_no_longer_covers_leaves() {
    let mut standing = Standing::default();
    assemble(&mut standing, vec![looked(true, true, vec![told(1, &["a"], true), told(2, &["a"], true)])], NOW);
    forget_uncovered(&mut standing, |entry| entry.subject != ip(2));
    assert_eq!(standing.picture.fact_count(), 1);
}

#[test]
fn what_slow_probes_heard_leaves_with_the_holder_of_the_address() {
    let holders = |macs: &[u8], answers: bool, finished: bool| {
        let holds = macs.iter().map(|last| Fact::Holds(Holds { key: Mac::new([0, 0x1a, 0x2b, 0, 0, *last]) }));
        let facts = answers.then(|| Fact::answers("icmp")).into_iter().chain(holds).collect();
        Looked { probe: HOLDERS, ..looked(false, true, vec![Finding { finished, ..Finding::of(ip(1), facts) }]) }
    };
    let slow = |finished| Looked { probe: "mdns", ..looked(true, true, vec![told(1, &["a"], finished), told(2, &["a"], finished)]) };
    let stays = |first: Looked, second: Vec<Looked>| {
        let mut standing = Standing::default();
        assemble(&mut standing, vec![first, slow(true)], NOW);
        assemble(&mut standing, second, NOW);
        assert_eq!(standing.picture.facts(&EntryKey::new("school", ip(2), "mdns")).count(), 1, "another address is not touched");
        standing.picture.facts(&EntryKey::new("school", ip(1), "mdns")).count() == 1
    };
    assert!(stays(holders(&[7], false, true), vec![holders(&[7], false, true)]));
    assert!(stays(holders(&[7], false, true), vec![holders(&[7, 8], false, true)]), "a duplicate address: the first holder is still there");
    assert!(!stays(holders(&[7], false, true), vec![holders(&[8], false, true)]));
    assert!(!stays(holders(&[7], false, true), vec![holders(&[], false, true)]), "nobody holds it, or one whose address is masked");
    assert!(stays(holders(&[7], false, true), vec![holders(&[], false, false)]), "it could not be asked in full");
    assert!(stays(holders(&[], true, true), vec![holders(&[], true, true)]), "beyond a router nobody tells the holder");
    assert!(!stays(holders(&[], true, true), vec![holders(&[], false, true)]));
    assert!(stays(holders(&[7], false, true), vec![holders(&[8], false, true), slow(false)]), "it runs in this round and knows best");
}
