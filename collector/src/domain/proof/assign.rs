//! Which thing proves which line: each thing one line at most.
//!
//! Comes in: things, the plan's lines and the rules of their grants. Goes out: for each thing its line, or why it proves none. Absent on
//! purpose: whether a thing is there ([`super::thing::Proof`]): first it must belong to a line, then it must be seen.

use super::grant::{in_span, in_year, schools_of};
use super::thing::{Thing, Things};
use crate::domain::kind::Kind;
use crate::domain::plan::model::Plan;
use crate::domain::plan::money::{GrantRule, Line};
use crate::domain::plan::{Per, Unfolding};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why a thing that may belong to a line does not prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// It belongs to the line, and nobody has seen it.
    NotSeen,
    /// Its invoice is missing or undated, and so is its delivery.
    NoDate,
    /// Its date lies outside the line's year or the grant's time.
    OutsideTime,
    /// Its school is not one of the line's.
    OutsideSchools,
    /// Its kind is not bought by the line, or not paid by the grant.
    OutsideKinds,
    /// It is seen in a school that is not one of the line's.
    SeenElsewhere,
    /// It was there before the programme.
    Legacy,
}

impl Gap {
    /// Its code: its sentence and what to do stand in the language files.
    pub fn code(self) -> &'static str {
        match self {
            Gap::NotSeen => "not_seen",
            Gap::NoDate => "no_date",
            Gap::OutsideTime => "outside_time",
            Gap::OutsideSchools => "outside_schools",
            Gap::OutsideKinds => "outside_kinds",
            Gap::SeenElsewhere => "seen_elsewhere",
            Gap::Legacy => "legacy",
        }
    }
}

/// A line, ready to be asked.
pub struct Asked<'a> {
    /// The line.
    pub line: &'a Line,
    /// Its schools.
    pub schools: BTreeSet<&'a str>,
    /// Kinds that it buys, and how many where the plan says; none: any kind.
    pub kinds: BTreeMap<Kind, Option<u32>>,
    /// It pays something that is no device.
    pub no_device: bool,
    /// Rules of each grant that pays it.
    rules: Vec<Vec<&'a GrantRule>>,
}

impl<'a> Asked<'a> {
    /// Every line of a plan.
    pub fn all(plan: &'a Plan, unfolding: &Unfolding<'_>) -> Vec<Asked<'a>> {
        plan.lines.iter().map(|line| Asked::of(plan, unfolding, line)).collect()
    }

    fn of(plan: &'a Plan, unfolding: &Unfolding<'_>, line: &'a Line) -> Asked<'a> {
        let schools = schools_of(plan, unfolding, line).into_iter().map(|index| plan.schools[index].school.as_str()).collect();
        let grants = plan.grants.iter().filter(|grant| grant.lines.contains(&line.line));
        let rules = grants.map(|grant| plan.grant_rules.iter().filter(|rule| rule.grant == grant.grant).collect()).collect();
        let kinds = kinds(plan, line);
        let no_device = line.pays.is_some() && kinds.is_empty();
        Asked { line, schools, kinds, no_device, rules }
    }

    /// What keeps a thing from proving the line; `None`: it belongs here. Proof of its being there is another matter.
    pub fn keeps_out(&self, thing: &Thing<'_>) -> Option<Gap> {
        if thing.asset.legacy {
            return Some(Gap::Legacy);
        }
        if !self.takes(thing.kind()) {
            return Some(Gap::OutsideKinds);
        }
        if !thing.asset.school.as_deref().is_some_and(|school| self.schools.contains(school)) {
            return Some(Gap::OutsideSchools);
        }
        let Some((_, date)) = thing.bought() else { return Some(Gap::NoDate) };
        // A line that several grants pay takes what one of them takes; each grant's own file looks again.
        let in_time = |rules: &Vec<&GrantRule>| rules.iter().all(|rule| in_span(date, rule));
        if !in_year(date, self.line) || !(self.rules.is_empty() || self.rules.iter().any(in_time)) {
            return Some(Gap::OutsideTime);
        }
        thing.live.is_some_and(|live| !self.schools.contains(live.school.as_str())).then_some(Gap::SeenElsewhere)
    }

    fn takes(&self, kind: Option<Kind>) -> bool {
        let bought = || kind.is_some_and(|kind| self.kinds.is_empty() || self.kinds.contains_key(&kind));
        let paid = |rules: &Vec<&GrantRule>| rules.iter().all(|rule| is_eligible(rule, kind));
        !self.no_device && bought() && (self.rules.is_empty() || self.rules.iter().any(paid))
    }

    /// The more a line says, the better it knows its own.
    fn exactness(&self) -> usize {
        usize::from(!self.kinds.is_empty()) * 4 + usize::from(self.line.schools.is_some()) * 2 + usize::from(self.line.phase.is_some())
    }
}

/// Whether a rule pays a kind.
pub fn is_eligible(rule: &GrantRule, kind: Option<Kind>) -> bool {
    rule.eligible_kinds.is_empty() || kind.is_some_and(|kind| rule.eligible_kinds.contains(&kind))
}

/// Kinds of a line's kit, with how many the line's quantity means where that does not depend on a school.
fn kinds(plan: &Plan, line: &Line) -> BTreeMap<Kind, Option<u32>> {
    let items: Vec<_> = plan.kits.iter().filter(|item| line.pays.as_deref() == Some(&item.kit)).collect();
    let kits = line.quantity.and_then(|quantity| u32::try_from(quantity.0 / 1_000_000).ok());
    let cases = items.iter().filter(|item| item.kind == Kind::Case && item.per == Per::School).map(|item| item.quantity).sum::<u32>().max(1);
    let mut kinds: BTreeMap<Kind, Option<u32>> = BTreeMap::new();
    for item in items {
        let each = match item.per {
            Per::Case => item.quantity.saturating_mul(cases),
            _ => item.quantity,
        };
        let wanted = kits.map(|kits| kits.saturating_mul(each));
        let known = kinds.entry(item.kind).or_insert(Some(0));
        *known = known.zip(wanted).map(|(known, wanted)| known.saturating_add(wanted));
    }
    // A kit of one sort that is counted by the class or pupil: the quantity is that of the things.
    kinds
}

/// Things by line.
#[derive(Debug, Default)]
pub struct Assigned<'a> {
    /// For each line (its place in the plan): things that belong to it.
    pub lines: Vec<Vec<Thing<'a>>>,
    /// For each line: things that may have been meant for it, and what keeps them out.
    pub kept_out: Vec<Vec<(Thing<'a>, Gap)>>,
}

/// Gives each thing to one line at most: to that of its invoice, else to the line that takes it and says most exactly what it wants, the
/// first in the plan among equals; a line whose number is full comes last.
pub fn assign<'a>(asked: &[Asked<'_>], things: &Things<'a>) -> Assigned<'a> {
    let mut assigned = Assigned { lines: vec![Vec::new(); asked.len()], kept_out: vec![Vec::new(); asked.len()] };
    let mut counts: HashMap<(usize, Kind), u32> = HashMap::new();
    let mut owned: Vec<&Thing<'a>> = things.owned.iter().collect();
    // In the order of purchase: who came first fills the number first.
    owned.sort_by_key(|thing| (thing.bought().map(|(_, date)| date.last), &thing.asset.label));
    for thing in owned {
        let named = thing.invoice.and_then(|invoice| invoice.line.as_deref()).and_then(|code| asked.iter().position(|asked| asked.line.line == code));
        if let Some(index) = named {
            match asked[index].keeps_out(thing) {
                None => give(&mut assigned, &mut counts, index, thing),
                Some(gap) => assigned.kept_out[index].push((*thing, gap)),
            }
            continue;
        }
        let is_full = |index: usize| {
            let wanted = thing.kind().and_then(|kind| asked[index].kinds.get(&kind).copied().flatten());
            wanted.is_some_and(|wanted| thing.kind().and_then(|kind| counts.get(&(index, kind)).copied()).unwrap_or(0) >= wanted)
        };
        let takes = (0..asked.len()).filter(|index| asked[*index].keeps_out(thing).is_none());
        let best = takes.min_by_key(|index| (is_full(*index), std::cmp::Reverse(asked[*index].exactness()), *index));
        match best {
            Some(index) => give(&mut assigned, &mut counts, index, thing),
            None => {
                // What only a missing date or a strange school keeps out may be meant: a person can mend that. What is of another year
                // or kind is simply another purchase.
                let meant = (0..asked.len()).find(|index| matches!(asked[*index].keeps_out(thing), Some(Gap::NoDate | Gap::SeenElsewhere)));
                if let Some((index, gap)) = meant.and_then(|index| Some((index, asked[index].keeps_out(thing)?))) {
                    assigned.kept_out[index].push((*thing, gap));
                }
            }
        }
    }
    assigned
}

fn give<'a>(assigned: &mut Assigned<'a>, counts: &mut HashMap<(usize, Kind), u32>, index: usize, thing: &Thing<'a>) {
    if let Some(kind) = thing.kind() {
        *counts.entry((index, kind)).or_default() += 1;
    }
    assigned.lines[index].push(*thing);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    #[test]
    fn the_more_a_line_says_the_better_it_knows_its_own() {
        let files = [
            ("schools.csv", "school,phase\na,1\n"),
            ("phases.csv", "phase\n1\n"),
            ("kits.csv", "kit,item\nk,tablet\n"),
            ("lines.csv", "line,phase,school_or_selector,kit_or_deliverable\nnothing,,,\nphase,1,,\nschools,,a,\nboth,1,a,\nkinds,,,k\nall,1,a,k\n"),
        ];
        let (tables, _) = read_tables(files);
        let (plan, register) = (Plan::from_tables(&tables), crate::domain::register::Register::default());
        let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
        let exactness: Vec<usize> = Asked::all(&plan, &unfolding).iter().map(Asked::exactness).collect();
        assert_eq!(exactness, [0, 1, 2, 3, 4, 7]);
    }

    #[test]
    fn a_line_of_kits_buys_what_is_in_them() {
        let files = [
            (
                "kits.csv",
                "kit,item,quantity,per\nvalise,case,2,school\nvalise,tablet,8,case\nvalise,access_point,1,school\nclasse,projector,1,class\n",
            ),
            ("lines.csv", "line,kit_or_deliverable,quantity\na,valise,3\nb,valise,\nc,classe,5\nd,formation,7\ne,,\n"),
        ];
        let (tables, _) = read_tables(files);
        let plan = Plan::from_tables(&tables);
        let told = |line: &str| {
            let line = plan.lines.iter().find(|known| known.line == line).unwrap();
            kinds(&plan, line).into_iter().map(|(kind, count)| (kind.code(), count)).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(told("a"), BTreeMap::from([("case", Some(6)), ("tablet", Some(48)), ("access_point", Some(3))]));
        assert_eq!(told("b"), BTreeMap::from([("case", None), ("tablet", None), ("access_point", None)]), "how many is not said");
        assert_eq!(told("c"), BTreeMap::from([("projector", Some(5))]));
        assert_eq!((told("d"), told("e")), (BTreeMap::new(), BTreeMap::new()));
    }

    #[test]
    fn a_line_whose_number_is_full_leaves_the_rest_to_the_next() {
        let (tables, _) = read_tables([
            ("schools.csv", "school\na\n"),
            ("kits.csv", "kit,item,quantity,per\nk,tablet,1,school\n"),
            ("lines.csv", "line,kit_or_deliverable,quantity\nfirst,k,2\nsecond,k,\n"),
            (
                "assets.csv",
                "label_or_serial,kind,school,delivered_on\nT-4,tablet,a,2021-09-04\nT-1,tablet,a,2021-09-01\nT-3,tablet,a,2021-09-03\nT-2,tablet,a,2021-09-02\n",
            ),
        ]);
        let (plan, register) = (Plan::from_tables(&tables), crate::domain::register::Register::from_tables(&tables));
        let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
        let assigned = assign(&Asked::all(&plan, &unfolding), &Things::of(&register, &[]));
        let labels = |things: &Vec<Thing<'_>>| things.iter().map(|thing| thing.asset.label.clone()).collect::<Vec<_>>();
        assert_eq!(assigned.lines.iter().map(labels).collect::<Vec<_>>(), [["T-1", "T-2"], ["T-3", "T-4"]], "who came first fills it");
    }
}
