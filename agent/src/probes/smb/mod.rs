//! Windows and Samba: which version speaks SMB on TCP port 445, and by what name.
//!
//! Comes in: addresses that nothing else names. Goes out, about each that answers: `answers smb`; `said smb.version` and `said smb.name` out of
//! the challenge of NTLM (MS-NLMP section 2.2.1.2), which a server tells before it knows who asks; of one that refuses SMB 2 also
//! `said smb.native_os` and `said smb.native_lm` (MS-CIFS). Absent on purpose: log-ins. Nobody's name or password is sent, and the
//! conversation ends at the challenge, so that no session comes to be.

mod message;

use super::visit::{DAY_S, Habit, Heard, Visit, patience, visit};
use super::{Look, Outcome};
use message::MAX_MESSAGE_BYTES;
use rollcall_shared::Fact;
use rollcall_shared::wire::clip;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const HABIT: Habit = Habit { probe: "smb", again_s: DAY_S };
/// For one question and its answer.
const ANSWER: Duration = patience(2_000);
/// Characters that are passed on of one value.
const MAX_CHARS: usize = 200;

/// Asks everybody who is due.
pub async fn read(look: &Look<'_>) -> Outcome {
    let port = look.network.ports.smb;
    if port == 0 {
        return Outcome { finished: true, ..Outcome::default() };
    }
    visit(look, HABIT, look.unnamed(), async |visit| talk(visit, port).await).await
}

async fn talk(visit: &Visit<'_>, port: u16) -> Heard {
    let Some(stream) = visit.connect(port).await else { return Heard::default() };
    let new = ask(visit, stream, &[message::negotiate_2(), message::session_setup_2()]).await;
    let refuses = !new.first().is_some_and(|answer| message::is_smb2(answer));
    let mut old = Vec::new();
    if refuses && let Some(stream) = visit.connect(port).await {
        old = ask(visit, stream, &[message::negotiate_1(), message::session_setup_1()]).await;
    }
    let facts = parse(&new, &old);
    Heard { cut: facts.is_empty(), facts }
}

/// Asks one question after the other on one connection, as long as each is answered in time.
async fn ask(visit: &Visit<'_>, mut stream: TcpStream, questions: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    for question in questions {
        visit.turn().await;
        let Ok(Some(answer)) = timeout(ANSWER, exchange(&mut stream, question)).await else { break };
        answers.push(answer);
    }
    answers
}

/// One message there and one back, each after its length (RFC 1002 section 4.3.1: a zero octet and three of length).
async fn exchange(stream: &mut TcpStream, question: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(question.len()).ok()?.to_be_bytes();
    stream.write_all(&[&length, question].concat()).await.ok()?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).await.ok()?;
    let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= MAX_MESSAGE_BYTES)?;
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).await.ok()?;
    Some(answer)
}

/// Facts of the answers to the questions of SMB 2, and of SMB 1.
pub fn parse(new: &[Vec<u8>], old: &[Vec<u8>]) -> Vec<Fact> {
    let speaks = new.first().is_some_and(|answer| message::is_smb2(answer)) || old.first().is_some_and(|answer| message::is_smb1(answer));
    let mut facts: Vec<Fact> = speaks.then(|| Fact::answers("smb")).into_iter().collect();
    let mut tell = |key: &str, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| Fact::said(key, clip(&value, MAX_CHARS))));
    };
    let (version, name) = new.iter().chain(old).find_map(|answer| message::challenge(answer)).map_or((None, None), |told| (told.version, told.name));
    let native = old.get(1).and_then(|answer| message::native(answer));
    let (system, lan_manager) = native.map_or((None, None), |native| (Some(native.os), Some(native.lan_manager)));
    tell("smb.version", version);
    tell("smb.name", name);
    tell("smb.native_os", system);
    tell("smb.native_lm", lan_manager);
    facts
}

#[cfg(test)]
mod tests;
