//! A fault's life: open → acknowledged → assigned → in progress → claimed mended → closed, or suspended on the way.
//!
//! Comes in: a life, what somebody does, who and when. Goes out: the life after it and the line of its history, or a refusal that
//! says why. Absent on purpose: what looks say ([`mod@super::lay`]), deadlines (`clock`), storage.
//!
//! One table says everything: which deed is possible in which state, where it leads, and whose hand may do it. The clock of repair
//! stops when somebody claims that it is mended; a verification confirms that moment, a contradiction makes as if it had not been.

use super::state::State::{Acknowledged, Assigned, Claimed, Closed, InProgress, Open, Suspended};
use super::state::{Cause, How, Origin, State};
use rollcall_shared::Timestamp;

/// Somebody says that it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// How many looks that can see this fault there had been by then; `None`: not noted yet.
    pub mark: Option<u64>,
}

/// It waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// For what.
    pub cause: Cause,
    /// Since when.
    pub from: Timestamp,
    /// Until when at most; `None`: until somebody says so.
    pub until: Option<Timestamp>,
    /// Who said so.
    pub by: String,
    /// The state to which it goes back.
    pub back_to: State,
}

/// Its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: How,
}

/// Everything about a fault that people and looks move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub state_at: Timestamp,
    /// Who told of it first.
    pub origin: Origin,
    /// When it was told: opened for people to see.
    pub told_at: Timestamp,
    /// When the town confirmed what a school reported; `None` for others and before.
    pub confirmed_at: Option<Timestamp>,
    /// The lot that mends it; empty: none known.
    pub lot: String,
    /// Its contractor; empty: none known.
    pub contractor: String,
    /// A person said which lot; else it follows from plan and register.
    pub assigned: bool,
    /// When somebody first took note.
    pub acknowledged_at: Option<Timestamp>,
    /// The last claim that it is mended, unless it was contradicted.
    pub claim: Option<Claim>,
    /// It waits.
    pub suspension: Option<Suspension>,
    /// Spans in which no clock ran, oldest first: what it waited, and what it was closed before it came back.
    pub held: Vec<(Timestamp, Timestamp)>,
    /// Its end.
    pub closing: Option<Closing>,
    /// When looks opened and closed it during the last day.
    pub turns: Vec<Timestamp>,
    /// It comes and goes: told once, until it has been calm for a day.
    pub unstable: bool,
    /// Unstable, and not seen since then.
    pub gone_at: Option<Timestamp>,
    /// How many reports of schools joined it.
    pub reports: u64,
    /// The contractor's own number.
    pub external_ref: String,
}

/// Whose hand moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hand {
    /// Technicians and administrators of the town.
    Town,
    /// The contractor of its lot.
    Contractor,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Takes note.
    Acknowledge,
    /// Gives it to a lot.
    Assign {
        /// Its code.
        lot: String,
        /// Who holds it.
        contractor: String,
    },
    /// Begins.
    Start,
    /// Lets it wait.
    Suspend {
        /// For what.
        cause: Cause,
        /// Until when at most.
        until: Option<Timestamp>,
    },
    /// It waits no longer.
    Resume,
    /// Says that it is mended.
    Claim,
    /// Has seen that it is mended as claimed.
    Verify,
    /// Has seen that it is not.
    Refuse,
    /// Has seen that it is mended, though nobody claimed it.
    Mend,
    /// It is no fault.
    Dismiss,
    /// It is so, and shall stay so.
    Accept,
    /// It is back.
    Reopen,
    /// What a school reported is so.
    Confirm,
    /// Says something.
    Comment,
    /// Gives the contractor's own number.
    Refer {
        /// That number.
        number: String,
    },
}

/// The name of a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the action of the same name")]
pub enum Verb {
    Acknowledge,
    Assign,
    Start,
    Suspend,
    Resume,
    Claim,
    Verify,
    Refuse,
    Mend,
    Dismiss,
    Accept,
    Reopen,
    Confirm,
    Comment,
    Refer,
}

/// What a deed needs beside the will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// A word is welcome.
    Welcome,
    /// A reason must be said.
    Wanted,
}

/// One line of the table: a deed, the states in which it is possible, the state to which it leads (`None`: it stays), what it writes
/// into the history, whether a contractor may do it, whether a reason must be said.
struct Move {
    verb: Verb,
    code: &'static str,
    from: &'static [State],
    to: Option<State>,
    told: &'static str,
    contractor: bool,
    text: Text,
}

const UNTIL_CLAIMED: &[State] = &[Open, Acknowledged, Assigned, InProgress];
const NOT_CLAIMED: &[State] = &[Open, Acknowledged, Assigned, InProgress, Suspended];
const NOT_CLOSED: &[State] = &[Open, Acknowledged, Assigned, InProgress, Suspended, Claimed];

#[rustfmt::skip]
const MOVES: &[Move] = &[
    Move { verb: Verb::Acknowledge, code: "acknowledge", from: &[Open], to: Some(Acknowledged), told: "acknowledged", contractor: true, text: Text::Welcome },
    Move { verb: Verb::Assign, code: "assign", from: NOT_CLAIMED, to: Some(Assigned), told: "assigned", contractor: false, text: Text::Welcome },
    Move { verb: Verb::Start, code: "start", from: &[Open, Acknowledged, Assigned], to: Some(InProgress), told: "started", contractor: true, text: Text::Welcome },
    Move { verb: Verb::Suspend, code: "suspend", from: UNTIL_CLAIMED, to: Some(Suspended), told: "suspended", contractor: true, text: Text::Welcome },
    Move { verb: Verb::Resume, code: "resume", from: &[Suspended], to: None, told: "resumed", contractor: true, text: Text::Welcome },
    Move { verb: Verb::Claim, code: "claim", from: NOT_CLAIMED, to: Some(Claimed), told: "claimed", contractor: true, text: Text::Welcome },
    Move { verb: Verb::Verify, code: "verify", from: &[Claimed], to: Some(Closed), told: "verified", contractor: false, text: Text::Welcome },
    Move { verb: Verb::Refuse, code: "refuse", from: &[Claimed], to: Some(InProgress), told: "refused", contractor: false, text: Text::Wanted },
    Move { verb: Verb::Mend, code: "mend", from: NOT_CLAIMED, to: Some(Closed), told: "mended", contractor: false, text: Text::Welcome },
    Move { verb: Verb::Dismiss, code: "dismiss", from: NOT_CLOSED, to: Some(Closed), told: "dismissed", contractor: false, text: Text::Wanted },
    Move { verb: Verb::Accept, code: "accept", from: NOT_CLOSED, to: Some(Closed), told: "accepted", contractor: false, text: Text::Welcome },
    Move { verb: Verb::Reopen, code: "reopen", from: &[Closed], to: None, told: "reopened", contractor: false, text: Text::Wanted },
    Move { verb: Verb::Confirm, code: "confirm", from: NOT_CLOSED, to: None, told: "confirmed", contractor: false, text: Text::Welcome },
    Move { verb: Verb::Comment, code: "comment", from: &State::ALL, to: None, told: "commented", contractor: true, text: Text::Wanted },
    Move { verb: Verb::Refer, code: "refer", from: &State::ALL, to: None, told: "referred", contractor: true, text: Text::Welcome },
];

impl Verb {
    fn line(self) -> &'static Move {
        &MOVES[self as usize]
    }

    /// Every deed, in the order in which a page offers them.
    pub fn all() -> impl Iterator<Item = Verb> {
        MOVES.iter().map(|line| line.verb)
    }

    /// Its code in addresses and the API.
    pub fn code(self) -> &'static str {
        self.line().code
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Verb> {
        MOVES.iter().find(|line| line.code == code).map(|line| line.verb)
    }

    /// Whether a reason must be said with it.
    pub fn wants_reason(self) -> bool {
        self.line().text == Text::Wanted
    }
}

impl Action {
    /// Its name.
    pub fn verb(&self) -> Verb {
        match self {
            Action::Acknowledge => Verb::Acknowledge,
            Action::Assign { .. } => Verb::Assign,
            Action::Start => Verb::Start,
            Action::Suspend { .. } => Verb::Suspend,
            Action::Resume => Verb::Resume,
            Action::Claim => Verb::Claim,
            Action::Verify => Verb::Verify,
            Action::Refuse => Verb::Refuse,
            Action::Mend => Verb::Mend,
            Action::Dismiss => Verb::Dismiss,
            Action::Accept => Verb::Accept,
            Action::Reopen => Verb::Reopen,
            Action::Confirm => Verb::Confirm,
            Action::Comment => Verb::Comment,
            Action::Refer { .. } => Verb::Refer,
        }
    }
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not in this state.
    NotNow(Verb, State),
    /// Not by this hand.
    NotYours(Verb),
    /// A reason must be said.
    NoReason(Verb),
    /// A lot must be named.
    NoLot,
    /// The end of a wait lies in the past.
    Past,
    /// Closed too long ago: what is amiss now is another fault.
    TooLate,
    /// Nothing waits for a confirmation.
    NothingToConfirm,
    /// The number is empty.
    NoNumber,
}

impl Refusal {
    /// Its code: the sentence is `refusal-CODE` of the language files.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotNow(..) => "not_now",
            Refusal::NotYours(_) => "not_yours",
            Refusal::NoReason(_) => "no_reason",
            Refusal::NoLot => "no_lot",
            Refusal::Past => "past",
            Refusal::TooLate => "too_late",
            Refusal::NothingToConfirm => "nothing_to_confirm",
            Refusal::NoNumber => "no_number",
        }
    }
}

/// One line of a fault's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened: `life-CODE` of the language files.
    pub what: &'static str,
    /// In whose words, or with which detail.
    pub said: String,
}

impl Event {
    /// A line without words.
    pub fn of(what: &'static str) -> Event {
        Event { what, said: String::new() }
    }
}

/// Who does something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed<'a> {
    /// Login.
    pub by: &'a str,
    /// With which right.
    pub hand: Hand,
    /// When.
    pub at: Timestamp,
    /// What is said with it.
    pub text: &'a str,
    /// A fault closed before this moment comes back as another one (seven school days ago).
    pub reopens_from: Timestamp,
}

impl Life {
    /// A fault that is told now.
    pub fn new(origin: Origin, now: Timestamp) -> Life {
        Life {
            state: Open,
            state_at: now,
            origin,
            told_at: now,
            confirmed_at: None,
            lot: String::new(),
            contractor: String::new(),
            assigned: false,
            acknowledged_at: None,
            claim: None,
            suspension: None,
            held: Vec::new(),
            closing: None,
            turns: if origin == Origin::Look { vec![now] } else { Vec::new() },
            unstable: false,
            gone_at: None,
            reports: u64::from(origin == Origin::School),
            external_ref: String::new(),
        }
    }

    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.state != Closed
    }

    /// When it was mended, by the claim that was not contradicted, else by its end.
    pub fn mended_at(&self) -> Option<Timestamp> {
        let closing = self.closing?;
        Some(self.claim.as_ref().map_or(closing.at, |claim| claim.at))
    }

    /// What this hand can do with it now.
    pub fn possible(&self, hand: Hand) -> Vec<Verb> {
        let unconfirmed = self.origin == Origin::School && self.confirmed_at.is_none();
        let possible = |line: &&Move| self.allows(line) && (hand == Hand::Town || line.contractor) && (line.verb != Verb::Confirm || unconfirmed);
        MOVES.iter().filter(possible).map(|line| line.verb).collect()
    }

    fn allows(&self, line: &Move) -> bool {
        // What a look saw mended, a look sees come back.
        let seen_mended = self.closing.is_some_and(|closing| closing.how == How::Look);
        line.from.contains(&self.state) && (line.verb != Verb::Reopen || !seen_mended)
    }

    /// Does it, or says why not.
    pub fn act(&self, action: &Action, deed: &Deed<'_>) -> Result<(Life, Event), Refusal> {
        let line = action.verb().line();
        if !self.allows(line) {
            return Err(Refusal::NotNow(line.verb, self.state));
        }
        if deed.hand == Hand::Contractor && !line.contractor {
            return Err(Refusal::NotYours(line.verb));
        }
        if line.text == Text::Wanted && deed.text.trim().is_empty() {
            return Err(Refusal::NoReason(line.verb));
        }
        let mut life = self.clone();
        let said = life.particular(action, deed)?;
        if let Some(to) = line.to {
            life.go(to, deed.at);
        }
        if !matches!(line.verb, Verb::Comment | Verb::Refer | Verb::Reopen) {
            life.acknowledged_at = life.acknowledged_at.or(Some(deed.at));
        }
        Ok((
            life,
            Event {
                what: line.told,
                said: [said.as_str(), deed.text.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            },
        ))
    }

    /// What a deed changes beside the state; what the history says of it.
    fn particular(&mut self, action: &Action, deed: &Deed<'_>) -> Result<String, Refusal> {
        match action {
            Action::Assign { lot, .. } if lot.is_empty() => return Err(Refusal::NoLot),
            Action::Assign { lot, contractor } => {
                (self.lot, self.contractor, self.assigned) = (lot.clone(), contractor.clone(), true);
                return Ok([lot.as_str(), contractor].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "));
            }
            Action::Suspend { until: Some(until), .. } if *until <= deed.at => return Err(Refusal::Past),
            Action::Suspend { cause, until } => {
                let (from, by) = (deed.at, deed.by.to_owned());
                self.suspension = Some(Suspension { cause: *cause, from, until: *until, by, back_to: self.state });
                return Ok(cause.code().to_owned());
            }
            Action::Resume => self.resume(deed.at),
            Action::Claim => self.claim = Some(Claim { at: deed.at, by: deed.by.to_owned(), mark: None }),
            Action::Refuse => self.claim = None,
            Action::Verify => self.end(How::Person, deed.at),
            Action::Mend => {
                self.claim = Some(Claim { at: deed.at, by: deed.by.to_owned(), mark: None });
                self.end(How::Person, deed.at);
            }
            Action::Dismiss => self.end(How::NotAFault, deed.at),
            Action::Accept => self.end(How::Accepted, deed.at),
            Action::Reopen if self.closing.is_none_or(|closing| closing.at < deed.reopens_from) => return Err(Refusal::TooLate),
            Action::Reopen => self.come_back(deed.at),
            Action::Confirm if self.origin != Origin::School || self.confirmed_at.is_some() => return Err(Refusal::NothingToConfirm),
            Action::Confirm => self.confirmed_at = Some(deed.at),
            Action::Refer { number } if number.trim().is_empty() => return Err(Refusal::NoNumber),
            Action::Refer { number } => {
                number.trim().clone_into(&mut self.external_ref);
                return Ok(self.external_ref.clone());
            }
            Action::Acknowledge | Action::Start | Action::Comment => {}
        }
        Ok(String::new())
    }

    /// Moves on. Whatever leaves a wait ends it.
    fn go(&mut self, to: State, at: Timestamp) {
        if to != Suspended {
            self.hold_ends(at);
        }
        (self.state, self.state_at) = (to, at);
    }

    fn hold_ends(&mut self, at: Timestamp) {
        if let Some(suspension) = self.suspension.take() {
            self.held.push((suspension.from, at.max(suspension.from)));
        }
    }

    /// The wait is over: back to where it stood.
    pub(super) fn resume(&mut self, at: Timestamp) {
        let back_to = self.suspension.as_ref().map_or(Open, |suspension| suspension.back_to);
        self.go(back_to, at);
    }

    /// Over.
    pub(super) fn end(&mut self, how: How, at: Timestamp) {
        self.go(Closed, at);
        self.closing = Some(Closing { at, how });
        self.gone_at = None;
    }

    /// The same fault again, under the same number: what it was mended does not count for its clock.
    pub(super) fn come_back(&mut self, at: Timestamp) {
        let mended = self.mended_at().unwrap_or(at);
        self.held.push((mended, at.max(mended)));
        (self.closing, self.claim, self.gone_at) = (None, None, None);
        self.go(if self.assigned { Assigned } else { Open }, at);
    }

    /// A look that could see it found it again after the claim: as if nobody had claimed anything.
    pub(super) fn contradict(&mut self, at: Timestamp) {
        self.claim = None;
        self.go(InProgress, at);
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
