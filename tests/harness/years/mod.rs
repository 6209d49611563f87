//! Two years of a town that does not exist, played in minutes on the world with its handed-in clock: rollout, school days, holidays, troubles, loans,
//! a phase that is late. Then what the collector said is held against what was true.
//!
//! Comes in: schools, first and last day, a seed. Goes out: a [`Verdict`], and a store to look at. Absent on purpose: sockets, sentences.
//!
//! Reading order: [`off`] which days are what; [`town`] what there shall be, as a plan; [`trouble`] what can happen; here, a day after the other;
//! [`mod@judge`] what to think of it.

pub mod judge;
pub mod off;
pub mod town;
pub mod trouble;

use self::judge::{Moment, Seen, Verdict, judge};
use self::off::{Sort, add_days, class_days, nth_class_day, sort};
use self::town::{Item, Register, School};
use self::trouble::{DRAWN, Trouble, Undo, What};
use crate::world::World;
use anyhow::{Context, Result, ensure};
use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::tz::TimeZone;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::plan::{check, has_error};
use rollcall_collector::plan_folder::read_files;
use rollcall_collector::store::{self, fault, presence, school};
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Between two rounds on days of class, seconds.
const DAY_S: u32 = 1_800;
/// At night and on weekends.
const NIGHT_S: u32 = 6 * 3_600;
/// In holidays.
const HOLIDAY_S: u32 = 12 * 3_600;
/// What agents announce in their last round: a store that is looked at weeks later shows a town at work, not one of which all agents are silent.
const LAST_S: u32 = 60 * 86_400;
/// Days of class after which a school that is put up can be struck.
const SETTLED: u32 = 8;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Schools.
    pub schools: Vec<School>,
    /// First day.
    pub first: Date,
    /// Last day, until six in the morning.
    pub last: Date,
    /// Which chance.
    pub seed: u64,
    /// Troubles a school in a hundred days of class.
    pub troubles: u64,
    /// The store's file; none: one that vanishes.
    pub file: Option<PathBuf>,
}

/// Two years under way.
pub struct Years {
    setup: Setup,
    world: World,
    items: Vec<Item>,
    /// Labels of what is put up.
    up: BTreeSet<String>,
    register: Register,
    changed: bool,
    troubles: Vec<Trouble>,
    /// Schools whose case nobody opens.
    shut: BTreeSet<usize>,
    seen: Seen,
    settled: Option<u64>,
    chance: u64,
}

/// Plays it.
pub fn play(setup: Setup) -> Result<Verdict> {
    let mut years = Years::begin(setup)?;
    let mut day = years.setup.first;
    while day < years.setup.last {
        years.day(day)?;
        day = add_days(day, 1);
    }
    years.end()
}

impl Years {
    fn begin(setup: Setup) -> Result<Years> {
        let zone = TimeZone::get("Europe/Paris")?;
        let now = moment(setup.first, 5, 0, &zone)?;
        let mut world = match &setup.file {
            Some(file) => World::at(file, now, NIGHT_S)?,
            None => World::new(now, NIGHT_S)?,
        };
        for school in &setup.schools {
            world.add_site(school.code)?;
        }
        let items = town::items(&setup.schools);
        let chance = setup.seed;
        let (up, shut) = (BTreeSet::new(), BTreeSet::new());
        let mut years = Years {
            setup,
            world,
            items,
            up,
            register: Register::default(),
            changed: true,
            troubles: Vec::new(),
            shut,
            seen: Seen::default(),
            settled: None,
            chance,
        };
        years.script_at_begin();
        years.import(years.setup.first)?;
        Ok(years)
    }

    /// What is wrong from the start: a model that was not ordered, tablets that will come late.
    fn script_at_begin(&mut self) {
        for item in &mut self.items {
            match item.thing.name.as_str() {
                "GAR-VP-03" => item.thing.model = Some(town::OTHER_MODEL.to_owned()),
                "VIG-T-07" | "VIG-T-08" => item.on = date(2026, 4, 28),
                _ => {}
            }
        }
    }

    fn day(&mut self, day: Date) -> Result<()> {
        let of = sort(day);
        self.world.period_s = match of {
            Sort::Class => DAY_S,
            Sort::Free | Sort::Strike => NIGHT_S,
            Sort::Holiday => HOLIDAY_S,
        };
        if of != Sort::Class {
            self.to(day, 10, 10)?;
            self.office(day)?;
            return self.to(day, 23, 50);
        }
        let short = day.weekday() == Weekday::Wednesday;
        self.world.period_s = NIGHT_S;
        self.to(day, 6, 20)?;
        self.world.period_s = DAY_S;
        self.to(day, 7, 45)?;
        self.world.announced_s = None;
        self.power(true)?;
        self.people(day, true)?;
        self.to(day, 10, 10)?;
        self.office(day)?;
        self.people(day, true)?;
        self.strike(day)?;
        if short {
            self.to(day, 12, 10)?;
        } else {
            self.to(day, 14, 10)?;
        }
        self.mend(day)?;
        self.people(day, true)?;
        if short {
            self.to(day, 12, 40)?;
        } else {
            self.to(day, 16, 50)?;
        }
        self.people(day, false)?;
        // The last rounds of the day tell that the next ones will be rare.
        self.world.announced_s = Some(HOLIDAY_S);
        if short {
            self.to(day, 15, 10)?;
        } else {
            self.to(day, 19, 10)?;
        }
        if long_gap(day) {
            self.power(false)?;
        }
        self.world.period_s = NIGHT_S;
        self.to(day, 23, 50)
    }

    /// Lets time pass, round by round, and looks at what is told after each.
    fn to(&mut self, day: Date, hour: i8, minute: i8) -> Result<()> {
        let until = moment(day, hour, minute, &self.world.zone)?;
        while self.world.now < until {
            let period = i64::from(self.world.period_s);
            let next = Timestamp((self.world.now.0.div_euclid(period) + 1) * period);
            self.world.advance(next.min(until))?;
            self.look()?;
        }
        Ok(())
    }

    fn look(&mut self) -> Result<()> {
        let settled = self.world.db.read(school::settled_seq)?;
        if self.settled == Some(settled) {
            return Ok(());
        }
        self.settled = Some(settled);
        let codes: Vec<&str> = self.setup.schools.iter().map(|school| school.code).collect();
        let open = self.world.db.read(move |tx| -> store::Result<_> {
            let mut all = Vec::new();
            for (index, code) in codes.iter().enumerate() {
                if let Some(known) = school::school_by_code(tx, code)? {
                    all.extend(fault::open_faults(tx, known.id)?.into_iter().map(|fault| (index, fault)));
                }
            }
            Ok(all)
        })?;
        let world = &self.world;
        let ids = |name: &str| -> BTreeSet<DeviceId> {
            let devices = world.things.get(name).and_then(|thing| world.devices_of(thing).ok()).unwrap_or_default();
            devices.iter().map(|device| device.id).collect()
        };
        let when = Moment { at: world.now, local: world.local() };
        self.seen.look(&open, &mut self.troubles, when, ids);
        Ok(())
    }

    /// What people of the town do in the morning: things are put up, the plan and the register change.
    fn office(&mut self, day: Date) -> Result<()> {
        if day == town::DELAY_TOLD || day == town::CLOSING_TOLD || day.day() == 1 || sort(day) == Sort::Class {
            self.changed |= self.items.iter().any(|item| [0, 4, 12].iter().any(|before| add_days(item.on, -before) == day));
            self.changed |= [town::DELAY_TOLD, town::CLOSING_TOLD].contains(&day) || day.day() == 1;
        }
        for bridge in off::BRIDGES.iter().filter(|bridge| add_days(**bridge, -14) == day) {
            self.register.closures.push(("B".to_owned(), *bridge, *bridge, "pont accordé"));
            self.changed = true;
        }
        for strike in off::STRIKES.iter().filter(|strike| add_days(**strike, 1) == day) {
            self.register.closures.push(("B".to_owned(), *strike, *strike, "grève"));
            self.changed = true;
        }
        self.loans(day);
        self.put_up(day)?;
        if self.changed {
            self.import(day)?;
        }
        for school in self.setup.schools.clone().iter().filter(|school| add_days(school.begins, 35) == day) {
            self.world.accept_school(school.code)?;
        }
        Ok(())
    }

    fn put_up(&mut self, day: Date) -> Result<()> {
        let coming: Vec<Item> = self.items.iter().filter(|item| item.on <= day && !self.up.contains(&item.thing.name)).cloned().collect();
        for item in coming {
            let code = self.setup.schools[item.school].code;
            let mut thing = item.thing.clone();
            thing.on = matches!(thing.kind, Kind::Server | Kind::Switch | Kind::Ups);
            self.up.insert(thing.name.clone());
            self.changed = true;
            if thing.name == "GAR-VP-03" {
                self.begin_trouble(What::Model, item.school, vec![], day)?;
            }
            if thing.name == "VIG-T-07" {
                // They have come: the trouble ends.
                self.end_scripted(What::Missing);
            }
            let server = thing.kind == Kind::Server;
            self.world.add_thing(thing)?;
            if server {
                self.world.add_agent(&format!("kwartz-{code}"), vec![(code.to_owned(), code.to_owned())])?;
                let cuts = presence::Setting::CutsPowerInHolidays(self.setup.schools[item.school].cuts_power);
                let (id, now) = (self.world.school(code)?, self.world.now);
                self.world.db.write(move |tx| presence::set(tx, id, &cuts, "anne", now))?;
            }
        }
        if day == date(2026, 3, 31) && self.setup.schools.len() > 4 {
            self.begin_trouble(What::Missing, 4, vec![], day)?;
        }
        Ok(())
    }

    fn end_scripted(&mut self, what: What) {
        let now = self.world.now;
        self.troubles
            .iter_mut()
            .filter(|trouble| trouble.what == what && trouble.mended_at.is_none())
            .for_each(|trouble| trouble.mended_at = Some(now));
    }

    /// Two tablets of Bellevue go to families; one comes back in time.
    fn loans(&mut self, day: Date) {
        let lent = [
            ("BEL-T-01", date(2025, 10, 6), date(2025, 12, 11)),
            ("BEL-T-02", date(2025, 10, 6), date(2026, 1, 15)),
            ("MOU-T-03", date(2026, 6, 8), date(2026, 9, 4)),
        ];
        for (name, out, back) in lent {
            if !self.up.contains(name) {
                continue;
            }
            let due = if out == date(2025, 10, 6) { date(2025, 12, 12) } else { date(2026, 9, 11) };
            let away = if day == out {
                Some(None)
            } else if day == back {
                Some(Some(()))
            } else {
                None
            };
            let Some(back_here) = away else { continue };
            if back_here.is_some() && !self.register.loans.iter().any(|loan| loan.0 == name) {
                continue;
            }
            let home = self.world.things.get(name).and_then(|thing| thing.site.clone()).or_else(|| self.home_of(name));
            let to = back_here.and(home);
            let plug = self.items.iter().find(|item| item.thing.name == name).and_then(|item| item.thing.plug.clone());
            self.world.carry(name, to.as_deref()).expect("it was put up");
            if back_here.is_some() {
                self.world.change(name, |thing| thing.plug = plug).expect("it was put up");
            }
            match self.register.loans.iter_mut().find(|loan| loan.0 == name) {
                Some(loan) => loan.3 = Some(day),
                None => self.register.loans.push((name.to_owned(), out, due, None)),
            }
            self.changed = true;
            if back == day && name == "BEL-T-02" {
                self.end_scripted(What::Loan);
            }
        }
        if day == date(2025, 12, 12) && self.up.contains("BEL-T-02") {
            self.begin_trouble(What::Loan, 2, vec![], day).expect("nothing is turned");
        }
    }

    fn home_of(&self, name: &str) -> Option<String> {
        let item = self.items.iter().find(|item| item.thing.name == name)?;
        Some(self.setup.schools[item.school].code.to_owned())
    }

    fn import(&mut self, day: Date) -> Result<()> {
        self.changed = false;
        let files = town::files(&self.setup.schools, &self.items, &self.register, day);
        let (tables, mut notes) = read_files(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        notes.extend(check(&tables, day));
        let told: Vec<String> = notes.iter().map(|note| note.text(rollcall_collector::domain::language::Language::En)).collect();
        ensure!(!has_error(&notes), "the plan of {day} is refused:\n{}", told.join("\n"));
        self.world.propose(tables, None, "anne").map_err(|refused| anyhow::anyhow!("{day}: {refused:?}"))?;
        self.world.tick()?;
        self.look()
    }

    /// People come and go: what they switch on and off.
    fn people(&mut self, day: Date, come: bool) -> Result<()> {
        let mut turned = Vec::new();
        let number = (day - date(2024, 1, 1)).get_days();
        for (index, item) in self.items.iter().enumerate() {
            let Some(thing) = self.world.things.get(&item.thing.name) else { continue };
            let on = match thing.kind {
                Kind::Server | Kind::Switch | Kind::Ups => continue,
                // Each tablet is used three days of four.
                Kind::Tablet => come && !item.over && (number + index as i32) % 4 != 0 && !(item.case.is_some() && self.shut.contains(&item.school)),
                _ => come && !item.over,
            };
            if thing.on != on {
                turned.push((thing.name.clone(), on));
            }
        }
        for (name, on) in turned {
            self.world.change(&name, |thing| thing.on = on)?;
        }
        if come && day >= date(2025, 9, 1) {
            // The class that has closed.
            for item in
                self.items.iter_mut().filter(|item| self.setup.schools[item.school].code == "moulin" && item.room.as_deref() == Some("Classe 05"))
            {
                item.over = true;
            }
        }
        Ok(())
    }

    fn power(&mut self, on: bool) -> Result<()> {
        for (index, school) in self.setup.schools.iter().enumerate().filter(|(_, school)| school.cuts_power) {
            let struck = self.troubles.iter().any(|trouble| trouble.school == index && trouble.what == What::Power && trouble.mended_at.is_none());
            if self.world.site(school.code)?.power != on && !struck {
                self.world.site(school.code)?.power = on;
                self.world.touch(school.code);
            }
        }
        Ok(())
    }

    fn draw(&mut self, below: u64) -> u64 {
        // splitmix64
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    /// Chance strikes: at most one new trouble a school a day.
    fn strike(&mut self, day: Date) -> Result<()> {
        for index in 0..self.setup.schools.len() {
            let hit = self.draw(100) < self.setup.troubles;
            let what = DRAWN[self.draw(DRAWN.len() as u64) as usize];
            let put_up = self
                .items
                .iter()
                .filter(|item| item.school == index)
                .map(|item| item.thing.name.clone())
                .all(|name| self.up.contains(&name) || name.contains("-E2"));
            let ends = self.items.iter().filter(|item| item.school == index && item.case.is_some()).map(|item| item.on).max().unwrap_or(day);
            let begun = ends.max(self.setup.first);
            if !hit || !put_up || begun >= day || class_days(begun, day) < SETTLED {
                continue;
            }
            let under_way: Vec<&Trouble> = self.troubles.iter().filter(|trouble| trouble.school == index && trouble.mended_at.is_none()).collect();
            if under_way.iter().any(|trouble| trouble.what.is_whole_school())
                || (what == What::Case && under_way.iter().any(|trouble| trouble.what == What::Dead(Kind::Tablet)))
            {
                continue;
            }
            let case_shut = self.shut.contains(&index);
            let kinds = what.befalls();
            let school_busy = self.troubles.iter().any(|trouble| {
                trouble.school == index
                    && trouble.things.is_empty()
                    && trouble.what.codes() == what.codes()
                    && trouble.mended_on().is_none_or(|on| class_days(on, day) < 8)
            });
            if (kinds.is_empty() && school_busy) || (case_shut && matches!(what, What::Case | What::Dead(Kind::Tablet))) {
                continue;
            }
            let firsts: Vec<&Item> = self
                .items
                .iter()
                .filter(|item| item.school == index && Some(&item.thing.kind) == kinds.first() && !item.over && item.state == "in_service")
                .filter(|item| what != What::Dead(Kind::Tablet) || item.case.is_some())
                .filter(|item| self.world.things.get(&item.thing.name).is_some_and(|thing| thing.site.is_some()))
                .collect();
            let mut things = Vec::new();
            if !kinds.is_empty() {
                if firsts.is_empty() {
                    continue;
                }
                let (names, rooms): (Vec<String>, Vec<Option<String>>) =
                    firsts.iter().map(|item| (item.thing.name.clone(), item.room.clone())).unzip();
                let pick = self.draw(names.len() as u64) as usize;
                things.push(names[pick].clone());
                if let Some(second) = kinds.get(1) {
                    let beside = self
                        .items
                        .iter()
                        .find(|item| item.school == index && item.thing.kind == *second && (*second == Kind::Printer || item.room == rooms[pick]));
                    things.extend(beside.map(|item| item.thing.name.clone()));
                }
            }
            // What is being mended, or was a week ago, is left alone: a fault that returns within days is the same one.
            let busy = |name: &String| {
                self.troubles.iter().any(|trouble| trouble.things.contains(name) && trouble.mended_on().is_none_or(|on| class_days(on, day) < 8))
            };
            // Two dead things of one room would be told as the room.
            let beside_dead = matches!(what, What::Dead(Kind::Projector | Kind::Desktop)) && self.room_struck(&things, index);
            if things.iter().any(busy) || beside_dead {
                continue;
            }
            self.begin_trouble(what, index, things, day)?;
        }
        Ok(())
    }

    fn room_struck(&self, things: &[String], school: usize) -> bool {
        let room_of = |name: &String| self.items.iter().find(|item| item.thing.name == *name).and_then(|item| item.room.clone());
        let rooms: BTreeSet<String> = things.iter().filter_map(room_of).collect();
        let open = self.troubles.iter().filter(|trouble| trouble.school == school && trouble.mended_at.is_none());
        open.flat_map(|trouble| &trouble.things).filter_map(room_of).any(|room| rooms.contains(&room))
    }

    fn begin_trouble(&mut self, what: What, school: usize, things: Vec<String>, day: Date) -> Result<()> {
        let mut trouble = Trouble {
            what,
            school,
            things,
            began_at: self.world.now,
            began_on: day,
            told_at: None,
            told_on: None,
            mend_on: None,
            mended_at: None,
            closed_at: None,
            undo: Undo::default(),
        };
        trouble::turn(&mut self.world, &mut trouble, self.setup.schools[school].code, true)?;
        if what == What::Case {
            self.shut.insert(school);
        }
        self.troubles.push(trouble);
        Ok(())
    }

    /// What was told is mended some days later; what is not told by then is mended too, and will be held against the collector.
    fn mend(&mut self, day: Date) -> Result<()> {
        for index in 0..self.troubles.len() {
            let trouble = &self.troubles[index];
            if trouble.mended_at.is_some() || matches!(trouble.what, What::Loan | What::Missing | What::Stolen) {
                continue;
            }
            let (least, most) = trouble.what.mended_after();
            if trouble.mend_on.is_none() && trouble.told_on.is_some() {
                let after = least + self.draw(u64::from(most - least + 1)) as u32;
                let told = self.troubles[index].told_on.context("it was told")?;
                self.troubles[index].mend_on = Some(if after == 0 { told } else { nth_class_day(told, after) });
            }
            let trouble = &self.troubles[index];
            let given_up = class_days(trouble.began_on, day) > trouble.what.within() + 6;
            if !given_up && trouble.mend_on.is_none_or(|on| on > day) {
                continue;
            }
            let (school, what) = (trouble.school, trouble.what);
            // Looked at meanwhile: the collector may tell its end at once.
            if what == What::Model {
                self.swap("GAR-VP-03", "GAR-VP-03B", day)?;
            }
            let mut trouble = self.troubles[index].clone();
            trouble::turn(&mut self.world, &mut trouble, self.setup.schools[school].code, false)?;
            if what == What::Case {
                self.shut.remove(&school);
            }
            trouble.mended_at = Some(self.world.now);
            self.troubles[index] = trouble;
        }
        Ok(())
    }

    /// The contractor takes a device away and puts up another, with its row of the register.
    fn swap(&mut self, old: &str, new: &str, day: Date) -> Result<()> {
        let item = self.items.iter_mut().find(|item| item.thing.name == old).context("it is there")?;
        (item.state, item.over) = ("retired", true);
        let mut fresh = item.clone();
        fresh.thing = crate::world::thing::Thing { number: 0, model: None, name: new.to_owned(), ..fresh.thing };
        fresh.thing.number = 9_000 + u32::try_from(self.items.len())?;
        (fresh.state, fresh.over, fresh.on, fresh.replaces) = ("in_service", false, day, Some(old.to_owned()));
        self.world.carry(old, None)?;
        self.items.push(fresh);
        self.put_up(day)?;
        self.import(day)
    }

    fn end(mut self) -> Result<Verdict> {
        let last = self.setup.last;
        self.world.announced_s = Some(LAST_S);
        self.world.period_s = NIGHT_S;
        self.to(last, 6, 0)?;
        self.look()?;
        let zone = self.world.zone.clone();
        let local = |at: Timestamp| local(at, &zone);
        Ok(judge(&self.seen, &self.troubles, &self.setup.schools, last, local))
    }
}

impl Trouble {
    fn mended_on(&self) -> Option<Date> {
        self.mended_at.map(|at| local(at, &TimeZone::UTC).date())
    }
}

/// Whether holidays lie between this day and the next on which people come.
fn long_gap(day: Date) -> bool {
    let mut next = add_days(day, 1);
    while !matches!(sort(next), Sort::Class | Sort::Strike) {
        if sort(next) == Sort::Holiday {
            return true;
        }
        next = add_days(next, 1);
    }
    false
}

fn local(at: Timestamp, zone: &TimeZone) -> DateTime {
    jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone.clone()).datetime()
}

fn moment(day: Date, hour: i8, minute: i8, zone: &TimeZone) -> Result<Timestamp> {
    Ok(Timestamp(day.at(hour, minute, 0, 0).to_zoned(zone.clone())?.timestamp().as_second()))
}
