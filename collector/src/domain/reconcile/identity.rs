//! Keys that contradict each other: for a person to decide.
//!
//! Comes in: conflicts that nobody has resolved. Goes out: faults, one a pair of devices. Absent on purpose: who is right.

use super::{about, found};
use crate::domain::device::Device;
use crate::domain::fault::Found;
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::BTreeMap;

/// A conflict that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenConflict {
    /// The device that the strongest key names.
    pub device: DeviceId,
    /// The other one; none: one key on two unknown things.
    pub other: Option<DeviceId>,
    /// The key that contradicts.
    pub key: String,
    /// In a sentence.
    pub reason: String,
    /// First seen.
    pub at: Timestamp,
}

/// One fault for each pair of devices that share keys which cannot be both theirs.
pub fn identity_conflicts(devices: &[Device], conflicts: &[OpenConflict]) -> Vec<Found> {
    let mut all: BTreeMap<(DeviceId, Option<DeviceId>), Found> = BTreeMap::new();
    for conflict in conflicts {
        let key = format!("identity_conflict/{}/{}", conflict.device, conflict.other.map(|other| other.to_string()).unwrap_or_default());
        let device = devices.iter().find(|device| device.id == conflict.device);
        let bare = device.map_or_else(
            || found("identity_conflict", key.clone(), false, conflict.at, true),
            |device| about("identity_conflict", device, conflict.at, false, true),
        );
        let fault = all.entry((conflict.device, conflict.other)).or_insert_with(|| Found { key, count: 0, ..bare });
        fault.count += 1;
        fault.facts.insert("key", conflict.key.clone());
        fault.facts.insert("reason", conflict.reason.clone());
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kind::Kind;
    use crate::domain::reconcile::tests::device;

    #[test]
    fn one_fault_a_pair_however_many_keys_contradict() {
        let conflict = |device: i64, other: Option<i64>, key: &str| OpenConflict {
            device: DeviceId(device),
            other: other.map(DeviceId),
            key: key.into(),
            reason: "x".into(),
            at: Timestamp(5),
        };
        let all =
            identity_conflicts(&[device(1, Kind::Switch)], &[conflict(1, Some(2), "mac"), conflict(1, Some(2), "uuid"), conflict(9, None, "mac")]);
        let told: Vec<_> = all.iter().map(|found| (found.key.as_str(), found.count, found.device.is_some())).collect();
        assert_eq!(told, [("identity_conflict/1/2", 2, true), ("identity_conflict/9/", 1, false)]);
    }
}
