//! The state folder: what the agent knows between rounds and between starts, and who it is.
//!
//! Comes in: the standing picture, counters, memory. Goes out: the same after a restart or a power cut. Absent on purpose:
//! reports that wait ([`crate::spool`]).
//!
//! Files: `state` (sealed; all that rounds remember), `identity.json` and `agent.key` (from enrolment), `mask.key`,
//! `snmp-engine.json` (this receiver of notifications as SNMPv3 knows it), `contact.json` (how the last request went, for `status`), `pause` (made by hand), `lock`, `spool/`.

use crate::assemble::{ReadingKey, Standing};
use crate::durable;
use crate::listen::heard::Clients;
use crate::mask::PrivateMacs;
use crate::pin::Pin;
use crate::probes::Memory;
use anyhow::{Context, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use reqwest::Url;
use rollcall_shared::picture::{EntryKey, Group};
use rollcall_shared::{AgentId, Picture, StreamId, Subject, Timestamp, wire};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// See [`Engine`].
const ENGINE: &str = "snmp-engine.json";

/// What rounds remember.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The stream of the reports made here.
    pub stream: Option<StreamId>,
    /// Number of the last report made.
    pub number: u64,
    /// What stands after that report.
    pub standing: Standing,
    /// Invented MACs met, as hashes.
    pub private: PrivateMacs,
    /// DHCP clients that were heard.
    pub clients: Clients,
    /// What probes remember.
    pub memory: Memory,
    /// When each probe ran last, by network and probe.
    pub ran_at: BTreeMap<(String, String), Timestamp>,
    /// When each network was swept last.
    pub swept_at: BTreeMap<String, Timestamp>,
    /// The next report is a full one.
    pub full_next: bool,
    /// The collector asks that looking rests.
    pub collector_pauses: bool,
    /// When the last round began and ended.
    pub last_round: Option<(Timestamp, Timestamp)>,
    /// The last round's troubles, in sentences, for `status`.
    pub troubles: Vec<String>,
}

/// [`State`] as it lies on disk: maps with rich keys become lists.
#[derive(Serialize, Deserialize)]
struct StateFile {
    stream: Option<StreamId>,
    number: u64,
    picture: Vec<Group>,
    unseen: Vec<Unseen>,
    told: Vec<(ReadingKey, f64, Timestamp)>,
    private: PrivateMacs,
    #[serde(default)]
    clients: Clients,
    memory: Memory,
    ran_at: Vec<(String, String, Timestamp)>,
    swept_at: BTreeMap<String, Timestamp>,
    full_next: bool,
    collector_pauses: bool,
    last_round: Option<(Timestamp, Timestamp)>,
    troubles: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Unseen {
    network: String,
    subject: Subject,
    probe: String,
    key: String,
    rounds: u8,
}

/// Who this agent is, since enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its number.
    pub agent: AgentId,
    /// Where it was enrolled.
    pub collector: String,
    /// The key pinned by its code, in base32; absent: the system's authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The networks that its code was made for.
    pub networks: Vec<String>,
    /// When.
    pub enrolled_at: Timestamp,
}

/// How requests went, for `status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// When the collector last answered as it should.
    pub reached_at: Option<Timestamp>,
    /// The collector's clock less ours, seconds, when it last answered.
    #[serde(default)]
    pub skew_s: i64,
    /// When a request last failed, if none succeeded since.
    pub failed_at: Option<Timestamp>,
    /// Why.
    #[serde(default)]
    pub failure: String,
    /// The collector has revoked this agent.
    #[serde(default)]
    pub revoked: bool,
}

/// The receiver of SNMPv3 notifications, as those who send informs know it (RFC 3411 section 3.1.1.1, RFC 3414 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// snmpEngineID.
    pub id: Vec<u8>,
    /// snmpEngineBoots: how often it was started.
    pub boots: u32,
}

/// The files of one state folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Of this path; nothing is made yet.
    pub fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }

    /// Makes it where it is absent. Only its owner may look inside: the key lies there, and names that stay at school.
    pub fn make(&self) -> anyhow::Result<()> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.with_context(|| format!("making the state folder {}", self.0.display()))
    }

    /// Takes the lock: one agent at a time. It is held until the file is dropped.
    pub fn lock(&self) -> anyhow::Result<fs::File> {
        let path = self.0.join("lock");
        let file = fs::OpenOptions::new().create(true).append(true).open(&path).with_context(|| format!("opening {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => bail!("another agent is at work in {}: stop it first", self.0.display()),
            Err(fs::TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
        }
    }

    /// Where reports wait.
    pub fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    /// Somebody put the pause file there.
    pub fn is_paused(&self) -> bool {
        self.0.join("pause").exists()
    }

    /// What rounds remember; `None` where there is nothing yet. A damaged file is an error.
    pub fn load_state(&self) -> anyhow::Result<Option<State>> {
        let octets = match durable::read_sealed(&self.0.join("state")) {
            Ok(octets) => octets,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("reading the file `state`"),
        };
        let file: StateFile = wire::decode(&octets).context("reading the file `state`")?;
        Ok(Some(file.into()))
    }

    /// Keeps it, durably.
    pub fn save_state(&self, state: &State) -> anyhow::Result<()> {
        let packed = wire::encode(&StateFile::from(state))?;
        durable::write_sealed(&self.0.join("state"), &packed).context("writing the file `state`")
    }

    /// After a new enrolment: the collector knows nothing of the stream so far, so the next report begins another.
    pub fn forget_stream(&self) -> anyhow::Result<()> {
        match self.load_state() {
            Ok(Some(state)) => self.save_state(&State { stream: None, number: 0, ..state }),
            Ok(None) => Ok(()),
            Err(_) => Ok(()), // a damaged state begins a new stream anyway
        }
    }

    /// Who this agent is; `None` before enrolment.
    pub fn identity(&self) -> anyhow::Result<Option<Identity>> {
        self.read_json("identity.json")
    }

    /// Keeps identity and key. The key first: an identity without its key would be useless.
    pub fn save_identity(&self, identity: &Identity, key: &SigningKey) -> anyhow::Result<()> {
        durable::write(&self.0.join("agent.key"), STANDARD.encode(key.to_bytes()).as_bytes()).context("writing agent.key")?;
        durable::write(&self.0.join("identity.json"), &serde_json::to_vec_pretty(identity)?).context("writing identity.json")
    }

    /// The agent's own key.
    pub fn key(&self) -> anyhow::Result<SigningKey> {
        let path = self.0.join("agent.key");
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let octets: Option<[u8; 32]> = STANDARD.decode(text.trim()).ok().and_then(|octets| octets.try_into().ok());
        let octets = octets.with_context(|| format!("{}: expected 32 octets in base64", path.display()))?;
        Ok(SigningKey::from_bytes(&octets))
    }

    /// The key of masks; made at first use.
    pub fn mask_key(&self) -> anyhow::Result<[u8; 32]> {
        if let Some(key) = self.existing_mask_key() {
            return Ok(key);
        }
        let path = self.0.join("mask.key");
        let key = random()?;
        durable::write(&path, &key).with_context(|| format!("writing {}", path.display()))?;
        Ok(key)
    }

    /// The key of masks, if there is one.
    pub fn existing_mask_key(&self) -> Option<[u8; 32]> {
        fs::read(self.0.join("mask.key")).ok()?.try_into().ok()
    }

    /// The receiver of notifications; `None` before its first start.
    pub fn engine(&self) -> anyhow::Result<Option<Engine>> {
        self.read_json(ENGINE)
    }

    /// Keeps it, durably: boots that were used must not be used again.
    pub fn save_engine(&self, engine: &Engine) -> anyhow::Result<()> {
        durable::write(&self.0.join(ENGINE), &serde_json::to_vec(engine)?).with_context(|| format!("writing {ENGINE}"))
    }

    /// How requests went.
    pub fn contact(&self) -> Contact {
        self.read_json("contact.json").ok().flatten().unwrap_or_default() // only for people: lost, it is written anew at the next request
    }

    /// Keeps it. Not flushed to disk: nothing rests on it.
    pub fn save_contact(&self, contact: &Contact) {
        let path = self.0.join("contact.json");
        let unfinished = self.0.join("contact.json.tmp");
        let written = serde_json::to_vec_pretty(contact).map_err(Into::into).and_then(|octets| fs::write(&unfinished, octets));
        if let Err(error) = written.and_then(|()| fs::rename(&unfinished, &path)) {
            tracing::warn!(%error, "could not write contact.json");
        }
    }

    fn read_json<T: for<'de> Deserialize<'de>>(&self, name: &str) -> anyhow::Result<Option<T>> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(octets) => serde_json::from_slice(&octets).with_context(|| format!("reading {}", path.display())).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

impl Identity {
    /// The collector's address.
    pub fn url(&self) -> anyhow::Result<Url> {
        self.collector.parse().context("the collector's address in identity.json")
    }

    /// The pinned key.
    pub fn pin(&self) -> anyhow::Result<Option<Pin>> {
        self.pin.as_deref().map(|text| text.parse().map_err(anyhow::Error::msg)).transpose().context("the pin in identity.json")
    }
}

/// 32 random octets.
pub fn random() -> anyhow::Result<[u8; 32]> {
    let mut octets = [0u8; 32];
    getrandom::fill(&mut octets).map_err(|error| anyhow::anyhow!("no randomness from the system: {error}"))?;
    Ok(octets)
}

/// A new stream's id.
pub fn new_stream() -> anyhow::Result<StreamId> {
    let octets = random()?;
    Ok(StreamId(octets.iter().take(8).fold(0, |all, octet| all << 8 | u64::from(*octet))))
}

impl From<&State> for StateFile {
    fn from(state: &State) -> StateFile {
        let unseen = |((entry, key), rounds): (&(EntryKey, String), &u8)| Unseen {
            network: entry.network.to_string(),
            subject: entry.subject.clone(),
            probe: entry.probe.to_string(),
            key: key.clone(),
            rounds: *rounds,
        };
        StateFile {
            stream: state.stream,
            number: state.number,
            picture: state.standing.picture.to_groups(),
            unseen: state.standing.unseen.iter().map(unseen).collect(),
            told: state.standing.told.iter().map(|(key, (value, at))| (key.clone(), *value, *at)).collect(),
            private: state.private.clone(),
            clients: state.clients.burnt_in(),
            memory: state.memory.clone(),
            ran_at: state.ran_at.iter().map(|((network, probe), at)| (network.clone(), probe.clone(), *at)).collect(),
            swept_at: state.swept_at.clone(),
            full_next: state.full_next,
            collector_pauses: state.collector_pauses,
            last_round: state.last_round,
            troubles: state.troubles.clone(),
        }
    }
}

impl From<StateFile> for State {
    fn from(file: StateFile) -> State {
        let unseen = |row: Unseen| ((EntryKey::new(&row.network, row.subject, &row.probe), row.key), row.rounds);
        let standing = Standing {
            picture: Picture::from_groups(file.picture),
            unseen: file.unseen.into_iter().map(unseen).collect(),
            told: file.told.into_iter().map(|(key, value, at)| (key, (value, at))).collect(),
        };
        State {
            stream: file.stream,
            number: file.number,
            standing,
            private: file.private,
            clients: file.clients,
            memory: file.memory,
            ran_at: file.ran_at.into_iter().map(|(network, probe, at)| ((network, probe), at)).collect(),
            swept_at: file.swept_at,
            full_next: file.full_next,
            collector_pauses: file.collector_pauses,
            last_round: file.last_round,
            troubles: file.troubles,
        }
    }
}
