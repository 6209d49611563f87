//! Decisions about who is who, with the devices as they were before.
//!
//! Comes in: what [`crate::domain::identity`] made of two devices. Goes out: decisions, devices put aside, contradictions that wait for a
//! person. Absent on purpose: whether a decision can be (the core's), and looking again afterwards (`decide`).

use super::fleet::{device_of, insert_device, rank_code, update_device};
use super::school::{mark_due, move_fleet_seq};
use super::sight::{Seen, sees_device};
use super::{Param, Result, Row, Tx};
use crate::domain::device::{Device, KeyRank};
use crate::domain::identity::What;
use rollcall_shared::{AgentId, DeviceId, SchoolId, Timestamp};

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub id: i64,
    /// School of the device that was kept.
    pub school: SchoolId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by_whom: String,
    /// What.
    pub what: What,
    /// The device that went on.
    pub kept: DeviceId,
    /// The one put aside, or the new one.
    pub other: DeviceId,
    /// Key of the place that the other filled.
    pub other_place: String,
    /// Why, in the person's words.
    pub reason: String,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// A contradiction that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Its number.
    pub id: i64,
    /// Where.
    pub school: SchoolId,
    /// Code and name of that school.
    pub school_name: (String, String),
    /// First seen.
    pub at: Timestamp,
    /// The device that the strongest key names.
    pub device: DeviceId,
    /// The other one, if it is known.
    pub other: Option<DeviceId>,
    /// The key that contradicts.
    pub key: (Option<KeyRank>, String),
}

fn decision_of(mut row: Row) -> Result<Decision> {
    Ok(Decision {
        id: row.take()?,
        school: row.take()?,
        at: row.take()?,
        by_whom: row.take()?,
        what: What::from_code(&row.take::<String>()?).unwrap_or(What::Merge),
        kept: row.take()?,
        other: row.take()?,
        other_place: row.take()?,
        reason: row.take()?,
        undone_at: row.take()?,
    })
}

/// One decision.
pub fn decision(tx: &mut Tx<'_>, id: i64) -> Result<Option<Decision>> {
    let sql = "
        select decision_id, school_id, at, by_whom, what, kept_id, other_id, other_place, reason, undone_at
        from identity_decision
        where decision_id = $1";
    tx.query_one(sql, &[id.into()])?.map(decision_of).transpose()
}

/// Whether the eyes see everything that a decision is about: the device that goes on, the other, and both as they were put aside.
pub fn sees_decision(seen: &mut Seen<'_, '_>, decision: &Decision) -> Result<bool> {
    if seen.see_all() {
        return Ok(true);
    }
    let by = seen.by();
    let sql = concat!("select device_id from device where device_id in ($2, $3) and ", sees_device!("$1"));
    let lives: Vec<DeviceId> = ids(seen.query(sql, &[by.into(), decision.kept.into(), decision.other.into()])?)?;
    let all: Vec<DeviceId> =
        ids(seen.query("select device_id from device where device_id in ($1, $2)", &[decision.kept.into(), decision.other.into()])?)?;
    let sql = "
        select 1
        from device_aside
        where decision_id = $2
            and not exists (
                select 1
                from sight
                where sight.account_id = $1 and sight.school_id = device_aside.school_id and sight.lot = '*'
                    and sight.kind in ('*', coalesce(device_aside.kind, '')))
        limit 1";
    let unseen_aside = seen.query_one(sql, &[by.into(), decision.id.into()])?.is_some();
    Ok(lives.contains(&decision.kept) && lives.len() == all.len() && !unseen_aside)
}

fn ids(rows: Vec<Row>) -> Result<Vec<DeviceId>> {
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Decisions about a device, the newest first.
pub fn decisions_of(tx: &mut Tx<'_>, device: DeviceId, limit: i64) -> Result<Vec<Decision>> {
    let sql = "
        select decision_id, school_id, at, by_whom, what, kept_id, other_id, other_place, reason, undone_at
        from identity_decision
        where kept_id = $1 or other_id = $1
        order by decision_id desc
        limit $2";
    tx.query(sql, &[device.into(), limit.into()])?.into_iter().map(decision_of).collect()
}

/// Whether a decision that stands came after this one and is about one of its devices.
pub fn is_built_upon(tx: &mut Tx<'_>, decision: &Decision) -> Result<bool> {
    let sql = "
        select 1
        from identity_decision
        where decision_id > $1 and undone_at is null and (kept_id in ($2, $3) or other_id in ($2, $3))
        limit 1";
    Ok(tx.query_one(sql, &[decision.id.into(), decision.kept.into(), decision.other.into()])?.is_some())
}

/// Devices of a school that a person put together, by merges that stand.
pub fn joined_of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<DeviceId>> {
    let sql = "
        select distinct identity_decision.kept_id
        from identity_decision
        join device on device.device_id = identity_decision.kept_id
        where device.school_id = $1 and identity_decision.what = 'merge' and identity_decision.undone_at is null";
    tx.query(sql, &[school.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// The device into which another was merged, if that stands.
pub fn merged_into(tx: &mut Tx<'_>, device: DeviceId) -> Result<Option<DeviceId>> {
    let sql = "select kept_id from identity_decision where other_id = $1 and what = 'merge' and undone_at is null order by decision_id desc limit 1";
    tx.query_one(sql, &[device.into()])?.map(|mut row| row.take()).transpose()
}

/// Most devices whose past one device's page shows as its own.
const MERGED_MOST: usize = 16;

/// Devices whose past is a device's own: those that were merged into it (or split off, which was taken back), and into those, with the
/// school of each.
pub fn merged_ids(tx: &mut Tx<'_>, device: DeviceId) -> Result<Vec<(SchoolId, DeviceId)>> {
    let sql = "
        select device_aside.school_id, identity_decision.other_id
        from identity_decision
        join device_aside on device_aside.decision_id = identity_decision.decision_id and device_aside.device_id = identity_decision.other_id
        where identity_decision.kept_id = $1 and (identity_decision.what = 'merge') = (identity_decision.undone_at is null)
        order by identity_decision.decision_id";
    let mut found: Vec<(SchoolId, DeviceId)> = Vec::new();
    let mut ask = vec![device];
    while let Some(kept) = ask.pop().filter(|_| found.len() < MERGED_MOST) {
        for mut row in tx.query(sql, &[kept.into()])? {
            let one = (row.take()?, row.take()?);
            if !found.contains(&one) {
                ask.push(one.1);
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// Puts a device aside as it is.
fn put_aside(tx: &mut Tx<'_>, decision: i64, device: DeviceId) -> Result<()> {
    let sql = "
        insert into device_aside (decision_id, school_id, device_id, kind, vendor, model, serial, serial_folded, name, name_folded, os, os_version,
            firmware, place_at, place_device, place_port, keys, addresses, parts, signs, probes, why, confidence, first_seen_at, present,
            turned_at, turned_round, agent_id, network)
        select $1, school_id, device_id, kind, vendor, model, serial, serial_folded, name, name_folded, os, os_version,
            firmware, place_at, place_device, place_port, keys, addresses, parts, signs, probes, why, confidence, first_seen_at, present,
            turned_at, turned_round, agent_id, network
        from device
        where device_id = $2";
    tx.execute(sql, &[decision.into(), device.into()])
}

/// A device as it was before a decision, with the agent that saw it last.
pub fn aside(tx: &mut Tx<'_>, decision: i64, device: DeviceId) -> Result<Option<(Device, AgentId)>> {
    let sql = "
        select school_id, device_id, kind, vendor, model, serial, name, os, os_version, firmware, place_at, place_device, place_port,
            network, keys, addresses, parts, signs, probes, why, confidence, first_seen_at, present, turned_at, turned_round
        from device_aside
        where decision_id = $1 and device_id = $2";
    let agent = "select agent_id from device_aside where decision_id = $1 and device_id = $2";
    let Some(row) = tx.query_one(sql, &[decision.into(), device.into()])? else { return Ok(None) };
    let Some(mut agent) = tx.query_one(agent, &[decision.into(), device.into()])? else { return Ok(None) };
    Ok(Some((device_of(row)?, agent.take()?)))
}

fn agent_of(tx: &mut Tx<'_>, device: DeviceId) -> Result<AgentId> {
    let row = tx.query_one("select agent_id from device where device_id = $1", &[device.into()])?;
    row.map_or(Ok(AgentId(0)), |mut row| row.take())
}

/// A new decision.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// What.
    pub what: What,
    /// By whom.
    pub by_whom: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: Timestamp,
}

fn insert_decision(tx: &mut Tx<'_>, new: &New<'_>, school: SchoolId, kept: DeviceId, other: DeviceId, place: &str) -> Result<i64> {
    let id = tx.next_id("identity_decision")?;
    let sql = "
        insert into identity_decision (decision_id, school_id, at, by_whom, what, kept_id, other_id, other_place, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params: [Param<'_>; 9] = [
        id.into(),
        school.into(),
        new.at.into(),
        new.by_whom.into(),
        new.what.code().into(),
        kept.into(),
        other.into(),
        place.into(),
        new.reason.into(),
    ];
    tx.execute(sql, &params)?;
    Ok(id)
}

/// Two devices become one: the other is put aside with all that it lived through under its number.
pub fn save_merge(tx: &mut Tx<'_>, new: &New<'_>, kept: &Device, other: &Device, one: &Device) -> Result<i64> {
    let place = tx.query_one("select place_key from place where device_id = $1", &[other.id.into()])?;
    let place: String = place.map_or(Ok(String::new()), |mut row| row.take())?;
    let id = insert_decision(tx, new, one.school, kept.id, other.id, &place)?;
    put_aside(tx, id, kept.id)?;
    put_aside(tx, id, other.id)?;
    let newest = if one.school == kept.school && one.network == kept.network { kept.id } else { other.id };
    let agent = agent_of(tx, newest)?;
    if kept.present && (!one.present || kept.school != one.school || kept.turned_at != one.turned_at) {
        super::fleet::close_presence(tx, kept, new.at)?;
    }
    if other.present {
        super::fleet::close_presence(tx, other, new.at)?;
    }
    tx.execute("delete from device where device_id = $1", &[other.id.into()])?;
    tx.execute("update device_key set device_id = $1 where device_id = $2", &[kept.id.into(), other.id.into()])?;
    if kept.school != one.school {
        super::fleet::move_device(tx, kept.id, kept.school, one.school)?;
    }
    update_device(tx, kept, one, agent)?;
    let fills = tx.query_one("select 1 from place where device_id = $1", &[kept.id.into()])?.is_some();
    let heir = if fills { None } else { Some(kept.id) };
    tx.execute("update place set device_id = $1 where device_id = $2", &[heir.into(), other.id.into()])?;
    super::decision::follow_merge(tx, kept.id, other.id)?;
    touched(tx, &[kept.school, other.school, one.school], new.at)?;
    Ok(id)
}

/// Both devices of a merge are there again.
pub fn save_unmerge(
    tx: &mut Tx<'_>,
    decision: &Decision,
    by_whom: &str,
    now: &Device,
    kept: &Device,
    other: (&Device, AgentId),
    at: Timestamp,
) -> Result<()> {
    let agent = agent_of(tx, now.id)?;
    insert_device(tx, other.0, other.1)?;
    for key in other.0.keys.iter().filter(|key| key.rank != KeyRank::Name && !kept.keys.contains(key)) {
        let sql = "update device_key set device_id = $3 where rank = $1 and value = $2 and device_id = $4";
        tx.execute(sql, &[rank_code(key.rank).into(), (&key.text).into(), other.0.id.into(), kept.id.into()])?;
    }
    update_device(tx, now, kept, agent)?;
    if !decision.other_place.is_empty() {
        let sql = "update place set device_id = $1 where school_id = $2 and place_key = $3 and (device_id = $4 or device_id is null)";
        tx.execute(sql, &[other.0.id.into(), other.0.school.into(), (&decision.other_place).into(), kept.id.into()])?;
    }
    undone(tx, decision, by_whom, at)?;
    touched(tx, &[now.school, kept.school, other.0.school], at)
}

/// A device becomes two.
pub fn save_split(tx: &mut Tx<'_>, new: &New<'_>, before: &Device, first: &Device, second: &Device) -> Result<i64> {
    let id = insert_decision(tx, new, before.school, first.id, second.id, "")?;
    put_aside(tx, id, before.id)?;
    let agent = agent_of(tx, before.id)?;
    insert_device(tx, second, agent)?;
    for key in &second.keys {
        let sql = "update device_key set device_id = $3 where rank = $1 and value = $2";
        tx.execute(sql, &[rank_code(key.rank).into(), (&key.text).into(), second.id.into()])?;
    }
    update_device(tx, before, first, agent)?;
    touched(tx, &[before.school], new.at)?;
    Ok(id)
}

/// What was split is one again: the second's keys go back; it is put aside with its past.
pub fn save_unsplit(tx: &mut Tx<'_>, decision: &Decision, by_whom: &str, first: &Device, second: &Device, one: &Device, at: Timestamp) -> Result<()> {
    let agent = agent_of(tx, first.id)?;
    put_aside(tx, decision.id, second.id)?;
    if second.present {
        super::fleet::close_presence(tx, second, at)?;
    }
    tx.execute("delete from device where device_id = $1", &[second.id.into()])?;
    tx.execute("update device_key set device_id = $1 where device_id = $2", &[first.id.into(), second.id.into()])?;
    tx.execute("update place set device_id = null where device_id = $1", &[second.id.into()])?;
    if first.school != one.school {
        super::fleet::move_device(tx, first.id, first.school, one.school)?;
    }
    update_device(tx, first, one, agent)?;
    undone(tx, decision, by_whom, at)?;
    touched(tx, &[first.school, second.school, one.school], at)
}

fn undone(tx: &mut Tx<'_>, decision: &Decision, by_whom: &str, at: Timestamp) -> Result<()> {
    let sql = "update identity_decision set undone_at = $2, undone_by = $3 where decision_id = $1";
    tx.execute(sql, &[decision.id.into(), at.into(), by_whom.into()])
}

fn touched(tx: &mut Tx<'_>, schools: &[SchoolId], at: Timestamp) -> Result<()> {
    let mut schools = schools.to_vec();
    schools.sort();
    schools.dedup();
    for school in schools {
        move_fleet_seq(tx, school)?;
        mark_due(tx, school, at)?;
    }
    Ok(())
}

/// Contradictions that wait for a person: of one device or all, those after a number.
pub fn contradictions(tx: &mut Tx<'_>, device: Option<DeviceId>, after: i64, limit: i64) -> Result<Vec<Contradiction>> {
    let sql = "
        select conflict_id, conflict.school_id, school.code, school.name, at, device_a, device_b, key_rank, key_text
        from conflict
        join school on school.school_id = conflict.school_id
        where resolved_at is null and conflict_id > $2 and ($1 is null or device_a = $1 or device_b = $1)
        order by conflict_id
        limit $3";
    tx.query(sql, &[device.into(), after.into(), limit.into()])?.into_iter().map(contradiction_of).collect()
}

/// Contradictions that the eyes see: whose device they see. Another device that they do not see is not named.
pub fn contradictions_seen(tx: &mut Seen<'_, '_>, after: i64, limit: i64) -> Result<Vec<Contradiction>> {
    let sql = concat!(
        "select conflict_id, conflict.school_id, school.code, school.name, at, device_a,
            case when cast($1 as bigint) = 0 or exists (select 1 from device where device.device_id = conflict.device_b and ",
        sees_device!("$1"),
        ") then device_b else 0 end, key_rank, key_text
        from conflict
        join school on school.school_id = conflict.school_id
        where resolved_at is null and conflict_id > $2
            and (cast($1 as bigint) = 0 or exists (select 1 from device where device.device_id = conflict.device_a and ",
        sees_device!("$1"),
        "))
        order by conflict_id
        limit $3"
    );
    let by = tx.by();
    tx.query(sql, &[by.into(), after.into(), limit.into()])?.into_iter().map(contradiction_of).collect()
}

fn contradiction_of(mut row: Row) -> Result<Contradiction> {
    Ok(Contradiction {
        id: row.take()?,
        school: row.take()?,
        school_name: (row.take()?, row.take()?),
        at: row.take()?,
        device: row.take()?,
        other: Some(row.take::<DeviceId>()?).filter(|other| other.0 != 0),
        key: (super::fleet::rank_of(row.take()?), row.take()?),
    })
}

/// One contradiction that waits for a person.
pub fn contradiction(tx: &mut Tx<'_>, conflict: i64) -> Result<Option<Contradiction>> {
    Ok(contradictions(tx, None, conflict - 1, 1)?.into_iter().find(|found| found.id == conflict))
}

/// A person has decided: they are as they are. Whether it was open.
pub fn resolve(tx: &mut Tx<'_>, conflict: i64, at: Timestamp) -> Result<bool> {
    let sql = "update conflict set resolved_at = $2 where conflict_id = $1 and resolved_at is null";
    Ok(tx.changed(sql, &[conflict.into(), at.into()])? > 0)
}

/// Contradictions between two devices are decided with them.
pub fn resolve_between(tx: &mut Tx<'_>, a: DeviceId, b: DeviceId, at: Timestamp) -> Result<()> {
    let sql =
        "update conflict set resolved_at = $3 where resolved_at is null and ((device_a = $1 and device_b = $2) or (device_a = $2 and device_b = $1))";
    tx.execute(sql, &[a.into(), b.into(), at.into()])
}
