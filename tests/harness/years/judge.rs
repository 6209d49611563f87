//! Whether what the collector said was true, and whether it said all of it.
//!
//! Comes in: open faults after each round, the troubles that there are. Goes out: a [`Verdict`]: what was false, what was not found, what was not
//! closed, and one line a sort. Absent on purpose: playing.

use super::off::{self, Sort};
use super::trouble::{Trouble, What};
use jiff::civil::{Date, DateTime};
use rollcall_collector::domain::fault::{Known, fault_row};
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Days of class after the mending within which it must be seen.
const CLOSED_WITHIN: u32 = 2;
/// Days of class for which a fault may still be told of what was mended.
const AFTERWARDS: u32 = 1;

/// One time that a fault stood open.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its code.
    pub code: String,
    /// Its school.
    pub school: usize,
    /// When it was told.
    pub at: DateTime,
    /// Which trouble it tells; none: it is false.
    pub of: Option<usize>,
    /// Its facts, for people.
    pub facts: String,
    /// A silence, told on a day without class.
    pub on_a_day_off: bool,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every fault, each time that it was told.
    pub told: Vec<Told>,
    open: BTreeMap<i64, usize>,
}

/// When a look takes place.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the collector's clock.
    pub at: Timestamp,
    /// By the town's.
    pub local: DateTime,
}

impl Seen {
    /// Takes in the open faults of all schools. `names` tells which devices are the things of a trouble.
    pub fn look(&mut self, open: &[(usize, Known)], troubles: &mut [Trouble], when: Moment, ids: impl Fn(&str) -> BTreeSet<DeviceId>) {
        let listed = |code: &str| fault_row(code).is_some_and(|row| row.listed);
        let now: BTreeMap<i64, &(usize, Known)> = open.iter().filter(|(_, known)| !listed(&known.code)).map(|both| (both.1.fault_id, both)).collect();
        let gone: Vec<i64> = self.open.keys().copied().filter(|id| !now.contains_key(id)).collect();
        for id in gone {
            let Some(told) = self.open.remove(&id) else { continue };
            if let Some(trouble) = self.told[told].of.and_then(|of| troubles.get_mut(of)) {
                trouble.closed_at = Some(when.at);
            }
        }
        for (id, (school, known)) in now {
            if self.open.contains_key(&id) {
                continue;
            }
            let of = troubles.iter().rposition(|trouble| explains(trouble, *school, known, when, &ids));
            if let Some(trouble) = of.map(|of| &mut troubles[of]) {
                trouble.told_at = trouble.told_at.or(Some(when.at));
                trouble.told_on = trouble.told_on.or(Some(when.local.date()));
                trouble.closed_at = None;
            }
            let silence = known.code.ends_with("_silent");
            self.open.insert(id, self.told.len());
            self.told.push(Told {
                code: known.code.clone(),
                school: *school,
                at: when.local,
                of,
                facts: known.facts.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
                on_a_day_off: silence && off::sort(when.local.date()) != Sort::Class && of.is_none_or(|of| !troubles[of].what.is_whole_school()),
            });
        }
    }
}

fn explains(trouble: &Trouble, school: usize, known: &Known, when: Moment, ids: impl Fn(&str) -> BTreeSet<DeviceId>) -> bool {
    let over = |mended: Timestamp| {
        // Mended at an hour of the town's day; a day is enough to tell days of class.
        let since = jiff::Timestamp::from_second(mended.0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
        off::class_days(since, when.local.date()) > AFTERWARDS
    };
    trouble.school == school
        && trouble.what.codes().contains(&known.code.as_str())
        && trouble.began_at <= when.at
        && !trouble.mended_at.is_some_and(over)
        && (trouble.things.is_empty() || known.device.is_none_or(|device| trouble.things.iter().any(|name| ids(name).contains(&device))))
}

/// One sort, summed up.
#[derive(Debug, Clone, Default)]
struct Line {
    injected: u32,
    found: u32,
    mended: u32,
    closed: u32,
    delays: Vec<u32>,
}

/// The end of it.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The table, as text.
    pub table: String,
    /// What must not be; empty: all is well.
    pub wrong: Vec<String>,
    /// Troubles that were.
    pub injected: u32,
}

/// Judges all.
pub fn judge(seen: &Seen, troubles: &[Trouble], schools: &[super::town::School], last: Date, local: impl Fn(Timestamp) -> DateTime) -> Verdict {
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    let mut verdict = Verdict::default();
    let mut order: Vec<&str> = Vec::new();
    for trouble in troubles {
        let name = trouble.what.name();
        let line = lines.entry(name).or_default();
        if !order.contains(&name) {
            order.push(name);
        }
        let what = format!("{name} at {} {:?}, since {}", schools[trouble.school].code, trouble.things, local(trouble.began_at));
        line.injected += 1;
        let days = trouble.told_on.map(|on| off::class_days(trouble.began_on, on));
        match days {
            Some(days) => {
                line.found += 1;
                line.delays.push(days);
            }
            None if off::class_days(trouble.began_on, last) <= allowed(trouble.what) => {}
            None => verdict.wrong.push(format!("never found: {what}")),
        }
        let Some(mended) = trouble.mended_at.filter(|_| days.is_some()) else { continue };
        line.mended += 1;
        match trouble.closed_at {
            Some(closed) if off::class_days(local(mended).date(), local(closed).date()) <= CLOSED_WITHIN => line.closed += 1,
            Some(closed) => verdict.wrong.push(format!("closed late, {}: {what}, mended {}", local(closed), local(mended))),
            None if off::class_days(local(mended).date(), last) <= CLOSED_WITHIN => line.mended -= 1,
            None => verdict.wrong.push(format!("never closed: {what}, mended {}", local(mended))),
        }
    }
    for told in seen.told.iter().filter(|told| told.of.is_none() || told.on_a_day_off) {
        let why = if told.of.is_none() { "false" } else { "silence told on a day off" };
        verdict.wrong.push(format!(
            "{why}: {} at {}, told {} ({:?}): {}",
            told.code,
            schools[told.school].code,
            told.at,
            off::sort(told.at.date()),
            told.facts
        ));
    }
    let table = &mut verdict.table;
    let _ = writeln!(table, "{:<24} {:>8} {:>6} {:>7} {:>7}   days of class until told: median, most", "", "injected", "found", "mended", "closed");
    let mut all = Line::default();
    order.sort_unstable();
    for name in order {
        let line = lines.get_mut(name).map(std::mem::take).unwrap_or_default();
        let _ = writeln!(table, "{}", row(name, &line));
        all.injected += line.injected;
        all.found += line.found;
        all.mended += line.mended;
        all.closed += line.closed;
        all.delays.extend(line.delays);
    }
    let _ = writeln!(table, "{}", row("all", &all));
    let silences = seen.told.iter().filter(|told| told.code.ends_with("_silent"));
    let (by_device, off): (Vec<_>, Vec<_>) = (silences.clone().collect(), silences.filter(|told| told.on_a_day_off).collect());
    let _ = writeln!(
        table,
        "told {} times; false {}; silences {}, of those on days without class {}",
        seen.told.len(),
        seen.told.iter().filter(|told| told.of.is_none()).count(),
        by_device.len(),
        off.len()
    );
    verdict.injected = all.injected;
    verdict
}

fn allowed(what: What) -> u32 {
    what.within()
}

fn row(name: &str, line: &Line) -> String {
    let mut delays = line.delays.clone();
    delays.sort_unstable();
    let delay = match (delays.get(delays.len() / 2), delays.last()) {
        (Some(median), Some(most)) => format!("{median}, {most}"),
        _ => String::new(),
    };
    format!("{name:<24} {:>8} {:>6} {:>7} {:>7}   {delay}", line.injected, line.found, line.mended, line.closed)
}
