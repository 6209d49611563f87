//! Figures that the source states against the sums that the tables give, and yearly limits.
//!
//! Comes in: the plan. Goes out: notes. A figure of which the tables hold no detail is held, not complained of. Absent on purpose:
//! money between lines and grants (`funding`).

use super::check::{Checked, listed};
use super::decimal::Decimal;
use super::model::School;
use super::money::{Base, Deliverable, Figure, Limit};
use super::note::{Note, Words};
use super::places::{Held, Planned, Unfolded, school_year, unfold};
use super::problem;
use super::selector::Selector;
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// Where a figure says "about", it may be off by a twentieth.
const ABOUT_PERCENT: i64 = 5;

/// Every figure and limit that the tables do not bear out.
pub(super) fn check(checked: &Checked<'_>) -> Vec<Note> {
    let summing = Summing { checked, on: RefCell::default() };
    let figures = checked.plan.figures.iter().filter_map(|figure| summing.figure(figure));
    let limits = checked.plan.limits.iter().flat_map(|limit| summing.limit(limit));
    figures.chain(limits).chain(given_beyond(checked)).collect()
}

/// Totals of which more kits were given to schools than there are.
fn given_beyond(checked: &Checked<'_>) -> Vec<Note> {
    let beyond = checked.unfolding.held().into_iter().filter(|held| held.beyond > 0);
    let note = |row| checked.note(&problem::SUM_DIFFERS, "allotments").at_row(row).at_column("quantity");
    beyond
        .map(|held| note(held.row).found(format!("{} {}", held.kit, held.total)).expected(Words::same((held.total + held.beyond).to_string())))
        .collect()
}

struct Summing<'a> {
    checked: &'a Checked<'a>,
    /// The plan unfolded on the days of which figures speak (none: today), when the first figure of that day asks.
    on: RefCell<BTreeMap<Option<Date>, Rc<Unfolded>>>,
}

impl Summing<'_> {
    /// All places and what is held, on the day of which a figure speaks.
    fn unfolded(&self, on: Option<Date>) -> Rc<Unfolded> {
        let checked = self.checked;
        let unfolded = || match on {
            None => Unfolded { places: checked.unfolding.places(), held: checked.unfolding.held() },
            Some(on) => unfold(checked.plan, checked.register, on),
        };
        self.on.borrow_mut().entry(on).or_insert_with(|| Rc::new(unfolded())).clone()
    }

    fn figure(&self, figure: &Figure) -> Option<Note> {
        let (stated, unit) = (figure.value?, unit_of(&figure.unit));
        let stated = stated.times(Decimal::whole(unit));
        let sum = self.sum(figure)?;
        if is_borne_out(stated, sum, last_digit(&figure.text, unit), &figure.precision) {
            return None;
        }
        let found = format!("{} {} {}", figure.measure, figure.text, figure.unit).trim_end().to_owned();
        let note = self.checked.note(&problem::SUM_DIFFERS, "figures").at_row(figure.row).at_column("value");
        Some(note.found(found).expected(Words::same(sum.to_string())))
    }

    /// What the tables give for a figure's measure; `None` where they hold nothing of it.
    fn sum(&self, figure: &Figure) -> Option<Decimal> {
        let measure = fold(&figure.measure);
        match measure.as_str() {
            "amount ht" | "montant ht" | "ht" | "depenses ht" => self.lines(&figure.scope, Base::Ht),
            "amount ttc" | "montant ttc" | "ttc" | "depenses ttc" => self.lines(&figure.scope, Base::Ttc),
            "grant" | "grants" | "subvention" | "subventions" => self.granted(&figure.scope, false),
            "own share" | "reste a charge" | "part de la ville" => self.granted(&figure.scope, true),
            "schools" | "ecoles" | "school" | "ecole" => Some(count(self.schools(&figure.scope)?.len())),
            "sites" => self.named(&figure.scope, |school| school.site.as_deref().unwrap_or(&school.school)),
            "groups" | "groupes" | "groupes scolaires" => self.named(&figure.scope, |school| &school.group),
            "classes" | "class" | "classe" => self.heads(figure, "class"),
            "pupils" | "eleves" | "pupil" | "eleve" => self.heads(figure, "pupil"),
            "teachers" | "enseignants" | "teacher" | "enseignant" => self.heads(figure, "teacher"),
            _ => match Kind::from_word(&figure.measure) {
                Some(kind) => self.things(figure, kind),
                None => self.delivered(&figure.scope, &measure),
            },
        }
    }

    /// The chosen schools; `None` where the scope names no schools.
    fn schools(&self, scope: &str) -> Option<Vec<usize>> {
        let plan = self.checked.plan;
        let text = match scope {
            "programme" => "*".to_owned(),
            phase if plan.phase(phase).is_some() => format!("phase={phase}"),
            text => text.to_owned(),
        };
        let chosen = self.checked.unfolding.choosing().chosen(&Selector::parse(&text)?);
        (!chosen.is_empty()).then_some(chosen)
    }

    /// How many different names the chosen schools bear: sites, groups.
    fn named<'s>(&'s self, scope: &str, name: impl Fn(&'s School) -> &'s str) -> Option<Decimal> {
        let names = self.schools(scope)?.into_iter().map(|index| name(&self.checked.plan.schools[index]));
        let names: HashSet<&str> = names.filter(|name| !name.is_empty()).collect();
        (!names.is_empty()).then(|| count(names.len()))
    }

    fn heads(&self, figure: &Figure, what: &str) -> Option<Decimal> {
        let schools = self.schools(&figure.scope)?;
        let year = figure.as_of.as_ref().map(|on| school_year(on.last));
        let counts = schools.iter().map(|index| self.checked.unfolding.count(&self.checked.plan.schools[*index].school, what, "all", year));
        Some(counts.map(|count| Decimal::whole(i64::from(count))).sum()).filter(|sum| *sum > Decimal(0))
    }

    /// Places of a kind, and what of it is held: of a phase, where one is named; else of the chosen schools, and held for them.
    fn things(&self, figure: &Figure, kind: Kind) -> Option<Decimal> {
        let unfolded = self.unfolded(figure.as_of.as_ref().map(|on| on.last));
        let phase = self.phase(&figure.scope);
        let chosen: HashSet<usize> = self.schools(&figure.scope).unwrap_or_default().into_iter().collect();
        let schools: HashSet<&str> = chosen.iter().map(|index| self.checked.plan.schools[*index].school.as_str()).collect();
        let here = |planned: &&Planned| match phase {
            Some(phase) => planned.place.phase == phase,
            None => schools.contains(planned.school.as_str()),
        };
        let placed = unfolded.places.iter().filter(|planned| planned.place.kind == kind).filter(here).count();
        let held_here = |held: &&Held| match phase {
            Some(phase) => held.phase == phase,
            None => self.checked.unfolding.choosing().chosen(&held.schools).iter().all(|index| chosen.contains(index)),
        };
        let held = unfolded.held.iter().filter(held_here).flat_map(|held| &held.items);
        let held = held.filter(|(held, _)| *held == kind).map(|(_, count)| *count as usize);
        Some(count(placed + held.sum::<usize>())).filter(|sum| *sum > Decimal(0))
    }

    /// The phase that a scope names.
    fn phase<'s>(&self, scope: &'s str) -> Option<&'s str> {
        let code = scope.strip_prefix("phase=").unwrap_or(scope);
        self.checked.plan.phase(code).map(|_| code)
    }

    fn lines(&self, scope: &str, base: Base) -> Option<Decimal> {
        let plan = self.checked.plan;
        let amounts: Vec<Decimal> = plan
            .lines
            .iter()
            .filter(|line| matches!(scope, "programme" | "*") || line.axis == scope || line.phase.as_deref() == Some(scope))
            .filter_map(|line| match base {
                Base::Ht => line.amount_ht,
                Base::Ttc => line.amount_ttc,
            })
            .collect();
        (!amounts.is_empty()).then(|| amounts.into_iter().sum())
    }

    /// Grants of others than the town, or the town's own share: that is no grant to itself.
    fn granted(&self, scope: &str, own: bool) -> Option<Decimal> {
        let grants = self.checked.plan.grants.iter().filter(|grant| self.is_owner(&grant.funder) == own);
        let amounts: Vec<Decimal> = grants.filter_map(|grant| grant.awarded).collect();
        (matches!(scope, "programme" | "*") && !amounts.is_empty()).then(|| amounts.into_iter().sum())
    }

    fn is_owner(&self, funder: &str) -> bool {
        let plan = self.checked.plan;
        let funder = fold(funder);
        let named = plan.programme.as_ref().is_some_and(|programme| fold(&programme.owner) == funder);
        let acting = || plan.actors.iter().any(|actor| actor.role == "owner" && fold(&actor.actor) == funder);
        named || acting() || matches!(funder.as_str(), "town" | "ville" | "commune" | "la ville" | "the town")
    }

    fn delivered(&self, scope: &str, measure: &str) -> Option<Decimal> {
        let here = |row: &&Deliverable| matches!(scope, "programme" | "*") || row.of == scope;
        let rows = self.checked.plan.deliverables.iter().filter(|row| fold(&row.deliverable) == measure).filter(here);
        let targets: Vec<Decimal> = rows.filter_map(|row| row.target).collect();
        (!targets.is_empty()).then(|| targets.into_iter().sum())
    }

    fn limit(&self, limit: &Limit) -> Vec<Note> {
        let (Some(most), "year" | "an" | "annee" | "per year") = (limit.most, fold(&limit.per).as_str()) else { return Vec::new() };
        let over = self.by_year(&limit.measure).into_iter().filter(|(_, (sum, _))| *sum > most);
        let note = |(year, (sum, parts)): (i16, (Decimal, Vec<String>))| {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let found = format!("{} {year} : {sum} ({})", limit.measure, listed(&parts));
            let expected = Words::made(format!("au plus {most} par an"), format!("at most {most} a year"));
            self.checked.note(&problem::OVER_LIMIT, "limits").at_row(limit.row).at_column("most").found(found).expected(expected)
        };
        over.map(note).collect()
    }

    /// How much of a measure falls into each year, with the phases that it comes from.
    fn by_year(&self, measure: &str) -> BTreeMap<i16, (Decimal, Vec<String>)> {
        let mut years: BTreeMap<i16, (Decimal, Vec<String>)> = BTreeMap::new();
        let mut add = |first: Date, last: Date, sum: Decimal, part: &str| {
            // Spread evenly over the years that it takes: nobody trains all teachers on the last day.
            let span = i64::from(last.year() - first.year()).max(0) + 1;
            for year in first.year()..=last.year().max(first.year()) {
                let entry = years.entry(year).or_default();
                entry.0 = entry.0.plus(Decimal(sum.0 / span));
                if !entry.1.iter().any(|known| known == part) {
                    entry.1.push(part.to_owned());
                }
            }
        };
        let plan = self.checked.plan;
        let folded = fold(measure);
        for row in plan.deliverables.iter().filter(|row| fold(&row.deliverable) == folded) {
            let phase = plan.phase(&row.of).or_else(|| plan.phase(row.of.strip_prefix("phase=")?));
            let span = phase.and_then(|phase| Some((phase.starts_on.as_ref().or(phase.ends_on.as_ref())?.first, phase.ends_on.as_ref()?.last)));
            if let (Some((first, last)), Some(target)) = (span, row.target) {
                add(first, last, target, &row.of);
            }
        }
        if let Some(kind) = Kind::from_word(measure) {
            for planned in self.unfolded(None).places.iter().filter(|planned| planned.place.kind == kind) {
                if let Some((_, last)) = planned.place.due {
                    add(last, last, Decimal::whole(1), &planned.place.phase);
                }
            }
        }
        if matches!(folded.as_str(), "schools" | "ecoles") {
            for phase in &plan.phases {
                let schools = plan.schools.iter().filter(|school| school.phases.contains(&phase.phase)).count();
                if let Some(end) = &phase.ends_on {
                    add(phase.starts_on.as_ref().unwrap_or(end).first, end.last, count(schools), &phase.phase);
                }
            }
        }
        years
    }
}

fn count(things: usize) -> Decimal {
    Decimal::whole(i64::try_from(things).unwrap_or(i64::MAX))
}

/// What one of the unit is: `M€` a million, `k€` a thousand, anything else one.
fn unit_of(unit: &str) -> i64 {
    match unit.trim().to_lowercase().as_str() {
        "m€" | "meur" | "millions" | "millions €" | "million €" | "m€ ht" | "m€ ttc" => 1_000_000,
        "k€" | "keur" | "milliers" => 1_000,
        _ => 1,
    }
}

/// What one of the last digit written is worth.
fn last_digit(text: &str, unit: i64) -> Decimal {
    let places = text.split_once('.').map_or(0, |(_, part)| part.len().min(6)) as u32;
    Decimal(Decimal::whole(unit).0 / 10i64.pow(places))
}

/// Whether a sum bears a figure out: an exact one within half its last digit (a whole number: exactly), one that is about right
/// within a twentieth, a least one from there on.
fn is_borne_out(stated: Decimal, sum: Decimal, digit: Decimal, precision: &str) -> bool {
    let apart = stated.minus(sum).size();
    let rounding = if digit == Decimal::whole(1) { Decimal(0) } else { Decimal(digit.0 / 2) };
    match precision {
        "at_least" => sum.plus(rounding) >= stated,
        "about" => apart <= rounding.max(stated.size().times(Decimal::whole(ABOUT_PERCENT)).percent()),
        _ => apart <= rounding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_borne_out_within_their_precision() {
        for (text, unit, precision, sum, expected) in [
            ("22", "", "exact", "22", true),
            ("22", "", "", "21", false),
            ("1.491", "M€", "exact", "1490666", true),
            ("1.491", "M€", "exact", "1490000", false),
            ("4.5", "M€", "about", "4400000", true),
            ("1000", "", "at_least", "1400", true),
            ("1000", "", "at_least", "999", false),
            ("36562", "€", "exact", "36562", true),
        ] {
            let (unit, sum) = (unit_of(unit), crate::domain::plan::decimal::parse(sum).unwrap());
            let stated = crate::domain::plan::decimal::parse(text).unwrap().times(Decimal::whole(unit));
            assert_eq!(is_borne_out(stated, sum, last_digit(text, unit), precision), expected, "{text} {precision} {sum}");
        }
    }
}
