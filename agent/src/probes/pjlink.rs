//! Projectors and displays that speak PJLink (JBMIA, class 1 version 1.04 and class 2 version 2.00), TCP port 4352.
//!
//! Comes in: known hosts of the network (all addresses of a loopback network), passwords. Goes out, about each address that
//! greeted: `answers pjlink`; `said PJLINK` = `0` or `1` (asks for a password); one `said` a command that was answered with a
//! value, key = the command (`POWR`, `ERST`, `INF1`, `INNM.31` for the name of input 31). What moves by nature is told as
//! readings: hours of `LAMP` (`said LAMP.1` then keeps the lamp's on/off) and of `FILT`. ERR1 to ERR4 are no news: ERR3
//! (unavailable time) is how many answer in standby.
//!
//! An address is looked at in every round; one that answered the round before and now refuses or keeps silent gives an empty
//! finished finding, so that its facts leave. Absent on purpose: any command that sets something, and the UDP search.

use super::lines::{Lines, NoLine};
use super::pace::Pacer;
use super::{Finding, Look, Outcome, PjlinkMemory, Readings, said_text};
use futures_util::StreamExt;
use md5::{Digest, Md5};
use rollcall_shared::{Fact, Subject};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Conversations at a time on one network.
const AT_ONCE: usize = 32;
/// To connect: one retransmission of the kernel (1 s) fits in.
const CONNECT: Duration = Duration::from_millis(2_500);
/// For one line. The specification asks for an answer within 2 s (class 1, 2.4); slow ones get twice that.
const LINE: Duration = Duration::from_secs(4);
/// For one projector with everything.
const TALK: Duration = Duration::from_secs(25);
/// Longest line: 136 octets by the specification (class 1, 2.2: header, class, command, separator, 128 of parameter, CR), twice that is borne.
const MAX_LINE_BYTES: usize = 272;
/// Connections to one projector in one look: some close after each answer or each wrong password.
const MAX_CONNECTIONS: usize = 32;
/// Passwords tried on one projector.
const MAX_PASSWORDS: usize = 4;
/// Inputs whose names are asked; the specification allows 50 (class 2, 4.4), rooms have fewer.
const MAX_INPUTS: usize = 12;
/// Lamps of one projector (class 1, 4.8).
const MAX_LAMPS: usize = 8;
/// Passwords that failed are tried again after this time.
const RETRY_PASSWORDS_S: i64 = 86_400;

/// One command that asks for something: name, class of its header for projectors of class 1 and of class 2 (0: not asked there).
struct Command {
    name: &'static str,
    class: [u8; 2],
}

/// What is asked after CLSS (class 1, 4.1 to 4.14; class 2, 4.1 to 4.10).
const COMMANDS: &[Command] = &[
    Command { name: "POWR", class: [1, 1] },
    Command { name: "ERST", class: [1, 1] },
    Command { name: "LAMP", class: [1, 1] },
    Command { name: "INPT", class: [1, 2] },
    Command { name: "INST", class: [1, 2] },
    Command { name: "NAME", class: [1, 1] },
    Command { name: "INF1", class: [1, 1] },
    Command { name: "INF2", class: [1, 1] },
    Command { name: "INFO", class: [1, 1] },
    Command { name: "SNUM", class: [0, 2] },
    Command { name: "SVER", class: [0, 2] },
    Command { name: "FILT", class: [0, 2] },
    Command { name: "RLMP", class: [0, 2] },
    Command { name: "RFIL", class: [0, 2] },
];

/// One conversation, as it was said.
#[derive(Debug, Default, PartialEq)]
pub struct Talk {
    /// The first line of the projector; empty where none came.
    pub greeting: Vec<u8>,
    /// What was asked (`%1NAME ?`) and the line that answered.
    pub answers: Vec<(String, Vec<u8>)>,
    /// How it ended.
    pub end: End,
    /// Number of the password that opened it.
    pub password: Option<usize>,
    /// Passwords were tried.
    pub tried: bool,
}

/// How a conversation ended.
#[derive(Debug, Default, PartialEq)]
pub enum End {
    /// Time ran out in the midst of it.
    #[default]
    TimedOut,
    /// Nobody accepts connections there: refused, unreachable, silent.
    Absent,
    /// All that is asked was answered.
    Finished,
    /// A password is wanted that we do not have.
    Refused,
    /// The other side said what PJLink does not allow: what was found.
    Bad(String),
}

/// Asks every target.
pub async fn read(look: &Look<'_>) -> Outcome {
    let (pacer, port) = (Pacer::of(look.network), look.network.ports.pjlink);
    let targets = look.targets();
    let asked = u32::try_from(targets.len()).unwrap_or(u32::MAX);
    let talks = futures_util::stream::iter(targets).map(|ip| {
        let (pacer, passwords) = (&pacer, passwords_for(look, ip));
        async move { (ip, converse(SocketAddr::new(ip, port), &passwords, pacer).await) }
    });
    let mut outcome = Outcome { finished: true, asked, ..Outcome::default() };
    let mut talks = std::pin::pin!(talks.buffer_unordered(AT_ONCE));
    while let Some((ip, talk)) = talks.next().await {
        conclude(look, ip, &talk, &mut outcome);
    }
    outcome.findings.sort_by(|a, b| a.subject.cmp(&b.subject));
    outcome
}

/// Which passwords to try: the one that opened it before, else all unless they failed within a day.
fn passwords_for(look: &Look<'_>, ip: IpAddr) -> Vec<(usize, String)> {
    let memory = look.memory.borrow().pjlink.get(&ip).cloned().unwrap_or_default();
    let failed_lately = memory.refused_at.is_some_and(|at| (0..RETRY_PASSWORDS_S).contains(&look.now.since_s(at)));
    let mut all: Vec<(usize, String)> = look.network.credentials.pjlink_passwords.iter().cloned().enumerate().take(MAX_PASSWORDS).collect();
    all.sort_by_key(|(number, _)| (memory.password != Some(*number), *number));
    if failed_lately { Vec::new() } else { all }
}

/// Turns one conversation into a finding, troubles and memory.
fn conclude(look: &Look<'_>, ip: IpAddr, talk: &Talk, outcome: &mut Outcome) {
    let subject = Subject::Address(ip);
    let mut memory = look.memory.borrow_mut();
    let known = memory.pjlink.contains_key(&ip);
    let trouble = match &talk.end {
        End::Finished | End::Absent => None,
        End::TimedOut => Some(("timeout", "the projector did not answer in time; what it said until then is kept".to_owned())),
        End::Refused if look.network.credentials.pjlink_passwords.is_empty() => {
            Some(("refused", "the projector asks for a PJLink password, and none is configured".to_owned()))
        }
        End::Refused => {
            Some(("refused", "the projector asks for a PJLink password, and no configured one opens it (they are tried once a day)".to_owned()))
        }
        End::Bad(found) => Some(("bad_answer", found.clone())),
    };
    outcome.troubles.extend(trouble.map(|(code, text)| look.trouble("pjlink", Some(subject.clone()), code, text)));
    match parse(talk) {
        None if known => {
            // Who refuses is gone; who accepts and says nothing sensible is unknown, and keeps what it said.
            let finished = talk.end == End::Absent;
            if finished {
                memory.pjlink.remove(&ip);
            }
            outcome.findings.push(Finding { finished, ..Finding::of(subject, Vec::new()) });
        }
        None => {}
        Some((facts, readings)) => {
            let entry = memory.pjlink.entry(ip).or_default();
            match talk.end {
                End::Refused if talk.tried => *entry = PjlinkMemory { password: None, refused_at: Some(look.now) },
                End::Refused => {}
                _ => *entry = PjlinkMemory { password: talk.password, refused_at: None },
            }
            // Whom we could not open we did not look at: what he said before the password changed stays.
            let finished = talk.end == End::Finished;
            outcome.findings.push(Finding { subject, facts, readings, finished });
        }
    }
}

/// Facts and readings of a conversation; nothing where nobody greeted as PJLink does.
pub fn parse(talk: &Talk) -> Option<(Vec<Fact>, Readings)> {
    let asks_password = asks_password(&talk.greeting)?;
    let mut facts = vec![Fact::answers("pjlink"), Fact::said("PJLINK", if asks_password.is_some() { "1" } else { "0" })];
    let mut readings = Vec::new();
    for (asked, line) in &talk.answers {
        let Some(value) = answer_value(asked, line) else { continue };
        match (asked.get(2..6), std::str::from_utf8(value).ok()) {
            (Some("LAMP"), Some(text)) if lamps(text).is_some() => {
                for (number, (hours, on)) in lamps(text).into_iter().flatten().enumerate() {
                    readings.push(("lamp_hours", (number + 1).to_string(), hours));
                    facts.push(Fact::said(format!("LAMP.{}", number + 1), on));
                }
            }
            (Some("FILT"), Some(text)) if hours(text).is_some() => readings.extend(hours(text).map(|hours| ("filter_hours", String::new(), hours))),
            _ => facts.push(Fact::said(key_of(asked), said_text(value))),
        }
    }
    Some((facts, readings))
}

/// Inside: the random number where a password is asked for. Outside: nothing where the greeting is not PJLink's (class 1, 5.1).
fn asks_password(greeting: &[u8]) -> Option<Option<&str>> {
    let mut words = std::str::from_utf8(greeting).ok()?.split_ascii_whitespace();
    match (words.next()?.eq_ignore_ascii_case("PJLINK"), words.next()?, words.next()) {
        (true, "0", None) => Some(None),
        (true, "1", Some(random)) => Some(Some(random)),
        _ => None,
    }
}

/// The value in an answer to what was asked (`%1NAME=Room 4`, class 1, 2.3); nothing for an error, an empty value, or the answer to something else.
fn answer_value<'a>(asked: &str, line: &'a [u8]) -> Option<&'a [u8]> {
    let value = matching(asked, line)?;
    let is_error = matches!(value.to_ascii_uppercase().as_slice(), b"ERR1" | b"ERR2" | b"ERR3" | b"ERR4");
    (!is_error && !value.is_empty()).then_some(value)
}

/// What follows the separator when the line answers this command. Some projectors answer class 2 commands with a class 1 header.
fn matching<'a>(asked: &str, line: &'a [u8]) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(6)?;
    let (name, value) = (head.strip_prefix(b"%")?.get(1..)?, rest.strip_prefix(b"=")?);
    name.eq_ignore_ascii_case(asked.as_bytes().get(2..6)?).then_some(value)
}

/// `INNM.31` for `%2INNM ?31`, `NAME` for `%1NAME ?`.
fn key_of(asked: &str) -> String {
    match asked.split_once(" ?") {
        Some((head, parameter)) if !parameter.is_empty() => format!("{}.{parameter}", head.get(2..).unwrap_or_default()),
        _ => asked.get(2..6).unwrap_or_default().to_owned(),
    }
}

/// `hours on hours on …` (class 1, 4.8); nothing where it is not that.
fn lamps(text: &str) -> Option<Vec<(f64, String)>> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let pairs = words.chunks(2).map(|pair| match pair {
        [time, on @ ("0" | "1")] => Some((hours(time)?, (*on).to_owned())),
        _ => None,
    });
    pairs.take(MAX_LAMPS).collect::<Option<Vec<_>>>().filter(|lamps| !lamps.is_empty())
}

/// Up to six digits: the specification has five.
fn hours(text: &str) -> Option<f64> {
    (text.len() <= 6).then(|| text.parse::<u32>().ok()).flatten().map(f64::from)
}

/// What is asked next, given what was answered.
fn next_command(answers: &[(String, Vec<u8>)]) -> Option<String> {
    let value_of = |name: &str| answers.iter().find(|(asked, _)| asked.get(2..6) == Some(name)).and_then(|(asked, line)| answer_value(asked, line));
    let class = if value_of("CLSS").is_some_and(|value| value.starts_with(b"2")) { 1 } else { 0 };
    let inputs = value_of("INST").filter(|_| class == 1).map(said_text).unwrap_or_default();
    let inputs = inputs.split_ascii_whitespace().filter(|input| input.len() == 2 && input.bytes().all(|octet| octet.is_ascii_alphanumeric()));
    let table = COMMANDS.iter().filter(|command| command.class[class] > 0).map(|command| format!("%{}{} ?", command.class[class], command.name));
    let first = std::iter::once("%1CLSS ?".to_owned());
    first.chain(table).chain(inputs.take(MAX_INPUTS).map(|input| format!("%2INNM ?{input}"))).nth(answers.len())
}

/// One whole conversation, with a bound on everything.
async fn converse(at: SocketAddr, passwords: &[(usize, String)], pacer: &Pacer) -> Talk {
    let mut talk = Talk::default();
    if let Ok(end) = timeout(TALK, connections(&mut talk, at, passwords, pacer)).await {
        talk.end = end;
    }
    talk
}

/// Connection after connection until all is answered, no password is left, or one brings nothing new.
async fn connections(talk: &mut Talk, at: SocketAddr, passwords: &[(usize, String)], pacer: &Pacer) -> End {
    let mut left = passwords.iter();
    let mut password: Option<&(usize, String)> = None;
    for _ in 0..MAX_CONNECTIONS {
        pacer.take().await;
        let mut wire = match timeout(CONNECT, TcpStream::connect(at)).await {
            Ok(Ok(stream)) => Lines::new(stream, MAX_LINE_BYTES, LINE),
            _ if talk.greeting.is_empty() => return End::Absent,
            _ => return End::Bad("the projector closed the conversation and accepts no further connection".to_owned()),
        };
        match wire.next().await {
            Ok(line) => talk.greeting = line,
            Err(NoLine::Closed) => return End::Bad("the port accepts connections, but closed one before the PJLink greeting".to_owned()),
            Err(none) => return cut(none),
        }
        let prefix = match asks_password(&talk.greeting) {
            None => return End::Bad(format!("expected the greeting PJLINK 0 or PJLINK 1, found {:?}", said_text(&talk.greeting))),
            Some(None) => String::new(),
            Some(Some(random)) => {
                password = password.or_else(|| left.next());
                let Some((_, secret)) = password else { return End::Refused };
                talk.tried = true;
                digest_of(random, secret)
            }
        };
        let before = talk.answers.len();
        match commands(talk, &mut wire, prefix, pacer).await {
            Step::Refused => password = None,
            Step::Ended(end) => {
                talk.password = password.map(|(number, _)| *number);
                return end;
            }
            Step::Closed if talk.answers.len() > before => {}
            Step::Closed => return End::Bad("the projector closed the connection without an answer".to_owned()),
        }
    }
    End::Bad(format!("the projector closed {MAX_CONNECTIONS} connections before all was answered"))
}

/// What one connection came to.
enum Step {
    /// The password was wrong.
    Refused,
    /// Closed by the other side.
    Closed,
    /// The conversation is over.
    Ended(End),
}

/// Commands on one connection; the digest stands before the first only (class 1, 5.1).
async fn commands(talk: &mut Talk, wire: &mut Lines, mut prefix: String, pacer: &Pacer) -> Step {
    while let Some(asked) = next_command(&talk.answers) {
        pacer.take().await;
        let octets = format!("{prefix}{asked}\r");
        prefix.clear();
        if !wire.send(octets.as_bytes()).await {
            return Step::Closed;
        }
        let line = match wire.next().await {
            Ok(line) => line,
            Err(NoLine::Closed) => return Step::Closed,
            Err(none) => return Step::Ended(cut(none)),
        };
        if line.eq_ignore_ascii_case(b"PJLINK ERRA") {
            return Step::Refused;
        }
        if matching(&asked, &line).is_none() {
            return Step::Ended(End::Bad(format!("expected an answer to {asked:?}, found {:?}", said_text(&line))));
        }
        talk.answers.push((asked, line));
    }
    Step::Ended(End::Finished)
}

/// The end that a missing line makes of a conversation.
fn cut(none: NoLine) -> End {
    match none {
        NoLine::TooLong => End::Bad(format!("a line of more than {MAX_LINE_BYTES} octets without its end; PJLink allows 136")),
        NoLine::Late | NoLine::Closed => End::TimedOut,
    }
}

/// MD5 of random number and password, in hexadecimal (class 1, 5.1: MD5 is what the protocol prescribes).
fn digest_of(random: &str, password: &str) -> String {
    let digest = Md5::new().chain_update(random).chain_update(password).finalize();
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
        super::super::cases::check_cases("pjlink", |case| {
            let talk = transcript(&std::fs::read_to_string(case.join("talk.txt")).unwrap());
            let (facts, readings) = parse(&talk).unwrap();
            serde_json::json!({ "facts": facts, "readings": readings })
        });
    }

    #[test]
    fn the_digest_of_the_specification() {
        // The worked example of class 1, 5.1.
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

    #[test]
    fn what_is_no_projector_is_left_alone() {
        let talk = talk_with(&["SSH-2.0-OpenSSH_9.2"], &[]);
        assert!(matches!(&talk.end, End::Bad(text) if text.contains("SSH")), "{:?}", talk.end);
        assert_eq!(parse(&talk), None);
        let nobody = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let talk = nobody.block_on(converse("127.0.0.1:1".parse().unwrap(), &[], &Pacer::new(100_000)));
        assert_eq!(talk.end, End::Absent);
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
}
