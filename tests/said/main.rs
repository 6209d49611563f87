//! `said`: recognises single messages, as what devices say outside SNMP is recorded: one JSON object a line in, one out.
//!
//! Comes in: standard input, a line a message (`{"mdns":{"service":"_device-info._tcp","txt":{"model":"iPad7,5"}}}`). Goes out: a line a
//! message, `{"kind":…,"vendor":…,"model":…,"os":…,"os_version":…}`, what is not known as null, at once. A line that is no message is
//! answered with an empty object. Absent on purpose: which fact a message becomes (`message`), and what facts mean (the collector).

mod message;

use rollcall_collector::domain::device::Sighting;
use rollcall_collector::domain::identify::identify;
use serde::Serialize;
use std::io::{BufRead, Read, Write};
use std::process::ExitCode;

/// Longest line that is read as a message; a longer one is no message.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// What is concluded, in the words of `rollcall-collector identify`.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Answer {
    kind: Option<&'static str>,
    vendor: Option<String>,
    model: Option<String>,
    os: Option<String>,
    os_version: Option<String>,
}

impl Answer {
    fn of(sighting: Sighting) -> Answer {
        let Sighting { kind, vendor, model, os, os_version, .. } = sighting;
        Answer { kind: kind.map(|kind| kind.code()), vendor, model, os, os_version }
    }
}

/// The answer to one line; none where the line is no message.
fn answer(line: &[u8]) -> Option<Answer> {
    let message = serde_json::from_slice(line).ok()?;
    let picture = message::picture(&message)?;
    Some(identify(&picture, &[]).into_iter().next().map(Answer::of).unwrap_or_default())
}

fn main() -> ExitCode {
    match answer_all(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked has heard enough (`| head`).
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("said: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_all(input: &mut impl BufRead, out: &mut impl Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let whole = line.ends_with(b"\n") || line.len() < usize::try_from(MAX_LINE_BYTES).unwrap_or(usize::MAX);
        if !whole {
            skip_line(input)?;
        }
        let mut text = match answer(&line).filter(|_| whole) {
            Some(answer) => serde_json::to_vec(&answer)?,
            None => b"{}".to_vec(),
        };
        text.push(b'\n');
        out.write_all(&text)?;
        out.flush()?;
    }
}

/// Steps over the rest of a line.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let seen = input.fill_buf()?;
        if seen.is_empty() {
            return Ok(());
        }
        match seen.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                input.consume(end + 1);
                return Ok(());
            }
            None => {
                let all = seen.len();
                input.consume(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_one_answer() {
        let long = format!("{}\n", "[".repeat(3 << 20));
        let lines = [
            r#"{"pjlink":{"INF1":"EPSON","INF2":"EB-685Wi","CLSS":"1"}}"#,
            "\n",
            "not a message\n",
            "{\"mdns\":3}\n",
            &long,
            "{\"sysdescr\":{\"text\":\"KONICA MINOLTA bizhub C258\"}}",
        ];
        let input = format!("{}{}{}{}{}{}", lines[0], lines[1], lines[2], lines[3], lines[4], lines[5]);
        let mut out = Vec::new();
        answer_all(&mut input.as_bytes(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let answers: Vec<&str> = out.lines().collect();
        assert_eq!(answers[0], r#"{"kind":"projector","vendor":"Epson","model":"EB-685Wi","os":null,"os_version":null}"#);
        assert_eq!(answers[1..4], ["{}", "{}", "{}"]);
        assert!(answers[4].contains("Konica Minolta"), "{out}");
        assert_eq!(answers.len(), 5);
    }
}
