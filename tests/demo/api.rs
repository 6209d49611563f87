//! The collector's JSON API as the demo reads it: schools, agents, devices, faults, every page of each list.
//!
//! Comes in: an address, a sign-in. Goes out: [`Seen`]. Absent on purpose: judgement (`score.rs`).

use super::score::{Seen, SeenDevice, SeenFault};
use anyhow::{Context, Result, bail};
use reqwest::{Client, Url};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Most pages of one list that are read: far beyond a town.
const MOST_PAGES: usize = 200;

/// A signed-in reader.
pub struct Api {
    base: Url,
    client: Client,
}

impl Api {
    /// For the collector at this address.
    pub fn new(address: &str) -> Result<Api> {
        // Another part of the program may have chosen its TLS library already; ours is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().cookie_store(true).timeout(Duration::from_secs(20)).no_proxy().build()?;
        Ok(Api { base: Url::parse(address)?, client })
    }

    /// Waits until it is ready to serve.
    pub async fn wait_until_ready(&self, most: Duration) -> Result<()> {
        let until = Instant::now() + most;
        loop {
            let answer = self.client.get(self.base.join("/readyz")?).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("the collector was not ready within {} s", most.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Signs in as a person does.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Result<()> {
        let page = self.client.get(self.base.join("/sign-in")?).send().await?.text().await?;
        let csrf =
            page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).context("the sign-in page has no form token")?;
        let form = [("login", login), ("password", password), ("csrf", csrf), ("next", "/healthz")];
        let answer = self.client.post(self.base.join("/sign-in")?).form(&form).send().await?;
        if answer.url().path() != "/healthz" {
            bail!("signing in ended at {} with {}", answer.url(), answer.status());
        }
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.client.get(self.base.join(path)?).header("accept", "application/json").send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("GET {path}: {status}: {}", text.chars().take(300).collect::<String>());
        }
        serde_json::from_str(&text).with_context(|| format!("GET {path}: not JSON"))
    }

    /// All rows of a list, page by page.
    async fn all(&self, path: &str) -> Result<Vec<Value>> {
        let mut rows = Vec::new();
        let mut next = format!("{path}?limit=500");
        for _ in 0..MOST_PAGES {
            let mut page = self.get(&next).await?;
            rows.extend(page["items"].as_array_mut().map(std::mem::take).unwrap_or_default());
            match page["next"].as_str() {
                Some(key) if !key.is_empty() => next = format!("{path}?limit=500&after={key}"),
                _ => break,
            }
        }
        Ok(rows)
    }

    /// All that the collector shows now.
    pub async fn seen(&self) -> Result<Seen> {
        let (schools, agents) = (self.all("/api/v1/schools").await?, self.all("/api/v1/agents").await?);
        let (devices, faults) = (self.all("/api/v1/devices").await?, self.all("/api/v1/faults").await?);
        let sum = |name: &str| schools.iter().map(|school| count(&school[name])).sum();
        Ok(Seen {
            schools: schools.iter().filter(|school| school["followed"] == true).count(),
            agents: agents.iter().filter(|agent| count(&agent["rounds"]) > 0).count(),
            places: sum("places"),
            installed: sum("installed"),
            missing: sum("missing"),
            devices: devices.iter().map(device).collect(),
            faults: faults.iter().map(fault).collect(),
        })
    }
}

fn count(value: &Value) -> usize {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn device(row: &Value) -> SeenDevice {
    let addresses = row["addresses"].as_array().cloned().unwrap_or_default();
    let part = |name: &str| addresses.iter().map(|address| text(&address[name])).filter(|text| !text.is_empty()).collect();
    SeenDevice {
        id: row["id"].as_i64().unwrap_or(0),
        kind: text(&row["kind"]),
        vendor: text(&row["vendor"]),
        model: text(&row["model"]),
        serial: text(&row["serial"]),
        macs: part("mac"),
        ips: part("ip"),
    }
}

fn fault(row: &Value) -> SeenFault {
    SeenFault {
        school: text(&row["school"]),
        code: text(&row["code"]),
        device: row["device"].as_i64(),
        kind: text(&row["facts"]["kind"]),
        count: count(&row["count"]),
    }
}
