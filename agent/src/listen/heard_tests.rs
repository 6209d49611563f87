//! Tests of the memory of DHCP clients: floods, weights, months.

use super::*;
use crate::assemble::{Standing, assemble};
use crate::listen::packet;
use crate::listen::packet::tests::packet;
use crate::mask::{Mask, PRIVATE_MAC, PrivateMacs};
use std::time::Instant;

const DISCOVER: &[u8] = &[53, 1, 1];
const REQUEST: &[u8] = &[53, 1, 3];
const INFORM: &[u8] = &[53, 1, 8];
const DAY_S: i64 = 86_400;

fn mac(number: u32) -> [u8; 6] {
    let [a, b, c, d] = number.to_be_bytes();
    [0x00, 0x1b, a, b, c, d]
}

fn request(mac: [u8; 6], options: &[&[u8]]) -> Request {
    packet::parse(&packet(mac, &options.concat())).expect("a request")
}

/// A school of one network, round after round.
#[derive(Default)]
struct School {
    heard: Heard,
    clients: Clients,
    standing: Standing,
    private: PrivateMacs,
}

impl School {
    fn hears(&mut self, mac: [u8; 6], options: &[&[u8]]) {
        self.heard.hear("school", &request(mac, options));
    }

    fn round(&mut self, day: i64) {
        let now = Timestamp(1_800_000_000 + day * DAY_S);
        let mut looked = self.clients.round(&std::mem::take(&mut self.heard), &BTreeSet::from(["school".to_owned()]), now);
        Mask::new([7; 32], vec!["PC-*".into()]).apply(&mut looked, &self.standing, &mut self.private);
        assemble(&mut self.standing, looked, now);
    }

    /// What stands: `subject key value`.
    fn stands(&self) -> Vec<String> {
        let entries = self.standing.picture.entries();
        let line = |subject: &Subject, fact: &Fact| match fact {
            Fact::Said(said) => format!("{subject} {} {}", said.key, said.value),
            Fact::Count(count) => format!("{} {}", count.key, count.count),
            other => format!("{other:?}"),
        };
        entries.flat_map(|(entry, facts)| facts.map(move |fact| line(&entry.subject, fact))).collect()
    }
}

#[test]
fn what_was_said_stands_until_it_was_not_heard_for_a_month() {
    let mut school = School::default();
    school.hears(mac(1), &[DISCOVER, &[60, 2, b'a', b'b', 55, 2, 1, 3]]);
    school.round(0);
    let stands = ["mac:00:1b:00:00:00:01 opt55 1,3", "mac:00:1b:00:00:00:01 opt60 ab", "mac:00:1b:00:00:00:01 options 53,60,55,255"];
    assert_eq!(school.stands(), stands);
    school.round(29);
    assert_eq!(school.stands(), stands);
    school.round(30);
    assert_eq!(school.stands(), [""; 0]);
}

#[test]
fn memory_survives_a_restart_without_invented_addresses() {
    let mut school = School::default();
    let invented = [0x02, 0x1b, 0, 0, 0, 9];
    for client in [mac(1), invented] {
        school.hears(client, &[DISCOVER]);
    }
    school.round(0);
    assert_eq!(school.stands(), ["private_mac 1", "mac:00:1b:00:00:00:01 options 53,255"], "counted, not told");
    let kept = serde_json::to_string(&school.clients.burnt_in()).unwrap();
    assert!(!kept.contains("02:1b"), "{kept}");
    school.clients = serde_json::from_str(&kept).unwrap();
    school.round(1);
    assert_eq!(school.stands(), ["mac:00:1b:00:00:00:01 options 53,255"]);
    assert_eq!(PRIVATE_MAC, "private_mac");
}

#[test]
fn a_system_speaks_for_itself_and_firmware_and_browsers_do_not_speak_for_it() {
    let mut school = School::default();
    let firmware: &[u8] = &[60, 9, b'P', b'X', b'E', b'C', b'l', b'i', b'e', b'n', b't', 93, 2, 0, 7];
    school.hears(mac(1), &[DISCOVER, firmware]);
    school.round(0);
    assert!(school.stands().contains(&"mac:00:1b:00:00:00:01 opt60 PXEClient".to_owned()));
    school.hears(mac(1), &[DISCOVER, &[60, 1, b'w', 12, 4, b'P', b'C', b'-', b'7']]);
    school.hears(mac(1), &[REQUEST, &[50, 0, 60, 1, b'w', 12, 4, b'P', b'C', b'-', b'7']]);
    school.hears(mac(1), &[INFORM, &[60, 1, b'x']]);
    school.hears(mac(1), &[DISCOVER, firmware]);
    school.round(1);
    let stands = ["opt12 PC-7", "opt60 w", "opt93 7", "options 53,60,12,255"].map(|said| format!("mac:00:1b:00:00:00:01 {said}"));
    assert_eq!(school.stands(), stands);
    school.hears(mac(1), &[INFORM, &[60, 1, b'x']]);
    school.round(2);
    assert_eq!(school.stands(), stands);
    // Another system that only asks again: it speaks for itself, the order of the weightier message stays.
    school.hears(mac(1), &[REQUEST, &[60, 1, b'l']]);
    school.round(3);
    assert_eq!(school.stands(), ["opt60 l", "opt93 7", "options 53,60,12,255"].map(|said| format!("mac:00:1b:00:00:00:01 {said}")));
}

#[test]
fn names_are_masked_unless_the_towns_naming_allows_them() {
    let mut school = School::default();
    school.hears(mac(1), &[DISCOVER, &[12, 5, b'L', b'i', b'n', b'a', b's']]);
    school.round(0);
    assert!(school.stands()[0].contains("opt12 masked:"), "{:?}", school.stands());
}

#[test]
fn a_round_that_could_not_be_told_loses_nothing() {
    let mut school = School::default();
    school.hears(mac(1), &[DISCOVER, &[60, 1, b'a']]);
    let lost = std::mem::take(&mut school.heard);
    school.hears(mac(1), &[DISCOVER, &[60, 1, b'b']]);
    school.hears(mac(2), &[DISCOVER]);
    school.heard.put_back(lost);
    school.round(0);
    let stands = ["01 opt60 b", "01 options 53,60,255", "02 options 53,255"].map(|said| format!("mac:00:1b:00:00:00:{said}"));
    assert_eq!(school.stands(), stands);
}

#[test]
fn a_flood_is_bounded_in_memory_and_time() {
    let mut school = School::default();
    let began = Instant::now();
    for number in 0..100_000 {
        let mut packet = packet(mac(number), &[53, 1, 1, 12, 3, b'a', b'b', b'c', 55, 4, 1, 3, 6, 15]);
        packet.truncate(1_500);
        school.heard.hear("school", &packet::parse(&packet).unwrap());
    }
    let took = began.elapsed();
    eprintln!("100 000 requests of as many clients: {took:?}");
    assert!(took.as_secs() < 10, "{took:?}");
    assert_eq!((school.heard.waiting.len(), school.heard.left_out), (MAX_WAITING, 100_000 - MAX_WAITING as u64));
    // Nobody knows which of them are there at all: none is told; who was known before still is.
    school.hears(mac(0), &[DISCOVER, &[60, 1, b'n']]);
    school.round(0);
    assert_eq!(school.stands(), [""; 0]);
    school.hears(mac(0), &[DISCOVER]);
    school.round(0);
    (0..=MAX_WAITING as u32).for_each(|number| school.hears(mac(number), &[DISCOVER, &[60, 1, b'n']]));
    school.round(0);
    assert_eq!(school.stands(), ["opt60 n", "options 53,60,255"].map(|said| format!("mac:00:1b:00:00:00:00 {said}")));
    // Day after day others, as many as may be: the memory is bounded as well, those unheard for longest leave, and with them their facts.
    for day in 1..=3 {
        (0..MAX_WAITING as u32).for_each(|number| school.hears(mac(1_000_000 * day + number), &[DISCOVER]));
        school.round(i64::from(day));
    }
    assert_eq!(school.clients.0["school"].len(), MAX_CLIENTS);
    assert_eq!(school.stands().len(), MAX_CLIENTS);
}
