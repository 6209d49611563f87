//! Challenges of real servers, and servers that answer oddly.

use super::*;
use crate::probes::Outcome;
use crate::probes::cases::{Place, check_cases};
use std::path::Path;
use tokio::net::TcpListener;

/// Messages of a recording, each after its length.
fn messages(file: &Path) -> Vec<Vec<u8>> {
    let octets = std::fs::read(file).unwrap_or_default();
    let (mut rest, mut messages) = (octets.as_slice(), Vec::new());
    while let Some((length, after)) = rest.split_at_checked(4) {
        let (message, after) = after.split_at(u32::from_be_bytes(length.try_into().unwrap()) as usize);
        messages.push(message.to_vec());
        rest = after;
    }
    messages
}

#[test]
fn challenges_of_real_servers() {
    check_cases("smb", |case| serde_json::json!(parse(&messages(&case.join("smb2.bin")), &messages(&case.join("smb1.bin")))));
}

/// A server on a loopback port that answers the questions of each connection with these octets; what was found, and how often somebody came.
fn meet(connections: Vec<Vec<Vec<u8>>>) -> (Outcome, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut place = Place::new("127.0.0.1/32", 1_000_000);
        place.network.ports.smb = listener.local_addr().unwrap().port();
        let mut came = 0;
        let serving = async {
            for answers in connections {
                let (mut stream, _) = listener.accept().await.unwrap();
                came += 1;
                for answer in answers {
                    if stream.read(&mut [0; 1_024]).await.is_ok_and(|count| count > 0) {
                        let _ = stream.write_all(&answer).await;
                    }
                }
            }
            drop(listener);
            std::future::pending::<()>().await
        };
        let look = place.look();
        let outcome = tokio::select! {
            outcome = read(&look) => outcome,
            () = serving => unreachable!("it waits for ever"),
        };
        (outcome, came)
    })
}

/// A recorded server's answers with their lengths before them.
fn recorded(file: &str) -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/probes/smb").join(file);
    messages(&file).into_iter().map(|message| [&u32::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat()).collect()
}

#[test]
fn smb_1_is_spoken_with_those_alone_who_refuse_smb_2() {
    let (outcome, came) = meet(vec![recorded("samba-4.17.12/smb2.bin")]);
    assert_eq!((came, outcome.findings[0].facts.len()), (1, 3));
    let (outcome, came) = meet(vec![vec![], recorded("samba-4.17.12-nt1/smb1.bin")]);
    assert_eq!(came, 2);
    assert!(outcome.findings[0].facts.contains(&Fact::said("smb.native_lm", "Samba 4.17.12-Debian")), "{outcome:?}");
}

#[test]
fn odd_answers_are_nothing() {
    for answer in [&b"\xff\xff\xff\xff"[..], b"\0\0\0\x04\xfeSMB", b"\0\0\0\x40\xfeSMB", b"HTTP/1.0 400\r\n\r\n", b""] {
        let (outcome, came) = meet(vec![vec![answer.to_vec()]; 2]);
        assert_eq!((came, outcome.findings[0].facts.len(), outcome.findings[0].finished), (2, 0, false), "{answer:?}");
    }
    // It speaks, and then says nothing that can be read.
    let first = recorded("samba-4.17.12/smb2.bin").swap_remove(0);
    let (outcome, came) = meet(vec![vec![first, b"\0\0\0\x01x".to_vec()]]);
    assert_eq!((came, &outcome.findings[0].facts[..]), (1, &[Fact::answers("smb")][..]));
}
