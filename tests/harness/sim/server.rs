//! A school's server: the files under a root of its own that tell of it.
//!
//! Comes in: a school. Goes out: `root/etc`, `root/proc`, `root/sys`, `root/rollcall-sim`. Absent on purpose: its services (`services.rs`).

use super::device::Ail;
use super::dhcp::replace;
use super::town::School;
use anyhow::{Context, Result};
use std::path::Path;

/// Size of the volumes, bytes.
const ROOT_BYTES: u64 = 64 << 30;
const HOME_BYTES: u64 = 931 << 30;

/// Writes what the server's files tell.
pub fn write(school: &School, folder: &Path) -> Result<()> {
    let server = school.devices.first().context("a school without a server")?;
    let root = folder.join("root");
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
        ("rollcall-sim/volumes", volumes),
    ];
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        replace(&path, text)?;
    }
    Ok(())
}
