//! The plan unfolds into places: this school, this room if known, this kind, this model, due then.
//!
//! Comes in: plan, register, today. Goes out: [`Planned`] places school by school, in the order of the tables, and what is held by the
//! programme because no school was named yet. Absent on purpose: devices; who stands where is [`crate::domain::place::lay`]'s.
//!
//! An allotment says what a school shall *have*, not what is delivered: a kit that two phases allot to one school (a pilot school
//! that is equipped again with its phase) is there once, as often as the greater of the quantities, and belongs to the earlier phase by
//! rank. Whoever means two deliveries says a quantity of two. Keys name neither phase nor date, so a place keeps its device when
//! its phase is moved. Cohorts are apart: each carries its own.

use super::date::PlanDate;
use super::model::{Allotment, Choosing, Headcount, KitItem, Plan, Room};
use super::selector::Per;
use crate::domain::kind::Kind;
use crate::domain::place::{AssetState, Place};
use crate::domain::register::{Asset, Case, Register};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// Most places of one kit item in one school: a slip of the hand must not fill the memory.
const MAX_COUNT: u32 = 5_000;

/// A place with what only the plan knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The school's code.
    pub school: String,
    /// The place, as it is laid beside the fleet.
    pub place: Place,
    /// Not before.
    pub due_from: Option<PlanDate>,
    /// Due, with its precision and as it was written.
    pub due_on: Option<PlanDate>,
    /// The case that it belongs to: its code, else the key of the case's place.
    pub case: Option<String>,
    /// The lot that supplies or mends it.
    pub lot: Option<String>,
    /// The cohort that carries it.
    pub cohort: Option<i16>,
    /// What was there before goes when it comes.
    pub replaces_legacy: bool,
}

/// Kits of a total that no school was given yet: held by the programme.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The phase.
    pub phase: String,
    /// The kit.
    pub kit: String,
    /// Kits without a school.
    pub kits: u32,
    /// Kits in all.
    pub total: u32,
    /// Kits given beyond the total (a mistake; then none is held).
    pub beyond: u32,
    /// Line of the allotment.
    pub row: u64,
    /// How many things of each kind are held with them, as far as that does not depend on the school.
    pub items: Vec<(Kind, u32)>,
}

/// The whole plan, unfolded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unfolded {
    /// Places, school by school.
    pub places: Vec<Planned>,
    /// What no school has yet.
    pub held: Vec<Held>,
}

/// Unfolds the whole plan on a day.
pub fn unfold(plan: &Plan, register: &Register, on: Date) -> Unfolded {
    let unfolding = Unfolding::new(plan, register, on);
    Unfolded { places: unfolding.places(), held: unfolding.held() }
}

/// Plan and register, ready to unfold school by school.
#[derive(Debug)]
pub struct Unfolding<'a> {
    plan: &'a Plan,
    on: Date,
    choosing: Choosing<'a>,
    kits: HashMap<&'a str, Vec<&'a KitItem>>,
    /// For each school, the allotments that reach it, by rank of phase, then in the order written.
    allotments: Vec<Vec<&'a Allotment>>,
    headcounts: HashMap<&'a str, Vec<&'a Headcount>>,
    rooms: HashMap<&'a str, Vec<&'a Room>>,
    cases: HashMap<&'a str, Vec<&'a Case>>,
    assets: HashMap<&'a str, Vec<&'a Asset>>,
    /// Planned day of installation of phases and schools.
    installed: HashMap<&'a str, &'a PlanDate>,
}

fn by_school<'a, T>(rows: &'a [T], school: impl Fn(&'a T) -> Option<&'a str>) -> HashMap<&'a str, Vec<&'a T>> {
    let mut grouped: HashMap<&str, Vec<&T>> = HashMap::new();
    for row in rows {
        if let Some(school) = school(row) {
            grouped.entry(school).or_default().push(row);
        }
    }
    grouped
}

impl<'a> Unfolding<'a> {
    /// Makes the indexes: linear in the plan's size.
    pub fn new(plan: &'a Plan, register: &'a Register, on: Date) -> Self {
        let choosing = plan.choosing();
        let ranks: HashMap<&str, u32> = plan.phases.iter().map(|phase| (phase.phase.as_str(), phase.rank)).collect();
        let mut ordered: Vec<&Allotment> = plan.allotments.iter().collect();
        ordered.sort_by_key(|allotment| ranks.get(allotment.phase.as_str()).copied().unwrap_or(u32::MAX));
        let mut allotments = vec![Vec::new(); plan.schools.len()];
        for allotment in ordered.into_iter().filter(|allotment| !is_held(allotment)) {
            for school in choosing.chosen(&allotment.schools) {
                allotments[school].push(allotment);
            }
        }
        let installation = plan.milestones.iter().filter(|milestone| milestone.milestone == "installation");
        Unfolding {
            plan,
            on,
            choosing,
            kits: by_school(&plan.kits, |item| Some(item.kit.as_str())),
            allotments,
            headcounts: by_school(&plan.headcounts, |row| Some(row.school.as_str())),
            rooms: by_school(&plan.rooms, |row| Some(row.school.as_str())),
            cases: by_school(&register.cases, |row| row.school.as_deref()),
            assets: by_school(&register.assets, |row| row.school.as_deref()),
            installed: installation.filter_map(|milestone| Some((milestone.of.as_str(), milestone.planned_on.as_ref()?))).collect(),
        }
    }

    /// Who chooses among the schools.
    pub fn choosing(&self) -> &Choosing<'a> {
        &self.choosing
    }

    /// Whether a school has a room of this kind.
    pub fn has_room(&self, school: &str, kind: &str) -> bool {
        self.rooms.get(school).is_some_and(|rooms| rooms.iter().any(|room| room.kind == kind))
    }

    /// All places, school by school in the plan's order.
    pub fn places(&self) -> Vec<Planned> {
        (0..self.plan.schools.len()).flat_map(|index| self.at(index)).collect()
    }

    /// The places of the school of this code.
    pub fn school(&self, code: &str) -> Vec<Planned> {
        self.choosing.position(code).map_or_else(Vec::new, |index| self.at(index))
    }

    /// The places of the school at this position of the plan. A closed school has none.
    fn at(&self, index: usize) -> Vec<Planned> {
        let school = &self.plan.schools[index];
        if school.closed_on.as_ref().is_some_and(|closed| closed.is_past(self.on)) {
            return Vec::new();
        }
        let mut filling = Filling { unfolding: self, school: &school.school, places: Vec::new(), taken: HashSet::new() };
        for allotment in &self.allotments[index] {
            filling.allot(allotment);
        }
        let mut places = filling.places;
        pin(&mut places, self.assets.get(school.school.as_str()).map_or(&[], Vec::as_slice));
        places
    }

    /// How many classes, teachers or pupils a school has: of the year asked, else of the latest year up to this school year,
    /// else of the first one told. All levels: the row `all`, else the sum of the others.
    pub fn count(&self, school: &str, what: &str, level: &str, year: Option<i16>) -> u32 {
        let rows = self.headcounts.get(school).map_or(&[][..], Vec::as_slice);
        let of_what = || rows.iter().filter(|row| row.what == what);
        let wanted = year.unwrap_or_else(|| school_year(self.on));
        let told = of_what().map(|row| row.year).filter(|told| *told <= wanted).max();
        let Some(year) = told.or_else(|| of_what().map(|row| row.year).min()) else { return 0 };
        let of_year = || of_what().filter(|row| row.year == year);
        match of_year().find(|row| row.level == level) {
            Some(row) => row.count,
            None if level == "all" => of_year().map(|row| row.count).fold(0, u32::saturating_add),
            None => 0,
        }
    }

    /// Allotments of a total to several schools, with what of it no school was given yet.
    pub fn held(&self) -> Vec<Held> {
        self.plan.allotments.iter().filter(|allotment| is_held(allotment)).map(|allotment| self.held_of(allotment)).collect()
    }

    fn held_of(&self, total: &Allotment) -> Held {
        let chosen: HashSet<usize> = self.choosing.chosen(&total.schools).into_iter().collect();
        let same = |other: &&Allotment| other.kit == total.kit && other.phase == total.phase && !is_held(other);
        let named = self.plan.allotments.iter().filter(same);
        let given = named
            .filter(|other| other.schools.school().and_then(|code| self.choosing.position(code)).is_some_and(|index| chosen.contains(&index)))
            .map(|other| other.quantity)
            .fold(0, u32::saturating_add);
        let kits = total.quantity.saturating_sub(given);
        let items = self.kits.get(total.kit.as_str()).map_or(&[][..], Vec::as_slice);
        let cases: u32 = items.iter().filter(|item| item.kind == Kind::Case && item.per == Per::School).map(|item| item.quantity).sum();
        let things = items.iter().filter_map(|item| match item.per {
            Per::School => Some((item.kind, kits.saturating_mul(item.quantity))),
            Per::Case => Some((item.kind, kits.saturating_mul(cases.max(1)).saturating_mul(item.quantity))),
            _ => None,
        });
        let beyond = given.saturating_sub(total.quantity);
        Held { phase: total.phase.clone(), kit: total.kit.clone(), kits, total: total.quantity, beyond, row: total.row, items: things.collect() }
    }

    /// When an allotment is due in a school: what was said of this very school comes first, then of the allotment, then of the phase.
    fn due(&self, allotment: &Allotment, school: &str) -> Option<PlanDate> {
        let own = allotment.due_on.as_ref().filter(|_| allotment.schools.school().is_some());
        let phase = || self.plan.phase(&allotment.phase).and_then(|phase| phase.ends_on.as_ref());
        own.or_else(|| self.installed.get(school).copied())
            .or(allotment.due_on.as_ref())
            .or_else(|| self.installed.get(allotment.phase.as_str()).copied())
            .or_else(phase)
            .cloned()
    }
}

/// A total over several schools is held until rows that name a school give it out.
fn is_held(allotment: &Allotment) -> bool {
    allotment.is_total && allotment.schools.school().is_none()
}

/// The school year of a day, by the year in which it begins: from 1 August on it is the new one (schools order for September in summer).
pub fn school_year(on: Date) -> i16 {
    if on.month() >= 8 { on.year() } else { on.year() - 1 }
}

/// The places of one school, while allotments are laid into it.
struct Filling<'a> {
    unfolding: &'a Unfolding<'a>,
    school: &'a str,
    places: Vec<Planned>,
    taken: HashSet<String>,
}

/// One spot that an item is counted for.
struct Spot {
    /// What names it in the key: a room, `class 3`, `pupil 12`; empty for the school itself.
    name: String,
    room: Option<String>,
    case: Option<String>,
    pinned: Option<String>,
}

impl Spot {
    fn plain(name: String) -> Self {
        Spot { name, room: None, case: None, pinned: None }
    }
}

impl<'a> Filling<'a> {
    fn allot(&mut self, allotment: &Allotment) {
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
        let year = allotment.year.or(allotment.cohort);
        let count = |what: &str, level: &str| self.unfolding.count(self.school, what, level, year).min(MAX_COUNT);
        match &item.per {
            Per::School if item.kind == Kind::Case => self.cases(item.quantity, copy, allotment.quantity),
            Per::School => vec![Spot::plain(String::new())],
            Per::Class => {
                let mut rooms = self.rooms("class");
                let spot = |number: u32| rooms.next().unwrap_or_else(|| Spot::plain(format!("class {number}")));
                (1..=count("class", "all")).map(spot).collect()
            }
            Per::Room(kind) => self.rooms(kind).collect(),
            Per::Teacher => (1..=count("teacher", "all")).map(|number| Spot::plain(format!("teacher {number}"))).collect(),
            Per::Pupil(level) => (1..=count("pupil", level)).map(|number| Spot::plain(format!("{level} {number}"))).collect(),
            Per::Case => {
                let own = items.iter().filter(|item| item.kind == Kind::Case && item.per == Per::School).map(|item| item.quantity).sum::<u32>();
                // A kit without a case of its own fills the school's cases (tablets that complete what is there).
                let known = self.unfolding.cases.get(self.school).map_or(0, Vec::len) as u32;
                let cases = if own > 0 { self.cases(own, copy, allotment.quantity) } else { self.cases(known, 1, 1) };
                cases
                    .into_iter()
                    .map(|spot| Spot { case: spot.pinned.clone().or(Some(spot.name.clone())), room: None, pinned: None, name: spot.name })
                    .collect()
            }
        }
    }

    /// The rooms of a kind, in the order in which one walks.
    fn rooms(&self, kind: &'a str) -> impl Iterator<Item = Spot> + use<'a> {
        let rooms: &'a [&'a Room] = self.unfolding.rooms.get(self.school).map_or(&[][..], Vec::as_slice);
        rooms.iter().filter(move |room| room.kind == kind).map(|room| Spot { room: Some(room.room.clone()), ..Spot::plain(room.room.clone()) })
    }

    /// The cases of one copy of a kit, each pinned to a case of the register as long as there are some.
    fn cases(&self, each: u32, copy: u32, copies: u32) -> Vec<Spot> {
        let known = self.unfolding.cases.get(self.school).map_or(&[][..], Vec::as_slice);
        let first = copy.saturating_sub(1).saturating_mul(each);
        let spot = |number: u32| {
            let case = known.get(number as usize);
            let name = if each == 1 && copies == 1 { String::from("case") } else { format!("case {}", number + 1 - first) };
            Spot { name, room: case.and_then(|case| case.room.clone()), case: None, pinned: case.map(|case| case.case.clone()) }
        };
        (first..first.saturating_add(each.min(MAX_COUNT))).map(spot).collect()
    }

    fn put(&mut self, allotment: &Allotment, item: &KitItem, copy: u32, spot: Spot, due: Option<&PlanDate>) {
        // A case's spot stands for one case already; all others hold the item's quantity.
        let quantity = if item.kind == Kind::Case && item.per == Per::School { 1 } else { item.quantity.min(MAX_COUNT) };
        let mut stem = allotment.kit.clone();
        if let Some(cohort) = allotment.cohort {
            stem.push_str(&format!("@{cohort}"));
        }
        if copy > 1 {
            stem.push_str(&format!(" {copy}"));
        }
        stem.push_str(&format!("/{}", item.kind.code()));
        // The only case of a kit needs no name beside its kind.
        if !spot.name.is_empty() && spot.name != item.kind.code() {
            stem.push_str(&format!("/{}", spot.name));
        }
        for number in 1..=quantity {
            let key = if quantity > 1 { format!("{stem}/{number:02}") } else { stem.clone() };
            if !self.taken.insert(key.clone()) {
                continue;
            }
            let place = Place {
                key,
                kind: item.kind,
                room: spot.room.clone(),
                kit: allotment.kit.clone(),
                phase: allotment.phase.clone(),
                model: item.model.clone(),
                due: due.map(|due| (due.first, due.last)),
                pinned: spot.pinned.clone(),
                known_by: item.known_by,
            };
            self.places.push(Planned {
                school: self.school.to_owned(),
                place,
                due_from: allotment.due_from.clone(),
                due_on: due.cloned(),
                case: spot.case.clone(),
                lot: item.lot.clone(),
                cohort: allotment.cohort,
                replaces_legacy: allotment.replaces_legacy,
            });
        }
    }
}

/// Pins the school's assets to its places: of the same kind, first by case or room, then where neither side names a room.
/// In the register's order, so that a row added at its end moves nobody.
fn pin(places: &mut [Planned], assets: &[&Asset]) {
    let holds =
        |asset: &&&Asset| !asset.legacy && matches!(asset.state, AssetState::InService | AssetState::Repair | AssetState::Lent | AssetState::Ordered);
    let mut left: Vec<&Asset> = assets.iter().filter(holds).copied().collect();
    let passes: [fn(&Asset, &Planned) -> bool; 3] = [
        |asset, planned| asset.case.is_some() && asset.case == planned.case,
        |asset, planned| asset.room.is_some() && asset.room == planned.place.room,
        |asset, planned| (asset.case.is_none() || planned.case.is_none()) && (asset.room.is_none() || planned.place.room.is_none()),
    ];
    for fits in passes {
        left.retain(|asset| {
            let free =
                places.iter_mut().find(|planned| planned.place.pinned.is_none() && asset.kind == Some(planned.place.kind) && fits(asset, planned));
            match free {
                Some(planned) => {
                    planned.place.pinned = Some(asset.label.clone());
                    false
                }
                None => true,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    const SCHOOLS: (&str, &str) = ("schools.csv", "school,kind,phase\nv,elementaire,pilot|1\nw,maternelle,1\n");
    const PHASES: (&str, &str) = ("phases.csv", "phase,rank,ends_on,pilot\n1,1,2019,no\npilot,0,2017,yes\n");

    fn unfolded(files: &[(&str, &str)]) -> Unfolded {
        let (tables, notes) = read_tables(files.iter().copied());
        assert_eq!(notes, []);
        unfold(&Plan::from_tables(&tables), &Register::from_tables(&tables), jiff::civil::date(2021, 11, 22))
    }

    /// Unfolds; expects these places, each `school key @room !phase due =pin`.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let places = unfolded(files).places;
        let told: Vec<String> = places
            .iter()
            .map(|planned| {
                let place = &planned.place;
                let part = |sign: &str, text: Option<&str>| text.map(|text| format!(" {sign}{text}")).unwrap_or_default();
                let room = part("@", place.room.as_deref());
                let due = planned.due_on.as_ref().map(|due| due.text.as_str());
                format!("{} {}{room} !{}{}{}", planned.school, place.key, place.phase, part("", due), part("=", place.pinned.as_deref()))
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn classes_take_their_rooms_in_order() {
        check(
            &[
                SCHOOLS,
                PHASES,
                ("rooms.csv", "school,room,kind\nv,S2,class\nv,BCD,library\nv,S1,class\n"),
                (
                    "headcounts.csv",
                    "school,year,what,level,count\nv,2020,class,all,1\nv,2021,class,cp,2\nv,2021,class,ce1,1\nv,2022,class,all,9\nw,2023,class,all,1\n",
                ),
                ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\nk,desktop,2,salle:bcd\n"),
                ("allotments.csv", "phase,school,kit\n1,*,k\n"),
            ],
            &[
                "v k/projector/S2 @S2 !1 2019",
                "v k/projector/S1 @S1 !1 2019",
                "v k/projector/class 3 !1 2019",
                "v k/desktop/BCD/01 @BCD !1 2019",
                "v k/desktop/BCD/02 @BCD !1 2019",
                "w k/projector/class 1 !1 2019",
            ],
        );
    }

    #[test]
    fn a_school_in_two_phases_has_its_kit_once() {
        check(
            &[SCHOOLS, PHASES, ("kits.csv", "kit,item\nk,server\n"), ("allotments.csv", "phase,school,kit,quantity\n1,phase=1,k,\npilot,v,k,\n")],
            &["v k/server !pilot 2017", "w k/server !1 2019"],
        );
        check(
            &[SCHOOLS, PHASES, ("kits.csv", "kit,item\nk,server\n"), ("allotments.csv", "phase,school,kit,quantity\n1,v,k,2\npilot,v,k,1\n")],
            &["v k/server !pilot 2017", "v k 2/server !1 2019"],
        );
    }

    #[test]
    fn cases_hold_their_tablets_and_the_register_names_them() {
        check(
            &[
                SCHOOLS,
                PHASES,
                ("kits.csv", "kit,item,quantity,per\nk,case,2,school\nk,tablet,2,case\n"),
                ("allotments.csv", "phase,school,kit\n1,v,k\n"),
                ("rooms.csv", "school,room\nv,BCD\n"),
                ("cases.csv", "case,school,room\nV-07,v,BCD\n"),
                ("assets.csv", "label,kind,school,case,state\nT1,tablet,v,V-07,\nT2,tablet,v,,in_service\nT3,tablet,v,,retired\n"),
            ],
            &[
                "v k/case/case 1 @BCD !1 2019 =V-07",
                "v k/case/case 2 !1 2019",
                "v k/tablet/case 1/01 !1 2019 =T1",
                "v k/tablet/case 1/02 !1 2019 =T2",
                "v k/tablet/case 2/01 !1 2019",
                "v k/tablet/case 2/02 !1 2019",
            ],
        );
    }

    #[test]
    fn cohorts_are_apart_and_totals_are_held() {
        let files = [
            SCHOOLS,
            PHASES,
            ("headcounts.csv", "school,year,what,level,count\nw,2020,pupil,cp,1\nw,2021,pupil,cp,2\n"),
            ("kits.csv", "kit,item,quantity,per\nt,tablet,1,pupil:CP\nc,case,1,school\nc,tablet,9,case\n"),
            (
                "allotments.csv",
                "phase,school,kit,quantity,counts,cohort\n1,w,t,,,2021\npilot,w,t,,,2020\n1,*,c,20,total,\n1,kind=maternelle,c,6,each,\n",
            ),
        ];
        let places = unfolded(&files).places;
        let tablets: Vec<&str> = places.iter().filter(|planned| planned.cohort.is_some()).map(|planned| planned.place.key.as_str()).collect();
        assert_eq!(tablets, ["t@2020/tablet/cp 1", "t@2021/tablet/cp 1", "t@2021/tablet/cp 2"]);
        assert_eq!(places.iter().filter(|planned| planned.place.kind == Kind::Case).count(), 6);
        // Only rows that name a school by its code give a total out.
        let held = |rows: &str| unfolded(&[files[0], files[1], files[3], ("allotments.csv", rows)]).held;
        let told = held("phase,school,kit,quantity,counts\n1,*,c,20,total\n1,w,c,6,each\n");
        assert_eq!((told[0].kits, told[0].total, &told[0].items), (14, 20, &vec![(Kind::Case, 14), (Kind::Tablet, 126)]));
    }

    #[test]
    fn what_is_said_of_the_school_itself_comes_first() {
        let kit = ("kits.csv", "kit,item\nk,server\n");
        let all = ("allotments.csv", "phase,school,kit,due_on\n1,*,k,2020-05\n");
        check(&[SCHOOLS, PHASES, kit, all], &["v k/server !1 2020-05", "w k/server !1 2020-05"]);
        let milestones = ("milestones.csv", "phase_or_school,milestone,planned_on\nw,installation,fin 2020\n1,installation,2018\n");
        check(&[SCHOOLS, PHASES, kit, all, milestones], &["v k/server !1 2020-05", "w k/server !1 fin 2020"]);
        let named = ("allotments.csv", "phase,school,kit,due_on\n1,w,k,2020-05\n1,v,k,\n");
        check(&[SCHOOLS, PHASES, kit, named, milestones], &["v k/server !1 2018", "w k/server !1 2020-05"]);
    }

    #[test]
    fn a_closed_school_has_no_place() {
        let schools = ("schools.csv", "school,closed_on\na,2020\nb,2021\n");
        check(&[schools, PHASES, ("kits.csv", "kit,item\nk,nas\n"), ("allotments.csv", "phase,school,kit\n1,*,k\n")], &["b k/nas !1 2019"]);
    }
}
