//! UPSes on the server, through NUT's upsd (RFC 9271), TCP port 3493.
//!
//! Comes in: the address of the server's services. Goes out, about each UPS (subject `attached:NAME@server`, NAME as in ups.conf):
//! `answers nut`, `said` for the variables of `SAID`, readings for those of `READ`. A UPS whose driver is gone or whose data
//! are stale keeps what it said before and is a trouble: unknown, not gone. Absent on purpose: log-in, and every command that
//! changes something (SET, INSTCMD).

use super::lines::{Lines, NoLine};
use super::{Finding, Look, Outcome, Readings, said_text};
use rollcall_shared::{Fact, Subject};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// To connect, and for one line: upsd answers out of its memory.
const PATIENCE: Duration = Duration::from_secs(3);
/// For everything.
const TALK: Duration = Duration::from_secs(12);
/// Longest line; values have at most 256 octets in upsd's own state (its ST_MAX_VALUE_LEN), names are shorter.
const MAX_LINE_BYTES: usize = 1_024;
/// UPSes asked.
const MAX_UPSES: usize = 16;
/// Lines of one list.
const MAX_LINES: usize = 512;

/// Variables told as they stand (NUT's list of variable names): identity and state, none that moves by nature.
const SAID: &[&str] = &[
    "battery.charge.low",
    "battery.date",
    "battery.mfr.date",
    "battery.packs",
    "battery.type",
    "device.mfr",
    "device.model",
    "device.part",
    "device.serial",
    "device.type",
    "driver.name",
    "driver.version",
    "ups.alarm",
    "ups.firmware",
    "ups.firmware.aux",
    "ups.mfr",
    "ups.mfr.date",
    "ups.model",
    "ups.power.nominal",
    "ups.productid",
    "ups.realpower.nominal",
    "ups.serial",
    "ups.status",
    "ups.test.result",
    "ups.type",
    "ups.vendorid",
];

/// Variables that move: name, reading, its instance.
const READ: &[(&str, &str, &str)] = &[
    ("battery.charge", "ups_charge", ""),
    ("battery.runtime", "ups_runtime", ""),
    ("ups.load", "ups_load", ""),
    ("input.voltage", "ups_input_voltage", ""),
    ("battery.temperature", "temperature", "battery"),
    ("ups.temperature", "temperature", "ups"),
];

/// Asks upsd for all that it has.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if !look.server.here || !look.server.nut {
        return outcome;
    }
    let at = SocketAddr::new(look.server.services_at, look.network.ports.nut);
    let talk = timeout(TALK, converse(look, at, &mut outcome)).await;
    if let Some((code, text)) = talk.unwrap_or_else(|_| Some(("timeout", "did not answer in time".to_owned()))) {
        outcome.finished = false;
        outcome.troubles.push(look.trouble("ups", None, code, format!("upsd at {at} {text}")));
    }
    outcome
}

/// One conversation; gives what cut it short.
async fn converse(look: &Look<'_>, at: SocketAddr, outcome: &mut Outcome) -> Option<(&'static str, String)> {
    let stream = match timeout(PATIENCE, TcpStream::connect(at)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Some(("refused", format!("cannot be asked: {error}; is nut-server running, and is its LISTEN address this one?"))),
        Err(_) => return Some(("timeout", "does not accept a connection".to_owned())),
    };
    let mut lines = Lines::new(stream, MAX_LINE_BYTES, PATIENCE);
    let names = match list(&mut lines, "UPS").await {
        Ok(answer) => answer.iter().filter_map(|line| ups_name(line)).take(MAX_UPSES).collect::<Vec<_>>(),
        Err(trouble) => return Some(trouble),
    };
    for name in names {
        outcome.asked += 1;
        let subject = Subject::Attached(format!("{name}@server"));
        match list(&mut lines, &format!("VAR {name}")).await {
            Ok(answer) => {
                let (facts, readings) = parse(&answer);
                outcome.findings.push(Finding { subject, facts, readings, finished: true });
            }
            Err((code, text)) => {
                outcome.troubles.push(look.trouble("ups", Some(subject.clone()), code, format!("upsd at {at}, UPS {name}: {text}")));
                outcome.findings.push(Finding { finished: false, ..Finding::of(subject, Vec::new()) });
                if code != "stale" {
                    return Some((code, text));
                }
            }
        }
    }
    lines.send(b"LOGOUT\n").await;
    None
}

/// One LIST: the lines between BEGIN and END (RFC 9271, LIST).
async fn list(lines: &mut Lines, what: &str) -> Result<Vec<Vec<u8>>, (&'static str, String)> {
    if !lines.send(format!("LIST {what}\n").as_bytes()).await {
        return Err(("timeout", "closed the connection".to_owned()));
    }
    let mut answer = Vec::new();
    while answer.len() < MAX_LINES {
        let line = lines.next().await.map_err(|none| match none {
            NoLine::Closed => ("bad_answer", "closed the connection before the end of a list".to_owned()),
            NoLine::Late => ("timeout", "did not answer in time".to_owned()),
            NoLine::TooLong => ("bad_answer", format!("sent a line of more than {MAX_LINE_BYTES} octets")),
        })?;
        if let Some(code) = line.strip_prefix(b"ERR ") {
            return Err(error_of(&said_text(code)));
        }
        if line.starts_with(b"END LIST ") {
            return Ok(answer);
        }
        answer.push(line);
    }
    Err(("bad_answer", format!("sent a list of more than {MAX_LINES} lines")))
}

/// What upsd's error means for us (RFC 9271, error responses).
fn error_of(code: &str) -> (&'static str, String) {
    match code.split_ascii_whitespace().next().unwrap_or_default() {
        "DATA-STALE" => ("stale", "the UPS has not told anything lately (DATA-STALE): look at its cable".to_owned()),
        "DRIVER-NOT-CONNECTED" => ("stale", "its driver is not running (DRIVER-NOT-CONNECTED): look at nut-driver".to_owned()),
        "ACCESS-DENIED" => ("refused", "access denied: look at upsd.conf and upsd.users".to_owned()),
        other => ("bad_answer", format!("error {:?}", rollcall_shared::wire::clip(other, 60))),
    }
}

/// The name in `UPS name "description"`; names are words (ups.conf(5)), anything else is not asked for.
fn ups_name(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix("UPS ")?;
    let name = text.split_ascii_whitespace().next()?;
    let is_word = name.len() <= 64 && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet));
    is_word.then(|| name.to_owned())
}

/// Facts and readings out of the lines of `LIST VAR`.
pub fn parse(answer: &[Vec<u8>]) -> (Vec<Fact>, Readings) {
    let mut facts = vec![Fact::answers("nut")];
    let mut readings = Vec::new();
    for (name, value) in answer.iter().filter_map(|line| variable(line)) {
        if SAID.contains(&name) && !value.is_empty() {
            facts.push(Fact::said(name, said_text(&value)));
        } else if let Some((_, reading, instance)) = READ.iter().find(|(variable, _, _)| *variable == name) {
            let number = std::str::from_utf8(&value).ok().and_then(|text| text.trim().parse::<f64>().ok()).filter(|number| number.is_finite());
            readings.extend(number.map(|number| (*reading, (*instance).to_owned(), number)));
        }
    }
    (facts, readings)
}

/// `VAR ups name "value"`, with `\"` and `\\` inside (RFC 9271, quoting).
fn variable(line: &[u8]) -> Option<(&str, Vec<u8>)> {
    let rest = line.strip_prefix(b"VAR ")?;
    let mut words = rest.splitn(3, |octet| *octet == b' ');
    let (_, name, quoted) = (words.next()?, std::str::from_utf8(words.next()?).ok()?, words.next()?);
    let (mut value, mut escaped) = (Vec::new(), false);
    for octet in quoted.strip_prefix(b"\"")? {
        match octet {
            b'\\' if !escaped => escaped = true,
            b'"' if !escaped => return Some((name, value)),
            octet => {
                value.push(*octet);
                escaped = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists() {
        super::super::cases::check_cases("ups", |case| {
            let text = std::fs::read(case.join("vars.txt")).unwrap();
            let lines: Vec<Vec<u8>> = text.split(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect();
            let (facts, readings) = parse(&lines);
            serde_json::json!({ "facts": facts, "readings": readings })
        });
    }

    #[test]
    fn names() {
        for (line, expected) in [
            ("UPS ups \"salle serveur\"", Some("ups")),
            ("UPS apc-1.b_2 \"\"", Some("apc-1.b_2")),
            ("UPS a\u{7}b \"\"", None),
            ("BEGIN LIST UPS", None),
            ("UPS ", None),
        ] {
            assert_eq!(ups_name(line.as_bytes()).as_deref(), expected, "{line:?}");
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        for (text, code) in
            [("DATA-STALE", "stale"), ("DRIVER-NOT-CONNECTED", "stale"), ("ACCESS-DENIED", "refused"), ("WHAT", "bad_answer"), ("", "bad_answer")]
        {
            assert_eq!(error_of(text).0, code, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(lines: Vec<Vec<u8>>, tail in "[a-z.]{0,12} [\"\\\\0-9e.]{0,12}") {
            parse(&lines);
            parse(&[format!("VAR ups {tail}").into_bytes(), format!("VAR ups battery.charge \"{tail}\"").into_bytes()]);
            for line in &lines {
                ups_name(line);
            }
        }
    }
}
