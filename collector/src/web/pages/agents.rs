//! `/agents`: who reports, who does not, what each may look at and what troubles it met.
//!
//! Comes in: agents of the store. Goes out: the page; an administrator can revoke one. Absent on purpose: orders to agents
//! (they take none).

use super::{Frame, Page, ROWS, is_silent, render};
use crate::domain::right::Right;
use crate::store::account::{self, AuditLine};
use crate::store::{report, view};
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::visitor::{Admin, Signed};
use crate::web::words::{State, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State as Shared};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::AgentId;
use rollcall_shared::report::{ProbeRun, Trouble};
use serde::Deserialize;

/// A clock that is off by more is said.
const SKEW_S: i64 = 60;
/// Troubles shown of one agent.
const TROUBLES: usize = 8;

#[derive(Template)]
#[template(path = "pages/agents.html")]
struct Agents {
    frame: Frame,
    title: String,
    agents: Vec<AgentCard>,
    next: Option<i64>,
}

struct AgentCard {
    id: i64,
    host: String,
    version: String,
    state: State,
    revoked: bool,
    networks: Vec<String>,
    last: Option<When>,
    reported: Option<When>,
    every: String,
    rounds: i64,
    number: i64,
    stream: String,
    skew: Option<String>,
    refused: i64,
    probes: Vec<(String, String, u32, u32, u64, bool)>,
    troubles: Vec<(String, String)>,
    more_troubles: usize,
}

/// The address's query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: i64,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let state = web.clone();
    let (rows, (total, reporting)) =
        web.read(move |tx| -> Result<_, Stop> { Ok((view::agent::list(tx, asked.after, ROWS + 1)?, state.sums(tx)?.reporting(tx)?)) }).await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let mut agents: Vec<AgentCard> = shown.iter().map(|row| card(words, row)).collect();
    // Those who are not heard of come first: they are what one came for.
    agents.sort_by_key(|agent| (agent.revoked, agent.state.code != "shadow", agent.host.clone()));
    render(&Agents {
        frame: Frame::new(&web, &signed.visitor, "agents-title", "/agents").listening("agents"),
        title: words.n_of("agents-count", reporting, total),
        agents,
        next: (rows.len() > shown.len()).then(|| shown.last()).flatten().map(|last| last.id.0),
    })
}

fn card(words: &Words, row: &view::agent::AgentRow) -> AgentCard {
    let probes: Vec<ProbeRun> = serde_json::from_str(&row.probes).unwrap_or_default();
    let troubles: Vec<Trouble> = serde_json::from_str(&row.troubles).unwrap_or_default();
    let state = match row {
        row if row.revoked_at.is_some() => "missing",
        row if row.paused => "quiet",
        row if is_silent(row, words.now) => "shadow",
        _ => "present",
    };
    AgentCard {
        id: row.id.0,
        host: row.host.clone(),
        version: row.version.clone(),
        state: State { code: state, word: words.coded("agent-state-", state) },
        revoked: row.revoked_at.is_some(),
        networks: serde_json::from_str(&row.networks).unwrap_or_default(),
        last: (row.contact_at.0 > 0).then(|| words.when(row.contact_at)),
        reported: (row.reported_at.0 > 0).then(|| words.when(row.reported_at)),
        every: words.lasting(row.every_s),
        rounds: row.round_count,
        number: row.number,
        stream: row.stream.map(|stream| format!("{stream:016x}")).unwrap_or_default(),
        skew: (row.skew_s.abs() > SKEW_S).then(|| words.named("agents-skew", &words.lasting(row.skew_s.abs()))),
        refused: row.refused_count,
        probes: probes
            .into_iter()
            .take(40)
            .map(|run| (words.coded("probe-", &run.probe), run.network, run.asked, run.answered, run.took_ms, run.finished))
            .collect(),
        more_troubles: troubles.len().saturating_sub(TROUBLES),
        troubles: troubles.into_iter().take(TROUBLES).map(|trouble| (trouble.code, trouble.text)).collect(),
    }
}

/// The form token alone.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// Refuses an agent from now on; its spool stays with it.
pub async fn revoke(Shared(web): Shared<Web>, Admin(signed): Admin, Path(id): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    revoked(&web, &signed, id).await?;
    Ok(Redirect::to("/agents").into_response())
}

/// Refuses an agent, for a form or for a program.
pub async fn revoked(web: &Web, signed: &Signed, id: i64) -> Result<(), Failure> {
    signed.must(Right::Administer)?;
    let (now, who) = (web.now(), signed.account.login.clone());
    let known = web
        .write(move |tx| -> Result<_, Stop> {
            let Some(agent) = report::agent_by_id(tx, AgentId(id))? else { return Ok(false) };
            if report::revoke_agent(tx, agent.id, now)? {
                let (what, subject) = ("agent.revoke".to_owned(), format!("{} {}", agent.id, agent.host));
                account::audit(tx, &AuditLine { at: now, who: who.clone(), what, subject, was: String::new(), becomes: "revoked".to_owned() })?;
            }
            Ok(true)
        })
        .await?;
    if !known {
        return Err(Failure::NotFound);
    }
    web.live.tell(Topic::Agents);
    Ok(())
}
