//! Agents that speak: so many reports a second, signed and compressed, over HTTP.
//!
//! Comes in: an address, how many. Goes out: the load, until it is stopped; how much of it was taken. Each agent tells its picture whole once, then
//! every second a difference that moves three stations. All is signed beforehand: what the bench itself costs stays small. It is sent by a thread of its
//! own that steps back: agents live on other machines, what they cost is not to be waited for.

use crate::ROOMS;
use reqwest::Client;
use rollcall_agent::uplink::with_signature;
use rollcall_collector::web::agents::REPORTS;
use rollcall_shared::report::Receipt;
use rollcall_shared::sign::{SignedHeaders, sign};
use rollcall_shared::{AgentId, Batch, Content, wire};
use rollcall_tests::collector::report;
use rollcall_tests::country::{self, NOW};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Seconds for which reports are prepared; the load ends by itself after them.
const SECONDS: u64 = 240;
/// Requests under way at once.
const AT_ONCE: usize = 32;
/// How far the agents' thread steps back.
const STEPS_BACK: i32 = 10;

/// Where agents live: one thread.
pub fn elsewhere() -> Runtime {
    let steps_back = || rustix::process::setpriority_process(None, STEPS_BACK).unwrap();
    Builder::new_multi_thread().worker_threads(1).on_thread_start(steps_back).enable_all().build().unwrap()
}

/// A load that is being sent.
pub struct Sending {
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
    taken: Arc<AtomicU64>,
    room: Arc<tokio::sync::Semaphore>,
    began: Instant,
}

impl Sending {
    /// Ends it; what it was, in words.
    pub async fn stop(self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        let seconds = self.began.elapsed().as_secs_f64();
        self.task.await.unwrap();
        // What is under way arrives.
        let _all = self.room.acquire_many(AT_ONCE as u32).await.unwrap();
        format!("{:.0} reports a second were taken meanwhile, for {seconds:.0} s", self.taken.load(Ordering::Relaxed) as f64 / seconds)
    }
}

struct Request {
    body: Vec<u8>,
    signed: SignedHeaders,
}

/// Agents that the server knows, each with a report a second to tell.
pub struct Agents {
    client: Client,
    url: String,
    turns: std::vec::IntoIter<Vec<Request>>,
    count: u32,
}

/// So many agents tell their pictures whole: they are not what is measured, and pages of their schools show them from then on.
pub async fn introduce(base: String, schools: u32, agents: u32) -> Agents {
    let agents = agents.min(schools);
    let client = Client::builder().no_proxy().pool_max_idle_per_host(AT_ONCE).build().unwrap();
    let url = format!("{base}{REPORTS}");
    let prepared: Vec<Vec<Request>> = (0..agents).map(requests).collect();
    let mut by_turn: Vec<Vec<Request>> = (0..=SECONDS).map(|_| Vec::new()).collect();
    for requests in prepared {
        requests.into_iter().zip(&mut by_turn).for_each(|(request, turn)| turn.push(request));
    }
    let mut turns = by_turn.into_iter();
    for request in turns.next().unwrap_or_default() {
        send(&client, &url, request).await;
    }
    Agents { client, url, turns, count: agents }
}

/// Starts them.
pub fn start(elsewhere: &Runtime, agents: Agents) -> Sending {
    let Agents { client, url, turns, count: agents } = agents;
    let (stop, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (stopped, counted, began) = (stop.clone(), taken.clone(), Instant::now());
    let room = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let permits = room.clone();
    let task = elsewhere.spawn(async move {
        for (turn, requests) in (1u32..).zip(turns) {
            let pause = Duration::from_secs(1) / agents.max(1);
            for (number, request) in (0u32..).zip(requests) {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                tokio::time::sleep_until((began + Duration::from_secs(1) * (turn - 1) + pause * number).into()).await;
                let permit = permits.clone().acquire_owned().await.unwrap();
                let (client, url, counted) = (client.clone(), url.clone(), counted.clone());
                tokio::spawn(async move {
                    send(&client, &url, request).await;
                    counted.fetch_add(1, Ordering::Relaxed);
                    drop(permit);
                });
            }
        }
    });
    Sending { stop, task, taken, room, began }
}

async fn send(client: &Client, url: &str, request: Request) {
    let post = client.post(url).header("content-type", "application/json").header("content-encoding", "zstd");
    let answer = with_signature(post, request.signed).body(request.body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let receipt: Receipt = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert!(matches!(receipt.answers[0].outcome, rollcall_shared::report::Outcome::Accepted), "{:?}", receipt.answers[0].outcome);
}

/// All that one agent will send: its picture, then differences.
fn requests(number: u32) -> Vec<Request> {
    let key = country::key(number);
    let agent = AgentId(i64::from(number) + 1);
    // A store that was used before knows older numbers.
    let first = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let pictures = [country::picture(number, ROOMS, 0), country::picture(number, ROOMS, 1)];
    let whole = std::iter::once((Content::Full(pictures[0].to_groups()), &pictures[0]));
    let turned = (1..=SECONDS as usize).map(|turn| {
        let (before, after) = (&pictures[(turn - 1) % 2], &pictures[turn % 2]);
        (Content::Difference { from: before.hash(), change: before.difference_to(after) }, after)
    });
    whole
        .chain(turned)
        .zip(0i64..)
        .map(|((content, after), turn)| {
            let at = NOW + turn;
            let batch = Batch { agent, sent_at: at, reports: vec![report(7, first + turn as u64, at, content, after)] };
            let body = wire::encode(&batch).unwrap();
            let signed = sign(&key, &format!("agent:{agent}"), "POST", REPORTS, &body, at);
            Request { body, signed }
        })
        .collect()
}
