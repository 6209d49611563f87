//! Devices as proof: who they are, where they were last seen, when first and when last.
//!
//! Comes in: a school, or all. Goes out: one row a device that was ever there itself. Absent on purpose: what they prove
//! ([`crate::domain::proof`]), and presence by the hour: a file that leaves the house tells days.

use crate::store::fleet::addresses_of;
use crate::store::{Result, Row, Tx};
use rollcall_shared::{DeviceId, Mac, Timestamp};

/// Devices of one file at most: beyond it, a file a school.
const MAX_DEVICES: i64 = 200_000;

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// Id.
    pub device: DeviceId,
    /// Code of its school.
    pub school: String,
    /// Code of its kind; `None`: not known.
    pub kind: Option<String>,
    /// Maker.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial as said.
    pub serial: Option<String>,
    /// Its MACs at the latest sighting.
    pub macs: Vec<Mac>,
    /// First seen.
    pub first_at: Timestamp,
    /// Last seen.
    pub last_at: Timestamp,
}

/// Devices of a school, or of all.
pub fn seen(tx: &mut Tx<'_>, school: Option<&str>) -> Result<Vec<SeenRow>> {
    let sql = "
        select device.device_id, school.code, device.kind, device.vendor, device.model, device.serial, device.addresses,
            device.first_seen_at, case when device.present then coalesce(school_count.newest_at, device.turned_at) else device.turned_at end
        from device
        join school on school.school_id = device.school_id
        left join school_count on school_count.school_id = device.school_id
        where ($1 is null or school.code = $1) and device.probes <> '[]'
        order by device.school_id, device.device_id
        limit $2";
    tx.query(sql, &[school.into(), MAX_DEVICES.into()])?.into_iter().map(seen_row).collect()
}

fn seen_row(mut row: Row) -> Result<SeenRow> {
    let (device, school, kind, vendor, model, serial) = (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
    let macs = addresses_of(&row.take::<String>()?)?.into_iter().filter_map(|address| address.mac).collect();
    let (first_at, last_at): (Timestamp, Timestamp) = (row.take()?, row.take()?);
    Ok(SeenRow { device, school, kind, vendor, model, serial, macs, first_at, last_at: last_at.max(first_at) })
}
