//! `/api/v1/calendar/settings`: after how many school days a kind is missed, where power is cut in holidays and at night.
//!
//! Comes in: one setting, for the town or one school. Goes out: own types. Absent on purpose: school years (`calendar`), closures (rows of the register),
//! judging presence (`domain/presence`).

use super::take::{Json, within};
use super::{Answer, codes};
use crate::domain::presence::LONGEST_THRESHOLD;
use crate::store::presence::{Setting, TOWN};
use crate::store::{school, view};
use crate::web::error::{Failure, Problem};
use crate::web::pages::calendar::{self as page, Set, clock};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest code of a school or a kind, in characters.
const CODE: usize = 200;
/// Longest time of day, in characters.
const TIME: usize = 5;

/// What is expected of devices.
#[derive(Serialize, ToSchema)]
#[schema(as = PresenceSettings)]
pub(super) struct Settings {
    /// Of each kind that is missed at all: after how many school days, where a school says nothing else.
    thresholds: Vec<Threshold>,
    /// What was set, the town's first.
    set: Vec<One>,
}

/// After how many school days a kind is missed.
#[derive(Serialize, ToSchema)]
#[schema(as = PresenceThreshold)]
pub(super) struct Threshold {
    /// Code of the kind.
    #[schema(schema_with = codes::kinds)]
    kind: &'static str,
    /// School days unseen; 0: it is never missed.
    days: u32,
    /// The town has said so; else it is as usual.
    set: bool,
}

/// One setting.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = PresenceSetting)]
pub(super) struct One {
    /// Code of the school; null: the town's.
    school: Option<String>,
    /// What is set: days, holidays, night, room.
    what: &'static str,
    /// Of days: code of the kind.
    kind: Option<&'static str>,
    /// Of days: school days unseen after which it is missed; 0: never.
    days: Option<u32>,
    /// Of holidays: power is cut in them.
    cuts: Option<bool>,
    /// Of night: when power is cut, `19:00`.
    off: Option<String>,
    /// Of night: when it comes back, `06:00`.
    on: Option<String>,
    /// Of room: which.
    room: Option<String>,
    /// Of room: how it is used otherwise than in term.
    usage: Option<&'static str>,
}

fn shown(school: Option<&String>, setting: &Setting) -> One {
    let of = One { school: school.cloned(), ..One::default() };
    match setting {
        Setting::Threshold(kind, days) => One { what: "days", kind: Some(kind.code()), days: Some(*days), ..of },
        Setting::CutsPowerInHolidays(cuts) => One { what: "holidays", cuts: Some(*cuts), ..of },
        Setting::NightCut(off, on) => One { what: "night", off: Some(clock(*off)), on: Some(clock(*on)), ..of },
        Setting::RoomUse(room, usage) => One { what: "room", room: Some(room.clone()), usage: Some(usage.code()), ..of },
    }
}

/// What is expected of devices: settings of the town, and of schools as far as the account sees them.
#[utoipa::path(get, operation_id = "getPresenceSettings", path = "/api/v1/calendar/settings", responses((status = 200, body = Settings), (status = 403, body = Problem)))]
pub(super) async fn settings(State(web): State<Web>, signed: Signed) -> Answer<Settings> {
    let state = web.clone();
    let (calendars, schools) = signed
        .read(&web, move |tx| -> Result<_, Stop> {
            let calendars = state.calendars.get(tx)?;
            let mut schools = Vec::new();
            for id in calendars.settings.schools() {
                if !view::school::sees(tx, id)? {
                    continue;
                }
                schools.extend(school::school_by_id(tx, id)?.map(|known| (id, known.school.code)));
            }
            Ok((calendars, schools))
        })
        .await?;
    let (town, _) = calendars.settings.of(TOWN);
    let own = schools.iter().flat_map(|(id, code)| calendars.settings.own(*id).iter().map(move |setting| shown(Some(code), setting)));
    Ok(Json(Settings {
        thresholds: page::judged()
            .into_iter()
            .map(|kind| Threshold { kind: kind.code(), days: town.days(kind).unwrap_or(0), set: town.thresholds.contains_key(&kind) })
            .collect(),
        set: calendars.settings.own(TOWN).iter().map(|setting| shown(None, setting)).chain(own).collect(),
    }))
}

/// A setting that shall hold.
#[derive(Deserialize, ToSchema)]
#[schema(as = PresenceWish)]
pub(super) struct Wish {
    /// Code of a school; empty: the town.
    #[serde(default)]
    #[schema(max_length = 200)]
    school: String,
    /// What is set.
    #[schema(schema_with = codes::presence_settings, required = true)]
    what: String,
    /// Of days, which want it: code of the kind.
    #[serde(default)]
    #[schema(max_length = 200)]
    kind: String,
    /// Of days: school days unseen after which the kind is missed; 0: never; null: as usual again.
    #[serde(default, deserialize_with = "super::take::whole_or_none")]
    #[schema(schema_with = codes::threshold_days)]
    days: Option<i64>,
    /// Of holidays: power is cut in them; null: as usual again.
    #[serde(default)]
    cuts: Option<bool>,
    /// Of night: when power is cut, `19:00`; empty, as `on` is then: it is not.
    #[serde(default)]
    #[schema(max_length = 5)]
    off: String,
    /// Of night: when it comes back, `06:00`.
    #[serde(default)]
    #[schema(max_length = 5)]
    on: String,
}

/// Sets what is expected of devices, for the town or one school; the schools concerned are looked at again. 404: there is no such school.
#[utoipa::path(put, operation_id = "setPresence", path = "/api/v1/calendar/settings", request_body = Wish, responses((status = 200, body = Settings), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(State(web): State<Web>, signed: Signed, Json(wish): Json<Wish>) -> Answer<Settings> {
    for (name, text, most) in [("school", &wish.school, CODE), ("kind", &wish.kind, CODE), ("off", &wish.off, TIME), ("on", &wish.on, TIME)] {
        within(name, text, most)?;
    }
    let wished = Set {
        school: wish.school,
        what: wish.what,
        kind: wish.kind,
        days: wish.days.map(|days| days.to_string()).unwrap_or_default(),
        cuts: wish.cuts.map_or("", |cuts| if cuts { "yes" } else { "no" }).to_owned(),
        off: wish.off,
        on: wish.on,
        ..Set::default()
    };
    let said = |key| Failure::Unfit(signed.visitor.words.n(key, i64::from(LONGEST_THRESHOLD)));
    page::kept(&web, &signed, &wished).await?.map_err(said)?;
    settings(State(web), signed).await
}
