//! Counts by day as curves: what was planned, delivered and in place by each day.
//!
//! Comes in: counts by day of any choice of phases and kinds, today. Goes out: [`Course`]: steps that only rise, and the sums that
//! a sentence needs. Absent on purpose: drawing (`web`), and where counts come from ([`super::tally`]).

use super::tally::{Mark, What};
use crate::domain::kind::Kind;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A curve that rises in steps: from this day on, so many.
pub type Steps = Vec<(Date, u32)>;

/// The curves of one choice of phases and kinds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// Planned in all, dated or not.
    pub planned: u32,
    /// Of them without a date.
    pub undated: u32,
    /// Due from the first day of their due dates: nobody expects more by then.
    pub due_from: Steps,
    /// Due on the last day of their due dates: less is late.
    pub due: Steps,
    /// Delivered.
    pub delivered: Steps,
    /// In place.
    pub installed: Steps,
}

impl Course {
    /// From counts by day.
    pub fn of(counts: impl IntoIterator<Item = (What, Date, u32)>) -> Course {
        let mut by_what: BTreeMap<What, BTreeMap<Date, u32>> = BTreeMap::new();
        for (what, on, count) in counts {
            *by_what.entry(what).or_default().entry(on).or_default() += count;
        }
        let mut steps = |what: What| rising(by_what.remove(&what).unwrap_or_default());
        let undated = last(&steps(What::Undated));
        let (due_from, due) = (steps(What::DueFrom), steps(What::Due));
        let planned = last(&due) + undated;
        Course { planned, undated, due_from, due, delivered: steps(What::Delivered), installed: steps(What::Installed) }
    }

    /// In place by now.
    pub fn in_place(&self) -> u32 {
        last(&self.installed)
    }

    /// Late on a day: due before it, and not in place.
    pub fn late(&self, today: Date) -> u32 {
        let due = self.due.iter().take_while(|(on, _)| *on < today).last().map_or(0, |(_, count)| *count);
        due.saturating_sub(self.in_place())
    }

    /// Delivered, and not in place yet.
    pub fn waiting(&self) -> u32 {
        last(&self.delivered).saturating_sub(self.in_place())
    }

    /// How many came into place on which day.
    pub fn arrivals(&self) -> Vec<(Date, u32)> {
        let before = std::iter::once(0).chain(self.installed.iter().map(|(_, count)| *count));
        self.installed.iter().zip(before).map(|((on, count), before)| (*on, count - before)).collect()
    }

    /// First and last day that any curve names.
    pub fn span(&self) -> Option<(Date, Date)> {
        let days = || [&self.due_from, &self.due, &self.delivered, &self.installed].into_iter().flatten().map(|(on, _)| *on);
        Some((days().min()?, days().max()?))
    }
}

/// Counts by day.
type Counts = Vec<(What, Date, u32)>;

/// The curves of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfPhase {
    /// All kinds together.
    pub all: Course,
    /// Each kind.
    pub kinds: BTreeMap<Kind, Course>,
}

/// The curves of a programme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Courses {
    /// All phases together.
    pub all: Course,
    /// Each phase, by its code; empty: places of no phase.
    pub phases: BTreeMap<String, OfPhase>,
}

impl Courses {
    /// From counts by phase, kind and day.
    pub fn of(marks: Vec<(Mark, i64)>) -> Courses {
        let counted = |count: i64| u32::try_from(count).unwrap_or(0);
        let all = Course::of(marks.iter().map(|(mark, count)| (mark.what, mark.on, counted(*count))));
        let mut parts: BTreeMap<String, BTreeMap<Kind, Counts>> = BTreeMap::new();
        for (mark, count) in marks {
            parts.entry(mark.phase).or_default().entry(mark.kind).or_default().push((mark.what, mark.on, counted(count)));
        }
        let of_phase = |kinds: BTreeMap<Kind, Counts>| OfPhase {
            all: Course::of(kinds.values().flatten().copied()),
            kinds: kinds.into_iter().map(|(kind, counts)| (kind, Course::of(counts))).collect(),
        };
        Courses { all, phases: parts.into_iter().map(|(phase, kinds)| (phase, of_phase(kinds))).collect() }
    }
}

/// How high a curve stands on a day.
pub fn at(steps: &Steps, on: Date) -> u32 {
    let passed = steps.partition_point(|(day, _)| *day <= on);
    passed.checked_sub(1).map_or(0, |index| steps[index].1)
}

fn rising(counts: BTreeMap<Date, u32>) -> Steps {
    let mut sum = 0_u32;
    let add = |(on, count): (Date, u32)| {
        sum = sum.saturating_add(count);
        (on, sum)
    };
    counts.into_iter().filter(|(_, count)| *count > 0).map(add).collect()
}

fn last(steps: &Steps) -> u32 {
    steps.last().map_or(0, |(_, count)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_phase_due_in_the_year_2026_with_a_part_in_place() {
        let (first, last) = (date(2026, 1, 1), date(2026, 12, 31));
        let counts = [
            (What::DueFrom, first, 20),
            (What::Due, last, 20),
            (What::Undated, date(1970, 1, 1), 2),
            (What::Delivered, date(2026, 5, 4), 12),
            (What::Installed, date(2026, 6, 1), 4),
            (What::Installed, date(2026, 6, 8), 3),
            (What::Installed, date(2026, 6, 8), 1),
        ];
        let course = Course::of(counts);
        assert_eq!((course.planned, course.in_place(), course.waiting()), (22, 8, 4));
        assert_eq!(course.installed, [(date(2026, 6, 1), 4), (date(2026, 6, 8), 8)]);
        assert_eq!(course.arrivals(), [(date(2026, 6, 1), 4), (date(2026, 6, 8), 4)]);
        assert_eq!((course.late(last), course.late(date(2027, 1, 1))), (0, 12));
        assert_eq!([date(2026, 5, 31), date(2026, 6, 7), date(2026, 7, 1)].map(|on| at(&course.installed, on)), [0, 4, 8]);
        assert_eq!(course.span(), Some((first, last)));
    }

    #[test]
    fn nothing_is_no_curve() {
        let course = Course::of([]);
        assert_eq!((course.planned, course.in_place(), course.span()), (0, 0, None));
    }
}
