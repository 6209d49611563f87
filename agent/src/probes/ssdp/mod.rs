//! UPnP devices: SSDP, UDP port 1900, and the description that each points to (UPnP Device Architecture 1.1, sections 1 and 2).
//!
//! Comes in: the links of this machine, known hosts. Goes out, about each known address that answered: `answers ssdp`, `said ssdp.server`,
//! `said ssdp.st` where it answers with another target than it was asked for, and `said upnp.…` out of its description. An answer is
//! about the address that sent it.
//!
//! Root devices alone are searched for: one answer a device, where `ssdp:all` brings twenty, and its description tells what those would.
//! Absent on purpose: services and control of them, events, descriptions on another host than the one that answers, IPv6 multicast.

mod message;
#[cfg(test)]
mod tests;

use super::answered::settle;
use super::cast::{Tally, links};
use super::describe::{Pointer, Said, describe};
use super::search::Search;
use super::{Finding, Look, Outcome, ordinal};
use message::{Answer, described, question};
use rollcall_shared::{Fact, Subject};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The group of SSDP, and how far a search may go (UPnP Device Architecture 1.1, section 1.3.2: two).
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
const HOPS: u32 = 2;
/// Devices wait up to a second (MX) before they answer; radio and slow ones have half a second more.
const WAIT: Duration = Duration::from_millis(1_500);
/// Answers kept of one address.
const MAX_ANSWERS: usize = 8;

/// Answers by address.
type Answers = BTreeMap<IpAddr, BTreeSet<Answer>>;

/// Searches, and reads the descriptions.
pub async fn read(look: &Look<'_>) -> Outcome {
    read_within(look, WAIT).await
}

async fn read_within(look: &Look<'_>, wait: Duration) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    let port = look.network.ports.ssdp;
    if port == 0 {
        return outcome;
    }
    let (links, answers) = (links(look.network), RefCell::new(Answers::new()));
    let search = Search {
        probe: "ssdp",
        group: GROUP,
        hops: HOPS,
        port,
        wait,
        all: vec![question(SocketAddr::new(GROUP.into(), port), true)],
        one: &|at| vec![question(at, false)],
        hear: &|from, octets| hear(&answers, from, octets),
    };
    let mut searched = search.on_links(look, &links).await;
    // Descriptions of those who are known already need not wait until all are found.
    let early = pointers(look, &answers.borrow());
    describe(look, "ssdp", &early, described).await;
    searched.extend(search.alone(look, &links).await);
    let tallies = search.tell(look, searched, &mut outcome);
    let answers = answers.take();
    let described = describe(look, "ssdp", &pointers(look, &answers), described).await;
    conclude(look, &answers, &described, &tallies, &mut outcome);
    outcome
}

/// What answers of one address and its descriptions tell.
pub fn parse(answers: &[Vec<u8>], descriptions: &[Vec<u8>]) -> Vec<Fact> {
    let answers = answers.iter().filter_map(|octets| message::parse(octets)).take(MAX_ANSWERS).collect();
    facts(&answers, &descriptions.iter().map(|octets| described(octets)).collect::<Vec<_>>())
}

fn hear(answers: &RefCell<Answers>, from: IpAddr, octets: &[u8]) {
    let Some(answer) = message::parse(octets) else { return };
    let mut answers = answers.borrow_mut();
    let of_one = answers.entry(from).or_default();
    if of_one.len() < MAX_ANSWERS {
        of_one.insert(answer);
    }
}

/// Descriptions of known hosts.
fn pointers(look: &Look<'_>, answers: &Answers) -> BTreeSet<Pointer> {
    let here = look.here();
    let known = answers.iter().filter(|(ip, _)| here.contains(ip));
    let pointer = |ip: IpAddr, answer: &Answer| Pointer { ip, url: answer.location.clone(), mark: answer.mark.clone(), body: None };
    known.flat_map(|(ip, answers)| answers.iter().map(|answer| pointer(*ip, answer))).filter(|pointer| !pointer.url.is_empty()).collect()
}

/// Findings of what was heard and read.
fn conclude(look: &Look<'_>, answers: &Answers, described: &BTreeMap<IpAddr, Vec<Said>>, tallies: &[Tally], outcome: &mut Outcome) {
    let here = look.here();
    outcome.asked = u32::try_from(here.len()).unwrap_or(u32::MAX);
    for (ip, answers) in answers.iter().filter(|(ip, _)| here.contains(ip)) {
        let finished = !tallies.iter().any(|tally| tally.is_cut(*ip));
        let descriptions = described.get(ip).map(Vec::as_slice).unwrap_or_default();
        outcome.findings.push(Finding { finished, ..Finding::of(Subject::Address(*ip), facts(answers, descriptions)) });
    }
    settle(look, "ssdp", outcome);
}

/// What is told of one address.
fn facts(answers: &BTreeSet<Answer>, descriptions: &[Said]) -> Vec<Fact> {
    let mut facts = vec![Fact::answers("ssdp")];
    for (key, of) in [("ssdp.server", (|answer| &answer.server) as fn(&Answer) -> &String), ("ssdp.st", |answer| &answer.target)] {
        let values: BTreeSet<&String> = answers.iter().map(of).filter(|value| !value.is_empty()).collect();
        facts.extend(values.into_iter().enumerate().map(|(number, value)| Fact::said(format!("{key}{}", ordinal(number)), value)));
    }
    for (number, said) in descriptions.iter().enumerate() {
        facts.extend(said.iter().map(|(key, value)| Fact::said(format!("{key}{}", ordinal(number)), value)));
    }
    facts
}
