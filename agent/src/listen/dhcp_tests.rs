//! Tests of the ear: over a real packet socket on the loopback interface where that is permitted, and of whose a request is.

use super::*;
use crate::listen::packet::tests::packet;
use crate::network::{Credentials, Never, Ports};

const MAC: [u8; 6] = [0x00, 0x1b, 0x3f, 0, 0, 1];

fn network(name: &str, cidr: &str) -> Network {
    Network {
        name: name.into(),
        cidrs: vec![cidr.parse().unwrap()],
        allow: vec![],
        never: Never { addresses: vec![], mac_prefixes: vec![vec![0, 0x66]] },
        max_pps: 200,
        max_arp_pps: 1_000,
        ports: Ports::default(),
        credentials: Credentials::default(),
    }
}

#[test]
fn a_request_belongs_to_the_network_of_its_relay_else_of_the_interface() {
    let networks = [network("here", "10.0.0.0/24"), network("there", "10.0.5.0/24")];
    let mut ears = Ears::default();
    let mut relayed = packet(MAC, &[53, 1, 1]);
    relayed[28 + 24..28 + 28].copy_from_slice(&[10, 0, 5, 1]);
    take(&relayed, Some("here"), &networks, &mut ears);
    take(&packet(MAC, &[53, 1, 1]), Some("here"), &networks, &mut ears);
    assert_eq!(ears.heard.waiting(), 2, "one client in each network");
    take(&packet([0, 0x66, 0, 0, 0, 1], &[53, 1, 1]), Some("here"), &networks, &mut ears);
    relayed[28 + 24..28 + 28].copy_from_slice(&[10, 0, 9, 1]);
    take(&relayed, Some("here"), &networks, &mut ears);
    take(&packet(MAC, &[53, 1, 1]), None, &networks, &mut ears);
    assert_eq!(ears.heard.waiting(), 2, "never is never; of no network is told as such");
    let troubles = ears.troubles(&Default::default());
    assert_eq!(troubles.len(), 1);
    assert!(troubles[0].code == "no_network" && troubles[0].text.starts_with("2 requests"), "{troubles:?}");
}

/// Sends payloads as broadcasts on the loopback interface, where nobody needs to serve DHCP.
async fn broadcast(payloads: &[(u16, Vec<u8>)]) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.set_broadcast(true).unwrap();
    for (port, payload) in payloads {
        socket.send_to(payload, ("127.255.255.255", *port)).await.unwrap();
    }
}

#[tokio::test]
async fn a_real_socket_hears_requests_and_nothing_else_and_survives_a_flood() {
    let networks = [network("home", "127.0.0.0/24")];
    match open("lo", &networks) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            eprintln!("skipped: a packet socket needs CAP_NET_RAW");
            return;
        }
        opened => assert_eq!(opened.unwrap().1.as_deref(), Some("home")),
    }
    let ears = RefCell::new(Ears::default());
    let request = |number: u16| packet([0, 0x1b, 0x3f, 1, (number >> 8) as u8, number as u8], &[53, 1, 1, 60, 1, b'a'])[28..].to_vec();
    let until = async |done: &dyn Fn(&Ears) -> bool| {
        for _ in 0..2_000 {
            if done(&ears.borrow()) {
                return;
            }
            sleep(Duration::from_millis(5)).await;
        }
        panic!("not heard in time: {:?}", ears.borrow());
    };
    let play = async {
        until(&|ears| ears.networks().is_some()).await;
        broadcast(&[(68, request(1)), (69, request(2)), (67, b"nonsense".to_vec()), (67, request(3))]).await;
        until(&|ears| ears.heard.waiting() > 0).await;
        assert_eq!(ears.borrow().heard.waiting(), 1);
        let flood: Vec<(u16, Vec<u8>)> = (0..4_000).map(|number| (67, request(number))).collect();
        broadcast(&flood).await;
        broadcast(&[(67, request(60_000))]).await;
        // However much was lost: it hears again afterwards.
        until(&|ears| ears.heard.waiting() >= 2).await;
        let mut last = 0;
        for _ in 0..200 {
            sleep(PAUSE).await;
            let now = ears.borrow().heard.waiting();
            if std::mem::replace(&mut last, now) == now {
                break;
            }
        }
        broadcast(&[(67, request(65_000))]).await;
        let before = last;
        until(&|ears| ears.heard.waiting() > before).await;
    };
    tokio::select! {
        () = hear("lo", &networks, &ears) => {}
        () = play => {}
    }
    let waiting = ears.borrow().heard.waiting();
    eprintln!("of a flood of 4 000 requests {waiting} were taken apart; {} were not read", ears.borrow().heard.unread);
    assert!(waiting <= heard::MAX_WAITING);
}

#[tokio::test]
async fn an_interface_that_is_not_there_is_told() {
    let ears = RefCell::new(Ears::default());
    let until_told = async {
        for _ in 0..1_000 {
            let troubles = ears.borrow_mut().troubles(&Default::default());
            if let Some(trouble) = troubles.first() {
                return trouble.clone();
            }
            sleep(Duration::from_millis(5)).await;
        }
        panic!("nothing was told");
    };
    let trouble = tokio::select! {
        () = hear("nothere0", &[], &ears) => unreachable!("an ear never ends"),
        trouble = until_told => trouble,
    };
    assert!(trouble.code == "not_listening" && trouble.text.contains("nothere0"), "{trouble:?}");
}
