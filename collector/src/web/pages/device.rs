//! `/devices/{id}`: what it is and how we know, where it hangs, when it was seen, what became of it.
//!
//! Comes in: its number. Goes out: the page. Absent on purpose: merge and split (they need the register's pages).

use super::devices::{DeviceLine, line};
use super::{Frame, Page, render};
use crate::domain::device::{Device, KeyRank, PartSort};
use crate::domain::fault::unconfirmed;
use crate::domain::kind::Kind;
use crate::domain::reading::Latest;
use crate::store::{fault, fleet, reading, view};
use crate::web::error::Failure;
use crate::web::fault_line::{self, FaultLine, SignLine};
use crate::web::live::Topic;
use crate::web::picture::outcome_state;
use crate::web::visitor::Signed;
use crate::web::words::{How, State, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Path, State as Shared};
use rollcall_shared::Timestamp;
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
    faults: Vec<FaultLine>,
    signs: Vec<SignLine>,
    first_seen: When,
    presence: Vec<(String, String, String)>,
    events: Vec<EventLine>,
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
    events: Vec<view::device::EventRow>,
    faults: Vec<view::fault::FaultRow>,
    open: BTreeSet<String>,
    readings: Vec<Latest>,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>) -> Page {
    let loaded = web
        .read(move |tx| -> Result<Option<Loaded>, Stop> {
            let Some(row) = view::device::one(tx, id)? else { return Ok(None) };
            let Some(device) = fleet::device(tx, row.id)? else { return Ok(None) };
            let school = device.school;
            Ok(Some(Loaded {
                place: view::device::place_of(tx, device.id)?,
                presence: view::device::presence(tx, school, device.id, LINES)?,
                events: view::device::events(tx, school, Some(device.id), LINES)?,
                faults: view::fault::list(tx, &view::fault::Filter { device: Some(id), ..Default::default() }, None, LINES)?,
                open: fault::open_keys(tx, school)?,
                readings: reading::of_device(tx, school, device.id)?,
                row,
                device,
            }))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    render(&built(&web, &signed, &loaded))
}

fn built(web: &Web, signed: &Signed, loaded: &Loaded) -> DevicePage {
    let words = &signed.visitor.words;
    let device = line(words, &loaded.row);
    let title = format!("{} · {}", device.name, device.school_name);
    let open = loaded
        .device
        .present
        .then(|| (words.exact(loaded.device.turned_at), words.t("presence-open"), words.lasting(words.now.since_s(loaded.device.turned_at))));
    let closed = loaded.presence.iter().map(|(from, until)| (words.exact(*from), words.exact(*until), words.lasting(until.since_s(*from))));
    DevicePage {
        frame: Frame::titled(web, &signed.visitor, title, "/devices").listening(Topic::School(loaded.device.school).text()),
        lasting: words.lasting(words.now.since_s(loaded.device.turned_at)),
        known: known(words, &loaded.device),
        keys: loaded.device.keys.iter().map(|key| (words.t(rank_word(key.rank)), key.text.clone())).collect(),
        addresses: addresses(&loaded.device),
        place: loaded.place.as_ref().map(|place| PlaceLine {
            state: outcome_state(words, &place.outcome),
            room: place.room.clone(),
            phase: words.phase_name(&place.phase),
            reason: if place.reason.is_empty() { String::new() } else { words.coded("reason-", &place.reason) },
        }),
        parts: parts(&loaded.device, &loaded.readings),
        faults: loaded.faults.iter().map(|fault| fault_line::line(words, fault)).collect(),
        signs: unconfirmed(std::slice::from_ref(&loaded.device), &loaded.open)
            .into_iter()
            .map(|(device, standing)| fault_line::sign(words, device, standing))
            .collect(),
        first_seen: words.when(loaded.device.first_seen_at),
        presence: open.into_iter().chain(closed).collect(),
        events: loaded.events.iter().map(|event| event_line(words, event)).collect(),
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

fn rank_word(rank: KeyRank) -> &'static str {
    match rank {
        KeyRank::Serial => "key-serial",
        KeyRank::Mac => "key-mac",
        KeyRank::Uuid => "key-uuid",
        KeyRank::Uem => "key-uem",
        KeyRank::Name => "key-name",
    }
}

fn addresses(device: &Device) -> Vec<(String, String)> {
    let text = |address: &crate::domain::device::Address| {
        (address.mac.map(|mac| mac.to_string()).unwrap_or_default(), address.ip.map(|ip| ip.to_string()).unwrap_or_default())
    };
    device.addresses.iter().map(text).collect()
}

/// Volumes and supplies with how full they are.
fn parts(device: &Device, readings: &[Latest]) -> Vec<(String, String)> {
    let filled = device.parts.iter().map(|part| {
        let reading = if part.sort == PartSort::Volume { "volume_used" } else { "supply_level" };
        let value = readings.iter().find(|latest| latest.name == reading && latest.instance == part.key).map(|latest| latest.value);
        let shown = value.filter(|value| part.capacity > 0.0 && *value >= 0.0).map(|value| format!("{:.0} %", 100.0 * value / part.capacity));
        (part.label.clone(), shown.unwrap_or_else(|| "—".to_owned()))
    });
    filled.collect()
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
        (was, becomes) => format!("{} → {}", value(was), value(becomes)),
    };
    let kind = event.kind.as_deref().and_then(Kind::from_code).unwrap_or(Kind::Unknown).label(words.language);
    let name = if event.name.is_empty() { kind.to_owned() } else { format!("{kind} {}", event.name) };
    EventLine { when: words.when(event.at), text: words.coded("event-", &event.what), detail, device: (event.device.0, name) }
}
