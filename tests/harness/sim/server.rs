//! A school's server: the files under a root of its own that tell of it.
//!
//! Comes in: a school. Goes out: `system/etc`, `system/proc`, `system/sys`, `system/run`, `system/var`, `system/rollcall-sim`. Absent on purpose: its services (`services.rs`).

use super::device::Ail;
use super::dhcp::replace;
use super::town::School;
use anyhow::{Context, Result};
use std::path::Path;
use std::time::Duration;

/// What each backup writes, below the root, and how often one is meant to be made. A town may be played for days.
pub const BACKUP: &str = "var/log/backup.done";
/// See [`BACKUP`].
pub const BACKUP_EVERY_H: u32 = 168;
/// Size of the volumes, bytes.
const ROOT_BYTES: u64 = 64 << 30;
const HOME_BYTES: u64 = 931 << 30;

/// Writes what the server's files tell.
pub fn write(school: &School, folder: &Path) -> Result<()> {
    let server = school.devices.first().context("a school without a server")?;
    let root = folder.join("system");
    let maker = if server.make.vendor == "HP" { "HPE" } else { "Dell Inc." };
    let full = server.ails(&Ail::Disk);
    let home_used = if full { HOME_BYTES / 100 * 97 } else { HOME_BYTES / 100 * 41 };
    let mac = server.mac.map_or(String::new(), |mac| mac.to_string());
    let volumes = format!("/ ext4 {ROOT_BYTES} {}\n/home ext4 {HOME_BYTES} {home_used}\n", ROOT_BYTES / 3);
    let files: &[(&str, String)] = &[
        ("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nID=debian\n".into()),
        ("etc/hostname", format!("kwartz-{:02}\n", school.number)),
        ("etc/debian_version", "12.8\n".into()),
        ("proc/sys/kernel/hostname", format!("kwartz-{:02}\n", school.number)),
        ("proc/sys/kernel/osrelease", "6.1.0-27-amd64\n".into()),
        ("proc/version", "Linux version 6.1.0-27-amd64 (debian-kernel@lists.debian.org)\n".into()),
        ("proc/uptime", "1036800.21 7982345.12\n".into()),
        ("proc/loadavg", "0.18 0.21 0.20 1/321 4242\n".into()),
        ("proc/meminfo", "MemTotal:       16314148 kB\nMemFree:         2934560 kB\nMemAvailable:   11202340 kB\nBuffers:          402344 kB\nCached:          7432100 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n".into()),
        ("proc/stat", "cpu  10132153 290696 3084719 46828483 16683 0 25195 0 0 0\nbtime 1790000000\n".into()),
        ("proc/mounts", "/dev/sda1 / ext4 rw,relatime 0 0\n/dev/sdb1 /home ext4 rw,relatime 0 0\n".into()),
        ("sys/class/dmi/id/sys_vendor", format!("{maker}\n")),
        ("sys/class/dmi/id/product_name", format!("{}\n", server.make.model)),
        ("sys/class/dmi/id/product_serial", format!("{}\n", server.serial)),
        ("sys/class/dmi/id/product_uuid", format!("4c4c4544-0044-3510-8056-{}\n", mac.replace(':', ""))),
        ("sys/class/dmi/id/bios_vendor", format!("{maker}\n")),
        ("sys/class/dmi/id/bios_version", format!("{}\n", server.make.firmware)),
        ("sys/class/dmi/id/board_vendor", format!("{maker}\n")),
        ("sys/class/dmi/id/chassis_type", "17\n".into()), // main server chassis (SMBIOS 7.4.1)
        ("sys/class/net/eth0/address", format!("{mac}\n")),
        ("sys/class/net/eth0/operstate", "up\n".into()),
        ("sys/class/net/eth0/addr_assign_type", "0\n".into()), // burnt in
        ("sys/class/hwmon/hwmon0/name", "coretemp\n".into()),
        ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n".into()),
        ("sys/class/hwmon/hwmon0/temp1_input", "46000\n".into()),
        ("proc/mdstat", mdstat(server.ails(&Ail::Raid))),
        ("run/rollcall-upkeep/sda.json", smart("sda", &server.serial, server.ails(&Ail::Smart))),
        ("run/rollcall-upkeep/sdb.json", smart("sdb", &server.serial, false)),
        ("run/rollcall-upkeep/updates", "6;0\n".into()),
        ("var/lib/apt/periodic/update-stamp", String::new()),
        (BACKUP, "done\n".into()),
        ("rollcall-sim/volumes", volumes),
    ];
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        replace(&path, text)?;
    }
    let age_s = if server.ails(&Ail::Backup) { 4 * BACKUP_EVERY_H * 3_600 } else { 0 };
    let file = std::fs::File::options().write(true).open(root.join(BACKUP))?;
    let made_at = file.metadata()?.modified()? - Duration::from_secs(age_s.into());
    Ok(file.set_modified(made_at)?)
}

/// `/proc/mdstat` of a mirror of two disks.
fn mdstat(degraded: bool) -> String {
    let (members, map) = if degraded { ("sdb2[1](F) sda2[0]", "[2/1] [U_]") } else { ("sdb2[1] sda2[0]", "[2/2] [UU]") };
    format!("Personalities : [raid1]\nmd0 : active raid1 {members}\n      976630464 blocks super 1.2 {map}\n\nunused devices: <none>\n")
}

/// What smartctl says of one disk, as far as anybody reads it.
fn smart(disk: &str, serial: &str, fails: bool) -> String {
    let attribute = |id: u32, name: &str, raw: u32| serde_json::json!({ "id": id, "name": name, "when_failed": "", "raw": { "value": raw } });
    let said = serde_json::json!({
        "json_format_version": [1, 0],
        "smartctl": { "version": [7, 3], "exit_status": 0 },
        "device": { "name": format!("/dev/{disk}"), "protocol": "ATA" },
        "model_name": "ST1000NM0008",
        "serial_number": format!("Z{serial}{disk}"),
        "smart_status": { "passed": !fails },
        "ata_smart_attributes": { "table": [
            attribute(5, "Reallocated_Sector_Ct", if fails { 412 } else { 0 }),
            attribute(197, "Current_Pending_Sector", if fails { 16 } else { 0 }),
            attribute(198, "Offline_Uncorrectable", 0),
        ] },
        "power_on_time": { "hours": 18_220 },
        "temperature": { "current": 34 },
    });
    said.to_string()
}
