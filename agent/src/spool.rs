//! The spool: reports on disk until the collector has them, oldest first, bounded in octets.
//!
//! Comes in: reports of rounds, and what became of them. Goes out: the oldest ones, to be sent. Absent on purpose: the network,
//! the picture. One sealed zstd file a report, `ORDER-STREAM-NUMBER.report`; ORDER counts on across streams.
//!
//! What cannot be read (a power cut, a dying disk) and what was refused is moved to `refused/`, bounded, and told; neither
//! ever blocks the rest. Over the bound the oldest reports are folded into one ([`crate::fold`]).

use crate::durable;
use crate::fold::fold;
use anyhow::Context;
use rollcall_shared::wire;
use rollcall_shared::{Report, StreamId};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

/// Ending of a report's file.
const ENDING: &str = "report";
/// Folder of what was set aside.
const ASIDE: &str = "refused";
/// Most files that are kept aside; the oldest make way.
pub const MAX_ASIDE: usize = 20;
/// Most compressed octets in one request, unless one report alone has more: what a slow school line carries in a minute.
pub const MAX_BATCH_BYTES: u64 = 256 << 10;

/// One report on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the line.
    pub order: u64,
    /// Its stream.
    pub stream: StreamId,
    /// Its number.
    pub number: u64,
    /// Its size on disk.
    pub bytes: u64,
}

impl Entry {
    fn file_name(&self) -> String {
        format!("{:012}-{}-{}.{ENDING}", self.order, self.stream, self.number)
    }

    fn of_file(name: &str, bytes: u64) -> Option<Entry> {
        let mut parts = name.strip_suffix(ENDING)?.strip_suffix('.')?.splitn(3, '-');
        let (order, stream, number) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Entry { order: order.parse().ok()?, stream: stream.parse().ok()?, number: number.parse().ok()?, bytes })
    }
}

/// The reports that wait.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    max_bytes: u64,
    entries: VecDeque<Entry>,
    next_order: u64,
    /// Reports up to this place travel right now: they are not folded.
    in_flight: Option<u64>,
    /// What happened to reports: the code of a trouble and a sentence, until the next report tells it.
    notes: Vec<(&'static str, String)>,
}

impl Spool {
    /// Opens (and makes) the folder. Unfinished files of a power cut are removed.
    pub fn open(folder: &Path, max_bytes: u64) -> anyhow::Result<Spool> {
        fs::create_dir_all(folder.join(ASIDE)).with_context(|| format!("making the spool folder {}", folder.display()))?;
        let entries = Spool::list(folder, true)?;
        let next_order = entries.last().map_or(1, |entry| entry.order + 1);
        Ok(Spool { folder: folder.to_owned(), max_bytes, entries: entries.into(), next_order, in_flight: None, notes: Vec::new() })
    }

    /// Reads what waits without touching it: another process may be at work there.
    pub fn peek(folder: &Path) -> anyhow::Result<Spool> {
        let entries = if folder.is_dir() { Spool::list(folder, false)? } else { Vec::new() };
        Ok(Spool {
            folder: folder.to_owned(),
            max_bytes: u64::MAX,
            entries: entries.into(),
            next_order: u64::MAX,
            in_flight: None,
            notes: Vec::new(),
        })
    }

    fn list(folder: &Path, sweep: bool) -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for file in fs::read_dir(folder).with_context(|| format!("reading the spool folder {}", folder.display()))? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(durable::UNFINISHED) && sweep {
                fs::remove_file(file.path()).ok(); // a leftover harms nothing: it is never read
            } else if let Some((entry, data)) = Entry::of_file(&name, 0).zip(file.metadata().ok()) {
                entries.push(Entry { bytes: data.len(), ..entry });
            }
        }
        entries.sort_by_key(|entry| entry.order);
        Ok(entries)
    }

    /// Adds a report; durable when this returns. Folds the oldest where the bound is passed.
    pub fn put(&mut self, report: &Report) -> anyhow::Result<()> {
        let entry = self.write(self.next_order, report)?;
        self.next_order += 1;
        self.entries.push_back(entry);
        self.keep_bound()
    }

    /// The oldest reports for one request, within [`MAX_BATCH_BYTES`] and `most`; unreadable ones are set aside on the way.
    pub fn oldest(&mut self, most: usize) -> Vec<(Entry, Report)> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut at = 0;
        while let Some(entry) = self.entries.get(at).copied() {
            if batch.len() >= most.min(wire::MAX_BATCH_REPORTS) || (!batch.is_empty() && bytes + entry.bytes > MAX_BATCH_BYTES) {
                break;
            }
            match self.read(entry) {
                Ok(report) => {
                    batch.push((entry, report));
                    bytes += entry.bytes;
                    at += 1;
                }
                Err(reason) => self.set_aside(entry, &format!("could not be read back from the spool: {reason:#}")),
            }
        }
        self.in_flight = batch.last().map(|(entry, _)| entry.order);
        batch
    }

    /// The request is over, whatever came of it.
    pub fn landed(&mut self) {
        self.in_flight = None;
    }

    /// Deletes a report that the collector has.
    pub fn forget(&mut self, entry: Entry) {
        fs::remove_file(self.path(entry)).ok(); // if it stays, it is sent again and found to be a duplicate
        self.entries.retain(|other| other.order != entry.order);
    }

    /// Moves a report out of the way for good.
    pub fn set_aside(&mut self, entry: Entry, reason: &str) {
        tracing::warn!(number = entry.number, stream = %entry.stream, reason, "report set aside");
        self.notes.push(("report_refused", format!("report {} was set aside: {reason}", entry.number)));
        let aside = self.folder.join(ASIDE);
        if durable::rename(&self.path(entry), &aside.join(entry.file_name())).is_err() {
            fs::remove_file(self.path(entry)).ok(); // neither moved nor deleted: met again at the next start, told again
        }
        self.entries.retain(|other| other.order != entry.order);
        let mut kept: Vec<PathBuf> = fs::read_dir(&aside).into_iter().flatten().flatten().map(|file| file.path()).collect();
        kept.sort();
        for old in kept.iter().rev().skip(MAX_ASIDE) {
            fs::remove_file(old).ok();
        }
    }

    /// What is to be told of the spool since the last call.
    pub fn take_notes(&mut self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut self.notes)
    }

    /// The reports that wait, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Octets on disk.
    pub fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    /// Reads one waiting report.
    pub fn read(&self, entry: Entry) -> anyhow::Result<Report> {
        let report: Report = wire::decode(&durable::read_sealed(&self.path(entry))?)?;
        anyhow::ensure!((report.stream, report.number) == (entry.stream, entry.number), "it holds another report than its name says");
        Ok(report)
    }

    fn write(&self, order: u64, report: &Report) -> anyhow::Result<Entry> {
        let packed = wire::encode(report)?;
        let mut entry = Entry { order, stream: report.stream, number: report.number, bytes: 0 };
        let path = self.path(entry);
        durable::write_sealed(&path, &packed).with_context(|| format!("writing spool file {}", path.display()))?;
        entry.bytes = fs::metadata(&path).map_or(packed.len() as u64, |data| data.len());
        Ok(entry)
    }

    /// Folds the two oldest into one, again and again, until the bound holds or one is left.
    fn keep_bound(&mut self) -> anyhow::Result<()> {
        let mut folded = 0;
        let mut oldest: Option<(Entry, Report)> = None;
        while self.bytes() > self.max_bytes {
            let still: Vec<Entry> =
                self.entries.iter().filter(|entry| self.in_flight.is_none_or(|sent| entry.order > sent)).take(2).copied().collect();
            let [first, second] = still[..] else { break };
            let older = oldest.take().filter(|(entry, _)| *entry == first).map_or_else(|| self.read(first), |(_, report)| Ok(report));
            match (older, self.read(second)) {
                (Ok(older), Ok(newer)) => {
                    let one = fold(older, newer);
                    let entry = self.write(second.order, &one)?; // in place of the newer: if the power goes now, both still stand
                    self.forget(first);
                    if let Some(place) = self.entries.iter_mut().find(|place| place.order == second.order) {
                        *place = entry;
                    }
                    oldest = Some((entry, one));
                    folded += 1;
                }
                (Err(reason), _) => self.set_aside(first, &format!("could not be read back from the spool: {reason:#}")),
                (_, Err(reason)) => self.set_aside(second, &format!("could not be read back from the spool: {reason:#}")),
            }
        }
        if folded > 0 {
            let text = format!("the spool is full ({} octets): {folded} of its oldest rounds were folded together", self.max_bytes);
            self.notes.push(("spool_full", text));
        }
        Ok(())
    }

    fn path(&self, entry: Entry) -> PathBuf {
        self.folder.join(entry.file_name())
    }
}

#[cfg(test)]
#[path = "spool_tests.rs"]
mod tests;
