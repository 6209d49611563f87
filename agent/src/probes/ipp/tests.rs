//! An answer of a real printer's daemon, and printers that answer oddly.

use super::*;
use crate::probes::Outcome;
use crate::probes::cases::{Place, check_cases};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[test]
fn answers_of_real_daemons() {
    check_cases("ipp", |case| serde_json::json!(parse(&http_answer::parse(&std::fs::read(case.join("answer.http")).unwrap()).unwrap())));
}

/// A printer on a loopback port that answers each request in its turn with one of these; what was found, and the paths that were asked.
fn meet(answers: &'static [&'static [u8]]) -> (Outcome, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut place = Place::new("127.0.0.1/32", 1_000_000);
        place.network.ports.ipp = listener.local_addr().unwrap().port();
        let mut paths = Vec::new();
        let printing = async {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 2_048];
                let length = stream.read(&mut request).await.unwrap();
                paths.push(String::from_utf8_lossy(&request[..length]).split(' ').nth(1).unwrap_or_default().to_owned());
                let _ = stream.write_all(answer).await;
            }
            std::future::pending::<()>().await
        };
        let look = place.look();
        let outcome = tokio::select! {
            outcome = read(&look) => outcome,
            () = printing => unreachable!("it waits for ever"),
        };
        (outcome, paths)
    })
}

#[test]
fn one_path_after_the_other_until_a_printer_answers() {
    const MISSING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    const NOT_FOUND: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x01\x01\x04\x06\0\0\0\x01\x03";
    const NAMED: &[u8] =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n\x01\x01\0\0\0\0\0\x01\x04\x42\0\x0cprinter-name\0\x03P-1\x03\r\n0\r\n\r\n";
    let (outcome, paths) = meet(&[MISSING, NOT_FOUND, NAMED]);
    assert_eq!(paths, ["/ipp/print", "/ipp", "/"]);
    assert_eq!(outcome.findings[0].facts, [Fact::answers("ipp"), Fact::said("ipp.printer-name", "P-1")]);
    let (outcome, paths) = meet(&[MISSING, MISSING, MISSING]);
    assert_eq!((paths.len(), outcome.findings[0].facts.len(), outcome.findings[0].finished), (3, 0, true));
}

#[test]
fn what_is_no_printer_is_asked_once() {
    for answer in [&b""[..], b"SSH-2.0-OpenSSH\r\n", &[0xff; 65_536]] {
        let answers: &'static [&'static [u8]] = Box::leak(vec![Box::leak(answer.to_vec().into_boxed_slice()) as &[u8]].into_boxed_slice());
        let (outcome, paths) = meet(answers);
        assert_eq!((paths.len(), outcome.findings[0].facts.len(), outcome.findings[0].finished), (1, 0, false));
    }
}
