//! `/devices`: the fleet of the town, to be searched by name, serial or MAC.
//!
//! Comes in: a filter in the address. Goes out: the list. Absent on purpose: evidence (each device's own page).

use super::saved::{Views, views};
use super::{Frame, Page, ROWS, list_files, render};
use crate::domain::kind::Kind;
use crate::store::view::{self, given};
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{KindMark, State, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/devices.html")]
struct Devices {
    frame: Frame,
    title: String,
    query: Asked,
    kinds: Vec<Choice>,
    total: i64,
    devices: Vec<DeviceLine>,
    files: Vec<(&'static str, String)>,
    next: Option<String>,
    views: Views,
}

struct Choice {
    code: String,
    kind: KindMark,
    count: i64,
    chosen: bool,
}

/// One device, as a line.
pub struct DeviceLine {
    /// Id.
    pub id: i64,
    /// Its kind.
    pub kind: KindMark,
    /// What to call it.
    pub name: String,
    /// Maker and model.
    pub model: String,
    /// Serial as said.
    pub serial: String,
    /// Its school's code.
    pub school_code: String,
    /// Its school's name.
    pub school_name: String,
    /// Room of its place.
    pub room: String,
    /// Switch or access point, and port.
    pub place: String,
    /// How it stands.
    pub state: State,
    /// Since when.
    pub since: When,
}

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    school: String,
    kind: String,
    state: String,
    q: String,
    after: i64,
}

impl Asked {
    /// The filter of the list.
    pub fn filter(&self) -> view::device::Filter {
        let mut filter = view::device::Filter { school: given(&self.school), kind: given(&self.kind), ..Default::default() };
        filter.present = match self.state.as_str() {
            "present" => Some(true),
            "quiet" => Some(false),
            _ => None,
        };
        filter.search(&self.q);
        filter
    }

    fn address(&self, kind: &str) -> String {
        let pairs = [("kind", kind), ("school", &self.school), ("state", &self.state), ("q", &self.q)];
        let given: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
        format!("/devices?{}", given.join("&"))
    }
}

/// A row as a line.
pub fn line(words: &Words, row: &view::device::DeviceRow) -> DeviceLine {
    let kind = row.kind.as_deref().and_then(Kind::from_code);
    let model = [&row.vendor, &row.model].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let first_mac = row.addresses.iter().find_map(|address| address.mac).map(|mac| mac.to_string());
    let name = row.name.clone().or_else(|| row.serial.clone()).or(first_mac).unwrap_or_else(|| format!("#{}", row.id));
    let place = match (&row.place_device, &row.place_port) {
        (Some(device), Some(port)) => format!("{device} · {port}"),
        (Some(device), None) => device.clone(),
        _ => String::new(),
    };
    DeviceLine {
        id: row.id.0,
        kind: words.kind(kind),
        name,
        model,
        serial: row.serial.clone().unwrap_or_default(),
        school_code: row.school_code.clone(),
        school_name: row.school_name.clone(),
        room: row.room.clone(),
        place,
        state: words.state(match (row.fault, row.present) {
            (2.., _) => "fault",
            (1, _) => "check",
            (_, true) => "present",
            (_, false) => "quiet",
        }),
        since: if row.personal { words.when_day(row.since(&words.zone)) } else { words.when(row.since(&words.zone)) },
    }
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let (mut filter, state, after, school) = (asked.filter(), web.clone(), asked.after, given(&asked.school));
    let (id, path) = (signed.account.id, signed.visitor.path.clone());
    let (rows, kinds, views) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let sums = state.sums(tx)?;
            filter.begins = sums.only_begins(tx)?;
            Ok((view::device::list(tx, &filter, after, ROWS + 1)?, sums.kinds(tx, school.as_deref())?, views(tx, id, &path)?))
        })
        .await?;
    let words = &signed.visitor.words;
    let shown = &rows[..rows.len().min(ROWS as usize)];
    let next = (rows.len() > shown.len()).then(|| shown.last()).flatten().map(|last| format!("{}&after={}", asked.address(&asked.kind), last.id));
    let total: i64 = kinds.iter().map(|(_, count)| count).sum();
    let mut choices: Vec<Choice> = kinds
        .iter()
        .map(|(code, count)| Choice { code: code.clone(), kind: words.kind(Kind::from_code(code)), count: *count, chosen: *code == asked.kind })
        .collect();
    choices.sort_by_key(|choice| Kind::ALL.iter().position(|kind| kind.code() == choice.code));
    render(&Devices {
        frame: Frame::new(&web, &signed.visitor, "devices-title", "/devices"),
        title: words.n("devices-count", total),
        kinds: choices,
        total,
        devices: shown.iter().map(|row| line(words, row)).collect(),
        files: list_files::links("devices/devices", &asked.address(&asked.kind)),
        query: asked,
        next,
        views,
    })
}
