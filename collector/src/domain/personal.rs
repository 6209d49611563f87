//! Which devices are somebody's own business: those with a holder, and those on loan.
//!
//! Comes in: the register, a school's devices and what places they fill. Goes out: the devices whose comings and goings nobody follows; of them one last
//! day is told. Absent on purpose: what that means for tables (`store::personal`) and pages.

use super::device::Device;
use super::folded::squeezed;
use super::place::{Filled, Place};
use super::register::{Asset, Register};
use jiff::civil::Date;
use rollcall_shared::DeviceId;
use std::collections::BTreeSet;

/// Those of these devices that somebody holds or borrowed on a day: known by serial number, network card, or the label of the place that they fill.
pub fn personal<'a>(
    register: &Register,
    devices: &[Device],
    standing: impl Iterator<Item = (&'a Place, &'a Filled)>,
    on: Date,
) -> BTreeSet<DeviceId> {
    let held = held(register, on);
    if held.is_empty() {
        return BTreeSet::new();
    }
    let is_held = |text: &str| held.contains(&squeezed(text));
    let by_itself = devices.iter().filter(|device| {
        let macs = device.addresses.iter().filter_map(|address| address.mac);
        device.serial.as_deref().is_some_and(is_held) || macs.into_iter().any(|mac| is_held(&mac.to_string()))
    });
    let by_place = standing.filter(|(place, _)| place.pinned.as_deref().is_some_and(is_held)).filter_map(|(_, filled)| filled.device);
    by_itself.map(|device| device.id).chain(by_place).collect()
}

/// What is called somebody's: squeezed labels, serial numbers, network cards.
fn held(register: &Register, on: Date) -> BTreeSet<String> {
    let lent: BTreeSet<String> = register.loans.iter().filter(|loan| loan.is_out(on)).map(|loan| squeezed(&loan.label)).collect();
    let names = |asset: &Asset| -> Vec<String> {
        let macs = asset.macs.iter().map(|mac| squeezed(&mac.to_string()));
        [Some(&asset.label), asset.serial.as_ref()].into_iter().flatten().map(|text| squeezed(text)).chain(macs).collect()
    };
    let all = register.assets.iter().map(|asset| (asset.holder.is_some(), names(asset)));
    let theirs = all.filter(|(holder, names)| *holder || names.iter().any(|name| lent.contains(name))).flat_map(|(_, names)| names);
    let mut held: BTreeSet<String> = theirs.collect();
    held.extend(lent);
    held.remove("");
    held
}
