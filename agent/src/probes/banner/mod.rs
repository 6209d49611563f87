//! What servers say before anybody has said anything: SSH (port 22), Telnet (23), FTP (21).
//!
//! Comes in: addresses that nothing else names. Goes out, about each that speaks: `answers ssh`, `answers telnet`, `answers ftp`;
//! `said ssh.software` what follows `SSH-2.0-` (RFC 4253 section 4.2), `said telnet.banner` what is shown before a log-in, `said ftp.banner`
//! the text of the greeting. We say nothing but QUIT to FTP, which ends its conversation (RFC 959 section 5.4). Absent on purpose: names,
//! passwords, keys, options.

use super::lines::Lines;
use super::visit::{DAY_S, Habit, Heard, Visit, patience, visit};
use super::{Look, Outcome, said_text};
use crate::network::Ports;
use rollcall_shared::Fact;
use rollcall_shared::wire::clip;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

const HABIT: Habit = Habit { probe: "banner", again_s: DAY_S };
/// For one greeting, all in all.
const GREETING: Duration = patience(2_000);
/// Telnet's greeting has no end: it is over when nothing more has come for so long.
const PAUSE: Duration = patience(400);
/// Longest line of SSH and FTP: 255 octets by RFC 4253 section 4.2, twice that is borne.
const MAX_LINE_BYTES: usize = 512;
/// Lines that SSH and FTP servers may send before the one that counts (RFC 4253 section 4.2 allows them).
const MAX_LINES: usize = 16;
/// Octets of Telnet that are read.
const MAX_TELNET_BYTES: usize = 512;
/// Characters that are passed on of one greeting.
const MAX_CHARS: usize = 500;

/// Commands of Telnet (RFC 854).
const SE: u8 = 240;
const SB: u8 = 250;
const WILL: u8 = 251;
const DONT: u8 = 254;
const IAC: u8 = 255;

/// Listens to everybody who is due.
pub async fn read(look: &Look<'_>) -> Outcome {
    let ports = look.network.ports;
    if [ports.ssh, ports.telnet, ports.ftp] == [0; 3] {
        return Outcome { finished: true, ..Outcome::default() };
    }
    visit(look, HABIT, look.unnamed(), async |visit| listen(visit, ports).await).await
}

/// What one device said; empty where it said nothing.
#[derive(Debug, Default)]
pub struct Greeting {
    /// Lines of SSH; the last one begins with `SSH-`.
    pub ssh: Vec<Vec<u8>>,
    /// Octets of Telnet, with its options.
    pub telnet: Vec<u8>,
    /// Lines of FTP's first reply.
    pub ftp: Vec<Vec<u8>>,
}

async fn listen(visit: &Visit<'_>, ports: Ports) -> Heard {
    let (mut heard, mut greeting) = (Heard::default(), Greeting::default());
    if let Some(stream) = visit.connect(ports.ssh).await {
        greeting.ssh = lines(&mut Lines::new(stream, MAX_LINE_BYTES, GREETING), |line| line.starts_with(b"SSH-")).await;
        heard.cut |= greeting.ssh.is_empty();
    }
    if let Some(stream) = visit.connect(ports.telnet).await {
        greeting.telnet = octets(stream).await;
        heard.cut |= greeting.telnet.is_empty();
    }
    if let Some(stream) = visit.connect(ports.ftp).await {
        let mut wire = Lines::new(stream, MAX_LINE_BYTES, GREETING);
        greeting.ftp = lines(&mut wire, |line| reply(line).is_some_and(|(_, is_last)| is_last)).await;
        heard.cut |= greeting.ftp.is_empty();
        if !greeting.ftp.is_empty() {
            visit.turn().await;
            wire.send(b"QUIT\r\n").await;
        }
    }
    heard.facts = parse(&greeting);
    heard
}

/// Lines up to the one that counts; none where it does not come in time.
async fn lines(wire: &mut Lines, is_last: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let reading = async {
        while lines.len() < MAX_LINES {
            let line = wire.next().await.ok()?;
            let last = is_last(&line);
            lines.push(line);
            if last {
                return Some(());
            }
        }
        None
    };
    let whole = timeout(GREETING, reading).await.ok().flatten().is_some();
    if whole { lines } else { Vec::new() }
}

/// What Telnet shows until it pauses.
async fn octets(mut stream: TcpStream) -> Vec<u8> {
    let (mut octets, until) = (Vec::new(), Instant::now() + GREETING);
    let mut chunk = [0; MAX_TELNET_BYTES];
    while octets.len() < MAX_TELNET_BYTES {
        let pause = if text(&octets).is_empty() { until } else { until.min(Instant::now() + PAUSE) };
        match timeout_at(pause, stream.read(&mut chunk[..MAX_TELNET_BYTES - octets.len()])).await {
            Ok(Ok(count)) if count > 0 => octets.extend_from_slice(&chunk[..count]),
            _ => break,
        }
    }
    octets
}

/// Facts of what was said.
pub fn parse(greeting: &Greeting) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut said = |protocol: &str, key: &str, value: String| {
        facts.push(Fact::answers(protocol));
        if !value.is_empty() {
            facts.push(Fact::said(key, clip(&value, MAX_CHARS)));
        }
    };
    // SSH-1.99 is a server of both versions (RFC 4253 section 5.1).
    let identification =
        greeting.ssh.last().and_then(|line| line.strip_prefix(b"SSH-")).and_then(|rest| rest.splitn(2, |octet| *octet == b'-').nth(1));
    if let Some(software) = identification {
        said("ssh", "ssh.software", said_text(software.trim_ascii()));
    }
    if !greeting.telnet.is_empty() {
        said("telnet", "telnet.banner", text(&greeting.telnet));
    }
    let lines: Vec<&[u8]> =
        greeting.ftp.iter().map(|line| line.strip_prefix(b"220").map_or(line.as_slice(), |rest| rest.get(1..).unwrap_or_default())).collect();
    // Another code is no greeting: too many users, or not for us.
    if greeting.ftp.first().and_then(|line| reply(line)).is_some_and(|(code, _)| code == b"220") {
        said("ftp", "ftp.banner", said_text(lines.join(&b'\n').trim_ascii()));
    }
    facts
}

/// A line of an FTP reply: its code, and whether it is the last one (RFC 959 section 4.2).
fn reply(line: &[u8]) -> Option<(&[u8], bool)> {
    let (code, rest) = line.split_at_checked(3).filter(|(code, _)| code.iter().all(u8::is_ascii_digit))?;
    let is_last = matches!(rest.first(), Some(b' ') | None);
    (is_last || rest.starts_with(b"-")).then_some((code, is_last))
}

/// Telnet without options and control characters (RFC 854), lines ended by line feeds.
fn text(octets: &[u8]) -> String {
    let (mut plain, mut rest) = (Vec::new(), octets.iter().copied());
    while let Some(octet) = rest.next() {
        match octet {
            IAC => match rest.next() {
                Some(IAC) => plain.push(IAC),
                Some(SB) => skip_subnegotiation(&mut rest),
                Some(WILL..=DONT) => {
                    rest.next();
                }
                _ => {}
            },
            b'\n' | b'\t' => plain.push(octet),
            octet if octet.is_ascii_control() => {}
            octet => plain.push(octet),
        }
    }
    said_text(plain.trim_ascii())
}

/// Up to IAC SE (RFC 855).
fn skip_subnegotiation(rest: &mut impl Iterator<Item = u8>) {
    let mut before = 0;
    for octet in rest {
        if before == IAC && octet == SE {
            break;
        }
        before = octet;
    }
}

#[cfg(test)]
mod tests;
