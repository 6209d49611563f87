//! Days and hours as people write them: « lundi 7 septembre 2026, 8:30 », « 9:15 », « 3 jours plus tard ».
//!
//! Comes in: a line, and the moment before it. Goes out: the moment, or why it is none. A weekday that is not that of its date is an error.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const DAYS: [(&str, Weekday); 7] = [
    ("lundi", Weekday::Monday),
    ("mardi", Weekday::Tuesday),
    ("mercredi", Weekday::Wednesday),
    ("jeudi", Weekday::Thursday),
    ("vendredi", Weekday::Friday),
    ("samedi", Weekday::Saturday),
    ("dimanche", Weekday::Sunday),
];

/// The moment that a line tells; `None`: the line tells something else.
pub fn moment(line: &str, before: Option<DateTime>) -> Option<Result<DateTime, String>> {
    let line = line.trim().trim_end_matches(':').trim();
    if let Some(span) = line.strip_suffix(" plus tard").or_else(|| line.strip_suffix(" après")) {
        let span = self::span(span)?;
        let Some(before) = before else { return Some(Err("« plus tard » que quoi ? Le premier moment porte sa date.".to_owned())) };
        return Some(span.and_then(|span| before.checked_add(span).map_err(|error| error.to_string())));
    }
    if let Some(time) = time(line) {
        let Some(before) = before else { return Some(Err("le premier moment porte sa date".to_owned())) };
        return Some(Ok(before.date().to_datetime(time)));
    }
    let (weekday, rest) = line.split_once(' ')?;
    let (_, weekday) = DAYS.iter().find(|(name, _)| *name == weekday.to_lowercase())?;
    Some(dated(*weekday, rest))
}

fn dated(weekday: Weekday, rest: &str) -> Result<DateTime, String> {
    let (date, time) = rest.split_once(',').ok_or("après la date on attend une virgule et l'heure : « lundi 7 septembre 2026, 8:30 »")?;
    let date = self::date(date)?;
    if date.weekday() != weekday {
        let (name, _) = DAYS.iter().find(|(_, day)| *day == date.weekday()).expect("a week has seven days");
        return Err(format!("le {} n'est pas un {} mais un {name}", date, DAYS.iter().find(|(_, day)| *day == weekday).expect("one of seven").0));
    }
    let time = self::time(time.trim()).ok_or_else(|| format!("l'heure s'écrit « 8:30 », pas « {} »", time.trim()))?;
    Ok(date.to_datetime(time))
}

/// « 7 septembre 2026 » or « 2026-09-07 ».
pub fn date(text: &str) -> Result<Date, String> {
    let text = text.trim();
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    let wrong = || format!("une date s'écrit « 7 septembre 2026 » ou « 2026-09-07 », pas « {text} »");
    let words: Vec<&str> = text.split_whitespace().collect();
    let [day, month, year] = words.as_slice() else { return Err(wrong()) };
    let day = day.trim_end_matches("er").parse().map_err(|_| wrong())?;
    let month = MONTHS.iter().position(|name| *name == month.to_lowercase()).ok_or_else(wrong)?;
    let year = year.parse().map_err(|_| wrong())?;
    Date::new(year, month as i8 + 1, day).map_err(|_| wrong())
}

/// « 8:30 ».
pub fn time(text: &str) -> Option<Time> {
    let (hours, minutes) = text.trim().split_once(':')?;
    Time::new(hours.trim().parse().ok()?, minutes.trim().parse().ok().filter(|_| minutes.trim().len() == 2)?, 0, 0).ok()
}

/// « 3 jours », « une semaine ».
pub fn span(text: &str) -> Option<Result<Span, String>> {
    let (count, unit) = text.trim().split_once(' ')?;
    let count: i64 = match count {
        "un" | "une" => 1,
        number => number.parse().ok()?,
    };
    let span = match unit.trim() {
        "minute" | "minutes" => count.minutes(),
        "heure" | "heures" => count.hours(),
        "jour" | "jours" => count.days(),
        "semaine" | "semaines" => count.weeks(),
        "mois" => count.months(),
        "an" | "ans" => count.years(),
        other => return Some(Err(format!("une durée compte des minutes, heures, jours, semaines, mois ou ans, pas des « {other} »"))),
    };
    Some(Ok(span))
}

/// A weekday by its name.
pub fn weekday(name: &str) -> Option<Weekday> {
    DAYS.iter().find(|(known, _)| *known == name.trim().to_lowercase()).map(|(_, day)| *day)
}
