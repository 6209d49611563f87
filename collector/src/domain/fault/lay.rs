//! Found beside known, by key: what opens, what changed, what closes, what comes back, what only flaps.
//!
//! Comes in: faults found now, faults known (open ones, and those closed lately), what cannot be seen now. Goes out: what to open and
//! change, new lives with the lines of their history. Absent on purpose: what people do ([`super::life`]), storage.
//!
//! It looks at what *is*: said twice it changes nothing the second time.

use super::life::{Event, Life};
use super::shadow::Shadow;
use super::sorts::{REPORTED, Severity};
use super::state::{How, Origin, State};
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::BTreeMap;

/// So many turns (opened, closed, opened again) within a day, and it is unstable.
pub const TURNS: usize = 3;
/// The day of turns, and how long an unstable fault must stay away before it is closed.
pub const DAY_S: i64 = 86_400;
/// School days after its end within which the same cause is the same fault.
pub const REOPENS_DAYS: u32 = 7;
/// School days without a contrary sign after which a claim stands.
pub const LAPSES_DAYS: u32 = 10;
/// Who claims is still at it: a look so soon after the claim contradicts nothing.
pub const CLAIM_SETTLES_S: i64 = 300;
/// So many rounds of the probe after the claim: the first may have begun before it.
pub const CLAIM_ROUNDS: u64 = 2;

/// How far looking had come that could see a fault, when it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Its probe has finished so many rounds for this subject.
    Rounds(u64),
    /// It was read at this moment.
    At(Timestamp),
}

impl Look {
    fn mark(self) -> u64 {
        match self {
            Look::Rounds(rounds) => rounds,
            Look::At(at) => at.0.max(0).cast_unsigned(),
        }
    }

    /// Whether this look came after a claim that was made at `at`, when looking stood at `mark`.
    fn is_after(self, at: Timestamp, mark: u64) -> bool {
        match self {
            Look::Rounds(rounds) => rounds >= mark + CLAIM_ROUNDS,
            Look::At(read) => read > at + CLAIM_SETTLES_S,
        }
    }
}

/// A fault found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its row.
    pub code: &'static str,
    /// Stable within the school.
    pub key: String,
    /// How much it matters.
    pub severity: Severity,
    /// The device that ails, if one.
    pub device: Option<DeviceId>,
    /// The place that lacks, if one.
    pub place: Option<String>,
    /// Since when the evidence stands.
    pub since_at: Timestamp,
    /// How far looking had come that could see it; `None`: as far as the newest round.
    pub look: Option<Look>,
    /// Seen in as many rounds as its row asks for. What is not yet confirmed is not opened, but keeps open what is.
    pub confirmed: bool,
    /// How many things it is about (missing places, devices in its shadow).
    pub count: u64,
    /// What fills the sentence: name and value.
    pub facts: BTreeMap<&'static str, String>,
}

/// A fault that has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub fault_id: i64,
    /// Its code.
    pub code: String,
    /// Its key.
    pub key: String,
    /// How much it matters, as stored.
    pub severity: Option<Severity>,
    /// How many things it is about.
    pub count: u64,
    /// Since when the cause stands.
    pub opened_at: Timestamp,
    /// The device.
    pub device: Option<DeviceId>,
    /// The place; empty: none.
    pub place: String,
    /// What filled the sentence.
    pub facts: BTreeMap<String, String>,
    /// Its life.
    pub life: Life,
}

impl Known {
    /// Whether what is found now says something else than what is stored.
    pub fn differs(&self, found: &Found) -> bool {
        let same_facts = self.facts.len() == found.facts.len() && found.facts.iter().all(|(name, value)| self.facts.get(*name) == Some(value));
        self.severity != Some(found.severity) || self.count != found.count || self.device != found.device || !same_facts
    }

    /// Whether it is what somebody reports: of the same device, else of the same sort of thing in the same room.
    pub fn is_about(&self, device: Option<DeviceId>, room: &str, kind: &str) -> bool {
        match device {
            Some(device) => self.device == Some(device),
            None => {
                let fact = |name: &str| self.facts.get(name).map_or("", String::as_str);
                let (room, named) = (room.trim(), !room.trim().is_empty() && !kind.is_empty());
                named && self.code == REPORTED && fact("room") == room && fact("kind") == kind
            }
        }
    }
}

/// When it is laid, and what cannot be seen.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// A fault closed since then comes back under its number (seven school days).
    pub reopens_from: Timestamp,
    /// A claim made before then stands without a contrary sign long enough (ten school days).
    pub lapses_from: Timestamp,
    /// End of the newest round that looked at this school.
    pub looked_at: Timestamp,
    /// What cannot be seen now.
    pub shadow: &'a Shadow,
    /// Keys of faults that a decision of people ends, with how.
    pub decided: &'a BTreeMap<String, How>,
}

/// A life that went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The fault, with its life as it is now.
    pub known: Known,
    /// Its life as it was: who saves it looks whether somebody moved it meanwhile.
    pub was: Life,
    /// Lines of its history.
    pub events: Vec<Event>,
}

/// What laying found beside known gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// To open.
    pub opened: Vec<Found>,
    /// Still there, and something about it changed.
    pub changed: Vec<(i64, Found)>,
    /// Lives that went on.
    pub moved: Vec<Moved>,
    /// Some evidence waits for its confirmation.
    pub waiting: bool,
    /// The answer changes by itself at this moment.
    pub again_at: Option<Timestamp>,
}

/// Lays what is found beside what is known, by key.
pub fn lay(found: &[Found], known: &[Known], moment: &Moment<'_>) -> Laid {
    let by_key: BTreeMap<&str, &Found> = found.iter().map(|found| (found.key.as_str(), found)).collect();
    // The open one of a key, else the one closed last.
    let mut newest: BTreeMap<&str, &Known> = BTreeMap::new();
    for known in known {
        let rank = |known: &Known| (known.life.is_open(), known.life.state_at, known.fault_id);
        let slot = newest.entry(known.key.as_str()).or_insert(known);
        if rank(known) > rank(slot) {
            *slot = known;
        }
    }
    let mut laid = Laid::default();
    for (key, found) in &by_key {
        match newest.get(key) {
            Some(known) if known.life.is_open() => {
                if known.differs(found) {
                    laid.changed.push((known.fault_id, (*found).clone()));
                }
                laid.moves(known, |life| life.seen(found, moment));
            }
            Some(known) if known.life.may_come_back(found, moment) => {
                laid.changed.push((known.fault_id, (*found).clone()));
                laid.moves(known, |life| life.found_again(moment.now));
            }
            Some(known) if known.life.is_old_news(found, moment) => laid.moves(known, |life| life.note_look(found, moment)),
            _ if found.confirmed => laid.opened.push((*found).clone()),
            _ => laid.waiting = true,
        }
    }
    for known in newest.values().filter(|known| known.life.is_open()) {
        if let Some(how) = moment.decided.get(&known.key) {
            laid.moves(known, |life| life.decided(*how, moment.now));
            continue;
        }
        if known.life.origin == Origin::Look && !by_key.contains_key(known.key.as_str()) && !moment.shadow.hides(&known.code, known.device) {
            laid.moves(known, |life| life.not_found(moment.now));
        }
        laid.moves(known, |life| life.passes(moment));
    }
    let next = laid.next(newest.values().copied(), moment.now);
    laid.again_at = next;
    laid
}

impl Laid {
    /// Lets a life go on, from where this laying has already brought it.
    fn moves(&mut self, known: &Known, step: impl FnOnce(&mut Life) -> Vec<Event>) {
        let index = self.moved.iter().position(|moved| moved.known.fault_id == known.fault_id);
        let mut life = index.map_or(&known.life, |index| &self.moved[index].known.life).clone();
        let events = step(&mut life);
        match index {
            Some(index) => {
                self.moved[index].known.life = life;
                self.moved[index].events.extend(events);
            }
            None if life == known.life => {}
            None => self.moved.push(Moved { known: Known { life, ..known.clone() }, was: known.life.clone(), events }),
        }
    }

    /// When a wait or the calm of an unstable fault ends.
    fn next<'a>(&self, known: impl Iterator<Item = &'a Known>, now: Timestamp) -> Option<Timestamp> {
        let moved: BTreeMap<i64, &Life> = self.moved.iter().map(|moved| (moved.known.fault_id, &moved.known.life)).collect();
        let lives = known.map(|known| moved.get(&known.fault_id).copied().unwrap_or(&known.life)).filter(|life| life.is_open());
        let moments = lives.flat_map(|life| [life.gone_at.map(|gone| gone + DAY_S), life.suspension.as_ref().and_then(|wait| wait.until)]);
        moments.flatten().filter(|at| *at > now).min()
    }

    /// Faults that end with this laying.
    pub fn closed(&self) -> impl Iterator<Item = &Moved> {
        self.moved.iter().filter(|moved| !moved.known.life.is_open() && !moved.events.is_empty())
    }
}

impl Life {
    /// An open fault is found again.
    fn seen(&mut self, found: &Found, moment: &Moment<'_>) -> Vec<Event> {
        self.gone_at = None;
        let look = found.look.unwrap_or(Look::At(moment.looked_at));
        let Some(claim) = self.claim.as_mut().filter(|_| self.state == State::Claimed) else { return Vec::new() };
        match claim.mark {
            None => {
                claim.mark = Some(look.mark());
                Vec::new()
            }
            Some(mark) if look.is_after(claim.at, mark) => {
                self.contradict(moment.now);
                vec![Event::of("contradicted")]
            }
            Some(_) => Vec::new(),
        }
    }

    /// A fault that is closed is found: it is back, if it was closed lately and the evidence is newer than what closed it.
    fn may_come_back(&self, found: &Found, moment: &Moment<'_>) -> bool {
        found.confirmed && self.is_lately_closed(moment) && !self.is_old_news(found, moment)
    }

    fn is_lately_closed(&self, moment: &Moment<'_>) -> bool {
        self.closing.is_some_and(|closing| closing.at >= moment.reopens_from)
    }

    /// People closed it, and nobody has looked since: the same old evidence opens nothing.
    fn is_old_news(&self, found: &Found, moment: &Moment<'_>) -> bool {
        let look = found.look.unwrap_or(Look::At(moment.looked_at));
        let by_people = self.closing.is_some_and(|closing| matches!(closing.how, How::Person | How::Time));
        by_people && self.claim.as_ref().is_some_and(|claim| claim.mark.is_none_or(|mark| !look.is_after(claim.at, mark)))
    }

    /// Notes how far looking had come when a person closed it.
    fn note_look(&mut self, found: &Found, moment: &Moment<'_>) -> Vec<Event> {
        let look = found.look.unwrap_or(Look::At(moment.looked_at));
        if let Some(claim) = self.claim.as_mut().filter(|claim| claim.mark.is_none()) {
            claim.mark = Some(look.mark());
        }
        Vec::new()
    }

    /// It is back, under its number.
    fn found_again(&mut self, now: Timestamp) -> Vec<Event> {
        self.come_back(now);
        self.turn(now);
        self.unstable = self.turns.len() >= TURNS;
        if self.unstable { vec![Event::of("came_back"), Event::of("unstable")] } else { vec![Event::of("came_back")] }
    }

    /// Nobody finds it any more. What comes and goes is closed only after a calm day.
    fn not_found(&mut self, now: Timestamp) -> Vec<Event> {
        if self.unstable {
            let gone_at = *self.gone_at.get_or_insert(now);
            if now.since_s(gone_at) < DAY_S {
                return Vec::new();
            }
            self.unstable = false;
        }
        let claimed = self.state == State::Claimed;
        self.turn(now);
        self.end(How::Look, now);
        vec![Event::of(if claimed { "verified" } else { "cleared" })]
    }

    /// People decided of a whole kit, or of the device: this fault is one of those.
    fn decided(&mut self, how: How, now: Timestamp) -> Vec<Event> {
        self.end(how, now);
        vec![Event::of(if how == How::NotAFault { "dismissed" } else { "accepted" })]
    }

    fn turn(&mut self, now: Timestamp) {
        self.turns.retain(|turn| now.since_s(*turn) < DAY_S);
        self.turns.push(now);
    }

    /// What time alone brings: a wait ends, a claim stands long enough.
    fn passes(&mut self, moment: &Moment<'_>) -> Vec<Event> {
        if self.suspension.as_ref().is_some_and(|wait| wait.until.is_some_and(|until| until <= moment.now)) {
            self.resume(moment.now);
            return vec![Event::of("wait_over")];
        }
        if self.state == State::Claimed && self.claim.as_ref().is_some_and(|claim| claim.at <= moment.lapses_from) {
            self.end(How::Time, moment.now);
            return vec![Event::of("lapsed")];
        }
        Vec::new()
    }
}

#[cfg(test)]
#[path = "lay_tests.rs"]
mod tests;
