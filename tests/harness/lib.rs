//! What tests and the demo share: databases, a collector in the test's own hands, schools that are played.
//!
//! Comes in: nothing. Goes out: [`database`] (a fresh one on either engine), [`collector`] (in this process, by the test's clock),
//! [`filled`] (a store with something to show), [`country`] (a large one, schools that are alike), [`mod@line`] (between it and an agent),
//! [`roll_call`] (a collector that knows a town), [`served`] (its web), [`world`] (a town by a clock that jumps), [`years`] (two of its years), [`sim`], [`lab`] (a school of real daemons in network namespaces). Absent on purpose: tests themselves.

pub mod collector;
pub mod country;
pub mod database;
pub mod filled;
pub mod lab;
pub mod line;
pub mod mail_server;
pub mod roll_call;
pub mod served;
pub mod sim;
pub mod world;
pub mod years;
