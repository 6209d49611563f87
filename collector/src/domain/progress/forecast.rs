//! The pace so far, and when it will end: a range, or the plain word that nobody can say yet.
//!
//! Comes in: how many came into place on which day, how many are planned, today, which days count as work. Goes out: [`Forecast`].
//! Absent on purpose: the calendar itself (a function answers for a day), and chance: the same arrivals give the same range.
//!
//! How: from the last weeks of work other last weeks are drawn that might have been (a few weeks know their own pace badly), and from
//! those the weeks to come, until the rest is in place; this many times, at random but always the same way. A tenth of the courses
//! end before the range, a tenth after it. So a rollout that comes a school at a time has the wide range that it deserves, and a
//! steady one a narrow one. What the weeks behind do not hold (a supplier that will fail, a summer in which all
//! is done at once) no range holds either: pages say "at the pace of the last weeks".

use crate::domain::calendar::feast::public_holiday;
use jiff::ToSpan;
use jiff::civil::Date;

/// A week with fewer days of work than this is none: Christmas, the bridge of Ascension stays one.
const LEAST_DAYS: usize = 3;
/// Weeks of work on which the pace rests at most: half a year; what was before tells little of now.
const WINDOW: usize = 26;
/// With fewer weeks of work since the first arrival it is too early to say.
const LEAST_WEEKS: usize = 4;
/// With arrivals in fewer weeks than this, too.
const LEAST_ARRIVALS: usize = 3;
/// Weeks of work without any arrival after which it has come to a stop.
const STOPPED: usize = 8;
/// Courses drawn.
const COURSES: usize = 400;
/// Weeks of work within which a course must end: ten years.
const HORIZON: usize = 470;
/// Calendar weeks looked through for weeks of work: a calendar that knows no work must not be asked for ever.
const MOST_WEEKS: usize = 900;

/// Whether people who deliver and install work on a day: Monday to Friday, but for public holidays. They do so in school holidays too, most of all in summer.
pub fn works(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() < 5 && public_holiday(day, None).is_none()
}

/// When it will end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forecast {
    /// Everything planned is in place, since this day.
    Done(Date),
    /// Nothing is planned.
    Nothing,
    /// Nothing came yet.
    NotBegun,
    /// Too few weeks or arrivals to speak of a pace.
    TooEarly {
        /// Weeks of work since the first arrival.
        weeks: usize,
    },
    /// Nothing came for two months of work.
    Stopped {
        /// The last arrival.
        since: Date,
    },
    /// At this pace.
    Ends(Ends),
}

/// A range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// A tenth of the courses end before it.
    pub early: Date,
    /// Half of them.
    pub middle: Option<Date>,
    /// A tenth end after it; `None`: not within ten years.
    pub late: Option<Date>,
    /// Tenths of pieces a week of work.
    pub tenths_a_week: u32,
    /// Weeks of work on which that rests.
    pub weeks: usize,
}

/// Forecasts: `works` says whether a day counts as work.
pub fn forecast(arrivals: &[(Date, u32)], planned: u32, today: Date, works: impl Fn(Date) -> bool) -> Forecast {
    let in_place: u32 = arrivals.iter().map(|(_, count)| *count).sum();
    let (Some(first), Some(last)) = (arrivals.iter().map(|(on, _)| *on).min(), arrivals.iter().map(|(on, _)| *on).max()) else {
        return if planned == 0 { Forecast::Nothing } else { Forecast::NotBegun };
    };
    if in_place >= planned {
        return if planned == 0 { Forecast::Nothing } else { Forecast::Done(last) };
    }
    let weeks = weekly(arrivals, first, today, &works);
    let busy = weeks.iter().filter(|count| **count > 0).count();
    if weeks.len() < LEAST_WEEKS || busy < LEAST_ARRIVALS {
        return Forecast::TooEarly { weeks: weeks.len() };
    }
    if weeks.iter().rev().take(STOPPED).all(|count| *count == 0) {
        return Forecast::Stopped { since: last };
    }
    let window = &weeks[weeks.len().saturating_sub(WINDOW)..];
    let mut lengths: Vec<usize> = (0..COURSES).map(|course| length(window, planned - in_place, course)).collect();
    lengths.sort_unstable();
    let coming = coming(today, &works, lengths[COURSES - 1].min(HORIZON));
    let end = |part: usize| coming.get(lengths[COURSES * part / 10].saturating_sub(1)).copied();
    let sum: u32 = window.iter().sum();
    let Some(early) = end(1) else { return Forecast::Stopped { since: last } };
    let tenths_a_week = (u64::from(sum) * 10 / window.len() as u64) as u32;
    Forecast::Ends(Ends { early, middle: end(5), late: end(9), tenths_a_week, weeks: window.len() })
}

/// Arrivals by weeks of work, from the week of the first one to the last whole week. What came in a week without work counts for
/// the next one.
fn weekly(arrivals: &[(Date, u32)], first: Date, today: Date, works: &impl Fn(Date) -> bool) -> Vec<u32> {
    let (mut weeks, mut carried) = (Vec::new(), 0);
    let mut monday = monday_of(first);
    for _ in 0..MOST_WEEKS * 2 {
        let Ok(next) = monday.checked_add(7.days()) else { break };
        if next > today {
            break;
        }
        carried += arrivals.iter().filter(|(on, _)| (monday..next).contains(on)).map(|(_, count)| *count).sum::<u32>();
        if is_work(monday, works) {
            weeks.push(std::mem::take(&mut carried));
        }
        monday = next;
    }
    weeks
}

fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

fn is_work(monday: Date, works: &impl Fn(Date) -> bool) -> bool {
    let days = (0..7).filter_map(|day| monday.checked_add(i64::from(day).days()).ok());
    days.filter(|day| works(*day)).count() >= LEAST_DAYS
}

/// Fridays of the weeks of work to come, this week's first.
fn coming(today: Date, works: &impl Fn(Date) -> bool, most: usize) -> Vec<Date> {
    let monday = monday_of(today);
    let mondays = (0..MOST_WEEKS as i64).filter_map(|week| monday.checked_add((week * 7).days()).ok());
    mondays.filter(|monday| is_work(*monday, works)).filter_map(|monday| monday.checked_add(4.days()).ok()).take(most).collect()
}

/// Weeks that one course takes.
fn length(window: &[u32], mut left: u32, course: usize) -> usize {
    let might_have_been: Vec<u32> = (0..window.len()).map(|week| window[drawn(course + COURSES, week, window.len())]).collect();
    for week in 0..HORIZON {
        left = left.saturating_sub(might_have_been[drawn(course, week, window.len())]);
        if left == 0 {
            return week + 1;
        }
    }
    HORIZON + 1
}

/// A number below `of` that looks like chance and is always the same (the finaliser of SplitMix64).
fn drawn(course: usize, week: usize, of: usize) -> usize {
    let mut mixed = ((course as u64) << 32 | week as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % of as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// Arrivals on the Wednesdays of the weeks before 30 November 2026, a Monday: oldest first.
    fn weeks(counts: &[u32]) -> Vec<(Date, u32)> {
        let back = |index: usize| date(2026, 11, 25).checked_sub(((counts.len() - 1 - index) as i64 * 7).days()).unwrap();
        counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, count)| (back(index), *count)).collect()
    }

    const TODAY: Date = Date::constant(2026, 11, 30);

    fn check(counts: &[u32], planned: u32, expected: &str) {
        let told = match forecast(&weeks(counts), planned, TODAY, works) {
            Forecast::Ends(ends) => format!("{}..{} around {}, {}/10", ends.early, text(ends.late), text(ends.middle), ends.tenths_a_week),
            other => format!("{other:?}"),
        };
        assert_eq!(told, expected, "{counts:?} of {planned}");
    }

    fn text(day: Option<Date>) -> String {
        day.map_or_else(|| "never".to_owned(), |day| day.to_string())
    }

    #[test]
    fn a_steady_pace_ends_on_a_day() {
        // 40 left at 5 a week: eight weeks, this one included.
        check(&[5; 12], 100, "2027-01-22..2027-01-22 around 2027-01-22, 50/10");
    }

    #[test]
    fn a_pace_by_whole_schools_has_a_wide_range() {
        let Forecast::Ends(ends) = forecast(&weeks(&[40, 0, 0, 35, 0, 42, 0, 0, 0, 38]), 300, TODAY, works) else { panic!("a range") };
        let width = (ends.late.unwrap() - ends.early).get_days();
        assert!((35..200).contains(&width), "{ends:?}");
    }

    #[test]
    fn a_pace_that_may_take_longer_than_anybody_plans_has_no_last_day() {
        let mut counts = [0; 26];
        (counts[0], counts[12], counts[25]) = (1, 1, 1);
        let Forecast::Ends(ends) = forecast(&weeks(&counts), 53, TODAY, works) else { panic!("a range") };
        assert_eq!((ends.early < date(2036, 11, 30), ends.late), (true, None), "{ends:?}");
    }

    #[test]
    fn chance_is_that_of_splitmix64() {
        // The first numbers of the published generator after the seeds 0 and 1234567.
        assert_eq!((drawn(0, 0, usize::MAX), drawn(0, 1_234_567, usize::MAX)), (0xe220_a839_7b1d_cdaf, 6_457_827_717_110_365_317));
    }

    #[test]
    fn where_nobody_can_say_it_is_said() {
        check(&[], 10, "NotBegun");
        check(&[], 0, "Nothing");
        check(&[3, 4], 10, "TooEarly { weeks: 2 }");
        check(&[8, 0, 0, 0, 0, 1], 10, "TooEarly { weeks: 6 }");
        check(&[5, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0], 30, "Stopped { since: 2026-09-30 }");
        check(&[5, 5], 10, "Done(2026-11-25)");
    }

    #[test]
    fn weeks_without_work_are_no_slack_and_no_pace() {
        // All of December is closed: the same eight weeks end later.
        let open = |day: Date| works(day) && day.month() != 12;
        let Forecast::Ends(ends) = forecast(&weeks(&[5; 12]), 100, TODAY, open) else { panic!("a range") };
        assert_eq!(ends.middle, Some(date(2027, 2, 26)));
        // A closed week behind does not slow the pace: what came in it counts for the week after.
        let closed = |day: Date| works(day) && !(date(2026, 11, 9)..date(2026, 11, 16)).contains(&day);
        let Forecast::Ends(ends) = forecast(&weeks(&[5; 12]), 100, TODAY, closed) else { panic!("a range") };
        assert_eq!((ends.weeks, ends.tenths_a_week), (11, 54));
    }

    #[test]
    fn a_calendar_without_work_is_not_asked_for_ever() {
        check(&[5; 12], 100, "2027-01-22..2027-01-22 around 2027-01-22, 50/10");
        assert_eq!(forecast(&weeks(&[5; 12]), 100, TODAY, |_| false), Forecast::TooEarly { weeks: 0 });
    }

    /// Rollouts of whole schools at random, each asked half way: the true end lies within the range in most of them.
    #[test]
    fn the_range_keeps_its_promise() {
        let (mut inside, mut asked) = (0, 0);
        for rollout in 0..300_usize {
            // Each week a school or none, 12 to 60 pieces, chance of its own.
            let all: Vec<u32> =
                (0..400).map(|week| if drawn(rollout + 7_000, week, 3) == 0 { 12 + drawn(rollout + 9_000, week, 49) as u32 } else { 0 }).collect();
            let (planned, behind) = (800, 24);
            let mut sum = all[..behind].iter().sum::<u32>();
            let mut end = behind;
            while sum < planned {
                sum += all[end];
                end += 1;
            }
            let Forecast::Ends(ends) = forecast(&weeks(&all[..behind]), planned, TODAY, works) else { continue };
            let truth = date(2026, 12, 4).checked_add(((end - behind - 1) as i64 * 7).days()).unwrap();
            asked += 1;
            inside += usize::from(truth >= ends.early && ends.late.is_none_or(|late| truth <= late));
        }
        assert!(asked > 250 && (70..90).contains(&(inside * 100 / asked)), "{inside} of {asked}");
    }

    proptest! {
        /// Whoever was faster ends no later.
        #[test]
        fn a_faster_pace_never_ends_later(slow in prop::collection::vec(0_u32..9, 4..30), more in prop::collection::vec(0_u32..9, 30), left in 1_u32..500) {
            let fast: Vec<u32> = slow.iter().zip(&more).map(|(slow, more)| if *slow > 0 { slow + more } else { 0 }).collect();
            let planned = |counts: &[u32]| counts.iter().sum::<u32>() + left;
            let ends = |counts: &[u32]| forecast(&weeks(counts), planned(counts), TODAY, works);
            if let (Forecast::Ends(slow), Forecast::Ends(fast)) = (ends(&slow), ends(&fast)) {
                prop_assert!(fast.early <= slow.early);
                prop_assert!(slow.middle.is_none_or(|slow| fast.middle.is_some_and(|fast| fast <= slow)));
                prop_assert!(slow.late.is_none_or(|slow| fast.late.is_some_and(|fast| fast <= slow)));
            }
        }

        #[test]
        fn a_range_is_in_order_and_ahead(counts in prop::collection::vec(0_u32..50, 0..60), left in 1_u32..500) {
            if let Forecast::Ends(ends) = forecast(&weeks(&counts), counts.iter().sum::<u32>() + left, TODAY, works) {
                prop_assert!(ends.early >= TODAY);
                prop_assert!(ends.middle.is_none_or(|middle| middle >= ends.early));
                prop_assert!(ends.late.is_none_or(|late| ends.middle.is_some_and(|middle| late >= middle)));
            }
        }
    }
}
