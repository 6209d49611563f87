//! `/verdicts`: what people decided of deviations: silences for planned work, what is accepted, no fault, not ours; each can be taken back.
//!
//! Comes in: forms. Goes out: the page. Absent on purpose: what a decision covers (`domain/fault/verdict`).

use super::{Frame, Page, ROWS, render};
use crate::act;
use crate::domain::fault::{About, Decision, Verdict};
use crate::domain::kind::Kind;
use crate::domain::right::Right;
use crate::store::verdict::{self, Noted};
use crate::store::{school, view};
use crate::web::deed;
use crate::web::error::Failure;
use crate::web::visitor::Signed;
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::DeviceId;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Schools that the form offers.
const SCHOOLS: i64 = 500;

#[derive(Template)]
#[template(path = "pages/verdicts.html")]
struct Verdicts {
    frame: Frame,
    asked: Asked,
    verdicts: Vec<(&'static str, String, bool)>,
    schools: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
    phases: Vec<(String, String)>,
    lines: Vec<Shown>,
    next: Option<String>,
}

struct Shown {
    id: i64,
    verdict: String,
    about: String,
    reason: String,
    by: String,
    from: When,
    until: Option<String>,
    fault: Option<i64>,
}

/// A decision, from a form or as JSON; in the address of the page it fills the form.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = VerdictAsked)]
pub struct Asked {
    /// What is decided.
    #[schema(schema_with = crate::web::api::codes::verdicts, required = true)]
    pub verdict: String,
    /// Code of a school; empty: the whole town.
    pub school: String,
    /// Number of a device.
    pub device: String,
    /// Code of a sort of fault.
    pub code: String,
    /// Code of a kind.
    pub kind: String,
    /// Code of a kit.
    pub kit: String,
    /// Code of a phase.
    pub phase: String,
    /// A model, a pattern with `*`.
    pub model: String,
    /// First day, as 2026-11-30; empty: now.
    pub from: String,
    /// The day before which it ends; empty: until it is taken back.
    pub until: String,
    /// Why.
    pub reason: String,
    /// The form's token.
    #[schema(ignore)]
    pub csrf: String,
}

/// Where the list goes on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Before {
    before: Option<i64>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>, Query(from): Query<Before>) -> Page {
    let (now, state) = (web.now(), web.clone());
    let (rows, schools, planned) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let rows = verdict::list(tx, from.before.unwrap_or(i64::MAX), now, ROWS + 1)?;
            Ok((rows, view::school::list(tx, &view::school::Filter::default(), None, SCHOOLS)?, state.planned.get(tx)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let names: BTreeMap<i64, &str> = schools.iter().map(|row| (row.id.0, row.name.as_str())).collect();
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let last = (rows.len() > shown.len()).then(|| shown.last()).flatten();
    render(&Verdicts {
        frame: Frame::new(&web, &signed.visitor, "verdicts", "/faults"),
        verdicts: Verdict::ALL
            .iter()
            .map(|verdict| (verdict.code(), words.coded("verdict-", verdict.code()), asked.verdict == verdict.code()))
            .collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned())).collect(),
        phases: planned.plan.phases.iter().map(|phase| (phase.phase.clone(), phase.name.clone())).collect(),
        next: last.map(|last| format!("/verdicts?before={}", last.id)),
        lines: shown.iter().map(|noted| line(words, &names, noted)).collect(),
        schools: schools.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
        asked,
    })
}

fn line(words: &Words, schools: &BTreeMap<i64, &str>, noted: &Noted) -> Shown {
    let about = &noted.decision.about;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(about.code.as_deref().map(|code| words.coded("fault-", code)));
    parts.extend(about.device.map(|device| format!("#{device}")));
    parts.extend(about.kind.map(|kind| kind.label(words.language).to_owned()));
    parts.extend(about.kit.clone());
    parts.extend(about.phase.as_deref().map(|phase| words.phase_name(phase)));
    parts.extend(about.model.clone());
    parts.push(match about.school {
        Some(school) => schools.get(&school.0).map_or_else(|| format!("#{school}"), |name| (*name).to_owned()),
        None => words.t("verdict-town"),
    });
    Shown {
        id: noted.id,
        verdict: words.coded("verdict-", noted.decision.verdict.code()),
        about: parts.join(" · "),
        reason: noted.reason.clone(),
        by: noted.by.clone(),
        from: words.when(noted.decision.from_at),
        until: noted.decision.until_at.map(|until| words.day(until)),
        fault: noted.fault,
    }
}

/// Remembers a decision.
pub async fn add(State(web): State<Web>, signed: Signed, Form(asked): Form<Asked>) -> Page {
    signed.visitor.check_form(&asked.csrf)?;
    decided(&web, &signed, asked).await?;
    Ok(Redirect::to("/verdicts").into_response())
}

/// Remembers a decision; its id.
pub async fn decided(web: &Web, signed: &Signed, asked: Asked) -> Result<i64, Failure> {
    signed.must(Right::WorkOnFaults)?;
    let (words, now, by) = (signed.visitor.words.clone(), web.now(), signed.account.login.clone());
    let verdict = Verdict::from_code(&asked.verdict).ok_or_else(|| Failure::Bad(words.t("verdict-unknown")))?;
    if asked.reason.trim().is_empty() {
        return Err(Failure::Bad(words.t("verdict-no-reason")));
    }
    let (from_at, until_at) = (deed::day(&words, &asked.from)?.unwrap_or(now), deed::day(&words, &asked.until)?);
    if until_at.is_some_and(|until| until <= now.max(from_at)) {
        return Err(Failure::Bad(words.t("refusal-past")));
    }
    if verdict == Verdict::Silence && until_at.is_none() {
        return Err(Failure::Bad(words.t("verdict-no-end")));
    }
    signed
        .write(web, move |tx| -> Result<_, Stop> {
            let short = |text: &str| Some(text.trim().chars().take(act::SHORT).collect::<String>()).filter(|text| !text.is_empty());
            let school = match short(&asked.school) {
                Some(code) => Some(school::school_by_code(tx, &code)?.ok_or_else(|| Failure::Bad(words.named("fault-new-no-school", &code)))?.id),
                None => None,
            };
            let device = match short(&asked.device) {
                Some(number) => Some(DeviceId(number.parse().map_err(|_| Failure::Bad(words.t("fault-new-no-device")))?)),
                None => None,
            };
            // Whoever sees some schools decides for these: a decision that names none holds for all.
            if !tx.see_all() {
                let own = match school {
                    Some(school) => view::school::sees(tx, school)?,
                    None => return Err(Stop(Failure::Bad(words.t("verdict-own-school")))),
                };
                let device_seen = device.map_or(Ok(true), |device| view::device::one(tx, device.0).map(|row| row.is_some()))?;
                if !own || !device_seen {
                    return Err(Stop(Failure::NotFound));
                }
            }
            let about = About {
                school,
                device,
                key: None,
                code: short(&asked.code),
                kind: Kind::from_code(&asked.kind),
                kit: short(&asked.kit),
                phase: short(&asked.phase),
                model: short(&asked.model),
            };
            // A school alone may be silenced; to accept all of a school, or of the town, would blind everybody.
            let wide = About { school: None, ..about.clone() }.is_empty();
            if about.is_empty() || (wide && verdict != Verdict::Silence) || (verdict == Verdict::NotOurs && device.is_none()) {
                return Err(Stop(Failure::Bad(words.t("verdict-too-wide"))));
            }
            let reason = asked.reason.trim().chars().take(act::TEXT).collect();
            let noted = Noted { id: 0, decision: Decision { verdict, about, from_at, until_at }, reason, by: by.clone(), at: now, fault: None };
            Ok(act::decide(tx, &noted, now)?)
        })
        .await
}

/// The form token alone.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// Takes a decision back.
pub async fn revoke(State(web): State<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    revoked(&web, &signed, id).await?;
    Ok(Redirect::to("/verdicts").into_response())
}

/// Takes a decision back, for a form or for a program.
pub async fn revoked(web: &Web, signed: &Signed, id: i64) -> Result<(), Failure> {
    let (doer, now) = (deed::doer(signed)?, web.now());
    let revoked = signed
        .write(web, move |tx| -> Result<_, Stop> {
            let school = verdict::one(tx, id)?.and_then(|noted| noted.decision.about.school);
            let own = tx.see_all() || school.map_or(Ok(false), |school| view::school::sees(tx, school))?;
            Ok(own && act::take_back(tx, id, &doer, now)?)
        })
        .await?;
    if revoked { Ok(()) } else { Err(Failure::NotFound) }
}
