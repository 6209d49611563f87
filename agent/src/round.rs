//! One round of looking: which probes are due on which network, and running them.
//!
//! Comes in: networks, the table of probes, what is remembered. Goes out: what each probe found ([`crate::assemble`] makes the
//! picture of it). Absent on purpose: numbers, disks, sending; and the system clock (`now` and durations are handed in or
//! measured on the runtime's own monotonic clock).

use crate::assemble::{Looked, Standing};
use crate::network::Network;
use crate::probes::{Look, Memory, Probe, ServerPlace};
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
    /// Addresses that stand in the picture.
    pub hosts: Hosts,
}

/// Runs every task, one network after the other, one probe after the other (within a probe many devices are asked at once).
pub async fn look_around(tasks: Vec<Task<'_>>, memory: &RefCell<Memory>, now: Timestamp) -> Vec<Looked> {
    let mut looked = Vec::new();
    for task in tasks {
        let hosts = RefCell::new(task.hosts);
        let empty = RefCell::default();
        for probe in task.probes {
            let look = Look { network: task.network, server: &task.server, hosts: &hosts, empty: &empty, memory, sweep: task.sweep, now };
            let began = tokio::time::Instant::now();
            let outcome = (probe.run)(&look).await;
            let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(network = task.network.name, probe = probe.name, finished = outcome.finished, took_ms, "probe ran");
            let whole = task.sweep || probe.of_server;
            looked.push(Looked { probe: probe.name, network: task.network.name.clone(), whole, outcome, took_ms });
        }
    }
    looked
}

/// The addresses of one network that stand in the picture and may still be asked.
pub fn known_hosts(standing: &Standing, network: &Network) -> Hosts {
    let mut hosts = Hosts::new();
    for (entry, facts) in standing.picture.entries().filter(|(entry, _)| *entry.network == *network.name) {
        let Subject::Address(ip) = entry.subject else { continue };
        if !network.may_ask(ip) {
            continue;
        }
        let holder = facts.filter_map(|fact| if let Fact::Holds(holds) = fact { Some(holds.key) } else { None }).next();
        let known = hosts.entry(ip).or_default();
        *known = known.or(holder);
    }
    hosts
}
