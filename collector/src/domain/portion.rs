//! What of plan and register one school's settling asks for: a part of the plan's tables, and the names by which rows of the register are found.
//!
//! Comes in: the whole plan as tables; a row of the register. Goes out: the school's part, what all schools share, names. Absent on purpose: where
//! parts and rows lie (`store`), and what is made of them: a part beside what is shared is a [`Plan`] like the whole one, with one school in it, and
//! rules are asked the same of both. A test in `portion` (the shell) holds that they answer the same.
//!
//! A name is a letter, a space and a text: `s CODE` the rows at a school (or of a phase); `n TEXT` what calls itself so (label, serial, network card,
//! squeezed); `i TEXT` the id in a management; `l LABEL` loans; `c CODE` a case.

use super::folded::squeezed;
use super::kind::Kind;
use super::list::Listed;
use super::plan::model::{Choosing, KitItem, Milestone, Plan};
use super::plan::table::Row;
use super::plan::{Table, Tables};
use super::register::ABSENT;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Tables whose rows concern every school.
const SHARED: [&str; 4] = ["lots", "deadlines", "phases", "kits"];
/// Tables whose rows name the school that they concern, with that column.
const OWN: [(&str, &str); 4] = [("traits", "school"), ("headcounts", "school"), ("rooms", "school"), ("milestones", "phase_or_school")];

/// What the schools of a plan share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared {
    plan: Plan,
    kits: HashMap<String, Vec<KitItem>>,
    milestones: HashMap<String, Vec<Milestone>>,
}

impl Shared {
    /// Of these tables: those of a whole plan, or what [`shared`] kept of them.
    pub fn of(tables: &Tables) -> Shared {
        let mut plan = Plan::from_tables(&shared(tables));
        let mut shared = Shared::default();
        for item in std::mem::take(&mut plan.kits) {
            shared.kits.entry(item.kit.clone()).or_default().push(item);
        }
        for milestone in std::mem::take(&mut plan.milestones) {
            shared.milestones.entry(milestone.of.clone()).or_default().push(milestone);
        }
        Shared { plan, ..shared }
    }

    /// The plan as one school needs it.
    pub fn with(&self, part: &Tables) -> Plan {
        let mut own = Plan::from_tables(part);
        let kits: BTreeSet<&str> = own.allotments.iter().map(|allotment| allotment.kit.as_str()).collect();
        let kits = kits.into_iter().filter_map(|kit| self.kits.get(kit)).flatten().cloned().collect();
        let phases: BTreeSet<&str> = own.allotments.iter().map(|allotment| allotment.phase.as_str()).collect();
        let milestones: Vec<Milestone> = phases.into_iter().filter_map(|phase| self.milestones.get(phase)).flatten().cloned().collect();
        own.milestones.extend(milestones);
        let Plan { lots, deadlines, phases, .. } = &self.plan;
        Plan { lots: lots.clone(), deadlines: deadlines.clone(), phases: phases.clone(), kits, ..own }
    }
}

/// The tables that all schools share, with the milestones that are no school's.
pub fn shared(tables: &Tables) -> Tables {
    let mut kept = Tables::default();
    for table in SHARED.iter().filter_map(|name| tables.get(name)) {
        kept.put(table.clone());
    }
    let codes = |name: &str, column: &'static str| -> BTreeSet<&str> {
        tables.get(name).map_or_else(BTreeSet::new, |table| table.rows.iter().map(|row| table.cell(row, column)).collect())
    };
    if let Some(table) = tables.get("milestones") {
        let (schools, phases) = (codes("schools", "school"), codes("phases", "phase"));
        // A code may be a phase's and a school's.
        let of_phase = |row: &&Row| Some(table.cell(row, "phase_or_school")).is_some_and(|of| phases.contains(of) || !schools.contains(of));
        kept.put(with_rows(table, table.rows.iter().filter(of_phase)));
    }
    kept
}

fn with_rows<'a>(table: &Table, rows: impl Iterator<Item = &'a Row>) -> Table {
    let mut part = Table::new(table.schema, &table.file, table.headings.clone());
    part.rows = rows.cloned().collect();
    part
}

/// A whole plan, ready to be parted.
#[derive(Debug)]
pub struct Parting<'a> {
    tables: &'a Tables,
    plan: &'a Plan,
    /// Rows by table and the school that they name.
    own: HashMap<(&'static str, &'a str), Vec<&'a Row>>,
    /// For each school, the positions of the rows of allotments that reach it.
    allotments: Vec<Vec<usize>>,
    /// Schools that carry each other's history on, by any of them.
    kin: HashMap<&'a str, BTreeSet<&'a str>>,
    schools: HashMap<&'a str, &'a Row>,
    patch: BTreeMap<&'a str, Vec<&'a Row>>,
}

impl<'a> Parting<'a> {
    /// Makes the indexes; `plan` is that of `tables`.
    pub fn new(tables: &'a Tables, plan: &'a Plan) -> Parting<'a> {
        let mut own: HashMap<(&'static str, &str), Vec<&Row>> = HashMap::new();
        for (name, column) in OWN {
            for (table, row) in rows_of(tables, name) {
                own.entry((name, table.cell(row, column))).or_default().push(row);
            }
        }
        let mut patch: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for (table, row) in rows_of(tables, "patch") {
            patch.entry(table.cell(row, "device_label_or_name")).or_default().push(row);
        }
        let schools = rows_of(tables, "schools").map(|(table, row)| (table.cell(row, "school"), row)).collect();
        Parting { allotments: allotments(tables, plan), kin: kin(plan), tables, plan, own, schools, patch }
    }

    /// The parts by name, one after the other: of schools, then of switches.
    pub fn parts(&self) -> impl Iterator<Item = (String, Tables)> + '_ {
        let schools = self.plan.schools.iter().enumerate().map(|(at, school)| (school_part(&school.school), self.school(at)));
        let switches = self.patch.iter().map(|(switch, rows)| (switch_part(switch), self.rows("patch", rows.iter().copied())));
        schools.chain(switches)
    }

    fn school(&self, at: usize) -> Tables {
        let code = self.plan.schools[at].school.as_str();
        let kin = self.kin.get(code).cloned().unwrap_or_else(|| BTreeSet::from([code]));
        let mut part = self.rows("schools", kin.iter().filter_map(|code| self.schools.get(code).copied()));
        for (name, _) in OWN {
            let rows = self.own.get(&(name, code)).into_iter().flatten().copied();
            part.extend(self.rows(name, rows));
        }
        if let Some(table) = self.tables.get("allotments") {
            part.extend(self.rows("allotments", self.allotments[at].iter().map(|row| &table.rows[*row])));
        }
        part
    }

    fn rows<'r>(&self, name: &str, rows: impl Iterator<Item = &'r Row>) -> Tables {
        let mut tables = Tables::default();
        if let Some(table) = self.tables.get(name) {
            tables.put(with_rows(table, rows));
        }
        tables
    }
}

fn rows_of<'a>(tables: &'a Tables, name: &str) -> impl Iterator<Item = (&'a Table, &'a Row)> + use<'a> {
    tables.get(name).into_iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)))
}

/// Which rows of allotments reach each school, in the order written.
fn allotments(tables: &Tables, plan: &Plan) -> Vec<Vec<usize>> {
    let choosing: Choosing<'_> = plan.choosing();
    let mut reached = vec![Vec::new(); plan.schools.len()];
    for (at, (table, row)) in rows_of(tables, "allotments").enumerate() {
        let Some(selector) = super::plan::Selector::parse(table.cell(row, "school_or_selector")) else { continue };
        for school in choosing.chosen(&selector) {
            reached[school].push(at);
        }
    }
    reached
}

/// Schools that are joined by successors, whichever way round: who is heir depends on the day.
fn kin(plan: &Plan) -> HashMap<&str, BTreeSet<&str>> {
    let mut beside: HashMap<&str, Vec<&str>> = HashMap::new();
    for school in &plan.schools {
        if let Some(next) = school.successor.as_deref() {
            beside.entry(&school.school).or_default().push(next);
            beside.entry(next).or_default().push(&school.school);
        }
    }
    let of = |first: &'_ str| {
        let (mut all, mut left) = (BTreeSet::new(), vec![*beside.get_key_value(first).expect("it is a key").0]);
        while let Some(code) = left.pop() {
            if all.insert(code) {
                left.extend(beside.get(code).into_iter().flatten());
            }
        }
        all
    };
    beside.keys().map(|code| (*code, of(code))).collect()
}

/// Name of a school's part.
pub fn school_part(code: &str) -> String {
    format!("school/{code}")
}

/// Name of a switch's part.
pub fn switch_part(name: &str) -> String {
    format!("switch/{name}")
}

/// The rows at a school, or of a phase.
pub fn at(code: &str) -> String {
    format!("s {code}")
}

/// What calls itself so; none where the text says nothing.
pub fn called(text: &str) -> Option<String> {
    Some(squeezed(text)).filter(|text| !text.is_empty()).map(|text| format!("n {text}"))
}

/// What lies in store, of a kind.
pub fn in_store(kind: Kind) -> String {
    format!("w {}", kind.code())
}

/// The names under which a row of the register is found; `cell` gives its cells by column.
pub fn found_by<'a>(table: &str, cell: impl Fn(&str) -> Option<&'a str>) -> BTreeSet<String> {
    let text = |column: &str| cell(column).filter(|text| !text.is_empty());
    let mut names = BTreeSet::new();
    match table {
        "assets" => {
            names.extend(text("school").map(at));
            names.extend(calls(text));
            let lies = matches!(text("state"), Some("spare" | "stock"));
            names.extend(text("kind").and_then(Kind::from_code).filter(|_| lies).map(in_store));
        }
        "cases" => {
            names.extend(text("school").map(at));
            names.extend(text("case").map(|case| format!("c {case}")));
        }
        "attestations" => {
            names.extend(text("label_or_serial").and_then(called));
            // What is counted may bear no label: then it is known by its place, and found by its school.
            names.extend(text("school").filter(|_| matches!(text("how"), Some("count" | ABSENT))).map(at));
        }
        "loans" => names.extend(text("label_or_pool").map(|label| format!("l {label}"))),
        "milestones" => names.extend(text("phase_or_school").map(at)),
        // Few, and read whole where they are asked for.
        _ => {}
    }
    names
}

/// Where a row leads on to: whoever asked for it needs what is found by these names too.
pub fn leads_to<'a>(table: &str, cell: impl Fn(&str) -> Option<&'a str>) -> BTreeSet<String> {
    let text = |column: &str| cell(column).filter(|text| !text.is_empty());
    if table == "cases" {
        return text("case").and_then(called).into_iter().collect();
    }
    // A count that was found by its school may name a thing that the register keeps elsewhere.
    if table == "attestations" {
        return text("label_or_serial").and_then(called).into_iter().collect();
    }
    if table != "assets" {
        return BTreeSet::new();
    }
    // Papers of rows that share a name are one, and a unit inherits those of the unit whose place it took.
    let mut names = calls(text);
    names.extend(text("replaces").and_then(called));
    names.extend(text("label_or_serial").map(|label| format!("l {label}")));
    names.extend(text("case").map(|case| format!("c {case}")));
    names
}

/// What an asset is called.
fn calls<'a>(text: impl Fn(&str) -> Option<&'a str>) -> BTreeSet<String> {
    let macs = text("macs").unwrap_or_default().split('|').filter_map(called);
    let texts = ["label_or_serial", "serial"].into_iter().filter_map(|column| called(text(column)?));
    let id = text("uem_id").map(|id| format!("i {}", squeezed(id)));
    texts.chain(macs).chain(id).collect()
}

/// Names that lists hold for one: a card leads to the serial and the id of its row, and they to its cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases(HashMap<String, Vec<String>>);

impl Aliases {
    /// Of these rows.
    pub fn of(listed: &[Listed]) -> Aliases {
        let mut aliases: HashMap<String, Vec<String>> = HashMap::new();
        for Listed { row, .. } in listed {
            let id = row.uem_id.as_deref().map(|id| format!("i {}", squeezed(id)));
            let named: Vec<String> = row.serial.as_deref().and_then(called).into_iter().chain(id).collect();
            let cards: Vec<String> = row.macs.iter().filter_map(|mac| called(&mac.to_string())).collect();
            for (from, to) in [(&named, &cards), (&cards, &named)] {
                for name in from {
                    aliases.entry(name.clone()).or_default().extend(to.iter().cloned());
                }
            }
        }
        Aliases(aliases)
    }

    /// These names and all that lists hold for one with them, however far: an id leads to a card, and the card to the serial of another row.
    pub fn with(&self, names: BTreeSet<String>) -> BTreeSet<String> {
        let (mut all, mut left) = (BTreeSet::new(), Vec::from_iter(names));
        while let Some(name) = left.pop() {
            if !all.contains(&name) {
                left.extend(self.0.get(&name).into_iter().flatten().cloned());
                all.insert(name);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::places::Unfolding;
    use crate::domain::plan::read_tables;
    use crate::domain::register::Register;

    const TOWN: &[(&str, &str)] = &[
        ("phases.csv", "phase,rank,ends_on\n1,1,2026\n2,2,2027\n"),
        ("schools.csv", "school,kind,phase,closed_on,successor\na,elementaire,1,2025-07-04,b\nb,elementaire,1,,\nc,maternelle,2,,\n"),
        ("traits.csv", "school,trait\nc,REP+\n"),
        ("rooms.csv", "school,room,kind\na,R1,class\nb,R1,class\nb,R2,class\nc,R9,class\n"),
        ("headcounts.csv", "school,year,what,level,count\nb,2026,class,cp,2\nc,2026,pupil,cp,3\n"),
        ("kits.csv", "kit,item,quantity,per\nk,projector,1,room:class\nt,tablet,1,pupil:cp\nx,nas,1,school\n"),
        ("allotments.csv", "phase,school_or_selector,kit,quantity\n2,*,k,1\n1,b,x,2\n1,trait=rep+,t,1\n2,kind=maternelle,x,1\n"),
        ("milestones.csv", "phase_or_school,milestone,planned_on\n1,installation,2026-03\nc,installation,2026-10\n2,delivery,2026-01\n"),
        ("patch.csv", "device_label_or_name,port,room\nsw-1,3,R2\nsw-2,4,R9\n"),
    ];

    #[test]
    fn a_part_beside_what_is_shared_unfolds_as_the_whole_plan_does() {
        let (tables, notes) = read_tables(TOWN.iter().copied());
        assert_eq!(notes, []);
        let (plan, register, on) = (Plan::from_tables(&tables), Register::default(), jiff::civil::date(2026, 11, 22));
        let whole = Unfolding::new(&plan, &register, on);
        let shared = Shared::of(&tables);
        let parts: BTreeMap<String, Tables> = Parting::new(&tables, &plan).parts().collect();
        assert_eq!(parts.keys().collect::<Vec<_>>(), ["school/a", "school/b", "school/c", "switch/sw-1", "switch/sw-2"]);
        for code in ["a", "b", "c"] {
            let own = shared.with(&parts[&school_part(code)]);
            let alone = Unfolding::new(&own, &register, on);
            assert_eq!(alone.standing(code), whole.standing(code), "{code}");
            assert_eq!(alone.next_change(code, &[]), whole.next_change(code, &[]), "{code}");
            assert_eq!(alone.choosing().heir(code, on), whole.choosing().heir(code, on), "{code}");
        }
        assert!(!whole.standing("c").is_empty());
    }

    #[test]
    fn a_row_is_found_by_what_it_calls_itself_and_leads_to_what_belongs_to_it() {
        let cells = BTreeMap::from([
            ("label_or_serial", "T-1"),
            ("serial", "SN 17"),
            ("macs", "02:00:00:00:00:01|02:00:00:00:00:02"),
            ("school", "b"),
            ("replaces", "T-0"),
            ("case", "V1"),
            ("uem_id", "0-A"),
        ]);
        let cell = |column: &str| cells.get(column).copied();
        let found: Vec<String> = found_by("assets", cell).into_iter().collect();
        assert_eq!(found, ["i 0a", "n 020000000001", "n 020000000002", "n sn17", "n t1", "s b"]);
        let led: Vec<String> = leads_to("assets", cell).into_iter().collect();
        assert_eq!(led, ["c V1", "i 0a", "l T-1", "n 020000000001", "n 020000000002", "n sn17", "n t0", "n t1"]);
        assert!(leads_to("loans", cell).is_empty());
    }
}
