//! Secrets as people write them down: flags of the command line, tables of a credentials file.
//!
//! Comes in: `SHA256:PASS`, `AES128:PASS`, names of protocols. Goes out: [`crate::network::Credentials`] and
//! complaints that never repeat a secret. Absent on purpose: the order in which credentials are tried (the probes').

use crate::checked::{Problems, Table};
use crate::config::read_bounded;
use crate::network::{AuthProtocol, Credentials, PrivacyProtocol, SnmpCredential};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

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

/// Reads a credentials file: the keys of a network that are secrets, which may here also stand in line.
pub fn load(file: &Path) -> Result<Credentials, Vec<String>> {
    let said = |problem: String| format!("{}: {problem}", file.display());
    let text = read_bounded(file).map_err(|error| vec![said(error)])?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![said(format!("line {}", line_of(&text, &error)))])?;
    let problems = Problems::default();
    let credentials = read_credentials(&mut Table::root(table, &problems), file.parent().unwrap_or(Path::new(".")), true);
    let problems = problems.into_vec();
    if problems.is_empty() { Ok(credentials) } else { Err(problems.into_iter().map(said).collect()) }
}

/// Where TOML broke, without the line itself, which may hold a secret.
fn line_of(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    format!("{line}: {}", error.message())
}

/// Reads `[[snmp]]` and the PJLink passwords of a table. Secrets stand in files that it names; in line only where `in_line`.
pub fn read_credentials(table: &mut Table<'_>, folder: &Path, in_line: bool) -> Credentials {
    let mut snmp: Vec<SnmpCredential> = table.tables("snmp").into_iter().filter_map(|row| snmp_row(row, folder, in_line)).collect();
    snmp.sort_by_key(age); // else the order of the file
    let mut pjlink_passwords = Vec::new();
    if let Some(text) = secret(table, "pjlink_passwords_file", folder) {
        pjlink_passwords.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
    }
    if in_line {
        pjlink_passwords.extend(table.list("pjlink_passwords", |text| Ok(text.to_owned())));
    }
    Credentials { snmp, pjlink_passwords }
}

/// Version 3 is tried first, version 1 last.
pub fn age(credential: &SnmpCredential) -> u8 {
    match credential {
        SnmpCredential::User { .. } => 0,
        SnmpCredential::Community(_) => 1,
        SnmpCredential::CommunityV1(_) => 2,
    }
}

fn snmp_row(mut row: Table<'_>, folder: &Path, in_line: bool) -> Option<SnmpCredential> {
    let version: u8 = row.number("version", 1..=3, 3);
    if version < 3 {
        let from_file = secret(&mut row, "community_file", folder);
        let community = if in_line { from_file.or_else(|| row.text("community")) } else { from_file };
        if community.is_none() {
            row.problem("community_file", "expected the path of a file that holds the community");
        }
        return community.map(if version == 1 { SnmpCredential::CommunityV1 } else { SnmpCredential::Community });
    }
    let name = row.text("user");
    if name.is_none() {
        row.problem("user", "expected the SNMPv3 user name");
    }
    let auth = protocol_row(&mut row, folder, in_line, AUTH_PROTOCOLS, ["auth_protocol", "auth_file", "auth_password"]);
    let privacy = protocol_row(&mut row, folder, in_line, PRIVACY_PROTOCOLS, ["privacy_protocol", "privacy_file", "privacy_password"]);
    if privacy.is_some() && auth.is_none() {
        row.problem("privacy_protocol", "privacy without authentication does not exist (RFC 3414): expected auth_protocol as well");
    }
    Some(SnmpCredential::User { name: name?, auth, privacy })
}

fn protocol_row<T: Copy>(row: &mut Table<'_>, folder: &Path, in_line: bool, table: &[(&str, T)], keys: [&'static str; 3]) -> Option<(T, String)> {
    let [protocol_key, file_key, password_key] = keys;
    let name = row.text(protocol_key);
    let from_file = secret(row, file_key, folder);
    let password = if in_line { from_file.or_else(|| row.text(password_key)) } else { from_file };
    let found = name.as_deref().and_then(|name| protocol(table, name).map_err(|error| row.problem(protocol_key, error)).ok());
    match (found, password) {
        (Some(found), Some(password)) => match check_password(&password) {
            Ok(()) => Some((found, password)),
            Err(complaint) => {
                row.problem(file_key, complaint);
                None
            }
        },
        (Some(_), None) => {
            row.problem(file_key, "expected the path of a file that holds the password");
            None
        }
        (None, Some(_)) if name.is_none() => {
            row.problem(protocol_key, "expected a protocol beside its password");
            None
        }
        _ => None,
    }
}

/// The content of a file named by a key, without the newline at its end.
fn secret(table: &mut Table<'_>, key: &'static str, folder: &Path) -> Option<String> {
    let file = folder.join(table.text(key)?);
    let mode = std::fs::metadata(&file).map_or(0, |data| data.permissions().mode());
    if mode & 0o007 != 0 {
        table.note(key, format!("{} can be read by everybody on this machine: chmod o= is advised", file.display()));
    }
    match read_bounded(&file) {
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            table.problem(key, format!("{}: {error}", file.display()));
            None
        }
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
