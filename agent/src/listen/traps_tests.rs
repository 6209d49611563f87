//! Tests of the ear for notifications: who may call, what a receiver remembers, and floods. (`tests/traps` sends with a real `snmptrap`.)

use super::*;
use crate::listen::calls::Calls;
use crate::network::{AuthProtocol, Never, Ports};
use crate::{config, network::Credentials};
use async_snmp::{Community, Oid};
use tokio::net::UdpSocket;

fn network(name: &str, cidr: &str, snmp: Vec<SnmpCredential>) -> Network {
    Network {
        name: name.into(),
        cidrs: vec![cidr.parse().unwrap()],
        allow: vec![],
        never: Never { addresses: vec!["10.0.0.66/32".parse().unwrap()], mac_prefixes: vec![] },
        max_pps: 200,
        max_arp_pps: 1_000,
        ports: Ports::default(),
        credentials: Credentials { snmp, pjlink_passwords: vec![] },
    }
}

fn community(text: &str) -> SnmpCredential {
    SnmpCredential::Community(text.into())
}

fn user(name: &str) -> SnmpCredential {
    SnmpCredential::User { name: name.into(), auth: Some((AuthProtocol::Sha256, "labauthpass".into())), privacy: None }
}

fn by_community(text: &str) -> Notification {
    let trap_oid = Oid::from_slice(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 3]);
    Notification::TrapV2c { community: Community::from(text), uptime: 1, trap_oid, varbinds: vec![], request_id: 1, decode_anomalies: vec![] }
}

fn by_user(name: &'static str, security_level: SecurityLevel) -> Notification {
    Notification::TrapV3 {
        username: name.into(),
        context_engine_id: "engine".into(),
        context_name: "".into(),
        security_level,
        uptime: 1,
        trap_oid: Oid::from_slice(&[1, 3, 6, 1, 6, 3, 1, 1, 5, 3]),
        varbinds: vec![],
        request_id: 1,
        decode_anomalies: vec![],
    }
}

#[test]
fn who_calls_must_be_askable_and_know_a_credential_of_its_own_network() {
    let networks = vec![
        network("one", "10.0.0.0/24", vec![community("one-only"), user("rollcall")]),
        network("two", "10.0.1.0/24", vec![community("two-only")]),
        // The same addresses as the first, elsewhere: the credential tells which.
        network("far", "10.0.0.0/24", vec![community("far-only")]),
    ];
    let gate = Gate { networks, tallies: Tallies::default() };
    let found = |from: [u8; 4], notification: Notification| gate.network(from.into(), &notification).map(|network| network.name.as_str());
    assert_eq!(found([10, 0, 0, 7], by_community("one-only")), Some("one"));
    assert_eq!(found([10, 0, 0, 7], by_community("far-only")), Some("far"));
    assert_eq!(found([10, 0, 1, 7], by_community("one-only")), None);
    assert_eq!(found([10, 0, 0, 66], by_community("one-only")), None, "never is never");
    assert_eq!(found([10, 9, 9, 9], by_community("one-only")), None);
    assert_eq!(found([10, 0, 0, 7], by_user("rollcall", SecurityLevel::AuthPriv)), Some("one"));
    assert_eq!(found([10, 0, 0, 7], by_user("rollcall", SecurityLevel::NoAuthNoPriv)), None, "a user with a password signs");
    assert_eq!(found([10, 0, 1, 7], by_user("rollcall", SecurityLevel::AuthPriv)), None);
    let mut ears = crate::listen::Ears { tallies: gate.tallies.clone(), ..Default::default() };
    let told: Vec<String> = ears.troubles(&Default::default()).into_iter().map(|trouble| format!("{}: {}", trouble.code, trouble.text)).collect();
    assert!(told[0].starts_with("refused: 3 ") && told[1].starts_with("unknown_source: 2 ") && told[1].contains("10.0.0.66, 10.9.9.9"), "{told:?}");
}

#[test]
fn a_receiver_keeps_its_name_and_counts_its_starts() {
    let folder = tempfile::tempdir().unwrap();
    let text = "state_folder = \"state\"\n[[networks]]\nname = \"one\"\ncidrs = [\"127.0.0.0/30\"]\n";
    let agent = Agent::open_with(config::parse(text, folder.path()).unwrap(), &[]).unwrap();
    let first = engine(&agent).unwrap();
    let second = engine(&agent).unwrap();
    assert_eq!((first.engine_id(), first.engine_boots(), second.engine_boots()), (second.engine_id(), 1, 2));
    assert_eq!(agent.folder().engine().unwrap(), Some(Engine { id: second.engine_id().to_vec(), boots: 2 }));
}

/// A v2c trap of linkDown, as BER has it.
fn link_down(community: &str) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let bound = |oid: &[u8], value: &[u8]| tlv(0x30, &[tlv(6, oid), value.to_vec()].concat());
    let uptime = bound(&[0x2b, 6, 1, 2, 1, 1, 3, 0], &tlv(0x43, &[1]));
    let trap = bound(&[0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0], &tlv(6, &[0x2b, 6, 1, 6, 3, 1, 1, 5, 3]));
    let index = bound(&[0x2b, 6, 1, 2, 1, 2, 2, 1, 1, 7], &tlv(2, &[7]));
    let pdu = tlv(0xa7, &[tlv(2, &[1]), tlv(2, &[0]), tlv(2, &[0]), tlv(0x30, &[uptime, trap, index].concat())].concat());
    tlv(0x30, &[tlv(2, &[1]), tlv(4, community.as_bytes()), pdu].concat())
}

#[tokio::test]
async fn a_storm_of_notifications_is_bounded_and_the_ear_hears_afterwards() {
    let gate = Arc::new(Gate { networks: vec![network("home", "127.0.0.0/24", vec![community("ecole")])], tallies: Tallies::default() });
    let policy = gate.clone();
    let accept = move |from: IpAddr, notification: &Notification| policy.network(from, notification).is_some();
    let receiver = NotificationReceiver::builder().bind("127.0.0.1:0").acceptance_policy(move |envelope| {
        if accept(envelope.source.ip(), envelope.notification()) { NotificationAcceptance::Accept } else { NotificationAcceptance::Reject }
    });
    let receiver = receiver.build().await.unwrap();
    let (calls, called) = (RefCell::new(Calls::default()), Notify::new());
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let play = async {
        for number in 0..20_000 {
            let payload = match number % 3 {
                0 => link_down("ecole"),
                1 => link_down("other"),
                _ => vec![0x30, 0x82],
            };
            // A full buffer on our own side is a lost datagram as well.
            let _ = socket.send_to(&payload, receiver.local_addr()).await;
        }
        called.notified().await;
        let until = async || {
            for _ in 0..2_000 {
                if calls.borrow().next_at(Instant::now()).is_some() {
                    return;
                }
                let _ = socket.send_to(&link_down("ecole"), receiver.local_addr()).await;
                sleep(Duration::from_millis(5)).await;
            }
            panic!("not heard");
        };
        until().await;
        calls.replace(Calls::default());
        until().await;
    };
    let began = Instant::now();
    tokio::select! {
        error = listen(&receiver, &gate, &calls, &called) => panic!("{error:#}"),
        () = play => {}
    }
    eprintln!("after a storm of 20 000 notifications it hears again within {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_busy_future_gets_a_turn_at_most_once_in_a_while() {
    let (turns, began) = (std::cell::Cell::new(0), Instant::now());
    let busy = poll_fn(|context| {
        turns.set(turns.get() + 1);
        context.waker().wake_by_ref();
        if turns.get() > 5 { Poll::Ready(()) } else { Poll::Pending }
    });
    at_most_every(PAUSE, busy).await;
    assert!(began.elapsed() >= PAUSE * 5);
}
