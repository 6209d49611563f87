//! Settings of presence, and what of its past judging wants: intervals of single devices, stretches in a shadow.
//!
//! Comes in: settings as people change them. Goes out: settings by school, intervals, shadows. Absent on purpose: writing intervals (`fleet`), judging
//! (`domain/presence`).

use super::holiday::CHANGES;
use super::{Param, Result, Tx, report};
use crate::domain::kind::Kind;
use crate::domain::presence::{Caster, Settings, Shadow, Usage};
use rollcall_shared::{AgentId, DeviceId, SchoolId, Timestamp};
use std::collections::BTreeMap;

/// The school under whose number the town's own settings stand.
pub const TOWN: SchoolId = SchoolId(0);
/// Shadows that ended longer ago than this are not looked at: two summers.
const SHADOWS_S: i64 = 500 * 86_400;
/// Most shadows looked at, the newest first.
const MOST_SHADOWS: u32 = 200;
/// Most intervals read of one device.
const MOST_INTERVALS: u32 = 2_000;

/// One setting: its name and value as tables hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Days unseen after which a kind is silent; 0: never.
    Threshold(Kind, u32),
    /// The school cuts its power in holidays.
    CutsPowerInHolidays(bool),
    /// It cuts its power at night, from this minute of the day to that.
    NightCut(u16, u16),
    /// A room that is used otherwise than in term.
    RoomUse(String, Usage),
}

impl Setting {
    /// Its name: what it is a setting of.
    pub fn name(&self) -> String {
        match self {
            Setting::Threshold(kind, _) => threshold_name(*kind),
            Setting::CutsPowerInHolidays(_) => "power/holidays".to_owned(),
            Setting::NightCut(..) => "power/night".to_owned(),
            Setting::RoomUse(room, _) => format!("room/{room}"),
        }
    }

    /// Its value, as tables and the audit trail hold it.
    pub fn value(&self) -> String {
        match self {
            Setting::Threshold(_, days) => days.to_string(),
            Setting::CutsPowerInHolidays(cuts) => cuts.to_string(),
            Setting::NightCut(off, on) => format!("{off}-{on}"),
            Setting::RoomUse(_, usage) => usage.code().to_owned(),
        }
    }

    fn read(name: &str, value: &str) -> Option<Setting> {
        match name.split_once('/')? {
            ("days", kind) => Some(Setting::Threshold(Kind::from_code(kind)?, value.parse().ok()?)),
            ("power", "holidays") => Some(Setting::CutsPowerInHolidays(value == "true")),
            ("power", "night") => {
                let (off, on) = value.split_once('-')?;
                Some(Setting::NightCut(off.parse().ok()?, on.parse().ok()?))
            }
            ("room", room) => Some(Setting::RoomUse(room.to_owned(), Usage::from_code(value))),
            _ => None,
        }
    }
}

/// The name of a kind's threshold.
pub fn threshold_name(kind: Kind) -> String {
    format!("days/{}", kind.code())
}

/// Settings by school; the town's own under [`TOWN`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllSettings {
    by_school: BTreeMap<SchoolId, Vec<Setting>>,
}

impl AllSettings {
    /// Schools with settings of their own.
    pub fn schools(&self) -> Vec<SchoolId> {
        self.by_school.keys().copied().filter(|school| *school != TOWN).collect()
    }

    /// What was set for a school itself (or the town).
    pub fn own(&self, school: SchoolId) -> &[Setting] {
        self.by_school.get(&school).map_or(&[], Vec::as_slice)
    }

    /// What holds at a school: its own over the town's. Rooms are the school's own.
    pub fn of(&self, school: SchoolId) -> (Settings, BTreeMap<String, Usage>) {
        let (mut settings, mut rooms) = (Settings::default(), BTreeMap::new());
        for setting in self.own(TOWN).iter().chain(self.own(school).iter().filter(|_| school != TOWN)) {
            match setting {
                Setting::Threshold(kind, days) => drop(settings.thresholds.insert(*kind, *days)),
                Setting::CutsPowerInHolidays(cuts) => settings.cuts_power_in_holidays = *cuts,
                Setting::NightCut(off, on) => settings.night_cut = (off != on).then_some((*off, *on)),
                Setting::RoomUse(room, usage) => drop(rooms.insert(room.clone(), *usage)),
            }
        }
        (settings, rooms)
    }
}

/// All settings.
pub fn settings(tx: &mut Tx<'_>) -> Result<AllSettings> {
    let mut all = AllSettings::default();
    for mut row in tx.query("select school_id, name, value from presence_setting order by school_id, name", &[])? {
        let (school, name, value): (SchoolId, String, String) = (row.take()?, row.take()?, row.take()?);
        // A name that a later program wrote is not this one's to judge by.
        if let Some(setting) = Setting::read(&name, &value) {
            all.by_school.entry(school).or_default().push(setting);
        }
    }
    Ok(all)
}

/// Sets one; gives what stood there before, where that was something else.
pub fn set(tx: &mut Tx<'_>, school: SchoolId, setting: &Setting, by_whom: &str, now: Timestamp) -> Result<Option<String>> {
    let (name, value) = (setting.name(), setting.value());
    let was = value_of(tx, school, &name)?;
    if was.as_deref() == Some(&value) {
        return Ok(None);
    }
    let sql = "
        insert into presence_setting (school_id, name, value, by_whom, at)
        values ($1, $2, $3, $4, $5)
        on conflict (school_id, name) do update
        set value = excluded.value, by_whom = excluded.by_whom, at = excluded.at";
    tx.execute(sql, &[school.into(), (&name).into(), (&value).into(), by_whom.into(), now.into()])?;
    report::count(tx, CHANGES, 1)?;
    Ok(Some(was.unwrap_or_default()))
}

/// Takes one away, so that the town's (or the table of kinds') holds again; gives what stood there.
pub fn unset(tx: &mut Tx<'_>, school: SchoolId, name: &str) -> Result<Option<String>> {
    let was = value_of(tx, school, name)?;
    if was.is_some() {
        tx.execute("delete from presence_setting where school_id = $1 and name = $2", &[school.into(), name.into()])?;
        report::count(tx, CHANGES, 1)?;
    }
    Ok(was)
}

fn value_of(tx: &mut Tx<'_>, school: SchoolId, name: &str) -> Result<Option<String>> {
    let row = tx.query_one("select value from presence_setting where school_id = $1 and name = $2", &[school.into(), name.into()])?;
    row.map(|mut row| row.take()).transpose()
}

/// Closed intervals of single devices that ended after an instant each.
pub fn seen(tx: &mut Tx<'_>, school: SchoolId, wanted: &BTreeMap<DeviceId, Timestamp>) -> Result<BTreeMap<DeviceId, Vec<(Timestamp, Timestamp)>>> {
    let sql = "
        select from_at, until_at
        from presence
        where school_id = $1 and device_id = $2 and until_at > $3
        order by from_at desc
        limit $4";
    let mut seen = BTreeMap::new();
    for (device, since) in wanted {
        let params: [Param<'_>; 4] = [school.into(), (*device).into(), (*since).into(), MOST_INTERVALS.into()];
        let rows: Result<Vec<(Timestamp, Timestamp)>> = tx.query(sql, &params)?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect();
        seen.insert(*device, rows?);
    }
    Ok(seen)
}

/// Stretches in which an agent, or a device on which others hang, was itself gone: the faults that said so.
pub fn shadows(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<Vec<Shadow>> {
    let sql = "
        select fault_key, device_id, opened_at, cleared_at
        from fault
        where school_id = $1 and code in ('agent_silent', 'infrastructure_silent') and (cleared_at is null or cleared_at > $2)
        order by opened_at desc
        limit $3";
    let mut shadows = Vec::new();
    for mut row in tx.query(sql, &[school.into(), (now - SHADOWS_S).into(), MOST_SHADOWS.into()])? {
        let (key, device): (String, Option<DeviceId>) = (row.take()?, row.take()?);
        let (from, until) = (row.take()?, row.take()?);
        let agent = || key.strip_prefix("agent_silent/").and_then(|id| id.parse().ok()).map(|id| Caster::Agent(AgentId(id)));
        shadows.extend(device.map(Caster::Device).or_else(agent).map(|of| Shadow { of, from, until }));
    }
    Ok(shadows)
}
