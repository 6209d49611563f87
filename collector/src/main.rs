//! `rollcall-collector`: the subcommands, and the only clock of the collector, which it hands down.
//!
//! Comes in: arguments. Goes out: an exit code (0 done, 1 failed, 2 arguments not understood). Absent on purpose: what the
//! subcommands do; each stands in its own module.

use clap::{Parser, Subcommand};
use rollcall_collector::cli_plan::{self, PlanCommand};
use std::process::ExitCode;

/// Calls the register of a town's school equipment: understands reports, lays the live fleet beside the plan.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, compare and write the tables of a plan
    #[command(subcommand)]
    Plan(PlanCommand),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Plan(command) => cli_plan::run(&command, jiff::Zoned::now().date(), &mut std::io::stdout().lock()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rollcall-collector: {error:#}");
            ExitCode::FAILURE
        }
    }
}
