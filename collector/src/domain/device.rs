//! A sighting (evidence recognised as one physical thing) and a device (that thing as we follow it).
//!
//! Comes in: conclusions of [`super::identify`]. Goes out: the values that fleet, reconcile, store and pages share. Absent
//! on purpose: how conclusions are drawn, and when a device counts as silent.

use super::kind::Kind;
use rollcall_shared::{DeviceId, Mac, SchoolId, Subject, Timestamp};
use std::net::IpAddr;

/// What names a device for good, strongest first. Never an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRank {
    /// Vendor-scoped serial number: `hp:cn93fx1234`, folded to letters and digits.
    Serial,
    /// Burnt-in MAC: twelve hexadecimal digits.
    Mac,
    /// System UUID (DMI), folded.
    Uuid,
    /// Identifier in a device management list.
    Uem,
    /// Name within a school: the weak one; matches only where nothing stronger contradicts.
    Name,
}

/// One key of a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its rank.
    pub rank: KeyRank,
    /// Its folded text.
    pub text: String,
}

/// One conclusion, and how we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Which conclusion: `kind`, `vendor`, `model`, `serial`, `firmware`, `name`, `os`, `place`, `key`.
    pub about: &'static str,
    /// What was concluded, as shown.
    pub value: String,
    /// Which probe said the ground for it.
    pub probe: String,
    /// The ground: item and value in the device's own words, clipped (`sysObjectID 1.3.6.1.4.1.11.2.3.7.11.140`).
    pub ground: String,
    /// How surely, 0–100.
    pub confidence: u8,
}

/// Where a device hangs, as its switch or access point tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The subject of the switch or access point in the same picture.
    pub at: Subject,
    /// Its name, for people (sysName, else address).
    pub device: String,
    /// The port's name; empty where it hangs on an access point's radio.
    pub port: String,
}

impl Attachment {
    /// As people read it: the device, and its port where it has one.
    pub fn text(&self) -> String {
        format!("{} {}", self.device, self.port).trim_end().to_owned()
    }
}

/// A MAC with an address, each where known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The MAC.
    pub mac: Option<Mac>,
    /// The IP address: of now, never of identity.
    pub ip: Option<IpAddr>,
}

/// One port of a device as pages and `identify` show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// ifName.
    pub name: String,
    /// ifType number (IANAifType-MIB), 0 unknown.
    pub if_type: u32,
    /// Link is up.
    pub up: Option<bool>,
    /// Its MAC.
    pub mac: Option<Mac>,
    /// Its speed, bits a second, 0 unknown.
    pub speed_bps: u64,
}

/// One neighbour on a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Own port.
    pub local_port: String,
    /// The neighbour's name, else its chassis id.
    pub name: String,
    /// The neighbour's port.
    pub port: String,
}

/// One member of a stack, or a module with a serial of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its serial.
    pub serial: String,
    /// Its model, if told.
    pub model: Option<String>,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartSort {
    /// A mounted file system; capacity in bytes; reading `volume_used`.
    Volume,
    /// A printer's supply that is consumed; capacity in its own unit; reading `supply_level`.
    Supply,
    /// A printer's receptacle that fills up (waste toner).
    Receptacle,
    /// A backup that somebody makes; capacity: its period in seconds; reading `backup_age`.
    Backup,
    /// A certificate file; capacity: its last moment, seconds since 1970; no reading.
    Certificate,
    /// Power that a switch may give over its ports; capacity in watts; reading `poe_used`.
    PoeBudget,
    /// An Ethernet port whose name is not its number; no capacity; reading `if_errors`.
    Port,
    /// A disk that tells of itself (SMART); no capacity; readings `smart_*`.
    Disk,
    /// A printer's tray; capacity in its own unit; reading `paper_level`.
    Tray,
    /// A radio or one of its networks; no capacity; readings `wireless_clients`, `radio_channel`.
    Radio,
    /// What a device says of its own health in words; label: its words, or a code of ours for a number that stands for a word. Keys: `array/NAME`,
    /// `battery_changed`, `battery_made`, `tested`, `test_result`.
    Note,
}

/// A part whose filling, age or counting is a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub sort: PartSort,
    /// Instance of the reading.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// Full capacity, in the unit of its sort; not positive where unknown (RFC 3805: -1, -2) or where there is none.
    pub capacity: f64,
}

/// Something that a device says is wrong with it. Each is a row of [`SIGNS`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sign {
    /// Its code, a row of [`SIGNS`].
    pub code: &'static str,
    /// An error rather than a warning.
    pub grave: bool,
    /// Which one of several (a service's name); empty where there is one.
    pub instance: String,
    /// Which probe saw it: confirmation counts the rounds of this probe.
    pub probe: String,
    /// The device's own words.
    pub ground: String,
}

/// Codes of signs that evidence alone can give (those of readings are made in `reconcile`), with their source.
pub const SIGNS: &[(&str, &str)] = &[
    ("projector_fan", "PJLink ERST, first digit (class 1, 4.7): 1 warning, 2 error"),
    ("projector_lamp", "PJLink ERST, second digit"),
    ("projector_temperature", "PJLink ERST, third digit"),
    ("projector_cover", "PJLink ERST, fourth digit"),
    ("projector_filter", "PJLink ERST, fifth digit"),
    ("projector_other", "PJLink ERST, sixth digit"),
    ("ups_on_battery", "upsOutputSource = 5 (RFC 1628), upsBasicOutputStatus = 3 (PowerNet-MIB), NUT ups.status OB"),
    ("ups_battery_low", "upsBatteryStatus = 3 or 4 (RFC 1628), upsBasicBatteryStatus = 3 (PowerNet-MIB), NUT ups.status LB"),
    ("ups_replace_battery", "upsAdvBatteryReplaceIndicator = 2 (PowerNet-MIB), NUT ups.status RB"),
    ("printer_jam", "hrPrinterDetectedErrorState bit 5 (RFC 2790)"),
    ("printer_no_paper", "hrPrinterDetectedErrorState bit 1"),
    ("printer_toner", "hrPrinterDetectedErrorState bits 2 (low: warning) and 3 (out: error)"),
    ("server_service", "Service fact with up = false"),
    (
        "server_raid",
        "/proc/mdstat: fewer members at work than wanted, failed members (warning), inactive (error); ZFS pool DEGRADED, or worse (error)",
    ),
    ("server_smart", "smartctl: smart_status not passed (error), attributes at their threshold, NVMe's critical warning, a self-test that failed"),
    ("server_backup", "no file at all where a backup is meant to land"),
    ("ups_overload", "NUT ups.status OVER, upsAlarmOutputOverload among upsAlarmDescr (RFC 1628), upsmgOutputOverLoad = 1 (MG-SNMP-UPS-MIB)"),
    ("ups_test_failed", "upsTestResultsSummary = 2 or 3 (RFC 1628), upsAdvTestDiagnosticsResults = 2 (PowerNet-MIB), NUT ups.test.result"),
    ("port_duplex", "dot3StatsDuplexStatus = 2, half duplex, at 100 Mbit/s or more (EtherLike-MIB, RFC 3635): the other end does not negotiate"),
    ("poe_exhausted", "pethMainPseOperStatus = 3, faulty (RFC 3621)"),
    ("duplicate_address", "two MACs hold one address"),
];

/// Evidence recognised as one physical thing, out of one agent's picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sighting {
    /// The network on which it was seen (the first, if on several).
    pub network: String,
    /// Whose evidence it is: every subject of the picture that turned out to be this thing.
    pub subjects: Vec<Subject>,
    /// Probes that said something of it now.
    pub probes: Vec<String>,
    /// Keys, strongest first. Without any it is a *seat*: shown and counted, no identity.
    pub keys: Vec<Key>,
    /// Some probe heard it itself now (it answers, holds an address, or a switch has just learnt it): not only a lease or a reservation.
    pub present: bool,
    /// Its kind, if it can be told.
    pub kind: Option<Kind>,
    /// Maker.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Its version.
    pub os_version: Option<String>,
    /// Serial number as said.
    pub serial: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// MACs and addresses.
    pub addresses: Vec<Address>,
    /// Where it hangs.
    pub place: Option<Attachment>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its links.
    pub neighbours: Vec<Link>,
    /// How many stations it has learnt.
    pub fdb_count: Option<u32>,
    /// Wi-Fi clients, where told.
    pub wireless_clients: Option<u32>,
    /// Access points of a controller, where told.
    pub ap_count: Option<u32>,
    /// PoE budget in watts.
    pub poe_budget_w: Option<u32>,
    /// Stack members.
    pub members: Vec<Member>,
    /// Parts whose filling is a reading.
    pub parts: Vec<Part>,
    /// What it says is wrong.
    pub signs: Vec<Sign>,
    /// How surely kind and vendor are known, 0–100.
    pub confidence: u8,
    /// The ground of every conclusion.
    pub why: Vec<Why>,
}

impl Sighting {
    /// Whether it tells of its device what another one tells: all but what is only shown where things are recognised, and kept by nobody.
    pub fn tells_the_same(&self, other: &Sighting) -> bool {
        let Sighting { network, subjects, probes, keys, present, kind, vendor, model, os, os_version, serial, firmware, name, .. } = self;
        let Sighting { addresses, place, parts, signs, confidence, why, .. } = self;
        // Named one by one, so that a new field must be decided upon.
        let Sighting { ports: _, neighbours: _, fdb_count: _, wireless_clients: _, ap_count: _, poe_budget_w: _, members: _, .. } = self;
        (network, subjects, probes, keys, present, kind) == (&other.network, &other.subjects, &other.probes, &other.keys, &other.present, &other.kind)
            && (vendor, model, os, os_version) == (&other.vendor, &other.model, &other.os, &other.os_version)
            && (serial, firmware, name) == (&other.serial, &other.firmware, &other.name)
            && (addresses, place, parts, signs) == (&other.addresses, &other.place, &other.parts, &other.signs)
            && (confidence, why) == (&other.confidence, &other.why)
    }
}

/// One physical thing that we follow, as last known.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// The school of its latest sighting.
    pub school: SchoolId,
    /// The network of its latest sighting.
    pub network: String,
    /// Its keys.
    pub keys: Vec<Key>,
    /// Kind.
    pub kind: Option<Kind>,
    /// Maker.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Its version.
    pub os_version: Option<String>,
    /// Serial as said.
    pub serial: Option<String>,
    /// Firmware.
    pub firmware: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Addresses at the latest sighting.
    pub addresses: Vec<Address>,
    /// Where it hangs.
    pub place: Option<Attachment>,
    /// Parts whose filling is a reading.
    pub parts: Vec<Part>,
    /// Signs with the round in which each was first seen.
    pub signs: Vec<StandingSign>,
    /// Probes that saw it when it was last present.
    pub probes: Vec<String>,
    /// How surely, 0–100.
    pub confidence: u8,
    /// Grounds.
    pub why: Vec<Why>,
    /// First seen.
    pub first_seen_at: Timestamp,
    /// Now present (an open interval) or not.
    pub present: bool,
    /// Since when it is present or absent: the end of the round that turned it.
    pub turned_at: Timestamp,
    /// Number of rounds that its agent had made when it turned ([`super::fleet`] counts absence in rounds); less one for each look at this
    /// device alone that did not meet it either.
    pub turned_round: u64,
}

/// A sign and how long it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingSign {
    /// The sign.
    pub sign: Sign,
    /// End of the round that first saw it.
    pub since_at: Timestamp,
    /// Number of finished rounds of its probe, on this network, when it was first seen; less one for each look at this device alone that
    /// saw it again.
    pub since_round: u64,
}
