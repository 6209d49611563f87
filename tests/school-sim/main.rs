//! `school-sim`: plays a town's schools on loopback addresses, and takes commands that break and mend their devices.
//!
//! Comes in: how many schools, or a plan. Goes out: sockets on 127.41.0.0/24 and on, files in a folder, `truth.json`. It runs until it
//! is told to stop (Ctrl-C, SIGTERM). Absent on purpose: the playing itself (`harness/sim`).

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use rollcall_tests::sim::{agent_config, control, town, world};
use std::path::PathBuf;
use std::process::ExitCode;

/// Time between rounds that is written into the agents' configurations, as the product has it.
const USUAL_ROUND_S: u32 = 300;

#[derive(Parser)]
#[command(version, about = "Plays schools on loopback addresses, with a truth file, and breaks their devices on command.")]
struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Play the schools until stopped.
    Run {
        /// Folder for the servers' files, a configuration for a real agent of each school, and the truth.
        #[arg(long)]
        folder: PathBuf,
        /// How many schools.
        #[arg(long, default_value_t = 1)]
        schools: u8,
        /// Classes in each.
        #[arg(long, default_value_t = 8)]
        classes: u32,
        /// Port of SNMP at every address.
        #[arg(long, default_value_t = 16161)]
        snmp_port: u16,
        /// Port of PJLink at every projector.
        #[arg(long, default_value_t = 14352)]
        pjlink_port: u16,
        /// Port of NUT at every server.
        #[arg(long, default_value_t = 13493)]
        nut_port: u16,
    },
    /// Break or mend a device of a running town: lamp|fan|temperature|cover|filter|other|toner N|jam|battery|disk|service NAME|silent|move SWITCH:PORT, then on|off.
    Fault {
        /// Folder of the running town.
        #[arg(long)]
        folder: PathBuf,
        /// School: the plan's code or its number.
        school: String,
        /// Device, by its name in the truth file.
        device: String,
        /// What happens.
        #[arg(required = true, num_args = 2..=3)]
        what: Vec<String>,
    },
}

fn main() -> ExitCode {
    match act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("school-sim: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act() -> Result<()> {
    match Arguments::parse().act {
        Act::Run { folder, schools, classes, snmp_port, pjlink_port, nut_port } => {
            let ports = world::Ports { snmp: snmp_port, pjlink: pjlink_port, nut: nut_port, ..world::Ports::default() };
            let specs: Vec<town::Spec> = (1..=schools).map(|number| town::sample_spec(number, classes)).collect();
            std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(play(world::World::new(town::build(&specs), &folder, ports)))
        }
        Act::Fault { folder, school, device, what } => control::send(&folder, &control::Command { school, device, what }),
    }
}

async fn play(world: std::sync::Arc<world::World>) -> Result<()> {
    let mut tasks = world.speak().await?;
    control::open(&mut tasks, &world).await?;
    let schools = world.see(|town| town.schools.clone());
    for school in &schools {
        agent_config::write(&world, school, &world.folder().join(format!("agent-{:02}", school.number)), USUAL_ROUND_S)?;
    }
    let devices: usize = schools.iter().map(|school| school.devices.len()).sum();
    println!("{} schools with {devices} devices are being played; truth: {}", schools.len(), world.folder().join("truth.json").display());
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
