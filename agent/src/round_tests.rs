//! Stage after stage, and at once within a stage.

use super::*;
use crate::probes::cases::Place;
use crate::probes::{Finding, Outcome, Running};
use std::cell::Cell;
use std::time::Duration;

thread_local! {
    /// What the scripted probes did, in the order in which they did it.
    static DONE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// How many probes that wait for each other have come.
    static CAME: Cell<usize> = const { Cell::new(0) };
}

fn done(what: impl Into<String>) {
    DONE.with_borrow_mut(|done| done.push(what.into()));
}

fn finding(last: u8, fact: Fact) -> Outcome {
    Outcome { finished: true, asked: 1, findings: vec![Finding::of(Subject::Address([10, 0, 0, last].into()), vec![fact])], troubles: vec![] }
}

/// Lets others run before it finds; whoever runs after it must see what it found.
fn finds<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        done(format!("finds {:?}", look.hosts.borrow().len()));
        tokio::task::yield_now().await;
        let last = u8::try_from(look.hosts.borrow().len()).unwrap() + 1;
        look.hosts.borrow_mut().insert([10, 0, 0, last].into(), None);
        finding(last, Fact::answers("arp"))
    })
}

/// Ends only when both that wait for each other have come.
async fn meets_the_other(name: &str, look: &Look<'_>) {
    done(format!("{name} asks {}", look.met.borrow().there.len()));
    CAME.set(CAME.get() + 1);
    while CAME.get() < 2 {
        tokio::task::yield_now().await;
    }
    look.memory.borrow_mut().only_leased.clear();
}

fn one<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        meets_the_other("one", look).await;
        tokio::task::yield_now().await;
        done("one ends");
        finding(1, Fact::answers("snmp"))
    })
}

fn other<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        meets_the_other("other", look).await;
        done("other ends");
        finding(2, Fact::answers("netbios"))
    })
}

fn asks_unnamed<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        let met = look.met.borrow().clone();
        done(format!("unnamed: {:?}", met.there.difference(&met.named).collect::<Vec<_>>()));
        Outcome::default()
    })
}

static TABLE: [Probe; 5] = [
    Probe { name: "a", every_s: 0, of_server: false, stage: Stage::Find, run: finds },
    Probe { name: "b", every_s: 0, of_server: true, stage: Stage::Find, run: finds },
    Probe { name: "c", every_s: 0, of_server: false, stage: Stage::Ask, run: one },
    Probe { name: "d", every_s: 0, of_server: false, stage: Stage::Ask, run: other },
    Probe { name: "e", every_s: 0, of_server: false, stage: Stage::AskUnnamed, run: asks_unnamed },
];

#[test]
fn stages_follow_each_other_and_probes_of_a_stage_run_at_once() {
    let place = Place::new("10.0.0.0/24", 0);
    let task = Task {
        network: &place.network,
        server: place.server.clone(),
        probes: TABLE.iter().collect(),
        sweep: false,
        hosts: Hosts::new(),
        met: Met::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let looking = async { tokio::time::timeout(Duration::from_secs(20), look_around(vec![task], &place.memory, place.now)).await };
    let looked = runtime.block_on(looking).expect("two probes of one stage wait for each other in vain: they do not run at once");
    let names: Vec<&str> = looked.iter().map(|looked| looked.probe).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"], "in the order of the table, whoever ended first");
    let whole: Vec<bool> = looked.iter().map(|looked| looked.whole).collect();
    assert_eq!(whole, [false, true, false, false, false]);
    let expected = ["finds 0", "finds 1", "one asks 2", "other asks 2", "other ends", "one ends", "unnamed: [10.0.0.2]"];
    assert_eq!(DONE.take(), expected);
}

#[test]
fn what_stands_is_known_by_address_and_by_what_was_heard_of_it() {
    let place = Place::new("10.0.0.0/24", 0);
    let mut standing = Standing::default();
    let looked = |network: &str, last, facts| Looked {
        probe: "snmp",
        network: network.to_owned(),
        whole: false,
        outcome: Outcome { findings: vec![Finding::of(Subject::Address([10, 0, 0, last].into()), facts)], ..Outcome::default() },
        took_ms: 0,
    };
    let all = vec![
        looked("school", 1, vec![Fact::answers("snmp")]),
        looked("school", 2, vec![Fact::answers("icmp")]),
        looked("another", 3, vec![Fact::answers("snmp")]),
    ];
    crate::assemble::assemble(&mut standing, all, place.now);
    let hosts: Vec<IpAddr> = known_hosts(&standing, &place.network).into_keys().collect();
    assert_eq!(hosts, [IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2])]);
    assert_eq!(known_met(&standing, &place.network), Met { named: [IpAddr::from([10, 0, 0, 1])].into(), ..Met::default() });
}
