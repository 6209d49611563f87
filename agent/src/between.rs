//! Looks between two rounds, at single devices that called: SNMP alone, a report of its own.
//!
//! Comes in: a network and addresses in it. Goes out: a report in the spool, and who kept silent. Absent on purpose: who called and why
//! ([`crate::listen`]), sending.
//!
//! Such a look obeys the same rules as a round: what may be asked, quiet hours, the pause, at most one try of a credential a day at a device that
//! never answered to it. Its runs name the subjects that they looked at alone, so that they count for nobody else. A round may be under way
//! meanwhile: where both looked at a device, the look that ended within the round is the newer and stands.

use super::{Agent, MASK};
use crate::assemble::Looked;
use crate::network::Network;
use crate::probes::{Finding, ServerPlace};
use crate::round::{Task, known_hosts, known_met, look_around};
use ipnet::IpNet;
use rollcall_shared::wire::MAX_ONLY;
use rollcall_shared::{Report, Subject, Timestamp};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The only probe that looks between rounds.
const SNMP: &str = "snmp";

/// What such a look gave.
#[derive(Debug)]
pub struct LookedAt {
    /// The report, in the spool.
    pub report: Report,
    /// Those of the devices that did not answer.
    pub silent: Vec<IpAddr>,
}

impl Agent {
    /// Looks at some devices of a network now. `None` where nothing may be looked at: looking rests, no round was made yet (it is about to
    /// be), or none of the addresses may be asked.
    pub async fn look_at(&self, network: &str, addresses: &BTreeSet<IpAddr>, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<Option<LookedAt>> {
        let began_at = clock();
        let Some(network) = self.narrowed(network, addresses, began_at) else { return Ok(None) };
        let task = {
            let standing = &self.store.borrow().state.standing;
            let (mut hosts, met) = (known_hosts(standing, &network), known_met(standing, &network));
            for cidr in &network.cidrs {
                hosts.entry(cidr.addr()).or_default(); // who calls is there
            }
            let probes = self.probes.iter().filter(|probe| probe.name == SNMP).collect();
            let server = ServerPlace { here: false, ..self.config.server.clone() };
            Task { network: &network, server, probes, sweep: false, thorough: false, hosts, met }
        };
        let looked = look_around(vec![task], &self.memory, began_at).await;
        let ended_at = clock().max(began_at);
        let subjects: Vec<Subject> = network.cidrs.iter().map(|cidr| Subject::Address(cidr.addr())).collect();
        let silent = silent(&subjects, &looked);

        let store = &mut *self.store.borrow_mut();
        let mut next = store.state.clone();
        let mut told = self.lay(&mut next, looked, ended_at);
        told.probes.retain(|run| run.probe != MASK);
        told.probes.iter_mut().for_each(|run| run.only.clone_from(&subjects));
        let report = self.number(store, next, told, (began_at, ended_at), false)?;
        self.alone.borrow_mut().extend(subjects.into_iter().map(|subject| (network.name.clone(), subject)));
        Ok(Some(LookedAt { report, silent }))
    }

    /// The network with these addresses alone, if they may be asked now.
    fn narrowed(&self, name: &str, addresses: &BTreeSet<IpAddr>, now: Timestamp) -> Option<Network> {
        if self.is_paused() || self.is_quiet(now) || self.store.borrow().state.last_round.is_none() {
            return None;
        }
        let network = self.config.networks.iter().find(|network| network.name == name)?;
        let cidrs: Vec<IpNet> = addresses.iter().filter(|ip| network.may_ask(**ip)).take(MAX_ONLY).map(|ip| IpNet::from(*ip)).collect();
        (!cidrs.is_empty()).then(|| Network { cidrs, ..network.clone() })
    }

    /// Takes out of a round what it found at devices that were looked at alone since it began: that look is the newer.
    pub(super) fn keep_newer(&self, looked: &mut [Looked]) {
        let alone = std::mem::take(&mut *self.alone.borrow_mut());
        for look in looked.iter_mut().filter(|look| look.probe == SNMP) {
            let newer: Vec<Subject> = alone.iter().filter(|(network, _)| *network == look.network).map(|(_, subject)| subject.clone()).collect();
            look.outcome.findings.retain(|finding| !newer.contains(&finding.subject));
            // Nothing said and nothing finished: what stands stays.
            look.outcome.findings.extend(newer.into_iter().map(|subject| Finding { finished: false, ..Finding::of(subject, Vec::new()) }));
        }
    }
}

fn silent(subjects: &[Subject], looked: &[Looked]) -> Vec<IpAddr> {
    let spoke: BTreeSet<&Subject> =
        looked.iter().flat_map(|look| &look.outcome.findings).filter(|finding| !finding.facts.is_empty()).map(|finding| &finding.subject).collect();
    subjects
        .iter()
        .filter(|subject| !spoke.contains(subject))
        .filter_map(|subject| if let Subject::Address(ip) = subject { Some(*ip) } else { None })
        .collect()
}

#[cfg(test)]
#[path = "between_tests.rs"]
mod tests;
