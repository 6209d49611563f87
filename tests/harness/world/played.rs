//! One played agent: what stands, its stream, its spool, how it takes receipts. What a real one does, without disk and sockets.
//!
//! Comes in: the world, a round's time. Goes out: reports, sent oldest first; forgotten on receipt. Absent on purpose: jitter and waiting.

use super::World;
use anyhow::Result;
use rollcall_agent::assemble::{Standing, assemble};
use rollcall_collector::ingest::Ingest;
use rollcall_shared::report::{Outcome, ProbeRun, WIRE_VERSION};
use rollcall_shared::{AgentId, Batch, Content, Picture, Report, StreamId, Timestamp};
use std::collections::BTreeMap;

/// Reports of one request: as many as a day of rounds, so that a week of spool takes a few.
const MOST_A_BATCH: usize = 300;
/// A round after this time looks again though nothing happened: readings are told hourly.
const LOOK_AGAIN_S: i64 = 3_600;

/// What a server's backup would bring back.
#[derive(Clone, Default)]
pub struct Memory {
    standing: Standing,
    told: Option<Picture>,
    stream: u64,
    number: u64,
    probes: Vec<ProbeRun>,
    full_next: bool,
}

/// An agent at work.
#[derive(Clone)]
pub struct Played {
    /// Its id; a cloned server has that of its original.
    pub id: AgentId,
    /// Host name.
    pub host: String,
    /// Its networks, each with the site at which it looks.
    pub looks: Vec<(String, String)>,
    /// The line to the town is up.
    pub line_up: bool,
    /// The program runs.
    pub running: bool,
    /// Its clock less the true time, seconds.
    pub skew_s: i64,
    /// Reports that wait, oldest first.
    pub spool: Vec<Report>,
    memory: Memory,
    backup: Option<Memory>,
    streams: u64,
    looked: Option<(Timestamp, BTreeMap<String, u64>)>,
}

impl Played {
    /// An agent that has made no round yet; `seed` tells its streams from those of others.
    pub fn new(id: AgentId, host: &str, looks: Vec<(String, String)>, seed: u64) -> Played {
        let memory = Memory { stream: seed << 16, full_next: true, ..Memory::default() };
        Played {
            id,
            host: host.to_owned(),
            looks,
            line_up: true,
            running: true,
            skew_s: 0,
            spool: Vec::new(),
            memory,
            backup: None,
            streams: seed << 16,
            looked: None,
        }
    }

    /// Whether it makes rounds: its program runs, and its server has power.
    pub fn is_alive(&self, world: &World) -> bool {
        let site = self.looks.first().and_then(|(_, site)| world.sites.get(site));
        self.running && site.is_some_and(|site| site.power)
    }

    /// Its server is backed up now.
    pub fn back_up(&mut self) {
        self.backup = Some(self.memory.clone());
    }

    /// Its server is as it was when it was backed up; whether there is a backup.
    pub fn restore(&mut self) -> bool {
        let Some(backup) = self.backup.clone() else { return false };
        self.memory = backup;
        self.spool.clear();
        self.looked = None;
        true
    }

    /// The same server once more, at another site: same key, same memory.
    pub fn cloned_at(&self, site: &str) -> Played {
        let looks = self.looks.iter().map(|(network, _)| (network.clone(), site.to_owned())).collect();
        Played { looks, spool: Vec::new(), looked: None, streams: self.streams + (1 << 12), ..self.clone() }
    }

    /// One round: looks, lays what it found over what stood, writes the report to the spool.
    pub(super) fn round(&mut self, world: &World) {
        let now = world.now + self.skew_s;
        let changes: BTreeMap<String, u64> = self.looks.iter().filter_map(|(_, site)| Some((site.clone(), world.sites.get(site)?.changes))).collect();
        let fresh = self.looked.as_ref().is_some_and(|(at, of)| *of == changes && (0..LOOK_AGAIN_S).contains(&now.since_s(*at)));
        let mut readings = Vec::new();
        if !(fresh && self.memory.standing.unseen.is_empty()) {
            let looked = self.looks.iter().flat_map(|(network, site)| world.look(network, site)).collect();
            let told = assemble(&mut self.memory.standing, looked, now);
            (self.memory.probes, readings) = (told.probes, told.readings);
            self.looked = Some((now, changes));
        }
        let picture = &self.memory.standing.picture;
        let content = match self.memory.told.as_ref().filter(|_| !self.memory.full_next) {
            None => Content::Full(picture.to_groups()),
            Some(before) if before.hash() == picture.hash() => Content::Heartbeat,
            Some(before) => Content::Difference { from: before.hash(), change: before.difference_to(picture) },
        };
        self.memory.number += 1;
        self.memory.full_next = false;
        let hash = picture.hash();
        if !matches!(content, Content::Heartbeat) {
            self.memory.told = Some(picture.clone());
        }
        self.spool.push(Report {
            wire: WIRE_VERSION,
            agent_version: "0.1.0".to_owned(),
            stream: StreamId(self.memory.stream),
            number: self.memory.number,
            began_at: now - 20,
            ended_at: now - 2,
            content,
            hash,
            probes: self.memory.probes.clone(),
            readings,
            troubles: Vec::new(),
            every_s: world.announced_s.unwrap_or(world.period_s),
            folded: 0,
            paused: false,
        });
    }

    /// Sends what waits, oldest first, and does what receipts say.
    pub(super) fn send(&mut self, ingest: &Ingest, now: Timestamp) -> Result<()> {
        while !self.spool.is_empty() {
            let most = self.spool.len().min(MOST_A_BATCH);
            let reports = self.spool.drain(..most).collect();
            self.deliver(ingest, reports, now)?;
        }
        Ok(())
    }

    /// One request; how many reports were taken in anew.
    pub(super) fn deliver(&mut self, ingest: &Ingest, reports: Vec<Report>, now: Timestamp) -> Result<usize> {
        let batch = Batch { agent: self.id, sent_at: now + self.skew_s, reports };
        let receipt = ingest.accept(self.id, batch, now)?.receipt;
        let mut taken = 0;
        for answer in receipt.answers {
            match answer.outcome {
                Outcome::Accepted => taken += 1,
                Outcome::Duplicate => {}
                Outcome::FullPlease { .. } | Outcome::Refused { .. } => self.memory.full_next = true,
                Outcome::Restart { .. } => self.restart(answer.stream),
            }
        }
        Ok(taken)
    }

    /// A new stream, unless it has begun one since.
    fn restart(&mut self, forked: StreamId) {
        if forked == StreamId(self.memory.stream) {
            self.streams += 1;
            self.memory.stream = self.streams;
            self.memory.number = 0;
            self.memory.full_next = true;
        }
    }
}
