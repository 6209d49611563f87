//! Shell: `rollcall-collector agent …`: enrolment codes, and the list of agents.
//!
//! Comes in: arguments. Goes out: a code (shown once, kept as a hash), a table of agents, a line of the audit trail. Absent
//! on purpose: enrolment itself (`web/agents`), the clock.

use crate::store::account::{self, AuditLine};
use crate::store::{self, Db, Tx};
use crate::web::agents;
use anyhow::{Result, bail};
use clap::Subcommand;
use rollcall_shared::{AgentId, Timestamp};

/// Most agents that the list shows.
const LISTED: u32 = 10_000;

/// What to do with agents.
#[derive(Debug, Subcommand)]
pub enum Agent {
    /// Make a one-time enrolment code for an agent that serves these networks (names as in the plan's table `networks`)
    Code {
        /// Names of networks
        #[arg(required = true)]
        networks: Vec<String>,
    },
    /// List the agents
    List,
    /// Refuse an agent from now on; its spool stays with it
    Revoke {
        /// Its number
        agent: i64,
    },
    /// Ask an agent to rest; heartbeats go on
    Pause {
        /// Its number
        agent: i64,
    },
    /// Let a paused agent look again
    Resume {
        /// Its number
        agent: i64,
    },
}

/// Does what was asked. `pin` is the digest of the key of the collector's own authority, where it has one.
pub fn run(db: &Db, agent: Agent, pin: Option<[u8; 32]>, now: Timestamp) -> Result<()> {
    match agent {
        Agent::Code { networks } => {
            for name in &networks {
                let wanted = name.clone();
                if db.read(move |tx| store::school::network_by_name(tx, &wanted))?.is_none() {
                    eprintln!("note: no network {name:?} is in the plan; what is seen there belongs to no school until it is");
                }
            }
            let code = db.write(move |tx| -> Result<String, store::Error> {
                let code = agents::make_code(tx, &networks, "console", pin.as_ref(), now)?;
                audit(tx, now, "agent.code", &networks.join(" "))?;
                Ok(code)
            })?;
            println!("{code}");
            eprintln!("Good once, for 7 days: rollcall-agent enrol URL --code {code}");
        }
        Agent::List => list(db, now)?,
        Agent::Revoke { agent } => change(db, "agent.revoke", agent, now, move |tx| store::report::revoke_agent(tx, AgentId(agent), now))?,
        Agent::Pause { agent } => change(db, "agent.pause", agent, now, move |tx| store::report::pause_agent(tx, AgentId(agent), true))?,
        Agent::Resume { agent } => change(db, "agent.resume", agent, now, move |tx| store::report::pause_agent(tx, AgentId(agent), false))?,
    }
    Ok(())
}

fn list(db: &Db, now: Timestamp) -> Result<()> {
    println!("{:>5}  {:<24} {:<12} {:<22} networks", "agent", "host", "state", "last contact");
    for agent in db.read(|tx| store::report::agents(tx, AgentId(0), LISTED))? {
        let state = match (agent.revoked_at, agent.paused, agent.contact_at.0) {
            (Some(_), _, _) => "revoked",
            (_, true, _) => "paused",
            (_, _, 0) => "never heard",
            _ if now.since_s(agent.contact_at) > 3 * i64::from(agent.every_s.max(15)) => "silent",
            _ => "speaks",
        };
        let contact = if agent.contact_at.0 == 0 { "-".to_owned() } else { agent.contact_at.to_string() };
        println!("{:>5}  {:<24} {:<12} {:<22} {}", agent.id.0, agent.host, state, contact, agent.networks.join(" "));
    }
    Ok(())
}

fn change<F>(db: &Db, what: &'static str, agent: i64, now: Timestamp, mut act: F) -> Result<()>
where
    F: FnMut(&mut Tx<'_>) -> Result<bool, store::Error> + Send + 'static,
{
    let known = db.write(move |tx| -> Result<bool, store::Error> {
        let known = act(tx)?;
        if known {
            audit(tx, now, what, &agent.to_string())?;
        }
        Ok(known)
    })?;
    if !known {
        bail!("no agent {agent} is here, or it is so already; `agent list` shows all");
    }
    Ok(())
}

fn audit(tx: &mut Tx<'_>, now: Timestamp, what: &str, subject: &str) -> Result<(), store::Error> {
    let line = AuditLine {
        at: now,
        who: "console".to_owned(),
        what: what.to_owned(),
        subject: subject.to_owned(),
        was: String::new(),
        becomes: String::new(),
    };
    account::audit(tx, &line)
}
