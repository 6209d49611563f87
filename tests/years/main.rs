//! `two-years`: Villedemo from November 2024 to November 2026 in minutes, and a verdict on all that the collector said of it.
//!
//! Comes in: a folder for the store, which may be left out. Goes out: a table by sort of trouble, what was false, missed or never closed; the store with an account to
//! look at; 1 where anything is wrong. Absent on purpose: playing and judging (`harness/years`).

use anyhow::{Context, Result, ensure};
use clap::Parser;
use jiff::civil::date;
use rollcall_collector::store::account::{self, Role};
use rollcall_collector::store::{self, Db};
use rollcall_collector::web::password;
use rollcall_shared::Timestamp;
use rollcall_tests::years::{Setup, play, town};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const USER: &str = "demo";
const PASSWORD: &str = "ecole-de-demonstration";

/// Two years of a made-up town, played in minutes and judged.
#[derive(Parser)]
struct Arguments {
    /// Where the store is left to be looked at; must not hold one yet.
    folder: Option<PathBuf>,
    /// Another seed is another chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Troubles that befall a school in a hundred days of class.
    #[arg(long, default_value_t = 12)]
    troubles: u64,
    /// How many of the nine schools.
    #[arg(long, default_value_t = 9)]
    schools: usize,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("two-years: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let left = match &arguments.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
            let left = folder.join("rollcall.db");
            ensure!(!left.exists(), "{} is there already: name another folder", left.display());
            Some(left)
        }
        None => None,
    };
    // Two years of commits wait for a disk for minutes: the store comes to its folder at the end.
    let shm = Path::new("/dev/shm");
    let playing = if shm.is_dir() { tempfile::tempdir_in(shm)? } else { tempfile::tempdir()? };
    let file = playing.path().join("rollcall.db");
    let schools: Vec<town::School> = town::SCHOOLS.iter().copied().take(arguments.schools).collect();
    // A store from tomorrow would confuse who looks at it today.
    let today = jiff::Zoned::now().date();
    let (first, last) = (date(2024, 11, 28), date(2026, 11, 28).min(today));
    let began = Instant::now();
    let setup = Setup { schools, first, last, seed: arguments.seed, troubles: arguments.troubles, file: Some(file.clone()) };
    let verdict = play(setup)?;
    println!("Villedemo, {first} to {last}, {} schools, seed {}\n", arguments.schools, arguments.seed);
    println!("{}", verdict.table);
    println!("wall {:.0} s, CPU {:.0} s, largest memory {} MiB", began.elapsed().as_secs_f64(), cpu_s(), peak_kib() / 1024);
    for wrong in &verdict.wrong {
        println!("WRONG  {wrong}");
    }
    if let (Some(folder), Some(left)) = (&arguments.folder, &left) {
        leave(&file, folder, left)?;
    }
    println!("{}", if verdict.wrong.is_empty() { "all is as it was" } else { "NOT all is as it was" });
    Ok(verdict.wrong.is_empty())
}

/// An account, and the words to look at it all.
fn leave(file: &Path, folder: &Path, left: &Path) -> Result<()> {
    let now = Timestamp(jiff::Timestamp::now().as_second());
    let db = Db::open(&file.display().to_string(), now)?;
    let hash = password::hash(PASSWORD)?;
    db.write(move |tx| -> store::Result<_> { account::add(tx, USER, Role::Admin, &hash, now) })?;
    drop(db);
    std::fs::copy(file, left).context("carrying the store to its folder")?;
    // What the last commits left beside the file belongs to it.
    let (log, log_left) = (file.with_extension("db-wal"), left.with_extension("db-wal"));
    if log.exists() {
        std::fs::copy(log, log_left)?;
    }
    println!("\nLook at it:  rollcall-collector --folder {} serve --plain --listen 127.0.0.1:8480", folder.display());
    println!("             http://127.0.0.1:8480, signed in as {USER} with the password {PASSWORD}\n");
    Ok(())
}

fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
