//! Shell: `rollcall-collector serve`: the runtime, the listener, the signals.
//!
//! Comes in: an open database, checked settings, the clock. Goes out: a server until SIGTERM or Ctrl-C. Absent on purpose:
//! routes (`web`), and reading the clock.

use crate::config::{Config, Tls};
use crate::store::Db;
use crate::web::{Clock, Web, serve, session};
use anyhow::{Context, Result};
use std::io::Write;

/// Serves until told to stop.
pub fn run(db: Db, config: Config, clock: Clock) -> Result<()> {
    let link = session::first_admin_link(&db, clock())?;
    let (listen, plain) = (config.server.listen, config.server.tls == Tls::Off);
    let public = config.server.public_url.trim_end_matches('/').to_owned();
    let web = Web::new(db, config, clock)?;
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
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        serve(listener, web, stop_signal()).await
    })
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
