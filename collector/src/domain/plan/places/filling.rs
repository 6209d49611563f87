//! The places of one school: every item of every kit that it is allotted, spot by spot.
//!
//! Comes in: an allotment, what the school counts (rooms, classes, teachers, pupils, cases). Goes out: places, those that are over among
//! them: a class that was closed, a cohort that has left, a school that is no more. Absent on purpose: which allotments reach a school
//! (`mod`), devices.

use super::{MAX_COUNT, Planned, Unfolding, cohort, school_year};
use crate::domain::kind::Kind;
use crate::domain::place::{AssetState, Life, Over, Place};
use crate::domain::plan::PlanDate;
use crate::domain::plan::model::{Allotment, KitItem, Room};
use crate::domain::plan::selector::Per;
use crate::domain::register::Asset;
use std::collections::HashMap;

/// The places of one school, while allotments are laid into it.
pub(super) struct Filling<'a> {
    pub(super) unfolding: &'a Unfolding<'a>,
    pub(super) school: &'a str,
    /// The school is no more: what stood there waits for another place.
    pub(super) closed: bool,
    pub(super) places: Vec<Planned>,
    /// Where each key stands among the places.
    pub(super) taken: HashMap<String, usize>,
}

/// One spot that an item is counted for.
struct Spot {
    /// What names it in the key: a room, `class 3`, `pupil 12`; empty for the school itself.
    name: String,
    room: Option<String>,
    case: Option<String>,
    /// Key of the place of that case.
    inside: Option<String>,
    pinned: Option<String>,
    over: Option<Over>,
}

impl Spot {
    fn plain(name: String) -> Self {
        Spot { name, room: None, case: None, inside: None, pinned: None, over: None }
    }

    fn over(self, over: Over) -> Self {
        Spot { over: Some(over), ..self }
    }
}

/// `teacher 1`, `teacher 2` …: as many as are counted now; those that were counted in an earlier year are over.
fn numbered(name: &str, now: u32, ever: u32) -> Vec<Spot> {
    let spot = |number: u32| {
        let spot = Spot::plain(format!("{name} {number}"));
        if number > now { spot.over(Over::FewerCounted) } else { spot }
    };
    (1..=ever.max(now)).map(spot).collect()
}

impl<'a> Filling<'a> {
    pub(super) fn allot(&mut self, allotment: &Allotment) {
        let items = self.unfolding.kits.get(allotment.kit.as_str()).map_or(&[][..], Vec::as_slice);
        let due = self.unfolding.due(allotment, self.school);
        for copy in 1..=allotment.quantity.min(MAX_COUNT) {
            for item in items {
                for spot in self.spots(allotment, item, items, copy) {
                    self.put(allotment, item, copy, spot, due.as_ref());
                }
            }
        }
    }

    /// Where an item of one copy of a kit goes.
    fn spots(&self, allotment: &Allotment, item: &KitItem, items: &[&KitItem], copy: u32) -> Vec<Spot> {
        // Of a year that is told nothing was more before: it counts once and for all.
        let year = allotment.year.or(allotment.cohort);
        let count = |what: &str, level: &str| self.unfolding.count(self.school, what, level, year).min(MAX_COUNT);
        let ever = |what: &str, level: &str| if year.is_some() { 0 } else { self.unfolding.ever(self.school, what, level).min(MAX_COUNT) };
        match &item.per {
            Per::School if item.kind == Kind::Case => self.cases(item.quantity, copy, allotment.quantity),
            Per::School => vec![Spot::plain(String::new())],
            Per::Class => self.classes(count("class", "all"), ever("class", "all")),
            Per::Room(kind) => {
                self.rooms(kind).map(|room| if self.is_closed(room) { self.spot(room).over(Over::ClassClosed) } else { self.spot(room) }).collect()
            }
            Per::Teacher => numbered("teacher", count("teacher", "all"), ever("teacher", "all")),
            Per::Pupil(level) => match allotment.cohort.and_then(|cohort| self.cohort(allotment, cohort, level)) {
                Some(spots) => spots,
                None => numbered(level, count("pupil", level), ever("pupil", level)),
            },
            Per::Case => {
                let of_kit = items.iter().find(|item| item.kind == Kind::Case && item.per == Per::School);
                let own = of_kit.map_or(0, |item| item.quantity);
                // A kit without a case of its own fills the school's cases (tablets that complete what is there).
                let known = self.unfolding.cases.get(self.school).map_or(0, Vec::len) as u32;
                let cases = if own > 0 { self.cases(own, copy, allotment.quantity) } else { self.cases(known, 1, 1) };
                cases
                    .into_iter()
                    .map(|spot| {
                        let inside = of_kit.map(|item| stem(allotment, item, copy, &spot.name));
                        Spot { case: spot.pinned.clone().or(Some(spot.name.clone())), inside, room: None, pinned: None, ..spot }
                    })
                    .collect()
            }
        }
    }

    /// The classes, each in its room as long as there are rooms. A closed room is over; so are rooms and numbers that an earlier year
    /// needed and this one does not.
    fn classes(&self, now: u32, ever: u32) -> Vec<Spot> {
        let mut spots = Vec::new();
        let (mut open, mut walked) = (0, 0);
        for room in self.rooms("class") {
            walked += 1;
            match room {
                room if self.is_closed(room) => spots.push(self.spot(room).over(Over::ClassClosed)),
                room if open < now => {
                    open += 1;
                    spots.push(self.spot(room));
                }
                room if walked <= ever => spots.push(self.spot(room).over(Over::ClassClosed)),
                _ => {}
            }
        }
        // Numbers go on from all rooms, closed ones too, so that a class without a room keeps its number.
        let last = walked + now.saturating_sub(open);
        spots.extend((walked + 1..=last.max(ever)).map(|number| {
            let spot = Spot::plain(format!("class {number}"));
            if number > last { spot.over(Over::ClassClosed) } else { spot }
        }));
        spots
    }

    /// The pupils of a cohort: as many as there were when it got its devices. `None` for levels that nobody climbs.
    fn cohort(&self, allotment: &Allotment, cohort: i16, entry: &str) -> Option<Vec<Spot>> {
        let left = cohort::standing(entry, cohort, school_year(self.unfolding.on))? == cohort::Standing::Left;
        let count = self.unfolding.cohort_size(self.school, allotment, cohort, entry).min(MAX_COUNT);
        let spot = |number: u32| {
            let spot = Spot::plain(format!("{entry} {number}"));
            if left { spot.over(Over::CohortLeft) } else { spot }
        };
        Some((1..=count).map(spot).collect())
    }

    /// A room's spot. Its key bears the first name that the room had, unless another room is called so now.
    fn spot(&self, room: &Room) -> Spot {
        let rooms = self.unfolding.rooms.get(self.school).map_or(&[][..], Vec::as_slice);
        let first = room.was.first().filter(|first| !rooms.iter().any(|other| other.room == **first));
        Spot { room: Some(room.room.clone()), ..Spot::plain(first.unwrap_or(&room.room).clone()) }
    }

    fn is_closed(&self, room: &Room) -> bool {
        room.closed_on.as_ref().is_some_and(|closed| closed.is_past(self.unfolding.on))
    }

    /// The rooms of a kind, in the order in which one walks.
    fn rooms(&self, kind: &'a str) -> impl Iterator<Item = &'a Room> + use<'a> {
        let rooms: &'a [&'a Room] = self.unfolding.rooms.get(self.school).map_or(&[][..], Vec::as_slice);
        rooms.iter().copied().filter(move |room| room.kind == kind)
    }

    /// The cases of one copy of a kit, each pinned to a case of the register as long as there are some.
    fn cases(&self, each: u32, copy: u32, copies: u32) -> Vec<Spot> {
        let known = self.unfolding.cases.get(self.school).map_or(&[][..], Vec::as_slice);
        let first = copy.saturating_sub(1).saturating_mul(each);
        let spot = |number: u32| {
            let case = known.get(number as usize);
            let name = if each == 1 && copies == 1 { String::from("case") } else { format!("case {}", number + 1 - first) };
            Spot { room: case.and_then(|case| case.room.clone()), pinned: case.map(|case| case.case.clone()), ..Spot::plain(name) }
        };
        (first..first.saturating_add(each.min(MAX_COUNT))).map(spot).collect()
    }

    fn put(&mut self, allotment: &Allotment, item: &KitItem, copy: u32, spot: Spot, due: Option<&PlanDate>) {
        // A case's spot stands for one case already; all others hold the item's quantity.
        let quantity = if item.kind == Kind::Case && item.per == Per::School { 1 } else { item.quantity.min(MAX_COUNT) };
        let stem = stem(allotment, item, copy, &spot.name);
        let life = self.life(allotment, spot.over);
        for number in 1..=quantity {
            let key = if quantity > 1 { format!("{stem}/{number:02}") } else { stem.clone() };
            if let Some(known) = self.taken.get(&key) {
                // What one allotment has given up and another still asks for is not over.
                let known = &mut self.places[*known].place.life;
                if matches!(known, Life::Over(_)) {
                    *known = life;
                }
                continue;
            }
            let place = Place {
                key: key.clone(),
                kind: item.kind,
                room: spot.room.clone(),
                kit: allotment.kit.clone(),
                phase: allotment.phase.clone(),
                model: item.model.clone(),
                due: due.map(|due| (due.first, due.last)),
                pinned: spot.pinned.clone(),
                known_by: item.known_by,
                inside: spot.inside.clone(),
                life,
            };
            self.taken.insert(key, self.places.len());
            self.places.push(Planned {
                school: self.school.to_owned(),
                place,
                due_from: allotment.due_from.clone(),
                due_on: due.cloned(),
                case: spot.case.clone(),
                lot: item.lot.clone(),
                cohort: allotment.cohort,
                level: self.level(allotment, item),
                replaces_legacy: allotment.replaces_legacy,
            });
        }
    }

    fn life(&self, allotment: &Allotment, over: Option<Over>) -> Life {
        match over {
            _ if self.closed => Life::Over(Over::SchoolClosed),
            Some(over) => Life::Over(over),
            None if allotment.legacy => Life::Legacy,
            None if allotment.replaces_legacy => Life::Replaces,
            None => Life::Open,
        }
    }

    fn level(&self, allotment: &Allotment, item: &KitItem) -> Option<&'static str> {
        let Per::Pupil(entry) = &item.per else { return None };
        cohort::level(entry, allotment.cohort?, school_year(self.unfolding.on))
    }
}

/// What names the spot of an item: `KIT@COHORT COPY/KIND VARIANT/SPOT`.
fn stem(allotment: &Allotment, item: &KitItem, copy: u32, spot: &str) -> String {
    let mut stem = allotment.kit.clone();
    if let Some(cohort) = allotment.cohort {
        stem.push_str(&format!("@{cohort}"));
    }
    if copy > 1 {
        stem.push_str(&format!(" {copy}"));
    }
    stem.push_str(&format!("/{}", item.kind.code()));
    if !item.variant.is_empty() {
        stem.push_str(&format!(" {}", item.variant));
    }
    // The only case of a kit needs no name beside its kind.
    if !spot.is_empty() && spot != item.kind.code() {
        stem.push_str(&format!("/{spot}"));
    }
    stem
}

/// Whether an asset, in the room of this name, belongs to a place.
type Fits = fn(&Asset, Option<&str>, &Planned) -> bool;

/// Pins the school's assets to its places: of the same kind, first by case or room, then where neither side names a room.
/// In the register's order, so that a row added at its end moves nobody.
pub(super) fn pin(places: &mut [Planned], assets: &[&Asset], room_of: impl Fn(&Asset) -> Option<String>) {
    let holds =
        |asset: &&&Asset| !asset.legacy && matches!(asset.state, AssetState::InService | AssetState::Repair | AssetState::Lent | AssetState::Ordered);
    let mut left: Vec<(&Asset, Option<String>)> = assets.iter().filter(holds).map(|asset| (*asset, room_of(asset))).collect();
    let passes: [Fits; 3] = [
        |asset, _, planned| asset.case.is_some() && asset.case == planned.case,
        |_, room, planned| room.is_some() && room == planned.place.room.as_deref(),
        |asset, room, planned| {
            let anywhere = (asset.case.is_none() || planned.case.is_none()) && (room.is_none() || planned.place.room.is_none());
            anywhere && !matches!(planned.place.life, Life::Over(_))
        },
    ];
    for fits in passes {
        left.retain(|(asset, room)| {
            let is_free = |planned: &&mut Planned| planned.place.pinned.is_none() && asset.kind == Some(planned.place.kind);
            match places.iter_mut().filter(is_free).find(|planned| fits(asset, room.as_deref(), planned)) {
                Some(planned) => {
                    planned.place.pinned = Some(asset.label.clone());
                    false
                }
                None => true,
            }
        });
    }
}
