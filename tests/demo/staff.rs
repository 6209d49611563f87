//! The agents: one real `rollcall-agent` a school, with its own configuration and state.
//!
//! Comes in: the town, the collector. Goes out: running agents, and what they used. Absent on purpose: what they look at.

use super::collector::Collector;
use super::process::{Process, Usage, beside, finish, stop};
use anyhow::{Context, Result};
use rollcall_tests::sim::agent_config::{network_name, write};
use rollcall_tests::sim::world::World;
use std::path::Path;

/// All agents.
pub struct Staff {
    /// One a school, in the order of the town.
    pub agents: Vec<Process>,
    /// Seconds between two rounds.
    pub round_s: u32,
    /// Agents whose server is cut off at present.
    held: Vec<bool>,
}

impl Staff {
    /// Enrols and starts an agent for each school.
    pub async fn hire(world: &World, collector: &Collector, folder: &Path, round_s: u32) -> Result<Staff> {
        let program = beside("rollcall-agent")?;
        let schools = world.see(|town| town.schools.clone());
        let mut agents = Vec::new();
        for school in &schools {
            let own = folder.join(format!("agent-{:02}", school.number));
            let config = write(world, school, &own, round_s)?.display().to_string();
            let code = collector.code_for(&network_name(school)).with_context(|| format!("a code for school {}", school.code))?;
            finish(&program, &["--config", &config, "enrol", &collector.address, "--code", &code]).context("enrolling an agent")?;
            tokio::task::yield_now().await; // so that Ctrl-C is heard in between
            agents.push(Process::start(&format!("agent of {}", school.name), &program, &["--config", &config, "run"], &own.join("log"))?);
        }
        Ok(Staff { held: vec![false; agents.len()], agents, round_s })
    }

    /// Fails if one of them has ended.
    pub fn check(&mut self) -> Result<()> {
        self.agents.iter_mut().try_for_each(Process::check)
    }

    /// Holds the agents of servers that are silent by command, and lets those go on that are no longer.
    pub fn follow(&mut self, world: &World) -> Result<()> {
        let silent: Vec<bool> = world.see(|town| town.schools.iter().map(|school| school.devices[0].is_silent()).collect());
        for ((agent, held), silent) in self.agents.iter().zip(&mut self.held).zip(silent) {
            if *held != silent {
                agent.hold(silent);
                *held = silent;
            }
        }
        self.check()
    }

    /// What they used: the largest memory of one, and the CPU time of all.
    pub fn usage(&self) -> Usage {
        let each = self.agents.iter().map(Process::usage);
        each.fold(Usage::default(), |all, one| Usage { peak_kib: all.peak_kib.max(one.peak_kib), cpu_ticks: all.cpu_ticks + one.cpu_ticks })
    }
}

impl Drop for Staff {
    fn drop(&mut self) {
        for (agent, _) in self.agents.iter().zip(&self.held).filter(|(_, held)| **held) {
            agent.hold(false); // a held program cannot end well
        }
        stop(&mut self.agents);
    }
}
