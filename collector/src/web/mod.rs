//! The web: pages for people, JSON for programs, doors for agents.
//!
//! Reading order: [`Web`] is the state that all handlers share, [`router`] lists every door, `serve` holds the listener;
//! `access` says who may open which, `visitor` and `session` who asks, `error` how no is said, `words` how we speak, `pages` what is shown, `api` the
//! same for programs, `live` what changes. Comes in: HTTP requests. Goes out: answers. Absent on purpose: judgement
//! (`domain`), SQL (`store`), and the clock, which `main` hands down.

pub mod access;
pub mod agent_keys;
pub mod agents;
pub mod api;
pub mod assets;
pub mod curve;
pub mod deed;
pub mod errand;
mod error;
pub mod evidence_file;
pub mod fault_line;
mod figures;
mod guard;
mod health;
pub mod hear;
pub mod link;
pub mod live;
pub mod map;
pub mod metrics;
pub mod own;
pub mod pages;
pub mod password;
pub mod people;
pub mod picture;
pub mod planned;
pub mod proof;
pub mod provider;
pub mod punctuality;
pub mod quota;
pub mod rollout;
pub mod second;
mod serve;
pub mod session;
pub mod sheet_answer;
pub mod sums;
pub mod tls;
pub mod topology;
mod upload;
pub mod visitor;
pub mod words;
pub mod year;

use crate::config::Config;
use crate::domain::language::Language;
use crate::seal::Seal;
use crate::store::{self, Db, Tx};
use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use error::Failure;
use jiff::tz::TimeZone;
pub use pages::SET_PASSWORD;
use rollcall_shared::Timestamp;
use rustls::ServerConfig;
pub use serve::serve;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
pub use tls::Clock;
use tokio::sync::watch;
use words::Words;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inside>);

/// The fields behind [`Web`].
pub struct Inside {
    /// The database.
    pub db: Db,
    /// Reads the clock.
    pub clock: Clock,
    /// The programme's time zone.
    pub zone: TimeZone,
    /// The settings.
    pub config: Config,
    /// Cookies are marked secure: people come by https.
    pub secure: bool,
    /// Seconds without a click after which a session ends.
    pub session_idle_s: i64,
    /// Seconds after which a session ends in any case.
    pub session_absolute_s: i64,
    /// TLS to serve with; `None`: plain.
    pub tls: Option<Arc<ServerConfig>>,
    /// Pin of our own authority, carried by enrolment codes; `None`: certificates of others.
    pub pin: Option<[u8; 32]>,
    /// Figures.
    pub metrics: metrics::Metrics,
    /// Keys of agents.
    pub agent_keys: agent_keys::AgentKeys,
    /// The way in of reports.
    pub ingest: crate::ingest::Ingest,
    /// Where changes are told.
    pub live: live::Live,
    /// The plan in force.
    pub planned: planned::Kept,
    /// Sums, where there is much to add up.
    pub sums: sums::Sums,
    /// Calendars of schools.
    pub calendars: crate::calendars::Kept,
    /// Failed sign-ins.
    pub throttle: password::Throttle,
    /// Passwords that are hashed at a time.
    pub hashing: password::Hashing,
    /// The town's own sign-in, where there is one.
    pub provider: Option<provider::Provider>,
    /// Seals what lies in the database and must not be read there.
    pub seal: crate::seal::Seal,
    /// How often programs ask.
    pub quota: quota::Quota,
    /// Turns true when the server stops.
    pub stop: watch::Receiver<bool>,
    stopping: watch::Sender<bool>,
}

/// Seconds for which a school that was settled rests while reports of it come in; what people do there is settled at once.
const SETTLED_FOR_S: i64 = 10;
/// The mark of the key with which this database was begun, in `meta`.
const KEY_MARK: &str = "secret_key_mark";

/// Says so where a database was begun with another key: second factors and links that one collector made would be nothing to the other.
fn know_key(db: &Db, seal: &Seal, folder: &Path) -> Result<()> {
    let mark = seal.mark("this database", "");
    if let Some(known) = db.read(|tx| store::meta::get(tx, KEY_MARK))? {
        if known != mark {
            let key = crate::seal::key_path(folder);
            tracing::error!(
                key = %key.display(),
                "this key is not the one with which the database was begun: second factors and links made with that one do not open here. \
                 Copy the first collector's secret.key to this path; if it is lost, take second factors off so that people set them up anew"
            );
        }
        return Ok(());
    }
    // A database that takes no writes now (a full disk) is served all the same, and marked another time.
    if let Err(error) = db.write(move |tx| store::meta::set(tx, KEY_MARK, &mark)) {
        tracing::warn!(%error, "the database could not be marked with this collector's key");
    }
    Ok(())
}

impl std::ops::Deref for Web {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

impl Web {
    /// Puts the state together: opens what TLS needs, nothing else.
    pub fn new(db: Db, config: Config, clock: Clock) -> Result<Web> {
        use crate::config::Tls;
        let (tls, pin) = match config.server.tls {
            Tls::Own => {
                let own = tls::own(&config.store.folder, &config.server.hosts, clock.clone())?;
                (Some(own.config), Some(own.pin))
            }
            Tls::Files => (Some(tls::files(&config.server.certificate, &config.server.key)?), None),
            Tls::Proxy | Tls::Off => (None, None),
        };
        let seal = Seal::load(&config.store.folder)?;
        know_key(&db, &seal, &config.store.folder)?;
        let (stopping, stop) = watch::channel(false);
        Ok(Web(Arc::new(Inside {
            ingest: crate::ingest::Ingest::new(db.clone()).resting(SETTLED_FOR_S),
            db,
            clock,
            zone: config.zone()?,
            secure: config.is_secure(),
            session_idle_s: config.session.idle_hours * 3_600,
            session_absolute_s: config.session.absolute_days * 86_400,
            tls,
            pin,
            metrics: metrics::Metrics::default(),
            live: live::Live::default(),
            planned: planned::Kept::default(),
            sums: sums::Sums::default(),
            calendars: crate::calendars::Kept::default(),
            throttle: password::Throttle::default(),
            hashing: password::Hashing::default(),
            provider: provider::Provider::new(&config.oidc)?,
            seal,
            quota: quota::Quota::default(),
            agent_keys: agent_keys::AgentKeys::default(),
            stop,
            stopping,
            config,
        })))
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Words in a language, now.
    pub fn words(&self, language: Language) -> Words {
        Words { language, zone: self.zone.clone(), now: self.now() }
    }

    /// Reads from the database, where waiting holds up nobody else.
    pub async fn read<T, F>(&self, look: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let db = self.db.clone();
        // SQLite answers from this process: no other thread is woken for it. A server may let us wait, and a request has its time.
        let read = if db.is_postgres() { session::blocking(move || db.read(look)).await } else { session::here(move || db.read(look)).await };
        read?.map_err(|Stop(failure)| failure)
    }

    /// Writes to the database on a blocking thread; answers after the commit.
    pub async fn write<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    {
        let (db, began) = (self.db.clone(), Instant::now());
        let done = session::blocking(move || db.write(job)).await?.map_err(|Stop(failure)| failure);
        self.metrics.write_s.observe(began.elapsed().as_secs_f64());
        done
    }

    /// The calendar of a school; of one that is not there: of no zone.
    pub fn calendar(&self, tx: &mut Tx<'_>, school: rollcall_shared::SchoolId) -> store::Result<crate::domain::calendar::Calendar> {
        let known = store::school::school_by_id(tx, school)?.map(|known| known.school).unwrap_or_default();
        Ok(self.calendars.get(tx)?.calendar(&known, &self.zone))
    }

    /// The address that people and agents use.
    pub fn public_url(&self) -> String {
        let server = &self.config.server;
        if !server.public_url.is_empty() {
            return server.public_url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let host = server.hosts.iter().find(|host| host.as_str() != "localhost").map_or("localhost", String::as_str);
        format!("{scheme}://{host}:{}", server.listen.port())
    }

    fn session_cookie(&self) -> &'static str {
        if self.secure { "__Host-rollcall" } else { "rollcall" }
    }

    fn away_cookie(&self) -> &'static str {
        if self.secure { "__Host-rollcall-away" } else { "rollcall-away" }
    }

    fn known_cookie(&self) -> &'static str {
        if self.secure { "__Host-rollcall-known" } else { "rollcall-known" }
    }

    fn visit_cookie(&self) -> &'static str {
        if self.secure { "__Host-rollcall-visit" } else { "rollcall-visit" }
    }

    /// Tells everybody who serves to finish.
    pub fn stop(&self) {
        let _ = self.stopping.send(true);
    }
}

/// A failure inside a database job: what the store says, or what the job found out.
#[derive(Debug)]
pub struct Stop(pub Failure);

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop(error.into())
    }
}

/// Every door.
pub fn router(web: &Web) -> Router {
    let plain = Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).route("/metrics", get(figures::figures));
    let people = Router::new()
        .route("/sign-in", get(session::sign_in).post(session::sign_in_form))
        .route("/sign-in/provider", get(provider::leave))
        .route("/sign-in/provider/back", get(provider::back))
        .route("/sign-in/code", post(session::code_form))
        .route("/sign-in/link", get(link::ask).post(link::asked))
        .route("/sign-in/link/{token}", get(link::show).post(link::open))
        .route("/sign-out", post(session::sign_out))
        .route("/welcome/{token}", get(session::welcome).post(session::welcome_form))
        .route("/preferences", post(session::preferences))
        .merge(pages::routes())
        .fallback(|| async { Failure::NotFound });
    let agents = Router::new().route(agents::REPORTS, post(agents::reports)).route(agents::ENROL, post(agents::enrol));
    let timed = plain.merge(agents).merge(people).merge(api::routes(web)).merge(assets::routes());
    let timed = guard::timed(timed, web);
    guard::guarded(access::kept(timed.route("/live", get(live::listen)), web), web).with_state(web.clone())
}

/// Whether the database can be written and its tables are those of this program.
async fn ready(State(web): State<Web>) -> Response {
    match web.write(|tx| Ok(store::probe(tx)?)).await {
        Ok(()) => "ready\n".into_response(),
        Err(failure) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {failure}\n")).into_response(),
    }
}
