//! NetBIOS names of those whom nothing else names: node status (RFC 1002 sections 4.2.17 and 4.2.18), UDP port 137.
//!
//! Comes in: addresses as they are found. Goes out, about each that answers: `answers netbios`, the names and suffixes of its table as
//! `shared/said` names them, and, where no link of ours tells it, the MAC that the answer ends with. Who told SNMP or PJLink its name, or whose
//! lease has one, is not asked; the others once an hour while they answer, once a day while they do not ([`visit`]).
//!
//! Absent on purpose: broadcasts, and any question but this one.

use super::visit::{Habit, Heard, Visit, patience, visit};
use super::{Look, Outcome, said_text};
use futures_util::StreamExt;
use rollcall_shared::evidence::Holds;
use rollcall_shared::{Fact, Mac};
use std::collections::BTreeSet;
use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// One that answered is asked again after this time.
const HABIT: Habit = Habit { probe: "netbios", again_s: 3_600 };
/// How long an answer may take (RFC 1002 section 6, UCAST_REQ_RETRY_TIMEOUT is 5 s; on one link it takes milliseconds).
const ANSWER: Duration = patience(700);
/// How often it is asked: who sleeps at the first question may hear the second.
const TRIES: usize = 2;
/// Entries of one table: the count has one octet.
const ENTRY: usize = 18;
/// The name `*`, as a node status request has it: every half octet as a letter from A on (RFC 1001 section 14.1).
const ANY_NAME: &[u8; 34] = b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0";
/// NBSTAT, and the class Internet.
const NBSTAT: [u8; 4] = [0, 0x21, 0, 1];
/// Flags of an entry: a group's name; an active one.
const GROUP: u8 = 0x80;
const ACTIVE: u8 = 0x04;
/// The suffix of a computer's own name, and of its workgroup or domain.
const WORKSTATION: u8 = 0x00;
/// The suffix of the master browser: computers hold it in turn, by election, so it says nothing that stands.
const MASTER_BROWSER: u8 = 0x1d;

/// Asks everybody who is due.
pub async fn read(look: &Look<'_>) -> Outcome {
    let port = look.network.ports.netbios;
    if port == 0 {
        return Outcome { finished: true, ..Outcome::default() };
    }
    let nameless = look.unnamed().filter(|ip| ready(look.thorough || !look.met.borrow().leased_names.contains(ip)));
    visit(look, HABIT, nameless, async |visit| talk(look, visit, port).await).await
}

async fn talk(look: &Look<'_>, visit: &Visit<'_>, port: u16) -> Heard {
    let to = SocketAddr::new(visit.ip, port);
    let facts = ask(visit, to).await.unwrap_or_default();
    // On an own link ARP tells who holds the address; there this would only say it again.
    let is_known = look.hosts.borrow().get(&visit.ip).copied().flatten().is_some();
    let facts = facts.into_iter().filter(|fact| !(is_known && matches!(fact, Fact::Holds(_)))).collect();
    Heard { facts, cut: false }
}

async fn ask(visit: &Visit<'_>, to: SocketAddr) -> Option<Vec<Fact>> {
    let socket = UdpSocket::bind(if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" }).await.ok()?;
    socket.connect(to).await.ok()?; // a closed port is told at once
    let mut id = [0; 2];
    getrandom::fill(&mut id).ok()?;
    for _ in 0..TRIES {
        visit.turn().await;
        socket.send(&question(id)).await.ok()?;
        let mut answer = [0; 2_048];
        match timeout(ANSWER, socket.recv(&mut answer)).await {
            Ok(length) => return parse(&answer[..length.ok()?], id),
            Err(_) => continue,
        }
    }
    None
}

/// NODE STATUS REQUEST.
fn question(id: [u8; 2]) -> Vec<u8> {
    [&id[..], &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0], ANY_NAME, &NBSTAT].concat()
}

/// Reads a NODE STATUS RESPONSE to this question; nothing where it is none.
pub fn parse(octets: &[u8], id: [u8; 2]) -> Option<Vec<Fact>> {
    let body = octets.strip_prefix(&id).filter(|rest| rest.first().is_some_and(|flags| flags & 0x80 != 0))?.get(10..)?;
    // The name that was asked for, type and class, time to live, length.
    let (head, table) = body.split_at_checked(ANY_NAME.len() + NBSTAT.len() + 6)?;
    if head.get(ANY_NAME.len()..ANY_NAME.len() + NBSTAT.len()) != Some(&NBSTAT) {
        return None;
    }
    let (count, table) = table.split_first()?;
    let entries: Vec<&[u8]> = table.chunks_exact(ENTRY).take(usize::from(*count)).collect();
    let statistics = table.get(entries.len() * ENTRY..).filter(|_| entries.len() == usize::from(*count));
    let active = entries.iter().filter(|entry| entry[16] & ACTIVE != 0);
    let (groups, own): (Vec<&[u8]>, Vec<&[u8]>) = active.partition(|entry| entry[16] & GROUP != 0);
    let named = |entries: &[&[u8]]| entries.iter().find(|entry| entry[15] == WORKSTATION).map(|entry| said_text(entry[..15].trim_ascii()));
    let suffixes: BTreeSet<u8> = own.iter().map(|entry| entry[15]).filter(|suffix| *suffix != MASTER_BROWSER).collect();
    let suffixes: Vec<String> = suffixes.iter().map(|suffix| format!("{suffix:02x}")).collect();
    let said = [("netbios.name", named(&own)), ("netbios.group", named(&groups)), ("netbios.services", Some(suffixes.join(",")))];
    let said = said.into_iter().filter_map(|(key, value)| Some(Fact::said(key, value.filter(|value| !value.is_empty())?)));
    // The statistics begin with the unit's address; programs that are no network card leave it empty.
    let mac = statistics.and_then(|statistics| Mac::from_slice(statistics.get(..6)?)).filter(|mac| !mac.is_void() && !mac.is_group());
    let holds = mac.map(|mac| Fact::Holds(Holds { key: mac }));
    Some(std::iter::once(Fact::answers("netbios")).chain(said).chain(holds).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::{Place, check_cases};
    use proptest::prelude::*;
    use rollcall_shared::Subject;
    use rollcall_shared::evidence::Lease;

    fn octets(hex: &str) -> Vec<u8> {
        hex.trim().as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn what_daemons_said() {
        check_cases("netbios", |case| {
            let answer = octets(&std::fs::read_to_string(case.join("answer.hex")).unwrap());
            serde_json::json!(parse(&answer, [answer[0], answer[1]]))
        });
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let answer = [&[1, 2, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0][..], ANY_NAME, &NBSTAT, &[0; 6], &[0]].concat();
        assert_eq!(parse(&answer, [1, 2]), Some(vec![Fact::answers("netbios")]));
        assert_eq!(parse(&answer, [1, 3]), None);
        assert_eq!(parse(&question([1, 2]), [1, 2]), None);
        assert_eq!(parse(&answer[..answer.len() - 1], [1, 2]), None);
    }

    /// 127.96.3.1 answers, 127.96.3.2 refuses; who has a name by its lease is not asked.
    #[test]
    fn those_without_a_name_are_asked_once_an_hour() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut place = Place::new("127.96.3.0/30", 1_000_000);
        let answer =
            octets(&std::fs::read_to_string(format!("{}/../tests/data/probes/netbios/nmbd-4.17.12/answer.hex", env!("CARGO_MANIFEST_DIR"))).unwrap());
        runtime.block_on(async {
            let pc = UdpSocket::bind("127.96.3.1:0").await.unwrap();
            place.network.ports.netbios = pc.local_addr().unwrap().port();
            let answers = async {
                let mut query = [0; 100];
                loop {
                    let (length, from) = pc.recv_from(&mut query).await.unwrap();
                    assert_eq!(query[2..length], question([0, 0])[2..]);
                    pc.send_to(&[&query[..2], &answer[2..]].concat(), from).await.unwrap();
                }
            };
            let asks = async {
                for (now, asked) in [(1_000_000, 2), (1_000_300, 0), (1_003_700, 1)] {
                    let look = Look { now: rollcall_shared::Timestamp(now), ..place.look() };
                    let outcome = read(&look).await;
                    assert_eq!((outcome.asked, outcome.finished), (asked, true), "at {now}");
                    let told = outcome.findings.iter().find(|finding| finding.subject == Subject::Address([127, 96, 3, 1].into())).unwrap();
                    assert_eq!((told.facts.is_empty(), told.finished), (asked == 0, asked > 0), "what was told stands");
                }
                let lease = Lease { key: [127, 96, 3, 1].into(), name: Some("pc".into()), vendor_class: None, reserved: true, active: false };
                place.met.borrow_mut().told(&Subject::Mac(Mac::new([0; 6])), &Fact::Lease(lease));
                let later = Look { now: rollcall_shared::Timestamp(1_100_000), ..place.look() };
                assert_eq!(read(&later).await.asked, 1, "the one that refuses");
            };
            tokio::select! {
                () = asks => {}
                () = answers => unreachable!("it plays on"),
            }
        });
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, count: u8, table: Vec<u8>) {
            parse(&octets, [0, 0]);
            let answer = [&[0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0][..], ANY_NAME, &NBSTAT, &[0; 6], &[count], &table].concat();
            parse(&answer, [0, 0]).unwrap();
        }
    }
}
