//! One look a day at the ports of those whom nothing else names: for `http`, `ipp`, `banner`, `smb` (TCP) and `netbios`.
//!
//! Comes in: addresses as they are found, what is remembered of each (on disk). Goes out: an [`Outcome`] with one finding an address that
//! is asked or of which something stands. Absent on purpose: protocols.
//!
//! The manners: only addresses that somebody holds; one connection at a time to one device from one probe; a look a day, sooner only where
//! another MAC holds the address, or where one who told something was away and is back. A port that refuses is asked again with the next
//! look, one that keeps silent (a packet filter) after a week. A named device (SNMP, PJLink) is spared altogether, unless a person asks for
//! it by `probe ADDRESS`.
//!
//! What an earlier look told stands while its device is not asked: its finding is empty and not finished. It leaves when nobody holds the
//! address, when another does, when the device came to be named, or when the next look does not hear it again.

use super::{Finding, Look, Outcome};
use futures_util::{Stream, StreamExt};
use rollcall_shared::{Fact, Mac, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::ready;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Devices under way at a time, each with one connection.
const AT_ONCE: usize = 64;
/// How long a connection may take to open: a device on a school's network answers within milliseconds, one that wakes up within a second.
const CONNECT: Duration = patience(1_000);
/// The same for one that kept silent on another port a moment ago: it filters.
const CONNECT_SILENT: Duration = patience(300);
/// Between two looks at one device.
pub const DAY_S: i64 = 86_400;
/// A port that kept silent while its device was there is left alone so long.
const SILENT_S: i64 = 7 * DAY_S;
/// What was not looked at for so long is forgotten.
const FORGET_S: i64 = 30 * DAY_S;

/// How a probe visits.
#[derive(Debug, Clone, Copy)]
pub struct Habit {
    /// Its name.
    pub probe: &'static str,
    /// Between two looks at one that told something, seconds.
    pub again_s: i64,
}

/// What is remembered of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitMemory {
    /// When it was looked at last.
    pub at: Timestamp,
    /// The MAC that held the address then, where known.
    #[serde(default)]
    pub mac: Option<Mac>,
    /// What it told then stands in the picture.
    #[serde(default)]
    pub told: bool,
    /// It was away since: it is looked at as soon as it is back.
    #[serde(default)]
    pub away: bool,
    /// Ports that kept silent, and when.
    #[serde(default)]
    pub silent: BTreeMap<u16, Timestamp>,
}

/// What one visit heard.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    /// Standing facts.
    pub facts: Vec<Fact>,
    /// A port opened, and then nothing that can be read came in time: what stands from the last look is as good as before.
    pub cut: bool,
}

/// One visit under way: the only way to a port.
pub struct Visit<'a> {
    look: &'a Look<'a>,
    /// Whom.
    pub ip: IpAddr,
    silent: RefCell<BTreeMap<u16, Timestamp>>,
    silent_now: Cell<bool>,
}

impl Visit<'_> {
    /// Opens a connection, when its turn has come; nothing where the port is switched off (0), refuses or keeps silent.
    pub async fn connect(&self, port: u16) -> Option<TcpStream> {
        if port == 0 || self.silent.borrow().contains_key(&port) {
            return None;
        }
        self.look.pace_to(self.ip).take().await;
        let patience = if self.silent_now.get() { CONNECT_SILENT } else { CONNECT };
        match timeout(patience, TcpStream::connect(SocketAddr::new(self.ip, port))).await {
            Ok(stream) => stream.ok(),
            Err(_) => {
                self.silent_now.set(true);
                // Silence of one who may not even be there says nothing of the port.
                if self.look.met.borrow().there.contains(&self.ip) {
                    self.silent.borrow_mut().insert(port, self.look.now);
                }
                None
            }
        }
    }

    /// Waits for the turn of one more packet that asks something.
    pub async fn turn(&self) {
        self.look.pace_to(self.ip).take().await;
    }
}

/// Visits those of `hosts` that are due.
pub async fn visit(look: &Look<'_>, habit: Habit, hosts: impl Stream<Item = IpAddr>, talk: impl AsyncFn(&Visit<'_>) -> Heard) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    let visits = hosts.filter(|ip| ready(look.thorough || habit.is_due(look, *ip))).map(|ip| {
        let (visit, talk) = (habit.begin(look, ip), &talk);
        async move {
            let heard = talk(&visit).await;
            (visit, heard)
        }
    });
    let mut visits = pin!(visits.buffer_unordered(AT_ONCE));
    let mut visited = Vec::new();
    while let Some((visit, heard)) = visits.next().await {
        outcome.asked += 1;
        visited.push(visit.ip);
        outcome.findings.push(habit.end(visit, heard));
    }
    habit.stand(look, &visited, &mut outcome);
    outcome.findings.sort_by(|a, b| a.subject.cmp(&b.subject));
    outcome
}

impl Habit {
    fn remembered(self, look: &Look<'_>, ip: IpAddr) -> Option<VisitMemory> {
        look.memory.borrow().visits.get(self.probe)?.get(&ip).cloned()
    }

    /// Whether it is time for another look.
    fn is_due(self, look: &Look<'_>, ip: IpAddr) -> bool {
        self.remembered(look, ip).is_none_or(|memory| memory.away || is_another(&memory, holder(look, ip)) || self.is_old(&memory, look.now))
    }

    fn is_old(self, memory: &VisitMemory, now: Timestamp) -> bool {
        let rest_s = if memory.told { self.again_s } else { DAY_S };
        !(0..rest_s).contains(&now.since_s(memory.at)) // a clock that went back does not keep it waiting for ever
    }

    fn begin<'a>(self, look: &'a Look<'a>, ip: IpAddr) -> Visit<'a> {
        let memory = self.remembered(look, ip).filter(|memory| !look.thorough && !is_another(memory, holder(look, ip)));
        let mut silent = memory.unwrap_or_default().silent;
        silent.retain(|_, at| (0..SILENT_S).contains(&look.now.since_s(*at)));
        Visit { look, ip, silent: RefCell::new(silent), silent_now: Cell::new(false) }
    }

    /// Writes down what became of a visit.
    fn end(self, visit: Visit<'_>, heard: Heard) -> Finding {
        let (look, mac) = (visit.look, holder(visit.look, visit.ip));
        let mut memory = look.memory.borrow_mut();
        let entry = memory.visits.entry(self.probe.to_owned()).or_default().entry(visit.ip).or_default();
        // What stands is about another one.
        let kept = heard.cut && !is_another(entry, mac);
        let told = !heard.facts.is_empty() || (kept && entry.told);
        *entry = VisitMemory { at: look.now, mac: mac.or(entry.mac), told, away: false, silent: visit.silent.into_inner() };
        Finding { finished: !kept, ..Finding::of(Subject::Address(visit.ip), heard.facts) }
    }

    /// What becomes of those that were not visited in this round.
    fn stand(self, look: &Look<'_>, visited: &[IpAddr], outcome: &mut Outcome) {
        let targets = look.targets();
        let (empty, met, mut memory) = (look.empty.borrow(), look.met.borrow(), look.memory.borrow_mut());
        let Some(memory) = memory.visits.get_mut(self.probe) else { return };
        memory.retain(|_, one| (0..FORGET_S).contains(&look.now.since_s(one.at)));
        for (ip, one) in memory.iter_mut().filter(|(ip, one)| one.told && look.network.may_ask(**ip) && !visited.contains(ip)) {
            let is_away = empty.contains(ip);
            let is_named = met.named.contains(ip) && (self.is_old(one, look.now) || is_another(one, holder(look, *ip)));
            let leaves = is_away || is_named || !targets.contains(ip);
            one.away = is_away;
            one.told = !leaves;
            outcome.findings.push(Finding { finished: leaves, ..Finding::of(Subject::Address(*ip), Vec::new()) });
        }
    }
}

/// How long something is waited for: tests, whose servers are on this machine, wait a quarter of it.
pub const fn patience(ms: u64) -> Duration {
    Duration::from_millis(if cfg!(test) { ms / 4 } else { ms })
}

/// Whether another device holds the address than the one remembered.
fn is_another(memory: &VisitMemory, mac: Option<Mac>) -> bool {
    mac.is_some() && memory.mac.is_some() && mac != memory.mac
}

fn holder(look: &Look<'_>, ip: IpAddr) -> Option<Mac> {
    look.hosts.borrow().get(&ip).copied().flatten()
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
