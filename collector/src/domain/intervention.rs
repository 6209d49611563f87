//! Visits: when a lot comes to a school next.
//!
//! Comes in: the lot's working days, the school's calendar, a day. Goes out: the next day on which both are there. Absent on purpose: who goes and
//! what for (the store keeps it), the faults' lives ([`super::fault`]).

use super::calendar::working::WorkingHours;
use super::calendar::{Calendar, Day};
use jiff::ToSpan;
use jiff::civil::Date;

/// Days ahead that are looked through: a summer is shorter.
const AHEAD: i32 = 90;

/// The first day after `after` on which the lot works and the school is not known to be closed.
pub fn next_visit(lot: &WorkingHours, calendar: &Calendar, after: Date) -> Option<Date> {
    let days = after.series(1.day()).skip(1).take(usize::try_from(AHEAD).unwrap_or(0));
    days.into_iter().find(|day| lot.works_on(*day) && matches!(calendar.day(*day), Day::School | Day::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Told;
    use crate::domain::calendar::holiday::Holidays;
    use crate::domain::calendar::zone::Whereabouts;
    use jiff::tz::TimeZone;

    /// A school of zone A with a week of four days.
    fn check(weekdays: &str, after: &str, expected: Option<&str>) {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let told = Told { zone: "A", timetable: "lu ma je ve", uai: "" };
        let calendar = Calendar::new(told, &Holidays::new(Vec::new()), Vec::new(), &paris);
        let days: Vec<String> = weekdays.split('|').map(str::to_owned).collect();
        let lot = WorkingHours::read(&days, "", Whereabouts::read("A"), paris);
        assert_eq!(next_visit(&lot, &calendar, after.parse().unwrap()), expected.map(|day| day.parse().unwrap()));
    }

    #[test]
    fn on_the_lot_s_days_while_the_school_is_open() {
        check("mardi|jeudi", "2026-11-24", Some("2026-11-26"));
        check("mercredi|jeudi", "2026-11-24", Some("2026-11-26"));
        // Over the autumn holidays of zone A.
        check("mardi", "2026-10-13", Some("2026-11-03"));
    }
}
