//! Webhooks: which addresses are allowed, the secret of each, the signature, one call.
//!
//! Comes in: the town's list of hosts, a key file, a body. Goes out: taken by the program, or why not. Absent on purpose: what a body says
//! (`web/api/told`), when and how often (`notify`).
//!
//! An address is spoken to only if the town has named its host in `collector.toml`: nobody else can make the collector call into its own network.
//! Redirections are not followed, and an answer's body is not read.

use anyhow::Result;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Url, redirect};
use rollcall_shared::Timestamp;
use sha2::Sha256;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// So long a program may take for its answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest address, in characters.
pub const URL: usize = 500;
/// Header with the moment and the signature.
pub const SIGNATURE: &str = "Rollcall-Signature";
/// Header with the number of the delivery: the same call made twice has it twice.
pub const DELIVERY: &str = "Rollcall-Delivery";

/// The key from which all secrets of webhooks are made.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Where the key lies.
pub fn key_path(folder: &Path) -> PathBuf {
    folder.join("webhook.key")
}

impl Key {
    /// Reads the key file of a folder, or makes it.
    pub fn load(folder: &Path) -> Result<Key> {
        Ok(Key(crate::seal::key_file(&key_path(folder))?))
    }

    /// The secret of the webhook with this salt.
    pub fn secret(&self, salt: &str) -> String {
        hex(&self.0, salt.as_bytes())
    }
}

fn hex(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC may have any length");
    mac.update(text);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of [`SIGNATURE`]: `t=MOMENT,v1=HMAC`, the HMAC-SHA256 of `MOMENT.BODY` in hexadecimal.
pub fn signature(secret: &str, at: Timestamp, body: &str) -> String {
    let signed = format!("{}.{body}", at.0);
    format!("t={},v1={}", at.0, hex(secret.as_bytes(), signed.as_bytes()))
}

/// Why an address is not spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// It is no address of the web.
    NoUrl,
    /// It is neither https, nor http on this machine.
    NotSecret,
    /// The town has not named its host.
    NotNamed,
}

impl Barred {
    /// Its code: the sentence is `webhook-CODE` of the language files.
    pub fn code(self) -> &'static str {
        match self {
            Barred::NoUrl => "no-url",
            Barred::NotSecret => "not-secret",
            Barred::NotNamed => "not-named",
        }
    }
}

/// Whether an address may be spoken to.
pub fn allowed(url: &str, hosts: &[String]) -> Result<Url, Barred> {
    let parsed = (url.len() <= URL).then(|| Url::parse(url).ok()).flatten().ok_or(Barred::NoUrl)?;
    let host = parsed.host_str().map(str::to_ascii_lowercase).ok_or(Barred::NoUrl)?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(Barred::NoUrl);
    }
    let loopback = host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match parsed.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(Barred::NotSecret),
    }
    // `port` is none where it is the scheme's own.
    let named = parsed.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    if hosts.iter().any(|known| known.eq_ignore_ascii_case(&named)) { Ok(parsed) } else { Err(Barred::NotNamed) }
}

/// Who calls.
pub fn caller() -> Result<Client> {
    // The client wants its provider chosen; whoever chose before has chosen the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let agent = concat!("rollcall/", env!("CARGO_PKG_VERSION"));
    Ok(Client::builder().redirect(redirect::Policy::none()).timeout(TIMEOUT).user_agent(agent).build()?)
}

/// One call: whether the program took it.
pub async fn call(client: &Client, url: Url, secret: &str, delivery: i64, body: String, now: Timestamp) -> Result<(), String> {
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header(SIGNATURE, signature(secret, now, &body))
        .header(DELIVERY, delivery)
        .body(body);
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("answered {}", answer.status())),
        Err(error) if error.is_timeout() => Err(format!("no answer in {} s", TIMEOUT.as_secs())),
        // The address may hold what is nobody else's business.
        Err(error) => Err(format!("not reached: {:#}", anyhow::Error::new(error.without_url()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_the_town_named_are_spoken_to() {
        let hosts = ["gmao.example".to_owned(), "gmao.example:8443".to_owned(), "127.0.0.1:9000".to_owned()];
        for (url, expected) in [
            ("https://gmao.example/rollcall?x=1", None),
            ("https://GMAO.example:443/", None),
            ("https://gmao.example:8443/", None),
            ("http://127.0.0.1:9000/", None),
            ("https://gmao.example:8444/", Some(Barred::NotNamed)),
            ("https://gmao.example.evil.example/", Some(Barred::NotNamed)),
            ("https://169.254.169.254/latest/meta-data", Some(Barred::NotNamed)),
            ("https://localhost/", Some(Barred::NotNamed)),
            ("http://127.0.0.1/", Some(Barred::NotNamed)),
            ("http://2130706433/", Some(Barred::NotNamed)),
            ("http://[::1]:9000/", Some(Barred::NotNamed)),
            ("http://gmao.example/", Some(Barred::NotSecret)),
            ("ftp://gmao.example/", Some(Barred::NotSecret)),
            ("file:///etc/passwd", Some(Barred::NoUrl)),
            ("https://gmao.example@evil.example/", Some(Barred::NoUrl)),
            ("https://user:pass@gmao.example/", Some(Barred::NoUrl)),
            ("gmao.example", Some(Barred::NoUrl)),
            ("", Some(Barred::NoUrl)),
        ] {
            assert_eq!(allowed(url, &hosts).err(), expected, "{url}");
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn a_signature_is_an_hmac_of_moment_and_body() {
        assert_eq!(hex(b"Jefe", b"what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let one = signature("secret", Timestamp(1_700_000_000), "{}");
        assert!(one.starts_with("t=1700000000,v1=") && one.len() == 16 + 64);
        assert_ne!(one, signature("secret", Timestamp(1_700_000_001), "{}").replace("1700000001", "1700000000"));
    }
}
