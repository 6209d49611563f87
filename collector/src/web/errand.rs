//! What one wants to know before one goes to mend something: where it is and how to get in, what to take along, what lies in store.
//!
//! Comes in: a fault as lists show it, plan and register, the school's calendar and newest readings. Goes out: lines for the fault's page and for the
//! day's round. Absent on purpose: which tools a fault wants (`domain/toolbox`), maps.

use super::planned::InForce;
use super::words::Words;
use crate::domain::calendar::{Calendar, Day};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::place::AssetState;
use crate::domain::plan::model::{Lot, Site};
use crate::domain::plan::{Decimal, Tables};
use crate::domain::portion as portion_of;
use crate::domain::reading::Latest;
use crate::domain::register::{Asset, Register};
use crate::domain::toolbox;
use crate::store::view::fault::FaultRow;
use crate::store::{self, Tx, portion};
use crate::web::fault_line::facts;
use jiff::ToSpan;
use std::collections::BTreeMap;

/// Days ahead that are looked through for one on which the school is open.
const AHEAD: usize = 90;
/// Roles of the plan's actors whose mailbox a contractor may write to.
const HOSTS: [&str; 2] = ["operator", "owner"];
/// Faults whose cause may be the line: its operator is to be rung.
const OF_THE_LINE: [&str; 2] = ["agent_silent", "school_silent"];

/// The way to a fault.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Address of the site; empty: not told.
    pub address: String,
    /// `geo:` address of its position (RFC 5870), which a phone opens in whatever map it has.
    pub geo: Option<String>,
    /// When the school is open next, in words; empty: nothing is known.
    pub opens: String,
    /// Days and hours of the lot, as the plan writes them; empty: not told.
    pub lot_days: String,
    /// Whom to ask: what it is, address (`mailto:`, `tel:`), text.
    pub contacts: Vec<(String, String, String)>,
}

/// Degrees north and east, where the plan tells both.
pub fn position(site: &Site) -> Option<(f64, f64)> {
    let degrees = |decimal: Decimal| decimal.to_string().parse::<f64>().ok();
    Some((degrees(site.latitude?)?, degrees(site.longitude?)?))
}

/// The way to a fault.
pub fn way(words: &Words, planned: &InForce, row: &FaultRow, calendar: &Calendar) -> Way {
    let site = planned.site_of(&row.school_code);
    let lot = planned.plan.lots.iter().find(|lot| lot.lot == row.lot);
    Way {
        address: site.map(|site| site.address.clone()).unwrap_or_default(),
        geo: site.and_then(position).map(|(north, east)| format!("geo:{north},{east}?q={north},{east}")),
        opens: opens(words, calendar),
        lot_days: lot.map(lot_days).unwrap_or_default(),
        contacts: contacts(words, planned, row, site),
    }
}

fn lot_days(lot: &Lot) -> String {
    let parts = [lot.weekdays.join(", "), lot.hours.clone().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// « lundi 30 novembre, 8:30–11:30, 13:30–16:30 »: the next day of class that is not over, with its hours.
fn opens(words: &Words, calendar: &Calendar) -> String {
    let today = calendar.date_at(words.now);
    let mut days = today.series(1.day()).take(AHEAD);
    let open = |date: &jiff::civil::Date| {
        matches!(calendar.day(*date), Day::School | Day::Unknown) && calendar.class_day(*date).is_some_and(|(_, until)| until > words.now)
    };
    let Some(date) = days.find(open) else { return String::new() };
    let hours = calendar.class_hours(date).into_iter().map(|(from, until)| format!("{}–{}", words.time(from), words.time(until)));
    let day = if date == today { words.t("today") } else { words.date(&date.to_string()) };
    std::iter::once(day).chain(hours).collect::<Vec<_>>().join(", ")
}

fn contacts(words: &Words, planned: &InForce, row: &FaultRow, site: Option<&Site>) -> Vec<(String, String, String)> {
    let host = HOSTS.iter().find_map(|role| planned.plan.actors.iter().find(|actor| actor.role == *role && actor.mailbox.is_some()));
    let mailbox = host.and_then(|actor| actor.mailbox.clone());
    let mut all: Vec<_> = mailbox.into_iter().map(|mailbox| (words.t("way-town"), format!("mailto:{mailbox}"), mailbox)).collect();
    if OF_THE_LINE.contains(&row.code.as_str()) {
        let code = site.map_or(row.school_code.as_str(), |site| site.site.as_str());
        let circuits = planned.plan.circuits.iter().filter(|circuit| circuit.site == code && !circuit.phone.is_empty());
        all.extend(circuits.map(|circuit| {
            let dialled: String = circuit.phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
            let text = [circuit.phone.as_str(), &circuit.reference].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            (words.named("way-operator", &circuit.operator), format!("tel:{dialled}"), text)
        }));
    }
    all
}

/// One thing to take along.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    /// What, in words: « la lampe, pour EB-685W ».
    pub what: String,
    /// More of it: its hours, its level.
    pub detail: String,
    /// A part that stays there; else a tool that comes back.
    pub is_part: bool,
}

/// What to take along: parts with the model that they are for, then tools.
pub fn things(words: &Words, row: &FaultRow, latest: &[Latest]) -> Vec<Thing> {
    let kind = row.kind.as_deref().and_then(Kind::from_code);
    let model = model_of(row);
    let thing = |code: &'static str| {
        let word = words.coded("take-", code);
        let what = if toolbox::is_part(code) && !model.is_empty() {
            words.with("take-for", [("what", word.into()), ("model", model.clone().into())])
        } else {
            word
        };
        Thing { what, detail: detail(words, code, row, latest), is_part: toolbox::is_part(code) }
    };
    toolbox::takes(&row.code, kind).into_iter().map(thing).collect()
}

/// The model that ails, or that the plan wants.
pub fn model_of(row: &FaultRow) -> String {
    if row.device_model.is_empty() {
        facts(row).get("wanted").or(facts(row).get("model")).cloned().unwrap_or_default()
    } else {
        row.device_model.clone()
    }
}

fn detail(words: &Words, code: &str, row: &FaultRow, latest: &[Latest]) -> String {
    let facts = facts(row);
    match code {
        "lamp" => {
            latest.iter().find(|latest| latest.name == "lamp_hours").map(|latest| words.n("take-lamp-hours", latest.value as i64)).unwrap_or_default()
        }
        "toner" | "disk" => ["supply", "instance"].iter().find_map(|name| facts.get(*name)).cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// What lies in store of the kind that ails.
pub fn in_store(tx: &mut Tx<'_>, row: &FaultRow) -> store::Result<Vec<Asset>> {
    let kind = row.kind.as_deref().and_then(Kind::from_code);
    let tables = kind.map_or_else(|| Ok(Tables::default()), |kind| portion::named_so(tx, portion_of::in_store(kind)))?;
    Ok(Register::from_tables(&tables).assets)
}

/// What lies in store for this fault: the same model first, then the same kind, each with where it lies. Of other lots nothing is told.
pub fn spares(words: &Words, in_store: &[Asset], row: &FaultRow) -> Vec<String> {
    let Some(kind) = row.kind.as_deref().and_then(Kind::from_code) else { return Vec::new() };
    let model = fold(&model_of(row));
    let (mut same, mut like) = (BTreeMap::new(), BTreeMap::new());
    for asset in in_store {
        let in_store = asset.state == AssetState::Spare || (asset.state == AssetState::Stock && asset.school.is_none());
        let ours = asset.lot.as_ref().is_none_or(|lot| *lot == row.lot);
        if !in_store || !ours || asset.legacy || asset.kind != Some(kind) {
            continue;
        }
        let is_same = !model.is_empty() && asset.model.as_deref().is_some_and(|other| fold(other) == model);
        let place = [asset.school.as_deref(), asset.room.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        *if is_same { &mut same } else { &mut like }.entry(place).or_insert(0_i64) += 1;
    }
    let line = |key: &str, (place, count): (&String, &i64)| {
        let counted = words.n(key, count);
        if place.is_empty() { counted } else { format!("{counted} ({place})") }
    };
    same.iter().map(|entry| line("spare-same", entry)).chain(like.iter().map(|entry| line("spare-like", entry))).collect()
}
