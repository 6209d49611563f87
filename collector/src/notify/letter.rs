//! Letters: what happened, grouped by school, what brings down others first, each line with the address of its page.
//!
//! Comes in: notices of one recipient, their eyes. Goes out: subject, text and HTML. Absent on purpose: sending. What the recipient does not see
//! now is not told, whatever the notice says: bounds may have changed since.

use super::{Kept, Recipient, shown_fault};
use crate::domain::language::Language;
use crate::domain::notice::Matter;
use crate::domain::right::{Right, Role};
use crate::mail::{Letter, clean};
use crate::store;
use crate::store::view::fault::FaultRow;
use crate::web::visitor::eyes_now;
use crate::web::words::Words;
use crate::web::{SET_PASSWORD, Web, fault_line};
use anyhow::Result;
use askama::Template;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Faults of one letter; the rest is counted.
const LINES: usize = 60;
/// Faults without which others would not be.
const UNREACHABLE: [&str; 2] = ["agent_silent", "school_silent"];

#[derive(Template)]
#[template(path = "news.txt")]
struct NewsText<'a> {
    news: &'a News,
}

#[derive(Template)]
#[template(path = "news.html")]
struct NewsHtml<'a> {
    news: &'a News,
}

/// What both forms of a letter say.
struct News {
    words: Words,
    subject: String,
    schools: Vec<(String, Vec<Line>)>,
    beyond: i64,
    all: String,
    settings: String,
}

/// One fault.
struct Line {
    mark: String,
    title: String,
    detail: String,
    since: String,
    until: Option<String>,
    more: Vec<String>,
    said: Vec<String>,
    url: String,
}

/// A fault with what is told of it.
struct Item {
    fault: FaultRow,
    matter: Matter,
    told: Vec<Kept>,
}

/// A letter of news; `None`: nothing of it is theirs to know any more.
pub(super) fn news(web: &Web, to: &Recipient, zone: TimeZone, told: Vec<Kept>, id: String) -> Result<Option<Letter>> {
    let items = items(web, to, told)?;
    if items.is_empty() {
        return Ok(None);
    }
    let words = Words { language: language(to), zone, now: web.now() };
    let base = web.public_url();
    let beyond = items.len().saturating_sub(LINES) as i64;
    let subject = subject(&words, &items);
    let mut schools: Vec<(String, Vec<Line>)> = Vec::new();
    for item in items.iter().take(LINES) {
        let line = line(&words, to, item, &base);
        match schools.iter_mut().find(|(name, _)| *name == item.fault.school_name) {
            Some((_, lines)) => lines.push(line),
            None => schools.push((item.fault.school_name.clone(), vec![line])),
        }
    }
    for (name, _) in &mut schools {
        *name = clean(name);
    }
    let all = format!("{base}{}", if to.account.role == Role::School { "/my-school" } else { "/faults" });
    let news = News { words, subject: subject.clone(), schools, beyond, all, settings: format!("{base}/account#notices") };
    let (text, html) = (NewsText { news: &news }.render()?, NewsHtml { news: &news }.render()?);
    Ok(Some(Letter { to: to.hearing.email.clone(), subject, text, html, id }))
}

fn language(to: &Recipient) -> Language {
    Language::from_code(&to.account.language).unwrap_or_default()
}

/// Faults with what is told of them, one an incident: what brings down most first, then the gravest and oldest.
fn items(web: &Web, to: &Recipient, told: Vec<Kept>) -> Result<Vec<Item>> {
    let eyes = eyes_now(web, &to.account)?;
    let secret = to.account.role.may(Right::WorkOnFaults);
    let mut items: BTreeMap<i64, Item> = BTreeMap::new();
    web.db.read(|tx| -> store::Result<()> {
        for kept in told {
            let Some(fault) = shown_fault(tx, eyes, &kept, secret)? else { continue };
            let item = items.entry(fault.incident.unwrap_or(fault.id)).or_insert_with(|| Item { fault, matter: kept.matter, told: Vec::new() });
            item.matter = item.matter.min(kept.matter);
            item.told.push(kept);
        }
        Ok(())
    })?;
    let mut items: Vec<Item> = items.into_values().collect();
    for item in &mut items {
        // What came and went meanwhile is mended.
        if item.fault.cleared_at.is_some() {
            item.matter = Matter::Mended;
        }
    }
    items.sort_by_key(|item| (item.matter, -item.fault.shadow, -item.fault.severity, item.fault.opened_at, item.fault.id));
    Ok(items)
}

fn line(words: &Words, to: &Recipient, item: &Item, base: &str) -> Line {
    let shown = fault_line::line(words, &item.fault);
    let path = if to.account.role == Role::School { "/my-school".to_owned() } else { format!("/faults/{}", item.fault.id) };
    let said = item.told.iter().filter(|kept| !kept.by.is_empty()).map(|kept| {
        let deed = words.coded("notice-deed-", kept.topic.trim_start_matches("deed_"));
        let who = if kept.by == "label" { words.t("notice-by-label") } else { kept.by.clone() };
        let text = if kept.said.is_empty() { String::new() } else { words.named("notice-said", &clean(&kept.said)) };
        clean(&format!("{who}, {} — {deed}{text}", words.moment(kept.at)))
    });
    Line {
        mark: words.t(&format!("notice-mark-{}", item.matter.code())),
        title: clean(&shown.title),
        detail: clean(&shown.detail),
        since: words.moment(item.fault.opened_at),
        until: item.fault.breaks_at.map(|at| words.moment(at)),
        more: shown.more,
        said: said.collect(),
        url: format!("{base}{path}"),
    }
}

/// « 3 pannes nouvelles, 1 école injoignable »; of one fault alone what it is and where.
fn subject(words: &Words, items: &[Item]) -> String {
    if let [one] = items {
        let mark = words.t(&format!("notice-mark-{}", one.matter.code()));
        return clean(&format!("{mark}{}{} — {}", words.t("colon"), fault_line::title(words, &one.fault), one.fault.school_name));
    }
    let unreachable = |item: &&Item| item.matter == Matter::New && UNREACHABLE.contains(&item.fault.code.as_str());
    let count = |matter: Matter| items.iter().filter(|item| item.matter == matter && !unreachable(item)).count() as i64;
    let counts = [
        ("notice-subject-new", count(Matter::New)),
        ("notice-subject-unreachable", items.iter().filter(unreachable).count() as i64),
        ("notice-subject-back", count(Matter::Back)),
        ("notice-subject-mended", count(Matter::Mended)),
        ("notice-subject-word", count(Matter::Word)),
    ];
    counts.iter().filter(|(_, count)| *count > 0).map(|(key, count)| words.n(key, count)).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "link.txt")]
struct LinkText<'a> {
    link: &'a Link,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkHtml<'a> {
    link: &'a Link,
}

struct Link {
    words: Words,
    subject: String,
    lead: String,
    url: String,
}

/// A letter with a link that works once.
pub(super) fn link(web: &Web, to: &Recipient, zone: TimeZone, purpose: &str, token: &str, id: String) -> Result<Letter> {
    let words = Words { language: language(to), zone, now: web.now() };
    let (path, sort) = if purpose == SET_PASSWORD { ("password", "password") } else { ("sign-in/link", "sign-in") };
    let link = Link {
        subject: words.t(&format!("letter-{sort}-subject")),
        lead: words.named(&format!("letter-{sort}-lead"), &clean(&to.account.login)),
        url: format!("{}/{path}/{token}", web.public_url()),
        words,
    };
    let (text, html) = (LinkText { link: &link }.render()?, LinkHtml { link: &link }.render()?);
    Ok(Letter { to: to.hearing.email.clone(), subject: link.subject.clone(), text, html, id })
}
