//! A book as `.xlsx`.
//!
//! Comes in: typed sheets. Goes out: the bytes of the file. Absent on purpose: formulas of others; what begins like one is text, marked
//! (`quotePrefix`) so that it stays text when somebody edits the cell.

use super::{Book, Cell, Sheet, looks_like_formula};
use crate::domain::language::Language;
use anyhow::{Context, Result};
use rust_xlsxwriter::{Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula};
use rust_xlsxwriter::{Workbook, Worksheet};

/// A list of choices that one cell's rule can hold, in letters (the format's own bound).
const MAX_CHOICE_LETTERS: usize = 255;

/// How cells look.
struct Look {
    heading: Format,
    text: Format,
    quoted: Format,
    number: Format,
    money: Format,
    percent: Format,
    date: Format,
}

impl Look {
    fn new(language: Language) -> Look {
        let top = || Format::new().set_align(FormatAlign::Top);
        Look {
            heading: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00E7_ECF2))
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::Top)
                .set_text_wrap(),
            text: top().set_num_format("@"),
            quoted: top().set_num_format("@").set_quote_prefix(),
            number: top(),
            money: top().set_num_format("#,##0.00\\ \"€\""),
            percent: top().set_num_format("0.##\\ %"),
            date: top().set_num_format(language.pick("dd/mm/yyyy", "yyyy-mm-dd")),
        }
    }
}

/// The bytes of the file.
pub(super) fn write(book: &Book) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(book.made_at.0).context("the time of a workbook")?;
    workbook.set_properties(&DocProperties::new().set_title(&book.title).set_author("Rollcall").set_creation_datetime(&made));
    let look = Look::new(book.language);
    for sheet in &book.sheets {
        let name = sheet.safe_name();
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&name).with_context(|| format!("naming the sheet {name}"))?;
        write_sheet(worksheet, sheet, &look).with_context(|| format!("writing the sheet {name}"))?;
    }
    workbook.save_to_buffer().context("packing the workbook")
}

fn write_sheet(worksheet: &mut Worksheet, sheet: &Sheet, look: &Look) -> Result<()> {
    worksheet.set_hidden(sheet.hidden);
    let widths = sheet.widths();
    for (at, width) in widths.iter().enumerate() {
        worksheet.set_column_width(u16::try_from(at)?, *width as f64)?;
    }
    for (at, heading) in sheet.headings.iter().enumerate() {
        worksheet.write_string_with_format(0, u16::try_from(at)?, heading, &look.heading)?;
    }
    for (row, cells) in (1u32..).zip(&sheet.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            write_cell(worksheet, row, column, cell, look)?;
        }
    }
    if !sheet.headings.is_empty() {
        let last = u16::try_from(sheet.headings.len() - 1)?;
        worksheet.set_freeze_panes(1, 0)?;
        worksheet.set_repeat_rows(0, 0)?;
        worksheet.autofilter(0, 0, u32::try_from(sheet.rows.len())?, last)?;
    }
    for (column, words) in &sheet.choices {
        offer(worksheet, u16::try_from(*column)?, words)?;
    }
    worksheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_cell(worksheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, look: &Look) -> Result<()> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Formula(text, gives) => {
            let (format, result) = match &**gives {
                Cell::Money(number) => (&look.money, number.to_string()),
                Cell::Number(number) => (&look.number, number.to_string()),
                Cell::Percent(share) => (&look.percent, share.to_string()),
                Cell::Text(text) => (&look.number, text.clone()),
                Cell::Empty | Cell::Date(_) | Cell::Formula(..) => (&look.number, String::new()),
            };
            // With its result, so that whoever only shows the file shows the sum too.
            worksheet.write_formula_with_format(row, column, Formula::new(text).set_result(result), format)?
        }
        Cell::Text(text) => {
            let format = if looks_like_formula(text) { &look.quoted } else { &look.text };
            worksheet.write_string_with_format(row, column, text, format)?
        }
        Cell::Number(number) => worksheet.write_number_with_format(row, column, *number, &look.number)?,
        Cell::Money(number) => worksheet.write_number_with_format(row, column, *number, &look.money)?,
        Cell::Percent(share) => worksheet.write_number_with_format(row, column, *share, &look.percent)?,
        // Days before Excel's first are not on its calendar.
        Cell::Date(date) => match ExcelDateTime::from_ymd(u16::try_from(date.year()).unwrap_or(0), date.month() as u8, date.day() as u8) {
            Ok(day) => worksheet.write_datetime_with_format(row, column, &day, &look.date)?,
            Err(_) => worksheet.write_string_with_format(row, column, date.to_string(), &look.text)?,
        },
    };
    Ok(())
}

/// Offers words as a list in the cells below the heading; other words may be written all the same.
fn offer(worksheet: &mut Worksheet, column: u16, words: &[String]) -> Result<()> {
    let letters: usize = words.iter().map(|word| word.encode_utf16().count() + 1).sum();
    if words.is_empty() || letters > MAX_CHOICE_LETTERS {
        return Ok(());
    }
    let rule = DataValidation::new().allow_list_strings(words)?.set_error_style(DataValidationErrorStyle::Information);
    worksheet.add_data_validation(1, column, 9_999, column, &rule)?;
    Ok(())
}
