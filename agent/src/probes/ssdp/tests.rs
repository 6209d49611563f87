//! Answers and descriptions of real servers, devices played on loopback, and storms.

use super::*;
use crate::probes::cases::{Place, check_cases};
use proptest::prelude::*;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Every file of a case whose name begins so, in order of names.
fn files(case: &Path, begin: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let wanted = paths.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(begin));
    wanted.map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn what_servers_said() {
    check_cases("ssdp", |case| serde_json::json!(parse(&files(case, "answer"), &files(case, "description"))));
}

#[test]
fn a_device_points_to_itself_or_nowhere() {
    let ip: IpAddr = "10.0.0.7".parse().unwrap();
    for (url, expected) in [
        ("http://10.0.0.7:8200/root.xml", Some(("10.0.0.7:8200", "/root.xml"))),
        ("HTTP://10.0.0.7", Some(("10.0.0.7:80", "/"))),
        ("http://10.0.0.8:8200/root.xml", None),
        ("http://router.lan/root.xml", None),
        ("https://10.0.0.7/root.xml", None),
        ("http://10.0.0.7:0/x", None),
        ("http://10.0.0.7/a b", None),
        ("http://user@10.0.0.7/", None),
        ("", None),
    ] {
        let found = crate::probes::describe::place(url, ip);
        assert_eq!(found, expected.map(|(at, path)| (at.parse().unwrap(), path)), "{url}");
    }
    assert!(crate::probes::describe::place("http://[fd00::7]/x", "fd00::7".parse().unwrap()).is_some());
}

#[test]
fn answers() {
    let answer = |text: &str| message::parse(text.replace('\n', "\r\n").as_bytes());
    assert_eq!(answer("NOTIFY * HTTP/1.1\nSERVER: x\n\n"), None);
    assert_eq!(answer("M-SEARCH * HTTP/1.1\n\n"), None);
    let good =
        answer("HTTP/1.1 200 OK\nServer:  x y \nst: urn:dial\nlocation: http://10.0.0.7/\nBOOTID.UPNP.ORG: 7\nno field\n\nSERVER: z\n").unwrap();
    assert_eq!(
        (good.server.as_str(), good.target.as_str(), good.location.as_str(), good.mark.as_str()),
        ("x y", "urn:dial", "http://10.0.0.7/", "7")
    );
}

/// 127.96.1.1 is a display; 127.96.1.2 floods; the description is fetched once a day, or when the display has restarted.
#[test]
fn a_description_is_fetched_once_and_a_flood_is_cut() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut place = Place::new("127.96.1.0/30", 1_000_000);
    runtime.block_on(async {
        let display = tokio::net::UdpSocket::bind("127.96.1.1:0").await.unwrap();
        place.network.ports.ssdp = display.local_addr().unwrap().port();
        let loud = tokio::net::UdpSocket::bind(("127.96.1.2", place.network.ports.ssdp)).await.unwrap();
        let pages = tokio::net::TcpListener::bind("127.96.1.1:0").await.unwrap();
        let (at, boot, fetched) = (pages.local_addr().unwrap(), RefCell::new(1), RefCell::new(0));
        let answers = async {
            let mut query = [0; 1_500];
            loop {
                let (_, from) = display.recv_from(&mut query).await.unwrap();
                let boot = *boot.borrow();
                let answer =
                    format!("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: tv\r\nLOCATION: http://{at}/d.xml\r\nBOOTID.UPNP.ORG: {boot}\r\n\r\n");
                display.send_to(answer.as_bytes(), from).await.unwrap();
            }
        };
        let serves = async {
            loop {
                let (mut stream, _) = pages.accept().await.unwrap();
                let mut request = [0; 1_500];
                let length = stream.read(&mut request).await.unwrap();
                assert!(request[..length].starts_with(b"GET /d.xml HTTP/1.1\r\n"));
                *fetched.borrow_mut() += 1;
                let page = "HTTP/1.1 200 OK\r\n\r\n<root><device><friendlyName>Salle 3</friendlyName><modelName>65X</modelName></device></root>";
                stream.write_all(page.as_bytes()).await.unwrap();
            }
        };
        let floods = async {
            let mut query = [0; 1_500];
            loop {
                let (_, from) = loud.recv_from(&mut query).await.unwrap();
                for number in 0..100 {
                    loud.send_to(format!("HTTP/1.1 200 OK\r\nSERVER: {number}\r\n\r\n").as_bytes(), from).await.unwrap();
                }
            }
        };
        let looks = async {
            let look = async |now: i64| {
                let look = Look { now: rollcall_shared::Timestamp(now), ..place.look() };
                read_within(&look, Duration::from_millis(120)).await
            };
            for (now, new_boot, expected) in [(1_000_000, 1, 1), (1_003_600, 1, 1), (1_007_200, 2, 2), (1_100_000, 2, 3)] {
                boot.replace(new_boot);
                let outcome = look(now).await;
                let [display, loud] = outcome.findings.as_slice() else { panic!("{outcome:?}") };
                let said = [("ssdp.server", "tv"), ("upnp.friendlyName", "Salle 3"), ("upnp.modelName", "65X")];
                assert_eq!((&display.facts[1..], display.finished), (&said.map(|(key, value)| Fact::said(key, value))[..], true));
                assert_eq!((loud.facts.len(), loud.finished), (1 + MAX_ANSWERS, false));
                assert_eq!(outcome.troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>(), ["storm"]);
                assert_eq!(*fetched.borrow(), expected, "at {now}");
            }
        };
        tokio::select! {
            () = looks => {}
            () = answers => unreachable!("it plays on"),
            () = serves => unreachable!("it plays on"),
            () = floods => unreachable!("it plays on"),
        }
    });
}

proptest! {
    #[test]
    fn never_panics(octets: Vec<u8>, text in "(HTTP/1.1 200 OK\r\n)?([A-Za-z.]{0,12}:? ?[ -~]{0,20}\r\n){0,6}") {
        parse(&[octets.clone(), text.clone().into_bytes()], &[octets]);
        crate::probes::describe::place(&text, [10, 0, 0, 7].into());
    }
}
