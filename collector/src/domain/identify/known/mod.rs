//! Recognition that goes on: the same as [`identify`](super::identify), at the cost of what changed.
//!
//! Comes in: a picture once, then each difference with the picture after it. Goes out: sightings, each under a number that stays while it tells the
//! same, and which numbers came and went. Absent on purpose: readings (what they count is shown, never kept), the past, and any doubt: whoever
//! cannot say which picture this stands for begins anew with [`Known::of`].
//!
//! The way: `entries` keeps of each entry what ties it to others and its forwarding table. A difference that only moves stations leaves things
//! as they are: places alone are found anew. Whatever else changes is clustered anew, in numbers; each thing has a *recipe*, all that its
//! conclusion rests on, and only a thing whose recipe changed is concluded anew, by the very functions of the reference.

mod entries;
mod places;
mod things;

#[cfg(test)]
mod tests;

use self::entries::{Kept, Learnt};
use self::things::Slot;
use super::attach::PortAt;
use super::cluster::{Duplicate, NONE};
use super::in_order;
use super::ties::Nodes;
use crate::domain::device::Sighting;
use rollcall_shared::evidence::{Fact, MacVlan, Subject};
use rollcall_shared::picture::{Difference, EntryKey, PictureHash};
use rollcall_shared::{Mac, Picture};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers for subjects and MACs that are in use no more are kept until there are so many times as many as entries.
const STALE_NODES: usize = 8;

/// A sighting's number: another one whenever it tells something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SightingId(u64);

/// Which sightings came and went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Those that are no more, or tell something else now under another number.
    pub gone: Vec<SightingId>,
    /// New ones.
    pub come: Vec<SightingId>,
}

/// What is kept of each entry, in the order of the picture.
type Entries = BTreeMap<EntryKey, Kept>;

/// What is known of one picture.
#[derive(Debug, Default)]
pub struct Known {
    hash: PictureHash,
    nodes: Nodes,
    entries: Entries,
    /// By number: in how many tables a MAC stands.
    learnt: Vec<u32>,
    /// In how many rows of tables all of them.
    stations: usize,
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    /// Things in the order of the reference.
    order: Vec<usize>,
    /// By number: the thing of a MAC, as its place in `order`.
    of_mac: Vec<usize>,
    duplicates: Vec<(u64, Twice)>,
    heard: Vec<(PortAt, usize)>,
    /// The place in the list of slots by sighting's number.
    by_id: BTreeMap<SightingId, usize>,
    numbers: u64,
}

/// An address that two hold, kept.
#[derive(Debug, PartialEq, Eq)]
struct Twice {
    network: String,
    subject: Subject,
    holders: Vec<Mac>,
    probe: String,
}

impl Twice {
    fn is(&self, other: &Duplicate<'_>) -> bool {
        self.network == other.network && self.subject == *other.subject && self.holders == other.holders && self.probe == other.probe
    }
}

/// How far a change reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// To nothing, or to what is shown of one port.
    Nothing,
    /// To places: a station moved.
    Places,
    /// To things.
    Things,
}

impl Known {
    /// Of a picture.
    pub fn of(picture: &Picture) -> Known {
        let mut known = Known { hash: picture.hash(), ..Known::default() };
        for (entry, facts) in picture.entries() {
            known.enter(entry, facts);
        }
        known.find_things(picture, &mut Moved::default());
        known.hang(&mut Moved::default());
        known
    }

    /// The hash of the picture that this stands for.
    pub fn hash(&self) -> PictureHash {
        self.hash
    }

    /// Goes on to `picture`, which is what `change` made of the picture before; which sightings came and went.
    pub fn follow(&mut self, picture: &Picture, change: &Difference) -> Moved {
        self.hash = picture.hash();
        let mut moved = Moved::default();
        let mut reach = Reach::Nothing;
        let mut anew: BTreeSet<EntryKey> = BTreeSet::new();
        for gone in &change.gone {
            let entry = EntryKey::new(&gone.network, gone.subject.clone(), &gone.probe);
            for key in &gone.keys {
                match key.strip_prefix("forwarding:").and_then(canonical) {
                    Some(station) => reach = reach.max(self.forget(&entry, station)),
                    None => drop(anew.insert(entry.clone())),
                }
            }
            if picture.facts(&entry).next().is_none() {
                anew.insert(entry);
            }
        }
        for group in &change.put {
            let entry = group.entry();
            for fact in &group.facts {
                reach = reach.max(self.take(&entry, fact, &mut anew));
            }
        }
        for entry in anew {
            self.redo(picture, &entry);
            reach = Reach::Things;
        }
        if reach == Reach::Things {
            if self.nodes.count() > STALE_NODES * (self.entries.len() + 64) {
                return self.begin_anew(picture);
            }
            self.find_things(picture, &mut moved);
        }
        if reach >= Reach::Places {
            self.hang(&mut moved);
        }
        moved
    }

    /// The numbers are worn out: everything goes and comes.
    fn begin_anew(&mut self, picture: &Picture) -> Moved {
        let gone = self.by_id.keys().copied().collect();
        let numbers = self.numbers;
        let mut fresh = Known { hash: picture.hash(), numbers, ..Known::default() };
        for (entry, facts) in picture.entries() {
            fresh.enter(entry, facts);
        }
        fresh.find_things(picture, &mut Moved::default());
        fresh.hang(&mut Moved::default());
        *self = fresh;
        Moved { gone, come: self.by_id.keys().copied().collect() }
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn enter<'a>(&mut self, entry: &EntryKey, facts: impl Iterator<Item = &'a Fact>) {
        let facts: Vec<&Fact> = facts.collect();
        let version = self.number();
        let kept = Kept::of(entry, facts.into_iter(), &mut self.nodes, version);
        self.learnt.resize(self.nodes.count(), 0);
        for node in kept.table.stations() {
            self.learnt[node] += 1;
        }
        self.stations += kept.table.len();
        self.entries.insert(entry.clone(), kept);
    }

    /// An entry as it is now, or no more.
    fn redo(&mut self, picture: &Picture, entry: &EntryKey) {
        let slot = match self.entries.remove(entry) {
            Some(before) => {
                for node in before.table.stations() {
                    self.learnt[node] -= 1;
                }
                self.stations -= before.table.len();
                before.slot
            }
            None => NONE,
        };
        let mut facts = picture.facts(entry).peekable();
        if facts.peek().is_some() {
            self.enter(entry, facts);
            if let Some(kept) = self.entries.get_mut(entry) {
                kept.slot = slot;
            }
        }
    }

    fn take(&mut self, entry: &EntryKey, fact: &Fact, anew: &mut BTreeSet<EntryKey>) -> Reach {
        let kept = if anew.contains(entry) { None } else { self.entries.get(entry) };
        match (fact, kept) {
            (Fact::Forwarding(row), Some(_)) => self.learn(entry, row.key, row.port),
            (Fact::Interface(row), Some(kept)) if kept.is_same_port(row) => {
                let slot = self.slots.get_mut(kept.slot).and_then(Option::as_mut);
                let shown = slot.is_some_and(|slot| slot.concluded.show_port(row));
                if !shown {
                    anew.insert(entry.clone());
                }
                Reach::Nothing
            }
            _ => {
                anew.insert(entry.clone());
                Reach::Things
            }
        }
    }

    /// Whether there are networks more than one: then the first table that has a station says on which it is (`first_networks` in `things`).
    fn has_several_networks(&self) -> bool {
        self.entries.keys().next().zip(self.entries.keys().next_back()).is_some_and(|(first, last)| first.network != last.network)
    }

    fn learn(&mut self, entry: &EntryKey, key: MacVlan, port: u32) -> Reach {
        let node = self.nodes.mac(key.mac);
        let several = self.has_several_networks();
        self.learnt.resize(self.nodes.count(), 0);
        let Some(kept) = self.entries.get_mut(entry) else { return Reach::Nothing };
        let was_empty = kept.table.is_empty();
        match kept.table.learn(key, port, node) {
            Learnt::Known => Reach::Nothing,
            Learnt::Moved => Reach::Places,
            Learnt::New => {
                self.learnt[node] += 1;
                self.stations += 1;
                if was_empty || ((several || self.learnt[node] == 1) && self.nodes.is_burnt_in(node)) { Reach::Things } else { Reach::Places }
            }
        }
    }

    fn forget(&mut self, entry: &EntryKey, key: MacVlan) -> Reach {
        let several = self.has_several_networks();
        let Some(kept) = self.entries.get_mut(entry) else { return Reach::Nothing };
        let Some(node) = kept.table.forget(key) else { return Reach::Nothing };
        self.learnt[node] -= 1;
        self.stations -= 1;
        if kept.table.is_empty() || ((several || self.learnt[node] == 0) && self.nodes.is_burnt_in(node)) { Reach::Things } else { Reach::Places }
    }

    /// Every sighting with its number.
    pub fn sightings(&self) -> impl Iterator<Item = (SightingId, &Sighting)> {
        self.by_id.iter().filter_map(|(id, slot)| Some((*id, self.sighting_in(*slot)?)))
    }

    /// One sighting, with how much it said.
    pub fn sighting(&self, id: SightingId) -> Option<(usize, &Sighting)> {
        let slot = *self.by_id.get(&id)?;
        Some((self.slots[slot].as_ref()?.concluded.words, self.sighting_in(slot)?))
    }

    fn sighting_in(&self, slot: usize) -> Option<&Sighting> {
        self.slots.get(slot)?.as_ref()?.concluded.sighting.as_ref()
    }

    /// All sightings as the reference gives them.
    pub fn in_order(&self) -> Vec<Sighting> {
        let slots = self.order.iter().filter_map(|slot| self.slots[*slot].as_ref());
        in_order(slots.filter_map(|slot| Some((slot.concluded.words, slot.concluded.sighting.clone()?))).collect())
    }

    /// The sighting of a subject, with the network on which it was recognised.
    pub fn of_subject(&self, network: &str, subject: &Subject) -> Option<SightingId> {
        let from = EntryKey { network: network.into(), subject: subject.clone(), probe: "".into() };
        let entry = self.entries.range(&from..).next().filter(|(key, _)| key.network == from.network && key.subject == from.subject);
        let slot = match (entry, subject) {
            (Some((_, kept)), _) => kept.slot,
            // A station that only a switch has learnt is the subject of its MAC.
            (None, Subject::Mac(mac)) => {
                let thing = *self.of_mac.get(self.nodes.of_mac(*mac)?)?;
                *self.order.get(thing)?
            }
            (None, _) => return None,
        };
        let slot = self.slots.get(slot)?.as_ref()?;
        slot.id
            .filter(|_| slot.concluded.sighting.as_ref().is_some_and(|sighting| sighting.network == network && sighting.subjects.contains(subject)))
    }

    /// About how many bytes it takes up.
    pub fn bytes(&self) -> usize {
        /// Of an entry, a number, a station, a thing: estimates on the safe side.
        const BYTES: (usize, usize, usize, usize) = (400, 100, 100, 3_000);
        self.entries.len() * BYTES.0 + self.nodes.count() * BYTES.1 + self.stations * BYTES.2 + self.order.len() * BYTES.3
    }
}

/// A station as its fact's key spells it; another spelling names no fact.
fn canonical(key: &str) -> Option<MacVlan> {
    key.parse().ok().filter(|station: &MacVlan| station.to_string() == key)
}
