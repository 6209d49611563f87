//! Schools and their networks as plan and people have them, and which schools are due for a settle.
//!
//! Comes in: rows of an import, marks of ingest and clock. Goes out: schools, and those whose time has come. Absent on purpose:
//! what makes a school due (ingest, import, reconcile say so), counts of it (`place`).

use super::{Param, Result, Row, Tx};
use rollcall_shared::{AgentId, SchoolId, Timestamp};
use std::collections::BTreeMap;

/// How long one settle may take before another collector takes the school over.
pub const LEASE_S: i64 = 60;

/// One school as the newest plan has it, and where its settling stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct School {
    /// The town's own code.
    pub code: String,
    /// Name.
    pub name: String,
    /// maternelle, elementaire, primaire; empty: not said.
    pub kind: String,
    /// Holiday zone.
    pub zone: String,
    /// School days of a week.
    pub timetable: String,
    /// Phase code; empty: none.
    pub phase: String,
    /// Site code.
    pub site: String,
    /// Group code; empty: none.
    pub group: String,
    /// The ministry's number; empty: not said.
    pub uai: String,
    /// Date from which it is looked at, as written; empty: not followed.
    pub followed_from: String,
    /// Date of closure, as written; empty: open.
    pub closed_on: String,
}

/// A school with what only the collector knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSchool {
    /// Its id.
    pub id: SchoolId,
    /// As the plan has it.
    pub school: School,
    /// The newest plan still names it.
    pub in_plan: bool,
    /// When its first picture was accepted; `None`: still learning.
    pub accepted_at: Option<Timestamp>,
    /// Earliest time at which settle must look.
    pub due_at: Option<Timestamp>,
    /// When settle last looked; 0: never.
    pub settled_at: Timestamp,
    /// Counts settles that changed something.
    pub settled_seq: u64,
}

/// One network that agents look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The name in the agent's file.
    pub name: String,
    /// Site code.
    pub site: String,
    /// As the plan writes it.
    pub cidr: String,
    /// Agent's host as the plan names it.
    pub agent: String,
    /// Its school; `None`: shared by the schools of its site.
    pub school: Option<SchoolId>,
}

/// Writes a school by its code; its id stays for ever. Whether anything changed.
pub fn save_school(tx: &mut Tx<'_>, school: &School) -> Result<(SchoolId, bool)> {
    let sql = "
        insert into school (school_id, code, name, name_folded, kind, zone, timetable, phase, site, school_group, uai,
            followed_from, closed_on, in_plan, settled_at, settled_seq, fleet_seq)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, 0, 0, 0)
        on conflict (code) do update
        set name = excluded.name, name_folded = excluded.name_folded, kind = excluded.kind, zone = excluded.zone,
            timetable = excluded.timetable, phase = excluded.phase, site = excluded.site, school_group = excluded.school_group,
            uai = excluded.uai, followed_from = excluded.followed_from, closed_on = excluded.closed_on, in_plan = true";
    let known = school_by_code(tx, &school.code)?;
    if let Some(known) = known.as_ref().filter(|known| known.in_plan && known.school == *school) {
        return Ok((known.id, false));
    }
    let id = match known {
        Some(known) => known.id,
        None => SchoolId(tx.next_id("school")?),
    };
    let folded = crate::domain::folded::fold(&school.name);
    let params: [Param<'_>; 13] = [
        id.into(),
        (&school.code).into(),
        (&school.name).into(),
        (&folded).into(),
        (&school.kind).into(),
        (&school.zone).into(),
        (&school.timetable).into(),
        (&school.phase).into(),
        (&school.site).into(),
        (&school.group).into(),
        (&school.uai).into(),
        (&school.followed_from).into(),
        (&school.closed_on).into(),
    ];
    tx.execute(sql, &params)?;
    Ok((id, true))
}

/// A school that the newest plan no longer names: it stays, with its history.
pub fn leave_plan(tx: &mut Tx<'_>, school: SchoolId) -> Result<()> {
    tx.execute("update school set in_plan = false where school_id = $1", &[school.into()])
}

/// Every school that the newest plan names.
pub fn all_in_plan(tx: &mut Tx<'_>) -> Result<Vec<SchoolId>> {
    tx.query("select school_id from school where in_plan order by school_id", &[])?.into_iter().map(|mut row| row.take()).collect()
}

/// Ends a school's learning time.
pub fn accept_school(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> Result<bool> {
    let sql = "update school set accepted_at = $2 where school_id = $1 and accepted_at is null";
    Ok(tx.changed(sql, &[school.into(), now.into()])? > 0)
}

/// One school by its code.
pub fn school_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<KnownSchool>> {
    let sql = "
        select school_id, code, name, kind, zone, timetable, phase, site, school_group, uai, followed_from, closed_on,
            in_plan, accepted_at, due_at, settled_at, settled_seq
        from school
        where code = $1";
    tx.query_one(sql, &[code.into()])?.map(school_of).transpose()
}

/// One school.
pub fn school_by_id(tx: &mut Tx<'_>, school: SchoolId) -> Result<Option<KnownSchool>> {
    let sql = "
        select school_id, code, name, kind, zone, timetable, phase, site, school_group, uai, followed_from, closed_on,
            in_plan, accepted_at, due_at, settled_at, settled_seq
        from school
        where school_id = $1";
    tx.query_one(sql, &[school.into()])?.map(school_of).transpose()
}

/// Schools by id: those after `after`, at most `limit`.
pub fn schools(tx: &mut Tx<'_>, after: SchoolId, limit: u32) -> Result<Vec<KnownSchool>> {
    let sql = "
        select school_id, code, name, kind, zone, timetable, phase, site, school_group, uai, followed_from, closed_on,
            in_plan, accepted_at, due_at, settled_at, settled_seq
        from school
        where school_id > $1
        order by school_id
        limit $2";
    tx.query(sql, &[after.into(), limit.into()])?.into_iter().map(school_of).collect()
}

fn school_of(mut row: Row) -> Result<KnownSchool> {
    let id = row.take()?;
    let school = School {
        code: row.take()?,
        name: row.take()?,
        kind: row.take()?,
        zone: row.take()?,
        timetable: row.take()?,
        phase: row.take()?,
        site: row.take()?,
        group: row.take()?,
        uai: row.take()?,
        followed_from: row.take()?,
        closed_on: row.take()?,
    };
    Ok(KnownSchool {
        id,
        school,
        in_plan: row.take()?,
        accepted_at: row.take()?,
        due_at: row.take()?,
        settled_at: row.take()?,
        settled_seq: row.take()?,
    })
}

/// Writes a network by its name. Whether anything changed.
pub fn save_network(tx: &mut Tx<'_>, network: &Network) -> Result<bool> {
    let known = network_by_name(tx, &network.name)?;
    if known.as_ref() == Some(network) {
        return Ok(false);
    }
    let sql = "
        insert into network (network_id, name, site, cidr, agent, school_id)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (name) do update
        set site = excluded.site, cidr = excluded.cidr, agent = excluded.agent, school_id = excluded.school_id";
    let id = tx.next_id("network")?;
    let params: [Param<'_>; 6] =
        [id.into(), (&network.name).into(), (&network.site).into(), (&network.cidr).into(), (&network.agent).into(), network.school.into()];
    tx.execute(sql, &params)?;
    Ok(true)
}

/// A network by the name in the agent's file.
pub fn network_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Network>> {
    let sql = "select name, site, cidr, agent, school_id from network where name = $1";
    tx.query_one(sql, &[name.into()])?.map(network_of).transpose()
}

/// All networks, by name.
pub fn networks(tx: &mut Tx<'_>) -> Result<Vec<Network>> {
    let rows = tx.query("select name, site, cidr, agent, school_id from network order by name", &[])?;
    rows.into_iter().map(network_of).collect()
}

/// Networks that show a school: its own, and those that its site shares.
pub fn networks_of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<Network>> {
    let sql = "
        select network.name, network.site, network.cidr, network.agent, network.school_id
        from network
        where network.school_id = $1
            or (network.school_id is null and network.site = (select site from school where school_id = $1))
        order by network.name";
    tx.query(sql, &[school.into()])?.into_iter().map(network_of).collect()
}

/// The schools that a network serves.
pub fn schools_of_network(tx: &mut Tx<'_>, name: &str) -> Result<Vec<SchoolId>> {
    let sql = "
        select school.school_id
        from network
        join school on school.school_id = network.school_id or (network.school_id is null and school.site = network.site)
        where network.name = $1
        order by school.school_id";
    tx.query(sql, &[name.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// The schools at which an agent looks, those of shared networks as well.
pub fn schools_of_agent(tx: &mut Tx<'_>, agent: AgentId) -> Result<Vec<SchoolId>> {
    let sql = "
        select network.school_id
        from agent_network
        join network on network.name = agent_network.network
        where agent_network.agent_id = $1 and network.school_id is not null
        union
        select school.school_id
        from agent_network
        join network on network.name = agent_network.network
        join school on school.site = network.site
        where agent_network.agent_id = $1 and network.school_id is null
        order by 1";
    tx.query(sql, &[agent.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// The networks of an agent that are one school's, with that school. A shared network whose site has one school is that school's; others
/// are left out.
pub fn networks_of_agent(tx: &mut Tx<'_>, agent: AgentId) -> Result<BTreeMap<String, SchoolId>> {
    let sql = "
        select network.name, coalesce(network.school_id, (
            select min(school_id)
            from school
            where site = network.site and in_plan
            having count(*) = 1
        ))
        from agent_network
        join network on network.name = agent_network.network
        where agent_network.agent_id = $1";
    let mut map = BTreeMap::new();
    for mut row in tx.query(sql, &[agent.into()])? {
        let (name, school): (String, Option<SchoolId>) = (row.take()?, row.take()?);
        map.extend(school.map(|school| (name, school)));
    }
    Ok(map)
}

/// How often the devices of a school were written: while it stands, what somebody remembers of them is so. Read it holding the school
/// ([`Tx::lock_school`]).
pub fn fleet_seq(tx: &mut Tx<'_>, school: SchoolId) -> Result<u64> {
    let row = tx.query_one("select fleet_seq from school where school_id = $1", &[school.into()])?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Notes that devices of a school were written: once more than [`fleet_seq`] said.
pub fn move_fleet_seq(tx: &mut Tx<'_>, school: SchoolId) -> Result<()> {
    let sql = "
        update school
        set fleet_seq = fleet_seq + 1
        where school_id = $1";
    tx.execute(sql, &[school.into()])
}

fn network_of(mut row: Row) -> Result<Network> {
    Ok(Network { name: row.take()?, site: row.take()?, cidr: row.take()?, agent: row.take()?, school: row.take()? })
}

/// Sees to it that settle looks at a school at `at` or before: a mark only ever comes earlier.
pub fn mark_due(tx: &mut Tx<'_>, school: SchoolId, at: Timestamp) -> Result<()> {
    let sql = "update school set due_at = $2 where school_id = $1 and (due_at is null or due_at > $2)";
    tx.execute(sql, &[school.into(), at.into()])
}

/// The same for what a report brings: a school that was settled only now rests for so many seconds from then on, so that many reports are one settle.
pub fn mark_reported(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp, rests_s: i64) -> Result<()> {
    // A last settle that lies ahead (the clock was set back) lets nothing rest.
    let sql = "
        update school
        set due_at = case when settled_at <= $2 and settled_at + $3 > $2 then settled_at + $3 else $2 end
        where school_id = $1 and (due_at is null or due_at > case when settled_at <= $2 and settled_at + $3 > $2 then settled_at + $3 else $2 end)";
    tx.execute(sql, &[school.into(), now.into(), rests_s.into()])
}

/// Agents, not revoked, that look at a network of a school or of its site.
pub fn agents_of_school(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<AgentId>> {
    let sql = "
        select distinct agent_network.agent_id
        from school
        join network on network.school_id = school.school_id or (network.school_id is null and network.site = school.site)
        join agent_network on agent_network.network = network.name
        where school.school_id = $1
        order by 1";
    tx.query(sql, &[school.into()])?.into_iter().map(|mut row| row.take()).collect()
}

/// Marks every school.
pub fn mark_all_due(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    tx.execute("update school set due_at = $1 where due_at is null or due_at > $1", &[at.into()])
}

/// A school taken for a settle, until the lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub school: SchoolId,
    /// When another may take it; the mark that [`finish_settle`] looks for.
    pub lease_at: Timestamp,
}

/// Takes schools whose time has come, the longest due first. Their mark moves to the end of a lease, so that a collector that
/// dies loses nothing, and two collectors do not settle one school.
pub fn take_due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Taken>> {
    let sql = "
        update school
        set due_at = $2
        where due_at <= $1
            and school_id in (select school_id from school where due_at <= $1 order by due_at, school_id limit $3)
        returning school_id";
    let lease_at = now + LEASE_S;
    let mut taken = Vec::new();
    for mut row in tx.query(sql, &[now.into(), lease_at.into(), limit.into()])? {
        taken.push(Taken { school: row.take()?, lease_at });
    }
    taken.sort_by_key(|taken| taken.school);
    Ok(taken)
}

/// Ends a settle: the school is due again at `next`, or earlier if it was marked meanwhile. `changed` moves its sequence.
pub fn finish_settle(tx: &mut Tx<'_>, taken: Taken, now: Timestamp, next: Option<Timestamp>, changed: bool) -> Result<()> {
    let sql = "
        update school
        set due_at = case when due_at < $2 and ($3 is null or due_at < $3) then due_at else $3 end,
            settled_at = $4,
            settled_seq = settled_seq + $5
        where school_id = $1";
    let params: [Param<'_>; 5] = [taken.school.into(), taken.lease_at.into(), next.into(), now.into(), i64::from(changed).into()];
    tx.execute(sql, &params)
}

/// Sum of all sequences: when it moves, some page changed.
pub fn settled_seq(tx: &mut Tx<'_>) -> Result<u64> {
    let row = tx.query_one("select cast(coalesce(sum(settled_seq), 0) as bigint) from school", &[])?;
    row.map_or(Ok(0), |mut row| row.take())
}
