//! Faults as lists show them, what breaks its deadline first, and one fault's history.
//!
//! Comes in: a filter, the key to go on after. Goes out: one row a fault. Absent on purpose: opening and clearing.

use crate::store::sight::{Seen, sees_fault};
use crate::store::{Param, Result, Row};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRow {
    /// The number that people quote.
    pub id: i64,
    /// Row of the table of faults.
    pub code: String,
    /// 3 critical, 2 major, 1 minor.
    pub severity: i64,
    /// When the cause began.
    pub opened_at: Timestamp,
    /// When it was seen mended.
    pub cleared_at: Option<Timestamp>,
    /// By the next look, by a person; empty: open.
    pub how_cleared: String,
    /// How many things it stands for.
    pub count: i64,
    /// Parameters of its sentence, JSON.
    pub facts: String,
    /// Devices that cannot be seen because of it.
    pub shadow: i64,
    /// Where it stands in its life.
    pub state: String,
    /// Since when.
    pub state_at: Timestamp,
    /// Who told of it first: look, town, school.
    pub origin: String,
    /// The lot that mends it; empty: none known.
    pub lot: String,
    /// The first deadline that runs out; `None`: no clock runs.
    pub breaks_at: Option<Timestamp>,
    /// The contractor's own number; empty: none.
    pub external_ref: String,
    /// Reports of schools that joined it.
    pub reports: i64,
    /// Number of the first fault of its incident.
    pub incident: Option<i64>,
    /// Open faults of that incident.
    pub schools: i64,
    /// Its school.
    pub school: SchoolId,
    /// Code of its school.
    pub school_code: String,
    /// Name of its school.
    pub school_name: String,
    /// Its school is still learning: nobody is notified.
    pub learning: bool,
    /// The device that ails.
    pub device: Option<DeviceId>,
    /// That one's kind.
    pub kind: Option<String>,
    /// And its name or serial.
    pub device_name: String,
    /// And its model.
    pub device_model: String,
    /// Room of the place concerned; empty: none known.
    pub room: String,
}

/// What to show of the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Cleared ones instead of open ones.
    pub cleared: bool,
    /// Code of a school.
    pub school: Option<String>,
    /// Row of the table of faults.
    pub code: Option<String>,
    /// 3 critical, 2 major, 1 minor.
    pub severity: Option<i64>,
    /// One device.
    pub device: Option<i64>,
    /// Where it stands: `acknowledged`, …
    pub state: Option<String>,
    /// The lot that mends it.
    pub lot: Option<String>,
    /// Kind of the device that ails, or of what the place wants.
    pub kind: Option<String>,
    /// With what only people who work on faults may know of (a stolen device seen again).
    pub secret: bool,
    /// Of those that wait for somebody's hand (neither suspended nor claimed): whose first deadline lies between these, both included;
    /// [`NEVER`] stands for none.
    pub breaks: Option<(i64, i64)>,
    /// The contractor's own number begins so, folded.
    pub external: Option<String>,
}

/// Where a list goes on: of open ones the deadline ([`NEVER`]: none runs), severity, begin and number of the last row; of cleared ones
/// its end in the place of the deadline.
pub type After = (i64, i64, i64, i64);

/// No deadline runs.
pub const NEVER: i64 = i64::MAX;

impl FaultRow {
    /// Where the list goes on after this row.
    pub fn key(&self) -> After {
        let first = self.cleared_at.or(self.breaks_at).map_or(NEVER, |at| at.0);
        (first, self.severity, self.opened_at.0, self.id)
    }
}

/// Open faults: what breaks its deadline first, then the gravest and oldest; of an incident of several schools its first fault stands for all,
/// unless one school is asked for. Or cleared ones, the last cleared first.
pub fn list(seen: &mut Seen<'_, '_>, filter: &Filter, after: Option<After>, limit: i64) -> Result<Vec<FaultRow>> {
    // Of a kind that it has to work out PostgreSQL expects next to nothing, and sorts all faults to find it; by `case` it expects the half, and reads
    // them in the order of the list.
    macro_rules! open {
        ($narrow:literal) => {
            concat!(
                "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            state, state_at, origin, fault.lot, breaks_at, external_ref, reports, incident_id,
            coalesce((select count(*) from fault as other where other.incident_id = fault.incident_id and other.cleared_at is null), 0),
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, coalesce(device.kind, place.kind),
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place as stands where stands.device_id = fault.device_id), place.room, '')
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where cleared_at is null and ",
                $narrow,
                "
            and ($1 is null or school.code = $1)
            and ($2 is null or fault.code = $2)
            and ($3 is null or severity = $3)
            and ($4 is null or fault.device_id = $4)
            and ($5 is null or state = $5)
            and ($6 is null or fault.lot = $6)
            and ($7 is null or case when coalesce(device.kind, place.kind) = $7 then true else false end)
            and ($13 or fault.code <> 'stolen_seen')
            and ($15 is null or (state not in ('suspended', 'claimed')
                and coalesce(breaks_at, 9223372036854775807) >= $15 and coalesce(breaks_at, 9223372036854775807) <= $16))
            and ($17 is null or (external_folded >= $17 and external_folded < $18))
            and ",
                sees_fault!("$14", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
                "
            and (cast($14 as bigint) <> 0 or $1 is not null or $4 is not null or incident_id is null or not exists (
                select 1
                from fault as lead
                where lead.incident_id = fault.incident_id and lead.cleared_at is null and lead.fault_id < fault.fault_id
            ))
            and ($8 is null or coalesce(breaks_at, 9223372036854775807) > $8 or (coalesce(breaks_at, 9223372036854775807) = $8
                and (severity < $9 or (severity = $9 and (opened_at > $10 or (opened_at = $10 and fault.fault_id > $11))))))
        order by coalesce(breaks_at, 9223372036854775807), severity desc, opened_at, fault.fault_id
        limit $12"
            )
        };
    }
    macro_rules! cleared {
        ($narrow:literal) => {
            concat!(
                "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            state, state_at, origin, fault.lot, breaks_at, external_ref, reports, incident_id,
            coalesce((select count(*) from fault as other where other.incident_id = fault.incident_id and other.cleared_at is null), 0),
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, coalesce(device.kind, place.kind),
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place as stands where stands.device_id = fault.device_id), place.room, '')
        from fault
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where cleared_at is not null and ",
                $narrow,
                "
            and ($1 is null or school.code = $1)
            and ($2 is null or fault.code = $2)
            and ($3 is null or severity = $3)
            and ($4 is null or fault.device_id = $4)
            and ($5 is null or state = $5)
            and ($6 is null or fault.lot = $6)
            and ($7 is null or case when coalesce(device.kind, place.kind) = $7 then true else false end)
            and ($13 or fault.code <> 'stolen_seen')
            and ($15 is null or (state not in ('suspended', 'claimed')
                and coalesce(breaks_at, 9223372036854775807) >= $15 and coalesce(breaks_at, 9223372036854775807) <= $16))
            and ($17 is null or (external_folded >= $17 and external_folded < $18))
            and ",
                sees_fault!("$14", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
                "
            and ($8 is null or cleared_at < $8 or (cleared_at = $8 and fault.fault_id < $11))
            and ($9 is null or cast($9 as bigint) >= 0)
            and ($10 is null or cast($10 as bigint) >= 0)
        order by cleared_at desc, fault.fault_id desc
        limit $12"
            )
        };
    }
    let external_end = filter.external.as_deref().map(super::search::end_of);
    let params: [Param<'_>; 18] = [
        (&filter.school).into(),
        (&filter.code).into(),
        filter.severity.into(),
        filter.device.into(),
        (&filter.state).into(),
        (&filter.lot).into(),
        (&filter.kind).into(),
        after.map(|after| after.0).into(),
        after.map(|after| after.1).into(),
        after.map(|after| after.2).into(),
        after.map(|after| after.3).into(),
        limit.clamp(1, super::MAX_ROWS).into(),
        filter.secret.into(),
        seen.by().into(),
        filter.breaks.map(|breaks| breaks.0).into(),
        filter.breaks.map(|breaks| breaks.1).into(),
        (&filter.external).into(),
        (&external_end).into(),
    ];
    // One school's, one device's and those of a number are led to by an index of theirs; all others lie in the order of the list.
    let led = (filter.cleared, filter.device.is_some(), filter.external.is_some(), filter.school.is_some());
    let sql = match led {
        (false, true, ..) => open!("fault.device_id = $4"),
        (false, _, true, _) => open!("external_folded <> '' and external_folded >= $17 and external_folded < $18"),
        (false, _, _, true) => open!("fault.school_id = (select school_id from school where code = $1)"),
        (false, ..) => open!("cast($1 as text) is null"),
        (true, true, ..) => cleared!("fault.device_id = $4"),
        (true, _, true, _) => cleared!("external_folded <> '' and external_folded >= $17 and external_folded < $18"),
        (true, _, _, true) => cleared!("fault.school_id = (select school_id from school where code = $1)"),
        (true, ..) => cleared!("cast($1 as text) is null"),
    };
    // Where an index leads to a few, one plan fits all.
    let rows = if led.1 || led.2 || led.3 { seen.query(sql, &params)? } else { seen.query_filtered(sql, &params)? };
    rows.into_iter().map(fault_row).collect()
}

/// A query for single faults with all that is shown of them: where they are found, whose eyes look.
macro_rules! single {
    ($from:literal, $narrow:literal, $eyes:literal, $rest:literal) => {
        concat!(
            "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            fault.state, state_at, origin, fault.lot, breaks_at, external_ref, reports, incident_id,
            coalesce((select count(*) from fault as other where other.incident_id = fault.incident_id and other.cleared_at is null), 0),
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, coalesce(device.kind, place.kind),
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place as stands where stands.device_id = fault.device_id), place.room, '')
        from ",
            $from,
            "
        join school on school.school_id = fault.school_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where ",
            $narrow,
            " and ",
            sees_fault!($eyes, "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
            $rest
        )
    };
}

/// One fault by its number; `secret`: also where only people who work on faults may know of it.
pub fn one(seen: &mut Seen<'_, '_>, fault: i64, secret: bool) -> Result<Option<FaultRow>> {
    let sql = single!("fault", "fault.fault_id = $1 and ($3 or fault.code <> 'stolen_seen')", "$2", "");
    let by = seen.by();
    seen.query_one(sql, &[fault.into(), by.into(), secret.into()])?.map(fault_row).transpose()
}

/// The open faults of a visit, by number.
pub fn of_visit(seen: &mut Seen<'_, '_>, visit: i64, secret: bool, limit: i64) -> Result<Vec<FaultRow>> {
    let sql = single!(
        "intervention_fault join fault on fault.fault_id = intervention_fault.fault_id",
        "intervention_fault.intervention_id = $1 and fault.cleared_at is null and ($3 or fault.code <> 'stolen_seen')",
        "$2",
        " order by fault.fault_id limit $4"
    );
    let by = seen.by();
    seen.query(sql, &[visit.into(), by.into(), secret.into(), limit.into()])?.into_iter().map(fault_row).collect()
}

/// The open faults of an incident, by number.
pub fn of_incident(seen: &mut Seen<'_, '_>, incident: i64, limit: i64) -> Result<Vec<FaultRow>> {
    let sql = single!("fault", "fault.incident_id = $1", "$3", " order by fault.fault_id limit $2");
    let by = seen.by();
    seen.query(sql, &[incident.into(), limit.into(), by.into()])?.into_iter().map(fault_row).collect()
}

fn fault_row(mut row: Row) -> Result<FaultRow> {
    Ok(FaultRow {
        id: row.take()?,
        code: row.take()?,
        severity: row.take()?,
        opened_at: row.take()?,
        cleared_at: row.take()?,
        how_cleared: row.take()?,
        count: row.take()?,
        facts: row.take()?,
        shadow: row.take()?,
        state: row.take()?,
        state_at: row.take()?,
        origin: row.take()?,
        lot: row.take()?,
        breaks_at: row.take()?,
        external_ref: row.take()?,
        reports: row.take()?,
        incident: row.take()?,
        schools: row.take()?,
        school: row.take()?,
        school_code: row.take()?,
        school_name: row.take()?,
        learning: row.take::<Option<Timestamp>>()?.is_none(),
        device: row.take()?,
        kind: row.take()?,
        device_name: row.take()?,
        device_model: row.take()?,
        room: row.take()?,
    })
}

/// Open faults by code with their gravest severity.
pub fn by_code(seen: &mut Seen<'_, '_>, school: Option<&str>, secret: bool) -> Result<Vec<(String, i64, i64)>> {
    macro_rules! counted {
        ($narrow:literal) => {
            concat!(
                "
        select fault.code, max(severity), count(*)
        from fault
        where cleared_at is null and ",
                $narrow,
                "
            and ($2 or fault.code <> 'stolen_seen')
            and ",
                sees_fault!(
                    "$3",
                    "fault.school_id",
                    "fault.lot",
                    "coalesce((select device.kind from device where device.device_id = fault.device_id),
                (select place.kind from place where place.school_id = fault.school_id and place.place_key = fault.place_key), '')"
                ),
                "
        group by fault.code
        order by max(severity) desc, fault.code"
            )
        };
    }
    let sql = if school.is_some() {
        counted!("fault.school_id = (select school_id from school where code = $1)")
    } else {
        counted!("cast($1 as text) is null")
    };
    let by = seen.by();
    seen.query(sql, &[school.into(), secret.into(), by.into()])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// How many open faults stand where in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// Their deadline has passed.
    pub overdue: i64,
    /// It passes today.
    pub today: i64,
    /// It passes later.
    pub later: i64,
    /// None runs.
    pub undated: i64,
    /// They wait for something.
    pub suspended: i64,
    /// Mended, somebody says; the next look verifies.
    pub claimed: i64,
}

/// Counts a queue: each figure is the length of the list with the same filter.
pub fn queue(seen: &mut Seen<'_, '_>, now: Timestamp, midnight: Timestamp, secret: bool) -> Result<Queue> {
    let sql = concat!(
        "
        select
            count(*) filter (where state not in ('suspended', 'claimed') and breaks_at < $1),
            count(*) filter (where state not in ('suspended', 'claimed') and breaks_at >= $1 and breaks_at < $2),
            count(*) filter (where state not in ('suspended', 'claimed') and breaks_at >= $2),
            count(*) filter (where state not in ('suspended', 'claimed') and breaks_at is null),
            count(*) filter (where state = 'suspended'),
            count(*) filter (where state = 'claimed')
        from fault
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where cleared_at is null
            and ($3 or fault.code <> 'stolen_seen')
            and ",
        sees_fault!("$4", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
            and (cast($4 as bigint) <> 0 or incident_id is null or not exists (
                select 1
                from fault as lead
                where lead.incident_id = fault.incident_id and lead.cleared_at is null and lead.fault_id < fault.fault_id
            ))"
    );
    let by = seen.by();
    let Some(mut row) = seen.query_one(sql, &[now.into(), midnight.into(), secret.into(), by.into()])? else { return Ok(Queue::default()) };
    Ok(Queue { overdue: row.take()?, today: row.take()?, later: row.take()?, undated: row.take()?, suspended: row.take()?, claimed: row.take()? })
}

/// Faults of the same code on devices of the same model, in whatever school is seen, but not of this device: the last to begin first. What was done
/// there is what may help here.
pub fn twins(seen: &mut Seen<'_, '_>, code: &str, model: &str, device: DeviceId, limit: i64) -> Result<Vec<FaultRow>> {
    let sql = concat!(
        "
        select fault.fault_id, fault.code, severity, opened_at, cleared_at, how_cleared, fault.count, facts, fault.shadow,
            state, state_at, origin, fault.lot, breaks_at, external_ref, reports, incident_id,
            coalesce((select count(*) from fault as other where other.incident_id = fault.incident_id and other.cleared_at is null), 0),
            school.school_id, school.code, school.name, school.accepted_at, fault.device_id, coalesce(device.kind, place.kind),
            coalesce(device.name, device.serial, ''), coalesce(device.model, ''),
            coalesce((select min(room) from place as stands where stands.device_id = fault.device_id), place.room, '')
        from fault
        join school on school.school_id = fault.school_id
        join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where fault.code = $1 and device.model = $2 and fault.device_id <> $3 and ",
        sees_fault!("$5", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
        order by fault.opened_at desc, fault.fault_id desc
        limit $4"
    );
    let by = seen.by();
    seen.query(sql, &[code.into(), model.into(), device.into(), limit.clamp(1, super::MAX_ROWS).into(), by.into()])?
        .into_iter()
        .map(fault_row)
        .collect()
}

/// One line of a fault's life: when, what, by whom, text.
pub fn life(seen: &mut Seen<'_, '_>, fault: i64, limit: i64) -> Result<Vec<(Timestamp, String, String, String)>> {
    let sql = concat!(
        "
        select fault_event.at, what, by_whom, said
        from fault_event
        join fault on fault.fault_id = fault_event.fault_id
        left join device on device.device_id = fault.device_id
        left join place on place.school_id = fault.school_id and place.place_key = fault.place_key
        where fault_event.fault_id = $1 and ",
        sees_fault!("$3", "fault.school_id", "fault.lot", "coalesce(device.kind, place.kind, '')"),
        "
        order by fault_event.at desc, what
        limit $2"
    );
    let by = seen.by();
    let rows = seen.query(sql, &[fault.into(), limit.into(), by.into()])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?, row.take()?))).collect()
}
