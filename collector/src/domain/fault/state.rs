//! Words of a fault's life, each with its code: where it stands, who told it, what it waits for, how it ended.
//!
//! Comes in: codes of tables and forms. Goes out: [`State`], [`Origin`], [`Cause`], [`How`]. Absent on purpose: what leads from one state to
//! another (`life`), words of pages (the language files have one for each code).

/// Where a fault stands. A fault that is found and not yet confirmed has no life yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Told, and nobody has said anything.
    Open,
    /// Somebody has taken note.
    Acknowledged,
    /// A lot and its contractor are to mend it.
    Assigned,
    /// Somebody is at it.
    InProgress,
    /// It waits for something; its clock is held.
    Suspended,
    /// Somebody says that it is mended; to be verified.
    Claimed,
    /// Over.
    Closed,
}

use State::{Acknowledged, Assigned, Claimed, Closed, InProgress, Open, Suspended};

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [State; 7] = [Open, Acknowledged, Assigned, InProgress, Suspended, Claimed, Closed];

    /// Its code in tables and the API.
    pub fn code(self) -> &'static str {
        match self {
            Open => "open",
            Acknowledged => "acknowledged",
            Assigned => "assigned",
            InProgress => "in_progress",
            Suspended => "suspended",
            Claimed => "claimed",
            Closed => "closed",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Who told of it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Rollcall found it by looking.
    Look,
    /// Somebody of the town filed it.
    Town,
    /// A school reported it: no contract's clock starts before the town confirms it.
    School,
}

impl Origin {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Origin::Look => "look",
            Origin::Town => "town",
            Origin::School => "school",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Origin> {
        [Origin::Look, Origin::Town, Origin::School].into_iter().find(|origin| origin.code() == code)
    }
}

/// For what a suspended fault waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A part that is ordered.
    Part,
    /// The school is closed.
    SchoolClosed,
    /// Nobody could get in.
    NoAccess,
    /// A quote that is to be accepted.
    Quote,
    /// Something that the town has to do.
    Town,
    /// The operator of the line.
    LineOperator,
    /// The plan says something wrong and is being corrected.
    Plan,
}

impl Cause {
    /// All of them.
    pub const ALL: [Cause; 7] = [Cause::Part, Cause::SchoolClosed, Cause::NoAccess, Cause::Quote, Cause::Town, Cause::LineOperator, Cause::Plan];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Cause::Part => "part",
            Cause::SchoolClosed => "school_closed",
            Cause::NoAccess => "no_access",
            Cause::Quote => "quote",
            Cause::Town => "town",
            Cause::LineOperator => "line_operator",
            Cause::Plan => "plan",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// How a fault ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The next look that could see it no longer found it.
    Look,
    /// A person saw that it is mended.
    Person,
    /// Claimed, and ten school days without a contrary sign.
    Time,
    /// It never was one.
    NotAFault,
    /// It is so, and shall stay so.
    Accepted,
}

impl How {
    /// All of them.
    pub const ALL: [How; 5] = [How::Look, How::Person, How::Time, How::NotAFault, How::Accepted];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            How::Look => "look",
            How::Person => "person",
            How::Time => "time",
            How::NotAFault => "not_a_fault",
            How::Accepted => "accepted",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<How> {
        How::ALL.into_iter().find(|how| how.code() == code)
    }
}
