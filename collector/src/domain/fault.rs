//! Faults: the table of what can be amiss, and found × open → opened, kept, cleared.
//!
//! Comes in: faults found now, faults open. Goes out: what to open, keep, clear. Absent on purpose: finding them
//! ([`super::reconcile`]), words (the pages' language files have a title for each code), people's own faults.
//!
//! A fault has a stable key within its school: the same cause found again is the same fault, however often anybody looks.

use super::device::{Device, Sign, StandingSign};
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How much it matters. Orders: the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Many are hindered now: a school without network, server or agent.
    Critical,
    /// Work stops somewhere: a projector without lamp, a printer without toner.
    Major,
    /// To be seen to before work stops.
    Minor,
}

impl Severity {
    /// Its code in tables and the API.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Major => "major",
            Severity::Minor => "minor",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Severity> {
        [Severity::Critical, Severity::Major, Severity::Minor].into_iter().find(|severity| severity.code() == code)
    }
}

/// One sort of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultRow {
    /// Its code: `fault-CODE` is its title in the language files.
    pub code: &'static str,
    /// How much it matters when the evidence says error.
    pub grave: Severity,
    /// And when the evidence says warning.
    pub mild: Severity,
    /// In how many rounds of the probe that sees it it must be seen before it is told, the first included.
    pub rounds: u64,
    /// For how long its sign must stand before it is told, seconds, however often it was looked at meanwhile; or as long as those rounds
    /// take, where the agent makes them faster.
    pub after_s: i64,
}

/// Every sort of fault that is found by looking.
pub const FAULTS: &[FaultRow] = &[
    row("agent_silent", Severity::Critical, Severity::Critical, 1),
    row("infrastructure_silent", Severity::Critical, Severity::Critical, 3),
    row("server_service", Severity::Critical, Severity::Critical, 2),
    row("server_disk", Severity::Critical, Severity::Major, 2),
    row("server_raid", Severity::Critical, Severity::Major, 2),
    // Asked every six hours: a second look would come half a day later.
    row("server_smart", Severity::Major, Severity::Minor, 1),
    row("server_backup", Severity::Major, Severity::Minor, 2),
    row("server_certificate", Severity::Major, Severity::Minor, 1),
    row("server_hot", Severity::Major, Severity::Minor, 2),
    row("server_updates", Severity::Minor, Severity::Minor, 1),
    row("port_errors", Severity::Major, Severity::Minor, 1),
    row("port_duplex", Severity::Minor, Severity::Minor, 3),
    row("poe_exhausted", Severity::Major, Severity::Minor, 2),
    // Product rule: on battery for two minutes. A UPS that calls is looked at again within seconds; a blink of the mains is no fault.
    FaultRow { after_s: 120, ..row("ups_on_battery", Severity::Critical, Severity::Critical, 2) },
    row("ups_battery_low", Severity::Critical, Severity::Major, 2),
    row("ups_replace_battery", Severity::Major, Severity::Major, 2),
    row("ups_overload", Severity::Major, Severity::Major, 2),
    row("ups_test_failed", Severity::Major, Severity::Minor, 2),
    row("printer_toner", Severity::Major, Severity::Minor, 2),
    row("printer_jam", Severity::Major, Severity::Major, 2),
    row("printer_no_paper", Severity::Minor, Severity::Minor, 2),
    row("projector_fan", Severity::Major, Severity::Minor, 2),
    row("projector_lamp", Severity::Major, Severity::Minor, 2),
    row("projector_temperature", Severity::Major, Severity::Minor, 2),
    row("projector_cover", Severity::Major, Severity::Minor, 2),
    row("projector_filter", Severity::Major, Severity::Minor, 2),
    row("projector_other", Severity::Major, Severity::Minor, 2),
    row("projector_lamp_worn", Severity::Minor, Severity::Minor, 1),
    row("projector_left_on", Severity::Minor, Severity::Minor, 1),
    row("duplicate_address", Severity::Major, Severity::Major, 2),
    row("cloned_server", Severity::Major, Severity::Major, 1),
    row("due_missing", Severity::Minor, Severity::Minor, 1),
    row("misplaced", Severity::Minor, Severity::Minor, 2),
];

const fn row(code: &'static str, grave: Severity, mild: Severity, rounds: u64) -> FaultRow {
    FaultRow { code, grave, mild, rounds, after_s: 0 }
}

/// The row of a code.
pub fn fault_row(code: &str) -> Option<&'static FaultRow> {
    FAULTS.iter().find(|row| row.code == code)
}

/// Key of the fault that a device's sign becomes once it is confirmed.
pub fn key_of_sign(device: DeviceId, sign: &Sign) -> String {
    match sign.instance.as_str() {
        "" => format!("{}/{device}", sign.code),
        instance => format!("{}/{device}/{instance}", sign.code),
    }
}

/// Signs for which no fault is open (`open`: keys of those that are): seen, and still to be confirmed.
pub fn unconfirmed<'a>(devices: &'a [Device], open: &BTreeSet<String>) -> Vec<(&'a Device, &'a StandingSign)> {
    let signs = devices.iter().flat_map(|device| device.signs.iter().map(move |standing| (device, standing)));
    signs.filter(|(device, standing)| fault_row(standing.sign.code).is_some() && !open.contains(&key_of_sign(device.id, &standing.sign))).collect()
}

/// A fault found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its row.
    pub code: &'static str,
    /// Stable within the school.
    pub key: String,
    /// How much it matters.
    pub severity: Severity,
    /// The device that ails, if one.
    pub device: Option<DeviceId>,
    /// The place that lacks, if one.
    pub place: Option<String>,
    /// Since when the evidence stands.
    pub since_at: Timestamp,
    /// Seen in as many rounds as its row asks for. What is not yet confirmed is not opened, but keeps open what is.
    pub confirmed: bool,
    /// How many things it is about (missing places, devices in its shadow).
    pub count: u64,
    /// What fills the sentence: name and value.
    pub facts: BTreeMap<&'static str, String>,
}

/// A fault that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its number.
    pub fault_id: i64,
    /// Its code.
    pub code: String,
    /// Its key.
    pub key: String,
    /// How much it matters, as stored.
    pub severity: Option<Severity>,
    /// How many things it is about.
    pub count: u64,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// The device.
    pub device: Option<DeviceId>,
    /// What filled the sentence.
    pub facts: BTreeMap<String, String>,
}

impl Open {
    /// Whether what is found now says something else than what is stored.
    pub fn differs(&self, found: &Found) -> bool {
        let same_facts = self.facts.len() == found.facts.len() && found.facts.iter().all(|(name, value)| self.facts.get(*name) == Some(value));
        self.severity != Some(found.severity) || self.count != found.count || self.device != found.device || !same_facts
    }
}

/// What laying found beside open gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// To open.
    pub opened: Vec<Found>,
    /// Still there, and something about it changed.
    pub changed: Vec<(i64, Found)>,
    /// No longer found.
    pub cleared: Vec<Open>,
    /// Some evidence waits for its confirmation.
    pub waiting: bool,
}

/// Lays what is found beside what is open, by key.
pub fn lay(found: &[Found], open: &[Open]) -> Laid {
    let by_key: BTreeMap<&str, &Found> = found.iter().map(|found| (found.key.as_str(), found)).collect();
    let known: BTreeMap<&str, &Open> = open.iter().map(|open| (open.key.as_str(), open)).collect();
    let mut laid = Laid::default();
    for (key, found) in &by_key {
        match known.get(key) {
            Some(open) if open.differs(found) => laid.changed.push((open.fault_id, (*found).clone())),
            Some(_) => {}
            None if found.confirmed => laid.opened.push((*found).clone()),
            None => laid.waiting = true,
        }
    }
    laid.cleared = open.iter().filter(|open| !by_key.contains_key(open.key.as_str())).cloned().collect();
    laid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(key: &str, confirmed: bool) -> Found {
        Found {
            code: "projector_lamp",
            key: key.into(),
            severity: Severity::Major,
            device: None,
            place: None,
            since_at: Timestamp(0),
            confirmed,
            count: 1,
            facts: BTreeMap::new(),
        }
    }

    fn open(key: &str) -> Open {
        Open {
            fault_id: 1,
            code: "projector_lamp".into(),
            key: key.into(),
            severity: Some(Severity::Major),
            count: 1,
            opened_at: Timestamp(0),
            device: None,
            facts: BTreeMap::new(),
        }
    }

    #[test]
    fn opened_kept_cleared() {
        let laid = lay(&[found("a", true), found("b", true), found("c", false)], &[open("b"), open("d")]);
        assert_eq!(laid.opened.iter().map(|found| found.key.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(laid.cleared.iter().map(|open| open.key.as_str()).collect::<Vec<_>>(), ["d"]);
        assert!(laid.changed.is_empty() && laid.waiting);
    }

    #[test]
    fn a_sign_without_an_open_fault_is_still_to_be_confirmed() {
        let sign = |code, instance: &str| Sign { code, grave: true, instance: instance.into(), probe: "snmp".into(), ground: String::new() };
        for (sign, key) in [(sign("printer_jam", ""), "printer_jam/7"), (sign("server_service", "dns"), "server_service/7/dns")] {
            assert_eq!(key_of_sign(DeviceId(7), &sign), key);
        }
    }

    #[test]
    fn laying_twice_changes_nothing() {
        let again = lay(&[found("a", true)], &[open("a")]);
        assert_eq!(again, Laid::default());
    }

    #[test]
    fn evidence_that_comes_back_unconfirmed_keeps_what_is_open() {
        assert!(lay(&[found("a", false)], &[open("a")]).cleared.is_empty());
    }
}
