//! School days back from now: how young a closed fault is, how long a claim stands.
//!
//! Comes in: a school's calendar, an instant, a number of school days. Goes out: the instant so many school days before. Absent on purpose: what
//! follows from it ([`mod@super::lay`]).

use crate::domain::calendar::{Calendar, Day};
use jiff::ToSpan;
use jiff::civil::Weekday;
use rollcall_shared::Timestamp;

/// No count goes back farther: the summer holidays, and some weeks.
const FARTHEST: i64 = 89;
const DAY_S: i64 = 86_400;

/// The same hour, so many school days ago. Of a day that no calendar tells the week decides: Monday to Friday count.
pub fn school_days_before(calendar: &Calendar, now: Timestamp, days: u32) -> Timestamp {
    let today = calendar.date_at(now);
    let mut left = days;
    let mut back = 0;
    while back < FARTHEST {
        let Ok(date) = today.checked_sub(back.days()) else { break };
        let counts = match calendar.day(date) {
            Day::School => true,
            Day::Off(_) => false,
            Day::Unknown => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        };
        if counts && left == 0 {
            break;
        }
        left -= u32::from(counts);
        back += 1;
    }
    now - back * DAY_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Told;
    use crate::domain::calendar::holiday::Holidays;
    use jiff::tz::TimeZone;

    fn check(zone: &str, now: &str, days: u32, expected: &str) {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let told = Told { zone, timetable: "lu ma je ve", uai: "" };
        let calendar = Calendar::new(told, &Holidays::new(Vec::new()), Vec::new(), &paris);
        let local: jiff::civil::DateTime = format!("{now}T12:00").parse().unwrap();
        let now = Timestamp(local.to_zoned(paris.clone()).unwrap().timestamp().as_second());
        assert_eq!(calendar.date_at(school_days_before(&calendar, now, days)).to_string(), expected);
    }

    #[test]
    fn a_week_of_four_days_counts_four() {
        // Thursday 26 November 2026: back over Wednesdays and weekends to Monday of the week before last.
        check("A", "2026-11-26", 7, "2026-11-13");
        check("A", "2026-11-26", 0, "2026-11-26");
    }

    #[test]
    fn holidays_do_not_count() {
        // Zone A: autumn holidays from 17 October to 2 November 2026.
        check("A", "2026-11-03", 3, "2026-10-15");
    }

    #[test]
    fn where_no_calendar_tells_the_days_of_the_week_count() {
        check("", "2026-11-26", 3, "2026-11-20");
    }
}
