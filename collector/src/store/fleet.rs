//! Devices as last known, their keys, presence, timeline, conflicts and seats.
//!
//! Comes in: what [`crate::domain::fleet`] says changed. Goes out: devices. Absent on purpose: any write for a device that was
//! seen again unchanged, and any conclusion.

use super::report::{from_json, json};
use super::retention::COMES_AND_GOES;
use super::school::move_fleet_seq;
use super::{Param, Result, Row, Tx, reading};
use crate::domain::device::{Address, Attachment, Device, Key, KeyRank, Part, PartSort, Sign, StandingSign, Why};
use crate::domain::fleet::{Change, Conflict, Event};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::reconcile::OpenConflict;
use rollcall_shared::{AgentId, DeviceId, Mac, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Open conflicts of one school that a settle looks at.
const MOST_CONFLICTS: i64 = 200;

/// All devices of a school, by id.
pub fn devices_of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Device>> {
    let sql = "
        select school_id, device_id, kind, vendor, model, serial, name, os, os_version, firmware, place_at, place_device, place_port,
            network, keys, addresses, parts, signs, probes, why, confidence, first_seen_at, present, turned_at, turned_round
        from device
        where school_id = $1
        order by device_id";
    tx.query(sql, &[school.into()])?.into_iter().map(device_of).collect()
}

/// Every device of a school without the grounds of what is known of it: nothing that is judged hangs on them, and they are most of a row.
pub fn devices_without_grounds(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Device>> {
    let sql = "
        select school_id, device_id, kind, vendor, model, serial, name, os, os_version, firmware, place_at, place_device, place_port,
            network, keys, addresses, parts, signs, probes, '[]', confidence, first_seen_at, present, turned_at, turned_round
        from device
        where school_id = $1
        order by device_id";
    tx.query(sql, &[school.into()])?.into_iter().map(device_of).collect()
}

/// One device.
pub fn device(tx: &mut Tx<'_>, device: DeviceId) -> Result<Option<Device>> {
    let sql = "
        select school_id, device_id, kind, vendor, model, serial, name, os, os_version, firmware, place_at, place_device, place_port,
            network, keys, addresses, parts, signs, probes, why, confidence, first_seen_at, present, turned_at, turned_round
        from device
        where device_id = $1";
    tx.query_one(sql, &[device.into()])?.map(device_of).transpose()
}

/// Devices anywhere that own one of the keys; names are no keys beyond a school and are passed over.
pub fn devices_by_keys(tx: &mut Tx<'_>, keys: &[Key]) -> Result<Vec<Device>> {
    let sql = "
        select distinct device_id
        from device_key
        where (rank = $1 and value = $2) or (rank = $3 and value = $4) or (rank = $5 and value = $6) or (rank = $7 and value = $8)";
    let strong: Vec<&Key> = keys.iter().filter(|key| key.rank != KeyRank::Name).collect();
    let mut owners: BTreeSet<DeviceId> = BTreeSet::new();
    for four in strong.chunks(4) {
        let at = |index: usize| four.get(index).map_or((Param::Int(0), Param::Text("")), |key| (rank_code(key.rank).into(), (&key.text).into()));
        let [(a, b), (c, d), (e, f), (g, h)] = [at(0), at(1), at(2), at(3)];
        for mut row in tx.query(sql, &[a, b, c, d, e, f, g, h])? {
            owners.insert(row.take()?);
        }
    }
    let mut devices = Vec::with_capacity(owners.len());
    for owner in owners {
        devices.extend(device(tx, owner)?);
    }
    Ok(devices)
}

/// Saves the changes of one look; the schools whose devices they are, each written once more by that.
pub fn save_changes(tx: &mut Tx<'_>, changes: &[Change], agent: AgentId, at: Timestamp) -> Result<BTreeSet<SchoolId>> {
    let mut schools = BTreeSet::new();
    for change in changes {
        save_change(tx, change, agent, at)?;
        schools.extend(change.before.as_ref().map(|before| before.school));
        schools.insert(change.after.school);
    }
    schools.iter().try_for_each(|school| move_fleet_seq(tx, *school))?;
    Ok(schools)
}

/// Saves one change: the device, its keys, the interval of presence that it closed, its timeline.
///
/// `agent` is the one whose round it was; `at` the end of that round.
fn save_change(tx: &mut Tx<'_>, change: &Change, agent: AgentId, at: Timestamp) -> Result<()> {
    let after = &change.after;
    match &change.before {
        None => insert_device(tx, after, agent)?,
        Some(before) => {
            if before.school != after.school {
                move_device(tx, after.id, before.school, after.school)?;
            }
            update_device(tx, before, after, agent)?;
            if before.present && (!after.present || before.school != after.school) {
                close_presence(tx, before, after.turned_at)?;
            }
        }
    }
    let known = change.before.as_ref().map_or(&[][..], |before| &before.keys);
    for key in after.keys.iter().filter(|key| key.rank != KeyRank::Name && !known.contains(key)) {
        let sql = "
            insert into device_key (rank, value, device_id, since_at)
            values ($1, $2, $3, $4)
            on conflict (rank, value) do nothing";
        tx.execute(sql, &[rank_code(key.rank).into(), (&key.text).into(), after.id.into(), at.into()])?;
    }
    change.events.iter().try_for_each(|event| add_event(tx, after.school, after.id, at, event))
}

pub(super) fn insert_device(tx: &mut Tx<'_>, device: &Device, agent: AgentId) -> Result<()> {
    let sql = "
        insert into device (school_id, device_id, kind, vendor, model, serial, name, os, os_version, firmware,
            place_at, place_device, place_port, keys, addresses, parts, signs, probes, why, confidence,
            present, turned_at, turned_round, agent_id, network, first_seen_at, serial_folded, name_folded)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
        on conflict (school_id, device_id) do nothing";
    let texts = DeviceTexts::of(device)?;
    let mut params = texts.params(device, agent);
    let (serial, name) = (device.serial.as_deref().map(fold), device.name.as_deref().map(fold));
    params.extend::<[Param<'_>; 3]>([device.first_seen_at.into(), (&serial).into(), (&name).into()]);
    tx.execute(sql, &params)
}

/// Names no indexed column in `set`: SQLite would rewrite the entry of its index, changed or not.
pub(super) fn update_device(tx: &mut Tx<'_>, before: &Device, after: &Device, agent: AgentId) -> Result<()> {
    let sql = "
        update device
        set kind = $3, vendor = $4, model = $5, serial = $6, name = $7, os = $8, os_version = $9, firmware = $10,
            place_at = $11, place_device = $12, place_port = $13, keys = $14, addresses = $15, parts = $16, signs = $17, probes = $18,
            why = $19, confidence = $20, present = $21, turned_at = $22, turned_round = $23, agent_id = $24, network = $25
        where school_id = $1 and device_id = $2";
    let texts = DeviceTexts::of(after)?;
    tx.execute(sql, &texts.params(after, agent))?;
    if before.serial != after.serial {
        let folded = after.serial.as_deref().map(fold);
        let sql = "update device set serial_folded = $3 where school_id = $1 and device_id = $2";
        tx.execute(sql, &[after.school.into(), after.id.into(), (&folded).into()])?;
    }
    if before.name != after.name {
        let folded = after.name.as_deref().map(fold);
        let sql = "update device set name_folded = $3 where school_id = $1 and device_id = $2";
        tx.execute(sql, &[after.school.into(), after.id.into(), (&folded).into()])?;
    }
    Ok(())
}

/// Its readings go along; its past (presence, timeline) stays where it happened.
pub(super) fn move_device(tx: &mut Tx<'_>, device: DeviceId, from: SchoolId, to: SchoolId) -> Result<()> {
    let params: [Param<'_>; 3] = [from.into(), device.into(), to.into()];
    tx.execute("update device set school_id = $3 where school_id = $1 and device_id = $2", &params)?;
    reading::move_device(tx, device, from, to)
}

/// Notes an interval in which a device was there; not of one that is somebody's own business.
pub(super) fn close_presence(tx: &mut Tx<'_>, before: &Device, until: Timestamp) -> Result<()> {
    let sql = "
        insert into presence (school_id, device_id, from_at, until_at)
        select $1, $2, $3, $4
        where not exists (select 1 from personal where device_id = $2)
        on conflict (school_id, device_id, from_at) do nothing";
    tx.execute(sql, &[before.school.into(), before.id.into(), before.turned_at.into(), until.into()])
}

/// Adds a line to a device's timeline; not of the comings and goings of one that is somebody's own business.
pub fn add_event(tx: &mut Tx<'_>, school: SchoolId, device: DeviceId, at: Timestamp, event: &Event) -> Result<()> {
    let sql = "
        insert into device_event (school_id, device_id, at, what, was, becomes)
        select $1, $2, $3, $4, $5, $6
        where not ($7 and exists (select 1 from personal where device_id = $2))
        on conflict (school_id, at, device_id, what) do nothing";
    let moves = COMES_AND_GOES.contains(&event.what);
    let params: [Param<'_>; 7] =
        [school.into(), device.into(), at.into(), event.what.into(), (&event.was).into(), (&event.becomes).into(), moves.into()];
    tx.execute(sql, &params)
}

/// Conflicts of a school that nobody has resolved.
pub fn open_conflicts(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<OpenConflict>> {
    let sql = "
        select device_a, device_b, key_text, reason, at
        from conflict
        where school_id = $1 and resolved_at is null
        order by conflict_id
        limit $2";
    let rows = tx.query(sql, &[school.into(), MOST_CONFLICTS.into()])?;
    rows.into_iter()
        .map(|mut row| {
            let (device, other): (DeviceId, DeviceId) = (row.take()?, row.take()?);
            Ok(OpenConflict { device, other: (other.0 != 0).then_some(other), key: row.take()?, reason: row.take()?, at: row.take()? })
        })
        .collect()
}

/// Keeps conflicts, each once for ever: a decision sticks.
pub fn save_conflicts(tx: &mut Tx<'_>, school: SchoolId, conflicts: &[Conflict], at: Timestamp) -> Result<()> {
    for conflict in conflicts {
        let other = conflict.other.unwrap_or(DeviceId(0));
        let known = "select 1 from conflict where device_a = $1 and device_b = $2 and key_rank = $3 and key_text = $4";
        let (rank, text) = (rank_code(conflict.key.rank), conflict.key.text.as_str());
        if tx.query_one(known, &[conflict.device.into(), other.into(), rank.into(), text.into()])?.is_some() {
            continue;
        }
        let id = tx.next_id("conflict")?;
        let sql = "
            insert into conflict (school_id, conflict_id, at, device_a, device_b, key_rank, key_text, reason)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (device_a, device_b, key_rank, key_text) do nothing";
        let params: [Param<'_>; 8] =
            [school.into(), id.into(), at.into(), conflict.device.into(), other.into(), rank.into(), text.into(), (&conflict.reason).into()];
        tx.execute(sql, &params)?;
    }
    Ok(())
}

/// Sets a count of what has no identity; the same count again writes nothing.
pub fn save_seats(tx: &mut Tx<'_>, school: SchoolId, network: &str, what: &str, count: u64, at: Timestamp) -> Result<()> {
    let sql = "
        insert into seat_count (school_id, network, what, count, at)
        values ($1, $2, $3, $4, $5)
        on conflict (school_id, network, what) do update
        set count = excluded.count, at = excluded.at
        where seat_count.count <> excluded.count";
    tx.execute(sql, &[school.into(), network.into(), what.into(), count.into(), at.into()])
}

/// What goes into the JSON columns of a device, made once for insert and update.
struct DeviceTexts {
    place_at: Option<String>,
    keys: String,
    addresses: String,
    parts: String,
    signs: String,
    probes: String,
    why: String,
}

type KeyRow<'a> = (i64, &'a str);
type AddressRow = (Option<Mac>, Option<IpAddr>);
type PartRow<'a> = (i64, &'a str, &'a str, f64);
type SignRow<'a> = (&'a str, bool, &'a str, &'a str, &'a str, i64, u64);
type WhyRow<'a> = (&'a str, &'a str, &'a str, &'a str, u8);

impl DeviceTexts {
    fn of(device: &Device) -> Result<DeviceTexts> {
        let keys: Vec<KeyRow<'_>> = device.keys.iter().map(|key| (rank_code(key.rank), key.text.as_str())).collect();
        let addresses: Vec<AddressRow> = device.addresses.iter().map(|address| (address.mac, address.ip)).collect();
        let parts: Vec<PartRow<'_>> =
            device.parts.iter().map(|part| (sort_code(part.sort), part.key.as_str(), part.label.as_str(), part.capacity)).collect();
        let signs: Vec<SignRow<'_>> = device
            .signs
            .iter()
            .map(|StandingSign { sign, since_at, since_round }| {
                (sign.code, sign.grave, sign.instance.as_str(), sign.probe.as_str(), sign.ground.as_str(), since_at.0, *since_round)
            })
            .collect();
        let why: Vec<WhyRow<'_>> =
            device.why.iter().map(|why| (why.about, why.value.as_str(), why.probe.as_str(), why.ground.as_str(), why.confidence)).collect();
        Ok(DeviceTexts {
            place_at: device.place.as_ref().map(|place| place.at.to_string()),
            keys: json(&keys)?,
            addresses: json(&addresses)?,
            parts: json(&parts)?,
            signs: json(&signs)?,
            probes: json(&device.probes)?,
            why: json(&why)?,
        })
    }

    /// Parameters `$1` to `$25`, the same in insert and update.
    fn params<'a>(&'a self, device: &'a Device, agent: AgentId) -> Vec<Param<'a>> {
        let place = device.place.as_ref();
        vec![
            device.school.into(),
            device.id.into(),
            device.kind.map(Kind::code).into(),
            (&device.vendor).into(),
            (&device.model).into(),
            (&device.serial).into(),
            (&device.name).into(),
            (&device.os).into(),
            (&device.os_version).into(),
            (&device.firmware).into(),
            (&self.place_at).into(),
            place.map(|place| place.device.as_str()).into(),
            place.map(|place| place.port.as_str()).into(),
            (&self.keys).into(),
            (&self.addresses).into(),
            (&self.parts).into(),
            (&self.signs).into(),
            (&self.probes).into(),
            (&self.why).into(),
            device.confidence.into(),
            device.present.into(),
            device.turned_at.into(),
            device.turned_round.into(),
            agent.into(),
            (&device.network).into(),
        ]
    }
}

pub(super) fn device_of(mut row: Row) -> Result<Device> {
    let (school, id) = (row.take()?, row.take()?);
    let kind = row.take::<Option<String>>()?.as_deref().and_then(Kind::from_code);
    let (vendor, model, serial, name) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (os, os_version, firmware) = (row.take()?, row.take()?, row.take()?);
    let place = place_of(row.take()?, row.take()?, row.take()?);
    let network = row.take()?;
    Ok(Device {
        id,
        school,
        network,
        kind,
        vendor,
        model,
        os,
        os_version,
        serial,
        firmware,
        name,
        place,
        keys: keys_of(&row.take::<String>()?)?,
        addresses: addresses_of(&row.take::<String>()?)?,
        parts: parts_of(&row.take::<String>()?)?,
        signs: signs_of(&row.take::<String>()?)?,
        probes: from_json("probes of a device", &row.take::<String>()?)?,
        why: why_of(&row.take::<String>()?)?,
        confidence: row.take()?,
        first_seen_at: row.take()?,
        present: row.take()?,
        turned_at: row.take()?,
        turned_round: row.take()?,
    })
}

fn place_of(at: Option<String>, device: Option<String>, port: Option<String>) -> Option<Attachment> {
    Some(Attachment { at: at?.parse().ok()?, device: device?, port: port? })
}

pub(super) fn keys_of(text: &str) -> Result<Vec<Key>> {
    let list: Vec<(i64, String)> = from_json("keys of a device", text)?;
    Ok(list.into_iter().filter_map(|(rank, text)| Some(Key { rank: rank_of(rank)?, text })).collect())
}

pub(super) fn addresses_of(text: &str) -> Result<Vec<Address>> {
    let list: Vec<AddressRow> = from_json("addresses of a device", text)?;
    Ok(list.into_iter().map(|(mac, ip)| Address { mac, ip }).collect())
}

fn parts_of(text: &str) -> Result<Vec<Part>> {
    let list: Vec<(i64, String, String, f64)> = from_json("parts of a device", text)?;
    Ok(list.into_iter().filter_map(|(sort, key, label, capacity)| Some(Part { sort: sort_of(sort)?, key, label, capacity })).collect())
}

fn signs_of(text: &str) -> Result<Vec<StandingSign>> {
    let list: Vec<(String, bool, String, String, String, i64, u64)> = from_json("signs of a device", text)?;
    Ok(list
        .into_iter()
        .map(|(code, grave, instance, probe, ground, since_at, since_round)| StandingSign {
            sign: Sign { code: constant(&code), grave, instance, probe, ground },
            since_at: Timestamp(since_at),
            since_round,
        })
        .collect())
}

fn why_of(text: &str) -> Result<Vec<Why>> {
    let list: Vec<(String, String, String, String, u8)> = from_json("grounds of a device", text)?;
    Ok(list.into_iter().map(|(about, value, probe, ground, confidence)| Why { about: constant(&about), value, probe, ground, confidence }).collect())
}

/// Ranks and part sorts as tables hold them; numbers are for ever.
const RANKS: &[(i64, KeyRank)] = &[(1, KeyRank::Serial), (2, KeyRank::Mac), (3, KeyRank::Uuid), (4, KeyRank::Uem), (5, KeyRank::Name)];
const SORTS: &[(i64, PartSort)] = &[
    (1, PartSort::Volume),
    (2, PartSort::Supply),
    (3, PartSort::Receptacle),
    (4, PartSort::Backup),
    (5, PartSort::Certificate),
    (6, PartSort::PoeBudget),
    (7, PartSort::Port),
    (8, PartSort::Disk),
    (9, PartSort::Note),
    (10, PartSort::Tray),
    (11, PartSort::Radio),
];

pub(super) fn rank_code(rank: KeyRank) -> i64 {
    RANKS.iter().find(|(_, known)| *known == rank).map_or(0, |(code, _)| *code)
}

pub(super) fn rank_of(code: i64) -> Option<KeyRank> {
    RANKS.iter().find(|(known, _)| *known == code).map(|(_, rank)| *rank)
}

fn sort_code(sort: PartSort) -> i64 {
    SORTS.iter().find(|(_, known)| *known == sort).map_or(0, |(code, _)| *code)
}

fn sort_of(code: i64) -> Option<PartSort> {
    SORTS.iter().find(|(known, _)| *known == code).map(|(_, sort)| *sort)
}

/// Most different constants that [`constant`] keeps; the program has far fewer, so more means a database changed by hand.
const CONSTANTS_MOST: usize = 512;

/// The one copy of a short constant that the program itself once wrote (`about` of a ground, code of a sign).
pub(super) fn constant(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeMap<String, &'static str>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(constant) = known.get(text) {
        return constant;
    }
    if known.len() >= CONSTANTS_MOST {
        return "other";
    }
    let constant: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(text.to_owned(), constant);
    constant
}
