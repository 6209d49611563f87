//! Books written and read back: by our own reader, and by another's.

use super::*;
use calamine::{Data, Reader};
use jiff::civil::date;
use std::io::Cursor;

fn book() -> Book {
    let mut assets = Sheet::new("Équipements", ["label", "state", "price_ht", "rate", "delivered_on", "note"]);
    assets.row([
        Cell::text("01"),
        Cell::text("in_service"),
        Cell::Number(0.1 + 0.2),
        Cell::Percent(0.7),
        Cell::Date(date(2021, 9, 1)),
        Cell::text("=HYPERLINK(\"http://x\")"),
    ]);
    assets.row([]);
    assets.row([Cell::text("0590001A"), Cell::Empty, Cell::Money(1234.5), Cell::Empty, Cell::Empty, Cell::text("a  b\n <c> & \"d\" _x0041_ é")]);
    assets.choices.push((1, vec!["stock".to_owned(), "in_service".to_owned()]));
    let mut hidden = Sheet::new("_rollcall", ["key", "value"]);
    hidden.hidden = true;
    hidden.row([Cell::text("version"), Cell::Number(3.0)]);
    let mut book = Book::new("Plan", Timestamp(1_700_000_000), Language::Fr);
    book.sheets = vec![assets, hidden, Sheet::new("Vide [1/2]", [] as [&str; 0])];
    book
}

#[test]
fn both_formats_come_back_as_one_would_have_written_them() {
    for bytes in [book().xlsx().unwrap(), book().ods().unwrap()] {
        let sheets = read(&bytes).unwrap();
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["Équipements", "_rollcall", "Vide 12"]);
        let rows: Vec<(u64, Vec<&str>)> = sheets[0].rows.iter().map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect())).collect();
        assert_eq!(
            rows,
            [
                (1, vec!["label", "state", "price_ht", "rate", "delivered_on", "note"]),
                (2, vec!["01", "in_service", "0.3", "70 %", "2021-09-01", "=HYPERLINK(\"http://x\")"]),
                (4, vec!["0590001A", "", "1234.5", "", "", "a  b\n <c> & \"d\" _x0041_ é"]),
            ]
        );
        assert_eq!(sheets[1].rows[1], (2, vec!["version".to_owned(), "3".to_owned()]));
        assert!(sheets[2].rows.is_empty());
    }
}

/// Another program's reader finds the same types in what we wrote.
#[test]
fn others_read_what_we_write() {
    let mut xlsx = calamine::Xlsx::new(Cursor::new(book().xlsx().unwrap())).unwrap();
    let mut ods = calamine::Ods::new(Cursor::new(book().ods().unwrap())).unwrap();
    let (xlsx, ods) = (xlsx.worksheet_range("Équipements").unwrap(), ods.worksheet_range("Équipements").unwrap());
    for range in [&xlsx, &ods] {
        assert_eq!(range.get((1, 0)), Some(&Data::String("01".to_owned())));
        assert_eq!(range.get((1, 3)), Some(&Data::Float(0.7)));
        assert_eq!(range.get((1, 5)), Some(&Data::String("=HYPERLINK(\"http://x\")".to_owned())));
        assert_eq!(range.get((3, 2)), Some(&Data::Float(1234.5)));
    }
    assert!(matches!(xlsx.get((1, 4)), Some(Data::DateTime(day)) if day.to_ymd_hms_milli().0 == 2021));
    assert_eq!(ods.get((1, 4)), Some(&Data::DateTimeIso("2021-09-01".to_owned())));
}
