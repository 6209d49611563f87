//! A rollout drawn: planned as steps, delivered and in place as lines, the forecast as a band, milestones as ticks; a table behind.
//!
//! Comes in: a course, its forecast, days of milestones, today. Goes out: paths and texts for `pieces/rollout.html`, and the small
//! drawing of a table's cell. Absent on purpose: judgement, and markup.

use super::words::Words;
use crate::domain::progress::course::{Course, Steps, at};
use crate::domain::progress::forecast::{Ends, Forecast};
use askama::Template;
use askama::filters::HtmlSafe;
use fluent_templates::fluent_bundle::FluentValue;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt::Write as _;

/// Width and height of the drawing in its own units; the page stretches it.
const WIDTH: f64 = 640.0;
/// See [`WIDTH`].
const HEIGHT: f64 = 180.0;
/// Width and height of the small drawing.
const SPARK: (f64, f64) = (120.0, 24.0);
/// Room above the highest line.
const MARGIN: f64 = 6.0;
/// Rows of the table behind at most: months, else quarters, half years, years.
const ROWS: usize = 24;
/// Dates under the drawing.
const AXIS: i64 = 5;
/// A forecast that ends later than this is cut at the edge: the sentence tells its end.
const AHEAD_DAYS: i64 = 730;
/// Days around a drawing whose days would else all be one.
const LEAST_DAYS: i64 = 28;

/// A drawing with its words.
#[derive(Debug, Template)]
#[template(path = "pieces/rollout.html")]
pub struct Rollout {
    /// The visitor's words.
    pub words: Words,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// When it will end, in one sentence.
    pub forecast: String,
    /// What the drawing is called for those who do not see it.
    pub label: String,
    /// The greatest number.
    pub top: String,
    /// Between the first and the last day of vague due dates.
    pub window: String,
    /// Due.
    pub due: String,
    /// Delivered.
    pub delivered: String,
    /// In place.
    pub installed: String,
    /// Where the rest comes, at the pace so far.
    pub band: String,
    /// Today.
    pub today: String,
    /// Milestones.
    pub ticks: Vec<String>,
    /// Dates under it, evenly.
    pub axis: Vec<String>,
    /// The table behind: until, due, delivered, in place.
    pub rows: Vec<[String; 4]>,
}
impl HtmlSafe for Rollout {}

/// A course as small as a word.
#[derive(Debug)]
pub struct Spark {
    /// Due.
    pub due: String,
    /// In place.
    pub installed: String,
}

/// Where days and numbers lie.
struct Scale {
    first: Date,
    last: Date,
    most: u32,
    size: (f64, f64),
}

impl Scale {
    fn new(course: &Course, also: impl Iterator<Item = Date>, today: Date, size: (f64, f64)) -> Scale {
        let (mut first, mut last) = course.span().unwrap_or((today, today));
        for day in also.chain([today]) {
            (first, last) = (first.min(day), last.max(day));
        }
        if (last - first).get_days() < LEAST_DAYS as i32 {
            first = first.checked_sub(LEAST_DAYS.days()).unwrap_or(first);
        }
        Scale { first, last, most: course.planned.max(course.in_place()).max(1), size }
    }

    fn x(&self, day: Date) -> f64 {
        let days = |from: Date, to: Date| f64::from((to - from).get_days());
        (days(self.first, day) / days(self.first, self.last) * self.size.0).clamp(0.0, self.size.0)
    }

    fn y(&self, count: u32) -> f64 {
        let room = self.size.1 - 1.0;
        room - f64::from(count) / f64::from(self.most) * (room - MARGIN.min(self.size.1 / 8.0))
    }

    /// The corners of a curve until a day; steps that would fall on one spot are one.
    fn corners(&self, steps: &Steps, until: Date) -> Vec<(f64, f64)> {
        let mut corners = vec![(0.0, self.y(0))];
        for (day, count) in steps.iter().filter(|(day, _)| *day <= until) {
            let (x, y) = (self.x(*day), self.y(*count));
            let known = corners.last().copied().unwrap_or_default();
            if corners.len() > 1 && x - known.0 < 0.5 {
                corners.pop();
                corners.push((known.0, y));
            } else {
                corners.extend([(x, known.1), (x, y)]);
            }
        }
        let level = corners.last().map_or(0.0, |corner| corner.1);
        corners.push((self.x(until), level));
        corners
    }

    fn line(&self, steps: &Steps, until: Date) -> String {
        if steps.is_empty() { String::new() } else { path(&self.corners(steps, until)) }
    }
}

fn path(corners: &[(f64, f64)]) -> String {
    let mut text = String::new();
    let mut pen = (f64::NAN, f64::NAN);
    for (index, (x, y)) in corners.iter().map(|(x, y)| ((x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0)).enumerate() {
        let _ = match index {
            0 => write!(text, "M{x} {y}"),
            _ if (x, y) == pen => Ok(()),
            _ if y == pen.1 => write!(text, "H{x}"),
            _ if x == pen.0 => write!(text, "V{y}"),
            _ => write!(text, "L{x} {y}"),
        };
        pen = (x, y);
    }
    text
}

fn closed(corners: &[(f64, f64)]) -> String {
    format!("{}Z", path(corners))
}

/// Draws a course.
pub fn rollout(words: &Words, what: &str, course: &Course, forecast: &Forecast, milestones: &[Date], today: Date) -> Rollout {
    let ends = if let Forecast::Ends(ends) = forecast { Some(*ends) } else { None };
    let edge = today.checked_add(AHEAD_DAYS.days()).unwrap_or(today);
    let late = ends.map(|ends| ends.late.unwrap_or(edge).min(edge));
    let scale = Scale::new(course, milestones.iter().copied().filter(|day| *day <= edge).chain(late), today, (WIDTH, HEIGHT));
    let tick = |day: &Date| path(&[(scale.x(*day), 0.0), (scale.x(*day), HEIGHT)]);
    let sentence = sentence(words, course, today);
    let forecast = forecast_sentence(words, forecast);
    Rollout {
        label: words.with("rollout-label", [("what", what.into()), ("value", sentence.clone().into()), ("range", forecast.clone().into())]),
        sentence,
        forecast,
        top: words.figure(i64::from(scale.most)),
        window: window(&scale, course),
        due: scale.line(&course.due, scale.last),
        delivered: if course.waiting() > 0 { scale.line(&course.delivered, today) } else { String::new() },
        installed: scale.line(&course.installed, today),
        band: ends.map(|ends| band(&scale, course, ends, today)).unwrap_or_default(),
        today: tick(&today),
        ticks: milestones.iter().filter(|day| **day <= edge).map(tick).collect(),
        axis: axis(words, &scale),
        rows: rows(words, course, &scale),
        words: words.clone(),
    }
}

/// A course in a table's cell.
pub fn spark(course: &Course, first: Date, last: Date, today: Date) -> Spark {
    let scale = Scale::new(course, [first, last].into_iter(), today, SPARK);
    Spark { due: scale.line(&course.due, scale.last), installed: scale.line(&course.installed, today) }
}

/// The area between what is due at the earliest and at the latest; nothing where every date is a day.
fn window(scale: &Scale, course: &Course) -> String {
    if course.due_from == course.due || course.due.is_empty() {
        return String::new();
    }
    let mut corners = scale.corners(&course.due_from, scale.last);
    corners.extend(scale.corners(&course.due, scale.last).into_iter().rev());
    closed(&corners)
}

fn band(scale: &Scale, course: &Course, ends: Ends, today: Date) -> String {
    let top = scale.y(course.planned);
    closed(&[(scale.x(today), scale.y(course.in_place())), (scale.x(ends.early), top), (scale.x(ends.late.unwrap_or(scale.last)), top)])
}

fn axis(words: &Words, scale: &Scale) -> Vec<String> {
    let days = i64::from((scale.last - scale.first).get_days());
    let at = |part: i64| scale.first.checked_add((days * part / (AXIS - 1)).days()).unwrap_or(scale.last);
    (0..AXIS).map(|part| words.short_date(at(part))).collect()
}

/// Ends of months (or quarters, or years), as few as a person reads.
fn rows(words: &Words, course: &Course, scale: &Scale) -> Vec<[String; 4]> {
    let months = i64::from(scale.last.year() - scale.first.year()) * 12 + i64::from(scale.last.month() - scale.first.month()) + 1;
    let step = [1, 3, 6, 12].into_iter().find(|step| months / step < ROWS as i64).unwrap_or(60);
    let end = |index: i64| scale.first.first_of_month().checked_add((index * step + step - 1).months()).ok().map(Date::last_of_month);
    let row = |day: Date| {
        let figure = |steps: &Steps| words.figure(i64::from(at(steps, day)));
        [words.date(&day.to_string()), figure(&course.due), figure(&course.delivered), figure(&course.installed)]
    };
    (0..=months / step).filter_map(end).take_while(|day| *day < scale.last.checked_add(step.months()).unwrap_or(scale.last)).map(row).collect()
}

/// « 64 sur 80 en place ; 6 en retard, 4 livrés à mettre en place ».
fn sentence(words: &Words, course: &Course, today: Date) -> String {
    let mut parts = vec![words.n_of("progress-in-place", i64::from(course.in_place()), i64::from(course.planned))];
    if course.late(today) > 0 {
        parts.push(words.n("progress-late", i64::from(course.late(today))));
    }
    if course.waiting() > 0 {
        parts.push(words.n("progress-waiting", i64::from(course.waiting())));
    }
    if course.undated > 0 {
        parts.push(words.n("progress-undated", i64::from(course.undated)));
    }
    parts.join(&words.t("progress-join"))
}

/// When it will end, in words.
pub fn forecast_sentence(words: &Words, forecast: &Forecast) -> String {
    let date = |day: Date| words.date(&day.to_string());
    match forecast {
        Forecast::Nothing => words.t("forecast-nothing"),
        Forecast::NotBegun => words.t("forecast-not-begun"),
        Forecast::Done(on) => words.with("forecast-done", [("day", date(*on).into())]),
        Forecast::TooEarly { weeks } => words.n("forecast-too-early", *weeks as i64),
        Forecast::Stopped { since } => words.with("forecast-stopped", [("day", date(*since).into())]),
        Forecast::Ends(ends) => {
            let pace: FluentValue<'_> = words.decimal(f64::from(ends.tenths_a_week) / 10.0).into();
            let (low, weeks): (FluentValue<'_>, FluentValue<'_>) = (date(ends.early).into(), (ends.weeks as i64).into());
            match (ends.middle, ends.late) {
                (Some(middle), Some(late)) if late == ends.early => {
                    words.with("forecast-ends-on", [("day", date(middle).into()), ("value", pace), ("n", weeks)])
                }
                (Some(middle), Some(late)) => words
                    .with("forecast-ends", [("day", date(middle).into()), ("low", low), ("high", date(late).into()), ("value", pace), ("n", weeks)]),
                _ => words.with("forecast-open", [("low", low), ("value", pace), ("n", weeks)]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::domain::progress::tally::What;
    use jiff::civil::date;
    use rollcall_shared::Timestamp;

    fn words(language: Language) -> Words {
        Words { language, zone: jiff::tz::TimeZone::UTC, now: Timestamp(1_795_867_200) }
    }

    fn course() -> Course {
        Course::of([
            (What::DueFrom, date(2026, 1, 1), 40),
            (What::Due, date(2026, 12, 31), 40),
            (What::Delivered, date(2026, 9, 7), 30),
            (What::Installed, date(2026, 9, 14), 10),
            (What::Installed, date(2026, 10, 5), 12),
        ])
    }

    #[test]
    fn a_sentence_above_every_picture() {
        let ends = Ends { early: date(2027, 2, 26), middle: Some(date(2027, 3, 12)), late: Some(date(2027, 4, 9)), tenths_a_week: 52, weeks: 12 };
        let drawn = rollout(&words(Language::Fr), "Phase 2", &course(), &Forecast::Ends(ends), &[], date(2026, 11, 28));
        assert_eq!(drawn.sentence, "22 sur 40 en place ; 8 livrés, pas encore en place");
        assert_eq!(
            drawn.forecast,
            "Au rythme des 12 dernières semaines de travail (5,2 par semaine) : fin vers le vendredi 12 mars 2027, entre le vendredi 26 février 2027 et le vendredi 9 avril 2027."
        );
        let drawn = rollout(&words(Language::En), "Phase 2", &course(), &Forecast::TooEarly { weeks: 2 }, &[], date(2027, 1, 4));
        assert_eq!(drawn.sentence, "22 of 40 in place; 18 late; 8 delivered, not in place yet");
        assert_eq!(drawn.forecast, "Too early to say when it will end: 2 weeks of work since the first arrival.");
    }

    #[test]
    fn every_path_stays_within_its_drawing() {
        let ends = Ends { early: date(2027, 2, 26), middle: None, late: None, tenths_a_week: 1, weeks: 12 };
        let drawn = rollout(&words(Language::Fr), "x", &course(), &Forecast::Ends(ends), &[date(2026, 3, 1), date(2050, 1, 1)], date(2026, 11, 28));
        for path in [&drawn.window, &drawn.due, &drawn.delivered, &drawn.installed, &drawn.band, &drawn.today].into_iter().chain(&drawn.ticks) {
            let numbers = path.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).filter_map(|text| text.parse::<f64>().ok());
            assert!(numbers.clone().count() >= 2 && numbers.into_iter().all(|number| (0.0..=WIDTH).contains(&number)), "{path}");
        }
        assert_eq!(drawn.ticks.len(), 1);
        assert!(drawn.rows.len() <= ROWS + 1 && drawn.axis.len() == 5, "{:?}", drawn.rows);
    }

    #[test]
    fn steps_are_told_by_month_ends() {
        let drawn = rollout(&words(Language::En), "x", &course(), &Forecast::NotBegun, &[], date(2026, 11, 28));
        let september = drawn.rows.iter().find(|row| row[0].contains("30 September")).unwrap();
        assert_eq!(september[1..], ["0", "30", "10"]);
    }
}
