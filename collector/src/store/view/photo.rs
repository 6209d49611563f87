//! Photos of a fault, for whoever sees the fault and for nobody else.
//!
//! Comes in: a fault's number, a photo's. Goes out: lines, bytes. Absent on purpose: writing ([`crate::store::photo`]).

use crate::store::Result;
use crate::store::sight::{Seen, sees_fault};
use rollcall_shared::Timestamp;

/// A photo as a page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoRow {
    /// Id.
    pub id: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// With which words.
    pub said: String,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// Width of the small one.
    pub small_width: i64,
    /// Its height.
    pub small_height: i64,
}

/// Photos of a fault, the oldest first.
pub fn of_fault(seen: &mut Seen<'_, '_>, fault: i64, secret: bool) -> Result<Vec<PhotoRow>> {
    let sql = concat!(
        "
        select photo_id, fault_photo.at, fault_photo.by_whom, fault_photo.said, width, height, small_width, small_height
        from fault_photo
        join fault on fault.fault_id = fault_photo.fault_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where fault_photo.fault_id = $1 and ($2 or fault.code <> 'stolen_seen') and ",
        sees_fault!("$3", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
        order by photo_id
        limit 100"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[fault.into(), secret.into(), by.into()])?;
    let row = |mut row: crate::store::Row| {
        Ok(PhotoRow {
            id: row.take()?,
            at: row.take()?,
            by: row.take()?,
            said: row.take()?,
            width: row.take()?,
            height: row.take()?,
            small_width: row.take()?,
            small_height: row.take()?,
        })
    };
    rows.into_iter().map(row).collect()
}

/// The bytes of a photo, JPEG; the small one or the whole.
pub fn bytes(seen: &mut Seen<'_, '_>, fault: i64, photo: i64, small: bool, secret: bool) -> Result<Option<Vec<u8>>> {
    let sql = concat!(
        "
        select case when $3 then small else body end
        from fault_photo
        join fault on fault.fault_id = fault_photo.fault_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where fault_photo.fault_id = $1 and photo_id = $2 and ($4 or fault.code <> 'stolen_seen') and ",
        sees_fault!("$5", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')")
    );
    let by = seen.by();
    seen.query_one(sql, &[fault.into(), photo.into(), small.into(), secret.into(), by.into()])?.map(|mut row| row.take()).transpose()
}
