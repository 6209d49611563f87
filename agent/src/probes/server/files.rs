//! What the files under `/etc`, `/proc` and `/sys` tell of the server.
//!
//! Comes in: the folder that stands for `/`. Goes out: facts and readings. Small text files only, read alike on a real and on a
//! simulated server. Absent on purpose: volumes, which need a system call.

use crate::probes::{Finding, Readings, said_text};
use rollcall_shared::{Fact, Mac, Subject};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Most octets read of one file: all of these are small.
const MAX_FILE_BYTES: u64 = 64 << 10;
/// Most sensors, and most interfaces, told.
const MAX_ROWS: usize = 64;

/// Files of one line, told as they stand. DMI: SMBIOS fields by linux/drivers/firmware/dmi-id.c.
const LINES: &[(&str, &str)] = &[
    ("proc/sys/kernel/osrelease", "kernel.release"),
    ("sys/class/dmi/id/sys_vendor", "dmi.sys_vendor"),
    ("sys/class/dmi/id/product_name", "dmi.product_name"),
    ("sys/class/dmi/id/product_version", "dmi.product_version"),
    ("sys/class/dmi/id/product_serial", "dmi.product_serial"),
    ("sys/class/dmi/id/product_uuid", "dmi.product_uuid"),
    ("sys/class/dmi/id/board_vendor", "dmi.board_vendor"),
    ("sys/class/dmi/id/board_name", "dmi.board_name"),
    ("sys/class/dmi/id/board_serial", "dmi.board_serial"),
    ("sys/class/dmi/id/chassis_type", "dmi.chassis_type"),
    ("sys/class/dmi/id/chassis_serial", "dmi.chassis_serial"),
    ("sys/class/dmi/id/bios_version", "dmi.bios_version"),
];

/// Variables of os-release(5).
const OS_RELEASE: &[(&str, &str)] = &[("ID", "os.id"), ("NAME", "os.name"), ("VERSION_ID", "os.version"), ("PRETTY_NAME", "os.pretty_name")];

/// Everything that the files tell.
pub fn read(root: &Path) -> Finding {
    let text = |path: &str| text(&root.join(path));
    let mut finding = Finding::of(Subject::Server, Vec::new());
    finding.facts.extend(text("etc/os-release").as_deref().map(os_release).unwrap_or_default());
    let host = text("proc/sys/kernel/hostname").or_else(|| text("etc/hostname"));
    finding.facts.extend(host.map(|name| Fact::said("host.name", name)));
    finding.facts.extend(LINES.iter().filter_map(|(path, key)| Some(Fact::said(*key, text(path)?))));
    finding.facts.extend(interfaces(root));
    let mut number = |name: &'static str, value: Option<f64>| finding.readings.extend(value.map(|value| (name, String::new(), value)));
    number("uptime", text("proc/uptime").as_deref().and_then(first_number));
    number("load1", text("proc/loadavg").as_deref().and_then(first_number));
    if let Some((total, used)) = text("proc/meminfo").as_deref().and_then(memory) {
        number("memory_used", Some(used as f64));
        finding.facts.push(Fact::said("memory.total_bytes", total.to_string()));
    }
    finding.readings.extend(temperatures(root));
    finding
}

/// Files of `LINES` that are there and may not be read: serial and UUID belong to root alone.
pub fn unreadable(root: &Path) -> Vec<String> {
    let denied = |path: &Path| std::fs::File::open(path).is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied);
    LINES.iter().map(|(path, _)| root.join(path)).filter(|path| denied(path)).map(|path| path.display().to_string()).collect()
}

/// `KEY=value`, `KEY="value"`, `KEY='value'`.
fn os_release(text: &str) -> Vec<Fact> {
    let value = |wanted: &str| {
        let value = text.lines().find_map(|line| line.trim().strip_prefix(wanted)?.strip_prefix('='))?;
        Some(value.trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
    };
    OS_RELEASE.iter().filter_map(|(variable, key)| Some(Fact::said(*key, value(variable)?))).collect()
}

/// The first word as a number (proc(5): uptime in seconds, load over one minute).
fn first_number(text: &str) -> Option<f64> {
    text.split_ascii_whitespace().next()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Total and used memory in bytes; used is what is not available (MemAvailable, kernel 3.14).
fn memory(text: &str) -> Option<(u64, u64)> {
    let kib = |wanted: &str| {
        let rest = text.lines().find_map(|line| line.strip_prefix(wanted)?.strip_prefix(':'))?;
        rest.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    };
    let (total, available) = (kib("MemTotal")?, kib("MemAvailable")?);
    Some((total, total.saturating_sub(available)))
}

/// `net.INTERFACE.mac` of each interface that has one. Those that software invents (bridges, containers) come and go and say nothing.
fn interfaces(root: &Path) -> Vec<Fact> {
    let mac = |path: PathBuf| {
        let mac: Mac = text(&path.join("address"))?.parse().ok()?;
        (!mac.is_void() && !mac.is_group() && !mac.is_local()).then(|| Fact::said(format!("net.{}.mac", name_of(&path)), mac.to_string()))
    };
    children(&root.join("sys/class/net")).into_iter().filter_map(mac).take(MAX_ROWS).collect()
}

/// Temperatures: of hwmon chips (`tempN_input`, instance = chip and label), and of thermal zones where there is no chip.
fn temperatures(root: &Path) -> Readings {
    let mut rows = Readings::new();
    for chip in children(&root.join("sys/class/hwmon")) {
        let chip_name = text(&chip.join("name")).unwrap_or_else(|| name_of(&chip));
        for input in children(&chip) {
            let name = name_of(&input);
            let Some(sensor) = name.strip_suffix("_input").filter(|sensor| sensor.starts_with("temp")) else { continue };
            let label = text(&chip.join(format!("{sensor}_label"))).unwrap_or_else(|| sensor.to_owned());
            rows.extend(celsius(&input).map(|value| ("temperature", format!("{chip_name} {label}"), value)));
        }
    }
    if rows.is_empty() {
        for zone in children(&root.join("sys/class/thermal")) {
            let instance = text(&zone.join("type")).unwrap_or_else(|| name_of(&zone));
            rows.extend(celsius(&zone.join("temp")).map(|value| ("temperature", instance, value)));
        }
    }
    rows.sort_by(|a, b| a.1.cmp(&b.1));
    rows.dedup_by(|a, b| a.1 == b.1);
    rows.truncate(MAX_ROWS);
    rows
}

/// Thousandths of a degree; what no room and no chip can have is a broken sensor.
fn celsius(path: &Path) -> Option<f64> {
    let value = first_number(&text(path)?)? / 1000.0;
    (-50.0..=200.0).contains(&value).then_some(value)
}

/// Entries of a folder by name; none where it is not there.
pub fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).take(1_000).collect();
    paths.sort();
    paths
}

/// The last part of a path, for people and keys.
pub fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().chars().take(60).collect()).unwrap_or_default()
}

/// A small file's text without the white space around it; nothing where it is absent, unreadable or empty.
pub fn text(path: &Path) -> Option<String> {
    let mut octets = Vec::new();
    std::fs::File::open(path).ok()?.take(MAX_FILE_BYTES).read_to_end(&mut octets).ok()?;
    let text = said_text_whole(&octets);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Text as it is; only what is no text at all goes the way of [`said_text`].
fn said_text_whole(octets: &[u8]) -> String {
    std::str::from_utf8(octets).map_or_else(|_| said_text(octets), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots() {
        crate::probes::cases::check_cases("server", |case| {
            let mut finding = read(&case.join("root"));
            super::super::volumes::read(&case.join("root")).unwrap().into_iter().for_each(|volume| volume.tell(&mut finding));
            crate::probes::cases::findings_json(&[finding])
        });
    }

    #[test]
    fn an_empty_root_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), Finding::of(Subject::Server, vec![]));
    }

    proptest! {
        #[test]
        fn never_panics(text: String) {
            os_release(&text);
            memory(&text);
            memory(&format!("MemTotal: {text}\nMemAvailable: 18446744073709551615 kB"));
            first_number(&text);
        }
    }
}
