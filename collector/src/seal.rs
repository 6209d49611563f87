//! Secrets that must lie in the database, or travel with a visitor, sealed with a key file that lies outside it.
//!
//! Comes in: a folder, plain bytes, for what they are. Goes out: the key file of that folder, made at its first use; sealed bytes that open for the
//! same purpose alone; marks that only this collector makes. Absent on purpose: what is sealed (`store/factor`, `web/second`, `web/provider`).
//!
//! Several collectors on one database share one `secret.key`. Without it sealed secrets are lost: it is part of every backup.

use anyhow::{Context, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the key lies.
pub fn key_path(folder: &Path) -> PathBuf {
    folder.join("secret.key")
}

/// The 32 random bytes of a key file, made where there is none, readable by the service alone.
pub fn key_file(path: &Path) -> Result<[u8; 32]> {
    let making = || format!("making {}", path.display());
    if !path.exists() {
        // Whole, or not there: of two that make it at once one does, and nobody reads half of it.
        let mut new = tempfile::Builder::new().prefix(".secret").tempfile_in(path.parent().unwrap_or(Path::new("."))).with_context(making)?;
        new.write_all(&random::<32>()?).and_then(|()| new.as_file().sync_all()).with_context(making)?;
        match new.persist_noclobber(path) {
            Err(failed) if failed.error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed.error).with_context(making),
            _ => {}
        }
    }
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    bytes.try_into().map_err(|_| anyhow!("{}: expected 32 bytes that we made", path.display()))
}

/// So many random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// What seals and marks.
pub struct Seal {
    sealing: LessSafeKey,
    marking: hmac::Key,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// With the key file of a folder.
    pub fn load(folder: &Path) -> Result<Seal> {
        Seal::new(key_file(&key_path(folder))?)
    }

    /// Two keys are made of one: sealing and marking know nothing of each other.
    fn new(key: [u8; 32]) -> Result<Seal> {
        let of = |what: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), what);
        let sealing = UnboundKey::new(&CHACHA20_POLY1305, of(b"seal").as_ref()).map_err(|_| anyhow!("a key of 32 bytes was refused"))?;
        Ok(Seal { sealing: LessSafeKey::new(sealing), marking: hmac::Key::new(hmac::HMAC_SHA256, of(b"mark").as_ref()) })
    }

    /// Seals bytes for a purpose: a random nonce, then the ciphertext with its tag (RFC 8439). One key seals far fewer than 2^32 times.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE_LEN>()?;
        let mut body = plain.to_vec();
        let sealed = self.sealing.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut body);
        sealed.map_err(|_| anyhow!("sealing failed"))?;
        Ok([&nonce[..], &body].concat())
    }

    /// Opens what was sealed for this purpose; `None`: it was not, or somebody changed it.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.sealing.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).ok()?;
        Some(plain.to_vec())
    }

    /// The same as text, for a field of a form or a cookie.
    pub fn seal_text(&self, purpose: &str, plain: &str) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(self.seal(purpose, plain.as_bytes())?))
    }

    /// Opens such a text.
    pub fn open_text(&self, purpose: &str, sealed: &str) -> Option<String> {
        String::from_utf8(self.open(purpose, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?).ok()
    }

    /// A mark under a text that only this collector makes.
    pub fn mark(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.marking, format!("{purpose}\n{text}").as_bytes()))
    }

    /// Whether a mark is ours.
    pub fn is_mark(&self, purpose: &str, text: &str, mark: &str) -> bool {
        let Ok(mark) = URL_SAFE_NO_PAD.decode(mark) else { return false };
        hmac::verify(&self.marking, format!("{purpose}\n{text}").as_bytes(), &mark).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone_and_unchanged() {
        let (seal, other) = (Seal::new([7; 32]).unwrap(), Seal::new([8; 32]).unwrap());
        let sealed = seal.seal("factor 1", b"secret").unwrap();
        assert_ne!(sealed, seal.seal("factor 1", b"secret").unwrap(), "never twice the same");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(seal.open("factor 1", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(seal.open("factor 2", &sealed), None);
        assert_eq!(other.open("factor 1", &sealed), None);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(seal.open("factor 1", &changed), None, "byte {index}");
        }
        for short in [&[][..], &[1; 12][..], &sealed[..sealed.len() - 1]] {
            assert_eq!(seal.open("factor 1", short), None);
        }
    }

    #[test]
    fn a_mark_is_ours_for_its_purpose_and_text() {
        let seal = Seal::new([7; 32]).unwrap();
        let mark = seal.mark("known", "anne 1");
        assert!(seal.is_mark("known", "anne 1", &mark));
        for (purpose, text, mark) in
            [("known", "anne 2", mark.as_str()), ("other", "anne 1", &mark), ("known", "anne 1", ""), ("known", "anne 1", "é")]
        {
            assert!(!seal.is_mark(purpose, text, mark), "{purpose} {text} {mark}");
        }
    }

    #[test]
    fn a_key_file_is_made_once_and_for_the_service_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = key_path(folder.path());
        let first = key_file(&path).unwrap();
        assert_eq!(first, key_file(&path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, b"short").unwrap();
        assert!(key_file(&path).is_err());
    }
}
