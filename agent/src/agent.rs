//! One agent: its configuration, its state, its spool; one round, and one request.
//!
//! Comes in: a configuration and a clock that is handed in. Goes out: reports on disk, then at the collector. Absent on
//! purpose: timers and signals ([`crate::daemon`]), HTTP ([`crate::uplink`]), so that tests drive whole weeks in a moment.
//!
//! What is on disk at any moment: the spool holds every report that the collector has not acknowledged; `state` holds the
//! picture after the last report. A report is written first and the state after it, with no pause between in which it could be
//! sent; where the power goes between the two, the next start sees the newer report and makes the next one a full picture.

use crate::assemble::{Looked, Told, assemble, fold_troubles, forget_uncovered};
use crate::config::Config;
use crate::hours::local_time;
use crate::listen::{Ears, heard};
use crate::mask::{Mask, PROBE as MASK, drop_never};
use crate::probes::{Memory, PROBES, Probe, ServerPlace};
use crate::round::{Task, known_hosts, known_met, look_around};
use crate::spool::{Entry, Spool};
use crate::state::{Contact, Folder, Identity, State, new_stream};
use crate::uplink::{Failure, Uplink};
use anyhow::Context;
use rollcall_shared::picture::EntryKey;
use rollcall_shared::report::{Answer, Outcome, Receipt, Trouble, WIRE_VERSION};
use rollcall_shared::{Batch, Content, Report, Subject, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

#[path = "between.rs"]
mod between;
pub use between::LookedAt;

/// Silent addresses are swept again after this time within school hours, seconds.
pub const SWEEP_SCHOOL_HOURS_S: i64 = 3_600;
/// … and after this time outside of them: four times a day.
pub const SWEEP_ELSE_S: i64 = 6 * 3_600;
/// A clock further than this from the collector's is told, seconds.
pub const MAX_SKEW_S: i64 = 120;
/// Name under which the agent itself tells troubles.
const AGENT: &str = "agent";
/// Reports that are set aside as too large or malformed one after the other; after these it is the collector or the way to it that
/// is at fault, and the spool is kept.
const MAX_SET_ASIDE_IN_ROW: u32 = 3;
/// Most troubles that `status` shows.
const MAX_SHOWN_TROUBLES: usize = 20;

/// What a round looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every probe and every silent address.
    Everything,
    /// What is due by its own period and the hours of the day.
    Due,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Reports that left the spool.
    pub reports: usize,
    /// Reports that still wait.
    pub left: usize,
}

/// An agent at work. It holds the lock of its state folder.
pub struct Agent {
    config: Config,
    folder: Folder,
    store: RefCell<Store>,
    /// What probes remember: shared by a round and looks between rounds, which may be under way at the same time.
    memory: RefCell<Memory>,
    /// What was heard since the last round.
    ears: RefCell<Ears>,
    /// Network and subject of looks at single devices that ended since the round under way began: they are the newer.
    alone: RefCell<BTreeSet<(String, Subject)>>,
    mask: Mask,
    probes: &'static [Probe],
    uplink: Option<Uplink>,
    /// Most reports of the next request: halved where the collector found one too large.
    batch_reports: Cell<usize>,
    /// Reports set aside since the collector last took one.
    set_aside_in_row: Cell<u32>,
    _lock: std::fs::File,
}

struct Store {
    state: State,
    spool: Spool,
    contact: Contact,
    /// Beginning and end of what the last report told, if one was made since the start.
    last_told: Option<(Timestamp, Timestamp)>,
    /// What the next report tells of the agent itself.
    troubles: Vec<Trouble>,
}

impl Agent {
    /// Opens the state folder, with the probes of this program.
    pub fn open(config: Config) -> anyhow::Result<Agent> {
        Agent::open_with(config, PROBES)
    }

    /// Opens the state folder, with probes of the caller (tests).
    pub fn open_with(config: Config, probes: &'static [Probe]) -> anyhow::Result<Agent> {
        let folder = Folder::new(&config.state_folder);
        folder.make()?;
        let lock = folder.lock()?;
        let spool = Spool::open(&folder.spool(), config.spool_max_bytes)?;
        let mut troubles = Vec::new();
        let mut state = folder.load_state().unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "state lost: a new stream begins");
            troubles.push(own_trouble("state_lost", format!("the agent's memory could not be read ({error:#}): a new stream begins")));
            None
        });
        let mut state = state.take().unwrap_or_default();
        let newest = spool.entries().filter(|entry| Some(entry.stream) == state.stream).map(|entry| entry.number).max();
        if let Some(newest) = newest.filter(|newest| *newest > state.number) {
            state.number = newest; // the power went between a report and the state after it
            state.full_next = true;
            // At once: when those reports are sent, nothing else remembers that their numbers are taken.
            folder.save_state(&state).context("writing down which numbers are taken")?;
        }
        let mask = Mask::new(folder.mask_key()?, config.naming_patterns.clone());
        let uplink = folder.identity()?.map(|identity| Uplink::new(&config, &identity, folder.key()?)).transpose()?;
        let contact = folder.contact();
        Ok(Agent {
            config,
            folder,
            memory: RefCell::new(state.memory.clone()),
            store: RefCell::new(Store { state, spool, contact, last_told: None, troubles }),
            ears: RefCell::default(),
            alone: RefCell::default(),
            mask,
            probes,
            uplink,
            batch_reports: Cell::new(usize::MAX),
            set_aside_in_row: Cell::new(0),
            _lock: lock,
        })
    }

    /// Its configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its state folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What was heard since the last round.
    pub fn ears(&self) -> &RefCell<Ears> {
        &self.ears
    }

    /// Who it is; `None` before enrolment.
    pub fn identity(&self) -> Option<&Identity> {
        self.uplink.as_ref().map(Uplink::identity)
    }

    /// Looking rests: by the configuration, by the file `pause`, or because the collector asks.
    pub fn is_paused(&self) -> bool {
        self.config.pause || self.folder.is_paused() || self.store.borrow().state.collector_pauses
    }

    /// No round began within the last period.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let last = self.store.borrow().state.last_round;
        last.is_none_or(|(began_at, _)| !(0..i64::from(self.config.round_s)).contains(&now.since_s(began_at)))
    }

    /// How many reports wait.
    pub fn waiting(&self) -> usize {
        self.store.borrow().spool.entries().count()
    }

    /// The collector wants a full picture, and there is one to tell.
    pub fn owes_full(&self) -> bool {
        let store = self.store.borrow();
        (store.state.full_next || store.state.stream.is_none()) && store.state.last_round.is_some()
    }

    /// One round: looks, assembles, writes the report to the spool. Sending is another matter.
    pub async fn round(&self, scope: Scope, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<Report> {
        let began_at = clock();
        let paused = self.is_paused();
        self.alone.borrow_mut().clear();
        let tasks = if paused { Vec::new() } else { self.tasks(scope, began_at) };
        let plan: Vec<(String, bool, Vec<&str>)> =
            tasks.iter().map(|task| (task.network.name.clone(), task.sweep, task.probes.iter().map(|probe| probe.name).collect())).collect();
        let mut looked = look_around(tasks, &self.memory, began_at).await;
        let ended_at = clock().max(began_at);
        self.keep_newer(&mut looked);

        let (store, ears) = (&mut *self.store.borrow_mut(), &mut *self.ears.borrow_mut());
        let mut next = store.state.clone();
        let heard = std::mem::take(&mut ears.heard);
        let deaf = ears.troubles(&heard);
        if let Some(networks) = ears.networks().filter(|_| !paused) {
            looked.extend(next.clients.round(&heard, &networks, ended_at));
        }
        let mut told = self.lay(&mut next, looked, ended_at);
        told.troubles.extend(deaf);
        for (network, sweep, probes) in plan {
            next.ran_at.extend(probes.into_iter().map(|probe| ((network.clone(), probe.to_owned()), began_at)));
            if sweep {
                next.swept_at.insert(network, began_at);
            }
        }
        next.last_round = Some((began_at, ended_at));
        let numbered = self.number(store, next, told, (began_at, ended_at), paused);
        if numbered.is_err() {
            ears.heard.put_back(heard);
        }
        numbered
    }

    /// Lays what was found over what stood: without what must not be told of, masked, as far as the configuration covers it.
    fn lay(&self, next: &mut State, mut looked: Vec<Looked>, ended_at: Timestamp) -> Told {
        for look in &mut looked {
            if let Some(network) = self.config.networks.iter().find(|network| network.name == look.network) {
                drop_never(network, &mut look.outcome);
            }
        }
        if next.full_next || next.stream.is_none() {
            next.standing.told.clear(); // whoever needs the whole picture needs the readings as well
        }
        self.mask.apply(&mut looked, &next.standing, &mut next.private);
        forget_uncovered(&mut next.standing, |entry| self.covers(entry));
        assemble(&mut next.standing, looked, ended_at)
    }

    /// A full report of what stands, out of turn, because the collector asked for one.
    pub fn tell_full(&self) -> anyhow::Result<Report> {
        let paused = self.is_paused();
        let store = &mut *self.store.borrow_mut();
        let mut next = store.state.clone();
        next.full_next = true;
        next.standing.told.clear(); // the next round tells the readings again
        let times = store.last_told.or(next.last_round).unwrap_or_default();
        self.number(store, next, Told::default(), times, paused)
    }

    /// Gives the report its number and kind, and writes report and state. Nothing is changed where the report cannot be written.
    fn number(
        &self,
        store: &mut Store,
        mut next: State,
        mut told: Told,
        (began_at, ended_at): (Timestamp, Timestamp),
        paused: bool,
    ) -> anyhow::Result<Report> {
        let notes = store.spool.take_notes().into_iter().map(|(code, text)| own_trouble(code, text));
        told.troubles.extend(std::mem::take(&mut store.troubles).into_iter().chain(notes));
        if store.contact.skew_s.abs() > MAX_SKEW_S {
            let text = format!("this server's clock is {} s behind the collector's (negative: ahead)", store.contact.skew_s);
            told.troubles.push(own_trouble("clock", text));
        }
        let troubles = fold_troubles(told.troubles);
        let before = &store.state.standing.picture;
        let after = &next.standing.picture;
        let full = next.full_next || next.stream.is_none();
        let content = if full { Content::Full(after.to_groups()) } else { change(before, after) };
        let stream = next.stream.map_or_else(new_stream, Ok)?;
        next.stream = Some(stream);
        next.number = store.state.number + 1;
        next.full_next = false;
        next.troubles = troubles.iter().take(MAX_SHOWN_TROUBLES).map(shown).collect();
        next.memory = self.memory.borrow().clone();
        let report = Report {
            wire: WIRE_VERSION,
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            stream,
            number: next.number,
            began_at,
            ended_at,
            content,
            hash: after.hash(),
            probes: told.probes,
            readings: told.readings,
            troubles,
            every_s: self.config.round_s,
            folded: 0,
            paused,
        };
        if let Err(error) = store.spool.put(&report) {
            store.troubles = report.troubles;
            return Err(error).context("the report could not be kept; the next round tells what changed since the last one that was");
        }
        store.state = next;
        store.last_told = Some((began_at, ended_at));
        self.folder.save_state(&store.state)?;
        Ok(report)
    }

    /// No active probe may run now.
    fn is_quiet(&self, now: Timestamp) -> bool {
        let time = local_time(&self.config.zone, now);
        self.config.quiet_hours.iter().any(|hours| hours.contains(time))
    }

    /// What is due on each network now.
    fn tasks(&self, scope: Scope, now: Timestamp) -> Vec<Task<'_>> {
        let store = self.store.borrow();
        let time = local_time(&self.config.zone, now);
        let quiet = scope == Scope::Due && self.is_quiet(now);
        let rest_s = if time.workday && self.config.school_hours.contains(time) { SWEEP_SCHOOL_HOURS_S } else { SWEEP_ELSE_S };
        // A round may come a little early by its jitter: half a round before its time a probe counts as due.
        let slack_s = i64::from(self.config.round_s) / 2;
        let is_due = |at: Option<&Timestamp>, every_s: i64| {
            scope == Scope::Everything || at.is_none_or(|at| !(0..every_s - slack_s).contains(&now.since_s(*at)))
        };
        let mut tasks = Vec::new();
        for network in &self.config.networks {
            let here = self.config.server.here && network.name == self.config.server_network;
            let ran_at = |probe: &Probe| store.state.ran_at.get(&(network.name.clone(), probe.name.to_owned()));
            let may_run = |probe: &&Probe| if probe.of_server { here } else { !quiet };
            tasks.push(Task {
                network,
                server: ServerPlace { here, ..self.config.server.clone() },
                probes: self.probes.iter().filter(may_run).filter(|probe| is_due(ran_at(probe), i64::from(probe.every_s))).collect(),
                sweep: !quiet && is_due(store.state.swept_at.get(&network.name), rest_s),
                thorough: false,
                hosts: known_hosts(&store.state.standing, network),
                met: known_met(&store.state.standing, network),
            });
        }
        tasks
    }

    /// Whether an entry may still stand under the configuration of today.
    fn covers(&self, entry: &EntryKey) -> bool {
        let Some(network) = self.config.networks.iter().find(|network| network.name == *entry.network) else { return false };
        let here = self.config.server.here && network.name == self.config.server_network;
        let probe = self.probes.iter().find(|probe| probe.name == &*entry.probe);
        let heard = *entry.probe == *heard::PROBE && !self.config.listen.dhcp.is_empty();
        let probe_stands = heard || entry.probe.is_empty() || *entry.probe == *MASK || probe.is_some_and(|probe| here || !probe.of_server);
        probe_stands
            && match &entry.subject {
                Subject::Address(ip) => network.may_ask(*ip),
                Subject::Mac(mac) => network.may_ask_mac(*mac),
                Subject::Server | Subject::Attached(_) => true,
            }
    }

    /// One request with the oldest reports.
    pub async fn send(&self, clock: &dyn Fn() -> Timestamp) -> Result<Sent, Failure> {
        let Some(uplink) = &self.uplink else { return Err(Failure::NotEnrolled) };
        let batch = self.store.borrow_mut().spool.oldest(self.batch_reports.get());
        if batch.is_empty() {
            return Ok(Sent { reports: 0, left: 0 });
        }
        let (entries, reports): (Vec<Entry>, Vec<Report>) = batch.into_iter().unzip();
        let sent_at = clock();
        let answer = uplink.post(&Batch { agent: uplink.identity().agent, sent_at, reports }, sent_at).await;
        let store = &mut *self.store.borrow_mut();
        store.spool.landed();
        match answer {
            Ok(receipt) => {
                self.batch_reports.set(usize::MAX);
                self.set_aside_in_row.set(0);
                Ok(self.settle(store, &entries, receipt, clock()))
            }
            Err(Failure::TooLarge(reason)) if entries.len() > 1 || self.set_aside_in_row.get() < MAX_SET_ASIDE_IN_ROW => {
                match entries[..] {
                    [single] => {
                        store.spool.set_aside(single, &reason);
                        store.state.full_next = true;
                        self.set_aside_in_row.update(|count| count + 1);
                    }
                    _ => self.batch_reports.set(entries.len() / 2),
                }
                Ok(Sent { reports: 0, left: store.spool.entries().count() })
            }
            Err(failure) => {
                store.contact.failed_at = Some(clock());
                store.contact.failure = failure.to_string();
                store.contact.revoked = matches!(failure, Failure::Revoked(_));
                self.folder.save_contact(&store.contact);
                Err(failure)
            }
        }
    }

    /// Does what the receipt says.
    fn settle(&self, store: &mut Store, entries: &[Entry], receipt: Receipt, now: Timestamp) -> Sent {
        store.contact = Contact { reached_at: Some(now), skew_s: receipt.now.since_s(now), ..Contact::default() };
        self.folder.save_contact(&store.contact);
        let before = (store.state.full_next, store.state.stream, store.state.collector_pauses);
        store.state.collector_pauses = receipt.pause;
        let mut reports = 0;
        for Answer { stream, number, outcome } in receipt.answers {
            let Some(entry) = entries.iter().find(|entry| (entry.stream, entry.number) == (stream, number)) else { continue };
            reports += 1;
            match outcome {
                Outcome::Accepted | Outcome::Duplicate => store.spool.forget(*entry),
                Outcome::FullPlease { reason } => {
                    tracing::info!(number, reason, "the collector asks for a full picture");
                    store.spool.forget(*entry);
                    store.state.full_next = true;
                }
                Outcome::Restart { reason } => {
                    tracing::warn!(number, reason, "the collector asks for a new stream");
                    store.spool.forget(*entry);
                    if store.state.stream == Some(stream) {
                        store.state.stream = None;
                        store.state.number = 0;
                    }
                }
                Outcome::Refused { reason } => {
                    store.spool.set_aside(*entry, &format!("the collector refused it: {reason}"));
                    store.state.full_next = true;
                }
            }
        }
        if before != (store.state.full_next, store.state.stream, store.state.collector_pauses)
            && let Err(error) = self.folder.save_state(&store.state)
        {
            tracing::error!(error = format!("{error:#}"), "the state could not be written"); // the next round writes it again
        }
        Sent { reports, left: store.spool.entries().count() }
    }

    /// Sends until the spool is empty, with a full picture out of turn if the collector asks for one; ends at the first failure.
    pub async fn drain(&self, clock: &dyn Fn() -> Timestamp) -> Result<usize, Failure> {
        let mut all = 0;
        for full_told in [false, true] {
            while self.waiting() > 0 {
                let (before, limit) = (self.waiting(), self.batch_reports.get());
                all += self.send(clock).await?.reports;
                if self.waiting() == before && self.batch_reports.get() == limit {
                    return Err(Failure::Answer("the collector answered for none of the reports that it was sent".to_owned()));
                }
            }
            if full_told || !self.owes_full() {
                break;
            }
            self.tell_full().map_err(|error| Failure::Answer(format!("{error:#}")))?;
        }
        Ok(all)
    }
}

fn change(before: &rollcall_shared::Picture, after: &rollcall_shared::Picture) -> Content {
    let change = before.difference_to(after);
    if change.is_empty() { Content::Heartbeat } else { Content::Difference { from: before.hash(), change } }
}

fn own_trouble(code: &str, text: String) -> Trouble {
    Trouble { probe: AGENT.to_owned(), network: String::new(), subject: None, code: code.to_owned(), text }
}

fn shown(trouble: &Trouble) -> String {
    let subject = trouble.subject.as_ref().map(|subject| format!(" {subject}")).unwrap_or_default();
    let network = if trouble.network.is_empty() { String::new() } else { format!(" on {}", trouble.network) };
    format!("{}{network}{subject}: {}: {}", trouble.probe, trouble.code, trouble.text)
}

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;
