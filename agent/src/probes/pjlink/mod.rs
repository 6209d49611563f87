//! Projectors and displays that speak PJLink (JBMIA, classes 1 and 2), TCP port 4352.
//!
//! Comes in: known hosts of the network (all addresses of a loopback network), passwords. Goes out, about each address that
//! greeted: `answers pjlink`; `said PJLINK` = `0` or `1` (asks for a password); one `said` a command that was answered with a
//! value, key = the command (`POWR`, `ERST`, `INF1`, `INNM.31` for the name of input 31). What moves by nature is told as
//! readings: hours of `LAMP` (`said LAMP.1` then keeps the lamp's on/off) and of `FILT`. ERR1 to ERR4 are no news: ERR3
//! (unavailable time) is how many answer in standby.
//!
//! An address is looked at in every round, as soon as it is found; one that answered the round before and now does not even greet (refuses, hangs
//! up, keeps silent) gives an empty finished finding, so that its facts leave. Absent on purpose: any command that sets something, and the UDP search.

mod talk;

use super::{Finding, Look, Outcome, PjlinkMemory, Readings, said_text};
use futures_util::StreamExt;
use rollcall_shared::{Fact, Subject};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;
use talk::converse;
pub use talk::{End, Talk};
use tokio::time::timeout;

/// Conversations at a time on one network.
const AT_ONCE: usize = 32;
/// Who has told nothing for so long is asked by other probes meanwhile.
const GREETS_WITHIN: Duration = Duration::from_secs(1);
/// Passwords tried on one projector.
const MAX_PASSWORDS: usize = 4;
/// Lamps of one projector (class 1, LAMP).
const MAX_LAMPS: usize = 8;
/// Passwords that failed are tried again after this time.
const RETRY_PASSWORDS_S: i64 = 86_400;

/// Asks everybody who is there.
pub async fn read(look: &Look<'_>) -> Outcome {
    let port = look.network.ports.pjlink;
    let talks = look.arrivals().map(|ip| {
        let passwords = passwords_for(look, ip);
        async move {
            let mut talk = pin!(converse(SocketAddr::new(ip, port), &passwords, look.pace_to(ip)));
            let soon = timeout(GREETS_WITHIN, &mut talk).await;
            look.leave(ip, "pjlink");
            (ip, if let Ok(talk) = soon { talk } else { talk.await })
        }
    });
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    let mut talks = pin!(talks.buffer_unordered(AT_ONCE));
    while let Some((ip, talk)) = talks.next().await {
        outcome.asked += 1;
        conclude(look, ip, &talk, &mut outcome);
    }
    let gone: Vec<IpAddr> = look.memory.borrow().pjlink.keys().copied().filter(|ip| look.empty.borrow().contains(ip)).collect();
    gone.into_iter().for_each(|ip| conclude(look, ip, &Talk { end: End::Absent, ..Talk::default() }, &mut outcome));
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
            // Who does not greet does not answer PJLink, whether the port refuses, hangs up or keeps silent.
            memory.pjlink.remove(&ip);
            outcome.findings.push(Finding::of(subject, Vec::new()));
        }
        None => {}
        Some((facts, readings)) => {
            look.named(ip);
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

/// Inside: the random number where a password is asked for. Outside: nothing where the greeting is not PJLink's (authentication of class 1).
fn asks_password(greeting: &[u8]) -> Option<Option<&str>> {
    let mut words = std::str::from_utf8(greeting).ok()?.split_ascii_whitespace();
    match (words.next()?.eq_ignore_ascii_case("PJLINK"), words.next()?, words.next()) {
        (true, "0", None) => Some(None),
        (true, "1", Some(random)) => Some(Some(random)),
        _ => None,
    }
}

/// The value in an answer to what was asked (`%1NAME=Room 4`, response format of class 1); nothing for an error, an empty value, or the answer to something else.
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

/// `hours on hours on …` (class 1, LAMP); nothing where it is not that.
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

#[cfg(test)]
mod tests;
