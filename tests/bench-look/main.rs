//! What a roll call costs beside other tools: the school in the lab, on a /24 and on a /22.
//!
//! `cargo run --release -p rollcall-tests --bin bench-look` (root; the programs built in release). Comes in: the lab, whatever of `arp-scan`, `nmap`,
//! `snmpbulkwalk` and `glpi-netdiscovery` is installed. Goes out: a table: wall and CPU seconds, peak memory, packets, what was
//! found and how many of the fields that can be known are right; with `--daemon` what the agent's rounds and its rest between them cost.
//! `ROLLCALL_AGENT` names another agent, such as the one that is shipped (`deploy/agent/build-static`). Absent on purpose: judgement; wall times
//! on a shared machine are no measure, so read CPU, packets and ratios.

use clap::Parser;
use rollcall_collector::domain::device::Sighting;
use rollcall_collector::domain::identify::identify;
use rollcall_shared::{Content, Picture, Report};
use rollcall_tests::lab::cost::{Cost, binary, run};
use rollcall_tests::lab::daemon::{Idle, Round};
use rollcall_tests::lab::school::{Lab, Truth};
use rollcall_tests::lab::town::{Town, agent_settings};
use std::collections::BTreeMap;
use std::process::Command;

/// Devices of the school: 60 with the server, switches, access points, printer and UPSes.
const SIZE: [(&str, u32); 3] = [("--tablets", 24), ("--pcs", 14), ("--projectors", 12)];

/// Measures a roll call of the lab's school beside other tools.
#[derive(Parser)]
struct Arguments {
    /// Networks to play the school on.
    #[arg(long, default_values = ["10.99.7.0/24", "10.99.0.0/22"])]
    net: Vec<String>,
    /// Every device is told with what is shown wrongly.
    #[arg(long)]
    wrong: bool,
    /// Only our own programs.
    #[arg(long)]
    alone: bool,
    /// The agent as a daemon as well: some minutes of rounds and rests.
    #[arg(long)]
    daemon: bool,
}

fn main() {
    let arguments = Arguments::parse();
    for net in &arguments.net {
        match Lab::up_on(&SIZE, Some(net)) {
            Ok(lab) => school(&lab, &arguments),
            Err(why) => {
                println!("skipped: {why}");
                return;
            }
        }
    }
}

fn school(lab: &Lab, arguments: &Arguments) {
    let truth = lab.truth();
    let answering = truth.iter().filter(|device| device.answers()).count();
    println!("\n{}: {} devices, of which {answering} answer now", lab.net, truth.len());
    println!("{:34} {:>7} {:>7} {:>9} {:>7} {:>7}  found", "", "wall s", "CPU s", "peak KiB", "sent", "heard");
    ours(lab, &truth, arguments);
    if arguments.daemon {
        daemon(lab);
    }
    if !arguments.alone {
        others(lab, &truth);
    }
}

/// The daemon's day in small: its first round, rest, two steady rounds, rest; then one that sweeps.
fn daemon(lab: &Lab) {
    let town = Town::start(lab, &[]);
    println!("rollcall-agent run: CPU and packets of a round until its report is sent; then rest");
    let tell = |name: &str, round: Round| {
        println!("{name:34} {:>7.3} CPU s {:>6} packets sent, peak {:>6} KiB", round.cpu_s, round.sent_packets, round.peak_rss_kib);
    };
    let rest = |idle: Idle| {
        let Idle { cpu_percent, rss_kib, own_kib, threads, wakes_per_s } = idle;
        println!("{:34} {cpu_percent:>7.4} % CPU, RSS {rss_kib} KiB (own {own_kib}), {threads} threads, {wakes_per_s:.2} wakes/s", "  rest");
    };
    let mut daemon = town.daemon();
    // The first round comes when the program starts, the second in its own time; from then on they are a period apart.
    tell("start and first round", daemon.round());
    for name in ["second round", "third round"] {
        tell(name, daemon.round());
        rest(daemon.idle());
    }
    drop(daemon);
    town.forget_sweep();
    let mut daemon = town.daemon();
    tell("start and a round with sweep", daemon.round());
    tell("steady round", daemon.round());
    rest(daemon.idle());
}

fn line(name: &str, cost: &Cost, found: &str) {
    let Cost { wall_s, cpu_s, peak_rss_kib, sent_packets, received_packets, .. } = cost;
    println!("{name:34} {wall_s:>7.2} {cpu_s:>7.2} {peak_rss_kib:>9} {sent_packets:>7} {received_packets:>7}  {found}");
}

fn ours(lab: &Lab, truth: &[Truth], arguments: &Arguments) {
    let folder = tempfile::tempdir().unwrap();
    let settings = agent_settings(lab, folder.path());
    let server = lab.server();
    let look = run(&server, Command::new(binary("rollcall-agent")).args(["look", "--config"]).arg(&settings));
    assert!(look.status.success(), "look: {}", look.stderr);
    let report: Report = serde_json::from_slice(&look.stdout).expect("look prints a report");
    for run in &report.probes {
        println!(
            "    {:14} {:>5} ms  asked {:>4}  answered {:>4}{}",
            run.probe,
            run.took_ms,
            run.asked,
            run.answered,
            if run.finished { "" } else { "  NOT FINISHED" }
        );
    }
    let Content::Full(groups) = &report.content else { panic!("look tells a full picture") };
    let sightings = identify(&Picture::from_groups(groups.clone()), &report.readings);
    line("rollcall-agent look", &look, &found(truth, &sightings, arguments.wrong));
    let told = folder.path().join("report.json");
    std::fs::write(&told, &look.stdout).unwrap();
    let identified = run(&server, Command::new(binary("rollcall-collector")).arg("identify").arg(&told));
    assert!(identified.status.success(), "identify: {}", identified.stderr);
    line("rollcall-collector identify", &identified, &format!("{} things", String::from_utf8_lossy(&identified.stdout).lines().count()));

    let mut town = Town::start(lab, &[]);
    for name in ["first round, sent", "second round", "third round", "steady round"] {
        town.round();
        line(&format!("rollcall-agent once: {name}"), town.rounds.last().expect("just made"), &format!("{} devices", town.devices().len()));
    }
}

/// How many devices were found, and of each field how many are right.
fn found(truth: &[Truth], sightings: &[Sighting], tell: bool) -> String {
    let mut fields: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut known, mut answered, mut missed) = (0, 0, 0);
    for device in truth {
        let Some(sighting) = sightings.iter().find(|sighting| device.is(*sighting)) else {
            missed += usize::from(device.answers());
            if tell {
                println!("    {}: not found", device.name);
            }
            continue;
        };
        known += 1;
        answered += usize::from(device.answers());
        for field in device.fields(sighting) {
            let (right, all) = fields.entry(field.what).or_default();
            (*right, *all) = (*right + usize::from(field.right), *all + 1);
            if tell && !field.right {
                println!("    {}: {}: found {}", device.name, field.what, field.found);
            }
        }
    }
    let invented = sightings.iter().filter(|sighting| !truth.iter().any(|device| device.is(*sighting))).count();
    let fields: Vec<String> = fields.iter().map(|(what, (right, all))| format!("{what} {right}/{all}")).collect();
    format!("{known} of {} known ({answered} answer, {missed} missed, {invented} invented); {}", truth.len(), fields.join(", "))
}

fn others(lab: &Lab, truth: &[Truth]) {
    let server = lab.server();
    let lines_with = |cost: &Cost, what: &str| String::from_utf8_lossy(&cost.stdout).lines().filter(|line| line.contains(what)).count();
    let tool = |name: &str, program: &str, arguments: &[&str], what: &str| {
        if !installed(program) {
            println!("{name:34} skipped: {program} is not installed");
            return;
        }
        let cost = run(&server, Command::new(program).args(arguments));
        line(name, &cost, &format!("{} found", lines_with(&cost, what)));
    };
    tool("arp-scan", "arp-scan", &["--interface", "eth0", "--plain", "--retry", "2", &lab.net], ":");
    tool("nmap -sn -n", "nmap", &["-sn", "-n", &lab.net], "Host is up");
    if installed("snmpbulkwalk") {
        let (mut cpu, mut wall, mut sent, mut received, mut peak, mut last) = (0.0, 0.0, 0, 0, 0, None);
        let asked: Vec<_> = truth.iter().filter_map(Truth::snmp).collect();
        for address in &asked {
            let cost =
                run(&server, Command::new("snmpbulkwalk").args(["-v2c", "-cpublic", "-On", "-t", "1", "-r", "1", &address.to_string(), ".1.3.6.1"]));
            (cpu, wall, sent, received) = (cpu + cost.cpu_s, wall + cost.wall_s, sent + cost.sent_packets, received + cost.received_packets);
            peak = peak.max(cost.peak_rss_kib);
            last = Some(cost);
        }
        if let Some(last) = last {
            let all = Cost { wall_s: wall, cpu_s: cpu, peak_rss_kib: peak, sent_packets: sent, received_packets: received, ..last };
            line("snmpbulkwalk of each", &all, &format!("{} asked", asked.len()));
        }
    }
    let (first, last) = ends(&lab.net);
    let options = ["--first", &first, "--last", &last, "--community", "public", "--inventory", "--threads", "16", "--save", "/tmp"];
    tool("glpi-netdiscovery", "glpi-netdiscovery", &options, "<DEVICE>");
}

fn installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).chain(["/usr/sbin".into()]).any(|folder| folder.join(program).exists()))
}

/// First and last host address of a network.
fn ends(net: &str) -> (String, String) {
    let net: ipnet::Ipv4Net = net.parse().expect("the lab's network");
    let hosts = net.hosts();
    (hosts.clone().next().expect("a host").to_string(), hosts.last().expect("a host").to_string())
}
