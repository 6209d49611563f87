//! Mounted file systems and how full they are.
//!
//! Comes in: the folder that stands for `/`. Goes out: volumes. Of the real root by sysinfo (statvfs; network file systems are
//! left out, for a hung one would hang us); of a simulated root out of `rollcall-sim/volumes`, the simulator's stand-in for
//! statvfs: lines `MOUNT TYPE SIZE_BYTES USED_BYTES`. Absent on purpose: the disks beneath ([`super::raid`], the probe `disks`).

use crate::probes::Finding;
use rollcall_shared::Fact;
use std::collections::BTreeMap;
use std::path::Path;

/// Most volumes told.
const MAX_VOLUMES: usize = 64;
/// File systems that are full by nature or live in memory.
const LEFT_OUT: &[&str] = &["squashfs", "iso9660", "overlay", "tmpfs", "ramfs", "efivarfs"];

/// One volume and its use.
#[derive(Debug, PartialEq)]
pub struct Volume {
    /// As the wire has it.
    pub fact: rollcall_shared::evidence::Volume,
    /// Bytes that nobody can use any more (the share reserved for root counts as used).
    pub used_bytes: u64,
}

impl Volume {
    /// Adds its fact and its reading.
    pub fn tell(self, finding: &mut Finding) {
        finding.readings.push(("volume_used", self.fact.key.clone(), self.used_bytes as f64));
        finding.facts.push(Fact::Volume(self.fact));
    }
}

/// The volumes of a root.
pub fn read(root: &Path) -> Result<Vec<Volume>, String> {
    if root == Path::new("/") {
        return mounted();
    }
    let path = root.join("rollcall-sim/volumes");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(format!("the volumes of the simulated root could not be read from {}: {error}", path.display())),
    }
}

/// What the kernel has mounted.
fn mounted() -> Result<Vec<Volume>, String> {
    let disks = sysinfo::Disks::new_with_refreshed_list().map_err(|error| format!("the mounted volumes could not be read: {error}"))?;
    let volume = |disk: &sysinfo::Disk| {
        let (mount, size_bytes) = (disk.mount_point().to_string_lossy().into_owned(), disk.total_space());
        Volume { used_bytes: size_bytes.saturating_sub(disk.available_space()), fact: fact(mount, &disk.file_system().to_string_lossy(), size_bytes) }
    };
    Ok(worth_telling(first_of_each_device(&disks).into_iter().map(volume)))
}

/// A device mounted in several places (a service manager binds folders for each service) is told once, at its shortest path.
fn first_of_each_device(disks: &[sysinfo::Disk]) -> Vec<&sysinfo::Disk> {
    let mut by_device: BTreeMap<_, &sysinfo::Disk> = BTreeMap::new();
    for disk in disks {
        let path = disk.mount_point().as_os_str();
        let device = if disk.name().to_string_lossy().starts_with("/dev/") { disk.name() } else { path };
        let first = by_device.entry(device).or_insert(disk);
        if path.len() < first.mount_point().as_os_str().len() {
            *first = disk;
        }
    }
    by_device.into_values().collect()
}

/// `MOUNT TYPE SIZE_BYTES USED_BYTES` a line; other lines are skipped.
pub fn parse(text: &str) -> Vec<Volume> {
    let volume = |line: &str| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [mount, kind, size, used] = words.as_slice() else { return None };
        Some(Volume { fact: fact((*mount).to_owned(), kind, size.parse().ok()?), used_bytes: used.parse().ok()? })
    };
    worth_telling(text.lines().filter_map(volume))
}

fn fact(key: String, file_system: &str, size_bytes: u64) -> rollcall_shared::evidence::Volume {
    rollcall_shared::evidence::Volume { key: key.chars().take(200).collect(), file_system: file_system.to_owned(), size_bytes }
}

/// One a mount point (the last mounted lies on top), without those of [`LEFT_OUT`] and those without a size.
fn worth_telling(volumes: impl Iterator<Item = Volume>) -> Vec<Volume> {
    let told = volumes.filter(|volume| volume.fact.size_bytes > 0 && !LEFT_OUT.contains(&volume.fact.file_system.as_str()));
    let by_mount: BTreeMap<String, Volume> = told.map(|volume| (volume.fact.key.clone(), volume)).collect();
    by_mount.into_values().take(MAX_VOLUMES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_the_stand_in() {
        let rows = parse("/ ext4 100 60\n/snap/core squashfs 5 5\n/home ext4 lots 1\n\n/srv xfs 10 3 more\n/ ext4 200 61\n");
        let told: Vec<(String, u64, u64)> = rows.into_iter().map(|row| (row.fact.key, row.fact.size_bytes, row.used_bytes)).collect();
        assert_eq!(told, [("/".to_owned(), 200, 61)]);
    }

    #[test]
    fn this_machine_answers() {
        read(Path::new("/")).unwrap();
    }

    proptest! {
        #[test]
        fn never_panics(text: String) {
            parse(&text);
        }
    }
}
