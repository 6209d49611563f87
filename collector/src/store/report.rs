//! Agents and what they told: enrolment, position in the stream, pictures and differences, what was set aside.
//!
//! Comes in: reports that ingest accepted. Goes out: agents, the picture put together again. Absent on purpose: whether a
//! report is acceptable (ingest), who recognises what in it.

use super::{Error, Param, Result, Row, Tx};
use crate::domain::fleet::Rounds;
use crate::domain::stream::{Position, StreamSeen};
use rollcall_shared::picture::Group;
use rollcall_shared::report::Trouble;
use rollcall_shared::wire::{LEVEL, MAX_TROUBLES, unpack_within};
use rollcall_shared::{AgentId, Content, Difference, Picture, Report, StreamId, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use zstd::bulk::Compressor;

/// Differences on one base after which ingest should write a new base ([`rebase_picture`]): putting a picture together stays short.
pub const CHAIN_MOST: u64 = 96;
/// Bytes kept of a body that was set aside.
pub const SET_ASIDE_BYTES: usize = 16 << 10;
/// Bodies set aside that are kept for each agent.
pub const SET_ASIDE_MOST: u64 = 50;

/// What a stored value may unpack to: a picture that grew by differences may be larger than any report.
const STORED_BYTES: usize = 1 << 30;

/// One enrolled agent and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Ed25519 public key, 32 octets.
    pub public_key: Vec<u8>,
    /// Host name given at enrolment.
    pub host: String,
    /// Program version.
    pub version: String,
    /// Names of the networks that its code was made for.
    pub networks: Vec<String>,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// From when on it is refused.
    pub revoked_at: Option<Timestamp>,
    /// Who took over.
    pub replaced_by: Option<AgentId>,
    /// People asked that looking rests.
    pub paused: bool,
    /// The newest accepted report: its stream, number, picture, and the end of its round (0 before the first).
    pub position: Position,
    /// Begin of the newest round, agent's clock.
    pub began_at: Timestamp,
    /// Last accepted request, collector's clock; 0 before the first.
    pub contact_at: Timestamp,
    /// How soon it means to report again.
    pub every_s: u32,
    /// Agent's clock minus the collector's.
    pub skew_s: i64,
    /// Rounds told so far.
    pub round_count: u64,
    /// Finished rounds by network and probe.
    pub rounds: Rounds,
    /// Probe runs of the newest round, as JSON: a report replaces them without reading them.
    pub probes: String,
    /// Troubles of the newest round, likewise.
    pub troubles: String,
    /// Differences since the base picture.
    pub chain_count: u64,
    /// The next difference cannot be placed.
    pub want_full: bool,
    /// Reports refused so far.
    pub refused_count: u64,
    /// When the clock found it silent; `None`: it speaks.
    pub silent_marked_at: Option<Timestamp>,
}

/// An agent that enrols.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Ed25519 public key.
    pub public_key: Vec<u8>,
    /// Host name.
    pub host: String,
    /// Program version.
    pub version: String,
    /// Networks of its code.
    pub networks: Vec<String>,
}

/// A one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolCode {
    /// Networks that it is for.
    pub networks: Vec<String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Not after.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// By whom.
    pub agent: Option<AgentId>,
}

/// What [`record_report`] notes beside the report itself.
#[derive(Debug, Clone)]
pub struct Accepted<'a> {
    /// Collector's clock.
    pub now: Timestamp,
    /// Agent's clock minus the collector's.
    pub skew_s: i64,
    /// Rounds told, this one included.
    pub round_count: u64,
    /// Finished rounds, this one included.
    pub rounds: &'a Rounds,
    /// The picture after the report is known here (always so for a full one); else the next must be full.
    pub placed: bool,
}

/// One agent.
pub fn agent_by_id(tx: &mut Tx<'_>, agent: AgentId) -> Result<Option<Agent>> {
    let sql = "
        select agent_id, public_key, host, version, networks, enrolled_at, revoked_at, replaced_by, paused,
            stream, number, picture_hash, began_at, reported_at, contact_at, every_s, skew_s,
            round_count, rounds, probes, troubles, chain_count, want_full, refused_count, silent_marked_at
        from agent
        where agent_id = $1";
    tx.query_one(sql, &[agent.into()])?.map(agent_of).transpose()
}

/// The agent of a key: the same key enrols once.
pub fn agent_by_key(tx: &mut Tx<'_>, public_key: &[u8]) -> Result<Option<Agent>> {
    let row = tx.query_one("select agent_id from agent where public_key = $1", &[public_key.into()])?;
    let Some(mut row) = row else { return Ok(None) };
    agent_by_id(tx, row.take()?)
}

/// All agents by id: those after `after`, at most `limit`; the revoked as well.
pub fn agents(tx: &mut Tx<'_>, after: AgentId, limit: u32) -> Result<Vec<Agent>> {
    let sql = "
        select agent_id, public_key, host, version, networks, enrolled_at, revoked_at, replaced_by, paused,
            stream, number, picture_hash, began_at, reported_at, contact_at, every_s, skew_s,
            round_count, rounds, probes, troubles, chain_count, want_full, refused_count, silent_marked_at
        from agent
        where agent_id > $1
        order by agent_id
        limit $2";
    tx.query(sql, &[after.into(), limit.into()])?.into_iter().map(agent_of).collect()
}

/// Agents, not revoked, that look at a network.
pub fn agents_of_network(tx: &mut Tx<'_>, network: &str) -> Result<Vec<AgentId>> {
    let rows = tx.query("select agent_id from agent_network where network = $1 order by agent_id", &[network.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Enrols an agent.
pub fn insert_agent(tx: &mut Tx<'_>, new: &NewAgent, now: Timestamp) -> Result<AgentId> {
    let agent = AgentId(tx.next_id("agent")?);
    let sql = "
        insert into agent (agent_id, public_key, host, version, networks, enrolled_at, paused, began_at, reported_at, contact_at,
            every_s, skew_s, round_count, rounds, probes, troubles, chain_count, want_full, refused_count)
        values ($1, $2, $3, $4, $5, $6, false, 0, 0, 0, 0, 0, 0, '[]', '[]', '[]', 0, false, 0)";
    let networks = json(&new.networks)?;
    let params: [Param<'_>; 6] = [agent.into(), (&new.public_key).into(), (&new.host).into(), (&new.version).into(), (&networks).into(), now.into()];
    tx.execute(sql, &params)?;
    for network in &new.networks {
        let sql = "insert into agent_network (network, agent_id) values ($1, $2) on conflict do nothing";
        tx.execute(sql, &[network.into(), agent.into()])?;
    }
    Ok(agent)
}

/// Refuses an agent from now on; whether it was welcome before.
pub fn revoke_agent(tx: &mut Tx<'_>, agent: AgentId, now: Timestamp) -> Result<bool> {
    tx.execute("delete from agent_network where agent_id = $1", &[agent.into()])?;
    let sql = "update agent set revoked_at = $2 where agent_id = $1 and revoked_at is null";
    Ok(tx.changed(sql, &[agent.into(), now.into()])? > 0)
}

/// Lets a new agent take over from an old one: fleet, faults and decisions stay, for they belong to schools.
pub fn replace_agent(tx: &mut Tx<'_>, old: AgentId, new: AgentId, now: Timestamp) -> Result<()> {
    revoke_agent(tx, old, now)?;
    tx.execute("update agent set replaced_by = $2 where agent_id = $1", &[old.into(), new.into()])
}

/// Asks an agent to rest, or to go on.
pub fn pause_agent(tx: &mut Tx<'_>, agent: AgentId, paused: bool) -> Result<bool> {
    Ok(tx.changed("update agent set paused = $2 where agent_id = $1", &[agent.into(), paused.into()])? > 0)
}

/// Notes a refused report.
pub fn count_refused(tx: &mut Tx<'_>, agent: AgentId) -> Result<()> {
    tx.execute("update agent set refused_count = refused_count + 1, want_full = true where agent_id = $1", &[agent.into()])
}

/// Asks for a full picture with the next report.
pub fn want_full(tx: &mut Tx<'_>, agent: AgentId) -> Result<()> {
    tx.execute("update agent set want_full = true where agent_id = $1", &[agent.into()])
}

/// Agents without a word for `periods` of their own reporting periods, and at least for `at_least_s`, that are not yet marked silent.
pub fn silent_agents(tx: &mut Tx<'_>, periods: i64, at_least_s: i64, now: Timestamp, limit: u32) -> Result<Vec<AgentId>> {
    let sql = "
        select agent_id
        from agent
        where revoked_at is null
            and silent_marked_at is null
            and case when contact_at > enrolled_at then contact_at else enrolled_at end
                + case when every_s * $1 > $2 then every_s * $1 else $2 end <= $3
        order by agent_id
        limit $4";
    let rows = tx.query(sql, &[periods.into(), at_least_s.into(), now.into(), limit.into()])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Notes that the clock found an agent silent.
pub fn mark_silent(tx: &mut Tx<'_>, agent: AgentId, now: Timestamp) -> Result<()> {
    tx.execute("update agent set silent_marked_at = $2 where agent_id = $1", &[agent.into(), now.into()])
}

/// Keeps a one-time code by its hash.
pub fn make_code(tx: &mut Tx<'_>, hash: &[u8], networks: &[String], made_by: &str, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    let sql = "insert into enrol_code (code_hash, networks, made_by, made_at, expires_at) values ($1, $2, $3, $4, $5)";
    let networks = json(&networks)?;
    tx.execute(sql, &[hash.into(), (&networks).into(), made_by.into(), now.into(), expires_at.into()])
}

/// A code by its hash, used or not.
pub fn code(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<EnrolCode>> {
    let sql = "
        select networks, made_by, made_at, expires_at, used_at, agent_id
        from enrol_code
        where code_hash = $1";
    tx.query_one(sql, &[hash.into()])?.map(code_of).transpose()
}

/// Codes that are kept, used or not, the newest first.
pub fn codes(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<EnrolCode>> {
    let sql = "
        select networks, made_by, made_at, expires_at, used_at, agent_id
        from enrol_code
        order by made_at desc, code_hash
        limit $1";
    tx.query(sql, &[limit.into()])?.into_iter().map(code_of).collect()
}

fn code_of(mut row: Row) -> Result<EnrolCode> {
    let networks = from_json("networks of a code", &row.take::<String>()?)?;
    Ok(EnrolCode { networks, made_by: row.take()?, made_at: row.take()?, expires_at: row.take()?, used_at: row.take()?, agent: row.take()? })
}

/// Holds a code until the transaction ends: whoever else asks for it waits, and then reads what became of it.
pub fn hold_code(tx: &mut Tx<'_>, hash: &[u8]) -> Result<()> {
    let sql = "
        update enrol_code
        set made_at = made_at
        where code_hash = $1";
    tx.execute(sql, &[hash.into()])
}

/// Uses a code for an agent; whether it was still good. Of two that try at once one gets it.
pub fn take_code(tx: &mut Tx<'_>, hash: &[u8], agent: AgentId, now: Timestamp) -> Result<bool> {
    let sql = "
        update enrol_code
        set used_at = $3, agent_id = $2
        where code_hash = $1 and used_at is null and expires_at > $3";
    Ok(tx.changed(sql, &[hash.into(), agent.into(), now.into()])? > 0)
}

/// Makes an accepted report durable: the agent's row always; its base picture or its difference; the stream where it changed.
///
/// `before` is the agent as it stood. A heartbeat writes one row.
pub fn record_report(tx: &mut Tx<'_>, before: &Agent, report: &Report, accepted: &Accepted<'_>) -> Result<()> {
    let placed = accepted.placed || matches!(report.content, Content::Full(_));
    let chain_count = match &report.content {
        Content::Full(groups) => {
            write_base(tx, before.id, report.stream, report.number, report.ended_at, groups)?;
            0
        }
        Content::Difference { change, .. } if placed => {
            write_difference(tx, before.id, report, change)?;
            before.chain_count + 1
        }
        Content::Difference { .. } | Content::Heartbeat => before.chain_count,
    };
    if before.position.stream != Some(report.stream) {
        if let Some(old) = before.position.stream {
            write_stream(tx, before.id, old, before.position.number, before.contact_at)?;
        }
        write_stream(tx, before.id, report.stream, report.number, accepted.now)?;
    }
    let sql = "
        update agent
        set version = $2, stream = $3, number = $4, picture_hash = $5, began_at = $6, reported_at = $7, contact_at = $8,
            every_s = $9, skew_s = $10, round_count = $11, rounds = $12, probes = $13, troubles = $14,
            chain_count = $15, want_full = $16, silent_marked_at = null
        where agent_id = $1";
    let hash = report.hash.0.to_be_bytes();
    let rounds = rounds_to_json(accepted.rounds)?;
    // What the newest round met stands until the next round, whoever is looked at alone meanwhile.
    let (probes, troubles) = match report.is_between_rounds() {
        true => (before.probes.clone(), json(&with(&from_json::<Vec<Trouble>>("troubles of an agent", &before.troubles)?, report))?),
        false => (json(&report.probes)?, json(&report.troubles)?),
    };
    let params: [Param<'_>; 16] = [
        before.id.into(),
        (&report.agent_version).into(),
        report.stream.into(),
        report.number.into(),
        placed.then_some(&hash).into(),
        report.began_at.into(),
        report.ended_at.into(),
        accepted.now.into(),
        report.every_s.into(),
        accepted.skew_s.into(),
        accepted.round_count.into(),
        (&rounds).into(),
        (&probes).into(),
        (&troubles).into(),
        chain_count.into(),
        (!placed).into(),
    ];
    tx.execute(sql, &params)
}

/// Troubles of a round, those of subjects that were looked at again alone by what was met then.
fn with(troubles: &[Trouble], again: &Report) -> Vec<Trouble> {
    let alone = |trouble: &&Trouble| {
        let subject = trouble.subject.as_ref();
        again.probes.iter().any(|run| run.probe == trouble.probe && run.network == trouble.network && subject.is_some_and(|of| run.only.contains(of)))
    };
    troubles.iter().filter(|trouble| !alone(trouble)).chain(&again.troubles).take(MAX_TROUBLES).cloned().collect()
}

fn write_base(tx: &mut Tx<'_>, agent: AgentId, stream: StreamId, number: u64, at: Timestamp, groups: &[Group]) -> Result<()> {
    let sql = "
        insert into picture (agent_id, stream, number, at, body)
        values ($1, $2, $3, $4, $5)
        on conflict (agent_id) do update
        set stream = excluded.stream, number = excluded.number, at = excluded.at, body = excluded.body";
    let body = pack(&groups)?;
    tx.execute(sql, &[agent.into(), stream.into(), number.into(), at.into(), (&body).into()])
}

fn write_difference(tx: &mut Tx<'_>, agent: AgentId, report: &Report, change: &Difference) -> Result<()> {
    let sql = "
        insert into difference (agent_id, stream, number, at, body)
        values ($1, $2, $3, $4, $5)
        on conflict (agent_id, stream, number) do nothing";
    let body = pack(change)?;
    tx.execute(sql, &[agent.into(), report.stream.into(), report.number.into(), report.ended_at.into(), (&body).into()])
}

fn write_stream(tx: &mut Tx<'_>, agent: AgentId, stream: StreamId, number: u64, at: Timestamp) -> Result<()> {
    let sql = "
        insert into stream (agent_id, stream, first_at, last_at, number)
        values ($1, $2, $3, $3, $4)
        on conflict (agent_id, stream) do update
        set last_at = excluded.last_at, number = excluded.number";
    tx.execute(sql, &[agent.into(), stream.into(), at.into(), number.into()])
}

/// Writes the whole picture as the new base at the agent's position, so that its chain of differences begins anew.
pub fn rebase_picture(tx: &mut Tx<'_>, agent: &Agent, picture: &Picture) -> Result<()> {
    let Position { stream: Some(stream), number, ended_at, .. } = agent.position else { return Ok(()) };
    write_base(tx, agent.id, stream, number, ended_at, &picture.to_groups())?;
    tx.execute("update agent set chain_count = 0 where agent_id = $1", &[agent.id.into()])
}

/// The agent's picture: base and differences put together. `None` where there is none, or where it does not have the hash that
/// the agent's position names (then a full picture must be asked for).
pub fn load_picture(tx: &mut Tx<'_>, agent: &Agent) -> Result<Option<Picture>> {
    let Position { stream: Some(stream), number, hash: Some(hash), .. } = agent.position else { return Ok(None) };
    let base = tx.query_one("select stream, number, body from picture where agent_id = $1", &[agent.id.into()])?;
    let Some(mut base) = base else { return Ok(None) };
    let (base_stream, base_number, body): (StreamId, u64, Vec<u8>) = (base.take()?, base.take()?, base.take()?);
    let mut picture = Picture::from_groups(unpack("picture", &body)?);
    if base_stream == stream {
        let sql = "
            select body
            from difference
            where agent_id = $1 and stream = $2 and number > $3 and number <= $4
            order by number";
        for mut row in tx.query(sql, &[agent.id.into(), stream.into(), base_number.into(), number.into()])? {
            picture.apply(&unpack::<Difference>("difference", &row.take::<Vec<u8>>()?)?);
        }
    }
    if picture.hash() == hash {
        return Ok(Some(picture));
    }
    tracing::warn!(agent = agent.id.0, seq = number, "the stored picture has another hash than the last report named");
    Ok(None)
}

/// Streams that an agent used, the newest first; the present one as its position tells.
pub fn streams(tx: &mut Tx<'_>, agent: &Agent) -> Result<Vec<StreamSeen>> {
    let sql = "
        select stream, first_at, last_at, number
        from stream
        where agent_id = $1
        order by last_at desc, stream
        limit 100";
    let mut streams = Vec::new();
    for mut row in tx.query(sql, &[agent.id.into()])? {
        let mut stream = StreamSeen { stream: row.take()?, first_at: row.take()?, last_at: row.take()?, number: row.take()? };
        if agent.position.stream == Some(stream.stream) {
            (stream.last_at, stream.number) = (agent.contact_at, agent.position.number);
        }
        streams.push(stream);
    }
    streams.sort_by_key(|stream| std::cmp::Reverse(stream.last_at));
    Ok(streams)
}

/// Keeps what could not be understood, bounded in size and number.
pub fn set_aside(tx: &mut Tx<'_>, agent: AgentId, now: Timestamp, reason: &str, body: &[u8]) -> Result<()> {
    let sql = "
        insert into set_aside (agent_id, at, reason, body, body_bytes)
        values ($1, $2, $3, $4, $5)
        on conflict (agent_id, at) do nothing";
    let kept = &body[..body.len().min(SET_ASIDE_BYTES)];
    tx.execute(sql, &[agent.into(), now.into(), reason.into(), kept.into(), (body.len() as u64).into()])?;
    let sql = "
        delete from set_aside
        where agent_id = $1
            and at <= (select at from set_aside where agent_id = $1 order by at desc limit 1 offset $2)";
    tx.execute(sql, &[agent.into(), SET_ASIDE_MOST.into()])
}

/// Adds to a counter that outlives a restart.
pub fn count(tx: &mut Tx<'_>, name: &str, by: u64) -> Result<()> {
    let sql = "
        insert into counter (name, value)
        values ($1, $2)
        on conflict (name) do update
        set value = counter.value + excluded.value";
    tx.execute(sql, &[name.into(), by.into()])
}

/// All counters.
pub fn counters(tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>> {
    let rows = tx.query("select name, value from counter order by name", &[])?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

fn agent_of(mut row: Row) -> Result<Agent> {
    let (id, public_key, host, version) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let networks = from_json("networks of an agent", &row.take::<String>()?)?;
    let (enrolled_at, revoked_at, replaced_by, paused) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (stream, number, hash): (_, Option<u64>, _) = (row.take()?, row.take()?, row.take()?);
    let (began_at, ended_at) = (row.take()?, row.take()?);
    Ok(Agent {
        id,
        public_key,
        host,
        version,
        networks,
        enrolled_at,
        revoked_at,
        replaced_by,
        paused,
        position: Position { stream, number: number.unwrap_or(0), hash, ended_at },
        began_at,
        contact_at: row.take()?,
        every_s: row.take()?,
        skew_s: row.take()?,
        round_count: row.take()?,
        rounds: rounds_from_json(&row.take::<String>()?)?,
        probes: row.take()?,
        troubles: row.take()?,
        chain_count: row.take()?,
        want_full: row.take()?,
        refused_count: row.take()?,
        silent_marked_at: row.take()?,
    })
}

fn rounds_to_json(rounds: &Rounds) -> Result<String> {
    let list: Vec<(&str, &str, u64)> = rounds.iter().map(|((network, probe), count)| (network.as_str(), probe.as_str(), *count)).collect();
    json(&list)
}

fn rounds_from_json(text: &str) -> Result<Rounds> {
    let list: Vec<(String, String, u64)> = from_json("rounds of an agent", text)?;
    Ok(list.into_iter().map(|(network, probe, count)| ((network, probe), count)).collect())
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Content { what: "a value to be stored".to_owned(), reason: error.to_string() })
}

pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Content { what: what.to_owned(), reason: error.to_string() })
}

thread_local! {
    /// What packs, one a thread (the writer, in the main): to make one anew costs more than to pack a difference.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let failed = |reason: String| Error::Content { what: "a value to be stored".to_owned(), reason };
    let plain = serde_json::to_vec(value).map_err(|error| failed(error.to_string()))?;
    let packed = PACKER.with_borrow_mut(|packer| match packer {
        Some(packer) => packer.compress(&plain),
        None => packer.insert(Compressor::new(LEVEL)?).compress(&plain),
    });
    packed.map_err(|error| failed(error.to_string()))
}

pub(super) fn unpack<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T> {
    let failed = |reason: String| Error::Content { what: what.to_owned(), reason };
    let plain = unpack_within(body, STORED_BYTES).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&plain).map_err(|error| failed(error.to_string()))
}
