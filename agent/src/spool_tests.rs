//! What the spool survives: power cuts at any octet, damaged files, a full disk's bound.

use super::*;
use rollcall_shared::picture::EntryKey;
use rollcall_shared::report::WIRE_VERSION;
use rollcall_shared::{Content, Fact, Picture, Subject, Timestamp};

const STREAM: StreamId = StreamId(0xabc);

/// A school whose picture grows by a fact a round; the first report is full, the others are differences.
fn reports(count: u64) -> Vec<Report> {
    let mut picture = Picture::default();
    let make = |number: u64| {
        let before = picture.clone();
        let text = format!("{number:0300}"); // a few hundred octets, so that bounds are met
        picture.put(&EntryKey::new("school", Subject::Server, "server"), Fact::said(format!("key{number}"), text));
        let content = match number {
            1 => Content::Full(picture.to_groups()),
            _ => Content::Difference { from: before.hash(), change: before.difference_to(&picture) },
        };
        Report {
            wire: WIRE_VERSION,
            agent_version: "test".into(),
            stream: STREAM,
            number,
            began_at: Timestamp(number.cast_signed()),
            ended_at: Timestamp(number.cast_signed()),
            content,
            hash: picture.hash(),
            probes: vec![],
            readings: vec![],
            troubles: vec![],
            every_s: 300,
            folded: 0,
            paused: false,
        }
    };
    (1..=count).map(make).collect()
}

fn filled(folder: &Path, count: u64, max_bytes: u64) -> Spool {
    let mut spool = Spool::open(folder, max_bytes).unwrap();
    reports(count).iter().for_each(|report| spool.put(report).unwrap());
    spool
}

fn numbers(batch: &[(Entry, Report)]) -> Vec<u64> {
    batch.iter().map(|(_, report)| report.number).collect()
}

#[test]
fn reports_come_back_oldest_first_and_are_forgotten_on_receipt_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = filled(folder.path(), 5, u64::MAX);
    let batch = spool.oldest(3);
    assert_eq!(numbers(&batch), [1, 2, 3]);
    assert_eq!(numbers(&spool.oldest(3)), [1, 2, 3]);
    spool.forget(batch[0].0);
    spool.forget(batch[1].0);
    let mut again = Spool::open(folder.path(), u64::MAX).unwrap();
    assert_eq!(numbers(&again.oldest(10)), [3, 4, 5]);
    again.put(&Report { number: 6, ..reports(1)[0].clone() }).unwrap();
    assert_eq!(numbers(&again.oldest(10)), [3, 4, 5, 6]);
}

#[test]
fn a_file_cut_or_changed_at_any_octet_is_set_aside_and_blocks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let spool = filled(folder.path(), 3, u64::MAX);
    let victim = spool.path(*spool.entries().nth(1).unwrap());
    let whole = fs::read(&victim).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        for damaged in [&whole[..at], &changed] {
            fs::write(&victim, damaged).unwrap();
            let mut again = Spool::open(folder.path(), u64::MAX).unwrap();
            assert_eq!(numbers(&again.oldest(10)), [1, 3], "at {at}");
            assert!(again.take_notes()[0].1.contains("report 2 was set aside"));
        }
    }
    assert_eq!(fs::read_dir(folder.path().join(ASIDE)).unwrap().count(), 1);
}

#[test]
fn over_the_bound_the_oldest_are_folded_and_the_picture_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = filled(folder.path(), 40, 4_000);
    assert!(spool.bytes() <= 4_000, "{}", spool.bytes());
    let batch = spool.oldest(100);
    assert_eq!(batch.iter().map(|(_, report)| report.folded + 1).sum::<u32>(), 40);
    let mut picture = Picture::default();
    for (_, report) in &batch {
        match &report.content {
            Content::Full(groups) => picture = Picture::from_groups(groups.clone()),
            Content::Difference { change, .. } => picture.apply(change),
            Content::Heartbeat => {}
        }
        assert_eq!(picture.hash(), report.hash);
    }
    assert!(spool.take_notes().iter().any(|(code, _)| *code == "spool_full"));
}

#[test]
fn what_travels_is_not_folded() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = filled(folder.path(), 10, u64::MAX);
    spool.oldest(4);
    spool.max_bytes = 10;
    spool.put(&Report { number: 11, ..reports(1)[0].clone() }).unwrap();
    let left: Vec<u64> = spool.entries().map(|entry| entry.number).collect();
    assert_eq!(left, [1, 2, 3, 4, 11]);
}

#[test]
fn leftovers_of_a_power_cut_are_swept_and_strangers_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 1, u64::MAX);
    fs::write(folder.path().join("000000000002-x.report.tmp"), b"half").unwrap();
    fs::write(folder.path().join("README"), b"hello").unwrap();
    let mut spool = Spool::open(folder.path(), u64::MAX).unwrap();
    assert_eq!(numbers(&spool.oldest(10)), [1]);
    assert!(folder.path().join("README").exists());
    assert!(!folder.path().join("000000000002-x.report.tmp").exists());
}

#[test]
fn what_is_set_aside_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = filled(folder.path(), 30, u64::MAX);
    for entry in spool.entries().copied().collect::<Vec<_>>() {
        spool.set_aside(entry, "refused");
    }
    assert_eq!(fs::read_dir(folder.path().join(ASIDE)).unwrap().count(), MAX_ASIDE);
}
