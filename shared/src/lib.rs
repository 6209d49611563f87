//! The words that agent and collector speak to each other, and nothing else: no input, no output, no clock.
//!
//! Reading order: [`id`], [`mac`], [`time`] are the small words. [`evidence`] says what one device told one probe,
//! verbatim. [`picture`] holds all standing evidence of one agent, with differences and a hash. [`reading`] holds
//! what moves by nature; [`said`] the keys of what devices say outside SNMP. [`report`] is what travels; [`wire`] is how (zstd-compressed JSON, bounded);
//! [`sign`] is how it is signed. [`objects`] tells which SNMP objects to ask for.
//!
//! Comes in: values. Goes out: values and bytes. Absent on purpose: judgement (kind, vendor, model belong to the
//! collector), sockets, files, randomness.

pub mod evidence;
pub mod id;
pub mod mac;
pub mod objects;
pub mod picture;
pub mod reading;
pub mod report;
pub mod said;
pub mod sign;
pub mod time;
pub mod wire;

pub use evidence::{Fact, Subject};
pub use id::{AgentId, DeviceId, SchoolId, StreamId};
pub use mac::Mac;
pub use picture::{Difference, Picture, PictureHash};
pub use report::{Batch, Content, Receipt, Report};
pub use time::Timestamp;
