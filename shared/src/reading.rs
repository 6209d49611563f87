//! Readings: what moves by nature (counters, load, temperature, charge, levels), with its time; never part of the picture.
//!
//! Comes in: numbers that probes read. Goes out: those worth telling: the agent sends one when it passes the step of its row in
//! [`READINGS`], or hourly. Absent on purpose: limits at which a reading is a fault (the collector's rules).

use crate::evidence::Subject;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One number read at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The network in which the subject was read.
    pub network: String,
    /// What was read.
    pub subject: Subject,
    /// Which number: the `name` of a row of [`READINGS`]; an unknown name is kept and skipped.
    pub name: String,
    /// Which one of several (a mount point, an ifIndex, a supply's index); empty where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instance: String,
    /// In the unit of its row.
    pub value: f64,
    /// When it was read.
    pub at: Timestamp,
}

/// One sort of reading: its unit, and by how much it must move before it is told again within the hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadingRow {
    /// Name on the wire.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// Smallest move worth telling at once, in that unit.
    pub step: f64,
}

/// A reading that did not pass its step is told again after this time.
pub const RETELL_AFTER_S: i64 = 3600;

/// All readings.
pub const READINGS: &[ReadingRow] = &[
    ReadingRow { name: "uptime", unit: "s", step: f64::INFINITY },
    ReadingRow { name: "load1", unit: "processes", step: 1.0 },
    ReadingRow { name: "memory_used", unit: "bytes", step: 268_435_456.0 },
    ReadingRow { name: "volume_used", unit: "bytes", step: 1_073_741_824.0 },
    ReadingRow { name: "raid_sync", unit: "% of an array that is being made whole", step: 5.0 },
    ReadingRow { name: "smart_reallocated", unit: "sectors", step: 1.0 },
    ReadingRow { name: "smart_pending", unit: "sectors", step: 1.0 },
    ReadingRow { name: "smart_uncorrectable", unit: "sectors or media errors", step: 1.0 },
    ReadingRow { name: "smart_wear", unit: "% of the writing that a solid-state disk is made for", step: 1.0 },
    ReadingRow { name: "smart_hours", unit: "h", step: 100.0 },
    ReadingRow { name: "updates_pending", unit: "packages (instance `security`: of these, those of security)", step: 1.0 },
    ReadingRow { name: "restart_wanted", unit: "1: updates want a restart, 0: they do not", step: 1.0 },
    ReadingRow { name: "updates_age", unit: "s since package lists were fetched", step: 3_600.0 },
    ReadingRow { name: "backup_age", unit: "s", step: 3_600.0 },
    ReadingRow { name: "temperature", unit: "°C", step: 2.0 },
    ReadingRow { name: "lamp_hours", unit: "h", step: 10.0 },
    ReadingRow { name: "filter_hours", unit: "h", step: 10.0 },
    ReadingRow { name: "supply_level", unit: "unit of the supply; -2 unknown, -3 some left (RFC 3805)", step: 1.0 },
    ReadingRow { name: "paper_level", unit: "sheets, in most printers (prtInputCapacityUnit, RFC 3805)", step: 20.0 },
    ReadingRow { name: "page_count", unit: "pages", step: 500.0 },
    ReadingRow { name: "ups_charge", unit: "%", step: 2.0 },
    ReadingRow { name: "ups_runtime", unit: "s", step: 120.0 },
    ReadingRow { name: "ups_load", unit: "%", step: 5.0 },
    ReadingRow { name: "ups_input_voltage", unit: "V", step: 10.0 },
    ReadingRow { name: "poe_used", unit: "W", step: 5.0 },
    ReadingRow { name: "wireless_clients", unit: "clients", step: 1.0 },
    ReadingRow { name: "ap_clients", unit: "clients of one access point or radio, as its controller tells", step: 5.0 },
    ReadingRow { name: "radio_channel", unit: "number of the channel", step: 1.0 },
    ReadingRow { name: "if_late_collisions", unit: "frames (since the device started)", step: 20.0 },
    ReadingRow { name: "if_errors", unit: "frames (in and out, since the device started)", step: 1000.0 },
];

/// The row of a name, if this version knows it.
pub fn row(name: &str) -> Option<&'static ReadingRow> {
    READINGS.iter().find(|row| row.name == name)
}
