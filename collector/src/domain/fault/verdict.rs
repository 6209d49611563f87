//! What people decided of deviations, remembered: silences for planned work, what is accepted, what is no fault, what is known and not ours.
//!
//! Comes in: decisions in force, faults found with their traits. Goes out: what is left of them, and how those end that are decided. Absent on
//! purpose: who decided and why (the store keeps it), fixing the world (that is a fault's life) and the plan (an edit of the plan).
//!
//! A decision covers a fault when everything that it names agrees: one that names a school, a kind and a kit covers that kind of that kit at
//! that school. One that names nothing covers nothing.

use super::lay::Found;
use super::state::How;
use super::subject::Traits;
use crate::domain::kind::Kind;
use crate::domain::place::matches;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeMap;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Work is planned: nothing new is told for a time; what is open stays.
    Silence,
    /// It is so, and shall stay so: « ou équivalent ».
    Accepted,
    /// It is no fault.
    NotAFault,
    /// The device is known, and not ours: a leased copier, a till, the operator's box.
    NotOurs,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 4] = [Verdict::Silence, Verdict::Accepted, Verdict::NotAFault, Verdict::NotOurs];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Silence => "silence",
            Verdict::Accepted => "accepted",
            Verdict::NotAFault => "not_a_fault",
            Verdict::NotOurs => "not_ours",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.code() == code)
    }

    /// How a fault ends by it; `None`: it does not.
    fn how(self) -> Option<How> {
        match self {
            Verdict::Silence => None,
            Verdict::Accepted | Verdict::NotOurs => Some(How::Accepted),
            Verdict::NotAFault => Some(How::NotAFault),
        }
    }
}

/// What a decision is about; what is not named does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// One school.
    pub school: Option<SchoolId>,
    /// One fault, by its key.
    pub key: Option<String>,
    /// One sort of fault.
    pub code: Option<String>,
    /// One device.
    pub device: Option<DeviceId>,
    /// One kind.
    pub kind: Option<Kind>,
    /// One kit.
    pub kit: Option<String>,
    /// One phase.
    pub phase: Option<String>,
    /// One model: a pattern with `*`.
    pub model: Option<String>,
}

impl About {
    /// Whether it names anything.
    pub fn is_empty(&self) -> bool {
        *self == About::default()
    }

    fn covers(&self, school: SchoolId, found: &Found, traits: &Traits) -> bool {
        let is = |named: &Option<String>, found: &str| named.as_deref().is_none_or(|named| named == found);
        !self.is_empty()
            && self.school.is_none_or(|named| named == school)
            && is(&self.key, &found.key)
            && is(&self.code, found.code)
            && self.device.is_none_or(|named| found.device == Some(named))
            && self.kind.is_none_or(|named| traits.kind == Some(named))
            && is(&self.kit, &traits.kit)
            && is(&self.phase, &traits.phase)
            && self.model.as_deref().is_none_or(|pattern| !traits.model.is_empty() && matches(pattern, &traits.model))
    }
}

/// One decision in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// About what.
    pub about: About,
    /// From when on.
    pub from_at: Timestamp,
    /// Until when; `None`: until it is taken back.
    pub until_at: Option<Timestamp>,
}

impl Decision {
    /// Whether it holds now.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from_at <= now && self.until_at.is_none_or(|until| until > now)
    }
}

/// What decisions leave of what is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// What is still to be laid; what is silenced opens nothing.
    pub found: Vec<Found>,
    /// Keys of faults that a decision ends, with how.
    pub decided: BTreeMap<String, How>,
    /// A decision begins or ends at this moment.
    pub again_at: Option<Timestamp>,
}

/// Lays decisions over what is found at a school.
pub fn decide(school: SchoolId, found: Vec<Found>, decisions: &[Decision], now: Timestamp, traits: impl Fn(&Found) -> Traits) -> Left {
    let mut left = Left::default();
    for mut found in found {
        let its = if decisions.is_empty() { Traits::default() } else { traits(&found) };
        let covers = |decision: &&Decision| decision.holds(now) && decision.about.covers(school, &found, &its);
        let covering: Vec<Verdict> = decisions.iter().filter(covers).map(|decision| decision.verdict).collect();
        found.confirmed &= covering.is_empty();
        match covering.into_iter().find_map(Verdict::how) {
            Some(how) => {
                left.decided.insert(found.key, how);
            }
            None => left.found.push(found),
        }
    }
    let turns = decisions.iter().flat_map(|decision| [Some(decision.from_at), decision.until_at]).flatten();
    left.again_at = turns.filter(|at| *at > now).min();
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fault::sorts::Severity;

    fn found(code: &'static str, key: &str) -> Found {
        Found {
            code,
            key: key.into(),
            severity: Severity::Minor,
            device: Some(DeviceId(7)),
            place: None,
            since_at: Timestamp(0),
            look: None,
            confirmed: true,
            count: 1,
            facts: BTreeMap::new(),
        }
    }

    fn decision(verdict: Verdict, about: About) -> Decision {
        Decision { verdict, about, from_at: Timestamp(100), until_at: Some(Timestamp(200)) }
    }

    /// Decides over a projector of the kit « classe », an Epson, at school 1; what is left: `key`, `key?` where it opens nothing, `key!` where it is decided.
    fn check(decisions: &[Decision], now: i64, expected: &str) {
        let traits = |_: &Found| Traits {
            kind: Some(Kind::Projector),
            kit: "classe".into(),
            phase: "2".into(),
            model: "EB-685Wi".into(),
            ..Traits::default()
        };
        let left = decide(SchoolId(1), vec![found("other_model", "m"), found("projector_lamp", "l")], decisions, Timestamp(now), traits);
        let kept = left.found.iter().map(|found| format!("{}{}", found.key, if found.confirmed { "" } else { "?" }));
        let told: Vec<String> = kept.chain(left.decided.keys().map(|key| format!("{key}!"))).collect();
        assert_eq!(told.join(" "), expected);
    }

    #[test]
    fn planned_work_silences_a_phase_for_a_time() {
        let work = [decision(Verdict::Silence, About { phase: Some("2".into()), ..About::default() })];
        check(&work, 99, "m l");
        check(&work, 150, "m? l?");
        check(&work, 200, "m l");
        check(&[decision(Verdict::Silence, About { school: Some(SchoolId(2)), ..About::default() })], 150, "m l");
    }

    #[test]
    fn or_equivalent_is_accepted_once_for_the_whole_kit() {
        let about = About {
            code: Some("other_model".into()),
            kit: Some("classe".into()),
            kind: Some(Kind::Projector),
            model: Some("EB-685*".into()),
            ..About::default()
        };
        check(&[decision(Verdict::Accepted, about.clone())], 150, "l m!");
        check(&[decision(Verdict::Accepted, About { model: Some("NP-*".into()), ..about })], 150, "m l");
    }

    #[test]
    fn what_is_not_ours_has_no_faults() {
        check(&[decision(Verdict::NotOurs, About { device: Some(DeviceId(7)), ..About::default() })], 150, "l! m!");
        check(&[decision(Verdict::NotOurs, About::default())], 150, "m l");
    }

    #[test]
    fn it_says_when_a_decision_begins_or_ends() {
        let work = [decision(Verdict::Silence, About { phase: Some("2".into()), ..About::default() })];
        let again = |now| decide(SchoolId(1), vec![], &work, Timestamp(now), |_| Traits::default()).again_at;
        assert_eq!((again(50), again(150), again(250)), (Some(Timestamp(100)), Some(Timestamp(200)), None));
    }
}
