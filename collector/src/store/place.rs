//! Places as they were last laid beside the fleet, and the counts that overviews read.
//!
//! Comes in: what `reconcile` and [`crate::domain::place`] found. Goes out: who stood where. Absent on purpose: any laying, and
//! any write for a place that is as it was.

use super::{Param, Result, Row, Tx};
use crate::domain::kind::{Kind, KnownBy};
use crate::domain::place::{Aside, Life, Outcome, Place, Reason};
use jiff::civil::Date;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One place with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The place.
    pub place: Place,
    /// Its due date as written; empty: undated.
    pub due_text: String,
    /// Who stands there.
    pub device: Option<DeviceId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why this device.
    pub reason: Option<Reason>,
}

/// Who stood where at the last laying, by key of the place.
pub fn before(tx: &mut Tx<'_>, school: SchoolId) -> Result<BTreeMap<String, DeviceId>> {
    let sql = "
        select place_key, device_id
        from place
        where school_id = $1 and device_id is not null";
    tx.query(sql, &[school.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Saves the places of a school: new and changed ones are written, those that are no more are taken out. Whether anything changed.
pub fn save_places(tx: &mut Tx<'_>, school: SchoolId, places: &[Standing], now: Timestamp) -> Result<bool> {
    let stored = stored(tx, school)?;
    let mut known: HashMap<&str, &Stored> = stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
    let mut changed = false;
    for standing in places {
        let cells = cells_of(standing);
        let since_at = match known.remove(standing.place.key.as_str()) {
            Some(old) if old.cells() == cells => continue,
            Some(old) if old.outcome == cells.outcome && old.device == cells.device => old.since_at,
            _ => now,
        };
        changed = true;
        write_place(tx, school, &standing.place.key, &cells, since_at)?;
    }
    let gone: BTreeSet<&str> = known.into_keys().collect();
    for key in gone {
        changed = true;
        tx.execute("delete from place where school_id = $1 and place_key = $2", &[school.into(), key.into()])?;
    }
    Ok(changed)
}

/// A place as its row holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cells<'a> {
    kind: &'a str,
    room: &'a str,
    kit: &'a str,
    phase: &'a str,
    model: &'a str,
    label: &'a str,
    due_on: Option<i64>,
    due_text: &'a str,
    known_by: &'a str,
    device: Option<DeviceId>,
    pinned: bool,
    outcome: &'a str,
    reason: &'a str,
}

fn cells_of(standing: &Standing) -> Cells<'_> {
    let place = &standing.place;
    Cells {
        kind: place.kind.code(),
        room: place.room.as_deref().unwrap_or_default(),
        kit: &place.kit,
        phase: &place.phase,
        model: place.model.as_deref().unwrap_or_default(),
        label: place.pinned.as_deref().unwrap_or_default(),
        due_on: place.due.map(|(_, last)| days(last)),
        due_text: &standing.due_text,
        known_by: known_by_code(place.known_by),
        device: standing.device,
        pinned: standing.reason == Some(Reason::Pinned),
        outcome: standing.outcome.code(),
        reason: standing.reason.map_or("", Reason::code),
    }
}

/// A row that was read.
struct Stored {
    key: String,
    kind: String,
    room: String,
    kit: String,
    phase: String,
    model: String,
    label: String,
    due_on: Option<i64>,
    due_text: String,
    known_by: String,
    device: Option<DeviceId>,
    pinned: bool,
    outcome: String,
    reason: String,
    since_at: Timestamp,
}

impl Stored {
    fn cells(&self) -> Cells<'_> {
        Cells {
            kind: &self.kind,
            room: &self.room,
            kit: &self.kit,
            phase: &self.phase,
            model: &self.model,
            label: &self.label,
            due_on: self.due_on,
            due_text: &self.due_text,
            known_by: &self.known_by,
            device: self.device,
            pinned: self.pinned,
            outcome: &self.outcome,
            reason: &self.reason,
        }
    }
}

fn stored(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Stored>> {
    let sql = "
        select place_key, kind, room, kit, phase, model, label, due_on, due_text, known_by, device_id, pinned, outcome, reason, since_at
        from place
        where school_id = $1";
    let read = |mut row: Row| {
        Ok(Stored {
            key: row.take()?,
            kind: row.take()?,
            room: row.take()?,
            kit: row.take()?,
            phase: row.take()?,
            model: row.take()?,
            label: row.take()?,
            due_on: row.take()?,
            due_text: row.take()?,
            known_by: row.take()?,
            device: row.take()?,
            pinned: row.take()?,
            outcome: row.take()?,
            reason: row.take()?,
            since_at: row.take()?,
        })
    };
    tx.query(sql, &[school.into()])?.into_iter().map(read).collect()
}

fn write_place(tx: &mut Tx<'_>, school: SchoolId, key: &str, cells: &Cells<'_>, since_at: Timestamp) -> Result<()> {
    let sql = "
        insert into place (school_id, place_key, kind, room, kit, phase, model, label, due_on, due_text, known_by, device_id, pinned,
            outcome, reason, since_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (school_id, place_key) do update
        set kind = excluded.kind, room = excluded.room, kit = excluded.kit, phase = excluded.phase, model = excluded.model,
            label = excluded.label, due_on = excluded.due_on, due_text = excluded.due_text, known_by = excluded.known_by,
            device_id = excluded.device_id, pinned = excluded.pinned, outcome = excluded.outcome, reason = excluded.reason,
            since_at = excluded.since_at";
    let params: [Param<'_>; 16] = [
        school.into(),
        key.into(),
        cells.kind.into(),
        cells.room.into(),
        cells.kit.into(),
        cells.phase.into(),
        cells.model.into(),
        cells.label.into(),
        cells.due_on.into(),
        cells.due_text.into(),
        cells.known_by.into(),
        cells.device.into(),
        cells.pinned.into(),
        cells.outcome.into(),
        cells.reason.into(),
        since_at.into(),
    ];
    tx.execute(sql, &params)
}

/// Saves what devices of a school are that fill no place; those that no place asks for are left out. Whether anything changed.
pub fn save_aside(tx: &mut Tx<'_>, school: SchoolId, aside: &BTreeMap<DeviceId, Aside>, now: Timestamp) -> Result<bool> {
    let mut known: BTreeMap<DeviceId, String> = BTreeMap::new();
    for mut row in tx.query("select device_id, what from aside where school_id = $1", &[school.into()])? {
        known.insert(row.take()?, row.take()?);
    }
    let mut changed = false;
    for (device, what) in aside.iter().filter(|(_, what)| **what != Aside::NotPlanned) {
        if known.remove(device).as_deref() == Some(what.code()) {
            continue;
        }
        changed = true;
        let sql = "
            insert into aside (school_id, device_id, what, since_at)
            values ($1, $2, $3, $4)
            on conflict (school_id, device_id) do update
            set what = excluded.what, since_at = excluded.since_at";
        tx.execute(sql, &[school.into(), (*device).into(), what.code().into(), now.into()])?;
    }
    for device in known.keys() {
        changed = true;
        tx.execute("delete from aside where school_id = $1 and device_id = $2", &[school.into(), (*device).into()])?;
    }
    Ok(changed)
}

/// Saves which lot would mend which device of a school.
pub fn save_device_lots(tx: &mut Tx<'_>, school: SchoolId, lots: &BTreeMap<DeviceId, String>) -> Result<()> {
    let mut known: BTreeMap<DeviceId, String> = BTreeMap::new();
    for mut row in tx.query("select device_id, lot from device_lot where school_id = $1", &[school.into()])? {
        known.insert(row.take()?, row.take()?);
    }
    for (device, lot) in lots {
        if known.remove(device).as_ref() == Some(lot) {
            continue;
        }
        let sql = "
            insert into device_lot (school_id, device_id, lot)
            values ($1, $2, $3)
            on conflict (school_id, device_id) do update
            set lot = excluded.lot";
        tx.execute(sql, &[school.into(), (*device).into(), lot.into()])?;
    }
    for device in known.keys() {
        tx.execute("delete from device_lot where school_id = $1 and device_id = $2", &[school.into(), (*device).into()])?;
    }
    Ok(())
}

/// Counts of places, of a phase and kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    planned: u64,
    due: u64,
    installed: u64,
    missing: u64,
    faulty: u64,
}

impl Tally {
    /// What the plan does not ask for (what was there before it, what is over) is not counted.
    fn add(&mut self, standing: &Standing, today: Date) {
        if !matches!(standing.place.life, Life::Open | Life::Replaces) {
            return;
        }
        self.planned += 1;
        self.due += u64::from(standing.place.due.is_some_and(|(_, last)| last < today));
        self.installed += u64::from(standing.outcome.is_filled());
        self.missing += u64::from(standing.outcome == Outcome::DueMissing);
        self.faulty += u64::from(standing.outcome == Outcome::InstalledFaulty);
    }
}

/// Saves a school's counts, after its places and faults: `shadow` says that an agent is silent, `newest_at` how fresh all is.
pub fn save_counts(tx: &mut Tx<'_>, school: SchoolId, places: &[Standing], today: Date, shadow: bool, newest_at: Timestamp) -> Result<()> {
    let mut all = Tally::default();
    let mut by_phase: BTreeMap<(String, Kind), Tally> = BTreeMap::new();
    for standing in places {
        all.add(standing, today);
        by_phase.entry((standing.place.phase.clone(), standing.place.kind)).or_default().add(standing, today);
    }
    save_school_count(tx, school, all, shadow, newest_at)?;
    let sql = "select phase, kind, planned, due, installed, missing, faulty from phase_count where school_id = $1";
    let mut known: BTreeMap<(String, String), Tally> = BTreeMap::new();
    for mut row in tx.query(sql, &[school.into()])? {
        let key = (row.take()?, row.take()?);
        let tally = Tally { planned: row.take()?, due: row.take()?, installed: row.take()?, missing: row.take()?, faulty: row.take()? };
        known.insert(key, tally);
    }
    for ((phase, kind), tally) in by_phase {
        let key = (phase, kind.code().to_owned());
        if known.remove(&key) != Some(tally) {
            save_phase_count(tx, school, &key, tally)?;
        }
    }
    for (phase, kind) in known.keys() {
        let sql = "delete from phase_count where school_id = $1 and phase = $2 and kind = $3";
        tx.execute(sql, &[school.into(), phase.into(), kind.into()])?;
    }
    Ok(())
}

fn save_phase_count(tx: &mut Tx<'_>, school: SchoolId, (phase, kind): &(String, String), tally: Tally) -> Result<()> {
    let sql = "
        insert into phase_count (school_id, phase, kind, planned, due, installed, missing, faulty)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (school_id, phase, kind) do update
        set planned = excluded.planned, due = excluded.due, installed = excluded.installed, missing = excluded.missing,
            faulty = excluded.faulty";
    let params: [Param<'_>; 8] = [
        school.into(),
        phase.into(),
        kind.into(),
        tally.planned.into(),
        tally.due.into(),
        tally.installed.into(),
        tally.missing.into(),
        tally.faulty.into(),
    ];
    tx.execute(sql, &params)
}

/// Devices, faults and visitors are counted where they stand; the same counts again write nothing.
fn save_school_count(tx: &mut Tx<'_>, school: SchoolId, tally: Tally, shadow: bool, newest_at: Timestamp) -> Result<()> {
    let sql = "
        insert into school_count (school_id, planned, due, installed, missing, faulty, shadow, newest_at,
            devices, present, critical, major, minor, visitors)
        values ($1, $2, $3, $4, $5, $6, $7, $8,
            (select count(*) from device where school_id = $1 and probes <> '[]'),
            (select count(*) from device where school_id = $1 and present),
            (select count(*) from fault where school_id = $1 and cleared_at is null and severity = 3),
            (select count(*) from fault where school_id = $1 and cleared_at is null and severity = 2),
            (select count(*) from fault where school_id = $1 and cleared_at is null and severity = 1),
            (select cast(coalesce(sum(count), 0) as bigint) from seat_count where school_id = $1))
        on conflict (school_id) do update
        set planned = excluded.planned, due = excluded.due, installed = excluded.installed, missing = excluded.missing,
            faulty = excluded.faulty, shadow = excluded.shadow, newest_at = excluded.newest_at, devices = excluded.devices,
            present = excluded.present, critical = excluded.critical, major = excluded.major, minor = excluded.minor,
            visitors = excluded.visitors";
    let params: [Param<'_>; 8] = [
        school.into(),
        tally.planned.into(),
        tally.due.into(),
        tally.installed.into(),
        tally.missing.into(),
        tally.faulty.into(),
        shadow.into(),
        newest_at.into(),
    ];
    tx.execute(sql, &params)
}

/// Days since 1970-01-01.
fn days(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

fn known_by_code(known_by: KnownBy) -> &'static str {
    match known_by {
        KnownBy::Seen => "seen",
        KnownBy::Through => "through",
        KnownBy::Hand => "hand",
    }
}
