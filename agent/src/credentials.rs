//! Secrets as people write them down: flags of the command line, tables of a credentials file.
//!
//! Comes in: `SHA256:PASS`, `AES128:PASS`, names of protocols. Goes out: [`crate::network::Credentials`] and
//! complaints that never repeat a secret. Absent on purpose: the order in which credentials are tried (the probes').

use crate::network::{AuthProtocol, PrivacyProtocol};

/// SNMPv3 authentication protocols by name (RFC 3414, RFC 7860). MD5 is absent on purpose: it is broken.
pub const AUTH_PROTOCOLS: &[(&str, AuthProtocol)] = &[
    ("SHA1", AuthProtocol::Sha1),
    ("SHA224", AuthProtocol::Sha224),
    ("SHA256", AuthProtocol::Sha256),
    ("SHA384", AuthProtocol::Sha384),
    ("SHA512", AuthProtocol::Sha512),
];

/// SNMPv3 privacy protocols by name (RFC 3826 and the AES-256 drafts in use). DES is absent on purpose.
pub const PRIVACY_PROTOCOLS: &[(&str, PrivacyProtocol)] = &[("AES128", PrivacyProtocol::Aes128), ("AES256", PrivacyProtocol::Aes256)];

/// Shortest SNMPv3 password (RFC 3414 section 11.2).
pub const MIN_PASSWORD_CHARS: usize = 8;

/// The protocol of a name; spelling with hyphens and in lower case is understood.
pub fn protocol<T: Copy>(table: &[(&str, T)], name: &str) -> Result<T, String> {
    let wanted: String = name.chars().filter(|c| *c != '-' && *c != '_').map(|c| c.to_ascii_uppercase()).collect();
    let wanted = if wanted == "SHA" { "SHA1".to_owned() } else { wanted };
    let known: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    let found = table.iter().find(|(name, _)| *name == wanted).map(|(_, protocol)| *protocol);
    found.ok_or_else(|| format!("unknown protocol {:?}, expected one of {}", rollcall_shared::wire::clip(name, 20), known.join(", ")))
}

/// Reads `PROTOCOL:PASSWORD` of the command line. The complaint shows no part of what may be a password.
pub fn protocol_and_password<T: Copy>(table: &[(&str, T)], text: &str) -> Result<(T, String), String> {
    let known: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    let (name, password) = text.split_once(':').ok_or_else(|| format!("expected PROTOCOL:PASSWORD, PROTOCOL one of {}", known.join(", ")))?;
    let found = protocol(table, name)?;
    check_password(password)?;
    Ok((found, password.to_owned()))
}

/// Whether a password is long enough for SNMPv3.
pub fn check_password(password: &str) -> Result<(), String> {
    match password.chars().count() {
        short if short < MIN_PASSWORD_CHARS => {
            Err(format!("an SNMPv3 password has at least {MIN_PASSWORD_CHARS} characters (RFC 3414), this one has {short}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_in_every_spelling_and_complaints_without_secrets() {
        for (text, expected) in [("SHA256:opensesame", AuthProtocol::Sha256), ("sha-512:a:colon:within", AuthProtocol::Sha512)] {
            assert_eq!(protocol_and_password(AUTH_PROTOCOLS, text).unwrap().0, expected);
        }
        for text in ["opensesame", "MD5:opensesame", "SHA256:sesame"] {
            let complaint = protocol_and_password(AUTH_PROTOCOLS, text).unwrap_err();
            assert!(!complaint.contains("sesame"), "{complaint}");
        }
    }
}
