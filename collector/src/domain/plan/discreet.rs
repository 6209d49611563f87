//! Tables without money, for those who may not see it.
//!
//! Comes in: tables. Goes out: the same without the tables of lines, invoices and grants, and without prices. An export so made merges
//! as any other: what it does not bring stays as it is. Absent on purpose: who may see what (`domain::right`).

use super::table::{Heading, Row, Table, Tables};

/// Tables that are about money.
pub const MONEY: &[&str] = &["lines", "invoices", "grants", "grant_rules"];
/// Columns that are, in other tables.
pub const PRICES: &[&str] = &["price_ht", "penalty", "finance_ref"];

/// The tables without money.
pub fn without_money(tables: &Tables) -> Tables {
    let mut kept = Tables::default();
    for table in tables.iter().filter(|table| !MONEY.contains(&table.schema.name)) {
        kept.put(without_prices(table));
    }
    kept
}

fn without_prices(table: &Table) -> Table {
    let shown = |heading: &Heading| !matches!(heading, Heading::Known(column) if PRICES.contains(&table.schema.columns[*column].name));
    let at: Vec<usize> = (0..table.headings.len()).filter(|at| shown(&table.headings[*at])).collect();
    if at.len() == table.headings.len() {
        return table.clone();
    }
    let mut kept = Table::new(table.schema, &table.file, at.iter().map(|at| table.headings[*at].clone()).collect());
    kept.rows = table.rows.iter().map(|row| Row { line: row.line, cells: at.iter().map(|at| row.cells[*at].clone()).collect() }).collect();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::merge::{Picks, merge};
    use crate::domain::plan::read_tables;

    #[test]
    fn money_is_left_out_and_stays_where_such_an_export_comes_back() {
        let all = read_tables([("kits.csv", "kit,item,price_ht\nk,tablette,300\n"), ("grants.csv", "grant,awarded\ng,10\n")]).0;
        let shown = without_money(&all);
        assert_eq!(shown.iter().map(|table| table.heading_names().join(",")).collect::<Vec<_>>(), ["kit,item"]);
        assert_eq!(merge(&all, &all, &shown, &Picks::default()).tables, all);
    }
}
