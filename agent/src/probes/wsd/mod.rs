//! Devices that Windows finds: WS-Discovery, UDP port 3702, and what printers, scanners and displays say of themselves (Devices Profile).
//!
//! Comes in: the links of this machine, known hosts. Goes out, about each known address that answered: `answers wsd`, `said wsd.types`,
//! `said wsd.scopes`, and of the kinds of `DESCRIBED` what ThisModel and ThisDevice tell. An answer is about the address that sent it.
//!
//! Spoken is WS-Discovery of April 2005 with the Devices Profile of February 2006, which Windows, printers and ONVIF cameras speak; the later
//! standards (OASIS 1.1) have other name spaces and the same words, and are read where they come. Absent on purpose: Resolve, services
//! of devices, TLS, and IPv6 multicast.

mod message;
#[cfg(test)]
mod tests;

use super::answered::settle;
use super::cast::{Tally, links};
use super::describe::{Pointer, Said, describe, place};
use super::search::Search;
use super::{Finding, Look, Outcome, ordinal};
use message::{Match, described, get, probes};
use rollcall_shared::{Fact, Subject};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// The group of WS-Discovery (section 2.4), and how far a search may go (SOAP over UDP, appendix I: one).
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
const HOPS: u32 = 1;
/// Devices wait up to half a second before they answer (WS-Discovery section 2.4, APP_MAX_DELAY); radio and slow ones have a second more.
const WAIT: Duration = Duration::from_millis(1_500);
/// Parts of types whose devices are asked what they are; a computer tells no more than its name, a camera does not answer to this.
const DESCRIBED: &[&str] = &["Print", "Scan", "Projector", "Display", "Fax"];
/// Devices of one address.
const MAX_MATCHES: usize = 8;

/// Matches by address.
type Matches = BTreeMap<IpAddr, BTreeSet<Match>>;

/// Searches, and asks those of interest what they are.
pub async fn read(look: &Look<'_>) -> Outcome {
    read_within(look, WAIT).await
}

async fn read_within(look: &Look<'_>, wait: Duration) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    let port = look.network.ports.wsd;
    if port == 0 {
        return outcome;
    }
    let mut seed = [0; 16];
    if let Err(error) = getrandom::fill(&mut seed) {
        return super::answered::cannot(look.trouble("wsd", None, "no_socket", format!("no random number: {error}")));
    }
    let (links, matches, all) = (links(look.network), RefCell::new(Matches::new()), probes(seed));
    let search = Search {
        probe: "wsd",
        group: GROUP,
        hops: HOPS,
        port,
        wait,
        all: all.iter().map(|(_, octets)| octets.clone()).collect(),
        one: &|_| all.iter().map(|(_, octets)| octets.clone()).collect(),
        hear: &|from, octets| hear(&matches, from, octets, |id| all.iter().any(|(own, _)| own == id)),
    };
    let mut searched = search.on_links(look, &links).await;
    // Those who are known already need not wait until all are found.
    let early = pointers(look, &matches.borrow(), seed);
    describe(look, "wsd", &early, described).await;
    searched.extend(search.alone(look, &links).await);
    let tallies = search.tell(look, searched, &mut outcome);
    let matches = matches.take();
    let described = describe(look, "wsd", &pointers(look, &matches, seed), described).await;
    conclude(look, &matches, &described, &tallies, &mut outcome);
    outcome
}

/// What answers of one address and its metadata tell.
pub fn parse(answers: &[Vec<u8>], metadata: &[Vec<u8>]) -> Vec<Fact> {
    let matches = answers.iter().filter_map(|octets| message::parse(octets)).flat_map(|(_, found)| found).take(MAX_MATCHES).collect();
    let descriptions: Vec<Said> = metadata.iter().map(|octets| described(octets)).filter(|said| !said.is_empty()).collect();
    facts(&matches, &descriptions)
}

fn hear(matches: &RefCell<Matches>, from: IpAddr, octets: &[u8], is_ours: impl Fn(&str) -> bool) {
    let Some((relates_to, found)) = message::parse(octets) else { return };
    // Some forget to say what they answer to.
    if !relates_to.is_empty() && !is_ours(&relates_to) {
        return;
    }
    let mut matches = matches.borrow_mut();
    let of_one = matches.entry(from).or_default();
    for found in found {
        if of_one.len() < MAX_MATCHES {
            of_one.insert(found);
        }
    }
}

/// Known hosts that are asked what they are.
fn pointers(look: &Look<'_>, matches: &Matches, seed: [u8; 16]) -> BTreeSet<Pointer> {
    let here = look.here();
    let mut pointers = BTreeSet::new();
    for (ip, found) in matches.iter().filter(|(ip, _)| here.contains(ip)).flat_map(|(ip, all)| all.iter().map(move |found| (*ip, found))) {
        let is_wanted = DESCRIBED.iter().any(|part| found.types.contains(part));
        let url = found.addresses.iter().find(|url| place(url, ip).is_some());
        if let Some(url) = url.filter(|_| is_wanted) {
            pointers.insert(Pointer { ip, url: url.clone(), mark: found.version.clone(), body: Some(get(&found.endpoint, seed)) });
        }
    }
    pointers
}

/// Findings of what was heard and read.
fn conclude(look: &Look<'_>, matches: &Matches, described: &BTreeMap<IpAddr, Vec<Said>>, tallies: &[Tally], outcome: &mut Outcome) {
    let here = look.here();
    outcome.asked = u32::try_from(here.len()).unwrap_or(u32::MAX);
    for (ip, found) in matches.iter().filter(|(ip, _)| here.contains(ip)) {
        let finished = !tallies.iter().any(|tally| tally.is_cut(*ip));
        let descriptions = described.get(ip).map(Vec::as_slice).unwrap_or_default();
        outcome.findings.push(Finding { finished, ..Finding::of(Subject::Address(*ip), facts(found, descriptions)) });
    }
    settle(look, "wsd", outcome);
}

/// What is told of one address.
fn facts(matches: &BTreeSet<Match>, descriptions: &[Said]) -> Vec<Fact> {
    let mut facts = vec![Fact::answers("wsd")];
    for (key, of) in [("wsd.types", (|found| &found.types) as fn(&Match) -> &String), ("wsd.scopes", |found| &found.scopes)] {
        let values: BTreeSet<&String> = matches.iter().map(of).filter(|value| !value.is_empty()).collect();
        facts.extend(values.into_iter().enumerate().map(|(number, value)| Fact::said(format!("{key}{}", ordinal(number)), value)));
    }
    for (number, said) in descriptions.iter().enumerate() {
        facts.extend(said.iter().map(|(key, value)| Fact::said(format!("{key}{}", ordinal(number)), value)));
    }
    facts
}
