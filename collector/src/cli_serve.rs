//! Shell: `rollcall-collector serve`: the runtime, the listener, the signals.
//!
//! Comes in: an open database, checked settings, the clock. Goes out: a server until SIGTERM or Ctrl-C. Absent on purpose:
//! routes (`web`), and reading the clock.

use crate::config::{Config, Tls};
use crate::decide;
use crate::notify::Notify;
use crate::settle::Settle;
use crate::store::Db;
use crate::store::retention::Keep;
use crate::watch;
use crate::web::live::Topic;
use crate::web::{Clock, Web, serve, session};
use anyhow::{Context, Result};
use std::io::Write;
use std::time::{Duration, Instant};

/// How long a mark may wait before its school is settled.
const SETTLE_EVERY: Duration = Duration::from_millis(500);
/// How often it is looked for who fell silent and what has been kept long enough, also while there is much to settle.
const WATCH_EVERY: Duration = Duration::from_secs(5);

/// How long news may wait before it is looked at.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// Serves until told to stop.
pub fn run(db: Db, config: Config, clock: Clock) -> Result<()> {
    crate::small_pages();
    let link = session::first_admin_link(&db, clock())?;
    let (listen, plain) = (config.server.listen, config.server.tls == Tls::Off);
    let public = config.server.public_url.trim_end_matches('/').to_owned();
    let web = Web::new(db, config, clock)?;
    // The database is closed by whoever may wait: no thread of the runtime is the last to let go of it.
    let _last = web.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
        let address = listener.local_addr()?;
        let scheme = if plain { "http" } else { "https" };
        let base = if public.is_empty() { format!("{scheme}://{address}") } else { public };
        println!("rollcall-collector listens on {base}");
        if let Some(path) = link {
            println!("First administrator: open {base}{path} within 24 hours (the link works once).");
        }
        std::io::stdout().flush()?;
        let settler = std::thread::Builder::new().name("settle".to_owned()).spawn({
            let web = web.clone();
            move || keep_settling(&web)
        })?;
        let rereader = std::thread::Builder::new().name("reread".to_owned()).spawn({
            let web = web.clone();
            move || reread(&web)
        })?;
        let summer = std::thread::Builder::new().name("sums".to_owned()).spawn({
            let web = web.clone();
            move || keep_sums(&web)
        })?;
        // Nobody waits for its end: what it sends when the server stops is sent again.
        std::thread::Builder::new().name("notify".to_owned()).spawn({
            let notify = Notify::new(web.clone())?;
            let web = web.clone();
            move || keep_telling(&web, &notify)
        })?;
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        let served = serve(listener, web.clone(), stop_signal()).await;
        web.stop();
        let _ = settler.join();
        let _ = rereader.join();
        let _ = summer.join();
        served
    })
}

/// How far a thread steps back that nobody waits for.
const STEPS_BACK: i32 = 19;

/// Tells people until the server stops.
fn keep_telling(web: &Web, notify: &Notify) {
    crate::step_back(STEPS_BACK);
    while !*web.stop.borrow() {
        if let Err(error) = notify.tick() {
            // What was not told waits for the next tick.
            tracing::error!(error = format!("{error:#}"), "telling people failed");
        }
        std::thread::sleep(TELL_EVERY);
    }
}

/// Adds up fresh sums for pages until the server stops.
pub fn keep_sums(web: &Web) {
    crate::step_back(STEPS_BACK);
    web.sums.keep_fresh(&web.db.beside(), || web.now(), || *web.stop.borrow());
}

/// A newer program may recognise more: what agents told last is looked at again, beside the work.
fn reread(web: &Web) {
    crate::step_back(STEPS_BACK);
    match decide::reread_all(&web.db.beside(), &web.ingest, web.now(), || !*web.stop.borrow()) {
        Ok(pictures) => tracing::info!(pictures, "kept pictures read again"),
        Err(error) => tracing::error!(error = format!("{error:#}"), "kept pictures could not all be read again"),
    }
}

/// Settles what is due until the server stops, and tells open pages what changed.
pub fn keep_settling(web: &Web) {
    crate::step_back(STEPS_BACK);
    let db = web.db.beside();
    let settle = Settle::new(db.clone(), web.zone.clone());
    let mut watched_at: Option<Instant> = None;
    while !*web.stop.borrow() {
        if watched_at.is_none_or(|at| at.elapsed() >= WATCH_EVERY) {
            watched_at = Some(Instant::now());
            if let Err(error) = watch::tick(&db, &Keep::default(), web.now()) {
                // Whoever fell silent still is at the next look.
                tracing::error!(%error, "looking for who fell silent failed");
            }
        }
        let some = settle_some(web, &settle).unwrap_or_else(|error| {
            // The marks stand: the next drain tries again.
            tracing::error!(error = format!("{error:#}"), "settling failed");
            false
        });
        if !some {
            std::thread::sleep(SETTLE_EVERY);
        }
    }
}

/// Settles all that is due now, and tells open pages what changed.
pub fn settle_and_tell(web: &Web, settle: &Settle) -> Result<()> {
    while settle_some(web, settle)? {}
    Ok(())
}

/// The same for as many schools as one drain takes; whether there were any.
fn settle_some(web: &Web, settle: &Settle) -> Result<bool> {
    let began = Instant::now();
    let settled = settle.drain(web.now())?;
    let took = began.elapsed().saturating_sub(settle.waited());
    if settled.is_empty() {
        return Ok(false);
    }
    web.metrics.settled.inc_by(settled.len() as u64);
    web.metrics.settle_s.observe(took.as_secs_f64() / settled.len() as f64);
    for school in settled.iter().filter(|school| school.changed) {
        web.live.tell(Topic::School(school.school));
    }
    if settled.iter().any(|school| school.changed) {
        web.live.tell(Topic::Overview);
    }
    if settled.iter().any(|school| school.faults) {
        web.live.tell(Topic::Faults);
    }
    Ok(true)
}

/// Ends on SIGTERM or Ctrl-C.
async fn stop_signal() {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    let interrupt = tokio::signal::ctrl_c();
    match terminate {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
