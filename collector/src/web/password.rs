//! Passwords: argon2id, and a bounded memory of failed attempts.
//!
//! Comes in: what somebody typed, the instant. Goes out: a hash in PHC text, yes or no, how long to wait. Absent on purpose:
//! default passwords, and rules about letters and digits (a minimum of length does more).

use anyhow::{Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rollcall_shared::Timestamp;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 10;
/// Most bytes: hashing takes its time by the input as well.
pub const MAX_BYTES: usize = 512;
/// Attempts that cost nothing.
const FREE_ATTEMPTS: u32 = 5;
/// The same for an address: a whole town hall may sit behind one.
const FREE_OF_PEER: u32 = 50;
/// Keys of addresses begin so.
pub const PEER: &str = "peer ";
/// Failures are forgotten after so long without another.
const FORGOTTEN_S: i64 = 3_600;
/// Longest wait.
const MAX_WAIT_S: i64 = 900;
/// Names and addresses remembered; beyond it those with fewest failures are forgotten.
const REMEMBERED: usize = 10_000;

/// Compared against where no such account exists, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// Hashes a password. Takes tens of milliseconds and 19 MB: on a blocking thread.
pub fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow!("hashing a password: {error}"))?.to_string())
}

/// Whether the password fits the hash; without a hash it takes as long and says no. On a blocking thread.
pub fn fits(password: &str, hash: Option<&str>) -> bool {
    let known = hash.filter(|hash| !hash.is_empty());
    let verified =
        PasswordHash::new(known.unwrap_or(&NOBODY)).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    verified && known.is_some() && password.len() <= MAX_BYTES
}

/// Failed attempts by name and by address.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<String, (u32, Timestamp)>>,
}

impl Throttle {
    /// Seconds until this key may try again; `None`: now.
    pub fn wait_s(&self, key: &str, now: Timestamp) -> Option<u64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, last) = failures.get(key)?;
        let wait_s = pause_s(key, *count) - now.since_s(*last);
        u64::try_from(wait_s).ok().filter(|wait| *wait > 0)
    }

    /// Remembers a failed attempt.
    pub fn failed(&self, key: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED && !failures.contains_key(key) {
            failures.retain(|_, (_, last)| now.since_s(*last) < MAX_WAIT_S);
            // Whoever fills the memory with names does not make it forget the one that they try.
            if failures.len() >= REMEMBERED {
                let mut counts: Vec<u32> = failures.values().map(|(count, _)| *count).collect();
                let (_, middle, _) = counts.select_nth_unstable(REMEMBERED / 2);
                let middle = *middle;
                let mut most = REMEMBERED / 2;
                failures.retain(|_, (count, _)| {
                    let stays = *count > middle || (*count == middle && most > 0);
                    most = most.saturating_sub(usize::from(stays));
                    stays
                });
            }
        }
        let entry = failures.entry(key.to_owned()).or_insert((0, now));
        let before = if now.since_s(entry.1) < FORGOTTEN_S { entry.0 } else { 0 };
        *entry = (before.saturating_add(1), now);
    }

    /// Forgets the failures of a key that has succeeded.
    pub fn succeeded(&self, key: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Passwords hashed at a time: each takes 19 MB and a processor.
const AT_ONCE: usize = 4;
/// Longest wait for one's turn.
const TURN: Duration = Duration::from_secs(8);

/// Hashing within bounds: whoever asks for many at once waits, and then is told to come back.
#[derive(Debug)]
pub struct Hashing {
    places: Semaphore,
    turns: AtomicU64,
}

impl Default for Hashing {
    fn default() -> Self {
        Hashing { places: Semaphore::new(AT_ONCE), turns: AtomicU64::new(0) }
    }
}

impl Hashing {
    /// Waits for a turn; `None`: too many wait already. The turn ends when it is dropped.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let turn = tokio::time::timeout(TURN, self.places.acquire()).await.ok()?.ok()?;
        self.turns.fetch_add(1, Ordering::Relaxed);
        Some(turn)
    }

    /// Turns given so far.
    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }
}

/// Doubles with each failure beyond the free ones.
fn pause_s(key: &str, failures: u32) -> i64 {
    let free = if key.starts_with(PEER) { FREE_OF_PEER } else { FREE_ATTEMPTS };
    match failures.checked_sub(free) {
        None => 0,
        Some(beyond) => (1_i64 << beyond.min(10)).min(MAX_WAIT_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let known = hash("cheval batterie agrafe").unwrap();
        assert!(known.starts_with("$argon2id$"));
        for (password, hash, expected) in [
            ("cheval batterie agrafe", Some(known.as_str()), true),
            ("cheval batterie agraf", Some(known.as_str()), false),
            ("", Some(known.as_str()), false),
            ("nobody has this password", None, false),
            ("nobody has this password", Some(""), false),
            ("x", Some("not a hash"), false),
        ] {
            assert_eq!(fits(password, hash), expected, "{password:?}");
        }
    }

    #[test]
    fn failures_make_one_wait_and_time_heals() {
        let throttle = Throttle::default();
        let at = Timestamp(1_000);
        for _ in 0..FREE_ATTEMPTS {
            assert_eq!(throttle.wait_s("anne", at), None);
            throttle.failed("anne", at);
        }
        assert_eq!(throttle.wait_s("anne", at), Some(1));
        throttle.failed("anne", at);
        assert_eq!((throttle.wait_s("anne", at), throttle.wait_s("anne", at + 2)), (Some(2), None));
        assert_eq!(throttle.wait_s("bruno", at), None);
        for _ in 0..40 {
            throttle.failed("peer 192.0.2.1", at);
        }
        assert_eq!(throttle.wait_s("peer 192.0.2.1", at), None, "a town hall's own mistakes");
        let later = at + FORGOTTEN_S;
        throttle.failed("anne", later);
        assert_eq!(throttle.wait_s("anne", later), None, "yesterday's are forgotten");
        for _ in 1..=FREE_ATTEMPTS {
            throttle.failed("anne", later);
        }
        let at = later;
        throttle.succeeded("anne");
        assert_eq!(throttle.wait_s("anne", at), None);
        for _ in 0..9 {
            throttle.failed("anne", at);
        }
        for n in 0..REMEMBERED * 2 {
            throttle.failed(&n.to_string(), at);
        }
        assert!(throttle.failures.lock().unwrap().len() <= REMEMBERED);
        assert_eq!(throttle.wait_s("anne", at), Some(16), "a flood of other names does not make it forgotten");
    }
}
