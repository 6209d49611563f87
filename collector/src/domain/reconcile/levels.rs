//! Fillings: volumes that are nearly full, supplies that run out.
//!
//! Comes in: parts of devices with their newest readings. Goes out: faults. Absent on purpose: what devices say of it themselves (`signs`).

use super::{Judge, about};
use crate::domain::device::{Device, PartSort};
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

impl<'a> Judge<'a> {
    /// A volume of a server is nearly full.
    pub(super) fn server_disk(&self) -> Vec<Found> {
        self.parts(PartSort::Volume, "volume_used", |used, capacity| {
            let part = used / capacity;
            (capacity >= DISK_AT_LEAST_BYTES && part >= DISK_NEARLY_FULL).then_some((part >= DISK_FULL, part))
        })
        .into_iter()
        .map(|(device, label, latest, grave, part)| {
            let mut fault = about("server_disk", device, latest.at, grave, self.told_again(device, latest));
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
            .map(|(device, label, latest, grave, part)| {
                let mut fault = about("printer_toner", device, latest.at, grave, self.told_again(device, latest));
                fault.facts.insert("supply", label);
                fault.facts.insert("percent", format!("{:.0}", part * 100.0));
                fault
            })
            .collect()
    }

    /// Parts of devices whose reading passes a judgement: (device, label, reading, grave, part).
    pub(super) fn parts(
        &self,
        sort: PartSort,
        reading: &str,
        judge: impl Fn(f64, f64) -> Option<(bool, f64)>,
    ) -> Vec<(&'a Device, String, &'a Latest, bool, f64)> {
        let mut all = Vec::new();
        for device in self.school.laying.devices {
            for part in device.parts.iter().filter(|part| part.sort == sort && part.capacity > 0.0) {
                let latest =
                    self.school.readings.iter().find(|latest| latest.device == device.id && latest.name == reading && latest.instance == part.key);
                if let Some((latest, (grave, level))) = latest.and_then(|latest| Some((latest, judge(latest.value, part.capacity)?))) {
                    all.push((device, part.label.clone(), latest, grave, level));
                }
            }
        }
        all
    }

    /// A later round came and did not say otherwise.
    pub(super) fn told_again(&self, device: &Device, latest: &Latest) -> bool {
        self.agent_of(device).is_some_and(|agent| agent.reported_at > latest.at)
    }
}
