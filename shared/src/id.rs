//! Identifiers: one type for each sort of thing, so that a school is never passed where a device is meant.
//!
//! Comes in: integers that the collector handed out, random bits that the agent drew. Goes out: the same, typed.
//! Absent on purpose: any way to make one up.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer_id! {
    /// One enrolled agent key. Handed out by the collector at enrolment.
    AgentId
}
integer_id! {
    /// One school, as the collector numbers it (the town's own code is a text beside it).
    SchoolId
}
integer_id! {
    /// One physical thing that the collector follows.
    DeviceId
}

/// One unbroken line of numbered reports: 64 random bits drawn when a spool is made.
///
/// Two live streams under one key are a cloned server. On the wire: 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamId({self})")
    }
}

impl FromStr for StreamId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() != 16 {
            return Err(format!("a stream id has 16 hexadecimal digits, found {} characters", text.len()));
        }
        u64::from_str_radix(text, 16).map(StreamId).map_err(|_| "a stream id has hexadecimal digits only".to_owned())
    }
}

impl Serialize for StreamId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::wire::from_text(d)
    }
}
