//! People's side against strangers: ten thousand sign-ins, forms of other sites, too large and malformed ones, planted sessions, and texts that want to run.
//!
//! Comes in: a collector that serves a filled store. Goes out: pass, or the door that gave way. Absent on purpose: agents' side (`hostile`), who may open
//! what (`access`).

mod doors;
mod html;
mod sessions;
mod sign_in;
mod texts;

use rollcall_collector::config::Config;
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_shared::Timestamp;
use rollcall_tests::database::{Database, sqlite};
use rollcall_tests::filled;
use rollcall_tests::served::{Browser, Served};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Saturday 7 November 2026, 08:30 UTC.
const NOW: Timestamp = Timestamp(1_794_040_200);

/// A collector by a clock that the test moves, with an administrator anne.
pub struct Stage {
    pub(crate) served: Served,
    clock: Arc<AtomicI64>,
    _database: Database,
}

impl Stage {
    pub(crate) async fn new(before: &str, after: &str, set: impl FnOnce(&mut Config)) -> Stage {
        let database = sqlite();
        let (location, before, after) = (database.location.clone(), before.to_owned(), after.to_owned());
        let db = tokio::task::spawn_blocking(move || {
            let db = Db::open(&location, NOW).unwrap();
            filled::fill_around(&db, &before, &after, NOW).unwrap();
            db
        });
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let hands = clock.clone();
        let served = Served::by(db.await.unwrap(), NOW, Arc::new(move || Timestamp(hands.load(Ordering::SeqCst))), set).await.unwrap();
        served.add_account("anne", Role::Admin, Bounds::default()).await.unwrap();
        Stage { served, clock, _database: database }
    }

    pub(crate) async fn plain() -> Stage {
        Stage::new("", "", |_| {}).await
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A browser of nobody.
    pub(crate) fn stranger(&self) -> Browser {
        Browser { base: self.served.base.clone(), client: self.served.client().unwrap() }
    }
}
