//! The cells of `.xlsx`, one by one as they stand in the file.
//!
//! Comes in: bytes whose size unpacked is known to be bearable. Goes out: rows of text. Cells are streamed, because a sheet of one
//! cell in its last row and column must not become a rectangle of 17 thousand million. Absent on purpose: styles, but for what
//! they say of a number: a day, a share, digits that a code keeps in front.

use super::read::{Gathering, ReadSheet, Refused, number, percent};
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use std::io::Cursor;

/// Every sheet of the workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<ReadSheet>, Refused> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let mut gathering = Gathering::default();
    for name in workbook.sheet_names() {
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet of charts holds no cells.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(refused(error)),
        };
        gathering.sheet(&name)?;
        let shown: Vec<Shown> =
            cells.styles().iter().map(|style| style.number_format.as_ref().map_or(Shown::Plain, |format| shown(&format.format_code))).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refused)? {
            let (row, column) = cell.get_position();
            let text = text(cell.get_value(), shown.get(style).copied().unwrap_or(Shown::Plain));
            gathering.cell(u64::from(row), column as usize, text)?;
        }
    }
    Ok(gathering.done())
}

fn refused(error: XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::locked(),
        error => Refused::broken(error.to_string()),
    }
}

/// What a number's format makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Plain,
    Percent,
    /// So many digits at least: postal codes, rooms `01`.
    Digits(usize),
}

fn shown(code: &str) -> Shown {
    let first = code.split(';').next().unwrap_or_default();
    if first.contains('%') {
        Shown::Percent
    } else if first.len() > 1 && first.bytes().all(|byte| byte == b'0') {
        Shown::Digits(first.len())
    } else {
        Shown::Plain
    }
}

fn text(value: &DataRef<'_>, shown: Shown) -> String {
    let figure = |value: f64| match shown {
        Shown::Percent => percent(value),
        Shown::Digits(width) if value >= 0.0 && value.fract() == 0.0 => format!("{:0>width$}", number(value)),
        _ => number(value),
    };
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(value) => figure(*value as f64),
        DataRef::Float(value) => figure(*value),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) if moment.is_duration() || moment.as_f64() < 1.0 => {
            let minutes = (moment.as_f64() * 1_440.0).round() as i64;
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        }
        // A day is meant, whatever the clock says beside it.
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_a_number_is() {
        for (code, value, expected) in [
            ("0%", 0.7, "70 %"),
            ("0.00\\ %", 0.335, "33.5 %"),
            ("General", 0.7, "0.7"),
            ("00000", 1090.0, "01090"),
            ("00", 1.0, "01"),
            ("0", 1.0, "1"),
            ("#,##0.00", 1234.5, "1234.5"),
        ] {
            assert_eq!(text(&DataRef::Float(value), shown(code)), expected, "{code}");
        }
        assert_eq!(text(&DataRef::Bool(true), Shown::Plain), "true");
        assert_eq!(text(&DataRef::DateTimeIso("2021-09-01T08:30:00".to_owned()), Shown::Plain), "2021-09-01");
    }
}
