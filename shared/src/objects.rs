//! Which SNMP objects to ask whom for: a table of facts with their sources.
//!
//! Comes in: nothing. Goes out: the table. Absent on purpose: what the answers mean (the collector's recognition).
