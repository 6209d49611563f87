//! `rollcall-collector`: the subcommands, and the only clock of the collector, which it hands down.
//!
//! Comes in: arguments. Goes out: an exit code (0 done, 1 failed, 2 arguments not understood). Absent on purpose: what the
//! subcommands do; each stands in its own module.

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use rollcall_collector::cli_agent::{self, Agent};
use rollcall_collector::cli_calendar::{self, CalendarCommand};
use rollcall_collector::cli_identify::{self, IdentifyCommand};
use rollcall_collector::cli_list::{self, ListCommand};
use rollcall_collector::cli_mail;
use rollcall_collector::cli_plan::{self, PlanCommand};
use rollcall_collector::cli_store;
use rollcall_collector::cli_user::{self, User};
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::store::Db;
use rollcall_collector::{cli_serve, web};
use rollcall_shared::Timestamp;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Calls the register of a town's school equipment: understands reports, lays the live fleet beside the plan.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    where_: Where,
    #[command(subcommand)]
    command: Command,
}

/// Which collector.
#[derive(Debug, Args)]
struct Where {
    /// Settings; without it `/etc/rollcall/collector.toml` if it is there, else defaults
    #[arg(long, global = true, env = "ROLLCALL_COLLECTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of all data, instead of the settings' one
    // Global arguments share one space of ids with those of every subcommand, where `folder` is a folder of tables.
    #[arg(id = "data_folder", long = "folder", value_name = "FOLDER", global = true)]
    folder: Option<PathBuf>,
    /// `postgres://…` or a SQLite file, instead of the settings' one
    #[arg(long, global = true)]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages, API and agents until told to stop
    Serve {
        /// Address and port, instead of the settings' one; port 0 takes a free one
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Plain HTTP, on loopback only
        #[arg(long)]
        plain: bool,
    },
    /// Recognise the devices of a report: one JSON object a line, the probed device first
    Identify(IdentifyCommand),
    /// Check, compare and write the tables of a plan
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Lists that others keep of the devices: exports of a device management, host lists, inventories
    #[command(subcommand)]
    List(ListCommand),
    /// School years: take in the ministry's file, say what is known
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// Agents: enrolment codes, the list, revoking
    #[command(subcommand)]
    Agent(Agent),
    /// Accounts of people
    #[command(subcommand)]
    User(User),
    /// Copy database and keys of this moment into a new folder, while reports come in
    Backup {
        /// Folder to make
        folder: PathBuf,
    },
    /// Put a backup back; the collector must not be running
    Restore {
        /// Folder that `backup` made
        folder: PathBuf,
    },
    /// Send one letter by the settings, and say what the mail server answered
    TestMail {
        /// To whom
        to: String,
    },
    /// Say what is wrong with the settings
    CheckConfig,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rollcall-collector: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<bool> {
    match cli.command {
        Command::Identify(command) => return cli_identify::run(&command, &mut std::io::stdout().lock()),
        Command::Plan(command) => return plan(&cli.where_, &command),
        Command::List(command) => {
            let today = jiff::Zoned::now().date();
            return cli_list::run(&open(&settings(&cli.where_)?)?, command, today, now(), &mut std::io::stdout().lock());
        }
        Command::Agent(agent) => {
            let config = settings(&cli.where_)?;
            let own = matches!(config.server.tls, Tls::Own);
            let pin = own.then(|| web::tls::own(&config.store.folder, &config.server.hosts, Arc::new(now))).transpose()?.map(|own| own.pin);
            cli_agent::run(&open(&config)?, agent, pin, now())?;
        }
        Command::Calendar(command) => cli_calendar::run(&open(&settings(&cli.where_)?)?, &command, now(), &mut std::io::stdout().lock())?,
        Command::User(user) => cli_user::run(&open(&settings(&cli.where_)?)?, user, now())?,
        Command::Backup { folder } => {
            let config = settings(&cli.where_)?;
            cli_store::make_backup(&open(&config)?, &config, &folder, now(), &mut std::io::stdout().lock())?;
        }
        Command::Restore { folder } => cli_store::put_back(&settings(&cli.where_)?, &folder, now(), &mut std::io::stdout().lock())?,
        Command::TestMail { to } => cli_mail::test(&settings(&cli.where_)?, &to, now(), &mut std::io::stdout().lock())?,
        Command::CheckConfig => {
            let config = settings(&cli.where_)?;
            println!("The settings are good: listening on {}, data in {}.", config.server.listen, config.store.folder.display());
        }
        Command::Serve { listen, plain } => {
            let mut config = settings(&cli.where_)?;
            config.server.listen = listen.unwrap_or(config.server.listen);
            config.server.tls = if plain { Tls::Off } else { config.server.tls };
            config.check()?;
            let clock: web::Clock = Arc::new(now);
            cli_serve::run(open(&config)?, config, clock)?;
        }
    }
    Ok(true)
}

fn plan(wanted: &Where, command: &PlanCommand) -> Result<bool> {
    let (today, out) = (jiff::Zoned::now().date(), &mut std::io::stdout().lock());
    match command {
        PlanCommand::Import(args) => cli_store::import_plan(&open(&settings(wanted)?)?, args, today, now(), out),
        PlanCommand::Draft(args) => cli_store::draft_plan(&open(&settings(wanted)?)?, args, now(), out).map(|()| true),
        PlanCommand::Export(args) if args.from.is_none() => cli_store::export_plan(&open(&settings(wanted)?)?, args, now(), out).map(|()| true),
        _ => cli_plan::run(command, today, out),
    }
}

fn settings(wanted: &Where) -> Result<Config> {
    let system = PathBuf::from("/etc/rollcall/collector.toml");
    let path = wanted.config.clone().or_else(|| system.exists().then_some(system));
    let mut config = path.map_or_else(|| Ok(Config::default()), |path| Config::read(&path))?;
    if let Some(folder) = &wanted.folder {
        config.store.folder.clone_from(folder);
    }
    if let Some(database) = &wanted.database {
        config.store.database.clone_from(database);
        config.store.database_file = PathBuf::new();
    }
    Ok(config)
}

/// The only reading of the system's clock.
fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn open(config: &Config) -> Result<Db> {
    std::fs::create_dir_all(&config.store.folder).with_context(|| format!("making {}", config.store.folder.display()))?;
    Ok(Db::open(&config.database()?, now())?)
}
