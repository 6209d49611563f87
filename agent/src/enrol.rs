//! First contact: a one-time code becomes a key that the collector knows.
//!
//! Comes in: a URL, a code as people type it. Goes out: key and identity in the state folder. Absent on purpose: changing an
//! existing identity in place; a second enrolment makes a new key.
//!
//! A code is `SECRET` or `SECRET.PIN`: sixteen characters of Crockford's base32 in groups of four, and the pin of the collector's
//! own authority ([`crate::pin`]); without a pin the system's authorities are trusted.

use crate::config::Config;
use crate::pin::Pin;
use crate::state::{Folder, Identity, random};
use crate::uplink::{Failure, client, endpoint, is_here, read_answer, with_signature};
use anyhow::{Context, bail};
use ed25519_dalek::SigningKey;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use rollcall_shared::Timestamp;
use rollcall_shared::report::{Enrolled, Enrolment};
use rollcall_shared::sign::{public_key_text, sign};

/// Path of enrolment; it is signed.
pub const ENROL_PATH: &str = "/api/v1/enrol";
/// Key id of a request whose key the collector does not know yet.
const KEYID: &str = "enrol";
/// Longest code that is looked at.
const MAX_CODE_CHARS: usize = 200;

/// What to enrol with.
#[derive(Debug)]
pub struct Wish {
    /// The collector.
    pub url: Url,
    /// The code as typed.
    pub code: String,
    /// Take the place of the agent that serves the code's networks.
    pub replace: bool,
    /// Plain http to another machine is accepted.
    pub insecure_http: bool,
    /// Host name of this server, for the list of agents.
    pub host: String,
}

/// Enrols, and keeps identity and key.
pub async fn enrol(folder: &Folder, config: Option<&Config>, wish: Wish, now: Timestamp) -> anyhow::Result<Identity> {
    check_scheme(&wish.url, wish.insecure_http)?;
    let (code, pin) = split_code(&wish.code)?;
    let pin = config.and_then(|config| config.pin).or(pin);
    folder.make()?;
    let _lock = folder.lock()?;
    let key = SigningKey::from_bytes(&random()?);
    let enrolment = Enrolment {
        code,
        public_key: public_key_text(&key.verifying_key()),
        host: wish.host,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        replace: wish.replace,
    };
    let url = endpoint(&wish.url, ENROL_PATH)?;
    let body = serde_json::to_vec(&enrolment)?;
    let signed = sign(&key, KEYID, "POST", ENROL_PATH, &body, now);
    let request = with_signature(client(config, pin, &wish.url)?.post(url).header(CONTENT_TYPE, "application/json"), signed);
    let response = request.body(body).send().await.with_context(|| format!("{} was not reached", wish.url))?;
    let enrolled: Enrolled = read_answer(response, now).await.map_err(|failure| anyhow::Error::msg(told(failure, wish.replace)))?;
    let identity = Identity {
        agent: enrolled.agent,
        collector: wish.url.to_string(),
        pin: pin.map(|pin| pin.to_string()),
        networks: enrolled.networks,
        enrolled_at: now,
    };
    folder.save_identity(&identity, &key)?;
    folder.forget_stream()?;
    Ok(identity)
}

/// Plain http only within this machine, unless somebody insists.
fn check_scheme(url: &Url, insecure_http: bool) -> anyhow::Result<()> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_here(url) || insecure_http => Ok(()),
        "http" => bail!("{url}: plain http can be read on the way; expected https://, or --insecure-http if you accept that"),
        other => bail!("{url}: expected a URL that begins with https://, found {other}:"),
    }
}

/// The secret as it was made (upper case; O, I and L read as 0, 1 and 1, as Crockford's base32 allows), and the pin.
fn split_code(typed: &str) -> anyhow::Result<(String, Option<Pin>)> {
    let typed = typed.trim();
    if typed.is_empty() || typed.chars().count() > MAX_CODE_CHARS {
        bail!("expected an enrolment code such as ABCD-EFGH-JKMN-PQRS");
    }
    let (secret, pin) = typed.split_once('.').map_or((typed, None), |(secret, pin)| (secret, Some(pin)));
    let pin = pin.map(|pin| pin.parse().map_err(anyhow::Error::msg).context("the part of the code after the dot")).transpose()?;
    let read = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    Ok((secret.chars().filter(|c| !c.is_whitespace()).map(read).collect(), pin))
}

/// What went wrong, and what to do.
fn told(failure: Failure, replace: bool) -> String {
    match failure {
        Failure::Answer(reason) if reason.starts_with("409") && !replace => {
            format!("{reason}\nIf this server takes that agent's place, say --replace: fleet, faults and decisions stay.")
        }
        Failure::Answer(reason) | Failure::TooLarge(reason) => format!("the collector did not enrol this agent: {reason}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[path = "enrol_tests.rs"]
mod over_tls;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_as_people_type_them() {
        for (typed, expected) in [(" abcd-efgh-jkmn-pqrs ", "ABCD-EFGH-JKMN-PQRS"), ("0oIl-efgh-jkmn-pqrs", "0011-EFGH-JKMN-PQRS")] {
            assert_eq!(split_code(typed).unwrap(), (expected.to_owned(), None));
        }
        let pin = Pin([7; 32]);
        assert_eq!(split_code(&format!("ABCD-EFGH-JKMN-PQRS.{pin}")).unwrap().1, Some(pin));
        assert!(split_code("ABCD.short").is_err());
        assert!(split_code("").is_err());
    }

    #[test]
    fn plain_http_stays_within_the_machine() {
        for (url, insecure, expected) in [
            ("http://127.0.0.1:8080", false, true),
            ("http://[::1]:8080", false, true),
            ("http://localhost", false, true),
            ("http://10.0.0.1", false, false),
            ("http://10.0.0.1", true, true),
            ("https://10.0.0.1", false, true),
            ("ftp://127.0.0.1", true, false),
        ] {
            assert_eq!(check_scheme(&url.parse().unwrap(), insecure).is_ok(), expected, "{url}");
        }
    }
}
