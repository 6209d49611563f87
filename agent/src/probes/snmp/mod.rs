//! SNMP v3, v2c and v1: what devices say of themselves, their interfaces, parts, stations, neighbours, supplies and batteries.
//!
//! Comes in: a [`Look`]: known hosts, what each answered to before, credentials of the network. Goes out: one finding a device, and a trouble
//! `walk_cut` for each table that did not come whole. Absent on purpose: SET (no such word in the code), conclusions.
//!
//! Reading order: this file chooses whom to ask and with which credential (`contact` is the first question, as soon as an address is found); `conversation` is what one
//! device is asked; `walk` asks within bounds; `session` is the wire; `parse` makes facts of the answers; `routers` tells what routers know of addresses beyond them.
//!
//! A credential goes to hosts that answered to it before, and to a new host at most once a day. An address where nobody was known when it was
//! tried counts as new when somebody is known there, or when another MAC holds it. Version 1 is tried last, and only where somebody is known.

mod conversation;
#[cfg(test)]
mod fake;
pub mod parse;
mod routers;
pub(crate) mod session;
#[cfg(test)]
mod talks;
mod value;
mod walk;

use super::{Finding, Look, Outcome, SnmpMemory};
use conversation::Heard;
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, stream};
use ipnet::IpNet;
use rollcall_shared::report::Trouble;
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use session::{Refusal, Session, Sockets, Version, Way};
use std::collections::BTreeSet;
use std::future::ready;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use value::{Oid, Value};
use walk::Asker;

/// First questions under way at once: a /24 of dead addresses costs two times the patience.
const CONTACTS_AT_ONCE: usize = 128;

/// Conversations under way at once; each device has one. Bounds the memory that tables under way take.
const CONVERSATIONS_AT_ONCE: usize = 16;

/// How long an address is given to answer the first question, and how often it is asked: by what is known of it.
const PATIENCE_ANSWERED_BEFORE: (Duration, u32) = (Duration::from_millis(1_500), 3);
const PATIENCE_KNOWN: (Duration, u32) = (Duration::from_millis(1_000), 3);
const PATIENCE_UNKNOWN: (Duration, u32) = (Duration::from_millis(700), 1);

/// How often version 1 is tried at most: few know no other.
const TRIES_V1: u32 = 2;

/// How long a question within a conversation may stay unanswered. Printers that wake up and switches under load take a second.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);

/// A credential goes to a new host at most so often.
const RETRY_AFTER_S: i64 = 86_400;

/// For the tests with hostile octets: a message is decoded, and its objects are laid into each sort of table by the end of their names.
pub fn hostile(octets: &[u8]) {
    parse::hostile(&session::decode(octets));
}

/// Asks every host of the network that may be asked now.
pub async fn read(look: &Look<'_>) -> Outcome {
    let beyond = if look.sweep { routers::beyond(look.network) } else { BTreeSet::new() };
    read_within(look, ANSWER_WITHIN, &beyond).await
}

/// As [`read`]; of addresses `beyond` routers are asked who holds them.
async fn read_within(look: &Look<'_>, within: Duration, beyond: &BTreeSet<Ipv4Addr>) -> Outcome {
    let cannot = |code: &str, text| Outcome { troubles: vec![trouble(look, None, code, text)], ..Default::default() };
    let ways = match Way::of(&look.network.credentials.snmp) {
        Ok(ways) => ways,
        Err(text) => return cannot("credentials", text),
    };
    let sockets = match Sockets::open(look.network.cidrs.iter().map(IpNet::addr), within).await {
        Ok(sockets) => sockets,
        Err(text) => return cannot("no_socket", text),
    };
    let asking = Asking { look, sockets: &sockets, ways: &ways, asks_routers: !beyond.is_empty(), talking: Semaphore::new(CONVERSATIONS_AT_ONCE) };
    let mut outcome = Outcome { finished: true, ..Default::default() };
    let arrivals = look.arrivals().filter_map(|ip| {
        let call = call_to(look, &ways, ip);
        if call.is_none() {
            look.leave(ip, "snmp");
        }
        ready(call)
    });
    let others = stream::once(async { stream::iter(others(look, &ways)) }).flatten();
    let mut asked = pin!(arrivals.chain(others).map(|call| asking.ask(call)).buffer_unordered(CONTACTS_AT_ONCE));
    while let Some((call, heard)) = asked.next().await {
        outcome.asked += 1;
        match heard {
            Some(mut heard) => {
                if let Some(holders) = heard.holders.take() {
                    routers::remember(look, call.ip, holders, beyond);
                }
                spoke(look, call.ip, heard, &mut outcome);
            }
            None => silent(look, &sockets, &call, &mut outcome),
        }
    }
    gone(look, &mut outcome);
    routers::tell(look, &mut outcome);
    outcome
}

/// What all conversations of one look share.
struct Asking<'a> {
    look: &'a Look<'a>,
    sockets: &'a Sockets,
    ways: &'a [Way],
    asks_routers: bool,
    talking: Semaphore,
}

impl Asking<'_> {
    /// The first question and, where it is answered, all the others.
    async fn ask(&self, call: Call) -> (Call, Option<Heard>) {
        let _turn = self.look.turn(call.ip).await;
        let contact = self.contact(&call).await;
        remember(self.look, &call, contact.as_ref());
        let Some(contact) = contact else { return (call, None) };
        self.look.named(call.ip);
        let _place = self.talking.acquire().await;
        let to = SocketAddr::new(call.ip, self.look.network.ports.snmp);
        let peer = conversation::Peer { sockets: self.sockets, to, way: &self.ways[contact.way], asks_routers: self.asks_routers };
        let asker = Asker::new(contact.session, self.look.pace_to(call.ip), call.stands);
        let heard = conversation::converse(&peer, asker, contact.system).await;
        (call, Some(heard))
    }

    /// Asks the first question: the system group. The first way that is answered is the one.
    async fn contact(&self, call: &Call) -> Option<Contact> {
        let (patience, tries) = call.patience;
        let is_old = |way: &usize| self.ways[*way].version == Version::V1;
        let last = call.ways.iter().rfind(|way| !is_old(way)); // the others do not wait for what few know
        for way in &call.ways {
            let tries = if is_old(way) { tries.min(TRIES_V1) } else { tries };
            let to = SocketAddr::new(call.ip, self.look.network.ports.snmp);
            let Ok(session) = self.sockets.session(to, &self.ways[*way]).await else { continue };
            let mut asked = FuturesUnordered::new();
            for _ in 0..tries {
                self.look.pace_to(call.ip).take().await;
                asked.push(session.next(conversation::system_oids()));
                match soonest(&mut asked, patience).await {
                    Ok(system) => {
                        drop(asked);
                        return Some(Contact { way: *way, session, system });
                    }
                    // It speaks this way, though it does not like the question: the conversation asks in smaller pieces.
                    Err(Refusal::TooBig | Refusal::Missing(_) | Refusal::Status(_)) => {
                        drop(asked);
                        return Some(Contact { way: *way, session, system: Vec::new() });
                    }
                    Err(Refusal::Silent) => {}
                    Err(Refusal::Broken(_)) => break,
                }
                if Some(way) == last {
                    self.look.leave(call.ip, "snmp");
                }
            }
        }
        self.look.leave(call.ip, "snmp");
        None
    }
}

/// The first answer within a time to any question that was asked so far: a device that takes two seconds for each is still answering the first
/// when the second is asked.
async fn soonest<T>(asked: &mut FuturesUnordered<impl Future<Output = Result<T, Refusal>>>, within: Duration) -> Result<T, Refusal> {
    let until = Instant::now() + within;
    loop {
        match timeout_at(until, asked.next()).await {
            Ok(Some(Err(Refusal::Silent))) => {} // an earlier question's time is over
            Ok(Some(answer)) => return answer,
            Ok(None) | Err(_) => return Err(Refusal::Silent),
        }
    }
}

/// Those that answered in an earlier round and whose address nobody holds now: they are known not to answer, without a packet.
fn gone(look: &Look<'_>, outcome: &mut Outcome) {
    let (memory, empty) = (look.memory.borrow(), look.empty.borrow());
    let answered = memory.snmp.iter().filter(|(_, remembered)| remembered.credential.is_some()).map(|(ip, _)| *ip);
    outcome.findings.extend(answered.filter(|ip| empty.contains(ip)).map(|ip| Finding::of(Subject::Address(ip), Vec::new())));
}

/// What an address that did not answer leaves behind.
fn silent(look: &Look<'_>, sockets: &Sockets, call: &Call, outcome: &mut Outcome) {
    let subject = Subject::Address(call.ip);
    if call.tries_new && sockets.speaks_v3(SocketAddr::new(call.ip, look.network.ports.snmp)) {
        let text = "it speaks SNMPv3 but answers to none of the network's credentials: user, password or protocol differ".to_owned();
        outcome.troubles.push(trouble(look, Some(subject.clone()), "refused", text));
    }
    // It answered in an earlier round: now it is known not to.
    if call.answered_before {
        outcome.findings.push(Finding::of(subject, Vec::new()));
    }
}

/// What a device that was talked with leaves behind.
fn spoke(look: &Look<'_>, ip: IpAddr, heard: Heard, outcome: &mut Outcome) {
    let subject = Subject::Address(ip);
    tracing::debug!(%ip, questions = heard.questions, facts = heard.facts.len(), finished = heard.finished, "snmp conversation");
    if let Some(remembered) = look.memory.borrow_mut().snmp.get_mut(&ip) {
        remembered.repetitions = heard.stands;
    }
    if !heard.cuts.is_empty() {
        outcome.troubles.push(trouble(look, Some(subject.clone()), "walk_cut", heard.cuts.join("; ")));
    }
    let mut facts = vec![Fact::answers("snmp")];
    facts.extend(heard.facts);
    outcome.findings.push(Finding { subject, facts, readings: heard.readings, finished: heard.finished });
}

fn trouble(look: &Look<'_>, subject: Option<Subject>, code: &str, text: String) -> Trouble {
    Trouble { probe: "snmp".into(), network: look.network.name.clone(), subject, code: code.into(), text }
}

/// One address to call, and how.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    ip: IpAddr,
    /// Ways to try, in this order (numbers of the network's ways).
    ways: Vec<usize>,
    answered_before: bool,
    patience: (Duration, u32),
    stands: Option<u32>,
    /// Whether a host is known at the address, with its MAC.
    known: Option<Option<Mac>>,
    /// Ways that it never answered to are among those tried: the day of waiting begins anew if it stays silent.
    tries_new: bool,
}

/// Whom to call beside the arrivals, when those are over: who answered before, and in a sweep every address that somebody may hold.
fn others(look: &Look<'_>, ways: &[Way]) -> Vec<Call> {
    let network = look.network;
    let arrived: BTreeSet<IpAddr> = look.targets().into_iter().collect();
    let mut addresses: BTreeSet<IpAddr> = {
        let memory = look.memory.borrow();
        memory.snmp.iter().filter(|(_, remembered)| remembered.credential.is_some()).map(|(ip, _)| *ip).collect()
    };
    if look.sweep {
        addresses.extend(network.addresses());
    }
    let empty = look.empty.borrow();
    let may = |ip: &IpAddr| network.may_ask(*ip) && !arrived.contains(ip) && !empty.contains(ip) && look.hosts.borrow().get(ip).is_none();
    addresses.into_iter().filter(may).filter_map(|ip| call_to(look, ways, ip)).collect()
}

/// How to call an address in this round, if at all.
fn call_to(look: &Look<'_>, ways: &[Way], ip: IpAddr) -> Option<Call> {
    let (hosts, memory) = (look.hosts.borrow(), look.memory.borrow());
    let versions: Vec<Version> = ways.iter().map(|way| way.version).collect();
    call(ip, hosts.get(&ip).copied(), memory.snmp.get(&ip), &versions, look.now, look.network.is_loopback())
}

/// How to call one address, if now. `at_home`: a network of this machine alone, where nobody can listen for credentials.
fn call(ip: IpAddr, known: Option<Option<Mac>>, memory: Option<&SnmpMemory>, ways: &[Version], now: Timestamp, at_home: bool) -> Option<Call> {
    let proven = memory.and_then(|memory| memory.credential).filter(|way| *way < ways.len());
    let waits = memory.is_some_and(|memory| {
        let fresh = memory.tried_at.is_some_and(|at| (0..RETRY_AFTER_S).contains(&now.since_s(at)));
        let same = known.is_none() || (memory.tried_known && known.flatten().is_none_or(|mac| memory.tried_mac.is_none_or(|tried| tried == mac)));
        fresh && same && !at_home
    });
    let mut tried: Vec<usize> = proven.into_iter().collect();
    if !waits {
        let here = known.is_some() || proven.is_some();
        let may = |way: &usize| Some(*way) != proven && (here || ways[*way] != Version::V1);
        tried.extend((0..ways.len()).filter(may));
    }
    let tries_new = !waits && tried.len() > usize::from(proven.is_some());
    let patience = match (proven, known) {
        (Some(_), _) => PATIENCE_ANSWERED_BEFORE,
        (None, Some(_)) => PATIENCE_KNOWN,
        (None, None) => PATIENCE_UNKNOWN,
    };
    let stands = memory.and_then(|memory| memory.repetitions);
    (!tried.is_empty()).then_some(Call { ip, ways: tried, answered_before: proven.is_some(), patience, stands, known, tries_new })
}

/// A device that answered: by which way, and its system group.
struct Contact {
    way: usize,
    session: Session,
    system: Vec<(Oid, Value)>,
}

fn remember(look: &Look<'_>, call: &Call, contact: Option<&Contact>) {
    let memory = &mut look.memory.borrow_mut().snmp;
    match contact {
        Some(contact) => {
            let remembered = memory.entry(call.ip).or_default();
            remembered.credential = Some(contact.way);
            remembered.tried_at = None;
        }
        None if call.tries_new => {
            let remembered = memory.entry(call.ip).or_default();
            remembered.tried_at = Some(look.now);
            remembered.tried_known = call.known.is_some();
            remembered.tried_mac = call.known.flatten();
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(known: Option<Option<Mac>>, memory: Option<SnmpMemory>, ways: &[usize]) {
        let ip = "10.0.0.7".parse().unwrap();
        let call = call(ip, known, memory.as_ref(), &[Version::V3, Version::V2c], Timestamp(1_000_000), false);
        assert_eq!(call.map_or(Vec::new(), |call| call.ways), ways, "{known:?} {memory:?}");
    }

    #[test]
    fn a_credential_goes_to_a_new_host_at_most_once_a_day() {
        let one: Mac = "00:1a:2b:00:00:01".parse().unwrap();
        let two: Mac = "00:1a:2b:00:00:02".parse().unwrap();
        let tried = |ago: i64, tried_known, tried_mac| {
            Some(SnmpMemory { tried_at: Some(Timestamp(1_000_000 - ago)), tried_known, tried_mac, ..Default::default() })
        };
        check(None, None, &[0, 1]);
        check(Some(Some(one)), tried(3_600, true, Some(one)), &[]);
        check(Some(Some(one)), tried(90_000, true, Some(one)), &[0, 1]);
        check(None, tried(3_600, false, None), &[]);
        // Nobody was known there when it was tried; or another one was.
        check(Some(None), tried(3_600, false, None), &[0, 1]);
        check(Some(Some(two)), tried(3_600, true, Some(one)), &[0, 1]);
        // A clock that went back does not keep a host waiting for ever.
        check(Some(None), tried(-500_000, true, None), &[0, 1]);
    }

    #[test]
    fn version_1_is_tried_where_somebody_is_known() {
        let ip = "10.0.0.7".parse().unwrap();
        let ways = |known, credential| {
            let memory = SnmpMemory { credential, ..Default::default() };
            call(ip, known, Some(&memory), &[Version::V2c, Version::V1], Timestamp(1_000_000), false).unwrap().ways
        };
        assert_eq!(ways(None, None), [0]);
        assert_eq!(ways(Some(None), None), [0, 1]);
        assert_eq!(ways(None, Some(1)), [1, 0]);
    }

    #[test]
    fn what_answered_before_is_asked_so_again_and_first() {
        let answered = |credential, tried_at| Some(SnmpMemory { credential: Some(credential), tried_at, ..Default::default() });
        check(None, answered(1, None), &[1, 0]);
        check(None, answered(1, Some(Timestamp(999_000))), &[1]);
        // A credential that was taken out of the configuration.
        check(None, answered(5, None), &[0, 1]);
    }
}
