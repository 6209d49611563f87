//! What the collector shows, held against the truth of the simulator.
//!
//! Comes in: the truth, and what the API showed ([`Seen`]). Goes out: matches, counts, and what does not fit. Absent on purpose: HTTP.

use rollcall_tests::sim::truth::{DeviceTruth, FaultTruth, Truth};
use std::collections::{BTreeMap, BTreeSet};

/// One device as the collector shows it.
#[derive(Debug, Clone, Default)]
pub struct SeenDevice {
    /// Its number.
    pub id: i64,
    /// Kind; empty: unknown.
    pub kind: String,
    /// Maker.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Addresses.
    pub macs: Vec<String>,
    /// Addresses.
    pub ips: Vec<String>,
}

/// One open fault as the collector shows it.
#[derive(Debug, Clone, Default)]
pub struct SeenFault {
    /// The plan's code of its school.
    pub school: String,
    /// Its code.
    pub code: String,
    /// The device that ails, if one.
    pub device: Option<i64>,
    /// The kind that is missing, of `due_missing`.
    pub kind: String,
    /// How many things it is about.
    pub count: usize,
}

/// All that the collector shows.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Schools that are followed.
    pub schools: usize,
    /// Agents that have reported.
    pub agents: usize,
    /// Places of those schools.
    pub places: usize,
    /// Places with a device in them.
    pub installed: usize,
    /// Places that are due and empty.
    pub missing: usize,
    /// Devices.
    pub devices: Vec<SeenDevice>,
    /// Open faults.
    pub faults: Vec<SeenFault>,
}

/// Right of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// Right.
    pub right: usize,
    /// Of these.
    pub of: usize,
}

impl Share {
    /// Per cent; all right where there is nothing.
    pub fn percent(self) -> f64 {
        if self.of == 0 { 100.0 } else { 100.0 * self.right as f64 / self.of as f64 }
    }

    fn count(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }
}

/// How well devices are known.
#[derive(Debug, Clone, Default)]
pub struct Recognition {
    /// Devices of the truth that the collector shows.
    pub found: Share,
    /// Kind, of those that give a sign of it.
    pub kind: Share,
    /// Maker, of those that give a sign of it.
    pub vendor: Share,
    /// Model, where something tells it.
    pub model: Share,
    /// Serial number, where something tells it.
    pub serial: Share,
    /// What was wrong, in words; bounded.
    pub wrong: Vec<String>,
    /// Devices that no device of the truth accounts for.
    pub invented: usize,
}

/// What a fault is about: school, code, and the device, or how many of which kind are missing.
pub type FaultKey = (String, String, String);

/// Faults laid side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Of the truth, and shown.
    pub seen: Vec<FaultKey>,
    /// Of the truth, and not shown.
    pub unseen: Vec<FaultKey>,
    /// Shown, and not of the truth.
    pub unexpected: Vec<FaultKey>,
}

const MOST_WORDS: usize = 12;

/// Which device of the truth each device of the collector is: by MAC, by serial number, by address within the school.
pub fn matched<'a>(truth: &'a Truth, seen: &Seen) -> BTreeMap<i64, &'a DeviceTruth> {
    let mut by_mac = BTreeMap::new();
    let mut by_serial = BTreeMap::new();
    let mut by_ip = BTreeMap::new();
    for device in &truth.devices {
        by_mac.extend(device.mac.as_deref().map(|mac| (mac, device)));
        by_serial.insert(folded(&device.serial), device);
        by_ip.extend(device.ip.as_deref().map(|ip| (ip, device)));
    }
    let find = |device: &SeenDevice| {
        let mac = device.macs.iter().find_map(|mac| by_mac.get(mac.as_str()));
        let serial = || by_serial.get(&folded(&device.serial)).filter(|_| !device.serial.is_empty());
        let ip = || device.ips.iter().find_map(|ip| by_ip.get(ip.as_str()));
        mac.or_else(serial).or_else(ip).copied()
    };
    seen.devices.iter().filter_map(|device| Some((device.id, find(device)?))).collect()
}

/// Judges how well devices are known.
pub fn recognition(truth: &Truth, seen: &Seen) -> Recognition {
    let matched = matched(truth, seen);
    let mut result = Recognition { invented: seen.devices.len() - matched.len(), ..Recognition::default() };
    let shown: BTreeMap<(&str, &str), &SeenDevice> = seen
        .devices
        .iter()
        .filter_map(|device| matched.get(&device.id).map(|truth| ((truth.school.as_str(), truth.device.as_str()), device)))
        .collect();
    for device in &truth.devices {
        let shown = shown.get(&(device.school.as_str(), device.device.as_str()));
        result.found.count(shown.is_some());
        let empty = SeenDevice::default();
        let shown = shown.copied().unwrap_or(&empty);
        let mut judge = |told: bool, what: &str, right: bool, found: &str, share: fn(&mut Recognition) -> &mut Share| {
            if told {
                share(&mut result).count(right);
                if !right && result.wrong.len() < MOST_WORDS {
                    result
                        .wrong
                        .push(format!("{}/{} {what}: found {found:?}, expected a {} {}", device.school, device.device, device.vendor, device.kind));
                }
            }
        };
        let kind = shown.kind == device.kind || device.kind_accept.contains(&shown.kind);
        judge(device.gives_sign.kind, "kind", kind, &shown.kind, |result| &mut result.kind);
        let vendor = is_named(&shown.vendor, &device.vendor, &device.vendor_accept);
        judge(device.gives_sign.vendor, "vendor", vendor, &shown.vendor, |result| &mut result.vendor);
        let model = is_named(&shown.model, &device.model, &device.model_accept);
        judge(device.model_via != "none", "model", model, &shown.model, |result| &mut result.model);
        judge(device.serial_via != "none", "serial", folded(&shown.serial) == folded(&device.serial), &shown.serial, |result| &mut result.serial);
    }
    result
}

/// Lays faults side by side.
pub fn faults(truth: &Truth, seen: &Seen) -> Faults {
    let matched = matched(truth, seen);
    let expected: BTreeSet<FaultKey> =
        truth.faults.iter().map(|fault: &FaultTruth| (fault.school.clone(), fault.code.clone(), fault.device.clone())).collect();
    let mut missing: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for place in truth.left_out.iter().filter(|place| place.due) {
        *missing.entry((&place.school, &place.kind)).or_default() += 1;
    }
    let missing = missing.iter().map(|((school, kind), count)| ((*school).to_owned(), "due_missing".to_owned(), format!("{count} {kind}")));
    let expected: BTreeSet<FaultKey> = expected.into_iter().chain(missing).collect();
    let about = |fault: &SeenFault| match fault.device {
        Some(device) => matched.get(&device).map_or_else(|| format!("#{device}"), |device| device.device.clone()),
        None if fault.code == "agent_silent" => "srv01".to_owned(),
        None => format!("{} {}", fault.count, fault.kind),
    };
    let shown: BTreeSet<FaultKey> = seen.faults.iter().map(|fault| (fault.school.clone(), fault.code.clone(), about(fault))).collect();
    Faults {
        seen: expected.intersection(&shown).cloned().collect(),
        unseen: expected.difference(&shown).cloned().collect(),
        unexpected: shown.difference(&expected).cloned().collect(),
    }
}

/// Whether a name shown is one of the right ones: the same letters, or one within the other.
fn is_named(shown: &str, right: &str, accepted: &[String]) -> bool {
    let shown = folded(shown);
    let fits = |name: &str| !name.is_empty() && (shown.contains(name) || name.contains(&shown));
    !shown.is_empty() && std::iter::once(right).chain(accepted.iter().map(String::as_str)).any(|name| fits(&folded(name)))
}

/// Letters and digits in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_tests::sim::town::{LeftOut, build, sample_spec};
    use rollcall_tests::sim::truth::tell;

    fn truth() -> Truth {
        let mut truth = tell(&build(&[sample_spec(1, 4)]), 0);
        truth.faults.push(FaultTruth { school: "01".into(), device: "vp01".into(), code: "projector_lamp".into(), since: 0 });
        truth.left_out.push(LeftOut { school: "01".into(), kind: "tablet".into(), room: String::new(), due: true });
        truth
    }

    fn seen(truth: &Truth) -> Seen {
        let devices = truth.devices.iter().zip(1..).map(|(device, id)| SeenDevice {
            id,
            kind: device.kind.clone(),
            vendor: device.vendor.clone(),
            model: device.model.clone(),
            serial: device.serial.clone(),
            macs: device.mac.iter().cloned().collect(),
            ips: vec![],
        });
        Seen { devices: devices.collect(), ..Seen::default() }
    }

    #[test]
    fn a_collector_that_shows_the_truth_is_right() {
        let truth = truth();
        let result = recognition(&truth, &seen(&truth));
        assert_eq!(result.wrong, Vec::<String>::new());
        assert_eq!(result.found.right, truth.devices.len());
    }

    #[test]
    fn wrong_and_absent_devices_count_against_it() {
        let truth = truth();
        let mut seen = seen(&truth);
        seen.devices.retain(|device| device.kind != "printer");
        seen.devices[0].serial = "other".into();
        seen.devices.push(SeenDevice { id: 999, ..SeenDevice::default() });
        let result = recognition(&truth, &seen);
        assert_eq!((result.found.of - result.found.right, result.invented), (1, 1));
        assert_eq!((result.serial.of - result.serial.right, result.kind.of - result.kind.right), (2, 1));
    }

    #[test]
    fn faults_are_laid_side_by_side() {
        let truth = truth();
        let mut seen = seen(&truth);
        let projector = seen.devices.iter().find(|device| device.kind == "projector").map(|device| device.id);
        let fault = |code: &str, device, kind: &str| SeenFault { school: "01".into(), code: code.into(), device, kind: kind.into(), count: 1 };
        seen.faults = vec![fault("projector_lamp", projector, ""), fault("printer_jam", Some(1), "")];
        let laid = faults(&truth, &seen);
        let codes = |keys: &[FaultKey]| keys.iter().map(|key| key.1.clone()).collect::<Vec<_>>();
        assert_eq!(
            (codes(&laid.seen), codes(&laid.unseen), codes(&laid.unexpected)),
            (vec!["projector_lamp".into()], vec!["due_missing".into()], vec!["printer_jam".into()])
        );
    }
}
