//! What a change of the plan means, and for whom: each school's places and dates, each lot's and contractor's work, each grant's money.
//!
//! Comes in: the tables before and after, today. Goes out: effects in the order of the tables, as data and in words. A school, lot or
//! grant for which nothing changes is not named. Absent on purpose: cells and rows (`diff` tells those), and who may decide.

use super::Decimal;
use super::model::Plan;
use super::money::Base;
use super::places::{Planned, unfold};
use super::table::Tables;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::register::Register;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};

/// What changes for one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// For whom.
    pub whom: Whom,
    /// What, most important first.
    pub what: Vec<What>,
}

/// For whom something changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A school: code and name.
    School(String, String),
    /// A lot: code and the contractor who holds it now.
    Lot(String, String),
    /// A grant: its code.
    Grant(String),
}

/// What changes.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It is new in the programme.
    Joins,
    /// It is no longer in the programme.
    Leaves,
    /// So many places of a kind before, so many after.
    Places(Kind, u64, u64),
    /// So many places are due later (days above 0) or sooner: from when, to when, as written.
    Moved(u64, i64, String, String),
    /// So many places get a date that they did not have: when.
    Dated(u64, String),
    /// So many places lose their date: which it was.
    Undated(u64, String),
    /// Another contractor: before, after.
    Contractor(String, String),
    /// Places that it supplies or mends in all: before, after.
    Work(u64, u64),
    /// Amount awarded: before, after.
    Awarded(Decimal, Decimal),
    /// Amount of the lines that it pays: before, after.
    Base(Decimal, Decimal),
}

/// Everything that changes for somebody.
pub fn effects(before: &Tables, after: &Tables, today: Date) -> Vec<Effect> {
    let (before, after) = (Side::new(before, today), Side::new(after, today));
    let mut effects = schools(&before, &after);
    effects.extend(lots(&before, &after));
    effects.extend(grants(&before, &after));
    effects
}

struct Side {
    plan: Plan,
    places: BTreeMap<String, Vec<Planned>>,
}

impl Side {
    fn new(tables: &Tables, today: Date) -> Side {
        let (plan, register) = (Plan::from_tables(tables), Register::from_tables(tables));
        let mut places: BTreeMap<String, Vec<Planned>> = BTreeMap::new();
        for place in unfold(&plan, &register, today).places {
            places.entry(place.school.clone()).or_default().push(place);
        }
        Side { plan, places }
    }

    fn places(&self, school: &str) -> &[Planned] {
        self.places.get(school).map_or(&[], Vec::as_slice)
    }
}

/// The names of both sides' rows, each once: those of the newer side in its order, then what is gone.
fn both<'a>(after: impl Iterator<Item = &'a str>, before: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    names.extend(after.chain(before).filter(|name| seen.insert(*name)));
    names
}

fn schools(before: &Side, after: &Side) -> Vec<Effect> {
    let codes = |side: &'_ Side| -> HashMap<String, String> { side.plan.schools.iter().map(|row| (row.school.clone(), row.name.clone())).collect() };
    let (old, new) = (codes(before), codes(after));
    let all = both(after.plan.schools.iter().map(|row| row.school.as_str()), before.plan.schools.iter().map(|row| row.school.as_str()));
    let effect = |code: &str| {
        let mut what = Vec::new();
        match (old.contains_key(code), new.contains_key(code)) {
            (false, true) => what.push(What::Joins),
            (true, false) => what.push(What::Leaves),
            _ => {}
        }
        what.extend(counts(before.places(code), after.places(code)));
        what.extend(moves(before.places(code), after.places(code)));
        let name = new.get(code).or_else(|| old.get(code)).cloned().unwrap_or_default();
        (!what.is_empty()).then(|| Effect { whom: Whom::School(code.to_owned(), name), what })
    };
    all.into_iter().filter_map(effect).collect()
}

fn counts(before: &[Planned], after: &[Planned]) -> Vec<What> {
    let mut count: BTreeMap<Kind, (u64, u64)> = BTreeMap::new();
    before.iter().for_each(|place| count.entry(place.place.kind).or_default().0 += 1);
    after.iter().for_each(|place| count.entry(place.place.kind).or_default().1 += 1);
    count.into_iter().filter(|(_, (before, after))| before != after).map(|(kind, (before, after))| What::Places(kind, before, after)).collect()
}

/// Places that are there before and after, by how their date moved.
fn moves(before: &[Planned], after: &[Planned]) -> Vec<What> {
    let old: HashMap<&str, &Planned> = before.iter().map(|place| (place.place.key.as_str(), place)).collect();
    let mut moved: BTreeMap<(String, String), (u64, Option<i64>)> = BTreeMap::new();
    for place in after {
        let Some(was) = old.get(place.place.key.as_str()) else { continue };
        let (from, to) = (&was.due_on, &place.due_on);
        if from == to {
            continue;
        }
        let days = from.as_ref().zip(to.as_ref()).map(|(from, to)| i64::from((to.last - from.last).get_days()));
        let text = |date: &Option<super::PlanDate>| date.as_ref().map(|date| date.text.clone()).unwrap_or_default();
        let entry = moved.entry((text(from), text(to))).or_insert((0, days));
        entry.0 += 1;
    }
    let told = moved.into_iter().map(|((from, to), (count, days))| match days {
        Some(days) => What::Moved(count, days, from, to),
        None if from.is_empty() => What::Dated(count, to),
        None => What::Undated(count, from),
    });
    told.collect()
}

fn lots(before: &Side, after: &Side) -> Vec<Effect> {
    let contractor = |side: &Side, lot: &str| {
        let row = side.plan.lots.iter().find(|row| row.lot == lot);
        row.and_then(|row| row.contractor.clone()).unwrap_or_default()
    };
    let work = |side: &Side, lot: &str| side.places.values().flatten().filter(|place| place.lot.as_deref() == Some(lot)).count() as u64;
    let all = both(after.plan.lots.iter().map(|row| row.lot.as_str()), before.plan.lots.iter().map(|row| row.lot.as_str()));
    let effect = |lot: &str| {
        let (old, new) = (contractor(before, lot), contractor(after, lot));
        let (less, more) = (work(before, lot), work(after, lot));
        let mut what = Vec::new();
        if old != new {
            what.push(What::Contractor(old, new.clone()));
        }
        if less != more {
            what.push(What::Work(less, more));
        }
        (!what.is_empty()).then(|| Effect { whom: Whom::Lot(lot.to_owned(), new), what })
    };
    all.into_iter().filter_map(effect).collect()
}

fn grants(before: &Side, after: &Side) -> Vec<Effect> {
    let awarded = |side: &Side, grant: &str| side.plan.grants.iter().find(|row| row.grant == grant).and_then(|row| row.awarded).unwrap_or(Decimal(0));
    let base = |side: &Side, grant: &str| {
        let Some(grant) = side.plan.grants.iter().find(|row| row.grant == grant) else { return Decimal(0) };
        let paid = side.plan.lines.iter().filter(|line| grant.lines.contains(&line.line));
        paid.filter_map(|line| if grant.base == Base::Ht { line.amount_ht } else { line.amount_ttc }).fold(Decimal(0), Decimal::plus)
    };
    let all = both(after.plan.grants.iter().map(|row| row.grant.as_str()), before.plan.grants.iter().map(|row| row.grant.as_str()));
    let effect = |grant: &str| {
        let mut what = Vec::new();
        let (old, new) = (awarded(before, grant), awarded(after, grant));
        if old != new {
            what.push(What::Awarded(old, new));
        }
        let (old, new) = (base(before, grant), base(after, grant));
        if old != new {
            what.push(What::Base(old, new));
        }
        (!what.is_empty()).then(|| Effect { whom: Whom::Grant(grant.to_owned()), what })
    };
    all.into_iter().filter_map(effect).collect()
}

impl Whom {
    /// In words: « École Camus (camus) ».
    pub fn text(&self, language: Language) -> String {
        match self {
            Whom::School(code, name) if name.is_empty() || name == code => format!("{} {code}", language.pick("école", "school")),
            Whom::School(code, name) => format!("{name} ({code})"),
            Whom::Lot(lot, contractor) if contractor.is_empty() => format!("lot {lot}"),
            Whom::Lot(lot, contractor) => format!("lot {lot}, {contractor}"),
            Whom::Grant(grant) => format!("{} {grant}", language.pick("subvention", "grant")),
        }
    }

    /// `school`, `lot`, `grant`.
    pub fn sort(&self) -> &'static str {
        match self {
            Whom::School(..) => "school",
            Whom::Lot(..) => "lot",
            Whom::Grant(_) => "grant",
        }
    }

    /// Its code.
    pub fn code(&self) -> &str {
        match self {
            Whom::School(code, _) | Whom::Lot(code, _) | Whom::Grant(code) => code,
        }
    }
}

impl What {
    /// In words: « 4 tablettes de plus (20 → 24) ».
    pub fn text(&self, language: Language) -> String {
        let places = |count: u64| match language {
            Language::Fr => format!("{count} place{}", if count > 1 { "s" } else { "" }),
            Language::En => format!("{count} place{}", if count == 1 { "" } else { "s" }),
        };
        let nobody = |name: &str| if name.is_empty() { language.pick("personne", "nobody").to_owned() } else { name.to_owned() };
        match self {
            What::Joins => language.pick("entre dans le programme", "joins the programme").to_owned(),
            What::Leaves => language.pick("sort du programme", "leaves the programme").to_owned(),
            What::Places(kind, before, after) => {
                let count = before.abs_diff(*after);
                let word = kind.row().label(language, count);
                let (more, less) = language.pick(("de plus", "de moins"), ("more", "fewer"));
                let which = if after > before { more } else { less };
                language.pick(format!("{count} {word} {which} ({before} → {after})"), format!("{count} {which} {word} ({before} → {after})"))
            }
            What::Moved(count, days, from, to) => {
                let much = days.unsigned_abs();
                let s = if much > 1 { "s" } else { "" };
                let words = match (language, *days) {
                    (_, 0) => language.pick("précisées", "told more exactly").to_owned(),
                    (Language::Fr, 1..) => format!("reculée{} de {much} jour{s}", if *count > 1 { "s" } else { "" }),
                    (Language::Fr, _) => format!("avancée{} de {much} jour{s}", if *count > 1 { "s" } else { "" }),
                    (Language::En, 1..) => format!("{much} day{s} later"),
                    (Language::En, _) => format!("{much} day{s} sooner"),
                };
                format!("{} {words} ({from} → {to})", places(*count))
            }
            What::Dated(count, to) => format!("{} {} {to}", places(*count), language.pick("désormais pour", "now due")),
            What::Undated(count, from) => format!("{} {} ({from})", places(*count), language.pick("sans date désormais", "without a date now")),
            What::Contractor(before, after) => {
                format!("{} {} → {}", language.pick("titulaire :", "contractor:"), nobody(before), nobody(after))
            }
            What::Work(before, after) => format!("{before} → {}", places(*after)),
            What::Awarded(before, after) => format!("{} {before} € → {after} €", language.pick("montant accordé :", "awarded:")),
            What::Base(before, after) => format!("{} {before} € → {after} €", language.pick("lignes financées :", "lines funded:")),
        }
    }
}

impl Effect {
    /// In one sentence.
    pub fn text(&self, language: Language) -> String {
        let what: Vec<String> = self.what.iter().map(|what| what.text(language)).collect();
        format!("{}{}{}", self.whom.text(language), language.pick(" : ", ": "), what.join(language.pick(" ; ", "; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;
    use jiff::civil::date;

    const PLAN: &[(&str, &str)] = &[
        ("phases.csv", "phase,name\n1,Un\n"),
        ("schools.csv", "school,name,phase\ncamus,Camus,1\nzola,Zola,1\n"),
        ("lots.csv", "lot,contractor\nA,alpha\n"),
        ("actors.csv", "actor\nalpha\nbeta\n"),
        ("kits.csv", "kit,item,quantity,per,lot\nk,tablette,2,school,A\n"),
        ("allotments.csv", "phase,school,kit,quantity,due_on\n1,camus,k,1,2022-06-30\n1,zola,k,1,2022-06-30\n"),
        ("lines.csv", "line,amount_ttc\nl,100\n"),
        ("grants.csv", "grant,lines,base,awarded\ng,l,ttc,70\n"),
    ];

    fn check(change: (&str, &str), french: &[&str], english: &[&str]) {
        let before = read_tables(PLAN.iter().copied()).0;
        let after = read_tables(PLAN.iter().map(|(file, text)| if *file == change.0 { change } else { (*file, *text) })).0;
        let told = |language| effects(&before, &after, date(2022, 1, 1)).iter().map(|effect| effect.text(language)).collect::<Vec<_>>();
        assert_eq!(
            (told(Language::Fr), told(Language::En)),
            (french.iter().map(|text| (*text).to_owned()).collect(), english.iter().map(|text| (*text).to_owned()).collect())
        );
        assert!(effects(&before, &before, date(2022, 1, 1)).is_empty());
    }

    #[test]
    fn a_school_s_places_and_dates_and_the_lot_behind_them() {
        check(
            ("allotments.csv", "phase,school,kit,quantity,due_on\n1,camus,k,2,2022-06-30\n1,zola,k,1,2022-09-30\n"),
            &[
                "Camus (camus) : 2 tablettes de plus (2 → 4)",
                "Zola (zola) : 2 places reculées de 92 jours (2022-06-30 → 2022-09-30)",
                "lot A, alpha : 4 → 6 places",
            ],
            &["Camus (camus): 2 more tablets (2 → 4)", "Zola (zola): 2 places 92 days later (2022-06-30 → 2022-09-30)", "lot A, alpha: 4 → 6 places"],
        );
    }

    #[test]
    fn a_school_gone_another_contractor_less_money() {
        check(
            ("schools.csv", "school,name,phase\ncamus,Camus,1\n"),
            &["Zola (zola) : sort du programme ; 2 tablettes de moins (2 → 0)", "lot A, alpha : 4 → 2 places"],
            &["Zola (zola): leaves the programme; 2 fewer tablets (2 → 0)", "lot A, alpha: 4 → 2 places"],
        );
        check(("lots.csv", "lot,contractor\nA,beta\n"), &["lot A, beta : titulaire : alpha → beta"], &["lot A, beta: contractor: alpha → beta"]);
        check(
            ("lines.csv", "line,amount_ttc\nl,90.5\n"),
            &["subvention g : lignes financées : 100 € → 90.5 €"],
            &["grant g: lines funded: 100 € → 90.5 €"],
        );
    }
}
