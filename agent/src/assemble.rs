//! What becomes of what probes found: the picture after the round, by the rule of when a fact may leave.
//!
//! Comes in: outcomes of probes, and what stood before. Goes out: the new standing, probe runs, readings worth telling,
//! troubles within their bound. Absent on purpose: sockets, files, the clock (`now` is a parameter), masks (the outcomes
//! that come here hold only what may leave the school).
//!
//! The rule: a fact leaves only when the probe that told it *finished* for that subject and did not tell it again, or when a
//! finished sweep of that probe did not meet the subject at all. A forwarding entry leaves only after several such rounds,
//! because switches forget quiet stations within minutes. And what was said at an address is about who held it: when another holds
//! it now, or nobody, what probes that do not run in every round heard there leaves at once.

use crate::probes::{Finding, Outcome};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::reading::{RETELL_AFTER_S, Reading, row};
use rollcall_shared::report::{ProbeRun, Trouble};
use rollcall_shared::wire::{MAX_FACTS, MAX_READINGS, check_fact, clip};
use rollcall_shared::{Fact, Mac, Picture, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A forwarding entry leaves after this many finished looks without it (switches age theirs out after 300 s by default,
/// IEEE 802.1D table 7-5, so one round says little).
pub const FORWARDING_ROUNDS: u8 = 3;

/// Most troubles that one report carries; more of the same kind are folded into one that counts them.
pub const MAX_TOLD_TROUBLES: usize = 200;

/// The probe that tells who holds an address.
const HOLDERS: &str = "neighbours";

/// Longest sentence of a trouble, in characters.
const MAX_TROUBLE_CHARS: usize = 1_000;

/// One probe's work on one network in one round.
#[derive(Debug)]
pub struct Looked {
    /// Which probe.
    pub probe: &'static str,
    /// On which network.
    pub network: String,
    /// It set out to look at every subject there may be, so that one it did not meet is not there.
    pub whole: bool,
    /// What it found.
    pub outcome: Outcome,
    /// Duration.
    pub took_ms: u64,
}

/// What is known after a round, and kept between rounds.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// All standing facts.
    pub picture: Picture,
    /// How often a forwarding entry was looked for in vain, by entry and fact key.
    pub unseen: BTreeMap<(EntryKey, String), u8>,
    /// Readings as last told.
    pub told: BTreeMap<ReadingKey, (f64, Timestamp)>,
}

/// Which number of which subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReadingKey {
    /// The network.
    pub network: String,
    /// The subject.
    pub subject: Subject,
    /// Which reading.
    pub name: String,
    /// Which one of several.
    pub instance: String,
}

/// What a round tells beside the picture.
#[derive(Debug, Default)]
pub struct Told {
    /// Every probe that ran.
    pub probes: Vec<ProbeRun>,
    /// Numbers that moved enough.
    pub readings: Vec<Reading>,
    /// What went wrong, bounded.
    pub troubles: Vec<Trouble>,
}

/// Lays what was found over what stood.
pub fn assemble(standing: &mut Standing, looked: Vec<Looked>, now: Timestamp) -> Told {
    let mut told = Told::default();
    let mut troubles = Vec::new();
    let mut room = Room::default();
    forget_former_holders(standing, &looked);
    for look in looked {
        let Looked { probe, network, whole, outcome, took_ms } = look;
        let answered = outcome.findings.iter().filter(|finding| !finding.facts.is_empty()).count();
        told.probes.push(ProbeRun {
            probe: probe.to_owned(),
            network: network.clone(),
            finished: outcome.finished,
            asked: outcome.asked,
            answered: u32::try_from(answered).unwrap_or(u32::MAX),
            took_ms,
            only: Vec::new(),
        });
        troubles.extend(outcome.troubles);
        let findings = by_subject(outcome.findings);
        if outcome.finished && whole {
            forget_unmet(standing, &network, probe, &findings);
        }
        for (subject, finding) in findings {
            tell_readings(&mut standing.told, &mut told.readings, &network, &finding, now);
            let entry = EntryKey::new(&network, subject, probe);
            lay(standing, &entry, finding, &mut room, &mut troubles);
        }
    }
    told.troubles = fold_troubles(troubles);
    told
}

/// Takes out what the configuration no longer covers: networks that are gone, addresses that may no longer be asked.
pub fn forget_uncovered(standing: &mut Standing, covered: impl Fn(&EntryKey) -> bool) {
    let gone: Vec<EntryKey> = standing.picture.entries().filter(|(entry, _)| !covered(entry)).map(|(entry, _)| entry.clone()).collect();
    for entry in &gone {
        remove_entry(standing, entry);
    }
    standing.told.retain(|key, _| covered(&EntryKey::new(&key.network, key.subject.clone(), "")));
}

/// One finding a subject: a probe may look at one subject twice (two ports), and then finished means both looks did.
fn by_subject(findings: Vec<Finding>) -> BTreeMap<Subject, Finding> {
    let mut all: BTreeMap<Subject, Finding> = BTreeMap::new();
    for finding in findings {
        match all.get_mut(&finding.subject) {
            Some(first) => {
                first.facts.extend(finding.facts);
                first.readings.extend(finding.readings);
                first.finished &= finding.finished;
            }
            None => {
                all.insert(finding.subject.clone(), finding);
            }
        }
    }
    all
}

fn forget_unmet(standing: &mut Standing, network: &str, probe: &str, met: &BTreeMap<Subject, Finding>) {
    let of_probe = standing.picture.entries().filter(|(entry, _)| *entry.network == *network && *entry.probe == *probe);
    let unmet: Vec<EntryKey> = of_probe.filter(|(entry, _)| !met.contains_key(&entry.subject)).map(|(entry, _)| entry.clone()).collect();
    for entry in &unmet {
        remove_entry(standing, entry);
    }
}

/// What probes that did not run in this round heard at addresses that have passed to another holder, or to nobody.
fn forget_former_holders(standing: &mut Standing, looked: &[Looked]) {
    let holders = |facts: &mut dyn Iterator<Item = &Fact>| -> BTreeSet<Mac> {
        facts.filter_map(|fact| if let Fact::Holds(holds) = fact { Some(holds.key) } else { None }).collect()
    };
    let mut passed: BTreeSet<(&str, &Subject)> = BTreeSet::new();
    for look in looked.iter().filter(|look| look.probe == HOLDERS) {
        for finding in look.outcome.findings.iter().filter(|finding| finding.finished) {
            let entry = EntryKey::new(&look.network, finding.subject.clone(), HOLDERS);
            let (before, now) = (holders(&mut standing.picture.facts(&entry)), holders(&mut finding.facts.iter()));
            if finding.facts.is_empty() || (!before.is_empty() && before.is_disjoint(&now)) {
                passed.insert((&look.network, &finding.subject));
            }
        }
    }
    let runs = |entry: &EntryKey| looked.iter().any(|look| look.probe == &*entry.probe && look.network == *entry.network);
    let entries = standing.picture.entries().map(|(entry, _)| entry).filter(|entry| passed.contains(&(&*entry.network, &entry.subject)));
    let gone: Vec<EntryKey> = entries.filter(|entry| !runs(entry)).cloned().collect();
    for entry in &gone {
        remove_entry(standing, entry);
    }
}

fn remove_entry(standing: &mut Standing, entry: &EntryKey) {
    for key in standing.picture.keys(entry) {
        standing.unseen.remove(&(entry.clone(), key.clone()));
        standing.picture.remove(entry, &key);
    }
}

/// How many more facts the picture may take, counted anew only when a cautious count runs out (counting walks all entries).
#[derive(Debug, Default)]
struct Room(usize);

impl Room {
    fn take(&mut self, picture: &Picture) -> bool {
        if self.0 == 0 {
            self.0 = MAX_FACTS.saturating_sub(picture.fact_count());
        }
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// Lays one finding over the facts of its entry.
fn lay(standing: &mut Standing, entry: &EntryKey, finding: Finding, room: &mut Room, troubles: &mut Vec<Trouble>) {
    let mut seen = BTreeSet::new();
    for fact in finding.facts {
        let fact = match fit(fact) {
            Ok(fact) => fact,
            Err(reason) => {
                troubles.push(trouble(entry, "too_large", format!("a fact was left out: {reason}")));
                continue;
            }
        };
        let key = fact.key();
        standing.unseen.remove(&(entry.clone(), key.clone()));
        if !room.take(&standing.picture) {
            troubles.push(trouble(entry, "too_large", format!("the picture already holds {MAX_FACTS} facts: further ones are left out")));
            break;
        }
        standing.picture.put(entry, fact);
        seen.insert(key);
    }
    if !finding.finished {
        return;
    }
    for key in standing.picture.keys(entry) {
        if seen.contains(&key) || (key.starts_with("forwarding:") && waits(standing, entry, &key)) {
            continue;
        }
        standing.unseen.remove(&(entry.clone(), key.clone()));
        standing.picture.remove(entry, &key);
    }
}

/// Counts one look in vain for a forwarding entry; whether it stays for now.
fn waits(standing: &mut Standing, entry: &EntryKey, key: &str) -> bool {
    let rounds = standing.unseen.entry((entry.clone(), key.to_owned())).or_default();
    *rounds = rounds.saturating_add(1);
    *rounds < FORWARDING_ROUNDS
}

/// A fact within the bounds of the wire: what a device said is cut where it is too long, anything else too large is refused.
fn fit(fact: Fact) -> Result<Fact, String> {
    let fact = match fact {
        Fact::Said(mut said) => {
            said.value = cut(said.value, rollcall_shared::wire::MAX_TEXT_BYTES);
            Fact::Said(said)
        }
        other => other,
    };
    check_fact(&fact).map(|()| fact).map_err(|error| error.to_string())
}

/// At most `most` octets of a text, cut between characters.
fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

fn tell_readings(told: &mut BTreeMap<ReadingKey, (f64, Timestamp)>, readings: &mut Vec<Reading>, network: &str, finding: &Finding, now: Timestamp) {
    for (name, instance, value) in &finding.readings {
        if !value.is_finite() || readings.len() >= MAX_READINGS || instance.len() > rollcall_shared::wire::MAX_NAME_BYTES {
            continue;
        }
        let key = ReadingKey { network: network.to_owned(), subject: finding.subject.clone(), name: (*name).to_owned(), instance: instance.clone() };
        let step = row(name).map_or(f64::INFINITY, |row| row.step);
        let old_news = told.get(&key).is_some_and(|(before, at)| (value - before).abs() < step && (0..RETELL_AFTER_S).contains(&now.since_s(*at)));
        if old_news {
            continue;
        }
        told.insert(key.clone(), (*value, now));
        let ReadingKey { network, subject, name, instance } = key;
        readings.push(Reading { network, subject, name, instance, value: *value, at: now });
    }
}

fn trouble(entry: &EntryKey, code: &str, text: String) -> Trouble {
    Trouble { probe: entry.probe.to_string(), network: entry.network.to_string(), subject: Some(entry.subject.clone()), code: code.to_owned(), text }
}

/// Brings troubles within [`MAX_TOLD_TROUBLES`]: of each kind (probe, network, code) the first ones stand, the rest are counted.
pub fn fold_troubles(mut troubles: Vec<Trouble>) -> Vec<Trouble> {
    for trouble in &mut troubles {
        trouble.text = clip(&trouble.text, MAX_TROUBLE_CHARS).to_owned();
    }
    if troubles.len() <= MAX_TOLD_TROUBLES {
        return troubles;
    }
    let kind = |trouble: &Trouble| (trouble.probe.clone(), trouble.network.clone(), trouble.code.clone());
    let kinds: BTreeSet<_> = troubles.iter().map(kind).collect();
    let each = (MAX_TOLD_TROUBLES / kinds.len().max(1)).saturating_sub(1);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    let mut told: Vec<Trouble> = Vec::new();
    for trouble in troubles {
        let count = counts.entry(kind(&trouble)).or_default();
        *count += 1;
        if *count <= each {
            told.push(trouble);
        }
    }
    for ((probe, network, code), count) in counts.into_iter().filter(|(_, count)| *count > each).take(MAX_TOLD_TROUBLES) {
        let text = format!("and {} more of this kind in this round", count - each);
        told.push(Trouble { probe, network, subject: None, code, text });
    }
    told
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
