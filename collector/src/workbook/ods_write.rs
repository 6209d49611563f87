//! A book as `.ods` (OpenDocument 1.3, a zip file of XML parts).
//!
//! Comes in: typed sheets. Goes out: the bytes of the file: contents, styles of cells and columns, and the setting that freezes the
//! first row. Absent on purpose: formulas, and everything of the format that a table of values does not need.

use super::{Book, Cell, ODS_TYPE, Sheet};
use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Name spaces that the parts use.
const SPACES: &[(&str, &str)] = &[
    ("xmlns:office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
    ("xmlns:style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
    ("xmlns:text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
    ("xmlns:table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
    ("xmlns:number", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"),
    ("xmlns:fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
    ("xmlns:config", "urn:oasis:names:tc:opendocument:xmlns:config:1.0"),
    ("xmlns:meta", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("office:version", "1.3"),
];

/// The bytes of the file.
pub(super) fn write(book: &Book) -> Result<Vec<u8>> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // The type stands first and unpacked, so that it can be told from the first bytes.
    file.start_file("mimetype", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
    file.write_all(ODS_TYPE.as_bytes())?;
    let parts: [(&str, Vec<u8>); 4] =
        [("META-INF/manifest.xml", manifest()?), ("meta.xml", meta(book)?), ("settings.xml", settings(book)?), ("content.xml", content(book)?)];
    for (name, bytes) in parts {
        file.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
            .with_context(|| format!("packing {name}"))?;
        file.write_all(&bytes).with_context(|| format!("packing {name}"))?;
    }
    Ok(file.finish().context("packing the workbook")?.into_inner())
}

/// An XML part being written.
struct Part(Writer<Vec<u8>>);

type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Part {
    fn new() -> Result<Part> {
        let mut part = Part(Writer::new(Vec::new()));
        part.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(part)
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) -> Result<()> {
        Ok(self.0.write_event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())))?)
    }

    fn close(&mut self, name: &str) -> Result<()> {
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> Result<()> {
        Ok(self.0.write_event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())))?)
    }

    fn text(&mut self, text: &str) -> Result<()> {
        Ok(self.0.write_event(Event::Text(BytesText::new(text)))?)
    }

    fn leaf(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> Result<()> {
        self.open(name, attributes)?;
        self.text(text)?;
        self.close(name)
    }

    fn done(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

fn manifest() -> Result<Vec<u8>> {
    let mut part = Part::new()?;
    let space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
    part.open("manifest:manifest", &[("xmlns:manifest", space), ("manifest:version", "1.3")])?;
    for (path, media) in [("/", ODS_TYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml"), ("settings.xml", "text/xml")] {
        part.empty("manifest:file-entry", &[("manifest:full-path", path), ("manifest:media-type", media)])?;
    }
    part.close("manifest:manifest")?;
    Ok(part.done())
}

fn meta(book: &Book) -> Result<Vec<u8>> {
    let mut part = Part::new()?;
    part.open("office:document-meta", SPACES)?;
    part.open("office:meta", &[])?;
    part.leaf("dc:title", &[], &book.title)?;
    part.leaf("meta:creation-date", &[], &book.made_at.to_string())?;
    part.leaf("meta:generator", &[], "Rollcall")?;
    part.close("office:meta")?;
    part.close("office:document-meta")?;
    Ok(part.done())
}

/// The first row of every sheet stays in sight.
fn settings(book: &Book) -> Result<Vec<u8>> {
    let mut part = Part::new()?;
    part.open("office:document-settings", SPACES)?;
    part.open("office:settings", &[])?;
    part.open("config:config-item-set", &[("config:name", "ooo:view-settings")])?;
    part.open("config:config-item-map-indexed", &[("config:name", "Views")])?;
    part.open("config:config-item-map-entry", &[])?;
    part.leaf("config:config-item", &[("config:name", "ViewId"), ("config:type", "string")], "view1")?;
    part.open("config:config-item-map-named", &[("config:name", "Tables")])?;
    for sheet in &book.sheets {
        part.open("config:config-item-map-entry", &[("config:name", &sheet.safe_name())])?;
        for (name, value) in [("VerticalSplitMode", "2"), ("VerticalSplitPosition", "1"), ("ActiveSplitRange", "2"), ("PositionBottom", "1")] {
            let kind = if name.ends_with("Mode") || name.starts_with("Active") { "short" } else { "int" };
            part.leaf("config:config-item", &[("config:name", name), ("config:type", kind)], value)?;
        }
        part.close("config:config-item-map-entry")?;
    }
    for name in [
        "config:config-item-map-named",
        "config:config-item-map-entry",
        "config:config-item-map-indexed",
        "config:config-item-set",
        "office:settings",
        "office:document-settings",
    ] {
        part.close(name)?;
    }
    Ok(part.done())
}

fn content(book: &Book) -> Result<Vec<u8>> {
    let mut part = Part::new()?;
    part.open("office:document-content", SPACES)?;
    part.open("office:automatic-styles", &[])?;
    styles(&mut part, book)?;
    part.close("office:automatic-styles")?;
    part.open("office:body", &[])?;
    part.open("office:spreadsheet", &[])?;
    for (at, sheet) in book.sheets.iter().enumerate() {
        table(&mut part, at, sheet)?;
    }
    part.close("office:spreadsheet")?;
    part.close("office:body")?;
    part.close("office:document-content")?;
    Ok(part.done())
}

fn styles(part: &mut Part, book: &Book) -> Result<()> {
    formats(part, book)?;
    for (name, format) in [("text", "as-text"), ("number", "as-number"), ("money", "as-money"), ("percent", "as-percent"), ("day", "as-day")] {
        part.open("style:style", &[("style:name", name), ("style:family", "table-cell"), ("style:data-style-name", format)])?;
        part.empty("style:table-cell-properties", &[("style:vertical-align", "top")])?;
        part.close("style:style")?;
    }
    part.open("style:style", &[("style:name", "heading"), ("style:family", "table-cell"), ("style:data-style-name", "as-text")])?;
    part.empty(
        "style:table-cell-properties",
        &[("fo:background-color", "#e7ecf2"), ("fo:border-bottom", "0.5pt solid #5a6b7d"), ("fo:wrap-option", "wrap")],
    )?;
    part.empty("style:text-properties", &[("fo:font-weight", "bold")])?;
    part.close("style:style")?;
    for (name, shown) in [("shown", "true"), ("hidden", "false")] {
        part.open("style:style", &[("style:name", name), ("style:family", "table")])?;
        part.empty("style:table-properties", &[("table:display", shown)])?;
        part.close("style:style")?;
    }
    for (at, sheet) in book.sheets.iter().enumerate() {
        for (column, width) in sheet.widths().into_iter().enumerate() {
            part.open("style:style", &[("style:name", &column_style(at, column)), ("style:family", "table-column")])?;
            // A letter is about two millimetres wide.
            part.empty("style:table-column-properties", &[("style:column-width", &format!("{}mm", width * 2))])?;
            part.close("style:style")?;
        }
    }
    Ok(())
}

fn formats(part: &mut Part, book: &Book) -> Result<()> {
    part.open("number:text-style", &[("style:name", "as-text")])?;
    part.empty("number:text-content", &[])?;
    part.close("number:text-style")?;
    part.open("number:number-style", &[("style:name", "as-number")])?;
    part.empty("number:number", &[("number:min-integer-digits", "1")])?;
    part.close("number:number-style")?;
    part.open("number:currency-style", &[("style:name", "as-money")])?;
    part.empty(
        "number:number",
        &[("number:min-integer-digits", "1"), ("number:decimal-places", "2"), ("number:min-decimal-places", "2"), ("number:grouping", "true")],
    )?;
    part.leaf("number:text", &[], "\u{a0}€")?;
    part.close("number:currency-style")?;
    part.open("number:percentage-style", &[("style:name", "as-percent")])?;
    part.empty("number:number", &[("number:min-integer-digits", "1"), ("number:decimal-places", "2"), ("number:min-decimal-places", "0")])?;
    part.leaf("number:text", &[], "\u{a0}%")?;
    part.close("number:percentage-style")?;
    part.open("number:date-style", &[("style:name", "as-day")])?;
    let (order, between) =
        book.language.pick((["number:day", "number:month", "number:year"], "/"), (["number:year", "number:month", "number:day"], "-"));
    for (at, name) in order.into_iter().enumerate() {
        if at > 0 {
            part.leaf("number:text", &[], between)?;
        }
        part.empty(name, &[("number:style", "long")])?;
    }
    part.close("number:date-style")
}

fn column_style(sheet: usize, column: usize) -> String {
    format!("sheet{sheet}-column{column}")
}

fn table(part: &mut Part, at: usize, sheet: &Sheet) -> Result<()> {
    let style = if sheet.hidden { "hidden" } else { "shown" };
    part.open("table:table", &[("table:name", &sheet.safe_name()), ("table:style-name", style)])?;
    for column in 0..sheet.widths().len().max(1) {
        part.empty("table:table-column", &[("table:style-name", &column_style(at, column))])?;
    }
    // A table has a row, if only an empty one.
    part.open("table:table-row", &[])?;
    for heading in &sheet.headings {
        string(part, heading, "heading")?;
    }
    if sheet.headings.is_empty() {
        part.empty("table:table-cell", &[])?;
    }
    part.close("table:table-row")?;
    for row in &sheet.rows {
        part.open("table:table-row", &[])?;
        row.iter().try_for_each(|value| cell(part, value))?;
        if row.is_empty() {
            part.empty("table:table-cell", &[])?;
        }
        part.close("table:table-row")?;
    }
    part.close("table:table")
}

fn cell(part: &mut Part, cell: &Cell) -> Result<()> {
    match cell {
        Cell::Empty => part.empty("table:table-cell", &[]),
        // Its formulas are written otherwise; what they give is what counts.
        Cell::Formula(_, gives) => self::cell(part, gives),
        Cell::Text(text) => string(part, text, "text"),
        Cell::Number(value) => valued(part, "float", "number", *value, &value.to_string()),
        Cell::Money(value) => valued(part, "currency", "money", *value, &format!("{value:.2}\u{a0}€")),
        Cell::Percent(share) => valued(part, "percentage", "percent", *share, &super::read::percent(*share)),
        Cell::Date(date) => {
            let day = date.to_string();
            part.open("table:table-cell", &[("table:style-name", "day"), ("office:value-type", "date"), ("office:date-value", &day)])?;
            part.leaf("text:p", &[], &day)?;
            part.close("table:table-cell")
        }
    }
}

fn valued(part: &mut Part, kind: &str, style: &str, value: f64, shown: &str) -> Result<()> {
    let figure = value.to_string();
    let mut attributes = vec![("table:style-name", style), ("office:value-type", kind), ("office:value", figure.as_str())];
    if kind == "currency" {
        attributes.push(("office:currency", "EUR"));
    }
    part.open("table:table-cell", &attributes)?;
    part.leaf("text:p", &[], shown)?;
    part.close("table:table-cell")
}

/// Text: a paragraph a line; of several spaces, all but the first are elements, for XML would run them together.
fn string(part: &mut Part, text: &str, style: &str) -> Result<()> {
    part.open("table:table-cell", &[("table:style-name", style), ("office:value-type", "string")])?;
    for line in text.split('\n') {
        part.open("text:p", &[])?;
        let mut words = String::new();
        for letter in line.chars() {
            match letter {
                ' ' if words.is_empty() || words.ends_with(' ') => {
                    part.text(&std::mem::take(&mut words))?;
                    part.empty("text:s", &[])?;
                }
                // XML has no way to write these.
                control if control.is_control() => words.push(' '),
                '\u{fffe}' | '\u{ffff}' => {}
                letter => words.push(letter),
            }
        }
        part.text(&words)?;
        part.close("text:p")?;
    }
    part.close("table:table-cell")
}
