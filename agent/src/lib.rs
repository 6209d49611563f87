//! The agent: looks at a school's networks, and tells. It never concludes what a device is.
//!
//! Tour: [`config`] reads `agent.toml` ([`checked`] tells every problem at once); [`network`] says what may be looked at,
//! [`credentials`] what opens it, [`hours`] when it rests; [`probes`] are the ways of looking, one file each. [`round`] runs those
//! that are due, [`mask`] hides what must not leave the school, [`assemble`] makes the picture by the rule of when a fact may leave.
//! [`listen`] hears what is said unasked, where the configuration says so.
//! [`agent`] numbers the report, keeps [`state`] and [`spool`] ([`durable`], [`fold`]) and does what receipts say; [`uplink`] carries
//! one request ([`pin`]); [`enrol`] is the first contact. [`daemon`] turns the crank; [`look`] looks once for a person; [`status`] and
//! [`page`] tell people how it fares and what it puts on the network; [`cli`] is the command line.
//!
//! Tests drive a real agent without a daemon, with a clock of theirs: [`agent::Agent::open`], [`agent::Agent::round`],
//! [`agent::Agent::send`] or [`agent::Agent::drain`].
//!
//! Absent on purpose: any way to change a device (no SNMP SET exists), any connection that it accepts, any judgement.

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
pub mod listen;
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
