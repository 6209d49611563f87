//! A pinned key: TLS that trusts exactly the authority (or the certificate) whose public key the enrolment code named.
//!
//! Comes in: the SHA-256 of a SubjectPublicKeyInfo (RFC 7469 section 2.4 pins the same octets), in base32. Goes out: a rustls
//! configuration. Absent on purpose: names and dates. An authority that the collector made for itself signs nothing but the
//! collector, which schools may reach by any name or address; and a server whose clock fell back to 1970 must still report.
//! What is proved: the other side holds a key that the pinned key vouches for.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The alphabet of RFC 4648 section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Characters of 256 bits in base32 without padding.
const PIN_CHARS: usize = 52;
/// Most certificates of a chain that are looked at.
const MAX_CHAIN: usize = 8;

/// SHA-256 of a SubjectPublicKeyInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin(pub [u8; 32]);

impl Pin {
    /// The pin of a certificate's key.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
        let mut one = RootCertStore::empty();
        one.add(certificate.clone())?;
        let anchor = one.roots.first().ok_or(Error::General("a certificate without a key".into()))?;
        let content = anchor.subject_public_key_info.as_ref();
        let mut hasher = Sha256::new();
        hasher.update(sequence_header(content.len())); // rustls keeps the content without the header that a pin covers
        hasher.update(content);
        Ok(Pin(hasher.finalize().into()))
    }
}

/// Tag and length of a DER SEQUENCE (X.690 section 8.1).
fn sequence_header(length: usize) -> Vec<u8> {
    let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    match octets[..] {
        [] => vec![0x30, 0],
        [short] if short < 0x80 => vec![0x30, short],
        _ => [vec![0x30, 0x80 | octets.len() as u8], octets].concat(),
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bit = |at: usize| usize::from(self.0.get(at / 8).map_or(0, |octet| octet >> (7 - at % 8) & 1));
        for character in 0..PIN_CHARS {
            let value = (0..5).fold(0, |value, offset| value << 1 | bit(character * 5 + offset));
            write!(f, "{}", char::from(BASE32[value]))?;
        }
        Ok(())
    }
}

impl FromStr for Pin {
    type Err = String;

    fn from_str(text: &str) -> Result<Pin, String> {
        let expected = || format!("expected the {PIN_CHARS} characters A-Z and 2-7 of a pin");
        let mut octets = [0u8; 32];
        let mut characters = 0;
        for c in text.trim().chars() {
            let value = BASE32.iter().position(|known| char::from(*known) == c.to_ascii_uppercase()).ok_or_else(expected)?;
            for offset in 0..5 {
                let at = characters * 5 + offset;
                if let Some(octet) = octets.get_mut(at / 8) {
                    *octet |= ((value >> (4 - offset) & 1) as u8) << (7 - at % 8);
                }
            }
            characters += 1;
        }
        if characters == PIN_CHARS { Ok(Pin(octets)) } else { Err(expected()) }
    }
}

/// TLS that trusts the pinned key alone.
pub fn tls(pin: Pin) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Verifier { pin, provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

#[derive(Debug)]
struct Verifier {
    pin: Pin,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if Pin::of(end_entity).is_ok_and(|pin| pin == self.pin) {
            return Ok(ServerCertVerified::assertion()); // the handshake proves that the other side holds this very key
        }
        let pinned = intermediates.iter().take(MAX_CHAIN).find(|certificate| Pin::of(certificate).is_ok_and(|pin| pin == self.pin));
        let pinned = pinned.ok_or_else(|| Error::General("no certificate of the collector has the key that the enrolment code pinned".into()))?;
        let mut roots = RootCertStore::empty();
        roots.add(pinned.clone())?;
        self.signed_by(&ParsedCertificate::try_from(end_entity)?, &roots, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Verifier {
    /// Whether the chain of signatures holds, at whatever time it holds: where a date stands in the way, that date is taken as now.
    fn signed_by(
        &self,
        leaf: &ParsedCertificate<'_>,
        roots: &RootCertStore,
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let mut at = now;
        let mut verdict = verify_server_cert_signed_by_trust_anchor(leaf, roots, chain, at, algorithms);
        for _ in 0..MAX_CHAIN {
            at = match verdict {
                Ok(()) => return Ok(ServerCertVerified::assertion()),
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) if not_after != at => not_after,
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) if not_before != at => not_before,
                Err(error) => return Err(error),
            };
            verdict = verify_server_cert_signed_by_trust_anchor(leaf, roots, chain, at, algorithms);
        }
        verdict.map(|()| ServerCertVerified::assertion())
    }
}

#[cfg(test)]
#[path = "pin_tests.rs"]
mod tests;
