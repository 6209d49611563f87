//! Greetings of real servers, and of odd ones.

use super::*;
use crate::probes::Outcome;
use crate::probes::cases::{Place, check_cases};
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

fn split(octets: &[u8]) -> Vec<Vec<u8>> {
    octets.split(|octet| *octet == b'\n').map(|line| line.trim_ascii_end().to_vec()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn greetings_of_real_servers() {
    check_cases("banner", |case| {
        let file = |name: &str| std::fs::read(case.join(name)).unwrap_or_default();
        serde_json::json!(parse(&Greeting { ssh: split(&file("ssh")), telnet: file("telnet"), ftp: split(&file("ftp")) }))
    });
}

#[test]
fn odd_greetings() {
    let check = |ssh: &str, telnet: &[u8], ftp: &str, expected: &[(&str, &str)]| {
        let facts = parse(&Greeting { ssh: split(ssh.as_bytes()), telnet: telnet.into(), ftp: split(ftp.as_bytes()) });
        let said = |fact: &Fact| if let Fact::Said(said) = fact { Some((said.key.clone(), said.value.clone())) } else { None };
        let found: Vec<(String, String)> = facts.iter().filter_map(said).collect();
        assert_eq!(found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>(), expected);
    };
    check("hello\nSSH-1.99-Cisco-1.25\n", b"", "", &[("ssh.software", "Cisco-1.25")]);
    check("SSH-2.0-\n", b"", "", &[]);
    check("SSH\n", b"", "", &[]);
    check(
        "",
        b"\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0\r\n\x1b[2JProCurve J4900B\r\nlogin: \x00\xff",
        "",
        &[("telnet.banner", "[2JProCurve J4900B\nlogin:")],
    );
    check("", b"\xff\xffa", "", &[("telnet.banner", "0xff61")]);
    check("", b"\xff\xfd\x18\r\n MikroTik v6.49\r\nLogin: ", "", &[("telnet.banner", "MikroTik v6.49\nLogin:")]);
    check("", b"", "220-first\n220-second\n220 last\n", &[("ftp.banner", "first\nsecond\nlast")]);
    check("", b"", "220\n", &[]);
    check("", b"", "421 Too many users\n", &[]);
}

/// What is heard of a server on a loopback port that says this and then waits, on the port that `place` gives to it.
fn listen_to(says: &'static [u8], times: u32, place_at: fn(&mut Ports, u16)) -> (Outcome, Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut place = Place::new("127.0.0.1/32", 1_000_000);
        place_at(&mut place.network.ports, listener.local_addr().unwrap().port());
        let speaking = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            for _ in 0..times {
                if stream.write_all(says).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let mut said_to_it = Vec::new();
            let _ = stream.read_to_end(&mut said_to_it).await;
            said_to_it
        };
        let look = place.look();
        tokio::join!(read(&look), speaking)
    })
}

fn facts(outcome: &Outcome) -> Vec<Fact> {
    outcome.findings.iter().flat_map(|finding| finding.facts.clone()).collect()
}

fn ssh(ports: &mut Ports, port: u16) {
    *ports = Ports { ssh: port, telnet: 0, ftp: 0, ..*ports };
}

fn telnet(ports: &mut Ports, port: u16) {
    *ports = Ports { ssh: 0, telnet: port, ftp: 0, ..*ports };
}

fn ftp(ports: &mut Ports, port: u16) {
    *ports = Ports { ssh: 0, telnet: 0, ftp: port, ..*ports };
}

#[test]
fn nothing_is_said_but_quit() {
    let (outcome, said) = listen_to(b"SSH-2.0-dropbear\r\n", 1, ssh);
    assert_eq!((facts(&outcome), said), (vec![Fact::answers("ssh"), Fact::said("ssh.software", "dropbear")], vec![]));
    let (outcome, said) = listen_to(b"\xff\xfd\x18Switch\r\nUsername:", 1, telnet);
    assert_eq!((facts(&outcome), said), (vec![Fact::answers("telnet"), Fact::said("telnet.banner", "Switch\nUsername:")], vec![]));
    let (outcome, said) = listen_to(b"220 NAS\r\n", 1, ftp);
    assert_eq!((facts(&outcome), said), (vec![Fact::answers("ftp"), Fact::said("ftp.banner", "NAS")], b"QUIT\r\n".to_vec()));
}

#[test]
fn greetings_without_end_end() {
    for (says, place_at) in
        [(&b"x"[..], ssh as fn(&mut Ports, u16)), (b"line\r\n", ssh), (&[b'x'; 4_096], ssh), (b"220-more\r\n", ftp), (b"", ssh), (b"", ftp)]
    {
        let (outcome, _) = listen_to(says, 3_000, place_at);
        assert_eq!(facts(&outcome), [], "{:?}", says.first());
        assert!(outcome.finished && !outcome.findings[0].finished, "it opened, so what stood would stand");
    }
    let (outcome, _) = listen_to(b"login: ", 3_000, telnet);
    let [_, Fact::Said(said)] = &facts(&outcome)[..] else { panic!("{outcome:?}") };
    assert!(said.value.len() <= MAX_TELNET_BYTES);
}

proptest! {
    #[test]
    fn never_panics(ssh: Vec<u8>, telnet: Vec<u8>, ftp: Vec<u8>) {
        let ssh = [b"SSH-", &ssh[..]].concat();
        let ftp = [b"220", &ftp[..]].concat();
        parse(&Greeting { ssh: vec![ssh], telnet: [b"\xff\xfa", &telnet[..]].concat(), ftp: vec![ftp, telnet.clone()] });
        text(&telnet);
    }
}
