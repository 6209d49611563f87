//! Tests of the parser: what real clients said, and what nobody should say.

use super::*;
use proptest::prelude::*;

/// A packet as a client sends it: `options` from the first one on, without the end.
pub(in crate::listen) fn packet(mac: [u8; 6], options: &[u8]) -> Vec<u8> {
    let mut message = vec![0; OPTIONS];
    message[..3].copy_from_slice(&[1, 1, 6]);
    message[HARDWARE..HARDWARE + 6].copy_from_slice(&mac);
    message[OPTIONS - 4..].copy_from_slice(&COOKIE);
    message.extend_from_slice(options);
    message.push(END);
    carried(&message)
}

/// Lays a message into UDP and IPv4.
fn carried(message: &[u8]) -> Vec<u8> {
    let length = |more: usize| u16::try_from(message.len() + more).unwrap().to_be_bytes();
    let mut packet = vec![0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255];
    packet[2..4].copy_from_slice(&length(28));
    packet.extend_from_slice(&[0, 68, 0, 67]);
    packet.extend_from_slice(&length(8));
    packet.extend_from_slice(&[0, 0]);
    packet.extend_from_slice(message);
    packet
}

const MAC: [u8; 6] = [0x00, 0x1b, 0x3f, 0, 0, 1];

fn check(options: &[u8], expected: &[&str]) {
    let request = parse(&packet(MAC, options)).expect("a request");
    let facts = request.facts();
    let said = facts.iter().map(|fact| if let Fact::Said(said) = fact { format!("{} {}", said.key, said.value) } else { panic!("{fact:?}") });
    let order = [format!("options {}", request.order())];
    let said: Vec<String> = said.chain(order).chain(request.architecture().map(|told| format!("opt93 {told}"))).collect();
    assert_eq!(said, expected);
}

#[test]
fn a_client_is_told_by_what_it_asks_for_and_in_which_order() {
    check(&[53, 1, 1, 12, 5, b'P', b'C', b'-', b'0', b'1', 55, 3, 1, 3, 6], &["opt12 PC-01", "opt55 1,3,6", "options 53,12,55,255"]);
    check(&[60, 8, b'M', b'S', b'F', b'T', b' ', b'5', b'.', b'0', 53, 1, 3], &["opt60 MSFT 5.0", "options 60,53,255"]);
    // A name counted with its zero octet; padding between; octets that are no text.
    check(&[0, 53, 1, 8, 0, 0, 12, 3, b'a', b'b', 0, 60, 2, 0xff, 1], &["opt12 ab", "opt60 0xff01", "options 53,12,60,255"]);
}

#[test]
fn user_classes_in_both_ways_of_writing_them() {
    check(&[53, 1, 1, 77, 4, b'i', b'P', b'X', b'E'], &["opt77 iPXE", "options 53,77,255"]);
    check(&[53, 1, 1, 77, 5, 2, b'a', b'b', 1, b'c'], &["opt77 ab,c", "options 53,77,255"]);
}

#[test]
fn firmware_tells_its_architecture_and_weighs_least() {
    check(&[53, 1, 1, 93, 2, 0, 7], &["options 53,93,255", "opt93 7"]);
    let weight = |options: &[u8]| parse(&packet(MAC, options)).map(|request| request.weight);
    let weights = [&[53, 1, 1, 93, 2, 0, 7][..], &[53, 1, 8], &[53, 1, 3], &[53, 1, 1]].map(weight);
    assert!(weights.is_sorted() && weights.iter().all(Option::is_some), "{weights:?}");
    // DHCPDECLINE, DHCPRELEASE, an offer, plain BOOTP.
    assert_eq!([&[53, 1, 4][..], &[53, 1, 7], &[53, 1, 2], &[12, 1, b'a']].map(weight), [None; 4]);
}

#[test]
fn options_that_are_cut_off_are_left_out_and_parts_of_one_stand_together() {
    let mut whole = packet(MAC, &[53, 1, 1, 55, 2, 1, 3, 12, 40, b'x']);
    whole.pop(); // the end itself
    let request = parse(&carried(&whole[28..])).unwrap();
    assert_eq!(request.order, [53, 55]);
    check(&[53, 1, 1, 60, 2, b'a', b'b', 60, 1, b'c'], &["opt60 abc", "options 53,60,60,255"]);
}

#[test]
fn more_options_in_the_fields_beside() {
    let mut message = packet(MAC, &[53, 1, 1, 52, 1, 3])[28..].to_vec();
    message[FILE][..5].copy_from_slice(&[60, 2, b'h', b'i', END]);
    message[SERVER_NAME][..4].copy_from_slice(&[12, 1, b'n', END]);
    let request = parse(&carried(&message)).unwrap();
    assert_eq!(request.order, [53, 52, 255, 60, 255, 12, 255]);
    assert_eq!((request.options[&60].as_slice(), request.options[&12].as_slice()), (&b"hi"[..], &b"n"[..]));
}

#[test]
fn overlong_names_and_endless_options_stay_within_their_bounds() {
    let mut options = vec![53, 1, 1];
    for _ in 0..5 {
        options.extend([12, 255]);
        options.extend([b'n'; 255]);
    }
    let facts = parse(&packet(MAC, &options)).unwrap().facts();
    assert!(facts.iter().any(|fact| matches!(fact, Fact::Said(said) if said.key == "opt12" && said.value.len() == MAX_NAME_CHARS)));
    let mut options = vec![53, 1, 1];
    (0..300).for_each(|number| options.extend([[2, 4, 6][number % 3], 0]));
    assert_eq!(parse(&packet(MAC, &options)).unwrap().order.len(), MAX_ORDER);
}

#[test]
fn the_relay_tells_the_network() {
    let mut message = packet(MAC, &[53, 1, 1])[28..].to_vec();
    message[RELAY..RELAY + 4].copy_from_slice(&[10, 0, 5, 1]);
    assert_eq!(parse(&carried(&message)).unwrap().relay, Some(Ipv4Addr::new(10, 0, 5, 1)));
}

#[test]
fn what_is_no_request_is_nothing() {
    let good = packet(MAC, &[53, 1, 1]);
    assert!(parse(&good).is_some());
    let with = |at: usize, octet: u8| {
        let mut bad = good.clone();
        bad[at] = octet;
        parse(&bad)
    };
    // IPv6, a header too short, TCP, a fragment, another port, an answer, another medium, no cookie, a group as client.
    for (at, octet) in [(0, 0x65), (0, 0x41), (9, 6), (6, 0x20), (23, 68), (28, 2), (29, 6), (30, 7), (28 + OPTIONS - 1, 0), (28 + HARDWARE, 1)] {
        assert_eq!(with(at, octet), None, "octet {at} = {octet}");
    }
    assert!((0..good.len() - 4).all(|length| parse(&good[..length]).is_none()));
}

proptest! {
    #[test]
    fn never_panics(octets: Vec<u8>) {
        parse(&octets);
    }

    #[test]
    fn never_panics_on_options_of_anybody(options in prop::collection::vec(any::<u8>(), 0..1_200)) {
        if let Some(request) = parse(&packet(MAC, &options)) {
            request.facts();
        }
    }
}
