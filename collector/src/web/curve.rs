//! Curves: the course of a reading as a line, with its newest value in figures and its days in a table behind it.
//!
//! Comes in: newest values, courses by the hour or the day, the parts of the device. Goes out: figures for `pieces/curve.html`. Absent on purpose:
//! limits and judgement, and markup.

use super::words::{When, Words};
use crate::domain::device::{Device, Part, PartSort};
use crate::domain::reading::{DAY_S, HOUR_S, Latest, Point, Series, by_day};
use fluent_templates::fluent_bundle::FluentValue;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;

/// Width and height of the drawing in its own units; the page stretches it.
const WIDTH: f64 = 560.0;
/// See [`WIDTH`].
const HEIGHT: f64 = 64.0;
/// Room above and below the line, so that its stroke is whole.
const MARGIN: f64 = 3.0;
/// Curves of one reading on a page: a switch with more ports that lose frames has them in the list of faults.
const INSTANCES: usize = 8;
/// Marks on the axis at most: fourteen midnights, or thirteen months.
const TICKS: usize = 20;

/// How far back a page's curves reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Two weeks by the hour.
    Fortnight,
    /// Thirteen months by the day.
    Year,
}

impl Span {
    /// From the page's address.
    pub fn of(text: Option<&str>) -> Span {
        if text == Some("year") { Span::Year } else { Span::Fortnight }
    }

    /// Its code in addresses and texts.
    pub fn code(self) -> &'static str {
        match self {
            Span::Fortnight => "fortnight",
            Span::Year => "year",
        }
    }

    /// How long it is.
    pub fn seconds(self) -> i64 {
        match self {
            Span::Fortnight => 14 * DAY_S,
            Span::Year => 396 * DAY_S,
        }
    }

    /// Between two points further apart than this nobody knows.
    fn gap_s(self) -> i64 {
        match self {
            Span::Fortnight => 4 * HOUR_S,
            Span::Year => 4 * DAY_S,
        }
    }
}

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// A part of the whole, told as such.
    Percent,
    /// A part of the capacity of the device's own part.
    Share(PartSort),
    /// A count that rises for ever: what is shown is how fast, an hour.
    Rate,
    /// A duration in seconds.
    Duration,
    /// Anything else, with the text that follows the number.
    Plain(&'static str),
}

/// One reading that pages show.
struct Row {
    name: &'static str,
    unit: Unit,
    /// Not shown while it is nothing (bad sectors of a sound disk).
    only_above_zero: bool,
}

const fn row(name: &'static str, unit: Unit) -> Row {
    Row { name, unit, only_above_zero: false }
}

const fn trouble(name: &'static str, unit: Unit) -> Row {
    Row { name, unit, only_above_zero: true }
}

/// The readings shown, in their order; the title of each is `curve-NAME` in the language files.
const ROWS: &[Row] = &[
    row("ups_charge", Unit::Percent),
    row("ups_runtime", Unit::Duration),
    row("ups_load", Unit::Percent),
    row("ups_input_voltage", Unit::Plain("V")),
    row("lamp_hours", Unit::Plain("h")),
    row("supply_level", Unit::Share(PartSort::Supply)),
    row("paper_level", Unit::Share(PartSort::Tray)),
    row("page_count", Unit::Plain("")),
    row("wireless_clients", Unit::Plain("")),
    row("poe_used", Unit::Plain("W")),
    trouble("if_errors", Unit::Rate),
    trouble("if_late_collisions", Unit::Rate),
    row("volume_used", Unit::Share(PartSort::Volume)),
    row("backup_age", Unit::Duration),
    row("updates_pending", Unit::Plain("")),
    trouble("raid_sync", Unit::Percent),
    trouble("smart_reallocated", Unit::Plain("")),
    trouble("smart_pending", Unit::Plain("")),
    trouble("smart_uncorrectable", Unit::Plain("")),
    row("smart_wear", Unit::Percent),
    row("temperature", Unit::Plain("°C")),
];

/// Which readings of a device have a curve: their names.
pub fn shown(latest: &[Latest]) -> Vec<&'static str> {
    let told = |row: &&Row| latest.iter().any(|latest| latest.name == row.name && (latest.value > 0.0 || !row.only_above_zero));
    ROWS.iter().filter(told).map(|row| row.name).collect()
}

/// A curve as a page shows it.
#[derive(Debug)]
pub struct Curve {
    /// What: « Charge de la batterie », « Toner noir ».
    pub title: String,
    /// The newest value with its unit.
    pub value: String,
    /// When that was read.
    pub read: When,
    /// Least and greatest value of the span, in words.
    pub range: String,
    /// What the drawing says, for those who do not see it.
    pub label: String,
    /// Path of the line.
    pub line: String,
    /// Path of the band between the least and the greatest value of each hour or day.
    pub band: String,
    /// Path of a dot at the newest value.
    pub dot: String,
    /// Where days (or months) begin.
    pub ticks: Vec<String>,
    /// Its days (or months): name, least, greatest, newest value.
    pub days: Vec<[String; 4]>,
}

/// All curves of a device.
pub fn curves(words: &Words, device: &Device, latest: &[Latest], courses: &[Series], span: Span) -> Vec<Curve> {
    let mut all = Vec::new();
    for row in ROWS {
        let mine = |latest: &&Latest| latest.name == row.name && latest.value >= 0.0 && (latest.value > 0.0 || !row.only_above_zero);
        let mine: Vec<&Latest> = latest.iter().filter(mine).collect();
        if row.name == "wireless_clients" && mine.len() > 1 {
            let (total, course) = total(&mine, courses);
            all.extend(curve(words, device, row, &total, Some(&course), "", span));
        }
        for latest in mine.iter().take(INSTANCES) {
            let course = courses.iter().find(|series| series.name == row.name && series.instance == latest.instance);
            // What is alone needs no name.
            let instance = if mine.len() > 1 { latest.instance.as_str() } else { "" };
            all.extend(curve(words, device, row, latest, course, instance, span));
        }
    }
    all
}

/// All radios of an access point, or of a controller's, together.
fn total(mine: &[&Latest], courses: &[Series]) -> (Latest, Series) {
    let mut points: BTreeMap<Timestamp, Point> = BTreeMap::new();
    let name = mine.first().map_or("", |latest| latest.name.as_str());
    for point in courses.iter().filter(|series| series.name == name).flat_map(|series| &series.points) {
        let sum = points.entry(point.at).or_insert(Point { at: point.at, low: 0.0, high: 0.0, last: 0.0 });
        // The least and the greatest of each need not have been at the same time: only the newest add up.
        sum.last += point.last;
        (sum.low, sum.high) = (sum.last, sum.last);
    }
    let device = mine.first().map_or(rollcall_shared::DeviceId(0), |latest| latest.device);
    let (value, at) = (mine.iter().map(|latest| latest.value).sum(), mine.iter().map(|latest| latest.at).max().unwrap_or_default());
    let latest = Latest { device, name: name.to_owned(), instance: String::new(), value, at, was: None };
    (latest, Series { device, name: name.to_owned(), instance: String::new(), points: points.into_values().collect() })
}

fn curve(words: &Words, device: &Device, row: &Row, latest: &Latest, course: Option<&Series>, instance: &str, span: Span) -> Option<Curve> {
    let part = match row.unit {
        Unit::Share(sort) => Some(device.parts.iter().find(|part| part.sort == sort && part.key == latest.instance && part.capacity > 0.0)?),
        _ => device.parts.iter().find(|part| part.key == latest.instance && is_part_of(part.sort, row.name)),
    };
    let points = points(row, part, course, latest);
    let newest = points.last()?.last;
    let from = words.now - span.seconds();
    let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), point| (low.min(point.low), high.max(point.high)));
    let scale = Scale::new(row.unit, low, high, from, words.now);
    let title = title(words, row.name, instance, &latest.instance, part);
    let value = value(words, row.unit, newest);
    let range = range(words, row.unit, low, high);
    let label = words.with(
        &format!("curve-label-{}", span.code()),
        [("what", FluentValue::from(title.as_str())), ("value", value.as_str().into()), ("range", range.as_str().into())],
    );
    Some(Curve {
        dot: points.last().map_or_else(String::new, |point| format!("M{:.1} {:.1}h0.01", scale.x(point.at), scale.y(point.last))),
        line: scale.line(&points, span.gap_s()),
        band: scale.band(&points, span.gap_s()),
        ticks: ticks(words, span).into_iter().map(|at| format!("M{:.1} 0V{HEIGHT}", scale.x(at))).collect(),
        days: days(words, row.unit, &points, span),
        read: words.when(latest.at),
        title,
        value,
        range,
        label,
    })
}

/// Parts that only lend their name.
fn is_part_of(sort: PartSort, reading: &str) -> bool {
    match sort {
        PartSort::Port => matches!(reading, "if_errors" | "if_late_collisions"),
        PartSort::Radio => reading == "wireless_clients",
        PartSort::Disk => reading.starts_with("smart_"),
        PartSort::PoeBudget => reading == "poe_used",
        _ => false,
    }
}

/// The values as they are shown. A reading without a course is a point of now.
fn points(row: &Row, part: Option<&Part>, course: Option<&Series>, latest: &Latest) -> Vec<Point> {
    let now = Point { at: latest.at, low: latest.value, high: latest.value, last: latest.value };
    if row.unit == Unit::Rate {
        let rates = course.into_iter().flat_map(Series::rates).map(|(at, rate)| Point { at, low: rate, high: rate, last: rate });
        return rates.collect();
    }
    let factor = match (row.unit, part) {
        (Unit::Share(_), Some(part)) => 100.0 / part.capacity,
        _ => 1.0,
    };
    let told: Vec<Point> = course.map(|series| series.points.clone()).unwrap_or_default();
    let mut points: Vec<Point> = told.into_iter().filter(|point| point.low >= 0.0).collect();
    match points.last_mut() {
        Some(last) if latest.at >= last.at => last.last = latest.value,
        Some(_) => {}
        None => points.push(now),
    }
    points.iter().map(|point| Point { at: point.at, low: point.low * factor, high: point.high * factor, last: point.last * factor }).collect()
}

/// « Charge de la batterie », « Toner noir », « Température · coretemp Package id 0 ». `which` is empty where there is but one.
fn title(words: &Words, name: &str, which: &str, instance: &str, part: Option<&Part>) -> String {
    let what = words.coded("curve-", name);
    let which = part.map_or(which, |part| part.label.as_str());
    match (name, which, instance.strip_prefix("disk ")) {
        ("updates_pending", _, _) if instance == "security" => words.t("curve-updates-security"),
        // A supply's own name says what it is.
        ("supply_level", which, _) if !which.is_empty() => which.to_owned(),
        ("temperature", _, Some(disk)) => format!("{what} · {}", words.named("curve-disk", disk)),
        (_, "", _) | ("poe_used", ..) => what,
        (_, which, _) => format!("{what} · {which}"),
    }
}

fn value(words: &Words, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent | Unit::Share(_) => format!("{} %", words.decimal(value)),
        Unit::Rate => words.n("fault-rate", value.round() as i64),
        Unit::Duration => words.lasting(value as i64),
        Unit::Plain("") => words.decimal(value),
        Unit::Plain(unit) => format!("{} {unit}", words.decimal(value)),
    }
}

fn range(words: &Words, unit: Unit, low: f64, high: f64) -> String {
    let (low, high) = (value(words, unit, low), value(words, unit, high));
    if low == high { words.named("curve-steady", &low) } else { words.with("curve-range", [("low", low.into()), ("high", high.into())]) }
}

/// Instants and values as places in the drawing.
struct Scale {
    from: Timestamp,
    until: Timestamp,
    low: f64,
    high: f64,
}

impl Scale {
    fn new(unit: Unit, low: f64, high: f64, from: Timestamp, until: Timestamp) -> Scale {
        let (low, high) = match unit {
            Unit::Percent | Unit::Share(_) => (0.0, high.max(100.0)),
            // What is small against its own height begins at nothing; what is not (hours, degrees) would be a flat line.
            _ if low <= high / 2.0 => (0.0, high.max(1.0)),
            _ => (low - (high - low) * 0.1, high + (high - low) * 0.1),
        };
        // A steady value is a line in the middle.
        if (high - low).abs() < f64::EPSILON { Scale { from, until, low: low - 1.0, high: high + 1.0 } } else { Scale { from, until, low, high } }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let part = at.since_s(self.from) as f64 / self.until.since_s(self.from).max(1) as f64;
        (part * (WIDTH - MARGIN)).clamp(0.0, WIDTH - MARGIN)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - MARGIN - (value - self.low) / (self.high - self.low) * (HEIGHT - 2.0 * MARGIN)
    }

    /// The line through the newest values; where nobody knew for long, it is broken. A single point is a dot.
    fn line(&self, points: &[Point], gap_s: i64) -> String {
        let mut path = String::new();
        for run in runs(points, gap_s) {
            for (at, point) in run.iter().enumerate() {
                let step = if at == 0 { 'M' } else { 'L' };
                path.push_str(&format!("{step}{:.1} {:.1}", self.x(point.at), self.y(point.last)));
            }
            if run.len() == 1 {
                path.push_str("h0.1");
            }
        }
        path
    }

    /// From the greatest values there and from the least back.
    fn band(&self, points: &[Point], gap_s: i64) -> String {
        let mut path = String::new();
        for run in runs(points, gap_s).filter(|run| run.len() > 1 && run.iter().any(|point| point.high > point.low)) {
            let there = run.iter().map(|point| (point.at, point.high));
            let back = run.iter().rev().map(|point| (point.at, point.low));
            for (at, (instant, value)) in there.chain(back).enumerate() {
                let step = if at == 0 { 'M' } else { 'L' };
                path.push_str(&format!("{step}{:.1} {:.1}", self.x(instant), self.y(value)));
            }
            path.push('Z');
        }
        path
    }
}

/// Points without a hole between them.
fn runs(points: &[Point], gap_s: i64) -> impl Iterator<Item = &[Point]> {
    points.chunk_by(move |one, next| next.at.since_s(one.at) <= gap_s)
}

/// Midnights of the fortnight, firsts of the months of the year, by the visitor's zone.
fn ticks(words: &Words, span: Span) -> Vec<Timestamp> {
    let Ok(now) = jiff::Timestamp::from_second(words.now.0) else { return Vec::new() };
    let today = now.to_zoned(words.zone.clone()).date();
    let mut day = if span == Span::Year { today.first_of_month() } else { today };
    let mut ticks = Vec::new();
    while ticks.len() < TICKS {
        let Ok(midnight) = day.to_zoned(words.zone.clone()) else { break };
        let at = Timestamp(midnight.timestamp().as_second());
        if words.now.since_s(at) > span.seconds() {
            break;
        }
        ticks.push(at);
        let before = if span == Span::Year { day.yesterday().map(|day| day.first_of_month()) } else { day.yesterday() };
        let Ok(before) = before else { break };
        day = before;
    }
    ticks
}

/// A line a day, or a month of the year; the newest first.
fn days(words: &Words, unit: Unit, points: &[Point], span: Span) -> Vec<[String; 4]> {
    let mut days: Vec<(String, Point)> = Vec::new();
    for point in by_day(points) {
        let name = if span == Span::Year { words.month(point.at) } else { words.day(point.at) };
        match days.last_mut().filter(|(last, _)| *last == name) {
            Some((_, day)) => *day = Point { at: day.at, low: day.low.min(point.low), high: day.high.max(point.high), last: point.last },
            None => days.push((name, point)),
        }
    }
    let text = |number: f64| value(words, unit, number);
    days.into_iter().rev().map(|(name, day)| [name, text(day.low), text(day.high), text(day.last)]).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::language::Language;
    use jiff::tz::TimeZone;
    use rollcall_shared::DeviceId;

    const NOW: Timestamp = Timestamp(1_795_336_200);

    fn words(language: Language) -> Words {
        Words { language, zone: TimeZone::get("Europe/Paris").unwrap(), now: NOW }
    }

    /// A device of these parts, of which nothing else is known.
    pub fn device(parts: Vec<Part>) -> Device {
        Device {
            id: DeviceId(1),
            school: rollcall_shared::SchoolId(1),
            network: String::new(),
            keys: vec![],
            kind: None,
            vendor: None,
            model: None,
            os: None,
            os_version: None,
            serial: None,
            firmware: None,
            name: None,
            addresses: vec![],
            place: None,
            parts,
            signs: vec![],
            probes: vec![],
            confidence: 0,
            why: vec![],
            first_seen_at: NOW,
            present: true,
            turned_at: NOW,
            turned_round: 0,
        }
    }

    fn told(name: &str, instance: &str, value: f64) -> Latest {
        Latest { device: DeviceId(1), name: name.into(), instance: instance.into(), value, at: NOW - 60, was: None }
    }

    /// A course by the hour until now; `None`: nothing was read.
    fn course(name: &str, instance: &str, values: &[Option<f64>]) -> Series {
        let begin = NOW - values.len() as i64 * HOUR_S;
        let point = |(hour, value): (i64, &Option<f64>)| value.map(|value| Point { at: begin + hour * HOUR_S, low: value, high: value, last: value });
        let points = (0..).zip(values).filter_map(point).collect();
        Series { device: DeviceId(1), name: name.into(), instance: instance.into(), points }
    }

    fn one(name: &str, instance: &str, part: Option<Part>, values: &[Option<f64>]) -> Curve {
        let newest = values.iter().rev().find_map(|value| *value).unwrap_or(0.0);
        let courses = [course(name, instance, values)];
        let device = device(part.into_iter().collect());
        let mut all = curves(&words(Language::Fr), &device, &[told(name, instance, newest)], &courses, Span::Fortnight);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn a_level_is_shown_as_a_part_of_its_whole() {
        let toner = Part { sort: PartSort::Supply, key: "1.1".into(), label: "Toner noir".into(), capacity: 200.0 };
        let curve = one("supply_level", "1.1", Some(toner), &[Some(100.0), Some(50.0), Some(49.0)]);
        assert_eq!((curve.title.as_str(), curve.value.as_str(), curve.range.as_str()), ("Toner noir", "24,5 %", "de 24,5 % à 50 %"));
        assert_eq!(curve.days.len(), 1);
        assert!(curve.label.contains("Toner noir") && curve.label.contains("24,5 %"), "{}", curve.label);
    }

    #[test]
    fn a_hole_breaks_the_line_and_a_single_value_is_a_dot() {
        let hole = one("temperature", "cpu", None, &[Some(40.0), Some(41.0), None, None, None, None, None, Some(44.0)]);
        assert_eq!(hole.line.matches('M').count(), 2);
        assert!(hole.line.ends_with("h0.1"), "{}", hole.line);
        let steady = one("ups_input_voltage", "", None, &[Some(230.0), Some(230.0)]);
        assert_eq!(steady.range, "constamment 230 V");
        assert!(steady.line.contains(" 32.0"), "in the middle: {}", steady.line);
    }

    #[test]
    fn a_counter_is_shown_by_how_fast_it_rises() {
        let port = Part { sort: PartSort::Port, key: "10101".into(), label: "Gi1/0/1".into(), capacity: 0.0 };
        let curve = one("if_errors", "10101", Some(port), &[Some(1_000.0), Some(1_000.0), Some(2_500.0)]);
        assert!(curve.title.ends_with("· Gi1/0/1"), "{}", curve.title);
        assert_eq!(curve.value, "1\u{202f}500 erreurs par heure");
    }

    #[test]
    fn radios_are_shown_together_and_each() {
        let courses = [course("wireless_clients", "1", &[Some(3.0), Some(4.0)]), course("wireless_clients", "2", &[Some(10.0), Some(12.0)])];
        let readings = [told("wireless_clients", "1", 4.0), told("wireless_clients", "2", 12.0)];
        let all = curves(&words(Language::En), &device(vec![]), &readings, &courses, Span::Fortnight);
        let shown: Vec<(&str, &str)> = all.iter().map(|curve| (curve.title.as_str(), curve.range.as_str())).collect();
        assert_eq!(shown, [("Wi-Fi clients", "13 to 16"), ("Wi-Fi clients · 1", "3 to 4"), ("Wi-Fi clients · 2", "10 to 12")]);
    }

    #[test]
    fn what_is_alone_needs_no_name() {
        assert_eq!(one("page_count", "1.1", None, &[Some(5.0)]).title, "Pages imprimées");
        assert_eq!(one("temperature", "disk sda", None, &[Some(5.0)]).title, "Température · disque sda");
        assert_eq!(one("updates_pending", "security", None, &[Some(5.0)]).title, "Mises à jour de sécurité en attente");
    }

    #[test]
    fn what_is_nothing_or_unknown_has_no_curve() {
        let readings = [told("smart_pending", "sda", 0.0), told("supply_level", "1.1", -3.0), told("uptime", "", 5.0), told("if_errors", "1", 0.0)];
        assert!(curves(&words(Language::En), &device(vec![]), &readings, &[], Span::Year).is_empty());
        assert_eq!(shown(&readings), ["supply_level"]);
    }

    #[test]
    fn every_curve_stays_within_its_drawing() {
        for values in [vec![Some(0.0), Some(0.0)], vec![Some(3.0), Some(90.0), Some(250.0)], vec![Some(1e9), Some(1e9 + 5.0)]] {
            for name in ["ups_charge", "page_count", "ups_runtime"] {
                let curve = one(name, "", None, &values);
                let numbers = curve.line.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).filter_map(|text| text.parse::<f64>().ok());
                assert!(numbers.clone().count() > 3 && numbers.into_iter().all(|number| (0.0..=WIDTH).contains(&number)), "{name} {}", curve.line);
            }
        }
    }

    #[test]
    fn every_reading_shown_has_its_title() {
        for language in [Language::Fr, Language::En] {
            assert!(ROWS.iter().all(|row| words(language).knows("curve-", row.name)), "{language:?}");
            assert!(ROWS.iter().all(|row| rollcall_shared::reading::row(row.name).is_some()));
        }
    }
}
