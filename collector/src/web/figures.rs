//! `/metrics`: reads how the town stands, and tells it with what was counted.
//!
//! Comes in: a scrape. Goes out: text. From this machine itself it is open; from elsewhere, and behind a proxy, it wants a token of an account that
//! sees the whole programme. Absent on purpose: what the figures are called (`metrics`).

use super::error::Failure;
use super::metrics::{Form, Standing};
use super::visitor::Visitor;
use super::{Peer, Stop, Web};
use crate::config::Tls;
use crate::domain::right::Right;
use crate::store::sight::Eyes;
use crate::store::{outbox, view};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::path::Path;

/// The figures.
pub(super) async fn figures(
    State(web): State<Web>,
    peer: Option<Extension<Peer>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // Behind a proxy everybody comes from this machine.
    let near = web.config.server.tls != Tls::Proxy && peer.is_some_and(|Extension(Peer(address))| address.ip().to_canonical().is_loopback());
    if !near {
        let account = visitor.account.ok_or(Failure::NotSignedIn)?;
        if account.wanting {
            return Err(Failure::FactorWanting);
        }
        if !account.role.may(Right::SeeProgramme) || !account.eyes.see_all() {
            return Err(Failure::Forbidden);
        }
    }
    let (now, schools) = (web.now(), i64::from(web.config.metrics.schools));
    let mut standing = web
        .read(move |tx| -> Result<_, Stop> {
            let (outbox, oldest) = outbox::backlog(tx)?;
            Ok(Standing {
                agents: view::agent::reporting(tx, now)?,
                due: view::school::due(tx)?,
                outbox: (outbox, oldest.map_or(0, |at| now.since_s(at).max(0))),
                total: view::school::total(&mut Eyes::ALL.on(tx))?,
                schools: view::school::by_state(&mut Eyes::ALL.on(tx))?,
                worst: view::school::worst(&mut Eyes::ALL.on(tx), schools)?,
                ..Standing::default()
            })
        })
        .await?;
    standing.queued = web.db.queued() as i64;
    standing.listeners = web.live.listeners() as i64;
    standing.disk = disk(&web.config.store.folder);
    let form = Form::of(headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default());
    Ok(([(header::CONTENT_TYPE, form.media_type())], web.metrics.text(&standing, form)).into_response())
}

/// Size of the file system that holds a folder, and what of it is free.
fn disk(folder: &Path) -> Option<(u64, u64)> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some((told.f_blocks.saturating_mul(told.f_frsize), told.f_bavail.saturating_mul(told.f_frsize)))
}
