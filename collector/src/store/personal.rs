//! Devices that are somebody's own business (`domain/personal`): which they are, and that nothing is kept of their comings and goings.
//!
//! Comes in: a school's devices with a holder or on loan. Goes out: rows that whoever writes comings and goings asks for
//! in the same statement. Absent on purpose: who decides that (`domain/personal`).

use super::school::move_fleet_seq;
use super::{Result, Tx, identity, retention};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeSet;

/// Saves which devices of a school are somebody's; what this school kept of the comings and goings of a new one is deleted, and counted (what another
/// keeps of the time before it moved here goes with its age). Whether anything changed.
///
/// Of one that is nobody's any more presence is told from now on: it did not begin when it was somebody's.
pub fn save(tx: &mut Tx<'_>, school: SchoolId, personal: &BTreeSet<DeviceId>, now: Timestamp) -> Result<bool> {
    let mut known = BTreeSet::new();
    for mut row in tx.query("select device_id from personal where school_id = $1", &[school.into()])? {
        known.insert(row.take::<DeviceId>()?);
    }
    for device in personal.difference(&known) {
        let sql = "
            insert into personal (device_id, school_id)
            values ($1, $2)
            on conflict (device_id) do update
            set school_id = excluded.school_id";
        tx.execute(sql, &[(*device).into(), school.into()])?;
        retention::forget_personal(tx, school, *device)?;
        for (school, merged) in identity::merged_ids(tx, *device)? {
            retention::forget_personal(tx, school, merged)?;
        }
    }
    for device in known.difference(personal) {
        tx.execute("delete from personal where device_id = $1 and school_id = $2", &[(*device).into(), school.into()])?;
        let sql = "update device set turned_at = $3 where device_id = $1 and school_id = $2 and present and turned_at < $3";
        if tx.changed(sql, &[(*device).into(), school.into(), now.into()])? > 0 {
            move_fleet_seq(tx, school)?;
        }
    }
    Ok(known != *personal)
}
