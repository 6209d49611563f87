//! The fleet in memory: devices as last known, and who owns which key.
//!
//! Comes in: devices of the store, changes of a fold. Goes out: a device by its id or by one of its keys. Absent on purpose: which schools
//! they belong to (whoever loads them knows), and whether they are still as the store has them.

use super::super::device::{Device, Key};
use rollcall_shared::DeviceId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Devices with their keys. Of two that bear one key (a name in two schools, a network card that was moved) the lower id owns it.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    devices: BTreeMap<DeviceId, Device>,
    /// Who bears a key, by id.
    bearers: HashMap<Key, Vec<DeviceId>>,
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

    /// How many there are.
    pub fn count(&self) -> usize {
        self.devices.len()
    }

    /// A device.
    pub fn get(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id)
    }

    /// Who owns a key.
    pub fn owner(&self, key: &Key) -> Option<&Device> {
        self.bearers(key).next()
    }

    /// Everybody who bears a key, the owner first.
    pub fn bearers<'f>(&'f self, key: &Key) -> impl Iterator<Item = &'f Device> + use<'f> {
        self.bearers.get(key).map(Vec::as_slice).unwrap_or_default().iter().filter_map(|id| self.devices.get(id))
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
        for key in device.keys.iter().filter(|key| !gone.contains(key)) {
            match self.bearers.get_mut(key) {
                Some(bearers) => {
                    if let Err(at) = bearers.binary_search(&id) {
                        bearers.insert(at, id);
                    }
                }
                None => drop(self.bearers.insert(key.clone(), vec![id])),
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

    /// A device bears a key no more.
    fn leave(&mut self, id: DeviceId, key: &Key) {
        let Some(bearers) = self.bearers.get_mut(key) else { return };
        bearers.retain(|bearer| *bearer != id);
        if bearers.is_empty() {
            self.bearers.remove(key);
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
