//! Server-sent events: tells open pages *that* something changed, never what.
//!
//! Comes in: topics from whoever changed something (`settle`, `ingest`, people's clicks). Goes out: `changed` events on
//! `/live`. Absent on purpose: data and markup (the page fetches itself again, with its visitor's own rights), and a queue:
//! a listener that is too slow hears one `changed` for all that it missed.

use super::visitor::Signed;
use super::{Web, error::Failure};
use crate::store::view;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use rollcall_shared::SchoolId;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::{BroadcastStream, WatchStream};

/// Changes that may wait for a slow listener.
const WAITING: usize = 256;
/// Most topics that one page may name.
const MAX_TOPICS: usize = 16;
/// A proxy that closes idle lines waits longer than this.
const KEEP_ALIVE_S: u64 = 20;
/// Changes that come together are told together.
const GATHER_MS: u64 = 300;

/// What a page can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The figures of the whole programme.
    Overview,
    /// The list of faults.
    Faults,
    /// Agents and their contact.
    Agents,
    /// One school: its places, devices, timeline.
    School(SchoolId),
}

impl Topic {
    /// As pages write it: `overview`, `school:12`.
    pub fn text(self) -> String {
        match self {
            Topic::Overview => "overview".to_owned(),
            Topic::Faults => "faults".to_owned(),
            Topic::Agents => "agents".to_owned(),
            Topic::School(id) => format!("school:{id}"),
        }
    }
}

/// Where changes are told and heard. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    changes: broadcast::Sender<Topic>,
}

impl Default for Live {
    fn default() -> Self {
        Live { changes: broadcast::channel(WAITING).0 }
    }
}

impl Live {
    /// Tells that a topic changed. Never blocks; nobody listening is no error.
    pub fn tell(&self, topic: Topic) {
        let _ = self.changes.send(topic);
    }

    /// How many pages listen.
    pub fn listeners(&self) -> usize {
        self.changes.receiver_count()
    }
}

/// `?topics=school:12 faults`
#[derive(Debug, Deserialize)]
pub struct Wanted {
    topics: String,
}

/// `/live`: an event `changed` whenever one of the topics did.
pub async fn listen(
    State(web): State<Web>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let topics: BTreeSet<String> = wanted.topics.split_whitespace().take(MAX_TOPICS).map(str::to_owned).collect();
    let topics = seen(&web, &signed, topics).await?;
    let heard = BroadcastStream::new(web.live.changes.subscribe());
    // A gap (the listener was too slow) counts as a change of everything.
    let changes = heard.filter(move |change| {
        let wanted = change.as_ref().map_or(true, |topic| topics.contains(&topic.text()));
        std::future::ready(wanted)
    });
    let gathered = futures_util::stream::unfold(Box::pin(changes), |mut changes| async move {
        let _ = changes.next().await?;
        let pause = tokio::time::sleep(Duration::from_millis(GATHER_MS));
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                more = changes.next() => if more.is_none() { break },
            }
        }
        Some((Ok(Event::default().event("changed").data("1")), changes))
    });
    let stopped = stopped(web.stop.clone());
    Ok(Sse::new(gathered.take_until(stopped)).keep_alive(KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_S))))
}

/// Of the topics those whose school the account sees: when another changes is not its business.
async fn seen(web: &Web, signed: &Signed, topics: BTreeSet<String>) -> Result<BTreeSet<String>, Failure> {
    if signed.account.eyes.see_all() {
        return Ok(topics);
    }
    signed
        .read(web, move |tx| {
            let mut kept = BTreeSet::new();
            for topic in topics {
                let school = topic.strip_prefix("school:").map(|id| SchoolId(id.parse().unwrap_or(0)));
                if school.map_or(Ok(true), |school| view::school::sees(tx, school))? {
                    kept.insert(topic);
                }
            }
            Ok(kept)
        })
        .await
}

/// Ends when the server stops: an open page does not hold it up.
async fn stopped(stop: watch::Receiver<bool>) {
    let mut stops = WatchStream::new(stop);
    while let Some(stop) = stops.next().await {
        if stop {
            return;
        }
    }
}
