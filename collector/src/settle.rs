//! Drains the schools that are due: load one, lay it side by side, save what changed. The only opener and closer of found faults.
//!
//! Comes in: the collector's clock. Goes out: places filled, faults opened and cleared, counts, lines in the outbox; which
//! schools changed. Absent on purpose: rules (`domain/reconcile`), sending (the outbox is drained elsewhere).
//!
//! Many marks, one settle: whatever marked a school (a report, an import, the clock), the answer is the same look at what *is*,
//! so it may run twice, late, or after a crash. It reads in a snapshot and judges outside the writer; what was reported
//! meanwhile has marked the school again.

use crate::calendars::{self, Calendars};
use crate::domain::calendar::Calendar;
use crate::domain::fault::contract::scopes_of;
use crate::domain::fault::{self, Contract, Found, How, Known, Laid, Moment, Site, Subjects};
use crate::domain::personal::personal;
use crate::domain::place::{Aside, Filled, Laying, Outcome, Place, unseen};
use crate::domain::plan::places::{Planned, Unfolding};
use crate::domain::presence::Watched;
use crate::domain::progress::tally::{Tally, tally};
use crate::domain::reconcile::{Here, SchoolState, darkened, identity_conflicts, listed, owned_here, reconcile, wanted};
use crate::notices;
use crate::portion::{self, Common, Portion};
use crate::store::outbox::Message;
use crate::store::place::Standing;
use crate::store::school::Taken;
use crate::store::settle::Loaded;
use crate::store::{self, Db};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Schools settled in one drain; the next drain goes on.
const SCHOOLS_A_DRAIN: u32 = 64;
/// Schools saved by one job of the writer: a commit costs more than what it commits. Judged before, outside of it; few enough that no report waits long.
const SCHOOLS_A_COMMIT: usize = 16;

/// The shell of settling. Cheap to clone.
#[derive(Clone)]
pub struct Settle {
    db: Db,
    zone: TimeZone,
    plan: portion::Kept,
    calendars: calendars::Kept,
    /// How long people's pages were let through since that was last asked.
    waited_us: Arc<AtomicU64>,
}

/// What all schools of a drain share.
struct Town<'a> {
    common: &'a Common,
    calendars: &'a Calendars,
    today: Date,
}

/// A school that was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Which.
    pub school: SchoolId,
    /// Something that pages show changed.
    pub changed: bool,
    /// Faults opened or cleared.
    pub faults: bool,
}

impl Settle {
    /// On a database; days are those of `zone`.
    pub fn new(db: Db, zone: TimeZone) -> Settle {
        Settle { db, zone, plan: portion::Kept::default(), calendars: calendars::Kept::default(), waited_us: Arc::default() }
    }

    /// How long settling let people's pages through since this was last asked: no part of what a school takes.
    pub fn waited(&self) -> Duration {
        Duration::from_micros(self.waited_us.swap(0, Ordering::Relaxed))
    }

    /// Settles the schools whose time has come. Blocks.
    pub fn drain(&self, now: Timestamp) -> Result<Vec<Settled>, store::Error> {
        let taken = self.db.write(move |tx| store::school::take_due(tx, now, SCHOOLS_A_DRAIN))?;
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let common = self.plan.common(&self.db)?;
        let calendars = self.db.read(|tx| self.calendars.get(tx))?;
        let town = Town { common: &common, calendars: &calendars, today: self.today(now) };
        let mut taken = taken;
        // Locks are taken in ascending order.
        taken.sort_by_key(|taken| taken.school);
        let mut settled = Vec::with_capacity(taken.len());
        for few in taken.chunks(SCHOOLS_A_COMMIT) {
            settled.extend(self.few(few, &town, now)?);
        }
        Ok(settled)
    }

    /// Judges a few schools, then saves them together; one whose saving fails takes no other with it.
    fn few(&self, few: &[Taken], town: &Town<'_>, now: Timestamp) -> Result<Vec<Settled>, store::Error> {
        let mut judged = Vec::with_capacity(few.len());
        for taken in few {
            let waited = self.db.let_guests_through();
            self.waited_us.fetch_add(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
            judged.extend(self.school(*taken, town, now)?);
        }
        let (judged, today) = (Arc::new(judged), town.today);
        let together = judged.clone();
        let saved = self.db.write(move |tx| together.iter().map(|school| save(tx, school, today, now)).collect::<store::Result<Vec<Settled>>>());
        let settled = match saved {
            Err(error) if judged.len() > 1 => {
                tracing::warn!(%error, "schools that were settled together are saved one by one");
                let alone = |at: usize| {
                    let judged = judged.clone();
                    self.db.write(move |tx| save(tx, &judged[at], today, now))
                };
                (0..judged.len()).map(alone).collect::<Result<Vec<Settled>, _>>()?
            }
            saved => saved?,
        };
        for settled in &settled {
            tracing::debug!(school = settled.school.0, changed = settled.changed, "settled");
        }
        Ok(settled)
    }

    fn today(&self, now: Timestamp) -> Date {
        day_of(&self.zone, now)
    }

    fn school(&self, taken: Taken, town: &Town<'_>, now: Timestamp) -> Result<Option<ToSave>, store::Error> {
        let read = self.db.read(|tx| -> store::Result<_> {
            let Some(loaded) = store::settle::load(tx, taken.school, now)? else { return Ok(None) };
            let portion = town.common.portion(tx, &loaded.school.school.code, &loaded.devices)?;
            Ok(portion.map(|portion| (loaded, portion)))
        })?;
        let Some((loaded, portion)) = read else { return Ok(None) };
        let (judged, counts) = self.judged(loaded, portion, town, now)?;
        Ok(Some(ToSave { taken, judged, counts }))
    }

    /// What is to be saved of a school: nothing is written here, and no transaction is open.
    fn judged(&self, mut loaded: Loaded, portion: Arc<Portion>, town: &Town<'_>, now: Timestamp) -> Result<(Judged, Tally), store::Error> {
        let (id, today) = (loaded.school.id, town.today);
        let unfolding = Unfolding::new(&portion.plan, &portion.register, today);
        let unseen = unseen(&loaded.devices, &unfolding.registered(&loaded.school.school.code));
        if !unseen.is_empty() {
            let elsewhere = self.db.read(move |tx| store::decision::elsewhere(tx, id, &unseen))?;
            loaded.decided.elsewhere.extend(elsewhere);
        }
        loaded.decided.counted = portion.register.counted(today);
        loaded.decided.school.clone_from(&loaded.school.school.code);
        let calendar = town.calendars.calendar(&loaded.school.school, &self.zone);
        let watched = town.calendars.watched(id, calendar.clone(), portion.cases.clone(), loaded.shadows.clone());
        let history = |asked: &BTreeMap<DeviceId, Timestamp>| match asked.is_empty() {
            true => Ok(Seen::new()),
            false => self.db.read(|tx| store::presence::seen(tx, id, asked)),
        };
        let judged = judge(&loaded, (&portion, &unfolding), today, &calendar, (watched, history), now)?;
        let standing = judged.standing.iter().map(|standing| (&standing.place, standing.device, standing.outcome));
        let counts = tally(&loaded.school.school.code, standing, &loaded.devices, &portion.papers, today, |at| day_of(&self.zone, at));
        Ok((judged, counts))
    }
}

/// The day of an instant by the clock of a zone.
fn day_of(zone: &TimeZone, at: Timestamp) -> Date {
    jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone.clone()).date()
}

/// The fault of a device that is not seen.
const SILENT: &str = "device_silent";
/// From when until when.
type Night = (Timestamp, Timestamp);
/// When hardly anybody is in a school, by its clock: cleaners have left, the caretaker is not up.
const NIGHT: (i8, i8) = (22, 5);

/// The last night that has ended.
fn last_night(zone: &TimeZone, now: Timestamp) -> Option<Night> {
    let local = jiff::Timestamp::from_second(now.0).ok()?.to_zoned(zone.clone());
    let today = local.date();
    let morning = if local.hour() >= NIGHT.1 { today } else { today.yesterday().ok()? };
    let instant = |day: Date, hour: i8| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok().map(|at| Timestamp(at.timestamp().as_second()));
    Some((instant(morning.yesterday().ok()?, NIGHT.0)?, instant(morning, NIGHT.1)?))
}

/// When a day begins by the school's clock.
fn begin_of(zone: &TimeZone, day: Option<Date>) -> Option<Timestamp> {
    day?.to_zoned(zone.clone()).ok().map(|at| Timestamp(at.timestamp().as_second()))
}

/// What is to be saved of one school.
struct Judged {
    standing: Vec<Standing>,
    aside: BTreeMap<DeviceId, Aside>,
    laid: fault::Laid,
    messages: Vec<Message>,
    again_at: Option<Timestamp>,
    shadow: bool,
    newest_at: Timestamp,
    lines: Vec<Found>,
    personal: BTreeSet<DeviceId>,
    portion: Arc<Portion>,
    subjects: Subjects,
    scopes: Vec<usize>,
    site: Site,
}

/// A school that is judged and not saved yet.
struct ToSave {
    taken: Taken,
    judged: Judged,
    counts: Tally,
}

/// When devices were seen: asked of the store for the few whose mates' absence hangs on it.
type Seen = BTreeMap<DeviceId, Vec<(Timestamp, Timestamp)>>;

fn judge<F>(
    loaded: &Loaded,
    (portion, unfolding): (&Arc<Portion>, &Unfolding<'_>),
    today: Date,
    calendar: &Calendar,
    (mut watched, history): (Watched, F),
    now: Timestamp,
) -> Result<Judged, store::Error>
where
    F: Fn(&BTreeMap<DeviceId, Timestamp>) -> Result<Seen, store::Error>,
{
    let school = &loaded.school.school;
    let planned = unfolding.standing(&school.code);
    let places: Vec<Place> = planned.iter().map(|planned| planned.place.clone()).collect();
    let assets = unfolding.registered(&school.code);
    let switches: BTreeSet<&str> = loaded.devices.iter().filter_map(|device| Some(device.place.as_ref()?.device.as_str())).collect();
    let patch = unfolding.patch(&school.code, switches);
    let laying = Laying {
        places: &places,
        before: &loaded.before,
        devices: &loaded.devices,
        assets: &assets,
        patch: &patch,
        faulty: &BTreeSet::new(),
        decided: &loaded.decided,
        // Where no agent has told a round yet nobody has looked: what is there is unknown, not missing.
        followed: !school.followed_from.is_empty() && loaded.agents.iter().any(|agent| agent.rounds > 0),
        today,
    };
    let night = last_night(calendar.clock(), now);
    let (agents, readings, courses) = (&loaded.agents, &loaded.readings, &loaded.courses);
    let asked = wanted(&SchoolState { agents, readings, courses, night, watched: &watched, laying }, now);
    watched.seen = history(&asked)?;
    let reconciled = reconcile(&SchoolState { agents, readings, courses, night, watched: &watched, laying }, now);
    let over = unfolding.is_closed(&school.code);
    let subjects = Subjects::of(&planned, &reconciled.filled, &loaded.devices, &assets, &portion.register);
    let traits =
        |found: &Found| subjects.traits(found.device, found.place.as_deref().unwrap_or(""), |name| found.facts.get(name).map(String::as_str));
    let midnight = calendar.instant(today, 0).unwrap_or(now);
    let here = Here { school: &school.code, devices: &loaded.devices, places: &places, filled: &reconciled.filled, today, midnight };
    let mut found = owned_here(reconciled.found, &here, &portion.plan, &portion.register, &portion.owners);
    found.extend(identity_conflicts(&loaded.devices, &loaded.conflicts));
    let surplus: Vec<DeviceId> = reconciled.aside.iter().filter(|(_, aside)| **aside == Aside::Surplus).map(|(device, _)| *device).collect();
    let personal = personal(&portion.register, &loaded.devices, planned.iter().map(|planned| &planned.place).zip(&reconciled.filled), today);
    for silent in found.iter_mut().filter(|found| found.code == SILENT && found.device.is_some_and(|device| personal.contains(&device))) {
        // When its holder left is nobody's business: the day is.
        silent.since_at = calendar.instant(calendar.date_at(silent.since_at), 0).unwrap_or(silent.since_at);
    }
    let (found, lines) = listed(darkened(found, &reconciled.shadow), &here, &portion.register, &surplus);
    let left = fault::decide(loaded.school.id, found, &loaded.decisions, now, traits);
    let looked_at = loaded.agents.iter().map(|agent| agent.reported_at).max().unwrap_or_default();
    let moment = Moment {
        now,
        reopens_from: calendar.school_days_ago(now, fault::REOPENS_DAYS),
        lapses_from: calendar.school_days_ago(now, fault::LAPSES_DAYS),
        looked_at,
        shadow: &reconciled.shadow,
        decided: &left.decided,
    };
    // A school that is no more has no faults: what stood there waits for another place.
    let mut laid = fault::lay(if over { &[] } else { &left.found }, &loaded.known, &moment);
    by_the_day(&mut laid, &personal, midnight);
    let next_day = begin_of(calendar.clock(), unfolding.next_change(&school.code, &planned));
    let site = Site { at: calendar.whereabouts(), clock: calendar.clock().clone(), accepted_at: loaded.school.accepted_at };
    Ok(Judged {
        standing: standing(planned, &reconciled.filled),
        aside: reconciled.aside,
        messages: if site.is_learning() { Vec::new() } else { notices::of_laid(loaded.school.id, &laid, now) },
        again_at: reconciled.again_at.into_iter().chain(laid.again_at).chain(left.again_at).chain(next_day).min(),
        laid,
        shadow: loaded.agents.iter().any(|agent| agent.is_silent(now)),
        newest_at: looked_at,
        lines,
        personal,
        portion: portion.clone(),
        subjects,
        scopes: scopes_of(unfolding.choosing(), &portion.register, &school.code),
        site,
    })
}

/// When a thing that is somebody's was seen again is nobody's business: the day is, and is told by its beginning.
fn by_the_day(laid: &mut Laid, personal: &BTreeSet<DeviceId>, midnight: Timestamp) {
    let is_theirs = |known: &Known| known.code == SILENT && known.device.is_some_and(|device| personal.contains(&device));
    for moved in laid.moved.iter_mut().filter(|moved| moved.was.closing.is_none() && is_theirs(&moved.known)) {
        let life = &mut moved.known.life;
        if let Some(closing) = life.closing.as_mut().filter(|closing| closing.how == How::Look) {
            closing.at = midnight.max(moved.known.opened_at);
            life.state_at = closing.at;
        }
    }
}

fn standing(planned: Vec<Planned>, filled: &[Filled]) -> Vec<Standing> {
    // A place that is over and empty is no more.
    let lines = planned.into_iter().zip(filled).filter(|(_, filled)| filled.outcome != Outcome::Closed);
    lines
        .map(|(planned, filled)| Standing {
            due_text: planned.due_on.map(|due| due.text).unwrap_or_default(),
            place: planned.place,
            device: filled.device,
            outcome: filled.outcome,
            reason: filled.reason,
        })
        .collect()
}

fn save(tx: &mut store::Tx<'_>, school: &ToSave, today: Date, now: Timestamp) -> Result<Settled, store::Error> {
    let ToSave { taken, judged, counts } = school;
    let taken = *taken;
    tx.lock_school(taken.school)?;
    let mut places = store::place::save_places(tx, taken.school, &judged.standing, now)?;
    places |= store::place::save_aside(tx, taken.school, &judged.aside, now)?;
    places |= store::personal::save(tx, taken.school, &judged.personal, now)?;
    let faults = store::fault::save_laid(tx, taken.school, &judged.laid, now)?;
    let joined = store::fault::join_incidents(tx, taken.school, &judged.laid.opened, now)?;
    for message in judged.messages.iter().filter(|message| !notices::is_joined(message, taken.school, &joined)) {
        store::outbox::add(tx, message)?;
    }
    let incidents = notices::of_incidents(&joined, now).into_iter().chain(notices::of_joined(taken.school, &joined, now));
    for message in incidents.filter(|_| !judged.site.is_learning()) {
        store::outbox::add(tx, &message)?;
    }
    let Portion { plan, register, .. } = judged.portion.as_ref();
    let contract = Contract { plan, register, subjects: &judged.subjects, scopes: &judged.scopes, site: &judged.site };
    let contracts = store::fault::save_contracts(tx, taken.school, |known| {
        let (lot, contractor, clocks) = contract.of(known);
        (lot, contractor, clocks.breaks_at())
    })?;
    store::place::save_device_lots(tx, taken.school, &contract.of_devices())?;
    store::place::save_counts(tx, taken.school, &judged.standing, today, judged.shadow, judged.newest_at)?;
    let lists = store::weekly::save(tx, taken.school, &judged.lines)?;
    let changed = places || faults || contracts || lists;
    store::progress::save(tx, taken.school, counts)?;
    store::school::finish_settle(tx, taken, now, judged.again_at, changed)?;
    Ok(Settled { school: taken.school, changed, faults })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_night_is_that_of_the_school_s_clock() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let instant = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_second());
        for (now, from, until) in [
            ("2026-11-24T09:00:00Z", "2026-11-23T21:00:00Z", "2026-11-24T04:00:00Z"),
            // Before five in the morning the last night is that before.
            ("2026-11-24T02:00:00Z", "2026-11-22T21:00:00Z", "2026-11-23T04:00:00Z"),
            // The night in which summer time begins.
            ("2026-03-29T10:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T03:00:00Z"),
        ] {
            assert_eq!(last_night(&paris, instant(now)), Some((instant(from), instant(until))), "{now}");
        }
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests_portion;
