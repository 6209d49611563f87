//! What tests and the demo share: schools that are played.
//!
//! Comes in: nothing. Goes out: [`database`] (a fresh one on either engine), [`sim`]. Absent on purpose: tests themselves.

pub mod database;
pub mod sim;
