//! The picture: all standing facts of one agent, in canonical order, with a hash that follows every change.
//!
//! Comes in: groups of facts and differences. Goes out: groups, differences, the hash. Absent on purpose: times, and the
//! rule of when a fact may leave (the agent's rounds know which probe finished).
//!
//! The hash is a sum of the hashes of its facts (128 bits, wrapping), so that a difference costs what it changes and not
//! what stands; two pictures with the same facts have the same hash, whatever way led there. Example:
//!
//! ```
//! use rollcall_shared::{Fact, Picture, Subject, picture::EntryKey};
//! let about = EntryKey::new("school", Subject::Address("10.0.0.7".parse().unwrap()), "snmp");
//! let mut before = Picture::default();
//! before.put(&about, Fact::said("sysName", "sw01"));
//! let mut after = before.clone();
//! after.put(&about, Fact::said("sysName", "switch-01"));
//! let difference = before.difference_to(&after);
//! before.apply(&difference);
//! assert_eq!(before.hash(), after.hash());
//! ```

use crate::evidence::{Fact, Subject};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Who said it: network, subject, probe. All facts of one entry come from one look of one probe at one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// The network as configured.
    pub network: Arc<str>,
    /// About what.
    pub subject: Subject,
    /// By which probe.
    pub probe: Arc<str>,
}

impl EntryKey {
    /// From its three parts.
    pub fn new(network: &str, subject: Subject, probe: &str) -> EntryKey {
        EntryKey { network: network.into(), subject, probe: probe.into() }
    }
}

/// Facts of one entry on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// See [`EntryKey`].
    pub network: String,
    /// See [`EntryKey`].
    pub subject: Subject,
    /// See [`EntryKey`].
    pub probe: String,
    /// The facts, in the order of their keys.
    pub facts: Vec<Fact>,
}

impl Group {
    /// Its entry key.
    pub fn entry(&self) -> EntryKey {
        EntryKey::new(&self.network, self.subject.clone(), &self.probe)
    }
}

/// Facts that left one entry, by their keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// See [`EntryKey`].
    pub network: String,
    /// See [`EntryKey`].
    pub subject: Subject,
    /// See [`EntryKey`].
    pub probe: String,
    /// `tag:key` of each fact ([`Fact::key`]).
    pub keys: Vec<String>,
}

/// What turns one picture into another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// New or changed facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put: Vec<Group>,
    /// Facts that are no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
}

impl Difference {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.gone.is_empty()
    }

    /// The entries that it touches.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Subject)> {
        let put = self.put.iter().map(|group| (group.network.as_str(), &group.subject));
        put.chain(self.gone.iter().map(|gone| (gone.network.as_str(), &gone.subject)))
    }
}

/// 128 bits that stand for a picture. On the wire: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct PictureHash(pub u128);

impl fmt::Display for PictureHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for PictureHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PictureHash({self})")
    }
}

impl FromStr for PictureHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text.len(), u128::from_str_radix(text, 16)) {
            (32, Ok(value)) => Ok(PictureHash(value)),
            _ => Err("a picture's hash has 32 hexadecimal digits".to_owned()),
        }
    }
}

impl Serialize for PictureHash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PictureHash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::wire::from_text(d)
    }
}

type Facts = BTreeMap<String, Fact>;

/// All standing facts. Equal pictures have equal hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    entries: BTreeMap<EntryKey, Facts>,
    fact_count: usize,
    hash: PictureHash,
}

impl Picture {
    /// From groups as a full report carries them.
    pub fn from_groups(groups: Vec<Group>) -> Picture {
        let mut picture = Picture::default();
        for group in groups {
            let entry = group.entry();
            for fact in group.facts {
                picture.put(&entry, fact);
            }
        }
        picture
    }

    /// As groups, in canonical order.
    pub fn to_groups(&self) -> Vec<Group> {
        self.entries.iter().map(|(entry, facts)| group(entry, facts.values().cloned().collect())).collect()
    }

    /// The hash of what stands now.
    pub fn hash(&self) -> PictureHash {
        self.hash
    }

    /// Whether nothing stands.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many facts stand.
    pub fn fact_count(&self) -> usize {
        self.fact_count
    }

    /// Every entry with its facts, in canonical order (network, subject, probe; then fact key).
    pub fn entries(&self) -> impl Iterator<Item = (&EntryKey, impl Iterator<Item = &Fact>)> {
        self.entries.iter().map(|(entry, facts)| (entry, facts.values()))
    }

    /// The facts of one entry.
    pub fn facts(&self, entry: &EntryKey) -> impl Iterator<Item = &Fact> {
        self.entries.get(entry).into_iter().flat_map(BTreeMap::values)
    }

    /// The keys of the facts of one entry.
    pub fn keys(&self, entry: &EntryKey) -> Vec<String> {
        self.entries.get(entry).map(|facts| facts.keys().cloned().collect()).unwrap_or_default()
    }

    /// All entries about one subject of one network, whichever probe made them.
    pub fn about<'a>(&'a self, network: &str, subject: &Subject) -> impl Iterator<Item = (&'a EntryKey, impl Iterator<Item = &'a Fact>)> {
        let from = EntryKey { network: network.into(), subject: subject.clone(), probe: "".into() };
        let (network, subject) = (from.network.clone(), from.subject.clone());
        self.entries
            .range(from..)
            .take_while(move |(entry, _)| entry.network == network && entry.subject == subject)
            .map(|(entry, facts)| (entry, facts.values()))
    }

    /// Sets one fact; a fact of the same key makes way.
    pub fn put(&mut self, entry: &EntryKey, fact: Fact) {
        let key = fact.key();
        let facts = match self.entries.get_mut(entry) {
            Some(facts) => facts,
            None => self.entries.entry(entry.clone()).or_default(),
        };
        if facts.get(&key) == Some(&fact) {
            return;
        }
        self.hash.0 = self.hash.0.wrapping_add(hash_of(entry, &fact));
        match facts.insert(key, fact) {
            Some(old) => self.hash.0 = self.hash.0.wrapping_sub(hash_of(entry, &old)),
            None => self.fact_count += 1,
        }
    }

    /// Takes one fact out; whether it was there.
    pub fn remove(&mut self, entry: &EntryKey, key: &str) -> bool {
        let Some(facts) = self.entries.get_mut(entry) else { return false };
        let Some(old) = facts.remove(key) else { return false };
        self.hash.0 = self.hash.0.wrapping_sub(hash_of(entry, &old));
        self.fact_count -= 1;
        if facts.is_empty() {
            self.entries.remove(entry);
        }
        true
    }

    /// Applies a difference. Facts that are already so, or already gone, are no error: applying twice is applying once.
    pub fn apply(&mut self, difference: &Difference) {
        for gone in &difference.gone {
            let entry = EntryKey::new(&gone.network, gone.subject.clone(), &gone.probe);
            for key in &gone.keys {
                self.remove(&entry, key);
            }
        }
        for group in &difference.put {
            let entry = group.entry();
            for fact in &group.facts {
                self.put(&entry, fact.clone());
            }
        }
    }

    /// What turns this picture into `after`.
    pub fn difference_to(&self, after: &Picture) -> Difference {
        let mut difference = Difference::default();
        for (entry, facts) in &after.entries {
            let before = self.entries.get(entry);
            let new: Vec<Fact> =
                facts.iter().filter(|(key, fact)| before.and_then(|old| old.get(*key)) != Some(fact)).map(|(_, fact)| fact.clone()).collect();
            if !new.is_empty() {
                difference.put.push(group(entry, new));
            }
        }
        for (entry, facts) in &self.entries {
            let now = after.entries.get(entry);
            let keys: Vec<String> = facts.keys().filter(|key| now.is_none_or(|now| !now.contains_key(*key))).cloned().collect();
            if !keys.is_empty() {
                difference.gone.push(Gone {
                    network: entry.network.to_string(),
                    subject: entry.subject.clone(),
                    probe: entry.probe.to_string(),
                    keys,
                });
            }
        }
        difference
    }
}

fn group(entry: &EntryKey, facts: Vec<Fact>) -> Group {
    Group { network: entry.network.to_string(), subject: entry.subject.clone(), probe: entry.probe.to_string(), facts }
}

fn hash_of(entry: &EntryKey, fact: &Fact) -> u128 {
    let mut hasher = Sha256::new();
    hasher.update(format!("{}\u{0}{}\u{0}{}\u{0}", entry.network, entry.subject, entry.probe));
    hasher.update(serde_json::to_vec(fact).unwrap_or_default()); // facts are plain data: writing one to memory cannot fail
    let digest = hasher.finalize();
    digest.iter().take(16).fold(0, |all, octet| all << 8 | u128::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture_of(rows: &[(u8, u8, u8)]) -> Picture {
        let mut picture = Picture::default();
        for (subject, key, value) in rows {
            let entry = EntryKey::new("school", Subject::Address([10, 0, 0, *subject].into()), "snmp");
            picture.put(&entry, Fact::said(format!("key{key}"), value.to_string()));
        }
        picture
    }

    proptest! {
        #[test]
        fn a_difference_leads_from_one_picture_to_the_other(
            before in prop::collection::vec((0u8..6, 0u8..5, 0u8..3), 0..30),
            after in prop::collection::vec((0u8..6, 0u8..5, 0u8..3), 0..30),
        ) {
            let (mut before, after) = (picture_of(&before), picture_of(&after));
            let difference = before.difference_to(&after);
            before.apply(&difference);
            prop_assert_eq!(&before, &after);
            before.apply(&difference);
            prop_assert_eq!(&before, &after);
            prop_assert!(before.difference_to(&after).is_empty());
        }

        #[test]
        fn the_hash_depends_on_the_facts_and_not_on_the_way(rows in prop::collection::vec((0u8..6, 0u8..5, 0u8..3), 0..30)) {
            let picture = picture_of(&rows);
            prop_assert_eq!(Picture::from_groups(picture.to_groups()).hash(), picture.hash());
            let mut emptied = picture.clone();
            emptied.apply(&picture.difference_to(&Picture::default()));
            prop_assert_eq!(emptied.hash(), PictureHash::default());
        }
    }

    #[test]
    fn everything_about_a_subject_whichever_probe_said_it() {
        let mut picture = picture_of(&[(1, 1, 1), (2, 1, 1)]);
        let subject = Subject::Address([10, 0, 0, 1].into());
        picture.put(&EntryKey::new("school", subject.clone(), "neighbours"), Fact::answers("arp"));
        let probes: Vec<_> = picture.about("school", &subject).map(|(entry, _)| entry.probe.to_string()).collect();
        assert_eq!(probes, ["neighbours", "snmp"]);
    }
}
