//! A row read field by field into typed values.
//!
//! Comes in: a table, a row, column names. Goes out: typed values; a cell that was refused at reading gives none here, for its note
//! is told already. Absent on purpose: notes.

use super::decimal::{self, Decimal};
use super::selector::{Per, Selector};
use super::table::{Row, Table, Tables};
use super::{PlanDate, date};
use crate::domain::kind::Kind;

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    table: &'a Table,
    row: &'a Row,
}

/// Every row of a table that `make` can make something of, in order; nothing where the table is absent.
pub fn rows<'a, T>(tables: &'a Tables, name: &str, make: impl Fn(Fields<'a>) -> Option<T>) -> Vec<T> {
    let table = tables.get(name).into_iter();
    table.flat_map(|table| table.rows.iter().map(move |row| Fields { table, row })).filter_map(make).collect()
}

impl<'a> Fields<'a> {
    /// The line of the file.
    pub fn line(self) -> u64 {
        self.row.line
    }

    /// A cell that must not be empty.
    pub fn key(self, column: &str) -> Option<String> {
        self.some(column)
    }

    /// A cell, empty or not.
    pub fn text(self, column: &str) -> String {
        self.raw(column).to_owned()
    }

    /// A cell, if it says something.
    pub fn some(self, column: &str) -> Option<String> {
        Some(self.raw(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The values of a cell that may hold several.
    pub fn list(self, column: &str) -> Vec<String> {
        self.raw(column).split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A date.
    pub fn date(self, column: &str) -> Option<PlanDate> {
        date::parse(self.raw(column)).ok()
    }

    /// A whole number from 0.
    pub fn count(self, column: &str) -> Option<u32> {
        self.raw(column).parse().ok()
    }

    /// A year.
    pub fn year(self, column: &str) -> Option<i16> {
        self.raw(column).parse().ok()
    }

    /// A decimal number; a rate in per cent.
    pub fn amount(self, column: &str) -> Option<Decimal> {
        decimal::parse(self.raw(column))
    }

    /// Whether it says yes.
    pub fn yes(self, column: &str) -> bool {
        self.raw(column) == "yes"
    }

    /// A kind of device.
    pub fn kind(self, column: &str) -> Option<Kind> {
        Kind::from_code(self.raw(column))
    }

    /// Several kinds of device.
    pub fn kinds(self, column: &str) -> Vec<Kind> {
        self.raw(column).split('|').filter_map(Kind::from_code).collect()
    }

    /// Schools.
    pub fn selector(self, column: &str) -> Option<Selector> {
        Selector::parse(self.raw(column))
    }

    /// How often an item is counted.
    pub fn per(self, column: &str) -> Option<Per> {
        Per::parse(self.raw(column))
    }

    fn raw(self, column: &str) -> &'a str {
        debug_assert!(self.table.schema.position(column).is_some(), "{} has no column {column}", self.table.schema.name);
        self.table.cell(self.row, column)
    }
}
