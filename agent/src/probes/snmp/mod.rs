//! SNMP v2c and v3: what devices say of themselves, their interfaces, parts, stations, neighbours, supplies and batteries.
//!
//! Comes in: a [`Look`]: known hosts, what each answered to before, credentials of the network. Goes out: one finding a device, and a trouble
//! `walk_cut` for each table that did not come whole. Absent on purpose: SET (no such word in the code), conclusions, version 1.
//!
//! Reading order: this file chooses whom to ask and with which credential (`contact` is the first question); `conversation` is what one
//! device is asked; `walk` asks within bounds; `session` is the wire; `parse` makes facts of the answers.
//!
//! A credential goes to hosts that answered to it before, and to a new host at most once a day. An address where nobody was known when it was
//! tried counts as new when somebody is known there, or when another MAC holds it.

mod conversation;
#[cfg(test)]
mod fake;
pub mod parse;
mod session;
#[cfg(test)]
mod talks;
mod value;
mod walk;

use super::pace::Pacer;
use super::{Finding, Look, Outcome, SnmpMemory};
use conversation::Heard;
use futures_util::StreamExt;

use rollcall_shared::report::Trouble;
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use session::{Refusal, Session, Sockets, Way};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
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

/// How long a question within a conversation may stay unanswered. Printers that wake up and switches under load take a second.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);

/// A credential goes to a new host at most so often.
const RETRY_AFTER_S: i64 = 86_400;

/// Asks every host of the network that may be asked now.
pub async fn read(look: &Look<'_>) -> Outcome {
    read_within(look, ANSWER_WITHIN).await
}

async fn read_within(look: &Look<'_>, within: Duration) -> Outcome {
    let cannot = |code: &str, text| Outcome { troubles: vec![trouble(look, None, code, text)], ..Default::default() };
    let ways = match Way::of(&look.network.credentials.snmp) {
        Ok(ways) => ways,
        Err(text) => return cannot("credentials", text),
    };
    let calls = calls(look, ways.len());
    let sockets = match Sockets::open(calls.iter().map(|call| call.ip), within).await {
        Ok(sockets) => sockets,
        Err(text) => return cannot("no_socket", text),
    };
    let port = look.network.ports.snmp;
    let mut outcome = Outcome { finished: true, asked: u32::try_from(calls.len()).unwrap_or(u32::MAX), ..Default::default() };

    let contacts = calls.iter().map(|call| {
        let (sockets, ways, pace) = (&sockets, &ways, look.pace);
        async move { (call, contact(sockets, pace, ways, port, call).await) }
    });
    let mut contacts = futures_util::stream::iter(contacts).buffer_unordered(CONTACTS_AT_ONCE);
    let mut answering = Vec::new();
    while let Some((call, contact)) = contacts.next().await {
        remember(look, call, contact.as_ref());
        match contact {
            Some(contact) => answering.push((call, contact)),
            None => silent(look, &sockets, call, &mut outcome),
        }
    }

    let talks = answering.into_iter().map(|(call, contact)| {
        let (sockets, ways, pace) = (&sockets, &ways, look.pace);
        async move {
            let peer = conversation::Peer { sockets, to: SocketAddr::new(call.ip, port), way: &ways[contact.way] };
            let asker = Asker::new(contact.session, pace, call.stands);
            (call.ip, conversation::converse(&peer, asker, contact.system).await)
        }
    });
    let mut talks = futures_util::stream::iter(talks).buffer_unordered(CONVERSATIONS_AT_ONCE);
    while let Some((ip, heard)) = talks.next().await {
        spoke(look, ip, heard, &mut outcome);
    }
    outcome
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

/// Whom to call in this round.
fn calls(look: &Look<'_>, ways: usize) -> Vec<Call> {
    let network = look.network;
    let hosts = look.hosts.borrow();
    let memory = look.memory.borrow();
    let mut addresses: BTreeSet<IpAddr> = hosts.keys().copied().collect();
    addresses.extend(memory.snmp.iter().filter(|(_, remembered)| remembered.credential.is_some()).map(|(ip, _)| *ip));
    if look.sweep || network.is_loopback() {
        let empty = look.empty.borrow();
        addresses.extend(network.addresses().filter(|ip| !empty.contains(ip)));
    }
    let may = |ip: &IpAddr| network.may_ask(*ip) && hosts.get(ip).copied().flatten().is_none_or(|mac| network.may_ask_mac(mac));
    let call = |ip: IpAddr| call(ip, hosts.get(&ip).copied(), memory.snmp.get(&ip), ways, look.now, network.is_loopback());
    addresses.into_iter().filter(may).filter_map(call).collect()
}

/// How to call one address, if now. `at_home`: a network of this machine alone, where nobody can listen for credentials.
fn call(ip: IpAddr, known: Option<Option<Mac>>, memory: Option<&SnmpMemory>, ways: usize, now: Timestamp, at_home: bool) -> Option<Call> {
    let proven = memory.and_then(|memory| memory.credential).filter(|way| *way < ways);
    let waits = memory.is_some_and(|memory| {
        let fresh = memory.tried_at.is_some_and(|at| (0..RETRY_AFTER_S).contains(&now.since_s(at)));
        let same = known.is_none() || (memory.tried_known && known.flatten().is_none_or(|mac| memory.tried_mac.is_none_or(|tried| tried == mac)));
        fresh && same && !at_home
    });
    let mut tried: Vec<usize> = proven.into_iter().collect();
    if !waits {
        tried.extend((0..ways).filter(|way| Some(*way) != proven));
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

/// Asks the first question: the system group. The first way that is answered is the one.
async fn contact(sockets: &Sockets, pace: &Pacer, ways: &[Way], port: u16, call: &Call) -> Option<Contact> {
    let (patience, tries) = call.patience;
    for way in &call.ways {
        let Ok(session) = sockets.session(SocketAddr::new(call.ip, port), &ways[*way]).await else { continue };
        for _ in 0..tries {
            pace.take().await;
            let system = tokio::time::timeout(patience, session.next(conversation::system_oids())).await.unwrap_or(Err(Refusal::Silent));
            match system {
                Ok(system) => return Some(Contact { way: *way, session, system }),
                // It speaks this way, though it does not like the question: the conversation asks in smaller pieces.
                Err(Refusal::TooBig | Refusal::Status(_)) => return Some(Contact { way: *way, session, system: Vec::new() }),
                Err(Refusal::Silent) => {}
                Err(Refusal::Broken(_)) => break,
            }
        }
    }
    None
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
        let call = call(ip, known, memory.as_ref(), 2, Timestamp(1_000_000), false);
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
    fn what_answered_before_is_asked_so_again_and_first() {
        let answered = |credential, tried_at| Some(SnmpMemory { credential: Some(credential), tried_at, ..Default::default() });
        check(None, answered(1, None), &[1, 0]);
        check(None, answered(1, Some(Timestamp(999_000))), &[1]);
        // A credential that was taken out of the configuration.
        check(None, answered(5, None), &[0, 1]);
    }
}
