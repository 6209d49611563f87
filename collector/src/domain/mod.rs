//! The calm core: what Rollcall knows about schools, devices, plans and faults, as plain values and plain functions.
//!
//! Comes in: values that the shell loaded, and `now`. Goes out: values that the shell saves or shows. Absent on purpose:
//! files, sockets, SQL, markup, clocks, randomness, `async`, and any wire or page format of these values.
//! Modules stand in reading order: a module may use those before it, never those after.

pub mod calendar;
pub mod device;
pub mod fault;
pub mod fleet;
pub mod folded;
pub mod identify;
pub mod identity;
pub mod intervention;
pub mod kind;
pub mod lamp;
pub mod language;
pub mod list;
pub mod notice;
pub mod personal;
pub mod place;
pub mod plan;
pub mod portion;
pub mod presence;
pub mod progress;
pub mod proof;
pub mod reading;
pub mod reconcile;
pub mod register;
pub mod right;
pub mod round;
pub mod sight;
pub mod stream;
pub mod toolbox;

#[cfg(test)]
mod codes_tests;
