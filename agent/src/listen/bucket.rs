//! A bound on how often something may happen: so many at once, then so many a second.
//!
//! Comes in: moments, in order. Goes out: yes or no. Absent on purpose: waiting ([`crate::probes::pace`] does that), the clock.

use std::time::Duration;
use tokio::time::Instant;

/// Tokens that come back with time.
#[derive(Debug, Clone)]
pub struct Bucket {
    size: u32,
    gap: Duration,
    /// When the bucket is full again.
    full_at: Option<Instant>,
}

impl Bucket {
    /// `size` at once, then one each `gap`.
    pub fn new(size: u32, gap: Duration) -> Bucket {
        Bucket { size, gap, full_at: None }
    }

    /// Takes one token, if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.map_or(now, |at| at.max(now)) + self.gap;
        let takes = full_at - now <= self.gap * self.size;
        if takes {
            self.full_at = Some(full_at);
        }
        takes
    }

    /// When there is a token again.
    pub fn ready_at(&self, now: Instant) -> Instant {
        let last = self.gap * self.size.saturating_sub(1);
        self.full_at.and_then(|at| at.checked_sub(last)).map_or(now, |at| at.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_trickle() {
        let (mut bucket, start) = (Bucket::new(3, Duration::from_secs(1)), Instant::now());
        let mut took = |after_ms| bucket.take(start + Duration::from_millis(after_ms));
        assert_eq!([0, 0, 0, 0, 900, 1_000, 1_500, 60_000].map(&mut took), [true, true, true, false, false, true, false, true]);
    }

    #[test]
    fn it_says_when_there_is_one_again() {
        let (mut bucket, start) = (Bucket::new(2, Duration::from_secs(1)), Instant::now());
        assert_eq!(bucket.ready_at(start), start);
        assert!(bucket.take(start) && bucket.take(start) && !bucket.take(start));
        let at = bucket.ready_at(start);
        assert_eq!(at, start + Duration::from_secs(1));
        assert!(!bucket.take(at - Duration::from_millis(1)) && bucket.take(at));
    }
}
