//! Listening: what is said unasked on interfaces that the configuration names: requests of DHCP clients, notifications of SNMP agents.
//!
//! Comes in: datagrams of anybody there. Goes out: words of DHCP clients, for the next round; and looks at devices that called, at once, each a
//! report of its own. Absent on purpose: belief in what is heard (a notification is a hint where to look), connections, orders, and any word
//! on the network but what the protocol asks of a receiver of informs: that it came.
//!
//! Reading order: [`packet`] takes a DHCP request apart, [`dhcp`] is the ear for it, [`heard`] remembers who spoke. [`notifications`] is the table of
//! what is listened for, [`traps`] the ear, [`calls`] decides who is looked at when; `answer` looks. All ears are bounded: [`bucket`].

pub mod bucket;
pub mod calls;
pub mod dhcp;
pub mod heard;
pub mod notifications;
pub mod packet;
pub mod traps;

use crate::agent::Agent;
use crate::config::Config;
use crate::daemon::Spooled;
use calls::{Caller, Calls};
use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use futures_util::stream::FuturesUnordered;
use heard::Heard;
use rollcall_shared::Timestamp;
use rollcall_shared::report::Trouble;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Port of SNMP notifications (RFC 3417 section 3.2).
pub const TRAP_PORT: u16 = 162;
/// Most addresses that a trouble names.
const MAX_NAMED: usize = 8;

/// What is listened to: nothing that is not named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listen {
    /// Interfaces on which DHCP clients are heard.
    pub dhcp: Vec<String>,
    /// Where SNMP notifications are received.
    pub traps: Option<Place>,
}

/// Where a port is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At an address of this machine.
    Address(SocketAddr),
    /// At the address of an interface.
    Interface(String, u16),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        let expected = "expected an address of this server with a port such as \"10.0.0.1:162\", or an interface such as \"eth1\"";
        if let Ok(address) = text.parse::<SocketAddr>() {
            let every = "this would open the port on every interface: name one of the school's";
            return if address.ip().is_unspecified() { Err(format!("{expected}; {every}")) } else { Ok(Place::Address(address)) };
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, port.parse().map_err(|_| expected.to_owned())?),
            None => (text, TRAP_PORT),
        };
        if is_interface(name) && name.parse::<IpAddr>().is_err() { Ok(Place::Interface(name.to_owned(), port)) } else { Err(expected.to_owned()) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Address(address) => address.fmt(f),
            Place::Interface(name, port) => write!(f, "{name}:{port}"),
        }
    }
}

/// Whether a text can be an interface's name (Linux: at most 15 octets, neither blanks nor slashes).
pub fn is_interface(name: &str) -> bool {
    (1..=15).contains(&name.len()) && name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'/')
}

/// What the ears have brought since the last round, and how they fare.
#[derive(Debug, Default)]
pub struct Ears {
    /// DHCP clients that spoke.
    pub heard: Heard,
    /// Ears that are open, with the network of what is heard there where it is known.
    open: BTreeMap<(&'static str, String), Option<String>>,
    /// What keeps an ear from hearing: code and sentence.
    ails: BTreeMap<(&'static str, String), (&'static str, String)>,
    tallies: Tallies,
}

/// What was heard and not taken in, counted; shared with a receiver that decides on its own.
#[derive(Debug, Clone, Default)]
pub struct Tallies(Arc<Mutex<BTreeMap<(&'static str, &'static str), Tally>>>);

#[derive(Debug, Default)]
struct Tally {
    count: u64,
    from: BTreeSet<IpAddr>,
}

/// Sentences about what is counted: probe, code, sentence after the number.
const COUNTED: &[(&str, &str, &str)] = &[
    (
        heard::PROBE,
        "no_network",
        "requests of DHCP clients came from no network of the configuration: an address of the interface, or the relay's, must lie in one",
    ),
    (traps::PROBE, "storm", "SNMP notifications were not read: too many came at once"),
    (traps::PROBE, "unknown_source", "SNMP notifications came from addresses that no network of the configuration allows to ask"),
    (traps::PROBE, "refused", "SNMP notifications came with a community or a user that is none of their network's"),
];

impl Tallies {
    /// Counts one more.
    pub fn add(&self, probe: &'static str, code: &'static str, count: u64, from: Option<IpAddr>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = all.entry((probe, code)).or_default();
        tally.count = tally.count.saturating_add(count);
        if tally.from.len() < MAX_NAMED {
            tally.from.extend(from);
        }
    }

    fn take(&self) -> BTreeMap<(&'static str, &'static str), Tally> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ears {
    /// An ear hears.
    fn opened(&mut self, probe: &'static str, place: &str, network: Option<String>) {
        tracing::info!(probe, place, network, "listening");
        self.ails.remove(&(probe, place.to_owned()));
        self.open.insert((probe, place.to_owned()), network);
    }

    /// An ear does not hear.
    fn ails(&mut self, probe: &'static str, place: &str, code: &'static str, text: String) {
        tracing::warn!(probe, place, text, "not listening");
        self.open.remove(&(probe, place.to_owned()));
        self.ails.insert((probe, place.to_owned()), (code, text));
    }

    /// Something was heard and not taken in.
    fn count(&mut self, probe: &'static str, code: &'static str) {
        self.tallies.add(probe, code, 1, None);
    }

    /// Networks whose DHCP clients are heard now; `None` where no ear for them is open.
    pub fn networks(&self) -> Option<BTreeSet<String>> {
        let mut open = self.open.iter().filter(|((probe, _), _)| *probe == heard::PROBE).peekable();
        open.peek()?;
        Some(open.filter_map(|(_, network)| network.clone()).collect())
    }

    /// What the next report tells of the ears: what ails them, each time; what was counted since the last time, and with it what was `heard`.
    pub fn troubles(&mut self, heard: &Heard) -> Vec<Trouble> {
        let trouble = |probe: &str, code: &str, text: String| Trouble {
            probe: probe.to_owned(),
            network: String::new(),
            subject: None,
            code: code.to_owned(),
            text,
        };
        let mut all: Vec<Trouble> = self.ails.iter().map(|((probe, _), (code, text))| trouble(probe, code, text.clone())).collect();
        for ((probe, code), tally) in self.tallies.take() {
            let sentence = COUNTED.iter().find(|row| (row.0, row.1) == (probe, code)).map_or("were left out", |row| row.2);
            let from: Vec<String> = tally.from.iter().map(IpAddr::to_string).collect();
            let from =
                if from.is_empty() { String::new() } else { format!(" ({}{})", from.join(", "), if from.len() < MAX_NAMED { "" } else { ", …" }) };
            all.push(trouble(probe, code, format!("{} {sentence}{from}", tally.count)));
        }
        let storm = [
            (heard.unread, "requests of DHCP clients were not read: too many came at once".to_owned()),
            (heard.left_out, format!("requests of DHCP clients were left out: more than {} clients spoke since the last round", heard::MAX_WAITING)),
        ];
        let told = storm.into_iter().filter(|(count, _)| *count > 0);
        all.extend(told.map(|(count, text)| trouble(heard::PROBE, "storm", format!("{count} {text}; who was not known before is not told"))));
        all
    }
}

/// Listens for ever to what the configuration names, and looks at the devices that call.
pub async fn run(agent: &Agent, clock: &dyn Fn() -> Timestamp, spooled: &Spooled) {
    let config: &Config = agent.config();
    let clients = join_all(config.listen.dhcp.iter().map(|interface| dhcp::hear(interface, &config.networks, agent.ears())));
    let (calls, called) = (RefCell::default(), Notify::new());
    let devices = async {
        if let Some(place) = &config.listen.traps {
            join(traps::receive(place, agent, &calls, &called), answer(agent, clock, &calls, &called, spooled)).await;
        }
    };
    join(clients, devices).await;
    std::future::pending().await
}

/// Looks at the devices that are due; many looks may be under way.
async fn answer(agent: &Agent, clock: &dyn Fn() -> Timestamp, calls: &RefCell<Calls>, called: &Notify, spooled: &Spooled) {
    let mut looks = FuturesUnordered::new();
    loop {
        let next_at = calls.borrow().next_at(Instant::now());
        let due = async {
            match next_at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = called.notified() => {}
            () = due => {
                let taken = calls.borrow_mut().take(Instant::now());
                looks.extend(taken.into_iter().map(|(network, addresses)| look(agent, clock, network, addresses)));
            }
            Some(silent) = looks.next(), if !looks.is_empty() => {
                spooled.report.notify_one();
                spooled.urgent.notify_one();
                silent.iter().for_each(|caller: &Caller| calls.borrow_mut().silent(caller, Instant::now()));
            }
        }
    }
}

/// One look; who did not answer.
async fn look(agent: &Agent, clock: &dyn Fn() -> Timestamp, network: String, addresses: BTreeSet<IpAddr>) -> Vec<Caller> {
    match agent.look_at(&network, &addresses, clock).await {
        Ok(Some(looked)) => {
            tracing::info!(number = looked.report.number, network, devices = addresses.len(), silent = looked.silent.len(), "looked at who called");
            looked.silent.into_iter().map(|ip| (network.clone(), ip)).collect()
        }
        Ok(None) => Vec::new(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "looking at who called failed");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_an_interface_but_never_everywhere() {
        let read = |text: &str| text.parse::<Place>().map(|place| place.to_string());
        assert_eq!(read("10.0.0.1:162"), Ok("10.0.0.1:162".to_owned()));
        assert_eq!(read("[fd00::1]:1162"), Ok("[fd00::1]:1162".to_owned()));
        assert_eq!(read("eth1"), Ok("eth1:162".to_owned()));
        assert_eq!(read("eth1.20:1162"), Ok("eth1.20:1162".to_owned()));
        for wrong in ["0.0.0.0:162", "[::]:162", "10.0.0.1", "eth1:x", "", "an interface", "averyveryverylongname"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_ails_an_ear_is_told_each_time_and_what_was_counted_once() {
        let mut ears = Ears::default();
        ears.ails(heard::PROBE, "eth1", "no_permission", "deaf".into());
        for last in 0..20 {
            ears.tallies.add(traps::PROBE, "unknown_source", 1, Some([10, 9, 9, last].into()));
        }
        let told = |ears: &mut Ears| {
            ears.troubles(&Heard::default())
                .into_iter()
                .map(|trouble| format!("{} {}: {}", trouble.probe, trouble.code, trouble.text))
                .collect::<Vec<_>>()
        };
        let first = told(&mut ears);
        assert_eq!(first[0], "dhcp_heard no_permission: deaf");
        assert!(first[1].starts_with("traps unknown_source: 20 SNMP notifications") && first[1].ends_with("10.9.9.7, …)"), "{first:?}");
        assert_eq!(told(&mut ears), first[..1]);
        assert_eq!(ears.networks(), None);
        ears.opened(heard::PROBE, "eth1", Some("school".into()));
        assert_eq!(told(&mut ears), [""; 0]);
        assert_eq!(ears.networks(), Some(BTreeSet::from(["school".to_owned()])));
    }

    #[test]
    fn every_count_has_its_sentence() {
        for (probe, code, sentence) in COUNTED {
            assert!(sentence.len() > 20 && COUNTED.iter().filter(|row| (row.0, row.1) == (*probe, *code)).count() == 1);
        }
    }
}
