//! What people decided about places: which device stands where, which other model is as good.
//!
//! Comes in: decisions of people. Goes out: [`Decided`], for a settle. Absent on purpose: who may decide (`web`), the audit trail
//! (`account`), what follows from it (`domain/place`).

use super::{Result, Tx};
use crate::domain::folded::fold;
use crate::domain::place::Decided;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// Labels whose devices are looked for at other schools, in one settle.
const MOST_LOOKED_FOR: usize = 500;

/// What was decided about a school's places.
pub fn of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Decided> {
    let mut decided = Decided::default();
    for mut row in tx.query("select place_key, device_id from place_choice where school_id = $1", &[school.into()])? {
        decided.chosen.insert(row.take()?, row.take()?);
    }
    for mut row in tx.query("select kit, model from accepted_model", &[])? {
        decided.accepted.insert((row.take()?, row.take()?));
    }
    Ok(decided)
}

/// Puts a device to a place; whatever it or the place had before is forgotten.
pub fn choose(tx: &mut Tx<'_>, school: SchoolId, place: &str, device: DeviceId, by_whom: &str, now: Timestamp) -> Result<()> {
    tx.execute("delete from place_choice where device_id = $1", &[device.into()])?;
    let sql = "
        insert into place_choice (school_id, place_key, device_id, by_whom, at)
        values ($1, $2, $3, $4, $5)
        on conflict (school_id, place_key) do update
        set device_id = excluded.device_id, by_whom = excluded.by_whom, at = excluded.at";
    tx.execute(sql, &[school.into(), place.into(), device.into(), by_whom.into(), now.into()])
}

/// Takes a person's choice for a device back. Whether there was one.
pub fn unchoose(tx: &mut Tx<'_>, device: DeviceId) -> Result<bool> {
    Ok(tx.changed("delete from place_choice where device_id = $1", &[device.into()])? > 0)
}

/// Two devices are one: the place chosen for the other is the one's, unless it has its own.
pub fn follow_merge(tx: &mut Tx<'_>, kept: DeviceId, other: DeviceId) -> Result<()> {
    if place_of(tx, kept)?.is_some() {
        return unchoose(tx, other).map(drop);
    }
    tx.execute("update place_choice set device_id = $1 where device_id = $2", &[kept.into(), other.into()])
}

/// The place that a person chose for a device.
pub fn place_of(tx: &mut Tx<'_>, device: DeviceId) -> Result<Option<String>> {
    let row = tx.query_one("select place_key from place_choice where device_id = $1", &[device.into()])?;
    row.map(|mut row| row.take()).transpose()
}

/// Whether a school has a place of this key.
pub fn has_place(tx: &mut Tx<'_>, school: SchoolId, place: &str) -> Result<bool> {
    Ok(tx.query_one("select place_key from place where school_id = $1 and place_key = $2", &[school.into(), place.into()])?.is_some())
}

/// Schools that have places of a kit.
pub fn schools_of_kit(tx: &mut Tx<'_>, kit: &str) -> Result<Vec<SchoolId>> {
    let rows = tx.query("select distinct school_id from place where kit = $1 order by school_id", &[kit.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Accepts a model as equivalent for a kit. Whether that is new.
pub fn accept_model(tx: &mut Tx<'_>, kit: &str, model: &str, by_whom: &str, now: Timestamp) -> Result<bool> {
    let folded = fold(model);
    let sql = "
        insert into accepted_model (kit, model, by_whom, at)
        values ($1, $2, $3, $4)
        on conflict (kit, model) do nothing";
    Ok(tx.changed(sql, &[kit.into(), (&folded).into(), by_whom.into(), now.into()])? > 0)
}

/// Of assets told by label and serial, those whose device was last seen at another school: label and that school's code.
pub fn elsewhere(tx: &mut Tx<'_>, school: SchoolId, assets: &[(String, String)]) -> Result<Vec<(String, String)>> {
    let sql = "
        select school.code
        from device join school using (school_id)
        where device.serial_folded = $1 and device.school_id <> $2
        order by device.device_id
        limit 1";
    let mut found = Vec::new();
    for (label, serial) in assets.iter().take(MOST_LOOKED_FOR) {
        let folded = fold(serial);
        if let Some(mut row) = tx.query_one(sql, &[(&folded).into(), school.into()])? {
            found.push((label.clone(), row.take()?));
        }
    }
    Ok(found)
}
