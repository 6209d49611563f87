//! `/schools/{code}`: one school: what is amiss, each place with its state, the server, the network, the timeline.
//!
//! Comes in: its code. Goes out: the page; a technician can accept its first picture. Absent on purpose: judgement; what
//! became of each place was laid by `settle`.

use super::device::{EventLine, event_line};
use super::{AsOf, Frame, Page, is_silent, render};
use crate::domain::calendar::Calendar;
use crate::domain::device::{Device, PartSort};
use crate::domain::fault::unconfirmed;
use crate::domain::kind::Kind;
use crate::domain::reading::Latest;
use crate::domain::right::Right;
use crate::store::account::{self, AuditLine};
use crate::store::sight::Seen;
use crate::store::{fault, fleet, reading, report, school as schools, view};
use crate::web::error::Failure;
use crate::web::fault_line::{self, FaultLine, SignLine};
use crate::web::health;
use crate::web::live::Topic;
use crate::web::picture::{Progress, Room, Square, outcome_mark, outcome_state};
use crate::web::planned::InForce;
use crate::web::topology::{SwitchFront, switches};
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{KindMark, State, When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, State as Shared};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::Picture;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Places, faults and events of one school on its page; beyond it the lists hold the rest.
const MAX_PLACES: i64 = 1_500;
const MAX_FAULTS: i64 = 50;
const MAX_SIGNS: usize = 20;
const MAX_EVENTS: i64 = 20;

#[derive(Template)]
#[template(path = "pages/school.html")]
struct SchoolPage {
    frame: Frame,
    code: String,
    name: String,
    crumb: String,
    sentence: String,
    state: State,
    as_of: AsOf,
    today: String,
    learning: bool,
    /// When it closed and the school that carries it on: code and name.
    passed_on: Option<(String, String, String)>,
    /// Schools that it carries on: code and name.
    carries_on: Vec<(String, String)>,
    progress: Progress,
    counts: view::school::Counts,
    faults: Vec<FaultLine>,
    signs: Vec<SignLine>,
    rooms: Vec<Room>,
    places: Vec<PlaceLine>,
    server: Option<ServerCard>,
    switches: Vec<SwitchFront>,
    devices: Vec<KindCount>,
    agents: Vec<AgentLine>,
    visitors: i64,
    events: Vec<EventLine>,
}

struct PlaceLine {
    kind: KindMark,
    room: String,
    state: State,
    device: Option<(i64, String)>,
    due: String,
    phase: String,
    since: When,
}

struct ServerCard {
    id: i64,
    name: String,
    model: String,
    os: String,
    state: State,
    /// In one line.
    health: String,
    facts: Vec<(String, String)>,
}

struct KindCount {
    code: &'static str,
    kind: KindMark,
    count: usize,
    present: usize,
}

struct AgentLine {
    host: String,
    state: State,
    last: Option<When>,
}

struct Loaded {
    row: view::school::SchoolRow,
    planned: Arc<InForce>,
    places: Vec<view::school::PlaceRow>,
    faults: Vec<view::fault::FaultRow>,
    open: BTreeSet<String>,
    events: Vec<view::device::EventRow>,
    devices: Vec<Device>,
    readings: Vec<Latest>,
    agents: Vec<view::agent::AgentRow>,
    pictures: Vec<Arc<Picture>>,
    calendar: Calendar,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Path(code): Path<String>) -> Page {
    let state = web.clone();
    let secret = signed.account.role.may(Right::WorkOnFaults);
    let loaded = signed.read(&web, move |tx| load(&state, tx, &code, secret)).await?.ok_or(Failure::NotFound)?;
    render(&built(&web, &signed, &loaded))
}

fn load(web: &Web, tx: &mut Seen<'_, '_>, code: &str, secret: bool) -> Result<Option<Loaded>, Stop> {
    let Some(row) = view::school::one(tx, code)? else { return Ok(None) };
    let id = row.id;
    let mut agent_ids = BTreeSet::new();
    for network in schools::networks_of_school(tx, id)? {
        agent_ids.extend(report::agents_of_network(tx, &network.name)?);
    }
    let (mut agents, mut pictures) = (Vec::new(), Vec::new());
    for agent in agent_ids {
        agents.extend(view::agent::one(tx, agent)?.filter(|agent| agent.revoked_at.is_none()));
        if let Some(whole) = report::agent_by_id(tx, agent)? {
            pictures.extend(web.ingest.picture(tx, &whole)?);
        }
    }
    let faults = view::fault::Filter { school: Some(code.to_owned()), secret, ..Default::default() };
    Ok(Some(Loaded {
        calendar: web.calendar(tx, id)?,
        planned: web.planned.get(tx)?,
        places: view::school::places(tx, id, "", MAX_PLACES)?,
        faults: view::fault::list(tx, &faults, None, MAX_FAULTS)?,
        open: fault::open_keys(tx, id)?,
        events: view::device::events(tx, id, None, MAX_EVENTS)?,
        devices: fleet::devices_of_school(tx, id)?,
        readings: reading::of_school(tx, id)?,
        agents,
        pictures,
        row,
    }))
}

/// When a school closed, and which school carries its history on.
fn passed_on(words: &Words, planned: &InForce, code: &str) -> Option<(String, String, String)> {
    let own = planned.school(code)?;
    let closed = words.date(&own.closed_on.as_ref()?.text);
    let heir = own.successor.as_deref().and_then(|heir| planned.school(heir));
    let (heir, name) = heir.map(|heir| (heir.school.clone(), heir.name.clone())).unwrap_or_default();
    Some((closed, heir, name))
}

/// Schools whose history a school carries on.
fn carries_on(planned: &InForce, code: &str) -> Vec<(String, String)> {
    let before = planned.plan.schools.iter().filter(|school| school.successor.as_deref() == Some(code));
    before.map(|school| (school.school.clone(), school.name.clone())).collect()
}

fn built(web: &Web, signed: &Signed, loaded: &Loaded) -> SchoolPage {
    let (words, row) = (&signed.visitor.words, &loaded.row);
    let faulty: BTreeSet<_> = loaded.faults.iter().filter_map(|fault| fault.device).collect();
    let counts = row.counts;
    let kind = if row.kind.is_empty() { String::new() } else { words.coded("school-kind-", &row.kind) };
    let phase = if row.phase.is_empty() { String::new() } else { loaded.planned.phase(words, &row.phase) };
    let crumb: Vec<String> = [kind, phase, row.code.clone()].into_iter().filter(|part| !part.is_empty()).collect();
    SchoolPage {
        frame: Frame::titled(web, &signed.visitor, row.name.clone(), "/schools").listening(Topic::School(row.id).text()),
        code: row.code.clone(),
        name: row.name.clone(),
        crumb: crumb.join(" · "),
        sentence: sentence(words, row),
        state: words.school_state(&row.state),
        as_of: AsOf::new(words, counts.newest_at),
        today: super::calendar::today(words, &loaded.calendar),
        learning: !row.accepted && row.state != "unfollowed",
        passed_on: passed_on(words, &loaded.planned, &row.code),
        carries_on: carries_on(&loaded.planned, &row.code),
        progress: Progress::new(words, counts.planned, counts.due, counts.installed, counts.missing, counts.faulty),
        faults: loaded.faults.iter().map(|fault| fault_line::line(words, fault)).collect(),
        signs: unconfirmed(&loaded.devices, &loaded.open)
            .into_iter()
            .take(MAX_SIGNS)
            .map(|(device, standing)| fault_line::sign(words, device, standing))
            .collect(),
        rooms: rooms(words, loaded),
        places: loaded.places.iter().map(|place| place_line(words, &loaded.planned, place)).collect(),
        server: server(words, loaded, &faulty),
        switches: switches(words, &loaded.devices, &loaded.pictures, &faulty),
        devices: by_kind(words, &loaded.devices),
        agents: loaded.agents.iter().map(|agent| agent_line(words, agent)).collect(),
        visitors: counts.visitors,
        events: loaded.events.iter().map(|event| event_line(words, event)).collect(),
        counts,
    }
}

/// « 41 places installées sur 44, 2 manquent ; 1 panne ouverte. »
fn sentence(words: &Words, row: &view::school::SchoolRow) -> String {
    let counts = row.counts;
    if row.state == "unfollowed" {
        return words.t("school-unfollowed");
    }
    if counts.planned == 0 {
        return words.n("school-no-plan", counts.devices);
    }
    let mut text = words
        .with("school-sentence", [("installed", counts.installed.into()), ("planned", counts.planned.into()), ("missing", counts.missing.into())]);
    text.push(' ');
    text.push_str(&if counts.faults() == 0 { words.t("overview-no-fault") } else { words.n("overview-faults", counts.faults()) });
    text
}

/// Rooms in the plan's order; places without a room last.
fn rooms(words: &Words, loaded: &Loaded) -> Vec<Room> {
    let order = loaded.planned.rooms(&loaded.row.code);
    let mut rooms: BTreeMap<(usize, &str), Vec<&view::school::PlaceRow>> = BTreeMap::new();
    for place in &loaded.places {
        let rank = if place.room.is_empty() { usize::MAX } else { order.get(&place.room).map_or(usize::MAX - 1, |(index, _)| *index) };
        rooms.entry((rank, &place.room)).or_default().push(place);
    }
    let room = |((_, room), mut places): ((usize, &str), Vec<&view::school::PlaceRow>)| {
        places.sort_by_key(|place| (Kind::from_code(&place.kind).map_or(99, |kind| kind as usize), place.key.clone()));
        let kind = order.get(room).map(|(_, kind)| words.coded("room-kind-", kind)).filter(|kind| !kind.is_empty());
        let count = words.n("places-count", places.len() as i64);
        Room {
            name: if room.is_empty() { words.t("room-none") } else { room.to_owned() },
            summary: kind.map_or_else(|| count.clone(), |kind| format!("{kind}, {count}")),
            squares: places.into_iter().map(|place| square(words, &loaded.row.code, place)).collect(),
        }
    };
    rooms.into_iter().map(room).collect()
}

fn square(words: &Words, school: &str, place: &view::school::PlaceRow) -> Square {
    let kind = words.kind(Kind::from_code(&place.kind));
    let outcome = words.coded("outcome-", &place.outcome);
    let device = place.device_name.as_deref().or(place.device_model.as_deref()).map(|name| format!(" ({name})")).unwrap_or_default();
    Square {
        mark: outcome_mark(&place.outcome),
        icon: kind.icon,
        title: format!("{} : {outcome}{device}", kind.word),
        href: match place.device {
            Some(device) => format!("/devices/{device}"),
            None if place.outcome == "due_missing" => format!("/faults?school={}&code=due_missing", form_encoded(school)),
            None => "#places-table".to_owned(),
        },
    }
}

fn place_line(words: &Words, planned: &InForce, place: &view::school::PlaceRow) -> PlaceLine {
    let name = place.device_name.clone().or_else(|| place.device_model.clone());
    PlaceLine {
        kind: words.kind(Kind::from_code(&place.kind)),
        room: place.room.clone(),
        state: outcome_state(words, &place.outcome),
        device: place.device.map(|id| (id, name.unwrap_or_else(|| format!("#{id}")))),
        due: words.date(&place.due),
        phase: if place.phase.is_empty() { String::new() } else { planned.phase(words, &place.phase) },
        since: words.when(place.since_at),
    }
}

/// The school server with its volumes.
fn server(words: &Words, loaded: &Loaded, faulty: &BTreeSet<rollcall_shared::DeviceId>) -> Option<ServerCard> {
    let server = loaded.devices.iter().filter(|device| device.kind == Some(Kind::Server)).max_by_key(|device| device.present)?;
    let reading = |name: &str, instance: &str| {
        let latest = loaded.readings.iter().find(|latest| latest.device == server.id && latest.name == name && latest.instance == instance);
        latest.map(|latest| latest.value)
    };
    let mut facts = Vec::new();
    for part in server.parts.iter().filter(|part| part.sort == PartSort::Volume && part.capacity > 0.0).take(6) {
        if let Some(used) = reading("volume_used", &part.key) {
            let shown = format!("{:.0} % ({:.0} Go)", 100.0 * used / part.capacity, part.capacity / 1e9);
            facts.push((words.named("server-volume", &part.label), shown));
        }
    }
    if let Some(uptime) = reading("uptime", "") {
        facts.push((words.t("server-uptime"), words.lasting(uptime as i64)));
    }
    let state = match (faulty.contains(&server.id), server.present) {
        (true, _) => "fault",
        (_, true) => "present",
        _ => "quiet",
    };
    let mine: Vec<Latest> = loaded.readings.iter().filter(|latest| latest.device == server.id).cloned().collect();
    Some(ServerCard {
        health: health::in_one_line(words, server, &mine),
        id: server.id.0,
        name: server.name.clone().unwrap_or_else(|| format!("#{}", server.id)),
        model: [&server.vendor, &server.model].into_iter().flatten().cloned().collect::<Vec<_>>().join(" "),
        os: [&server.os, &server.os_version].into_iter().flatten().cloned().collect::<Vec<_>>().join(" "),
        state: words.state(state),
        facts,
    })
}

fn by_kind(words: &Words, devices: &[Device]) -> Vec<KindCount> {
    let mut kinds: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for device in devices {
        let count = kinds.entry(device.kind.unwrap_or(Kind::Unknown)).or_default();
        *count = (count.0 + 1, count.1 + usize::from(device.present));
    }
    let line = |(kind, (count, present)): (Kind, (usize, usize))| KindCount { code: kind.code(), kind: words.kind(Some(kind)), count, present };
    kinds.into_iter().map(line).collect()
}

fn agent_line(words: &Words, agent: &view::agent::AgentRow) -> AgentLine {
    let state = if agent.paused {
        "quiet"
    } else if is_silent(agent, words.now) {
        "shadow"
    } else {
        "present"
    };
    AgentLine {
        host: agent.host.clone(),
        state: State { code: state, word: words.coded("agent-state-", state) },
        last: (agent.contact_at.0 > 0).then(|| words.when(agent.contact_at)),
    }
}

/// The form token alone.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// Ends a school's learning time.
pub async fn accept(Shared(web): Shared<Web>, signed: Signed, Path(code): Path<String>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    accepted(&web, &signed, &code).await?;
    Ok(Redirect::to(&format!("/schools/{}", form_encoded(&code))).into_response())
}

/// Accepts a school's first picture, for a form or for a program.
pub async fn accepted(web: &Web, signed: &Signed, code: &str) -> Result<(), Failure> {
    signed.must(Right::WorkOnFaults)?;
    let (now, who, asked) = (web.now(), signed.account.login.clone(), code.to_owned());
    let accepted = signed
        .write(web, move |tx| -> Result<_, Stop> {
            let Some(row) = view::school::one(tx, &asked)? else { return Ok(None) };
            if schools::accept_school(tx, row.id, now)? {
                let (what, subject) = ("school.accept".to_owned(), asked.clone());
                let line = AuditLine { at: now, who: who.clone(), what, subject, was: "learning".to_owned(), becomes: "accepted".to_owned() };
                account::audit(tx, &line)?;
            }
            Ok(Some(row.id))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    web.live.tell(Topic::School(accepted));
    Ok(())
}
