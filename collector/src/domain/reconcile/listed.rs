//! The weekly lists: what is to be seen to in time, and stops nobody's work now.
//!
//! Comes in: what rules found, a school's places and assets. Goes out: faults, and beside them the lines of the lists. Absent on purpose: who reads
//! them when.

use super::owned::Here;
use super::{about, found};
use crate::domain::fault::{Found, Severity, fault_row};
use crate::domain::kind::Kind;
use crate::domain::place::{AssetState, Outcome};
use crate::domain::register::Register;
use rollcall_shared::DeviceId;
use std::collections::BTreeMap;

/// Days before its end on which a warranty comes onto the list: time enough to have a defect mended by it.
pub const WARRANTY_DAYS: i32 = 60;

/// Parts what was found into faults and lines of lists, and adds the lines that the register and the places give.
pub fn listed(found: Vec<Found>, here: &Here<'_>, register: &Register, surplus: &[DeviceId]) -> (Vec<Found>, Vec<Found>) {
    let found = found.into_iter().map(low_toner);
    let (mut lines, faults): (Vec<Found>, Vec<Found>) = found.partition(|found| fault_row(found.code).is_some_and(|row| row.listed));
    lines.extend(
        here.devices.iter().filter(|device| surplus.contains(&device.id)).map(|device| about("surplus", device, device.first_seen_at, false, true)),
    );
    lines.extend(by_outcome(here, Outcome::ToBeCounted, "to_be_counted"));
    lines.extend(by_outcome(here, Outcome::ToReassign, "to_reassign"));
    lines.extend(warranties(here, register));
    (faults, lines)
}

/// A printer stops when its toner is out; while it is low somebody may order.
fn low_toner(found: Found) -> Found {
    if found.code != "printer_toner" || found.severity != Severity::Minor {
        return found;
    }
    Found { code: "toner_low", key: found.key.replacen("printer_toner", "toner_low", 1), ..found }
}

/// One line for each kind of places with one outcome.
fn by_outcome(here: &Here<'_>, outcome: Outcome, code: &'static str) -> Vec<Found> {
    let with = here.places.iter().zip(here.filled).filter(|(_, filled)| filled.outcome == outcome);
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    for (place, _) in with {
        *kinds.entry(place.kind).or_default() += 1;
    }
    let line = |(kind, count): (Kind, u64)| Found {
        count,
        facts: BTreeMap::from([("kind", kind.row().code.to_owned())]),
        ..found(code, format!("{code}/{}", kind.row().code), false, here.midnight, true)
    };
    kinds.into_iter().map(line).collect()
}

fn warranties(here: &Here<'_>, register: &Register) -> Vec<Found> {
    let its = register.assets.iter().filter(|asset| asset.school.as_deref() == Some(here.school) && asset.state == AssetState::InService);
    let ending = its.filter_map(|asset| {
        let ends = asset.warranty_until.as_ref()?.last;
        (0..=WARRANTY_DAYS).contains(&(ends - here.today).get_days()).then_some((asset, ends))
    });
    let line = |(asset, ends): (&crate::domain::register::Asset, jiff::civil::Date)| {
        let mut facts = BTreeMap::from([("label", asset.label.clone()), ("until", ends.to_string())]);
        facts.extend(asset.kind.map(|kind| ("kind", kind.row().code.to_owned())));
        facts.extend(asset.model.clone().map(|model| ("model", model)));
        Found { facts, ..found("warranty_ending", format!("warranty_ending/{}", asset.label), false, here.midnight, true) }
    };
    ending.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reconcile::tests::device;
    use jiff::civil::date;
    use rollcall_shared::Timestamp;

    #[test]
    fn toner_that_is_low_is_a_line_and_toner_that_is_out_is_a_fault() {
        let printer = device(1, Kind::Printer);
        let toner = |grave| about("printer_toner", &printer, Timestamp(5), grave, true);
        let here = Here { school: "e01", devices: &[], places: &[], filled: &[], today: date(2026, 11, 23), midnight: Timestamp(0) };
        let part = |grave| {
            let (faults, lines) = listed(vec![toner(grave)], &here, &Register::default(), &[]);
            (faults.into_iter().map(|found| found.key).collect::<Vec<_>>(), lines.into_iter().map(|found| found.key).collect::<Vec<_>>())
        };
        assert_eq!(part(true), (vec!["printer_toner/1".to_owned()], vec![]));
        assert_eq!(part(false), (vec![], vec!["toner_low/1".to_owned()]));
    }

    #[test]
    fn surplus_stands_in_a_list() {
        let devices = [device(1, Kind::Projector), device(2, Kind::Projector)];
        let here = Here { school: "e01", devices: &devices, places: &[], filled: &[], today: date(2026, 11, 23), midnight: Timestamp(0) };
        let (_, lines) = listed(vec![], &here, &Register::default(), &[DeviceId(2)]);
        assert_eq!(lines.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["surplus/2"]);
    }
}
