//! The cells of `.ods`, one by one as they stand in the file.
//!
//! Comes in: bytes whose size unpacked is known to be bearable. Goes out: rows of text. Read as a stream, because a repeated row or
//! column may stand for a million of them; and by value type, because only that tells a share from a number. Absent on purpose:
//! styles, comments, drawings, deleted cells that the file remembers.

use super::read::{Gathering, ReadSheet, Refused, number, percent};
use crate::domain::plan::read::MAX_ROWS;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;

/// Whether the file says that it is one.
pub(super) fn is_ods(bytes: &[u8]) -> bool {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
    let Ok(part) = archive.by_name("mimetype") else { return false };
    let mut said = String::new();
    part.take(200).read_to_string(&mut said).is_ok() && said.starts_with("application/vnd.oasis.opendocument.spreadsheet")
}

/// Every sheet of the workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<ReadSheet>, Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Refused::broken(error.to_string()))?;
    let mut manifest = String::new();
    if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
        // A manifest that is longer or no text names no key either.
        let _ = part.take(1 << 20).read_to_string(&mut manifest);
    }
    if manifest.contains("encryption-data") {
        return Err(Refused::locked());
    }
    let part = archive.by_name("content.xml").map_err(|_| Refused::broken("content.xml"))?;
    let mut reading = Reading { xml: Reader::from_reader(BufReader::new(part)), buffer: Vec::new(), gathering: Gathering::default() };
    reading.body()?;
    Ok(reading.gathering.done())
}

struct Reading<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    gathering: Gathering,
}

impl<R: BufRead> Reading<R> {
    fn next(&mut self) -> Result<Event<'static>, Refused> {
        self.buffer.clear();
        match self.xml.read_event_into(&mut self.buffer) {
            Ok(event) => Ok(event.into_owned()),
            Err(error) => Err(Refused::broken(format!("content.xml: {error}"))),
        }
    }

    fn body(&mut self) -> Result<(), Refused> {
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.name().as_ref() {
                    "table:tracked-changes" => self.skip("table:tracked-changes")?,
                    "table:table" => {
                        self.gathering.sheet(&attribute(&tag, "table:name"))?;
                        self.table()?;
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn table(&mut self) -> Result<(), Refused> {
        let mut row = 0;
        loop {
            match self.next()? {
                Event::Start(tag) if tag.name().as_ref() == "table:table-row" => {
                    let times = repeated(&tag, "table:number-rows-repeated");
                    let cells = self.row()?;
                    self.rows(row, times, cells)?;
                    row += times;
                }
                Event::Empty(tag) if tag.name().as_ref() == "table:table-row" => row += repeated(&tag, "table:number-rows-repeated"),
                Event::Start(tag) if tag.name().as_ref() == "table:shapes" => self.skip("table:shapes")?,
                Event::End(tag) if tag.name().as_ref() == "table:table" => return Ok(()),
                Event::Eof => return Err(Refused::broken("content.xml")),
                _ => {}
            }
        }
    }

    /// A row so many times. One that says nothing takes no place, however often it stands there.
    fn rows(&mut self, first: u64, times: u64, cells: Vec<(usize, usize, String)>) -> Result<(), Refused> {
        if cells.is_empty() {
            return Ok(());
        }
        // One row more than a table may have is enough for it to be refused.
        for row in first..first + times.min(MAX_ROWS as u64 + 2) {
            for (column, wide, text) in &cells {
                for column in *column..*column + (*wide).min(super::MAX_COLUMNS + 1) {
                    self.gathering.cell(row, column, text.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The cells of a row that say something: column, how many columns, text.
    fn row(&mut self) -> Result<Vec<(usize, usize, String)>, Refused> {
        let mut cells = Vec::new();
        let mut column = 0;
        loop {
            let event = self.next()?;
            let (tag, open) = match &event {
                Event::Start(tag) => (tag, true),
                Event::Empty(tag) => (tag, false),
                Event::End(tag) if tag.name().as_ref() == "table:table-row" => return Ok(cells),
                Event::Eof => return Err(Refused::broken("content.xml")),
                _ => continue,
            };
            let name = tag.name().as_ref().to_owned();
            if name != "table:table-cell" && name != "table:covered-table-cell" {
                continue;
            }
            let wide = usize::try_from(repeated(tag, "table:number-columns-repeated")).unwrap_or(usize::MAX);
            let shown = if open { self.shown(&name)? } else { String::new() };
            let text = value(tag, shown);
            // What a merged cell covers is not shown to anybody.
            if !text.is_empty() && name == "table:table-cell" {
                cells.push((column, wide, text));
            }
            column = column.saturating_add(wide);
        }
    }

    /// The text of a cell: its paragraphs, without comments and drawings.
    fn shown(&mut self, cell: &str) -> Result<String, Refused> {
        let (mut text, mut paragraphs) = (String::new(), 0);
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.name().as_ref() {
                    "text:p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    name @ ("office:annotation" | "draw:frame" | "draw:custom-shape" | "draw:g" | "table:table") => {
                        let name = name.to_owned();
                        self.skip(&name)?;
                    }
                    "text:s" => spaces(&tag, &mut text),
                    _ => {}
                },
                Event::Empty(tag) => match tag.name().as_ref() {
                    "text:p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "text:s" => spaces(&tag, &mut text),
                    "text:line-break" => text.push('\n'),
                    "text:tab" => text.push(' '),
                    _ => {}
                },
                Event::Text(part) => text.push_str(&part),
                Event::CData(part) => text.push_str(&part),
                Event::GeneralRef(entity) => {
                    let letter = entity.resolve_char_ref().ok().flatten();
                    match letter {
                        Some(letter) => text.push(letter),
                        None => text.push_str(quick_xml::escape::resolve_xml_entity(&entity).unwrap_or_default()),
                    }
                }
                Event::End(tag) if tag.name().as_ref() == cell => return Ok(text.trim().to_owned()),
                Event::Eof => return Err(Refused::broken("content.xml")),
                _ => {}
            }
            if text.len() > MAX_TEXT_BYTES {
                return Err(Refused::too_big(text.len() as u64, MAX_TEXT_BYTES as u64));
            }
        }
    }

    fn skip(&mut self, name: &str) -> Result<(), Refused> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(tag) if tag.name().as_ref() == name => depth += 1,
                Event::End(tag) if tag.name().as_ref() == name => depth -= 1,
                Event::Eof => return Err(Refused::broken("content.xml")),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Longest text of a cell, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

fn spaces(tag: &BytesStart<'_>, text: &mut String) {
    let count: usize = attribute(tag, "text:c").parse().unwrap_or(1);
    text.extend(std::iter::repeat_n(' ', count.min(1_000)));
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
    found.and_then(|attribute| quick_xml::escape::unescape(&attribute.value).ok().map(|text| text.into_owned())).unwrap_or_default()
}

fn repeated(tag: &BytesStart<'_>, name: &str) -> u64 {
    // Beyond the last row or column of any spreadsheet nothing is counted.
    attribute(tag, name).parse().unwrap_or(1).clamp(1, 1 << 24)
}

/// A cell as one would have written it: by its value where it is typed, else as it is shown.
fn value(tag: &BytesStart<'_>, shown: String) -> String {
    let figure = || attribute(tag, "office:value").parse::<f64>().ok();
    match attribute(tag, "office:value-type").as_str() {
        "float" | "currency" => match figure() {
            // `01` shown of the value 1: digits that the format keeps in front are part of a code.
            Some(value)
                if shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit()) && shown.parse() == Ok(value) =>
            {
                shown
            }
            Some(value) => number(value),
            None => shown,
        },
        "percentage" => figure().map_or(shown, percent),
        "date" => {
            let date = attribute(tag, "office:date-value");
            date.split('T').next().filter(|day| !day.is_empty()).map_or(shown, str::to_owned)
        }
        "boolean" => attribute(tag, "office:boolean-value"),
        "time" => clock(&attribute(tag, "office:time-value")).unwrap_or(shown),
        _ => {
            let said = attribute(tag, "office:string-value");
            if said.is_empty() { shown } else { said.trim().to_owned() }
        }
    }
}

/// `PT08H30M00S` as `08:30`.
fn clock(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, _) = rest.split_once('M')?;
    Some(format!("{:0>2}:{:0>2}", hours, minutes))
}
