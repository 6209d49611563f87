//! Writing: a table into the text of a CSV file, strictly: comma, UTF-8, LF, canonical headings, quotes only where needed; an
//! apostrophe before what a spreadsheet would take for a formula, which `read` takes away again.
//!
//! Comes in: a table. Goes out: text that `read` reads back as the same table. Absent on purpose: files.

use super::decimal;
use super::headings;
use super::read::FORMULA_SIGNS;
use super::table::{Heading, Table};
use crate::domain::language::Language;
use std::borrow::Cow;

/// The file name of a table: `rooms.csv`.
pub fn file_name(table: &Table) -> String {
    format!("{}.csv", table.schema.name)
}

/// The table as CSV text, under canonical headings.
pub fn write_table(table: &Table) -> String {
    written(table, &table.heading_names(), Language::En)
}

/// The same with headings and words that a person reads.
pub fn write_table_for(table: &Table, language: Language) -> String {
    written(table, &headings::of(table, language), language)
}

fn written(table: &Table, headings: &[&str], language: Language) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let bytes = |record: &[Cow<'_, str>], writer: &mut csv::Writer<Vec<u8>>| {
        writer.write_record(record.iter().map(AsRef::<str>::as_ref)).expect("a Vec takes every byte, and rows are as wide as the headings");
    };
    bytes(&headings.iter().map(|heading| Cow::Borrowed(*heading)).collect::<Vec<_>>(), &mut writer);
    let worded = |heading: &Heading, cell: &str| match heading {
        Heading::Known(column) => headings::worded(&table.schema.columns[*column], cell, language).into_owned(),
        Heading::Own(_) => cell.to_owned(),
    };
    for row in &table.rows {
        let cells = table.headings.iter().zip(&row.cells).map(|(heading, cell)| guarded(worded(heading, cell)));
        bytes(&cells.collect::<Vec<_>>(), &mut writer);
    }
    let bytes = writer.into_inner().expect("a Vec takes every byte");
    String::from_utf8(bytes).expect("text went in")
}

/// A cell that no spreadsheet takes for a formula; a negative number is none.
fn guarded(cell: String) -> Cow<'static, str> {
    let is_formula = cell.trim_start_matches('\'').starts_with(FORMULA_SIGNS) && decimal::plain(&cell).is_none();
    Cow::Owned(if is_formula { format!("'{cell}") } else { cell })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::cell::{canonical, plain_text};
    use crate::domain::plan::read::read_table;
    use crate::domain::plan::schema::TABLES;
    use crate::domain::plan::table::{Heading, Row};
    use proptest::prelude::*;

    const TEXTS: &[&str] = &[
        "",
        "été 2021",
        "fin 2023",
        "2019",
        "2021-Q3",
        "01/09/2021",
        "a; b",
        "a, b",
        "say \"no\"",
        "line\nbreak",
        " x ",
        "1,5",
        "12",
        "oui",
        "tablette",
        "école|salle",
        "*",
        "kind=élémentaire&phase=2",
        "pupil:cp",
        "0750001U",
        "10.0.0.0/24",
        "00:1a:2b:3c:4d:5e",
        "Élémentaire 01",
        "=1+1",
        "'=1+1",
        "-5",
        "-x",
        "+33 1",
        "@cmd",
        "CP|CE1",
        "programme",
        "'",
        "\u{feff}",
        "70 %",
        "x\ty",
    ];

    #[test]
    fn people_read_headings_and_words_of_their_language() {
        let (table, _) =
            read_table(crate::domain::plan::schema::table("assets").unwrap(), "assets.csv", "label,kind,state,x_mine\n=1,projector,repair,repair\n");
        let table = table.unwrap();
        assert_eq!(write_table(&table), "label_or_serial,kind,state,x_mine\n'=1,projector,repair,repair\n");
        assert_eq!(write_table_for(&table, Language::En), write_table(&table));
        let fr = write_table_for(&table, Language::Fr);
        assert!(fr.ends_with(",en réparation,repair\n") && fr.contains("'=1,vidéoprojecteur"), "{fr}");
        assert_ne!(fr.lines().next(), write_table(&table).lines().next());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Each table, from arbitrary cells as people write them: what was read, written and read again is the same.
        #[test]
        fn what_is_written_reads_back_equal(picks in prop::collection::vec(0..TEXTS.len(), 1..120), own in any::<bool>()) {
            for schema in TABLES {
                let mut headings: Vec<Heading> = (0..schema.columns.len()).map(Heading::Known).collect();
                if own {
                    headings.push(Heading::Own("x_mine".to_owned()));
                }
                let mut table = Table::new(schema, "test.csv", headings);
                for (line, picks) in picks.chunks(5).enumerate() {
                    let cell = |at: usize| TEXTS[(picks[at % picks.len()] + at * 7) % TEXTS.len()];
                    let cells = (0..table.headings.len()).map(|at| match table.headings[at] {
                        Heading::Known(column) => canonical(&schema.columns[column], cell(at)).map(|text| text.into_owned()).unwrap_or_default(),
                        Heading::Own(_) => plain_text(cell(at).trim()).into_owned(),
                    });
                    let row = Row { line: line as u64 + 2, cells: cells.collect() };
                    if row.cells.iter().any(|cell| !cell.is_empty()) {
                        table.rows.push(row);
                    }
                }
                let text = write_table(&table);
                let (back, _) = read_table(schema, "test.csv", &text);
                let back = back.expect("headings are there");
                prop_assert_eq!(&back, &table, "{}", schema.name);
                prop_assert_eq!(write_table(&back), text);
            }
        }

        #[test]
        fn reading_never_panics(which in 0..TABLES.len(), headings in any::<bool>(), text in "(\\PC|[;,\"\n\r\t]){0,200}") {
            let schema = &TABLES[which];
            let text = if headings { format!("{},note\n{text}", schema.columns[0].name) } else { text };
            if let (Some(table), _) = read_table(schema, "test.csv", &text) {
                let (again, _) = read_table(schema, "test.csv", &write_table(&table));
                prop_assert_eq!(again, Some(table));
            }
        }
    }
}
