//! One conversation with one projector, over connections as many as it takes, with a bound on everything.
//!
//! Comes in: an address, passwords, a rate. Goes out: a [`Talk`]: what was said, and how it ended. Absent on purpose: what it means.

use super::{answer_value, asks_password, matching};
use crate::probes::lines::{Lines, NoLine};
use crate::probes::pace::Pacer;
use crate::probes::said_text;
use md5::{Digest, Md5};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// To connect: one retransmission of the kernel (1 s) fits in.
const CONNECT: Duration = Duration::from_millis(2_500);
/// For one line: projectors that warm up take a second or two.
const LINE: Duration = Duration::from_secs(4);
/// For one projector with everything.
const TALK: Duration = Duration::from_secs(25);
/// Longest line: 136 octets by the specification (class 1, command format: header, class, command, separator, 128 of parameter, CR), twice that is borne.
const MAX_LINE_BYTES: usize = 272;
/// Connections to one projector in one look: some close after each answer or each wrong password.
const MAX_CONNECTIONS: usize = 32;
/// Inputs whose names are asked; the specification allows 50 (class 2, INST), rooms have fewer.
const MAX_INPUTS: usize = 12;

/// One command that asks for something: name, class of its header for projectors of class 1 and of class 2 (0: not asked there).
struct Command {
    name: &'static str,
    class: [u8; 2],
}

/// What is asked after CLSS (the queries of class 1 and class 2).
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

/// One whole conversation, with a bound on everything.
pub async fn converse(at: SocketAddr, passwords: &[(usize, String)], pacer: &Pacer) -> Talk {
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

/// Commands on one connection; the digest stands before the first only (authentication of class 1).
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

/// MD5 of random number and password, in hexadecimal (authentication of class 1: MD5 is what the protocol prescribes).
pub(super) fn digest_of(random: &str, password: &str) -> String {
    let digest = Md5::new().chain_update(random).chain_update(password).finalize();
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What is asked next, given what was answered.
pub(super) fn next_command(answers: &[(String, Vec<u8>)]) -> Option<String> {
    let value_of = |name: &str| answers.iter().find(|(asked, _)| asked.get(2..6) == Some(name)).and_then(|(asked, line)| answer_value(asked, line));
    let class = if value_of("CLSS").is_some_and(|value| value.starts_with(b"2")) { 1 } else { 0 };
    let inputs = value_of("INST").filter(|_| class == 1).map(said_text).unwrap_or_default();
    let inputs = inputs.split_ascii_whitespace().filter(|input| input.len() == 2 && input.bytes().all(|octet| octet.is_ascii_alphanumeric()));
    let table = COMMANDS.iter().filter(|command| command.class[class] > 0).map(|command| format!("%{}{} ?", command.class[class], command.name));
    let first = std::iter::once("%1CLSS ?".to_owned());
    first.chain(table).chain(inputs.take(MAX_INPUTS).map(|input| format!("%2INNM ?{input}"))).nth(answers.len())
}
