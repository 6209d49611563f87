//! How far the programme has come: what was to be there by which day, what was, at which pace, and when it will end.
//!
//! Reading order: [`papers`] (what the register dates), [`tally`] (a school's places as counts by day), [`course`] (counts by day
//! as curves), [`forecast`] (pace and end, as a range), [`milestone`] (what slips, and what slips with it). Comes in: places as
//! they were laid, the register, a day. Goes out: counts, curves, dates. Absent on purpose: today's clock, and any scan of
//! devices when somebody looks at a curve: a school's counts are made when the school is settled, and only then.

pub mod course;
pub mod forecast;
pub mod milestone;
pub mod papers;
pub mod tally;
