//! Shell: plan tables as files. A folder of `TABLE.csv`, one `.xlsx`, one `.ods`, or such a folder as one `.zip`: all in, all out.
//!
//! Comes in: a path, or a file that somebody uploaded, in the encodings that spreadsheets save. Goes out: tables, notes, and where
//! they came from; files written whole or not at all. Absent on purpose: what a table means (`domain::plan`), where versions are
//! kept (`store`), and how a workbook is packed (`workbook`).

mod book;
mod zipped;

use crate::domain::language::Language;
use crate::domain::plan::note::{Note, Words};
use crate::domain::plan::origin::{self, Origin};
use crate::domain::plan::read::{Sheet, read_sheets};
use crate::domain::plan::write::write_table_for;
use crate::domain::plan::{Tables, problem, read_tables, write_table};
use crate::workbook::{self, Book, Refused};
use anyhow::{Context, Result, ensure};
use rollcall_shared::Timestamp;
use std::borrow::Cow;
use std::fs;
use std::path::Path;

/// Largest file, in bytes: half a million assets with all their columns.
pub const MAX_FILE_BYTES: u64 = 128 << 20;
/// Most files in a folder that are looked at.
pub const MAX_FILES: usize = 200;

/// Tables as somebody brought them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Brought {
    /// The tables.
    pub tables: Tables,
    /// What is wrong or odd in them.
    pub notes: Vec<Note>,
    /// Where they came from, if they say so.
    pub origin: Option<Origin>,
}

/// What tables are written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Excel.
    Xlsx,
    /// OpenDocument.
    Ods,
    /// A folder of CSV files, as one file.
    Zip,
    /// A folder of CSV files.
    Folder,
}

impl Container {
    /// By the ending of a name; a name without one of ours is a folder's.
    pub fn of(name: &str) -> Container {
        match name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).as_deref() {
            Some("xlsx") => Container::Xlsx,
            Some("ods") => Container::Ods,
            Some("zip") => Container::Zip,
            _ => Container::Folder,
        }
    }

    /// The media type of the file.
    pub fn media_type(self) -> &'static str {
        match self {
            Container::Xlsx => workbook::XLSX_TYPE,
            Container::Ods => workbook::ODS_TYPE,
            Container::Zip | Container::Folder => "application/zip",
        }
    }
}

/// Tables to be written, with what is said of them.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The tables.
    pub tables: &'a Tables,
    /// The version they are, so that an edited export finds back to it; `None`: of no version.
    pub origin: Option<&'a Origin>,
    /// Headings for people who speak this; `None`: the canonical ones.
    pub language: Option<Language>,
    /// When.
    pub made_at: Timestamp,
}

/// The text of a file: by its byte order mark, else UTF-8, else Windows-1252 as French spreadsheets save it.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    }
}

/// Reads files that somebody uploaded, by name and bytes.
pub fn read_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> (Tables, Vec<Note>) {
    let brought = read_csv(files);
    (brought.tables, brought.notes)
}

/// Reads CSV files, among them perhaps the one that says where they came from.
fn read_csv<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Brought {
    let is_origin = |name: &str| name.rsplit(['/', '\\']).next().is_some_and(|name| name.to_lowercase() == ORIGIN_FILE);
    let (mut texts, mut origin) = (Vec::new(), None);
    for (name, bytes) in files {
        let text = decode(bytes);
        if is_origin(name) {
            let rows: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once([',', ';'])).collect();
            origin = Origin::from_rows(rows);
        } else {
            texts.push((name, text));
        }
    }
    let (tables, notes) = read_tables(texts.iter().map(|(name, text)| (*name, text.as_ref())));
    Brought { tables, notes, origin }
}

/// The file of a folder that says where its tables came from.
const ORIGIN_FILE: &str = "_rollcall.csv";

/// Reads one file that somebody brings: `.xlsx`, `.ods`, `.zip`, or one table as `.csv`. What it is, its first bytes say.
pub fn read_upload(name: &str, bytes: &[u8]) -> Brought {
    let is_zip = bytes.starts_with(b"PK");
    if !is_zip && name.to_lowercase().ends_with(".csv") {
        return read_csv([(name, bytes)]);
    }
    let read = if is_zip && zipped::is_folder(bytes) {
        zipped::read(bytes).map(|files| read_csv(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
    } else {
        workbook::read(bytes).map(|sheets| read_book(name, sheets))
    };
    read.unwrap_or_else(|refused| Brought { notes: vec![unreadable(name, &refused)], ..Brought::default() })
}

fn unreadable(name: &str, refused: &Refused) -> Note {
    let fr = format!("trouvé : {} ; attendu : {}", refused.found.fr, refused.expected.fr);
    let en = format!("found {}; expected {}", refused.found.en, refused.expected.en);
    Note::new(&problem::UNREADABLE, name, "").expected(Words::made(fr, en))
}

fn read_book(name: &str, sheets: Vec<workbook::ReadSheet>) -> Brought {
    let file = Path::new(name).file_name().map_or_else(|| name.to_owned(), |name| name.to_string_lossy().into_owned());
    let of = sheets.iter().find(|sheet| sheet.name == origin::NAME).and_then(|sheet| {
        let cell = |cells: &'_ [String], at: usize| cells.get(at).cloned().unwrap_or_default();
        let rows: Vec<(String, String)> = sheet.rows.iter().map(|(_, cells)| (cell(cells, 0), cell(cells, 1))).collect();
        Origin::from_rows(rows.iter().map(|(key, value)| (key.as_str(), value.as_str())))
    });
    let (tables, mut notes) =
        read_sheets(sheets.into_iter().map(|sheet| Sheet { file: format!("{file} › {}", sheet.name), name: sheet.name, rows: sheet.rows }));
    if tables.iter().next().is_none() && notes.is_empty() {
        let expected = Words::fixed("une feuille par table : schools, kits, allotments …", "a sheet a table: schools, kits, allotments …");
        notes.push(Note::new(&problem::EMPTY_FILE, &file, "").expected(expected));
    }
    Brought { tables, notes, origin: of }
}

/// Reads a folder, or one file.
pub fn read_path(path: &Path) -> Result<Brought> {
    if path.is_dir() {
        return read_dir(path);
    }
    let length = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?.len();
    ensure!(length <= MAX_FILE_BYTES, "{} has {length} bytes; at most {MAX_FILE_BYTES} are read", path.display());
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(read_upload(&name, &bytes))
}

/// Reads every `.csv` file of a folder, in the order of their names. Other files are left alone.
pub fn read_folder(folder: &Path) -> Result<(Tables, Vec<Note>)> {
    read_dir(folder).map(|brought| (brought.tables, brought.notes))
}

fn read_dir(folder: &Path) -> Result<Brought> {
    let mut names = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let name = entry.with_context(|| format!("reading the folder {}", folder.display()))?.file_name().to_string_lossy().into_owned();
        if name.to_lowercase().ends_with(".csv") && !name.starts_with('.') {
            names.push(name);
        }
    }
    ensure!(!names.is_empty(), "{} holds no .csv file; expected one a table: schools.csv, kits.csv, allotments.csv …", folder.display());
    ensure!(names.len() <= MAX_FILES, "{} holds {} .csv files; at most {MAX_FILES} are read", folder.display(), names.len());
    names.sort();
    let mut files = Vec::new();
    for name in &names {
        let path = folder.join(name);
        let length = fs::metadata(&path).with_context(|| format!("reading {}", path.display()))?.len();
        ensure!(length <= MAX_FILE_BYTES, "{} has {length} bytes; at most {MAX_FILE_BYTES} are read", path.display());
        files.push((name.as_str(), fs::read(&path).with_context(|| format!("reading {}", path.display()))?));
    }
    Ok(read_csv(files.iter().map(|(name, bytes)| (*name, bytes.as_slice()))))
}

/// Writes every table as `TABLE.csv` under canonical headings, each whole or not at all. Files of other names are left alone.
pub fn write_folder(folder: &Path, tables: &Tables) -> Result<()> {
    write_path(folder, &Export { tables, origin: None, language: None, made_at: Timestamp(0) })
}

/// Writes tables into a folder or a file, as its name's ending says.
pub fn write_path(path: &Path, export: &Export<'_>) -> Result<()> {
    let container = Container::of(&path.to_string_lossy());
    if container != Container::Folder {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("making the folder {}", parent.display()))?;
        }
        return write_whole(path, &pack(container, export)?);
    }
    fs::create_dir_all(path).with_context(|| format!("making the folder {}", path.display()))?;
    files(export).iter().try_for_each(|(name, text)| write_whole(&path.join(name), text.as_bytes()))
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fresh = path.with_file_name(format!(".{name}.new"));
    fs::write(&fresh, bytes).with_context(|| format!("writing {}", fresh.display()))?;
    fs::rename(&fresh, path).with_context(|| format!("writing {}", path.display()))
}

/// Tables as the bytes of one file.
pub fn pack(container: Container, export: &Export<'_>) -> Result<Vec<u8>> {
    let book = || -> Book { book::of(export) };
    match container {
        Container::Xlsx => book().xlsx(),
        Container::Ods => book().ods(),
        Container::Zip | Container::Folder => zipped::write(&files(export)),
    }
}

/// The files of a folder: name and text.
fn files(export: &Export<'_>) -> Vec<(String, String)> {
    let text = |table| export.language.map_or_else(|| write_table(table), |language| write_table_for(table, language));
    let mut files: Vec<(String, String)> = export.tables.iter().map(|table| (format!("{}.csv", table.schema.name), text(table))).collect();
    if let Some(origin) = export.origin {
        let rows = origin.rows().map(|(key, value)| format!("{key},{value}\n"));
        files.push((ORIGIN_FILE.to_owned(), format!("{}\n{}", origin::HEADINGS.join(","), rows.concat())));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_that_spreadsheets_save() {
        for (bytes, expected) in
            [("école".as_bytes(), "école"), (b"\xef\xbb\xbf\xc3\xa9cole", "école"), (b"\xe9cole \x80", "école €"), (b"\xff\xfe\xe9\x00c\x00", "éc")]
        {
            assert_eq!(decode(bytes), expected);
        }
    }

    #[test]
    fn a_french_spreadsheet_folder_is_written_back_strictly() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Écoles.csv"), b"\xc9cole;Nom;Type;Suivie depuis\r\ncamus;Camus;\xe9l\xe9mentaire;\xe9t\xe9 2021\r\n").unwrap();
        fs::write(folder.path().join("LISEZMOI.txt"), b"not a table").unwrap();
        let (tables, notes) = read_folder(folder.path()).unwrap();
        assert_eq!(notes, []);
        let out = tempfile::tempdir().unwrap();
        write_folder(out.path(), &tables).unwrap();
        let text = fs::read_to_string(out.path().join("schools.csv")).unwrap();
        assert_eq!(text, "school,name,kind,followed_from\ncamus,Camus,elementaire,été 2021\n");
        assert_eq!(read_folder(out.path()).unwrap().0, tables);
    }
}
