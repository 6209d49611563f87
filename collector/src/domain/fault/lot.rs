//! Which lot mends a fault, and on which terms.
//!
//! Comes in: what a fault is about; lots, deadlines and scopes of plan and register. Goes out: the lot, its terms. Absent on purpose: clocks.
//!
//! What a person assigned stays. Else the lot of the asset; else that of the kit's item, where that lot supplies what is missing or mends what
//! ails; else the maintenance lot whose deadlines and scope cover the kind at this school.

use super::clock::Terms;
use super::sorts::Severity;
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::plan::Decimal;
use crate::domain::plan::model::{Deadline, Lot, Plan};
use crate::domain::register::{Register, Scope};

/// Faults of what is not there or not as ordered: who supplies answers for them.
const OF_SUPPLY: [&str; 2] = ["due_missing", "other_model"];
/// The scope of a lot that mends.
const MAINTENANCE: &str = "maintenance";
/// Words of the column `severity` beside our codes, folded.
const SEVERITIES: &[(&str, Severity)] = &[
    ("critique", Severity::Critical),
    ("bloquant", Severity::Critical),
    ("bloquante", Severity::Critical),
    ("majeur", Severity::Major),
    ("majeure", Severity::Major),
    ("mineur", Severity::Minor),
    ("mineure", Severity::Minor),
];
/// Words that mean every severity, folded.
const ANY: [&str; 4] = ["", "any", "toutes", "tous"];

/// What a fault is about, as far as lots go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Row of the table of faults.
    pub code: &'a str,
    /// Kind of what ails or lacks.
    pub kind: Option<Kind>,
    /// The lot of the asset in the register.
    pub asset_lot: Option<&'a str>,
    /// The lot of the kit's item.
    pub item_lot: Option<&'a str>,
    /// Which scopes of the register choose its school, by position.
    pub scopes: &'a [usize],
}

/// The lot that mends it.
pub fn lot_of<'a>(about: &Subject<'_>, plan: &'a Plan, register: &Register) -> Option<&'a Lot> {
    let lot = |code: Option<&str>| code.and_then(|code| plan.lots.iter().find(|lot| lot.lot == code));
    let fits = |lot: &&Lot| OF_SUPPLY.contains(&about.code) || mends(lot);
    let maintenance = || plan.lots.iter().filter(|lot| mends(lot)).find(|lot| covers(lot, about, plan, register));
    lot(about.asset_lot).or_else(|| lot(about.item_lot).filter(fits)).or_else(maintenance)
}

fn mends(lot: &Lot) -> bool {
    lot.scope.iter().any(|scope| scope == MAINTENANCE)
}

/// Its deadlines do not speak of other kinds alone, and its contractor's scopes do not leave this school or kind out.
fn covers(lot: &Lot, about: &Subject<'_>, plan: &Plan, register: &Register) -> bool {
    let fits = |kind: Option<Kind>| kind.is_none() || kind == about.kind;
    let mut deadlines = plan.deadlines.iter().filter(|row| row.lot == lot.lot).peekable();
    let by_kind = deadlines.peek().is_none() || deadlines.any(|row| fits(row.kind));
    let its = |scope: &Scope| Some(&scope.actor) == lot.contractor.as_ref() && (scope.lots.is_empty() || scope.lots.contains(&lot.lot));
    let mut scopes = register.scopes.iter().enumerate().filter(|(_, scope)| its(scope)).peekable();
    let inside = |(index, scope): (usize, &Scope)| {
        let kinds = scope.kinds.is_empty() || about.kind.is_some_and(|kind| scope.kinds.contains(&kind));
        kinds && about.scopes.contains(&index)
    };
    by_kind && (scopes.peek().is_none() || scopes.any(inside))
}

/// The row of the deadlines that holds for a lot, a kind and a severity: a row of that kind goes before one of any kind, a row of that severity
/// before one of all.
pub fn deadline<'a>(plan: &'a Plan, lot: &str, kind: Option<Kind>, severity: Severity) -> Option<&'a Deadline> {
    let rank = |row: &&Deadline| {
        let of_severity = severity_of(&row.severity);
        (row.kind.is_some(), of_severity.is_some())
    };
    let fits = |row: &&Deadline| {
        let by_severity = severity_of(&row.severity) == Some(severity) || ANY.contains(&fold(&row.severity).as_str()) || row.severity == "*";
        row.lot == lot && by_severity && (row.kind.is_none() || row.kind == kind)
    };
    plan.deadlines.iter().filter(fits).max_by_key(rank)
}

/// The terms of that row.
pub fn terms(plan: &Plan, lot: &str, kind: Option<Kind>, severity: Severity) -> Terms {
    let seconds = |hours: Option<Decimal>| hours.map(|hours| hours.times(Decimal::whole(3_600)).0.div_euclid(Decimal::whole(1).0));
    deadline(plan, lot, kind, severity)
        .map_or_else(Terms::default, |row| Terms { respond_s: seconds(row.respond_h), repair_s: seconds(row.repair_h) })
}

fn severity_of(word: &str) -> Option<Severity> {
    let folded = fold(word);
    Severity::from_code(&folded).or_else(|| SEVERITIES.iter().find(|(word, _)| *word == folded).map(|(_, severity)| *severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lot(code: &str, scope: &str, contractor: &str) -> Lot {
        Lot {
            lot: code.into(),
            name: String::new(),
            scope: vec![scope.into()],
            contractor: Some(contractor.into()),
            weekdays: vec![],
            visits_per_week: None,
            hours: None,
        }
    }

    fn deadline(lot: &str, kind: Option<Kind>, severity: &str, repair_h: i64) -> Deadline {
        Deadline { lot: lot.into(), kind, severity: severity.into(), respond_h: None, repair_h: Some(Decimal::whole(repair_h)), penalty: None }
    }

    /// A lot that supplies, one that mends projectors, one that mends the rest.
    fn town() -> Plan {
        Plan {
            lots: vec![lot("L1", "supply", "a"), lot("M1", MAINTENANCE, "b"), lot("M2", MAINTENANCE, "c")],
            deadlines: vec![
                deadline("M1", Some(Kind::Projector), "critical", 8),
                deadline("M1", Some(Kind::Projector), "*", 40),
                deadline("M2", None, "majeure", 20),
                deadline("M2", Some(Kind::Switch), "major", 4),
            ],
            ..Plan::default()
        }
    }

    fn check(about: Subject<'_>, register: &Register, expected: &str) {
        assert_eq!(lot_of(&about, &town(), register).map_or("", |lot| lot.lot.as_str()), expected, "{about:?}");
    }

    #[test]
    fn who_supplies_answers_for_what_is_missing_and_who_mends_for_what_ails() {
        let none = Register::default();
        let about = Subject { kind: Some(Kind::Projector), item_lot: Some("L1"), ..Subject::default() };
        check(Subject { code: "due_missing", ..about }, &none, "L1");
        check(Subject { code: "projector_lamp", ..about }, &none, "M1");
        check(Subject { code: "projector_lamp", asset_lot: Some("L1"), ..about }, &none, "L1");
        check(Subject { code: "infrastructure_silent", kind: Some(Kind::Switch), ..about }, &none, "M2");
    }

    #[test]
    fn a_lot_whose_scope_leaves_the_school_out_does_not_mend_there() {
        let scope = |actor: &str| Scope { actor: actor.into(), lots: vec![], schools: None, kinds: vec![] };
        let register = Register { scopes: vec![scope("b"), scope("c")], ..Register::default() };
        let about = Subject { code: "projector_lamp", kind: Some(Kind::Projector), ..Subject::default() };
        check(Subject { scopes: &[0, 1], ..about }, &register, "M1");
        check(Subject { scopes: &[1], ..about }, &register, "M2");
        check(about, &register, "");
    }

    #[test]
    fn the_nearest_row_of_the_deadlines_holds() {
        let repair = |lot: &str, kind, severity| terms(&town(), lot, Some(kind), severity).repair_s.map(|seconds| seconds / 3_600);
        assert_eq!(repair("M1", Kind::Projector, Severity::Critical), Some(8));
        assert_eq!(repair("M1", Kind::Projector, Severity::Minor), Some(40));
        assert_eq!(repair("M2", Kind::Switch, Severity::Major), Some(4));
        assert_eq!(repair("M2", Kind::Tablet, Severity::Major), Some(20));
        assert_eq!(repair("M2", Kind::Tablet, Severity::Minor), None);
    }
}
