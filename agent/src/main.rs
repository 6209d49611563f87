//! Arguments, signals, exit codes of `rollcall-agent`, and its only look at the system clock.

use anyhow::Context;
use clap::Parser;
use rollcall_agent::agent::{Agent, Scope};
use rollcall_agent::cli::{Cli, Command, Permission, probe_target};
use rollcall_agent::config::{self, Config};
use rollcall_agent::look::{self, Place};
use rollcall_agent::mask::Mask;
use rollcall_agent::state::{Folder, random};
use rollcall_agent::uplink::Failure;
use rollcall_agent::{daemon, enrol, page, status};
use rollcall_shared::{Report, Timestamp};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reports are kept, but the collector has not got them.
const EXIT_NOT_SENT: u8 = 3;
/// How often `once` tries to send before it leaves the reports for later.
const ATTEMPTS: u32 = 3;
/// Pause between these.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(2);
/// The configuration has errors.
const EXIT_CONFIG: u8 = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The SNMP library logs every unanswered question as an error; who did not answer is in the report.
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,async_snmp=off".into());
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    match act(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rollcall-agent: {error:#}");
            if error.is::<ConfigErrors>() { ExitCode::from(EXIT_CONFIG) } else { ExitCode::FAILURE }
        }
    }
}

/// The system clock: read here and handed down.
fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Every problem of a configuration, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
struct ConfigErrors(Vec<String>);

fn load(file: &Path) -> Result<Config, ConfigErrors> {
    config::load(file).map_err(ConfigErrors)
}

fn act(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let file = cli.config.as_path();
    let code = local.block_on(&runtime, async {
        match cli.command {
            Command::Run => run(file).await,
            Command::Once => once(file).await,
            Command::Look { permission, unmasked, no_server } => print(&look(file, &permission, unmasked, !no_server).await?),
            Command::Probe { target, keys } => {
                let (network, ip, only_snmp) = probe_target(&target, &keys)?;
                print(&look::probe(&network, ip, only_snmp, &now).await?)
            }
            Command::Enrol { url, code, replace, insecure_http, state } => {
                let url = url.parse().with_context(|| format!("{url}: expected a URL such as https://rollcall.town.example:8443"))?;
                let wish = enrol::Wish { url, code, replace, insecure_http, host: host_name() };
                enrol(file, state.as_deref(), wish).await
            }
            Command::CheckConfig { page } => check_config(file, page),
            Command::Status { json } => show_status(file, json),
        }
    });
    runtime.shutdown_background(); // a name look-up that hangs must not hold up the end
    code
}

async fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let agent = Agent::open(load(file)?)?;
    let identity = agent.identity().ok_or(Failure::NotEnrolled)?;
    tracing::info!(agent = identity.agent.0, collector = identity.collector, waiting = agent.waiting(), "rollcall-agent begins");
    daemon::run(&agent, &now).await?;
    Ok(ExitCode::SUCCESS)
}

async fn once(file: &Path) -> anyhow::Result<ExitCode> {
    let agent = Agent::open(load(file)?)?;
    let report = agent.round(Scope::Everything, &now).await?;
    tracing::info!(number = report.number, probes = report.probes.len(), troubles = report.troubles.len(), "round");
    let mut sent = agent.drain(&now).await;
    for _ in 1..ATTEMPTS {
        if matches!(sent, Ok(_) | Err(Failure::NotEnrolled | Failure::Revoked(_))) {
            break;
        }
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        sent = agent.drain(&now).await;
    }
    match sent {
        Ok(reports) => {
            tracing::info!(reports, "sent");
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            eprintln!("rollcall-agent: {failure} ({} reports wait)", agent.waiting());
            Ok(ExitCode::from(EXIT_NOT_SENT))
        }
    }
}

/// Looks by the flags, or by the configuration where no network is named.
async fn look(file: &Path, permission: &Permission, unmasked: bool, here: bool) -> anyhow::Result<Report> {
    let networks = permission.networks()?;
    if !networks.is_empty() {
        let place = Place { server: look::server_place(here), network: &networks[0].name };
        let mask = Mask::new(random()?, Vec::new());
        return look::look(&networks, place, (!unmasked).then_some(&mask), &now).await;
    }
    let config = load(file)?;
    let mut server = config.server.clone();
    server.here &= here;
    let place = Place { server, network: &config.server_network };
    let mask = Mask::new(Folder::new(&config.state_folder).existing_mask_key().map_or_else(random, Ok)?, config.naming_patterns.clone());
    look::look(&config.networks, place, (!unmasked).then_some(&mask), &now).await
}

async fn enrol(file: &Path, state: Option<&Path>, wish: enrol::Wish) -> anyhow::Result<ExitCode> {
    let config = if file.exists() { Some(load(file)?) } else { None };
    let folder = state.or(config.as_ref().map(|config| config.state_folder.as_path())).unwrap_or(Path::new(config::STATE_FOLDER));
    let identity = enrol::enrol(&Folder::new(folder), config.as_ref(), wish, now()).await?;
    println!("enrolled as agent {} at {}, for the networks: {}", identity.agent, identity.collector, identity.networks.join(", "));
    let known = |name: &String| config.as_ref().is_none_or(|config| config.networks.iter().any(|network| network.name == *name));
    for name in identity.networks.iter().filter(|name| !known(name)) {
        println!("note: the collector expects a network named {name:?}, which {} does not name", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn check_config(file: &Path, wants_page: bool) -> anyhow::Result<ExitCode> {
    let config = load(file)?;
    config.notes.iter().for_each(|note| eprintln!("note: {note}"));
    if wants_page {
        let identity = Folder::new(&config.state_folder).identity().ok().flatten();
        print!("{}", page::page(&config, identity.as_ref()));
    } else {
        let addresses: usize = config.networks.iter().map(|network| network.addresses().count()).sum();
        println!("{}: good: {} networks, {addresses} addresses", file.display(), config.networks.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn show_status(file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let status = status::read(&load(file)?)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&status)?)
    } else {
        print!("{status}")
    }
    Ok(ExitCode::SUCCESS)
}

fn print(report: &Report) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report)?;
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}

/// This server's name, for the list of agents.
fn host_name() -> String {
    sysinfo::System::host_name().unwrap_or_default()
}
