//! Faults: those that the next laying must know, what laying opened, changed and moved on, and each fault's history.
//!
//! Comes in: [`Laid`] of the core, lives that people moved. Goes out: known faults. Absent on purpose: finding, how a life lies in its
//! row (`fault_life`), and lists for people (`view`).

use super::report::{from_json, json};
use super::{Param, Result, Row, Tx, fault_life};
use crate::domain::fault::{Event, Found, Known, Laid, Life, Moved, Origin, Severity};
use crate::domain::folded::fold;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Faults whose count is the devices in their shadow.
const SHADOWING: [&str; 2] = ["agent_silent", "infrastructure_silent"];
/// A fault closed longer ago comes back under no number: seven school days never span more (summer holidays of nine weeks).
pub const RECENT_S: i64 = 90 * 86_400;
/// Seconds by which a line of a history moves on so that none is lost, at most.
const CROWDED: i64 = 60;

/// Open faults of a school, and those closed lately.
pub fn known_faults(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Vec<Known>> {
    let sql = "
        select fault_id, code, fault_key, severity, count, opened_at, device_id, place_key, facts,
            state, state_at, origin, confirmed_at, lot, reports, external_ref, cleared_at, how_cleared, life
        from fault
        where school_id = $1 and (cleared_at is null or cleared_at >= $2)
        order by fault_id";
    tx.query(sql, &[school.into(), (now - RECENT_S).into()])?.iter_mut().map(known).collect()
}

/// Open faults of a school.
pub fn open_faults(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Known>> {
    let sql = "
        select fault_id, code, fault_key, severity, count, opened_at, device_id, place_key, facts,
            state, state_at, origin, confirmed_at, lot, reports, external_ref, cleared_at, how_cleared, life
        from fault
        where school_id = $1 and cleared_at is null
        order by fault_id";
    tx.query(sql, &[school.into()])?.iter_mut().map(known).collect()
}

/// One fault with its school.
pub fn by_id(tx: &mut Tx<'_>, fault: i64) -> Result<Option<(SchoolId, Known)>> {
    let sql = "
        select school_id, fault_id, code, fault_key, severity, count, opened_at, device_id, place_key, facts,
            state, state_at, origin, confirmed_at, lot, reports, external_ref, cleared_at, how_cleared, life
        from fault
        where fault_id = $1";
    tx.query_one(sql, &[fault.into()])?.map(|mut row| Ok((row.take()?, known(&mut row)?))).transpose()
}

fn known(row: &mut Row) -> Result<Known> {
    Ok(Known {
        fault_id: row.take()?,
        code: row.take()?,
        key: row.take()?,
        severity: severity_of(row.take()?),
        count: row.take()?,
        opened_at: row.take()?,
        device: row.take()?,
        place: row.take()?,
        facts: from_json("facts of a fault", &row.take::<String>()?)?,
        life: fault_life::take(row)?,
    })
}

/// Keys of the open faults of a school.
pub fn open_keys(tx: &mut Tx<'_>, school: SchoolId) -> Result<BTreeSet<String>> {
    let rows = tx.query("select fault_key from fault where school_id = $1 and cleared_at is null", &[school.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Opens, changes and moves on what laying said. Whether anything changed. Saying it twice changes nothing the second time.
pub fn save_laid(tx: &mut Tx<'_>, school: SchoolId, laid: &Laid, now: Timestamp) -> Result<bool> {
    for found in &laid.opened {
        open_found(tx, school, found, now)?;
    }
    for moved in &laid.moved {
        save_moved(tx, school, moved, now)?;
    }
    for (fault, found) in &laid.changed {
        change(tx, school, *fault, found)?;
    }
    Ok(!(laid.opened.is_empty() && laid.changed.is_empty() && laid.moved.is_empty()))
}

/// A fault that is new.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its key; empty: its number makes one.
    pub key: &'a str,
    /// How much it matters.
    pub severity: Severity,
    /// The device.
    pub device: Option<DeviceId>,
    /// The place; empty: none.
    pub place: &'a str,
    /// Since when the cause stands.
    pub opened_at: Timestamp,
    /// How many things it is about.
    pub count: u64,
    /// What fills its sentence.
    pub facts: &'a BTreeMap<&'static str, String>,
    /// Its life.
    pub life: &'a Life,
    /// The first line of its history.
    pub event: &'a Event,
    /// Who files it; empty: Rollcall.
    pub by: &'a str,
}

fn open_found(tx: &mut Tx<'_>, school: SchoolId, found: &Found, now: Timestamp) -> Result<()> {
    let new = New {
        code: found.code,
        key: &found.key,
        severity: found.severity,
        device: found.device,
        place: found.place.as_deref().unwrap_or(""),
        opened_at: found.since_at,
        count: found.count,
        facts: &found.facts,
        life: &Life::new(Origin::Look, now),
        event: &Event::of("opened"),
        by: "",
    };
    open(tx, school, &new).map(drop)
}

/// Opens a fault; its number, unless one of its key is open.
pub fn open(tx: &mut Tx<'_>, school: SchoolId, new: &New<'_>) -> Result<Option<i64>> {
    let sql = "
        insert into fault (school_id, fault_id, fault_key, code, severity, device_id, place_key, opened_at, confirmed_at, how_cleared,
            count, facts, shadow, state, state_at, origin, reports, life)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, $14, $15, $16, $17)
        on conflict (school_id, fault_key) where cleared_at is null do nothing";
    let id = tx.next_id("fault")?;
    let (facts, life) = (json(new.facts)?, fault_life::to_text(new.life)?);
    let key = if new.key.is_empty() { format!("{}/{id}", new.code) } else { new.key.to_owned() };
    let params: [Param<'_>; 17] = [
        school.into(),
        id.into(),
        (&key).into(),
        new.code.into(),
        severity_code(new.severity).into(),
        new.device.into(),
        new.place.into(),
        new.opened_at.into(),
        new.life.told_at.into(),
        new.count.into(),
        (&facts).into(),
        shadow(new.code, new.count).into(),
        new.life.state.code().into(),
        new.life.state_at.into(),
        new.life.origin.code().into(),
        new.life.reports.into(),
        (&life).into(),
    ];
    if tx.changed(sql, &params)? == 0 {
        return Ok(None);
    }
    add_event(tx, id, new.life.told_at, new.event.what, new.by, &new.event.said)?;
    Ok(Some(id))
}

fn save_moved(tx: &mut Tx<'_>, school: SchoolId, moved: &Moved, now: Timestamp) -> Result<()> {
    // Somebody moved it since it was laid: that marked the school, which is laid again.
    if by_id(tx, moved.known.fault_id)?.is_none_or(|(_, known)| known.life != moved.was) {
        return Ok(());
    }
    save_life(tx, school, moved.known.fault_id, &moved.known.life)?;
    // What is over is over when its life says so: of what is somebody's that is the day.
    let at = moved.known.life.closing.filter(|_| moved.was.closing.is_none()).map_or(now, |closing| closing.at);
    for event in &moved.events {
        add_event(tx, moved.known.fault_id, at, event.what, "", &event.said)?;
    }
    Ok(())
}

/// Writes where a life stands now.
pub fn save_life(tx: &mut Tx<'_>, school: SchoolId, fault: i64, life: &Life) -> Result<()> {
    let sql = "
        update fault
        set state = $3, state_at = $4, lot = $5, reports = $6, external_ref = $7, cleared_at = $8, how_cleared = $9, life = $10,
            external_folded = $11
        where school_id = $1 and fault_id = $2";
    let (text, folded) = (fault_life::to_text(life)?, fold(&life.external_ref));
    let params: [Param<'_>; 11] = [
        school.into(),
        fault.into(),
        life.state.code().into(),
        life.state_at.into(),
        (&life.lot).into(),
        life.reports.into(),
        (&life.external_ref).into(),
        life.closing.map(|closing| closing.at).into(),
        life.closing.map_or("", |closing| closing.how.code()).into(),
        (&text).into(),
        (&folded).into(),
    ];
    tx.execute(sql, &params)
}

fn change(tx: &mut Tx<'_>, school: SchoolId, fault: i64, found: &Found) -> Result<()> {
    let sql = "
        update fault
        set count = $3, facts = $4, shadow = $5, place_key = $6
        where school_id = $1 and fault_id = $2";
    let facts = json(&found.facts)?;
    let place = found.place.as_deref().unwrap_or("");
    tx.execute(sql, &[school.into(), fault.into(), found.count.into(), (&facts).into(), shadow(found.code, found.count).into(), place.into()])?;
    // These two stand in indexes: named only where they change.
    let sql = "update fault set severity = $3 where school_id = $1 and fault_id = $2 and severity <> $3";
    tx.execute(sql, &[school.into(), fault.into(), severity_code(found.severity).into()])?;
    let sql = "update fault set device_id = $3 where school_id = $1 and fault_id = $2 and coalesce(device_id, 0) <> coalesce($3, 0)";
    tx.execute(sql, &[school.into(), fault.into(), found.device.into()])
}

/// Faults that strike several schools at once have one cause: a power cut, a line, one agent that serves many, a
/// delivery to all of a phase.
const TOGETHER: [&str; 3] = ["ups_on_battery", "agent_silent", "late_milestone"];
/// At once: within this time of one another.
pub const INCIDENT_S: i64 = 600;

/// A fault that belongs to an incident of several schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its key within its school.
    pub key: String,
    /// Its code.
    pub code: &'static str,
    /// Number of the incident's first fault.
    pub incident: i64,
}

/// Lays faults that were opened now beside those of other schools: what began at the same time is one incident.
pub fn join_incidents(tx: &mut Tx<'_>, school: SchoolId, opened: &[Found], now: Timestamp) -> Result<Vec<Joined>> {
    let mut joined = Vec::new();
    for found in opened.iter().filter(|found| TOGETHER.contains(&found.code)) {
        tx.lock_incidents()?;
        let sql = "
            select fault_id, coalesce(incident_id, fault_id)
            from fault
            where code = $1 and cleared_at is null and school_id <> $2 and opened_at >= $3 and opened_at <= $4
            order by coalesce(incident_id, fault_id), fault_id
            limit 1";
        let (from, until) = (found.since_at - INCIDENT_S, found.since_at + INCIDENT_S);
        let Some(mut row) = tx.query_one(sql, &[found.code.into(), school.into(), from.into(), until.into()])? else { continue };
        let (other, incident): (i64, i64) = (row.take()?, row.take()?);
        let sql = "update fault set incident_id = $2 where fault_id = $1 and incident_id is null";
        tx.execute(sql, &[other.into(), incident.into()])?;
        let sql = "
            update fault
            set incident_id = $3
            where school_id = $1 and fault_key = $2 and cleared_at is null
            returning fault_id";
        if let Some(mut row) = tx.query_one(sql, &[school.into(), (&found.key).into(), incident.into()])? {
            add_event(tx, row.take()?, now, "incident", "", &incident.to_string())?;
            joined.push(Joined { key: found.key.clone(), code: found.code, incident });
        }
    }
    Ok(joined)
}

/// Who mends each open fault of a school, and which deadline breaks first: what a list is sorted by. Written where it changed; whether any did.
pub fn save_contracts(tx: &mut Tx<'_>, school: SchoolId, contract: impl Fn(&Known) -> (String, String, Option<Timestamp>)) -> Result<bool> {
    let sql = "select fault_id, breaks_at from fault where school_id = $1 and cleared_at is null and breaks_at is not null";
    let mut standing = BTreeMap::new();
    for mut row in tx.query(sql, &[school.into()])? {
        let (id, at): (i64, Timestamp) = (row.take()?, row.take()?);
        standing.insert(id, at);
    }
    let mut changed = false;
    for known in open_faults(tx, school)? {
        let (lot, contractor, breaks_at) = contract(&known);
        if known.life.lot != lot || known.life.contractor != contractor {
            save_life(tx, school, known.fault_id, &Life { lot, contractor, ..known.life.clone() })?;
            changed = true;
        }
        if standing.get(&known.fault_id).copied() != breaks_at {
            let sql = "update fault set breaks_at = $3 where school_id = $1 and fault_id = $2";
            tx.execute(sql, &[school.into(), known.fault_id.into(), breaks_at.into()])?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Adds a line to a fault's history: the same line of the same moment once.
pub fn add_event(tx: &mut Tx<'_>, fault: i64, at: Timestamp, what: &str, by_whom: &str, said: &str) -> Result<()> {
    let sql = "
        insert into fault_event (fault_id, at, what, by_whom, said)
        values ($1, $2, $3, $4, $5)
        on conflict (fault_id, at, what) do nothing";
    tx.execute(sql, &[fault.into(), at.into(), what.into(), by_whom.into(), said.into()])
}

/// Adds what a person did: two words of one second are two lines.
pub fn add_said(tx: &mut Tx<'_>, fault: i64, at: Timestamp, what: &str, by_whom: &str, said: &str) -> Result<()> {
    let sql = "select 1 from fault_event where fault_id = $1 and at = $2 and what = $3";
    let mut free_at = at;
    while free_at.since_s(at) < CROWDED && tx.query_one(sql, &[fault.into(), free_at.into(), what.into()])?.is_some() {
        free_at = free_at + 1;
    }
    add_event(tx, fault, free_at, what, by_whom, said)
}

/// Open faults of one device, by number.
pub fn open_of_device(tx: &mut Tx<'_>, device: DeviceId) -> Result<Vec<i64>> {
    let rows = tx.query("select fault_id from fault where device_id = $1 and cleared_at is null order by fault_id", &[device.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

fn shadow(code: &str, count: u64) -> u64 {
    if SHADOWING.contains(&code) { count } else { 0 }
}

/// Severities as tables hold them: the greater the graver, so that a maximum is the gravest.
const SEVERITIES: &[(i64, Severity)] = &[(3, Severity::Critical), (2, Severity::Major), (1, Severity::Minor)];

/// The number of a severity in tables.
pub fn severity_code(severity: Severity) -> i64 {
    SEVERITIES.iter().find(|(_, known)| *known == severity).map_or(0, |(code, _)| *code)
}

/// The severity of a number in tables.
pub fn severity_of(code: i64) -> Option<Severity> {
    SEVERITIES.iter().find(|(known, _)| *known == code).map(|(_, severity)| *severity)
}
