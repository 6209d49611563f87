//! The listener: accepts connections, plain or TLS, and hands them to the router until told to stop.
//!
//! Comes in: a listener (tests bind port 0), the state, a future that ends when it is time. Goes out: nothing; requests
//! under way are finished first. Absent on purpose: routes, and who decides to stop.

use super::{Peer, Web, router};
use anyhow::Result;
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// A TLS handshake that takes longer is given up.
const HANDSHAKE_S: u64 = 10;
/// A request's head that takes longer is given up.
const HEAD_S: u64 = 20;
/// How long requests under way may take when the server stops.
const FINISH_S: u64 = 10;

/// Serves until `shutdown` ends, then finishes what is under way.
pub async fn serve(listener: TcpListener, web: Web, shutdown: impl Future<Output = ()>) -> Result<()> {
    let router = router(&web);
    let acceptor = web.tls.clone().map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(web.config.server.connections));
    let mut open = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        while open.try_join_next().is_some() {}
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, or a peer that was gone at once: the next may do better.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let (web, router, acceptor) = (web.clone(), router.clone(), acceptor.clone());
        open.spawn(async move {
            connection(stream, peer, &web, router, acceptor).await;
            drop(place);
        });
    }
    drop(listener);
    web.stop();
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(FINISH_S), all).await.is_err() {
        tracing::warn!("some requests did not finish in {FINISH_S} s");
    }
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, web: &Web, router: Router, acceptor: Option<TlsAcceptor>) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => speak(stream, peer, web, router).await,
        Some(acceptor) => match tokio::time::timeout(Duration::from_secs(HANDSHAKE_S), acceptor.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, peer, web, router).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        },
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, peer: SocketAddr, web: &Web, router: Router) {
    let named = router.map_request(move |mut request: axum::http::Request<_>| {
        request.extensions_mut().insert(Peer(peer));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(HEAD_S));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(named));
    tokio::pin!(connection);
    let mut stop = web.stop.clone();
    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error = %error, "connection ended early");
    }
}
