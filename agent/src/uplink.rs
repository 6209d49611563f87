//! One request to the collector: signed, compressed, through proxy and pinned or known TLS.
//!
//! Comes in: a batch. Goes out: the receipt, or why there is none. Absent on purpose: the spool, and when to try again
//! ([`crate::daemon`]; [`Failure`] says what it needs to know for that).

use crate::config::Config;
use crate::pin;
use crate::state::Identity;
use anyhow::Context;
use ed25519_dalek::SigningKey;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Response, StatusCode, Url};
use rollcall_shared::sign::{SignedHeaders, sign};
use rollcall_shared::{Batch, Receipt, Timestamp, wire};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Path of reports; it is signed.
pub const REPORTS_PATH: &str = "/api/v1/reports";
/// Largest answer that is read, octets: a receipt for a full batch has some 30 000.
pub const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Time to reach the collector.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Time for a whole request: 256 KiB on a line of 64 kbit/s take 33 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// A connection is kept this long between two rounds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(660);
/// Longest Retry-After that is honoured, seconds.
pub const MAX_RETRY_AFTER_S: u64 = 6 * 3_600;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// There is no key yet.
    #[error("this agent is not enrolled: rollcall-agent enrol URL --code CODE")]
    NotEnrolled,
    /// No answer: no line, no name, no TLS.
    #[error("the collector was not reached: {0}")]
    Unreachable(String),
    /// The collector is busy or down, and may have said for how long.
    #[error("the collector is not ready ({reason})")]
    NotReady {
        /// Its status line or problem.
        reason: String,
        /// Its Retry-After, seconds.
        retry_after_s: Option<u64>,
    },
    /// It will take nothing from this key again, unless a person changes that.
    #[error("the collector has revoked this agent ({0}); reports are kept")]
    Revoked(String),
    /// The request was too large, or malformed as a whole: fewer reports may pass.
    #[error("the collector found the request too large or malformed ({0})")]
    TooLarge(String),
    /// Anything else: a wrong URL, a strange proxy, a signature that does not hold.
    #[error("the collector's answer was not understood: {0}")]
    Answer(String),
}

/// A problem as RFC 9457 tells it.
#[derive(Debug, Default, Deserialize)]
pub struct Problem {
    /// A URI whose end says which problem.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Short.
    #[serde(default)]
    pub title: String,
    /// In a sentence.
    #[serde(default)]
    pub detail: String,
}

/// The way to one collector.
pub struct Uplink {
    client: Client,
    url: Url,
    key: SigningKey,
    identity: Identity,
}

impl Uplink {
    /// From configuration and identity; the configuration's word goes first.
    pub fn new(config: &Config, identity: &Identity, key: SigningKey) -> anyhow::Result<Uplink> {
        let url = config.collector.clone().map_or_else(|| identity.url(), Ok)?;
        let pin = config.pin.map_or_else(|| identity.pin(), |pin| Ok(Some(pin)))?;
        let pin = if config.ca_file.is_some() && config.pin.is_none() { None } else { pin };
        let client = client(Some(config), pin, &url)?;
        Ok(Uplink { client, url: endpoint(&url, REPORTS_PATH)?, key, identity: identity.clone() })
    }

    /// Who sends.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// One request.
    pub async fn post(&self, batch: &Batch, now: Timestamp) -> Result<Receipt, Failure> {
        let body = wire::encode(batch).map_err(|error| Failure::Answer(error.to_string()))?;
        let signed = sign(&self.key, &format!("agent:{}", batch.agent), "POST", REPORTS_PATH, &body, now);
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").header(CONTENT_ENCODING, "zstd");
        let answer = with_signature(request, signed).body(body).send().await;
        read_answer(answer.map_err(|error| Failure::Unreachable(sources(&error)))?, now).await
    }
}

/// Puts the three header fields of a signature on a request.
pub fn with_signature(request: reqwest::RequestBuilder, signed: SignedHeaders) -> reqwest::RequestBuilder {
    request.header("content-digest", signed.content_digest).header("signature-input", signed.signature_input).header("signature", signed.signature)
}

/// Whether a URL leads to this machine itself.
pub fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A client that trusts the pin, the configured authority, or the system's authorities. The environment's proxy is not asked for
/// this machine itself.
pub fn client(config: Option<&Config>, pin: Option<pin::Pin>, url: &Url) -> anyhow::Result<Client> {
    let mut builder: ClientBuilder = Client::builder()
        .user_agent(concat!("rollcall-agent/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(1)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pin) = pin {
        builder = builder.tls_backend_preconfigured(pin::tls(pin)?);
    } else if let Some(file) = config.and_then(|config| config.ca_file.as_ref()) {
        let pem = std::fs::read(file).with_context(|| format!("ca_file {}", file.display()))?;
        builder = builder.tls_certs_only(Certificate::from_pem_bundle(&pem).with_context(|| format!("ca_file {}", file.display()))?);
    }
    if let Some(proxy) = config.and_then(|config| config.proxy.as_ref()) {
        builder = builder.proxy(Proxy::all(proxy.clone()).context("proxy")?);
    } else if is_here(url) {
        builder = builder.no_proxy();
    }
    builder.build().context("setting up TLS")
}

/// The address of one of the collector's endpoints, wherever it is mounted.
pub fn endpoint(url: &Url, path: &str) -> anyhow::Result<Url> {
    let mut url = url.clone();
    url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
    url.set_query(None);
    anyhow::ensure!(url.has_host(), "expected a URL with a host such as https://rollcall.town.example:8443, found {url}");
    Ok(url)
}

/// Reads a good answer, or sorts a bad one.
pub async fn read_answer<T: DeserializeOwned>(response: Response, now: Timestamp) -> Result<T, Failure> {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let (retry_after, is_problem) = (header(RETRY_AFTER), header(CONTENT_TYPE).starts_with("application/problem+json"));
    let body = bounded(response).await?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| Failure::Answer(format!("status {status}, but {error}")));
    }
    let problem: Problem = if is_problem { serde_json::from_slice(&body).unwrap_or_default() } else { Problem::default() };
    let told = [problem.title, problem.detail].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    let reason = if told.is_empty() { status.to_string() } else { wire::clip(&told, 500).to_owned() };
    Err(match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if problem.kind.ends_with("revoked") => Failure::Revoked(reason),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge(reason),
        StatusCode::BAD_REQUEST if is_problem => Failure::TooLarge(reason),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Failure::NotReady { reason, retry_after_s: retry_after_s(&retry_after, now) },
        status if status.is_server_error() => Failure::NotReady { reason, retry_after_s: retry_after_s(&retry_after, now) },
        status => Failure::Answer(format!("{status}: {reason}")),
    })
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::Unreachable(sources(&error)))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(Failure::Answer(format!("more than {MAX_ANSWER_BYTES} octets")));
        }
    }
    Ok(body)
}

/// Retry-After: seconds or an HTTP date (RFC 9110 section 10.2.3).
fn retry_after_s(text: &str, now: Timestamp) -> Option<u64> {
    let date = || {
        let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp().as_second();
        u64::try_from(Timestamp(at).since_s(now)).ok()
    };
    text.trim().parse().ok().or_else(date).map(|seconds: u64| seconds.min(MAX_RETRY_AFTER_S))
}

/// An error with all that led to it: "error sending request" alone tells nobody that the name was not found.
fn sources(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms_and_bounded() {
        let now = Timestamp(1_795_336_200); // 2026-11-22T08:30:00Z, a Sunday
        for (text, expected) in [
            ("120", Some(120)),
            ("Sun, 22 Nov 2026 08:31:00 GMT", Some(60)),
            ("Sun, 22 Nov 2026 08:29:00 GMT", None),
            ("999999999", Some(MAX_RETRY_AFTER_S)),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after_s(text, now), expected, "{text}");
        }
    }

    #[test]
    fn endpoints_wherever_the_collector_is_mounted() {
        for (url, expected) in [
            ("https://c.example:8443", "https://c.example:8443/api/v1/reports"),
            ("https://c.example/rollcall/", "https://c.example/rollcall/api/v1/reports"),
        ] {
            assert_eq!(endpoint(&url.parse().unwrap(), REPORTS_PATH).unwrap().as_str(), expected);
        }
        assert!(endpoint(&"data:x".parse().unwrap(), REPORTS_PATH).is_err());
    }
}
