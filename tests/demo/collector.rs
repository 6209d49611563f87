//! The collector of the demo: a new folder, the plan imported, an account, a code for each school, then served on loopback.
//!
//! Comes in: folders, a port. Goes out: a running collector and its address. Absent on purpose: its API (`api.rs`).

use super::process::{Process, beside, finish, finish_with};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Who signs in.
pub const USER: &str = "demo";
/// With which password: the demo listens on loopback alone and lives for minutes.
pub const PASSWORD: &str = "ecole-de-demonstration";

/// How long it may take to listen.
const STARTING: Duration = Duration::from_secs(20);
/// What it prints before its address.
const LISTENS: &str = "rollcall-collector listens on ";

/// The running collector.
pub struct Collector {
    /// Where people and agents find it.
    pub address: String,
    program: PathBuf,
    folder: String,
    process: Process,
}

/// Makes its folder and starts it.
pub fn start(folder: &Path, plan: &Path, port: u16) -> Result<Collector> {
    let program = beside("rollcall-collector")?;
    let own = folder.join("collector").display().to_string();
    finish(&program, &["--folder", &own, "plan", "import", &plan.display().to_string()]).context("importing the plan")?;
    finish_with(&program, &["--folder", &own, "user", "add", USER, "--role", "admin"], PASSWORD).context("adding an account")?;
    let listen = format!("127.0.0.1:{port}");
    let log = folder.join("collector.log");
    let mut process = Process::start("the collector", &program, &["--folder", &own, "serve", "--plain", "--listen", &listen], &log)?;
    let address = wait_for_address(&mut process, &log)?;
    Ok(Collector { address, program, folder: own, process })
}

fn wait_for_address(process: &mut Process, log: &Path) -> Result<String> {
    let until = Instant::now() + STARTING;
    while Instant::now() < until {
        process.check()?;
        let said = std::fs::read_to_string(log).unwrap_or_default();
        if let Some(address) = said.lines().find_map(|line| line.strip_prefix(LISTENS)) {
            return Ok(address.trim().to_owned());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the collector did not listen within {} s; the end of its log:\n{}", STARTING.as_secs(), process.last_words())
}

impl Collector {
    /// A one-time code with which the agent of this network enrols.
    pub fn code_for(&self, network: &str) -> Result<String> {
        let said = finish(&self.program, &["--folder", &self.folder, "agent", "code", network])?;
        let code = said.split_whitespace().last().with_context(|| format!("no code in {said:?}"))?;
        Ok(code.to_owned())
    }

    /// Fails if it has ended.
    pub fn check(&mut self) -> Result<()> {
        self.process.check()
    }

    /// What it used so far.
    pub fn usage(&self) -> super::process::Usage {
        self.process.usage()
    }
}
