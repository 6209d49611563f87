//! Whom a round has met so far: so that later stages ask neither who is not there nor who has said enough.
//!
//! Comes in: facts, those of earlier rounds and those of each stage as it ends. Goes out: [`Met`]. Absent on purpose: what is
//! remembered about single ports and passwords ([`super::Memory`]).

use rollcall_shared::{Fact, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Answers, and the probes that get them, that name a device as fully as it can be named (model, serial number, firmware): who gives one is
/// asked no further by probes of [`super::Stage::Unnamed`].
pub const NAMING_ANSWERS: &[&str] = &["snmp", "pjlink"];

/// The addresses of one network, by what was heard of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    /// Answered something in this round: somebody is there now.
    pub there: BTreeSet<IpAddr>,
    /// Answered ARP in this round: on an own link.
    pub on_link: BTreeSet<IpAddr>,
    /// Which probes that could name them have had no answer so far, or do not ask them now.
    pub left: BTreeMap<IpAddr, BTreeSet<&'static str>>,
    /// Named by what they said, in this round or in an earlier one.
    pub named: BTreeSet<IpAddr>,
    /// Told of supplies (Printer-MIB): printers.
    pub printers: BTreeSet<IpAddr>,
    /// Their lease or reservation bears a host name.
    pub leased_names: BTreeSet<IpAddr>,
}

impl Met {
    /// Notes a fact that stands from an earlier round.
    pub fn stood(&mut self, subject: &Subject, fact: &Fact) {
        if let Fact::Lease(lease) = fact
            && lease.name.is_some()
        {
            self.leased_names.insert(lease.key);
        }
        let Subject::Address(ip) = *subject else { return };
        match fact {
            Fact::Answers(answers) if NAMING_ANSWERS.contains(&answers.key.as_str()) => {
                self.named.insert(ip);
            }
            Fact::Supply(_) => {
                self.printers.insert(ip);
            }
            _ => {}
        }
    }

    /// Notes a fact of this round.
    pub fn told(&mut self, subject: &Subject, fact: &Fact) {
        self.stood(subject, fact);
        if let (Subject::Address(ip), Fact::Answers(_)) = (subject, fact) {
            self.there.insert(*ip);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answers_is_there_and_who_answers_fully_is_named() {
        let mut met = Met::default();
        let subject = |last: u8| Subject::Address([10, 0, 0, last].into());
        for (last, fact, before) in [
            (1, Fact::answers("arp"), false),
            (2, Fact::answers("snmp"), false),
            (3, Fact::answers("pjlink"), true),
            (4, Fact::said("a", "x"), false),
        ] {
            if before { met.stood(&subject(last), &fact) } else { met.told(&subject(last), &fact) }
        }
        met.told(&Subject::Server, &Fact::answers("snmp"));
        let ips = |lasts: &[u8]| lasts.iter().map(|last| IpAddr::from([10, 0, 0, *last])).collect::<BTreeSet<_>>();
        assert_eq!(met, Met { there: ips(&[1, 2]), named: ips(&[2, 3]), ..Met::default() });
    }
}
