//! Milestones in their order: promised, planned, reached, and what slips with what.
//!
//! Comes in: the plan's milestones, what the register says was reached and why late, today. Goes out: one [`Step`] a milestone,
//! with its expected days. Absent on purpose: mistakes of the plan (a circle, a date before the one it comes after): `plan check`
//! tells those, here a circle is cut where it closes.
//!
//! When cabling slips, installation slips with it: at the earliest it stays as planned (there was slack), at the latest it
//! keeps the distance that the plan put between the two. Both ends are told, for a plan does not say how much of the distance is work.

use crate::domain::plan::model::{Milestone, Plan};
use crate::domain::plan::{PlanDate, model::Choosing};
use crate::domain::register::Register;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::HashMap;

/// How a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Reached in time, or nobody had planned a day.
    Reached,
    /// Reached so many days after the last planned day, at least.
    ReachedLate(i32),
    /// Planned for a day that is past by so many days, and not reached.
    Late(i32),
    /// It is not its day yet, but what it comes after slips: so many days at most.
    Pushed(i32),
    /// Ahead.
    Ahead,
    /// Nobody planned a day.
    Undated,
}

/// One milestone with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The phase or the school.
    pub of: String,
    /// Its name.
    pub milestone: String,
    /// Promised for; never moved.
    pub promised: Option<PlanDate>,
    /// Planned for.
    pub planned: Option<PlanDate>,
    /// Reached.
    pub actual: Option<PlanDate>,
    /// Why late, in the words of whoever wrote it.
    pub cause: Option<String>,
    /// How it stands.
    pub state: State,
    /// Expected between these days, when it is not reached; without a planned day only the first is known.
    pub expected: Option<(Date, Option<Date>)>,
    /// Where in the list that stands which pushes it.
    pub pushed_by: Option<usize>,
}

impl Step {
    /// Why it is or will be late: its own cause, else that of what pushes it, and so on.
    pub fn reason<'a>(&'a self, all: &'a [Step]) -> Option<&'a str> {
        let chain = std::iter::successors(Some(self), |step| step.pushed_by.and_then(|index| all.get(index)));
        chain.take(all.len()).find_map(|step| step.cause.as_deref())
    }
}

/// When a milestone is over, as far as that is known: (at the earliest, at the latest).
type End = (Date, Date);

/// Every milestone of the plan, in its order.
pub fn steps(plan: &Plan, register: &Register, today: Date) -> Vec<Step> {
    let mut walk = Walk::new(plan, register, today);
    for index in 0..plan.milestones.len() {
        walk.visit(index);
    }
    walk.steps.into_iter().flatten().collect()
}

/// When it was reached, and why late, as the register has it.
type Noted<'a> = (Option<&'a PlanDate>, Option<&'a str>);

struct Walk<'a> {
    plan: &'a Plan,
    choosing: Choosing<'a>,
    today: Date,
    by_name: HashMap<(&'a str, &'a str), usize>,
    reached: HashMap<(&'a str, &'a str), Noted<'a>>,
    steps: Vec<Option<Step>>,
    begun: Vec<bool>,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan, register: &'a Register, today: Date) -> Walk<'a> {
        let key = |milestone: &'a Milestone| (milestone.of.as_str(), milestone.milestone.as_str());
        let reached =
            register.milestones.iter().map(|row| ((row.of.as_str(), row.milestone.as_str()), (row.actual_on.as_ref(), row.cause.as_deref())));
        Walk {
            plan,
            choosing: plan.choosing(),
            today,
            by_name: plan.milestones.iter().enumerate().map(|(index, milestone)| (key(milestone), index)).collect(),
            reached: reached.collect(),
            steps: vec![None; plan.milestones.len()],
            begun: vec![false; plan.milestones.len()],
        }
    }

    /// Judges what a milestone comes after, then itself; each once, without recursion: a plan may chain thousands.
    fn visit(&mut self, start: usize) {
        let mut open = vec![start];
        while let Some(&index) = open.last() {
            let fresh = !std::mem::replace(&mut self.begun[index], true);
            let before = self.before(index);
            let waiting: Vec<usize> = before.iter().copied().filter(|other| !self.begun[*other]).collect();
            if fresh && !waiting.is_empty() {
                open.extend(waiting);
                continue;
            }
            open.pop();
            if self.steps[index].is_none() {
                self.steps[index] = Some(self.judge(index, &before));
            }
        }
    }

    /// What it comes after: beside it, or (for a school) in the school's phases.
    fn before(&self, index: usize) -> Vec<usize> {
        let milestone = &self.plan.milestones[index];
        let school = self.choosing.position(&milestone.of).map(|school| &self.plan.schools[school]);
        let scopes = || std::iter::once(milestone.of.as_str()).chain(school.into_iter().flat_map(|school| school.phases.iter().map(String::as_str)));
        milestone.after.iter().filter_map(|name| scopes().find_map(|of| self.by_name.get(&(of, name.as_str())).copied())).collect()
    }

    fn judge(&self, index: usize, before: &[usize]) -> Step {
        let milestone = &self.plan.milestones[index];
        let (actual, cause) = self.reached.get(&(milestone.of.as_str(), milestone.milestone.as_str())).copied().unwrap_or_default();
        let mut step = Step {
            of: milestone.of.clone(),
            milestone: milestone.milestone.clone(),
            promised: milestone.promised_on.clone(),
            planned: milestone.planned_on.clone(),
            actual: actual.cloned(),
            cause: cause.map(str::to_owned),
            state: State::Undated,
            expected: None,
            pushed_by: None,
        };
        match (actual, &milestone.planned_on) {
            (Some(actual), Some(planned)) if planned.is_before(actual) => step.state = State::ReachedLate(days(planned.last, actual.first)),
            (Some(_), _) => step.state = State::Reached,
            (None, Some(planned)) => self.expect(&mut step, planned, before),
            (None, None) => {
                let ends = before.iter().filter_map(|other| Some((self.end(*other)?, *other)));
                let last = ends.max_by_key(|((first, _), _)| *first);
                step.expected = last.map(|((first, _), _)| (first.max(self.today), None));
                step.pushed_by = last.map(|(_, other)| other).filter(|other| self.slip(*other) > 0);
            }
        }
        step
    }

    fn expect(&self, step: &mut Step, planned: &PlanDate, before: &[usize]) {
        let late = days(planned.last, self.today).max(0);
        // Who planned anew after the slip has counted it already.
        let moved = step.promised.as_ref().map_or(0, |promised| days(promised.last, planned.last).max(0));
        let pushing = before.iter().map(|other| (self.slip(*other) - moved, *other)).max().filter(|(slip, _)| *slip > 0);
        let earliest = before.iter().filter_map(|other| self.end(*other)).map(|(first, _)| first).fold(planned.first.max(self.today), Date::max);
        let slip = pushing.map_or(0, |(slip, _)| slip);
        let latest = planned.last.checked_add(i64::from(slip.max(late)).days()).unwrap_or(planned.last).max(earliest);
        step.pushed_by = pushing.map(|(_, other)| other);
        step.state = match (late, slip) {
            (1.., _) => State::Late(late),
            (_, 1..) => State::Pushed(slip),
            _ => State::Ahead,
        };
        step.expected = Some((earliest, Some(latest)));
    }

    /// When it is over: as reached, else as expected.
    fn end(&self, index: usize) -> Option<End> {
        let step = self.steps[index].as_ref()?;
        match (&step.actual, step.expected) {
            (Some(actual), _) => Some((actual.first, actual.last)),
            (None, Some((first, last))) => Some((first, last.unwrap_or(first))),
            (None, None) => None,
        }
    }

    /// By how many days it ends, at the latest, after its last planned day.
    fn slip(&self, index: usize) -> i32 {
        let Some(planned) = self.plan.milestones[index].planned_on.as_ref() else { return 0 };
        self.end(index).map_or(0, |(_, last)| days(planned.last, last)).max(0)
    }
}

fn days(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    const HEAD: &str = "phase_or_school,milestone,promised_on,planned_on,actual_on,after,cause\n";

    /// Judges on 22 November 2021; each as `milestone state first..last <pushed by`.
    fn check(rows: &str, expected: &[&str]) {
        let text = format!("{HEAD}{rows}");
        let (tables, _) = read_tables([("milestones.csv", text.as_str()), ("schools.csv", "school,phase\nrameau,3\n"), ("phases.csv", "phase\n3\n")]);
        let all = steps(&Plan::from_tables(&tables), &Register::from_tables(&tables), jiff::civil::date(2021, 11, 22));
        let line = |step: &Step| {
            let expected = step.expected.map(|(first, last)| format!(" {first}..{}", last.map(|last| last.to_string()).unwrap_or_default()));
            let by = step.pushed_by.map(|index| format!(" <{}", all[index].milestone));
            format!("{} {:?}{}{}", step.milestone, step.state, expected.unwrap_or_default(), by.unwrap_or_default())
        };
        assert_eq!(all.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn cabling_slips_and_installation_slips_with_it() {
        check(
            "3,cabling,,2021-10-29,,,\n3,installation,,2021-12-17,,cabling,\n3,training,,,,installation,\n",
            &[
                "cabling Late(24) 2021-11-22..2021-11-22",
                "installation Pushed(24) 2021-12-17..2022-01-10 <cabling",
                "training Undated 2021-12-17.. <installation",
            ],
        );
    }

    #[test]
    fn a_date_by_the_year_is_late_only_after_the_year() {
        check("3,cabling,,2021,,,\n", &["cabling Ahead 2021-11-22..2021-12-31"]);
        check("3,cabling,,2020,2021,,\n", &["cabling ReachedLate(1)"]);
        check("3,cabling,,2021,2021,,\n", &["cabling Reached"]);
    }

    #[test]
    fn who_planned_anew_is_not_pushed_twice() {
        let cabling = "3,cabling,,2021-06-30,2021-09-30,,\n";
        check(
            &format!("{cabling}3,installation,,2021-12-31,,cabling,\n"),
            &["cabling ReachedLate(92)", "installation Pushed(92) 2021-12-31..2022-04-02 <cabling"],
        );
        check(
            &format!("{cabling}3,installation,2021-09-30,2021-12-31,,cabling,\n"),
            &["cabling ReachedLate(92)", "installation Ahead 2021-12-31..2021-12-31"],
        );
    }

    #[test]
    fn a_school_waits_for_its_phase() {
        check(
            "3,cabling,,2021-10-29,,,\nrameau,installation,,2021-12-17,,cabling,\n",
            &["cabling Late(24) 2021-11-22..2021-11-22", "installation Pushed(24) 2021-12-17..2022-01-10 <cabling"],
        );
    }

    #[test]
    fn a_circle_ends() {
        check("3,a,,2022-01-01,,b,\n3,b,,2022-01-01,,a,\n", &["a Ahead 2022-01-01..2022-01-01", "b Ahead 2022-01-01..2022-01-01"]);
    }

    #[test]
    fn the_cause_of_what_slips_is_that_of_what_pushes_it() {
        let text = format!("{HEAD}3,cabling,,2021-10-29,,,crise sanitaire\n3,installation,,2021-12-17,,cabling,\n");
        let (tables, _) = read_tables([("milestones.csv", text.as_str())]);
        let all = steps(&Plan::from_tables(&tables), &Register::from_tables(&tables), jiff::civil::date(2021, 11, 22));
        assert_eq!(all[1].reason(&all), Some("crise sanitaire"));
    }
}
