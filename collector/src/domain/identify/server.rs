//! What a server's own words say is wrong with it, and the parts of it that age: arrays, disks, backups, certificates.
//!
//! Comes in: words of the probes `server`, `disks`, `upkeep` (their keys stand in `rollcall_shared::said`). Goes out: signs and parts. Absent on
//! purpose: limits of readings and days (`reconcile`).

use super::gather::{Thing, Word};
use crate::domain::device::{Part, PartSort, Sign};
use rollcall_shared::Timestamp;

/// Bits of NVMe's critical warning (NVM Express base specification, SMART log): reliability degraded, read only. Others (spare, temperature,
/// backup of volatile memory) are warnings.
const NVME_GRAVE: u32 = 0b0000_1100;

/// Signs of arrays and disks, and of a backup that was never made.
pub fn signs(thing: &Thing<'_>) -> Vec<Sign> {
    thing.said.iter().filter_map(sign).collect()
}

fn sign(word: &Word<'_>) -> Option<Sign> {
    let (code, instance, grave) = match (word.probe, word.key.split_once('.')?) {
        ("server", ("md", array)) => ("server_raid", array, array_is_down(word.value)?),
        ("server", ("zfs", pool)) => ("server_raid", pool, pool_is_down(word.value)?),
        ("disks", ("smart", key)) => {
            let (disk, what) = key.split_once('.').unwrap_or((key, ""));
            ("server_smart", disk, disk_fails(what, word.value)?)
        }
        ("upkeep", ("backup", name)) if word.value.ends_with("no file") => ("server_backup", name, true),
        _ => return None,
    };
    Some(Sign { code, grave, instance: instance.to_owned(), probe: word.probe.to_owned(), ground: format!("{} {}", word.key, word.value) })
}

/// An array as `md` tells it: `Some(true)` where nothing can be read from it, `Some(false)` where it runs without some of its members.
fn array_is_down(said: &str) -> Option<bool> {
    let mut words = said.split([' ', ',']).filter(|word| !word.is_empty());
    // A container of a mainboard's RAID (`external:imsm`) is never active itself: its arrays are.
    if said.contains("external:") {
        return None;
    }
    if words.clone().any(|word| word == "inactive") {
        return Some(true);
    }
    let counts =
        words.find_map(|word| word.split_once('/')).and_then(|(working, wanted)| working.parse::<u32>().ok().zip(wanted.parse::<u32>().ok()));
    let lacks = counts.is_some_and(|(working, wanted)| working < wanted);
    (lacks || said.contains("failed:")).then_some(false)
}

/// A ZFS pool's state (zpool-status(8)): ONLINE is whole, DEGRADED still reads and writes.
fn pool_is_down(said: &str) -> Option<bool> {
    match said {
        "ONLINE" => None,
        "DEGRADED" => Some(false),
        _ => Some(true),
    }
}

/// What a disk says of itself: that it fails, that an attribute stands at its threshold, that its newest test found something.
fn disk_fails(what: &str, said: &str) -> Option<bool> {
    match what {
        "" => (said == "failed").then_some(true),
        "failing" => Some(false),
        "warning" => Some(u32::from_str_radix(said.trim_start_matches("0x"), 16).is_ok_and(|bits| bits & NVME_GRAVE != 0)),
        // ATA: "Completed: read failure"; NVMe: "Completed: failed segments".
        "test" => said.starts_with("Completed:").then_some(false).filter(|_| said.contains("fail")),
        _ => None,
    }
}

/// Disks by name and model, backups with the age at which one is due, certificates with their last day.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
pub fn parts(thing: &Thing<'_>) -> Vec<Part> {
    let part = |word: &Word<'_>| {
        let (sort, key, capacity) = match (word.probe, word.key.split_once('.')?) {
            ("server", ("md" | "zfs", array)) => {
                return Some(Part { sort: PartSort::Note, key: format!("array/{array}"), label: word.value.to_owned(), capacity: 0.0 });
            }
            ("disks", ("smart", disk)) if !disk.contains('.') => (PartSort::Disk, disk, 0.0),
            ("upkeep", ("backup", name)) => {
                let hours: f64 = word.value.strip_prefix("every ")?.split_once(" h")?.0.parse().ok()?;
                (PartSort::Backup, name, hours * 3_600.0)
            }
            ("upkeep", ("cert", file)) => (PartSort::Certificate, file, instant(word.value)?.0 as f64),
            _ => return None,
        };
        let model = thing.said.iter().find(|other| sort == PartSort::Disk && other.probe == word.probe && other.key == format!("smart.{key}.model"));
        let label = model.map_or_else(|| key.to_owned(), |model| format!("{key} ({})", model.value));
        Some(Part { sort, key: key.to_owned(), label, capacity })
    };
    thing.said.iter().filter_map(part).collect()
}

/// `2027-01-31T00:00:00Z`.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|instant| Timestamp(instant.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word<'a>(probe: &'a str, key: &'a str, value: &'a str) -> Word<'a> {
        Word { probe, key, item: key, value }
    }

    /// `code/instance`, with `!` where it is grave; `-` where it says nothing.
    fn check(probe: &str, key: &str, value: &str, expected: &str) {
        let found = sign(&word(probe, key, value)).map(|sign| format!("{}/{}{}", sign.code, sign.instance, if sign.grave { "!" } else { "" }));
        assert_eq!(found.as_deref().unwrap_or("-"), expected, "{key} {value}");
    }

    #[test]
    fn arrays_and_pools() {
        for (key, value, expected) in [
            ("md.md0", "raid1 active 2/2 [UU]", "-"),
            ("md.md0", "raid0 active", "-"),
            ("md.md0", "raid1 active 1/2 [U_]", "server_raid/md0"),
            ("md.md0", "raid1 active 1/2 [U_] recovery", "server_raid/md0"),
            ("md.md0", "raid1 active 2/2 [UU], failed: sdc1", "server_raid/md0"),
            ("md.md5", "inactive", "server_raid/md5!"),
            ("md.md127", "inactive external:imsm", "-"),
            ("zfs.tank", "ONLINE", "-"),
            ("zfs.tank", "DEGRADED", "server_raid/tank"),
            ("zfs.tank", "SUSPENDED", "server_raid/tank!"),
        ] {
            check("server", key, value, expected);
        }
        check("snmp", "md.md0", "inactive", "-");
    }

    #[test]
    fn disks_and_backups() {
        for (key, value, expected) in [
            ("smart.sda", "passed", "-"),
            ("smart.sda", "failed", "server_smart/sda!"),
            ("smart.sda.model", "failed: a name", "-"),
            ("smart.sda.failing", "184 End-to-End_Error", "server_smart/sda"),
            ("smart.nvme0n1.warning", "0x01", "server_smart/nvme0n1"),
            ("smart.nvme0n1.warning", "0x08", "server_smart/nvme0n1!"),
            ("smart.sda.test", "Completed without error", "-"),
            ("smart.sda.test", "Completed: read failure", "server_smart/sda"),
            ("smart.sda.test", "Interrupted (host reset)", "-"),
        ] {
            check("disks", key, value, expected);
        }
        check("upkeep", "backup.nas", "every 24 h", "-");
        check("upkeep", "backup.nas", "every 24 h, no file", "server_backup/nas!");
    }

    #[test]
    fn what_ages_is_a_part() {
        let said = vec![
            word("server", "md.md0", "raid1 active 2/2 [UU]"),
            word("disks", "smart.sda", "passed"),
            word("disks", "smart.sda.model", "ACME 2000D"),
            word("upkeep", "backup.nas", "every 24 h, no file"),
            word("upkeep", "cert./etc/kwartz.pem", "2027-01-31T00:00:00Z"),
            word("upkeep", "cert./etc/odd.pem", "soon"),
        ];
        let thing = Thing { said, ..Thing::default() };
        let told: Vec<(PartSort, String, f64)> = parts(&thing).into_iter().map(|part| (part.sort, part.label, part.capacity)).collect();
        let expected = [
            (PartSort::Note, "raid1 active 2/2 [UU]".to_owned(), 0.0),
            (PartSort::Disk, "sda (ACME 2000D)".to_owned(), 0.0),
            (PartSort::Backup, "nas".to_owned(), 86_400.0),
            (PartSort::Certificate, "/etc/kwartz.pem".to_owned(), 1_801_353_600.0),
        ];
        assert_eq!(told, expected);
    }
}
