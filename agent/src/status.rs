//! How an agent fares, read from its state folder while it works or not.
//!
//! Comes in: the folder's files. Goes out: a page of text, or JSON. Absent on purpose: asking the running agent (it opens no
//! port and takes no order).

use crate::config::Config;
use crate::spool::Spool;
use crate::state::{Contact, Folder, Identity};
use rollcall_shared::{StreamId, Timestamp};
use serde::Serialize;
use std::fmt;

/// Everything that `status` tells.
#[derive(Debug, Serialize)]
pub struct Status {
    /// State folder.
    pub folder: String,
    /// Who it is.
    pub identity: Option<Identity>,
    /// Its stream.
    pub stream: Option<StreamId>,
    /// Number of its last report.
    pub number: u64,
    /// Facts that stand.
    pub facts: usize,
    /// Reports that wait.
    pub waiting: usize,
    /// Their octets.
    pub waiting_bytes: u64,
    /// Bound of the spool.
    pub max_bytes: u64,
    /// When the oldest of them was looked.
    pub oldest_at: Option<Timestamp>,
    /// How requests went.
    pub contact: Contact,
    /// Beginning and end of the last round.
    pub last_round: Option<(Timestamp, Timestamp)>,
    /// Who paused looking, if anybody.
    pub paused_by: Vec<&'static str>,
    /// The last round's troubles.
    pub troubles: Vec<String>,
}

/// Reads it.
pub fn read(config: &Config) -> anyhow::Result<Status> {
    let folder = Folder::new(&config.state_folder);
    anyhow::ensure!(config.state_folder.is_dir(), "{}: no such folder: this agent never ran here", config.state_folder.display());
    let state = folder.load_state()?.unwrap_or_default();
    let spool = Spool::peek(&folder.spool())?;
    let pausing = [("the configuration", config.pause), ("the file `pause`", folder.is_paused()), ("the collector", state.collector_pauses)];
    Ok(Status {
        folder: config.state_folder.display().to_string(),
        identity: folder.identity()?,
        stream: state.stream,
        number: state.number,
        facts: state.standing.picture.fact_count(),
        waiting: spool.entries().count(),
        waiting_bytes: spool.bytes(),
        max_bytes: config.spool_max_bytes,
        oldest_at: spool.entries().find_map(|entry| spool.read(*entry).ok()).map(|report| report.began_at),
        contact: folder.contact(),
        last_round: state.last_round,
        paused_by: pausing.into_iter().filter(|(_, pauses)| *pauses).map(|(who, _)| who).collect(),
        troubles: state.troubles,
    })
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |label: &str, text: String| writeln!(f, "{label:<14}{text}");
        match &self.identity {
            Some(who) => {
                line("enrolled", format!("agent {} at {}, {} (networks: {})", who.agent, who.collector, who.enrolled_at, who.networks.join(", ")))?
            }
            None => line("enrolled", "no: rollcall-agent enrol URL --code CODE".to_owned())?,
        }
        line("state folder", self.folder.clone())?;
        match self.stream {
            Some(stream) => line("stream", format!("{stream}, last report {}, {} facts stand", self.number, self.facts))?,
            None => line("stream", "none yet".to_owned())?,
        }
        let oldest = self.oldest_at.map(|at| format!(", the oldest of {at}")).unwrap_or_default();
        line("waiting", format!("{} reports, {} of {} octets{oldest}", self.waiting, self.waiting_bytes, self.max_bytes))?;
        line("last contact", contact(&self.contact))?;
        line("last round", self.last_round.map_or("none yet".to_owned(), |(began, ended)| format!("{began}, took {} s", ended.since_s(began))))?;
        if !self.paused_by.is_empty() {
            line("PAUSED", format!("by {}", self.paused_by.join(", ")))?;
        }
        for (number, trouble) in self.troubles.iter().enumerate() {
            line(if number == 0 { "troubles" } else { "" }, trouble.clone())?;
        }
        Ok(())
    }
}

fn contact(contact: &Contact) -> String {
    let reached = match (contact.reached_at, contact.skew_s) {
        (None, _) => "never reached".to_owned(),
        (Some(at), 0) => at.to_string(),
        (Some(at), skew_s) => format!("{at} (the collector's clock is {skew_s:+} s from ours)"),
    };
    match contact.failed_at {
        None => reached,
        Some(at) => format!("{reached}; failed {at}: {}", contact.failure),
    }
}
