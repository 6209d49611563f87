//! When a school's power is on: some cut it in holidays, some at night.
//!
//! Comes in: settings, the calendar, an instant. Goes out: whether what is always on elsewhere may be off, and since when it need not be. Absent on
//! purpose: devices.

use super::{Settings, Watched};
use crate::domain::calendar::{Calendar, Day, Why};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::Timestamp;

/// Farthest that the neighbouring days of class are sought.
const FARTHEST_DAYS: i32 = 120;

impl Watched {
    /// The power may be cut at this instant.
    pub fn power_may_be_off(&self, at: Timestamp) -> bool {
        self.calendar
            .as_ref()
            .is_some_and(|calendar| self.settings.holiday_cut(calendar, at).is_some() || self.settings.night_cut_until(calendar, at).is_some())
    }

    /// The next moment from which the power is expected to be on, if it may be off now.
    pub fn power_on_at(&self, at: Timestamp) -> Option<Timestamp> {
        let calendar = self.calendar.as_ref()?;
        let holiday = self.settings.holiday_cut(calendar, at).map(|(_, until)| until);
        let night = self.settings.night_cut_until(calendar, at);
        holiday.max(night)
    }

    /// Whether the power came on (or may have come on) within the last seconds: what was off with it needs some rounds to be seen again.
    pub fn power_came_on_within(&self, at: Timestamp, seconds: i64) -> bool {
        !self.power_may_be_off(at) && self.power_may_be_off(at - seconds)
    }
}

impl Settings {
    /// The time without power around holidays in which an instant lies: from the end of the last class until the next class begins. A gap between two
    /// classes is such a time when a holiday or a closure lies in it, or a day of which nobody knows.
    fn holiday_cut(&self, calendar: &Calendar, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        if !self.cuts_power_in_holidays {
            return None;
        }
        let today = calendar.date_at(at);
        let class = |date: Date| calendar.is_school_day(date).then(|| calendar.class_day(date)).flatten();
        if class(today).is_some_and(|(from, until)| from <= at && at < until) {
            return None;
        }
        let before =
            (0..FARTHEST_DAYS).filter_map(|back| today.checked_sub(back.days()).ok()).find(|date| class(*date).is_some_and(|(_, until)| until <= at));
        let after =
            (0..FARTHEST_DAYS).filter_map(|ahead| today.checked_add(ahead.days()).ok()).find(|date| class(*date).is_some_and(|(from, _)| from > at));
        let first = before.and_then(|date| date.tomorrow().ok()).or_else(|| today.checked_sub(FARTHEST_DAYS.days()).ok())?;
        let last = after.or_else(|| today.checked_add(FARTHEST_DAYS.days()).ok())?;
        let long = first
            .series(1.day())
            .take_while(|date| *date < last)
            .any(|date| matches!(calendar.day(date), Day::Off(Why::Holiday(_) | Why::Closed(_)) | Day::Unknown));
        let from = before.and_then(&class).map_or(Timestamp(i64::MIN), |(_, until)| until);
        let until = after.and_then(class).map(|(from, _)| from).or_else(|| calendar.instant(last, 0))?;
        long.then_some((from, until))
    }

    fn night_cut_until(&self, calendar: &Calendar, at: Timestamp) -> Option<Timestamp> {
        let (off, on) = self.night_cut?;
        let today = calendar.date_at(at);
        let nights = [today.yesterday().ok(), Some(today)].into_iter().flatten();
        nights
            .filter_map(|date| {
                let begin = calendar.instant_of(date, off)?;
                let end = calendar.instant_of(if on > off { date } else { date.tomorrow().ok()? }, on)?;
                (begin <= at && at < end).then_some(end)
            })
            .max()
    }
}
