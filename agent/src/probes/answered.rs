//! Who answered a search before and keeps silent now.
//!
//! Comes in: what one search found. Goes out: the findings of those who did not answer: for a while what they said stays (a search reaches nobody
//! who sleeps, and a multicast over radio is sent once, without receipt), after that, or when another holds the address, it leaves.
//! Absent on purpose: presence, which ARP tells; here only what was said is kept or let go.

use super::{Answered, Finding, Look, Outcome};
use rollcall_shared::{Subject, report::Trouble};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What was said leaves after so many searches without an answer.
const MAX_MISSED: u8 = 3;

/// Adds the findings of those who answered earlier searches of this probe and not this one, and remembers who did.
pub fn settle(look: &Look<'_>, probe: &str, outcome: &mut Outcome) {
    let (hosts, empty, memory) = (look.hosts.borrow(), look.empty.borrow(), &mut *look.memory.borrow_mut());
    let before = memory.answered.entry(probe.to_owned()).or_default();
    let of = |finding: &Finding| if let Subject::Address(ip) = finding.subject { Some(ip) } else { None };
    let answered: BTreeSet<IpAddr> = outcome.findings.iter().filter_map(of).collect();
    before.retain(|ip, remembered| {
        if answered.contains(ip) || !look.network.may_ask(*ip) {
            return true;
        }
        let holder = hosts.get(ip).copied().filter(|_| !empty.contains(ip));
        let is_same = holder.is_some_and(|mac| mac.is_none() || remembered.mac.is_none() || mac == remembered.mac);
        remembered.missed = remembered.missed.saturating_add(u8::from(outcome.finished));
        let stays = is_same && remembered.missed < MAX_MISSED;
        outcome.findings.push(Finding { finished: !stays, ..Finding::of(Subject::Address(*ip), Vec::new()) });
        stays
    });
    before.extend(answered.into_iter().map(|ip| (ip, Answered { mac: hosts.get(&ip).copied().flatten(), missed: 0 })));
    outcome.findings.sort_by(|a, b| a.subject.cmp(&b.subject));
}

/// What a probe that could not search leaves: nothing is known anew.
pub fn cannot(trouble: Trouble) -> Outcome {
    Outcome { troubles: vec![trouble], ..Outcome::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::Place;
    use rollcall_shared::{Fact, Mac};

    fn mac(last: u8) -> Mac {
        Mac::new([0, 0x1a, 0x2b, 0, 0, last])
    }

    #[test]
    fn what_was_said_leaves_after_three_searches_or_with_its_holder() {
        let place = Place::new("10.0.0.0/24", 0);
        let ips = [1, 2, 3, 4].map(|last| IpAddr::from([10, 0, 0, last]));
        place.hosts.borrow_mut().extend(ips.map(|ip| (ip, Some(mac(1)))));
        let search = |answers: &[IpAddr], finished: bool| {
            let findings = answers.iter().map(|ip| Finding::of(Subject::Address(*ip), vec![Fact::answers("mdns")])).collect();
            let mut outcome = Outcome { finished, findings, ..Outcome::default() };
            settle(&place.look(), "mdns", &mut outcome);
            outcome
                .findings
                .iter()
                .filter(|finding| finding.facts.is_empty())
                .map(|finding| (finding.subject.to_string(), finding.finished))
                .collect::<Vec<_>>()
        };
        let silent = |last: u8, leaves: bool| (format!("ip:10.0.0.{last}"), leaves);
        assert_eq!(search(&ips, true), []);
        place.hosts.borrow_mut().insert(ips[1], Some(mac(2)));
        place.empty.borrow_mut().insert(ips[2]);
        assert_eq!(search(&[ips[3]], true), [silent(1, false), silent(2, true), silent(3, true)]);
        assert_eq!(search(&[ips[3]], false), [silent(1, false)], "a search that was cut short is none");
        assert_eq!(search(&[], true), [silent(1, false), silent(4, false)]);
        assert_eq!(search(&[ips[3]], true), [silent(1, true)]);
        assert_eq!(search(&[ips[3]], true), []);
    }
}
