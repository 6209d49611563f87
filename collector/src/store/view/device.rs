//! Devices as lists show them, and a device's or school's timeline.
//!
//! Comes in: a filter, the id to go on after. Goes out: one row a device, one a line of a timeline. Absent on purpose: the
//! whole device with its evidence (`fleet`).

use crate::domain::device::Address;
use crate::store::fleet::addresses_of;
use crate::store::sight::{Seen, sees_device, sees_school};
use crate::store::{Param, Result, Row};
use jiff::tz::TimeZone;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// One device in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Id.
    pub id: DeviceId,
    /// Code of its kind; `None`: not known.
    pub kind: Option<String>,
    /// Maker.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial as said.
    pub serial: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Where it hangs: name of the switch or access point.
    pub place_device: Option<String>,
    /// And its port.
    pub place_port: Option<String>,
    /// Seen now.
    pub present: bool,
    /// Since when present or absent: read by [`DeviceRow::since`] alone.
    turned_at: Timestamp,
    /// Code of its school.
    pub school_code: String,
    /// Name of its school.
    pub school_name: String,
    /// Room of the place it fills; empty: none.
    pub room: String,
    /// Gravest open fault of it: 3 critical, 2 major, 1 minor, 0 none.
    pub fault: i64,
    /// MACs and addresses at the latest sighting.
    pub addresses: Vec<Address>,
    /// Somebody's own business: since when it is there or gone is told by the day.
    pub personal: bool,
}

impl DeviceRow {
    /// Since when present or absent; of what is somebody's own the beginning of that day by the clock of a zone.
    pub fn since(&self, zone: &TimeZone) -> Timestamp {
        let day = || jiff::Timestamp::from_second(self.turned_at.0).ok()?.to_zoned(zone.clone()).start_of_day().ok();
        if !self.personal {
            return self.turned_at;
        }
        day().map_or(self.turned_at, |day| Timestamp(day.timestamp().as_second()))
    }
}

/// What to show of the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Code of a school.
    pub school: Option<String>,
    /// Code of a kind; `unknown` for those not known.
    pub kind: Option<String>,
    /// Present now, or not.
    pub present: Option<bool>,
    /// Part of name or serial, folded ([`super::pattern`]).
    pub text: Option<String>,
    /// Part of a key, without separators: `001a2b`.
    pub key: Option<String>,
    /// Exactly this device.
    pub id: Option<i64>,
    /// The text is looked for where names and numbers begin: reading every row to look inside them is for a town.
    pub begins: bool,
}

impl Filter {
    /// Sets what is searched for: name, serial, or MAC in any spelling.
    pub fn search(&mut self, text: &str) {
        self.text = super::pattern(text);
        let squeezed: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(40).collect();
        self.key = (squeezed.len() >= 4).then(|| format!("%{squeezed}%"));
    }
}

/// The statement of a list: which devices it begins with ($1, $2, $8), so that an index leads to them, and where it looks for a text ($5, $6).
macro_rules! devices {
    ($begin:literal, $text:literal) => {
        concat!(
            "
        select device.device_id, device.kind, vendor, device.model, serial, device.name, place_device, place_port, present, turned_at,
            school.code, school.name, coalesce(place.room, ''),
            coalesce((select max(severity) from fault where fault.device_id = device.device_id and cleared_at is null and code <> 'stolen_seen'), 0),
            device.addresses, personal.device_id is not null
        from device
        join school on school.school_id = device.school_id
        left join place on place.device_id = device.device_id
        left join personal on personal.device_id = device.device_id
        where ",
            $begin,
            " and ",
            $text,
            "
            and ($3 is null or coalesce(device.kind, 'unknown') = $3)
            and ($4 is null or present = $4)
            and ",
            sees_device!("$9"),
            "
        order by device.device_id
        limit $7"
        )
    };
}

/// Devices by id, after one.
pub fn list(seen: &mut Seen<'_, '_>, filter: &Filter, after: i64, limit: i64) -> Result<Vec<DeviceRow>> {
    const ALL: &str = devices!(
        "device.device_id > $1 and ($2 is null or school.code = $2) and ($8 is null or device.device_id = $8)",
        "($5 is null or device.name_folded like $5 or serial_folded like $5
            or device.device_id in (select device_key.device_id from device_key where device_key.value like $6))"
    );
    const OF_SCHOOL: &str = devices!(
        "device.school_id = (select school_id from school where code = $2) and device.device_id > $1 and ($8 is null or device.device_id = $8)",
        "($5 is null or device.name_folded like $5 or serial_folded like $5
            or exists (select 1 from device_key where device_key.device_id = device.device_id and device_key.value like $6))"
    );
    const OF_KIND: &str = devices!(
        "device.kind = $3 and device.device_id > $1 and ($2 is null or school.code = $2) and ($8 is null or device.device_id = $8)",
        "($5 is null or device.name_folded like $5 or serial_folded like $5
            or exists (select 1 from device_key where device_key.device_id = device.device_id and device_key.value like $6))"
    );
    const OF_NO_KIND: &str = devices!(
        "device.kind is null and device.device_id > $1 and ($2 is null or school.code = $2) and ($8 is null or device.device_id = $8)",
        "($5 is null or device.name_folded like $5 or serial_folded like $5
            or exists (select 1 from device_key where device_key.device_id = device.device_id and device_key.value like $6))"
    );
    const THIS: &str = devices!(
        "device.device_id = $8 and device.device_id > $1 and ($2 is null or school.code = $2)",
        "($5 is null or device.name_folded like $5 or serial_folded like $5 or cast($6 as text) is not null)"
    );
    // Ranks 2 to 4: MAC, UUID, management id; serial numbers have an index of their own.
    const BEGINNING: &str = devices!(
        "device.device_id > $1 and ($2 is null or school.code = $2) and ($8 is null or device.device_id = $8)",
        "device.device_id in (
            select device_id from device where serial_folded >= $5 and serial_folded < $10
            union
            select device_id from device where name_folded >= $5 and name_folded < $10
            union
            select device_id from device_key where device_key.rank in (2, 3, 4) and device_key.value >= $6 and device_key.value < $11)"
    );
    let begins = filter.begins && filter.school.is_none() && filter.text.is_some();
    let bare = |pattern: &Option<String>| pattern.as_deref().map(|text| if begins { text.trim_matches('%') } else { text }.to_owned());
    let (text, key) = (bare(&filter.text), bare(&filter.key));
    let sql = match filter {
        _ if begins => BEGINNING,
        Filter { id: Some(_), .. } => THIS,
        Filter { school: Some(_), .. } => OF_SCHOOL,
        Filter { kind: Some(kind), .. } if kind == "unknown" => OF_NO_KIND,
        Filter { kind: Some(_), .. } => OF_KIND,
        _ => ALL,
    };
    let mut params: Vec<Param<'_>> = vec![
        after.into(),
        (&filter.school).into(),
        (&filter.kind).into(),
        filter.present.into(),
        (&text).into(),
        (&key).into(),
        limit.clamp(1, super::MAX_ROWS).into(),
        filter.id.into(),
        seen.by().into(),
    ];
    let ends = [&text, &key].map(|from| from.as_deref().map(super::search::end_of));
    if begins {
        params.extend(ends.iter().map(Param::from));
    }
    let rows = if filter.id.is_some() { seen.query(sql, &params)? } else { seen.query_filtered(sql, &params)? };
    rows.into_iter().map(device_row).collect()
}

/// One device.
pub fn one(seen: &mut Seen<'_, '_>, device: i64) -> Result<Option<DeviceRow>> {
    let filter = Filter { id: Some(device), ..Filter::default() };
    Ok(list(seen, &filter, 0, 1)?.into_iter().next())
}

fn device_row(mut row: Row) -> Result<DeviceRow> {
    Ok(DeviceRow {
        id: row.take()?,
        kind: row.take()?,
        vendor: row.take()?,
        model: row.take()?,
        serial: row.take()?,
        name: row.take()?,
        place_device: row.take()?,
        place_port: row.take()?,
        present: row.take()?,
        turned_at: row.take()?,
        school_code: row.take()?,
        school_name: row.take()?,
        room: row.take()?,
        fault: row.take()?,
        addresses: addresses_of(&row.take::<String>()?)?,
        personal: row.take()?,
    })
}

/// The device that a thing of the register is: what stands at the place that names its label, else what bears its serial number in that school.
pub fn of_asset(seen: &mut Seen<'_, '_>, school: SchoolId, label: &str, serial: &str) -> Result<Option<DeviceId>> {
    let by_place = concat!(
        "select device.device_id from place join device on device.device_id = place.device_id
            where place.school_id = $1 and place.label = $2 and ",
        sees_device!("$3")
    );
    let by_serial = concat!("select device_id from device where serial_folded = $2 and school_id = $1 and ", sees_device!("$3"));
    let by = seen.by();
    for (sql, text) in [(by_place, label.to_owned()), (by_serial, crate::domain::folded::fold(serial))] {
        let row = if text.is_empty() { None } else { seen.query_one(sql, &[school.into(), (&text).into(), by.into()])? };
        if let Some(mut row) = row {
            return row.take().map(Some);
        }
    }
    Ok(None)
}

/// How many devices of each kind, for the filter's choices.
pub fn by_kind(seen: &mut Seen<'_, '_>, school: Option<&str>) -> Result<Vec<(String, i64)>> {
    // The index of kinds is read, not the devices, unless somebody's bounds are asked of each.
    const ALL: &str = concat!(
        "
        select coalesce(device.kind, 'unknown'), count(*)
        from device
        where cast($1 as text) is null and ",
        sees_device!("$2"),
        "
        group by device.kind"
    );
    const OF_SCHOOL: &str = concat!(
        "
        select coalesce(device.kind, 'unknown'), count(*)
        from device
        where device.school_id = (select school_id from school where code = $1) and ",
        sees_device!("$2"),
        "
        group by device.kind"
    );
    let by = seen.by();
    let sql = if school.is_some() { OF_SCHOOL } else { ALL };
    seen.query(sql, &[school.into(), by.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
    /// Before.
    pub was: String,
    /// After.
    pub becomes: String,
    /// Of which device.
    pub device: DeviceId,
    /// Its kind.
    pub kind: Option<String>,
    /// Its name or serial.
    pub name: String,
}

/// The newest lines of a school's timeline, of one device or all; nothing of what is somebody's own.
pub fn events(seen: &mut Seen<'_, '_>, school: SchoolId, device: Option<DeviceId>, limit: i64) -> Result<Vec<EventRow>> {
    let sql = concat!(
        "
        select device_event.at, what, was, becomes, device_event.device_id, device.kind,
            coalesce(device.name, device.serial, device.model, '')
        from device_event
        left join device on device.device_id = device_event.device_id
        where device_event.school_id = $1 and ($2 is null or device_event.device_id = $2)
            and not exists (select 1 from personal where personal.device_id = device_event.device_id)
            and ",
        sees_device!("$4"),
        "
        order by device_event.at desc, device_event.device_id, what
        limit $3"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[school.into(), device.into(), limit.into(), by.into()])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(EventRow {
                at: row.take()?,
                what: row.take()?,
                was: row.take()?,
                becomes: row.take()?,
                device: row.take()?,
                kind: row.take()?,
                name: row.take()?,
            })
        })
        .collect()
}

/// Closed intervals of a device's presence, the newest first.
pub fn presence(seen: &mut Seen<'_, '_>, school: SchoolId, device: DeviceId, limit: i64) -> Result<Vec<(Timestamp, Timestamp)>> {
    let sql = concat!(
        "
        select from_at, until_at
        from presence
        where school_id = $1 and device_id = $2
            and ",
        sees_school!("$4", "presence.school_id"),
        "
        order by from_at desc
        limit $3"
    );
    let by = seen.by();
    seen.query(sql, &[school.into(), device.into(), limit.into(), by.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Intervals of all devices of a school, but for what is somebody's own, that ended after an instant, those of one device together, the oldest first; what is there now is there until now.
pub fn year(
    seen: &mut Seen<'_, '_>,
    school: SchoolId,
    since: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(DeviceId, Timestamp, Timestamp)>> {
    let sql = concat!(
        "
        select device_id, from_at, until_at
        from (
            select device_id, from_at, until_at
            from presence
            where school_id = $1 and until_at > $2
            union all
            select device_id, turned_at, $3
            from device
            where school_id = $1 and present
        ) as seen
        where device_id not in (select device_id from personal where school_id = $1) and ",
        sees_school!("$5", "$1"),
        "
        order by device_id, from_at
        limit $4"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[school.into(), since.into(), now.into(), limit.into(), by.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// When each device of a school was first seen, but for what is somebody's own, the earliest first.
pub fn first_seen(seen: &mut Seen<'_, '_>, school: SchoolId) -> Result<Vec<Timestamp>> {
    let sql = concat!(
        "
        select first_seen_at
        from device
        where school_id = $1 and device_id not in (select device_id from personal where school_id = $1) and ",
        sees_school!("$2", "device.school_id"),
        "
        order by first_seen_at"
    );
    let by = seen.by();
    seen.query(sql, &[school.into(), by.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// The place that a device fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPlace {
    /// Room; empty: not said.
    pub room: String,
    /// Label of the thing that belongs there; empty: any.
    pub label: String,
    /// Phase; empty: none.
    pub phase: String,
    /// Code of what became of it.
    pub outcome: String,
    /// Code of why this device; empty: not said.
    pub reason: String,
}

/// The place that a device fills, if it fills one.
pub fn place_of(seen: &mut Seen<'_, '_>, device: DeviceId) -> Result<Option<HeldPlace>> {
    let sql = concat!("select room, label, phase, outcome, reason from place where device_id = $1 and ", sees_school!("$2", "place.school_id"));
    let by = seen.by();
    let row = seen.query_one(sql, &[device.into(), by.into()])?;
    row.map(|mut row| Ok(HeldPlace { room: row.take()?, label: row.take()?, phase: row.take()?, outcome: row.take()?, reason: row.take()? }))
        .transpose()
}
