//! What a device says is wrong with it, and the parts whose filling is a reading.
//!
//! Comes in: a thing. Goes out: [`Sign`]s (rows of `device::SIGNS`) and [`Part`]s. Absent on purpose: faults (`reconcile` makes them of signs
//! that stand for some rounds), limits of readings.

use super::gather::{Thing, Word};
use super::server;
use crate::domain::device::{Part, PartSort, Sign};

/// Values of items that are a sign: item, value, code, grave. The source of each stands in `device::SIGNS`.
const BY_VALUE: &[(&str, &str, &str, bool)] = &[
    ("upsOutputSource", "5", "ups_on_battery", true),
    ("upsBasicOutputStatus", "3", "ups_on_battery", true),
    // upsmgOutputOnBattery, xupsOutputSource (battery), dupsOutputSource (battery), cps and xppc output status onBattery: MG-SNMP-UPS-MIB, XUPS-MIB,
    // DeltaUPS-MIB, CPS-MIB, XPPC-MIB.
    ("upsmgOutputOnBattery", "1", "ups_on_battery", true),
    ("xupsOutputSource", "5", "ups_on_battery", true),
    ("dupsOutputSource", "1", "ups_on_battery", true),
    ("cpsUpsOutputStatus", "3", "ups_on_battery", true),
    ("xppcOutputStatus", "3", "ups_on_battery", true),
    ("upsBatteryStatus", "3", "ups_battery_low", true),
    ("upsBatteryStatus", "4", "ups_battery_low", true),
    ("upsBasicBatteryStatus", "3", "ups_battery_low", true),
    ("cpsUpsBatteryStatus", "3", "ups_battery_low", true),
    ("xppcBatteryStatus", "3", "ups_battery_low", true),
    ("upsmgBatteryLowBattery", "1", "ups_battery_low", true),
    ("upsAdvBatteryReplaceIndicator", "2", "ups_replace_battery", true),
    ("upsmgBatteryReplacement", "1", "ups_replace_battery", true),
    ("upsmgBatteryFaultBattery", "1", "ups_replace_battery", true),
    ("upsmgOutputOverLoad", "1", "ups_overload", true),
    // upsAlarmOutputOverload, an alarm that stands.
    ("upsAlarmDescr", "1.3.6.1.2.1.33.1.6.3.8", "ups_overload", true),
    ("upsTestResultsSummary", "2", "ups_test_failed", false),
    ("upsTestResultsSummary", "3", "ups_test_failed", true),
    ("upsAdvTestDiagnosticsResults", "2", "ups_test_failed", true),
    ("pethMainPseOperStatus", "3", "poe_exhausted", true),
    // NUT's drivers: usbhid-ups, blazer and apcsmart say it in these words.
    ("ups.test.result", "Done and error", "ups_test_failed", true),
    ("ups.test.result", "Done and warning", "ups_test_failed", false),
    ("ups.test.result", "Battery capacity insufficient", "ups_test_failed", true),
    ("ups.test.result", "FAILED", "ups_test_failed", true),
];

/// Words of NUT's `ups.status` (Network UPS Tools, developer guide, "Status data").
const NUT_STATUS: &[(&str, &str)] = &[("OB", "ups_on_battery"), ("LB", "ups_battery_low"), ("RB", "ups_replace_battery"), ("OVER", "ups_overload")];

/// Digits of PJLink's ERST, in their order (class 1, 4.7).
const ERST: [&str; 6] = ["projector_fan", "projector_lamp", "projector_temperature", "projector_cover", "projector_filter", "projector_other"];

/// Bits of hrPrinterDetectedErrorState (RFC 2790), the highest of the first octet being bit 0: bit, code, grave.
const PRINTER_BITS: &[(u32, &str, bool)] =
    &[(1, "printer_no_paper", true), (2, "printer_toner", false), (3, "printer_toner", true), (5, "printer_jam", true)];

/// What devices say of their health in words of their own: item, key of the note.
const NOTES: &[(&str, &str)] = &[
    ("upsBasicBatteryLastReplaceDate", "battery_changed"),
    ("battery.date", "battery_changed"),
    ("battery.mfr.date", "battery_made"),
    ("upsAdvTestLastDiagnosticsDate", "tested"),
    ("ups.test.date", "tested"),
    ("ups.test.result", "test_result"),
];
/// Results of a UPS's test: item, value, code.
const RESULTS: &[(&str, &str, &str)] = &[
    // RFC 1628.
    ("upsTestResultsSummary", "1", "passed"),
    ("upsTestResultsSummary", "2", "warning"),
    ("upsTestResultsSummary", "3", "failed"),
    ("upsTestResultsSummary", "4", "aborted"),
    ("upsTestResultsSummary", "5", "running"),
    ("upsTestResultsSummary", "6", "none"),
    // PowerNet-MIB.
    ("upsAdvTestDiagnosticsResults", "1", "passed"),
    ("upsAdvTestDiagnosticsResults", "2", "failed"),
    ("upsAdvTestDiagnosticsResults", "3", "aborted"),
    ("upsAdvTestDiagnosticsResults", "4", "running"),
    // NUT (usbhid-ups, apcsmart).
    ("ups.test.result", "Done and passed", "passed"),
    ("ups.test.result", "Done and warning", "warning"),
    ("ups.test.result", "Done and error", "failed"),
    ("ups.test.result", "Aborted", "aborted"),
    ("ups.test.result", "In progress", "running"),
    ("ups.test.result", "No test initiated", "none"),
    ("ups.test.result", "OK", "passed"),
];

/// prtMarkerSuppliesClass of a receptacle that fills up (RFC 3805).
const RECEPTACLE: u32 = 4;

/// All signs of a thing.
pub fn signs(thing: &Thing<'_>) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    for word in &thing.said {
        let mut add = |code: &'static str, grave: bool| signs.push(sign(code, grave, "", word));
        match word.item {
            "ERST" => erst(word.value, &mut add),
            "hrPrinterDetectedErrorState" => printer(word.value, &mut add),
            "ups.status" => {
                for (flag, code) in NUT_STATUS {
                    if word.value.split_whitespace().any(|said| said == *flag) {
                        add(code, true);
                    }
                }
            }
            item => {
                for (_, _, code, grave) in BY_VALUE.iter().filter(|(name, value, ..)| *name == item && *value == word.value) {
                    add(code, *grave);
                }
            }
        }
    }
    for (probe, service) in thing.services.iter().filter(|(_, service)| !service.up) {
        signs.push(Sign {
            code: "server_service",
            grave: true,
            instance: service.key.clone(),
            probe: (*probe).to_owned(),
            ground: format!("{} {}", service.key, service.detail).trim().to_owned(),
        });
    }
    signs.extend(thing.interfaces.iter().filter(|row| row.half_duplex && row.speed_bps >= NEGOTIATED_BPS).map(|row| Sign {
        code: "port_duplex",
        grave: false,
        instance: row.name.clone(),
        probe: "snmp".to_owned(),
        ground: format!("dot3StatsDuplexStatus.{} 2", row.key),
    }));
    signs.extend(server::signs(thing));
    tidy(signs)
}

/// In order, each sign once, the graver of two.
pub fn tidy(mut signs: Vec<Sign>) -> Vec<Sign> {
    signs.sort_by(|one, other| (one.code, &one.instance, other.grave, &one.probe).cmp(&(other.code, &other.instance, one.grave, &other.probe)));
    signs.dedup_by(|next, kept| next.code == kept.code && next.instance == kept.instance);
    signs
}

fn sign(code: &'static str, grave: bool, instance: &str, word: &Word<'_>) -> Sign {
    Sign { code, grave, instance: instance.to_owned(), probe: word.probe.to_owned(), ground: format!("{} {}", word.key, word.value) }
}

fn erst(value: &str, add: &mut impl FnMut(&'static str, bool)) {
    for (digit, code) in value.trim().chars().zip(ERST) {
        match digit {
            '1' => add(code, false),
            '2' => add(code, true),
            _ => {}
        }
    }
}

fn printer(value: &str, add: &mut impl FnMut(&'static str, bool)) {
    // Octets are told as 0x…; printable ones may come as a character (a jam alone is 0x04, low toner alone 0x20, a blank).
    let first = match value.strip_prefix("0x") {
        Some(digits) => digits.get(..2).and_then(|octet| u8::from_str_radix(octet, 16).ok()),
        None => value.bytes().next(),
    };
    let Some(octet) = first else { return };
    for (bit, code, grave) in PRINTER_BITS {
        if octet & (0x80 >> bit) != 0 {
            add(code, *grave);
        }
    }
}

/// Ports of this speed and more speak full duplex unless their partner does not negotiate; at 10 Mbit/s an old partner may know no better.
const NEGOTIATED_BPS: u64 = 100_000_000;
/// Ports of one device that are parts at most.
const MAX_PORTS: usize = 512;
/// ifType of Ethernet (IANAifType-MIB ethernetCsmacd).
const ETHERNET: u32 = 6;

/// All parts of a thing.
#[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^53")]
pub fn parts(thing: &Thing<'_>) -> Vec<Part> {
    let volumes = thing.volumes.iter().map(|row| Part {
        sort: PartSort::Volume,
        key: row.key.clone(),
        label: row.key.clone(),
        capacity: row.size_bytes as f64,
    });
    let supplies = thing.supplies.iter().map(|row| Part {
        sort: if row.class == RECEPTACLE { PartSort::Receptacle } else { PartSort::Supply },
        key: row.key.clone(),
        label: if row.descr.trim().is_empty() { row.colour.clone() } else { row.descr.trim().to_owned() },
        capacity: row.capacity as f64,
    });
    let budgets = thing.words("pethMainPsePower").filter_map(|word| {
        let key = instance(word);
        Some(Part {
            sort: PartSort::PoeBudget,
            key: key.to_owned(),
            label: format!("PoE {key}").trim_end().to_owned(),
            capacity: word.value.parse().ok()?,
        })
    });
    let trays = thing.words("prtInputMaxCapacity").filter_map(|word| {
        let key = instance(word);
        let name = thing.words("prtInputName").find(|name| instance(name) == key).map_or(key, |name| name.value);
        Some(Part { sort: PartSort::Tray, key: key.to_owned(), label: name.to_owned(), capacity: word.value.parse().ok()? })
    });
    let radios = thing.words("unifiVapEssId").map(|word| {
        let key = instance(word);
        let band = thing.words("unifiVapRadio").find(|band| instance(band) == key).map(|band| format!(" ({})", band.value));
        Part { sort: PartSort::Radio, key: key.to_owned(), label: format!("{}{}", word.value, band.unwrap_or_default()), capacity: 0.0 }
    });
    // A port that is called by its number needs no part to be named.
    let named = thing.interfaces.iter().filter(|row| row.if_type == ETHERNET && !row.name.is_empty() && row.name != row.key.to_string());
    let ports = named.take(MAX_PORTS).map(|row| Part { sort: PartSort::Port, key: row.key.to_string(), label: row.name.clone(), capacity: 0.0 });
    volumes.chain(supplies).chain(server::parts(thing)).chain(notes(thing)).chain(budgets).chain(trays).chain(radios).chain(ports).collect()
}

/// `1.2` of `prtInputName.1.2`.
fn instance<'a>(word: &Word<'a>) -> &'a str {
    word.key.strip_prefix(word.item).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default()
}

/// What it says of its health; of two ways of telling the same the first counts.
fn notes(thing: &Thing<'_>) -> Vec<Part> {
    let mut notes: Vec<Part> = Vec::new();
    for word in &thing.said {
        let result = RESULTS.iter().find(|(item, value, _)| *item == word.item && *value == word.value).map(|(.., code)| ("test_result", *code));
        let own = NOTES.iter().find(|(item, _)| *item == word.item).map(|(_, key)| (*key, word.value));
        if let Some((key, label)) = result.or(own).filter(|(key, _)| notes.iter().all(|note| note.key != *key)) {
            notes.push(Part { sort: PartSort::Note, key: key.to_owned(), label: label.to_owned(), capacity: 0.0 });
        }
    }
    notes
}
