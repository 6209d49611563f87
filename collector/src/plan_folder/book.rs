//! Plan tables as the sheets of a book: each cell with the type that its column has, and never another text than it holds.
//!
//! Comes in: tables. Goes out: a book. A cell is written typed only where reading it back gives the very same text; everything else is
//! text, so a code keeps its zeros and a quarter stays `2021-Q3`. Absent on purpose: the formats (`workbook`).

use super::Export;
use crate::domain::language::Language;
use crate::domain::plan::cell::canonical;
use crate::domain::plan::headings;
use crate::domain::plan::origin;
use crate::domain::plan::schema::{Cell as Holds, Column};
use crate::domain::plan::table::{Heading, Table};
use crate::workbook::{Book, Cell, Sheet, written};
use jiff::civil::Date;

/// Columns that hold money.
const MONEY: &[&str] = &["amount_ht", "amount_ttc", "price_ht", "awarded", "called", "paid", "cap", "from_amount"];

/// The book of these tables.
pub(super) fn of(export: &Export<'_>) -> Book {
    let language = export.language.unwrap_or(Language::Fr);
    let name = export.tables.get("programme").and_then(|table| table.rows.first().map(|row| table.cell(row, "name").to_owned()));
    let mut book = Book::new(name.unwrap_or_else(|| "Rollcall".to_owned()), export.made_at, language);
    book.sheets = export.tables.iter().map(|table| sheet(table, export.language)).collect();
    if let Some(origin) = export.origin {
        let mut sheet = Sheet::new(origin::NAME, origin::HEADINGS);
        sheet.hidden = true;
        origin.rows().into_iter().for_each(|(key, value)| sheet.row([Cell::text(key), Cell::text(value)]));
        book.sheets.push(sheet);
    }
    book
}

fn sheet(table: &Table, language: Option<Language>) -> Sheet {
    let heading_names = language.map_or_else(|| table.heading_names(), |language| headings::of(table, language));
    let name = language.map_or(table.schema.name, |language| headings::table_name(table.schema, language));
    let mut sheet = Sheet::new(name, heading_names);
    let words_in = language.unwrap_or(Language::En);
    let columns: Vec<Option<&Column>> = table
        .headings
        .iter()
        .map(|heading| match heading {
            Heading::Known(column) => Some(&table.schema.columns[*column]),
            Heading::Own(_) => None,
        })
        .collect();
    for row in &table.rows {
        let cell = |(column, text): (&Option<&Column>, &String)| column.map_or_else(|| Cell::text(text), |column| typed(column, text, words_in));
        sheet.row(columns.iter().zip(&row.cells).map(cell));
    }
    for (at, column) in columns.iter().enumerate() {
        if let Some(Column { cell: Holds::Choice(words), many: false, .. }) = column {
            let column = columns[at].filter(|_| words_in == Language::Fr);
            let word = |code: &'static str| column.and_then(|column| headings::word(column, code)).unwrap_or(code);
            sheet.choices.push((at, words.iter().map(|(code, _)| word(code).to_owned()).collect()));
        }
    }
    sheet
}

/// A cell with its column's type, if that reads back as the same text.
fn typed(column: &Column, text: &str, language: Language) -> Cell {
    if text.is_empty() {
        return Cell::Empty;
    }
    let figure = || text.parse::<f64>().ok();
    let typed = match column.cell {
        _ if column.many => None,
        Holds::Date => text.parse::<Date>().ok().filter(|day| (1901..=9998).contains(&day.year())).map(Cell::Date),
        Holds::Amount if MONEY.contains(&column.name) => figure().map(Cell::Money),
        Holds::Count | Holds::Year | Holds::Amount => figure().map(Cell::Number),
        Holds::Rate => text.strip_suffix(" %").and_then(|share| share.parse::<f64>().ok()).map(|share| Cell::Percent(share / 100.0)),
        _ => None,
    };
    let worded = || Some(Cell::Text(headings::worded(column, text, language).into_owned()));
    let is_same = |cell: &Cell| canonical(column, &written(cell)).is_ok_and(|back| back == text);
    typed.or_else(worded).filter(is_same).unwrap_or_else(|| Cell::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::origin::Origin;
    use crate::domain::plan::schema::TABLES;
    use crate::domain::plan::table::Row;
    use crate::domain::plan::{Tables, read_tables};
    use crate::plan_folder::{Container, pack, read_upload};
    use proptest::prelude::*;
    use rollcall_shared::Timestamp;

    const TEXTS: &[&str] = &[
        "",
        "été 2021",
        "2019",
        "2021-Q3",
        "01/09/2021",
        "1899-05-02",
        "1904-02-29",
        "a; b",
        "say \"no\"",
        "line\nbreak",
        "1,5",
        "0.1",
        "12",
        "1e5",
        "oui",
        "tablette",
        "école|salle",
        "*",
        "kind=élémentaire&phase=2",
        "pupil:cp",
        "0750001U",
        "10.0.0.0/24",
        "00:1a:2b:3c:4d:5e",
        "=1+1",
        "-5",
        "+33 1",
        "@x",
        "'=x",
        "'",
        "\u{feff}",
        "70 %",
        "33,35 %",
        "0,5",
        "100",
        "01",
        "007",
        "0590001A",
        "a  b",
        "_x0041_",
        "<a>&amp;",
        "1 234 567,89",
        "9007199254740993",
        "TRUE",
        "vrai",
        "in_service",
    ];

    /// Every table, from arbitrary cells as people write them.
    fn tables(picks: &[usize], own: bool) -> Tables {
        let mut tables = Tables::default();
        for schema in TABLES {
            let mut headings: Vec<Heading> = (0..schema.columns.len()).map(Heading::Known).collect();
            headings.extend(own.then(|| Heading::Own("x_mine".to_owned())));
            let mut table = Table::new(schema, "test", headings);
            for (line, picks) in picks.chunks(4).enumerate() {
                let text = |at: usize| TEXTS[(picks[at % picks.len()] + at * 7) % TEXTS.len()];
                let cell = |at: usize| match &table.headings[at] {
                    Heading::Known(column) => canonical(&schema.columns[*column], text(at)).map(|text| text.into_owned()).unwrap_or_default(),
                    Heading::Own(_) => text(at).trim().to_owned(),
                };
                let row = Row { line: line as u64 + 2, cells: (0..table.headings.len()).map(cell).collect() };
                if row.cells.iter().any(|cell| !cell.is_empty()) {
                    table.rows.push(row);
                }
            }
            tables.put(table);
        }
        tables
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// What is written into any container, headed for programs or for people, reads back as the same tables.
        #[test]
        fn every_container_comes_back_equal(picks in prop::collection::vec(0..TEXTS.len(), 1..60), own in any::<bool>(), french in any::<bool>()) {
            let tables = tables(&picks, own);
            let origin = Origin { installation: "i".into(), programme: "p".into(), version: 3, register: 7, exported_at: Timestamp(1_790_000_000) };
            let export = Export { tables: &tables, origin: Some(&origin), language: french.then_some(Language::Fr), made_at: Timestamp(1_790_000_000) };
            for container in [Container::Xlsx, Container::Ods, Container::Zip] {
                let brought = read_upload("plan", &pack(container, &export).unwrap());
                prop_assert_eq!(brought.origin.as_ref(), Some(&origin));
                for table in tables.iter() {
                    prop_assert_eq!(brought.tables.get(table.schema.name), Some(table), "{:?}", container);
                }
            }
        }
    }

    #[test]
    fn dates_and_money_are_typed_and_codes_are_not() {
        let text = "label,delivered_on,price_ht,warranty_until,invoice\n01,2021-09-01,399.5,fin 2024,0590\n";
        let tables = read_tables([("assets.csv", text)]).0;
        let sheet = sheet(tables.get("assets").unwrap(), Some(Language::Fr));
        assert_eq!(sheet.headings, ["Étiquette", "Livré le", "Garantie jusqu'au", "Facture", "Prix HT"]);
        let expected = [Cell::text("01"), Cell::Date(jiff::civil::date(2021, 9, 1)), Cell::text("fin 2024"), Cell::text("0590"), Cell::Money(399.5)];
        assert_eq!(sheet.rows[0], expected);
    }
}
