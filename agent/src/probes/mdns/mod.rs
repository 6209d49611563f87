//! Names and services that devices announce on their link: mDNS (RFC 6762) and DNS-SD (RFC 6763), UDP port 5353.
//!
//! Comes in: the links of this machine, known hosts. Goes out, about each known address that answered or was answered for: `answers mdns`,
//! `said mdns.host`, `said SERVICE` (the instance's name) and `said SERVICE/KEY` (its TXT record), as `shared/said` names them.
//!
//! On a link of this machine one question by multicast asks for all services of the table, as any computer does when its user looks for
//! a printer; further ones ask for what did not come along: TXT and SRV records, model records, the names of known hosts. They
//! come from port 5353, so that each record is sent once, to the group, with everything that belongs to it; an answer to another port
//! ("legacy unicast", RFC 6762 section 6.7) has 512 octets, of which the question takes its part, and loses the TXT records of printers.
//! The socket is bound to the group, so a daemon of this machine keeps all that is its own. Hosts beyond a router (RFC 6762 section 5.5),
//! on loopback networks, and single ones are asked by themselves: two questions first, the rest only where they were answered.
//!
//! Absent on purpose: announcing, listening between searches, and IPv6 multicast (known hosts have IPv4 addresses, and answer there).

mod heard;
mod message;
#[cfg(test)]
mod tests;

use super::answered::settle;
use super::cast::{Ear, OnLink, Tally, links};
use super::{Finding, Look, Outcome};
use futures_util::future::{join, join_all};
use heard::{Heard, facts, first_questions, missing, questions_to, service_question};
use message::{Question, queries};
use rollcall_shared::{Fact, Subject};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;
use tokio::time::Instant;

/// The group of mDNS, and how far its packets may go (RFC 6762 sections 3 and 11: never over a router; the number is to be 255).
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const HOPS: u32 = 255;
/// Answers come within 120 ms (RFC 6762 section 6), a tablet on Wi-Fi hears the question at its next beacon but two (300 ms), and its
/// answer may take as long.
const WAITS: Waits = Waits { first: Duration::from_millis(1_000), next: Duration::from_millis(700) };
/// Questions one after the other when all are found: what did not come along until then; what even then did not.
const LAST_TURNS: usize = 2;
/// … to a single host: who it is; what it offers; what did not come along; and again.
const TURNS_ALONE: usize = 4;
/// Octets of a question by multicast: one Ethernet frame.
const DATAGRAM_BYTES: usize = 1_440;
/// Octets of a question to a single host: it comes back in an answer of 512 octets (RFC 6762 section 6.7).
const ALONE_BYTES: usize = 128;
/// Further questions of one turn by multicast, and to one single host: some 30 octets each.
const MAX_QUESTIONS: usize = 1_024;
const MAX_QUESTIONS_ALONE: usize = 64;

/// How long answers are waited for.
#[derive(Debug, Clone, Copy)]
struct Waits {
    /// To the question of a multicast.
    first: Duration,
    /// To further ones, and of a single host.
    next: Duration,
}

/// For tests with hostile datagrams: one is heard from an address that counts, and told.
pub fn hostile(octets: &[u8]) {
    let (mut heard, from) = (Heard::default(), IpAddr::V4(Ipv4Addr::LOCALHOST));
    if let Some(answer) = message::parse(octets) {
        heard.take(from, answer);
    }
    heard.listed(from);
    let about = heard.about(&BTreeSet::from([from]));
    missing(from, about.get(&from));
    about.values().for_each(|about| drop(facts(about)));
}

/// Searches.
pub async fn read(look: &Look<'_>) -> Outcome {
    read_within(look, WAITS).await
}

async fn read_within(look: &Look<'_>, waits: Waits) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if look.network.ports.mdns == 0 {
        return outcome;
    }
    let heard = RefCell::new(Heard::default());
    let (links, ears): (Vec<OnLink>, Vec<Ear<'_>>) = links(look.network).into_iter().filter_map(|link| open(look, link, &mut outcome)).unzip();
    let searches = join_all(links.iter().zip(ears).map(|(link, ear)| search(look, link, ear, waits, &heard)));
    let (searched, alone) = join(searches, ask_alone(look, &links, waits, &heard)).await;
    let mut tallies = Vec::new();
    for result in searched.into_iter().chain(alone) {
        match result {
            Ok(tally) => tallies.push(tally),
            Err(error) => {
                outcome.finished = false;
                let text = format!("searching by mDNS failed: {error}; does a packet filter of this server hold it up?");
                outcome.troubles.push(look.trouble("mdns", None, "send_failed", text));
            }
        }
    }
    conclude(look, &heard.into_inner(), &tallies, &mut outcome);
    outcome
}

/// A member of the group on one link. Where another program holds the port for itself alone, hosts there are asked by themselves.
fn open<'a>(look: &Look<'a>, link: OnLink, outcome: &mut Outcome) -> Option<(OnLink, Ear<'a>)> {
    match Ear::on_group(look.network, &link, SocketAddrV4::new(GROUP, look.network.ports.mdns), HOPS) {
        Ok(ear) => Some((link, ear)),
        Err(error) => {
            let text = format!(
                "mDNS cannot be heard at {}: {error}. Another program may hold its port for itself; hosts there are asked one by one",
                link.own
            );
            outcome.troubles.push(look.trouble("mdns", None, "no_socket", text));
            None
        }
    }
}

/// Asks everybody on one link: the services, then what did not come along and who those are that are found meanwhile, until all are found
/// and nothing more is to be asked.
async fn search(look: &Look<'_>, link: &OnLink, mut ear: Ear<'_>, waits: Waits, heard: &RefCell<Heard>) -> io::Result<Tally> {
    let group = SocketAddrV4::new(GROUP, look.network.ports.mdns);
    let (mut questions, mut asked, mut last_turns) = (first_questions(), BTreeSet::new(), 0);
    let mut until = Instant::now() + waits.first;
    loop {
        for datagram in queries(0, &questions, DATAGRAM_BYTES) {
            look.pace.usual.take().await;
            ear.ask(&datagram, group.into()).await?;
            until = until.max(Instant::now() + waits.next);
        }
        asked.extend(std::mem::take(&mut questions));
        let all_found = look.is_all_found();
        let turn = if all_found { until } else { Instant::now() + waits.next };
        let hearing = ear.hear(turn, |from, octets| hear(heard, from, octets, 0));
        tokio::select! {
            () = hearing => {}
            () = look.all_found(), if !all_found => {}
        }
        last_turns += usize::from(all_found);
        let here: BTreeSet<IpAddr> = look.here().into_iter().collect();
        let about = heard.borrow().about(&here);
        let wanted = here.iter().filter(|ip| link.reaches(**ip) && **ip != link.own).flat_map(|ip| missing(*ip, about.get(ip)));
        let wanted: BTreeSet<Question> = wanted.filter(|question| !asked.contains(question)).take(MAX_QUESTIONS).collect();
        if last_turns > LAST_TURNS || (all_found && wanted.is_empty()) || ear.tally.is_full() {
            return Ok(ear.tally);
        }
        questions.extend(wanted);
    }
}

/// Asks hosts that no multicast reaches.
async fn ask_alone(look: &Look<'_>, links: &[OnLink], waits: Waits, heard: &RefCell<Heard>) -> Vec<io::Result<Tally>> {
    look.all_found().await;
    let targets = look.here().into_iter().filter(|ip| !links.iter().any(|link| link.reaches(*ip)));
    let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = targets.partition(IpAddr::is_ipv6);
    let families = [v4, v6].into_iter().filter(|family| !family.is_empty());
    join_all(families.map(|targets| ask_family(look, targets, waits, heard))).await
}

async fn ask_family(look: &Look<'_>, targets: Vec<IpAddr>, waits: Waits, heard: &RefCell<Heard>) -> io::Result<Tally> {
    let mut ear = Ear::anywhere(look.network, targets[0].is_ipv6())?;
    let mut number = [0; 2];
    getrandom::fill(&mut number).map_err(io::Error::other)?;
    let id = u16::from_ne_bytes(number) | 1; // never 0, which is that of multicasts
    let mut asked: BTreeMap<IpAddr, BTreeSet<Question>> = BTreeMap::new();
    let mut questions: Vec<(IpAddr, Vec<Question>)> = targets.iter().map(|ip| (*ip, questions_to(*ip))).collect();
    for turn in 1..=TURNS_ALONE {
        for (ip, questions) in questions.drain(..) {
            for datagram in queries(id, &questions, ALONE_BYTES) {
                look.pace_to(ip).take().await;
                ear.ask(&datagram, SocketAddr::new(ip, look.network.ports.mdns)).await?;
            }
            asked.entry(ip).or_default().extend(questions);
        }
        ear.hear(Instant::now() + waits.next, |from, octets| hear(heard, from, octets, id)).await;
        let heard = heard.borrow();
        let about = heard.about(&targets.iter().copied().collect());
        for ip in heard.senders().filter(|ip| targets.contains(ip)) {
            let services = heard.listed(ip).unwrap_or_else(|| heard::SERVICES.to_vec());
            let wanted: Vec<Question> =
                if turn == 1 { services.into_iter().map(service_question).collect() } else { missing(ip, about.get(&ip)).into_iter().collect() };
            let is_new = |question: &Question| asked.get(&ip).is_none_or(|asked| !asked.contains(question));
            let wanted: Vec<Question> = wanted.into_iter().filter(is_new).take(MAX_QUESTIONS_ALONE).collect();
            if !wanted.is_empty() {
                questions.push((ip, wanted));
            }
        }
        if questions.is_empty() {
            break;
        }
    }
    Ok(ear.tally)
}

/// What datagrams of these senders tell of known addresses.
pub fn parse(datagrams: &[(IpAddr, Vec<u8>)], known: &BTreeSet<IpAddr>) -> BTreeMap<IpAddr, Vec<Fact>> {
    let heard = RefCell::new(Heard::default());
    for (from, octets) in datagrams {
        hear(&heard, *from, octets, 0);
    }
    heard.into_inner().about(known).into_iter().map(|(ip, about)| (ip, facts(&about))).collect()
}

/// Takes one datagram; it is never enough. Some who answer a question to themselves forget its number.
fn hear(heard: &RefCell<Heard>, from: IpAddr, octets: &[u8], id: u16) -> bool {
    if let Some(answer) = message::parse(octets).filter(|answer| answer.id == id || answer.id == 0) {
        heard.borrow_mut().take(from, answer);
    }
    false
}

/// Findings of what was heard.
fn conclude(look: &Look<'_>, heard: &Heard, tallies: &[Tally], outcome: &mut Outcome) {
    let here: BTreeSet<IpAddr> = look.here().into_iter().collect();
    outcome.asked = u32::try_from(here.len()).unwrap_or(u32::MAX);
    for (ip, about) in heard.about(&here) {
        let finished = !tallies.iter().any(|tally| tally.is_cut(ip));
        outcome.findings.push(Finding { finished, ..Finding::of(Subject::Address(ip), facts(&about)) });
    }
    tallies.iter().for_each(|tally| tally.tell(look, "mdns", outcome));
    settle(look, "mdns", outcome);
}
