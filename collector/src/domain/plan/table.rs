//! Tables as they stand: canonical cells under the columns of the schema, each row with the line it stood on.
//!
//! Comes in: rows that `read` or a store made. Goes out: the same, and their halves. Absent on purpose: meaning; `Plan` and
//! `Register` read these.

use super::schema::{self, Half, Schema, TABLES};
use std::collections::{BTreeMap, HashMap};

/// A heading of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// The column at this position of the schema.
    Known(usize),
    /// A column of the person's own (`x_…`).
    Own(String),
}

/// One row. Two rows are equal when their cells are: the line they stood on is only for people.
#[derive(Debug, Clone, Eq)]
pub struct Row {
    /// The line of the file, the headings being line 1.
    pub line: u64,
    /// The cells, one for each heading of the table.
    pub cells: Vec<String>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Row) -> bool {
        self.cells == other.cells
    }
}

/// One table. Headings stand in the schema's order, the person's own after them.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which table.
    pub schema: &'static Schema,
    /// The file it came from, as the person calls it.
    pub file: String,
    /// The columns that are there.
    pub headings: Vec<Heading>,
    /// The rows in their order.
    pub rows: Vec<Row>,
    /// The headings as the person's file has them, one for each; empty where they are the canonical ones.
    pub(super) written: Vec<String>,
    /// Where each column of the schema stands among the headings.
    positions: Vec<Option<usize>>,
}

impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        self.schema.name == other.schema.name && self.headings == other.headings && self.rows == other.rows
    }
}

impl Table {
    /// A table without rows.
    pub fn new(schema: &'static Schema, file: &str, headings: Vec<Heading>) -> Self {
        let mut positions = vec![None; schema.columns.len()];
        for (at, heading) in headings.iter().enumerate() {
            if let Heading::Known(column) = heading {
                positions[*column] = Some(at);
            }
        }
        Table { schema, file: file.to_owned(), headings, rows: Vec::new(), written: Vec::new(), positions }
    }

    /// A table from canonical headings and cells, as a store keeps them. Cells beyond the headings are dropped, missing ones empty.
    pub fn from_cells(name: &str, headings: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> Option<Self> {
        let schema = schema::table(name)?;
        let headings: Vec<Heading> =
            headings.iter().map(|name| schema.position(name).map_or_else(|| Heading::Own(name.clone()), Heading::Known)).collect();
        let mut table = Table::new(schema, &format!("{name}.csv"), headings);
        let width = table.headings.len();
        for (index, mut cells) in rows.into_iter().enumerate() {
            cells.resize(width, String::new());
            table.rows.push(Row { line: index as u64 + 2, cells });
        }
        Some(table)
    }

    /// The canonical headings.
    pub fn heading_names(&self) -> Vec<&str> {
        self.headings.iter().map(|heading| self.heading_name(heading)).collect()
    }

    /// The canonical name of a heading.
    pub fn heading_name<'a>(&self, heading: &'a Heading) -> &'a str {
        match heading {
            Heading::Known(column) => self.schema.columns[*column].name,
            Heading::Own(name) => name,
        }
    }

    /// A column of the schema as the person's file heads it; `None` where the file does not have it.
    pub fn written<'a>(&'a self, column: &'a str) -> Option<&'a str> {
        let at = self.headings.iter().position(|heading| self.heading_name(heading) == column)?;
        Some(self.written.get(at).map_or(column, String::as_str))
    }

    /// The cell of a row under a column of the schema; empty where the column is absent.
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> &'a str {
        self.schema.position(column).map_or("", |column| self.cell_at(row, column))
    }

    /// The same, by the column's position in the schema.
    pub fn cell_at<'a>(&self, row: &'a Row, column: usize) -> &'a str {
        self.positions[column].and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    }

    /// Whether a column of the schema is there.
    pub fn has_column(&self, column: usize) -> bool {
        self.positions[column].is_some()
    }

    /// The row's key: the cells of the key's columns.
    pub fn key<'a>(&self, row: &'a Row) -> Vec<&'a str> {
        self.schema.keys().map(|column| self.cell_at(row, column)).collect()
    }

    /// Where the row with this key stands. Loose parts of the key that are not given are empty.
    pub fn find(&self, key: &[&str]) -> Option<usize> {
        let wanted = |row: &Row| self.key(row).into_iter().enumerate().all(|(at, cell)| cell == key.get(at).copied().unwrap_or_default());
        self.rows.iter().position(wanted)
    }

    /// Adds a row with this key; where it stands.
    pub fn add(&mut self, key: &[&str]) -> usize {
        let line = self.rows.last().map_or(2, |row| row.line + 1);
        self.rows.push(Row { line, cells: vec![String::new(); self.headings.len()] });
        let at = self.rows.len() - 1;
        let names: Vec<&'static str> = self.schema.keys().map(|column| self.schema.columns[column].name).collect();
        for (name, text) in names.into_iter().zip(key) {
            self.set(at, name, text);
        }
        at
    }

    /// Writes a cell under a column of the schema; the column is added where the table has none and there is something to write.
    pub fn set(&mut self, row: usize, column: &str, text: &str) {
        let Some(column) = self.schema.position(column) else { return };
        if self.positions[column].is_none() && !text.is_empty() {
            self.add_column(column);
        }
        if let (Some(at), Some(row)) = (self.positions[column], self.rows.get_mut(row)) {
            text.clone_into(&mut row.cells[at]);
        }
    }

    /// Takes the row with this key out.
    pub fn remove(&mut self, key: &[&str]) {
        if let Some(at) = self.find(key) {
            self.rows.remove(at);
        }
    }

    fn add_column(&mut self, column: usize) {
        let after = |heading: &Heading| matches!(heading, Heading::Known(known) if *known < column);
        let at = self.headings.iter().rposition(after).map_or(0, |at| at + 1);
        self.headings.insert(at, Heading::Known(column));
        if !self.written.is_empty() {
            self.written.insert(at, self.schema.columns[column].name.to_owned());
        }
        self.rows.iter_mut().for_each(|row| row.cells.insert(at, String::new()));
        self.positions = Table::new(self.schema, "", self.headings.clone()).positions;
    }

    /// Only the columns of a half (and the key), and only rows that say something there; `None` if nothing is left.
    fn half(&self, half: Half) -> Option<Table> {
        if self.schema.half == Half::Register {
            return (half == Half::Register).then(|| self.clone());
        }
        let is_key = |column: usize| self.schema.columns[column].key;
        let belongs = |heading: &Heading| match heading {
            Heading::Known(column) => self.schema.columns[*column].half == half,
            Heading::Own(_) => half == Half::Plan,
        };
        let kept: Vec<usize> = (0..self.headings.len())
            .filter(|at| belongs(&self.headings[*at]) || matches!(self.headings[*at], Heading::Known(column) if is_key(column)))
            .collect();
        let mut part = Table::new(self.schema, &self.file, kept.iter().map(|at| self.headings[*at].clone()).collect());
        let says = |row: &Row| kept.iter().any(|at| belongs(&self.headings[*at]) && !row.cells[*at].is_empty());
        let rows = self.rows.iter().filter(|row| half == Half::Plan || says(row));
        part.rows = rows.map(|row| Row { line: row.line, cells: kept.iter().map(|at| row.cells[*at].clone()).collect() }).collect();
        (half == Half::Plan || !part.rows.is_empty()).then_some(part)
    }
}

/// A set of tables, each at most once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tables {
    tables: BTreeMap<usize, Table>,
}

impl Tables {
    /// Adds a table; one of the same name is replaced and given back.
    pub fn put(&mut self, table: Table) -> Option<Table> {
        let at = TABLES.iter().position(|schema| schema.name == table.schema.name)?;
        self.tables.insert(at, table)
    }

    /// The table of this name.
    pub fn get(&self, name: &str) -> Option<&Table> {
        let at = TABLES.iter().position(|schema| schema.name == name)?;
        self.tables.get(&at)
    }

    /// The table of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Table> {
        let at = TABLES.iter().position(|schema| schema.name == name)?;
        self.tables.get_mut(&at)
    }

    /// The same; an empty one of the key's columns is made where there is none.
    pub fn get_or_new(&mut self, name: &str) -> Option<&mut Table> {
        let at = TABLES.iter().position(|schema| schema.name == name)?;
        let schema = &TABLES[at];
        let new = || Table::new(schema, &format!("{name}.csv"), schema.keys().map(Heading::Known).collect());
        Some(self.tables.entry(at).or_insert_with(new))
    }

    /// Adds the tables of another set, in place of those of the same names.
    pub fn extend(&mut self, other: Tables) {
        self.tables.extend(other.tables);
    }

    /// The tables, in the order of the schema.
    pub fn iter(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// How many rows they hold together.
    pub fn row_count(&self) -> usize {
        self.iter().map(|table| table.rows.len()).sum()
    }

    /// One half: the plan's tables without the register's columns, or the register's tables and, of the plan's, key and register's columns.
    pub fn half(&self, half: Half) -> Tables {
        Tables { tables: self.tables.iter().filter_map(|(at, table)| Some((*at, table.half(half)?))).collect() }
    }

    /// Puts the register's half back beside the plan's. Rows of the register whose plan row is gone are left out.
    pub fn join(mut self, register: &Tables) -> Tables {
        for (at, part) in &register.tables {
            match self.tables.get_mut(at) {
                Some(table) if table.schema.half == Half::Plan => lay_beside(table, part),
                Some(_) | None if part.schema.half == Half::Plan => {}
                _ => {
                    self.tables.insert(*at, part.clone());
                }
            }
        }
        self
    }
}

/// Adds the register's columns of `part` to the rows of `table` with the same key.
fn lay_beside(table: &mut Table, part: &Table) {
    let by_key: HashMap<Vec<&str>, &Row> = part.rows.iter().map(|row| (part.key(row), row)).collect();
    let schema = table.schema;
    let mut headings: Vec<Heading> = table.headings.clone();
    headings.extend(part.headings.iter().filter(|heading| !table.headings.contains(heading)).cloned());
    headings.sort_by_key(|heading| match heading {
        Heading::Known(column) => *column,
        Heading::Own(_) => usize::MAX,
    });
    let mut joined = Table::new(schema, &table.file, headings);
    for row in &table.rows {
        let other = by_key.get(&table.key(row)).copied();
        let cells = joined.headings.iter().map(|heading| match (heading, other) {
            (Heading::Known(column), Some(other)) if schema.columns[*column].half == Half::Register => part.cell_at(other, *column),
            (Heading::Known(column), _) => table.cell_at(row, *column),
            (Heading::Own(_), _) => table.headings.iter().position(|own| own == heading).map_or("", |at| row.cells[at].as_str()),
        });
        let cells = cells.map(str::to_owned).collect();
        joined.rows.push(Row { line: row.line, cells });
    }
    *table = joined;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::diff::diff;
    use crate::domain::plan::{read_tables, write_table};

    fn tables() -> Tables {
        let files = [
            (
                "milestones.csv",
                "phase_or_school,milestone,planned_on,actual_on,cause,x_mine\n1,cabling,2020,2021,crise,a\n1,order,2019,,,b\n2,cabling,2022,,,\n",
            ),
            ("grants.csv", "grant,awarded,called\ng,10,\n"),
            ("assets.csv", "label,kind,x_mine\nT1,tablet,c\n"),
            ("rooms.csv", "school,room\na,1\n"),
        ];
        read_tables(files).0
    }

    #[test]
    fn halves_hold_their_own_and_join_again() {
        let (plan, register) = (tables().half(Half::Plan), tables().half(Half::Register));
        let text = |tables: &Tables, name: &str| tables.get(name).map(write_table);
        let plan_text = "phase_or_school,milestone,planned_on,x_mine\n1,cabling,2020,a\n1,order,2019,b\n2,cabling,2022,\n";
        assert_eq!(text(&plan, "milestones").as_deref(), Some(plan_text));
        assert_eq!(text(&register, "milestones").as_deref(), Some("phase_or_school,milestone,actual_on,cause\n1,cabling,2021,crise\n"));
        assert_eq!((plan.get("assets"), register.get("rooms"), register.get("grants")), (None, None, None));
        assert!(diff(&plan.clone().join(&register), &tables()).is_empty());
        // What the register says of a row that the plan no longer has is left out; its own tables come as they are.
        let without = read_tables([("milestones.csv", "phase_or_school,milestone\n2,cabling\n")]).0;
        let joined = without.join(&register);
        assert_eq!(text(&joined, "milestones").as_deref(), Some("phase_or_school,milestone,actual_on,cause\n2,cabling,,\n"));
        assert_eq!(joined.get("assets"), tables().get("assets"));
    }

    #[test]
    fn a_table_comes_back_from_what_a_store_keeps() {
        for table in tables().iter() {
            let headings: Vec<String> = table.heading_names().into_iter().map(str::to_owned).collect();
            let back = Table::from_cells(table.schema.name, &headings, table.rows.iter().map(|row| row.cells.clone()));
            assert_eq!(back.as_ref(), Some(table));
        }
        assert!(Table::from_cells("nonsense", &[], []).is_none());
    }
}

#[cfg(test)]
mod tests_rows {
    use super::*;

    fn rooms() -> Table {
        let headings = ["school", "room", "x_mine"].map(str::to_owned);
        Table::from_cells("rooms", &headings, [vec!["e01".to_owned(), "CP".to_owned()], vec!["e01".to_owned(), "CE1".to_owned()]]).unwrap()
    }

    #[test]
    fn rows_are_found_added_and_taken_out_by_their_key() {
        let mut table = rooms();
        assert_eq!((table.find(&["e01", "CE1"]), table.find(&["e01", "CM2"]), table.rows[1].line), (Some(1), None, 3));
        let at = table.add(&["e02", "BCD"]);
        assert_eq!((at, table.rows[at].line, table.key(&table.rows[at])), (2, 4, vec!["e02", "BCD"]));
        table.set(at, "level", "cm2");
        assert_eq!((table.cell(&table.rows[at], "level"), table.cell(&table.rows[0], "level")), ("cm2", ""));
        table.set(0, "closed_on", "");
        assert!(table.written("closed_on").is_none(), "nothing to write needs no column");
        table.remove(&["e01", "CP"]);
        table.remove(&["e01", "CP"]);
        assert_eq!(table.rows.iter().map(|row| table.key(row)[1]).collect::<Vec<_>>(), ["CE1", "BCD"]);
    }

    #[test]
    fn tables_are_equal_by_name_headings_and_rows() {
        assert_eq!(rooms(), Table { file: "autre.csv".into(), ..rooms() });
        let mut other = rooms();
        other.set(0, "room", "CM2");
        assert_ne!(rooms(), other);
        let headings = ["school", "room", "x_yours"].map(str::to_owned);
        let cells = rooms().rows.into_iter().map(|row| row.cells);
        assert_ne!(rooms(), Table::from_cells("rooms", &headings, cells).unwrap());
        assert_eq!(Table::from_cells("no such table", &headings, []), None);
    }
}
