//! The SNMP notifications that make the agent look at the device that sent them: a table with its sources.
//!
//! Comes in: the OID of a notification. Goes out: its row. Absent on purpose: what a notification means (only the look tells what is).

/// What a notification makes the agent do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing: it tells of nothing that a look would show, or comes too often.
    Ignore,
    /// Look at the device at once.
    Look,
    /// Look at once, and again after some seconds and minutes: what ails is told when it lasts.
    Watch,
}

/// One notification.
#[derive(Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its OID as SNMPv2 has it; those of version 1 have a 0 before the last number (RFC 3584 section 3.1).
    pub oid: &'static [u32],
    /// Its name.
    pub name: &'static str,
    /// Where it is defined.
    pub source: &'static str,
    /// What is done.
    pub then: Then,
}

const fn row(oid: &'static [u32], name: &'static str, source: &'static str, then: Then) -> Notification {
    Notification { oid, name, source, then }
}

/// All that are known.
pub const NOTIFICATIONS: &[Notification] = &[
    row(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 1], "coldStart", "SNMPv2-MIB, RFC 3418", Then::Watch),
    row(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 2], "warmStart", "SNMPv2-MIB, RFC 3418", Then::Watch),
    row(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 3], "linkDown", "IF-MIB, RFC 2863", Then::Look),
    row(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 4], "linkUp", "IF-MIB, RFC 2863", Then::Look),
    row(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 5], "authenticationFailure", "SNMPv2-MIB, RFC 3418", Then::Ignore),
    row(&[1, 3, 6, 1, 2, 1, 17, 0, 1], "newRoot", "BRIDGE-MIB, RFC 4188", Then::Ignore),
    row(&[1, 3, 6, 1, 2, 1, 17, 0, 2], "topologyChange", "BRIDGE-MIB, RFC 4188", Then::Ignore),
    row(&[1, 3, 6, 1, 2, 1, 105, 0, 1], "pethPsePortOnOffNotification", "POWER-ETHERNET-MIB, RFC 3621", Then::Look),
    row(&[1, 3, 6, 1, 2, 1, 105, 0, 2], "pethMainPowerUsageOnNotification", "POWER-ETHERNET-MIB, RFC 3621", Then::Watch),
    row(&[1, 3, 6, 1, 2, 1, 105, 0, 3], "pethMainPowerUsageOffNotification", "POWER-ETHERNET-MIB, RFC 3621", Then::Watch),
    row(&[1, 3, 6, 1, 2, 1, 47, 2, 0, 1], "entConfigChange", "ENTITY-MIB, RFC 6933", Then::Look),
    row(&[1, 3, 6, 1, 2, 1, 43, 18, 2, 0, 1], "printerV2Alert", "Printer-MIB, RFC 3805", Then::Watch),
    row(&[1, 3, 6, 1, 2, 1, 33, 2, 1], "upsTrapOnBattery", "UPS-MIB, RFC 1628", Then::Watch),
    row(&[1, 3, 6, 1, 2, 1, 33, 2, 2], "upsTrapTestCompleted", "UPS-MIB, RFC 1628", Then::Look),
    row(&[1, 3, 6, 1, 2, 1, 33, 2, 3], "upsTrapAlarmEntryAdded", "UPS-MIB, RFC 1628", Then::Watch),
    row(&[1, 3, 6, 1, 2, 1, 33, 2, 4], "upsTrapAlarmEntryRemoved", "UPS-MIB, RFC 1628", Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 1], "communicationLost", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 2], "upsOverload", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 3], "upsDiagnosticsFailed", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 4], "upsDischarged", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 5], "upsOnBattery", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 7], "lowBattery", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 8], "communicationEstablished", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 9], "powerRestored", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 11], "returnFromLowBattery", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 318, 0, 17], "upsBatteryNeedsReplacement", POWERNET, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 0, 0, 0, 3], "xupstbOnBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 0, 0, 0, 4], "xupstbLowBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 0, 0, 0, 5], "xupstbUtilityPowerRestored", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 0, 0, 0, 6], "xupstbReturnFromLowBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 0, 0, 0, 7], "xupstbOutputOverload", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 3], "xupstdOnBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 4], "xupstdLowBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 5], "xupstdUtilityPowerRestored", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 6], "xupstdReturnFromLowBattery", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 7], "xupstdOutputOverload", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 534, 1, 11, 4, 1, 0, 23], "xupstdAlarmBatteryBad", XUPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 1], "upsmgBatteryFault", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 2], "upsmgBatteryOK", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 3], "upsmgBatteryReplacementIndicated", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 4], "upsmgBatteryReplaceNotIndicated", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 5], "upsmgAtLowBattery", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 6], "upsmgFromLowBattery", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 11], "upsmgOnBattery", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 705, 1, 11, 0, 12], "upsmgReturnFromBattery", MGE, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 3808, 0, 5], "upsOnBattery", CPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 3808, 0, 7], "lowBattery", CPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 3808, 0, 9], "powerRestored", CPS, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 935, 0, 2], "upsOverload", XPPC, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 935, 0, 5], "upsOnBattery", XPPC, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 935, 0, 7], "lowBattery", XPPC, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 935, 0, 9], "powerRestored", XPPC, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 935, 0, 11], "returnFromLowBattery", XPPC, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 2254, 2, 4, 20, 0, 3], "dupsPowerFail", DELTA, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 2254, 2, 4, 20, 0, 4], "dupsPowerRestored", DELTA, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 2254, 2, 4, 20, 0, 5], "dupsLowBattery", DELTA, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 2254, 2, 4, 20, 0, 6], "dupsReturnFromLowBattery", DELTA, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 850, 0, 5], "upsOnBattery", TRIPP, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 850, 0, 6], "powerRestored", TRIPP, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 850, 0, 7], "lowBattery", TRIPP, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 850, 0, 8], "returnFromLowBattery", TRIPP, Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 9, 9, 13, 3, 0, 3], "ciscoEnvMonTemperatureNotification", "CISCO-ENVMON-MIB", Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 9, 9, 13, 3, 0, 4], "ciscoEnvMonFanNotification", "CISCO-ENVMON-MIB", Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 9, 9, 13, 3, 0, 5], "ciscoEnvMonRedundantSupplyNotification", "CISCO-ENVMON-MIB", Then::Watch),
    row(&[1, 3, 6, 1, 4, 1, 9, 9, 91, 2, 0, 1], "entSensorThresholdNotification", "CISCO-ENTITY-SENSOR-MIB", Then::Watch),
];

const POWERNET: &str = "PowerNet-MIB (APC)";
const XUPS: &str = "XUPS-MIB (Eaton)";
const MGE: &str = "MG-SNMP-UPS-MIB (Eaton, MGE)";
const CPS: &str = "CPS-MIB (CyberPower)";
const XPPC: &str = "XPPC-MIB (cards of PPC, in UPSes of many makers)";
const DELTA: &str = "DeltaUPS-MIB";
const TRIPP: &str = "TRIPPUPS1-MIB (Tripp Lite)";

/// The row of an OID, in either version's form.
pub fn notification(oid: &[u32]) -> Option<&'static Notification> {
    let same = |row: &Notification| match oid {
        [start @ .., 0, last] => row.oid == oid || row.oid.split_last().is_some_and(|(own, others)| own == last && others == start),
        _ => row.oid == oid,
    };
    NOTIFICATIONS.iter().find(|row| same(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_notification_stands_once_with_its_source() {
        let oids: BTreeSet<&[u32]> = NOTIFICATIONS.iter().map(|row| row.oid).collect();
        assert_eq!(oids.len(), NOTIFICATIONS.len());
        assert!(NOTIFICATIONS.iter().all(|row| !row.name.is_empty() && !row.source.is_empty() && row.oid.starts_with(&[1, 3, 6, 1])));
    }

    #[test]
    fn both_versions_forms_are_known() {
        let name = |oid: &[u32]| notification(oid).map(|row| row.name);
        assert_eq!(name(&[1, 3, 6, 1, 2, 1, 33, 2, 1]), Some("upsTrapOnBattery"));
        assert_eq!(name(&[1, 3, 6, 1, 2, 1, 33, 2, 0, 1]), Some("upsTrapOnBattery"));
        assert_eq!(name(&[1, 3, 6, 1, 4, 1, 318, 0, 5]), Some("upsOnBattery"));
        assert_eq!(name(&[1, 3, 6, 1, 4, 1, 318, 5]), None);
        assert_eq!(name(&[]), None);
    }
}
