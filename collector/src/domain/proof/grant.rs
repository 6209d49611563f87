//! What a grant gives: its spending, its ceilings, its rate, down to the euro; and what was called and paid of it.
//!
//! Comes in: plan, register, headcounts. Goes out: [`Statement`], and the checks that hold its arithmetic. Absent on purpose: devices.
//!
//! Two amounts stand side by side: by the plan (what was applied for) and by invoices (what can be claimed today). A ceiling per
//! class, school or pupil bounds the spending that counts; lines take of it in the order of the grant, so what they count
//! together never exceeds it. A ceiling on the total bounds the grant itself.

use super::budget::amounts;
use crate::domain::folded::fold;
use crate::domain::plan::model::Plan;
use crate::domain::plan::money::{Grant, GrantRule, Line, granted};
use crate::domain::plan::{Decimal, PlanDate, Unfolding};
use crate::domain::register::{Invoice, Register};
use std::collections::BTreeSet;

/// One line of a grant, on the grant's base.
#[derive(Debug, Clone, PartialEq)]
pub struct Share<'a> {
    /// The line.
    pub line: &'a Line,
    /// As planned; nothing where the line tells no amount.
    pub planned: Decimal,
    /// By invoices dated within the rules.
    pub invoiced: Decimal,
    /// By invoices outside the rules: money that the grant does not know.
    pub outside: Decimal,
    /// Of the planned, so much counts below the ceilings.
    pub eligible_planned: Decimal,
    /// Of the invoiced.
    pub eligible_invoiced: Decimal,
}

/// A bound on the spending that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Ceiling {
    /// class, school, pupil.
    pub per: String,
    /// For each.
    pub cap: Decimal,
    /// How many there are in the schools of the grant's lines.
    pub count: u32,
    /// Together.
    pub sum: Decimal,
}

/// One grant, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// It is the town's own share.
    pub own: bool,
    /// Its rules.
    pub rules: Vec<&'a GrantRule>,
    /// Its lines.
    pub lines: Vec<Share<'a>>,
    /// Ceilings on what counts.
    pub ceilings: Vec<Ceiling>,
    /// What the rules give on the planned spending; `None` without a rate.
    pub by_plan: Option<Decimal>,
    /// What the rules give on the invoices so far.
    pub by_invoices: Option<Decimal>,
    /// Called.
    pub called: Decimal,
    /// Paid.
    pub paid: Decimal,
}

impl Statement<'_> {
    /// Sum of one figure over the lines.
    pub fn sum(&self, figure: impl Fn(&Share<'_>) -> Decimal) -> Decimal {
        self.lines.iter().map(figure).sum()
    }

    /// What it brings: as awarded, else by its rules on the plan.
    pub fn amount(&self) -> Decimal {
        self.grant.awarded.or(self.by_plan).unwrap_or_default()
    }

    /// The time in which its rules allow spending: (not before, not after).
    pub fn span(&self) -> (Option<&PlanDate>, Option<&PlanDate>) {
        let from = self.rules.iter().filter_map(|rule| rule.spent_from.as_ref()).max_by_key(|date| date.first);
        let to = self.rules.iter().filter_map(|rule| rule.spent_to.as_ref()).min_by_key(|date| date.last);
        (from, to)
    }
}

/// A sum that must come out, and what came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which: a code with a sentence in the language files.
    pub code: &'static str,
    /// Of which grant or line; empty: of all.
    pub of: String,
    /// What it must be.
    pub expected: Decimal,
    /// What it is.
    pub found: Decimal,
}

impl Check {
    /// Whether it comes out.
    pub fn holds(&self) -> bool {
        self.expected == self.found
    }
}

/// All grants together.
#[derive(Debug, Clone, PartialEq)]
pub struct Funding<'a> {
    /// Grants, in the plan's order.
    pub grants: Vec<Statement<'a>>,
    /// Spending of all lines that a grant names, each once.
    pub spending: Decimal,
    /// What others than the town give.
    pub granted: Decimal,
    /// What is left to the town.
    pub left: Decimal,
}

/// What every grant gives.
pub fn funding<'a>(plan: &'a Plan, register: &'a Register, unfolding: &Unfolding<'_>) -> Funding<'a> {
    let grants: Vec<Statement<'a>> = plan.grants.iter().map(|grant| statement(plan, register, unfolding, grant)).collect();
    let mut known = BTreeSet::new();
    let shares = grants.iter().flat_map(|statement| &statement.lines).filter(|share| known.insert(share.line.line.as_str()));
    let spending: Decimal = shares.map(|share| share.planned).sum();
    let granted: Decimal = grants.iter().filter(|statement| !statement.own).map(Statement::amount).sum();
    Funding { grants, spending, granted, left: spending.minus(granted) }
}

/// What one grant gives.
pub fn statement<'a>(plan: &'a Plan, register: &'a Register, unfolding: &Unfolding<'_>, grant: &'a Grant) -> Statement<'a> {
    let rules: Vec<&GrantRule> = plan.grant_rules.iter().filter(|rule| rule.grant == grant.grant).collect();
    let named = grant.lines.iter().filter_map(|code| plan.lines.iter().find(|line| line.line == *code));
    let mut lines: Vec<Share<'a>> = named.map(|line| share(line, grant, &rules, register)).collect();
    let ceilings = ceilings(plan, unfolding, &rules, &lines);
    let ceiling = ceilings.iter().map(|ceiling| ceiling.sum).min();
    let (mut planned, mut invoiced) = (ceiling, ceiling);
    for share in &mut lines {
        share.eligible_planned = take(&mut planned, share.planned);
        share.eligible_invoiced = take(&mut invoiced, share.invoiced);
    }
    let drawn = register.grants.iter().find(|drawn| drawn.grant == grant.grant);
    let gives = |figure: fn(&Share<'_>) -> Decimal| granted(lines.iter().map(figure).sum(), &rules);
    Statement {
        own: is_town(plan, &grant.funder),
        by_plan: gives(|share| share.eligible_planned),
        by_invoices: gives(|share| share.eligible_invoiced),
        called: drawn.and_then(|drawn| drawn.called).unwrap_or_default(),
        paid: drawn.and_then(|drawn| drawn.paid).unwrap_or_default(),
        grant,
        rules,
        lines,
        ceilings,
    }
}

fn take(left: &mut Option<Decimal>, wanted: Decimal) -> Decimal {
    let Some(left) = left else { return wanted };
    let taken = wanted.min(*left).max(Decimal(0));
    *left = left.minus(taken);
    taken
}

fn share<'a>(line: &'a Line, grant: &Grant, rules: &[&GrantRule], register: &Register) -> Share<'a> {
    let (mut invoiced, mut outside) = (Decimal(0), Decimal(0));
    for invoice in register.invoices.iter().filter(|invoice| invoice.line.as_deref() == Some(&line.line)) {
        let amount = amounts(invoice).on(grant.base).unwrap_or_default();
        let sum = if is_within(invoice, line, rules) { &mut invoiced } else { &mut outside };
        *sum = sum.plus(amount);
    }
    let planned = line.amount(grant.base).unwrap_or_default();
    Share { line, planned, invoiced, outside, eligible_planned: planned, eligible_invoiced: invoiced }
}

/// An invoice counts when its whole date lies within the line's year and the rules' time; one without a date does not.
fn is_within(invoice: &Invoice, line: &Line, rules: &[&GrantRule]) -> bool {
    invoice.dated_on.as_ref().is_some_and(|date| in_year(date, line) && rules.iter().all(|rule| in_span(date, rule)))
}

/// Whether a date lies wholly within the line's budget year.
pub fn in_year(date: &PlanDate, line: &Line) -> bool {
    line.year.is_none_or(|year| date.first.year() == year && date.last.year() == year)
}

/// Whether a date lies wholly within the time in which a rule allows spending.
pub fn in_span(date: &PlanDate, rule: &GrantRule) -> bool {
    rule.spent_from.as_ref().is_none_or(|from| date.first >= from.first) && rule.spent_to.as_ref().is_none_or(|to| date.last <= to.last)
}

/// Positions of the schools that a line is for: those of its selector, in its phase.
pub fn schools_of(plan: &Plan, unfolding: &Unfolding<'_>, line: &Line) -> BTreeSet<usize> {
    let chosen = match &line.schools {
        Some(selector) => unfolding.choosing().chosen(selector),
        None => (0..plan.schools.len()).collect(),
    };
    let in_phase = |index: &usize| line.phase.as_ref().is_none_or(|phase| plan.schools[*index].phases.contains(phase));
    chosen.into_iter().filter(in_phase).collect()
}

fn ceilings(plan: &Plan, unfolding: &Unfolding<'_>, rules: &[&GrantRule], lines: &[Share<'_>]) -> Vec<Ceiling> {
    let schools: BTreeSet<usize> = lines.iter().flat_map(|share| schools_of(plan, unfolding, share.line)).collect();
    let heads = |what: &str| schools.iter().map(|index| unfolding.count(&plan.schools[*index].school, what, "all", None)).sum::<u32>();
    let ceiling = |rule: &&GrantRule| {
        let cap = rule.cap?;
        let count = match rule.cap_per.as_str() {
            "class" => heads("class"),
            "pupil" => heads("pupil"),
            "school" => schools.len() as u32,
            _ => return None,
        };
        Some(Ceiling { per: rule.cap_per.clone(), cap, count, sum: Decimal(cap.0.saturating_mul(i64::from(count))) })
    };
    rules.iter().filter_map(ceiling).collect()
}

/// Whether a funder is the town itself.
pub fn is_town(plan: &Plan, funder: &str) -> bool {
    let funder = fold(funder);
    let named = plan.programme.as_ref().is_some_and(|programme| fold(&programme.owner) == funder);
    let acting = || plan.actors.iter().any(|actor| actor.role == "owner" && fold(&actor.actor) == funder);
    named || acting() || matches!(funder.as_str(), "town" | "ville" | "commune" | "la ville" | "the town")
}

/// The sums of a grant that must come out.
pub fn checks(statement: &Statement<'_>) -> Vec<Check> {
    let of = statement.grant.grant.clone();
    let check = |code, expected, found| Check { code, of: of.clone(), expected, found };
    let mut checks = Vec::new();
    let eligible = statement.sum(|share| share.eligible_planned);
    for ceiling in &statement.ceilings {
        // What counts is the spending, or the ceiling where that is less.
        checks.push(check("below_ceiling", eligible.min(ceiling.sum), eligible));
    }
    if let (Some(by_plan), Some(awarded)) = (statement.by_plan, statement.grant.awarded) {
        checks.push(check("awarded_by_rules", by_plan, awarded));
    }
    if let Some(by_plan) = statement.by_plan {
        checks.push(check("whole_euros", by_plan.floor(), by_plan));
    }
    checks.push(check("called_at_most", statement.called.min(statement.amount()), statement.called));
    checks.push(check("paid_at_most", statement.paid.min(statement.called.max(statement.amount())), statement.paid));
    checks
}

/// The sums of all grants together that must come out.
pub fn checks_of_all(funding: &Funding<'_>) -> Vec<Check> {
    let own: Vec<&Statement<'_>> = funding.grants.iter().filter(|statement| statement.own).collect();
    let check = |code, expected, found| Check { code, of: String::new(), expected, found };
    let mut checks = vec![check("parts_and_whole", funding.spending, funding.granted.plus(funding.left))];
    if !own.is_empty() {
        checks.push(check("own_share", funding.left, own.into_iter().map(Statement::amount).sum()));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;
    use proptest::prelude::*;

    fn on<T>(files: &[(&str, &str)], look: impl Fn(&Plan, &Register, &Funding<'_>) -> T) -> T {
        let (tables, notes) = read_tables(files.iter().copied());
        assert!(!crate::domain::plan::has_error(&notes), "{notes:?}");
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
        let funding = funding(&plan, &register, &unfolding);
        look(&plan, &register, &funding)
    }

    const TOWN: [(&str, &str); 3] = [
        ("lines.csv", "line,year,amount_ttc\nequipment,2021,36562\nservices,2021,1500\n"),
        (
            "grants.csv",
            "grant,funder,lines,base,awarded\netat-1,etat,equipment,ttc,25593\netat-2,etat,services,ttc,750\nville,ville,equipment|services,ttc,11719\n",
        ),
        ("grant_rules.csv", "grant,from_amount,rate\netat-1,0,70 %\netat-2,0,50 %\n"),
    ];

    #[test]
    fn seventy_percent_of_36_562_is_25_593_and_11_719_are_left_to_the_town() {
        on(&TOWN, |_, _, funding| {
            let by_plan: Vec<Option<Decimal>> = funding.grants.iter().map(|statement| statement.by_plan).collect();
            assert_eq!(by_plan, [Some(Decimal::whole(25_593)), Some(Decimal::whole(750)), None]);
            assert_eq!(funding.granted, Decimal::whole(26_343));
            assert_eq!((funding.spending, funding.left), (Decimal::whole(38_062), Decimal::whole(11_719)));
            for check in funding.grants.iter().flat_map(checks).chain(checks_of_all(funding)) {
                assert!(check.holds(), "{check:?}");
            }
        });
    }

    #[test]
    fn a_wrong_award_does_not_come_out() {
        let mut files = TOWN;
        files[1].1 = "grant,funder,lines,base,awarded\netat-1,etat,equipment,ttc,25594\nville,ville,equipment,ttc,10969\n";
        on(&files, |_, _, funding| {
            let broken: Vec<&str> =
                funding.grants.iter().flat_map(checks).chain(checks_of_all(funding)).filter(|check| !check.holds()).map(|check| check.code).collect();
            assert_eq!(broken, ["awarded_by_rules", "own_share"]);
        });
    }

    #[test]
    fn invoices_outside_the_year_or_the_rules_do_not_count() {
        let files = [
            ("lines.csv", "line,year,amount_ttc\nequipment,2021,1000\n"),
            ("grants.csv", "grant,funder,lines,base\netat,etat,equipment,ttc\n"),
            ("grant_rules.csv", "grant,from_amount,rate,spent_from,spent_to\netat,0,70,2021-04-01,2022-12-31\n"),
            (
                "invoices.csv",
                "invoice,line,dated_on,amount_ttc\nF1,equipment,2021-05-01,100\nF2,equipment,2021-03-31,200\nF3,equipment,2022-01-05,400\nF4,equipment,,800\nF5,equipment,2021,1600\nF6,equipment,hiver 2021,3200\n",
            ),
        ];
        on(&files, |_, _, funding| {
            let share = &funding.grants[0].lines[0];
            assert_eq!((share.invoiced, share.outside), (Decimal::whole(100), Decimal::whole(6_200)));
            assert_eq!(funding.grants[0].by_invoices, Some(Decimal::whole(70)));
        });
    }

    #[test]
    fn a_ceiling_per_class_bounds_what_counts() {
        let files = [
            ("schools.csv", "school,phase\na,1\nb,2\n"),
            ("phases.csv", "phase\n1\n2\n"),
            ("headcounts.csv", "school,year,what,level,count\na,2021,class,all,4\nb,2021,class,all,9\n"),
            ("lines.csv", "line,phase,amount_ttc\nx,1,10000\ny,1,6000\n"),
            ("grants.csv", "grant,funder,lines,base\netat,etat,x|y,ttc\n"),
            ("grant_rules.csv", "grant,from_amount,rate,cap,cap_per\netat,0,70,3500,class\n"),
        ];
        on(&files, |_, _, funding| {
            let statement = &funding.grants[0];
            assert_eq!(statement.ceilings[0].sum, Decimal::whole(14_000));
            let eligible: Vec<Decimal> = statement.lines.iter().map(|share| share.eligible_planned).collect();
            assert_eq!(eligible, [Decimal::whole(10_000), Decimal::whole(4_000)]);
            assert_eq!(statement.by_plan, Some(Decimal::whole(9_800)));
            assert!(checks(statement).iter().all(Check::holds));
        });
    }

    #[test]
    fn a_ceiling_per_pupil_or_school_counts_those_of_the_lines_alone() {
        let of = |per: &str| {
            let rules = format!("grant,from_amount,rate,cap,cap_per\netat,0,70,100,{per}\n");
            let files = [
                ("schools.csv", "school,phase,kind\na,1,elementaire\nb,2,elementaire\nc,1,maternelle\n"),
                ("phases.csv", "phase\n1\n2\n"),
                ("headcounts.csv", "school,year,what,level,count\na,2021,pupil,all,90\nb,2021,pupil,all,50\nc,2021,pupil,all,30\n"),
                ("lines.csv", "line,phase,school_or_selector,amount_ttc\nx,1,kind=elementaire,10000\n"),
                ("grants.csv", "grant,funder,lines,base\netat,etat,x,ttc\n"),
                ("grant_rules.csv", rules.as_str()),
            ];
            on(&files, |_, _, funding| {
                funding.grants[0].ceilings.iter().map(|ceiling| (ceiling.per.clone(), ceiling.count, ceiling.sum)).collect::<Vec<_>>()
            })
        };
        assert_eq!(of("pupil"), [("pupil".to_owned(), 90, Decimal::whole(9_000))]);
        assert_eq!(of("school"), [("school".to_owned(), 1, Decimal::whole(100))]);
        assert_eq!(of("total"), [], "a cap on the total is no ceiling on what is spent");
    }

    #[test]
    fn the_town_is_known_by_its_names_and_calls_no_more_than_it_is_given() {
        let files = [
            ("programme.csv", "programme,name,owner\np,P,Ville de X\n"),
            ("actors.csv", "actor,role\nmairie,owner\nrectorat,funder\n"),
            ("lines.csv", "line,year,amount_ttc\nx,2021,1000\n"),
            ("grants.csv", "grant,funder,lines,base,awarded,called,paid\netat,etat,x,ttc,600,700,650\n"),
        ];
        on(&files, |plan, _, funding| {
            for (funder, expected) in
                [("ville de x", true), ("Mairie", true), ("la ville", true), ("commune", true), ("rectorat", false), ("etat", false)]
            {
                assert_eq!(is_town(plan, funder), expected, "{funder}");
            }
            let statement = &funding.grants[0];
            assert_eq!((statement.own, statement.called, statement.paid), (false, Decimal::whole(700), Decimal::whole(650)));
            let broken: Vec<&str> = checks(statement).iter().filter(|check| !check.holds()).map(|check| check.code).collect();
            assert_eq!(broken, ["called_at_most"], "no more was paid than was called");
        });
    }

    proptest! {
        /// What the lines count together never exceeds a ceiling, and no line counts more than it spends.
        #[test]
        fn eligible_spending_stays_below_the_ceilings(amounts in prop::collection::vec(0_u32..50_000, 1..6), classes in 0_u32..20, cap in 0_u32..5_000, rate in 1_u32..100) {
            let lines: String = amounts.iter().enumerate().map(|(n, amount)| format!("l{n},1,{amount}\n")).collect();
            let names = (0..amounts.len()).map(|n| format!("l{n}")).collect::<Vec<_>>().join("|");
            let (lines, grants) = (format!("line,phase,amount_ttc\n{lines}"), format!("grant,funder,lines,base\netat,etat,{names},ttc\n"));
            let (heads, rules) = (format!("school,year,what,level,count\na,2021,class,all,{classes}\n"), format!("grant,from_amount,rate,cap,cap_per\netat,0,{rate},{cap},class\n"));
            let files = [("schools.csv", "school,phase\na,1\n"), ("phases.csv", "phase\n1\n"), ("headcounts.csv", &heads), ("lines.csv", &lines), ("grants.csv", &grants), ("grant_rules.csv", &rules)];
            on(&files, |_, _, funding| {
                let statement = &funding.grants[0];
                let eligible = statement.sum(|share| share.eligible_planned);
                assert!(eligible <= Decimal::whole(i64::from(cap * classes)));
                assert!(statement.lines.iter().all(|share| share.eligible_planned <= share.planned));
                assert!(checks(statement).iter().all(Check::holds));
            });
        }
    }
}
