//! What is promised in numbers: deliverables, limits, figures, budget lines, grants and their rules.
//!
//! Comes in: rows. Goes out: typed values, and the amount that a grant's rules give. Absent on purpose: what was spent and called
//! (the register's), and whether it all adds up (`check_money`).

use super::date::PlanDate;
use super::decimal::Decimal;
use super::fields::Fields;
use super::selector::Selector;
use crate::domain::kind::Kind;

/// Something promised that is no device: accounts, training, outlets.
#[derive(Debug, Clone, PartialEq)]
pub struct Deliverable {
    /// Line of the file.
    pub row: u64,
    /// Its name.
    pub deliverable: String,
    /// A phase's code, a school's code, or a selector, as written.
    pub of: String,
    /// How many.
    pub target: Option<Decimal>,
    /// Of what.
    pub unit: String,
}

impl Deliverable {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        let of = row.key("phase_school_or_selector")?;
        Some(Deliverable { row: row.line(), deliverable: row.key("deliverable")?, of, target: row.amount("target"), unit: row.text("unit") })
    }
}

/// At most so many a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Line of the file.
    pub row: u64,
    /// What is limited: a deliverable's name, a kind, or `schools`.
    pub measure: String,
    /// Per what; only years are judged.
    pub per: String,
    /// The most.
    pub most: Option<Decimal>,
}

impl Limit {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        Some(Limit { row: row.line(), measure: row.key("measure")?, per: row.key("per")?, most: row.amount("most") })
    }
}

/// A figure as the source states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Line of the file.
    pub row: u64,
    /// `programme`, an axis, or a selector.
    pub scope: String,
    /// What is counted.
    pub measure: String,
    /// The value as written (its last digit tells how exact it is).
    pub text: String,
    /// The value.
    pub value: Option<Decimal>,
    /// Its unit.
    pub unit: String,
    /// exact, about, at_least; empty means exact.
    pub precision: String,
    /// The day on which it held; none: it is held against today.
    pub as_of: Option<PlanDate>,
    /// Where it stands.
    pub source: String,
}

impl Figure {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        Some(Figure {
            row: row.line(),
            scope: row.key("scope")?,
            measure: row.key("measure")?,
            text: row.text("value"),
            value: row.amount("value"),
            unit: row.text("unit"),
            precision: row.text("precision"),
            as_of: row.date("as_of"),
            source: row.text("source"),
        })
    }
}

/// A line of the budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Line of the file.
    pub row: u64,
    /// Code.
    pub line: String,
    /// Axis.
    pub axis: String,
    /// Objective.
    pub objective: String,
    /// Action.
    pub action: String,
    /// Phase.
    pub phase: Option<String>,
    /// Schools.
    pub schools: Option<Selector>,
    /// The kit or deliverable that it pays.
    pub pays: Option<String>,
    /// How many of it.
    pub quantity: Option<Decimal>,
    /// Budget year.
    pub year: Option<i16>,
    /// Before tax.
    pub amount_ht: Option<Decimal>,
    /// With tax.
    pub amount_ttc: Option<Decimal>,
    /// Lot.
    pub lot: Option<String>,
}

impl Line {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        Some(Line {
            row: row.line(),
            line: row.key("line")?,
            axis: row.text("axis"),
            objective: row.text("objective"),
            action: row.text("action"),
            phase: row.some("phase"),
            schools: row.selector("school_or_selector"),
            pays: row.some("kit_or_deliverable"),
            quantity: row.amount("quantity"),
            year: row.year("year"),
            amount_ht: row.amount("amount_ht"),
            amount_ttc: row.amount("amount_ttc"),
            lot: row.some("lot"),
        })
    }

    /// Its amount on a base: the other where only that is told.
    pub fn amount(&self, base: Base) -> Option<Decimal> {
        match base {
            Base::Ht => self.amount_ht.or(self.amount_ttc),
            Base::Ttc => self.amount_ttc.or(self.amount_ht),
        }
    }
}

/// Before tax, or with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// Before tax.
    Ht,
    /// With tax.
    Ttc,
}

/// Money from somebody: the town's own share is one too.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Line of the file.
    pub row: u64,
    /// Code.
    pub grant: String,
    /// Who gives.
    pub funder: String,
    /// The lines it pays.
    pub lines: Vec<String>,
    /// On which base.
    pub base: Base,
    /// Amount awarded.
    pub awarded: Option<Decimal>,
    /// Due.
    pub due_on: Option<PlanDate>,
}

impl Grant {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        let base = if row.text("base") == "ht" { Base::Ht } else { Base::Ttc };
        let (awarded, due_on) = (row.amount("awarded"), row.date("due_on"));
        Some(Grant { row: row.line(), grant: row.key("grant")?, funder: row.text("funder"), lines: row.list("lines"), base, awarded, due_on })
    }
}

/// A rule of a grant: from an amount of spending on, this rate.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantRule {
    /// Line of the file.
    pub row: u64,
    /// The grant.
    pub grant: String,
    /// Where the band begins.
    pub from_amount: Decimal,
    /// Per cent of the spending within the band.
    pub rate: Option<Decimal>,
    /// The most.
    pub cap: Option<Decimal>,
    /// Per what the cap holds: total, class, school, pupil.
    pub cap_per: String,
    /// Kinds that may be bought; empty: all.
    pub eligible_kinds: Vec<Kind>,
    /// Spent not before.
    pub spent_from: Option<PlanDate>,
    /// Spent not after.
    pub spent_to: Option<PlanDate>,
}

impl GrantRule {
    pub(super) fn from_fields(row: Fields<'_>) -> Option<Self> {
        Some(GrantRule {
            row: row.line(),
            grant: row.key("grant")?,
            from_amount: row.amount("from_amount")?,
            rate: row.amount("rate"),
            cap: row.amount("cap"),
            cap_per: row.text("cap_per"),
            eligible_kinds: row.kinds("eligible_kinds"),
            spent_from: row.date("spent_from"),
            spent_to: row.date("spent_to"),
        })
    }
}

/// What a grant's rules give on this spending: each band at its rate, at most the caps on the total, rounded down to the euro.
/// `None` without rates. Caps per class, school or pupil bound the spending and are for the evidence file to apply.
pub fn granted(spending: Decimal, rules: &[&GrantRule]) -> Option<Decimal> {
    let mut bands: Vec<&&GrantRule> = rules.iter().filter(|rule| rule.rate.is_some()).collect();
    bands.sort_by_key(|rule| rule.from_amount);
    if bands.is_empty() {
        return None;
    }
    let mut sum = Decimal(0);
    for (index, band) in bands.iter().enumerate() {
        let end = bands.get(index + 1).map_or(spending, |next| next.from_amount.min(spending));
        let within = end.minus(band.from_amount).max(Decimal(0));
        sum = sum.plus(within.times(band.rate.unwrap_or_default()).percent());
    }
    let caps = rules.iter().filter(|rule| matches!(rule.cap_per.as_str(), "" | "total")).filter_map(|rule| rule.cap);
    Some(caps.fold(sum, Decimal::min).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(from: i64, rate: i64, cap: Option<i64>) -> GrantRule {
        GrantRule {
            row: 2,
            grant: "g".into(),
            from_amount: Decimal::whole(from),
            rate: Some(Decimal::whole(rate)),
            cap: cap.map(Decimal::whole),
            cap_per: String::new(),
            eligible_kinds: vec![],
            spent_from: None,
            spent_to: None,
        }
    }

    fn check(spending: i64, rules: &[GrantRule], expected: Option<i64>) {
        assert_eq!(granted(Decimal::whole(spending), &rules.iter().collect::<Vec<_>>()), expected.map(Decimal::whole));
    }

    #[test]
    fn grants_by_bands_and_caps() {
        check(36_562, &[rule(0, 70, None)], Some(25_593));
        check(1_500, &[rule(0, 50, None)], Some(750));
        // 70 % up to 200 000 €, then 50 %: the bands of the state's call for projects of 2021.
        check(300_000, &[rule(200_000, 50, None), rule(0, 70, None)], Some(190_000));
        check(300_000, &[rule(0, 70, Some(100_000))], Some(100_000));
        check(300_000, &[], None);
    }
}
