//! The second factor: codes of an app on a telephone (RFC 6238), recovery codes for when it is lost.
//!
//! Comes in: an account, a code that somebody typed, the instant. Goes out: good, or not; a fresh secret with its square; recovery codes, once.
//! Absent on purpose: pages (`pages/second`), the password that comes first (`session`).
//!
//! A code holds 30 s; the one before and the one after are taken as well, for clocks differ. None is taken twice.

use super::error::Failure;
use super::pages::square;
use super::visitor::token_hash;
use super::{Stop, Web};
use crate::seal;
use crate::store::account::{self, AuditLine};
use crate::store::factor;
use rollcall_shared::Timestamp;
use totp_rs::{Algorithm, TOTP};

/// Digits of a code, and seconds that it holds: what every app takes (RFC 6238, 5.2).
const DIGITS: usize = 6;
const STEP_S: u64 = 30;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, section 4).
const SECRET: usize = 20;
/// Recovery codes of one account.
pub const CODES: usize = 10;
/// Letters of a recovery code: without those that are taken for another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
/// How many: 2^50 codes.
const LETTERS_OF_CODE: usize = 10;
/// For what secrets are sealed.
const FRESH: &str = "fresh factor";

/// A secret that somebody may take, with what an app reads.
pub struct Fresh {
    /// As letters, for who types it.
    pub secret: String,
    /// As a drawing, for who scans it.
    pub picture: String,
    /// The `otpauth:` address, for who reads this page on the telephone.
    pub address: String,
    /// The same secret, sealed for this account: it comes back with the first code.
    pub half: String,
}

fn totp(secret: Vec<u8>, login: &str) -> Result<TOTP, Failure> {
    // The colon stands between issuer and name.
    let name = login.replace(':', "-");
    Ok(TOTP::new(Algorithm::SHA1, DIGITS, 0, STEP_S, secret, Some("Rollcall".to_owned()), name).map_err(anyhow::Error::from)?)
}

/// Makes a secret.
pub fn fresh(web: &Web, account: i64, login: &str) -> Result<Fresh, Failure> {
    shown(web, account, login, seal::random::<SECRET>()?.to_vec())
}

/// The secret that a form brings back, shown again.
pub fn again(web: &Web, account: i64, login: &str, half: &str) -> Result<Fresh, Failure> {
    match brought(web, account, half) {
        Some(secret) => shown(web, account, login, secret),
        None => fresh(web, account, login),
    }
}

fn shown(web: &Web, account: i64, login: &str, secret: Vec<u8>) -> Result<Fresh, Failure> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let half = web.seal.seal_text(&format!("{FRESH} {account}"), &hex)?;
    let totp = totp(secret, login)?;
    let letters = totp.get_secret_base32();
    let spaced: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    let address = totp.get_url();
    Ok(Fresh { secret: spaced.join(" "), picture: square(&address)?, address, half })
}

/// The secret of a form of this account.
fn brought(web: &Web, account: i64, half: &str) -> Option<Vec<u8>> {
    let hex = web.seal.open_text(&format!("{FRESH} {account}"), half)?;
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// The step whose code this is: the present one, the one before or after.
fn step_of(secret: Vec<u8>, code: &str, now: Timestamp) -> Result<Option<i64>, Failure> {
    let totp = totp(secret, "")?;
    let present = now.0 / STEP_S as i64;
    let is = |step: i64| totp.generate(u64::try_from(step).unwrap_or(0) * STEP_S) == code;
    Ok([present, present - 1, present + 1].into_iter().find(|step| is(*step)))
}

/// What somebody typed, without what apps put between the digits.
fn plain(code: &str) -> String {
    code.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(40).flat_map(char::to_lowercase).collect()
}

fn code_hash(account: i64, code: &str) -> [u8; 32] {
    token_hash(&format!("recovery {account} {code}"))
}

/// Whether an account has a second factor.
pub async fn has(web: &Web, account: i64) -> Result<bool, Failure> {
    web.read(move |tx| Ok(factor::of(tx, account)?.is_some())).await
}

/// Takes a code of an account; `Failure::NotSignedIn`: it is none, or was taken before.
pub async fn take(web: &Web, account: i64, login: &str, code: &str) -> Result<(), Failure> {
    let (key, now, code) = (format!("code {account}"), web.now(), plain(code));
    if let Some(wait_s) = web.throttle.wait_s(&key, now) {
        return Err(Failure::TooMany(wait_s));
    }
    let Some(known) = web.read(move |tx| Ok(factor::of(tx, account)?)).await? else { return Err(Failure::NotSignedIn) };
    let by_app = code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    let step = if by_app {
        let sealed = web.seal.open(&purpose(account), &known.secret);
        step_of(sealed.ok_or_else(|| anyhow::anyhow!("the second factor of account {account} opens with another secret.key"))?, &code, now)?
    } else {
        None
    };
    let (hash, who) = (code_hash(account, &code), login.to_owned());
    let taken = web
        .write(move |tx| -> Result<_, Stop> {
            if let Some(step) = step {
                return Ok(factor::take_step(tx, account, step)?);
            }
            let taken = !by_app && factor::take_code(tx, account, &hash, now)?;
            if taken {
                account::audit(tx, &line(now, &who, "account.recovery_code", &who))?;
            }
            Ok(taken)
        })
        .await?;
    if !taken {
        web.throttle.failed(&key, now);
        tracing::warn!(login, "second factor refused");
        return Err(Failure::NotSignedIn);
    }
    web.throttle.succeeded(&key);
    Ok(())
}

/// Sets a factor up with the first code of its app; its recovery codes. `None`: the code is not of this secret.
pub async fn set_up(web: &Web, account: i64, login: &str, half: &str, code: &str) -> Result<Option<Vec<String>>, Failure> {
    let now = web.now();
    let Some(secret) = brought(web, account, half) else { return Ok(None) };
    let Some(step) = step_of(secret.clone(), &plain(code), now)? else { return Ok(None) };
    let sealed = web.seal.seal(&purpose(account), &secret)?;
    let codes = recovery_codes()?;
    let (hashes, who): (Vec<_>, _) = (codes.iter().map(|code| code_hash(account, &plain(code))).collect(), login.to_owned());
    let set = web
        .write(move |tx| -> Result<_, Stop> {
            if !factor::set(tx, account, &sealed, step, now)? {
                return Ok(false);
            }
            factor::set_codes(tx, account, &hashes)?;
            account::audit(tx, &line(now, &who, "account.factor_on", &who))?;
            Ok(true)
        })
        .await?;
    Ok(set.then_some(codes))
}

/// Other recovery codes.
pub async fn other_codes(web: &Web, account: i64, login: &str) -> Result<Vec<String>, Failure> {
    let (codes, now) = (recovery_codes()?, web.now());
    let (hashes, who): (Vec<_>, _) = (codes.iter().map(|code| code_hash(account, &plain(code))).collect(), login.to_owned());
    web.write(move |tx| -> Result<_, Stop> {
        factor::of(tx, account)?.ok_or(Failure::NotFound)?;
        factor::set_codes(tx, account, &hashes)?;
        Ok(account::audit(tx, &line(now, &who, "account.recovery_codes", &who))?)
    })
    .await?;
    Ok(codes)
}

/// Takes the factor of an account away, on behalf of `who`; whether there was one.
pub async fn remove(web: &Web, account: i64, login: &str, who: &str) -> Result<bool, Failure> {
    let (now, login, who) = (web.now(), login.to_owned(), who.to_owned());
    web.write(move |tx| -> Result<_, Stop> {
        let was = factor::remove(tx, account)?;
        if was {
            account::audit(tx, &line(now, &who, "account.factor_off", &login))?;
        }
        Ok(was)
    })
    .await
}

/// For what the secret of an account is sealed: moved to another account it opens no more.
fn purpose(account: i64) -> String {
    format!("factor {account}")
}

fn recovery_codes() -> Result<Vec<String>, Failure> {
    let code = || -> Result<String, Failure> {
        let letters = seal::random::<LETTERS_OF_CODE>()?.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
        let (one, other) = letters.split_at(LETTERS_OF_CODE / 2);
        Ok(format!("{}-{}", String::from_iter(one), String::from_iter(other)))
    };
    (0..CODES).map(|_| code()).collect()
}

pub(super) fn line(at: Timestamp, who: &str, what: &str, subject: &str) -> AuditLine {
    AuditLine { at, who: who.to_owned(), what: what.to_owned(), subject: subject.to_owned(), was: String::new(), becomes: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            let of = |at: i64| step_of(b"12345678901234567890".to_vec(), code, Timestamp(at)).ok().flatten();
            assert_eq!(of(at), Some(at / 30), "{at}");
            assert_eq!((of(at + 30), of(at - 30)), (Some(at / 30), Some(at / 30)), "clocks differ");
            assert_eq!((of(at + 90), of(at - 90)), (None, None));
        }
    }

    #[test]
    fn what_is_typed_is_read_as_it_is_meant() {
        for (typed, read) in [("287 082", "287082"), (" 287-082 ", "287082"), ("ABCDE-fghjk", "abcdefghjk"), ("", "")] {
            assert_eq!(plain(typed), read);
        }
        let codes = recovery_codes().unwrap_or_default();
        assert!(codes.len() == CODES && codes.iter().all(|code| code.len() == 11 && plain(code).len() == LETTERS_OF_CODE));
    }
}
