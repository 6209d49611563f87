//! A whole school of real daemons in network namespaces, what programs cost there, and a collector around it.
//!
//! Comes in: the lab beside the checkout. Goes out: [`school`] (the lab and its truth), [`cost`] (a program run within it, measured),
//! [`daemon`] (the agent at its daily work, measured), [`town`] (a collector and a real agent around it). Absent on purpose: tests and benchmarks themselves.

pub mod cost;
pub mod daemon;
pub mod school;
pub mod town;
