//! The calendar of a school: which days are days of class, and why the others are not.
//!
//! Comes in: holidays ([`holiday`]), the school's zone and timetable as the plan writes them, closures of the register. Goes out: [`Day`] for any date,
//! counts of school days, hours of class as instants. Absent on purpose: today (it is a parameter), presence and deadlines (they ask here).
//!
//! Every answer is a function of the data as they are now: a strike that is declared closed afterwards, or an imported year, changes past answers, and
//! whoever counts school days gets the new count the next time. What no data tell is [`Day::Unknown`], never a day of class.

pub mod feast;
pub mod holiday;
pub mod ministry;
pub mod timetable;
pub mod working;
pub mod zone;

use feast::public_holiday;
use holiday::{Holidays, PlaceHolidays};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use std::sync::Arc;
use timetable::{SCHOOL, Span, Timetable};
use zone::{Whereabouts, is_alsace_moselle};

/// What a date is for a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    /// There is class.
    School,
    /// There is none.
    Off(Why),
    /// Nobody has told: the zone or its school year is missing.
    Unknown,
}

/// Why there is no class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The school, or its zone, is declared closed: the reason as written.
    Closed(String),
    /// School holidays: their name.
    Holiday(String),
    /// A public holiday: `feast-CODE` has its name.
    PublicHoliday(&'static str),
    /// No class on this weekday: the weekend, Wednesday.
    Weekday,
}

impl Day {
    /// There is class.
    pub fn is_school(&self) -> bool {
        *self == Day::School
    }

    /// Its code in the API and for shading: `school`, `closed`, `holiday`, `public_holiday`, `weekday`, `unknown`.
    pub fn code(&self) -> &'static str {
        match self {
            Day::School => "school",
            Day::Off(Why::Closed(_)) => "closed",
            Day::Off(Why::Holiday(_)) => "holiday",
            Day::Off(Why::PublicHoliday(_)) => "public_holiday",
            Day::Off(Why::Weekday) => "weekday",
            Day::Unknown => "unknown",
        }
    }
}

/// Days between two dates, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Days of class.
    pub school: u32,
    /// Days of which nothing is known.
    pub unknown: u32,
}

/// Days on which a school is closed beyond the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Why, as written.
    pub why: String,
}

/// What the plan says of a school, as far as its calendar goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// Its zone, as written.
    pub zone: &'a str,
    /// Its timetable, as written.
    pub timetable: &'a str,
    /// Its national number, if any.
    pub uai: &'a str,
}

/// The calendar of one school.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    at: Option<Whereabouts>,
    holidays: Arc<PlaceHolidays>,
    timetable: Timetable,
    closed: Vec<Closed>,
    clock: TimeZone,
}

/// Farthest that counts of days reach, so that no slip of a date makes a long count.
const FARTHEST_DAYS: usize = 3_660;

impl Calendar {
    /// The calendar of a school. `clock` holds where the zone is not told: the zone's own goes before.
    pub fn new(told: Told<'_>, holidays: &Holidays, closed: Vec<Closed>, clock: &TimeZone) -> Calendar {
        let places = Whereabouts::read(told.zone).map(|at| Arc::new(holidays.of(at)));
        Calendar::of_place(told, places.unwrap_or_default(), closed, clock)
    }

    /// The same with the holidays of its place at hand, which many schools share.
    pub fn of_place(told: Told<'_>, holidays: Arc<PlaceHolidays>, closed: Vec<Closed>, clock: &TimeZone) -> Calendar {
        let at = Whereabouts::read(told.zone).map(|at| Whereabouts { alsace_moselle: at.alsace_moselle || is_alsace_moselle(told.uai), ..at });
        Calendar {
            holidays,
            timetable: Timetable::read(told.timetable, &SCHOOL),
            closed,
            clock: at.and_then(|at| TimeZone::get(at.zone.clock).ok()).unwrap_or_else(|| clock.clone()),
            at,
        }
    }

    /// What a date is.
    pub fn day(&self, date: Date) -> Day {
        if let Some(closed) = self.closed.iter().find(|closed| closed.from <= date && date <= closed.to) {
            return Day::Off(Why::Closed(closed.why.clone()));
        }
        if let Some(holiday) = self.holidays.holiday(date) {
            return Day::Off(Why::Holiday(holiday.what.clone()));
        }
        if let Some(code) = self.is_public_holiday(date) {
            return Day::Off(Why::PublicHoliday(code));
        }
        if self.timetable.on(date).is_empty() {
            return Day::Off(Why::Weekday);
        }
        if self.holidays.knows(date) { Day::School } else { Day::Unknown }
    }

    /// Whether there is class.
    pub fn is_school_day(&self, date: Date) -> bool {
        !self.timetable.on(date).is_empty()
            && self.holidays.knows(date)
            && self.holidays.holiday(date).is_none()
            && self.is_public_holiday(date).is_none()
            && !self.closed.iter().any(|closed| closed.from <= date && date <= closed.to)
    }

    /// The public holiday that a date is at the school.
    pub fn is_public_holiday(&self, date: Date) -> Option<&'static str> {
        public_holiday(date, self.at)
    }

    /// School days from `from` on and before `until`.
    pub fn school_days_between(&self, from: Date, until: Date) -> Counted {
        let mut counted = Counted::default();
        for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date < until).take(FARTHEST_DAYS) {
            match self.day(date) {
                Day::School => counted.school += 1,
                Day::Unknown => counted.unknown += 1,
                Day::Off(_) => {}
            }
        }
        counted
    }

    /// The day that is the `n`th school day after `date`; none where the calendar does not reach so far.
    pub fn nth_school_day_after(&self, date: Date, n: u32) -> Option<Date> {
        let mut days = date.series(jiff::Span::new().days(1)).skip(1).take(FARTHEST_DAYS).filter(|date| self.is_school_day(*date));
        if n == 0 { Some(date) } else { days.nth(n as usize - 1) }
    }

    /// The same hour, so many school days ago. Days of which nobody has told count as well: a deadline that runs out a little sooner alarms nobody.
    pub fn school_days_ago(&self, now: Timestamp, n: u32) -> Timestamp {
        let today = self.date_at(now);
        let back = (1..FARTHEST_DAYS as i64).map_while(|days| today.checked_sub(jiff::Span::new().days(days)).ok());
        let counts = |date: &Date| matches!(self.day(*date), Day::School | Day::Unknown);
        let Some(date) = back.filter(counts).nth((n as usize).saturating_sub(1)) else { return Timestamp(0) };
        let local = jiff::Timestamp::from_second(now.0).unwrap_or_default().to_zoned(self.clock.clone()).time();
        date.to_datetime(local).to_zoned(self.clock.clone()).map_or(Timestamp(0), |at| Timestamp(at.timestamp().as_second()))
    }

    /// The date at the school at an instant.
    pub fn date_at(&self, at: Timestamp) -> Date {
        date_of(at, &self.clock).unwrap_or_default()
    }

    /// Hours of class of a date's weekday as instants, whatever the day is.
    pub fn class_hours(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        self.timetable.on(date).iter().filter_map(|span| instants(date, *span, &self.clock)).collect()
    }

    /// From the first to the last moment of class of a date's weekday; none on a weekday without class.
    pub fn class_day(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let hours = self.class_hours(date);
        Some((hours.first()?.0, hours.last()?.1))
    }

    /// The same on a weekday without class as well: then the hours of its first day with class (a Wednesday of the holidays).
    pub fn usual_day(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        self.class_day(date).or_else(|| {
            let spans = (0..7).map(|day| self.timetable.of(timetable::weekday_at(day))).find(|spans| !spans.is_empty())?;
            Some((instants(date, *spans.first()?, &self.clock)?.0, instants(date, *spans.last()?, &self.clock)?.1))
        })
    }

    /// The instant of an hour of a date at the school.
    pub fn instant(&self, date: Date, hour: u16) -> Option<Timestamp> {
        self.instant_of(date, hour * 60)
    }

    /// The instant of a minute of a date at the school.
    pub fn instant_of(&self, date: Date, minute: u16) -> Option<Timestamp> {
        instants(date, Span { from: minute, until: minute }, &self.clock).map(|(at, _)| at)
    }

    /// The clock on its walls.
    pub fn clock(&self) -> &TimeZone {
        &self.clock
    }

    /// Its zone and académie, where told.
    pub fn whereabouts(&self) -> Option<Whereabouts> {
        self.at
    }

    /// Its timetable.
    pub fn timetable(&self) -> &Timetable {
        &self.timetable
    }

    /// The last date of which everything is known; none: of none is.
    pub fn known_until(&self) -> Option<Date> {
        self.holidays.known_until()
    }
}

/// The date at an instant, by a clock.
pub fn date_of(at: Timestamp, clock: &TimeZone) -> Option<Date> {
    jiff::Timestamp::from_second(at.0).ok().map(|at| at.to_zoned(clock.clone()).date())
}

/// A span of a day as instants. In the night in which the clock goes on or back the span is as long as it really is.
fn instants(date: Date, span: Span, clock: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let instant = |minute: u16| {
        let day = if minute >= 1440 { date.tomorrow().ok()? } else { date };
        let (hour, minute) = (i8::try_from(minute % 1440 / 60).ok()?, i8::try_from(minute % 60).ok()?);
        day.at(hour, minute, 0, 0).to_zoned(clock.clone()).ok().map(|at| Timestamp(at.timestamp().as_second()))
    };
    Some((instant(span.from)?, instant(span.until)?))
}

#[cfg(test)]
mod tests;
