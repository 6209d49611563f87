//! The pure half of the SNMP probe: rows and values in, facts and readings out. No sockets, no waiting.
//!
//! One file a subject, each telling which tables of which standard it reads: [`said`] (single objects), [`interfaces`], [`entity`],
//! [`forwarding`], [`neighbours`], [`supplies`].

pub mod entity;
pub mod forwarding;
pub mod interfaces;
pub mod neighbours;
pub mod said;
pub mod supplies;

/// A moving number: name of the reading, instance, value.
pub type Number = (&'static str, String, f64);
