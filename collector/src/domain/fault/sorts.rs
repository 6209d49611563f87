//! Every sort of fault, as a row of one table: how grave it is, how often it must be seen before it is told.
//!
//! Comes in: codes and signs. Goes out: rows, keys. Absent on purpose: finding faults ([`crate::domain::reconcile`]), their life
//! ([`super::life`]), words (the pages' language files have a title for each code).

use crate::domain::device::{Device, Sign, StandingSign};
use rollcall_shared::DeviceId;
use std::collections::BTreeSet;

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
    /// It counts days of class and opens on one: between two such days nothing more is to be waited for.
    pub by_day: bool,
    /// It stands in a weekly list and is no fault.
    pub listed: bool,
}

/// Code of what people report: no rule finds it, and no look closes it.
pub const REPORTED: &str = "reported";

/// Code of a stolen device that is seen again: only who works on faults may know of it.
pub const SECRET: &str = "stolen_seen";

/// Every sort of fault.
pub const FAULTS: &[FaultRow] = &[
    row("agent_silent", Severity::Critical, Severity::Critical, 1),
    row("infrastructure_silent", Severity::Critical, Severity::Critical, 3),
    by_day("device_silent", Severity::Major, Severity::Minor),
    by_day("room_silent", Severity::Major, Severity::Major),
    by_day("case_silent", Severity::Minor, Severity::Minor),
    by_day("school_silent", Severity::Major, Severity::Major),
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
    listed("projector_lamp_worn"),
    listed("projector_left_on"),
    listed("toner_low"),
    listed("warranty_ending"),
    listed("surplus"),
    listed("to_be_counted"),
    listed("to_reassign"),
    row("duplicate_address", Severity::Major, Severity::Major, 2),
    row("cloned_server", Severity::Major, Severity::Major, 1),
    row("due_missing", Severity::Minor, Severity::Minor, 1),
    row("return_due", Severity::Minor, Severity::Minor, 1),
    row("misplaced", Severity::Minor, Severity::Minor, 2),
    row("moved", Severity::Minor, Severity::Minor, 1),
    row("other_model", Severity::Minor, Severity::Minor, 1),
    row("late_milestone", Severity::Major, Severity::Major, 1),
    row("loan_overdue", Severity::Minor, Severity::Minor, 1),
    row("identity_conflict", Severity::Minor, Severity::Minor, 1),
    // Told to technicians alone: see [`SECRET`].
    row(SECRET, Severity::Major, Severity::Major, 1),
    row(REPORTED, Severity::Major, Severity::Minor, 1),
];

const fn row(code: &'static str, grave: Severity, mild: Severity, rounds: u64) -> FaultRow {
    FaultRow { code, grave, mild, rounds, after_s: 0, by_day: false, listed: false }
}

const fn by_day(code: &'static str, grave: Severity, mild: Severity) -> FaultRow {
    FaultRow { by_day: true, ..row(code, grave, mild, 1) }
}

/// What people look through once a week: nothing stops for it, nobody is told.
const fn listed(code: &'static str) -> FaultRow {
    FaultRow { listed: true, ..row(code, Severity::Minor, Severity::Minor, 1) }
}

/// Codes of the weekly lists.
pub fn lists() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().filter(|row| row.listed).map(|row| row.code)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_twice() {
        let codes: BTreeSet<&str> = FAULTS.iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), FAULTS.len());
    }

    #[test]
    fn a_sign_without_an_open_fault_is_still_to_be_confirmed() {
        let sign = |code, instance: &str| Sign { code, grave: true, instance: instance.into(), probe: "snmp".into(), ground: String::new() };
        for (sign, key) in [(sign("printer_jam", ""), "printer_jam/7"), (sign("server_service", "dns"), "server_service/7/dns")] {
            assert_eq!(key_of_sign(DeviceId(7), &sign), key);
        }
        let stands = |sign| StandingSign { sign, since_at: rollcall_shared::Timestamp(0), since_round: 1 };
        let signs = [sign("printer_jam", ""), sign("server_service", "dns"), sign("no_such_row", "")].map(stands);
        let devices = [Device { signs: signs.into(), ..crate::domain::fleet::tests::blank(7) }];
        let waiting = |open: &[&str]| {
            let open = open.iter().map(|key| (*key).to_owned()).collect();
            unconfirmed(&devices, &open).into_iter().map(|(device, standing)| (device.id.0, standing.sign.code)).collect::<Vec<_>>()
        };
        assert_eq!(waiting(&[]), [(7, "printer_jam"), (7, "server_service")]);
        assert_eq!(waiting(&["server_service/7/dns"]), [(7, "printer_jam")]);
    }
}
