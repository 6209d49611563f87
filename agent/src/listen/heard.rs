//! What DHCP clients said: since the last round, and when each was heard last.
//!
//! Comes in: requests ([`super::packet`]) between rounds. Goes out: findings of `dhcp_heard` for the round. Absent on purpose: sockets, masks (the
//! round masks names and counts invented addresses as it does for every probe).
//!
//! A client speaks once a day and stands until it was not heard for [`KEEP_S`]: the round names every client that is remembered, those that were
//! heard with their words, the others with nothing said and nothing finished, so that their facts stay. Who is no longer remembered leaves.

use super::packet::{Request, Weight};
use crate::assemble::Looked;
use crate::probes::{Finding, Outcome};
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the probe in reports.
pub const PROBE: &str = "dhcp_heard";
/// A client that was not heard for so long leaves, seconds: a month, so that no holidays but the summer's take anybody out.
pub const KEEP_S: i64 = 30 * 86_400;
/// The same for addresses that software invents: many are new every day.
const KEEP_INVENTED_S: i64 = 86_400;
/// Most clients of one network that are remembered; those unheard for longest go first.
pub const MAX_CLIENTS: usize = 4_096;
/// Most clients of all networks whose words wait for one round; further ones are counted.
pub const MAX_WAITING: usize = 2_048;

/// What was heard since the last round: by network and client.
#[derive(Debug, Default)]
pub struct Heard {
    waiting: BTreeMap<(String, Mac), Words>,
    /// Requests of clients for whom there was no room.
    pub left_out: u64,
    /// Requests that were not read: too many came at once.
    pub unread: u64,
}

/// The words of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    facts: Vec<Fact>,
    order: Order,
    architecture: Option<String>,
}

/// The options' order, and in how weighty a message it was seen: the same system asks in another order when it asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    weight: Weight,
    numbers: String,
}

impl Order {
    /// What a message with this order says stands in place of what was said before: a system that asks for its address always speaks for
    /// itself, whatever else only where nothing weightier spoke.
    fn speaks_after(&self, before: &Order) -> bool {
        self.weight >= before.weight || self.weight >= Weight::Request
    }

    /// The weightier of two, of equals the newer.
    fn after(self, before: Order) -> Order {
        if self.weight >= before.weight { self } else { before }
    }
}

impl Heard {
    /// Takes in one request.
    pub fn hear(&mut self, network: &str, request: &Request) {
        let order = Order { weight: request.weight, numbers: request.order() };
        let newer = Words { facts: request.facts(), order, architecture: request.architecture() };
        let key = (network.to_owned(), request.mac);
        match self.waiting.remove(&key) {
            Some(older) => drop(self.waiting.insert(key, newer.after(older))),
            None if self.waiting.len() >= MAX_WAITING => self.left_out = self.left_out.saturating_add(1),
            None => drop(self.waiting.insert(key, newer)),
        }
    }

    /// More spoke than any school has clients. Somebody makes addresses up, and nobody can tell which.
    fn is_storm(&self) -> bool {
        self.left_out > 0 || self.unread > 0
    }

    /// How many clients wait to be told.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Puts back what a round could not tell: what was heard since counts more.
    pub fn put_back(&mut self, mut before: Heard) {
        before.waiting.extend(std::mem::take(&mut self.waiting));
        *self = Heard { waiting: before.waiting, ..std::mem::take(self) };
    }
}

impl Words {
    fn after(self, before: Words) -> Words {
        Words {
            facts: if self.order.speaks_after(&before.order) { self.facts } else { before.facts },
            order: self.order.after(before.order),
            architecture: self.architecture.or(before.architecture),
        }
    }
}

/// The clients that are remembered, by network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients(BTreeMap<String, BTreeMap<Mac, Client>>);

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Client {
    /// When it was heard last.
    at: Timestamp,
    /// The order that stands.
    order: Order,
    /// The architecture that its firmware told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    architecture: Option<String>,
}

impl Client {
    /// Takes in words; what is to be told of them.
    fn speak(&mut self, mac: Mac, words: &Words, now: Timestamp) -> Finding {
        let speaks = words.order.speaks_after(&self.order);
        self.at = now;
        self.order = words.order.clone().after(self.order.clone());
        self.architecture = words.architecture.clone().or(self.architecture.take());
        let said = if speaks { words.facts.clone() } else { Vec::new() };
        let order = speaks.then(|| Fact::said("options", self.order.numbers.clone()));
        let architecture = self.architecture.clone().map(|told| Fact::said("opt93", told));
        let facts = said.into_iter().chain(order).chain(architecture).collect();
        Finding { finished: speaks, ..Finding::of(Subject::Mac(mac), facts) }
    }
}

impl Clients {
    /// Those whose address is burnt in: what may lie on disk.
    pub fn burnt_in(&self) -> Clients {
        let clients = self.0.iter().map(|(network, clients)| {
            let burnt_in = clients.iter().filter(|(mac, _)| !mac.is_local());
            (network.clone(), burnt_in.map(|(mac, client)| (*mac, client.clone())).collect())
        });
        Clients(clients.collect())
    }

    /// What a round tells: one look a network of `networks` (those that are listened to) and of those with clients. After a storm nobody is told
    /// who was not known before it: addresses that were made up are no devices, and who is real speaks again.
    pub fn round(&mut self, heard: &Heard, networks: &BTreeSet<String>, now: Timestamp) -> Vec<Looked> {
        let mut spoke: BTreeMap<&str, BTreeMap<Mac, Finding>> = BTreeMap::new();
        let is_known = |network: &String, mac: &Mac| self.0.get(network).is_some_and(|clients| clients.contains_key(mac));
        let told: Vec<_> = heard.waiting.iter().filter(|((network, mac), _)| !heard.is_storm() || is_known(network, mac)).collect();
        for ((network, mac), words) in told {
            let new = Client { at: now, order: words.order.clone(), architecture: None };
            let client = self.0.entry(network.clone()).or_default().entry(*mac).or_insert(new);
            spoke.entry(network).or_default().insert(*mac, client.speak(*mac, words, now));
        }
        self.forget(now);
        let networks: BTreeSet<&String> = networks.iter().chain(self.0.keys()).collect();
        let look = |network: &String| {
            let mut spoke = spoke.remove(network.as_str()).unwrap_or_default();
            let unheard = |mac| Finding { finished: false, ..Finding::of(Subject::Mac(mac), Vec::new()) };
            let clients = self.0.get(network).into_iter().flat_map(BTreeMap::keys);
            let findings: Vec<Finding> = clients.map(|mac| spoke.remove(mac).unwrap_or_else(|| unheard(*mac))).collect();
            let asked = heard_count(&findings);
            let outcome = Outcome { finished: true, asked, findings, troubles: Vec::new() };
            Looked { probe: PROBE, network: network.clone(), whole: true, outcome, took_ms: 0 }
        };
        networks.into_iter().map(look).collect()
    }

    /// Takes out who was not heard for too long, and who is one too many.
    fn forget(&mut self, now: Timestamp) {
        for clients in self.0.values_mut() {
            clients.retain(|mac, client| now.since_s(client.at) < if mac.is_local() { KEEP_INVENTED_S } else { KEEP_S });
            let surplus = clients.len().saturating_sub(MAX_CLIENTS);
            if surplus > 0 {
                let mut by_age: Vec<(Timestamp, Mac)> = clients.iter().map(|(mac, client)| (client.at, *mac)).collect();
                by_age.sort_unstable();
                by_age.iter().take(surplus).for_each(|(_, mac)| drop(clients.remove(mac)));
            }
        }
        self.0.retain(|_, clients| !clients.is_empty());
    }
}

fn heard_count(findings: &[Finding]) -> u32 {
    u32::try_from(findings.iter().filter(|finding| !finding.facts.is_empty()).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "heard_tests.rs"]
mod tests;
