//! Datagrams of real daemons, hosts played on loopback, and storms.

use super::*;
use crate::probes::cases::{Place, check_cases};
use proptest::prelude::*;

/// `ADDRESS HEX` a line.
fn datagrams(text: &str) -> Vec<(IpAddr, Vec<u8>)> {
    let line = |line: &str| {
        let (ip, hex) = line.split_once(' ').unwrap();
        let octets = hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        (ip.parse().unwrap(), octets)
    };
    text.lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

#[test]
fn what_daemons_said() {
    check_cases("mdns", |case| {
        let file = |name: &str| std::fs::read_to_string(case.join(name)).unwrap();
        let known = file("known.txt").lines().map(|ip| ip.parse().unwrap()).collect();
        serde_json::json!(parse(&datagrams(&file("datagrams.txt")), &known))
    });
}

/// A name with its root.
fn wire(name: &str) -> Vec<u8> {
    let labels = name.split('.').flat_map(|label| std::iter::once(u8::try_from(label.len()).unwrap()).chain(label.bytes()));
    labels.chain([0]).collect()
}

fn record(name: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [&wire(name)[..], &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 10], &length, data].concat()
}

fn message(id: [u8; 2], records: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    [&id[..], &[0x84, 0, 0, 0], &count, &[0, 0, 0, 0], &records.concat()].concat()
}

/// Hosts that are asked by themselves: 127.96.0.1 offers AirPlay and gives its TXT record only when it is asked for, 127.96.0.2 floods.
#[test]
fn single_hosts_are_asked_in_turns_and_a_flood_is_cut() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut place = Place::new("127.96.0.0/30", 0);
    let outcome = runtime.block_on(async {
        let calm = tokio::net::UdpSocket::bind("127.96.0.1:0").await.unwrap();
        place.network.ports.mdns = calm.local_addr().unwrap().port();
        let loud = tokio::net::UdpSocket::bind(("127.96.0.2", place.network.ports.mdns)).await.unwrap();
        let calm_plays = async {
            let (mut query, airplay) = ([0; 1_500], "TV._airplay._tcp.local");
            loop {
                let (length, from) = calm.recv_from(&mut query).await.unwrap();
                let asks = |name: &str| query[..length].windows(name.len()).any(|part| part == name.as_bytes());
                let list = record("_services._dns-sd._udp.local", message::PTR, &wire("_airplay._tcp.local"));
                let records = if asks("_services") {
                    vec![record("1.0.96.127.in-addr.arpa", message::PTR, &wire("tv.local")), list]
                } else if asks("\x02TV\x08_airplay") {
                    let host = record(airplay, message::SRV, &[&[0, 0, 0, 0, 0, 80][..], &wire("tv.local")].concat());
                    vec![record(airplay, message::TXT, b"\x11model=AppleTV14,1\x08secret=1"), host]
                } else if asks("\x08_airplay") {
                    vec![record("_airplay._tcp.local", message::PTR, &wire(airplay))]
                } else {
                    assert!(!asks("_ipp"), "it does not list that");
                    continue;
                };
                calm.send_to(&message([query[0], query[1]], &records), from).await.unwrap();
            }
        };
        let loud_plays = async {
            let mut query = [0; 1_500];
            let (_, from) = loud.recv_from(&mut query).await.unwrap();
            for number in 0..150 {
                let host = record(&format!("h{number}.local"), message::A, &[127, 96, 0, 2]);
                loud.send_to(&message([query[0], query[1]], &[host]), from).await.unwrap();
            }
            std::future::pending().await
        };
        let look = place.look();
        let waits = Waits { first: Duration::from_millis(150), next: Duration::from_millis(150) };
        tokio::select! {
            outcome = read_within(&look, waits) => outcome,
            () = calm_plays => unreachable!("it plays on"),
            () = loud_plays => unreachable!("it plays on"),
        }
    });
    let [calm, loud] = outcome.findings.as_slice() else { panic!("{outcome:?}") };
    let said = [("mdns.host", "tv"), ("_airplay._tcp", "TV"), ("_airplay._tcp/model", "AppleTV14,1")].map(|(key, value)| Fact::said(key, value));
    assert_eq!((&calm.facts[1..], calm.finished, calm.subject.to_string().as_str()), (&said[..], true, "ip:127.96.0.1"));
    assert_eq!((loud.facts.len(), loud.finished), (1 + 4, false), "four names are enough of any host");
    let troubles: Vec<&str> = outcome.troubles.iter().map(|trouble| trouble.code.as_str()).collect();
    assert_eq!((troubles, outcome.finished), (vec!["storm"], true));
}

/// What senders say of others: `sender: records`, then what is told of whom.
fn check(senders: &[(u8, Vec<Vec<u8>>)], known: &[u8], expected: &[&str]) {
    let ip = |last: u8| IpAddr::from([10, 0, 0, last]);
    let datagrams: Vec<_> = senders.iter().map(|(sender, records)| (ip(*sender), message([0, 0], records))).collect();
    let told = parse(&datagrams, &known.iter().map(|last| ip(*last)).collect());
    let lines = told.iter().flat_map(|(ip, facts)| facts.iter().map(move |fact| format!("{ip} {}", fact.key())));
    assert_eq!(lines.filter(|line| !line.ends_with("answers:mdns")).collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_said_is_about_the_address_of_the_host_it_names() {
    let host = |last: u8| record("h.local", message::A, &[10, 0, 0, last]);
    let service = |instance: &str| {
        let name = format!("{instance}._ipp._tcp.local");
        vec![record(&name, message::SRV, &[&[0; 6][..], &wire("h.local")].concat()), record(&name, message::TXT, b"\x04ty=x")]
    };
    let all = |last: u8, instance: &str| [vec![host(last)], service(instance)].concat();
    let by_itself = &["10.0.0.1 said:mdns.host", "10.0.0.1 said:_ipp._tcp", "10.0.0.1 said:_ipp._tcp/ty"];
    check(&[(1, all(1, "a"))], &[1], by_itself);
    check(&[(9, all(1, "a"))], &[1, 9], by_itself); // a gateway that reflects, or a sleep proxy
    check(&[(9, all(1, "a"))], &[9], &[]); // of a network that we do not know
    check(&[(1, all(1, "a")), (9, all(1, "b"))], &[1, 9], by_itself); // its own word counts
    check(&[(1, service("a"))], &[1], &by_itself[1..]); // nobody's address came along
    check(
        &[(1, [all(1, "b"), service("a")].concat())],
        &[1],
        &[by_itself[0], by_itself[1], by_itself[2], "10.0.0.1 said:_ipp._tcp.2", "10.0.0.1 said:_ipp._tcp/ty.2"],
    );
    check(&[(1, all(1, "a"))], &[2], &[]);
}

proptest! {
    #[test]
    fn never_panics(octets: Vec<u8>, names in proptest::collection::vec("(a|_ipp|_tcp|local|[0-9]{1,3}|in-addr|arpa|)(\\.(_ipp|_tcp|local|7|arpa)){0,5}", 1..6), kinds: Vec<u16>) {
        let kind = |at: usize| [message::A, message::PTR, message::TXT, message::SRV][usize::from(kinds.get(at).copied().unwrap_or_default()) % 4];
        let made = names.iter().enumerate().map(|(at, name)| record(name, kind(at), &[&octets[..octets.len().min(at)], &wire(name)].concat()));
        let ip = IpAddr::from([10, 0, 0, 7]);
        let known = BTreeSet::from([ip]);
        parse(&[(ip, octets.clone()), (ip, message([0, 0], &made.collect::<Vec<_>>()))], &known);
    }
}
