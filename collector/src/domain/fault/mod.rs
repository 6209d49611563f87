//! Faults: what can be amiss, what is found beside what is open, and the life that people and looks give it.
//!
//! Reading order: [`sorts`] is the table of all sorts; [`life`] says in which states a fault may be, who may move it from one to
//! another, and what is refused in which words; [`shadow`] is what cannot be seen now; [`lay`] lays found beside known by key and
//! says what opens, changes, closes, comes back. Comes in: faults found now, faults known, what a person asks. Goes out: new lives
//! with the lines of their history. Absent on purpose: finding them ([`super::reconcile`]), storage, words.
//!
//! A fault has a stable key within its school: the same cause found again is the same fault, however often anybody looks.

pub mod lay;
pub mod life;
pub mod shadow;
pub mod sorts;

pub use lay::{Found, Known, LAPSES_DAYS, Laid, Look, Moment, Moved, REOPENS_DAYS, lay};
pub use life::{Action, Cause, Claim, Closing, Deed, Event, Hand, How, Life, Origin, Refusal, State, Suspension, Verb};
pub use shadow::Shadow;
pub use sorts::{FAULTS, FaultRow, REPORTED, Severity, fault_row, key_of_sign, unconfirmed};
