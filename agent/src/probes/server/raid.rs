//! Software RAID: arrays of the kernel's md driver, and ZFS pools.
//!
//! Comes in: the folder that stands for `/`. Goes out: `said md.ARRAY` and `zfs.POOL`, reading `raid_sync` while an array is being made
//! whole. Sources: `/proc/mdstat` (md(4); drivers/md/md.c, `md_seq_show`), `/proc/spl/kstat/zfs/POOL/state` (OpenZFS). Absent on purpose:
//! what is a failure (the collector's signs), controllers with RAID of their own.

use super::files;
use crate::probes::Readings;
use rollcall_shared::Fact;
use std::path::Path;

/// Most arrays and pools told.
const MAX_ARRAYS: usize = 64;
/// What the driver does to an array that is not whole. A `check` (Debian: each month) is no such thing.
const ACTIONS: &[&str] = &["recovery", "resync", "reshape"];

/// All arrays and pools.
pub fn read(root: &Path) -> (Vec<Fact>, Readings) {
    let (mut facts, readings) = files::text(&root.join("proc/mdstat")).as_deref().map(mdstat).unwrap_or_default();
    let pools = files::children(&root.join("proc/spl/kstat/zfs"));
    facts.extend(pools.iter().filter_map(|pool| Some(Fact::said(format!("zfs.{}", files::name_of(pool)), files::text(&pool.join("state"))?))));
    facts.truncate(MAX_ARRAYS);
    (facts, readings)
}

/// One array as `/proc/mdstat` tells it.
#[derive(Debug, Default)]
struct Array<'a> {
    name: &'a str,
    /// `active`, `inactive`.
    state: &'a str,
    /// `raid1`; empty while it is inactive.
    level: &'a str,
    /// Members marked `(F)`.
    failed: Vec<&'a str>,
    /// `[2/1]`: members wanted, members at work.
    members: Option<(u32, u32)>,
    /// `[U_]`.
    map: &'a str,
    /// `external:imsm`: a container of a mainboard's RAID, never active itself.
    metadata: &'a str,
    action: &'a str,
    percent: Option<f64>,
}

/// Facts and readings of `/proc/mdstat`.
/// For tests with hostile files.
pub fn hostile(text: &str) {
    mdstat(text);
}

fn mdstat(text: &str) -> (Vec<Fact>, Readings) {
    let mut arrays: Vec<Array<'_>> = Vec::new();
    for line in text.lines() {
        match line.split_once(" : ") {
            Some((name, rest)) if !line.starts_with([' ', '\t']) && name != "Personalities" => arrays.push(headed(name.trim(), rest)),
            _ if line.starts_with([' ', '\t']) => {
                if let Some(array) = arrays.last_mut() {
                    detail(array, line);
                }
            }
            _ => {}
        }
    }
    let mut readings = Readings::new();
    let mut facts = Vec::new();
    for array in arrays.iter().take(MAX_ARRAYS) {
        facts.push(Fact::said(format!("md.{}", array.name), array.said()));
        readings.extend(array.percent.map(|percent| ("raid_sync", array.name.to_owned(), percent)));
    }
    (facts, readings)
}

/// `active raid1 sdb1[1] sda1[0](F)`, `active (auto-read-only) raid1 …`, `inactive sdb1[1](S)`.
fn headed<'a>(name: &'a str, rest: &'a str) -> Array<'a> {
    let mut words = rest.split_ascii_whitespace().filter(|word| !word.starts_with('('));
    let state = words.next().unwrap_or_default();
    let mut array = Array { name, state, ..Array::default() };
    for word in words {
        match word.split_once('[') {
            Some((member, marks)) if marks.contains("(F)") => array.failed.push(member),
            Some(_) => {}
            None if array.level.is_empty() => array.level = word,
            None => {}
        }
    }
    array
}

/// `523712 blocks super 1.2 [2/1] [U_]`, `[==>…]  recovery = 12.6% (…) finish=…`, `resync=DELAYED`.
fn detail<'a>(array: &mut Array<'a>, line: &'a str) {
    for (at, word) in line.split_ascii_whitespace().enumerate() {
        let inner = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or_default();
        if let Some((wanted, working)) = inner.split_once('/') {
            array.members = wanted.parse().ok().zip(working.parse().ok()).or(array.members);
        } else if !inner.is_empty() && inner.bytes().all(|mark| matches!(mark, b'U' | b'_')) {
            array.map = word;
        }
        if word.starts_with("external:") {
            array.metadata = word;
        }
        let Some(action) = ACTIONS.iter().find(|action| word.strip_prefix(**action).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
        else {
            continue;
        };
        array.action = action;
        let percent = line.split_ascii_whitespace().skip(at + 1).find_map(|word| word.trim_start_matches('=').strip_suffix('%'));
        array.percent = percent.and_then(|percent| percent.parse().ok()).filter(|percent| (0.0..=100.0).contains(percent));
    }
}

impl Array<'_> {
    /// `raid1 active 1/2 [U_] recovery, failed: sdb1`: what stands still of the two lines.
    fn said(&self) -> String {
        let members = self.members.map(|(wanted, working)| format!("{working}/{wanted}")).unwrap_or_default();
        let words = [self.level, self.state, &members, self.map, self.metadata, self.action];
        let said = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if self.failed.is_empty() { said } else { format!("{said}, failed: {}", self.failed.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[(&str, &str)], sync: &[(&str, f64)]) {
        let (facts, readings) = mdstat(text);
        let said: Vec<Fact> = expected.iter().map(|(key, value)| Fact::said(*key, *value)).collect();
        assert_eq!(facts, said);
        let sync: Readings = sync.iter().map(|(array, percent)| ("raid_sync", (*array).to_owned(), *percent)).collect();
        assert_eq!(readings, sync);
    }

    #[test]
    fn arrays_that_are_whole() {
        let text = "Personalities : [raid1] [raid6] [raid5] [raid4]\n\
                    md1 : active raid5 sdc1[3] sdb1[1] sda1[0]\n      1046528 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]\n      \n\
                    md0 : active (auto-read-only) raid1 sdb2[1] sda2[0]\n      523712 blocks super 1.2 [2/2] [UU]\n      bitmap: 0/1 pages [0KB], 65536KB chunk\n\n\
                    md2 : active raid0 sde1[1] sdd1[0]\n      2093056 blocks super 1.2 512k chunks\n\nunused devices: <none>\n";
        check(text, &[("md.md1", "raid5 active 3/3 [UUU]"), ("md.md0", "raid1 active 2/2 [UU]"), ("md.md2", "raid0 active")], &[]);
    }

    #[test]
    fn arrays_that_are_not() {
        let text = "md0 : active raid1 sdb1[1](F) sda1[0]\n      523712 blocks [2/1] [U_]\n\n\
                    md1 : active raid1 sdb2[2] sda2[0]\n      3068288 blocks [2/1] [U_]\n      [=>...................]  recovery =  8.1% (251596/3068288) finish=6.7min speed=6963K/sec\n\n\
                    md2 : active raid1 sdb3[2] sda3[0]\n      3068288 blocks [2/1] [U_]\n      \tresync=DELAYED\n\n\
                    md126 : inactive sdb[1](S) sda[0](S)\n      6306 blocks super external:imsm\n\n\
                    md127 : inactive sdc1[1](S)\n      1046528 blocks super 1.2\n";
        let said = [
            ("md.md0", "raid1 active 1/2 [U_], failed: sdb1"),
            ("md.md1", "raid1 active 1/2 [U_] recovery"),
            ("md.md2", "raid1 active 1/2 [U_] resync"),
            ("md.md126", "inactive external:imsm"),
            ("md.md127", "inactive"),
        ];
        check(text, &said, &[("md1", 8.1)]);
    }

    #[test]
    fn a_check_of_a_whole_array_changes_nothing() {
        let whole = "md0 : active raid1 sdb1[1] sda1[0]\n      523712 blocks [2/2] [UU]\n";
        let checked = format!("{whole}      [>....................]  check =  3.4% (17856/523712) finish=1.4min speed=5952K/sec\n");
        assert_eq!(mdstat(whole), mdstat(&checked));
    }

    #[test]
    fn pools_tell_their_state() {
        let folder = tempfile::tempdir().unwrap();
        let pool = folder.path().join("proc/spl/kstat/zfs/tank");
        std::fs::create_dir_all(&pool).unwrap();
        std::fs::write(pool.join("state"), "DEGRADED\n").unwrap();
        std::fs::write(folder.path().join("proc/spl/kstat/zfs/arcstats"), "1 2 3\n").unwrap();
        assert_eq!(read(folder.path()), (vec![Fact::said("zfs.tank", "DEGRADED")], Readings::new()));
    }

    proptest! {
        #[test]
        fn never_panics(text: String, line in "[ \t]?[a-z0-9\\[\\]/U_=%:() .]{0,60}") {
            mdstat(&text);
            mdstat(&format!("md0 : active raid1 a[0]\n {line}\n{line}"));
        }
    }
}
