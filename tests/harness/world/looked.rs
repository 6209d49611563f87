//! What an agent finds at a site in one round: who answers, and what switches tell of those behind them.
//!
//! Comes in: the things, the site. Goes out: one [`Looked`] a probe, all finished. Absent on purpose: rules of when a fact leaves (`assemble`).

use super::World;
use super::thing::Thing;
use rollcall_agent::assemble::Looked;
use rollcall_agent::probes::{Finding, Outcome};
use rollcall_collector::domain::kind::Kind;
use rollcall_shared::evidence::{Count, Entity, Forwarding, Interface, MacVlan};
use rollcall_shared::{Fact, Subject};
use std::collections::BTreeMap;

/// Probes of a round, in their order.
const PROBES: [&str; 7] = ["neighbours", "snmp", "pjlink", "dhcp", "dhcp_heard", "server", "ups"];
/// Ports of a played switch.
const PORTS: u32 = 28;
/// How deep switches hang on switches: a loop of cables is a mistake of the scenario.
const MOST_LEVELS: usize = 8;

impl World {
    /// Whether anything comes from a thing: it is on, not broken, and so is everything on its way to the server.
    pub fn is_heard(&self, thing: &Thing) -> bool {
        let mut next = Some(thing);
        for _ in 0..MOST_LEVELS {
            let Some(thing) = next else { return true };
            let powered = thing.site.as_ref().and_then(|site| self.sites.get(site)).is_some_and(|site| site.power);
            if !powered || !thing.on || thing.broken {
                return false;
            }
            next = thing.plug.as_ref().and_then(|plug| self.things.get(&plug.to)).filter(|up| up.site == thing.site);
        }
        false
    }

    /// The port of `switch` behind which a thing hangs, directly or further on.
    fn port_towards(&self, switch: &str, thing: &Thing) -> Option<u32> {
        let mut next = thing;
        for _ in 0..MOST_LEVELS {
            let plug = next.plug.as_ref()?;
            if plug.to == switch {
                return Some(plug.port);
            }
            next = self.things.get(&plug.to)?;
        }
        None
    }

    /// One round of every probe on one network.
    pub(super) fn look(&self, network: &str, site: &str) -> Vec<Looked> {
        let mut found: BTreeMap<&str, Vec<Finding>> = PROBES.iter().map(|probe| (*probe, Vec::new())).collect();
        let mut add = |probe: &'static str, finding: Finding| found.entry(probe).or_default().push(finding);
        let heard: Vec<&Thing> = self.things.values().filter(|thing| thing.site.as_deref() == Some(site) && self.is_heard(thing)).collect();
        let private = heard.iter().filter(|thing| thing.private).count() as u64 + self.sites.get(site).map_or(0, |site| site.visitors);
        for thing in heard.iter().filter(|thing| !thing.private) {
            if thing.has_address() {
                add("neighbours", thing.held());
            }
            if let Some(lease) = thing.lease() {
                add("dhcp", lease);
            }
            if let Some((probe, mut finding)) = thing.words() {
                if thing.kind == Kind::Switch {
                    finding.facts.extend(self.ports(thing, &heard));
                }
                add(probe, finding);
            }
        }
        let counted = Fact::Count(Count { key: "private_mac".to_owned(), count: private });
        add("dhcp", Finding::of(Subject::Server, vec![counted]));
        let looked = found.into_iter().map(|(probe, findings)| {
            let probe = *PROBES.iter().find(|known| **known == probe).expect("findings are those of the probes above");
            let asked = findings.len() as u32;
            let outcome = Outcome { finished: true, asked, findings, troubles: Vec::new() };
            Looked { probe, network: network.to_owned(), whole: true, outcome, took_ms: 1_000 }
        });
        looked.collect()
    }

    /// Ports of a switch, who is learnt behind them, its own serial number.
    fn ports(&self, switch: &Thing, heard: &[&Thing]) -> Vec<Fact> {
        let behind: Vec<(u32, &Thing)> = heard
            .iter()
            .filter(|thing| thing.name != switch.name && thing.has_address() && !thing.private)
            .filter_map(|thing| Some((self.port_towards(&switch.name, thing)?, *thing)))
            .collect();
        let up = |port: u32| behind.iter().any(|(at, _)| *at == port);
        let port = |port: u32| {
            let speed_bps = if up(port) { 1_000_000_000 } else { 0 };
            Fact::Interface(Interface { key: port, name: port.to_string(), if_type: 6, up: Some(up(port)), speed_bps, ..Interface::default() })
        };
        let learnt = behind.iter().map(|(port, thing)| Fact::Forwarding(Forwarding { key: MacVlan { mac: thing.mac(), vlan: 0 }, port: *port }));
        let chassis = Fact::Entity(Entity { key: 1, class: 3, serial: switch.serial(), ..Entity::default() });
        (1..=PORTS).map(port).chain(learnt).chain([chassis]).collect()
    }
}
