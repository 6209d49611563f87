//! Reading: the text of one CSV file into one table, leniently, with a note for everything that is not as it should be.
//!
//! Comes in: a file's name and text. Goes out: the table with canonical cells (a cell that was refused stays as written) and notes.
//! Absent on purpose: bytes and encodings (the shell decodes), and what one table says of another (`check`).

use super::cell;
use super::nearest::nearest;
use super::note::{Note, Severity, Words};
use super::problem;
use super::schema::{Schema, TABLES};
use super::table::{Heading, Row, Table, Tables};
use crate::domain::folded::fold;
use std::collections::HashMap;

/// Most rows in a table: a country's assets come town by town.
pub const MAX_ROWS: usize = 500_000;
/// Most columns in a file.
pub const MAX_COLUMNS: usize = 200;
/// Most notes that one file gives: a file that is wrong in every cell is told so often enough.
pub const MAX_NOTES: usize = 2_000;

/// The table that a file's name means: `rooms.csv`, `Écoles.csv`.
pub fn schema_of(file: &str) -> Result<&'static Schema, Box<Note>> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folded = fold(stem);
    let named = |schema: &&&Schema| fold(schema.name) == folded || schema.aliases.contains(&folded.as_str());
    if let Some(schema) = TABLES.iter().find(|schema| named(&schema)) {
        return Ok(schema);
    }
    let names = || TABLES.iter().map(|schema| schema.name);
    let expected = match nearest(stem, TABLES.iter().flat_map(|schema| schema.aliases.iter().copied().chain([schema.name]))) {
        Some(name) => Words::made(format!("« {name} » ?"), format!("“{name}”?")),
        None => Words::same(names().collect::<Vec<_>>().join(", ")),
    };
    Err(Box::new(Note::new(&problem::UNKNOWN_TABLE, file, "").found(stem).expected(expected)))
}

/// Reads a file's text. Without a table when it has no usable line of headings.
pub fn read_table(schema: &'static Schema, file: &str, text: &str) -> (Option<Table>, Vec<Note>) {
    let mut reading = Reading { schema, file, notes: Vec::new() };
    let table = reading.table(text.strip_prefix('\u{feff}').unwrap_or(text));
    let Reading { mut notes, .. } = reading;
    if notes.len() > MAX_NOTES {
        let found = notes.len().to_string();
        notes.truncate(MAX_NOTES);
        notes.push(
            Note::new(&problem::TOO_MUCH, file, schema.name)
                .found(found)
                .expected(Words::made(format!("{MAX_NOTES} remarques par fichier"), format!("{MAX_NOTES} notes a file"))),
        );
    }
    (table, notes)
}

/// Reads the texts of several files, named as the person calls them, into tables.
pub fn read_tables<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Tables, Vec<Note>) {
    let (mut tables, mut notes) = (Tables::default(), Vec::new());
    for (file, text) in files {
        let schema = match schema_of(file) {
            Ok(schema) => schema,
            Err(note) => {
                notes.push(*note);
                continue;
            }
        };
        let (table, told) = read_table(schema, file, text);
        notes.extend(told);
        let Some(table) = table else { continue };
        if let Some(other) = tables.put(table) {
            let expected = Words::fixed("un seul fichier par table", "one file a table");
            notes.push(Note::new(&problem::DOUBLE_TABLE, file, schema.name).found(&other.file).expected(expected));
        }
    }
    (tables, notes)
}

/// One file being read.
struct Reading<'a> {
    schema: &'static Schema,
    file: &'a str,
    notes: Vec<Note>,
}

impl Reading<'_> {
    fn note(&self, problem: &'static problem::Problem) -> Note {
        Note::new(problem, self.file, self.schema.name)
    }

    fn table(&mut self, text: &str) -> Option<Table> {
        let mut records = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        if !matches!(records.read_record(&mut record), Ok(true)) {
            let keys = self.schema.columns.iter().filter(|column| column.key).map(|column| column.name).collect::<Vec<_>>().join(", ");
            let expected = Words::made(format!("une ligne d'en-têtes : {keys} …"), format!("a line of headings: {keys} …"));
            self.notes.push(self.note(&problem::EMPTY_FILE).expected(expected));
            return None;
        }
        if record.len() > MAX_COLUMNS {
            self.too_much(1, record.len(), Words::made(format!("{MAX_COLUMNS} colonnes"), format!("{MAX_COLUMNS} columns")));
        }
        let headings: Vec<String> = record.iter().take(MAX_COLUMNS).map(|heading| heading.trim().to_owned()).collect();
        let (mut table, at) = self.headed(&headings);
        while matches!(records.read_record(&mut record), Ok(true)) {
            let line = record.position().map_or(0, csv::Position::line);
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if table.rows.len() == MAX_ROWS {
                self.too_much(line, MAX_ROWS + 1, Words::made(format!("{MAX_ROWS} lignes"), format!("{MAX_ROWS} rows")));
                break;
            }
            let row = self.row(&table, &at, &record, line, &headings);
            // A row may have said something only under headings that nobody knows; those are told already.
            if row.cells.iter().any(|cell| !cell.is_empty()) {
                table.rows.push(row);
            }
        }
        self.keys(&table);
        (!table.headings.is_empty()).then_some(table)
    }

    fn too_much(&mut self, line: u64, found: usize, most: Words) {
        self.notes.push(self.note(&problem::TOO_MUCH).at_row(line).found(found.to_string()).expected(most));
    }

    /// The table under these headings, without rows, and where each of its columns stands in the file.
    fn headed(&mut self, headings: &[String]) -> (Table, Vec<usize>) {
        let columns = self.resolve(headings);
        let mut order: Vec<(Heading, usize)> = columns.into_iter().enumerate().filter_map(|(at, heading)| Some((heading?, at))).collect();
        order.sort_by_key(|(heading, at)| match heading {
            Heading::Known(column) => (*column, 0),
            Heading::Own(_) => (usize::MAX, *at),
        });
        let (known, at): (Vec<Heading>, Vec<usize>) = order.into_iter().unzip();
        let mut table = Table::new(self.schema, self.file, known);
        table.written = at.iter().map(|at| headings[*at].clone()).collect();
        for (_, column) in self.schema.columns.iter().enumerate().filter(|(index, column)| column.key && !table.has_column(*index)) {
            let note = self.note(&problem::MISSING_COLUMN).at_row(1).at_column(column.name);
            self.notes.push(note.found(headings.join(", ")).expected(Words::same(column.name)));
        }
        (table, at)
    }

    /// Which column each heading means; what it means not is told.
    fn resolve(&mut self, headings: &[String]) -> Vec<Option<Heading>> {
        let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
        let mut found: Vec<Option<Heading>> = vec![None; headings.len()];
        let mut taken = vec![false; self.schema.columns.len()];
        // Canonical names claim first, then aliases in their order: `label` before `serial` for the key of the assets.
        let deepest = self.schema.columns.iter().map(|column| column.aliases.len()).max().unwrap_or(0);
        for depth in 0..=deepest {
            for (index, column) in self.schema.columns.iter().enumerate() {
                let name = match depth {
                    0 => Some(fold(column.name)),
                    depth => column.aliases.get(depth - 1).map(|alias| (*alias).to_owned()),
                };
                let Some(name) = name.filter(|_| !taken[index]) else { continue };
                let at = (0..headings.len()).find(|at| found[*at].is_none() && folded[*at] == name);
                if let Some(at) = at {
                    (found[at], taken[index]) = (Some(Heading::Known(index)), true);
                }
            }
        }
        for (at, heading) in headings.iter().enumerate() {
            if found[at].is_none() && !heading.is_empty() {
                found[at] = self.strange(heading, &folded[at], &found, &taken);
            }
        }
        found
    }

    /// A heading that is no free column: the person's own, a second one for a column, or a mistake.
    fn strange(&mut self, heading: &str, folded: &str, found: &[Option<Heading>], taken: &[bool]) -> Option<Heading> {
        let named = |column: &&super::schema::Column| fold(column.name) == folded || column.aliases.contains(&folded);
        if heading.starts_with("x_") || heading.starts_with("X_") {
            let own = Heading::Own(heading.to_owned());
            if !found.contains(&Some(own.clone())) {
                self.notes.push(self.note(&problem::OWN_COLUMN).at_row(1).at_column(heading).found(heading));
                return Some(own);
            }
            self.notes.push(self.note(&problem::DOUBLE_COLUMN).at_row(1).at_column(heading).found(heading).expected(ONCE));
        } else if self.schema.columns.iter().any(|column| named(&column)) {
            self.notes.push(self.note(&problem::DOUBLE_COLUMN).at_row(1).at_column(heading).found(heading).expected(ONCE));
        } else {
            let free = || self.schema.columns.iter().zip(taken).filter(|(_, taken)| !**taken).map(|(column, _)| column);
            let near = nearest(heading, free().flat_map(|column| column.aliases.iter().copied().chain([column.name])));
            let column = near.and_then(|near| free().find(|column| column.name == near || column.aliases.contains(&near)));
            let expected = match column {
                Some(column) => Words::made(format!("« {} » ?", column.name), format!("“{}”?", column.name)),
                None => {
                    let names = self.schema.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
                    Words::made(format!("{names}, ou x_… pour une colonne à vous"), format!("{names}, or x_… for a column of your own"))
                }
            };
            self.notes.push(self.note(&problem::UNKNOWN_COLUMN).at_row(1).at_column(heading).found(heading).expected(expected));
        }
        None
    }

    fn row(&mut self, table: &Table, at: &[usize], record: &csv::StringRecord, line: u64, headings: &[String]) -> Row {
        let mut cells = Vec::with_capacity(at.len());
        for (heading, at) in table.headings.iter().zip(at) {
            let text = record.get(*at).unwrap_or("");
            if text.contains('\u{fffd}') {
                let expected = Words::fixed("UTF-8 ou Windows-1252", "UTF-8 or Windows-1252");
                self.notes.push(self.note(&problem::BAD_LETTER).at_row(line).at_column(&table.written[cells.len()]).found(text).expected(expected));
            }
            cells.push(match heading {
                Heading::Own(_) => cell::plain_text(text.trim()).into_owned(),
                Heading::Known(column) => self.cell(*column, &table.written[cells.len()], text, line),
            });
        }
        // Beyond the headings, or under an empty one.
        let nameless = record.iter().enumerate().filter(|(at, _)| headings.get(*at).is_none_or(String::is_empty));
        if let Some((_, extra)) = nameless.into_iter().find(|(_, cell)| !cell.trim().is_empty()) {
            let width = headings.iter().filter(|heading| !heading.is_empty()).count();
            let expected = Words::made(format!("{width} cellules"), format!("{width} cells"));
            self.notes.push(self.note(&problem::EXTRA_CELLS).at_row(line).found(extra).expected(expected));
        }
        Row { line, cells }
    }

    fn cell(&mut self, column: usize, written: &str, text: &str, line: u64) -> String {
        let column = &self.schema.columns[column];
        match cell::canonical(column, text) {
            Ok(text) if text.is_empty() && column.key => {
                self.notes.push(self.note(&problem::EMPTY_KEY).at_row(line).at_column(written).expected(Words::same(column.name)));
                String::new()
            }
            Ok(text) => text.into_owned(),
            Err((problem, expected)) => {
                self.notes.push(self.note(problem).at_row(line).at_column(written).found(text.trim()).expected(expected));
                cell::plain_text(text.trim()).into_owned()
            }
        }
    }

    /// Tells rows with a key that an earlier row has.
    fn keys(&mut self, table: &Table) {
        if self.schema.columns.iter().enumerate().any(|(index, column)| column.key && !table.has_column(index)) {
            return;
        }
        let mut first: HashMap<Vec<&str>, u64> = HashMap::with_capacity(table.rows.len());
        let column =
            self.schema.columns.iter().filter(|column| column.key).filter_map(|column| table.written(column.name)).collect::<Vec<_>>().join("+");
        for row in &table.rows {
            let key = table.key(row);
            if key[0].is_empty() {
                continue;
            }
            let line = *first.entry(key.clone()).or_insert(row.line);
            if line != row.line {
                let expected = Words::made(format!("une seule fois (déjà ligne {line})"), format!("once (it is on row {line} already)"));
                self.notes.push(self.note(&problem::DOUBLE_KEY).at_row(row.line).at_column(&column).found(key.join(", ")).expected(expected));
            }
        }
    }
}

const ONCE: Words = Words::fixed("chaque colonne une seule fois", "each column once");

/// The delimiter: whichever of `;`, tab and `,` the first line holds most often outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    counts.iter().max_by_key(|(delimiter, count)| (*count, *delimiter == b',')).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Notes in the order in which a person mends them: errors first, then by file and row.
pub fn sort_notes(notes: &mut [Note]) {
    notes.sort_by(|a, b| (a.severity, &a.file, a.row, &a.column).cmp(&(b.severity, &b.file, b.row, &b.column)));
}

/// How many notes of a weight there are.
pub fn count_of(notes: &[Note], severity: Severity) -> usize {
    notes.iter().filter(|note| note.severity == severity).count()
}
