//! Hours of the day on the school's clock: quiet hours, school hours.
//!
//! Comes in: `22:00-06:00`, an instant, a time zone. Goes out: whether the one lies within the other. Absent on purpose:
//! holidays and timetables (the collector knows them), the clock.

use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use std::fmt;
use std::str::FromStr;

/// A span of every day, in minutes since midnight; it may pass midnight. From is within, until is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from_min: u16,
    until_min: u16,
}

/// A moment on the school's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// Minutes since midnight.
    pub minute: u16,
    /// Monday to Friday.
    pub workday: bool,
}

/// The school's clock at an instant.
pub fn local_time(zone: &TimeZone, at: Timestamp) -> LocalTime {
    let instant = jiff::Timestamp::from_second(at.0).unwrap_or_default(); // out of its range only by a broken clock
    let civil = zone.to_datetime(instant);
    let minute = u16::try_from(i32::from(civil.hour()) * 60 + i32::from(civil.minute())).unwrap_or(0);
    LocalTime { minute, workday: civil.weekday().to_monday_one_offset() <= 5 }
}

impl Hours {
    /// Whether a moment lies within.
    pub fn contains(self, time: LocalTime) -> bool {
        if self.from_min <= self.until_min {
            (self.from_min..self.until_min).contains(&time.minute)
        } else {
            time.minute >= self.from_min || time.minute < self.until_min
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from_min, self.until_min);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Hours, String> {
        let minute = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
        };
        let both = text.split_once('-').and_then(|(from, until)| Some((minute(from)?, minute(until)?)));
        let (from_min, until_min) = both.ok_or("expected hours such as 22:00-06:00")?;
        Ok(Hours { from_min, until_min })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_within_a_day_and_past_midnight() {
        for (hours, minute, expected) in [
            ("07:30-18:00", 449, false),
            ("07:30-18:00", 450, true),
            ("07:30-18:00", 1080, false),
            ("22:00-06:00", 1330, true),
            ("22:00-06:00", 100, true),
            ("22:00-06:00", 360, false),
            ("00:00-24:00", 1439, true),
        ] {
            let parsed: Hours = hours.parse().unwrap();
            assert_eq!(parsed.contains(LocalTime { minute, workday: true }), expected, "{hours} at {minute}");
            assert_eq!(parsed.to_string(), hours);
        }
        for text in ["22:00", "25:00-06:00", "22-06", "a:b-c:d", "22:60-06:00"] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_schools_clock_and_not_utc() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        // 2026-11-22 23:30 UTC is Monday 00:30 in Paris.
        assert_eq!(local_time(&paris, Timestamp(1_795_390_200)), LocalTime { minute: 30, workday: true });
        assert_eq!(local_time(&TimeZone::UTC, Timestamp(1_795_390_200)), LocalTime { minute: 1410, workday: false });
    }
}
