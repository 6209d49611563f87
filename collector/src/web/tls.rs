//! TLS of the collector: an own certificate authority made at first start, or files given.
//!
//! Comes in: the data folder, host names, now. Goes out: a rustls configuration and the pin that enrolment codes carry.
//! Absent on purpose: certificates of agents (they sign requests instead), and dates judged by anybody's wrong clock.
//!
//! Files in `FOLDER/tls`, mode 0600: `ca.key.pem`, `ca.pem`. The leaf certificate lives in memory: it is made at start and
//! again every 30 days, so that there is no renewal that could be forgotten.

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData};
use rollcall_shared::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

const DAY_S: i64 = 86_400;
/// The CA outlives the programme: an agent that was off for a year still knows it.
const CA_DAYS: i64 = 20 * 365;
/// What browsers accept at most of a public certificate, kept for our own as well.
const LEAF_DAYS: i64 = 397;
const RENEW_AFTER_DAYS: i64 = 30;

/// Reads the clock; handed down from `main`.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// TLS with our own authority.
pub struct OwnTls {
    /// The configuration to serve with.
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the authority's public key (SubjectPublicKeyInfo, DER): the pin.
    pub pin: [u8; 32],
    /// The authority's certificate, PEM: for browsers that should trust it.
    pub ca_pem: String,
}

/// Loads the authority of a folder, or makes it, and a leaf for the host names.
pub fn own(folder: &Path, hosts: &[String], clock: Clock) -> Result<OwnTls> {
    let folder = folder.join("tls");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(|| format!("making {}", folder.display()))?;
    let (key_path, pem_path) = (folder.join("ca.key.pem"), folder.join("ca.pem"));
    if !key_path.exists() {
        let key = KeyPair::generate()?;
        write_secret(&pem_path, &authority(&key, clock())?.self_signed(&key)?.pem())?;
        write_secret(&key_path, &key.serialize_pem())?;
    }
    let key_pem = std::fs::read_to_string(&key_path).with_context(|| format!("reading {}", key_path.display()))?;
    let ca_pem = std::fs::read_to_string(&pem_path).with_context(|| format!("reading {}", pem_path.display()))?;
    let key = KeyPair::from_pem(&key_pem).with_context(|| format!("{} is no key that we made", key_path.display()))?;
    let pin = Sha256::digest(key.subject_public_key_info()).into();
    let ca = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(|error| anyhow::anyhow!("{}: {error}", pem_path.display()))?;
    let leaf = Leaf { issuer: Issuer::new(authority(&key, clock())?, key), ca, hosts: hosts.to_vec(), clock, made: Mutex::new(None) };
    leaf.current().context("making the certificate for server.hosts")?;
    let config = builder()?.with_cert_resolver(Arc::new(leaf));
    Ok(OwnTls { config: with_alpn(config), pin, ca_pem })
}

/// TLS with a certificate chain and key of others.
pub fn files(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| anyhow::anyhow!("server.certificate: {}: {error}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| anyhow::anyhow!("server.key: {}: {error}", key.display()))?;
    Ok(with_alpn(builder()?.with_single_cert(chain, key).context("server.certificate does not fit server.key")?))
}

fn builder() -> Result<rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?.with_no_client_auth())
}

fn with_alpn(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

/// The authority's own description. Its name comes from its key, so that it is the same whenever it is written again.
fn authority(key: &KeyPair, now: Timestamp) -> Result<CertificateParams> {
    let mark: String = Sha256::digest(key.subject_public_key_info()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name.push(DnType::CommonName, format!("Rollcall collector {mark}"));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now, CA_DAYS)?;
    Ok(params)
}

/// Valid from yesterday (clocks differ) for so many days.
fn set_validity(params: &mut CertificateParams, now: Timestamp, days: i64) -> Result<()> {
    let day = |at: Timestamp| jiff::Timestamp::from_second(at.0).map(|instant| instant.to_zoned(TimeZone::UTC).date());
    let (from, to) = (day(now - DAY_S)?, day(now + days * DAY_S)?);
    params.not_before = rcgen::date_time_ymd(from.year().into(), from.month().unsigned_abs(), from.day().unsigned_abs());
    params.not_after = rcgen::date_time_ymd(to.year().into(), to.month().unsigned_abs(), to.day().unsigned_abs());
    Ok(())
}

fn write_secret(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("writing {}", path.display()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("writing {}", path.display()))
}

/// The leaf certificate: made when first asked for, and again when it is 30 days old.
struct Leaf {
    issuer: Issuer<'static, KeyPair>,
    ca: CertificateDer<'static>,
    hosts: Vec<String>,
    clock: Clock,
    made: Mutex<Option<(Timestamp, Arc<CertifiedKey>)>>,
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leaf({:?})", self.hosts)
    }
}

impl Leaf {
    fn current(&self) -> Result<Arc<CertifiedKey>> {
        let now = (self.clock)();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = made.as_ref().filter(|(at, _)| now.since_s(*at) < RENEW_AFTER_DAYS * DAY_S) {
            return Ok(key.clone());
        }
        let key = Arc::new(self.make(now)?);
        *made = Some((now, key.clone()));
        Ok(key)
    }

    fn make(&self, now: Timestamp) -> Result<CertifiedKey> {
        let mut params = CertificateParams::new(self.hosts.clone())?;
        params.distinguished_name.push(DnType::CommonName, self.hosts.first().map_or("rollcall", String::as_str));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_DAYS)?;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(CertifiedKey::new(vec![certificate.der().clone(), self.ca.clone()], any_supported_type(&der)?))
    }
}

impl ResolvesServerCert for Leaf {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current().inspect_err(|error| tracing::error!(error = format!("{error:#}"), "no certificate can be made")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_authority_is_made_once_and_its_pin_stays() {
        let folder = tempfile::tempdir().unwrap();
        let clock: Clock = Arc::new(|| Timestamp(1_795_336_200));
        let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let first = own(folder.path(), &hosts, clock.clone()).unwrap();
        let again = own(folder.path(), &hosts, clock).unwrap();
        assert_eq!((first.pin, first.ca_pem), (again.pin, again.ca_pem));
        let mode = std::fs::metadata(folder.path().join("tls/ca.key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
