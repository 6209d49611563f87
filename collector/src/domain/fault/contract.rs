//! Which lot mends a fault at this school, and what its clocks say: plan, register and life laid together.
//!
//! Comes in: plan, register, where the school lies, what stands there. Goes out: the lot and both clocks of any of its faults. Absent on purpose:
//! who reads a clock, and when.

use super::clock::{Clocks, clocks};
use super::lay::Known;
use super::life::Life;
use super::lot::{Subject, lot_of, terms};
use super::sorts::Severity;
use super::subject::{Subjects, Traits};
use crate::domain::calendar::working::WorkingHours;
use crate::domain::calendar::zone::Whereabouts;
use crate::domain::kind::Kind;
use crate::domain::plan::model::{Choosing, Plan};
use crate::domain::register::Register;
use jiff::tz::TimeZone;
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::BTreeMap;

/// Where a school lies, as far as working hours go, and whether clocks run there.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its zone, where told: which public holidays it keeps.
    pub at: Option<Whereabouts>,
    /// The clock on its walls.
    pub clock: TimeZone,
    /// When its first picture was accepted; `None`: it is still learning, and no clock runs.
    pub accepted_at: Option<Timestamp>,
}

impl Site {
    /// Whether the first picture of its school waits for somebody to accept it: all is shown, nobody is told.
    pub fn is_learning(&self) -> bool {
        self.accepted_at.is_none()
    }
}

/// The contracts that hold at one school.
#[derive(Debug)]
pub struct Contract<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The register.
    pub register: &'a Register,
    /// What stands in the school.
    pub subjects: &'a Subjects,
    /// Which scopes of the register choose it, by position.
    pub scopes: &'a [usize],
    /// Where it lies.
    pub site: &'a Site,
}

impl Contract<'_> {
    /// The lot that mends a fault, with its contractor, and the clocks.
    pub fn of(&self, known: &Known) -> (String, String, Clocks) {
        let traits = self.traits(known);
        let (lot, contractor) =
            if known.life.assigned { (known.life.lot.clone(), known.life.contractor.clone()) } else { self.lot(&known.code, &traits) };
        let clocks = clocks_of(self.plan, &lot, traits.kind, known.severity.unwrap_or(Severity::Minor), &known.life, self.site);
        (lot, contractor, clocks)
    }

    /// The lots that would mend what stands here: each device that one of them covers, with its lot.
    pub fn of_devices(&self) -> BTreeMap<DeviceId, String> {
        let lot = |(device, traits): (DeviceId, &Traits)| {
            let lot = self.lot("", traits).0;
            (!lot.is_empty()).then_some((device, lot))
        };
        self.subjects.devices().filter_map(lot).collect()
    }

    fn traits(&self, known: &Known) -> Traits {
        self.subjects.traits(known.device, &known.place, |name| known.facts.get(name).map(String::as_str))
    }

    fn lot(&self, code: &str, traits: &Traits) -> (String, String) {
        let given = |text: &'_ String| !text.is_empty();
        let about = Subject {
            code,
            kind: traits.kind,
            asset_lot: Some(&traits.asset_lot).filter(|lot| given(lot)).map(String::as_str),
            item_lot: Some(&traits.item_lot).filter(|lot| given(lot)).map(String::as_str),
            scopes: self.scopes,
        };
        let lot = lot_of(&about, self.plan, self.register);
        lot.map(|lot| (lot.lot.clone(), lot.contractor.clone().unwrap_or_default())).unwrap_or_default()
    }
}

/// The clocks of a fault that a lot mends.
pub fn clocks_of(plan: &Plan, lot: &str, kind: Option<Kind>, severity: Severity, life: &Life, site: &Site) -> Clocks {
    let Some(row) = plan.lots.iter().find(|row| row.lot == lot) else { return Clocks::default() };
    let hours = WorkingHours::read(&row.weekdays, row.hours.as_deref().unwrap_or(""), site.at, site.clock.clone());
    clocks(life, site.accepted_at, terms(plan, lot, kind, severity), &hours)
}

/// Which scopes of the register choose a school.
pub fn scopes_of(choosing: &Choosing<'_>, register: &Register, school: &str) -> Vec<usize> {
    let position = choosing.position(school);
    let chooses = |scope: &crate::domain::register::Scope| {
        scope.schools.as_ref().is_none_or(|selector| position.is_some_and(|position| choosing.chosen(selector).contains(&position)))
    };
    register.scopes.iter().enumerate().filter(|(_, scope)| chooses(scope)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fault::clock::Clock;
    use crate::domain::fault::state::Origin;
    use crate::domain::plan::read_tables;
    use std::collections::BTreeMap;

    /// One lot mends projectors at school e01, another the rest everywhere.
    fn town() -> (Plan, Register) {
        let files = [
            ("schools.csv", "school,name,kind\ne01,École 1,elementaire\ne02,École 2,maternelle\n"),
            (
                "lots.csv",
                "lot,name,scope,contractor,hours\nM1,Image,maintenance,acme,8h-18h\nM2,Reste,maintenance,other,9h-18h\nL1,Fourniture,supply,,\n",
            ),
            ("deadlines.csv", "lot,kind,severity,respond_h,repair_h\nM1,projector,major,4,10\nM2,,minor,,20\n"),
            ("scopes.csv", "actor,lots,schools,kinds\nacme,,e01,\nother,,,\n"),
        ];
        let (tables, _) = read_tables(files);
        (Plan::from_tables(&tables), Register::from_tables(&tables))
    }

    fn paris(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        Timestamp(local.to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp().as_second())
    }

    fn site() -> Site {
        Site { at: Whereabouts::read("A"), clock: TimeZone::get("Europe/Paris").unwrap(), accepted_at: Some(Timestamp(0)) }
    }

    /// A fault that is told on Monday at eight.
    fn known(code: &str, kind: &str, severity: Severity) -> Known {
        Known {
            fault_id: 1,
            code: code.into(),
            key: code.into(),
            severity: Some(severity),
            count: 1,
            opened_at: Timestamp(0),
            device: None,
            place: String::new(),
            facts: BTreeMap::from([("kind".into(), kind.into())]),
            life: Life::new(Origin::Look, paris("2026-11-23T08:00")),
        }
    }

    fn of(known: &Known, school: &str, site: &Site) -> (String, String, Clocks) {
        let (plan, register) = town();
        let scopes = scopes_of(&plan.choosing(), &register, school);
        Contract { plan: &plan, register: &register, subjects: &Subjects::default(), scopes: &scopes, site }.of(known)
    }

    #[test]
    fn the_lot_of_a_school_mends_within_its_deadlines() {
        let lamp = known("projector_lamp", "projector", Severity::Major);
        let (lot, contractor, clocks) = of(&lamp, "e01", &site());
        assert_eq!((lot.as_str(), contractor.as_str()), ("M1", "acme"));
        assert_eq!(clocks.respond, Some(Clock::Runs(paris("2026-11-23T12:00"))));
        assert_eq!(clocks.repair, Some(Clock::Runs(paris("2026-11-23T18:00"))));
        // Elsewhere its contractor has no scope, and the other lot grants nothing for what is major.
        assert_eq!(of(&lamp, "e02", &site()), ("M2".into(), "other".into(), Clocks::default()));
        let (lot, _, clocks) = of(&known("printer_no_paper", "printer", Severity::Minor), "e01", &site());
        assert_eq!((lot.as_str(), clocks.respond, clocks.repair), ("M2", None, Some(Clock::Runs(paris("2026-11-25T11:00")))));
    }

    #[test]
    fn what_a_person_assigned_stays() {
        let mut lamp = known("projector_lamp", "projector", Severity::Major);
        (lamp.life.assigned, lamp.life.lot, lamp.life.contractor) = (true, "L1".into(), "dupont".into());
        assert_eq!(of(&lamp, "e01", &site()), ("L1".into(), "dupont".into(), Clocks::default()), "a lot that grants nothing has no clock");
        lamp.life.lot = "gone".into();
        assert_eq!(of(&lamp, "e01", &site()).2, Clocks::default());
    }

    #[test]
    fn no_clock_runs_in_a_school_that_is_still_learning() {
        let learning = Site { accepted_at: None, ..site() };
        assert!(learning.is_learning() && !site().is_learning());
        let (lot, _, clocks) = of(&known("projector_lamp", "projector", Severity::Major), "e01", &learning);
        assert_eq!((lot.as_str(), clocks), ("M1", Clocks::default()));
    }

    #[test]
    fn a_scope_without_schools_is_of_all() {
        let (plan, register) = town();
        let of = |school: &str| scopes_of(&plan.choosing(), &register, school);
        assert_eq!((of("e01"), of("e02"), of("nowhere")), (vec![0, 1], vec![1], vec![1]));
    }
}
