//! Cohorts: pupils who got their devices in one year, climb a level each September and give them back when they leave.
//!
//! Comes in: the level and year in which a cohort entered, a school year. Goes out: the level that it has reached, or that it has left;
//! what is to be given back. Absent on purpose: how many pupils it has (headcounts), who holds which device (nobody writes that down).

use super::super::PlanDate;
use super::super::date;

/// Levels of an élémentaire in the order in which one climbs them.
const ELEMENTAIRE: &[&str] = &["cp", "ce1", "ce2", "cm1", "cm2"];
/// Levels of a maternelle.
const MATERNELLE: &[&str] = &["ps", "ms", "gs"];

/// Where a cohort stands in a school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It enters later.
    ToCome,
    /// It is at this level.
    At(&'static str),
    /// It was at its last level in an earlier year, and has left.
    Left,
}

/// The levels from this one to the last of its school; none for those that one does not climb (ulis, all …).
fn ladder(entry: &str) -> Option<&'static [&'static str]> {
    [ELEMENTAIRE, MATERNELLE].into_iter().find_map(|levels| levels.iter().position(|level| *level == entry).map(|at| &levels[at..]))
}

/// Where the cohort that entered at `entry` in `cohort` stands in the school year that begins in `year`.
pub fn standing(entry: &str, cohort: i16, year: i16) -> Option<Standing> {
    let ladder = ladder(entry)?;
    Some(match usize::try_from(i32::from(year) - i32::from(cohort)) {
        Err(_) => Standing::ToCome,
        Ok(climbed) => ladder.get(climbed).map_or(Standing::Left, |level| Standing::At(level)),
    })
}

/// The level at which a cohort that entered at `entry` is in a year: its first before it enters, its last after it left.
pub fn level(entry: &str, cohort: i16, year: i16) -> Option<&'static str> {
    let ladder = ladder(entry)?;
    match standing(entry, cohort, year)? {
        Standing::ToCome => ladder.first().copied(),
        Standing::At(level) => Some(level),
        Standing::Left => ladder.last().copied(),
    }
}

/// When its devices come back: July of its last year.
pub fn return_due(entry: &str, cohort: i16) -> Option<PlanDate> {
    let years = i16::try_from(ladder(entry)?.len()).ok()?;
    date::parse(&format!("{}-07", cohort.checked_add(years)?)).ok()
}

/// What a cohort gives back in one school: one line, not one a tablet.
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    /// The school's code.
    pub school: String,
    /// The kit.
    pub kit: String,
    /// The year in which the cohort entered.
    pub cohort: i16,
    /// When it is due.
    pub due_on: PlanDate,
    /// How many devices.
    pub count: u64,
    /// The cohort has left.
    pub left: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cohort_climbs_a_level_each_september() {
        for (entry, cohort, year, expected) in [
            ("cp", 2021, 2020, Some(Standing::ToCome)),
            ("cp", 2021, 2021, Some(Standing::At("cp"))),
            ("cp", 2021, 2025, Some(Standing::At("cm2"))),
            ("cp", 2021, 2026, Some(Standing::Left)),
            // Those who were in CE1 when tablets began entered a year earlier.
            ("cp", 2020, 2021, Some(Standing::At("ce1"))),
            ("ps", 2021, 2024, Some(Standing::Left)),
            ("ulis", 2021, 2021, None),
        ] {
            assert_eq!(standing(entry, cohort, year), expected, "{entry} {cohort} {year}");
        }
        assert_eq!(return_due("cp", 2021).map(|due| due.text).as_deref(), Some("2026-07"));
        assert_eq!((level("cp", 2021, 2019), level("cp", 2021, 2030)), (Some("cp"), Some("cm2")));
    }
}
