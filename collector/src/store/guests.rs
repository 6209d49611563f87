//! People who wait for a page, and what may wait for them.
//!
//! Comes in: that somebody came, that somebody has been answered. Goes out: a moment in which nobody waits, or that it took too long. Our threads step
//! back from people's pages by their priority, but that only says who gets a processor next: what already runs is not stopped at once, and the
//! processes of a database server that work for us do not step back at all. So they wait a moment before they begin something. Absent on purpose: who
//! is a guest (`web`), any promise that nobody is there.

use super::lock;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the writer waits before a group, at most: those who have something taken in wait for it.
pub(super) const WRITER_WAITS: Duration = Duration::from_millis(5);
/// How long work that nobody waits for waits before each of its parts, at most.
pub(super) const WORK_WAITS: Duration = Duration::from_millis(20);

/// How many are here.
#[derive(Default)]
pub(super) struct Guests {
    here: Mutex<usize>,
    gone: Condvar,
}

/// Somebody who waits for a page, until this is dropped.
pub struct Guest(Arc<Guests>);

impl Guests {
    pub(super) fn come(guests: &Arc<Guests>) -> Guest {
        *lock(&guests.here) += 1;
        Guest(guests.clone())
    }

    /// Waits until nobody is here, at most so long; how long it was.
    pub(super) fn let_through(&self, most: Duration) -> Duration {
        let here = lock(&self.here);
        if *here == 0 {
            return Duration::ZERO;
        }
        let began = Instant::now();
        drop(self.gone.wait_timeout_while(here, most, |here| *here > 0).unwrap_or_else(PoisonError::into_inner));
        began.elapsed()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = lock(&self.0.here);
        *here -= 1;
        if *here == 0 {
            self.0.gone.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_let_through_but_not_for_ever() {
        let guests: Arc<Guests> = Arc::default();
        assert_eq!(guests.let_through(Duration::from_secs(600)), Duration::ZERO, "nobody is here");
        let guest = Guests::come(&guests);
        let other = Guests::come(&guests);
        assert!(guests.let_through(Duration::from_millis(2)) >= Duration::from_millis(2), "they stay");
        drop(guest);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| guests.let_through(Duration::from_secs(600)));
            drop(other);
            assert!(waits.join().unwrap() < Duration::from_secs(600), "the last one went");
        });
    }
}
