//! How requests are signed: HTTP Message Signatures (RFC 9421) with Ed25519 and a Content-Digest (RFC 9530).
//!
//! Comes in: method, path, body, key. Goes out: the three header values, or whether they hold. Absent on purpose: the
//! transport, key files, and any judgement by the clock (`created` is told, skew is no reason to refuse; a replay is
//! harmless because every report has its number).
//!
//! Covered components: `"@method"`, `"@path"`, `"content-digest"`. Not the authority: a school's proxy or balancer may know
//! the collector by another name. `keyid` is `agent:ID`, or `enrol` for the first contact.

use crate::time::Timestamp;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Label of our signature in the two header fields.
const LABEL: &str = "rollcall";
/// Longest header value that is looked at.
pub const MAX_HEADER_BYTES: usize = 1_024;

/// The values of the three header fields of a signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A field is not in the form that this module writes.
    #[error("the header {0} is missing or not in the expected form")]
    Form(&'static str),
    /// The body is not the one that was signed.
    #[error("the body does not match its Content-Digest")]
    Digest,
    /// The key did not make this signature.
    #[error("the signature does not hold for this agent's key")]
    Signature,
}

/// Signs one request.
pub fn sign(key: &SigningKey, keyid: &str, method: &str, path: &str, body: &[u8], created: Timestamp) -> SignedHeaders {
    let content_digest = digest(body);
    let params = format!("(\"@method\" \"@path\" \"content-digest\");created={};keyid=\"{keyid}\";alg=\"ed25519\"", created.0);
    let signature = key.sign(base(method, path, &content_digest, &params).as_bytes());
    SignedHeaders {
        content_digest,
        signature_input: format!("{LABEL}={params}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.to_bytes())),
    }
}

/// The key id that a request claims, before anything is verified: to look up its key.
pub fn claimed_keyid(signature_input: &str) -> Result<&str, SignError> {
    let form = SignError::Form("Signature-Input");
    if signature_input.len() > MAX_HEADER_BYTES {
        return Err(form);
    }
    let (_, rest) = signature_input.split_once(";keyid=\"").ok_or(form.clone())?;
    rest.split_once('"').map(|(keyid, _)| keyid).ok_or(form)
}

/// Verifies one request; gives the time at which its sender signed it.
pub fn verify(key: &VerifyingKey, method: &str, path: &str, body: &[u8], headers: &SignedHeaders) -> Result<Timestamp, SignError> {
    let form = || SignError::Form("Signature-Input");
    let params = headers.signature_input.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix('=')).ok_or_else(form)?;
    let covered = params.strip_prefix("(\"@method\" \"@path\" \"content-digest\");created=").ok_or_else(form)?;
    let created = covered.split(';').next().and_then(|seconds| seconds.parse().ok()).ok_or_else(form)?;
    if headers.content_digest != digest(body) {
        return Err(SignError::Digest);
    }
    let encoded = headers.signature.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix("=:")).and_then(|rest| rest.strip_suffix(':'));
    let octets = encoded.and_then(|text| STANDARD.decode(text).ok()).ok_or(SignError::Form("Signature"))?;
    let signature = Signature::from_slice(&octets).map_err(|_| SignError::Form("Signature"))?;
    key.verify_strict(base(method, path, &headers.content_digest, params).as_bytes(), &signature).map_err(|_| SignError::Signature)?;
    Ok(Timestamp(created))
}

/// The text form of a public key.
pub fn public_key_text(key: &VerifyingKey) -> String {
    STANDARD.encode(key.to_bytes())
}

/// Reads a public key's text form.
pub fn public_key(text: &str) -> Result<VerifyingKey, String> {
    let expected = || "expected an Ed25519 public key: 32 octets in base64".to_owned();
    let octets = STANDARD.decode(text.trim()).map_err(|_| expected())?;
    VerifyingKey::from_bytes(&octets.try_into().map_err(|_| expected())?).map_err(|_| expected())
}

fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

fn base(method: &str, path: &str, content_digest: &str, params: &str) -> String {
    format!("\"@method\": {method}\n\"@path\": {path}\n\"content-digest\": {content_digest}\n\"@signature-params\": {params}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_request_alone() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let headers = sign(&key, "agent:3", "POST", "/api/v1/reports", b"body", Timestamp(1_700_000_000));
        assert_eq!(claimed_keyid(&headers.signature_input), Ok("agent:3"));
        let public = public_key(&public_key_text(&key.verifying_key())).unwrap();
        let check = |method, path, body: &[u8], headers: &SignedHeaders| verify(&public, method, path, body, headers);
        assert_eq!(check("POST", "/api/v1/reports", b"body", &headers), Ok(Timestamp(1_700_000_000)));
        assert_eq!(check("POST", "/api/v1/reports", b"other", &headers), Err(SignError::Digest));
        assert_eq!(check("POST", "/api/v1/enrol", b"body", &headers), Err(SignError::Signature));
        let later = SignedHeaders { signature_input: headers.signature_input.replace("1700000000", "1700000001"), ..headers.clone() };
        assert_eq!(check("POST", "/api/v1/reports", b"body", &later), Err(SignError::Signature));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(verify(&other, "POST", "/api/v1/reports", b"body", &headers), Err(SignError::Signature));
    }
}
