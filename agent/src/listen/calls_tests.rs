//! Tests of who is looked at when: in seconds since the first call.

use super::*;
use crate::listen::notifications::notification;

const LINK_DOWN: &[u32] = &[1, 3, 6, 1, 6, 3, 1, 1, 5, 3];
const ON_BATTERY: &[u32] = &[1, 3, 6, 1, 2, 1, 33, 2, 1];
const FAILED_LOGIN: &[u32] = &[1, 3, 6, 1, 6, 3, 1, 1, 5, 5];

fn caller(last: u8) -> Caller {
    ("school".to_owned(), [10, 0, 0, last].into())
}

/// Plays calls (second, device, OID, port) until `until_s`; the seconds at which each look came, with the devices.
fn play(calls: &[(u64, u8, &[u32], Option<u32>)], until_s: u64) -> Vec<(u64, usize)> {
    let (start, mut heard, mut looks) = (Instant::now(), Calls::default(), Vec::new());
    for tick in 0..until_s * 10 {
        let now = start + Duration::from_millis(tick * 100);
        for (_, device, oid, port) in calls.iter().filter(|(at_s, ..)| at_s * 10 == tick) {
            heard.hear(caller(*device), notification(oid).unwrap(), *port, now);
        }
        if heard.next_at(now).is_some_and(|at| at <= now) {
            let taken: usize = heard.take(now).values().map(BTreeSet::len).sum();
            looks.push((tick / 10, taken));
        }
    }
    looks
}

fn seconds(looks: &[(u64, usize)]) -> Vec<u64> {
    looks.iter().map(|(at_s, _)| *at_s).collect()
}

#[test]
fn what_ails_is_looked_at_at_once_and_again_until_it_is_confirmed() {
    assert_eq!(play(&[(0, 1, ON_BATTERY, None)], 600), [(0, 1), (30, 1), (60, 1), (121, 1)]);
    assert_eq!(play(&[(0, 1, LINK_DOWN, Some(3))], 600), [(0, 1)]);
    assert_eq!(play(&[(0, 1, FAILED_LOGIN, None)], 600), []);
}

#[test]
fn calls_that_come_together_are_one_and_others_wait_for_their_turn() {
    assert_eq!(play(&[(0, 1, LINK_DOWN, Some(3)), (0, 1, LINK_DOWN, Some(4)), (0, 1, ON_BATTERY, None)], 20), [(0, 1)]);
    assert_eq!(seconds(&play(&[(0, 1, LINK_DOWN, Some(3)), (5, 1, LINK_DOWN, Some(4)), (7, 1, LINK_DOWN, Some(5))], 120)), [0, 30]);
    // Another call while what ails is followed up: answered by the next of these looks, and followed up itself.
    assert_eq!(seconds(&play(&[(0, 1, ON_BATTERY, None), (5, 1, LINK_DOWN, Some(4))], 600)), [0, 30, 60, 121]);
}

#[test]
fn a_call_that_is_repeated_is_answered_less_and_less_often() {
    let calls: Vec<_> = (0..3_600).map(|at_s| (at_s, 1, LINK_DOWN, Some(3))).collect();
    let looks = seconds(&play(&calls, 3_600));
    assert_eq!(looks[..6], [0, 30, 90, 210, 450, 750], "{looks:?}");
    assert!(looks.len() < 18, "{looks:?}");
    // A UPS that calls every minute as long as it runs on battery (RFC 1628).
    let calls: Vec<_> = (0..60).map(|minute| (minute * 60, 1, ON_BATTERY, None)).collect();
    let looks = play(&calls, 3_600);
    assert!((12..60).contains(&looks.len()), "{looks:?}");
    // After a quiet hour it is a new call.
    assert_eq!(seconds(&play(&[(0, 1, LINK_DOWN, Some(3)), (3_600, 1, LINK_DOWN, Some(3))], 3_700)), [0, 3_600]);
}

#[test]
fn a_storm_is_bounded_in_looks_and_in_memory() {
    let calls: Vec<_> = (0..100).map(|device| (0, device, LINK_DOWN, None)).collect();
    let looks = play(&calls, 60);
    assert_eq!(looks[0], (0, LOOKS_AT_ONCE as usize));
    assert_eq!(looks.iter().map(|(_, devices)| devices).sum::<usize>(), LOOKS_AT_ONCE as usize + 59 / LOOK_EVERY.as_secs() as usize);
    let (mut heard, now) = (Calls::default(), Instant::now());
    for number in 0..100_000u32 {
        let device = ("school".to_owned(), IpAddr::from(number.to_be_bytes()));
        heard.hear(device, notification(LINK_DOWN).unwrap(), Some(number), now);
        heard.hear(caller(1), notification(LINK_DOWN).unwrap(), Some(number), now);
    }
    assert_eq!(heard.callers.len(), MAX_CALLERS);
    assert!(heard.callers.values().all(|line| line.said.len() <= MAX_SAID && line.due.len() <= 4));
    assert!(heard.left_out > 99_000);
}

#[test]
fn who_called_and_does_not_answer_is_looked_at_again() {
    let (start, mut heard) = (Instant::now(), Calls::default());
    heard.hear(caller(1), notification(LINK_DOWN).unwrap(), Some(1), start);
    let looked = start + GATHER;
    assert_eq!(heard.take(looked).len(), 1);
    assert_eq!(heard.next_at(looked), None);
    heard.silent(&caller(1), looked + Duration::from_secs(5));
    assert_eq!(heard.next_at(looked), Some(looked + Duration::from_secs(35)));
    // The looks that follow do not beget others.
    (0..3).for_each(|_| {
        let at = heard.next_at(looked).unwrap();
        heard.take(at);
        heard.silent(&caller(1), at);
    });
    assert_eq!(heard.next_at(looked + Duration::from_secs(500)), None);
}
