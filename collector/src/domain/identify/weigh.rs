//! Weighing: every ground votes for a value of one field; the best vote wins, and its ground is kept.
//!
//! Comes in: votes of the recognisers. Goes out: the winner of each field, as a value and as a [`Why`]. Absent on purpose: what a
//! vote is worth (that stands in the tables, beside each rule) and what devices say.

use crate::domain::device::Why;
use crate::domain::kind::Kind;
use rollcall_shared::wire::clip;

/// What is voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The sort of thing.
    Kind,
    /// Who made it.
    Vendor,
    /// Which model.
    Model,
    /// Its serial number.
    Serial,
    /// Version of its firmware.
    Firmware,
    /// Its name.
    Name,
    /// Operating system.
    Os,
    /// Version of the operating system.
    OsVersion,
}

impl Field {
    /// All of them, in the order in which grounds are shown.
    pub const ALL: [Field; 8] = [Field::Kind, Field::Vendor, Field::Model, Field::Serial, Field::Firmware, Field::Name, Field::Os, Field::OsVersion];

    /// Its word in [`Why::about`].
    pub fn word(self) -> &'static str {
        match self {
            Field::Kind => "kind",
            Field::Vendor => "vendor",
            Field::Model => "model",
            Field::Serial => "serial",
            Field::Firmware => "firmware",
            Field::Name => "name",
            Field::Os => "os",
            Field::OsVersion => "os_version",
        }
    }
}

/// Where a vote comes from: the probe, and the item and value in the device's own words.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Which probe heard it.
    pub probe: &'a str,
    /// Which item.
    pub item: &'a str,
    /// What it said; empty where the item's mere presence is the ground.
    pub value: &'a str,
}

/// Longest ground that is kept, characters: enough for a sysDescr's telling part.
const MAX_GROUND: usize = 120;

impl Ground<'_> {
    /// As one line for people.
    pub fn line(&self) -> String {
        let value: String = clip(self.value, MAX_GROUND).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{} {}", self.item, value).trim_end().to_owned()
    }
}

/// One vote.
#[derive(Debug, Clone)]
pub struct Vote<'a> {
    /// For which field.
    pub field: Field,
    /// For which value.
    pub value: String,
    /// How surely, 0–100.
    pub confidence: u8,
    /// Why.
    pub ground: Ground<'a>,
}

/// Everything that was voted for one thing.
#[derive(Debug, Default)]
pub struct Ballot<'a> {
    votes: Vec<Vote<'a>>,
}

/// What a second, independent ground for the same value adds, and how much all of them may add.
const AGREEMENT: (u8, u8) = (3, 9);

impl<'a> Ballot<'a> {
    /// Votes; an empty value is no vote.
    pub fn cast(&mut self, field: Field, value: impl Into<String>, confidence: u8, ground: Ground<'a>) {
        let value = value.into();
        if !value.is_empty() {
            self.votes.push(Vote { field, value, confidence, ground });
        }
    }

    /// Votes for a kind; [`Kind::Unknown`] is no vote.
    pub fn cast_kind(&mut self, kind: Kind, confidence: u8, ground: Ground<'a>) {
        if kind != Kind::Unknown {
            self.cast(Field::Kind, kind.code(), confidence, ground);
        }
    }

    /// The winner of a field with its weight: its confidence and what other grounds add to it. The first of equals wins.
    pub fn best(&self, field: Field) -> Option<(&Vote<'a>, u8)> {
        let of_field = || self.votes.iter().filter(move |vote| vote.field == field && !self.is_of_another_system(vote));
        let mut best: Option<(&Vote<'a>, u8)> = None;
        for vote in of_field() {
            let others = of_field().filter(|other| other.ground.item != vote.ground.item && other.value.eq_ignore_ascii_case(&vote.value)).count();
            let bonus = AGREEMENT.0.saturating_mul(u8::try_from(others).unwrap_or(u8::MAX)).min(AGREEMENT.1);
            let weight = vote.confidence.saturating_add(bonus).min(99);
            if best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((vote, weight));
            }
        }
        best
    }

    /// Whether a vote is for the version of a system, and its ground names other systems than the one that wins.
    fn is_of_another_system(&self, vote: &Vote<'a>) -> bool {
        if vote.field != Field::OsVersion {
            return false;
        }
        let named = || self.votes.iter().filter(|other| other.field == Field::Os && other.ground.item == vote.ground.item);
        let winner = self.value(Field::Os).unwrap_or_default();
        named().next().is_some() && !named().any(|other| other.value.eq_ignore_ascii_case(winner))
    }

    /// The winner's value.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.best(field).map(|(vote, _)| vote.value.as_str())
    }

    /// The grounds of all winners, in the order of [`Field::ALL`].
    pub fn whys(&self) -> Vec<Why> {
        let why = |(vote, weight): (&Vote<'a>, u8)| Why {
            about: vote.field.word(),
            value: vote.value.clone(),
            probe: vote.ground.probe.to_owned(),
            ground: vote.ground.line(),
            confidence: weight,
        };
        Field::ALL.into_iter().filter_map(|field| self.best(field).map(why)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(item: &str) -> Ground<'_> {
        Ground { probe: "snmp", item, value: "x\ny" }
    }

    #[test]
    fn grounds_are_told_under_words_that_pages_and_programs_know() {
        assert_eq!(Field::ALL.map(Field::word), ["kind", "vendor", "model", "serial", "firmware", "name", "os", "os_version"]);
    }

    #[test]
    fn agreement_beats_one_loud_voice_but_not_a_sure_one() {
        let mut ballot = Ballot::default();
        ballot.cast(Field::Vendor, "Dell", 70, ground("a"));
        ballot.cast(Field::Vendor, "HP", 69, ground("b"));
        ballot.cast(Field::Vendor, "hp", 69, ground("c"));
        assert_eq!(ballot.value(Field::Vendor), Some("HP"));
        ballot.cast(Field::Vendor, "Dell", 90, ground("d"));
        assert_eq!(ballot.value(Field::Vendor), Some("Dell"));
        assert_eq!(ballot.value(Field::Model), None);
        assert_eq!(ballot.whys()[0].ground, "d x y");
    }

    #[test]
    fn a_version_is_of_the_system_that_wins() {
        let mut ballot = Ballot::default();
        ballot.cast(Field::Os, "Linux", 40, ground("a"));
        ballot.cast(Field::OsVersion, "6.1", 90, ground("a"));
        ballot.cast(Field::Os, "DSM", 80, ground("b"));
        assert_eq!(ballot.value(Field::OsVersion), None);
        ballot.cast(Field::OsVersion, "7.2", 50, ground("c"));
        assert_eq!(ballot.value(Field::OsVersion), Some("7.2"));
    }

    #[test]
    fn nothing_is_no_vote() {
        let mut ballot = Ballot::default();
        ballot.cast(Field::Model, "", 90, ground("a"));
        ballot.cast_kind(Kind::Unknown, 90, ground("a"));
        assert!(ballot.whys().is_empty());
    }
}
