//! `/devices/{id}`: what it is and how we know, where it hangs, when it was seen, what became of it.
//!
//! Comes in: its number. Goes out: the page; of a device that was merged into another, that one's. Absent on purpose: merging and splitting
//! themselves (`identity`).

use super::devices::{DeviceLine, line};
use super::{Frame, Page, render};
use crate::domain::device::{Device, Key, KeyRank, Part, PartSort};
use crate::domain::fault::unconfirmed;
use crate::domain::kind::Kind;
use crate::domain::reading::{Latest, Series};
use crate::domain::right::Right;
use crate::store::identity as stored;
use crate::store::sight::Seen;
use crate::store::{self, Tx, fault, fleet, reading, view};
use crate::web::curve::{self, Curve, Span};
use crate::web::error::Failure;
use crate::web::fault_line::{self, FaultLine, SignLine};
use crate::web::health::{self, HealthLine};
use crate::web::live::Topic;
use crate::web::picture::outcome_state;
use crate::web::visitor::Signed;
use crate::web::words::{How, State, When, Words};
use crate::web::year::{self, Month, Told};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Path, Query, State as Shared};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Lines of each history shown.
const LINES: i64 = 40;

#[derive(Template)]
#[template(path = "pages/device.html")]
struct DevicePage {
    frame: Frame,
    device: DeviceLine,
    lasting: String,
    known: Vec<Known>,
    keys: Vec<(String, String)>,
    addresses: Vec<(String, String)>,
    place: Option<PlaceLine>,
    parts: Vec<(String, String)>,
    health: Vec<HealthLine>,
    curves: Vec<Curve>,
    /// Each span: code, name, whether it is this page's.
    spans: Vec<(&'static str, String, bool)>,
    curves_table: String,
    curves_period: String,
    faults: Vec<FaultLine>,
    signs: Vec<SignLine>,
    first_seen: When,
    presence: Vec<(String, String, String)>,
    months: Vec<Month>,
    /// Somebody's: the last day seen, and nothing else of when it was there.
    last_day: Option<String>,
    events: Vec<EventLine>,
    identity: super::identity::Section,
}

/// One thing known: what, the value, how, on what ground.
struct Known {
    name: String,
    value: String,
    how: How,
    ground: String,
}

struct PlaceLine {
    state: State,
    room: String,
    phase: String,
    reason: String,
}

/// One line of a timeline.
pub struct EventLine {
    /// When.
    pub when: When,
    /// In words.
    pub text: String,
    /// Before and after.
    pub detail: String,
    /// Whose: id and name.
    pub device: (i64, String),
}

struct Loaded {
    row: view::device::DeviceRow,
    device: Device,
    place: Option<view::device::HeldPlace>,
    presence: Vec<(Timestamp, Timestamp)>,
    year: Vec<Told>,
    personal: bool,
    events: Vec<view::device::EventRow>,
    faults: Vec<view::fault::FaultRow>,
    open: BTreeSet<String>,
    readings: Vec<Latest>,
    courses: Vec<Series>,
    span: Span,
    identity: super::identity::Loaded,
}

/// What of the page is wanted.
#[derive(Deserialize)]
pub struct Wanted {
    span: Option<String>,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Query(wanted): Query<Wanted>) -> Page {
    let (span, now) = (Span::of(wanted.span.as_deref()), web.now());
    let kept = signed.read(&web, move |tx| -> Result<_, Stop> {
        let Some(kept) = stored::merged_into(tx, DeviceId(id))? else { return Ok(None) };
        // Where it leads is told to those who see what is there.
        Ok(view::device::one(tx, kept.0)?.map(|row| row.id))
    });
    if let Some(kept) = kept.await? {
        return Ok(Redirect::to(&format!("/devices/{kept}")).into_response());
    }
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let watches = signed.account.role.may(Right::SeePresence);
    let state = web.clone();
    let loaded = signed
        .read(&web, move |tx| -> Result<Option<Loaded>, Stop> {
            let Some(row) = view::device::one(tx, id)? else { return Ok(None) };
            let Some(device) = fleet::device(tx, row.id)? else { return Ok(None) };
            let school = device.school;
            // How many clients a network has is a presence, too.
            let (sees, clients) = (watches, |name: &str| name.ends_with("clients"));
            let mut readings = reading::of_device(tx, school, device.id)?;
            readings.retain(|latest| sees || !clients(&latest.name));
            let place = view::device::place_of(tx, device.id)?;
            let personal = row.personal;
            let sees = sees && !personal;
            // What was read, and when, says when it was there.
            readings.retain(|_| !personal);
            let courses = courses(tx, &device, &readings, span, now)?;
            let mut ids = vec![(school, device.id)];
            ids.extend(stored::merged_ids(tx, device.id)?);
            Ok(Some(Loaded {
                place,
                personal,
                year: if sees { year::of_device(&state, tx, &device, &ids)? } else { Vec::new() },
                presence: if sees {
                    past(tx, &device, |tx, school, id| view::device::presence(tx, school, id, LINES), |line| line.0)?
                } else {
                    Vec::new()
                },
                events: if sees {
                    past(tx, &device, |tx, school, id| view::device::events(tx, school, Some(id), LINES), |line| line.at)?
                } else {
                    Vec::new()
                },
                faults: faults(tx, &device, secret)?,
                identity: super::identity::load(tx, &device)?,
                open: fault::open_keys(tx, school)?,
                readings,
                courses,
                span,
                row,
                device,
            }))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    render(&built(&web, &signed, &loaded))
}

/// Lines of its own past and of those that were merged into it, the newest first.
fn past<T>(
    tx: &mut Seen<'_, '_>,
    device: &Device,
    read: impl Fn(&mut Seen<'_, '_>, SchoolId, DeviceId) -> store::Result<Vec<T>>,
    at: impl Fn(&T) -> Timestamp,
) -> Result<Vec<T>, Stop> {
    let mut lines = read(tx, device.school, device.id)?;
    for (school, id) in stored::merged_ids(tx, device.id)? {
        lines.extend(read(tx, school, id)?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse(at(line)));
    lines.truncate(LINES as usize);
    Ok(lines)
}

fn faults(tx: &mut Seen<'_, '_>, device: &Device, secret: bool) -> Result<Vec<view::fault::FaultRow>, Stop> {
    let filter = |id: DeviceId| view::fault::Filter { device: Some(id.0), secret, ..Default::default() };
    let of = |tx: &mut Seen<'_, '_>, _, id: DeviceId| view::fault::list(tx, &filter(id), None, LINES);
    past(tx, device, of, |fault| fault.opened_at)
}

fn courses(tx: &mut Tx<'_>, device: &Device, readings: &[Latest], span: Span, now: Timestamp) -> Result<Vec<Series>, Stop> {
    let mut courses = Vec::new();
    for name in curve::shown(readings) {
        courses.extend(match span {
            Span::Fortnight => reading::hours(tx, device.school, device.id, name, now - span.seconds())?,
            Span::Year => reading::days(tx, device.school, device.id, name, now - span.seconds())?,
        });
    }
    Ok(courses)
}

fn built(web: &Web, signed: &Signed, loaded: &Loaded) -> DevicePage {
    let words = &signed.visitor.words;
    let device = line(words, &loaded.row);
    let title = format!("{} · {}", device.name, device.school_name);
    let last_day = if loaded.device.present { words.now } else { loaded.row.since(&words.zone) };
    let open = (loaded.device.present && !loaded.personal)
        .then(|| (words.exact(loaded.device.turned_at), words.t("presence-open"), words.lasting(words.now.since_s(loaded.device.turned_at))));
    let closed = loaded.presence.iter().map(|(from, until)| (words.exact(*from), words.exact(*until), words.lasting(until.since_s(*from))));
    DevicePage {
        frame: Frame::titled(web, &signed.visitor, title, "/devices").listening(Topic::School(loaded.device.school).text()),
        lasting: if loaded.personal { String::new() } else { words.lasting(words.now.since_s(loaded.device.turned_at)) },
        months: year::months(words, &loaded.year),
        last_day: loaded.personal.then(|| words.named("year-last-day", &words.day(last_day))),
        known: known(words, &loaded.device),
        keys: loaded.device.keys.iter().map(|key| (words.t(rank_word(key.rank)), key_text(key))).collect(),
        addresses: addresses(&loaded.device),
        place: loaded.place.as_ref().map(|place| PlaceLine {
            state: outcome_state(words, &place.outcome),
            room: place.room.clone(),
            phase: words.phase_name(&place.phase),
            reason: if place.reason.is_empty() { String::new() } else { words.coded("reason-", &place.reason) },
        }),
        parts: parts(words, &loaded.device, &loaded.readings),
        health: health::lines(words, &loaded.device, &loaded.readings),
        curves: curve::curves(words, &loaded.device, &loaded.readings, &loaded.courses, loaded.span),
        spans: [Span::Fortnight, Span::Year].map(|span| (span.code(), words.coded("curves-span-", span.code()), span == loaded.span)).into(),
        curves_table: format!("curve-table-{}", loaded.span.code()),
        curves_period: format!("curve-period-{}", loaded.span.code()),
        faults: loaded.faults.iter().map(|fault| fault_line::line(words, fault)).collect(),
        signs: unconfirmed(std::slice::from_ref(&loaded.device), &loaded.open)
            .into_iter()
            .map(|(device, standing)| fault_line::sign(words, device, standing))
            .collect(),
        first_seen: words.when(loaded.device.first_seen_at),
        presence: open.into_iter().chain(closed).collect(),
        events: loaded.events.iter().map(|event| event_line(words, event)).collect(),
        identity: super::identity::section(words, &loaded.device, &loaded.identity),
        device,
    }
}

/// Kind, maker, model… each with how it is known; what is not known is said.
fn known(words: &Words, device: &Device) -> Vec<Known> {
    let kind = device.kind.map(|kind| kind.label(words.language).to_owned());
    let place = device.place.as_ref().map(crate::domain::device::Attachment::text);
    let values = [
        ("kind", kind),
        ("vendor", device.vendor.clone()),
        ("model", device.model.clone()),
        ("serial", device.serial.clone()),
        ("name", device.name.clone()),
        ("os", device.os.clone().map(|os| format!("{os} {}", device.os_version.as_deref().unwrap_or_default()))),
        ("firmware", device.firmware.clone()),
        ("place", place),
    ];
    values.into_iter().map(|(about, value)| known_one(words, device, about, value)).collect()
}

fn known_one(words: &Words, device: &Device, about: &str, value: Option<String>) -> Known {
    let why = device.why.iter().find(|why| why.about == about);
    let name = words.coded("about-", about);
    let Some(value) = value else {
        return Known { name, value: String::new(), how: words.how("unknown"), ground: words.t("unknown-why") };
    };
    // What the device itself says in these words is seen; what a table makes of its words is concluded.
    let how = if matches!(about, "serial" | "name" | "firmware" | "place") { "seen" } else { "concluded" };
    let ground = why.map(|why| format!("{} · {} · {} %", words.coded("probe-", &why.probe), why.ground, why.confidence));
    Known { name, value, how: words.how(how), ground: ground.unwrap_or_default() }
}

pub(super) fn rank_word(rank: KeyRank) -> &'static str {
    match rank {
        KeyRank::Serial => "key-serial",
        KeyRank::Mac => "key-mac",
        KeyRank::Uuid => "key-uuid",
        KeyRank::Uem => "key-uem",
        KeyRank::Name => "key-name",
    }
}

/// A key as it stands on the thing: a MAC in pairs.
fn key_text(key: &Key) -> String {
    let pairs = (key.rank == KeyRank::Mac).then(|| key.text.parse::<rollcall_shared::Mac>().ok()).flatten();
    pairs.map_or_else(|| key.text.clone(), |mac| mac.to_string())
}

fn addresses(device: &Device) -> Vec<(String, String)> {
    let text = |address: &crate::domain::device::Address| {
        (address.mac.map(|mac| mac.to_string()).unwrap_or_default(), address.ip.map(|ip| ip.to_string()).unwrap_or_default())
    };
    device.addresses.iter().map(text).collect()
}

/// Volumes and supplies that have no curve: their level is told in words, or not at all.
fn parts(words: &Words, device: &Device, readings: &[Latest]) -> Vec<(String, String)> {
    let unmeasured = |part: &&Part| match part.sort {
        PartSort::Volume | PartSort::Supply => level(part, readings).is_none_or(|level| level < 0.0 || part.capacity <= 0.0),
        PartSort::Receptacle => true,
        _ => false,
    };
    let shown = |part: &Part| match level(part, readings) {
        Some(level) if level >= 0.0 && part.capacity > 0.0 => format!("{} %", words.decimal(100.0 * level / part.capacity)),
        // RFC 3805: some of it remains.
        Some(-3.0) => words.t("part-some-left"),
        _ => "—".to_owned(),
    };
    device.parts.iter().filter(unmeasured).map(|part| (part.label.clone(), shown(part))).collect()
}

fn level(part: &Part, readings: &[Latest]) -> Option<f64> {
    let reading = if part.sort == PartSort::Volume { "volume_used" } else { "supply_level" };
    readings.iter().find(|latest| latest.name == reading && latest.instance == part.key).map(|latest| latest.value)
}

/// A line of a timeline in words.
pub fn event_line(words: &Words, event: &view::device::EventRow) -> EventLine {
    let value = |text: &str| match event.what.as_str() {
        "kind" => Kind::from_code(text).map_or_else(|| text.to_owned(), |kind| kind.label(words.language).to_owned()),
        _ => text.to_owned(),
    };
    let detail = match (event.was.as_str(), event.becomes.as_str()) {
        ("", "") => String::new(),
        // What it is called stands beside already.
        ("", becomes) if becomes == event.name => String::new(),
        ("", becomes) => value(becomes),
        (was, "") => format!("{} → {}", value(was), words.t("event-nothing")),
        (was, becomes) => format!("{} → {}", value(was), value(becomes)),
    };
    let kind = event.kind.as_deref().and_then(Kind::from_code).unwrap_or(Kind::Unknown).label(words.language);
    let name = if event.name.is_empty() { kind.to_owned() } else { format!("{kind} {}", event.name) };
    EventLine { when: words.when(event.at), text: words.coded("event-", &event.what), detail, device: (event.device.0, name) }
}
