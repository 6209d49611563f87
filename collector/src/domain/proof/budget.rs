//! Budget lines beside their invoices, before tax and with it.
//!
//! Comes in: lines, invoices. Goes out: what was planned, invoiced and paid, line by line. Absent on purpose: who pays ([`super::grant`]).
//! An invoice that tells only one of the two amounts counts on that one; a rate of tax is never guessed.

use crate::domain::plan::Decimal;
use crate::domain::plan::model::Plan;
use crate::domain::plan::money::{Base, Line};
use crate::domain::register::{Invoice, Register};

/// An amount before tax and with it, each where told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Before tax.
    pub ht: Option<Decimal>,
    /// With tax.
    pub ttc: Option<Decimal>,
}

impl Amounts {
    /// On a base: the other where only that is told.
    pub fn on(self, base: Base) -> Option<Decimal> {
        match base {
            Base::Ht => self.ht.or(self.ttc),
            Base::Ttc => self.ttc.or(self.ht),
        }
    }

    /// The sum; what only one side tells counts as it is told.
    pub fn plus(self, other: Amounts) -> Amounts {
        let add = |one: Option<Decimal>, other: Option<Decimal>| match (one, other) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or_default().plus(other.unwrap_or_default())),
        };
        Amounts { ht: add(self.ht, other.ht), ttc: add(self.ttc, other.ttc) }
    }
}

/// A line with what was spent on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent<'a> {
    /// The line.
    pub line: &'a Line,
    /// As planned.
    pub planned: Amounts,
    /// By invoices.
    pub invoiced: Amounts,
    /// By invoices that are paid.
    pub paid: Amounts,
    /// The invoices.
    pub invoices: Vec<&'a Invoice>,
}

impl Spent<'_> {
    /// What is left of the line: before tax where both sides tell that, else with tax. Negative: overspent.
    pub fn left(&self) -> Option<(Base, Decimal)> {
        let left = |planned: Option<Decimal>, invoiced: Option<Decimal>| {
            planned.zip(invoiced.or(self.invoices.is_empty().then_some(Decimal(0)))).map(|(planned, invoiced)| planned.minus(invoiced))
        };
        let (ht, ttc) = (left(self.planned.ht, self.invoiced.ht), left(self.planned.ttc, self.invoiced.ttc));
        ht.map(|left| (Base::Ht, left)).or(ttc.map(|left| (Base::Ttc, left)))
    }
}

/// The budget: each line in the plan's order, and invoices that name no line of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget<'a> {
    /// Lines.
    pub lines: Vec<Spent<'a>>,
    /// Invoices without a line: money that proves nothing yet.
    pub stray: Vec<&'a Invoice>,
}

impl<'a> Budget<'a> {
    /// Of plan and register.
    pub fn of(plan: &'a Plan, register: &'a Register) -> Budget<'a> {
        let lines: Vec<Spent<'a>> = plan.lines.iter().map(|line| spent(line, register)).collect();
        let known = |invoice: &Invoice| invoice.line.as_deref().is_some_and(|code| plan.lines.iter().any(|line| line.line == code));
        Budget { lines, stray: register.invoices.iter().filter(|invoice| !known(invoice)).collect() }
    }

    /// Sums of planned, invoiced and paid.
    pub fn total(&self) -> [Amounts; 3] {
        let sum = |amounts: fn(&Spent<'_>) -> Amounts| self.lines.iter().map(amounts).fold(Amounts::default(), Amounts::plus);
        [sum(|line| line.planned), sum(|line| line.invoiced), sum(|line| line.paid)]
    }
}

fn spent<'a>(line: &'a Line, register: &'a Register) -> Spent<'a> {
    let invoices: Vec<&Invoice> = register.invoices.iter().filter(|invoice| invoice.line.as_deref() == Some(&line.line)).collect();
    let sum = |invoices: &mut dyn Iterator<Item = &Invoice>| invoices.map(amounts).fold(Amounts::default(), Amounts::plus);
    Spent {
        line,
        planned: Amounts { ht: line.amount_ht, ttc: line.amount_ttc },
        invoiced: sum(&mut invoices.iter().copied()),
        paid: sum(&mut invoices.iter().copied().filter(|invoice| invoice.paid_on.is_some())),
        invoices,
    }
}

/// The amounts of one invoice.
pub fn amounts(invoice: &Invoice) -> Amounts {
    Amounts { ht: invoice.amount_ht, ttc: invoice.amount_ttc }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    #[test]
    fn lines_beside_their_invoices() {
        let (tables, _) = read_tables([
            ("lines.csv", "line,amount_ht,amount_ttc\nservers,10000,12000\nwifi,,3600\nent,,\n"),
            (
                "invoices.csv",
                "invoice,line,dated_on,paid_on,amount_ht,amount_ttc\nF1,servers,2021-03-01,2021-04-01,4000,4800\nF2,servers,2021-05-01,,7000,8400\nF3,wifi,2021-05-01,,,3600\nF4,,2021-06-01,,100,120\n",
            ),
        ]);
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let budget = Budget::of(&plan, &register);
        let text = |amount: Option<Decimal>| amount.map_or("-".to_owned(), |amount| amount.to_string());
        let line = |spent: &Spent<'_>| {
            let left = spent.left().map(|(base, left)| format!("{left} {base:?}")).unwrap_or_default();
            format!("{}: {} {} paid {} left {left}", spent.line.line, text(spent.invoiced.ht), text(spent.invoiced.ttc), text(spent.paid.ttc))
        };
        let told: Vec<String> = budget.lines.iter().map(line).collect();
        assert_eq!(told, ["servers: 11000 13200 paid 4800 left -1000 Ht", "wifi: - 3600 paid - left 0 Ttc", "ent: - - paid - left "]);
        assert_eq!(budget.stray.iter().map(|invoice| invoice.invoice.as_str()).collect::<Vec<_>>(), ["F4"]);
        assert_eq!(budget.total()[0], Amounts { ht: Some(Decimal::whole(10_000)), ttc: Some(Decimal::whole(15_600)) });
    }
}
