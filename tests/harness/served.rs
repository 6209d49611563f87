//! A collector's web in this process, on a free port, by the test's clock; browsers and programs that speak to it.
//!
//! Comes in: a database, the time. Goes out: its address, clients that are signed in. Absent on purpose: agents, settling.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Response, redirect};
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::store::account::{self, Bounds, Role};
use rollcall_collector::store::{self, Db};
use rollcall_collector::web::{Web, password, serve};
use rollcall_shared::Timestamp;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The password of every account that [`Served::add_account`] makes.
pub const PASSWORD: &str = "cheval batterie agrafe";

/// A collector that serves.
pub struct Served {
    /// `http://127.0.0.1:…`
    pub base: String,
    /// What it serves from.
    pub db: Db,
    /// Its state.
    pub web: Web,
    now: Timestamp,
    hash: String,
    _stop: oneshot::Sender<()>,
    _folder: tempfile::TempDir,
}

impl Served {
    /// Serves a database; its clock stands at `now`.
    pub async fn new(db: Db, now: Timestamp) -> Result<Served> {
        Served::with(db, now, |_| {}).await
    }

    /// The same with other settings.
    pub async fn with(db: Db, now: Timestamp, set: impl FnOnce(&mut Config)) -> Result<Served> {
        Served::by(db, now, Arc::new(move || now), set).await
    }

    /// The same by a clock that goes on.
    pub async fn by(db: Db, now: Timestamp, clock: rollcall_collector::web::Clock, set: impl FnOnce(&mut Config)) -> Result<Served> {
        Served::on(TcpListener::bind("127.0.0.1:0").await?, db, now, clock, set).await
    }

    /// The same on a listener of the test's.
    pub async fn on(
        listener: TcpListener,
        db: Db,
        now: Timestamp,
        clock: rollcall_collector::web::Clock,
        set: impl FnOnce(&mut Config),
    ) -> Result<Served> {
        let folder = tempfile::tempdir()?;
        let mut config = Config::default();
        config.server.tls = Tls::Off;
        config.store.folder = folder.path().to_owned();
        config.server.listen = listener.local_addr()?;
        set(&mut config);
        let web = Web::new(db.clone(), config, clock)?;
        let base = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = web.clone();
        tokio::spawn(async move { serve(listener, serving, async { drop(stopped.await) }).await });
        // The client is built with a library that wants its provider chosen, even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Hashing costs what it must cost: once.
        let hash = tokio::task::spawn_blocking(|| password::hash(PASSWORD)).await??;
        Ok(Served { base, db, web, now, hash, _stop: stop, _folder: folder })
    }

    /// Makes an account with these bounds.
    pub async fn add_account(&self, login: &str, role: Role, bounds: Bounds) -> Result<()> {
        let (db, login, hash, now) = (self.db.clone(), login.to_owned(), self.hash.clone(), self.now);
        tokio::task::spawn_blocking(move || {
            db.write(move |tx| -> store::Result<bool> {
                account::add(tx, &login, role, &hash, now)?;
                account::set_bounds(tx, &login, role, &bounds)
            })
        })
        .await??;
        Ok(())
    }

    /// A browser, or a program, that keeps cookies and follows nothing.
    pub fn client(&self) -> Result<Client> {
        Ok(Client::builder().cookie_store(true).no_proxy().redirect(redirect::Policy::none()).build()?)
    }

    /// A token for programs.
    pub async fn token(&self, login: &str) -> Result<String> {
        let asked = serde_json::json!({ "login": login, "password": PASSWORD });
        let answer = self.client()?.post(format!("{}/api/v1/session", self.base)).json(&asked).send().await?;
        ensure!(answer.status().is_success(), "{login}: {}", answer.status());
        let answer: serde_json::Value = answer.json().await?;
        Ok(answer["token"].as_str().context("no token")?.to_owned())
    }

    /// A browser that is signed in.
    pub async fn browser(&self, login: &str) -> Result<Browser> {
        let browser = Browser { base: self.base.clone(), client: self.client()? };
        let csrf = browser.csrf("/sign-in").await?;
        let form = [("login", login), ("password", PASSWORD), ("csrf", &csrf), ("next", "/")];
        let answer = browser.post("/sign-in", &form).await?;
        ensure!(answer.status().as_u16() == 303, "{login}: {}", answer.status());
        Ok(browser)
    }
}

/// Somebody's browser.
pub struct Browser {
    /// Address of the collector.
    pub base: String,
    /// With its cookies.
    pub client: Client,
}

impl Browser {
    /// Opens an address.
    pub async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.client.get(format!("{}{path}", self.base)).header("accept", "text/html").header("accept-language", "fr").send().await?)
    }

    /// The page at an address.
    pub async fn page(&self, path: &str) -> Result<String> {
        let answer = self.get(path).await?;
        ensure!(answer.status().as_u16() == 200, "{path}: {}", answer.status());
        Ok(answer.text().await?)
    }

    /// The form token of a page.
    pub async fn csrf(&self, path: &str) -> Result<String> {
        let page = self.get(path).await?.text().await?;
        let rest = page.split("name=\"csrf\" value=\"").nth(1).with_context(|| format!("{path} has no form"))?;
        Ok(rest.split('"').next().unwrap_or_default().to_owned())
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        Ok(self.client.post(format!("{}{path}", self.base)).header("accept", "text/html").form(form).send().await?)
    }
}
