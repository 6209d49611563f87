//! A fault in words: title, detail, since when; the same line wherever it stands. And a sign that is not one yet.
//!
//! Comes in: rows of faults, signs of devices. Goes out: lines for pages. Absent on purpose: what a fault is (`domain::fault`).

use super::picture::severity_mark;
use super::words::{When, Words};
use crate::domain::device::{Device, StandingSign};
use crate::domain::fault::fault_row;
use crate::domain::kind::Kind;
use crate::store::view::fault::{FaultRow, NEVER};
use crate::store::weekly::Line;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;

/// Characters of what people said that a line shows.
const SAID: usize = 80;

/// One fault, as a line.
#[derive(Debug, Clone)]
pub struct FaultLine {
    /// Number.
    pub id: i64,
    /// Shape of its severity.
    pub mark: &'static str,
    /// Word of its severity.
    pub severity: String,
    /// Title.
    pub title: String,
    /// Which device, which room, how many.
    pub detail: String,
    /// Where.
    pub school_code: String,
    /// Where, in words.
    pub school_name: String,
    /// Since when.
    pub since: When,
    /// Until when; open if none.
    pub cleared: Option<When>,
    /// Its school is still learning.
    pub learning: bool,
    /// Where it stands, where that says more than « open ».
    pub state: Option<String>,
    /// The lot that mends it; empty: none known.
    pub lot: String,
    /// The first deadline that runs out.
    pub breaks: Option<When>,
    /// It has run out.
    pub broken: bool,
    /// Until then, in words of a queue: « dans 3 h », « dépassé hier à 14:05 ».
    pub urgency: String,
    /// The contractor's own number; empty: none.
    pub external_ref: String,
    /// Room, in words; empty: none known.
    pub room: String,
    /// Name of the device with its model; empty: none.
    pub device: String,
    /// Reports and other schools of the same incident, in words.
    pub more: Vec<String>,
}

/// A line of a row.
pub fn line(words: &Words, fault: &FaultRow) -> FaultLine {
    FaultLine {
        id: fault.id,
        mark: severity_mark(fault.severity),
        severity: severity(words, fault.severity),
        title: title(words, fault),
        detail: detail(words, fault),
        school_code: fault.school_code.clone(),
        school_name: fault.school_name.clone(),
        since: words.when(fault.opened_at),
        cleared: fault.cleared_at.map(|at| words.when(at)),
        learning: fault.learning,
        state: (!matches!(fault.state.as_str(), "open" | "closed")).then(|| words.coded("fault-state-", &fault.state)),
        lot: fault.lot.clone(),
        breaks: fault.breaks_at.map(|at| words.when(at)),
        broken: fault.breaks_at.is_some_and(|at| at < words.now),
        urgency: fault.breaks_at.map(|at| urgency(words, at)).unwrap_or_default(),
        external_ref: fault.external_ref.clone(),
        room: if fault.room.is_empty() { String::new() } else { words.in_room(&fault.room) },
        device: [fault.device_name.as_str(), &fault.device_model].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        more: more(words, fault),
    }
}

/// How near a deadline is.
fn urgency(words: &Words, at: Timestamp) -> String {
    let near = words.when(at).near;
    match at.since_s(words.now) {
        i64::MIN..0 => words.named("queue-broken", &near),
        left if at < words.midnight() => words.with("queue-left", [("what", near.into()), ("left", words.lasting(left).into())]),
        _ => near,
    }
}

/// Codes by which a queue is parted: the deadline has passed, passes today, passes later, none runs.
pub const DUES: [&str; 4] = ["overdue", "today", "later", "undated"];

/// The deadlines of a part of the queue, first and last, as the list's filter wants them.
pub fn due(words: &Words, code: &str) -> Option<(i64, i64)> {
    let (now, midnight) = (words.now.0, words.midnight().0);
    match code {
        "overdue" => Some((0, now - 1)),
        "today" => Some((now, midnight - 1)),
        "later" => Some((midnight, NEVER - 1)),
        "undated" => Some((NEVER, NEVER)),
        _ => None,
    }
}

fn more(words: &Words, fault: &FaultRow) -> Vec<String> {
    let mut more = Vec::new();
    if fault.schools > 1 {
        more.push(words.n("fault-schools", fault.schools));
    }
    // The first report of a school is the fault itself.
    let joined = fault.reports - i64::from(fault.origin == "school");
    if joined > 0 {
        more.push(words.n("fault-joined", joined));
    }
    more
}

/// A sign that waits for its confirmation, as a line.
#[derive(Debug, Clone)]
pub struct SignLine {
    /// Title of the fault that it may become.
    pub title: String,
    /// Whose: number and name.
    pub device: (i64, String),
    /// In the device's own words.
    pub ground: String,
    /// Since when it stands.
    pub since: When,
}

/// A line of a sign.
pub fn sign(words: &Words, device: &Device, standing: &StandingSign) -> SignLine {
    let kind = device.kind.unwrap_or(Kind::Unknown).label(words.language);
    let name = device.name.as_ref().or(device.model.as_ref()).or(device.serial.as_ref());
    SignLine {
        title: words.coded("fault-", standing.sign.code),
        device: (device.id.0, name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))),
        ground: [standing.sign.instance.as_str(), standing.sign.ground.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        since: words.when(standing.since_at),
    }
}

/// The word of a severity's rank.
pub fn severity(words: &Words, rank: i64) -> String {
    words.t(match rank {
        3 => "severity-critical",
        2 => "severity-major",
        _ => "severity-minor",
    })
}

/// The facts of a fault by name; none where they do not read back.
pub fn facts(fault: &FaultRow) -> BTreeMap<String, String> {
    serde_json::from_str(&fault.facts).unwrap_or_default()
}

/// « 2 vidéoprojecteurs dus et absents » for what is missing, else the title of the code.
pub fn title(words: &Words, fault: &FaultRow) -> String {
    let facts = facts(fault);
    match (fault.code.as_str(), facts.get("kind").and_then(|code| Kind::from_code(code))) {
        ("due_missing", Some(kind)) => {
            let what = format!("{} {}", words.figure(fault.count), kind.row().label(words.language, fault.count.unsigned_abs()));
            words.named("fault-due-missing-of", &what)
        }
        ("device_silent", Some(kind)) => words.named("fault-device-silent-of", kind.label(words.language)),
        ("infrastructure_silent", Some(kind)) => words.named("fault-infrastructure-silent-of", kind.label(words.language)),
        _ => words.coded("fault-", &fault.code),
    }
}

/// The device, its room, the part concerned: what one reads before one goes there.
pub fn detail(words: &Words, fault: &FaultRow) -> String {
    let facts = facts(fault);
    let mut parts: Vec<String> = Vec::new();
    let device = if fault.device_name.is_empty() { facts.get("device").cloned().unwrap_or_default() } else { fault.device_name.clone() };
    parts.extend(facts.get("host").cloned());
    parts.push(device);
    parts.push(fault.device_model.clone());
    let room = if fault.room.is_empty() { ["rooms", "seen", "room"].iter().find_map(|name| facts.get(*name)) } else { Some(&fault.room) };
    parts.extend(room.filter(|room| !room.is_empty()).map(|room| words.in_room(room)));
    parts.extend(facts.get("case").map(|case| words.named("fault-case", case)));
    for name in ["instance", "supply", "said"] {
        parts.extend(facts.get(name).map(|text| clipped(text)));
    }
    parts.extend(facts.get("percent").map(|percent| format!("{percent} %")));
    parts.extend(measured(words, &facts));
    let by_day = fault_row(&fault.code).is_some_and(|row| row.by_day);
    if by_day && fault.count > 1 {
        parts.push(words.n("fault-unseen", fault.count));
    } else if fault.shadow > 0 || (fault.code.ends_with("_silent") && fault.count > 1) {
        parts.push(words.n("fault-shadow", fault.shadow.max(fault.count)));
    }
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts.join(" · ")
}

/// What a line of a weekly list is about.
pub fn list_detail(words: &Words, line: &Line) -> String {
    let fact = |name: &str| line.facts.get(name).filter(|text| !text.is_empty());
    let kind = fact("kind").and_then(|code| Kind::from_code(code)).map(|kind| kind.label(words.language).to_owned());
    let device = if line.device_name.is_empty() { fact("device").cloned().unwrap_or_default() } else { line.device_name.clone() };
    let model = if line.device_model.is_empty() { fact("model").cloned().unwrap_or_default() } else { line.device_model.clone() };
    let mut parts: Vec<String> = kind.into_iter().collect();
    parts.extend([device, model, fact("label").cloned().unwrap_or_default()]);
    parts.extend(Some(&line.room).filter(|room| !room.is_empty()).map(|room| words.in_room(room)));
    parts.extend(fact("supply").cloned());
    parts.extend(fact("percent").map(|percent| format!("{percent} %")));
    parts.extend(fact("until").map(|until| words.date(until)));
    parts.extend(measured(words, &line.facts));
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts.join(" · ")
}

/// What people say may be long; its beginning says what it is about.
fn clipped(text: &str) -> String {
    let short: String = text.chars().take(SAID).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// What was measured, in the words of each sort of fault.
fn measured(words: &Words, facts: &BTreeMap<String, String>) -> Vec<String> {
    let number = |name: &str| facts.get(name).and_then(|text| text.parse::<i64>().ok());
    let day = |name: &str| facts.get(name).and_then(|text| jiff_instant(text));
    let mut parts = Vec::new();
    parts.extend(number("days").map(|days| words.n("fault-days", days)));
    parts.extend(number("degrees").map(|degrees| format!("{degrees} °C")));
    parts.extend(number("rate").map(|rate| words.n("fault-rate", rate)));
    parts.extend(number("security").map(|count| words.n("fault-security", count)));
    parts.extend(facts.get("restart").map(|_| words.t("fault-restart")));
    parts.extend(day("made").map(|at| words.named("fault-made", &words.day(at))));
    parts.extend(day("ends").map(|at| words.named(if at > words.now { "fault-ends" } else { "fault-ended" }, &words.day(at))));
    parts.extend(number("hours").zip(number("rated")).map(|(hours, rated)| words.n_of("fault-lamp-hours", hours, rated)));
    parts
}

/// One fact with its name, as shown in full.
pub fn fact(words: &Words, name: &str, value: &str) -> (String, String) {
    let shown = match name {
        "kind" => Kind::from_code(value).map_or_else(|| value.to_owned(), |kind| kind.label(words.language).to_owned()),
        "last" | "made" | "ends" => jiff_instant(value).map_or_else(|| value.to_owned(), |at| words.exact(at)),
        "due" | "until" => words.date(value),
        "restart" => words.t("fault-restart"),
        _ => value.to_owned(),
    };
    (words.coded("fact-", name), shown)
}

fn jiff_instant(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|instant| Timestamp(instant.as_second()))
}
