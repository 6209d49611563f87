//! What a few letters may mean: devices by the beginning of name, serial number or key; schools by a part of their name.
//!
//! Comes in: folded text. Goes out: ids and names, a handful. Absent on purpose: whole lists ([`super::device::list`] reads every row where it must);
//! everything here runs down an index, so that searching as one types costs the same in a town and in a country.

use crate::store::Result;
use crate::store::sight::{Seen, sees_device, sees_school};
use rollcall_shared::DeviceId;

/// Ranks of keys by which a device may be looked for: MAC, UUID, management id (serial numbers have an index of their own).
const RANKS: [i64; 3] = [2, 3, 4];

/// Where texts that begin so end: the first text after all of them.
pub fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Devices whose name or serial number begins with the folded text, or one of whose keys begins with `key`, in the order of the matches' worth.
pub fn devices(seen: &mut Seen<'_, '_>, text: &str, key: Option<&str>, limit: i64) -> Result<Vec<DeviceId>> {
    let by_serial = concat!(
        "select device_id from device where serial_folded >= $1 and serial_folded < $2 and ",
        sees_device!("$3"),
        " order by serial_folded, device_id limit $4"
    );
    let by_name = concat!(
        "select device_id from device where name_folded >= $1 and name_folded < $2 and ",
        sees_device!("$3"),
        " order by name_folded, device_id limit $4"
    );
    let by_key = concat!(
        "select device.device_id from device_key join device on device.device_id = device_key.device_id
            where device_key.rank = $5 and device_key.value >= $1 and device_key.value < $2 and ",
        sees_device!("$3"),
        " order by device_key.value limit $4"
    );
    let by = seen.by();
    let mut found: Vec<DeviceId> = Vec::new();
    let mut take = |rows: Vec<crate::store::Row>| -> Result<()> {
        for mut row in rows {
            let id = row.take()?;
            if !found.contains(&id) {
                found.push(id);
            }
        }
        Ok(())
    };
    if let Some(key) = key {
        let end = end_of(key);
        for rank in RANKS {
            take(seen.query(by_key, &[key.into(), (&end).into(), by.into(), limit.into(), rank.into()])?)?;
        }
    }
    if !text.is_empty() {
        let end = end_of(text);
        for sql in [by_serial, by_name] {
            take(seen.query(sql, &[text.into(), (&end).into(), by.into(), limit.into()])?)?;
        }
    }
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// Schools of the plan with this pattern in their name, or this code: code and name.
pub fn schools(seen: &mut Seen<'_, '_>, pattern: &str, code: &str, limit: i64) -> Result<Vec<(String, String)>> {
    let sql = concat!(
        "select code, name from school where in_plan and (name_folded like $1 or code = $2) and ",
        sees_school!("$3", "school.school_id"),
        " order by name_folded, school_id limit $4"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[pattern.into(), code.into(), by.into(), limit.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
