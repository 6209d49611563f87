//! Finds every address of the network, and who holds it.
//!
//! Comes in: the network, this machine's own addresses (rtnetlink). Goes out, about each address that is there: `answers arp` and
//! `holds MAC` on links that this machine is on (two holders: a duplicate address), `answers icmp` beyond them. Three ways:
//! raw ARP ([`arp`], CAP_NET_RAW), else the kernel's own resolution ([`kernel`]), told as `no_permission`; ICMP echo ([`icmp`]) for
//! what no link of ours holds. On a loopback network the kernel answers every ping, so nothing is sent and nothing told.
//!
//! A sweep asks every address that may be asked, three times before it calls one silent; other rounds ask only the known ones
//! (hosts of this look and of the kernel's table). An address that was known, was asked in full and stayed silent gives an
//! empty finished finding: its facts leave. Silence of an address that was never there gives nothing; that a finished sweep
//! did not meet an entry also means that it is gone. Who holds a lease and does not answer ARP is taken out of the
//! hosts that later probes ask: many tablets sleep in their case, and each would cost every probe a timeout. Where sending failed, the run and its silent findings are not finished.
//!
//! Absent on purpose: IPv6 (a /64 cannot be swept; its stations are known by leases and switches), and judgement of MACs: those
//! that software invented are told here and masked before anything leaves the school.

pub mod arp;
pub mod icmp;
pub mod kernel;
pub mod netlink;

use super::pace::Pacer;
use super::{Finding, Look, Outcome};
use netlink::{Address, Link};
use rollcall_shared::evidence::Holds;
use rollcall_shared::{Fact, Mac, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr};

/// Who holds which address.
pub type Holders = BTreeMap<Ipv4Addr, BTreeSet<Mac>>;

/// Which address is asked from where.
#[derive(Debug, Default, PartialEq)]
pub struct Ways {
    /// By link: its index, the own address there, what is asked.
    pub on_link: BTreeMap<u32, (Ipv4Addr, Vec<Ipv4Addr>)>,
    /// Beyond all links.
    pub beyond: Vec<Ipv4Addr>,
}

/// What the ways of asking gave.
#[derive(Debug, Default)]
struct Heard {
    holders: Holders,
    pinged: BTreeSet<Ipv4Addr>,
    /// Asked as they should be.
    asked: BTreeSet<Ipv4Addr>,
    /// Asked by ARP, which nobody who is there can leave unanswered (a ping many do).
    asked_by_arp: BTreeSet<Ipv4Addr>,
    sent: u32,
}

/// Asks the network.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if look.network.is_loopback() {
        return outcome;
    }
    let own = netlink::links().and_then(|links| Ok((links, netlink::addresses()?)));
    let (links, addresses) = own.unwrap_or_else(|error| {
        let text = format!("the kernel did not tell its own interfaces ({error}): every address is looked at as if it were beyond a router");
        outcome.troubles.push(look.trouble("neighbours", None, "no_permission", text));
        (Vec::new(), Vec::new())
    });
    let wanted = wanted(look, &netlink::neighbours().unwrap_or_default());
    let ways = ways(&wanted, &links, &addresses);
    let mut heard = Heard::default();
    for (index, (from, targets)) in &ways.on_link {
        if let Some(link) = links.iter().find(|link| link.index == *index) {
            ask_link(look, link, *from, targets, &mut heard, &mut outcome).await;
        }
    }
    if !ways.beyond.is_empty() {
        ask_beyond(look, &ways.beyond, &mut heard, &mut outcome).await;
    }
    // What this machine holds itself nobody answers for.
    for own in addresses.iter().filter(|own| heard.asked.contains(&own.ip)) {
        let mac = links.iter().find(|link| link.index == own.index).and_then(|link| link.mac);
        heard.holders.entry(own.ip).or_default().extend(mac);
    }
    outcome.asked = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    outcome.finished &= wanted.iter().all(|ip| heard.asked.contains(ip));
    tracing::debug!(
        network = look.network.name,
        asked = outcome.asked,
        sent = heard.sent,
        held = heard.holders.len(),
        pinged = heard.pinged.len(),
        "neighbours"
    );
    let empty = heard.asked_by_arp.iter().filter(|ip| !heard.holders.contains_key(ip));
    look.empty.borrow_mut().extend(empty.copied().map(IpAddr::V4));
    conclude(look, &wanted, heard, &mut outcome);
    outcome
}

/// What is asked: in a sweep all that may be, else what is known already.
fn wanted(look: &Look<'_>, table: &[netlink::Neighbour]) -> BTreeSet<Ipv4Addr> {
    let v4 = |ip: IpAddr| if let IpAddr::V4(ip) = ip { Some(ip) } else { None };
    let known = look.hosts.borrow().keys().copied().filter_map(v4).collect::<Vec<_>>();
    let in_table = table.iter().filter(|row| row.holder().is_some()).map(|row| row.ip);
    let all = look.sweep.then(|| look.network.addresses()).into_iter().flatten().filter_map(v4);
    known.into_iter().chain(in_table).chain(all).filter(|ip| look.network.may_ask(IpAddr::V4(*ip))).collect()
}

/// Sorts addresses by the link whose own prefix holds them (the longest one), as the kernel's connected routes do.
pub fn ways(wanted: &BTreeSet<Ipv4Addr>, links: &[Link], addresses: &[Address]) -> Ways {
    let speaks_arp = |index: u32| links.iter().any(|link| link.index == index && link.speaks_arp);
    let holds = |own: &Address, ip: Ipv4Addr| (u32::from(own.ip) ^ u32::from(ip)).checked_shr(32 - u32::from(own.prefix)).unwrap_or(0) == 0;
    let mut ways = Ways::default();
    for ip in wanted {
        let way = addresses.iter().filter(|own| speaks_arp(own.index) && holds(own, *ip)).max_by_key(|own| (own.prefix, own.ip == *ip));
        match way {
            Some(own) => ways.on_link.entry(own.index).or_insert((own.ip, Vec::new())).1.push(*ip),
            None => ways.beyond.push(*ip),
        }
    }
    ways
}

/// Asks addresses of one link: by raw ARP, else through the kernel.
async fn ask_link(look: &Look<'_>, link: &Link, from: Ipv4Addr, targets: &[Ipv4Addr], heard: &mut Heard, outcome: &mut Outcome) {
    // In repeated rounds the gentler of the two rates holds.
    let rate = if look.sweep { look.network.max_arp_pps } else { look.network.max_arp_pps.min(look.network.max_pps) };
    let pacer = Pacer::new(rate);
    let by_arp = match arp::Ear::open(link) {
        Ok(ear) => ask_by_arp(look, &ear, from, targets, &pacer, heard).await,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let text = format!(
                "no CAP_NET_RAW: on {} the kernel resolves addresses instead of raw ARP, {} at a time (a /22 takes some 20 s instead of 5); \
                 two devices with one address cannot be seen. Give the agent CAP_NET_RAW (its systemd unit does)",
                link.name, 200
            );
            outcome.troubles.push(look.trouble("neighbours", None, "no_permission", text));
            ask_by_kernel(look, link, targets, &pacer, heard, outcome).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = by_arp {
        let text = format!("looking at {} by ARP failed: {error}; its silent addresses are unknown in this round", link.name);
        outcome.troubles.push(look.trouble("neighbours", None, "send_failed", text));
        outcome.finished = false;
    }
}

async fn ask_by_arp(look: &Look<'_>, ear: &arp::Ear, from: Ipv4Addr, targets: &[Ipv4Addr], pacer: &Pacer, heard: &mut Heard) -> io::Result<()> {
    let mut silent = targets.to_vec();
    let expected = look.hosts.borrow().keys().copied().collect::<BTreeSet<IpAddr>>();
    for (pass, wait) in (1..).zip(arp::WAITS) {
        heard.sent += ear.pass(&silent, from, (wait, pass == arp::WAITS.len()), pacer, &mut heard.holders).await?;
        meet(look, &silent, &heard.holders);
        // The own address is asked once: only a second holder would answer.
        silent.retain(|ip| *ip != from && !heard.holders.contains_key(ip));
        // Two requests reach whoever is awake; the third is for those of whom something is known (a lease, an earlier round) and who may sleep.
        if pass + 1 == arp::WAITS.len() {
            silent.retain(|ip| expected.contains(&IpAddr::V4(*ip)));
        }
        if silent.is_empty() {
            break;
        }
    }
    heard.asked.extend(targets);
    heard.asked_by_arp.extend(targets);
    Ok(())
}

/// Tells the probes that wait for addresses who answered.
fn meet(look: &Look<'_>, asked: &[Ipv4Addr], holders: &Holders) {
    for (ip, macs) in asked.iter().filter_map(|ip| Some((*ip, holders.get(ip)?))) {
        let allowed: Vec<Mac> = macs.iter().copied().filter(|mac| look.network.may_ask_mac(*mac)).collect();
        if !allowed.is_empty() && look.network.may_ask(IpAddr::V4(ip)) {
            look.meet(IpAddr::V4(ip), &allowed);
        }
    }
}

async fn ask_by_kernel(
    look: &Look<'_>,
    link: &Link,
    targets: &[Ipv4Addr],
    pacer: &Pacer,
    heard: &mut Heard,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let (sent, lost) = kernel::resolve(targets, pacer, &mut heard.holders).await?;
    heard.sent += sent;
    if lost == 0 {
        heard.asked.extend(targets);
        heard.asked_by_arp.extend(targets);
    } else {
        let text =
            format!("{lost} of {} addresses on {} could not be asked: the kernel's buffer or neighbour table stayed full", targets.len(), link.name);
        outcome.troubles.push(look.trouble("neighbours", None, "send_failed", text));
    }
    Ok(())
}

async fn ask_beyond(look: &Look<'_>, targets: &[Ipv4Addr], heard: &mut Heard, outcome: &mut Outcome) {
    let pacer = Pacer::new(look.network.max_pps);
    let swept = match icmp::Pinger::open() {
        Ok(pinger) => pinger.sweep(targets, &pacer, &mut heard.pinged).await,
        Err(error) => Err(error),
    };
    match swept {
        Ok(sent) => {
            heard.sent += sent;
            heard.asked.extend(targets);
        }
        Err(error) => {
            let text = format!(
                "{} addresses are on no link of this machine and cannot be pinged ({error}): hosts there are known by leases and switches alone. \
                 Give the agent CAP_NET_RAW or its group a place in net.ipv4.ping_group_range",
                targets.len()
            );
            outcome.troubles.push(look.trouble("neighbours", None, "no_permission", text));
            outcome.finished = false;
        }
    }
}

/// Findings, and the known hosts with their MACs.
fn conclude(look: &Look<'_>, wanted: &BTreeSet<Ipv4Addr>, heard: Heard, outcome: &mut Outcome) {
    let (mut hosts, memory) = (look.hosts.borrow_mut(), look.memory.borrow());
    let all: BTreeSet<Ipv4Addr> = wanted.iter().chain(heard.holders.keys()).chain(&heard.pinged).copied().collect();
    for ip in all.into_iter().filter(|ip| look.network.may_ask(IpAddr::V4(*ip))) {
        let address = IpAddr::V4(ip);
        let macs: Vec<Mac> = heard.holders.get(&ip).into_iter().flatten().copied().collect();
        let allowed: Vec<Mac> = macs.iter().copied().filter(|mac| look.network.may_ask_mac(*mac)).collect();
        let is_never = allowed.is_empty() && !macs.is_empty();
        let by_arp = (!allowed.is_empty()).then(|| Fact::answers("arp"));
        let by_icmp = (heard.pinged.contains(&ip) && !is_never).then(|| Fact::answers("icmp"));
        let holds = allowed.iter().map(|mac| Fact::Holds(Holds { key: *mac }));
        let facts: Vec<Fact> = by_arp.into_iter().chain(by_icmp).chain(holds).collect();
        let only_leased = memory.only_leased.contains(&address);
        let was_known = hosts.contains_key(&address) && !only_leased;
        if is_never || (facts.is_empty() && only_leased && heard.asked_by_arp.contains(&ip)) {
            hosts.remove(&address);
        } else if !facts.is_empty() {
            let known = hosts.entry(address).or_default();
            // A MAC known before stays while it is among the holders.
            *known = known.filter(|mac| allowed.is_empty() || allowed.contains(mac)).or(allowed.first().copied());
        }
        if was_known || !facts.is_empty() {
            let finished = heard.asked.contains(&ip);
            outcome.findings.push(Finding { finished, ..Finding::of(Subject::Address(address), facts) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::Place;
    use futures_util::FutureExt;

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn mac(last: u8) -> Mac {
        Mac::new([0, 0x1a, 0x2b, 0, 0, last])
    }

    #[test]
    fn addresses_go_the_way_of_the_longest_own_prefix() {
        let link = |index, speaks_arp| Link { index, name: format!("eth{index}"), mac: Some(mac(9)), speaks_arp };
        let own = |index, text: &str, prefix| Address { index, ip: ip(text), prefix };
        let links = [link(1, false), link(2, true), link(3, true)];
        let addresses = [own(1, "127.0.0.1", 8), own(2, "10.0.0.1", 16), own(3, "10.0.7.1", 24), own(3, "10.0.7.2", 24)];
        let check = |asked: &str, expected: Option<(u32, &str)>| {
            let found = ways(&BTreeSet::from([ip(asked)]), &links, &addresses);
            let way = found.on_link.iter().map(|(index, (from, _))| (*index, *from)).next();
            assert_eq!(way, expected.map(|(index, from)| (index, ip(from))), "{asked}");
            assert_eq!(found.beyond.len(), usize::from(expected.is_none()));
        };
        check("10.0.3.4", Some((2, "10.0.0.1")));
        check("10.0.7.9", Some((3, "10.0.7.2")));
        check("10.0.7.1", Some((3, "10.0.7.1")));
        check("10.1.0.1", None);
        check("127.0.0.5", None);
    }

    #[test]
    fn on_loopback_nothing_is_sent_and_nothing_told() {
        let place = Place::new("127.9.0.0/24", 0);
        let outcome = read(&place.look()).now_or_never().unwrap();
        assert!(outcome.finished && outcome.findings.is_empty() && outcome.troubles.is_empty());
        assert_eq!(outcome.asked, 0);
    }

    #[test]
    fn a_round_without_sweep_asks_the_known() {
        let place = Place::new("10.0.0.0/24", 0);
        place.hosts.borrow_mut().insert("10.0.0.7".parse().unwrap(), None);
        place.hosts.borrow_mut().insert("10.0.1.7".parse().unwrap(), None);
        let row = |text: &str, state| netlink::Neighbour { index: 2, ip: ip(text), mac: Some(mac(8)), state };
        let table = [row("10.0.0.8", libc::NUD_STALE), row("10.0.0.9", libc::NUD_FAILED)];
        assert_eq!(wanted(&Look { sweep: false, ..place.look() }, &table), BTreeSet::from([ip("10.0.0.7"), ip("10.0.0.8")]));
        assert_eq!(wanted(&place.look(), &table).len(), 254);
    }

    #[test]
    fn a_leased_address_that_is_not_there_is_asked_no_further() {
        let place = Place::new("10.0.0.0/24", 0);
        let addresses = ["10.0.0.4", "10.0.0.5", "10.0.0.6"].map(|text| text.parse::<IpAddr>().unwrap());
        place.hosts.borrow_mut().extend(addresses.map(|ip| (ip, Some(mac(5)))));
        place.memory.borrow_mut().only_leased.extend(addresses);
        let wanted = BTreeSet::from(["10.0.0.4", "10.0.0.5", "10.0.0.6"].map(ip));
        let mut heard = Heard { asked: wanted.clone(), asked_by_arp: BTreeSet::from(["10.0.0.4", "10.0.0.5"].map(ip)), ..Heard::default() };
        heard.holders.insert(ip("10.0.0.4"), BTreeSet::from([mac(4)]));
        let mut outcome = Outcome::default();
        conclude(&place.look(), &wanted, heard, &mut outcome);
        let hosts: Vec<String> = place.hosts.borrow().iter().map(|(ip, mac)| format!("{ip} {}", mac.unwrap())).collect();
        assert_eq!(hosts, ["10.0.0.4 00:1a:2b:00:00:04", "10.0.0.6 00:1a:2b:00:00:05"], "10.0.0.6 was only pinged");
        assert_eq!(outcome.findings.len(), 1);
    }

    #[test]
    fn silence_of_the_known_duplicates_and_the_never() {
        let mut place = Place::new("10.0.0.0/24", 0);
        place.network.never.mac_prefixes = vec![vec![0, 0xff]];
        let (known, alarm) = ("10.0.0.5".parse().unwrap(), "10.0.0.66".parse().unwrap());
        place.hosts.borrow_mut().extend([(known, Some(mac(5))), (alarm, None)]);
        let mut heard = Heard::default();
        let wanted: BTreeSet<Ipv4Addr> = ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.66"].map(ip).into();
        heard.asked.extend(&wanted);
        heard.holders.insert(ip("10.0.0.6"), BTreeSet::from([mac(6), mac(7)]));
        heard.holders.insert(ip("10.0.0.66"), BTreeSet::from([Mac::new([0, 0xff, 0, 0, 0, 1])]));
        heard.holders.insert(ip("10.0.9.9"), BTreeSet::from([mac(9)]));
        heard.pinged.insert(ip("10.0.0.7"));
        let mut outcome = Outcome::default();
        conclude(&place.look(), &wanted, heard, &mut outcome);
        let told: Vec<String> = outcome
            .findings
            .iter()
            .map(|finding| {
                let keys: Vec<String> = finding.facts.iter().map(Fact::key).collect();
                format!("{} {} {}", finding.subject, finding.finished, keys.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "ip:10.0.0.5 true ",
                "ip:10.0.0.6 true answers:arp holds:00:1a:2b:00:00:06 holds:00:1a:2b:00:00:07",
                "ip:10.0.0.7 true answers:icmp",
                "ip:10.0.0.66 true ",
            ]
        );
        assert!(!place.hosts.borrow().contains_key(&alarm));
        assert!(place.hosts.borrow().contains_key(&known), "other probes still have to see that it is gone");
        assert_eq!(place.hosts.borrow()[&"10.0.0.6".parse::<IpAddr>().unwrap()], Some(mac(6)));
    }
}
