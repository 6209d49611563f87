//! Shell: a school's stocktake, room by room: what no network sees, counted by somebody who stands before it.
//!
//! Comes in: a school, what somebody found in a room. Goes out: rooms with their things and when somebody last looked; rows of the register's
//! attestations, signed and dated, by which settling and proof go. Absent on purpose: pages, who may.

use crate::domain::folded::squeezed;
use crate::domain::kind::{Kind, KnownBy};
use crate::domain::place::AssetState;
use crate::domain::portion::{Aliases, at, called};
use crate::domain::register::{ABSENT, Register, counted_as};
use crate::import::row::{self, Hand, Standing};
use crate::store::register::{self, Cells};
use crate::store::sight::{Seen, scope};
use crate::store::view::school::PlaceRow;
use crate::store::{self, portion, view};
use jiff::civil::Date;
use rollcall_shared::SchoolId;
use std::collections::{BTreeMap, BTreeSet};

/// Places of one school that are looked through.
const PLACES: i64 = 500;
/// Pages of places: beyond it a school has more than a stocktake on foot can hold.
const PAGES: usize = 20;

/// Something that only people can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its label; of a thing that bears none, its place.
    pub name: String,
    /// It bears a label.
    pub labelled: bool,
    /// What it is.
    pub kind: Kind,
    /// When somebody last looked, and whether it was there.
    pub looked: Option<(Date, bool)>,
}

/// Things by room; the room without a name holds what has none.
pub type Rooms = BTreeMap<String, Vec<Thing>>;

/// What a school holds that no network sees.
pub fn rooms(tx: &mut Seen<'_, '_>, school: SchoolId, code: &str) -> store::Result<Rooms> {
    let (mut places, mut after): (Vec<PlaceRow>, String) = Default::default();
    for _ in 0..PAGES {
        let page = view::school::places(tx, school, &after, PLACES)?;
        let more = page.len() as i64 >= PLACES;
        after = page.last().map(|place| place.key.clone()).unwrap_or_default();
        places.extend(page.into_iter().filter(|place| place.known_by != "seen" && !matches!(place.outcome.as_str(), "closed" | "legacy_gone")));
        if !more {
            break;
        }
    }
    let names: BTreeSet<String> = places.iter().filter_map(|place| called(&place.label)).chain([at(code)]).collect();
    let register = Register::from_tables(&portion::register(tx, names, &Aliases::default())?);
    let looked = register.looked_at();
    let mut rooms = Rooms::new();
    let mut known = BTreeSet::new();
    for place in places {
        let Some(kind) = Kind::from_code(&place.kind) else { continue };
        let labelled = !place.label.is_empty();
        let name = if labelled { place.label } else { counted_as(code, &place.key) };
        known.insert(squeezed(&name));
        rooms.entry(place.room).or_default().push(Thing { looked: looked.get(&squeezed(&name)).copied(), name, labelled, kind });
    }
    // What is owned and fills no place; whose eyes do not see everything keep to places, of which each kind was asked.
    let by_hand = |kind: Kind| kind.row().known_by != KnownBy::Seen;
    for asset in register.assets.iter().filter(|asset| tx.see_all() && asset.school.as_deref() == Some(code)) {
        let Some(kind) = asset.kind.filter(|kind| by_hand(*kind)) else { continue };
        let gone = matches!(asset.state, AssetState::Ordered | AssetState::Lost | AssetState::Stolen | AssetState::Retired);
        if !gone && known.insert(squeezed(&asset.label)) {
            let thing = Thing { name: asset.label.clone(), labelled: true, kind, looked: looked.get(&squeezed(&asset.label)).copied() };
            rooms.entry(asset.room.clone().unwrap_or_default()).or_default().push(thing);
        }
    }
    rooms.values_mut().for_each(|things| things.sort_by(|a, b| (!a.labelled, a.kind, &a.name).cmp(&(!b.labelled, b.kind, &b.name))));
    Ok(rooms)
}

/// What somebody found in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Labelled things: there, or not.
    pub labelled: BTreeMap<String, bool>,
    /// How many of a kind without labels.
    pub counted: BTreeMap<Kind, usize>,
    /// A label read there.
    pub read: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// So many rows were written.
    Done(usize),
    /// No such room, or it holds no such thing.
    Unknown,
    /// More were counted than there are places: of this kind so many.
    TooMany(Kind, usize),
    /// The register knows no thing of this label.
    NoSuchLabel,
}

/// Notes what somebody found in a room of a school, all of it or nothing.
pub fn note(tx: &mut Seen<'_, '_>, school: SchoolId, code: &str, room: &str, found: &Found, hand: &Hand) -> store::Result<Noted> {
    let rooms = rooms(tx, school, code)?;
    let things = rooms.get(room).map_or(&[][..], Vec::as_slice);
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for (label, here) in &found.labelled {
        let Some(thing) = things.iter().find(|thing| thing.labelled && thing.name == *label) else { return Ok(Noted::Unknown) };
        rows.push((&thing.name, if *here { "count" } else { ABSENT }));
    }
    for (kind, count) in &found.counted {
        let of_kind: Vec<&Thing> = things.iter().filter(|thing| !thing.labelled && thing.kind == *kind).collect();
        if *count > of_kind.len() {
            return Ok(Noted::TooMany(*kind, of_kind.len()));
        }
        rows.extend(of_kind.iter().enumerate().map(|(at, thing)| (thing.name.as_str(), if at < *count { "count" } else { ABSENT })));
    }
    if let Some(label) = &found.read {
        if register::row(tx, "assets", std::slice::from_ref(label))?.is_none() {
            return Ok(Noted::NoSuchLabel);
        }
        rows.push((label, "label_scan"));
    }
    let day = hand.today.to_string();
    // What somebody said today where nothing is seen from here stays theirs, and is not told.
    let scope = scope(tx)?;
    for (name, _) in &rows {
        let said = register::row(tx, "attestations", &[(*name).to_owned(), day.clone()])?;
        if said.is_some_and(|row| !scope.knows(row.get("school").map(String::as_str))) {
            return Ok(if found.read.as_deref() == Some(*name) { Noted::NoSuchLabel } else { Noted::Unknown });
        }
    }
    for (name, how) in &rows {
        let key = [(*name).to_owned(), day.clone()];
        let cell = |row: &Cells, column: &str| row.get(column).cloned().unwrap_or_default();
        let is_here = |row: &Cells| (cell(row, "school").as_str(), cell(row, "room").as_str()) == (code, room);
        // Of one day what was found counts, wherever it was found: a sheet of the room where it should be takes no other proof away.
        let elsewhere = |row: &Cells| row.get("how").is_some_and(|how| how != ABSENT) && !is_here(row);
        if *how == ABSENT && register::row(tx, "attestations", &key)?.as_ref().is_some_and(elsewhere) {
            continue;
        }
        let cells = [("label_or_serial", *name), ("on", &day), ("school", code), ("room", room), ("how", how)];
        let cells: Cells =
            cells.iter().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect();
        row::written(tx, "attestations", &key, Some(&cells), Standing::Here, hand)?;
    }
    Ok(Noted::Done(rows.len()))
}
