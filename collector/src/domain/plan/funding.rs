//! Budget lines against grants: what nobody pays, what is paid twice, what the rules would give.
//!
//! Comes in: lines, grants, rules. Goes out: notes. Lines that share grants are judged together, for a grant does not say how it parts
//! among its lines. A plan that tells no grants is not asked who pays. Absent on purpose: what was really spent and drawn.

use super::check::{Checked, listed};
use super::decimal::Decimal;
use super::money::{Base, Grant, GrantRule, Line, granted};
use super::note::{Note, Words};
use super::problem;
use std::collections::{BTreeMap, HashMap};

/// Everything odd between lines and grants.
pub(super) fn check(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes: Vec<Note> = checked.plan.lines.iter().filter_map(|line| tax(checked, line)).collect();
    notes.extend(checked.plan.grants.iter().filter_map(|grant| by_rules(checked, grant)));
    notes.extend(spent_years(checked));
    if !checked.plan.grants.is_empty() {
        notes.extend(funded(checked));
    }
    notes
}

fn tax(checked: &Checked<'_>, line: &Line) -> Option<Note> {
    let (ht, ttc) = (line.amount_ht?, line.amount_ttc?);
    let expected = || Words::made(format!("au moins {ht} (HT)"), format!("at least {ht} (HT)"));
    (ttc < ht).then(|| checked.note(&problem::TAX_ODD, "lines").at_row(line.row).at_column("amount_ttc").found(ttc.to_string()).expected(expected()))
}

/// A grant beside what its rules give on its lines.
fn by_rules(checked: &Checked<'_>, grant: &Grant) -> Option<Note> {
    let rules: Vec<&GrantRule> = checked.plan.grant_rules.iter().filter(|rule| rule.grant == grant.grant).collect();
    let (given, expected) = (grant.awarded?, granted(spending(checked, grant), &rules)?);
    let note = || checked.note(&problem::GRANT_DIFFERS, "grants").at_row(grant.row).at_column("awarded");
    (given.floor() != expected).then(|| note().found(given.to_string()).expected(Words::same(expected.to_string())))
}

fn spending(checked: &Checked<'_>, grant: &Grant) -> Decimal {
    let paid = checked.plan.lines.iter().filter(|line| grant.lines.contains(&line.line));
    paid.filter_map(|line| line.amount(grant.base)).sum()
}

/// Lines of years outside the time in which their grant may be spent.
fn spent_years(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let lines: HashMap<&str, &Line> = checked.plan.lines.iter().map(|line| (line.line.as_str(), line)).collect();
    let grants: HashMap<&str, &Grant> = checked.plan.grants.iter().map(|grant| (grant.grant.as_str(), grant)).collect();
    for rule in &checked.plan.grant_rules {
        let paid = grants.get(rule.grant.as_str()).into_iter().flat_map(|grant| &grant.lines).filter_map(|line| lines.get(line.as_str()));
        for line in paid {
            let Some(year) = line.year else { continue };
            let early = rule.spent_from.as_ref().is_some_and(|from| year < from.first.year());
            let late = rule.spent_to.as_ref().is_some_and(|to| year > to.last.year());
            if early || late {
                let text = |date: &Option<super::PlanDate>| date.as_ref().map_or_else(|| "…".to_owned(), |date| date.text.clone());
                let (from, to) = (text(&rule.spent_from), text(&rule.spent_to));
                let expected = Words::made(format!("une dépense du {from} au {to}"), format!("spending from {from} to {to}"));
                let found = format!("{} {year} ({})", line.line, rule.grant);
                notes.push(checked.note(&problem::UNFUNDED, "lines").at_row(line.row).at_column("year").found(found).expected(expected));
            }
        }
    }
    notes
}

/// Lines that no grant pays, and groups of lines that share grants and are not paid exactly.
fn funded(checked: &Checked<'_>) -> Vec<Note> {
    let lines = &checked.plan.lines;
    let position: HashMap<&str, usize> = lines.iter().enumerate().map(|(index, line)| (line.line.as_str(), index)).collect();
    let mut group: Vec<usize> = (0..lines.len()).collect();
    let known = |grant: &Grant| -> Vec<usize> { grant.lines.iter().filter_map(|line| position.get(line.as_str()).copied()).collect() };
    for grant in &checked.plan.grants {
        for pair in known(grant).windows(2) {
            let (one, other) = (root(&mut group, pair[0]), root(&mut group, pair[1]));
            group[one.max(other)] = one.min(other);
        }
    }
    // For each group: its lines, its grants.
    let mut groups: BTreeMap<usize, (Vec<&Line>, Vec<&Grant>)> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        groups.entry(root(&mut group, index)).or_default().0.push(line);
    }
    for grant in &checked.plan.grants {
        if let Some(first) = known(grant).first() {
            let root = root(&mut group, *first);
            groups.entry(root).or_default().1.push(grant);
        }
    }
    groups.into_values().filter_map(|(lines, grants)| unbalanced(checked, &lines, &grants)).collect()
}

/// The smallest line that a line's group hangs on.
fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

fn unbalanced(checked: &Checked<'_>, lines: &[&Line], grants: &[&Grant]) -> Option<Note> {
    let first = lines.first()?;
    let names: Vec<&str> = lines.iter().map(|line| line.line.as_str()).collect();
    let note = |problem| checked.note(problem, "lines").at_row(first.row).at_column("line");
    if grants.is_empty() {
        // A line without an amount asks for no money yet.
        if lines.iter().all(|line| line.amount(Base::Ht).is_none()) {
            return None;
        }
        let expected = Words::fixed("une ligne de grants (la part de la ville en est une)", "a row of grants (the town's own share is one)");
        return Some(note(&problem::UNFUNDED).found(listed(&names)).expected(expected));
    }
    // Where any grant counts with tax, the whole is counted with tax: what is not recovered must be paid too.
    let base = if grants.iter().any(|grant| grant.base == Base::Ttc) { Base::Ttc } else { Base::Ht };
    let whole: Decimal = lines.iter().filter_map(|line| line.amount(base)).sum();
    let paid: Option<Vec<Decimal>> = grants.iter().map(|grant| amount(checked, grant)).collect();
    let paid: Decimal = paid?.into_iter().sum();
    // Grants are rounded down to the euro: a euro for each may be missing.
    let rounding = Decimal::whole(grants.len() as i64);
    let problem = match paid.minus(whole) {
        over if over > rounding => &problem::DOUBLY_FUNDED,
        over if over < Decimal(0).minus(rounding) => &problem::UNFUNDED,
        _ => return None,
    };
    let grants: Vec<&str> = grants.iter().map(|grant| grant.grant.as_str()).collect();
    let found = format!("{} : {paid} ({})", listed(&names), listed(&grants));
    Some(note(problem).found(found).expected(Words::same(whole.to_string())))
}

/// What a grant gives: as awarded, else by its rules.
fn amount(checked: &Checked<'_>, grant: &Grant) -> Option<Decimal> {
    let rules: Vec<&GrantRule> = checked.plan.grant_rules.iter().filter(|rule| rule.grant == grant.grant).collect();
    grant.awarded.or_else(|| granted(spending(checked, grant), &rules))
}
