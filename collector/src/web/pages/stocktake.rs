//! `/schools/{code}/stocktake`: what no network sees, counted room by room with a telephone in the hand.
//!
//! Comes in: a school, a room's form. Goes out: the page; what was found is signed and dated. Absent on purpose: what lies in which room and how it is
//! written ([`crate::stocktake`]), undoing (the register's changes).

use super::{Frame, Page, render, today};
use crate::domain::kind::Kind;
use crate::domain::right::Right;
use crate::import::row::Hand;
use crate::stocktake::{self, Found, Noted, Thing};
use crate::store::sight::Eyes;
use crate::store::view;
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{KindMark, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most fields of one room's form.
pub const FIELDS: usize = 1_000;
/// Longest label, in characters.
pub const LABEL: usize = 200;
/// A stocktake is of a school year: it begins on the first of this month.
const FIRST_MONTH: i8 = 8;

#[derive(Template)]
#[template(path = "pages/stocktake.html")]
struct StocktakePage {
    frame: Frame,
    code: String,
    name: String,
    sentence: String,
    rooms: Vec<RoomForm>,
    done: Option<String>,
    trouble: Option<String>,
}

struct RoomForm {
    room: String,
    name: String,
    anchor: String,
    summary: String,
    counted: bool,
    open: bool,
    labelled: Vec<ThingLine>,
    bare: Vec<BareLine>,
}

struct ThingLine {
    label: String,
    kind: KindMark,
    looked: String,
    /// `yes`, `no`; empty: nobody looked in this stocktake.
    now: &'static str,
}

struct BareLine {
    code: &'static str,
    kind: KindMark,
    of: usize,
    looked: String,
    now: String,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    done: Option<String>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(asked): Query<Asked>) -> Page {
    page(&web, &signed, code, asked.done, None).await
}

/// What a school holds that no network sees, room by room, in the order in which one walks.
pub struct Counting {
    /// The school.
    pub school: view::school::SchoolRow,
    /// The first day of this school year's stocktake.
    pub since: Date,
    /// Rooms with their things; what stands in no room comes last.
    pub rooms: Vec<(String, Vec<Thing>)>,
}

impl Counting {
    /// Of a school that the account sees.
    pub async fn load(web: &Web, signed: &Signed, code: &str) -> Result<Counting, Failure> {
        signed.must(Right::ChangeRegister)?;
        let (state, code) = (web.clone(), code.to_owned());
        let (school, rooms, planned) = signed
            .read(web, move |tx| -> Result<_, Stop> {
                let Some(row) = view::school::one(tx, &code)? else { return Ok(None) };
                let rooms = stocktake::rooms(tx, row.id, &row.code)?;
                Ok(Some((row, rooms, state.planned.get(tx)?)))
            })
            .await?
            .ok_or(Failure::NotFound)?;
        let order = planned.rooms(&school.code);
        let mut rooms: Vec<(String, Vec<Thing>)> = rooms.into_iter().collect();
        rooms.sort_by_key(|(room, _)| (room.is_empty(), order.get(room).map_or(usize::MAX, |(at, _)| *at)));
        Ok(Counting { school, since: began(today(&signed.visitor.words)), rooms })
    }
}

/// When somebody looked for a thing in this stocktake, and whether it was there.
pub fn fresh(thing: &Thing, since: Date) -> Option<(Date, bool)> {
    thing.looked.filter(|(on, _)| *on >= since)
}

/// Things without a label, by kind: they are counted.
pub fn bare(things: &[Thing]) -> BTreeMap<Kind, Vec<&Thing>> {
    let mut bare: BTreeMap<Kind, Vec<&Thing>> = BTreeMap::new();
    for thing in things.iter().filter(|thing| !thing.labelled) {
        bare.entry(thing.kind).or_default().push(thing);
    }
    bare
}

/// How many of a kind were counted in this stocktake; none, until somebody has looked for each.
pub fn counted(things: &[&Thing], since: Date) -> Option<usize> {
    let looked: Option<Vec<bool>> = things.iter().map(|thing| fresh(thing, since).map(|(_, here)| here)).collect();
    looked.map(|looked| looked.into_iter().filter(|here| *here).count())
}

async fn page(web: &Web, signed: &Signed, code: String, done: Option<String>, trouble: Option<String>) -> Page {
    let Counting { school: row, since, rooms } = Counting::load(web, signed, &code).await?;
    let words = &signed.visitor.words;
    let mut rooms: Vec<RoomForm> = rooms.iter().map(|(room, things)| room_form(words, room, things, since)).collect();
    let counted = rooms.iter().filter(|room| room.counted).count();
    // The next room to be counted lies open.
    if let Some(next) = rooms.iter_mut().find(|room| !room.counted) {
        next.open = true;
    }
    render(&StocktakePage {
        frame: Frame::titled(web, &signed.visitor, format!("{} · {}", words.t("stocktake"), row.name), "/schools"),
        sentence: if rooms.is_empty() { words.t("stocktake-nothing") } else { words.n_of("stocktake-sentence", counted as i64, rooms.len() as i64) },
        done: done.map(|room| words.named("stocktake-done", &room_name(words, &room))),
        code: row.code,
        name: row.name,
        rooms,
        trouble,
    })
}

/// The first day of the school year's stocktake.
fn began(today: Date) -> Date {
    let year = if today.month() < FIRST_MONTH { today.year() - 1 } else { today.year() };
    Date::new(year, FIRST_MONTH, 1).unwrap_or(today)
}

fn room_name(words: &Words, room: &str) -> String {
    if room.is_empty() { words.t("room-none") } else { room.to_owned() }
}

fn room_form(words: &Words, room: &str, things: &[Thing], since: Date) -> RoomForm {
    let seen = things.iter().filter(|thing| fresh(thing, since).is_some()).count();
    let looked = |looked: Option<(Date, bool)>| match looked {
        Some((on, here)) => words.named(if here { "stocktake-seen" } else { "stocktake-gone" }, &words.date(&on.to_string())),
        None => words.t("stocktake-never"),
    };
    let line = |thing: &Thing| ThingLine {
        label: thing.name.clone(),
        kind: words.kind(Some(thing.kind)),
        looked: looked(thing.looked),
        now: fresh(thing, since).map_or("", |(_, here)| if here { "yes" } else { "no" }),
    };
    let bare_line = |(kind, things): (Kind, Vec<&Thing>)| BareLine {
        code: kind.code(),
        kind: words.kind(Some(kind)),
        of: things.len(),
        looked: looked(things.iter().filter_map(|thing| thing.looked).max()),
        now: counted(&things, since).map(|count| count.to_string()).unwrap_or_default(),
    };
    let anchor: String = room.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    RoomForm {
        name: room_name(words, room),
        anchor: format!("room-{anchor}"),
        summary: words.n_of("stocktake-room", seen as i64, things.len() as i64),
        counted: seen == things.len(),
        open: false,
        labelled: things.iter().filter(|thing| thing.labelled).map(line).collect(),
        bare: bare(things).into_iter().map(bare_line).collect(),
        room: room.to_owned(),
    }
}

/// Reads a room's form: `is:LABEL` yes or no, `of:KIND` a number, `read` a label.
fn found(words: &Words, form: &[(String, String)]) -> Result<Found, Failure> {
    let mut found = Found::default();
    for (name, value) in form {
        let value = value.trim();
        match name.split_once(':') {
            Some(("is", label)) if matches!(value, "yes" | "no") => drop(found.labelled.insert(label.to_owned(), value == "yes")),
            Some(("of", code)) if !value.is_empty() => {
                let bad = || Failure::Bad(words.named("stocktake-bad-count", rollcall_shared::wire::clip(value, 40)));
                let kind = Kind::from_code(code).ok_or_else(bad)?;
                found.counted.insert(kind, value.parse::<u16>().map_err(|_| bad())?.into());
            }
            None if name == "read" && !value.is_empty() => found.read = Some(label_of(value)),
            _ => {}
        }
    }
    Ok(found)
}

/// A label as typed, or as a scanner writes the address that its square holds: `…/l/LABEL/check`.
pub fn label_of(text: &str) -> String {
    let scanned = text.split_once("/l/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
    let decoded = scanned.and_then(|label| {
        let address: Uri = format!("/?label={label}").parse().ok()?;
        Query::<BTreeMap<String, String>>::try_from_uri(&address).ok()?.0.remove("label")
    });
    decoded.as_deref().unwrap_or(text).trim().chars().take(LABEL).collect()
}

/// Notes what somebody found in a room.
pub async fn note(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Form(form): Form<Vec<(String, String)>>) -> Page {
    let field = |name: &str| form.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default();
    signed.visitor.check_form(&field("csrf"))?;
    signed.must(Right::ChangeRegister)?;
    let words = signed.visitor.words.clone();
    if form.len() > FIELDS {
        return Err(Failure::Bad(words.n("stocktake-too-many-fields", FIELDS as i64)));
    }
    let (room, found) = (field("room"), found(&words, &form)?);
    match noted(&web, &signed, &code, &room, found).await? {
        Ok(()) => Ok(Redirect::to(&format!("/schools/{}/stocktake?done={}", form_encoded(&code), form_encoded(&room))).into_response()),
        Err(trouble) => page(&web, &signed, code, None, Some(trouble)).await,
    }
}

/// Notes what somebody found in a room, from a form or for a program; else the sentence that says why not.
pub async fn noted(web: &Web, signed: &Signed, code: &str, room: &str, found: Found) -> Result<Result<(), String>, Failure> {
    signed.must(Right::ChangeRegister)?;
    let words = &signed.visitor.words;
    // What may be said of a room is asked where it is noted: rows say no kind.
    let (who, why) = (signed.account.login.clone(), words.t("stocktake"));
    let hand = Hand { who, why, now: web.now(), today: today(words), knows: Vec::new(), eyes: Eyes::ALL, sees_prices: true };
    let (asked, there, read) = (code.to_owned(), room.to_owned(), found.read.clone().unwrap_or_default());
    let (school, noted) = signed
        .write(web, move |tx| -> Result<_, Stop> {
            let Some(row) = view::school::one(tx, &asked)? else { return Ok(None) };
            Ok(Some((row.id, stocktake::note(tx, row.id, &row.code, &there, &found, &hand)?)))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    Ok(Err(match noted {
        Noted::Done(0) => words.t("stocktake-nothing-said"),
        Noted::Done(_) => {
            web.live.tell(Topic::School(school));
            return Ok(Ok(()));
        }
        Noted::Unknown => words.t("stocktake-changed"),
        Noted::TooMany(kind, most) => words.with("stocktake-too-many", [("n", (most as i64).into()), ("kind", kind.label(words.language).into())]),
        Noted::NoSuchLabel => words.named("stocktake-no-label", &read),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_typed_or_as_the_address_of_its_square() {
        for (text, label) in [("D-17", "D-17"), ("https://parc.ville.example/l/D-17/abcdefgh", "D-17"), ("/l/D%2F17/abcdefgh", "D/17"), ("", "")] {
            assert_eq!(label_of(text), label, "{text}");
        }
    }

    #[test]
    fn a_stocktake_is_of_a_school_year() {
        use jiff::civil::date;
        assert_eq!(began(date(2026, 11, 28)), date(2026, 8, 1));
        assert_eq!(began(date(2027, 7, 31)), date(2026, 8, 1));
    }
}
