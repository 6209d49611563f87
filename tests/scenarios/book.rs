//! The tables of plan and register as a scenario holds them, until they are imported.
//!
//! Comes in: lines `a ; b ; c`, the first of a table being its headings. Goes out: files as an import takes them.

use rollcall_collector::domain::plan::read::schema_of;
use rollcall_collector::domain::plan::schema::{Schema, TABLES};
use rollcall_collector::domain::plan::{Table, Tables};

/// One table's lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Headings.
    pub headings: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// What a scenario says of one table.
#[derive(Debug, Clone)]
pub struct Written {
    /// The table.
    pub schema: &'static Schema,
    /// Only these rows: others stay.
    pub lines_only: bool,
    /// What stands there.
    pub sheet: Sheet,
}

/// All tables.
#[derive(Debug, Clone, Default)]
pub struct Book {
    sheets: Vec<(&'static str, Sheet)>,
}

/// The table of a name, French or canonical.
pub fn schema(name: &str) -> Result<&'static Schema, String> {
    schema_of(&format!("{}.csv", name.trim())).map_err(|_| {
        let names: Vec<&str> = TABLES.iter().map(|schema| schema.name).collect();
        format!("aucune table ne s'appelle « {} » ; il y a {}", name.trim(), names.join(", "))
    })
}

/// Cells of a line.
pub fn cells(line: &str) -> Vec<String> {
    line.split(';').map(|cell| cell.trim().to_owned()).collect()
}

impl Book {
    /// Tables as the collector has them.
    pub fn of(tables: &Tables) -> Book {
        let sheet = |table: &Table| Sheet {
            headings: table.heading_names().into_iter().map(str::to_owned).collect(),
            rows: table.rows.iter().map(|row| row.cells.clone()).collect(),
        };
        Book { sheets: tables.iter().map(|table| (table.schema.name, sheet(table))).collect() }
    }

    /// Lays what is written over what is there.
    pub fn write(&mut self, written: Written) -> Result<(), String> {
        let name = written.schema.name;
        let Some((_, sheet)) = self.sheets.iter_mut().find(|(known, _)| *known == name) else {
            self.sheets.push((name, written.sheet));
            return Ok(());
        };
        if !written.lines_only {
            *sheet = written.sheet;
            return Ok(());
        }
        sheet.lay_over(written.schema, written.sheet)
    }

    /// A row, by its cells' headings.
    pub fn add(&mut self, name: &'static str, cells: &[(&str, String)]) {
        let schema = rollcall_collector::domain::plan::schema::table(name).expect("a table of the plan");
        let headings = cells.iter().map(|(heading, _)| (*heading).to_owned()).collect();
        let rows = vec![cells.iter().map(|(_, cell)| cell.clone()).collect()];
        self.write(Written { schema, lines_only: true, sheet: Sheet { headings, rows } }).expect("headings are the table's own");
    }

    /// Whether a table says anything.
    pub fn has(&self, name: &str) -> bool {
        self.sheets.iter().any(|(known, _)| *known == name)
    }

    /// Rows of a table whose column has this value.
    pub fn mentions(&self, name: &str, column: &str, value: &str) -> bool {
        let sheet = self.sheets.iter().find(|(known, _)| *known == name).map(|(_, sheet)| sheet);
        sheet.is_some_and(|sheet| {
            let at = sheet.headings.iter().position(|heading| heading == column);
            at.is_some_and(|at| sheet.rows.iter().any(|row| row.get(at).is_some_and(|cell| cell == value)))
        })
    }

    /// Every cell, headings left out.
    pub fn cells_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.sheets.iter_mut().flat_map(|(_, sheet)| sheet.rows.iter_mut().flatten())
    }

    /// As files, by name and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
        let text = |sheet: &Sheet| [&sheet.headings].into_iter().chain(&sheet.rows).map(line).collect::<Vec<_>>().join("\n") + "\n";
        self.sheets.iter().map(|(name, sheet)| (format!("{name}.csv"), text(sheet))).collect()
    }
}

impl Sheet {
    fn lay_over(&mut self, schema: &Schema, new: Sheet) -> Result<(), String> {
        for heading in &new.headings {
            if !self.headings.contains(heading) {
                self.headings.push(heading.clone());
                self.rows.iter_mut().for_each(|row| row.push(String::new()));
            }
        }
        let is_key = |heading: &str| schema.columns.iter().any(|column| column.name == heading && (column.key || column.loose));
        if !new.headings.iter().any(|heading| is_key(heading)) {
            return Err(format!("parmi les titres de « {} » manque la clé : {}", schema.name, schema.columns[0].name));
        }
        for row in new.rows {
            let value = |heading: &String| new.headings.iter().position(|known| known == heading).and_then(|at| row.get(at)).cloned();
            let same = |old: &&mut Vec<String>| {
                self.headings
                    .iter()
                    .zip(old.iter())
                    .filter(|(heading, _)| is_key(heading))
                    .all(|(heading, cell)| value(heading).is_some_and(|value| value == *cell))
            };
            match self.rows.iter_mut().find(same) {
                Some(old) => {
                    for (heading, cell) in self.headings.iter().zip(old) {
                        if let Some(value) = value(heading) {
                            *cell = value;
                        }
                    }
                }
                None => self.rows.push(self.headings.iter().map(|heading| value(heading).unwrap_or_default()).collect()),
            }
        }
        Ok(())
    }
}
