//! Faults: what can be amiss, what is found beside what is open, and the life that people and looks give it.
//!
//! Reading order: [`sorts`] is the table of all sorts; [`life`] says in which states a fault may be, who may move it from one to
//! another, and what is refused in which words; [`shadow`] is what cannot be seen now; [`mod@lay`] lays found beside known by key and
//! says what opens, changes, closes, comes back; [`subject`] is what a fault is about, [`verdict`] what people decided of it; [`lot`],
//! [`clock`] and [`contract`] say who mends it until when, and [`punctuality`] how well that went over a period. Comes in: faults found now, faults known, what a person asks. Goes out: new lives
//! with the lines of their history. Absent on purpose: finding them ([`super::reconcile`]), storage, words.
//!
//! A fault has a stable key within its school: the same cause found again is the same fault, however often anybody looks.

pub mod clock;
pub mod contract;
pub mod days;
pub mod lay;
pub mod life;
pub mod lot;
pub mod punctuality;
pub mod shadow;
pub mod sorts;
pub mod state;
pub mod subject;
pub mod verdict;

pub use clock::{Clock, Clocks};
pub use contract::{Contract, Site};
pub use days::school_days_before;
pub use lay::{Found, Known, LAPSES_DAYS, Laid, Look, Moment, Moved, REOPENS_DAYS, lay};
pub use life::{Action, Claim, Closing, Deed, Event, Hand, Life, Refusal, Suspension, Verb};
pub use shadow::Shadow;
pub use sorts::{FAULTS, FaultRow, REPORTED, SECRET, Severity, fault_row, key_of_sign, lists, unconfirmed};
pub use state::{Cause, How, Origin, State};
pub use subject::{Subjects, Traits};
pub use verdict::{About, Decision, Verdict, decide};
