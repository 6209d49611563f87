//! `demo`: a town to play with on this machine: 20 simulated schools, real agents, a collector, its pages.
//!
//! Comes in: `--once`, or nothing. Goes out: an address and a sign-in, until Ctrl-C; with `--once` a roll call held against the
//! simulator's truth, its result as one JSON line at the end and as the exit code. Nothing is left running, no file is left behind.
//! Absent on purpose: judgement of any kind; what is amiss the collector says, what is true the simulator.

mod api;
mod breakage;
mod collector;
mod process;
mod score;
mod staff;
mod verdict;

use anyhow::{Context, Result};
use api::Api;
use clap::Parser;
use rollcall_tests::sim::planned;
use rollcall_tests::sim::truth::{self, Truth};
use rollcall_tests::sim::world::{Ports, World, now_s};
use rollcall_tests::sim::{control, town};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the first roll call of all schools may take.
const FIRST_ROLL_CALL: Duration = Duration::from_secs(60);
/// How long confirmation of all faults may take after it.
const CONFIRMATION: Duration = Duration::from_secs(70);
/// Between two looks at the API.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Parser)]
#[command(version, about = "A town of 20 schools on this machine: simulated devices, real agents, collector, pages. Ctrl-C ends it all.")]
struct Arguments {
    /// Take the roll calls that confirmation needs, hold them against the truth, print the result as JSON, end.
    #[arg(long)]
    once: bool,
    /// Seconds between two rounds of each agent.
    #[arg(long, default_value_t = 5, value_name = "S")]
    round_s: u32,
    /// Folder of the plan.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/programmes/phased-town"), value_name = "FOLDER")]
    plan: PathBuf,
    /// Keep everything in this folder rather than in one that vanishes.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Port of the pages; 0 = any that is free.
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    port: u16,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.context("starting").and_then(|runtime| runtime.block_on(run(&arguments))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let began = Instant::now();
    let vanishing = match arguments.keep {
        None => Some(tempfile::Builder::new().prefix("rollcall-demo-").tempdir()?),
        Some(_) => None,
    };
    let kept = arguments.keep.clone();
    let folder = kept.or_else(|| Some(vanishing.as_ref()?.path().to_owned())).context("no folder")?;
    std::fs::create_dir_all(&folder)?;
    tokio::select! {
        ended = play(arguments, &folder, began) => ended,
        stopped = stop_signal() => {
            stopped?;
            println!("\nstopped; nothing is left running");
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn stop_signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate, mut hangup) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

async fn play(arguments: &Arguments, folder: &Path, began: Instant) -> Result<ExitCode> {
    let today = jiff::Zoned::now().date();
    let planned = planned::prepare(&arguments.plan, today)?;
    let world = World::new(town::build(&planned.specs), &folder.join("town"), Ports::free());
    std::fs::create_dir_all(world.folder())?;
    simulate(&world)?;
    let breakages = breakage::inject(&world, arguments.once)?;
    let plan_folder = folder.join("plan");
    planned::write(&planned, &world, &plan_folder, today)?;
    let truth = world.see(|town| truth::tell(town, now_s()));
    println!("{} schools with {} devices are being played, {breakages} faults in course", truth.schools.len(), truth.devices.len());

    let mut collector = collector::start(folder, &plan_folder, arguments.port)?;
    let mut api = Api::new(&collector.address)?;
    api.wait_until_ready(FIRST_ROLL_CALL).await?;
    api.sign_in(collector::USER, collector::PASSWORD).await?;
    let mut staff = staff::Staff::hire(&world, &collector, folder, arguments.round_s).await?;
    println!("{} agents are enrolled and look around", staff.agents.len());

    let called = first_roll_call(&api, &truth, &mut staff).await?;
    println!(
        "first roll call: {} devices of {} places answered, {} s after the start",
        called.devices.len(),
        called.places,
        began.elapsed().as_secs()
    );
    breakage::inject_later(&world, arguments.once)?;
    if arguments.once {
        return judge(&api, &world, &mut staff, &collector, began).await;
    }
    println!("\n  {}\n  sign in as {} with the password {}\n", collector.address, collector::USER, collector::PASSWORD);
    let breaker = process::beside("school-sim")?;
    println!("Break something:  {} fault --folder {} 3 vp02 lamp on   (names: truth.json there)", breaker.display(), world.folder().display());
    println!("Ctrl-C ends everything.");
    loop {
        staff.follow(&world)?;
        collector.check()?;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Plays the town on a thread of its own, so that waiting for other programs never silences a device.
fn simulate(world: &Arc<World>) -> Result<()> {
    let world = Arc::clone(world);
    let (ready, started) = std::sync::mpsc::channel();
    std::thread::Builder::new().name("town".into()).spawn(move || {
        let opened = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::from).and_then(|runtime| {
            let mut tasks = runtime.block_on(world.speak())?;
            runtime.block_on(control::open(&mut tasks, &world))?;
            Ok((runtime, tasks))
        });
        match opened {
            Ok((runtime, mut tasks)) => {
                // Whoever waits for this has gone only if the demo is over.
                let _ = ready.send(Ok(()));
                runtime.block_on(async { while tasks.join_next().await.is_some() {} });
            }
            Err(error) => drop(ready.send(Err(error))),
        }
    })?;
    started.recv().context("the town's thread ended")?
}

/// Waits until every school's agent has told its first picture and the collector knows its places.
async fn first_roll_call(api: &Api, truth: &Truth, staff: &mut staff::Staff) -> Result<score::Seen> {
    let until = Instant::now() + FIRST_ROLL_CALL;
    loop {
        staff.check()?;
        let seen = api.seen().await?;
        if seen.agents >= truth.schools.len() && seen.installed > 0 {
            return Ok(seen);
        }
        if Instant::now() > until {
            anyhow::bail!("{} of {} agents reported within {} s", seen.agents, truth.schools.len(), FIRST_ROLL_CALL.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until every fault is confirmed, looks once more, and judges.
async fn judge(api: &Api, world: &World, staff: &mut staff::Staff, collector: &collector::Collector, began: Instant) -> Result<ExitCode> {
    let truth = world.see(|town| truth::tell(town, now_s()));
    let until = Instant::now() + CONFIRMATION;
    loop {
        staff.check()?;
        let seen = api.seen().await?;
        let faults = score::faults(&truth, &seen);
        let settled = faults.unseen.is_empty() && faults.unexpected.is_empty();
        if settled || Instant::now() > until {
            // One more round: what is not true must not come up now either.
            tokio::time::sleep(Duration::from_secs(u64::from(staff.round_s) + 1)).await;
            let verdict = verdict::Verdict::of(&truth, &api.seen().await?, staff.agents.len(), began);
            verdict.print(staff.usage(), collector.usage());
            return Ok(if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        tokio::time::sleep(PAUSE).await;
    }
}
