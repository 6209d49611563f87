//! TLS without trust: to read what a device shows of itself.
//!
//! Comes in: an open connection. Goes out: the same with TLS on it, and the certificate shown (DER). Absent on purpose: any judgement of
//! it. Devices show certificates that they made themselves, long past their date, with keys that nobody would sign today; nothing secret
//! is sent to them and nothing they say is trusted. No server name is sent, for there is none. TLS 1.2 and 1.3 (RFC 5246, RFC 8446); a
//! device that speaks only older ones says nothing.

use crate::probes::visit::patience;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// For the handshake: small processors take a second for an RSA signature.
const HANDSHAKE: Duration = patience(3_000);
/// Largest certificate that is kept, octets.
const MAX_CERTIFICATE_BYTES: usize = 16 << 10;

/// Shakes hands; nothing where the other side does not, or not in time.
pub async fn shake_hands(stream: TcpStream, ip: IpAddr) -> Option<(TlsStream<TcpStream>, Option<Vec<u8>>)> {
    let connector = TlsConnector::from(config()?);
    let name = ServerName::IpAddress(ip.into());
    let stream = timeout(HANDSHAKE, connector.connect(name, stream)).await.ok()?.ok()?;
    let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let certificate = shown.filter(|shown| shown.len() <= MAX_CERTIFICATE_BYTES).map(|shown| shown.to_vec());
    Some((stream, certificate))
}

/// One configuration for all: making it costs more than a handshake.
fn config() -> Option<Arc<ClientConfig>> {
    static CONFIG: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    let make = || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
        let mut config = builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody)).with_no_client_auth();
        config.enable_sni = false;
        // Each look is a day after the last.
        config.resumption = rustls::client::Resumption::disabled();
        Some(Arc::new(config))
    };
    CONFIG.get_or_init(make).clone()
}

/// Takes whatever is shown.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, _: &[u8], _: &CertificateDer<'_>, _: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(&self, _: &[u8], _: &CertificateDer<'_>, _: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    /// All that there are, those of old devices too: nothing rests on them.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as Scheme;
        vec![
            Scheme::ECDSA_NISTP256_SHA256,
            Scheme::ECDSA_NISTP384_SHA384,
            Scheme::ECDSA_NISTP521_SHA512,
            Scheme::ED25519,
            Scheme::RSA_PSS_SHA256,
            Scheme::RSA_PSS_SHA384,
            Scheme::RSA_PSS_SHA512,
            Scheme::RSA_PKCS1_SHA256,
            Scheme::RSA_PKCS1_SHA384,
            Scheme::RSA_PKCS1_SHA512,
            Scheme::ECDSA_SHA1_Legacy,
            Scheme::RSA_PKCS1_SHA1,
        ]
    }
}
