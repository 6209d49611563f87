//! One round of looking: which probes are due on which network, and running them.
//!
//! Comes in: networks, the table of probes, what is remembered. Goes out: what each probe found ([`crate::assemble`] makes the
//! picture of it). Absent on purpose: numbers, disks, sending; and the system clock (`now` and durations are handed in or
//! measured on the runtime's own monotonic clock).

use crate::assemble::{Looked, Standing};
use crate::network::Network;
use crate::probes::arrivals::Progress;
use crate::probes::met::{Met, NAMING_ANSWERS};
use crate::probes::pace::Pace;
use crate::probes::{Look, Memory, Probe, ServerPlace, Stage};
use futures_util::future::{join_all, join4};
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses of one network known so far, with the MAC where one is known.
pub type Hosts = BTreeMap<IpAddr, Option<Mac>>;

/// What one network is to be asked in this round.
pub struct Task<'a> {
    /// The network.
    pub network: &'a Network,
    /// The server's own place; `here` only for the network that carries the server's facts.
    pub server: ServerPlace,
    /// The probes that are due, in the order of the table.
    pub probes: Vec<&'static Probe>,
    /// Ask silent addresses as well.
    pub sweep: bool,
    /// Somebody asks for the one address of this network.
    pub thorough: bool,
    /// Addresses that stand in the picture.
    pub hosts: Hosts,
    /// Whom earlier rounds met.
    pub met: Met,
}

/// Runs every task, one network after the other; within a network all probes at once, but for those that find addresses, and those
/// that wait for these ([`Stage`]). What was found is in the order of the tasks and their probes, whoever ended first.
pub async fn look_around(tasks: Vec<Task<'_>>, memory: &RefCell<Memory>, now: Timestamp) -> Vec<Looked> {
    let mut looked = Vec::new();
    for task in tasks {
        looked.extend(look_at(task, memory, now).await);
    }
    looked
}

/// One network.
async fn look_at(task: Task<'_>, memory: &RefCell<Memory>, now: Timestamp) -> Vec<Looked> {
    let (hosts, empty, met) = (RefCell::new(task.hosts), RefCell::default(), RefCell::new(task.met));
    let names = |probe: &Probe| NAMING_ANSWERS.contains(&probe.name);
    let namers = task.probes.iter().filter(|probe| names(probe)).count();
    let (pace, progress) = (Pace::of(task.network, task.sweep), Progress::new(namers));
    let Task { network, server, probes, sweep, thorough, .. } = task;
    let look =
        Look { network, server: &server, hosts: &hosts, empty: &empty, met: &met, progress: &progress, pace: &pace, memory, sweep, thorough, now };
    let of = |stage: Stage| probes.iter().filter(move |probe| probe.stage == stage);
    let finding = async {
        let mut found = Vec::new();
        for probe in of(Stage::Find) {
            found.push(run(probe, &look).await);
        }
        progress.all_found();
        found
    };
    let naming = async {
        let asked = join_all(of(Stage::AsFound).filter(|probe| names(probe)).map(|probe| run(probe, &look))).await;
        look.all_found().await;
        progress.all_asked();
        asked
    };
    let others = of(Stage::AsFound).filter(|probe| !names(probe)).chain(of(Stage::Unnamed)).chain(of(Stage::Search));
    let others = join_all(others.map(|probe| run(probe, &look)));
    let asking_late = async {
        look.all_found().await;
        join_all(of(Stage::Ask).map(|probe| run(probe, &look))).await
    };
    let (found, named, others, late) = join4(finding, naming, others, asking_late).await;
    [found, named, others, late].into_iter().flatten().collect()
}

async fn run(probe: &Probe, look: &Look<'_>) -> Looked {
    let began = tokio::time::Instant::now();
    let outcome = (probe.run)(look).await;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    for finding in &outcome.findings {
        finding.facts.iter().for_each(|fact| look.met.borrow_mut().told(&finding.subject, fact));
    }
    tracing::debug!(network = look.network.name, probe = probe.name, finished = outcome.finished, took_ms, "probe ran");
    Looked { probe: probe.name, network: look.network.name.clone(), whole: look.sweep || probe.of_server, outcome, took_ms }
}

/// Whom earlier rounds met on one network: their facts that stand.
pub fn known_met(standing: &Standing, network: &Network) -> Met {
    let mut met = Met::default();
    for (entry, facts) in standing.picture.entries().filter(|(entry, _)| *entry.network == *network.name) {
        facts.for_each(|fact| met.stood(&entry.subject, fact));
    }
    met
}

/// The addresses of one network that stand in the picture and may still be asked.
pub fn known_hosts(standing: &Standing, network: &Network) -> Hosts {
    let mut hosts = Hosts::new();
    for (entry, facts) in standing.picture.entries().filter(|(entry, _)| *entry.network == *network.name) {
        let Subject::Address(ip) = entry.subject else { continue };
        if !network.may_ask(ip) {
            continue;
        }
        let (mut holder, mut spoke) = (None, false);
        for fact in facts {
            match fact {
                Fact::Holds(holds) => holder = holder.or(Some(holds.key)),
                _ => spoke = true,
            }
        }
        // A router's word says who held an address in the last hours, not that somebody is there.
        if spoke || &*entry.probe != "snmp" {
            hosts.entry(ip).or_default();
        }
        if let Some(known) = hosts.get_mut(&ip) {
            *known = known.or(holder);
        }
    }
    hosts
}

#[cfg(test)]
#[path = "round_tests.rs"]
mod tests;
