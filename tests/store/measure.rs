//! What a difference costs the writer: CPU and disk for three changed devices, three lines of timeline and the agent's row.
//!
//! Not a test of right or wrong: `cargo test -p rollcall-tests --test store measure -- --ignored --nocapture`, with
//! `ROLLCALL_SCHOOLS` (100 devices each; 1 000 by default). Numbers of a debug build are an upper bound: SQLite itself is
//! optimised there, our own code is not.

use super::*;
use std::sync::atomic::{AtomicI64, Ordering};

const DEVICES: i64 = 100;

/// CPU seconds of the process: user and system, in ticks of 10 ms (proc(5), fields 14 and 15 of /proc/self/stat).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn written_bytes() -> f64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).unwrap().parse().unwrap()
}

fn measured(what: &str, reports: i64, run: impl FnOnce()) {
    let (cpu, bytes, start) = (cpu_s(), written_bytes(), std::time::Instant::now());
    run();
    let per = |total: f64| total / reports as f64;
    let (cpu, bytes, wall) = (per((cpu_s() - cpu) * 1e6), per(written_bytes() - bytes), start.elapsed().as_secs_f64());
    println!("{what}: {cpu:.0} µs CPU, {bytes:.0} bytes of disk a report; {:.0} reports/s wall", reports as f64 / wall);
}

/// Three devices of a school move to another port at `at`.
fn difference(tx: &mut Tx<'_>, agent: AgentId, school: SchoolId, at: Timestamp) -> Result<()> {
    let changes = [7, 48, 91].map(|number| {
        let before = super::device(school.0 * DEVICES + number, school);
        let port = Attachment { port: at.0.to_string(), ..before.place.clone().unwrap() };
        let event = Event { what: "place", was: "core 24".into(), becomes: "core 7".into() };
        Change { after: Device { place: Some(port), ..before.clone() }, before: Some(before), events: vec![event] }
    });
    fleet::save_changes(tx, &changes, agent, at)?;
    heartbeat(tx, agent, at)
}

fn heartbeat(tx: &mut Tx<'_>, agent: AgentId, at: Timestamp) -> Result<()> {
    let before = report::agent_by_id(tx, agent)?.unwrap();
    let report = report_of(before.position.number + 1, Content::Heartbeat, &Picture::default());
    let accepted = Accepted { now: at, skew_s: 0, round_count: report.number, rounds: &before.rounds, placed: true };
    report::record_report(tx, &before, &report, &accepted)
}

#[test]
#[ignore = "a measurement, run by hand"]
fn a_difference_and_a_heartbeat() {
    let schools: i64 = std::env::var("ROLLCALL_SCHOOLS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let on: Vec<database::Database> =
        if std::env::var_os("ROLLCALL_MEASURE_POSTGRES").is_some() { database::postgres().into_iter().collect() } else { vec![database::sqlite()] };
    for database in on {
        println!("on {}, {} devices", database.engine, schools * DEVICES);
        let db = Db::open(&database.location, NOW).unwrap();
        for school in 1..=schools {
            write(&db, move |tx| {
                let new = NewAgent { public_key: school.to_be_bytes().to_vec(), host: "kwartz".into(), version: "1".into(), networks: vec![] };
                report::insert_agent(tx, &new, NOW)?;
                (0..DEVICES).try_for_each(|number| {
                    let change = arrival(&super::device(school * DEVICES + number, SchoolId(school)));
                    fleet::save_changes(tx, std::slice::from_ref(&change), AgentId(school), NOW).map(drop)
                })
            });
        }
        let next = AtomicI64::new(0);
        // A prime step: neighbours in time are not neighbours in the tables.
        let school_of = move |report: i64| 1 + (report * 7_919) % schools;
        let groups = |job: fn(&mut Tx<'_>, AgentId, SchoolId, Timestamp) -> Result<()>, of: i64, count: i64| {
            for _ in 0..count {
                let first = next.fetch_add(of, Ordering::Relaxed);
                write(&db, move |tx| {
                    (first..first + of).try_for_each(|report| job(tx, AgentId(school_of(report)), SchoolId(school_of(report)), NOW + report + 1))
                });
            }
        };
        measured("difference, 100 a commit", 5_000, || groups(difference, 100, 50));
        measured("heartbeat, 100 a commit", 5_000, || groups(|tx, agent, _, at| heartbeat(tx, agent, at), 100, 50));
        measured("difference, 1 a commit", 500, || groups(difference, 1, 500));
        measured("difference, 64 callers at once", 6_400, || {
            std::thread::scope(|scope| {
                for _ in 0..64 {
                    scope.spawn(|| groups(difference, 1, 100));
                }
            });
        });
    }
}
