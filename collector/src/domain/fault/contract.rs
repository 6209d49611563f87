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
