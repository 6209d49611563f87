//! The tables of recognition: facts of the world with their sources, no judgement.
//!
//! Comes in: nothing. Goes out: rows. Absent on purpose: how rows are applied (`recognise`) and weighed (`weigh`). A new maker, family or
//! grammar is a row here.

pub mod apple;
pub mod brands;
pub mod enterprises;
pub mod families;
pub mod grammars;
pub mod items;
pub mod junk;
pub mod makes;
pub mod models;
pub mod oui;
pub mod vendors;
pub mod words;
