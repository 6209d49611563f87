//! The weekly lists: lines of each school, and pages of them.
//!
//! Comes in: the lines of a settle. Goes out: lists by code, counted and paged. Absent on purpose: what belongs onto a list (`domain`).

use super::report::{from_json, json};
use super::sight::{Seen, sees_device, sees_fault};
use super::{Param, Result, Tx};
use crate::domain::fault::Found;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::BTreeMap;

/// Lines of one school are what this settle says; whether any changed.
pub fn save(tx: &mut Tx<'_>, school: SchoolId, lines: &[Found]) -> Result<bool> {
    let sql = "select item_key, count, facts from list_item where school_id = $1";
    let mut standing: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for mut row in tx.query(sql, &[school.into()])? {
        standing.insert(row.take()?, (row.take()?, row.take()?));
    }
    let mut changed = false;
    for line in lines {
        let facts = json(&line.facts)?;
        if standing.remove(&line.key).is_some_and(|known| known == (line.count, facts.clone())) {
            continue;
        }
        let sql = "
            insert into list_item (school_id, item_key, code, device_id, since_at, count, facts)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (school_id, item_key) do update
            set device_id = excluded.device_id, count = excluded.count, facts = excluded.facts";
        let params: [Param<'_>; 7] =
            [school.into(), (&line.key).into(), line.code.into(), line.device.into(), line.since_at.into(), line.count.into(), (&facts).into()];
        tx.execute(sql, &params)?;
        changed = true;
    }
    for key in standing.keys() {
        tx.execute("delete from list_item where school_id = $1 and item_key = $2", &[school.into(), key.into()])?;
        changed = true;
    }
    Ok(changed)
}

/// One line as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its list.
    pub code: String,
    /// Its school.
    pub school: SchoolId,
    /// Code of its school.
    pub school_code: String,
    /// Name of its school.
    pub school_name: String,
    /// Natural key within the school.
    pub key: String,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// That one's name or serial.
    pub device_name: String,
    /// And its model.
    pub device_model: String,
    /// Its room.
    pub room: String,
    /// Since when it stands there.
    pub since_at: Timestamp,
    /// How many things it is about.
    pub count: i64,
    /// Parameters of its sentence.
    pub facts: BTreeMap<String, String>,
}

/// Condition of a query over `list_item`: the eyes see its device; of what is about none, they see the school whole.
macro_rules! sees_line {
    ($eyes:literal) => {
        concat!(
            "(cast(",
            $eyes,
            " as bigint) = 0 or (list_item.device_id is null and ",
            sees_fault!($eyes, "list_item.school_id", "''", "''"),
            ") or exists (select 1 from device where device.device_id = list_item.device_id and ",
            sees_device!($eyes),
            "))"
        )
    };
}

/// Lists with how many lines each has.
pub fn counts(seen: &mut Seen<'_, '_>) -> Result<Vec<(String, i64)>> {
    let sql = concat!("select code, count(*) from list_item where ", sees_line!("$1"), " group by code order by code");
    let by = seen.by();
    let rows = seen.query(sql, &[by.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Lines of one list, school by school, after a key.
pub fn lines(seen: &mut Seen<'_, '_>, code: &str, after: Option<(i64, &str)>, limit: i64) -> Result<Vec<Line>> {
    let sql = concat!(
        "
        select list_item.code, school.school_id, school.code, school.name, item_key, list_item.device_id, coalesce(device.name, device.serial, ''),
            coalesce(device.model, ''),
            coalesce((select min(room) from place where place.device_id = list_item.device_id), ''), since_at, list_item.count, facts
        from list_item
        join school on school.school_id = list_item.school_id
        left join device on device.device_id = list_item.device_id
        where list_item.code = $1
            and ($2 is null or list_item.school_id > $2 or (list_item.school_id = $2 and item_key > $3))
            and ",
        sees_line!("$5"),
        "
        order by list_item.school_id, item_key
        limit $4"
    );
    let (school, key) = after.unzip();
    let params: [Param<'_>; 5] = [code.into(), school.into(), key.into(), limit.clamp(1, super::view::MAX_ROWS).into(), seen.by().into()];
    seen.query(sql, &params)?
        .into_iter()
        .map(|mut row| {
            let (code, school, school_code, school_name) = (row.take()?, row.take()?, row.take()?, row.take()?);
            let (key, device, device_name, device_model) = (row.take()?, row.take()?, row.take()?, row.take()?);
            let (room, since_at, count) = (row.take()?, row.take()?, row.take()?);
            let facts = from_json("facts of a list", &row.take::<String>()?)?;
            Ok(Line { code, school, school_code, school_name, key, device, device_name, device_model, room, since_at, count, facts })
        })
        .collect()
}
