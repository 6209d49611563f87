//! The evidence file of a grant: what cannot be proved yet, first; then, line by line, what proves the spending.
//!
//! Comes in: a grant's statement, things given to lines. Goes out: [`Evidence`], with the sums that must come out. Absent on purpose:
//! sheets and pages. A file that somebody signs must hold against a checker who counts again: it counts itself, and says so.

use super::assign::{Asked, Assigned, Gap, is_eligible};
use super::grant::{self, Check, Share, Statement, in_span};
use super::thing::{Live, Thing, Things};
use crate::domain::folded::squeezed;
use crate::domain::kind::Kind;
use crate::domain::plan::Decimal;
use crate::domain::plan::money::GrantRule;
use crate::domain::register::{Done, Register};
use std::collections::{BTreeMap, BTreeSet};

/// The file of one grant.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The money.
    pub statement: Statement<'a>,
    /// Line by line.
    pub lines: Vec<Proved<'a>>,
    /// Sums that must come out.
    pub checks: Vec<Check>,
}

/// One line of the file.
#[derive(Debug, Clone)]
pub struct Proved<'a> {
    /// Its money.
    pub share: Share<'a>,
    /// Things that prove it.
    pub things: Vec<Thing<'a>>,
    /// What cannot be proved yet.
    pub missing: Vec<Missing<'a>>,
    /// What is done of a deliverable that is no device.
    pub done: Vec<&'a Done>,
    /// It pays something that is no device.
    pub no_device: bool,
}

/// Something that cannot be proved yet.
#[derive(Debug, Clone)]
pub enum Missing<'a> {
    /// A thing of the register, and why it does not prove.
    Thing(Thing<'a>, Gap),
    /// Devices that are seen in a school and of which no paper knows: (school, kind, how many).
    WithoutPaper(&'a str, Kind, u32),
    /// Fewer things than the line pays: (kind, wanted, proved).
    TooFew(Kind, u32, u32),
    /// No invoice bears the line's code.
    NoInvoice,
    /// Invoices outside the line's year or the grant's time.
    InvoicesOutside(Decimal),
    /// Nobody said how much of a deliverable is done.
    NotDone,
}

impl Missing<'_> {
    /// Its code: its sentence and what to do stand in the language files.
    pub fn code(&self) -> &'static str {
        match self {
            Missing::Thing(_, gap) => gap.code(),
            Missing::WithoutPaper(..) => "without_paper",
            Missing::TooFew(..) => "too_few",
            Missing::NoInvoice => "no_invoice",
            Missing::InvoicesOutside(_) => "invoices_outside",
            Missing::NotDone => "not_done",
        }
    }
}

/// Puts the file of a grant together. `asked` and `assigned` are of all lines of the plan.
pub fn evidence<'a>(
    statement: Statement<'a>,
    asked: &[Asked<'a>],
    assigned: &Assigned<'a>,
    things: &Things<'a>,
    register: &'a Register,
) -> Evidence<'a> {
    let mut claimed = BTreeSet::new();
    let lines: Vec<Proved<'a>> = statement
        .lines
        .iter()
        .filter_map(|share| {
            let index = asked.iter().position(|asked| asked.line.line == share.line.line)?;
            let (belonging, kept_out) = (assigned.lines.get(index)?, assigned.kept_out.get(index)?);
            let stray = stray(&asked[index], things, &mut claimed);
            Some(proved(share.clone(), &asked[index], &statement.rules, belonging, kept_out, stray, register))
        })
        .collect();
    let mut checks = grant::checks(&statement);
    checks.extend(counted(&lines));
    Evidence { statement, lines, checks }
}

fn proved<'a>(
    share: Share<'a>,
    asked: &Asked<'a>,
    rules: &[&GrantRule],
    belonging: &[Thing<'a>],
    kept_out: &[(Thing<'a>, Gap)],
    stray: Vec<Missing<'a>>,
    register: &'a Register,
) -> Proved<'a> {
    let (mut things, mut missing) = (Vec::new(), Vec::new());
    for thing in belonging {
        match gap(thing, rules) {
            None => things.push(*thing),
            Some(gap) => missing.push(Missing::Thing(*thing, gap)),
        }
    }
    missing.extend(kept_out.iter().map(|(thing, gap)| Missing::Thing(*thing, *gap)));
    missing.extend(stray);
    for (kind, wanted) in &asked.kinds {
        let found = things.iter().filter(|thing| thing.kind() == Some(*kind)).count() as u32;
        if let Some(wanted) = wanted.filter(|wanted| found < *wanted) {
            missing.push(Missing::TooFew(*kind, wanted, found));
        }
    }
    if share.invoiced == Decimal(0) && share.outside == Decimal(0) {
        missing.push(Missing::NoInvoice);
    }
    if share.outside > Decimal(0) {
        missing.push(Missing::InvoicesOutside(share.outside));
    }
    let done: Vec<&Done> =
        register.deliverables.iter().filter(|done| asked.no_device && asked.line.pays.as_deref() == Some(&done.deliverable)).collect();
    if asked.no_device && done.is_empty() {
        missing.push(Missing::NotDone);
    }
    things.sort_by_key(|thing| (thing.asset.school.as_deref(), thing.kind(), thing.serial()));
    Proved { share, things, missing, done, no_device: asked.no_device }
}

/// What keeps a thing of the line from proving it to this grant.
fn gap(thing: &Thing<'_>, rules: &[&GrantRule]) -> Option<Gap> {
    if !rules.iter().all(|rule| is_eligible(rule, thing.kind())) {
        return Some(Gap::OutsideKinds);
    }
    let in_time = thing.bought().is_some_and(|(_, date)| rules.iter().all(|rule| in_span(date, rule)));
    if !in_time {
        return Some(Gap::OutsideTime);
    }
    thing.proof().is_none().then_some(Gap::NotSeen)
}

/// Devices of the line's schools and kinds of which no paper knows, counted; each device is told once in a file.
fn stray<'a>(asked: &Asked<'_>, things: &Things<'a>, claimed: &mut BTreeSet<i64>) -> Vec<Missing<'a>> {
    if asked.no_device {
        return Vec::new();
    }
    let mut counts: BTreeMap<(&str, Kind), u32> = BTreeMap::new();
    let wants = |live: &&&Live| {
        let kind = live.kind.is_some_and(|kind| is_bought(kind) && (asked.kinds.is_empty() || asked.kinds.contains_key(&kind)));
        kind && asked.schools.contains(live.school.as_str())
    };
    for live in things.without_paper.iter().filter(wants) {
        if let Some(kind) = live.kind.filter(|_| claimed.insert(live.device.0)) {
            *counts.entry((&live.school, kind)).or_default() += 1;
        }
    }
    counts.into_iter().map(|((school, kind), count)| Missing::WithoutPaper(school, kind, count)).collect()
}

/// Kinds of which nobody knows what they are prove no purchase.
fn is_bought(kind: Kind) -> bool {
    !matches!(kind, Kind::Unknown | Kind::Other | Kind::Phone | Kind::Camera)
}

/// The file counts itself: as many things as serials, and no thing on two lines.
fn counted(lines: &[Proved<'_>]) -> Vec<Check> {
    let whole = |count: usize| Decimal::whole(count as i64);
    let rows: usize = lines.iter().map(|line| line.things.len()).sum();
    let labels: BTreeSet<&str> = lines.iter().flat_map(|line| &line.things).map(|thing| thing.asset.label.as_str()).collect();
    let serials: BTreeSet<String> = lines.iter().flat_map(|line| &line.things).map(|thing| squeezed(thing.serial())).collect();
    let check = |code, found| Check { code, of: String::new(), expected: whole(rows), found };
    vec![check("each_thing_once", whole(labels.len())), check("each_serial_once", whole(serials.len()))]
}

#[cfg(test)]
mod tests {
    use super::super::assign::assign;
    use super::super::grant::funding;
    use super::super::thing::tests::live;
    use super::*;
    use crate::domain::plan::model::Plan;
    use crate::domain::plan::{Unfolding, read_tables};
    use proptest::prelude::*;

    const TOWN: [(&str, &str); 5] = [
        ("phases.csv", "phase\n1\n3\n"),
        ("schools.csv", "school,phase\ncamus,1\nrameau,3\nbossuet,3\n"),
        ("lines.csv", "line,phase,year,amount_ttc\nequipment,3,2021,36562\nservices,3,2021,1500\n"),
        ("grants.csv", "grant,funder,lines,base,awarded\netat,etat,equipment,ttc,25593\nville,ville,equipment,ttc,10969\n"),
        ("grant_rules.csv", "grant,from_amount,rate,eligible_kinds\netat,0,70,tablet|desktop|projector\n"),
    ];

    /// The file of the first grant: each line as `line: proved …; missing code …`.
    fn check(assets: &str, invoices: &str, lives: &[Live], expected: &[&str]) {
        let assets = format!("label_or_serial,kind,school,delivered_on,invoice,legacy\n{assets}");
        let invoices = format!("invoice,line,dated_on,amount_ttc\n{invoices}");
        let files = TOWN.iter().copied().chain([("assets.csv", assets.as_str()), ("invoices.csv", invoices.as_str())]);
        let (tables, notes) = read_tables(files);
        assert!(!crate::domain::plan::has_error(&notes), "{notes:?}");
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
        let things = Things::of(&register, lives);
        let asked = Asked::all(&plan, &unfolding);
        let assigned = assign(&asked, &things);
        let statement = funding(&plan, &register, &unfolding).grants.remove(0);
        let file = evidence(statement, &asked, &assigned, &things, &register);
        let line = |line: &Proved<'_>| {
            let things: Vec<&str> = line.things.iter().map(|thing| thing.asset.label.as_str()).collect();
            let missing: Vec<String> = line
                .missing
                .iter()
                .map(|missing| match missing {
                    Missing::Thing(thing, gap) => format!("{} {}", thing.asset.label, gap.code()),
                    Missing::WithoutPaper(school, kind, count) => format!("{count} {} at {school}", kind.code()),
                    other => other.code().to_owned(),
                })
                .collect();
            format!("{}: {}; {}", line.share.line.line, things.join(" "), missing.join(", "))
        };
        assert_eq!(file.lines.iter().map(line).collect::<Vec<_>>(), expected);
        assert!(file.checks.iter().all(Check::holds), "{:?}", file.checks);
    }

    #[test]
    fn a_tablet_of_2019_never_proves_a_line_of_the_call_of_2021() {
        let lives = [live(1, "rameau", Kind::Tablet, "T-2019"), live(2, "rameau", Kind::Tablet, "T-2021")];
        check("T-2019,tablet,rameau,2019-11-04,,\nT-2021,tablet,rameau,2021-10-04,,\n", "", &lives, &["equipment: T-2021; no_invoice"]);
        // Not even when somebody writes the call's line on its invoice: then the file says why not.
        check(
            "T-2019,tablet,rameau,2019-11-04,F1,\n",
            "F1,equipment,2019-11-10,500\n",
            &lives[..1],
            &["equipment: ; T-2019 outside_time, invoices_outside"],
        );
    }

    #[test]
    fn what_cannot_be_proved_says_why() {
        let lives = [
            live(1, "camus", Kind::Tablet, "T-1"),
            live(2, "rameau", Kind::Tablet, "T-2"),
            live(4, "camus", Kind::Tablet, "T-4"),
            live(5, "rameau", Kind::Printer, "P-5"),
            live(6, "rameau", Kind::Tablet, "X"),
            live(7, "rameau", Kind::Tablet, "Y"),
            live(8, "rameau", Kind::Tablet, "T-8"),
        ];
        check(
            "T-1,tablet,camus,2021-10-04,,\nT-2,tablet,rameau,,,\nT-3,tablet,rameau,2021-10-04,,\nT-4,tablet,rameau,2021-10-04,,\nP-5,printer,rameau,2021-10-04,F1,\nT-8,tablet,rameau,2021-10-04,F1,yes\n",
            "F1,equipment,2021-10-10,5000\n",
            &lives,
            &["equipment: ; T-3 not_seen, P-5 outside_kinds, T-2 no_date, T-4 seen_elsewhere, T-8 legacy, 2 tablet at rameau"],
        );
    }

    #[test]
    fn an_invoice_takes_its_things_to_its_line() {
        let lives = [live(1, "rameau", Kind::Tablet, "T-1"), live(2, "bossuet", Kind::Projector, "V-2")];
        check(
            "T-1,tablet,rameau,2021-10-04,F1,\nV-2,projector,bossuet,2019-10-04,F1,\n",
            "F1,equipment,2021-10-10,36562\n",
            &lives,
            &["equipment: V-2 T-1; "],
        );
    }

    proptest! {
        /// Whatever is owned, bought and seen: no thing proves two lines, of one grant or of two, and every sum comes out.
        #[test]
        fn no_device_proves_two_lines(rows in prop::collection::vec((0_usize..40, 0_usize..3, 2019_i16..2023, 0_usize..4, any::<bool>()), 0..60)) {
            let (mut assets, mut lives) = (String::from("label_or_serial,kind,school,delivered_on,invoice\n"), Vec::new());
            let mut known = BTreeSet::new();
            for (serial, school, year, invoice, seen) in rows {
                let school = ["camus", "rameau", "bossuet"][school];
                if known.insert(serial) {
                    let invoice = ["", "F1", "F2", "F3"][invoice];
                    assets.push_str(&format!("S{serial},tablet,{school},{year}-10-04,{invoice}\n"));
                }
                if seen {
                    lives.push(live(serial as i64 + 1, school, Kind::Tablet, &format!("S{serial}")));
                }
            }
            let files = [
                ("phases.csv", "phase\n1\n3\n"),
                ("schools.csv", "school,phase\ncamus,1\nrameau,3\nbossuet,3\n"),
                ("lines.csv", "line,phase,year,amount_ttc\na,3,2021,1000\nb,3,2021,1000\nc,,,500\n"),
                ("grants.csv", "grant,funder,lines,base\ng,etat,a|c,ttc\nh,region,b|c,ttc\n"),
                ("grant_rules.csv", "grant,from_amount,rate,spent_from\ng,0,70,2020-01-01\nh,0,50,\n"),
                ("invoices.csv", "invoice,line,dated_on,amount_ttc\nF1,a,2021-10-05,100\nF2,b,2021-10-05,100\nF3,,2021-10-05,100\n"),
                ("assets.csv", assets.as_str()),
            ];
            let (tables, _) = read_tables(files);
            let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
            let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2022, 11, 22));
            let things = Things::of(&register, &lives);
            let asked = Asked::all(&plan, &unfolding);
            let assigned = assign(&asked, &things);
            let mut lines_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for statement in funding(&plan, &register, &unfolding).grants {
                let file = evidence(statement, &asked, &assigned, &things, &register);
                prop_assert!(file.checks.iter().all(Check::holds), "{:?}", file.checks);
                for line in &file.lines {
                    for thing in &line.things {
                        lines_of.entry(&thing.asset.label).or_default().insert(&line.share.line.line);
                        prop_assert!(thing.proof().is_some());
                    }
                }
            }
            prop_assert!(lines_of.values().all(|lines| lines.len() == 1), "{lines_of:?}");
        }
    }
}
