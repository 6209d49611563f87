//! `/calendar`: which school years are known, what is expected of devices; the ministry's file comes in here.
//!
//! Comes in: the ministry's file as it is, settings. Goes out: the page. Absent on purpose: closures (rows of the register, `register`), what a day is
//! (`domain/calendar`), judging presence.

use super::{Frame, Page, render};
use crate::calendar_file::{self, Imported, MAX_FILE_BYTES};
use crate::domain::calendar::Why;
use crate::domain::calendar::zone::zone_row;
use crate::domain::calendar::{Calendar, Day};
use crate::domain::kind::{Kind, Presence};
use crate::domain::plan::note::Words as Sentence;
use crate::domain::presence::LONGEST_THRESHOLD;
use crate::domain::right::Right;
use crate::store::account::{self, AuditLine};
use crate::store::presence::{self, AllSettings, Setting, TOWN};
use crate::store::{school, view};
use crate::web::error::Failure;
use crate::web::session::blocking;
use crate::web::upload::broken;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use askama::Template;
use axum::body::Bytes;
use axum::extract::{Form, Multipart, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::SchoolId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Bytes of an upload: the file and the form around it.
pub const MAX_UPLOAD_BYTES: usize = MAX_FILE_BYTES + 16 * 1024;
/// Rows that were not taken, shown.
const REFUSED: usize = 20;

#[derive(Template)]
#[template(path = "pages/calendar.html")]
struct CalendarPage {
    frame: Frame,
    trouble: Option<String>,
    done: Option<String>,
    refused: Vec<String>,
    /// Zone, years that are known whole, years that are not.
    zones: Vec<(String, String, String)>,
    thresholds: Vec<Threshold>,
    /// Schools with settings of their own: name, what.
    own: Vec<(String, String)>,
    cuts: bool,
    kinds: Vec<(&'static str, String)>,
    most: u32,
}

struct Threshold {
    kind: String,
    days: u32,
    set: bool,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Page {
    page(&web, &signed, None, None).await
}

async fn page(web: &Web, signed: &Signed, trouble: Option<String>, imported: Option<Imported>) -> Page {
    let state = web.clone();
    let (calendars, names) = signed
        .read(web, move |tx| -> Result<_, Stop> {
            let calendars = state.calendars.get(tx)?;
            let mut names = BTreeMap::new();
            for id in calendars.settings.schools() {
                if !view::school::sees(tx, id)? {
                    continue;
                }
                names.extend(school::school_by_id(tx, id)?.map(|known| (id, known.school.name)));
            }
            Ok((calendars, names))
        })
        .await?;
    let words = &signed.visitor.words;
    let (town, _) = calendars.settings.of(TOWN);
    let threshold = |kind: Kind| Threshold {
        kind: words.kind(Some(kind)).word.to_owned(),
        days: town.days(kind).unwrap_or(0),
        set: town.thresholds.contains_key(&kind),
    };
    let kinds = judged();
    render(&CalendarPage {
        frame: Frame::new(web, &signed.visitor, "calendar-title", "/plan"),
        trouble,
        done: imported.as_ref().map(|imported| words.n_of("calendar-imported", imported.changed as i64, imported.years as i64)),
        refused: imported.into_iter().flat_map(|imported| imported.refused).take(REFUSED).map(|line| line.text(words.language).to_owned()).collect(),
        zones: zones(words, calendars.holidays.years()),
        thresholds: kinds.iter().map(|kind| threshold(*kind)).collect(),
        own: own_settings(words, &calendars.settings, &names),
        cuts: town.cuts_power_in_holidays,
        kinds: kinds.iter().map(|kind| (kind.code(), words.kind(Some(*kind)).word.to_owned())).collect(),
        most: LONGEST_THRESHOLD,
    })
}

/// Kinds that are missed after some days.
pub fn judged() -> Vec<Kind> {
    let judged = |kind: &Kind| kind.row().presence.silent_after_school_days().is_some_and(|days| days > 0);
    Kind::ALL.into_iter().filter(judged).filter(|kind| kind.row().presence != Presence::ByHand).collect()
}

/// A minute of the day as a time, `19:00`.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn zones(words: &Words, years: Vec<(String, String, bool)>) -> Vec<(String, String, String)> {
    let mut by_zone: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    for (zone, year, whole) in years {
        by_zone.entry(zone).or_default()[usize::from(!whole)].push(year);
    }
    let name = |code: &str| zone_row(code).map_or_else(|| code.to_owned(), |row| row.name(words.language).to_owned());
    by_zone.into_iter().map(|(zone, [whole, part])| (name(&zone), whole.join(", "), part.join(", "))).collect()
}

fn own_settings(words: &Words, settings: &AllSettings, names: &BTreeMap<SchoolId, String>) -> Vec<(String, String)> {
    let told = |setting: &Setting| match setting {
        Setting::Threshold(kind, 0) => words.named("calendar-never", words.kind(Some(*kind)).word),
        Setting::Threshold(kind, days) => format!("{} : {}", words.kind(Some(*kind)).word, words.n("calendar-days", i64::from(*days))),
        Setting::CutsPowerInHolidays(cuts) => words.t(if *cuts { "calendar-cuts" } else { "calendar-keeps" }),
        Setting::NightCut(off, on) => words.named("calendar-night", &format!("{}:{:02}–{}:{:02}", off / 60, off % 60, on / 60, on % 60)),
        Setting::RoomUse(room, usage) => format!("{} : {}", words.in_room(room), words.coded("usage-", usage.code())),
    };
    let line = |(id, name): (&SchoolId, &String)| (name.clone(), settings.own(*id).iter().map(told).collect::<Vec<_>>().join(" ; "));
    names.iter().map(line).collect()
}

/// The ministry's file comes in.
pub async fn upload(State(web): State<Web>, signed: Signed, mut form: Multipart) -> Page {
    signed.must(Right::Administer)?;
    let (mut csrf, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("csrf") => csrf = field.text().await.map_err(broken)?,
            Some("file") => {
                let name: String = field.file_name().unwrap_or("calendar").chars().take(120).collect();
                file = Some((name, field.bytes().await.map_err(broken)?));
            }
            _ => {}
        }
    }
    signed.visitor.check_form(&csrf)?;
    let Some((name, bytes)) = file.filter(|(_, bytes)| !bytes.is_empty()) else {
        return page(&web, &signed, Some(signed.visitor.words.t("import-no-file")), None).await;
    };
    match taken(&web, &signed, name, bytes).await? {
        Ok(imported) => page(&web, &signed, None, Some(imported)).await,
        Err(refusal) => page(&web, &signed, Some(refusal.text(signed.visitor.words.language).to_owned()), None).await,
    }
}

/// Takes the ministry's file in, from a form or from a program; else why it is none.
pub async fn taken(web: &Web, signed: &Signed, name: String, bytes: Bytes) -> Result<Result<Imported, Sentence>, Failure> {
    signed.must(Right::Administer)?;
    let (now, who, db) = (web.now(), signed.account.login.clone(), web.db.clone());
    Ok(blocking(move || calendar_file::import(&db, &bytes, &name, &who, now)).await??)
}

/// One setting, for the town or one school.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Set {
    /// The form's token.
    pub csrf: String,
    /// Code of a school; empty: the town.
    pub school: String,
    /// `days`, `holidays`, `night`.
    pub what: String,
    /// Of `days`: which kind.
    pub kind: String,
    /// Days; empty: as usual again.
    pub days: String,
    /// `yes`, `no`; empty: as usual again.
    pub cuts: String,
    /// Time of day `19:00`; empty: power stays on.
    pub off: String,
    /// Time of day `06:00`.
    pub on: String,
}

/// Sets it; the schools concerned are looked at again.
pub async fn set(State(web): State<Web>, signed: Signed, Form(form): Form<Set>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    match kept(&web, &signed, &form).await? {
        Ok(()) => Ok(Redirect::to("/calendar").into_response()),
        Err(key) => page(&web, &signed, Some(signed.visitor.words.n(key, i64::from(LONGEST_THRESHOLD))), None).await,
    }
}

/// Keeps a setting, from a form or for a program; else the key of the sentence that says why not.
pub async fn kept(web: &Web, signed: &Signed, form: &Set) -> Result<Result<(), &'static str>, Failure> {
    signed.must(Right::Administer)?;
    let wished = match wished(form) {
        Ok(wished) => wished,
        Err(key) => return Ok(Err(key)),
    };
    let (now, who, code) = (web.now(), signed.account.login.clone(), form.school.trim().to_owned());
    web.write(move |tx| -> Result<(), Stop> {
        let id = if code.is_empty() { TOWN } else { school::school_by_code(tx, &code)?.ok_or(Failure::NotFound)?.id };
        let (name, was, becomes) = match &wished {
            Wished::Set(setting) => (setting.name(), presence::set(tx, id, setting, &who, now)?, setting.value()),
            Wished::Unset(name) => (name.clone(), presence::unset(tx, id, name)?, String::new()),
        };
        if let Some(was) = was {
            let line = AuditLine {
                at: now,
                who: who.clone(),
                what: "presence.set".to_owned(),
                subject: format!("{code} {name}").trim().to_owned(),
                was,
                becomes,
            };
            account::audit(tx, &line)?;
            if id == TOWN { school::mark_all_due(tx, now)? } else { school::mark_due(tx, id, now)? }
        }
        Ok(())
    })
    .await?;
    Ok(Ok(()))
}

enum Wished {
    Set(Setting),
    Unset(String),
}

fn wished(form: &Set) -> Result<Wished, &'static str> {
    match form.what.as_str() {
        "days" => {
            let kind = Kind::from_code(&form.kind).ok_or("calendar-bad-kind")?;
            match form.days.trim() {
                "" => Ok(Wished::Unset(presence::threshold_name(kind))),
                days => days
                    .parse()
                    .ok()
                    .filter(|days| *days <= LONGEST_THRESHOLD)
                    .map(|days| Wished::Set(Setting::Threshold(kind, days)))
                    .ok_or("calendar-bad-days"),
            }
        }
        "holidays" => Ok(match form.cuts.as_str() {
            "yes" => Wished::Set(Setting::CutsPowerInHolidays(true)),
            "no" => Wished::Set(Setting::CutsPowerInHolidays(false)),
            _ => Wished::Unset(Setting::CutsPowerInHolidays(false).name()),
        }),
        "night" if form.off.is_empty() && form.on.is_empty() => Ok(Wished::Unset(Setting::NightCut(0, 0).name())),
        "night" => match (minute(&form.off), minute(&form.on)) {
            (Some(off), Some(on)) if off != on => Ok(Wished::Set(Setting::NightCut(off, on))),
            _ => Err("calendar-bad-time"),
        },
        _ => Err("calendar-bad-kind"),
    }
}

/// `19:00` as a minute of the day.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// What today is at a school, in a sentence: « jour de classe », « vacances : Vacances de Noël », and that a year is missing.
pub fn today(words: &Words, calendar: &Calendar) -> String {
    let day = calendar.day(calendar.date_at(words.now));
    match &day {
        Day::Off(Why::Closed(why) | Why::Holiday(why)) if !why.is_empty() => words.named(&format!("day-{}", day.code().replace('_', "-")), why),
        Day::Off(Why::PublicHoliday(code)) => words.named("day-public-holiday", &words.coded("feast-", code)),
        _ => words.coded("day-", day.code()),
    }
}
