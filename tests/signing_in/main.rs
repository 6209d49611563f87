//! Signing in with more than a password: an app's codes, and the town's own sign-in with a real OpenID provider.
//!
//! Comes in: a collector that serves, codes by the test's clock. Goes out: pass. Absent on purpose: strangers in numbers (`hostile_web`).

mod provider;
mod second;

use rollcall_collector::store::Db;
use rollcall_shared::Timestamp;
use rollcall_tests::database::{Database, sqlite};
use rollcall_tests::served::{Browser, Served};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Saturday 7 November 2026, 08:30 UTC.
pub const NOW: Timestamp = Timestamp(1_794_040_200);

/// A collector without schools, by a clock that the test moves.
pub struct Stage {
    pub(crate) served: Served,
    clock: Arc<AtomicI64>,
    _database: Database,
}

impl Stage {
    pub(crate) async fn new() -> Stage {
        let database = sqlite();
        let location = database.location.clone();
        let db = tokio::task::spawn_blocking(move || Db::open(&location, NOW).unwrap()).await.unwrap();
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let hands = clock.clone();
        let served = Served::by(db, NOW, Arc::new(move || Timestamp(hands.load(Ordering::SeqCst))), |_| {}).await.unwrap();
        Stage { served, clock, _database: database }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn stranger(&self) -> Browser {
        Browser { base: self.served.base.clone(), client: self.served.client().unwrap() }
    }
}

/// What stands between two texts on a page.
pub fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let rest = page.split(from).nth(1).unwrap_or_else(|| panic!("no {from:?} on the page: {page}"));
    rest.split(to).next().unwrap()
}
