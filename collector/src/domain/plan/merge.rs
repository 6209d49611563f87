//! Two people changed the same tables: what both want, cell by cell, and where they want different things.
//!
//! Comes in: the tables as both had them (*base*), as they are now (*ours*), as somebody brings them back (*theirs*). Goes out: the
//! tables that hold the changes of both, and a conflict for each cell or row that both changed differently. Rows meet by their key.
//! What a side does not bring at all, a table or a column, it does not speak of: it is as it was, never deleted. To delete a
//! table's rows, bring the table without them. Absent on purpose: who is right. A person picks, for all or conflict by conflict.
//!
//! Three rules make it trustworthy, and are tested as such: nobody's change alone is ever a conflict; the same change made twice is
//! one change; sides exchanged give the same tables and the same conflicts, seen from the other side.

use super::schema::{Schema, TABLES};
use super::table::{Heading, Row, Table, Tables};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A cell, or a whole row, that both sides changed, each in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where.
    pub at: Spot,
    /// What both had; `None`: the row was not there.
    pub base: Option<String>,
    /// What is there now; `None`: the row was taken out.
    pub ours: Option<String>,
    /// What somebody brings back; `None`: the row was taken out.
    pub theirs: Option<String>,
    /// The row of their file; 0 where they took it out.
    pub line: u64,
}

/// A place in the tables that can be in conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub key: Vec<String>,
    /// The column; empty where the row as a whole is meant: one side changed it, the other took it out.
    pub column: String,
}

/// Whose value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pick {
    /// What is there now.
    Ours,
    /// What is brought back.
    Theirs,
}

impl Pick {
    /// Its code: `ours`, `theirs`.
    pub fn code(self) -> &'static str {
        match self {
            Pick::Ours => "ours",
            Pick::Theirs => "theirs",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Pick> {
        [Pick::Ours, Pick::Theirs].into_iter().find(|pick| pick.code() == code)
    }
}

/// How conflicts are settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    /// For every conflict that has no pick of its own; `None`: those stay open.
    pub all: Option<Pick>,
    /// Conflict by conflict.
    pub each: BTreeMap<Spot, Pick>,
}

impl Picks {
    /// The same pick for every conflict.
    pub fn all(pick: Pick) -> Picks {
        Picks { all: Some(pick), each: BTreeMap::new() }
    }

    fn of(&self, spot: &Spot) -> Option<Pick> {
        self.each.get(spot).copied().or(self.all)
    }
}

/// What comes of a merge.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// The tables with the changes of both. Where a conflict is open they hold what is there now: nothing is overwritten unseen.
    pub tables: Tables,
    /// Conflicts that no pick settles.
    pub open: Vec<Conflict>,
    /// Conflicts that a pick settled, and how.
    pub settled: Vec<(Conflict, Pick)>,
}

/// Merges, settling conflicts as picked.
pub fn merge(base: &Tables, ours: &Tables, theirs: &Tables, picks: &Picks) -> Merged {
    let mut merged = Merged::default();
    for schema in TABLES {
        let [base, ours, theirs] = [base, ours, theirs].map(|tables| tables.get(schema.name));
        let mut merging = Merging { schema, picks, merged: &mut merged };
        if let Some(table) = merging.table(base, ours, theirs) {
            merged.tables.put(table);
        }
    }
    merged
}

/// `after` as the whole truth: every table and column that `before` has and `after` does not is there, empty. For a side that is
/// not a file somebody brings but everything there is, a missing table is an emptied one.
pub fn spoken_out(after: &Tables, before: &Tables) -> Tables {
    let mut whole = after.clone();
    for old in before.iter() {
        let Some(new) = after.get(old.schema.name) else {
            whole.put(Table::new(old.schema, &old.file, old.headings.clone()));
            continue;
        };
        if old.headings.iter().any(|heading| !new.headings.contains(heading)) {
            whole.put(widened(new, &together(&[Some(new), Some(old)])));
        }
    }
    whole
}

/// The headings of several tables, each once, in the schema's order, the person's own after them as they come.
fn together(tables: &[Option<&Table>]) -> Vec<Heading> {
    let mut all: Vec<Heading> = Vec::new();
    for heading in tables.iter().flatten().flat_map(|table| &table.headings) {
        if !all.contains(heading) {
            all.push(heading.clone());
        }
    }
    all.sort_by_key(|heading| match heading {
        Heading::Known(column) => *column,
        Heading::Own(_) => usize::MAX,
    });
    all
}

/// The table under these headings, new cells empty.
fn widened(table: &Table, headings: &[Heading]) -> Table {
    let mut wide = Table::new(table.schema, &table.file, headings.to_vec());
    let at: Vec<Option<usize>> = headings.iter().map(|heading| table.headings.iter().position(|own| own == heading)).collect();
    let cells = |row: &Row| at.iter().map(|at| at.map_or_else(String::new, |at| row.cells[at].clone())).collect();
    wide.rows = table.rows.iter().map(|row| Row { line: row.line, cells: cells(row) }).collect();
    wide
}

/// A row's key, and which of the rows with it: double keys are an error elsewhere, but no row is lost here.
type Key<'a> = (Vec<&'a str>, usize);

/// A side's rows by key.
struct Side<'a> {
    order: Vec<Key<'a>>,
    rows: HashMap<Key<'a>, &'a Row>,
    /// For each merged heading where it stands here; `None`: this side does not have the column.
    at: Vec<Option<usize>>,
}

impl<'a> Side<'a> {
    fn new(table: Option<&'a Table>, headings: &[Heading]) -> Side<'a> {
        let mut side = Side { order: Vec::new(), rows: HashMap::new(), at: vec![None; headings.len()] };
        let Some(table) = table else { return side };
        side.at = headings.iter().map(|heading| table.headings.iter().position(|own| own == heading)).collect();
        let mut seen: HashMap<Vec<&str>, usize> = HashMap::with_capacity(table.rows.len());
        for row in &table.rows {
            let key = table.key(row);
            let nth = seen.entry(key.clone()).or_default();
            let key = (key, *nth);
            *nth += 1;
            side.rows.insert(key.clone(), row);
            side.order.push(key);
        }
        side
    }

    /// A cell; `None` where this side does not have the column.
    fn cell(&self, row: &'a Row, heading: usize) -> Option<&'a str> {
        self.at[heading].and_then(|at| row.cells.get(at)).map(String::as_str)
    }
}

/// One table being merged.
struct Merging<'a> {
    schema: &'static Schema,
    picks: &'a Picks,
    merged: &'a mut Merged,
}

impl Merging<'_> {
    fn table(&mut self, base: Option<&Table>, ours: Option<&Table>, theirs: Option<&Table>) -> Option<Table> {
        // A side without the table does not speak of it.
        let (Some(ours_table), Some(theirs_table)) = (ours, theirs) else {
            return ours.or(theirs).or(base).map(|table| self.alone(base, table));
        };
        let headings = together(&[Some(ours_table), Some(theirs_table), base]);
        let [base, ours, theirs] = [base, ours, theirs].map(|table| Side::new(table, &headings));
        let mut table = Table::new(self.schema, &theirs_table.file, headings);
        table.written = written(&table, theirs_table);
        for key in order(&base, &ours, &theirs) {
            if let Some(row) = self.row(&table, &key, &base, &ours, &theirs) {
                table.rows.push(row);
            }
        }
        Some(table)
    }

    /// A table that only one side brings: as it stands there, with the columns of the base that it does not speak of.
    fn alone(&self, base: Option<&Table>, table: &Table) -> Table {
        let headings = together(&[Some(table), base]);
        if headings.len() == table.headings.len() {
            return table.clone();
        }
        let (old, new) = (Side::new(base, &headings), Side::new(Some(table), &headings));
        let mut whole = Table::new(self.schema, &table.file, headings);
        for key in &new.order {
            let row = new.rows[key];
            let was = old.rows.get(key);
            let cell = |at| new.cell(row, at).or_else(|| was.and_then(|was| old.cell(was, at))).unwrap_or_default().to_owned();
            whole.rows.push(Row { line: row.line, cells: (0..whole.headings.len()).map(cell).collect() });
        }
        whole
    }

    fn row(&mut self, table: &Table, key: &Key<'_>, base: &Side<'_>, ours: &Side<'_>, theirs: &Side<'_>) -> Option<Row> {
        let found = (base.rows.get(key).copied(), ours.rows.get(key).copied(), theirs.rows.get(key).copied());
        match found {
            (_, Some(our), Some(their)) => {
                let cells = (0..table.headings.len()).map(|at| self.cell(table, key, at, (base, found.0), (ours, our), (theirs, their)));
                Some(Row { line: their.line, cells: cells.collect() })
            }
            // New on one side.
            (None, Some(row), None) => Some(Row { line: 0, cells: cells(table, (ours, row), None) }),
            (None, None, Some(row)) => Some(Row { line: row.line, cells: cells(table, (theirs, row), None) }),
            // Taken out on one side: agreed, unless the other changed it.
            (Some(was), Some(row), None) => self.taken_out(table, key, (base, was), (ours, row), Pick::Ours),
            (Some(was), None, Some(row)) => self.taken_out(table, key, (base, was), (theirs, row), Pick::Theirs),
            (_, None, None) => None,
        }
    }

    fn taken_out(&mut self, table: &Table, key: &Key<'_>, base: (&Side<'_>, &Row), kept: (&Side<'_>, &Row), keeper: Pick) -> Option<Row> {
        let changed: Vec<(usize, &str, &str)> = (0..table.headings.len())
            .filter_map(|at| Some((at, base.0.cell(base.1, at).unwrap_or_default(), kept.0.cell(kept.1, at)?)))
            .filter(|(_, was, is)| was != is)
            .collect();
        if changed.is_empty() {
            return None;
        }
        let told = |cell: fn(&(usize, &str, &str)) -> String| {
            let named = changed.iter().map(|change| format!("{} {}", table.heading_name(&table.headings[change.0]), cell(change)));
            Some(named.collect::<Vec<_>>().join(", "))
        };
        let (was, is) = (told(|change| change.1.to_owned()), told(|change| change.2.to_owned()));
        let spot = Spot { table: self.schema.name, key: owned(key), column: String::new() };
        let (ours, theirs) = if keeper == Pick::Ours { (is, None) } else { (None, is) };
        let line = if keeper == Pick::Theirs { kept.1.line } else { 0 };
        let pick = self.settle(Conflict { at: spot, base: was, ours, theirs, line });
        (pick == keeper).then(|| Row { line, cells: cells(table, kept, Some(base)) })
    }

    fn cell(
        &mut self,
        table: &Table,
        key: &Key<'_>,
        at: usize,
        base: (&Side<'_>, Option<&Row>),
        ours: (&Side<'_>, &Row),
        theirs: (&Side<'_>, &Row),
    ) -> String {
        let was = base.1.and_then(|row| base.0.cell(row, at)).unwrap_or_default();
        let our = ours.0.cell(ours.1, at).unwrap_or(was);
        let their = theirs.0.cell(theirs.1, at).unwrap_or(was);
        let agreed = if our == their || their == was {
            our
        } else if our == was {
            their
        } else {
            let text = |text: &str| Some(text.to_owned());
            let spot = Spot { table: self.schema.name, key: owned(key), column: table.heading_name(&table.headings[at]).to_owned() };
            let base = base.1.and_then(|_| text(was));
            match self.settle(Conflict { at: spot, base, ours: text(our), theirs: text(their), line: theirs.1.line }) {
                Pick::Ours => our,
                Pick::Theirs => their,
            }
        };
        agreed.to_owned()
    }

    /// Notes the conflict, and says whose value stands: what is there now while nobody picked.
    fn settle(&mut self, conflict: Conflict) -> Pick {
        match self.picks.of(&conflict.at) {
            Some(pick) => {
                self.merged.settled.push((conflict, pick));
                pick
            }
            None => {
                self.merged.open.push(conflict);
                Pick::Ours
            }
        }
    }
}

fn owned(key: &Key<'_>) -> Vec<String> {
    key.0.iter().map(|part| (*part).to_owned()).collect()
}

/// The cells of a row that one side has, and where it lacks the column what the base had.
fn cells(table: &Table, kept: (&Side<'_>, &Row), base: Option<(&Side<'_>, &Row)>) -> Vec<String> {
    let was = |at| base.and_then(|(side, row)| side.cell(row, at)).unwrap_or_default();
    (0..table.headings.len()).map(|at| kept.0.cell(kept.1, at).unwrap_or_else(|| was(at)).to_owned()).collect()
}

/// Their file's own headings, for notes about the merged table.
fn written(table: &Table, theirs: &Table) -> Vec<String> {
    let names = table.headings.iter().map(|heading| {
        let name = table.heading_name(heading);
        theirs.written(name).unwrap_or(name).to_owned()
    });
    names.collect()
}

/// The order of the merged rows: that of whoever reordered them (ours if both or neither did and something else is new there), the
/// other's new rows each after the row that they follow there.
fn order<'a>(base: &Side<'a>, ours: &Side<'a>, theirs: &Side<'a>) -> Vec<Key<'a>> {
    let kept = |side: &Side<'a>, other: &Side<'a>| -> Vec<Key<'a>> {
        side.order.iter().filter(|key| base.rows.contains_key(*key) && other.rows.contains_key(*key)).cloned().collect()
    };
    let (old, new) = (kept(base, ours), kept(ours, base));
    let (first, second) = if old == new { (theirs, ours) } else { (ours, theirs) };
    let mut after: HashMap<Option<&Key<'a>>, Vec<&Key<'a>>> = HashMap::new();
    let mut last: Option<&Key<'a>> = None;
    for key in &second.order {
        if !first.rows.contains_key(key) {
            after.entry(last).or_default().push(key);
        } else {
            last = Some(key);
        }
    }
    let mut all = Vec::with_capacity(first.order.len() + after.len());
    let mut seen: HashSet<&Key<'a>> = HashSet::new();
    let starts = after.get(&None).into_iter().flatten().copied();
    let rest = first.order.iter().flat_map(|key| std::iter::once(key).chain(after.get(&Some(key)).into_iter().flatten().copied()));
    for key in starts.chain(rest) {
        if seen.insert(key) {
            all.push(key.clone());
        }
    }
    all
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
