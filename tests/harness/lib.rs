//! What tests and the demo share: schools that are played.
//!
//! Comes in: nothing. Goes out: [`sim`]. Absent on purpose: tests themselves.

pub mod sim;
