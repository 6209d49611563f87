//! `rollcall-collector identify [FILE|-]`: reports in, recognised devices out, one JSON object a line.
//!
//! Comes in: reports as `rollcall-agent look` and `probe` print them: one, several one after the other, or an array. Goes out: the keys of
//! the command's contract; what is not known is absent. Absent on purpose: the store: it works on any machine without a server.

use crate::domain::device::{Address, Link, Member, Part, PartSort, Port, Sighting, Why};
use crate::domain::identify::identify;
use anyhow::{Context, bail};
use rollcall_shared::reading::Reading;
use rollcall_shared::report::{Content, Report};
use rollcall_shared::{Fact, Picture, Subject, wire};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;

/// Arguments of `identify`.
#[derive(Debug, Clone, clap::Args)]
pub struct IdentifyCommand {
    /// A file with one report or more; `-` is standard input
    #[arg(default_value = "-")]
    pub file: PathBuf,
}

/// Reads, recognises, prints. A reader that goes away (`| head -n 1`) is no error.
pub fn run(command: &IdentifyCommand, out: &mut dyn Write) -> anyhow::Result<bool> {
    for report in read(command)? {
        let Content::Full(groups) = report.content else {
            bail!(
                "report {} of stream {} is no full picture: found a difference or a heartbeat, expected what `look` or `probe` print",
                report.number,
                report.stream
            );
        };
        let picture = Picture::from_groups(groups);
        let toners = toners(&picture);
        for sighting in identify(&picture, &report.readings) {
            let mut line = serde_json::to_vec(&Line::of(&sighting, &report.readings, &toners)).context("writing a device as JSON")?;
            line.push(b'\n');
            match out.write_all(&line) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(true),
                other => other.context("writing to standard output")?,
            }
        }
    }
    match out.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("writing to standard output"),
        _ => Ok(true),
    }
}

fn read(command: &IdentifyCommand) -> anyhow::Result<Vec<Report>> {
    let name = command.file.display();
    let source: Box<dyn Read> = if command.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(&command.file).with_context(|| format!("opening {name}"))?)
    };
    let mut text = String::new();
    source.take(wire::MAX_PLAIN_BYTES as u64 + 1).read_to_string(&mut text).with_context(|| format!("reading {name}"))?;
    if text.len() > wire::MAX_PLAIN_BYTES {
        bail!("{name} is larger than {} bytes: expected one round of one agent", wire::MAX_PLAIN_BYTES);
    }
    reports(&text).with_context(|| format!("{name} is not a report as `rollcall-agent look` or `probe` print it"))
}

/// Reports one after the other, each alone or in an array.
fn reports(text: &str) -> anyhow::Result<Vec<Report>> {
    let mut reports = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Box<RawValue>>() {
        let value = value?;
        if value.get().starts_with('[') {
            reports.extend(serde_json::from_str::<Vec<Report>>(value.get())?);
        } else {
            reports.push(serde_json::from_str(value.get())?);
        }
    }
    reports.iter().try_for_each(wire::check_report)?;
    Ok(reports)
}

/// One line of output.
#[derive(Debug, Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<LineAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<LinePlace>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<LinePort>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    neighbours: Vec<LineNeighbour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fdb_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wireless_clients: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ap_count: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    toner: Vec<LineToner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ups_battery_charge: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ups_runtime_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poe_budget_w: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poe_used_w: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<LineMember>,
    confidence: u8,
    why: Vec<LineWhy>,
}

#[derive(Debug, Serialize)]
struct LineAddress {
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
}

#[derive(Debug, Serialize)]
struct LinePlace {
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<String>,
}

#[derive(Debug, Serialize)]
struct LinePort {
    name: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    if_type: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    up: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_bps: Option<u64>,
}

#[derive(Debug, Serialize)]
struct LineNeighbour {
    local_port: String,
    name: String,
    port: String,
}

#[derive(Debug, Serialize)]
struct LineToner {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
}

#[derive(Debug, Serialize)]
struct LineMember {
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

#[derive(Debug, Serialize)]
struct LineWhy {
    about: &'static str,
    value: String,
    probe: String,
    ground: String,
    confidence: u8,
}

impl Line {
    fn of(sighting: &Sighting, readings: &[Reading], toners: &HashSet<(&Subject, &str)>) -> Line {
        let mine: Vec<&Reading> =
            readings.iter().filter(|reading| sighting.subjects.contains(&reading.subject) && reading.value.is_finite()).collect();
        let reading = |name: &str| mine.iter().find(|reading| reading.name == name).map(|reading| reading.value);
        let sum = |name: &str| {
            let values: Vec<f64> = mine.iter().filter(|reading| reading.name == name).map(|reading| reading.value).collect();
            (!values.is_empty()).then(|| values.iter().sum())
        };
        let is_toner =
            |part: &Part| part.sort == PartSort::Supply && sighting.subjects.iter().any(|subject| toners.contains(&(subject, part.key.as_str())));
        Line {
            kind: sighting.kind.map(|kind| kind.code()),
            vendor: sighting.vendor.clone(),
            model: sighting.model.clone(),
            os: sighting.os.clone(),
            os_version: sighting.os_version.clone(),
            serial: sighting.serial.clone(),
            firmware: sighting.firmware.clone(),
            name: sighting.name.clone(),
            addresses: sighting.addresses.iter().map(address).collect(),
            place: sighting
                .place
                .as_ref()
                .map(|place| LinePlace { device: place.device.clone(), port: Some(place.port.clone()).filter(|port| !port.is_empty()) }),
            ports: sighting.ports.iter().map(port).collect(),
            neighbours: sighting.neighbours.iter().map(neighbour).collect(),
            fdb_count: sighting.fdb_count,
            wireless_clients: sighting.wireless_clients,
            ap_count: sighting.ap_count,
            toner: sighting.parts.iter().filter(|part| is_toner(part)).map(|part| toner(part, &mine)).collect(),
            ups_battery_charge: reading("ups_charge"),
            ups_runtime_min: reading("ups_runtime").map(|seconds| (seconds / 6.0).round() / 10.0),
            poe_budget_w: sighting.poe_budget_w,
            poe_used_w: sum("poe_used"),
            members: sighting.members.iter().map(member).collect(),
            confidence: sighting.confidence,
            why: sighting.why.iter().map(why).collect(),
        }
    }
}

/// prtMarkerSuppliesType of what colours paper (RFC 3805): toner, ink, ink cartridge, ink ribbon, solid ink, toner cartridge.
const COLOURS_PAPER: [u32; 6] = [3, 5, 6, 7, 12, 21];

/// Types that say nothing: not told, other, unknown. Then the description speaks.
const OTHER: u32 = 2;

fn names_toner(descr: &str) -> bool {
    let lower = descr.to_lowercase();
    !lower.contains("waste") && ["toner", "ink", "cartridge"].iter().any(|word| lower.contains(word))
}

/// The supplies of a picture that are toner or ink, by subject and key.
fn toners(picture: &Picture) -> HashSet<(&Subject, &str)> {
    let mut toners = HashSet::new();
    for (entry, facts) in picture.entries() {
        for fact in facts {
            if let Fact::Supply(row) = fact
                && (COLOURS_PAPER.contains(&row.supply_type) || (row.supply_type <= OTHER && names_toner(&row.descr)))
            {
                toners.insert((&entry.subject, row.key.as_str()));
            }
        }
    }
    toners
}

fn address(address: &Address) -> LineAddress {
    LineAddress { mac: address.mac.map(|mac| mac.to_string()), ip: address.ip.map(|ip| ip.to_string()) }
}

fn port(port: &Port) -> LinePort {
    LinePort {
        name: port.name.clone(),
        if_type: Some(port.if_type).filter(|if_type| *if_type != 0),
        up: port.up,
        mac: port.mac.map(|mac| mac.to_string()),
        speed_bps: Some(port.speed_bps).filter(|speed| *speed != 0),
    }
}

fn neighbour(link: &Link) -> LineNeighbour {
    LineNeighbour { local_port: link.local_port.clone(), name: link.name.clone(), port: link.port.clone() }
}

/// A level in per cent of the capacity; where the printer gives no capacity, a level of 0 to 100 is one already (RFC 3805 leaves it so).
fn toner(part: &Part, readings: &[&Reading]) -> LineToner {
    let level = readings.iter().find(|reading| reading.name == "supply_level" && reading.instance == part.key).map(|reading| reading.value);
    let percent = level.filter(|level| *level >= 0.0).and_then(|level| match part.capacity {
        full if full > 0.0 => Some((100.0 * level / full).round().min(100.0)),
        _ if level <= 100.0 => Some(level.round()),
        _ => None,
    });
    LineToner { name: part.label.clone(), percent }
}

fn member(member: &Member) -> LineMember {
    LineMember { serial: member.serial.clone(), model: member.model.clone() }
}

fn why(why: &Why) -> LineWhy {
    LineWhy { about: why.about, value: why.value.clone(), probe: why.probe.clone(), ground: why.ground.clone(), confidence: why.confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"wire":1,"stream":"0000000000000001","number":1,"began_at":1,"ended_at":2,"hash":"00000000000000000000000000000000",
        "content":{"full":[{"network":"probe","subject":"ip:127.0.0.9","probe":"pjlink","facts":[{"answers":{"key":"pjlink"}},
        {"said":{"key":"INF1","value":"EPSON"}},{"said":{"key":"INF2","value":"EB-685Wi"}}]}]}}"#;

    #[test]
    fn reports_alone_in_lines_and_in_arrays() {
        for (text, count) in [(REPORT.to_owned(), 1), (format!("{REPORT}\n{REPORT}\n"), 2), (format!("[{REPORT},{REPORT}]"), 2), (String::new(), 0)] {
            assert_eq!(reports(&text).unwrap().len(), count);
        }
        assert!(reports("{}").is_err());
    }

    #[test]
    fn what_is_unknown_is_absent() {
        let report = reports(REPORT).unwrap().remove(0);
        let Content::Full(groups) = report.content else { panic!("a full report") };
        let sightings = identify(&Picture::from_groups(groups), &[]);
        let line = serde_json::to_value(Line::of(&sightings[0], &[], &HashSet::new())).unwrap();
        assert_eq!((line["kind"].as_str(), line["vendor"].as_str(), line["model"].as_str()), (Some("projector"), Some("Epson"), Some("EB-685Wi")));
        assert!(line.get("serial").is_none() && line.get("fdb_count").is_none());
    }
}
