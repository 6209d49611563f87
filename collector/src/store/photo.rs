//! Photos of faults: kept with their fault, and gone some time after it is over.
//!
//! Comes in: pictures that were made anew ([`crate::photo`]). Goes out: their ids. Absent on purpose: reading them (`view::photo`, with somebody's
//! eyes), how long they stay (`retention`).

use super::{Param, Result, Tx};
use crate::photo::Photo;
use rollcall_shared::Timestamp;

/// Most photos of one fault.
pub const MOST: i64 = 20;

/// How many a fault has.
pub fn count(tx: &mut Tx<'_>, fault: i64) -> Result<i64> {
    let row = tx.query_one("select count(*) from fault_photo where fault_id = $1", &[fault.into()])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Keeps a photo; its id.
pub fn add(tx: &mut Tx<'_>, fault: i64, photo: &Photo, said: &str, by: &str, at: Timestamp) -> Result<i64> {
    let sql = "
        insert into fault_photo (photo_id, fault_id, at, by_whom, said, width, height, small_width, small_height, body, small)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let id = tx.next_id("fault_photo")?;
    let params: [Param<'_>; 11] = [
        id.into(),
        fault.into(),
        at.into(),
        by.into(),
        said.into(),
        i64::from(photo.width).into(),
        i64::from(photo.height).into(),
        i64::from(photo.small_width).into(),
        i64::from(photo.small_height).into(),
        (&photo.body).into(),
        (&photo.small).into(),
    ];
    tx.execute(sql, &params)?;
    Ok(id)
}

/// Who sent a photo, if it is there.
pub fn owner(tx: &mut Tx<'_>, fault: i64, photo: i64) -> Result<Option<String>> {
    let sql = "select by_whom from fault_photo where fault_id = $1 and photo_id = $2";
    tx.query_one(sql, &[fault.into(), photo.into()])?.map(|mut row| row.take()).transpose()
}

/// Takes a photo away.
pub fn remove(tx: &mut Tx<'_>, fault: i64, photo: i64) -> Result<()> {
    tx.execute("delete from fault_photo where fault_id = $1 and photo_id = $2", &[fault.into(), photo.into()])
}
