//! Answers of real servers, redirects, and servers that mean no good.

use super::*;
use crate::network::Ports;
use crate::probes::Outcome;
use crate::probes::cases::{Place, check_cases};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a case's files show of one port: `80.http` its answer, `80.der` its certificate.
fn shown(case: &Path, port: u16) -> Shown {
    let file = |kind: &str| std::fs::read(case.join(format!("{port}.{kind}"))).ok();
    Shown { certificate: file("der"), answer: file("http").and_then(|octets| http_answer::parse(&octets)), led_to: None }
}

#[test]
fn answers_of_real_servers() {
    check_cases("http", |case| {
        let facts: Vec<Fact> = [80, 443, 8080, 8443].into_iter().flat_map(|port| parse(port, &shown(case, port))).collect();
        serde_json::json!(facts)
    });
}

#[test]
fn redirects_within_the_address_alone() {
    let ip: IpAddr = "10.0.0.7".parse().unwrap();
    let check = |location: &str, expected: Option<(u16, bool, &str)>| {
        let answer = Answer { status: 302, fields: vec![("location".into(), location.into())], body: vec![] };
        let found = redirect(&answer, ip, Door { port: 80, tls: false });
        assert_eq!(found.as_ref().map(|(door, path)| (door.port, door.tls, path.as_str())), expected, "{location}");
    };
    check("/login.htm", Some((80, false, "/login.htm")));
    check("login.htm", Some((80, false, "/login.htm")));
    check("https://10.0.0.7/", Some((443, true, "/")));
    check("https://10.0.0.7", Some((443, true, "/")));
    check("HTTPS://10.0.0.7:5001/a?b#c", Some((5001, true, "/a?b")));
    check("http://10.0.0.7:8080?x", Some((8080, false, "/?x")));
    for elsewhere in
        ["https://switch.example/", "http://10.0.0.8/", "//10.0.0.8/", "ftp://10.0.0.7/", "/", "http://10.0.0.7/", "", "/a b", "http://10.0.0.7:0/"]
    {
        check(elsewhere, None);
    }
    let answer = Answer { status: 200, fields: vec![("location".into(), b"/x".into())], body: vec![] };
    assert_eq!(redirect(&answer, ip, Door { port: 80, tls: false }), None);
    assert_eq!(host("fd00::7".parse().unwrap(), Door { port: 8080, tls: false }), "[fd00::7]:8080");
}

#[test]
fn what_is_drawn_by_lot_is_no_news() {
    for (challenge, expected) in [
        ("Basic realm=\"a, nonce=b\"", "Basic realm=\"a, nonce=b\""),
        (
            "Digest realm=\"APC\", charset=\"UTF-8\", nonce=\"5f:9a,b\", qop=\"auth\", Opaque=x",
            "Digest realm=\"APC\", charset=\"UTF-8\", qop=\"auth\"",
        ),
        ("Digest nonce=\"1\"", "Digest"),
        ("NTLM", "NTLM"),
    ] {
        assert_eq!(without_chance(challenge), expected);
    }
}

/// How a server behaves: what it writes to whoever comes, again and again or once.
#[derive(Clone, Copy)]
enum Way {
    Once(&'static [u8]),
    For(&'static [u8], u32),
    Silent,
}

/// Serves on this address until it is dropped.
async fn serve(listener: TcpListener, way: Way) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        tokio::task::spawn_local(async move {
            let _ = stream.read(&mut [0; 1_024]).await;
            let (octets, times) = match way {
                Way::Once(octets) => (octets, 1),
                Way::For(octets, times) => (octets, times),
                Way::Silent => (&b""[..], u32::MAX),
            };
            for _ in 0..times {
                if stream.write_all(octets).await.is_err() {
                    return;
                }
                // What is written octet by octet also leaves so.
                tokio::time::sleep(Duration::from_millis(if octets.len() > 1 { 0 } else { 5 })).await;
            }
        });
    }
}

/// Looks at two devices, 127.0.0.2 that behaves in this way and 127.0.0.3 as one should, by HTTP or by TLS.
fn meet(way: Way, tls: bool) -> (Outcome, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let odd = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = odd.local_addr().unwrap().port();
        let calm = TcpListener::bind(("127.0.0.3", port)).await.unwrap();
        tokio::task::spawn_local(serve(odd, way));
        tokio::task::spawn_local(serve(calm, Way::Once(b"HTTP/1.0 200 OK\r\nServer: calm\r\n\r\n<title>Calm</title>")));
        let mut place = Place::new("127.0.0.2/31", 1_000_000);
        place.network.ports =
            if tls { Ports { https: port, ..Ports::of(&place.network.cidrs) } } else { Ports { http: port, ..Ports::of(&place.network.cidrs) } };
        let began = Instant::now();
        (read(&place.look()).await, began.elapsed())
    })
}

fn told(outcome: &Outcome, last: u8) -> Vec<String> {
    let of = |ip: IpAddr| outcome.findings.iter().find(move |finding| finding.subject == rollcall_shared::Subject::Address(ip));
    let facts = of([127, 0, 0, last].into()).into_iter().flat_map(|finding| &finding.facts);
    facts.filter_map(|fact| if let Fact::Said(said) = fact { Some(said.value.clone()) } else { None }).collect()
}

#[test]
fn servers_that_mean_no_good_cost_little_and_others_are_heard() {
    const LINE: &[u8] = &[b'x'; 65_536];
    let header: &[u8] = b"X-A: b\r\n";
    for (name, way, expected) in [
        ("a header without end", Way::For(header, u32::MAX), &[][..]),
        ("a page without end", Way::For(b"HTTP/1.1 200 OK\r\n\r\n<title>Lamp", u32::MAX), &[]),
        ("a header and page without end", Way::For(b"HTTP/1.1 200 OK\r\nServer: lamp\r\n\r\n", u32::MAX), &["lamp"]),
        ("octet by octet", Way::For(b"H", u32::MAX), &[]),
        ("a line of 64 KiB", Way::Once(LINE), &[]),
        ("silence", Way::Silent, &[]),
        ("an end at once", Way::Once(b""), &[]),
        ("another protocol", Way::Once(b"220 ftp.example FTP server ready\r\n"), &[]),
        ("a page alone", Way::Once(b"<html><title>Old</title>"), &["Old"]),
        ("a redirect to itself", Way::Once(b"HTTP/1.0 302 Found\r\nServer: s\r\nLocation: /x\r\n\r\n"), &["s"]),
        ("a redirect elsewhere", Way::Once(b"HTTP/1.0 302 Found\r\nLocation: http://127.0.0.3/\r\n\r\n"), &[]),
        ("a compressed page", Way::Once(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\xff\xff"), &[]),
        ("sizes that lie", Way::Once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n<title>a</title>"), &["a"]),
    ] {
        let (outcome, took) = meet(way, false);
        assert_eq!(told(&outcome, 2), expected, "{name}");
        assert_eq!(told(&outcome, 3), ["Calm", "calm"], "beside {name}");
        assert!(took < Duration::from_secs(4), "{name} took {took:?}");
    }
}

#[test]
fn what_is_no_tls_is_nothing() {
    const BABBLE: &[u8] = &[0x16, 3, 3, 0xff, 0xff, 2, 0, 0, 0xff, 0, 0];
    for way in [Way::Once(b"\x15\x03\x01\x00\x02\x02\x28"), Way::For(BABBLE, u32::MAX), Way::Once(b"HTTP/1.0 400 Bad Request\r\n\r\n"), Way::Silent] {
        let (outcome, took) = meet(way, true);
        assert!(outcome.finished && told(&outcome, 2).is_empty() && took < Duration::from_secs(4), "{outcome:?} {took:?}");
    }
}

#[test]
fn a_certificate_is_read_whoever_made_it() {
    let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "Netgear");
    params.distinguished_name.push(rcgen::DnType::CommonName, "sw-01, salle 4");
    params.not_after = rcgen::date_time_ymd(2001, 1, 1); // long past
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = rustls_pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut place = Place::new("127.0.0.1/32", 1_000_000);
        place.network.ports = Ports { https: listener.local_addr().unwrap().port(), ..Ports::of(&place.network.cidrs) };
        let serving = async {
            let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            assert_eq!(stream.get_ref().1.server_name(), None, "there is no name to send");
            let mut request = [0; 1_024];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            assert!(request.starts_with("GET / HTTP/1.0\r\nHost: 127.0.0.1:") && request.contains(USER_AGENT), "{request}");
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<title>GS724T</title>").await.unwrap();
            let _ = stream.shutdown().await;
        };
        let look = place.look();
        tokio::join!(read(&look), serving).0
    });
    assert_eq!(told(&outcome, 1), ["GS724T", "CN=sw-01\\, salle 4,O=Netgear", "CN=sw-01\\, salle 4,O=Netgear"].map(str::to_owned));
}
