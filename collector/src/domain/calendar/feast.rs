//! Public holidays, computed.
//!
//! Comes in: a day, and where. Goes out: which public holiday it is. Absent on purpose: school holidays, which are decreed.

use super::zone::Whereabouts;
use jiff::ToSpan;
use jiff::civil::Date;

/// The nation's days with a fixed date (Code du travail L3133-1): month, day, code of its words `feast-CODE`.
const FIXED: &[(i8, i8, &str)] = &[
    (1, 1, "new-year"),
    (5, 1, "labour"),
    (5, 8, "victory"),
    (7, 14, "bastille"),
    (8, 15, "assumption"),
    (11, 1, "all-saints"),
    (11, 11, "armistice"),
    (12, 25, "christmas"),
];
/// Days counted from Easter Sunday.
const FROM_EASTER: &[(i32, &str)] = &[(1, "easter-monday"), (39, "ascension"), (50, "whit-monday")];
/// Those of Alsace and Moselle besides (Code du travail L3134-13): Good Friday and 26 December.
const GOOD_FRIDAY: (i32, &str) = (-2, "good-friday");
const SAINT_STEPHEN: (i8, i8, &str) = (12, 26, "saint-stephen");

/// The code of the public holiday that `date` is.
pub fn public_holiday(date: Date, at: Option<Whereabouts>) -> Option<&'static str> {
    let fixed = |(month, day, code): &(i8, i8, &'static str)| (date.month() == *month && date.day() == *day).then_some(*code);
    if let Some(code) = FIXED.iter().find_map(fixed) {
        return Some(code);
    }
    let alsace_moselle = at.is_some_and(|at| at.alsace_moselle);
    if let Some(code) = at.and_then(|at| at.zone.feasts.iter().find_map(fixed)).or_else(|| fixed(&SAINT_STEPHEN).filter(|_| alsace_moselle)) {
        return Some(code);
    }
    // Nothing that hangs on Easter falls before Good Friday's earliest or after Whit Monday's latest day.
    if !(3..=6).contains(&date.month()) {
        return None;
    }
    let easter = easter(date.year())?;
    let counted = FROM_EASTER.iter().chain(Some(&GOOD_FRIDAY).filter(|_| alsace_moselle));
    counted.into_iter().find(|(days, _)| easter.checked_add(days.days()).is_ok_and(|day| day == date)).map(|(_, code)| *code)
}

/// Easter Sunday of a Gregorian year (the anonymous algorithm of 1876, as in Meeus, *Astronomical Algorithms*, chapter 8).
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(sum / 31).ok()?, i8::try_from(sum % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;

    fn check(date: &str, zone: &str, expected: Option<&str>) {
        assert_eq!(public_holiday(date.parse().unwrap(), Whereabouts::read(zone)), expected, "{date} {zone}");
    }

    #[test]
    fn easter_sundays_of_known_years() {
        for day in [
            "1961-04-02",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2018-04-01",
            "2021-04-04",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "1900-04-15",
            "1943-04-25",
            "1954-04-18",
            "1981-04-19",
            "2035-03-25",
            "2049-04-18",
            "2076-04-19",
            "2099-04-12",
            "2100-03-28",
            "2199-04-14",
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(easter(day.year()), Some(day));
        }
    }

    #[test]
    fn easter_is_a_sunday_of_spring() {
        for year in 1900..2200 {
            let day = easter(year).unwrap();
            assert_eq!(day.weekday(), Weekday::Sunday);
            assert!(day >= Date::new(year, 3, 22).unwrap() && day <= Date::new(year, 4, 25).unwrap());
        }
    }

    #[test]
    fn the_nation_s_eleven_days() {
        for (day, code) in [
            ("2026-01-01", "new-year"),
            ("2026-04-06", "easter-monday"),
            ("2026-05-01", "labour"),
            ("2026-05-08", "victory"),
            ("2026-05-14", "ascension"),
            ("2026-05-25", "whit-monday"),
            ("2026-07-14", "bastille"),
            ("2026-08-15", "assumption"),
            ("2026-11-01", "all-saints"),
            ("2026-11-11", "armistice"),
            ("2026-12-25", "christmas"),
        ] {
            check(day, "A", Some(code));
            check(day, "", Some(code));
        }
        check("2026-04-03", "A", None);
        check("2026-12-26", "A", None);
        check("2026-09-01", "A", None);
    }

    #[test]
    fn alsace_moselle_has_two_more() {
        check("2026-04-03", "Strasbourg", Some("good-friday"));
        check("2026-12-26", "B Alsace-Moselle", Some("saint-stephen"));
        check("2026-04-03", "B", None);
    }

    #[test]
    fn overseas_recalls_the_abolition_of_slavery_on_a_day_of_its_own() {
        check("2026-05-22", "Martinique", Some("abolition"));
        check("2026-05-27", "Guadeloupe", Some("abolition"));
        check("2026-06-10", "Guyane", Some("abolition"));
        check("2026-04-27", "Mayotte", Some("abolition"));
        check("2026-12-20", "La Réunion", Some("abolition"));
        check("2026-05-22", "Guadeloupe", None);
    }
}
