//! What routers tell of addresses beyond the links of this machine: who holds them.
//!
//! Comes in: ARP tables that conversations brought. Goes out: `holds MAC` about addresses that the network's configuration covers and no own link
//! reaches (there this machine asks by ARP itself). Absent on purpose: presence; a router remembers a station for hours.
//!
//! Tables are read in sweeps alone, and what they told is remembered for the rounds between, in which the devices among those addresses are
//! looked at: else their facts would come without it. One holder an address: of two routers that tell of it, the one with the lower address.

use crate::network::Network;
use crate::probes::neighbours::{netlink, ways};
use crate::probes::{Finding, Look, Outcome, Told};
use rollcall_shared::evidence::Holds;
use rollcall_shared::{Fact, Mac, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// What a router told counts so long while it does not answer.
const REMEMBERED_S: i64 = 86_400;

/// The addresses of a network that no link of this machine reaches.
pub fn beyond(network: &Network) -> BTreeSet<Ipv4Addr> {
    if network.is_loopback() {
        return BTreeSet::new();
    }
    let all = network.addresses().filter_map(|ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None });
    let (links, addresses) = (netlink::links().unwrap_or_default(), netlink::addresses().unwrap_or_default());
    ways(&all.collect(), &links, &addresses).beyond.into_iter().collect()
}

/// Keeps what one router told of `wanted` addresses.
pub fn remember(look: &Look<'_>, router: IpAddr, holders: BTreeMap<Ipv4Addr, Mac>, wanted: &BTreeSet<Ipv4Addr>) {
    let may = |(ip, mac): &(Ipv4Addr, Mac)| wanted.contains(ip) && look.network.may_ask_mac(*mac);
    let told = Told { at: look.now, holders: holders.into_iter().filter(may).collect() };
    look.memory.borrow_mut().routers.insert(router, told);
}

/// Adds to an outcome what routers told: in a sweep of all addresses, else of those that the outcome is about.
pub fn tell(look: &Look<'_>, outcome: &mut Outcome) {
    let mut memory = look.memory.borrow_mut();
    memory.routers.retain(|_, told| look.now.since_s(told.at) < REMEMBERED_S);
    let mut holders: BTreeMap<Ipv4Addr, Mac> = BTreeMap::new();
    for (ip, mac) in memory.routers.values().flat_map(|told| &told.holders) {
        holders.entry(*ip).or_insert(*mac);
    }
    let spoken_of: BTreeSet<&Subject> = outcome.findings.iter().map(|finding| &finding.subject).collect();
    let told = holders.into_iter().map(|(ip, mac)| (Subject::Address(IpAddr::V4(ip)), mac));
    let told = told.filter(|(subject, _)| look.sweep || spoken_of.contains(subject));
    let findings: Vec<Finding> = told.map(|(subject, key)| Finding::of(subject, vec![Fact::Holds(Holds { key })])).collect();
    outcome.findings.extend(findings);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::Place;
    use rollcall_shared::Timestamp;

    fn ip(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 9, last)
    }

    fn mac(last: u8) -> Mac {
        Mac::new([0, 0x1a, 0x2b, 0, 0, last])
    }

    fn told(look: &Look<'_>, mut outcome: Outcome) -> Vec<String> {
        tell(look, &mut outcome);
        outcome.findings.iter().map(|finding| format!("{} {:?}", finding.subject, finding.facts)).collect()
    }

    #[test]
    fn a_router_tells_of_what_is_covered_once_an_address() {
        let mut place = Place::new("10.0.0.0/16", 1_000_000);
        place.network.never.mac_prefixes = vec![vec![0, 0xff]];
        let wanted = BTreeSet::from([ip(5), ip(6), ip(66)]);
        remember(&place.look(), "10.0.0.1".parse().unwrap(), [(ip(5), mac(5)), (ip(9), mac(9))].into(), &wanted);
        let never = Mac::new([0, 0xff, 0, 0, 0, 1]);
        remember(&place.look(), "10.0.0.2".parse().unwrap(), [(ip(5), mac(7)), (ip(6), mac(6)), (ip(66), never)].into(), &wanted);
        let sweep = Look { sweep: true, ..place.look() };
        let five = "ip:10.0.9.5 [Holds(Holds { key: Mac(00:1a:2b:00:00:05) })]";
        let six = "ip:10.0.9.6 [Holds(Holds { key: Mac(00:1a:2b:00:00:06) })]";
        assert_eq!(told(&sweep, Outcome::default()), [five, six]);
        // Between sweeps of those alone that were looked at.
        let looked_at = || Outcome { findings: vec![Finding::of(Subject::Address(ip(6).into()), Vec::new())], ..Default::default() };
        let between = Look { sweep: false, ..place.look() };
        assert_eq!(told(&between, looked_at()), ["ip:10.0.9.6 []", six]);
        let later = Look { sweep: true, now: Timestamp(1_000_000 + REMEMBERED_S), ..place.look() };
        assert_eq!(told(&later, Outcome::default()), [""; 0]);
    }

    #[test]
    fn on_loopback_nobody_is_beyond() {
        assert!(beyond(&Place::new("127.9.0.0/24", 0).network).is_empty());
    }
}
