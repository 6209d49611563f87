//! Shell: plan tables as files. A folder of `TABLE.csv` in, the same out.
//!
//! Comes in: a folder, or files that somebody uploaded, in the encodings that spreadsheets save. Goes out: tables and notes; files
//! written whole or not at all. Absent on purpose: what a table means (`domain::plan`), and where versions are kept (`store`).

use crate::domain::plan::{Note, Tables, read_tables, write_table};
use anyhow::{Context, Result, ensure};
use std::borrow::Cow;
use std::fs;
use std::path::Path;

/// Largest file, in bytes: half a million assets with all their columns.
pub const MAX_FILE_BYTES: u64 = 128 << 20;
/// Most files in a folder that are looked at.
pub const MAX_FILES: usize = 200;

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
    let texts: Vec<(&str, Cow<'_, str>)> = files.into_iter().map(|(name, bytes)| (name, decode(bytes))).collect();
    read_tables(texts.iter().map(|(name, text)| (*name, text.as_ref())))
}

/// Reads every `.csv` file of a folder, in the order of their names. Other files are left alone.
pub fn read_folder(folder: &Path) -> Result<(Tables, Vec<Note>)> {
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
    Ok(read_files(files.iter().map(|(name, bytes)| (*name, bytes.as_slice()))))
}

/// Writes every table as `TABLE.csv`, each whole or not at all. Files of other names are left alone.
pub fn write_folder(folder: &Path, tables: &Tables) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    for table in tables.iter() {
        let path = folder.join(format!("{}.csv", table.schema.name));
        let fresh = folder.join(format!(".{}.csv.new", table.schema.name));
        fs::write(&fresh, write_table(table)).with_context(|| format!("writing {}", fresh.display()))?;
        fs::rename(&fresh, &path).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
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
