//! The agent: looks at a school's networks, and tells. It never concludes what a device is.
//!
//! Tour: [`config`] reads `agent.toml`; [`network`] says what may be looked at; [`probes`] are the ways of looking, one file
//! each; [`round`] runs those that are due and makes one report; [`spool`] keeps reports on disk until the collector has
//! them; [`uplink`] carries them; [`enrol`] is the first contact; [`mask`] hides names that must not leave the school.
//! Absent on purpose: any way to change a device (no SNMP SET exists), any open port, any judgement.

pub mod agent;
pub mod assemble;
pub mod checked;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod daemon;
pub mod durable;
pub mod enrol;
pub mod fold;
pub mod hours;
pub mod look;
pub mod mask;
pub mod network;
pub mod page;
pub mod pin;
pub mod probes;
pub mod round;
pub mod spool;
pub mod state;
pub mod status;
pub mod uplink;
