//! What the server's disks say of themselves: SMART, by smartmontools' `smartctl -j -a` (JSON format 1.0, smartmontools 7.0 and later).
//!
//! Comes in: a folder of `DISK.json` files that a timer of root fills (`deploy/agent/rollcall-upkeep.timer`), else the program itself, where the
//! agent may open disks. Goes out, about the subject `server`: `said smart.DISK` (passed or failed) and what stands beside it; readings of
//! sectors, wear, hours and temperature. A disk that cannot be read keeps what it said before and is a trouble. Absent on purpose: self-tests and
//! every other command that changes something; waking a disk that sleeps.

use super::server::files;
use super::{Finding, Look, Outcome, Readings, said_text};
use rollcall_shared::{Fact, Subject, Timestamp};
use serde::Deserialize;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

/// Between two looks, seconds: SMART values move by the day, and each look moves a head.
pub const EVERY_S: u32 = 6 * 3_600;
/// Disks asked.
const MAX_DISKS: usize = 32;
/// Octets of one answer: a disk with full logs writes some 100 KB.
const MAX_ANSWER_BYTES: u64 = 1 << 20;
/// For one disk: one that fails answers slowly.
const PATIENCE: Duration = Duration::from_secs(20);
/// Files of the timer older than this tell nothing of now, seconds.
const STALE_S: i64 = 26 * 3_600;
/// Names of disks below `/sys/block` that speak SMART: ATA and SAS, NVMe.
const DISKS: &[&str] = &["sd", "hd", "nvme"];

/// Attributes that count bad sectors: number, reading (the names are those of smartmontools' drive database).
const ATTRIBUTES: &[(u32, &str)] = &[
    (5, "smart_reallocated"),     // Reallocated_Sector_Ct
    (197, "smart_pending"),       // Current_Pending_Sector
    (198, "smart_uncorrectable"), // Offline_Uncorrectable
];

/// Reads the files, or asks the disks.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if !look.server.here {
        return outcome;
    }
    let mut answers = written(&look.server.smart_folder, look.now);
    if answers.is_empty() && look.server.smartctl.is_file() {
        answers = asked(&look.server.root, &look.server.smartctl).await;
    }
    let mut finding = Finding::of(Subject::Server, Vec::new());
    outcome.asked = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    for (disk, answer) in answers {
        match answer.and_then(|answer| parse(&disk, &answer)) {
            Ok(Some((facts, readings))) => {
                finding.facts.extend(facts);
                finding.readings.extend(readings);
            }
            // Asleep: what it said when it was awake stands.
            Ok(None) => finding.finished = false,
            Err(error) => {
                finding.finished = false;
                let text = format!("disk {disk}: {error}");
                let (code, text) = match error.contains("Permission denied") || error.contains("Operation not permitted") {
                    true => ("no_permission", format!("{text}; enable rollcall-upkeep.timer, which lets root ask in the agent's place")),
                    false => ("bad_answer", text),
                };
                outcome.troubles.push(look.trouble("disks", Some(Subject::Server), code, text));
            }
        }
    }
    outcome.finished = finding.finished;
    outcome.findings.push(finding);
    outcome
}

/// A disk's name, and what smartctl said of it.
type Answer = (String, Result<Vec<u8>, String>);

/// The files of the timer, by name.
fn written(folder: &Path, now: Timestamp) -> Vec<Answer> {
    let disk = |path: &Path| {
        let name = files::name_of(path);
        name.strip_suffix(".json").filter(|disk| is_name(disk)).map(str::to_owned)
    };
    let files = files::children(folder).into_iter().filter_map(|path| Some((disk(&path)?, path))).take(MAX_DISKS);
    files.map(|(disk, path)| (disk, written_one(&path, now))).collect()
}

fn written_one(path: &Path, now: Timestamp) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(said)?;
    let written_at = Timestamp(file.metadata().map_err(said)?.mtime());
    let age_s = now.since_s(written_at);
    if age_s > STALE_S {
        return Err(format!("{} is {} hours old: look at rollcall-upkeep.timer", path.display(), age_s / 3_600));
    }
    let mut answer = Vec::new();
    file.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).map_err(said)?;
    Ok(answer)
}

/// Asks each disk, one after the other.
async fn asked(root: &Path, smartctl: &Path) -> Vec<Answer> {
    let mut answers = Vec::new();
    for disk in disks(root) {
        let answer = timeout(PATIENCE, ask(smartctl, &disk)).await.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        answers.push((disk, answer));
    }
    answers
}

/// Fixed disks by their names below `/sys/block`.
fn disks(root: &Path) -> Vec<String> {
    let is_fixed = |path: &PathBuf| files::text(&path.join("removable")).as_deref() != Some("1");
    let all = files::children(&root.join("sys/block")).into_iter().filter(is_fixed).map(|path| files::name_of(&path));
    all.filter(|name| is_name(name) && DISKS.iter().any(|begin| name.starts_with(begin))).take(MAX_DISKS).collect()
}

/// What becomes part of a path and of a key.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 32 && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
}

async fn ask(smartctl: &Path, disk: &str) -> Result<Vec<u8>, String> {
    let mut command = Command::new(smartctl);
    // `-n standby`: a sleeping disk is left alone.
    command.args(["-j", "-n", "standby", "-a", &format!("/dev/{disk}")]).env("LC_ALL", "C").kill_on_drop(true);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    if let Some(out) = child.stdout.take() {
        out.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await.map_err(|error| error.to_string())?;
    }
    // Its exit status is a set of bits, most of which tell of the disk (smartctl(8), "exit status"): what it wrote says more.
    Ok(answer)
}

/// What is read of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Smart {
    smartctl: Program,
    model_name: Option<String>,
    /// SAS disks: vendor and product in one (`scsi_model_name` since 7.3).
    scsi_model_name: Option<String>,
    serial_number: Option<String>,
    smart_status: Option<Status>,
    power_on_time: Option<Hours>,
    temperature: Option<Current>,
    ata_smart_attributes: Option<Attributes>,
    ata_smart_self_test_log: Option<AtaTests>,
    nvme_smart_health_information_log: Option<Nvme>,
    nvme_self_test_log: Option<NvmeTests>,
    scsi_grown_defect_list: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Program {
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
struct Message {
    string: String,
    #[serde(default)]
    severity: String,
}

#[derive(Debug, Deserialize)]
struct Status {
    passed: bool,
}

#[derive(Debug, Deserialize)]
struct Hours {
    hours: f64,
}

#[derive(Debug, Deserialize)]
struct Current {
    current: f64,
}

#[derive(Debug, Deserialize)]
struct Attributes {
    table: Vec<Attribute>,
}

#[derive(Debug, Deserialize)]
struct Attribute {
    id: u32,
    #[serde(default)]
    name: String,
    /// `now`, `past`, or empty: its value is at or below its threshold.
    #[serde(default)]
    when_failed: String,
    raw: Raw,
}

#[derive(Debug, Deserialize)]
struct Raw {
    value: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AtaTests {
    standard: AtaTestTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AtaTestTable {
    table: Vec<AtaTest>,
}

#[derive(Debug, Deserialize)]
struct AtaTest {
    status: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NvmeTests {
    table: Vec<NvmeTest>,
}

#[derive(Debug, Deserialize)]
struct NvmeTest {
    self_test_result: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    string: String,
}

/// NVM Express base specification, SMART / health information log page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Nvme {
    critical_warning: u32,
    percentage_used: Option<f64>,
    media_errors: Option<f64>,
}

/// Facts and readings of one disk; `None` of one that sleeps. A disk without SMART (a virtual one, one behind a RAID controller) says nothing,
/// which is no error.
pub fn parse(disk: &str, answer: &[u8]) -> Result<Option<(Vec<Fact>, Readings)>, String> {
    let smart: Smart = serde_json::from_slice(answer).map_err(|error| match answer.is_empty() {
        true => "smartctl wrote nothing".to_owned(),
        false => format!("smartctl wrote something else than its JSON ({error})"),
    })?;
    let (facts, readings) = (facts(disk, &smart), readings(disk, &smart));
    if !facts.is_empty() || !readings.is_empty() {
        return Ok(Some((facts, readings)));
    }
    let messages = &smart.smartctl.messages;
    if messages.iter().any(|message| message.string.contains("STANDBY") || message.string.contains("SLEEP")) {
        return Ok(None);
    }
    match messages.iter().find(|message| message.severity == "error" && !is_without(&message.string)) {
        Some(message) => Err(said_text(message.string.as_bytes())),
        None => Ok(Some((facts, readings))),
    }
}

/// What smartctl says of disks that have no SMART to tell.
fn is_without(message: &str) -> bool {
    ["Unable to detect device type", "lacks SMART capability", "Unknown USB bridge"].iter().any(|known| message.contains(known))
}

fn facts(disk: &str, smart: &Smart) -> Vec<Fact> {
    let mut facts = Vec::new();
    let Some(status) = &smart.smart_status else { return facts };
    facts.push(Fact::said(format!("smart.{disk}"), if status.passed { "passed" } else { "failed" }));
    let model = smart.model_name.as_ref().or(smart.scsi_model_name.as_ref());
    facts.extend(model.map(|model| Fact::said(format!("smart.{disk}.model"), said_text(model.as_bytes()))));
    facts.extend(smart.serial_number.as_ref().map(|serial| Fact::said(format!("smart.{disk}.serial"), said_text(serial.as_bytes()))));
    let failing = smart.ata_smart_attributes.iter().flat_map(|all| &all.table).filter(|attribute| attribute.when_failed == "now");
    let failing: Vec<String> = failing.map(|attribute| format!("{} {}", attribute.id, attribute.name)).collect();
    if !failing.is_empty() {
        facts.push(Fact::said(format!("smart.{disk}.failing"), said_text(failing.join(", ").as_bytes())));
    }
    let warning = smart.nvme_smart_health_information_log.as_ref().map_or(0, |log| log.critical_warning);
    if warning != 0 {
        facts.push(Fact::said(format!("smart.{disk}.warning"), format!("0x{warning:02x}")));
    }
    let ata = smart.ata_smart_self_test_log.as_ref().and_then(|log| log.standard.table.first()).map(|test| &test.status.string);
    let nvme = smart.nvme_self_test_log.as_ref().and_then(|log| log.table.first()).map(|test| &test.self_test_result.string);
    facts.extend(ata.or(nvme).map(|test| Fact::said(format!("smart.{disk}.test"), said_text(test.as_bytes()))));
    facts
}

fn readings(disk: &str, smart: &Smart) -> Readings {
    let mut readings = Readings::new();
    let mut tell = |name: &'static str, value: Option<f64>| {
        readings.extend(value.filter(|value| value.is_finite() && *value >= 0.0).map(|value| (name, disk.to_owned(), value)));
    };
    for (id, name) in ATTRIBUTES {
        let attributes = smart.ata_smart_attributes.iter().flat_map(|all| &all.table);
        tell(name, attributes.clone().find(|attribute| attribute.id == *id).map(|attribute| attribute.raw.value));
    }
    tell("smart_reallocated", smart.scsi_grown_defect_list);
    tell("smart_uncorrectable", smart.nvme_smart_health_information_log.as_ref().and_then(|log| log.media_errors));
    tell("smart_wear", smart.nvme_smart_health_information_log.as_ref().and_then(|log| log.percentage_used));
    tell("smart_hours", smart.power_on_time.as_ref().map(|time| time.hours));
    let celsius = smart.temperature.as_ref().map(|temperature| temperature.current).filter(|celsius| (1.0..=150.0).contains(celsius));
    readings.extend(celsius.map(|celsius| ("temperature", format!("disk {disk}"), celsius)));
    readings
}

#[cfg(test)]
#[path = "disks_tests.rs"]
mod tests;
