//! What it costs to settle: CPU of one school of 300 places, CPU a school and memory of many schools of 100 places, and of a country.
//!
//! `cargo run --release -p rollcall-tests --bin bench-settle`; `--country` for 50 000 schools with 5 million places. Comes in: a made-up programme,
//! with devices as agents would have reported them. Goes out: CPU time of user and system, all threads, reading and writing included, on a SQLite
//! file; and the largest memory of a process that does nothing else. Absent on purpose: how reports come in (`bench-recognise`) and how plans do
//! (`bench-plan`).

use clap::Parser;
use jiff::tz::TimeZone;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::{self, Db, school};
use rollcall_shared::{SchoolId, Timestamp};
use rollcall_tests::country::{self, NOW, Size};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// CPU seconds that a country may take.
const COUNTRY_S: f64 = 600.0;
/// Schools and places of a country.
const COUNTRY: (u32, u32) = (50_000, 100);

/// Measures settling.
#[derive(Parser)]
struct Arguments {
    /// Schools; a quarter of them is measured too, to see how memory grows.
    #[arg(long, default_value_t = 2_000)]
    schools: u32,
    /// The whole country: 50 000 schools.
    #[arg(long)]
    country: bool,
    /// How often the one school is settled.
    #[arg(long, default_value_t = 200)]
    times: u32,
    /// Folder of the database files; it is emptied of them afterwards.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// A step of its own process: fills this file.
    #[arg(long, hide = true)]
    fill: Option<PathBuf>,
    /// A step of its own process: settles this file.
    #[arg(long, hide = true)]
    settle: Option<PathBuf>,
}

fn main() {
    let arguments = Arguments::parse();
    if let Some(file) = &arguments.fill {
        return country::fill(&fresh(file), Size { schools: arguments.schools, rooms: 12 });
    }
    if let Some(file) = &arguments.settle {
        return settle_all(file, arguments.schools);
    }
    let base = arguments.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::tempdir_in(base).unwrap();
    one_school(folder.path(), arguments.times);
    if arguments.country {
        return many(folder.path(), COUNTRY.0);
    }
    many(folder.path(), arguments.schools / 4);
    many(folder.path(), arguments.schools);
}

fn fresh(file: &Path) -> Db {
    Db::open(file.to_str().unwrap(), NOW + -86_400).unwrap()
}

/// One school of 300 places among a few like it.
fn one_school(folder: &Path, times: u32) {
    let file = folder.join("one.db");
    let schools = 20;
    let db = fresh(&file);
    country::fill(&db, Size { schools, rooms: 36 });
    let settle = Settle::new(db.clone(), TimeZone::get("Europe/Paris").unwrap());
    // All are due after the import: a lease takes them off the list, so that each may be settled alone.
    let ids: Vec<SchoolId> = db.write(|tx| school::take_due(tx, NOW, 1_000)).unwrap().into_iter().map(|taken| taken.school).collect();
    assert_eq!(ids.len(), schools as usize);
    // The first one also reads what all schools share.
    let first: Vec<f64> = ids.iter().map(|id| alone(&db, &settle, *id, NOW)).collect();
    let places = count(&db, "select count(*) from place where school_id = 1");
    println!("one school: {places} places, {} devices, {} faults standing", count(&db, DEVICES), count(&db, FAULTS));
    println!("    first settle                {:.2} ms of CPU (the very first of {schools}: {:.2})", median(first.clone()), first[0]);
    let id = ids[0];
    let again = (0..times).map(|_| alone(&db, &settle, id, NOW + 10)).collect();
    println!("    nothing changed             {:.2} ms", median(again));
    let changed = (0..times).map(|turn| {
        country::change(&db, id, turn % 2 == 0, NOW + 20);
        alone(&db, &settle, id, NOW + 20)
    });
    println!("    a few devices changed       {:.2} ms", median(changed.collect()));
}

const DEVICES: &str = "select count(*) from device where school_id = 1";
const FAULTS: &str = "select count(*) from fault where school_id = 1 and cleared_at is null";

fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(|tx| -> store::Result<i64> { tx.query_one(sql, &[])?.map_or(Ok(0), |mut row| row.take()) }).unwrap()
}

/// Milliseconds of CPU that one school costs, from mark to commit.
fn alone(db: &Db, settle: &Settle, school: SchoolId, now: Timestamp) -> f64 {
    db.write(move |tx| school::mark_due(tx, school, now)).unwrap();
    let cpu = cpu_s();
    let settled = settle.drain(now).unwrap();
    assert_eq!(settled.len(), 1);
    (cpu_s() - cpu) * 1e3
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Many schools, filled and settled in processes of their own: the memory told is settling's.
fn many(folder: &Path, schools: u32) {
    let file = folder.join(format!("many-{schools}.db"));
    step("--fill", &file, schools);
    step("--settle", &file, schools);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
}

fn step(step: &str, file: &Path, schools: u32) {
    let done = Command::new(std::env::current_exe().unwrap()).arg(step).arg(file).args(["--schools", &schools.to_string()]).status().unwrap();
    assert!(done.success(), "{step}");
}

fn settle_all(file: &Path, schools: u32) {
    let db = Db::open(file.to_str().unwrap(), NOW).unwrap();
    let settle = Settle::new(db.clone(), TimeZone::get("Europe/Paris").unwrap());
    println!("{schools} schools, {} MiB on disk; memory of an open store {} MiB", file.metadata().unwrap().len() >> 20, peak_kib() / 1024);
    for (what, at) in [("first settle", NOW), ("nothing changed", NOW + 30)] {
        db.write(move |tx| school::mark_all_due(tx, at)).unwrap();
        let (cpu, began) = (cpu_s(), Instant::now());
        let begun = settle.drain(at).unwrap().len();
        let begin = cpu_s() - cpu;
        let memory = peak_kib();
        let mut settled = begun;
        loop {
            match settle.drain(at).unwrap().len() {
                0 => break,
                more => settled += more,
            }
        }
        assert_eq!(settled, schools as usize);
        let cpu = cpu_s() - cpu;
        let each = cpu / f64::from(schools);
        println!(
            "    {what}: {:.2} ms of CPU a school (the first {begun} {:.2} s); {:.0} s of CPU, {:.0} s of wall; largest memory {} MiB ({} after the first {begun})",
            each * 1e3,
            begin,
            cpu,
            began.elapsed().as_secs_f64(),
            peak_kib() / 1024,
            memory / 1024
        );
        if schools < COUNTRY.0 {
            println!("    extrapolated to {} schools: {:.0} s of {COUNTRY_S} s", COUNTRY.0, each * f64::from(COUNTRY.0));
        }
    }
    let look = |sql| count(&db, sql);
    println!(
        "    {} places, {} devices, {} faults",
        look("select count(*) from place"),
        look("select count(*) from device"),
        look("select count(*) from fault")
    );
}

/// CPU seconds of this process so far, user and system, of the threads that live.
fn cpu_s() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let of = |path: PathBuf| std::fs::read_to_string(path.join("schedstat")).ok()?.split_whitespace().next()?.parse::<f64>().ok();
    tasks.filter_map(|task| of(task.ok()?.path())).sum::<f64>() / 1e9
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
