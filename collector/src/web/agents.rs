//! The doors for agents: enrolment, and reports.
//!
//! Comes in: signed requests of anybody on the network. Goes out: receipts, or a problem that says what was wrong. Absent
//! on purpose: what a report means ([`crate::ingest`]), and any judgement by the sender's clock.
//!
//! Order of checks, cheapest first and nothing parsed before the signature held: size, form of the headers, key, signature,
//! then unpacking (bounded), then bounds of the content; whether the agent is still welcome is asked with the writing. A
//! refused signature is counted, never stored.

use super::Web;
use super::agent_keys::AgentKeys;
use super::error::{Failure, Problem};
use super::live::Topic;
use crate::ingest::IngestError;
use crate::store::{self, Tx};
use axum::Json;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ed25519_dalek::VerifyingKey;
use rollcall_shared::report::{Enrolled, Enrolment, Outcome};
use rollcall_shared::sign::{self, SignedHeaders};
use rollcall_shared::wire::{self, WireError};
use rollcall_shared::{AgentId, Batch, Receipt, Timestamp};
use sha2::{Digest, Sha256};

/// Path of reports, as signed.
pub const REPORTS: &str = "/api/v1/reports";
/// Path of enrolment, as signed.
pub const ENROL: &str = "/api/v1/enrol";
/// Largest enrolment request: a code, a key, a host name.
const MAX_ENROLMENT_BYTES: usize = 4_096;
/// An enrolment code is good for this time.
pub const CODE_LIFE_S: i64 = 7 * 86_400;
/// Digits of a code: Crockford's base 32, without letters that look like digits.
const CODE_DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of the secret part of a code: 80 bits.
const CODE_LENGTH: usize = 16;

/// `POST /api/v1/reports`: a signed batch in; a receipt out, after everything in it is durable.
pub async fn reports(State(web): State<Web>, headers: HeaderMap, body: Body) -> Response {
    match take_reports(&web, &headers, body).await {
        Ok(receipt) => Json(receipt).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn take_reports(web: &Web, headers: &HeaderMap, body: Body) -> Result<Receipt, Refusal> {
    let body = bounded(body, wire::MAX_BODY_BYTES).await?;
    let signed = signed_headers(headers).map_err(|error| unsigned(web, &error.to_string()))?;
    let agent = claimed_agent(&signed).ok_or_else(|| unsigned(web, "the key id of a report is agent:NUMBER"))?;
    let known = AgentKeys::get(web, agent).await?.map_err(|reason| unsigned(web, reason))?;
    sign::verify(&known.key, "POST", REPORTS, &body, &signed).map_err(|error| unsigned(web, &error.to_string()))?;
    if known.revoked {
        return Err(revoked());
    }
    let batch: Batch = match wire::decode(&body) {
        Ok(batch) => batch,
        Err(error) => return Err(not_understood(web, agent, &body, error).await),
    };
    if batch.agent != agent {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the batch is of agent {}, the signature of agent {agent}", batch.agent)).into());
    }
    if let Err(error) = wire::check_batch(&batch) {
        return Err(not_understood(web, agent, &body, error).await);
    }
    let (ingest, now) = (web.ingest.clone(), web.now());
    let taken = super::session::blocking(move || ingest.accept(agent, batch, now)).await?.map_err(|error| match error {
        IngestError::Unknown => unsigned(web, "no agent has this id: enrol it"),
        IngestError::Revoked => {
            web.agent_keys.revoke(agent);
            revoked()
        }
        IngestError::Store(error) => Refusal::Failure(error.into()),
    })?;
    for answer in &taken.receipt.answers {
        web.metrics.report(outcome_name(&answer.outcome));
    }
    web.live.tell(Topic::Agents);
    taken.changed.into_iter().for_each(|school| web.live.tell(Topic::School(school)));
    Ok(taken.receipt)
}

/// What cannot be understood is set aside in a transaction of its own, bounded, and told; nothing of whoever is no longer welcome.
async fn not_understood(web: &Web, agent: AgentId, body: &[u8], error: WireError) -> Refusal {
    let (now, reason) = (web.now(), error.to_string());
    let kept = body[..body.len().min(store::report::SET_ASIDE_BYTES)].to_vec();
    let told = reason.clone();
    web.metrics.report("bad");
    let saved = web.write(move |tx| {
        let is_welcome = store::report::agent_by_id(tx, agent)?.is_some_and(|known| known.revoked_at.is_none());
        if is_welcome {
            store::report::set_aside(tx, agent, now, &told, &kept)?;
        }
        Ok(is_welcome)
    });
    match saved.await {
        Ok(true) => {}
        Ok(false) => {
            web.agent_keys.revoke(agent);
            return revoked();
        }
        Err(failure) => return Refusal::Failure(failure),
    }
    let status = match error {
        WireError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        WireError::Time { .. } | WireError::Compression(_) | WireError::Shape(_) => StatusCode::BAD_REQUEST,
        WireError::Version { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, reason).into()
}

/// `POST /api/v1/enrol`: a one-time code and a public key in, signed with that key; the agent's id out.
pub async fn enrol(State(web): State<Web>, headers: HeaderMap, body: Body) -> Response {
    match take_enrolment(&web, &headers, body).await {
        Ok(enrolled) => {
            // Whoever made the code sees the agent come.
            web.live.tell(Topic::Agents);
            Json(enrolled).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn take_enrolment(web: &Web, headers: &HeaderMap, body: Body) -> Result<Enrolled, Refusal> {
    let body = bounded(body, MAX_ENROLMENT_BYTES).await?;
    let signed = signed_headers(headers).map_err(|error| unsigned(web, &error.to_string()))?;
    let enrolment: Enrolment =
        serde_json::from_slice(&body).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("the enrolment is not as expected: {error}")))?;
    let key = sign::public_key(&enrolment.public_key).map_err(|reason| Problem::new(StatusCode::BAD_REQUEST, reason))?;
    sign::verify(&key, "POST", ENROL, &body, &signed).map_err(|error| unsigned(web, &error.to_string()))?;
    let (db, now) = (web.db.clone(), web.now());
    // A refusal takes back what was written before it was found out: the agent that takes over, the old one that is replaced.
    super::session::blocking(move || db.write(move |tx| enrol_agent(tx, &enrolment, &key, now))).await?
}

/// Uses the code for the key. The same key with the same code again gets the same answer: enrolling is idempotent by key.
fn enrol_agent(tx: &mut Tx<'_>, enrolment: &Enrolment, key: &VerifyingKey, now: Timestamp) -> Result<Enrolled, Refusal> {
    let hash = code_hash(&enrolment.code);
    let gone = |why: &str| Problem::new(StatusCode::FORBIDDEN, format!("{why}: ask for a new one (rollcall-collector agent code)"));
    store::report::hold_code(tx, &hash)?;
    let code = store::report::code(tx, &hash)?.ok_or_else(|| gone("this code is not known here"))?;
    if let Some(agent) = store::report::agent_by_key(tx, key.as_bytes())?
        && code.agent == Some(agent.id)
        && agent.revoked_at.is_none()
    {
        return Ok(Enrolled { agent: agent.id, networks: agent.networks, now });
    }
    if code.used_at.is_some() {
        return Err(gone("this code was used already").into());
    }
    if code.expires_at <= now {
        return Err(gone("this code has expired").into());
    }
    let mut before = Vec::new();
    for network in &code.networks {
        before.extend(store::report::agents_of_network(tx, network)?);
    }
    before.sort();
    before.dedup();
    if !before.is_empty() && !enrolment.replace {
        let detail =
            format!("an agent already serves {}: enrol with --replace to take over (fleet, faults and decisions stay)", code.networks.join(", "));
        return Err(Problem::new(StatusCode::CONFLICT, detail).into());
    }
    let new = store::report::NewAgent {
        public_key: key.to_bytes().to_vec(),
        host: wire::clip(&enrolment.host, 200).to_owned(),
        version: wire::clip(&enrolment.agent_version, 60).to_owned(),
        networks: code.networks.clone(),
    };
    let agent = store::report::insert_agent(tx, &new, now)?;
    for old in before {
        store::report::replace_agent(tx, old, agent, now)?;
    }
    if !store::report::take_code(tx, &hash, agent, now)? {
        return Err(gone("this code was used in the same moment by another").into());
    }
    Ok(Enrolled { agent, networks: code.networks, now })
}

/// A new one-time code for some networks; only its hash is kept. `pin` is the digest of the key of the collector's own authority.
pub fn make_code(tx: &mut Tx<'_>, networks: &[String], made_by: &str, pin: Option<&[u8; 32]>, now: Timestamp) -> Result<String, store::Error> {
    let mut random = [0u8; CODE_LENGTH];
    getrandom::fill(&mut random)
        .map_err(|error| store::Error::Content { what: "random numbers for a code".to_owned(), reason: error.to_string() })?;
    let digits: String = random.iter().map(|octet| char::from(CODE_DIGITS[usize::from(octet % 32)])).collect();
    store::report::make_code(tx, &code_hash(&digits), networks, made_by, now, now + CODE_LIFE_S)?;
    let groups: Vec<&str> = (0..CODE_LENGTH).step_by(4).map(|at| &digits[at..at + 4]).collect();
    let secret = groups.join("-");
    Ok(pin.map_or(secret.clone(), |pin| format!("{secret}.{}", base32(pin))))
}

/// What is kept of a code: the secret part alone, as read aloud: no dashes, any case, O for 0, I and L for 1.
fn code_hash(code: &str) -> [u8; 32] {
    let secret = code.split('.').next().unwrap_or_default();
    let digits: String = secret
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Sha256::digest(format!("enrol {digits}")).into()
}

/// RFC 4648 base 32 without padding.
fn base32(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |at: usize| octets.get(at / 8).map_or(0, |octet| octet >> (7 - at % 8) & 1);
    (0..octets.len() * 8).step_by(5).map(|at| char::from(ALPHABET[(0..5).fold(0, |value, next| value << 1 | usize::from(bit(at + next)))])).collect()
}

fn signed_headers(headers: &HeaderMap) -> Result<SignedHeaders, sign::SignError> {
    let one = |name: &'static str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| value.len() <= sign::MAX_HEADER_BYTES);
        value.map(str::to_owned).ok_or(sign::SignError::Form(name))
    };
    Ok(SignedHeaders { content_digest: one("content-digest")?, signature_input: one("signature-input")?, signature: one("signature")? })
}

fn claimed_agent(signed: &SignedHeaders) -> Option<AgentId> {
    let keyid = sign::claimed_keyid(&signed.signature_input).ok()?;
    keyid.strip_prefix("agent:")?.parse().ok().map(AgentId)
}

/// Name of an outcome in `/metrics`.
fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::FullPlease { .. } => "full_please",
        Outcome::Restart { .. } => "restart",
        Outcome::Refused { .. } => "refused",
    }
}

/// Why an agent's request is not taken.
enum Refusal {
    Problem(Problem),
    Failure(Failure),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Refusal::Problem(problem)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Refusal::Failure(failure)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Refusal::Failure(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Problem(problem) => problem.into_response(),
            Refusal::Failure(failure) => failure.into_response(),
        }
    }
}

/// A body, never more than `most` bytes of it: one that declares itself larger is refused before it is read.
async fn bounded(body: Body, most: usize) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > most as u64 {
        return Err(too_large(most));
    }
    to_bytes(body, most).await.map_err(|_| too_large(most))
}

fn too_large(most: usize) -> Refusal {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {most} bytes: send fewer reports at once")).into()
}

fn unsigned(web: &Web, reason: &str) -> Refusal {
    web.metrics.refused_signatures.inc();
    tracing::warn!(reason, "an agent's request was refused");
    Problem::new(StatusCode::UNAUTHORIZED, reason).into()
}

fn revoked() -> Refusal {
    let problem = Problem::new(StatusCode::FORBIDDEN, IngestError::Revoked.to_string());
    Problem { type_: "urn:rollcall:problem:revoked".to_owned(), ..problem }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(code_hash("0A1B-CDEF-GHJK-MNPQ"), code_hash("oaib cdef ghjk mnpq"));
        assert_eq!(code_hash("0A1B-CDEF-GHJK-MNPQ.PINPINPIN"), code_hash("0A1BCDEFGHJKMNPQ"));
        assert_ne!(code_hash("0A1B-CDEF-GHJK-MNPQ"), code_hash("0A1B-CDEF-GHJK-MNPR"));
    }

    #[test]
    fn base_32_by_the_vectors_of_rfc_4648() {
        for (plain, text) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
    }
}
