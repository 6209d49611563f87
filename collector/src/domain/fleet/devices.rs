//! The fleet in memory: devices as last known, and who owns which key.
//!
//! Comes in: devices of the store, changes of a fold. Goes out: a device by its id or by one of its keys. Absent on purpose: which schools
//! they belong to (whoever loads them knows), and whether they are still as the store has them.

use super::super::device::{Device, Key};
use rollcall_shared::DeviceId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Devices with their keys. Of two that bear one key (a name, in two schools) the lower id owns it.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    devices: BTreeMap<DeviceId, Device>,
    owners: HashMap<Key, DeviceId>,
    joined: BTreeSet<DeviceId>,
}

impl Fleet {
    /// Of these devices.
    pub fn of(devices: impl IntoIterator<Item = Device>) -> Fleet {
        let mut fleet = Fleet::default();
        devices.into_iter().for_each(|device| fleet.put(device));
        fleet
    }

    /// All devices, by id.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// A device.
    pub fn get(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id)
    }

    /// Who owns a key.
    pub fn owner(&self, key: &Key) -> Option<&Device> {
        self.owners.get(key).and_then(|id| self.devices.get(id))
    }

    /// Notes that a person said of these devices that each is several things which are one.
    pub fn join(&mut self, devices: impl IntoIterator<Item = DeviceId>) {
        self.joined.extend(devices);
    }

    /// Whether a person joined any.
    pub(super) fn has_joined(&self) -> bool {
        !self.joined.is_empty()
    }

    /// Whether a person joined this one.
    pub(super) fn is_joined(&self, id: DeviceId) -> bool {
        self.joined.contains(&id)
    }

    /// Takes a device in as it is now.
    pub fn put(&mut self, device: Device) {
        let id = device.id;
        let before = self.devices.insert(id, device);
        let gone = before.map(|before| before.keys).unwrap_or_default();
        let device = &self.devices[&id];
        for key in &device.keys {
            match self.owners.get_mut(key) {
                Some(owner) => *owner = id.min(*owner),
                None => drop(self.owners.insert(key.clone(), id)),
            }
        }
        let gone: Vec<Key> = gone.into_iter().filter(|key| !device.keys.contains(key)).collect();
        gone.iter().for_each(|key| self.leave(id, key));
    }

    /// Forgets a device.
    pub fn remove(&mut self, id: DeviceId) {
        let keys = self.devices.remove(&id).map(|device| device.keys).unwrap_or_default();
        keys.iter().for_each(|key| self.leave(id, key));
    }

    /// A device bears a key no more: the next that does owns it.
    fn leave(&mut self, id: DeviceId, key: &Key) {
        if self.owners.get(key) != Some(&id) {
            return;
        }
        match self.devices.values().find(|device| device.id != id && device.keys.contains(key)) {
            Some(next) => drop(self.owners.insert(key.clone(), next.id)),
            None => drop(self.owners.remove(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::KeyRank;
    use crate::domain::fleet::tests::{blank, key};

    #[test]
    fn keys_follow_their_devices() {
        let named = |id: i64, name: &str| Device { keys: vec![key(KeyRank::Name, name)], ..blank(id) };
        let owner = |fleet: &Fleet, name: &str| fleet.owner(&key(KeyRank::Name, name)).map(|device| device.id.0);
        let mut fleet = Fleet::of([named(2, "a"), named(1, "a"), named(3, "b")]);
        assert_eq!((owner(&fleet, "a"), owner(&fleet, "b")), (Some(1), Some(3)));
        fleet.put(named(1, "b"));
        assert_eq!((owner(&fleet, "a"), owner(&fleet, "b")), (Some(2), Some(1)));
        fleet.remove(DeviceId(1));
        fleet.remove(DeviceId(2));
        assert_eq!((owner(&fleet, "a"), owner(&fleet, "b")), (None, Some(3)));
    }
}
