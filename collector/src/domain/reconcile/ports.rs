//! Ports that lose frames.
//!
//! Comes in: error counters by the hour. Goes out: faults. Absent on purpose: the cause (a cable, a plug, a half-duplex partner): people find it.

use super::{Judge, about};
use crate::domain::device::PartSort;
use crate::domain::fault::{Found, Look};
use crate::domain::reading::{HOUR_S, Series};
use rollcall_shared::Timestamp;

/// Errors an hour from which a port is worth looking at, and from which its users feel it. IEEE 802.3 asks of a copper link at most one bit in 10⁸ to
/// 10¹² wrong: a sound link of a school counts none in days, so these are far beyond chance.
pub const ERRORS_AN_HOUR: f64 = 100.0;
/// See [`ERRORS_AN_HOUR`].
pub const MANY_ERRORS_AN_HOUR: f64 = 10_000.0;
/// Hours in a row before it is told: a cable that is plugged counts some errors once.
pub const HOURS: usize = 3;

impl Judge<'_> {
    /// A port counts errors hour after hour.
    pub(super) fn port_errors(&self) -> Vec<Found> {
        self.school.courses.iter().filter(|series| series.name == "if_errors").filter_map(|series| self.losing(series)).collect()
    }

    fn losing(&self, series: &Series) -> Option<Found> {
        let device = self.school.laying.devices.iter().find(|device| device.id == series.device)?;
        // An hour that has not ended has not counted all its errors.
        let rates = series.rates().rev().skip_while(|(at, _)| at.since_s(self.now) > -HOUR_S);
        let run: Vec<(Timestamp, f64)> = rates.take_while(|(_, rate)| *rate >= ERRORS_AN_HOUR).collect();
        let ((newest_at, newest), (since_at, _)) = (run.first()?, run.last()?);
        let mut fault = about("port_errors", device, *since_at, *newest >= MANY_ERRORS_AN_HOUR, run.len() >= HOURS);
        fault.look = Some(Look::At(*newest_at));
        let name = device.parts.iter().find(|part| part.sort == PartSort::Port && part.key == series.instance);
        fault.key = format!("{}/{}", fault.key, series.instance);
        fault.facts.insert("instance", name.map_or_else(|| series.instance.clone(), |part| part.label.clone()));
        fault.facts.insert("rate", two_digits(*newest));
        Some(fault)
    }

    /// While a port loses frames, each hour may say otherwise.
    pub(super) fn next_hour(&self) -> Timestamp {
        Timestamp(self.now.0 - self.now.0.rem_euclid(HOUR_S) + HOUR_S)
    }
}

/// Rounded to two digits: what a person reads, and what does not change by the hour.
fn two_digits(rate: f64) -> String {
    let size = 10f64.powi((rate.max(1.0).log10().floor() as i32 - 1).max(0));
    format!("{:.0}", (rate / size).round() * size)
}

#[cfg(test)]
mod tests {
    #[test]
    fn rates_are_told_in_two_digits() {
        for (rate, told) in [(100.0, "100"), (1_234.0, "1200"), (98_765.4, "99000"), (3.2, "3")] {
            assert_eq!(super::two_digits(rate), told);
        }
    }
}
