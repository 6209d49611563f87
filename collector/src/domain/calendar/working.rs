//! The working hours of a lot: how many working seconds lie between two instants, and when so many will have passed.
//!
//! Comes in: weekdays and hours as the plan's table `lots` writes them, the clock and the public holidays of the place. Goes out: seconds and instants.
//! Absent on purpose: deadlines, and what holds a clock (the life of a fault).

use super::feast::public_holiday;
use super::timetable::{self, Span, Timetable, WORK};
use super::zone::Whereabouts;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;

/// When a lot is at work.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingHours {
    week: Timetable,
    clock: TimeZone,
    at: Option<Whereabouts>,
    /// Days on which it is not at work besides: first and last.
    closed: Vec<(Date, Date)>,
}

/// A sum of working time further ahead than this is no deadline.
const FARTHEST_DAYS: i32 = 3_660;

impl WorkingHours {
    /// Reads a lot's cells. `weekdays` limits the days (each a word or a span of words); empty: those that `hours` tells, else Monday to Friday.
    /// Where nothing is told, 8:00 to 18:00. Public holidays are those of the place.
    pub fn read(weekdays: &[String], hours: &str, at: Option<Whereabouts>, clock: TimeZone) -> WorkingHours {
        let told = weekdays.join(" ");
        let days = (!told.trim().is_empty()).then(|| Timetable::read(&told, &WORK)).filter(|days| days.understood);
        let week = match (days, hours.trim()) {
            (None, hours) => Timetable::read(hours, &WORK),
            (Some(days), "") => days,
            // Hours without days hold for the days of the other cell, a Saturday too.
            (Some(days), hours) => {
                let with_days = Timetable::read(&format!("{told} {hours}"), &WORK);
                let alone = Timetable::read(hours, &WORK);
                let kept: [bool; 7] = std::array::from_fn(|day| !days.of(timetable::weekday_at(day)).is_empty());
                let week = if with_days.understood { with_days } else { alone };
                week.only(kept)
            }
        };
        WorkingHours { week, clock, at, closed: Vec::new() }
    }

    /// The same, with days on which the lot does not work besides (its own closures).
    pub fn closed_on(mut self, days: Vec<(Date, Date)>) -> WorkingHours {
        self.closed = days;
        self
    }

    /// Whether the lot works at all on this day.
    pub fn works_on(&self, date: Date) -> bool {
        !self.spans(date).is_empty()
    }

    /// Whether it is at work at this instant.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.date(at).is_some_and(|date| self.instants(date).any(|(from, until)| from <= at && at < until))
    }

    /// Working seconds between two instants; none where the second is not later.
    pub fn working_seconds(&self, from: Timestamp, until: Timestamp) -> i64 {
        let (Some(first), Some(last)) = (self.date(from), self.date(until)) else { return 0 };
        let mut sum = 0;
        let mut date = first;
        while date <= last {
            sum += self.instants(date).map(|(begin, end)| end.min(until).since_s(begin.max(from)).max(0)).sum::<i64>();
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        sum
    }

    /// The instant at which so many working seconds will have passed; the instant itself where none are asked. None where that is never
    /// (a lot that never works).
    pub fn add_working(&self, from: Timestamp, seconds: i64) -> Option<Timestamp> {
        if seconds <= 0 {
            return Some(from);
        }
        if self.week.is_empty() {
            return None;
        }
        let mut left = seconds;
        let mut date = self.date(from)?;
        for _ in 0..FARTHEST_DAYS {
            for (begin, end) in self.instants(date) {
                let begin = begin.max(from);
                let here = end.since_s(begin).max(0);
                if here >= left {
                    return Some(begin + left);
                }
                left -= here;
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    /// The first moment of the day after that of an instant.
    pub fn midnight_after(&self, at: Timestamp) -> Timestamp {
        let next = self.date(at).and_then(|date| date.tomorrow().ok()).and_then(|date| date.to_zoned(self.clock.clone()).ok());
        next.map_or(at + 86_400, |next| Timestamp(next.timestamp().as_second()))
    }

    fn date(&self, at: Timestamp) -> Option<Date> {
        super::date_of(at, &self.clock)
    }

    fn spans(&self, date: Date) -> &[Span] {
        let off = public_holiday(date, self.at).is_some() || self.closed.iter().any(|(first, last)| *first <= date && date <= *last);
        if off { &[] } else { self.week.on(date) }
    }

    fn instants(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        self.spans(date).iter().filter_map(move |span| super::instants(date, *span, &self.clock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lot(weekdays: &str, hours: &str) -> WorkingHours {
        let weekdays: Vec<String> = weekdays.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        WorkingHours::read(&weekdays, hours, Whereabouts::read("A"), TimeZone::get("Europe/Paris").unwrap())
    }

    /// A local time in Paris.
    fn paris(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        Timestamp(local.to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp().as_second())
    }

    fn check(lot: &WorkingHours, from: &str, hours: i64, expected: &str) {
        let at = lot.add_working(paris(from), hours * 3_600);
        assert_eq!(at, Some(paris(expected)), "{from} + {hours} h");
        assert_eq!(lot.working_seconds(paris(from), paris(expected)), hours * 3_600);
    }

    #[test]
    fn a_deadline_runs_only_while_the_lot_works() {
        let usual = lot("", "");
        check(&usual, "2026-11-26T16:00", 4, "2026-11-27T10:00"); // Thursday afternoon
        check(&usual, "2026-11-27T17:00", 4, "2026-11-30T11:00"); // over a weekend
        check(&usual, "2026-11-10T17:00", 2, "2026-11-12T09:00"); // over Armistice day
        check(&usual, "2026-11-28T03:00", 1, "2026-11-30T09:00"); // filed on a Saturday night
        let twice_a_week = lot("mardi|jeudi", "9h-12h 14h-17h");
        check(&twice_a_week, "2026-11-24T11:00", 6, "2026-11-26T11:00");
        let round_the_clock = lot("", "24/7");
        check(&round_the_clock, "2026-11-27T22:00", 4, "2026-11-28T02:00");
    }

    #[test]
    fn nights_of_the_clock_s_change_are_as_long_as_they_are() {
        let night = lot("lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche", "0h-24h");
        assert_eq!(night.working_seconds(paris("2026-03-29T00:00"), paris("2026-03-30T00:00")), 23 * 3_600);
        assert_eq!(night.working_seconds(paris("2026-10-25T00:00"), paris("2026-10-26T00:00")), 25 * 3_600);
    }

    #[test]
    fn a_lot_that_never_works_has_no_deadline() {
        let never = lot("", "lundi 8h-9h").closed_on(vec![("2000-01-01".parse().unwrap(), "2099-12-31".parse().unwrap())]);
        assert_eq!(never.add_working(paris("2026-11-24T11:00"), 1), None);
        assert_eq!(never.add_working(paris("2026-11-24T11:00"), 0), Some(paris("2026-11-24T11:00")));
    }

    fn some_lot() -> impl Strategy<Value = WorkingHours> {
        prop_oneof![
            Just(("", "")),
            Just(("mardi|jeudi", "9h-12h 14h-17h")),
            Just(("", "24/7")),
            Just(("lundi-samedi", "1h-4h")),
            Just(("", "lu 8h-9h; sa 2h30-3h"))
        ]
        .prop_map(|(days, hours)| lot(days, hours))
    }

    /// Some instant of the years 2025 to 2027.
    fn instant() -> impl Strategy<Value = Timestamp> {
        (1_735_689_600i64..1_830_297_600).prop_map(Timestamp)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn working_time_adds_up_and_never_runs_backwards(lot in some_lot(), mut at in proptest::array::uniform3(instant())) {
            at.sort_unstable();
            let [a, b, c] = at;
            prop_assert_eq!(lot.working_seconds(a, b) + lot.working_seconds(b, c), lot.working_seconds(a, c));
            prop_assert!(lot.working_seconds(a, b) >= 0 && lot.working_seconds(a, b) <= b.since_s(a));
            prop_assert_eq!(lot.working_seconds(b, a), 0);
        }

        #[test]
        fn the_instant_after_n_seconds_has_n_seconds_behind_it(lot in some_lot(), from in instant(), seconds in 0i64..400_000, more in 0i64..100_000) {
            let at = lot.add_working(from, seconds).unwrap();
            prop_assert!(at >= from);
            prop_assert_eq!(lot.working_seconds(from, at), seconds);
            prop_assert!(lot.add_working(from, seconds + more).unwrap() >= at);
        }
    }
}
