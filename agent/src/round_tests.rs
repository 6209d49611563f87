//! Who waits for whom in a round.

use super::*;
use crate::probes::cases::Place;
use crate::probes::{Finding, Outcome, Running};
use futures_util::StreamExt;
use std::time::Duration;

thread_local! {
    /// What the scripted probes did, in the order in which they did it.
    static DONE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn done(what: impl Into<String>) {
    DONE.with_borrow_mut(|done| done.push(what.into()));
}

fn ip(last: u8) -> IpAddr {
    [10, 0, 0, last].into()
}

fn told(last: u8, fact: Fact) -> Outcome {
    Outcome { finished: true, asked: 1, findings: vec![Finding::of(Subject::Address(ip(last)), vec![fact])], troubles: vec![] }
}

/// Finds an address, and does not end before somebody has asked it.
fn first<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        look.meet(ip(1), &[]);
        while !DONE.with_borrow(|done| done.contains(&"asks 10.0.0.1".to_owned())) {
            tokio::task::yield_now().await;
        }
        done("first ends");
        told(1, Fact::answers("arp"))
    })
}

fn second<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        done("second begins");
        look.meet(ip(2), &[]);
        told(2, Fact::answers("arp"))
    })
}

/// Names the first address and not the second.
fn asks<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        let mut arrivals = std::pin::pin!(look.arrivals());
        while let Some(ip) = arrivals.next().await {
            done(format!("asks {ip}"));
        }
        look.memory.borrow_mut().only_leased.clear();
        told(1, Fact::answers("snmp"))
    })
}

fn asks_unnamed<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        let unnamed: Vec<IpAddr> = look.unnamed().collect().await;
        done(format!("unnamed {unnamed:?}"));
        Outcome::default()
    })
}

fn late<'a>(look: &'a Look<'a>) -> Running<'a> {
    Box::pin(async {
        done(format!("late, {} hosts", look.hosts.borrow().len()));
        Outcome::default()
    })
}

static TABLE: [Probe; 5] = [
    Probe { name: "first", every_s: 0, of_server: false, stage: Stage::Find, run: first },
    Probe { name: "second", every_s: 0, of_server: true, stage: Stage::Find, run: second },
    Probe { name: "snmp", every_s: 0, of_server: false, stage: Stage::AsFound, run: asks },
    Probe { name: "unnamed", every_s: 0, of_server: false, stage: Stage::Unnamed, run: asks_unnamed },
    Probe { name: "late", every_s: 0, of_server: false, stage: Stage::Ask, run: late },
];

#[test]
fn who_asks_need_not_wait_until_all_is_found() {
    let place = Place::new("10.0.0.0/24", 0);
    let probes = TABLE.iter().collect();
    let server = place.server.clone();
    let task = Task { network: &place.network, server, probes, sweep: false, thorough: false, hosts: Hosts::new(), met: Met::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let looking = async { tokio::time::timeout(Duration::from_secs(20), look_around(vec![task], &place.memory, place.now)).await };
    let looked = runtime.block_on(looking).expect("the first address is not asked while others are sought");
    let names: Vec<&str> = looked.iter().map(|looked| looked.probe).collect();
    assert_eq!(names, ["first", "second", "snmp", "unnamed", "late"], "in the order of the table");
    let whole: Vec<bool> = looked.iter().map(|looked| looked.whole).collect();
    assert_eq!(whole, [false, true, false, false, false]);
    let expected = ["asks 10.0.0.1", "first ends", "second begins", "asks 10.0.0.2", "unnamed [10.0.0.2]", "late, 2 hosts"];
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
