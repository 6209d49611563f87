//! What pages cost over a million devices: CPU of each, and how long people wait while reports come in.
//!
//! `cargo run --release -p rollcall-tests --no-default-features --bin bench-pages`; `--postgres` for the second engine. Comes in: a made-up country,
//! filled and settled as agents and plan would have done it. Goes out: for each page the CPU time of the process that serves it (with PostgreSQL also
//! that of the database's own processes) at the median, and the wall time at the median and the 99th percentile, first with nothing else to do, then
//! while so many reports a second come in, signed, over HTTP, each a difference that moves three stations. Absent on purpose: what a browser adds.

mod load;
mod server;

use clap::Parser;
use jiff::tz::TimeZone;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::{self, Db};
use rollcall_tests::country::{self, NOW, Size};
use rollcall_tests::database;
use server::Server;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;

/// Classrooms of a school: about a hundred places.
pub const ROOMS: u32 = 12;
/// CPU that a page may take at the median, milliseconds.
const CPU_MS: f64 = 10.0;
/// How long it is waited after the agents have told their pictures, and after they have begun to report: what is measured is neither five hundred agents
/// that come at once, nor the first moments of a load.
const STARTS_S: Duration = Duration::from_secs(12);
/// Programs may ask 1 200 times a minute before they are told to wait: the API's pages are asked for no more than that.
const API_TIMES: usize = 600;
/// The first few requests of a page read what is kept from then on: they do not count.
const FIRST: usize = 3;
/// How much longer the slowest in a hundred may take while reports come in.
const TIMES: f64 = 3.0;

/// Measures pages.
#[derive(Parser)]
pub struct Arguments {
    /// Schools, with a hundred devices each.
    #[arg(long, default_value_t = 10_400)]
    schools: u32,
    /// On PostgreSQL, in a cluster of its own.
    #[arg(long)]
    postgres: bool,
    /// How often each page is asked for, idle and busy.
    #[arg(long, default_value_t = 1_000)]
    times: usize,
    /// Only pages whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Reports a second.
    #[arg(long, default_value_t = 500)]
    reports: u32,
    /// A store that such a run has left is used, or left, here (SQLite).
    #[arg(long)]
    keep: Option<PathBuf>,
    /// A step of its own process: serves this database.
    #[arg(long, hide = true)]
    serve: Option<String>,
}

fn main() {
    let arguments = Arguments::parse();
    if let Some(location) = &arguments.serve {
        return server::serve(location);
    }
    let database = if arguments.postgres { database::postgres().expect("PostgreSQL is installed") } else { database::sqlite() };
    let location = arguments.keep.as_ref().map_or(database.location.clone(), |file| file.display().to_string());
    fill(&location, arguments.schools, arguments.postgres);
    let server = Server::start(&location, arguments.postgres);
    let mut pages = pages(&Db::open(&location, NOW).unwrap(), arguments.schools);
    pages.retain(|page| page.what.contains(&arguments.only));
    let (runtime, elsewhere) = (Builder::new_current_thread().enable_all().build().unwrap(), load::elsewhere());
    runtime.block_on(async {
        let client = server.signed_in().await;
        let agents = elsewhere.spawn(load::introduce(server.base.clone(), arguments.schools, arguments.reports)).await.unwrap();
        tokio::time::sleep(STARTS_S).await;
        println!("{:<28} {:>8} {:>8} {:>8} {:>8}   idle", "page", "CPU ms", "bytes", "p50 ms", "p99 ms");
        let idle = server.measure(&client, &pages, arguments.times, true).await;
        for (page, cost) in pages.iter().zip(&idle) {
            println!("{:<28} {:>8.2} {:>8} {:>8.1} {:>8.1}", page.what, cost.cpu_ms, cost.bytes, cost.p50_ms, cost.p99_ms);
        }
        let sending = load::start(&elsewhere, agents);
        tokio::time::sleep(STARTS_S).await;
        println!("{:<28} {:>8} {:>8} {:>8} {:>8}   while reports come in; p99 against idle", "page", "", "", "p50 ms", "p99 ms");
        let busy = server.measure(&client, &pages, arguments.times, false).await;
        let mut over = 0;
        for ((page, idle), busy) in pages.iter().zip(&idle).zip(&busy) {
            let longer = busy.p99_ms / idle.p99_ms;
            let too_much = idle.cpu_ms > CPU_MS || longer > TIMES;
            over += u32::from(too_much);
            let over = if too_much { "  over" } else { "" };
            println!("{:<28} {:>8} {:>8} {:>8.1} {:>8.1}   × {longer:.1}{over}", page.what, "", "", busy.p50_ms, busy.p99_ms);
        }
        println!("{}", sending.stop().await);
        println!("the server's largest memory: {} MiB", server.peak_mib());
        println!("{over} of {} over {CPU_MS} ms of CPU at the median, or over {TIMES} times the idle p99", pages.len());
    });
}

/// Fills and settles, unless it was left so.
fn fill(location: &str, schools: u32, postgres: bool) {
    let db = Db::open(location, NOW + -86_400).unwrap();
    if count(&db, "select count(*) from device") == 0 {
        let began = Instant::now();
        country::fill(&db, Size { schools, rooms: ROOMS });
        let filled = began.elapsed();
        let settle = Settle::new(db.clone(), TimeZone::get("Europe/Paris").unwrap());
        while !settle.drain(NOW).unwrap().is_empty() {}
        if postgres {
            // A server goes over tables that grew from nothing to a million rows by itself, in the minutes that are measured here.
            postgres::Client::connect(location, postgres::NoTls).unwrap().batch_execute("vacuum (analyze)").unwrap();
        }
        println!("filled in {:.0} s, settled in {:.0} s", filled.as_secs_f64(), (began.elapsed() - filled).as_secs_f64());
    }
    println!(
        "{} schools, {} devices, {} places, {} open faults",
        count(&db, "select count(*) from school"),
        count(&db, "select count(*) from device"),
        count(&db, "select count(*) from place"),
        count(&db, "select count(*) from fault where cleared_at is null")
    );
}

fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(|tx| -> store::Result<i64> { tx.query_one(sql, &[])?.map_or(Ok(0), |mut row| row.take()) }).unwrap()
}

/// A page and the addresses at which it is asked for, each time another.
pub struct PageOf {
    what: &'static str,
    paths: Vec<String>,
}

/// Every page of the list, at schools, devices and faults from all over the country.
fn pages(db: &Db, schools: u32) -> Vec<PageOf> {
    /// How many different ones.
    const SOME: u32 = 97;
    let some = |of: &dyn Fn(u32) -> String| -> Vec<String> { (0..SOME).map(|turn| of(turn * 7_919 % schools)).collect() };
    let ids = |sql: &'static str| -> Vec<i64> {
        db.read(|tx| -> store::Result<Vec<i64>> { tx.query(sql, &[])?.into_iter().map(|mut row| row.take()).collect() }).unwrap()
    };
    let devices = ids("select device_id from device where device_id % 9973 = 17 order by device_id limit 97");
    let faults = ids("select fault_id from fault where fault_id % 397 = 11 and cleared_at is null order by fault_id limit 97");
    let at = |path: &'static str, ids: &[i64]| -> Vec<String> { ids.iter().map(|id| format!("{path}/{id}")).collect() };
    let serial = |school: u32| format!("SN{:08}", u64::from(school) * 1_000 + 12);
    let mac = |school: u32| {
        let id = u64::from(school) * 1_000 + 20;
        format!("00-1A-{:02X}-{:02X}-{:02X}-{:02X}", id >> 24 & 255, id >> 16 & 255, id >> 8 & 255, id & 255)
    };
    let mut all = vec![
        PageOf { what: "overview", paths: vec!["/".into()] },
        PageOf { what: "queue", paths: vec!["/faults".into()] },
        PageOf { what: "queue of a school", paths: some(&|school| format!("/faults?school={}", country::code(school))) },
        PageOf { what: "queue of a kind", paths: vec!["/faults?kind=projector".into()] },
        PageOf { what: "fault", paths: at("/faults", &faults) },
        PageOf { what: "schools", paths: vec!["/schools".into()] },
        PageOf { what: "school", paths: some(&|school| format!("/schools/{}", country::code(school))) },
        PageOf { what: "device", paths: at("/devices", &devices) },
        PageOf { what: "devices", paths: vec!["/devices".into()] },
        PageOf { what: "devices of a school", paths: some(&|school| format!("/devices?school={}", country::code(school))) },
        PageOf { what: "search, serial", paths: some(&|school| format!("/search?q={}", serial(school))) },
        PageOf { what: "search, MAC", paths: some(&|school| format!("/search?q={}", mac(school))) },
        PageOf { what: "search, school's name", paths: some(&|school| format!("/search?q=mentaire+{school:05}")) },
        PageOf { what: "search, a room", paths: some(&|school| format!("/search?q=classe+{:02}", school % ROOMS)) },
        PageOf { what: "search, nothing found", paths: some(&|school| format!("/search?q=zzz{school}")) },
        PageOf { what: "API, queue", paths: vec!["/api/v1/faults".into()] },
        PageOf { what: "API, device", paths: at("/api/v1/devices", &devices) },
    ];
    all.retain(|page| !page.paths.is_empty());
    all
}

/// What one page cost.
pub struct Cost {
    cpu_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    bytes: usize,
}

/// What was measured of one page.
#[derive(Default)]
struct Measured {
    cpu_ms: Vec<f64>,
    wall_ms: Vec<f64>,
    bytes: usize,
}

impl Server {
    /// Asks for each page so many times, one request after the other and the pages in turn: whatever happens for a moment meets all of them. CPU is
    /// looked up only where nothing else runs: it would be of everything, and to look it up takes CPU itself.
    async fn measure(&self, client: &reqwest::Client, pages: &[PageOf], times: usize, alone: bool) -> Vec<Cost> {
        let cpu_s = || if alone { self.cpu_s() } else { 0.0 };
        let mut measured: Vec<Measured> = pages.iter().map(|_| Measured::default()).collect();
        for turn in 0..times + FIRST {
            for (page, measured) in pages.iter().zip(&mut measured) {
                // Of programs' pages so many, spread over all turns.
                if page.what.starts_with("API") && times > API_TIMES && turn * API_TIMES / times == (turn + 1) * API_TIMES / times {
                    continue;
                }
                let path = &page.paths[turn % page.paths.len()];
                let (before, began) = (cpu_s(), Instant::now());
                let answer = client.get(format!("{}{path}", self.base)).header("accept", "text/html,application/json").send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200, "{path}");
                measured.bytes = answer.bytes().await.unwrap().len();
                let waited = began.elapsed();
                if turn >= FIRST {
                    measured.cpu_ms.push((cpu_s() - before) * 1e3);
                    measured.wall_ms.push(waited.as_secs_f64() * 1e3);
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let cost = |Measured { mut cpu_ms, mut wall_ms, bytes }| {
            cpu_ms.sort_by(f64::total_cmp);
            wall_ms.sort_by(f64::total_cmp);
            Cost { cpu_ms: cpu_ms[cpu_ms.len() / 2], p50_ms: wall_ms[wall_ms.len() / 2], p99_ms: wall_ms[wall_ms.len() * 99 / 100], bytes }
        };
        measured.into_iter().map(cost).collect()
    }
}
