//! Schools with their counts and how they stand.
//!
//! Comes in: a filter, the key to go on after. Goes out: one row a school. Absent on purpose: what a school holds.

use crate::store::sight::{Seen, sees_fault, sees_school};
use crate::store::{Param, Result, Row, Tx};
use rollcall_shared::{SchoolId, Timestamp};

/// How a school stands, in the order in which it matters; the word and the shape are the pages'.
pub const STATES: [&str; 6] = ["fault", "check", "shadow", "learning", "calm", "unfollowed"];

/// One school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRow {
    /// Id.
    pub id: SchoolId,
    /// The town's own code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its folded name: the first half of the key of lists.
    pub folded: String,
    /// maternelle, elementaire, primaire; empty: not said.
    pub kind: String,
    /// Phase; empty: none.
    pub phase: String,
    /// One of [`STATES`].
    pub state: String,
    /// Its first picture is accepted.
    pub accepted: bool,
    /// Its counts.
    pub counts: Counts,
}

/// Counts of a school, or sums of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Places.
    pub planned: i64,
    /// Places due by now.
    pub due: i64,
    /// Places filled.
    pub installed: i64,
    /// Due and not there.
    pub missing: i64,
    /// Filled by something that ails.
    pub faulty: i64,
    /// Devices known.
    pub devices: i64,
    /// Of them present.
    pub present: i64,
    /// Open faults by severity: critical, major, minor.
    pub critical: i64,
    /// See `critical`.
    pub major: i64,
    /// See `critical`.
    pub minor: i64,
    /// Clients without identity.
    pub visitors: i64,
    /// Newest report that speaks of it; 0: none.
    pub newest_at: Timestamp,
}

impl Counts {
    /// Open faults of any severity.
    pub fn faults(&self) -> i64 {
        self.critical + self.major + self.minor
    }

    pub(super) fn of(row: &mut Row) -> Result<Counts> {
        Ok(Counts {
            planned: row.take()?,
            due: row.take()?,
            installed: row.take()?,
            missing: row.take()?,
            faulty: row.take()?,
            devices: row.take()?,
            present: row.take()?,
            critical: row.take()?,
            major: row.take()?,
            minor: row.take()?,
            visitors: row.take()?,
            newest_at: row.take()?,
        })
    }
}

/// What to show of the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of [`STATES`].
    pub state: Option<String>,
    /// A phase.
    pub phase: Option<String>,
    /// A kind of school.
    pub kind: Option<String>,
    /// Part of the name ([`super::pattern`]).
    pub text: Option<String>,
    /// Exactly this code.
    pub code: Option<String>,
}

/// The state of a school, of its row and its counts: the gravest that holds.
macro_rules! state {
    () => {
        "case
            when followed_from = '' then 'unfollowed'
            when coalesce(shadow, false) then 'shadow'
            when coalesce(critical, 0) + coalesce(major, 0) > 0 then 'fault'
            when coalesce(minor, 0) > 0 then 'check'
            when accepted_at is null then 'learning'
            else 'calm'
        end as state"
    };
}

/// Schools of the plan by name, after a key.
pub fn list(seen: &mut Seen<'_, '_>, filter: &Filter, after: Option<(&str, i64)>, limit: i64) -> Result<Vec<SchoolRow>> {
    let sql = concat!(
        "
        with standing as (
            select school.school_id, code, name, name_folded, kind, phase, accepted_at,
                ",
        state!(),
        ",
                coalesce(planned, 0) as planned, coalesce(due, 0) as due, coalesce(installed, 0) as installed,
                coalesce(missing, 0) as missing, coalesce(faulty, 0) as faulty, coalesce(devices, 0) as devices,
                coalesce(present, 0) as present, coalesce(critical, 0) as critical, coalesce(major, 0) as major,
                coalesce(minor, 0) as minor, coalesce(visitors, 0) as visitors, coalesce(newest_at, 0) as newest_at
            from school
            left join school_count on school_count.school_id = school.school_id
            where in_plan and ",
        sees_school!("$9", "school.school_id"),
        "
        )
        select school_id, code, name, name_folded, kind, phase, state, accepted_at,
            planned, due, installed, missing, faulty, devices, present, critical, major, minor, visitors, newest_at
        from standing
        where ($1 is null or state = $1)
            and ($2 is null or phase = $2)
            and ($3 is null or kind = $3)
            and ($4 is null or name_folded like $4)
            and ($8 is null or code = $8)
            and ($5 is null or name_folded > $5 or (name_folded = $5 and school_id > $6))
        order by name_folded, school_id
        limit $7"
    );
    let params: [Param<'_>; 9] = [
        (&filter.state).into(),
        (&filter.phase).into(),
        (&filter.kind).into(),
        (&filter.text).into(),
        after.map(|(folded, _)| folded).into(),
        after.map_or(0, |(_, id)| id).into(),
        limit.clamp(1, super::MAX_ROWS).into(),
        (&filter.code).into(),
        seen.by().into(),
    ];
    let rows = if filter.code.is_some() { seen.query(sql, &params)? } else { seen.query_filtered(sql, &params)? };
    rows.into_iter().map(school_row).collect()
}

/// One school by its code.
pub fn one(seen: &mut Seen<'_, '_>, code: &str) -> Result<Option<SchoolRow>> {
    let filter = Filter { code: Some(code.to_owned()), ..Filter::default() };
    Ok(list(seen, &filter, None, 1)?.into_iter().next())
}

fn school_row(mut row: Row) -> Result<SchoolRow> {
    Ok(SchoolRow {
        id: row.take()?,
        code: row.take()?,
        name: row.take()?,
        folded: row.take()?,
        kind: row.take()?,
        phase: row.take()?,
        state: row.take()?,
        accepted: row.take::<Option<Timestamp>>()?.is_some(),
        counts: Counts::of(&mut row)?,
    })
}

/// A school as a map shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Phase; empty: none.
    pub phase: String,
    /// One of [`STATES`].
    pub state: String,
    /// Places.
    pub planned: i64,
    /// Open faults of any severity.
    pub faults: i64,
}

/// Most schools that one map is drawn of: a country.
pub const MOST_MARKS: i64 = 100_000;

/// Schools of the plan by name, in no more words than a map wants.
pub fn marks(seen: &mut Seen<'_, '_>, filter: &Filter) -> Result<Vec<Mark>> {
    let sql = concat!(
        "
        with standing as (
            select school.school_id, code, name, name_folded, phase,
        ",
        state!(),
        ",
                coalesce(planned, 0) as planned, coalesce(critical, 0) + coalesce(major, 0) + coalesce(minor, 0) as faults
            from school
            left join school_count on school_count.school_id = school.school_id
            where in_plan and ",
        sees_school!("$4", "school.school_id"),
        "
        )
        select code, name, phase, state, planned, faults
        from standing
        where ($1 is null or state = $1) and ($2 is null or phase = $2)
        order by name_folded, school_id
        limit $3"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[(&filter.state).into(), (&filter.phase).into(), MOST_MARKS.into(), by.into()])?;
    let mark = |mut row: Row| {
        let (code, name, phase, state) = (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Mark { code, name, phase, state, planned: row.take()?, faults: row.take()? })
    };
    rows.into_iter().map(mark).collect()
}

/// How many schools stand how.
pub fn by_state(seen: &mut Seen<'_, '_>) -> Result<Vec<(String, i64)>> {
    let sql = concat!(
        "
        select state, count(*)
        from (
            select
                ",
        state!(),
        "
            from school
            left join school_count on school_count.school_id = school.school_id
            where in_plan and ",
        sees_school!("$1", "school.school_id"),
        "
        ) as standing
        group by state"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[by.into()])?;
    let mut counts: Vec<(String, i64)> = rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect::<Result<_>>()?;
    counts.sort_by_key(|(state, _)| STATES.iter().position(|known| known == state));
    Ok(counts)
}

/// The sums of the whole programme.
pub fn total(seen: &mut Seen<'_, '_>) -> Result<Counts> {
    let sql = concat!(
        "
        select cast(coalesce(sum(planned), 0) as bigint), cast(coalesce(sum(due), 0) as bigint),
            cast(coalesce(sum(installed), 0) as bigint), cast(coalesce(sum(missing), 0) as bigint),
            cast(coalesce(sum(faulty), 0) as bigint), cast(coalesce(sum(devices), 0) as bigint),
            cast(coalesce(sum(present), 0) as bigint), cast(coalesce(sum(critical), 0) as bigint),
            cast(coalesce(sum(major), 0) as bigint), cast(coalesce(sum(minor), 0) as bigint),
            cast(coalesce(sum(visitors), 0) as bigint), coalesce(max(newest_at), 0)
        from school_count
        where ",
        sees_school!("$1", "school_count.school_id")
    );
    let by = seen.by();
    let row = seen.query_one(sql, &[by.into()])?;
    row.map_or(Ok(Counts::default()), |mut row| Counts::of(&mut row))
}

/// One of the schools with most open faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worst {
    /// Its code.
    pub code: String,
    /// Faults open.
    pub faults: i64,
    /// Devices present.
    pub present: i64,
    /// End of the newest round told; 0: none yet.
    pub newest_at: Timestamp,
}

/// Followed schools with most open faults; of equals, those that were heard of longest ago.
pub fn worst(seen: &mut Seen<'_, '_>, limit: i64) -> Result<Vec<Worst>> {
    let sql = concat!(
        "
        select code, critical + major + minor, present, newest_at
        from school
        join school_count on school_count.school_id = school.school_id
        where in_plan and followed_from <> '' and ",
        sees_school!("$1", "school.school_id"),
        "
        order by critical + major + minor desc, newest_at, code
        limit $2"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[by.into(), limit.into()])?;
    rows.into_iter()
        .map(|mut row| {
            let (code, faults, present) = (row.take()?, row.take()?, row.take()?);
            Ok(Worst { code, faults, present, newest_at: row.take()? })
        })
        .collect()
}

/// How many schools wait to be settled.
pub fn due(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.query_one("select count(*) from school where due_at is not null", &[])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// One place of a school with the device that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// Natural key.
    pub key: String,
    /// Kind's code.
    pub kind: String,
    /// Room's code; empty: not said.
    pub room: String,
    /// Kit; empty: from the register alone.
    pub kit: String,
    /// Phase; empty: none.
    pub phase: String,
    /// Pattern of the model; empty: any.
    pub model: String,
    /// Label of the asset that belongs here; empty: any.
    pub label: String,
    /// The due date as written; empty: undated.
    pub due: String,
    /// seen, through, hand.
    pub known_by: String,
    /// Code of what became of it.
    pub outcome: String,
    /// Why this device, as stored.
    pub reason: String,
    /// Since when.
    pub since_at: Timestamp,
    /// Who stands there.
    pub device: Option<i64>,
    /// Its name.
    pub device_name: Option<String>,
    /// Its maker.
    pub device_vendor: Option<String>,
    /// Its model.
    pub device_model: Option<String>,
    /// It is present now.
    pub device_present: Option<bool>,
}

/// Every place of a school, by room and kind, after a key.
pub fn places(seen: &mut Seen<'_, '_>, school: SchoolId, after: &str, limit: i64) -> Result<Vec<PlaceRow>> {
    let sql = concat!(
        "
        select place_key, place.kind, room, kit, phase, place.model, label, due_text, known_by, outcome, reason, since_at,
            place.device_id, device.name, device.vendor, device.model, device.present
        from place
        left join device on device.device_id = place.device_id
        where place.school_id = $1 and place_key > $2
            and ",
        sees_fault!("$4", "place.school_id", "'*'", "place.kind"),
        "
        order by place_key
        limit $3"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[school.into(), after.into(), limit.into(), by.into()])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(PlaceRow {
                key: row.take()?,
                kind: row.take()?,
                room: row.take()?,
                kit: row.take()?,
                phase: row.take()?,
                model: row.take()?,
                label: row.take()?,
                due: row.take()?,
                known_by: row.take()?,
                outcome: row.take()?,
                reason: row.take()?,
                since_at: row.take()?,
                device: row.take()?,
                device_name: row.take()?,
                device_vendor: row.take()?,
                device_model: row.take()?,
                device_present: row.take()?,
            })
        })
        .collect()
}

/// What waits for another place in one school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReassignRow {
    /// School's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Kind's code.
    pub kind: String,
    /// How many.
    pub count: i64,
}

/// Devices that stand at places which are over, by school and kind.
pub fn to_reassign(seen: &mut Seen<'_, '_>, limit: i64) -> Result<Vec<ReassignRow>> {
    let sql = concat!(
        "
        select school.code, school.name, place.kind, count(*)
        from place join school using (school_id)
        where place.outcome = 'to_reassign' and ",
        sees_school!("$2", "place.school_id"),
        "
        group by school.school_id, school.code, school.name, school.name_folded, place.kind
        order by school.name_folded, school.school_id, place.kind
        limit $1"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[limit.into(), by.into()])?;
    rows.into_iter().map(|mut row| Ok(ReassignRow { code: row.take()?, name: row.take()?, kind: row.take()?, count: row.take()? })).collect()
}

/// A device that fills no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    /// School's code.
    pub code: String,
    /// Its name.
    pub school: String,
    /// The device.
    pub device: i64,
    /// Its name, if it says one.
    pub name: Option<String>,
    /// Kind's code.
    pub kind: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// surplus, legacy, kept, out.
    pub what: String,
    /// Since when.
    pub since_at: Timestamp,
}

/// Devices of one sort that fill no place, school by school.
pub fn aside(seen: &mut Seen<'_, '_>, what: &str, limit: i64) -> Result<Vec<AsideRow>> {
    let sql = concat!(
        "
        select school.code, school.name, aside.device_id, device.name, device.kind, device.model, aside.what, aside.since_at
        from aside
        join school using (school_id)
        join device on device.school_id = aside.school_id and device.device_id = aside.device_id
        where aside.what = $1 and ",
        sees_school!("$3", "aside.school_id"),
        "
        order by school.name_folded, aside.school_id, aside.device_id
        limit $2"
    );
    let by = seen.by();
    let row = |mut row: crate::store::Row| -> Result<AsideRow> {
        Ok(AsideRow {
            code: row.take()?,
            school: row.take()?,
            device: row.take()?,
            name: row.take()?,
            kind: row.take()?,
            model: row.take()?,
            what: row.take()?,
            since_at: row.take()?,
        })
    };
    seen.query(sql, &[what.into(), limit.into(), by.into()])?.into_iter().map(row).collect()
}

/// Whether a school is seen.
pub fn sees(seen: &mut Seen<'_, '_>, school: SchoolId) -> Result<bool> {
    let sql = concat!("select 1 from school where school_id = $1 and ", sees_school!("$2", "school.school_id"));
    let by = seen.by();
    Ok(seen.query_one(sql, &[school.into(), by.into()])?.is_some())
}

/// Codes and names of the schools of the plan, by name.
pub fn names(seen: &mut Seen<'_, '_>) -> Result<Vec<(String, String)>> {
    let sql = concat!("select code, name from school where in_plan and ", sees_school!("$1", "school.school_id"), " order by name_folded, school_id");
    let by = seen.by();
    let rows = seen.query(sql, &[by.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
