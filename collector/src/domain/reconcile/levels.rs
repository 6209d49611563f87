//! Fillings: volumes that are nearly full, supplies that run out.
//!
//! Comes in: parts of devices with their newest readings. Goes out: faults. Absent on purpose: what devices say of it themselves (`signs`).

use super::{Judge, read};
use crate::domain::device::{Device, Part, PartSort};
use crate::domain::fault::Found;
use crate::domain::reading::Latest;

/// Part of a volume in use from which it is nearly full (minor evidence) and full (grave).
pub const DISK_NEARLY_FULL: f64 = 0.90;
/// See [`DISK_NEARLY_FULL`].
pub const DISK_FULL: f64 = 0.97;
/// Volumes smaller than this (boot partitions, installation media) are not judged.
pub const DISK_AT_LEAST_BYTES: f64 = 1_073_741_824.0;
/// Part of a supply left at which it is low and at which it is out.
pub const SUPPLY_LOW: f64 = 0.05;
/// See [`SUPPLY_LOW`].
pub const SUPPLY_OUT: f64 = 0.0;

/// A part of a device whose reading passes a judgement.
pub(super) struct Filling<'a> {
    pub(super) device: &'a Device,
    pub(super) label: String,
    pub(super) latest: &'a Latest,
    pub(super) grave: bool,
    /// How much of its capacity.
    pub(super) part: f64,
    /// Told more than once.
    pub(super) again: bool,
}

impl<'a> Judge<'a> {
    /// A volume of a server is nearly full.
    pub(super) fn server_disk(&self) -> Vec<Found> {
        self.parts(PartSort::Volume, "volume_used", |used, capacity| {
            let part = used / capacity;
            (capacity >= DISK_AT_LEAST_BYTES && part >= DISK_NEARLY_FULL).then_some((part >= DISK_FULL, part))
        })
        .into_iter()
        .map(|Filling { device, label, latest, grave, part, again }| {
            let mut fault = read("server_disk", device, latest, grave, again);
            fault.key = format!("{}/{label}", fault.key);
            fault.facts.insert("instance", label);
            fault.facts.insert("percent", format!("{:.0}", part * 100.0));
            fault
        })
        .collect()
    }

    /// A consumed supply of a printer is low or out: one fault a printer.
    pub(super) fn printer_toner(&self) -> Vec<Found> {
        let low = self.parts(PartSort::Supply, "supply_level", |level, capacity| {
            // RFC 3805: -1 other, -2 unknown, -3 some remains.
            let part = level / capacity;
            (level >= 0.0 && part <= SUPPLY_LOW).then_some((part <= SUPPLY_OUT, part))
        });
        low.into_iter()
            .map(|Filling { device, label, latest, grave, part, again }| {
                let mut fault = read("printer_toner", device, latest, grave, again);
                fault.facts.insert("supply", label);
                fault.facts.insert("percent", format!("{:.0}", part * 100.0));
                fault
            })
            .collect()
    }

    /// Parts of devices whose reading passes a judgement: whether grave, and how much of its capacity.
    pub(super) fn parts(&self, sort: PartSort, reading: &str, judge: impl Fn(f64, f64) -> Option<(bool, f64)>) -> Vec<Filling<'a>> {
        let mut all = Vec::new();
        for (device, part) in self.parts_of(sort).filter(|(_, part)| part.capacity > 0.0) {
            let latest = self.latest(device, reading, &part.key);
            if let Some((latest, (grave, level))) = latest.and_then(|latest| Some((latest, judge(latest.value, part.capacity)?))) {
                let again = self.told_again(device, latest, |was| judge(was, part.capacity).is_some());
                all.push(Filling { device, label: part.label.clone(), latest, grave, part: level, again });
            }
        }
        all
    }

    /// Parts of one sort of all devices.
    pub(super) fn parts_of(&self, sort: PartSort) -> impl Iterator<Item = (&'a Device, &'a Part)> + use<'a> {
        let devices = self.school.laying.devices.iter();
        devices.flat_map(move |device| device.parts.iter().filter(move |part| part.sort == sort).map(move |part| (device, part)))
    }

    /// Newest values of one reading of a device. Readings stand in the order of device, name, instance.
    pub(super) fn readings_of(&self, device: &Device, name: &str) -> impl Iterator<Item = &'a Latest> + use<'a> {
        let readings = self.school.readings;
        let from = readings.partition_point(|latest| (latest.device, latest.name.as_str()) < (device.id, name));
        let count = readings[from..].partition_point(|latest| latest.device == device.id && latest.name == name);
        readings[from..from + count].iter()
    }

    /// The newest value of one reading.
    pub(super) fn latest(&self, device: &Device, name: &str, instance: &str) -> Option<&'a Latest> {
        self.readings_of(device, name).find(|latest| latest.instance == instance)
    }

    /// A later round came and did not say otherwise; or the reading before said so too (`so`): where rounds are rare, each brings a new one.
    pub(super) fn told_again(&self, device: &Device, latest: &Latest, so: impl Fn(f64) -> bool) -> bool {
        self.agent_of(device).is_some_and(|agent| agent.reported_at > latest.at) || latest.was.is_some_and(so)
    }
}
