//! Reading: the rows of one CSV file or one sheet into one table, leniently, with a note for everything that is not as it should be.
//!
//! Comes in: a file's name and text, or a sheet's name and rows. Goes out: the table with canonical cells (a cell that was refused
//! stays as written) and notes. Absent on purpose: bytes and encodings (the shell decodes), and what one table says of another
//! (`check`).

use super::cell;
use super::nearest::nearest;
use super::note::{Note, Severity, Words};
use super::problem;
use super::schema::{Schema, TABLES};
use super::table::{Heading, Row, Table, Tables};
use crate::domain::folded::fold;
use std::collections::HashMap;

/// Most rows in a table. Fifty thousand schools have some 550 000 rooms; a country's assets, several millions, come town by town.
pub const MAX_ROWS: usize = 2_000_000;
/// Most columns in a file.
pub const MAX_COLUMNS: usize = 200;
/// Most rows of titles above the headings.
pub const MAX_TITLES: usize = 10;
/// Most notes that one file gives: a file that is wrong in every cell is told so often enough.
pub const MAX_NOTES: usize = 2_000;

/// The table that a file's name means: `rooms.csv`, `Écoles.csv`.
pub fn schema_of(file: &str) -> Result<&'static Schema, Box<Note>> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    schema_named(name.rsplit_once('.').map_or(name, |(stem, _)| stem), file)
}

/// The table that a name means, of a file or a sheet: `rooms`, `Écoles`.
fn schema_named(stem: &str, file: &str) -> Result<&'static Schema, Box<Note>> {
    let folded = fold(stem);
    let named = |schema: &&&Schema| fold(schema.name) == folded || schema.aliases.contains(&folded.as_str());
    if let Some(schema) = TABLES.iter().find(|schema| named(&schema)) {
        return Ok(schema);
    }
    let names = || TABLES.iter().map(|schema| schema.name);
    let expected = match nearest_table(stem) {
        Some(name) => Words::made(format!("« {name} » ?"), format!("“{name}”?")),
        None => Words::same(names().collect::<Vec<_>>().join(", ")),
    };
    Err(Box::new(Note::new(&problem::UNKNOWN_TABLE, file, "").found(stem).expected(expected)))
}

/// The name of a table that this is nearly.
fn nearest_table(stem: &str) -> Option<&'static str> {
    nearest(stem, TABLES.iter().flat_map(|schema| schema.aliases.iter().copied().chain([schema.name])))
}

/// A row as it was brought: its number as the person's program shows it, and its cells.
pub type Brought = (u64, Vec<String>);

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The sheet as the person calls it: `plan.xlsx › Salles`.
    pub file: String,
    /// Its own name: `Salles`.
    pub name: String,
    /// Its rows that say something.
    pub rows: Vec<Brought>,
}

/// Reads a file's text. Without a table when it has no usable line of headings.
pub fn read_table(schema: &'static Schema, file: &str, text: &str) -> (Option<Table>, Vec<Note>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let records = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let rows = records.into_records().map_while(Result::ok).map(|record| {
        let line = record.position().map_or(0, csv::Position::line);
        (line, record.iter().map(|cell| unquoted(cell).to_owned()).collect())
    });
    read_rows(schema, file, rows)
}

/// A cell as its writer meant it: an apostrophe before what a spreadsheet would take for a formula is the writer's guard, no text.
fn unquoted(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA_SIGNS) => rest,
        _ => cell,
    }
}

/// What makes a spreadsheet take a cell of a CSV file for a formula.
pub const FORMULA_SIGNS: [char; 4] = ['=', '+', '-', '@'];

/// Reads rows. Without a table when none of the first ones can be its line of headings.
pub fn read_rows(schema: &'static Schema, file: &str, rows: impl IntoIterator<Item = Brought>) -> (Option<Table>, Vec<Note>) {
    let mut reading = Reading { schema, file, head: 1, notes: Vec::new() };
    let table = reading.table(rows.into_iter());
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

/// Reads the sheets of a workbook into tables. Sheets that begin with `_`, and empty ones, are none.
pub fn read_sheets(sheets: impl IntoIterator<Item = Sheet>) -> (Tables, Vec<Note>) {
    let (mut tables, mut notes) = (Tables::default(), Vec::new());
    for sheet in sheets.into_iter().filter(|sheet| !sheet.name.starts_with('_') && !sheet.rows.is_empty()) {
        let schema = match schema_named(&sheet.name, &sheet.file) {
            Ok(schema) => schema,
            // A workbook may hold a cover or sums beside its tables; a name that is nearly a table's is a mistake.
            Err(note) if nearest_table(&sheet.name).is_none() => {
                notes.push(note.weighing(Severity::Warning));
                continue;
            }
            Err(note) => {
                notes.push(*note);
                continue;
            }
        };
        let (table, told) = read_rows(schema, &sheet.file, sheet.rows);
        notes.extend(told);
        let Some(table) = table else { continue };
        if let Some(other) = tables.put(table) {
            let expected = Words::fixed("une seule feuille par table", "one sheet a table");
            notes.push(Note::new(&problem::DOUBLE_TABLE, &sheet.file, schema.name).found(&other.file).expected(expected));
        }
    }
    (tables, notes)
}

/// One file being read.
struct Reading<'a> {
    schema: &'static Schema,
    file: &'a str,
    /// The row of the headings.
    head: u64,
    notes: Vec<Note>,
}

impl Reading<'_> {
    fn note(&self, problem: &'static problem::Problem) -> Note {
        Note::new(problem, self.file, self.schema.name)
    }

    fn table(&mut self, rows: impl Iterator<Item = Brought>) -> Option<Table> {
        let mut rows = rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
        let Some((headings, first)) = self.headings(&mut rows) else {
            let keys = self.schema.columns.iter().filter(|column| column.key).map(|column| column.name).collect::<Vec<_>>().join(", ");
            let expected = Words::made(format!("une ligne d'en-têtes : {keys} …"), format!("a line of headings: {keys} …"));
            self.notes.push(self.note(&problem::EMPTY_FILE).expected(expected));
            return None;
        };
        let (mut table, at) = self.headed(&headings);
        for (line, cells) in first.into_iter().chain(rows) {
            if table.rows.len() == MAX_ROWS {
                self.too_much(line, MAX_ROWS + 1, Words::made(format!("{MAX_ROWS} lignes"), format!("{MAX_ROWS} rows")));
                break;
            }
            let row = self.row(&table, &at, &cells, line, &headings);
            // A row may have said something only under headings that nobody knows; those are told already.
            if row.cells.iter().any(|cell| !cell.is_empty()) {
                table.rows.push(row);
            }
        }
        self.keys(&table);
        (!table.headings.is_empty()).then_some(table)
    }

    /// The headings, and rows read beyond them. Titles above the headings are left out, and told.
    fn headings(&mut self, rows: &mut impl Iterator<Item = Brought>) -> Option<(Vec<String>, Vec<Brought>)> {
        let mut read: Vec<Brought> = Vec::new();
        let mut found = None;
        for row in rows.take(MAX_TITLES + 1) {
            let is_head = self.can_head(&row.1);
            read.push(row);
            if is_head {
                found = Some(read.len() - 1);
                break;
            }
        }
        // Where no row looks like headings, the first was meant; what is wrong with it is told.
        let at = found.unwrap_or(0);
        let after = read.split_off((at + 1).min(read.len()));
        let (line, cells) = read.pop()?;
        if let Some((_, title)) = read.first() {
            let title = title.iter().find(|cell| !cell.trim().is_empty()).map(|cell| cell.trim().to_owned()).unwrap_or_default();
            self.notes.push(
                self.note(&problem::TITLE)
                    .at_row(read[0].0)
                    .found(title)
                    .expected(Words::made(format!("en-têtes à la ligne {line}"), format!("headings in row {line}"))),
            );
        }
        self.head = line;
        if cells.len() > MAX_COLUMNS {
            self.too_much(line, cells.len(), Words::made(format!("{MAX_COLUMNS} colonnes"), format!("{MAX_COLUMNS} columns")));
        }
        Some((cells.into_iter().take(MAX_COLUMNS).map(|heading| heading.trim().to_owned()).collect(), after))
    }

    /// Whether a row reads like headings: it names a column of the key, and most of its cells name columns.
    fn can_head(&self, cells: &[String]) -> bool {
        let said: Vec<String> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).map(fold).collect();
        let names = |column: &super::schema::Column, word: &String| fold(column.name) == *word || column.aliases.contains(&word.as_str());
        let known = |word: &&String| self.schema.columns.iter().any(|column| names(column, word));
        let key = said.iter().any(|word| self.schema.columns.iter().any(|column| column.key && names(column, word)));
        key && said.iter().filter(known).count() * 2 >= said.len()
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
            let note = self.note(&problem::MISSING_COLUMN).at_row(self.head).at_column(column.name);
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
                self.notes.push(self.note(&problem::OWN_COLUMN).at_row(self.head).at_column(heading).found(heading));
                return Some(own);
            }
            self.notes.push(self.note(&problem::DOUBLE_COLUMN).at_row(self.head).at_column(heading).found(heading).expected(ONCE));
        } else if self.schema.columns.iter().any(|column| named(&column)) {
            self.notes.push(self.note(&problem::DOUBLE_COLUMN).at_row(self.head).at_column(heading).found(heading).expected(ONCE));
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
            self.notes.push(self.note(&problem::UNKNOWN_COLUMN).at_row(self.head).at_column(heading).found(heading).expected(expected));
        }
        None
    }

    fn row(&mut self, table: &Table, at: &[usize], record: &[String], line: u64, headings: &[String]) -> Row {
        let mut cells = Vec::with_capacity(at.len());
        for (heading, at) in table.headings.iter().zip(at) {
            let text = record.get(*at).map_or("", String::as_str);
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
        if is_formula_error(text.trim()) {
            let expected = Words::fixed("une valeur : corriger la formule", "a value: mend the formula");
            self.notes.push(self.note(&problem::FORMULA_ERROR).at_row(line).at_column(written).found(text.trim()).expected(expected));
            return String::new();
        }
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

/// What spreadsheets show of a formula that came to nothing (ECMA-376, 18.17.3, and the French words).
fn is_formula_error(text: &str) -> bool {
    const ERRORS: &[&str] =
        &["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!", "#PROPAGATION!"];
    text.starts_with('#') && ERRORS.contains(&text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_what_parts_the_first_line() {
        for (text, expected) in [
            ("a;b;c\n", b';'),
            ("a\tb\n", b'\t'),
            ("a,b\n", b','),
            ("a\n", b','),
            // As many of each: a comma.
            ("a;b,c\n", b','),
            // What stands between quotes parts nothing, not even lines.
            ("\"a,b,c\";d\n", b';'),
            ("\"a\nb,c,d\";e;f\n", b';'),
            // Only the first line counts.
            ("a;b\nc,d,e,f\n", b';'),
            ("a;b\rc,d,e,f\r", b';'),
        ] {
            assert_eq!(delimiter(text), expected, "{text:?}");
        }
    }

    #[test]
    fn titles_above_the_headings_are_left_out_and_told() {
        let text = "Plan numérique 2026\n\nschool,name,kind\ncamus,Camus,elementaire\n";
        let (tables, notes) = read_tables([("schools.csv", text)]);
        let table = tables.get("schools").unwrap();
        assert_eq!(table.rows.iter().map(|row| (row.line, table.cell(row, "school"))).collect::<Vec<_>>(), [(4, "camus")]);
        assert_eq!(notes.iter().map(|note| (note.problem.key, note.row)).collect::<Vec<_>>(), [(problem::TITLE.key, Some(1))]);
    }

    #[test]
    fn formulas_that_came_to_nothing_are_known_by_their_words() {
        assert!(is_formula_error("#N/A") && is_formula_error("#VALEUR!") && is_formula_error("#REF!"));
        assert!(!is_formula_error("#3") && !is_formula_error("N/A") && !is_formula_error("#"));
    }

    #[test]
    fn notes_stand_as_they_are_mended_and_are_counted_by_weight() {
        let note = |severity, file: &str, row| Note::new(&problem::SUM_DIFFERS, file, "figures").weighing(severity).at_row(row);
        let mut notes = vec![
            note(Severity::Warning, "a.csv", 2),
            note(Severity::Error, "b.csv", 3),
            note(Severity::Error, "a.csv", 9),
            note(Severity::Error, "a.csv", 2),
        ];
        sort_notes(&mut notes);
        let told: Vec<_> = notes.iter().map(|note| (note.severity, note.file.as_str(), note.row)).collect();
        assert_eq!(told[0], (Severity::Error, "a.csv", Some(2)));
        assert_eq!((told[1].2, told[2].1, told[3].0), (Some(9), "b.csv", Severity::Warning));
        assert_eq!((count_of(&notes, Severity::Error), count_of(&notes, Severity::Warning), count_of(&notes, Severity::Note)), (3, 1, 0));
    }
}
