//! The year strip: one cell a day, tall for a day of class and low for the others, filled by what was seen, dashed where nobody could see.
//!
//! Comes in: what each date is at the school, and what was seen on it. Goes out: months for a template. No strip is drawn of
//! what is somebody's own. Absent on purpose: markup, hours (a cell is a day), how intervals become days (`domain/presence`).

use super::Web;
use super::words::Words;
use crate::domain::calendar::{Calendar, Day};
use crate::domain::device::Device;
use crate::domain::presence::{self, Caster, Shadow};
use crate::store::sight::Seen;
use crate::store::{self, Tx, view};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// Months before this one that are shown.
const MONTHS_BACK: i32 = 11;
/// Most intervals that one school's year is made of; of more, the newest.
const MOST_INTERVALS: i64 = 200_000;
/// Most intervals of one device: it comes and goes four times a day.
const MOST_OF_DEVICE: i64 = 1_500;
/// A cell's width with its gap, and its heights on a day of class and on another.
const CELL: (i64, i64, i64) = (8, 24, 12);
/// Where cells stand.
const GROUND: i64 = 26;

/// What is told of one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The date.
    pub date: Date,
    /// What it is at the school.
    pub day: Day,
    /// Devices seen.
    pub seen: u32,
    /// Devices known by then.
    pub known: u32,
    /// Nobody could have seen: nothing was known yet, or whoever looks was gone all day.
    pub unknown: bool,
}

/// One month of a strip.
#[derive(Debug, Clone)]
pub struct Month {
    /// « février 2026 ».
    pub name: String,
    /// In words: « 14 jours de classe sur 16 ».
    pub summary: String,
    /// Width and height of its drawing.
    pub width: i64,
    /// See `width`.
    pub height: i64,
    /// What is drawn, by class: `class`, `lacking` (a day of class without a sign), `off`, `unknown`, `fill`. A path a class: a page has its bound.
    pub paths: Vec<(&'static str, String)>,
    /// Days of class, told in figures: all, seen, unknown.
    pub counts: (i64, i64, i64),
    /// Days of class on which nothing was seen: « 3, 12 ».
    pub lacking: String,
}

/// One day: its class, left edge, height, and how much of it is filled from below.
type Cell = (&'static str, i64, i64, i64);

/// The first date of the year that ends today.
fn first(today: Date) -> Date {
    today.first_of_month().saturating_sub(MONTHS_BACK.months())
}

fn dates(today: Date) -> impl Iterator<Item = Date> {
    first(today).series(1.day()).take_while(move |date| *date <= today)
}

/// The year of a school, day by day.
pub fn of_school(web: &Web, seen: &mut Seen<'_, '_>, school: SchoolId) -> store::Result<Vec<Told>> {
    let (calendar, now) = (web.calendar(seen, school)?, web.now());
    let today = calendar.date_at(now);
    let since = calendar.instant(first(today), 0).unwrap_or(now);
    let intervals = view::device::year(seen, school, since, now, MOST_INTERVALS)?;
    let firsts: Vec<Date> = view::device::first_seen(seen, school)?.into_iter().map(|at| calendar.date_at(at)).collect();
    let counts = presence::counts(&calendar, &intervals, first(today), today);
    let shadows = shadows(seen, school, now)?;
    let known = |date: Date| u32::try_from(firsts.partition_point(|first| *first <= date)).unwrap_or(u32::MAX);
    let told = |(date, count): (Date, u32)| {
        let known = known(date).max(count);
        Told { unknown: count == 0 && (known == 0 || in_shadow(&calendar, &shadows, date)), date, day: calendar.day(date), seen: count, known }
    };
    Ok(dates(today).zip(counts).map(told).collect())
}

/// The year of a device, with those that were merged into it (`ids`, each with its school).
pub fn of_device(web: &Web, seen: &mut Seen<'_, '_>, device: &Device, ids: &[(SchoolId, DeviceId)]) -> store::Result<Vec<Told>> {
    let (calendar, now) = (web.calendar(seen, device.school)?, web.now());
    let today = calendar.date_at(now);
    let mut intervals: Vec<(Timestamp, Timestamp)> = device.present.then_some((device.turned_at, now)).into_iter().collect();
    for (school, id) in ids {
        intervals.extend(view::device::presence(seen, *school, *id, MOST_OF_DEVICE)?);
    }
    let (born, shadows) = (calendar.date_at(device.first_seen_at), shadows(seen, device.school, now)?);
    let told = |strip: presence::StripDay| Told {
        unknown: !strip.seen && (strip.date < born || in_shadow(&calendar, &shadows, strip.date)),
        seen: u32::from(strip.seen),
        known: 1,
        date: strip.date,
        day: strip.day,
    };
    Ok(presence::strip(&calendar, &intervals, first(today), today).into_iter().map(told).collect())
}

/// Stretches in which whoever looks was gone.
fn shadows(tx: &mut Tx<'_>, school: SchoolId, now: Timestamp) -> store::Result<Vec<Shadow>> {
    let mut shadows = store::presence::shadows(tx, school, now)?;
    shadows.retain(|shadow| matches!(shadow.of, Caster::Agent(_)));
    Ok(shadows)
}

fn in_shadow(calendar: &Calendar, shadows: &[Shadow], date: Date) -> bool {
    let Some((from, until)) = calendar.usual_day(date) else { return false };
    shadows.iter().any(|shadow| shadow.from <= from && shadow.until.is_none_or(|end| end >= until))
}

/// The months of a year.
pub fn months(words: &Words, year: &[Told]) -> Vec<Month> {
    year.chunk_by(|a, b| a.date.first_of_month() == b.date.first_of_month()).map(|days| month(words, days)).collect()
}

fn month(words: &Words, days: &[Told]) -> Month {
    let school: Vec<&Told> = days.iter().filter(|told| told.day.is_school()).collect();
    let (seen, unknown) = (school.iter().filter(|told| told.seen > 0).count() as i64, school.iter().filter(|told| told.unknown).count() as i64);
    let lacking: Vec<String> = school.iter().filter(|told| told.seen == 0 && !told.unknown).map(|told| told.date.day().to_string()).collect();
    let date = days.first().map(|told| told.date).unwrap_or_default();
    Month {
        name: format!("{} {}", words.t(&format!("month-{}", date.month())), date.year()),
        summary: if school.is_empty() { words.t("year-no-class") } else { words.n_of("year-month", seen, school.len() as i64) },
        width: CELL.0 * 31,
        height: GROUND + 2,
        paths: paths(days.iter().map(cell)),
        counts: (school.len() as i64, seen, unknown),
        lacking: lacking.join(", "),
    }
}

/// One path a class, of rectangles.
fn paths(cells: impl Iterator<Item = Cell>) -> Vec<(&'static str, String)> {
    let mut paths: Vec<(&'static str, String)> = ["off", "unknown", "class", "lacking", "fill"].map(|class| (class, String::new())).into();
    let width = CELL.0 - 2;
    for (class, x, height, filled) in cells {
        for (class, height) in [(class, height), ("fill", filled)].into_iter().filter(|(_, height)| *height > 0) {
            if let Some((_, path)) = paths.iter_mut().find(|(known, _)| *known == class) {
                path.push_str(&format!("M{x} {}h{width}v{height}H{x}z", GROUND - height));
            }
        }
    }
    paths.retain(|(_, path)| !path.is_empty());
    paths
}

fn cell(told: &Told) -> Cell {
    let height = if told.day.is_school() { CELL.1 } else { CELL.2 };
    // However few were seen, one sees that some were.
    let filled = if told.seen == 0 { 0 } else { (height * i64::from(told.seen) / i64::from(told.known.max(1))).max(3) };
    let class = match (told.unknown, told.day.is_school(), told.seen) {
        (true, ..) => "unknown",
        (_, true, 0) => "lacking",
        (_, true, _) => "class",
        (_, false, _) => "off",
    };
    (class, i64::from(told.date.day() - 1) * CELL.0 + 1, height, filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Why;
    use crate::domain::language::Language;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn told(day: i8, what: Day, seen: u32, unknown: bool) -> Told {
        Told { date: date(2026, 11, day), day: what, seen, known: 8, unknown }
    }

    #[test]
    fn a_day_of_class_is_tall_and_what_was_not_seen_is_empty() {
        let words = Words { language: Language::Fr, zone: TimeZone::UTC, now: Timestamp(1_795_824_000) };
        let days = [
            told(2, Day::School, 8, false),
            told(3, Day::School, 1, false),
            told(4, Day::Off(Why::Weekday), 0, false),
            told(5, Day::School, 0, false),
            told(6, Day::School, 0, true),
        ];
        let months = months(&words, &days);
        let month = &months[0];
        assert_eq!((months.len(), month.counts, month.lacking.as_str()), (1, (4, 2, 1), "5"));
        let cells: Vec<Cell> = days.iter().map(cell).collect();
        assert_eq!(cells, [("class", 9, 24, 24), ("class", 17, 24, 3), ("off", 25, 12, 0), ("lacking", 33, 24, 0), ("unknown", 41, 24, 0)]);
        let fill = &month.paths.iter().find(|(class, _)| *class == "fill").unwrap().1;
        assert_eq!(fill, "M9 2h6v24H9zM17 23h6v3H17z");
        assert_eq!(first(date(2026, 11, 28)), date(2025, 12, 1));
    }
}
