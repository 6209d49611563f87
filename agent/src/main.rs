//! Arguments, signals, exit codes of `rollcall-agent`, and its only look at the system clock.

use clap::Parser;
use rollcall_agent::cli::{Cli, Command};
use rollcall_agent::{look, network::Network};
use rollcall_shared::{Report, Timestamp};
use std::io::Write;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match act(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rollcall-agent: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The system clock: read here and handed down.
fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn act(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        match cli.command {
            Command::Probe { target, keys } => {
                let (network, ip, only_snmp) = rollcall_agent::cli::probe_target(&target, &keys)?;
                print(&look::probe(&network, ip, only_snmp, &now).await?)
            }
            Command::Look { permission, unmasked, no_server } => {
                let networks: Vec<Network> = permission.networks()?;
                print(&look::look(&networks, look::server_place(!no_server), unmasked, &now).await?)
            }
            _ => anyhow::bail!("not yet"),
        }
    })
}

fn print(report: &Report) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report)?;
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}
