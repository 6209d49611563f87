//! Transcripts of projectors, projectors played on loopback, and the parser on anything.

use super::talk::{digest_of, next_command};
use super::*;
use crate::probes::pace::Pacer;
use proptest::prelude::*;

/// A transcript as a file: `< ` what the projector said, `> ` what was asked.
fn transcript(text: &str) -> Talk {
    let mut talk = Talk { end: End::Finished, ..Talk::default() };
    let mut asked = String::new();
    for line in text.lines() {
        match line.split_at_checked(2) {
            Some(("> ", command)) => asked = command.to_owned(),
            Some(("< ", said)) if talk.greeting.is_empty() => talk.greeting = said.into(),
            Some(("< ", said)) => {
                assert_eq!(next_command(&talk.answers).as_deref(), Some(asked.as_str()), "what is asked next");
                talk.answers.push((asked.clone(), said.into()));
            }
            _ => {}
        }
    }
    assert!(talk.greeting.starts_with(b"PJLINK 1") || next_command(&talk.answers).is_none(), "the transcript is whole");
    talk
}

#[test]
fn transcripts() {
    crate::probes::cases::check_cases("pjlink", |case| {
        let talk = transcript(&std::fs::read_to_string(case.join("talk.txt")).unwrap());
        let (facts, readings) = parse(&talk).unwrap();
        serde_json::json!({ "facts": facts, "readings": readings })
    });
}

#[test]
fn the_digest_of_the_specification() {
    // The worked example of class 1, authentication.
    assert_eq!(digest_of("498e4a67", "JBMIAProjectorLink"), "5d8409bc1c3fa39749434aa3a5c38682");
}

#[test]
fn greetings() {
    for (line, expected) in [
        ("PJLINK 0", Some(None)),
        ("PJLINK 1 498e4a67", Some(Some("498e4a67"))),
        ("pjlink 0", Some(None)),
        ("PJLINK 1", None),
        ("PJLINK ERRA", None),
        ("SSH-2.0-OpenSSH_9.2", None),
        ("", None),
    ] {
        assert_eq!(asks_password(line.as_bytes()), expected, "{line}");
    }
}

#[test]
fn odd_values_are_told_as_said_or_left_out() {
    let talk = |asked: &str, line: &[u8]| Talk { greeting: b"PJLINK 0".into(), answers: vec![(asked.into(), line.into())], ..Talk::default() };
    for (asked, line, expected) in [
        ("%1LAMP ?", &b"%1LAMP=unknown"[..], Some(Fact::said("LAMP", "unknown"))),
        ("%1LAMP ?", b"%1LAMP=12 1 99999999 0", Some(Fact::said("LAMP", "12 1 99999999 0"))),
        ("%1POWR ?", b"%1POWR=ERR3", None),
        ("%1NAME ?", b"%1name=Salle 4", Some(Fact::said("NAME", "Salle 4"))),
        ("%1NAME ?", b"%1NAME=\xe9", Some(Fact::said("NAME", "0xe9"))),
        ("%2INNM ?31", b"%2INNM=HDMI 1", Some(Fact::said("INNM.31", "HDMI 1"))),
    ] {
        let (facts, readings) = parse(&talk(asked, line)).unwrap();
        assert_eq!((facts.get(2).cloned(), readings), (expected, vec![]), "{asked}");
    }
}

/// A projector played on a loopback port: one line of the script a connection, `greeting|answer|answer…`; `$` ends without CR.
fn talk_with(script: &'static [&'static str], passwords: &[&str]) -> Talk {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let passwords: Vec<(usize, String)> = passwords.iter().map(|password| (*password).to_owned()).enumerate().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let pacer = Pacer::new(100_000);
        let playing = async move {
            for connection in script {
                let (mut stream, _) = listener.accept().await.unwrap();
                for line in connection.split('|') {
                    let line = line.strip_suffix('$').map_or_else(|| format!("{line}\r"), str::to_owned);
                    stream.write_all(line.as_bytes()).await.unwrap();
                    let _ = stream.read(&mut [0; 256]).await;
                }
            }
        };
        let (talk, ()) = tokio::join!(converse(at, &passwords, &pacer), playing);
        talk
    })
}

#[test]
fn one_that_closes_after_each_answer_is_asked_on() {
    let talk = talk_with(
        &["PJLINK 0|%1CLSS=1", "PJLINK 0|%1POWR=1|%1ERST=000000|%1LAMP=1 1|%1INPT=31|%1INST=31|%1NAME=a|%1INF1=b|%1INF2=c", "PJLINK 0|%1INFO=d"],
        &[],
    );
    assert_eq!((talk.end, talk.answers.len()), (End::Finished, 10));
}

#[test]
fn passwords_are_tried_in_turn() {
    let talk = talk_with(&["PJLINK 1 498e4a67|PJLINK ERRA", "PJLINK 1 498e4a68|%1CLSS=1|%1POWR=1|not an answer"], &["wrong", "right"]);
    assert_eq!((talk.answers.len(), talk.password, talk.tried), (2, Some(1), true));
    assert!(matches!(talk.end, End::Bad(text) if text.contains("%1ERST") && text.contains("not an answer")));
    let talk = talk_with(&["PJLINK 1 498e4a67|PJLINK ERRA", "PJLINK 1 498e4a67"], &["wrong"]);
    assert_eq!((&talk.end, talk.password, talk.tried), (&End::Refused, None, true));
    assert_eq!(parse(&talk).unwrap().0, [Fact::answers("pjlink"), Fact::said("PJLINK", "1")]);
    assert_eq!(talk_with(&["PJLINK 1 498e4a67"], &[]).end, End::Refused);
}

#[test]
fn a_line_without_end_is_dropped() {
    let endless: &'static str = Box::leak(format!("PJLINK 0|{}$", "x".repeat(300)).into_boxed_str());
    let script: &'static [&'static str] = Box::leak(vec![endless].into_boxed_slice());
    let talk = talk_with(script, &[]);
    assert!(matches!(&talk.end, End::Bad(text) if text.contains("136")), "{:?}", talk.end);
    assert_eq!(talk.greeting, b"PJLINK 0");
}

/// 127.96.2.1 is a projector; 127.96.2.2 sends without ever ending its line, and would for ever.
#[test]
fn one_that_never_ends_its_line_keeps_nobody_waiting() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut place = crate::probes::cases::Place::new("127.96.2.0/30", 1_000);
    let (outcome, sent) = runtime.block_on(async {
        let calm = tokio::net::TcpListener::bind("127.96.2.1:0").await.unwrap();
        place.network.ports.pjlink = calm.local_addr().unwrap().port();
        let endless = tokio::net::TcpListener::bind(("127.96.2.2", place.network.ports.pjlink)).await.unwrap();
        let plays = async {
            let (mut stream, _) = calm.accept().await.unwrap();
            stream.write_all(b"PJLINK 0\r").await.unwrap();
            let mut asked = [0; 256];
            loop {
                let count = stream.read(&mut asked).await.unwrap();
                let Some(name) = asked[..count].get(2..6) else { continue };
                stream.write_all(&[b"%1", name, b"=1\r"].concat()).await.unwrap();
            }
        };
        let sent = std::cell::Cell::new(0);
        let raves = async {
            let (mut stream, _) = endless.accept().await.unwrap();
            stream.write_all(b"PJLINK 0\r").await.unwrap();
            while stream.write_all(&[b'x'; 64]).await.is_ok() {
                sent.set(sent.get() + 64);
            }
            std::future::pending().await
        };
        let look = place.look();
        let outcome = tokio::select! {
            outcome = read(&look) => outcome,
            () = plays => unreachable!("it plays on"),
            () = raves => unreachable!("it plays on"),
        };
        (outcome, sent.get())
    });
    let of = |ip: &str| outcome.findings.iter().find(|finding| finding.subject.to_string() == ip).unwrap();
    let (calm, endless) = (of("ip:127.96.2.1"), of("ip:127.96.2.2"));
    assert!(calm.finished && calm.facts.len() > 8, "{calm:?}");
    assert_eq!((endless.facts.len(), endless.finished), (2, false), "it greeted, and no more is known");
    let troubles: Vec<String> = outcome.troubles.iter().map(|trouble| format!("{} {}", trouble.code, trouble.subject.as_ref().unwrap())).collect();
    assert_eq!(troubles, ["bad_answer ip:127.96.2.2"]);
    // What the two ends of the connection hold, not what it would have sent for ever.
    assert!(sent < 16 << 20, "it could send {sent} octets");
}

#[test]
fn what_is_no_projector_is_left_alone() {
    let talk = talk_with(&["SSH-2.0-OpenSSH_9.2"], &[]);
    assert!(matches!(&talk.end, End::Bad(text) if text.contains("SSH")), "{:?}", talk.end);
    assert_eq!(parse(&talk), None);
    let nobody = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let talk = nobody.block_on(converse("127.0.0.1:1".parse().unwrap(), &[], &Pacer::new(100_000)));
    assert_eq!(talk.end, End::Absent);
}

#[test]
fn what_becomes_of_one_that_was_known() {
    let place = crate::probes::cases::Place::new("10.0.0.0/24", 1_000);
    let ip: IpAddr = "10.0.0.9".parse().unwrap();
    let check = |talk: Talk, expected_facts: usize, expected_finished: bool, code: Option<&str>, remembered: bool| {
        place.memory.borrow_mut().pjlink.entry(ip).or_default();
        let mut outcome = Outcome::default();
        conclude(&place.look(), ip, &talk, &mut outcome);
        let [finding] = outcome.findings.as_slice() else { panic!("one finding") };
        assert_eq!((finding.facts.len(), finding.finished), (expected_facts, expected_finished));
        assert_eq!(outcome.troubles.first().map(|trouble| trouble.code.as_str()), code);
        assert_eq!(place.memory.borrow().pjlink.contains_key(&ip), remembered);
    };
    let greeted = |end| Talk { greeting: b"PJLINK 1 0".into(), end, tried: true, ..Talk::default() };
    check(Talk { end: End::Absent, ..Talk::default() }, 0, true, None, false);
    check(Talk { end: End::TimedOut, ..Talk::default() }, 0, true, Some("timeout"), false);
    check(greeted(End::TimedOut), 2, false, Some("timeout"), true);
    check(greeted(End::Finished), 2, true, None, true);
    check(greeted(End::Refused), 2, false, Some("refused"), true);
    assert_eq!(place.memory.borrow().pjlink[&ip].refused_at, Some(place.now), "passwords rest for a day");
}

proptest! {
    #[test]
    fn never_panics(greeting: Vec<u8>, lines: Vec<Vec<u8>>, tail in "[0-9 ]{0,40}") {
        let mut talk = Talk { greeting, ..Talk::default() };
        parse(&talk);
        talk.greeting = b"PJLINK 0".to_vec();
        for line in lines.into_iter().chain([format!("%1LAMP={tail}").into_bytes(), format!("%2INST={tail}").into_bytes()]) {
            for (asked, _) in [("%1CLSS ?", 0), ("%1LAMP ?", 0), ("%2FILT ?", 0), ("%2INST ?", 0)] {
                talk.answers.push((asked.to_owned(), line.clone()));
                answer_value(asked, &line);
            }
            next_command(&talk.answers);
        }
        parse(&talk);
    }
}
