//! Readings over time: the newest value of each, its course by the hour and by the day, and what a course says.
//!
//! Comes in: values that the store kept. Goes out: rates of counters, since when a level stands, which readings rules judge. Absent on
//! purpose: limits (the rules of [`super::reconcile`]), units and steps (`rollcall_shared::reading`), drawing.

use rollcall_shared::{DeviceId, Timestamp};

/// Seconds of an hour and of a day: what courses are kept by.
pub const HOUR_S: i64 = 3_600;
/// See [`HOUR_S`].
pub const DAY_S: i64 = 86_400;

/// The newest value of one reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// Of which device.
    pub device: DeviceId,
    /// Which reading.
    pub name: String,
    /// Which one of several.
    pub instance: String,
    /// Its value.
    pub value: f64,
    /// When it was read.
    pub at: Timestamp,
    /// Its value before.
    pub was: Option<f64>,
}

/// An hour or a day of a reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it began.
    pub at: Timestamp,
    /// Least value in it.
    pub low: f64,
    /// Greatest.
    pub high: f64,
    /// Newest.
    pub last: f64,
}

/// The course of one reading of one device.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Of which device.
    pub device: DeviceId,
    /// Which reading.
    pub name: String,
    /// Which one of several.
    pub instance: String,
    /// Its hours or days, the oldest first; those in which nothing was read are not there.
    pub points: Vec<Point>,
}

impl Series {
    /// How fast a counter rose until each of its hours, in its unit an hour. A counter that fell was set back: what it shows has come since.
    pub fn rates(&self) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> {
        self.points.windows(2).filter_map(|pair| {
            let [before, after] = pair else { return None };
            let rise = if after.last >= before.last { after.last - before.last } else { after.last };
            let hours = after.at.since_s(before.at).max(HOUR_S) as f64 / HOUR_S as f64;
            Some((after.at, rise.max(0.0) / hours))
        })
    }

    /// Since when, up to its newest hour without a break, every hour is as `holds` asks; `None` where the newest is not.
    pub fn since(&self, holds: impl Fn(&Point) -> bool) -> Option<Timestamp> {
        self.points.iter().rev().take_while(|point| holds(point)).last().map(|point| point.at)
    }
}

/// Hours as days (of UTC), the oldest first.
pub fn by_day(hours: &[Point]) -> Vec<Point> {
    let mut days: Vec<Point> = Vec::new();
    for hour in hours {
        let day = Timestamp(hour.at.0 - hour.at.0.rem_euclid(DAY_S));
        match days.last_mut().filter(|last| last.at == day) {
            Some(last) => *last = Point { at: day, low: last.low.min(hour.low), high: last.high.max(hour.high), last: hour.last },
            None => days.push(Point { at: day, ..*hour }),
        }
    }
    days
}

/// A reading by which rules judge.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// Which.
    pub name: &'static str,
    /// When a new value may change a judgement, given the one before.
    pub turns: Turns,
    /// How far back rules look at its hours; 0: the newest value is enough.
    pub look_back_s: i64,
}

/// When a new value may change a judgement.
#[derive(Debug, Clone, Copy)]
pub enum Turns {
    /// Whenever it differs.
    Differs,
    /// When it falls: while it rises by nature, time alone says when it is too much.
    Falls,
    /// When it differs and one of both is at least this much.
    From(f64),
    /// When it comes into another step of this size.
    Steps(f64),
}

/// All readings by which rules judge. A value that cannot turn a judgement costs no settling of its school.
pub const JUDGED: &[Judged] = &[
    judged("volume_used", Turns::Differs, 0),
    judged("supply_level", Turns::Differs, 0),
    judged("if_errors", Turns::Differs, 2 * DAY_S),
    judged("poe_used", Turns::Differs, 0),
    judged("ups_load", Turns::From(100.0), 0),
    judged("temperature", Turns::From(55.0), 0),
    judged("smart_reallocated", Turns::Differs, 0),
    judged("smart_pending", Turns::Differs, 0),
    judged("smart_uncorrectable", Turns::Differs, 0),
    judged("smart_wear", Turns::Differs, 0),
    judged("updates_pending", Turns::Differs, 9 * DAY_S),
    judged("restart_wanted", Turns::Differs, 9 * DAY_S),
    judged("backup_age", Turns::Falls, 0),
    // An evening, a night and a morning.
    judged("lamp_hours", Turns::Steps(50.0), 2 * DAY_S),
];

const fn judged(name: &'static str, turns: Turns, look_back_s: i64) -> Judged {
    Judged { name, turns, look_back_s }
}

/// Whether rules judge by a reading.
pub fn is_judged(name: &str) -> bool {
    JUDGED.iter().any(|judged| judged.name == name)
}

/// Whether a new value of a reading may change a judgement; `before` is the value before it, where one is known.
pub fn may_turn(name: &str, before: Option<f64>, value: f64) -> bool {
    let Some(judged) = JUDGED.iter().find(|judged| judged.name == name) else { return false };
    let Some(before) = before else { return true };
    match judged.turns {
        Turns::Differs => before != value,
        Turns::Falls => value < before,
        Turns::From(least) => before != value && before.max(value) >= least,
        Turns::Steps(size) => (before / size).floor() != (value / size).floor(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series with one point an hour; `None`: nothing was read in that hour.
    fn series(values: &[Option<f64>]) -> Series {
        let point =
            |(hour, value): (i64, &Option<f64>)| value.map(|value| Point { at: Timestamp(hour * HOUR_S), low: value, high: value, last: value });
        let points = (0..).zip(values).filter_map(point).collect();
        Series { device: DeviceId(1), name: "if_errors".into(), instance: "7".into(), points }
    }

    #[test]
    fn a_counter_rises_by_the_hour_through_holes_and_resets() {
        for (values, rates) in [
            (&[Some(10.0), Some(10.0), Some(40.0)][..], &[0.0, 30.0][..]),
            (&[Some(10.0), None, None, Some(40.0)], &[10.0]),
            (&[Some(1_000.0), Some(25.0)], &[25.0]),
            (&[Some(5.0)], &[]),
            (&[], &[]),
        ] {
            assert_eq!(series(values).rates().map(|(_, rate)| rate).collect::<Vec<_>>(), rates, "{values:?}");
        }
    }

    #[test]
    fn a_level_stands_since_its_last_break() {
        let hot = |values: &[Option<f64>]| series(values).since(|point| point.low >= 80.0).map(|at| at.0 / HOUR_S);
        assert_eq!(hot(&[Some(90.0), Some(70.0), Some(80.0), Some(85.0)]), Some(2));
        assert_eq!(hot(&[Some(90.0), Some(70.0)]), None);
        assert_eq!(hot(&[]), None);
    }

    #[test]
    fn hours_become_days() {
        let point = |hour: i64, low: f64, high: f64, last: f64| Point { at: Timestamp(hour * HOUR_S), low, high, last };
        let days = by_day(&[point(22, 5.0, 9.0, 6.0), point(23, 4.0, 7.0, 7.0), point(24, 8.0, 8.0, 8.0)]);
        assert_eq!(days, [point(0, 4.0, 9.0, 7.0), point(24, 8.0, 8.0, 8.0)]);
    }

    #[test]
    fn only_what_may_turn_a_judgement_makes_a_school_due() {
        for (name, before, value, expected) in [
            ("volume_used", Some(1.0), 1.0, false),
            ("volume_used", Some(1.0), 2.0, true),
            ("volume_used", None, 2.0, true),
            ("uptime", None, 2.0, false),
            ("temperature", Some(40.0), 54.0, false),
            ("temperature", Some(54.0), 55.0, true),
            ("temperature", Some(60.0), 40.0, true),
            ("backup_age", Some(3_600.0), 7_200.0, false),
            ("backup_age", Some(90_000.0), 600.0, true),
            ("lamp_hours", Some(2_010.0), 2_020.0, false),
            ("lamp_hours", Some(2_040.0), 2_050.0, true),
        ] {
            assert_eq!(may_turn(name, before, value), expected, "{name} {before:?} {value}");
        }
        assert!(JUDGED.iter().all(|judged| rollcall_shared::reading::row(judged.name).is_some()));
    }
}
